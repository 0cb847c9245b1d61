/*
 * Any bytes as a source, all the way to outputs. Whatever compiles must be XML to libxml2, policy files also to the
 * framework's own reader after ASP.NET has put its tokens in, and a second run must give the same bytes.
 */
#include "api/trustc.h"
#include "base/render.h"
#include "xml/clr_text.h"
#include "xml/conform.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct tc_code code = {.id = "T9999", .slug = "fuzz", .severity = TC_SEVERITY_ERROR};
static const struct tc_conform_codes codes = {&code, &code, &code};

/* What `use` finds: the main source itself, another file, nothing, or a file that does not parse. */
static enum tc_status
read_file(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    struct tc_compilation *c = state;
    struct tc_str text = TC_STR("policy FromUse extends medium { grant Dns unrestricted; }\nuse \"again\";\n");
    char *copy;

    if (tc_str_ends(path, TC_STR("missing"))) {
        *ret_reason = "No such file or directory";
        return TC_ERR_IO;
    }
    if (tc_str_ends(path, TC_STR("broken")))
        text = TC_STR("policy { grant\n} application \"x");
    if (tc_str_ends(path, TC_STR("self")))
        text = c->sources.list[0]->text;
    copy = tc_arena_array(&c->arena, char, text.len + 2);
    if (copy == NULL)
        return TC_ERR_NOMEM;
    memcpy(copy, text.ptr, text.len);
    *ret_text = (struct tc_str){copy, text.len};
    return TC_OK;
}

/* As ASP.NET does before it parses: plain text, in this order, nothing escaped. */
static struct tc_str
replace_tokens(struct tc_arena *arena, struct tc_str text)
{
    static const struct {
        struct tc_str token, value;
    } tokens[] = {
        {{"$AppDir$", 8}, {"C:\\Sites\\my app", 15}},
        {{"$AppDirUrl$", 11}, {"file:///C:/Sites/my app", 23}},
        {{"$CodeGen$", 9}, {"file:///C:/Temp/root", 20}},
        {{"$OriginHost$", 12}, {"https?://www\\.contoso\\.com/.*", 29}},
        {{"$Gac$", 5}, {"file:///C:/WINDOWS/assembly", 27}},
    };

    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        struct tc_buf out;
        size_t from = 0, at;

        tc_buf_init(&out);
        while ((at = tc_str_find(text, tokens[i].token, from)) != SIZE_MAX) {
            tc_buf_puts(&out, tc_str_sub(text, from, at - from));
            tc_buf_puts(&out, tokens[i].value);
            from = at + tokens[i].token.len;
        }
        tc_buf_puts(&out, tc_str_sub(text, from, SIZE_MAX));
        text = tc_arena_str(arena, tc_buf_str(&out));
        tc_buf_done(&out);
    }
    return text;
}

static void
check_output(struct tc_compilation *c, const struct tc_output *output)
{
    const struct tc_source *source = tc_sources_add(&c->sources, output->name, output->bytes);
    struct tc_clr_fault fault;
    struct tc_element *root;

    if (tc_conform_check(source, &c->diags, &codes) != TC_OK)
        abort();
    if (output->stage == TC_STAGE_POLICY &&
        tc_clr_read(&c->arena, replace_tokens(&c->arena, output->bytes), 0, &root, &fault) != TC_OK)
        abort();
}

static enum tc_status
build(struct tc_compilation *c, struct tc_str text, struct tc_output **ret_outputs, size_t *ret_count)
{
    const struct tc_sema_options options = {.today = {"2026-11-23", 10}};
    const struct tc_target target = {.dir = {"out", 3}};
    struct tc_sema_host host = tc_host_builtin();
    enum tc_status status;

    tc_compilation_init(c);
    host.state = c;
    host.read_file = read_file;
    status = tc_compile(c, &host, &options, TC_STR("dir/fuzz.trust"), text);
    if (status == TC_OK && c->diags.errors > 0)
        abort();
    if (status == TC_OK)
        status = tc_emit(c, &target, 1, ret_outputs, ret_count);
    if (status != TC_OK && c->diags.errors == 0)
        abort(); /* it says why */
    return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct tc_render_options options = {.format = TC_FORMAT_TEXT};
    struct tc_str text = {(const char *)data, size};
    struct tc_output *outputs = NULL, *again = NULL;
    struct tc_compilation first, second;
    size_t count = 0, again_count = 0;
    struct tc_buf out;

    if (build(&first, text, &outputs, &count) == TC_OK) {
        if (build(&second, text, &again, &again_count) != TC_OK || count != again_count)
            abort();
        for (size_t i = 0; i < count; i++) {
            if (!tc_str_eq(outputs[i].name, again[i].name) || !tc_str_eq(outputs[i].bytes, again[i].bytes))
                abort();
            check_output(&first, &outputs[i]);
        }
        tc_compilation_done(&second);
    }
    tc_buf_init(&out);
    tc_render(&first.diags, &options, &out);
    tc_buf_done(&out);
    tc_compilation_done(&first);
    return 0;
}
