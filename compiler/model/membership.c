#include "model/membership.h"

#include "model/algebra_util.h"
#include "model/strong_name.h"
#include "model/url_string.h"

#include <string.h>

/* Indexes of arguments in data/conditions.def. */
enum { URL_URL, URL_COUNT_ };
enum { SITE_SITE, SITE_COUNT_ };
enum { ZONE_ZONE, ZONE_COUNT_ };
enum { STRONG_KEY, STRONG_NAME, STRONG_VERSION, STRONG_COUNT_ };
enum { HASH_NAME, HASH_VALUE, HASH_COUNT_ };
enum { PUBLISHER_CERTIFICATE, PUBLISHER_COUNT_ };

#define ZONE_LAST 4

enum tc_answer
tc_condition_read(struct tc_arena *arena, enum tc_condition_id kind, const struct tc_element *element,
                  struct tc_condition *ret_condition, struct tc_throw *ret_throw)
{
    struct tc_condition condition = {.kind = kind, .span = element->span};
    const struct tc_condition_info *info;

    if (!tc_element_is(element, TC_TAG_IMEMBERSHIP_CONDITION))
        return tc_throw_at(ret_throw, "ArgumentException", "Argument_MembershipConditionElement", element->span);
    if (kind < TC_CONDITION_COUNT_) {
        info = tc_condition_info(kind);
        for (size_t i = 0; i < info->argument_count; i++) {
            const struct tc_element_attribute *attribute = tc_element_find(element, tc_str_of(info->arguments[i].xml));

            if (attribute == NULL)
                continue;
            condition.present[i] = true;
            condition.values[i] = tc_element_decode(arena, attribute->value);
            condition.spans[i] = attribute->value_span;
        }
    }
    *ret_condition = condition;
    return TC_YES;
}

struct tc_condition
tc_condition_of(const struct tc_membership *membership)
{
    struct tc_condition condition = {.kind = membership->kind, .type = membership->type, .span = membership->span};

    for (size_t i = 0; i < TC_CONDITION_ARGUMENTS_MAX; i++) {
        condition.present[i] = membership->values[i].len > 0;
        condition.values[i] = membership->values[i];
        condition.spans[i] = membership->span;
    }
    return condition;
}

