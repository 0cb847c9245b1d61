#include "api/lint.h"

#include "api/lint_sites.h"
#include "api/lint_source.h"
#include "check/fix.h"
#include "model/expressions.h"
#include "verify/wider.h"
#include "xml/conform.h"
#include "xml/policy_text.h"

#include <sha2.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS_MAX = 20 }; /* of mending: edits that meet wait for the next */

void
tc_lint_init(struct tc_lint *lint)
{
    *lint = (struct tc_lint){.sema = {.today = {NULL, 0}}};
    pthread_mutex_init(&lint->lock, NULL);
    tc_conform_init();
}

void
tc_lint_done(struct tc_lint *lint)
{
    for (int i = 0; i < TC_RT_COUNT_; i++)
        if (lint->stock[i] != NULL) {
            tc_compilation_done(lint->stock[i]);
            free(lint->stock[i]);
        }
    pthread_mutex_destroy(&lint->lock);
}

/* ---- the platform's levels ---- */

/* Every file is compared with them: what a comparison needs of their lists is worked out once. */
static bool
settle(struct tc_arena *arena, const struct tc_perm *const *perms, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!tc_expressions_settle_all(arena, (struct tc_perm *)(uintptr_t)perms[i]))
            return false;
    return true;
}

static bool
settle_levels(struct tc_compilation *c)
{
    for (size_t i = 0; i < c->model->application_count; i++) {
        const struct tc_policy *policy = c->model->applications[i]->policy;

        for (size_t k = 0; policy != NULL && k < policy->set_count; k++)
            if (!settle(&c->arena, policy->sets[k]->perms, policy->sets[k]->count) ||
                !settle(&c->arena, policy->sets[k]->possible, policy->sets[k]->possible_count))
                return false;
    }
    return true;
}

static struct tc_compilation *
compile_stock(enum tc_runtime runtime)
{
    struct tc_compilation *c = calloc(1, sizeof *c);
    struct tc_sema_host host = tc_host_builtin();
    struct tc_buf text = {0};
    enum tc_status status;

    if (c == NULL)
        return NULL;
    tc_compilation_init(c);
    tc_buf_printf(&text, "server s { framework %s; %s}\n", tc_framework_info(tc_runtime_info(runtime)->framework)->name,
                  runtime == TC_RT_4_0_LEGACY ? "cas-model legacy; " : "");
    for (int i = TC_LEVEL_FULL + 1; i < TC_LEVEL_COUNT_; i++)
        tc_buf_printf(&text, "application a%d { location \"s/a%d\"; root \"D:\\a%d\"; trust %s; }\n", i, i, i,
                      tc_level_info((enum tc_level_id)i)->word);
    status = tc_compile(c, &host, &(struct tc_sema_options){0}, TC_STR("levels"), tc_buf_str(&text));
    tc_buf_done(&text);
    if (status == TC_OK && settle_levels(c))
        return c;
    tc_compilation_done(c);
    free(c);
    return NULL;
}

static const struct tc_policy *
stock(void *state, enum tc_runtime runtime, enum tc_level_id level)
{
    struct tc_lint *lint = state;
    const struct tc_policy *policy = NULL;

    pthread_mutex_lock(&lint->lock);
    if (lint->stock[runtime] == NULL)
        lint->stock[runtime] = compile_stock(runtime);
    for (size_t i = 0; lint->stock[runtime] != NULL && i < lint->stock[runtime]->model->application_count; i++)
        if (lint->stock[runtime]->model->applications[i]->policy->level == level)
            policy = lint->stock[runtime]->model->applications[i]->policy;
    pthread_mutex_unlock(&lint->lock);
    return policy;
}

/* ---- the host of the checks ---- */

struct run {
    struct tc_lint *lint;
    const struct tc_lint_folder *folder;
};

static const struct tc_policy *
run_stock(void *state, enum tc_runtime runtime, enum tc_level_id level)
{
    return stock(((struct run *)state)->lint, runtime, level);
}

static bool
run_has_sibling(void *state, struct tc_str name)
{
    const struct tc_lint_folder *folder = ((struct run *)state)->folder;

    return folder->has_sibling(folder->state, name);
}

static bool
run_siblings(void *state, struct tc_str **ret_names, size_t *ret_count)
{
    const struct tc_lint_folder *folder = ((struct run *)state)->folder;

    return folder->siblings(folder->state, ret_names, ret_count);
}

