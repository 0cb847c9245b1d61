/**
 * Identity permissions: one identity, or since 2.0 several of which any will do; zones as a set of bits; Gac as itself.
 *
 * A single identity stands in the fields, several stand in rows. Columns and fields of a class are in the same order.
 *
 * Source: permissions 35 and the published sources of the classes
 */
#include "model/algebra_util.h"
#include "model/strong_name.h"
#include "model/url_string.h"

#include <string.h>

enum kind { STRONG_NAME, PUBLISHER, SITE, URL, ZONE, GAC };
enum { KEY, NAME, VERSION, PARTS };

/* One identity: a strong name, or one text in the first part. */
struct identity {
    struct tc_str parts[PARTS];
    bool has[PARTS];
    struct tc_span span;
};

struct identities {
    struct identity *list;
    size_t count;
};

static enum kind
kind_of(const struct tc_class *cls)
{
    static const enum tc_class_id ids[] = {
        [STRONG_NAME] = TC_CLASS_STRONG_NAME_IDENTITY,
        [PUBLISHER] = TC_CLASS_PUBLISHER_IDENTITY,
        [SITE] = TC_CLASS_SITE_IDENTITY,
        [URL] = TC_CLASS_URL_IDENTITY,
        [ZONE] = TC_CLASS_ZONE_IDENTITY,
        [GAC] = TC_CLASS_GAC_IDENTITY,
    };
    unsigned kind = STRONG_NAME;

    while (kind < GAC && cls != tc_class(ids[kind]))
        kind++;
    return (enum kind)kind;
}

static enum tc_answer
none(struct tc_perm **ret)
{
    *ret = NULL;
    return TC_YES;
}

/* ---- between permissions and identities
 * --------------------------------------------------------------------- */

static bool
new_list(struct tc_arena *arena, size_t room, struct identities *ret)
{
    *ret = (struct identities){.list = tc_arena_array(arena, struct identity, room)};
    return ret->list != NULL;
}

static bool
identities_of(struct tc_arena *arena, const struct tc_perm *perm, struct identities *ret)
{
    size_t columns = perm->cls->field_count;
    struct identity single = {.span = perm->span};
    bool has_single = false;

    if (!new_list(arena, (size_t)perm->row_count + 1, ret))
        return false;
    for (size_t i = 0; i < columns; i++) {
        single.has[i] = perm->values[i].present;
        single.parts[i] = perm->values[i].text;
        has_single |= single.has[i];
    }
    if (has_single)
        ret->list[ret->count++] = single;
    for (uint32_t i = 0; i < perm->row_count; i++) {
        struct identity *identity = &ret->list[ret->count++];

        identity->span = perm->rows[i].span;
        for (size_t j = 0; j < columns; j++) {
            identity->has[j] = perm->rows[i].cells[j].present;
            identity->parts[j] = perm->rows[i].cells[j].text;
        }
    }
    return true;
}

static enum tc_answer
make(struct tc_arena *arena, const struct tc_class *cls, struct tc_span span, const struct identities *identities,
     struct tc_perm **ret, struct tc_throw *ret_throw)
{
    struct tc_perm *perm = tc_perm_new(arena, cls, span);
    size_t columns = cls->field_count;

    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < columns && identities->count == 1; i++)
        perm->values[i] = (struct tc_value){.present = identities->list[0].has[i],
                                            .span = identities->list[0].span,
                                            .text = identities->list[0].parts[i]};
    if (identities->count > 1) {
        struct tc_cell *cells = tc_arena_array(arena, struct tc_cell, identities->count * columns);

        perm->rows = tc_rows_new(arena, identities->count);
        if (perm->rows == NULL || cells == NULL)
            return tc_throw_nomem(ret_throw);
        perm->row_count = (uint32_t)identities->count;
        for (size_t i = 0; i < identities->count; i++, cells += columns) {
            perm->rows[i] = (struct tc_row){
                .form = &cls->forms[0], .span = identities->list[i].span, .settled = true, .cells = cells};
            for (size_t j = 0; j < columns; j++)
                cells[j] =
                    (struct tc_cell){.present = identities->list[i].has[j], .text = identities->list[i].parts[j]};
        }
    }
    *ret = perm;
    return TC_YES;
}

