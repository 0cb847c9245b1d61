#include "isolate/show.h"

#include "base/json.h"
#include "base/render.h"
#include "isolate/internal.h"

struct show {
    struct tc_arena *arena;
    const struct tc_isolation *isolation;
    const struct tc_sources *sources;
    const struct tc_isolation_view *view;
    struct tc_buf *out;
};

/* ---- what is shown ---- */

/* What one layer makes of a finding, for one pair. */
static enum tc_verdict
in_layer(const struct tc_isolation *isolation, const struct tc_isolation_finding *finding, enum tc_layer layer,
         size_t from, size_t to)
{
    enum tc_verdict other;

    if (tc_rule_info(finding->rule)->layer == layer)
        return finding->verdict;
    other = tc_isolation_other_layer(isolation, finding, from, to);
    return other < finding->verdict ? other : finding->verdict;
}

/* A neighbour for the witness of a finding that is about one application alone. */
static size_t
neighbour(const struct tc_isolation *isolation, const struct tc_isolation_finding *finding)
{
    size_t from = finding->from.application->index;

    if (finding->to.application != NULL)
        return finding->to.application->index;
    return isolation->model->application_count < 2 ? from : from == 0 ? 1 : 0;
}

bool
tc_isolation_is_shown(const struct tc_isolation *isolation, const struct tc_isolation_finding *finding,
                      const struct tc_isolation_view *view)
{
    if (view->from != NULL && !tc_isolation_concerns(finding, view->from->index, view->to->index))
        return false;
    return view->layer == TC_LAYER_BOTH || in_layer(isolation, finding, view->layer, finding->from.application->index,
                                                    neighbour(isolation, finding)) != TC_ISOLATED;
}

static bool
is_accepted(const struct tc_isolation_finding *finding)
{
    return finding->accept != NULL || finding->reason.len > 0;
}

size_t
tc_isolation_count(const struct tc_isolation *isolation, const struct tc_isolation_view *view, enum tc_verdict verdict)
{
    size_t count = 0;

    for (const struct tc_isolation_finding *finding = isolation->findings; finding != NULL; finding = finding->next)
        count += finding->verdict == verdict && !is_accepted(finding) &&
                 (verdict != TC_NOT_ISOLATED || tc_rule_info(finding->rule)->code.severity == TC_SEVERITY_ERROR) &&
                 tc_isolation_is_shown(isolation, finding, view);
    return count;
}

/* ---- text ---- */

static void
put_place(struct show *s, struct tc_span span)
{
    struct tc_place place = tc_sources_place(s->sources, span.begin);

    if (span.end > 0 && place.source != NULL)
        tc_buf_printf(s->out, " (%.*s:%u)", TC_STR_ARG(place.source->name), place.line);
}

static void
put_party(struct show *s, const struct tc_party *party, struct tc_str may)
{
    may = tc_isolation_may(s->arena, party, may);
    tc_buf_printf(s->out, "%.*s %.*s", TC_STR_ARG(party->application->name), TC_STR_ARG(may));
    put_place(s, party->span);
}

static void
put_layer(struct show *s, enum tc_layer layer, enum tc_verdict verdict)
{
    static const char *const words[TC_VERDICT_COUNT_] = {"closes this", "unknown", "does not close this"};

    tc_buf_printf(s->out, "      %s: %s\n", tc_layer_name(layer), words[verdict]);
}

/* The ordered pairs that the finding holds for; none has an application twice. */
static size_t
pairs_of(const struct tc_isolation_finding *finding)
{
    size_t both = 0;

    for (size_t f = 0, t = 0; f < finding->from_count && t < finding->to_count; f++) {
        while (t < finding->to_count && finding->tos[t] < finding->froms[f])
            t++;
        both += t < finding->to_count && finding->tos[t] == finding->froms[f];
    }
    return finding->from_count * finding->to_count - both;
}

