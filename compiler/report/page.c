/* The page as a whole: head, summary, sections in their order. */
#include "report/assets.h"
#include "report/html.h"
#include "report/page_parts.h"

#include <sha2.h>

/* ---- what the sections write with ---- */

void
tc_page_markup(struct tc_page *page, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    tc_buf_vprintf(page->out, format, args);
    va_end(args);
}

void
tc_page_text(struct tc_page *page, struct tc_str text)
{
    tc_html_put(page->out, text);
}

void
tc_page_place(struct tc_page *page, struct tc_span span)
{
    struct tc_place place = tc_sources_place(page->subject->sources, span.begin);

    if (span.end == 0 || place.source == NULL)
        return;
    tc_page_markup(page, " <span class=\"place\">");
    tc_page_text(page, place.source->name);
    tc_page_markup(page, ":%u</span>", place.line);
}

void
tc_page_capital(struct tc_page *page, const char *sentence)
{
    char first = sentence[0];

    tc_page_markup(page, "%c", first >= 'a' && first <= 'z' ? first - 'a' + 'A' : first);
    tc_page_text(page, tc_str_of(sentence + 1));
}

void
tc_page_late(struct tc_page *page, struct tc_str until)
{
    if (until.len > 0 && page->subject->today.len > 0 && tc_str_cmp(until, page->subject->today) < 0)
        tc_page_markup(page, " <strong class=\"late\">ended, still in force</strong>");
}

void
tc_page_name(struct tc_page *page, size_t index)
{
    tc_page_markup(page, "<bdi class=\"app\">");
    tc_page_text(page, page->model->applications[index]->name);
    tc_page_markup(page, "</bdi>");
}

static void
put_names(struct tc_page *page, const uint32_t *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tc_page_markup(page, i == 0 ? "" : ", ");
        tc_page_name(page, list[i]);
    }
}

void
tc_page_names(struct tc_page *page, const uint32_t *list, size_t count)
{
    enum { SHOWN = 5 };

    if (count == page->model->application_count && count > SHOWN) {
        tc_page_markup(page, "all %zu applications", count);
        return;
    }
    put_names(page, list, count > SHOWN + 1 ? SHOWN : count);
    if (count <= SHOWN + 1)
        return;
    tc_page_markup(page, " <details class=\"more\"><summary>and %zu more</summary> ", count - SHOWN);
    put_names(page, list + SHOWN, count - SHOWN);
    tc_page_markup(page, "</details>");
}

/* ---- findings in numbers ---- */

enum tc_page_kind
tc_page_kind_of(const struct tc_isolation_finding *finding, const struct tc_page_tally *tally)
{
    if (tally->open > 0)
        return TC_PAGE_OPEN;
    if (tally->unknown > 0)
        return TC_PAGE_UNKNOWN;
    return tally->accepted > 0 || finding->accept != NULL || finding->reason.len > 0 ? TC_PAGE_ACCEPTED
                                                                                     : TC_PAGE_CLOSED;
}

static void
count(struct tc_page_tally *tally, enum tc_verdict own, enum tc_verdict other, bool is_taken, size_t pairs)
{
    enum tc_verdict both = own < other ? own : other;

    if (both == TC_ISOLATED)
        tally->closed += pairs;
    else if (is_taken)
        tally->accepted += pairs;
    else if (both == TC_NOT_ISOLATED)
        tally->open += pairs;
    else
        tally->unknown += pairs;
}

/* Of a finding that is not in the matrix: its witness, or its application and the first other one. */
static void
count_witness(const struct tc_page *page, const struct tc_isolation_finding *finding, struct tc_page_tally *tally)
{
    size_t from = finding->from.application->index, to = from == 0 ? page->model->application_count > 1 : 0;

    if (finding->to.application != NULL)
        to = finding->to.application->index;
    count(tally, finding->verdict, tc_isolation_other_layer(page->isolation, finding, from, to),
          tc_isolation_is_taken(page->isolation, finding, from, to), 1);
}

static bool
tally_findings(struct tc_page *page)
{
    struct tc_page_tally *tallies = tc_arena_array(page->arena, struct tc_page_tally, page->isolation->finding_count);
    size_t index = 0;

    if (tallies == NULL)
        return false;
    for (size_t i = 0; page->matrix != NULL && i < page->matrix->answer_count; i++) {
        const struct tc_pair_answer *answer = &page->matrix->answers[i];

        for (size_t j = 0; j < answer->part_count; j++)
            count(&tallies[answer->parts[j].index], answer->parts[j].finding->verdict, answer->parts[j].other,
                  answer->parts[j].is_taken, answer->pairs);
    }
    for (const struct tc_isolation_finding *finding = page->isolation->findings; finding != NULL;
         finding = finding->next, index++) {
        if (page->matrix == NULL)
            count_witness(page, finding, &tallies[index]);
        page->of_kind[tc_page_kind_of(finding, &tallies[index])]++;
    }
    page->tallies = tallies;
    return true;
}

