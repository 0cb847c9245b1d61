/* Membership conditions by themselves: their class and their arguments. */
#include "check/groups.h"

#include "base/ascii.h"
#include "check/urls.h"
#include "model/algebra_util.h"
#include "model/pset_algebra.h"
#include "model/strong_name.h"

#include <string.h>

#define TOKEN_BYTES 8 /* of a public key token: the end of a hash of the key */

void
tc_groups_drop_attribute(struct tc_check *check, struct tc_diag *diag, const struct tc_element_attribute *attribute)
{
    const struct tc_source *source = check->file->source;
    struct tc_span span = attribute->span;

    if (span.begin <= source->base || span.end > source->base + source->text.len)
        return;
    while (span.begin > source->base && strchr(" \t\r\n", source->text.ptr[span.begin - source->base - 1]) != NULL)
        span.begin--;
    tc_diag_edit(check->diags, diag, span, "%s", "");
}

/* ---- sets -------------------------------------------------------------------------------------------------------- */

struct nearest {
    struct tc_str name, best;
    unsigned distance;
};

static void
try_name(struct nearest *nearest, struct tc_str candidate)
{
    unsigned distance = tc_str_distance(nearest->name, candidate, nearest->distance);

    if (distance < nearest->distance) {
        nearest->distance = distance;
        nearest->best = candidate;
    }
}

void
tc_groups_report_unknown_set(struct tc_groups *groups, const struct tc_element_attribute *name)
{
    struct tc_check *check = groups->check;
    struct nearest nearest = {.name = name->value, .distance = name->value.len > 5 ? 4 : 3};
    const struct tc_element *sets = check->file->sets;
    size_t count;
    const struct tc_builtin_set *builtin = tc_builtin_sets(&count);
    struct tc_diag *diag;

    if (check->file->is_piece)
        return; /* the set is somewhere else */
    groups->is_faulty = true;
    for (const struct tc_element *set = sets == NULL ? NULL : sets->children; set != NULL; set = set->next) {
        const struct tc_element_attribute *other = tc_element_attr(set, TC_ATTR_NAME);

        if (other != NULL)
            try_name(&nearest, other->value);
    }
    for (size_t i = 0; i < count; i++)
        try_name(&nearest, tc_str_of(builtin[i].name));
    if (tc_str_eq_nocase(nearest.best, name->value))
        return; /* sets.c says so */
    diag = tc_check_report(check, TC_CHECK_SET_UNDEFINED, name->value_span, "there is no permission set '%.*s' here",
                           TC_STR_ARG(name->value));
    tc_diag_note(check->diags, diag, "the framework says nothing and grants nothing");
    if (nearest.best.len == 0)
        return;
    tc_diag_help(check->diags, diag, "did you mean '%.*s'?", TC_STR_ARG(nearest.best));
    tc_diag_edit(check->diags, diag, name->value_span, "%.*s", TC_STR_ARG(nearest.best));
    diag->is_unsafe = true;
}

/* ---- URLs -------------------------------------------------------------------------------------------------------- */

static bool
ends_component(struct tc_str text, size_t at)
{
    return at >= text.len || tc_ascii_is_slash(text.ptr[at]);
}

/* The first star that is neither the last component nor the first label of a host; SIZE_MAX when there is none. */
static size_t
bad_star(struct tc_str text)
{
    size_t host = tc_str_find(text, TC_STR("://"), 0);

    for (size_t i = 0; i < text.len; i++) {
        bool begins = i == 0 || tc_ascii_is_slash(text.ptr[i - 1]);

        if (text.ptr[i] != '*' || (begins && i + 1 == text.len))
            continue;
        if (host != SIZE_MAX && i == host + 3 &&
            (i + 1 == text.len || text.ptr[i + 1] == '.' || ends_component(text, i + 1)))
            continue;
        return i;
    }
    return SIZE_MAX;
}

