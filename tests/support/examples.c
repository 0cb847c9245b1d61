#include "support/examples.h"

#include <string.h>

static void
put_class(struct tc_buf *out, const char *name, const char *space, const char *assembly_and_key)
{
    tc_buf_printf(out,
                  "        <SecurityClass Name=\"%s\" Description=\"%s.%s, %s, Version=2.0.0.0, Culture=neutral, "
                  "PublicKeyToken=b77a5c561934e089\"/>\n",
                  name, space, name, assembly_and_key);
}

static void
put_classes(struct tc_buf *out, const char *more)
{
    tc_buf_puts(out, TC_STR("      <SecurityClasses>\n"));
    for (int i = 0; i < TC_CLASS_COUNT_; i++) {
        const struct tc_class *cls = tc_class((enum tc_class_id)i);

        if (!tc_class_in(cls, TC_FX_2_0) || tc_assembly(cls->assembly)->versions[TC_FX_2_0] == NULL)
            continue;
        tc_buf_printf(out, "        <SecurityClass Name=\"%s\" Description=\"", cls->short_name);
        tc_class_description(cls, TC_FX_2_0, out);
        tc_buf_puts(out, TC_STR("\"/>\n"));
    }
    for (int i = 0; i < TC_GROUP_COUNT_; i++)
        put_class(out, tc_group_info((enum tc_group_kind)i)->short_name, "System.Security.Policy", "mscorlib");
    for (int i = 0; i < TC_CONDITION_COUNT_; i++)
        if (tc_since_in(tc_condition_info((enum tc_condition_id)i)->since, TC_FX_2_0))
            put_class(out, tc_condition_info((enum tc_condition_id)i)->short_name, "System.Security.Policy",
                      "mscorlib");
    put_class(out, "NamedPermissionSet", "System.Security", "mscorlib");
    tc_buf_printf(out, "%s      </SecurityClasses>\n", more);
}

static void
put_main_set(struct tc_buf *out, const char *permissions)
{
    tc_buf_puts(out, TC_STR("        <PermissionSet class=\"NamedPermissionSet\" version=\"1\" Name=\"ASP.Net\">\n"));
    if (strstr(permissions, "AspNetHostingPermission") == NULL)
        tc_buf_puts(out, TC_STR("          <IPermission class=\"AspNetHostingPermission\" version=\"1\" "
                                "Level=\"Medium\"/>\n"));
    if (strstr(permissions, "\"SecurityPermission") == NULL && strstr(permissions, ".SecurityPermission") == NULL)
        tc_buf_puts(out, TC_STR("          <IPermission class=\"SecurityPermission\" version=\"1\" "
                                "Flags=\"Execution\"/>\n"));
    tc_buf_printf(out, "%s\n        </PermissionSet>\n", permissions);
}

static void
put_groups(struct tc_buf *out, const char *groups)
{
    tc_buf_printf(
        out,
        "      <CodeGroup class=\"FirstMatchCodeGroup\" version=\"1\" PermissionSetName=\"Nothing\">\n"
        "        <IMembershipCondition class=\"AllMembershipCondition\" version=\"1\"/>\n"
        "%s"
        "        <CodeGroup class=\"UnionCodeGroup\" version=\"1\" PermissionSetName=\"ASP.Net\">\n"
        "          <IMembershipCondition class=\"UrlMembershipCondition\" version=\"1\" Url=\"$AppDirUrl$/*\"/>\n"
        "        </CodeGroup>\n"
        "        <CodeGroup class=\"UnionCodeGroup\" version=\"1\" PermissionSetName=\"ASP.Net\">\n"
        "          <IMembershipCondition class=\"UrlMembershipCondition\" version=\"1\" Url=\"$CodeGen$/*\"/>\n"
        "        </CodeGroup>\n"
        "      </CodeGroup>\n",
        groups);
}

void
tct_example_put(struct tc_buf *out, enum tc_example example, const char *text)
{
    if (example == TC_EXAMPLE_POLICY || example == TC_EXAMPLE_CONFIG || example == TC_EXAMPLE_SOURCE) {
        tc_buf_puts(out, tc_str_of(text));
        return;
    }
    tc_buf_puts(out, TC_STR("<configuration>\n  <mscorlib><security><policy>\n    <PolicyLevel version=\"1\">\n"));
    put_classes(out, example == TC_EXAMPLE_CLASSES ? text : "");
    tc_buf_puts(out, TC_STR("      <NamedPermissionSets>\n"));
    put_main_set(out, example == TC_EXAMPLE_SET ? text : "");
    tc_buf_printf(out, "%s      </NamedPermissionSets>\n", example == TC_EXAMPLE_SETS ? text : "");
    put_groups(out, example == TC_EXAMPLE_GROUPS ? text : "");
    tc_buf_puts(out, TC_STR("    </PolicyLevel>\n  </policy></security></mscorlib>\n</configuration>\n"));
}

const char *
tct_example_name(enum tc_example example)
{
    return example == TC_EXAMPLE_CONFIG   ? "web.config"
           : example == TC_EXAMPLE_SOURCE ? "example.trust"
                                          : "web_example.config";
}
