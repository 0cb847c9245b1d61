#include "ask/question.h"

#include "base/ascii.h"
#include "data/tables.h"

static const char help[] =
    "what can be asked:\n"
    "  who can FileIO write \"D:\\Data\"            (anything below: \"D:\\Data\\*\"; a class alone: any part)\n"
    "  may Contoso Web connect \"http://...\"      (a name with blanks in quotes; * and ? in names; any)\n"
    "  what can Contoso do\n"
    "  which applications share Registry\n";

/* ---- words ---- */

/* Whether a character can stand in a word that needs no quotes. */
static bool
is_plain(char c)
{
    return tc_ascii_is_alnum(c) || c == '_' || c == '-' || c == '.' || c == ',' || c == ';' || c == '"';
}

static void
put_quoted(struct tc_buf *out, struct tc_str text)
{
    tc_buf_putc(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            tc_buf_putc(out, '"');
        tc_buf_putc(out, text.ptr[i]);
    }
    tc_buf_putc(out, '"');
}

static bool
needs_quotes(struct tc_str word)
{
    if (word.len == 0)
        return true;
    for (size_t i = 0; i < word.len; i++)
        if (!is_plain(word.ptr[i]))
            return true;
    return false;
}

struct tc_str
tc_question_join(struct tc_arena *arena, const char *const *words, size_t count)
{
    struct tc_buf out = {0};
    struct tc_str text;

    for (size_t i = 0; i < count; i++) {
        struct tc_str word = tc_str_of(words[i]);

        if (i > 0)
            tc_buf_putc(&out, ' ');
        if (count > 1 && !tc_str_has(word, '"') && needs_quotes(word))
            put_quoted(&out, word);
        else
            tc_buf_puts(&out, word);
    }
    text = tc_arena_str(arena, tc_buf_str(&out));
    arena->failed |= out.failed;
    tc_buf_done(&out);
    return text;
}

/* A piece of a question: a word, a string with its quotes, or a comma. A word that can be none of the language is a
 * string without its quotes. */
struct piece {
    struct tc_str text;  /* as the language writes it */
    struct tc_str value; /* of a string without its quotes; else the same */
    bool is_string;
};

struct pieces {
    struct tc_arena *arena;
    struct piece *items;
    size_t count;
};

/* Where the piece at @a at ends. */
static size_t
end_of_piece(struct tc_str text, size_t at)
{
    if (text.ptr[at] == '"') {
        for (at++; at < text.len; at++)
            if (text.ptr[at] == '"' && !(at + 1 < text.len && text.ptr[at + 1] == '"'))
                return at + 1;
            else if (text.ptr[at] == '"')
                at++;
        return text.len;
    }
    if (text.ptr[at] == ',')
        return at + 1;
    while (at < text.len && !tc_ascii_is_white(text.ptr[at]) && text.ptr[at] != ',' && text.ptr[at] != '"')
        at++;
    return at;
}

static bool
split(struct tc_arena *arena, struct tc_str text, struct pieces *ret)
{
    *ret = (struct pieces){.arena = arena, .items = tc_arena_array(arena, struct piece, text.len + 1)};
    for (size_t at = 0; ret->items != NULL && at < text.len;) {
        struct piece piece;
        size_t end;

        if (tc_ascii_is_white(text.ptr[at])) {
            at++;
            continue;
        }
        end = end_of_piece(text, at);
        piece = (struct piece){.text = tc_str_sub(text, at, end - at), .is_string = text.ptr[at] == '"'};
        piece.value = piece.text;
        if (piece.is_string) {
            piece.value = tc_str_sub(piece.text, 1, SIZE_MAX);
            if (tc_str_ends(piece.value, TC_STR("\"")))
                piece.value.len--;
            piece.value = tc_arena_replace(arena, piece.value, TC_STR("\"\""), TC_STR("\""));
        } else if (needs_quotes(piece.text)) {
            piece.is_string = true;
            piece.text = tc_arena_printf(arena, "\"%.*s\"", TC_STR_ARG(piece.value));
        }
        ret->items[ret->count++] = piece;
        at = end;
    }
    return ret->items != NULL && !arena->failed;
}

static bool
is_word(const struct pieces *p, size_t at, const char *word)
{
    return at < p->count && !p->items[at].is_string && tc_str_eq_nocase(p->items[at].text, tc_str_of(word));
}

/* One of the words of "can|may". */
static bool
is_one_of(const struct pieces *p, size_t at, const char *words)
{
    struct tc_str rest = tc_str_of(words), word;

    while (at < p->count && !p->items[at].is_string && tc_str_next_part(&rest, "|", &word))
        if (tc_str_eq_nocase(p->items[at].text, word))
            return true;
    return false;
}

