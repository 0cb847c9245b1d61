#include "api/platform.h"

#include "verify/evidence.h"
#include "verify/grants.h"
#include "xml/clr_text.h"
#include "xml/reader.h"

/* The machine that is imagined; what is granted does not depend on it. */
static const struct tc_machine machine = {.name = {NULL, 0}, .local_drives = 0};

struct comparison {
    struct tc_compilation *c;
    const struct tc_sema_host *host;
    const struct tc_platform *platform;
    struct tc_buf *out;
    enum tc_runtime runtime;
    size_t differing; /**< levels */
    bool is_readable; /**< every file so far could be read */
    bool is_usable;   /**< and loaded */
};

/* One level: the built-in one, with what it may grant, and the one of the file. */
struct pair {
    struct comparison *comparison;
    struct tc_arena *arena;
    const struct tc_policy *policy;
    const struct tc_policy *widest;
    const struct tc_policy_level *level;
    struct tc_token_values values;
    struct tc_buf text;     /**< what is said of one kind of code */
    struct tc_buf own_text; /**< of the own code: others often get the same */
    struct tc_buf all_text; /**< of all of them */
    size_t differences;     /**< without what was only possible */
};

/* ---- files ---- */

/* 4.x keeps a second set of files for the older model (aspnet-trust 2.7). */
static struct tc_str
file_name(struct tc_arena *arena, enum tc_runtime runtime, enum tc_level_id level)
{
    return tc_arena_printf(arena, "%s%s", runtime == TC_RT_4_0_LEGACY ? "legacy." : "",
                           tc_level_info(level)->policy_file);
}

static struct tc_str
path_of(const struct comparison *q, struct tc_str name)
{
    struct tc_str dir = q->platform->dir;

    return tc_arena_printf(&q->c->arena, "%.*s%s%.*s", TC_STR_ARG(dir),
                           dir.len > 0 && dir.ptr[dir.len - 1] == '/' ? "" : "/", TC_STR_ARG(name));
}

/* Whether a file may be of framework @a wanted, after a report if not. */
static bool
is_of(struct tc_diags *diags, struct tc_str path, struct tc_str text, enum tc_framework wanted)
{
    const char *name = tc_framework_info(wanted)->name;
    enum tc_framework is;

    if (!tc_read_framework(text, &is) || tc_framework_info(is)->clr == tc_framework_info(wanted)->clr)
        return true;
    tc_diag_help(diags,
                 tc_diag_add_file(diags, tc_code(TC_CODE_PLATFORM), path,
                                  "the classes in this file are those of framework %s, and the levels of framework %s "
                                  "are looked for",
                                  tc_framework_info(is)->name, name),
                 "each framework has its own CONFIG directory: --platform %s=DIR", name);
    return false;
}

static bool
read_file(struct comparison *q, struct tc_str name, struct tc_str *ret_text)
{
    const char *reason = "it cannot be read";

    if (q->platform->read(q->platform->state, name, ret_text, &reason) == TC_OK)
        return true;
    tc_diag_add_file(&q->c->diags, tc_code(TC_CODE_PLATFORM), path_of(q, name),
                     "this file of the platform cannot be read: %s", reason);
    q->is_readable = false;
    return false;
}

/* The file's level with the tokens of @a values in it; NULL after a finding. */
static const struct tc_policy_level *
load(struct comparison *q, struct tc_arena *arena, struct tc_str name, struct tc_str bytes,
     const struct tc_token_values *values, struct tc_source **ret_source)
{
    struct tc_source *source = tc_sources_add(&q->c->sources, path_of(q, name), tc_policy_decode(arena, bytes));
    struct tc_policy_text text;
    struct tc_element *root;
    const struct tc_element *element;
    struct tc_policy_level *level;
    struct tc_clr_fault fault;
    struct tc_throw thrown;

    if (source == NULL || tc_policy_replace(arena, source->text, source->base, values, &text) != TC_OK)
        return NULL;
    if (tc_clr_read(arena, text.text, 0, &root, &fault) != TC_OK) {
        uint32_t place = tc_policy_origin(&text, fault.thrown.span.begin);

        tc_diag_add(&q->c->diags, tc_code(TC_CODE_PLATFORM), (struct tc_span){place, place},
                    "the framework could not load this file of the platform: %s",
                    fault.because == NULL ? "a limit is exceeded" : fault.because);
        q->is_usable = false;
        return NULL;
    }
    element = tc_policy_level_find(root);
    if (element == NULL ||
        tc_policy_level_read(arena, element, tc_runtime_info(q->runtime)->framework, &level, &thrown) != TC_YES) {
        tc_diag_add_file(&q->c->diags, tc_code(TC_CODE_PLATFORM), path_of(q, name),
                         "the framework could not load this file of the platform: %s",
                         element == NULL ? "it holds no policy level" : thrown.type);
        q->is_usable = false;
        return NULL;
    }
    *ret_source = source;
    return level;
}

