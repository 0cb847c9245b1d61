#include "data/tables.h"
#include "unit/suites.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define ROWS(array) (sizeof(array) / sizeof(array)[0])

static const enum tc_framework frameworks[] = {TC_FX_1_1, TC_FX_2_0, TC_FX_3_5, TC_FX_4_0};

static bool
same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static bool
same_any_case(const char *a, const char *b)
{
    return tc_str_eq_nocase(tc_str_of(a), tc_str_of(b));
}

/* What an unrestricted permission of a FLAGS class has. */
static int64_t
all_bits(enum tc_enum_id id)
{
    int64_t bits = 0;

    for (size_t i = 0; i < tc_enum(id)->count; i++)
        bits |= tc_enum(id)->values[i].value;
    return bits;
}

/* ---- frameworks ---- */

static const struct {
    const char *name;
    enum tc_framework framework;
    const char *directory;
    const char *config;
    bool has[TC_SINCE_COUNT_]; /* 1.0, 1.1, 2.0, 2.0 SP1, 3.0, 3.5, 4.0 */
} framework_cases[] = {
    {"1.1", TC_FX_1_1, "v1.1.4322", "machine.config", {1, 1, 0, 0, 0, 0, 0}},
    {"2.0", TC_FX_2_0, "v2.0.50727", "web.config", {1, 1, 1, 1, 0, 0, 0}},
    {"3.5", TC_FX_3_5, "v2.0.50727", "web.config", {1, 1, 1, 1, 1, 1, 0}},
    {"4.0", TC_FX_4_0, "v4.0.30319", "web.config", {1, 1, 1, 1, 1, 1, 1}},
};

START_TEST(knows_frameworks)
{
    enum tc_framework found = TC_FX_COUNT_;
    const struct tc_clr_info *clr = tc_clr_info(tc_framework_info(framework_cases[_i].framework)->clr);

    ck_assert(tc_framework_find(tc_str_of(framework_cases[_i].name), &found));
    ck_assert_int_eq(found, framework_cases[_i].framework);
    ck_assert_str_eq(tc_framework_info(found)->name, framework_cases[_i].name);
    ck_assert_str_eq(clr->directory, framework_cases[_i].directory);
    ck_assert_str_eq(clr->config, framework_cases[_i].config);
    ck_assert_int_eq(clr->has_lock_attributes, found != TC_FX_1_1);
    ck_assert_int_eq(clr->has_cas_model, found == TC_FX_4_0);
    ck_assert_uint_gt(strlen(clr->source), 0);
    for (int since = 0; since < TC_SINCE_COUNT_; since++)
        ck_assert_int_eq(tc_since_in((enum tc_since)since, found), framework_cases[_i].has[since]);
}
END_TEST

START_TEST(knows_no_other_framework)
{
    enum tc_framework found = TC_FX_COUNT_;

    ck_assert(!tc_framework_find(TC_STR("3.0"), &found));
    ck_assert(!tc_framework_find(TC_STR("2"), &found));
    ck_assert(!tc_framework_find(TC_STR(""), &found));
    ck_assert_int_eq(found, TC_FX_COUNT_);
    ck_assert_str_eq(tc_since_name(TC_SINCE_1_0), "1.0");
    ck_assert_str_eq(tc_since_name(TC_SINCE_2_0_SP1), "2.0 SP1");
    ck_assert_str_eq(tc_since_name(TC_SINCE_4_0), "4.0");
}
END_TEST

START_TEST(knows_runtimes)
{
    static const char *const stdlib[TC_RT_COUNT_] = {"1.1.trust", "2.0.trust", "3.5.trust", "4.0.trust",
                                                     "4.0-legacy.trust"};

    for (int i = 0; i < TC_RT_COUNT_; i++) {
        const struct tc_runtime_info *runtime = tc_runtime_info((enum tc_runtime)i);

        ck_assert_str_eq(runtime->stdlib, stdlib[i]);
        ck_assert_int_eq(runtime->homogeneous, i == TC_RT_4_0);
        ck_assert_int_eq(runtime->framework, i == TC_RT_4_0_LEGACY ? (int)TC_FX_4_0 : i);
    }
    ck_assert_str_eq(tc_runtime_info(TC_RT_4_0_LEGACY)->name, "4.0 legacy");
}
END_TEST

/* ---- assemblies and descriptions ---- */

/* The table of permissions 0, typed a second time. */
static const struct {
    const char *name;
    const char *token;
    const char *clr_1_1;
    const char *clr_2_0;
    const char *clr_4;
} assembly_cases[] = {
    {"mscorlib", "b77a5c561934e089", "1.0.5000.0", "2.0.0.0", "4.0.0.0"},
    {"System", "b77a5c561934e089", "1.0.5000.0", "2.0.0.0", "4.0.0.0"},
    {"System.Data", "b77a5c561934e089", "1.0.5000.0", "2.0.0.0", "4.0.0.0"},
    {"System.Data.OracleClient", "b77a5c561934e089", "1.0.5000.0", "2.0.0.0", "4.0.0.0"},
    {"System.Transactions", "b77a5c561934e089", NULL, "2.0.0.0", "4.0.0.0"},
    {"System.Xaml", "b77a5c561934e089", NULL, NULL, "4.0.0.0"},
    {"System.Configuration", "b03f5f7f11d50a3a", NULL, "2.0.0.0", "4.0.0.0"},
    {"System.Drawing", "b03f5f7f11d50a3a", "1.0.5000.0", "2.0.0.0", "4.0.0.0"},
    {"System.Messaging", "b03f5f7f11d50a3a", "1.0.5000.0", "2.0.0.0", "4.0.0.0"},
    {"System.Security", "b03f5f7f11d50a3a", "1.0.5000.0", "2.0.0.0", "4.0.0.0"},
    {"System.ServiceProcess", "b03f5f7f11d50a3a", "1.0.5000.0", "2.0.0.0", "4.0.0.0"},
    {"System.DirectoryServices", "b03f5f7f11d50a3a", "1.0.5000.0", "2.0.0.0", "4.0.0.0"},
    {"System.Net", "b03f5f7f11d50a3a", NULL, "3.5.0.0", "4.0.0.0"},
    {"WindowsBase", "31bf3856ad364e35", NULL, "3.0.0.0", "4.0.0.0"},
};

/* The version that the table gives for a class under a framework; NULL when it is not there. */
static const char *
expected_version(const struct tc_class *cls, enum tc_framework framework, const char **ret_token)
{
    const struct tc_assembly *assembly = tc_assembly(cls->assembly);

    for (size_t i = 0; i < ROWS(assembly_cases); i++)
        if (same(assembly_cases[i].name, assembly->name)) {
            *ret_token = assembly_cases[i].token;
            if (!tc_since_in(cls->since, framework))
                return NULL;
            return framework == TC_FX_1_1   ? assembly_cases[i].clr_1_1
                   : framework == TC_FX_4_0 ? assembly_cases[i].clr_4
                                            : assembly_cases[i].clr_2_0;
        }
    ck_abort_msg("%s is not in permissions 0", assembly->name);
    return NULL;
}

