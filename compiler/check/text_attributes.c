/* Attributes as people write them, and what is lost when a quotation mark is. */
#include "check/text_walk.h"

#include "base/ascii.h"

#include <string.h>

struct tc_str
tc_text_slice(const struct tc_text_walk *w, size_t begin, size_t end)
{
    return (struct tc_str){w->text + begin, end - begin};
}

void
tc_text_skip_blanks(struct tc_text_walk *w)
{
    while (w->at < w->len && tc_ascii_is_white(w->text[w->at]))
        w->at++;
}

static bool
ends_name(char c)
{
    return tc_ascii_is_white(c) || strchr("/><=\"'", c) != NULL;
}

struct tc_str
tc_text_take_name(struct tc_text_walk *w)
{
    size_t begin = w->at;

    while (w->at < w->len && !ends_name(w->text[w->at]) && tc_text_invisible(w->t, w->at) == 0)
        w->at++;
    return tc_text_slice(w, begin, w->at);
}

/* Replace the quotes at both ends of a value, and what would then not be allowed between them. */
static void
requote(struct tc_text_walk *w, struct tc_diag *diag, size_t begin, size_t value, size_t value_end, size_t end)
{
    tc_text_edit(w->t, diag, begin, value, "\"");
    for (size_t at = value; at < value_end; at++) {
        char c = w->text[at];

        if (c == '"' || c == '<' || c == '>')
            tc_text_edit(w->t, diag, at, at + 1, c == '"' ? "&quot;" : c == '<' ? "&lt;" : "&gt;");
    }
    tc_text_edit(w->t, diag, value_end, end, "\"");
    diag->is_unsafe = w->t->clr && w->t->loads;
}

static void
take_quoted(struct tc_text_walk *w, struct tc_text_tag *tag, struct tc_str name)
{
    size_t quote = w->at, end, lost;
    const char *close = memchr(w->text + quote + 1, '"', w->len - quote - 1);
    struct tc_text_attr attr = {.tag = tag->name, .name = name, .begin = quote + 1};
    struct tc_diag *diag;

    end = close == NULL ? w->len : (size_t)(close - w->text);
    lost = close == NULL ? SIZE_MAX : tc_text_lost_quote(w->t, quote, end);
    if (close == NULL || lost != SIZE_MAX) {
        diag = tc_text_report(w->t, TC_CHECK_QUOTE_MISSING, quote, quote + 1,
                              "the value of '%.*s' has no closing quotation mark", TC_STR_ARG(name));
        if (close == NULL) {
            w->over = true;
            return;
        }
        tc_diag_label(w->t->check->diags, diag, tc_check_span(w->t->check, end, end + 1), "the value would end here");
        tc_diag_help(w->t->check->diags, diag, "write \"%.*s\"", TC_STR_ARG(tc_text_slice(w, quote + 1, lost)));
        tc_text_edit(w->t, diag, lost, lost, "\"");
        diag->is_unsafe = true;
        w->at = lost;
        return;
    }
    attr.end = end;
    tc_text_value(w->t, &attr);
    if (tag->count < TC_TEXT_ATTRIBUTES_COMPARED)
        tag->values[tag->count] = tc_text_slice(w, quote + 1, end);
    w->at = end + 1;
}

static void
take_apostrophes(struct tc_text_walk *w, struct tc_str name)
{
    size_t quote = w->at;
    const char *close = memchr(w->text + quote + 1, '\'', w->len - quote - 1);
    size_t end = close == NULL ? w->len : (size_t)(close - w->text);
    struct tc_diag *diag;

    if (close == NULL) {
        tc_text_report(w->t, TC_CHECK_QUOTE_MISSING, quote, quote + 1,
                       "the value of '%.*s' has no closing quotation mark", TC_STR_ARG(name));
        w->over = true;
        return;
    }
    w->at = end + 1;
    if (!w->t->clr)
        return;
    diag = tc_text_report(w->t, TC_CHECK_ATTRIBUTE_APOSTROPHES, quote, end + 1,
                          "to the framework's reader the apostrophes around the value of '%.*s' belong to it",
                          TC_STR_ARG(name));
    tc_diag_help(w->t->check->diags, diag, "write \"%.*s\"", TC_STR_ARG(tc_text_slice(w, quote + 1, end)));
    requote(w, diag, quote, quote + 1, end, end + 1);
}

static void
take_curly(struct tc_text_walk *w, struct tc_str name)
{
    size_t begin = w->at, value = begin + tc_text_curly_quote(w->t, begin), end = value, behind;
    struct tc_diag *diag;

    while (end < w->len && w->text[end] != '"' && w->text[end] != '<' && w->text[end] != '>' &&
           tc_text_curly_quote(w->t, end) == 0)
        end++;
    behind = end;
    if (end < w->len && w->text[end] == '"')
        behind++;
    else
        behind += tc_text_curly_quote(w->t, end);
    diag = tc_text_report(w->t, TC_CHECK_TYPOGRAPHIC_QUOTES, begin, behind,
                          "typographic quotation marks around the value of '%.*s'", TC_STR_ARG(name));
    tc_diag_help(w->t->check->diags, diag, "write \"%.*s\"", TC_STR_ARG(tc_text_slice(w, value, end)));
    requote(w, diag, begin, value, end, behind);
    w->at = behind;
}

