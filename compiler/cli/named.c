#include "cli/named.h"

#include "cli/commands.h"
#include "model/clauses.h"

static void
put_names(struct tc_buf *out, const struct tc_subjects *subjects)
{
    enum { SHOWN = 10 };

    for (size_t i = 0; i < subjects->count && i < SHOWN; i++) {
        tc_buf_puts(out, i == 0 ? TC_STR("") : TC_STR(", "));
        tc_put_name(out, subjects->items[i].name);
    }
    if (subjects->count > SHOWN)
        tc_buf_printf(out, " and %zu more", subjects->count - SHOWN);
    tc_buf_putc(out, '\n');
}

static void
complain(const char *command, const struct tc_subjects *subjects, const char *name, struct tc_str near,
         const char *question)
{
    struct tc_buf out = {0};

    tc_buf_printf(&out, "trustc %s: ", command);
    if (subjects->count == 0) {
        tc_buf_puts(&out, TC_STR("this source declares no application. Is it the right file?\n"));
    } else if (name == NULL) {
        tc_buf_puts(&out, tc_str_of(question));
        put_names(&out, subjects);
    } else {
        tc_buf_printf(&out, "--application: the source has no application '%s'\n", name);
        if (near.len > 0) {
            tc_buf_printf(&out, "did you mean '%.*s'?\n", TC_STR_ARG(near));
        } else {
            tc_buf_puts(&out, TC_STR("it has "));
            put_names(&out, subjects);
        }
    }
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
}

const struct tc_subject *
tc_named_subject(const char *command, const struct tc_subjects *subjects, const char *name, const char *question)
{
    struct tc_str near = {0};
    unsigned best = 4;

    for (size_t i = 0; name != NULL && i < subjects->count; i++) {
        unsigned distance = tc_str_distance(subjects->items[i].name, tc_str_of(name), best - 1);

        if (tc_str_is(subjects->items[i].name, name))
            return &subjects->items[i];
        if (distance < best) {
            best = distance;
            near = subjects->items[i].name;
        }
    }
    if (name == NULL && subjects->count == 1)
        return &subjects->items[0];
    complain(command, subjects, name, near, question);
    return NULL;
}