static void
put_finding(struct show *s, const struct tc_isolation_finding *finding)
{
    const struct tc_rule_info *rule = tc_rule_info(finding->rule);
    enum tc_layer other = rule->layer == TC_LAYER_CAS ? TC_LAYER_ACCOUNTS : TC_LAYER_CAS;
    bool alone = finding->to.application == NULL;
    size_t many = alone ? finding->from_count : pairs_of(finding);

    tc_buf_printf(s->out, "  %s: ", rule->code.slug);
    put_party(s, &finding->from, finding->from.may);
    if (!alone) {
        tc_buf_puts(s->out, TC_STR(" \xE2\x86\x92 "));
        put_party(s, &finding->to, tc_isolation_with_it(s->arena, finding->to.may, finding->from.may));
    }
    if (finding->because.len > 0)
        tc_buf_printf(s->out, ": %.*s", TC_STR_ARG(finding->because));
    tc_buf_putc(s->out, '\n');
    if (many > 1)
        tc_buf_printf(s->out, "      the same holds for %zu %s\n", many, alone ? "applications" : "ordered pairs");
    if (finding->verdict == TC_NOT_ISOLATED && (!alone || s->isolation->model->application_count > 1))
        put_layer(s, other,
                  tc_isolation_other_layer(s->isolation, finding, finding->from.application->index,
                                           neighbour(s->isolation, finding)));
    if (finding->accept != NULL) {
        tc_buf_printf(s->out, "      accepted because \"%.*s\"", TC_STR_ARG(finding->accept->because));
        if (finding->accept->until.len > 0)
            tc_buf_printf(s->out, " until %.*s", TC_STR_ARG(finding->accept->until));
        put_place(s, finding->accept->span);
        tc_buf_putc(s->out, '\n');
    } else if (finding->reason.len > 0) {
        tc_buf_printf(s->out, "      granted because \"%.*s\"\n", TC_STR_ARG(finding->reason));
    }
}

static void
put_section(struct show *s, const char *title, enum tc_verdict verdict, bool accepted)
{
    bool begun = false;

    for (const struct tc_isolation_finding *finding = s->isolation->findings; finding != NULL;
         finding = finding->next) {
        if (is_accepted(finding) != accepted || (!accepted && finding->verdict != verdict) ||
            !tc_isolation_is_shown(s->isolation, finding, s->view))
            continue;
        if (!begun)
            tc_buf_printf(s->out, "\n%s\n", title);
        begun = true;
        put_finding(s, finding);
    }
}

/* ---- the table of pairs ---- */

struct counts {
    size_t of[TC_LAYER_COUNT_][TC_VERDICT_COUNT_];
    size_t carried[4]; /* by code access security alone, by accounts alone, by both, by none */
};

static void
count_pair(struct counts *counts, const struct tc_pair_verdict *pair)
{
    bool cas = pair->layers[TC_LAYER_CAS] == TC_ISOLATED, accounts = pair->layers[TC_LAYER_ACCOUNTS] == TC_ISOLATED;

    for (int layer = 0; layer < TC_LAYER_COUNT_; layer++)
        counts->of[layer][pair->layers[layer]]++;
    counts->carried[cas ? (accounts ? 2 : 0) : (accounts ? 1 : 3)]++;
}