/* Put the place of argument @a index into an exception. */
static enum tc_answer
at_argument(const struct tc_condition *condition, size_t index, enum tc_answer answer, struct tc_throw *ret_throw)
{
    if (answer == TC_THROWS && ret_throw != NULL)
        ret_throw->span = condition->present[index] ? condition->spans[index] : condition->span;
    return answer;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

enum tc_answer
tc_public_key_equal(struct tc_arena *arena, struct tc_str a, struct tc_str b, struct tc_throw *ret_throw)
{
    struct tc_str first, second;

    if (tc_hex_decode(arena, a, &first, ret_throw) != TC_YES || tc_hex_decode(arena, b, &second, ret_throw) != TC_YES)
        return TC_THROWS;
    return tc_str_eq(first, second) ? TC_YES : TC_NO;
}

bool
tc_public_key_is_platform(struct tc_arena *arena, struct tc_str hex)
{
    static const char *const keys[] = {
#define TC_KEY(id, owner, blob) blob,
#include "data/keys.def"
    };
    struct tc_throw ignored;

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (tc_str_eq_nocase(hex, tc_str_of(keys[i]))) /* as they are mostly written */
            return true;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (tc_public_key_equal(arena, hex, tc_str_of(keys[i]), &ignored) == TC_YES)
            return true;
    return false;
}

static enum tc_answer
read_zone(const struct tc_condition *condition, int32_t *ret_zone, struct tc_throw *ret_throw)
{
    int32_t zone;

    if (!condition->present[ZONE_ZONE])
        return tc_throw_new(ret_throw, "ArgumentException", "Argument_ZoneCannotBeNull");
    if (tc_enum_parse(tc_enum(TC_ENUM_ZONE), condition->values[ZONE_ZONE], false, &zone, ret_throw) != TC_YES)
        return TC_THROWS;
    if (zone < 0 || zone > ZONE_LAST)
        return tc_throw_new(ret_throw, "ArgumentException", "Argument_IllegalZone");
    *ret_zone = zone;
    return TC_YES;
}

static enum tc_answer
read_url(struct tc_arena *arena, const struct tc_condition *condition, struct tc_url_string *ret_url,
         struct tc_throw *ret_throw)
{
    if (!condition->present[URL_URL])
        return tc_throw_new(ret_throw, "ArgumentException", "Argument_UrlCannotBeNull");
    if (tc_url_string_parse(arena, condition->values[URL_URL], ret_url, ret_throw) != TC_YES)
        return TC_THROWS;
    if (tc_url_string_is_relative(ret_url))
        return tc_throw_new(ret_throw, "ArgumentException", "Argument_RelativeUrlMembershipCondition");
    return TC_YES;
}

static enum tc_answer
read_site(struct tc_arena *arena, const struct tc_condition *condition, struct tc_site_string *ret_site,
          struct tc_throw *ret_throw)
{
    if (!condition->present[SITE_SITE])
        return tc_throw_new(ret_throw, "ArgumentException", "Argument_SiteCannotBeNull");
    return tc_site_string_parse(arena, condition->values[SITE_SITE], ret_site, ret_throw);
}

static const struct tc_url_string *
keep_url(struct tc_arena *arena, const struct tc_url_string *url)
{
    struct tc_url_string *kept = tc_arena_new(arena, struct tc_url_string);

    if (kept != NULL)
        *kept = *url;
    return kept;
}

void
tc_condition_prepare(struct tc_arena *arena, struct tc_condition *condition)
{
    struct tc_url_string url;
    struct tc_throw ignored;

    condition->parsed_url = NULL;
    if (condition->kind == TC_CONDITION_URL && read_url(arena, condition, &url, &ignored) == TC_YES)
        condition->parsed_url = keep_url(arena, &url);
}

void
tc_evidence_prepare(struct tc_arena *arena, struct tc_evidence *evidence)
{
    struct tc_url_string url;
    struct tc_throw ignored;

    evidence->parsed_url = NULL;
    if (evidence->has_url && tc_url_string_parse(arena, evidence->url, &url, &ignored) == TC_YES)
        evidence->parsed_url = keep_url(arena, &url);
}

/* ---- checking ---------------------------------------------------------------------------------------------------- */

static enum tc_answer
check_url(struct tc_arena *arena, const struct tc_condition *condition, const struct tc_evidence *evidence,
          struct tc_throw *ret_throw)
{
    const struct tc_url_string *wanted = condition->parsed_url, *is = evidence->parsed_url;
    struct tc_url_string wanted_now, is_now;

    if (!evidence->has_url)
        return TC_NO;
    if (wanted == NULL) {
        if (read_url(arena, condition, &wanted_now, ret_throw) != TC_YES)
            return at_argument(condition, URL_URL, TC_THROWS, ret_throw);
        wanted = &wanted_now;
    }
    if (is == NULL) {
        if (tc_url_string_parse(arena, evidence->url, &is_now, ret_throw) != TC_YES)
            return TC_THROWS;
        is = &is_now;
    }
    return tc_url_string_is_subset(is, wanted) ? TC_YES : TC_NO;
}

static enum tc_answer
check_site(struct tc_arena *arena, const struct tc_condition *condition, const struct tc_evidence *evidence,
           struct tc_throw *ret_throw)
{
    struct tc_site_string wanted, site;

    if (!evidence->has_site)
        return TC_NO;
    if (tc_site_string_parse(arena, evidence->site, &site, ret_throw) != TC_YES)
        return TC_THROWS;
    if (read_site(arena, condition, &wanted, ret_throw) != TC_YES)
        return at_argument(condition, SITE_SITE, TC_THROWS, ret_throw);
    return tc_site_string_is_subset(&site, &wanted) ? TC_YES : TC_NO;
}

static enum tc_answer
check_zone(const struct tc_condition *condition, const struct tc_evidence *evidence, struct tc_throw *ret_throw)
{
    int32_t zone;

    if (!evidence->has_zone)
        return TC_NO;
    if (read_zone(condition, &zone, ret_throw) != TC_YES)
        return at_argument(condition, ZONE_ZONE, TC_THROWS, ret_throw);
    return zone == evidence->zone ? TC_YES : TC_NO;
}

/* All three arguments are read, whether or not an earlier one decides. */
static enum tc_answer
check_strong_name(struct tc_arena *arena, const struct tc_condition *condition, const struct tc_evidence *evidence,
                  struct tc_throw *ret_throw)
{
    enum tc_answer key_matches;
    bool name_matches, version_matches = true;

    if (!evidence->has_strong_name)
        return TC_NO;
    if (!condition->present[STRONG_KEY]) {
        tc_throw_new(ret_throw, "ArgumentException", "Argument_BlobCannotBeNull");
        return at_argument(condition, STRONG_KEY, TC_THROWS, ret_throw);
    }
    key_matches = tc_public_key_equal(arena, condition->values[STRONG_KEY], evidence->key, ret_throw);
    if (key_matches == TC_THROWS)
        return at_argument(condition, STRONG_KEY, TC_THROWS, ret_throw);
    name_matches =
        !condition->present[STRONG_NAME] || tc_strong_name_matches(evidence->name, condition->values[STRONG_NAME]);
    if (condition->present[STRONG_VERSION]) {
        struct tc_version wanted, version;

        if (tc_version_parse(condition->values[STRONG_VERSION], &wanted, ret_throw) != TC_YES)
            return at_argument(condition, STRONG_VERSION, TC_THROWS, ret_throw);
        if (tc_version_parse(evidence->version, &version, ret_throw) != TC_YES)
            return TC_THROWS;
        version_matches = tc_version_equal(&wanted, &version);
    }
    return key_matches == TC_YES && name_matches && version_matches ? TC_YES : TC_NO;
}

static enum tc_answer
check_directory(struct tc_arena *arena, const struct tc_evidence *evidence, struct tc_throw *ret_throw)
{
    struct tc_str directory = evidence->directory;
    struct tc_url_string below, url;
    char *pattern;

    if (!evidence->has_directory || !evidence->has_url || tc_utf16_len(directory) <= 1)
        return TC_NO;
    pattern = tc_arena_alloc(arena, directory.len + 2, 1);
    if (pattern == NULL)
        return tc_throw_nomem(ret_throw);
    memcpy(pattern, directory.ptr, directory.len);
    if (pattern[directory.len - 1] != '/')
        pattern[directory.len++] = '/';
    pattern[directory.len++] = '*';
    if (tc_url_string_parse(arena, (struct tc_str){pattern, directory.len}, &below, ret_throw) != TC_YES ||
        tc_url_string_parse(arena, evidence->url, &url, ret_throw) != TC_YES)
        return TC_THROWS;
    return tc_url_string_is_subset(&url, &below) ? TC_YES : TC_NO;
}

/* Hash algorithms by name, without an assembly; none means SHA1 (policy-file 5.4). */
static bool
same_algorithm(struct tc_str a, struct tc_str b)
{
    struct tc_str names[] = {a, b};

    for (size_t i = 0; i < 2; i++) {
        names[i] = tc_type_bare(names[i]);
        if (tc_str_starts(names[i], TC_STR("System.Security.Cryptography.")))
            names[i] = tc_str_sub(names[i], sizeof "System.Security.Cryptography." - 1, SIZE_MAX);
        if (names[i].len == 0)
            names[i] = TC_STR("SHA1");
    }
    return tc_str_eq_nocase(names[0], names[1]);
}

enum tc_answer
tc_condition_check(struct tc_arena *arena, const struct tc_condition *condition, const struct tc_evidence *evidence,
                   struct tc_throw *ret_throw)
{
    switch (condition->kind) {
    case TC_CONDITION_ALL:
        return TC_YES;
    case TC_CONDITION_URL:
        return check_url(arena, condition, evidence, ret_throw);
    case TC_CONDITION_ZONE:
        return check_zone(condition, evidence, ret_throw);
    case TC_CONDITION_SITE:
        return check_site(arena, condition, evidence, ret_throw);
    case TC_CONDITION_STRONG_NAME:
        return check_strong_name(arena, condition, evidence, ret_throw);
    case TC_CONDITION_HASH:
        return evidence->has_hash && same_algorithm(condition->values[HASH_NAME], evidence->hash_name) &&
                       tc_str_eq_nocase(condition->values[HASH_VALUE], evidence->hash)
                   ? TC_YES
                   : TC_NO;
    case TC_CONDITION_PUBLISHER:
        return evidence->has_publisher &&
                       tc_str_eq_nocase(condition->values[PUBLISHER_CERTIFICATE], evidence->certificate)
                   ? TC_YES
                   : TC_NO;
    case TC_CONDITION_GAC:
        return evidence->is_gac ? TC_YES : TC_NO;
    case TC_CONDITION_APPLICATION_DIRECTORY:
        return check_directory(arena, evidence, ret_throw);
    case TC_CONDITION_COUNT_:
        break;
    }
    return tc_throw_at(ret_throw, "ArgumentException", "Argument_MembershipConditionElement", condition->span);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* AddAttribute as it stands: it refuses what cannot stand in a value. */
static enum tc_answer
write_value(struct tc_arena *arena, struct tc_element *element, const char *name, struct tc_str value,
            struct tc_throw *ret_throw)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] == '<' || value.ptr[i] == '>' || value.ptr[i] == '"')
            return tc_throw_new(ret_throw, "ArgumentException", "Argument_InvalidElementValue");
    return tc_write_raw(arena, element, name, value) ? TC_YES : tc_throw_nomem(ret_throw);
}