static bool
check_star(struct tc_check *check, const struct tc_check_value *value)
{
    size_t at = bad_star(value->text), last = value->text.len;
    struct tc_diag *diag;

    if (at == SIZE_MAX)
        return false;
    diag = tc_check_report(check, TC_CHECK_URL_STAR, tc_check_value_part(value, at, at + 1),
                           "a '*' stands for all below a directory: it must be the last part of the URL, by itself");
    tc_diag_note(check->diags, diag, "the framework throws when it first looks for the code that this group is for");
    while (last > 0 && !ends_component(value->text, last - 1))
        last--;
    if (!value->is_exact || at < last)
        return true;
    if (at + 1 == value->text.len && at > 0 && strchr("$", value->text.ptr[at - 1]) != NULL) {
        tc_diag_help(check->diags, diag, "write '/*'");
        tc_diag_edit(check->diags, diag, tc_check_value_part(value, at, at), "/");
    } else {
        tc_diag_help(check->diags, diag, "write '%.*s*' for all that lies there",
                     TC_STR_ARG(tc_str_sub(value->text, 0, last)));
        tc_diag_edit(check->diags, diag, tc_check_value_part(value, last, value->text.len), "*");
    }
    diag->is_unsafe = true;
    return true;
}

/* A regular expression where a URL is wanted: `\.` in a host, or `.*` at the end. */
static bool
check_regex(struct tc_check *check, const struct tc_check_value *value)
{
    struct tc_str text = value->text;
    bool has_end = tc_str_ends(text, TC_STR(".*")) && (text.len == 2 || ends_component(text, text.len - 3));
    bool has_dot = tc_str_find(text, TC_STR("\\."), 0) != SIZE_MAX && tc_str_find(text, TC_STR("://"), 0) != SIZE_MAX;
    bool has_begin = tc_str_starts(text, TC_STR("^"));
    struct tc_diag *diag;

    if (!has_end && !has_dot && !has_begin)
        return false;
    diag = tc_check_report(check, TC_CHECK_URL_REGEX, value->span,
                           "a Url is no regular expression, unlike the 'uri' of a WebPermission");
    tc_diag_help(check->diags, diag, "write dots as they are, and end it with '/*'");
    if (!value->is_exact)
        return true;
    if (has_begin)
        tc_diag_edit(check->diags, diag, tc_check_value_part(value, 0, 1), "%s", "");
    for (size_t at = tc_str_find(text, TC_STR("\\."), 0); has_dot && at != SIZE_MAX;
         at = tc_str_find(text, TC_STR("\\."), at + 1))
        tc_diag_edit(check->diags, diag, tc_check_value_part(value, at, at + 1), "%s", "");
    if (has_end)
        tc_diag_edit(check->diags, diag, tc_check_value_part(value, text.len - 2, text.len - 1), "%s", "");
    diag->is_unsafe = diag->edits != NULL;
    return true;
}

/* Without a star a URL is that of one file. */
static void
check_exact(struct tc_check *check, const struct tc_check_value *value)
{
    struct tc_str text = value->text, last;
    struct tc_diag *diag;
    size_t begin = text.len;

    while (begin > 0 && !ends_component(text, begin - 1))
        begin--;
    last = tc_str_sub(text, begin, SIZE_MAX);
    if (tc_str_ends(text, TC_STR("*")) || tc_str_has(last, '.'))
        return;
    diag = tc_check_report(check, TC_CHECK_URL_EXACT, value->span,
                           "without '/*' at its end this is the URL of a directory, and no code has that");
    tc_diag_help(check->diags, diag, "write '%.*s%s' for all that lies there", TC_STR_ARG(text),
                 last.len == 0 ? "*" : "/*");
    if (value->is_exact) {
        tc_diag_edit(check->diags, diag, tc_check_value_part(value, text.len, text.len), "%s",
                     last.len == 0 ? "*" : "/*");
        diag->is_unsafe = true;
    }
}

static void
bad_argument(struct tc_groups *groups, const struct tc_check_value *value, const char *name, const char *help)
{
    struct tc_check *check = groups->check;
    struct tc_diag *diag =
        tc_check_report(check, TC_CHECK_CONDITION_ARGUMENT, value->span, "'%.*s' is no %s that the framework can read",
                        TC_STR_ARG(value->text), name);

    groups->is_faulty = true;
    tc_diag_note(check->diags, diag, "it throws when it first looks for the code that this group is for");
    tc_diag_help(check->diags, diag, "%s", help);
}

