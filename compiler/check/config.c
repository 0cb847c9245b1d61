/* Configuration files: whether they are XML, and then all other checks of them. */
#include "check/config_checks.h"

#include "base/ascii.h"
#include "xml/conform.h"

/* ---- helpers ---- */

struct tc_config_near
tc_config_near(struct tc_str name)
{
    return (struct tc_config_near){.name = name, .limit = name.len < 4 ? 1 : name.len < 8 ? 2 : 3};
}

void
tc_config_near_try(struct tc_config_near *near, struct tc_str candidate)
{
    unsigned distance = tc_str_distance(near->name, candidate, near->limit);

    if (distance > near->limit || distance * 2 >= candidate.len + 1 || (near->best.len > 0 && distance == near->limit))
        return;
    near->best = candidate;
    near->limit = distance;
}

void
tc_config_edit_value(struct tc_config_cx *cx, struct tc_diag *diag, const struct tc_markup_attr *attr,
                     struct tc_str text)
{
    tc_diag_edit(cx->check->diags, diag, tc_check_span(cx->check, attr->end - 1u - attr->value.len, attr->end - 1u),
                 "%.*s", TC_STR_ARG(text));
}

void
tc_config_edit_remove(struct tc_config_cx *cx, struct tc_diag *diag, const struct tc_markup_attr *attr)
{
    const char *text = cx->config.source->text.ptr;
    uint32_t begin = attr->begin;

    while (begin > 0 && tc_ascii_is_white(text[begin - 1]))
        begin--;
    tc_diag_edit(cx->check->diags, diag, tc_check_span(cx->check, begin, attr->end), "%s", "");
}

void
tc_config_edit_rename(struct tc_config_cx *cx, struct tc_diag *diag, const struct tc_markup *element, const char *name)
{
    tc_diag_edit(cx->check->diags, diag, tc_webconfig_tag(cx->config.source, element), "%s", name);
    if (!element->empty)
        tc_diag_edit(cx->check->diags, diag,
                     tc_check_span(cx->check, element->close_begin + 2u, element->close_begin + 2u + element->name.len),
                     "%s", name);
}

struct tc_str
tc_config_whom(const struct tc_config_cx *cx, const struct tc_webconfig_section *section)
{
    if (section->path.len > 0)
        return tc_arena_printf(cx->check->arena, "for '%.*s'", TC_STR_ARG(section->path));
    return cx->config.is_machine ? TC_STR("for every application") : TC_STR("for this application");
}

/* ---- is it XML ---- */

/* `<trustlevel="Full"/>`: an element and an attribute of the table, the blank between them lost. */
static bool
lost_blank(struct tc_str name, size_t *ret_at)
{
    for (int i = 0; i < TC_WEBCONFIG_COUNT_; i++) {
        const struct tc_webconfig_info *info = tc_webconfig_info((enum tc_webconfig_id)i);
        struct tc_str element = tc_str_of(info->name);

        if (tc_str_starts(name, element) && tc_webconfig_attr(info, tc_str_sub(name, element.len, SIZE_MAX)) != NULL) {
            *ret_at = element.len;
            return true;
        }
    }
    return false;
}

static void
report_not_xml(struct tc_check *check, const struct tc_diag *fault)
{
    struct tc_str text = check->file->source->text, name;
    size_t at = fault->span.begin - check->file->source->base, begin = at, blank;
    struct tc_diag *diag;

    if (fault->span.begin < check->file->source->base || at > text.len)
        begin = at = 0;
    while (begin > 0 && text.ptr[begin - 1] != '<' && text.ptr[begin - 1] != ' ' && text.ptr[begin - 1] != '\n' &&
           at - begin < 64)
        begin--;
    name = tc_str_sub(text, begin, at - begin);
    if (at < text.len && text.ptr[at] == '=' && begin > 0 && text.ptr[begin - 1] == '<' && lost_blank(name, &blank)) {
        struct tc_span where = tc_check_span(check, begin + blank, begin + blank);

        diag = tc_check_report(check, TC_CHECK_CONFIG_NOT_XML, tc_check_span(check, begin, at),
                               "no blank between '%.*s' and its attribute '%.*s'",
                               TC_STR_ARG(tc_str_sub(name, 0, blank)), TC_STR_ARG(tc_str_sub(name, blank, SIZE_MAX)));
        tc_diag_edit(check->diags, diag, where, " ");
        return;
    }
    diag = tc_check_report(check, TC_CHECK_CONFIG_NOT_XML, fault->span, "%.*s", TC_STR_ARG(fault->message));
    for (const struct tc_label *label = fault->labels; label != NULL; label = label->next)
        tc_diag_label(check->diags, diag, label->span, "%.*s", TC_STR_ARG(label->text));
}

