#include "ask/rules.h"

#include "ask/atoms.h"
#include "ask/overlap.h"
#include "ask/trace.h"
#include "base/map.h"
#include "isolate/escapes.h"
#include "isolate/samples.h"
#include "model/clauses.h"
#include "verify/expected.h"
#include "verify/grants.h"

#include <assert.h>
#include <string.h>

/* So many different places of failure of one line are kept; the rest is counted. */
enum { FAILURES_MAX = 64 };

/* How one application leaves the sandbox. */
struct way_out {
    bool is_known, is_full, possible;
    const struct tc_escape *escape; /* NULL: it does not, or is_full */
    struct tc_span place;
};

struct run {
    struct tc_arena *arena;
    const struct tc_rule_asker *asker;
    struct tc_arena *scratch; /* the asker's */
    const struct tc_model *model;
    const struct tc_subjects *subjects;
    const struct tc_rule_filter *filter;
    struct tc_machine machine;
    struct way_out *ways_out;                     /* by subject; NULL: there is only one */
    struct way_out only;                          /* its own */
    const struct tc_isolation_finding **bringers; /* by application: how it can bring code that a group trusts */
    struct tc_map apart; /* permissions that the line in hand has nothing in common with, by address */
    struct tc_rule_line *line;
    struct tc_failure **tail;
    size_t kept;
};

/* ---- failures ---- */

/* Full trust is one reason wherever it is said; everything else is told by its place, and by its words. */
static bool
is_same_reason(const struct tc_failure *a, const struct tc_failure *b)
{
    if (a->how != b->how || a->possible != b->possible)
        return false;
    return a->how == TC_FAILING_FULL_TRUST || (a->place.begin == b->place.begin && a->place.end == b->place.end &&
                                               tc_str_eq(a->what, b->what) && tc_str_eq(a->why, b->why));
}

static void
add_failure(struct run *run, struct tc_failure failure)
{
    struct tc_failure *kept;

    run->line->failed++;
    for (kept = run->line->failures; kept != NULL; kept = kept->next)
        if (is_same_reason(kept, &failure)) {
            kept->count++;
            return;
        }
    kept = run->kept == FAILURES_MAX ? NULL : tc_arena_new(run->arena, struct tc_failure);
    if (kept == NULL)
        return;
    *kept = failure;
    kept->count = 1;
    *run->tail = kept;
    run->tail = &kept->next;
    run->kept++;
}

/* ---- where a grant comes from ---- */

struct origin {
    struct run *run;
    const struct tc_subject *subject;
    const struct tc_perm *demand;
};

static bool
allows(const void *state, const struct tc_perm *grant)
{
    const struct origin *o = state;
    const struct tc_perm *filled = tc_fill_perm(o->run->scratch, grant, &o->subject->values);
    struct tc_overlap overlap;

    return filled != NULL && tc_overlap(o->run->scratch, &o->run->machine, o->demand, filled, &overlap) &&
           overlap.answer == TC_OVERLAP_YES;
}

/* The place of the grant through which @a perm allows @a demand. */
static struct tc_span
place_of(struct run *run, const struct tc_subject *subject, const struct tc_perm *perm, const struct tc_perm *demand,
         struct tc_span entry)
{
    struct origin o = {run, subject, demand};
    struct tc_str ignored;
    const struct tc_perm *grant = tc_perm_granted(perm, allows, &o, &ignored);

    if (entry.end > 0)
        return entry;
    return grant != NULL ? grant->span : perm->span;
}

/* ---- leaving the sandbox ---- */

static const struct tc_perm *
perm_in(const struct tc_grant_set *set, const struct tc_class *cls)
{
    const struct tc_grant *grant = set == NULL || set->unrestricted ? NULL : tc_grant_find(set, cls);

    return grant == NULL ? NULL : grant->perm;
}

static bool
has_bit(const void *state, const struct tc_perm *grant)
{
    return tc_perm_has_flags(grant, 0, *(const uint64_t *)state);
}

/* Which flag of @a set leads out, if any. */
static bool
find_escape(const struct tc_rule_asker *asker, const struct tc_grant_set *set, struct way_out *way)
{
    size_t count;
    const struct tc_escape *escapes = tc_escapes(&count);

    for (size_t i = 0; i < count; i++) {
        const struct tc_perm *perm = perm_in(set, tc_class(escapes[i].cls)), *grant;
        uint64_t bit = asker->escape_bits[i];
        struct tc_str ignored;

        if (perm == NULL || !tc_perm_has_flags(perm, 0, bit))
            continue;
        grant = tc_perm_granted(perm, has_bit, &bit, &ignored);
        way->escape = &escapes[i];
        way->place = grant != NULL ? grant->span : perm->span;
        return true;
    }
    return false;
}

