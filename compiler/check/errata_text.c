/* Errata that are seen in the text itself, and those of web.config. */
#include "check/errata.h"

#include "base/ascii.h"

#include <string.h>

static bool
is_name(char c)
{
    return tc_ascii_is_alnum(c) || c == '_' || c == '-' || c == '.';
}

/* ---- listings ---------------------------------------------------------------------------------------------------- */

/* `[<IPermission] class=…` and `[</PermissionSet>]`: bold type of a page that became brackets. */
static void
check_brackets(struct tc_check *check)
{
    struct tc_str text = check->file->source->text;

    for (size_t at = tc_str_find(text, TC_STR("[<"), 0); at != SIZE_MAX; at = tc_str_find(text, TC_STR("[<"), at + 2)) {
        size_t end = at + 2, close;
        struct tc_diag *diag;

        end += end < text.len && text.ptr[end] == '/';
        while (end < text.len && is_name(text.ptr[end]))
            end++;
        for (close = end; close < text.len &&
                          (tc_ascii_is_white(text.ptr[close]) || text.ptr[close] == '>' || text.ptr[close] == '/');)
            close++;
        if (close >= text.len || text.ptr[close] != ']')
            continue;
        diag = tc_check_report(check, TC_CHECK_ERRATUM_BRACKETS, tc_check_span(check, at, close + 1),
                               "the brackets are none of XML: they came with the page that this was copied from");
        tc_diag_help(check->diags, diag, "take them away");
        tc_diag_edit(check->diags, diag, tc_check_span(check, at, at + 1), "%s", "");
        tc_diag_edit(check->diags, diag, tc_check_span(check, close, close + 1), "%s", "");
    }
}

/* How many bytes of @a text at @a at are a dot, three dots in one, or a blank. */
static size_t
ellipsis_step(struct tc_str text, size_t at)
{
    if (text.ptr[at] == '.' || tc_ascii_is_white(text.ptr[at]))
        return 1;
    return tc_str_starts(tc_str_sub(text, at, 3), TC_STR("\xE2\x80\xA6")) ? 3 : 0;
}

static void
check_ellipsis(struct tc_check *check, const struct tc_markup *item)
{
    struct tc_str text = check->file->source->text;
    size_t begin = item->begin, end = item->end, at;
    struct tc_diag *diag;

    while (begin < end && tc_ascii_is_white(text.ptr[begin]))
        begin++;
    while (end > begin && tc_ascii_is_white(text.ptr[end - 1]))
        end--;
    for (at = begin; at < end;) {
        size_t step = ellipsis_step(text, at);

        if (step == 0)
            return;
        at += step;
    }
    if (end - begin < 3)
        return;
    diag = tc_check_report(check, TC_CHECK_ERRATUM_ELLIPSIS, tc_check_span(check, begin, end),
                           "these dots stand for what the page that this was copied from leaves out");
    tc_diag_help(check->diags, diag, "put in what is missing, or take them away");
    tc_diag_edit(check->diags, diag, tc_check_span(check, begin, end), "%s", "");
}

static void
check_texts(struct tc_check *check, const struct tc_markup *document)
{
    for (const struct tc_markup *item = document; item != NULL; item = tc_markup_next(item))
        if (item->kind == TC_MARKUP_TEXT)
            check_ellipsis(check, item);
}

/* `<DirectoryName>` in [begin, end), written so or with entities. False when there is none. */
static bool
find_placeholder(struct tc_str text, size_t begin, size_t end, size_t *ret_begin, size_t *ret_end)
{
    static const struct {
        const char *open, *close;
    } forms[] = {{"<", ">"}, {"&lt;", "&gt;"}};
    struct tc_str value = tc_str_sub(text, begin, end - begin);

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t open = tc_str_find(value, tc_str_of(forms[i].open), 0), at;

        if (open == SIZE_MAX ||
            (open > 0 && strchr("?Pk", value.ptr[open - 1]) != NULL)) /* a group's name in a regex */
            continue;
        for (at = open + strlen(forms[i].open); at < value.len && (is_name(value.ptr[at]) || value.ptr[at] == ' ');)
            at++;
        if (at == open + strlen(forms[i].open) ||
            !tc_str_starts(tc_str_sub(value, at, SIZE_MAX), tc_str_of(forms[i].close)))
            continue;
        *ret_begin = begin + open;
        *ret_end = begin + at + strlen(forms[i].close);
        return true;
    }
    return false;
}

