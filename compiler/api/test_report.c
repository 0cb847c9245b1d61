#include "api/test_report.h"

#include "api/report.h"
#include "base/json.h"
#include "model/clauses.h"

#include <string.h>

static const char *
plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static const char *
kind_of(const struct tc_rule *rule)
{
    return rule->is_never ? "never" : "test";
}

void
tc_test_count(struct tc_test_totals *totals, const struct tc_test_file *file)
{
    totals->files++;
    totals->faults += file->run == NULL;
    for (size_t i = 0; file->run != NULL && i < file->run->count; i++) {
        totals->rules += i == 0 || file->run->lines[i].rule != file->run->lines[i - 1].rule;
        totals->lines++;
        totals->failed += file->run->lines[i].failed > 0;
    }
    if (file->coverage != NULL) {
        totals->has_coverage |= file->lists_coverage;
        totals->atoms += file->coverage->count;
        totals->exercised += file->coverage->exercised;
    }
    if (file->mutants != NULL) {
        totals->has_mutants = true;
        totals->mutants += file->mutants->count;
        totals->noticed += file->mutants->noticed;
    }
}

/* ---- lines of rules ---- */

/* The line as it stands in the source: one line of text, blanks as they may come. */
static struct tc_str
text_of(const struct tc_test_file *file, struct tc_span span)
{
    const struct tc_source *source = tc_sources_find(&file->c->sources, span.begin);
    struct tc_str text =
        source == NULL ? TC_STR("") : tc_str_sub(source->text, span.begin - source->base, span.end - span.begin);
    struct tc_buf out = {0};
    bool blank = false;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ' ' || text.ptr[i] == '\t' || text.ptr[i] == '\n' || text.ptr[i] == '\r') {
            blank = out.len > 0;
            continue;
        }
        if (blank)
            tc_buf_putc(&out, ' ');
        blank = false;
        tc_buf_putc(&out, text.ptr[i]);
    }
    if (out.len > 0 && out.ptr[out.len - 1] == ';')
        out.len--;
    return tc_arena_take(&file->c->arena, &out);
}

/* What fails of one line, as findings. */
static void
diagnose(const struct tc_test_file *file, const struct tc_rule_line *line, struct tc_diags *diags)
{
    tc_diags_init(diags, &file->c->arena, &file->c->sources);
    tc_rule_report(line, diags);
}

static struct tc_place
place_of(const struct tc_test_file *file, struct tc_span span)
{
    return tc_sources_place(&file->c->sources, span.begin);
}

static void
put_place(struct tc_buf *out, const struct tc_place *place)
{
    if (place->source != NULL)
        tc_buf_printf(out, "%.*s:%u:%u", TC_STR_ARG(place->source->name), place->line, place->column);
}

/* ---- text ---- */

static size_t
failed_lines(const struct tc_rule_run *run, size_t first, size_t *ret_end)
{
    size_t failed = 0, end = first;

    for (; end < run->count && run->lines[end].rule == run->lines[first].rule; end++)
        failed += run->lines[end].failed > 0;
    *ret_end = end;
    return failed;
}

static void
put_findings(enum tc_test_format format, const struct tc_test_file *file, const struct tc_rule_line *line, bool color,
             struct tc_buf *out)
{
    struct tc_render_options options = {
        .format = format == TC_TEST_SHORT ? TC_FORMAT_SHORT : TC_FORMAT_TEXT, .color = color, .no_summary = true};
    struct tc_diags diags;

    diagnose(file, line, &diags);
    tc_render(&diags, &options, out);
}

static void
put_words(struct tc_buf *out, const struct tc_granted_atom *atom)
{
    const struct tc_subject *subject = atom->users->subject;

    tc_demand_put(out, tc_runtime_info(subject->policy->runtime)->framework, atom->perm);
}