static void
find_way_out(const struct tc_rule_asker *asker, const struct tc_subject *subject, struct way_out *way)
{
    for (int possible = 0; possible < 2 && !way->is_full && way->escape == NULL; possible++)
        for (size_t i = 0; i < TC_OWN_KINDS && !way->is_full && way->escape == NULL; i++) {
            const struct tc_grant_set *set = possible ? subject->grants[i].wide : subject->grants[i].sure;

            way->possible = possible;
            way->is_full = set != NULL && set->unrestricted;
            if (!way->is_full && set != NULL)
                find_escape(asker, set, way);
        }
    if (way->is_full && subject->application != NULL)
        way->place = subject->application->span;
    way->is_known = true;
}

static const struct way_out *
way_out_of(struct run *run, const struct tc_subject *subject)
{
    struct way_out *way = run->ways_out == NULL ? &run->only : &run->ways_out[subject - run->subjects->items];

    if (!way->is_known)
        find_way_out(run->asker, subject, way);
    return way;
}

/* ---- classes that a source declares ---- */

/* What a policy says of such a class: the evaluator's sets leave it out. */
static const struct tc_perm *
declared_in(const struct tc_policy *policy, const struct tc_class *cls)
{
    for (size_t i = 0; policy != NULL && i < policy->set_count; i++)
        for (size_t j = 0; j < policy->sets[i]->count; j++)
            if (strcmp(policy->sets[i]->perms[j]->cls->type, cls->type) == 0)
                return policy->sets[i]->perms[j];
    return NULL;
}

static bool
is_declared(const struct tc_class *cls)
{
    return cls->assembly == TC_ASM_COUNT_;
}

/* ---- never ---- */

static struct tc_str
address_key(struct tc_arena *arena, const struct tc_perm *perm)
{
    return tc_arena_str(arena, (struct tc_str){(const char *)&perm, sizeof perm});
}

/* Hold @a asked against @a perm. Many applications share what they are granted: what was asked once is not again. */
static enum tc_overlap_answer
hold_against(struct run *run, const struct tc_subject *subject, const struct tc_perm *asked, const struct tc_perm *perm,
             bool possible)
{
    bool is_shared = asked == run->line->line->perm; /* no token stands for something else in each application */
    struct tc_str key = {(const char *)&perm, sizeof perm};
    struct tc_overlap overlap;

    if (perm == NULL || (is_shared && tc_map_get(&run->apart, key) != NULL))
        return TC_OVERLAP_NO;
    tc_arena_reset(run->scratch);
    if (!tc_overlap(run->scratch, &run->machine, asked, perm, &overlap) || overlap.answer == TC_OVERLAP_NO) {
        if (is_shared)
            tc_map_add(&run->apart, address_key(run->arena, perm), run);
        return TC_OVERLAP_NO;
    }
    if (!tc_overlap(run->arena, &run->machine, asked, perm, &overlap))
        return TC_OVERLAP_NO;
    add_failure(run, (struct tc_failure){
                         .how = overlap.answer == TC_OVERLAP_YES ? TC_FAILING_GRANTED : TC_FAILING_UNKNOWN,
                         .subject = subject,
                         .possible = possible,
                         .demand = overlap.answer == TC_OVERLAP_YES ? overlap.demand : asked,
                         .place = overlap.answer == TC_OVERLAP_YES
                                      ? place_of(run, subject, perm, overlap.demand, overlap.span)
                                      : perm->span,
                         .why = tc_str_of(overlap.why),
                     });
    return overlap.answer;
}

static bool
forbid_declared(struct run *run, const struct tc_subject *subject, const struct tc_perm *asked)
{
    const struct tc_perm *perm = declared_in(subject->wide, asked->cls);
    const struct tc_raw *raw = perm == NULL ? tc_raw_of_declared(subject->policy, asked->cls) : NULL;

    if (raw != NULL)
        add_failure(run, (struct tc_failure){.how = TC_FAILING_UNKNOWN,
                                             .subject = subject,
                                             .demand = asked,
                                             .place = raw->span,
                                             .why = TC_STR("what 'raw' says of a declared class is not read")});
    if (perm != NULL)
        add_failure(run, (struct tc_failure){.how = TC_FAILING_GRANTED,
                                             .subject = subject,
                                             .possible = declared_in(subject->policy, asked->cls) == NULL,
                                             .demand = asked,
                                             .place = perm->span});
    return perm != NULL || raw != NULL;
}

static bool
forbid_way_out(struct run *run, const struct tc_subject *subject, const struct tc_perm *asked)
{
    const struct way_out *way = way_out_of(run, subject);

    if (!way->is_full && way->escape == NULL)
        return false;
    add_failure(run, (struct tc_failure){.how = way->is_full ? TC_FAILING_FULL_TRUST : TC_FAILING_ESCAPE,
                                         .subject = subject,
                                         .possible = way->possible,
                                         .demand = asked,
                                         .place = way->place,
                                         .what = way->is_full ? TC_STR("") : tc_str_of(way->escape->flag)});
    return true;
}

