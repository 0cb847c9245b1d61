/* SecurityClasses and type names: whether the framework finds the class that is meant (policy-file 3). */
#include "check/check.h"

#include "base/ascii.h"
#include "base/map.h"
#include "model/pset_algebra.h"

#include <string.h>

/* What is known of the names of one file. */
struct classes {
    struct tc_check *check;
    struct tc_map used;      /**< names that stand in a `class` anywhere */
    struct tc_map permitted; /**< those of permissions */
    struct tc_map offered;   /**< short names whose entry was offered */
    bool keeps_one;          /**< an entry is in use: SecurityClasses would not become empty, which is fatal */
};

/* What sets of names hold: any pointer but NULL. */
#define MARK ((void *)(uintptr_t)1)

/* ---- type names ---- */

/* "Type, Assembly, Version=…, Culture=…, PublicKeyToken=…" in its pieces, each a slice of the whole. */
struct type_name {
    struct tc_str whole;
    struct tc_str type;
    struct tc_str assembly;
    struct tc_str version, culture, token; /**< ptr NULL: not there */
    struct tc_str odd;                     /**< a part that is none of them */
};

static struct type_name
take_apart(struct tc_str whole)
{
    struct type_name name = {.whole = whole};
    size_t comma = tc_str_find(whole, TC_STR(","), 0);
    struct tc_str rest;

    name.type = tc_str_trim(tc_str_sub(whole, 0, comma));
    if (comma == SIZE_MAX)
        return name;
    rest = tc_str_sub(whole, comma + 1, SIZE_MAX);
    comma = tc_str_find(rest, TC_STR(","), 0);
    name.assembly = tc_str_trim(tc_str_sub(rest, 0, comma));
    while (comma != SIZE_MAX) {
        struct tc_str part, key, value;
        size_t equals;

        rest = tc_str_sub(rest, comma + 1, SIZE_MAX);
        comma = tc_str_find(rest, TC_STR(","), 0);
        part = tc_str_trim(tc_str_sub(rest, 0, comma));
        equals = tc_str_find(part, TC_STR("="), 0);
        key = tc_str_trim(tc_str_sub(part, 0, equals));
        value =
            equals == SIZE_MAX ? tc_str_sub(part, part.len, 0) : tc_str_trim(tc_str_sub(part, equals + 1, SIZE_MAX));
        if (tc_str_eq_nocase(key, TC_STR("Version")))
            name.version = value;
        else if (tc_str_eq_nocase(key, TC_STR("Culture")))
            name.culture = value;
        else if (tc_str_eq_nocase(key, TC_STR("PublicKeyToken")))
            name.token = value;
        else if (name.odd.ptr == NULL)
            name.odd = part;
    }
    return name;
}

static enum tc_framework
framework_of(const struct tc_check *check)
{
    return tc_runtime_info(check->file->runtime)->framework;
}

/* Where a type name stands; its pieces are shown if it stands there byte for byte. */
struct place {
    struct tc_check *check;
    struct tc_str value;
    struct tc_span span;
};

static struct tc_span
span_of(const struct place *place, struct tc_str piece)
{
    uint32_t from;

    if (place->span.end - place->span.begin != place->value.len || piece.ptr == NULL || piece.ptr < place->value.ptr ||
        piece.ptr + piece.len > place->value.ptr + place->value.len)
        return place->span;
    from = place->span.begin + (uint32_t)(piece.ptr - place->value.ptr);
    return (struct tc_span){from, from + (uint32_t)piece.len};
}

/* The place of the value of a part; of one that is empty, of its name. */
static struct tc_span
value_span(const struct place *place, struct tc_str value, struct tc_str key)
{
    if (value.len == 0 && (size_t)(value.ptr - place->value.ptr) >= key.len)
        value = (struct tc_str){value.ptr - key.len, key.len};
    return span_of(place, value);
}

