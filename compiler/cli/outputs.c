#include "cli/outputs.h"

#include "ask/doc.h"

#include "cli/commands.h"
#include "plan/plan.h"

void
tc_put_path(struct tc_buf *out, struct tc_str dir, struct tc_str name)
{
    if (dir.len > 0)
        tc_buf_printf(out, "%.*s%s", TC_STR_ARG(dir), dir.ptr[dir.len - 1] == '/' ? "" : "/");
    tc_buf_puts(out, name);
}

static const char *
fate_word(enum tc_output_fate fate, bool check)
{
    switch (fate) {
    case TC_FATE_CURRENT:
        return "current";
    case TC_FATE_CHANGED:
        return check ? "differs" : "changed";
    case TC_FATE_CREATED:
        return check ? "missing" : "created";
    case TC_FATE_STALE:
        return check ? "stale" : "removed";
    }
    return "";
}

bool
tc_print_fates(const struct tc_commit_result *result, bool check)
{
    bool ok;
    struct tc_buf out = {0};
    size_t current = 0;

    for (size_t i = 0; i < result->count; i++) {
        const struct tc_output_report *report = &result->reports[i];

        if (report->fate == TC_FATE_CURRENT) {
            current++;
            continue;
        }
        tc_buf_printf(&out, "%s ", fate_word(report->fate, check));
        tc_put_path(&out, report->dir, report->name);
        tc_buf_putc(&out, '\n');
    }
    if (current > 0)
        tc_buf_printf(&out, "%zu %s %s\n", current, current == 1 ? "file" : "files", check ? "current" : "unchanged");
    ok = !out.failed && tc_print(tc_buf_str(&out));
    tc_buf_done(&out);
    return ok;
}

static enum tc_outputs_of
whose_is(struct tc_str name)
{
    for (int format = 0; format < TC_PLAN_FORMAT_COUNT_; format++)
        for (int undo = 0; undo < 2; undo++)
            if (tc_str_eq(name, tc_str_of(tc_plan_file_name((enum tc_plan_format)format, undo == 1))))
                return TC_OUTPUTS_OF_PLAN;
    for (int format = 0; format < TC_DOC_FORMAT_COUNT_; format++)
        if (tc_str_is(tc_str_last_part(name, "."), tc_doc_extension((enum tc_doc_format)format)))
            return TC_OUTPUTS_OF_DOC;
    return TC_OUTPUTS_OF_BUILD;
}

static void
complain_foreign(const struct tc_output_report *report, enum tc_outputs_of whose)
{
    struct tc_buf out = {0};
    struct tc_str dir = report->dir.len > 0 ? report->dir : TC_STR(".");

    if (whose == TC_OUTPUTS_OF_DOC || whose_is(report->name) == TC_OUTPUTS_OF_DOC)
        tc_buf_printf(&out,
                      "trustc %s: '%.*s' holds outputs of another command, '%.*s' among them, which would be removed: "
                      "write -o with a directory of its own\n",
                      whose == TC_OUTPUTS_OF_DOC    ? "doc"
                      : whose == TC_OUTPUTS_OF_PLAN ? "plan"
                                                    : "build",
                      TC_STR_ARG(dir), TC_STR_ARG(report->name));
    else if (whose == TC_OUTPUTS_OF_PLAN)
        tc_buf_printf(&out,
                      "trustc plan: '%.*s' holds outputs of another command, '%.*s' among them: give the plan a "
                      "directory of its own\n",
                      TC_STR_ARG(dir), TC_STR_ARG(report->name));
    else
        tc_buf_printf(&out,
                      "trustc build: '%.*s' holds a plan, which would be removed with '%.*s': write -o with a "
                      "directory of its own\n",
                      TC_STR_ARG(dir), TC_STR_ARG(report->name));
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
}

bool
tc_takes_foreign(struct tc_arena *arena, struct tc_sources *sources, const struct tc_output *outputs, size_t count,
                 enum tc_outputs_of whose)
{
    struct tc_commit_result result = {0};
    struct tc_diags ignored;

    tc_diags_init(&ignored, arena, sources);
    if (tc_commit_check(arena, outputs, count, &ignored, &result) != TC_OK)
        return false;
    for (size_t i = 0; i < result.count; i++) {
        const struct tc_output_report *report = &result.reports[i];

        if (report->fate == TC_FATE_STALE && whose_is(report->name) != whose) {
            complain_foreign(report, whose);
            return true;
        }
    }
    return false;
}
