#include "model/netregex.h"

#include "model/netregex_simple.h"
#include "model/netregex_tree.h"

#define PCRE2_CODE_UNIT_WIDTH 16
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

enum {
    REPEAT_MAX = 65535,   /* the highest number PCRE2 takes in {n} */
    STEPS_MAX = 1000000,  /* of a match */
    HEAP_MAX = 20 * 1024, /* KiB, of a match */
};

struct tc_netregex {
    struct tc_buf simple; /* the pattern, when it is one; the rest is not there then */
    unsigned options;
    pcre2_code *code;
    pcre2_match_context *context;
    pcre2_match_data *match;
};

/* ---- writing for PCRE2 ---- */

/* Whether the node may match the empty text. */
static bool
may_be_empty(const struct tc_netregex_node *node)
{
    bool all = true, any = node->first == NULL;

    for (const struct tc_netregex_node *child = node->first; child != NULL; child = child->next) {
        bool empty = may_be_empty(child);

        all &= empty;
        any |= empty;
    }
    switch (node->kind) {
    case TC_NODE_ONE:
    case TC_NODE_SET:
        return false;
    case TC_NODE_CONCAT:
    case TC_NODE_GROUP:
    case TC_NODE_CAPTURE:
    case TC_NODE_ATOMIC:
        return all;
    case TC_NODE_ALTERNATE:
        return any;
    case TC_NODE_LOOP:
        return node->min == 0 || all;
    case TC_NODE_ANCHOR:
    case TC_NODE_BACKREF:
    case TC_NODE_REQUIRE:
    case TC_NODE_PREVENT:
    case TC_NODE_IF_GROUP:
    case TC_NODE_IF_MATCH:
        return true;
    }
    return true;
}

/* Mark what conditions refer to. False for what PCRE2 cannot do, or .NET does not do as it says. */
static bool
check_nodes(struct tc_netregex_slot *slots, const struct tc_netregex_node *node)
{
    struct tc_netregex_slot *slot;

    switch (node->kind) {
    case TC_NODE_CAPTURE:
        if (node->balances)
            return false;
        break;
    case TC_NODE_IF_GROUP:
        slot = tc_netregex_slot(slots, node->number);
        if (slot == NULL || node->backwards || node->count < 2)
            return false;
        slot->used = true;
        break;
    case TC_NODE_IF_MATCH:
        if (node->backwards || node->count < 3)
            return false;
        break;
    case TC_NODE_BACKREF:
        if (node->backwards)
            return false;
        break;
    case TC_NODE_LOOP:
        if (node->min > REPEAT_MAX ||
            (node->lazy && node->min == 1 && node->max == TC_NETREGEX_INFINITE && may_be_empty(node->first)))
            return false;
        break;
    default:
        break;
    }
    for (const struct tc_netregex_node *child = node->first; child != NULL; child = child->next)
        if (!check_nodes(slots, child))
            return false;
    return true;
}

struct writer {
    struct tc_netregex_slot *slots;
    struct tc_buf out;
    bool unsupported;
    int next_index;
};

static void write_node(struct writer *w, const struct tc_netregex_node *node);

static void
write_children(struct writer *w, const struct tc_netregex_node *node, const char *separator)
{
    for (const struct tc_netregex_node *child = node->first; child != NULL; child = child->next) {
        write_node(w, child);
        if (child->next != NULL)
            tc_buf_puts(&w->out, tc_str_of(separator));
    }
}

static void
write_unit(struct writer *w, const struct tc_netregex_node *node)
{
    uint16_t unit = node->unit;

    if (node->ignore_case && unit < 0x80 && (unit | 0x20) >= 'a' && (unit | 0x20) <= 'z') {
        tc_buf_printf(&w->out, "[%c%c", (unit | 0x20) - 0x20, unit | 0x20);
        tc_buf_puts(&w->out, (unit | 0x20) == 'k' ? TC_STR("\\x{212a}]") : TC_STR("]"));
    } else if (unit < 0x80 && ((unit >= '0' && unit <= '9') || ((unit | 0x20) >= 'a' && (unit | 0x20) <= 'z'))) {
        tc_buf_putc(&w->out, (char)unit);
    } else {
        tc_buf_printf(&w->out, "\\x{%x}", (unsigned)unit);
    }
}

