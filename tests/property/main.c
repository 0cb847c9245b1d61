/*
 * What holds for every source, tried on many: those of the golden cases and the examples, broken in places; and sources
 * made from the tables, which are right.
 *
 *   mutate  a broken source ends in findings or in outputs that are XML and pass the proof; never in a crash, a hang,
 * or outputs that do not grant what the source says layout  line ends, a byte-order mark and comments change no output
 *   fmt     formatting keeps words, comments and outputs, and is done once; blanks within lines do not matter to it
 *   random  a right source builds; same bytes twice; classes are declared once and used; the order of applications
 *           changes no policy file; each policy written and read again is the same policy
 *   revoke  what was granted on top of a level, revoked again, leaves the file of that level
 *
 * property [--seed N] [--runs N] [--seconds N] ROOT: every failure names the source that shows it, left in the working
 * directory. The same seed and number of runs try the same sources.
 */
#include "property/build.h"
#include "property/fmt.h"
#include "property/generate.h"
#include "property/roundtrip.h"
#include "support/case.h"

#include <dirent.h>
#include <libxml/parser.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- bookkeeping ---- */

enum { SHOWN_MAX = 25, MESSAGE_MAX = 300, HANG_SECONDS = 60 };

static struct {
    size_t passed, failed, shown_count;
    char shown[SHOWN_MAX][MESSAGE_MAX];
    struct tc_str source; /* what is being built, for who dies of it */
    const char *what;
} state;

/* NOLINTBEGIN(bugprone-signal-handler): also called from one, below */
static void
save(const char *path)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL)
        return;
    fwrite(state.source.ptr, 1, state.source.len, file);
    fclose(file);
}
/* NOLINTEND(bugprone-signal-handler) */

/* Failures that differ in numbers alone are shown once. */
static bool
is_new(const char *message)
{
    char *key = state.shown[state.shown_count];
    size_t len = 0;

    for (; *message != '\0' && len < MESSAGE_MAX - 1; message++) {
        if (*message < '0' || *message > '9')
            key[len++] = *message;
    }
    key[len] = '\0';
    for (size_t i = 0; i < state.shown_count; i++) {
        if (strcmp(state.shown[i], key) == 0)
            return false;
    }
    state.shown_count++;
    return true;
}

static void TC_PRINTF(2, 3) expect(bool ok, const char *format, ...)
{
    char path[64], message[MESSAGE_MAX];
    va_list args;

    if (ok) {
        state.passed++;
        return;
    }
    state.failed++;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (state.shown_count == SHOWN_MAX || !is_new(message))
        return;
    snprintf(path, sizeof path, "property-%zu.trust", state.shown_count);
    save(path);
    printf("FAILED: %s: %s (%s)\n", state.what, message, path);
    fflush(stdout);
}

/* Not what a signal handler may do in general; the program is lost anyway, and the source is what is wanted.
 * NOLINTBEGIN(bugprone-signal-handler) */
static void
died(void)
{
    save("property-died.trust");
    fputs("property: died of property-died.trust\n", stderr);
}

static void
hung(int signal)
{
    (void)signal;
    save("property-hung.trust");
    fputs("property: property-hung.trust takes more than a minute\n", stderr);
    _exit(1);
}
/* NOLINTEND(bugprone-signal-handler) */

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- inputs: the sources of golden cases and examples ---- */

struct input {
    const char *name;
    struct tc_str text;
    struct tct_files files;
};

struct inputs {
    struct tc_arena arena;
    struct input *list;
    size_t count, cap;
};

static void
add_input(struct inputs *inputs, const char *name, struct tc_str text, struct tct_files files)
{
    if (inputs->count == inputs->cap) {
        inputs->cap = inputs->cap == 0 ? 64 : 2 * inputs->cap;
        inputs->list = realloc(inputs->list, inputs->cap * sizeof *inputs->list);
        if (inputs->list == NULL)
            abort();
    }
    inputs->list[inputs->count++] =
        (struct input){tc_arena_str(&inputs->arena, tc_str_of(name)).ptr, tc_arena_str(&inputs->arena, text), files};
}

