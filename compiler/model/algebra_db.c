/* DBDataPermission: SqlClient, OleDb, Odbc, Oracle. Each entry is a connection string with a list of keys that may be
 * added to it or may not; together they form a tree that a demanded string must follow.
 *
 * A row is an entry. Its text decides its place in the tree, so that the tree is made anew for each question. One thing
 * the text of the entries cannot say: an intersection leaves chains in the tree that end in no entry, or a bare root.
 * They matter, because a string that enters one does not come out; a row with the behaviour CHAIN_ONLY keeps such a
 * chain. */
#include "model/algebra_util.h"
#include "model/connection.h"
#include "model/demand.h"
#include "model/text_index.h"

#include <string.h>

enum { ALLOW_ONLY, PREVENT_USAGE, CHAIN_ONLY = -1 };
enum { CONNECTION, KEYS, BEHAVIOR };          /* columns of the form */
enum { BLANK_PASSWORD, FORM_CONNECTION = 0 }; /* the field and the form of each class */

struct entry {
    struct tc_connection connection;
    struct tc_str keys_text;
    struct tc_connection_keys keys;
    int64_t behavior;
    struct tc_span span;
};

/* A key with its values below it, or a value with the keys of the rest of the chain. */
struct node {
    struct node *next; /* as they came, and sorted by text when the tree is finished */
    struct tc_str text;
    bool has_text; /* `key=` has no value, which differs from an empty one */
    struct node *first, *last;
    size_t count;
    struct tc_text_index index; /* to those below, once there are more than FEW */
    const struct entry *entry;
};

enum { FEW = 16 };

struct entries {
    const struct entry **list;
    size_t count, room;
};

struct db {
    struct node root;
    struct entries entries;
    bool exists; /* something was added once: an empty tree is not the same as none */
};

static enum tc_connection_rules
rules_of(const struct tc_class *cls)
{
    if (cls == tc_class(TC_CLASS_SQL_CLIENT))
        return TC_CONNECTION_SQL;
    return cls == tc_class(TC_CLASS_ODBC) ? TC_CONNECTION_ODBC : TC_CONNECTION_OLE_DB;
}

static bool
allows_blank(const struct tc_perm *perm)
{
    return perm->values[BLANK_PASSWORD].present && perm->values[BLANK_PASSWORD].number != 0;
}

/* ---- entries ---- */

static bool
add_entry(struct tc_arena *arena, struct entries *entries, const struct entry *entry)
{
    const struct entry **larger =
        tc_arena_more(arena, const struct entry *, entries->list, entries->count, &entries->room, 4);

    if (larger == NULL)
        return false;
    entries->list = larger;
    entries->list[entries->count++] = entry;
    return true;
}

static void
remove_entry(struct entries *entries, const struct entry *entry)
{
    for (size_t i = 0; i < entries->count; i++) {
        if (entries->list[i] != entry)
            continue;
        memmove(&entries->list[i], &entries->list[i + 1], (entries->count - i - 1) * sizeof *entries->list);
        entries->count--;
        return;
    }
}

static enum tc_answer
entry_new(struct tc_arena *arena, enum tc_connection_rules rules, struct tc_str text, struct tc_str keys,
          int64_t behavior, struct tc_span span, struct entry **ret, struct tc_throw *ret_throw)
{
    struct entry *entry = tc_arena_new(arena, struct entry);
    enum tc_answer answer;

    if (entry == NULL)
        return tc_throw_nomem(ret_throw);
    answer = tc_connection_parse(arena, rules, text, &entry->connection, ret_throw);
    if (answer == TC_YES && behavior != ALLOW_ONLY && behavior != PREVENT_USAGE && behavior != CHAIN_ONLY)
        answer = tc_throw_new(ret_throw, "ArgumentOutOfRangeException", "ADP_InvalidEnumerationValue");
    if (answer == TC_YES)
        answer = tc_connection_hide_password(arena, &entry->connection, ret_throw);
    if (answer == TC_YES)
        answer = tc_connection_parse_keys(arena, rules, keys, &entry->keys, ret_throw);
    if (answer != TC_YES) {
        if (ret_throw != NULL)
            ret_throw->span = span;
        return answer;
    }
    entry->keys_text = keys;
    entry->behavior = behavior;
    entry->span = span;
    *ret = entry;
    return TC_YES;
}

