#include "emit/merge.h"

#include "emit/emit_webconfig.h"
#include "emit/merge_compare.h"
#include "emit/merge_scan.h"
#include "xml/writer.h"

#include <assert.h>
#include <string.h>

/* A change of the existing text. */
struct edit {
    uint32_t begin;
    uint32_t end;
    struct tc_str text;
};

/* Regions, cuts before and behind them, and an opened root. */
#define EDITS_MAX 32

/* Elements that belong together in one group, with comments that belong to them. */
struct run {
    const struct tc_markup *first; /* NULL: there is none */
    const struct tc_markup *last;
};

struct merge {
    struct tc_arena *arena;
    struct tc_diags *diags;
    struct tc_config_plan plan;
    struct tc_config_file file;
    struct tc_map levels; /* name -> struct tc_trust_level of ours */
    bool *level_is_there; /* by index: the file declares the level itself */
    struct tc_buf scratch;
    bool refused; /* a value that XML cannot hold */
    struct edit edits[EDITS_MAX];
    size_t edit_count;
};

/* ---- edits ----------------------------------------------------------------------------------- */

static void
edit(struct merge *merge, uint32_t begin, uint32_t end, struct tc_str text)
{
    assert(merge->edit_count < EDITS_MAX);
    merge->edits[merge->edit_count++] = (struct edit){begin, end, text};
}

/* By place; at one place in the order made. Few enough for insertion. */
static void
sort_edits(struct merge *merge)
{
    for (size_t i = 1; i < merge->edit_count; i++) {
        struct edit moving = merge->edits[i];
        size_t to = i;
        for (; to > 0 && merge->edits[to - 1].begin > moving.begin; to--)
            merge->edits[to] = merge->edits[to - 1];
        merge->edits[to] = moving;
    }
}

static void
apply_edits(struct merge *merge, struct tc_buf *out)
{
    struct tc_str text = merge->file.source->text;
    sort_edits(merge);
    size_t more = 3 + text.len;
    for (size_t i = 0; i < merge->edit_count; i++)
        more += merge->edits[i].text.len;
    if (!tc_buf_reserve(out, more))
        return;
    if (merge->file.source->had_bom)
        tc_buf_put(out, "\xEF\xBB\xBF", 3);
    uint32_t at = 0;
    for (size_t i = 0; i < merge->edit_count; i++) {
        const struct edit *change = &merge->edits[i];
        assert(change->begin >= at && change->end >= change->begin);
        tc_buf_puts(out, tc_str_sub(text, at, change->begin - at));
        tc_buf_puts(out, change->text);
        at = change->end;
    }
    tc_buf_puts(out, tc_str_sub(text, at, text.len));
}

/* ---- layout ---------------------------------------------------------------------------------- */

/* The indentation of the line that @a markup begins; empty when it begins none. */
static struct tc_str
indent_of(const struct merge *merge, const struct tc_markup *markup)
{
    struct tc_str indent;
    return tc_config_file_line_before(&merge->file, markup->begin, &indent) ? indent : TC_STR("");
}

/* The indentation of the children of @a parent: that of the last one, else one step more than its own. */
static struct tc_str
child_indent(const struct merge *merge, const struct tc_markup *parent)
{
    struct tc_str indent;
    for (const struct tc_markup *child = parent->last; child != NULL; child = child->prev) {
        if (child->kind == TC_MARKUP_ELEMENT && tc_config_file_line_before(&merge->file, child->begin, &indent))
            return indent;
    }
    indent = indent_of(merge, parent);
    return tc_arena_printf(merge->arena, "%.*s%.*s", TC_STR_ARG(indent), TC_STR_ARG(merge->file.unit));
}

/* A writer of lines that begin with @a base and the file's indentation, in its line ending and encoding. */
static void
begin_fragment(struct merge *merge, struct tc_xml *xml, struct tc_str base)
{
    tc_buf_clear(&merge->scratch);
    tc_xml_init(xml, &merge->scratch, "", "");
    xml->indent = merge->file.unit;
    xml->newline = merge->file.newline;
    tc_xml_set_style(xml, merge->file.encoding.len > 0 ? TC_XML_CONFIG_ASCII : TC_XML_CONFIG, base);
}

/* The lines written, each with its indentation and line ending. */
static struct tc_str
end_fragment(struct merge *merge, const struct tc_xml *xml)
{
    if (xml->refused)
        merge->refused = true;
    if (merge->scratch.failed)
        merge->arena->failed = true;
    return tc_arena_str(merge->arena, tc_buf_str(&merge->scratch));
}

/* Lines without the indentation of the first and the line ending of the last, to stand where something stood. */
static struct tc_str
inner_lines(const struct merge *merge, struct tc_str lines, struct tc_str base)
{
    if (lines.len < base.len + merge->file.newline.len)
        return lines; /* out of memory */
    return tc_str_sub(lines, base.len, lines.len - base.len - merge->file.newline.len);
}

static struct tc_str
join(struct merge *merge, struct tc_str a, struct tc_str b, struct tc_str c)
{
    tc_buf_clear(&merge->scratch);
    tc_buf_puts(&merge->scratch, a);
    tc_buf_puts(&merge->scratch, b);
    tc_buf_puts(&merge->scratch, c);
    if (merge->scratch.failed)
        merge->arena->failed = true;
    return tc_arena_str(merge->arena, tc_buf_str(&merge->scratch));
}

static struct tc_str
source_text(const struct merge *merge, uint32_t begin, uint32_t end)
{
    return tc_str_sub(merge->file.source->text, begin, end - begin);
}

