/* WebPermission: URIs and patterns in two lists. What is read from XML is always a pattern; a constructor makes literal
 * URIs, or plain text where it is given none. */
#include "model/algebra_net.h"
#include "model/demand.h"
#include "model/netregex.h"
#include "model/text_index.h"
#include "model/uri.h"

/* The pattern that stands for a whole direction; once it is there, nothing else is. */
#define MATCH_ALL TC_STR(".*")

enum { FEW = 16 }; /* items that are compared each with each */

static bool
is_accept(const struct tc_perm *perm, const struct tc_row *row)
{
    return row->form == &perm->cls->forms[TC_FORM_WEB_ACCEPT];
}

static int64_t
kind_of(const struct tc_row *row)
{
    return row->cells[0].number;
}

static struct tc_str
text_of(const struct tc_row *row)
{
    return row->cells[0].text;
}

/* Whether all is allowed in the direction of @a form; it is not for a permission that is unrestricted as a whole. */
static bool
allows_all(const struct tc_perm *perm, const struct tc_form *form)
{
    for (uint32_t i = 0; i < perm->row_count; i++)
        if (perm->rows[i].form == form && kind_of(&perm->rows[i]) == TC_WEB_PATTERN &&
            tc_str_eq(text_of(&perm->rows[i]), MATCH_ALL))
            return true;
    return false;
}

static bool
has_items(const struct tc_perm *perm, const struct tc_form *form)
{
    for (uint32_t i = 0; i < perm->row_count; i++)
        if (perm->rows[i].form == form)
            return true;
    return false;
}

/* ---- patterns ---- */

/* What a regular expression answers, for the framework's caller. TC_NO and TC_YES: whether it covers @a text. */
static enum tc_answer
answer_of(enum tc_netregex_status status, const struct tc_row *row, struct tc_throw *ret_throw)
{
    switch (status) {
    case TC_NETREGEX_NO:
        return TC_NO;
    case TC_NETREGEX_OK:
        return TC_YES;
    case TC_NETREGEX_INVALID:
        return tc_throw_at(ret_throw, "ArgumentException", "", row->span);
    case TC_NETREGEX_UNSUPPORTED:
        return tc_throw_at(ret_throw, TC_UNKNOWN, "", row->span);
    case TC_NETREGEX_NOMEM:
        return tc_throw_nomem(ret_throw);
    }
    return tc_throw_nomem(ret_throw);
}

/* A slash at the end is optional for every pattern. */
static enum tc_answer
compile(struct tc_arena *arena, const struct tc_row *row, struct tc_netregex **ret, struct tc_throw *ret_throw)
{
    struct tc_str pattern = tc_arena_printf(arena, "%.*s[/]?", TC_STR_ARG(text_of(row)));

    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    return answer_of(tc_netregex_compile(pattern, TC_NETREGEX_IGNORE_CASE | TC_NETREGEX_SINGLELINE, ret), row,
                     ret_throw);
}

/* Whether the pattern of @a row covers a URI or plain text. @a both: also in the unescaped form. */
static enum tc_answer
pattern_covers(struct tc_arena *arena, const struct tc_row *pattern, const struct tc_row *item,
               const struct tc_uri *uri, bool both, struct tc_throw *ret_throw)
{
    struct tc_netregex *regex = NULL;
    enum tc_answer answer = compile(arena, pattern, &regex, ret_throw);

    if (answer != TC_YES)
        return answer;
    answer = answer_of(tc_netregex_covers(regex, uri == NULL ? text_of(item) : uri->escaped), pattern, ret_throw);
    if (answer == TC_NO && uri != NULL && both)
        answer = answer_of(tc_netregex_covers(regex, uri->unescaped), pattern, ret_throw);
    tc_netregex_done(regex);
    return answer;
}

/* ---- items ---- */

/* The URI of a literal; NULL for anything else. Out of memory or a form of URI that is not followed: throws. */
static enum tc_answer
uri_of(struct tc_arena *arena, const struct tc_row *row, struct tc_uri *storage, const struct tc_uri **ret,
       struct tc_throw *ret_throw)
{
    *ret = NULL;
    if (kind_of(row) != TC_WEB_URI)
        return TC_YES;
    if (tc_uri_parse(arena, text_of(row), storage) != TC_URI_ABSOLUTE)
        return arena->failed ? tc_throw_nomem(ret_throw) : tc_throw_at(ret_throw, TC_UNKNOWN, "", row->span);
    *ret = storage;
    return TC_YES;
}

