#include "xml/spans.h"

#include "base/ascii.h"
#include "model/netchar.h"

#include <string.h>

/* More attributes than that are not compared with each other; a conforming reader has done it. */
#define ATTRS_COMPARED 256

struct scan {
    struct tc_arena *arena;
    struct tc_str text;
    size_t at;
    struct tc_markup *open; /* the innermost open element, or the document */
    struct tc_markup_fault *fault;
    bool seen_root;
};

static bool
is_name_end(char c)
{
    return tc_ascii_is_white(c) || c == '/' || c == '>' || c == '<' || c == '=' || c == '"' || c == '\'' || c == '\0';
}

static struct tc_str
slice(const struct scan *scan, size_t begin, size_t end)
{
    return (struct tc_str){scan->text.ptr + begin, end - begin};
}

static bool
looking_at(const struct scan *scan, struct tc_str what)
{
    return tc_str_starts(tc_str_sub(scan->text, scan->at, what.len), what);
}

static void
skip_blanks(struct scan *scan)
{
    while (scan->at < scan->text.len && tc_ascii_is_white(scan->text.ptr[scan->at]))
        scan->at++;
}

static struct tc_str
take_name(struct scan *scan)
{
    size_t begin = scan->at;
    while (scan->at < scan->text.len && !is_name_end(scan->text.ptr[scan->at]))
        scan->at++;
    return slice(scan, begin, scan->at);
}

/* Set the fault; always false. An empty range becomes one byte where there is one, for the caret; one that would go
 * beyond a text that ends too early ends with it. */
static bool
fail(struct scan *scan, size_t begin, size_t end, struct tc_str message)
{
    if (end > scan->text.len)
        end = scan->text.len;
    if (end <= begin)
        end = begin + (begin < scan->text.len ? 1 : 0);
    *scan->fault = (struct tc_markup_fault){.begin = (uint32_t)begin, .end = (uint32_t)end, .message = message};
    return false;
}

static bool
fail_with(struct scan *scan, size_t other_begin, size_t other_end, struct tc_str other)
{
    scan->fault->other_begin = (uint32_t)other_begin;
    scan->fault->other_end = (uint32_t)other_end;
    scan->fault->other = other;
    return false;
}

static struct tc_markup *
add(struct scan *scan, enum tc_markup_kind kind, size_t begin, size_t end, struct tc_str name)
{
    struct tc_markup *markup = tc_arena_new(scan->arena, struct tc_markup);
    if (markup == NULL)
        return NULL;
    struct tc_markup *parent = scan->open;
    markup->kind = kind;
    markup->begin = (uint32_t)begin;
    markup->end = (uint32_t)end;
    markup->close_begin = markup->close_end = markup->end;
    markup->name = name;
    markup->parent = parent;
    markup->prev = parent->last;
    if (parent->last != NULL)
        parent->last->next = markup;
    else
        parent->first = markup;
    parent->last = markup;
    return markup;
}

static bool
scan_value(struct scan *scan, struct tc_markup *element, struct tc_markup_attr *attr)
{
    char quote = scan->text.ptr[scan->at];
    size_t begin = scan->at + 1;
    size_t i = begin;
    for (; i < scan->text.len && scan->text.ptr[i] != quote; i++) {
        if (scan->text.ptr[i] == '<') {
            fail(scan, i, i + 1,
                 tc_arena_printf(
                     scan->arena,
                     "'<' in the value of '%.*s': the closing quote is missing, or it should be written &lt;",
                     TC_STR_ARG(attr->name)));
            return fail_with(scan, begin - 1, begin, TC_STR("the value begins here"));
        }
    }
    if (i >= scan->text.len)
        return fail(scan, begin - 1, begin,
                    tc_arena_printf(scan->arena, "the value of '%.*s' never ends: expected a closing %c",
                                    TC_STR_ARG(attr->name), quote));
    attr->value = slice(scan, begin, i);
    attr->end = (uint32_t)i + 1;
    scan->at = i + 1;
    (void)element;
    return true;
}

