/* Mistakes that Microsoft's documentation teaches (aspnet-trust 10). */
#include "check/errata.h"

#include "check/urls.h"
#include "model/pset_algebra.h"
#include "xml/spans.h"

#include <stdlib.h>
#include <string.h>

/* ---- errata win -------------------------------------------------------------------------------------------------- */

/* Where errata have been found: general rules that are no more severe have nothing to add there. */
struct place {
    struct tc_span span;
    enum tc_severity severity;
    bool can_be_mended;
};

struct places {
    struct place *list; /* by beginning */
    size_t count;
    bool breaks_file; /* one of them is why the file cannot be read */
};

static bool
is_erratum(const struct tc_diag *diag)
{
    enum tc_check_id id = tc_check_of(diag->code);

    return id < TC_CHECK_COUNT_ && tc_check_info(id)->group == TC_CHECKS_ERRATA;
}

/* What a file grants is said whoever taught the mistake; but a switch that is none names no key. */
static bool
is_graver(const struct tc_diag *diag)
{
    enum tc_check_id id = tc_check_of(diag->code);
    enum tc_check_group group = id == TC_CHECK_COUNT_ ? TC_CHECKS_COUNT_ : tc_check_info(id)->group;

    return group == TC_CHECKS_GRANTS && id != TC_CHECK_REGISTRY_UNRESTRICTED && diag->severity != TC_SEVERITY_NOTE;
}

static bool
is_covered(void *state, const struct tc_diag *diag)
{
    const struct places *places = state;
    size_t low = 0, high = places->count;

    if (is_erratum(diag) || is_graver(diag))
        return false;
    if (places->breaks_file && diag->code == &tc_check_info(TC_CHECK_UNREADABLE)->code)
        return true;
    while (low < high) { /* the last place that begins before the end of the finding */
        size_t middle = low + (high - low) / 2;

        if (places->list[middle].span.begin < diag->span.end)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || diag->span.end == 0 || places->list[low - 1].span.end <= diag->span.begin)
        return false;
    if (diag->code == &tc_check_info(TC_CHECK_APPDIR_NOT_READABLE)->code)
        return true; /* an erratum says so, too */
    if (diag->edits != NULL && !diag->is_unsafe && !places->list[low - 1].can_be_mended)
        return false; /* a file that loads once this is mended shows what else is wrong */
    return places->list[low - 1].severity >= diag->severity;
}

/* How severe a finding may be at most that the erratum covers. One is about what a value leaves out: what is wrong with
 * what it says is another matter. */
static enum tc_severity
covers(const struct tc_diag *erratum)
{
    return erratum->code == &tc_check_info(TC_CHECK_ERRATUM_DIRECTORY)->code ? TC_SEVERITY_NOTE : erratum->severity;
}

static int
by_begin(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    return x->span.begin < y->span.begin ? -1 : x->span.begin > y->span.begin;
}

void
tc_errata_win(struct tc_check *check)
{
    struct places places = {0};
    size_t count = 0;

    for (const struct tc_diag *diag = check->diags->first; diag != NULL; diag = diag->next)
        if (is_erratum(diag)) {
            count++;
            for (const struct tc_label *label = diag->labels; label != NULL; label = label->next)
                count++;
        }
    if (count == 0)
        return;
    places.list = tc_arena_array(check->arena, struct place, count);
    if (places.list == NULL)
        return;
    for (const struct tc_diag *diag = check->diags->first; diag != NULL; diag = diag->next) {
        if (!is_erratum(diag))
            continue;
        places.list[places.count++] = (struct place){diag->span, covers(diag), diag->edits != NULL};
        for (const struct tc_label *label = diag->labels; label != NULL; label = label->next)
            places.list[places.count++] = (struct place){label->span, covers(diag), diag->edits != NULL};
        places.breaks_file |= diag->code == &tc_check_info(TC_CHECK_ERRATUM_BRACKETS)->code ||
                              diag->code == &tc_check_info(TC_CHECK_ERRATUM_ELLIPSIS)->code ||
                              diag->code == &tc_check_info(TC_CHECK_ERRATUM_PLACEHOLDER)->code;
    }
    qsort(places.list, places.count, sizeof *places.list, by_begin);
    tc_diags_drop(check->diags, is_covered, &places);
}

/* ---- class names ------------------------------------------------------------------------------------------------- */

