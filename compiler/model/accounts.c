#include "model/accounts.h"

static const struct {
    struct tc_str name;
    enum tc_account_kind kind;
    bool any_domain;
    const char *people;
} rows[] = {
#define TC_ACCOUNT(name, kind, any_domain, people, source)                                                             \
    {{name, sizeof(name) - 1}, TC_ACCOUNT_##kind, any_domain, people},
#include "data/accounts.def"
};

static struct tc_str
without_blanks(struct tc_arena *arena, struct tc_str text)
{
    char *out;
    size_t len = 0;

    if (!tc_str_has(text, ' '))
        return text;
    out = tc_arena_array(arena, char, text.len);
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

/* A name in its parts. */
struct parts {
    struct tc_str domain; /* empty: none is said */
    struct tc_str user;
    bool is_principal; /* user@domain */
};

static struct parts
parts_of(struct tc_str text)
{
    size_t slash = tc_str_find(text, TC_STR("\\"), 0), at = tc_str_find(text, TC_STR("@"), 0);

    if (slash != SIZE_MAX)
        return (struct parts){tc_str_trim(tc_str_sub(text, 0, slash)),
                              tc_str_trim(tc_str_sub(text, slash + 1, SIZE_MAX)), false};
    if (at != SIZE_MAX)
        return (struct parts){tc_str_trim(tc_str_sub(text, at + 1, SIZE_MAX)), tc_str_trim(tc_str_sub(text, 0, at)),
                              true};
    return (struct parts){TC_STR(""), tc_str_trim(text), false};
}

/* As much of a name as all names of one account have in common: the user, and the first label of the domain. */
static struct tc_str
perhaps_of(struct tc_arena *arena, struct tc_str server, const struct parts *parts)
{
    struct tc_str label = tc_str_sub(parts->domain, 0, tc_str_find(parts->domain, TC_STR("."), 1));

    if (is_local(server, parts->domain) || (server.len == 0 && !tc_str_has(parts->domain, ' ')))
        return tc_str_fold(arena, parts->user);
    return tc_str_fold(arena, tc_arena_printf(arena, "%.*s\\%.*s", TC_STR_ARG(label), TC_STR_ARG(parts->user)));
}

/* The row of an account that every domain has under a number of its own, by its SID; else @a name. General knowledge of
 * Windows. */
static struct tc_str
name_of_sid(struct tc_str name)
{
    static const struct {
        const char *number, *row;
    } numbers[] = {
        {"-500", "Administrator"}, {"-512", "DomainAdmins"}, {"-513", "DomainUsers"}, {"-519", "EnterpriseAdmins"}};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (tc_str_starts_nocase(name, TC_STR("S-1-5-21-")) && tc_str_ends(name, tc_str_of(numbers[i].number)))
            return tc_str_of(numbers[i].row);
    return name;
}

struct tc_account
tc_account_of(struct tc_arena *arena, struct tc_str server, struct tc_str text)
{
    struct parts parts = parts_of(text);
    struct tc_str bare = name_of_sid(without_blanks(arena, parts.user)), name = parts.user;
    bool local = !parts.is_principal && is_local(server, parts.domain);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((local || rows[i].any_domain) && tc_str_eq_nocase(bare, rows[i].name)) {
            struct tc_str people = tc_str_of(rows[i].people);

            return (struct tc_account){people, people, rows[i].kind, rows[i].people};
        }
    if (!local)
        name = tc_arena_printf(arena, "%.*s\\%.*s", TC_STR_ARG(parts.domain), TC_STR_ARG(parts.user));
    return (struct tc_account){
        .key = tc_str_fold(arena, parts.is_principal ? text : name),
        .perhaps = perhaps_of(arena, server, &parts),
    };
}
