/* The trustc policy language. Actions call one builder each and decide nothing: names are looked up in sema/. */

%define api.pure full
%define api.push-pull push
%define api.prefix {tc_yy}
%define api.location.type {struct tc_span}
%define api.token.prefix {TC_TOK_}
%define parse.lac full
%define parse.error custom
%locations
%expect 0
%param {struct tc_parser *p}

%code requires {
#include "syntax/ast_build.h"
#include "syntax/parser.h"
}

%code provides {
/** Whether token @a kind could come next. */
bool tc_parser_accepts(tc_yypstate *state, struct tc_parser *p, int kind);
/** How the grammar calls token @a kind. */
const char *tc_parser_token_name(int kind);
}

%code {
#include "syntax/expected.h"

#define YYLLOC_DEFAULT(current, rhs, n)                                                        \
    ((current) = (n) ? (struct tc_span){YYRHSLOC(rhs, 1).begin, YYRHSLOC(rhs, n).end}         \
                     : (struct tc_span){YYRHSLOC(rhs, 0).end, YYRHSLOC(rhs, 0).end})
#define ATOM(kind, span) tc_atom_new(p, (span), TC_ATOM_##kind)

static void tc_yyerror(const struct tc_span *span, struct tc_parser *p, const char *text);
}

%union {
    struct tc_atom *atom;
    struct tc_terms terms;
    struct tc_ast *node;
    struct tc_ast_list list;
    struct tc_ast_tail tail;
    bool flag;
}

%token END 0         "the end of the file"
%token NAME          "a name"
%token STRING        "a string"
%token NUMBER        "a number"
%token DATE          "a date"
%token SEMICOLON     "';'"
%token COMMA         "','"
%token OPEN          "'{'"
%token CLOSE         "'}'"
%token LANGUAGE      "'language'"
%token USE           "'use'"
%token SERVER        "'server'"
%token CLASS         "'class'"
%token POLICY        "'policy'"
%token EXTENDS       "'extends'"
%token APPLICATION   "'application'"
%token SHARE         "'share'"
%token BETWEEN       "'between'"
%token NEVER         "'never'"
%token TEST          "'test'"
%token SET           "'set'"
%token GRANT         "'grant'"
%token POSSIBLY      "'possibly'"
%token REVOKE        "'revoke'"
%token UNRESTRICTED  "'unrestricted'"
%token BECAUSE       "'because'"
%token UNTIL         "'until'"
%token CODE          "'code'"
%token GRANTS        "'grants'"
%token FULL_TRUST    "'full-trust'"
%token CODEGROUPS    "'codegroups'"
%token RAW           "'raw'"
%token ACCEPT        "'accept'"
%token ANY           "'any'"
%token MAY           "'may'"
%token NOT           "'not'"
%token UNION         "'union'"
%token FIRST_MATCH   "'first-match'"
%token NET           "'net'"
%token FILE_GROUP    "'file'"
%token CUSTOM        "'custom'"
%token OPTION_NAME   "'name'"
%token DESCRIPTION   "'description'"
%token ATTRIBUTES    "'attributes'"
%token ACCESS        "'access'"
%token BROKEN_END    "the end of the text" /* never accepted: an end where none can be */

%type <atom> name atom clause_atom plain_word subject string date option_word group_kind
%type <terms> terms clause_terms names strings
%type <node> item statement clause group group_item demand code_line grant option
%type <list> items statements clauses groups group_items demands options children
%type <list> body clause_body demand_body group_body condition_block
%type <tail> tail block_end
%type <flag> not_opt

%%

file
    : items                                 { p->file->items = $1; }
    ;

items
    : %empty                                { $$ = (struct tc_ast_list){NULL, NULL}; }
    | items item                            { $$ = tc_ast_list_add($1, $2); }
    | items SEMICOLON                             { $$ = $1; } /* the optional one behind an item's '}' */
    ;

