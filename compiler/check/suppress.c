#include "check/suppress.h"

#include "base/ascii.h"

/* A comment with the word in it. */
struct ignore {
    struct tc_span span;  /* of the comment, or of what it says in a source */
    struct tc_span whole; /* what goes when the comment goes */
    struct tc_span scope; /* findings that begin in here */
    struct tc_str text;   /* behind the word */
};

enum outcome { USED, UNUSED, WRONG };

struct run {
    struct tc_check *check;
    const struct tc_suppress_options *options;
    struct tc_diag **found; /* what was found before the first comment was read, by place */
    size_t count;
};

#define WORD TC_STR("trustc-ignore")

static struct tc_str
trim(struct tc_str text)
{
    while (text.len > 0 && tc_ascii_is_white(text.ptr[0]))
        text = tc_str_sub(text, 1, SIZE_MAX);
    while (text.len > 0 && tc_ascii_is_white(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

/* ---- what a comment says ---- */

static void
misunderstood(struct run *run, const struct ignore *ignore, const char *what, struct tc_str word)
{
    struct tc_diag *diag = tc_check_report(run->check, TC_CHECK_BAD_IGNORE, ignore->span, "%s%s%.*s%s", what,
                                           word.len > 0 ? " '" : "", TC_STR_ARG(word), word.len > 0 ? "'" : "");

    if (word.len > 0 && tc_code_near(word) != NULL)
        tc_diag_help(run->check->diags, diag, "did you mean '%s'?", tc_code_near(word)->slug);
    else
        tc_diag_help(run->check->diags, diag, "write: trustc-ignore T1201 until 2027-01-01: the reason");
}

static bool
is_about_comments(const struct tc_code *code)
{
    static const enum tc_check_id ids[] = {TC_CHECK_BAD_IGNORE, TC_CHECK_MANDATORY_IGNORE, TC_CHECK_UNUSED_IGNORE,
                                           TC_CHECK_EXPIRED_IGNORE};

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (code == &tc_check_info(ids[i])->code)
            return true;
    return false;
}

/* The first finding that does not begin in front of @a place. */
static size_t
found_at(const struct run *run, uint32_t place)
{
    size_t low = 0, high = run->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (run->found[middle]->span.begin < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t
suppress_one(struct run *run, const struct ignore *ignore, const struct tc_code *code, struct tc_diag *diag,
             const struct tc_suppression *why)
{
    if (diag->code != code || diag->span.begin < ignore->scope.begin || diag->span.begin >= ignore->scope.end)
        return 0;
    if (diag->suppressed == NULL)
        tc_diag_suppress(run->check->diags, diag, why);
    return 1;
}

/* Findings of @a code in the scope; how many. */
static size_t
suppress(struct run *run, const struct ignore *ignore, const struct tc_code *code, struct tc_str reason)
{
    struct tc_suppression *why = tc_arena_new(run->check->arena, struct tc_suppression);
    size_t count = 0;

    if (why == NULL)
        return 1;
    *why = (struct tc_suppression){.reason = reason, .span = ignore->span};
    if (is_about_comments(code)) { /* they come up while comments are read */
        for (struct tc_diag *diag = run->check->diags->first; diag != NULL; diag = diag->next)
            count += suppress_one(run, ignore, code, diag, why);
        return count;
    }
    for (size_t i = found_at(run, ignore->scope.begin); i < run->count && run->found[i]->span.begin < ignore->scope.end;
         i++)
        count += suppress_one(run, ignore, code, run->found[i], why);
    return count;
}

/* What has been found so far; false when out of memory. */
static bool
list_findings(struct run *run)
{
    struct tc_diags *diags = run->check->diags;

    tc_diags_sort(diags);
    run->found = tc_arena_array(run->check->arena, struct tc_diag *, diags->kept);
    if (run->found == NULL)
        return false;
    for (struct tc_diag *diag = diags->first; diag != NULL; diag = diag->next)
        if (diag->span.begin != 0) /* those come last, and lie in no scope */
            run->found[run->count++] = diag;
    return true;
}

static bool
is_mandatory(const struct run *run, const struct tc_code *code)
{
    return run->options->is_mandatory != NULL && run->options->is_mandatory[tc_row_of(code)];
}

/* Whether findings of @a code may exist that are not here. */
static bool
may_be_elsewhere(const struct run *run, const struct tc_code *code)
{
    enum tc_check_id id = tc_check_of(code);

    return run->options->is_partial && id != TC_CHECK_COUNT_ && tc_check_info(id)->group == TC_CHECKS_LOCKING;
}

/* One code of a comment. */
static enum outcome
apply_code(struct run *run, const struct ignore *ignore, struct tc_str name, struct tc_str reason)
{
    const struct tc_code *code = tc_code_find(name);

    if (code == NULL) {
        misunderstood(run, ignore, "there is no rule", name);
        return WRONG;
    }
    if (is_mandatory(run, code)) {
        tc_check_report(run->check, TC_CHECK_MANDATORY_IGNORE, ignore->span, "%s (%s) may not be suppressed", code->id,
                        code->slug);
        return WRONG;
    }
    if (tc_check_of(code) == TC_CHECK_COUNT_ && code->severity == TC_SEVERITY_ERROR) {
        tc_check_report(run->check, TC_CHECK_BAD_IGNORE, ignore->span,
                        "%s (%s) is an error of the compiler: no comment makes it compile", code->id, code->slug);
        return WRONG;
    }
    return suppress(run, ignore, code, reason) > 0 || may_be_elsewhere(run, code) ? USED : UNUSED;
}

/* All codes of a comment. One that is of no use is named; when none is, the comment can go. */
static void
apply_codes(struct run *run, const struct ignore *ignore, struct tc_str head, struct tc_str reason)
{
    struct tc_str unused = {NULL, 0};
    bool any = false;
    struct tc_diag *diag;

    while (head.len > 0) {
        size_t comma = tc_str_find(head, TC_STR(","), 0);
        struct tc_str name = trim(tc_str_sub(head, 0, comma));
        enum outcome outcome = apply_code(run, ignore, name, reason);

        if (outcome == UNUSED)
            unused = tc_arena_printf(run->check->arena, "%.*s%s%.*s", TC_STR_ARG(unused), unused.len > 0 ? ", " : "",
                                     TC_STR_ARG(name));
        any |= outcome != UNUSED;
        head = comma == SIZE_MAX ? (struct tc_str){NULL, 0} : tc_str_sub(head, comma + 1, SIZE_MAX);
    }
    if (unused.len == 0)
        return;
    diag = tc_check_report(run->check, TC_CHECK_UNUSED_IGNORE, ignore->span,
                           "there is no finding of %.*s here that this would suppress", TC_STR_ARG(unused));
    tc_diag_help(run->check->diags, diag, any ? "remove the code" : "remove the comment");
    if (!any)
        tc_diag_edit(run->check->diags, diag, ignore->whole, "%s", "");
}

static void
apply(struct run *run, const struct ignore *ignore)
{
    size_t colon = tc_str_find(ignore->text, TC_STR(":"), 0);
    struct tc_str head = trim(tc_str_sub(ignore->text, 0, colon)), until = {NULL, 0}, reason;
    size_t at = tc_str_find(head, TC_STR(" until "), 0);

    if (colon == SIZE_MAX || (reason = trim(tc_str_sub(ignore->text, colon + 1, SIZE_MAX))).len == 0) {
        misunderstood(run, ignore, "this comment gives no reason: nothing is suppressed", (struct tc_str){NULL, 0});
        return;
    }
    if (at != SIZE_MAX) {
        until = trim(tc_str_sub(head, at + 7, SIZE_MAX));
        head = trim(tc_str_sub(head, 0, at));
    }
    if (at != SIZE_MAX && !tc_str_is_day(until)) {
        misunderstood(run, ignore, "a day such as 2027-01-01 is expected behind 'until', not", until);
        return;
    }
    if (head.len == 0) {
        misunderstood(run, ignore, "this comment names no rule", (struct tc_str){NULL, 0});
        return;
    }
    if (until.len > 0 && run->options->today.len > 0 && tc_str_cmp(until, run->options->today) < 0) {
        tc_check_report(run->check, TC_CHECK_EXPIRED_IGNORE, ignore->span, "this held until %.*s", TC_STR_ARG(until));
        return;
    }
    apply_codes(run, ignore, head, reason);
}

/* @a text of a comment with the word in front taken away; false when it is none of ours. */
static bool
says_ignore(struct tc_str text, struct tc_str *ret_rest)
{
    text = trim(text);
    if (!tc_str_starts(text, WORD) ||
        (text.len > WORD.len && !tc_ascii_is_white(text.ptr[WORD.len]) && text.ptr[WORD.len] != ':'))
        return false;
    *ret_rest = tc_str_sub(text, WORD.len, SIZE_MAX);
    return true;
}

/* ---- where comments stand ---- */

static size_t
line_begin(struct tc_str text, size_t at)
{
    while (at > 0 && text.ptr[at - 1] != '\n' && text.ptr[at - 1] != '\r')
        at--;
    return at;
}

static size_t
line_end(struct tc_str text, size_t at)
{
    while (at < text.len && text.ptr[at] != '\n' && text.ptr[at] != '\r')
        at++;
    return at;
}

static bool
is_first_on_line(struct tc_str text, size_t at)
{
    return trim(tc_str_sub(text, line_begin(text, at), at - line_begin(text, at))).len == 0;
}

/* A comment that has a line to itself goes with its line. */
static struct tc_span
whole(const struct run *run, size_t begin, size_t end)
{
    struct tc_str text = run->check->file->source->text;
    size_t first = line_begin(text, begin), last = line_end(text, end);

    if (!is_first_on_line(text, begin) || trim(tc_str_sub(text, end, last - end)).len > 0)
        return tc_check_span(run->check, begin, end);
    if (last < text.len && text.ptr[last] == '\r')
        last++;
    if (last < text.len && text.ptr[last] == '\n')
        last++;
    return tc_check_span(run->check, first, last);
}

static void
apply_markup(struct run *run, const struct tc_markup *comment, struct tc_str rest)
{
    struct tc_str text = run->check->file->source->text;
    const struct tc_markup *next = tc_markup_element(comment->next);
    struct ignore ignore = {.span = tc_check_span(run->check, comment->begin, comment->end),
                            .whole = whole(run, comment->begin, comment->end),
                            .text = rest};

    if (!is_first_on_line(text, comment->begin))
        ignore.scope = tc_check_span(run->check, line_begin(text, comment->begin), line_end(text, comment->begin));
    else if (next != NULL)
        ignore.scope = tc_check_span(run->check, next->begin, next->close_end);
    apply(run, &ignore);
}

static void
walk_markup(struct run *run, const struct tc_markup *markup)
{
    struct tc_str rest;

    for (; markup != NULL; markup = markup->next) {
        if (markup->kind == TC_MARKUP_COMMENT && says_ignore(markup->name, &rest))
            apply_markup(run, markup, rest);
        walk_markup(run, markup->first);
    }
}

/* The end of the statement of a source that begins at or behind @a at: its `;`, or the `}` of its block. */
static size_t
statement_end(struct tc_str text, size_t at)
{
    size_t depth = 0;

    for (; at < text.len; at++)
        switch (text.ptr[at]) {
        case '"':
            for (at++; at < text.len && text.ptr[at] != '"' && text.ptr[at] != '\n';)
                at++;
            break;
        case '#':
            at = line_end(text, at);
            break;
        case '{':
            depth++;
            break;
        case '}':
            if (depth <= 1)
                return at + 1;
            depth--;
            break;
        case ';':
            if (depth == 0)
                return at + 1;
            break;
        default:
            break;
        }
    return text.len;
}

static void
walk_source(struct run *run)
{
    struct tc_str text = run->check->file->source->text, rest;

    for (size_t at = 0; at < text.len; at++) {
        size_t end;

        if (text.ptr[at] == '"') {
            for (at++; at < text.len && text.ptr[at] != '"' && text.ptr[at] != '\n';)
                at++;
            continue;
        }
        if (text.ptr[at] != '#')
            continue;
        end = line_end(text, at);
        if (says_ignore(tc_str_sub(text, at + 1, end - at - 1), &rest)) {
            struct ignore ignore = {.span = tc_check_span(run->check, at, end),
                                    .whole = whole(run, at, end),
                                    .text = rest,
                                    .scope = is_first_on_line(text, at)
                                                 ? tc_check_span(run->check, end, statement_end(text, end))
                                                 : tc_check_span(run->check, line_begin(text, at), end)};

            apply(run, &ignore);
        }
        at = end;
    }
}

void
tc_suppress(struct tc_check *check, const struct tc_suppress_options *options)
{
    struct run run = {.check = check, .options = options};
    const struct tc_check_file *file = check->file;
    const struct tc_markup *document;

    if (file->kind != TC_FILE_SOURCE && file->is_plain &&
        (!file->has_comments || tc_str_find(file->source->text, WORD, 0) == SIZE_MAX))
        return;
    if (!list_findings(&run))
        return;
    if (file->kind == TC_FILE_SOURCE) {
        walk_source(&run);
    } else {
        document = tc_check_document(check);
        if (document != NULL)
            walk_markup(&run, document->first);
    }
    tc_diags_sort(check->diags);
}