static void
write_loop(struct writer *w, const struct tc_netregex_node *node)
{
    tc_buf_puts(&w->out, TC_STR("(?:"));
    write_children(w, node, "");
    tc_buf_putc(&w->out, ')');
    if (node->max > REPEAT_MAX) /* no text is so long */
        tc_buf_printf(&w->out, "{%d,}", (int)node->min);
    else
        tc_buf_printf(&w->out, "{%d,%d}", (int)node->min, (int)node->max);
    if (node->lazy)
        tc_buf_putc(&w->out, '?');
}

/* PCRE2's number of the group, in the order in which groups open; 0 when nothing refers to it. */
static int
capture_index(struct writer *w, int32_t number)
{
    struct tc_netregex_slot *slot = tc_netregex_slot(w->slots, number);

    if (slot == NULL || !slot->used || number == 0)
        return 0;
    if (slot->groups > 1) {
        w->unsupported = true;
        return 0;
    }
    return slot->index;
}

/* Give the groups that something refers to their numbers, in the order in which they open. */
static void
number_groups(struct writer *w, const struct tc_netregex_node *node)
{
    if (node->kind == TC_NODE_CAPTURE) {
        struct tc_netregex_slot *slot = tc_netregex_slot(w->slots, node->number);

        if (slot != NULL && slot->used && slot->index == 0)
            slot->index = ++w->next_index;
    }
    for (const struct tc_netregex_node *child = node->first; child != NULL; child = child->next)
        number_groups(w, child);
}

static void
write_condition(struct writer *w, const struct tc_netregex_node *node)
{
    const struct tc_netregex_node *branch = node->first;

    tc_buf_puts(&w->out, TC_STR("(?"));
    if (node->kind == TC_NODE_IF_GROUP) {
        int index = capture_index(w, node->number);

        if (index == 0) /* group 0, or one that no group sets any more */
            w->unsupported = true;
        tc_buf_printf(&w->out, "(%d)", index);
    } else {
        tc_buf_puts(&w->out, TC_STR("(?="));
        write_node(w, branch);
        tc_buf_putc(&w->out, ')');
        branch = branch->next;
    }
    for (int i = 0; i < 2; i++) {
        tc_buf_puts(&w->out, i == 0 ? TC_STR("(?:") : TC_STR("|(?:"));
        if (branch != NULL) {
            write_node(w, branch);
            branch = branch->next;
        }
        tc_buf_putc(&w->out, ')');
    }
    tc_buf_putc(&w->out, ')');
}

static void
write_node(struct writer *w, const struct tc_netregex_node *node)
{
    int index;

    switch (node->kind) {
    case TC_NODE_ONE:
        write_unit(w, node);
        return;
    case TC_NODE_SET:
    case TC_NODE_ANCHOR:
        tc_buf_puts(&w->out, node->text);
        return;
    case TC_NODE_BACKREF:
        index = capture_index(w, node->number);
        if (index == 0) /* \0 is none; a number without a group, like `(?<-1>`, cannot be followed */
            w->unsupported = true;
        tc_buf_printf(&w->out, node->ignore_case ? "(?i:\\g{%d})" : "\\g{%d}", index);
        return;
    case TC_NODE_CONCAT:
        write_children(w, node, "");
        return;
    case TC_NODE_ALTERNATE:
        write_children(w, node, "|");
        return;
    case TC_NODE_LOOP:
        write_loop(w, node);
        return;
    case TC_NODE_IF_GROUP:
    case TC_NODE_IF_MATCH:
        write_condition(w, node);
        return;
    case TC_NODE_CAPTURE:
        tc_buf_puts(&w->out, capture_index(w, node->number) != 0 ? TC_STR("(") : TC_STR("(?:"));
        break;
    case TC_NODE_GROUP:
        tc_buf_puts(&w->out, TC_STR("(?:"));
        break;
    case TC_NODE_ATOMIC:
        tc_buf_puts(&w->out, TC_STR("(?>"));
        break;
    case TC_NODE_REQUIRE:
        tc_buf_puts(&w->out, node->backwards ? TC_STR("(?<=") : TC_STR("(?="));
        break;
    case TC_NODE_PREVENT:
        tc_buf_puts(&w->out, node->backwards ? TC_STR("(?<!") : TC_STR("(?!"));
        break;
    }
    write_children(w, node, "");
    tc_buf_putc(&w->out, ')');
}

