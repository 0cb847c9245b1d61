#include "ask/show_why.h"

#include "base/json.h"
#include "model/clauses.h"
#include "verify/expected.h"

static const char *
code_words(size_t number)
{
    return number == 0 ? "assemblies of bin" : "compiled by ASP.NET";
}

/* ---- code groups ---- */

static struct tc_str
set_name(const struct tc_subject *subject, const struct tc_group *group)
{
    if (group->is_raw)
        return TC_STR("what it says");
    if (group->kind == TC_GROUP_FILE) /* these two ignore the set that they name (policy-file 5.3) */
        return TC_STR("the files of the directory that the code lies in");
    if (group->kind == TC_GROUP_NET)
        return TC_STR("connections to where the code comes from");
    if (group->grants_main)
        return subject->policy->sets[0]->name;
    return group->inline_set != NULL ? TC_STR("a set of its own") : group->set_name;
}

static bool
same_groups(const struct tc_trace *a, const struct tc_trace *b)
{
    if (a->groups.count != b->groups.count)
        return false;
    for (size_t i = 0; i < a->groups.count; i++)
        if (set_name(a->subject, a->groups.steps[i].group).ptr != set_name(b->subject, b->groups.steps[i].group).ptr)
            return false;
    return true;
}

static void
put_groups(const struct tc_show *s, const struct tc_trace *trace)
{
    for (size_t i = 0; i < trace->groups.count; i++) {
        const struct tc_expected_step *step = &trace->groups.steps[i];
        struct tc_str name = set_name(trace->subject, step->group);

        tc_buf_printf(s->out, "    %*s", (int)(step->depth * 2), "");
        tc_why_put_group(s->out, step->group);
        tc_buf_printf(s->out, " gives %.*s%s", TC_STR_ARG(name),
                      step->counts ? "" : ", but an exclusive group takes its place");
        tc_show_place(s, step->group->span);
        tc_buf_putc(s->out, '\n');
    }
    if (trace->is_domain_set)
        tc_buf_printf(s->out, "    so framework 4.0 gives the one set of the application, %.*s\n",
                      TC_STR_ARG(trace->subject->policy->sets[0]->name));
    if (trace->groups.count == 0 && trace->set_count == 0 && trace->throws == NULL)
        tc_buf_puts(s->out, TC_STR("    none matches: it gets nothing\n"));
    if (trace->throws != NULL)
        tc_buf_printf(s->out, "    %.*s\n", TC_STR_ARG(tc_expected_throw_words(s->arena, trace->throws)));
}

static void
put_all_groups(const struct tc_show *s, const struct tc_why *why)
{
    if (why->traces[0].is_full_level)
        return;
    if (same_groups(&why->traces[0], &why->traces[1])) {
        tc_buf_puts(s->out, TC_STR("  code groups:\n"));
        put_groups(s, &why->traces[0]);
        if (why->traces[0].groups.count > 0)
            tc_buf_puts(s->out, TC_STR("    and alike for what ASP.NET compiles\n"));
        return;
    }
    for (size_t i = 0; i < TC_OWN_KINDS; i++) {
        tc_buf_printf(s->out, "  code groups, %s:\n", code_words(i));
        put_groups(s, &why->traces[i]);
    }
}

/* ---- who put it there ---- */

/* The policies on the way: that of the application itself is left out when it is its own level. */
static void
put_way(const struct tc_show *s, const struct tc_subject *subject, const struct tc_trace_grant *grant)
{
    const struct tc_application *app = subject->application;
    const struct tc_policy **chain;
    size_t count = 0;
    struct tc_source *source;

    if (grant->perm == NULL || (chain = tc_trace_chain(s->arena, subject, grant, &count)) == NULL || app == NULL)
        return;
    tc_buf_printf(s->out, "    by application %.*s", TC_STR_ARG(app->name));
    tc_show_place(s, app->span);
    for (size_t i = 0; i < count; i++) {
        if (chain[i]->span.begin == app->span.begin)
            continue;
        tc_buf_printf(s->out, ", %s %.*s", i == 0 || chain[i - 1]->span.begin == app->span.begin ? "trust" : "extends",
                      TC_STR_ARG(chain[i]->name));
        tc_show_place(s, chain[i]->span.begin != 0 ? chain[i]->span : app->trust_span);
    }
    tc_buf_putc(s->out, '\n');
    source = tc_sources_find(s->sources, grant->span.begin);
    for (int depth = 0; source != NULL && source->wanted.begin != 0 && depth < 64; depth++) {
        tc_buf_printf(s->out, "    %.*s is used", TC_STR_ARG(source->name));
        tc_show_place(s, source->wanted);
        tc_buf_putc(s->out, '\n');
        source = tc_sources_find(s->sources, source->wanted.begin);
    }
}