static bool
has_key(const struct tc_connection_keys *keys, struct tc_str key)
{
    size_t low = 0, high = keys->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = tc_str_cmp(keys->list[middle], key);

        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* The keys of @a from that are (@a wanted) or are not (!@a wanted) among @a others. */
static bool
select_keys(struct tc_arena *arena, const struct tc_connection_keys *from, const struct tc_connection_keys *others,
            bool wanted, struct tc_connection_keys *ret)
{
    *ret = (struct tc_connection_keys){.list = tc_arena_array(arena, struct tc_str, from->count)};
    if (ret->list == NULL)
        return false;
    for (size_t i = 0; i < from->count; i++)
        if (has_key(others, from->list[i]) == wanted)
            ret->list[ret->count++] = from->list[i];
    return true;
}

/* Both lists, sorted, each key once. */
static bool
merge_keys(struct tc_arena *arena, const struct tc_connection_keys *a, const struct tc_connection_keys *b,
           struct tc_connection_keys *ret)
{
    size_t i = 0, j = 0;

    *ret = (struct tc_connection_keys){.list = tc_arena_array(arena, struct tc_str, a->count + b->count)};
    if (ret->list == NULL)
        return false;
    while (i < a->count || j < b->count) {
        int order = i == a->count ? 1 : j == b->count ? -1 : tc_str_cmp(a->list[i], b->list[j]);

        ret->list[ret->count++] = order <= 0 ? a->list[i] : b->list[j];
        i += order <= 0;
        j += order >= 0;
    }
    return true;
}

static struct tc_str
keys_text(struct tc_arena *arena, const struct tc_connection_keys *keys)
{
    size_t length = 0;
    char *text;

    for (size_t i = 0; i < keys->count; i++)
        length += keys->list[i].len + 2;
    text = tc_arena_alloc(arena, length + 1, 1);
    if (text == NULL)
        return (struct tc_str){0};
    length = 0;
    for (size_t i = 0; i < keys->count; i++) {
        memcpy(text + length, keys->list[i].ptr, keys->list[i].len);
        length += keys->list[i].len;
        text[length++] = '=';
        text[length++] = ';';
    }
    return (struct tc_str){text, length};
}

/* What both entries allow, with the string of @a a; @a b may be NULL: then nothing may be added. NULL when out of
 * memory. */
static const struct entry *
intersect_entries(struct tc_arena *arena, const struct entry *a, const struct entry *b)
{
    struct entry *entry = tc_arena_new(arena, struct entry);
    bool ok = true;

    if (entry == NULL)
        return NULL;
    *entry = *a;
    entry->keys = (struct tc_connection_keys){0};
    if (b == NULL) {
        entry->behavior = ALLOW_ONLY;
    } else if (a->behavior != b->behavior) { /* what one allows less what the other prevents */
        const struct entry *allows = a->behavior == ALLOW_ONLY ? a : b, *prevents = allows == a ? b : a;

        entry->behavior = ALLOW_ONLY;
        ok = select_keys(arena, &allows->keys, &prevents->keys, false, &entry->keys);
    } else if (a->behavior == PREVENT_USAGE) {
        ok = merge_keys(arena, &a->keys, &b->keys, &entry->keys);
    } else {
        ok = select_keys(arena, &a->keys, &b->keys, true, &entry->keys);
    }
    entry->keys_text = keys_text(arena, &entry->keys);
    return ok && !arena->failed ? entry : NULL;
}

/* Whether a string with the keys of @a demand is within what @a grant allows; values are the tree's business. */
static bool
entry_covers(const struct entry *grant, const struct tc_connection *demand)
{
    for (size_t i = 0; i < demand->count; i++) {
        struct tc_str key = demand->pairs[i].key;

        if (grant->behavior == PREVENT_USAGE
                ? has_key(&grant->keys, key)
                : tc_connection_find(&grant->connection, key) == NULL && !has_key(&grant->keys, key))
            return false;
    }
    return true;
}

/* ---- the tree ---- */

static struct node *
find_node(const struct node *parent, struct tc_str text, bool has_text)
{
    if (parent->index.count > 0) {
        for (const struct tc_text_entry *at = tc_text_index_first(&parent->index, text); at != NULL;
             at = tc_text_index_next(&parent->index, at)) {
            struct node *node = at->value;

            if (node->has_text == has_text && tc_ordinal_eq(node->text, text))
                return node;
        }
        return NULL;
    }
    for (struct node *node = parent->first; node != NULL; node = node->next)
        if (node->has_text == has_text && tc_ordinal_eq(node->text, text))
            return node;
    return NULL;
}

static int
node_cmp(const struct node *a, const struct node *b)
{
    return a->has_text != b->has_text ? (a->has_text > b->has_text) - (a->has_text < b->has_text)
                                      : tc_str_cmp(a->text, b->text);
}

/* @a list, @a count of them, sorted; *ret_rest is what stands behind. */
static struct node *
sorted(struct node *list, size_t count, struct node **ret_rest)
{
    struct node *first = NULL, **tail = &first, *a, *b;

    if (count == 1) {
        *ret_rest = list->next;
        list->next = NULL;
        return list;
    }
    a = sorted(list, count / 2, &b);
    b = sorted(b, count - count / 2, ret_rest);
    while (a != NULL || b != NULL) {
        struct node **from = b == NULL || (a != NULL && node_cmp(a, b) <= 0) ? &a : &b;

        *tail = *from;
        tail = &(*tail)->next;
        *from = *tail;
    }
    return first;
}

/* The tree below @a node, each list by its texts. */
static void
sort_tree(struct node *node)
{
    struct node *rest;

    if (node->count > 1)
        node->first = sorted(node->first, node->count, &rest);
    for (struct node *child = node->first; child != NULL; child = child->next)
        sort_tree(child);
}

static struct node *
get_node(struct tc_arena *arena, struct node *parent, struct tc_str text, bool has_text)
{
    struct node *node = find_node(parent, text, has_text);

    if (node != NULL)
        return node;
    node = tc_arena_new(arena, struct node);
    if (node == NULL)
        return NULL;
    node->text = text;
    node->has_text = has_text;
    *(parent->last == NULL ? &parent->first : &parent->last->next) = node;
    parent->last = node;
    parent->count++;
    if (parent->count > FEW)
        for (struct node *more = parent->index.count > 0 ? node : parent->first; more != NULL; more = more->next)
            if (!tc_text_index_add(arena, &parent->index, more->text, more))
                return NULL;
    return node;
}

/* The node at the end of the chain that the pairs of @a connection make, in written order. */
static struct node *
chain_end(struct tc_arena *arena, struct node *root, const struct tc_connection *connection)
{
    for (size_t i = 0; i < connection->count && root != NULL; i++) {
        const struct tc_connection_pair *pair = &connection->pairs[i];

        root = get_node(arena, root, pair->key, true);
        if (root != NULL)
            root = get_node(arena, root, pair->value, pair->has_value);
    }
    return root;
}

/* A second entry with the same chain narrows the first, also in a union. */
static bool
db_add(struct tc_arena *arena, struct db *db, const struct entry *entry)
{
    struct node *end = chain_end(arena, &db->root, &entry->connection);

    db->exists = true;
    if (end == NULL)
        return false;
    if (entry->behavior == CHAIN_ONLY)
        return true;
    if (end->entry != NULL) {
        remove_entry(&db->entries, end->entry);
        entry = intersect_entries(arena, end->entry, entry);
        if (entry == NULL)
            return false;
    }
    end->entry = entry;
    return add_entry(arena, &db->entries, entry);
}

static enum tc_answer
db_from_perm(struct tc_arena *arena, const struct tc_perm *perm, struct db *ret, struct tc_throw *ret_throw)
{
    *ret = (struct db){.entries.count = 0};
    for (uint32_t i = 0; i < perm->row_count; i++) {
        const struct tc_cell *cells = perm->rows[i].cells;
        struct entry *entry;
        enum tc_answer answer = entry_new(arena, rules_of(perm->cls), cells[CONNECTION].text, cells[KEYS].text,
                                          cells[BEHAVIOR].number, perm->rows[i].span, &entry, ret_throw);

        if (answer != TC_YES)
            return answer;
        if (!db_add(arena, ret, entry))
            return tc_throw_nomem(ret_throw);
    }
    return TC_YES;
}

static bool
add_row(struct tc_arena *arena, struct tc_perm *perm, struct tc_str text, struct tc_str keys, int64_t behavior,
        struct tc_span span)
{
    const struct tc_form *form = &perm->cls->forms[FORM_CONNECTION];
    struct tc_row row = {
        .form = form, .span = span, .cells = tc_arena_array(arena, struct tc_cell, form->column_count)};

    if (row.cells == NULL)
        return false;
    row.cells[CONNECTION] = (struct tc_cell){.present = text.len > 0, .text = text};
    row.cells[KEYS] = (struct tc_cell){.present = keys.len > 0, .text = keys};
    row.cells[BEHAVIOR] = (struct tc_cell){.present = true, .number = behavior};
    return tc_perm_append_row(arena, perm, &row);
}

/* Keep the chains that lead to no entry; @a text is the chain up to @a node. They are written so that they read back.
 */
static bool
add_bare_chains(struct tc_arena *arena, struct tc_perm *perm, const struct node *node, struct tc_str text)
{
    bool odbc = rules_of(perm->cls) == TC_CONNECTION_ODBC;

    for (const struct node *key = node->first; key != NULL; key = key->next)
        for (const struct node *value = key->first; value != NULL; value = value->next) {
            struct tc_buf buf;
            struct tc_str chain;
            bool ok;

            tc_buf_init(&buf);
            tc_buf_puts(&buf, text);
            for (size_t i = 0; i < key->text.len; i++) {
                tc_buf_putc(&buf, key->text.ptr[i]);
                if (key->text.ptr[i] == '=')
                    tc_buf_putc(&buf, '=');
            }
            tc_buf_putc(&buf, '=');
            if (value->has_text && odbc) {
                tc_buf_puts(&buf, value->text);
            } else if (value->has_text) {
                tc_buf_putc(&buf, '"');
                for (size_t i = 0; i < value->text.len; i++) {
                    tc_buf_putc(&buf, value->text.ptr[i]);
                    if (value->text.ptr[i] == '"')
                        tc_buf_putc(&buf, '"');
                }
                tc_buf_putc(&buf, '"');
            }
            tc_buf_putc(&buf, ';');
            chain = tc_arena_str(arena, tc_buf_str(&buf));
            ok = !buf.failed && !arena->failed;
            tc_buf_done(&buf);
            if (!ok || !add_bare_chains(arena, perm, value, chain))
                return false;
            if (value->first == NULL && value->entry == NULL &&
                !add_row(arena, perm, chain, TC_STR(""), CHAIN_ONLY, perm->span))
                return false;
        }
    return true;
}

static enum tc_answer
perm_from_db(struct tc_arena *arena, const struct tc_class *cls, struct tc_span span, bool blank, struct db *db,
             struct tc_perm **ret, struct tc_throw *ret_throw)
{
    struct tc_perm *perm = tc_perm_new(arena, cls, span);

    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    perm->values[BLANK_PASSWORD] = (struct tc_value){.present = blank, .number = blank};
    sort_tree(&db->root);
    for (size_t i = 0; i < db->entries.count; i++) {
        const struct entry *entry = db->entries.list[i];

        if (!add_row(arena, perm, entry->connection.text, entry->keys_text, entry->behavior, entry->span))
            return tc_throw_nomem(ret_throw);
    }
    if (!add_bare_chains(arena, perm, &db->root, TC_STR("")) ||
        (db->exists && perm->row_count == 0 && !add_row(arena, perm, TC_STR(""), TC_STR(""), CHAIN_ONLY, span)))
        return tc_throw_nomem(ret_throw);
    *ret = perm;
    return TC_YES;
}

/* Nothing granted: the answer is null then. Bare chains grant nothing. */
static bool
is_nothing(const struct tc_perm *perm)
{
    if (perm->unrestricted || allows_blank(perm))
        return false;
    for (uint32_t i = 0; i < perm->row_count; i++)
        if (perm->rows[i].cells[BEHAVIOR].number != CHAIN_ONLY)
            return false;
    return true;
}

/* ---- reading and writing ---- */

static enum tc_answer
read_entry(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct db *db,
           struct tc_throw *ret_throw)
{
    const struct tc_form *form = &cls->forms[FORM_CONNECTION];
    struct tc_str text = {0}, keys = {0}, behavior_text;
    int32_t behavior = ALLOW_ONLY;
    struct entry *entry;
    enum tc_answer answer;

    (void)tc_element_get_named(arena, element, form->columns[CONNECTION].xml, &text);
    (void)tc_element_get_named(arena, element, form->columns[KEYS].xml, &keys);
    if (tc_element_get_named(arena, element, form->columns[BEHAVIOR].xml, &behavior_text)) {
        answer = tc_enum_parse(tc_enum(form->columns[BEHAVIOR].values), behavior_text, true, &behavior, ret_throw);
        if (answer != TC_YES)
            return answer;
        if (behavior == CHAIN_ONLY) /* -1 is ours; in XML it is as bad as any other number */
            behavior = CHAIN_ONLY - 1;
    }
    answer = entry_new(arena, rules_of(cls), tc_element_decode(arena, text), tc_element_decode(arena, keys), behavior,
                       element->span, &entry, ret_throw);
    if (answer != TC_YES)
        return answer;
    return db_add(arena, db, entry) ? TC_YES : tc_throw_nomem(ret_throw);
}

static enum tc_answer
db_read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct tc_perm **ret,
        struct tc_throw *ret_throw)
{
    bool unrestricted = false, blank = false;
    struct db db = {.entries.count = 0};
    struct tc_str text;
    enum tc_answer answer = tc_element_validate(element, ret_throw);

