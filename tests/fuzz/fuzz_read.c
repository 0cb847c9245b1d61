/*
 * Any bytes as a policy file, for several runtimes: the reader that import stands on, and what a proof does with such
 * a file, which is to read it as the CLR does and to ask it for grants. Nothing may crash or hang; whatever has no
 * policy says why; every place that is named lies in the text, in the order of the text; a second time gives the same.
 */
#include "base/render.h"
#include "model/resolve.h"
#include "xml/clr_text.h"
#include "xml/policy_text.h"
#include "xml/reader.h"
#include "xml/spans.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "fuzz_read: %s\n", what);
    abort();
}

/* ---- places ---- */

static void
check_span(const struct tc_sources *sources, struct tc_span span)
{
    const struct tc_source *source;

    if (span.end == 0)
        return;
    source = tc_sources_find(sources, span.begin);
    require(source != NULL && span.begin >= source->base && span.begin <= span.end &&
                span.end - source->base <= source->text.len,
            "a span lies in no source");
}

/* Start tags come in the order of the text; attributes have some place in it, for the framework's reader also takes
 * what is no XML, with names and values from anywhere. */
static uint32_t
check_elements(const struct tc_element *element, uint32_t from, uint32_t end)
{
    for (; element != NULL; element = element->next) {
        require(from <= element->span.begin && element->span.begin < element->span.end && element->span.end <= end,
                "elements are out of order");
        for (size_t i = 0; i < element->attribute_count; i++) {
            struct tc_span whole = element->attributes[i].span, value = element->attributes[i].value_span;

            require(whole.begin < whole.end && whole.end <= end && value.begin <= value.end && value.end <= end,
                    "an attribute lies outside of the text");
            require(value.end - value.begin == element->attributes[i].value.len, "a value is not what its span covers");
        }
        from = check_elements(element->children, element->span.end, end);
    }
    return from;
}

/* Where both readers see the same element they see it at the same place. */
static void
check_agreement(const struct tc_element *element, const struct tc_markup *markup, uint32_t base)
{
    while (element != NULL && markup != NULL) {
        if (markup->kind != TC_MARKUP_ELEMENT) {
            markup = markup->next;
            continue;
        }
        if (!tc_str_eq(element->tag, markup->name) || element->span.begin != base + markup->begin)
            return;
        require(element->span.end == base + markup->end, "the readers do not agree on where a start tag ends");
        for (const struct tc_markup_attr *attr = markup->attrs; attr != NULL; attr = attr->next) {
            const struct tc_element_attribute *other = tc_element_find(element, attr->name);

            require(other == NULL || !tc_str_eq(other->value, attr->value) ||
                        (other->span.begin == base + attr->begin && other->span.end == base + attr->end &&
                         other->value_span.end + 1 == other->span.end),
                    "the readers do not agree on where an attribute stands");
        }
        check_agreement(element->children, markup->first, base);
        element = element->next;
        markup = markup->next;
    }
}

static void
check_markup(const struct tc_markup *parent)
{
    uint32_t at = parent->kind == TC_MARKUP_DOCUMENT ? 0 : parent->end;

    for (const struct tc_markup *m = parent->first; m != NULL; m = m->next) {
        require(m->parent == parent && at <= m->begin && m->begin < m->end && m->end <= m->close_begin &&
                    m->close_begin <= m->close_end,
                "markup does not nest");
        check_markup(m);
        at = m->close_end;
    }
    if (parent->kind != TC_MARKUP_DOCUMENT && parent->first != NULL)
        require(at <= parent->close_begin, "markup reaches out of its parent");
}

/* The markup of @a text; NULL when it is no XML. */
static const struct tc_markup *
markup_of(struct tc_arena *arena, struct tc_str text)
{
    struct tc_markup_fault fault;
    struct tc_markup *document = NULL;

    if (tc_spans_scan(arena, text, &document, &fault) == TC_OK) {
        check_markup(document);
        return document;
    }
    require(fault.begin <= fault.end && fault.end <= text.len && fault.other_end <= text.len,
            "a fault of the markup lies outside of the text");
    return NULL;
}

/* ---- the reader ---- */

struct run {
    struct tc_arena arena;
    struct tc_sources sources;
    struct tc_diags diags;
    struct tc_reading reading;
    enum tc_status status;
    struct tc_buf said;
};

static void
check_set(const struct run *run, const struct tc_pset *set)
{
    check_span(&run->sources, set->span);
    for (size_t i = 0; i < set->count; i++) {
        check_span(&run->sources, set->perms[i]->span);
        require(set->perms[i]->span.begin >= set->span.begin, "a permission stands before its set");
        for (uint32_t r = 0; r < set->perms[i]->row_count; r++)
            check_span(&run->sources, set->perms[i]->rows[r].span);
    }
}

