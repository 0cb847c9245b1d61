#include "api/import_parts.h"

#include "api/fmt.h"
#include "base/ascii.h"
#include "emit/policy_file.h"
#include "model/clauses.h"
#include "verify/expected.h"
#include "verify/grants.h"
#include "xml/clr_text.h"
#include "xml/conform.h"
#include "xml/policy_text.h"

#include <string.h>

enum { ROUNDS_MAX = 64, BASES = 4 };

/* ---- compiling what was written ---- */

static enum tc_status
no_file(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    (void)state;
    (void)path;
    (void)ret_text;
    *ret_reason = "there is no such file";
    return TC_ERR_IO;
}

enum tc_status
tc_import_compile(struct tc_compilation *c, struct tc_str text)
{
    struct tc_sema_host host = tc_host_builtin();
    struct tc_sema_options options = {.today = {NULL, 0}};

    tc_compilation_init(c);
    host.read_file = no_file;
    return tc_compile(c, &host, &options, TC_STR("import.trust"), text);
}

void
tc_import_put_server(struct tc_buf *out, enum tc_runtime runtime, struct tc_str trust, bool is_word)
{
    tc_buf_printf(out, "server imported {\n    framework %s;\n",
                  tc_framework_info(tc_runtime_info(runtime)->framework)->name);
    if (runtime == TC_RT_4_0_LEGACY)
        tc_buf_puts(out, TC_STR("    cas-model legacy;\n"));
    tc_buf_puts(out, TC_STR("    trust     "));
    if (is_word)
        tc_buf_puts(out, trust);
    else
        tc_put_name(out, trust);
    tc_buf_puts(out, TC_STR(";\n}\n"));
}

static const struct tc_policy *
level_called(const struct tc_compilation *c, struct tc_str name)
{
    for (size_t i = 0; c->model != NULL && i < c->model->level_count; i++)
        if (tc_str_eq(c->model->levels[i]->name, name))
            return c->model->levels[i];
    return NULL;
}

static bool
load_stock(struct tc_importer *im, enum tc_runtime runtime)
{
    struct tc_buf text = {0};
    enum tc_status status;

    if (im->has_stock && im->stock_runtime == runtime)
        return true;
    tc_compilation_done(&im->stock);
    tc_import_put_server(&text, runtime, TC_STR("high"), true);
    for (int i = TC_LEVEL_HIGH; i < TC_LEVEL_COUNT_; i++)
        tc_buf_printf(&text, "application a%d { location \"s/a%d\"; root \"D:\\a%d\"; trust %s; }\n", i, i, i,
                      tc_level_info((enum tc_level_id)i)->word);
    status = tc_import_compile(&im->stock, tc_buf_str(&text));
    tc_buf_done(&text);
    im->has_stock = status == TC_OK && im->stock.model->application_count == BASES;
    im->stock_runtime = runtime;
    return im->has_stock;
}

/* ---- whether the source says the same ---- */

static struct tc_token_values
sample_values(struct tc_arena *arena, enum tc_runtime runtime)
{
    return tc_token_values_for(arena, &(struct tc_token_basis){.root = TC_STR("D:\\Sites\\Sample"),
                                                               .location = TC_STR("Site/sample"),
                                                               .origin = TC_STR("https?://www\\.example\\.com/.*"),
                                                               .runtime = runtime});
}

static bool
is_within(struct tc_arena *arena, const struct tc_perm *inner, const struct tc_perm *outer)
{
    struct tc_machine machine = {.local_drives = 0};
    struct tc_throw thrown;

    return tc_algebra_ops(inner->cls->algebra)->subset(arena, &machine, inner, outer, &thrown) == TC_YES;
}

static bool
same_grant(struct tc_arena *arena, const struct tc_grant *a, const struct tc_grant *b)
{
    const struct tc_class_names names = {false, TC_FX_4_0};
    const struct tc_perm *any = a != NULL ? a->perm : b != NULL ? b->perm : NULL;

    if (any != NULL && any->cls->algebra == TC_ALGEBRA_WEB && any->markup != NULL)
        return a != NULL && b != NULL; /* not evaluated: its rows are those of the file */
    if ((a != NULL && a->perm == NULL) || (b != NULL && b->perm == NULL))
        return a != NULL && b != NULL && a->perm == b->perm;
    if (a == NULL || b == NULL)
        return is_within(arena, (a != NULL ? a : b)->perm, NULL);
    return tc_perm_writes_same(arena, a->perm, b->perm, &names) ||
           (is_within(arena, a->perm, b->perm) && is_within(arena, b->perm, a->perm));
}