    if (answer != TC_YES) {
        if (ret_throw != NULL && strcmp(ret_throw->key, "Argument_InvalidXMLBadVersion") == 0)
            ret_throw->key = "ADP_InvalidXMLBadVersion";
        else if (ret_throw != NULL)
            ret_throw->key = "ADP_NotAPermissionElement";
        return answer;
    }
    if (tc_element_get(arena, element, tc_attr_name(TC_ATTR_UNRESTRICTED), &text))
        answer = tc_bool_parse(text, &unrestricted, ret_throw);
    if (answer == TC_YES && !unrestricted &&
        tc_element_get_named(arena, element, cls->fields[BLANK_PASSWORD].xml, &text))
        answer = tc_bool_parse(text, &blank, ret_throw);
    for (const struct tc_element *child = unrestricted ? NULL : element->children; child != NULL && answer == TC_YES;
         child = child->next)
        if (tc_ordinal_eq(child->tag, tc_str_of(cls->forms[FORM_CONNECTION].element)))
            answer = read_entry(arena, cls, child, &db, ret_throw);
    if (answer == TC_YES)
        answer = perm_from_db(arena, cls, element->span, blank, &db, ret, ret_throw);
    if (answer == TC_YES)
        (*ret)->unrestricted = unrestricted;
    return answer;
}