static void
put_grants(const struct tc_show *s, const struct tc_why *why)
{
    const struct tc_answer_may *answer = &why->answer;

    for (size_t i = 0; i < answer->grants.count; i++) {
        const struct tc_trace_grant *grant = &answer->grants.items[i];
        struct tc_answer_may one = *answer;

        one.grants = (struct tc_trace_grants){.items = &answer->grants.items[i], .count = 1};
        tc_buf_puts(s->out, grant->possible ? TC_STR("  possibly granted: ") : TC_STR("  granted: "));
        tc_show_grants(s, &one);
        if (grant->because.len > 0)
            tc_buf_printf(s->out, " because \"%.*s\"", TC_STR_ARG(grant->because));
        tc_buf_putc(s->out, '\n');
        put_way(s, answer->subject, grant);
    }
}

/* ---- what would help ---- */

static void
put_nearest(const struct tc_show *s, const struct tc_why *why)
{
    static const char *const words[] = {[TC_WHY_NEAR_NONE] = "",
                                        [TC_WHY_NEAR_CLASS] = "  of this class there is only: ",
                                        [TC_WHY_NEAR_PLACE] = "  nearest: ",
                                        [TC_WHY_NEAR_ACCESS] = "  nearest, for something else: "};

    if (why->near == TC_WHY_NEAR_NONE) {
        if (why->missing != NULL || why->answer.may.most == TC_MAY_NOT)
            tc_buf_puts(s->out, TC_STR("  nothing of this class is granted\n"));
        return;
    }
    tc_buf_puts(s->out, tc_str_of(words[why->near]));
    tc_demand_put(s->out, tc_show_framework(why->answer.subject), why->nearest.entry);
    tc_show_place(s, why->nearest.span);
    tc_buf_putc(s->out, '\n');
    put_way(s, why->answer.subject, &why->nearest);
}

static void
put_list(const struct tc_show *s, const char *head, const struct tc_str *items, size_t count)
{
    enum { SHOWN = 10 };

    for (size_t i = 0; i < count && i < SHOWN; i++)
        tc_buf_printf(s->out, "    %s%.*s\n", head, TC_STR_ARG(items[i]));
    if (count > SHOWN)
        tc_buf_printf(s->out, "    and %zu more\n", count - SHOWN);
}

/* Whether own code @a number gets the set that grants of the application go to. */
static bool
gives_main_set(const struct tc_why *why, size_t number)
{
    const struct tc_trace *trace = &why->traces[number];

    for (size_t i = 0; i < trace->set_count; i++)
        if (trace->sets[i].set != NULL &&
            tc_trace_written(trace, trace->sets[i].set) == trace->subject->policy->sets[0])
            return true;
    return false;
}