/* ---- demands ---- */

/* A URL with stars as a regular expression; a star in the host does not reach into the path. */
static struct tc_str
url_pattern(struct tc_arena *arena, struct tc_str url)
{
    size_t host = tc_str_find(url, TC_STR("://"), 0);
    size_t path = host == SIZE_MAX ? 0 : tc_str_find(url, TC_STR("/"), host + 3);
    struct tc_buf out = {0};
    struct tc_str pattern;

    for (size_t i = 0; i < url.len; i++) {
        char c = url.ptr[i];

        if (c == '*')
            tc_buf_puts(&out, i < path && i + 1 < url.len ? TC_STR("[^/]*") : TC_STR(".*"));
        else if (c != '\0' && strchr("\\.+?()[]{}^$|#", c) != NULL)
            tc_buf_printf(&out, "\\%c", c);
        else
            tc_buf_putc(&out, c);
    }
    pattern = tc_arena_str(arena, tc_buf_str(&out));
    arena->failed |= out.failed;
    tc_buf_done(&out);
    return pattern;
}

/* Whether the first fields of the class are paths or keys, so that a star at the end means what lies below. */
static bool
has_paths(const struct tc_class *cls)
{
    return cls != NULL && cls->field_count > 0 &&
           (cls->fields[0].kind == TC_FIELD_PATHS || cls->fields[0].kind == TC_FIELD_KEYS);
}

/* Whether `*` stands for any machine, category, service, queue or container there. */
static bool
has_any(const struct tc_class *cls)
{
    return cls->algebra == TC_ALGEBRA_RESOURCE_TREE || cls->algebra == TC_ALGEBRA_MESSAGE_QUEUE ||
           cls->algebra == TC_ALGEBRA_KEY_CONTAINER;
}

static bool
ends_with_star(struct tc_str text)
{
    return text.len >= 3 && text.ptr[text.len - 1] == '*' && tc_ascii_is_slash(text.ptr[text.len - 2]);
}

/* "D:\Sites\*" to "D:\Sites", but "D:\*" to "D:\". */
static struct tc_str
without_star(struct tc_str text)
{
    text.len--;
    if (text.len > 3 || !tc_str_ends(text, TC_STR("\\")))
        text.len--;
    return text;
}

static void
put_string(struct tc_buf *out, const struct tc_class *cls, const struct pieces *p, size_t at, bool *any_part)
{
    struct tc_str value = p->items[at].value;

    if (has_paths(cls) && ends_with_star(value)) {
        *any_part = true;
        put_quoted(out, without_star(value));
    } else if (cls != NULL && cls->algebra == TC_ALGEBRA_WEB && tc_str_has(value, '*') && at > 0 &&
               !is_one_of(p, at - 1, "pattern|host")) {
        *any_part = true;
        tc_buf_puts(out, TC_STR("pattern "));
        put_quoted(out, url_pattern(p->arena, value));
    } else if (cls != NULL && cls->algebra == TC_ALGEBRA_SOCKET && tc_str_has(value, '*')) {
        *any_part = true;
        put_quoted(out, tc_str_eq(value, TC_STR("*")) ? TC_STR("*.*.*.*") : value);
    } else {
        *any_part |= cls != NULL && has_any(cls) && tc_str_eq(value, TC_STR("*"));
        tc_buf_puts(out, p->items[at].text);
        if (p->items[at].text.len < 2 || !tc_str_ends(p->items[at].text, TC_STR("\"")))
            return; /* the scanner says that a quote is missing */
    }
}

/* Whether the demand asks for any file at all: FileIO read "*". */
static bool
is_any_file(const struct tc_class *cls, const struct pieces *p, size_t first)
{
    size_t strings = 0;

    for (size_t i = first; i < p->count; i++)
        strings += p->items[i].is_string;
    return cls != NULL && cls->algebra == TC_ALGEBRA_FILE_IO && strings == 1 && p->count > first + 1 &&
           p->items[p->count - 1].is_string && tc_str_eq(p->items[p->count - 1].value, TC_STR("*"));
}

static const struct tc_class *
class_called(struct tc_str word)
{
    for (int i = 0; i < TC_CLASS_COUNT_; i++)
        if (tc_str_is(word, tc_class((enum tc_class_id)i)->word))
            return tc_class((enum tc_class_id)i);
    return NULL;
}