/* Add @a lines as the last children of @a parent. */
static void
append_lines(struct merge *merge, const struct tc_markup *parent, struct tc_str lines)
{
    struct tc_str newline = merge->file.newline;
    struct tc_str indent;
    if (parent->empty) {
        uint32_t slash = parent->end - 2;
        const char *text = merge->file.source->text.ptr;
        while (strchr(" \t\r\n", text[slash - 1]) != NULL)
            slash--;
        struct tc_str closing = tc_arena_printf(merge->arena, "%.*s</%.*s>", TC_STR_ARG(indent_of(merge, parent)),
                                                TC_STR_ARG(parent->name));
        edit(merge, slash, parent->end, join(merge, join(merge, TC_STR(">"), newline, lines), closing, TC_STR("")));
    } else if (tc_config_file_line_before(&merge->file, parent->close_begin, &indent)) {
        uint32_t line = parent->close_begin - (uint32_t)indent.len;
        edit(merge, line, line, lines);
    } else {
        edit(merge, parent->close_begin, parent->close_begin, join(merge, newline, lines, indent_of(merge, parent)));
    }
}

/* Whether the region already says what @a lines say, blanks aside: people may have re-indented the file. */
static bool
region_says(struct merge *merge, const struct tc_config_region *region, struct tc_str lines)
{
    struct tc_str wrapped = join(merge, TC_STR("<r>"), lines, TC_STR("</r>"));
    struct tc_markup *document;
    struct tc_markup_fault fault;
    if (tc_spans_scan(merge->arena, wrapped, &document, &fault) != TC_OK)
        return false;
    const struct tc_markup *there = region->begin;
    const struct tc_markup *wanted = document->first->first;
    for (; wanted != NULL; wanted = wanted->next, there = there->next) {
        if (there == NULL || !tc_markup_same(there, wanted))
            return false;
        if (there == region->end)
            return wanted->next == NULL;
    }
    return false;
}

/* The indentation for what takes the place of a region or an element. */
static struct tc_str
base_at(const struct merge *merge, const struct tc_markup *markup)
{
    struct tc_str indent;
    return tc_config_file_line_before(&merge->file, markup->begin, &indent) ? indent
                                                                            : child_indent(merge, markup->parent);
}

static void
replace_region(struct merge *merge, const struct tc_config_region *region, struct tc_str lines, struct tc_str base)
{
    struct tc_str inner = inner_lines(merge, lines, base);
    if (!tc_str_eq(inner, source_text(merge, region->begin->begin, region->end->end)) &&
        !region_says(merge, region, lines))
        edit(merge, region->begin->begin, region->end->end, inner);
}

/* Without the lines that it had for itself. */
static void
remove_region(struct merge *merge, const struct tc_config_region *region)
{
    struct tc_str indent;
    uint32_t begin = region->begin->begin;
    uint32_t end = region->end->end;
    uint32_t next;
    if (tc_config_file_line_before(&merge->file, begin, &indent) &&
        tc_config_file_line_after(&merge->file, end, &next)) {
        begin -= (uint32_t)indent.len;
        end = next;
    }
    edit(merge, begin, end, TC_STR(""));
}

/* ---- our own entries ------------------------------------------------------------------------- */

/* A second place, where there is one: what the compiler made up stands nowhere. */
static void
label_source(const struct merge *merge, struct tc_diag *diag, struct tc_span span, struct tc_str text)
{
    if (span.begin != 0)
        tc_diag_label(merge->diags, diag, span, "%.*s", TC_STR_ARG(text));
    else
        tc_diag_note(merge->diags, diag, "%.*s", TC_STR_ARG(text));
}

/* Maps hold pointers that may be written through; what is stored here never is. */
static void *
stored(const void *value)
{
    union {
        const void *in;
        void *out;
    } both = {.in = value};
    return both.out;
}

static void
check_entries(struct merge *merge)
{
    const struct tc_config_entries *entries = merge->plan.entries;
    struct tc_map paths;
    tc_map_init(&paths, merge->arena);
    for (size_t i = 0; i < entries->application_count; i++) {
        const struct tc_trust_entry *entry = &entries->applications[i];
        const char *fault = tc_location_path_fault(entry->path);
        struct tc_str key = tc_location_path_key(merge->arena, entry->path);
        if (key.len == 0)
            fault = "is empty: expected 'SITE' or 'SITE/PATH'";
        if (fault != NULL) {
            tc_diag_add(merge->diags, tc_code(TC_CODE_MERGE_LOCATION_PATH), entry->span, "the location path '%.*s' %s",
                        TC_STR_ARG(entry->path), fault);
            continue;
        }
        const struct tc_trust_entry *earlier = tc_map_add(&paths, key, stored(entry));
        if (earlier != NULL) {
            struct tc_diag *diag = tc_diag_add(merge->diags, tc_code(TC_CODE_MERGE_PATH_TWICE), entry->span,
                                               "a second application at '%.*s'", TC_STR_ARG(entry->path));
            label_source(merge, diag, earlier->span,
                         tc_arena_printf(merge->arena, "the first one is at '%.*s'", TC_STR_ARG(earlier->path)));
        }
    }
    for (size_t i = 0; i < entries->level_count; i++) {
        const struct tc_trust_level *level = &entries->levels[i];
        const struct tc_trust_level *earlier = tc_map_add(&merge->levels, level->name, stored(level));
        if (earlier != NULL && !tc_str_eq(earlier->policy_file, level->policy_file)) {
            struct tc_diag *diag = tc_diag_add(merge->diags, tc_code(TC_CODE_MERGE_LEVEL_CONFLICT), level->span,
                                               "the trust level '%.*s' has two policy files", TC_STR_ARG(level->name));
            label_source(merge, diag, earlier->span,
                         tc_arena_printf(merge->arena, "the other is '%.*s'", TC_STR_ARG(earlier->policy_file)));
        }
    }
}

/* ---- trust levels ---------------------------------------------------------------------------- */

