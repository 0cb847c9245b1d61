/* All pairs for the script, as small as they get: numbers for texts, ranges for lists, runs for rows. */
#include "report/html.h"
#include "report/page_parts.h"

#include <stdlib.h>

struct data {
    struct tc_page *page;
    struct tc_map texts;  /* of parties, by text, place and certainty: their number + 1 */
    struct tc_map places; /* by text */
    struct tc_buf text_list, place_list;
    size_t text_count, place_count;
};

/* A list of ascending numbers: "0-3,7". */
static void
put_ranges(struct tc_buf *out, const uint32_t *list, size_t count)
{
    tc_buf_putc(out, '"');
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && list[end] == list[end - 1] + 1;)
            end++;
        tc_buf_printf(out, "%s%u", i == 0 ? "" : ",", list[i]);
        if (end - i > 1)
            tc_buf_printf(out, "-%u", list[end - 1]);
    }
    tc_buf_putc(out, '"');
}

/* Numbers one after the other, equal ones together: "4*12,7". A number is written as +1, so that 0 is none. */
struct runs {
    struct tc_buf *out;
    uint32_t value;
    size_t count;
    bool begun;
};

static void
end_run(struct runs *runs)
{
    if (runs->count == 0)
        return;
    tc_buf_printf(runs->out, "%s%u", runs->begun ? "," : "", runs->value);
    if (runs->count > 1)
        tc_buf_printf(runs->out, "*%zu", runs->count);
    runs->begun = true;
    runs->count = 0;
}

static void
put_run(struct runs *runs, uint32_t value)
{
    if (runs->count > 0 && runs->value != value)
        end_run(runs);
    runs->value = value;
    runs->count++;
}

/* The number of @a key in @a map, + 1; a new one is said to be so. */
static size_t
number_of(struct data *d, struct tc_map *map, size_t *count, struct tc_str key, bool *ret_new)
{
    size_t *number = tc_map_get(map, key);

    *ret_new = number == NULL;
    if (number != NULL)
        return *number;
    number = tc_arena_new(d->page->arena, size_t);
    if (number == NULL)
        return 0;
    *number = ++*count;
    tc_map_add(map, key, number);
    return *number;
}

static size_t
place_of(struct data *d, struct tc_span span)
{
    struct tc_place place = tc_sources_place(d->page->subject->sources, span.begin);
    struct tc_str text;
    bool is_new;
    size_t number;

    if (span.end == 0 || place.source == NULL)
        return 0;
    text = tc_arena_printf(d->page->arena, "%.*s:%u", TC_STR_ARG(place.source->name), place.line);
    number = number_of(d, &d->places, &d->place_count, text, &is_new);
    if (is_new) {
        tc_buf_puts(&d->place_list, d->place_list.len == 0 ? TC_STR("") : TC_STR(","));
        tc_html_json(&d->place_list, text);
    }
    return number;
}

static size_t
party_of(struct data *d, const struct tc_party *party)
{
    size_t place = place_of(d, party->span), number;
    struct tc_str may = tc_isolation_may(d->page->arena, party, party->may);
    struct tc_str key = tc_arena_printf(d->page->arena, "%zu %.*s", place, TC_STR_ARG(may));
    bool is_new;

    number = number_of(d, &d->texts, &d->text_count, key, &is_new);
    if (is_new) {
        tc_buf_puts(&d->text_list, d->text_list.len == 0 ? TC_STR("[") : TC_STR(",["));
        tc_html_json(&d->text_list, may);
        tc_buf_printf(&d->text_list, ",%zu]", place);
    }
    return number;
}

static void
put_parties(struct data *d, const struct tc_party *parties, size_t count)
{
    struct runs runs = {.out = d->page->out};

    tc_buf_puts(d->page->out, TC_STR(",\""));
    for (size_t i = 0; parties != NULL && i < count; i++)
        put_run(&runs, (uint32_t)party_of(d, &parties[i]));
    end_run(&runs);
    tc_buf_putc(d->page->out, '"');
}

