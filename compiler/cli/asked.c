#include "cli/asked_parts.h"

#include "ask/question.h"
#include "base/json.h"
#include "check/file.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "xml/policy_text.h"

#include <string.h>
#include <sys/stat.h>

void
tc_asked_init(struct tc_asked *asked, const struct tc_options *options)
{
    *asked = (struct tc_asked){.count = 0};
    tc_session_init(&asked->session, options);
}

void
tc_asked_done(struct tc_asked *asked)
{
    tc_session_done(&asked->session);
}

struct tc_asked_file *
tc_asked_new(struct tc_asked *asked, const struct tc_source *source)
{
    struct tc_arena *arena = &asked->session.c.arena;
    struct tc_asked_file *file = tc_arena_new(arena, struct tc_asked_file);
    struct tc_asked_file **larger =
        tc_arena_more(arena, struct tc_asked_file *, asked->files, asked->count, &asked->capacity, 8);

    if (larger == NULL)
        return NULL;
    asked->files = larger;
    if (file == NULL)
        return NULL;
    file->source = source;
    asked->files[asked->count++] = file;
    return file;
}

static enum tc_status
complain(const char *name, const char *what)
{
    struct tc_buf out = {0};

    tc_buf_printf(&out, "trustc: '%s' %s\n", name, what);
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
    return TC_FAILED;
}

/* ---- the demand ---- */

/* A source that makes a whole of the demand. */
static struct tc_source *
new_question(struct tc_asked *asked)
{
    struct tc_str text = tc_str_trim(asked->demand);
    struct tc_source *source;

    while (text.len > 0 && text.ptr[text.len - 1] == ';')
        text = tc_str_trim(tc_str_sub(text, 0, text.len - 1));
    source = tc_sources_add_wrapped(&asked->session.c.sources, TC_STR("question"),
                                    TC_STR("test \"question\" { any application may "), text, TC_STR("\n;}\n"));
    asked->question = source;
    return source;
}

/* Whether it is what new_question() made. */
static bool
is_question(const struct tc_source *source)
{
    return source->shown_begin > 0;
}

static bool
is_about(const struct tc_source *source, const struct tc_diag *diag)
{
    return source != NULL && diag->span.begin >= source->base && diag->span.begin <= source->base + source->text.len;
}

/* Whether errors are in the demand alone, of what was found since @a first. */
static bool
is_demand_wrong(const struct tc_diags *diags, const struct tc_source *question)
{
    bool found = false;

    for (const struct tc_diag *diag = diags->first; diag != NULL; diag = diag->next) {
        if (diag->severity != TC_SEVERITY_ERROR)
            continue;
        if (!is_about(question, diag))
            return false;
        found = true;
    }
    return found;
}

/* Whether the last file of the compilation is one demand and nothing else: somebody may have typed a '}'. */
static bool
is_one_demand(const struct tc_compilation *c)
{
    const struct tc_ast *item = c->files.count == 0 ? NULL : c->files.list[c->files.count - 1]->items.first;
    size_t demands = 0;

    if (item == NULL || item->next != NULL || item->kind != TC_AST_TEST)
        return false;
    for (item = ((const struct tc_ast_block *)item)->body.first; item != NULL; item = item->next)
        demands += item->kind == TC_AST_DEMAND;
    return demands == 1;
}

/* Find what became of the demand. */
static enum tc_status
take_demand(struct tc_asked *asked, const struct tc_source *question, struct tc_asked_file *file)
{
    const struct tc_compilation *c = &asked->session.c;

    if (!is_one_demand(c)) {
        tc_complain(
            TC_STR("trustc: one thing can be asked at a time, such as: FileIO read \"D:\\Data\\orders.xml\"\n"));
        return TC_ERR_USAGE;
    }
    for (const struct tc_rule *rule = c->model->rules; rule != NULL; rule = rule->next)
        if (rule->span.begin >= question->base && rule->demands != NULL)
            file->demand = rule->demands->perm;
    return file->demand == NULL ? TC_ERR_USAGE : TC_OK;
}

enum tc_status
tc_asked_demand(struct tc_asked *asked, struct tc_asked_file *file, enum tc_runtime runtime)
{
    struct tc_session *s = &asked->session;
    struct tc_model *model = s->c.model;
    struct tc_sema_options options = s->sema;
    struct tc_source *question;
    enum tc_status status;

    if (asked->demand.len == 0)
        return TC_OK;
    question = new_question(asked);
    if (question == NULL)
        return TC_ERR_NOMEM;
    options.has_runtime = true;
    options.runtime = runtime;
    status = tc_compile_source(&s->c, &s->host, &options, question);
    if (status == TC_OK)
        status = take_demand(asked, question, file);
    s->c.model = model;
    return status == TC_FAILED ? TC_ERR_USAGE : status;
}

/* ---- sources ---- */