START_TEST(describes_every_class)
{
    const struct tc_class *cls = tc_class((enum tc_class_id)_i);
    struct tc_buf got;

    tc_buf_init(&got);
    for (size_t i = 0; i < ROWS(frameworks); i++) {
        const char *token = NULL;
        const char *version = expected_version(cls, frameworks[i], &token);
        char expected[256];

        ck_assert_msg(tc_class_in(cls, frameworks[i]) == (version != NULL), "%s under %s", cls->type,
                      tc_framework_info(frameworks[i])->name);
        if (version == NULL)
            continue;
        snprintf(expected, sizeof expected, "%s, %s, Version=%s, Culture=neutral, PublicKeyToken=%s", cls->type,
                 tc_assembly(cls->assembly)->name, version, token);
        tc_buf_clear(&got);
        tc_class_description(cls, frameworks[i], &got);
        tc_buf_putc(&got, '\0');
        ck_assert_str_eq(got.ptr, expected);
    }
    tc_buf_done(&got);
}
END_TEST

static const struct {
    const char *word;
    bool in[TC_FX_COUNT_];
} presence_cases[] = {
    {"FileIO", {1, 1, 1, 1}},         {"AspNetHosting", {1, 1, 1, 1}},
    {"Odbc", {1, 1, 1, 1}},           {"KeyContainer", {0, 1, 1, 1}},
    {"Configuration", {0, 1, 1, 1}},  {"Smtp", {0, 1, 1, 1}},
    {"GacIdentity", {0, 1, 1, 1}},    {"DistributedTransaction", {0, 1, 1, 1}},
    {"TypeDescriptor", {0, 1, 1, 1}}, {"DataProtection", {0, 1, 1, 1}},
    {"Media", {0, 0, 1, 1}},          {"WebBrowser", {0, 0, 1, 1}},
    {"Pnrp", {0, 0, 1, 1}},           {"PeerCollaboration", {0, 0, 1, 1}},
    {"XamlLoad", {0, 0, 0, 1}},
};

START_TEST(knows_since_when)
{
    const struct tc_class *cls = tc_class_find(tc_str_of(presence_cases[_i].word));

    ck_assert_ptr_nonnull(cls);
    for (int i = 0; i < TC_FX_COUNT_; i++)
        ck_assert_msg(tc_class_in(cls, (enum tc_framework)i) == presence_cases[_i].in[i], "%s under %s",
                      presence_cases[_i].word, tc_framework_info((enum tc_framework)i)->name);
}
END_TEST

START_TEST(describes_other_types)
{
    static const struct tc_class declared = {
        .word = "", .short_name = "P", .type = "Acme.P, Acme, Version=1.0.0.0", .assembly = TC_ASM_COUNT_};
    struct tc_buf got;

    tc_buf_init(&got);
    tc_policy_class_description("FirstMatchCodeGroup", TC_FX_1_1, &got);
    tc_buf_putc(&got, '\n');
    tc_type_description("System.Security.NamedPermissionSet", TC_ASM_MSCORLIB, TC_FX_3_5, &got);
    tc_buf_putc(&got, '\n');
    tc_class_description(&declared, TC_FX_2_0, &got);
    tc_buf_putc(&got, '\0');
    ck_assert_str_eq(got.ptr,
                     "System.Security.Policy.FirstMatchCodeGroup, mscorlib, Version=1.0.5000.0, Culture=neutral, "
                     "PublicKeyToken=b77a5c561934e089\n"
                     "System.Security.NamedPermissionSet, mscorlib, Version=2.0.0.0, Culture=neutral, "
                     "PublicKeyToken=b77a5c561934e089\n"
                     "Acme.P, Acme, Version=1.0.0.0");
    ck_assert(tc_class_in(&declared, TC_FX_1_1));
    tc_buf_done(&got);
}
END_TEST

START_TEST(lists_assemblies_once)
{
    ck_assert_uint_eq(ROWS(assembly_cases), TC_ASM_COUNT_);
    for (int i = 0; i < TC_ASM_COUNT_; i++) {
        ck_assert_uint_eq(strlen(tc_assembly((enum tc_assembly_id)i)->token), 16);
        for (int k = 0; k < i; k++)
            ck_assert(!same(tc_assembly((enum tc_assembly_id)i)->name, tc_assembly((enum tc_assembly_id)k)->name));
    }
}
END_TEST

/* ---- enumerations ---- */

START_TEST(enumeration_is_sound)
{
    const struct tc_enum *values = tc_enum((enum tc_enum_id)_i);
    bool is_ours = false;

    ck_assert_uint_gt(values->count, 0);
    ck_assert_uint_gt(strlen(values->type_name), 0);
    ck_assert(same(values->separator, ", ") || same(values->separator, "|"));
    for (size_t i = 0; i < values->count; i++) {
        const struct tc_enum_value *row = &values->values[i];

        ck_assert_uint_gt(strlen(row->name), 0);
        ck_assert_uint_gt(strlen(row->xml), 0);
        is_ours = is_ours || !same(row->name, row->xml);
        ck_assert_ptr_eq(tc_enum_find(values, tc_str_of(row->name)), row);
        ck_assert_ptr_eq(tc_enum_find_xml(values, tc_str_of(row->xml)), row);
        ck_assert_int_eq(tc_enum_by_value(values, row->value)->value, row->value);
        for (size_t k = 0; k < i; k++) { /* not even differing in case: the CLR might take one for the other */
            ck_assert(!same_any_case(row->name, values->values[k].name));
            ck_assert(!same_any_case(row->xml, values->values[k].xml));
        }
    }
    /* A choice of ours is ours in every row: a word that equals its XML spelling would be a framework's name. */
    for (size_t i = 0; is_ours && i < values->count; i++)
        ck_assert_str_ne(values->values[i].name, values->values[i].xml);
    ck_assert_ptr_null(tc_enum_find(values, TC_STR("")));
    ck_assert_ptr_null(tc_enum_find_xml(values, TC_STR("")));
    ck_assert_ptr_null(tc_enum_by_value(values, 0x40000000));
}
END_TEST

/* Sets of independent bits: how many, what their union is, and what the framework's own name for all of them has. */
static const struct {
    enum tc_enum_id id;
    unsigned bits;
    int64_t unrestricted;
    const char *all;
    int64_t all_value;
} flag_cases[] = {
    {TC_ENUM_SECURITY_FLAGS, 14, 0x3FFF, "AllFlags", 0x3FFF},
    {TC_ENUM_REFLECTION_FLAGS, 4, 0xF, "AllFlags", 0x7},
    {TC_ENUM_FILE_DIALOG, 2, 0x3, "OpenSave", 0x3},
    {TC_ENUM_KEY_CONTAINER_FLAGS, 9, 0x3337, "AllFlags", 0x3337},
    {TC_ENUM_NETWORK_INFORMATION_ACCESS, 2, 0x5, NULL, 0},
    {TC_ENUM_STORE_FLAGS, 7, 0xF7, "AllFlags", 0xF7},
    {TC_ENUM_TYPE_DESCRIPTOR_FLAGS, 1, 0x1, NULL, 0},
    {TC_ENUM_DATA_PROTECTION_FLAGS, 4, 0xF, "AllFlags", 0xF},
    {TC_ENUM_HOST_PROTECTION, 9, 0x1FF, "All", 0x1FF},
    {TC_ENUM_FILE_IO_ACCESS, 4, 0xF, "AllAccess", 0xF},
    {TC_ENUM_STATEMENT_ATTRIBUTES, 2, 0x3, "All", 0x3},
};

