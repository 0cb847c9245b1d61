/* Tokens of ASP.NET, wherever they stand: it replaces them in the whole text before anything is read (aspnet-trust 5).
 */
#include "check/values.h"

#include "base/ascii.h"

#include <string.h>

/* ---- finding them ---- */

enum token_kind {
    TOKEN_GOOD,
    TOKEN_MISSPELT,
    TOKEN_FOREIGN, /* of another program, or of nobody */
};

struct found {
    enum token_kind kind;
    size_t begin, end;
    const struct tc_token *token; /* which it is, or is meant to be; NULL for a foreign one */
};

static bool
is_word(char c)
{
    return tc_ascii_is_alnum(c) || c == '_' || c == '.' || c == '-' || c == ':';
}

static struct tc_str
name_of(const struct tc_token *token)
{
    struct tc_str text = tc_str_of(token->text);

    return tc_str_sub(text, 1, text.len - 2);
}

/* The token that somebody meant who wrote @a word; NULL when none is near. */
static const struct tc_token *
token_near(struct tc_str word)
{
    struct tc_check_near near = tc_check_near_to(word);
    const struct tc_token *longest = NULL;
    size_t count, best = 0;
    const struct tc_token *tokens = tc_tokens(&count);
    enum tc_token_id meant = tc_token_by_alias(word);

    if (meant != TC_TOKEN_COUNT_)
        return &tokens[meant];
    for (size_t i = 0; i < count; i++) {
        struct tc_str name = name_of(&tokens[i]);

        tc_check_near_try(&near, name);
        if (name.len > 3 && tc_str_starts_nocase(word, name) && name.len > best) {
            longest = &tokens[i];
            best = name.len;
        }
    }
    for (size_t i = 0; i < count; i++)
        if (near.best.len > 0 && tc_str_eq(name_of(&tokens[i]), near.best))
            return &tokens[i];
    return longest;
}

/* The token whose name is @a word in any letter case, for words that lack a `$`. */
static const struct tc_token *
token_called(struct tc_str word)
{
    size_t count;
    const struct tc_token *tokens = tc_tokens(&count);

    for (size_t i = 0; i < count; i++)
        if (tc_str_eq_nocase(word, name_of(&tokens[i])))
            return &tokens[i];
    return NULL;
}

/* A `$` at @a at, and a word and a `$` behind it: the token, misspelt or not, or a foreign one. */
static void
judge_closed(struct tc_str text, size_t from, size_t at, size_t end, struct found *ret)
{
    struct tc_str written = tc_str_sub(text, at, end - at);
    size_t count;
    const struct tc_token *tokens = tc_tokens(&count);

    *ret = (struct found){.kind = TOKEN_FOREIGN, .begin = at, .end = end};
    for (size_t i = 0; i < count; i++)
        if (tc_str_is(written, tokens[i].text)) {
            ret->kind = TOKEN_GOOD;
            ret->token = &tokens[i];
        }
    if (ret->kind == TOKEN_GOOD) {
        while (ret->begin > from && text.ptr[ret->begin - 1] == '$') /* `$$AppDir$$` */
            ret->begin--;
        if (ret->begin == at)
            return;
        while (ret->end < text.len && text.ptr[ret->end] == '$')
            ret->end++;
        ret->kind = TOKEN_MISSPELT;
        return;
    }
    ret->token = token_near(tc_str_sub(written, 1, written.len - 2));
    if (ret->token != NULL)
        ret->kind = TOKEN_MISSPELT;
}

/* The next token from *at on; false when there is none. */
static bool
next_token(struct tc_str text, size_t *at, struct found *ret)
{
    size_t from = *at;

    while (*at < text.len) {
        const char *dollar = memchr(text.ptr + *at, '$', text.len - *at);
        size_t begin, end, before;

        if (dollar == NULL)
            break;
        begin = end = (size_t)(dollar - text.ptr);
        for (end++; end < text.len && is_word(text.ptr[end]);)
            end++;
        if (end < text.len && text.ptr[end] == '$' && end > begin + 1) {
            judge_closed(text, from, begin, end + 1, ret);
            *at = ret->end;
            return true;
        }
        for (before = begin; before > from && is_word(text.ptr[before - 1]);)
            before--;
        *ret = (struct found){.kind = TOKEN_MISSPELT, .begin = begin, .end = end};
        ret->token = token_called(tc_str_sub(text, begin + 1, end - begin - 1)); /* $AppDir\bin */
        if (ret->token == NULL && before < begin) {
            ret->token = token_called(tc_str_sub(text, before, begin - before)); /* AppDir$ */
            ret->begin = before;
            ret->end = begin + 1;
        }
        *at = ret->token != NULL ? ret->end : end;
        if (ret->token != NULL)
            return true;
    }
    return false;
}

