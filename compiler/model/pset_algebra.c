#include "model/pset_algebra.h"

#include "model/algebra_util.h"
#include "model/perm_union.h"

#include <string.h>

/* ---- members ----------------------------------------------------------------------------------------------------- */

struct tc_grant_set *
tc_grant_set_new(struct tc_arena *arena, bool unrestricted)
{
    struct tc_grant_set *set = tc_arena_new(arena, struct tc_grant_set);

    if (set != NULL)
        set->unrestricted = unrestricted;
    return set;
}

static bool
same_class(const struct tc_grant *grant, const struct tc_class *cls, const struct tc_perm *perm)
{
    if (grant->perm != NULL && perm != NULL)
        return tc_perm_same_class(grant->perm, perm);
    return grant->cls == cls;
}

/* Where the members of @a cls stand or would stand: table rows are one array, declared classes come behind them. */
static size_t
position(const struct tc_class *cls)
{
    return cls->assembly == TC_ASM_COUNT_ ? TC_CLASS_COUNT_ : (size_t)tc_class_id(cls);
}

static struct tc_grant *
find(const struct tc_grant_set *set, const struct tc_class *cls, const struct tc_perm *perm)
{
    for (size_t i = 0; i < set->count; i++)
        if (same_class(&set->grants[i], cls, perm))
            return &set->grants[i];
    return NULL;
}

/* Put @a grant into its place, instead of one of its class if there is one. False when out of memory. */
static bool
put(struct tc_arena *arena, struct tc_grant_set *set, struct tc_grant grant)
{
    struct tc_grant *there = find(set, grant.cls, grant.perm);
    size_t at = set->count;

    if (there != NULL) {
        *there = grant;
        return true;
    }
    if ((set->count & (set->count - 1)) == 0) { /* arrays double at powers of two, so the count tells the capacity */
        struct tc_grant *larger = tc_arena_array(arena, struct tc_grant, set->count == 0 ? 1 : set->count * 2);

        if (larger == NULL)
            return false;
        if (set->count > 0)
            memcpy(larger, set->grants, set->count * sizeof *larger);
        set->grants = larger;
    }
    while (at > 0 && position(set->grants[at - 1].cls) > position(grant.cls))
        at--;
    memmove(set->grants + at + 1, set->grants + at, (set->count - at) * sizeof *set->grants);
    set->grants[at] = grant;
    set->count++;
    return true;
}

static void
drop(struct tc_grant_set *set, struct tc_grant *grant)
{
    size_t at = (size_t)(grant - set->grants);

    memmove(grant, grant + 1, (set->count - at - 1) * sizeof *grant);
    set->count--;
}

/* Put @a perm; NULL takes out what is there. */
static bool
put_perm(struct tc_arena *arena, struct tc_grant_set *set, const struct tc_class *cls, const struct tc_perm *perm)
{
    struct tc_grant *there = find(set, cls, perm);

    if (perm != NULL)
        return put(arena, set, (struct tc_grant){.cls = cls, .perm = perm});
    if (there != NULL)
        drop(set, there);
    return true;
}

/* All members of @a from into the empty set @a into. False when out of memory. */
static bool
put_all(struct tc_arena *arena, struct tc_grant_set *into, const struct tc_grant_set *from)
{
    if (from->count == 0)
        return true;
    into->grants = tc_arena_array(arena, struct tc_grant, tc_room_for(from->count));
    if (into->grants == NULL)
        return false;
    memcpy(into->grants, from->grants, from->count * sizeof *into->grants);
    into->count = from->count;
    return true;
}

/* A set of its own with the same members. */
static struct tc_grant_set *
copy_set(struct tc_arena *arena, const struct tc_grant_set *set)
{
    struct tc_grant_set *copy = tc_grant_set_new(arena, set->unrestricted);

    if (copy == NULL)
        return NULL;
    copy->is_named = set->is_named;
    copy->name = set->name;
    copy->description = set->description;
    return put_all(arena, copy, set) ? copy : NULL;
}

/* The permission of @a grant, which may be decoded only now; *ret_perm is NULL when that finds nothing. */
static enum tc_answer
decode(const struct tc_grant *grant, const struct tc_perm **ret_perm, struct tc_throw *ret_throw)
{
    if (grant->broken != NULL) {
        if (ret_throw != NULL)
            *ret_throw = *grant->broken;
        return TC_THROWS;
    }
    *ret_perm = grant->perm;
    return TC_YES;
}

/* Store what became of a lazy member: @a perm or, when @a answer says so, the exception. */
static bool
put_lazy(struct tc_arena *arena, struct tc_grant_set *set, const struct tc_class *cls, enum tc_answer answer,
         const struct tc_perm *perm, const struct tc_throw *thrown)
{
    struct tc_grant grant = {.cls = cls, .is_lazy = true};

    if (answer == TC_THROWS) {
        struct tc_throw *kept = tc_arena_new(arena, struct tc_throw);

        if (kept == NULL)
            return false;
        *kept = *thrown;
        grant.broken = kept;
    } else {
        grant.perm = perm;
    }
    return put(arena, set, grant);
}

