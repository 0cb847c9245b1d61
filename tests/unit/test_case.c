/* The golden runner's own file format: what it writes must read back as the same bytes. */
#include "support/case.h"
#include "unit/suites.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *bytes;
    size_t size;
    const char *written;
} sections[] = {
#define CASE(literal, written)                                                                                         \
    {                                                                                                                  \
        literal, sizeof(literal) - 1, written                                                                          \
    }
    CASE("", "-- file f --\n"),
    CASE("a\nb\n", "-- file f --\na\nb\n"),
    CASE("a", "-- file f (noeol) --\na\n"),
    CASE("a\r\nb\r\n", "-- file f (crlf) --\na\nb\n"),
    CASE("a\r\nb", "-- file f (crlf, noeol) --\na\nb\n"),
    CASE("a\r\nb\n", "-- file f (escaped) --\na\\r\nb\n"),
    CASE("a\rb\n", "-- file f (escaped) --\na\\rb\n"),
    CASE("\xEF\xBB\xBF", "-- file f (bom) --\n"),
    CASE("\xEF\xBB\xBFx\n", "-- file f (bom) --\nx\n"),
    CASE("\xEF\xBB\xBF\xEF\xBB\xBFx\n", "-- file f (escaped, bom) --\n\\xEF\\xBB\\xBFx\n"),
    CASE("C:\\Sites\n", "-- file f --\nC:\\Sites\n"),
    CASE("C:\\Sites\1\n", "-- file f (escaped) --\nC:\\\\Sites\\x01\n"),
    CASE("a\0b\n", "-- file f (escaped) --\na\\x00b\n"),
    CASE("caf\xC3\xA9\n", "-- file f --\ncaf\xC3\xA9\n"),
    CASE("caf\xE9\n", "-- file f (escaped) --\ncaf\\xE9\n"),
    CASE("-- run --\n", "-- file f (escaped) --\n\\x2D- run --\n"),
    CASE("-- run --", "-- file f (escaped, noeol) --\n\\x2D- run --\n"),
    CASE("-- not a header\n", "-- file f --\n-- not a header\n"),
#undef CASE
};

START_TEST(writes_and_reads_back)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    char path[] = "/tmp/trustc-case-XXXXXX";
    int fd = mkstemp(path);
    struct tct_case c;

    tct_case_write(memory, "file", "f", sections[_i].bytes, sections[_i].size);
    fputs("-- run --\ntrue\n", memory);
    fclose(memory);
    ck_assert_int_eq(strncmp(text, sections[_i].written, strlen(sections[_i].written)), 0);
    ck_assert_str_eq(text + strlen(sections[_i].written), "-- run --\ntrue\n");

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, size), (ssize_t)size);
    close(fd);
    tct_case_read(&c, path);
    ck_assert_str_eq(c.error, "");
    ck_assert_uint_eq(c.count, 2);
    ck_assert_uint_eq(c.sections[0].size, sections[_i].size);
    ck_assert_mem_eq(c.sections[0].bytes, sections[_i].bytes, sections[_i].size);
    ck_assert_uint_eq(c.recorded, c.size);
    tct_case_done(&c);
    unlink(path);
    free(text);
}
END_TEST

static const struct {
    const char *text, *error;
} broken[] = {
    {"words\n", ":2: nothing to run: no '-- run --' before '-- expect --'"},
    {"-- expect --\n-- run --\n", ":1: nothing to run: no '-- run --' before '-- expect --'"},
    {"\n-- files a --\n", ":2: not a section: there are 'file NAME', 'copy PATH', 'out-is PATH', 'run' and, from the "
                          "runner, 'expect'"},
    {"-- file a (dos) --\n", ":1: no such flag: dos (there are escaped, crlf, bom, noeol)"},
    {"-- file a (escaped) --\n\\q\n-- run --\n",
     ":1: bad escape (there are \\\\ \\n \\r \\t \\xHH and \\ at the end of a line)"},
};

START_TEST(says_what_is_wrong)
{
    char path[] = "/tmp/trustc-case-XXXXXX";
    int fd = mkstemp(path);
    size_t size = strlen(broken[_i].text);
    struct tct_case c;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, broken[_i].text, size), (ssize_t)size);
    close(fd);
    tct_case_read(&c, path);
    ck_assert_int_eq(strncmp(c.error, path, strlen(path)), 0);
    ck_assert_str_eq(c.error + strlen(path), broken[_i].error);
    tct_case_done(&c);
    unlink(path);
}
END_TEST

Suite *
tct_case_suite(void)
{
    Suite *suite = suite_create("case");
    TCase *tc = tcase_create("format");

    tcase_add_loop_test(tc, writes_and_reads_back, 0, TCT_COUNT(sections));
    tcase_add_loop_test(tc, says_what_is_wrong, 0, TCT_COUNT(broken));
    suite_add_tcase(suite, tc);
    return suite;
}