static bool
mark(uint32_t *list, size_t *count, uint32_t anchor)
{
    for (size_t i = 0; i < *count; i++)
        if (list[i] == anchor)
            return false;
    list[(*count)++] = anchor;
    return true;
}

/* A statement that did not work: verbatim, or, when it is so already, a comment. False when both were tried. */
static bool
demote(struct tc_import_piece *p, uint32_t anchor, struct tc_str why)
{
    size_t count = p->emit.raw_count;

    if (mark(p->raw, &p->emit.raw_count, anchor)) {
        p->why[count] = why;
        return true;
    }
    return mark(p->lost, &p->emit.lost_count, anchor);
}

static struct tc_str
other_meaning(void)
{
    return TC_STR("the words for it would not mean the same");
}

/* Where the permission of @a cls in @a set comes from; 0: nowhere. */
static uint32_t
anchor_of(const struct tc_pset *set, const struct tc_class *cls)
{
    const struct tc_perm *perm = tc_pset_find(set, cls);

    return perm == NULL ? 0 : perm->span.begin;
}

/* Hold one set of the source against the file's; *ret_again when something was demoted. */
static bool
compare_sets(struct tc_arena *arena, struct tc_import_piece *p, const struct tc_pset *origin,
             const struct tc_grant_set *file, const struct tc_grant_set *made, bool *ret_again)
{
    bool same = true;

    if (file->unrestricted != made->unrestricted)
        return false;
    for (int pass = 0; pass < 2 && !file->unrestricted; pass++) {
        const struct tc_grant_set *from = pass == 0 ? file : made;

        for (size_t i = 0; i < from->count; i++) {
            const struct tc_class *cls = from->grants[i].cls;
            uint32_t anchor = anchor_of(origin, cls);

            if (cls->assembly == TC_ASM_COUNT_ || (pass == 1 && tc_grant_find(file, cls) != NULL))
                continue;
            if (same_grant(arena, tc_grant_find(file, cls), tc_grant_find(made, cls)))
                continue;
            same = false;
            if (anchor != 0)
                *ret_again |= demote(p, anchor, other_meaning());
        }
    }
    return same;
}

/* The policy level of the file with sample values for its tokens; NULL when there is none. */
static const struct tc_policy_level *
file_level(struct tc_arena *arena, struct tc_import_piece *p, const struct tc_token_values *values)
{
    struct tc_policy_text text;
    struct tc_element *root;
    const struct tc_element *element;
    struct tc_clr_fault fault;
    struct tc_policy_level *level;
    struct tc_throw thrown;

    if (tc_policy_replace(arena, tc_policy_decode(arena, p->source->text), 0, values, &text) != TC_OK ||
        tc_clr_read(arena, text.text, 0, &root, &fault) != TC_OK)
        return NULL;
    element = tc_element_is(root, TC_TAG_POLICY_LEVEL) ? root : tc_policy_level_find(root);
    if (element == NULL || tc_policy_level_read(arena, element, tc_runtime_info(p->reading.policy->runtime)->framework,
                                                &level, &thrown) != TC_YES)
        return NULL;
    return level;
}

static bool
same_markup(const struct tc_verbatim *a, const struct tc_verbatim *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (a->is_element != b->is_element || !tc_str_eq(a->name, b->name) || !tc_str_eq(a->value, b->value) ||
            !same_markup(a->content, b->content))
            return false;
    return a == NULL && b == NULL;
}

static bool
same_inline(const struct tc_pset *a, const struct tc_pset *b)
{
    size_t mine = 0, theirs = 0;

    if (a == NULL || b == NULL)
        return a == b;
    for (size_t i = 0; i < a->count; i++) {
        const struct tc_perm *other = tc_pset_find(b, a->perms[i]->cls);

        if (tc_perm_is_empty(a->perms[i]) && other == NULL)
            continue;
        mine++;
        if (a->perms[i]->cls->assembly != TC_ASM_COUNT_ && (other == NULL || !tc_perm_equal(a->perms[i], other)))
            return false;
    }
    for (size_t i = 0; i < b->count; i++)
        theirs += !tc_perm_is_empty(b->perms[i]) || tc_pset_find(a, b->perms[i]->cls) != NULL;
    return mine == theirs;
}

/* The markup of a group of a reading. */
static const struct tc_element *
element_of(const struct tc_reading *reading, const struct tc_group *group)
{
    for (const struct tc_read_origin *o = reading->origins; o != NULL; o = o->next)
        if (o->anchor == group->span.begin)
            return o->element;
    return NULL;
}

/* The file's groups against those of the file that the source builds; sets *ret_differs to the first that is not the
 * same. */
