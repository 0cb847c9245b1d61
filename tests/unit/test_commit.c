/*
 * Bringing outputs to disk: a script says what is wanted and what happens to the files between runs, a transcript what
 * each run says and leaves. What kills and failing system calls do to it is tests/support/commit_faults.c.
 */
#include "emit/commit.h"

#include "emit/record.h"
#include "support/disk.h"
#include "support/fail_alloc.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OUTPUTS_MAX = 16 };

static char root[TCT_PATH_SIZE];
static struct tc_arena arena;
static struct tc_sources sources;
static struct tc_diags diags;
static struct tc_output outputs[OUTPUTS_MAX];
static size_t output_count;

static void
setup(void)
{
    tct_disk_begin(root);
    tc_arena_init(&arena);
    output_count = 0;
}

static void
teardown(void)
{
    tct_disk_remove(root);
    tc_arena_done(&arena);
}

/* Ask for an output; @a name may have directories before it, "dir/" asks for none in that directory. */
static void
want(enum tc_output_stage stage, bool merged, struct tc_str name, struct tc_str bytes)
{
    size_t len = name.len;
    struct tc_str dir;

    while (len > 0 && name.ptr[len - 1] != '/')
        len--;
    dir = tc_str_sub(name, 0, len == 0 ? 0 : len - 1);
    ck_assert_uint_lt(output_count, OUTPUTS_MAX);
    outputs[output_count++] = (struct tc_output){
        .dir = tc_arena_printf(&arena, "%s%s%.*s", root, dir.len == 0 ? "" : "/", TC_STR_ARG(dir)),
        .name = tc_str_sub(name, len, SIZE_MAX),
        .bytes = bytes,
        .stage = stage,
        .replace_foreign = merged,
    };
}

static struct tc_str
below_root(struct tc_str path)
{
    struct tc_str start = tc_str_of(root);

    if (!tc_str_starts(path, start))
        return path;
    return path.len == start.len ? TC_STR(".") : tc_str_sub(path, start.len + 1, SIZE_MAX);
}

static void
put_diags(struct tc_buf *out)
{
    for (const struct tc_diag *diag = diags.first; diag != NULL; diag = diag->next) {
        struct tc_str file = below_root(diag->file);

        tc_buf_printf(out, "  %s %.*s %.*s\n", diag->code->id, TC_STR_ARG(file), TC_STR_ARG(diag->message));
    }
}

static enum tc_status
run(bool check, struct tc_commit_result *ret)
{
    tc_sources_init(&sources, &arena);
    tc_diags_init(&diags, &arena, &sources);
    return (check ? tc_commit_check : tc_commit)(&arena, outputs, output_count, &diags, ret);
}

/* Run, and append to @a out the status, the diagnostics, the reports and what is on disk then. */
static void
run_and_tell(bool check, struct tc_buf *out)
{
    static const char *const statuses[] = {"ok", "failed", "no memory", "error", "limit"};
    static const char *const fates[] = {"current", "changed", "created", "stale"};
    struct tc_commit_result result = {0};
    struct tc_buf list = {0};
    struct tc_str rest, line;
    enum tc_status status = run(check, &result);

    tc_buf_printf(out, "%s %s", check ? "check" : "run", statuses[status]);
    if (status == TC_OK)
        tc_buf_printf(out, " %zu", result.differing);
    tc_buf_putc(out, '\n');
    put_diags(out);
    for (size_t i = 0; i < result.count; i++) {
        struct tc_str dir = below_root(result.reports[i].dir);

        tc_buf_printf(out, "  %s %.*s %.*s\n", fates[result.reports[i].fate], TC_STR_ARG(dir),
                      TC_STR_ARG(result.reports[i].name));
    }
    /* records as names of files only */
    tct_disk_list(root, &list);
    for (rest = tc_buf_str(&list); rest.len != 0; rest = tc_str_sub(rest, line.len + 1, SIZE_MAX)) {
        size_t end = tc_str_find(rest, TC_STR("\n"), 0);

        line = tc_str_sub(rest, 0, end);
        if (tc_str_find(line, TC_STR("trustc outputs"), 0) != SIZE_MAX) {
            tc_buf_puts(out, TC_STR("> "));
            tc_buf_puts(out, tc_str_sub(line, 0, tc_str_find(line, TC_STR("="), 0)));
            tc_buf_puts(out, TC_STR("\n"));
        } else if (tc_str_starts(line, TC_STR("policy ")) || tc_str_starts(line, TC_STR("config "))) {
            size_t name = line.len;

            while (line.ptr[name - 1] != ' ')
                name--;
            tc_buf_printf(out, ">   %.*s %.*s\n", 6, line.ptr, (int)(line.len - name), line.ptr + name);
        } else if (!tc_str_starts(line, TC_STR("end ")) && line.len != 0) {
            tc_buf_printf(out, "> %.*s\n", TC_STR_ARG(line));
        }
    }
    tc_buf_done(&list);
    output_count = 0;
}

