#include "report/graph.h"

#include "report/html.h"

struct graph {
    struct tc_arena *arena;
    const struct tc_isolation *isolation;
    const struct tc_matrix *matrix; /* NULL: one application alone */
    bool is_grouped;
    bool is_dot;
    struct tc_buf *out;
};

/* How an arrow of a standing looks. */
static const struct style {
    const char *dot;
    const char *arrow, *both; /* of Mermaid */
} styles[TC_STANDING_COUNT_] = {
    [TC_STANDING_ACCEPTED] = {"style=dotted, color=\"#24396e\"", "-.->", "<-.->"},
    [TC_STANDING_UNKNOWN] = {"style=dashed, color=\"#7a5a00\"", "-->", "<-->"},
    [TC_STANDING_OPEN] = {"style=bold, color=\"#a61b1b\"", "==>", "<==>"},
};

static const char *const words[TC_STANDING_COUNT_] = {
    [TC_STANDING_ACCEPTED] = "accepted",
    [TC_STANDING_UNKNOWN] = "not known",
    [TC_STANDING_OPEN] = "not isolated",
};

/* ---- texts ---- */

/* In double quotes of DOT a backslash begins an escape; what nobody sees has become visible before. */
static void
put_dot_text(struct tc_buf *out, struct tc_str text)
{
    struct tc_buf visible = {0};

    tc_visible_put(&visible, text);
    for (size_t i = 0; i < visible.len; i++) {
        if (visible.ptr[i] == '"' || visible.ptr[i] == '\\')
            tc_buf_putc(out, '\\');
        tc_buf_putc(out, visible.ptr[i]);
    }
    out->failed |= visible.failed;
    tc_buf_done(&visible);
}

/* Mermaid takes markup, Markdown and quotes in its labels for what they are; written as #NN; they are text. */
static void
put_mermaid_text(struct tc_buf *out, struct tc_str text)
{
    struct tc_buf visible = {0};

    tc_visible_put(&visible, text);
    for (size_t i = 0; i < visible.len; i++) {
        unsigned char c = (unsigned char)visible.ptr[i];

        if (c < 0x80 && strchr("\"#&;<>`*_\\[]{}()|~$%", c) != NULL)
            tc_buf_printf(out, "#%u;", c);
        else
            tc_buf_putc(out, (char)c);
    }
    out->failed |= visible.failed;
    tc_buf_done(&visible);
}

static void
put_text(struct graph *g, struct tc_str text)
{
    if (g->is_dot)
        put_dot_text(g->out, text);
    else
        put_mermaid_text(g->out, text);
}

/* ---- nodes ---- */

static size_t
node_count(const struct graph *g)
{
    return g->is_grouped ? g->matrix->group_count : g->isolation->model->application_count;
}

/* "A, B, C and 3 more" */
static void
put_label(struct graph *g, size_t node)
{
    enum { SHOWN = 3 };

    const struct tc_model *model = g->isolation->model;
    const struct tc_alike *group;

    if (!g->is_grouped) {
        put_text(g, model->applications[node]->name);
        return;
    }
    group = &g->matrix->groups[node];
    for (size_t i = 0; i < group->count && (i < SHOWN || group->count == SHOWN + 1); i++) {
        tc_buf_puts(g->out, i == 0 ? TC_STR("") : TC_STR(", "));
        put_text(g, model->applications[group->members[i]]->name);
    }
    if (group->count > SHOWN + 1)
        tc_buf_printf(g->out, " and %zu more", group->count - SHOWN);
}

/* ---- arrows ---- */

static uint32_t
answer_between(const struct graph *g, size_t from, size_t to)
{
    const struct tc_matrix *matrix = g->matrix;

    return g->is_grouped ? matrix->cells[from * matrix->group_count + to]
                         : matrix->of[from * g->isolation->model->application_count + to];
}

static bool
is_arrow(const struct graph *g, uint32_t number)
{
    return number != TC_NO_ANSWER && g->matrix->answers[number].standing >= TC_STANDING_ACCEPTED;
}

static bool
has_arrow(const struct graph *g, size_t node)
{
    for (size_t i = 0; i < node_count(g); i++)
        if (is_arrow(g, answer_between(g, node, i)) || is_arrow(g, answer_between(g, i, node)))
            return true;
    return false;
}

