/* The walk over a text that the readers do not read alike, or not at all: tags, attributes, text between them. */
#include "check/text_walk.h"

#include "base/ascii.h"

#include <string.h>

/* ---- helpers ---- */

static bool
looking_at(const struct tc_text_walk *w, const char *what)
{
    size_t len = strlen(what);

    return w->at + len <= w->len && memcmp(w->text + w->at, what, len) == 0;
}

static struct tc_text_open *
top(struct tc_text_walk *w)
{
    return w->depth == 0 ? NULL : &w->open[w->depth - 1];
}

static void
push(struct tc_text_walk *w, struct tc_text_open open)
{
    if (w->depth == w->capacity) {
        size_t larger = w->capacity == 0 ? 32 : w->capacity * 2;
        struct tc_text_open *grown = larger > 2 * tc_limit(TC_LIMIT_POLICY_DEPTH)->value
                                         ? NULL
                                         : tc_arena_array(w->t->check->arena, struct tc_text_open, larger);

        if (grown == NULL) {
            w->over = true;
            return;
        }
        if (w->depth > 0)
            memcpy(grown, w->open, w->depth * sizeof *grown);
        w->open = grown;
        w->capacity = larger;
    }
    w->open[w->depth++] = open;
}

/* The end of a thing that goes to the next @a closing; at the end of the text when there is none. */
static size_t
find_end(const struct tc_text_walk *w, const char *closing)
{
    size_t end = tc_str_find((struct tc_str){w->text, w->len}, tc_str_of(closing), w->at);

    return end == SIZE_MAX ? SIZE_MAX : end + strlen(closing);
}

/* What follows is no part of the document. */
static void
after_root(struct tc_text_walk *w, size_t end, bool is_end_tag)
{
    struct tc_diag *diag = tc_text_report(w->t, TC_CHECK_CONTENT_AFTER_ROOT, w->at, end,
                                          is_end_tag ? "this ends nothing: no element is open here"
                                                     : "this stands behind the end of the outermost element");

    if (w->t->clr)
        tc_diag_note(w->t->check->diags, diag, "the framework's reader ignores it and all that follows");
    if (is_end_tag && w->t->loads) {
        tc_diag_help(w->t->check->diags, diag, "remove it");
        tc_text_edit(w->t, diag, w->at, end, "");
    }
    w->over = true;
}

/* ---- text ---- */

static bool
is_mark(const struct tc_text_walk *w, size_t at)
{
    return strchr(".,;:-+*>!?_|~`'#", w->text[at]) != NULL && w->text[at] != '\0';
}

struct run {
    size_t begin, end;
    size_t words;
    bool marks;     /* nothing but punctuation */
    bool invisible; /* nothing but characters that look like blanks */
    bool markup;    /* it looks like a piece of a tag */
};

static struct run
run_of(const struct tc_text_walk *w, size_t begin, size_t end)
{
    struct run run = {begin, end, 0, true, true, false};
    bool in_word = false;

    for (size_t at = begin; at < end; at++) {
        size_t hidden = tc_text_invisible(w->t, at);
        bool blank = tc_ascii_is_white(w->text[at]);

        run.words += !blank && !in_word;
        in_word = !blank;
        if (hidden > 0) {
            at += hidden - 1;
            continue;
        }
        run.invisible &= blank;
        run.marks &= blank || is_mark(w, at);
        run.markup |= strchr("=\"", w->text[at]) != NULL && w->text[at] != '\0';
    }
    return run;
}

static void
offer_removal(struct tc_text_walk *w, struct tc_diag *diag, const struct run *run)
{
    if (run->markup) {
        tc_diag_help(w->t->check->diags, diag, "is this the rest of a tag?");
        return;
    }
    tc_diag_help(w->t->check->diags, diag, run->marks ? "remove it" : "remove it, or make it a comment");
    tc_text_edit(w->t, diag, run->begin, run->end, "");
    diag->is_unsafe = !run->marks;
}

static const char *
shown(const struct run *run)
{
    return run->invisible ? "a character that looks like a blank" : "text";
}

