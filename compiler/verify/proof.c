#include "verify/proof.h"

#include "model/demand.h"
#include "verify/config.h"
#include "verify/evidence.h"
#include "verify/expected.h"
#include "xml/clr_text.h"

#include <pthread.h>
#include <string.h>

/* The machine that the proof imagines; what it holds does not depend on it. */
static const struct tc_machine machine = {.name = {NULL, 0}, .local_drives = 0};

/* Permissions that were found to be equal already: the same few come back for every assembly of an application. */
enum { PROVEN_MAX = 256 };

struct proven_pair {
    const struct tc_perm *is, *wanted;
};

struct proof {
    struct proven_pair proven[PROVEN_MAX]; /**< open addressing by address; emptied for each application */
    const struct tc_model *model;
    const struct tc_proof_files *files;
    struct tc_diags *diags;
    struct tc_arena arena; /**< for one application at a time */
    const struct tc_config *config;
    const struct tc_map *texts; /**< file name → struct tc_str: decoded policy files */
    size_t findings;
    struct tc_buf *grants;
};

static struct tc_str
path_of(struct proof *proof, struct tc_str name)
{
    struct tc_str dir = proof->files->dir;

    if (dir.len == 0)
        return name;
    return tc_arena_printf(proof->diags->arena, "%.*s%s%.*s", TC_STR_ARG(dir), dir.ptr[dir.len - 1] == '/' ? "" : "/",
                           TC_STR_ARG(name));
}

static struct tc_diag *finding(struct proof *proof, enum tc_code_id code, struct tc_str file,
                               const struct tc_application *app, const char *format, ...) TC_PRINTF(5, 6);

static struct tc_diag *
finding(struct proof *proof, enum tc_code_id code, struct tc_str file, const struct tc_application *app,
        const char *format, ...)
{
    struct tc_diag *diag;
    struct tc_str text;
    va_list args;

    va_start(args, format);
    text = tc_arena_vprintf(proof->diags->arena, format, args);
    va_end(args);
    proof->findings++;
    diag = tc_diag_add_file(proof->diags, tc_code(code), path_of(proof, file), "%.*s", TC_STR_ARG(text));
    if (app != NULL)
        tc_diag_label(proof->diags, diag, app->span, "the application in the source");
    return diag;
}

/* ---- the configuration file ---- */

static bool
same(struct tc_str a, struct tc_str b)
{
    return tc_str_eq(a, b);
}

static void
differs(struct proof *proof, const struct tc_application *app, const char *what, struct tc_str is, struct tc_str wanted)
{
    finding(proof, TC_CODE_PROOF_CONFIG, proof->files->config_name, app,
            "the %s of '%.*s' is '%.*s', but the source says '%.*s'", what,
            TC_STR_ARG(app == NULL ? TC_STR("the machine") : app->name), TC_STR_ARG(is), TC_STR_ARG(wanted));
}

static bool
lists_assembly(const struct tc_config_assembly *list, const struct tc_full_trust *wanted)
{
    for (; list != NULL; list = list->next)
        if (same(list->name, wanted->name) && same(list->version, wanted->version) &&
            tc_str_eq_nocase(list->key, wanted->key))
            return true;
    return false;
}

/* Full trust that an application has only because one above it has it. */
static void
check_inherited(struct proof *proof, const struct tc_application *app, const struct tc_policy *policy,
                const struct tc_config_assembly *list)
{
    for (; list != NULL; list = list->next) {
        const struct tc_full_trust *entry = policy->full_trust;

        while (entry != NULL &&
               !lists_assembly(&(struct tc_config_assembly){NULL, list->name, list->version, list->key}, entry))
            entry = entry->next;
        if (entry == NULL)
            finding(proof, TC_CODE_PROOF_CONFIG, proof->files->config_name, app,
                    "'%.*s' inherits full trust for '%.*s' from an application above it", TC_STR_ARG(app->name),
                    TC_STR_ARG(list->name));
    }
}

/* What gives code more than the policy file does: a class that is asked first (aspnet-trust 6.2), and requests that are
 * not limited. */
static void
check_loopholes(struct proof *proof, const struct tc_application *app, const struct tc_policy *policy,
                const struct tc_config_path_settings *is)
{
    bool homogeneous = tc_runtime_info(policy->runtime)->homogeneous;

    if (homogeneous && is->resolver.len > 0)
        differs(proof, app, "hostSecurityPolicyResolverType", is->resolver, TC_STR(""));
    if (!homogeneous && is->has_process_request && !is->process_request)
        differs(proof, app, "processRequestInApplicationTrust", TC_STR("false"), TC_STR("true"));
}

static void
check_trust(struct proof *proof, const struct tc_application *app, const struct tc_policy *policy, struct tc_str path,
            struct tc_str origin)
{
    struct tc_config_path_settings is = tc_config_effective(proof->config, &proof->arena, path);
    bool legacy = policy->runtime == TC_RT_4_0_LEGACY;
    struct tc_str set = is.has_permission_set ? is.permission_set : TC_STR("ASP.Net");

