/* Grants, revokes and demands: the words of a clause against the rows of its class. */
#include "model/pset_algebra.h"
#include "sema/internal.h"

#include <string.h>

/* The end of the group that begins at @a atom: the first atom that no comma joins to the one before. */
static const struct tc_atom *
group_end(const struct tc_atom *atom)
{
    if (atom == NULL)
        return NULL;
    atom = atom->next;
    while (atom != NULL && atom->joined)
        atom = atom->next;
    return atom;
}

static struct tc_span
group_span(const struct tc_atom *begin, const struct tc_atom *end)
{
    struct tc_span span = begin->span;

    for (const struct tc_atom *atom = begin; atom != end; atom = atom->next)
        span.end = atom->span.end;
    return span;
}

const struct tc_class *
tc_resolve_class(struct tc_sema *s, const struct tc_atom *atom)
{
    const struct tc_class *cls;
    struct tc_decl_class *declared = tc_map_get(&s->classes, atom->text);
    const char *meant;
    struct tc_diag *diag;
    struct tc_nearest nearest;

    if (declared != NULL)
        return &declared->cls;
    cls = tc_class_find(atom->text);
    if (cls != NULL || atom->broken)
        return cls;
    meant = tc_misnamed_find(atom->text);
    tc_nearest_init(&nearest, atom->text);
    for (size_t i = 0; i < TC_CLASS_COUNT_; i++)
        tc_nearest_try(&nearest, tc_str_of(tc_class((enum tc_class_id)i)->word));
    if (s->has_bad_items && meant == NULL && nearest.best.len == 0)
        return NULL; /* it may be declared in what could not be read */
    diag = tc_sema_report(s, TC_CODE_UNKNOWN_CLASS, atom->span, "there is no permission class '%.*s'",
                          TC_STR_ARG(atom->text));
    if (meant != NULL) {
        tc_diag_help(s->diags, diag, "did you mean '%s'?", meant);
        return NULL;
    }
    if (nearest.best.len > 0)
        tc_nearest_help(s, diag, &nearest);
    else
        tc_diag_help(s->diags, diag,
                     "a class of a third party is declared first: class %.*s \"Full.Type.Name, Assembly, Version=..., "
                     "Culture=neutral, PublicKeyToken=...\";",
                     TC_STR_ARG(atom->text));
    return NULL;
}

/* ---- fields ---- */

static bool
is_list(enum tc_field_kind kind)
{
    return kind == TC_FIELD_PATHS || kind == TC_FIELD_KEYS || kind == TC_FIELD_NAMES;
}

/* The field of @a cls called @a word; -1 when there is none. A two-word field ("acl view") is found by both. */
static int
find_field(const struct tc_class *cls, struct tc_str word)
{
    for (size_t i = 0; i < cls->field_count; i++)
        if (tc_str_eq(tc_str_of(cls->fields[i].word), word))
            return (int)i;
    return -1;
}

static const struct tc_form *
find_form(const struct tc_class *cls, struct tc_str word)
{
    for (size_t i = 0; i < cls->form_count; i++)
        if (tc_str_eq(tc_str_of(cls->forms[i].word), word))
            return &cls->forms[i];
    return NULL;
}

static bool
has_list_fields(const struct tc_class *cls)
{
    return cls->field_count > 0 && is_list(cls->fields[0].kind);
}

/* Report a word that the class does not know in the place where a clause begins. */
static void
report_word(struct tc_sema *s, const struct tc_class *cls, const struct tc_atom *atom)
{
    static const char *const list_words[] = {"all", "all-files", "local-files"};
    size_t list_word_count = !has_list_fields(cls) ? 0 : cls->fields[0].kind == TC_FIELD_PATHS ? 3 : 1;
    struct tc_diag *diag = tc_sema_report(s, TC_CODE_UNKNOWN_CLAUSE, atom->span, "%s has no clause '%.*s'", cls->word,
                                          TC_STR_ARG(atom->text));
    struct tc_str words = {NULL, 0};
    struct tc_nearest nearest;

    tc_nearest_init(&nearest, atom->text);
    for (size_t i = 0; i < cls->field_count; i++) {
        const struct tc_enum *values = tc_enum(cls->fields[i].values);

        tc_nearest_try(&nearest, tc_str_of(cls->fields[i].word));
        words =
            tc_arena_printf(s->arena, "%.*s%s%s", TC_STR_ARG(words), words.len > 0 ? ", " : "", cls->fields[i].word);
        if (cls->fields[i].values != TC_ENUM_NONE_ && tc_enum_find(values, atom->text) != NULL) {
            tc_diag_help(s->diags, diag, "write '%s %.*s'", cls->fields[i].word, TC_STR_ARG(atom->text));
            return;
        }
    }
    for (size_t i = 0; i < list_word_count; i++) {
        tc_nearest_try(&nearest, tc_str_of(list_words[i]));
        words = tc_arena_printf(s->arena, "%.*s, %s", TC_STR_ARG(words), list_words[i]);
    }
    for (size_t i = 0; i < cls->form_count; i++) {
        tc_nearest_try(&nearest, tc_str_of(cls->forms[i].word));
        words = tc_arena_printf(s->arena, "%.*s%s%s", TC_STR_ARG(words), words.len > 0 ? ", " : "", cls->forms[i].word);
    }
    if (nearest.best.len > 0)
        tc_nearest_help(s, diag, &nearest);
    else if (words.len > 0)
        tc_diag_help(s->diags, diag, "its clauses are: %.*s", TC_STR_ARG(words));
    else if (cls->assembly == TC_ASM_COUNT_)
        tc_diag_help(s->diags, diag, "of a declared class only the XML is known, so it is revoked whole: revoke %s;",
                     cls->word);
    else
        tc_diag_help(s->diags, diag, "it can only be granted whole: grant %s unrestricted;", cls->word);
}