static void
check_text(struct tc_text_walk *w, const struct run *run)
{
    struct tc_text_open *parent = top(w);
    struct tc_text *t = w->t;
    bool renames = parent != NULL && parent->behind_empty && run->words == 1 && w->at + 1 < w->len &&
                   w->text[w->at + 1] != '/' && t->loads && !t->same;
    struct tc_diag *diag;

    if (parent == NULL && w->seen_root) {
        size_t at = w->at;

        w->at = run->begin;
        after_root(w, run->end, false);
        w->at = at;
        return;
    }
    if (!t->clr && parent != NULL)
        return;
    if (renames) {
        diag = tc_text_report(t, TC_CHECK_TEXT_RENAMES, run->begin, run->end,
                              "behind a self-closed element the framework's reader takes '%.*s' for the name of the "
                              "next one",
                              TC_STR_ARG(tc_text_slice(w, run->begin, run->end)));
        offer_removal(w, diag, run);
        diag->is_unsafe = true;
        return;
    }
    if (parent != NULL && ((!parent->has_child && !parent->has_text) || (t->loads && t->same))) {
        diag = tc_text_report(t, TC_CHECK_TEXT_IGNORED, run->begin, run->end, "the framework ignores this %s",
                              run->invisible ? "character, which only looks like a blank" : "text");
        offer_removal(w, diag, run);
        return;
    }
    diag = tc_text_report(t, TC_CHECK_STRAY_TEXT, run->begin, run->end, "%s cannot stand %s", shown(run),
                          parent == NULL         ? "before the outermost element"
                          : parent->behind_empty ? "behind a self-closed element"
                                                 : "behind an element");
    if (t->clr && parent != NULL)
        tc_diag_note(t->check->diags, diag,
                     parent->behind_empty ? "the framework's reader takes it for an attribute"
                                          : "the framework's reader takes text only before the first child");
    offer_removal(w, diag, run);
}

static void
walk_text(struct tc_text_walk *w)
{
    const char *next = memchr(w->text + w->at, '<', w->len - w->at);
    size_t begin = w->at, end = next == NULL ? w->len : (size_t)(next - w->text), last = end;
    struct run run;

    while (begin < end && tc_ascii_is_white(w->text[begin]))
        begin++;
    while (last > begin && tc_ascii_is_white(w->text[last - 1]))
        last--;
    w->at = end;
    if (begin == last)
        return;
    run = run_of(w, begin, last);
    check_text(w, &run);
    if (w->depth > 0)
        top(w)->has_text = true;
}

/* ---- tags ---- */

/* `<PermissionSetclass="…">`: the element whose name the tag begins with, if what is left is one of its attributes. */
static struct tc_str
split_name(struct tc_str glued)
{
    size_t count;
    const struct tc_tag *tags = tc_tags(&count);

    for (size_t i = 0; i < count; i++) {
        struct tc_str name = tc_str_of(tags[i].name);

        if (tc_str_starts(glued, name) && tc_tag_lists(tags[i].attributes, tc_str_sub(glued, name.len, SIZE_MAX)))
            return tc_str_sub(glued, 0, name.len);
    }
    return glued;
}

static void
blank_lost(struct tc_text_walk *w, struct tc_text_tag *tag)
{
    struct tc_str glued = tag->name;
    size_t begin = w->at - glued.len;
    struct tc_diag *diag;

    tag->name = split_name(glued);
    diag = tc_text_report(w->t, TC_CHECK_BLANK_LOST, begin, w->at,
                          "'%.*s' is the name of this element: the blank before "
                          "its first attribute is missing",
                          TC_STR_ARG(glued));
    if (tag->name.len == glued.len)
        return;
    tc_diag_help(w->t->check->diags, diag, "write '%.*s %.*s'", TC_STR_ARG(tag->name),
                 TC_STR_ARG(tc_str_sub(glued, tag->name.len, SIZE_MAX)));
    w->at = begin + tag->name.len;
    tc_text_edit(w->t, diag, w->at, w->at, " ");
    diag->is_unsafe = true;
}

static void
no_blank(struct tc_text_walk *w)
{
    struct tc_diag *diag =
        tc_text_report(w->t, TC_CHECK_BLANK_MISSING, w->at, w->at + 1, "a blank is missing between two attributes");

    if (w->t->clr)
        tc_diag_note(w->t->check->diags, diag, "the framework takes it; whatever else reads this file as XML does not");
    tc_text_edit(w->t, diag, w->at, w->at, " ");
}

/* In a start tag: what stands where a blank should. */
static bool
skip_invisible(struct tc_text_walk *w)
{
    size_t hidden = tc_text_invisible(w->t, w->at);
    struct tc_diag *diag;

    if (hidden == 0)
        return false;
    diag = tc_text_report(w->t, TC_CHECK_INVISIBLE, w->at, w->at + hidden,
                          "a character that only looks like a blank stands in a tag");
    tc_diag_help(w->t->check->diags, diag, "write a blank");
    tc_text_edit(w->t, diag, w->at, w->at + hidden, " ");
    diag->is_unsafe = true; /* the attribute begins to count */
    w->at += hidden;
    return true;
}