bool
tc_check_is_erratum(struct tc_str type)
{
    struct tc_erratum erratum;

    return tc_erratum_find(type, &erratum);
}

static struct tc_str
description(const struct tc_check *check, const struct tc_class *cls)
{
    struct tc_buf out = {0};
    struct tc_str text;

    tc_class_description(cls, tc_runtime_info(check->file->runtime)->framework, &out);
    text = tc_arena_str(check->arena, tc_buf_str(&out));
    if (out.failed)
        check->arena->failed = true;
    tc_buf_done(&out);
    return text;
}

static struct tc_diag *
report_name(struct tc_check *check, const struct tc_erratum *erratum, const struct tc_element_attribute *attribute)
{
    enum tc_framework framework = tc_runtime_info(check->file->runtime)->framework;
    struct tc_diag *diag =
        tc_check_report(check, erratum->check, attribute->value_span,
                        erratum->in_mscorlib ? "there is no %s in mscorlib" : "there is no class %s", erratum->name);

    tc_diag_note(check->diags, diag, "the framework drops the permission and says nothing");
    if (erratum->use != NULL) {
        tc_diag_help(check->diags, diag, "write %s", erratum->use);
    } else if (!tc_class_in(erratum->cls, framework)) {
        tc_diag_help(check->diags, diag, "%s is not there before %s", erratum->cls->type,
                     tc_since_name(erratum->cls->since));
    } else {
        struct tc_str full = description(check, erratum->cls);

        tc_diag_help(check->diags, diag, "write '%.*s'", TC_STR_ARG(full));
        tc_diag_edit(check->diags, diag, attribute->value_span, "%.*s", TC_STR_ARG(full));
        diag->is_unsafe = true; /* a permission that was dropped is granted then */
    }
    return diag;
}

/* The class attribute of a permission, where no SecurityClass stands between it and the name. */
static void
check_permission_class(struct tc_check *check, const struct tc_element *permission)
{
    const struct tc_element_attribute *name = tc_element_attr(permission, TC_ATTR_CLASS);
    struct tc_erratum erratum;

    if (name != NULL && tc_str_eq(tc_check_class(check, name->value), name->value) &&
        tc_erratum_find(name->value, &erratum))
        report_name(check, &erratum, name);
}

/* "Reflection: RegistryPermission" of a table whose rows have moved up. */
static bool
check_shifted(struct tc_check *check, const struct tc_element_attribute *name,
              const struct tc_element_attribute *description_of)
{
    const struct tc_class *wanted = tc_class(TC_CLASS_REFLECTION), *other = tc_class(TC_CLASS_REGISTRY);
    struct tc_str full;
    struct tc_diag *diag;

    if (!tc_str_is(name->value, wanted->short_name) || tc_class_resolve(description_of->value) != other)
        return false;
    full = description(check, wanted);
    diag = tc_check_report(check, TC_CHECK_ERRATUM_SHIFTED, description_of->value_span, "'%s' is not for reflection",
                           other->short_name);
    tc_diag_note(check->diags, diag, "a published table has lost its row for the registry");
    tc_diag_help(check->diags, diag, "write '%.*s'", TC_STR_ARG(full));
    tc_diag_edit(check->diags, diag, description_of->value_span, "%.*s", TC_STR_ARG(full));
    diag->is_unsafe = true;
    return true;
}

/* The first permission whose class is @a name. */
static const struct tc_element_attribute *
use_of(const struct tc_element *element, struct tc_str name)
{
    for (; element != NULL; element = element->next) {
        const struct tc_element_attribute *class_name = tc_element_attr(element, TC_ATTR_CLASS);
        const struct tc_element_attribute *found =
            class_name != NULL && tc_str_eq(class_name->value, name) ? class_name : use_of(element->children, name);

        if (found != NULL)
            return found;
    }
    return NULL;
}

static void
check_classes(struct tc_check *check)
{
    const struct tc_element *classes = check->file->classes;

    for (const struct tc_element *entry = classes == NULL ? NULL : classes->children; entry != NULL;
         entry = entry->next) {
        const struct tc_element_attribute *name = tc_element_attr(entry, TC_ATTR_NAME);
        const struct tc_element_attribute *type = tc_element_attr(entry, TC_ATTR_DESCRIPTION), *used;
        struct tc_erratum erratum;
        struct tc_diag *diag;

        if (name == NULL || type == NULL || check_shifted(check, name, type) || !tc_erratum_find(type->value, &erratum))
            continue;
        diag = report_name(check, &erratum, type);
        used = use_of(check->file->sets == NULL ? NULL : check->file->sets->children, name->value);
        if (used != NULL)
            tc_diag_label(check->diags, diag, used->value_span, "used here");
    }
}