/* Two items of one kind that say the same: URIs by their own rules, the rest by its text. */
static enum tc_answer
same_item(struct tc_arena *arena, const struct tc_row *a, const struct tc_row *b, struct tc_throw *ret_throw)
{
    struct tc_uri x, y;
    const struct tc_uri *uri_a, *uri_b;
    enum tc_answer answer;

    if (kind_of(a) != kind_of(b))
        return TC_NO;
    if (kind_of(a) != TC_WEB_URI)
        return tc_ordinal_eq(text_of(a), text_of(b)) ? TC_YES : TC_NO;
    answer = uri_of(arena, a, &x, &uri_a, ret_throw);
    if (answer == TC_YES)
        answer = uri_of(arena, b, &y, &uri_b, ret_throw);
    if (answer != TC_YES)
        return answer;
    return tc_uri_equal(uri_a, uri_b) ? TC_YES : TC_NO;
}

/* Let @a index know the rows of @a perm up to the last one, by their numbers. */
static bool
index_rows(struct tc_arena *arena, const struct tc_perm *perm, struct tc_text_index *index)
{
    while (index->count < perm->row_count)
        if (!tc_text_index_add(arena, index, text_of(&perm->rows[index->count]), NULL))
            return false;
    return true;
}

/* Whether @a perm, of which @a index knows the rows, has an item that says the same as @a row. URIs have rules of their
 * own, so that each has to be looked at. */
static enum tc_answer
has_item(struct tc_arena *arena, const struct tc_perm *perm, const struct tc_text_index *index,
         const struct tc_row *row, struct tc_throw *ret_throw)
{
    enum tc_answer answer = TC_NO;

    if (kind_of(row) == TC_WEB_URI) {
        for (uint32_t i = 0; answer == TC_NO && i < perm->row_count; i++)
            if (perm->rows[i].form == row->form)
                answer = same_item(arena, &perm->rows[i], row, ret_throw);
        return answer;
    }
    for (const struct tc_text_entry *entry = tc_text_index_first(index, text_of(row)); answer == TC_NO && entry != NULL;
         entry = tc_text_index_next(index, entry)) {
        const struct tc_row *other = &perm->rows[entry - index->entries];

        if (other->form == row->form)
            answer = same_item(arena, other, row, ret_throw);
    }
    return answer;
}

/* Add @a row unless it is there. */
static enum tc_answer
add_item(struct tc_arena *arena, struct tc_perm *perm, struct tc_text_index *index, const struct tc_row *row,
         struct tc_throw *ret_throw)
{
    enum tc_answer answer;

    if (!index_rows(arena, perm, index))
        return tc_throw_nomem(ret_throw);
    answer = has_item(arena, perm, index, row, ret_throw);
    if (answer != TC_NO)
        return answer;
    return tc_perm_append_row(arena, perm, row) ? TC_YES : tc_throw_nomem(ret_throw);
}

static bool
row_init(struct tc_arena *arena, struct tc_row *row, const struct tc_form *form, int64_t kind, struct tc_str text,
         struct tc_span span)
{
    *row =
        (struct tc_row){.form = form, .span = span, .cells = tc_arena_array(arena, struct tc_cell, form->column_count)};
    if (row->cells == NULL)
        return false;
    row->cells[0] = (struct tc_cell){.present = true, .number = kind, .text = text};
    return true;
}

static void
remove_direction(struct tc_perm *perm, const struct tc_form *form)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < perm->row_count; i++)
        if (perm->rows[i].form != form)
            perm->rows[kept++] = perm->rows[i];
    perm->row_count = kept;
}

/* ---- reading and writing ---- */

static enum tc_answer
read_direction(struct tc_arena *arena, struct tc_perm *perm, const struct tc_form *form, const struct tc_element *list,
               struct tc_throw *ret_throw)
{
    struct tc_text_index index = {.count = 0};

    if (list->children == NULL)
        return tc_throw_at(ret_throw, "NullReferenceException", "", list->span);
    for (const struct tc_element *child = list->children; child != NULL; child = child->next) {
        enum tc_answer answer;
        struct tc_str text;
        struct tc_row row;

        if (!tc_str_eq(child->tag, tc_net_form_tag(form, 1)))
            continue;
        if (!tc_element_get(arena, child, TC_STR("uri"), &text))
            return tc_throw_at(ret_throw, "ArgumentException", "net_perm_invalid_val_in_element", child->span);
        if (!row_init(arena, &row, form, TC_WEB_PATTERN, text, child->span))
            return tc_throw_nomem(ret_throw);
        if (tc_str_eq(text, MATCH_ALL)) { /* the rest does not matter, and is not read */
            remove_direction(perm, form);
            return tc_perm_append_row(arena, perm, &row) ? TC_YES : tc_throw_nomem(ret_throw);
        }
        answer = add_item(arena, perm, &index, &row, ret_throw);
        if (answer != TC_YES)
            return answer;
    }
    return TC_YES;
}