/* Whether nothing reads this text to its end: then a lost end tag may be guessed. */
static bool
broken(const struct tc_text_walk *w)
{
    return !w->t->loads && w->t->check->file->document == NULL;
}

/* At the '<' of another tag, which cannot stand in the element of @a tag: '/>' is missing, not '>'. */
static bool
lacks_end(const struct tc_text_walk *w, const struct tc_text_tag *tag)
{
    struct tc_text_walk next = *w;
    const struct tc_tag *row;
    struct tc_str name;

    if (!broken(w) || tc_tag_find(tag->name) == NULL)
        return false;
    next.at += looking_at(w, "</") ? 2 : 1;
    name = tc_text_take_name(&next);
    row = tc_tag_find(name);
    if (looking_at(w, "</"))
        return row != NULL && !tc_str_eq(name, tag->name);
    return row != NULL && !tc_tag_lists(row->parents, tag->name);
}

/* @return whether the element has ended as well */
static bool
tag_not_closed(struct tc_text_walk *w, const struct tc_text_tag *tag)
{
    bool ends = lacks_end(w, tag);
    size_t end = w->at;
    struct tc_diag *diag = tc_text_report(w->t, ends ? TC_CHECK_END_TAG_MISSING : TC_CHECK_TAG_NOT_CLOSED, tag->begin,
                                          tag->begin + 1 + tag->name.len, "the tag of '%.*s' has no '%s'",
                                          TC_STR_ARG(tag->name), ends ? "/>" : ">");

    while (end > tag->begin && tc_ascii_is_white(w->text[end - 1]))
        end--;
    if (w->t->clr && w->t->loads)
        tc_diag_note(w->t->check->diags, diag, "the framework takes it; whatever else reads this file as XML does not");
    tc_text_edit(w->t, diag, end, end, ends ? "/>" : ">");
    return ends;
}

static struct tc_diag *
not_ended(struct tc_text_walk *w, const struct tc_text_open *open, bool at_end)
{
    struct tc_diag *diag = tc_text_report(w->t, TC_CHECK_END_TAG_MISSING, open->begin, open->begin + 1 + open->name.len,
                                          "'%.*s' has no end", TC_STR_ARG(open->name));

    if (!at_end && w->text[open->end - 1] == '>' && !open->has_child && !open->has_text) {
        tc_diag_help(w->t->check->diags, diag, "nothing stands in it: end it with '/>'");
        tc_text_edit(w->t, diag, open->end - 1, open->end - 1, "/");
    } else {
        tc_diag_help(w->t->check->diags, diag, "write '</%.*s>' where it ends", TC_STR_ARG(open->name));
    }
    return diag;
}

/* `<a …><b/></x>` with an `<a>` that was meant to be self-closed: its sibling cannot stand in it. */
static void
end_before_sibling(struct tc_text_walk *w, struct tc_str name)
{
    const struct tc_tag *tag;
    size_t at = w->at;

    while (at < w->len && tc_ascii_is_white(w->text[at]))
        at++;
    if (at < w->len && w->text[at] == '>')
        return; /* without attributes: it may be an end tag that lost its slash */
    if (!broken(w) || w->depth < 2 || top(w)->has_child || top(w)->has_text)
        return;
    tag = tc_tag_find(name);
    if (tag == NULL || tc_tag_find(top(w)->name) == NULL || tc_tag_lists(tag->parents, top(w)->name) ||
        !tc_tag_lists(tag->parents, w->open[w->depth - 2].name))
        return;
    not_ended(w, top(w), false);
    w->depth--;
    top(w)->behind_empty = true;
}

/* A start tag without attributes that repeats the innermost open one is an end tag that lost its slash. */
static bool
is_end_without_slash(struct tc_text_walk *w, const struct tc_text_tag *tag, bool empty)
{
    struct tc_text_open *open = top(w);
    struct tc_diag *diag;

    if (!broken(w) || empty || tag->count > 0 || open == NULL || !tc_str_eq(open->name, tag->name))
        return false;
    diag = tc_text_report(w->t, TC_CHECK_START_FOR_END, tag->begin, w->at,
                          "'<%.*s>' begins an element that is open already", TC_STR_ARG(tag->name));
    tc_diag_label(w->t->check->diags, diag, tc_check_span(w->t->check, open->begin, open->begin + 1 + open->name.len),
                  "it began here");
    tc_diag_help(w->t->check->diags, diag, "write '</%.*s>'", TC_STR_ARG(tag->name));
    tc_text_edit(w->t, diag, tag->begin + 1, tag->begin + 1, "/");
    w->depth--;
    return true;
}