static enum tc_answer
make_unrestricted(struct tc_arena *arena, const struct tc_class *cls, struct tc_span span, struct tc_perm **ret,
                  struct tc_throw *ret_throw)
{
    struct tc_perm *perm = tc_perm_new(arena, cls, span);

    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    perm->unrestricted = true;
    *ret = perm;
    return TC_YES;
}

/* ---- reading and writing --------------------------------------------------------------------------------------- */

/* A part as the framework holds it; what it cannot read it refuses at once, except for URLs. */
static enum tc_answer
settle_part(struct tc_arena *arena, enum kind kind, size_t part, struct tc_str *text, struct tc_throw *ret_throw)
{
    struct tc_site_string site;
    struct tc_version version;
    struct tc_str bytes;
    enum tc_answer answer = TC_YES;

    if (kind == SITE) {
        answer = tc_site_string_parse(arena, *text, &site, ret_throw);
    } else if (kind == URL) {
        if (text->len == 0)
            return tc_throw_new(ret_throw, "FormatException", "Format_StringZeroLength");
    } else if (part == KEY) {
        answer = tc_hex_decode(arena, *text, &bytes, ret_throw);
        if (answer == TC_YES)
            *text = tc_hex_text(arena, bytes);
    } else if (part == VERSION) {
        answer = tc_version_parse(*text, &version, ret_throw);
        if (answer == TC_YES)
            *text = tc_version_text(arena, &version);
    }
    return answer;
}

/* The identity in the attributes of @a element; none when it has none of them. */
static enum tc_answer
read_identity(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element,
              struct identities *identities, struct tc_throw *ret_throw)
{
    struct identity identity = {.span = element->span};
    bool found = false;

    for (size_t i = 0; i < cls->field_count; i++) {
        identity.has[i] = tc_element_get_named(arena, element, cls->fields[i].xml, &identity.parts[i]);
        found |= identity.has[i];
    }
    for (size_t i = 0; i < cls->field_count; i++) {
        enum tc_answer answer =
            identity.has[i] ? settle_part(arena, kind_of(cls), i, &identity.parts[i], ret_throw) : TC_YES;

        if (answer != TC_YES) {
            if (ret_throw != NULL)
                ret_throw->span = tc_element_span(element, cls->fields[i].xml);
            return answer;
        }
    }
    if (found)
        identities->list[identities->count++] = identity;
    return arena->failed ? tc_throw_nomem(ret_throw) : TC_YES;
}

static enum tc_answer
read_identities(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element,
                struct tc_perm **ret, struct tc_throw *ret_throw)
{
    struct identities identities;
    enum tc_answer answer;
    size_t room = 1;

    for (const struct tc_element *child = element->children; child != NULL; child = child->next)
        room++;
    if (!new_list(arena, room, &identities))
        return tc_throw_nomem(ret_throw);
    answer = read_identity(arena, cls, element, &identities, ret_throw);
    for (const struct tc_element *child = element->children; child != NULL && answer == TC_YES; child = child->next)
        answer = read_identity(arena, cls, child, &identities, ret_throw);
    return answer == TC_YES ? make(arena, cls, element->span, &identities, ret, ret_throw) : answer;
}

/* AddAttribute refuses what would need escaping; nothing is escaped here. */
static enum tc_answer
write_identity(struct tc_arena *arena, const struct tc_class *cls, const struct identity *identity,
               struct tc_element *element, struct tc_throw *ret_throw)
{
    for (size_t i = 0; i < cls->field_count; i++) {
        struct tc_str text = identity->parts[i];

        if (!identity->has[i])
            continue;
        for (size_t j = 0; j < text.len; j++)
            if (text.ptr[j] == '<' || text.ptr[j] == '>' || text.ptr[j] == '"')
                return tc_throw_at(ret_throw, "ArgumentException", "Argument_InvalidElementValue", identity->span);
        if (!tc_write_raw(arena, element, cls->fields[i].xml, text))
            return tc_throw_nomem(ret_throw);
    }
    return TC_YES;
}

static enum tc_answer
write_identities(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element,
                 struct tc_throw *ret_throw)
{
    struct identities identities;
    enum tc_answer answer = TC_YES;