static bool
scan_attr(struct scan *scan, struct tc_markup *element, struct tc_markup_attr ***tail, size_t index)
{
    size_t begin = scan->at;
    struct tc_str name = take_name(scan);
    if (name.len == 0)
        return fail(scan, begin, begin + 1,
                    tc_arena_printf(scan->arena, "expected an attribute or '>' in the tag of '%.*s'",
                                    TC_STR_ARG(element->name)));
    struct tc_markup_attr *attr = tc_arena_new(scan->arena, struct tc_markup_attr);
    if (attr == NULL)
        return false;
    attr->name = name;
    attr->begin = (uint32_t)begin;
    skip_blanks(scan);
    if (scan->at >= scan->text.len || scan->text.ptr[scan->at] != '=')
        return fail(scan, begin, begin + name.len,
                    tc_arena_printf(scan->arena, "attribute '%.*s' has no value: expected '=' and a value in quotes",
                                    TC_STR_ARG(name)));
    scan->at++;
    skip_blanks(scan);
    if (scan->at >= scan->text.len || (scan->text.ptr[scan->at] != '"' && scan->text.ptr[scan->at] != '\''))
        return fail(scan, scan->at, scan->at + 1,
                    tc_arena_printf(scan->arena, "the value of '%.*s' must stand in quotes", TC_STR_ARG(name)));
    if (!scan_value(scan, element, attr))
        return false;
    if (index < ATTRS_COMPARED) {
        for (const struct tc_markup_attr *earlier = element->attrs; earlier != NULL; earlier = earlier->next) {
            if (tc_str_eq(earlier->name, name)) {
                fail(scan, begin, begin + name.len,
                     tc_arena_printf(scan->arena, "attribute '%.*s' stands twice in one tag", TC_STR_ARG(name)));
                return fail_with(scan, earlier->begin, earlier->begin + name.len, TC_STR("first given here"));
            }
        }
    }
    **tail = attr;
    *tail = &attr->next;
    return true;
}

/* At `<` and a name. */
static bool
scan_start_tag(struct scan *scan)
{
    size_t begin = scan->at++;
    struct tc_str name = take_name(scan);
    if (name.len == 0)
        return fail(scan, begin, begin + 1, TC_STR("'<' that begins no tag: expected a name, or write it as &lt;"));
    if (scan->open->kind == TC_MARKUP_DOCUMENT) {
        if (scan->seen_root)
            return fail(
                scan, begin, begin + 1 + name.len,
                tc_arena_printf(scan->arena,
                                "'%.*s' stands after the end of the document: there can be one outermost element",
                                TC_STR_ARG(name)));
        scan->seen_root = true;
    }
    struct tc_markup *element = add(scan, TC_MARKUP_ELEMENT, begin, begin, name);
    if (element == NULL)
        return false;
    struct tc_markup_attr **tail = &element->attrs;
    for (size_t index = 0;; index++) {
        size_t before = scan->at;
        skip_blanks(scan);
        if (scan->at >= scan->text.len)
            return fail(scan, begin, begin + 1 + name.len,
                        tc_arena_printf(scan->arena, "the tag of '%.*s' never ends: expected '>'", TC_STR_ARG(name)));
        char c = scan->text.ptr[scan->at];
        if (c == '>') {
            element->end = (uint32_t)++scan->at;
            element->close_begin = element->close_end = element->end;
            scan->open = element;
            return true;
        }
        if (c == '/' && looking_at(scan, TC_STR("/>"))) {
            scan->at += 2;
            element->end = element->close_begin = element->close_end = (uint32_t)scan->at;
            element->empty = true;
            return true;
        }
        if (scan->at == before && index > 0)
            return fail(scan, scan->at, scan->at + 1, TC_STR("expected a blank between two attributes"));
        if (!scan_attr(scan, element, &tail, index))
            return false;
    }
}

/* At `</`. */
static bool
scan_end_tag(struct scan *scan)
{
    size_t begin = scan->at;
    scan->at += 2;
    struct tc_str name = take_name(scan);
    skip_blanks(scan);
    if (scan->at >= scan->text.len || scan->text.ptr[scan->at] != '>')
        return fail(scan, begin, scan->at, TC_STR("an end tag must be '</', the element's name, and '>'"));
    scan->at++;
    struct tc_markup *element = scan->open;
    if (element->kind == TC_MARKUP_DOCUMENT)
        return fail(scan, begin, scan->at,
                    tc_arena_printf(scan->arena, "'</%.*s>' ends nothing: no element is open here", TC_STR_ARG(name)));
    if (!tc_str_eq(element->name, name)) {
        fail(scan, begin, scan->at,
             tc_arena_printf(scan->arena, "'</%.*s>' cannot stand here: expected '</%.*s>'", TC_STR_ARG(name),
                             TC_STR_ARG(element->name)));
        return fail_with(scan, element->begin, element->end,
                         tc_arena_printf(scan->arena, "'%.*s' is still open", TC_STR_ARG(element->name)));
    }
    element->close_begin = (uint32_t)begin;
    element->close_end = (uint32_t)scan->at;
    scan->open = element->parent;
    return true;
}