/* Placeholders in attribute values. What holds them is no XML, so the text is read by hand. */
static void
check_placeholders(struct tc_check *check)
{
    struct tc_str text = check->file->source->text;
    bool in_tag = false;

    for (size_t at = 0; at < text.len; at++) {
        size_t end, begin_of, end_of;
        struct tc_diag *diag;

        if (text.ptr[at] == '<' && tc_str_starts(tc_str_sub(text, at, 4), TC_STR("<!--"))) {
            end = tc_str_find(text, TC_STR("-->"), at);
            if (end == SIZE_MAX)
                return;
            at = end + 2;
        } else if (text.ptr[at] == '<') {
            in_tag = true;
        } else if (text.ptr[at] == '>') {
            in_tag = false;
        } else if (text.ptr[at] == '"' && in_tag && at > 0 && text.ptr[at - 1] == '=') {
            end = tc_str_find(text, TC_STR("\""), at + 1);
            if (end == SIZE_MAX)
                return;
            if (find_placeholder(text, at + 1, end, &begin_of, &end_of)) {
                diag = tc_check_report(check, TC_CHECK_ERRATUM_PLACEHOLDER, tc_check_span(check, begin_of, end_of),
                                       "'%.*s' stands for something that was to be put in here",
                                       TC_STR_ARG(tc_str_sub(text, begin_of, end_of - begin_of)));
                tc_diag_help(check->diags, diag, "write the real name");
            }
            at = end;
        }
    }
}

void
tc_errata_check_text(struct tc_check *check)
{
    struct tc_str text = check->file->source->text;

    if (check->file->is_plain) /* no text, and no bracket or entity but in comments */
        return;
    check_brackets(check);
    if (check->file->document != NULL)
        check_texts(check, check->file->document);
    if (check->file->kind == TC_FILE_CONFIG)
        return; /* other sections may hold such names for a purpose, as groups of regular expressions */
    /* only where there can be one: a second reading costs */
    if (check->file->xml_fault != NULL || tc_str_find(text, TC_STR("&lt;"), 0) != SIZE_MAX)
        check_placeholders(check);
}

/* ---- web.config -------------------------------------------------------------------------------------------------- */

static struct tc_span
value_span(const struct tc_check *check, const struct tc_markup_attr *attr)
{
    size_t begin = (size_t)(attr->value.ptr - check->file->source->text.ptr);

    return tc_check_span(check, begin, begin + attr->value.len);
}

static void
check_trust(struct tc_check *check, const struct tc_markup *element)
{
    const struct tc_markup_attr *level = tc_markup_attr(element, "level");
    const struct tc_markup_attr *origin = tc_markup_attr(element, "originUrl");
    struct tc_diag *diag;

    if (origin != NULL)
        tc_checks_origin(check, value_span(check, origin), tc_markup_value(check->arena, origin->value));
    if (level == NULL || !tc_str_has(level->value, '|'))
        return;
    diag = tc_check_report(check, TC_CHECK_ERRATUM_CHOICE, value_span(check, level),
                           "'%.*s' is how a page writes a choice: a level is one of these names",
                           TC_STR_ARG(level->value));
    tc_diag_help(check->diags, diag, "write one of them");
}

