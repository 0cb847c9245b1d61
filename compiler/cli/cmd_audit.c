/* trustc audit: what a real server printed of its rights and pools, held against the plan of a source. */
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/session.h"
#include "plan/audit.h"
#include "xml/policy_text.h"

struct run {
    struct tc_session session;
    const struct tc_options *options;
    struct tc_plan *plan;
    struct tc_audit *audit;
    struct tc_audit_result result;
    bool is_unreadable; /* something was, which has been reported; the rest is looked at all the same */
};

/* TC_FAILED is no reason to stop. */
static enum tc_status
unless_failed(struct run *run, enum tc_status status)
{
    run->is_unreadable |= status == TC_FAILED;
    return status == TC_FAILED ? TC_OK : status;
}

static enum tc_status
read_bytes(struct run *run, const char *path, struct tc_str *ret_bytes)
{
    const char *reason;
    enum tc_status status = tc_host_read(&run->session.c.arena, path, ret_bytes, &reason);

    if (status == TC_ERR_IO || status == TC_ERR_LIMIT)
        tc_complain_file("read", path, reason);
    return status;
}

/* @a text of the file at @a path, which was @a bytes; large ones are not copied. */
static struct tc_source *
add_source(struct run *run, const char *path, struct tc_str text, struct tc_str bytes)
{
    struct tc_str name = tc_str_eq(tc_str_of(path), TC_STR("-")) ? TC_STR("<stdin>") : tc_str_of(path);
    struct tc_sources *sources = &run->session.c.sources;

    return text.ptr == bytes.ptr ? tc_sources_add_borrowed(sources, name, text) : tc_sources_add(sources, name, text);
}

static enum tc_status
read_listing(struct run *run, const struct tc_listing_option *listing)
{
    const struct tc_acl_read_options options = {.base = listing->base};
    enum tc_acl_encoding encoding;
    struct tc_source *source;
    struct tc_str bytes, text;
    enum tc_status status = read_bytes(run, listing->path, &bytes);

    if (status != TC_OK)
        return status;
    text = tc_acl_decode(&run->session.c.arena, bytes, &encoding);
    source = add_source(run, listing->path, text, bytes);
    if (source == NULL)
        return run->session.c.arena.failed ? TC_ERR_NOMEM : TC_ERR_LIMIT;
    return unless_failed(run, tc_audit_listing(run->audit, source, encoding, &options));
}

static enum tc_status
read_pools(struct run *run)
{
    struct tc_arena *arena = &run->session.c.arena;
    struct tc_iis_config config;
    bool is_whole = true;

    if (run->options->pool_count == 0)
        return TC_OK;
    tc_iis_config_init(&config, arena, run->session.c.model->windows.text);
    for (size_t i = 0; i < run->options->pool_count; i++) {
        struct tc_str bytes;
        struct tc_source *source;
        enum tc_status status = read_bytes(run, run->options->pools[i], &bytes);

        if (status != TC_OK)
            return status;
        source = add_source(run, run->options->pools[i], tc_policy_decode(arena, bytes), bytes);
        if (source == NULL)
            return arena->failed ? TC_ERR_NOMEM : TC_ERR_LIMIT;
        status = tc_iis_config_read(&config, source, &run->session.c.diags);
        is_whole &= status == TC_OK;
        if (unless_failed(run, status) != TC_OK)
            return status;
    }
    /* what a file that cannot be read would have shown is not to be called unseen */
    return is_whole ? tc_audit_server(run->audit, &config) : TC_OK;
}

static enum tc_status
tell_sids(struct run *run)
{
    for (size_t i = 0; i < run->options->account_count; i++) {
        const struct tc_account_option *account = &run->options->accounts[i];
        const char *why = tc_audit_sid(run->audit, account->name, account->sid);
        struct tc_buf out = {0};

        if (why == NULL)
            continue;
        tc_buf_printf(&out, "trustc audit: --account '%.*s=%.*s': %s\n", TC_STR_ARG(account->name),
                      TC_STR_ARG(account->sid), why);
        tc_complain(tc_buf_str(&out));
        tc_buf_done(&out);
        return TC_ERR_USAGE;
    }
    return TC_OK;
}

static enum tc_status
compare(struct run *run)
{
    struct tc_compilation *c = &run->session.c;
    enum tc_status status = tc_audit_new(&c->arena, run->plan, &c->diags, &run->audit), end;

    if (status == TC_OK)
        status = tell_sids(run);
    for (size_t i = 0; i < run->options->acl_count && status == TC_OK; i++)
        status = read_listing(run, &run->options->acls[i]);
    if (status == TC_OK)
        status = read_pools(run);
    end = run->audit == NULL ? TC_OK : tc_audit_end(run->audit, &run->result);
    return status != TC_OK ? status : end;
}

static enum tc_status
compile(struct run *run)
{
    struct tc_session *s = &run->session;
    struct tc_source *source;
    enum tc_status status = tc_session_read(s, &source);

    if (status == TC_OK)
        status = tc_compile_source(&s->c, &s->host, &s->sema, source);
    if (status == TC_OK)
        status = tc_plan_make(&s->c.arena, s->c.model, &s->c.diags, &run->plan);
    if (status == TC_OK && !tc_session_has_applications(s, "audit", "hold against the plan"))
        return TC_FAILED;
    return status;
}

static bool
print_result(const struct run *run)
{
    const struct tc_audit_result *result = &run->result;
    struct tc_buf out = {0};
    bool good;

    if (run->options->quiet)
        return true;
    if (result->findings == 0 && result->unseen == 0)
        tc_buf_puts(&out, TC_STR("the server is as planned"));
    else
        tc_buf_printf(&out, "%zu finding%s, %zu not seen", result->findings, result->findings == 1 ? "" : "s",
                      result->unseen);
    if (run->options->acl_count > 0)
        tc_buf_printf(&out, "; %zu path%s of the plan, %zu beside it", result->paths, result->paths == 1 ? "" : "s",
                      result->ignored);
    tc_buf_putc(&out, '\n');
    good = !out.failed && tc_print(tc_buf_str(&out));
    tc_buf_done(&out);
    return good;
}

int
tc_cmd_audit(const struct tc_options *options)
{
    struct run run = {.options = options};
    enum tc_status status;
    int code;

    tc_session_init(&run.session, options);
    status = compile(&run);
    if (status == TC_OK)
        status = compare(&run);
    tc_session_show(&run.session);
    code = tc_session_exit(&run.session, status == TC_OK && run.is_unreadable ? TC_FAILED : status);
    if (status == TC_OK && !run.is_unreadable) {
        if (run.result.findings > 0 || run.result.unseen > 0)
            code = TC_EXIT_FINDINGS;
        if (!print_result(&run))
            code = TC_EXIT_IO;
    }
    tc_session_done(&run.session);
    return code;
}
