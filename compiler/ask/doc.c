#include "ask/doc.h"

#include "base/ascii.h"
#include "base/map.h"
#include "base/markdown.h"
#include "isolate/escapes.h"
#include "report/html.h"
#include "report/words.h"
#include "verify/expected.h"

#include <string.h>

/* ---- what goes wrong ---- */

enum need { NEED_ALL, NEED_ANY, NEED_FLAG, NEED_SANDBOX };

static const struct trouble {
    enum tc_since since;
    enum tc_class_id cls;
    enum need need;
    const char *name;
    const char *title, *message, *why, *help, *ask;
} troubles[] = {
#define TC_TROUBLE(id, since, cls, need, name, title, message, why, help, ask, source)                                 \
    {TC_SINCE_##since, TC_CLASS_##cls, NEED_##need, name, title, message, why, help, ask},
#include "data/exceptions.def"
};

/* Whether what @a trouble is about is kept from the application. */
static bool
concerns(const struct trouble *trouble, const struct tc_reach *reach, enum tc_framework framework)
{
    const struct tc_perm *perm;
    const struct tc_enum_value *flag;

    if (!tc_since_in(trouble->since, framework))
        return false;
    if (trouble->need == NEED_SANDBOX)
        return true;
    if (!tc_class_in(tc_class(trouble->cls), framework))
        return false;
    perm = tc_reach_sure_perm(reach, trouble->cls);
    if (perm == NULL || trouble->need == NEED_ANY)
        return perm == NULL;
    if (trouble->need == NEED_ALL)
        return !perm->unrestricted;
    flag = tc_enum_find(tc_enum(perm->cls->fields[0].values), tc_str_of(trouble->name));
    return flag != NULL && !tc_perm_has_flags(perm, 0, (uint64_t)flag->value);
}

/* ---- markup ---- */

struct page {
    struct tc_buf *out;
    enum tc_doc_format format;
};

/* Text that someone wrote, or that a row says. */
static void
put_text(const struct page *p, struct tc_str text)
{
    struct tc_buf visible = {0};

    if (p->format == TC_DOC_HTML) {
        tc_html_put(p->out, text);
        return;
    }
    tc_visible_put(&visible, text);
    tc_markdown_text(p->out, tc_buf_str(&visible));
    p->out->failed |= visible.failed;
    tc_buf_done(&visible);
}

static void
put_code(const struct page *p, struct tc_str text)
{
    struct tc_buf visible = {0};

    if (p->format == TC_DOC_HTML) {
        tc_buf_puts(p->out, TC_STR("<code>"));
        tc_html_put(p->out, text);
        tc_buf_puts(p->out, TC_STR("</code>"));
        return;
    }
    tc_visible_put(&visible, text);
    tc_markdown_code(p->out, tc_buf_str(&visible), false);
    p->out->failed |= visible.failed;
    tc_buf_done(&visible);
}

static void
put_name(const struct page *p, struct tc_str name)
{
    if (p->format == TC_DOC_HTML)
        tc_buf_puts(p->out, TC_STR("<bdi>"));
    put_text(p, name);
    if (p->format == TC_DOC_HTML)
        tc_buf_puts(p->out, TC_STR("</bdi>"));
}

/* What begins and ends each kind of block. */
enum block { HEADING_1, HEADING_2, HEADING_3, PARAGRAPH, QUOTE, ITEM, BLOCK_COUNT_ };

static void
begin(const struct page *p, enum block block)
{
    static const char *const markdown[BLOCK_COUNT_] = {"# ", "\n## ", "\n### ", "\n", "\n> ", "- "};
    static const char *const html[BLOCK_COUNT_] = {"<h1>", "<h2>", "<h3>", "<p>", "<blockquote><p>", "<li>"};

    tc_buf_puts(p->out, tc_str_of((p->format == TC_DOC_HTML ? html : markdown)[block]));
}

static void
end(const struct page *p, enum block block)
{
    static const char *const html[BLOCK_COUNT_] = {"</h1>\n", "</h2>\n", "</h3>\n", "</p>\n", "</p></blockquote>\n",
                                                   "</li>\n"};

    tc_buf_puts(p->out, p->format == TC_DOC_HTML ? tc_str_of(html[block]) : TC_STR("\n"));
}

/* Around items; in Markdown an empty line is enough. */
static void
put_list(const struct page *p, bool is_end)
{
    if (p->format == TC_DOC_HTML)
        tc_buf_puts(p->out, is_end ? TC_STR("</ul>\n") : TC_STR("<ul>\n"));
    else if (!is_end)
        tc_buf_putc(p->out, '\n');
}

static void
put_block(const struct page *p, enum block block, const char *text)
{
    begin(p, block);
    put_text(p, tc_str_of(text));
    end(p, block);
}

/* ---- sentences ---- */

static void
put_sentence(const struct page *p, const struct tc_words *words)
{
    begin(p, ITEM);
    put_text(p, words->before);
    for (const struct tc_words_object *object = words->objects; object != NULL; object = object->next) {
        tc_buf_puts(p->out, object == words->objects ? TC_STR(" ") : TC_STR(", "));
        if (object->name.len > 0) {
            put_code(p, object->name);
            tc_buf_puts(p->out, object->words.len > 0 ? TC_STR(" ") : TC_STR(""));
        }
        put_text(p, object->words);
    }
    tc_buf_puts(p->out, words->after.len > 0 ? TC_STR(" ") : TC_STR(""));
    put_text(p, words->after);
    if (words->because.len > 0) {
        tc_buf_puts(p->out, TC_STR(" ("));
        put_text(p, words->because);
        tc_buf_putc(p->out, ')');
    }
    end(p, ITEM);
}

/* Sentences of one kind under their heading; nothing when there is none. */
static void
put_sentences(const struct page *p, const struct tc_words *words, const char *heading, bool is_not, bool possible)
{
    bool any = false;

    for (; words != NULL; words = words->next) {
        if (words->is_not != is_not || (!is_not && words->possible != possible))
            continue;
        if (!any) {
            put_block(p, HEADING_2, heading);
            put_list(p, false);
        }
        any = true;
        put_sentence(p, words);
    }
    if (any)
        put_list(p, true);
}

/* ---- parts of a page ---- */

static void
put_fact(const struct page *p, const char *what, struct tc_str value)
{
    if (value.len == 0)
        return;
    begin(p, ITEM);
    tc_buf_printf(p->out, "%s: ", what);
    put_code(p, value);
    end(p, ITEM);
}

static void
put_facts(const struct page *p, const struct tc_model *model, const struct tc_application *app)
{
    put_list(p, false);
    put_fact(p, "server", model->server_name);
    put_fact(p, "place in IIS", app->location.text);
    put_fact(p, "directory", app->root.text);
    put_fact(p, ".NET framework", tc_str_of(tc_runtime_info(app->runtime)->name));
    put_fact(p, "trust level", app->policy == NULL ? TC_STR("") : app->policy->name);
    put_fact(p, "application pool", app->pool.text);
    put_list(p, true);
}

/* Whether no grant is enough: the provider demands full trust as well. */
static bool
needs_full_trust(const struct trouble *trouble, enum tc_framework framework)
{
    return framework == TC_FX_1_1 && trouble->cls != TC_CLASS_COUNT_ &&
           (tc_class(trouble->cls)->traits & TC_TRAIT_NEEDS_FULL_TRUST_1_1) != 0;
}

static void
put_trouble(const struct page *p, const struct trouble *trouble, enum tc_framework framework)
{
    put_block(p, HEADING_3, trouble->title);
    if (trouble->message[0] != '\0')
        put_block(p, QUOTE, trouble->message);
    put_block(p, PARAGRAPH, trouble->why);
    put_block(p, PARAGRAPH, trouble->help);
    if (needs_full_trust(trouble, framework)) {
        put_block(p, PARAGRAPH,
                  "Under 1.1 no grant is enough: this part of the framework asks for full trust besides.");
        return;
    }
    if (trouble->ask[0] == '\0')
        return;
    begin(p, PARAGRAPH);
    tc_buf_puts(p->out, TC_STR("What the person who runs the server would grant, with your own names in it: "));
    put_code(p, tc_str_of(trouble->ask));
    end(p, PARAGRAPH);
}

static void
put_troubles(const struct page *p, const struct tc_reach *reach, enum tc_framework framework)
{
    put_block(p, HEADING_2, "When something fails");
    put_block(
        p, PARAGRAPH,
        "What code access security keeps your application from ends in a SecurityException. Its text says what was "
        "asked for, under 'the first permission that failed'. When you ask for a grant, send the whole text along: "
        "the smallest grant can be worked out from it.");
    for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++)
        if (concerns(&troubles[i], reach, framework))
            put_trouble(p, &troubles[i], framework);
}