item
    : LANGUAGE NUMBER SEMICOLON             { $$ = tc_ast_simple_new(p, @$, TC_AST_LANGUAGE, ATOM(NUMBER, @2)); }
    | USE string SEMICOLON                        { $$ = tc_ast_simple_new(p, @$, TC_AST_USE, $2); }
    | CLASS name string SEMICOLON                 { $$ = tc_ast_class_new(p, @$, $2, $3); }
    | SERVER name body        { $$ = tc_ast_block_new(p, @$, TC_AST_SERVER, $2, NULL, $3); }
    | POLICY name body        { $$ = tc_ast_block_new(p, @$, TC_AST_POLICY, $2, NULL, $3); }
    | POLICY name EXTENDS name body
                                            { $$ = tc_ast_block_new(p, @$, TC_AST_POLICY, $2, $4, $5); }
    | APPLICATION name body   { $$ = tc_ast_block_new(p, @$, TC_AST_APPLICATION, $2, NULL, $3); }
    | SHARE terms BETWEEN names tail SEMICOLON    { $$ = tc_ast_share_new(p, @$, $2, $4, $5); }
    | NEVER string demand_body
                                            { $$ = tc_ast_block_new(p, @$, TC_AST_NEVER, $2, NULL, $3); }
    | TEST string demand_body { $$ = tc_ast_block_new(p, @$, TC_AST_TEST, $2, NULL, $3); }
    | error SEMICOLON                             { $$ = tc_ast_bad_new(p, @$); yyerrok; }
    ;

semicolon_opt
    : %empty
    | SEMICOLON
    ;

/* ---- blocks of policies, applications, the server, sets ---- */

body
    : OPEN statements CLOSE                    { $$ = $2; }
    | OPEN statements error CLOSE              { $$ = tc_ast_list_add($2, tc_ast_bad_new(p, @3)); yyerrok; }
    ;

statements
    : %empty                                { $$ = (struct tc_ast_list){NULL, NULL}; }
    | statements statement                  { $$ = tc_ast_list_add($1, $2); }
    ;

statement
    : plain_word SEMICOLON                        { $$ = tc_ast_setting_new(p, @$, tc_terms_start($1)); }
    | plain_word terms SEMICOLON                  { struct tc_terms all = tc_terms_start($1);
                                              if (all.last != NULL) { all.last->next = $2.first; all.last = $2.last; }
                                              $$ = tc_ast_setting_new(p, @$, all); }
    | grant                                 { $$ = $1; }
    | POSSIBLY grant                        { $$ = tc_ast_grant_possibly($2, @$, p); }
    | REVOKE name SEMICOLON                       { $$ = tc_ast_revoke_new(p, @$, $2, true, (struct tc_ast_list){NULL, NULL}); }
    | REVOKE name clause_body semicolon_opt { $$ = tc_ast_revoke_new(p, @$, $2, false, $3); }
    | SET name body semicolon_opt           { $$ = tc_ast_block_new(p, @$, TC_AST_SET, $2, NULL, $3); }
    | CODE code_line                        { $$ = tc_ast_group_finish($2, @$, NULL, false, (struct tc_ast_list){NULL, NULL}); }
    | FULL_TRUST terms SEMICOLON                  { $$ = tc_ast_full_trust_new(p, @$, $2); }
    | CODEGROUPS group_body semicolon_opt   { $$ = tc_ast_codegroups_new(p, @$, $2); }
    | RAW strings SEMICOLON                       { $$ = tc_ast_raw_new(p, @$, $2); }
    | ACCEPT name tail SEMICOLON                  { $$ = tc_ast_accept_new(p, @$, $2, $3); }
    | error SEMICOLON                             { $$ = tc_ast_bad_new(p, @$); yyerrok; }
    ;

grant
    : GRANT name UNRESTRICTED tail SEMICOLON      { $$ = tc_ast_grant_new(p, @$, $2, true, (struct tc_ast_list){NULL, NULL}, $4); }
    | GRANT name clause_body block_end      { $$ = tc_ast_grant_new(p, @$, $2, false, $3, $4); }
    ;