/* NULs become blanks, then white space at both ends goes. */
static struct tc_str
written_value(struct tc_arena *arena, struct tc_str value)
{
    if (tc_str_has(value, '\0')) {
        char *copy = tc_arena_alloc(arena, value.len, 1);

        if (copy == NULL)
            return (struct tc_str){0};
        for (size_t i = 0; i < value.len; i++)
            copy[i] = value.ptr[i] == '\0' ? ' ' : value.ptr[i];
        value.ptr = copy;
    }
    return tc_trim_white(value);
}

static enum tc_answer
db_write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element, struct tc_throw *ret_throw)
{
    const struct tc_form *form = &perm->cls->forms[FORM_CONNECTION];
    bool ok;

    if (perm->unrestricted)
        return tc_write_raw(arena, element, "Unrestricted", TC_STR("true")) ? TC_YES : tc_throw_nomem(ret_throw);
    ok = tc_write_raw(arena, element, perm->cls->fields[BLANK_PASSWORD].xml,
                      allows_blank(perm) ? TC_STR("True") : TC_STR("False"));
    for (uint32_t i = 0; i < perm->row_count && ok; i++) {
        const struct tc_cell *cells = perm->rows[i].cells;
        const char *behavior = tc_enum_name(tc_enum(form->columns[BEHAVIOR].values), cells[BEHAVIOR].number);
        struct tc_str text = written_value(arena, cells[CONNECTION].text);
        struct tc_element *child;

        if (cells[BEHAVIOR].number == CHAIN_ONLY)
            continue;
        child = tc_write_child(arena, element, form->element);
        ok = child != NULL && (text.len == 0 || tc_write_text(arena, child, form->columns[CONNECTION].xml, text)) &&
             tc_write_text(arena, child, form->columns[KEYS].xml, written_value(arena, cells[KEYS].text)) &&
             (behavior == NULL || tc_write_raw(arena, child, form->columns[BEHAVIOR].xml, tc_str_of(behavior)));
    }
    return ok && !arena->failed ? TC_YES : tc_throw_nomem(ret_throw);
}

