#include "base/render.h"
#include "base/json.h"

#include <inttypes.h>
#include <utf8proc.h>

enum {
    INDENT = 4,             /* before the line number of an excerpt */
    LINE_COLUMNS_MAX = 200, /* a longer source line is shown in part */
    CONTEXT_COLUMNS = 20,   /* so much of it is shown before the span, however long the span */
    LINE_BYTES_NEAR = 2048, /* how far from the span an excerpt can reach; bounds the work per finding */
    TAB_COLUMNS = 8,        /* at most; what a tab really takes is the terminal's affair */
};

#define ELLIPSIS TC_STR("...")

#define SGR_RESET  "\033[0m"
#define SGR_BOLD   "\033[1m"
#define SGR_RED    "\033[1;31m"
#define SGR_GREEN  "\033[1;32m"
#define SGR_YELLOW "\033[1;33m"
#define SGR_CYAN   "\033[1;36m"

struct severity_info {
    const char *name;
    const char *plural;
    const char *color;
};

static const struct severity_info severities[] = {
    [TC_SEVERITY_NOTE] = {"note", "notes", SGR_CYAN},
    [TC_SEVERITY_WARNING] = {"warning", "warnings", SGR_YELLOW},
    [TC_SEVERITY_ERROR] = {"error", "errors", SGR_RED},
};

struct render {
    const struct tc_diags *diags;
    const struct tc_render_options *options;
    struct tc_buf *out;
};

/* Where a span is. Source is NULL for nowhere. */
struct extent {
    struct tc_place begin;
    struct tc_place end;
};

static struct extent
extent_of(const struct tc_diags *diags, struct tc_span span)
{
    struct extent extent = {.begin = tc_sources_place(diags->sources, span.begin)};

    if (extent.begin.source != NULL && span.end > span.begin)
        extent.end = tc_sources_place(diags->sources, span.end);
    if (extent.end.source != extent.begin.source)
        extent.end = extent.begin;
    return extent;
}

/*
 * Text for terminals
 */

static void
begin_color(const struct render *r, const char *color)
{
    if (r->options->color)
        tc_buf_puts(r->out, tc_str_of(color));
}

static void
end_color(const struct render *r)
{
    begin_color(r, SGR_RESET);
}

static void
put_colored(const struct render *r, const char *color, const char *text)
{
    begin_color(r, color);
    tc_buf_puts(r->out, tc_str_of(text));
    end_color(r);
}

/*
 * Whether a terminal would act on @a code rather than show it: controls, and what reverses or breaks lines. Source
 * text must not be able to repaint what is said about it.
 */