/* Whether a condition can be met by what someone writes to the server. */
static bool
asks_for_place(const struct tc_group *group)
{
    enum tc_condition_id kind = group->condition.kind;

    return !group->is_raw && !group->grants_main &&
           (kind == TC_CONDITION_ALL || kind == TC_CONDITION_ZONE || kind == TC_CONDITION_APPLICATION_DIRECTORY ||
            (kind == TC_CONDITION_URL && tc_str_find(group->condition.values[0], TC_STR("$Gac$"), 0) == SIZE_MAX));
}

/* Whether code with @a set gets a part of what is asked, in one step or by leaving the sandbox. */
static bool
set_allows(struct run *run, const struct tc_grant_set *set, bool only_full, const struct tc_perm *asked)
{
    struct way_out way = {.is_known = true};
    const struct tc_perm *perm = perm_in(set, asked->cls);
    struct tc_overlap overlap;

    if (set->unrestricted || only_full)
        return set->unrestricted;
    if (find_escape(run->asker, set, &way))
        return true;
    return perm != NULL && tc_overlap(run->arena, &run->machine, asked, perm, &overlap) &&
           overlap.answer != TC_OVERLAP_NO;
}

/* The first group from @a group on, children too, that gives it; the tree is as deep as the source is nested. */
static const struct tc_group *
group_allowing(struct run *run, struct tc_expected *expected, const struct tc_group *group, const struct tc_perm *asked)
{
    bool only_full = tc_runtime_info(expected->policy->runtime)->homogeneous; /* aspnet-trust 6.2 */

    for (; group != NULL; group = group->next) {
        const struct tc_grant_set *set = asks_for_place(group) ? tc_expected_group_set(expected, group) : NULL;
        const struct tc_group *child;

        if (set != NULL && set_allows(run, set, only_full, asked))
            return group;
        child = group_allowing(run, expected, group->children, asked);
        if (child != NULL)
            return child;
    }
    return NULL;
}

/* Whether the finding leads from who can bring code to whose group trusts it. */
static bool
is_of_writer(const struct tc_isolation_finding *finding)
{
    return finding->rule == TC_RULE_WRITABLE_CODE_GROUP || finding->rule == TC_RULE_TRUSTED_SITE;
}

/* Of an application of which the isolation rules say that it can bring code that a code group trusts more than its own:
 * whether one of its groups gives such code what is asked. */
static void
forbid_code_groups(struct run *run, const struct tc_subject *subject, const struct tc_perm *asked)
{
    const struct tc_isolation_finding *finding =
        run->bringers == NULL ? NULL : run->bringers[subject->application->index];
    const struct tc_subject *whose = subject; /* whose group it is: another application's, when it may write there */
    struct tc_expected expected;
    const struct tc_group *group;

    if (finding == NULL)
        return;
    if (is_of_writer(finding) && finding->to.application != NULL)
        whose = &run->subjects->items[finding->to.application->index];
    if (whose->wide == NULL || !tc_expected_init(&expected, run->arena, whose->wide, &whose->values))
        return;
    group = group_allowing(run, &expected, whose->wide->root, asked);
    if (group != NULL)
        add_failure(run, (struct tc_failure){.how = TC_FAILING_CODE_GROUP,
                                             .subject = subject,
                                             .possible = finding->verdict != TC_NOT_ISOLATED,
                                             .demand = asked,
                                             .place = group->span,
                                             .what = finding->from.may});
}

/* What throws lets no request through, but nobody here knows what else it does. */
static bool
forbid_throwing(struct run *run, const struct tc_subject *subject, const struct tc_perm *asked)
{
    for (size_t i = 0; i < TC_OWN_KINDS; i++)
        if (subject->grants[i].wide == NULL) {
            add_failure(run,
                        (struct tc_failure){.how = TC_FAILING_UNKNOWN,
                                            .subject = subject,
                                            .demand = asked,
                                            .why = tc_expected_throw_words(run->arena, subject->grants[i].throws)});
            return true;
        }
    return false;
}

/* A grant first: it is what can be changed. */
static void
forbid(struct run *run, const struct tc_subject *subject, const struct tc_perm *asked)
{
    bool is_full = way_out_of(run, subject)->is_full, failed = false;

    if (forbid_throwing(run, subject, asked))
        return;
    if (is_declared(asked->cls) && !is_full)
        failed = forbid_declared(run, subject, asked);
    for (size_t i = 0; i < 2 * TC_OWN_KINDS && !is_full && !failed; i++) {
        const struct tc_subject_grant *grant = &subject->grants[i / 2];
        const struct tc_perm *sure = perm_in(grant->sure, asked->cls), *wide = perm_in(grant->wide, asked->cls);

        if (i % 2 == 0)
            failed = hold_against(run, subject, asked, sure, false) != TC_OVERLAP_NO;
        else if (wide != sure)
            failed = hold_against(run, subject, asked, wide, true) != TC_OVERLAP_NO;
    }
    if (!failed && !forbid_way_out(run, subject, asked))
        forbid_code_groups(run, subject, asked);
}