/* Offer @a instead for @a piece; what was dropped begins to count, so this may widen. */
static void
offer(const struct place *place, struct tc_diag *diag, struct tc_str piece, const char *instead, bool is_unsafe)
{
    tc_diag_help(place->check->diags, diag, "write '%s'", instead);
    if (place->span.end - place->span.begin == place->value.len && piece.ptr != NULL)
        tc_diag_edit(place->check->diags, diag, span_of(place, piece), "%s", instead);
    diag->is_unsafe = is_unsafe;
}

static void
offer_whole(const struct place *place, struct tc_diag *diag, const struct tc_class *cls)
{
    struct tc_buf out = {0};
    enum tc_framework framework = framework_of(place->check);

    if (!tc_class_in(cls, framework))
        return;
    tc_class_description(cls, framework, &out);
    tc_buf_putc(&out, '\0');
    if (!out.failed)
        offer(place, diag, place->value, out.ptr, true);
    tc_buf_done(&out);
}

/* ---- types ---- */

/* The class that is meant by @a type, which is the name of none. */
static const struct tc_class *
meant_by(struct tc_str type, bool *ret_same_letters, bool *ret_same_name)
{
    struct tc_str short_name = tc_str_last_part(type, ".");
    const struct tc_class *best = NULL;
    unsigned nearest = 3;

    *ret_same_letters = *ret_same_name = false;
    for (int i = 0; i < TC_CLASS_COUNT_; i++)
        if (tc_str_eq_nocase(type, tc_str_of(tc_class((enum tc_class_id)i)->type))) {
            *ret_same_letters = true;
            return tc_class((enum tc_class_id)i);
        }
    for (int i = 0; i < TC_CLASS_COUNT_; i++)
        if (tc_str_is(short_name, tc_class((enum tc_class_id)i)->short_name)) {
            *ret_same_name = true;
            return tc_class((enum tc_class_id)i);
        }
    if (tc_str_ends(short_name, TC_STR("Attribute")))
        short_name = tc_str_sub(short_name, 0, short_name.len - 9);
    for (int i = 0; i < TC_CLASS_COUNT_; i++) {
        const struct tc_class *cls = tc_class((enum tc_class_id)i);
        unsigned distance = tc_str_distance(short_name, tc_str_of(cls->short_name), 2);

        if (distance < nearest) {
            nearest = distance;
            best = cls;
        }
    }
    return best;
}

static bool
is_ours(const struct type_name *name)
{
    if (name->assembly.len == 0 || tc_str_starts(name->type, TC_STR("System.")))
        return true;
    for (int i = 0; i < TC_ASM_COUNT_; i++)
        if (tc_str_eq_nocase(name->assembly, tc_str_of(tc_assembly((enum tc_assembly_id)i)->name)))
            return true;
    return false;
}

static bool
is_group_or_condition(struct tc_str type)
{
    return tc_policy_type(type).len > 0;
}

static void
drops_it(const struct place *place, struct tc_diag *diag)
{
    tc_diag_note(place->check->diags, diag, "the framework drops the permission without a word");
}

static void
unknown_type(const struct place *place, const struct type_name *name)
{
    struct tc_check *check = place->check;
    const struct tc_type *type = tc_type_find(name->type);
    bool same_letters, same_name, attribute = tc_str_ends(name->type, TC_STR("Attribute"));
    const struct tc_class *cls;
    struct tc_diag *diag;

    if (type != NULL || is_group_or_condition(name->type)) {
        diag = tc_check_report(check, TC_CHECK_CLASS_NO_PERMISSION, span_of(place, name->type),
                               "'%.*s' is no permission: it is %s", TC_STR_ARG(name->type),
                               type == NULL ? "a class of code groups and conditions" : type->what);
        if (type != NULL && type->instead != NULL)
            offer(place, diag, name->type, type->instead, true);
        return;
    }
    if (!is_ours(name)) {
        tc_check_report(check, TC_CHECK_CLASS_FOREIGN, span_of(place, name->type),
                        "'%.*s' is no class of the framework: whether it can be loaded is not known",
                        TC_STR_ARG(name->type));
        return;
    }
    cls = meant_by(name->type, &same_letters, &same_name);
    diag = tc_check_report(check,
                           same_letters ? TC_CHECK_CLASS_CASE
                           : same_name  ? TC_CHECK_CLASS_NAMESPACE
                           : attribute  ? TC_CHECK_CLASS_NO_PERMISSION
                                        : TC_CHECK_CLASS_UNKNOWN,
                           span_of(place, name->type),
                           same_letters ? "the framework's class has other letter case than '%.*s'"
                           : same_name  ? "the framework has no class '%.*s' in this namespace"
                           : attribute  ? "'%.*s' is no permission: it is an attribute for source code"
                                        : "the framework has no class '%.*s'",
                           TC_STR_ARG(name->type));
    drops_it(place, diag);
    if (cls == NULL)
        return;
    if (name->assembly.len == 0 && cls->assembly != TC_ASM_MSCORLIB)
        offer_whole(place, diag, cls);
    else
        offer(place, diag, name->type, cls->type, true);
}

