#include "api/report.h"

#include "base/json.h"
#include "base/render.h"

static const char *const names[TC_REPORT_COUNT_] = {
    [TC_REPORT_TEXT] = "text",     [TC_REPORT_SHORT] = "short",           [TC_REPORT_JSON] = "json",
    [TC_REPORT_SARIF] = "sarif",   [TC_REPORT_JUNIT] = "junit",           [TC_REPORT_GITHUB] = "github",
    [TC_REPORT_GITLAB] = "gitlab", [TC_REPORT_CHECKSTYLE] = "checkstyle",
};

const char *
tc_report_name(enum tc_report_format format)
{
    return names[format];
}

enum tc_report_format
tc_report_find(struct tc_str name)
{
    for (int i = 0; i < TC_REPORT_COUNT_; i++)
        if (tc_str_eq(name, tc_str_of(names[i])))
            return (enum tc_report_format)i;
    return TC_REPORT_COUNT_;
}

const char *
tc_file_kind_name(enum tc_file_kind kind)
{
    static const char *const kinds[TC_FILE_KIND_COUNT_] = {
        [TC_FILE_POLICY] = "policy", [TC_FILE_SET] = "permission-set", [TC_FILE_SHAREPOINT] = "sharepoint",
        [TC_FILE_CONFIG] = "config", [TC_FILE_SOURCE] = "source",      [TC_FILE_OTHER] = "other",
    };

    return kinds[kind];
}

/* ---- counting ---- */

void
tc_report_count(struct tc_report_totals *totals, const struct tc_report_file *file)
{
    totals->files++;
    if (file->diags == NULL) {
        struct tc_buf *out = &totals->notifications;

        totals->unreadable++;
        tc_buf_printf(out, "%s{\"level\": \"error\", \"message\": {\"text\": ", out->len > 0 ? ", " : "");
        tc_json_string(out, tc_str_of(file->unreadable));
        tc_buf_puts(out, TC_STR("}, \"locations\": [{\"physicalLocation\": {\"artifactLocation\": {\"uri\": \""));
        tc_report_uri(out, file->name);
        tc_buf_puts(out, TC_STR("\"}}}]}"));
        return;
    }
    totals->errors += file->diags->errors;
    totals->warnings += file->diags->warnings;
    for (const struct tc_diag *diag = file->diags->first; diag != NULL; diag = diag->next) {
        enum tc_check_id id = tc_check_of(diag->code);

        if (id != TC_CHECK_COUNT_)
            totals->used[id] = true;
        else
            totals->codes[tc_code_of(diag->code)] = true;
        if (diag->suppressed != NULL)
            totals->suppressed++;
        else if (diag->severity == TC_SEVERITY_NOTE)
            totals->notes++;
    }
}

void
tc_report_add(struct tc_report_totals *totals, const struct tc_report_totals *more)
{
    totals->files += more->files;
    totals->unreadable += more->unreadable;
    totals->errors += more->errors;
    totals->warnings += more->warnings;
    totals->notes += more->notes;
    totals->suppressed += more->suppressed;
    totals->fixed += more->fixed;
    for (size_t i = 0; i < TC_CHECK_COUNT_; i++)
        totals->used[i] |= more->used[i];
    for (size_t i = 0; i < TC_CODE_COUNT_; i++)
        totals->codes[i] |= more->codes[i];
    if (totals->notifications.len > 0 && more->notifications.len > 0)
        tc_buf_puts(&totals->notifications, TC_STR(", "));
    tc_buf_puts(&totals->notifications, tc_buf_str(&more->notifications));
}

void
tc_report_totals_done(struct tc_report_totals *totals)
{
    tc_buf_done(&totals->notifications);
}

/* ---- places ---- */

struct tc_report_extent
tc_report_extent(const struct tc_report_file *file, struct tc_span span)
{
    struct tc_report_extent extent = {.begin = tc_sources_place(file->diags->sources, span.begin), .file = file->name};

    extent.end = extent.begin;
    if (extent.begin.source == NULL)
        return extent;
    extent.file = extent.begin.source->name;
    if (span.end > span.begin)
        extent.end = tc_sources_place(file->diags->sources, span.end);
    if (extent.end.source != extent.begin.source)
        extent.end = extent.begin;
    return extent;
}

void
tc_report_uri(struct tc_buf *out, struct tc_str path)
{
    static const char plain[] = "-._~/!$'()*,;=@ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    bool is_drive = path.len > 1 && path.ptr[1] == ':';

    if (path.len > 0 && path.ptr[0] == '/')
        tc_buf_puts(out, TC_STR("file://"));
    else if (is_drive)
        tc_buf_puts(out, TC_STR("file:///"));
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];

        if (c == '\\')
            c = '/';
        if ((c != '\0' && tc_str_find(tc_str_of(plain), (struct tc_str){&c, 1}, 0) != SIZE_MAX) || (is_drive && i == 1))
            tc_buf_putc(out, c);
        else
            tc_buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
    }
}

