/**
 * The code groups of a file, read once for the checks of groups.c, conditions.c and reach.c.
 */
#ifndef TC_CHECK_GROUPS_H
#define TC_CHECK_GROUPS_H

#include "base/map.h"
#include "check/check.h"
#include "model/membership.h"
#include "model/url_string.h"

#define TC_GROUPS_NOTHING    "Nothing"
#define TC_GROUPS_FULL_TRUST "FullTrust"
#define TC_GROUPS_MAIN_SET   "ASP.Net" /* aspnet-trust 2.1: what permissionSetName is when nobody says it */

/** What a group grants by itself. */
enum tc_groups_grant {
    TC_GROUPS_GRANT_NOTHING,
    TC_GROUPS_GRANT_SOME,
    TC_GROUPS_GRANT_FULL,
    TC_GROUPS_GRANT_UNKNOWN, /**< it names a set that nobody defines */
};

struct tc_groups_node {
    struct tc_groups_node *parent, *next, *children;
    const struct tc_element *element;
    const struct tc_element *condition_element; /**< the first IMembershipCondition; NULL: there is none */
    enum tc_group_kind kind;
    enum tc_groups_grant grant;
    unsigned attributes;           /**< enum tc_group_attributes; 0 when they cannot be read */
    struct tc_condition condition; /**< with stand-ins for tokens; its kind is TC_CONDITION_COUNT_ when not known */
    bool is_settled;               /**< the value below that belongs to its kind is set, or it needs none */
    bool is_guess;                 /**< `kind` is what a name that nothing maps says */
    bool condition_is_guess;       /**< so is the kind of the condition */
    bool is_unreached;             /**< no code gets here; said already */
    struct tc_diag *hides;         /**< what was said of groups behind it that nothing is left for */
    struct tc_url_string url;
    struct tc_site_string site;
    int32_t zone;
    struct tc_str key; /**< bytes */
};

struct tc_groups {
    struct tc_check *check;
    struct tc_diag *unmapped; /**< what was said of short names in a file that maps none */
    struct tc_map sets;       /**< name to struct tc_element */
    bool is_aspnet;           /**< the file is for ASP.NET: it has its main set, or a token of the application */
    bool is_faulty;           /**< something was reported that stops the framework */
    bool has_unreached;       /**< there are groups that no code gets to */
    bool is_unsure;           /**< there are classes that nobody here knows */
};

/** The type name when @a class_name is one of mscorlib's; else empty. */
struct tc_str tc_groups_type(struct tc_str class_name);

/** Whether @a node, a bare `<CodeGroup>` in a piece of a policy file, stands for a group of the file that it goes into.
 */
bool tc_groups_is_placeholder(const struct tc_groups *groups, const struct tc_groups_node *node);

/** An edit that takes @a attribute away, with the blank before it. */
void tc_groups_drop_attribute(struct tc_check *check, struct tc_diag *diag,
                              const struct tc_element_attribute *attribute);

/** A PermissionSetName that nobody defines. */
void tc_groups_report_unknown_set(struct tc_groups *groups, const struct tc_element_attribute *name);

/** The class of the condition of @a node, and its arguments. */
void tc_groups_check_condition(struct tc_groups *groups, struct tc_groups_node *node);
void tc_groups_check_arguments(struct tc_groups *groups, struct tc_groups_node *node);
/** A class of a group or condition that is not known; `class` is there. */
void tc_groups_report_class(struct tc_groups *groups, enum tc_check_id id, const struct tc_element *element,
                            bool condition, const char *what);

/** Whether no code ever gets to @a node, which was reported then. */
bool tc_groups_check_reach(struct tc_groups *groups, const struct tc_groups_node *node);

/** Whether code of an application gets anything. */
void tc_groups_check_application(struct tc_groups *groups, const struct tc_groups_node *root);

#endif