/* One name of an enumeration of the framework; NULL after an error. */
static const struct tc_enum_value *
enum_value(struct tc_sema *s, enum tc_enum_id id, const struct tc_atom *atom)
{
    const struct tc_enum *values = tc_enum(id);
    const struct tc_enum_value *value = tc_enum_find(values, atom->text);
    struct tc_nearest nearest;
    struct tc_diag *diag;

    if (value != NULL && (id != TC_ENUM_ZONE || value->value >= 0))
        return value;
    if (value != NULL) {
        diag =
            tc_sema_report(s, TC_CODE_UNKNOWN_FLAG, atom->span, "'%s' is no zone that code can come from", value->name);
        tc_diag_help(s->diags, diag, "write MyComputer, Intranet, Trusted, Internet or Untrusted");
        return NULL;
    }
    diag = tc_sema_report(s, TC_CODE_UNKNOWN_FLAG, atom->span, "'%.*s' is no %s", TC_STR_ARG(atom->text),
                          values->type_name);
    tc_nearest_init(&nearest, atom->text);
    for (size_t i = 0; i < values->count; i++)
        tc_nearest_try(&nearest, tc_str_of(values->values[i].name));
    if (nearest.best.len > 0) {
        tc_nearest_help(s, diag, &nearest);
    } else if (values->count <= 16) {
        struct tc_str words = {NULL, 0};

        for (size_t i = 0; i < values->count; i++)
            words = tc_arena_printf(s->arena, "%.*s%s%s", TC_STR_ARG(words), i > 0 ? ", " : "", values->values[i].name);
        tc_diag_help(s->diags, diag, "write one of %.*s", TC_STR_ARG(words));
    }
    return NULL;
}

static void
expected(struct tc_sema *s, struct tc_span span, const char *what, const char *word)
{
    tc_sema_report(s, TC_CODE_CLAUSE_VALUE, span, "expected %s after '%s'", what, word);
}

/* The text of a word for a message. */
static const char *
word_text(struct tc_sema *s, const struct tc_atom *atom)
{
    struct tc_str text = tc_arena_str(s->arena, atom->text);

    return text.ptr == NULL ? "" : text.ptr;
}

/* Anything left over at the end of a clause. */
static bool
at_end(struct tc_sema *s, const struct tc_atom *atom, const char *word)
{
    struct tc_diag *diag;

    if (atom == NULL)
        return true;
    diag = tc_sema_report(s, TC_CODE_CLAUSE_EXTRA, atom->span, "'%.*s' is one value too many for '%s'",
                          TC_STR_ARG(atom->text), word);
    tc_diag_help(s->diags, diag, "values of one kind are joined by commas; a further clause begins after a ';'");
    return false;
}

static struct tc_str
check_list_item(struct tc_sema *s, enum tc_field_kind kind, const struct tc_atom *atom)
{
    switch (kind) {
    case TC_FIELD_PATHS:
        return tc_check_path(s, atom);
    case TC_FIELD_KEYS:
        return tc_check_registry_key(s, atom);
    default:
        return tc_check_variable(s, atom);
    }
}

/* Bits of the list fields that the verbs of a group name; 0 after an error. @a prefix is "acl " or "". */
static uint64_t
list_verbs(struct tc_sema *s, const struct tc_class *cls, const char *prefix, const struct tc_atom *begin,
           const struct tc_atom *end)
{
    uint64_t fields = 0;

    for (const struct tc_atom *atom = begin; atom != end; atom = atom->next) {
        int field = find_field(
            cls, prefix[0] == '\0' ? atom->text : tc_arena_printf(s->arena, "%s%.*s", prefix, TC_STR_ARG(atom->text)));

        if (prefix[0] == '\0' && tc_str_eq(atom->text, TC_STR("all"))) {
            for (size_t i = 0; i < cls->field_count; i++)
                if (cls->fields[i].in_all)
                    fields |= UINT64_C(1) << i;
        } else if (field < 0 || !is_list(cls->fields[field].kind)) {
            report_word(s, cls, atom);
            return 0;
        } else {
            fields |= UINT64_C(1) << field;
        }
    }
    return fields;
}

/* `read, write "a", "b"`, `acl view "a"`. */
static bool
lower_list_clause(struct tc_sema *s, struct tc_perm *perm, const struct tc_atom *first, enum tc_clause_mode mode,
                  uint64_t *bare_fields, struct tc_span span)
{
    const struct tc_class *cls = perm->cls;
    bool acl = tc_str_eq(first->text, TC_STR("acl")) && find_field(cls, TC_STR("acl view")) >= 0;
    const struct tc_atom *verbs = acl ? first->next : first;
    const struct tc_atom *values, *end;
    uint64_t fields;
    bool ok = true;

    if (verbs == NULL || (acl && verbs->kind != TC_ATOM_NAME)) {
        expected(s, verbs == NULL ? first->span : verbs->span, "'view' or 'change'", "acl");
        return false;
    }
    values = group_end(verbs);
    fields = list_verbs(s, cls, acl ? "acl " : "", verbs, values);
    if (fields == 0)
        return false;
    if (values == NULL) {
        if (mode == TC_CLAUSE_REVOKE) {
            *bare_fields |= fields;
            return true;
        }
        tc_diag_help(s->diags,
                     tc_sema_report(s, TC_CODE_CLAUSE_VALUE, group_span(first, NULL), "expected a %s after '%.*s'",
                                    cls->fields[0].kind == TC_FIELD_PATHS  ? "path"
                                    : cls->fields[0].kind == TC_FIELD_KEYS ? "registry key"
                                                                           : "name",
                                    TC_STR_ARG(verbs->text)),
                     "write for example: %s%.*s \"%s\";", acl ? "acl " : "", TC_STR_ARG(verbs->text),
                     cls->fields[0].kind == TC_FIELD_PATHS  ? "D:\\Data"
                     : cls->fields[0].kind == TC_FIELD_KEYS ? "HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso"
                                                            : "TEMP");
        return false;
    }
    end = group_end(values);
    for (const struct tc_atom *atom = values; atom != end; atom = atom->next) {
        struct tc_item item = {.span = atom->span};

        if (atom->kind != TC_ATOM_STRING && cls->fields[0].kind != TC_FIELD_NAMES) {
            struct tc_diag *diag = tc_sema_report(s, TC_CODE_CLAUSE_VALUE, atom->span,
                                                  "expected a string here, not '%.*s'", TC_STR_ARG(atom->text));

            if (find_field(cls, atom->text) >= 0)
                tc_diag_help(s->diags, diag, "verbs are joined by commas: read, write \"...\";");
            return false;
        }
        item.text = check_list_item(s, cls->fields[0].kind, atom);
        ok &= item.text.len > 0;
        for (size_t i = 0; i < cls->field_count && item.text.len > 0; i++) {
            if ((fields >> i & 1) == 0)
                continue;
            if (!perm->values[i].present)
                perm->values[i].span = span;
            perm->values[i].present = true;
            if (!tc_list_add(s->arena, &perm->values[i].list, item))
                return false;
        }
    }
    return at_end(s, end, word_text(s, first)) && ok;
}

