#include "property/generate.h"

#include <inttypes.h>
#include <string.h>

/* ---- values ---- */

static const char *
pick(struct tct_rng *rng, const char *const *list, size_t count)
{
    return list[tct_rng_below(rng, count)];
}
#define PICK(rng, ...)                                                                                                 \
    pick((rng), (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void
put_text_of(struct tc_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '"')
            tc_buf_putc(out, '"');
        tc_buf_putc(out, *text);
    }
}

/* Where a fuzzer chooses, strings sometimes go on with what is hard to write and to read; not all of that compiles. */
static void
put_string(struct tc_buf *out, struct tct_rng *rng, const char *text)
{
    tc_buf_putc(out, '"');
    put_text_of(out, text);
    if (rng->left > 0 && tct_rng_one_in(rng, 16))
        for (size_t n = 1 + tct_rng_below(rng, 3); n > 0; n--)
            put_text_of(out, PICK(rng, "&", "<", ">", "\"", "'", ";", " ", "$AppDir$", "$AppDirUrl$", "$CodeGen$",
                                  "$OriginHost$", "\xC3\xA4", "\xF0\x9F\x98\x80", "\xE2\x80\xA8", "*", "\\", "/", "%",
                                  "=", "&amp;", "&#65;", "]]>", "-->", "?", "x", "..", "#", ":"));
    tc_buf_putc(out, '"');
}

static void
put_list(struct tc_buf *out, struct tct_rng *rng, const char *(*value)(struct tct_rng *rng))
{
    size_t count = 1 + tct_rng_below(rng, 3);

    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            tc_buf_puts(out, TC_STR(", "));
        put_string(out, rng, value(rng));
    }
}

static const char *
a_path(struct tct_rng *rng)
{
    return PICK(rng, "D:\\Data", "D:\\Data\\Sub", "d:\\data", "E:\\A & B", "F:\\it's", "\\\\server\\share\\x",
                "G:\\a;b", "$AppDir$\\Own", "H:\\\xC3\xA4\xC3\xB6\xC3\xBC", "I:\\x=y");
}

static const char *
a_key(struct tct_rng *rng)
{
    return PICK(rng, "HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso", "HKEY_CURRENT_USER\\Contoso & Co", "HKEY_CLASSES_ROOT",
                "HKEY_USERS\\S-1-5-18", "HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso\\Sub");
}

static const char *
a_variable(struct tct_rng *rng)
{
    return PICK(rng, "TEMP_A", "OUT", "out", "A & B", "X<Y>");
}

static void
put_uri(struct tc_buf *out, struct tct_rng *rng)
{
    tc_buf_puts(out,
                tc_str_of(PICK(rng, "\"http://a.contoso.com/x?y=1&z=(2)\"", "host \"c.contoso.com\"", "host \"d:8080\"",
                               "pattern \"https?://(e|f)\\.contoso\\.com/.*\"", "origin", "\"https://b.contoso.com/\"",
                               "\"http://c.contoso.com/\", \"http://d.contoso.com/\"",
                               "pattern \"http://[^/]*\\.contoso\\.com/a{2,3}\"")));
}

