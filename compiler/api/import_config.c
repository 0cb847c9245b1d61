/* A configuration file as the server and the applications of a source. */
#include "api/import_parts.h"

#include "base/ascii.h"
#include "data/tables.h"
#include "model/clauses.h"
#include "xml/policy_text.h"

#include <string.h>

/* Something that a source cannot say: it stands there as a comment. */
struct unsaid {
    struct unsaid *next;
    struct tc_str text;
};

/* An assembly of <fullTrustAssemblies>. */
struct assembly {
    struct assembly *next;
    struct tc_str name, version, key;
    struct tc_span span;
};

/* What one path says. */
struct place {
    struct place *next;
    struct tc_str path; /**< empty: the file as a whole */
    struct tc_str level, origin, set, temporary;
    int legacy;      /**< -1: not said */
    int impersonate; /**< -1: not said */
    bool has_trust, bad;
    struct tc_span span;
    struct tc_str comment; /**< in front of its trust */
    struct unsaid *unsaid;
    struct assembly *assemblies;
    size_t first, last; /**< bytes of the source that say it */
};

struct level {
    struct level *next;
    struct tc_str name, file;
    struct tc_str word; /**< what the source calls it */
    struct tc_str comment;
    struct tc_span span;
    bool is_missing, is_stock;
    struct assembly *assemblies; /**< that all its applications trust fully */
    struct tc_source *source;    /**< of its policy file; NULL: not there */
    struct tc_import_piece *piece;
};

struct config {
    struct tc_importer *im;
    struct tc_import_file *file;
    struct tc_import_files *files;
    const struct tc_markup *sites; /**< of applicationHost.config; NULL: not given */
    struct place *places;
    struct level *levels;
    enum tc_framework framework;
    bool legacy;
    bool is_forced;        /**< a policy needs the legacy model, whatever the file says */
    struct place *guessed; /**< the first application whose root is made up */
    size_t guessed_count;
};

static struct tc_str
value_in(struct tc_importer *im, const struct tc_markup *element, const char *name)
{
    const struct tc_markup_attr *attr = element == NULL ? NULL : tc_markup_attr(element, name);

    return attr == NULL ? (struct tc_str){NULL, 0} : tc_markup_value(im->arena, attr->value);
}

static struct tc_str
value_of(struct config *config, const struct tc_markup *element, const char *name)
{
    return value_in(config->im, element, name);
}

static struct tc_span
span_of(const struct config *config, const struct tc_markup *m)
{
    return (struct tc_span){config->file->source->base + m->begin, config->file->source->base + m->end};
}

static bool
is_true(struct tc_str text)
{
    return tc_str_eq_nocase(tc_str_trim(text), TC_STR("true"));
}

/* The comment right in front of @a m, unless it is one of our own marks. */
static struct tc_str
comment_before(const struct tc_markup *m)
{
    struct tc_str text = {NULL, 0};

    if (m->prev != NULL && m->prev->kind == TC_MARKUP_COMMENT)
        text = tc_str_trim(m->prev->name);
    return tc_str_starts(text, TC_STR("trustc:")) ? (struct tc_str){NULL, 0} : text;
}

static struct place *
place_for(struct config *config, struct tc_str path, struct tc_span span)
{
    struct place **tail = &config->places;

    for (; *tail != NULL; tail = &(*tail)->next)
        if (tc_str_eq_nocase((*tail)->path, path))
            return *tail;
    *tail = tc_arena_new(config->im->arena, struct place);
    if (*tail != NULL)
        **tail = (struct place){.path = path, .legacy = -1, .impersonate = -1, .span = span};
    return *tail;
}

/* ---- what a source cannot say ---- */

static void
report_unsaid(struct config *config, struct place *place, struct tc_span span, struct tc_str text, const char *why)
{
    struct unsaid **tail = &place->unsaid;

    while (*tail != NULL)
        tail = &(*tail)->next;
    *tail = tc_arena_new(config->im->arena, struct unsaid);
    if (*tail != NULL)
        **tail = (struct unsaid){.text = text};
    tc_diag_add(config->im->diags, tc_code(TC_CODE_IMPORT_UNSAID), span, "kept as a comment: %s", why);
}

/* An attribute that is kept as a comment; its value is not, when it is a secret. */
static void
unsaid_attribute(struct config *config, struct place *place, const struct tc_markup *m, const char *name,
                 const char *why, bool secret)
{
    const struct tc_markup_attr *attr = tc_markup_attr(m, name);

    if (attr == NULL)
        return;
    report_unsaid(config, place,
                  (struct tc_span){config->file->source->base + attr->begin, config->file->source->base + attr->end},
                  tc_arena_printf(config->im->arena, "<%.*s %s=\"%.*s\">", TC_STR_ARG(m->name), name,
                                  TC_STR_ARG(secret ? TC_STR("...") : attr->value)),
                  why);
}

static void
unsaid_element(struct config *config, struct place *place, const struct tc_markup *m, const char *why)
{
    struct tc_str text = tc_str_sub(config->file->source->text, m->begin, m->end - m->begin);

    report_unsaid(config, place, span_of(config, m),
                  tc_arena_printf(config->im->arena, "<%.*s> %.*s", TC_STR_ARG(m->parent->name), TC_STR_ARG(text)),
                  why);
}

/* ---- what the compiler takes ---- */

