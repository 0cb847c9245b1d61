#include "emit/merge_compare.h"

#include <string.h>

static bool
bool_value(struct tc_str text, bool *ret_value)
{
    struct tc_str word = tc_str_trim(text);
    *ret_value = tc_str_eq_nocase(word, TC_STR("true"));
    return *ret_value || tc_str_eq_nocase(word, TC_STR("false"));
}

/* Whether two values of the attribute called @a name mean the same. */
static bool
same_value(struct tc_str name, struct tc_str a, struct tc_str b)
{
    bool x, y;
    if (tc_str_eq(name, TC_STR("legacyCasModel")))
        return bool_value(a, &x) && bool_value(b, &y) && x == y;
    return tc_str_eq(a, b);
}

/* An attribute that says nothing since it only repeats the default. */
static bool
is_default(struct tc_str name, struct tc_str value)
{
    bool flag;
    if (tc_str_eq(name, TC_STR("originUrl")) || tc_str_eq(name, TC_STR("hostSecurityPolicyResolverType")))
        return value.len == 0;
    if (tc_str_eq(name, TC_STR("permissionSetName")))
        return tc_str_eq(value, TC_STR("ASP.Net"));
    if (tc_str_eq(name, TC_STR("legacyCasModel")))
        return bool_value(value, &flag) && !flag;
    if (tc_str_eq(name, TC_STR("processRequestInApplicationTrust")))
        return bool_value(value, &flag) && flag;
    return false;
}

/* How a `<trust>` differs from what @a entry wants; empty when it does not. What it leaves out it inherits, which for
 * the whole machine is the default, and for a path whatever stands above. */
static struct tc_str
trust_difference(const struct tc_config_file *file, const struct tc_config_plan *plan, const struct tc_markup *trust,
                 const struct tc_trust_entry *entry)
{
    struct tc_config_attr wanted[TC_TRUST_ATTRS_MAX];
    size_t count = tc_config_trust_attrs(plan, entry, wanted);
    bool for_machine = entry == &plan->entries->machine;
    for (size_t i = 0; i < count; i++) {
        struct tc_str value;
        if (!tc_config_file_value(file, trust, wanted[i].name, &value)) {
            if (!for_machine || !is_default(tc_str_of(wanted[i].name), wanted[i].value))
                return tc_arena_printf(file->arena, "it has no %s, where the source says '%.*s'", wanted[i].name,
                                       TC_STR_ARG(wanted[i].value));
        } else if (!same_value(tc_str_of(wanted[i].name), value, wanted[i].value)) {
            return tc_arena_printf(file->arena, "its %s is '%.*s', where the source says '%.*s'", wanted[i].name,
                                   TC_STR_ARG(value), TC_STR_ARG(wanted[i].value));
        }
    }
    for (const struct tc_markup_attr *attr = trust->attrs; attr != NULL; attr = attr->next) {
        size_t i = 0;
        while (i < count && !tc_str_eq(attr->name, tc_str_of(wanted[i].name)))
            i++;
        if (i == count && !is_default(attr->name, tc_markup_value(file->arena, attr->value)))
            return tc_arena_printf(file->arena, "it has %.*s='%.*s', of which the source says nothing",
                                   TC_STR_ARG(attr->name), TC_STR_ARG(attr->value));
    }
    return TC_STR("");
}

/* Public keys are compared as the framework reads them: hex digits, blanks anywhere. */
static bool
same_key(struct tc_str a, struct tc_str b)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a.len && strchr(" \t\r\n", a.ptr[i]) != NULL)
            i++;
        while (k < b.len && strchr(" \t\r\n", b.ptr[k]) != NULL)
            k++;
        if (i == a.len || k == b.len)
            return i == a.len && k == b.len;
        if (!tc_str_eq_nocase(tc_str_sub(a, i++, 1), tc_str_sub(b, k++, 1)))
            return false;
    }
}

/* The entry of a foreign `<fullTrustAssemblies>` for @a assembly, or NULL. */
const struct tc_markup *
tc_config_find_assembly(const struct tc_config_file *file, const struct tc_markup *list,
                        const struct tc_full_trust_assembly *assembly)
{
    for (const struct tc_markup *at = tc_config_file_next(file, list, NULL); at != NULL;
         at = tc_config_file_next(file, list, at)) {
        struct tc_str name, version;
        if (tc_markup_is(at, "add") && tc_config_file_value(file, at, "assemblyName", &name) &&
            tc_config_file_value(file, at, "version", &version) && tc_str_eq(name, assembly->name) &&
            tc_str_eq(version, assembly->version))
            return at;
    }
    return NULL;
}

bool
tc_config_has_key(const struct tc_config_file *file, const struct tc_markup *add, struct tc_str key)
{
    struct tc_str value;
    return tc_config_file_value(file, add, "publicKey", &value) && same_key(value, key);
}

