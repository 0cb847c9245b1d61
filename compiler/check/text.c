/* The text of a file: encoding, declaration, what stands before the outermost element; and whether the framework's
 * reader and an XML parser read it alike. */
#include "check/text.h"

#include "base/ascii.h"
#include "check/file.h"
#include "xml/spans.h"

#include <string.h>

/* What makes the framework's reader see other elements than the author wrote. */
static bool
misleads(enum tc_check_id id)
{
    return id == TC_CHECK_BLANK_LOST || id == TC_CHECK_QUOTE_MISSING || id == TC_CHECK_TEXT_RENAMES ||
           id == TC_CHECK_ATTRIBUTE_NO_VALUE || id == TC_CHECK_COMMENT_QUOTE || id == TC_CHECK_COMMENT_UNTERMINATED ||
           id == TC_CHECK_INVISIBLE || id == TC_CHECK_TYPOGRAPHIC_QUOTES || id == TC_CHECK_INSTRUCTION ||
           id == TC_CHECK_STRAY_TEXT || id == TC_CHECK_CONTENT_AFTER_ROOT;
}

struct tc_diag *
tc_text_report(struct tc_text *t, enum tc_check_id id, size_t begin, size_t end, const char *format, ...)
{
    va_list args;
    struct tc_str message;

    va_start(args, format);
    message = tc_arena_vprintf(t->check->arena, format, args);
    va_end(args);
    t->found++;
    t->check->misread |= t->clr && t->loads && misleads(id);
    return tc_check_report(t->check, id, tc_check_span(t->check, begin, end), "%.*s", TC_STR_ARG(message));
}

void
tc_text_edit(struct tc_text *t, struct tc_diag *diag, size_t begin, size_t end, const char *replacement)
{
    tc_diag_edit(t->check->diags, diag, tc_check_span(t->check, begin, end), "%s", replacement);
}

/* ---- do the readers see the same ---- */

static bool
plain_comment(const struct tc_markup *comment)
{
    return !tc_str_has(comment->name, '<') && !tc_str_has(comment->name, '>') && !tc_str_has(comment->name, '"');
}

/* Whether the trees are the same; *ret_plain becomes false when there is anything but elements and harmless comments,
 * or an `&`. Both readers slice the same text, so that equal places mean equal values. */
static bool
same_tree(const struct tc_element *element, const struct tc_markup *markup, bool *ret_plain)
{
    const struct tc_element *child = element->children;
    size_t count = 0;

    if (element->tag.ptr != markup->name.ptr || element->tag.len != markup->name.len)
        return false;
    for (const struct tc_markup_attr *attr = markup->attrs; attr != NULL; attr = attr->next, count++) {
        const struct tc_element_attribute *other;

        if (count == element->attribute_count)
            return false;
        other = &element->attributes[count];
        if (other->name.ptr != attr->name.ptr || other->name.len != attr->name.len ||
            other->value.ptr != attr->value.ptr || other->value.len != attr->value.len)
            return false;
        if (tc_str_has(attr->value, '&'))
            *ret_plain = false;
    }
    if (count != element->attribute_count)
        return false;
    for (const struct tc_markup *m = markup->first; m != NULL; m = m->next) {
        if (m->kind == TC_MARKUP_ELEMENT) {
            if (child == NULL || !same_tree(child, m, ret_plain))
                return false;
            child = child->next;
        } else if (m->kind != TC_MARKUP_COMMENT || !plain_comment(m)) {
            *ret_plain = false;
        }
    }
    return child == NULL;
}

/* ---- bytes ---- */

static bool
has_byte_order_mark(struct tc_str bytes)
{
    return tc_str_starts(bytes, TC_STR("\xff\xfe")) || tc_str_starts(bytes, TC_STR("\xfe\xff"));
}

/* A place of the declaration: the value of `encoding`, or nothing. */
static struct tc_str
declared_encoding(const struct tc_text *t)
{
    return tc_spans_encoding(t->text);
}

static size_t
offset_of(const struct tc_text *t, struct tc_str slice)
{
    return (size_t)(slice.ptr - t->text.ptr);
}