/* `all-files read`, `local-files read`. */
static bool
lower_whole_disk(struct tc_sema *s, struct tc_perm *perm, const struct tc_atom *first, bool local, struct tc_span span)
{
    const struct tc_atom *verbs = first->next, *end;
    uint64_t fields;

    if (verbs == NULL) {
        expected(s, first->span, "a verb such as 'read'", local ? "local-files" : "all-files");
        return false;
    }
    end = group_end(verbs);
    fields = list_verbs(s, perm->cls, "", verbs, end);
    for (size_t i = 0; i < perm->cls->field_count; i++) {
        if ((fields >> i & 1) == 0)
            continue;
        if (!perm->values[i].present)
            perm->values[i].span = span;
        perm->values[i].present = true;
        if (local)
            perm->values[i].list.all_local = true;
        else
            perm->values[i].list.all = true;
    }
    return fields != 0 && at_end(s, end, local ? "local-files" : "all-files");
}

/* A URL of an identity permission, as the framework itself takes it apart. */
static bool
check_identity_url(struct tc_sema *s, const struct tc_atom *atom)
{
    size_t place = 0;
    const struct tc_token *token = tc_token_in(atom->text, 0, &place);
    struct tc_diag *diag;

    if (token != NULL && (place > 0 || (token->uses & TC_TOKEN_IN_URL) == 0)) {
        diag = tc_sema_report(s, TC_CODE_TOKEN_MISPLACED, atom->span, "'%s' cannot stand here: it becomes the %s",
                              token->text, token->meaning);
        tc_diag_help(s->diags, diag, "a URL may begin with $AppDirUrl$, $CodeGen$ or $Gac$");
        return false;
    }
    return tc_check_url_reads(s, atom, true);
}

/* A text of an identity permission, by its attribute (permissions 35). */
static bool
check_identity(struct tc_sema *s, const char *attribute, const struct tc_atom *atom)
{
    struct tc_str name = tc_str_of(attribute);

    if (!tc_check_plain(s, atom))
        return false;
    if (tc_str_eq(name, TC_STR("PublicKeyBlob")))
        return tc_check_public_key(s, atom);
    if (tc_str_eq(name, TC_STR("AssemblyVersion")))
        return tc_check_version(s, atom);
    if (tc_str_eq(name, TC_STR("X509v3Certificate")))
        return tc_check_hex(s, atom, "a certificate");
    if (tc_str_eq(name, TC_STR("Site")))
        return tc_check_site(s, atom);
    if (tc_str_eq(name, TC_STR("Url")))
        return check_identity_url(s, atom);
    return tc_check_no_token(s, atom, "the name of an assembly");
}

/* Report a further value where one grant holds one: the framework would see the last one only. */
static bool
second_identity(struct tc_sema *s, const struct tc_class *cls, const struct tc_field *field,
                const struct tc_value *value, const struct tc_atom *atom)
{
    struct tc_diag *diag = tc_sema_report(s, TC_CODE_CANNOT_UNITE, atom->span,
                                          "%s holds one %s, and there is one already", cls->word, field->word);

    tc_diag_label(s->diags, diag, value->span, "the other one");
    if (cls->form_count > 0)
        tc_diag_help(s->diags, diag, "since framework 2.0 one of several can be asked for: %s ...; %s ...;",
                     cls->forms[0].word, cls->forms[0].word);
    return false;
}

/* `flags A, B`, `level X`, `quota 100`, `permanent`. */
static bool
lower_scalar_clause(struct tc_sema *s, struct tc_perm *perm, size_t index, const struct tc_atom *first,
                    enum tc_clause_mode mode, uint64_t *bare_fields, struct tc_span span)
{
    const struct tc_field *field = &perm->cls->fields[index];
    struct tc_value *value = &perm->values[index];
    const struct tc_atom *values = first->next, *end = group_end(values);
    bool ok = true;

    if (values == NULL && mode == TC_CLAUSE_REVOKE) {
        *bare_fields |= UINT64_C(1) << index;
        return true;
    }
    if (values == NULL && field->kind != TC_FIELD_BOOL) {
        expected(s, first->span,
                 field->kind == TC_FIELD_INT64  ? "a number"
                 : field->kind == TC_FIELD_TEXT ? "a string"
                                                : "a name",
                 field->word);
        return false;
    }
    if (field->kind != TC_FIELD_FLAGS && values != NULL && end != values->next) {
        at_end(s, values->next, field->word);
        return false;
    }
    switch (field->kind) {
    case TC_FIELD_FLAGS:
        for (const struct tc_atom *atom = values; atom != end; atom = atom->next) {
            const struct tc_enum_value *flag = enum_value(s, field->values, atom);

            ok &= flag != NULL;
            if (flag != NULL)
                value->bits |= (uint64_t)flag->value;
        }
        break;
    case TC_FIELD_LEVEL: {
        const struct tc_enum_value *level = enum_value(s, field->values, values);

        ok = level != NULL;
        if (ok && perm->cls->algebra == TC_ALGEBRA_IDENTITY && value->present && level->value != value->number)
            return second_identity(s, perm->cls, field, value, values);
        if (ok && (!value->present || level->value > value->number))
            value->number = level->value;
        break;
    }
    case TC_FIELD_INT64: {
        int64_t number = 0;

        ok = tc_parse_int64(values->text, &number);
        if (!ok)
            tc_sema_report(s, TC_CODE_CLAUSE_VALUE, values->span,
                           "expected a whole number after '%s', at most 9223372036854775807", field->word);
        else if (!value->present || number > value->number)
            value->number = number;
        break;
    }
    case TC_FIELD_BOOL:
        ok = values == NULL || tc_str_eq(values->text, TC_STR("true")) || tc_str_eq(values->text, TC_STR("false"));
        if (!ok)
            expected(s, values->span, "'true' or 'false'", field->word);
        else if (values == NULL || tc_str_eq(values->text, TC_STR("true")))
            value->number = 1;
        break;
    case TC_FIELD_TEXT:
        ok = check_identity(s, field->xml, values);
        if (ok && value->present && !tc_str_eq(value->text, values->text))
            return second_identity(s, perm->cls, field, value, values);
        if (ok)
            value->text = values->text;
        break;
    case TC_FIELD_PATHS:
    case TC_FIELD_KEYS:
    case TC_FIELD_NAMES:
        break; /* lower_list_clause() */
    }
    if (ok && !value->present)
        value->span = span;
    value->present |= ok;
    return at_end(s, end, field->word) && ok;
}

/* ---- rows ---- */

enum { ROW_VALUES_MAX = 256 };

/* What a source gave for a column: one cell, or several joined by commas. Used again for every clause. */
struct tc_column_values {
    struct tc_cell cells[ROW_VALUES_MAX];
    size_t count;
    bool is_demand; /**< a literal URL is asked for itself, not for what a pattern of it allows */
};