START_TEST(flags_are_bits)
{
    const struct tc_enum *values = tc_enum(flag_cases[_i].id);
    unsigned bits = 0;

    for (size_t i = 0; i < values->count; i++) {
        int64_t value = values->values[i].value;

        if (flag_cases[_i].all != NULL && same(values->values[i].name, flag_cases[_i].all)) {
            ck_assert_int_eq(value, flag_cases[_i].all_value);
            continue;
        }
        ck_assert_msg((value & (value - 1)) == 0, "%s.%s is no single bit", values->type_name, values->values[i].name);
        bits += value != 0;
    }
    ck_assert_uint_eq(bits, flag_cases[_i].bits);
    ck_assert_int_eq(all_bits(flag_cases[_i].id), flag_cases[_i].unrestricted);
    if (flag_cases[_i].all != NULL)
        ck_assert_ptr_nonnull(tc_enum_find(values, tc_str_of(flag_cases[_i].all)));
}
END_TEST

/* Values that the algebra depends on, one by one. */
static const struct {
    enum tc_enum_id id;
    const char *name;
    int64_t value;
    enum tc_since since;
} value_cases[] = {
    {TC_ENUM_SECURITY_FLAGS, "Execution", 0x8, TC_SINCE_1_0},
    {TC_ENUM_SECURITY_FLAGS, "ControlPrincipal", 0x200, TC_SINCE_1_0},
    {TC_ENUM_SECURITY_FLAGS, "BindingRedirects", 0x2000, TC_SINCE_1_1},
    {TC_ENUM_REFLECTION_FLAGS, "RestrictedMemberAccess", 0x8, TC_SINCE_2_0_SP1},
    {TC_ENUM_ISOLATED_STORAGE, "ApplicationIsolationByUser", 0x15, TC_SINCE_2_0},
    {TC_ENUM_ISOLATED_STORAGE, "AssemblyIsolationByUser", 0x20, TC_SINCE_1_0},
    {TC_ENUM_ISOLATED_STORAGE, "ApplicationIsolationByMachine", 0x45, TC_SINCE_2_0},
    {TC_ENUM_ISOLATED_STORAGE, "UnrestrictedIsolatedStorage", 0xF0, TC_SINCE_1_0},
    {TC_ENUM_KEY_CONTAINER_FLAGS, "ChangeAcl", 0x2000, TC_SINCE_2_0},
    {TC_ENUM_EVENT_LOG_ACCESS, "Audit", 10, TC_SINCE_1_0},
    {TC_ENUM_EVENT_LOG_ACCESS, "Write", 16, TC_SINCE_2_0},
    {TC_ENUM_EVENT_LOG_ACCESS, "Administer", 48, TC_SINCE_2_0},
    {TC_ENUM_PERFORMANCE_COUNTER_ACCESS, "Browse", 1, TC_SINCE_1_0},
    {TC_ENUM_PERFORMANCE_COUNTER_ACCESS, "Instrument", 3, TC_SINCE_1_0},
    {TC_ENUM_SERVICE_CONTROLLER_ACCESS, "Control", 6, TC_SINCE_1_0},
    {TC_ENUM_DIRECTORY_SERVICES_ACCESS, "Write", 6, TC_SINCE_1_0},
    {TC_ENUM_MESSAGE_QUEUE_ACCESS, "Receive", 26, TC_SINCE_1_0},
    {TC_ENUM_MESSAGE_QUEUE_ACCESS, "Administer", 62, TC_SINCE_1_0},
    {TC_ENUM_ASPNET_LEVEL, "None", 100, TC_SINCE_1_1},
    {TC_ENUM_ASPNET_LEVEL, "Medium", 400, TC_SINCE_1_1},
    {TC_ENUM_ASPNET_LEVEL, "Unrestricted", 600, TC_SINCE_1_1},
    {TC_ENUM_NETWORK_INFORMATION_ACCESS, "Ping", 4, TC_SINCE_2_0},
    {TC_ENUM_SMTP_ACCESS, "ConnectToUnrestrictedPort", 2, TC_SINCE_2_0},
    {TC_ENUM_PRINTING_LEVEL, "DefaultPrinting", 2, TC_SINCE_1_0},
    {TC_ENUM_ZONE, "MyComputer", 0, TC_SINCE_1_0},
    {TC_ENUM_ZONE, "Untrusted", 4, TC_SINCE_1_0},
};

START_TEST(has_value)
{
    const struct tc_enum_value *row = tc_enum_find(tc_enum(value_cases[_i].id), tc_str_of(value_cases[_i].name));

    ck_assert_ptr_nonnull(row);
    ck_assert_int_eq(row->value, value_cases[_i].value);
    ck_assert_int_eq(row->since, value_cases[_i].since);
}
END_TEST

/* How the framework reads an attribute; NULL: not at all. */
static const struct {
    enum tc_enum_id id;
    const char *text;
    const char *name;
} spelling_cases[] = {
    {TC_ENUM_TRANSPORT, "Tcp", "tcp"},
    {TC_ENUM_TRANSPORT, "TCP", "tcp"},
    {TC_ENUM_TRANSPORT, "connectionless", "connectionless"},
    {TC_ENUM_TRANSPORT, " Tcp", NULL},
    {TC_ENUM_KEY_RESTRICTION_BEHAVIOR, "preventusage", "prevent"},
    {TC_ENUM_KEY_RESTRICTION_BEHAVIOR, "prevent", NULL},
    {TC_ENUM_KEY_STORE, "*", "any"},
    {TC_ENUM_KEY_STORE, "User", "user"},
    {TC_ENUM_KEY_STORE, "user", NULL},
    {TC_ENUM_SMTP_ACCESS, "connect", "Connect"},
    {TC_ENUM_NETWORK_INFORMATION_ACCESS, "PING", "Ping"},
    {TC_ENUM_SECURITY_FLAGS, "execution", NULL},
    {TC_ENUM_ASPNET_LEVEL, "medium", NULL},
    {TC_ENUM_ASPNET_LEVEL, "Medium", "Medium"},
};

START_TEST(reads_spelling)
{
    const struct tc_enum_value *row =
        tc_enum_find_xml(tc_enum(spelling_cases[_i].id), tc_str_of(spelling_cases[_i].text));

    ck_assert_str_eq(row == NULL ? "(none)" : row->name,
                     spelling_cases[_i].name == NULL ? "(none)" : spelling_cases[_i].name);
}
END_TEST

START_TEST(prefers_names_that_are_not_obsolete)
{
    ck_assert_str_eq(tc_enum_by_value(tc_enum(TC_ENUM_PERFORMANCE_COUNTER_ACCESS), 1)->name, "Read");
    ck_assert_str_eq(tc_enum_by_value(tc_enum(TC_ENUM_TRANSPORT), 2)->xml, "Tcp");
    ck_assert_str_eq(tc_enum_by_value(tc_enum(TC_ENUM_TRANSPORT), 1)->xml, "Udp");
}
END_TEST

