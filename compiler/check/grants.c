/* What is granted: which sets are judged, by what, and where they say what they grant. */
#include "check/grants.h"

#include "base/ascii.h"
#include "model/path.h"
#include "model/pset_algebra.h"

#include <assert.h>
#include <string.h>

static_assert(TC_CLASS_COUNT_ <= 64, "a bit for each class");

/* ---- the base ---- */

static const struct tc_perm *
find(const struct tc_perm *const *perms, size_t count, const struct tc_class *cls)
{
    for (size_t i = 0; i < count; i++)
        if (perms[i]->cls == cls)
            return perms[i];
    return NULL;
}

/* @a into with what the main set of @a policy surely and possibly grants. */
static const struct tc_perm *
with_level(struct tc_grants *g, const struct tc_perm *into, const struct tc_policy *policy, const struct tc_class *cls)
{
    const struct tc_pset *set = policy == NULL || policy->set_count == 0 ? NULL : policy->sets[0];
    const struct tc_perm *parts[2] = {NULL, NULL};

    if (set != NULL) {
        parts[0] = tc_pset_find(set, cls);
        parts[1] = find(set->possible, set->possible_count, cls);
    }
    for (size_t i = 0; i < 2; i++) {
        struct tc_perm *both;

        if (parts[i] == NULL || into == NULL) {
            into = parts[i] == NULL ? into : parts[i];
            continue;
        }
        both = tc_perm_copy(g->check->arena, into);
        if (both != NULL && tc_perm_unite(g->check->arena, both, parts[i]))
            into = both;
    }
    return into;
}

const struct tc_perm *
tc_grants_base(struct tc_grants *g, enum tc_class_id id)
{
    return with_level(g, with_level(g, NULL, g->base, tc_class(id)), g->other_base, tc_class(id));
}

/* To IsSubsetOf a demand for all files is satisfied by any path, as long as each path that it also lists is
 * (permissions 1, the first quirk): that is no reason to call the grant no wider. */
static bool
has_all_of(const struct tc_perm *outer, const struct tc_perm *inner)
{
    for (size_t i = 0; i < inner->cls->field_count && !outer->unrestricted; i++) {
        const struct tc_list *list = &inner->values[i].list, *old = &outer->values[i].list;

        if (inner->cls->fields[i].kind != TC_FIELD_PATHS || !inner->values[i].present)
            continue;
        if ((list->all && (!outer->values[i].present || !old->all)) ||
            (list->all_local && (!outer->values[i].present || (!old->all && !old->all_local))))
            return false;
    }
    return true;
}

bool
tc_grants_covers(struct tc_grants *g, const struct tc_perm *outer, const struct tc_perm *inner)
{
    struct tc_throw thrown;

    return outer != NULL && inner != NULL && has_all_of(outer, inner) &&
           tc_algebra_ops(inner->cls->algebra)->subset(g->check->arena, NULL, inner, outer, &thrown) == TC_YES;
}

const struct tc_perm *
tc_grants_news(struct tc_grants *g, enum tc_class_id id, const struct tc_perm **ret_base)
{
    if ((g->asked >> id & 1) == 0) {
        const struct tc_perm *perm = tc_pset_find(g->set, tc_class(id));

        g->asked |= UINT64_C(1) << id;
        if (perm != NULL && !tc_perm_is_empty(perm)) {
            g->bases[id] = tc_grants_base(g, id);
            g->news[id] = tc_grants_covers(g, g->bases[id], perm) ? NULL : perm;
        }
    }
    *ret_base = g->bases[id];
    return g->news[id];
}

const struct tc_perm *
tc_grants_item_alone(struct tc_grants *g, const struct tc_perm *perm, size_t field, const struct tc_item *item)
{
    struct tc_perm *alone = tc_perm_new(g->check->arena, perm->cls, perm->span);

    if (alone == NULL)
        return NULL;
    alone->values[field].present = true;
    return tc_list_add(g->check->arena, &alone->values[field].list, *item) ? alone : NULL;
}