/* The characters that some classes cannot hold, because they read attributes without decoding entities. */
static bool
check_raw_value(struct tc_sema *s, const struct tc_class *cls, const struct tc_atom *atom)
{
    if (!(cls->traits & TC_TRAIT_RAW_VALUES))
        return true;
    for (size_t i = 0; i < atom->text.len; i++)
        if (atom->text.ptr[i] != '\0' && strchr("&<>\"", atom->text.ptr[i]) != NULL) {
            tc_sema_report(s, TC_CODE_RAW_VALUE, atom->span,
                           "%s reads this without decoding entities, so it cannot hold '%c'", cls->word,
                           atom->text.ptr[i]);
            return false;
        }
    return true;
}

static bool
check_column_text(struct tc_sema *s, const struct tc_class *cls, const struct tc_column *column,
                  const struct tc_atom *atom)
{
    if (!check_raw_value(s, cls, atom))
        return false;
    switch (cls->algebra) {
    case TC_ALGEBRA_SOCKET:
        return tc_check_socket_host(s, atom);
    case TC_ALGEBRA_DB_DATA:
        return tc_check_connection(s, cls, atom, column->keyword != NULL);
    case TC_ALGEBRA_IDENTITY:
        return check_identity(s, column->xml, atom);
    default:
        return tc_check_text(s, atom, "this value");
    }
}

/* One value of a column; false after an error. */
static bool
column_cell(struct tc_sema *s, const struct tc_class *cls, const struct tc_form *form, const struct tc_column *column,
            const struct tc_atom *atom, struct tc_cell *cell)
{
    const struct tc_enum_value *value;

    cell->present = true;
    switch (column->kind) {
    case TC_COLUMN_TEXT:
        cell->text = atom->text;
        return check_column_text(s, cls, column, atom);
    case TC_COLUMN_NUMBER:
        if (tc_str_eq(atom->text, TC_STR("*"))) {
            cell->number = -1; /* any: what the framework writes for it */
            return true;
        }
        if (tc_parse_int64(atom->text, &cell->number))
            return true;
        expected(s, atom->span, "a number", form->word);
        return false;
    case TC_COLUMN_PORT:
        if (tc_str_eq(atom->text, TC_STR("all"))) {
            cell->number = -1;
            return true;
        }
        if (tc_parse_int64(atom->text, &cell->number) && cell->number >= 0 && cell->number <= 65535)
            return true;
        tc_sema_report(s, TC_CODE_CLAUSE_VALUE, atom->span, "'%.*s' is no port: expected 0 to 65535, or 'all'",
                       TC_STR_ARG(atom->text));
        return false;
    case TC_COLUMN_CHOICE:
    case TC_COLUMN_LEVEL:
    case TC_COLUMN_FLAGS:
        value = enum_value(s, column->values, atom);
        if (value != NULL)
            cell->number |= value->value;
        return value != NULL;
    case TC_COLUMN_BOOL:
        cell->number = tc_str_eq(atom->text, TC_STR("true"));
        if (cell->number || tc_str_eq(atom->text, TC_STR("false")))
            return true;
        expected(s, atom->span, "'true' or 'false'", form->word);
        return false;
    case TC_COLUMN_URI:
        break; /* column_uris() */
    }
    return false;
}

/* Whether @a atom says once more what kind of value comes, which only the first of a list may. */
static bool
is_kind_again(struct tc_sema *s, const struct tc_form *form, const struct tc_atom *atom)
{
    if (atom->kind != TC_ATOM_NAME || !atom->joined ||
        (!tc_str_is(atom->text, "host") && !tc_str_is(atom->text, "pattern") && !tc_str_is(atom->text, "origin")))
        return false;
    tc_diag_help(
        s->diags,
        tc_sema_report(s, TC_CODE_CLAUSE_VALUE, atom->span, "'%.*s' stands in a list of values of '%s'",
                       TC_STR_ARG(atom->text), form->word),
        "the values of one kind follow each other: %s host \"a\", \"b\"; another kind is a clause of its own: %s "
        "\"http://...\"; %s pattern \"...\"; %s origin;",
        form->word, form->word, form->word, form->word);
    return true;
}

/* `"literal"`, `host "a", "b"`, `pattern "…"`, `origin`. Moves @a next behind what it took. */
static bool
column_uris(struct tc_sema *s, const struct tc_form *form, const struct tc_atom **next, struct tc_column_values *values)
{
    const struct tc_atom *atom = *next, *end;
    struct tc_str (*check)(struct tc_sema *, const struct tc_atom *) = tc_check_url;
    bool ok = true;

    if (atom->kind == TC_ATOM_NAME) {
        if (atom->next != NULL && atom->next->joined && tc_str_is(atom->text, "origin") &&
            is_kind_again(s, form, atom->next))
            return false;
        if (tc_str_eq(atom->text, TC_STR("origin"))) {
            values->cells[0] = (struct tc_cell){.present = true, .text = TC_STR("$OriginHost$")};
            values->count = 1;
            *next = atom->next;
            return true;
        }
        if (tc_str_eq(atom->text, TC_STR("pattern")))
            check = tc_check_pattern;
        else if (tc_str_eq(atom->text, TC_STR("host")))
            check = tc_check_host;
        else {
            tc_diag_help(s->diags,
                         tc_sema_report(s, TC_CODE_CLAUSE_VALUE, atom->span, "expected a URL after '%s', not '%.*s'",
                                        form->word, TC_STR_ARG(atom->text)),
                         "write a literal \"http://...\", pattern \"...\", host \"...\" or origin");
            return false;
        }
        if (atom->next == NULL || atom->next->joined) {
            expected(s, atom->span, "a string", check == tc_check_pattern ? "pattern" : "host");
            return false;
        }
        atom = atom->next;
    }
    end = group_end(atom);
    for (; atom != end; atom = atom->next) {
        struct tc_str pattern;

        if (values->count == ROW_VALUES_MAX) {
            tc_sema_report(s, TC_CODE_CLAUSE_EXTRA, atom->span, "more than %d values in one clause; write several",
                           ROW_VALUES_MAX);
            return false;
        }
        if (is_kind_again(s, form, atom))
            return false;
        if (atom->kind != TC_ATOM_STRING && check != tc_check_host) {
            expected(s, atom->span, "a string", form->word);
            return false;
        }
        pattern = check(s, atom);
        ok &= pattern.len > 0;
        if (pattern.len > 0)
            values->cells[values->count++] =
                values->is_demand && check == tc_check_url
                    ? (struct tc_cell){.present = true, .number = TC_WEB_URI, .text = atom->text}
                    : (struct tc_cell){.present = true, .text = pattern};
    }
    *next = end;
    return ok;
}

