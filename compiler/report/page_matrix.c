/* The table of all pairs: what its signs mean, and the table itself for who has no scripts. */
#include "report/html.h"
#include "report/page_parts.h"

/* Up to so many groups the table stands in the page; the script draws larger ones, of which it shows a window. */
enum { STATIC_MAX = TC_MATRIX_ALONE_MAX };

static const struct tc_page_sign signs[TC_STANDING_COUNT_] = {
    [TC_STANDING_BOTH] = {"both", "B", "isolated by both", "each layer alone keeps them apart"},
    [TC_STANDING_CAS] = {"cas", "C", "isolated by code access security alone",
                         "accounts and NTFS do not, or it is not known"},
    [TC_STANDING_ACCOUNTS] = {"accounts", "A", "isolated by accounts and NTFS alone",
                              "code access security does not, or it is not known"},
    [TC_STANDING_TOGETHER] = {"together", "T", "isolated by both together",
                              "one layer closes some ways, the other one the rest"},
    [TC_STANDING_ACCEPTED] = {"accepted", "\xE2\x97\x8B", "accepted", "open, and somebody has said that it is wanted"},
    [TC_STANDING_UNKNOWN] = {"unknown", "?", "not known", "the source does not say enough"},
    [TC_STANDING_OPEN] = {"open", "\xC3\x97", "not isolated", "a way is open, and nobody has accepted it"},
};

const struct tc_page_sign *
tc_page_sign(enum tc_standing standing)
{
    return &signs[standing];
}

static void
put_legend(struct tc_page *page)
{
    size_t pairs[TC_STANDING_COUNT_] = {0};

    for (size_t i = 0; i < page->matrix->answer_count; i++)
        pairs[page->matrix->answers[i].standing] += page->matrix->answers[i].pairs;
    tc_page_markup(page, "<table class=\"legend\">\n<caption>What the signs mean, and which layer carries how many "
                         "pairs</caption>\n<thead><tr><th scope=\"col\">Sign</th><th scope=\"col\">Means</th><th "
                         "scope=\"col\" class=\"figure\">Pairs</th></tr></thead>\n<tbody>\n");
    for (int standing = TC_STANDING_COUNT_ - 1; standing >= 0; standing--)
        tc_page_markup(page,
                       "<tr><td><span class=\"sign is-%s\" aria-hidden=\"true\">%s</span></td><th "
                       "scope=\"row\"><b>%s</b>: %s</th><td class=\"figure\">%zu</td></tr>\n",
                       signs[standing].id, signs[standing].sign, signs[standing].word, signs[standing].meaning,
                       pairs[standing]);
    tc_page_markup(page, "</tbody>\n</table>\n");
}

static void
put_layers(struct tc_page *page)
{
    size_t pairs[TC_LAYER_COUNT_][TC_VERDICT_COUNT_] = {{0}};

    for (size_t i = 0; i < page->matrix->answer_count; i++)
        for (int layer = 0; layer < TC_LAYER_COUNT_; layer++)
            pairs[layer][page->matrix->answers[i].verdict.layers[layer]] += page->matrix->answers[i].pairs;
    tc_page_markup(page,
                   "<table class=\"legend\">\n<caption>Each layer asked alone, as if the other one were broken, and "
                   "both together</caption>\n<thead><tr><th scope=\"col\">Layer</th><th scope=\"col\" "
                   "class=\"figure\">isolated</th><th scope=\"col\" class=\"figure\">not known</th><th "
                   "scope=\"col\" class=\"figure\">not isolated</th></tr></thead>\n<tbody>\n");
    for (int layer = 0; layer < TC_LAYER_COUNT_; layer++)
        tc_page_markup(page,
                       "<tr><th scope=\"row\">%s</th><td class=\"figure\">%zu</td><td class=\"figure\">%zu</td><td "
                       "class=\"figure\">%zu</td></tr>\n",
                       tc_layer_name((enum tc_layer)layer), pairs[layer][TC_ISOLATED],
                       pairs[layer][TC_UNKNOWN_ISOLATION], pairs[layer][TC_NOT_ISOLATED]);
    tc_page_markup(page, "</tbody>\n</table>\n");
}

/* ---- the table without scripts ---- */

