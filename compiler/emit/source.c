#include "emit/source.h"

#include "base/ascii.h"
#include "model/clauses.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 100 };

/* Where something of the file stands that became a statement. */
struct anchor {
    uint32_t begin, end;
};

struct comment {
    const struct tc_read_comment *read;
    bool is_put; /**< it stands in the source */
};

struct emitter {
    struct tc_arena *arena;
    const struct tc_source_policy *p;
    const struct tc_policy *policy;
    enum tc_framework framework;
    struct tc_buf *out;
    size_t counted; /**< bytes of out whose lines are counted */
    uint32_t line;  /**< of the end of out, from 1 */
    struct tc_source_result *result;
    struct tc_source_statement **tail;
    struct anchor *anchors; /**< sorted */
    size_t anchor_count;
    struct comment *comments; /**< by place */
    size_t comment_count;
    unsigned depth;
};

/* ---- text ---- */

static void
indent(struct emitter *e)
{
    for (unsigned i = 0; i < e->depth; i++)
        tc_buf_puts(e->out, TC_STR("    "));
}

static uint32_t
line_of(struct emitter *e)
{
    for (; e->counted < e->out->len; e->counted++)
        e->line += e->out->ptr[e->counted] == '\n';
    return e->line;
}

/* A comment, line for line. */
static void
put_comment(struct emitter *e, struct tc_str text)
{
    bool any = false;

    while (text.len > 0) {
        size_t end = 0;
        struct tc_str line;

        while (end < text.len && text.ptr[end] != '\n' && text.ptr[end] != '\r')
            end++;
        line = tc_str_trim(tc_str_sub(text, 0, end));
        text = tc_str_sub(text, end < text.len ? end + 1 : end, SIZE_MAX);
        if (line.len == 0 && (!any || text.len == 0))
            continue;
        any = true;
        indent(e);
        tc_buf_putc(e->out, '#');
        if (line.len > 0)
            tc_buf_putc(e->out, ' ');
        for (size_t i = 0; i < line.len; i++)
            tc_buf_putc(e->out, (unsigned char)line.ptr[i] < 0x20 ? ' ' : line.ptr[i]);
        tc_buf_putc(e->out, '\n');
    }
}

/* ---- places ---- */

static int
compare_anchors(const void *a, const void *b)
{
    const struct anchor *x = a, *y = b;

    return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static bool
collect_places(struct emitter *e)
{
    const struct tc_reading *reading = e->p->reading;
    size_t count = 0;

    for (const struct tc_read_origin *o = reading->origins; o != NULL; o = o->next)
        count++;
    e->anchors = tc_arena_array(e->arena, struct anchor, count);
    if (e->anchors == NULL)
        return false;
    for (const struct tc_read_origin *o = reading->origins; o != NULL; o = o->next)
        e->anchors[e->anchor_count++] = (struct anchor){o->anchor, o->end};
    if (count > 0)
        qsort(e->anchors, count, sizeof *e->anchors, compare_anchors);
    count = 0;
    for (const struct tc_read_comment *c = reading->comments; c != NULL; c = c->next)
        count++;
    e->comments = tc_arena_array(e->arena, struct comment, count);
    if (e->comments == NULL)
        return false;
    for (const struct tc_read_comment *c = reading->comments; c != NULL; c = c->next)
        e->comments[e->comment_count++] = (struct comment){.read = c};
    return true;
}

/* The last place in front of @a at, or at it if @a or_at; NULL when there is none. */
static const struct anchor *
anchor_before(const struct emitter *e, uint32_t at, bool or_at)
{
    size_t low = 0, high = e->anchor_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (e->anchors[middle].begin < at || (or_at && e->anchors[middle].begin == at))
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : &e->anchors[low - 1];
}

/* Comments from @a begin up to @a end that do not stand anywhere yet. */
static void
put_comments(struct emitter *e, uint32_t begin, uint32_t end)
{
    size_t low = 0, high = e->comment_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (e->comments[middle].read->at < begin)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < e->comment_count && e->comments[low].read->at < end; low++) {
        if (!e->comments[low].is_put)
            put_comment(e, e->comments[low].read->text);
        e->comments[low].is_put = true;
    }
}

/* Those between the statement before the one at @a anchor and it. */
static void
comments_before(struct emitter *e, uint32_t anchor)
{
    const struct anchor *before = anchor_before(e, anchor, false);

    put_comments(e, before == NULL ? 0 : before->begin, anchor);
}