/* A trust level that someone else declares, for the whole machine or for one path. */
static void
check_level(struct merge *merge, const struct tc_markup *element, bool for_machine, struct tc_map *seen)
{
    struct tc_diags *diags = merge->diags;
    struct tc_span span = tc_config_file_span(&merge->file, element);
    struct tc_str name, policy;
    if (!tc_markup_is(element, "trustLevel") || !tc_config_file_value(&merge->file, element, "name", &name) ||
        !tc_config_file_value(&merge->file, element, "policyFile", &policy) || name.len == 0) {
        struct tc_diag *diag =
            tc_diag_add(diags, tc_code(TC_CODE_MERGE_BAD_LEVEL), span,
                        tc_markup_is(element, "trustLevel") ? "a <trustLevel> without a name or policyFile: '%.*s'"
                                                            : "'%.*s' cannot stand in <securityPolicy>",
                        TC_STR_ARG(element->name));
        tc_diag_help(diags, diag, "expected nothing but <trustLevel name=\"…\" policyFile=\"…\" />");
        return;
    }
    const struct tc_trust_level *ours = tc_map_get(&merge->levels, name);
    if (ours != NULL) {
        /* Windows does not tell file names apart by case, so that is the same file and theirs may stay. */
        if (!tc_str_eq_nocase(policy, ours->policy_file)) {
            struct tc_diag *diag = tc_diag_add(diags, tc_code(TC_CODE_MERGE_LEVEL_CONFLICT), span,
                                               "the trust level '%.*s' is declared here with the policy file '%.*s'",
                                               TC_STR_ARG(name), TC_STR_ARG(policy));
            label_source(merge, diag, ours->span,
                         tc_arena_printf(merge->arena, "the source makes it '%.*s'", TC_STR_ARG(ours->policy_file)));
            tc_diag_help(diags, diag,
                         ours->span.begin != 0 ? "rename the policy in the source, or remove this entry"
                                               : "the stock levels keep their files: write a policy of another name");
        } else if (for_machine) {
            merge->level_is_there[ours - merge->plan.entries->levels] = true;
        }
    }
    if (!for_machine)
        return;
    const struct tc_markup *earlier = tc_map_add(seen, name, stored(element));
    struct tc_str other;
    if (earlier != NULL && tc_config_file_value(&merge->file, earlier, "policyFile", &other) &&
        !tc_str_eq(other, policy)) {
        struct tc_diag *diag =
            tc_diag_add(diags, tc_code(TC_CODE_MERGE_LEVEL_CONFLICT), span,
                        "the trust level '%.*s' a second time, with another policy file", TC_STR_ARG(name));
        tc_diag_label(diags, diag, tc_config_file_span(&merge->file, earlier), "first declared here");
    }
}

/* Declared levels of all paths, by name; ours and theirs. */
static void
check_levels(struct merge *merge, struct tc_map *declared)
{
    struct tc_map other_paths;
    tc_map_init(&other_paths, merge->arena);
    for (size_t i = 0; i < merge->file.path_count; i++) {
        const struct tc_markup *policy = merge->file.all[i]->sections[TC_SECTION_SECURITY_POLICY];
        if (policy == NULL)
            continue;
        bool for_machine = merge->file.all[i] == &merge->file.machine;
        for (const struct tc_markup *at = tc_config_file_next(&merge->file, policy, NULL); at != NULL;
             at = tc_config_file_next(&merge->file, policy, at)) {
            if (at->kind != TC_MARKUP_ELEMENT)
                continue;
            check_level(merge, at, for_machine, declared);
            struct tc_str name;
            if (!for_machine && tc_config_file_value(&merge->file, at, "name", &name))
                tc_map_add(&other_paths, name, stored(at));
        }
    }
    /* A level of an earlier run that is gone now, while a trust of someone else still asks for it: that application
     * would no longer start (aspnet-trust 8, B1). */
    const struct tc_config_region *region = &merge->file.regions[TC_REGION_LEVELS];
    if (region->begin == NULL)
        return;
    struct tc_map former;
    tc_map_init(&former, merge->arena);
    for (const struct tc_markup *at = region->begin->next; at != region->end; at = at->next) {
        struct tc_str name;
        if (tc_config_file_value(&merge->file, at, "name", &name))
            tc_map_add(&former, name, stored(at));
    }
    for (size_t i = 0; i < merge->file.path_count; i++) {
        const struct tc_markup *trust = merge->file.all[i]->sections[TC_SECTION_TRUST];
        struct tc_str level;
        if (trust == NULL || !tc_config_file_value(&merge->file, trust, "level", &level) ||
            tc_map_get(&merge->levels, level) != NULL || tc_map_get(declared, level) != NULL ||
            tc_map_get(&other_paths, level) != NULL)
            continue;
        const struct tc_markup *gone = tc_map_get(&former, level);
        if (gone == NULL)
            continue;
        struct tc_diag *diag =
            tc_diag_add(merge->diags, tc_code(TC_CODE_MERGE_LEVEL_IN_USE), tc_config_file_span(&merge->file, trust),
                        "this asks for the trust level '%.*s', which the source no longer makes", TC_STR_ARG(level));
        tc_diag_label(merge->diags, diag, tc_config_file_span(&merge->file, gone), "an earlier merge declared it");
        tc_diag_help(merge->diags, diag, "give the application another level, or keep the policy in the source");
    }
}

/* ---- what someone else says for one path ----------------------------------------------------- */

/*
 * Someone else's section where one of ours would go. A section may occur once per path in a file, so it is theirs or an
 * error.
 */