static enum tc_answer
write_strong_name(struct tc_arena *arena, const struct tc_condition *condition, struct tc_element *element,
                  struct tc_throw *ret_throw)
{
    struct tc_version version;
    struct tc_str bytes;

    if (!condition->present[STRONG_KEY])
        return tc_throw_new(ret_throw, "ArgumentException", "Argument_BlobCannotBeNull");
    if (tc_hex_decode(arena, condition->values[STRONG_KEY], &bytes, ret_throw) != TC_YES)
        return TC_THROWS;
    if (!tc_write_raw(arena, element, "PublicKeyBlob", tc_hex_text(arena, bytes)))
        return tc_throw_nomem(ret_throw);
    if (condition->present[STRONG_NAME] &&
        write_value(arena, element, "Name", condition->values[STRONG_NAME], ret_throw) != TC_YES)
        return TC_THROWS;
    if (!condition->present[STRONG_VERSION])
        return TC_YES;
    if (tc_version_parse(condition->values[STRONG_VERSION], &version, ret_throw) != TC_YES)
        return TC_THROWS;
    return tc_write_raw(arena, element, "AssemblyVersion", tc_version_text(arena, &version))
               ? TC_YES
               : tc_throw_nomem(ret_throw);
}

/* Classes whose answers were not recorded: their arguments as they came. */
static enum tc_answer
write_as_given(struct tc_arena *arena, const struct tc_condition *condition, struct tc_element *element,
               struct tc_throw *ret_throw)
{
    const struct tc_condition_info *info = tc_condition_info(condition->kind);