static void
put_uncovered_text(const struct tc_test_file *file, struct tc_buf *out)
{
    const struct tc_coverage *coverage = file->coverage;

    for (size_t i = 0; i < coverage->count; i++) {
        struct tc_place place = place_of(file, coverage->atoms[i]->perm->span);

        if (coverage->atoms[i]->is_exercised)
            continue;
        put_place(out, &place);
        tc_buf_puts(out, TC_STR(": no test asks for "));
        put_words(out, coverage->atoms[i]);
        tc_buf_putc(out, '\n');
    }
}

static const char *
mutation_words(const struct tc_survivor *survivor)
{
    if (survivor->mutation == TC_MUTATION_DROP)
        return "could be taken out";
    return survivor->to_parent ? "could be for the directory above" : "could be unrestricted";
}

static void
put_survivors_text(const struct tc_test_file *file, struct tc_buf *out)
{
    for (size_t i = 0; i < file->mutants->survivor_count; i++) {
        const struct tc_survivor *survivor = &file->mutants->survivors[i];
        struct tc_place place = place_of(file, survivor->atom->perm->span);

        put_place(out, &place);
        tc_buf_puts(out, TC_STR(": "));
        put_words(out, survivor->atom);
        tc_buf_printf(out, " %s, and no test or never would notice\n", mutation_words(survivor));
    }
}

static void
put_text(enum tc_test_format format, const struct tc_test_file *file, bool color, struct tc_buf *out)
{
    for (size_t i = 0, end; i < file->run->count; i = end) {
        const struct tc_rule *rule = file->run->lines[i].rule;
        size_t failed = failed_lines(file->run, i, &end);
        struct tc_place place = place_of(file, rule->span);

        if (format == TC_TEST_TEXT) {
            tc_buf_printf(out, "%s  %s \"%.*s\", ", failed > 0 ? "FAIL" : "ok  ", kind_of(rule),
                          TC_STR_ARG(rule->title));
            put_place(out, &place);
            tc_buf_printf(out, ": %zu line%s", end - i, plural(end - i));
            if (failed > 0)
                tc_buf_printf(out, ", %zu fail%s", failed, failed == 1 ? "s" : "");
            tc_buf_putc(out, '\n');
        }
        for (size_t j = i; j < end; j++)
            if (file->run->lines[j].failed > 0)
                put_findings(format, file, &file->run->lines[j], color, out);
    }
    if (file->coverage != NULL && file->lists_coverage)
        put_uncovered_text(file, out);
    if (file->mutants != NULL)
        put_survivors_text(file, out);
}

static void
put_text_end(const struct tc_test_totals *totals, struct tc_buf *out)
{
    tc_buf_printf(out, "%zu rule%s, %zu line%s: ", totals->rules, plural(totals->rules), totals->lines,
                  plural(totals->lines));
    if (totals->lines == 0)
        tc_buf_puts(out, TC_STR("nothing was tested"));
    else if (totals->failed == 0)
        tc_buf_puts(out, TC_STR("all hold"));
    else
        tc_buf_printf(out, "%zu fail%s", totals->failed, totals->failed == 1 ? "s" : "");
    if (totals->faults > 0)
        tc_buf_printf(out, "; %zu source%s not tested", totals->faults, plural(totals->faults));
    tc_buf_putc(out, '\n');
    if (totals->has_coverage)
        tc_buf_printf(out, "tests ask for %zu of %zu granted part%s: %u %%\n", totals->exercised, totals->atoms,
                      plural(totals->atoms), tc_percent(totals->exercised, totals->atoms));
    if (totals->has_mutants)
        tc_buf_printf(out, "rules notice %zu of %zu change%s of grants: %u %%\n", totals->noticed, totals->mutants,
                      plural(totals->mutants), tc_percent(totals->noticed, totals->mutants));
}

/* ---- JSON ---- */

static void
put_json_text(struct tc_buf *out, const char *key, struct tc_str text)
{
    tc_buf_printf(out, "\"%s\": ", key);
    tc_json_string(out, text);
}

static void
put_json_place(struct tc_buf *out, const struct tc_place *place)
{
    put_json_text(out, "file", place->source == NULL ? TC_STR("") : place->source->name);
    tc_buf_printf(out, ", \"line\": %u, \"column\": %u", place->line, place->column);
}