/* ---- PCRE2 ---- */

/* UTF-8 to UTF-16; what is no UTF-8 becomes U+FFFD. *ret is freed with free() by way of a tc_buf. */
static bool
to_utf16(struct tc_str text, struct tc_buf *out)
{
    uint32_t code;

    for (size_t i = 0, step; (step = tc_utf8_next(text, i, &code)) > 0; i += step) {
        uint16_t units[2] = {(uint16_t)code, 0};
        size_t count = 1;

        if (code == TC_UTF8_BAD) {
            units[0] = 0xFFFD;
        } else if (code > 0xFFFF) {
            units[0] = (uint16_t)(0xD7C0 + (code >> 10));
            units[1] = (uint16_t)(0xDC00 | (code & 0x3FF));
            count = 2;
        }
        tc_buf_put(out, (const char *)units, count * sizeof *units);
    }
    if (out->len == 0)
        (void)tc_buf_reserve(out, sizeof(uint16_t));
    return !out->failed;
}

static const uint16_t *
units_of(const struct tc_buf *buf)
{
    return (const uint16_t *)(const void *)buf->ptr; /* malloc aligns it */
}

static enum tc_netregex_status
compile_pcre(struct tc_str text, struct tc_netregex **ret)
{
    struct tc_netregex *regex = calloc(1, sizeof *regex);
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    enum tc_netregex_status status = TC_NETREGEX_NOMEM;
    struct tc_buf units;
    PCRE2_SIZE offset;
    int error = 0;

    tc_buf_init(&units);
    if (regex == NULL || context == NULL || !to_utf16(text, &units))
        goto done;
    (void)pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    /* UCP is for references that ignore letter case; all else is spelt out. */
    regex->code = pcre2_compile(units_of(&units), units.len / sizeof(uint16_t), PCRE2_UCP | PCRE2_DOLLAR_ENDONLY,
                                &error, &offset, context);
    if (regex->code == NULL) {
        /* What we write is well formed: it is too long, or a lookbehind is not of fixed length. */
        status = error == PCRE2_ERROR_HEAP_FAILED ? TC_NETREGEX_NOMEM : TC_NETREGEX_UNSUPPORTED;
        goto done;
    }
    regex->context = pcre2_match_context_create(NULL);
    regex->match = pcre2_match_data_create(1, NULL);
    if (regex->context == NULL || regex->match == NULL)
        goto done;
    (void)pcre2_set_match_limit(regex->context, STEPS_MAX);
    (void)pcre2_set_depth_limit(regex->context, STEPS_MAX);
    (void)pcre2_set_heap_limit(regex->context, HEAP_MAX);
    *ret = regex;
    regex = NULL;
    status = TC_NETREGEX_OK;
done:
    tc_buf_done(&units);
    pcre2_compile_context_free(context);
    tc_netregex_done(regex);
    return status;
}

static enum tc_netregex_status
write_tree(const struct tc_netregex_tree *tree, struct tc_netregex **ret)
{
    struct writer w = {.slots = tree->slots};
    enum tc_netregex_status status;

    if (!check_nodes(tree->slots, tree->root))
        return TC_NETREGEX_UNSUPPORTED;
    tc_buf_init(&w.out);
    number_groups(&w, tree->root);
    write_node(&w, tree->root);
    if (w.out.failed)
        status = TC_NETREGEX_NOMEM;
    else
        status = w.unsupported ? TC_NETREGEX_UNSUPPORTED : compile_pcre(tc_buf_str(&w.out), ret);
    tc_buf_done(&w.out);
    return status;
}

