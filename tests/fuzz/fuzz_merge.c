/*
 * Any bytes as the existing configuration file that our entries are merged into. What comes out must be XML that
 * libxml2 accepts, and merging the same entries into it once more must change nothing.
 */
#include "emit/merge.h"
#include "xml/conform.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct tc_code code = {.id = "T9999", .slug = "fuzz", .severity = TC_SEVERITY_ERROR};
static const struct tc_conform_codes codes = {&code, &code, &code};

static const struct tc_trust_level levels[] = {
    {.name = {"Full", 4}, .policy_file = {"internal", 8}},
    {.name = {"High", 4}, .policy_file = {"web_hightrust.config", 20}},
    {.name = {"Medium", 6}, .policy_file = {"web_mediumtrust.config", 22}},
    {.name = {"Low", 3}, .policy_file = {"web_lowtrust.config", 19}},
    {.name = {"Minimal", 7}, .policy_file = {"web_minimaltrust.config", 23}},
    {.name = {"R & D", 5}, .policy_file = {"web_r & dtrust.config", 21}},
};

static const struct tc_full_trust_assembly assembly = {{"Contoso.Data", 12}, {"1.0.0.0", 7}, {"0024", 4}};

static const struct tc_trust_entry applications[] = {
    {.path = {"Default Web Site/contoso", 24},
     .level = {"R & D", 5},
     .origin = {"https?://www\\.contoso\\.com/.*", 29},
     .full_trust = &assembly,
     .full_trust_count = 1,
     .temp_directory = {"E:\\Temp", 7},
     .impersonate = 1},
    {.path = {"Default Web Site/fabrikam", 25}, .level = {"Low", 3}, .impersonate = -1},
};

static void
merge(enum tc_clr clr, const uint8_t *data, size_t size)
{
    const struct tc_config_entries entries = {
        .clr = clr,
        .levels = levels,
        .level_count = sizeof levels / sizeof levels[0],
        .machine = {.level = {"Medium", 6}, .impersonate = -1},
        .applications = applications,
        .application_count = sizeof applications / sizeof applications[0],
    };
    struct tc_arena arena;
    struct tc_sources sources;
    struct tc_diags diags;
    struct tc_source *existing, *merged;
    struct tc_buf first, second;

    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    tc_diags_init(&diags, &arena, &sources);
    tc_buf_init(&first);
    tc_buf_init(&second);
    existing = tc_sources_add(&sources, TC_STR("web.config"), (struct tc_str){(const char *)data, size});
    if (tc_config_merge(&arena, &entries, existing, &diags, &first) == TC_OK) {
        merged = tc_sources_add(&sources, TC_STR("merged"), tc_buf_str(&first));
        if (tc_conform_check(merged, &diags, &codes) != TC_OK)
            abort();
        if (tc_config_merge(&arena, &entries, merged, &diags, &second) != TC_OK)
            abort();
        if (!tc_str_eq(tc_buf_str(&first), tc_buf_str(&second)))
            abort();
    } else if (diags.errors == 0 || first.len > 0) {
        abort(); /* it says why, and leaves the output alone */
    }
    tc_buf_done(&first);
    tc_buf_done(&second);
    tc_arena_done(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    merge(TC_CLR_4_0, data, size);
    merge(TC_CLR_1_1, data, size);
    return 0;
}