static void
put_json_line(const struct tc_test_file *file, const struct tc_rule_line *line, struct tc_buf *out)
{
    struct tc_place place = place_of(file, line->line->span);
    struct tc_diags diags;

    tc_buf_puts(out, TC_STR("{"));
    put_json_place(out, &place);
    tc_buf_puts(out, TC_STR(", "));
    put_json_text(out, "says", text_of(file, line->line->span));
    tc_buf_printf(out, ", \"asked\": %zu, \"failed\": %zu, \"diagnostics\": [", line->asked, line->failed);
    diagnose(file, line, &diags);
    for (const struct tc_diag *diag = diags.first; diag != NULL; diag = diag->next) {
        tc_buf_putc(out, '\n');
        tc_render_json_diag(&diags, diag, out);
        if (diag->next != NULL)
            tc_buf_putc(out, ',');
    }
    tc_buf_puts(out, TC_STR("]}"));
}

static void
put_json_atom(const struct tc_test_file *file, const struct tc_granted_atom *atom, struct tc_buf *out)
{
    struct tc_place place = place_of(file, atom->perm->span);
    struct tc_buf words = {0};

    put_words(&words, atom);
    put_json_place(out, &place);
    tc_buf_puts(out, TC_STR(", "));
    put_json_text(out, "grant", tc_buf_str(&words));
    out->failed |= words.failed;
    tc_buf_done(&words);
}

static void
put_json_coverage(const struct tc_test_file *file, struct tc_buf *out)
{
    const struct tc_coverage *coverage = file->coverage;
    bool any = false;

    tc_buf_printf(out, ",\n\"coverage\": {\"granted\": %zu, \"exercised\": %zu, \"percent\": %u, \"unexercised\": [",
                  coverage->count, coverage->exercised, tc_percent(coverage->exercised, coverage->count));
    for (size_t i = 0; i < coverage->count; i++) {
        if (coverage->atoms[i]->is_exercised)
            continue;
        tc_buf_puts(out, any ? TC_STR(",\n{") : TC_STR("\n{"));
        put_json_atom(file, coverage->atoms[i], out);
        tc_buf_putc(out, '}');
        any = true;
    }
    tc_buf_puts(out, TC_STR("]}"));
}

static void
put_json_mutants(const struct tc_test_file *file, struct tc_buf *out)
{
    const struct tc_mutants *mutants = file->mutants;

    tc_buf_printf(out, ",\n\"mutation\": {\"changes\": %zu, \"noticed\": %zu, \"percent\": %u, \"survivors\": [",
                  mutants->count, mutants->noticed, tc_percent(mutants->noticed, mutants->count));
    for (size_t i = 0; i < mutants->survivor_count; i++) {
        const struct tc_survivor *survivor = &mutants->survivors[i];

        tc_buf_puts(out, i > 0 ? TC_STR(",\n{") : TC_STR("\n{"));
        put_json_atom(file, survivor->atom, out);
        tc_buf_printf(out, ", \"change\": \"%s\"}",
                      survivor->mutation == TC_MUTATION_DROP ? "drop"
                      : survivor->to_parent                  ? "widen-to-parent"
                                                             : "widen-to-all");
    }
    tc_buf_puts(out, TC_STR("]}"));
}