/* ---- values of permissions --------------------------------------------------------------------------------------- */

static bool
is_list(enum tc_field_kind kind)
{
    return kind == TC_FIELD_PATHS || kind == TC_FIELD_KEYS || kind == TC_FIELD_NAMES;
}

/* Read="true", as if a list of keys were a switch. */
static void
check_switch(struct tc_check *check, const struct tc_field *field, const struct tc_element_attribute *attribute)
{
    struct tc_diag *diag;

    if (!is_list(field->kind) ||
        (!tc_str_eq_nocase(attribute->value, TC_STR("true")) && !tc_str_eq_nocase(attribute->value, TC_STR("false"))))
        return;
    diag = tc_check_report(check, TC_CHECK_ERRATUM_SWITCH, attribute->value_span,
                           "'%s' is no switch: this is %s called '%.*s'", field->xml,
                           field->kind == TC_FIELD_PATHS  ? "a file"
                           : field->kind == TC_FIELD_KEYS ? "a key"
                                                          : "a variable",
                           TC_STR_ARG(attribute->value));
    tc_diag_help(check->diags, diag, "list what may be used, as in '%s'",
                 field->kind == TC_FIELD_PATHS  ? "$AppDir$\\Data"
                 : field->kind == TC_FIELD_KEYS ? "HKEY_LOCAL_MACHINE\\Software\\Contoso"
                                                : "TEMP;TMP");
}

/* Flags="SecurityPermissionFlag.Execution" */
static void
check_flag(struct tc_check *check, const struct tc_field *field, const struct tc_element_attribute *attribute)
{
    struct tc_check_value value = tc_check_value_of(check, attribute);
    struct tc_diag *diag = NULL;
    struct tc_str type;

    if (field->kind != TC_FIELD_FLAGS && field->kind != TC_FIELD_LEVEL)
        return;
    type = tc_arena_printf(check->arena, "%s.", tc_enum(field->values)->type_name);
    for (size_t at = tc_str_find(value.text, type, 0); at != SIZE_MAX; at = tc_str_find(value.text, type, at + 1)) {
        if (diag == NULL) {
            diag = tc_check_report(check, TC_CHECK_ERRATUM_ENUM, tc_check_value_part(&value, at, at + type.len),
                                   "names of flags are written without '%.*s'", TC_STR_ARG(type));
            tc_diag_note(check->diags, diag, "the framework cannot read this");
        } else {
            tc_diag_label(check->diags, diag, tc_check_value_part(&value, at, at + type.len), "this, too");
        }
        if (value.is_exact) {
            tc_diag_edit(check->diags, diag, tc_check_value_part(&value, at, at + type.len), "%s", "");
            diag->is_unsafe = true;
        }
    }
}

static bool
has_directory(const struct tc_element_attribute *attribute)
{
    return attribute != NULL && tc_str_find(attribute->value, tc_token_text(TC_TOKEN_APP_DIR), 0) != SIZE_MAX;
}

/* Read="C:\SomeDir" Write="$AppDir$": the directory of the application was replaced, not joined. */
static void
check_directory(struct tc_check *check, const struct tc_element *permission)
{
    const struct tc_class *cls = tc_class(TC_CLASS_FILE_IO);
    const struct tc_element_attribute *read = NULL, *other = NULL;
    struct tc_diag *diag;

    for (size_t i = 0; i < cls->field_count; i++) {
        const struct tc_element_attribute *attribute = tc_element_find(permission, tc_str_of(cls->fields[i].xml));

        if (i == TC_FIELD_FILE_IO_READ)
            read = attribute;
        else if (cls->fields[i].kind == TC_FIELD_PATHS && other == NULL && has_directory(attribute))
            other = attribute;
    }
    if (read == NULL || other == NULL || has_directory(read) || tc_str_find(read->value, TC_STR("$"), 0) != SIZE_MAX)
        return;
    diag = tc_check_report(check, TC_CHECK_ERRATUM_DIRECTORY, read->value_span,
                           "this takes from the application the right to read its own directory");
    tc_diag_label(check->diags, diag, other->value_span, "which it may use otherwise");
    tc_diag_help(check->diags, diag, "put '%s' in front", read->value.len == 0 ? "$AppDir$" : "$AppDir$;");
    if (read->value_span.end - read->value_span.begin == read->value.len) {
        tc_diag_edit(check->diags, diag, (struct tc_span){read->value_span.begin, read->value_span.begin}, "%s",
                     read->value.len == 0 ? "$AppDir$" : "$AppDir$;");
        diag->is_unsafe = true;
    }
}