block_end
    : semicolon_opt                         { $$ = (struct tc_ast_tail){NULL, NULL}; }
    | BECAUSE string SEMICOLON                    { $$ = (struct tc_ast_tail){$2, NULL}; }
    | UNTIL date SEMICOLON                        { $$ = (struct tc_ast_tail){NULL, $2}; }
    | BECAUSE string UNTIL date SEMICOLON         { $$ = (struct tc_ast_tail){$2, $4}; }
    ;

tail
    : %empty                                { $$ = (struct tc_ast_tail){NULL, NULL}; }
    | BECAUSE string                        { $$ = (struct tc_ast_tail){$2, NULL}; }
    | UNTIL date                            { $$ = (struct tc_ast_tail){NULL, $2}; }
    | BECAUSE string UNTIL date             { $$ = (struct tc_ast_tail){$2, $4}; }
    ;

/* ---- clauses of grants, demands, conditions ---- */

clause_body
    : OPEN clauses CLOSE                       { $$ = $2; }
    | OPEN clauses error CLOSE                 { $$ = tc_ast_list_add($2, tc_ast_bad_new(p, @3)); yyerrok; }
    ;

clauses
    : %empty                                { $$ = (struct tc_ast_list){NULL, NULL}; }
    | clauses clause                        { $$ = tc_ast_list_add($1, $2); }
    ;

clause
    : clause_terms SEMICOLON                      { $$ = tc_ast_clause_new(p, @$, $1, false, (struct tc_ast_list){NULL, NULL}); }
    | clause_terms clause_body semicolon_opt
                                            { $$ = tc_ast_clause_new(p, @$, $1, true, $2); }
    | error SEMICOLON                             { $$ = tc_ast_bad_new(p, @$); yyerrok; }
    ;

clause_terms
    : clause_atom                           { $$ = tc_terms_start($1); }
    | clause_terms clause_atom              { $$ = tc_terms_add($1, $2, false); }
    | clause_terms COMMA clause_atom          { $$ = tc_terms_add($1, $3, true); }
    ;

/* ---- code groups ---- */

code_line
    : terms condition_block GRANTS name options SEMICOLON
                                            { $$ = tc_ast_group_new(p, @$, $1, $2, $2.first != NULL, $4, (struct tc_ast_list){NULL, NULL}, $5); }
    | terms condition_block GRANTS body options semicolon_opt
                                            { $$ = tc_ast_group_new(p, @$, $1, $2, $2.first != NULL, NULL, $4, $5); }
    ;

group_body
    : OPEN group_items CLOSE                   { $$ = $2; }
    | OPEN group_items error CLOSE             { $$ = tc_ast_list_add($2, tc_ast_bad_new(p, @3)); yyerrok; }
    ;

group_items
    : %empty                                { $$ = (struct tc_ast_list){NULL, NULL}; }
    | group_items group_item                { $$ = tc_ast_list_add($1, $2); }
    ;

group_item
    : group_kind group children             { $$ = tc_ast_group_finish($2, @$, $1, false, $3); }
    | CUSTOM string group children          { $$ = tc_ast_group_finish($3, @$, $2, true, $4); }
    | RAW strings SEMICOLON                       { $$ = tc_ast_raw_new(p, @$, $2); }
    | error SEMICOLON                             { $$ = tc_ast_bad_new(p, @$); yyerrok; }
    ;

group_kind
    : UNION                                 { $$ = ATOM(NAME, @1); }
    | FIRST_MATCH                           { $$ = ATOM(NAME, @1); }
    | NET                                   { $$ = ATOM(NAME, @1); }
    | FILE_GROUP                            { $$ = ATOM(NAME, @1); }
    ;