/* The values for one column from *@a next on, which moves behind them. */
static bool
column_values(struct tc_sema *s, const struct tc_class *cls, const struct tc_form *form, const struct tc_column *column,
              const struct tc_atom **next, const struct tc_atom *last_span, struct tc_column_values *values)
{
    const struct tc_atom *atom = *next, *end;
    bool ok = true;

    values->count = 0;
    if (column->keyword != NULL) {
        if (atom == NULL || atom->kind != TC_ATOM_NAME || !tc_str_eq(atom->text, tc_str_of(column->keyword)))
            atom = NULL;
        else if ((atom = atom->next) == NULL) {
            expected(s, (*next)->span, "a value", column->keyword);
            return false;
        }
    } else if (atom != NULL && !column->required) {
        /* an optional value by position: take it only when it is of the right kind */
        bool is_last = column == &form->columns[form->column_count - 1]; /* a word here can be nothing else */

        if (column->kind == TC_COLUMN_CHOICE
                ? atom->kind != TC_ATOM_NAME || (!is_last && tc_enum_find(tc_enum(column->values), atom->text) == NULL)
                : atom->kind != TC_ATOM_STRING)
            atom = NULL;
    }
    if (atom == NULL) {
        values->cells[0] = (struct tc_cell){0};
        values->count = 1;
        if (!column->required)
            return true;
        tc_sema_report(s, TC_CODE_CLAUSE_VALUE, (struct tc_span){last_span->span.begin, last_span->span.end},
                       "'%s' needs %s%s here", form->word,
                       column->keyword != NULL ? "the word and value of " : "a value for ",
                       column->keyword != NULL ? column->keyword : column->xml);
        return false;
    }
    if (column->kind == TC_COLUMN_URI) {
        *next = atom;
        return column_uris(s, form, next, values);
    }
    end = group_end(atom);
    values->cells[0] = (struct tc_cell){0};
    for (; atom != end; atom = atom->next) {
        if (column->kind == TC_COLUMN_FLAGS) {
            ok &= column_cell(s, cls, form, column, atom, &values->cells[0]);
            values->count = 1;
            continue;
        }
        if (values->count == ROW_VALUES_MAX) {
            tc_sema_report(s, TC_CODE_CLAUSE_EXTRA, atom->span, "more than %d values in one clause; write several",
                           ROW_VALUES_MAX);
            return false;
        }
        values->cells[values->count] = (struct tc_cell){0};
        ok &= column_cell(s, cls, form, column, atom, &values->cells[values->count]);
        values->count++;
    }
    *next = end;
    return ok;
}

/* Every combination of the columns' values as rows. */
static bool
add_rows(struct tc_sema *s, struct tc_perm *perm, const struct tc_form *form, struct tc_column_values *const *values,
         struct tc_span span)
{
    size_t total = 1;

    for (size_t i = 0; i < form->column_count; i++)
        total *= values[i]->count;
    if (total > ROW_VALUES_MAX) {
        tc_sema_report(s, TC_CODE_CLAUSE_EXTRA, span, "more than %d combinations in one clause; write several",
                       ROW_VALUES_MAX);
        return false;
    }
    for (size_t n = 0; n < total; n++) {
        struct tc_row row = {
            .form = form, .span = span, .cells = tc_arena_array(s->arena, struct tc_cell, form->column_count)};
        size_t rest = n;

        if (row.cells == NULL)
            return false;
        for (size_t i = form->column_count; i-- > 0;) {
            row.cells[i] = values[i]->cells[rest % values[i]->count];
            rest /= values[i]->count;
        }
        if (!tc_perm_add_row(s->arena, perm, &row))
            return false;
    }
    return true;
}

/* Whether a column of a key container stands for any. */
static bool
is_any(const struct tc_column *column, const struct tc_cell *cell)
{
    switch (column->kind) {
    case TC_COLUMN_CHOICE:
        return tc_str_eq(tc_str_of(tc_enum_by_value(tc_enum(column->values), cell->number)->xml), TC_STR("*"));
    case TC_COLUMN_NUMBER:
        return cell->number == -1;
    case TC_COLUMN_TEXT:
        return tc_str_eq(cell->text, TC_STR("*"));
    default:
        return true; /* flags name no container */
    }
}

/* An entry of a key container that is about all of them: the framework throws (permissions 8). */
static bool
check_container(struct tc_sema *s, const struct tc_form *form, struct tc_column_values *const *values,
                struct tc_span span)
{
    for (size_t i = 0; i < form->column_count; i++) {
        bool any = false;

        for (size_t n = 0; n < values[i]->count; n++)
            any |= is_any(&form->columns[i], &values[i]->cells[n]);
        if (!any)
            return true;
    }
    tc_diag_help(s->diags,
                 tc_sema_report(s, TC_CODE_ANY_CONTAINER, span,
                                "an entry for every container there is makes the framework throw"),
                 "for containers that have no entry write 'flags ...;' alone");
    return false;
}

static bool
check_row_shape(struct tc_sema *s, const struct tc_class *cls, const struct tc_form *form,
                struct tc_column_values *const *values, struct tc_span span)
{
    struct tc_str words = {NULL, 0};

    if (cls->algebra == TC_ALGEBRA_KEY_CONTAINER && !check_container(s, form, values, span))
        return false;
    if (!form->needs_one)
        return true;
    for (size_t i = 0; i < form->column_count; i++) {
        if (form->columns[i].required)
            continue;
        if (values[i]->cells[0].present)
            return true;
        words = tc_arena_printf(s->arena, "%.*s%s%s", TC_STR_ARG(words), words.len > 0 ? ", " : "",
                                form->columns[i].keyword != NULL ? form->columns[i].keyword : form->columns[i].xml);
    }
    tc_sema_report(s, TC_CODE_CLAUSE_VALUE, span, "'%s' needs at least one of %.*s", form->word, TC_STR_ARG(words));
    return false;
}

static struct tc_column_values **
column_scratch(struct tc_sema *s, size_t count)
{
    while (s->column_scratch_count < count) {
        struct tc_column_values *values = tc_arena_new(s->arena, struct tc_column_values);

        if (values == NULL || s->column_scratch_count == TC_COLUMN_SCRATCH_MAX)
            return NULL;
        s->column_scratch[s->column_scratch_count++] = values;
    }
    return s->column_scratch;
}

static bool
lower_form_clause(struct tc_sema *s, struct tc_perm *perm, const struct tc_atom *first, enum tc_clause_mode mode,
                  struct tc_span span)
{
    const struct tc_class *cls = perm->cls;
    const struct tc_atom *values_begin = group_end(first);
    bool ok = true;