static void
put_assemblies(struct tc_buf *out, const struct assembly *assembly, bool asked, const char *mute)
{
    for (; assembly != NULL; assembly = assembly->next) {
        tc_buf_printf(out, "%s    %sfull-trust assembly ", mute, asked ? "" : "# without effect in this CAS model: ");
        tc_put_string(out, assembly->name);
        tc_buf_puts(out, TC_STR(" version "));
        tc_put_string(out, assembly->version);
        tc_buf_puts(out, TC_STR(" key "));
        tc_put_string(out, assembly->key);
        tc_buf_puts(out, TC_STR(";\n"));
    }
}

/* Whether a policy called @a name with the one assembly, if any, is a source. If not *ret_why is what the compiler
 * says. */
static bool
is_taken(struct config *config, struct tc_str name, const struct assembly *assembly, struct tc_str *ret_why)
{
    struct tc_compilation made;
    struct tc_buf text = {0};
    bool taken;

    tc_import_put_server(&text, TC_RT_4_0, name, false);
    tc_buf_puts(&text, TC_STR("policy "));
    tc_put_name(&text, name);
    tc_buf_puts(&text, TC_STR(" extends minimal {\n"));
    put_assemblies(&text, assembly, true, "");
    tc_buf_puts(&text, TC_STR("}\n"));
    taken = tc_import_compile(&made, tc_buf_str(&text)) == TC_OK;
    *ret_why = TC_STR("it cannot be compiled");
    for (const struct tc_diag *diag = made.diags.first; diag != NULL && !taken; diag = diag->next)
        if (diag->severity == TC_SEVERITY_ERROR) {
            *ret_why = tc_arena_str(config->im->arena, diag->message);
            break;
        }
    tc_compilation_done(&made);
    tc_buf_done(&text);
    return taken;
}

/* ---- reading ---- */

static bool
is_stock_level(struct tc_str name, struct tc_str file)
{
    file = tc_str_last_part(file, TC_STR_SLASHES);
    if (tc_str_starts(file, TC_STR("legacy.")))
        file = tc_str_sub(file, 7, SIZE_MAX);
    for (int i = 0; i < TC_LEVEL_COUNT_; i++) {
        const struct tc_level_info *info = tc_level_info((enum tc_level_id)i);

        if (tc_str_eq_nocase(name, tc_str_of(info->name)))
            return i == TC_LEVEL_FULL || file.len == 0 || tc_str_eq_nocase(file, tc_str_of(info->policy_file));
    }
    return false;
}

/* What the source calls a level: its name, where that can be one. */
static void
name_level(struct config *config, struct level *level)
{
    struct tc_importer *im = config->im;
    struct tc_str plain, why = TC_STR("that is a level of the platform, and here another file");
    bool taken = !tc_import_is_stock(level->name) && is_taken(config, level->name, NULL, &why);

    for (const struct level *other = config->levels; other != level && taken; other = other->next)
        if (!other->is_stock && tc_str_eq_nocase(other->word, level->name)) {
            why = TC_STR("letter case is no difference between names of files");
            taken = false;
        }
    if (taken)
        return;
    plain = level->word = tc_import_policy_name(im, level->name);
    for (unsigned n = 2; n < 1000; n++) {
        const struct level *other = config->levels;

        while (other != level && (other->is_stock || !tc_str_eq_nocase(other->word, level->word)))
            other = other->next;
        if (other == level)
            break;
        level->word = tc_arena_printf(im->arena, "%.*s-%u", TC_STR_ARG(plain), n);
    }
    tc_diag_note(im->diags,
                 tc_diag_add(im->diags, tc_code(TC_CODE_IMPORT_UNSAID), level->span,
                             "the source calls the level '%.*s' '%.*s'", TC_STR_ARG(level->name),
                             TC_STR_ARG(level->word)),
                 "%.*s", TC_STR_ARG(why));
}

static void
read_levels(struct config *config, const struct tc_markup *section)
{
    for (const struct tc_markup *m = section->first; m != NULL; m = m->next) {
        struct level **tail = &config->levels, *level;
        struct tc_str name = value_of(config, m, "name");

        if (!tc_markup_is(m, "trustLevel") || name.len == 0)
            continue;
        while (*tail != NULL && !tc_str_eq((*tail)->name, name))
            tail = &(*tail)->next;
        if (*tail != NULL)
            continue;
        *tail = level = tc_arena_new(config->im->arena, struct level);
        if (level == NULL)
            return;
        *level = (struct level){.name = name,
                                .word = name,
                                .file = value_of(config, m, "policyFile"),
                                .span = span_of(config, m),
                                .comment = comment_before(m)};
        level->is_stock = is_stock_level(name, level->file);
        if (!level->is_stock)
            name_level(config, level);
    }
}

