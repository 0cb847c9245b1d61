#include "verify/evidence.h"

#include "verify/expected.h"

static struct tc_evidence
evidence_at(struct tc_str url)
{
    return (struct tc_evidence){.has_url = true, .url = url, .has_zone = true, .zone = 0};
}

const char *
tc_code_kind_name(enum tc_code_kind kind)
{
    static const char *const names[TC_CODE_KIND_COUNT_] = {
        [TC_CODE_OWN] = "the own code",
        [TC_CODE_GENERATED] = "the generated code",
        [TC_CODE_GAC] = "code of the global assembly cache",
        [TC_CODE_ELSEWHERE] = "code from elsewhere",
    };

    return names[kind];
}

struct tc_evidence
tc_evidence_of_kind(struct tc_arena *arena, enum tc_code_kind kind, const struct tc_token_values *values)
{
    struct tc_evidence evidence = evidence_at(TC_STR("http://elsewhere.example/a.dll"));

    switch (kind) {
    case TC_CODE_OWN:
        return evidence_at(tc_arena_printf(arena, "%.*s/bin/App.dll", TC_STR_ARG(values->values[1])));
    case TC_CODE_GENERATED:
        return evidence_at(tc_arena_printf(arena, "%.*s/App_Web_x.dll", TC_STR_ARG(values->values[2])));
    case TC_CODE_GAC:
        evidence = evidence_at(tc_arena_printf(arena, "%.*s/System.Web/a.dll", TC_STR_ARG(values->values[4])));
        evidence.is_gac = true;
        return evidence;
    case TC_CODE_ELSEWHERE:
    case TC_CODE_KIND_COUNT_:
        break;
    }
    evidence.zone = 3;
    return evidence;
}

/* Somewhere that no group speaks of. */
#define NOWHERE_ELSE TC_STR("file:///Q:/trustc/elsewhere/a.dll")

static void
fit_strong_name(struct tc_evidence *evidence, const struct tc_membership *condition, struct tc_str key)
{
    evidence->has_strong_name = true;
    evidence->key = key;
    evidence->name = condition->values[1].len > 0 ? condition->values[1] : TC_STR("Any");
    evidence->version = condition->values[2].len > 0 ? condition->values[2] : TC_STR("1.2.3.4");
}

/* Let @a evidence fit @a condition, whose first argument is @a value. */
static void
fit(struct tc_arena *arena, struct tc_evidence *evidence, const struct tc_membership *condition, struct tc_str value,
    struct tc_str directory)
{
    const struct tc_enum_value *zone;

    switch (condition->kind) {
    case TC_CONDITION_URL:
        if (tc_str_ends(value, TC_STR("*")))
            value = tc_arena_printf(arena, "%.*sa.dll", (int)value.len - 1, value.ptr);
        evidence->url = value;
        break;
    case TC_CONDITION_ZONE:
        zone = tc_enum_find(tc_enum(TC_ENUM_ZONE), value);
        evidence->zone = zone == NULL ? 0 : (int32_t)zone->value;
        break;
    case TC_CONDITION_SITE:
        evidence->has_site = true;
        evidence->site = tc_str_starts(value, TC_STR("*."))
                             ? tc_arena_printf(arena, "www%.*s", (int)value.len - 1, value.ptr + 1)
                             : value;
        break;
    case TC_CONDITION_STRONG_NAME:
        fit_strong_name(evidence, condition, value);
        break;
    case TC_CONDITION_HASH:
        evidence->has_hash = true;
        evidence->hash_name = value;
        evidence->hash = condition->values[1];
        break;
    case TC_CONDITION_PUBLISHER:
        evidence->has_publisher = true;
        evidence->certificate = value;
        break;
    case TC_CONDITION_GAC:
        evidence->is_gac = true;
        break;
    case TC_CONDITION_APPLICATION_DIRECTORY:
        evidence->has_directory = true;
        evidence->directory = directory;
        if (tc_str_eq(evidence->url, NOWHERE_ELSE))
            evidence->url = tc_arena_printf(arena, "%.*s/a.dll", TC_STR_ARG(directory));
        break;
    case TC_CONDITION_ALL:
    case TC_CONDITION_COUNT_: /* nobody knows what fits */
        break;
    }
}

size_t
tc_evidence_of_group(struct tc_arena *arena, const struct tc_group *group, const struct tc_evidence *parent,
                     const struct tc_token_values *values, struct tc_evidence *ret_list)
{
    const struct tc_membership *condition = &group->condition;
    struct tc_str directory = values->values[1];

    if (group->is_raw)
        return 0;
    ret_list[0] = parent == NULL ? evidence_at(NOWHERE_ELSE) : *parent;
    fit(arena, &ret_list[0], condition, tc_fill_tokens(arena, condition->values[0], values), directory);
    if (condition->kind != TC_CONDITION_STRONG_NAME || !tc_str_eq(ret_list[0].url, NOWHERE_ELSE))
        return 1;
    ret_list[1] = ret_list[0];
    ret_list[1].url = tc_arena_printf(arena, "%.*s/bin/a.dll", TC_STR_ARG(directory));
    return 2;
}

struct tc_evidence
tc_evidence_of_full_trust(struct tc_arena *arena, const struct tc_full_trust *entry,
                          const struct tc_token_values *values)
{
    struct tc_evidence evidence =
        evidence_at(tc_arena_printf(arena, "%.*s/%.*s/a.dll", TC_STR_ARG(values->values[4]), TC_STR_ARG(entry->name)));

    evidence.is_gac = true;
    evidence.has_strong_name = true;
    evidence.key = entry->key;
    evidence.name = entry->name;
    evidence.version = entry->version;
    return evidence;
}
