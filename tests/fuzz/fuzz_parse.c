/* Any bytes through scanner and parser, and every diagnostic through every renderer. */
#include "base/render.h"
#include "syntax/parse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
render(const struct tc_diags *diags, enum tc_format format)
{
    const struct tc_render_options options = {.format = format, .color = format == TC_FORMAT_TEXT};
    struct tc_buf out;

    tc_buf_init(&out);
    tc_render(diags, &options, &out);
    if (format == TC_FORMAT_JSON && !tc_str_is_utf8(tc_buf_str(&out), NULL))
        abort(); /* JSON is always valid UTF-8, whatever the source was */
    tc_buf_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tc_arena arena;
    struct tc_sources sources;
    struct tc_diags diags;
    struct tc_source *source;
    struct tc_ast_file *file = NULL;
    enum tc_status status;

    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    tc_diags_init(&diags, &arena, &sources);
    source = tc_sources_add(&sources, TC_STR("fuzz.trust"), (struct tc_str){(const char *)data, size});
    status = tc_parse(&diags, &arena, source, &file);
    if (status == TC_OK && file == NULL)
        abort();
    tc_diags_sort(&diags);
    render(&diags, TC_FORMAT_TEXT);
    render(&diags, TC_FORMAT_SHORT);
    render(&diags, TC_FORMAT_JSON);
    tc_arena_done(&arena);
    return 0;
}