static void
put_json(const struct tc_test_file *file, struct tc_buf *out)
{
    tc_buf_putc(out, '{');
    put_json_text(out, "file", file->name);
    if (file->run == NULL) {
        tc_buf_puts(out, TC_STR(", "));
        put_json_text(out, "fault", tc_str_of(file->fault));
        tc_buf_putc(out, '}');
        return;
    }
    tc_buf_puts(out, TC_STR(", \"rules\": ["));
    for (size_t i = 0, end; i < file->run->count; i = end) {
        const struct tc_rule *rule = file->run->lines[i].rule;
        size_t failed = failed_lines(file->run, i, &end);

        tc_buf_puts(out, i > 0 ? TC_STR(",\n{") : TC_STR("\n{"));
        put_json_text(out, "kind", tc_str_of(kind_of(rule)));
        tc_buf_puts(out, TC_STR(", "));
        put_json_text(out, "title", rule->title);
        tc_buf_printf(out, ", \"holds\": %s, \"lines\": [", failed == 0 ? "true" : "false");
        for (size_t j = i; j < end; j++) {
            tc_buf_puts(out, j > i ? TC_STR(",\n") : TC_STR("\n"));
            put_json_line(file, &file->run->lines[j], out);
        }
        tc_buf_puts(out, TC_STR("]}"));
    }
    tc_buf_putc(out, ']');
    if (file->coverage != NULL && file->lists_coverage)
        put_json_coverage(file, out);
    if (file->mutants != NULL)
        put_json_mutants(file, out);
    tc_buf_putc(out, '}');
}

/* ---- JUnit ---- */

static void
put_junit_line(const struct tc_test_file *file, const struct tc_rule_line *line, struct tc_buf *out)
{
    struct tc_place place = place_of(file, line->line->span);
    struct tc_diags diags;

    tc_buf_puts(out, TC_STR("    <testcase classname=\""));
    tc_report_xml(out, line->rule->title);
    tc_buf_puts(out, TC_STR("\" name=\""));
    tc_report_xml(out, text_of(file, line->line->span));
    tc_buf_puts(out, TC_STR("\" file=\""));
    tc_report_xml(out, place.source == NULL ? TC_STR("") : place.source->name);
    tc_buf_printf(out, "\" line=\"%u\"", place.line);
    if (line->failed == 0) {
        tc_buf_puts(out, TC_STR("/>\n"));
        return;
    }
    tc_buf_puts(out, TC_STR(">"));
    diagnose(file, line, &diags);
    for (const struct tc_diag *diag = diags.first; diag != NULL; diag = diag->next) {
        tc_buf_printf(out, "<failure type=\"%s\" message=\"", diag->code->slug);
        tc_report_xml(out, diag->message);
        tc_buf_puts(out, TC_STR("\">"));
        for (const struct tc_label *label = diag->labels; label != NULL; label = label->next) {
            struct tc_place at = place_of(file, label->span);

            if (label != diag->labels)
                tc_buf_puts(out, TC_STR("; "));
            if (at.source != NULL) {
                tc_report_xml(out, at.source->name);
                tc_buf_printf(out, ":%u:%u: ", at.line, at.column);
            }
            tc_report_xml(out, label->text);
        }
        tc_buf_puts(out, TC_STR("</failure>"));
    }
    tc_buf_puts(out, TC_STR("</testcase>\n"));
}

static void
put_junit(const struct tc_test_file *file, struct tc_buf *out)
{
    if (file->run == NULL) {
        tc_buf_puts(out, TC_STR("  <testsuite name=\""));
        tc_report_xml(out, file->name);
        tc_buf_puts(out, TC_STR("\" tests=\"1\" failures=\"0\" errors=\"1\">\n    <testcase classname=\"trustc\" "
                                "name=\"read\"><error message=\""));
        tc_report_xml(out, tc_str_of(file->fault));
        tc_buf_puts(out, TC_STR("\"/></testcase>\n  </testsuite>\n"));
        return;
    }
    for (size_t i = 0, end; i < file->run->count; i = end) {
        size_t failed = failed_lines(file->run, i, &end);

        tc_buf_puts(out, TC_STR("  <testsuite name=\""));
        tc_report_xml(out, file->name);
        tc_buf_printf(out, ": %s ", kind_of(file->run->lines[i].rule));
        tc_report_xml(out, file->run->lines[i].rule->title);
        tc_buf_printf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n", end - i, failed);
        for (size_t j = i; j < end; j++)
            put_junit_line(file, &file->run->lines[j], out);
        tc_buf_puts(out, TC_STR("  </testsuite>\n"));
    }
}

/* ---- TAP ---- */

/* A description: `#` would begin a directive, a line's end ends it. */
static void
put_tap_text(struct tc_buf *out, struct tc_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '#')
            tc_buf_putc(out, '\\');
        tc_buf_putc(out, (unsigned char)text.ptr[i] < 0x20 ? ' ' : text.ptr[i]);
    }
}