/* ---- assemblies ---- */

static bool
is_version(struct tc_str version)
{
    size_t dots = 0;
    bool digit = false;

    for (size_t i = 0; i < version.len; i++) {
        bool is_digit = tc_ascii_is_digit(version.ptr[i]);

        if (!is_digit && (version.ptr[i] != '.' || !digit))
            return false;
        dots += !is_digit;
        digit = is_digit;
    }
    return digit && dots == 3;
}

static bool
wrong_assembly(const struct place *place, const struct type_name *name, const struct tc_class *cls)
{
    const struct tc_assembly *assembly = tc_assembly(cls->assembly);
    struct tc_str right = tc_str_of(assembly->name), bare = name->assembly;
    struct tc_diag *diag;

    if (name->assembly.len == 0) {
        if (cls->assembly == TC_ASM_MSCORLIB)
            return false;
        diag = tc_check_report(place->check, TC_CHECK_CLASS_ASSEMBLY, span_of(place, name->type),
                               "'%s' is in the assembly %s, and without one the framework looks in mscorlib", cls->type,
                               assembly->name);
        drops_it(place, diag);
        offer_whole(place, diag, cls);
        return true;
    }
    if (tc_str_eq_nocase(bare, right))
        return false;
    if (bare.len > 4 && tc_str_ends_nocase(bare, TC_STR(".dll"))) {
        diag = tc_check_report(place->check, TC_CHECK_CLASS_FILE_NAME, span_of(place, bare),
                               "'%.*s' is the name of a file: an assembly is named without '.dll'", TC_STR_ARG(bare));
    } else {
        diag =
            tc_check_report(place->check, TC_CHECK_CLASS_ASSEMBLY, span_of(place, bare),
                            "'%s' is in the assembly %s, not in '%.*s'", cls->type, assembly->name, TC_STR_ARG(bare));
    }
    drops_it(place, diag);
    if (name->token.ptr == NULL || tc_str_eq_nocase(name->token, tc_str_of(assembly->token)))
        offer(place, diag, bare, assembly->name, true);
    else
        offer_whole(place, diag, cls);
    return true;
}

static void
check_version(const struct place *place, const struct type_name *name, const struct tc_assembly *assembly)
{
    struct tc_check *check = place->check;
    const char *right = assembly->versions[framework_of(check)];
    struct tc_diag *diag;

    if (!is_version(name->version)) {
        diag = tc_check_report(check, TC_CHECK_CLASS_VERSION, value_span(place, name->version, TC_STR("Version=")),
                               name->version.len > 0 ? "'%.*s' is no version of an assembly"
                                                     : "the version of the assembly is empty%.*s",
                               TC_STR_ARG(name->version));
        drops_it(place, diag);
        if (right != NULL)
            offer(place, diag, name->version, right, true);
        return;
    }
    if (right == NULL || tc_str_is(name->version, right) || !check->file->runtime_is_known)
        return;
    diag = tc_check_report(check, TC_CHECK_CLASS_VERSION_OTHER, span_of(place, name->version),
                           "version %.*s of %s is not the one of framework %s", TC_STR_ARG(name->version),
                           assembly->name, tc_framework_info(framework_of(check))->name);
    tc_diag_note(check->diags, diag, "the framework takes its own version all the same");
    offer(place, diag, name->version, right, false);
}

