/** Sources that are right by construction, from the tables: every class, clause, flag and column comes up. */
#ifndef TCT_PROPERTY_GENERATE_H
#define TCT_PROPERTY_GENERATE_H

#include "base/str.h"
#include "data/tables.h"
#include "property/rng.h"

/** Which framework: the server block's statements for it. */
void tct_generate_runtime(struct tc_buf *out, enum tc_runtime runtime);

/** The body of a grant (or revoke) of @a cls with some of what it can hold: `unrestricted;` or `{ … }`. */
void tct_generate_permission(struct tc_buf *out, struct tct_rng *rng, const struct tc_class *cls,
                             enum tc_framework framework);

/** Whether a policy of @a framework may grant @a cls at all. */
bool tct_grantable(const struct tc_class *cls, enum tc_framework framework);

enum { TCT_APPLICATIONS_MAX = 6 };

/** A whole source in pieces, so that the applications can stand in any order. */
struct tct_source {
    struct tc_buf head; /**< server and policies */
    struct tc_buf applications[TCT_APPLICATIONS_MAX];
    size_t application_count;
};

void tct_generate_source(struct tct_source *source, struct tct_rng *rng, enum tc_runtime runtime);
void tct_source_done(struct tct_source *source);

#endif
