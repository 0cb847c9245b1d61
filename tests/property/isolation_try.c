#include "property/isolation_try.h"

#include <stdio.h>
#include <stdlib.h>

enum tc_verdict
tct_worse(enum tc_verdict a, enum tc_verdict b)
{
    return a > b ? a : b;
}

enum tc_verdict
tct_verdict_of(bool sure, bool possible)
{
    return sure ? TC_NOT_ISOLATED : possible ? TC_UNKNOWN_ISOLATION : TC_ISOLATED;
}

/* Whether both answers are the same for the server that @a rng makes. */
static bool
try_one(const struct tct_isolation_try *tries, struct tct_rng *rng, uint64_t seed, uint64_t run)
{
    struct tc_sema_host host = tc_host_builtin();
    struct tc_sema_options options = {0};
    struct tc_buf *text = tries->make(tries->server, rng);
    struct tc_compilation c;
    size_t wrong = 1;

    tc_compilation_init(&c);
    if (tc_compile(&c, &host, &options, TC_STR("random.trust"), tc_buf_str(text)) != TC_OK ||
        tc_judge(&c, false) != TC_OK)
        printf("it does not compile: %.*s\n", TC_STR_ARG(c.diags.first == NULL ? TC_STR("") : c.diags.first->message));
    else
        wrong = tries->compare(tries->server, c.isolation);
    if (wrong > 0)
        printf("%s: seed %llu, run %llu\n%.*s\n", tries->name, (unsigned long long)seed, (unsigned long long)run,
               TC_STR_ARG(tc_buf_str(text)));
    tc_compilation_done(&c);
    tc_buf_done(text);
    return wrong == 0;
}

int
tct_isolation_main(const struct tct_isolation_try *tries, int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 20261123,
             count = argc > 2 ? strtoull(argv[2], NULL, 10) : 2000;
    size_t passed = 0, failed = 0;

    for (uint64_t run = 0; run < count; run++) {
        struct tct_rng rng = tct_rng(seed, run);

        if (try_one(tries, &rng, seed, run))
            passed++;
        else
            failed++;
    }
    if (count >= 1000)
        failed += tries->count_unasked();
    printf("%s: %zu passed, %zu failed\n", tries->name, passed, failed);
    return failed > 0;
}