    if (perm->unrestricted)
        return tc_write_raw(arena, element, "Unrestricted", TC_STR("true")) ? TC_YES : tc_throw_nomem(ret_throw);
    if (!identities_of(arena, perm, &identities))
        return tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < identities.count && answer == TC_YES; i++) {
        struct identity identity = identities.list[i];
        struct tc_element *target = element;

        if (identities.count > 1)
            target = tc_write_child(arena, element, perm->cls->forms[0].element);
        if (target == NULL)
            return tc_throw_nomem(ret_throw);
        for (size_t j = 0; j < perm->cls->field_count; j++)
            if (identity.has[j]) /* a text from a source may not be in the framework's form yet */
                (void)settle_part(arena, kind_of(perm->cls), j, &identity.parts[j], NULL);
        answer = write_identity(arena, perm->cls, &identity, target, ret_throw);
    }
    return answer;
}

/* ---- comparing two identities
 * ------------------------------------------------------------------------------- */

static enum tc_answer
answer_of(bool yes)
{
    return yes ? TC_YES : TC_NO;
}

static enum tc_answer
key_equal(struct tc_arena *arena, struct tc_str a, struct tc_str b, struct tc_throw *ret_throw)
{
    struct tc_str x, y;
    enum tc_answer answer;

    if (tc_str_eq_nocase(a, b))
        return TC_YES;
    answer = tc_hex_decode(arena, a, &x, ret_throw);
    if (answer == TC_YES)
        answer = tc_hex_decode(arena, b, &y, ret_throw);
    return answer == TC_YES ? answer_of(tc_str_eq(x, y)) : answer;
}

static enum tc_answer
version_equal(struct tc_str a, struct tc_str b, struct tc_throw *ret_throw)
{
    struct tc_version x, y;
    enum tc_answer answer = tc_version_parse(a, &x, ret_throw);

    if (answer == TC_YES)
        answer = tc_version_parse(b, &y, ret_throw);
    return answer == TC_YES ? answer_of(tc_version_equal(&x, &y)) : answer;
}

/* What an inner strong name leaves out is no demand: a name without key is part of every other one. */
static enum tc_answer
strong_name_subset(struct tc_arena *arena, const struct identity *inner, const struct identity *outer,
                   struct tc_throw *ret_throw)
{
    enum tc_answer answer;

    if (!inner->has[KEY])
        return TC_YES;
    answer = outer->has[KEY] ? key_equal(arena, inner->parts[KEY], outer->parts[KEY], ret_throw) : TC_NO;
    if (answer != TC_YES)
        return answer;
    if (inner->has[NAME] && (!outer->has[NAME] || !tc_strong_name_matches(outer->parts[NAME], inner->parts[NAME])))
        return TC_NO;
    if (!inner->has[VERSION])
        return TC_YES;
    return outer->has[VERSION] ? version_equal(inner->parts[VERSION], outer->parts[VERSION], ret_throw) : TC_NO;
}

static enum tc_answer
site_subset(struct tc_arena *arena, struct tc_str inner, struct tc_str outer, struct tc_throw *ret_throw)
{
    struct tc_site_string x, y;
    enum tc_answer answer = tc_site_string_parse(arena, inner, &x, ret_throw);

    if (answer == TC_YES)
        answer = tc_site_string_parse(arena, outer, &y, ret_throw);
    return answer == TC_YES ? answer_of(tc_site_string_is_subset(&x, &y)) : answer;
}

static enum tc_answer
url_compare(struct tc_arena *arena, struct tc_str a, struct tc_str b,
            bool (*compare)(const struct tc_url_string *, const struct tc_url_string *), struct tc_throw *ret_throw)
{
    struct tc_url_string x, y;
    enum tc_answer answer = tc_url_string_parse_plain(arena, a, &x, ret_throw);

    if (answer == TC_YES)
        answer = tc_url_string_parse_plain(arena, b, &y, ret_throw);
    return answer == TC_YES ? answer_of(compare(&x, &y)) : answer;
}

