#include "ask/show.h"

#include "base/json.h"
#include "model/clauses.h"
#include "model/policy.h"
#include "verify/expected.h"

enum { SHARERS_SHOWN = 8 };

static bool
is_somewhere(struct tc_span span)
{
    return span.begin != 0;
}

void
tc_show_place(const struct tc_show *s, struct tc_span span)
{
    struct tc_place place = tc_sources_place(s->sources, span.begin);

    if (is_somewhere(span) && place.source != NULL)
        tc_buf_printf(s->out, " (%.*s:%u)", TC_STR_ARG(place.source->name), place.line);
}

void
tc_show_place_json(const struct tc_show *s, struct tc_span span)
{
    struct tc_place place = tc_sources_place(s->sources, span.begin);

    if (!is_somewhere(span) || place.source == NULL) {
        tc_buf_puts(s->out, TC_STR(", \"file\": null, \"line\": null, \"column\": null"));
        return;
    }
    tc_buf_puts(s->out, TC_STR(", \"file\": "));
    tc_json_string(s->out, place.source->name);
    tc_buf_printf(s->out, ", \"line\": %u, \"column\": %u", place.line, place.column);
}

enum tc_framework
tc_show_framework(const struct tc_subject *subject)
{
    return subject->policy == NULL ? TC_FX_4_0 : tc_runtime_info(subject->policy->runtime)->framework;
}

/* Whether the text of a grant is that of the subject itself; what is inherited says of whom. */
static struct tc_str
owner_of(const struct tc_show *s, const struct tc_subject *subject, const struct tc_trace_grant *grant)
{
    size_t count = 0;
    const struct tc_policy **chain = tc_trace_chain(s->arena, subject, grant, &count);

    if (chain == NULL || count == 0)
        return (struct tc_str){NULL, 0};
    return chain[count - 1]->name;
}

void
tc_show_giver(const struct tc_show *s, const struct tc_subject *subject, const struct tc_trace_set *set)
{
    if (set == NULL || set->group == NULL) {
        tc_buf_printf(s->out, "trust level '%.*s'",
                      TC_STR_ARG(subject->policy == NULL ? TC_STR("?") : subject->policy->name));
        return;
    }
    if (set->group->group->name.len > 0)
        tc_buf_printf(s->out, "code group '%.*s'", TC_STR_ARG(set->group->group->name));
    else
        tc_buf_puts(s->out, TC_STR("a code group"));
}

/* Where it is said that something is fully trusted. */
static struct tc_span
full_span(const struct tc_subject *subject, const struct tc_trace_grant *grant)
{
    if (grant->set != NULL && grant->set->group != NULL)
        return grant->set->group->group->span;
    if (subject->application != NULL && is_somewhere(subject->application->trust_span))
        return subject->application->trust_span;
    return grant->span;
}

static void
put_grant(const struct tc_show *s, const struct tc_subject *subject, const struct tc_trace_grant *grant)
{
    struct tc_str owner;

    if (grant->perm == NULL && grant->entry != NULL) {
        tc_demand_put(s->out, tc_show_framework(subject), grant->entry);
        tc_buf_puts(s->out, TC_STR(", as markup"));
        tc_show_place(s, grant->span);
        return;
    }
    if (grant->perm == NULL) {
        bool full = grant->set == NULL || grant->set->grants->unrestricted;

        tc_show_giver(s, subject, grant->set);
        tc_buf_puts(s->out, full ? TC_STR(" gives full trust") : TC_STR(" gives it"));
        tc_show_place(s, full ? full_span(subject, grant) : grant->span);
        return;
    }
    tc_demand_put(s->out, tc_show_framework(subject), grant->entry != NULL ? grant->entry : grant->perm);
    tc_show_place(s, grant->span);
    owner = owner_of(s, subject, grant);
    if (owner.len > 0 && !tc_str_eq(owner, subject->name) && subject->application != NULL)
        tc_buf_printf(s->out, " of %.*s", TC_STR_ARG(owner));
}