/* ---- head ---- */

static const struct tc_page_asset *
asset(const char *name)
{
    for (size_t i = 0; i < tc_page_asset_file_count; i++)
        if (strcmp(tc_page_asset_files[i].name, name) == 0)
            return &tc_page_asset_files[i];
    return &tc_page_asset_files[0];
}

static void
put_base64(struct tc_buf *out, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < len; i += 3) {
        uint32_t three = (uint32_t)bytes[i] << 16 | (uint32_t)(i + 1 < len ? bytes[i + 1] : 0) << 8 |
                         (uint32_t)(i + 2 < len ? bytes[i + 2] : 0);

        for (unsigned j = 0; j < 4; j++)
            tc_buf_putc(out, i + j > len ? '=' : digits[three >> (18 - 6 * j) & 63]);
    }
}

static void
put_hash(struct tc_page *page, const struct tc_page_asset *file)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA2_CTX context;

    SHA256Init(&context);
    SHA256Update(&context, (const uint8_t *)file->text, file->len);
    SHA256Final(digest, &context);
    tc_page_markup(page, "'sha256-");
    put_base64(page->out, digest, sizeof digest);
    tc_page_markup(page, "'");
}

/* Nothing is fetched, and nothing runs but the one script: the browser is told to see to it. */
static void
put_head(struct tc_page *page)
{
    const struct tc_page_asset *style = asset("page.css"), *script = asset("page.js");

    tc_page_markup(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ");
    put_hash(page, style);
    tc_page_markup(page, "; script-src ");
    put_hash(page, script);
    tc_page_markup(page, "; base-uri 'none'; form-action 'none'\">\n"
                         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                         "<meta name=\"color-scheme\" content=\"light dark\">\n<title>Isolation");
    if (page->model->server_name.len > 0) {
        tc_page_markup(page, " of ");
        tc_page_text(page, page->model->server_name);
    }
    tc_page_markup(page, "</title>\n<style>");
    tc_buf_put(page->out, style->text, style->len);
    tc_page_markup(page, "</style>\n</head>\n");
}

/* ---- summary ---- */

static void
put_verdict(struct tc_page *page)
{
    const size_t *of = page->of_kind;

    if (of[TC_PAGE_OPEN] > 0)
        tc_page_markup(page,
                       "<p class=\"verdict is-open\"><strong>Not isolated.</strong> %zu way%s from one application to "
                       "another, and nobody has accepted %s.</p>\n",
                       of[TC_PAGE_OPEN], of[TC_PAGE_OPEN] == 1 ? " leads" : "s lead",
                       of[TC_PAGE_OPEN] == 1 ? "it" : "them");
    else if (of[TC_PAGE_UNKNOWN] > 0)
        tc_page_markup(page,
                       "<p class=\"verdict is-unknown\"><strong>Not known.</strong> Nothing open was found, but %zu "
                       "question%s cannot be answered from what the source says.</p>\n",
                       of[TC_PAGE_UNKNOWN], of[TC_PAGE_UNKNOWN] == 1 ? "" : "s");
    else
        tc_page_markup(
            page, "<p class=\"verdict is-closed\"><strong>%s.</strong> %s</p>\n",
            of[TC_PAGE_ACCEPTED] > 0 ? "Isolated, but for what is accepted" : "Isolated",
            of[TC_PAGE_ACCEPTED] > 0
                ? "Every way from one application to another is closed by one layer at least, or somebody has "
                  "said why it may be open."
                : "Every way from one application to another is closed by one layer at least.");
}

static void
put_counts(struct tc_page *page)
{
    static const char *const kinds[TC_PAGE_KIND_COUNT_] = {"open", "not known", "accepted",
                                                           "closed by one layer alone"};
    static const char *const ids[TC_PAGE_KIND_COUNT_] = {"open", "unknown", "accepted", "closed"};

    tc_page_markup(page, "<ul class=\"counts\">\n");
    for (int kind = 0; kind < TC_PAGE_KIND_COUNT_; kind++)
        tc_page_markup(page, "<li><a href=\"#%s\"><b>%zu</b> %s</a></li>\n", ids[kind], page->of_kind[kind],
                       kinds[kind]);
    tc_page_markup(page, "</ul>\n");
}

static void
put_top(struct tc_page *page)
{
    static const struct {
        const char *id, *title;
    } sections[] = {{"pairs", "Every pair"},
                    {"ways", "Ways"},
                    {"may", "What each may do"},
                    {"settings", "Settings"},
                    {"layers", "Where the layers differ"},
                    {"shares", "Shared"},
                    {"accepted-list", "Accepted"},
                    {"premises", "What it rests on"},
                    {"rules", "Rules"}};

    tc_page_markup(page,
                   "<body>\n<a class=\"skip\" href=\"#main\">Skip to the answers</a>\n<header>\n<h1>Who can reach "
                   "whom");
    if (page->model->server_name.len > 0) {
        tc_page_markup(page, " on <bdi>");
        tc_page_text(page, page->model->server_name);
        tc_page_markup(page, "</bdi>");
    }
    tc_page_markup(page, "</h1>\n<p class=\"about\">%zu application%s &middot; IIS ", page->model->application_count,
                   page->model->application_count == 1 ? "" : "s");
    tc_page_text(page, page->model->iis);
    tc_page_markup(page, " &middot; from ");
    tc_page_text(page, page->subject->sources->count == 0 ? TC_STR("") : page->subject->sources->list[0]->name);
    tc_page_markup(page, " &middot; dates as of ");
    tc_page_text(page, page->subject->today);
    tc_page_markup(page, "</p>\n</header>\n<nav aria-label=\"Sections\"><ul>\n");
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        tc_page_markup(page, "<li><a href=\"#%s\">%s</a></li>\n", sections[i].id, sections[i].title);
    tc_page_markup(page,
                   "</ul></nav>\n<main id=\"main\">\n<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">In "
                   "short</h2>\n");
    put_verdict(page);
    put_counts(page);
    tc_page_markup(page,
                   "<p>A <em>way</em> is something that lets one application do something to another one. Two layers "
                   "keep applications apart: <em>code access security</em> (what the policy grants) and <em>accounts "
                   "and NTFS</em> (the pool identities, and the rights that the plan gives them). A way is open when "
                   "neither layer closes it.</p>\n</section>\n");
}

static void
put_premises(struct tc_page *page)
{
    const char *list[TC_PREMISES_MAX];

    tc_page_markup(page, "<section aria-labelledby=\"premises\">\n<h2 id=\"premises\">What the answers rest on</h2>\n"
                         "<p>No source says these things, and trustc cannot see them. They have to be true.</p>\n");
    for (int layer = 0; layer < TC_LAYER_BOTH; layer++) {
        size_t count = tc_isolation_premises((enum tc_layer)layer, list);

        tc_page_markup(page, "<h3>Answers about %s</h3>\n<ul>\n", tc_layer_name((enum tc_layer)layer));
        for (size_t i = 0; i < count; i++) {
            tc_page_markup(page, "<li>");
            tc_page_text(page, tc_str_of(list[i]));
            tc_page_markup(page, "</li>\n");
        }
        tc_page_markup(page, "</ul>\n");
    }
    tc_page_markup(page, "</section>\n");
}

static void
put_end(struct tc_page *page)
{
    const struct tc_page_asset *script = asset("page.js");

    tc_page_markup(page, "</main>\n<footer><p>Made by trustc report. It sees the source, not the server: <code>trustc "
                         "audit</code> holds the server against the plan.</p></footer>\n");
    tc_page_data(page);
    tc_page_markup(page, "<script>");
    tc_buf_put(page->out, script->text, script->len);
    tc_page_markup(page, "</script>\n</body>\n</html>\n");
}

enum tc_status
tc_page_put(struct tc_arena *arena, const struct tc_page_subject *subject, struct tc_buf *out)
{
    struct tc_page page = {.arena = arena,
                           .subject = subject,
                           .model = subject->isolation->model,
                           .isolation = subject->isolation,
                           .out = out};
    struct tc_matrix *matrix;

    if (page.model->application_count > 1 && page.model->application_count <= TC_ISOLATION_PAIRS_MAX) {
        if (tc_matrix_make(arena, subject->isolation, &matrix) != TC_OK)
            return TC_ERR_NOMEM;
        page.matrix = matrix;
    }
    if (!tally_findings(&page))
        return TC_ERR_NOMEM;
    put_head(&page);
    put_top(&page);
    tc_page_matrix(&page);
    tc_page_findings(&page);
    tc_page_applications(&page);
    tc_page_differences(&page);
    tc_page_shares(&page);
    tc_page_accepts(&page);
    put_premises(&page);
    tc_page_rules(&page);
    put_end(&page);
    return out->failed || arena->failed ? TC_ERR_NOMEM : TC_OK;
}