group
    : terms condition_block GRANTS name options
                                            { $$ = tc_ast_group_new(p, @$, $1, $2, $2.first != NULL, $4, (struct tc_ast_list){NULL, NULL}, $5); }
    | terms condition_block GRANTS body options
                                            { $$ = tc_ast_group_new(p, @$, $1, $2, $2.first != NULL, NULL, $4, $5); }
    ;

children
    : SEMICOLON                                   { $$ = (struct tc_ast_list){NULL, NULL}; }
    | groups semicolon_opt                  { $$ = $1; }
    ;

groups
    : group_body                            { $$ = $1; }
    ;

condition_block
    : %empty                                { $$ = (struct tc_ast_list){NULL, NULL}; }
    | clause_body                           { $$ = $1; }
    ;

options
    : %empty                                { $$ = (struct tc_ast_list){NULL, NULL}; }
    | options option                        { $$ = tc_ast_list_add($1, $2); }
    ;

option
    : option_word names                     { struct tc_terms all = tc_terms_start($1);
                                              if (all.last != NULL) { all.last->next = $2.first; all.last = $2.last; }
                                              $$ = tc_ast_clause_new(p, @$, all, false, (struct tc_ast_list){NULL, NULL}); }
    ;

option_word
    : OPTION_NAME                           { $$ = ATOM(NAME, @1); }
    | DESCRIPTION                           { $$ = ATOM(NAME, @1); }
    | ATTRIBUTES                            { $$ = ATOM(NAME, @1); }
    | ACCESS                                { $$ = ATOM(NAME, @1); }
    ;

/* ---- never and test ---- */

demand_body
    : OPEN demands CLOSE                       { $$ = $2; }
    | OPEN demands error CLOSE                 { $$ = tc_ast_list_add($2, tc_ast_bad_new(p, @3)); yyerrok; }
    ;

demands
    : %empty                                { $$ = (struct tc_ast_list){NULL, NULL}; }
    | demands demand                        { $$ = tc_ast_list_add($1, $2); }
    ;

demand
    : subject MAY not_opt clause_terms SEMICOLON  { $$ = tc_ast_demand_new(p, @$, $1, $3, $4); }
    | error SEMICOLON                             { $$ = tc_ast_bad_new(p, @$); yyerrok; }
    ;

subject
    : name                                  { $$ = $1; }
    | ANY APPLICATION                       { $$ = NULL; }
    ;

not_opt
    : %empty                                { $$ = false; }
    | NOT                                   { $$ = true; }
    ;

/* ---- words and values ---- */

names
    : name                                  { $$ = tc_terms_start($1); }
    | names COMMA name                        { $$ = tc_terms_add($1, $3, true); }
    ;

strings
    : string                                { $$ = tc_terms_start($1); }
    | strings string                        { $$ = tc_terms_add($1, $2, false); }
    ;

terms
    : atom                                  { $$ = tc_terms_start($1); }
    | terms atom                            { $$ = tc_terms_add($1, $2, false); }
    | terms COMMA atom                        { $$ = tc_terms_add($1, $3, true); }
    ;

string
    : STRING                                { $$ = ATOM(STRING, @1); }
    ;

date
    : DATE                                  { $$ = ATOM(DATE, @1); }
    ;

plain_word
    : NAME                                  { $$ = ATOM(NAME, @1); }
    ;

