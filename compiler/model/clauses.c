#include "model/clauses.h"

#include "base/ascii.h"

#include <string.h>

void
tc_put_string(struct tc_buf *out, struct tc_str text)
{
    tc_buf_putc(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (c == '"')
            tc_buf_putc(out, '"');
        tc_buf_putc(out, c < 0x20 || c == 0x7f ? ' ' : text.ptr[i]);
    }
    tc_buf_putc(out, '"');
}

/* Words that begin a statement or an item: as values they are strings. */
static bool
is_keyword(struct tc_str text)
{
    static const char *const words[] = {"language", "use",     "server",     "class",      "policy", "application",
                                        "share",    "between", "never",      "test",       "set",    "grant",
                                        "possibly", "revoke",  "because",    "until",      "code",   "grants",
                                        "raw",      "accept",  "full-trust", "codegroups", "not"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (tc_str_eq(text, tc_str_of(words[i])))
            return true;
    return false;
}

static bool
is_word(struct tc_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool letter = tc_ascii_is_letter(c) || c == '_';

        if (!letter && (i == 0 || !(tc_ascii_is_digit(c) || c == '-' || c == '.')))
            return false;
    }
    return text.len > 0 && !is_keyword(text);
}

void
tc_put_name(struct tc_buf *out, struct tc_str text)
{
    if (is_word(text))
        tc_buf_puts(out, text);
    else
        tc_put_string(out, text);
}

/* ---- values ---- */

static bool
put_choice(struct tc_buf *out, enum tc_framework framework, enum tc_enum_id id, int64_t value)
{
    const struct tc_enum *values = tc_enum(id);

    for (size_t i = 0; i < values->count; i++)
        if (values->values[i].value == value && tc_since_in(values->values[i].since, framework)) {
            tc_put_name(out, tc_str_of(values->values[i].name));
            return true;
        }
    return false;
}

/* Names of single bits, then of what is left. */
static bool
put_bits(struct tc_buf *out, enum tc_framework framework, enum tc_enum_id id, uint64_t bits, bool whole)
{
    const struct tc_enum *values = tc_enum(id);
    uint64_t rest = bits;
    bool first = true;

    if ((whole || bits == 0) && put_choice(out, framework, id, (int64_t)bits))
        return true;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = values->count; i-- > 0;) {
            const struct tc_enum_value *value = &values->values[pass == 0 ? values->count - 1 - i : i];
            uint64_t v = (uint64_t)value->value;

            if (v == 0 || (v & ~bits) != 0 || (v & rest) == 0 || !tc_since_in(value->since, framework) ||
                (pass == 0 && (v & (v - 1)) != 0))
                continue;
            if (!first)
                tc_buf_puts(out, TC_STR(", "));
            first = false;
            rest &= ~v;
            tc_put_name(out, tc_str_of(value->name));
        }
    return rest == 0 && !first;
}

static void
put_number(struct tc_buf *out, int64_t number)
{
    tc_buf_printf(out, number < 0 ? "\"%lld\"" : "%lld", (long long)number);
}

bool
tc_is_list_field(enum tc_field_kind kind)
{
    return kind == TC_FIELD_PATHS || kind == TC_FIELD_KEYS || kind == TC_FIELD_NAMES;
}

static bool
is_acl(const struct tc_field *field)
{
    return strncmp(field->word, "acl ", 4) == 0;
}

static bool
same_items(const struct tc_list *a, const struct tc_list *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!tc_str_eq(a->items[i].text, b->items[i].text))
            return false;
    return true;
}

/* ---- clauses ---- */

static void
end_clause(struct tc_buf *out)
{
    tc_buf_putc(out, ';');
    tc_buf_putc(out, '\0');
}