/* ---- what differs ---- */

static void
put_permission(struct pair *p, const char *whose, const struct tc_grant *grant)
{
    struct tc_class_names names = {false, tc_runtime_info(p->comparison->runtime)->framework};
    struct tc_buf *out = &p->text;
    struct tc_element *element;
    struct tc_throw thrown;

    tc_buf_printf(out, "      %s", whose);
    if (grant == NULL)
        tc_buf_puts(out, TC_STR("nothing"));
    else if (grant->perm == NULL || tc_perm_write(p->arena, grant->perm, &names, &element, &thrown) != TC_YES)
        tc_buf_puts(out, TC_STR("what the framework cannot read"));
    else
        tc_element_print(out, element);
    tc_buf_putc(out, '\n');
}

/* Whether @a inner grants nothing that @a outer does not; either may be missing. */
static bool
is_within(struct pair *p, const struct tc_grant *inner, const struct tc_grant *outer)
{
    struct tc_throw ignored;

    if (inner == NULL)
        return true;
    if (inner->perm == NULL || (outer != NULL && outer->perm == NULL))
        return false;
    return tc_algebra_ops(inner->cls->algebra)
               ->subset(p->arena, &machine, inner->perm, outer == NULL ? NULL : outer->perm, &ignored) == TC_YES;
}

static bool
is_same_text(struct pair *p, const struct tc_grant *a, const struct tc_grant *b)
{
    const struct tc_class_names names = {false, tc_runtime_info(p->comparison->runtime)->framework};

    if (a == NULL || b == NULL || a->perm == NULL || b->perm == NULL)
        return a == b;
    return tc_perm_writes_same(p->arena, a->perm, b->perm, &names) || a == b;
}

static bool
is_same(struct pair *p, const struct tc_grant *a, const struct tc_grant *b)
{
    return is_same_text(p, a, b) || (is_within(p, a, b) && is_within(p, b, a));
}

/* One class: of the file, built in, and built in with what is only possible. */
static void
compare_class(struct pair *p, const struct tc_class *cls, const struct tc_grant *is, const struct tc_grant *sure,
              const struct tc_grant *most)
{
    bool is_possible = !is_same(p, sure, most);
    const char *how;

    if (is_same(p, is, sure)) {
        if (is_possible) {
            tc_buf_printf(&p->text, "    %s: settled, the server does not grant what is built in as possible\n",
                          cls->short_name);
        }
        return;
    }
    if (is_possible && is_within(p, sure, is) && is_within(p, is, most)) {
        tc_buf_printf(&p->text, "    %s: settled, the server grants what is built in as possible\n", cls->short_name);
        put_permission(p, "server:   ", is);
        return;
    }
    if (sure == NULL)
        how = "wider on the server, nothing is built in";
    else if (is == NULL)
        how = "narrower on the server, which grants nothing";
    else if (is_within(p, sure, is))
        how = "wider on the server";
    else if (is_within(p, is, sure))
        how = "narrower on the server";
    else
        how = "different on the server, neither wider nor narrower";
    tc_buf_printf(&p->text, "    %s: %s\n", cls->short_name, how);
    p->differences++;
    put_permission(p, "built in: ", sure);
    put_permission(p, "server:   ", is);
}