static bool
same_groups(const struct tc_reading *x, const struct tc_group *a, const struct tc_reading *y, const struct tc_group *b,
            const struct tc_group **ret_differs)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        bool same =
            a->is_raw == b->is_raw && a->kind == b->kind && a->condition.kind == b->condition.kind &&
            a->grants_main == b->grants_main && a->attributes == b->attributes &&
            (a->grants_main || tc_str_eq(a->set_name, b->set_name)) &&
            tc_str_eq(a->condition.type, b->condition.type) && same_markup(a->condition.markup, b->condition.markup) &&
            same_inline(a->inline_set, b->inline_set) && (a->kind != TC_GROUP_COUNT_ || tc_str_eq(a->type, b->type));

        for (size_t i = 0; i < TC_CONDITION_ARGUMENTS_MAX && same; i++)
            same = tc_str_eq(a->condition.values[i], b->condition.values[i]);
        if (same && a->is_raw) {
            struct tc_buf first = {0}, second = {0};
            const struct tc_element *mine = element_of(x, a), *theirs = element_of(y, b);

            if (mine != NULL && theirs != NULL) {
                tc_element_print(&first, mine);
                tc_element_print(&second, theirs);
            }
            same = tc_str_eq(tc_buf_str(&first), tc_buf_str(&second));
            tc_buf_done(&first);
            tc_buf_done(&second);
        }
        if (!same) {
            *ret_differs = a;
            return false;
        }
        if (!same_groups(x, a->children, y, b->children, ret_differs))
            return false;
    }
    return a == NULL && b == NULL;
}

static const struct tc_full_trust *
lacking(const struct tc_policy *a, const struct tc_policy *b)
{
    for (const struct tc_full_trust *x = a->full_trust; x != NULL; x = x->next) {
        const struct tc_full_trust *y = b->full_trust;

        while (y != NULL &&
               !(tc_str_eq(x->name, y->name) && tc_str_eq(x->version, y->version) && tc_str_eq(x->key, y->key)))
            y = y->next;
        if (y == NULL)
            return x;
    }
    return NULL;
}

/* Read the file that the source builds, and hold its groups against the original's. */
static bool
compare_groups(struct tc_import_piece *p, const struct tc_policy *made, bool *ret_again, bool *ret_equal)
{
    struct tc_compilation aside;
    struct tc_buf bytes = {0};
    struct tc_reading again;
    struct tc_source *source;
    const struct tc_group *differs = NULL;
    bool same = false;

    tc_compilation_init(&aside);
    if (tc_policy_emit(made, &bytes) == TC_OK &&
        (source = tc_sources_add(&aside.sources, TC_STR("built"), tc_buf_str(&bytes))) != NULL &&
        tc_read_source(&aside.diags, source, p->reading.policy->runtime, made->sets[0]->name, &again) == TC_OK) {
        same = same_groups(&p->reading, p->reading.policy->root, &again, again.policy->root, &differs);
        *ret_equal = tc_str_eq(source->text, p->source->text);
        if (!same && differs != NULL)
            *ret_again |= demote(p, differs->span.begin, other_meaning());
        if (lacking(p->reading.policy, again.policy) != NULL) {
            *ret_again |= demote(p, lacking(p->reading.policy, again.policy)->span.begin, other_meaning());
            same = false;
        }
        same &= lacking(again.policy, p->reading.policy) == NULL;
    }
    tc_buf_done(&bytes);
    tc_compilation_done(&aside);
    return same;
}

static size_t
set_index(const struct tc_policy *policy, struct tc_str name)
{
    for (size_t i = 0; i < policy->set_count; i++)
        if (tc_str_eq(policy->sets[i]->name, name))
            return i;
    return SIZE_MAX;
}

