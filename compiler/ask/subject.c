#include "ask/subject.h"

#include "ask/atoms.h"
#include "ask/overlap.h"
#include "ask/trace.h"
#include "base/map.h"
#include "verify/grants.h"

#include <string.h>

/* The machine that is imagined where nothing is known of it: not its name, nor which of its drives are local. */
static const struct tc_machine nameless = {.name = {NULL, 0}, .local_drives = 0};

enum tc_code_kind
tc_own_kind(size_t number)
{
    static const enum tc_code_kind kinds[TC_OWN_KINDS] = {TC_CODE_OWN, TC_CODE_GENERATED};

    return kinds[number];
}

/* ---- subjects ---- */

/* What @a expected grants to @a evidence: false when out of memory. */
static bool
grant_of(struct tc_expected *expected, const struct tc_evidence *evidence, const struct tc_grant_set **ret_set,
         const char **ret_throws)
{
    struct tc_throw thrown = {0};

    *ret_set = NULL;
    if (tc_grant_from(expected, evidence, ret_set, &thrown) != TC_YES) {
        *ret_set = NULL;
        *ret_throws = thrown.type;
        return true;
    }
    return *ret_set != NULL;
}

static bool
fill_grant(struct tc_arena *arena, struct tc_subject *subject, size_t number)
{
    struct tc_subject_grant *grant = &subject->grants[number];

    grant->evidence = tc_evidence_of_kind(arena, tc_own_kind(number), &subject->values);
    if (subject->policy == NULL) {
        grant->sure = grant->wide = tc_grant_set_new(arena, false);
        return grant->sure != NULL;
    }
    if (!grant_of(&subject->sure_expected, &grant->evidence, &grant->sure, &grant->throws))
        return false;
    grant->wide = grant->sure;
    return subject->wide == subject->policy ||
           grant_of(&subject->wide_expected, &grant->evidence, &grant->wide, &grant->throws);
}

/* The rest of a subject of which name, application, policy, wide and values are set. */
static enum tc_status
settle(struct tc_arena *arena, struct tc_subject *subject)
{
    if (subject->policy != NULL &&
        (subject->wide == NULL ||
         !tc_expected_init(&subject->sure_expected, arena, subject->policy, &subject->values) ||
         !tc_expected_init(&subject->wide_expected, arena, subject->wide, &subject->values)))
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < TC_OWN_KINDS; i++)
        if (!fill_grant(arena, subject, i))
            return TC_ERR_NOMEM;
    return arena->failed ? TC_ERR_NOMEM : TC_OK;
}

/* @a policy at its widest; @a last is the one asked for before, as neighbours in a source often share theirs. */
static const struct tc_policy *
widest(struct tc_arena *arena, const struct tc_policy *policy, const struct tc_subject *last)
{
    if (policy == NULL)
        return NULL;
    return last != NULL && last->policy == policy ? last->wide : tc_policy_widest(arena, policy);
}

enum tc_status
tc_subjects_of_model(struct tc_arena *arena, const struct tc_model *model, struct tc_subjects *ret)
{
    *ret = (struct tc_subjects){.items = tc_arena_array(arena, struct tc_subject, model->application_count),
                                .count = model->application_count};
    if (ret->items == NULL)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < ret->count; i++) {
        const struct tc_application *app = model->applications[i];
        struct tc_subject *subject = &ret->items[i];
        enum tc_status status;

        subject->name = app->name;
        subject->application = app;
        subject->policy = app->policy;
        subject->wide = widest(arena, app->policy, i == 0 ? NULL : subject - 1);
        subject->machine = model->server_name;
        subject->values = tc_application_values(arena, model, app);
        status = settle(arena, subject);
        if (status != TC_OK)
            return status;
    }
    return TC_OK;
}

enum tc_status
tc_subject_of_policy(struct tc_arena *arena, struct tc_str name, const struct tc_policy *policy,
                     const struct tc_token_values *values, struct tc_subject *ret)
{
    *ret =
        (struct tc_subject){.name = name, .policy = policy, .wide = tc_policy_widest(arena, policy), .values = *values};
    return settle(arena, ret);
}

/* ---- answers ---- */

const char *
tc_may_word(enum tc_may may)
{
    static const char *const words[] = {
        [TC_MAY_NOT] = "no", [TC_MAY_POSSIBLY] = "possibly", [TC_MAY_UNKNOWN] = "unknown", [TC_MAY_SURELY] = "yes"};

    return words[may];
}

const char *
tc_may_name(enum tc_may may)
{
    static const char *const names[] = {
        [TC_MAY_NOT] = "may not",
        [TC_MAY_POSSIBLY] = "may possibly",
        [TC_MAY_UNKNOWN] = "unknown",
        [TC_MAY_SURELY] = "may",
    };

    return names[may];
}