/* A value or a word inside a statement: anything that cannot begin the next one. */
atom
    : NAME                                  { $$ = ATOM(NAME, @1); }
    | STRING                                { $$ = ATOM(STRING, @1); }
    | NUMBER                                { $$ = ATOM(NUMBER, @1); }
    | DATE                                  { $$ = ATOM(DATE, @1); }
    | UNRESTRICTED                          { $$ = ATOM(NAME, @1); }
    | EXTENDS                               { $$ = ATOM(NAME, @1); }
    | ANY                                   { $$ = ATOM(NAME, @1); }
    | MAY                                   { $$ = ATOM(NAME, @1); }
    | UNION                                 { $$ = ATOM(NAME, @1); }
    | FIRST_MATCH                           { $$ = ATOM(NAME, @1); }
    | NET                                   { $$ = ATOM(NAME, @1); }
    | FILE_GROUP                            { $$ = ATOM(NAME, @1); }
    | CUSTOM                                { $$ = ATOM(NAME, @1); }
    | OPTION_NAME                           { $$ = ATOM(NAME, @1); }
    | DESCRIPTION                           { $$ = ATOM(NAME, @1); }
    | ATTRIBUTES                            { $$ = ATOM(NAME, @1); }
    | ACCESS                                { $$ = ATOM(NAME, @1); }
    ;

clause_atom
    : atom                                  { $$ = $1; }
    | ACCEPT                                { $$ = ATOM(NAME, @1); }
    ;

/* The name of something, where no keyword could stand: any word will do. */
name
    : NAME                                  { $$ = ATOM(NAME, @1); }
    | STRING                                { $$ = ATOM(STRING, @1); }
    | LANGUAGE                              { $$ = ATOM(NAME, @1); }
    | USE                                   { $$ = ATOM(NAME, @1); }
    | SERVER                                { $$ = ATOM(NAME, @1); }
    | CLASS                                 { $$ = ATOM(NAME, @1); }
    | POLICY                                { $$ = ATOM(NAME, @1); }
    | EXTENDS                               { $$ = ATOM(NAME, @1); }
    | APPLICATION                           { $$ = ATOM(NAME, @1); }
    | SHARE                                 { $$ = ATOM(NAME, @1); }
    | BETWEEN                               { $$ = ATOM(NAME, @1); }
    | NEVER                                 { $$ = ATOM(NAME, @1); }
    | TEST                                  { $$ = ATOM(NAME, @1); }
    | SET                                   { $$ = ATOM(NAME, @1); }
    | GRANT                                 { $$ = ATOM(NAME, @1); }
    | POSSIBLY                              { $$ = ATOM(NAME, @1); }
    | REVOKE                                { $$ = ATOM(NAME, @1); }
    | UNRESTRICTED                          { $$ = ATOM(NAME, @1); }
    | BECAUSE                               { $$ = ATOM(NAME, @1); }
    | UNTIL                                 { $$ = ATOM(NAME, @1); }
    | CODE                                  { $$ = ATOM(NAME, @1); }
    | GRANTS                                { $$ = ATOM(NAME, @1); }
    | FULL_TRUST                            { $$ = ATOM(NAME, @1); }
    | CODEGROUPS                            { $$ = ATOM(NAME, @1); }
    | RAW                                   { $$ = ATOM(NAME, @1); }
    | ACCEPT                                { $$ = ATOM(NAME, @1); }
    | ANY                                   { $$ = ATOM(NAME, @1); }
    | MAY                                   { $$ = ATOM(NAME, @1); }
    | NOT                                   { $$ = ATOM(NAME, @1); }
    | UNION                                 { $$ = ATOM(NAME, @1); }
    | FIRST_MATCH                           { $$ = ATOM(NAME, @1); }
    | NET                                   { $$ = ATOM(NAME, @1); }
    | FILE_GROUP                            { $$ = ATOM(NAME, @1); }
    | CUSTOM                                { $$ = ATOM(NAME, @1); }
    | OPTION_NAME                           { $$ = ATOM(NAME, @1); }
    | DESCRIPTION                           { $$ = ATOM(NAME, @1); }
    | ATTRIBUTES                            { $$ = ATOM(NAME, @1); }
    | ACCESS                                { $$ = ATOM(NAME, @1); }
    ;

%%

bool
tc_parser_accepts(tc_yypstate *state, struct tc_parser *p, int kind)
{
    yysymbol_kind_t expected[YYNTOKENS];
    int count = yypstate_expected_tokens(state, expected, YYNTOKENS);

    (void)p;
    for (int i = 0; i < count; i++)
        if (expected[i] == YYTRANSLATE(kind))
            return true;
    return false;
}