static void
check_url(struct tc_groups *groups, struct tc_groups_node *node, const struct tc_check_value *value)
{
    struct tc_check *check = groups->check;

    if (tc_check_has_tokens(value->text, TC_TOKEN_IN_URL | TC_TOKEN_IN_PATH) || check_regex(check, value) ||
        check_star(check, value)) {
        groups->is_faulty = true;
        return;
    }
    if (!node->is_settled) {
        bad_argument(groups, value, "absolute URL", "write a whole URL, as in '$AppDirUrl$/*' or 'file:///D:/Lib/*'");
        return;
    }
    if (node->url.is_file && !node->url.is_share && node->url.site.text.len != 2 &&
        !tc_str_eq(value->text, TC_STR("*"))) {
        tc_diag_help(check->diags,
                     tc_check_report(check, TC_CHECK_CONDITION_ARGUMENT, value->span,
                                     "without a drive before it, the framework takes '%.*s' for a server and its share",
                                     TC_STR_ARG(tc_str_sub(value->text, 0, tc_str_find(value->text, TC_STR("/*"), 0)))),
                     "write a whole URL, as in '$AppDirUrl$/bin/*' or 'file:///D:/Lib/*'");
        return;
    }
    if (groups->is_aspnet && !node->url.is_file) {
        node->is_unreached = true;
        tc_diag_help(check->diags,
                     tc_check_report(check, TC_CHECK_CONDITION_NOT_LOCAL, value->span,
                                     "what a server loads from its disks comes from file: URLs, never from this one"),
                     "write the directory, as in '$AppDirUrl$/bin/*' or 'file:///D:/Lib/*'");
        return;
    }
    check_exact(check, value);
}

/* ---- the other arguments ----------------------------------------------------------------------------------------- */

static void
check_site(struct tc_groups *groups, struct tc_groups_node *node, const struct tc_check_value *value)
{
    struct tc_check *check = groups->check;

    if (!node->is_settled) {
        bad_argument(groups, value, "site", "write a host name alone, perhaps with '*.' before it");
    } else if (groups->is_aspnet) {
        node->is_unreached = true;
        tc_diag_help(check->diags,
                     tc_check_report(check, TC_CHECK_CONDITION_NOT_LOCAL, value->span,
                                     "what a server loads from its disks has no site: this matches no code"),
                     "use a UrlMembershipCondition with a directory");
    }
}

static void
check_zone(struct tc_groups *groups, const struct tc_groups_node *node, const struct tc_check_value *value)
{
    struct tc_check *check = groups->check;
    const struct tc_enum *zones = tc_enum(TC_ENUM_ZONE);
    const char *best = NULL;
    unsigned nearest = 5;
    struct tc_diag *diag;

    if (node->is_settled)
        return;
    groups->is_faulty = true;
    diag = tc_check_report(check, TC_CHECK_CONDITION_ZONE, value->span, "'%.*s' is no zone", TC_STR_ARG(value->text));
    for (size_t i = 0; i < zones->count; i++) {
        unsigned distance = tc_str_distance(value->text, tc_str_of(zones->values[i].name), nearest);

        if (zones->values[i].value >= 0 && distance < nearest) {
            nearest = distance;
            best = zones->values[i].name;
        }
    }
    if (tc_str_eq_nocase(value->text, TC_STR("LocalIntranet")))
        best = zones->values[1].name;
    if (best == NULL) {
        tc_diag_help(check->diags, diag, "a zone is MyComputer, Intranet, Trusted, Internet or Untrusted");
        return;
    }
    tc_diag_help(check->diags, diag, "did you mean '%s'?%s", best, nearest == 0 ? " Letter case counts" : "");
    tc_diag_edit(check->diags, diag, value->span, "%s", best);
    diag->is_unsafe = nearest != 0;
}

static size_t
prefix_len(struct tc_str text)
{
    return text.len >= 2 && text.ptr[0] == '0' && (text.ptr[1] | 0x20) == 'x' ? 2 : 0;
}

/* @a text without 0x and blanks. */
static struct tc_str
plain_digits(struct tc_arena *arena, struct tc_str text)
{
    char *out = tc_arena_alloc(arena, text.len + 1, 1);
    size_t len = 0;

    for (size_t i = prefix_len(text); out != NULL && i < text.len; i++)
        if (!tc_ascii_is_white(text.ptr[i]))
            out[len++] = text.ptr[i];
    return (struct tc_str){out, len};
}

/* The length in bytes that the head of a key says it has; 0 when it is none of an RSA key. */
static size_t
key_length(struct tc_str bytes)
{
    static const char head[] = {0x00, 0x24, 0x00, 0x00};
    size_t length = 0;

    if (bytes.len < 20 || memcmp(bytes.ptr, head, sizeof head) != 0)
        return 0;
    for (size_t i = 4; i-- > 0;)
        length = length << 8 | (unsigned char)bytes.ptr[8 + i];
    return length + 12;
}