static enum tc_status
add_model(struct tc_asked *asked, struct tc_source *source)
{
    struct tc_session *s = &asked->session;
    struct tc_source *question = asked->demand.len == 0 ? NULL : new_question(asked);
    struct tc_asked_file *file;
    enum tc_status status;

    if (asked->demand.len > 0 && question == NULL)
        return TC_ERR_NOMEM;
    status = tc_compile_with(&s->c, &s->host, &s->sema, source, question);
    if (status == TC_FAILED && is_demand_wrong(&s->c.diags, question))
        return TC_ERR_USAGE;
    if (status != TC_OK)
        return status;
    file = tc_asked_new(asked, source);
    if (file == NULL)
        return TC_ERR_NOMEM;
    file->model = s->c.model;
    if (question != NULL)
        status = take_demand(asked, question, file);
    if (status == TC_OK)
        status = tc_subjects_of_model(&s->c.arena, file->model, &file->subjects);
    asked->subject_count += file->subjects.count;
    return status;
}

/* ---- policy files ---- */

enum tc_runtime
tc_asked_runtime(const struct tc_asked *asked, struct tc_str text, bool legacy)
{
    const char *said = asked->session.options->framework;
    enum tc_framework framework;

    if (said == NULL || !tc_framework_find(tc_str_of(said), &framework))
        tc_read_framework(text, &framework);
    return tc_runtime_of(framework, legacy);
}

/* What the tokens of a policy file by itself stand for: what the options say, else samples. */
static void
set_values(const struct tc_asked *asked, struct tc_arena *arena, struct tc_asked_file *file, enum tc_runtime runtime)
{
    const char *const *said = asked->session.options->asked.tokens;
    const char *root = said[TC_TOKEN_APP_DIR];
    struct tc_policy_text text;

    file->values = tc_token_values_for(
        arena, &(struct tc_token_basis){.root = root != NULL ? tc_str_of(root) : TC_STR("D:\\Sites\\Sample"),
                                        .location = TC_STR("Site/sample"),
                                        .runtime = runtime});
    for (int i = 0; i < TC_TOKEN_COUNT_; i++)
        if (said[i] != NULL && i != TC_TOKEN_APP_DIR)
            file->values.values[i] = tc_str_of(said[i]);
    if (tc_policy_replace(arena, file->source->text, 0, &file->values, &text) != TC_OK)
        return;
    if (text.used[TC_TOKEN_APP_DIR] && root == NULL)
        file->assumed |= 1u << TC_TOKEN_APP_DIR;
    if (text.used[TC_TOKEN_ORIGIN_HOST] && said[TC_TOKEN_ORIGIN_HOST] == NULL)
        file->assumed |= 1u << TC_TOKEN_ORIGIN_HOST;
}

/* A permission set by itself says nothing of code: all that is asked about gets it. */
bool
tc_asked_grant_to_all(struct tc_arena *arena, struct tc_policy *policy)
{
    struct tc_group *group = tc_arena_new(arena, struct tc_group);

    if (group == NULL)
        return false;
    group->kind = TC_GROUP_UNION;
    group->condition.kind = TC_CONDITION_ALL;
    group->grants_main = true;
    policy->root = group;
    return true;
}

enum tc_status
tc_asked_policy(struct tc_asked *asked, struct tc_asked_file *file, enum tc_runtime runtime, struct tc_str main)
{
    struct tc_session *s = &asked->session;
    struct tc_source *source = tc_sources_find(&s->c.sources, file->source->base);
    enum tc_status status = tc_read_source(&s->c.diags, source, runtime, main, &file->reading);

    if (status != TC_OK)
        return status;
    if (file->reading.policy == NULL)
        return complain(source->name.ptr, "is no policy file");
    if (file->reading.kind == TC_READ_POLICY && !file->reading.has_main)
        return complain(source->name.ptr, main.len > 0 ? "has no permission set of the name that <trust> gives"
                                                       : "has no permission set 'ASP.Net': every request would fail");
    if (file->reading.kind != TC_READ_POLICY && !tc_asked_grant_to_all(&s->c.arena, file->reading.policy))
        return TC_ERR_NOMEM;
    file->policy = file->reading.policy;
    return tc_asked_demand(asked, file, runtime);
}