/* [rule, verdict, because, reason of the grant, who, their parts, whom (null: everyone), their parts] */
static void
put_finding(struct data *d, const struct tc_isolation_finding *finding)
{
    struct tc_buf *out = d->page->out;

    tc_buf_printf(out, "[%d,%d,", (int)finding->rule, (int)finding->verdict);
    tc_html_json(out, finding->because);
    tc_buf_putc(out, ',');
    tc_html_json(out, finding->reason);
    tc_buf_putc(out, ',');
    put_ranges(out, finding->froms, finding->from_count);
    put_parties(d, finding->from_parties, finding->from_count);
    tc_buf_putc(out, ',');
    if (finding->to.application == NULL)
        tc_buf_puts(out, TC_STR("null"));
    else
        put_ranges(out, finding->tos, finding->to_count);
    put_parties(d, finding->to_parties, finding->to_count);
    tc_buf_putc(out, ']');
}

/* [by code access security, by accounts, by both, standing, pairs, [[finding, what the other layer says, taken], ...]]
 */
static void
put_answer(struct data *d, const struct tc_pair_answer *answer)
{
    struct tc_buf *out = d->page->out;

    tc_buf_printf(out, "[%d,%d,%d,%d,%zu,[", (int)answer->verdict.layers[TC_LAYER_CAS],
                  (int)answer->verdict.layers[TC_LAYER_ACCOUNTS], (int)answer->verdict.layers[TC_LAYER_BOTH],
                  (int)answer->standing, answer->pairs);
    for (size_t i = 0; i < answer->part_count; i++)
        tc_buf_printf(out, "%s[%u,%d,%d]", i == 0 ? "" : ",", answer->parts[i].index, (int)answer->parts[i].other,
                      (int)answer->parts[i].is_taken);
    tc_buf_puts(out, TC_STR("]]"));
}

static void
put_rows(struct data *d)
{
    const struct tc_matrix *matrix = d->page->matrix;

    for (size_t i = 0; i < matrix->group_count; i++) {
        struct runs runs = {.out = d->page->out};

        tc_buf_puts(d->page->out, i == 0 ? TC_STR("\"") : TC_STR(",\n\""));
        for (size_t j = 0; j < matrix->group_count; j++)
            put_run(&runs, matrix->cells[i * matrix->group_count + j] + 1); /* TC_NO_ANSWER becomes 0 */
        end_run(&runs);
        tc_buf_putc(d->page->out, '"');
    }
}

static void
put_accepts(struct data *d, const struct tc_accept *accept, int application, bool *is_first)
{
    for (; accept != NULL; accept = accept->next) {
        tc_buf_printf(d->page->out, "%s[%d,%d,", *is_first ? "" : ",", (int)tc_rule_find(accept->rule), application);
        *is_first = false;
        tc_html_json(d->page->out, accept->because);
        tc_buf_putc(d->page->out, ',');
        tc_html_json(d->page->out, accept->until);
        tc_buf_printf(d->page->out, ",%zu]", place_of(d, accept->span));
    }
}