static const char declared_is_unknown[] = "what a class that a source declares allows is not known here";

/* A class that a source declares: whether the set holds it is all that is known (language: class). */
static enum tc_may
ask_declared(const struct tc_grant_set *set, const struct tc_perm *demand, const char **ret_throws)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->grants[i].cls->type, demand->cls->type) == 0) {
            *ret_throws = declared_is_unknown;
            return TC_MAY_UNKNOWN;
        }
    return TC_MAY_NOT;
}

static const char by_dns[] = "whether two names or addresses are one host only DNS could tell";
static const char by_queues[] = "which queues are meant only Message Queuing on the server could tell";
static const char by_pattern[] = "whether the URL fits a pattern that is granted cannot be worked out here";
static const char by_server[] = "it depends on what only the server knows";

/* Why nobody here can tell, of a comparison that depends on more than the two permissions. */
static const char *
undecided_by(const struct tc_class *cls)
{
    return cls->algebra == TC_ALGEBRA_SOCKET          ? by_dns
           : cls->algebra == TC_ALGEBRA_MESSAGE_QUEUE ? by_queues
           : cls->algebra == TC_ALGEBRA_WEB           ? by_pattern
                                                      : by_server;
}

bool
tc_may_is_undecided(const struct tc_may_answer *answer)
{
    return answer->may == TC_MAY_UNKNOWN && (answer->throws == by_dns || answer->throws == by_queues ||
                                             answer->throws == by_pattern || answer->throws == by_server);
}

static bool
is_allowed_on(struct tc_arena *arena, const struct tc_machine *other, const struct tc_grant_set *set,
              const struct tc_perm *demand)
{
    struct tc_throw ignored;

    return tc_grant_set_demand(arena, other, set, demand, &ignored) == TC_YES;
}

static bool
has_short_name(const struct tc_perm *perm)
{
    for (size_t i = 0; i < perm->cls->field_count; i++)
        for (uint32_t j = 0;
             perm->values[i].present && perm->cls->fields[i].kind == TC_FIELD_PATHS && j < perm->values[i].list.count;
             j++)
            if (tc_str_has(perm->values[i].list.items[j].text, '~'))
                return true;
    return false;
}

struct short_names {
    struct tc_arena *arena;
    const struct tc_grant_set *set;
    const struct tc_perm *granted;
    const char *why;
};

/* Goes on while each part is allowed, or may be by another name. */
static bool
may_be_named(void *state, const struct tc_perm *atom)
{
    struct short_names *names = state;
    struct tc_overlap overlap;

    if (is_allowed_on(names->arena, &nameless, names->set, atom))
        return true;
    if (!tc_overlap(names->arena, NULL, atom, names->granted, &overlap) || overlap.answer != TC_OVERLAP_UNKNOWN) {
        names->why = NULL;
        return false;
    }
    names->why = overlap.why;
    return true;
}

/* The framework replaces a short name where the file exists, before it compares (permissions 1). */
static const char *
why_by_name(struct tc_arena *arena, const struct tc_grant_set *set, const struct tc_perm *demand,
            const struct tc_perm *granted)
{
    struct short_names names = {.arena = arena, .set = set, .granted = granted};

    if (has_short_name(demand) || has_short_name(granted))
        (void)tc_atoms(arena, demand, may_be_named, &names);
    return names.why;
}

/* What @a machine, of which not all is known, denies may be allowed on the real one: why, or NULL. */
static const char *
why_open(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_grant_set *set,
         const struct tc_perm *demand)
{
    const struct tc_grant *grant = tc_grant_find(set, demand->cls);
    struct tc_machine other = {.local_drives = UINT32_MAX};

    if (grant == NULL || grant->perm == NULL)
        return NULL;
    if (demand->cls->algebra == TC_ALGEBRA_FILE_IO)
        return is_allowed_on(arena, &other, set, demand) ? "whether that drive is a local one is not known here"
                                                         : why_by_name(arena, set, demand, grant->perm);
    for (uint32_t i = 0; demand->cls->algebra == TC_ALGEBRA_RESOURCE_TREE && i < demand->row_count; i++) {
        other.name = demand->rows[i].cells[0].text; /* its own name counts in one letter case alone (permissions 14) */
        if ((machine->name.len == 0 || tc_str_eq_nocase(machine->name, other.name)) &&
            is_allowed_on(arena, &other, set, demand))
            return "whether that is the name of the server itself is not known here";
    }
    return NULL;
}