/* Whether something stands before a token that is a whole path by itself. */
static bool
has_prefix(struct tc_str text, const struct found *found, unsigned uses)
{
    size_t at = found->begin;

    if (at == 0 || uses != TC_TOKEN_IN_PATH)
        return false;
    /* In lists of paths another entry may stand before; wrong separators are the matter of lists.c. */
    return strchr("; \t\r\n,|*", text.ptr[at - 1]) == NULL &&
           !(at >= 6 && tc_str_eq(tc_str_sub(text, at - 6, 6), TC_STR("&quot;")));
}

bool
tc_check_has_bad_token(const struct tc_check *check, struct tc_str value, unsigned uses)
{
    struct found found;
    size_t at = 0;

    (void)check;
    while (next_token(value, &at, &found))
        if (found.kind != TOKEN_GOOD || (found.token->uses & uses) == 0 || has_prefix(value, &found, uses))
            return true;
    return false;
}

/* ---- reporting ---- */

/* Programs whose tokens find their way into policy files. */
static const char *
owner_of(struct tc_str token)
{
    static const char *const templates[] = {
        "projectname", "safeprojectname", "rootnamespace",          "safeitemname",          "itemname",
        "guid",        "username",        "registeredorganization", "targetframeworkversion"};
    struct tc_str word = tc_str_sub(token, 1, token.len - 2);

    if (tc_str_starts_nocase(word, TC_STR("SharePoint.")))
        return "Visual Studio replaces it when it packs a SharePoint solution; in this file nobody does";
    for (size_t i = 0; i < sizeof templates / sizeof *templates; i++)
        if (tc_str_starts_nocase(word, tc_str_of(templates[i])))
            return "it belongs to a template of Visual Studio; in this file nobody replaces it";
    return "ASP.NET has no such token: it stays as it is";
}

/* What becomes of a list of paths with a token that is none, or none for a path. */
static void
note_path(struct tc_check *check, struct tc_diag *diag, unsigned uses)
{
    if (uses == TC_TOKEN_IN_PATH)
        tc_diag_note(check->diags, diag,
                     "the framework takes it for a relative path: it throws, and the whole set is lost");
}

static void
report_misplaced(struct tc_check *check, const struct tc_element_attribute *attribute, const struct found *found,
                 unsigned uses)
{
    struct tc_span span = tc_check_value_span(attribute, found->begin, found->end);
    bool is_prefixed = (found->token->uses & uses) != 0;
    struct tc_diag *diag;
    size_t count;
    const struct tc_token *tokens = tc_tokens(&count);

    diag = tc_check_report(check, TC_CHECK_TOKEN_MISPLACED, span,
                           is_prefixed ? "nothing may stand before '%s'" : "'%s' makes no sense in '%.*s'",
                           found->token->text, TC_STR_ARG(attribute->name));
    tc_diag_note(check->diags, diag, "it becomes the %s", found->token->meaning);
    note_path(check, diag, uses);
    if (is_prefixed) {
        tc_diag_help(check->diags, diag, "begin with the token");
        return;
    }
    for (size_t i = 0; i < count; i++)
        if ((tokens[i].uses & uses) != 0 && tc_str_starts_nocase(name_of(found->token), name_of(&tokens[i]))) {
            tc_diag_help(check->diags, diag, "did you mean '%s'?", tokens[i].text);
            tc_diag_edit(check->diags, diag, span, "%s", tokens[i].text);
            diag->is_unsafe = true;
            return;
        }
    tc_diag_help(check->diags, diag, "say here what is meant, without a token");
}