static bool
count_pairs(struct show *s, struct counts *counts)
{
    size_t n = s->isolation->model->application_count;
    struct tc_arena scratch;
    struct tc_pair_verdict *matrix;

    tc_arena_init(&scratch);
    matrix = tc_isolation_matrix(&scratch, s->isolation);
    for (size_t i = 0; matrix != NULL && i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (i != j)
                count_pair(counts, &matrix[i * n + j]);
    tc_arena_done(&scratch);
    return matrix != NULL;
}

static void
put_row(struct show *s, const struct counts *counts, enum tc_layer layer)
{
    const size_t *of = counts->of[layer];

    tc_buf_printf(s->out, "  %-22s%10zu%10zu%14zu\n", layer == TC_LAYER_BOTH ? "both" : tc_layer_name(layer),
                  of[TC_ISOLATED], of[TC_UNKNOWN_ISOLATION], of[TC_NOT_ISOLATED]);
}

static bool
put_table(struct show *s)
{
    const struct tc_model *model = s->isolation->model;
    size_t n = model->application_count;
    struct counts counts = {0};

    if (model->server_name.len > 0)
        tc_buf_printf(s->out, "%.*s: ", TC_STR_ARG(model->server_name));
    tc_buf_printf(s->out, "%zu application%s, %zu ordered pairs\n", n, n == 1 ? "" : "s", n < 2 ? 0 : n * (n - 1));
    if (n < 2)
        return true;
    if (n > TC_ISOLATION_PAIRS_MAX) {
        tc_buf_printf(s->out,
                      "  above %d applications pairs are not counted: ask for one with --from and --to, or read "
                      "what was found\n",
                      TC_ISOLATION_PAIRS_MAX);
        return true;
    }
    if (!count_pairs(s, &counts))
        return false;
    tc_buf_printf(s->out, "\n  %-22s%10s%10s%14s\n", "by this layer", "isolated", "unknown", "not isolated");
    for (int layer = 0; layer < TC_LAYER_COUNT_; layer++)
        if (s->view->layer == TC_LAYER_BOTH || s->view->layer == (enum tc_layer)layer)
            put_row(s, &counts, (enum tc_layer)layer);
    if (s->view->layer == TC_LAYER_BOTH)
        tc_buf_printf(
            s->out,
            "\n  of them carried by both layers: %zu, by code access security alone: %zu, by accounts and NTFS "
            "alone: %zu\n",
            counts.carried[2], counts.carried[0], counts.carried[1]);
    return true;
}

static void
put_pair(struct show *s)
{
    const struct tc_isolation_view *view = s->view;
    struct tc_pair_verdict pair = tc_isolation_pair(s->isolation, view->from->index, view->to->index);

    tc_buf_printf(s->out, "what %.*s can do to %.*s\n\n", TC_STR_ARG(view->from->name), TC_STR_ARG(view->to->name));
    for (int layer = 0; layer < TC_LAYER_COUNT_; layer++) {
        if (view->layer != TC_LAYER_BOTH && view->layer != (enum tc_layer)layer)
            continue;
        tc_buf_printf(s->out, "  %-22s%s", layer == TC_LAYER_BOTH ? "both" : tc_layer_name((enum tc_layer)layer),
                      tc_verdict_name(pair.layers[layer]));
        if (pair.why[layer] != NULL)
            tc_buf_printf(s->out, " (%s)", tc_rule_info(pair.why[layer]->rule)->code.slug);
        else if (pair.layers[layer] == TC_UNKNOWN_ISOLATION)
            tc_buf_puts(s->out, TC_STR(": the source does not say under which accounts they run"));
        else if (pair.layers[layer] == TC_NOT_ISOLATED)
            tc_buf_puts(s->out, TC_STR(": they share an account, or one has too many rights"));
        tc_buf_putc(s->out, '\n');
    }
}

/* ---- where the layers differ ---- */

const char *
tc_difference_name(enum tc_difference_kind kind)
{
    static const char *const names[TC_DIFFERENCE_COUNT_] = {"denied", "wider", "unknown"};

    return names[kind];
}

static void
put_difference(struct show *s, const struct tc_difference *difference)
{
    const struct tc_application *app = difference->application;

    if (app == NULL) {
        tc_buf_printf(s->out, "  %.*s\n", TC_STR_ARG(difference->because));
        return;
    }
    if (difference->kind == TC_DIFFERENCE_WIDER)
        tc_buf_printf(s->out, "  '%.*s' %.*s, the code of %.*s may not", TC_STR_ARG(difference->account),
                      TC_STR_ARG(difference->may), TC_STR_ARG(app->name));
    else
        tc_buf_printf(s->out, "  %.*s%s%.*s", TC_STR_ARG(app->name), difference->may.len > 0 ? " " : "",
                      TC_STR_ARG(difference->may));
    put_place(s, difference->span);
    tc_buf_printf(s->out, ": %.*s\n", TC_STR_ARG(difference->because));
    if (difference->application_count > 1 || difference->path_count > 1)
        tc_buf_puts(s->out, TC_STR("      the same holds for "));
    if (difference->application_count > 1)
        tc_buf_printf(s->out, "%zu applications", difference->application_count);
    if (difference->path_count > difference->application_count)
        tc_buf_printf(s->out, "%s%zu paths", difference->application_count > 1 ? ", " : "", difference->path_count);
    if (difference->application_count > 1 || difference->path_count > 1)
        tc_buf_putc(s->out, '\n');
}

static void
put_differences(struct show *s)
{
    static const char *const titles[TC_DIFFERENCE_COUNT_] = {
        "granted, but the plan gives no right: access denied, unless Windows lets every account do it",
        "held by code access security alone: the account may, the code may not",
        "grants and rights not compared",
    };
    int last = -1;

    for (const struct tc_difference *one = s->view->differences; one != NULL; one = one->next) {
        if ((int)one->kind != last)
            tc_buf_printf(s->out, "\n%s\n", titles[one->kind]);
        last = (int)one->kind;
        put_difference(s, one);
    }
    if (s->view->has_differences && last < 0)
        tc_buf_puts(s->out, TC_STR("\nwhat is granted and what the plan gives rights for is the same\n"));
}

static void
put_premises(struct show *s)
{
    const char *list[TC_PREMISES_MAX];
    size_t count = tc_isolation_premises(s->view->layer, list);

    tc_buf_puts(s->out, TC_STR("\nall of this rests on\n"));
    for (size_t i = 0; i < count; i++)
        tc_buf_printf(s->out, "  - %s\n", list[i]);
}

/* What was read on the server, and whether it bears out the source. */
static void
put_installed(struct show *s)
{
    const struct tc_model *model = s->isolation->model;
    size_t known = 0, differing = 0;

    for (size_t i = 0; s->isolation->installed != NULL && i < model->application_count; i++)
        known += s->isolation->installed[i].is_known;
    for (const struct tc_isolation_finding *finding = s->isolation->findings; finding != NULL; finding = finding->next)
        differing += finding->rule == TC_RULE_UNLOCKED_LEVEL;
    if (s->isolation->installed == NULL)
        return;
    tc_buf_printf(s->out, "\n  the server's own configuration was read for %zu application%s: %s\n", known,
                  known == 1 ? "" : "s",
                  differing > 0 ? "see unlocked-level" : "each runs at its level of the source, and is locked");
}

bool
tc_isolation_put_text(struct tc_arena *arena, const struct tc_isolation *isolation, const struct tc_sources *sources,
                      const struct tc_isolation_view *view, struct tc_buf *out)
{
    struct show s = {arena, isolation, sources, view, out};

    if (view->from != NULL)
        put_pair(&s);
    else if (!put_table(&s))
        return false;
    put_installed(&s);
    put_section(&s, "not isolated", TC_NOT_ISOLATED, false);
    put_section(&s, "unknown", TC_UNKNOWN_ISOLATION, false);
    put_section(&s, "accepted", TC_ISOLATED, true);
    put_differences(&s);
    put_premises(&s);
    return !out->failed && !arena->failed;
}

/* ---- JSON ---- */

static void
put_key(struct show *s, const char *key, struct tc_str value)
{
    tc_buf_printf(s->out, "\"%s\":", key);
    tc_json_string(s->out, value);
}

static void
put_json_place(struct show *s, struct tc_span span)
{
    struct tc_place place = tc_sources_place(s->sources, span.begin);
    bool is_somewhere = span.end > 0 && place.source != NULL;

    put_key(s, "file", is_somewhere ? place.source->name : TC_STR(""));
    tc_buf_printf(s->out, ",\"line\":%u,\"column\":%u", is_somewhere ? place.line : 0, is_somewhere ? place.column : 0);
}

static void
put_json_party(struct show *s, const struct tc_party *party)
{
    if (party->application == NULL) {
        tc_buf_puts(s->out, TC_STR("null"));
        return;
    }
    tc_buf_putc(s->out, '{');
    put_key(s, "application", party->application->name);
    tc_buf_putc(s->out, ',');
    put_key(s, "may", party->may);
    tc_buf_printf(s->out, ",\"possibly\":%s,", party->possible ? "true" : "false");
    put_json_place(s, party->span);
    tc_buf_putc(s->out, '}');
}

static void
put_names(struct show *s, const char *key, const uint32_t *list, size_t count)
{
    tc_buf_printf(s->out, ",\"%s\":[", key);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            tc_buf_putc(s->out, ',');
        tc_json_string(s->out, s->isolation->model->applications[list[i]]->name);
    }
    tc_buf_putc(s->out, ']');
}

