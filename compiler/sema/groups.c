/* Code groups, membership conditions, full-trust assemblies and verbatim XML. */
#include "sema/internal.h"

#include "base/ascii.h"

#include <string.h>

/* ---- raw ---- */

/* The element name that @a text begins with; empty when it does not begin with a start tag. */
static struct tc_str
element_name(struct tc_str text)
{
    size_t end = 1;

    text = tc_str_trim(text);
    if (text.len < 2 || text.ptr[0] != '<')
        return (struct tc_str){NULL, 0};
    while (end < text.len && strchr(" \t/>", text.ptr[end]) == NULL)
        end++;
    return tc_str_sub(text, 1, end - 1);
}

bool
tc_raw_is(const struct tc_raw *raw, struct tc_str name)
{
    return raw->line_count > 0 && tc_str_eq(element_name(raw->lines[0]), name);
}

/* Verbatim markup while it is checked. */
struct markup {
    struct tc_str text;
    size_t at;
    const char *fault;
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static bool
skip_blanks(struct markup *m)
{
    size_t begin = m->at;

    while (m->at < m->text.len && is_blank(m->text.ptr[m->at]))
        m->at++;
    return m->at > begin;
}

/* A name in ASCII letters, which is all that the classes of policy files use; others count as letters. */
static struct tc_str
take_name(struct markup *m)
{
    size_t begin = m->at;

    while (m->at < m->text.len) {
        unsigned char c = (unsigned char)m->text.ptr[m->at];
        bool letter = tc_ascii_is_letter(c) || c == '_' || c == ':' || c >= 0x80;

        if (!letter && (m->at == begin || !(tc_ascii_is_digit(c) || c == '-' || c == '.')))
            break;
        m->at++;
    }
    return tc_str_sub(m->text, begin, m->at - begin);
}

static bool
fail(struct markup *m, const char *fault)
{
    if (m->fault == NULL)
        m->fault = fault;
    return false;
}

/* What both readers take alike as a value: no raw `<`, `>`, and only the five entities. */
static bool
check_value(struct markup *m, struct tc_str value)
{
    static const char *const entities[] = {"&lt;", "&gt;", "&quot;", "&apos;", "&amp;"};

    for (size_t i = 0; i < value.len; i++) {
        bool known = false;

        if (value.ptr[i] == '<' || value.ptr[i] == '>')
            return fail(m, "an attribute's value holds '<' or '>'; write &lt; and &gt;");
        if (value.ptr[i] != '&')
            continue;
        for (size_t e = 0; e < sizeof entities / sizeof *entities; e++)
            known |= tc_str_starts(tc_str_sub(value, i, value.len), tc_str_of(entities[e]));
        if (!known)
            return fail(m, "the CLR's reader decodes &lt; &gt; &quot; &apos; &amp; and nothing else; write & as &amp;");
    }
    return true;
}

enum { RAW_ATTRIBUTES_MAX = 64, RAW_DEPTH_MAX = 64 };

/* The attributes of a start tag up to its end; *ret_closed when it closes itself. */
static bool
check_attributes(struct markup *m, bool *ret_closed)
{
    struct tc_str names[RAW_ATTRIBUTES_MAX];
    size_t count = 0;

    for (;;) {
        bool blank = skip_blanks(m);
        struct tc_str name;
        size_t begin;

        if (m->at == m->text.len)
            return fail(m, "a tag is not complete");
        if (m->text.ptr[m->at] == '>' || m->text.ptr[m->at] == '/') {
            *ret_closed = m->text.ptr[m->at++] == '/';
            if (*ret_closed && (m->at == m->text.len || m->text.ptr[m->at++] != '>'))
                return fail(m, "a tag is not complete");
            return true;
        }
        if (!blank)
            return fail(m, "a blank is missing before an attribute");
        name = take_name(m);
        if (name.len == 0)
            return fail(m, "an attribute has no name");
        for (size_t i = 0; i < count; i++)
            if (tc_str_eq(names[i], name))
                return fail(m, "an attribute is given twice");
        if (count == RAW_ATTRIBUTES_MAX)
            return fail(m, "an element has too many attributes");
        names[count++] = name;
        skip_blanks(m);
        if (m->at == m->text.len || m->text.ptr[m->at++] != '=')
            return fail(m, "an attribute has no value");
        skip_blanks(m);
        if (m->at == m->text.len || m->text.ptr[m->at++] != '"')
            return fail(m, "an attribute's value is not in double quotes (in a string each is written twice: \"\")");
        begin = m->at;
        while (m->at < m->text.len && m->text.ptr[m->at] != '"')
            m->at++;
        if (m->at == m->text.len)
            return fail(m, "an attribute's value has no closing quote");
        if (!check_value(m, tc_str_sub(m->text, begin, m->at++ - begin)))
            return false;
    }
}

/* Well-formedness in the subset that the CLR's reader and a conforming one read alike (policy-file 2.1): elements and
 * attributes in double quotes; no text, comments, CDATA, declarations, character references. */
static const char *
raw_fault(struct tc_str text)
{
    struct markup m = {.text = text};
    struct tc_str open[RAW_DEPTH_MAX];
    size_t depth = 0;
    bool done = false, closed = false;

    for (skip_blanks(&m); m.at < text.len; skip_blanks(&m)) {
        if (text.ptr[m.at] != '<')
            return depth == 0 ? "there is text outside the element"
                              : "there is text between elements, which the CLR's reader cannot hold";
        if (done)
            return "there is more than one element; write one raw statement each";
        m.at++;
        if (m.at < text.len && text.ptr[m.at] == '/') {
            struct tc_str name;

            m.at++;
            name = take_name(&m);
            skip_blanks(&m);
            if (depth == 0 || m.at == text.len || text.ptr[m.at++] != '>' || !tc_str_eq(name, open[--depth]))
                return "an end tag does not match its start tag";
            done = depth == 0;
            continue;
        }
        if (m.at < text.len && (text.ptr[m.at] == '!' || text.ptr[m.at] == '?'))
            return "comments, CDATA and declarations cannot be kept for the CLR's reader";
        if (depth == RAW_DEPTH_MAX)
            return "it is nested too deeply";
        open[depth] = take_name(&m);
        if (open[depth].len == 0)
            return "a tag has no name";
        if (!check_attributes(&m, &closed))
            return m.fault;
        depth += !closed;
        done = depth == 0;
    }
    return depth > 0 ? "an element has no end tag" : done ? NULL : "it is empty";
}

struct tc_raw *
tc_lower_raw(struct tc_sema *s, const struct tc_ast_raw *node)
{
    struct tc_raw *raw = tc_arena_new(s->arena, struct tc_raw);
    size_t count = 0;
    struct tc_buf text = {0};
    const char *fault;

    if (raw == NULL)
        return NULL;
    for (const struct tc_atom *atom = node->lines.first; atom != NULL; atom = atom->next)
        count++;
    *raw = (struct tc_raw){.lines = tc_arena_array(s->arena, struct tc_str, count), .span = node->base.span};
    if (raw->lines == NULL)
        return NULL;
    for (const struct tc_atom *atom = node->lines.first; atom != NULL; atom = atom->next) {
        if (!tc_check_plain_tab(s, atom)) {
            tc_buf_done(&text);
            return NULL;
        }
        raw->lines[raw->line_count++] = atom->text;
        tc_buf_puts(&text, atom->text);
        tc_buf_putc(&text, '\n');
    }
    fault = raw_fault(tc_buf_str(&text));
    tc_buf_done(&text);
    if (fault == NULL)
        return raw;
    tc_diag_help(
        s->diags,
        tc_sema_report(s, TC_CODE_BAD_RAW, node->lines.first->span, "this is not one well-formed element: %s", fault),
        "raw text goes into the policy file as it is: <IPermission class=\"\"...\"\" version=\"\"1\"\"/>");
    return NULL;
}

/* ---- conditions ---- */

/* What a condition wants, in words. */
static const char *
argument_noun(enum tc_argument_kind kind)
{
    switch (kind) {
    case TC_ARGUMENT_URL:
        return "a URL";
    case TC_ARGUMENT_SITE:
        return "a site";
    case TC_ARGUMENT_ZONE:
        return "a zone";
    case TC_ARGUMENT_KEY:
        return "a public key";
    case TC_ARGUMENT_NAME:
        return "the assembly's simple name";
    case TC_ARGUMENT_VERSION:
        return "a version";
    case TC_ARGUMENT_HASH_NAME:
        return "a hash algorithm";
    case TC_ARGUMENT_HEX:
        return "a value in hexadecimal digits";
    }
    return "a value";
}

static bool
check_argument(struct tc_sema *s, const struct tc_argument *argument, const struct tc_atom *atom,
               const struct tc_atom *first)
{
    const struct tc_enum *zones = tc_enum(TC_ENUM_ZONE);
    struct tc_nearest nearest;
    struct tc_diag *diag;

    switch (argument->kind) {
    case TC_ARGUMENT_URL:
        return tc_check_group_url(s, atom);
    case TC_ARGUMENT_SITE:
        return tc_check_site(s, atom);
    case TC_ARGUMENT_ZONE:
        if (tc_enum_find(zones, atom->text) != NULL && tc_enum_find(zones, atom->text)->value >= 0)
            return true; /* NoZone is a value of the enumeration, but no condition takes it (policy-file 5.4) */
        diag = tc_sema_report(s, TC_CODE_UNKNOWN_FLAG, atom->span, "'%.*s' is no zone", TC_STR_ARG(atom->text));
        tc_nearest_init(&nearest, atom->text);
        for (size_t i = 0; i < zones->count; i++)
            tc_nearest_try(&nearest, tc_str_of(zones->values[i].name));
        if (nearest.best.len > 0)
            tc_nearest_help(s, diag, &nearest);
        else
            tc_diag_help(s->diags, diag, "the zones are MyComputer, Intranet, Trusted, Internet and Untrusted");
        return false;
    case TC_ARGUMENT_KEY:
        return tc_check_public_key(s, atom);
    case TC_ARGUMENT_HEX:
        return atom == first ? tc_check_hex(s, atom, "a certificate") : tc_check_hash(s, first, atom);
    case TC_ARGUMENT_NAME:
        if (atom->text.len > 0)
            return tc_check_plain(s, atom);
        tc_sema_report(s, TC_CODE_BAD_CONDITION, atom->span, "an assembly has a name");
        return false;
    case TC_ARGUMENT_VERSION:
        return tc_check_version(s, atom);
    case TC_ARGUMENT_HASH_NAME:
        if (tc_str_eq(atom->text, TC_STR("SHA1")) || tc_str_eq(atom->text, TC_STR("MD5")) ||
            tc_str_eq(atom->text, TC_STR("SHA256")) || tc_str_eq(atom->text, TC_STR("SHA384")) ||
            tc_str_eq(atom->text, TC_STR("SHA512")))
            return true;
        tc_diag_help(
            s->diags,
            tc_sema_report(s, TC_CODE_UNKNOWN_FLAG, atom->span, "'%.*s' is no hash algorithm", TC_STR_ARG(atom->text)),
            "write SHA1, MD5, SHA256, SHA384 or SHA512");
        return false;
    }
    return false;
}

static bool
lower_custom_condition(struct tc_sema *s, const struct tc_ast_group *node, struct tc_membership *ret)
{
    const struct tc_atom *type = node->condition.first->next;

    if (type == NULL || type->next != NULL) {
        tc_sema_report(
            s, TC_CODE_BAD_CONDITION, node->condition.first->span,
            "a condition of another class is written: condition \"Type, Assembly, ...\" { attribute NAME \"value\"; }");
        return false;
    }
    ret->kind = TC_CONDITION_COUNT_;
    ret->type = type->text;
    ret->markup = tc_lower_markup(s, node->condition_block.first);
    return tc_check_type_name(s, type, NULL);
}

/* The argument that @a atom's word introduces; argument_count when there is none. */
static size_t
find_argument(const struct tc_condition_info *info, const struct tc_atom *atom)
{
    for (size_t i = 0; atom != NULL && i < info->argument_count; i++)
        if (info->arguments[i].keyword != NULL && tc_str_eq(atom->text, tc_str_of(info->arguments[i].keyword)))
            return i;
    return info->argument_count;
}

static bool
lower_condition(struct tc_sema *s, const struct tc_ast_group *node, struct tc_membership *ret)
{
    const struct tc_atom *word = node->condition.first, *atom = word->next;
    enum tc_condition_id id = tc_condition_find(word->text);
    const struct tc_condition_info *info;
    struct tc_nearest nearest;
    struct tc_diag *diag;
    bool ok = true;

    *ret = (struct tc_membership){.kind = id, .span = word->span};
    if (tc_str_eq(word->text, TC_STR("condition")))
        return lower_custom_condition(s, node, ret);
    if (id == TC_CONDITION_COUNT_) {
        diag = tc_sema_report(s, TC_CODE_BAD_CONDITION, word->span, "'%.*s' is no membership condition",
                              TC_STR_ARG(word->text));
        tc_nearest_init(&nearest, word->text);
        for (int i = 0; i < TC_CONDITION_COUNT_; i++)
            tc_nearest_try(&nearest, tc_str_of(tc_condition_info((enum tc_condition_id)i)->word));
        if (nearest.best.len > 0)
            tc_nearest_help(s, diag, &nearest);
        else
            tc_diag_help(s->diags, diag,
                         "write all, url, zone, site, strongname, hash, publisher, gac, application-directory or "
                         "condition \"class\"");
        return false;
    }
    info = tc_condition_info(id);
    if (node->has_condition_block) {
        tc_sema_report(s, TC_CODE_BAD_CONDITION, word->span, "the condition '%s' takes no block", info->word);
        ok = false;
    }
    for (size_t i = 0; i < info->argument_count; i++) {
        const struct tc_argument *argument = &info->arguments[i];

        if (argument->keyword != NULL)
            continue;
        if (atom == NULL) {
            tc_sema_report(s, TC_CODE_BAD_CONDITION, word->span, "the condition '%s' needs %s", info->word,
                           argument_noun(argument->kind));
            return false;
        }
        ok &= check_argument(s, argument, atom, word->next);
        ret->values[i] = atom->text;
        atom = atom->next;
    }
    for (size_t i = find_argument(info, atom); i < info->argument_count; i = find_argument(info, atom)) {
        if (ret->values[i].len > 0 || atom->next == NULL) {
            tc_sema_report(s, TC_CODE_BAD_CONDITION, atom->span,
                           atom->next == NULL ? "'%.*s' needs a value" : "'%.*s' is given twice",
                           TC_STR_ARG(atom->text));
            return false;
        }
        atom = atom->next;
        ok &= check_argument(s, &info->arguments[i], atom, word->next);
        ret->values[i] = atom->text;
        atom = atom->next;
    }
    if (atom != NULL) {
        tc_sema_report(s, TC_CODE_BAD_CONDITION, atom->span, "'%.*s' is one value too many for the condition '%s'",
                       TC_STR_ARG(atom->text), info->word);
        ok = false;
    }
    return ok;
}

/* ---- groups ---- */

static void
lower_option(struct tc_sema *s, struct tc_group *group, const struct tc_ast_clause *option)
{
    const struct tc_atom *word = option->terms.first, *value = word->next;

    if (tc_str_eq(word->text, TC_STR("attributes"))) {
        const struct tc_enum *attributes = tc_enum(TC_ENUM_STATEMENT_ATTRIBUTES);

        for (const struct tc_atom *atom = value; atom != NULL; atom = atom->next) {
            const struct tc_enum_value *flag = tc_enum_find(attributes, atom->text);

            if (flag == NULL)
                tc_diag_help(s->diags,
                             tc_sema_report(s, TC_CODE_UNKNOWN_FLAG, atom->span,
                                            "'%.*s' is no attribute of a code group", TC_STR_ARG(atom->text)),
                             "write Exclusive, LevelFinal or both");
            else
                group->attributes |= (unsigned)flag->value;
        }
    } else if (tc_str_eq(word->text, TC_STR("access"))) {
        const struct tc_enum *access = tc_enum(TC_ENUM_FILE_IO_ACCESS);

        if (group->kind != TC_GROUP_FILE)
            tc_sema_report(s, TC_CODE_BAD_GROUP, word->span, "only a file code group has an access");
        for (const struct tc_atom *atom = value; atom != NULL; atom = atom->next) {
            if (tc_enum_find(access, atom->text) == NULL)
                tc_diag_help(s->diags,
                             tc_sema_report(s, TC_CODE_UNKNOWN_FLAG, atom->span, "'%.*s' is no FileIOPermissionAccess",
                                            TC_STR_ARG(atom->text)),
                             "write Read, Write, Append, PathDiscovery or AllAccess");
            group->access = tc_arena_printf(s->arena, "%.*s%s%.*s", TC_STR_ARG(group->access),
                                            group->access.len > 0 ? ", " : "", TC_STR_ARG(atom->text));
        }
    } else if (value != NULL && tc_check_plain(s, value)) {
        if (value->next != NULL)
            tc_sema_report(s, TC_CODE_BAD_GROUP, value->next->span, "'%.*s' takes one string", TC_STR_ARG(word->text));
        if (tc_str_eq(word->text, TC_STR("name")))
            group->name = value->text;
        else
            group->description = value->text;
    }
}

static const struct tc_pset *
lower_inline_set(struct tc_sema *s, const struct tc_ast_group *node)
{
    struct tc_body body = {0};
    struct tc_pset *set = tc_arena_new(s->arena, struct tc_pset);

    if (set == NULL)
        return NULL;
    tc_lower_body(s, node->inline_set.first, &body, NULL, NULL);
    set->span = node->base.span;
    set->raw = body.main.raw;
    for (const struct tc_op *op = body.main.first; op != NULL; op = op->next) {
        const struct tc_perm *old = tc_pset_find(set, op->perm->cls);
        struct tc_perm *merged;

        if (op->kind != TC_OP_GRANT) {
            tc_sema_report(
                s, TC_CODE_MISPLACED, op->span,
                "a set written on the spot has nothing to revoke and nothing uncertain: only grants stand in it");
            continue;
        }
        merged = old == NULL ? tc_perm_copy(s->arena, op->perm) : tc_perm_copy(s->arena, old);
        if (merged == NULL)
            return NULL;
        if (old != NULL)
            tc_perm_unite(s->arena, merged, op->perm);
        tc_pset_put(s->arena, set, merged, false);
    }
    return set;
}

/* A group without its children. */
static struct tc_group *
lower_one(struct tc_sema *s, const struct tc_ast_group *node, enum tc_group_kind kind)
{
    struct tc_group *group = tc_arena_new(s->arena, struct tc_group);

    if (group == NULL)
        return NULL;
    *group = (struct tc_group){.kind = kind, .span = node->base.span};
    lower_condition(s, node, &group->condition);
    if (node->set != NULL) {
        group->set_name = node->set->text;
        group->span = node->set->span;
        if (node->set->text.len == 0)
            tc_diag_help(s->diags,
                         tc_sema_report(s, TC_CODE_BAD_GROUP, node->set->span, "a code group grants a set with a name"),
                         "for no permission at all write: grants Nothing");
    } else {
        group->inline_set = lower_inline_set(s, node);
    }
    for (const struct tc_ast *option = node->options.first; option != NULL; option = option->next) {
        const struct tc_atom *word = ((const struct tc_ast_clause *)option)->terms.first;

        for (const struct tc_ast *other = node->options.first; other != option; other = other->next)
            if (tc_str_eq(((const struct tc_ast_clause *)other)->terms.first->text, word->text))
                tc_diag_label(s->diags,
                              tc_sema_report(s, TC_CODE_DUPLICATE_SETTING, option->span, "'%.*s' is said twice",
                                             TC_STR_ARG(word->text)),
                              other->span, "first said here");
        lower_option(s, group, (const struct tc_ast_clause *)option);
    }
    return group;
}

struct tc_group *
tc_lower_code(struct tc_sema *s, const struct tc_ast_group *node)
{
    return lower_one(s, node, TC_GROUP_UNION);
}

static struct tc_group *
lower_group(struct tc_sema *s, const struct tc_ast *item)
{
    const struct tc_ast_group *node = (const struct tc_ast_group *)item;
    enum tc_group_kind kind;
    struct tc_group *group;

    if (item->kind == TC_AST_RAW) {
        struct tc_raw *raw = tc_lower_raw(s, (const struct tc_ast_raw *)item);

        group = raw == NULL ? NULL : tc_arena_new(s->arena, struct tc_group);
        if (group != NULL)
            *group = (struct tc_group){.is_raw = true, .raw = raw, .span = item->span};
        return group;
    }
    if (item->kind != TC_AST_GROUP)
        return NULL;
    kind = node->custom ? TC_GROUP_COUNT_ : tc_group_find(node->group_kind->text);
    group = lower_one(s, node, kind);
    if (group == NULL)
        return NULL;
    if (node->custom) {
        group->type = node->group_kind->text;
        tc_check_type_name(s, node->group_kind, NULL);
    }
    group->children = tc_lower_groups(s, node->children.first);
    return group;
}

struct tc_group *
tc_lower_groups(struct tc_sema *s, const struct tc_ast *items)
{
    struct tc_group *first = NULL, **tail = &first;

    for (; items != NULL; items = items->next) {
        *tail = lower_group(s, items);
        if (*tail != NULL)
            tail = &(*tail)->next;
    }
    return first;
}

/* `full-trust assembly "Name" version "1.0.0.0" key "0024…";` */
struct tc_full_trust *
tc_lower_full_trust(struct tc_sema *s, const struct tc_ast_full_trust *node)
{
    static const char *const words[] = {"assembly", "version", "key"};
    struct tc_full_trust *entry = tc_arena_new(s->arena, struct tc_full_trust);
    const struct tc_atom *values[3] = {NULL, NULL, NULL};
    bool ok = true;

    if (entry == NULL)
        return NULL;
    for (const struct tc_atom *atom = node->terms.first; atom != NULL; atom = atom->next->next) {
        size_t i = 0;

        while (i < 3 && !tc_str_eq(atom->text, tc_str_of(words[i])))
            i++;
        if (i == 3 || values[i] != NULL || atom->next == NULL) {
            tc_diag_help(s->diags,
                         tc_sema_report(s, TC_CODE_BAD_FULL_TRUST, atom->span,
                                        i == 3              ? "expected assembly, version or key, not '%.*s'"
                                        : values[i] != NULL ? "'%.*s' is given twice"
                                                            : "'%.*s' needs a value",
                                        TC_STR_ARG(atom->text)),
                         "write: full-trust assembly \"Contoso.Data\" version \"1.0.0.0\" key \"0024...\";");
            return NULL;
        }
        values[i] = atom->next;
    }
    for (size_t i = 0; i < 3; i++)
        if (values[i] == NULL || values[i]->text.len == 0) {
            tc_diag_help(s->diags,
                         tc_sema_report(s, TC_CODE_BAD_FULL_TRUST, node->base.span, "the %s of the assembly is missing",
                                        i == 0 ? "name" : words[i]),
                         "write: full-trust assembly \"Contoso.Data\" version \"1.0.0.0\" key \"0024...\";");
            return NULL;
        }
    ok &= tc_check_plain(s, values[0]);
    ok &= tc_check_version(s, values[1]);
    ok &= tc_check_public_key(s, values[2]);
    *entry = (struct tc_full_trust){
        .name = values[0]->text, .version = values[1]->text, .key = values[2]->text, .span = node->base.span};
    return ok ? entry : NULL;
}