const struct tc_perm *
tc_grants_row_alone(struct tc_grants *g, const struct tc_perm *perm, const struct tc_row *row)
{
    struct tc_perm *alone = tc_perm_new(g->check->arena, perm->cls, perm->span);

    return alone != NULL && tc_perm_append_row(g->check->arena, alone, row) ? alone : NULL;
}

bool
tc_grants_is_own(const struct tc_grants *g, struct tc_span span)
{
    return !g->is_source || (span.begin >= g->block.begin && span.end <= g->block.end);
}

struct tc_diag *
tc_grants_report(struct tc_grants *g, enum tc_check_id id, enum tc_class_id cls, struct tc_span span,
                 const char *format, ...)
{
    struct tc_str message;
    struct tc_buf out = {0};
    va_list args;

    va_start(args, format);
    tc_buf_vprintf(&out, format, args);
    va_end(args);
    if (out.failed)
        g->check->arena->failed = true;
    message = tc_arena_str(g->check->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    g->reported |= UINT64_C(1) << cls;
    if (!tc_grants_is_own(g, span))
        return tc_diag_none(g->check->diags, &tc_check_info(id)->code);
    return tc_check_report(g->check, id, span, "%.*s", TC_STR_ARG(message));
}

/* ---- places ---- */

static bool
is_word(char c)
{
    return tc_ascii_is_alnum(c) || c == '_';
}

struct tc_str
tc_grants_text(const struct tc_grants *g, struct tc_span span)
{
    const struct tc_source *source = g->check->file->source;

    if (span.end == 0 || span.begin < source->base || span.end > source->base + source->text.len)
        return TC_STR("");
    return tc_str_sub(source->text, span.begin - source->base, span.end - span.begin);
}

bool
tc_grants_word(const struct tc_grants *g, struct tc_span span, struct tc_str word, struct tc_span *ret_span)
{
    struct tc_str text = tc_grants_text(g, span);

    if (word.len == 0)
        return false;
    for (size_t at = tc_str_find(text, word, 0); at != SIZE_MAX; at = tc_str_find(text, word, at + 1)) {
        size_t end = at + word.len;

        if ((at > 0 && is_word(text.ptr[at - 1]) && is_word(word.ptr[0])) ||
            (end < text.len && is_word(text.ptr[end]) && is_word(word.ptr[word.len - 1])))
            continue;
        *ret_span = (struct tc_span){span.begin + (uint32_t)at, span.begin + (uint32_t)end};
        return true;
    }
    return false;
}

/* The closing quote of a value that begins at @a at, or the end of @a text. */
static size_t
quote_end(struct tc_str text, size_t at, char quote)
{
    size_t end = tc_str_find(text, (struct tc_str){&quote, 1}, at);

    return end == SIZE_MAX ? text.len : end;
}

bool
tc_grants_attribute(const struct tc_grants *g, struct tc_span span, const char *name, struct tc_span *ret_span)
{
    struct tc_str text = tc_grants_text(g, span), wanted = tc_str_of(name);
    size_t at = 0;

    while (at < text.len) {
        size_t begin, end;
        char quote;

        while (at < text.len && !tc_ascii_is_white(text.ptr[at]))
            at++;
        while (at < text.len && tc_ascii_is_white(text.ptr[at]))
            at++;
        begin = at;
        while (at < text.len && !tc_ascii_is_white(text.ptr[at]) && text.ptr[at] != '=')
            at++;
        end = at;
        while (at < text.len && tc_ascii_is_white(text.ptr[at]))
            at++;
        if (at == text.len || text.ptr[at] != '=')
            continue;
        at++;
        while (at < text.len && tc_ascii_is_white(text.ptr[at]))
            at++;
        if (at == text.len || (text.ptr[at] != '"' && text.ptr[at] != '\''))
            continue;
        quote = text.ptr[at++];
        if (tc_str_eq(tc_str_sub(text, begin, end - begin), wanted)) {
            size_t value = at;

            at = quote_end(text, at, quote);
            *ret_span = (struct tc_span){span.begin + (uint32_t)value, span.begin + (uint32_t)at};
            return true;
        }
        at = quote_end(text, at, quote);
    }
    return false;
}

/* Where the word that begins at @a at ends; comments and strings of a source are words, too, and "all-files" is one. */
static size_t
word_end(struct tc_str text, size_t at)
{
    char c = text.ptr[at++];

    if (c == '#') {
        while (at < text.len && text.ptr[at] != '\n')
            at++;
    } else if (c == '"') {
        while (at < text.len && text.ptr[at] != '"' && text.ptr[at] != '\n')
            at++;
        at += at < text.len;
    } else if (is_word(c)) {
        while (at < text.len && (is_word(text.ptr[at]) || text.ptr[at] == '-'))
            at++;
    }
    return at;
}

/* From behind @a name to the brace that closes what follows it. */
static struct tc_span
block_of(const struct tc_grants *g, struct tc_span name)
{
    const struct tc_source *source = g->check->file->source;
    struct tc_str text = source->text;
    size_t at = name.end - source->base;
    int depth = 0;

    if (tc_grants_text(g, name).len == 0)
        return (struct tc_span){0, 0};
    while (at < text.len && (text.ptr[at] != '}' || depth > 1)) {
        depth += text.ptr[at] == '{' ? 1 : text.ptr[at] == '}' ? -1 : 0;
        at = word_end(text, at);
    }
    return (struct tc_span){name.end, source->base + (uint32_t)at};
}

/* A word of a source in the block after @a g->span: what the model kept is the place of another clause. */
static bool
word_in_block(const struct tc_grants *g, struct tc_str word, struct tc_span *ret_span)
{
    struct tc_span block = block_of(g, g->span);
    struct tc_str text = tc_grants_text(g, block);

    for (size_t at = 0; at < text.len;) {
        size_t end = word_end(text, at);

        if (tc_str_eq(tc_str_sub(text, at, end - at), word)) {
            *ret_span = (struct tc_span){block.begin + (uint32_t)at, block.begin + (uint32_t)end};
            return true;
        }
        at = end;
    }
    return false;
}

/* Where the elements of a class in the set are looked through, for what several of them say together. */
struct search {
    const struct tc_grants *g;
    const struct tc_class *cls;
    const char *attribute;
    struct tc_str word; /* empty: the whole value */
    struct tc_span *ret_span;
    bool found;
};

static bool
search_permission(struct search *s, const struct tc_element *permission)
{
    const struct tc_element_attribute *name = tc_element_attr(permission, TC_ATTR_CLASS);
    const struct tc_element_attribute *value = tc_element_find(permission, tc_str_of(s->attribute));
    struct tc_str type;
    struct tc_span span;

    if (name == NULL || value == NULL)
        return false;
    type = tc_check_class(s->g->check, name->value);
    if (tc_class_resolve(type) != s->cls && !tc_str_is(type, s->cls->short_name))
        return false;
    if (!tc_grants_attribute(s->g, permission->span, s->attribute, &span))
        span = value->value_span;
    if (s->word.len > 0)
        return tc_grants_word(s->g, span, s->word, s->ret_span);
    *s->ret_span = span;
    return true;
}

static bool
search_tree(struct search *s, const struct tc_element *element, bool in_set)
{
    for (; element != NULL; element = element->next) {
        bool inside = in_set || element->span.begin == s->g->set->span.begin;

        if (inside && search_permission(s, element))
            return true;
        if (search_tree(s, element->children, inside))
            return true;
    }
    return false;
}

static bool
search_set(const struct tc_grants *g, const struct tc_class *cls, const char *attribute, struct tc_str word,
           struct tc_span *ret_span)
{
    struct search s = {.g = g, .cls = cls, .attribute = attribute, .word = word, .ret_span = ret_span};
    const struct tc_element *root = g->check->file->root;

    return root != NULL && search_permission(&s, root) ? true : search_tree(&s, root, false);
}

static struct tc_span
own(const struct tc_grants *g, struct tc_span a, struct tc_span b)
{
    return tc_check_own(g->check, a, b, g->span);
}

struct tc_span
tc_grants_unrestricted(const struct tc_grants *g, const struct tc_perm *perm)
{
    struct tc_span span = own(g, perm->span, perm->span), found;

    if (g->is_source)
        return tc_grants_word(g, span, TC_STR("unrestricted"), &found) ? found : span;
    if (tc_grants_attribute(g, span, tc_attr_name(TC_ATTR_UNRESTRICTED).ptr, &found) ||
        search_set(g, perm->cls, tc_attr_name(TC_ATTR_UNRESTRICTED).ptr, TC_STR(""), &found))
        return found;
    for (size_t i = 0; i < perm->cls->field_count; i++) /* or by all its flags */
        if (perm->values[i].present)
            return tc_grants_value(g, perm, i);
    return span;
}

struct tc_span
tc_grants_value(const struct tc_grants *g, const struct tc_perm *perm, size_t field)
{
    struct tc_span span = own(g, perm->values[field].span, perm->span), found;

    if (!g->is_source && tc_grants_attribute(g, own(g, perm->span, span), perm->cls->fields[field].xml, &found))
        return found;
    return span;
}

struct tc_span
tc_grants_all(const struct tc_grants *g, const struct tc_perm *perm, size_t field)
{
    struct tc_str word = perm->values[field].list.all ? TC_STR("all-files") : TC_STR("local-files");
    struct tc_span found;

    return g->is_source && word_in_block(g, word, &found) ? found : tc_grants_value(g, perm, field);
}

struct tc_span
tc_grants_name(const struct tc_grants *g, const struct tc_perm *perm, size_t field, const char *name, bool *ret_exact)
{
    const struct tc_field *row = &perm->cls->fields[field];
    struct tc_span span = own(g, perm->values[field].span, perm->span), found;
    struct tc_str word = tc_str_of(name);

    *ret_exact = true;
    if (tc_grants_word(g, span, word, &found) ||
        (g->is_source ? word_in_block(g, word, &found) : search_set(g, perm->cls, row->xml, word, &found)))
        return found;
    *ret_exact = false;
    if (tc_grants_word(g, span, TC_STR("AllFlags"), &found))
        return found;
    return g->is_source ? (struct tc_span){0, 0} : tc_grants_value(g, perm, field); /* its base says it */
}

/* A list as written, cut at its semicolons. */
struct tc_grants_pieces {
    struct tc_grants_pieces *next;
    struct tc_span tag; /* what it was looked for in */
    size_t field;
    struct tc_span value;
    struct tc_map
        spans; /* the text of a piece without its letter case, and what the framework makes of it, to its span */
};

static bool
add_piece(struct tc_arena *arena, struct tc_grants_pieces *pieces, struct tc_str piece, size_t at)
{
    struct tc_span *span = tc_arena_new(arena, struct tc_span);
    struct tc_str text = tc_element_decode(arena, piece), path;
    struct tc_throw thrown;

    if (span == NULL)
        return false;
    *span = (struct tc_span){pieces->value.begin + (uint32_t)at, pieces->value.begin + (uint32_t)(at + piece.len)};
    (void)tc_map_add(&pieces->spans, tc_str_fold(arena, text), span);
    if (tc_path_is_full(text) && tc_path_canonical(arena, text, &path, &thrown) == TC_YES)
        (void)tc_map_add(&pieces->spans, tc_str_fold(arena, path), span);
    return true;
}

/* The pieces of the list @a field in the start tag under @a tag, or of what stands at @a span. NULL when out of memory.
 */
static const struct tc_grants_pieces *
pieces_of(const struct tc_grants *g, const struct tc_perm *perm, size_t field, struct tc_span tag, struct tc_span span)
{
    struct tc_arena *arena = g->check->arena;
    struct tc_grants_pieces *pieces = g->places->first;
    struct tc_str text;

    while (pieces != NULL && (pieces->tag.begin != tag.begin || pieces->tag.end != tag.end || pieces->field != field))
        pieces = pieces->next;
    if (pieces != NULL)
        return pieces;
    pieces = tc_arena_new(arena, struct tc_grants_pieces);
    if (pieces == NULL)
        return NULL;
    *pieces = (struct tc_grants_pieces){.next = g->places->first, .tag = tag, .field = field};
    if (!tc_grants_attribute(g, tag, perm->cls->fields[field].xml, &pieces->value))
        pieces->value = span;
    tc_map_init(&pieces->spans, arena);
    text = tc_grants_text(g, pieces->value);
    for (size_t at = 0, end; at < text.len; at = end == SIZE_MAX ? text.len : end + 1) {
        struct tc_str piece;

        end = tc_str_find(text, TC_STR(";"), at);
        piece = tc_str_trim(tc_str_sub(text, at, end == SIZE_MAX ? SIZE_MAX : end - at));
        if (!add_piece(arena, pieces, piece, (size_t)(piece.ptr - text.ptr)))
            return NULL;
    }
    g->places->first = pieces;
    return pieces;
}

struct tc_span
tc_grants_item(const struct tc_grants *g, const struct tc_perm *perm, size_t field, const struct tc_item *item)
{
    struct tc_span span = own(g, item->span, perm->values[field].span), value;
    const struct tc_grants_pieces *pieces;
    const struct tc_span *found;

    if (g->is_source)
        return span;
    pieces = pieces_of(g, perm, field, own(g, perm->span, span), span);
    found = pieces == NULL ? NULL : tc_map_get(&pieces->spans, tc_str_fold(g->check->arena, item->text));
    if (found != NULL)
        return *found;
    return tc_grants_word(g, span, item->text, &value) ? value : span;
}

/* The entries of a list field by their text without its letter case. */
struct tc_grants_list {
    struct tc_grants_list *next;
    const struct tc_perm *perm;
    size_t field;
    struct tc_map items;
};

const struct tc_item *
tc_grants_find_item(const struct tc_grants *g, const struct tc_perm *perm, size_t field, struct tc_str text)
{
    struct tc_arena *arena = g->check->arena;
    struct tc_grants_list *list = g->places->lists;
    const struct tc_value *value = &perm->values[field];

    while (list != NULL && (list->perm != perm || list->field != field))
        list = list->next;
    if (list == NULL) {
        list = tc_arena_new(arena, struct tc_grants_list);
        if (list == NULL)
            return NULL;
        *list = (struct tc_grants_list){.next = g->places->lists, .perm = perm, .field = field};
        tc_map_init(&list->items, arena);
        for (uint32_t i = 0; value->present && i < value->list.count; i++)
            (void)tc_map_add(&list->items, tc_str_fold(arena, value->list.items[i].text), &value->list.items[i]);
        g->places->lists = list;
    }
    return tc_map_get(&list->items, tc_str_fold(arena, text));
}

/* The start tag that holds an attribute of the outer element of a form ("Machine" of "Machine/Category"). */
static bool
outer_tag(const struct tc_grants *g, const struct tc_row *row, struct tc_span *ret_span)
{
    const struct tc_source *source = g->check->file->source;
    struct tc_str path = tc_str_of(row->form->element), text = source->text,
                  tag = tc_str_sub(path, 0, tc_str_find(path, TC_STR("/"), 0));

    if (tc_grants_text(g, row->span).len == 0)
        return false;
    for (size_t at = row->span.begin - source->base; at-- > 0;)
        if (text.ptr[at] == '<' && tc_str_starts(tc_str_sub(text, at + 1, SIZE_MAX), tag)) {
            *ret_span = (struct tc_span){source->base + (uint32_t)at, row->span.begin};
            return true;
        }
    return false;
}

struct tc_span
tc_grants_cell(const struct tc_grants *g, const struct tc_perm *perm, const struct tc_row *row, size_t column)
{
    const struct tc_column *columns = row->form->columns;
    struct tc_span span = own(g, row->span, perm->span), tag = span, found;
    unsigned innermost = 0;

    if (g->is_source)
        return tc_grants_word(g, span, row->cells[column].text, &found) ? found : span;
    for (size_t i = 0; i < row->form->column_count; i++)
        innermost = columns[i].depth > innermost ? columns[i].depth : innermost;
    if (columns[column].depth < innermost && !outer_tag(g, row, &tag))
        return span;
    return tc_grants_attribute(g, tag, columns[column].xml, &found) ? found : span;
}

struct tc_span
tc_grants_cell_name(const struct tc_grants *g, const struct tc_perm *perm, const struct tc_row *row, size_t column,
                    const char *name, bool *ret_exact)
{
    struct tc_span span = tc_grants_cell(g, perm, row, column), found;

    *ret_exact = tc_grants_word(g, span, tc_str_of(name), &found);
    return *ret_exact ? found : span;
}

/* ---- edits ---- */

void
tc_grants_remove_name(struct tc_grants *g, struct tc_diag *diag, struct tc_span span, const char *nothing)
{
    const struct tc_source *source = g->check->file->source;
    struct tc_str text = source->text;
    size_t begin = span.begin - source->base, end = span.end - source->base, before = begin, after = end;

    while (after < text.len && tc_ascii_is_white(text.ptr[after]))
        after++;
    while (before > 0 && tc_ascii_is_white(text.ptr[before - 1]))
        before--;
    if (after < text.len && text.ptr[after] == ',') {
        for (end = after + 1; end < text.len && (text.ptr[end] == ' ' || text.ptr[end] == '\t');)
            end++;
        tc_diag_edit(g->check->diags, diag, tc_check_span(g->check, begin, end), "%s", "");
    } else if (before > 0 && text.ptr[before - 1] == ',') {
        tc_diag_edit(g->check->diags, diag, tc_check_span(g->check, before - 1, end), "%s", "");
    } else if (!g->is_source) {
        tc_diag_edit(g->check->diags, diag, span, "%s", nothing);
    }
}

void
tc_grants_remove_attribute(struct tc_grants *g, struct tc_diag *diag, struct tc_span span)
{
    const struct tc_source *source = g->check->file->source;
    struct tc_str text = source->text;
    size_t begin = span.begin - source->base, end = span.end - source->base;

    if (g->is_source || begin == 0 || end >= text.len || text.ptr[end] != text.ptr[begin - 1])
        return;
    begin--;
    while (begin > 0 && text.ptr[begin] != '=')
        begin--;
    while (begin > 0 && tc_ascii_is_white(text.ptr[begin - 1]))
        begin--;
    while (begin > 0 && !tc_ascii_is_white(text.ptr[begin - 1]))
        begin--;
    while (begin > 0 && tc_ascii_is_white(text.ptr[begin - 1]))
        begin--;
    tc_diag_edit(g->check->diags, diag, tc_check_span(g->check, begin, end + 1), "%s", "");
}

/* ---- words ---- */

const char *
tc_grants_field(const struct tc_grants *g, const struct tc_field *field)
{
    return g->is_source ? field->word : field->xml;
}

struct tc_str
tc_grants_verbs(struct tc_grants *g, const struct tc_class *cls, uint64_t fields)
{
    struct tc_buf out = {0};
    struct tc_str result;

    for (size_t i = 0; i < cls->field_count; i++)
        if (fields >> i & 1) {
            bool more = (fields >> i >> 1) != 0;

            tc_buf_printf(&out, "%s%s", out.len == 0 ? "" : more ? ", " : " and ", tc_grants_field(g, &cls->fields[i]));
        }
    if (out.failed)
        g->check->arena->failed = true;
    result = tc_arena_str(g->check->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return result;
}

/* ---- which sets ---- */

/* An unrestricted set is full trust under another name: nothing else about it matters. */
static void
check_unrestricted(struct tc_grants *g)
{
    struct tc_span span;
    struct tc_diag *diag;

    if (g->is_source)
        return; /* `extends full` hides nothing */
    if (!tc_grants_attribute(g, g->span, tc_attr_name(TC_ATTR_UNRESTRICTED).ptr, &span))
        span = g->span;
    diag = tc_check_report(g->check, TC_CHECK_UNRESTRICTED_SET, span,
                           "whoever gets this set is fully trusted, under another name");
    tc_diag_help(g->check->diags, diag, "take Unrestricted out and list the permissions that the code needs");
}

static void
check_set(struct tc_check *check, const struct tc_policy *policy, const struct tc_pset *set, bool is_main)
{
    struct tc_grants_places places = {NULL, NULL};
    struct tc_grants g = {.check = check,
                          .places = &places,
                          .policy = policy,
                          .set = set,
                          .is_source = check->file->kind == TC_FILE_SOURCE,
                          .is_main = is_main,
                          .span = tc_check_own(check, set->span, policy->span, policy->span)};

    if (set->unrestricted) {
        check_unrestricted(&g);
        return;
    }
    if (set->count == 0)
        return;
    if (g.is_source)
        g.block = block_of(&g, policy->span);
    tc_grants_find_base(&g);
    tc_grants_hosting(&g);
    tc_grants_flags(&g);
    tc_grants_files(&g);
    tc_grants_registry(&g);
    tc_grants_databases(&g);
    tc_grants_network(&g);
    tc_grants_resources(&g);
    tc_grants_wider(&g);
}

static void
check_inline_sets(struct tc_check *check, const struct tc_policy *policy, const struct tc_group *group)
{
    for (; group != NULL; group = group->next) {
        if (group->inline_set != NULL)
            check_set(check, policy, group->inline_set, false);
        check_inline_sets(check, policy, group->children);
    }
}

static void
check_policy(struct tc_check *check, const struct tc_policy *policy)
{
    const struct tc_source *source = check->file->source;

    if (policy->is_stock)
        return; /* what the platform ships is not for the author to mend */
    if (check->file->kind == TC_FILE_SOURCE &&
        (policy->span.begin < source->base || policy->span.end > source->base + source->text.len))
        return; /* it stands in another source, and is told there */
    for (size_t i = 0; i < policy->set_count; i++)
        check_set(check, policy, policy->sets[i], i == 0);
    check_inline_sets(check, policy, policy->root);
    tc_grants_groups(check, policy);
}

/* A set that says nothing of a Web application: one that the framework defines itself, written out, or what a program
 * for the desktop asks of its user. */
static bool
is_foreign(const struct tc_check_file *file)
{
    return file->kind == TC_FILE_SET &&
           (tc_builtin_set_find(file->policy->name) ||
            tc_str_find(file->source->text, TC_STR("applicationRequestMinimum"), 0) != SIZE_MAX);
}

void
tc_checks_grants(struct tc_check *check)
{
    const struct tc_model *model = check->file->model;

    if (check->file->policy != NULL && !is_foreign(check->file))
        check_policy(check, check->file->policy);
    for (size_t i = 0; model != NULL && i < model->level_count; i++)
        check_policy(check, model->levels[i]);
    for (size_t i = 0; model != NULL && i < model->unused_count; i++)
        check_policy(check, model->unused[i]);
}
