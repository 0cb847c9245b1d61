/* Attribute values: what must be written as an entity, and what looks like one. */
#include "check/text.h"

#include "base/ascii.h"

#include <stdlib.h>
#include <string.h>

static bool
stands_at(const struct tc_text *t, size_t at, const char *what)
{
    size_t len = strlen(what);

    return at + len <= t->text.len && memcmp(t->text.ptr + at, what, len) == 0;
}

static size_t
one_of(const struct tc_text *t, size_t at, const char *const list[], size_t count)
{
    if (at >= t->text.len || (unsigned char)t->text.ptr[at] < 0x80)
        return 0;
    for (size_t i = 0; i < count; i++)
        if (stands_at(t, at, list[i]))
            return strlen(list[i]);
    return 0;
}

size_t
tc_text_invisible(const struct tc_text *t, size_t at)
{
    static const char *const list[] = {"\xc2\xa0", "\xe2\x80\x8b", "\xef\xbb\xbf", "\xe3\x80\x80"};

    return one_of(t, at, list, sizeof list / sizeof *list);
}

size_t
tc_text_curly_quote(const struct tc_text *t, size_t at)
{
    static const char *const list[] = {"\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", "\xe2\x80\x98",
                                       "\xe2\x80\x99", "\xc2\xab",     "\xc2\xbb"};

    return one_of(t, at, list, sizeof list / sizeof *list);
}

/* ---- a quotation mark that is missing ---- */

static bool
may_follow_value(const struct tc_text *t, size_t at)
{
    return at >= t->text.len || tc_ascii_is_white(t->text.ptr[at]) || strchr("/>?<", t->text.ptr[at]) != NULL;
}

static size_t
back_over_blanks(const struct tc_text *t, size_t from, size_t at)
{
    while (at > from && tc_ascii_is_white(t->text.ptr[at - 1]))
        at--;
    return at;
}

size_t
tc_text_lost_quote(const struct tc_text *t, size_t quote, size_t end)
{
    const char *text = t->text.ptr;
    size_t begin = quote + 1, last = back_over_blanks(t, begin, end), at;
    const char *bracket = memchr(text + begin, '<', end - begin), *line;

    /* name="value other="value": the value goes up to the next attribute */
    if (bracket == NULL && last > begin && text[last - 1] == '=' && !may_follow_value(t, end + 1)) {
        at = back_over_blanks(t, begin, last - 1);
        while (at > begin && !tc_ascii_is_white(text[at - 1]))
            at--;
        return at == begin ? SIZE_MAX : back_over_blanks(t, begin, at);
    }
    /* name="value> … <tag name="value": it goes into another tag */
    line = memchr(text + begin, '\n', end - begin);
    if (bracket == NULL || (may_follow_value(t, end + 1) && line == NULL))
        return SIZE_MAX;
    at = begin;
    while (at < end && text[at] != '>' && text[at] != '<' && text[at] != '\n')
        at++;
    if (at < end && text[at] == '>' && at > begin && text[at - 1] == '/')
        at--;
    return back_over_blanks(t, begin, at);
}

/* ---- brackets ---- */

/* Whether the values of this element are handed out undecoded, so that an entity would stay one. */
static bool
is_raw(struct tc_str tag)
{
    for (int i = 0; i < TC_CLASS_COUNT_; i++) {
        const struct tc_class *cls = tc_class((enum tc_class_id)i);

        for (size_t f = 0; (cls->traits & TC_TRAIT_RAW_VALUES) && f < cls->form_count; f++) {
            const char *slash = strrchr(cls->forms[f].element, '/');

            if (tc_str_is(tag, slash == NULL ? cls->forms[f].element : slash + 1))
                return true;
        }
    }
    return false;
}

static void
escape_all(struct tc_text *t, struct tc_diag *diag, const struct tc_text_attr *attr)
{
    for (size_t at = attr->begin; at < attr->end; at++)
        if (t->text.ptr[at] == '<' || t->text.ptr[at] == '>')
            tc_text_edit(t, diag, at, at + 1, t->text.ptr[at] == '<' ? "&lt;" : "&gt;");
}

static void
check_brackets(struct tc_text *t, const struct tc_text_attr *attr)
{
    struct tc_str value = tc_str_sub(t->text, attr->begin, attr->end - attr->begin);
    size_t less = tc_str_find(value, TC_STR("<"), 0), greater = tc_str_find(value, TC_STR(">"), 0);
    struct tc_diag *diag;

    if (less != SIZE_MAX) {
        diag = tc_text_report(t, TC_CHECK_VALUE_LESS, attr->begin + less, attr->begin + less + 1,
                              "'<' cannot stand in the value of '%.*s'", TC_STR_ARG(attr->name));
        tc_diag_help(t->check->diags, diag, "write &lt;");
        escape_all(t, diag, attr);
    } else if (greater != SIZE_MAX && t->clr) {
        diag = tc_text_report(t, TC_CHECK_VALUE_GREATER, attr->begin + greater, attr->begin + greater + 1,
                              "'>' cannot stand in the value of '%.*s'", TC_STR_ARG(attr->name));
        tc_diag_note(t->check->diags, diag, "XML allows it, the framework's reader throws ArgumentException");
        tc_diag_help(t->check->diags, diag, "write &gt;");
        escape_all(t, diag, attr);
    }
}

