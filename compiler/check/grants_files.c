/* FileIO: what reaches beyond the application's own directory. */
#include "base/ascii.h"
#include "base/map.h"
#include "check/grants.h"
#include "model/path.h"
#include "model/places.h"

/* The directory of the application, and what code of it lies there. */
#define DIRECTORY tc_token_text(TC_TOKEN_APP_DIR)
static const char *const code_directories[] = {"bin", "App_Code"};

enum {
    WRITES = 1u << TC_FIELD_FILE_IO_WRITE | 1u << TC_FIELD_FILE_IO_APPEND,
    REACHES = WRITES | 1u << TC_FIELD_FILE_IO_READ, /* more than learning names */
};

/* One path of the permission with all that may be done there. */
struct entry {
    struct entry *next;
    const struct tc_item *item;
    struct tc_str path; /* canonical where that can be said */
    unsigned news;      /* bit i: field i names it, and the base does not grant that */
    size_t first;       /* the first field of those */
};

static struct tc_diag *
report(struct tc_grants *g, const struct tc_perm *perm, const struct entry *entry, enum tc_check_id id,
       struct tc_str what)
{
    struct tc_str verbs = tc_grants_verbs(g, perm->cls, entry->news);
    struct tc_diag *diag = tc_grants_report(g, id, TC_CLASS_FILE_IO, tc_grants_item(g, perm, entry->first, entry->item),
                                            "'%.*s' lets code reach %.*s (%.*s)", TC_STR_ARG(entry->item->text),
                                            TC_STR_ARG(what), TC_STR_ARG(verbs));

    for (size_t i = entry->first + 1; i < perm->cls->field_count; i++)
        if (entry->news >> i & 1) {
            const struct tc_item *item = tc_grants_find_item(g, perm, i, entry->item->text);

            if (item != NULL && item->span.begin != entry->item->span.begin)
                tc_diag_label(g->check->diags, diag, tc_grants_item(g, perm, i, item), "and here: %s",
                              tc_grants_field(g, &perm->cls->fields[i]));
        }
    return diag;
}

/* ---- above the application ---- */

/* Whether "$AppDir$\..\x" leaves the directory. */
static bool
leaves_directory(struct tc_str text)
{
    struct tc_str rest;
    int depth = 0;

    if (!tc_str_starts(text, DIRECTORY))
        return false;
    rest = tc_str_sub(text, DIRECTORY.len, SIZE_MAX);
    while (rest.len > 0) {
        size_t end = 0;
        struct tc_str part;

        while (end < rest.len && rest.ptr[end] != '\\' && rest.ptr[end] != '/')
            end++;
        part = tc_str_sub(rest, 0, end);
        if (tc_str_eq(part, TC_STR("..")))
            depth--;
        else if (part.len > 0 && !tc_str_eq(part, TC_STR(".")))
            depth++;
        if (depth < 0)
            return true;
        rest = tc_str_sub(rest, end + 1 > rest.len ? rest.len : end + 1, SIZE_MAX);
    }
    return false;
}

/* An application of the source whose directory lies below @a path. */
static const struct tc_application *
application_below(const struct tc_grants *g, struct tc_str path)
{
    const struct tc_model *model = g->check->file->model;

    for (size_t i = 0; model != NULL && i < model->application_count; i++) {
        struct tc_str root = model->applications[i]->root.text;

        if (root.len > path.len && tc_path_covers(path, root))
            return model->applications[i];
    }
    return NULL;
}

static bool
check_above(struct tc_grants *g, const struct tc_perm *perm, const struct entry *entry)
{
    const struct tc_application *application = application_below(g, entry->path);
    struct tc_diag *diag;

    if (!leaves_directory(entry->item->text) && application == NULL)
        return false;
    diag = report(g, perm, entry, TC_CHECK_PARENT_DIRECTORY,
                  TC_STR("what lies above an application, and so the directories of its neighbours"));
    if (application != NULL)
        tc_diag_label(g->check->diags, diag, application->root.span, "the application '%.*s' lies below it",
                      TC_STR_ARG(application->name));
    tc_diag_help(g->check->diags, diag, "name the one directory that is meant, outside of every application");
    return true;
}

/* ---- the application's own code ---- */

