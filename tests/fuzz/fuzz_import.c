/*
 * Any bytes as a file that a server has. What becomes a source must compile, and a second run must give the same bytes;
 * what does not must have a reason.
 */
#include "api/import.h"

#include "base/render.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum tc_status
import(struct tc_str text, struct tc_buf *out)
{
    const struct tc_render_options render = {.format = TC_FORMAT_TEXT};
    const struct tc_import_options options = {.read = NULL};
    struct tc_compilation c;
    struct tc_source *source;
    struct tc_buf said = {0};
    enum tc_status status = TC_ERR_LIMIT;

    tc_compilation_init(&c);
    source = tc_sources_add(&c.sources, TC_STR("fuzz.config"), text);
    if (source != NULL)
        status = tc_import(&c, &options, &source, 1, out);
    if ((status == TC_FAILED || status == TC_ERR_SELF) && c.diags.errors == 0)
        abort(); /* it says why */
    if (status != TC_OK && out->len > 0)
        abort();
    tc_render(&c.diags, &render, &said);
    tc_buf_done(&said);
    tc_compilation_done(&c);
    return status;
}

static void
check_source(struct tc_str text)
{
    const struct tc_sema_options options = {.today = {"2026-11-23", 10}};
    struct tc_sema_host host = tc_host_builtin();
    struct tc_compilation c;

    tc_compilation_init(&c);
    if (tc_compile(&c, &host, &options, TC_STR("imported.trust"), text) != TC_OK)
        abort();
    tc_compilation_done(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tc_str text = {(const char *)data, size};
    struct tc_buf first = {0}, second = {0};

    if (import(text, &first) == TC_OK) {
        check_source(tc_buf_str(&first));
        if (import(text, &second) != TC_OK || !tc_str_eq(tc_buf_str(&first), tc_buf_str(&second)))
            abort();
    }
    tc_buf_done(&first);
    tc_buf_done(&second);
    return 0;
}
