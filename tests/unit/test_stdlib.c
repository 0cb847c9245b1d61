/*
 * The standard policies, cell by cell, against the reference on defaults; Medium of 2.0 against the one real file.
 *
 * What is compared are the policies in effect: those of applications whose policy only extends the level, so that
 * embedding, parsing, inheritance and the stock code groups are all in it.
 */
#include "api/stdlib_data.h"
#include "api/trustc.h"
#include "support/case.h"
#include "support/unit.h"
#include "syntax/parse.h"
#include "unit/suites.h"

#include <errno.h>
#include <inttypes.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ(value)                                                                                                    \
    {                                                                                                                  \
        value, NULL, "●"                                                                                             \
    } /* read in a real policy file */
#define DOC(value)                                                                                                     \
    {                                                                                                                  \
        value, NULL, "◐"                                                                                             \
    } /* documented */
#define GEN(value)                                                                                                     \
    {                                                                                                                  \
        value, NULL, "○"                                                                                             \
    } /* general knowledge */
#define UNSURE(sure, maybe)                                                                                            \
    {                                                                                                                  \
        sure, maybe, "?"                                                                                               \
    } /* what all readings have in common; what only some have */
#define NO_CLASS                                                                                                       \
    {                                                                                                                  \
        NULL, NULL, NULL                                                                                               \
    }

#define ORIGIN    "$OriginHost$"
#define VARIABLES "TEMP;TMP;USERNAME;OS;COMPUTERNAME"
#define FIVE      "Assertion, Execution, ControlThread, ControlPrincipal, RemotingConfiguration"
#define FOUR      "Execution, ControlThread, ControlPrincipal, RemotingConfiguration"
#define NO_LIMIT  "9223372036854775807"

/* ---- the reference, sections 1 to 4 ---- */

enum column { COLUMN_1_1, COLUMN_2_0, COLUMN_4_0, COLUMN_COUNT };

/* 3.5 and 4.0 legacy are the 2.0 SP1 column. 2.0 RTM is no target. */
static const enum column columns[TC_RT_COUNT_] = {COLUMN_1_1, COLUMN_2_0, COLUMN_2_0, COLUMN_4_0, COLUMN_2_0};

struct cell {
    const char *sure;     /* as the XML attribute has it; NULL: not granted */
    const char *possible; /* what a `possibly grant` says */
    const char *mark;     /* NULL: the class does not exist */
};