/* The framework removes blanks and line breaks in a public key. */
static struct tc_str
without_blanks(struct tc_importer *im, struct tc_str text)
{
    struct tc_buf out = {0};
    struct tc_str result;

    for (size_t i = 0; i < text.len; i++)
        if (strchr(" \t\r\n", text.ptr[i]) == NULL || text.ptr[i] == '\0')
            tc_buf_putc(&out, text.ptr[i]);
    if (out.failed)
        im->arena->failed = true;
    result = tc_arena_str(im->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return result;
}

static void
read_assemblies(struct config *config, const struct tc_markup *section, struct place *place)
{
    struct assembly **tail = &place->assemblies, *assembly;
    struct tc_str why;

    while (*tail != NULL)
        tail = &(*tail)->next;
    for (const struct tc_markup *m = section->first; m != NULL; m = m->next) {
        if (m->kind != TC_MARKUP_ELEMENT)
            continue;
        if (!tc_markup_is(m, "add")) {
            unsaid_element(config, place, m, "a source cannot take back what another file lists");
            continue;
        }
        assembly = tc_arena_new(config->im->arena, struct assembly);
        if (assembly == NULL)
            return;
        *assembly = (struct assembly){.name = value_of(config, m, "assemblyName"),
                                      .version = value_of(config, m, "version"),
                                      .key = value_of(config, m, "publicKey"),
                                      .span = span_of(config, m)};
        assembly->key = without_blanks(config->im, assembly->key);
        if (!is_taken(config, TC_STR("A"), assembly, &why)) {
            unsaid_element(config, place, m, why.ptr);
            continue;
        }
        *tail = assembly;
        tail = &assembly->next;
    }
}

static void
read_trust(struct config *config, const struct tc_markup *m, struct place *place)
{
    struct tc_str legacy = value_of(config, m, "legacyCasModel"),
                  request = value_of(config, m, "processRequestInApplicationTrust");

    place->has_trust = true;
    place->span = span_of(config, m);
    place->comment = comment_before(m);
    place->level = value_of(config, m, "level");
    place->origin = value_of(config, m, "originUrl");
    place->set = value_of(config, m, "permissionSetName");
    place->legacy = legacy.len == 0 ? -1 : is_true(legacy);
    if (request.len > 0 && !is_true(request))
        unsaid_attribute(config, place, m, "processRequestInApplicationTrust",
                         "a source has no word for requests that are not held to the application's set", false);
    if (value_of(config, m, "hostSecurityPolicyResolverType").len > 0)
        unsaid_attribute(config, place, m, "hostSecurityPolicyResolverType",
                         "a source has no word for a type that decides what assemblies get", false);
}

static void
read_system_web(struct config *config, const struct tc_markup *group, struct tc_str path)
{
    static const char *const sections[] = {"trust", "compilation", "identity", "fullTrustAssemblies",
                                           "partialTrustVisibleAssemblies"};

    for (const struct tc_markup *m = group->first; m != NULL; m = m->next) {
        struct place *place;
        struct tc_str text;
        size_t section = 0;

        if (tc_markup_is(m, "securityPolicy"))
            read_levels(config, m);
        while (section < sizeof sections / sizeof sections[0] && !tc_markup_is(m, sections[section]))
            section++;
        place = section == sizeof sections / sizeof sections[0] ? NULL : place_for(config, path, span_of(config, m));
        if (place == NULL)
            continue;
        switch (section) {
        case 0:
            read_trust(config, m, place);
            break;
        case 1:
            place->temporary = value_of(config, m, "tempDirectory");
            if (path.len == 0 && place->temporary.len > 0)
                unsaid_attribute(config, place, m, "tempDirectory",
                                 "a source has one for each application, none for the machine", false);
            if (tc_str_starts(value_of(config, m, "targetFramework"), TC_STR("4")) &&
                !config->im->options->has_framework)
                config->framework = TC_FX_4_0;
            break;
        case 2:
            text = value_of(config, m, "impersonate");
            place->impersonate = text.len == 0 ? -1 : is_true(text);
            if (path.len == 0 && place->impersonate == 1)
                unsaid_attribute(config, place, m, "impersonate",
                                 "a source says it for each application; those of this file have it", false);
            if (value_of(config, m, "userName").len > 0)
                unsaid_attribute(config, place, m, "userName", "a source has no word for the account", true);
            break;
        case 3:
            read_assemblies(config, m, place);
            break;
        default:
            for (const struct tc_markup *add = m->first; add != NULL; add = add->next)
                if (add->kind == TC_MARKUP_ELEMENT)
                    unsaid_element(config, place, add, "a source has no word for what partially trusted code may see");
            break;
        }
    }
}

static void
read_configuration(struct config *config, const struct tc_markup *root)
{
    for (const struct tc_markup *m = root->first; m != NULL; m = m->next) {
        if (tc_markup_is(m, "system.web"))
            read_system_web(config, m, TC_STR(""));
        if (!tc_markup_is(m, "location"))
            continue;
        for (const struct tc_markup *child = m->first; child != NULL; child = child->next)
            if (tc_markup_is(child, "system.web")) {
                struct tc_str path = value_of(config, m, "path");

                read_system_web(config, child, tc_str_eq(path, TC_STR(".")) ? TC_STR("") : path);
            }
    }
}

/* ---- what holds for a path ---- */

static struct place *
machine_of(const struct config *config)
{
    for (struct place *place = config->places; place != NULL; place = place->next)
        if (place->path.len == 0)
            return place;
    return NULL;
}

static bool
is_above(const struct place *other, const struct place *place)
{
    return other->path.len < place->path.len &&
           (other->path.len == 0 ||
            (tc_str_starts_nocase(place->path, other->path) && place->path.ptr[other->path.len] == '/'));
}

/* The path above @a place that says something of trust: an application above it, or the machine. */
static const struct place *
above(const struct config *config, const struct place *place)
{
    const struct place *best = NULL;

    for (const struct place *other = config->places; other != NULL; other = other->next)
        if (other->has_trust && is_above(other, place) && (best == NULL || best->path.len < other->path.len))
            best = other;
    return best;
}

/* Locations inherit <trust> attribute by attribute. */
static struct tc_str
level_at(const struct config *config, const struct place *place)
{
    while (place != NULL && place->level.len == 0)
        place = above(config, place);
    return place == NULL ? (struct tc_str){NULL, 0} : place->level;
}

static struct tc_str
origin_at(const struct config *config, const struct place *place)
{
    while (place != NULL && place->origin.ptr == NULL)
        place = above(config, place);
    return place == NULL ? (struct tc_str){NULL, 0} : place->origin;
}

static struct tc_str
set_at(const struct config *config, const struct place *place)
{
    while (place != NULL && place->set.len == 0)
        place = above(config, place);
    return place == NULL ? TC_STR("ASP.Net") : place->set;
}

static bool
is_legacy_at(const struct config *config, const struct place *place)
{
    while (place != NULL && place->legacy < 0)
        place = above(config, place);
    return place != NULL && place->legacy == 1 && config->framework == TC_FX_4_0;
}

/* -1: not said. */
static int
impersonates_at(const struct config *config, const struct place *place)
{
    const struct place *machine = machine_of(config);

    return place->impersonate >= 0 || machine == NULL ? place->impersonate : machine->impersonate;
}

static bool
same_assemblies(const struct assembly *a, const struct assembly *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (!tc_str_eq(a->name, b->name) || !tc_str_eq(a->version, b->version) || !tc_str_eq(a->key, b->key))
            return false;
    return a == NULL && b == NULL;
}

/* What all applications of a level trust is said by the level, so that they need no level of their own. */
static void
lift_assemblies(struct config *config)
{
    for (struct level *level = config->levels; level != NULL; level = level->next) {
        const struct place *first = NULL;
        bool same = !level->is_stock;

        for (const struct place *place = config->places; place != NULL && same; place = place->next)
            if (place->has_trust && tc_str_eq(level_at(config, place), level->name)) {
                first = first == NULL ? place : first;
                same = same_assemblies(place->assemblies, first->assemblies) && place->path.len > 0;
            }
        if (!same || first == NULL)
            continue;
        level->assemblies = first->assemblies;
        for (struct place *place = config->places; place != NULL; place = place->next)
            if (place->has_trust && tc_str_eq(level_at(config, place), level->name))
                place->assemblies = NULL;
    }
}

/* Only 4.0's default model asks <fullTrustAssemblies>. */
static bool
asks_assemblies(const struct config *config, bool legacy)
{
    return config->framework == TC_FX_4_0 && !legacy && !config->legacy;
}

static struct level *
level_of(const struct config *config, struct tc_str name)
{
    for (struct level *level = config->levels; level != NULL; level = level->next)
        if (tc_str_eq(level->name, name))
            return level;
    return NULL;
}

/* What `trust` says for a level; empty when there is none. */
static struct tc_str
trust_word(struct tc_importer *im, const struct config *config, struct tc_str name)
{
    const struct level *level = level_of(config, name);
    struct tc_buf out = {0};
    struct tc_str word;

    if (name.len == 0)
        return TC_STR("full");
    if (tc_import_is_stock(name) && (level == NULL || level->is_stock))
        return tc_str_fold(im->arena, name);
    if (level == NULL)
        return TC_STR("");
    tc_put_name(&out, level->word);
    word = tc_arena_str(im->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return word;
}

/* ---- the policies of the levels ---- */

/* One of the files given with the configuration, or one beside it, if there is one. False when it cannot be taken. */
static bool
source_of_level(struct config *config, struct level *level)
{
    struct tc_importer *im = config->im;
    struct tc_str file = tc_str_last_part(level->file, TC_STR_SLASHES), bytes;

    for (size_t i = 0; i < config->files->count; i++) {
        struct tc_import_file *other = &config->files->files[i];

        if (other->role != TC_IMPORT_POLICY ||
            !tc_str_eq_nocase(tc_str_last_part(other->source->name, TC_STR_SLASHES), file))
            continue;
        other->is_taken = true;
        level->source = other->source;
        return true;
    }
    if (file.len == 0 || im->options->read == NULL ||
        !im->options->read(im->options->state, config->file->source->name, file, &bytes))
        return !im->arena->failed;
    level->source = tc_sources_add(im->diags->sources, file, tc_policy_decode(im->arena, bytes));
    return level->source != NULL;
}

/* False when one is there that cannot be taken. */
static bool
find_level_files(struct config *config)
{
    for (struct level *level = config->levels; level != NULL; level = level->next)
        if (!level->is_stock && !source_of_level(config, level))
            return false;
    return true;
}

/* Where the configuration itself does not name the framework: what came with 4.0 does, and so do the policy files. */
static void
settle_framework(struct config *config)
{
    static const char *const since_4[] = {"legacyCasModel", "permissionSetName", "hostSecurityPolicyResolverType",
                                          "<fullTrustAssemblies", "<partialTrustVisibleAssemblies"};
    struct tc_str text = config->file->source->text;
    enum tc_framework framework;

    for (size_t i = 0; i < sizeof since_4 / sizeof since_4[0]; i++)
        if (tc_str_find(text, tc_str_of(since_4[i]), 0) != SIZE_MAX)
            config->framework = TC_FX_4_0;
    if (config->framework == TC_FX_4_0 || tc_str_find(text, TC_STR("Version=2.0.0.0"), 0) != SIZE_MAX)
        return;
    for (const struct level *level = config->levels; level != NULL; level = level->next) {
        if (level->source == NULL)
            continue;
        tc_read_framework(level->source->text, &framework);
        if (framework == TC_FX_4_0 || (config->framework == TC_FX_2_0 && framework == TC_FX_3_5))
            config->framework = framework;
    }
}

/* The main set and the CAS model that the applications of a level want. */
static void
settle_level(struct config *config, const struct level *level, struct tc_str *ret_main, bool *ret_legacy)
{
    bool any = false;

    *ret_main = set_at(config, machine_of(config));
    *ret_legacy = config->legacy;
    for (struct place *place = config->places; place != NULL; place = place->next) {
        if (!tc_str_eq(level_at(config, place), level->name) || !place->has_trust)
            continue;
        if (!any) {
            *ret_main = set_at(config, place);
            *ret_legacy = is_legacy_at(config, place);
        } else {
            if (!tc_str_eq(*ret_main, set_at(config, place)))
                report_unsaid(config, place, place->span,
                              tc_arena_printf(config->im->arena, "<trust permissionSetName=\"%.*s\">",
                                              TC_STR_ARG(set_at(config, place))),
                              "another application has another set of the same level");
            *ret_legacy |= is_legacy_at(config, place);
        }
        any = true;
    }
}

static enum tc_status
read_level_file(struct config *config, struct level *level)
{
    struct tc_importer *im = config->im;
    struct tc_source *source = level->source;
    struct tc_str main, file = tc_str_last_part(level->file, TC_STR_SLASHES);
    struct tc_diag *diag;
    bool legacy;
    enum tc_status status;

    if (im->arena->failed)
        return TC_ERR_NOMEM;
    if (source == NULL && level->is_missing)
        return TC_OK; /* it has been reported */
    if (source == NULL) {
        diag = tc_diag_add(im->diags, tc_code(TC_CODE_IMPORT_FILE_MISSING), level->span,
                           "the policy file '%.*s' of the level '%.*s' is not in this folder", TC_STR_ARG(file),
                           TC_STR_ARG(level->name));
        tc_diag_note(im->diags, diag, "the level is written as one that extends minimal: put its grants there");
        tc_diag_help(im->diags, diag, "or name the file behind this one: trustc import %.*s DIR/%.*s",
                     TC_STR_ARG(config->file->source->name), TC_STR_ARG(file));
        level->is_missing = true;
        return TC_OK;
    }
    level->piece = tc_arena_new(im->arena, struct tc_import_piece);
    if (level->piece == NULL)
        return TC_ERR_NOMEM;
    *level->piece = (struct tc_import_piece){.source = source, .name = level->word};
    settle_level(config, level, &main, &legacy);
    status =
        tc_read_source(im->diags, source, tc_import_runtime(config->framework, legacy), main, &level->piece->reading);
    if (status != TC_OK)
        return status;
    if (level->piece->reading.kind != TC_READ_POLICY) {
        tc_diag_add_file(im->diags, tc_code(TC_CODE_READ_NOTHING), source->name,
                         "this is no policy file, and the level '%.*s' needs one", TC_STR_ARG(level->name));
        return TC_FAILED;
    }
    if (config->framework == TC_FX_4_0 && !legacy && tc_import_needs_legacy(level->piece->reading.policy)) {
        level->piece->reading.policy->runtime = TC_RT_4_0_LEGACY;
        config->is_forced = config->legacy = true;
        tc_diag_add(im->diags, tc_code(TC_CODE_IMPORT_UNSAID), level->span,
                    "4.0's default model does not honour all that the groups of '%.*s' grant, and legacyCasModel is "
                    "not set: the source says cas-model legacy",
                    TC_STR_ARG(file));
    }
    return tc_import_settle(im, level->piece);
}

/* ---- where applications lie ---- */

/* The `application` of applicationHost.config that a location names. */
static const struct tc_markup *
find_application(struct config *config, struct tc_str path)
{
    size_t slash = tc_str_find(path, TC_STR("/"), 0);
    struct tc_str name = tc_str_sub(path, 0, slash),
                  rest = slash == SIZE_MAX ? TC_STR("/") : tc_str_sub(path, slash, SIZE_MAX);

    for (const struct tc_markup *site = tc_markup_child(config->sites, "site"); site != NULL;
         site = tc_markup_named(site->next, "site")) {
        if (!tc_str_eq_nocase(value_of(config, site, "name"), name) && !tc_str_eq(value_of(config, site, "id"), name))
            continue;
        for (const struct tc_markup *app = tc_markup_child(site, "application"); app != NULL;
             app = tc_markup_named(app->next, "application"))
            if (tc_str_eq_nocase(value_of(config, app, "path"), rest))
                return app;
    }
    return NULL;
}

/* Its directory with the two variables that IIS writes there replaced; empty when it is not said. */
static struct tc_str
directory_of(struct config *config, const struct tc_markup *application)
{
    static const struct {
        const char *name, *value;
    } variables[] = {{"%SystemDrive%", "C:"}, {"%windir%", "C:\\Windows"}, {"%SystemRoot%", "C:\\Windows"}};

    for (const struct tc_markup *m = tc_markup_child(application, "virtualDirectory"); m != NULL;
         m = tc_markup_named(m->next, "virtualDirectory")) {
        struct tc_str path = value_of(config, m, "physicalPath");

        if (!tc_str_eq(value_of(config, m, "path"), TC_STR("/")))
            continue;
        for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
            struct tc_str name = tc_str_of(variables[i].name);

            if (tc_str_starts_nocase(path, name))
                path = tc_arena_printf(config->im->arena, "%s%.*s", variables[i].value,
                                       TC_STR_ARG(tc_str_sub(path, name.len, SIZE_MAX)));
        }
        return path;
    }
    return (struct tc_str){NULL, 0};
}

static void
find_sites(struct config *config)
{
    for (size_t i = 0; i < config->files->count; i++) {
        const struct tc_markup *m = config->files->files[i].document;

        if (config->files->files[i].role != TC_IMPORT_HOST)
            continue;
        m = tc_markup_child(m, "configuration");
        m = tc_markup_child(m, "system.applicationHost");
        config->sites = tc_markup_child(m, "sites");
        return;
    }
}

/* ---- writing ---- */

static void
put_comment(struct tc_buf *out, const char *mute, const char *before, struct tc_str text)
{
    while (text.len > 0) {
        size_t end = 0;

        while (end < text.len && text.ptr[end] != '\n' && text.ptr[end] != '\r')
            end++;
        if (tc_str_trim(tc_str_sub(text, 0, end)).len > 0) {
            struct tc_str line = tc_str_trim(tc_str_sub(text, 0, end));

            tc_buf_printf(out, "%s# %s", mute, before);
            for (size_t i = 0; i < line.len; i++)
                tc_buf_putc(out, (unsigned char)line.ptr[i] < 0x20 ? ' ' : line.ptr[i]);
            tc_buf_putc(out, '\n');
        }
        text = tc_str_sub(text, end < text.len ? end + 1 : end, SIZE_MAX);
    }
}

/* `root`, as IIS has it or made up, and `pool`. */
static void
put_root(struct tc_buf *out, struct config *config, const struct place *place, const char *mute)
{
    const struct tc_markup *application = find_application(config, place->path);
    struct tc_str root = directory_of(config, application), pool = value_of(config, application, "applicationPool"),
                  name = tc_str_last_part(place->path, TC_STR_SLASHES);

    if (root.len == 0) {
        tc_buf_printf(
            out, "%s    # made up, because the file does not say where the application lies: put its directory here\n",
            mute);
        tc_buf_printf(out, "%s    root     \"D:\\Sites\\", mute);
        for (size_t i = 0; i < name.len; i++) {
            char c = name.ptr[i];

            tc_buf_putc(out, tc_ascii_is_alnum(c) || c == '-' || c == '_' ? c : '_');
        }
        tc_buf_puts(out, TC_STR("\";\n"));
    } else {
        tc_buf_printf(out, "%s    root     ", mute);
        tc_put_string(out, root);
        tc_buf_puts(out, TC_STR(";\n"));
    }
    if (pool.len > 0) {
        tc_buf_printf(out, "%s    pool     ", mute);
        tc_put_name(out, pool);
        tc_buf_puts(out, TC_STR(";\n"));
    }
}

/* Whether it, or an application above it, trusts assemblies of its own: then it makes a level of its name. */
static bool
has_own_level(const struct config *config, const struct place *place)
{
    for (const struct place *other = config->places; other != NULL; other = other->next)
        if (other->assemblies != NULL && other->path.len > 0 && (other == place || is_above(other, place)))
            return true;
    return false;
}

static void
put_application(struct tc_buf *out, struct config *config, const struct place *place, const char *mute)
{
    const struct place *parent = above(config, place);
    bool inherits = place->level.len == 0 && (parent == NULL || parent->path.len == 0),
         legacy = is_legacy_at(config, place);
    struct tc_str trust = trust_word(config->im, config, level_at(config, place)), origin = origin_at(config, place);

    put_comment(out, mute, "", place->comment);
    for (const struct unsaid *u = place->unsaid; u != NULL; u = u->next)
        put_comment(out, mute, "cannot be said: ", u->text);
    tc_buf_printf(out, "%sapplication ", mute);
    /* a level's name becomes that of a file */
    tc_put_name(out, has_own_level(config, place) ? tc_import_policy_name(config->im, place->path) : place->path);
    tc_buf_printf(out, " {\n%s    location ", mute);
    tc_put_string(out, place->path);
    tc_buf_puts(out, TC_STR(";\n"));
    put_root(out, config, place, mute);
    if (!inherits && trust.len > 0)
        tc_buf_printf(out, "%s    trust    %.*s;\n", mute, TC_STR_ARG(trust));
    if (legacy != config->legacy && !config->is_forced)
        tc_buf_printf(out, "%s    cas-model %s;\n", mute, legacy ? "legacy" : "default");
    if (origin.len > 0) {
        tc_buf_printf(out, "%s    origin   pattern ", mute);
        tc_put_string(out, origin);
        tc_buf_puts(out, TC_STR(";\n"));
    }
    if (place->temporary.len > 0) {
        tc_buf_printf(out, "%s    temporary ", mute);
        tc_put_string(out, place->temporary);
        tc_buf_puts(out, TC_STR(";\n"));
    }
    if (impersonates_at(config, place) >= 0)
        tc_buf_printf(out, "%s    impersonate %s;\n", mute, impersonates_at(config, place) ? "on" : "off");
    for (const struct place *other = config->places; other != NULL; other = other->next)
        if (other == place || (other->path.len > 0 && is_above(other, place)))
            put_assemblies(out, other->assemblies, asks_assemblies(config, legacy), mute);
    tc_buf_printf(out, "%s}\n", mute);
}

static bool
is_application(const struct place *place)
{
    return place->path.len > 0 && (place->has_trust || place->temporary.len > 0 || place->impersonate >= 0 ||
                                   place->unsaid != NULL || place->assemblies != NULL);
}

/* A policy, with the assemblies that the machine trusts fully as its last statements. */
static void
put_policy(struct tc_buf *out, struct config *config, const struct level *level, struct tc_str text, bool legacy)
{
    const struct place *machine = machine_of(config);

    tc_buf_puts(out, tc_str_sub(text, 0, text.len - 2)); /* up to its closing brace */
    if (machine != NULL)
        put_assemblies(out, machine->assemblies, asks_assemblies(config, legacy), "");
    put_assemblies(out, level->assemblies, asks_assemblies(config, legacy), "");
    tc_buf_puts(out, TC_STR("}\n"));
}

static void
put_configuration(struct tc_buf *out, struct config *config)
{
    struct tc_importer *im = config->im;
    const struct place *machine = machine_of(config);
    struct tc_str trust = machine == NULL ? TC_STR("full") : trust_word(im, config, machine->level);

    tc_buf_puts(out, TC_STR("language 1;\n\n"));
    if (machine == NULL || !machine->has_trust)
        tc_buf_puts(out, TC_STR("# The file sets no trust for the machine: the framework's own default is full.\n"));
    if (machine != NULL)
        put_comment(out, "", "", machine->comment);
    for (const struct unsaid *u = machine == NULL ? NULL : machine->unsaid; u != NULL; u = u->next)
        put_comment(out, "", "cannot be said: ", u->text);
    tc_import_put_server(out, tc_import_runtime(config->framework, config->legacy),
                         trust.len > 0 ? trust : TC_STR("full"), true);
    tc_buf_puts(out, tc_buf_str(&im->declared));
    for (const struct level *level = config->levels; level != NULL; level = level->next) {
        if (level->piece == NULL && !level->is_missing)
            continue;
        tc_buf_putc(out, '\n');
        put_comment(out, "", "", level->comment);
        if (level->piece != NULL) {
            put_policy(out, config, level, tc_buf_str(&level->piece->text),
                       level->piece->reading.policy->runtime == TC_RT_4_0_LEGACY);
        } else {
            struct tc_buf text = {0};

            if (level->file.len > 0)
                tc_buf_printf(out, "# The file %.*s was not there when this was imported: put its grants here.\n",
                              TC_STR_ARG(level->file));
            else
                tc_buf_puts(out, TC_STR("# The file does not declare this level: put its grants here.\n"));
            tc_buf_puts(&text, TC_STR("policy "));
            tc_put_name(&text, level->word);
            tc_buf_puts(&text, TC_STR(" extends minimal {\n}\n"));
            put_policy(out, config, level, tc_buf_str(&text), false);
            tc_buf_done(&text);
        }
    }
    for (size_t i = 0; i < config->files->count; i++)
        if (config->files->files[i].role == TC_IMPORT_POLICY && !config->files->files[i].is_taken) {
            tc_buf_puts(out, TC_STR("\n# The configuration file does not name this one.\n"));
            tc_buf_puts(out, tc_buf_str(&config->files->files[i].piece.text));
        }
    for (struct place *place = config->places; place != NULL; place = place->next)
        if (is_application(place)) {
            tc_buf_putc(out, '\n');
            place->first = out->len;
            put_application(out, config, place, place->bad ? "# " : "");
            place->last = out->len;
        }
}

/* The application whose lines of @a out hold byte @a at of it; NULL: none. */
static struct place *
place_at(const struct config *config, size_t at)
{
    for (struct place *place = config->places; place != NULL; place = place->next)
        if (is_application(place) && !place->bad && at >= place->first && at < place->last)
            return place;
    return NULL;
}

/* What the compiler refuses in applications makes comments of them; false when it refuses something else. */
static bool
mute_refused(struct config *config, const struct tc_compilation *made)
{
    struct tc_importer *im = config->im;
    bool any = false;

    for (const struct tc_diag *diag = made->diags.first; diag != NULL; diag = diag->next) {
        const struct tc_source *source =
            diag->severity == TC_SEVERITY_ERROR ? tc_sources_place(&made->sources, diag->span.begin).source : NULL;
        struct place *place = source == NULL ? NULL : place_at(config, diag->span.begin - source->base);

        if (place == NULL)
            continue;
        place->bad = any = true;
        tc_diag_add(im->diags, tc_code(TC_CODE_IMPORT_UNSAID), place->span, "'%.*s' is kept as a comment: %.*s",
                    TC_STR_ARG(place->path), TC_STR_ARG(diag->message));
    }
    return any;
}

/* Write the source and compile it. Applications that a source cannot have become comments. */
static enum tc_status
settle_configuration(struct config *config, struct tc_buf *out)
{
    for (;;) {
        struct tc_compilation made;
        enum tc_status status;
        bool again;

        tc_buf_clear(out);
        put_configuration(out, config);
        status = tc_import_compile(&made, tc_buf_str(out));
        again = status == TC_FAILED && mute_refused(config, &made);
        for (const struct tc_diag *diag = made.diags.first; diag != NULL && status == TC_FAILED && !again;
             diag = diag->next)
            if (diag->severity == TC_SEVERITY_ERROR) {
                tc_diag_note(config->im->diags,
                             tc_diag_add_file(config->im->diags, tc_code(TC_CODE_IMPORT_DIFFERS),
                                              config->file->source->name,
                                              "no source could be made that says the same as this file"),
                             "the compiler says: %.*s [%s]", TC_STR_ARG(diag->message), diag->code->id);
                break;
            }
        tc_compilation_done(&made);
        if (!again)
            return status == TC_FAILED ? TC_ERR_SELF : status;
    }
}

/* ---- what is said about it ---- */

static void
report_assemblies(struct config *config)
{
    struct place *machine = machine_of(config);
    bool stock =
        machine == NULL || level_of(config, machine->level) == NULL || level_of(config, machine->level)->is_stock;

    for (struct assembly *a = machine == NULL || !stock ? NULL : machine->assemblies; a != NULL; a = a->next)
        report_unsaid(config, machine, a->span,
                      tc_arena_printf(config->im->arena,
                                      "<fullTrustAssemblies> <add assemblyName=\"%.*s\" version=\"%.*s\" "
                                      "publicKey=\"%.*s\"/>",
                                      TC_STR_ARG(a->name), TC_STR_ARG(a->version), TC_STR_ARG(a->key)),
                      "a policy trusts assemblies fully, and the machine's level is the platform's own");
}

/* A level that another file declares: what it grants is not known here. */
static void
add_undeclared(struct config *config, const struct place *place)
{
    struct tc_importer *im = config->im;
    struct level **tail = &config->levels, *level = tc_arena_new(im->arena, struct level);
    struct tc_diag *diag;

    if (level == NULL)
        return;
    while (*tail != NULL)
        tail = &(*tail)->next;
    *level = (struct level){.name = place->level, .word = place->level, .span = place->span, .is_missing = true};
    *tail = level;
    name_level(config, level);
    diag = tc_diag_add(im->diags, tc_code(TC_CODE_IMPORT_FILE_MISSING), place->span,
                       "this file declares no trust level '%.*s'", TC_STR_ARG(level->name));
    tc_diag_note(im->diags, diag, "the level is written as one that extends minimal: put its grants there");
}

static void
report_places(struct config *config)
{
    struct tc_importer *im = config->im;
    struct tc_diag *diag;
    bool any = config->levels != NULL;

    for (struct place *place = config->places; place != NULL; place = place->next) {
        struct tc_str level = place->level;

        any |= place->has_trust || place->assemblies != NULL || is_application(place);
        if (place->has_trust && level.len > 0 && level_of(config, level) == NULL && !tc_import_is_stock(level))
            add_undeclared(config, place);
        if (place->path.len == 0 && place->origin.len > 0)
            report_unsaid(config, place, place->span,
                          tc_arena_printf(im->arena, "<trust originUrl=\"%.*s\">", TC_STR_ARG(place->origin)),
                          "a source says it for each application; those of this file have it");
        if (place->path.len > 0 && place->set.len > 0 && !tc_str_eq(place->set, TC_STR("ASP.Net")) &&
            (level_of(config, level_at(config, place)) == NULL || level_of(config, level_at(config, place))->is_stock))
            report_unsaid(config, place, place->span,
                          tc_arena_printf(im->arena, "<trust permissionSetName=\"%.*s\">", TC_STR_ARG(place->set)),
                          "the platform's own levels have one set, ASP.Net");
        if (is_application(place) && directory_of(config, find_application(config, place->path)).len == 0) {
            if (config->guessed == NULL)
                config->guessed = place;
            config->guessed_count++;
        }
    }
    if (config->guessed != NULL) {
        diag =
            tc_diag_add(im->diags, tc_code(TC_CODE_IMPORT_ROOT), config->guessed->span,
                        config->sites == NULL
                            ? "this file does not say where applications lie: %zu of the roots in the source %s made up"
                            : "the sites of IIS do not have this location: %zu of the roots in the source %s made up",
                        config->guessed_count, config->guessed_count == 1 ? "is" : "are");
        tc_diag_help(
            im->diags, diag,
            config->sites == NULL
                ? "name %%windir%%\\System32\\inetsrv\\config\\applicationHost.config behind this file, or mend each "
                  "line that is marked 'made up'"
                : "mend each line that is marked 'made up'");
    }
    if (!any) {
        diag = tc_diag_add_file(im->diags, tc_code(TC_CODE_IMPORT_NO_TRUST), config->file->source->name,
                                "this file says nothing of trust: what is written is the framework's own default, full "
                                "trust for every application");
        tc_diag_help(
            im->diags, diag,
            "trust stands in web.config of the CONFIG directory (machine.config for 1.1), perhaps in that of an "
            "application");
    }
}

enum tc_status
tc_import_configuration(struct tc_importer *im, struct tc_import_file *file, struct tc_import_files *files,
                        enum tc_framework framework, struct tc_buf *out)
{
    struct config config = {.im = im, .file = file, .files = files, .framework = framework};
    struct tc_reading reading;
    enum tc_status status = tc_read_source(im->diags, file->source, tc_import_runtime(framework, false),
                                           (struct tc_str){NULL, 0}, &reading);

    if (status != TC_OK)
        return status;
    find_sites(&config);
    read_configuration(&config, tc_markup_child(file->document, "configuration"));
    if (!find_level_files(&config))
        return im->arena->failed ? TC_ERR_NOMEM : TC_ERR_LIMIT;
    if (!im->options->has_framework)
        settle_framework(&config);
    config.legacy = machine_of(&config) != NULL && is_legacy_at(&config, machine_of(&config));
    report_places(&config);
    report_assemblies(&config);
    lift_assemblies(&config);
    for (struct level *level = config.levels; level != NULL; level = level->next) {
        status = level->is_stock ? TC_OK : read_level_file(&config, level);
        if (status != TC_OK)
            goto done;
    }
    status = tc_import_policies(im, files, config.framework, &config.legacy);
    for (size_t i = 0; i < files->count && status == TC_OK; i++)
        for (struct level *level = config.levels; level != NULL; level = level->next)
            if (files->files[i].role == TC_IMPORT_POLICY && !files->files[i].is_taken && !level->is_stock &&
                tc_str_eq_nocase(level->word, files->files[i].piece.name)) {
                tc_diag_add_file(im->diags, tc_code(TC_CODE_IMPORT_SAME_NAME), files->files[i].source->name,
                                 "this would be the trust level '%.*s', which %.*s declares with another file",
                                 TC_STR_ARG(level->word), TC_STR_ARG(file->source->name));
                status = TC_FAILED;
            }
    if (status == TC_OK)
        status = settle_configuration(&config, out);
done:
    for (struct level *level = config.levels; level != NULL; level = level->next)
        if (level->piece != NULL)
            tc_buf_done(&level->piece->text);
    return im->arena->failed ? TC_ERR_NOMEM : status;
}
