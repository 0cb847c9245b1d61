/* SARIF 2.1.0. Rules come last, when it is known which of them found anything: a report lists what it uses. */
#include "api/report.h"
#include "api/trustc.h"
#include "base/json.h"
#include "base/render.h"

static void
put_level(struct tc_buf *out, enum tc_severity severity)
{
    tc_buf_printf(out, "\"level\": \"%s\"", tc_severity_name(severity));
}

/* No offsets in bytes: spans lead into the decoded text, and a file may have a byte-order mark or be UTF-16. */
static void
put_region(struct tc_buf *out, const struct tc_report_extent *extent)
{
    tc_buf_printf(out, "{\"startLine\": %u, \"startColumn\": %u, \"endLine\": %u, \"endColumn\": %u}",
                  extent->begin.line, extent->begin.column, extent->end.line, extent->end.column);
}

static void
put_artifact(struct tc_buf *out, struct tc_str file)
{
    tc_buf_puts(out, TC_STR("\"artifactLocation\": {\"uri\": \""));
    tc_report_uri(out, file);
    tc_buf_puts(out, TC_STR("\"}"));
}

static void
put_location(const struct tc_report_file *file, struct tc_span span, struct tc_str message, struct tc_buf *out)
{
    struct tc_report_extent extent = tc_report_extent(file, span);

    tc_buf_puts(out, TC_STR("{\"physicalLocation\": {"));
    put_artifact(out, extent.file);
    if (extent.begin.source != NULL) {
        tc_buf_puts(out, TC_STR(", \"region\": "));
        put_region(out, &extent);
    }
    tc_buf_putc(out, '}');
    if (message.len > 0) {
        tc_buf_puts(out, TC_STR(", \"message\": {\"text\": "));
        tc_json_string(out, message);
        tc_buf_putc(out, '}');
    }
    tc_buf_putc(out, '}');
}

/* The message with what is said below it. */
static void
put_message(const struct tc_diag *diag, struct tc_buf *out)
{
    struct tc_buf text = {0};

    tc_buf_puts(&text, diag->message);
    for (const struct tc_remark *remark = diag->remarks; remark != NULL; remark = remark->next)
        tc_buf_printf(&text, "\n%s: %.*s", remark->is_help ? "help" : "note", TC_STR_ARG(remark->text));
    tc_buf_puts(out, TC_STR("\"message\": {\"text\": "));
    tc_json_string(out, tc_buf_str(&text));
    tc_buf_putc(out, '}');
    out->failed |= text.failed;
    tc_buf_done(&text);
}

static void
put_fix(const struct tc_report_file *file, const struct tc_diag *diag, struct tc_buf *out)
{
    struct tc_report_extent extent = tc_report_extent(file, diag->edits->span);

    tc_buf_printf(out, ", \"fixes\": [{\"description\": {\"text\": \"%s\"}, \"artifactChanges\": [{",
                  diag->is_unsafe ? "may widen a grant, or guesses what was meant" : "safe");
    put_artifact(out, extent.file);
    tc_buf_puts(out, TC_STR(", \"replacements\": ["));
    for (const struct tc_edit *edit = diag->edits; edit != NULL; edit = edit->next) {
        extent = tc_report_extent(file, edit->span);
        tc_buf_puts(out, edit == diag->edits ? TC_STR("{\"deletedRegion\": ") : TC_STR(", {\"deletedRegion\": "));
        put_region(out, &extent);
        tc_buf_puts(out, TC_STR(", \"insertedContent\": {\"text\": "));
        tc_json_string(out, edit->text);
        tc_buf_puts(out, TC_STR("}}"));
    }
    tc_buf_puts(out, TC_STR("]}]}]"));
}

