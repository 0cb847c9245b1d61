#include "model/demand.h"

#include "model/algebra_util.h"
#include "model/expressions.h"
#include "model/path.h"

#include <string.h>

/* Wildcards are refused before the path is looked at as such. */
static bool
has_wildcard(struct tc_str path)
{
    return (tc_str_has(path, '*') || tc_str_has(path, '?'));
}

static enum tc_answer
one_path(struct tc_arena *arena, struct tc_str path, struct tc_list *ret_list, struct tc_throw *ret_throw)
{
    struct tc_list list = tc_expressions_new(arena, 1);
    enum tc_answer answer;

    if (list.items == NULL)
        return tc_throw_nomem(ret_throw);
    if (has_wildcard(path))
        return tc_throw_new(ret_throw, "ArgumentException", "Argument_InvalidPathChars");
    path = tc_trim_blanks(path);
    if (path.len > 0) {
        answer = tc_path_canonical(arena, path, &path, ret_throw);
        if (answer != TC_YES)
            return answer;
        list.items[list.count++] = (struct tc_item){.text = path, .settled = true};
    }
    *ret_list = list;
    return TC_YES;
}

enum tc_answer
tc_demand_paths(struct tc_arena *arena, const struct tc_class *cls, unsigned fields, struct tc_str path,
                struct tc_perm **ret_perm, struct tc_throw *ret_throw)
{
    struct tc_perm *perm = tc_perm_new(arena, cls, TC_NOWHERE);
    struct tc_list list;
    enum tc_answer answer;

    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    if (cls->algebra == TC_ALGEBRA_FILE_IO)
        answer = one_path(arena, path, &list, ret_throw);
    else
        answer = tc_expressions_parse(arena, cls->fields[0].kind, path, TC_NOWHERE, &list, ret_throw);
    if (answer != TC_YES)
        return answer;
    for (size_t i = 0; i < cls->field_count; i++)
        if ((fields >> i & 1) != 0)
            perm->values[i] = (struct tc_value){.present = true, .list = list};
    *ret_perm = perm;
    return TC_YES;
}