static struct tc_str
next_word(struct tc_str *line)
{
    size_t end = tc_str_find(*line, TC_STR(" "), 0);
    struct tc_str word = tc_str_sub(*line, 0, end);

    *line = tc_str_sub(*line, word.len + 1, SIZE_MAX);
    return word;
}

/* One line of a script. */
static void
play(struct tc_str line, struct tc_buf *out)
{
    struct tc_str verb = next_word(&line);
    struct tc_str name = next_word(&line);
    char file[TCT_PATH_SIZE], path[2 * TCT_PATH_SIZE];

    snprintf(file, sizeof file, "%.*s", TC_STR_ARG(name));
    snprintf(path, sizeof path, "%s/%s", root, file);
    if (tc_str_eq(verb, TC_STR("policy")))
        want(TC_STAGE_POLICY, false, name, line);
    else if (tc_str_eq(verb, TC_STR("config")))
        want(TC_STAGE_CONFIG, false, name, line);
    else if (tc_str_eq(verb, TC_STR("merged")))
        want(TC_STAGE_CONFIG, true, name, line);
    else if (tc_str_eq(verb, TC_STR("run")) || tc_str_eq(verb, TC_STR("check")))
        run_and_tell(tc_str_eq(verb, TC_STR("check")), out);
    else if (tc_str_eq(verb, TC_STR("write")))
        tct_disk_write(root, file, line);
    else if (tc_str_eq(verb, TC_STR("remove")))
        tct_disk_remove(path);
    else if (tc_str_eq(verb, TC_STR("mkdir")))
        ck_assert_int_eq(mkdir(path, 0755), 0);
    else if (tc_str_eq(verb, TC_STR("link")))
        ck_assert_int_eq(symlink(tc_arena_str(&arena, line).ptr, path), 0);
    else if (tc_str_eq(verb, TC_STR("lock")))
        ck_assert_int_eq(chmod(path, 0444), 0);
    else
        ck_abort_msg("no such verb in a script: %.*s", TC_STR_ARG(verb));
}