static void
put_head(const struct page *p, const char *before, struct tc_str name, const char *behind)
{
    if (p->format == TC_DOC_HTML) {
        tc_buf_puts(p->out,
                    TC_STR("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"));
        tc_buf_puts(p->out, tc_str_of(before));
        put_text(p, name);
        tc_buf_printf(
            p->out,
            "%s</title>\n<style>body{font:1rem/1.5 sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem}"
            "code{overflow-wrap:anywhere}blockquote{margin-left:0;padding-left:1rem;border-left:.2rem solid}"
            "</style>\n</head>\n<body>\n",
            behind);
    }
    begin(p, HEADING_1);
    tc_buf_puts(p->out, tc_str_of(before));
    put_name(p, name);
    tc_buf_puts(p->out, tc_str_of(behind));
    end(p, HEADING_1);
}

static void
put_foot(const struct page *p)
{
    if (p->format == TC_DOC_HTML)
        tc_buf_puts(p->out, TC_STR("</body>\n</html>\n"));
}

const char *
tc_doc_extension(enum tc_doc_format format)
{
    return format == TC_DOC_HTML ? "html" : "md";
}

static bool
is_full(const struct tc_subject *subject)
{
    for (size_t i = 0; i < TC_OWN_KINDS; i++)
        if (subject->grants[i].sure == NULL || !subject->grants[i].sure->unrestricted)
            return false;
    return true;
}