static void
check_identity(const struct place *place, const struct type_name *name, const struct tc_class *cls)
{
    const struct tc_assembly *assembly = tc_assembly(cls->assembly);
    size_t reports = place->check->diags->errors;
    bool reported;
    struct tc_diag *diag;

    if (name->odd.ptr != NULL) {
        diag = tc_check_report(place->check, TC_CHECK_CLASS_PART,
                               span_of(place, name->odd.len > 0 ? name->odd : name->whole),
                               "'%.*s' is no part of an assembly's name", TC_STR_ARG(name->odd));
        offer_whole(place, diag, cls);
        return;
    }
    if (name->token.ptr != NULL && !tc_str_eq_nocase(name->token, tc_str_of(assembly->token))) {
        diag = tc_check_report(place->check, TC_CHECK_CLASS_TOKEN,
                               value_span(place, name->token, TC_STR("PublicKeyToken=")),
                               "the public key token of %s is %s", assembly->name, assembly->token);
        drops_it(place, diag);
        offer(place, diag, name->token, assembly->token, true);
    } else if (name->culture.ptr != NULL && !tc_str_eq_nocase(name->culture, TC_STR("neutral"))) {
        diag =
            tc_check_report(place->check, TC_CHECK_CLASS_CULTURE, value_span(place, name->culture, TC_STR("Culture=")),
                            "the culture of %s is neutral", assembly->name);
        drops_it(place, diag);
        offer(place, diag, name->culture, "neutral", true);
    } else if (name->version.ptr != NULL) {
        check_version(place, name, assembly);
    }
    reported = place->check->diags->errors > reports;
    if (!reported && (name->version.ptr == NULL || name->culture.ptr == NULL || name->token.ptr == NULL)) {
        diag = tc_check_report(place->check, TC_CHECK_CLASS_PARTIAL, span_of(place, name->whole),
                               "the assembly is named without its %s",
                               name->version.ptr == NULL   ? "version"
                               : name->culture.ptr == NULL ? "culture"
                                                           : "public key token");
        tc_diag_note(place->check->diags, diag,
                     "a name with parts missing need not be found in the global assembly cache");
        offer_whole(place, diag, cls);
    }
}

static bool
wraps_anywhere(struct tc_str value)
{
    unsigned found = 0;

    for (size_t i = 0; i < value.len; i++) /* to its end: so it is done for many characters at once */
        found |= (unsigned)(value.ptr[i] == '\t') | (unsigned)(value.ptr[i] == '\r') | (unsigned)(value.ptr[i] == '\n');
    return found != 0;
}

/* Tabs, line breaks and blanks at the ends: copied from a page that broke the line. */
static bool
check_blanks(const struct place *place)
{
    struct tc_str value = place->value;
    struct tc_diag *diag = NULL;

    if (!wraps_anywhere(value) && value.len > 0 && value.ptr[0] != ' ' && value.ptr[value.len - 1] != ' ')
        return false;
    for (size_t i = 0; i < value.len;) {
        size_t end = i;
        bool wraps = false, at_end;

        while (end < value.len && tc_ascii_is_white(value.ptr[end]))
            wraps |= value.ptr[end++] != ' ';
        if (end == i) {
            i++;
            continue;
        }
        at_end = i == 0 || end == value.len;
        if (wraps || at_end) {
            if (diag == NULL) {
                diag =
                    tc_check_report(place->check, TC_CHECK_CLASS_BLANK, span_of(place, tc_str_sub(value, i, end - i)),
                                    "%s stands in the class name", wraps ? "a line break or tab" : "a blank");
                tc_diag_note(place->check->diags, diag, "the framework compares names byte for byte");
                tc_diag_help(place->check->diags, diag, "write the name on one line, with one blank behind each comma");
                diag->is_unsafe = true;
            }
            if (place->span.end - place->span.begin == value.len)
                tc_diag_edit(place->check->diags, diag, span_of(place, tc_str_sub(value, i, end - i)), "%s",
                             !at_end && value.ptr[i - 1] == ',' ? " " : "");
        }
        i = end;
    }
    return diag != NULL;
}