static void
end_element(struct tc_text_walk *w, bool empty)
{
    struct tc_text_open *parent = top(w);

    if (parent != NULL) {
        parent->has_child = true;
        parent->behind_empty = empty;
    }
}

static void
walk_start_tag(struct tc_text_walk *w)
{
    struct tc_text_tag tag = {.begin = w->at};
    bool empty = false, closed = false;

    w->at++;
    tag.name = tc_text_take_name(w);
    if (tag.name.len == 0) {
        struct tc_diag *diag =
            tc_text_report(w->t, TC_CHECK_STRAY_LESS, tag.begin, tag.begin + 1, "'<' begins no tag here");
        size_t after = w->at;

        tc_text_skip_blanks(w);
        tag.name = tc_text_take_name(w);
        if (after == (size_t)(tag.name.ptr - w->text) || tag.name.len == 0) {
            tc_diag_help(w->t->check->diags, diag, "remove it, or write &lt;");
            w->at = after;
            return;
        }
        tc_diag_help(w->t->check->diags, diag, "write '<%.*s'", TC_STR_ARG(tag.name));
        tc_text_edit(w->t, diag, after, (size_t)(tag.name.ptr - w->text), "");
    }
    if (w->depth == 0 && w->seen_root) {
        w->at = tag.begin;
        after_root(w, tag.begin + 1 + tag.name.len, false);
        return;
    }
    w->seen_root = true;
    end_before_sibling(w, tag.name);
    if (w->at < w->len && w->text[w->at] == '=')
        blank_lost(w, &tag);
    while (!w->over && !closed) {
        size_t before = w->at;

        tc_text_skip_blanks(w);
        if (w->at >= w->len) {
            tc_text_report(w->t, TC_CHECK_END_TAG_MISSING, tag.begin, tag.begin + 1 + tag.name.len,
                           "the file ends inside the tag of '%.*s'", TC_STR_ARG(tag.name));
            w->over = true;
        } else if (w->text[w->at] == '<') {
            empty = tag_not_closed(w, &tag);
            closed = true;
        } else if (w->text[w->at] == '>') {
            w->at++;
            closed = true;
        } else if (looking_at(w, "/>")) {
            w->at += 2;
            empty = closed = true;
        } else if (skip_invisible(w)) {
            continue;
        } else {
            if (w->at == before && tag.count > 0)
                no_blank(w);
            if (!tc_text_attribute(w, &tag)) {
                tc_text_report(w->t, TC_CHECK_STRAY_LESS, w->at, w->at + 1,
                               "expected an attribute or the end of the tag of '%.*s'", TC_STR_ARG(tag.name));
                w->over = true;
            }
        }
    }
    if (w->over || is_end_without_slash(w, &tag, empty))
        return;
    end_element(w, empty);
    if (!empty)
        push(w, (struct tc_text_open){.name = tag.name, .begin = tag.begin, .end = w->at});
}

static void
wrong_end(struct tc_text_walk *w, size_t begin, struct tc_str name)
{
    const struct tc_text_open *open = top(w);
    size_t at = (size_t)(name.ptr - w->text);
    struct tc_diag *diag = tc_text_report(w->t, TC_CHECK_END_TAG_WRONG, begin, w->at, "'</%.*s>' ends '%.*s'",
                                          TC_STR_ARG(name), TC_STR_ARG(open->name));

    tc_diag_label(w->t->check->diags, diag, tc_check_span(w->t->check, open->begin, open->begin + 1 + open->name.len),
                  "it began here");
    if (w->t->clr)
        tc_diag_note(w->t->check->diags, diag,
                     "the framework does not look at the name; whatever else reads this file as XML does");
    tc_diag_help(w->t->check->diags, diag, "write '</%.*s>'", TC_STR_ARG(open->name));
    tc_diag_edit(w->t->check->diags, diag, tc_check_span(w->t->check, at, at + name.len), "%.*s",
                 TC_STR_ARG(open->name));
}

static void
walk_end_tag(struct tc_text_walk *w)
{
    size_t begin = w->at, depth = w->depth;
    struct tc_str name;
    const char *close = memchr(w->text + begin, '>', w->len - begin);

    w->at += 2;
    tc_text_skip_blanks(w);
    name = tc_text_take_name(w);
    w->at = close == NULL ? w->len : (size_t)(close - w->text) + 1;
    if (w->depth == 0) {
        size_t end = w->at;

        w->at = begin;
        after_root(w, end, true);
        return;
    }
    if (!tc_str_eq(name, top(w)->name)) {
        if (!w->t->loads && tc_str_distance(name, top(w)->name, 2) > 2)
            while (depth > 0 && !tc_str_eq(name, w->open[depth - 1].name))
                depth--;
        if (w->t->loads || depth == w->depth || depth == 0) {
            wrong_end(w, begin, name);
        } else {
            while (w->depth > depth) {
                not_ended(w, top(w), false);
                w->depth--;
            }
        }
    }
    w->depth--;
    end_element(w, false);
}