static enum tc_status
run_read_file(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    const struct tc_lint_folder *folder = ((struct run *)state)->folder;

    if (folder != NULL && folder->read_file != NULL)
        return folder->read_file(folder->state, path, ret_text, ret_reason);
    *ret_reason = "other files are not read here";
    return TC_ERR_IO;
}

/* ---- fingerprints ---- */

/* A line's digest, kept while findings of the same line follow each other: a line may be a whole file. */
struct line_digest {
    uint32_t base, line; /* 0: none yet */
    char text[33];
};

static void
put_hex(struct tc_str bytes, char ret[33])
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    SHA2_CTX context;

    SHA256Init(&context);
    SHA256Update(&context, (const uint8_t *)(bytes.ptr == NULL ? "" : bytes.ptr), bytes.len);
    SHA256Final(hash, &context);
    for (size_t i = 0; i < 16; i++) {
        ret[2 * i] = "0123456789abcdef"[hash[i] >> 4];
        ret[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
    }
    ret[32] = '\0';
}

/* Of the rule, the line and the how-many-eth of its kind: it survives what is added above it. */
static void
put_fingerprint(struct tc_compilation *c, struct tc_map *seen, struct line_digest *digest, struct tc_diag *diag)
{
    struct tc_place place = tc_sources_place(&c->sources, diag->span.begin);
    struct tc_str key;
    char text[33];
    size_t *count;

    if (place.source == NULL) {
        put_hex(diag->message, digest->text);
        digest->line = 0;
    } else if (digest->line != place.line || digest->base != place.source->base) {
        put_hex(tc_str_trim(tc_source_line(&c->sources, tc_sources_find(&c->sources, diag->span.begin), place.line)),
                digest->text);
        digest->line = place.line;
        digest->base = place.source->base;
    }
    key = tc_arena_printf(&c->arena, "%s %s", diag->code->id, digest->text);
    count = tc_map_get(seen, key);
    if (count == NULL) {
        count = tc_arena_new(&c->arena, size_t);
        if (count == NULL)
            return;
        tc_map_add(seen, key, count);
    }
    put_hex(tc_arena_printf(&c->arena, "%.*s %zu", TC_STR_ARG(key), (*count)++), text);
    diag->fingerprint = tc_arena_str(&c->arena, (struct tc_str){text, 32});
}

/* ---- findings that were made of several files ---- */

/* @a span of the text of another run as one of this run's, which gets a copy of the text if it has none. */
static struct tc_span
moved(struct tc_compilation *c, const struct tc_diags *shared, struct tc_span span)
{
    const struct tc_source *from = tc_sources_find(shared->sources, span.begin);
    struct tc_source *to = NULL;

    if (from == NULL)
        return TC_NOWHERE;
    for (size_t i = 0; i < c->sources.count && to == NULL; i++)
        if (tc_str_eq(c->sources.list[i]->name, from->name))
            to = c->sources.list[i];
    if (to == NULL)
        to = tc_sources_add(&c->sources, from->name, from->text);
    if (to == NULL)
        return TC_NOWHERE;
    return (struct tc_span){span.begin - from->base + to->base, span.end - from->base + to->base};
}

/* The file as one of those that were looked at together; NULL: it is none. */
static const struct tc_lint_site *
find_site(const struct tc_lint *lint, struct tc_str name)
{
    for (size_t i = 0; lint->shared != NULL && i < lint->site_count; i++)
        if (!lint->sites[i].is_absent && tc_str_eq(lint->sites[i].name, name))
            return &lint->sites[i];
    return NULL;
}

static void
add_shared(struct tc_compilation *c, struct tc_check *check, const struct tc_diags *shared)
{
    const struct tc_source *source = check->file->source;

    for (const struct tc_diag *diag = shared->first; diag != NULL; diag = diag->next) {
        const struct tc_source *from = tc_sources_find(shared->sources, diag->span.begin);
        struct tc_diag *copy;

        /* Another text: the file has been mended since, and the places are no longer right. */
        if (from == NULL || !tc_str_eq(from->name, source->name) || !tc_str_eq(from->text, source->text))
            continue;
        copy = tc_check_report(check, tc_check_of(diag->code), moved(c, shared, diag->span), "%.*s",
                               TC_STR_ARG(diag->message));
        for (const struct tc_label *label = diag->labels; label != NULL; label = label->next)
            tc_diag_label(check->diags, copy, moved(c, shared, label->span), "%.*s", TC_STR_ARG(label->text));
        for (const struct tc_remark *remark = diag->remarks; remark != NULL; remark = remark->next)
            if (remark->is_help)
                tc_diag_help(check->diags, copy, "%.*s", TC_STR_ARG(remark->text));
            else
                tc_diag_note(check->diags, copy, "%.*s", TC_STR_ARG(remark->text));
    }
    tc_diags_sort(check->diags);
}

