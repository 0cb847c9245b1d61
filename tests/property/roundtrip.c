#include "property/roundtrip.h"

#include "emit/policy_file.h"
#include "verify/expected.h"
#include "xml/clr_text.h"
#include "xml/reader.h"

struct trip {
    struct tc_arena *arena;
    const struct tc_policy *wrote;
    struct tc_token_values values;
    struct tc_str bytes;
    struct tc_reading reading;
    const char *fault;
};

static bool TC_PRINTF(3, 4) check(struct trip *trip, bool ok, const char *format, ...)
{
    struct tc_buf out = {0};
    va_list args;

    if (ok || trip->fault != NULL)
        return ok;
    va_start(args, format);
    tc_buf_vprintf(&out, format, args);
    va_end(args);
    trip->fault = tc_arena_str(trip->arena, tc_buf_str(&out)).ptr;
    tc_buf_done(&out);
    return false;
}

/* ---- the file ---- */

static struct tc_str
emit(struct trip *trip, const struct tc_policy *policy)
{
    struct tc_buf out = {0};
    struct tc_str bytes = TC_STR("");

    if (check(trip, tc_policy_emit(policy, &out) == TC_OK, "it cannot be written"))
        bytes = tc_arena_str(trip->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return bytes;
}

/* Read @a bytes; nothing of what we write may be worth a finding. */
static bool
read_bytes(struct trip *trip, struct tc_str bytes, struct tc_reading *ret_reading)
{
    struct tc_sources *sources = tc_arena_new(trip->arena, struct tc_sources);
    struct tc_diags *diags = tc_arena_new(trip->arena, struct tc_diags);
    struct tc_source *source;
    enum tc_status status;

    tc_sources_init(sources, trip->arena);
    tc_diags_init(diags, trip->arena, sources);
    source = tc_sources_add(sources, TC_STR("written"), bytes);
    status = tc_read_source(diags, source, trip->wrote->runtime, trip->wrote->sets[0]->name, ret_reading);
    if (diags->first != NULL)
        return check(trip, false, "reading it says %s: %.*s: %.*s", diags->first->code->id,
                     TC_STR_ARG(diags->first->message), TC_STR_ARG(tc_sources_text(sources, diags->first->span)));
    return check(trip, status == TC_OK && ret_reading->kind == TC_READ_POLICY && ret_reading->has_main,
                 "it does not read as a policy with its main set");
}

static struct tc_str
line_at(struct tc_str text, size_t at)
{
    size_t from = at;

    while (from > 0 && text.ptr[from - 1] != '\n')
        from--;
    return tc_str_trim(tc_str_sub(text, from, tc_str_find(text, TC_STR("\n"), at) - from));
}

/* A permission is read as the framework holds it, which can be written otherwise than the source said it (all flags are
 * unrestricted); but only once. */
static void
compare_bytes(struct trip *trip)
{
    struct tc_str first = emit(trip, trip->reading.policy), second;
    struct tc_reading again;
    size_t at = 0;

    if (trip->fault != NULL || !read_bytes(trip, first, &again))
        return;
    second = emit(trip, again.policy);
    while (at < first.len && at < second.len && first.ptr[at] == second.ptr[at])
        at++;
    check(trip, tc_str_eq(first, second), "what was read twice is written otherwise: '%.*s' was '%.*s'",
          TC_STR_ARG(line_at(second, at)), TC_STR_ARG(line_at(first, at)));
}

/* ---- code groups ---- */

static bool
same_condition(const struct tc_membership *a, const struct tc_membership *b)
{
    if (a->kind != b->kind || !tc_str_eq(a->type, b->type))
        return false;
    for (size_t i = 0; i < TC_CONDITION_ARGUMENTS_MAX; i++)
        if (!tc_str_eq(a->values[i], b->values[i]))
            return false;
    return true;
}

static void
compare_groups(struct trip *trip, const struct tc_group *a, const struct tc_group *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        bool same = a->kind == b->kind && a->grants_main == b->grants_main && a->attributes == b->attributes &&
                    (a->grants_main || tc_str_eq(a->set_name, b->set_name)) && tc_str_eq(a->name, b->name) &&
                    tc_str_eq(a->description, b->description) && tc_str_eq(a->access, b->access) &&
                    (a->inline_set == NULL) == (b->inline_set == NULL) && a->is_raw == b->is_raw;

        if (!check(trip, same && same_condition(&a->condition, &b->condition), "the code group '%.*s' is not the same",
                   TC_STR_ARG(a->name)))
            return;
        compare_groups(trip, a->children, b->children);
    }
    check(trip, a == NULL && b == NULL, "there are more code groups, or fewer");
}

