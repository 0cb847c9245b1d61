/*
 * Recorded answers of the framework's own permission code, held against ours.
 *
 *     vectors [--show K] [--strict] DIR
 *
 * Runs every .tsv in DIR, prints "NAME: N passed, N failed" for each and "N passed, N failed" as the last line. --show
 * prints the first K failures in full. An exception counts as passed when we say that the framework throws; --strict
 * compares its type and resource key too and reports that in lines of its own before the last one. A format is a
 * row of `formats` and a function over columns that are split and unescaped already.
 */
#include "model/algebra_util.h"
#include "model/demand.h"
#include "model/membership.h"
#include "model/pset_algebra.h"
#include "model/resolve.h"
#include "model/url_string.h"
#include "xml/clr_text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX  16
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* What we say, in the words of the files. */
struct answer {
    struct tc_str text; /* a result, when nothing was thrown */
    bool throws;
    struct tc_throw thrown;
};

/* One row. */
struct row {
    struct tc_arena *arena;
    struct tc_str columns[COLUMNS_MAX];
    struct answer got;
    struct tc_str wanted; /* text, or "throws:Type KEY" */
};

struct format {
    const char *file;
    const char *header;
    void (*run)(struct row *row);
};

/* The computer that the answers were recorded on (README of the vectors). */
static const struct tc_machine machine = {.name = {"MYMACHINE", 9}, .local_drives = 1u << 0 | 1u << 2 | 1u << 3};

/* ---- answers --------------------------------------------------------------------------------------------------- */

static void
answer_text(struct row *row, struct tc_str text)
{
    row->got = (struct answer){.text = text};
}

static void
answer_throw(struct row *row, struct tc_throw thrown)
{
    row->got = (struct answer){.throws = true, .thrown = thrown};
}

static void
answer_bool(struct row *row, enum tc_answer answer, struct tc_throw thrown)
{
    if (answer == TC_THROWS)
        answer_throw(row, thrown);
    else
        answer_text(row, answer == TC_YES ? TC_STR("true") : TC_STR("false"));
}

static struct tc_throw
not_there(void)
{
    return (struct tc_throw){.type = "(cannot be run)", .key = ""};
}

/* ---- XML ------------------------------------------------------------------------------------------------------- */