static const struct {
    const char *script;
    const char *transcript;
} cases[] = {
    {
        "policy a.config 1\npolicy b.config 2\nconfig web.config a b\nrun\n"
        "policy a.config 1\npolicy b.config 2\nconfig web.config a b\nrun\n",
        "run ok 3\n  created . a.config\n  created . b.config\n  created . web.config\n"
        "> .trustc-outputs\n>   policy a.config\n>   policy b.config\n>   config web.config\n"
        "> a.config=1\n> b.config=2\n> web.config=a b\n"
        "run ok 0\n  current . a.config\n  current . b.config\n  current . web.config\n"
        "> .trustc-outputs\n>   policy a.config\n>   policy b.config\n>   config web.config\n"
        "> a.config=1\n> b.config=2\n> web.config=a b\n",
    },
    /* changed, created and stale; the order in which outputs are given does not matter */
    {
        "policy a.config 1\npolicy b.config 2\nconfig web.config a b\nrun\n"
        "config web.config c a\npolicy c.config 3\npolicy a.config 9\ncheck\n"
        "config web.config c a\npolicy c.config 3\npolicy a.config 9\nrun\n",
        "run ok 3\n  created . a.config\n  created . b.config\n  created . web.config\n"
        "> .trustc-outputs\n>   policy a.config\n>   policy b.config\n>   config web.config\n"
        "> a.config=1\n> b.config=2\n> web.config=a b\n"
        "check ok 4\n  changed . a.config\n  stale . b.config\n  created . c.config\n  changed . web.config\n"
        "> .trustc-outputs\n>   policy a.config\n>   policy b.config\n>   config web.config\n"
        "> a.config=1\n> b.config=2\n> web.config=a b\n"
        "run ok 4\n  changed . a.config\n  stale . b.config\n  created . c.config\n  changed . web.config\n"
        "> .trustc-outputs\n>   policy a.config\n>   policy c.config\n>   config web.config\n"
        "> a.config=9\n> c.config=3\n> web.config=c a\n",
    },
    /* directories are made, and looked into when nothing is wanted there any more */
    {
        "policy x/y/a.config 1\npolicy z/b.config 2\ncheck\n"
        "policy x/y/a.config 1\npolicy z/b.config 2\nrun\n"
        "policy x/y/a.config 1\npolicy z/ \npolicy none/ \nrun\n",
        "check ok 2\n  created x/y a.config\n  created z b.config\n"
        "run ok 2\n  created x/y a.config\n  created z b.config\n"
        "> x/\n> x/y/\n> x/y/.trustc-outputs\n>   policy a.config\n> x/y/a.config=1\n"
        "> z/\n> z/.trustc-outputs\n>   policy b.config\n> z/b.config=2\n"
        "run ok 1\n  current x/y a.config\n  stale z b.config\n"
        "> x/\n> x/y/\n> x/y/.trustc-outputs\n>   policy a.config\n> x/y/a.config=1\n> z/\n",
    },
    /* one directory under several names */
    {
        "mkdir x\nlink y x\npolicy x/a.config 1\npolicy y/b.config 2\npolicy ./x/./c.config 3\nrun\n",
        "run ok 3\n  created x a.config\n  created x b.config\n  created x c.config\n"
        "> x/\n> x/.trustc-outputs\n>   policy a.config\n>   policy b.config\n>   policy c.config\n"
        "> x/a.config=1\n> x/b.config=2\n> x/c.config=3\n> y -> x\n",
    },
    {
        "mkdir x\nlink y x\npolicy x/a.config 1\npolicy y/A.config 2\nrun\n",
        "run error\n  T0506 x/A.config two outputs would have this name\n> x/\n> y -> x\n",
    },
    /* what is not ours: refused, all of it at once, with nothing written */
    {
        "write a.config mine\nwrite web.config mine\npolicy a.config 1\nconfig web.config a\npolicy new/b.config "
        "2\nrun\n",
        "run error\n  T0500 a.config exists and was not written by trustc\n"
        "  T0500 web.config exists and was not written by trustc\n> a.config=mine\n> web.config=mine\n",
    },
    /* unless it holds the same bytes: then it becomes ours */
    {
        "write a.config 1\npolicy a.config 1\ncheck\npolicy a.config 1\nrun\npolicy b.config 2\nrun\n",
        "check ok 0\n  current . a.config\n> a.config=1\n"
        "run ok 0\n  current . a.config\n> .trustc-outputs\n>   policy a.config\n> a.config=1\n"
        "run ok 2\n  stale . a.config\n  created . b.config\n> .trustc-outputs\n>   policy b.config\n> b.config=2\n",
    },
    /* a file that was merged into does not become ours, so it is never removed */
    {
        "write web.config mine\nmerged web.config mine+a\npolicy a.config 1\nrun\n"
        "merged web.config mine+a\npolicy a.config 1\nrun\n"
        "policy a.config 1\nrun\nmerged web.config mine+b\nrun\n",
        "run ok 2\n  created . a.config\n  changed . web.config\n"
        "> .trustc-outputs\n>   policy a.config\n> a.config=1\n> web.config=mine+a\n"
        "run ok 0\n  current . a.config\n  current . web.config\n"
        "> .trustc-outputs\n>   policy a.config\n> a.config=1\n> web.config=mine+a\n"
        "run ok 0\n  current . a.config\n> .trustc-outputs\n>   policy a.config\n> a.config=1\n> web.config=mine+a\n"
        "run ok 2\n  stale . a.config\n  changed . web.config\n> web.config=mine+b\n",
    },
    /* a file of ours that was merged into stays ours, unless it was edited before */
    {
        "config web.config a\nrun\nmerged web.config a+b\nrun\npolicy a.config 1\nrun\n",
        "run ok 1\n  created . web.config\n> .trustc-outputs\n>   config web.config\n> web.config=a\n"
        "run ok 1\n  changed . web.config\n> .trustc-outputs\n>   config web.config\n> web.config=a+b\n"
        "run ok 2\n  created . a.config\n  stale . web.config\n> .trustc-outputs\n>   policy a.config\n> a.config=1\n",
    },
    {
        "config web.config a\nrun\nwrite web.config mine\nmerged web.config mine+b\nrun\npolicy a.config 1\nrun\n",
        "run ok 1\n  created . web.config\n> .trustc-outputs\n>   config web.config\n> web.config=a\n"
        "run ok 1\n  changed . web.config\n> web.config=mine+b\n"
        "run ok 1\n  created . a.config\n> .trustc-outputs\n>   policy a.config\n> a.config=1\n> web.config=mine+b\n",
    },
    /* edited since: replaced with a warning when wanted, kept when not */
    {
        "policy a.config 1\npolicy b.config 2\nrun\nwrite a.config edit\nwrite b.config edited\n"
        "policy a.config 3\nrun\npolicy a.config 3\nrun\npolicy a.config 3\npolicy b.config 2\nrun\n",
        "run ok 2\n  created . a.config\n  created . b.config\n"
        "> .trustc-outputs\n>   policy a.config\n>   policy b.config\n> a.config=1\n> b.config=2\n"
        "run ok 1\n  T0508 a.config was edited since trustc wrote it; the edits are gone\n"
        "  T0509 b.config is no longer wanted, but was edited since trustc wrote it: it stays\n"
        "  changed . a.config\n"
        "> .trustc-outputs\n>   policy a.config\n>   policy b.config\n> a.config=3\n> b.config=edited\n"
        "run ok 0\n  T0509 b.config is no longer wanted, but was edited since trustc wrote it: it stays\n"
        "  current . a.config\n"
        "> .trustc-outputs\n>   policy a.config\n>   policy b.config\n> a.config=3\n> b.config=edited\n"
        "run ok 1\n  T0508 b.config was edited since trustc wrote it; the edits are gone\n"
        "  current . a.config\n  changed . b.config\n"
        "> .trustc-outputs\n>   policy a.config\n>   policy b.config\n> a.config=3\n> b.config=2\n",
    },
    /* an edited configuration file keeps the policy files that it may name */
    {
        "policy a.config 1\nconfig machine.config a\nrun\nwrite machine.config a, edited\n"
        "config web.config b\npolicy b.config 2\nrun\nremove machine.config\nconfig web.config b\npolicy b.config "
        "2\nrun\n",
        "run ok 2\n  created . a.config\n  created . machine.config\n"
        "> .trustc-outputs\n>   policy a.config\n>   config machine.config\n> a.config=1\n> machine.config=a\n"
        "run ok 2\n  T0509 machine.config is no longer wanted, but was edited since trustc wrote it: it stays, and so "
        "do "
        "the policy files that it may name\n  created . b.config\n  created . web.config\n"
        "> .trustc-outputs\n>   policy a.config\n>   policy b.config\n>   config machine.config\n>   config "
        "web.config\n"
        "> a.config=1\n> b.config=2\n> machine.config=a, edited\n> web.config=b\n"
        "run ok 1\n  stale . a.config\n  current . b.config\n  current . web.config\n"
        "> .trustc-outputs\n>   policy b.config\n>   config web.config\n> b.config=2\n> web.config=b\n",
    },
    /* a stale output that is gone already, and one that is a directory by now */
    {
        "policy a.config 1\npolicy b.config 1\nrun\nremove a.config\nremove b.config\nmkdir b.config\npolicy c.config "
        "1\nrun\n",
        "run ok 2\n  created . a.config\n  created . b.config\n"
        "> .trustc-outputs\n>   policy a.config\n>   policy b.config\n> a.config=1\n> b.config=1\n"
        "run ok 1\n  T0509 b.config is no longer wanted, but was edited since trustc wrote it: it stays\n"
        "  created . c.config\n> .trustc-outputs\n>   policy b.config\n>   policy c.config\n> b.config/\n> "
        "c.config=1\n",
    },
    /* an output that was removed by hand comes back */
    {
        "policy a.config 1\nrun\nremove a.config\npolicy a.config 1\ncheck\npolicy a.config 1\nrun\n",
        "run ok 1\n  created . a.config\n> .trustc-outputs\n>   policy a.config\n> a.config=1\n"
        "check ok 1\n  created . a.config\n> .trustc-outputs\n>   policy a.config\n"
        "run ok 1\n  created . a.config\n> .trustc-outputs\n>   policy a.config\n> a.config=1\n",
    },
    /* a lost record is written anew, and is no difference */
    {
        "policy a.config 1\nrun\nremove .trustc-outputs\npolicy a.config 1\ncheck\npolicy a.config 1\nrun\n",
        "run ok 1\n  created . a.config\n> .trustc-outputs\n>   policy a.config\n> a.config=1\n"
        "check ok 0\n  current . a.config\n> a.config=1\n"
        "run ok 0\n  current . a.config\n> .trustc-outputs\n>   policy a.config\n> a.config=1\n",
    },
    /* left-overs of a killed run count, and go, whatever they belong to; a directory of that name is somebody else's */
    {
        "write .a.config.trustc-new 1\nwrite .b.config.trustc-old 1\nwrite .trustc-new 1\nmkdir .c.config.trustc-new\n"
        "policy a.config 1\ncheck\npolicy a.config 1\nrun\npolicy a.config 1\ncheck\n",
        "check ok 3\n  stale . .a.config.trustc-new\n  stale . .b.config.trustc-old\n  created . a.config\n"
        "> .a.config.trustc-new=1\n> .b.config.trustc-old=1\n> .c.config.trustc-new/\n> .trustc-new=1\n"
        "run ok 3\n  stale . .a.config.trustc-new\n  stale . .b.config.trustc-old\n  created . a.config\n"
        "> .c.config.trustc-new/\n> .trustc-new=1\n> .trustc-outputs\n>   policy a.config\n> a.config=1\n"
        "check ok 0\n  current . a.config\n"
        "> .c.config.trustc-new/\n> .trustc-new=1\n> .trustc-outputs\n>   policy a.config\n> a.config=1\n",
    },
    /* things in the way */
    {
        "mkdir a.config\nlink b.config c.txt\nwrite c.txt 1\nlink d.config nowhere\n"
        "policy a.config 1\npolicy b.config 1\npolicy d.config 1\npolicy e.config 1\nrun\n",
        "run error\n  T0501 a.config is a directory, where a file should be written\n"
        "  T0501 b.config is a symbolic link, which trustc does not write through\n"
        "  T0501 d.config is a symbolic link, which trustc does not write through\n"
        "> a.config/\n> b.config -> c.txt\n> c.txt=1\n> d.config -> nowhere\n",
    },
    {
        "write x a file\npolicy x/a.config 1\nrun\npolicy x/y/a.config 1\nrun\npolicy new/dir/a.config 1\npolicy "
        "x/a.config 1\nrun\n",
        "run error\n  T0504 x this directory cannot be opened: not a directory\n> x=a file\n"
        "run error\n  T0504 x/y this directory cannot be opened: not a directory\n> x=a file\n"
        "run error\n  T0504 x this directory cannot be opened: not a directory\n> x=a file\n",
    },
    {
        "link x nowhere\npolicy x/a.config 1\nrun\n",
        "run error\n  T0504 x this directory cannot be opened: no such file or directory\n> x -> nowhere\n",
    },
    /* read-only says: keep off; the same bytes need no writing */
    {
        "policy a.config 1\nrun\nlock a.config\npolicy a.config 1\nrun\npolicy a.config 2\nrun\n",
        "run ok 1\n  created . a.config\n> .trustc-outputs\n>   policy a.config\n> a.config=1\n"
        "run ok 0\n  current . a.config\n> .trustc-outputs\n>   policy a.config\n> a.config=1\n"
        "run error\n  T0503 a.config is marked read-only\n> .trustc-outputs\n>   policy a.config\n> a.config=1\n",
    },
    /* names */
    {
        "policy a.config 1\npolicy A.Config 2\nrun\n",
        "run error\n  T0506 A.Config two outputs would have this name\n",
    },
    {
        "write A.Config 1\npolicy a.config 1\nrun\n",
        "run error\n  T0507 A.Config differs from an output's name only in case\n> A.Config=1\n",
    },
    {
        "policy .. 1\npolicy a. 1\npolicy a:b 1\npolicy a\\b 1\npolicy .trustc-outputs 1\npolicy .trustc-outputs.x 1\n"
        "policy .a.trustc-new 1\nrun\n",
        "run error\n  T0506 .. this name cannot be used for an output\n"
        "  T0506 a. this name cannot be used for an output\n  T0506 a:b this name cannot be used for an output\n"
        "  T0506 a\\b this name cannot be used for an output\n"
        "  T0506 .trustc-outputs this name cannot be used for an output\n"
        "  T0506 .trustc-outputs.x this name cannot be used for an output\n"
        "  T0506 .a.trustc-new this name cannot be used for an output\n",
    },
    /* the record itself in the way */
    {
        "mkdir .trustc-outputs\npolicy a.config 1\nrun\n",
        "run error\n  T0501 .trustc-outputs is a directory, where a file should be written\n> .trustc-outputs/\n",
    },
    {
        "link .trustc-outputs x\npolicy a.config 1\nrun\n",
        "run error\n  T0501 .trustc-outputs is a symbolic link, which trustc does not write through\n"
        "> .trustc-outputs -> x\n",
    },
    {"run\n", "run ok 0\n"},
    {"policy \nrun\n", "run ok 0\n"},
};

