/* Which code gets to a group: what a parent or an earlier group keeps away, and whether an application gets anything.
 */
#include "check/groups.h"

#include "check/urls.h"
#include "model/algebra_util.h"
#include "model/strong_name.h"

#include <string.h>

#define SIBLINGS_MAX 64 /* how many earlier groups are asked */
#define MY_COMPUTER  0  /* of SecurityZone */

/* ---- comparing conditions ---------------------------------------------------------------------------------------- */

static bool
is_star(struct tc_str part)
{
    return tc_str_eq(part, TC_STR("*"));
}

/* Whether there is a path that both patterns take. */
static bool
paths_meet(const struct tc_site_string *a, const struct tc_site_string *b)
{
    for (size_t i = 0;; i++) {
        bool end_a = i >= a->count, end_b = i >= b->count;

        if ((!end_a && is_star(a->parts[i])) || (!end_b && is_star(b->parts[i])))
            return true;
        if (end_a || end_b)
            return end_a && end_b;
        if (!tc_ordinal_eq(a->parts[i], b->parts[i]))
            return false;
    }
}

static bool
sites_meet(const struct tc_site_string *a, const struct tc_site_string *b)
{
    return tc_site_string_is_subset(a, b) || tc_site_string_is_subset(b, a);
}

static bool
urls_meet(const struct tc_url_string *a, const struct tc_url_string *b)
{
    if (!tc_ordinal_eq(a->protocol, b->protocol) || (a->port != b->port && a->port != -1 && b->port != -1))
        return false;
    if (tc_url_string_is_subset(a, b) || tc_url_string_is_subset(b, a))
        return true;
    return sites_meet(&a->site, &b->site) && paths_meet(&a->directory, &b->directory);
}

/* A file on the server's own disks, as far as the text says it. */
static bool
is_on_disk(const struct tc_groups_node *node)
{
    return node->condition.kind == TC_CONDITION_URL && node->is_settled &&
           tc_ordinal_eq(node->url.protocol, TC_STR("file")) && node->url.site.text.len == 2;
}

static bool
argument_eq(const struct tc_groups_node *a, const struct tc_groups_node *b, size_t index)
{
    return b->condition.present[index] && tc_str_eq_nocase(a->condition.values[index], b->condition.values[index]);
}

/* Whether all code that @a inner is for @a outer is for, too. */
static bool
covers(const struct tc_groups_node *outer, const struct tc_groups_node *inner)
{
    enum tc_condition_id kind = outer->condition.kind;

    if (!outer->is_settled || !inner->is_settled)
        return false;
    if (kind == TC_CONDITION_ALL)
        return true;
    if (kind == TC_CONDITION_ZONE && outer->zone == MY_COMPUTER && is_on_disk(inner))
        return true;
    if (kind != inner->condition.kind)
        return false;
    switch (kind) {
    case TC_CONDITION_URL:
        return tc_url_string_is_subset(&inner->url, &outer->url);
    case TC_CONDITION_SITE:
        return tc_site_string_is_subset(&inner->site, &outer->site);
    case TC_CONDITION_ZONE:
        return outer->zone == inner->zone;
    case TC_CONDITION_STRONG_NAME:
        for (size_t i = 1; i < tc_condition_info(kind)->argument_count; i++)
            if (outer->condition.present[i] && !argument_eq(outer, inner, i))
                return false;
        return tc_str_eq(outer->key, inner->key);
    case TC_CONDITION_GAC:
        return true;
    case TC_CONDITION_ALL:
    case TC_CONDITION_HASH:
    case TC_CONDITION_PUBLISHER:
    case TC_CONDITION_APPLICATION_DIRECTORY:
    case TC_CONDITION_COUNT_:
        break;
    }
    return false;
}

/* Whether no code can match both, whatever it is. */
static bool
excludes(const struct tc_groups_node *a, const struct tc_groups_node *b)
{
    enum tc_condition_id first = a->condition.kind, second = b->condition.kind;

    if (!a->is_settled || !b->is_settled)
        return false;
    if (first != second) {
        if (first == TC_CONDITION_ZONE && a->zone == MY_COMPUTER)
            return second == TC_CONDITION_SITE ||
                   (second == TC_CONDITION_URL && !tc_ordinal_eq(b->url.protocol, TC_STR("file")));
        return first == TC_CONDITION_URL && tc_ordinal_eq(a->url.protocol, TC_STR("file")) &&
               second == TC_CONDITION_SITE;
    }
    switch (first) {
    case TC_CONDITION_URL:
        return !urls_meet(&a->url, &b->url);
    case TC_CONDITION_SITE:
        return !sites_meet(&a->site, &b->site);
    case TC_CONDITION_ZONE:
        return a->zone != b->zone;
    case TC_CONDITION_STRONG_NAME:
        return !tc_str_eq(a->key, b->key);
    default:
        return false;
    }
}