static void
compare_sets(struct pair *p, const struct tc_grant_set *is, const struct tc_grant_set *sure,
             const struct tc_grant_set *most)
{
    if (is->unrestricted != sure->unrestricted) {
        tc_buf_printf(&p->text, "    %s\n",
                      is->unrestricted ? "wider on the server, which trusts it fully"
                                       : "narrower on the server, which does not trust it fully");
        p->differences++;
        return;
    }
    for (size_t i = 0; i < TC_CLASS_COUNT_ && !is->unrestricted; i++) {
        const struct tc_class *cls = tc_class((enum tc_class_id)i);

        compare_class(p, cls, tc_grant_find(is, cls), tc_grant_find(sure, cls), tc_grant_find(most, cls));
    }
}

/* What the file grants, as tc_grant_of() does for a policy. */
static enum tc_answer
granted(struct pair *p, const struct tc_evidence *evidence, const struct tc_grant_set **ret_set,
        struct tc_throw *ret_throw)
{
    struct tc_statement statement;
    struct tc_throw ignored;
    enum tc_answer answer = tc_policy_level_resolve(p->arena, p->level, evidence, &statement, ret_throw);

    if (answer != TC_YES)
        return answer;
    *ret_set = statement.set;
    if (!tc_runtime_info(p->policy->runtime)->homogeneous || statement.set->unrestricted)
        return TC_YES;
    if (tc_grant_set_is_empty(p->arena, &machine, statement.set, &ignored) == TC_YES)
        *ret_set = tc_grant_set_new(p->arena, false);
    else if (tc_policy_level_set(p->arena, p->level, p->policy->sets[0]->name, ret_set, ret_throw) != TC_YES)
        return TC_THROWS;
    return TC_YES;
}

static void
compare_assembly(struct pair *p, const struct tc_evidence *evidence)
{
    const struct tc_grant_set *is = NULL, *sure = NULL, *most = NULL;
    struct tc_throw is_thrown = {0}, thrown = {0};
    enum tc_answer a = granted(p, evidence, &is, &is_thrown);
    enum tc_answer b = tc_grant_of(p->arena, p->policy, &p->values, evidence, &sure, &thrown);

    if (tc_grant_of(p->arena, p->widest, &p->values, evidence, &most, &thrown) != TC_YES)
        most = sure;
    if (a == TC_THROWS || b == TC_THROWS) {
        if (a == b)
            return;
        tc_buf_printf(&p->text, "    the framework throws %s %s\n", a == TC_THROWS ? is_thrown.type : thrown.type,
                      a == TC_THROWS ? "on the server" : "by what is built in");
        p->differences++;
        return;
    }
    if (is == NULL) {
        tc_buf_printf(&p->text, "    the server's file has no permission set '%.*s'\n",
                      TC_STR_ARG(p->policy->sets[0]->name));
        p->differences++;
        return;
    }
    if (sure != NULL && most != NULL)
        compare_sets(p, is, sure, most);
}

/* One kind of code, under a heading if there is anything to say. */
static void
compare_code(struct pair *p, const char *whose, const struct tc_evidence *evidence)
{
    struct tc_str text;

    tc_buf_clear(&p->text);
    compare_assembly(p, evidence);
    text = tc_buf_str(&p->text);
    if (text.len == 0)
        return;
    tc_buf_printf(&p->all_text, "  %s:", whose);
    if (tc_str_eq(text, tc_buf_str(&p->own_text))) {
        tc_buf_puts(&p->all_text, TC_STR(" as own code\n"));
        return;
    }
    tc_buf_putc(&p->all_text, '\n');
    tc_buf_puts(&p->all_text, text);
}

/* What a group is called, or what it asks for. */
static struct tc_str
group_name(struct tc_arena *arena, const struct tc_group *group)
{
    const struct tc_membership *condition = &group->condition;
    struct tc_str value = tc_str_sub(condition->values[0], 0, 24);

    if (group->name.len > 0)
        return tc_arena_printf(arena, "'%.*s'", TC_STR_ARG(group->name));
    return tc_arena_printf(
        arena, "%s%s%.*s%s", condition->kind == TC_CONDITION_COUNT_ ? "?" : tc_condition_info(condition->kind)->word,
        value.len > 0 ? " " : "", TC_STR_ARG(value), value.len < condition->values[0].len ? "..." : "");
}