static void
check_section(struct merge *merge, enum tc_section section, const struct tc_markup *element,
              const struct tc_trust_entry *entry)
{
    struct tc_diags *diags = merge->diags;
    const char *name = tc_section_name(section);
    struct tc_span span = tc_config_file_span(&merge->file, element);
    struct tc_str difference = tc_config_section_difference(&merge->file, &merge->plan, section, element, entry);
    struct tc_str path = entry->path.len > 0 ? tc_arena_printf(merge->arena, "'%.*s'", TC_STR_ARG(entry->path))
                                             : TC_STR("the whole machine");
    if (difference.len > 0) {
        struct tc_diag *diag = tc_diag_add(diags, tc_code(TC_CODE_MERGE_CONFLICT), span,
                                           "someone else's <%s> for %.*s says otherwise than the source: %.*s", name,
                                           TC_STR_ARG(path), TC_STR_ARG(difference));
        label_source(merge, diag, entry->span,
                     tc_arena_printf(merge->arena, "the source asks for the level '%.*s' and what goes with it here",
                                     TC_STR_ARG(entry->level)));
        tc_diag_help(diags, diag,
                     section == TC_SECTION_TRUST || section == TC_SECTION_FULL_TRUST
                         ? "remove this entry, so that trustc can write its own, or make the source say the same"
                         : "make it say the same, or make the source leave it out");
        return;
    }
    const struct tc_markup *location = tc_config_file_location(element);
    if (tc_config_file_is_locked(&merge->file, location))
        return;
    if (section == TC_SECTION_TRUST || section == TC_SECTION_FULL_TRUST) {
        struct tc_diag *diag = tc_diag_add(
            diags, tc_code(TC_CODE_MERGE_NOT_LOCKED), span,
            "someone else's <%s> for %.*s says the same as the source, but is not locked", name, TC_STR_ARG(path));
        label_source(
            merge, diag, entry->span,
            tc_arena_printf(merge->arena, "the source asks for the level '%.*s' here", TC_STR_ARG(entry->level)));
        tc_diag_help(diags, diag,
                     "write allowOverride=\"false\" in its <location>, or remove it, so that trustc can write its own");
        return;
    }
    const char *attr = section == TC_SECTION_COMPILATION ? "tempDirectory" : "impersonate";
    if (merge->plan.clr->has_lock_attributes && !tc_config_is_attr_locked(&merge->file, element, attr)) {
        struct tc_diag *diag =
            tc_diag_add(diags, tc_code(TC_CODE_MERGE_NOT_LOCKED), span,
                        "someone else's <%s> for %.*s says the same as the source, but its %s is not locked", name,
                        TC_STR_ARG(path), attr);
        label_source(merge, diag, entry->span,
                     tc_arena_printf(merge->arena, "the source asks for the level '%.*s' and what goes with it here",
                                     TC_STR_ARG(entry->level)));
        tc_diag_help(diags, diag, "add lockAttributes=\"%s\" to it, or remove it", attr);
    }
}

/* What of @a entry is left to write: @a needs without what the file has. */
static unsigned
check_path(struct merge *merge, const struct tc_config_path *path, const struct tc_trust_entry *entry, unsigned needs)
{
    static const struct {
        unsigned need;
        enum tc_section section;
    } sections[] = {
        {TC_NEED_TRUST, TC_SECTION_TRUST},
        {TC_NEED_FULL_TRUST, TC_SECTION_FULL_TRUST},
        {TC_NEED_COMPILATION, TC_SECTION_COMPILATION},
        {TC_NEED_IDENTITY, TC_SECTION_IDENTITY},
    };
    for (size_t i = 0; path != NULL && i < sizeof sections / sizeof sections[0]; i++) {
        const struct tc_markup *element = path->sections[sections[i].section];
        if (!(needs & sections[i].need) || element == NULL)
            continue;
        check_section(merge, sections[i].section, element, entry);
        needs &= ~sections[i].need;
    }
    return needs;
}

/* Someone else's lock on an attribute that the entry for a path below sets: it holds there as well. */
static void
check_lock_above(struct merge *merge, const struct tc_config_path *above, const struct tc_trust_entry *entry,
                 enum tc_section section, const char *attr)
{
    const struct tc_markup *element = above == NULL ? NULL : above->sections[section];
    const struct tc_markup *location = element == NULL ? NULL : tc_config_file_location(element);
    struct tc_str inherit;
    if (element == NULL || !tc_config_is_attr_locked(&merge->file, element, attr))
        return;
    if (location != NULL && tc_config_file_value(&merge->file, location, "inheritInChildApplications", &inherit) &&
        tc_str_eq(inherit, TC_STR("false")))
        return;
    struct tc_diag *diag = tc_diag_add(
        merge->diags, tc_code(TC_CODE_MERGE_CONFLICT), tc_config_file_span(&merge->file, element),
        "someone else's <%s> for %s%.*s%s locks %s for '%.*s' too, which is to have its own", tc_section_name(section),
        above->path.len > 0 ? "'" : "", TC_STR_ARG(above->path.len > 0 ? above->path : TC_STR("the whole machine")),
        above->path.len > 0 ? "'" : "", attr, TC_STR_ARG(entry->path));
    label_source(merge, diag, entry->span, TC_STR("the source sets it here"));
    tc_diag_note(merge->diags, diag, "every request to '%.*s' would fail", TC_STR_ARG(entry->path));
    tc_diag_help(merge->diags, diag,
                 above->path.len > 0
                     ? "write inheritInChildApplications=\"false\" in its <location>, or remove the lock"
                     : "remove the lock");
}

static void
check_above(struct merge *merge, const struct tc_trust_entry *entry, unsigned needs)
{
    struct tc_str key = tc_location_path_key(merge->arena, entry->path);
    for (size_t cut = 0; cut < key.len && merge->plan.clr->has_lock_attributes; cut++) {
        const struct tc_config_path *above;
        if (cut > 0 && key.ptr[cut] != '/')
            continue;
        above = cut == 0 ? &merge->file.machine : tc_map_get(&merge->file.paths, tc_str_sub(key, 0, cut));
        if (needs & TC_NEED_COMPILATION)
            check_lock_above(merge, above, entry, TC_SECTION_COMPILATION, "tempDirectory");
        if (needs & TC_NEED_IDENTITY)
            check_lock_above(merge, above, entry, TC_SECTION_IDENTITY, "impersonate");
    }
}