/* ---- the rest ---- */

static void
walk_comment(struct tc_text_walk *w)
{
    size_t begin = w->at, end;

    w->at += 4;
    end = find_end(w, "-->");
    if (end == SIZE_MAX) {
        struct tc_diag *diag =
            tc_text_report(w->t, TC_CHECK_COMMENT_UNTERMINATED, begin, begin + 4, "this comment has no end");

        tc_diag_help(w->t->check->diags, diag, "write '-->' where it ends");
        w->over = true;
        return;
    }
    w->at = end;
    if (w->depth > 0 || (w->seen_root && !w->t->clr) || !w->t->clr)
        tc_text_comment(w->t, begin, end);
    if (w->depth > 0 && top(w)->has_text)
        top(w)->has_child = true;
}

/* Whether nothing but blanks stands before @a end. */
static bool
is_all_blank(const struct tc_text_walk *w, size_t end)
{
    size_t at = 0;

    while (at < end && tc_ascii_is_white(w->text[at]))
        at++;
    return at == end;
}

static void
walk_instruction(struct tc_text_walk *w)
{
    size_t begin = w->at, end = find_end(w, "?>");
    struct tc_diag *diag;

    if (end == SIZE_MAX)
        end = w->len;
    w->at = end;
    if (begin == 0 || (w->depth == 0 && !w->seen_root && is_all_blank(w, begin)) || !w->t->clr ||
        (w->depth == 0 && w->seen_root))
        return; /* the declaration, or harmless */
    diag = tc_text_report(w->t, TC_CHECK_INSTRUCTION, begin, end, "a processing instruction stands in the document");
    tc_diag_note(w->t->check->diags, diag, "the framework's reader fails at the next element");
    tc_diag_help(w->t->check->diags, diag, "remove it");
    tc_text_edit(w->t, diag, begin, end, "");
}

static void
walk_cdata(struct tc_text_walk *w)
{
    size_t begin = w->at, end = find_end(w, "]]>");
    struct tc_diag *diag;

    if (end == SIZE_MAX)
        end = w->len;
    w->at = end;
    if (!w->t->clr)
        return;
    diag = tc_text_report(w->t, TC_CHECK_CDATA, begin, end, "a CDATA section stands in the document");
    tc_diag_note(w->t->check->diags, diag,
                 "the framework's reader skips it as it skips a comment, by counting brackets");
    tc_diag_help(w->t->check->diags, diag, "remove it");
    tc_text_edit(w->t, diag, begin, end, "");
}

static void
walk_doctype(struct tc_text_walk *w)
{
    size_t begin = w->at, subset = 0, i = begin;
    struct tc_diag *diag;

    for (; i < w->len && (w->text[i] != '>' || subset > 0); i++)
        subset = w->text[i] == '[' ? 1 : w->text[i] == ']' ? 0 : subset;
    w->at = i < w->len ? i + 1 : w->len;
    diag = tc_text_report(w->t, TC_CHECK_DOCTYPE, begin, begin + 9, "a DOCTYPE has no place in this file");
    if (w->t->clr)
        tc_diag_note(w->t->check->diags, diag, "the framework's reader takes its end for the end of the document");
    tc_diag_help(w->t->check->diags, diag, "remove it");
    tc_text_edit(w->t, diag, begin, w->at, "");
}

void
tc_text_tags(struct tc_text *t)
{
    struct tc_text_walk w = {.t = t, .text = t->text.ptr, .len = t->text.len};

    while (!w.over && w.at < w.len) {
        if (w.text[w.at] != '<')
            walk_text(&w);
        else if (looking_at(&w, "</"))
            walk_end_tag(&w);
        else if (looking_at(&w, "<!--"))
            walk_comment(&w);
        else if (looking_at(&w, "<![CDATA["))
            walk_cdata(&w);
        else if (looking_at(&w, "<!DOCTYPE"))
            walk_doctype(&w);
        else if (looking_at(&w, "<?"))
            walk_instruction(&w);
        else
            walk_start_tag(&w);
    }
    if (w.over || w.depth == 0)
        return;
    tc_diag_note(t->check->diags, not_ended(&w, top(&w), true), "the file ends with %zu element%s open", w.depth,
                 w.depth == 1 ? "" : "s");
}