/* The code that groups speak of, where more is to be said than of the kinds above. */
static void
compare_groups(struct pair *p, const char *whose, const struct tc_group *group, const struct tc_evidence *parent)
{
    for (; group != NULL; group = group->next) {
        struct tc_evidence evidence[TC_EVIDENCE_MAX];
        size_t count = tc_evidence_of_group(p->arena, group, parent, &p->values, evidence);

        for (size_t i = 0; i < count; i++) {
            struct tc_str name = group_name(p->arena, group);
            size_t before = p->differences;

            tc_buf_clear(&p->text);
            compare_assembly(p, &evidence[i]);
            if (p->text.len == 0 || tc_str_find(tc_buf_str(&p->all_text), tc_buf_str(&p->text), 0) != SIZE_MAX) {
                p->differences = before;
                continue;
            }
            tc_buf_printf(&p->all_text, "  code of the %s group %.*s%s:\n", whose, TC_STR_ARG(name),
                          i > 0 ? ", in the application" : "");
            tc_buf_puts(&p->all_text, tc_buf_str(&p->text));
        }
        if (!group->is_raw)
            compare_groups(p, whose, group->children, &evidence[0]);
    }
}

/* Classes that the tables lack: the framework finds them on the server, the evaluator knows only that they are there.
 */
static void
compare_unknown(struct pair *p, const struct tc_pset *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->perms[i]->cls->assembly == TC_ASM_COUNT_) {
            tc_buf_printf(&p->all_text, "  %s: granted by the server; trustc does not know this class\n",
                          set->perms[i]->cls->type);
            p->differences++;
        }
}

/* ---- levels ---- */

static void
compare_level(struct comparison *q, struct tc_compilation *builtin, enum tc_level_id level, struct tc_str file,
              struct tc_str bytes)
{
    static const char *const names[TC_CODE_KIND_COUNT_] = {"own code", "generated code",
                                                           "code of the global assembly cache", "code from elsewhere"};
    const struct tc_application *app = builtin->model->applications[0];
    struct tc_arena *arena = &builtin->arena;
    struct pair p = {.comparison = q, .arena = arena, .policy = app->policy};
    struct tc_source *source;
    struct tc_policy *server;

    p.values = tc_application_values(arena, builtin->model, app);
    p.widest = tc_policy_widest(arena, app->policy);
    p.level = load(q, arena, file, bytes, &p.values, &source);
    if (p.level == NULL || p.widest == NULL)
        return;
    for (int kind = 0; kind < TC_CODE_KIND_COUNT_; kind++) {
        struct tc_evidence evidence = tc_evidence_of_kind(arena, (enum tc_code_kind)kind, &p.values);

        compare_code(&p, names[kind], &evidence);
        if (kind == TC_CODE_OWN)
            tc_buf_puts(&p.own_text, tc_buf_str(&p.text));
    }
    if (tc_platform_policy(&q->c->diags, source, q->runtime, &server) == TC_OK) {
        compare_unknown(&p, server->sets[0]);
        compare_groups(&p, "server's", server->root, NULL);
    }
    compare_groups(&p, "built-in", app->policy->root, NULL);
    tc_buf_printf(q->out, "%s (%.*s):%s\n", tc_level_info(level)->name, TC_STR_ARG(file),
                  p.all_text.len == 0 ? " the same" : "");
    tc_buf_puts(q->out, tc_buf_str(&p.all_text));
    q->out->failed |= p.text.failed || p.own_text.failed || p.all_text.failed;
    q->differing += p.differences > 0;
    tc_buf_done(&p.text);
    tc_buf_done(&p.own_text);
    tc_buf_done(&p.all_text);
}

