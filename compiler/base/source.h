/**
 * Source texts and positions.
 *
 * All sources of one compilation share one 32-bit position space, so that a span is eight bytes and knows its file.
 * Position 0 is "nowhere". Lines and columns are computed on demand.
 */
#ifndef TC_BASE_SOURCE_H
#define TC_BASE_SOURCE_H

#include "base/arena.h"

/** Half-open range of positions; {0, 0} is nowhere. */
struct tc_span {
    uint32_t begin;
    uint32_t end;
};

#define TC_NOWHERE ((struct tc_span){0, 0})

/** From the start of @a first to the end of @a last; a span that is nowhere does not count. */
struct tc_span tc_span_join(struct tc_span first, struct tc_span last);

struct tc_source_mark;

/** One text. Fields are read-only for everyone but source.c, unless they say otherwise. */
struct tc_source {
    struct tc_str name; /**< as messages show it: the path as given, or "<stdin>" */
    struct tc_str text; /**< the bytes, without a leading UTF-8 byte-order mark; followed by two NULs */
    uint32_t base;      /**< position of text.ptr[0] */
    bool had_bom;
    struct tc_span
        wanted;           /**< what in another source had it read: its `use`; nowhere for all others. Set by who adds it
                           */
    uint32_t shown_begin; /**< offset of what messages show: all of the text, unless it was wrapped */
    uint32_t shown_end;
    uint32_t *lines; /**< offsets of line starts, made on first use */
    uint32_t line_count;
    struct tc_source_mark *marks; /**< columns of long lines, made on first use */
    uint32_t mark_count;
};

/** The texts of one compilation. */
struct tc_sources {
    struct tc_arena *arena;
    struct tc_source **list; /**< in the order added, so by base */
    size_t count;
    size_t capacity;
};

/** Where a position is. Line and columns count from 1. LF, CRLF and lone CR end a line. */
struct tc_place {
    const struct tc_source *source;
    uint32_t line;
    uint32_t column;       /**< in code points; a tab is one, a byte that is not UTF-8 is one */
    uint32_t byte_column;  /**< in bytes */
    uint32_t utf16_column; /**< in UTF-16 code units, as editors count */
};

void tc_sources_init(struct tc_sources *sources, struct tc_arena *arena);

/**
 * Add a text. @a name and @a text are copied into the arena.
 *
 * @return the source, which lives as long as the arena; NULL when out of memory (the arena says so) or when the texts
 *         together would exceed the position space of 4 GiB
 */
struct tc_source *tc_sources_add(struct tc_sources *sources, struct tc_str name, struct tc_str text);

/** Like tc_sources_add(), but @a text is borrowed and must be followed by two NULs; saves the copy of large files. */
struct tc_source *tc_sources_add_borrowed(struct tc_sources *sources, struct tc_str name, struct tc_str text);

/**
 * Like tc_sources_add(), but of a text that something stands around: for a part of a source that someone typed by
 * itself. Messages show @a text alone, from line 1 on; a position around it is shown at its nearer end.
 */
struct tc_source *tc_sources_add_wrapped(struct tc_sources *sources, struct tc_str name, struct tc_str before,
                                         struct tc_str text, struct tc_str behind);

/** The source that @a position lies in (its end counts), or NULL for nowhere. */
struct tc_source *tc_sources_find(const struct tc_sources *sources, uint32_t position);

/** Line and columns of @a position; source is NULL and all else 0 for nowhere. */
struct tc_place tc_sources_place(const struct tc_sources *sources, uint32_t position);

/** The text of line @a line (from 1) without its line ending; empty when there is no such line. */
struct tc_str tc_source_line(const struct tc_sources *sources, struct tc_source *source, uint32_t line);

/** The text under @a span; empty for nowhere. */
struct tc_str tc_sources_text(const struct tc_sources *sources, struct tc_span span);

#endif