static uint32_t
check_groups(const struct run *run, const struct tc_group *group, uint32_t from)
{
    for (; group != NULL; group = group->next) {
        check_span(&run->sources, group->span);
        check_span(&run->sources, group->condition.span);
        require(from < group->span.begin, "code groups are out of order");
        if (group->inline_set != NULL)
            check_set(run, group->inline_set);
        from = check_groups(run, group->children, group->span.begin);
    }
    return from;
}

static void
check_reading(const struct run *run)
{
    const struct tc_reading *reading = &run->reading;
    uint32_t at = 0;

    for (const struct tc_diag *diag = run->diags.first; diag != NULL; diag = diag->next) {
        check_span(&run->sources, diag->span);
        for (const struct tc_label *label = diag->labels; label != NULL; label = label->next)
            check_span(&run->sources, label->span);
    }
    require(run->status == TC_OK || run->diags.errors > 0, "nothing was read, and nothing says why");
    if (run->status != TC_OK)
        return;
    require((reading->policy == NULL) == (reading->kind == TC_READ_CONFIG), "there is no policy");
    if (reading->policy == NULL)
        return;
    for (const struct tc_read_comment *c = reading->comments; c != NULL; c = c->next) {
        require(at <= c->at, "comments are out of order");
        at = c->at;
        check_span(&run->sources, (struct tc_span){at, at});
    }
    for (const struct tc_read_origin *origin = reading->origins; origin != NULL; origin = origin->next)
        require(tc_sources_find(&run->sources, origin->anchor) != NULL, "an origin has no place");
    for (size_t i = 0; i < reading->policy->set_count; i++)
        check_set(run, reading->policy->sets[i]);
    if (reading->policy->root != NULL && reading->kind == TC_READ_POLICY)
        (void)check_groups(run, reading->policy->root, 0);
}

static void
print_origins(const struct tc_reading *reading, struct tc_buf *out)
{
    for (const struct tc_read_comment *c = reading->comments; c != NULL; c = c->next)
        tc_buf_printf(out, "%u %.*s\n", c->at, TC_STR_ARG(c->text));
    for (const struct tc_read_origin *origin = reading->origins; origin != NULL; origin = origin->next) {
        tc_buf_printf(out, "%u ", origin->anchor);
        tc_element_print(out, origin->element);
    }
}

static void
run_reader(struct run *run, struct tc_str text, enum tc_runtime runtime)
{
    const struct tc_render_options options = {.format = TC_FORMAT_TEXT};
    struct tc_source *source;

    *run = (struct run){.status = TC_ERR_LIMIT};
    tc_arena_init(&run->arena);
    tc_sources_init(&run->sources, &run->arena);
    tc_diags_init(&run->diags, &run->arena, &run->sources);
    source = tc_sources_add(&run->sources, TC_STR("fuzz.config"), text);
    require(source != NULL, "the source cannot be added");
    run->status = tc_read_source(&run->diags, source, runtime, TC_STR(""), &run->reading);
    check_reading(run);
    tc_render(&run->diags, &options, &run->said);
    if (run->status == TC_OK)
        print_origins(&run->reading, &run->said);
}

static void
run_done(struct run *run)
{
    tc_buf_done(&run->said);
    tc_arena_done(&run->arena);
}

/* ---- the level ---- */

static const struct tc_machine machine = {.name = {"WEB01", 5}, .local_drives = 1u << 2};

static const struct tc_evidence assemblies[] = {
    {.has_url = true,
     .url = {"file:///C:/Sites/a/bin/a.dll", 28},
     .has_zone = true,
     .has_directory = true,
     .directory = {"file:///C:/Sites/a/", 19}},
    {.has_url = true,
     .url = {"http://www.contoso.com/a?b", 26},
     .has_zone = true,
     .zone = 3,
     .has_site = true,
     .site = {"www.contoso.com", 15}},
    {.has_strong_name = true,
     .key = {"002400000480000094", 18},
     .name = {"Contoso.Data", 12},
     .version = {"1.0.0.0", 7},
     .is_gac = true},
};

static void
print_set(struct tc_arena *arena, enum tc_answer answer, const struct tc_grant_set *set, const struct tc_throw *thrown,
          struct tc_buf *out)
{
    const struct tc_class_names names = {.is_full = false};
    struct tc_throw other = {.type = "", .key = ""};
    struct tc_element *element;