/* ---- classes ---- */

static unsigned
count_slashes(const char *path)
{
    unsigned slashes = 0;

    for (; *path != '\0'; path++)
        slashes += *path == '/';
    return slashes;
}

static void
check_field(const struct tc_class *cls, const struct tc_field *field)
{
    bool has_names = field->kind == TC_FIELD_FLAGS || field->kind == TC_FIELD_LEVEL;

    ck_assert_uint_gt(strlen(field->word), 0);
    ck_assert_uint_gt(strlen(field->xml), 0);
    ck_assert_msg(has_names == (field->values != TC_ENUM_NONE_), "%s.%s", cls->word, field->word);
    ck_assert_int_ge(field->since, cls->since);
    ck_assert_int_lt(field->values, TC_ENUM_COUNT_);
    ck_assert(!field->in_all || field->kind == TC_FIELD_PATHS || field->kind == TC_FIELD_KEYS ||
              field->kind == TC_FIELD_NAMES);
}

static void
check_form(const struct tc_class *cls, const struct tc_form *form)
{
    bool has_optional = false;

    ck_assert_uint_gt(strlen(form->word), 0);
    ck_assert_uint_gt(strlen(form->element), 0);
    ck_assert_uint_gt(form->column_count, 0);
    ck_assert_int_ge(form->since, cls->since);
    for (size_t i = 0; i < form->column_count; i++) {
        const struct tc_column *column = &form->columns[i];
        bool has_names =
            column->kind == TC_COLUMN_CHOICE || column->kind == TC_COLUMN_LEVEL || column->kind == TC_COLUMN_FLAGS;

        ck_assert_uint_gt(strlen(column->xml), 0);
        ck_assert_uint_le(column->depth, count_slashes(form->element));
        ck_assert_msg(has_names == (column->values != TC_ENUM_NONE_), "%s %s %s", cls->word, form->word, column->xml);
        has_optional = has_optional || !column->required;
        for (size_t k = 0; k < i; k++) {
            const struct tc_column *other = &form->columns[k];

            ck_assert(column->depth != other->depth || !same(column->xml, other->xml));
            ck_assert(column->keyword == NULL || other->keyword == NULL || !same(column->keyword, other->keyword));
            /* A positional column that may be missing must be told from the next by what stands there. */
            ck_assert(column->keyword != NULL || other->keyword != NULL || other->required ||
                      (other->kind == TC_COLUMN_TEXT) != (column->kind == TC_COLUMN_TEXT));
        }
    }
    ck_assert(!form->needs_one || has_optional);
}

START_TEST(class_is_sound)
{
    const struct tc_class *cls = tc_class((enum tc_class_id)_i);
    struct tc_str type = tc_str_of(cls->type);

    ck_assert_int_eq(tc_class_id(cls), _i);
    ck_assert_ptr_eq(tc_class_find(tc_str_of(cls->word)), cls);
    ck_assert_ptr_eq(tc_class_by_type(type), cls);
    ck_assert(tc_str_ends(type, tc_str_of(cls->short_name)));
    ck_assert(type.ptr[type.len - strlen(cls->short_name) - 1] == '.');
    ck_assert(tc_str_ends(type, TC_STR("Permission")));
    ck_assert(tc_str_starts(tc_str_of(cls->source), TC_STR("permissions ")));
    for (int k = 0; k < _i; k++) {
        const struct tc_class *other = tc_class((enum tc_class_id)k);

        ck_assert(!same_any_case(cls->word, other->word));
        ck_assert(!same_any_case(cls->type, other->type));
        ck_assert(!same(cls->short_name, other->short_name)); /* SecurityClass Names must differ */
    }
    for (size_t i = 0; i < cls->field_count; i++) {
        check_field(cls, &cls->fields[i]);
        for (size_t k = 0; k < i; k++) {
            ck_assert(!same(cls->fields[i].word, cls->fields[k].word));
            ck_assert(!same(cls->fields[i].xml, cls->fields[k].xml));
        }
    }
    for (size_t i = 0; i < cls->form_count; i++) {
        check_form(cls, &cls->forms[i]);
        for (size_t k = 0; k < i; k++) {
            ck_assert(!same(cls->forms[i].word, cls->forms[k].word));
            ck_assert(!same(cls->forms[i].element, cls->forms[k].element));
        }
        for (size_t k = 0; k < cls->field_count; k++)
            ck_assert(!same(cls->forms[i].word, cls->fields[k].word));
    }
    /* All or nothing needs no more than the word `unrestricted`. */
    if (cls->algebra == TC_ALGEBRA_BOOLEAN)
        ck_assert_uint_eq(cls->field_count + cls->form_count, 0);
    if (cls->algebra == TC_ALGEBRA_LEVELS || cls->algebra == TC_ALGEBRA_FLAGS)
        for (size_t i = 0; i < cls->field_count; i++)
            ck_assert_int_eq(cls->fields[i].kind, cls->algebra == TC_ALGEBRA_LEVELS ? TC_FIELD_LEVEL : TC_FIELD_FLAGS);
    /* Where the framework has a class and a field of it, it must have something to put there. */
    for (size_t f = 0; f < ROWS(frameworks); f++)
        if (tc_since_in(cls->since, frameworks[f]))
            ck_assert_ptr_nonnull(tc_assembly(cls->assembly)->versions[frameworks[f]]);
}
END_TEST