/* ---- XML ---- */

void
tc_report_xml(struct tc_buf *out, struct tc_str text)
{
    size_t len;
    uint32_t code;

    for (size_t i = 0; (len = tc_utf8_next(text, i, &code)) != 0; i += len)
        if (code == '&')
            tc_buf_puts(out, TC_STR("&amp;"));
        else if (code == '<')
            tc_buf_puts(out, TC_STR("&lt;"));
        else if (code == '>')
            tc_buf_puts(out, TC_STR("&gt;"));
        else if (code == '"')
            tc_buf_puts(out, TC_STR("&quot;"));
        else if (code == '\n' || code == '\r' || code == '\t')
            tc_buf_printf(out, "&#%u;", (unsigned)code);
        else if (code < 0x20 || code == 0xFFFE || code == 0xFFFF || code == TC_UTF8_BAD)
            tc_buf_putc(out, '?');
        else
            tc_buf_puts(out, tc_str_sub(text, i, len));
}

static void
put_checkstyle(const struct tc_report_file *file, struct tc_buf *out)
{
    bool any = file->diags == NULL;

    for (const struct tc_diag *diag = any ? NULL : file->diags->first; diag != NULL; diag = diag->next)
        any |= diag->suppressed == NULL;
    if (!any)
        return;
    tc_buf_puts(out, TC_STR("  <file name=\""));
    tc_report_xml(out, file->name);
    tc_buf_puts(out, TC_STR("\">\n"));
    if (file->diags == NULL) {
        tc_buf_puts(out, TC_STR("    <error line=\"1\" severity=\"error\" message=\"the file cannot be read: "));
        tc_report_xml(out, tc_str_of(file->unreadable));
        tc_buf_puts(out, TC_STR("\" source=\"trustc.unreadable\"/>\n"));
    }
    for (const struct tc_diag *diag = file->diags == NULL ? NULL : file->diags->first; diag != NULL;
         diag = diag->next) {
        struct tc_report_extent extent = tc_report_extent(file, diag->span);

        if (diag->suppressed != NULL)
            continue;
        tc_buf_printf(out, "    <error line=\"%u\" column=\"%u\" severity=\"%s\" message=\"",
                      extent.begin.line > 0 ? extent.begin.line : 1u,
                      extent.begin.column > 0 ? extent.begin.column : 1u,
                      diag->severity == TC_SEVERITY_NOTE ? "info" : tc_severity_name(diag->severity));
        tc_report_xml(out, diag->message);
        tc_buf_printf(out, "\" source=\"trustc.%s\"/>\n", diag->code->id);
    }
    tc_buf_puts(out, TC_STR("  </file>\n"));
}

static void
put_junit_failure(const struct tc_report_file *file, const struct tc_diag *diag, struct tc_buf *out)
{
    struct tc_report_extent extent = tc_report_extent(file, diag->span);

    tc_buf_printf(out, "    <testcase classname=\"%s\" name=\"", diag->code->id);
    tc_buf_printf(out, "%u:%u ", extent.begin.line, extent.begin.column);
    tc_report_xml(out, tc_str_of(diag->code->slug));
    tc_buf_puts(out, TC_STR("\">"));
    if (diag->suppressed != NULL) {
        tc_buf_puts(out, TC_STR("<skipped message=\""));
        tc_report_xml(out, diag->suppressed->reason);
        tc_buf_puts(out, TC_STR("\"/></testcase>\n"));
        return;
    }
    tc_buf_printf(out, "<failure type=\"%s\" message=\"", tc_severity_name(diag->severity));
    tc_report_xml(out, diag->message);
    tc_buf_puts(out, TC_STR("\">"));
    tc_report_xml(out, extent.file);
    tc_buf_printf(out, ":%u:%u</failure></testcase>\n", extent.begin.line, extent.begin.column);
}

static void
put_junit(const struct tc_report_file *file, struct tc_buf *out)
{
    size_t tests = 0, failures = 0, skipped = 0;

    for (const struct tc_diag *diag = file->diags == NULL ? NULL : file->diags->first; diag != NULL;
         diag = diag->next) {
        tests++;
        skipped += diag->suppressed != NULL;
        failures += diag->suppressed == NULL;
    }
    tc_buf_puts(out, TC_STR("  <testsuite name=\""));
    tc_report_xml(out, file->name);
    tc_buf_printf(out, "\" tests=\"%zu\" failures=\"%zu\" skipped=\"%zu\" errors=\"%u\">\n", tests == 0 ? 1 : tests,
                  failures, skipped, file->diags == NULL ? 1u : 0u);
    if (file->diags == NULL) {
        tc_buf_puts(out, TC_STR("    <testcase classname=\"trustc\" name=\"read\"><error message=\""));
        tc_report_xml(out, tc_str_of(file->unreadable));
        tc_buf_puts(out, TC_STR("\"/></testcase>\n"));
    } else if (tests == 0) {
        tc_buf_puts(out, TC_STR("    <testcase classname=\"trustc\" name=\"lint\"/>\n"));
    }
    for (const struct tc_diag *diag = file->diags == NULL ? NULL : file->diags->first; diag != NULL; diag = diag->next)
        put_junit_failure(file, diag, out);
    tc_buf_puts(out, TC_STR("  </testsuite>\n"));
}