/* The verbs of @a fields, which are all of one kind. */
static void
put_verbs(struct tc_buf *out, const struct tc_class *cls, uint64_t fields)
{
    bool first = true, all = true;

    for (size_t i = 0; i < cls->field_count; i++)
        all &= cls->fields[i].in_all == (fields >> i & 1);
    if (all) {
        tc_buf_puts(out, TC_STR("all"));
        return;
    }
    for (size_t i = 0; i < cls->field_count; i++) {
        const char *word = cls->fields[i].word;

        if (!(fields >> i & 1))
            continue;
        if (is_acl(&cls->fields[i]) && !first)
            word += 4;
        tc_buf_printf(out, "%s%s", first ? "" : ", ", word);
        first = false;
    }
}

static void
put_list_clauses(struct tc_buf *out, const struct tc_perm *perm)
{
    const struct tc_class *cls = perm->cls;
    uint64_t done = 0, local = 0, all = 0;

    for (size_t i = 0; i < cls->field_count; i++) {
        const struct tc_value *value = &perm->values[i];
        uint64_t fields = 0;

        if (!tc_is_list_field(cls->fields[i].kind) || !value->present)
            continue;
        local |= value->list.all_local ? UINT64_C(1) << i : 0;
        all |= value->list.all ? UINT64_C(1) << i : 0;
        if ((done >> i & 1) || value->list.count == 0)
            continue;
        for (size_t j = i; j < cls->field_count; j++)
            if (tc_is_list_field(cls->fields[j].kind) && perm->values[j].present && !(done >> j & 1) &&
                is_acl(&cls->fields[i]) == is_acl(&cls->fields[j]) && same_items(&value->list, &perm->values[j].list))
                fields |= UINT64_C(1) << j;
        done |= fields;
        put_verbs(out, cls, fields);
        for (uint32_t k = 0; k < value->list.count; k++) {
            tc_buf_puts(out, k == 0 ? TC_STR(" ") : TC_STR(", "));
            tc_put_string(out, value->list.items[k].text);
        }
        end_clause(out);
    }
    if (local != 0) {
        tc_buf_puts(out, TC_STR("local-files "));
        put_verbs(out, cls, local);
        end_clause(out);
    }
    if (all != 0) {
        tc_buf_puts(out, TC_STR("all-files "));
        put_verbs(out, cls, all);
        end_clause(out);
    }
}

static bool
put_field(struct tc_buf *out, enum tc_framework framework, const struct tc_field *field, const struct tc_value *value)
{
    bool ok = true;

    if (field->kind == TC_FIELD_BOOL && !value->number)
        return true;
    tc_buf_puts(out, tc_str_of(field->word));
    if (field->kind != TC_FIELD_BOOL)
        tc_buf_putc(out, ' ');
    if (field->kind == TC_FIELD_FLAGS)
        ok = put_bits(out, framework, field->values, value->bits, false);
    else if (field->kind == TC_FIELD_LEVEL)
        ok = put_choice(out, framework, field->values, value->number);
    else if (field->kind == TC_FIELD_INT64)
        put_number(out, value->number);
    else if (field->kind == TC_FIELD_TEXT)
        tc_put_string(out, value->text);
    end_clause(out);
    return ok;
}

static bool
put_cell(struct tc_buf *out, enum tc_framework framework, const struct tc_column *column, const struct tc_cell *cell)
{
    if (column->keyword != NULL)
        tc_buf_printf(out, " %s", column->keyword);
    tc_buf_putc(out, ' ');
    switch (column->kind) {
    case TC_COLUMN_TEXT:
        tc_put_string(out, cell->text);
        return true;
    case TC_COLUMN_URI:
        if (tc_str_eq(cell->text, TC_STR("$OriginHost$"))) {
            tc_buf_puts(out, TC_STR("origin"));
            return true;
        }
        if (cell->number == TC_WEB_PATTERN)
            tc_buf_puts(out, TC_STR("pattern "));
        tc_put_string(out, cell->text);
        return true;
    case TC_COLUMN_NUMBER:
        if (cell->number == -1)
            tc_buf_puts(out, TC_STR("\"*\""));
        else
            put_number(out, cell->number);
        return true;
    case TC_COLUMN_PORT:
        if (cell->number < 0)
            tc_buf_puts(out, TC_STR("all"));
        else
            put_number(out, cell->number);
        return true;
    case TC_COLUMN_CHOICE:
    case TC_COLUMN_LEVEL:
        return put_choice(out, framework, column->values, cell->number);
    case TC_COLUMN_FLAGS:
        return put_bits(out, framework, column->values, (uint64_t)cell->number, true);
    case TC_COLUMN_BOOL:
        tc_buf_puts(out, cell->number ? TC_STR("true") : TC_STR("false"));
        return true;
    }
    return false;
}