/* Something that goes from @a opening to the next @a closing. */
static bool
scan_until(struct scan *scan, enum tc_markup_kind kind, struct tc_str opening, struct tc_str closing, const char *what)
{
    size_t begin = scan->at;
    size_t end = tc_str_find(scan->text, closing, begin + opening.len);
    if (end == SIZE_MAX)
        return fail(scan, begin, begin + opening.len,
                    tc_arena_printf(scan->arena, "this %s never ends: expected '%.*s'", what, TC_STR_ARG(closing)));
    struct tc_str inside = slice(scan, begin + opening.len, end);
    scan->at = end + closing.len;
    if (kind == TC_MARKUP_PI) {
        size_t len = 0;
        while (len < inside.len && !tc_ascii_is_white(inside.ptr[len]))
            len++;
        inside.len = len;
        /* Some write a declaration below a comment; it is an error there that readers word obscurely. */
        if (tc_str_eq_nocase(inside, TC_STR("xml")) && begin != 0)
            return fail(scan, begin, begin + opening.len + len,
                        TC_STR("an XML declaration can only be the very first thing of a file"));
    }
    if (kind == TC_MARKUP_COMMENT) {
        size_t hyphens = tc_str_find(inside, TC_STR("--"), 0);
        if (hyphens != SIZE_MAX || (inside.len > 0 && inside.ptr[inside.len - 1] == '-')) {
            size_t at = hyphens != SIZE_MAX ? begin + 4 + hyphens : end - 1;
            fail(scan, at, at + 2, TC_STR("'--' cannot stand inside a comment"));
            return fail_with(scan, begin, begin + 4, TC_STR("the comment begins here"));
        }
    }
    return add(scan, kind, begin, scan->at, inside) != NULL;
}

/* `<!DOCTYPE … [ … ] >`; what stands in it is for a conforming reader to judge, and then refused anyway. */
static bool
scan_doctype(struct scan *scan)
{
    size_t begin = scan->at;
    bool subset = false;
    char quote = '\0';
    for (size_t i = begin + 9; i < scan->text.len; i++) {
        char c = scan->text.ptr[i];
        if (quote != '\0') {
            if (c == quote)
                quote = '\0';
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '[') {
            subset = true;
        } else if (c == ']') {
            subset = false;
        } else if (c == '>' && !subset) {
            scan->at = i + 1;
            return add(scan, TC_MARKUP_DOCTYPE, begin, scan->at, slice(scan, begin + 9, i)) != NULL;
        }
    }
    return fail(scan, begin, begin + 9, TC_STR("this DOCTYPE never ends: expected '>'"));
}

static bool
scan_text(struct scan *scan)
{
    size_t begin = scan->at;
    const char *next = memchr(scan->text.ptr + begin, '<', scan->text.len - begin);
    size_t end = next == NULL ? scan->text.len : (size_t)(next - scan->text.ptr);
    scan->at = end;
    size_t first = begin;
    while (first < end && tc_ascii_is_white(scan->text.ptr[first]))
        first++;
    if (first == end)
        return true;
    if (scan->open->kind == TC_MARKUP_DOCUMENT)
        return fail(scan, first, first + 1,
                    scan->seen_root ? TC_STR("text after the end of the document: expected nothing but comments here")
                                    : TC_STR("text before the first tag: an XML file begins with '<'"));
    size_t bad = tc_str_find(slice(scan, begin, end), TC_STR("]]>"), 0);
    if (bad != SIZE_MAX)
        return fail(scan, begin + bad, begin + bad + 3, TC_STR("']]>' ends nothing here: write it as ]]&gt;"));
    return add(scan, TC_MARKUP_TEXT, begin, end, slice(scan, begin, end)) != NULL;
}