static void
check_key_bytes(struct tc_groups *groups, const struct tc_check_value *value, struct tc_str bytes)
{
    struct tc_check *check = groups->check;
    size_t wanted = key_length(bytes);
    struct tc_diag *diag;

    if (bytes.len == TOKEN_BYTES) {
        diag = tc_check_report(check, TC_CHECK_KEY_IS_TOKEN, value->span,
                               "this is a public key token: the framework wants the key");
        tc_diag_help(check->diags, diag, "'sn -Tp assembly.dll' shows it: 320 digits for most keys");
    } else if (wanted != 0 && wanted != bytes.len) {
        diag = tc_check_report(check, TC_CHECK_KEY_CUT, value->span, "this key has %zu bytes, and says that it has %zu",
                               bytes.len, wanted);
        tc_diag_help(check->diags, diag, "'sn -Tp assembly.dll' shows the whole key");
    }
}

static void
drop_decoration(struct tc_check *check, struct tc_diag *diag, const struct tc_check_value *value)
{
    size_t prefix = prefix_len(value->text);

    if (!value->is_exact)
        return;
    if (prefix > 0)
        tc_diag_edit(check->diags, diag, tc_check_value_part(value, 0, prefix), "%s", "");
    for (size_t i = prefix, end; i < value->text.len; i = end) {
        for (end = i + 1;
             tc_ascii_is_white(value->text.ptr[i]) && end < value->text.len && tc_ascii_is_white(value->text.ptr[end]);)
            end++;
        if (tc_ascii_is_white(value->text.ptr[i]))
            tc_diag_edit(check->diags, diag, tc_check_value_part(value, i, end), "%s", "");
    }
}

static void
check_key(struct tc_groups *groups, const struct tc_check_value *value)
{
    struct tc_check *check = groups->check;
    struct tc_str bytes, digits = plain_digits(check->arena, value->text);
    struct tc_throw ignored;
    struct tc_diag *diag;

    if (tc_hex_decode(check->arena, value->text, &bytes, &ignored) == TC_YES) {
        if (digits.len != value->text.len) {
            diag = tc_check_report(check, TC_CHECK_KEY_DECORATED, value->span,
                                   "this key is read here, but nowhere else is '0x' or a blank allowed");
            tc_diag_help(check->diags, diag, "write its digits alone");
            drop_decoration(check, diag, value);
        }
        check_key_bytes(groups, value, bytes);
        return;
    }
    groups->is_faulty = true;
    diag = tc_check_report(check, TC_CHECK_KEY_NOT_HEX, value->span, "this is no public key in hexadecimal digits");
    tc_diag_note(check->diags, diag, "the framework throws when it first looks at signed code");
    if (value->text.len == 0 || tc_hex_decode(check->arena, digits, &bytes, &ignored) != TC_YES) {
        tc_diag_help(check->diags, diag,
                     digits.len % 2 != 0 ? "two digits make a byte: one is missing or one is too many"
                                         : "write the key that 'sn -Tp assembly.dll' shows");
        return;
    }
    tc_diag_help(check->diags, diag, "take the blanks and line breaks away");
    drop_decoration(check, diag, value);
}

static void
check_argument(struct tc_groups *groups, struct tc_groups_node *node, const struct tc_argument *argument,
               const struct tc_check_value *value)
{
    struct tc_arena *arena = groups->check->arena;
    struct tc_version version;
    struct tc_throw ignored;
    struct tc_str bytes;

    switch (argument->kind) {
    case TC_ARGUMENT_URL:
        check_url(groups, node, value);
        break;
    case TC_ARGUMENT_SITE:
        check_site(groups, node, value);
        break;
    case TC_ARGUMENT_ZONE:
        check_zone(groups, node, value);
        break;
    case TC_ARGUMENT_KEY:
        check_key(groups, value);
        break;
    case TC_ARGUMENT_VERSION:
        if (tc_version_parse(value->text, &version, &ignored) != TC_YES)
            bad_argument(groups, value, "version",
                         "write two to four numbers, as in '1.0.0.0'; leave it out for every version");
        break;
    case TC_ARGUMENT_HEX:
        if (value->text.len == 0 || tc_hex_decode(arena, value->text, &bytes, &ignored) != TC_YES)
            bad_argument(groups, value, "sequence of hexadecimal digits", "write two digits for each byte");
        break;
    case TC_ARGUMENT_NAME:
    case TC_ARGUMENT_HASH_NAME:
        break;
    }
}

