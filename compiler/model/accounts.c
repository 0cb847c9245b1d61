#include "model/accounts.h"

static const struct {
    const char *name;
    enum tc_account_kind kind;
    bool any_domain;
    const char *people;
} rows[] = {
#define TC_ACCOUNT(name, kind, any_domain, people, source) {name, TC_ACCOUNT_##kind, any_domain, people},
#include "data/accounts.def"
};

static struct tc_str
without_blanks(struct tc_arena *arena, struct tc_str text)
{
    char *out = tc_arena_array(arena, char, text.len);
    size_t len = 0;

    for (size_t i = 0; out != NULL && i < text.len; i++)
        if (text.ptr[i] != ' ')
            out[len++] = text.ptr[i];
    return (struct tc_str){out, len};
}

static bool
is_local(struct tc_str server, struct tc_str domain)
{
    static const char *const domains[] = {"", ".", "BUILTIN", "NT AUTHORITY"};

    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++)
        if (tc_str_eq_nocase(domain, tc_str_of(domains[i])))
            return true;
    return tc_str_eq_nocase(domain, server);
}

struct tc_account
tc_account_of(struct tc_arena *arena, struct tc_str server, struct tc_str text)
{
    size_t slash = tc_str_find(text, TC_STR("\\"), 0);
    struct tc_str domain = slash == SIZE_MAX ? TC_STR("") : tc_str_trim(tc_str_sub(text, 0, slash));
    struct tc_str name = tc_str_trim(slash == SIZE_MAX ? text : tc_str_sub(text, slash + 1, SIZE_MAX));
    struct tc_str bare = without_blanks(arena, name);
    bool local = is_local(server, domain);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((local || rows[i].any_domain) && tc_str_eq_nocase(bare, tc_str_of(rows[i].name)))
            return (struct tc_account){tc_str_of(rows[i].people), rows[i].kind, rows[i].people};
    return (struct tc_account){
        .key = tc_str_fold(arena,
                           local ? name : tc_arena_printf(arena, "%.*s\\%.*s", TC_STR_ARG(domain), TC_STR_ARG(name))),
    };
}
