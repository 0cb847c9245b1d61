/* Registry keys and environment variables. */
#include "check/grants.h"

/* ---- registry ---- */

enum {
    READS = 1u << TC_FIELD_REGISTRY_READ | 1u << TC_FIELD_REGISTRY_VIEW_ACL,
};

/* A hive, or the part of one that holds everything: HKEY_LOCAL_MACHINE, HKEY_LOCAL_MACHINE\SOFTWARE. */
static bool
is_whole_hive(struct tc_str key)
{
    static const char *const parts[] = {"SOFTWARE", "SYSTEM"};
    size_t slash;

    while (tc_str_ends(key, TC_STR("\\")))
        key = tc_str_sub(key, 0, key.len - 1);
    slash = tc_str_find(key, TC_STR("\\"), 0);
    if (slash == SIZE_MAX)
        return true;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (tc_str_eq_nocase(tc_str_sub(key, slash + 1, SIZE_MAX), tc_str_of(parts[i])))
            return true;
    return false;
}

/* A key under no hive never matches, so that it gives nothing: keys.c and errata.c say so. */
static bool
is_under_hive(struct tc_str key)
{
    size_t slash = tc_str_find(key, TC_STR("\\"), 0), count;
    const struct tc_hive *hives = tc_hives(&count);

    for (size_t i = 0; i < count; i++)
        if (tc_str_eq_nocase(tc_str_sub(key, 0, slash), tc_str_of(hives[i].name)))
            return true;
    return false;
}

static void
check_key(struct tc_grants *g, const struct tc_perm *perm, const struct tc_perm *base, size_t field,
          const struct tc_item *item)
{
    const struct tc_item *other;
    struct tc_diag *diag;
    uint64_t fields = 0;
    struct tc_str verbs;

    for (size_t i = 0; i < perm->cls->field_count; i++) {
        other = tc_grants_find_item(g, perm, i, item->text);
        if (other == NULL)
            continue;
        if (i < field)
            return; /* that field has told */
        if (base == NULL || !tc_grants_covers(g, base, tc_grants_item_alone(g, perm, i, other)))
            fields |= UINT64_C(1) << i;
    }
    if (fields == 0 || (!g->is_source && !is_under_hive(item->text)))
        return;
    verbs = tc_grants_verbs(g, perm->cls, fields);
    while ((fields >> field & 1) == 0 || ((fields & ~(uint64_t)READS) != 0 && (READS >> field & 1) != 0))
        field++;
    item = tc_grants_find_item(g, perm, field, item->text);
    if (item == NULL)
        return; /* out of memory */
    if (is_whole_hive(item->text)) {
        diag = tc_grants_report(
            g, TC_CHECK_REGISTRY_UNRESTRICTED, TC_CLASS_REGISTRY, tc_grants_item(g, perm, field, item),
            "'%.*s' lets code reach all that lies below it, the settings of other programs among it (%.*s)",
            TC_STR_ARG(item->text), TC_STR_ARG(verbs));
        tc_diag_help(g->check->diags, diag, "name the key of the one program that is meant");
    } else if ((fields & ~(uint64_t)READS) != 0) {
        diag = tc_grants_report(g, TC_CHECK_REGISTRY_WRITE, TC_CLASS_REGISTRY, tc_grants_item(g, perm, field, item),
                                "'%.*s' lets code change settings that others read (%.*s)", TC_STR_ARG(item->text),
                                TC_STR_ARG(verbs));
        tc_diag_help(g->check->diags, diag, "keep what the application writes in files below its own directory");
    } else {
        diag = tc_grants_report(g, TC_CHECK_REGISTRY_READ, TC_CLASS_REGISTRY, tc_grants_item(g, perm, field, item),
                                "'%.*s' lets code read settings that are not its own", TC_STR_ARG(item->text));
        tc_diag_help(g->check->diags, diag, "put what the application needs to know into its web.config");
    }
}

static void
check_registry(struct tc_grants *g)
{
    const struct tc_perm *base, *perm = tc_grants_news(g, TC_CLASS_REGISTRY, &base);
    struct tc_diag *diag;

    if (perm == NULL)
        return;
    if (perm->unrestricted) {
        diag = tc_grants_report(g, TC_CHECK_REGISTRY_UNRESTRICTED, TC_CLASS_REGISTRY, tc_grants_unrestricted(g, perm),
                                "this lets code read and write every registry key that its Windows account can reach");
        tc_diag_help(g->check->diags, diag, "name the keys that are meant");
        return;
    }
    for (size_t i = 0; i < perm->cls->field_count; i++)
        for (uint32_t j = 0; perm->values[i].present && j < perm->values[i].list.count; j++)
            check_key(g, perm, base, i, &perm->values[i].list.items[j]);
}

/* ---- environment ---- */

static void
check_environment(struct tc_grants *g)
{
    const struct tc_perm *base, *perm = tc_grants_news(g, TC_CLASS_ENVIRONMENT, &base);
    const struct tc_value *write;
    struct tc_span span;
    struct tc_diag *diag;

    if (perm == NULL)
        return;
    if (perm->unrestricted) {
        diag = tc_grants_report(g, TC_CHECK_ENVIRONMENT_UNRESTRICTED, TC_CLASS_ENVIRONMENT,
                                tc_grants_unrestricted(g, perm),
                                "this lets code read and change every environment variable of the process, which its "
                                "neighbours in the pool share");
        tc_diag_help(g->check->diags, diag, "list the variables that it reads in Read");
        return;
    }
    write = &perm->values[TC_FIELD_ENVIRONMENT_WRITE];
    if (!write->present || write->list.count == 0)
        return;
    span = tc_grants_value(g, perm, TC_FIELD_ENVIRONMENT_WRITE);
    diag = tc_grants_report(g, TC_CHECK_ENVIRONMENT_WRITE, TC_CLASS_ENVIRONMENT, span,
                            "writing '%.*s' cannot be granted by name: to set a variable code needs the unrestricted "
                            "permission",
                            TC_STR_ARG(write->list.items[0].text));
    tc_diag_help(g->check->diags, diag,
                 "take it out: variables belong to the whole process, so an application is better not let near them");
    tc_grants_remove_attribute(g, diag, span);
}

void
tc_grants_registry(struct tc_grants *g)
{
    check_registry(g);
    check_environment(g);
}