static void
put_words(struct data *d)
{
    struct tc_buf *out = d->page->out;

    tc_buf_puts(out, TC_STR("\"signs\":["));
    for (int i = 0; i < TC_STANDING_COUNT_; i++) {
        const struct tc_page_sign *sign = tc_page_sign((enum tc_standing)i);

        tc_buf_printf(out, "%s[\"%s\",\"%s\",\"%s\",\"%s\"]", i == 0 ? "" : ",", sign->id, sign->sign, sign->word,
                      sign->meaning);
    }
    tc_buf_puts(out, TC_STR("],\n\"layers\":["));
    for (int i = 0; i < TC_LAYER_COUNT_; i++)
        tc_buf_printf(out, "%s\"%s\"", i == 0 ? "" : ",", tc_layer_name((enum tc_layer)i));
    tc_buf_puts(out, TC_STR("],\n\"verdicts\":["));
    for (int i = 0; i < TC_VERDICT_COUNT_; i++)
        tc_buf_printf(out, "%s\"%s\"", i == 0 ? "" : ",", tc_verdict_name((enum tc_verdict)i));
    tc_buf_puts(out, TC_STR("],\n\"rules\":{"));
    for (int i = 0, first = 1; i < TC_RULE_COUNT_; i++) {
        const struct tc_rule_info *rule = tc_rule_info((enum tc_rule_id)i);
        bool found = false;

        for (const struct tc_isolation_finding *f = d->page->isolation->findings; f != NULL && !found; f = f->next)
            found = f->rule == (enum tc_rule_id)i;
        if (!found)
            continue;
        tc_buf_printf(out, "%s\"%d\":[\"%s\",\"%s\",%d,", first ? "" : ",", i, rule->code.id, rule->code.slug,
                      (int)rule->layer);
        tc_html_json(out, tc_str_of(rule->code.sentence));
        tc_buf_putc(out, ']');
        first = 0;
    }
    tc_buf_puts(out, TC_STR("},\n"));
}

static void
put_lists(struct data *d)
{
    const struct tc_page *page = d->page;
    const struct tc_matrix *matrix = page->matrix;
    struct tc_buf *out = page->out;
    bool is_first = true;

    tc_buf_puts(out, TC_STR("\"names\":["));
    for (size_t i = 0; i < page->model->application_count; i++) {
        tc_buf_puts(out, i == 0 ? TC_STR("") : TC_STR(","));
        tc_html_json(out, page->model->applications[i]->name);
    }
    tc_buf_puts(out, TC_STR("],\n\"groups\":["));
    for (size_t i = 0; i < matrix->group_count; i++) {
        tc_buf_puts(out, i == 0 ? TC_STR("") : TC_STR(","));
        put_ranges(out, matrix->groups[i].members, matrix->groups[i].count);
    }
    tc_buf_puts(out, TC_STR("],\n\"answers\":["));
    for (size_t i = 0; i < matrix->answer_count; i++) {
        tc_buf_puts(out, i == 0 ? TC_STR("") : TC_STR(",\n"));
        put_answer(d, &matrix->answers[i]);
    }
    tc_buf_puts(out, TC_STR("],\n\"rows\":["));
    put_rows(d);
    tc_buf_puts(out, TC_STR("],\n\"findings\":["));
    for (const struct tc_isolation_finding *f = page->isolation->findings; f != NULL; f = f->next) {
        tc_buf_puts(out, f == page->isolation->findings ? TC_STR("") : TC_STR(",\n"));
        put_finding(d, f);
    }
    tc_buf_puts(out, TC_STR("],\n\"accepts\":["));
    put_accepts(d, page->model->accepts, -1, &is_first);
    for (size_t i = 0; i < page->model->application_count; i++)
        put_accepts(d, page->model->applications[i]->accepts, (int)i, &is_first);
    tc_buf_puts(out, TC_STR("],\n\"parties\":["));
}

void
tc_page_data(struct tc_page *page)
{
    struct data d = {.page = page};

    if (page->matrix == NULL)
        return;
    tc_map_init(&d.texts, page->arena);
    tc_map_init(&d.places, page->arena);
    tc_page_markup(page, "<script type=\"application/json\" id=\"data\">{");
    put_words(&d);
    put_lists(&d);
    tc_buf_puts(page->out, tc_buf_str(&d.text_list));
    tc_page_markup(page, "],\n\"places\":[");
    tc_buf_puts(page->out, tc_buf_str(&d.place_list));
    tc_page_markup(page, "],\n\"today\":");
    tc_html_json(page->out, page->subject->today);
    tc_page_markup(page, "}</script>\n");
    page->out->failed |= d.text_list.failed || d.place_list.failed;
    tc_buf_done(&d.text_list);
    tc_buf_done(&d.place_list);
}