/* Of a solution each set is asked by itself: for the assemblies that it names, not for the application. */
static enum tc_status
add_sets(struct tc_asked *asked, struct tc_asked_file *file)
{
    struct tc_arena *arena = &asked->session.c.arena;
    const struct tc_policy *all = file->policy;

    if (all->set_count < 2)
        return complain(file->source->name.ptr, "has no permission set that the framework could read");
    file->subjects.items = tc_arena_array(arena, struct tc_subject, all->set_count - 1);
    for (size_t i = 1; file->subjects.items != NULL && i < all->set_count; i++) {
        struct tc_policy *policy = tc_arena_new(arena, struct tc_policy);
        struct tc_subject *subject = &file->subjects.items[file->subjects.count++];

        if (policy == NULL)
            return TC_ERR_NOMEM;
        *policy = *all;
        policy->sets = &all->sets[i];
        policy->set_count = 1;
        if (!tc_asked_grant_to_all(arena, policy))
            return TC_ERR_NOMEM;
        policy->root->set_name = all->sets[i]->name;
        asked->subject_count++;
        if (tc_subject_of_policy(arena, all->sets[i]->name, policy, &file->values, subject) != TC_OK)
            return TC_ERR_NOMEM;
    }
    return file->subjects.items == NULL ? TC_ERR_NOMEM : TC_OK;
}

static enum tc_status
add_policy(struct tc_asked *asked, const struct tc_source *source)
{
    struct tc_arena *arena = &asked->session.c.arena;
    enum tc_runtime runtime = tc_asked_runtime(asked, source->text, false);
    struct tc_asked_file *file = tc_asked_new(asked, source);
    enum tc_status status = file == NULL ? TC_ERR_NOMEM : tc_asked_policy(asked, file, runtime, TC_STR(""));

    if (status != TC_OK)
        return status;
    set_values(asked, arena, file, runtime);
    if (file->reading.kind == TC_READ_SHAREPOINT)
        return add_sets(asked, file);
    file->subjects.items = tc_arena_array(arena, struct tc_subject, 1);
    if (file->subjects.items == NULL)
        return TC_ERR_NOMEM;
    file->subjects.count = 1;
    asked->subject_count++;
    return tc_subject_of_policy(arena, source->name, file->policy, &file->values, &file->subjects.items[0]);
}

/* ---- all of them ---- */

enum tc_status
tc_asked_add(struct tc_asked *asked, struct tc_source *source)
{
    switch (tc_check_file_kind(source->name, source->text)) {
    case TC_FILE_SOURCE:
        return add_model(asked, source);
    case TC_FILE_POLICY:
    case TC_FILE_SET:
    case TC_FILE_SHAREPOINT:
        return add_policy(asked, source);
    case TC_FILE_CONFIG:
        return tc_asked_config(asked, source);
    case TC_FILE_OTHER:
    case TC_FILE_KIND_COUNT_:
        break;
    }
    return add_model(asked, source); /* what is wrong with it as a source is said best there */
}

/* The configuration file of a directory. */
static const char *
config_in(struct tc_arena *arena, const char *dir)
{
    static const char *const names[] = {"web.config", "Web.config", "machine.config"};
    size_t len = strlen(dir);
    struct stat st;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct tc_str path = tc_arena_printf(arena, "%s%s%s", dir, len > 0 && dir[len - 1] == '/' ? "" : "/", names[i]);

        if (path.ptr == NULL || stat(path.ptr, &st) == 0)
            return path.ptr;
    }
    return NULL;
}

enum tc_status
tc_asked_read(struct tc_asked *asked, const char *path)
{
    struct tc_session *s = &asked->session;
    struct tc_source *source;
    enum tc_status status;
    struct tc_str decoded;
    struct stat st;

    if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        const char *config = config_in(&s->c.arena, path);

        if (config == NULL)
            return complain(path, "holds no web.config and no machine.config: name the policy files");
        path = config;
    }
    status = tc_session_read_file(s, path, &source);
    if (status != TC_OK)
        return status;
    decoded = tc_policy_decode(&s->c.arena, source->text);
    if (!tc_str_eq(decoded, source->text) &&
        tc_check_file_kind(source->name, decoded) != TC_FILE_SOURCE) /* bad bytes of a source are its own affair */
        source = tc_sources_add(&s->c.sources, source->name, decoded);
    return source == NULL ? TC_ERR_NOMEM : tc_asked_add(asked, source);
}

void
tc_asked_put_assumed(const struct tc_asked *asked, struct tc_buf *out)
{
    bool said = false;

    for (size_t i = 0; i < asked->count; i++) {
        const struct tc_asked_file *file = asked->files[i];

        if (file->is_of_config && file->assumed != 0 && !said)
            tc_buf_puts(out,
                        TC_STR("where the applications lie is not known: $AppDir$ is taken for D:\\Sites and the path "
                               "of each\n"));
        said |= file->is_of_config && file->assumed != 0;
        for (int token = 0; token < TC_TOKEN_COUNT_ && !file->is_of_config; token++) {
            struct tc_str value = file->values.values[token];

            if (file->assumed >> token & 1)
                tc_buf_printf(out, "%.*s: %.*s is taken for %.*s; say what it is with %s\n",
                              TC_STR_ARG(file->source->name), TC_STR_ARG(tc_token_text((enum tc_token_id)token)),
                              TC_STR_ARG(value.len > 0 ? value : TC_STR("nothing")),
                              token == TC_TOKEN_APP_DIR ? "--app-dir DIR" : "--origin PATTERN");
        }
    }
}