/* ---- one file ---- */

/* What the compiler warned of, as severe as the settings have it. Its errors stay what they are. */
static bool
is_off(void *state, const struct tc_diag *diag)
{
    const struct tc_lint_settings *settings = state;

    return diag->severity == TC_SEVERITY_WARNING && settings->checks.levels[tc_row_of(diag->code)] == TC_CHECK_OFF;
}

static void
set_severities(struct tc_diags *diags, const struct tc_lint_settings *settings)
{
    tc_diags_drop(diags, is_off, (void *)(uintptr_t)settings);
    for (struct tc_diag *diag = diags->first; diag != NULL; diag = diag->next)
        if (diag->severity == TC_SEVERITY_WARNING)
            tc_diag_set_severity(
                diags, diag,
                tc_check_severity((enum tc_check_level)settings->checks.levels[tc_row_of(diag->code)], diag->code));
}

enum tc_status
tc_lint_file(struct tc_compilation *c, struct tc_lint *lint, const struct tc_lint_settings *settings,
             struct tc_str name, struct tc_str bytes, const struct tc_lint_folder *folder, enum tc_file_kind *ret_kind)
{
    struct tc_source *source = tc_sources_add(&c->sources, name, tc_policy_decode(&c->arena, bytes));
    struct run run = {lint, folder};
    struct tc_check_host host = {.state = &run,
                                 .stock = run_stock,
                                 .has_sibling = folder == NULL || folder->has_sibling == NULL ? NULL : run_has_sibling,
                                 .siblings = folder == NULL || folder->siblings == NULL ? NULL : run_siblings};
    struct tc_check_file file;
    struct tc_diags aside;
    struct tc_check check = {.arena = &c->arena, .diags = &c->diags, .settings = &settings->checks, .host = &host};
    struct line_digest digest = {0};
    const struct tc_lint_site *site;
    struct tc_map seen;
    enum tc_status status;

    if (source == NULL)
        return c->arena.failed ? TC_ERR_NOMEM : TC_ERR_LIMIT;
    tc_diags_init(&aside, &c->arena, &c->sources);
    status = tc_check_file_read(&aside, source, bytes, &settings->file, &file);
    *ret_kind = file.kind;
    if (status != TC_OK || file.kind == TC_FILE_OTHER)
        return status;
    if (file.kind == TC_FILE_SOURCE) {
        struct tc_sema_host sema_host = tc_host_builtin();

        sema_host.state = &run;
        sema_host.read_file = run_read_file;
        status = tc_lint_source(c, &sema_host, &lint->sema, &settings->file, folder, source, &file.source);
        if (status != TC_OK)
            return status;
        file.model = c->model;
        set_severities(&c->diags, settings);
    }
    check.file = &file;
    site = find_site(lint, name);
    check.in_hierarchy = site != NULL;
    check.is_of_machine = site != NULL && site->path.len == 0;
    tc_check_run(&check);
    if (check.in_hierarchy && !settings->without_shared)
        add_shared(c, &check, lint->shared);
    if (!settings->no_inline_ignore)
        tc_suppress(&check, &(struct tc_suppress_options){lint->sema.today, settings->is_mandatory,
                                                          check.in_hierarchy && settings->without_shared});
    tc_map_init(&seen, &c->arena);
    for (struct tc_diag *diag = c->diags.first; settings->with_fingerprints && diag != NULL; diag = diag->next)
        put_fingerprint(c, &seen, &digest, diag);
    return c->arena.failed ? TC_ERR_NOMEM : TC_OK;
}

/* ---- mending ---- */

struct counts {
    size_t checks[TC_CHECK_COUNT_], codes[TC_CODE_COUNT_];
};

static void
count(const struct tc_diags *diags, struct counts *counts)
{
    *counts = (struct counts){{0}, {0}};
    for (const struct tc_diag *diag = diags->first; diag != NULL; diag = diag->next) {
        enum tc_check_id id = tc_check_of(diag->code);

        if (diag->severity == TC_SEVERITY_NOTE)
            continue;
        if (id != TC_CHECK_COUNT_)
            counts->checks[id]++;
        else
            counts->codes[tc_code_of(diag->code)]++;
    }
}

