#include "api/lint_sites.h"

#include "check/file.h"
#include "xml/policy_text.h"

const struct tc_webconfig *
tc_lint_webconfig(struct tc_compilation *c, struct tc_str name, struct tc_str bytes, enum tc_status *ret_status)
{
    struct tc_webconfig *config = tc_arena_new(&c->arena, struct tc_webconfig);
    struct tc_source *source = tc_sources_add(&c->sources, name, tc_policy_decode(&c->arena, bytes));
    struct tc_markup *document;
    struct tc_markup_fault fault;

    if (source == NULL || config == NULL) {
        *ret_status = c->arena.failed ? TC_ERR_NOMEM : TC_ERR_LIMIT;
        return NULL;
    }
    if (tc_spans_scan(&c->arena, source->text, &document, &fault) != TC_OK)
        return NULL;
    return tc_webconfig_read(&c->arena, source, document, config) && config->root != NULL ? config : NULL;
}

/* As checks have it; NULL for what cannot be read, which linting the file by itself says better. */
static const struct tc_webconfig *
read_config(struct tc_compilation *c, const struct tc_lint_site *site, enum tc_status *ret_status)
{
    return site->is_absent ? tc_arena_new(&c->arena, struct tc_webconfig)
                           : tc_lint_webconfig(c, site->name, site->bytes, ret_status);
}

enum tc_status
tc_lint_sites(struct tc_compilation *c, const struct tc_lint_site *files, size_t count,
              const struct tc_hierarchy_site *ids, size_t id_count, const struct tc_hierarchy_host *host,
              struct tc_hierarchy *ret_hierarchy)
{
    struct tc_hierarchy_file *list = tc_arena_array(&c->arena, struct tc_hierarchy_file, count);
    struct tc_check check = {.arena = &c->arena, .diags = &c->diags};
    enum tc_status status = TC_OK;

    if (list == NULL)
        return TC_ERR_NOMEM;
    c->diags.limit = 0;
    for (size_t i = 0; i < count && status == TC_OK; i++)
        list[i] = (struct tc_hierarchy_file){files[i].path, read_config(c, &files[i], &status), files[i].is_folder};
    if (status == TC_OK)
        status = tc_hierarchy_run(&check, list, count, ids, id_count, host, ret_hierarchy);
    return c->arena.failed ? TC_ERR_NOMEM : status;
}

/* ---- the table ---- */

static void
put_place(const struct tc_compilation *c, struct tc_buf *out, const char *before, struct tc_span span)
{
    struct tc_place place = tc_sources_place(&c->sources, span.begin);

    if (place.source != NULL)
        tc_buf_printf(out, "%s%.*s:%u", before, TC_STR_ARG(place.source->name), place.line);
}

static void
put_value(const struct tc_compilation *c, struct tc_buf *out, const char *name, const struct tc_hierarchy_value *value)
{
    if (value->text.len == 0)
        return;
    tc_buf_printf(out, ", %s '%.*s'", name, TC_STR_ARG(value->text));
    put_place(c, out, " of ", value->span);
}

static void
put_why(const struct tc_compilation *c, const struct tc_hierarchy_application *app, struct tc_buf *out)
{
    if (app->fails.len > 0) {
        tc_buf_puts(out, app->fails);
        put_place(c, out, ", ", app->fails_span);
        return;
    }
    if (app->level.text.len == 0 && app->elsewhere.len == 0) {
        tc_buf_puts(out, TC_STR("none of the files sets it"));
        return;
    }
    put_place(c, out, "", app->level.span);
    if (app->level.text.len == 0)
        tc_buf_printf(out, ": %.*s", TC_STR_ARG(app->elsewhere));
    if (app->is_locked)
        put_place(c, out, ", locked in ", app->lock);
    else
        tc_buf_puts(out, TC_STR(", not locked"));
    put_value(c, out, "originUrl", &app->origin);
    put_value(c, out, "permissionSetName", &app->permission_set);
    if (app->legacy.text.len > 0)
        put_place(c, out, ", legacyCasModel of ", app->legacy.span);
    if (app->policy_file.text.len > 0)
        tc_buf_printf(out, ", policy %.*s", TC_STR_ARG(app->policy_file.text));
}

static struct tc_str
shown_path(const struct tc_hierarchy_application *app)
{
    return app->path.len == 0 ? TC_STR("(any other)") : app->path;
}

static struct tc_str
shown_level(const struct tc_hierarchy_application *app)
{
    return app->fails.len > 0 ? TC_STR("(fails)") : app->level.text.len == 0 ? TC_STR("(unknown)") : app->level.text;
}

/* In code points, which is near enough to columns. */
static size_t
width(struct tc_str text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return count;
}

static void
put_padded(struct tc_buf *out, struct tc_str text, size_t columns)
{
    tc_buf_puts(out, text);
    for (size_t i = width(text); i < columns + 2; i++)
        tc_buf_putc(out, ' ');
}

void
tc_lint_sites_put(const struct tc_compilation *c, const struct tc_hierarchy *hierarchy, struct tc_buf *out)
{
    size_t paths = sizeof "application" - 1, levels = sizeof "trust" - 1;

    for (size_t i = 0; i < hierarchy->count; i++) {
        size_t path = width(shown_path(&hierarchy->applications[i]));
        size_t level = width(shown_level(&hierarchy->applications[i]));

        paths = path > paths ? path : paths;
        levels = level > levels ? level : levels;
    }
    put_padded(out, TC_STR("application"), paths);
    put_padded(out, TC_STR("trust"), levels);
    tc_buf_puts(out, TC_STR("why\n"));
    for (size_t i = 0; i < hierarchy->count; i++) {
        const struct tc_hierarchy_application *app = &hierarchy->applications[i];

        put_padded(out, shown_path(app), paths);
        put_padded(out, shown_level(app), levels);
        put_why(c, app, out);
        tc_buf_putc(out, '\n');
    }
}
