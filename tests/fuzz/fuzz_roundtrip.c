/*
 * Bytes as choices of the generator of sources (property/generate.c): a model like any that a source makes, whose
 * policies are written and read again. What does not compile, for a fuzzer's strings are not always right, must say
 * why.
 */
#include "api/trustc.h"
#include "property/generate.h"
#include "property/roundtrip.h"

#include <stdio.h>
#include <stdlib.h>

enum { APPLICATIONS_MAX = 2 }; /* each has a policy of its own, or uses one */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
generate(struct tc_buf *text, const uint8_t *data, size_t size)
{
    struct tct_rng rng = {.state = 1, .bytes = data, .left = size};
    enum tc_runtime runtime = (enum tc_runtime)tct_rng_below(&rng, TC_RT_COUNT_);
    struct tct_source source;

    tct_generate_source(&source, &rng, runtime);
    tc_buf_puts(text, tc_buf_str(&source.head));
    for (size_t i = 0; i < source.application_count && i < APPLICATIONS_MAX; i++)
        tc_buf_puts(text, tc_buf_str(&source.applications[i]));
    tct_source_done(&source);
}

static void
require(const char *fault, const struct tc_policy *policy, struct tc_str text)
{
    if (fault == NULL)
        return;
    fprintf(stderr, "fuzz_roundtrip: the policy '%.*s' of this source: %s\n%.*s", TC_STR_ARG(policy->name), fault,
            TC_STR_ARG(text));
    abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct tc_sema_options options = {.today = {"2026-11-23", 10}};
    struct tc_sema_host host = tc_host_builtin();
    struct tc_compilation c;
    struct tc_buf text = {0};
    enum tc_status status;

    generate(&text, data, size);
    tc_compilation_init(&c);
    status = tc_compile(&c, &host, &options, TC_STR("fuzz.trust"), tc_buf_str(&text));
    if (status != TC_OK && c.diags.errors == 0)
        abort();
    for (size_t i = 0; status == TC_OK && i < c.model->level_count; i++) {
        struct tc_arena arena;

        tc_arena_init(&arena);
        require(tct_roundtrip_fault(&arena, c.model->levels[i]), c.model->levels[i], tc_buf_str(&text));
        tc_arena_done(&arena);
    }
    tc_compilation_done(&c);
    tc_buf_done(&text);
    return 0;
}