/* Attribute "*" is the class as a whole. A class without a row ("everything else") is not granted. */
static const struct row {
    enum tc_level_id level;
    const char *cls;
    const char *attribute;
    struct cell cells[COLUMN_COUNT]; /* 1.1, 2.0 SP1, 4.0 */
} rows[] = {
    {TC_LEVEL_MEDIUM, "AspNetHosting", "Level", {DOC("Medium"), READ("Medium"), DOC("Medium")}},
    {TC_LEVEL_MEDIUM, "Dns", "Unrestricted", {DOC("true"), READ("true"), DOC("true")}},
    {TC_LEVEL_MEDIUM, "Environment", "Read", {DOC(VARIABLES), READ(VARIABLES), DOC(VARIABLES)}},
    {TC_LEVEL_MEDIUM, "FileIO", "Read", {DOC("$AppDir$"), READ("$AppDir$"), DOC("$AppDir$")}},
    {TC_LEVEL_MEDIUM, "FileIO", "Write", {DOC("$AppDir$"), READ("$AppDir$"), DOC("$AppDir$")}},
    {TC_LEVEL_MEDIUM, "FileIO", "Append", {DOC("$AppDir$"), READ("$AppDir$"), DOC("$AppDir$")}},
    {TC_LEVEL_MEDIUM, "FileIO", "PathDiscovery", {DOC("$AppDir$"), READ("$AppDir$"), DOC("$AppDir$")}},
    {TC_LEVEL_MEDIUM,
     "IsolatedStorage",
     "Allowed",
     {DOC("AssemblyIsolationByUser"), READ("AssemblyIsolationByUser"), DOC("AssemblyIsolationByUser")}},
    {TC_LEVEL_MEDIUM, "IsolatedStorage", "UserQuota", {DOC(NO_LIMIT), READ(NO_LIMIT), DOC(NO_LIMIT)}},
    {TC_LEVEL_MEDIUM, "Printing", "Level", {DOC("DefaultPrinting"), READ("DefaultPrinting"), DOC("DefaultPrinting")}},
    {TC_LEVEL_MEDIUM,
     "Reflection",
     "Flags",
     {DOC(NULL), READ("RestrictedMemberAccess"), DOC("RestrictedMemberAccess")}},
    {TC_LEVEL_MEDIUM, "Security", "Flags", {GEN(FIVE), READ(FIVE), DOC(FOUR)}},
    {TC_LEVEL_MEDIUM, "Smtp", "Access", {NO_CLASS, READ("Connect"), DOC("Connect")}},
    {TC_LEVEL_MEDIUM, "SqlClient", "Unrestricted", {GEN("true"), READ("true"), DOC("true")}},
    {TC_LEVEL_MEDIUM, "TypeDescriptor", "Unrestricted", {NO_CLASS, READ(NULL), DOC("true")}},
    {TC_LEVEL_MEDIUM, "Web", "ConnectAccess", {GEN(ORIGIN), READ(ORIGIN), UNSURE(ORIGIN, NULL)}},
    {TC_LEVEL_MEDIUM, "Web", "Unrestricted", {GEN(NULL), READ(NULL), UNSURE(NULL, "true")}},
    {TC_LEVEL_MEDIUM, "Registry", "*", {DOC(NULL), READ(NULL), DOC(NULL)}},
    {TC_LEVEL_MEDIUM, "Socket", "*", {DOC(NULL), READ(NULL), DOC(NULL)}},
    {TC_LEVEL_MEDIUM, "OleDb", "*", {DOC(NULL), READ(NULL), DOC(NULL)}},
    {TC_LEVEL_MEDIUM, "Odbc", "*", {DOC(NULL), READ(NULL), DOC(NULL)}},
    {TC_LEVEL_MEDIUM, "Oracle", "*", {DOC(NULL), READ(NULL), DOC(NULL)}},
    {TC_LEVEL_MEDIUM, "EventLog", "*", {DOC(NULL), READ(NULL), DOC(NULL)}},
    {TC_LEVEL_MEDIUM, "PerformanceCounter", "*", {DOC(NULL), READ(NULL), DOC(NULL)}},
    {TC_LEVEL_MEDIUM, "MessageQueue", "*", {DOC(NULL), READ(NULL), DOC(NULL)}},
    {TC_LEVEL_MEDIUM, "UI", "*", {DOC(NULL), READ(NULL), DOC(NULL)}},
    {TC_LEVEL_MEDIUM, "KeyContainer", "*", {NO_CLASS, READ(NULL), DOC(NULL)}},
    {TC_LEVEL_MEDIUM, "Store", "*", {NO_CLASS, READ(NULL), DOC(NULL)}},
    {TC_LEVEL_MEDIUM, "DataProtection", "*", {NO_CLASS, READ(NULL), DOC(NULL)}},
    {TC_LEVEL_MEDIUM, "DistributedTransaction", "*", {NO_CLASS, READ(NULL), DOC(NULL)}},

    {TC_LEVEL_HIGH, "AspNetHosting", "Level", {DOC("High"), GEN("High"), GEN("High")}},
    {TC_LEVEL_HIGH, "Dns", "Unrestricted", {DOC("true"), GEN("true"), GEN("true")}},
    {TC_LEVEL_HIGH, "Environment", "Unrestricted", {DOC("true"), GEN("true"), GEN("true")}},
    {TC_LEVEL_HIGH, "FileIO", "Unrestricted", {DOC("true"), DOC("true"), DOC("true")}},
    {TC_LEVEL_HIGH, "IsolatedStorage", "Unrestricted", {DOC("true"), GEN("true"), GEN("true")}},
    {TC_LEVEL_HIGH, "Printing", "Level", {DOC("DefaultPrinting"), GEN("DefaultPrinting"), GEN("DefaultPrinting")}},
    {TC_LEVEL_HIGH,
     "Reflection",
     "Flags",
     {DOC("ReflectionEmit"), GEN("ReflectionEmit, RestrictedMemberAccess"),
      UNSURE("RestrictedMemberAccess", "ReflectionEmit")}},
    {TC_LEVEL_HIGH, "Registry", "Unrestricted", {DOC("true"), GEN("true"), GEN("true")}},
    {TC_LEVEL_HIGH, "Security", "Flags", {GEN(FIVE), GEN(FIVE), UNSURE(FOUR, "Assertion")}},
    {TC_LEVEL_HIGH, "Smtp", "Access", {NO_CLASS, GEN("Connect"), GEN("Connect")}},
    {TC_LEVEL_HIGH, "Socket", "Unrestricted", {GEN("true"), DOC("true"), GEN("true")}},
    {TC_LEVEL_HIGH, "SqlClient", "Unrestricted", {GEN("true"), DOC("true"), GEN("true")}},
    {TC_LEVEL_HIGH, "Web", "ConnectAccess", {UNSURE(ORIGIN, NULL), UNSURE(ORIGIN, NULL), UNSURE(ORIGIN, NULL)}},
    {TC_LEVEL_HIGH, "Web", "Unrestricted", {UNSURE(NULL, "true"), UNSURE(NULL, "true"), UNSURE(NULL, "true")}},
    /* ? under 1.1 too, but there the providers demand full trust, whatever the file says */
    {TC_LEVEL_HIGH, "OleDb", "Unrestricted", {DOC(NULL), UNSURE(NULL, "true"), DOC(NULL)}},
    {TC_LEVEL_HIGH, "Odbc", "Unrestricted", {DOC(NULL), UNSURE(NULL, "true"), DOC(NULL)}},
    {TC_LEVEL_HIGH, "Oracle", "Unrestricted", {DOC(NULL), UNSURE(NULL, "true"), DOC(NULL)}},
    /* unmanaged code, which serviced components need as well, is a flag that Security does not list */
    {TC_LEVEL_HIGH, "EventLog", "*", {DOC(NULL), DOC(NULL), DOC(NULL)}},
    {TC_LEVEL_HIGH, "MessageQueue", "*", {DOC(NULL), DOC(NULL), DOC(NULL)}},
    /* no cell of the reference: Medium of 4.0 has it, so High may */
    {TC_LEVEL_HIGH, "TypeDescriptor", "Unrestricted", {NO_CLASS, GEN(NULL), UNSURE(NULL, "true")}},

    {TC_LEVEL_LOW, "AspNetHosting", "Level", {DOC("Low"), DOC("Low"), GEN("Low")}},
    {TC_LEVEL_LOW, "FileIO", "Read", {DOC("$AppDir$"), DOC("$AppDir$"), GEN("$AppDir$")}},
    {TC_LEVEL_LOW, "FileIO", "PathDiscovery", {DOC("$AppDir$"), DOC("$AppDir$"), GEN("$AppDir$")}},
    {TC_LEVEL_LOW,
     "IsolatedStorage",
     "Allowed",
     {DOC("AssemblyIsolationByUser"), DOC("AssemblyIsolationByUser"), GEN("AssemblyIsolationByUser")}},
    {TC_LEVEL_LOW, "IsolatedStorage", "UserQuota", {DOC("1048576"), DOC("1048576"), GEN("1048576")}},
    {TC_LEVEL_LOW, "Security", "Flags", {GEN("Execution"), DOC("Execution"), GEN("Execution")}},
    {TC_LEVEL_LOW,
     "Reflection",
     "Flags",
     {DOC(NULL), UNSURE(NULL, "RestrictedMemberAccess"), UNSURE(NULL, "RestrictedMemberAccess")}},

    {TC_LEVEL_MINIMAL, "AspNetHosting", "Level", {DOC("Minimal"), DOC("Minimal"), GEN("Minimal")}},
    {TC_LEVEL_MINIMAL, "Security", "Flags", {DOC("Execution"), DOC("Execution"), DOC("Execution")}},
};

static const enum tc_level_id levels[] = {TC_LEVEL_HIGH, TC_LEVEL_MEDIUM, TC_LEVEL_LOW, TC_LEVEL_MINIMAL};

/* ---- compiling ---- */

static struct tc_arena arena; /* for texts of the test */
static struct tc_compilation compilations[10];
static size_t compilation_count;

static void
setup(void)
{
    tc_arena_init(&arena);
    compilation_count = 0;
}

static void
teardown(void)
{
    for (size_t i = 0; i < compilation_count; i++)
        tc_compilation_done(&compilations[i]);
    tc_arena_done(&arena);
}

/* One that lives until the test is over. */
static struct tc_compilation *
new_compilation(void)
{
    struct tc_compilation *c = &compilations[compilation_count++];

    ck_assert_int_le((int)compilation_count, TCT_COUNT(compilations));
    tc_compilation_init(c);
    return c;
}

/* What @a text means; it must not earn a finding. */
static struct tc_compilation *
compile(struct tc_str text)
{
    static const struct tc_sema_options options = {.today = {NULL, 0}};
    struct tc_sema_host host = tc_host_builtin();
    struct tc_compilation *c = new_compilation();
    enum tc_status status = tc_compile(c, &host, &options, TC_STR("server.trust"), text);

    for (const struct tc_diag *diag = c->diags.first; diag != NULL; diag = diag->next)
        ck_abort_msg("%.*s\nearns %s: %.*s", TC_STR_ARG(text), diag->code->id, TC_STR_ARG(diag->message));
    ck_assert_int_eq(status, TC_OK);
    return c;
}

/* A server of one application; @a policy is what its block trusts, @a rest stands behind it. */
static struct tc_compilation *
compile_application(enum tc_runtime runtime, const char *policy, const char *rest)
{
    return compile(tc_arena_printf(&arena,
                                   "server web01 { framework %s;%s trust minimal; }\n"
                                   "application A {\n"
                                   "    location \"Default Web Site/a\";\n"
                                   "    root \"D:\\Sites\\A\";\n"
                                   "    trust %s;\n"
                                   "}\n%s",
                                   tc_framework_info(tc_runtime_info(runtime)->framework)->name,
                                   runtime == TC_RT_4_0_LEGACY ? " cas-model legacy;" : "", policy, rest));
}