const char *
tc_parser_token_name(int kind)
{
    return yysymbol_name(YYTRANSLATE(kind));
}

/* Strikes out the tokens of a class of words when all of @a marks are expected, so that the message can name the class. */
static bool
take(bool *expected, const yysymbol_kind_t *marks, size_t mark_count, const yysymbol_kind_t *members, size_t member_count)
{
    for (size_t i = 0; i < mark_count; i++)
        if (!expected[marks[i]])
            return false;
    for (size_t i = 0; i < member_count; i++)
        expected[members[i]] = false;
    return true;
}

static int
yyreport_syntax_error(const yypcontext_t *context, struct tc_parser *p)
{
    static const yysymbol_kind_t name_marks[] = {YYSYMBOL_NAME, YYSYMBOL_STRING, YYSYMBOL_LANGUAGE, YYSYMBOL_GRANT};
    static const yysymbol_kind_t value_marks[] = {YYSYMBOL_NAME, YYSYMBOL_STRING, YYSYMBOL_NUMBER};
    static const yysymbol_kind_t statement_marks[] = {YYSYMBOL_GRANT, YYSYMBOL_REVOKE, YYSYMBOL_CODE};
    static const yysymbol_kind_t item_marks[] = {YYSYMBOL_POLICY, YYSYMBOL_APPLICATION};
    static const yysymbol_kind_t demand_marks[] = {YYSYMBOL_LANGUAGE, YYSYMBOL_ANY, YYSYMBOL_CLOSE};
    static const yysymbol_kind_t group_marks[] = {YYSYMBOL_UNION, YYSYMBOL_CUSTOM, YYSYMBOL_RAW, YYSYMBOL_CLOSE};
    static const yysymbol_kind_t words[] = {
        YYSYMBOL_NAME,     YYSYMBOL_STRING,      YYSYMBOL_NUMBER,      YYSYMBOL_DATE,       YYSYMBOL_LANGUAGE,
        YYSYMBOL_USE,      YYSYMBOL_SERVER,      YYSYMBOL_CLASS,       YYSYMBOL_POLICY,     YYSYMBOL_EXTENDS,
        YYSYMBOL_APPLICATION, YYSYMBOL_SHARE,    YYSYMBOL_BETWEEN,     YYSYMBOL_NEVER,      YYSYMBOL_TEST,
        YYSYMBOL_SET,      YYSYMBOL_GRANT,       YYSYMBOL_POSSIBLY,    YYSYMBOL_REVOKE,     YYSYMBOL_UNRESTRICTED,
        YYSYMBOL_BECAUSE,  YYSYMBOL_UNTIL,       YYSYMBOL_CODE,        YYSYMBOL_GRANTS,     YYSYMBOL_FULL_TRUST,
        YYSYMBOL_CODEGROUPS, YYSYMBOL_RAW,       YYSYMBOL_ACCEPT,      YYSYMBOL_ANY,        YYSYMBOL_MAY,
        YYSYMBOL_NOT,      YYSYMBOL_UNION,       YYSYMBOL_FIRST_MATCH, YYSYMBOL_NET,        YYSYMBOL_FILE_GROUP,
        YYSYMBOL_CUSTOM,   YYSYMBOL_OPTION_NAME, YYSYMBOL_DESCRIPTION, YYSYMBOL_ATTRIBUTES, YYSYMBOL_ACCESS};
    static const yysymbol_kind_t values[] = {
        YYSYMBOL_NAME,    YYSYMBOL_STRING,      YYSYMBOL_NUMBER,      YYSYMBOL_DATE,       YYSYMBOL_UNRESTRICTED,
        YYSYMBOL_EXTENDS, YYSYMBOL_ANY,         YYSYMBOL_MAY,         YYSYMBOL_UNION,      YYSYMBOL_FIRST_MATCH,
        YYSYMBOL_NET,     YYSYMBOL_FILE_GROUP,  YYSYMBOL_CUSTOM,      YYSYMBOL_OPTION_NAME, YYSYMBOL_DESCRIPTION,
        YYSYMBOL_ATTRIBUTES, YYSYMBOL_ACCESS,   YYSYMBOL_ACCEPT};
    static const yysymbol_kind_t statements[] = {
        YYSYMBOL_NAME,  YYSYMBOL_GRANT,      YYSYMBOL_POSSIBLY,   YYSYMBOL_REVOKE, YYSYMBOL_SET,
        YYSYMBOL_CODE,  YYSYMBOL_FULL_TRUST, YYSYMBOL_CODEGROUPS, YYSYMBOL_RAW,    YYSYMBOL_ACCEPT};
    static const yysymbol_kind_t items[] = {
        YYSYMBOL_LANGUAGE,    YYSYMBOL_USE,   YYSYMBOL_SERVER, YYSYMBOL_CLASS, YYSYMBOL_POLICY,
        YYSYMBOL_APPLICATION, YYSYMBOL_SHARE, YYSYMBOL_NEVER,  YYSYMBOL_TEST};
    static const yysymbol_kind_t groups[] = {
        YYSYMBOL_UNION, YYSYMBOL_FIRST_MATCH, YYSYMBOL_NET, YYSYMBOL_FILE_GROUP, YYSYMBOL_CUSTOM, YYSYMBOL_RAW};
    bool expected[YYNTOKENS] = {false};
    yysymbol_kind_t list[YYNTOKENS], found = yypcontext_token(context);
    enum tc_unexpected token = TC_UNEXPECTED_OTHER;
    int count = yypcontext_expected_tokens(context, list, YYNTOKENS);
    struct tc_expected words_expected = {0};

    for (int i = 0; i < count; i++)
        expected[list[i]] = true;
#define TAKE(marks, members) \
    take(expected, marks, sizeof marks / sizeof *marks, members, sizeof members / sizeof *members)
    if (TAKE(demand_marks, words))
        tc_expected_add(&words_expected, "a demand");
    if (TAKE(name_marks, words))
        tc_expected_add(&words_expected, "a name");
    if (TAKE(value_marks, values)) {
        tc_expected_add(&words_expected, expected[YYSYMBOL_CLOSE] ? "a clause" : "a value");
        words_expected.value = true;
    }
    if (TAKE(statement_marks, statements)) {
        tc_expected_add(&words_expected, "a statement");
        words_expected.beginning = true;
    }
    if (TAKE(group_marks, groups)) {
        tc_expected_add(&words_expected, "a code group");
        words_expected.beginning = true;
    }
    if (TAKE(item_marks, items)) {
        tc_expected_add(&words_expected, "an item (policy, application, server, ...)");
        words_expected.beginning = true;
        expected[YYSYMBOL_SEMICOLON] = false;
    }
#undef TAKE
    for (int i = YYSYMBOL_YYEOF; i < YYNTOKENS; i++)
        if (expected[i])
            tc_expected_add(&words_expected, yysymbol_name((yysymbol_kind_t)i));
    if (found == YYSYMBOL_BROKEN_END)
        token = TC_UNEXPECTED_END;
    else if (found == YYSYMBOL_BECAUSE || found == YYSYMBOL_UNTIL)
        token = TC_UNEXPECTED_TAIL;
    else if (found >= YYSYMBOL_LANGUAGE)
        token = TC_UNEXPECTED_KEYWORD;
    tc_expected_report(p, *yypcontext_location(context), token, &words_expected);
    return 0;
}

static void
tc_yyerror(const struct tc_span *span, struct tc_parser *p, const char *text)
{
    (void)text; /* the only text left is "memory exhausted": syntax errors go through yyreport_syntax_error() */
    tc_expected_out_of_memory(p, *span);
}
