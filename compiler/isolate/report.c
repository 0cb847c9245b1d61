/* Findings as sentences and diagnostics. */
#include "isolate/internal.h"

#include <stdarg.h>

/* @a text without a noun at its end: "runs in" of "runs in the pool". */
static struct tc_str
without_noun(struct tc_str text)
{
    static const char *const articles[] = {" the ", " a "};

    for (size_t i = 0; i < sizeof articles / sizeof articles[0]; i++) {
        size_t at = tc_str_find(text, tc_str_of(articles[i]), 0);

        if (at != SIZE_MAX)
            return tc_str_sub(text, 0, at);
    }
    return text;
}

struct tc_str
tc_isolation_with_it(struct tc_arena *arena, struct tc_str may, struct tc_str other)
{
    size_t begin;

    if (!tc_str_ends(may, TC_STR("'")))
        return may;
    for (begin = may.len - 1; begin > 0 && may.ptr[begin - 1] != '\'';)
        begin--;
    if (begin == 0 || !tc_str_ends(other, tc_str_sub(may, begin - 1, SIZE_MAX)))
        return may;
    return tc_arena_printf(arena, "%.*s it", (int)without_noun(tc_str_sub(may, 0, begin - 2)).len, may.ptr);
}

struct tc_str
tc_isolation_may(struct tc_arena *arena, const struct tc_party *party, struct tc_str may)
{
    if (!party->possible)
        return may;
    if (tc_str_starts(may, TC_STR("may ")))
        return tc_arena_printf(arena, "may possibly %.*s", TC_STR_ARG(tc_str_sub(may, 4, SIZE_MAX)));
    return tc_arena_printf(arena, "possibly %.*s", TC_STR_ARG(may));
}

/* What is reached, unless the sentence has said it. */
static struct tc_str
resource_words(struct tc_arena *arena, const struct tc_isolation_finding *finding)
{
    if (finding->resource.len == 0 || tc_str_find(finding->from.may, finding->resource, 0) != SIZE_MAX ||
        tc_str_find(finding->to.may, finding->resource, 0) != SIZE_MAX)
        return TC_STR("");
    return tc_arena_printf(arena, " (%.*s)", TC_STR_ARG(finding->resource));
}

struct tc_str
tc_isolation_sentence(struct tc_arena *arena, const struct tc_isolation_finding *finding)
{
    const struct tc_party *from = &finding->from, *to = &finding->to;
    struct tc_str resource = resource_words(arena, finding);
    struct tc_str because =
        finding->because.len == 0 ? TC_STR("") : tc_arena_printf(arena, ": %.*s", TC_STR_ARG(finding->because));
    struct tc_str from_may = tc_isolation_may(arena, from, from->may);

    if (to->application == NULL)
        return tc_arena_printf(arena, "'%.*s' %.*s%.*s%.*s", TC_STR_ARG(from->application->name), TC_STR_ARG(from_may),
                               TC_STR_ARG(resource), TC_STR_ARG(because));
    return tc_arena_printf(arena, "'%.*s' %.*s \xE2\x86\x92 '%.*s' %.*s%.*s%.*s", TC_STR_ARG(from->application->name),
                           TC_STR_ARG(from_may), TC_STR_ARG(to->application->name),
                           TC_STR_ARG(tc_isolation_may(arena, to, tc_isolation_with_it(arena, to->may, from->may))),
                           TC_STR_ARG(resource), TC_STR_ARG(because));
}

/* What the other layer does about the way of the witness. */
static void
note_other_layer(const struct tc_isolation *isolation, const struct tc_isolation_finding *finding,
                 struct tc_diags *diags, struct tc_diag *diag)
{
    enum tc_layer other = tc_rule_info(finding->rule)->layer == TC_LAYER_CAS ? TC_LAYER_ACCOUNTS : TC_LAYER_CAS;

    if (finding->verdict != TC_NOT_ISOLATED || finding->to.application == NULL)
        return;
    switch (tc_isolation_other_layer(isolation, finding, finding->from.application->index,
                                     finding->to.application->index)) {
    case TC_ISOLATED:
        tc_diag_note(diags, diag, "%s alone would keep them apart", tc_layer_name(other));
        break;
    case TC_NOT_ISOLATED:
        tc_diag_note(diags, diag, "%s would not keep them apart either", tc_layer_name(other));
        break;
    case TC_UNKNOWN_ISOLATION:
    case TC_VERDICT_COUNT_:
        break;
    }
}