    for (const struct tc_atom *verb = first; verb != values_begin; verb = verb->next) {
        const struct tc_form *form = find_form(cls, verb->text);
        struct tc_column_values **values;
        const struct tc_atom *next = values_begin, *last = verb;

        if (form == NULL) {
            report_word(s, cls, verb);
            ok = false;
            continue;
        }
        values = column_scratch(s, form->column_count);
        if (values == NULL)
            return false;
        for (size_t i = 0; i < form->column_count; i++) {
            values[i]->is_demand = mode == TC_CLAUSE_DEMAND;
            if (!column_values(s, cls, form, &form->columns[i], &next, last, values[i]))
                return false;
            for (const struct tc_atom *atom = last; atom != next && atom != NULL; atom = atom->next)
                last = atom;
        }
        if (!at_end(s, next, form->word) || !check_row_shape(s, cls, form, values, span))
            return false;
        ok &= add_rows(s, perm, form, values, span);
    }
    return ok;
}

/* ---- stars of resource trees ---- */

static bool
is_star(const struct tc_row *row, size_t column)
{
    return tc_str_eq(row->cells[column].text, TC_STR("*"));
}

/* What the rows whose first names are those of @a star grant for the further names of @a row: all that the framework
 * looks at. */
static uint64_t
granted_under_star(const struct tc_perm *perm, const struct tc_row *row, size_t level, size_t names)
{
    uint64_t granted = 0;

    for (uint32_t i = 0; i < perm->row_count; i++) {
        const struct tc_row *other = &perm->rows[i];
        bool same = is_star(other, level);

        for (size_t c = 0; c < level && same; c++)
            same = tc_str_eq_nocase(other->cells[c].text, row->cells[c].text);
        for (size_t c = level + 1; c < names && same; c++)
            same = is_star(other, c) || tc_str_eq_nocase(other->cells[c].text, row->cells[c].text);
        if (same)
            granted |= (uint64_t)other->cells[names].number;
    }
    return granted;
}

/* The framework looks at nothing else where a tree has an entry '*' (permissions 14): tell of an entry that grants
 * more. */
static void
warn_hidden(struct tc_sema *s, const struct tc_perm *perm)
{
    size_t names = perm->cls->form_count == 0 ? 0 : perm->cls->forms[0].column_count - 1;

    for (size_t level = 0; level < names; level++) {
        const struct tc_row *star = NULL;

        for (uint32_t i = 0; i < perm->row_count && star == NULL; i++)
            if (is_star(&perm->rows[i], level))
                star = &perm->rows[i];
        for (uint32_t i = 0; i < perm->row_count && star != NULL; i++) {
            const struct tc_row *row = &perm->rows[i];
            struct tc_diag *diag;
            bool hidden = !is_star(row, level);

            for (size_t c = 0; c < level && hidden; c++)
                hidden = tc_str_eq_nocase(star->cells[c].text, row->cells[c].text);
            if (!hidden || ((uint64_t)row->cells[names].number & ~granted_under_star(perm, row, level, names)) == 0)
                continue;
            diag = tc_sema_report(s, TC_CODE_HIDDEN_ENTRY, row->span,
                                  "this entry for '%.*s' is never looked at: there is one for '*'",
                                  TC_STR_ARG(row->cells[level].text));
            tc_diag_label(s->diags, diag, star->span, "the entry for '*'");
            tc_diag_help(s->diags, diag, "name each one, or give '*' all that is meant");
            return;
        }
    }
}

bool
tc_lower_terms(struct tc_sema *s, struct tc_perm *perm, const struct tc_atom *first, enum tc_clause_mode mode,
               uint64_t *bare_fields, struct tc_span span)
{
    const struct tc_class *cls = perm->cls;
    int field;

    for (const struct tc_atom *atom = first; atom != NULL; atom = atom->next)
        if (atom->broken)
            return false; /* what its text says is a guess */
    if (first->kind != TC_ATOM_NAME) {
        tc_sema_report(s, TC_CODE_UNKNOWN_CLAUSE, first->span, "expected a word such as '%s' here",
                       cls->field_count > 0  ? cls->fields[0].word
                       : cls->form_count > 0 ? cls->forms[0].word
                                             : "unrestricted");
        return false;
    }
    if (mode == TC_CLAUSE_DEMAND && tc_str_eq(first->text, TC_STR("unrestricted"))) {
        perm->unrestricted = true;
        return at_end(s, first->next, "unrestricted");
    }
    if (has_list_fields(cls)) {
        if (cls->fields[0].kind == TC_FIELD_PATHS && tc_str_eq(first->text, TC_STR("all-files")))
            return lower_whole_disk(s, perm, first, false, span);
        if (cls->fields[0].kind == TC_FIELD_PATHS && tc_str_eq(first->text, TC_STR("local-files")))
            return lower_whole_disk(s, perm, first, true, span);
        return lower_list_clause(s, perm, first, mode, bare_fields, span);
    }
    field = find_field(cls, first->text);
    if (field >= 0)
        return lower_scalar_clause(s, perm, (size_t)field, first, mode, bare_fields, span);
    if (find_form(cls, first->text) != NULL)
        return lower_form_clause(s, perm, first, mode, span);
    report_word(s, cls, first);
    return false;
}

/* ---- declared classes ---- */

/* NameStartChar and NameChar of XML 1.0, without the colon. */
static bool
is_name_character(uint32_t c, bool first)
{
    static const struct {
        uint32_t from, to;
        bool first;
    } ranges[] = {{'A', 'Z', true},       {'_', '_', true},        {'a', 'z', true},       {'-', '.', false},
                  {'0', '9', false},      {0xB7, 0xB7, false},     {0xC0, 0xD6, true},     {0xD8, 0xF6, true},
                  {0xF8, 0x2FF, true},    {0x300, 0x36F, false},   {0x370, 0x37D, true},   {0x37F, 0x1FFF, true},
                  {0x200C, 0x200D, true}, {0x203F, 0x2040, false}, {0x2070, 0x218F, true}, {0x2C00, 0x2FEF, true},
                  {0x3001, 0xD7FF, true}, {0xF900, 0xFDCF, true},  {0xFDF0, 0xFFFD, true}, {0x10000, 0xEFFFF, true}};

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return ranges[i].first || !first;
    return false;
}