START_TEST(plays)
{
    struct tc_buf out = {0};
    struct tc_str rest = tc_str_of(cases[_i].script);

    while (rest.len != 0) {
        size_t end = tc_str_find(rest, TC_STR("\n"), 0);

        play(tc_str_sub(rest, 0, end), &out);
        rest = tc_str_sub(rest, end + 1, SIZE_MAX);
    }
    tct_assert_str(tc_buf_str(&out), tc_str_of(cases[_i].transcript));
    tc_buf_done(&out);
}
END_TEST

/* ---- the record --------------------------------------------------------------------------------------------- */

static const struct {
    struct tc_str bytes;
    uint64_t hash;
} hashes[] = {
    /* from the reference implementation */
    {TCT_STR(""), UINT64_C(0xEF46DB3751D8E999)},
    {TCT_STR("a"), UINT64_C(0xD24EC4F1A98C6E5B)},
    {TCT_STR("abc"), UINT64_C(0x44BC2CF5AD770999)},
    {TCT_STR("message digest"), UINT64_C(0x066ED728FCEEB3BE)},
    {TCT_STR("abcdefghijklmnopqrstuvwxyz"), UINT64_C(0xCFE1F278FA89835C)},
    {TCT_STR("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"), UINT64_C(0xAAA46907D3047814)},
    {TCT_STR("12345678901234567890123456789012345678901234567890123456789012345678901234567890"),
     UINT64_C(0xE04A477F19EE145D)},
};

