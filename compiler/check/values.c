#include "check/values.h"

#include "model/algebra_net.h"
#include "model/pset_algebra.h"

#include <string.h>

struct tc_check_near
tc_check_near_to(struct tc_str name)
{
    return (struct tc_check_near){.name = name, .distance = name.len < 4 ? 2 : name.len < 8 ? 3 : 4};
}

void
tc_check_near_try(struct tc_check_near *near, struct tc_str candidate)
{
    unsigned distance;

    if (near->distance == 0)
        return;
    distance = tc_str_distance(near->name, candidate, near->distance - 1);
    if (distance < near->distance && distance * 2 < candidate.len + 1) {
        near->best = candidate;
        near->distance = distance;
    }
}

struct tc_span
tc_check_value_span(const struct tc_element_attribute *attribute, size_t begin, size_t end)
{
    struct tc_span span = attribute->value_span;

    if (span.end - span.begin != attribute->value.len || begin > end || end > attribute->value.len)
        return span;
    return (struct tc_span){span.begin + (uint32_t)begin, span.begin + (uint32_t)end};
}

const struct tc_element_attribute *
tc_check_attribute(const struct tc_element *element, const char *name)
{
    return tc_element_find(element, tc_str_of(name));
}

struct tc_str
tc_check_set_name(const struct tc_check *check, const struct tc_element *set)
{
    struct tc_str name;

    if (!tc_element_get(check->arena, set, tc_attr_name(TC_ATTR_NAME), &name) || name.len == 0)
        return TC_STR("");
    return name;
}

void
tc_check_note_loss(struct tc_check_perm *p, struct tc_diag *diag)
{
    struct tc_check *check = p->check;
    struct tc_str set = p->set == p->element ? TC_STR("") : tc_check_set_name(check, p->set);

    if (p->loss_is_said)
        return;
    p->loss_is_said = true;
    if (p->cls->assembly != TC_ASM_MSCORLIB)
        tc_diag_note(check->diags, diag,
                     "the framework reads this permission when it is first needed, and throws then: at the first "
                     "demand, under 4.0 when the application starts");
    else if (set.len == 0)
        tc_diag_note(check->diags, diag,
                     "the framework throws here and drops the whole set, not this permission alone");
    else
        tc_diag_note(check->diags, diag,
                     "the whole set '%.*s' is lost: 2.0 grants nothing in its place, 4.0 does not start the "
                     "application",
                     TC_STR_ARG(set));
}

/* ---- sets ---- */

bool
tc_check_is_permission(const struct tc_element *element)
{
    return tc_element_is(element, TC_TAG_IPERMISSION) || tc_element_is(element, TC_TAG_PERMISSION);
}

const struct tc_class *
tc_check_class_of(const struct tc_check *check, const struct tc_element *permission)
{
    const struct tc_element_attribute *name = tc_element_attr(permission, TC_ATTR_CLASS);
    struct tc_check_class_name *entry = name == NULL ? NULL : tc_map_get(&check->file->class_names, name->value);

    if (entry == NULL)
        return name == NULL ? NULL
                            : tc_class_resolve(tc_element_decode(check->arena, tc_check_class(check, name->value)));
    if (!entry->is_resolved)
        entry->cls = tc_class_resolve(tc_element_decode(check->arena, entry->type->value));
    entry->is_resolved = true;
    return entry->cls;
}

bool
tc_check_set_is_unrestricted(const struct tc_element *set)
{
    return tc_element_is_unrestricted(set);
}

static void
each_set_below(struct tc_check *check, const struct tc_element *element,
               void (*visit)(struct tc_check *check, const struct tc_element *set))
{
    for (; element != NULL; element = element->next)
        if (tc_element_is(element, TC_TAG_PERMISSION_SET))
            visit(check, element);
        else
            each_set_below(check, element->children, visit);
}

void
tc_check_each_set(struct tc_check *check, void (*visit)(struct tc_check *check, const struct tc_element *set))
{
    const struct tc_check_file *file = check->file;

    if (file->kind == TC_FILE_SHAREPOINT) {
        each_set_below(check, file->root, visit);
        return;
    }
    for (const struct tc_element *set = file->sets == NULL ? NULL : file->sets->children; set != NULL; set = set->next)
        if (tc_element_is(set, TC_TAG_PERMISSION_SET))
            visit(check, set);
    if (file->set != NULL)
        visit(check, file->set);
    if (file->group != NULL)
        each_set_below(check, file->group->children, visit);
}

struct tc_str
tc_check_written(const struct tc_check *check, struct tc_span span)
{
    const struct tc_source *source = check->file->source;

    return tc_str_sub(source->text, span.begin - source->base, span.end - span.begin);
}

struct tc_span
tc_check_with_blanks(const struct tc_check *check, struct tc_span span)
{
    const struct tc_source *source = check->file->source;

    while (span.begin > source->base && strchr(" \t\r\n", source->text.ptr[span.begin - source->base - 1]) != NULL)
        span.begin--;
    return span;
}

/* ---- rows ---- */

enum { DEPTH_MAX = 4 };

struct row_walk {
    struct tc_check_perm *p;
    const struct tc_form *form;
    void (*visit)(struct tc_check_perm *p, const struct tc_form *form, const struct tc_element *const *chain);
    const struct tc_element *chain[DEPTH_MAX];
    size_t depth; /* how many elements lead to a row */
};

static void
walk_rows(struct row_walk *walk, const struct tc_element *parent, size_t level)
{
    struct tc_str tag = tc_net_form_tag(walk->form, level);
    enum tc_algebra algebra = walk->p->cls->algebra;
    /* The classes of System.Net look at the first ConnectAccess only. */
    bool is_single = level + 1 < walk->depth && (algebra == TC_ALGEBRA_WEB || algebra == TC_ALGEBRA_SOCKET);

    for (const struct tc_element *child = parent->children; child != NULL; child = child->next) {
        if (!(algebra == TC_ALGEBRA_DB_DATA ? tc_str_eq_nocase(child->tag, tag) : tc_str_eq(child->tag, tag)))
            continue;
        walk->chain[level] = child;
        if (level + 1 == walk->depth)
            walk->visit(walk->p, walk->form, walk->chain);
        else
            walk_rows(walk, child, level + 1);
        if (is_single)
            return;
    }
}

void
tc_check_each_row(struct tc_check_perm *p, const struct tc_form *form,
                  void (*visit)(struct tc_check_perm *p, const struct tc_form *form,
                                const struct tc_element *const *chain))
{
    struct row_walk walk = {.p = p, .form = form, .visit = visit, .depth = 1};

    for (const char *c = form->element; *c != '\0'; c++)
        walk.depth += *c == '/';
    if (walk.depth <= DEPTH_MAX)
        walk_rows(&walk, p->element, 0);
}