/* ---- code hosts ---- */

/* Workflow commands end at a line's end, and their properties at a comma or colon. */
static void
put_github_text(struct tc_buf *out, struct tc_str text, bool is_property)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c == '%' || c == '\r' || c == '\n' || (is_property && (c == ':' || c == ',')))
            tc_buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
        else
            tc_buf_putc(out, c);
    }
}

static void
put_github(const struct tc_report_file *file, struct tc_buf *out)
{
    if (file->diags == NULL) {
        tc_buf_puts(out, TC_STR("::error file="));
        put_github_text(out, file->name, true);
        tc_buf_puts(out, TC_STR("::the file cannot be read: "));
        put_github_text(out, tc_str_of(file->unreadable), false);
        tc_buf_putc(out, '\n');
        return;
    }
    for (const struct tc_diag *diag = file->diags->first; diag != NULL; diag = diag->next) {
        struct tc_report_extent extent = tc_report_extent(file, diag->span);

        if (diag->suppressed != NULL)
            continue;
        tc_buf_printf(out,
                      "::%s file=", diag->severity == TC_SEVERITY_NOTE ? "notice" : tc_severity_name(diag->severity));
        put_github_text(out, extent.file, true);
        if (extent.begin.source != NULL)
            tc_buf_printf(out, ",line=%u,endLine=%u,col=%u,endColumn=%u", extent.begin.line, extent.end.line,
                          extent.begin.column, extent.end.column);
        tc_buf_printf(out, ",title=%s %s::", diag->code->id, diag->code->slug);
        put_github_text(out, diag->message, false);
        tc_buf_putc(out, '\n');
    }
}

static void
put_gitlab_one(struct tc_buf *out, struct tc_str message, const char *check, struct tc_str fingerprint,
               const char *severity, struct tc_str path, uint32_t line)
{
    struct tc_buf id = {0};

    tc_buf_puts(out, TC_STR("{\"description\": "));
    tc_json_string(out, message);
    tc_buf_printf(out, ", \"check_name\": \"%s\", \"fingerprint\": ", check);
    tc_buf_printf(&id, "%.*s %.*s", TC_STR_ARG(fingerprint), TC_STR_ARG(path)); /* it has to be unique in a report */
    tc_json_string(out, tc_buf_str(&id));
    tc_buf_done(&id);
    tc_buf_printf(out, ", \"severity\": \"%s\", \"location\": {\"path\": ", severity);
    tc_json_string(out, path);
    tc_buf_printf(out, ", \"lines\": {\"begin\": %u}}}", line > 0 ? line : 1u);
}

static void
put_gitlab(const struct tc_report_file *file, struct tc_buf *out)
{
    static const char *const severities[] = {
        [TC_SEVERITY_NOTE] = "info", [TC_SEVERITY_WARNING] = "minor", [TC_SEVERITY_ERROR] = "critical"};
    size_t start = out->len;

    if (file->diags == NULL) {
        put_gitlab_one(out, tc_str_of(file->unreadable), "unreadable", file->name, "blocker", file->name, 1);
        return;
    }
    for (const struct tc_diag *diag = file->diags->first; diag != NULL; diag = diag->next) {
        struct tc_report_extent extent = tc_report_extent(file, diag->span);

        if (diag->suppressed != NULL)
            continue;
        if (out->len > start)
            tc_buf_puts(out, TC_STR(",\n"));
        put_gitlab_one(out, diag->message, diag->code->slug, diag->fingerprint, severities[diag->severity], extent.file,
                       extent.begin.line);
    }
}

/* ---- our own ---- */

static void
put_json(const struct tc_report_file *file, struct tc_buf *out)
{
    tc_buf_puts(out, TC_STR("{\"file\": "));
    tc_json_string(out, file->name);
    if (file->diags == NULL) {
        tc_buf_puts(out, TC_STR(", \"unreadable\": "));
        tc_json_string(out, tc_str_of(file->unreadable));
        tc_buf_putc(out, '}');
        return;
    }
    tc_buf_printf(out, ", \"kind\": \"%s\", \"diagnostics\": [", tc_file_kind_name(file->kind));
    for (const struct tc_diag *diag = file->diags->first; diag != NULL; diag = diag->next) {
        tc_buf_putc(out, '\n');
        tc_render_json_diag(file->diags, diag, out);
        if (diag->next != NULL)
            tc_buf_putc(out, ',');
    }
    tc_buf_puts(out, file->diags->first != NULL ? TC_STR("\n]}") : TC_STR("]}"));
}