static enum tc_answer
web_read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct tc_perm **ret,
         struct tc_throw *ret_throw)
{
    struct tc_perm *perm;
    enum tc_answer answer = tc_element_check_class(arena, cls, element, &tc_net_element_keys, ret_throw);

    if (answer != TC_YES)
        return answer;
    perm = tc_perm_new(arena, cls, element->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    perm->unrestricted = tc_element_is_unrestricted_nocase(arena, element);
    for (size_t i = 0; i < cls->form_count && !perm->unrestricted; i++) {
        const struct tc_element *list = tc_element_child(element, tc_net_form_tag(&cls->forms[i], 0));

        if (list == NULL)
            continue;
        answer = read_direction(arena, perm, &cls->forms[i], list, ret_throw);
        if (answer != TC_YES)
            return answer;
    }
    *ret = perm;
    return TC_YES;
}

/* What was no pattern becomes one. */
static enum tc_answer
write_item(struct tc_arena *arena, const struct tc_row *row, struct tc_element *list, struct tc_throw *ret_throw)
{
    struct tc_element *child = tc_write_child(arena, list, "URI");
    struct tc_str text = text_of(row);
    const struct tc_uri *uri;
    struct tc_uri storage;
    enum tc_answer answer = uri_of(arena, row, &storage, &uri, ret_throw);

    if (answer != TC_YES)
        return answer;
    if (uri != NULL)
        text = uri->escaped;
    if (kind_of(row) != TC_WEB_PATTERN)
        text = tc_netregex_escape(arena, text);
    if (child == NULL || arena->failed || !tc_write_text(arena, child, "uri", text))
        return tc_throw_nomem(ret_throw);
    return TC_YES;
}

static enum tc_answer
web_write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element, struct tc_throw *ret_throw)
{
    if (perm->unrestricted)
        return tc_write_raw(arena, element, "Unrestricted", TC_STR("true")) ? TC_YES : tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < perm->cls->form_count; i++) {
        const struct tc_form *form = &perm->cls->forms[i];
        bool all = allows_all(perm, form);
        struct tc_element *list = NULL;

        for (uint32_t j = 0; j < perm->row_count; j++) {
            enum tc_answer answer;

            if (perm->rows[j].form != form || (all && !tc_str_eq(text_of(&perm->rows[j]), MATCH_ALL)))
                continue;
            if (list == NULL) {
                list = tc_element_new(arena, tc_net_form_tag(form, 0));
                tc_element_append(element, list);
            }
            if (list == NULL)
                return tc_throw_nomem(ret_throw);
            answer = write_item(arena, &perm->rows[j], list, ret_throw);
            if (answer != TC_YES)
                return answer;
            if (all)
                break;
        }
    }
    return TC_YES;
}

/* ---- the algebra ---- */

/* Whether an item of the demand is covered by one of @a grant. The first one that throws ends the search. */
static enum tc_answer
is_covered(struct tc_arena *arena, const struct tc_row *item, const struct tc_perm *grant,
           const struct tc_text_index *grants, struct tc_throw *ret_throw)
{
    const struct tc_uri *uri;
    struct tc_uri storage;
    enum tc_answer answer = uri_of(arena, item, &storage, &uri, ret_throw);

    if (answer != TC_YES)
        return answer;
    if (kind_of(item) == TC_WEB_PATTERN && grants != NULL)
        return has_item(arena, grant, grants, item, ret_throw);
    for (uint32_t i = 0; i < grant->row_count; i++) {
        const struct tc_row *row = &grant->rows[i];

        if (is_accept(grant, row) != (item->form == &grant->cls->forms[TC_FORM_WEB_ACCEPT]))
            continue;
        /* A pattern is covered by the same pattern only. */
        if (kind_of(row) != TC_WEB_PATTERN || kind_of(item) == TC_WEB_PATTERN)
            answer = same_item(arena, row, item, ret_throw);
        else
            answer = pattern_covers(arena, row, item, uri, true, ret_throw);
        if (answer != TC_NO)
            return answer;
    }
    return TC_NO;
}