/* FastIsEmpty, or null: restricted and without a member, whatever members say. */
static bool
is_void(const struct tc_grant_set *set)
{
    return set == NULL || (!set->unrestricted && set->count == 0);
}

/* Whether @a cls comes behind all members of @a set, and is none of theirs. */
static bool
comes_last(const struct tc_grant_set *set, const struct tc_class *cls)
{
    return cls->assembly != TC_ASM_COUNT_ &&
           (set->count == 0 || position(set->grants[set->count - 1].cls) < position(cls));
}

struct tc_grant_set *
tc_grant_set_of(struct tc_arena *arena, const struct tc_pset *set)
{
    struct tc_grant_set *grants = tc_grant_set_new(arena, set->unrestricted);

    if (grants == NULL)
        return NULL;
    grants->is_named = set->name.len > 0;
    grants->name = set->name;
    grants->description = set->description;
    if (set->unrestricted || set->count == 0)
        return grants;
    grants->grants = tc_arena_array(arena, struct tc_grant, tc_room_for(set->count));
    if (grants->grants == NULL)
        return NULL;
    for (size_t i = 0; i < set->count; i++) {
        const struct tc_perm *perm = set->perms[i];

        if (comes_last(grants, perm->cls)) /* as in most sets */
            grants->grants[grants->count++] = (struct tc_grant){.cls = perm->cls, .perm = perm};
        else if (!put_perm(arena, grants, perm->cls, perm))
            return NULL;
    }
    return grants;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* Whether "mscorlib" stands anywhere, in any letter case. Only one of its letters can be in its eighth place, so most
 * of the text is skipped. */
static bool
holds_mscorlib(struct tc_str name)
{
    static const unsigned char steps['z' + 1] = {
        ['m'] = 7, ['s'] = 6, ['c'] = 5, ['o'] = 4, ['r'] = 3, ['l'] = 2, ['i'] = 1};
    const struct tc_str wanted = TC_STR("mscorlib");

    for (size_t end = wanted.len; end <= name.len;) {
        unsigned char last = (unsigned char)name.ptr[end - 1] | 0x20;

        if (last == 'b' && tc_str_eq_nocase(tc_str_sub(name, end - wanted.len, wanted.len), wanted))
            return true;
        end += last > 'z' || steps[last] == 0 ? last == 'b' ? 1 : wanted.len : steps[last];
    }
    return false;
}

bool
tc_class_is_mscorlib(struct tc_str name)
{
    size_t comma = tc_str_find(name, TC_STR(","), 0);

    return comma == SIZE_MAX || tc_str_starts(tc_str_sub(name, comma, SIZE_MAX), TC_STR(", mscorlib")) ||
           holds_mscorlib(name);
}

struct tc_str
tc_class_of_policy(struct tc_str name)
{
    return tc_class_is_mscorlib(name) ? tc_policy_type(tc_type_bare(name)) : TC_STR("");
}

/* The value of `PublicKeyToken` in an assembly name, empty when there is none. */
static struct tc_str
token_of(struct tc_str assembly)
{
    struct tc_str key = TC_STR("PublicKeyToken=");

    while (assembly.len > 0) {
        size_t comma = tc_str_find(assembly, TC_STR(","), 0);
        struct tc_str part = tc_str_trim(tc_str_sub(assembly, 0, comma));

        if (tc_str_starts_nocase(part, key))
            return tc_str_sub(part, key.len, SIZE_MAX);
        assembly = comma == SIZE_MAX ? TC_STR("") : tc_str_sub(assembly, comma + 1, SIZE_MAX);
    }
    return TC_STR("");
}

static bool
skip(struct tc_str *text, struct tc_str part)
{
    if (!tc_str_starts(*text, part))
        return false;
    *text = tc_str_sub(*text, part.len, SIZE_MAX);
    return true;
}

bool
tc_class_is_plain(struct tc_str name, const struct tc_class *cls, struct tc_str *ret_version)
{
    const struct tc_assembly *assembly = tc_assembly(cls->assembly);
    struct tc_str rest = name;
    size_t digits = 0;

    if (!skip(&rest, tc_str_of(cls->type)) || !skip(&rest, TC_STR(", ")) || !skip(&rest, tc_str_of(assembly->name)) ||
        !skip(&rest, TC_STR(", Version=")))
        return false;
    while (digits < rest.len && (rest.ptr[digits] == '.' || (rest.ptr[digits] >= '0' && rest.ptr[digits] <= '9')))
        digits++;
    *ret_version = tc_str_sub(rest, 0, digits);
    rest = tc_str_sub(rest, digits, SIZE_MAX);
    return skip(&rest, TC_STR(", Culture=neutral, PublicKeyToken=")) && tc_str_is(rest, assembly->token);
}

const struct tc_class *
tc_class_resolve(struct tc_str name)
{
    size_t comma = tc_str_find(name, TC_STR(","), 0);
    const struct tc_class *cls = tc_class_by_type(tc_type_bare(name));
    const struct tc_assembly *assembly;
    struct tc_str rest, token, version;

    if (cls == NULL)
        return NULL;
    if (tc_class_is_plain(name, cls, &version))
        return cls;
    if (tc_class_is_mscorlib(name))
        return cls->assembly == TC_ASM_MSCORLIB ? cls : NULL;
    assembly = tc_assembly(cls->assembly);
    rest = tc_str_sub(name, comma + 1, SIZE_MAX);
    token = token_of(rest);
    /* The version is unified to the one that runs; another key is another assembly. */
    if (!tc_str_eq_nocase(tc_str_trim(tc_str_sub(rest, 0, tc_str_find(rest, TC_STR(","), 0))),
                          tc_str_of(assembly->name)) ||
        (token.len > 0 && !tc_str_eq_nocase(token, tc_str_of(assembly->token))))
        return NULL;
    return cls;
}

bool
tc_class_name(struct tc_arena *arena, const struct tc_map *classes, const struct tc_element *element,
              struct tc_str *ret_name)
{
    const struct tc_element_attribute *attribute = tc_element_attr(element, TC_ATTR_CLASS);
    const struct tc_str *full;

    if (attribute == NULL)
        return false;
    full = classes == NULL ? NULL : tc_map_get(classes, attribute->value);
    *ret_name = tc_element_decode(arena, full == NULL ? attribute->value : *full);
    return true;
}

static bool
is_permission_tag(struct tc_str tag)
{
    return tc_str_eq(tag, tc_tag_name(TC_TAG_IPERMISSION)) || tc_str_eq(tag, tc_tag_name(TC_TAG_PERMISSION));
}

enum tc_answer
tc_perm_read(struct tc_arena *arena, const struct tc_map *classes, const struct tc_element *element,
             struct tc_perm **ret_perm, struct tc_throw *ret_throw)
{
    const struct tc_class *cls;
    struct tc_str name;

    if (!is_permission_tag(element->tag))
        return tc_throw_at(ret_throw, "ArgumentException", "Argument_WrongElementType", element->span);
    if (!tc_class_name(arena, classes, element, &name))
        return tc_throw_at(ret_throw, "ArgumentException", "Argument_NoClass", element->span);
    cls = tc_class_resolve(name);
    if (cls == NULL)
        return tc_throw_at(ret_throw, "TypeLoadException", "", tc_element_span(element, "class"));
    return tc_algebra_ops(cls->algebra)->read(arena, cls, element, ret_perm, ret_throw);
}

/* A set while it is read. */
struct set_reader {
    struct tc_arena *arena;
    const struct tc_map *classes;
    struct tc_grant_set *set;
    enum tc_set_reading reading;
    struct tc_throw *ret_throw;
    struct tc_map unknown;                         /* names of classes that are not found */
    struct tc_perm_union *unions[TC_CLASS_COUNT_]; /* of classes that the set has several permissions of */
};

/* Unite @a perm with @a old. Meanwhile the set holds what the union began with, unless nothing is left of it. */
static enum tc_answer
unite_with_old(struct set_reader *reader, const struct tc_perm *perm, const struct tc_grant *old,
               const struct tc_perm **ret_perm)
{
    struct tc_perm_union **all = &reader->unions[tc_class_id(perm->cls)];
    const struct tc_perm *before;
    struct tc_perm *copy;

    if (decode(old, &before, reader->ret_throw) != TC_YES)
        return TC_THROWS;
    if (*all == NULL)
        *all = tc_arena_new(reader->arena, struct tc_perm_union);
    if (*all == NULL)
        return tc_throw_nomem(reader->ret_throw);
    if (before == NULL) {
        if (tc_algebra_ops(perm->cls->algebra)->unite(reader->arena, perm, NULL, &copy, reader->ret_throw) != TC_YES)
            return TC_THROWS;
        *ret_perm = copy;
        return TC_YES;
    }
    if ((*all)->count == 0 && tc_perm_union_add(reader->arena, *all, before, reader->ret_throw) != TC_YES)
        return TC_THROWS;
    if (tc_perm_union_add(reader->arena, *all, perm, reader->ret_throw) != TC_YES)
        return TC_THROWS;
    *ret_perm = (*all)->count == 0 ? NULL : (*all)->parts[0];
    return TC_YES;
}

/* Put what the unions came to into the set. */
static enum tc_answer
end_unions(struct set_reader *reader)
{
    for (size_t i = 0; i < TC_CLASS_COUNT_; i++) {
        const struct tc_perm *perm;

        if (reader->unions[i] == NULL || reader->unions[i]->count == 0)
            continue;
        if (tc_perm_union_end(reader->arena, reader->unions[i], &perm, reader->ret_throw) != TC_YES)
            return TC_THROWS;
        if (!put_perm(reader->arena, reader->set, tc_class((enum tc_class_id)i), perm))
            return tc_throw_nomem(reader->ret_throw);
    }
    return TC_YES;
}

/* Loading a level replaces short names in the class attributes themselves (policy-file 3), and some classes look there
 * for their full name when they read themselves. */
static const struct tc_element *
with_class(struct set_reader *reader, const struct tc_element *element, struct tc_str name)
{
    struct tc_element *copy;

    if (reader->classes == NULL)
        return element;
    copy = tc_arena_new(reader->arena, struct tc_element);
    if (copy == NULL)
        return NULL;
    *copy = *element;
    copy->attributes = tc_arena_array(reader->arena, struct tc_element_attribute, element->attribute_count);
    if (copy->attributes == NULL)
        return NULL;
    for (size_t i = 0; i < element->attribute_count; i++) {
        copy->attributes[i] = element->attributes[i];
        if (tc_str_eq(element->attributes[i].name, tc_attr_name(TC_ATTR_CLASS)))
            copy->attributes[i].value = name;
    }
    return copy;
}

/* A class that is not found. A policy drops it in silence, but stores it first if it is none of mscorlib, and a second
 * one of the name is united with what decoding the first gave: nothing. */
static enum tc_answer
skip_unknown(struct set_reader *reader, const struct tc_element *element, struct tc_str name)
{
    if (reader->reading != TC_SET_POLICY)
        return tc_throw_at(reader->ret_throw, "TypeLoadException", "", tc_element_span(element, "class"));
    if (!tc_class_is_mscorlib(name) && tc_map_add(&reader->unknown, name, reader) != NULL)
        return tc_throw_at(reader->ret_throw, "NullReferenceException", "", tc_element_span(element, "class"));
    return reader->arena->failed ? tc_throw_nomem(reader->ret_throw) : TC_YES;
}

static enum tc_answer
read_member(struct set_reader *reader, const struct tc_element *element)
{
    struct tc_str name;
    const struct tc_class *cls;
    const struct tc_grant *old;
    struct tc_perm *fresh = NULL;
    const struct tc_perm *perm;
    struct tc_throw thrown = {.type = "", .key = ""};
    enum tc_answer answer;
    bool is_lazy;

    if (!tc_class_name(reader->arena, reader->classes, element, &name))
        return tc_throw_at(reader->ret_throw, "ArgumentException", "Argument_NoClass", element->span);
    cls = tc_class_resolve(name);
    if (cls == NULL)
        return skip_unknown(reader, element, name);
    element = with_class(reader, element, name);
    if (element == NULL)
        return tc_throw_nomem(reader->ret_throw);
    is_lazy = cls->assembly != TC_ASM_MSCORLIB;
    old = find(reader->set, cls, NULL);
    answer = tc_algebra_ops(cls->algebra)->read(reader->arena, cls, element, &fresh, &thrown);
    if (is_lazy && old == NULL)
        return put_lazy(reader->arena, reader->set, cls, answer, fresh, &thrown) ? TC_YES
                                                                                 : tc_throw_nomem(reader->ret_throw);
    if (answer != TC_YES) {
        if (reader->ret_throw != NULL)
            *reader->ret_throw = thrown;
        return TC_THROWS;
    }
    perm = fresh;
    if (old != NULL && unite_with_old(reader, fresh, old, &perm) != TC_YES)
        return TC_THROWS;
    if (reader->set->unrestricted) /* what is decoded adds nothing to such a set; what is not stays, unseen */
        perm = NULL;
    if (perm == NULL && reader->unions[tc_class_id(cls)] != NULL)
        reader->unions[tc_class_id(cls)]->count = 0;
    return put_perm(reader->arena, reader->set, cls, perm) ? TC_YES : tc_throw_nomem(reader->ret_throw);
}

static enum tc_answer
read_members(struct set_reader *reader, const struct tc_element *element)
{
    tc_map_init(&reader->unknown, reader->arena);
    reader->set->unrestricted = tc_element_is_unrestricted(element);
    for (const struct tc_element *child = element->children; child != NULL; child = child->next)
        if (is_permission_tag(child->tag) && read_member(reader, child) != TC_YES) {
            struct tc_throw ignored, *thrown = reader->ret_throw;

            reader->ret_throw = &ignored; /* what threw first counts; who reads a part takes what is there */
            (void)end_unions(reader);
            reader->ret_throw = thrown;
            return TC_THROWS;
        }
    return end_unions(reader);
}

static bool
says_named(struct tc_arena *arena, const struct tc_map *classes, const struct tc_element *element)
{
    struct tc_str name, type = tc_str_of(tc_type(TC_TYPE_NAMED_PERMISSION_SET)->name);

    return tc_class_name(arena, classes, element, &name) &&
           (tc_str_eq(name, tc_str_last_part(type, ".")) ||
            tc_str_eq(tc_str_sub(name, 0, tc_str_find(name, TC_STR(","), 0)), type));
}

enum tc_answer
tc_grant_set_read(struct tc_arena *arena, const struct tc_map *classes, const struct tc_element *element,
                  enum tc_set_reading reading, struct tc_grant_set **ret_set, struct tc_throw *ret_throw)
{
    struct set_reader reader = {.arena = arena,
                                .classes = classes,
                                .set = tc_grant_set_new(arena, false),
                                .reading = reading,
                                .ret_throw = ret_throw};

    if (reader.set == NULL)
        return tc_throw_nomem(ret_throw);
    if (!tc_element_is(element, TC_TAG_PERMISSION_SET))
        return tc_throw_at(ret_throw, "ArgumentException", "Argument_InvalidXMLElement", element->span);
    reader.set->is_named = says_named(arena, classes, element);
    if (reader.set->is_named) {
        (void)tc_element_get(arena, element, tc_attr_name(TC_ATTR_NAME), &reader.set->name);
        (void)tc_element_get(arena, element, tc_attr_name(TC_ATTR_DESCRIPTION), &reader.set->description);
    }
    if (read_members(&reader, element) != TC_YES)
        return TC_THROWS;
    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    *ret_set = reader.set;
    return TC_YES;
}

struct tc_grant_set *
tc_grant_set_read_part(struct tc_arena *arena, const struct tc_map *classes, const struct tc_element *element)
{
    struct tc_throw ignored;
    struct set_reader reader = {.arena = arena,
                                .classes = classes,
                                .set = tc_grant_set_new(arena, false),
                                .reading = TC_SET_POLICY,
                                .ret_throw = &ignored};

    if (reader.set != NULL)
        (void)read_members(&reader, element);
    return arena->failed ? NULL : reader.set;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static struct tc_str
class_text(struct tc_arena *arena, const struct tc_perm *perm, const struct tc_class_names *names)
{
    const struct tc_class *cls = perm->cls;
    struct tc_buf out;
    struct tc_str text;

    if (cls->assembly == TC_ASM_COUNT_)
        return tc_str_of(cls->type);
    if (!names->is_full)
        return cls->assembly == TC_ASM_MSCORLIB
                   ? tc_str_of(cls->type)
                   : tc_arena_printf(arena, "%s, %s", cls->type, tc_assembly(cls->assembly)->name);
    tc_buf_init(&out);
    tc_class_description(cls, names->framework, &out);
    text = tc_arena_str(arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

enum tc_answer
tc_perm_write(struct tc_arena *arena, const struct tc_perm *perm, const struct tc_class_names *names,
              struct tc_element **ret_element, struct tc_throw *ret_throw)
{
    struct tc_element *element = tc_element_new(arena, tc_tag_name(TC_TAG_IPERMISSION));
    enum tc_answer answer;

    if (element == NULL ||
        !tc_element_add(arena, element, tc_attr_name(TC_ATTR_CLASS), class_text(arena, perm, names)) ||
        !tc_element_add(arena, element, tc_attr_name(TC_ATTR_VERSION), TC_STR("1")))
        return tc_throw_nomem(ret_throw);
    answer = tc_algebra_ops(perm->cls->algebra)->write(arena, perm, element, ret_throw);
    if (answer == TC_YES)
        *ret_element = element;
    return answer;
}

bool
tc_perm_writes_same(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b,
                    const struct tc_class_names *names)
{
    struct tc_element *x, *y;
    struct tc_buf left = {0}, right = {0};
    struct tc_throw ignored;
    bool same;

    if (tc_perm_write(arena, a, names, &x, &ignored) != TC_YES ||
        tc_perm_write(arena, b, names, &y, &ignored) != TC_YES)
        return false;
    tc_element_print(&left, x);
    tc_element_print(&right, y);
    same = !left.failed && !right.failed && tc_str_eq(tc_buf_str(&left), tc_buf_str(&right));
    tc_buf_done(&left);
    tc_buf_done(&right);
    return same;
}

static bool
write_set_tag(struct tc_arena *arena, const struct tc_grant_set *set, struct tc_element *element)
{
    return element != NULL &&
           tc_write_raw(
               arena, element, "class",
               tc_str_of(tc_type(set->is_named ? TC_TYPE_NAMED_PERMISSION_SET : TC_TYPE_PERMISSION_SET)->name)) &&
           tc_write_raw(arena, element, "version", TC_STR("1")) &&
           (!set->unrestricted || tc_write_raw(arena, element, "Unrestricted", TC_STR("true"))) &&
           (set->name.len == 0 || tc_write_text(arena, element, "Name", set->name)) &&
           (set->description.len == 0 || tc_write_text(arena, element, "Description", set->description));
}

enum tc_answer
tc_grant_set_write(struct tc_arena *arena, const struct tc_grant_set *set, const struct tc_class_names *names,
                   struct tc_element **ret_element, struct tc_throw *ret_throw)
{
    struct tc_element *element = tc_element_new(arena, tc_tag_name(TC_TAG_PERMISSION_SET));

    if (!write_set_tag(arena, set, element))
        return tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < set->count; i++) {
        const struct tc_perm *perm;
        struct tc_element *child;

        if (decode(&set->grants[i], &perm, ret_throw) != TC_YES)
            return TC_THROWS;
        if (perm == NULL || set->unrestricted)
            continue;
        if (tc_perm_write(arena, perm, names, &child, ret_throw) != TC_YES)
            return TC_THROWS;
        tc_element_append(element, child);
    }
    *ret_element = element;
    return TC_YES;
}

/* ---- algebra ----------------------------------------------------------------------------------------------------- */

/* Both operands decoded; either may be NULL. */
static enum tc_answer
decode_both(const struct tc_grant *a, const struct tc_grant *b, const struct tc_perm **ret_a,
            const struct tc_perm **ret_b, struct tc_throw *ret_throw)
{
    return decode(a, ret_a, ret_throw) == TC_YES ? decode(b, ret_b, ret_throw) : TC_THROWS;
}

/* The union of two members; what is missing leaves the other. */
static enum tc_answer
unite_grants(struct tc_arena *arena, const struct tc_grant *a, const struct tc_grant *b,
             const struct tc_perm **ret_perm, struct tc_throw *ret_throw)
{
    const struct tc_perm *first, *second;
    struct tc_perm *united;

    if (decode_both(a, b, &first, &second, ret_throw) != TC_YES)
        return TC_THROWS;
    if (first == NULL || second == NULL) {
        *ret_perm = first == NULL ? second : first;
        return TC_YES;
    }
    if (tc_algebra_ops(first->cls->algebra)->unite(arena, first, second, &united, ret_throw) != TC_YES)
        return TC_THROWS;
    *ret_perm = united;
    return TC_YES;
}

/* Unite the member @a b into @a into. */
static enum tc_answer
unite_member(struct tc_arena *arena, struct tc_grant_set *into, const struct tc_grant *b, struct tc_throw *ret_throw)
{
    const struct tc_grant *a = find(into, b->cls, b->perm);
    const struct tc_perm *united = NULL;
    struct tc_throw thrown;
    enum tc_answer answer;
    bool fine;

    if (a == NULL)
        return put(arena, into, *b) ? TC_YES : tc_throw_nomem(ret_throw);
    answer = unite_grants(arena, a, b, &united, &thrown);
    if (a->is_lazy && b->is_lazy) {
        fine = put_lazy(arena, into, b->cls, answer, united, &thrown);
    } else if (answer == TC_YES) {
        fine = put_perm(arena, into, b->cls, united);
    } else {
        if (ret_throw != NULL)
            *ret_throw = thrown;
        return TC_THROWS;
    }
    return fine ? TC_YES : tc_throw_nomem(ret_throw);
}

/* The members of both; an unrestricted set needs none. */
static enum tc_answer
unite_members(struct tc_arena *arena, const struct tc_grant_set *a, const struct tc_grant_set *b,
              struct tc_grant_set *into, struct tc_throw *ret_throw)
{
    into->unrestricted = a->unrestricted || b->unrestricted;
    if (into->unrestricted)
        return TC_YES;
    if (!put_all(arena, into, a->count > 0 ? a : b))
        return tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < b->count && a->count > 0; i++)
        if (unite_member(arena, into, &b->grants[i], ret_throw) != TC_YES)
            return TC_THROWS;
    return TC_YES;
}

enum tc_answer
tc_grant_set_unite(struct tc_arena *arena, const struct tc_grant_set *a, const struct tc_grant_set *b,
                   struct tc_grant_set **ret, struct tc_throw *ret_throw)
{
    if (is_void(b) || is_void(a)) /* a copy of the other one, its name too */
        *ret = copy_set(arena, is_void(b) ? a : b);
    else
        *ret = tc_grant_set_new(arena, false);
    if (*ret == NULL)
        return tc_throw_nomem(ret_throw);
    return is_void(b) || is_void(a) ? TC_YES : unite_members(arena, a, b, *ret, ret_throw);
}

enum tc_answer
tc_grant_set_merge(struct tc_arena *arena, const struct tc_grant_set *a, const struct tc_grant_set *b,
                   struct tc_grant_set **ret, struct tc_throw *ret_throw)
{
    *ret = is_void(b) ? copy_set(arena, a) : tc_grant_set_new(arena, false);
    if (*ret == NULL)
        return tc_throw_nomem(ret_throw);
    (*ret)->is_named = a->is_named;
    (*ret)->name = a->name;
    (*ret)->description = a->description;
    return is_void(b) ? TC_YES : unite_members(arena, a, b, *ret, ret_throw);
}

/* new Permission(PermissionState.Unrestricted) of the class of @a like. */
static enum tc_answer
unrestricted_perm(struct tc_arena *arena, const struct tc_perm *like, const struct tc_perm **ret_perm,
                  struct tc_throw *ret_throw)
{
    struct tc_perm *perm = tc_perm_new(arena, like->cls, like->span);

    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    perm->unrestricted = true;
    *ret_perm = perm;
    return TC_YES;
}

/* Two members of one class that the framework has not looked at: what looking at their intersection will find. */
static enum tc_answer
intersect_lazy(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_grant *a, bool a_is_all,
               const struct tc_grant *b, bool b_is_all, struct tc_perm **ret_perm, struct tc_throw *ret_throw)
{
    const struct tc_perm *first, *second;

    *ret_perm = NULL;
    if (decode(a, &first, ret_throw) != TC_YES)
        return TC_THROWS;
    if (first == NULL)
        return TC_YES;
    if (decode(b, &second, ret_throw) != TC_YES ||
        (a_is_all && unrestricted_perm(arena, first, &first, ret_throw) != TC_YES) ||
        (b_is_all && second != NULL && unrestricted_perm(arena, second, &second, ret_throw) != TC_YES))
        return TC_THROWS;
    return tc_algebra_ops(first->cls->algebra)->intersect(arena, machine, first, second, ret_perm, ret_throw);
}

/* The same for members that are decoded, or are so now. */
static enum tc_answer
intersect_grants(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_grant *a,
                 const struct tc_grant *b, const struct tc_perm **ret_perm, struct tc_throw *ret_throw)
{
    const struct tc_perm *first, *second;
    struct tc_perm *common;

    if (decode_both(a, b, &first, &second, ret_throw) != TC_YES)
        return TC_THROWS;
    if (first == NULL || second == NULL) {
        *ret_perm = first == NULL ? second : first;
        return TC_YES;
    }
    if (tc_algebra_ops(first->cls->algebra)->intersect(arena, machine, first, second, &common, ret_throw) != TC_YES)
        return TC_THROWS;
    *ret_perm = common;
    return TC_YES;
}

/* What both sets have of each class. Intersect takes the operands of what is not decoded the other way round. */
static enum tc_answer
intersect_members(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_grant_set *a,
                  const struct tc_grant_set *b, bool swaps, struct tc_grant_set *into, struct tc_throw *ret_throw)
{
    for (size_t i = 0; i < a->count; i++) {
        const struct tc_grant *mine = &a->grants[i], *other = find(b, mine->cls, mine->perm);
        const struct tc_perm *common = NULL;
        struct tc_perm *found;
        struct tc_throw thrown;
        enum tc_answer answer;
        bool fine = true;

        if (other == NULL) {
            if (b->unrestricted)
                fine = put(arena, into, *mine);
        } else if (mine->is_lazy && other->is_lazy) {
            answer =
                swaps ? intersect_lazy(arena, machine, other, b->unrestricted, mine, a->unrestricted, &found, &thrown)
                      : intersect_lazy(arena, machine, mine, a->unrestricted, other, b->unrestricted, &found, &thrown);
            fine = put_lazy(arena, into, mine->cls, answer, found, &thrown);
        } else if (intersect_grants(arena, machine, mine, other, &common, ret_throw) != TC_YES) {
            return TC_THROWS;
        } else {
            fine = put_perm(arena, into, mine->cls, common);
        }
        if (!fine)
            return tc_throw_nomem(ret_throw);
    }
    for (size_t i = 0; i < b->count && a->unrestricted; i++)
        if (find(a, b->grants[i].cls, b->grants[i].perm) == NULL && !put(arena, into, b->grants[i]))
            return tc_throw_nomem(ret_throw);
    return TC_YES;
}

enum tc_answer
tc_grant_set_intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_grant_set *a,
                       const struct tc_grant_set *b, struct tc_grant_set **ret, struct tc_throw *ret_throw)
{
    struct tc_grant_set *set;

    if (is_void(a) || is_void(b)) {
        *ret = NULL;
        return TC_YES;
    }
    set = tc_grant_set_new(arena, a->unrestricted && b->unrestricted);
    if (set == NULL)
        return tc_throw_nomem(ret_throw);
    if (intersect_members(arena, machine, a, b, true, set, ret_throw) != TC_YES)
        return TC_THROWS;
    *ret = is_void(set) ? NULL : set;
    return TC_YES;
}

enum tc_answer
tc_grant_set_narrow(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_grant_set *a,
                    const struct tc_grant_set *b, struct tc_grant_set **ret, struct tc_throw *ret_throw)
{
    *ret = tc_grant_set_new(arena, a->unrestricted && b->unrestricted);
    if (*ret == NULL)
        return tc_throw_nomem(ret_throw);
    return is_void(a) || is_void(b) ? TC_YES : intersect_members(arena, machine, a, b, false, *ret, ret_throw);
}

enum tc_answer
tc_grant_set_is_empty(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_grant_set *set,
                      struct tc_throw *ret_throw)
{
    if (set->unrestricted)
        return TC_NO;
    for (size_t i = 0; i < set->count; i++) {
        const struct tc_perm *perm;
        enum tc_answer answer = decode(&set->grants[i], &perm, ret_throw);

        if (answer == TC_YES && perm != NULL)
            answer = tc_algebra_ops(perm->cls->algebra)->subset(arena, machine, perm, NULL, ret_throw);
        if (answer != TC_YES)
            return answer;
    }
    return TC_YES;
}

/* PrincipalPermission is about users, not code, and never compared. */
static bool
is_code_access(const struct tc_class *cls)
{
    return cls->algebra != TC_ALGEBRA_PRINCIPAL;
}

static enum tc_answer
member_is_subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_grant *inner,
                 const struct tc_grant_set *outer, struct tc_throw *ret_throw)
{
    const struct tc_grant *grant;
    const struct tc_perm *perm, *other = NULL;
    const struct tc_algebra_ops *ops = tc_algebra_ops(inner->cls->algebra);
    enum tc_answer answer = decode(inner, &perm, ret_throw);

    if (answer == TC_YES && perm != NULL)
        answer = ops->subset(arena, machine, perm, NULL, ret_throw);
    if (answer != TC_NO) /* empty, or throws */
        return answer;
    grant = find(outer, perm->cls, perm);
    if (grant != NULL && decode(grant, &other, ret_throw) != TC_YES)
        return TC_THROWS;
    if (outer->unrestricted || !is_code_access(perm->cls))
        return TC_YES;
    return ops->subset(arena, machine, perm, other, ret_throw);
}