void
tc_show_grants(const struct tc_show *s, const struct tc_answer_may *answer)
{
    for (size_t i = 0; i < answer->grants.count; i++) {
        tc_buf_puts(s->out, i == 0 ? TC_STR("") : TC_STR("; "));
        put_grant(s, answer->subject, &answer->grants.items[i]);
    }
}

/* ---- may ---- */

static const char *
kind_words(size_t number)
{
    return number == 0 ? "the assemblies of its bin folder" : "the code that ASP.NET compiles for it";
}

void
tc_show_may(const struct tc_show *s, const struct tc_answer_may *answer)
{
    const struct tc_may_answer *may = &answer->may;

    tc_buf_puts(s->out, answer->subject->name);
    if (may->most == TC_MAY_UNKNOWN) {
        tc_buf_printf(s->out, ": unknown: %s", may->throws == NULL ? "it depends on the server" : may->throws);
        tc_buf_puts(s->out, answer->grants.count > 0 ? TC_STR("; granted: ") : TC_STR(""));
        tc_show_grants(s, answer);
    } else if (may->most == TC_MAY_NOT) {
        tc_buf_puts(s->out, TC_STR(" may not"));
    } else {
        tc_buf_puts(s->out, may->most == TC_MAY_SURELY ? TC_STR(" may: ") : TC_STR(" may possibly: "));
        tc_show_grants(s, answer);
        if (answer->grants.count == 0)
            tc_buf_puts(s->out, TC_STR("such a demand is never denied"));
    }
    if (may->kinds[0] != may->kinds[1] && may->most != TC_MAY_NOT) {
        size_t other = 1 - answer->number;

        tc_buf_printf(s->out, "; only %s: %s %s", kind_words(answer->number), kind_words(other),
                      may->kinds[other] == TC_MAY_NOT        ? "may not"
                      : may->kinds[other] == TC_MAY_POSSIBLY ? "may possibly"
                                                             : "are not known to be allowed it");
    }
    tc_buf_putc(s->out, '\n');
}

void
tc_show_perm_json(const struct tc_show *s, enum tc_framework framework, const struct tc_perm *perm)
{
    struct tc_buf text = {0};

    if (perm == NULL) {
        tc_buf_puts(s->out, TC_STR("null"));
        return;
    }
    tc_demand_put(&text, framework, perm);
    tc_json_string(s->out, tc_buf_str(&text));
    s->out->failed |= text.failed;
    tc_buf_done(&text);
}

static void
put_grant_json(const struct tc_show *s, const struct tc_subject *subject, const struct tc_trace_grant *grant,
               const struct tc_perm *perm)
{
    bool full = grant->perm == NULL && (grant->set == NULL || grant->set->grants->unrestricted);
    struct tc_str owner = owner_of(s, subject, grant);

    tc_buf_puts(s->out, TC_STR("{\"grant\": "));
    tc_show_perm_json(s, tc_show_framework(subject), perm);
    tc_buf_printf(s->out, ", \"fullTrust\": %s, \"possible\": %s, \"policy\": ", full ? "true" : "false",
                  grant->possible ? "true" : "false");
    tc_json_string(s->out, owner);
    tc_buf_puts(s->out, TC_STR(", \"codeGroup\": "));
    if (grant->set == NULL || grant->set->group == NULL || grant->set->group->group->name.len == 0)
        tc_buf_puts(s->out, TC_STR("null"));
    else
        tc_json_string(s->out, grant->set->group->group->name);
    tc_buf_puts(s->out, TC_STR(", \"because\": "));
    if (grant->because.len == 0)
        tc_buf_puts(s->out, TC_STR("null"));
    else
        tc_json_string(s->out, grant->because);
    tc_show_place_json(s, full ? full_span(subject, grant) : grant->span);
    tc_buf_putc(s->out, '}');
}