/* A flag with which code can do all of what comes next: the page would not be true without a word about it. */
static void
put_way_out(const struct page *p, const struct tc_reach *reach)
{
    size_t count;
    const struct tc_escape *escapes = tc_escapes(&count);

    for (size_t i = 0; i < count; i++) {
        const struct tc_perm *perm = tc_reach_perm(reach, escapes[i].cls);

        if (perm == NULL || (!perm->unrestricted && (perm->values[0].bits & tc_escape_bit(&escapes[i])) == 0))
            continue;
        begin(p, PARAGRAPH);
        tc_buf_puts(p->out, TC_STR("What comes next holds for ordinary code only. With the permission "));
        put_code(p, tc_str_of(escapes[i].flag));
        tc_buf_puts(p->out, TC_STR(", which the application has, code can get round all of it."));
        end(p, PARAGRAPH);
        return;
    }
}

enum tc_status
tc_doc_put(struct tc_arena *arena, const struct tc_model *model, const struct tc_subject *subject,
           enum tc_doc_format format, struct tc_buf *out)
{
    const struct page p = {out, format};
    const struct tc_application *app = subject->application;
    const struct tc_words *words;
    struct tc_reacher reacher;
    struct tc_reach reach;
    enum tc_status status;

    tc_reacher_init(&reacher, arena, model);
    status = tc_reach_of(&reacher, app, &reach);
    if (status == TC_OK)
        status = tc_words_of(arena, &reach, &words);
    if (status != TC_OK)
        return status;
    put_head(&p, "What ", app->name, " may do");
    put_block(
        &p, PARAGRAPH,
        "For the owner of the application: what its code may do on this server and what it may not, and what to do "
        "when something fails. This page is made from the server's policy.");
    put_facts(&p, model, app);
    if (reach.sure == NULL && reach.throws != NULL && tc_expected_is_foreign(reach.throws)) {
        put_block(
            &p, PARAGRAPH,
            "What the application may do is not known here: its policy has a code group of a class that is no part of "
            "the framework, and that class decides. Ask the person who runs the server.");
    } else if (reach.sure == NULL) {
        begin(&p, PARAGRAPH);
        tc_buf_puts(out, TC_STR("The application cannot run: the framework fails with "));
        put_code(&p, tc_str_of(reach.throws == NULL ? "an exception" : reach.throws));
        tc_buf_puts(out, TC_STR(" when it asks what the code may do. Tell the person who runs the server."));
        end(&p, PARAGRAPH);
    } else if (is_full(subject)) {
        put_block(&p, PARAGRAPH,
                  "Your application is fully trusted: code access security keeps it from nothing. What holds are the "
                  "rights of the Windows account that it runs as.");
    } else {
        put_sentences(&p, words, "Your application may", false, false);
        put_sentences(&p, words, "It may, unless this server's own files say less", false, true);
        put_way_out(&p, &reach);
        put_sentences(&p, words, "Your application may not", true, false);
        put_troubles(&p, &reach, tc_runtime_info(app->runtime)->framework);
    }
    put_foot(&p);
    return arena->failed || out->failed ? TC_ERR_NOMEM : TC_OK;
}