    if (!is.has_trust)
        finding(proof, TC_CODE_PROOF_CONFIG, proof->files->config_name, app, "there is no <trust> for '%.*s'",
                TC_STR_ARG(path));
    if (!same(is.level, policy->name))
        differs(proof, app, "trust level", is.level, policy->name);
    if (!same(is.origin, origin))
        differs(proof, app, "originUrl", is.origin, origin);
    if (is.legacy != legacy)
        differs(proof, app, "CAS model", is.legacy ? TC_STR("legacy") : TC_STR("default"),
                legacy ? TC_STR("legacy") : TC_STR("default"));
    check_loopholes(proof, app, policy, &is);
    if (!is.trust_locked || !proof->config->levels_locked)
        finding(proof, TC_CODE_PROOF_LOCK, proof->files->config_name, app,
                "'%.*s' could choose its trust level itself: <%s> is not locked",
                TC_STR_ARG(app == NULL ? TC_STR("an application") : app->name),
                is.trust_locked ? "securityPolicy" : "trust");
    if (proof->files->clr == TC_CLR_4_0 && !tc_policy_is_full(policy) && !policy->is_stock &&
        !same(set, policy->sets[0]->name))
        differs(proof, app, "permissionSetName", set, policy->sets[0]->name);
    if (tc_runtime_info(policy->runtime)->homogeneous)
        for (const struct tc_full_trust *entry = policy->full_trust; entry != NULL; entry = entry->next)
            if (!lists_assembly(is.assemblies, entry))
                finding(proof, TC_CODE_PROOF_CONFIG, proof->files->config_name, app,
                        "<fullTrustAssemblies> lacks '%.*s'", TC_STR_ARG(entry->name));
    if (app == NULL)
        return;
    if (is.refused.len > 0)
        finding(proof, TC_CODE_PROOF_CONFIG, proof->files->config_name, app, "every request to '%.*s' fails: %.*s",
                TC_STR_ARG(app->name), TC_STR_ARG(is.refused));
    if (tc_runtime_info(policy->runtime)->homogeneous)
        check_inherited(proof, app, policy, is.inherited);
    if (app->temporary.text.len > 0 && !same(is.temp_directory, app->temporary.text))
        differs(proof, app, "tempDirectory", is.temp_directory, app->temporary.text);
    if (app->impersonate >= 0 && (!is.has_impersonate || is.impersonate != (app->impersonate == 1)))
        differs(proof, app, "impersonation",
                is.has_impersonate ? (is.impersonate ? TC_STR("true") : TC_STR("false")) : TC_STR("not said"),
                app->impersonate ? TC_STR("true") : TC_STR("false"));
}

/* ---- grants ---- */

static bool
equal_elements(const struct tc_element *a, const struct tc_element *b)
{
    if (!same(a->tag, b->tag) || a->attribute_count != b->attribute_count)
        return false;
    for (size_t i = 0; i < a->attribute_count; i++)
        if (!same(a->attributes[i].name, b->attributes[i].name) ||
            !same(a->attributes[i].value, b->attributes[i].value))
            return false;
    a = a->children;
    b = b->children;
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (!equal_elements(a, b))
            return false;
    return a == NULL && b == NULL;
}

/* Two permissions as text, for classes whose IsSubsetOf does not hold even for equal ones. */
static bool
equal_text(struct proof *proof, const struct tc_perm *a, const struct tc_perm *b)
{
    struct tc_class_names names = {false, TC_FX_4_0};
    struct tc_element *x, *y;
    struct tc_throw thrown;

    return tc_perm_write(&proof->arena, a, &names, &x, &thrown) == TC_YES &&
           tc_perm_write(&proof->arena, b, &names, &y, &thrown) == TC_YES && equal_elements(x, y);
}

/* @a place: where it stands when both sets have the same classes. */
static const struct tc_grant *
find_grant(const struct tc_grant_set *set, const struct tc_class *cls, size_t place)
{
    if (place < set->count && set->grants[place].cls == cls)
        return &set->grants[place];
    for (size_t i = 0; i < set->count; i++)
        if (set->grants[i].cls == cls)
            return &set->grants[i];
    return NULL;
}

static bool
is_within(struct proof *proof, const struct tc_perm *inner, const struct tc_perm *outer)
{
    struct tc_throw thrown;

    return tc_algebra_ops(inner->cls->algebra)->subset(&proof->arena, &machine, inner, outer, &thrown) == TC_YES &&
           (outer == NULL || tc_connection_keys_within(&proof->arena, inner, outer));
}

