/** Random servers whose isolation is held against a second answer: what the programs that do so have in common. */
#ifndef TCT_PROPERTY_ISOLATION_TRY_H
#define TCT_PROPERTY_ISOLATION_TRY_H

#include "api/trustc.h"
#include "property/rng.h"

enum tc_verdict tct_worse(enum tc_verdict a, enum tc_verdict b);

/** Not isolated when it is @a sure, unknown when it is only @a possible. */
enum tc_verdict tct_verdict_of(bool sure, bool possible);

struct tct_isolation_try {
    const char *name;
    void *server; /**< what make() fills and compare() reads */
    /** Make another server with @a rng. @return its source, which is freed here */
    struct tc_buf *(*make)(void *server, struct tct_rng *rng);
    /** Print where both answers differ. @return how often they do */
    size_t (*compare)(const void *server, const struct tc_isolation *isolation);
    /** Print what no server asked for, which is called after a thousand of them. @return how much it is */
    size_t (*count_unasked)(void);
};

/** main() of such a program: `[SEED [COUNT]]`. A server whose answers differ is printed. @return the exit status */
int tct_isolation_main(const struct tct_isolation_try *tries, int argc, char **argv);

#endif