/* A cell of text: what is right for it depends on the attribute. */
static void
put_text(struct tc_buf *out, struct tct_rng *rng, const struct tc_class *cls, const char *xml)
{
    const bool raw = (cls->traits & TC_TRAIT_RAW_VALUES) != 0;

    if (strcmp(xml, "PublicKeyBlob") == 0)
        put_string(out, rng, PICK(rng, "002400000480000094", "0024000004800000940000", "002400000480000094AB"));
    else if (strcmp(xml, "X509v3Certificate") == 0)
        put_string(out, rng, PICK(rng, "3082", "308201"));
    else if (strcmp(xml, "AssemblyVersion") == 0)
        put_string(out, rng, PICK(rng, "1.0.0.0", "2.1", "3.4.5"));
    else if (strcmp(xml, "Name") == 0)
        put_string(out, rng, PICK(rng, "Contoso.Data", "A"));
    else if (strcmp(xml, "Site") == 0)
        put_string(out, rng, PICK(rng, "www.contoso.com", "*.contoso.com"));
    else if (strcmp(xml, "Url") == 0)
        put_string(out, rng, PICK(rng, "http://www.contoso.com/*", "https://a.contoso.com/x"));
    else if (strcmp(xml, "ConnectionString") == 0)
        put_string(out, rng, PICK(rng, "Data Source=a", "Data Source=\"b & c\"", "Data Source=x<y>"));
    else if (strcmp(xml, "KeyRestrictions") == 0)
        put_string(out, rng, PICK(rng, "user id=;password=", "password="));
    else if (strcmp(xml, "host") == 0)
        put_string(out, rng, PICK(rng, "mail.contoso.com", "10.0.*.*", "relay", "192.168.1.1"));
    else if (strcmp(xml, "AssemblyName") == 0)
        put_string(out, rng, PICK(rng, "A, Version=1.0.0.0, Culture=neutral, PublicKeyToken=0123456789abcdef", "B"));
    else if (strcmp(xml, "value") == 0)
        put_string(out, rng, PICK(rng, ".\\private$\\orders", "*", "FormatName:DIRECT=OS:a\\b", "web02\\q"));
    else if (strcmp(xml, "TypeName") == 0)
        put_string(out, rng, "A.T");
    else if (strcmp(xml, "ProviderName") == 0)
        put_string(out, rng, PICK(rng, "Microsoft Strong Cryptographic Provider", "p"));
    else if (raw)
        put_string(out, rng, PICK(rng, "key one", "x"));
    else
        put_string(out, rng, PICK(rng, ".", "web02", "A & B", "c<d>", "\xC3\xA4", "say \"x\"", "x"));
}

/* ---- enumerations ---- */

static bool
value_in(const struct tc_enum_value *value, enum tc_framework framework)
{
    return tc_since_in(value->since, framework);
}

/* One name, not one that stands for nothing. */
static const char *
a_level(struct tct_rng *rng, const struct tc_enum *values, enum tc_framework framework)
{
    const struct tc_enum_value *chosen = NULL;
    size_t seen = 0;

    for (size_t i = 0; i < values->count; i++) {
        if (value_in(&values->values[i], framework) && values->values[i].value > 0 && tct_rng_below(rng, ++seen) == 0)
            chosen = &values->values[i];
    }
    return chosen == NULL ? values->values[0].name : chosen->name;
}

static const char *
a_choice(struct tct_rng *rng, const struct tc_enum *values, enum tc_framework framework)
{
    const struct tc_enum_value *value;

    do {
        value = &values->values[tct_rng_below(rng, values->count)];
    } while (!value_in(value, framework));
    return value->name;
}

static void
put_flags(struct tc_buf *out, struct tct_rng *rng, const struct tc_enum *values, enum tc_framework framework)
{
    size_t put = 0;

    for (size_t i = 0; i < values->count; i++) {
        if (!value_in(&values->values[i], framework) || values->values[i].value == 0 || !tct_rng_one_in(rng, 3))
            continue;
        tc_buf_printf(out, "%s%s", put++ > 0 ? ", " : "", values->values[i].name);
    }
    if (put == 0)
        tc_buf_puts(out, tc_str_of(a_level(rng, values, framework)));
}

/* ---- permissions ---- */

bool
tct_grantable(const struct tc_class *cls, enum tc_framework framework)
{
    return tc_class_in(cls, framework) && tc_class_id(cls) != TC_CLASS_GAC_IDENTITY &&
           (framework != TC_FX_1_1 || (cls->traits & TC_TRAIT_NEEDS_FULL_TRUST_1_1) == 0);
}