/* Those inside the element at @a anchor that no statement inside it has taken. */
static void
comments_inside(struct emitter *e, uint32_t anchor)
{
    const struct anchor *self = anchor_before(e, anchor, true);

    if (self != NULL && self->begin == anchor)
        put_comments(e, anchor, self->end);
}

static bool
holds(const uint32_t *list, size_t count, uint32_t anchor)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == anchor)
            return true;
    return false;
}

static bool
is_raw(const struct emitter *e, uint32_t anchor)
{
    return holds(e->p->raw, e->p->raw_count, anchor);
}

static bool
is_lost(const struct emitter *e, uint32_t anchor)
{
    return holds(e->p->lost, e->p->lost_count, anchor);
}

static void
record(struct emitter *e, uint32_t anchor, uint32_t first, bool raw)
{
    struct tc_source_statement *statement = tc_arena_new(e->arena, struct tc_source_statement);
    uint32_t end = line_of(e);

    if (statement == NULL)
        return;
    *statement = (struct tc_source_statement){
        .anchor = anchor, .first = first, .last = end > first ? end - 1 : first, .is_raw = raw};
    *e->tail = statement;
    e->tail = &statement->next;
}

/* ---- verbatim ---- */

static void
put_raw_line(struct emitter *e, const struct tc_buf *line, bool first)
{
    if (first) {
        tc_buf_puts(e->out, TC_STR("raw "));
    } else {
        tc_buf_putc(e->out, '\n');
        indent(e);
        tc_buf_puts(e->out, TC_STR("    "));
    }
    tc_put_string(e->out, tc_buf_str(line));
}

/* Values as both readers take them: an ampersand that begins no entity is one. */
static void
put_raw_value(struct tc_buf *out, struct tc_str value)
{
    static const char *const entities[] = {"&lt;", "&gt;", "&quot;", "&apos;", "&amp;"};

    for (size_t i = 0; i < value.len; i++) {
        bool known = value.ptr[i] != '&';

        for (size_t k = 0; k < sizeof entities / sizeof entities[0] && !known; k++)
            known = tc_str_starts(tc_str_sub(value, i, SIZE_MAX), tc_str_of(entities[k]));
        tc_buf_putc(out, value.ptr[i]);
        if (!known)
            tc_buf_puts(out, TC_STR("amp;"));
    }
}

static void
put_raw(struct emitter *e, const struct tc_element *element, unsigned level)
{
    struct tc_buf line = {0};

    for (unsigned i = 0; i < level; i++)
        tc_buf_puts(&line, TC_STR("  "));
    tc_buf_putc(&line, '<');
    tc_buf_puts(&line, element->tag);
    for (size_t i = 0; i < element->attribute_count; i++) {
        tc_buf_putc(&line, ' ');
        tc_buf_puts(&line, element->attributes[i].name);
        tc_buf_puts(&line, TC_STR("=\""));
        put_raw_value(&line, element->attributes[i].value);
        tc_buf_putc(&line, '"');
    }
    tc_buf_puts(&line, element->children == NULL ? TC_STR("/>") : TC_STR(">"));
    put_raw_line(e, &line, level == 0);
    for (const struct tc_element *child = element->children; child != NULL; child = child->next)
        put_raw(e, child, level + 1);
    if (element->children != NULL) {
        tc_buf_clear(&line);
        for (unsigned i = 0; i < level; i++)
            tc_buf_puts(&line, TC_STR("  "));
        tc_buf_printf(&line, "</%.*s>", TC_STR_ARG(element->tag));
        put_raw_line(e, &line, false);
    }
    if (line.failed)
        e->arena->failed = true;
    tc_buf_done(&line);
}

static void
put_lost(struct emitter *e, const struct tc_element *element)
{
    struct tc_buf out = {0};

    tc_buf_puts(&out, TC_STR("cannot be said: "));
    tc_element_print(&out, element);
    put_comment(e, tc_buf_str(&out));
    tc_buf_done(&out);
}

/* All elements that became the statement at @a anchor. */
static void
put_origins(struct emitter *e, uint32_t anchor, bool lost)
{
    for (const struct tc_read_origin *o = e->p->reading->origins; o != NULL; o = o->next) {
        if (o->anchor != anchor || o->element == NULL)
            continue;
        if (lost) {
            put_lost(e, o->element);
            continue;
        }
        indent(e);
        put_raw(e, o->element, 0);
        tc_buf_puts(e->out, TC_STR(";\n"));
    }
    e->result->cost += 2;
}