/* ---- test ---- */

/* How near an atom is to what was asked: the longest common beginning of a text. */
struct near {
    struct tc_arena *arena;
    const struct tc_perm *asked, *best;
    size_t score;
};

static size_t
common(struct tc_str a, struct tc_str b)
{
    size_t n = 0;

    while (n < a.len && n < b.len && tc_str_eq_nocase(tc_str_sub(a, n, 1), tc_str_sub(b, n, 1)))
        n++;
    return n;
}

/* What both lists begin with at most; a little more where they are of the same access. */
static size_t
list_score(const struct tc_value *a, const struct tc_value *b, bool same_field)
{
    size_t best = 0;

    for (uint32_t i = 0; a->present && i < a->list.count; i++)
        for (uint32_t j = 0; b->present && j < b->list.count; j++) {
            size_t n = 2 * common(a->list.items[i].text, b->list.items[j].text) + same_field;

            best = n > best ? n : best;
        }
    return best;
}

static size_t
row_score(const struct tc_row *a, const struct tc_row *b)
{
    size_t n = a->form == b->form;

    for (size_t c = 0; n > 0 && c < a->form->column_count; c++)
        n += 2 * common(a->cells[c].text, b->cells[c].text);
    return n;
}

static size_t
score_of(const struct tc_perm *asked, const struct tc_perm *atom)
{
    const struct tc_class *cls = asked->cls;
    size_t best = 0, n;

    for (size_t f = 0; f < cls->field_count; f++)
        for (size_t g = 0; g < cls->field_count; g++) {
            if (!tc_is_list_field(cls->fields[f].kind) || !tc_is_list_field(cls->fields[g].kind))
                continue;
            n = list_score(&asked->values[f], &atom->values[g], f == g);
            best = n > best ? n : best;
        }
    for (uint32_t i = 0; i < asked->row_count; i++)
        for (uint32_t j = 0; j < atom->row_count; j++) {
            n = row_score(&asked->rows[i], &atom->rows[j]);
            best = n > best ? n : best;
        }
    return best;
}

static bool
look_near(void *state, const struct tc_perm *atom)
{
    struct near *near = state;
    size_t score = score_of(near->asked, atom);

    if (near->best == NULL || score > near->score) {
        near->best = atom;
        near->score = score;
    }
    return true;
}

static struct tc_str
words_of(struct tc_arena *arena, enum tc_framework framework, const struct tc_perm *perm)
{
    struct tc_buf out = {0};

    tc_demand_put(&out, framework, perm);
    return tc_arena_take(arena, &out);
}

static enum tc_framework
framework_of(const struct tc_subject *subject)
{
    return subject->policy == NULL ? TC_FX_4_0 : tc_runtime_info(subject->policy->runtime)->framework;
}

/* The grant of the same class that comes nearest. */
static void
name_nearest(struct run *run, const struct tc_subject *subject, const struct tc_perm *asked, struct tc_failure *failure)
{
    const struct tc_perm *perm = perm_in(subject->grants[0].sure, asked->cls);
    struct near near = {.arena = run->arena, .asked = asked};

    if (perm == NULL || !tc_atoms(run->arena, perm, look_near, &near) || near.best == NULL)
        return;
    failure->what = words_of(run->arena, framework_of(subject), near.best);
    failure->place = near.best->span;
}

/* What the CLR answers. */
static enum tc_status
ask(struct run *run, const struct tc_subject *subject, const struct tc_perm *asked, struct tc_may_answer *ret)
{
    enum tc_status status = tc_ask(run->arena, subject, asked, ret);

    return status == TC_OK && ret->throws != NULL && strcmp(ret->throws, "OutOfMemoryException") == 0 ? TC_ERR_NOMEM
                                                                                                      : status;
}

/* The grant that allows @a asked although the test says that nothing does. */
static void
place_granted(struct run *run, const struct tc_subject *subject, const struct tc_perm *asked,
              struct tc_failure *failure)
{
    const struct way_out *way = way_out_of(run, subject);

    if (way->is_full) {
        failure->how = TC_FAILING_FULL_TRUST;
        failure->place = way->place;
        return;
    }
    for (size_t i = 0; i < 2 * TC_OWN_KINDS && failure->place.end == 0; i++) {
        const struct tc_subject_grant *grant = &subject->grants[i % TC_OWN_KINDS];
        const struct tc_perm *perm = is_declared(asked->cls)
                                         ? declared_in(i < TC_OWN_KINDS ? subject->policy : subject->wide, asked->cls)
                                         : perm_in(i < TC_OWN_KINDS ? grant->sure : grant->wide, asked->cls);
        struct tc_overlap overlap;

        if (perm != NULL && tc_overlap(run->arena, &run->machine, asked, perm, &overlap) &&
            overlap.answer == TC_OVERLAP_YES)
            failure->place = place_of(run, subject, perm, asked, overlap.span);
    }
}