/* Every permission class with published results of the framework's own code, and those of permissions 0.1 without. */
static const struct {
    const char *type;
    const char *word;
    enum tc_algebra algebra;
} class_cases[] = {
    {"System.Configuration.ConfigurationPermission", "Configuration", TC_ALGEBRA_BOOLEAN},
    {"System.Data.Odbc.OdbcPermission", "Odbc", TC_ALGEBRA_DB_DATA},
    {"System.Data.OleDb.OleDbPermission", "OleDb", TC_ALGEBRA_DB_DATA},
    {"System.Data.SqlClient.SqlClientPermission", "SqlClient", TC_ALGEBRA_DB_DATA},
    {"System.Diagnostics.EventLogPermission", "EventLog", TC_ALGEBRA_RESOURCE_TREE},
    {"System.Diagnostics.PerformanceCounterPermission", "PerformanceCounter", TC_ALGEBRA_RESOURCE_TREE},
    {"System.Messaging.MessageQueuePermission", "MessageQueue", TC_ALGEBRA_MESSAGE_QUEUE},
    {"System.Net.DnsPermission", "Dns", TC_ALGEBRA_BOOLEAN},
    {"System.Net.Mail.SmtpPermission", "Smtp", TC_ALGEBRA_SMTP},
    {"System.Net.NetworkInformation.NetworkInformationPermission", "NetworkInformation",
     TC_ALGEBRA_NETWORK_INFORMATION},
    {"System.Net.PeerToPeer.Collaboration.PeerCollaborationPermission", "PeerCollaboration", TC_ALGEBRA_BOOLEAN},
    {"System.Net.PeerToPeer.PnrpPermission", "Pnrp", TC_ALGEBRA_BOOLEAN},
    {"System.Net.SocketPermission", "Socket", TC_ALGEBRA_SOCKET},
    {"System.Net.WebPermission", "Web", TC_ALGEBRA_WEB},
    {"System.Security.Permissions.EnvironmentPermission", "Environment", TC_ALGEBRA_ENVIRONMENT},
    {"System.Security.Permissions.FileDialogPermission", "FileDialog", TC_ALGEBRA_FLAGS},
    {"System.Security.Permissions.FileIOPermission", "FileIO", TC_ALGEBRA_FILE_IO},
    {"System.Security.Permissions.GacIdentityPermission", "GacIdentity", TC_ALGEBRA_IDENTITY},
    {"System.Security.Permissions.HostProtectionPermission", "HostProtection", TC_ALGEBRA_HOST_PROTECTION},
    {"System.Security.Permissions.IsolatedStorageFilePermission", "IsolatedStorage", TC_ALGEBRA_ISOLATED_STORAGE},
    {"System.Security.Permissions.KeyContainerPermission", "KeyContainer", TC_ALGEBRA_KEY_CONTAINER},
    {"System.Security.Permissions.PrincipalPermission", "Principal", TC_ALGEBRA_PRINCIPAL},
    {"System.Security.Permissions.PublisherIdentityPermission", "PublisherIdentity", TC_ALGEBRA_IDENTITY},
    {"System.Security.Permissions.ReflectionPermission", "Reflection", TC_ALGEBRA_FLAGS},
    {"System.Security.Permissions.RegistryPermission", "Registry", TC_ALGEBRA_REGISTRY},
    {"System.Security.Permissions.SecurityPermission", "Security", TC_ALGEBRA_FLAGS},
    {"System.Security.Permissions.SiteIdentityPermission", "SiteIdentity", TC_ALGEBRA_IDENTITY},
    {"System.Security.Permissions.StorePermission", "Store", TC_ALGEBRA_FLAGS},
    {"System.Security.Permissions.StrongNameIdentityPermission", "StrongNameIdentity", TC_ALGEBRA_IDENTITY},
    {"System.Security.Permissions.TypeDescriptorPermission", "TypeDescriptor", TC_ALGEBRA_FLAGS},
    {"System.Security.Permissions.UIPermission", "UI", TC_ALGEBRA_LEVELS},
    {"System.Security.Permissions.UrlIdentityPermission", "UrlIdentity", TC_ALGEBRA_IDENTITY},
    {"System.Security.Permissions.ZoneIdentityPermission", "ZoneIdentity", TC_ALGEBRA_IDENTITY},
    {"System.ServiceProcess.ServiceControllerPermission", "ServiceController", TC_ALGEBRA_RESOURCE_TREE},
    {"System.Web.AspNetHostingPermission", "AspNetHosting", TC_ALGEBRA_ASPNET_HOSTING},
    {"System.Data.OracleClient.OraclePermission", "Oracle", TC_ALGEBRA_DB_DATA},
    {"System.DirectoryServices.DirectoryServicesPermission", "DirectoryServices", TC_ALGEBRA_RESOURCE_TREE},
    {"System.Drawing.Printing.PrintingPermission", "Printing", TC_ALGEBRA_LEVELS},
    {"System.Security.Permissions.DataProtectionPermission", "DataProtection", TC_ALGEBRA_FLAGS},
    {"System.Security.Permissions.MediaPermission", "Media", TC_ALGEBRA_LEVELS},
    {"System.Security.Permissions.WebBrowserPermission", "WebBrowser", TC_ALGEBRA_LEVELS},
    {"System.Transactions.DistributedTransactionPermission", "DistributedTransaction", TC_ALGEBRA_BOOLEAN},
    {"System.Xaml.Permissions.XamlLoadPermission", "XamlLoad", TC_ALGEBRA_OPAQUE},
};

START_TEST(knows_class)
{
    const struct tc_class *cls = tc_class_by_type(tc_str_of(class_cases[_i].type));

    ck_assert_msg(cls != NULL, "%s is missing", class_cases[_i].type);
    ck_assert_str_eq(cls->word, class_cases[_i].word);
    ck_assert_int_eq(cls->algebra, class_cases[_i].algebra);
}
END_TEST

START_TEST(knows_no_other_class)
{
    ck_assert_uint_eq(ROWS(class_cases), TC_CLASS_COUNT_);
    ck_assert_ptr_null(tc_class_find(TC_STR("")));
    ck_assert_ptr_null(tc_class_find((struct tc_str){NULL, 0}));
    ck_assert_ptr_null(tc_class_find(TC_STR("fileio")));
    ck_assert_ptr_null(tc_class_find(TC_STR("FileI")));
    ck_assert_ptr_null(tc_class_find(TC_STR("FileIO\0x")));
    ck_assert_ptr_null(tc_class_by_type(TC_STR("FileIOPermission")));
    ck_assert_ptr_null(tc_class_by_type(TC_STR("System.Security.Permissions.FileIoPermission")));
}
END_TEST

/* Which classes carry a trait; every other class must not. */
static const struct {
    unsigned trait;
    const char *words;
} trait_cases[] = {
    {TC_TRAIT_NO_UNRESTRICTED, " ZoneIdentity GacIdentity Principal "},
    {TC_TRAIT_UNRESTRICTED_IS_LEVEL, " AspNetHosting "},
    {TC_TRAIT_RAW_VALUES, " KeyContainer Socket "},
    {TC_TRAIT_DECODED_TWICE, " SqlClient OleDb Odbc Oracle "},
    {TC_TRAIT_NEEDS_FULL_TRUST_1_1, " OleDb Odbc Oracle "},
    {TC_TRAIT_NOT_GRANTABLE, " Principal HostProtection "},
};

START_TEST(has_traits)
{
    for (int i = 0; i < TC_CLASS_COUNT_; i++) {
        const struct tc_class *cls = tc_class((enum tc_class_id)i);
        char word[64];

        snprintf(word, sizeof word, " %s ", cls->word);
        ck_assert_msg(((cls->traits & trait_cases[_i].trait) != 0) == (strstr(trait_cases[_i].words, word) != NULL),
                      "%s, trait %#x", cls->word, trait_cases[_i].trait);
    }
}
END_TEST