static void
put_json_finding(struct show *s, const struct tc_isolation_finding *finding)
{
    const struct tc_rule_info *rule = tc_rule_info(finding->rule);
    enum tc_layer other = rule->layer == TC_LAYER_CAS ? TC_LAYER_ACCOUNTS : TC_LAYER_CAS;
    enum tc_verdict closes = tc_isolation_other_layer(s->isolation, finding, finding->from.application->index,
                                                      neighbour(s->isolation, finding));

    tc_buf_putc(s->out, '{');
    put_key(s, "rule", tc_str_of(rule->code.slug));
    tc_buf_putc(s->out, ',');
    put_key(s, "code", tc_str_of(rule->code.id));
    tc_buf_putc(s->out, ',');
    put_key(s, "severity", tc_str_of(tc_severity_name(rule->code.severity)));
    tc_buf_putc(s->out, ',');
    put_key(s, "verdict", tc_str_of(tc_verdict_name(finding->verdict)));
    tc_buf_putc(s->out, ',');
    put_key(s, "layer", tc_str_of(tc_layer_name(rule->layer)));
    tc_buf_putc(s->out, ',');
    put_key(s, "otherLayer", tc_str_of(tc_layer_name(other)));
    tc_buf_putc(s->out, ',');
    put_key(s, "otherVerdict", tc_str_of(tc_verdict_name(closes)));
    tc_buf_putc(s->out, ',');
    put_key(s, "resource", finding->resource);
    tc_buf_putc(s->out, ',');
    put_key(s, "because", finding->because);
    tc_buf_puts(s->out, TC_STR(",\"from\":"));
    put_json_party(s, &finding->from);
    tc_buf_puts(s->out, TC_STR(",\"to\":"));
    put_json_party(s, &finding->to);
    put_names(s, "froms", finding->froms, finding->from_count);
    if (finding->to.application == NULL)
        tc_buf_puts(s->out, TC_STR(",\"tos\":[]")); /* everyone */
    else
        put_names(s, "tos", finding->tos, finding->to_count);
    tc_buf_printf(s->out, ",\"accepted\":%s,", is_accepted(finding) ? "true" : "false");
    put_key(s, "reason", finding->accept != NULL ? finding->accept->because : finding->reason);
    tc_buf_putc(s->out, ',');
    put_key(s, "until", finding->accept != NULL ? finding->accept->until : TC_STR(""));
    tc_buf_putc(s->out, '}');
}

