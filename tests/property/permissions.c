#include "property/permissions.h"

#include "model/pset_algebra.h"

#include <string.h>

/* ---- values ---- */

/* What an attribute holds: by class (NULL: any) and name. */
static const struct pool {
    const char *word;
    const char *xml;
    const char *values[10];
} pools[] = {
    {NULL, "PublicKeyBlob", {"002400000480000094", "0024000004800000940000"}},
    {NULL, "X509v3Certificate", {"3082", "308201"}},
    {NULL, "AssemblyVersion", {"1.0.0.0", "2.1.0.0"}},
    {NULL, "Site", {"www.contoso.com", "*.contoso.com", "*.com", "WWW.contoso.COM", "a.example.org"}},
    {NULL,
     "Url",
     {"http://www.contoso.com/*", "http://www.contoso.com/a/*", "http://www.contoso.com/a", "http://*.contoso.com/a",
      "HTTP://WWW.CONTOSO.COM/a", "file:///D:/Bin/*", "file:///D:/Bin/x.dll"}},
    {NULL,
     "uri",
     {"http://a.contoso.com/", "http://a\\.contoso\\.com/.*", "https?://(a|b)\\.contoso\\.com/.*", ".*",
      "HTTP://A.CONTOSO.COM/", "", "http://a.contoso.com/x?y=1&amp;z=2"}},
    {NULL, "host", {"a.contoso.com", "A.contoso.com", "10.0.0.1", "10.0.*.*", "*.*.*.*", "10.*.0.*", "0.0.0.0", ""}},
    {NULL, "KeyRestrictions", {"User ID=;Password=;", "Initial Catalog=;", "", "Encrypt=;"}},
    {NULL,
     "ConnectionString",
     {"Data Source=S1", "data source=s1", "Data Source=S1;Initial Catalog=C", "Initial Catalog=C;Data Source=S1",
      "Data Source=S2;User ID=u;Password=p", "User ID=u", "Data Source=\"S;1\"", ""}},
    {"KeyContainer", "ProviderName", {"*", "Microsoft Strong Cryptographic Provider", "p"}},
    {"KeyContainer", "KeyContainerName", {"*", "key", "Other key"}},
    {"MessageQueue", "value", {"*", "FORMATNAME:DIRECT=OS:a\\q", "FORMATNAME:PUBLIC=1234"}},
    {NULL, "ID", {"alice", "Bob"}},
    {NULL, "Role", {"Admins", "users"}},
    {NULL, "name", {".", "*", "srv1", "MYMACHINE", "mymachine", "Memory", ""}},
    {NULL, "Name", {"Contoso.Data", "A &amp; B"}},
    {NULL, "AssemblyName", {"A, Version=1.0.0.0, Culture=neutral, PublicKeyToken=0123456789abcdef", "B"}},
};

static const char *const words[] = {"x", "A &amp; B", "y z"};

struct maker {
    struct tct_rng *rng;
    size_t focus; /* take the three values from here on of every list; 0: any */
};

static size_t
choose(struct maker *m, size_t count)
{
    return m->focus == 0 ? tct_rng_below(m->rng, count) : (m->focus + tct_rng_below(m->rng, 3)) % count;
}

static const char *
pick(struct maker *m, const char *const *list, size_t room)
{
    size_t count = 0;

    while (count < room && list[count] != NULL)
        count++;
    return list[choose(m, count)];
}

static const char *
a_text(struct maker *m, const struct tc_class *cls, const char *xml)
{
    for (size_t i = 0; i < sizeof pools / sizeof pools[0]; i++)
        if (strcmp(pools[i].xml, xml) == 0 && (pools[i].word == NULL || strcmp(pools[i].word, cls->word) == 0))
            return pick(m, pools[i].values, sizeof pools[i].values / sizeof pools[i].values[0]);
    return pick(m, words, sizeof words / sizeof words[0]);
}

