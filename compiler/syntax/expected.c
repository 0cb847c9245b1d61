#include "syntax/expected.h"

#include "data/tables.h"

void
tc_expected_add(struct tc_expected *expected, const char *word)
{
    if (expected->count < TC_EXPECTED_MAX)
        expected->words[expected->count] = word;
    expected->count++;
}

/* "a, b or c"; names no more than fit. */
static struct tc_str
join(struct tc_parser *p, const struct tc_expected *expected)
{
    struct tc_str text = {NULL, 0};
    size_t shown = expected->count < TC_EXPECTED_MAX ? expected->count : TC_EXPECTED_MAX;

    for (size_t i = 0; i < shown; i++) {
        const char *glue = i == 0 ? "" : i + 1 < shown ? ", " : " or ";

        text = tc_arena_printf(p->texts, "%.*s%s%s", TC_STR_ARG(text), glue, expected->words[i]);
    }
    return text;
}

/* The statement word that the user may have meant by @a name. */
static const char *
near_keyword(struct tc_str name)
{
    static const char *const keywords[] = {"language", "use",    "server",     "class",       "policy",     "application",
                                           "share",    "never",  "test",       "set",         "grant",      "possibly",
                                           "revoke",   "code",   "full-trust", "codegroups",  "raw",        "accept",
                                           "union",    "first-match", "extends", "unrestricted", "because", "until",
                                           "between",  "grants", "attributes", "description"};
    const char *best = NULL;
    unsigned best_distance = 3;

    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        unsigned distance = tc_str_distance(name, tc_str_of(keywords[i]), best_distance - 1);

        if (distance < best_distance && distance * 3 <= name.len) {
            best = keywords[i];
            best_distance = distance;
        }
    }
    return best;
}

void
tc_expected_report(struct tc_parser *p, struct tc_span span, bool at_end, const struct tc_expected *expected)
{
    struct tc_str token = tc_parser_text(p, span);
    struct tc_str statement = tc_parser_text(p, p->statement);
    const char *meant = p->statement_is_name ? near_keyword(statement) : NULL;
    struct tc_diag *diag;

    p->syntax_errors++;
    if (meant != NULL && p->previous.end != 0 && p->statement.begin != span.begin) {
        diag = tc_diag_add(p->diags, tc_code(TC_CODE_SYNTAX), p->statement, "'%.*s' is no statement",
                           TC_STR_ARG(statement));
        tc_diag_help(p->diags, diag, "did you mean '%s'?", meant);
        return;
    }
    if (at_end)
        diag = tc_diag_add(p->diags, tc_code(TC_CODE_SYNTAX), span, "the file ends where %.*s was expected",
                           TC_STR_ARG(join(p, expected)));
    else
        diag = tc_diag_add(p->diags, tc_code(TC_CODE_SYNTAX), span, "expected %.*s, not %s%.*s%s",
                           TC_STR_ARG(join(p, expected)), token.ptr[0] == '"' ? "" : "'", TC_STR_ARG(token),
                           token.ptr[0] == '"' ? "" : "'");
    meant = near_keyword(token);
    if (meant != NULL && !tc_str_eq(token, tc_str_of(meant)))
        tc_diag_help(p->diags, diag, "did you mean '%s'?", meant);
}

void
tc_expected_out_of_memory(struct tc_parser *p, struct tc_span span)
{
    tc_diag_add(p->diags, tc_code(TC_CODE_TOO_DEEP), span, "this is nested too deeply to be read");
    p->syntax_errors++;
}