static void
put_attribute(struct emitter *e, const struct tc_verbatim *attribute)
{
    tc_buf_puts(e->out, TC_STR("attribute "));
    tc_put_name(e->out, attribute->name);
    tc_buf_putc(e->out, ' ');
    tc_put_string(e->out, attribute->value);
    tc_buf_putc(e->out, ';');
}

static void
put_markup(struct emitter *e, const struct tc_verbatim *markup)
{
    for (const struct tc_verbatim *m = markup; m != NULL; m = m->next) {
        indent(e);
        if (!m->is_element) {
            put_attribute(e, m);
            tc_buf_putc(e->out, '\n');
            continue;
        }
        tc_buf_puts(e->out, TC_STR("element "));
        tc_put_name(e->out, m->name);
        tc_buf_puts(e->out, TC_STR(" {\n"));
        e->depth++;
        put_markup(e, m->content);
        e->depth--;
        indent(e);
        tc_buf_puts(e->out, TC_STR("}\n"));
    }
}

/* ---- declared classes ---- */

static bool
name_is_taken(const struct emitter *e, struct tc_str name)
{
    if (tc_class_find(name) != NULL)
        return true;
    return tc_map_get(e->p->classes, tc_arena_printf(e->arena, "\n%.*s", TC_STR_ARG(name))) != NULL;
}

static struct tc_str
declared_name(struct emitter *e, const struct tc_class *cls)
{
    struct tc_str *known = tc_map_get(e->p->classes, tc_str_of(cls->type)), name = tc_str_of(cls->short_name), plain;

    if (known != NULL)
        return *known;
    if (tc_str_ends(name, TC_STR("Permission")) && name.len > 10)
        name.len -= 10;
    if (name.len == 0)
        name = TC_STR("Other");
    plain = name;
    for (unsigned i = 2; name_is_taken(e, name); i++)
        name = tc_arena_printf(e->arena, "%.*s%u", TC_STR_ARG(plain), i);
    known = tc_arena_new(e->arena, struct tc_str);
    if (known == NULL)
        return name;
    *known = tc_arena_str(e->arena, name);
    tc_map_add(e->p->classes, tc_arena_str(e->arena, tc_str_of(cls->type)), known);
    tc_map_add(e->p->classes, tc_arena_printf(e->arena, "\n%.*s", TC_STR_ARG(name)), known);
    tc_buf_puts(e->p->declared, TC_STR("class "));
    tc_put_name(e->p->declared, name);
    tc_buf_putc(e->p->declared, ' ');
    tc_put_string(e->p->declared, tc_str_of(cls->type));
    tc_buf_puts(e->p->declared, TC_STR(";\n"));
    return *known;
}

static void
put_class(struct emitter *e, const struct tc_class *cls)
{
    if (cls->assembly == TC_ASM_COUNT_)
        tc_put_name(e->out, declared_name(e, cls));
    else
        tc_buf_puts(e->out, tc_str_of(cls->word));
}

/* ---- grants and revokes ---- */

/* `WORD CLASS { clauses }` on one line when it is short. */
static void
put_statement(struct emitter *e, const char *word, const struct tc_class *cls, const struct tc_buf *clauses)
{
    struct tc_str text = tc_buf_str(clauses), rest = text;
    size_t count = 0, width = 4 * e->depth + strlen(word) + strlen(cls->word) + 8 + text.len;

    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\0';
    e->result->cost += 1 + count;
    indent(e);
    tc_buf_printf(e->out, "%s ", word);
    put_class(e, cls);
    tc_buf_puts(e->out, TC_STR(" {"));
    while (rest.len > 0) {
        size_t end = (size_t)((const char *)memchr(rest.ptr, '\0', rest.len) - rest.ptr);

        if (count > 1 || width > WIDTH) {
            tc_buf_putc(e->out, '\n');
            indent(e);
            tc_buf_puts(e->out, TC_STR("    "));
        } else {
            tc_buf_putc(e->out, ' ');
        }
        tc_buf_put(e->out, rest.ptr, end);
        rest = tc_str_sub(rest, end + 1, SIZE_MAX);
    }
    if (count > 1 || width > WIDTH) {
        tc_buf_putc(e->out, '\n');
        indent(e);
    } else {
        tc_buf_putc(e->out, ' ');
    }
    tc_buf_puts(e->out, TC_STR("}\n"));
}