void
tc_doc_put_index(const struct tc_model *model, const struct tc_subjects *subjects, const struct tc_str *names,
                 enum tc_doc_format format, struct tc_buf *out)
{
    const struct page p = {out, format};

    put_head(&p, model->server_name.len > 0 ? "Applications of " : "Applications", model->server_name, "");
    put_list(&p, false);
    for (size_t i = 0; i < subjects->count; i++) {
        begin(&p, ITEM);
        if (format == TC_DOC_HTML) {
            tc_buf_printf(out, "<a href=\"%.*s\">", TC_STR_ARG(names[i]));
            put_name(&p, subjects->items[i].name);
            tc_buf_puts(out, TC_STR("</a>"));
        } else {
            tc_buf_putc(out, '[');
            put_name(&p, subjects->items[i].name);
            tc_buf_printf(out, "](%.*s)", TC_STR_ARG(names[i]));
        }
        end(&p, ITEM);
    }
    put_list(&p, true);
    put_foot(&p);
}

/* ---- file names ---- */

/* Names that mean something else: devices of Windows, and files that other commands or Web servers look for. */
static bool
is_taken(struct tc_str name)
{
    static const char *const taken[] = {"",     "con",  "prn",  "aux",  "nul",  "com1",  "com2", "com3", "com4",
                                        "com5", "com6", "com7", "com8", "com9", "lpt1",  "lpt2", "lpt3", "lpt4",
                                        "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "index", "plan"};
    struct tc_str stem = tc_str_sub(name, 0, tc_str_find(name, TC_STR("."), 0));

    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        if (tc_str_eq_nocase(stem, tc_str_of(taken[i])))
            return true;
    return false;
}

static struct tc_str
stem_of(struct tc_arena *arena, struct tc_str name)
{
    enum { STEM_MAX = 80 };
    char *stem = tc_arena_array(arena, char, STEM_MAX);
    size_t len = 0;

    for (size_t i = 0; stem != NULL && i < name.len && len < STEM_MAX; i++) {
        char c = name.ptr[i];
        bool fits = tc_ascii_is_alnum(c) || c == '_' || (c == '.' && len > 0);

        if (!fits && (len == 0 || stem[len - 1] == '-'))
            continue;
        stem[len++] = fits ? c : '-';
    }
    while (len > 0 && (stem[len - 1] == '.' || stem[len - 1] == '-'))
        len--;
    return (struct tc_str){stem, stem == NULL ? 0 : len};
}

enum tc_status
tc_doc_names(struct tc_arena *arena, const struct tc_subjects *subjects, enum tc_doc_format format,
             struct tc_str *ret_names)
{
    struct tc_map used;

    tc_map_init(&used, arena);
    for (size_t i = 0; i < subjects->count; i++) {
        struct tc_str stem = stem_of(arena, subjects->items[i].name), name = stem;

        if (is_taken(stem))
            stem = name = tc_arena_printf(arena, "application%s%.*s", stem.len > 0 ? "-" : "", TC_STR_ARG(stem));
        for (size_t n = 2; tc_map_add(&used, tc_str_fold(arena, name), &used) != NULL && !arena->failed; n++)
            name = tc_arena_printf(arena, "%.*s-%zu", TC_STR_ARG(stem), n);
        ret_names[i] = tc_arena_printf(arena, "%.*s.%s", TC_STR_ARG(name), tc_doc_extension(format));
    }
    return arena->failed ? TC_ERR_NOMEM : TC_OK;
}