void
tc_groups_check_arguments(struct tc_groups *groups, struct tc_groups_node *node)
{
    const struct tc_condition_info *info = tc_condition_info(node->condition.kind);
    struct tc_check *check = groups->check;

    for (size_t i = 0; i < info->argument_count; i++) {
        const struct tc_argument *argument = &info->arguments[i];
        const struct tc_element_attribute *attribute =
            tc_element_find(node->condition_element, tc_str_of(argument->xml));
        struct tc_check_value value;

        if (attribute != NULL) {
            value = tc_check_value_of(check, attribute);
            check_argument(groups, node, argument, &value);
        } else if (argument->required && argument->kind != TC_ARGUMENT_HASH_NAME) {
            groups->is_faulty = true;
            tc_diag_note(check->diags,
                         tc_check_report(check, TC_CHECK_CONDITION_ARGUMENT, tc_check_tag(node->condition_element),
                                         "%s needs '%s'", info->short_name, argument->xml),
                         "the framework throws when it first looks for the code that this group is for");
        }
    }
}

/* ---- the condition ----------------------------------------------------------------------------------------------- */

static void
check_missing(struct tc_groups *groups, const struct tc_groups_node *node)
{
    struct tc_check *check = groups->check;
    struct tc_diag *diag;

    groups->is_faulty = true;
    for (const struct tc_element *child = node->element->children; child != NULL; child = child->next)
        if (tc_str_distance(child->tag, tc_tag_name(TC_TAG_IMEMBERSHIP_CONDITION), 3) <= 3) {
            diag = tc_check_report(check, TC_CHECK_CONDITION_MISSING, tc_check_tag(child),
                                   "'%.*s' is not taken for the membership condition that a group needs",
                                   TC_STR_ARG(child->tag));
            tc_diag_help(check->diags, diag, "write 'IMembershipCondition'");
            return;
        }
    if (tc_groups_is_placeholder(groups, node))
        return;
    diag = tc_check_report(check, TC_CHECK_CONDITION_MISSING, tc_check_tag(node->element),
                           "this code group has no IMembershipCondition");
    tc_diag_note(check->diags, diag, "the framework throws when it first looks at the group");
    tc_diag_help(check->diags, diag, "say which code it is for; AllMembershipCondition for all");
}

static void
check_repeated(struct tc_groups *groups, const struct tc_groups_node *node)
{
    struct tc_check *check = groups->check;
    struct tc_diag *diag;

    for (const struct tc_element *child = node->condition_element->next; child != NULL; child = child->next)
        if (tc_element_is(child, TC_TAG_IMEMBERSHIP_CONDITION)) {
            diag = tc_check_report(check, TC_CHECK_CONDITION_REPEATED, tc_check_tag(child),
                                   "a code group has one condition: this one is ignored");
            tc_diag_label(check->diags, diag, tc_check_tag(node->condition_element), "only this one counts");
            tc_diag_help(check->diags, diag,
                         "put a group with this condition into the group if both must hold, "
                         "beside it if one is enough");
        }
}

void
tc_groups_check_condition(struct tc_groups *groups, struct tc_groups_node *node)
{
    struct tc_check *check = groups->check;
    const struct tc_element_attribute *name;

    if (node->condition_element == NULL) {
        check_missing(groups, node);
        return;
    }
    check_repeated(groups, node);
    name = tc_element_attr(node->condition_element, TC_ATTR_CLASS);
    if (node->condition.kind != TC_CONDITION_COUNT_)
        tc_groups_check_arguments(groups, node);
    if (node->condition.kind != TC_CONDITION_COUNT_ && !node->condition_is_guess) {
        return;
    } else if (name == NULL) {
        groups->is_faulty = true;
        tc_check_report(check, TC_CHECK_CONDITION_CLASS, tc_check_tag(node->condition_element),
                        "this condition has no 'class'");
    } else if (tc_class_is_mscorlib(tc_check_class(check, name->value))) {
        tc_groups_report_class(groups, TC_CHECK_CONDITION_CLASS, node->condition_element, true, "membership condition");
    } else {
        groups->is_unsure = true;
    }
}