static enum tc_answer
direction_subset(struct tc_arena *arena, const struct tc_perm *demand, const struct tc_perm *grant,
                 const struct tc_form *form, const struct tc_text_index *grants, struct tc_throw *ret_throw)
{
    if (allows_all(grant, form))
        return TC_YES;
    if (allows_all(demand, form))
        return TC_NO;
    for (uint32_t i = 0; i < demand->row_count; i++) {
        const struct tc_row *row = &demand->rows[i];
        enum tc_answer answer;

        if (row->form != form)
            continue;
        if (!has_items(grant, form))
            return TC_NO;
        answer = is_covered(arena, row, grant, grants, ret_throw);
        if (answer == TC_NO && kind_of(row) == TC_WEB_PATTERN) /* two patterns cannot be compared */
            return tc_throw_at(ret_throw, "NotSupportedException", "net_perm_both_regex", row->span);
        if (answer != TC_YES)
            return answer;
    }
    return TC_YES;
}

static enum tc_answer
web_subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
           const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    enum tc_answer answer;
    struct tc_arena scratch = {0};
    struct tc_text_index grants = {.count = 0};
    bool indexed;

    (void)machine;
    if (grant == NULL)
        return !demand->unrestricted && demand->row_count == 0 ? TC_YES : TC_NO;
    if (!tc_perm_same_class(demand, grant))
        return tc_throw_net_target(ret_throw);
    if (grant->unrestricted || demand->unrestricted)
        return grant->unrestricted ? TC_YES : TC_NO;
    indexed = demand->row_count > FEW && grant->row_count > FEW && index_rows(&scratch, grant, &grants);
    answer = direction_subset(arena, demand, grant, &demand->cls->forms[TC_FORM_WEB_ACCEPT], indexed ? &grants : NULL,
                              ret_throw);
    if (answer == TC_YES)
        answer = direction_subset(arena, demand, grant, &demand->cls->forms[TC_FORM_WEB_CONNECT],
                                  indexed ? &grants : NULL, ret_throw);
    tc_arena_done(&scratch);
    return answer;
}

/* Copy the items of a direction as they stand. */
static bool
copy_direction(struct tc_arena *arena, const struct tc_perm *from, const struct tc_form *form, struct tc_perm *into)
{
    for (uint32_t i = 0; i < from->row_count; i++)
        if (from->rows[i].form == form && !tc_perm_append_row(arena, into, &from->rows[i]))
            return false;
    return true;
}

/* The other's items come first; of one's own only those that are not there. */
static enum tc_answer
web_unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
          struct tc_throw *ret_throw)
{
    struct tc_text_index index = {.count = 0};
    struct tc_perm *perm;

    if (b == NULL)
        return tc_perm_give_copy(arena, a, ret, ret_throw);
    if (!tc_perm_same_class(a, b))
        return tc_throw_net_target(ret_throw);
    perm = tc_perm_new(arena, a->cls, a->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    perm->unrestricted = a->unrestricted || b->unrestricted;
    for (size_t i = 0; i < a->cls->form_count && !perm->unrestricted; i++) {
        const struct tc_form *form = &a->cls->forms[i];
        bool all_a = allows_all(a, form), all_b = allows_all(b, form);

        if (!copy_direction(arena, all_a ? a : b, form, perm))
            return tc_throw_nomem(ret_throw);
        for (uint32_t j = 0; j < a->row_count && !all_a && !all_b; j++) {
            enum tc_answer answer;

            if (a->rows[j].form != form)
                continue;
            answer = add_item(arena, perm, &index, &a->rows[j], ret_throw);
            if (answer != TC_YES)
                return answer;
        }
    }
    *ret = perm;
    return TC_YES;
}

/* Add what two different items have in common: of two patterns a third, of a pattern and a URI that it covers the URI.
 */
static enum tc_answer
intersect_items(struct tc_arena *arena, const struct tc_row *a, const struct tc_row *b, struct tc_perm *into,
                struct tc_text_index *index, struct tc_throw *ret_throw)
{
    bool pattern_a = kind_of(a) == TC_WEB_PATTERN, pattern_b = kind_of(b) == TC_WEB_PATTERN;
    const struct tc_row *pattern = pattern_a ? a : b, *item = pattern_a ? b : a;
    const struct tc_uri *uri;
    struct tc_uri storage;
    struct tc_row row;
    enum tc_answer answer;