static bool
put_row(struct tc_buf *out, enum tc_framework framework, const struct tc_row *row)
{
    bool ok = true;

    tc_buf_puts(out, tc_str_of(row->form->word));
    for (size_t i = 0; i < row->form->column_count; i++) {
        if (row->cells[i].present)
            ok &= put_cell(out, framework, &row->form->columns[i], &row->cells[i]);
        else
            ok &= !row->form->columns[i].required;
    }
    end_clause(out);
    return ok;
}

bool
tc_clauses_put(struct tc_buf *out, enum tc_framework framework, const struct tc_perm *perm)
{
    bool ok = true;

    put_list_clauses(out, perm);
    for (size_t i = 0; i < perm->cls->field_count; i++)
        if (perm->values[i].present && !tc_is_list_field(perm->cls->fields[i].kind))
            ok &= put_field(out, framework, &perm->cls->fields[i], &perm->values[i]);
    for (uint32_t i = 0; i < perm->row_count; i++)
        ok &= put_row(out, framework, &perm->rows[i]);
    return ok;
}

void
tc_demand_put(struct tc_buf *out, enum tc_framework framework, const struct tc_perm *perm)
{
    struct tc_buf clauses = {0};
    struct tc_str rest;

    /* a class that no table and no source names, of a file */
    tc_put_name(out, tc_str_of(perm->cls->word[0] != '\0' ? perm->cls->word : perm->cls->type));
    if (!perm->unrestricted)
        tc_clauses_put(&clauses, framework, perm); /* what has no name is left out */
    if (perm->unrestricted || clauses.len == 0)
        tc_buf_puts(out, perm->cls->assembly == TC_ASM_COUNT_ ? TC_STR("") : TC_STR(" unrestricted"));
    rest = perm->unrestricted ? TC_STR("") : tc_buf_str(&clauses);
    for (bool first = true; rest.len > 0; first = false) {
        size_t end = (size_t)((const char *)memchr(rest.ptr, '\0', rest.len) - rest.ptr);

        tc_buf_puts(out, first ? TC_STR(" ") : TC_STR("; "));
        tc_buf_put(out, rest.ptr, end - 1); /* without its semicolon */
        rest = tc_str_sub(rest, end + 1, SIZE_MAX);
    }
    out->failed |= clauses.failed;
    tc_buf_done(&clauses);
}

void
tc_condition_put(struct tc_buf *out, const struct tc_membership *condition)
{
    const struct tc_condition_info *info;

    if (condition->kind == TC_CONDITION_COUNT_) {
        tc_buf_puts(out, TC_STR("condition "));
        tc_put_string(out, condition->type);
        return;
    }
    info = tc_condition_info(condition->kind);
    tc_buf_puts(out, tc_str_of(info->word));
    for (size_t i = 0; i < info->argument_count; i++) {
        const struct tc_argument *argument = &info->arguments[i];

        if (condition->values[i].len == 0)
            continue;
        if (argument->keyword != NULL)
            tc_buf_printf(out, " %s", argument->keyword);
        tc_buf_putc(out, ' ');
        if (argument->kind == TC_ARGUMENT_ZONE || argument->kind == TC_ARGUMENT_HASH_NAME)
            tc_put_name(out, condition->values[i]);
        else
            tc_put_string(out, condition->values[i]);
    }
}