static void
put_json_pair(struct show *s, size_t from, size_t to, const struct tc_pair_verdict *pair)
{
    tc_buf_putc(s->out, '{');
    put_key(s, "from", s->isolation->model->applications[from]->name);
    tc_buf_putc(s->out, ',');
    put_key(s, "to", s->isolation->model->applications[to]->name);
    tc_buf_putc(s->out, ',');
    put_key(s, "cas", tc_str_of(tc_verdict_name(pair->layers[TC_LAYER_CAS])));
    tc_buf_putc(s->out, ',');
    put_key(s, "accounts", tc_str_of(tc_verdict_name(pair->layers[TC_LAYER_ACCOUNTS])));
    tc_buf_putc(s->out, ',');
    put_key(s, "both", tc_str_of(tc_verdict_name(pair->layers[TC_LAYER_BOTH])));
    tc_buf_printf(s->out, ",\"open\":%s}", pair->open ? "true" : "false");
}

static bool
put_json_pairs(struct show *s)
{
    size_t n = s->isolation->model->application_count;
    struct tc_arena scratch;
    struct tc_pair_verdict *matrix;
    bool first = true;

    if (s->view->from != NULL) {
        size_t from = s->view->from->index, to = s->view->to->index;
        struct tc_pair_verdict pair = tc_isolation_pair(s->isolation, from, to);

        tc_buf_puts(s->out, TC_STR("[\n"));
        put_json_pair(s, from, to, &pair);
        tc_buf_puts(s->out, TC_STR("],\"pairsLeftOut\":0"));
        return true;
    }
    if (n > TC_ISOLATION_PAIRS_MAX) {
        tc_buf_printf(s->out, "null,\"pairsLeftOut\":%zu", n * (n - 1));
        return true;
    }
    tc_arena_init(&scratch);
    matrix = tc_isolation_matrix(&scratch, s->isolation);
    tc_buf_putc(s->out, '[');
    for (size_t i = 0; matrix != NULL && i < n; i++)
        for (size_t j = 0; j < n; j++) {
            if (i == j)
                continue;
            tc_buf_puts(s->out, first ? TC_STR("\n") : TC_STR(",\n"));
            first = false;
            put_json_pair(s, i, j, &matrix[i * n + j]);
        }
    tc_buf_puts(s->out, TC_STR("],\"pairsLeftOut\":0"));
    tc_arena_done(&scratch);
    return matrix != NULL;
}