static struct tc_str
assemblies_difference(const struct tc_config_file *file, const struct tc_markup *list,
                      const struct tc_trust_entry *entry)
{
    size_t count = 0;
    for (const struct tc_markup *at = list->first; at != NULL; at = at->next) {
        if (at->kind != TC_MARKUP_ELEMENT)
            continue;
        if (!tc_markup_is(at, "add"))
            return tc_arena_printf(file->arena, "it has a '%.*s'", TC_STR_ARG(at->name));
        count++;
    }
    for (size_t i = 0; i < entry->full_trust_count; i++) {
        const struct tc_markup *add = tc_config_find_assembly(file, list, &entry->full_trust[i]);
        if (add == NULL || !tc_config_has_key(file, add, entry->full_trust[i].key))
            return tc_arena_printf(file->arena, "it lacks '%.*s' %.*s with the public key of the source",
                                   TC_STR_ARG(entry->full_trust[i].name), TC_STR_ARG(entry->full_trust[i].version));
    }
    if (count > entry->full_trust_count)
        return TC_STR("it lists more assemblies than the source");
    return TC_STR("");
}

static struct tc_str
compilation_difference(const struct tc_config_file *file, const struct tc_markup *element,
                       const struct tc_trust_entry *entry)
{
    struct tc_str value;
    if (!tc_config_file_value(file, element, "tempDirectory", &value))
        return tc_arena_printf(file->arena, "it has no tempDirectory, where the source says '%.*s'",
                               TC_STR_ARG(entry->temp_directory));
    if (!tc_str_eq_nocase(tc_str_trim(value), entry->temp_directory))
        return tc_arena_printf(file->arena, "its tempDirectory is '%.*s', where the source says '%.*s'",
                               TC_STR_ARG(value), TC_STR_ARG(entry->temp_directory));
    return TC_STR("");
}

static struct tc_str
identity_difference(const struct tc_config_file *file, const struct tc_markup *element,
                    const struct tc_trust_entry *entry)
{
    struct tc_str value = TC_STR("");
    bool flag = false;
    const char *wanted = entry->impersonate > 0 ? "true" : "false";
    if (!tc_config_file_value(file, element, "impersonate", &value))
        return tc_arena_printf(file->arena, "it has no impersonate, where the source says '%s'", wanted);
    if (!bool_value(value, &flag) || flag != (entry->impersonate > 0))
        return tc_arena_printf(file->arena, "its impersonate is '%.*s', where the source says '%s'", TC_STR_ARG(value),
                               wanted);
    if (flag && tc_config_file_value(file, element, "userName", &value) && value.len > 0)
        return tc_arena_printf(file->arena, "it names the account '%.*s', of which the source says nothing",
                               TC_STR_ARG(value));
    return TC_STR("");
}

/* Whether a list of lockAttributes has @a wanted. */
static bool
has_word(struct tc_str list, struct tc_str wanted)
{
    for (size_t i = 0; i < list.len;) {
        size_t end = i;
        while (end < list.len && strchr(",;:", list.ptr[end]) == NULL)
            end++;
        if (tc_str_eq(tc_str_trim(tc_str_sub(list, i, end - i)), wanted))
            return true;
        i = end + 1;
    }
    return false;
}

/* Whether an attribute is locked by its own element (aspnet-trust 3.2). */
bool
tc_config_is_attr_locked(const struct tc_config_file *file, const struct tc_markup *element, const char *name)
{
    struct tc_str value;
    bool flag;
    if (tc_config_file_value(file, element, "lockItem", &value) && bool_value(value, &flag) && flag)
        return true;
    if (tc_config_file_value(file, element, "lockAttributes", &value) &&
        (has_word(value, TC_STR("*")) || has_word(value, tc_str_of(name))))
        return true;
    return tc_config_file_value(file, element, "lockAllAttributesExcept", &value) && !has_word(value, tc_str_of(name));
}

struct tc_str
tc_config_section_difference(const struct tc_config_file *file, const struct tc_config_plan *plan,
                             enum tc_section section, const struct tc_markup *element,
                             const struct tc_trust_entry *entry)
{
    switch (section) {
    case TC_SECTION_TRUST:
        return trust_difference(file, plan, element, entry);
    case TC_SECTION_FULL_TRUST:
        return assemblies_difference(file, element, entry);
    case TC_SECTION_COMPILATION:
        return compilation_difference(file, element, entry);
    case TC_SECTION_IDENTITY:
        return identity_difference(file, element, entry);
    case TC_SECTION_SECURITY_POLICY:
    case TC_SECTION_COUNT_:
        break;
    }
    return TC_STR("");
}

bool
tc_config_is_stock_trust(const struct tc_markup *trust)
{
    for (const struct tc_markup_attr *attr = trust->attrs; attr != NULL; attr = attr->next) {
        if (tc_str_eq(attr->name, TC_STR("level")) ? !tc_str_eq(attr->value, TC_STR("Full"))
                                                   : !tc_str_eq(attr->name, TC_STR("originUrl")) || attr->value.len > 0)
            return false;
    }
    return true;
}