/* The slot of a pair: its own, or a free one; NULL when the table is full around it. */
static struct proven_pair *
proven_slot(struct proof *proof, const struct tc_perm *is, const struct tc_perm *wanted)
{
    size_t hash = ((uintptr_t)is >> 4) * 31 + ((uintptr_t)wanted >> 4);

    for (size_t i = 0; i < 8; i++) {
        struct proven_pair *pair = &proof->proven[(hash + i) % PROVEN_MAX];

        if (pair->is == NULL || (pair->is == is && pair->wanted == wanted))
            return pair;
    }
    return NULL;
}

/* Whether two permissions grant the same, in both directions; says in which they do not. */
static const char *
compare_perms(struct proof *proof, const struct tc_perm *is, const struct tc_perm *wanted)
{
    struct proven_pair *pair = proven_slot(proof, is, wanted);

    if (pair != NULL && pair->is != NULL)
        return NULL;
    if (!equal_text(proof, is, wanted)) {
        if (!is_within(proof, is, wanted))
            return "is granted wider than the source says";
        if (!is_within(proof, wanted, is))
            return "is granted narrower than the source says";
    }
    if (pair != NULL)
        *pair = (struct proven_pair){is, wanted};
    return NULL;
}

/* What is wrong with what the files grant of one class; NULL when nothing is. */
static const char *
class_fault(struct proof *proof, const struct tc_grant *is, const struct tc_grant *wanted)
{
    if ((is != NULL ? is : wanted)->cls->algebra == TC_ALGEBRA_MESSAGE_QUEUE)
        return NULL; /* queues are looked up on the server: prove_opaque() holds their entries against the source */
    if (is != NULL && is->perm == NULL)
        return "cannot be read by the framework";
    if (wanted == NULL)
        return is_within(proof, is->perm, NULL) ? NULL : "is granted, but not by the source";
    if (is == NULL)
        return is_within(proof, wanted->perm, NULL) ? NULL : "is lost";
    return compare_perms(proof, is->perm, wanted->perm);
}

static void
compare_sets(struct proof *proof, const struct tc_application *app, struct tc_str file, const char *whose,
             const struct tc_grant_set *is, const struct tc_grant_set *wanted)
{
    struct tc_str name = app == NULL ? TC_STR("any application") : app->name;

    if (is->unrestricted != wanted->unrestricted) {
        finding(proof, TC_CODE_PROOF_GRANT, file, app, "%s of '%.*s' %s", whose, TC_STR_ARG(name),
                is->unrestricted ? "is fully trusted, but not by the source"
                                 : "is not fully trusted, as the source says");
        return;
    }
    if (is->unrestricted)
        return;
    for (int pass = 0; pass < 2; pass++) {
        const struct tc_grant_set *from = pass == 0 ? wanted : is;

        for (size_t i = 0; i < from->count; i++) {
            const struct tc_class *cls = from->grants[i].cls;
            const struct tc_grant *a = find_grant(is, cls, i), *b = find_grant(wanted, cls, i);
            const char *fault;

            if (pass == 1 && b != NULL)
                continue;
            fault = class_fault(proof, a, b);
            if (fault != NULL)
                finding(proof, TC_CODE_PROOF_GRANT, file, app, "%s for %s of '%.*s' %s", cls->short_name, whose,
                        TC_STR_ARG(name), fault);
        }
    }
}

/* ---- one level under one set of tokens ---- */

struct subject {
    const struct tc_application *app; /**< NULL: an application that the source does not name */
    const struct tc_policy *policy;
    struct tc_str file;
    struct tc_token_values values;
    const struct tc_policy_level *level;
    struct tc_expected expected;
};

/* What ASP.NET makes of a level's answer under 4.x's default model (aspnet-trust 6.2). */
static const struct tc_grant_set *
outcome(struct proof *proof, const struct tc_grant_set *answer, const struct tc_grant_set *domain)
{
    struct tc_throw thrown;

    if (answer->unrestricted)
        return answer;
    if (tc_grant_set_is_empty(&proof->arena, &machine, answer, &thrown) == TC_YES)
        return tc_grant_set_new(&proof->arena, false);
    return domain;
}