static void
put_field(struct tc_buf *out, struct tct_rng *rng, const struct tc_class *cls, const struct tc_field *field,
          enum tc_framework framework)
{
    tc_buf_printf(out, " %s ", field->word);
    switch (field->kind) {
    case TC_FIELD_FLAGS:
        put_flags(out, rng, tc_enum(field->values), framework);
        break;
    case TC_FIELD_LEVEL:
        tc_buf_puts(out, tc_str_of(a_level(rng, tc_enum(field->values), framework)));
        break;
    case TC_FIELD_INT64:
        tc_buf_printf(out, "%zu", 1 + tct_rng_below(rng, 1000000));
        break;
    case TC_FIELD_BOOL:
        tc_buf_puts(out, TC_STR("true"));
        break;
    case TC_FIELD_PATHS:
        put_list(out, rng, a_path);
        break;
    case TC_FIELD_KEYS:
        put_list(out, rng, a_key);
        break;
    case TC_FIELD_NAMES:
        put_list(out, rng, a_variable);
        break;
    case TC_FIELD_TEXT:
        put_text(out, rng, cls, field->xml);
        break;
    }
    tc_buf_putc(out, ';');
}

static void
put_column(struct tc_buf *out, struct tct_rng *rng, const struct tc_class *cls, const struct tc_column *column,
           enum tc_framework framework)
{
    tc_buf_putc(out, ' ');
    if (column->keyword != NULL)
        tc_buf_printf(out, "%s ", column->keyword);
    switch (column->kind) {
    case TC_COLUMN_TEXT:
        put_text(out, rng, cls, column->xml);
        break;
    case TC_COLUMN_URI:
        put_uri(out, rng);
        break;
    case TC_COLUMN_NUMBER:
        tc_buf_printf(out, "%zu", 1 + tct_rng_below(rng, 24));
        break;
    case TC_COLUMN_PORT:
        if (tct_rng_one_in(rng, 4))
            tc_buf_puts(out, TC_STR("all"));
        else
            tc_buf_printf(out, "%zu", tct_rng_below(rng, 65536));
        break;
    case TC_COLUMN_CHOICE:
        tc_buf_puts(out, tc_str_of(a_choice(rng, tc_enum(column->values), framework)));
        break;
    case TC_COLUMN_LEVEL:
        tc_buf_puts(out, tc_str_of(a_level(rng, tc_enum(column->values), framework)));
        break;
    case TC_COLUMN_FLAGS:
        put_flags(out, rng, tc_enum(column->values), framework);
        break;
    case TC_COLUMN_BOOL:
        tc_buf_puts(out, TC_STR("true"));
        break;
    }
}

static void
put_row(struct tc_buf *out, struct tct_rng *rng, const struct tc_class *cls, const struct tc_form *form,
        enum tc_framework framework)
{
    const bool database = cls->algebra == TC_ALGEBRA_DB_DATA;
    bool optional = false;

    tc_buf_printf(out, " %s", form->word);
    for (size_t i = 0; i < form->column_count; i++) {
        const struct tc_column *column = &form->columns[i];

        /* A connection names its string: without one, and without keys, it would be an empty row. */
        if (!column->required && !(form->needs_one && !optional) && !(database && i == 0) && tct_rng_one_in(rng, 2))
            continue;
        optional |= !column->required;
        put_column(out, rng, cls, column, framework);
    }
    tc_buf_putc(out, ';');
}

/* Identities are one value: attributes or rows, and not twice. */
static void
put_identity(struct tc_buf *out, struct tct_rng *rng, const struct tc_class *cls, enum tc_framework framework)
{
    if (framework != TC_FX_1_1 && cls->form_count > 0 && tct_rng_one_in(rng, 2)) {
        put_row(out, rng, cls, &cls->forms[0], framework);
        return;
    }
    for (size_t i = 0; i < cls->field_count; i++)
        put_field(out, rng, cls, &cls->fields[i], framework);
}

void
tct_generate_permission(struct tc_buf *out, struct tct_rng *rng, const struct tc_class *cls,
                        enum tc_framework framework)
{
    size_t put = 0;