static bool
compare(struct tc_import_piece *p, const struct tc_policy *made, bool *ret_again, bool *ret_equal)
{
    const struct tc_policy *policy = p->reading.policy;
    struct tc_arena arena;
    struct tc_token_values values;
    struct tc_expected from_file, from_source;
    const struct tc_policy_level *level = NULL;
    bool same = true;

    tc_arena_init(&arena);
    values = sample_values(&arena, policy->runtime);
    if (p->reading.kind == TC_READ_POLICY)
        level = file_level(&arena, p, &values);
    same = (p->reading.kind != TC_READ_POLICY || level != NULL) &&
           tc_expected_init(&from_file, &arena, policy, &values) &&
           tc_expected_init(&from_source, &arena, made, &values);
    for (size_t i = p->reading.kind == TC_READ_SHAREPOINT; i < policy->set_count && same; i++) {
        size_t index = i == 0 ? 0 : set_index(made, policy->sets[i]->name);
        const struct tc_grant_set *wanted = NULL;
        struct tc_throw thrown;

        if (i > 0 && policy->sets[i]->unrestricted)
            continue; /* its groups grant FullTrust */
        if (index == SIZE_MAX) {
            same = false;
            break;
        }
        if (level != NULL && (i > 0 || p->reading.has_main))
            (void)tc_policy_level_set(&arena, level, policy->sets[i]->name, &wanted, &thrown);
        else
            wanted = tc_expected_set(&from_file, i);
        if (wanted == NULL || tc_expected_set(&from_source, index) == NULL)
            same = false;
        else
            same = compare_sets(&arena, p, policy->sets[i], wanted, tc_expected_set(&from_source, index), ret_again);
    }
    if (same && p->reading.kind == TC_READ_POLICY)
        same = compare_groups(p, made, ret_again, ret_equal);
    same &= !arena.failed;
    tc_arena_done(&arena);
    return same;
}

/* ---- one policy ---- */

/* The place of the file behind line @a line of the source; 0: none. */
static uint32_t
statement_at(const struct tc_import_piece *p, uint32_t line)
{
    uint32_t anchor = 0, lines = UINT32_MAX;

    for (const struct tc_source_statement *s = p->result.statements; s != NULL; s = s->next)
        if (line >= s->first && line <= s->last && s->last - s->first < lines) {
            anchor = s->anchor;
            lines = s->last - s->first;
        }
    return anchor;
}

/* What the compiler refused is demoted; false when it refused something else. */
static bool
demote_refused(struct tc_importer *im, struct tc_import_piece *p, const struct tc_compilation *made,
               uint32_t lines_before)
{
    bool any = false;

    for (const struct tc_diag *diag = made->diags.first; diag != NULL; diag = diag->next) {
        struct tc_place where = tc_sources_place(&made->sources, diag->span.begin);
        uint32_t anchor;

        if (diag->severity != TC_SEVERITY_ERROR)
            continue;
        anchor = where.source == NULL || where.line <= lines_before ? 0 : statement_at(p, where.line - lines_before);
        if (anchor != 0)
            any |= demote(p, anchor, tc_arena_str(im->arena, diag->message));
    }
    return any;
}

static uint32_t
lines_of(struct tc_str text)
{
    uint32_t lines = 0;

    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    return lines;
}

/* Write the policy over its base until it says the same. *ret_equal: and builds the very bytes. */
static bool
settle(struct tc_importer *im, struct tc_import_piece *p, struct tc_diag *ret_refusal, bool *ret_equal)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        struct tc_buf whole = {0};
        struct tc_compilation made;
        bool again = false, same = false;
        uint32_t before;
        enum tc_status status;

        tc_buf_clear(&p->text);
        if (tc_source_emit(im->arena, &p->emit, &p->text, &p->result) != TC_OK)
            return false;
        tc_import_put_server(&whole, p->reading.policy->runtime, p->name, false);
        tc_buf_puts(&whole, tc_buf_str(&im->declared));
        before = lines_of(tc_buf_str(&whole));
        tc_buf_puts(&whole, tc_buf_str(&p->text));
        status = tc_import_compile(&made, tc_buf_str(&whole));
        tc_buf_done(&whole);
        if (status == TC_OK && level_called(&made, p->name) != NULL)
            same = compare(p, level_called(&made, p->name), &again, ret_equal);
        else if (status == TC_FAILED)
            again = demote_refused(im, p, &made, before);
        for (const struct tc_diag *diag = made.diags.first; diag != NULL && !again && !same; diag = diag->next)
            if (diag->severity == TC_SEVERITY_ERROR && ret_refusal->code == NULL)
                *ret_refusal = (struct tc_diag){.code = diag->code, .message = tc_arena_str(im->arena, diag->message)};
        tc_compilation_done(&made);
        if (same || !again)
            return same;
    }
    return false;
}

/* The start tag at @a anchor. */
static struct tc_span
span_at(const struct tc_import_piece *p, uint32_t anchor)
{
    for (const struct tc_read_origin *o = p->reading.origins; o != NULL; o = o->next)
        if (o->anchor == anchor)
            return o->span;
    return (struct tc_span){anchor == 0 ? p->source->base : anchor, anchor == 0 ? p->source->base + 1 : anchor + 1};
}