/* What ToXml writes: attributes of IPermission in order, then each form as path(attributes). */
static const struct {
    enum tc_class_id id;
    const char *shape;
} shape_cases[] = {
    {TC_CLASS_FILE_IO, "Read Write Append PathDiscovery ViewAcl ChangeAcl"},
    {TC_CLASS_ENVIRONMENT, "Read Write"},
    {TC_CLASS_REGISTRY, "Read Write Create ViewAccessControl ChangeAccessControl"},
    {TC_CLASS_ISOLATED_STORAGE, "Allowed UserQuota MachineQuota Expiry Permanent"},
    {TC_CLASS_UI, "Window Clipboard"},
    {TC_CLASS_FILE_DIALOG, "Access"},
    {TC_CLASS_KEY_CONTAINER,
     "Flags AccessList/AccessEntry(KeyStore ProviderName ProviderType KeyContainerName KeySpec Flags)"},
    {TC_CLASS_WEB, "ConnectAccess/URI(uri) AcceptAccess/URI(uri)"},
    {TC_CLASS_SOCKET, "ConnectAccess/ENDPOINT(transport host port) AcceptAccess/ENDPOINT(transport host port)"},
    {TC_CLASS_NETWORK_INFORMATION, "NetworkInformationAccess.Access"},
    {TC_CLASS_EVENT_LOG, "Machine(name access)"},
    {TC_CLASS_PERFORMANCE_COUNTER, "Machine/Category(name name access)"},
    {TC_CLASS_SERVICE_CONTROLLER, "Machine/Service(name name access)"},
    {TC_CLASS_DIRECTORY_SERVICES, "Path(name access)"},
    {TC_CLASS_MESSAGE_QUEUE, "Path(value access) Criteria(machine category label access)"},
    {TC_CLASS_SQL_CLIENT, "AllowBlankPassword add(ConnectionString KeyRestrictions KeyRestrictionBehavior)"},
    {TC_CLASS_ORACLE, "AllowBlankPassword add(ConnectionString KeyRestrictions KeyRestrictionBehavior)"},
    {TC_CLASS_ASPNET_HOSTING, "Level"},
    {TC_CLASS_MEDIA, "Audio Video Image"},
    {TC_CLASS_STRONG_NAME_IDENTITY,
     "PublicKeyBlob Name AssemblyVersion StrongName(PublicKeyBlob Name AssemblyVersion)"},
    {TC_CLASS_ZONE_IDENTITY, "Zone Zone(Zone)"},
    {TC_CLASS_URL_IDENTITY, "Url Url(Url)"},
    {TC_CLASS_GAC_IDENTITY, ""},
    {TC_CLASS_PRINCIPAL, "Identity(Authenticated ID Role)"},
    {TC_CLASS_HOST_PROTECTION, "Resources"},
};

START_TEST(has_shape)
{
    const struct tc_class *cls = tc_class(shape_cases[_i].id);
    struct tc_buf got;

    tc_buf_init(&got);
    for (size_t i = 0; i < cls->field_count; i++)
        tc_buf_printf(&got, "%s%s%s%s", got.len == 0 ? "" : " ",
                      cls->fields[i].child == NULL ? "" : cls->fields[i].child, cls->fields[i].child == NULL ? "" : ".",
                      cls->fields[i].xml);
    for (size_t i = 0; i < cls->form_count; i++) {
        tc_buf_printf(&got, "%s%s(", got.len == 0 ? "" : " ", cls->forms[i].element);
        for (size_t k = 0; k < cls->forms[i].column_count; k++)
            tc_buf_printf(&got, "%s%s", k == 0 ? "" : " ", cls->forms[i].columns[k].xml);
        tc_buf_putc(&got, ')');
    }
    tc_buf_putc(&got, '\0');
    ck_assert_str_eq(got.ptr, shape_cases[_i].shape);
    tc_buf_done(&got);
}
END_TEST

START_TEST(indexes_fields_and_forms)
{
    const struct tc_class *socket = tc_class(TC_CLASS_SOCKET), *file = tc_class(TC_CLASS_FILE_IO);

    ck_assert_str_eq(file->fields[TC_FIELD_FILE_IO_DISCOVER].xml, "PathDiscovery");
    ck_assert(file->fields[TC_FIELD_FILE_IO_DISCOVER].in_all);
    ck_assert(!file->fields[TC_FIELD_FILE_IO_VIEW_ACL].in_all);
    ck_assert_str_eq(socket->forms[TC_FORM_SOCKET_ACCEPT].element, "AcceptAccess/ENDPOINT");
    ck_assert(tc_class(TC_CLASS_MESSAGE_QUEUE)->forms[TC_FORM_MESSAGE_QUEUE_CRITERIA].needs_one);
    ck_assert(!tc_class(TC_CLASS_MESSAGE_QUEUE)->forms[TC_FORM_MESSAGE_QUEUE_QUEUE].needs_one);
}
END_TEST

/* ---- names that do not exist ---- */

static const struct {
    const char *name;
    const char *use;
} misnamed_rows[] = {
#define TC_MISNAMED(name, use) {name, use},
#include "data/misnamed.def"
};

START_TEST(misnamed_row_is_sound)
{
    struct tc_str use = tc_str_of(misnamed_rows[_i].use);
    size_t blank = tc_str_find(use, TC_STR(" "), 0);
    const struct tc_class *cls = tc_class_find(tc_str_sub(use, 0, blank == SIZE_MAX ? use.len : blank));

    ck_assert_msg(cls != NULL, "'%s' leads nowhere", misnamed_rows[_i].name);
    ck_assert_str_eq(tc_misnamed_find(tc_str_of(misnamed_rows[_i].name)), misnamed_rows[_i].use);
    for (int k = 0; k < _i; k++)
        ck_assert(!same_any_case(misnamed_rows[_i].name, misnamed_rows[k].name));
    if (blank != SIZE_MAX) { /* "Class { word Name; }" */
        char expected[96];
        const struct tc_enum_value *value =
            tc_enum_find(tc_enum(cls->fields[0].values), tc_str_of(misnamed_rows[_i].name));

        ck_assert_ptr_nonnull(value);
        snprintf(expected, sizeof expected, "%s { %s %s; }", cls->word, cls->fields[0].word, value->name);
        ck_assert_str_eq(misnamed_rows[_i].use, expected);
    }
}
END_TEST

static const struct {
    const char *name;
    const char *use;
} misnamed_cases[] = {
    {"FileIO", NULL},
    {"fileio", "FileIO"},
    {"FileIOPermission", "FileIO"},
    {"FileIoPermission", "FileIO"},
    {"FileIOPermissionAttribute", "FileIO"},
    {"System.Security.Permissions.FileIOPermission", "FileIO"},
    {"System.Security.Permissions.OleDbPermission, mscorlib", "OleDb"},
    {"System.Security.Permissions.StorePermission, mscorlib, Version=2.0.0.0", "Store"},
    {"IsolatedStorageFilePermission", "IsolatedStorage"},
    {"IsolatedStoragePermission", "IsolatedStorage"},
    {"DpapiPermission", "DataProtection"},
    {"DPAPI", "DataProtection"},
    {"SqlNotificationPermission", "SqlClient"},
    {"System.Data.Sql.SqlNotificationPermission", "SqlClient"},
    {"UnmanagedCodePermission", "Security { flags UnmanagedCode; }"},
    {"SocketsPermission", "Socket"},
    {"EventLogPermision", "EventLog"},
    {"Permission", NULL},
    {"Attribute", NULL},
    {"", NULL},
    {"System.", NULL},
    {",", NULL},
    {"Contoso", NULL},
};

START_TEST(finds_the_right_name)
{
    const char *use = tc_misnamed_find(tc_str_of(misnamed_cases[_i].name));

    ck_assert_str_eq(use == NULL ? "(none)" : use, misnamed_cases[_i].use == NULL ? "(none)" : misnamed_cases[_i].use);
}
END_TEST