static void
judge_answer(struct run *run, const struct tc_subject *subject, const struct tc_perm *asked,
             const struct tc_may_answer *answer)
{
    bool negated = run->line->line->negated;
    enum tc_may deciding = negated ? answer->most : answer->may;
    struct tc_failure failure = {.subject = subject, .demand = asked};

    if (deciding == (negated ? TC_MAY_NOT : TC_MAY_SURELY))
        return;
    if (deciding == TC_MAY_UNKNOWN) {
        failure.how = TC_FAILING_UNKNOWN;
        failure.why = tc_str_of(answer->throws);
    } else if (negated) {
        failure.how = TC_FAILING_GRANTED;
        failure.possible = answer->most == TC_MAY_POSSIBLY;
        place_granted(run, subject, asked, &failure);
    } else {
        failure.how = TC_FAILING_DENIED;
        failure.possible = answer->may == TC_MAY_POSSIBLY;
        name_nearest(run, subject, asked, &failure);
    }
    if (answer->may != answer->most && deciding != TC_MAY_UNKNOWN) {
        size_t least = answer->kinds[0] == answer->may ? 0 : 1;

        failure.why = tc_arena_printf(run->arena, "%s %s, %s %s", tc_code_kind_name(tc_own_kind(least)),
                                      tc_may_name(answer->kinds[least]), tc_code_kind_name(tc_own_kind(1 - least)),
                                      tc_may_name(answer->kinds[1 - least]));
    }
    add_failure(run, failure);
}

/* A pattern is no demand that code can make: the URLs that it accepts are asked for, one by one. */
static bool
names_pattern(const struct tc_perm *asked)
{
    for (uint32_t i = 0; i < asked->row_count; i++)
        for (size_t c = 0; c < asked->rows[i].form->column_count; c++)
            if (asked->rows[i].form->columns[c].kind == TC_COLUMN_URI &&
                asked->rows[i].cells[c].number == TC_WEB_PATTERN)
                return true;
    return false;
}

struct parts {
    struct run *run;
    const struct tc_subject *subject;
    enum tc_status status;
    size_t failed; /* of the line, before */
};

/* One URL of a pattern, or one atom beside it. @return whether to go on */
static bool
test_demand(struct parts *parts, const struct tc_perm *demand)
{
    struct tc_may_answer answer;

    parts->status = ask(parts->run, parts->subject, demand, &answer);
    if (parts->status == TC_OK)
        judge_answer(parts->run, parts->subject, demand, &answer);
    return parts->status == TC_OK && parts->run->line->failed == parts->failed;
}

/* All URLs of a pattern that can be made: of a host, with http and with https. */
static bool
test_urls(struct parts *parts, const struct tc_perm *atom)
{
    struct tc_arena *arena = parts->run->arena;
    struct tc_samples samples;

    tc_samples_make(arena, atom->rows[0].cells[0].text, &samples);
    for (size_t i = 0; i < samples.count; i++) {
        struct tc_perm *demand = tc_perm_copy(arena, atom);
        struct tc_cell *cell = tc_arena_new(arena, struct tc_cell);

        if (demand == NULL || cell == NULL)
            return false;
        *cell = (struct tc_cell){.present = true, .number = TC_WEB_URI, .text = samples.items[i].url};
        demand->rows[0].cells = cell;
        if (!test_demand(parts, demand))
            return false;
    }
    if (samples.count == 0)
        add_failure(parts->run, (struct tc_failure){.how = TC_FAILING_UNKNOWN,
                                                    .subject = parts->subject,
                                                    .demand = atom,
                                                    .why = TC_STR("no URL could be made that this pattern accepts")});
    return samples.count > 0;
}

/* That it may not holds for every URL that the pattern accepts. */
static bool
test_no_url(struct parts *parts, const struct tc_perm *atom)
{
    const struct tc_subject *subject = parts->subject;

    if (way_out_of(parts->run, subject)->is_full) {
        struct tc_failure failure = {.how = TC_FAILING_GRANTED, .subject = subject, .demand = atom};

        place_granted(parts->run, subject, atom, &failure);
        add_failure(parts->run, failure);
        return false;
    }
    for (size_t i = 0; i < 2 * TC_OWN_KINDS; i++) {
        const struct tc_subject_grant *grant = &subject->grants[i % TC_OWN_KINDS];
        bool possible = i >= TC_OWN_KINDS;

        if (hold_against(parts->run, subject, atom, perm_in(possible ? grant->wide : grant->sure, atom->cls),
                         possible) != TC_OVERLAP_NO)
            return false;
    }
    return true;
}