static void
prove_assembly(struct proof *proof, struct subject *subject, const char *whose, struct tc_evidence *evidence)
{
    struct tc_statement is = {0}, wanted = {0};
    struct tc_throw is_thrown = {0}, wanted_thrown = {0};
    enum tc_answer a, b;

    tc_evidence_prepare(&proof->arena, evidence);
    a = tc_policy_level_resolve(&proof->arena, subject->level, evidence, &is, &is_thrown);
    b = tc_expected_resolve(&subject->expected, evidence, &wanted, &wanted_thrown);
    if (a != b) {
        finding(proof, TC_CODE_PROOF_GRANT, subject->file, subject->app, "asking the code groups for %s %s: %s", whose,
                a == TC_THROWS ? "throws" : "does not throw, but would by the source",
                a == TC_THROWS ? is_thrown.type : wanted_thrown.type);
        return;
    }
    if (a == TC_THROWS)
        return;
    if (is.attributes != wanted.attributes)
        finding(proof, TC_CODE_PROOF_GRANT, subject->file, subject->app,
                "the attributes of the code groups for %s are not those of the source", whose);
    if (tc_runtime_info(subject->policy->runtime)->homogeneous) {
        const struct tc_grant_set *domain = NULL;
        struct tc_throw thrown;

        if (tc_policy_level_set(&proof->arena, subject->level, subject->policy->sets[0]->name, &domain, &thrown) !=
                TC_YES ||
            domain == NULL) {
            finding(proof, TC_CODE_PROOF_GRANT, subject->file, subject->app,
                    "the permission set '%.*s' is missing or cannot be read by the framework",
                    TC_STR_ARG(subject->policy->sets[0]->name));
            return;
        }
        is.set = outcome(proof, is.set, domain);
        wanted.set = outcome(proof, wanted.set, tc_expected_set(&subject->expected, 0));
    }
    compare_sets(proof, subject->app, subject->file, whose, is.set, wanted.set);
}

static void
prove_group(struct proof *proof, struct subject *subject, const struct tc_group *group,
            const struct tc_evidence *parent)
{
    for (; group != NULL; group = group->next) {
        struct tc_evidence evidence[TC_EVIDENCE_MAX];
        size_t count = tc_evidence_of_group(&proof->arena, group, parent, &subject->values, evidence);

        for (size_t i = 0; i < count; i++)
            prove_assembly(proof, subject,
                           i == 0 ? "an assembly that a code group names"
                                  : "an assembly that a code group names, in the application's directory",
                           &evidence[i]);
        if (!group->is_raw)
            prove_group(proof, subject, group->children, &evidence[0]);
    }
}

/* Permissions of classes that the tables lack: the evaluator cannot judge them, so they must stand there as the source
 * has them. */
static bool
is_opaque(const struct tc_perm *perm)
{
    return perm->cls->assembly == TC_ASM_COUNT_ || perm->cls->algebra == TC_ALGEBRA_MESSAGE_QUEUE;
}

static size_t
count_opaque(const struct tc_pset *set)
{
    size_t count = 0;

    for (size_t i = 0; i < set->count; i++)
        count += is_opaque(set->perms[i]);
    return count;
}

/* The bits of an enumeration's names in @a text. */
static int64_t
bits_of(const struct tc_enum *values, struct tc_str text)
{
    int64_t bits = 0;
    size_t begin = 0;

    for (size_t i = 0; i <= text.len; i++)
        if (i == text.len || text.ptr[i] == ',' || text.ptr[i] == '|') {
            const struct tc_enum_value *value =
                tc_enum_find_xml(values, tc_str_trim(tc_str_sub(text, begin, i - begin)));

            bits |= value == NULL ? 0 : value->value;
            begin = i + 1;
        }
    return bits;
}

static bool
equal_row(struct proof *proof, const struct tc_element *element, const struct tc_row *row,
          const struct tc_token_values *values)
{
    if (!same(element->tag, tc_str_of(row->form->element)))
        return false;
    for (size_t i = 0; i < row->form->column_count; i++) {
        const struct tc_column *column = &row->form->columns[i];
        struct tc_str value;
        bool there = tc_element_get(&proof->arena, element, tc_str_of(column->xml), &value);

        if (there != row->cells[i].present)
            return false;
        if (there &&
            (column->kind == TC_COLUMN_FLAGS ? bits_of(tc_enum(column->values), value) != row->cells[i].number
                                             : !same(value, tc_fill_tokens(&proof->arena, row->cells[i].text, values))))
            return false;
    }
    return true;
}

/* Whether the children of @a element are the rows of @a perm, in any order. */
static bool
equal_rows(struct proof *proof, const struct tc_element *element, const struct tc_perm *perm,
           const struct tc_token_values *values)
{
    size_t count = 0;

    for (const struct tc_element *child = element->children; child != NULL; child = child->next, count++) {
        bool found = false;

        for (uint32_t i = 0; i < perm->row_count && !found; i++)
            found = equal_row(proof, child, &perm->rows[i], values);
        if (!found)
            return false;
    }
    return count == perm->row_count;
}

static bool
equal_verbatim(struct proof *proof, const struct tc_element *element, const struct tc_verbatim *wanted,
               const struct tc_token_values *values, size_t skip)
{
    size_t attributes = 0;
    const struct tc_element *child = element->children;

    for (const struct tc_verbatim *v = wanted; v != NULL; v = v->next) {
        if (v->is_element) {
            if (child == NULL || !same(child->tag, v->name) || !equal_verbatim(proof, child, v->content, values, 0))
                return false;
            child = child->next;
        } else {
            struct tc_str value;

            attributes++;
            if (!tc_element_get(&proof->arena, element, v->name, &value) ||
                !same(value, tc_fill_tokens(&proof->arena, v->value, values)))
                return false;
        }
    }
    return child == NULL && element->attribute_count == attributes + skip;
}