static void
put_list(struct tc_buf *out, struct maker *m, enum tc_field_kind kind)
{
    static const char *const paths[] = {"C:\\a",
                                        "c:\\A\\b",
                                        "C:\\a\\",
                                        "C:\\",
                                        "C:\\ab",
                                        "D:\\x\\y",
                                        "D:\\x",
                                        "\\\\srv\\share",
                                        "\\\\srv\\share\\x",
                                        "&quot;F:\\q;r&quot;",
                                        NULL};
    static const char *const keys[] = {
        "HKEY_LOCAL_MACHINE", "HKEY_LOCAL_MACHINE\\SOFTWARE", "hkey_local_machine\\software\\Contoso",
        "HKEY_CURRENT_USER",  "HKEY_CURRENT_USER\\A &amp; B", NULL};
    static const char *const names[] = {"TEMP", "temp", "TMP", "A &amp; B", "OS", NULL};
    const char *const *list = kind == TC_FIELD_PATHS ? paths : kind == TC_FIELD_KEYS ? keys : names;
    size_t count = 1 + tct_rng_below(m->rng, 3);

    if (kind == TC_FIELD_PATHS && tct_rng_one_in(m->rng, 8)) {
        tc_buf_puts(out, TC_STR("*AllFiles*"));
        return;
    }
    if (kind == TC_FIELD_PATHS && tct_rng_one_in(m->rng, 8)) {
        tc_buf_puts(out, TC_STR("*AllLocalFiles*"));
        if (tct_rng_one_in(m->rng, 2))
            return;
        tc_buf_putc(out, ';');
    }
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            tc_buf_putc(out, ';');
        tc_buf_puts(out, tc_str_of(pick(m, list, 16)));
    }
}

static void
put_flags(struct tc_buf *out, struct maker *m, const struct tc_enum *values)
{
    size_t put = 0;

    for (size_t i = 0; i < values->count; i++) {
        if (m->focus != 0 || !tct_rng_one_in(m->rng, values->values[i].value == 0 ? 12 : 3))
            continue;
        tc_buf_printf(out, "%s%s", put++ > 0 ? values->separator : "", values->values[i].xml);
    }
    if (put == 0)
        tc_buf_puts(out, tc_str_of(values->values[choose(m, values->count)].xml));
}

static void
put_value(struct tc_buf *out, struct maker *m, const struct tc_class *cls, const struct tc_field *field)
{
    static const char *const numbers[] = {"0", "1", "1024", "1048576", "9223372036854775807"};
    const struct tc_enum *values = tc_enum(field->values);

    switch (field->kind) {
    case TC_FIELD_FLAGS:
        if (field->child == NULL)
            put_flags(out, m, values);
        else
            tc_buf_puts(out, tc_str_of(values->values[choose(m, values->count)].xml));
        break;
    case TC_FIELD_LEVEL:
        tc_buf_puts(out, tc_str_of(values->values[choose(m, values->count)].xml));
        break;
    case TC_FIELD_INT64:
        tc_buf_puts(out, tc_str_of(pick(m, numbers, sizeof numbers / sizeof numbers[0])));
        break;
    case TC_FIELD_BOOL:
        tc_buf_puts(out, tct_rng_one_in(m->rng, 3) ? TC_STR("false") : TC_STR("True"));
        break;
    case TC_FIELD_PATHS:
    case TC_FIELD_KEYS:
    case TC_FIELD_NAMES:
        put_list(out, m, field->kind);
        break;
    case TC_FIELD_TEXT:
        tc_buf_puts(out, tc_str_of(a_text(m, cls, field->xml)));
        break;
    }
}

static void
put_cell(struct tc_buf *out, struct maker *m, const struct tc_class *cls, const struct tc_column *column)
{
    static const char *const ports[] = {"All", "0", "80", "8080"};
    static const char *const numbers[] = {"-1", "1", "24"};
    const struct tc_enum *values = tc_enum(column->values);

    switch (column->kind) {
    case TC_COLUMN_TEXT:
    case TC_COLUMN_URI:
        tc_buf_puts(out, tc_str_of(a_text(m, cls, column->xml)));
        break;
    case TC_COLUMN_NUMBER:
        tc_buf_puts(out, tc_str_of(pick(m, numbers, sizeof numbers / sizeof numbers[0])));
        break;
    case TC_COLUMN_PORT:
        tc_buf_puts(out, tc_str_of(pick(m, ports, sizeof ports / sizeof ports[0])));
        break;
    case TC_COLUMN_CHOICE:
    case TC_COLUMN_LEVEL:
        tc_buf_puts(out, tc_str_of(values->values[choose(m, values->count)].xml));
        break;
    case TC_COLUMN_FLAGS:
        put_flags(out, m, values);
        break;
    case TC_COLUMN_BOOL:
        tc_buf_puts(out, tct_rng_one_in(m->rng, 3) ? TC_STR("false") : TC_STR("true"));
        break;
    }
}

/* ---- elements ---- */

/* Append the attribute @a name with what @a out holds, and empty it. */
static void
add(struct tc_arena *arena, struct tc_element *element, const char *name, struct tc_buf *out)
{
    (void)tc_element_add(arena, element, tc_str_of(name), tc_arena_str(arena, tc_buf_str(out)));
    tc_buf_clear(out);
}