/* ---- groups that nothing gets to --------------------------------------------------------------------------------- */

/* Where a condition says what it is for. */
static struct tc_span
place_of(const struct tc_groups_node *node)
{
    const struct tc_element_attribute *name = tc_element_attr(node->condition_element, TC_ATTR_CLASS);

    if (node->condition.kind != TC_CONDITION_STRONG_NAME) /* a key is too long to show */
        for (size_t i = 0; i < TC_CONDITION_ARGUMENTS_MAX; i++)
            if (node->condition.present[i])
                return node->condition.spans[i];
    return name != NULL ? name->value_span : tc_check_tag(node->condition_element);
}

static bool
check_parents(struct tc_groups *groups, const struct tc_groups_node *node)
{
    struct tc_check *check = groups->check;
    struct tc_diag *diag;

    for (const struct tc_groups_node *up = node->parent; up != NULL; up = up->parent)
        if (excludes(up, node) || excludes(node, up)) {
            diag = tc_check_report(check, TC_CHECK_GROUP_NEVER_MATCHES, place_of(node),
                                   "no code matches both this condition and that of a group around it");
            tc_diag_label(check->diags, diag, place_of(up), "code that gets here matches this");
            tc_diag_help(check->diags, diag, "move the group out, beside the one around it");
            return true;
        }
    return false;
}

/* Whether both give the same: then it does not matter which of them is asked. */
static bool
gives_same(const struct tc_groups_node *a, const struct tc_groups_node *b)
{
    const struct tc_element_attribute *first = tc_element_attr(a->element, TC_ATTR_PERMISSION_SET_NAME);
    const struct tc_element_attribute *second = tc_element_attr(b->element, TC_ATTR_PERMISSION_SET_NAME);

    return a->children == NULL && b->children == NULL && a->attributes == b->attributes && a->kind == b->kind &&
           first != NULL && second != NULL && tc_str_eq(first->value, second->value);
}

static bool
check_siblings(struct tc_groups *groups, const struct tc_groups_node *node)
{
    struct tc_check *check = groups->check;
    struct tc_diag *diag;
    int count = 0;

    if (node->parent == NULL || node->parent->kind != TC_GROUP_FIRST_MATCH)
        return false;
    for (struct tc_groups_node *before = node->parent->children; before != node && count < SIBLINGS_MAX;
         before = before->next, count++)
        if (!before->is_unreached && covers(before, node)) {
            if (gives_same(before, node))
                return false;
            if (before->hides != NULL) {
                tc_diag_label(check->diags, before->hides, place_of(node), "nor is anything left for this one");
                return true;
            }
            diag = tc_check_report(check, TC_CHECK_GROUP_NOT_REACHED, place_of(node),
                                   "code that this group is for matches an earlier one, and only the first counts");
            tc_diag_label(check->diags, diag, place_of(before), "this one gets it");
            if (before->condition.kind == TC_CONDITION_ZONE && node->condition.kind != TC_CONDITION_ZONE)
                tc_diag_note(check->diags, diag, "all on the server's own disks is in the zone MyComputer");
            tc_diag_help(check->diags, diag, "put this group before it");
            before->hides = diag;
            return true;
        }
    return false;
}

/* A strong name that is to give more to assemblies of the application, which an earlier group for its directory gets.
 * The platform's own keys stand behind these groups in its files, too: that code is in the GAC. */
static void
check_signed(struct tc_groups *groups, const struct tc_groups_node *node)
{
    struct tc_check *check = groups->check;
    struct tc_diag *diag;

    if (node->condition.kind != TC_CONDITION_STRONG_NAME || !node->is_settled ||
        tc_platform_key_find(tc_hex_text(check->arena, node->key)))
        return;
    for (const struct tc_groups_node *low = node; low->parent != NULL; low = low->parent) {
        if (low->parent->kind != TC_GROUP_FIRST_MATCH)
            continue;
        for (const struct tc_groups_node *before = low->parent->children; before != low; before = before->next) {
            const struct tc_element_attribute *url =
                before->condition_element == NULL
                    ? NULL
                    : tc_element_find(before->condition_element,
                                      tc_str_of(tc_condition_info(TC_CONDITION_URL)->arguments[0].xml));

            if (url == NULL || !before->is_settled || !tc_str_starts(url->value, tc_token_text(TC_TOKEN_APP_DIR_URL)) ||
                !tc_str_ends(url->value, TC_STR("*")))
                continue;
            diag = tc_check_report(check, TC_CHECK_SIGNED_CODE_LATE, tc_check_tag(node->element),
                                   "signed code in the application's own directory never gets here");
            tc_diag_label(check->diags, diag, url->value_span, "it matches this group, which stands before it");
            tc_diag_help(check->diags, diag,
                         "put the group before it if it is for such code; code in the GAC is found either way");
            return;
        }
    }
}