/* A name that is as it should be in every part, of a class that is there. */
static bool
is_right(const struct tc_check *check, struct tc_str name)
{
    const struct tc_class *cls = tc_class_by_type(tc_str_sub(name, 0, tc_str_find(name, TC_STR(","), 0)));
    struct tc_str version;

    return cls != NULL && tc_class_is_plain(name, cls, &version) && tc_class_in(cls, framework_of(check)) &&
           tc_str_is(version, tc_assembly(cls->assembly)->versions[framework_of(check)]);
}

static void
check_type(struct tc_check *check, const struct tc_element_attribute *attribute)
{
    struct place place = {check, attribute->value, attribute->value_span};
    struct type_name name;
    const struct tc_class *cls;

    if (is_right(check, attribute->value))
        return;
    name = take_apart(attribute->value);
    cls = tc_class_by_type(name.type);
    if (check_blanks(&place))
        return;
    if (cls == NULL) {
        unknown_type(&place, &name);
        return;
    }
    if (wrong_assembly(&place, &name, cls))
        return;
    if (cls->assembly != TC_ASM_MSCORLIB) /* those of mscorlib are found by their name alone */
        check_identity(&place, &name, cls);
    if (check->file->runtime_is_known && !tc_class_in(cls, framework_of(check)))
        drops_it(&place,
                 tc_check_report(check, TC_CHECK_CLASS_NOT_THERE, span_of(&place, name.type),
                                 "framework %s has no class '%s'; it came with %s",
                                 tc_framework_info(framework_of(check))->name, cls->type, tc_since_name(cls->since)));
}

/* ---- short names ---- */

static const struct tc_class *
class_of_short(struct tc_str name, enum tc_framework framework)
{
    for (int i = 0; i < TC_CLASS_COUNT_; i++) {
        const struct tc_class *cls = tc_class((enum tc_class_id)i);

        if (tc_str_is(name, cls->short_name) && tc_class_in(cls, framework))
            return cls;
    }
    return NULL;
}

/* The SecurityClass whose Name is nearly @a name. */
static struct tc_str
near_entry(const struct tc_check *check, struct tc_str name)
{
    struct tc_str best = {NULL, 0};
    unsigned nearest = 3;
    const struct tc_element *classes = check->file->classes;

    for (const struct tc_element *entry = classes == NULL ? NULL : classes->children; entry != NULL;
         entry = entry->next) {
        const struct tc_element_attribute *attribute = tc_element_attr(entry, TC_ATTR_NAME);
        unsigned distance = attribute == NULL ? 3 : tc_str_distance(attribute->value, name, 2);

        if (distance < nearest) {
            nearest = distance;
            best = attribute->value;
        }
    }
    return best;
}

/* An entry of SecurityClasses before the first one, on a line of its own where that one has one. */
static void
add_entry(struct classes *c, struct tc_diag *diag, const struct tc_class *cls)
{
    struct tc_check *check = c->check;
    const struct tc_element *first = check->file->classes->children;
    struct tc_str text = check->file->source->text, indent;
    size_t at = first->span.begin - check->file->source->base, line = at;
    struct tc_buf out = {0};

    if (tc_map_add(&c->offered, tc_str_of(cls->short_name), MARK) != NULL)
        return; /* one entry mends all of them */
    while (line > 0 && (text.ptr[line - 1] == ' ' || text.ptr[line - 1] == '\t'))
        line--;
    indent = line > 0 && text.ptr[line - 1] == '\n' ? tc_str_sub(text, line, at - line) : TC_STR("");
    tc_class_description(cls, framework_of(check), &out);
    tc_diag_edit(check->diags, diag, tc_check_span(check, at, at),
                 "<SecurityClass Name=\"%s\" Description=\"%.*s\"/>%s%.*s", cls->short_name,
                 TC_STR_ARG(tc_buf_str(&out)), line > 1 && text.ptr[line - 2] == '\r' ? "\r\n" : "\n",
                 TC_STR_ARG(indent));
    tc_buf_done(&out);
}