/* ---- the algebra ---- */

static enum tc_answer
wrong_class(struct tc_throw *ret_throw)
{
    return tc_throw_new(ret_throw, "ArgumentException", "ADP_PermissionTypeMismatch");
}

/* CheckValueForKeyPermit. The string must stay inside each branch that it enters, and an entry on the way overrules
 * what the branches below it say. */
static bool
permits(const struct node *node, const struct tc_connection *demand)
{
    bool permitted = node->first != NULL && demand->count == 0;

    for (const struct node *key = node->first; key != NULL && demand->count > 0; key = key->next) {
        const struct tc_connection_pair *pair = tc_connection_find(demand, key->text);
        const struct node *value;

        if (pair == NULL)
            continue;
        value = find_node(key, pair->value, pair->has_value);
        if (value == NULL || !permits(value, demand))
            return false;
        permitted = true;
    }
    return node->entry == NULL ? permitted : entry_covers(node->entry, demand);
}

static enum tc_answer
db_subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
          const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    struct db inner, outer;
    enum tc_answer answer;

    (void)machine;
    if (grant == NULL)
        return is_nothing(demand) ? TC_YES : TC_NO;
    if (!tc_perm_same_class(demand, grant))
        return wrong_class(ret_throw);
    if (grant->unrestricted || demand->unrestricted)
        return grant->unrestricted ? TC_YES : TC_NO;
    if (allows_blank(demand) && !allows_blank(grant))
        return TC_NO;
    answer = db_from_perm(arena, demand, &inner, ret_throw);
    if (answer == TC_YES)
        answer = db_from_perm(arena, grant, &outer, ret_throw);
    if (answer != TC_YES)
        return answer;
    if (inner.exists && !outer.exists)
        return TC_NO;
    for (size_t i = 0; i < inner.entries.count; i++)
        if (!permits(&outer.root, &inner.entries.list[i]->connection))
            return TC_NO;
    return TC_YES;
}