START_TEST(hashes_as_xxh64)
{
    ck_assert_uint_eq(tc_xxh64(hashes[_i].bytes), hashes[_i].hash);
}
END_TEST

#define FIRST                                                                                                          \
    "trustc outputs 1: what trustc wrote into this directory, with XXH64 and size; it replaces and removes no other "  \
    "file. Do not edit.\n"

START_TEST(writes_a_record)
{
    struct tc_commit_result result;
    struct tc_buf record = {0};

    want(TC_STAGE_CONFIG, false, TC_STR("web.config"), TC_STR(""));
    want(TC_STAGE_POLICY, false, TC_STR("web_\xC3\xA4 b.config"), TC_STR("abc"));
    want(TC_STAGE_POLICY, false, TC_STR("B.config"), TC_STR("message digest"));
    ck_assert_int_eq(run(false, &result), TC_OK);
    ck_assert(tct_disk_read(root, TC_COMMIT_RECORD, &record));
    tct_assert_str(tc_buf_str(&record), TC_STR(FIRST "policy 066ed728fceeb3be 14 B.config\n"
                                                     "config ef46db3751d8e999 0 web.config\n"
                                                     "policy 44bc2cf5ad770999 3 web_\xC3\xA4 b.config\n"
                                                     "end 3\n"));
    tc_buf_done(&record);
}
END_TEST

