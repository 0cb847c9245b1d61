#include "base/source.h"

#include <string.h>

static const struct tc_str byte_order_mark = {"\xEF\xBB\xBF", 3};

struct tc_span
tc_span_join(struct tc_span first, struct tc_span last)
{
    if (first.begin == 0)
        return last;
    if (last.begin == 0)
        return first;
    return (struct tc_span){first.begin, last.end};
}

void
tc_sources_init(struct tc_sources *sources, struct tc_arena *arena)
{
    *sources = (struct tc_sources){.arena = arena};
}

static uint32_t
source_end(const struct tc_source *source)
{
    return source->base + (uint32_t)source->text.len;
}

/* The position after the last source and its end: each source keeps its end position for itself. */
static uint64_t
next_base(const struct tc_sources *sources)
{
    return sources->count == 0 ? 1 : (uint64_t)source_end(sources->list[sources->count - 1]) + 1;
}

static bool
list_reserve(struct tc_sources *sources)
{
    struct tc_source **list =
        tc_arena_more(sources->arena, struct tc_source *, sources->list, sources->count, &sources->capacity, 8);

    if (list == NULL)
        return false;
    sources->list = list;
    return true;
}

static struct tc_str
copy_text(struct tc_arena *arena, struct tc_str text)
{
    char *copy = tc_arena_alloc(arena, text.len + 2, 1); /* with the two NULs */

    if (copy == NULL)
        return (struct tc_str){0};
    if (text.len != 0)
        memcpy(copy, text.ptr, text.len);
    return (struct tc_str){copy, text.len};
}

static struct tc_source *
add(struct tc_sources *sources, struct tc_str name, struct tc_str text, bool borrowed)
{
    uint64_t base = next_base(sources);
    bool has_bom = tc_str_starts(text, byte_order_mark);
    struct tc_source *source;

    if (has_bom)
        text = tc_str_sub(text, byte_order_mark.len, SIZE_MAX);
    if (base > UINT32_MAX || text.len > UINT32_MAX - base)
        return NULL;

    source = tc_arena_new(sources->arena, struct tc_source);
    name = tc_arena_str(sources->arena, name);
    if (!borrowed)
        text = copy_text(sources->arena, text);
    if (!list_reserve(sources) || sources->arena->failed)
        return NULL;
    *source = (struct tc_source){
        .name = name,
        .text = text,
        .base = (uint32_t)base,
        .had_bom = has_bom,
        .shown_end = (uint32_t)text.len,
    };
    sources->list[sources->count++] = source;
    return source;
}

struct tc_source *
tc_sources_add(struct tc_sources *sources, struct tc_str name, struct tc_str text)
{
    return add(sources, name, text, false);
}

struct tc_source *
tc_sources_add_borrowed(struct tc_sources *sources, struct tc_str name, struct tc_str text)
{
    return add(sources, name, text, true);
}

struct tc_source *
tc_sources_add_wrapped(struct tc_sources *sources, struct tc_str name, struct tc_str before, struct tc_str text,
                       struct tc_str behind)
{
    struct tc_str whole =
        tc_arena_printf(sources->arena, "%.*s%.*s%.*s", TC_STR_ARG(before), TC_STR_ARG(text), TC_STR_ARG(behind));
    struct tc_source *source = sources->arena->failed ? NULL : add(sources, name, whole, false);

    if (source == NULL)
        return NULL;
    source->shown_begin = (uint32_t)before.len;
    source->shown_end = (uint32_t)(before.len + text.len);
    return source;
}

/* What messages show of a source. */
static struct tc_str
shown(const struct tc_source *source)
{
    return tc_str_sub(source->text, source->shown_begin, source->shown_end - source->shown_begin);
}

struct tc_source *
tc_sources_find(const struct tc_sources *sources, uint32_t position)
{
    size_t low = 0, high = sources->count;
    struct tc_source *source;

    if (position == 0 || high == 0)
        return NULL;
    /* most compilations have one source, and most findings are in the text read last */
    if (position >= sources->list[high - 1]->base)
        low = high - 1;
    while (high - low > 1) { /* the base of `low` is at or before the position, that of `high` after it */
        size_t middle = low + (high - low) / 2;

        if (sources->list[middle]->base <= position)
            low = middle;
        else
            high = middle;
    }
    source = sources->list[low];
    return position <= source_end(source) ? source : NULL;
}

/* Walks over line ends. Each of the two searches goes on only when the walk has passed what it found before. */
struct line_scan {
    const char *end;
    const char *lf; /* first LF at or after the walk, or end */
    const char *cr; /* the same for CR */
};

static const char *
find_byte(const char *from, const char *end, char byte)
{
    const char *found = from == end ? NULL : memchr(from, byte, (size_t)(end - from));

    return found == NULL ? end : found;
}

static struct line_scan
line_scan_begin(struct tc_str text)
{
    const char *end = text.ptr + text.len;

    return (struct line_scan){end, find_byte(text.ptr, end, '\n'), find_byte(text.ptr, end, '\r')};
}

/* The start of the next line, or NULL when the walk is on the last line. */
static const char *
line_scan_next(struct line_scan *scan)
{
    const char *next;

    if (scan->lf == scan->end && scan->cr == scan->end)
        return NULL;
    if (scan->cr < scan->lf)
        next = scan->cr + 1 == scan->lf && scan->lf != scan->end ? scan->lf + 1 : scan->cr + 1;
    else
        next = scan->lf + 1;
    if (scan->lf < next)
        scan->lf = find_byte(next, scan->end, '\n');
    if (scan->cr < next)
        scan->cr = find_byte(next, scan->end, '\r');
    return next;
}