static void
put_change(const struct tc_show *s, const struct tc_why *why, const struct tc_why_change *change)
{
    enum tc_may was = why->answer.may.most;

    if (change == NULL || change->text.len == 0)
        return;
    if (change->is_tried && change->refused.len == 0 && !(was < TC_MAY_SURELY ? change->allows_some : change->allows)) {
        tc_buf_printf(s->out, "  a grant in %.*s alone would not do: %s\n", TC_STR_ARG(change->where),
                      gives_main_set(why, 0) && gives_main_set(why, 1)
                          ? "of this class more has to go together, or only the server knows"
                      : change->allows_some ? "the code groups above give some of the code another set, or nothing"
                                            : "the code groups above give the code another set, or nothing");
        return;
    }
    tc_buf_printf(s->out, "  to allow it, %s %.*s", change->replaces ? "write instead in" : "add to",
                  TC_STR_ARG(change->where));
    tc_show_place(s, change->place);
    tc_buf_printf(s->out, ":\n    %.*s\n", TC_STR_ARG(change->text));
    if (change->policy.len > 0) {
        tc_buf_printf(s->out, "    or, for the %zu applications that have it, to policy %.*s", change->policy_users,
                      TC_STR_ARG(change->policy));
        tc_show_place(s, change->policy_place);
        tc_buf_putc(s->out, '\n');
    }
    if (change->refused.len > 0) {
        tc_buf_printf(s->out, "    but the compiler does not take that: %.*s\n", TC_STR_ARG(change->refused));
        return;
    }
    if (change->is_tried && !change->allows)
        tc_buf_puts(s->out, TC_STR("    then some of its code may: the code groups above give the rest another set, or "
                                   "nothing\n"));
    if (!change->is_isolation_known)
        return;
    if (change->isolation_count == 0)
        tc_buf_puts(s->out, TC_STR("    isolation: this opens no way between applications\n"));
    put_list(s, "isolation: it opens ", change->isolation, change->isolation_count);
    put_list(s, "it breaks ", change->rules, change->rule_count);
}

void
tc_show_facts(const struct tc_show *s, unsigned facts)
{
    for (int i = 0; i < TC_WHY_COUNT_; i++) {
        const struct tc_why_fact *fact = tc_why_fact((enum tc_why_id)i);

        if (facts >> i & 1)
            tc_buf_printf(s->out, "  %s\n    what helps: %s\n", fact->sentence, fact->help);
    }
}

void
tc_show_why(const struct tc_show *s, const struct tc_why *why, struct tc_str demand, const struct tc_why_change *change)
{
    const struct tc_may_answer *may = &why->answer.may;
    struct tc_str name = why->answer.subject->name;

    if (why->is_part && may->most != TC_MAY_UNKNOWN)
        tc_buf_printf(s->out, "%.*s %s: %.*s\n", TC_STR_ARG(name),
                      may->most == TC_MAY_NOT        ? "may do no part of"
                      : may->most == TC_MAY_POSSIBLY ? "may possibly do a part of"
                                                     : "may do at least a part of",
                      TC_STR_ARG(demand));
    else if (may->most == TC_MAY_UNKNOWN)
        tc_buf_printf(s->out, "nobody knows whether %.*s may %.*s: %s\n", TC_STR_ARG(name), TC_STR_ARG(demand),
                      may->throws == NULL ? "it depends on the server" : may->throws);
    else
        tc_buf_printf(s->out, "%.*s %s %.*s%s\n", TC_STR_ARG(name), tc_may_name(may->most), TC_STR_ARG(demand),
                      may->kinds[0] == may->kinds[1]  ? ""
                      : may->kinds[0] > may->kinds[1] ? ", but only the assemblies of its bin folder"
                                                      : ", but only the code that ASP.NET compiles for it");
    put_all_groups(s, why);
    put_grants(s, why);
    if (may->may == TC_MAY_SURELY)
        return;
    if (may->most == TC_MAY_NOT)
        put_nearest(s, why);
    tc_show_facts(s, why->facts);
    if (why->is_hopeless)
        tc_buf_puts(s->out, TC_STR("  no grant can help\n"));
    put_change(s, why, change);
    if (why->is_part && may->most == TC_MAY_NOT)
        tc_buf_puts(s->out, TC_STR("  ask for something concrete, a path or a URL, to be told what would allow it\n"));
}

/* ---- JSON ---- */

static void
put_named_json(const struct tc_show *s, bool *first, const char *kind, struct tc_str name, struct tc_span span)
{
    tc_buf_printf(s->out, "%s{\"kind\": \"%s\", \"name\": ", *first ? "" : ", ", kind);
    *first = false;
    tc_json_string(s->out, name);
    tc_show_place_json(s, span);
    tc_buf_putc(s->out, '}');
}