static enum tc_answer
db_unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
         struct tc_throw *ret_throw)
{
    struct db mine, result;
    enum tc_answer answer;

    if (b == NULL)
        return tc_perm_give_copy(arena, a, ret, ret_throw);
    if (!tc_perm_same_class(a, b))
        return wrong_class(ret_throw);
    if (a->unrestricted || b->unrestricted)
        return tc_perm_give_copy(arena, a->unrestricted ? a : b, ret, ret_throw);
    answer = db_from_perm(arena, a, &mine, ret_throw);
    if (answer == TC_YES)
        answer = db_from_perm(arena, b, &result, ret_throw);
    if (answer != TC_YES)
        return answer;
    for (size_t i = 0; i < mine.entries.count; i++)
        if (!db_add(arena, &result, mine.entries.list[i]))
            return tc_throw_nomem(ret_throw);
    answer = perm_from_db(arena, a->cls, a->span, allows_blank(a) || allows_blank(b), &result, ret, ret_throw);
    if (answer == TC_YES && is_nothing(*ret))
        *ret = NULL;
    return answer;
}

/* Cut @a node down to what @a other has too; the entries that are left are listed anew. */
static bool
intersect_nodes(struct tc_arena *arena, struct node *node, const struct node *other, struct entries *entries)
{
    if (node->entry != NULL)
        node->entry = intersect_entries(arena, node->entry, other->entry);
    else if (other->entry != NULL)
        node->entry = intersect_entries(arena, other->entry, NULL);
    if (arena->failed || (node->entry != NULL && !add_entry(arena, entries, node->entry)))
        return false;
    for (struct node **place = &node->first; *place != NULL;) {
        const struct node *match = find_node(other, (*place)->text, (*place)->has_text);

        if (match == NULL) {
            *place = (*place)->next;
            node->count--;
            continue;
        }
        if (!intersect_nodes(arena, *place, match, entries))
            return false;
        place = &(*place)->next;
    }
    return true;
}

static enum tc_answer
db_intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a, const struct tc_perm *b,
             struct tc_perm **ret, struct tc_throw *ret_throw)
{
    struct db mine, result;
    enum tc_answer answer;