static void
take_bare(struct tc_text_walk *w, struct tc_str name)
{
    size_t begin = w->at, end;
    bool breaks = false;
    struct tc_diag *diag;

    while (w->at < w->len && !tc_ascii_is_white(w->text[w->at]) && strchr("><\"", w->text[w->at]) == NULL)
        w->at++;
    if (w->at < w->len && w->text[w->at] == '>' && w->at > begin && w->text[w->at - 1] == '/')
        w->at--;
    end = w->at;
    for (size_t at = begin; at < end; at++)
        breaks |= w->text[at] == '/' || w->text[at] == '=';
    if (end < w->len && w->text[end] == '"') { /* only the quotation mark in front is missing */
        diag = tc_text_report(w->t, TC_CHECK_QUOTE_MISSING, begin, end + 1,
                              "the value of '%.*s' has no opening quotation mark", TC_STR_ARG(name));
        tc_diag_help(w->t->check->diags, diag, "write \"%.*s\"", TC_STR_ARG(tc_text_slice(w, begin, end)));
        tc_text_edit(w->t, diag, begin, begin, "\"");
        diag->is_unsafe = true;
        w->at = end + 1;
        return;
    }
    diag = tc_text_report(w->t, breaks ? TC_CHECK_QUOTE_MISSING : TC_CHECK_ATTRIBUTE_UNQUOTED, begin,
                          end > begin ? end : begin + 1, "the value of '%.*s' stands without quotation marks",
                          TC_STR_ARG(name));
    if (w->t->clr)
        tc_diag_note(w->t->check->diags, diag,
                     breaks ? "to the framework's reader it ends at the first '/' or '='"
                            : "the framework takes it; whatever else reads this file as XML does not");
    tc_text_edit(w->t, diag, begin, begin, "\"");
    tc_text_edit(w->t, diag, end, end, "\"");
    diag->is_unsafe = breaks;
}

static void
check_twice(struct tc_text_walk *w, struct tc_text_tag *tag, size_t name_end)
{
    size_t last = tag->count;
    struct tc_diag *diag;

    if (last >= TC_TEXT_ATTRIBUTES_COMPARED)
        return;
    for (size_t i = 0; i < last; i++) {
        size_t begin = tag->starts[last];

        if (!tc_str_eq(tag->attributes[i], tag->attributes[last]))
            continue;
        diag = tc_text_report(w->t, TC_CHECK_ATTRIBUTE_TWICE, begin, name_end,
                              "the attribute '%.*s' stands twice in this tag", TC_STR_ARG(tag->attributes[i]));
        tc_diag_label(w->t->check->diags, diag,
                      tc_check_span(w->t->check, tag->starts[i], tag->starts[i] + tag->attributes[i].len),
                      "first given here");
        if (tag->values[i].ptr != NULL && tag->values[last].ptr != NULL &&
            tc_str_eq(tag->values[i], tag->values[last])) {
            tc_diag_help(w->t->check->diags, diag, "remove one of them: they say the same");
            while (begin > 0 && tc_ascii_is_white(w->text[begin - 1]))
                begin--;
            tc_text_edit(w->t, diag, begin, w->at, "");
        } else {
            tc_diag_help(w->t->check->diags, diag, "decide which of them counts and remove the other");
        }
        return;
    }
}

/* At the name of an attribute. False when nothing can be made of it. */
bool
tc_text_attribute(struct tc_text_walk *w, struct tc_text_tag *tag)
{
    size_t begin = w->at, name_end;
    struct tc_str name = tc_text_take_name(w);
    struct tc_diag *diag;

    name_end = w->at;
    if (name.len == 0)
        return false;
    tc_text_skip_blanks(w);
    if (w->at >= w->len || w->text[w->at] != '=') {
        diag = tc_text_report(w->t, TC_CHECK_ATTRIBUTE_NO_VALUE, begin, name_end, "the attribute '%.*s' has no value",
                              TC_STR_ARG(name));
        if (w->t->clr)
            tc_diag_note(w->t->check->diags, diag,
                         "the framework's reader takes it for the name of the element that follows, or fails");
        w->at = name_end;
        return true;
    }
    w->at++;
    tc_text_skip_blanks(w);
    if (w->at >= w->len)
        return false;
    if (tag->count < TC_TEXT_ATTRIBUTES_COMPARED) {
        tag->attributes[tag->count] = name;
        tag->values[tag->count] = (struct tc_str){NULL, 0};
        tag->starts[tag->count] = begin;
    }
    if (w->text[w->at] == '"')
        take_quoted(w, tag, name);
    else if (w->text[w->at] == '\'')
        take_apostrophes(w, name);
    else if (tc_text_curly_quote(w->t, w->at) > 0)
        take_curly(w, name);
    else
        take_bare(w, name);
    if (!w->over)
        check_twice(w, tag, name_end);
    tag->count++;
    return true;
}