static enum tc_answer
identity_subset(struct tc_arena *arena, enum kind kind, const struct identity *inner, const struct identity *outer,
                struct tc_throw *ret_throw)
{
    switch (kind) {
    case STRONG_NAME:
        return strong_name_subset(arena, inner, outer, ret_throw);
    case SITE:
        return site_subset(arena, inner->parts[KEY], outer->parts[KEY], ret_throw);
    case URL:
        return url_compare(arena, inner->parts[KEY], outer->parts[KEY], tc_url_string_is_subset, ret_throw);
    case PUBLISHER:
    case ZONE:
    case GAC:
        break;
    }
    return key_equal(arena, inner->parts[KEY], outer->parts[KEY], ret_throw);
}

static enum tc_answer
identity_equal(struct tc_arena *arena, enum kind kind, const struct identity *a, const struct identity *b,
               struct tc_throw *ret_throw)
{
    enum tc_answer answer;

    if (kind == URL)
        return url_compare(arena, a->parts[KEY], b->parts[KEY], tc_url_string_equal, ret_throw);
    answer = identity_subset(arena, kind, b, a, ret_throw);
    return answer == TC_YES ? identity_subset(arena, kind, a, b, ret_throw) : answer;
}

/* ---- subset, union, intersection of lists
 * ------------------------------------------------------------------- */

static enum tc_answer
covered(struct tc_arena *arena, enum kind kind, const struct identity *inner, const struct identities *outer,
        struct tc_throw *ret_throw)
{
    enum tc_answer answer = TC_NO;

    for (size_t i = 0; i < outer->count && answer == TC_NO; i++)
        answer = identity_subset(arena, kind, inner, &outer->list[i], ret_throw);
    return answer;
}

static enum tc_answer
subset_identities(struct tc_arena *arena, const struct tc_perm *demand, const struct tc_perm *grant,
                  struct tc_throw *ret_throw)
{
    struct identities inner, outer;
    enum tc_answer answer = TC_YES;

    if (grant != NULL && grant->unrestricted)
        return TC_YES;
    if (demand->unrestricted)
        return TC_NO;
    if (!identities_of(arena, demand, &inner) || (grant != NULL && !identities_of(arena, grant, &outer)))
        return tc_throw_nomem(ret_throw);
    if (grant == NULL)
        return answer_of(inner.count == 0);
    for (size_t i = 0; i < inner.count && answer == TC_YES; i++)
        answer = covered(arena, kind_of(demand->cls), &inner.list[i], &outer, ret_throw);
    return answer;
}

static enum tc_answer
unite_identities(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
                 struct tc_throw *ret_throw)
{
    struct identities x, y = {0}, all;

    if (a->unrestricted || (b != NULL && b->unrestricted))
        return make_unrestricted(arena, a->cls, a->span, ret, ret_throw);
    if (!identities_of(arena, a, &x) || (b != NULL && !identities_of(arena, b, &y)) ||
        !new_list(arena, x.count + y.count, &all))
        return tc_throw_nomem(ret_throw);
    memcpy(all.list, x.list, x.count * sizeof *x.list);
    all.count = x.count;
    for (size_t i = 0; i < y.count; i++) {
        enum tc_answer found = TC_NO;

        /* A list that has nothing to be compared with is copied. */
        for (size_t j = 0; j < all.count && x.count > 0 && found == TC_NO; j++)
            found = identity_equal(arena, kind_of(a->cls), &y.list[i], &all.list[j], ret_throw);
        if (found == TC_THROWS)
            return found;
        if (found == TC_NO)
            all.list[all.count++] = y.list[i];
    }
    return all.count == 0 ? none(ret) : make(arena, a->cls, a->span, &all, ret, ret_throw);
}

/* The narrower one of two, if either covers the other. */
static enum tc_answer
narrower(struct tc_arena *arena, enum kind kind, const struct identity *a, const struct identity *b,
         struct identities *into, struct tc_throw *ret_throw)
{
    /* Strong names ask the other way round first, which tells where names with `*` cover each other. */
    const struct identity *first = kind == STRONG_NAME ? b : a, *second = kind == STRONG_NAME ? a : b;
    enum tc_answer answer = identity_subset(arena, kind, first, second, ret_throw);

    if (answer == TC_YES) {
        into->list[into->count++] = *first;
        return TC_YES;
    }
    if (answer == TC_NO)
        answer = identity_subset(arena, kind, second, first, ret_throw);
    if (answer == TC_YES)
        into->list[into->count++] = *second;
    return answer;
}