/* Of many applications those without an arrow are one node: there is nothing to see about them but that they are. */
static void
put_nodes(struct graph *g)
{
    size_t alone = 0, many = g->isolation->model->application_count > TC_MATRIX_ALONE_MAX;

    for (size_t i = 0; i < node_count(g); i++) {
        if (many && !has_arrow(g, i)) {
            alone += g->is_grouped ? g->matrix->groups[i].count : 1;
            continue;
        }
        tc_buf_printf(g->out, g->is_dot ? "    a%zu [label=\"" : "    a%zu[\"", i);
        put_label(g, i);
        tc_buf_puts(g->out, g->is_dot ? TC_STR("\"];\n") : TC_STR("\"]\n"));
    }
    if (alone > 0)
        tc_buf_printf(g->out,
                      g->is_dot ? "    rest [label=\"%zu applications, isolated\", style=dashed];\n"
                                : "    rest[\"%zu applications, isolated\"]\n",
                      alone);
}

/* The rules by which a pair stands as it does: "not isolated: file-overlap, registry". */
static void
put_reasons(struct graph *g, const struct tc_pair_answer *answer)
{
    enum tc_standing standing = answer->standing;
    enum tc_rule_id last = TC_RULE_COUNT_;
    size_t said = 0;

    tc_buf_puts(g->out, tc_str_of(words[standing]));
    for (size_t i = 0; i < answer->part_count; i++) {
        const struct tc_pair_part *part = &answer->parts[i];
        enum tc_verdict both = part->other < part->finding->verdict ? part->other : part->finding->verdict;

        if (both == TC_ISOLATED || part->finding->rule == last ||
            part->is_taken != (standing == TC_STANDING_ACCEPTED) ||
            (standing == TC_STANDING_OPEN && both != TC_NOT_ISOLATED))
            continue;
        last = part->finding->rule; /* findings come by rule */
        tc_buf_printf(g->out, "%s%s", said++ == 0 ? ": " : ", ", tc_rule_info(last)->code.slug);
    }
}

static void
put_arrow(struct graph *g, size_t from, size_t to, uint32_t number, bool is_both)
{
    const struct tc_pair_answer *answer = &g->matrix->answers[number];
    const struct style *style = &styles[answer->standing];

    if (g->is_dot)
        tc_buf_printf(g->out, "    a%zu -> a%zu [%s%s, label=\"", from, to, style->dot, is_both ? ", dir=both" : "");
    else
        tc_buf_printf(g->out, "    a%zu %s|\"", from, is_both ? style->both : style->arrow);
    put_reasons(g, answer);
    if (g->is_dot)
        tc_buf_puts(g->out, TC_STR("\"];\n"));
    else
        tc_buf_printf(g->out, "\"| a%zu\n", to);
}

/* Both directions with one answer are one arrow. @return how many; @a puts: they are written as well */
static size_t
arrows(struct graph *g, bool puts)
{
    size_t count = 0, n = g->matrix == NULL ? 0 : node_count(g);

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            uint32_t number = answer_between(g, i, j);
            bool is_both = i != j && answer_between(g, j, i) == number;

            if (!is_arrow(g, number) || (is_both && j < i))
                continue;
            count++;
            if (puts)
                put_arrow(g, i, j, number, is_both);
        }
    return count;
}

enum tc_status
tc_graph_put(struct tc_arena *arena, const struct tc_isolation *isolation, enum tc_graph_format format,
             struct tc_buf *out)
{
    struct graph g = {.arena = arena, .isolation = isolation, .is_dot = format == TC_GRAPH_DOT, .out = out};
    struct tc_matrix *matrix;

    if (isolation->model->application_count > 1) {
        if (tc_matrix_make(arena, isolation, &matrix) != TC_OK)
            return TC_ERR_NOMEM;
        g.matrix = matrix;
        g.is_grouped = arrows(&g, false) > TC_GRAPH_ARROWS_MAX;
    }
    if (g.is_dot) {
        tc_buf_puts(out, TC_STR("digraph \""));
        put_dot_text(out, isolation->model->server_name);
        tc_buf_puts(out, TC_STR("\" {\n    rankdir=LR;\n    node [shape=box, fontname=\"sans-serif\"];\n    edge "
                                "[fontname=\"sans-serif\", fontsize=10];\n"));
    } else {
        tc_buf_puts(out, TC_STR("flowchart LR\n"));
    }
    put_nodes(&g);
    arrows(&g, true);
    tc_buf_puts(out, g.is_dot ? TC_STR("}\n") : TC_STR(""));
    return out->failed || arena->failed ? TC_ERR_NOMEM : TC_OK;
}