static bool
is_all(const struct tc_perm *perm)
{
    const struct tc_class *cls = perm->cls;

    const struct tc_verbatim *only = perm->markup;

    if (cls->traits & TC_TRAIT_UNRESTRICTED_IS_LEVEL)
        return false;
    if (cls->assembly == TC_ASM_COUNT_ && only != NULL && only->next == NULL && !only->is_element)
        return tc_str_eq(only->name, TC_STR("Unrestricted")) && tc_str_eq(only->value, TC_STR("true"));
    return perm->unrestricted;
}

static bool
put_grant(struct emitter *e, const struct tc_perm *perm)
{
    struct tc_buf clauses = {0};
    bool ok = true;

    if (perm->cls->assembly == TC_ASM_COUNT_ && !is_all(perm)) {
        const struct tc_verbatim *only = perm->markup;

        indent(e);
        tc_buf_puts(e->out, TC_STR("grant "));
        put_class(e, perm->cls);
        if (only != NULL && only->next == NULL && !only->is_element) {
            tc_buf_puts(e->out, TC_STR(" { "));
            put_attribute(e, only);
            tc_buf_puts(e->out, TC_STR(" }\n"));
        } else {
            tc_buf_puts(e->out, TC_STR(" {\n"));
            e->depth++;
            put_markup(e, perm->markup);
            e->depth--;
            indent(e);
            tc_buf_puts(e->out, TC_STR("}\n"));
        }
        e->result->cost += 2;
    } else if (is_all(perm)) {
        indent(e);
        tc_buf_puts(e->out, TC_STR("grant "));
        put_class(e, perm->cls);
        tc_buf_puts(e->out, TC_STR(" unrestricted;\n"));
        e->result->cost += 2;
    } else {
        ok = tc_clauses_put(&clauses, e->framework, perm) && clauses.len > 0;
        if (ok)
            put_statement(e, "grant", perm->cls, &clauses);
    }
    if (clauses.failed)
        e->arena->failed = true;
    tc_buf_done(&clauses);
    return ok;
}

static void
put_revoke(struct emitter *e, const struct tc_class *cls)
{
    indent(e);
    tc_buf_puts(e->out, TC_STR("revoke "));
    put_class(e, cls);
    tc_buf_puts(e->out, TC_STR(";\n"));
    e->result->cost += 2;
}

static bool
in_list(const struct tc_list *list, struct tc_str text)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (tc_str_eq_nocase(list->items[i].text, text))
            return true;
    return false;
}

/* What @a from has that @a less lacks, where that can be told part by part; NULL when not, or when out of memory. */
static struct tc_perm *
surplus(struct emitter *e, const struct tc_perm *from, const struct tc_perm *less)
{
    struct tc_perm *perm = tc_perm_copy(e->arena, from);

    if (perm == NULL || from->cls->assembly == TC_ASM_COUNT_ || from->unrestricted || less->unrestricted)
        return NULL;
    for (size_t i = 0; i < from->cls->field_count; i++) {
        struct tc_value *value = &perm->values[i];
        const struct tc_value *other = &less->values[i];

        if (!value->present || !other->present)
            continue;
        if (tc_is_list_field(from->cls->fields[i].kind)) {
            uint32_t kept = 0;

            for (uint32_t j = 0; j < value->list.count; j++)
                if (!in_list(&other->list, value->list.items[j].text))
                    value->list.items[kept++] = value->list.items[j];
            value->list.count = kept;
            value->list.all &= !other->list.all;
            value->list.all_local &= !other->list.all_local;
            value->present = kept > 0 || value->list.all || value->list.all_local;
        } else if (from->cls->fields[i].kind == TC_FIELD_FLAGS) {
            value->bits &= ~other->bits;
            value->present = value->bits != 0;
        } else if (from->cls->fields[i].kind == TC_FIELD_TEXT ? tc_str_eq(value->text, other->text)
                                                              : value->number == other->number) {
            *value = (struct tc_value){.present = false};
        }
    }
    for (uint32_t j = 0; j < less->row_count; j++)
        tc_perm_remove_row(perm, &less->rows[j]);
    return perm;
}

/* A part that can be revoked as it stands: flags, list entries, rows. */
static bool
is_part(const struct tc_perm *perm)
{
    for (size_t i = 0; i < perm->cls->field_count; i++)
        if (perm->values[i].present && perm->cls->fields[i].kind != TC_FIELD_FLAGS &&
            !tc_is_list_field(perm->cls->fields[i].kind))
            return false;
    return true;
}

