/* What is granted. Works on the model, so that a policy file and a source are told the same. */
#include "check/check.h"

/* Whether the level that the policy was made from grants this flag too: then it is no news. */
static bool
base_has_flag(const struct tc_policy *base, enum tc_class_id id, uint64_t bit)
{
    const struct tc_perm *perm =
        base == NULL || base->set_count == 0 ? NULL : tc_pset_find(base->sets[0], tc_class(id));

    return perm != NULL && (perm->unrestricted || (perm->values[0].present && (perm->values[0].bits & bit) != 0));
}

static void
check_security(struct tc_check *check, const struct tc_policy *policy, const struct tc_pset *set)
{
    static const struct {
        enum tc_check_id id;
        const char *flag;
        const char *what;
    } rows[] = {
        {TC_CHECK_UNMANAGED_CODE, "UnmanagedCode", "lets its code call native code, which nobody checks"},
    };
    const struct tc_perm *perm = tc_pset_find(set, tc_class(TC_CLASS_SECURITY));
    const struct tc_enum *flags = tc_enum(tc_class(TC_CLASS_SECURITY)->fields[0].values);
    const struct tc_policy *base = tc_check_base(check, policy);

    for (size_t i = 0; perm != NULL && i < sizeof rows / sizeof *rows; i++) {
        uint64_t bit = (uint64_t)tc_enum_find(flags, tc_str_of(rows[i].flag))->value;

        if (!perm->unrestricted && (!perm->values[0].present || (perm->values[0].bits & bit) == 0))
            continue;
        if (!base_has_flag(base, TC_CLASS_SECURITY, bit))
            tc_check_report(check, rows[i].id, tc_check_own(check, perm->values[0].span, perm->span, policy->span),
                            "'%.*s' %s", TC_STR_ARG(set->name), rows[i].what);
    }
}

static void
check_policy(struct tc_check *check, const struct tc_policy *policy)
{
    for (size_t i = 0; i < policy->set_count; i++)
        if (!policy->sets[i]->unrestricted)
            check_security(check, policy, policy->sets[i]);
}

void
tc_checks_grants(struct tc_check *check)
{
    const struct tc_model *model = check->file->model;

    if (check->file->policy != NULL)
        check_policy(check, check->file->policy);
    for (size_t i = 0; model != NULL && i < model->level_count; i++)
        check_policy(check, model->levels[i]);
    for (size_t i = 0; model != NULL && i < model->unused_count; i++)
        check_policy(check, model->unused[i]);
}