static void
report_raw(struct tc_importer *im, const struct tc_import_piece *p)
{
    for (const struct tc_source_statement *s = p->result.statements; s != NULL; s = s->next) {
        struct tc_str why = TC_STR("the language has no words for it");

        if (!s->is_raw)
            continue;
        for (size_t i = 0; i < p->emit.raw_count; i++)
            if (p->raw[i] == s->anchor)
                why = p->why[i];
        for (const struct tc_read_origin *o = p->reading.origins; o != NULL; o = o->next)
            if (o->anchor == s->anchor && o->why != NULL)
                why = tc_str_of(o->why);
        tc_diag_add(im->diags, tc_code(TC_CODE_READ_RAW), span_at(p, s->anchor), "kept as raw: %.*s", TC_STR_ARG(why));
    }
    for (size_t i = 0; i < p->emit.lost_count; i++)
        tc_diag_add(im->diags, tc_code(TC_CODE_READ_LOST), span_at(p, p->lost[i]),
                    "this cannot stand in a source, not even verbatim: it is kept as a comment only");
    if (p->result.to_run != NULL && (p->reading.has_main || p->reading.kind != TC_READ_POLICY)) {
        struct tc_diag *diag = tc_diag_add(
            im->diags, tc_code(TC_CODE_IMPORT_RUNS_NOTHING), span_at(p, p->reading.policy->sets[0]->span.begin),
            "with '%.*s' alone no page would run; the source says so with a line of raw", TC_STR_ARG(p->name));

        tc_diag_help(im->diags, diag, "where pages are to run write in place of that line: %s", p->result.to_run);
    }
}

static bool
choose_base(struct tc_importer *im, struct tc_import_piece *p, int base)
{
    const struct tc_policy *stock;

    p->emit.base = NULL;
    p->emit.base_word = NULL;
    p->emit.groups = im->stock.model->applications[1]->policy;
    p->emit.raw_count = p->emit.lost_count = 0;
    if (base == BASES + 1) {
        p->emit.base_word = tc_level_info(TC_LEVEL_FULL)->word;
        return true;
    }
    if (base == BASES)
        return true;
    stock = im->stock.model->applications[base]->policy;
    p->emit.base = stock;
    p->emit.base_word = tc_level_info((enum tc_level_id)(TC_LEVEL_HIGH + base))->word;
    return true;
}

/* Bases in the order in which they are tried: what has the least to say by itself first. */
static size_t
order_bases(struct tc_importer *im, struct tc_import_piece *p, int *bases)
{
    size_t costs[BASES + 1], count = 0;

    if (p->reading.policy->sets[0]->unrestricted) {
        bases[0] = BASES + 1;
        return 1;
    }
    if (p->reading.kind == TC_READ_SHAREPOINT) {
        bases[0] = BASES - 1;
        return 1;
    }
    for (int base = 0; base <= BASES; base++) {
        size_t at = count++, cost;

        choose_base(im, p, base);
        tc_buf_clear(&p->text);
        if (tc_source_emit(im->arena, &p->emit, &p->text, &p->result) != TC_OK)
            return 0;
        cost = p->result.cost;
        for (; at > 0 && costs[at - 1] > cost; at--) {
            costs[at] = costs[at - 1];
            bases[at] = bases[at - 1];
        }
        costs[at] = cost;
        bases[at] = base;
    }
    return count;
}

static bool
needs_legacy(const struct tc_group *group)
{
    for (; group != NULL; group = group->next) {
        if (group->is_raw || group->kind == TC_GROUP_NET || group->kind == TC_GROUP_FILE || group->inline_set != NULL)
            return true;
        if (!group->grants_main && !tc_str_eq(group->set_name, tc_builtin_set_name(TC_BUILTIN_SET_FULL_TRUST)) &&
            !tc_str_eq(group->set_name, tc_builtin_set_name(TC_BUILTIN_SET_NOTHING)))
            return true;
        if (needs_legacy(group->children))
            return true;
    }
    return false;
}

bool
tc_import_needs_legacy(const struct tc_policy *policy)
{
    return needs_legacy(policy->root) || policy->full_trust != NULL;
}