static void
put_way_json(const struct tc_show *s, const struct tc_subject *subject, const struct tc_trace_grant *grant)
{
    const struct tc_application *app = subject->application;
    struct tc_source *source = tc_sources_find(s->sources, grant->span.begin);
    size_t count = 0;
    const struct tc_policy **chain = tc_trace_chain(s->arena, subject, grant, &count);
    bool first = true;

    if (chain == NULL)
        count = 0;
    tc_buf_puts(s->out, TC_STR(", \"path\": ["));
    if (app != NULL)
        put_named_json(s, &first, "application", app->name, app->span);
    for (size_t i = 0; i < count; i++)
        if (app == NULL || chain[i]->span.begin != app->span.begin)
            put_named_json(s, &first, "policy", chain[i]->name, chain[i]->span);
    for (int depth = 0; source != NULL && source->wanted.begin != 0 && depth < 64; depth++) {
        put_named_json(s, &first, "use", source->name, source->wanted);
        source = tc_sources_find(s->sources, source->wanted.begin);
    }
    tc_buf_putc(s->out, ']');
}

static void
put_grant_json(const struct tc_show *s, const struct tc_subject *subject, const struct tc_trace_grant *grant)
{
    tc_buf_puts(s->out, TC_STR("{\"grant\": "));
    tc_show_perm_json(s, tc_show_framework(subject), grant->entry);
    tc_buf_printf(s->out, ", \"possible\": %s, \"because\": ", grant->possible ? "true" : "false");
    if (grant->because.len == 0)
        tc_buf_puts(s->out, TC_STR("null"));
    else
        tc_json_string(s->out, grant->because);
    tc_show_place_json(s, grant->span);
    put_way_json(s, subject, grant);
    tc_buf_putc(s->out, '}');
}

static void
put_groups_json(const struct tc_show *s, const struct tc_trace *trace)
{
    tc_buf_printf(s->out, "{\"code\": \"%s\", \"throws\": ", trace->number == 0 ? "own" : "generated");
    if (trace->throws == NULL)
        tc_buf_puts(s->out, TC_STR("null"));
    else
        tc_json_string(s->out, tc_str_of(trace->throws));
    tc_buf_printf(s->out, ", \"fullTrustLevel\": %s, \"domainSet\": %s, \"groups\": [",
                  trace->is_full_level ? "true" : "false", trace->is_domain_set ? "true" : "false");
    for (size_t i = 0; i < trace->groups.count; i++) {
        const struct tc_expected_step *step = &trace->groups.steps[i];
        struct tc_buf words = {0};

        tc_why_put_group(&words, step->group);
        tc_buf_puts(s->out, i == 0 ? TC_STR("{\"group\": ") : TC_STR(", {\"group\": "));
        tc_json_string(s->out, tc_buf_str(&words));
        tc_buf_printf(s->out, ", \"depth\": %u, \"counts\": %s, \"set\": ", step->depth,
                      step->counts ? "true" : "false");
        tc_json_string(s->out, set_name(trace->subject, step->group));
        tc_show_place_json(s, step->group->span);
        tc_buf_putc(s->out, '}');
        s->out->failed |= words.failed;
        tc_buf_done(&words);
    }
    tc_buf_puts(s->out, TC_STR("]}"));
}

static void
put_strings_json(const struct tc_show *s, const struct tc_str *items, size_t count)
{
    tc_buf_putc(s->out, '[');
    for (size_t i = 0; i < count; i++) {
        tc_buf_puts(s->out, i == 0 ? TC_STR("") : TC_STR(", "));
        tc_json_string(s->out, items[i]);
    }
    tc_buf_putc(s->out, ']');
}