/* NUL characters: a file in UTF-16 that does not say so, or damage. */
static bool
check_nul(struct tc_text *t)
{
    const char *nul = t->text.len == 0 ? NULL : memchr(t->text.ptr, '\0', t->text.len);
    struct tc_diag *diag;
    size_t at;

    if (nul == NULL)
        return false;
    at = (size_t)(nul - t->text.ptr);
    if (at <= 1 && t->text.len > 3 && t->text.ptr[at ^ 1] == '<' && t->text.ptr[at + 2] == '\0') {
        diag = tc_text_report(t, TC_CHECK_UTF16_UNMARKED, 0, 1, "this file is UTF-16 without a byte-order mark");
        tc_diag_note(t->check->diags, diag, "the framework takes it for UTF-8 and sees a NUL behind each character");
        tc_diag_help(t->check->diags, diag, "save it as UTF-8");
    } else {
        tc_text_report(t, TC_CHECK_NUL, at, at + 1, "a NUL character stands in the file");
    }
    return true;
}

/* Bytes that are no UTF-8 became U+FFFD: one finding for all of them, at the first. */
static void
check_utf8(struct tc_text *t)
{
    struct tc_str bytes = t->check->file->bytes, encoding = declared_encoding(t);
    size_t bad;
    struct tc_diag *diag;

    if (bytes.ptr == t->text.ptr || has_byte_order_mark(bytes))
        return;
    if (tc_str_starts(bytes, TC_STR("\xef\xbb\xbf")))
        bytes = tc_str_sub(bytes, 3, SIZE_MAX);
    if (tc_str_is_utf8(bytes, &bad))
        return;
    diag = tc_text_report(t, TC_CHECK_NOT_UTF8, bad, bad + 3,
                          "byte 0x%x is no UTF-8: the framework reads U+FFFD instead of a character",
                          (unsigned)(unsigned char)bytes.ptr[bad]);
    if (encoding.len > 0 && !tc_str_eq_nocase(encoding, TC_STR("utf-8"))) {
        tc_diag_note(t->check->diags, diag,
                     "the framework reads policy files as UTF-8, whatever encoding they declare");
        tc_diag_help(t->check->diags, diag, "save the file as UTF-8 and declare encoding=\"utf-8\"");
    } else {
        tc_diag_help(t->check->diags, diag, "save the file as UTF-8");
    }
}

/* ---- the declaration ---- */

static void
utf8_instead(struct tc_text *t, struct tc_diag *diag, struct tc_str encoding)
{
    size_t at = offset_of(t, encoding);

    tc_diag_help(t->check->diags, diag, "write encoding=\"utf-8\"");
    tc_text_edit(t, diag, at, at + encoding.len, "utf-8");
}

/* What the declaration says and the bytes are not. */
static void
check_declared(struct tc_text *t, struct tc_str encoding)
{
    static const char *const as_utf8[] = {"utf-8", "us-ascii", "ascii"};
    struct tc_str bytes = t->check->file->bytes;
    bool wide = has_byte_order_mark(bytes), says_wide = tc_str_starts(encoding, TC_STR("utf-16")) ||
                                                        tc_str_starts(encoding, TC_STR("UTF-16")) ||
                                                        tc_str_eq_nocase(encoding, TC_STR("unicode"));
    size_t at = offset_of(t, encoding);
    bool ascii = true;
    struct tc_diag *diag;

    if (wide != says_wide) {
        diag = tc_text_report(t, TC_CHECK_ENCODING_WRONG, at, at + encoding.len,
                              "the declaration says '%.*s', but the file is %s", TC_STR_ARG(encoding),
                              wide ? "UTF-16" : "UTF-8");
        if (wide)
            tc_text_edit(t, diag, at, at + encoding.len, "utf-16");
        else
            utf8_instead(t, diag, encoding);
        return;
    }
    for (size_t i = 0; i < sizeof as_utf8 / sizeof *as_utf8; i++)
        if (wide || tc_str_eq_nocase(encoding, tc_str_of(as_utf8[i])))
            return;
    for (size_t i = 0; ascii && i < t->text.len; i++)
        ascii = (unsigned char)t->text.ptr[i] < 0x80;
    if (ascii || !tc_str_is_utf8(bytes, NULL))
        return; /* the same in both; or said at the first bad byte */
    diag = tc_text_report(t, TC_CHECK_ENCODING_WRONG, at, at + encoding.len,
                          "the declaration says '%.*s', but the file is UTF-8", TC_STR_ARG(encoding));
    utf8_instead(t, diag, encoding);
}