static void
add_field(struct tc_arena *arena, struct maker *m, const struct tc_class *cls, const struct tc_field *field,
          struct tc_element *element, struct tc_buf *out)
{
    for (size_t n = field->child == NULL ? 1 : 1 + tct_rng_below(m->rng, 2); n > 0; n--) {
        struct tc_element *at = element;

        if (field->child != NULL) {
            at = tc_element_new(arena, tc_str_of(field->child));
            tc_element_append(element, at);
        }
        put_value(out, m, cls, field);
        add(arena, at, field->xml, out);
    }
}

/* Whether the outermost element of the form says anything itself; if not, all rows share one. */
static bool
has_outer_column(const struct tc_form *form)
{
    for (size_t i = 0; i < form->column_count; i++)
        if (form->columns[i].depth == 0)
            return true;
    return false;
}

static void
add_columns(struct tc_arena *arena, struct maker *m, const struct tc_class *cls, const struct tc_form *form,
            uint8_t depth, struct tc_element *element, struct tc_buf *out)
{
    bool any = false;

    for (size_t i = 0; i < form->column_count; i++) {
        const struct tc_column *column = &form->columns[i];

        if (column->depth != depth || (!column->required && (any || !form->needs_one) && tct_rng_one_in(m->rng, 2)))
            continue;
        any = true;
        put_cell(out, m, cls, column);
        add(arena, element, column->xml, out);
    }
}

static void
add_rows(struct tc_arena *arena, struct maker *m, const struct tc_class *cls, const struct tc_form *form,
         struct tc_element *element, struct tc_buf *out)
{
    struct tc_str path = tc_str_of(form->element);
    size_t slash = tc_str_find(path, TC_STR("/"), 0);
    bool own = has_outer_column(form);
    struct tc_element *outer = NULL, *inner;

    for (size_t n = tct_rng_below(m->rng, 4); n > 0; n--) {
        if (outer == NULL || own) {
            outer = tc_element_new(arena, tc_str_sub(path, 0, slash));
            tc_element_append(element, outer);
            add_columns(arena, m, cls, form, 0, outer, out);
        }
        if (slash == SIZE_MAX)
            continue;
        inner = tc_element_new(arena, tc_str_sub(path, slash + 1, SIZE_MAX));
        tc_element_append(outer, inner);
        add_columns(arena, m, cls, form, 1, inner, out);
    }
}

struct tc_element *
tct_permission_element(struct tc_arena *arena, struct tct_rng *rng, size_t focus, const struct tc_class *cls)
{
    struct maker maker = {rng, focus}, *m = &maker;
    struct tc_element *element = tc_element_new(arena, TC_STR("IPermission"));
    const bool identity = cls->algebra == TC_ALGEBRA_IDENTITY, rows = !identity || tct_rng_one_in(m->rng, 2),
               all = identity || (cls->traits & TC_TRAIT_ALL_ATTRIBUTES) != 0;
    struct tc_buf out = {0};

    tc_class_description(cls, TC_FX_4_0, &out);
    add(arena, element, "class", &out);
    (void)tc_element_add(arena, element, TC_STR("version"), TC_STR("1"));
    if ((cls->traits & TC_TRAIT_NO_UNRESTRICTED) == 0 &&
        tct_rng_one_in(m->rng, cls->field_count + cls->form_count == 0 ? 2 : 10)) {
        (void)tc_element_add(arena, element, TC_STR("Unrestricted"), TC_STR("true"));
    } else {
        for (size_t i = 0; i < cls->field_count && (!identity || !rows); i++)
            if (all || (focus == 0 ? tct_rng_one_in(rng, 2) : i == focus % (cls->field_count + 1)))
                add_field(arena, m, cls, &cls->fields[i], element, &out);
        for (size_t i = 0; i < cls->form_count && rows; i++)
            add_rows(arena, m, cls, &cls->forms[i], element, &out);
    }
    tc_buf_done(&out);
    return element;
}

struct tc_perm *
tct_permission(struct tc_arena *arena, struct tct_rng *rng, size_t focus, const struct tc_class *cls)
{
    const struct tc_element *element = tct_permission_element(arena, rng, focus, cls);
    struct tc_throw thrown;
    struct tc_perm *perm = NULL;

    return tc_perm_read(arena, NULL, element, &perm, &thrown) == TC_YES ? perm : NULL;
}