START_TEST(finds_every_class_by_its_names)
{
    const struct tc_class *cls = tc_class((enum tc_class_id)_i);

    ck_assert_ptr_null(tc_misnamed_find(tc_str_of(cls->word)));
    ck_assert_str_eq(tc_misnamed_find(tc_str_of(cls->short_name)), cls->word);
    ck_assert_str_eq(tc_misnamed_find(tc_str_of(cls->type)), cls->word);
}
END_TEST

/* ---- the rest ---- */

START_TEST(tags_are_sound)
{
    size_t count;
    const struct tc_tag *tags = tc_tags(&count);

    ck_assert_uint_eq(count, TC_TAG_COUNT_);
    for (size_t i = 0; i < count; i++) {
        struct tc_str list = tc_str_of(tags[i].parents), name;

        ck_assert_str_eq(tc_tag_name((enum tc_tag_id)i).ptr, tags[i].name);
        ck_assert_ptr_eq(tc_tag_find(tc_tag_name((enum tc_tag_id)i)), &tags[i]);
        while (tc_str_next_part(&list, " ", &name))
            ck_assert_msg(tc_tag_find(name) != NULL, "%s stands in '%.*s'", tags[i].name, TC_STR_ARG(name));
        list = tc_str_of(tags[i].attributes);
        while (tc_str_next_part(&list, " ", &name)) {
            int id = 0;

            while (id < TC_ATTR_COUNT_ && !tc_str_eq(name, tc_attr_name((enum tc_attr_id)id)))
                id++;
            ck_assert_msg(id < TC_ATTR_COUNT_, "%s has '%.*s'", tags[i].name, TC_STR_ARG(name));
        }
    }
    /* the way to the policy level */
    ck_assert_int_eq(TC_TAG_CONFIGURATION, 0);
    for (int i = TC_TAG_MSCORLIB; i <= TC_TAG_POLICY_LEVEL; i++)
        ck_assert_str_eq(tags[i].parents, tags[i - 1].name);
    ck_assert_int_eq(TC_TAG_POLICY_LEVEL, 4);
}
END_TEST

START_TEST(attributes_are_distinct)
{
    for (int i = 0; i < TC_ATTR_COUNT_; i++)
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(tc_attr_name((enum tc_attr_id)i).ptr, tc_attr_name((enum tc_attr_id)j).ptr);
}
END_TEST

START_TEST(types_are_sound)
{
    for (int i = 0; i < TC_TYPE_COUNT_; i++) {
        const struct tc_type *type = tc_type((enum tc_type_id)i);

        ck_assert_ptr_eq(tc_type_find(tc_str_of(type->name)), type);
        if (type->instead != NULL)
            ck_assert_ptr_nonnull(tc_class_by_type(tc_str_of(type->instead)));
    }
}
END_TEST

START_TEST(takes_type_names_apart)
{
    ck_assert(tc_str_eq(tc_type_bare(TC_STR(" A.B , C, Version=1.0")), TC_STR("A.B")));
    ck_assert(tc_str_eq(tc_type_bare(TC_STR("A.B")), TC_STR("A.B")));
    ck_assert(tc_str_eq(tc_policy_type(TC_STR("System.Security.Policy.UnionCodeGroup")), TC_STR("UnionCodeGroup")));
    ck_assert_uint_eq(tc_policy_type(TC_STR("UnionCodeGroup")).len, 0);
    for (int i = 0; i <= TC_GROUP_COUNT_; i++)
        ck_assert_int_eq(
            tc_group_by_name(
                tc_str_of(i == TC_GROUP_COUNT_ ? "unioncodegroup" : tc_group_info((enum tc_group_kind)i)->short_name)),
            i);
    for (int i = 0; i <= TC_CONDITION_COUNT_; i++)
        ck_assert_int_eq(tc_condition_by_name(tc_str_of(
                             i == TC_CONDITION_COUNT_ ? "" : tc_condition_info((enum tc_condition_id)i)->short_name)),
                         i);
}
END_TEST

START_TEST(knows_groups)
{
    static const char *const rows[TC_GROUP_COUNT_][2] = {{"union", "UnionCodeGroup"},
                                                         {"first-match", "FirstMatchCodeGroup"},
                                                         {"net", "NetCodeGroup"},
                                                         {"file", "FileCodeGroup"}};

    for (int i = 0; i < TC_GROUP_COUNT_; i++) {
        const struct tc_group_info *group = tc_group_info((enum tc_group_kind)i);

        ck_assert_str_eq(group->word, rows[i][0]);
        ck_assert_str_eq(group->short_name, rows[i][1]);
        ck_assert(tc_str_starts(tc_str_of(group->source), TC_STR("policy-file ")));
        ck_assert_int_eq(tc_group_find(tc_str_of(group->word)), i);
    }
    ck_assert_int_eq(tc_group_find(TC_STR("first")), TC_GROUP_COUNT_);
}
END_TEST

static const struct {
    const char *word;
    const char *short_name;
    const char *arguments; /* XML names; those that may be missing in brackets */
} condition_cases[] = {
    {"all", "AllMembershipCondition", ""},
    {"url", "UrlMembershipCondition", " Url"},
    {"zone", "ZoneMembershipCondition", " Zone"},
    {"site", "SiteMembershipCondition", " Site"},
    {"strongname", "StrongNameMembershipCondition", " PublicKeyBlob [name Name] [version AssemblyVersion]"},
    {"hash", "HashMembershipCondition", " HashAlgorithm HashValue"},
    {"publisher", "PublisherMembershipCondition", " X509Certificate"},
    {"gac", "GacMembershipCondition", ""},
    {"application-directory", "ApplicationDirectoryMembershipCondition", ""},
};

START_TEST(knows_condition)
{
    enum tc_condition_id id = tc_condition_find(tc_str_of(condition_cases[_i].word));
    const struct tc_condition_info *condition;
    struct tc_buf got;

    ck_assert_uint_eq(ROWS(condition_cases), TC_CONDITION_COUNT_);
    ck_assert_int_lt(id, TC_CONDITION_COUNT_);
    condition = tc_condition_info(id);
    ck_assert_str_eq(condition->short_name, condition_cases[_i].short_name);
    ck_assert_int_eq(condition->since, id == TC_CONDITION_GAC ? TC_SINCE_2_0 : TC_SINCE_1_0);
    ck_assert(tc_str_starts(tc_str_of(condition->source), TC_STR("policy-file ")));
    tc_buf_init(&got);
    for (size_t i = 0; i < condition->argument_count; i++) {
        const struct tc_argument *argument = &condition->arguments[i];

        if (argument->required)
            tc_buf_printf(&got, " %s", argument->xml);
        else
            tc_buf_printf(&got, " [%s %s]", argument->keyword, argument->xml);
    }
    tc_buf_putc(&got, '\0');
    ck_assert_str_eq(got.ptr, condition_cases[_i].arguments);
    tc_buf_done(&got);
    ck_assert_int_eq(tc_condition_find(TC_STR("any")), TC_CONDITION_COUNT_);
}
END_TEST