void
tc_show_may_json(const struct tc_show *s, const struct tc_answer_may *answer)
{
    tc_buf_puts(s->out, TC_STR("{\"application\": "));
    tc_json_string(s->out, answer->subject->name);
    tc_buf_printf(s->out,
                  ", \"may\": \"%s\", \"own\": \"%s\", \"generated\": \"%s\", \"why\": ", tc_may_word(answer->may.most),
                  tc_may_word(answer->may.kinds[0]), tc_may_word(answer->may.kinds[1]));
    if (answer->may.throws == NULL || answer->may.most != TC_MAY_UNKNOWN)
        tc_buf_puts(s->out, TC_STR("null"));
    else
        tc_json_string(s->out, tc_str_of(answer->may.throws));
    tc_buf_puts(s->out, TC_STR(", \"example\": "));
    tc_show_perm_json(s, tc_show_framework(answer->subject), answer->example);
    tc_buf_puts(s->out, TC_STR(", \"grants\": ["));
    for (size_t i = 0; i < answer->grants.count; i++) {
        const struct tc_trace_grant *grant = &answer->grants.items[i];

        tc_buf_puts(s->out, i == 0 ? TC_STR("") : TC_STR(", "));
        put_grant_json(s, answer->subject, grant, grant->entry != NULL ? grant->entry : grant->perm);
    }
    tc_buf_puts(s->out, TC_STR("]}"));
}

/* ---- what ---- */

void
tc_show_what(const struct tc_show *s, const struct tc_answer_what *answer)
{
    const struct tc_subject *subject = answer->subject;

    tc_buf_printf(s->out, "%.*s", TC_STR_ARG(subject->name));
    if (!answer->is_same)
        tc_buf_printf(s->out, ", %s", kind_words(answer->number));
    if (answer->trace.throws != NULL) {
        tc_buf_printf(s->out, ": %.*s\n", TC_STR_ARG(tc_expected_throw_words(s->arena, answer->trace.throws)));
        return;
    }
    if (answer->is_full) {
        size_t full = 0;

        while (full < answer->trace.set_count && !answer->trace.sets[full].grants->unrestricted)
            full++;
        tc_buf_puts(s->out, TC_STR(" may do everything: "));
        put_grant(s, subject,
                  &(struct tc_trace_grant){.set = full < answer->trace.set_count ? &answer->trace.sets[full] : NULL});
        tc_buf_putc(s->out, '\n');
        return;
    }
    if (answer->count == 0 && answer->markup_count == 0) {
        tc_buf_puts(s->out, TC_STR(" may do nothing\n"));
        return;
    }
    tc_buf_puts(s->out, TC_STR(" may\n"));
    for (size_t i = 0; i < answer->count; i++) {
        const struct tc_answer_grant *grant = &answer->grants[i];
        struct tc_trace_grant by = grant->by;

        by.perm = by.entry = grant->perm;
        tc_buf_puts(s->out, grant->by.possible ? TC_STR("  possibly ") : TC_STR("  "));
        tc_demand_put(s->out, tc_show_framework(subject), grant->perm);
        tc_show_place(s, grant->by.span);
        tc_buf_putc(s->out, '\n');
    }
    for (size_t i = 0; i < answer->markup_count; i++) {
        tc_buf_puts(s->out, TC_STR("  not judged here: "));
        tc_buf_puts(s->out, answer->markup[i].type.len > 0 ? answer->markup[i].type : TC_STR("markup without a class"));
        tc_show_place(s, answer->markup[i].span);
        tc_buf_putc(s->out, '\n');
    }
}