static void
check_token(struct tc_check *check, const struct tc_element_attribute *attribute, const struct found *found,
            unsigned uses)
{
    struct tc_span span = tc_check_value_span(attribute, found->begin, found->end);
    struct tc_str written = tc_str_sub(attribute->value, found->begin, found->end - found->begin);
    struct tc_diag *diag;

    switch (found->kind) {
    case TOKEN_MISSPELT:
        diag = tc_check_report(check, TC_CHECK_TOKEN_MISSPELT, span, "'%.*s' is no token: it stays as it is",
                               TC_STR_ARG(written));
        tc_diag_help(check->diags, diag, "did you mean '%s'?", found->token->text);
        tc_diag_edit(check->diags, diag, span, "%s", found->token->text);
        diag->is_unsafe = true;
        note_path(check, diag, uses);
        break;
    case TOKEN_FOREIGN:
        if (check->file->kind == TC_FILE_SHAREPOINT && tc_str_starts_nocase(written, TC_STR("$SharePoint.")))
            break;
        diag = tc_check_report(check, TC_CHECK_TOKEN_UNKNOWN, span, "'%.*s' is not replaced by anything",
                               TC_STR_ARG(written));
        tc_diag_note(check->diags, diag, "%s", owner_of(written));
        tc_diag_help(check->diags, diag, "put there what it stands for");
        note_path(check, diag, uses);
        break;
    case TOKEN_GOOD:
        if ((found->token->uses & uses) == 0 || has_prefix(attribute->value, found, uses)) {
            report_misplaced(check, attribute, found, uses);
        } else if (strcmp(found->token->text, "$Gac$") == 0 &&
                   !(check->file->runtime_is_known && check->file->runtime == TC_RT_1_1)) {
            diag = tc_check_report(check, TC_CHECK_TOKEN_GAC, span,
                                   "because of '$Gac$' ASP.NET adds a code group to what is written here");
            tc_diag_note(check->diags, diag,
                         "it inserts GacMembershipCondition with FullTrust before the group that uses the token");
            tc_diag_help(check->diags, diag, "since 2.0 write that group yourself");
        }
        break;
    }
}

/* ---- where they stand ---- */

enum { ANYWHERE = ~0u };

static unsigned
uses_of_field(enum tc_field_kind kind)
{
    return kind == TC_FIELD_PATHS ? TC_TOKEN_IN_PATH : kind == TC_FIELD_TEXT ? ANYWHERE : 0;
}

static unsigned
uses_of_column(enum tc_column_kind kind)
{
    return kind == TC_COLUMN_URI ? TC_TOKEN_IN_URI_PATTERN : kind == TC_COLUMN_TEXT ? ANYWHERE : 0;
}

/* Which tokens may stand in an attribute of a permission of @a cls, or (depth > 0) of its children. */
static unsigned
uses_in_permission(const struct tc_class *cls, size_t depth, struct tc_str name)
{
    for (size_t i = 0; depth == 0 && i < cls->field_count; i++)
        if (cls->fields[i].child == NULL && tc_str_is(name, cls->fields[i].xml))
            return uses_of_field(cls->fields[i].kind);
    for (size_t i = 0; depth > 0 && i < cls->form_count; i++)
        for (size_t j = 0; j < cls->forms[i].column_count; j++) {
            const struct tc_column *column = &cls->forms[i].columns[j];

            if (column->depth + 1u == depth && tc_str_is(name, column->xml))
                return uses_of_column(column->kind);
        }
    return ANYWHERE;
}

static unsigned
uses_elsewhere(const struct tc_element *element, struct tc_str name)
{
    /* A path is as good as a URL there; what is wrong with other arguments and with names of sets, groups.c says. */
    return tc_element_is(element, TC_TAG_IMEMBERSHIP_CONDITION) &&
                   tc_str_eq(name, tc_str_of(tc_condition_info(TC_CONDITION_URL)->arguments[0].xml))
               ? TC_TOKEN_IN_PATH | TC_TOKEN_IN_URL
               : ANYWHERE;
}

static void
check_attribute(struct tc_check *check, const struct tc_element *element, const struct tc_element *permission,
                size_t depth, const struct tc_element_attribute *attribute)
{
    const struct tc_class *cls = permission == NULL ? NULL : tc_check_class_of(check, permission);
    unsigned uses = permission == NULL ? uses_elsewhere(element, attribute->name)
                    : cls == NULL      ? ANYWHERE
                                       : uses_in_permission(cls, depth, attribute->name);
    struct found found;
    size_t at = 0;

    while (next_token(attribute->value, &at, &found))
        check_token(check, attribute, &found, uses);
}

/* @a permission is the one around @a element, at @a depth below it; NULL: there is none. */
static void
walk(struct tc_check *check, const struct tc_element *element, const struct tc_element *permission, size_t depth)
{
    if (tc_check_is_permission(element)) {
        permission = element;
        depth = 0;
    }
    for (size_t i = 0; i < element->attribute_count; i++) {
        const struct tc_element_attribute *attribute = &element->attributes[i];

        if (tc_str_has(attribute->value, '$') && !tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_DESCRIPTION)))
            check_attribute(check, element, permission, depth, attribute);
    }
    for (const struct tc_element *child = element->children; child != NULL; child = child->next)
        walk(check, child, permission, depth + 1);
}

void
tc_checks_tokens(struct tc_check *check)
{
    const struct tc_check_file *file = check->file;
    struct tc_str text = file->source->text;

    if (!tc_str_has(text, '$'))
        return;
    if (file->level != NULL)
        walk(check, file->level, NULL, 0);
    else if (file->root != NULL)
        walk(check, file->root, NULL, 0);
}