static bool
has_more(const struct counts *after, const struct counts *before)
{
    for (size_t i = 0; i < TC_CHECK_COUNT_; i++)
        if (after->checks[i] > before->checks[i])
            return true;
    for (size_t i = 0; i < TC_CODE_COUNT_; i++)
        if (after->codes[i] > before->codes[i])
            return true;
    return false;
}

/* Whether checks could look at all there is: a file that does not load has most of its findings hidden. */
static bool
is_loaded(struct tc_str name, struct tc_str text, const struct tc_lint_settings *settings)
{
    struct tc_compilation c;
    struct tc_check_file file = {.kind = TC_FILE_OTHER};
    struct tc_source *source;
    bool loaded = false;

    tc_compilation_init(&c);
    source = tc_sources_add(&c.sources, name, text);
    if (source != NULL && tc_check_file_read(&c.diags, source, text, &settings->file, &file) == TC_OK) {
        if (file.kind == TC_FILE_SOURCE)
            loaded = true;
        else if (file.kind == TC_FILE_CONFIG || file.kind == TC_FILE_SHAREPOINT)
            loaded = file.document != NULL;
        else
            loaded = file.policy != NULL && file.fault.because == NULL;
    }
    tc_compilation_done(&c);
    return loaded;
}

static const struct tc_policy *
policy_of(struct tc_compilation *c, struct tc_str name, struct tc_str text, const struct tc_lint_settings *settings)
{
    struct tc_source *source = tc_sources_add(&c->sources, name, text);
    struct tc_check_file file;

    if (source == NULL || tc_check_file_read(&c->diags, source, text, &settings->file, &file) != TC_OK)
        return NULL;
    return file.policy;
}

/* Whether the mended text grants anything that the old one did not. What could not be loaded had nothing to compare. */
static bool
is_wider(const struct tc_lint_settings *settings, struct tc_str name, struct tc_str old, struct tc_str mended)
{
    struct tc_compilation c;
    const struct tc_policy *before, *after;
    bool wider = false;

    tc_compilation_init(&c);
    before = policy_of(&c, name, old, settings);
    after = policy_of(&c, name, mended, settings);
    if (before != NULL && after != NULL)
        wider = tc_policy_is_wider(&c.arena, before, after);
    wider |= c.arena.failed;
    tc_compilation_done(&c);
    return wider;
}

/* @a text in the encoding of @a bytes; false when those are no text that could be written back. */
static bool
encode(struct tc_str text, struct tc_str bytes, struct tc_buf *out)
{
    bool big = bytes.len >= 2 && memcmp(bytes.ptr, "\xFE\xFF", 2) == 0;
    bool little = bytes.len >= 2 && memcmp(bytes.ptr, "\xFF\xFE", 2) == 0;
    size_t len;
    uint32_t code;

    if (!big && !little) {
        if (!tc_str_is_utf8(bytes, NULL))
            return false;
        if (tc_str_starts(bytes, TC_STR("\xEF\xBB\xBF")))
            tc_buf_puts(out, TC_STR("\xEF\xBB\xBF"));
        tc_buf_puts(out, text);
        return true;
    }
    tc_buf_put(out, bytes.ptr, 2);
    for (size_t i = 0; (len = tc_utf8_next(text, i, &code)) != 0; i += len) {
        uint32_t units[2] = {code, 0};
        size_t n = 1;

        if (code == TC_UTF8_BAD)
            return false;
        if (code > 0xFFFF) {
            units[0] = 0xD800 + ((code - 0x10000) >> 10);
            units[1] = 0xDC00 + ((code - 0x10000) & 0x3FF);
            n = 2;
        }
        for (size_t k = 0; k < n; k++) {
            tc_buf_putc(out, (char)(big ? units[k] >> 8 : units[k] & 0xFF));
            tc_buf_putc(out, (char)(big ? units[k] & 0xFF : units[k] >> 8));
        }
    }
    return true;
}

/* Lint @a text in the place of what @a c held. */
static enum tc_status
again(struct tc_compilation *c, struct tc_lint *lint, const struct tc_lint_settings *settings, struct tc_str name,
      struct tc_str text, const struct tc_lint_folder *folder)
{
    unsigned threads = c->threads;
    size_t limit = c->diags.limit;
    enum tc_file_kind kind;

    tc_compilation_reset(c);
    c->threads = threads;
    c->diags.limit = limit;
    return tc_lint_file(c, lint, settings, name, text, folder, &kind);
}