    for (size_t i = 0; i < info->argument_count; i++)
        if (condition->present[i] &&
            write_value(arena, element, info->arguments[i].xml, condition->values[i], ret_throw) != TC_YES)
            return TC_THROWS;
    return TC_YES;
}

enum tc_answer
tc_condition_write(struct tc_arena *arena, const struct tc_condition *condition, struct tc_element *element,
                   struct tc_throw *ret_throw)
{
    struct tc_url_string url;
    struct tc_site_string site;
    int32_t zone;

    switch (condition->kind) {
    case TC_CONDITION_ALL:
    case TC_CONDITION_GAC:
    case TC_CONDITION_APPLICATION_DIRECTORY:
        return TC_YES;
    case TC_CONDITION_URL:
        if (read_url(arena, condition, &url, ret_throw) != TC_YES)
            return at_argument(condition, URL_URL, TC_THROWS, ret_throw);
        return write_value(arena, element, "Url", url.text, ret_throw);
    case TC_CONDITION_SITE:
        if (read_site(arena, condition, &site, ret_throw) != TC_YES)
            return at_argument(condition, SITE_SITE, TC_THROWS, ret_throw);
        return write_value(arena, element, "Site", site.text, ret_throw);
    case TC_CONDITION_ZONE:
        if (read_zone(condition, &zone, ret_throw) != TC_YES)
            return at_argument(condition, ZONE_ZONE, TC_THROWS, ret_throw);
        return write_value(arena, element, "Zone", tc_str_of(tc_enum_name(tc_enum(TC_ENUM_ZONE), zone)), ret_throw);
    case TC_CONDITION_STRONG_NAME:
        return write_strong_name(arena, condition, element, ret_throw);
    case TC_CONDITION_HASH:
    case TC_CONDITION_PUBLISHER:
        return write_as_given(arena, condition, element, ret_throw);
    case TC_CONDITION_COUNT_:
        break;
    }
    return tc_throw_at(ret_throw, "ArgumentException", "Argument_MembershipConditionElement", condition->span);
}