    if ((cls->traits & TC_TRAIT_NO_UNRESTRICTED) == 0 &&
        (cls->field_count + cls->form_count == 0 || tct_rng_one_in(rng, 8))) {
        tc_buf_puts(out, TC_STR(" unrestricted;"));
        return;
    }
    tc_buf_puts(out, TC_STR(" {"));
    if (cls->algebra == TC_ALGEBRA_IDENTITY) {
        put_identity(out, rng, cls, framework);
        tc_buf_puts(out, TC_STR(" }"));
        return;
    }
    while (put == 0) {
        for (size_t i = 0; i < cls->field_count; i++) {
            if (tc_since_in(cls->fields[i].since, framework) && tct_rng_one_in(rng, 2)) {
                put_field(out, rng, cls, &cls->fields[i], framework);
                put++;
            }
        }
        for (size_t i = 0; i < cls->form_count; i++) {
            for (size_t n = tct_rng_below(rng, 3); n > 0 && tc_since_in(cls->forms[i].since, framework); n--) {
                put_row(out, rng, cls, &cls->forms[i], framework);
                put++;
            }
        }
    }
    tc_buf_puts(out, TC_STR(" }"));
}

/* ---- policies ---- */

static void
put_grants(struct tc_buf *out, struct tct_rng *rng, size_t count, uint64_t *granted, enum tc_framework framework)
{
    for (size_t i = 0; i < count; i++) {
        size_t id = tct_rng_below(rng, TC_CLASS_COUNT_);
        const struct tc_class *cls = tc_class((enum tc_class_id)id);
        bool once = cls->algebra == TC_ALGEBRA_IDENTITY || cls->algebra == TC_ALGEBRA_PRINCIPAL ||
                    cls->algebra == TC_ALGEBRA_OPAQUE;

        if (!tct_grantable(cls, framework) || (once && (*granted >> id & 1) != 0))
            continue;
        *granted |= UINT64_C(1) << id;
        tc_buf_printf(out, "    grant %s", cls->word);
        tct_generate_permission(out, rng, cls, framework);
        tc_buf_putc(out, '\n');
    }
}

static void
put_condition(struct tc_buf *out, struct tct_rng *rng, enum tc_framework framework)
{
    const struct tc_condition_info *info;

    do {
        info = tc_condition_info((enum tc_condition_id)tct_rng_below(rng, TC_CONDITION_COUNT_));
    } while (!tc_since_in(info->since, framework));
    tc_buf_puts(out, tc_str_of(info->word));
    for (size_t i = 0; i < info->argument_count; i++) {
        const struct tc_argument *argument = &info->arguments[i];

        if (!argument->required && tct_rng_one_in(rng, 2))
            continue;
        tc_buf_putc(out, ' ');
        if (argument->keyword != NULL)
            tc_buf_printf(out, "%s ", argument->keyword);
        switch (argument->kind) {
        case TC_ARGUMENT_URL:
            put_string(out, rng,
                       PICK(rng, "http://a.contoso.com/*", "file:///D:/Bin/*", "$AppDirUrl$/bin/*", "$CodeGen$/*"));
            break;
        case TC_ARGUMENT_SITE:
            put_string(out, rng, PICK(rng, "*.contoso.com", "www.contoso.com"));
            break;
        case TC_ARGUMENT_ZONE:
            tc_buf_puts(out, tc_str_of(PICK(rng, "MyComputer", "Intranet", "Trusted", "Internet", "Untrusted")));
            break;
        case TC_ARGUMENT_KEY:
            put_string(out, rng, PICK(rng, "002400000480000094", "0024000004800000940000"));
            break;
        case TC_ARGUMENT_NAME:
            put_string(out, rng, PICK(rng, "Contoso.Data", "A & B"));
            break;
        case TC_ARGUMENT_VERSION:
            put_string(out, rng, PICK(rng, "1.0.0.0", "2.1.0.0"));
            break;
        case TC_ARGUMENT_HASH_NAME:
            tc_buf_puts(out, TC_STR("SHA1"));
            break;
        case TC_ARGUMENT_HEX:
            put_string(out, rng, "0123456789012345678901234567890123456789");
            break;
        }
    }
}