/* "abc" is 44bc2cf5ad770999: with these records a file outside, and one of somebody else, would be removed. */
static const struct {
    struct tc_str record;
    const char *line;
} damaged[] = {
    {TCT_STR(""), "1"},
    {TCT_STR("\n"), "1"},
    {TCT_STR("trustc outputs 2: something\nend 0\n"), "1"},
    {TCT_STR(FIRST), "2"},
    {TCT_STR(FIRST "end 0"), "2"},
    {TCT_STR(FIRST "end 1\n"), "2"},
    {TCT_STR(FIRST "end 0\nend 0\n"), "2"},
    {TCT_STR(FIRST "end \n"), "2"},
    {TCT_STR(FIRST "policy 44bc2cf5ad770999 3 a\n"), "3"},
    {TCT_STR(FIRST "policy 44bc2cf5ad770999 3 a\nend 2\n"), "3"},
    {TCT_STR(FIRST "policy 44bc2cf5ad770999 3 ../victim\nend 1\n"), "2"},
    {TCT_STR(FIRST "policy 44bc2cf5ad770999 3 sub/victim\nend 1\n"), "2"},
    {TCT_STR(FIRST "policy 44bc2cf5ad770999 3 sub\\victim\nend 1\n"), "2"},
    {TCT_STR(FIRST "policy 44bc2cf5ad770999 3 C:victim\nend 1\n"), "2"},
    {TCT_STR(FIRST "policy 44bc2cf5ad770999 3 ..\nend 1\n"), "2"},
    {TCT_STR(FIRST "policy 44bc2cf5ad770999 3 .\nend 1\n"), "2"},
    {TCT_STR(FIRST "policy 44bc2cf5ad770999 3 \nend 1\n"), "2"},
    {TCT_STR(FIRST "policy 44bc2cf5ad770999 3 .trustc-outputs\nend 1\n"), "2"},
    {TCT_STR(FIRST "policy 44bc2cf5ad770999 3 vic\0tim\nend 1\n"), "2"},
    {TCT_STR(FIRST "policy 44bc2cf5ad770999 3 victim\r\nend 1\r\n"), "2"},
    {TCT_STR(FIRST "policy 44bc2cf5ad770999 3\nend 1\n"), "2"},
    {TCT_STR(FIRST "policy 44BC2CF5AD770999 3 victim\nend 1\n"), "2"},
    {TCT_STR(FIRST "policy 044bc2cf5ad7709990 3 victim\nend 1\n"), "2"},
    {TCT_STR(FIRST "policy 44bc2cf5ad770999 -3 victim\nend 1\n"), "2"},
    {TCT_STR(FIRST "policy 44bc2cf5ad770999 0x3 victim\nend 1\n"), "2"},
    {TCT_STR(FIRST "script 44bc2cf5ad770999 3 victim\nend 1\n"), "2"},
    {TCT_STR(FIRST "<<<<<<< HEAD\npolicy 44bc2cf5ad770999 3 victim\nend 1\n"), "2"},
};

START_TEST(distrusts_a_damaged_record)
{
    struct tc_commit_result result;
    struct tc_buf before = {0}, after = {0};

    tct_disk_write(root, "victim", TC_STR("abc"));
    tct_disk_write(root, "out/victim", TC_STR("abc"));
    tct_disk_write(root, "out/sub/victim", TC_STR("abc"));
    tct_disk_write(root, "out/" TC_COMMIT_RECORD, damaged[_i].record);
    tct_disk_list(root, &before);
    want(TC_STAGE_POLICY, false, TC_STR("out/b.config"), TC_STR("2"));
    ck_assert_int_eq(run(false, &result), TC_ERR_IO);
    tct_disk_list(root, &after);
    tct_assert_str(tc_buf_str(&after), tc_buf_str(&before));
    tc_buf_clear(&after);
    put_diags(&after);
    tc_buf_clear(&before);
    tc_buf_printf(&before, "  T0510 out/.trustc-outputs line %s of this record is not what trustc writes\n",
                  damaged[_i].line);
    tct_assert_str(tc_buf_str(&after), tc_buf_str(&before));
    tc_buf_done(&before);
    tc_buf_done(&after);
}
END_TEST

/* ---- what a run leaves alone ---------------------------------------------------------------------------------- */

static struct stat
stat_of(const char *name)
{
    char path[2 * TCT_PATH_SIZE];
    struct stat status;

    snprintf(path, sizeof path, "%s/%s", root, name);
    ck_assert_int_eq(lstat(path, &status), 0);
    return status;
}

static void
assert_untouched(const char *name, const struct stat *before)
{
    struct stat now = stat_of(name);

    ck_assert_uint_eq(now.st_ino, before->st_ino);
    ck_assert_int_eq(now.st_mtim.tv_sec, before->st_mtim.tv_sec);
    ck_assert_int_eq(now.st_mtim.tv_nsec, before->st_mtim.tv_nsec);
    ck_assert_int_eq(now.st_ctim.tv_sec, before->st_ctim.tv_sec);
    ck_assert_int_eq(now.st_ctim.tv_nsec, before->st_ctim.tv_nsec);
}