static void
put_change_json(const struct tc_show *s, const struct tc_why_change *change)
{
    if (change == NULL || change->text.len == 0) {
        tc_buf_puts(s->out, TC_STR("null"));
        return;
    }
    tc_buf_puts(s->out, TC_STR("{\"where\": "));
    tc_json_string(s->out, change->where);
    tc_buf_puts(s->out, TC_STR(", \"text\": "));
    tc_json_string(s->out, change->text);
    tc_buf_printf(s->out, ", \"replaces\": %s, \"allows\": %s, \"refused\": ", change->replaces ? "true" : "false",
                  !change->is_tried     ? "null"
                  : change->allows      ? "\"all\""
                  : change->allows_some ? "\"some\""
                                        : "\"none\"");
    if (change->refused.len == 0)
        tc_buf_puts(s->out, TC_STR("null"));
    else
        tc_json_string(s->out, change->refused);
    tc_buf_puts(s->out, TC_STR(", \"isolation\": "));
    if (change->is_isolation_known)
        put_strings_json(s, change->isolation, change->isolation_count);
    else
        tc_buf_puts(s->out, TC_STR("null"));
    tc_buf_puts(s->out, TC_STR(", \"breaks\": "));
    put_strings_json(s, change->rules, change->rule_count);
    tc_show_place_json(s, change->place);
    tc_buf_putc(s->out, '}');
}

void
tc_show_facts_json(const struct tc_show *s, unsigned facts)
{
    bool first = true;

    tc_buf_putc(s->out, '[');
    for (int i = 0; i < TC_WHY_COUNT_; i++) {
        const struct tc_why_fact *fact = tc_why_fact((enum tc_why_id)i);

        if (!(facts >> i & 1))
            continue;
        tc_buf_printf(s->out, "%s{\"id\": \"%s\", \"fact\": ", first ? "" : ", ", fact->id);
        first = false;
        tc_json_string(s->out, tc_str_of(fact->sentence));
        tc_buf_puts(s->out, TC_STR(", \"help\": "));
        tc_json_string(s->out, tc_str_of(fact->help));
        tc_buf_puts(s->out, TC_STR(", \"source\": "));
        tc_json_string(s->out, tc_str_of(fact->source));
        tc_buf_putc(s->out, '}');
    }
    tc_buf_putc(s->out, ']');
}

void
tc_show_why_json(const struct tc_show *s, const struct tc_why *why, struct tc_str demand,
                 const struct tc_why_change *change)
{
    static const char *const near[] = {[TC_WHY_NEAR_NONE] = "none",
                                       [TC_WHY_NEAR_CLASS] = "class",
                                       [TC_WHY_NEAR_PLACE] = "place",
                                       [TC_WHY_NEAR_ACCESS] = "access"};
    const struct tc_answer_may *answer = &why->answer;

    tc_buf_puts(s->out, TC_STR("{\"demand\": "));
    tc_json_string(s->out, demand);
    tc_buf_puts(s->out, TC_STR(", \"answer\": "));
    tc_show_may_json(s, answer);
    tc_buf_puts(s->out, TC_STR(", \"codeGroups\": ["));
    for (size_t i = 0; i < TC_OWN_KINDS; i++) {
        tc_buf_puts(s->out, i == 0 ? TC_STR("") : TC_STR(", "));
        put_groups_json(s, &why->traces[i]);
    }
    tc_buf_puts(s->out, TC_STR("], \"grants\": ["));
    for (size_t i = 0; i < answer->grants.count; i++) {
        tc_buf_puts(s->out, i == 0 ? TC_STR("") : TC_STR(", "));
        put_grant_json(s, answer->subject, &answer->grants.items[i]);
    }
    tc_buf_printf(s->out, "], \"near\": \"%s\", \"nearest\": ", near[why->near]);
    if (why->near == TC_WHY_NEAR_NONE)
        tc_buf_puts(s->out, TC_STR("null"));
    else
        put_grant_json(s, answer->subject, &why->nearest);
    tc_buf_puts(s->out, TC_STR(", \"facts\": "));
    tc_show_facts_json(s, why->facts);
    tc_buf_printf(s->out, ", \"hopeless\": %s, \"change\": ", why->is_hopeless ? "true" : "false");
    put_change_json(s, change);
    tc_buf_putc(s->out, '}');
}