static enum tc_netregex_status
keep_simple(struct tc_str pattern, unsigned options, struct tc_netregex **ret)
{
    struct tc_netregex *regex = calloc(1, sizeof *regex);

    if (regex == NULL)
        return TC_NETREGEX_NOMEM;
    regex->options = options;
    tc_buf_puts(&regex->simple, pattern);
    if (regex->simple.failed) {
        tc_netregex_done(regex);
        return TC_NETREGEX_NOMEM;
    }
    *ret = regex;
    return TC_NETREGEX_OK;
}

static enum tc_netregex_status
compile_by_tree(struct tc_str pattern, unsigned options, struct tc_netregex **ret)
{
    enum tc_netregex_status status = TC_NETREGEX_NOMEM;
    struct tc_netregex_tree tree;
    struct tc_arena arena;
    struct tc_buf units;

    tc_arena_init(&arena);
    tc_buf_init(&units);
    if (to_utf16(pattern, &units))
        status = tc_netregex_parse(&arena, units_of(&units), units.len / sizeof(uint16_t), options, &tree);
    if (status == TC_NETREGEX_OK)
        status = write_tree(&tree, ret);
    tc_buf_done(&units);
    tc_arena_done(&arena);
    return status;
}

enum tc_netregex_status
tc_netregex_compile(struct tc_str pattern, unsigned options, struct tc_netregex **ret)
{
    if (pattern.len > 0 && tc_netregex_is_simple(pattern, options))
        return keep_simple(pattern, options, ret);
    return compile_by_tree(pattern, options, ret);
}

/* ---- looking at a pattern ---- */

static bool
is_sequence(const struct tc_netregex_node *node)
{
    return node->kind == TC_NODE_CONCAT || node->kind == TC_NODE_GROUP || node->kind == TC_NODE_CAPTURE;
}

static bool
is_endless(const struct tc_netregex_node *node)
{
    return node->kind == TC_NODE_LOOP && node->max == TC_NETREGEX_INFINITE;
}

/* Whether all that @a node matches may come from an endless repetition in it: then a text can be split between the
 * rounds of a repetition around it in any way. */
static bool
may_be_endless(const struct tc_netregex_node *node)
{
    bool found = false, others = false;

    if (is_endless(node))
        return true;
    if (node->kind != TC_NODE_ALTERNATE && node->kind != TC_NODE_LOOP && !is_sequence(node))
        return false;
    for (const struct tc_netregex_node *child = node->first; child != NULL; child = child->next) {
        bool endless = may_be_endless(child);

        found |= endless;
        others |= !endless && !may_be_empty(child);
    }
    return found && (!others || node->kind == TC_NODE_ALTERNATE);
}

/* @a followed: something has to match behind @a node, so that other ways are tried when it does not. */
static bool
explodes(const struct tc_netregex_node *node, bool followed)
{
    const struct tc_netregex_node *solid = NULL; /* the last child that cannot be empty */

    if (followed && is_endless(node) && node->first != NULL && may_be_endless(node->first))
        return true;
    for (const struct tc_netregex_node *child = node->first; child != NULL; child = child->next)
        if (is_sequence(node) && !may_be_empty(child))
            solid = child;
    for (const struct tc_netregex_node *child = node->first; child != NULL; child = child->next) {
        if (child == solid)
            solid = NULL;
        if (explodes(child, followed || solid != NULL))
            return true;
    }
    return false;
}

/* The byte of @a pattern at which its UTF-16 unit @a unit begins. */
static size_t
byte_of_unit(struct tc_str pattern, size_t unit)
{
    size_t at = 0;

    while (unit > 0 && at < pattern.len) {
        uint32_t code;

        at += tc_utf8_next(pattern, at, &code);
        unit -= code != TC_UTF8_BAD && code > 0xFFFF && unit > 1 ? 2 : 1;
    }
    return at;
}

