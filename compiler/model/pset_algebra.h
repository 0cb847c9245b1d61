/**
 * Permission sets as the framework holds them (PermissionSet, NamedPermissionSet): reading, writing, union,
 * intersection, comparison. A tc_pset says what a source or a file wrote; a tc_grant_set says what the framework makes
 * of it.
 */
#ifndef TC_MODEL_PSET_ALGEBRA_H
#define TC_MODEL_PSET_ALGEBRA_H

#include "base/map.h"
#include "model/algebra.h"
#include "model/policy.h"

/**
 * One class of a set. The framework decodes permissions outside mscorlib when it first needs them, and combines those
 * of two sets without looking; what that comes to is worked out here at once, but shows only when somebody looks.
 */
struct tc_grant {
    const struct tc_class *cls;
    const struct tc_perm *perm;    /**< NULL: looking at it throws; or, when lazy, finds nothing */
    const struct tc_throw *broken; /**< what looking at it throws; NULL when it does not */
    bool is_lazy;                  /**< the framework has not looked yet */
};

/** A permission set. Sets share their permissions, which are never changed. */
struct tc_grant_set {
    bool unrestricted;
    bool is_named;             /**< a NamedPermissionSet */
    struct tc_str name;        /**< decoded */
    struct tc_str description; /**< decoded */
    struct tc_grant *grants;   /**< table order, declared classes behind them as they came */
    size_t count;
};

/** How permissions that cannot be decoded are taken. */
enum tc_set_reading {
    TC_SET_STRICT, /**< PermissionSet.FromXml: an unknown class throws TypeLoadException, as does any bad permission */
    TC_SET_POLICY, /**< a policy level: unknown classes are dropped, classes outside mscorlib are decoded when needed */
};

/** How `class` attributes are written. */
struct tc_class_names {
    bool is_full; /**< with the assembly of `framework`; otherwise nothing for mscorlib, the simple name for others */
    enum tc_framework framework;
};

/**
 * The `class` attribute of @a element, decoded, with a short name replaced by what it stands for. False when there is
 * none.
 * @param classes  the SecurityClasses of the level, values are struct tc_str; NULL: none
 */
bool tc_class_name(struct tc_arena *arena, const struct tc_map *classes, const struct tc_element *element,
                   struct tc_str *ret_name);

/** An empty set; NULL when out of memory. */
struct tc_grant_set *tc_grant_set_new(struct tc_arena *arena, bool unrestricted);

/** What a set of the model means: its sure permissions. */
struct tc_grant_set *tc_grant_set_of(struct tc_arena *arena, const struct tc_pset *set);

/** Whether the framework takes a class name for one of mscorlib: no assembly, or "mscorlib" anywhere in it.
 */
bool tc_class_is_mscorlib(struct tc_str name);

/** The name without System.Security.Policy of the class that @a name is there in mscorlib; empty when it is elsewhere.
 */
struct tc_str tc_class_of_policy(struct tc_str name);

/**
 * Whether @a name says @a cls as it is mostly written: type, assembly, any version, neutral culture, token, each with
 * one blank before it. Nothing in it can be taken otherwise then.
 *
 * @param ret_version  digits and dots; set when true is returned
 */
bool tc_class_is_plain(struct tc_str name, const struct tc_class *cls, struct tc_str *ret_version);

/**
 * The class that the framework finds under @a name, which is what a `class` attribute says (SecurityClass names already
 * replaced): "Full.Type" and "Full.Type, mscorlib…" in mscorlib, others in the assembly named. NULL: it finds none.
 */
const struct tc_class *tc_class_resolve(struct tc_str name);

/**
 * Make the permission that @a element names and read it: XMLUtil.CreatePermission and FromXml. @a classes as for
 * tc_class_name().
 * @return TC_YES; or TC_THROWS: ArgumentException Argument_WrongElementType or Argument_NoClass, TypeLoadException, or
 *         what FromXml throws
 */
enum tc_answer tc_perm_read(struct tc_arena *arena, const struct tc_map *classes, const struct tc_element *element,
                            struct tc_perm **ret_perm, struct tc_throw *ret_throw);

/** PermissionSet.FromXml; a NamedPermissionSet when the element's class says so. @a classes as for tc_class_name(). */
enum tc_answer tc_grant_set_read(struct tc_arena *arena, const struct tc_map *classes, const struct tc_element *element,
                                 enum tc_set_reading reading, struct tc_grant_set **ret_set,
                                 struct tc_throw *ret_throw);

/**
 * The permissions of @a element until one throws: what a code group with a set of its own gets.
 * Never throws by itself; NULL when out of memory.
 */