static void
wait_for_the_clock(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 20 * 1000 * 1000}, NULL); /* time stamps go by the tick of the kernel */
}

START_TEST(touches_only_what_changes)
{
    static const char *const names[] = {".", "a.config", "web.config", TC_COMMIT_RECORD};
    struct tc_commit_result result;
    struct stat before[TCT_COUNT(names)];

    want(TC_STAGE_POLICY, false, TC_STR("a.config"), TC_STR("1"));
    want(TC_STAGE_CONFIG, false, TC_STR("web.config"), TC_STR("a"));
    ck_assert_int_eq(run(false, &result), TC_OK);
    for (int i = 0; i < TCT_COUNT(names); i++)
        before[i] = stat_of(names[i]);

    wait_for_the_clock();
    ck_assert_int_eq(run(true, &result), TC_OK);
    ck_assert_int_eq(run(false, &result), TC_OK);
    for (int i = 0; i < TCT_COUNT(names); i++)
        assert_untouched(names[i], &before[i]);

    want(TC_STAGE_POLICY, false, TC_STR("b.config"), TC_STR("2"));
    ck_assert_int_eq(run(true, &result), TC_OK);
    for (int i = 0; i < TCT_COUNT(names); i++)
        assert_untouched(names[i], &before[i]);
    ck_assert_int_eq(run(false, &result), TC_OK);
    assert_untouched("a.config", &before[1]);
    assert_untouched("web.config", &before[2]);
}
END_TEST

START_TEST(keeps_the_mode)
{
    static const mode_t modes[] = {0600, 0640, 0644, 0664, 0200};
    struct tc_commit_result result;
    char path[2 * TCT_PATH_SIZE];
    mode_t mask = umask(027);

    want(TC_STAGE_POLICY, false, TC_STR("a.config"), TC_STR("1"));
    ck_assert_int_eq(run(false, &result), TC_OK);
    ck_assert_uint_eq(stat_of("a.config").st_mode & 07777, 0640);
    snprintf(path, sizeof path, "%s/a.config", root);
    for (int i = 0; i < TCT_COUNT(modes); i++) {
        if ((modes[i] & 0400) == 0 && geteuid() != 0)
            continue;
        ck_assert_int_eq(chmod(path, modes[i]), 0);
        outputs[0].bytes = tc_arena_printf(&arena, "content %d", i);
        ck_assert_int_eq(run(false, &result), TC_OK);
        ck_assert_uint_eq(stat_of("a.config").st_mode & 07777, modes[i]);
    }
    (void)umask(mask);
}
END_TEST

START_TEST(keeps_the_owner)
{
    struct tc_commit_result result;
    char path[2 * TCT_PATH_SIZE];

    if (geteuid() != 0)
        return; /* only root can give files away */
    want(TC_STAGE_POLICY, false, TC_STR("a.config"), TC_STR("1"));
    ck_assert_int_eq(run(false, &result), TC_OK);
    snprintf(path, sizeof path, "%s/a.config", root);
    ck_assert_int_eq(chown(path, 65534, 65533), 0);
    outputs[0].bytes = TC_STR("2");
    ck_assert_int_eq(run(false, &result), TC_OK);
    ck_assert_uint_eq(stat_of("a.config").st_uid, 65534);
    ck_assert_uint_eq(stat_of("a.config").st_gid, 65533);
}
END_TEST

START_TEST(says_what_may_not_be_written)
{
    struct tc_commit_result result;
    struct tc_buf out = {0};
    bool is_root = geteuid() == 0;

    want(TC_STAGE_POLICY, false, TC_STR("x/a.config"), TC_STR("1"));
    ck_assert_int_eq(run(false, &result), TC_OK);
    want(TC_STAGE_POLICY, false, TC_STR("x/b.config"), TC_STR("2"));
    want(TC_STAGE_POLICY, false, TC_STR("x/y/z/c.config"), TC_STR("2"));
    tct_disk_write(root, "x/y/keep", TC_STR(""));
    ck_assert_int_eq(chmod(root, 0755), 0);
    ck_assert_int_eq(chmod(tc_arena_printf(&arena, "%s/x", root).ptr, 0555), 0);
    ck_assert_int_eq(chmod(tc_arena_printf(&arena, "%s/x/y", root).ptr, 0555), 0);
    ck_assert(!is_root || seteuid(65534) == 0);
    ck_assert_int_eq(run(false, &result), TC_ERR_IO);
    put_diags(&out);
    output_count = 2;
    ck_assert_int_eq(run(false, &result), TC_ERR_IO);
    put_diags(&out);
    output_count = 1; /* what is as it should be needs no right to write */
    ck_assert_int_eq(run(false, &result), TC_OK);
    ck_assert(!is_root || seteuid(0) == 0);
    tct_assert_str(tc_buf_str(&out), TC_STR("  T0504 x/y/z this directory cannot be made: permission denied\n"
                                            "  T0503 x/.trustc-outputs cannot be written: permission denied\n"));
    tc_buf_done(&out);
}
END_TEST