static bool
says_nothing(const struct tc_perm *perm)
{
    for (size_t i = 0; i < perm->cls->field_count; i++)
        if (perm->values[i].present)
            return false;
    return perm->row_count == 0;
}

/* What has to be said so that @a base becomes @a perm. False when a value has no words. */
static bool
put_difference(struct emitter *e, const struct tc_perm *perm, const struct tc_perm *base)
{
    struct tc_perm *more, *fewer, *sum;
    struct tc_buf clauses = {0};
    bool ok = true;

    if (base == NULL)
        return put_grant(e, perm);
    if (tc_perm_equal(perm, base))
        return true;
    more = surplus(e, perm, base);
    fewer = surplus(e, base, perm);
    if (more != NULL && fewer != NULL && says_nothing(fewer)) {
        sum = tc_perm_copy(e->arena, base);
        if (sum != NULL && tc_perm_unite(e->arena, sum, perm) && tc_perm_equal(sum, perm))
            return put_grant(e, more);
    }
    if (more != NULL && fewer != NULL && says_nothing(more) && is_part(fewer) &&
        tc_clauses_put(&clauses, e->framework, fewer)) {
        put_statement(e, "revoke", perm->cls, &clauses);
    } else if (is_all(perm) && !is_all(base)) {
        ok = put_grant(e, perm);
    } else {
        put_revoke(e, perm->cls);
        ok = put_grant(e, perm);
    }
    tc_buf_done(&clauses);
    return ok;
}

static void
put_permission(struct emitter *e, const struct tc_perm *perm, const struct tc_perm *base)
{
    uint32_t anchor = perm->span.begin, first;
    size_t mark, cost = e->result->cost;
    bool raw = is_raw(e, anchor), lost = is_lost(e, anchor);

    comments_before(e, anchor);
    comments_inside(e, anchor);
    first = line_of(e);
    mark = e->out->len;
    if (!raw && !lost && tc_perm_is_empty(perm) && perm->cls->assembly != TC_ASM_COUNT_) {
        if (base != NULL)
            put_revoke(e, perm->cls);
        return;
    }
    if (!raw && !lost && !put_difference(e, perm, base)) {
        e->out->len = mark;
        e->result->cost = cost;
        raw = true;
    }
    if (raw || lost) {
        if (base != NULL)
            put_revoke(e, perm->cls);
        put_origins(e, anchor, lost);
    }
    if (e->out->len > mark)
        record(e, anchor, first, raw && !lost);
}

static void
put_set_content(struct emitter *e, const struct tc_pset *set, const struct tc_pset *base)
{
    for (size_t i = 0; base != NULL && i < base->count; i++)
        if (tc_pset_find(set, base->perms[i]->cls) == NULL)
            put_revoke(e, base->perms[i]->cls);
    for (size_t i = 0; i < set->count; i++)
        put_permission(e, set->perms[i], base == NULL ? NULL : tc_pset_find(base, set->perms[i]->cls));
}

/* ---- groups ---- */

static bool
equal_sets(const struct tc_pset *a, const struct tc_pset *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->perms[i]->cls != b->perms[i]->cls || !tc_perm_equal(a->perms[i], b->perms[i]))
            return false;
    return true;
}

static bool equal_groups(const struct emitter *e, const struct tc_group *a, const struct tc_group *b);

static bool
equal_group(const struct emitter *e, const struct tc_group *a, const struct tc_group *b)
{
    if (a->is_raw || b->is_raw || a->kind != b->kind || a->kind == TC_GROUP_COUNT_ ||
        a->condition.kind != b->condition.kind || a->condition.kind == TC_CONDITION_COUNT_ ||
        a->grants_main != b->grants_main || a->attributes != b->attributes || is_raw(e, a->span.begin) ||
        is_lost(e, a->span.begin))
        return false;
    for (size_t i = 0; i < TC_CONDITION_ARGUMENTS_MAX; i++)
        if (!tc_str_eq(a->condition.values[i], b->condition.values[i]))
            return false;
    return (a->grants_main || tc_str_eq(a->set_name, b->set_name)) && equal_sets(a->inline_set, b->inline_set) &&
           tc_str_eq(a->name, b->name) && tc_str_eq(a->description, b->description) && tc_str_eq(a->access, b->access);
}