static void
put_text(const struct tc_report_file *file, enum tc_format format, bool color, struct tc_buf *out)
{
    struct tc_render_options options = {.format = format, .color = color, .no_summary = true};

    if (file->diags != NULL)
        tc_render(file->diags, &options, out);
}

static const char *
plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void
put_text_end(const struct tc_report_totals *totals, struct tc_buf *out)
{
    tc_buf_printf(out, "%zu file%s: %zu error%s, %zu warning%s, %zu note%s", totals->files, plural(totals->files),
                  totals->errors, plural(totals->errors), totals->warnings, plural(totals->warnings), totals->notes,
                  plural(totals->notes));
    if (totals->fixed > 0)
        tc_buf_printf(out, ", %zu mended", totals->fixed);
    if (totals->suppressed > 0)
        tc_buf_printf(out, ", %zu suppressed", totals->suppressed);
    if (totals->unreadable > 0)
        tc_buf_printf(out, ", %zu not read", totals->unreadable);
    tc_buf_putc(out, '\n');
}

/* ---- pieces ---- */

void
tc_report_begin(enum tc_report_format format, struct tc_buf *out)
{
    switch (format) {
    case TC_REPORT_TEXT:
    case TC_REPORT_SHORT:
    case TC_REPORT_GITHUB:
        break;
    case TC_REPORT_JSON:
        tc_buf_puts(out, TC_STR("{\"schema\": 1, \"files\": [\n"));
        break;
    case TC_REPORT_SARIF:
        tc_buf_puts(out, TC_STR("{\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\", "
                                "\"version\": \"2.1.0\", \"runs\": [{\n\"results\": [\n"));
        break;
    case TC_REPORT_JUNIT:
        tc_buf_puts(out, TC_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"trustc lint\">\n"));
        break;
    case TC_REPORT_GITLAB:
        tc_buf_puts(out, TC_STR("[\n"));
        break;
    case TC_REPORT_CHECKSTYLE:
        tc_buf_puts(out, TC_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n"));
        break;
    case TC_REPORT_COUNT_:
        break;
    }
}

void
tc_report_file(enum tc_report_format format, const struct tc_report_file *file, bool color, struct tc_buf *out)
{
    switch (format) {
    case TC_REPORT_TEXT:
        put_text(file, TC_FORMAT_TEXT, color, out);
        break;
    case TC_REPORT_SHORT:
        put_text(file, TC_FORMAT_SHORT, color, out);
        break;
    case TC_REPORT_JSON:
        put_json(file, out);
        break;
    case TC_REPORT_SARIF:
        tc_report_sarif_file(file, out);
        break;
    case TC_REPORT_JUNIT:
        put_junit(file, out);
        break;
    case TC_REPORT_GITHUB:
        put_github(file, out);
        break;
    case TC_REPORT_GITLAB:
        put_gitlab(file, out);
        break;
    case TC_REPORT_CHECKSTYLE:
        put_checkstyle(file, out);
        break;
    case TC_REPORT_COUNT_:
        break;
    }
}

const char *
tc_report_separator(enum tc_report_format format)
{
    return format == TC_REPORT_JSON || format == TC_REPORT_SARIF || format == TC_REPORT_GITLAB ? ",\n" : "";
}

void
tc_report_end(enum tc_report_format format, const struct tc_report_totals *totals, struct tc_buf *out)
{
    switch (format) {
    case TC_REPORT_TEXT:
    case TC_REPORT_SHORT:
        put_text_end(totals, out);
        break;
    case TC_REPORT_JSON:
        tc_buf_printf(out,
                      "\n], \"errors\": %zu, \"warnings\": %zu, \"notes\": %zu, \"suppressed\": %zu, "
                      "\"unreadable\": %zu}\n",
                      totals->errors, totals->warnings, totals->notes, totals->suppressed, totals->unreadable);
        break;
    case TC_REPORT_SARIF:
        tc_report_sarif_end(totals, out);
        break;
    case TC_REPORT_JUNIT:
        tc_buf_puts(out, TC_STR("</testsuites>\n"));
        break;
    case TC_REPORT_GITLAB:
        tc_buf_puts(out, TC_STR("\n]\n"));
        break;
    case TC_REPORT_CHECKSTYLE:
        tc_buf_puts(out, TC_STR("</checkstyle>\n"));
        break;
    case TC_REPORT_GITHUB:
    case TC_REPORT_COUNT_:
        break;
    }
}