static bool
test_part(void *state, const struct tc_perm *atom)
{
    struct parts *parts = state;

    if (!names_pattern(atom))
        return test_demand(parts, atom);
    return parts->run->line->line->negated ? test_no_url(parts, atom) : test_urls(parts, atom);
}

static enum tc_status
test(struct run *run, const struct tc_subject *subject, const struct tc_perm *asked)
{
    struct parts parts = {run, subject, .failed = run->line->failed};
    struct tc_may_answer answer;
    enum tc_status status;

    if (names_pattern(asked)) {
        tc_atoms(run->arena, asked, test_part, &parts);
        return parts.status;
    }
    status = ask(run, subject, asked, &answer);
    if (status == TC_OK)
        judge_answer(run, subject, asked, &answer);
    return status;
}

/* ---- lines ---- */

static bool
has_words(struct run *run, struct tc_str text)
{
    return tc_str_find(tc_str_fold(run->arena, text), tc_str_fold(run->arena, run->filter->words), 0) != SIZE_MAX;
}

/* Whether the filter takes @a name in a line of a rule whose title it does not. */
static bool
is_wanted(struct run *run, struct tc_str name, bool title_is)
{
    return title_is || has_words(run, name);
}

static enum tc_status
decide(struct run *run, const struct tc_subject *subject)
{
    const struct tc_perm *asked = tc_fill_perm(run->arena, run->line->line->perm, &subject->values);

    if (asked == NULL)
        return TC_ERR_NOMEM;
    run->line->asked++;
    if (!run->line->rule->is_never)
        return test(run, subject, asked);
    forbid(run, subject, asked);
    return TC_OK;
}

static enum tc_status
decide_line(struct run *run, bool title_is)
{
    const struct tc_application *only = run->line->line->application;
    enum tc_status status = TC_OK;

    tc_map_init(&run->apart, run->arena);
    run->tail = &run->line->failures;
    run->kept = 0;
    /* subjects stand in the order of the model */
    for (size_t i = only == NULL ? 0 : only->index;
         i < (only == NULL ? run->subjects->count : only->index + 1u) && status == TC_OK; i++)
        if (is_wanted(run, run->subjects->items[i].name, title_is))
            status = decide(run, &run->subjects->items[i]);
    return run->arena->failed || run->scratch->failed ? TC_ERR_NOMEM : status;
}

static enum tc_status
decide_rule(struct run *run, const struct tc_rule *rule, struct tc_rule_run *ret)
{
    bool title_is = has_words(run, rule->title);

    for (const struct tc_demand *line = rule->demands; line != NULL; line = line->next) {
        enum tc_status status;

        run->line = &ret->lines[ret->count];
        *run->line = (struct tc_rule_line){.rule = rule, .line = line};
        if (line->application != NULL && !is_wanted(run, line->application->name, title_is))
            continue;
        status = decide_line(run, title_is);
        if (status != TC_OK)
            return status;
        if (run->line->asked == 0)
            continue;
        ret->count++;
        ret->failed += run->line->failed > 0;
    }
    return TC_OK;
}

bool
tc_rules_forbid(const struct tc_model *model)
{
    const struct tc_rule *rule = model->rules;

    while (rule != NULL && !rule->is_never)
        rule = rule->next;
    return rule != NULL;
}

/* Who can bring code that a code group trusts more than the application's own: whoever may write it, and everyone when
 * the group trusts the whole server. */
static bool
find_bringers(struct run *run, const struct tc_isolation *isolation)
{
    run->bringers = tc_arena_array(run->arena, const struct tc_isolation_finding *, run->model->application_count + 1);
    if (run->bringers == NULL)
        return false;
    for (const struct tc_isolation_finding *finding = isolation->findings; finding != NULL; finding = finding->next) {
        bool is_writer = is_of_writer(finding);
        bool is_anyone =
            finding->rule == TC_RULE_SHARED_CODE_GROUP && finding->from_count == run->model->application_count;
        const uint32_t *list = is_writer ? finding->froms : finding->tos;

        for (size_t i = 0; (is_writer || is_anyone) && i < (is_writer ? finding->from_count : finding->to_count); i++)
            if (run->bringers[list[i]] == NULL)
                run->bringers[list[i]] = finding;
    }
    return true;
}