static bool
is_source(const char *name)
{
    return tc_str_ends(tc_str_of(name), TC_STR(".trust"));
}

static void
add_case(struct inputs *inputs, const char *path)
{
    struct tct_case c;
    struct tct_file *list;
    size_t count = 0;

    tct_case_read(&c, path);
    list = tc_arena_array(&inputs->arena, struct tct_file, c.count);
    for (size_t i = 0; i < c.count; i++) {
        const struct tct_section *section = &c.sections[i];

        if (section->kind == TCT_FILE)
            list[count++] =
                (struct tct_file){tc_arena_str(&inputs->arena, tc_str_of(section->name)).ptr,
                                  tc_arena_str(&inputs->arena, (struct tc_str){section->bytes, section->size})};
    }
    for (size_t i = 0; i < count; i++) {
        if (is_source(list[i].name) && list[i].text.len < 100000)
            add_input(inputs, list[i].name, list[i].text, (struct tct_files){list, count, false});
    }
    tct_case_done(&c);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void
find_inputs(struct inputs *inputs, const char *dir)
{
    struct dirent **entries;
    int count = scandir(dir, &entries, NULL, by_name);

    for (int i = 0; i < count; i++) {
        char path[1024];
        struct stat info;
        size_t size;
        char *bytes;

        snprintf(path, sizeof path, "%s/%s", dir, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && stat(path, &info) == 0) {
            if (S_ISDIR(info.st_mode))
                find_inputs(inputs, path);
            else if (tc_str_ends(tc_str_of(path), TC_STR(".case")))
                add_case(inputs, path);
            else if (is_source(path) && (bytes = tct_slurp(path, &size)) != NULL) {
                add_input(inputs, path, (struct tc_str){bytes, size}, (struct tct_files){NULL, 0, true});
                free(bytes);
            }
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

/* ---- building ---- */

static void
build(struct tct_build *ret, const struct tct_files *files, const char *name, struct tc_str text)
{
    state.source = text;
    alarm(HANG_SECONDS);
    tct_build(ret, files, name, text);
    alarm(0);
}

/* Whatever the source is: it ends as the command line may end, and outputs are XML. */
static bool
sane(struct tct_build *b, const char *name)
{
    const char *fault = NULL;
    bool ends, says;

    ends = b->status == TC_OK || b->status == TC_FAILED || b->status == TC_ERR_LIMIT;
    says = b->status != TC_FAILED || b->c.diags.errors > 0;
    for (size_t i = 0; i < b->count && fault == NULL; i++)
        fault = tct_output_fault(&b->outputs[i]);
    expect(ends && says && fault == NULL, "%s: %s: %.*s", name,
           fault != NULL               ? fault
           : b->status == TC_ERR_SELF  ? "the proof fails"
           : b->status == TC_ERR_NOMEM ? "out of memory"
           : !says                     ? "it fails and says nothing"
                                       : "another status",
           TC_STR_ARG(tct_build_first_error(b)));
    return ends && says && fault == NULL;
}

/* Formatting keeps what is there, or refuses. */
static void
expect_layout(const char *name, struct tc_str text)
{
    const char *fault;

    state.source = text;
    fault = tct_fmt_fault(text);
    expect(fault == NULL, "%s: formatting: %s", name, fault);
}

/* ---- mutate ---- */

static struct tc_str
line_at(struct tc_str text, size_t at)
{
    size_t from = at, to = at;

    while (from > 0 && text.ptr[from - 1] != '\n')
        from--;
    while (to < text.len && text.ptr[to] != '\n')
        to++;
    return (struct tc_str){text.ptr + from, to - from + (to < text.len ? 1 : 0)};
}

static void
swap_lines(struct tc_str text, struct tct_rng *rng, struct tc_buf *out)
{
    struct tc_str a = line_at(text, tct_rng_below(rng, text.len));
    struct tc_str b = line_at(text, tct_rng_below(rng, text.len)), first = a.ptr < b.ptr ? a : b,
                  second = a.ptr < b.ptr ? b : a;

    if (a.ptr == b.ptr) {
        tc_buf_puts(out, text);
        return;
    }
    tc_buf_put(out, text.ptr, (size_t)(first.ptr - text.ptr));
    tc_buf_puts(out, second);
    tc_buf_put(out, first.ptr + first.len, (size_t)(second.ptr - first.ptr) - first.len);
    tc_buf_puts(out, first);
    tc_buf_puts(out, tc_str_sub(text, (size_t)(second.ptr - text.ptr) + second.len, SIZE_MAX));
}

static void
mutate(struct tc_str text, struct tct_rng *rng, struct tc_buf *out)
{
    static const char *const pieces[] = {"{",
                                         "}",
                                         ";",
                                         ",",
                                         "\"",
                                         "#",
                                         "$",
                                         "<",
                                         "&",
                                         "\\",
                                         "\n",
                                         "\r",
                                         "\t",
                                         " ",
                                         "*",
                                         "\xFF",
                                         "\xEF\xBF\xBE",
                                         "\xC3\xA4",
                                         "\x01",
                                         "..",
                                         "$AppDir$",
                                         "\"\"",
                                         "unrestricted",
                                         "grant",
                                         "}}",
                                         "-1",
                                         "99999999999999999999"};
    size_t at = tct_rng_below(rng, text.len + 1), from;
    const char *piece;

    switch (tct_rng_below(rng, 8)) {
    case 0: /* the tail is lost */
        tc_buf_puts(out, tc_str_sub(text, 0, at));
        break;
    case 1: /* the head */
        tc_buf_puts(out, tc_str_sub(text, at, SIZE_MAX));
        break;
    case 2: /* a byte */
    case 3:
        tc_buf_puts(out, tc_str_sub(text, 0, at));
        tc_buf_puts(out, tc_str_sub(text, at + 1, SIZE_MAX));
        break;
    case 4: /* something is inserted */
    case 5:
        piece = pieces[tct_rng_below(rng, sizeof pieces / sizeof pieces[0])];
        tc_buf_puts(out, tc_str_sub(text, 0, at));
        if (tct_rng_one_in(rng, 20))
            tc_buf_putc(out, '\0');
        else
            tc_buf_puts(out, tc_str_of(piece));
        tc_buf_puts(out, tc_str_sub(text, at, SIZE_MAX));
        break;
    case 6: /* a line is lost, or said twice */
        if (text.len > 0) {
            struct tc_str line = line_at(text, tct_rng_below(rng, text.len));

            from = (size_t)(line.ptr - text.ptr);
            tc_buf_puts(out, tc_str_sub(text, 0, from));
            if (tct_rng_one_in(rng, 2)) {
                tc_buf_puts(out, line);
                tc_buf_puts(out, line);
            }
            tc_buf_puts(out, tc_str_sub(text, from + line.len, SIZE_MAX));
        }
        break;
    default:
        if (text.len > 0)
            swap_lines(text, rng, out);
        break;
    }
}

static void
mutated(const struct input *input, struct tct_rng *rng)
{
    struct tc_buf a = {0}, b = {0}, other;
    struct tct_build result;

    mutate(input->text, rng, &a);
    for (size_t more = tct_rng_below(rng, 3); more > 0; more--) {
        tc_buf_clear(&b);
        mutate(tc_buf_str(&a), rng, &b);
        other = a;
        a = b;
        b = other;
    }
    build(&result, &input->files, input->name, tc_buf_str(&a));
    sane(&result, input->name);
    tct_build_done(&result);
    expect_layout(input->name, tc_buf_str(&a));
    tc_buf_done(&a);
    tc_buf_done(&b);
}

/* ---- layout ---- */

/* Every line end as the other one, a mark in front, comments between lines where no description would be torn. */
static void
lay_out(struct tc_str text, struct tct_rng *rng, struct tc_buf *out)
{
    bool crlf = tct_rng_one_in(rng, 2), comments = tct_rng_one_in(rng, 2);
    struct tc_str line;

    if (tc_str_starts(text, TC_STR("\xEF\xBB\xBF")))
        text = tc_str_sub(text, 3, SIZE_MAX);
    if (tct_rng_one_in(rng, 2))
        tc_buf_puts(out, TC_STR("\xEF\xBB\xBF"));
    for (size_t at = 0; at < text.len; at += line.len) {
        struct tc_str bare;
        bool ended;

        line = line_at(text, at);
        ended = tc_str_ends(line, TC_STR("\n"));
        bare = tc_str_sub(line, 0, line.len - (ended ? 1 : 0));
        if (tc_str_ends(bare, TC_STR("\r")))
            bare.len--;
        tc_buf_puts(out, bare);
        if (!ended)
            break;
        tc_buf_puts(out, crlf ? TC_STR("\r\n") : TC_STR("\n"));
        if (comments && !tc_str_starts(tc_str_trim(bare), TC_STR("##")) && tct_rng_one_in(rng, 2))
            tc_buf_puts(out, crlf ? TC_STR("\t# \"a\" comment; } \r\n") : TC_STR("\t# \"a\" comment; } \n"));
    }
}

static void
laid_out(const struct input *input, struct tct_rng *rng)
{
    struct tct_build before, after;
    struct tc_buf text = {0};

    build(&before, &input->files, input->name, input->text);
    if (sane(&before, input->name)) {
        lay_out(input->text, rng, &text);
        build(&after, &input->files, input->name, tc_buf_str(&text));
        expect(tct_build_same(&before, &after, false), "%s: another layout gives other outputs: %.*s", input->name,
               TC_STR_ARG(tct_build_first_error(&after)));
        tct_build_done(&after);
    }
    tct_build_done(&before);
    tc_buf_done(&text);
}

/* ---- fmt ---- */

/* With other blanks within lines the formatted text is the same. */
static void
respaced(const char *name, struct tc_str text, struct tc_str formatted, struct tct_rng *rng)
{
    struct tc_buf other = {0}, result = {0};

    tct_fmt_respace(text, rng, &other);
    state.source = tc_buf_str(&other);
    if (tct_fmt(tc_buf_str(&other), &result))
        expect(tc_str_eq(formatted, tc_buf_str(&result)), "%s: with other blanks it is formatted otherwise", name);
    else
        expect(false, "%s: with other blanks it is no source", name);
    tc_buf_done(&other);
    tc_buf_done(&result);
}

static void
formatted(const struct input *input, struct tct_rng *rng)
{
    struct tc_buf out = {0}, other = {0};
    struct tct_build before, after;

    expect_layout(input->name, input->text);
    for (size_t i = 0; i < 3; i++) {
        tc_buf_clear(&other);
        tct_fmt_relay(input->text, rng, &other);
        expect_layout(input->name, tc_buf_str(&other));
    }
    if (tct_fmt(input->text, &out)) {
        respaced(input->name, input->text, tc_buf_str(&out), rng);
        build(&before, &input->files, input->name, input->text);
        build(&after, &input->files, input->name, tc_buf_str(&out));
        expect(tct_build_same(&before, &after, false), "%s: formatted it gives other outputs: %.*s", input->name,
               TC_STR_ARG(tct_build_first_error(&after)));
        tct_build_done(&before);
        tct_build_done(&after);
    }
    tc_buf_done(&out);
    tc_buf_done(&other);
}

/* ---- random ---- */

static const struct tct_files no_files = {NULL, 0, false};

static void
put_source(struct tc_buf *out, const struct tct_source *source, bool reversed)
{
    tc_buf_puts(out, tc_buf_str(&source->head));
    for (size_t i = 0; i < source->application_count; i++)
        tc_buf_puts(out, tc_buf_str(&source->applications[reversed ? source->application_count - 1 - i : i]));
}

/* Every policy that gets a file, written and read again. */
static void
read_again(const struct tct_build *build, const char *name)
{
    for (size_t i = 0; i < build->c.model->level_count; i++) {
        struct tc_arena arena;
        const char *fault;

        tc_arena_init(&arena);
        fault = tct_roundtrip_fault(&arena, build->c.model->levels[i]);
        expect(fault == NULL, "%s: '%.*s' written and read again: %s", name,
               TC_STR_ARG(build->c.model->levels[i]->name), fault);
        tc_arena_done(&arena);
    }
}

static void
random_source(struct tct_rng *rng, enum tc_runtime runtime)
{
    const char *name = tc_runtime_info(runtime)->name;
    struct tc_buf text = {0}, reordered = {0};
    struct tct_build first, again, other;
    const char *fault = NULL;
    struct tct_source source;

    tct_generate_source(&source, rng, runtime);
    put_source(&text, &source, false);
    put_source(&reordered, &source, true);
    expect_layout(name, tc_buf_str(&text));
    build(&first, &no_files, "random.trust", tc_buf_str(&text));
    sane(&first, name);
    expect(first.status == TC_OK || first.status == TC_ERR_SELF, "%s: it does not build: %.*s", name,
           TC_STR_ARG(tct_build_first_error(&first)));
    if (first.status == TC_OK) {
        for (size_t i = 0; i < first.count && fault == NULL; i++) {
            if (first.outputs[i].stage == TC_STAGE_POLICY)
                fault = tct_policy_fault(&first.outputs[i]);
        }
        expect(fault == NULL, "%s: %s", name, fault);
        read_again(&first, name);
        build(&again, &no_files, "random.trust", tc_buf_str(&text));
        expect(tct_build_same(&first, &again, false), "%s: a second run gives other bytes", name);
        tct_build_done(&again);
        build(&other, &no_files, "random.trust", tc_buf_str(&reordered));
        expect(tct_build_same(&first, &other, true), "%s: another order of applications gives other policy files: %.*s",
               name, TC_STR_ARG(tct_build_first_error(&other)));
        tct_build_done(&other);
    }
    tct_build_done(&first);
    tct_source_done(&source);
    tc_buf_done(&text);
    tc_buf_done(&reordered);
}

/* ---- revoke ---- */

/* The file of a policy that changes nothing on top of the level. */
static struct tc_str
file_of_level(struct tct_build *b, enum tc_runtime runtime, const char *level)
{
    const struct tc_output *output;
    struct tc_buf text = {0};

    tc_buf_puts(&text, TC_STR("server s {\n"));
    tct_generate_runtime(&text, runtime);
    tc_buf_printf(&text, "    trust P;\n}\npolicy P extends %s { }\n", level);
    build(b, &no_files, "base.trust", tc_buf_str(&text));
    tc_buf_done(&text);
    output = b->status == TC_OK ? tct_build_output(b, "web_ptrust.config") : NULL;
    expect(output != NULL, "%s: a policy that adds nothing does not build: %.*s", level,
           TC_STR_ARG(tct_build_first_error(b)));
    return output == NULL ? TC_STR("") : output->bytes;
}

static void
revoked(struct tct_rng *rng, enum tc_runtime runtime)
{
    const struct tc_runtime_info *info = tc_runtime_info(runtime);
    const char *level = tct_rng_one_in(rng, 2) ? "minimal" : "low";
    struct tc_buf text = {0}, grants = {0}, revokes = {0};
    const bool whole = tct_rng_one_in(rng, 2);
    struct tct_build base, result;
    struct tc_str want = file_of_level(&base, runtime, level);
    const struct tc_output *output;

    for (size_t id = 0; id < TC_CLASS_COUNT_; id++) {
        const struct tc_class *cls = tc_class((enum tc_class_id)id);
        struct tc_buf body = {0};
        char declared[100];

        snprintf(declared, sizeof declared, "class=\"%s\"", cls->short_name);
        if (!tct_grantable(cls, info->framework) || !tct_rng_one_in(rng, 4) ||
            tc_str_find(want, tc_str_of(declared), 0) != SIZE_MAX)
            continue;
        tct_generate_permission(&body, rng, cls, info->framework);
        tc_buf_printf(&grants, "    grant %s%.*s\n", cls->word, TC_STR_ARG(tc_buf_str(&body)));
        if (whole || tc_str_ends(tc_buf_str(&body), TC_STR(";")))
            tc_buf_printf(&revokes, "    revoke %s;\n", cls->word);
        else
            tc_buf_printf(&revokes, "    revoke %s%.*s\n", cls->word, TC_STR_ARG(tc_buf_str(&body)));
        tc_buf_done(&body);
    }
    tc_buf_puts(&text, TC_STR("server s {\n"));
    tct_generate_runtime(&text, runtime);
    tc_buf_printf(&text, "    trust P;\n}\npolicy Granted extends %s {\n%.*s}\npolicy P extends Granted {\n%.*s}\n",
                  level, TC_STR_ARG(tc_buf_str(&grants)), TC_STR_ARG(tc_buf_str(&revokes)));
    build(&result, &no_files, "revoke.trust", tc_buf_str(&text));
    if (sane(&result, info->name)) {
        output = result.status == TC_OK ? tct_build_output(&result, "web_ptrust.config") : NULL;
        expect(output != NULL, "%s: grants and revokes do not build: %.*s", info->name,
               TC_STR_ARG(tct_build_first_error(&result)));
        if (output != NULL)
            expect(tc_str_eq(output->bytes, want), "%s: revoking all that was granted leaves something of it",
                   info->name);
    }
    tct_build_done(&result);
    tct_build_done(&base);
    tc_buf_done(&text);
    tc_buf_done(&grants);
    tc_buf_done(&revokes);
}

/* ---- all of it ---- */

static uint64_t
number(const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 10);

    if (*text == '\0' || *end != '\0') {
        fprintf(stderr, "property: '%s' is no number\n", text);
        exit(2);
    }
    return value;
}

int
main(int argc, char **argv)
{
    static const char *const folders[] = {"tests/golden", "examples", "stdlib-policies", "tests/fuzz/corpus/source"};
    uint64_t seed = 20261123, runs = 1000, seconds = 60, round = 0;
    struct inputs inputs = {0};
    const char *root = NULL;
    double begin = now();
    char path[1024];

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            seed = number(argv[++i]);
        else if (strcmp(argv[i], "--runs") == 0 && i + 1 < argc)
            runs = number(argv[++i]);
        else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc)
            seconds = number(argv[++i]);
        else
            root = argv[i];
    }
    if (root == NULL) {
        fputs("usage: property [--seed N] [--runs N] [--seconds N] ROOT\n", stderr);
        return 2;
    }
    signal(SIGALRM, hung);
    if (__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(died);
    printf("property: --seed %llu --runs %llu\n", (unsigned long long)seed, (unsigned long long)runs);
    tc_arena_init(&inputs.arena);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", root, folders[i]);
        find_inputs(&inputs, path);
    }
    state.what = "inputs";
    expect(inputs.count > 0, "there are no sources below %s", root);
    for (; round < runs && inputs.count > 0 && now() - begin < (double)seconds; round++) {
        struct tct_rng rng = tct_rng(seed, round);
        enum tc_runtime runtime = (enum tc_runtime)(round % TC_RT_COUNT_);

        state.what = "mutate";
        for (size_t i = 0; i < 5; i++)
            mutated(&inputs.list[tct_rng_below(&rng, inputs.count)], &rng);
        state.what = "layout";
        laid_out(&inputs.list[round % inputs.count], &rng);
        state.what = "fmt";
        for (size_t i = 0; i < 3; i++)
            formatted(&inputs.list[(round * 3 + i) % inputs.count], &rng);
        state.what = "random";
        random_source(&rng, runtime);
        state.what = "revoke";
        revoked(&rng, runtime);
    }
    if (round < runs)
        printf("property: stopped after %llu seconds and %llu runs\n", (unsigned long long)seconds,
               (unsigned long long)round);
    free(inputs.list);
    tc_arena_done(&inputs.arena);
    xmlCleanupParser();
    printf("property: %zu passed, %zu failed\n", state.passed, state.failed);
    return state.failed > 0;
}