/* Letters and digits in lower case: what is left of a file name when its author wrote it from memory. */
static bool
same_letters(struct tc_str a, struct tc_str b)
{
    size_t i = 0, j = 0;

    for (;;) {
        while (i < a.len && (a.ptr[i] == '_' || a.ptr[i] == '-' || a.ptr[i] == ' '))
            i++;
        while (j < b.len && (b.ptr[j] == '_' || b.ptr[j] == '-' || b.ptr[j] == ' '))
            j++;
        if (i == a.len || j == b.len)
            return i == a.len && j == b.len;
        if (!tc_str_eq_nocase(tc_str_sub(a, i++, 1), tc_str_sub(b, j++, 1)))
            return false;
    }
}

static bool
has_sibling(const struct tc_check *check, struct tc_str name)
{
    const struct tc_check_host *host = check->host;

    return host != NULL && host->has_sibling != NULL && host->has_sibling(host->state, name);
}

static bool
check_stock_file(struct tc_check *check, const struct tc_markup *element, const struct tc_markup_attr *attr)
{
    const struct tc_markup_attr *name = tc_markup_attr(element, "name");
    struct tc_str file = tc_str_last_part(attr->value, TC_STR_SLASHES);
    struct tc_span span = value_span(check, attr);
    struct tc_diag *diag;

    for (int i = TC_LEVEL_FULL + 1; i < TC_LEVEL_COUNT_; i++) {
        struct tc_str stock = tc_str_of(tc_level_info((enum tc_level_id)i)->policy_file);

        if (tc_str_eq_nocase(file, stock) || !same_letters(file, stock) || has_sibling(check, file))
            continue;
        span.begin = span.end - (uint32_t)file.len;
        diag = tc_check_report(check, TC_CHECK_ERRATUM_FILE, span, "the platform's file is called '%.*s', not '%.*s'",
                               TC_STR_ARG(stock), TC_STR_ARG(file));
        if (name != NULL)
            tc_diag_label(check->diags, diag, value_span(check, name), "the level that it is for");
        tc_diag_note(check->diags, diag, "every request fails while the file is not there");
        tc_diag_help(check->diags, diag, "write '%.*s'", TC_STR_ARG(stock));
        tc_diag_edit(check->diags, diag, span, "%.*s", TC_STR_ARG(stock));
        return true;
    }
    return false;
}

/* customWebMediumTrust.config on disk, customWeb_mediumtrust.config in the file. */
static void
check_two_names(struct tc_check *check, const struct tc_markup_attr *attr)
{
    const struct tc_check_host *host = check->host;
    struct tc_str file = attr->value, *names;
    size_t count;
    struct tc_diag *diag;

    if (host == NULL || host->has_sibling == NULL || host->siblings == NULL ||
        tc_str_last_part(file, TC_STR_SLASHES).len != file.len || (file.len > 1 && file.ptr[1] == ':') ||
        has_sibling(check, file) || !host->siblings(host->state, &names, &count))
        return;
    for (size_t i = 0; i < count; i++)
        if (same_letters(file, names[i])) {
            diag = tc_check_report(check, TC_CHECK_ERRATUM_TWO_NAMES, value_span(check, attr),
                                   "the file beside this one is called '%.*s'", TC_STR_ARG(names[i]));
            tc_diag_note(check->diags, diag, "letter case does not count in a file name, underscores do");
            tc_diag_edit(check->diags, diag, value_span(check, attr), "%.*s", TC_STR_ARG(names[i]));
            diag->is_unsafe = true;
            return;
        }
}

void
tc_errata_check_config(struct tc_check *check)
{
    for (const struct tc_markup *item = check->file->document; item != NULL; item = tc_markup_next(item)) {
        if (tc_markup_is(item, "trust")) {
            check_trust(check, item);
        } else if (tc_markup_is(item, "trustLevel")) {
            const struct tc_markup_attr *file = tc_markup_attr(item, "policyFile");

            if (file != NULL && !check_stock_file(check, item, file))
                check_two_names(check, file);
        }
    }
}