static enum tc_may
ask_on(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_grant_set *set,
       const struct tc_perm *demand, const char **ret_throws)
{
    struct tc_throw thrown = {0};
    const char *why = NULL;

    if (set->unrestricted)
        return TC_MAY_SURELY;
    if (demand->cls->assembly == TC_ASM_COUNT_)
        return ask_declared(set, demand, ret_throws);
    switch (tc_grant_set_demand(arena, machine, set, demand, &thrown)) {
    case TC_YES:
        return TC_MAY_SURELY;
    case TC_NO:
        why = why_open(arena, machine, set, demand);
        break;
    case TC_THROWS:
        why = strcmp(thrown.type, TC_UNKNOWN) == 0 ? undecided_by(demand->cls) : thrown.type;
        break;
    }
    if (why == NULL)
        return TC_MAY_NOT;
    *ret_throws = why;
    return TC_MAY_UNKNOWN;
}

enum tc_may
tc_ask_set(struct tc_arena *arena, const struct tc_grant_set *set, const struct tc_perm *demand,
           const char **ret_throws)
{
    return ask_on(arena, &nameless, set, demand, ret_throws);
}

static const struct tc_raw *
raw_with(const struct tc_raw *raw, struct tc_str word)
{
    for (; raw != NULL; raw = raw->next)
        for (size_t i = 0; i < raw->line_count; i++)
            if (tc_str_find(raw->lines[i], word, 0) != SIZE_MAX)
                return raw;
    return NULL;
}

const struct tc_raw *
tc_raw_of_declared(const struct tc_policy *policy, const struct tc_class *cls)
{
    const char *dot = strrchr(cls->type, '.');
    struct tc_str word = tc_str_of(dot == NULL ? cls->type : dot + 1);
    const struct tc_raw *found = raw_with(policy->raw_classes, word);

    if (found == NULL)
        found = raw_with(policy->raw_sets, word);
    for (size_t i = 0; found == NULL && i < policy->set_count; i++)
        found = raw_with(policy->sets[i]->raw, word);
    return found;
}

/* The same of own code @a number: the evaluator's sets lack such classes, those of the model have them. All of a class
 * is allowed by what is unrestricted. */
static enum tc_may
ask_declared_of(struct tc_arena *arena, const struct tc_subject *subject, size_t number, const struct tc_perm *demand,
                const char **ret_throws)
{
    struct tc_trace_grants grants = {.count = 0};
    struct tc_trace trace;
    bool is_possible = false;

    if (subject->grants[number].sure->unrestricted)
        return TC_MAY_SURELY;
    if ((tc_trace_of(arena, subject, number, true, &trace) != TC_OK ||
         tc_trace_of_class(arena, &trace, demand->cls, &grants) != TC_OK || grants.count == 0) &&
        tc_raw_of_declared(subject->policy, demand->cls) == NULL)
        return TC_MAY_NOT;
    for (size_t i = 0; i < grants.count; i++) {
        if (grants.items[i].perm == NULL || !grants.items[i].perm->unrestricted)
            continue;
        if (!grants.items[i].possible)
            return TC_MAY_SURELY;
        is_possible = true;
    }
    if (is_possible)
        return TC_MAY_POSSIBLY;
    *ret_throws = declared_is_unknown;
    return TC_MAY_UNKNOWN;
}

static enum tc_may
ask_grant(struct tc_arena *arena, const struct tc_subject *subject, size_t number, const struct tc_perm *demand,
          const char **ret_throws)
{
    const struct tc_subject_grant *grant = &subject->grants[number];
    const struct tc_machine machine = {.name = subject->machine};
    enum tc_may sure;

    if (grant->sure == NULL || grant->wide == NULL) {
        *ret_throws = grant->throws;
        return TC_MAY_UNKNOWN;
    }
    if (demand->cls->assembly == TC_ASM_COUNT_)
        return ask_declared_of(arena, subject, number, demand, ret_throws);
    sure = ask_on(arena, &machine, grant->sure, demand, ret_throws);
    if (sure == TC_MAY_NOT && grant->wide != grant->sure) {
        enum tc_may wide = ask_on(arena, &machine, grant->wide, demand, ret_throws);

        return wide == TC_MAY_SURELY ? TC_MAY_POSSIBLY : wide;
    }
    return sure;
}

enum tc_status
tc_ask(struct tc_arena *arena, const struct tc_subject *subject, const struct tc_perm *demand,
       struct tc_may_answer *ret_answer)
{
    struct tc_may_answer answer = {.may = TC_MAY_SURELY, .most = TC_MAY_NOT};
    const struct tc_perm *filled = tc_fill_perm(arena, demand, &subject->values);

    if (filled == NULL)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < TC_OWN_KINDS; i++) {
        answer.kinds[i] = ask_grant(arena, subject, i, filled, &answer.throws);
        if (answer.kinds[i] < answer.may)
            answer.may = answer.kinds[i];
        if (answer.kinds[i] > answer.most)
            answer.most = answer.kinds[i];
    }
    *ret_answer = answer;
    return arena->failed ? TC_ERR_NOMEM : TC_OK;
}