static struct tc_str
element_text(struct tc_arena *arena, const struct tc_element *element)
{
    struct tc_buf out;
    struct tc_str text;

    tc_buf_init(&out);
    tc_element_print(&out, element);
    text = tc_arena_str(arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

/* The type name of a `class` attribute: what stands before the assembly. */
static struct tc_str
type_of(struct tc_str class_name)
{
    size_t comma = tc_str_find(class_name, TC_STR(","), 0);

    return tc_str_trim(tc_str_sub(class_name, 0, comma));
}

static struct tc_str
class_of(const struct tc_element *element)
{
    const struct tc_element_attribute *attribute = tc_element_find(element, TC_STR("class"));

    return attribute == NULL ? TC_STR("") : type_of(attribute->value);
}

static int
compare_texts(const void *a, const void *b)
{
    return tc_str_cmp(*(const struct tc_str *)a, *(const struct tc_str *)b);
}

/* Names of the framework that share a value with another. */
static struct tc_str
main_name(struct tc_str type, struct tc_str attribute, struct tc_str value)
{
    if (tc_str_eq(type, TC_STR("System.Net.SocketPermission")) && tc_str_eq(attribute, TC_STR("transport"))) {
        if (tc_str_eq(value, TC_STR("ConnectionOriented")))
            return TC_STR("Tcp");
        if (tc_str_eq(value, TC_STR("Connectionless")))
            return TC_STR("Udp");
    }
    if (tc_str_eq(type, TC_STR("System.Diagnostics.PerformanceCounterPermission")) &&
        tc_str_eq(attribute, TC_STR("access")) && tc_str_eq(value, TC_STR("Browse")))
        return TC_STR("Read");
    return value;
}

/* Text by which two elements compare: enum aliases under one name, order removed where it means nothing. */
static struct tc_str
canonical(struct tc_arena *arena, const struct tc_element *element, struct tc_str type)
{
    static const char *const unordered[] = {
        "System.Diagnostics.EventLogPermission", "System.Diagnostics.PerformanceCounterPermission",
        "System.ServiceProcess.ServiceControllerPermission", "System.Messaging.MessageQueuePermission"};
    bool sorts = tc_str_eq(element->tag, TC_STR("PermissionSet"));
    struct tc_str *children;
    size_t count = 0, filled = 0;
    struct tc_buf out;
    struct tc_str text;

    if (tc_element_find(element, TC_STR("class")) != NULL)
        type = class_of(element);
    for (size_t i = 0; i < COUNT(unordered); i++)
        sorts = sorts || tc_str_eq(type, tc_str_of(unordered[i]));
    for (const struct tc_element *child = element->children; child != NULL; child = child->next)
        count++;
    children = tc_arena_array(arena, struct tc_str, count);
    for (const struct tc_element *child = element->children; child != NULL; child = child->next)
        children[filled++] = canonical(arena, child, type);
    if (sorts)
        qsort(children, count, sizeof *children, compare_texts);

    tc_buf_init(&out);
    tc_buf_putc(&out, '<');
    tc_buf_puts(&out, element->tag);
    for (size_t i = 0; i < element->attribute_count; i++) {
        const struct tc_element_attribute *attribute = &element->attributes[i];

        tc_buf_putc(&out, ' ');
        tc_buf_puts(&out, attribute->name);
        tc_buf_puts(&out, TC_STR("=\""));
        tc_buf_puts(&out, main_name(type, attribute->name, attribute->value));
        tc_buf_putc(&out, '"');
    }
    tc_buf_putc(&out, '>');
    tc_buf_puts(&out, element->text);
    for (size_t i = 0; i < count; i++)
        tc_buf_puts(&out, children[i]);
    tc_buf_puts(&out, TC_STR("</>"));
    text = tc_arena_str(arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

/* Whether two results are the same; what is no XML compares as it stands. "A | B" is two results. */
static bool
same_result(struct tc_arena *arena, struct tc_str a, struct tc_str b)
{
    struct tc_element *first, *second;
    struct tc_clr_fault fault;
    size_t bar_a = tc_str_find(a, TC_STR(" | "), 0), bar_b = tc_str_find(b, TC_STR(" | "), 0);

    if (tc_str_eq(a, b))
        return true;
    if (bar_a != SIZE_MAX && bar_b != SIZE_MAX)
        return same_result(arena, tc_str_sub(a, 0, bar_a), tc_str_sub(b, 0, bar_b)) &&
               same_result(arena, tc_str_sub(a, bar_a + 3, SIZE_MAX), tc_str_sub(b, bar_b + 3, SIZE_MAX));
    if (tc_clr_read(arena, a, 0, &first, &fault) != TC_OK || tc_clr_read(arena, b, 0, &second, &fault) != TC_OK)
        return false;
    return tc_str_eq(canonical(arena, first, TC_STR("")), canonical(arena, second, TC_STR("")));
}

/* ---- permissions ----------------------------------------------------------------------------------------------- */

/* Read the XML of a column. */
static enum tc_answer
read_perm(struct row *row, struct tc_str xml, struct tc_perm **ret_perm, struct tc_throw *ret_throw)
{
    struct tc_element *element;
    struct tc_clr_fault fault;

    if (tc_clr_read(row->arena, xml, 0, &element, &fault) != TC_OK) {
        *ret_throw = fault.thrown;
        return TC_THROWS;
    }
    return tc_perm_read(row->arena, NULL, element, ret_perm, ret_throw);
}

static struct tc_str
class_text(struct tc_arena *arena, const char *type, enum tc_assembly_id assembly, bool is_full)
{
    struct tc_buf out;
    struct tc_str text;

    if (!is_full)
        return assembly == TC_ASM_MSCORLIB || assembly == TC_ASM_COUNT_
                   ? tc_arena_str(arena, tc_str_of(type))
                   : tc_arena_printf(arena, "%s, %s", type, tc_assembly(assembly)->name);
    tc_buf_init(&out);
    tc_type_description(type, assembly, TC_FX_4_0, &out);
    text = tc_arena_str(arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

/* ToXml. @a is_full: with whole assembly names, as parse.tsv has them. */
static enum tc_answer
write_perm(struct tc_arena *arena, const struct tc_perm *perm, bool is_full, struct tc_str *ret_text,
           struct tc_throw *ret_throw)
{
    struct tc_element *element;
    enum tc_answer answer;

    if (perm == NULL) {
        *ret_text = TC_STR("null");
        return TC_YES;
    }
    element = tc_element_new(arena, TC_STR("IPermission"));
    tc_element_add(arena, element, TC_STR("class"), class_text(arena, perm->cls->type, perm->cls->assembly, is_full));
    tc_element_add(arena, element, TC_STR("version"), TC_STR("1"));
    answer = tc_algebra_ops(perm->cls->algebra)->write(arena, perm, element, ret_throw);
    if (answer == TC_YES)
        *ret_text = element_text(arena, element);
    return answer;
}

/* ---- formats --------------------------------------------------------------------------------------------------- */

static void
run_subset(struct row *row)
{
    struct tc_perm *a = NULL, *b = NULL;
    struct tc_throw thrown = {.type = "", .key = ""};

    row->wanted = row->columns[3];
    if (read_perm(row, row->columns[1], &a, &thrown) != TC_YES ||
        (!tc_str_eq(row->columns[2], TC_STR("null")) && read_perm(row, row->columns[2], &b, &thrown) != TC_YES)) {
        answer_throw(row, not_there()); /* both sides parse, README says */
        return;
    }
    answer_bool(row, tc_algebra_ops(a->cls->algebra)->subset(row->arena, &machine, a, b, &thrown), thrown);
}

static void
run_combine(struct row *row)
{
    struct tc_perm *a = NULL, *b = NULL, *result = NULL;
    struct tc_throw thrown = {.type = "", .key = ""};
    struct tc_str text;
    const struct tc_algebra_ops *ops;
    enum tc_answer answer;

    row->wanted = row->columns[4];
    if (read_perm(row, row->columns[2], &a, &thrown) != TC_YES ||
        (!tc_str_eq(row->columns[3], TC_STR("null")) && read_perm(row, row->columns[3], &b, &thrown) != TC_YES)) {
        answer_throw(row, not_there());
        return;
    }
    ops = tc_algebra_ops(a->cls->algebra);
    answer = tc_str_eq(row->columns[1], TC_STR("union")) ? ops->unite(row->arena, a, b, &result, &thrown)
                                                         : ops->intersect(row->arena, &machine, a, b, &result, &thrown);
    if (answer == TC_YES)
        answer = write_perm(row->arena, result, false, &text, &thrown);
    if (answer == TC_YES)
        answer_text(row, text);
    else
        answer_throw(row, thrown);
}

/* What was read but could not be written back. */
static void
answer_write_failed(struct row *row, struct tc_throw thrown)
{
    if (tc_str_starts(row->columns[3], TC_STR("ToXml throws:"))) {
        row->wanted = tc_str_sub(row->columns[3], 6, SIZE_MAX);
        answer_throw(row, thrown);
    } else {
        answer_text(row, tc_arena_printf(row->arena, "ToXml throws:%s %s", thrown.type, thrown.key));
    }
}

/* Rows of parse.tsv that are no permissions: conditions, and arguments of the constructors of Site and Url. */
static bool
parse_other(struct row *row, struct tc_throw *thrown)
{
    struct tc_str short_name = tc_str_sub(row->columns[0], strlen("System.Security.Policy."), SIZE_MAX);
    enum tc_condition_id kind = tc_condition_by_name(tc_policy_type(row->columns[0]));
    struct tc_element *element;
    struct tc_clr_fault fault;
    struct tc_condition condition;
    struct tc_site_string site;
    struct tc_url_string url;

    if (!tc_str_starts(row->columns[0], TC_STR("System.Security.Policy.")))
        return false;
    if (kind == TC_CONDITION_COUNT_) {
        enum tc_answer answer = tc_str_eq(short_name, TC_STR("Site"))
                                    ? tc_site_string_parse(row->arena, row->columns[1], &site, thrown)
                                    : tc_url_string_parse(row->arena, row->columns[1], &url, thrown);

        if (answer == TC_YES)
            answer_text(row, row->columns[1]);
        else
            answer_throw(row, *thrown);
        return true;
    }
    if (tc_clr_read(row->arena, row->columns[1], 0, &element, &fault) != TC_OK) {
        answer_throw(row, fault.thrown);
    } else if (!tc_str_eq(element->tag, TC_STR("IMembershipCondition"))) { /* XMLUtil looks first */
        answer_throw(row, (struct tc_throw){.type = "ArgumentException", .key = "Argument_WrongElementType"});
    } else if (tc_condition_read(row->arena, kind, element, &condition, thrown) != TC_YES) {
        answer_throw(row, *thrown);
    } else {
        element = tc_element_new(row->arena, TC_STR("IMembershipCondition"));
        tc_element_add(row->arena, element, TC_STR("class"),
                       class_text(row->arena, tc_arena_str(row->arena, row->columns[0]).ptr, TC_ASM_MSCORLIB, true));
        tc_element_add(row->arena, element, TC_STR("version"), TC_STR("1"));
        if (tc_condition_write(row->arena, &condition, element, thrown) == TC_YES)
            answer_text(row, element_text(row->arena, element));
        else
            answer_write_failed(row, *thrown);
    }
    return true;
}

static void
run_parse(struct row *row)
{
    struct tc_throw thrown = {.type = "", .key = ""};
    struct tc_perm *perm;
    struct tc_str text;

    if (tc_str_eq(row->columns[2], TC_STR("ok")))
        row->wanted = row->columns[3];
    else
        row->wanted = tc_arena_printf(row->arena, "%.*s%s%.*s", TC_STR_ARG(row->columns[2]),
                                      row->columns[3].len > 0 ? " " : "", TC_STR_ARG(row->columns[3]));
    if (parse_other(row, &thrown))
        return;
    if (read_perm(row, row->columns[1], &perm, &thrown) != TC_YES)
        answer_throw(row, thrown);
    else if (write_perm(row->arena, perm, true, &text, &thrown) == TC_YES)
        answer_text(row, text);
    else
        answer_write_failed(row, thrown);
}

static void
run_xmlreader(struct row *row)
{
    struct tc_element *root;
    struct tc_clr_fault fault;

    row->wanted = row->columns[2];
    if (tc_clr_read(row->arena, row->columns[0], 0, &root, &fault) == TC_OK)
        answer_text(row, element_text(row->arena, root));
    else
        answer_throw(row, fault.thrown);
}

static void
run_xmlattr(struct row *row)
{
    struct tc_element *root;
    struct tc_clr_fault fault;
    struct tc_str value;

    row->wanted = row->columns[2];
    if (tc_clr_read(row->arena, row->columns[0], 0, &root, &fault) != TC_OK)
        answer_throw(row, fault.thrown);
    else if (tc_str_eq(row->columns[1], TC_STR("#text")))
        answer_text(row, tc_element_decode(row->arena, root->text));
    else if (tc_element_get(row->arena, root, row->columns[1], &value))
        answer_text(row, value);
    else
        answer_text(row, TC_STR("null"));
}

/* Evidence columns: url, zone, site, strongname, gac, appdir. */
static enum tc_answer
read_evidence(const struct tc_str *columns, struct tc_evidence *ret_evidence, struct tc_throw *ret_throw)
{
    struct tc_evidence evidence = {.has_url = columns[0].len > 0,
                                   .url = columns[0],
                                   .has_zone = columns[1].len > 0,
                                   .has_site = columns[2].len > 0,
                                   .site = columns[2],
                                   .has_strong_name = columns[3].len > 0,
                                   .is_gac = tc_str_eq(columns[4], TC_STR("yes")),
                                   .has_directory = columns[5].len > 0,
                                   .directory = columns[5]};
    const struct tc_enum_value *zone = tc_enum_find(tc_enum(TC_ENUM_ZONE), columns[1]);
    size_t first = tc_str_find(columns[3], TC_STR(","), 0);
    size_t second = first == SIZE_MAX ? SIZE_MAX : tc_str_find(columns[3], TC_STR(","), first + 1);

    if (evidence.has_zone && zone == NULL) {
        *ret_throw = not_there();
        return TC_THROWS;
    }
    if (zone != NULL)
        evidence.zone = (int32_t)zone->value;
    if (second != SIZE_MAX) {
        evidence.key = tc_str_sub(columns[3], 0, first);
        evidence.name = tc_str_sub(columns[3], first + 1, second - first - 1);
        evidence.version = tc_str_sub(columns[3], second + 1, SIZE_MAX);
    }
    *ret_evidence = evidence;
    return TC_YES;
}

/* With and without URLs parsed in advance, which changes no answer. */
static void
answer_membership(struct row *row, struct tc_condition *condition, struct tc_evidence *evidence)
{
    struct tc_throw thrown = {.type = "", .key = ""}, again = {.type = "", .key = ""};
    enum tc_answer answer = tc_condition_check(row->arena, condition, evidence, &thrown), prepared;

    tc_condition_prepare(row->arena, condition);
    tc_evidence_prepare(row->arena, evidence);
    prepared = tc_condition_check(row->arena, condition, evidence, &again);
    if (prepared != answer || strcmp(thrown.type, again.type) != 0 || strcmp(thrown.key, again.key) != 0)
        answer_throw(row, (struct tc_throw){.type = "another answer once prepared", .key = ""});
    else
        answer_bool(row, answer, thrown);
}

static void
run_membership(struct row *row)
{
    struct tc_element *element;
    struct tc_clr_fault fault;
    struct tc_condition condition;
    struct tc_evidence evidence;
    struct tc_throw thrown = {.type = "", .key = ""};

    row->wanted = row->columns[8];
    if (tc_clr_read(row->arena, row->columns[1], 0, &element, &fault) != TC_OK)
        answer_throw(row, fault.thrown);
    else if (read_evidence(row->columns + 2, &evidence, &thrown) != TC_YES ||
             tc_condition_read(row->arena, tc_condition_by_name(tc_policy_type(row->columns[0])), element, &condition,
                               &thrown) != TC_YES)
        answer_throw(row, thrown);
    else
        answer_membership(row, &condition, &evidence);
}

static const struct tc_class_names short_names = {.is_full = false};

/* A set's XML, "null" for none. */
static enum tc_answer
set_text(struct tc_arena *arena, const struct tc_grant_set *set, struct tc_str *ret_text, struct tc_throw *ret_throw)
{
    struct tc_element *element;

    if (set == NULL) {
        *ret_text = TC_STR("null");
        return TC_YES;
    }
    if (tc_grant_set_write(arena, set, &short_names, &element, ret_throw) != TC_YES)
        return TC_THROWS;
    *ret_text = element_text(arena, element);
    return TC_YES;
}

static enum tc_answer
read_set(struct row *row, struct tc_str xml, struct tc_grant_set **ret_set, struct tc_throw *ret_throw)
{
    struct tc_element *element;
    struct tc_clr_fault fault;

    if (tc_clr_read(row->arena, xml, 0, &element, &fault) != TC_OK) {
        *ret_throw = fault.thrown;
        return TC_THROWS;
    }
    return tc_grant_set_read(row->arena, NULL, element, TC_SET_STRICT, ret_set, ret_throw);
}

/* Operations on one set or two that give a set or a truth. */
static enum tc_answer
run_set_operation(struct row *row, struct tc_str op, struct tc_grant_set *a, struct tc_grant_set *b,
                  struct tc_str *ret_text, struct tc_throw *ret_throw)
{
    struct tc_grant_set *result = a;
    enum tc_answer answer = TC_YES;
    bool is_truth = true;

    if (tc_str_eq(op, TC_STR("isempty")))
        answer = tc_grant_set_is_empty(row->arena, &machine, a, ret_throw);
    else if (tc_str_eq(op, TC_STR("isunrestricted")))
        answer = a->unrestricted ? TC_YES : TC_NO;
    else if (tc_str_eq(op, TC_STR("containsnoncas")))
        answer = tc_grant_set_contains_non_cas(a) ? TC_YES : TC_NO;
    else if (tc_str_eq(op, TC_STR("subset")))
        answer = tc_grant_set_subset(row->arena, &machine, a, b, ret_throw);
    else
        is_truth = false;
    if (answer == TC_THROWS)
        return answer;
    if (is_truth) {
        *ret_text = answer == TC_YES ? TC_STR("true") : TC_STR("false");
        return TC_YES;
    }
    if (tc_str_eq(op, TC_STR("count"))) {
        *ret_text = tc_arena_printf(row->arena, "%zu", a->count);
        return TC_YES;
    }
    if (tc_str_eq(op, TC_STR("union")))
        answer = tc_grant_set_unite(row->arena, a, b, &result, ret_throw);
    else if (tc_str_eq(op, TC_STR("intersect")))
        answer = tc_grant_set_intersect(row->arena, &machine, a, b, &result, ret_throw);
    return answer == TC_YES ? set_text(row->arena, result, ret_text, ret_throw) : answer;
}

/* Operations with a permission: "returned | the set afterwards". */
static enum tc_answer
run_member_operation(struct row *row, struct tc_str op, struct tc_grant_set *set, const struct tc_perm *perm,
                     struct tc_str *ret_text, struct tc_throw *ret_throw)
{
    const struct tc_perm *returned = perm;
    struct tc_str first, second;
    enum tc_answer answer;

    if (tc_str_eq(op, TC_STR("addpermission")))
        answer = tc_grant_set_add(row->arena, set, perm, &returned, ret_throw);
    else if (tc_str_eq(op, TC_STR("setpermission")))
        answer = tc_grant_set_put(row->arena, set, perm, ret_throw);
    else if (tc_str_eq(op, TC_STR("removepermission")))
        answer = tc_grant_set_remove(set, perm->cls, &returned, ret_throw);
    else
        answer = tc_grant_set_get(set, perm->cls, &returned, ret_throw);
    if (answer == TC_YES)
        answer = write_perm(row->arena, returned, false, &first, ret_throw);
    if (answer == TC_YES)
        answer = set_text(row->arena, set, &second, ret_throw);
    if (answer == TC_YES)
        *ret_text = tc_arena_printf(row->arena, "%.*s | %.*s", TC_STR_ARG(first), TC_STR_ARG(second));
    return answer;
}

static void
run_permissionset(struct row *row)
{
    struct tc_throw thrown = {.type = "", .key = ""};
    struct tc_grant_set *a, *b = NULL;
    struct tc_perm *perm;
    struct tc_str text = TC_STR("");
    enum tc_answer answer = read_set(row, row->columns[1], &a, &thrown);

    row->wanted = row->columns[3];
    if (answer == TC_YES && tc_str_ends(row->columns[0], TC_STR("permission"))) {
        answer = read_perm(row, row->columns[2], &perm, &thrown);
        if (answer == TC_YES)
            answer = run_member_operation(row, row->columns[0], a, perm, &text, &thrown);
    } else if (answer == TC_YES) {
        if (!tc_str_eq(row->columns[2], TC_STR("-")) && !tc_str_eq(row->columns[2], TC_STR("null")))
            answer = read_set(row, row->columns[2], &b, &thrown);
        if (answer == TC_YES)
            answer = run_set_operation(row, row->columns[0], a, b, &text, &thrown);
    }
    if (answer == TC_YES)
        answer_text(row, text);
    else
        answer_throw(row, thrown);
}

/* The names of the single bits, as the files have them. */
static struct tc_str
attributes_text(struct tc_arena *arena, unsigned attributes)
{
    return attributes == 0 ? TC_STR("Nothing") : tc_bits_text(arena, tc_enum(TC_ENUM_STATEMENT_ATTRIBUTES), attributes);
}

static enum tc_answer
read_level(struct row *row, struct tc_str xml, struct tc_policy_level **ret_level, struct tc_throw *ret_throw)
{
    struct tc_element *element;
    struct tc_clr_fault fault;

    if (tc_clr_read(row->arena, xml, 0, &element, &fault) != TC_OK) {
        *ret_throw = fault.thrown;
        return TC_THROWS;
    }
    return tc_policy_level_read(row->arena, element, TC_FX_4_0, ret_level, ret_throw);
}

static void
run_resolve(struct row *row)
{
    struct tc_throw thrown = {.type = "", .key = ""};
    struct tc_policy_level *level;
    struct tc_evidence evidence;
    struct tc_statement statement;
    struct tc_str set = TC_STR("");
    enum tc_answer answer = read_evidence(row->columns + 1, &evidence, &thrown);

    row->wanted =
        tc_str_starts(row->columns[8], TC_STR("throws:"))
            ? row->columns[8]
            : tc_arena_printf(row->arena, "%.*s | %.*s", TC_STR_ARG(row->columns[7]), TC_STR_ARG(row->columns[8]));
    if (answer == TC_YES)
        answer = read_level(row, row->columns[0], &level, &thrown);
    if (answer == TC_YES)
        answer = tc_policy_level_resolve(row->arena, level, &evidence, &statement, &thrown);
    if (answer == TC_YES)
        answer = set_text(row->arena, statement.set, &set, &thrown);
    if (answer == TC_YES)
        answer_text(row,
                    tc_arena_printf(row->arena, "%.*s | %.*s",
                                    TC_STR_ARG(attributes_text(row->arena, statement.attributes)), TC_STR_ARG(set)));
    else
        answer_throw(row, thrown);
}

/* The named sets that every level of hierarchy.tsv holds and that its columns leave out (README of the vectors). */
static const char hierarchy_sets[] =
    "<NamedPermissionSets>"
    "<PermissionSet class=\"System.Security.NamedPermissionSet\" version=\"1\" Name=\"ASP\" Description=\"d\">"
    "<IPermission class=\"System.Security.Permissions.SecurityPermission\" version=\"1\" Flags=\"Execution\"/>"
    "<IPermission class=\"System.Security.Permissions.FileIOPermission\" version=\"1\" Read=\"C:\\site\"/>"
    "</PermissionSet>"
    "<PermissionSet class=\"System.Security.NamedPermissionSet\" version=\"1\" Name=\"Extra\">"
    "<IPermission class=\"System.Security.Permissions.UIPermission\" version=\"1\" Window=\"SafeSubWindows\"/>"
    "<IPermission class=\"System.Security.Permissions.FileIOPermission\" version=\"1\" Write=\"C:\\site\\tmp\"/>"
    "</PermissionSet>"
    "<PermissionSet class=\"System.Security.NamedPermissionSet\" version=\"1\" Name=\"Env\">"
    "<IPermission class=\"System.Security.Permissions.EnvironmentPermission\" version=\"1\" Read=\"TEMP\"/>"
    "</PermissionSet>"
    "</NamedPermissionSets>";

static enum tc_answer
read_hierarchy(struct row *row, struct tc_policy_level **levels, struct tc_throw *ret_throw)
{
    struct tc_str start = TC_STR("<PolicyLevel version=\"1\">");

    for (size_t i = 0; i < TC_POLICY_LEVEL_COUNT_; i++) {
        struct tc_str xml = row->columns[i];

        if (tc_str_eq(xml, TC_STR("-")))
            continue;
        if (tc_str_starts(xml, start))
            xml = tc_arena_printf(row->arena, "%.*s%s%.*s", TC_STR_ARG(start), hierarchy_sets,
                                  TC_STR_ARG(tc_str_sub(xml, start.len, SIZE_MAX)));
        if (read_level(row, xml, &levels[i], ret_throw) != TC_YES)
            return TC_THROWS;
    }
    return TC_YES;
}

static void
run_hierarchy(struct row *row)
{
    struct tc_throw thrown = {.type = "", .key = ""};
    struct tc_policy_level *levels[TC_POLICY_LEVEL_COUNT_] = {NULL};
    const struct tc_policy_level *asked[TC_POLICY_LEVEL_COUNT_];
    struct tc_evidence evidence;
    struct tc_grant_set *set;
    struct tc_str text = TC_STR("");
    enum tc_answer answer = read_evidence(row->columns + 4, &evidence, &thrown);

    row->wanted = row->columns[10];
    if (answer == TC_YES)
        answer = read_hierarchy(row, levels, &thrown);
    for (size_t i = 0; i < TC_POLICY_LEVEL_COUNT_; i++)
        asked[i] = levels[i];
    if (answer == TC_YES)
        answer = tc_policy_levels_resolve(row->arena, &machine, asked, &evidence, &set, &thrown);
    if (answer == TC_YES)
        answer = set_text(row->arena, set, &text, &thrown);
    if (answer == TC_YES)
        answer_text(row, text);
    else
        answer_throw(row, thrown);
}

/* ---- demands: Class(arguments) ---------------------------------------------------------------------------------- */

/* Take the text up to the next ", " off @a rest. */
static struct tc_str
next_argument(struct tc_str *rest)
{
    size_t comma = tc_str_find(*rest, TC_STR(", "), 0);
    struct tc_str argument = tc_str_sub(*rest, 0, comma);

    *rest = comma == SIZE_MAX ? TC_STR("") : tc_str_sub(*rest, comma + 2, SIZE_MAX);
    return argument;
}

static int32_t
number(struct tc_str text)
{
    int32_t value = 0;
    struct tc_throw ignored;

    (void)tc_int32_parse(text, &value, &ignored);
    return value;
}

/* "Read|PathDiscovery" as fields of a class. */
static unsigned
fields_of(const struct tc_class *cls, struct tc_str access)
{
    unsigned fields = 0;

    for (;;) {
        size_t bar = tc_str_find(access, TC_STR("|"), 0);
        struct tc_str name = tc_str_sub(access, 0, bar);

        for (size_t i = 0; i < cls->field_count; i++)
            if (tc_str_eq(name, tc_str_of(cls->fields[i].xml)) ||
                (cls->fields[i].in_all && tc_str_eq(name, TC_STR("AllAccess"))))
                fields |= 1u << i;
        if (bar == SIZE_MAX)
            return fields;
        access = tc_str_sub(access, bar + 1, SIZE_MAX);
    }
}

static enum tc_answer
demand_socket(struct tc_arena *arena, bool accept, struct tc_str rest, struct tc_perm **ret_perm,
              struct tc_throw *ret_throw)
{
    const struct tc_enum_value *transport = tc_enum_find_xml(tc_enum(TC_ENUM_TRANSPORT), next_argument(&rest));
    size_t comma = rest.len;

    while (comma > 0 && !(rest.ptr[comma - 1] == ',' && comma < rest.len && rest.ptr[comma] == ' '))
        comma--;
    if (transport == NULL || comma == 0) {
        *ret_throw = not_there();
        return TC_THROWS;
    }
    return tc_demand_socket(arena, accept, (int32_t)transport->value, tc_str_sub(rest, 0, comma - 1),
                            number(tc_str_sub(rest, comma + 1, SIZE_MAX)), ret_perm, ret_throw);
}

static enum tc_answer
make_demand(struct tc_arena *arena, const struct tc_class *cls, struct tc_str text, struct tc_perm **ret_perm,
            struct tc_throw *ret_throw)
{
    size_t open = tc_str_find(text, TC_STR("("), 0);
    struct tc_str rest = open == SIZE_MAX ? TC_STR("") : tc_str_sub(text, open + 1, text.len - open - 2);
    struct tc_str first, names[2];
    size_t count = 0;

    if (cls->algebra == TC_ALGEBRA_DB_DATA)
        return tc_demand_connection(arena, cls, rest, ret_perm, ret_throw);
    first = next_argument(&rest);
    switch (cls->algebra) {
    case TC_ALGEBRA_FILE_IO:
    case TC_ALGEBRA_REGISTRY:
    case TC_ALGEBRA_ENVIRONMENT:
        return tc_demand_paths(arena, cls, fields_of(cls, first), rest, ret_perm, ret_throw);
    case TC_ALGEBRA_WEB:
        return tc_demand_web(arena, tc_str_eq(first, TC_STR("Accept")), rest, ret_perm, ret_throw);
    case TC_ALGEBRA_SOCKET:
        return demand_socket(arena, tc_str_eq(first, TC_STR("Accept")), rest, ret_perm, ret_throw);
    case TC_ALGEBRA_RESOURCE_TREE:
        if (tc_class_id(cls) != TC_CLASS_EVENT_LOG && tc_class_id(cls) != TC_CLASS_DIRECTORY_SERVICES)
            names[count++] = next_argument(&rest);
        names[count++] = rest;
        return tc_demand_resource(arena, cls, number(first), names, count, ret_perm, ret_throw);
    default:
        *ret_throw = not_there();
        return TC_THROWS;
    }
}

static void
run_demand(struct row *row)
{
    struct tc_throw thrown = {.type = "", .key = ""};
    const struct tc_class *cls = tc_class_by_type(row->columns[0]);
    struct tc_perm *demand, *grant = NULL;

    row->wanted = row->columns[3];
    if (cls == NULL || make_demand(row->arena, cls, row->columns[1], &demand, &thrown) != TC_YES)
        answer_throw(row, cls == NULL ? not_there() : thrown);
    else if (!tc_str_eq(row->columns[2], TC_STR("-")) && !tc_str_eq(row->columns[2], TC_STR("null")) &&
             read_perm(row, row->columns[2], &grant, &thrown) != TC_YES)
        answer_throw(row, thrown);
    else
        answer_bool(row, tc_algebra_ops(cls->algebra)->subset(row->arena, &machine, demand, grant, &thrown), thrown);
}

static const struct format formats[] = {
    {"combine.tsv", "class\top\txmlA\txmlB\tresult", run_combine},
    {"demand.tsv", "class\tdemand\tgrant\tresult", run_demand},
    {"hierarchy.tsv", "enterprise\tmachine\tuser\tappdomain\turl\tzone\tsite\tstrongname\tgac\tappdir\tresult",
     run_hierarchy},
    {"membership.tsv", "class\tcondition\turl\tzone\tsite\tstrongname\tgac\tappdir\tmatches", run_membership},
    {"parse.tsv", "class\txml\toutcome\tdetail", run_parse},
    {"permissionset.tsv", "op\tsetA\tsetB\tresult", run_permissionset},
    {"resolve.tsv", "level\turl\tzone\tsite\tstrongname\tgac\tappdir\tattributes\tresult", run_resolve},
    {"subset.tsv", "class\txmlA\txmlB\tA_subset_of_B", run_subset},
    {"xmlattr.tsv", "document\tattribute\tvalue", run_xmlattr},
    {"xmlreader.tsv", "document\taccepted\tresult", run_xmlreader},
};

/* ---- files ----------------------------------------------------------------------------------------------------- */

struct options {
    const char *directory;
    bool strict;
    unsigned long show;
};

struct tally {
    unsigned long passed, failed;
    unsigned long strict_passed, strict_failed;
};

static bool
read_file(const char *path, struct tc_buf *out)
{
    FILE *file = fopen(path, "rb");
    size_t got;
    bool fine;

    if (file == NULL)
        return false;
    do {
        if (!tc_buf_reserve(out, 1 << 16))
            break;
        got = fread(out->ptr + out->len, 1, 1 << 16, file);
        out->len += got;
    } while (got > 0);
    fine = !ferror(file) && !out->failed;
    fclose(file);
    return fine;
}

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Append a UTF-16 unit; a lone surrogate becomes three bytes like any other, which nothing here mistakes for UTF-8. */
static size_t
put_unit(char *out, unsigned unit)
{
    if (unit < 0x80) {
        out[0] = (char)unit;
        return 1;
    }
    if (unit < 0x800) {
        out[0] = (char)(0xC0 | unit >> 6);
        out[1] = (char)(0x80 | (unit & 0x3F));
        return 2;
    }
    out[0] = (char)(0xE0 | unit >> 12);
    out[1] = (char)(0x80 | (unit >> 6 & 0x3F));
    out[2] = (char)(0x80 | (unit & 0x3F));
    return 3;
}

static struct tc_str
unescape(struct tc_arena *arena, struct tc_str field)
{
    char *out = tc_arena_alloc(arena, field.len + 1, 1);
    size_t len = 0;

    for (size_t i = 0; i < field.len; i++) {
        char next = i + 1 < field.len ? field.ptr[i + 1] : '\0';
        unsigned unit = 0;
        int digits = 0;

        if (field.ptr[i] != '\\') {
            out[len++] = field.ptr[i];
            continue;
        }
        i++;
        if (next != 'u') {
            out[len++] = next == 't' ? '\t' : next == 'n' ? '\n' : next == 'r' ? '\r' : next;
            continue;
        }
        while (digits < 4 && i + 1 < field.len && hex_digit(field.ptr[i + 1]) >= 0) {
            unit = unit * 16 + (unsigned)hex_digit(field.ptr[++i]);
            digits++;
        }
        len += put_unit(out + len, unit);
    }
    return (struct tc_str){out, len};
}

static size_t
split(struct tc_arena *arena, struct tc_str line, struct tc_str *columns)
{
    size_t count = 0;

    for (;;) {
        size_t tab = tc_str_find(line, TC_STR("\t"), 0);

        if (count < COLUMNS_MAX)
            columns[count++] = unescape(arena, tc_str_sub(line, 0, tab));
        if (tab == SIZE_MAX)
            return count;
        line = tc_str_sub(line, tab + 1, SIZE_MAX);
    }
}

/* Whether the row passed; @a strict: with the exception's type and key. */
static bool
passed(const struct row *row, bool strict)
{
    bool wants_throw = tc_str_starts(row->wanted, TC_STR("throws:"));
    struct tc_str wanted, got;

    if (row->got.throws && strcmp(row->got.thrown.type, not_there().type) == 0)
        return false;
    if (row->got.throws != wants_throw)
        return false;
    if (!wants_throw)
        return same_result(row->arena, row->got.text, row->wanted);
    if (!strict)
        return true;
    wanted = tc_str_sub(row->wanted, 7, SIZE_MAX);
    got = tc_arena_printf(row->arena, "%s%s%s", row->got.thrown.type, row->got.thrown.key[0] == '\0' ? "" : " ",
                          row->got.thrown.key);
    /* files that record no key at all: the type alone */
    return tc_str_eq(wanted, got) || tc_str_eq(wanted, tc_str_of(row->got.thrown.type));
}

static void
show(const struct format *format, const struct row *row, size_t line, size_t count, bool only_strict)
{
    printf("--- %s:%zu%s\n", format->file, line, only_strict ? " (strict)" : "");
    for (size_t i = 0; i < count; i++)
        printf("  [%zu] %.*s\n", i + 1, TC_STR_ARG(row->columns[i]));
    printf("  wanted: %.*s\n", TC_STR_ARG(row->wanted));
    if (row->got.throws)
        printf("  got:    throws:%s %s\n", row->got.thrown.type, row->got.thrown.key);
    else
        printf("  got:    %.*s\n", TC_STR_ARG(row->got.text));
}

static void
run_line(const struct format *format, struct tc_str line, size_t number, const struct options *options,
         struct tally *tally, unsigned long *shown)
{
    struct tc_arena arena;
    struct row row;
    size_t count;
    bool plain, strict;

    tc_arena_init(&arena);
    memset(&row, 0, sizeof row);
    row.arena = &arena;
    row.wanted = TC_STR("");
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        row.columns[i] = TC_STR("");
    count = split(&arena, line, row.columns);
    format->run(&row);
    plain = passed(&row, false);
    strict = plain && passed(&row, true);
    tally->passed += plain;
    tally->failed += !plain;
    tally->strict_passed += strict;
    tally->strict_failed += !strict;
    if ((!plain || (options->strict && !strict)) && *shown < options->show) {
        show(format, &row, number, count, plain);
        ++*shown;
    }
    tc_arena_done(&arena);
}

static bool
run_file(const struct format *format, const struct options *options, struct tally *total, unsigned long *shown)
{
    struct tally tally = {0};
    struct tc_buf content;
    struct tc_str rest;
    char path[4096];
    size_t number = 0;

    tc_buf_init(&content);
    snprintf(path, sizeof path, "%s/%s", options->directory, format->file);
    if (!read_file(path, &content)) {
        fprintf(stderr, "vectors: cannot read '%s': %s\n", path, strerror(errno));
        tc_buf_done(&content);
        return false;
    }
    rest = tc_buf_str(&content);
    while (rest.len > 0) {
        size_t end = tc_str_find(rest, TC_STR("\n"), 0);
        struct tc_str line = tc_str_sub(rest, 0, end);

        rest = end == SIZE_MAX ? TC_STR("") : tc_str_sub(rest, end + 1, SIZE_MAX);
        if (++number > 1) {
            run_line(format, line, number, options, &tally, shown);
        } else if (!tc_str_eq(line, tc_str_of(format->header))) {
            fprintf(stderr, "vectors: '%s' has other columns than expected\n", path);
            tally.failed++;
        }
    }
    tc_buf_done(&content);
    printf("%s: %lu passed, %lu failed\n", format->file, tally.passed, tally.failed);
    if (options->strict)
        printf("%s, strict: %lu passed, %lu failed\n", format->file, tally.strict_passed, tally.strict_failed);
    total->passed += tally.passed;
    total->failed += tally.failed;
    total->strict_passed += tally.strict_passed;
    total->strict_failed += tally.strict_failed;
    return true;
}

/* Whether DIR holds files that we do not know: new formats must not go unnoticed. */
static bool
has_unknown_files(const char *directory)
{
    DIR *dir = opendir(directory);
    struct dirent *entry;
    bool found = false;

    if (dir == NULL)
        return false;
    while ((entry = readdir(dir)) != NULL) {
        bool known = !tc_str_ends(tc_str_of(entry->d_name), TC_STR(".tsv"));

        for (size_t i = 0; i < COUNT(formats); i++)
            known = known || strcmp(entry->d_name, formats[i].file) == 0;
        if (!known) {
            fprintf(stderr, "vectors: no format is known for '%s'\n", entry->d_name);
            found = true;
        }
    }
    closedir(dir);
    return found;
}

static bool
is_there(const char *directory, const char *file)
{
    char path[4096];
    FILE *stream;

    snprintf(path, sizeof path, "%s/%s", directory, file);
    stream = fopen(path, "rb");
    if (stream != NULL)
        fclose(stream);
    return stream != NULL;
}

static bool
read_options(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--strict") == 0)
            options->strict = true;
        else if (strcmp(argv[i], "--show") == 0 && i + 1 < argc)
            options->show = strtoul(argv[++i], NULL, 10);
        else if (argv[i][0] != '-' && options->directory == NULL)
            options->directory = argv[i];
        else
            return false;
    }
    return options->directory != NULL;
}

int
main(int argc, char **argv)
{
    struct options options = {0};
    struct tally total = {0};
    unsigned long shown = 0;
    bool found = false, fine = true;

    if (!read_options(argc, argv, &options)) {
        fprintf(stderr, "usage: vectors [--show K] [--strict] DIR\n");
        return 2;
    }
    fine = !has_unknown_files(options.directory);
    for (size_t i = 0; i < COUNT(formats); i++) {
        if (!is_there(options.directory, formats[i].file))
            continue;
        found = true;
        fine = run_file(&formats[i], &options, &total, &shown) && fine;
    }
    if (!found) {
        fprintf(stderr, "vectors: no vectors in '%s'\n", options.directory);
        return 2;
    }
    if (options.strict)
        printf("strict: %lu passed, %lu failed\n", total.strict_passed, total.strict_failed);
    printf("%lu passed, %lu failed\n", total.passed, total.failed);
    return total.failed > 0 || !fine ? 1 : 0;
}