/* ---- locking --------------------------------------------------------------------------------- */

static bool
is_element(const struct tc_markup *markup)
{
    return markup->kind == TC_MARKUP_ELEMENT;
}

static bool
has_element_before(const struct tc_markup *markup)
{
    while ((markup = markup->prev) != NULL) {
        if (is_element(markup))
            return true;
    }
    return false;
}

static bool
has_element_after(const struct tc_markup *markup)
{
    while ((markup = markup->next) != NULL) {
        if (is_element(markup))
            return true;
    }
    return false;
}

static bool
is_our_comment(const struct merge *merge, const struct tc_markup *markup)
{
    for (int kind = 0; kind < TC_REGION_COUNT_; kind++) {
        if (merge->file.regions[kind].begin == markup || merge->file.regions[kind].end == markup)
            return true;
    }
    return false;
}

/* A comment right above belongs to what it stands above, one on the same line to what it stands behind. */
static struct run
with_comments(const struct merge *merge, struct run run)
{
    const char *text = merge->file.source->text.ptr;
    struct tc_str indent;
    const struct tc_markup *at;
    while ((at = run.first->prev) != NULL && at->kind == TC_MARKUP_COMMENT && !is_our_comment(merge, at) &&
           tc_config_file_line_before(&merge->file, at->begin, &indent)) {
        uint32_t next, end;
        /* Right above: no blank line between. */
        if (!tc_config_file_line_after(&merge->file, at->end, &next) ||
            !tc_config_file_line_before(&merge->file, run.first->begin, &indent))
            break;
        end = run.first->begin - (uint32_t)indent.len;
        if (next != end)
            break;
        run.first = at;
    }
    while ((at = run.last->next) != NULL && at->kind == TC_MARKUP_COMMENT && !is_our_comment(merge, at)) {
        uint32_t i = run.last->close_end;
        while (i < at->begin && (text[i] == ' ' || text[i] == '\t'))
            i++;
        if (i != at->begin)
            break;
        run.last = at;
    }
    return run;
}

/* Lines, or the same without breaks, before a piece of markup. */
static void
insert_before(struct merge *merge, const struct tc_markup *markup, struct tc_str const *pieces,
              struct tc_str const *indents, size_t count)
{
    struct tc_str newline = merge->file.newline;
    struct tc_str indent;
    bool lines = tc_config_file_line_before(&merge->file, markup->begin, &indent);
    uint32_t at = markup->begin - (lines ? (uint32_t)indent.len : 0);
    struct tc_str text = TC_STR("");
    for (size_t i = 0; i < count; i++)
        text = lines ? join(merge, text, indents[i], join(merge, pieces[i], newline, TC_STR("")))
                     : join(merge, text, pieces[i], TC_STR(""));
    edit(merge, at, at, text);
}

static void
insert_behind(struct merge *merge, uint32_t at, struct tc_str const *pieces, struct tc_str const *indents, size_t count)
{
    struct tc_str newline = merge->file.newline;
    uint32_t next;
    bool lines = tc_config_file_line_after(&merge->file, at, &next);
    struct tc_str text = TC_STR("");
    for (size_t i = 0; i < count; i++)
        text = lines ? join(merge, text, indents[i], join(merge, pieces[i], newline, TC_STR("")))
                     : join(merge, text, pieces[i], TC_STR(""));
    edit(merge, lines ? next : at, lines ? next : at, text);
}

/* The start tag of a location, locked: one attribute changed or added. */
static void
find_lock_edit(const struct tc_markup *location, struct edit *ret_edit)
{
    const struct tc_markup_attr *mode = tc_markup_attr(location, "overrideMode");
    const struct tc_markup_attr *attr = mode != NULL ? mode : tc_markup_attr(location, "allowOverride");
    if (attr != NULL) {
        *ret_edit = (struct edit){attr->end - 1 - (uint32_t)attr->value.len, attr->end - 1,
                                  mode != NULL ? TC_STR("Deny") : TC_STR("false")};
        return;
    }
    uint32_t at = location->begin + 1 + (uint32_t)location->name.len;
    for (attr = location->attrs; attr != NULL; attr = attr->next)
        at = attr->end;
    *ret_edit = (struct edit){at, at, TC_STR(" allowOverride=\"false\"")};
}

static struct tc_str
locked_tag(struct merge *merge, const struct tc_markup *location)
{
    struct edit lock;
    find_lock_edit(location, &lock);
    return join(merge, source_text(merge, location->begin, lock.begin), lock.text,
                source_text(merge, lock.end, location->end));
}

/* Where a run stands, and how it is taken out of what surrounds it. */
struct cut {
    struct run run;
    const struct tc_markup *group;
    const struct tc_markup *location; /* NULL: the group stands in the root */
    bool before_in_group, after_in_group, before_in_location, after_in_location;
};

/*
 * Nothing but what is in the run may become locked: a locked section breaks every application whose own web.config has
 * it (aspnet-trust 3.2). So the location is closed before it, or behind it, and opened again.
 */