static void
put_json_difference(struct show *s, const struct tc_difference *difference)
{
    tc_buf_putc(s->out, '{');
    put_key(s, "kind", tc_str_of(tc_difference_name(difference->kind)));
    tc_buf_putc(s->out, ',');
    put_key(s, "account", difference->account);
    tc_buf_putc(s->out, ',');
    put_key(s, "may", difference->may);
    tc_buf_putc(s->out, ',');
    put_key(s, "because", difference->because);
    tc_buf_putc(s->out, ',');
    put_json_place(s, difference->span);
    put_names(s, "applications", difference->applications, difference->application_count);
    tc_buf_printf(s->out, ",\"paths\":%zu}", difference->path_count);
}

/* null when they were not asked for. */
static void
put_json_differences(struct show *s)
{
    if (!s->view->has_differences) {
        tc_buf_puts(s->out, TC_STR("null"));
        return;
    }
    tc_buf_putc(s->out, '[');
    for (const struct tc_difference *one = s->view->differences; one != NULL; one = one->next) {
        tc_buf_puts(s->out, one == s->view->differences ? TC_STR("\n") : TC_STR(",\n"));
        put_json_difference(s, one);
    }
    tc_buf_putc(s->out, ']');
}

bool
tc_isolation_put_json(struct tc_arena *arena, const struct tc_isolation *isolation, const struct tc_sources *sources,
                      const struct tc_isolation_view *view, struct tc_buf *out)
{
    struct show s = {arena, isolation, sources, view, out};
    const char *list[TC_PREMISES_MAX];
    size_t count = tc_isolation_premises(view->layer, list);
    bool good, first = true;

    tc_buf_puts(out, TC_STR("{\"version\":1,"));
    put_key(&s, "server", isolation->model->server_name);
    tc_buf_puts(out, TC_STR(",\"pairs\":"));
    good = put_json_pairs(&s);
    tc_buf_puts(out, TC_STR(",\"findings\":["));
    for (const struct tc_isolation_finding *finding = isolation->findings; finding != NULL; finding = finding->next) {
        if (!tc_isolation_is_shown(isolation, finding, view))
            continue;
        tc_buf_puts(out, first ? TC_STR("\n") : TC_STR(",\n"));
        first = false;
        put_json_finding(&s, finding);
    }
    tc_buf_puts(out, TC_STR("],\"differences\":"));
    put_json_differences(&s);
    tc_buf_puts(out, TC_STR(",\"premises\":["));
    for (size_t i = 0; i < count; i++) {
        tc_buf_puts(out, i == 0 ? TC_STR("\n") : TC_STR(",\n"));
        tc_json_string(out, tc_str_of(list[i]));
    }
    tc_buf_puts(out, TC_STR("]}\n"));
    return good && !out->failed && !arena->failed;
}