    if (pattern_a && pattern_b) {
        struct tc_str text = tc_arena_printf(arena, "(?=(%.*s))(%.*s)", TC_STR_ARG(text_of(a)), TC_STR_ARG(text_of(b)));

        if (arena->failed || !row_init(arena, &row, a->form, TC_WEB_PATTERN, text, a->span))
            return tc_throw_nomem(ret_throw);
        return add_item(arena, into, index, &row, ret_throw);
    }
    if (!pattern_a && !pattern_b)
        return TC_YES;
    answer = uri_of(arena, item, &storage, &uri, ret_throw);
    if (answer == TC_YES)
        answer = pattern_covers(arena, pattern, item, uri, false, ret_throw);
    if (answer == TC_YES)
        answer = add_item(arena, into, index, item, ret_throw);
    return answer == TC_NO ? TC_YES : answer;
}

/* First what stands in both lists, each entry once, then the pairs of the rest. */
static enum tc_answer
intersect_direction(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b,
                    const struct tc_form *form, struct tc_perm *into, struct tc_throw *ret_throw)
{
    struct tc_text_index index = {.count = 0};
    bool *done = tc_arena_array(arena, bool, (size_t)a->row_count + b->row_count);
    bool *done_b = done == NULL ? NULL : done + a->row_count;

    if (done == NULL)
        return tc_throw_nomem(ret_throw);
    for (uint32_t i = 0; i < a->row_count; i++) {
        done[i] = a->rows[i].form != form;
        for (uint32_t j = 0; j < b->row_count && !done[i]; j++) {
            enum tc_answer answer;

            if (done_b[j] || b->rows[j].form != form)
                continue;
            answer = same_item(arena, &a->rows[i], &b->rows[j], ret_throw);
            if (answer == TC_THROWS)
                return answer;
            if (answer == TC_NO)
                continue;
            if (!tc_perm_append_row(arena, into, &a->rows[i]))
                return tc_throw_nomem(ret_throw);
            done[i] = done_b[j] = true;
        }
    }
    for (uint32_t i = 0; i < a->row_count; i++)
        for (uint32_t j = 0; j < b->row_count; j++) {
            enum tc_answer answer;

            if (done[i] || done_b[j] || b->rows[j].form != form)
                continue;
            answer = intersect_items(arena, &a->rows[i], &b->rows[j], into, &index, ret_throw);
            if (answer != TC_YES)
                return answer;
        }
    return TC_YES;
}

static enum tc_answer
web_intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a,
              const struct tc_perm *b, struct tc_perm **ret, struct tc_throw *ret_throw)
{
    struct tc_perm *perm;

    (void)machine;
    if (b == NULL) {
        *ret = NULL;
        return TC_YES;
    }
    if (!tc_perm_same_class(a, b))
        return tc_throw_net_target(ret_throw);
    if (a->unrestricted || b->unrestricted)
        return tc_perm_give_copy(arena, a->unrestricted ? b : a, ret, ret_throw);
    perm = tc_perm_new(arena, a->cls, a->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < a->cls->form_count; i++) {
        const struct tc_form *form = &a->cls->forms[i];
        enum tc_answer answer = TC_YES;

        if (allows_all(a, form) || allows_all(b, form)) {
            if (!copy_direction(arena, allows_all(a, form) ? b : a, form, perm))
                return tc_throw_nomem(ret_throw);
        } else {
            answer = intersect_direction(arena, a, b, form, perm, ret_throw);
        }
        if (answer != TC_YES)
            return answer;
    }
    *ret = perm->row_count == 0 ? NULL : perm;
    return TC_YES;
}

const struct tc_algebra_ops tc_web_ops = {web_read, web_write, web_subset, web_unite, web_intersect};

/* ---- demands ---- */

enum tc_answer
tc_demand_web(struct tc_arena *arena, bool accept, struct tc_str uri, struct tc_perm **ret_perm,
              struct tc_throw *ret_throw)
{
    const struct tc_class *cls = tc_class(TC_CLASS_WEB);
    const struct tc_form *form = &cls->forms[accept ? TC_FORM_WEB_ACCEPT : TC_FORM_WEB_CONNECT];
    struct tc_perm *perm = tc_perm_new(arena, cls, TC_NOWHERE);
    struct tc_uri parsed;
    struct tc_row row;
    int64_t kind = TC_WEB_TEXT;

    /* A form of URI that is not followed here is kept as one: each question about it says that it is not known. */
    if (tc_uri_parse(arena, uri, &parsed) != TC_URI_NONE)
        kind = TC_WEB_URI;
    if (perm == NULL || !row_init(arena, &row, form, kind, uri, TC_NOWHERE) || !tc_perm_append_row(arena, perm, &row) ||
        arena->failed)
        return tc_throw_nomem(ret_throw);
    *ret_perm = perm;
    return TC_YES;
}