static void
put_group(struct tc_page *page, const struct tc_alike *group)
{
    tc_page_name(page, group->members[0]);
    if (group->count > 1)
        tc_page_markup(page, " +%zu", group->count - 1);
}

static void
put_static_cell(struct tc_page *page, uint32_t number)
{
    const struct tc_page_sign *sign;

    if (number == TC_NO_ANSWER) {
        tc_page_markup(page, "<td class=\"self\"></td>");
        return;
    }
    sign = tc_page_sign(page->matrix->answers[number].standing);
    tc_page_markup(page, "<td><span class=\"sign is-%s\" title=\"%s\">%s</span></td>", sign->id, sign->word,
                   sign->sign);
}

static void
put_static(struct tc_page *page)
{
    const struct tc_matrix *matrix = page->matrix;

    tc_page_markup(page, "<table class=\"matrix\">\n<caption>What the application of a row can do to that of a column"
                         "</caption>\n<thead><tr><th scope=\"col\">from / to</th>");
    for (size_t i = 0; i < matrix->group_count; i++) {
        tc_page_markup(page, "<th scope=\"col\"><span class=\"up\">");
        put_group(page, &matrix->groups[i]);
        tc_page_markup(page, "</span></th>");
    }
    tc_page_markup(page, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < matrix->group_count; i++) {
        tc_page_markup(page, "<tr><th scope=\"row\">");
        put_group(page, &matrix->groups[i]);
        tc_page_markup(page, "</th>");
        for (size_t j = 0; j < matrix->group_count; j++)
            put_static_cell(page, matrix->cells[i * matrix->group_count + j]);
        tc_page_markup(page, "</tr>\n");
    }
    tc_page_markup(page, "</tbody>\n</table>\n");
}

/* The groups of more than one, for who cannot ask the script. */
static void
put_groups(struct tc_page *page)
{
    const struct tc_matrix *matrix = page->matrix;

    if (matrix->group_count == page->model->application_count)
        return;
    tc_page_markup(page,
                   "<details class=\"groups\"><summary>%zu applications in %zu rows: those that nothing tells apart "
                   "share one</summary>\n<ul>\n",
                   page->model->application_count, matrix->group_count);
    for (size_t i = 0; i < matrix->group_count; i++) {
        if (matrix->groups[i].count == 1)
            continue;
        tc_page_markup(page, "<li>");
        for (size_t j = 0; j < matrix->groups[i].count; j++) {
            tc_page_markup(page, j == 0 ? "" : ", ");
            tc_page_name(page, matrix->groups[i].members[j]);
        }
        tc_page_markup(page, "</li>\n");
    }
    tc_page_markup(page, "</ul>\n</details>\n");
}

void
tc_page_matrix(struct tc_page *page)
{
    tc_page_markup(page, "<section aria-labelledby=\"pairs\">\n<h2 id=\"pairs\">Every pair of applications</h2>\n");
    if (page->matrix == NULL) {
        tc_page_markup(page,
                       page->model->application_count < 2
                           ? "<p>There is one application: nobody else is here to be reached.</p>\n</section>\n"
                           : "<p>With more than %d applications there is no table: the ways below are all there "
                             "are. <code>trustc isolate --from --to</code> answers for a pair.</p>\n</section>\n",
                       TC_ISOLATION_PAIRS_MAX);
        return;
    }
    tc_page_markup(page,
                   "<p>A row is who does something, a column whom it is done to. <span class=\"needs-script\">Choose a "
                   "cell for the witness.</span></p>\n<div class=\"tables\">\n");
    put_legend(page);
    put_layers(page);
    tc_page_markup(page, "</div>\n<div id=\"matrix\">\n");
    if (page->matrix->group_count <= STATIC_MAX) {
        tc_page_markup(page, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"pairs\">\n");
        put_static(page);
        tc_page_markup(page, "</div>\n");
    } else {
        tc_page_markup(
            page,
            "<p>The table has %zu rows. It needs the script of this page to be drawn; the ways below say all "
            "that it shows.</p>\n",
            page->matrix->group_count);
    }
    tc_page_markup(page, "</div>\n");
    put_groups(page);
    tc_page_markup(page, "</section>\n");
}