static void
cut_before(struct merge *merge, const struct cut *cut)
{
    struct tc_str group_open = source_text(merge, cut->group->begin, cut->group->end);
    struct tc_str group_close = source_text(merge, cut->group->close_begin, cut->group->close_end);
    struct tc_str group_indent = indent_of(merge, cut->group);
    if (cut->location == NULL) {
        if (cut->before_in_group) {
            struct tc_str pieces[] = {
                group_close, join(merge, TC_STR("<location allowOverride=\"false\">"), group_open, TC_STR(""))};
            struct tc_str indents[] = {group_indent, group_indent};
            insert_before(merge, cut->run.first, pieces, indents, 2);
        } else {
            struct tc_str pieces[] = {TC_STR("<location allowOverride=\"false\">")};
            insert_before(merge, cut->group, pieces, &group_indent, 1);
        }
        return;
    }
    struct tc_str location_indent = indent_of(merge, cut->location);
    struct tc_str location_close = source_text(merge, cut->location->close_begin, cut->location->close_end);
    if (cut->before_in_group) {
        struct tc_str pieces[] = {group_close, location_close, locked_tag(merge, cut->location), group_open};
        struct tc_str indents[] = {group_indent, location_indent, location_indent, group_indent};
        insert_before(merge, cut->run.first, pieces, indents, 4);
    } else if (cut->before_in_location) {
        struct tc_str pieces[] = {location_close, locked_tag(merge, cut->location)};
        struct tc_str indents[] = {location_indent, location_indent};
        insert_before(merge, cut->group, pieces, indents, 2);
    } else {
        struct edit lock;
        find_lock_edit(cut->location, &lock);
        edit(merge, lock.begin, lock.end, lock.text);
    }
}

static void
cut_behind(struct merge *merge, const struct cut *cut)
{
    struct tc_str group_open = source_text(merge, cut->group->begin, cut->group->end);
    struct tc_str group_close = source_text(merge, cut->group->close_begin, cut->group->close_end);
    struct tc_str group_indent = indent_of(merge, cut->group);
    if (cut->location == NULL) {
        if (cut->after_in_group) {
            struct tc_str pieces[] = {join(merge, group_close, TC_STR("</location>"), TC_STR("")), group_open};
            struct tc_str indents[] = {group_indent, group_indent};
            insert_behind(merge, cut->run.last->close_end, pieces, indents, 2);
        } else {
            struct tc_str pieces[] = {TC_STR("</location>")};
            insert_behind(merge, cut->group->close_end, pieces, &group_indent, 1);
        }
        return;
    }
    struct tc_str location_indent = indent_of(merge, cut->location);
    struct tc_str location_open = source_text(merge, cut->location->begin, cut->location->end);
    struct tc_str location_close = source_text(merge, cut->location->close_begin, cut->location->close_end);
    if (cut->after_in_group) {
        struct tc_str pieces[] = {group_close, location_close, location_open, group_open};
        struct tc_str indents[] = {group_indent, location_indent, location_indent, group_indent};
        insert_behind(merge, cut->run.last->close_end, pieces, indents, 4);
    } else if (cut->after_in_location) {
        struct tc_str pieces[] = {location_close, location_open};
        struct tc_str indents[] = {location_indent, location_indent};
        insert_behind(merge, cut->group->close_end, pieces, indents, 2);
    }
}

static struct cut
plan_cut(const struct merge *merge, struct run run)
{
    struct cut cut = {
        .run = with_comments(merge, run),
        .group = run.first->parent,
        .before_in_group = has_element_before(run.first),
        .after_in_group = has_element_after(run.last),
    };
    if (cut.group->parent != merge->file.root) {
        cut.location = cut.group->parent;
        cut.before_in_location = has_element_before(cut.group);
        cut.after_in_location = has_element_after(cut.group);
    }
    return cut;
}

static bool
is_locked(const struct merge *merge, struct run run)
{
    return tc_config_file_is_locked(&merge->file, tc_config_file_location(run.first));
}

/* Whether only what is no element stands between two runs of one group; they become one then. */
static bool
are_neighbours(struct run a, struct run b)
{
    if (a.first == NULL || b.first == NULL || a.first->parent != b.first->parent)
        return false;
    const struct tc_markup *at = a.last;
    while ((at = at->next) != NULL && at != b.first) {
        if (is_element(at))
            return false;
    }
    return at != NULL;
}

/* ---- the machine's own entries --------------------------------------------------------------- */

static struct tc_str
level_lines(struct merge *merge, struct tc_str base, bool all)
{
    struct tc_xml xml;
    begin_fragment(merge, &xml, base);
    const struct tc_config_entries *entries = merge->plan.entries;
    size_t count = 0;
    for (size_t i = 0; i < entries->level_count; i++) {
        if (!all && merge->level_is_there[i])
            continue;
        if (count++ == 0)
            tc_config_put_begin(&xml, TC_REGION_LEVELS);
        tc_config_put_level(&xml, &entries->levels[i]);
    }
    if (count > 0)
        tc_config_put_end(&xml, TC_REGION_LEVELS);
    return end_fragment(merge, &xml);
}

static struct tc_str
trust_lines(struct merge *merge, struct tc_str base, bool with_assemblies)
{
    struct tc_xml xml;
    begin_fragment(merge, &xml, base);
    tc_config_put_begin(&xml, TC_REGION_TRUST);
    tc_config_put_trust(&xml, &merge->plan, &merge->plan.entries->machine);
    if (with_assemblies)
        tc_config_put_full_trust(&xml, &merge->plan.entries->machine);
    tc_config_put_end(&xml, TC_REGION_TRUST);
    return end_fragment(merge, &xml);
}

/* Add to, or mend, a `<securityPolicy>` that is there. */
static void
merge_levels(struct merge *merge, const struct tc_markup *policy)
{
    const struct tc_config_region *region = &merge->file.regions[TC_REGION_LEVELS];
    struct tc_str base = region->begin != NULL ? base_at(merge, region->begin) : child_indent(merge, policy);
    struct tc_str lines = level_lines(merge, base, false);
    if (region->begin == NULL && lines.len > 0)
        append_lines(merge, policy, lines);
    else if (region->begin != NULL && lines.len > 0)
        replace_region(merge, region, lines, base);
    else if (region->begin != NULL)
        remove_region(merge, region);
}