static bool
equal_groups(const struct emitter *e, const struct tc_group *a, const struct tc_group *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (!equal_group(e, a, b) || !equal_groups(e, a->children, b->children))
            return false;
    return a == NULL && b == NULL;
}

static void
put_condition(struct emitter *e, const struct tc_membership *condition)
{
    tc_condition_put(e->out, condition);
    if (condition->kind != TC_CONDITION_COUNT_ || condition->markup == NULL)
        return;
    tc_buf_puts(e->out, TC_STR(" {\n"));
    e->depth++;
    put_markup(e, condition->markup);
    e->depth--;
    indent(e);
    tc_buf_putc(e->out, '}');
}

static void
put_option(struct emitter *e, const char *word, struct tc_str value, bool is_string)
{
    if (value.len == 0)
        return;
    tc_buf_putc(e->out, '\n');
    indent(e);
    tc_buf_printf(e->out, "    %s ", word);
    if (is_string)
        tc_put_string(e->out, value);
    else
        tc_buf_puts(e->out, value);
}

/* From the condition to the options. */
static void
put_group_rest(struct emitter *e, const struct tc_group *group)
{
    static const char *const attributes[] = {"", "Exclusive", "LevelFinal", "Exclusive, LevelFinal"};

    put_condition(e, &group->condition);
    if (group->inline_set != NULL) {
        tc_buf_puts(e->out, TC_STR(" grants {\n"));
        e->depth++;
        put_set_content(e, group->inline_set, NULL);
        e->depth--;
        indent(e);
        tc_buf_putc(e->out, '}');
    } else {
        tc_buf_puts(e->out, TC_STR(" grants "));
        tc_put_name(e->out, group->grants_main ? e->policy->sets[0]->name : group->set_name);
    }
    put_option(e, "name", group->name, true);
    put_option(e, "description", group->description, true);
    put_option(e, "attributes", tc_str_of(attributes[group->attributes & 3]), false);
    put_option(e, "access", group->access, false);
    e->result->cost += 2;
}

static void
put_groups(struct emitter *e, const struct tc_group *group)
{
    for (; group != NULL; group = group->next) {
        uint32_t anchor = group->span.begin, first;
        bool lost = is_lost(e, anchor), raw = group->is_raw || is_raw(e, anchor);

        comments_before(e, anchor);
        if (raw || lost || group->children == NULL)
            comments_inside(e, anchor);
        first = line_of(e);
        if (raw || lost) {
            put_origins(e, anchor, lost);
            record(e, anchor, first, raw && !lost);
            continue;
        }
        indent(e);
        if (group->kind == TC_GROUP_COUNT_) {
            tc_buf_puts(e->out, TC_STR("custom "));
            tc_put_string(e->out, group->type);
        } else {
            tc_buf_puts(e->out, tc_str_of(tc_group_info(group->kind)->word));
        }
        tc_buf_putc(e->out, ' ');
        put_group_rest(e, group);
        tc_buf_puts(e->out, group->children == NULL ? TC_STR(";\n") : TC_STR(" {\n"));
        record(e, anchor, first, false);
        if (group->children == NULL)
            continue;
        e->depth++;
        put_groups(e, group->children);
        comments_inside(e, anchor);
        e->depth--;
        indent(e);
        tc_buf_puts(e->out, TC_STR("}\n"));
    }
}

/* Groups that a policy with the groups of @a base could say as `code` lines: *ret_first and *ret_end mark them. */
static bool
fits_code_lines(const struct emitter *e, const struct tc_group *root, const struct tc_group *base,
                const struct tc_group **ret_first, const struct tc_group **ret_end)
{
    const struct tc_group *mine = root->children, *theirs = base->children;

    if (!equal_group(e, root, base) || root->next != NULL)
        return false;
    while (theirs != NULL && mine != NULL && theirs->condition.kind != TC_CONDITION_URL) {
        struct tc_group a = *mine, b = *theirs;

        if (!equal_group(e, &a, &b) || !equal_groups(e, a.children, b.children))
            return false;
        mine = mine->next;
        theirs = theirs->next;
    }
    *ret_first = mine;
    while (mine != NULL && !equal_groups(e, mine, theirs)) {
        if (mine->is_raw || is_raw(e, mine->span.begin) || is_lost(e, mine->span.begin) ||
            mine->kind != TC_GROUP_UNION || mine->children != NULL)
            return false;
        mine = mine->next;
    }
    *ret_end = mine;
    return equal_groups(e, mine, theirs);
}