/* The built-in level comes from a source of one application that runs under it. */
static enum tc_status
compare_file(struct comparison *q, enum tc_level_id level, struct tc_str file, struct tc_str bytes)
{
    const struct tc_runtime_info *runtime = tc_runtime_info(q->runtime);
    struct tc_compilation builtin;
    struct tc_str text;
    enum tc_status status;

    tc_compilation_init(&builtin);
    text = tc_arena_printf(&builtin.arena,
                           "server platform { framework %s; %s}\n"
                           "application App { location \"Site/app\"; root \"D:\\App\"; trust %s; }\n",
                           tc_framework_info(runtime->framework)->name,
                           q->runtime == TC_RT_4_0_LEGACY ? "cas-model legacy; " : "", tc_level_info(level)->word);
    status = tc_compile(&builtin, q->host, &(struct tc_sema_options){0}, TC_STR("platform"), text);
    if (status == TC_OK)
        compare_level(q, &builtin, level, file, bytes);
    else if (status == TC_FAILED) /* --stdlib: files that cannot be used */
        tc_diag_add_file(&q->c->diags, tc_code(TC_CODE_STDLIB), q->host->stdlib_dir,
                         "the standard policies for %s cannot be used", runtime->name);
    if (builtin.arena.failed)
        status = TC_ERR_NOMEM;
    tc_compilation_done(&builtin);
    return status;
}

static enum tc_status
compare_runtime(struct comparison *q)
{
    tc_buf_printf(q->out, "framework %s, in an application of D:\\App:\n", tc_runtime_info(q->runtime)->name);
    for (int level = TC_LEVEL_FULL + 1; level < TC_LEVEL_COUNT_; level++) {
        struct tc_str file = file_name(&q->c->arena, q->runtime, (enum tc_level_id)level), bytes;
        enum tc_status status;

        if (!read_file(q, file, &bytes))
            continue;
        if (!is_of(&q->c->diags, path_of(q, file), tc_policy_decode(&q->c->arena, bytes),
                   tc_runtime_info(q->runtime)->framework)) {
            q->is_usable = false;
            continue;
        }
        status = compare_file(q, (enum tc_level_id)level, file, bytes);
        if (status != TC_OK)
            return status;
    }
    return TC_OK;
}

enum tc_status
tc_platform_compare(struct tc_compilation *c, const struct tc_sema_host *host, const struct tc_platform *platform,
                    struct tc_buf *out, size_t *ret_count)
{
    struct comparison q = {
        .c = c, .host = host, .platform = platform, .out = out, .is_readable = true, .is_usable = true};
    enum tc_framework framework = platform->framework;
    enum tc_status status;
    struct tc_str bytes;

    if (!platform->has_framework) {
        if (!read_file(&q, tc_str_of(tc_level_info(TC_LEVEL_HIGH)->policy_file), &bytes))
            return TC_ERR_IO;
        tc_read_framework(tc_policy_decode(&c->arena, bytes), &framework);
    }
    for (int runtime = 0; runtime < TC_RT_COUNT_; runtime++) {
        if (tc_runtime_info((enum tc_runtime)runtime)->framework != framework)
            continue;
        q.runtime = (enum tc_runtime)runtime;
        status = compare_runtime(&q);
        if (status != TC_OK)
            return status;
    }
    tc_diags_sort(&c->diags);
    *ret_count = q.differing;
    if (c->arena.failed || out->failed)
        return TC_ERR_NOMEM;
    return !q.is_usable ? TC_FAILED : !q.is_readable ? TC_ERR_IO : TC_OK;
}

enum tc_status
tc_platform_policy(struct tc_diags *diags, struct tc_source *source, enum tc_runtime runtime,
                   struct tc_policy **ret_policy)
{
    struct tc_reading reading;
    enum tc_status status;

    if (!is_of(diags, source->name, tc_policy_decode(diags->arena, source->text), tc_runtime_info(runtime)->framework))
        return TC_FAILED;
    status = tc_read_source(diags, source, runtime, (struct tc_str){NULL, 0}, &reading);
    if (status != TC_OK)
        return status;
    if (reading.kind != TC_READ_POLICY || !reading.has_main) {
        tc_diag_add_file(diags, tc_code(TC_CODE_PLATFORM), source->name, "there is no %s in this file of the platform",
                         reading.kind != TC_READ_POLICY ? "policy level" : "permission set 'ASP.Net'");
        return TC_FAILED;
    }
    *ret_policy = reading.policy;
    return TC_OK;
}