static void
prove_opaque(struct proof *proof, struct subject *subject, const struct tc_element *sets)
{
    for (size_t s = 0; s < subject->policy->set_count; s++) {
        const struct tc_pset *set = subject->policy->sets[s];
        const struct tc_element *element = sets == NULL ? NULL : sets->children;
        struct tc_str name;

        if (count_opaque(set) == 0)
            continue;
        while (element != NULL &&
               !(tc_element_get(&proof->arena, element, tc_attr_name(TC_ATTR_NAME), &name) && same(name, set->name)))
            element = element->next;
        for (size_t i = 0; i < set->count; i++) {
            const struct tc_perm *perm = set->perms[i];
            const struct tc_element *child = element == NULL ? NULL : element->children;
            bool found = false;

            if (!is_opaque(perm))
                continue;
            for (; child != NULL && !found; child = child->next) {
                struct tc_str cls;

                if (!tc_class_name(&proof->arena, subject->level->classes, child, &cls))
                    continue;
                if (perm->cls->assembly == TC_ASM_COUNT_ ? !same(cls, tc_str_of(perm->cls->type))
                                                         : tc_class_resolve(cls) != perm->cls)
                    continue;
                found = perm->unrestricted
                            ? tc_element_get(&proof->arena, child, tc_attr_name(TC_ATTR_UNRESTRICTED), &name) &&
                                  same(name, TC_STR("true"))
                        : perm->cls->assembly == TC_ASM_COUNT_
                            ? equal_verbatim(proof, child, perm->markup, &subject->values, 2)
                            : equal_rows(proof, child, perm, &subject->values);
            }
            if (!found)
                finding(proof, TC_CODE_PROOF_GRANT, subject->file, subject->app,
                        "%s in the set '%.*s' is not as the source says", perm->cls->short_name, TC_STR_ARG(set->name));
        }
    }
}

/* ---- the tree of code groups, group by group ---- */

static struct tc_str
attribute(struct proof *proof, const struct tc_element *element, const char *name)
{
    struct tc_str value;

    return tc_element_get(&proof->arena, element, tc_str_of(name), &value) ? value : (struct tc_str){NULL, 0};
}

/* Whether the class of @a element is @a short_name of System.Security.Policy, or the custom @a type. */
static bool
is_class(struct proof *proof, const struct subject *subject, const struct tc_element *element, const char *short_name,
         struct tc_str type)
{
    struct tc_str name, space = TC_STR("System.Security.Policy."), wanted = tc_str_of(short_name);

    if (!tc_class_name(&proof->arena, subject->level->classes, element, &name))
        return false;
    if (short_name == NULL)
        return same(name, type);
    return tc_str_starts(name, space) && tc_str_starts(tc_str_sub(name, space.len, SIZE_MAX), wanted) &&
           tc_str_starts(tc_str_sub(name, space.len + wanted.len, SIZE_MAX), TC_STR(", mscorlib,"));
}

static bool
equal_condition(struct proof *proof, struct subject *subject, const struct tc_element *element,
                const struct tc_membership *condition)
{
    const struct tc_condition_info *info;

    if (element == NULL)
        return false;
    if (condition->kind == TC_CONDITION_COUNT_)
        return is_class(proof, subject, element, NULL, condition->type) &&
               equal_verbatim(proof, element, condition->markup, &subject->values, 2);
    info = tc_condition_info(condition->kind);
    if (!is_class(proof, subject, element, info->short_name, (struct tc_str){NULL, 0}))
        return false;
    for (size_t i = 0; i < info->argument_count; i++)
        if (!same(attribute(proof, element, info->arguments[i].xml),
                  tc_fill_tokens(&proof->arena, condition->values[i], &subject->values)))
            return false;
    return true;
}

static unsigned
group_attributes(struct tc_str text)
{
    return (tc_str_find(text, TC_STR("Exclusive"), 0) != SIZE_MAX ? TC_GROUP_EXCLUSIVE : 0u) |
           (tc_str_find(text, TC_STR("LevelFinal"), 0) != SIZE_MAX ? TC_GROUP_LEVEL_FINAL : 0u);
}

