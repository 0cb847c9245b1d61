/** What the permission classes of System.Net share. */
#ifndef TC_MODEL_ALGEBRA_NET_H
#define TC_MODEL_ALGEBRA_NET_H

#include "model/algebra_util.h"

/** Keys of the messages with which a class refuses an element that is not meant for it. */
struct tc_element_keys {
    const char *tag;      /**< the tag is not IPermission */
    const char *no_class; /**< there is no attribute `class` */
    const char *no_type;  /**< its value does not contain the full type name */
};

/** net_not_ipermission, net_no_classname, net_no_typename. */
extern const struct tc_element_keys tc_net_element_keys;

/**
 * The check that the classes outside mscorlib make instead of ValidateElement: tag IPermission, `class` contains the
 * full name of the type. The version is not looked at.
 * @return TC_YES; or TC_THROWS: ArgumentException with one of @a keys
 */
enum tc_answer tc_element_check_class(struct tc_arena *arena, const struct tc_class *cls,
                                      const struct tc_element *element, const struct tc_element_keys *keys,
                                      struct tc_throw *ret_throw);

/** Whether the attribute Unrestricted is `true` in any letter case. */
bool tc_element_is_unrestricted_nocase(struct tc_arena *arena, const struct tc_element *element);

/** ArgumentException net_perm_target: the answer to a permission of another class. */
enum tc_answer tc_throw_net_target(struct tc_throw *ret_throw);

/** The tag at @a depth of the form's path of elements: "ConnectAccess", "URI" of "ConnectAccess/URI". */
struct tc_str tc_net_form_tag(const struct tc_form *form, size_t depth);

#endif
