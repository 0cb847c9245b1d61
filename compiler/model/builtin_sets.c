#include "model/builtin_sets.h"

#include "model/algebra_util.h"

#define MOST "9223372036854775807"
#define UNRESTRICTED                                                                                                   \
    {                                                                                                                  \
        {                                                                                                              \
            "Unrestricted", "true"                                                                                     \
        }                                                                                                              \
    }

enum set_id { INTERNET, INTRANET, EVERYTHING, EXECUTION, SKIP_VERIFICATION };

/* A permission of a set, as XML would have it; policy-file 6 and the built-in sets of mscorlib. */
static const struct {
    enum set_id set;
    enum tc_class_id cls;
    struct {
        const char *name, *value;
    } attributes[4];
} rows[] = {
    {EXECUTION, TC_CLASS_SECURITY, {{"Flags", "Execution"}}},
    {SKIP_VERIFICATION, TC_CLASS_SECURITY, {{"Flags", "SkipVerification"}}},

    {INTERNET, TC_CLASS_FILE_DIALOG, {{"Access", "Open"}}},
    {INTERNET, TC_CLASS_ISOLATED_STORAGE, {{"Allowed", "ApplicationIsolationByUser"}, {"UserQuota", "1024000"}}},
    {INTERNET, TC_CLASS_SECURITY, {{"Flags", "Execution"}}},
    {INTERNET, TC_CLASS_UI, {{"Window", "SafeTopLevelWindows"}, {"Clipboard", "OwnClipboard"}}},
    {INTERNET, TC_CLASS_PRINTING, {{"Level", "SafePrinting"}}},
    {INTERNET, TC_CLASS_MEDIA, {{"Audio", "SafeAudio"}, {"Video", "SafeVideo"}, {"Image", "SafeImage"}}},
    {INTERNET, TC_CLASS_WEB_BROWSER, {{"Level", "Safe"}}},

    {INTRANET, TC_CLASS_ENVIRONMENT, {{"Read", "USERNAME"}}},
    {INTRANET, TC_CLASS_FILE_DIALOG, UNRESTRICTED},
    {INTRANET,
     TC_CLASS_ISOLATED_STORAGE,
     {{"Allowed", "AssemblyIsolationByUser"}, {"UserQuota", MOST}, {"Expiry", MOST}, {"Permanent", "True"}}},
    {INTRANET, TC_CLASS_REFLECTION, {{"Flags", "ReflectionEmit, RestrictedMemberAccess"}}},
    {INTRANET, TC_CLASS_SECURITY, {{"Flags", "Execution, Assertion, BindingRedirects"}}},
    {INTRANET, TC_CLASS_UI, UNRESTRICTED},
    {INTRANET, TC_CLASS_DNS, UNRESTRICTED},
    {INTRANET, TC_CLASS_PRINTING, {{"Level", "DefaultPrinting"}}},
    {INTRANET, TC_CLASS_TYPE_DESCRIPTOR, {{"Flags", "RestrictedRegistrationAccess"}}},
    {INTRANET, TC_CLASS_MEDIA, {{"Audio", "SafeAudio"}, {"Video", "SafeVideo"}, {"Image", "SafeImage"}}},
    {INTRANET, TC_CLASS_WEB_BROWSER, {{"Level", "Safe"}}},

    {EVERYTHING, TC_CLASS_OLE_DB, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_SQL_CLIENT, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_PERFORMANCE_COUNTER, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_DNS, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_SOCKET, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_WEB, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_DATA_PROTECTION, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_ENVIRONMENT, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_EVENT_LOG, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_FILE_DIALOG, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_FILE_IO, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_ISOLATED_STORAGE, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_KEY_CONTAINER, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_PRINTING, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_REFLECTION, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_REGISTRY, UNRESTRICTED},
    {EVERYTHING,
     TC_CLASS_SECURITY,
     {{"Flags", "Assertion, UnmanagedCode, Execution, ControlThread, ControlEvidence, ControlPolicy, ControlAppDomain, "
                "SerializationFormatter, ControlDomainPolicy, ControlPrincipal, RemotingConfiguration, Infrastructure, "
                "BindingRedirects"}}},
    {EVERYTHING, TC_CLASS_STORE, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_TYPE_DESCRIPTOR, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_UI, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_MEDIA, UNRESTRICTED},
    {EVERYTHING, TC_CLASS_WEB_BROWSER, UNRESTRICTED},
};

/* What earlier frameworks had instead; 1.1: documentation of the default policy. */
static const char *
value_in(enum tc_framework framework, enum set_id set, enum tc_class_id cls, const char *name, const char *value)
{
    if (set != INTERNET || cls != TC_CLASS_ISOLATED_STORAGE || framework >= TC_FX_4_0)
        return value;
    if (name[0] == 'U')
        return framework == TC_FX_1_1 ? "10240" : "512000";
    return framework == TC_FX_1_1 ? "DomainIsolationByUser" : value;
}

static struct tc_grant_set *
read_rows(struct tc_arena *arena, enum tc_framework framework, enum set_id id)
{
    struct tc_grant_set *set = tc_grant_set_new(arena, false);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && set != NULL; i++) {
        const struct tc_class *cls = tc_class(rows[i].cls);
        struct tc_element *element;
        struct tc_perm *perm;

        if (rows[i].set != id || !tc_class_in(cls, framework))
            continue;
        element = tc_element_new(arena, tc_tag_name(TC_TAG_IPERMISSION));
        if (element == NULL || !tc_write_raw(arena, element, "class", tc_str_of(cls->type)) ||
            !tc_write_raw(arena, element, "version", TC_STR("1")))
            return NULL;
        for (size_t j = 0; j < 4 && rows[i].attributes[j].name != NULL; j++) {
            const char *name = rows[i].attributes[j].name;

            if (!tc_write_raw(arena, element, name,
                              tc_str_of(value_in(framework, id, rows[i].cls, name, rows[i].attributes[j].value))))
                return NULL;
        }
        /* what a framework of old cannot read it did not have */
        if (tc_algebra_ops(cls->algebra)->read(arena, cls, element, &perm, NULL) == TC_YES &&
            tc_grant_set_put(arena, set, perm, NULL) != TC_YES)
            return NULL;
    }
    return set;
}

bool
tc_builtin_grant_set(struct tc_arena *arena, enum tc_framework framework, struct tc_str name,
                     struct tc_grant_set **ret_set)
{
    static const struct {
        enum tc_builtin_set_id id;
        enum set_id set;
    } sets[] = {{TC_BUILTIN_SET_EXECUTION, EXECUTION},
                {TC_BUILTIN_SET_SKIP_VERIFICATION, SKIP_VERIFICATION},
                {TC_BUILTIN_SET_INTERNET, INTERNET},
                {TC_BUILTIN_SET_LOCAL_INTRANET, INTRANET},
                {TC_BUILTIN_SET_EVERYTHING, EVERYTHING}};
    bool is_full = tc_str_eq(name, tc_builtin_set_name(TC_BUILTIN_SET_FULL_TRUST));

    if (is_full || tc_str_eq(name, tc_builtin_set_name(TC_BUILTIN_SET_NOTHING))) {
        *ret_set = tc_grant_set_new(arena, is_full);
        return true;
    }
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        if (tc_str_eq(name, tc_builtin_set_name(sets[i].id))) {
            *ret_set = read_rows(arena, framework, sets[i].set);
            return true;
        }
    }
    return false;
}