/* What was linted, as findings have it: of several with its name the last (api/lint_source.h). */
static const struct tc_source *
linted(const struct tc_compilation *c, struct tc_str name)
{
    size_t i = c->sources.count - 1;

    while (i > 0 && !tc_str_eq(c->sources.list[i]->name, name))
        i--;
    return c->sources.list[i];
}

/* A run of edits: what the text was compared with, and what has become of it. */
struct mending {
    struct tc_lint *lint;
    struct tc_lint_settings settings;
    struct tc_str name, bytes;
    const struct tc_lint_folder *folder;
    struct tc_buf old, text, encoded; /* `old` is the first text that could be loaded, or the first */
    struct counts before;
    bool is_loaded; /* `old` is */
};

/* Hold later texts against this one when none so far could be loaded: what comes to light with loading is not new. */
static void
compare_from(struct mending *m, const struct tc_compilation *c, struct tc_str text)
{
    if (m->is_loaded)
        return;
    m->is_loaded = is_loaded(m->name, text, &m->settings);
    count(&c->diags, &m->before);
    tc_buf_clear(&m->old);
    tc_buf_puts(&m->old, text);
}

/* Apply edits until there are no more. */
static enum tc_status
mend_in_rounds(struct mending *m, struct tc_compilation *c, bool with_unsafe, struct tc_lint_fix *fix)
{
    enum tc_status status = TC_OK;

    for (int round = 0; round < ROUNDS_MAX && status == TC_OK && fix->refused == NULL; round++) {
        struct tc_fix_result result;

        status = tc_fix_apply(&c->diags, linted(c, m->name), with_unsafe, &result);
        if (status != TC_OK || result.applied == 0)
            break;
        if (round == 0)
            compare_from(m, c, linted(c, m->name)->text);
        fix->fixed += result.applied;
        tc_buf_clear(&m->text);
        tc_buf_puts(&m->text, result.text);
        tc_buf_clear(&m->encoded); /* checks look at the bytes as well */
        if (!encode(tc_buf_str(&m->text), m->bytes, &m->encoded)) {
            fix->refused = "its bytes are no UTF-8: save it as UTF-8 first";
            break;
        }
        tc_buf_put(&m->encoded, "\0\0", 2);
        m->encoded.len -= 2;
        status = m->text.failed || m->encoded.failed
                     ? TC_ERR_NOMEM
                     : again(c, m->lint, &m->settings, m->name, tc_buf_str(&m->encoded), m->folder);
        if (status == TC_OK)
            compare_from(m, c, linted(c, m->name)->text);
    }
    return m->old.failed ? TC_ERR_NOMEM : status;
}

enum tc_status
tc_lint_mend(struct tc_compilation *c, struct tc_lint *lint, const struct tc_lint_settings *settings,
             struct tc_str name, struct tc_str bytes, const struct tc_lint_folder *folder, bool with_unsafe,
             struct tc_lint_fix *ret_fix)
{
    struct mending m = {.lint = lint, .settings = *settings, .name = name, .bytes = bytes, .folder = folder};
    bool in_hierarchy = find_site(lint, name) != NULL;
    struct counts after;
    enum tc_status status = TC_OK;

    *ret_fix = (struct tc_lint_fix){.bytes = bytes};
    m.settings.without_shared = in_hierarchy;
    if (in_hierarchy)
        status = again(c, lint, &m.settings, name, bytes, folder);
    if (status == TC_OK)
        status = mend_in_rounds(&m, c, with_unsafe, ret_fix);
    if (status == TC_OK && ret_fix->fixed > 0 && ret_fix->refused == NULL) {
        count(&c->diags, &after);
        if (has_more(&after, &m.before))
            ret_fix->refused = "mending would bring up other findings: mend it by hand";
        else if (!with_unsafe && is_wider(settings, name, tc_buf_str(&m.old), tc_buf_str(&m.text)))
            ret_fix->refused = "mending would grant more than before: look at it, then use --unsafe-fixes";
    }
    if (ret_fix->refused != NULL)
        ret_fix->fixed = 0;
    if (status == TC_OK && (in_hierarchy || ret_fix->refused != NULL))
        status = again(c, lint, settings, name, ret_fix->fixed > 0 ? tc_buf_str(&m.encoded) : bytes, folder);
    if (status == TC_OK && ret_fix->fixed > 0)
        ret_fix->bytes = tc_arena_str(&c->arena, tc_buf_str(&m.encoded));
    if (c->arena.failed || m.encoded.failed)
        status = TC_ERR_NOMEM;
    tc_buf_done(&m.old);
    tc_buf_done(&m.text);
    tc_buf_done(&m.encoded);
    return status;
}