static void
apostrophes(struct tc_text *t, size_t begin, size_t end)
{
    struct tc_diag *diag = NULL;

    for (size_t at = begin; at < end; at++) {
        if (t->text.ptr[at] != '\'')
            continue;
        if (diag == NULL) {
            diag = tc_text_report(t, TC_CHECK_DECLARATION_APOSTROPHES, begin, end,
                                  "to the framework's reader the apostrophes of the XML declaration belong to the "
                                  "values");
            tc_diag_note(t->check->diags, diag, "no encoding has such a name: it throws ArgumentException");
            tc_diag_help(t->check->diags, diag, "write <?xml version=\"1.0\" encoding=\"utf-8\"?>");
        }
        tc_text_edit(t, diag, at, at + 1, "\"");
    }
}

static void
check_declaration(struct tc_text *t)
{
    struct tc_str text = t->text, encoding;
    size_t begin = 0, end;
    struct tc_diag *diag;

    while (begin < text.len && tc_ascii_is_white(text.ptr[begin]))
        begin++;
    if (!tc_str_starts(tc_str_sub(text, begin, 5), TC_STR("<?xml")))
        return;
    end = tc_str_find(text, TC_STR("?>"), begin);
    if (end == SIZE_MAX)
        return;
    if (begin > 0) {
        diag = tc_text_report(t, TC_CHECK_DECLARATION_LATE, begin, begin + 5,
                              "the XML declaration is not the very first thing of the file");
        if (t->clr)
            tc_diag_note(t->check->diags, diag,
                         "the framework takes it; whatever else reads this file as XML does not");
        tc_diag_help(t->check->diags, diag, "remove the blanks before it");
        tc_text_edit(t, diag, 0, begin, "");
    }
    encoding = tc_spans_encoding(tc_str_sub(text, begin, SIZE_MAX));
    if (encoding.len > 0)
        check_declared(t, encoding);
    if (t->check->file->kind != TC_FILE_POLICY)
        return;
    if (encoding.len == 0) {
        diag = tc_text_report(t, TC_CHECK_DECLARATION_NO_ENCODING, begin, end + 2,
                              "the framework's reader wants an encoding in the XML declaration");
        tc_diag_help(t->check->diags, diag, "write <?xml version=\"1.0\" encoding=\"utf-8\"?>, or leave it out");
        while (end > begin && tc_ascii_is_white(text.ptr[end - 1]))
            end--;
        if (memchr(text.ptr + begin, '\'', end - begin) == NULL)
            tc_text_edit(t, diag, begin + 5, end, " version=\"1.0\" encoding=\"utf-8\"");
        return;
    }
    if (t->loads)
        return;
    if (encoding.ptr[-1] == '\'') {
        apostrophes(t, begin, end);
    } else if (!tc_clr_knows_encoding(encoding)) {
        size_t at = offset_of(t, encoding);

        diag = tc_text_report(t, TC_CHECK_ENCODING_UNKNOWN, at, at + encoding.len, ".NET knows no encoding '%.*s'",
                              TC_STR_ARG(encoding));
        utf8_instead(t, diag, encoding);
    }
}

/* ---- before the outermost element ---- */

static void
move_into_root(struct tc_text *t, struct tc_diag *diag, const struct tc_markup *root, struct tc_str moved)
{
    if (root == NULL || root->empty || !tc_str_is_utf8(moved, NULL))
        return;
    tc_diag_edit(t->check->diags, diag, tc_check_span(t->check, root->end, root->end), "\n%.*s", TC_STR_ARG(moved));
}

