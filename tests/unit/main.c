/*
 * Runs every suite, or the one that CK_RUN_SUITE names. `unit --list` prints their names.
 *
 * The locale of the environment is set on purpose: the library is used inside programs that do so, and its output
 * must not change with it.
 */
#include "unit/suites.h"

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    Suite *(*make)(void);
} suites[] = {
#define TCT_SUITE(name) {#name, tct_##name##_suite},
#include "suites.def"
#undef TCT_SUITE
};

int
main(int argc, char **argv)
{
    const char *only = getenv("CK_RUN_SUITE");
    bool found = only == NULL;
    SRunner *runner = srunner_create(NULL);
    int run, failed;

    setlocale(LC_ALL, "");
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
            puts(suites[i].name);
        srunner_free(runner);
        return 0;
    }
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        srunner_add_suite(runner, suites[i].make());
        found = found || strcmp(only, suites[i].name) == 0;
    }
    srunner_run_all(runner, CK_ENV);
    run = srunner_ntests_run(runner);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    if (!found || run == 0) { /* Check itself takes a misspelt name for a suite without tests, and passes */
        printf("no tests in %s\nunit: 0 passed, 1 failed\n", only != NULL ? only : "any suite");
        return 1;
    }
    printf("unit: %d passed, %d failed\n", run - failed, failed);
    return failed > 0 ? 1 : 0;
}
