/**
 * What the parts of the search for dead weight share (api/minimize_find.c and api/minimize_grants.c): the source that
 * is searched, and the policy or application in it that is looked at.
 */
#ifndef TC_API_MINIMIZE_FINDER_H
#define TC_API_MINIMIZE_FINDER_H

#include "api/minimize_parts.h"
#include "base/map.h"
#include "verify/grants.h"

/** A level of the platform by itself: what a policy that extends it begins with. */
struct tc_stock {
    struct tc_stock *next;
    struct tc_compilation c;
    enum tc_level_id level;
    enum tc_runtime runtime;
    const struct tc_policy *policy; /**< NULL: it has none */
};

/** The search. `here` and the maps are filled before it begins; from `block` on it is what is looked at just now. */
struct tc_finder {
    struct tc_compilation *c;
    struct tc_arena *arena;
    const struct tc_ast_file *file;
    const struct tc_source *source;
    struct tc_omissions *list;
    struct tc_map used;     /**< names of policies, classes and sets that something names */
    struct tc_map set_used; /**< names of sets that a code group names */
    bool has_raw;           /**< raw text may name anything */
    struct tc_map blocks;   /**< of policies in any file, by name */
    struct tc_map policies[TC_RT_COUNT_];
    const struct tc_ast_block **here; /**< policies and applications of the main source, in its order */
    size_t here_count, here_room;
    const struct tc_atom *server_trust; /**< NULL: nothing is said */
    const struct tc_ast_block *block;   /**< the policy or application that is looked at */
    const struct tc_policy *policy;
    const struct tc_policy *base; /**< what it begins with; NULL: nothing */
    const struct tc_stock *stock; /**< where the base comes from; NULL: from the sources */
    const struct tc_sema_host *host;
    struct tc_stock *stocks;
    struct tc_token_values values;
    /* of one permission, for api/minimize_grants.c alone */
    struct tc_leaf *leaves;
    size_t leaf_count, leaf_room;
    const struct tc_perm **others; /**< what the base has of it */
    size_t other_count, other_room;
    struct tc_part *parts;
    size_t part_count, part_room;
};

/** Leave out @a span, with its line where nothing else stands on it; @a dead says why. */
void tc_finder_cut(struct tc_finder *f, struct tc_span span, struct tc_dead dead);

/** Whether a comment of the main source stands in @a span: it would go with what is left out. */
bool tc_finder_has_comment(const struct tc_finder *f, struct tc_span span);

/** Whether @a inner lies wholly in @a outer. */
bool tc_finder_is_in(struct tc_span inner, struct tc_span outer);

/** A statement with the lines of its description above, if it has any. */
struct tc_span tc_finder_with_description(struct tc_span span, struct tc_span description);

/**
 * Find what the sets of `policy`, where they are written in `block`, grant again: parts of a grant that the base or
 * another grant covers, and revokes in vain. Parts are held against each other with `values` for the tokens.
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_find_in_sets(struct tc_finder *f);

#endif
