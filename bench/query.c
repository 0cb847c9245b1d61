/*
 * What questions cost after a source was parsed: `bench_query SOURCE`, one as bench_generate makes it. Each line is a
 * question about all applications, and the processor seconds that the answer and its text took:
 *
 *     subjects  what each application is granted: before the first question
 *     who       who can FileIO write a path
 *     part      who can FileIO read anything below a drive
 *     what      what the last application can do
 *     share     which applications share FileIO, and which share Web
 *     why       why the last application may not write a path, without what a change would do
 */
#include "api/trustc.h"
#include "ask/show.h"
#include "ask/why.h"
#include "measure.h"

#include <stdio.h>
#include <string.h>

struct bench {
    struct tc_compilation c;
    struct tc_subjects subjects;
    struct tc_buf out;
    double begin;
};

static void
say(struct bench *b, const char *what)
{
    printf("%s %.3f\n", what, bench_processor() - b->begin);
    tc_buf_clear(&b->out);
    b->begin = bench_processor();
}

/* FileIO with one path in field @a field. */
static const struct tc_perm *
file_demand(struct bench *b, size_t field, const char *path)
{
    struct tc_perm *perm = tc_perm_new(&b->c.arena, tc_class(TC_CLASS_FILE_IO), TC_NOWHERE);

    bench_require(perm != NULL, "memory");
    perm->values[field].present = true;
    bench_require(tc_list_add(&b->c.arena, &perm->values[field].list, (struct tc_item){.text = tc_str_of(path)}),
                  "memory");
    return perm;
}

static void
ask_all(struct bench *b, const struct tc_perm *demand, bool any_part)
{
    struct tc_arena scratch;
    struct tc_show show = {&scratch, &b->c.sources, &b->out};

    tc_arena_init(&scratch);
    for (size_t i = 0; i < b->subjects.count; i++) {
        struct tc_answer_may answer;

        tc_arena_reset(&scratch);
        bench_require(tc_answer_may(&scratch, &b->subjects.items[i], demand, any_part, &answer) == TC_OK, "who");
        if (answer.may.most != TC_MAY_NOT)
            tc_show_may(&show, &answer);
    }
    tc_arena_done(&scratch);
}

static void
share(struct bench *b, enum tc_class_id cls)
{
    const struct tc_subject **list = tc_arena_array(&b->c.arena, const struct tc_subject *, b->subjects.count);
    struct tc_show show = {&b->c.arena, &b->c.sources, &b->out};
    struct tc_answer_shared shared;

    bench_require(list != NULL, "memory");
    for (size_t i = 0; i < b->subjects.count; i++)
        list[i] = &b->subjects.items[i];
    bench_require(tc_answer_shared(&b->c.arena, list, b->subjects.count, tc_class(cls), &shared) == TC_OK, "share");
    tc_show_shared(&show, &shared);
}

int
main(int argc, char **argv)
{
    struct bench b;
    struct tc_sema_host host = tc_host_builtin();
    struct tc_sema_options options = {0};
    struct tc_source *source;
    struct tc_answer_what what;
    const struct tc_subject *last;
    struct tc_why why;
    size_t size;
    const char *text;

    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s SOURCE\n", argv[0]);
        return 2;
    }
    memset(&b, 0, sizeof b);
    text = bench_load(argv[1], &size);
    tc_compilation_init(&b.c);
    source = tc_sources_add_borrowed(&b.c.sources, tc_str_of(argv[1]), (struct tc_str){text, size});
    bench_require(source != NULL && tc_compile_source(&b.c, &host, &options, source) == TC_OK, argv[1]);
    b.begin = bench_processor();
    bench_require(tc_subjects_of_model(&b.c.arena, b.c.model, &b.subjects) == TC_OK, "subjects");
    bench_require(b.subjects.count > 0, "no application");
    say(&b, "subjects");
    ask_all(&b, file_demand(&b, 1, "D:\\Shared\\x"), false);
    say(&b, "who");
    ask_all(&b, file_demand(&b, 0, "D:\\"), true);
    say(&b, "part");
    last = &b.subjects.items[b.subjects.count - 1];
    bench_require(tc_answer_what(&b.c.arena, last, 0, &what) == TC_OK, "what");
    say(&b, "what");
    share(&b, TC_CLASS_FILE_IO);
    share(&b, TC_CLASS_WEB);
    say(&b, "share");
    bench_require(tc_why_of(&b.c.arena, last, file_demand(&b, 1, "E:\\x"), false, &why) == TC_OK, "why");
    say(&b, "why");
    tc_buf_done(&b.out);
    tc_compilation_done(&b.c);
    return 0;
}