enum tc_status
tc_rules_run(struct tc_arena *arena, const struct tc_model *model, const struct tc_subjects *subjects,
             const struct tc_isolation *isolation, const struct tc_rule_filter *filter, struct tc_rule_run *ret)
{
    struct tc_arena scratch;
    struct tc_rule_asker asker;
    struct run run = {.arena = arena,
                      .asker = &asker,
                      .scratch = &scratch,
                      .model = model,
                      .subjects = subjects,
                      .filter = filter,
                      .machine = {.name = model->server_name},
                      .ways_out = tc_arena_array(arena, struct way_out, subjects->count)};
    enum tc_status status = TC_OK;
    size_t lines = 0;

    for (const struct tc_rule *rule = model->rules; rule != NULL; rule = rule->next)
        for (const struct tc_demand *line = rule->demands; line != NULL; line = line->next)
            lines++;
    *ret = (struct tc_rule_run){.lines = tc_arena_array(arena, struct tc_rule_line, lines + 1)};
    if (run.ways_out == NULL || ret->lines == NULL || (isolation != NULL && !find_bringers(&run, isolation)))
        return TC_ERR_NOMEM;
    tc_arena_init(&scratch);
    tc_rule_asker_init(&asker, model, &scratch);
    for (const struct tc_rule *rule = model->rules; rule != NULL && status == TC_OK; rule = rule->next)
        if (rule->is_never || !filter->only_nevers)
            status = decide_rule(&run, rule, ret);
    tc_arena_done(&scratch);
    return status;
}

void
tc_rule_asker_init(struct tc_rule_asker *asker, const struct tc_model *model, struct tc_arena *scratch)
{
    size_t count;
    const struct tc_escape *escapes = tc_escapes(&count);

    *asker = (struct tc_rule_asker){.model = model, .scratch = scratch};
    assert(count <= TC_RULE_ESCAPES_MAX);
    for (size_t i = 0; i < count; i++)
        asker->escape_bits[i] = tc_escape_bit(&escapes[i]);
}

enum tc_status
tc_rule_holds(const struct tc_rule_asker *asker, struct tc_arena *arena, const struct tc_rule *rule,
              const struct tc_demand *line, const struct tc_subject *subject, bool *ret_holds)
{
    static const struct tc_rule_filter everything = {.words = {NULL, 0}};
    struct tc_rule_line result = {.rule = rule, .line = line};
    struct run run = {.arena = arena,
                      .asker = asker,
                      .scratch = asker->scratch,
                      .model = asker->model,
                      .filter = &everything,
                      .machine = {.name = asker->model->server_name},
                      .line = &result,
                      .tail = &result.failures};
    enum tc_status status;

    tc_map_init(&run.apart, arena);
    status = decide(&run, subject);
    *ret_holds = result.failed == 0;
    return arena->failed || asker->scratch->failed ? TC_ERR_NOMEM : status;
}

/* ---- messages ---- */

static struct tc_str
demand_words(struct tc_arena *arena, const struct tc_failure *failure)
{
    return words_of(arena, framework_of(failure->subject), failure->demand);
}

struct tc_str
tc_failure_sentence(struct tc_arena *arena, const struct tc_rule_line *line, const struct tc_failure *failure)
{
    struct tc_str who = failure->subject->name, what = demand_words(arena, failure), title = line->rule->title;
    const char *kind = line->rule->is_never ? "never" : "test";
    const char *possibly = failure->possible ? "possibly " : "";

    switch (failure->how) {
    case TC_FAILING_GRANTED:
        return tc_arena_printf(arena, "'%.*s' may %s%.*s, and the %s '%.*s' says that it may not", TC_STR_ARG(who),
                               possibly, TC_STR_ARG(what), kind, TC_STR_ARG(title));
    case TC_FAILING_FULL_TRUST:
        return tc_arena_printf(arena,
                               "'%.*s' is %sfully trusted, so it may %.*s, and the %s '%.*s' says that it may not",
                               TC_STR_ARG(who), possibly, TC_STR_ARG(what), kind, TC_STR_ARG(title));
    case TC_FAILING_ESCAPE:
        return tc_arena_printf(arena,
                               "'%.*s' %shas the permission '%.*s', with which code can get everything, also %.*s, "
                               "and the %s '%.*s' says that it may not",
                               TC_STR_ARG(who), possibly, TC_STR_ARG(failure->what), TC_STR_ARG(what), kind,
                               TC_STR_ARG(title));
    case TC_FAILING_CODE_GROUP:
        return tc_arena_printf(arena,
                               "'%.*s' %s%.*s, and code that it brings there may %.*s: the %s '%.*s' says that it may "
                               "not",
                               TC_STR_ARG(who), possibly, TC_STR_ARG(failure->what), TC_STR_ARG(what), kind,
                               TC_STR_ARG(title));
    case TC_FAILING_DENIED:
        return tc_arena_printf(arena, "'%.*s' may %s%.*s, and the %s '%.*s' says that it may", TC_STR_ARG(who),
                               failure->possible ? "only possibly " : "not ", TC_STR_ARG(what), kind,
                               TC_STR_ARG(title));
    case TC_FAILING_UNKNOWN:
        break;
    }
    return tc_arena_printf(arena, "nobody can say whether '%.*s' may %.*s: %.*s", TC_STR_ARG(who), TC_STR_ARG(what),
                           TC_STR_ARG(failure->why));
}