/* The advice of a beta: without Administer an event log could not be written. */
static void
check_event_log(struct tc_check *check, const struct tc_element *permission)
{
    const struct tc_enum *values = tc_enum(TC_ENUM_EVENT_LOG_ACCESS);
    const struct tc_form *form = &tc_class(TC_CLASS_EVENT_LOG)->forms[0];

    for (const struct tc_element *machine = permission->children; machine != NULL; machine = machine->next)
        for (size_t i = 0; i < form->column_count; i++) {
            const struct tc_element_attribute *access = tc_element_find(machine, tc_str_of(form->columns[i].xml));
            const struct tc_enum_value *value;
            struct tc_diag *diag;

            if (access == NULL || form->columns[i].values != TC_ENUM_EVENT_LOG_ACCESS)
                continue;
            value = tc_enum_find(values, access->value);
            if (value == NULL || value->value != tc_enum_find(values, TC_STR("Administer"))->value)
                continue;
            diag = tc_check_report(check, TC_CHECK_ERRATUM_ADMINISTER, access->value_span,
                                   "'Write' is enough to write to event sources that exist");
            tc_diag_note(check->diags, diag, "that it is not was true of a beta of 2.0 only");
            tc_diag_help(check->diags, diag,
                         "keep 'Administer' for code that creates, reads or clears logs, or creates sources");
        }
}

static void
check_permission(struct tc_check *check, const struct tc_element *set, const struct tc_element *permission)
{
    const struct tc_element_attribute *name = tc_element_attr(permission, TC_ATTR_CLASS);
    const struct tc_class *cls;

    (void)set;
    check_permission_class(check, permission);
    cls = name == NULL ? NULL : tc_class_resolve(tc_check_class(check, name->value));
    for (size_t i = 0; cls != NULL && i < cls->field_count; i++) {
        const struct tc_element_attribute *attribute = tc_element_find(permission, tc_str_of(cls->fields[i].xml));

        if (attribute == NULL || cls->fields[i].child != NULL)
            continue;
        check_switch(check, &cls->fields[i], attribute);
        check_flag(check, &cls->fields[i], attribute);
    }
    if (cls == tc_class(TC_CLASS_FILE_IO))
        check_directory(check, permission);
    else if (cls == tc_class(TC_CLASS_EVENT_LOG))
        check_event_log(check, permission);
}

static void
check_set_class(struct tc_check *check)
{
    const struct tc_element *sets = check->file->sets;
    const char *type = tc_type(TC_TYPE_NAMED_PERMISSION_SET)->name;
    struct tc_str short_name = tc_str_last_part(tc_str_of(type), ".");

    for (const struct tc_element *set = sets == NULL ? NULL : sets->children; set != NULL; set = set->next) {
        const struct tc_element_attribute *name = tc_element_attr(set, TC_ATTR_CLASS);
        struct tc_diag *diag;

        if (name == NULL || !tc_str_eq(name->value, short_name) ||
            !tc_str_eq(tc_check_class(check, name->value), name->value))
            continue;
        diag = tc_check_report(check, TC_CHECK_ERRATUM_NAMED_SET, name->value_span,
                               "no SecurityClass says what '%.*s' is", TC_STR_ARG(short_name));
        tc_diag_note(check->diags, diag, "ASP.NET does not ask; tools that list all sets of the file fail");
        tc_diag_help(check->diags, diag, "write '%s'", type);
        tc_diag_edit(check->diags, diag, name->value_span, "%s", type);
    }
}

void
tc_checks_errata(struct tc_check *check)
{
    tc_errata_check_text(check);
    if (check->file->kind == TC_FILE_CONFIG) {
        tc_errata_check_config(check);
        return;
    }
    if (check->file->root == NULL)
        return;
    check_classes(check);
    tc_check_each_permission(check, check_permission);
    if (check->file->kind == TC_FILE_POLICY)
        check_set_class(check);
}