static bool
check_xml_name(struct tc_sema *s, const struct tc_atom *atom)
{
    bool bad = atom->text.len == 0;
    uint32_t c;
    struct tc_diag *diag;

    for (size_t i = 0, step; (step = tc_utf8_next(atom->text, i, &c)) > 0; i += step)
        bad |= !is_name_character(c, i == 0);
    if (bad) {
        tc_sema_report(s, TC_CODE_BAD_XML_NAME, atom->span, "'%.*s' is no XML name", TC_STR_ARG(atom->text));
        return false;
    }
    if (atom->text.len == 5 && tc_str_eq_nocase(atom->text, TC_STR("xmlns"))) {
        diag = tc_sema_report(s, TC_CODE_BAD_XML_NAME, atom->span,
                              "'%.*s' is no name of an attribute: it declares a namespace", TC_STR_ARG(atom->text));
        tc_diag_help(s->diags, diag, "the CLR's reader knows no namespaces; remove it");
        return false;
    }
    return true;
}

/* What trustc writes itself. @a cls is NULL for a condition. Unrestricted with another value than the one that trustc
 * writes stays: what the class makes of "True" or "false" is not known. */
static bool
check_own_attribute(struct tc_sema *s, const struct tc_class *cls, const struct tc_atom *name,
                    const struct tc_atom *value)
{
    bool unrestricted = cls != NULL && tc_str_eq(name->text, TC_STR("Unrestricted"));
    struct tc_diag *diag;

    if (unrestricted && !tc_str_eq(value->text, TC_STR("true")))
        return true;
    if (!unrestricted && !tc_str_eq(name->text, TC_STR("class")) && !tc_str_eq(name->text, TC_STR("version")))
        return true;
    diag = tc_sema_report(s, TC_CODE_OWN_ATTRIBUTE, name->span, "the attribute '%.*s' is written anyway",
                          TC_STR_ARG(name->text));
    if (unrestricted)
        tc_diag_help(s->diags, diag, "write: grant %s unrestricted;", cls->word);
    else
        tc_diag_help(s->diags, diag, "remove it; elements inside may have one");
    return false;
}

/* One level of markup. @a outer: its attributes stand beside those that trustc writes. */
static struct tc_verbatim *
lower_markup(struct tc_sema *s, const struct tc_class *cls, const struct tc_ast *clauses, bool outer)
{
    struct tc_verbatim *first = NULL, **tail = &first;

    for (const struct tc_ast *node = clauses; node != NULL; node = node->next) {
        const struct tc_ast_clause *clause = (const struct tc_ast_clause *)node;
        const struct tc_atom *word, *name, *value;
        struct tc_verbatim *markup;
        bool element;

        if (node->kind != TC_AST_CLAUSE)
            continue;
        word = clause->terms.first;
        name = word->next;
        value = name == NULL ? NULL : name->next;
        element = tc_str_eq(word->text, TC_STR("element"));
        if (!element && !tc_str_eq(word->text, TC_STR("attribute"))) {
            tc_diag_help(s->diags,
                         tc_sema_report(s, TC_CODE_UNKNOWN_CLAUSE, word->span,
                                        "expected 'attribute' or 'element' here, not '%.*s'", TC_STR_ARG(word->text)),
                         "of a declared class only the XML is known: attribute NAME \"value\"; element NAME { ... }");
            continue;
        }
        if (name == NULL || (element ? value != NULL : value == NULL || value->next != NULL) ||
            (element != clause->has_block)) {
            tc_sema_report(s, TC_CODE_CLAUSE_VALUE, node->span,
                           element ? "an element is written: element NAME { ... }"
                                   : "an attribute is written: attribute NAME \"value\";");
            continue;
        }
        if (name->broken || !check_xml_name(s, name) || (!element && !tc_check_plain(s, value)) ||
            (!element && outer && !check_own_attribute(s, cls, name, value)))
            continue;
        markup = tc_arena_new(s->arena, struct tc_verbatim);
        if (markup == NULL)
            return first;
        *markup = (struct tc_verbatim){.name = name->text, .is_element = element, .span = node->span};
        if (element)
            markup->content = lower_markup(s, cls, clause->block.first, false);
        else
            markup->value = value->text;
        for (const struct tc_verbatim *other = first; other != NULL && !element; other = other->next)
            if (!other->is_element && tc_str_eq(other->name, name->text)) {
                struct tc_diag *diag = tc_sema_report(s, TC_CODE_DUPLICATE_ATTRIBUTE, name->span,
                                                      "attribute '%.*s' is given twice", TC_STR_ARG(name->text));

                tc_diag_label(s->diags, diag, other->span, "first given here");
                break;
            }
        *tail = markup;
        tail = &markup->next;
    }
    return first;
}

struct tc_verbatim *
tc_lower_markup(struct tc_sema *s, const struct tc_ast *clauses)
{
    return lower_markup(s, NULL, clauses, true);
}

/* ---- grants ---- */

/* All that the class can grant, for `unrestricted`. */
static bool
make_unrestricted(struct tc_sema *s, struct tc_perm *perm, struct tc_span span)
{
    const struct tc_class *cls = perm->cls;

    if (cls->traits & TC_TRAIT_UNRESTRICTED_IS_LEVEL) {
        const struct tc_enum *levels = tc_enum(cls->fields[0].values);

        perm->values[0] =
            (struct tc_value){.present = true, .span = span, .number = levels->values[levels->count - 1].value};
        return true;
    }
    if (cls->algebra == TC_ALGEBRA_IDENTITY && cls->field_count == 0 && cls->form_count == 0)
        return true; /* Gac: it is all there is without a word in XML */
    if (cls->traits & TC_TRAIT_NO_UNRESTRICTED) {
        tc_sema_report(s, TC_CODE_NO_UNRESTRICTED, span, "%s has no unrestricted state", cls->word);
        return false;
    }
    perm->unrestricted = true;
    return true;
}

/* What no rule above knows of a class, its own FromXml may: better said here than by the proof of the build. Lists are
 * judged item by item, and may hold tokens. */
static void
check_readable(struct tc_sema *s, const struct tc_perm *perm)
{
    static const struct tc_class_names names = {false, TC_FX_4_0};
    struct tc_element *element;
    struct tc_perm *read;
    struct tc_throw thrown = {.type = "", .key = ""};

    if (perm->cls->form_count == 0 || tc_perm_write(s->arena, perm, &names, &element, &thrown) != TC_YES ||
        tc_algebra_ops(perm->cls->algebra)->read(s->arena, perm->cls, element, &read, &thrown) != TC_THROWS ||
        strcmp(thrown.type, TC_UNKNOWN) == 0 || s->arena->failed)
        return;
    tc_diag_note(s->diags,
                 tc_sema_report(s, TC_CODE_UNREADABLE, perm->span, "the framework could not read this grant of %s: %s",
                                perm->cls->word, thrown.type),
                 "the exception would come at the first demand, for every application under this policy");
}