static void
report_doctype(struct tc_check *check, const struct tc_markup *document)
{
    for (const struct tc_markup *item = document->first; item != NULL; item = item->next)
        if (item->kind == TC_MARKUP_DOCTYPE) {
            struct tc_str text = check->file->source->text;
            size_t end = item->end;
            struct tc_diag *diag =
                tc_check_report(check, TC_CHECK_CONFIG_DOCTYPE, tc_check_span(check, item->begin, item->begin + 9u),
                                "a document type has no place in a configuration file");

            tc_diag_help(check->diags, diag, "remove it");
            end += end < text.len && text.ptr[end] == '\r';
            end += end < text.len && text.ptr[end] == '\n';
            tc_diag_edit(check->diags, diag, tc_check_span(check, item->begin, end), "%s", "");
        }
}

/* Bytes that are no UTF-8 in a file that says nothing of its encoding. The text of the source has them replaced. */
static bool
report_encoding(struct tc_check *check)
{
    struct tc_str bytes = check->file->bytes;
    size_t bad, mark = tc_str_starts(bytes, TC_STR("\xEF\xBB\xBF")) ? 3 : 0;
    struct tc_diag *diag;

    if (tc_str_starts(bytes, TC_STR("\xFF\xFE")) || tc_str_starts(bytes, TC_STR("\xFE\xFF")) ||
        tc_spans_encoding(check->file->source->text).len > 0 || tc_str_is_utf8(bytes, &bad))
        return false;
    diag =
        tc_check_report(check, TC_CHECK_CONFIG_NOT_XML, tc_check_span(check, bad - mark, bad - mark + 1),
                        "byte 0x%02x is no UTF-8, and the file names no other encoding", (unsigned char)bytes.ptr[bad]);
    tc_diag_help(check->diags, diag,
                 "save it as UTF-8, or begin it with <?xml version=\"1.0\" encoding=\"windows-1252\"?>");
    return true;
}

/* The tree; NULL when the configuration system cannot have one either, which has been reported then. */
static const struct tc_markup *
read_document(struct tc_check *check)
{
    const struct tc_check_file *file = check->file;
    struct tc_conform_codes codes = {&tc_check_info(TC_CHECK_CONFIG_NOT_XML)->code,
                                     &tc_check_info(TC_CHECK_CONFIG_DOCTYPE)->code, tc_code(TC_CODE_READERS_DIFFER)};
    struct tc_markup *document;
    struct tc_markup_fault fault;
    struct tc_diags aside;

    if (report_encoding(check))
        return NULL;
    if (file->document != NULL)
        return file->document;
    tc_diags_init(&aside, check->arena, check->diags->sources);
    tc_conform_check(file->source, &aside, &codes);
    if (aside.first == NULL)
        return NULL;
    if (aside.first->code == codes.not_xml ||
        (aside.first->code == codes.encoding && tc_spans_encoding(file->source->text).len == 0)) {
        report_not_xml(check, aside.first);
        return NULL;
    }
    /* .NET reads what was left unread because of a document type, or of an encoding that cannot be edited in place. */
    if (tc_spans_scan(check->arena, file->source->text, &document, &fault) != TC_OK)
        return NULL;
    report_doctype(check, document);
    return document;
}

/* ---- which framework ---- */

static bool
path_names(struct tc_str path, const char *folder)
{
    struct tc_str name = tc_str_of(folder);

    for (size_t at = 0; at + name.len < path.len; at++)
        if ((at == 0 || tc_ascii_is_slash(path.ptr[at - 1])) && tc_ascii_is_slash(path.ptr[at + name.len]) &&
            tc_str_eq_nocase(tc_str_sub(path, at, name.len), name))
            return true;
    return false;
}

static void
find_framework(struct tc_config_cx *cx)
{
    const struct tc_check_file *file = cx->check->file;
    struct tc_str target;

    cx->clr = tc_framework_info(tc_runtime_info(file->runtime)->framework)->clr;
    cx->clr_is_known = file->runtime_is_known;
    for (int i = 0; i < TC_CLR_COUNT_; i++)
        if (path_names(file->source->name, tc_clr_info((enum tc_clr)i)->directory)) {
            cx->clr = (enum tc_clr)i;
            cx->clr_is_known = true;
            return;
        }
    for (const struct tc_webconfig_section *section = cx->config.first; section != NULL; section = section->next)
        if (tc_webconfig_value(cx->check->arena, section->element, "targetFramework", &target)) {
            cx->clr = TC_CLR_4_0; /* the attribute came with 4.0 */
            cx->clr_is_known = true;
        }
}

void
tc_checks_config(struct tc_check *check)
{
    const struct tc_markup *document = read_document(check);
    struct tc_config_cx cx = {.check = check};

    if (document == NULL || !tc_webconfig_read(check->arena, check->file->source, document, &cx.config) ||
        cx.config.root == NULL || cx.config.is_transform)
        return;
    if (check->in_hierarchy)
        cx.config.is_machine = check->is_of_machine;
    find_framework(&cx);
    tc_config_check_shape(&cx);
    tc_config_check_locations(&cx);
    tc_config_check_locks(&cx);
    tc_config_check_levels(&cx);
    tc_config_check_files(&cx);
    tc_config_check_settings(&cx);
}