/* Makes the line table unless there is one; false when out of memory. */
static bool
lines_make(const struct tc_sources *sources, struct tc_source *source)
{
    struct line_scan scan;
    const char *start;
    uint32_t count = 1;
    uint32_t *lines;

    if (source->lines != NULL)
        return true;

    scan = line_scan_begin(shown(source));
    while (line_scan_next(&scan) != NULL)
        count++;
    lines = tc_arena_array(sources->arena, uint32_t, count);
    if (lines == NULL)
        return false;

    scan = line_scan_begin(shown(source));
    lines[0] = source->shown_begin;
    for (uint32_t i = 1; (start = line_scan_next(&scan)) != NULL; i++)
        lines[i] = (uint32_t)(start - source->text.ptr);
    source->lines = lines;
    source->line_count = count;
    return true;
}

/* The index of the line that @a offset is on. */
static uint32_t
line_of(const struct tc_source *source, uint32_t offset)
{
    uint32_t low = 0, high = source->line_count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (source->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static bool
is_ascii_word(const char *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    return (word & UINT64_C(0x8080808080808080)) == 0;
}

/* How many characters there are in front of an offset. */
struct tc_source_mark {
    uint32_t offset; /* where a character begins */
    uint32_t points, units;
};

enum { MARK_EACH = 1024, LINE_LONG = 4096 }; /* bytes */

/* Go on to @a offset; within a sequence that is where it starts. */
static struct tc_source_mark
count_to(struct tc_str text, struct tc_source_mark at, uint32_t offset)
{
    while (at.offset < offset) {
        uint32_t code;
        size_t len;

        if (offset - at.offset >= sizeof(uint64_t) && is_ascii_word(text.ptr + at.offset)) {
            at.offset += sizeof(uint64_t);
            at.points += sizeof(uint64_t);
            at.units += sizeof(uint64_t);
            continue;
        }
        len = tc_utf8_next(text, at.offset, &code);
        if (len > offset - at.offset)
            break;
        at.offset += (uint32_t)len;
        at.points++;
        at.units += code != TC_UTF8_BAD && code > 0xFFFF ? 2 : 1;
    }
    return at;
}

/* Marks all over the text, so that columns of a long line are not counted from its beginning each time. */
static bool
marks_make(const struct tc_sources *sources, struct tc_source *source)
{
    uint32_t count = (uint32_t)(source->text.len / MARK_EACH) + 1;
    struct tc_source_mark *marks;

    if (source->marks != NULL)
        return true;
    marks = tc_arena_array(sources->arena, struct tc_source_mark, count);
    if (marks == NULL)
        return false;
    for (uint32_t i = 1; i < count; i++)
        marks[i] = count_to(source->text, marks[i - 1], i * MARK_EACH);
    source->marks = marks;
    source->mark_count = count;
    return true;
}

/* The characters in front of @a offset, from the last mark on; a line begins with a character. */
static struct tc_source_mark
count_at(const struct tc_source *source, uint32_t offset)
{
    return count_to(source->text, source->marks[offset / MARK_EACH], offset);
}

struct tc_place
tc_sources_place(const struct tc_sources *sources, uint32_t position)
{
    struct tc_source *source = tc_sources_find(sources, position);
    struct tc_place place = {0};
    struct tc_source_mark start = {0}, end;
    uint32_t offset, index;

    if (source == NULL || !lines_make(sources, source))
        return place;
    offset = position - source->base;
    offset = offset < source->shown_begin ? source->shown_begin
             : offset > source->shown_end ? source->shown_end
                                          : offset;
    index = line_of(source, offset);
    start.offset = source->lines[index];
    if (offset - start.offset > LINE_LONG && marks_make(sources, source)) {
        start = count_at(source, start.offset);
        end = count_at(source, offset);
    } else {
        end = count_to(source->text, start, offset);
    }
    place.source = source;
    place.line = index + 1;
    place.column = end.points - start.points + 1;
    place.utf16_column = end.units - start.units + 1;
    place.byte_column = offset - source->lines[index] + 1;
    return place;
}

struct tc_str
tc_source_line(const struct tc_sources *sources, struct tc_source *source, uint32_t line)
{
    uint32_t begin, end;

    if (line == 0 || !lines_make(sources, source) || line > source->line_count)
        return (struct tc_str){0};
    begin = source->lines[line - 1];
    if (line == source->line_count) {
        end = source->shown_end;
    } else {
        end = source->lines[line] - 1;
        /* a CR before the LF belongs to it: alone it would have ended the line */
        if (source->text.ptr[end] == '\n' && end > begin && source->text.ptr[end - 1] == '\r')
            end--;
    }
    return tc_str_sub(source->text, begin, end - begin);
}

struct tc_str
tc_sources_text(const struct tc_sources *sources, struct tc_span span)
{
    const struct tc_source *source = tc_sources_find(sources, span.begin);

    if (source == NULL || span.end <= span.begin)
        return (struct tc_str){0};
    return tc_str_sub(source->text, span.begin - source->base, span.end - span.begin);
}
