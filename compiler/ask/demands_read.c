#include "ask/demands_read.h"

#include "base/ascii.h"
#include "model/pset_algebra.h"
#include "xml/policy_text.h"
#include "xml/spans.h"

#include <string.h>

enum { DEPTH_MAX = 64 };

/* What the permissions in an element of a report are. */
enum region { REGION_NEEDED, REGION_ASIDE, REGION_PLACE, REGION_WHOLE };

static const struct report_tag {
    const char *name;
    enum region region;
    const char *source;
} report_tags[] = {
#define TC_REPORT_TAG(name, region, source) {name, REGION_##region, source},
#include "data/reports.def"
};

/* A tag as it stands in the text, which need not be XML. */
struct tag {
    struct tc_str name; /* without a prefix */
    size_t begin, end;
    bool is_end, is_empty;
};

/* An element of report_tags that has begun and not ended. */
struct open {
    const struct report_tag *row;
    struct tc_str named; /* PLACE: its name */
};

struct reader {
    struct tc_arena *arena;
    const struct tc_source *source;
    struct tc_str text;
    struct tc_demands_report *ret;
    struct tc_demanded **tail;
    size_t comments_until; /* where comments begin that never end */
    struct open open[DEPTH_MAX];
    size_t open_count;
    /* The exception that the text has come to; its message ends where the next one begins. */
    bool in_exception;
    const struct tc_demanded *failed; /* what it says that failed; NULL: nothing yet */
    struct tc_demanded *named;        /* a class or set that it names and says no more of; not in the list yet */
};

/* ---- text ---- */

struct tc_str
tc_demands_text(struct tc_arena *arena, struct tc_str bytes)
{
    static const struct {
        struct tc_str written, meant;
    } marks[] = {
        {{"&lt;", 4}, {"<", 1}}, {{"&gt;", 4}, {">", 1}}, {{"&quot;", 6}, {"\"", 1}}, {{"&amp;", 5}, {"&", 1}}};
    struct tc_str text = tc_policy_decode(arena, bytes);

    if (tc_str_find(text, TC_STR("<IPermission"), 0) != SIZE_MAX ||
        tc_str_find(text, TC_STR("<PermissionSet"), 0) != SIZE_MAX ||
        (tc_str_find(text, TC_STR("&lt;IPermission"), 0) == SIZE_MAX &&
         tc_str_find(text, TC_STR("&lt;PermissionSet"), 0) == SIZE_MAX))
        return text;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        text = tc_arena_replace(arena, text, marks[i].written, marks[i].meant);
    return text;
}

static struct tc_span
span_of(const struct reader *r, size_t begin, size_t end)
{
    return (struct tc_span){r->source->base + (uint32_t)begin, r->source->base + (uint32_t)end};
}