static bool
equal_group(struct proof *proof, struct subject *subject, const struct tc_element *element,
            const struct tc_group *group)
{
    struct tc_str set = group->grants_main          ? subject->policy->sets[0]->name
                        : group->inline_set != NULL ? (struct tc_str){NULL, 0}
                                                    : group->set_name;

    if (group->is_raw) {
        const struct tc_element *raw = tc_expected_raw(&subject->expected, group->raw);

        return raw != NULL && equal_elements(element, raw);
    }
    return is_class(proof, subject, element,
                    group->kind == TC_GROUP_COUNT_ ? NULL : tc_group_info(group->kind)->short_name, group->type) &&
           same(attribute(proof, element, "PermissionSetName"), set) &&
           same(attribute(proof, element, "Name"), tc_fill_tokens(&proof->arena, group->name, &subject->values)) &&
           same(attribute(proof, element, "Access"), group->access) &&
           group_attributes(attribute(proof, element, "Attributes")) == group->attributes &&
           (group->inline_set != NULL) == (tc_element_part(element, TC_TAG_PERMISSION_SET) != NULL) &&
           equal_condition(proof, subject, tc_element_part(element, TC_TAG_IMEMBERSHIP_CONDITION), &group->condition);
}

static const struct tc_element *
next_group(const struct tc_element *element)
{
    while (element != NULL && !tc_element_is(element, TC_TAG_CODE_GROUP))
        element = element->next;
    return element;
}

static void
prove_tree(struct proof *proof, struct subject *subject, const struct tc_element *element, const struct tc_group *group)
{
    element = next_group(element);
    for (; group != NULL; group = group->next) {
        if (element == NULL || !equal_group(proof, subject, element, group)) {
            struct tc_diag *diag =
                finding(proof, TC_CODE_PROOF_GRANT, subject->file, subject->app, "a code group is %s",
                        element == NULL ? "missing" : "not as the source says");

            tc_diag_label(proof->diags, diag, group->span, "the code group in the source");
            return;
        }
        if (!group->is_raw)
            prove_tree(proof, subject, element->children, group->children);
        element = next_group(element->next);
    }
    if (element != NULL)
        finding(proof, TC_CODE_PROOF_GRANT, subject->file, subject->app,
                "there is a code group that the source does not have");
}

/* What the evaluator cannot ask: classes that it does not know. */
static bool
has_unknown_groups(const struct tc_group *group)
{
    for (; group != NULL; group = group->next)
        if (!group->is_raw && (group->kind == TC_GROUP_COUNT_ || group->condition.kind == TC_CONDITION_COUNT_ ||
                               has_unknown_groups(group->children)))
            return true;
    return false;
}

static void
prove_sets(struct proof *proof, struct subject *subject)
{
    for (size_t i = 0; i < subject->policy->set_count; i++) {
        const struct tc_grant_set *is = NULL, *wanted = tc_expected_set(&subject->expected, i);
        struct tc_throw thrown;

        if (tc_policy_level_set(&proof->arena, subject->level, subject->policy->sets[i]->name, &is, &thrown) !=
                TC_YES ||
            is == NULL)
            finding(proof, TC_CODE_PROOF_GRANT, subject->file, subject->app,
                    "the permission set '%.*s' is missing or cannot be read by the framework",
                    TC_STR_ARG(subject->policy->sets[i]->name));
        else if (wanted != NULL)
            compare_sets(proof, subject->app, subject->file, "the permission set", is, wanted);
    }
}

static void
prove_assemblies(struct proof *proof, struct subject *subject)
{
    const struct tc_token_values *values = &subject->values;
    struct tc_evidence evidence;

    for (int kind = 0; kind < TC_CODE_KIND_COUNT_; kind++) {
        evidence = tc_evidence_of_kind(&proof->arena, (enum tc_code_kind)kind, values);
        prove_assembly(proof, subject, tc_code_kind_name((enum tc_code_kind)kind), &evidence);
    }
    for (const struct tc_full_trust *entry = subject->policy->full_trust; entry != NULL; entry = entry->next) {
        evidence = tc_evidence_of_full_trust(&proof->arena, entry, values);
        prove_assembly(proof, subject, "a fully trusted assembly", &evidence);
    }
    prove_group(proof, subject, subject->policy->root, NULL);
}

static void
prove_level(struct proof *proof, struct subject *subject)
{
    struct tc_policy_text text;
    struct tc_element *root;
    const struct tc_element *element;
    struct tc_clr_fault fault;
    struct tc_policy_level *level;
    struct tc_throw thrown;
    const struct tc_str *decoded = tc_map_get(proof->texts, subject->file);
    size_t before = proof->findings;

    if (decoded == NULL) {
        finding(proof, TC_CODE_PROOF_UNREADABLE, subject->file, subject->app,
                "the policy file of the trust level '%.*s' is not there", TC_STR_ARG(subject->policy->name));
        return;
    }
    if (tc_policy_replace(&proof->arena, *decoded, 0, &subject->values, &text) != TC_OK)
        return;
    if (tc_clr_read(&proof->arena, text.text, 0, &root, &fault) != TC_OK) {
        finding(proof, TC_CODE_PROOF_UNREADABLE, subject->file, subject->app,
                "the framework could not read this file: %s",
                fault.because == NULL ? "a limit is exceeded" : fault.because);
        return;
    }
    element = tc_policy_level_find(root);
    if (element == NULL ||
        tc_policy_level_read(&proof->arena, element, tc_runtime_info(subject->policy->runtime)->framework, &level,
                             &thrown) != TC_YES) {
        finding(proof, TC_CODE_PROOF_UNREADABLE, subject->file, subject->app,
                "the framework could not load this file: %s",
                element == NULL ? "it holds no policy level" : thrown.type);
        return;
    }
    tc_policy_level_prepare(&proof->arena, level);
    subject->level = level;
    if (!tc_expected_init(&subject->expected, &proof->arena, subject->policy, &subject->values))
        return;
    prove_tree(proof, subject, element->children, subject->policy->root);
    prove_sets(proof, subject);
    /* what follows from a wrong set or group is not reported once more for each assembly */
    if (proof->findings == before && !has_unknown_groups(subject->policy->root))
        prove_assemblies(proof, subject);
    prove_opaque(proof, subject, tc_element_part(element, TC_TAG_NAMED_PERMISSION_SETS));
}