static void
report_places(const struct tc_failure *failure, struct tc_diags *diags, struct tc_diag *diag)
{
    if (failure->place.end == 0)
        return;
    switch (failure->how) {
    case TC_FAILING_GRANTED:
        tc_diag_label(diags, diag, failure->place, "this grant allows it");
        break;
    case TC_FAILING_FULL_TRUST:
        tc_diag_label(diags, diag, failure->place, "this application is fully trusted");
        break;
    case TC_FAILING_ESCAPE:
        tc_diag_label(diags, diag, failure->place, "it is granted here");
        break;
    case TC_FAILING_CODE_GROUP:
        tc_diag_label(diags, diag, failure->place, "this code group gives it");
        break;
    case TC_FAILING_DENIED:
        tc_diag_label(diags, diag, failure->place, "the nearest grant: %.*s", TC_STR_ARG(failure->what));
        break;
    case TC_FAILING_UNKNOWN:
        tc_diag_label(diags, diag, failure->place, "this grant may allow it");
        break;
    }
}

/* Through which policies the application has the grant, when it is not its own. */
static void
note_chain(const struct tc_failure *failure, struct tc_diags *diags, struct tc_diag *diag)
{
    const struct tc_subject *subject = failure->subject;
    const struct tc_trace_grant *grant = NULL;
    const struct tc_policy **chain;
    struct tc_str text = TC_STR("");
    struct tc_trace_grants grants;
    struct tc_trace trace;
    size_t count = 0;

    if (subject->application == NULL || subject->policy != subject->application->policy ||
        tc_trace_of(diags->arena, subject, 0, failure->possible, &trace) != TC_OK ||
        tc_trace_allowing(diags->arena, &trace, failure->demand, &grants) != TC_OK)
        return;
    for (size_t i = 0; i < grants.count && grant == NULL; i++)
        if (grants.items[i].span.begin <= failure->place.begin && failure->place.begin <= grants.items[i].span.end)
            grant = &grants.items[i];
    chain = grant == NULL ? NULL : tc_trace_chain(diags->arena, subject, grant, &count);
    for (size_t i = 0; chain != NULL && i + 1 < count; i++)
        text = tc_arena_printf(diags->arena, "%.*s%s'%.*s' extends '%.*s'", TC_STR_ARG(text), i == 0 ? "" : ", ",
                               TC_STR_ARG(chain[i]->name), TC_STR_ARG(chain[i + 1]->name));
    if (text.len > 0)
        tc_diag_note(diags, diag, "it is inherited: %.*s", TC_STR_ARG(text));
}

static void
report_failure(const struct tc_rule_line *line, const struct tc_failure *failure, struct tc_diags *diags)
{
    bool unknown = failure->how == TC_FAILING_UNKNOWN, never = line->rule->is_never;
    const struct tc_code *code = tc_code(unknown ? (never ? TC_CODE_NEVER_UNKNOWN : TC_CODE_TEST_UNKNOWN)
                                                 : (never ? TC_CODE_NEVER_BROKEN : TC_CODE_TEST_FAILED));
    struct tc_diag *diag = tc_diag_add(diags, code, line->line->span, "%.*s",
                                       TC_STR_ARG(tc_failure_sentence(diags->arena, line, failure)));

    report_places(failure, diags, diag);
    if (failure->how == TC_FAILING_GRANTED && failure->place.end > 0)
        note_chain(failure, diags, diag);
    if (failure->how == TC_FAILING_DENIED && failure->what.len == 0)
        tc_diag_note(diags, diag, "it is granted no %s at all", failure->demand->cls->word);
    if (failure->how != TC_FAILING_UNKNOWN && failure->why.len > 0)
        tc_diag_note(diags, diag, "%.*s", TC_STR_ARG(failure->why));
    if (never && failure->how == TC_FAILING_GRANTED && line->line->perm->unrestricted && !failure->demand->unrestricted)
        tc_diag_note(diags, diag, "'unrestricted' names everything of %s: name the part that is meant",
                     failure->demand->cls->word);
    if (failure->possible)
        tc_diag_note(diags, diag, "the platform's own policy file decides: --platform reads it");
    if (failure->count > 1)
        tc_diag_note(diags, diag, "the same holds for %zu applications in all", failure->count);
}

void
tc_rule_report(const struct tc_rule_line *line, struct tc_diags *diags)
{
    size_t told = 0;

    for (const struct tc_failure *failure = line->failures; failure != NULL; failure = failure->next) {
        report_failure(line, failure, diags);
        told += failure->count;
    }
    if (told < line->failed) {
        const struct tc_code *code = tc_code(line->rule->is_never ? TC_CODE_NEVER_BROKEN : TC_CODE_TEST_FAILED);

        tc_diag_add(diags, code, line->line->span, "the same line fails for %zu applications more, by other grants",
                    line->failed - told);
    }
}

void
tc_rules_report(const struct tc_rule_run *run, struct tc_diags *diags)
{
    for (size_t i = 0; i < run->count; i++)
        tc_rule_report(&run->lines[i], diags);
}