static void
put_tap_line(const struct tc_test_file *file, const struct tc_rule_line *line, size_t number, struct tc_buf *out)
{
    struct tc_diags diags;

    tc_buf_printf(out, "%s %zu - ", line->failed > 0 ? "not ok" : "ok", number);
    put_tap_text(out, line->rule->title);
    tc_buf_puts(out, TC_STR(": "));
    put_tap_text(out, text_of(file, line->line->span));
    tc_buf_putc(out, '\n');
    if (line->failed == 0)
        return;
    tc_buf_puts(out, TC_STR("  ---\n  findings:\n"));
    diagnose(file, line, &diags);
    for (const struct tc_diag *diag = diags.first; diag != NULL; diag = diag->next) {
        struct tc_place place = place_of(file, diag->labels != NULL ? diag->labels->span : diag->span);
        struct tc_buf at = {0};

        put_place(&at, &place);
        tc_buf_puts(out, TC_STR("    - message: "));
        tc_json_string(out, diag->message); /* YAML reads JSON's strings */
        tc_buf_puts(out, TC_STR("\n      at: "));
        tc_json_string(out, tc_buf_str(&at));
        tc_buf_putc(out, '\n');
        out->failed |= at.failed;
        tc_buf_done(&at);
    }
    tc_buf_puts(out, TC_STR("  ...\n"));
}

static void
put_tap(const struct tc_test_file *file, struct tc_test_totals *done, struct tc_buf *out)
{
    if (file->run == NULL) {
        done->lines++;
        tc_buf_printf(out, "not ok %zu - ", done->lines);
        put_tap_text(out, file->name);
        tc_buf_puts(out, TC_STR(": "));
        put_tap_text(out, tc_str_of(file->fault));
        tc_buf_putc(out, '\n');
        return;
    }
    for (size_t i = 0; i < file->run->count; i++)
        put_tap_line(file, &file->run->lines[i], done->lines + i + 1, out);
}

/* ---- pieces ---- */

void
tc_test_begin(enum tc_test_format format, const struct tc_test_totals *totals, struct tc_buf *out)
{
    if (format == TC_TEST_JSON)
        tc_buf_puts(out, TC_STR("{\"schema\": 1, \"files\": [\n"));
    else if (format == TC_TEST_JUNIT)
        tc_buf_puts(out, TC_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"trustc test\">\n"));
    else if (format == TC_TEST_TAP)
        tc_buf_printf(out, "TAP version 13\n1..%zu\n", totals->lines + totals->faults);
}

void
tc_test_file_put(enum tc_test_format format, const struct tc_test_file *file, bool color, struct tc_test_totals *done,
                 struct tc_buf *out)
{
    switch (format) {
    case TC_TEST_TEXT:
    case TC_TEST_SHORT:
        if (file->run != NULL)
            put_text(format, file, color, out);
        break;
    case TC_TEST_JSON:
        if (done->files > 0)
            tc_buf_puts(out, TC_STR(",\n"));
        put_json(file, out);
        break;
    case TC_TEST_JUNIT:
        put_junit(file, out);
        break;
    case TC_TEST_TAP:
        put_tap(file, done, out);
        break;
    case TC_TEST_FORMAT_COUNT_:
        break;
    }
    tc_test_count(done, file);
}

void
tc_test_end(enum tc_test_format format, const struct tc_test_totals *totals, struct tc_buf *out)
{
    if (format == TC_TEST_JSON)
        tc_buf_printf(out, "\n], \"rules\": %zu, \"lines\": %zu, \"failed\": %zu, \"faults\": %zu}\n", totals->rules,
                      totals->lines, totals->failed, totals->faults);
    else if (format == TC_TEST_JUNIT)
        tc_buf_puts(out, TC_STR("</testsuites>\n"));
    else if (format == TC_TEST_TEXT || format == TC_TEST_SHORT)
        put_text_end(totals, out);
}