static enum tc_answer
intersect_identities(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
                     struct tc_throw *ret_throw)
{
    struct identities x, y, both;

    if (a->unrestricted && b->unrestricted)
        return make_unrestricted(arena, a->cls, a->span, ret, ret_throw);
    if (a->unrestricted || b->unrestricted)
        return tc_perm_give_copy(arena, a->unrestricted ? b : a, ret, ret_throw);
    if (!identities_of(arena, a, &x) || !identities_of(arena, b, &y) || !new_list(arena, x.count * y.count, &both))
        return tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < x.count; i++)
        for (size_t j = 0; j < y.count; j++)
            if (narrower(arena, kind_of(a->cls), &x.list[i], &y.list[j], &both, ret_throw) == TC_THROWS)
                return TC_THROWS;
    return both.count == 0 ? none(ret) : make(arena, a->cls, a->span, &both, ret, ret_throw);
}

/* ---- zones
 * -------------------------------------------------------------------------------------------------- */

enum { ZONE_MAX = 4, NO_ZONE = -1, ALL_ZONES = 0x1F };

static uint32_t
zone_bit(int64_t zone)
{
    return zone == NO_ZONE ? 0 : 1u << (zone & 31);
}

static uint32_t
zones_of(const struct tc_perm *perm)
{
    const struct tc_value *value = &perm->values[TC_FIELD_ZONE_IDENTITY_ZONE];
    uint32_t zones = value->present ? zone_bit(value->number) : 0;

    if (perm->unrestricted)
        return ALL_ZONES;
    for (uint32_t i = 0; i < perm->row_count; i++)
        zones |= zone_bit(perm->rows[i].cells[0].number);
    return zones;
}

static bool
is_single(uint32_t zones)
{
    return zones != 0 && (zones & (zones - 1)) == 0;
}

static enum tc_answer
make_zones(struct tc_arena *arena, const struct tc_class *cls, struct tc_span span, uint32_t zones,
           struct tc_perm **ret, struct tc_throw *ret_throw)
{
    struct tc_perm *perm = tc_perm_new(arena, cls, span);
    struct tc_cell *cells = tc_arena_array(arena, struct tc_cell, 32);

    if (perm == NULL || cells == NULL)
        return tc_throw_nomem(ret_throw);
    if (!is_single(zones)) {
        perm->rows = tc_rows_new(arena, 32);
        if (perm->rows == NULL)
            return tc_throw_nomem(ret_throw);
    }
    for (int zone = 0; zone < 32; zone++) {
        if ((zones >> zone & 1) == 0)
            continue;
        if (is_single(zones)) {
            perm->values[TC_FIELD_ZONE_IDENTITY_ZONE] =
                (struct tc_value){.present = true, .span = span, .number = zone};
        } else {
            cells[zone] = (struct tc_cell){.present = true, .number = zone};
            perm->rows[perm->row_count++] =
                (struct tc_row){.form = &cls->forms[0], .span = span, .settled = true, .cells = &cells[zone]};
        }
    }
    *ret = perm;
    return TC_YES;
}

static enum tc_answer
read_zones(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct tc_perm **ret,
           struct tc_throw *ret_throw)
{
    const struct tc_field *field = &cls->fields[TC_FIELD_ZONE_IDENTITY_ZONE];
    const struct tc_enum *values = tc_enum(field->values);
    struct tc_str text;
    uint32_t zones = 0;
    int32_t zone = NO_ZONE;

    if (tc_element_get_named(arena, element, field->xml, &text)) {
        if (tc_enum_parse(values, text, false, &zone, ret_throw) == TC_THROWS)
            return TC_THROWS;
        if (zone < NO_ZONE || zone > ZONE_MAX)
            return tc_throw_at(ret_throw, "ArgumentException", "Argument_IllegalZone",
                               tc_element_span(element, field->xml));
        zones = zone_bit(zone);
    }
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        if (!tc_element_get_named(arena, child, field->xml, &text))
            return tc_throw_at(ret_throw, "ArgumentNullException", "", child->span);
        if (tc_enum_parse(values, text, false, &zone, ret_throw) == TC_THROWS)
            return TC_THROWS;
        zones |= zone_bit(zone);
    }
    return make_zones(arena, cls, element->span, zones, ret, ret_throw);
}