/* ---- references ---- */

/* The character that the digits of a reference name; 0 when it is none that XML has. */
static uint32_t
referred(struct tc_str digits)
{
    bool hex = digits.len > 0 && digits.ptr[0] == 'x';
    uint32_t code = 0;

    for (size_t i = hex ? 1 : 0; i < digits.len; i++) {
        char c = digits.ptr[i];
        uint32_t digit = tc_ascii_is_digit(c)          ? (uint32_t)(c - '0')
                         : hex && c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : hex && c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                       : 99;

        if (digit == 99 || code > 0x10ffff)
            return 0;
        code = code * (hex ? 16 : 10) + digit;
    }
    return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : code;
}

static void
put_utf8(uint32_t c, char out[8])
{
    size_t n = 0;

    if (c < 0x80) {
        out[n++] = (char)c;
    } else if (c < 0x800) {
        out[n++] = (char)(0xc0 | c >> 6);
        out[n++] = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        out[n++] = (char)(0xe0 | c >> 12);
        out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
        out[n++] = (char)(0x80 | (c & 0x3f));
    } else {
        out[n++] = (char)(0xf0 | c >> 18);
        out[n++] = (char)(0x80 | (c >> 12 & 0x3f));
        out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
        out[n++] = (char)(0x80 | (c & 0x3f));
    }
    out[n] = '\0';
}

static void
check_character(struct tc_text *t, const struct tc_text_attr *attr, size_t begin, size_t end)
{
    uint32_t code = referred(tc_str_sub(t->text, begin + 2, end - begin - 3));
    const char *named = code == '<'   ? "&lt;"
                        : code == '>' ? "&gt;"
                        : code == '"' ? "&quot;"
                        : code == '&' ? "&amp;"
                                      : NULL;
    char character[8];
    struct tc_diag *diag;

    if (!t->clr)
        return;
    diag = tc_text_report(t, TC_CHECK_CHARACTER_REFERENCE, begin, end,
                          "the framework's reader does not decode '%.*s': it stands as it is in the value of '%.*s'",
                          TC_STR_ARG(tc_str_sub(t->text, begin, end - begin)), TC_STR_ARG(attr->name));
    if (code < 0x20)
        return;
    put_utf8(code, character);
    tc_diag_help(t->check->diags, diag, "write '%s'", named == NULL ? character : named);
    tc_text_edit(t, diag, begin, end, named == NULL ? character : named);
    diag->is_unsafe = true; /* the value becomes what it was meant to be, which may be more */
}

static void
check_reference(struct tc_text *t, const struct tc_text_attr *attr, size_t at, struct tc_diag **plain)
{
    static const char *const known[] = {"&lt;", "&gt;", "&quot;", "&apos;", "&amp;"};
    const char *text = t->text.ptr;
    size_t end = at + 1;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (stands_at(t, at, known[i]))
            return;
    while (end < attr->end && end - at < 32 && (text[end] == '#' || tc_ascii_is_alnum(text[end])))
        end++;
    if (end < attr->end && text[end] == ';' && end > at + 1) {
        end++;
        if (text[at + 1] == '#') {
            check_character(t, attr, at, end);
            return;
        }
        tc_diag_help(t->check->diags,
                     tc_text_report(t, TC_CHECK_ENTITY_UNKNOWN, at, end, "there is no entity '%.*s'",
                                    TC_STR_ARG(tc_str_sub(t->text, at, end - at))),
                     "there are &lt; &gt; &amp; &quot; and &apos;; write any other character itself");
        return;
    }
    if (*plain == NULL) {
        *plain = tc_text_report(t, TC_CHECK_VALUE_AMPERSAND, at, at + 1, "'&' stands in the value of '%.*s'",
                                TC_STR_ARG(attr->name));
        if (t->clr)
            tc_diag_note(t->check->diags, *plain,
                         "the framework takes it as it is; whatever else reads this file as XML does not");
        if (!is_raw(attr->tag))
            tc_diag_help(t->check->diags, *plain, "write &amp;");
    }
    if (!is_raw(attr->tag))
        tc_text_edit(t, *plain, at, at + 1, "&amp;");
}

void
tc_text_value(struct tc_text *t, const struct tc_text_attr *attr)
{
    struct tc_diag *plain = NULL;
    const char *text = t->text.ptr, *at = text + attr->begin, *end = text + attr->end;

    check_brackets(t, attr);
    while (at < end && (at = memchr(at, '&', (size_t)(end - at))) != NULL) {
        check_reference(t, attr, (size_t)(at - text), &plain);
        at++;
    }
}