enum tc_status
tc_import_settle(struct tc_importer *im, struct tc_import_piece *p)
{
    int bases[BASES + 2], best = -1;
    size_t count, anchors = 1;
    struct tc_diag refusal = {0};
    bool equal = false, look_on = tc_str_starts(p->source->text, TC_STR("<configuration>\n  <mscorlib>\n"));

    if (!load_stock(im, p->reading.policy->runtime))
        return im->stock.arena.failed ? TC_ERR_NOMEM : TC_ERR_SELF;
    for (const struct tc_read_origin *o = p->reading.origins; o != NULL; o = o->next)
        anchors++;
    for (const struct tc_full_trust *f = p->reading.policy->full_trust; f != NULL; f = f->next)
        anchors++;
    p->raw = tc_arena_array(im->arena, uint32_t, anchors * 2);
    p->lost = tc_arena_array(im->arena, uint32_t, anchors * 2);
    p->why = tc_arena_array(im->arena, struct tc_str, anchors * 2);
    if (p->raw == NULL || p->lost == NULL || p->why == NULL)
        return TC_ERR_NOMEM;
    p->emit = (struct tc_source_policy){.reading = &p->reading,
                                        .name = p->name,
                                        .raw = p->raw,
                                        .lost = p->lost,
                                        .classes = &im->classes,
                                        .declared = &im->declared};
    count = order_bases(im, p, bases);
    for (size_t i = 0; i < count && !equal; i++) {
        choose_base(im, p, bases[i]);
        if (!settle(im, p, &refusal, &equal))
            continue;
        if (best < 0)
            best = bases[i];
        if (equal)
            best = bases[i];
        if (!look_on)
            break;
    }
    if (best >= 0) {
        choose_base(im, p, best);
        if (settle(im, p, &refusal, &equal)) {
            report_raw(im, p);
            return TC_OK;
        }
    }
    if (im->arena->failed)
        return TC_ERR_NOMEM;
    {
        struct tc_diag *diag = tc_diag_add_file(im->diags, tc_code(TC_CODE_IMPORT_DIFFERS), p->source->name,
                                                "no source could be made that says the same as this file");

        if (refusal.code != NULL)
            tc_diag_note(im->diags, diag, "the compiler says: %.*s [%s]", TC_STR_ARG(refusal.message),
                         refusal.code->id);
    }
    return TC_ERR_SELF;
}

/* ---- names ---- */

static struct tc_str
stem_of(struct tc_str path)
{
    path = tc_str_last_part(path, TC_STR_SLASHES);
    for (size_t i = path.len; i-- > 1;)
        if (path.ptr[i] == '.') {
            path.len = i;
            break;
        }
    return path;
}

bool
tc_import_is_stock(struct tc_str name)
{
    for (int i = 0; i < TC_LEVEL_COUNT_; i++)
        if (tc_str_eq_nocase(name, tc_str_of(tc_level_info((enum tc_level_id)i)->name)))
            return true;
    return false;
}

struct tc_str
tc_import_policy_name(struct tc_importer *im, struct tc_str name)
{
    char *out;

    if (tc_str_eq(name, TC_STR("<stdin>")))
        name = TC_STR("imported");
    if (tc_str_starts(name, TC_STR("web_")) && tc_str_ends(name, TC_STR("trust")) && name.len > 9)
        name = tc_str_sub(name, 4, name.len - 9);
    out = tc_arena_alloc(im->arena, name.len + 16, 1);
    if (out == NULL)
        return TC_STR("imported");
    {
        size_t len = 0;

        if (tc_import_is_stock(name) || name.len == 0) {
            len = strlen("custom");
            memcpy(out, "custom", len);
        }
        for (size_t i = 0; i < name.len && len < 64; i++) {
            char c = name.ptr[i];
            bool letter = tc_ascii_is_letter(c) || c == '_';
            bool inner = tc_ascii_is_digit(c) || c == '-';

            if (len == 0 && !letter)
                out[len++] = 'p';
            out[len++] = letter || inner ? c : '_';
        }
        return (struct tc_str){out, len};
    }
}

enum tc_runtime
tc_import_runtime(enum tc_framework framework, bool legacy)
{
    switch (framework) {
    case TC_FX_1_1:
        return TC_RT_1_1;
    case TC_FX_2_0:
        return TC_RT_2_0;
    case TC_FX_3_5:
        return TC_RT_3_5;
    case TC_FX_4_0:
    case TC_FX_COUNT_:
        break;
    }
    return legacy ? TC_RT_4_0_LEGACY : TC_RT_4_0;
}

bool
tc_import_same_name(struct tc_importer *im, const struct tc_import_piece *a, const struct tc_import_piece *b)
{
    struct tc_diag *diag;

    if (!tc_str_eq_nocase(a->name, b->name))
        return false;
    diag = tc_diag_add_file(im->diags, tc_code(TC_CODE_IMPORT_SAME_NAME), b->source->name,
                            "this would be the trust level '%.*s', and so would %.*s", TC_STR_ARG(b->name),
                            TC_STR_ARG(a->source->name));
    tc_diag_help(im->diags, diag, "a level is called after its file: rename one of them, or import them one at a time");
    return true;
}

/* ---- several files ---- */