static struct tc_diag *add(struct tc_diags *diags, const struct tc_code *code, enum tc_severity severity,
                           struct tc_span span, const char *format, ...) TC_PRINTF(5, 6);

static struct tc_diag *
add(struct tc_diags *diags, const struct tc_code *code, enum tc_severity severity, struct tc_span span,
    const char *format, ...)
{
    struct tc_diag *diag;
    va_list args;

    va_start(args, format);
    diag = tc_diag_vadd(diags, code, severity, span, format, args);
    va_end(args);
    return diag;
}

/* How many applications have to do with it. */
static size_t
count_applications(const struct tc_isolation_finding *finding)
{
    size_t count = finding->from_count;

    for (size_t f = 0, t = 0; finding->to.application != NULL && t < finding->to_count; t++) {
        while (f < finding->from_count && finding->froms[f] < finding->tos[t])
            f++;
        count += f == finding->from_count || finding->froms[f] != finding->tos[t];
    }
    return count;
}

static void
report_finding(const struct tc_isolation *isolation, const struct tc_isolation_finding *finding, struct tc_diags *diags)
{
    const struct tc_rule_info *rule = tc_rule_info(finding->rule);
    bool unknown = finding->verdict == TC_UNKNOWN_ISOLATION;
    struct tc_str sentence = tc_isolation_sentence(diags->arena, finding);
    size_t applications = count_applications(finding);
    struct tc_span place = finding->from.span, whose = finding->from.application->span;
    bool is_elsewhere = tc_sources_find(diags->sources, place.begin) != tc_sources_find(diags->sources, whose.begin);
    struct tc_diag *diag;

    diag = add(diags, &rule->code, unknown ? TC_SEVERITY_NOTE : rule->code.severity, is_elsewhere ? whose : place,
               "%s%.*s", unknown ? "isolation is unknown: " : "", TC_STR_ARG(sentence));
    if (is_elsewhere && place.end > 0)
        tc_diag_label(diags, diag, place, "it is granted here");
    if (finding->to.application != NULL && finding->to.span.end > 0 &&
        finding->to.span.begin != finding->from.span.begin)
        tc_diag_label(diags, diag, finding->to.span, "'%.*s' %.*s", TC_STR_ARG(finding->to.application->name),
                      TC_STR_ARG(finding->to.may));
    if (applications > (finding->to.application == NULL ? 1u : 2u))
        tc_diag_note(diags, diag, "the same holds for %zu applications in all", applications);
    note_other_layer(isolation, finding, diags, diag);
    if (!unknown)
        tc_diag_help(diags, diag,
                     "change that, or take it, with a reason, in the block of %s: accept %s because \"...\";",
                     finding->to.application == NULL ? "the application" : "one of the two", rule->code.slug);
}

void
tc_isolation_report(const struct tc_isolation *isolation, struct tc_diags *diags, bool unknown)
{
    for (const struct tc_isolation_finding *finding = isolation->findings; finding != NULL; finding = finding->next)
        if (finding->accept == NULL && finding->reason.len == 0 && (unknown || finding->verdict == TC_NOT_ISOLATED))
            report_finding(isolation, finding, diags);
    for (size_t i = 0; i < isolation->unused_accept_count; i++) {
        const struct tc_accept *accept = isolation->unused_accepts[i];

        tc_diag_help(diags,
                     tc_diag_add(diags, tc_code(TC_CODE_UNUSED_ACCEPTANCE), accept->span,
                                 "there is no finding of '%.*s' here to accept", TC_STR_ARG(accept->rule)),
                     "take this line out: it would hide a finding that comes later");
    }
    for (size_t i = 0; i < isolation->unused_share_count; i++)
        tc_diag_help(diags,
                     tc_diag_add(diags, tc_code(TC_CODE_UNUSED_SHARE), isolation->unused_shares[i]->span,
                                 "no two of its applications may reach what this share names"),
                     "grant it to them, or take the share out");
}