/* Whether every stock level has permissions of @a cls: then a SharePoint solution may use its short name, for the trust
 * file of the server that it is merged into has the SecurityClass. */
static bool
is_always_mapped(const struct tc_check *check, const struct tc_class *cls)
{
    const struct tc_check_host *host = check->host;
    const struct tc_policy *minimal =
        host == NULL || host->stock == NULL ? NULL : host->stock(host->state, check->file->runtime, TC_LEVEL_MINIMAL);

    return minimal != NULL && minimal->set_count > 0 && tc_pset_find(minimal->sets[0], cls) != NULL;
}

static void
check_short(struct classes *c, const struct tc_element_attribute *name)
{
    struct tc_check *check = c->check;
    const struct tc_class *cls = class_of_short(name->value, framework_of(check));
    struct place place = {check, name->value, name->value_span};
    struct tc_str near = cls == NULL ? near_entry(check, name->value) : (struct tc_str){NULL, 0};
    struct tc_diag *diag;

    if (check->file->kind == TC_FILE_SHAREPOINT && cls != NULL && is_always_mapped(check, cls))
        return;
    if (check->file->kind != TC_FILE_POLICY) {
        diag = tc_check_report(check, TC_CHECK_CLASS_SHORT, name->value_span,
                               "'%.*s' is a short name, and this file has no SecurityClasses that could say of what",
                               TC_STR_ARG(name->value));
        if (cls != NULL)
            offer_whole(&place, diag, cls);
        else
            tc_diag_help(check->diags, diag, "name the class in full");
        return;
    }
    diag = tc_check_report(check, TC_CHECK_CLASS_NOT_MAPPED, name->value_span,
                           "no SecurityClass says what '%.*s' is: the framework drops this permission",
                           TC_STR_ARG(name->value));
    diag->is_unsafe = true;
    if (near.ptr != NULL) {
        tc_diag_help(check->diags, diag, "did you mean '%.*s'?", TC_STR_ARG(near));
        tc_diag_edit(check->diags, diag, name->value_span, "%.*s", TC_STR_ARG(near));
    } else if (cls != NULL && check->file->classes != NULL && check->file->classes->children != NULL) {
        tc_diag_help(check->diags, diag, "add a SecurityClass for %s", cls->type);
        add_entry(c, diag, cls);
    } else if (cls != NULL) {
        offer_whole(&place, diag, cls);
    }
}

/* A piece that is to be pasted into a policy file: its set has a short class, too. */
static bool
is_piece(const struct tc_check *check, const struct tc_element *set)
{
    const struct tc_element_attribute *name = tc_element_attr(set, TC_ATTR_CLASS);

    return check->file->kind == TC_FILE_SET && (name == NULL || !tc_str_has(name->value, '.'));
}

/* ---- all of a file ---- */

static bool
is_short(struct tc_str name)
{
    return !tc_str_has(name, '.') && !tc_str_has(name, ',');
}

static void
check_permission(struct classes *c, const struct tc_element *set, const struct tc_element *permission)
{
    const struct tc_element_attribute *name = tc_element_attr(permission, TC_ATTR_CLASS);
    struct tc_str type;

    if (name == NULL) {
        struct tc_diag *diag;

        for (size_t i = 0; i < permission->attribute_count; i++)
            if (tc_str_distance(permission->attributes[i].name, tc_attr_name(TC_ATTR_CLASS), 1) <= 1)
                return; /* that is the mistake */
        diag = tc_check_report(
            c->check, TC_CHECK_CLASS_MISSING,
            (struct tc_span){permission->span.begin, permission->span.begin + 1 + (uint32_t)permission->tag.len},
            "this permission has no class");
        tc_diag_note(c->check->diags, diag, "the framework throws, and takes the whole set for one that is not there");
        return;
    }
    type = tc_check_class(c->check, name->value);
    if (type.ptr != name->value.ptr) {
        tc_map_add(&c->permitted, name->value, MARK);
        return;
    }
    if (!is_short(name->value))
        check_type(c->check, name);
    else if (!is_piece(c->check, set))
        check_short(c, name);
}

