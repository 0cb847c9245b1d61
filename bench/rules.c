/*
 * What nevers and tests cost: `bench_rules [NEVERS]`. Sources of 1000, 3000 and 10 000 applications that share a policy
 * and have grants of their own, with NEVERS (100) nevers about all of them and a test for every tenth. Each line is a
 * size, and the processor seconds that deciding took, what it took for each application, and what trying each change of
 * a grant took.
 */
#include "api/trustc.h"
#include "ask/mutants.h"
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>

static void
put_source(struct tc_buf *out, size_t applications, size_t nevers)
{
    tc_buf_puts(out, TC_STR("server web01 { framework 2.0; iis 6.0; }\n"
                            "policy Shared extends medium { grant FileIO { read \"D:\\Templates\"; }\n"
                            "    grant Registry { read \"HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso\"; } }\n"));
    for (size_t i = 0; i < applications; i++)
        tc_buf_printf(out,
                      "application A%zu { location \"Default Web Site/a%zu\"; root \"D:\\Sites\\A%zu\"; trust Shared;\n"
                      "    origin host \"www.a%zu.com\"; grant FileIO { read \"E:\\Data\\A%zu\"; }\n"
                      "    grant Web { connect host \"api.a%zu.com\"; } }\n",
                      i, i, i, i, i, i);
    for (size_t i = 0; i < nevers; i++) {
        tc_buf_printf(out, "never \"n%zu\" { any application may ", i);
        switch (i % 4) { /* a format has to be a literal */
        case 0:
            tc_buf_printf(out, "FileIO write \"C:\\Windows\\x%zu\"", i);
            break;
        case 1:
            tc_buf_printf(out, "Registry write \"HKEY_LOCAL_MACHINE\\SOFTWARE\\X%zu\"", i);
            break;
        case 2:
            tc_buf_printf(out, "Web connect host \"secret%zu.contoso.com\"", i);
            break;
        default:
            tc_buf_printf(out, "Socket connect tcp \"10.0.0.1\" %zu", i);
            break;
        }
        tc_buf_puts(out, TC_STR("; }\n"));
    }
    for (size_t i = 0; i < applications; i += 10)
        tc_buf_printf(out,
                      "test \"t%zu\" { A%zu may FileIO read \"$AppDir$\\x\"; A%zu may not FileIO read \"D:\\x\"; }\n",
                      i, i, i);
    bench_require(!out->failed, "memory");
}

static bool
counts(void *state, struct tc_span span)
{
    (void)state;
    (void)span;
    return true;
}

static void
measure(size_t applications, size_t nevers)
{
    const struct tc_rule_filter everything = {.words = {NULL, 0}};
    struct tc_sema_host host = tc_host_builtin();
    struct tc_compilation c;
    struct tc_subjects subjects;
    struct tc_rule_run run;
    struct tc_coverage coverage;
    struct tc_mutants mutants;
    struct tc_buf text = {0};
    double begin, decided;

    put_source(&text, applications, nevers);
    tc_compilation_init(&c);
    bench_require(tc_compile(&c, &host, &(struct tc_sema_options){0}, TC_STR("bench.trust"), tc_buf_str(&text)) ==
                      TC_OK,
                  "compile");
    begin = bench_processor();
    bench_require(tc_subjects_of_model(&c.arena, c.model, &subjects) == TC_OK &&
                      tc_rules_run(&c.arena, c.model, &subjects, NULL, &everything, &run) == TC_OK && run.failed == 0,
                  "rules");
    decided = bench_processor() - begin;
    begin = bench_processor();
    bench_require(tc_coverage_of(&c.arena, &subjects, &run, counts, NULL, &coverage) == TC_OK &&
                      tc_mutants_try(&c.arena, c.model, &coverage, &run, &mutants) == TC_OK,
                  "changes");
    printf("%zu applications, %zu lines: %.2f s, %.1f us each; %zu changes: %.2f s\n", applications, run.count, decided,
           decided * 1e6 / (double)applications, mutants.count, bench_processor() - begin);
    tc_compilation_done(&c);
    tc_buf_done(&text);
}

int
main(int argc, char **argv)
{
    static const size_t sizes[] = {1000, 3000, 10000};
    size_t nevers = argc > 1 ? strtoul(argv[1], NULL, 10) : 100;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        measure(sizes[i], nevers);
    return 0;
}