/* ---- the certificate ---- */

static void
put_grants(struct proof *proof, struct subject *subject)
{
    struct tc_class_names names = {false, tc_runtime_info(subject->policy->runtime)->framework};
    const struct tc_grant_set *set = tc_expected_set(&subject->expected, 0);

    if (proof->grants == NULL || set == NULL)
        return;
    tc_buf_printf(proof->grants, "application %.*s\nlevel %.*s in %.*s\n", TC_STR_ARG(subject->app->name),
                  TC_STR_ARG(subject->policy->name), TC_STR_ARG(subject->file));
    if (set->unrestricted)
        tc_buf_puts(proof->grants, TC_STR("  full trust\n"));
    for (size_t i = 0; i < set->count && !set->unrestricted; i++) {
        struct tc_element *element;
        struct tc_throw thrown;

        if (set->grants[i].perm == NULL ||
            tc_perm_write(&proof->arena, set->grants[i].perm, &names, &element, &thrown) != TC_YES)
            continue;
        tc_buf_puts(proof->grants, TC_STR("  "));
        tc_element_print(proof->grants, element);
        tc_buf_putc(proof->grants, '\n');
    }
}

/* ---- all of it ---- */

static void
prove_subject(struct proof *proof, const struct tc_application *app, const struct tc_policy *policy)
{
    struct tc_token_basis basis = {.windows = proof->model->windows.text,
                                   .root = app == NULL ? TC_STR("D:\\Sites\\Unnamed") : app->root.text,
                                   .location = app == NULL ? TC_STR("site/unnamed") : app->location.text,
                                   .runtime = policy->runtime};
    struct subject subject = {.app = app, .policy = policy};

    check_trust(proof, app, policy, app == NULL ? (struct tc_str){NULL, 0} : app->location.text,
                app == NULL ? (struct tc_str){NULL, 0} : app->origin.text);
    subject.file = tc_config_policy_file(proof->config, policy->name);
    if (subject.file.len == 0) {
        finding(proof, TC_CODE_PROOF_CONFIG, proof->files->config_name, app,
                "<securityPolicy> has no trust level '%.*s'", TC_STR_ARG(policy->name));
        return;
    }
    if (policy->is_stock) {
        if (!same(subject.file, tc_str_of(tc_level_info(policy->level)->policy_file)))
            differs(proof, app, "policy file", subject.file, tc_str_of(tc_level_info(policy->level)->policy_file));
        return; /* the platform's own file is not ours to prove */
    }
    if (app != NULL) {
        basis.temporary = app->temporary.text;
        basis.origin = app->origin.text;
    }
    subject.values = tc_token_values_for(&proof->arena, &basis);
    prove_level(proof, &subject);
    if (app != NULL && subject.level != NULL)
        put_grants(proof, &subject);
}

static void
next_subject(struct proof *proof, const struct tc_application *app, const struct tc_policy *policy)
{
    prove_subject(proof, app, policy);
    tc_arena_reset(&proof->arena);
    memset(proof->proven, 0, sizeof proof->proven);
}

/* A part of the applications, with findings and grants of its own: they are put together in order. */
struct part {
    struct proof proof;
    struct tc_arena arena; /**< of the findings */
    struct tc_diags diags;
    struct tc_buf grants;
    size_t begin, end;
    pthread_t thread;
    bool started;
};

static void *
prove_part(void *argument)
{
    struct part *part = argument;
    const struct tc_model *model = part->proof.model;

    for (size_t i = part->begin; i < part->end; i++) {
        const struct tc_application *app = model->applications[i];

        if (app->policy != NULL &&
            tc_framework_info(tc_runtime_info(app->runtime)->framework)->clr == part->proof.files->clr)
            next_subject(&part->proof, app, app->policy);
    }
    return NULL;
}