/* ---- grants ---- */

static const struct tc_machine machine = {.name = {"WEB01", 5}, .local_drives = 1u << 2 | 1u << 3};

static struct tc_str
perm_text(struct trip *trip, const struct tc_perm *perm)
{
    const struct tc_class_names names = {.is_full = false};
    struct tc_element *element;
    struct tc_throw thrown;
    struct tc_buf out = {0};
    struct tc_str text;

    if (perm == NULL || tc_perm_write(trip->arena, perm, &names, &element, &thrown) != TC_YES)
        return TC_STR("nothing that could be written");
    tc_element_print(&out, element);
    text = tc_arena_str(trip->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

/* What nobody can compare off the server. */
static bool
is_opaque(const struct tc_class *cls)
{
    return cls->algebra == TC_ALGEBRA_OPAQUE || cls->algebra == TC_ALGEBRA_MESSAGE_QUEUE;
}

static void
compare_opaque(struct trip *trip, const struct tc_pset *a, const struct tc_pset *b)
{
    check(trip, tc_str_eq(a->name, b->name) && tc_str_eq(a->description, b->description),
          "the permission set '%.*s' has another name or description", TC_STR_ARG(a->name));
    for (size_t i = 0; i < a->count; i++) {
        const struct tc_perm *other = tc_pset_find(b, a->perms[i]->cls);

        if (!is_opaque(a->perms[i]->cls) || a->perms[i]->cls->assembly == TC_ASM_COUNT_ ||
            tc_perm_is_empty(a->perms[i]))
            continue;
        check(trip,
              other != NULL &&
                  ((a->perms[i]->unrestricted && other->unrestricted) || tc_perm_equal(a->perms[i], other)),
              "%s of '%.*s' is not the same", a->perms[i]->cls->word, TC_STR_ARG(a->name));
    }
}

/* Whether everything of @a inner is also in @a outer; classes that cannot be compared must read the same. */
static void
compare_within(struct trip *trip, const struct tc_grant_set *inner, const struct tc_grant_set *outer, const char *whose)
{
    for (size_t i = 0; i < inner->count; i++) {
        const struct tc_perm *perm = inner->grants[i].perm, *other = NULL;
        const struct tc_class *cls = inner->grants[i].cls;
        struct tc_str mine, theirs;
        struct tc_throw thrown;

        for (size_t j = 0; j < outer->count; j++)
            if (outer->grants[j].cls == cls || (cls->assembly == TC_ASM_COUNT_ &&
                                                tc_str_eq(tc_str_of(outer->grants[j].cls->type), tc_str_of(cls->type))))
                other = outer->grants[j].perm;
        if (perm == NULL || is_opaque(cls))
            continue; /* compare_opaque() */
        mine = perm_text(trip, perm);
        theirs = perm_text(trip, other);
        if (other != NULL && tc_str_eq(mine, theirs))
            continue;
        if (!check(trip, tc_algebra_ops(cls->algebra)->subset(trip->arena, &machine, perm, other, &thrown) == TC_YES,
                   "%s: %.*s is not within %.*s", whose, TC_STR_ARG(mine), TC_STR_ARG(theirs)))
            return;
    }
}

static void
compare_sets(struct trip *trip, const struct tc_grant_set *a, const struct tc_grant_set *b, const char *whose)
{
    if (!check(trip, a != NULL && b != NULL && a->unrestricted == b->unrestricted, "%s: only one is unrestricted",
               whose))
        return;
    compare_within(trip, a, b, whose);
    compare_within(trip, b, a, whose);
}

struct outcome {
    enum tc_answer answer;
    struct tc_statement statement;
};

static void
compare_outcomes(struct trip *trip, const struct outcome *a, const struct outcome *b, const char *whose)
{
    if (!check(trip, a->answer == b->answer, "%s: only one throws", whose) || a->answer != TC_YES)
        return;
    check(trip, a->statement.attributes == b->statement.attributes, "%s: other attributes of the statement", whose);
    compare_sets(trip, a->statement.set, b->statement.set, whose);
}

static const struct tc_policy_level *
level_of(struct trip *trip)
{
    struct tc_policy_level *level = NULL;
    const struct tc_element *element;
    struct tc_policy_text text;
    struct tc_clr_fault fault;
    struct tc_element *root;
    struct tc_throw thrown;

    if (tc_policy_replace(trip->arena, trip->bytes, 0, &trip->values, &text) != TC_OK ||
        !check(trip, tc_clr_read(trip->arena, text.text, 0, &root, &fault) == TC_OK, "the CLR cannot read it"))
        return NULL;
    element = tc_policy_level_find(root);
    check(trip,
          element != NULL &&
              tc_policy_level_read(trip->arena, element, tc_runtime_info(trip->wrote->runtime)->framework, &level,
                                   &thrown) == TC_YES,
          "the CLR cannot load it");
    return level;
}

static void
compare_assembly(struct trip *trip, struct tc_expected *wrote, struct tc_expected *read,
                 const struct tc_policy_level *level, const struct tc_evidence *evidence)
{
    struct outcome a = {0}, b = {0}, c = {0};
    struct tc_throw thrown;

    a.answer = tc_expected_resolve(wrote, evidence, &a.statement, &thrown);
    b.answer = tc_expected_resolve(read, evidence, &b.statement, &thrown);
    c.answer = tc_policy_level_resolve(trip->arena, level, evidence, &c.statement, &thrown);
    compare_outcomes(trip, &a, &b, "an assembly, from the policy and from what was read");
    compare_outcomes(trip, &a, &c, "an assembly, from the policy and from the CLR's level");
}

static void
compare_grants(struct trip *trip)
{
    struct tc_evidence assemblies[] = {
        {.has_url = true, .has_zone = true},
        {.has_url = true, .url = TC_STR("file:///D:/Bin/a.dll"), .has_zone = true, .is_gac = true},
        {.has_url = true,
         .url = TC_STR("http://a.contoso.com/a.dll"),
         .has_zone = true,
         .zone = 3,
         .has_site = true,
         .site = TC_STR("a.contoso.com")},
        {.has_url = true,
         .url = TC_STR("file:///Q:/a.dll"),
         .has_strong_name = true,
         .key = TC_STR("002400000480000095"),
         .name = TC_STR("Contoso.Data"),
         .version = TC_STR("1.0.0.0")},
    };
    const struct tc_policy *read_policy = trip->reading.policy;
    const struct tc_policy_level *level = level_of(trip);
    struct tc_expected wrote, read;

    if (level == NULL || !tc_expected_init(&wrote, trip->arena, trip->wrote, &trip->values) ||
        !tc_expected_init(&read, trip->arena, read_policy, &trip->values))
        return;
    if (!check(trip, trip->wrote->set_count == read_policy->set_count, "there are more permission sets, or fewer"))
        return;
    for (size_t i = 0; i < read_policy->set_count; i++) {
        compare_opaque(trip, trip->wrote->sets[i], read_policy->sets[i]);
        compare_sets(trip, tc_expected_set(&wrote, i), tc_expected_set(&read, i), "a permission set");
    }
    assemblies[0].url = tc_arena_printf(trip->arena, "%.*s/bin/a.dll", TC_STR_ARG(trip->values.values[1]));
    for (size_t i = 0; i < sizeof assemblies / sizeof assemblies[0]; i++)
        compare_assembly(trip, &wrote, &read, level, &assemblies[i]);
}

const char *
tct_roundtrip_fault(struct tc_arena *arena, const struct tc_policy *policy)
{
    struct trip trip = {.arena = arena, .wrote = policy};

    trip.values =
        tc_token_values_for(arena, &(struct tc_token_basis){.root = TC_STR("C:\\Sites\\a"),
                                                            .location = TC_STR("Default Web Site/a"),
                                                            .origin = TC_STR("https?://www\\.contoso\\.com/.*"),
                                                            .runtime = policy->runtime});
    trip.bytes = emit(&trip, policy);
    if (trip.fault == NULL && read_bytes(&trip, trip.bytes, &trip.reading)) {
        compare_bytes(&trip);
        compare_groups(&trip, policy->root, trip.reading.policy->root);
        compare_grants(&trip);
    }
    return trip.fault == NULL && arena->failed ? "out of memory" : trip.fault;
}