struct tc_perm *
tc_lower_grant(struct tc_sema *s, const struct tc_ast_grant *grant, const struct tc_class *cls, uint64_t *bare_fields)
{
    struct tc_perm *perm = tc_perm_new(s->arena, cls, grant->base.span);
    enum tc_clause_mode mode = grant->base.kind == TC_AST_REVOKE ? TC_CLAUSE_REVOKE : TC_CLAUSE_GRANT;
    bool any = false, broken = false;

    if (perm == NULL)
        return NULL;
    if (cls->traits & TC_TRAIT_NOT_GRANTABLE)
        tc_diag_help(s->diags,
                     tc_sema_report(s, TC_CODE_NOT_GRANTABLE, grant->cls->span,
                                    "a grant of %s has no effect in a policy", cls->word),
                     "remove it");
    if (grant->unrestricted && mode == TC_CLAUSE_GRANT)
        return make_unrestricted(s, perm, grant->cls->span) ? perm : NULL;
    if (cls->assembly == TC_ASM_COUNT_ && mode == TC_CLAUSE_GRANT) {
        perm->markup = lower_markup(s, cls, grant->clauses.first, true);
        return perm;
    }
    for (const struct tc_ast *node = grant->clauses.first; node != NULL; node = node->next) {
        const struct tc_ast_clause *clause = (const struct tc_ast_clause *)node;

        if (node->kind != TC_AST_CLAUSE) {
            broken = true;
            continue;
        }
        if (clause->has_block) {
            tc_sema_report(s, TC_CODE_CLAUSE_EXTRA, node->span, "a clause of %s takes no block", cls->word);
            broken = true;
            continue;
        }
        if (tc_lower_terms(s, perm, clause->terms.first, mode, bare_fields, node->span))
            any = true;
        else
            broken = true;
    }
    if (grant->clauses.first == NULL) {
        tc_diag_help(s->diags,
                     tc_sema_report(s, TC_CODE_EMPTY_GRANT, grant->base.span, "this %s of %s says nothing",
                                    mode == TC_CLAUSE_REVOKE ? "revoke" : "grant", cls->word),
                     mode == TC_CLAUSE_REVOKE ? "to revoke all of it write: revoke %s;"
                                              : "to grant all of it write: grant %s unrestricted;",
                     cls->word);
        return NULL;
    }
    if (!broken && mode == TC_CLAUSE_GRANT && cls->algebra == TC_ALGEBRA_RESOURCE_TREE)
        warn_hidden(s, perm);
    if (!broken && mode == TC_CLAUSE_GRANT)
        check_readable(s, perm);
    return any || !broken ? perm : NULL;
}

/* ---- what a runtime has ---- */

static void
report_since(struct tc_sema *s, struct tc_span span, const char *what, const char *name, enum tc_since since,
             enum tc_runtime runtime)
{
    const struct tc_runtime_info *info = tc_runtime_info(runtime);
    struct tc_diag *diag =
        tc_sema_report(s, TC_CODE_NOT_IN_FRAMEWORK, span, "%s '%s' does not exist in framework %s: it came with %s",
                       what, name, tc_framework_info(info->framework)->name, tc_since_name(since));

    tc_diag_note(s->diags, diag, "a policy file that names it would silently lose the permission, or the whole set");
}

static bool
check_values_since(struct tc_sema *s, enum tc_enum_id id, uint64_t bits, bool flags, struct tc_span span,
                   enum tc_runtime runtime)
{
    const struct tc_enum *values = tc_enum(id);
    enum tc_framework framework = tc_runtime_info(runtime)->framework;
    uint64_t known = 0;
    bool ok = true;

    if (id == TC_ENUM_NONE_)
        return true;
    /* a value has several names: it is there when one of them is */
    for (size_t i = 0; i < values->count; i++)
        if (tc_since_in(values->values[i].since, framework) &&
            (flags ? (bits & (uint64_t)values->values[i].value) == (uint64_t)values->values[i].value
                   : bits == (uint64_t)values->values[i].value))
            known |= (uint64_t)values->values[i].value;
    for (size_t i = 0; i < values->count && ok; i++) {
        const struct tc_enum_value *value = &values->values[i];
        uint64_t v = (uint64_t)value->value;

        if (tc_since_in(value->since, framework) || v == 0)
            continue;
        if (flags ? (bits & v) == v && (known & v) != v : bits == v && known != v) {
            report_since(s, span, "value", value->name, value->since, runtime);
            ok = false;
        }
    }
    return ok;
}

bool
tc_check_runtime(struct tc_sema *s, const struct tc_perm *perm, enum tc_runtime runtime)
{
    const struct tc_class *cls = perm->cls;
    enum tc_framework framework = tc_runtime_info(runtime)->framework;
    bool ok = true;
    struct tc_diag *diag;

    if (!tc_class_in(cls, framework)) {
        report_since(s, perm->span, "class", cls->word, cls->since, runtime);
        return false;
    }
    if ((cls->traits & TC_TRAIT_NEEDS_FULL_TRUST_1_1) && framework == TC_FX_1_1) {
        diag = tc_sema_report(s, TC_CODE_PROVIDER_FULL_TRUST, perm->span,
                              "under framework 1.1 the %s provider demands full trust: this grant lets no one use it",
                              cls->word);
        tc_diag_help(s->diags, diag,
                     "use framework 2.0, or reach the database through a fully trusted assembly of your own");
        return false;
    }
    for (size_t i = 0; i < cls->field_count; i++) {
        const struct tc_field *field = &cls->fields[i];
        const struct tc_value *value = &perm->values[i];

        if (!value->present)
            continue;
        if (!tc_since_in(field->since, framework)) {
            report_since(s, value->span, "clause", field->word, field->since, runtime);
            ok = false;
        } else if (field->kind == TC_FIELD_FLAGS || field->kind == TC_FIELD_LEVEL) {
            ok &= check_values_since(s, field->values,
                                     field->kind == TC_FIELD_FLAGS ? value->bits : (uint64_t)value->number,
                                     field->kind == TC_FIELD_FLAGS, value->span, runtime);
        }
    }
    for (uint32_t r = 0; r < perm->row_count; r++) {
        const struct tc_row *row = &perm->rows[r];

        if (!tc_since_in(row->form->since, framework)) {
            report_since(s, row->span, "clause", row->form->word, row->form->since, runtime);
            ok = false;
            continue;
        }
        for (size_t i = 0; i < row->form->column_count; i++) {
            const struct tc_column *column = &row->form->columns[i];

            if (row->cells[i].present)
                ok &= check_values_since(s, column->values, (uint64_t)row->cells[i].number,
                                         column->kind == TC_COLUMN_FLAGS, row->span, runtime);
        }
    }
    return ok;
}