static bool
covers_code(struct tc_str text)
{
    if (!tc_str_starts(text, DIRECTORY))
        return false;
    text = tc_str_sub(text, DIRECTORY.len, SIZE_MAX);
    while (text.len > 0 && tc_ascii_is_slash(text.ptr[0]))
        text = tc_str_sub(text, 1, SIZE_MAX);
    for (size_t i = 0; i < sizeof code_directories / sizeof *code_directories; i++) {
        struct tc_str name = tc_str_of(code_directories[i]);

        if (tc_str_starts_nocase(text, name) && (text.len == name.len || tc_ascii_is_slash(text.ptr[name.len])))
            return true;
    }
    return text.len == 0;
}

static bool
check_own_code(struct tc_grants *g, const struct tc_perm *perm, const struct entry *entry)
{
    struct tc_diag *diag;
    struct entry writes = *entry;

    writes.news &= WRITES;
    /* without a base the whole directory is what Medium has, too */
    if (writes.news == 0 || !covers_code(entry->item->text) ||
        (g->base == NULL && entry->item->text.len <= DIRECTORY.len + 1))
        return false;
    while ((writes.news >> writes.first & 1) == 0)
        writes.first++;
    for (uint32_t i = 0; i < perm->values[writes.first].list.count; i++)
        if (tc_str_eq_nocase(perm->values[writes.first].list.items[i].text, entry->item->text))
            writes.item = &perm->values[writes.first].list.items[i];
    diag = report(g, perm, &writes, TC_CHECK_WRITES_OWN_CODE,
                  TC_STR("the code of the application itself: what an upload leaves there is run"));
    tc_diag_help(g->check->diags, diag, "grant writing for the directory of its data alone: '$AppDir$\\App_Data'");
    return true;
}

static void
check_entry(struct tc_grants *g, const struct tc_perm *perm, const struct entry *entry)
{
    const struct tc_system_place *place;
    enum tc_place_relation relation;
    struct tc_diag *diag;

    if (check_above(g, perm, entry) || check_own_code(g, perm, entry))
        return;
    if ((entry->news & REACHES) == 0)
        return; /* names alone: the comparison with the base says it */
    if (tc_path_is_drive(entry->path) || tc_path_is_share(entry->path)) {
        diag = report(g, perm, entry, TC_CHECK_DRIVE_ROOT,
                      tc_path_is_drive(entry->path) ? TC_STR("a whole drive") : TC_STR("a whole share"));
        tc_diag_help(g->check->diags, diag, "name the directory that is meant: FileIO covers all that lies below it");
        return;
    }
    place = tc_place_find(entry->path, (entry->news & WRITES) != 0, &relation);
    if (place == NULL)
        return;
    diag = report(g, perm, entry,
                  place->kind == TC_PLACE_FRAMEWORK ? TC_CHECK_FRAMEWORK_DIRECTORY : TC_CHECK_SYSTEM_DIRECTORY,
                  relation == TC_PLACE_INSIDE ? tc_arena_printf(g->check->arena, "into %s", place->what)
                                              : tc_str_of(place->what));
    tc_diag_help(g->check->diags, diag, "%s",
                 place->kind == TC_PLACE_FRAMEWORK
                     ? "pages need no permission for what ASP.NET itself keeps there: take the path out"
                     : "give the application a directory of its own, and name that");
}

/* ---- all files ---- */

static bool
check_all_files(struct tc_grants *g, const struct tc_perm *perm, const struct tc_perm *base)
{
    struct tc_diag *diag;
    struct tc_span span;

    if (perm->unrestricted) {
        span = tc_grants_unrestricted(g, perm);
        diag = tc_grants_report(g, TC_CHECK_FILES_UNRESTRICTED, TC_CLASS_FILE_IO, span,
                                "this lets code read and write every file that its Windows account can reach");
    } else {
        uint64_t fields = 0;
        size_t first = 0;
        bool local = true;

        for (size_t i = perm->cls->field_count; i-- > 0;) {
            const struct tc_value *value = &perm->values[i];
            const struct tc_list *list = &value->list, *old = base == NULL ? NULL : &base->values[i].list;

            if (!value->present || (REACHES >> i & 1) == 0 || (!list->all && !list->all_local) ||
                (base != NULL &&
                 (base->unrestricted || (base->values[i].present && (old->all || (old->all_local && !list->all))))))
                continue;
            fields |= UINT64_C(1) << i;
            first = i;
            local &= !list->all;
        }
        if (fields == 0)
            return false;
        diag = tc_grants_report(g, TC_CHECK_FILES_UNRESTRICTED, TC_CLASS_FILE_IO, tc_grants_all(g, perm, first),
                                "this lets code reach every file %sthat its Windows account can reach (%.*s)",
                                local ? "of the server's own drives " : "",
                                TC_STR_ARG(tc_grants_verbs(g, perm->cls, fields)));
    }
    tc_diag_help(g->check->diags, diag, "name the directories that are meant, beside '%.*s'", TC_STR_ARG(DIRECTORY));
    return true;
}