static void
put_body(struct tc_buf *out, struct tct_rng *rng, uint64_t *granted, enum tc_runtime runtime)
{
    const struct tc_runtime_info *info = tc_runtime_info(runtime);

    put_grants(out, rng, 1 + tct_rng_below(rng, 6), granted, info->framework);
    if (info->homogeneous)
        return;
    if (tct_rng_one_in(rng, 3)) {
        uint64_t in_set = 0,
                 number = tct_rng_next(rng); /* a set of a name of its own: it adds to none that is inherited */

        tc_buf_printf(out, "    ## What trusted code may do.\n    set Own%" PRIx64 " {\n", number);
        put_grants(out, rng, 1 + tct_rng_below(rng, 3), &in_set, info->framework);
        tc_buf_printf(out,
                      "        grant Security { flags Execution; }\n    }\n"
                      "    code strongname \"002400000480000095\" grants Own%" PRIx64 " name \"Own & mine\";\n",
                      number);
    }
    for (size_t n = tct_rng_below(rng, 3); n > 0; n--) {
        tc_buf_puts(out, TC_STR("    code "));
        put_condition(out, rng, info->framework);
        tc_buf_printf(out, " grants %s;\n", PICK(rng, "FullTrust", "Nothing", "Execution"));
    }
}

void
tct_generate_runtime(struct tc_buf *out, enum tc_runtime runtime)
{
    const struct tc_runtime_info *info = tc_runtime_info(runtime);

    tc_buf_printf(out, "    framework %s;\n", tc_framework_info(info->framework)->name);
    if (info->framework == TC_FX_4_0)
        tc_buf_printf(out, "    cas-model %s;\n", info->homogeneous ? "default" : "legacy");
}

void
tct_generate_source(struct tct_source *source, struct tct_rng *rng, enum tc_runtime runtime)
{
    static const char *const levels[] = {"high", "medium", "low", "minimal"};
    size_t policies = 1 + tct_rng_below(rng, 4);
    uint64_t granted[4] = {0};

    memset(source, 0, sizeof *source);
    tc_buf_puts(&source->head, TC_STR("server s {\n"));
    tct_generate_runtime(&source->head, runtime);
    tc_buf_printf(&source->head, "    trust %s;\n}\n", tct_rng_one_in(rng, 2) ? "P0" : "medium");
    for (size_t i = 0; i < policies; i++) {
        if (tct_rng_one_in(rng, 3))
            tc_buf_puts(&source->head, TC_STR("## What it is for: <a> & \"b\".\n"));
        if (i > 0 && tct_rng_one_in(rng, 2)) {
            size_t base = tct_rng_below(rng, i);

            granted[i] = granted[base];
            tc_buf_printf(&source->head, "policy P%zu extends P%zu {\n", i, base);
        } else {
            tc_buf_printf(&source->head, "policy P%zu extends %s {\n", i, levels[tct_rng_below(rng, 4)]);
        }
        put_body(&source->head, rng, &granted[i], runtime);
        tc_buf_puts(&source->head, TC_STR("}\n"));
    }
    source->application_count = 1 + tct_rng_below(rng, TCT_APPLICATIONS_MAX);
    for (size_t i = 0; i < source->application_count; i++) {
        struct tc_buf *out = &source->applications[i];
        size_t base = tct_rng_below(rng, policies + 4);
        uint64_t own = base < policies ? granted[base] : 0;

        tc_buf_printf(
            out, "application App%zu {\n    location \"Default Web Site/a%zu\";\n    root \"D:\\Sites\\App%zu\";\n", i,
            i, i);
        if (base < policies)
            tc_buf_printf(out, "    trust P%zu;\n", base);
        else
            tc_buf_printf(out, "    trust %s;\n", levels[base - policies]);
        if (tct_rng_one_in(rng, 3))
            tc_buf_puts(out, TC_STR("    origin host \"www.contoso.com\";\n"));
        if (tct_rng_one_in(rng, 3))
            put_body(out, rng, &own, runtime);
        tc_buf_puts(out, TC_STR("}\n"));
    }
}

void
tct_source_done(struct tct_source *source)
{
    tc_buf_done(&source->head);
    for (size_t i = 0; i < TCT_APPLICATIONS_MAX; i++)
        tc_buf_done(&source->applications[i]);
}
