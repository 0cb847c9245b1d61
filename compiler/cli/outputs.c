#include "cli/outputs.h"

#include "cli/commands.h"

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