enum tc_answer
tc_grant_set_subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_grant_set *inner,
                    const struct tc_grant_set *outer, struct tc_throw *ret_throw)
{
    if (is_void(outer))
        return tc_grant_set_is_empty(arena, machine, inner, ret_throw);
    if (inner->unrestricted && !outer->unrestricted)
        return TC_NO;
    for (size_t i = 0; i < inner->count; i++) {
        enum tc_answer answer = member_is_subset(arena, machine, &inner->grants[i], outer, ret_throw);

        if (answer != TC_YES)
            return answer;
    }
    return TC_YES;
}

bool
tc_grant_set_contains_non_cas(const struct tc_grant_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (!is_code_access(set->grants[i].cls))
            return true;
    return false;
}

/* ---- members from outside ---------------------------------------------------------------------------------------- */

enum tc_answer
tc_grant_set_get(const struct tc_grant_set *set, const struct tc_class *cls, const struct tc_perm **ret_perm,
                 struct tc_throw *ret_throw)
{
    const struct tc_grant *grant = find(set, cls, NULL);

    if (grant != NULL)
        return decode(grant, ret_perm, ret_throw);
    *ret_perm = NULL;
    return TC_YES;
}

enum tc_answer
tc_grant_set_add(struct tc_arena *arena, struct tc_grant_set *set, const struct tc_perm *perm,
                 const struct tc_perm **ret_perm, struct tc_throw *ret_throw)
{
    const struct tc_grant *there = find(set, perm->cls, perm);
    const struct tc_perm *before;
    struct tc_perm *united;

    if (set->unrestricted)
        return unrestricted_perm(arena, perm, ret_perm, ret_throw);
    *ret_perm = perm;
    if (there != NULL) {
        if (decode(there, &before, ret_throw) != TC_YES)
            return TC_THROWS;
        if (before != NULL) {
            if (tc_algebra_ops(perm->cls->algebra)->unite(arena, before, perm, &united, ret_throw) != TC_YES)
                return TC_THROWS;
            *ret_perm = united;
        }
    }
    return put_perm(arena, set, perm->cls, *ret_perm) ? TC_YES : tc_throw_nomem(ret_throw);
}