static bool
scan_piece(struct scan *scan)
{
    if (scan->text.ptr[scan->at] != '<')
        return scan_text(scan);
    if (looking_at(scan, TC_STR("</")))
        return scan_end_tag(scan);
    if (looking_at(scan, TC_STR("<!--")))
        return scan_until(scan, TC_MARKUP_COMMENT, TC_STR("<!--"), TC_STR("-->"), "comment");
    if (looking_at(scan, TC_STR("<?")))
        return scan_until(scan, TC_MARKUP_PI, TC_STR("<?"), TC_STR("?>"), "processing instruction");
    if (looking_at(scan, TC_STR("<![CDATA[")) && scan->open->kind != TC_MARKUP_DOCUMENT)
        return scan_until(scan, TC_MARKUP_CDATA, TC_STR("<![CDATA["), TC_STR("]]>"), "CDATA section");
    if (looking_at(scan, TC_STR("<!DOCTYPE")) && scan->open->kind == TC_MARKUP_DOCUMENT && !scan->seen_root)
        return scan_doctype(scan);
    if (looking_at(scan, TC_STR("<!")))
        return fail(scan, scan->at, scan->at + 2, TC_STR("'<!' begins nothing that can stand here"));
    return scan_start_tag(scan);
}

enum tc_status
tc_spans_scan(struct tc_arena *arena, struct tc_str text, struct tc_markup **ret_document,
              struct tc_markup_fault *ret_fault)
{
    struct tc_markup *document = tc_arena_new(arena, struct tc_markup);
    if (document == NULL)
        return TC_ERR_NOMEM;
    document->end = document->close_begin = document->close_end = (uint32_t)text.len;
    struct scan scan = {.arena = arena, .text = text, .open = document, .fault = ret_fault};
    bool ok = true;
    while (ok && scan.at < text.len)
        ok = scan_piece(&scan);
    if (arena->failed)
        return TC_ERR_NOMEM;
    if (!ok)
        return TC_FAILED;
    if (scan.open != document) {
        fail(&scan, scan.open->begin, scan.open->begin + 1 + scan.open->name.len,
             tc_arena_printf(arena, "'%.*s' is never closed: expected '</%.*s>' before the end of the file",
                             TC_STR_ARG(scan.open->name), TC_STR_ARG(scan.open->name)));
        return arena->failed ? TC_ERR_NOMEM : TC_FAILED;
    }
    if (!scan.seen_root) {
        fail(&scan, text.len, text.len, TC_STR("there is no element in this file"));
        return TC_FAILED;
    }
    *ret_document = document;
    return TC_OK;
}

struct tc_str
tc_spans_encoding(struct tc_str text)
{
    struct tc_str none = {NULL, 0};
    if (!tc_str_starts(text, TC_STR("<?xml")) || text.len < 6 || !tc_ascii_is_white(text.ptr[5]))
        return none;
    size_t end = tc_str_find(text, TC_STR("?>"), 0);
    if (end == SIZE_MAX)
        return none;
    struct tc_str inside = tc_str_sub(text, 5, end - 5);
    size_t at = tc_str_find(inside, TC_STR("encoding"), 0);
    if (at == SIZE_MAX)
        return none;
    at += 8;
    while (at < inside.len && (tc_ascii_is_white(inside.ptr[at]) || inside.ptr[at] == '='))
        at++;
    if (at >= inside.len || (inside.ptr[at] != '"' && inside.ptr[at] != '\''))
        return none;
    size_t begin = at + 1;
    for (size_t i = begin; i < inside.len; i++) {
        if (inside.ptr[i] == inside.ptr[at])
            return tc_str_sub(inside, begin, i - begin);
    }
    return none;
}

const struct tc_markup_attr *
tc_markup_attr(const struct tc_markup *element, const char *name)
{
    struct tc_str wanted = tc_str_of(name);
    for (const struct tc_markup_attr *attr = element->attrs; attr != NULL; attr = attr->next) {
        if (tc_str_eq(attr->name, wanted))
            return attr;
    }
    return NULL;
}

bool
tc_markup_is(const struct tc_markup *markup, const char *name)
{
    return markup != NULL && markup->kind == TC_MARKUP_ELEMENT && tc_str_is(markup->name, name);
}

const struct tc_markup *
tc_markup_next(const struct tc_markup *markup)
{
    if (markup->first != NULL)
        return markup->first;
    while (markup != NULL && markup->next == NULL)
        markup = markup->parent;
    return markup == NULL ? NULL : markup->next;
}

const struct tc_markup *
tc_markup_element(const struct tc_markup *markup)
{
    while (markup != NULL && markup->kind != TC_MARKUP_ELEMENT)
        markup = markup->next;
    return markup;
}