bool
tc_groups_check_reach(struct tc_groups *groups, const struct tc_groups_node *node)
{
    if (node->parent == NULL)
        return false;
    if (node->parent->is_unreached)
        return true;
    if (node->condition_element == NULL)
        return false;
    if (check_siblings(groups, node) || check_parents(groups, node)) {
        groups->has_unreached = true;
        return true;
    }
    check_signed(groups, node);
    return false;
}

/* ---- what an application gets ------------------------------------------------------------------------------------ */

enum outcome { NO_STATEMENT, NOTHING, SOMETHING };

struct statement {
    enum outcome outcome;
    bool is_exclusive;
};

static bool
grants_something(const struct tc_groups_node *node)
{
    return node->grant == TC_GROUPS_GRANT_SOME || node->grant == TC_GROUPS_GRANT_FULL || node->kind == TC_GROUP_NET ||
           node->kind == TC_GROUP_FILE;
}

/* policy-file 5.2, of sets only whether there is anything in them. */
static struct statement
resolve(struct tc_groups *groups, const struct tc_groups_node *node, const struct tc_evidence *evidence)
{
    struct statement result = {NO_STATEMENT, false};
    struct tc_throw ignored;

    if (tc_condition_check(groups->check->arena, &node->condition, evidence, &ignored) != TC_YES)
        return result;
    result.outcome = grants_something(node) ? SOMETHING : NOTHING;
    result.is_exclusive = (node->attributes & TC_GROUP_EXCLUSIVE) != 0;
    for (const struct tc_groups_node *child = node->children; child != NULL; child = child->next) {
        struct statement one = resolve(groups, child, evidence);

        if (one.outcome == NO_STATEMENT)
            continue;
        if (one.is_exclusive)
            result = one;
        else if (one.outcome == SOMETHING)
            result.outcome = SOMETHING;
        if (one.is_exclusive || node->kind == TC_GROUP_FIRST_MATCH)
            break;
    }
    return result;
}

/* Code that the root is not for gets nothing, whatever the groups in it say. */
static void
check_root(struct tc_groups *groups, const struct tc_groups_node *root)
{
    struct tc_check *check = groups->check;
    struct tc_diag *diag;

    if (root->condition.kind == TC_CONDITION_ALL)
        return;
    diag = tc_check_report(check, TC_CHECK_GROUP_ROOT_NARROW, place_of(root),
                           "code that does not match the root group gets nothing, whatever the groups in it say");
    tc_diag_help(check->diags, diag, "let the root match all code and grant 'Nothing', and put this group into it");
}

void
tc_groups_check_application(struct tc_groups *groups, const struct tc_groups_node *root)
{
    static const struct {
        enum tc_token_id token;
        const char *code;
    } rows[] = {
        {TC_TOKEN_APP_DIR_URL, "the application's own assemblies"},
        {TC_TOKEN_CODE_GEN, "the code that ASP.NET makes of pages"},
    };
    bool gets_nothing[sizeof rows / sizeof *rows] = {false};
    size_t count = 0, last = 0;
    struct tc_check *check = groups->check;
    struct tc_diag *diag;

    if (!groups->is_aspnet || groups->has_unreached) /* that was said, and where */
        return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tc_evidence evidence = {.has_url = true, .has_zone = true, .zone = MY_COMPUTER};

        evidence.url = tc_check_with_tokens(
            check->arena, tc_arena_printf(check->arena, "%.*s/bin/code.dll", TC_STR_ARG(tc_token_text(rows[i].token))));
        if (resolve(groups, root, &evidence).outcome == SOMETHING)
            continue;
        gets_nothing[i] = true;
        last = i;
        count++;
    }
    if (count == 0) {
        check_root(groups, root);
        return;
    }
    diag = tc_check_report(check, TC_CHECK_APPLICATION_GETS_NOTHING, tc_check_tag(root->element),
                           "these groups give nothing to %s%s%s", rows[count == 1 ? last : 0].code,
                           count == 1 ? "" : ", nor to ", count == 1 ? "" : rows[last].code);
    tc_diag_note(check->diags, diag, "code without any permission cannot even be loaded");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (gets_nothing[i])
            tc_diag_help(check->diags, diag, "add a group with Url=\"%.*s/*\"",
                         TC_STR_ARG(tc_token_text(rows[i].token)));
}