enum tc_status
tc_import_policies(struct tc_importer *im, struct tc_import_files *files, enum tc_framework framework,
                   bool *inout_legacy)
{
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < files->count; i++) {
        struct tc_import_piece *p = &files->files[i].piece;
        enum tc_status one;

        if (files->files[i].role != TC_IMPORT_POLICY || files->files[i].is_taken)
            continue;
        p->source = files->files[i].source;
        one = tc_read_source(im->diags, p->source, tc_import_runtime(framework, false), (struct tc_str){NULL, 0},
                             &p->reading);
        if (one == TC_ERR_NOMEM)
            return one;
        if (one != TC_OK) {
            status = one;
            continue;
        }
        p->name = tc_import_policy_name(im, p->reading.policy->name.len > 0 ? p->reading.policy->name
                                                                            : stem_of(p->source->name));
        if (framework == TC_FX_4_0 && p->reading.kind != TC_READ_SET && tc_import_needs_legacy(p->reading.policy))
            *inout_legacy = true;
        for (size_t k = 0; k < i; k++)
            if (files->files[k].role == TC_IMPORT_POLICY && !files->files[k].is_taken &&
                files->files[k].piece.name.len > 0 && tc_import_same_name(im, &files->files[k].piece, p))
                status = TC_FAILED;
    }
    for (size_t i = 0; i < files->count && status == TC_OK; i++)
        if (files->files[i].role == TC_IMPORT_POLICY && !files->files[i].is_taken) {
            files->files[i].piece.reading.policy->runtime = tc_import_runtime(framework, *inout_legacy);
            status = tc_import_settle(im, &files->files[i].piece);
        }
    return status;
}

/* What kind of file it is. In `source` stands what .NET decodes afterwards. */
static enum tc_status
classify(struct tc_importer *im, struct tc_import_file *file)
{
    struct tc_str text = tc_policy_decode(im->arena, file->source->text);
    struct tc_markup_fault fault;
    const struct tc_markup *root;
    enum tc_status status;

    if (im->arena->failed)
        return TC_ERR_NOMEM;
    if (text.ptr != file->source->text.ptr || text.len != file->source->text.len) {
        file->source = tc_sources_add(im->diags->sources, file->source->name, text);
        if (file->source == NULL)
            return im->arena->failed ? TC_ERR_NOMEM : TC_ERR_LIMIT;
    }
    if (text.len > tc_limit(TC_LIMIT_POLICY_BYTES)->value)
        return TC_OK; /* who reads it says so */
    status = tc_spans_scan(im->arena, text, &file->document, &fault);
    if (status == TC_ERR_NOMEM)
        return status;
    if (status != TC_OK)
        file->document = NULL;
    root = tc_markup_root(file->document);
    if (tc_markup_is(root, "configuration") && tc_markup_child(tc_markup_child(root, "mscorlib"), "security") == NULL)
        file->role = tc_markup_child(root, "system.applicationHost") != NULL ? TC_IMPORT_HOST : TC_IMPORT_CONFIG;
    return TC_OK;
}

/* A configuration file decides; without one policies have to be for the same framework. */
static enum tc_status
choose_framework(struct tc_importer *im, const struct tc_import_files *files, const struct tc_import_file *config,
                 enum tc_framework *ret)
{
    const struct tc_import_file *sure = NULL;
    enum tc_status status = TC_OK;

    *ret = TC_FX_2_0;
    if (im->options->has_framework || config != NULL) {
        if (im->options->has_framework)
            *ret = im->options->framework;
        else
            tc_read_framework(config->source->text, ret);
        return TC_OK;
    }
    for (size_t i = 0; i < files->count; i++) {
        enum tc_framework one;
        struct tc_diag *diag;

        if (!tc_read_framework(files->files[i].source->text, &one))
            continue;
        if (sure == NULL) {
            sure = &files->files[i];
            *ret = one;
        } else if ((one == TC_FX_2_0 || one == TC_FX_3_5) && (*ret == TC_FX_2_0 || *ret == TC_FX_3_5)) {
            *ret = one > *ret ? one : *ret; /* they have the same policy files */
        } else if (one != *ret) {
            diag = tc_diag_add_file(im->diags, tc_code(TC_CODE_IMPORT_FRAMEWORKS), files->files[i].source->name,
                                    "its type names are those of framework %s, those of %.*s of %s",
                                    tc_framework_info(one)->name, TC_STR_ARG(sure->source->name),
                                    tc_framework_info(*ret)->name);
            tc_diag_help(im->diags, diag, "import them one at a time, or say which one is meant: --framework %s",
                         tc_framework_info(one)->name);
            status = TC_FAILED;
        }
    }
    return status;
}