static void
check_change_acl(struct tc_grants *g, const struct tc_perm *perm, const struct tc_perm *base)
{
    const struct tc_value *value = &perm->values[TC_FIELD_FILE_IO_CHANGE_ACL];
    struct tc_span span = tc_grants_value(g, perm, TC_FIELD_FILE_IO_CHANGE_ACL);
    struct tc_diag *diag;

    if (!value->present || (value->list.count == 0 && !value->list.all && !value->list.all_local) ||
        (base != NULL && (base->unrestricted || base->values[TC_FIELD_FILE_IO_CHANGE_ACL].present)))
        return;
    diag = tc_grants_report(g, TC_CHECK_CHANGE_ACL, TC_CLASS_FILE_IO, span,
                            "this lets code change who may reach these files: it may open them to its neighbours, or "
                            "shut the administrator out");
    tc_diag_help(g->check->diags, diag, "set the rights when the application is installed");
    tc_grants_remove_attribute(g, diag, span);
}

/* ---- paths ---- */

static struct tc_str
canonical(struct tc_grants *g, struct tc_str text)
{
    struct tc_throw thrown;
    struct tc_str path;

    return tc_path_canonical(g->check->arena, text, &path, &thrown) == TC_YES ? path : text;
}

/* The paths of the permission, each once, in the order of the text. */
struct entries {
    struct entry *first, **tail;
    struct tc_map by_path;
};

static bool
add_entry(struct tc_grants *g, const struct tc_perm *perm, const struct tc_perm *base, size_t field,
          const struct tc_item *item, struct entries *entries)
{
    /* with its token in place, a path compares by its text: one that climbs out looks as if it were below */
    bool news = base == NULL || leaves_directory(item->text) ||
                !tc_grants_covers(g, base, tc_grants_item_alone(g, perm, field, item));
    struct tc_str key = tc_str_fold(g->check->arena, item->text);
    struct entry *entry = tc_map_get(&entries->by_path, key);

    if (entry == NULL) {
        entry = tc_arena_new(g->check->arena, struct entry);
        if (entry == NULL)
            return false;
        *entry = (struct entry){.item = item, .path = canonical(g, item->text), .first = field};
        *entries->tail = entry;
        entries->tail = &entry->next;
        tc_map_add(&entries->by_path, key, entry);
    }
    if (news && entry->news == 0) {
        entry->item = item;
        entry->first = field;
    }
    entry->news |= news ? 1u << field : 0;
    return true;
}

static bool
climbs(const struct tc_perm *perm)
{
    for (size_t i = 0; i < perm->cls->field_count; i++)
        for (uint32_t j = 0; perm->values[i].present && j < perm->values[i].list.count; j++)
            if (leaves_directory(perm->values[i].list.items[j].text))
                return true;
    return false;
}

void
tc_grants_files(struct tc_grants *g)
{
    const struct tc_perm *base, *perm = tc_grants_news(g, TC_CLASS_FILE_IO, &base);
    const struct tc_perm *all = tc_pset_find(g->set, tc_class(TC_CLASS_FILE_IO));
    struct entries entries = {.tail = &entries.first};

    if (perm == NULL && all != NULL && climbs(all))
        perm = all;
    if (perm == NULL)
        return;
    if (!perm->unrestricted)
        check_change_acl(g, perm, base);
    if (check_all_files(g, perm, base) && perm->unrestricted)
        return;
    tc_map_init(&entries.by_path, g->check->arena);
    for (size_t i = 0; i < perm->cls->field_count; i++)
        for (uint32_t j = 0; perm->values[i].present && j < perm->values[i].list.count; j++)
            if (!add_entry(g, perm, base, i, &perm->values[i].list.items[j], &entries))
                return;
    for (const struct entry *entry = entries.first; entry != NULL; entry = entry->next)
        if (entry->news != 0)
            check_entry(g, perm, entry);
}