enum tc_answer
tc_grant_set_put(struct tc_arena *arena, struct tc_grant_set *set, const struct tc_perm *perm,
                 struct tc_throw *ret_throw)
{
    set->unrestricted = false;
    return put_perm(arena, set, perm->cls, perm) ? TC_YES : tc_throw_nomem(ret_throw);
}

enum tc_answer
tc_grant_set_remove(struct tc_grant_set *set, const struct tc_class *cls, const struct tc_perm **ret_perm,
                    struct tc_throw *ret_throw)
{
    struct tc_grant *grant = find(set, cls, NULL);

    *ret_perm = NULL;
    if (grant == NULL)
        return TC_YES;
    if (decode(grant, ret_perm, ret_throw) != TC_YES)
        return TC_THROWS;
    drop(set, grant);
    return TC_YES;
}

enum tc_answer
tc_grant_set_demand(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_grant_set *set,
                    const struct tc_perm *demand, struct tc_throw *ret_throw)
{
    const struct tc_algebra_ops *ops = tc_algebra_ops(demand->cls->algebra);
    const struct tc_grant *grant = find(set, demand->cls, demand);
    const struct tc_perm *granted = NULL;
    struct tc_throw denied;

    if (ops->subset(arena, machine, demand, NULL, &denied) == TC_YES || set->unrestricted)
        return TC_YES;
    if (grant != NULL && decode(grant, &granted, ret_throw) != TC_YES)
        return TC_THROWS;
    switch (ops->subset(arena, machine, demand, granted, &denied)) {
    case TC_YES:
        return TC_YES;
    case TC_NO:
        return TC_NO;
    case TC_THROWS:
        break;
    }
    if (strcmp(denied.type, TC_UNKNOWN) != 0)
        return TC_NO;
    *ret_throw = denied;
    return TC_THROWS;
}