/* The pieces from @a first on as a demand of the language. */
static struct tc_str
demand_of(const struct pieces *p, size_t first, bool *any_part)
{
    const struct tc_class *cls = first < p->count ? class_called(p->items[first].value) : NULL;
    struct tc_buf out = {0};
    struct tc_str text;

    if (is_any_file(cls, p, first)) {
        tc_buf_printf(&out, "%s all-files", cls->word);
        for (size_t i = first + 1; i + 1 < p->count; i++)
            tc_buf_printf(&out, " %.*s", TC_STR_ARG(p->items[i].text));
        *any_part = true;
    } else {
        for (size_t i = first; i < p->count; i++) {
            if (i > first && !is_word(p, i, ","))
                tc_buf_putc(&out, ' ');
            if (p->items[i].is_string && i > first)
                put_string(&out, cls, p, i, any_part);
            else
                tc_buf_puts(&out, p->items[i].text);
        }
        if (p->count == first + 1) {
            tc_buf_puts(&out, TC_STR(" unrestricted"));
            *any_part = true;
        }
    }
    text = tc_arena_str(p->arena, tc_buf_str(&out));
    p->arena->failed |= out.failed;
    tc_buf_done(&out);
    return text;
}

/* ---- questions ---- */

static bool
fault(struct tc_arena *arena, struct tc_str *ret_fault, const char *what)
{
    *ret_fault = tc_arena_printf(arena, "%s\n%s", what == NULL ? "out of memory" : what, help);
    if (ret_fault->len == 0)
        *ret_fault = TC_STR("out of memory\n");
    return false;
}

/* What is wrong with the value @a piece of a demand of @a cls; NULL: nothing that is known here. */
static const char *
value_fault(const struct tc_class *cls, const struct piece *piece)
{
    struct tc_str value = piece->value;
    bool star = tc_str_has(value, '*') || tc_str_has(value, '?');

    if (value.len > 1 && value.ptr[0] == '\'' && value.ptr[value.len - 1] == '\'')
        return "a value stands between double quotes, \"D:\\Data\", also inside the quotes of the shell";
    if (cls == NULL || !star)
        return NULL;
    if (cls->algebra == TC_ALGEBRA_ENVIRONMENT)
        return "names of variables have no wildcards: ask for one name, or for the class alone, which asks for any "
               "part of "
               "it";
    if (cls->algebra == TC_ALGEBRA_SOCKET && !tc_str_eq(value, TC_STR("*")))
        for (size_t i = 0; i < value.len; i++)
            if (!tc_ascii_is_digit(value.ptr[i]) && value.ptr[i] != '.' && value.ptr[i] != '*')
                return "stars stand for parts of an address, \"10.0.*.*\", or alone for any host";
    if (!has_paths(cls))
        return NULL;
    value = ends_with_star(value) ? without_star(value) : value;
    return tc_str_has(value, '*') || tc_str_has(value, '?') ? "a star stands at the end of a path alone, behind a "
                                                              "backslash, for all that lies below: \"D:\\Data\\*\""
                                                            : NULL;
}

/* The demand from @a first on; false when a value of it cannot be asked for. */
static bool
take_demand(const struct pieces *p, size_t first, struct tc_question *ret, struct tc_str *ret_fault)
{
    const struct tc_class *cls = first < p->count ? class_called(p->items[first].value) : NULL;

    for (size_t i = first + 1; i < p->count && !is_any_file(cls, p, first); i++) {
        const char *wrong = p->items[i].is_string ? value_fault(cls, &p->items[i]) : NULL;

        if (wrong != NULL)
            return fault(p->arena, ret_fault,
                         tc_arena_printf(p->arena, "'%.*s': %s", TC_STR_ARG(p->items[i].value), wrong).ptr);
    }
    ret->demand = demand_of(p, first, &ret->any_part);
    return true;
}

static struct tc_str
who_of(const struct pieces *p, size_t at)
{
    if (is_one_of(p, at, "any|anyone|anybody|all|it"))
        return TC_STR("*");
    return p->items[at].value;
}

/* `who`, `which applications`: what stands before the verb. 0: it is not that. */
static size_t
skip_who(const struct pieces *p)
{
    if (is_one_of(p, 0, "who|whoever"))
        return 1;
    if (is_one_of(p, 0, "which|what") && is_one_of(p, 1, "application|applications|apps|app|sites|site|code"))
        return 2;
    return is_word(p, 0, "which") ? 1 : 0;
}

static bool
parse_share(const struct pieces *p, size_t first, struct tc_question *ret, struct tc_str *ret_fault)
{
    if (first >= p->count)
        return fault(p->arena, ret_fault, "share what? name a class of permissions");
    if (first + 1 < p->count)
        return fault(p->arena, ret_fault, "sharing is asked of a whole class: one word, such as Registry");
    ret->kind = TC_QUESTION_SHARE;
    ret->who = TC_STR("*");
    ret->demand = demand_of(p, first, &ret->any_part);
    return true;
}