static void
put_result(const struct tc_report_file *file, const struct tc_diag *diag, struct tc_buf *out)
{
    tc_buf_printf(out, "{\"ruleId\": \"%s\", ", diag->code->id);
    put_level(out, diag->severity);
    tc_buf_puts(out, TC_STR(", "));
    put_message(diag, out);
    tc_buf_puts(out, TC_STR(", \"locations\": ["));
    put_location(file, diag->span, (struct tc_str){NULL, 0}, out);
    tc_buf_putc(out, ']');
    if (diag->labels != NULL) {
        tc_buf_puts(out, TC_STR(", \"relatedLocations\": ["));
        for (const struct tc_label *label = diag->labels; label != NULL; label = label->next) {
            if (label != diag->labels)
                tc_buf_puts(out, TC_STR(", "));
            put_location(file, label->span, label->text, out);
        }
        tc_buf_putc(out, ']');
    }
    if (diag->fingerprint.len > 0)
        tc_buf_printf(out, ", \"partialFingerprints\": {\"trustc/v1\": \"%.*s\"}", TC_STR_ARG(diag->fingerprint));
    if (diag->suppressed != NULL) {
        tc_buf_printf(out, ", \"suppressions\": [{\"kind\": \"%s\", \"justification\": ",
                      diag->suppressed->is_baseline ? "external" : "inSource");
        tc_json_string(out, diag->suppressed->reason);
        tc_buf_puts(out, TC_STR("}]"));
    }
    if (diag->edits != NULL)
        put_fix(file, diag, out);
    tc_buf_putc(out, '}');
}

void
tc_report_sarif_file(const struct tc_report_file *file, struct tc_buf *out)
{
    for (const struct tc_diag *diag = file->diags == NULL ? NULL : file->diags->first; diag != NULL;
         diag = diag->next) {
        if (diag != file->diags->first)
            tc_buf_puts(out, TC_STR(",\n"));
        put_result(file, diag, out);
    }
}

static void
put_rule(const struct tc_code *code, const char *group, const char **separator, struct tc_buf *out)
{
    struct tc_buf help = {0};

    tc_buf_printf(&help, "%s", code->more);
    if (code->good[0] != '\0')
        tc_buf_printf(&help, "\n\nwrong:\n%s\n\nright:\n%s\n", code->bad, code->good);
    tc_buf_printf(out, "%s{\"id\": \"%s\", \"name\": \"%s\", \"shortDescription\": {\"text\": ", *separator, code->id,
                  code->slug);
    tc_json_string(out, tc_str_of(code->sentence));
    tc_buf_puts(out, TC_STR("}, \"help\": {\"text\": "));
    tc_json_string(out, tc_buf_str(&help));
    tc_buf_puts(out, TC_STR("}, \"defaultConfiguration\": {"));
    put_level(out, code->severity);
    tc_buf_printf(out, "}, \"properties\": {\"tags\": [\"%s\"]}}", group);
    *separator = ",\n";
    out->failed |= help.failed;
    tc_buf_done(&help);
}

void
tc_report_sarif_end(const struct tc_report_totals *totals, struct tc_buf *out)
{
    const char *separator = "";

    tc_buf_puts(out, TC_STR("\n],\n\"tool\": {\"driver\": {\"name\": \"trustc\", \"version\": \"" TC_VERSION
                            "\", \"rules\": [\n"));
    for (int i = 0; i < TC_CHECK_COUNT_; i++) {
        const struct tc_check_info *info = tc_check_info((enum tc_check_id)i);

        if (totals->used[i])
            put_rule(&info->code, tc_check_group_name(info->group), &separator, out);
    }
    for (int i = 0; i < TC_CODE_COUNT_; i++)
        if (totals->codes[i])
            put_rule(tc_code((enum tc_code_id)i), "compiler", &separator, out);
    tc_buf_printf(out,
                  "\n]}},\n\"columnKind\": \"unicodeCodePoints\",\n\"invocations\": [{\"executionSuccessful\": %s, "
                  "\"toolExecutionNotifications\": [",
                  totals->unreadable > 0 ? "false" : "true");
    tc_buf_puts(out, tc_buf_str(&totals->notifications));
    tc_buf_puts(out, TC_STR("]}]\n}]}\n"));
}