    (void)machine;
    if (b == NULL) {
        *ret = NULL;
        return TC_YES;
    }
    if (!tc_perm_same_class(a, b))
        return wrong_class(ret_throw);
    if (a->unrestricted || b->unrestricted)
        return tc_perm_give_copy(arena, a->unrestricted ? b : a, ret, ret_throw);
    answer = db_from_perm(arena, a, &mine, ret_throw);
    if (answer == TC_YES)
        answer = db_from_perm(arena, b, &result, ret_throw);
    if (answer != TC_YES)
        return answer;
    result.entries.count = 0;
    sort_tree(&result.root);
    if (!mine.exists || !result.exists)
        result = (struct db){.entries.count = 0};
    else if (!intersect_nodes(arena, &result.root, &mine.root, &result.entries))
        return tc_throw_nomem(ret_throw);
    answer = perm_from_db(arena, a->cls, a->span, allows_blank(a) && allows_blank(b), &result, ret, ret_throw);
    if (answer == TC_YES && is_nothing(*ret))
        *ret = NULL;
    return answer;
}

const struct tc_algebra_ops tc_db_data_ops = {db_read, db_write, db_subset, db_unite, db_intersect};

/* ---- demands ---- */

enum tc_answer
tc_demand_connection(struct tc_arena *arena, const struct tc_class *cls, struct tc_str text, struct tc_perm **ret_perm,
                     struct tc_throw *ret_throw)
{
    struct tc_connection connection;
    struct db db = {.entries.count = 0};
    struct entry *entry;
    bool blank;
    enum tc_answer answer = tc_connection_parse(arena, rules_of(cls), text, &connection, ret_throw);

    if (answer == TC_YES)
        answer = tc_connection_has_blank_password(&connection, &blank, ret_throw);
    if (answer == TC_YES)
        answer = entry_new(arena, rules_of(cls), text, TC_STR(""), ALLOW_ONLY, TC_NOWHERE, &entry, ret_throw);
    if (answer != TC_YES)
        return answer;
    if (!db_add(arena, &db, entry))
        return tc_throw_nomem(ret_throw);
    return perm_from_db(arena, cls, TC_NOWHERE, blank, &db, ret_perm, ret_throw);
}

/* ---- many questions about one permission ---- */

struct tc_connection_grants {
    const struct tc_perm *perm;
    struct db db;
};

const struct tc_connection_grants *
tc_connection_grants_of(struct tc_arena *arena, const struct tc_perm *perm)
{
    struct tc_connection_grants *grants = tc_arena_new(arena, struct tc_connection_grants);
    struct tc_throw ignored;

    if (grants == NULL)
        return NULL;
    grants->perm = perm;
    return perm->unrestricted || db_from_perm(arena, perm, &grants->db, &ignored) == TC_YES ? grants : NULL;
}

bool
tc_connection_grants_allow(struct tc_arena *arena, const struct tc_connection_grants *grants, struct tc_str text)
{
    struct tc_throw ignored;
    struct entry *entry;

    return grants->perm->unrestricted || (entry_new(arena, rules_of(grants->perm->cls), text, TC_STR(""), ALLOW_ONLY,
                                                    TC_NOWHERE, &entry, &ignored) == TC_YES &&
                                          permits(&grants->db.root, &entry->connection));
}

/* ---- two permissions ---- */

/* The entries of two permissions, and each key that any of them restricts. */
struct comparing {
    struct tc_arena *arena;
    struct db inner, outer;
    struct tc_connection_keys keys;
};

/* Whether outer permits what inner does of the connection of @a entry with one more key. */
static bool
allows_with_keys(struct comparing *c, const struct entry *entry)
{
    struct tc_connection demand = entry->connection;

    demand.pairs = tc_arena_array(c->arena, struct tc_connection_pair, entry->connection.count + 1);
    if (demand.pairs == NULL)
        return false;
    if (demand.count > 0)
        memcpy(demand.pairs, entry->connection.pairs, demand.count * sizeof *demand.pairs);
    demand.count++;
    for (size_t i = 0; i <= c->keys.count; i++) { /* the last one, without a name, is one that nothing restricts */
        struct tc_str key = i < c->keys.count ? c->keys.list[i] : TC_STR("");

        if (tc_connection_find(&entry->connection, key) != NULL)
            continue;
        demand.pairs[demand.count - 1] =
            (struct tc_connection_pair){.key = key, .value = TC_STR("*"), .has_value = true};
        if (permits(&c->inner.root, &demand) && !permits(&c->outer.root, &demand))
            return false;
    }
    return true;
}