START_TEST(knows_levels)
{
    static const char *const rows[TC_LEVEL_COUNT_][3] = {{"full", "Full", "internal"},
                                                         {"high", "High", "web_hightrust.config"},
                                                         {"medium", "Medium", "web_mediumtrust.config"},
                                                         {"low", "Low", "web_lowtrust.config"},
                                                         {"minimal", "Minimal", "web_minimaltrust.config"}};

    for (int i = 0; i < TC_LEVEL_COUNT_; i++) {
        const struct tc_level_info *level = tc_level_info((enum tc_level_id)i);

        ck_assert_str_eq(level->word, rows[i][0]);
        ck_assert_str_eq(level->name, rows[i][1]);
        ck_assert_str_eq(level->policy_file, rows[i][2]);
        ck_assert_int_eq(tc_level_find(tc_str_of(level->word)), i);
        ck_assert_int_eq(tc_level_find(tc_str_of(level->name)), TC_LEVEL_COUNT_); /* words are lower case */
    }
}
END_TEST

START_TEST(knows_tokens_and_sets)
{
    static const char *const order[] = {"$AppDir$", "$AppDirUrl$", "$CodeGen$", "$OriginHost$", "$Gac$"};
    static const unsigned uses[] = {TC_TOKEN_IN_PATH, TC_TOKEN_IN_URL, TC_TOKEN_IN_URL, TC_TOKEN_IN_URI_PATTERN,
                                    TC_TOKEN_IN_URL};
    static const char *const reserved[] = {"FullTrust", "Nothing",       "Execution", "SkipVerification",
                                           "Internet",  "LocalIntranet", "Everything"};
    size_t count = 0;
    const struct tc_token *tokens = tc_tokens(&count);
    const struct tc_builtin_set *sets;

    ck_assert_uint_eq(count, ROWS(order));
    for (size_t i = 0; i < count; i++) {
        ck_assert_str_eq(tokens[i].text, order[i]);
        ck_assert_uint_eq(tokens[i].uses, uses[i]);
        ck_assert_uint_gt(strlen(tokens[i].meaning), 0);
    }
    sets = tc_builtin_sets(&count);
    ck_assert_uint_eq(count, ROWS(reserved));
    for (size_t i = 0; i < count; i++) {
        ck_assert_str_eq(sets[i].name, reserved[i]);
        ck_assert_uint_gt(strlen(sets[i].description), 0);
        ck_assert(tc_builtin_set_find(tc_str_of(reserved[i])));
    }
    ck_assert(!tc_builtin_set_find(TC_STR("ASP.Net")));
    ck_assert(!tc_builtin_set_find(TC_STR("fulltrust")));
    ck_assert(!tc_builtin_set_find(TC_STR("")));
}
END_TEST

START_TEST(codes_are_distinct)
{
    for (int i = 0; i < TC_CODE_COUNT_; i++) {
        const struct tc_code *code = tc_code((enum tc_code_id)i);

        ck_assert_uint_eq(strlen(code->id), 5);
        ck_assert_int_eq(code->id[0], 'T');
        ck_assert_uint_eq(strspn(code->id + 1, "0123456789"), 4);
        ck_assert_uint_gt(strlen(code->slug), 0);
        ck_assert_uint_gt(strlen(code->sentence), 0);
        /* the first row found is the row itself: neither number nor slug is taken twice */
        ck_assert_ptr_eq(tc_code_find(tc_str_of(code->id)), code);
        ck_assert_ptr_eq(tc_code_find(tc_str_of(code->slug)), code);
    }
    ck_assert_ptr_null(tc_code_find(TC_STR("")));
    ck_assert_ptr_null(tc_code_find(TC_STR("T")));
}
END_TEST

START_TEST(limits_are_distinct)
{
    for (int i = 0; i < TC_LIMIT_COUNT_; i++) {
        const struct tc_limit *limit = tc_limit((enum tc_limit_id)i);

        ck_assert_uint_gt(limit->value, 0);
        ck_assert_uint_gt(strlen(limit->sentence), 0);
        for (int k = 0; k < i; k++)
            ck_assert_str_ne(limit->name, tc_limit((enum tc_limit_id)k)->name);
    }
}
END_TEST

Suite *
tct_tables_suite(void)
{
    Suite *suite = suite_create("tables");
    TCase *tc = tcase_create("frameworks");

    tcase_add_loop_test(tc, knows_frameworks, 0, ROWS(framework_cases));
    tcase_add_test(tc, knows_no_other_framework);
    tcase_add_test(tc, knows_runtimes);
    tcase_add_test(tc, lists_assemblies_once);
    suite_add_tcase(suite, tc);

    tc = tcase_create("enumerations");
    tcase_add_loop_test(tc, enumeration_is_sound, TC_ENUM_NONE_ + 1, TC_ENUM_COUNT_);
    tcase_add_loop_test(tc, flags_are_bits, 0, ROWS(flag_cases));
    tcase_add_loop_test(tc, has_value, 0, ROWS(value_cases));
    tcase_add_loop_test(tc, reads_spelling, 0, ROWS(spelling_cases));
    tcase_add_test(tc, prefers_names_that_are_not_obsolete);
    suite_add_tcase(suite, tc);

    tc = tcase_create("classes");
    tcase_add_loop_test(tc, class_is_sound, 0, TC_CLASS_COUNT_);
    tcase_add_loop_test(tc, describes_every_class, 0, TC_CLASS_COUNT_);
    tcase_add_loop_test(tc, knows_since_when, 0, ROWS(presence_cases));
    tcase_add_test(tc, describes_other_types);
    tcase_add_loop_test(tc, knows_class, 0, ROWS(class_cases));
    tcase_add_test(tc, knows_no_other_class);
    tcase_add_loop_test(tc, has_traits, 0, ROWS(trait_cases));
    tcase_add_loop_test(tc, has_shape, 0, ROWS(shape_cases));
    tcase_add_test(tc, indexes_fields_and_forms);
    suite_add_tcase(suite, tc);

    tc = tcase_create("misnamed");
    tcase_add_loop_test(tc, misnamed_row_is_sound, 0, ROWS(misnamed_rows));
    tcase_add_loop_test(tc, finds_the_right_name, 0, ROWS(misnamed_cases));
    tcase_add_loop_test(tc, finds_every_class_by_its_names, 0, TC_CLASS_COUNT_);
    suite_add_tcase(suite, tc);

    tc = tcase_create("policy");
    tcase_add_test(tc, tags_are_sound);
    tcase_add_test(tc, attributes_are_distinct);
    tcase_add_test(tc, types_are_sound);
    tcase_add_test(tc, takes_type_names_apart);
    tcase_add_test(tc, knows_groups);
    tcase_add_loop_test(tc, knows_condition, 0, ROWS(condition_cases));
    tcase_add_test(tc, knows_levels);
    tcase_add_test(tc, knows_tokens_and_sets);
    tcase_add_test(tc, codes_are_distinct);
    tcase_add_test(tc, limits_are_distinct);
    suite_add_tcase(suite, tc);
    return suite;
}
