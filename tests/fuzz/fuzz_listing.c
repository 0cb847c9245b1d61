/*
 * Any bytes as a listing of rights, and as what appcmd prints. What is read lies within the text; what cannot be read
 * is said; the same is read in the same text behind a blank line.
 */
#include "plan/acl_read.h"
#include "plan/iis_config.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    const struct tc_source *source;
    size_t paths, entries;
};

static void
check_span(const struct tc_source *source, struct tc_span span)
{
    if (span.begin < source->base || span.end < span.begin || span.end > source->base + source->text.len)
        abort();
}

static bool
see(void *state, const struct tc_acl *acl)
{
    struct seen *seen = state;

    check_span(seen->source, acl->span);
    if (acl->path.len == 0 && acl->state != TC_ACL_UNREAD)
        abort();
    for (size_t i = 0; i < acl->count; i++) {
        check_span(seen->source, acl->aces[i].span);
        if (acl->aces[i].principal.len == 0)
            abort();
    }
    seen->paths++;
    seen->entries += acl->count;
    return true;
}

static enum tc_status
read_listing(struct tc_sources *sources, struct tc_diags *diags, struct tc_str text, struct seen *seen)
{
    const struct tc_acl_read_options options = {.base = TC_STR("D:\\Sites")};
    struct tc_acl_counts counts;
    enum tc_status status;

    *seen = (struct seen){.source = tc_sources_add(sources, TC_STR("listing"), text)};
    if (seen->source == NULL)
        return TC_ERR_LIMIT;
    status = tc_acl_read(seen->source, &options, diags, see, seen, &counts);
    if (counts.paths != seen->paths || counts.entries != seen->entries)
        abort();
    return status;
}

static void
read_pools(struct tc_arena *arena, struct tc_sources *sources, struct tc_str text)
{
    struct tc_source *source = tc_sources_add(sources, TC_STR("pools"), text);
    struct tc_iis_config config;
    struct tc_diags diags;

    if (source == NULL)
        return;
    tc_diags_init(&diags, arena, sources);
    tc_iis_config_init(&config, arena, TC_STR(""));
    if ((tc_iis_config_read(&config, source, &diags) == TC_FAILED) != (diags.errors > 0))
        abort();
    for (const struct tc_iis_application *app = config.applications; app != NULL; app = app->next) {
        check_span(source, app->span);
        tc_iis_setting_for(config.anonymous, app->location);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tc_arena arena;
    struct tc_sources sources;
    struct tc_diags diags, again;
    struct tc_buf shifted = {0};
    struct seen first, second;
    enum tc_acl_encoding encoding;
    struct tc_str text;
    enum tc_status status;

    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    tc_diags_init(&diags, &arena, &sources);
    tc_diags_init(&again, &arena, &sources);
    text = tc_acl_decode(&arena, (struct tc_str){(const char *)data, size}, &encoding);
    status = read_listing(&sources, &diags, text, &first);
    if ((status == TC_FAILED) != (diags.errors > 0))
        abort();
    tc_buf_puts(&shifted, TC_STR("\r\n"));
    tc_buf_puts(&shifted, tc_str_starts(text, TC_STR("\xef\xbb\xbf")) ? tc_str_sub(text, 3, text.len) : text);
    if (read_listing(&sources, &again, tc_buf_str(&shifted), &second) != status || first.paths != second.paths ||
        first.entries != second.entries || diags.kept != again.kept)
        abort();
    read_pools(&arena, &sources, text);
    tc_buf_done(&shifted);
    tc_arena_done(&arena);
    return 0;
}