static void
visit_sets(struct classes *c, const struct tc_element *element)
{
    for (; element != NULL; element = element->next) {
        const struct tc_element_attribute *name = tc_element_attr(element, TC_ATTR_CLASS);

        if (name != NULL)
            tc_map_add(&c->used, name->value, MARK);
        if (tc_element_is(element, TC_TAG_PERMISSION_SET))
            for (const struct tc_element *child = element->children; child != NULL; child = child->next)
                if (tc_element_is(child, TC_TAG_IPERMISSION) || tc_element_is(child, TC_TAG_PERMISSION))
                    check_permission(c, element, child);
        visit_sets(c, element->children);
    }
}

static void
check_entry(struct classes *c, const struct tc_element *entry)
{
    struct tc_check *check = c->check;
    const struct tc_element_attribute *name = tc_element_attr(entry, TC_ATTR_NAME);
    const struct tc_element_attribute *type = tc_element_attr(entry, TC_ATTR_DESCRIPTION);
    enum tc_attr_id missing = name == NULL ? TC_ATTR_NAME : TC_ATTR_DESCRIPTION;
    struct tc_diag *diag;

    if (name == NULL || type == NULL) {
        for (size_t i = 0; i < entry->attribute_count; i++)
            if (tc_str_distance(entry->attributes[i].name, tc_attr_name(missing), 1) <= 1)
                return; /* that is the mistake */
        tc_check_report(check, TC_CHECK_SECURITY_CLASS_PART,
                        (struct tc_span){entry->span.begin, entry->span.begin + 1 + (uint32_t)entry->tag.len},
                        "this SecurityClass has no %s: the framework ignores it", tc_attr_name(missing).ptr);
        return;
    }
    if (tc_map_get(&c->permitted, name->value) != NULL ||
        (check->file->is_piece && tc_str_ends(name->value, TC_STR("Permission")))) {
        check_type(check, type);
    } else if (!check->file->is_piece && tc_map_get(&c->used, name->value) == NULL) {
        diag = tc_check_report(check, TC_CHECK_SECURITY_CLASS_UNUSED, name->value_span,
                               "nothing in this file uses the SecurityClass '%.*s'", TC_STR_ARG(name->value));
        if (c->keeps_one)
            tc_check_remove(check, diag, entry);
    }
}

void
tc_checks_classes(struct tc_check *check)
{
    const struct tc_check_file *file = check->file;
    struct classes c = {.check = check};

    tc_map_init(&c.used, check->arena);
    tc_map_init(&c.permitted, check->arena);
    tc_map_init(&c.offered, check->arena);
    if (file->level != NULL || file->classes != NULL || file->group != NULL || file->sets != NULL) {
        if (file->sets != NULL)
            visit_sets(&c, file->sets->children);
        if (file->group != NULL) {
            const struct tc_element_attribute *name = tc_element_attr(file->group, TC_ATTR_CLASS);

            if (name != NULL)
                tc_map_add(&c.used, name->value, MARK);
            visit_sets(&c, file->group->children);
        }
        for (const struct tc_element *entry = file->classes == NULL ? NULL : file->classes->children;
             entry != NULL && !c.keeps_one; entry = entry->next) {
            const struct tc_element_attribute *name = tc_element_attr(entry, TC_ATTR_NAME);

            c.keeps_one = name != NULL && tc_map_get(&c.used, name->value) != NULL;
        }
        for (const struct tc_element *entry = file->classes == NULL ? NULL : file->classes->children; entry != NULL;
             entry = entry->next)
            if (tc_element_is(entry, TC_TAG_SECURITY_CLASS))
                check_entry(&c, entry);
    } else if (file->set != NULL && !tc_element_is(file->root, TC_TAG_IPERMISSION)) {
        visit_sets(&c, file->root);
    } else if (file->set != NULL) {
        check_permission(&c, file->set, file->root);
    }
}