static bool
is_name(char c)
{
    return tc_ascii_is_alnum(c) || c == '_' || c == '.' || c == '-' || c == ':';
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* ---- tags ---- */

/* How long the quotation mark at @a at is: of XML, or what word processors make of it; 0: there is none. */
static size_t
quote_at(struct tc_str text, size_t at)
{
    static const struct tc_str curled[] = {
        {"\xE2\x80\x9C", 3}, {"\xE2\x80\x9D", 3}, {"\xE2\x80\x9E", 3}, {"\xE2\x80\xB3", 3}};
    struct tc_str rest = tc_str_sub(text, at, SIZE_MAX);

    if (rest.len > 0 && (rest.ptr[0] == '"' || rest.ptr[0] == '\''))
        return 1;
    for (size_t i = 0; i < sizeof curled / sizeof curled[0]; i++)
        if (tc_str_starts(rest, curled[i]))
            return curled[i].len;
    return 0;
}

/* Behind the value that begins with the quotation mark at @a at; @a ret_value is what is between. */
static size_t
quoted(struct tc_str text, size_t at, struct tc_str *ret_value)
{
    size_t len = quote_at(text, at), begin = at + len;

    for (size_t end = begin; end < text.len; end++) {
        size_t closing = quote_at(text, end);

        if (text.ptr[end] == '<') { /* no value has it: the end is missing */
            *ret_value = tc_str_sub(text, begin, end - begin);
            return end;
        }
        if (closing == 0 || closing != len || (len == 1 && text.ptr[end] != text.ptr[at]))
            continue;
        *ret_value = tc_str_sub(text, begin, end - begin);
        return end + closing;
    }
    *ret_value = tc_str_sub(text, begin, SIZE_MAX);
    return text.len;
}

/* The tag that begins with the `<` at @a at, without its attributes; false: there is none. */
static bool
tag_at(struct tc_str text, size_t at, struct tag *ret)
{
    size_t name = at + 1, end;
    struct tc_str ignored;

    *ret = (struct tag){.begin = at, .is_end = name < text.len && text.ptr[name] == '/'};
    name += ret->is_end;
    for (end = name; end < text.len && is_name(text.ptr[end]); end++)
        ;
    if (end == name || !tc_ascii_is_letter(text.ptr[name]))
        return false;
    ret->name = tc_str_last_part(tc_str_sub(text, name, end - name), ":");
    for (char last = '\0'; end < text.len && text.ptr[end] != '>' && text.ptr[end] != '<';) {
        bool is_value = last == '=' && quote_at(text, end) > 0; /* elsewhere an apostrophe is one */

        last = is_blank(text.ptr[end]) ? last : text.ptr[end];
        end = is_value ? quoted(text, end, &ignored) : end + 1;
    }
    if (end == text.len || text.ptr[end] == '<') {
        ret->end = end; /* cut off */
        return true;
    }
    ret->is_empty = text.ptr[end - 1] == '/';
    ret->end = end + 1;
    return true;
}

/* Behind a comment at @a at; @a at when there is none that ends. */
static size_t
skip_comment(struct reader *r, size_t at)
{
    size_t end;

    if (at >= r->comments_until || !tc_str_starts(tc_str_sub(r->text, at, 4), TC_STR("<!--")))
        return at;
    end = tc_str_find(r->text, TC_STR("-->"), at + 4);
    if (end != SIZE_MAX)
        return end + 3;
    r->comments_until = at; /* none that begins later ends */
    return at;
}

/* The next tag at or behind @a at. */
static bool
next_tag(struct reader *r, size_t at, struct tag *ret)
{
    while (at < r->text.len) {
        size_t less = tc_str_find(r->text, TC_STR("<"), at);

        if (less == SIZE_MAX)
            return false;
        at = skip_comment(r, less);
        if (at == less && tag_at(r->text, less, ret))
            return true;
        at += at == less;
    }
    return false;
}

/* ---- elements ---- */

static bool
add_attribute(struct reader *r, struct tc_element *element, struct tc_str name, struct tc_str value)
{
    struct tc_str meant = tc_markup_value(r->arena, value);

    return tc_element_add(r->arena, element, name, tc_element_escape(r->arena, meant));
}

/* The element that @a tag begins, as the framework would hold it; without children. */
static struct tc_element *
element_of(struct reader *r, const struct tag *tag)
{
    struct tc_element *element = tc_element_new(r->arena, tag->name);
    size_t at = tag->begin + 1;

    if (element == NULL)
        return NULL;
    element->span = span_of(r, tag->begin, tag->end);
    while (at < tag->end && is_name(r->text.ptr[at]))
        at++;
    while (at < tag->end) {
        size_t begin = at, end, equals;
        struct tc_str value;

        while (at < tag->end && is_name(r->text.ptr[at]))
            at++;
        end = at;
        while (at < tag->end && is_blank(r->text.ptr[at]))
            at++;
        equals = at;
        if (end == begin || at == tag->end || r->text.ptr[at] != '=') {
            at = end > begin ? end : begin + 1;
            continue;
        }
        for (at = equals + 1; at < tag->end && is_blank(r->text.ptr[at]);)
            at++;
        if (quote_at(r->text, at) == 0)
            continue;
        at = quoted(r->text, at, &value);
        if (!add_attribute(r, element, tc_str_sub(r->text, begin, end - begin), value))
            return NULL;
    }
    return element;
}

static bool
is_permission(struct tc_str name)
{
    return tc_str_eq(name, tc_tag_name(TC_TAG_IPERMISSION)) || tc_str_eq(name, tc_tag_name(TC_TAG_PERMISSION));
}

static bool
is_set(struct tc_str name)
{
    return tc_str_eq(name, tc_tag_name(TC_TAG_PERMISSION_SET));
}

/* Elements that have begun and not ended; the outermost first. */
struct nest {
    struct tc_element *open[DEPTH_MAX];
    size_t count;
};

/* Take @a tag into @a nest; false: it belongs to what comes behind. */
static bool
take_tag(struct reader *r, struct nest *nest, const struct tag *tag)
{
    struct tc_element *child;

    if (tag->is_end) {
        for (size_t i = nest->count; i-- > 0;)
            if (tc_str_eq(nest->open[i]->tag, tag->name)) {
                nest->count = i;
                return true;
            }
        return false;
    }
    if (is_permission(tag->name))
        nest->count = 1; /* one in another: the end of that one was forgotten */
    if (nest->count == DEPTH_MAX || is_set(tag->name) || (is_permission(tag->name) && !is_set(nest->open[0]->tag)))
        return false;
    child = element_of(r, tag);
    if (child == NULL)
        return false;
    tc_element_append(nest->open[nest->count - 1], child);
    if (!tag->is_empty)
        nest->open[nest->count++] = child;
    return true;
}

/* The element that @a first begins, with all that is in it; @a ret_end is behind it. */
static struct tc_element *
read_element(struct reader *r, const struct tag *first, size_t *ret_end)
{
    struct nest nest = {0};
    struct tc_element *root = element_of(r, first);
    struct tag tag;

    *ret_end = first->end;
    if (root == NULL || first->is_empty)
        return root;
    nest.open[nest.count++] = root;
    while (nest.count > 0 && next_tag(r, *ret_end, &tag) && take_tag(r, &nest, &tag))
        *ret_end = tag.end;
    return root;
}

/* ---- demands ---- */

/* "Class1: instance void test()", of the elements around. */
static struct tc_str
where(struct reader *r)
{
    struct tc_str text = {0};

    for (size_t i = 0; i < r->open_count; i++)
        if (r->open[i].row->region == REGION_PLACE && r->open[i].named.len > 0)
            text = text.len == 0
                       ? r->open[i].named
                       : tc_arena_printf(r->arena, "%.*s%s%.*s", TC_STR_ARG(text),
                                         tc_str_has(r->open[i].named, '(') ? ": " : ".", TC_STR_ARG(r->open[i].named));
    return text;
}

static struct tc_demanded *
demanded(struct reader *r, enum tc_demanded_kind kind, struct tc_span span)
{
    struct tc_demanded *item = tc_arena_new(r->arena, struct tc_demanded);

    if (item == NULL)
        return NULL;
    item->kind = kind;
    item->span = span;
    item->where = where(r);
    return item;
}

static void
add(struct reader *r, struct tc_demanded *item)
{
    if (item == NULL)
        return;
    *r->tail = item;
    r->tail = &item->next;
    r->ret->count++;
    r->failed = item;
}

/* The class that @a name stands for. A report is no policy file: the type alone is enough, whoever wrote it. */
static const struct tc_class *
class_of(struct tc_str name)
{
    const struct tc_class *cls = tc_class_resolve(name);

    return cls == NULL && !tc_str_has(name, ',') ? tc_class_by_type(tc_str_trim(name)) : cls;
}

/* What the permission @a element asks for; NULL: nothing, or out of memory. */
static struct tc_demanded *
permission_of(struct reader *r, const struct tc_element *element)
{
    struct tc_demanded *item = demanded(r, TC_DEMANDED_PERMISSION, element->span);
    struct tc_throw thrown = {0};
    struct tc_perm *perm = NULL;

    if (item == NULL)
        return NULL;
    if (!tc_class_name(r->arena, NULL, element, &item->type)) {
        item->kind = TC_DEMANDED_UNREADABLE;
        item->throws = "it says no class";
        return item;
    }
    item->cls = class_of(item->type);
    if (item->cls == NULL) {
        item->kind = TC_DEMANDED_FOREIGN;
        item->element = element;
        return item;
    }
    if (tc_algebra_ops(item->cls->algebra)->read(r->arena, item->cls, element, &perm, &thrown) != TC_YES) {
        item->kind = TC_DEMANDED_UNREADABLE;
        item->throws = thrown.type;
        return item;
    }
    item->perm = perm;
    return perm == NULL || tc_perm_is_empty(perm) ? NULL : item;
}

static bool
is_unrestricted(struct reader *r, const struct tc_element *set)
{
    struct tc_str value;

    return tc_element_get(r->arena, set, tc_attr_name(TC_ATTR_UNRESTRICTED), &value) &&
           tc_str_eq_nocase(tc_str_trim(value), TC_STR("true"));
}

static void
add_set(struct reader *r, const struct tc_element *set)
{
    if (is_unrestricted(r, set)) {
        add(r, demanded(r, TC_DEMANDED_FULL_TRUST, set->span));
        return;
    }
    for (const struct tc_element *child = set->children; child != NULL; child = child->next)
        if (is_permission(child->tag))
            add(r, permission_of(r, child));
}

/* Whether @a set grants what failed: then it is what was asked for, not what the code had. */
static bool
set_holds(struct reader *r, const struct tc_element *set, const struct tc_demanded *failed)
{
    if (failed->kind != TC_DEMANDED_PERMISSION)
        return failed->kind == TC_DEMANDED_FULL_TRUST && is_unrestricted(r, set);
    for (const struct tc_element *child = set->children; child != NULL; child = child->next) {
        struct tc_demanded *item = is_permission(child->tag) ? permission_of(r, child) : NULL;
        struct tc_throw ignored;

        if (item != NULL && item->kind == TC_DEMANDED_PERMISSION && item->cls == failed->cls &&
            tc_algebra_ops(item->cls->algebra)->subset(r->arena, NULL, failed->perm, item->perm, &ignored) == TC_YES)
            return true;
    }
    return false;
}

/* ---- exceptions ---- */

/* What is left of the exception that ends here. */
static void
end_exception(struct reader *r)
{
    if (r->failed == NULL && r->named != NULL)
        add(r, r->named);
    r->failed = r->named = NULL;
}

/* An assembly that takes no partially trusted callers says so in English alone; nothing else tells it. */
static void
look_for_callers(struct reader *r, size_t begin, struct tc_str words)
{
    struct tc_str message = TC_STR("partially trusted callers");
    size_t at = tc_str_find(words, message, 0);

    if (at == SIZE_MAX)
        return;
    r->in_exception = r->ret->is_report = true;
    add(r, demanded(r, TC_DEMANDED_CALLERS, span_of(r, begin + at, begin + at + message.len)));
}

/* A type that is named in the text: "permission of type 'System.Security.Permissions.FileIOPermission, mscorlib, ...'".
 * @a rest is what stands behind it. */
static void
name_type(struct reader *r, struct tc_str type, struct tc_str rest, struct tc_span span)
{
    const struct tc_class *cls = tc_class_by_type(type);
    bool is_set_type = tc_str_eq(type, TC_STR("System.Security.PermissionSet"));
    bool is_foreign = tc_str_ends(type, TC_STR("Permission")) && tc_str_starts(rest, TC_STR(", ")) &&
                      tc_str_find(tc_str_sub(rest, 0, 200), TC_STR("Version="), 0) != SIZE_MAX;

    if (r->named != NULL || (cls == NULL && !is_set_type && !is_foreign))
        return;
    r->in_exception = r->ret->is_report = true;
    r->named = demanded(r,
                        cls != NULL   ? TC_DEMANDED_CLASS
                        : is_set_type ? TC_DEMANDED_FULL_TRUST
                                      : TC_DEMANDED_FOREIGN,
                        span);
    if (r->named == NULL)
        return;
    r->named->cls = cls;
    if (!is_set_type)
        r->named->type = type;
}

/* The words of [@a begin, @a end), where no markup is. */
static void
read_words(struct reader *r, size_t begin, size_t end)
{
    look_for_callers(r, begin, tc_str_sub(r->text, begin, end - begin));
    for (size_t at = begin; at < end;) {
        size_t first = at;
        struct tc_str word;

        while (at < end && is_name(r->text.ptr[at]) && r->text.ptr[at] != ':')
            at++;
        word = tc_str_sub(r->text, first, at - first);
        at += at == first;
        while (tc_str_ends(word, TC_STR("."))) /* of the sentence */
            word.len--;
        if (tc_str_is(tc_str_last_part(word, "."), "SecurityException")) {
            end_exception(r);
            r->in_exception = r->ret->is_report = true;
        } else if (tc_str_has(word, '.')) {
            name_type(r, word, tc_str_sub(r->text, first + word.len, SIZE_MAX), span_of(r, first, first + word.len));
        }
    }
}

/* Whether the words before a set say that it is what the code had, or was kept from. Only English is known; in others
 * the set itself tells. */
static bool
is_said_aside(struct tc_str words)
{
    static const char *const said[] = {"granted set", "refused set", "denied", "permitted"};
    struct tc_str heading = words.len > 80 ? tc_str_sub(words, words.len - 80, 80) : words;

    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        if (tc_str_find(heading, tc_str_of(said[i]), 0) != SIZE_MAX)
            return true;
    return false;
}

static bool
set_has_class(const struct tc_element *set, struct reader *r, const struct tc_class *cls)
{
    for (const struct tc_element *child = set->children; child != NULL; child = child->next) {
        struct tc_str name;

        if (is_permission(child->tag) && tc_class_name(r->arena, NULL, child, &name) && class_of(name) == cls)
            return true;
    }
    return false;
}

/* Whether a set in an exception is what was asked for. */
static bool
is_demand(struct reader *r, const struct tc_element *set, struct tc_str words)
{
    if (is_said_aside(words))
        return false;
    if (r->failed != NULL)
        return set_holds(r, set, r->failed);
    return r->named == NULL || r->named->cls == NULL || set_has_class(set, r, r->named->cls);
}

/* ---- the text ---- */

static const struct report_tag *
report_tag(struct tc_str name)
{
    for (size_t i = 0; i < sizeof report_tags / sizeof report_tags[0]; i++)
        if (tc_str_eq_nocase(name, tc_str_of(report_tags[i].name)))
            return &report_tags[i];
    return NULL;
}

static bool
is_aside(const struct reader *r)
{
    for (size_t i = 0; i < r->open_count; i++)
        if (r->open[i].row->region == REGION_ASIDE)
            return true;
    return false;
}

/* An element that is none of a permission: only those of the table count. */
static void
take_report_tag(struct reader *r, const struct tag *tag)
{
    const struct report_tag *row = report_tag(tag->name);
    struct tc_element *element;

    if (row == NULL || r->in_exception)
        return;
    r->ret->is_report = true;
    if (row->region == REGION_WHOLE) {
        r->ret->is_policy = true;
        r->ret->policy = span_of(r, tag->begin, tag->end);
        return;
    }
    if (tag->is_end) {
        for (size_t i = r->open_count; i-- > 0;)
            if (r->open[i].row == row) {
                r->open_count = i;
                return;
            }
        return;
    }
    if (tag->is_empty || r->open_count == DEPTH_MAX)
        return;
    element = row->region == REGION_PLACE ? element_of(r, tag) : NULL;
    r->open[r->open_count] = (struct open){.row = row};
    if (element != NULL && !tc_element_get(r->arena, element, TC_STR("Name"), &r->open[r->open_count].named))
        tc_element_get(r->arena, element, TC_STR("Sig"), &r->open[r->open_count].named);
    r->open_count++;
}

static void
take_permission(struct reader *r, const struct tc_element *element)
{
    r->ret->is_report = true;
    if (is_aside(r))
        r->ret->aside++;
    else if (!r->in_exception || r->failed == NULL) /* else it says once more what failed */
        add(r, permission_of(r, element));
}

/* @a words: those before it, behind the last markup. */
static void
take_set(struct reader *r, const struct tc_element *set, struct tc_str words)
{
    r->ret->is_report = true;
    if (is_aside(r) || (r->in_exception && !is_demand(r, set, words)))
        r->ret->aside++;
    else
        add_set(r, set);
}

enum tc_status
tc_demands_read(struct tc_arena *arena, const struct tc_source *source, struct tc_demands_report *ret)
{
    struct reader r = {.arena = arena,
                       .source = source,
                       .text = source->text,
                       .ret = ret,
                       .tail = &ret->first,
                       .comments_until = source->text.len};
    struct tag tag;
    size_t at = 0;

    *ret = (struct tc_demands_report){0};
    while (!ret->is_policy && next_tag(&r, at, &tag)) {
        struct tc_str words = tc_str_sub(r.text, at, tag.begin - at);

        read_words(&r, at, tag.begin);
        at = tag.end;
        if (!tag.is_end && is_permission(tag.name)) {
            const struct tc_element *element = read_element(&r, &tag, &at);

            if (element != NULL)
                take_permission(&r, element);
        } else if (!tag.is_end && is_set(tag.name)) {
            const struct tc_element *set = read_element(&r, &tag, &at);

            if (set != NULL)
                take_set(&r, set, words);
        } else {
            take_report_tag(&r, &tag);
        }
    }
    if (!ret->is_policy)
        read_words(&r, at, r.text.len);
    end_exception(&r);
    return arena->failed ? TC_ERR_NOMEM : TC_OK;
}