/* Full-trust assemblies into the list that the file has for the whole machine. */
static void
merge_assemblies(struct merge *merge, const struct tc_markup *list, unsigned needs)
{
    const struct tc_config_region *region = &merge->file.regions[TC_REGION_ASSEMBLIES];
    const struct tc_trust_entry *machine = &merge->plan.entries->machine;
    struct tc_str base = region->begin != NULL ? base_at(merge, region->begin)
                         : list != NULL        ? child_indent(merge, list)
                                               : TC_STR("");
    struct tc_xml xml;
    begin_fragment(merge, &xml, base);
    size_t count = 0;
    for (size_t i = 0; (needs & TC_NEED_FULL_TRUST) && list != NULL && i < machine->full_trust_count; i++) {
        const struct tc_full_trust_assembly *assembly = &machine->full_trust[i];
        const struct tc_markup *add = tc_config_find_assembly(&merge->file, list, assembly);
        if (add == NULL) {
            if (count++ == 0)
                tc_config_put_begin(&xml, TC_REGION_ASSEMBLIES);
            tc_config_put_assembly(&xml, assembly);
        } else if (!tc_config_has_key(&merge->file, add, assembly->key)) {
            struct tc_diag *diag =
                tc_diag_add(merge->diags, tc_code(TC_CODE_MERGE_CONFLICT), tc_config_file_span(&merge->file, add),
                            "'%.*s' %.*s is listed here with another public key than in the source",
                            TC_STR_ARG(assembly->name), TC_STR_ARG(assembly->version));
            label_source(merge, diag, machine->span,
                         tc_arena_printf(merge->arena, "the source gives full trust to the key '%.*s'",
                                         TC_STR_ARG(assembly->key)));
        }
    }
    if (count > 0)
        tc_config_put_end(&xml, TC_REGION_ASSEMBLIES);
    struct tc_str lines = end_fragment(merge, &xml);
    if (region->begin != NULL && lines.len > 0)
        replace_region(merge, region, lines, base);
    else if (region->begin != NULL)
        remove_region(merge, region);
    else if (lines.len > 0)
        append_lines(merge, list, lines);
}

/* A location of its own for a file that says nothing of trust. */
static struct tc_str
machine_lines(struct merge *merge, struct tc_str base, bool with_assemblies)
{
    struct tc_xml xml;
    begin_fragment(merge, &xml, base);
    tc_xml_start(&xml, "location");
    tc_xml_attr_lit(&xml, "allowOverride", "false");
    tc_xml_start(&xml, "system.web");
    tc_config_put_policy(&xml, merge->plan.entries);
    tc_config_put_begin(&xml, TC_REGION_TRUST);
    tc_config_put_trust(&xml, &merge->plan, &merge->plan.entries->machine);
    if (with_assemblies)
        tc_config_put_full_trust(&xml, &merge->plan.entries->machine);
    tc_config_put_end(&xml, TC_REGION_TRUST);
    tc_xml_end(&xml);
    tc_xml_end(&xml);
    return end_fragment(merge, &xml);
}

/* Replace, keep or add the machine's `<trust>`, which stands in @a run when there is one. */
static void
merge_trust(struct merge *merge, struct run run, const struct tc_markup *policy, bool with_assemblies)
{
    const struct tc_config_region *region = &merge->file.regions[TC_REGION_TRUST];
    const struct tc_markup *trust = merge->file.machine.sections[TC_SECTION_TRUST];
    if (region->begin != NULL) {
        struct tc_str base = base_at(merge, region->begin);
        replace_region(merge, region, trust_lines(merge, base, with_assemblies), base);
    } else if (trust != NULL) {
        bool same = tc_config_section_difference(&merge->file, &merge->plan, TC_SECTION_TRUST, trust,
                                                 &merge->plan.entries->machine)
                        .len == 0;
        if (same && is_locked(merge, run) && !with_assemblies)
            return;
        struct tc_str base = base_at(merge, trust);
        if (!same && !tc_config_is_stock_trust(trust))
            check_section(merge, TC_SECTION_TRUST, trust, &merge->plan.entries->machine);
        else
            edit(merge, trust->begin, trust->close_end,
                 inner_lines(merge, trust_lines(merge, base, with_assemblies), base));
    } else {
        struct run beside = with_comments(merge, (struct run){policy, policy});
        struct tc_str base = base_at(merge, policy);
        uint32_t at = beside.last->close_end;
        edit(merge, at, at,
             join(merge, merge->file.newline, base,
                  inner_lines(merge, trust_lines(merge, base, with_assemblies), base)));
    }
}

/* A new `<securityPolicy>` before the trust that is there. */
static void
add_policy(struct merge *merge, struct run trust)
{
    struct tc_str base = base_at(merge, trust.first);
    struct tc_xml xml;
    begin_fragment(merge, &xml, base);
    tc_config_put_policy(&xml, merge->plan.entries);
    struct tc_str lines = inner_lines(merge, end_fragment(merge, &xml), base);
    edit(merge, trust.first->begin, trust.first->begin, join(merge, lines, merge->file.newline, base));
}

/* What is to be done where the machine's entries stand. */
struct machine_work {
    const struct tc_markup *policy;
    struct run trust;
    bool with_assemblies;
};

/* At one place edits keep this order: what closes and opens before, the content, what closes and opens behind. */
static void
merge_run(struct merge *merge, struct run run, const struct machine_work *work, bool with_levels, bool with_trust)
{
    bool locked = is_locked(merge, run);
    struct cut cut = plan_cut(merge, run);
    if (!locked)
        cut_before(merge, &cut);
    if (with_levels && work->policy != NULL)
        merge_levels(merge, work->policy);
    else if (with_levels)
        add_policy(merge, work->trust);
    if (with_trust)
        merge_trust(merge, work->trust, work->policy, work->with_assemblies);
    if (!locked)
        cut_behind(merge, &cut);
}

