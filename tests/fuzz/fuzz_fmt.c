/*
 * Any bytes as a source to format: what is sound keeps its words and comments, and formatting it again changes nothing.
 * The same with other blanks, breaks and comments, which the bytes choose, too.
 */
#include "property/fmt.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct tc_str text)
{
    const char *fault = tct_fmt_fault(text);

    if (fault == NULL)
        return;
    fprintf(stderr, "%s:\n%.*s\n", fault, TC_STR_ARG(text));
    abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tc_str text = {(const char *)data, size};
    struct tct_rng rng = {.state = size, .bytes = data, .left = size};
    struct tc_buf other = {0};

    check(text);
    if (size <= 4096) {
        tct_fmt_relay(text, &rng, &other);
        check(tc_buf_str(&other));
    }
    tc_buf_done(&other);
    return 0;
}