enum tc_netregex_status
tc_netregex_examine(struct tc_str pattern, unsigned options, struct tc_netregex_facts *ret_facts)
{
    enum tc_netregex_status status = TC_NETREGEX_NOMEM;
    struct tc_netregex_tree tree;
    struct tc_arena arena;
    struct tc_buf units;

    *ret_facts = (struct tc_netregex_facts){0};
    if (tc_netregex_is_simple(pattern, options))
        return TC_NETREGEX_OK;
    tc_arena_init(&arena);
    tc_buf_init(&units);
    if (to_utf16(pattern, &units))
        status = tc_netregex_parse(&arena, units_of(&units), units.len / sizeof(uint16_t), options, &tree);
    if (status == TC_NETREGEX_INVALID)
        ret_facts->fault = byte_of_unit(pattern, tree.fault);
    else if (status == TC_NETREGEX_OK)
        ret_facts->explodes = explodes(tree.root, false);
    tc_buf_done(&units);
    tc_arena_done(&arena);
    return status;
}

void
tc_netregex_done(struct tc_netregex *regex)
{
    if (regex == NULL)
        return;
    tc_buf_done(&regex->simple);
    pcre2_code_free(regex->code);
    pcre2_match_context_free(regex->context);
    pcre2_match_data_free(regex->match);
    free(regex);
}

static enum tc_netregex_status
covers_by_engine(const struct tc_netregex *regex, struct tc_str text)
{
    enum tc_netregex_status status = TC_NETREGEX_NOMEM;
    struct tc_buf units;
    int found;

    tc_buf_init(&units);
    if (to_utf16(text, &units)) {
        size_t length = units.len / sizeof(uint16_t);

        /* Only a match at 0 counts, and where there is one, it is the first. */
        found = pcre2_match(regex->code, units_of(&units), length, 0, PCRE2_ANCHORED, regex->match, regex->context);
        if (found >= 0)
            status = pcre2_get_ovector_pointer(regex->match)[1] == length ? TC_NETREGEX_OK : TC_NETREGEX_NO;
        else if (found == PCRE2_ERROR_NOMATCH)
            status = TC_NETREGEX_NO;
        else if (found != PCRE2_ERROR_NOMEMORY)
            status = TC_NETREGEX_UNSUPPORTED;
    }
    tc_buf_done(&units);
    return status;
}

enum tc_netregex_status
tc_netregex_covers(const struct tc_netregex *regex, struct tc_str text)
{
    struct tc_str pattern = tc_buf_str(&regex->simple);
    struct tc_netregex *compiled;
    enum tc_netregex_status status;

    if (text.len == 0)
        return TC_NETREGEX_OK; /* a match of length 0, or none */
    if (pattern.len == 0)
        return covers_by_engine(regex, text);
    status = tc_netregex_simple_covers(pattern, regex->options, text);
    if (status != TC_NETREGEX_UNSUPPORTED)
        return status;
    status = compile_by_tree(pattern, regex->options, &compiled);
    if (status != TC_NETREGEX_OK)
        return status;
    status = covers_by_engine(compiled, text);
    tc_netregex_done(compiled);
    return status;
}

struct tc_str
tc_netregex_escape(struct tc_arena *arena, struct tc_str text)
{
    char *out = tc_arena_alloc(arena, text.len * 2 + 1, 1);
    size_t length = 0;

    if (out == NULL)
        return (struct tc_str){0};
    for (size_t i = 0; i < text.len; i++) {
        static const char white[] = "\n\r\t\f", letters[] = "nrtf";
        char c = text.ptr[i];
        const char *found = c == '\0' ? NULL : strchr(white, c);

        if (found != NULL || (c != '\0' && strchr("\\*+?|{[()^$.# ", c) != NULL))
            out[length++] = '\\';
        out[length++] = found != NULL ? letters[found - white] : c;
    }
    return (struct tc_str){out, length};
}