    if (answer != TC_YES)
        tc_buf_printf(out, "%s %s\n", thrown->type, thrown->key);
    else if (set == NULL)
        tc_buf_puts(out, TC_STR("null\n"));
    else if (tc_grant_set_write(arena, set, &names, &element, &other) != TC_YES)
        tc_buf_printf(out, "write: %s %s\n", other.type, other.key);
    else
        tc_element_print(out, element);
}

static void
ask_level(struct tc_arena *arena, const struct tc_policy_level *level, struct tc_buf *out)
{
    const struct tc_policy_level *levels[TC_POLICY_LEVEL_COUNT_] = {
        [TC_POLICY_LEVEL_MACHINE] = level, [TC_POLICY_LEVEL_APPDOMAIN] = level};

    for (size_t i = 0; i < sizeof assemblies / sizeof assemblies[0]; i++) {
        struct tc_statement statement = {.set = NULL};
        struct tc_throw thrown = {.type = "", .key = ""};
        struct tc_grant_set *all = NULL;
        enum tc_answer answer;

        answer = tc_policy_level_resolve(arena, level, &assemblies[i], &statement, &thrown);
        print_set(arena, answer, statement.set, &thrown, out);
        answer = tc_policy_levels_resolve(arena, &machine, levels, &assemblies[i], &all, &thrown);
        print_set(arena, answer, all, &thrown, out);
    }
}

static void
run_level(struct tc_str bytes, enum tc_framework framework, struct tc_buf *out)
{
    struct tc_token_values values;
    struct tc_policy_text replaced;
    struct tc_policy_level *level;
    struct tc_throw thrown = {.type = "", .key = ""};
    const struct tc_element *found;
    const struct tc_markup *markup;
    struct tc_clr_fault fault;
    struct tc_element *root;
    struct tc_arena arena;
    struct tc_str text;

    tc_arena_init(&arena);
    values = tc_token_values_for(&arena, &(struct tc_token_basis){.root = TC_STR("C:\\Sites\\a"),
                                                                  .location = TC_STR("Default Web Site/a"),
                                                                  .origin = TC_STR("https?://www\\.contoso\\.com/.*"),
                                                                  .runtime = TC_RT_2_0});
    text = tc_policy_decode(&arena, bytes);
    require(tc_str_is_utf8(text, NULL), "what was decoded is no UTF-8");
    require(tc_policy_replace(&arena, text, 1, &values, &replaced) == TC_OK, "tokens cannot be replaced");
    for (uint32_t i = 0, last = 1; i <= replaced.text.len; i += 7) {
        uint32_t at = tc_policy_origin(&replaced, i);

        require(last <= at && at - 1 <= text.len, "the way back to the original goes astray");
        last = at;
    }
    markup = markup_of(&arena, replaced.text);
    if (tc_clr_read(&arena, replaced.text, 1, &root, &fault) == TC_OK) {
        (void)check_elements(root, 1, (uint32_t)replaced.text.len + 1);
        check_agreement(root, markup == NULL ? NULL : markup->first, 1);
        found = tc_policy_level_find(root);
        if (found != NULL && tc_policy_level_read(&arena, found, framework, &level, &thrown) == TC_YES)
            ask_level(&arena, level, out);
        tc_buf_printf(out, "%s %s\n", thrown.type, thrown.key);
    } else {
        require(fault.thrown.type != NULL || fault.limit != TC_LIMIT_COUNT_, "it is not read, and nothing says why");
        require(fault.thrown.span.end == 0 || fault.thrown.span.end - 1 <= replaced.text.len,
                "a fault lies outside of the text");
    }
    require(!arena.failed, "out of memory");
    tc_arena_done(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum tc_runtime runtimes[] = {TC_RT_1_1, TC_RT_2_0, TC_RT_4_0};
    struct tc_str text = {(const char *)data, size};

    for (size_t i = 0; i < sizeof runtimes / sizeof runtimes[0]; i++) {
        enum tc_framework framework = tc_runtime_info(runtimes[i])->framework;
        struct tc_buf grants = {0}, again = {0};
        struct run first, second;

        run_reader(&first, text, runtimes[i]);
        run_reader(&second, text, runtimes[i]);
        require(first.status == second.status && tc_str_eq(tc_buf_str(&first.said), tc_buf_str(&second.said)),
                "a second reading differs");
        run_level(text, framework, &grants);
        run_level(text, framework, &again);
        require(tc_str_eq(tc_buf_str(&grants), tc_buf_str(&again)), "a second level grants something else");
        run_done(&first);
        run_done(&second);
        tc_buf_done(&grants);
        tc_buf_done(&again);
    }
    return 0;
}