/* Put the keys of @a db among those of @a c, for which there is room. */
static void
add_keys(struct comparing *c, const struct db *db)
{
    for (size_t i = 0; i < db->entries.count; i++)
        for (size_t k = 0; k < db->entries.list[i]->keys.count; k++) {
            struct tc_str key = db->entries.list[i]->keys.list[k];
            size_t at = c->keys.count;

            if (has_key(&c->keys, key))
                continue;
            for (; at > 0 && tc_str_cmp(c->keys.list[at - 1], key) > 0; at--)
                c->keys.list[at] = c->keys.list[at - 1];
            c->keys.list[at] = key;
            c->keys.count++;
        }
}

static size_t
count_keys(const struct db *db)
{
    size_t count = 0;

    for (size_t i = 0; i < db->entries.count; i++)
        count += db->entries.list[i]->keys.count;
    return count;
}

static bool
allows_entries(struct comparing *c, const struct db *db)
{
    for (size_t i = 0; i < db->entries.count; i++)
        if (!allows_with_keys(c, db->entries.list[i]))
            return false;
    return true;
}

bool
tc_connection_keys_within(struct tc_arena *arena, const struct tc_perm *inner, const struct tc_perm *outer)
{
    struct comparing c = {.arena = arena};
    struct tc_throw ignored;

    if (inner->cls->algebra != TC_ALGEBRA_DB_DATA || outer->unrestricted || tc_perm_equal(inner, outer))
        return true;
    if (inner->unrestricted || db_from_perm(arena, inner, &c.inner, &ignored) != TC_YES ||
        db_from_perm(arena, outer, &c.outer, &ignored) != TC_YES)
        return false;
    c.keys.list = tc_arena_array(arena, struct tc_str, count_keys(&c.inner) + count_keys(&c.outer) + 1);
    if (c.keys.list == NULL)
        return false;
    add_keys(&c, &c.inner);
    add_keys(&c, &c.outer);
    return allows_entries(&c, &c.inner) && allows_entries(&c, &c.outer);
}

/* ---- demands that tell keys apart ---- */

/* A demand for the connection of @a entry with one key more; a user without a password would ask for a blank one. */
static bool
visit_with_key(struct tc_arena *arena, const struct tc_class *cls, const struct entry *entry, struct tc_str key,
               bool (*visit)(void *state, const struct tc_perm *demand), void *state)
{
    struct tc_str text = entry->connection.text;
    const char *semicolon = text.len == 0 || text.ptr[text.len - 1] == ';' ? "" : ";";
    struct tc_perm *demand;
    struct tc_throw ignored;
    bool blank;

    if (tc_connection_find(&entry->connection, key) != NULL)
        return true;
    text = tc_arena_printf(arena, "%.*s%s%.*s=1", TC_STR_ARG(text), semicolon, TC_STR_ARG(key));
    if (tc_demand_connection(arena, cls, text, &demand, &ignored) == TC_YES && allows_blank(demand)) {
        text = tc_arena_printf(arena, "%.*s;password=1", TC_STR_ARG(text));
        blank = tc_demand_connection(arena, cls, text, &demand, &ignored) != TC_YES || allows_blank(demand);
    } else
        blank = tc_demand_connection(arena, cls, text, &demand, &ignored) != TC_YES;
    return arena->failed ? false : blank || visit(state, demand);
}

bool
tc_connection_key_demands(struct tc_arena *arena, const struct tc_perm *perm, const struct tc_perm *other,
                          bool (*visit)(void *state, const struct tc_perm *demand), void *state)
{
    struct tc_throw ignored;
    struct db db, there;

    if (perm->cls->algebra != TC_ALGEBRA_DB_DATA || perm->unrestricted || other->unrestricted ||
        db_from_perm(arena, perm, &db, &ignored) != TC_YES || db_from_perm(arena, other, &there, &ignored) != TC_YES)
        return true;
    for (size_t i = 0; i < db.entries.count; i++) {
        const struct entry *entry = db.entries.list[i];

        if (!permits(&there.root, &entry->connection))
            continue;
        for (size_t k = 0; k < entry->keys.count; k++)
            if (!visit_with_key(arena, perm->cls, entry, entry->keys.list[k], visit, state))
                return false;
        if (!visit_with_key(arena, perm->cls, entry, TC_STR("connect timeout"), visit, state))
            return false;
    }
    return true;
}