/* A second run waits for the first, which is played by a child that holds the lock. */
START_TEST(takes_turns)
{
    struct tc_commit_result result;
    struct tc_buf list = {0};
    int ready[2];
    char byte;
    pid_t child;

    ck_assert_int_eq(pipe(ready), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        int fd = open(root, O_RDONLY | O_DIRECTORY);

        if (fd < 0 || flock(fd, LOCK_EX) != 0 || write(ready[1], "", 1) != 1)
            _exit(1);
        wait_for_the_clock();
        tct_disk_write(root, "first", TC_STR("is done"));
        _exit(0);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    want(TC_STAGE_POLICY, false, TC_STR("first"), TC_STR("is done"));
    ck_assert_int_eq(run(false, &result), TC_OK);
    ck_assert_int_eq(result.reports[0].fate, TC_FATE_CURRENT);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    (void)close(ready[0]);
    (void)close(ready[1]);
    tc_buf_done(&list);
}
END_TEST

/* Larger than any buffer on the way, and many: all of them arrive. */
START_TEST(brings_much)
{
    enum { COUNT = 500, LARGE = 3 * 1024 * 1024 };
    struct tc_output *many = tc_arena_array(&arena, struct tc_output, COUNT);
    char *large = tc_arena_alloc(&arena, LARGE, 1);
    struct tc_commit_result result;
    struct tc_buf content = {0};

    memset(large, 'x', LARGE);
    for (size_t i = 0; i < COUNT; i++)
        many[i] = (struct tc_output){
            .dir = tc_str_of(root),
            .name = tc_arena_printf(&arena, "%zu.config", i * 7919 % COUNT),
            .bytes = i == 0 ? (struct tc_str){large, LARGE} : tc_arena_printf(&arena, "%zu", i),
        };
    for (int round = 0; round < 2; round++) {
        tc_sources_init(&sources, &arena);
        tc_diags_init(&diags, &arena, &sources);
        ck_assert_int_eq(tc_commit(&arena, many, COUNT, &diags, &result), TC_OK);
        ck_assert_uint_eq(result.count, COUNT);
        ck_assert_uint_eq(result.differing, round == 0 ? COUNT : 0);
        for (size_t i = 1; i < COUNT; i++)
            ck_assert_int_lt(tc_str_cmp(result.reports[i - 1].name, result.reports[i].name), 0);
    }
    for (size_t i = 0; i < COUNT; i++) {
        tc_buf_clear(&content);
        ck_assert(tct_disk_read(root, many[i].name.ptr, &content));
        tct_assert_str(tc_buf_str(&content), many[i].bytes);
    }
    tc_buf_done(&content);
}
END_TEST

/* Out of memory is found out before anything is written. */
START_TEST(every_allocation_may_fail)
{
    struct tc_buf before = {0}, after = {0};
    bool has_failed;
    size_t nth;

    tct_disk_write(root, ".b.config.trustc-new", TC_STR("left over"));
    want(TC_STAGE_POLICY, false, TC_STR("a.config"), TC_STR("1"));
    want(TC_STAGE_POLICY, false, TC_STR("x/b.config"), TC_STR("2"));
    tct_disk_list(root, &before);
    for (nth = 1;; nth++) {
        struct tc_commit_result result;
        struct tc_arena own;
        enum tc_status status;

        tc_arena_init(&own);
        tc_sources_init(&sources, &own);
        tc_diags_init(&diags, &own, &sources);
        tct_fail_alloc_begin(nth);
        status = tc_commit(&own, outputs, output_count, &diags, &result);
        has_failed = tct_fail_alloc_end();
        tc_arena_done(&own);
        if (!has_failed) {
            ck_assert_int_eq(status, TC_OK);
            break;
        }
        ck_assert_int_eq(status, TC_ERR_NOMEM);
        tc_buf_clear(&after);
        tct_disk_list(root, &after);
        tct_assert_str(tc_buf_str(&after), tc_buf_str(&before));
    }
    ck_assert_uint_gt(nth, 3); /* else the linker did not wrap malloc() */
    tc_buf_done(&before);
    tc_buf_done(&after);
}
END_TEST

Suite *
tct_commit_suite(void)
{
    Suite *suite = suite_create("commit");
    TCase *tc = tcase_create("commit");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, plays, 0, TCT_COUNT(cases));
    tcase_add_loop_test(tc, hashes_as_xxh64, 0, TCT_COUNT(hashes));
    tcase_add_test(tc, writes_a_record);
    tcase_add_loop_test(tc, distrusts_a_damaged_record, 0, TCT_COUNT(damaged));
    tcase_add_test(tc, touches_only_what_changes);
    tcase_add_test(tc, keeps_the_mode);
    tcase_add_test(tc, keeps_the_owner);
    tcase_add_test(tc, says_what_may_not_be_written);
    tcase_add_test(tc, takes_turns);
    tcase_add_test(tc, brings_much);
    tcase_add_test(tc, every_allocation_may_fail);
    suite_add_tcase(suite, tc);
    return suite;
}