/* What the machine as a whole gets. @return lines for the end of the root, when the file has no place for it */
static struct tc_str
merge_machine(struct merge *merge, struct tc_str root_base)
{
    const struct tc_markup *policy = merge->file.machine.sections[TC_SECTION_SECURITY_POLICY];
    const struct tc_markup *trust = merge->file.machine.sections[TC_SECTION_TRUST];
    const struct tc_markup *list = merge->file.machine.sections[TC_SECTION_FULL_TRUST];
    const struct tc_config_region *region = &merge->file.regions[TC_REGION_TRUST];
    unsigned needs = tc_config_needs(&merge->plan, &merge->plan.entries->machine);
    bool with_assemblies = (needs & TC_NEED_FULL_TRUST) && list == NULL;
    merge_assemblies(merge, list, needs);
    if (policy == NULL && trust == NULL && region->begin == NULL)
        return machine_lines(merge, root_base, with_assemblies);

    struct run policy_run = {policy, policy};
    struct run trust_run = {trust, trust};
    if (region->begin != NULL)
        trust_run = (struct run){region->begin, region->end};
    struct machine_work work = {.policy = policy, .trust = trust_run, .with_assemblies = with_assemblies};
    if (policy_run.first == NULL)
        merge_run(merge, trust_run, &work, true, true);
    else if (trust_run.first == NULL)
        merge_run(merge, policy_run, &work, true, true);
    else if (are_neighbours(policy_run, trust_run))
        merge_run(merge, (struct run){policy_run.first, trust_run.last}, &work, true, true);
    else if (are_neighbours(trust_run, policy_run))
        merge_run(merge, (struct run){trust_run.first, policy_run.last}, &work, true, true);
    else {
        /* In the order of the text: what is behind the one may be before the other. */
        bool policy_first = policy->begin < trust_run.first->begin;
        merge_run(merge, policy_first ? policy_run : trust_run, &work, policy_first, !policy_first);
        merge_run(merge, policy_first ? trust_run : policy_run, &work, !policy_first, policy_first);
    }
    return TC_STR("");
}

/* ---- applications ---------------------------------------------------------------------------- */

static struct tc_str
location_lines(struct merge *merge, struct tc_str base)
{
    const struct tc_config_entries *entries = merge->plan.entries;
    struct tc_xml xml;
    begin_fragment(merge, &xml, base);
    bool begun = false;
    /* The machine's trust has its own place; what else it needs is one more location, without a path. */
    for (size_t i = 0; i <= entries->application_count; i++) {
        const struct tc_trust_entry *entry = i == 0 ? &entries->machine : &entries->applications[i - 1];
        const struct tc_config_path *path = &merge->file.machine;
        unsigned needs = tc_config_needs(&merge->plan, entry);
        if (i == 0)
            needs &= TC_NEED_OPEN;
        else
            path = tc_map_get(&merge->file.paths, tc_location_path_key(merge->arena, entry->path));
        check_above(merge, entry, needs);
        needs = check_path(merge, path, entry, needs);
        if (needs == 0)
            continue;
        if (!begun)
            tc_config_put_begin(&xml, TC_REGION_LOCATIONS);
        begun = true;
        tc_config_put_locations(&xml, &merge->plan, entry, needs);
    }
    if (begun)
        tc_config_put_end(&xml, TC_REGION_LOCATIONS);
    return end_fragment(merge, &xml);
}

static enum tc_status
merge_all(struct merge *merge)
{
    size_t errors = merge->diags->errors;
    const struct tc_config_entries *entries = merge->plan.entries;
    merge->level_is_there = tc_arena_array(merge->arena, bool, entries->level_count);
    tc_map_init(&merge->levels, merge->arena);
    if (merge->level_is_there == NULL)
        return TC_ERR_NOMEM;
    struct tc_map declared;
    tc_map_init(&declared, merge->arena);
    check_entries(merge);
    check_levels(merge, &declared);

    const struct tc_markup *root = merge->file.root;
    const struct tc_config_region *region = &merge->file.regions[TC_REGION_LOCATIONS];
    struct tc_str root_base = child_indent(merge, root);
    struct tc_str added = merge_machine(merge, root_base);
    struct tc_str base = region->begin != NULL ? base_at(merge, region->begin) : root_base;
    struct tc_str lines = location_lines(merge, base);
    if (region->begin != NULL && lines.len > 0)
        replace_region(merge, region, lines, base);
    else if (region->begin != NULL)
        remove_region(merge, region);
    else if (lines.len > 0)
        added = join(merge, added, lines, TC_STR(""));
    if (added.len > 0)
        append_lines(merge, root, added);
    if (merge->arena->failed)
        return TC_ERR_NOMEM;
    if (merge->refused)
        tc_diag_add(merge->diags, tc_code(TC_CODE_MERGE_REFUSED), entries->machine.span,
                    "a level, a path or an origin holds a control character, which XML cannot hold");
    return merge->diags->errors > errors ? TC_FAILED : TC_OK;
}

enum tc_status
tc_config_merge(struct tc_arena *arena, const struct tc_config_entries *entries, const struct tc_source *existing,
                struct tc_diags *diags, struct tc_buf *out)
{
    struct merge *merge = tc_arena_new(arena, struct merge);
    if (merge == NULL)
        return TC_ERR_NOMEM;
    merge->arena = arena;
    merge->diags = diags;
    merge->plan = tc_config_plan_of(entries);
    tc_buf_init(&merge->scratch);
    enum tc_status status = tc_config_file_read(arena, diags, existing, &merge->file);
    if (status == TC_OK)
        status = merge_all(merge);
    if (status == TC_OK) {
        apply_edits(merge, out);
        if (out->failed)
            status = TC_ERR_NOMEM;
    }
    tc_buf_done(&merge->scratch);
    return status;
}