static bool
parse_what(const struct pieces *p, struct tc_question *ret, struct tc_str *ret_fault)
{
    size_t end = p->count;

    if (is_word(p, end - 1, "do"))
        end--;
    if (end < 3)
        return fault(p->arena, ret_fault, "what can who do? name an application");
    if (end > 3)
        return fault(p->arena, ret_fault, "one application is expected here; a name with blanks stands in quotes");
    ret->kind = TC_QUESTION_WHAT;
    ret->who = who_of(p, 2);
    return true;
}

static bool
parse_may(const struct pieces *p, size_t first, struct tc_question *ret, struct tc_str *ret_fault)
{
    if (first >= p->count)
        return fault(p->arena, ret_fault, "may who do what?");
    ret->kind = TC_QUESTION_MAY;
    ret->who = who_of(p, first++);
    if (is_word(p, first - 1, "any") && is_word(p, first, "application"))
        first++;
    if (is_one_of(p, first, "do|use|may|can"))
        first++;
    if (first >= p->count)
        return fault(p->arena, ret_fault, "that does not say what is to be done");
    return take_demand(p, first, ret, ret_fault);
}

static void
drop_mark(struct tc_str *text)
{
    *text = tc_str_trim(*text);
    while (text->len > 0 && strchr("?;.", text->ptr[text->len - 1]) != NULL)
        *text = tc_str_trim(tc_str_sub(*text, 0, text->len - 1));
}

/* Code asks for URLs, never for a whole host or pattern: whoever may ask for one of them is meant. */
static bool
names_many_urls(const struct pieces *p, struct tc_str demand)
{
    for (size_t i = 0; i < p->count && tc_str_starts(demand, TC_STR("Web ")); i++)
        if (is_one_of(p, i, "host|pattern|origin"))
            return true;
    return false;
}

bool
tc_question_parse(struct tc_arena *arena, struct tc_str text, struct tc_question *ret_question,
                  struct tc_str *ret_fault)
{
    struct tc_question question = {.kind = TC_QUESTION_WHO, .who = TC_STR("*")};
    struct pieces p;
    size_t verb;

    drop_mark(&text);
    if (!split(arena, text, &p))
        return fault(arena, ret_fault, "out of memory");
    *ret_question = question;
    if (p.count == 0)
        return fault(arena, ret_fault, "nothing is asked");
    verb = skip_who(&p);
    if (verb > 0 && is_one_of(&p, verb, "share|shares"))
        return parse_share(&p, verb + 1, ret_question, ret_fault);
    if (verb > 0 && is_one_of(&p, verb, "can|may|could|might") && verb + 1 >= p.count)
        return fault(arena, ret_fault, "who can do what?");
    if (is_word(&p, 0, "what") && is_one_of(&p, 1, "can|may|could|might"))
        return parse_what(&p, ret_question, ret_fault);
    if ((verb > 0 && is_one_of(&p, verb, "can|may|could|might")) || is_one_of(&p, 0, "can|may|could|might")) {
        if (verb > 0 ? !take_demand(&p, verb + 1, ret_question, ret_fault) : !parse_may(&p, 1, ret_question, ret_fault))
            return false;
        ret_question->any_part |= names_many_urls(&p, ret_question->demand);
        return true;
    }
    return fault(
        arena, ret_fault,
        tc_arena_printf(
            arena,
            "'%.*s' is not understood: a question begins with who, which, what or may, and stands behind the files",
            TC_STR_ARG(tc_str_sub(text, 0, 100)))
            .ptr);
}

bool
tc_question_parse_demand(struct tc_arena *arena, struct tc_str text, struct tc_question *ret_question,
                         struct tc_str *ret_fault)
{
    struct pieces p;

    drop_mark(&text);
    if (!split(arena, text, &p))
        return fault(arena, ret_fault, "out of memory");
    *ret_question = (struct tc_question){.kind = TC_QUESTION_WHO, .who = TC_STR("*")};
    if (p.count == 0)
        return fault(arena, ret_fault, "nothing is asked");
    if (is_one_of(&p, 0, "may|can"))
        return parse_may(&p, 1, ret_question, ret_fault);
    if (!p.items[0].is_string && class_called(p.items[0].text) != NULL &&
        (p.count == 1 || class_called(p.items[1].value) == NULL))
        return take_demand(&p, 0, ret_question, ret_fault);
    return parse_may(&p, 0, ret_question, ret_fault);
}

bool
tc_name_matches(struct tc_str pattern, struct tc_str name)
{
    size_t p = 0, n = 0, star = SIZE_MAX, back = 0;

    while (n < name.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            back = n;
        } else if (p < pattern.len &&
                   (pattern.ptr[p] == '?' || tc_str_eq_nocase(tc_str_sub(pattern, p, 1), tc_str_sub(name, n, 1)))) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++back;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}