void
tc_asked_put_assumed_json(const struct tc_asked_file *file, bool *first, struct tc_buf *out)
{
    for (int token = 0; token < TC_TOKEN_COUNT_; token++) {
        if (!(file->assumed >> token & 1))
            continue;
        tc_buf_puts(out, *first ? TC_STR("{\"file\": ") : TC_STR(", {\"file\": "));
        *first = false;
        tc_json_string(out, file->source->name);
        tc_buf_puts(out, TC_STR(", \"token\": "));
        tc_json_string(out, tc_token_text((enum tc_token_id)token));
        tc_buf_puts(out, TC_STR(", \"value\": "));
        tc_json_string(out, file->values.values[token]);
        tc_buf_putc(out, '}');
    }
}

static bool
is_elsewhere(void *state, const struct tc_diag *diag)
{
    const struct tc_asked *asked = state;
    const struct tc_source *source = tc_sources_find(&asked->session.c.sources, diag->span.begin);

    return source == NULL || !is_question(source);
}

void
tc_asked_show(struct tc_asked *asked, enum tc_status status)
{
    if (status == TC_OK)
        tc_diags_drop(&asked->session.c.diags, is_elsewhere, asked);
    tc_session_show(&asked->session);
}

enum tc_status
tc_asked_read_all(struct tc_asked *asked)
{
    const struct tc_options *options = asked->session.options;
    enum tc_status status = tc_asked_read(asked, options->file);

    for (size_t i = 0; i < options->more_count && status != TC_ERR_USAGE && status != TC_ERR_NOMEM; i++) {
        enum tc_status one = tc_asked_read(asked, options->more[i]);

        status = status == TC_OK ? one : status;
    }
    return status;
}

/* ---- whom ---- */

struct tc_str
tc_asked_noun(const struct tc_asked *asked, size_t count)
{
    bool applications = false;

    for (size_t i = 0; i < asked->count; i++)
        applications |= asked->files[i]->model != NULL || asked->files[i]->is_of_config;
    if (applications)
        return count == 1 ? TC_STR("application") : TC_STR("applications");
    return count == 1 ? TC_STR("file") : TC_STR("files");
}

static void
put_near(const struct tc_asked *asked, struct tc_str pattern, struct tc_buf *out)
{
    struct tc_str near = {NULL, 0};
    unsigned best = 4;
    size_t listed = 0;

    for (size_t i = 0; i < asked->count; i++)
        for (size_t j = 0; j < asked->files[i]->subjects.count; j++) {
            struct tc_str name = asked->files[i]->subjects.items[j].name;
            unsigned distance = tc_str_distance(name, pattern, best - 1);

            if (distance < best) {
                best = distance;
                near = name;
            }
        }
    if (near.len > 0) {
        tc_buf_printf(out, "did you mean '%.*s'?\n", TC_STR_ARG(near));
        return;
    }
    tc_buf_puts(out, TC_STR("there are: "));
    for (size_t i = 0; i < asked->count; i++)
        for (size_t j = 0; j < asked->files[i]->subjects.count && listed < 8; j++)
            tc_buf_printf(out, "%s%.*s", listed++ == 0 ? "" : ", ",
                          TC_STR_ARG(asked->files[i]->subjects.items[j].name));
    tc_buf_printf(out, "%s\n", listed < asked->subject_count ? ", ..." : "");
}

bool
tc_asked_choose(struct tc_asked *asked, struct tc_str pattern, struct tc_asked_choice *ret)
{
    struct tc_arena *arena = &asked->session.c.arena;
    struct tc_buf out = {0};

    *ret = (struct tc_asked_choice){.subjects = tc_arena_array(arena, const struct tc_subject *, asked->subject_count),
                                    .files = tc_arena_array(arena, struct tc_asked_file *, asked->subject_count)};
    for (size_t i = 0; i < asked->count && ret->subjects != NULL && ret->files != NULL; i++)
        for (size_t j = 0; j < asked->files[i]->subjects.count; j++) {
            const struct tc_subject *subject = &asked->files[i]->subjects.items[j];

            if (!tc_name_matches(pattern, subject->name) &&
                !(asked->files[i]->policy != NULL &&
                  tc_name_matches(pattern, tc_str_last_part(subject->name, TC_STR_SLASHES))))
                continue;
            ret->files[ret->count] = asked->files[i];
            ret->subjects[ret->count++] = subject;
        }
    if (ret->count > 0)
        return true;
    tc_buf_printf(&out, "trustc %s: there is no application '%.*s'\n",
                  tc_command(asked->session.options->command)->word, TC_STR_ARG(pattern));
    put_near(asked, pattern, &out);
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
    return false;
}