/* A server whose application trusts @a level, by itself or through a policy that only extends it. */
static struct tc_compilation *
compile_level(enum tc_runtime runtime, enum tc_level_id level, bool derived)
{
    const char *word = tc_level_info(level)->word;
    struct tc_str extends = tc_arena_printf(&arena, "policy Derived extends %s { }\n", word);

    return compile_application(runtime, derived ? "Derived" : word, derived ? extends.ptr : "");
}

/* The policy of that application. */
static const struct tc_policy *
policy_in_effect(enum tc_runtime runtime, enum tc_level_id level, bool derived)
{
    const struct tc_model *model = compile_level(runtime, level, derived)->model;
    const struct tc_policy *policy;

    ck_assert_uint_eq(model->application_count, 1);
    policy = model->applications[0]->policy;
    ck_assert_ptr_nonnull(policy);
    ck_assert_int_eq(policy->runtime, runtime);
    ck_assert_int_eq(policy->is_stock, !derived);
    tct_assert_str(policy->name, tc_str_of(derived ? "Derived" : tc_level_info(level)->name));
    return policy;
}

/* ---- permissions as text ---- */

static int
compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* @a lines (each ends in a line end) in byte order. */
static struct tc_str
sorted(const struct tc_buf *lines)
{
    size_t count = 0, i = 0;
    const char **list;
    struct tc_buf out = {0};
    struct tc_str text;

    ck_assert(!lines->failed);
    for (size_t k = 0; k < lines->len; k++)
        count += lines->ptr[k] == '\n';
    list = tc_arena_array(&arena, const char *, count + 1);
    ck_assert_ptr_nonnull(list);
    for (size_t from = 0, end; from < lines->len; from = end) {
        end = tc_str_find(tc_buf_str(lines), TC_STR("\n"), from) + 1;
        list[i++] = tc_arena_str(&arena, tc_str_sub(tc_buf_str(lines), from, end - from)).ptr;
    }
    qsort(list, count, sizeof *list, compare_lines);
    for (i = 0; i < count; i++)
        tc_buf_puts(&out, tc_str_of(list[i]));
    text = tc_arena_str(&arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

static void
put_flags(struct tc_buf *out, const struct tc_enum *values, uint64_t bits)
{
    const char *separator = "";

    for (size_t i = 0; i < values->count; i++) {
        uint64_t value = (uint64_t)values->values[i].value;

        if (value == 0 || (value & (value - 1)) != 0 || (bits & value) == 0)
            continue;
        tc_buf_printf(out, "%s%s", separator, values->values[i].xml);
        separator = values->separator;
        bits &= ~value;
    }
    ck_assert_uint_eq(bits, 0);
}

static void
put_list(struct tc_buf *out, const struct tc_list *list)
{
    ck_assert(!list->all && !list->all_local); /* no stock level says either */
    for (uint32_t i = 0; i < list->count; i++)
        tc_buf_printf(out, "%s%.*s", i > 0 ? ";" : "", TC_STR_ARG(list->items[i].text));
}

static void
put_value(struct tc_buf *out, const struct tc_field *field, const struct tc_value *value)
{
    switch (field->kind) {
    case TC_FIELD_FLAGS:
        put_flags(out, tc_enum(field->values), value->bits);
        break;
    case TC_FIELD_LEVEL:
        tc_buf_printf(out, "%s", tc_enum_by_value(tc_enum(field->values), value->number)->xml);
        break;
    case TC_FIELD_INT64:
        tc_buf_printf(out, "%" PRId64, value->number);
        break;
    case TC_FIELD_BOOL:
        tc_buf_printf(out, "%s", value->number != 0 ? "True" : "False");
        break;
    case TC_FIELD_PATHS:
    case TC_FIELD_KEYS:
    case TC_FIELD_NAMES:
        put_list(out, &value->list);
        break;
    case TC_FIELD_TEXT:
        tc_buf_puts(out, value->text);
        break;
    }
}

/* One line for each attribute: "Dns Unrestricted=true". */
static void
put_perm(struct tc_buf *out, const struct tc_perm *perm)
{
    const char *word = perm->cls->word;

    if (perm->unrestricted)
        tc_buf_printf(out, "%s Unrestricted=true\n", word);
    for (size_t i = 0; i < perm->cls->field_count; i++)
        if (perm->values[i].present) {
            tc_buf_printf(out, "%s %s=", word, perm->cls->fields[i].xml);
            put_value(out, &perm->cls->fields[i], &perm->values[i]);
            tc_buf_putc(out, '\n');
        }
    for (uint32_t i = 0; i < perm->row_count; i++) {
        struct tc_str element = tc_str_of(perm->rows[i].form->element);

        tc_buf_printf(out, "%s %.*s=%.*s\n", word,
                      TC_STR_ARG(tc_str_sub(element, 0, tc_str_find(element, TC_STR("/"), 0))),
                      TC_STR_ARG(perm->rows[i].cells[0].text));
    }
}

static struct tc_str
perms_text(const struct tc_perm *const *perms, size_t count)
{
    struct tc_buf out = {0};
    struct tc_str text;

    for (size_t i = 0; i < count; i++)
        put_perm(&out, perms[i]);
    text = sorted(&out);
    tc_buf_done(&out);
    return text;
}

/* What the reference says of @a level in @a column, in the form of perms_text(). */
static struct tc_str
cells_text(enum tc_level_id level, enum column column, bool possible)
{
    struct tc_buf out = {0};
    struct tc_str text;

    for (int i = 0; i < TCT_COUNT(rows); i++) {
        const char *value = possible ? rows[i].cells[column].possible : rows[i].cells[column].sure;

        if (rows[i].level == level && value != NULL)
            tc_buf_printf(&out, "%s %s=%s\n", rows[i].cls, rows[i].attribute, value);
    }
    text = sorted(&out);
    tc_buf_done(&out);
    return text;
}

/* ---- cells ---- */

/* Every cell, and nothing that has no cell; whether the level is used by itself or extended. */
START_TEST(grants_what_the_reference_says)
{
    enum tc_runtime runtime = (enum tc_runtime)(_i / TCT_COUNT(levels));
    enum tc_level_id level = levels[_i % TCT_COUNT(levels)];

    for (int derived = 0; derived < 2; derived++) {
        const struct tc_policy *policy = policy_in_effect(runtime, level, derived != 0);
        const struct tc_pset *set = policy->sets[0];

        ck_assert_uint_eq(policy->set_count, 1);
        tct_assert_str(set->name, TC_STR("ASP.Net"));
        tct_assert_str(set->description, TC_STR(""));
        ck_assert(!set->unrestricted && !tc_policy_is_full(policy));
        ck_assert(set->raw == NULL && policy->raw_classes == NULL && policy->raw_sets == NULL);
        ck_assert_ptr_null(policy->full_trust);
        tct_assert_str(perms_text(set->perms, set->count), cells_text(level, columns[runtime], false));
        tct_assert_str(perms_text(set->possible, set->possible_count), cells_text(level, columns[runtime], true));
    }
}
END_TEST

START_TEST(full_is_unrestricted)
{
    ck_assert(tc_policy_is_full(policy_in_effect((enum tc_runtime)_i, TC_LEVEL_FULL, false)));
    ck_assert(tc_policy_is_full(policy_in_effect((enum tc_runtime)_i, TC_LEVEL_FULL, true)));
}
END_TEST

/* The table itself: each row names a class that the framework has, except where it says that there is none. */
START_TEST(rows_are_sound)
{
    static const enum tc_framework frameworks[COLUMN_COUNT] = {TC_FX_1_1, TC_FX_2_0, TC_FX_4_0};
    const struct row *row = &rows[_i];
    const struct tc_class *cls = tc_class_find(tc_str_of(row->cls));

    ck_assert_msg(cls != NULL, "%s", row->cls);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        const struct cell *cell = &row->cells[i];

        ck_assert_msg(tc_class_in(cls, frameworks[i]) == (cell->mark != NULL), "%s, column %d", row->cls, i);
        ck_assert(cell->mark != NULL || (cell->sure == NULL && cell->possible == NULL));
        ck_assert(cell->possible == NULL || strcmp(cell->mark, "?") == 0);
    }
    for (int i = 0; i < _i; i++)
        ck_assert_msg(rows[i].level != row->level || strcmp(rows[i].cls, row->cls) != 0 ||
                          strcmp(rows[i].attribute, row->attribute) != 0,
                      "%s %s twice", row->cls, row->attribute);
}
END_TEST

/* ---- marks ---- */

/* The mark that the reference has on what @a grant says; NULL when it grants nothing of the kind. */
static const char *
mark_of(enum tc_level_id level, enum column column, const struct tc_ast_grant *grant)
{
    for (int i = 0; i < TCT_COUNT(rows); i++) {
        const struct cell *cell = &rows[i].cells[column];

        if (rows[i].level == level && tc_str_eq(grant->cls->text, tc_str_of(rows[i].cls)) &&
            (grant->possibly ? cell->possible : cell->sure) != NULL)
            return cell->mark;
    }
    return NULL;
}

static void
check_grant(const struct tc_sources *sources, enum tc_level_id level, enum column column,
            const struct tc_ast_grant *grant)
{
    static const char sections[TC_LEVEL_COUNT_] = {'5', '2', '1', '3', '4'};
    struct tc_place place = tc_sources_place(sources, grant->base.span.begin);
    const char *file = place.source->name.ptr; /* of the arena: a NUL follows */
    const char *mark = mark_of(level, column, grant);
    struct tc_str because, section;
    size_t cites;

    ck_assert_msg(mark != NULL, "%s:%" PRIu32 ": no cell grants this", file, place.line);
    ck_assert_msg(grant->tail.because != NULL, "%s:%" PRIu32 ": no source", file, place.line);
    ck_assert_msg(grant->tail.until == NULL, "%s:%" PRIu32 ": a stock level does not expire", file, place.line);
    because = grant->tail.because->text;
    ck_assert_msg(tc_str_starts(because, tc_str_of(mark)), "%s:%" PRIu32 ": the mark should be %s", file, place.line,
                  mark);
    ck_assert_msg(tc_str_starts(tc_str_sub(because, strlen(mark), SIZE_MAX), TC_STR(" ")), "%s:%" PRIu32 ": no words",
                  file, place.line);
    cites = tc_str_find(because, TC_STR(" (defaults "), 0);
    ck_assert_msg(cites != SIZE_MAX && tc_str_ends(because, TC_STR(")")), "%s:%" PRIu32 ": cites nothing", file,
                  place.line);
    section = (struct tc_str){&sections[level], 1};
    ck_assert_msg(tc_str_find(because, section, cites) != SIZE_MAX, "%s:%" PRIu32 ": section %c is not cited", file,
                  place.line, sections[level]);
}

/* Each grant says where it was learned and how sure that is, as the reference does. */
START_TEST(marks_agree)
{
    const char *name = tc_runtime_info((enum tc_runtime)_i)->stdlib;
    struct tc_compilation *c = new_compilation();
    struct tc_ast_file *file;
    struct tc_str text;
    unsigned policies = 0, uses = 0;

    ck_assert_msg(tc_host_builtin().read_stdlib(NULL, tc_str_of(name), &text), "%s", name);
    ck_assert_int_eq(tc_parse(&c->diags, &c->trees, tc_sources_add(&c->sources, tc_str_of(name), text), &file), TC_OK);
    ck_assert_uint_eq(c->diags.kept, 0);
    for (const struct tc_ast *item = file->items.first; item != NULL; item = item->next) {
        const struct tc_ast_block *block = (const struct tc_ast_block *)item;

        uses += item->kind == TC_AST_USE;
        if (item->kind != TC_AST_POLICY)
            continue;
        policies++;
        for (int level = 0; level < TC_LEVEL_COUNT_; level++)
            if (tc_str_eq(block->name->text, tc_str_of(tc_level_info((enum tc_level_id)level)->name)))
                for (const struct tc_ast *node = block->body.first; node != NULL; node = node->next) {
                    ck_assert_int_eq(node->kind, TC_AST_GRANT);
                    check_grant(&c->sources, (enum tc_level_id)level, columns[_i], (const struct tc_ast_grant *)node);
                }
    }
    ck_assert_msg(policies == 0 ? uses == 1 : uses == 0 && policies == 6, "%s", name);
}
END_TEST

/* ---- code groups ---- */

#define MICROSOFT_KEY                                                                                                  \
    "002400000480000094000000060200000024000052534131000400000100010007D1FA57C4AED9F0A32E84AA0FAEFD0DE9E8FD6AEC8F87FB" \
    "03766C834C99921EB23BE79AD9D5DCC1DD9AD236132102900B723CF980957FC4E177108FC607774F29E8320E92EA05ECE4E821C0A5EFE8F1" \
    "645C4C0C93C1AB99285D622CAA652C1DFAD63D745D6F2DE5F17E5EAF0FC4963D261C8A12436518206DC093344D5AD293"
#define ECMA_KEY      "00000000000000000400000000000000"
#define SIGNED(whose) "This code group grants code signed with the " whose " strong name full trust. "

static const char *const group_trees[COLUMN_COUNT] = {
    "first-match all grants Nothing\n"
    " union url $AppDirUrl$/* grants ASP.Net\n"
    " union url $CodeGen$/* grants ASP.Net\n"
    " union url $Gac$/* grants FullTrust\n",

    "first-match all grants Nothing\n"
    " union url $AppDirUrl$/* grants ASP.Net\n"
    " union url $CodeGen$/* grants ASP.Net\n"
    " union zone MyComputer grants Nothing\n"
    "  union strongname " MICROSOFT_KEY " grants FullTrust name=Microsoft_Strong_Name description=" SIGNED(
        "Microsoft") "\n"
                     "  union strongname " ECMA_KEY
                     " grants FullTrust name=Ecma_Strong_Name description=" SIGNED("ECMA") "\n",

    "first-match all grants Nothing\n"
    " union url $AppDirUrl$/* grants ASP.Net\n"
    " union url $CodeGen$/* grants ASP.Net\n",
};

static void
put_groups(struct tc_buf *out, const struct tc_policy *policy, const struct tc_group *group, int depth)
{
    for (; group != NULL; group = group->next) {
        const struct tc_condition_info *condition;

        ck_assert(!group->is_raw && group->raw == NULL && group->inline_set == NULL && group->attributes == 0);
        ck_assert_int_ne(group->kind, TC_GROUP_COUNT_);
        ck_assert_int_ne(group->condition.kind, TC_CONDITION_COUNT_);
        condition = tc_condition_info(group->condition.kind);
        tc_buf_printf(out, "%*s%s %s", depth, "", tc_group_info(group->kind)->word, condition->word);
        for (size_t i = 0; i < condition->argument_count; i++)
            if (group->condition.values[i].len > 0)
                tc_buf_printf(out, " %.*s", TC_STR_ARG(group->condition.values[i]));
        tc_buf_printf(out, " grants %.*s", TC_STR_ARG(group->grants_main ? policy->sets[0]->name : group->set_name));
        if (group->name.len > 0)
            tc_buf_printf(out, " name=%.*s", TC_STR_ARG(group->name));
        if (group->description.len > 0)
            tc_buf_printf(out, " description=%.*s", TC_STR_ARG(group->description));
        tc_buf_putc(out, '\n');
        put_groups(out, policy, group->children, depth + 1);
    }
}

START_TEST(code_groups_are_the_platforms)
{
    enum tc_runtime runtime = (enum tc_runtime)_i;

    for (int i = 0; i < TCT_COUNT(levels); i++) {
        const struct tc_policy *policy = policy_in_effect(runtime, levels[i], true);
        struct tc_buf out = {0};

        put_groups(&out, policy, policy->root, 0);
        ck_assert(!out.failed);
        tct_assert_str(tc_buf_str(&out), tc_str_of(group_trees[columns[runtime]]));
        tc_buf_done(&out);
    }
}
END_TEST

/* ---- what follows from the cells ---- */

static bool
list_covers(const struct tc_list *list, struct tc_str path)
{
    for (uint32_t i = 0; i < list->count; i++) {
        struct tc_str item = list->items[i].text;

        if (tc_str_eq_nocase(item, path) ||
            (tc_str_eq_nocase(item, tc_str_sub(path, 0, item.len)) && path.ptr[item.len] == '\\'))
            return true;
    }
    return false;
}

static bool
value_covers(const struct tc_field *field, const struct tc_value *grant, const struct tc_value *demand)
{
    switch (field->kind) {
    case TC_FIELD_FLAGS:
        return (demand->bits & ~grant->bits) == 0;
    case TC_FIELD_LEVEL:
    case TC_FIELD_INT64:
    case TC_FIELD_BOOL:
        return demand->number <= grant->number;
    case TC_FIELD_PATHS:
    case TC_FIELD_KEYS:
    case TC_FIELD_NAMES:
        for (uint32_t i = 0; i < demand->list.count; i++)
            if (!list_covers(&grant->list, demand->list.items[i].text))
                return false;
        return true;
    case TC_FIELD_TEXT:
        return tc_str_eq(grant->text, demand->text);
    }
    return false;
}

/* Whether one permission contains another, as far as values alone say: the origin host is no host, and no row of a
 * stock level contains a row but its equal. */
static bool
covers(const struct tc_perm *grant, const struct tc_perm *demand)
{
    if (grant == NULL || grant->unrestricted || demand->unrestricted)
        return grant != NULL && grant->unrestricted;
    for (size_t i = 0; i < demand->cls->field_count; i++)
        if (demand->values[i].present && !value_covers(&demand->cls->fields[i], &grant->values[i], &demand->values[i]))
            return false;
    for (uint32_t i = 0; i < demand->row_count; i++) {
        bool found = false;

        for (uint32_t k = 0; k < grant->row_count; k++)
            found = found || tc_row_equal(&grant->rows[k], &demand->rows[i]);
        if (!found)
            return false;
    }
    return true;
}

enum answer { NO, YES, MAYBE };

/* Whether @a set contains @a demand: surely, or perhaps with what it possibly grants. */
static enum answer
answer_of(const struct tc_pset *set, const struct tc_perm *demand)
{
    const struct tc_perm *sure = tc_pset_find(set, demand->cls);
    struct tc_perm *both = NULL;

    if (covers(sure, demand))
        return YES;
    for (size_t i = 0; i < set->possible_count; i++)
        if (set->possible[i]->cls == demand->cls) {
            both = tc_perm_copy(&arena, set->possible[i]);
            ck_assert_ptr_nonnull(both);
            ck_assert(sure == NULL || tc_perm_unite(&arena, both, sure));
        }
    return covers(both, demand) ? MAYBE : NO;
}

/* Section 7, and what the level descriptions promise. The demand of 1.1 differs where 1.1 lacks the word. */
static const struct {
    enum tc_level_id level;
    const char *demand;
    const char *demand_1_1; /* NULL: the same; "": 1.1 has nothing of the kind */
    enum answer answers[COLUMN_COUNT];
} consequences[] = {
    {TC_LEVEL_LOW, "FileIO read \"$AppDir$\\x.xml\"", NULL, {YES, YES, YES}},
    {TC_LEVEL_LOW, "FileIO write \"$AppDir$\\x.xml\"", NULL, {NO, NO, NO}},
    {TC_LEVEL_MEDIUM, "FileIO write \"$AppDir$\\x.xml\"", NULL, {YES, YES, YES}},
    {TC_LEVEL_MEDIUM, "FileIO read \"C:\\SomeDir\"", NULL, {NO, NO, NO}},
    {TC_LEVEL_HIGH, "FileIO read \"C:\\SomeDir\"", NULL, {YES, YES, YES}},
    {TC_LEVEL_MEDIUM, "Registry read \"HKEY_LOCAL_MACHINE\\SOFTWARE\"", NULL, {NO, NO, NO}},
    {TC_LEVEL_HIGH, "Registry read \"HKEY_LOCAL_MACHINE\\SOFTWARE\"", NULL, {YES, YES, YES}},
    {TC_LEVEL_MEDIUM, "Web connect \"http://www.example.org/\"", NULL, {NO, NO, MAYBE}},
    {TC_LEVEL_HIGH, "Web connect \"http://www.example.org/\"", NULL, {MAYBE, MAYBE, MAYBE}},
    {TC_LEVEL_MEDIUM, "SqlClient connection \"server=.\"", NULL, {YES, YES, YES}},
    {TC_LEVEL_LOW, "SqlClient connection \"server=.\"", NULL, {NO, NO, NO}},
    {TC_LEVEL_HIGH, "OleDb connection \"Provider=MSDAORA\"", "", {NO, MAYBE, NO}},
    {TC_LEVEL_HIGH, "EventLog machine \".\" Write", "EventLog machine \".\" Instrument", {NO, NO, NO}},
    {TC_LEVEL_MEDIUM, "Smtp access Connect", "", {NO, YES, YES}},
    {TC_LEVEL_MEDIUM, "Smtp access ConnectToUnrestrictedPort", "", {NO, NO, NO}},
    {TC_LEVEL_MEDIUM, "Security flags Assertion", NULL, {YES, YES, NO}},
    {TC_LEVEL_HIGH, "Security flags Assertion", NULL, {YES, YES, MAYBE}},
    {TC_LEVEL_LOW, "Security flags Assertion", NULL, {NO, NO, NO}},
    {TC_LEVEL_HIGH, "Security flags UnmanagedCode", NULL, {NO, NO, NO}},
    {TC_LEVEL_MEDIUM, "Reflection flags RestrictedMemberAccess", "Reflection flags MemberAccess", {NO, YES, YES}},
    {TC_LEVEL_LOW, "Reflection flags RestrictedMemberAccess", "Reflection flags MemberAccess", {NO, MAYBE, MAYBE}},
    {TC_LEVEL_HIGH, "Reflection flags ReflectionEmit", NULL, {YES, YES, MAYBE}},
    {TC_LEVEL_MEDIUM, "Environment read \"PATH\"", NULL, {NO, NO, NO}},
    {TC_LEVEL_MEDIUM, "Environment read \"temp\"", NULL, {YES, YES, YES}},
    {TC_LEVEL_MINIMAL, "FileIO read \"$AppDir$\\x.xml\"", NULL, {NO, NO, NO}},
    {TC_LEVEL_MINIMAL, "Security flags Execution", NULL, {YES, YES, YES}},
};

START_TEST(consequences_hold)
{
    static const char *const words[] = {"no", "yes", "maybe"};
    enum tc_runtime runtime = (enum tc_runtime)(_i / TCT_COUNT(consequences));
    int i = _i % TCT_COUNT(consequences);
    enum tc_level_id level = consequences[i].level;
    enum answer expected = consequences[i].answers[columns[runtime]], got;
    const char *demand = consequences[i].demand;
    const struct tc_model *model;

    if (runtime == TC_RT_1_1 && consequences[i].demand_1_1 != NULL)
        demand = consequences[i].demand_1_1;
    if (demand[0] == '\0')
        return;
    model =
        compile_application(
            runtime, tc_level_info(level)->word,
            tc_arena_printf(&arena, "test \"section 7\" { A may%s %s; }\n", expected == NO ? " not" : "", demand).ptr)
            ->model;
    ck_assert_ptr_nonnull(model->rules);
    ck_assert_ptr_nonnull(model->rules->demands);
    got = answer_of(model->applications[0]->policy->sets[0], model->rules->demands->perm);
    ck_assert_msg(got == expected, "%s under %s: %s gets %s, not %s", tc_level_info(level)->name,
                  tc_runtime_info(runtime)->name, demand, words[got], words[expected]);
}
END_TEST

/* No level surely grants what the one above it does not even possibly grant. */
START_TEST(levels_contain_each_other)
{
    enum tc_runtime runtime = (enum tc_runtime)_i;

    for (int i = 0; i + 1 < TCT_COUNT(levels); i++) {
        const struct tc_pset *upper = policy_in_effect(runtime, levels[i], true)->sets[0];
        const struct tc_pset *lower = policy_in_effect(runtime, levels[i + 1], true)->sets[0];

        for (size_t k = 0; k < lower->count; k++)
            ck_assert_msg(answer_of(upper, lower->perms[k]) != NO, "%s has less %s than %s",
                          tc_level_info(levels[i])->name, lower->perms[k]->cls->word,
                          tc_level_info(levels[i + 1])->name);
    }
}
END_TEST

/* ---- what is emitted, and the real file ---- */

/* Medium of 2.0 SP1 in our own words, in the form of put_element(). */
/* clang-format off */
#define FULL_NAME(type, assembly, token) type ", " assembly ", Version=2.0.0.0, Culture=neutral, PublicKeyToken=" token
#define MSCORLIB(type) FULL_NAME(type, "mscorlib", "b77a5c561934e089")
#define SYSTEM(type) FULL_NAME(type, "System", "b77a5c561934e089")
#define CLASS(description, name) "      SecurityClass Description=\"" description "\" Name=\"" name "\"\n"
#define SET(attributes) "      PermissionSet " attributes " class=\"NamedPermissionSet\" version=\"1\"\n"
#define PERMISSION(attributes, name) "       IPermission " attributes "class=\"" name "\" version=\"1\"\n"
#define GROUP(attributes, set, name) \
    "CodeGroup " attributes "PermissionSetName=\"" set "\" class=\"" name "\" version=\"1\"\n"
#define CONDITION(attributes, name) "IMembershipCondition " attributes "class=\"" name "\" version=\"1\"\n"

static const char medium_2_0[] =
    "configuration\n"
    " mscorlib\n"
    "  security\n"
    "   policy\n"
    "    PolicyLevel version=\"1\"\n"
    "     SecurityClasses\n"
    CLASS(FULL_NAME("System.Data.SqlClient.SqlClientPermission", "System.Data", "b77a5c561934e089"),
          "SqlClientPermission")
    CLASS(FULL_NAME("System.Drawing.Printing.PrintingPermission", "System.Drawing", "b03f5f7f11d50a3a"),
          "PrintingPermission")
    CLASS(SYSTEM("System.Net.DnsPermission"), "DnsPermission")
    CLASS(SYSTEM("System.Net.Mail.SmtpPermission"), "SmtpPermission")
    CLASS(SYSTEM("System.Net.WebPermission"), "WebPermission")
    CLASS("System.Security.NamedPermissionSet", "NamedPermissionSet")
    CLASS(MSCORLIB("System.Security.Permissions.EnvironmentPermission"), "EnvironmentPermission")
    CLASS(MSCORLIB("System.Security.Permissions.FileIOPermission"), "FileIOPermission")
    CLASS(MSCORLIB("System.Security.Permissions.IsolatedStorageFilePermission"), "IsolatedStorageFilePermission")
    CLASS(MSCORLIB("System.Security.Permissions.ReflectionPermission"), "ReflectionPermission")
    CLASS(MSCORLIB("System.Security.Permissions.SecurityPermission"), "SecurityPermission")
    CLASS(MSCORLIB("System.Security.Policy.AllMembershipCondition"), "AllMembershipCondition")
    CLASS(MSCORLIB("System.Security.Policy.FirstMatchCodeGroup"), "FirstMatchCodeGroup")
    CLASS(MSCORLIB("System.Security.Policy.StrongNameMembershipCondition"), "StrongNameMembershipCondition")
    CLASS(MSCORLIB("System.Security.Policy.UnionCodeGroup"), "UnionCodeGroup")
    CLASS(MSCORLIB("System.Security.Policy.UrlMembershipCondition"), "UrlMembershipCondition")
    CLASS(MSCORLIB("System.Security.Policy.ZoneMembershipCondition"), "ZoneMembershipCondition")
    CLASS(SYSTEM("System.Web.AspNetHostingPermission"), "AspNetHostingPermission")
    "     NamedPermissionSets\n"
    SET("Description=\"Allows full access to all resources\" Name=\"FullTrust\" Unrestricted=\"true\"")
    SET("Description=\"Denies all resources, including the right to execute\" Name=\"Nothing\"")
    SET("Name=\"ASP.Net\"")
    PERMISSION("Access=\"Connect\" ", "SmtpPermission")
    PERMISSION("Allowed=\"AssemblyIsolationByUser\" UserQuota=\"" NO_LIMIT "\" ", "IsolatedStorageFilePermission")
    PERMISSION("Append=\"$AppDir$\" PathDiscovery=\"$AppDir$\" Read=\"$AppDir$\" Write=\"$AppDir$\" ",
               "FileIOPermission")
    PERMISSION("Flags=\"" FIVE "\" ", "SecurityPermission")
    PERMISSION("Flags=\"RestrictedMemberAccess\" ", "ReflectionPermission")
    PERMISSION("Level=\"DefaultPrinting\" ", "PrintingPermission")
    PERMISSION("Level=\"Medium\" ", "AspNetHostingPermission")
    PERMISSION("Read=\"" VARIABLES "\" ", "EnvironmentPermission")
    PERMISSION("Unrestricted=\"true\" ", "DnsPermission")
    PERMISSION("Unrestricted=\"true\" ", "SqlClientPermission")
    PERMISSION("", "WebPermission")
    "        ConnectAccess\n"
    "         URI uri=\"" ORIGIN "\"\n"
    "     " GROUP("", "Nothing", "FirstMatchCodeGroup")
    "      " CONDITION("", "AllMembershipCondition")
    "      " GROUP("", "ASP.Net", "UnionCodeGroup")
    "       " CONDITION("Url=\"$AppDirUrl$/*\" ", "UrlMembershipCondition")
    "      " GROUP("", "ASP.Net", "UnionCodeGroup")
    "       " CONDITION("Url=\"$CodeGen$/*\" ", "UrlMembershipCondition")
    "      " GROUP("", "Nothing", "UnionCodeGroup")
    "       " CONDITION("Zone=\"MyComputer\" ", "ZoneMembershipCondition")
    "       " GROUP("Description=\"" SIGNED("Microsoft") "\" Name=\"Microsoft_Strong_Name\" ", "FullTrust",
                    "UnionCodeGroup")
    "        " CONDITION("PublicKeyBlob=\"" MICROSOFT_KEY "\" ", "StrongNameMembershipCondition")
    "       " GROUP("Description=\"" SIGNED("ECMA") "\" Name=\"Ecma_Strong_Name\" ", "FullTrust", "UnionCodeGroup")
    "        " CONDITION("PublicKeyBlob=\"" ECMA_KEY "\" ", "StrongNameMembershipCondition");
/* clang-format on */

/* What the real file has and the stock level has not: two groups of its application, and a class that nothing uses. */
static const struct {
    const char *element;
    const char *name;
} extras[] = {
    {"CodeGroup", "NetCommon_Strong_Name"},
    {"CodeGroup", "Spring_Strong_Name"},
    {"SecurityClass", "UIPermission"},
};

static const char *
value_of(const xmlAttr *attr)
{
    ck_assert(attr->children != NULL && attr->children->type == XML_TEXT_NODE && attr->children->next == NULL);
    return (const char *)attr->children->content;
}

/* Whether @a element is one of the extras; which, is noted in @a ret_seen. */
static bool
is_extra(const xmlNode *element, unsigned *ret_seen)
{
    for (const xmlAttr *attr = element->properties; attr != NULL; attr = attr->next)
        for (int i = 0; i < TCT_COUNT(extras); i++)
            if (strcmp((const char *)element->name, extras[i].element) == 0 &&
                strcmp((const char *)attr->name, "Name") == 0 && strcmp(value_of(attr), extras[i].name) == 0) {
                *ret_seen |= 1u << i;
                return true;
            }
    return false;
}

/* Whether the framework does not care for the order of what stands in @a element (policy-file 1, 4). */
static bool
is_unordered(const xmlNode *element)
{
    static const char *const names[] = {"SecurityClasses", "NamedPermissionSets", "PermissionSet"};

    for (int i = 0; i < TCT_COUNT(names); i++)
        if (strcmp((const char *)element->name, names[i]) == 0)
            return true;
    return false;
}

/* Its name and its attributes by name on one line, then what stands in it, one blank further in. */
static void
put_element(struct tc_buf *out, const xmlNode *element, int depth, unsigned *seen)
{
    enum { CHILDREN_MAX = 64, ATTRIBUTES_MAX = 16 };
    const xmlAttr *attrs[ATTRIBUTES_MAX];
    const char *children[CHILDREN_MAX];
    size_t attr_count = 0, child_count = 0;

    for (const xmlAttr *attr = element->properties; attr != NULL; attr = attr->next) {
        size_t place = attr_count++;

        ck_assert_uint_le(attr_count, ATTRIBUTES_MAX);
        for (; place > 0 && strcmp((const char *)attrs[place - 1]->name, (const char *)attr->name) > 0; place--)
            attrs[place] = attrs[place - 1];
        attrs[place] = attr;
    }
    tc_buf_printf(out, "%*s%s", depth, "", (const char *)element->name);
    for (size_t i = 0; i < attr_count; i++)
        tc_buf_printf(out, " %s=\"%s\"", (const char *)attrs[i]->name, value_of(attrs[i]));
    tc_buf_putc(out, '\n');

    for (const xmlNode *child = element->children; child != NULL; child = child->next) {
        struct tc_buf text = {0};

        if (child->type == XML_COMMENT_NODE || xmlIsBlankNode(child) || is_extra(child, seen))
            continue;
        ck_assert_int_eq(child->type, XML_ELEMENT_NODE);
        ck_assert_uint_lt(child_count, CHILDREN_MAX);
        put_element(&text, child, depth + 1, seen);
        children[child_count++] = tc_arena_str(&arena, tc_buf_str(&text)).ptr;
        tc_buf_done(&text);
    }
    if (is_unordered(element))
        qsort(children, child_count, sizeof *children, compare_lines);
    for (size_t i = 0; i < child_count; i++)
        tc_buf_puts(out, tc_str_of(children[i]));
}

/* A policy file with all that means nothing put in order. */
static struct tc_str
file_text(struct tc_str xml, unsigned *ret_seen)
{
    xmlDoc *doc = xmlReadMemory(xml.ptr, (int)xml.len, "policy.config", NULL, XML_PARSE_NONET | XML_PARSE_NOCDATA);
    struct tc_buf out = {0};
    struct tc_str text;

    ck_assert_ptr_nonnull(doc);
    *ret_seen = 0;
    put_element(&out, xmlDocGetRootElement(doc), 0, ret_seen);
    ck_assert(!out.failed);
    text = tc_arena_str(&arena, tc_buf_str(&out));
    tc_buf_done(&out);
    xmlFreeDoc(doc);
    return text;
}

/* What a build writes for a policy that only extends @a level. */
static struct tc_str
emitted_text(enum tc_runtime runtime, enum tc_level_id level)
{
    struct tc_target target = {.dir = TC_STR("out")};
    struct tc_output *outputs;
    struct tc_str text = {NULL, 0};
    unsigned seen = 0;
    size_t count;

    ck_assert_int_eq(tc_emit(compile_level(runtime, level, true), &target, 1, &outputs, &count), TC_OK);
    ck_assert_uint_eq(count, 2); /* the level and the configuration file */
    for (size_t i = 0; i < count; i++)
        if (tc_str_eq(outputs[i].name, TC_STR("web_derivedtrust.config")))
            text = file_text(outputs[i].bytes, &seen);
    ck_assert_uint_gt(text.len, 0);
    ck_assert_uint_eq(seen, 0);
    return text;
}

/* 3.5 is the same file; legacy 4.0 the same with other assembly versions; and what is only possible is not emitted. */
START_TEST(emits_medium)
{
    struct tc_str legacy = emitted_text(TC_RT_4_0_LEGACY, TC_LEVEL_MEDIUM);
    struct tc_str expected = TC_STR(medium_2_0), old = TC_STR("Version=2.0.0.0"), new = TC_STR("Version=4.0.0.0");
    struct tc_buf renamed = {0};

    tct_assert_str(emitted_text(TC_RT_2_0, TC_LEVEL_MEDIUM), expected);
    tct_assert_str(emitted_text(TC_RT_3_5, TC_LEVEL_MEDIUM), expected);
    for (size_t i = 0; i < legacy.len;) {
        bool found = tc_str_starts(tc_str_sub(legacy, i, new.len), new);

        tc_buf_puts(&renamed, found ? old : tc_str_sub(legacy, i, 1));
        i += found ? new.len : 1;
    }
    tct_assert_str(tc_buf_str(&renamed), expected);
    tc_buf_done(&renamed);
}
END_TEST

START_TEST(emits_nothing_uncertain)
{
    static const char *const absent[] = {"OleDbPermission", "OdbcPermission", "OraclePermission"};
    struct tc_str high = emitted_text(TC_RT_2_0, TC_LEVEL_HIGH), low = emitted_text(TC_RT_2_0, TC_LEVEL_LOW);
    struct tc_str high_4_0 = emitted_text(TC_RT_4_0, TC_LEVEL_HIGH);

    for (int i = 0; i < TCT_COUNT(absent); i++)
        ck_assert_uint_eq(tc_str_find(high, tc_str_of(absent[i]), 0), SIZE_MAX);
    ck_assert_uint_eq(tc_str_find(high, TC_STR("Unrestricted=\"true\" class=\"WebPermission\""), 0), SIZE_MAX);
    ck_assert_uint_ne(tc_str_find(high, TC_STR(PERMISSION("", "WebPermission")), 0), SIZE_MAX);
    ck_assert_uint_eq(tc_str_find(low, TC_STR("RestrictedMemberAccess"), 0), SIZE_MAX);
    ck_assert_uint_eq(tc_str_find(low, TC_STR("ReflectionPermission"), 0), SIZE_MAX);
    ck_assert_uint_eq(tc_str_find(high_4_0, TC_STR("Assertion"), 0), SIZE_MAX);
    ck_assert_uint_eq(tc_str_find(high_4_0, TC_STR("ReflectionEmit"), 0), SIZE_MAX);
    ck_assert_uint_eq(tc_str_find(high_4_0, TC_STR("TypeDescriptorPermission"), 0), SIZE_MAX);
}
END_TEST

/* One text for both directions: nothing of the real file is missing, and it has nothing more. */
START_TEST(medium_is_the_real_file)
{
    static const char path[] =
        TCT_SOURCE_DIR "/../shared/corpus/aspnet/001-spring-webquickstart-web_mediumtrust.config";
    size_t size = 0;
    char *bytes = tct_slurp(path, &size);
    struct tc_str real;
    unsigned seen;

    if (bytes == NULL && errno == ENOENT) {
        printf("stdlib: skipped: the corpus is not beside the source tree; the own words above stand for it\n");
        return;
    }
    ck_assert_ptr_nonnull(bytes);
    real = file_text((struct tc_str){bytes, size}, &seen);
    free(bytes);
    ck_assert_uint_eq(seen, (1u << TCT_COUNT(extras)) - 1);
    ck_assert_uint_eq(tc_str_find(real, TC_STR("UIPermission"), 0), SIZE_MAX); /* declared, and not used */
    tct_assert_str(real, TC_STR(medium_2_0));
    tct_assert_str(emitted_text(TC_RT_2_0, TC_LEVEL_MEDIUM), real);
}
END_TEST

/* ---- embedding ---- */

START_TEST(is_embedded)
{
    const struct tc_stdlib_file *file = &tc_stdlib_files[_i];
    struct tc_str path = tc_arena_printf(&arena, "%s/stdlib-policies/%s", TCT_SOURCE_DIR, file->name);
    size_t size = 0;
    char *bytes = tct_slurp(path.ptr, &size);
    unsigned users = 0;

    ck_assert_msg(bytes != NULL, "%s", path.ptr);
    ck_assert_uint_eq(file->len, size);
    ck_assert_mem_eq(file->text, bytes, size);
    ck_assert_int_eq(file->text[size], '\0');
    ck_assert_int_eq(file->text[size + 1], '\0');
    free(bytes);
    if (_i > 0)
        ck_assert_int_lt(strcmp(tc_stdlib_files[_i - 1].name, file->name), 0);
    for (int i = 0; i < TC_RT_COUNT_; i++)
        users += strcmp(tc_runtime_info((enum tc_runtime)i)->stdlib, file->name) == 0;
    ck_assert_uint_eq(users, 1);
    ck_assert_uint_eq(tc_stdlib_file_count, TC_RT_COUNT_);
}
END_TEST

Suite *
tct_stdlib_suite(void)
{
    Suite *suite = suite_create("stdlib");
    TCase *cells = tcase_create("cells");
    TCase *emitted = tcase_create("emitted");
    TCase *files = tcase_create("files");

    tcase_add_checked_fixture(cells, setup, teardown);
    tcase_add_loop_test(cells, rows_are_sound, 0, TCT_COUNT(rows));
    tcase_add_loop_test(cells, grants_what_the_reference_says, 0, TC_RT_COUNT_ * TCT_COUNT(levels));
    tcase_add_loop_test(cells, full_is_unrestricted, 0, TC_RT_COUNT_);
    tcase_add_loop_test(cells, code_groups_are_the_platforms, 0, TC_RT_COUNT_);
    tcase_add_loop_test(cells, consequences_hold, 0, TC_RT_COUNT_ * TCT_COUNT(consequences));
    tcase_add_loop_test(cells, levels_contain_each_other, 0, TC_RT_COUNT_);
    suite_add_tcase(suite, cells);

    tcase_add_checked_fixture(emitted, setup, teardown);
    tcase_add_test(emitted, emits_medium);
    tcase_add_test(emitted, emits_nothing_uncertain);
    tcase_add_test(emitted, medium_is_the_real_file);
    suite_add_tcase(suite, emitted);

    tcase_add_checked_fixture(files, setup, teardown);
    tcase_add_loop_test(files, marks_agree, 0, TC_RT_COUNT_);
    tcase_add_loop_test(files, is_embedded, 0, TC_RT_COUNT_);
    suite_add_tcase(suite, files);
    return suite;
}