/* One finding for all of them: the first is the end of the file already. */
static void
comment_before_root(struct tc_text *t)
{
    const struct tc_markup *document = t->check->file->document, *root = tc_markup_root(document);
    struct tc_diag *diag = NULL;
    struct tc_str moved = TC_STR("");

    if (root == NULL || t->check->file->kind != TC_FILE_POLICY)
        return;
    for (const struct tc_markup *item = document->first; item != root; item = item->next) {
        size_t end = item->end;

        if (item->kind != TC_MARKUP_COMMENT)
            continue;
        if (diag == NULL) {
            diag = tc_text_report(t, TC_CHECK_COMMENT_BEFORE_ROOT, item->begin, item->end,
                                  "the framework takes the end of this comment for the end of the file");
            tc_diag_help(t->check->diags, diag, "move it into the outermost element");
        }
        while (end < t->text.len && tc_ascii_is_white(t->text.ptr[end]) && t->text.ptr[end - 1] != '\n')
            end++;
        tc_text_edit(t, diag, item->begin, end, "");
        moved = moved.len == 0 ? tc_str_sub(t->text, item->begin, item->end - item->begin)
                               : tc_arena_printf(t->check->arena, "%.*s\n%.*s", TC_STR_ARG(moved),
                                                 TC_STR_ARG(tc_str_sub(t->text, item->begin, item->end - item->begin)));
    }
    if (diag != NULL)
        move_into_root(t, diag, root, moved);
}

/* ---- what no rule explains ---- */

static void
fallback(struct tc_text *t, size_t errors_before)
{
    const struct tc_check_file *file = t->check->file;
    struct tc_span span = file->xml_fault == NULL ? tc_check_span(t->check, 0, 0) : file->xml_fault->span;
    struct tc_diag *diag;

    if (t->clr && !t->loads) {
        bool limit = file->fault.limit != TC_LIMIT_COUNT_;

        if (t->check->diags->errors != errors_before)
            return;
        if (limit)
            tc_check_report(t->check, TC_CHECK_LIMIT, file->fault.thrown.span,
                            "the limit of %llu %s is exceeded: the file was not checked",
                            (unsigned long long)tc_limit(file->fault.limit)->value, file->fault.because);
        else
            diag = tc_check_report(t->check, TC_CHECK_UNREADABLE, file->fault.thrown.span,
                                   "the framework cannot read this: %s", file->fault.because),
            tc_diag_note(t->check->diags, diag, "it throws %s", file->fault.thrown.type);
        return;
    }
    if (t->found > 0 || (t->same && file->document != NULL) || has_byte_order_mark(file->bytes))
        return;
    if (!t->clr && file->document == NULL)
        tc_check_report(
            t->check, TC_CHECK_UNREADABLE, span, "this is no XML: %.*s",
            TC_STR_ARG(file->xml_fault == NULL ? TC_STR("no element was found") : file->xml_fault->message));
    else if (t->clr && file->document == NULL)
        tc_check_report(t->check, TC_CHECK_READ_DIFFERENTLY, span, "only the framework's reader takes this: %.*s",
                        TC_STR_ARG(file->xml_fault == NULL ? TC_STR("it is no XML") : file->xml_fault->message));
    else if (t->clr)
        tc_check_report(t->check, TC_CHECK_READ_DIFFERENTLY, file->root->span,
                        "the framework's reader and an XML parser do not see the same in this file");
}

void
tc_checks_text(struct tc_check *check)
{
    const struct tc_check_file *file = check->file;
    const struct tc_markup *root = tc_markup_root(file->document);
    struct tc_text t = {.check = check, .text = file->source->text};
    size_t errors = check->diags->errors;
    bool plain = true;

    t.clr =
        file->kind == TC_FILE_POLICY || (file->kind == TC_FILE_SET && tc_tag_find(tc_check_root_name(t.text)) != NULL);
    t.loads = t.clr ? file->fault.because == NULL : file->document != NULL;
    t.same = t.clr && t.loads && root != NULL && same_tree(file->root, root, &plain);
    if (!file->is_plain && check_nul(&t))
        return;
    check_utf8(&t);
    check_declaration(&t);
    if (file->is_plain)
        return;
    if (t.clr && (!file->is_piece || !t.loads))
        comment_before_root(&t);
    if (t.clr ? !t.same || !plain : !t.loads)
        tc_text_tags(&t);
    fallback(&t, errors);
}