static enum tc_answer
write_zones(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element, struct tc_throw *ret_throw)
{
    const struct tc_field *field = &perm->cls->fields[TC_FIELD_ZONE_IDENTITY_ZONE];
    const struct tc_enum *values = tc_enum(field->values);
    uint32_t zones = zones_of(perm);

    for (int zone = 0; zone <= ZONE_MAX; zone++) {
        struct tc_element *target = element;

        if ((zones >> zone & 1) == 0)
            continue;
        if (!is_single(zones))
            target = tc_write_child(arena, element, perm->cls->forms[0].element);
        if (target == NULL || !tc_write_raw(arena, target, field->xml, tc_str_of(tc_enum_name(values, zone))))
            return tc_throw_nomem(ret_throw);
    }
    return TC_YES;
}

/* ---- the five functions
 * ------------------------------------------------------------------------------------- */

static enum tc_answer
read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct tc_perm **ret,
     struct tc_throw *ret_throw)
{
    enum tc_answer answer = tc_element_validate(element, ret_throw);
    struct tc_str text;

    if (answer != TC_YES)
        return answer;
    if (kind_of(cls) == ZONE)
        return read_zones(arena, cls, element, ret, ret_throw);
    if (kind_of(cls) == GAC) {
        *ret = tc_perm_new(arena, cls, element->span);
        return *ret == NULL ? tc_throw_nomem(ret_throw) : TC_YES;
    }
    if (tc_element_get_named(arena, element, "Unrestricted", &text) && tc_ordinal_eq(text, TC_STR("true")))
        return make_unrestricted(arena, cls, element->span, ret, ret_throw);
    return read_identities(arena, cls, element, ret, ret_throw);
}

static enum tc_answer
write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element, struct tc_throw *ret_throw)
{
    switch (kind_of(perm->cls)) {
    case GAC:
        return TC_YES;
    case ZONE:
        return write_zones(arena, perm, element, ret_throw);
    default:
        return write_identities(arena, perm, element, ret_throw);
    }
}

static enum tc_answer
subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
       const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    (void)machine;
    if (grant != NULL && demand->cls != grant->cls)
        return tc_throw_wrong_type(ret_throw);
    switch (kind_of(demand->cls)) {
    case GAC:
        return answer_of(grant != NULL);
    case ZONE:
        return answer_of((zones_of(demand) & ~(grant == NULL ? 0 : zones_of(grant))) == 0);
    default:
        return subset_identities(arena, demand, grant, ret_throw);
    }
}

static enum tc_answer
unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
      struct tc_throw *ret_throw)
{
    uint32_t zones;

    if (b != NULL && a->cls != b->cls)
        return tc_throw_wrong_type(ret_throw);
    switch (kind_of(a->cls)) {
    case GAC:
        return tc_perm_give_copy(arena, a, ret, ret_throw);
    case ZONE:
        zones = zones_of(a) | (b == NULL ? 0 : zones_of(b));
        return zones == 0 && b == NULL ? none(ret) : make_zones(arena, a->cls, a->span, zones, ret, ret_throw);
    default:
        return unite_identities(arena, a, b, ret, ret_throw);
    }
}

static enum tc_answer
intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a, const struct tc_perm *b,
          struct tc_perm **ret, struct tc_throw *ret_throw)
{
    uint32_t zones;

    (void)machine;
    if (b == NULL)
        return none(ret);
    if (a->cls != b->cls)
        return tc_throw_wrong_type(ret_throw);
    switch (kind_of(a->cls)) {
    case GAC:
        return tc_perm_give_copy(arena, a, ret, ret_throw);
    case ZONE:
        zones = zones_of(a) & zones_of(b);
        return zones == 0 ? none(ret) : make_zones(arena, a->cls, a->span, zones, ret, ret_throw);
    default:
        return intersect_identities(arena, a, b, ret, ret_throw);
    }
}

const struct tc_algebra_ops tc_identity_ops = {
    .read = read, .write = write, .subset = subset, .unite = unite, .intersect = intersect};