struct tc_grant_set *tc_grant_set_read_part(struct tc_arena *arena, const struct tc_map *classes,
                                            const struct tc_element *element);

/** ToXml. */
enum tc_answer tc_grant_set_write(struct tc_arena *arena, const struct tc_grant_set *set,
                                  const struct tc_class_names *names, struct tc_element **ret_element,
                                  struct tc_throw *ret_throw);

/** ToXml of one permission, class and version included. */
enum tc_answer tc_perm_write(struct tc_arena *arena, const struct tc_perm *perm, const struct tc_class_names *names,
                             struct tc_element **ret_element, struct tc_throw *ret_throw);

/**
 * Whether the framework writes @a a and @a b the same: for classes whose IsSubsetOf does not hold even for equal
 * permissions. False when one cannot be written, or out of memory.
 */
bool tc_perm_writes_same(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b,
                         const struct tc_class_names *names);

/** Union. @a b may be NULL (null). TC_YES: *ret is a set of its own. */
enum tc_answer tc_grant_set_unite(struct tc_arena *arena, const struct tc_grant_set *a, const struct tc_grant_set *b,
                                  struct tc_grant_set **ret, struct tc_throw *ret_throw);

/** Intersect. @a b may be NULL. TC_YES: *ret is the result, NULL for null: the framework's answer when nothing is in
 * common. */
enum tc_answer tc_grant_set_intersect(struct tc_arena *arena, const struct tc_machine *machine,
                                      const struct tc_grant_set *a, const struct tc_grant_set *b,
                                      struct tc_grant_set **ret, struct tc_throw *ret_throw);

/** InplaceUnion, which code groups are merged with: @a a with all of @a b; *ret is a set of its own. */
enum tc_answer tc_grant_set_merge(struct tc_arena *arena, const struct tc_grant_set *a, const struct tc_grant_set *b,
                                  struct tc_grant_set **ret, struct tc_throw *ret_throw);

/** InplaceIntersect, which levels are intersected with: what is left of @a a; *ret is a set of its own. */
enum tc_answer tc_grant_set_narrow(struct tc_arena *arena, const struct tc_machine *machine,
                                   const struct tc_grant_set *a, const struct tc_grant_set *b,
                                   struct tc_grant_set **ret, struct tc_throw *ret_throw);

/** IsSubsetOf. @a outer may be NULL (null). */
enum tc_answer tc_grant_set_subset(struct tc_arena *arena, const struct tc_machine *machine,
                                   const struct tc_grant_set *inner, const struct tc_grant_set *outer,
                                   struct tc_throw *ret_throw);

/** IsEmpty: no permission says anything. */
enum tc_answer tc_grant_set_is_empty(struct tc_arena *arena, const struct tc_machine *machine,
                                     const struct tc_grant_set *set, struct tc_throw *ret_throw);

/** ContainsNonCodeAccessPermissions. */
bool tc_grant_set_contains_non_cas(const struct tc_grant_set *set);

/**
 * GetPermission. *ret_perm is NULL when there is none, which in an unrestricted set means nothing.
 * @return TC_YES, or TC_THROWS when it is decoded only now and throws
 */
enum tc_answer tc_grant_set_get(const struct tc_grant_set *set, const struct tc_class *cls,
                                const struct tc_perm **ret_perm, struct tc_throw *ret_throw);

/**
 * AddPermission: united with what is there; the returned permission is what the set holds then (an unrestricted one
 * when the set is unrestricted).
 */
enum tc_answer tc_grant_set_add(struct tc_arena *arena, struct tc_grant_set *set, const struct tc_perm *perm,
                                const struct tc_perm **ret_perm, struct tc_throw *ret_throw);

/** SetPermission: takes the place of what is there; an unrestricted set becomes a restricted one. */
enum tc_answer tc_grant_set_put(struct tc_arena *arena, struct tc_grant_set *set, const struct tc_perm *perm,
                                struct tc_throw *ret_throw);

/** RemovePermission: *ret_perm is what was taken out, NULL for nothing. */
enum tc_answer tc_grant_set_remove(struct tc_grant_set *set, const struct tc_class *cls,
                                   const struct tc_perm **ret_perm, struct tc_throw *ret_throw);

/**
 * Demand: whether code with @a set may do what @a demand asks (policy-file 8). Empty demands always succeed; an
 * exception other than SecurityException inside the comparison denies. TC_THROWS with TC_UNKNOWN: the comparison
 * depends on what is not known here.
 */
enum tc_answer tc_grant_set_demand(struct tc_arena *arena, const struct tc_machine *machine,
                                   const struct tc_grant_set *set, const struct tc_perm *demand,
                                   struct tc_throw *ret_throw);

#endif