static void
put_code_lines(struct emitter *e, const struct tc_group *first, const struct tc_group *end)
{
    for (const struct tc_group *group = first; group != end; group = group->next) {
        uint32_t line;

        comments_before(e, group->span.begin);
        comments_inside(e, group->span.begin);
        line = line_of(e);
        indent(e);
        tc_buf_puts(e->out, TC_STR("code "));
        put_group_rest(e, group);
        tc_buf_puts(e->out, TC_STR(";\n"));
        record(e, group->span.begin, line, false);
    }
}

static void
comments_of_groups(struct emitter *e, const struct tc_group *group, const struct tc_group *except,
                   const struct tc_group *end)
{
    for (; group != NULL; group = group->next) {
        if (group == except)
            while (group != end && group != NULL)
                group = group->next;
        if (group == NULL)
            return;
        comments_before(e, group->span.begin);
        comments_of_groups(e, group->children, except, end);
        comments_inside(e, group->span.begin);
    }
}

static void
put_tree(struct emitter *e)
{
    const struct tc_policy *groups = e->p->base != NULL && e->p->base->root != NULL ? e->p->base : e->p->groups;
    const struct tc_group *base = groups == NULL ? NULL : groups->root, *root = e->policy->root, *first, *end;

    if (root == NULL)
        return;
    if (e->p->reading->kind == TC_READ_SHAREPOINT) {
        put_code_lines(e, root->children, NULL);
        return;
    }
    if (base != NULL && fits_code_lines(e, root, base, &first, &end)) {
        put_code_lines(e, first, end);
        comments_of_groups(e, root, first, end);
        return;
    }
    comments_before(e, root->span.begin);
    indent(e);
    tc_buf_puts(e->out, TC_STR("codegroups {\n"));
    e->depth++;
    put_groups(e, root);
    e->depth--;
    indent(e);
    tc_buf_puts(e->out, TC_STR("}\n"));
}

/* ---- the policy ---- */