/* The findings of a part into those of the run. */
static void
take_findings(struct tc_diags *diags, const struct tc_diags *from)
{
    for (const struct tc_diag *diag = from->first; diag != NULL; diag = diag->next) {
        struct tc_diag *copy = tc_diag_add_file(diags, diag->code, tc_arena_str(diags->arena, diag->file), "%.*s",
                                                TC_STR_ARG(diag->message));

        for (const struct tc_label *label = diag->labels; label != NULL; label = label->next)
            tc_diag_label(diags, copy, label->span, "%.*s", TC_STR_ARG(label->text));
    }
}

/* Applications do not depend on each other, so they are proven in parts. */
static enum tc_status
prove_applications(const struct proof *first, struct tc_diags *diags, struct tc_buf *grants, unsigned threads)
{
    enum { PARTS_MAX = 16, APPLICATIONS_MIN = 64 };
    size_t count = first->model->application_count, parts = threads, findings = 0;
    struct part part[PARTS_MAX];
    bool failed = false;

    if (parts > PARTS_MAX)
        parts = PARTS_MAX;
    if (parts > count / APPLICATIONS_MIN)
        parts = count / APPLICATIONS_MIN;
    if (parts == 0)
        parts = 1;
    for (size_t i = 0; i < parts; i++) {
        struct part *p = &part[i];

        *p = (struct part){.begin = count * i / parts, .end = count * (i + 1) / parts};
        tc_arena_init(&p->arena);
        tc_diags_init(&p->diags, &p->arena, diags->sources);
        p->proof = *first;
        p->proof.diags = &p->diags;
        p->proof.findings = 0;
        p->proof.grants = grants == NULL ? NULL : &p->grants;
        tc_arena_init(&p->proof.arena);
        p->started = i + 1 < parts && pthread_create(&p->thread, NULL, prove_part, p) == 0;
        if (!p->started)
            prove_part(p);
    }
    for (size_t i = 0; i < parts; i++) {
        struct part *p = &part[i];

        if (p->started)
            pthread_join(p->thread, NULL);
        failed |= p->proof.arena.failed || p->arena.failed || p->grants.failed;
        findings += p->proof.findings;
        take_findings(diags, &p->diags);
        if (grants != NULL)
            tc_buf_puts(grants, tc_buf_str(&p->grants));
        tc_buf_done(&p->grants);
        tc_arena_done(&p->proof.arena);
        tc_arena_done(&p->arena);
    }
    return failed ? TC_ERR_NOMEM : findings > 0 ? TC_ERR_SELF : TC_OK;
}

/* Every policy file that the configuration names for a level of ours, read and decoded once. */
static bool
read_texts(struct tc_arena *arena, const struct tc_model *model, const struct tc_proof_files *files,
           const struct tc_config *config, struct tc_map *texts)
{
    tc_map_init(texts, arena);
    for (size_t i = 0; i < model->level_count; i++) {
        struct tc_str name = tc_config_policy_file(config, model->levels[i]->name), bytes, *text;

        if (name.len == 0 || tc_map_get(texts, name) != NULL || !files->get(files->state, name, &bytes))
            continue;
        text = tc_arena_new(arena, struct tc_str);
        if (text == NULL)
            return false;
        *text = tc_policy_decode(arena, bytes);
        tc_map_add(texts, name, text);
    }
    return !arena->failed;
}

enum tc_status
tc_proof_run(const struct tc_model *model, const struct tc_proof_files *files, struct tc_diags *diags,
             struct tc_buf *grants)
{
    struct tc_arena kept;
    struct tc_config config;
    struct tc_map texts;
    struct proof proof = {.model = model, .files = files, .diags = diags, .config = &config, .texts = &texts};
    struct tc_str bytes, reason;
    enum tc_status status = TC_OK;

    tc_arena_init(&proof.arena);
    tc_arena_init(&kept);
    if (!files->get(files->state, files->config_name, &bytes)) {
        finding(&proof, TC_CODE_PROOF_UNREADABLE, files->config_name, NULL, "this file is not there");
        status = TC_FAILED;
    } else {
        status = tc_config_read(&kept, bytes, &config, &reason);
        if (status == TC_FAILED)
            finding(&proof, TC_CODE_PROOF_UNREADABLE, files->config_name, NULL,
                    "the configuration system could not read this file: %.*s", TC_STR_ARG(reason));
    }
    if (status == TC_OK && !read_texts(&kept, model, files, &config, &texts))
        status = TC_ERR_NOMEM;
    if (status == TC_OK) {
        next_subject(&proof, NULL, model->defaults[files->clr]);
        status = prove_applications(&proof, diags, grants, files->threads);
    }
    if (status != TC_ERR_NOMEM)
        status = proof.arena.failed || kept.failed || diags->arena->failed ? TC_ERR_NOMEM
                 : proof.findings > 0 || status != TC_OK                   ? TC_ERR_SELF
                                                                           : TC_OK;
    tc_arena_done(&kept);
    tc_arena_done(&proof.arena);
    return status;
}