static bool
is_unshowable(uint32_t code)
{
    return code == TC_UTF8_BAD || code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C || code == 0x200E ||
           code == 0x200F || (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

/* Columns that put_shown() takes for @a code. */
static unsigned
columns_of(uint32_t code)
{
    if (code == '\t')
        return TAB_COLUMNS;
    if (code < 0x7F || is_unshowable(code))
        return 1;
    return (unsigned)utf8proc_charwidth((utf8proc_int32_t)code);
}

static void
put_shown(struct tc_buf *out, struct tc_str text)
{
    size_t shown = 0, len;
    uint32_t code;

    for (size_t i = 0; i < text.len; i += len) {
        len = 1;
        if (text.ptr[i] >= ' ' && text.ptr[i] < 0x7F)
            continue;
        len = tc_utf8_next(text, i, &code);
        if (code == '\t' || !is_unshowable(code))
            continue;
        tc_buf_puts(out, tc_str_sub(text, shown, i - shown));
        tc_buf_puts(out, TC_UTF8_REPLACEMENT);
        shown = i + len;
    }
    tc_buf_puts(out, tc_str_sub(text, shown, text.len - shown));
}

/* A source line, or the part of it that is shown, with the bytes that carets go under. */
struct excerpt {
    struct tc_str text;
    size_t begin;
    size_t end;
    bool cut_before;
    bool cut_after;
};

static bool
is_sequence_middle(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* @a excerpt without what is outside [from, to), offsets into its text. */
static void
excerpt_cut(struct excerpt *excerpt, size_t from, size_t to)
{
    excerpt->cut_before |= from > 0;
    excerpt->cut_after |= to < excerpt->text.len;
    excerpt->text = tc_str_sub(excerpt->text, from, to - from);
    excerpt->end = (excerpt->end < to ? excerpt->end : to) - from;
    excerpt->begin -= from;
}

/* Cut off, by bytes, what is too far from the start of the span to be shown whatever its width. */
static void
excerpt_cut_far(struct excerpt *excerpt)
{
    const char *ptr = excerpt->text.ptr;
    size_t len = excerpt->text.len;
    size_t from = excerpt->begin > LINE_BYTES_NEAR ? excerpt->begin - LINE_BYTES_NEAR : 0;
    size_t to = len - excerpt->begin > LINE_BYTES_NEAR ? excerpt->begin + LINE_BYTES_NEAR : len;

    while (from > 0 && from < excerpt->begin && is_sequence_middle(ptr[from]))
        from++;
    while (to < len && to > excerpt->begin && is_sequence_middle(ptr[to]))
        to--;
    excerpt_cut(excerpt, from, to);
}

/* Columns before @a offset of @a text. */
static size_t
columns_before(struct tc_str text, size_t offset)
{
    size_t columns = 0, len;
    uint32_t code;

    for (size_t i = 0; i < offset && (len = tc_utf8_next(text, i, &code)) != 0; i += len)
        columns += columns_of(code);
    return columns;
}

/* Offset of the first character of @a text that has at least @a columns columns before it. */
static size_t
offset_at(struct tc_str text, size_t columns)
{
    size_t i = 0, before = 0, len;
    uint32_t code;

    while (before < columns && (len = tc_utf8_next(text, i, &code)) != 0) {
        before += columns_of(code);
        i += len;
    }
    return i;
}

/* Cut a line that is too long down to a window with the span in its middle, or the start of a long span. */
static void
excerpt_cut_wide(struct excerpt *excerpt)
{
    const size_t width = LINE_COLUMNS_MAX - 2 * ELLIPSIS.len;
    size_t total = columns_before(excerpt->text, excerpt->text.len);
    size_t begin = columns_before(excerpt->text, excerpt->begin);
    size_t span = columns_before(excerpt->text, excerpt->end) - begin;
    size_t margin = span < width - 2 * CONTEXT_COLUMNS ? (width - span) / 2 : CONTEXT_COLUMNS;
    size_t from = begin > margin ? begin - margin : 0;

    if (total <= LINE_COLUMNS_MAX)
        return;
    if (from > total - width)
        from = total - width;
    excerpt_cut(excerpt, offset_at(excerpt->text, from), offset_at(excerpt->text, from + width));
}

/* The start of the character that @a offset is in. */
static size_t
character_start(struct tc_str text, size_t offset)
{
    size_t i = 0, len;
    uint32_t code;

    while ((len = tc_utf8_next(text, i, &code)) != 0 && i + len <= offset)
        i += len;
    return i;
}

static struct excerpt
excerpt_of(const struct tc_diags *diags, const struct extent *extent)
{
    /* not const: asking for a line may make the line table */
    struct tc_source *source = tc_sources_find(diags->sources, extent->begin.source->base);
    struct excerpt excerpt = {.text = tc_source_line(diags->sources, source, extent->begin.line)};
    size_t len = excerpt.text.len;

    excerpt.begin = extent->begin.byte_column - 1;
    excerpt.end = extent->end.line == extent->begin.line ? extent->end.byte_column - 1 : len;
    if (excerpt.begin > len) /* between CR and LF */
        excerpt.begin = len;
    if (excerpt.end > len)
        excerpt.end = len;
    excerpt_cut_far(&excerpt);
    excerpt.begin = character_start(excerpt.text, excerpt.begin);
    excerpt_cut_wide(&excerpt);
    return excerpt;
}

static void
put_repeated(struct tc_buf *out, char c, size_t count)
{
    while (count-- > 0)
        tc_buf_putc(out, c);
}

/*
 * The line under the source line. Tabs stand where they stand above, so that the carets are right whatever a tab
 * takes; within the span that leaves a gap.
 */
static void
put_carets(const struct render *r, const struct excerpt *excerpt, const char *color)
{
    struct tc_buf *out = r->out;
    size_t carets = 0, tabs = 0, len;
    uint32_t code;

    if (excerpt->cut_before)
        put_repeated(out, ' ', ELLIPSIS.len);
    for (size_t i = 0; i < excerpt->begin && (len = tc_utf8_next(excerpt->text, i, &code)) != 0; i += len)
        put_repeated(out, code == '\t' ? '\t' : ' ', code == '\t' ? 1 : columns_of(code));

    begin_color(r, color);
    for (size_t i = excerpt->begin; i < excerpt->end && (len = tc_utf8_next(excerpt->text, i, &code)) != 0; i += len) {
        if (code == '\t') {
            tabs++;
        } else if (columns_of(code) != 0) {
            put_repeated(out, '\t', tabs); /* only now, so that no line ends in one */
            put_repeated(out, '^', columns_of(code));
            carets += columns_of(code);
            tabs = 0;
        }
    }
    if (carets == 0)
        tc_buf_putc(out, '^');
    end_color(r);
    tc_buf_putc(out, '\n');
}

static void
put_excerpt(const struct render *r, const struct extent *extent, const char *color)
{
    struct tc_buf *out = r->out;
    struct excerpt excerpt = excerpt_of(r->diags, extent);
    size_t before = out->len;

    put_repeated(out, ' ', INDENT);
    tc_buf_printf(out, "%" PRIu32, extent->begin.line);
    before = out->len - before;
    tc_buf_puts(out, excerpt.text.len == 0 ? TC_STR(" |") : TC_STR(" | "));
    if (excerpt.cut_before)
        tc_buf_puts(out, ELLIPSIS);
    put_shown(out, excerpt.text);
    if (excerpt.cut_after)
        tc_buf_puts(out, ELLIPSIS);
    tc_buf_putc(out, '\n');

    put_repeated(out, ' ', before);
    tc_buf_puts(out, TC_STR(" | "));
    put_carets(r, &excerpt, color);
}

/* "file:line:column: ", or nothing for nowhere. */
static void
put_place(const struct render *r, const struct tc_place *place)
{
    if (place->source == NULL)
        return;
    put_shown(r->out, place->source->name);
    tc_buf_printf(r->out, ":%" PRIu32 ":%" PRIu32 ": ", place->line, place->column);
}

static void
put_headline(const struct render *r, const struct tc_diag *diag, const struct extent *extent)
{
    struct tc_buf *out = r->out;
    const struct severity_info *severity = &severities[diag->severity];

    put_place(r, &extent->begin);
    if (extent->begin.source == NULL && diag->file.len != 0) {
        put_shown(out, diag->file);
        tc_buf_puts(out, TC_STR(": "));
    }
    begin_color(r, severity->color);
    tc_buf_printf(out, "%s:", severity->name);
    end_color(r);
    tc_buf_putc(out, ' ');
    begin_color(r, SGR_BOLD);
    put_shown(out, diag->message);
    end_color(r);
    tc_buf_printf(out, " [%s %s]\n", diag->code->id, diag->code->slug);
}

static void
put_label(const struct render *r, const struct tc_label *label)
{
    struct extent extent = extent_of(r->diags, label->span);

    tc_buf_puts(r->out, TC_STR("  "));
    put_place(r, &extent.begin);
    put_shown(r->out, label->text);
    tc_buf_putc(r->out, '\n');
    if (extent.begin.source != NULL)
        put_excerpt(r, &extent, SGR_CYAN);
}

static void
put_remark(const struct render *r, const struct tc_remark *remark)
{
    tc_buf_puts(r->out, TC_STR("  "));
    put_colored(r, remark->is_help ? SGR_GREEN : SGR_CYAN, remark->is_help ? "help:" : "note:");
    tc_buf_putc(r->out, ' ');
    put_shown(r->out, remark->text);
    tc_buf_putc(r->out, '\n');
}

static void
put_diag(const struct render *r, const struct tc_diag *diag)
{
    struct extent extent = extent_of(r->diags, diag->span);

    put_headline(r, diag, &extent);
    if (r->options->format == TC_FORMAT_SHORT)
        return;
    if (extent.begin.source != NULL)
        put_excerpt(r, &extent, severities[diag->severity].color);
    for (const struct tc_label *label = diag->labels; label != NULL; label = label->next)
        put_label(r, label);
    for (const struct tc_remark *remark = diag->remarks; remark != NULL; remark = remark->next)
        put_remark(r, remark);
}

/* "2 errors, 1 warning, 3 more not shown": what is above, and how much is not. */
static void
put_summary(const struct render *r)
{
    static const enum tc_severity order[] = {TC_SEVERITY_ERROR, TC_SEVERITY_WARNING, TC_SEVERITY_NOTE};
    size_t counts[] = {[TC_SEVERITY_NOTE] = 0, [TC_SEVERITY_WARNING] = 0, [TC_SEVERITY_ERROR] = 0};
    const char *separator = "";

    for (const struct tc_diag *diag = r->diags->first; diag != NULL; diag = diag->next)
        if (diag->suppressed == NULL)
            counts[diag->severity]++;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const struct severity_info *severity = &severities[order[i]];
        size_t count = counts[order[i]];

        if (count == 0)
            continue;
        tc_buf_printf(r->out, "%s%zu %s", separator, count, count == 1 ? severity->name : severity->plural);
        separator = ", ";
    }
    if (r->diags->dropped != 0)
        tc_buf_printf(r->out, "%s%zu more not shown", separator, r->diags->dropped);
    if (r->diags->first != NULL || r->diags->dropped != 0)
        tc_buf_putc(r->out, '\n');
}

static void
render_text(const struct render *r)
{
    for (const struct tc_diag *diag = r->diags->first; diag != NULL; diag = diag->next)
        if (diag->suppressed == NULL)
            put_diag(r, diag);
    if (!r->options->no_summary)
        put_summary(r);
}

/*
 * JSON
 */

/* A member of an object; the first one has no comma before it. */
static void
json_key(const struct render *r, bool *is_first, const char *key)
{
    tc_buf_printf(r->out, "%s\"%s\": ", *is_first ? "" : ", ", key);
    *is_first = false;
}

static void
json_text(const struct render *r, bool *is_first, const char *key, struct tc_str text)
{
    json_key(r, is_first, key);
    tc_json_string(r->out, text);
}

static void
json_number(const struct render *r, bool *is_first, const char *key, size_t number)
{
    json_key(r, is_first, key);
    tc_buf_printf(r->out, "%zu", number);
}

static void
json_label(const struct render *r, const struct tc_label *label)
{
    struct extent extent = extent_of(r->diags, label->span);
    bool is_first = true;

    tc_buf_putc(r->out, '{');
    if (extent.begin.source != NULL) {
        json_text(r, &is_first, "file", extent.begin.source->name);
        json_number(r, &is_first, "line", extent.begin.line);
        json_number(r, &is_first, "column", extent.begin.column);
        json_number(r, &is_first, "endLine", extent.end.line);
        json_number(r, &is_first, "endColumn", extent.end.column);
    }
    json_text(r, &is_first, "message", label->text);
    tc_buf_putc(r->out, '}');
}

static void
json_remarks(const struct render *r, bool *is_first, const char *key, const struct tc_remark *remark, bool is_help)
{
    const char *separator = "";

    json_key(r, is_first, key);
    tc_buf_putc(r->out, '[');
    for (; remark != NULL; remark = remark->next) {
        if (remark->is_help != is_help)
            continue;
        tc_buf_puts(r->out, tc_str_of(separator));
        tc_json_string(r->out, remark->text);
        separator = ", ";
    }
    tc_buf_putc(r->out, ']');
}

static void
json_suppression(const struct render *r, bool *is_first, const struct tc_suppression *why)
{
    json_key(r, is_first, "suppressed");
    tc_buf_printf(r->out, "{\"by\": \"%s\", \"reason\": ", why->is_baseline ? "baseline" : "comment");
    tc_json_string(r->out, why->reason);
    tc_buf_putc(r->out, '}');
}

/* Edits in bytes of the file without its byte-order mark: what a program needs to apply them. */
static void
json_fix(const struct render *r, bool *is_first, const struct tc_diag *diag)
{
    json_key(r, is_first, "fix");
    tc_buf_printf(r->out, "{\"safe\": %s, \"edits\": [", diag->is_unsafe ? "false" : "true");
    for (const struct tc_edit *edit = diag->edits; edit != NULL; edit = edit->next) {
        const struct tc_source *source = tc_sources_find(r->diags->sources, edit->span.begin);
        struct extent extent = extent_of(r->diags, edit->span);

        tc_buf_printf(r->out,
                      "%s{\"offset\": %" PRIu32 ", \"length\": %" PRIu32 ", \"line\": %" PRIu32 ", \"column\": %" PRIu32
                      ", \"text\": ",
                      edit == diag->edits ? "" : ", ", edit->span.begin - (source == NULL ? 0 : source->base),
                      edit->span.end - edit->span.begin, extent.begin.line, extent.begin.column);
        tc_json_string(r->out, edit->text);
        tc_buf_putc(r->out, '}');
    }
    tc_buf_puts(r->out, TC_STR("]}"));
}

static void
json_extent(const struct render *r, bool *is_first, const struct extent *extent)
{
    json_text(r, is_first, "file", extent->begin.source->name);
    json_number(r, is_first, "line", extent->begin.line);
    json_number(r, is_first, "column", extent->begin.column);
    json_number(r, is_first, "byteColumn", extent->begin.byte_column);
    json_number(r, is_first, "utf16Column", extent->begin.utf16_column);
    json_number(r, is_first, "endLine", extent->end.line);
    json_number(r, is_first, "endColumn", extent->end.column);
    json_number(r, is_first, "endByteColumn", extent->end.byte_column);
    json_number(r, is_first, "endUtf16Column", extent->end.utf16_column);
}

static void
json_diag(const struct render *r, const struct tc_diag *diag)
{
    struct extent extent = extent_of(r->diags, diag->span);
    bool is_first = true;

    tc_buf_putc(r->out, '{');
    json_text(r, &is_first, "code", tc_str_of(diag->code->id));
    json_text(r, &is_first, "slug", tc_str_of(diag->code->slug));
    json_text(r, &is_first, "severity", tc_str_of(severities[diag->severity].name));
    json_text(r, &is_first, "message", diag->message);
    if (extent.begin.source != NULL)
        json_extent(r, &is_first, &extent);
    else if (diag->file.len != 0)
        json_text(r, &is_first, "file", diag->file);

    json_key(r, &is_first, "labels");
    tc_buf_putc(r->out, '[');
    for (const struct tc_label *label = diag->labels; label != NULL; label = label->next) {
        if (label != diag->labels)
            tc_buf_puts(r->out, TC_STR(", "));
        json_label(r, label);
    }
    tc_buf_putc(r->out, ']');
    json_remarks(r, &is_first, "notes", diag->remarks, false);
    json_remarks(r, &is_first, "helps", diag->remarks, true);
    if (diag->edits != NULL)
        json_fix(r, &is_first, diag);
    if (diag->fingerprint.len > 0)
        json_text(r, &is_first, "fingerprint", diag->fingerprint);
    if (diag->suppressed != NULL)
        json_suppression(r, &is_first, diag->suppressed);
    tc_buf_putc(r->out, '}');
}

void
tc_render_json_diag(const struct tc_diags *diags, const struct tc_diag *diag, struct tc_buf *out)
{
    const struct tc_render_options options = {.format = TC_FORMAT_JSON};
    const struct render r = {diags, &options, out};

    json_diag(&r, diag);
}

const char *
tc_severity_name(enum tc_severity severity)
{
    return severities[severity].name;
}

/* One finding a line: still one object, and fit for grep. */
static void
render_json(const struct render *r)
{
    const struct tc_diags *diags = r->diags;

    tc_buf_puts(r->out, TC_STR("{\"schema\": 1, \"diagnostics\": ["));
    for (const struct tc_diag *diag = diags->first; diag != NULL; diag = diag->next) {
        tc_buf_putc(r->out, '\n');
        json_diag(r, diag);
        if (diag->next != NULL)
            tc_buf_putc(r->out, ',');
    }
    if (diags->first != NULL)
        tc_buf_putc(r->out, '\n');
    tc_buf_printf(r->out, "], \"errors\": %zu, \"warnings\": %zu, \"dropped\": %zu}\n", diags->errors, diags->warnings,
                  diags->dropped);
}

void
tc_render(const struct tc_diags *diags, const struct tc_render_options *options, struct tc_buf *out)
{
    const struct render r = {diags, options, out};

    switch (options->format) {
    case TC_FORMAT_TEXT:
    case TC_FORMAT_SHORT:
        render_text(&r);
        break;
    case TC_FORMAT_JSON:
        render_json(&r);
        break;
    }
}