const struct tc_markup *
tc_markup_named(const struct tc_markup *markup, const char *name)
{
    while (markup != NULL && !tc_markup_is(markup, name))
        markup = markup->next;
    return markup;
}

const struct tc_markup *
tc_markup_root(const struct tc_markup *document)
{
    return document == NULL ? NULL : tc_markup_element(document->first);
}

const struct tc_markup *
tc_markup_child(const struct tc_markup *parent, const char *name)
{
    return parent == NULL ? NULL : tc_markup_named(parent->first, name);
}

/* Decode the body of `&body;`; false when it is no reference known without a DTD. */
static bool
decode_reference(struct tc_str body, uint32_t *ret_code)
{
    static const struct {
        struct tc_str name;
        char c;
    } named[] = {{{"amp", 3}, '&'}, {{"lt", 2}, '<'}, {{"gt", 2}, '>'}, {{"quot", 4}, '"'}, {{"apos", 4}, '\''}};
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        if (tc_str_eq(body, named[i].name)) {
            *ret_code = (uint32_t)named[i].c;
            return true;
        }
    }
    if (body.len < 2 || body.ptr[0] != '#')
        return false;
    int base = body.ptr[1] == 'x' ? 16 : 10;
    size_t i = base == 16 ? 2 : 1;
    uint32_t code = 0;
    if (i == body.len)
        return false;
    for (; i < body.len; i++) {
        int digit = tc_ascii_hex(body.ptr[i]);
        if (digit < 0 || digit >= base || code > 0x110000)
            return false;
        code = code * (uint32_t)base + (uint32_t)digit;
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return false;
    *ret_code = code;
    return true;
}

struct tc_str
tc_markup_value(struct tc_arena *arena, struct tc_str raw)
{
    size_t i = 0;
    while (i < raw.len && raw.ptr[i] != '&' && (unsigned char)raw.ptr[i] >= ' ')
        i++;
    if (i == raw.len)
        return raw;
    char *copy = tc_arena_alloc(arena, raw.len, 1); /* no reference is shorter than what it stands for */
    if (copy == NULL)
        return TC_STR("");
    char *to = copy;
    for (i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (c == '&') {
            size_t end = tc_str_find(raw, TC_STR(";"), i);
            uint32_t code;
            if (end != SIZE_MAX && decode_reference(tc_str_sub(raw, i + 1, end - i - 1), &code)) {
                to += tc_utf8_put(to, code);
                i = end;
                continue;
            }
        } else if (c == '\r' && i + 1 < raw.len && raw.ptr[i + 1] == '\n') {
            continue; /* CR LF is one line break */
        }
        *to++ = tc_ascii_is_white(c) ? ' ' : c;
    }
    return (struct tc_str){copy, (size_t)(to - copy)};
}

/* Without blanks, tabs and line breaks at both ends. */
static struct tc_str
trimmed(struct tc_str text)
{
    while (text.len > 0 && tc_ascii_is_white(text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    while (text.len > 0 && tc_ascii_is_white(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

/* The pieces themselves, without what stands in them. */
static bool
same_shallow(const struct tc_markup *a, const struct tc_markup *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind != TC_MARKUP_ELEMENT)
        return tc_str_eq(trimmed(a->name), trimmed(b->name));
    if (!tc_str_eq(a->name, b->name))
        return false;
    const struct tc_markup_attr *x = a->attrs;
    const struct tc_markup_attr *y = b->attrs;
    for (; x != NULL && y != NULL; x = x->next, y = y->next) {
        if (!tc_str_eq(x->name, y->name) || !tc_str_eq(x->value, y->value))
            return false;
    }
    return x == NULL && y == NULL;
}

bool
tc_markup_same(const struct tc_markup *a, const struct tc_markup *b)
{
    /* In step through both trees, without recursion: depth is the file's choice. */
    const struct tc_markup *x = a;
    const struct tc_markup *y = b;
    for (;;) {
        if (!same_shallow(x, y))
            return false;
        if ((x->first == NULL) != (y->first == NULL))
            return false;
        if (x->first != NULL) {
            x = x->first;
            y = y->first;
            continue;
        }
        while (x != a && x->next == NULL && y->next == NULL) {
            x = x->parent;
            y = y->parent;
        }
        if (x == a)
            return y == b;
        if (x->next == NULL || y->next == NULL)
            return false;
        x = x->next;
        y = y->next;
    }
}