static void
put_description(struct emitter *e, struct tc_str text)
{
    text = tc_str_trim(text);
    if (text.len == 0)
        return;
    indent(e);
    tc_buf_puts(e->out, TC_STR("## "));
    while (text.len > 0 && text.ptr[0] == '#')
        text = tc_str_sub(text, 1, SIZE_MAX);
    for (size_t i = 0; i < text.len; i++)
        tc_buf_putc(e->out, (unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f ? ' ' : text.ptr[i]);
    tc_buf_putc(e->out, '\n');
}

/* What a main set lacks to run a page, which is an error in a source; NULL when nothing, or when the set holds
 * something that cannot be judged. */
static const char *
to_run(const struct emitter *e, const struct tc_pset *set)
{
    const struct tc_perm *security = tc_pset_find(set, tc_class(TC_CLASS_SECURITY)),
                         *hosting = tc_pset_find(set, tc_class(TC_CLASS_ASPNET_HOSTING));
    bool executes, is_hosted;

    for (size_t i = 0; i < set->count; i++)
        if (is_raw(e, set->perms[i]->span.begin))
            return NULL;
    executes = security != NULL && tc_perm_has_flags(security, TC_FIELD_SECURITY_FLAGS, 8) &&
               !is_lost(e, security->span.begin);
    is_hosted = hosting != NULL && hosting->values[0].present && hosting->values[0].number > 100 &&
                !is_lost(e, hosting->span.begin);
    if (set->unrestricted || (executes && is_hosted))
        return NULL;
    return executes    ? "grant AspNetHosting { level Minimal; }"
           : is_hosted ? "grant Security { flags Execution; }"
                       : "grant Security { flags Execution; } grant AspNetHosting { level Minimal; }";
}

static void
put_sets(struct emitter *e)
{
    for (size_t i = 1; i < e->policy->set_count; i++) {
        const struct tc_pset *set = e->policy->sets[i];

        if (set->unrestricted) {
            comments_before(e, set->span.begin);
            put_comment(e, tc_arena_printf(e->arena, "The set %.*s is full trust: groups that name it grant FullTrust.",
                                           TC_STR_ARG(set->name)));
            continue;
        }
        comments_before(e, set->span.begin);
        put_description(e, set->description);
        indent(e);
        tc_buf_puts(e->out, TC_STR("set "));
        tc_put_name(e->out, set->name);
        tc_buf_puts(e->out, TC_STR(" {\n"));
        e->depth++;
        put_set_content(e, set, NULL);
        comments_inside(e, set->span.begin);
        e->depth--;
        indent(e);
        tc_buf_puts(e->out, TC_STR("}\n"));
        e->result->cost++;
    }
}

static void
put_main(struct emitter *e)
{
    const struct tc_pset *set = e->policy->sets[0];

    if (e->p->reading->kind == TC_READ_SHAREPOINT)
        return;
    if (!tc_str_eq(set->name, TC_STR("ASP.Net"))) {
        indent(e);
        tc_buf_puts(e->out, TC_STR("permission-set "));
        tc_put_name(e->out, set->name);
        tc_buf_puts(e->out, TC_STR(";\n"));
    }
    if (!set->unrestricted)
        put_set_content(e, set, e->p->base == NULL ? NULL : e->p->base->sets[0]);
    comments_inside(e, set->span.begin);
    e->result->to_run = to_run(e, set);
    if (e->result->to_run == NULL)
        return;
    if (e->p->reading->kind == TC_READ_POLICY && !e->p->reading->has_main)
        put_comment(
            e, tc_arena_printf(e->arena,
                               "The file has no set %.*s. The next line grants nothing: it only says that this is so.",
                               TC_STR_ARG(set->name)));
    else
        put_comment(
            e, TC_STR("With this set alone no page runs. The next line grants nothing: it only says that this is so."));
    put_comment(e, tc_arena_printf(e->arena, "Where pages are to run write in its place: %s", e->result->to_run));
    indent(e);
    tc_buf_puts(e->out, TC_STR("raw \"<IPermission class=\"\"System.Security.Permissions.SecurityPermission\"\" "
                               "version=\"\"1\"\" Flags=\"\"NoFlags\"\"/>\";\n"));
    e->result->cost++;
}

static void
put_full_trust(struct emitter *e)
{
    for (const struct tc_full_trust *entry = e->policy->full_trust; entry != NULL; entry = entry->next) {
        uint32_t anchor = entry->span.begin, first;
        bool lost = is_lost(e, anchor),
             raw = is_raw(e, anchor) || entry->name.len == 0 || entry->version.len == 0 || entry->key.len == 0;

        comments_before(e, anchor);
        comments_inside(e, anchor);
        first = line_of(e);
        if (raw || lost) {
            put_origins(e, anchor, lost);
        } else {
            tc_buf_puts(e->out, TC_STR("    full-trust assembly "));
            tc_put_string(e->out, entry->name);
            tc_buf_puts(e->out, TC_STR(" version "));
            tc_put_string(e->out, entry->version);
            tc_buf_puts(e->out, TC_STR(" key "));
            tc_put_string(e->out, entry->key);
            tc_buf_puts(e->out, TC_STR(";\n"));
            e->result->cost++;
        }
        record(e, anchor, first, raw && !lost);
    }
}

enum tc_status
tc_source_emit(struct tc_arena *arena, const struct tc_source_policy *policy, struct tc_buf *out,
               struct tc_source_result *ret_result)
{
    struct emitter e = {
        .arena = arena, .p = policy, .policy = policy->reading->policy, .out = out, .line = 1, .result = ret_result};

    *ret_result = (struct tc_source_result){0};
    e.tail = &ret_result->statements;
    e.framework = tc_runtime_info(e.policy->runtime)->framework;
    if (!collect_places(&e))
        return TC_ERR_NOMEM;
    if (e.anchor_count > 0)
        comments_before(&e, e.anchors[0].begin);
    comments_before(&e, e.policy->sets[0]->span.begin);
    put_description(&e, e.policy->sets[0]->description);
    tc_buf_puts(out, TC_STR("policy "));
    tc_put_name(out, policy->name);
    if (policy->base_word != NULL)
        tc_buf_printf(out, " extends %s", policy->base_word);
    tc_buf_puts(out, TC_STR(" {\n"));
    ret_result->cost += policy->base != NULL; /* what is said in place is easier to read than what is said elsewhere */
    e.depth = 1;
    put_main(&e);
    put_sets(&e);
    put_tree(&e);
    put_full_trust(&e);
    put_comments(&e, 0, UINT32_MAX);
    tc_buf_puts(out, TC_STR("}\n"));
    return out->failed || arena->failed || policy->declared->failed ? TC_ERR_NOMEM : TC_OK;
}