void
tc_show_what_json(const struct tc_show *s, const struct tc_answer_what *answer)
{
    tc_buf_puts(s->out, TC_STR("{\"application\": "));
    tc_json_string(s->out, answer->subject->name);
    tc_buf_printf(s->out, ", \"code\": \"%s\", \"fullTrust\": %s, \"throws\": ",
                  answer->is_same       ? "all"
                  : answer->number == 0 ? "own"
                                        : "generated",
                  answer->is_full ? "true" : "false");
    if (answer->trace.throws == NULL)
        tc_buf_puts(s->out, TC_STR("null"));
    else
        tc_json_string(s->out, tc_str_of(answer->trace.throws));
    tc_buf_puts(s->out, TC_STR(", \"grants\": ["));
    for (size_t i = 0; i < answer->count; i++) {
        tc_buf_puts(s->out, i == 0 ? TC_STR("") : TC_STR(", "));
        put_grant_json(s, answer->subject, &answer->grants[i].by, answer->grants[i].perm);
    }
    tc_buf_puts(s->out, TC_STR("], \"markup\": ["));
    for (size_t i = 0; i < answer->markup_count; i++) {
        tc_buf_puts(s->out, i == 0 ? TC_STR("{\"class\": ") : TC_STR(", {\"class\": "));
        tc_json_string(s->out, answer->markup[i].type);
        tc_show_place_json(s, answer->markup[i].span);
        tc_buf_putc(s->out, '}');
    }
    tc_buf_puts(s->out, TC_STR("]}"));
}

/* ---- shared ---- */

static void
put_sharer(const struct tc_show *s, const struct tc_answer_sharer *sharer)
{
    tc_buf_puts(s->out, sharer->subject->name);
    if (sharer->possible)
        tc_buf_puts(s->out, TC_STR(" possibly"));
    tc_show_place(s, sharer->span);
}

void
tc_show_shared(const struct tc_show *s, const struct tc_answer_shared *answer)
{
    for (size_t i = 0; i < answer->count; i++) {
        const struct tc_answer_part *part = &answer->parts[i];

        tc_demand_put(s->out, tc_show_framework(part->sharers[0].subject), part->part);
        tc_buf_printf(s->out, ": %zu\n", part->count);
        for (size_t j = 0; j < part->count && j < SHARERS_SHOWN; j++) {
            tc_buf_puts(s->out, TC_STR("  "));
            put_sharer(s, &part->sharers[j]);
            tc_buf_putc(s->out, '\n');
        }
        if (part->count > SHARERS_SHOWN)
            tc_buf_printf(s->out, "  and %zu more (--format=json names them)\n", part->count - SHARERS_SHOWN);
    }
    for (size_t i = 0; i < answer->full_count && i < SHARERS_SHOWN; i++)
        tc_buf_printf(s->out, "%.*s is fully trusted: whatever another one may do, it may, too\n",
                      TC_STR_ARG(answer->full[i]->name));
    if (answer->full_count > SHARERS_SHOWN)
        tc_buf_printf(s->out, "and so are %zu more\n", answer->full_count - SHARERS_SHOWN);
}

void
tc_show_shared_json(const struct tc_show *s, const struct tc_answer_shared *answer)
{
    for (size_t i = 0; i < answer->count; i++) {
        const struct tc_answer_part *part = &answer->parts[i];

        tc_buf_puts(s->out, i == 0 ? TC_STR("\n    {\"part\": ") : TC_STR(",\n    {\"part\": "));
        tc_show_perm_json(s, tc_show_framework(part->sharers[0].subject), part->part);
        tc_buf_puts(s->out, TC_STR(", \"applications\": ["));
        for (size_t j = 0; j < part->count; j++) {
            const struct tc_answer_sharer *sharer = &part->sharers[j];

            tc_buf_puts(s->out, j == 0 ? TC_STR("{\"application\": ") : TC_STR(", {\"application\": "));
            tc_json_string(s->out, sharer->subject->name);
            tc_buf_printf(s->out, ", \"possible\": %s", sharer->possible ? "true" : "false");
            tc_show_place_json(s, sharer->span);
            tc_buf_putc(s->out, '}');
        }
        tc_buf_puts(s->out, TC_STR("]}"));
    }
}
