#include "api/fmt.h"

#include "syntax/layout.h"
#include "syntax/parse.h"
#include "syntax/same.h"

/* Report that @a source would not stay what it is. */
static enum tc_status
refuse(struct tc_compilation *c, const struct tc_source *source, const struct tc_source_difference *difference)
{
    struct tc_span span = difference->a;

    if (span.end == 0)
        span = (struct tc_span){source->base, source->base};
    tc_diag_add(&c->diags, tc_code(TC_CODE_FMT_DIFFERS), span,
                "%s would not be the same in the formatted text: the file is left as it is", difference->what);
    return TC_ERR_SELF;
}

/* Read what was made as if it came from a file. Its findings are about a text that nobody has: only whether there are
 * any counts. */
static enum tc_status
compare(struct tc_arena *arena, const struct tc_ast_file *file, struct tc_str text,
        struct tc_source_difference *ret_difference)
{
    struct tc_sources sources;
    struct tc_diags diags;
    struct tc_source *source;
    struct tc_ast_file *again;
    enum tc_status status;

    tc_sources_init(&sources, arena);
    tc_diags_init(&diags, arena, &sources);
    source = tc_sources_add_borrowed(&sources, file->source->name, text);
    if (source == NULL)
        return arena->failed ? TC_ERR_NOMEM : TC_ERR_LIMIT;
    status = tc_parse(&diags, arena, source, &again);
    if (status == TC_OK)
        *ret_difference = tc_sources_compare(file, again);
    else if (status == TC_FAILED)
        *ret_difference = (struct tc_source_difference){.what = "what can be read"};
    return status == TC_FAILED ? TC_OK : status;
}

enum tc_status
tc_fmt_verify(struct tc_compilation *c, const struct tc_ast_file *file, struct tc_str text)
{
    struct tc_source_difference difference = {.what = NULL};
    struct tc_arena arena;
    enum tc_status status;

    tc_arena_init(&arena);
    status = compare(&arena, file, text, &difference);
    tc_arena_done(&arena);
    return status == TC_OK && difference.what != NULL ? refuse(c, file->source, &difference) : status;
}

enum tc_status
tc_fmt(struct tc_compilation *c, struct tc_source *source, struct tc_buf *out)
{
    struct tc_arena scratch;
    struct tc_ast_file *file;
    struct tc_buf text = {0};
    enum tc_status status = tc_parse(&c->diags, &c->trees, source, &file);

    if (status != TC_OK)
        return status;
    tc_arena_init(&scratch);
    status = tc_layout(&scratch, file, &text);
    tc_arena_done(&scratch);
    if (status == TC_OK) {
        tc_buf_put(&text, "\0", 2); /* what the scanner wants behind a text */
        text.len -= 2;
        status = text.failed ? TC_ERR_NOMEM : tc_fmt_verify(c, file, tc_buf_str(&text));
    }
    if (status == TC_OK)
        tc_buf_puts(out, tc_buf_str(&text));
    tc_buf_done(&text);
    return status == TC_OK && out->failed ? TC_ERR_NOMEM : status;
}