static enum tc_status
put_policies(struct tc_importer *im, struct tc_import_files *files, enum tc_framework framework, struct tc_buf *out)
{
    bool legacy = false;
    enum tc_status status = tc_import_policies(im, files, framework, &legacy);

    if (status != TC_OK)
        return status;
    tc_buf_puts(out, TC_STR("language 1;\n\n"));
    if (files->count > 1)
        tc_buf_puts(out,
                    TC_STR("# The files do not say who gets which level. The server's default is the first of "
                           "them; each of the others\n# becomes a file when an application names it: trust NAME;\n"));
    tc_import_put_server(out, tc_import_runtime(framework, legacy), files->files[0].piece.name, false);
    if (im->declared.len > 0)
        tc_buf_putc(out, '\n');
    tc_buf_puts(out, tc_buf_str(&im->declared));
    for (size_t i = 0; i < files->count; i++) {
        tc_buf_putc(out, '\n');
        tc_buf_puts(out, tc_buf_str(&files->files[i].piece.text));
    }
    return TC_OK;
}

static enum tc_status
import_files(struct tc_importer *im, struct tc_import_files *files, struct tc_buf *out)
{
    struct tc_import_file *config = NULL;
    enum tc_framework framework;
    enum tc_status status;

    for (size_t i = 0; i < files->count; i++) {
        struct tc_import_file *file = &files->files[i];

        status = classify(im, file);
        if (status != TC_OK)
            return status;
        if (file->role == TC_IMPORT_CONFIG && config != NULL) {
            tc_diag_help(im->diags,
                         tc_diag_add_file(im->diags, tc_code(TC_CODE_IMPORT_SECOND_CONFIG), file->source->name,
                                          "%.*s is a configuration file as well: a source describes one server",
                                          TC_STR_ARG(config->source->name)),
                         "import them one at a time");
            return TC_FAILED;
        }
        if (file->role == TC_IMPORT_CONFIG)
            config = file;
    }
    for (size_t i = 0; i < files->count && config == NULL; i++)
        if (files->files[i].role == TC_IMPORT_HOST) {
            struct tc_str name = files->files[i].source->name;
            const struct tc_markup *root = tc_markup_root(files->files[i].document);
            uint32_t base = files->files[i].source->base;

            tc_diag_help(
                im->diags,
                tc_diag_add(im->diags, tc_code(TC_CODE_READ_NOTHING),
                            (struct tc_span){base + root->begin, base + root->end},
                            "this is a configuration of IIS: it says where applications lie, not what they may do"),
                "name it behind the web.config of the framework's CONFIG directory: trustc import web.config %.*s",
                TC_STR_ARG(name));
            return TC_FAILED;
        }
    status = choose_framework(im, files, config, &framework);
    if (status != TC_OK)
        return status;
    return config == NULL ? put_policies(im, files, framework, out)
                          : tc_import_configuration(im, config, files, framework, out);
}

/* What was written from @a before on, laid out as every source is. */
static enum tc_status
lay_out(struct tc_compilation *c, size_t before, struct tc_buf *out)
{
    struct tc_source *source =
        tc_sources_add(&c->sources, TC_STR("<imported>"), tc_str_sub(tc_buf_str(out), before, SIZE_MAX));
    struct tc_buf laid_out = {0};
    enum tc_status status = source == NULL ? TC_ERR_LIMIT : tc_fmt(c, source, &laid_out);

    out->len = before;
    tc_buf_puts(out, tc_buf_str(&laid_out));
    tc_buf_done(&laid_out);
    tc_compilation_drop_trees(c);
    return status == TC_FAILED ? TC_ERR_SELF : status;
}

enum tc_status
tc_import(struct tc_compilation *c, const struct tc_import_options *options, struct tc_source *const *sources,
          size_t count, struct tc_buf *out)
{
    struct tc_importer im = {.c = c, .options = options, .arena = &c->arena, .diags = &c->diags};
    struct tc_import_files files = {.files = tc_arena_array(&c->arena, struct tc_import_file, count), .count = count};
    size_t before = out->len;
    enum tc_status status;

    if (files.files == NULL)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        files.files[i] = (struct tc_import_file){.source = sources[i]};
    tc_map_init(&im.classes, im.arena);
    status = import_files(&im, &files, out);
    if (status == TC_OK)
        status = lay_out(c, before, out);
    tc_diags_sort(&c->diags);
    if (status != TC_OK)
        out->len = before;
    for (size_t i = 0; i < count; i++)
        tc_buf_done(&files.files[i].piece.text);
    tc_buf_done(&im.declared);
    tc_compilation_done(&im.stock);
    return c->arena.failed || out->failed ? TC_ERR_NOMEM : status;
}
