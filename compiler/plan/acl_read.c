#include "plan/acl_read.h"

#include "data/tables.h"
#include "model/path.h"
#include "plan/acl_parts.h"
#include "xml/policy_text.h"

/* ---- letters ---- */

/* UTF-16 without a mark: listings are mostly ASCII, so every second byte is mostly zero. */
static bool
looks_utf16(struct tc_str bytes)
{
    size_t end = bytes.len < 4096 ? bytes.len : 4096, zeros = 0;

    for (size_t i = 1; i < end; i += 2)
        zeros += bytes.ptr[i] == '\0';
    return end >= 4 && zeros * 4 > end;
}

struct tc_str
tc_acl_decode(struct tc_arena *arena, struct tc_str bytes, enum tc_acl_encoding *ret_encoding)
{
    static const struct tc_str mark = {"\xff\xfe", 2};

    *ret_encoding = TC_ACL_UTF16;
    if (tc_str_starts(bytes, mark) || tc_str_starts(bytes, TC_STR("\xfe\xff")))
        return tc_policy_decode(arena, bytes);
    if (looks_utf16(bytes)) {
        struct tc_buf marked = {0};
        struct tc_str text;

        tc_buf_puts(&marked, mark);
        tc_buf_puts(&marked, bytes);
        if (marked.failed)
            arena->failed = true;
        text = tc_policy_decode(arena, tc_buf_str(&marked));
        tc_buf_done(&marked);
        return text;
    }
    *ret_encoding = tc_str_is_utf8(bytes, NULL) ? TC_ACL_UTF8 : TC_ACL_ANY_CODE;
    return bytes;
}

/* ---- the reader ---- */

struct reader {
    const struct tc_source *source;
    struct tc_str text;
    struct tc_str base;
    struct tc_diags *diags;
    tc_acl_seen *seen;
    void *state;
    struct tc_acl_counts *counts;
    struct tc_ace_list list;
    struct tc_buf full; /* the path, when the base has to be put before it */
    struct tc_acl acl;
    bool is_open;    /* acl is being read */
    bool is_special; /* lines below the last entry name its rights */
    bool said_relative;
    bool is_bad; /* something was complained of */
    bool is_stopped;
};

/* A line, without its end and the blanks before it. */
struct line {
    struct tc_str text;
    size_t next; /* where the next one begins */
};

static struct line
line_at(struct tc_str text, size_t at)
{
    const char *end = at < text.len ? memchr(text.ptr + at, '\n', text.len - at) : NULL;
    size_t stop = end == NULL ? text.len : (size_t)(end - text.ptr);
    struct line line = {tc_str_sub(text, at, stop - at), end == NULL ? text.len : stop + 1};

    while (line.text.len > 0 && strchr(" \t\r", line.text.ptr[line.text.len - 1]) != NULL)
        line.text.len--;
    return line;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool
is_indented(struct tc_str line)
{
    return line.len > 0 && is_blank(line.ptr[0]);
}

static struct tc_span
span_of(const struct reader *r, struct tc_str part)
{
    uint32_t begin = r->source->base + (uint32_t)(part.ptr - r->text.ptr);

    return (struct tc_span){begin, begin + (uint32_t)part.len};
}

static void
complain_line(struct reader *r, struct tc_str line)
{
    bool is_first = !r->is_bad || r->counts->paths > 0 || r->is_open;
    struct tc_diag *diag;

    r->is_bad = true;
    r->acl.state = TC_ACL_BROKEN;
    if (!is_first) /* some other file altogether: once will do */
        return;
    diag = tc_diag_add(r->diags, tc_code(TC_CODE_ACL_LINE), span_of(r, line),
                       "this is neither a path with its rights nor a message of cacls or icacls");
    tc_diag_note(r->diags, diag,
                 "only English output is understood; the files of icacls /save are the same in every "
                 "language");
}

/* ---- entries ---- */

struct entry {
    struct tc_str head; /* before the colon: the account, on the first line the path before it */
    uint32_t mask;
    uint8_t flags;
    bool denies, is_special, is_label;
    bool has_rights;
    struct tc_str bad; /* a word that is no right */
};

static bool
is_label_word(struct tc_str word)
{
    return tc_str_eq(word, TC_STR("NW")) || tc_str_eq(word, TC_STR("NR")) || tc_str_eq(word, TC_STR("NX"));
}

/* The words of icacls between parentheses. */
static void
read_words(struct tc_str words, struct entry *entry)
{
    size_t from = 0;

    for (size_t i = 0; i <= words.len; i++) {
        struct tc_str word;
        const struct tc_acl_word *row;

        if (i < words.len && words.ptr[i] != ',')
            continue;
        word = tc_str_trim(tc_str_sub(words, from, i - from));
        row = tc_acl_word_find(TC_ACL_NOTATION_ICACLS, word);
        from = i + 1;
        entry->has_rights = true;
        if (is_label_word(word))
            entry->is_label = true;
        else if (row == NULL && entry->bad.len == 0)
            entry->bad = word.len > 0 ? word : words;
        else if (row != NULL && row->mask == 0) { /* N: no access */
            entry->denies = true;
            entry->mask |= TC_RIGHTS_FULL;
        } else if (row != NULL)
            entry->mask |= row->mask;
    }
}

static void
read_group(struct tc_str group, struct entry *entry)
{
    uint8_t flag = tc_acl_flag_find(group);

    if (flag != 0)
        entry->flags |= flag;
    else if (tc_str_eq_nocase(group, TC_STR("DENY")))
        entry->denies = true;
    else if (tc_str_eq_nocase(group, TC_STR("special access:")))
        entry->is_special = entry->has_rights = true;
    else
        read_words(group, entry);
}

/* What stands behind the colon; false when that is nothing of an entry. */
static bool
read_rights(struct tc_str rest, struct entry *entry)
{
    size_t at = 0;

    while (true) {
        size_t end;

        while (at < rest.len && is_blank(rest.ptr[at]))
            at++;
        if (at == rest.len || rest.ptr[at] != '(')
            break;
        end = tc_str_find(rest, TC_STR(")"), at);
        if (end == SIZE_MAX)
            return false;
        read_group(tc_str_trim(tc_str_sub(rest, at + 1, end - at - 1)), entry);
        at = end + 1;
    }
    if (at < rest.len) {
        const struct tc_acl_word *row = tc_acl_word_find(TC_ACL_NOTATION_CACLS, tc_str_sub(rest, at, rest.len));

        if (row == NULL || entry->has_rights)
            return false;
        entry->has_rights = true;
        entry->mask |= row->mask;
        entry->denies |= row->word[0] == 'N';
    }
    return entry->has_rights;
}

/* An entry at the end of @a line. The last colon but one counts too: "(special access:)" has one. */
static bool
find_entry(struct tc_str line, struct entry *ret_entry)
{
    size_t tries = 0;

    for (size_t i = line.len; i-- > 0 && tries < 3;)
        if (line.ptr[i] == ':') {
            struct entry entry = {.mask = 0};

            tries++;
            if (i == 0 || !read_rights(tc_str_sub(line, i + 1, line.len), &entry))
                continue;
            entry.head = tc_str_sub(line, 0, i);
            *ret_entry = entry;
            return true;
        }
    return false;
}

/* Add @a entry of account @a principal, which ends where its text ends. */
static void
add_entry(struct reader *r, const struct entry *entry, struct tc_str principal, struct tc_str line)
{
    size_t len = (size_t)(line.ptr + line.len - principal.ptr);
    struct tc_ace *ace;

    r->is_special = false;
    if (entry->bad.len > 0) {
        r->is_bad = true;
        r->acl.state = TC_ACL_BROKEN;
        tc_diag_add(r->diags, tc_code(TC_CODE_ACL_RIGHT), span_of(r, entry->bad),
                    "there is no right '%.*s': icacls has F, M, RX, R, W, D and words such as RD or WDAC",
                    TC_STR_ARG(entry->bad));
        return;
    }
    if (entry->is_label)
        return;
    ace = tc_ace_list_add(&r->list);
    if (ace == NULL)
        return;
    *ace = (struct tc_ace){
        .principal = principal,
        .mask = entry->mask,
        .flags = entry->flags,
        .denies = entry->denies,
        .span = span_of(r, (struct tc_str){principal.ptr, len}),
    };
    r->is_special = entry->is_special;
}

/* ---- where a path ends and an account begins ---- */

/* The byte behind @a columns code points (@a units: UTF-16 units) of @a text; SIZE_MAX when there are not so many. */
static size_t
byte_of_column(struct tc_str text, size_t columns, bool units)
{
    size_t at = 0, column = 0;

    while (column < columns && at < text.len) {
        uint32_t code;

        at += tc_utf8_next(text, at, &code);
        column += units && code != TC_UTF8_BAD && code > 0xffff ? 2 : 1;
    }
    return column == columns ? at : SIZE_MAX;
}

static bool
is_border(struct tc_str head, size_t at)
{
    return at != SIZE_MAX && at > 0 && at < head.len && is_blank(head.ptr[at - 1]) && !is_blank(head.ptr[at]);
}

/* How far the entries below the line before @a at are indented; 0: there is none. Rights below "(special access:)" are
 * no entries. */
static size_t
indent_below(const struct reader *r, size_t at)
{
    while (at < r->text.len) {
        struct line line = line_at(r->text, at);
        size_t indent = 0;
        struct entry entry;

        at = line.next;
        if (line.text.len == 0)
            continue;
        while (indent < line.text.len && line.text.ptr[indent] == ' ')
            indent++;
        if (indent == 0)
            return 0;
        if (find_entry(line.text, &entry))
            return indent;
    }
    return 0;
}

/* Where the name of an account that Windows itself has begins at the end of @a head; SIZE_MAX: nowhere. */
static size_t
known_account(struct tc_str head)
{
    for (size_t i = 1; i < head.len; i++) {
        struct tc_str name = tc_str_sub(head, i, head.len);
        const struct tc_account *account;

        if (!is_border(head, i))
            continue;
        if (tc_str_starts(name, TC_STR("S-1-")) && tc_str_find(name, TC_STR(" "), 0) == SIZE_MAX)
            return i;
        account = tc_account_find(name);
        /* of a name with a domain, only the whole counts: "Users" may be the end of a path */
        if (account != NULL && tc_str_eq_nocase(tc_str_of(account->name), name))
            return i;
    }
    return SIZE_MAX;
}

/* Where a name in one of Windows' own domains begins: some have a blank. */
static size_t
name_in_own_domain(struct tc_str head, size_t slash)
{
    static const char *const domains[] = {"NT AUTHORITY\\",       "IIS APPPOOL\\",      "NT SERVICE\\",    "BUILTIN\\",
                                          "NT VIRTUAL MACHINE\\", "Font Driver Host\\", "Window Manager\\"};

    for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
        struct tc_str domain = tc_str_of(domains[i]);
        size_t begin = slash >= domain.len ? slash - domain.len : SIZE_MAX;

        if (is_border(head, begin) && tc_str_eq_nocase(tc_str_sub(head, begin, domain.len), domain))
            return begin;
    }
    return SIZE_MAX;
}

/* Behind the last backslash. */
static size_t
last_slash(struct tc_str head)
{
    size_t slash = head.len;

    while (slash > 0 && head.ptr[slash - 1] != '\\')
        slash--;
    return slash;
}

/* Where the word before the last backslash begins. */
static size_t
name_with_domain(struct tc_str head, size_t slash)
{
    size_t begin = slash;

    while (begin > 0 && !is_blank(head.ptr[begin - 1]))
        begin--;
    return slash > 0 && is_border(head, begin) ? begin : SIZE_MAX;
}

static size_t
last_word(struct tc_str head)
{
    size_t at = head.len;

    while (at > 0 && !is_border(head, at))
        at--;
    return at > 0 ? at : SIZE_MAX;
}

/* Said when neither the lines below nor a known name tell: somebody has to look. */
static void
say_ambiguous(struct reader *r, struct tc_str head, size_t at)
{
    size_t blanks = 0;

    for (size_t i = 1; i < head.len; i++)
        blanks += is_border(head, i);
    if (blanks < 2)
        return;
    r->counts->ambiguous++;
    tc_diag_add(r->diags, tc_code(TC_CODE_ACL_AMBIGUOUS), span_of(r, head),
                "where the path ends cannot be told: '%.*s' is taken for it and '%.*s' for the account",
                TC_STR_ARG(tc_str_trim(tc_str_sub(head, 0, at))), TC_STR_ARG(tc_str_sub(head, at, head.len)));
}

/* Where the account begins in @a head, a path and an account; lines below begin at @a below. SIZE_MAX: nowhere. */
static size_t
split_head(struct reader *r, struct tc_str head, size_t below)
{
    size_t indent = indent_below(r, below), at;

    /* The tools count UTF-16 units; written in a code page of several bytes a letter, or read from one, it may be
     * bytes. */
    if (indent > 0) {
        size_t candidates[] = {byte_of_column(head, indent, true), byte_of_column(head, indent, false), indent};

        for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++)
            if (is_border(head, candidates[i]))
                return candidates[i];
    }
    at = known_account(head);
    if (at == SIZE_MAX)
        at = name_in_own_domain(head, last_slash(head));
    if (at != SIZE_MAX)
        return at;
    at = name_with_domain(head, last_slash(head));
    if (at == SIZE_MAX)
        at = last_word(head);
    if (at != SIZE_MAX)
        say_ambiguous(r, head, at);
    return at;
}

/* ---- paths ---- */

static void
say_relative(struct reader *r, struct tc_str path)
{
    struct tc_diag *diag;

    r->is_bad = true;
    if (r->said_relative)
        return;
    r->said_relative = true;
    diag = tc_diag_add(r->diags, tc_code(TC_CODE_ACL_RELATIVE), span_of(r, path),
                       "'%.*s' is not a full path, and nothing says in which directory it lies", TC_STR_ARG(path));
    tc_diag_help(r->diags, diag,
                 "write --acls DIRECTORY=LISTING with the directory that icacls DIRECTORY /restore would be told");
}

static struct tc_str
without_end(struct tc_str path)
{
    while (path.len > 3 && path.ptr[path.len - 1] == '\\')
        path.len--;
    return path;
}

/* The full path of what the listing calls @a path; empty when there is none. */
static struct tc_str
full_path(struct reader *r, struct tc_str path)
{
    static const struct tc_str device = {"\\\\?\\", 4}, share = {"UNC\\", 4};

    if (tc_str_starts(path, device) && tc_str_starts(tc_str_sub(path, 4, path.len), share)) {
        tc_buf_clear(&r->full);
        tc_buf_putc(&r->full, '\\');
        tc_buf_puts(&r->full, tc_str_sub(path, 7, path.len));
        return without_end(tc_buf_str(&r->full));
    }
    if (tc_str_starts(path, device))
        path = tc_str_sub(path, device.len, path.len);
    if (tc_path_is_full(path))
        return without_end(path);
    if (r->base.len == 0) {
        say_relative(r, path);
        return (struct tc_str){NULL, 0};
    }
    while (tc_str_starts(path, TC_STR(".\\")))
        path = tc_str_sub(path, 2, path.len);
    tc_buf_clear(&r->full);
    tc_buf_puts(&r->full, r->base);
    if (!tc_str_eq(path, TC_STR("."))) {
        if (r->full.len > 0 && r->full.ptr[r->full.len - 1] != '\\')
            tc_buf_putc(&r->full, '\\');
        tc_buf_puts(&r->full, path);
    }
    return without_end(tc_buf_str(&r->full));
}

static void
count_entries(struct reader *r)
{
    r->counts->paths++;
    r->counts->entries += r->list.count;
    r->counts->unread += r->acl.state == TC_ACL_UNREAD;
    /* a few tell: what counts is whether there is any */
    for (size_t i = 0; i < r->list.count && r->counts->known < 16; i++)
        r->counts->known += tc_account_find(r->list.items[i].principal) != NULL;
}

/* Hand out what has been read of a path. */
static void
finish(struct reader *r)
{
    if (!r->is_open)
        return;
    r->is_open = r->is_special = false;
    r->acl.aces = r->list.items;
    r->acl.count = r->list.count;
    count_entries(r);
    if (!r->seen(r->state, &r->acl))
        r->is_stopped = true;
}

/* Begin with a path; entries follow. */
static void
begin(struct reader *r, struct tc_str path, enum tc_acl_state state)
{
    path = tc_str_trim(path);
    r->list.count = 0;
    r->is_special = false;
    r->acl = (struct tc_acl){.span = span_of(r, path), .state = state, .is_protected = -1};
    if (path.len > 0)
        r->acl.path = full_path(r, path);
    r->is_open = path.len == 0 || r->acl.path.len > 0;
}

/* ---- lines ---- */

static bool
ends_nocase(struct tc_str text, const char *end)
{
    struct tc_str part = tc_str_of(end);

    return text.len >= part.len && tc_str_eq_nocase(tc_str_sub(text, text.len - part.len, part.len), part);
}

/* "D:\x: Access is denied." */
static bool
read_message(struct reader *r, struct tc_str line)
{
    size_t count;
    const struct tc_acl_message *messages = tc_acl_messages(&count);

    for (size_t i = 0; i < count; i++) {
        struct tc_str path;

        if (!ends_nocase(line, messages[i].text))
            continue;
        path = tc_str_trim(tc_str_sub(line, 0, line.len - strlen(messages[i].text)));
        if (tc_str_ends(path, TC_STR(":")) && path.len > 2)
            path.len--;
        begin(r, path, messages[i].kind == TC_ACL_MESSAGE_EVERYONE && path.len > 0 ? TC_ACL_EVERYONE : TC_ACL_UNREAD);
        if (path.len == 0)
            r->acl.span = span_of(r, line);
        finish(r);
        return true;
    }
    return false;
}

/* "Successfully processed 12 files; Failed processing 3 files" and what is said of each file on the way. */
static bool
read_trailer(struct reader *r, struct tc_str line)
{
    static const struct tc_str failed = {"Failed processing ", 18};
    size_t at;

    if (tc_str_starts(line, TC_STR("processed file: ")) || tc_str_starts(line, TC_STR("processed dir: ")))
        return true;
    if (!tc_str_starts(line, TC_STR("Successfully processed ")))
        return false;
    at = tc_str_find(line, failed, 0);
    if (at == SIZE_MAX || at + failed.len >= line.len || line.ptr[at + failed.len] == '0' || r->counts->unread > 0)
        return true;
    begin(r, tc_str_sub(line, at, 0), TC_ACL_UNREAD);
    r->acl.span = span_of(r, tc_str_sub(line, at, line.len));
    finish(r);
    return true;
}

static void
read_sddl(struct reader *r, struct tc_str name, struct tc_str descriptor)
{
    uint32_t position = r->source->base + (uint32_t)(descriptor.ptr - r->text.ptr);

    begin(r, name, TC_ACL_LISTED);
    if (!tc_sddl_read(descriptor, position, r->diags, &r->list, &r->acl)) {
        r->is_bad = true;
        r->acl.state = TC_ACL_BROKEN;
    }
    finish(r);
}

/* A line that begins with a path; the next one at @a next. */
static void
read_path(struct reader *r, struct tc_str line, size_t next)
{
    struct entry entry;
    size_t at;

    if (find_entry(line, &entry)) {
        at = split_head(r, entry.head, next);
        if (at == SIZE_MAX) {
            complain_line(r, line);
            return;
        }
        begin(r, tc_str_sub(entry.head, 0, at), TC_ACL_LISTED);
        add_entry(r, &entry, tc_str_sub(entry.head, at, entry.head.len), line);
        return;
    }
    /* A list without entries; or the entries stand below, as when a console has broken the line. */
    if (tc_path_is_full(line) || indent_below(r, next) > 0)
        begin(r, line, TC_ACL_LISTED);
    else
        complain_line(r, line);
}

static void
read_below(struct reader *r, struct tc_str line)
{
    struct tc_str text = tc_str_trim(line);
    const struct tc_acl_word *word =
        r->is_special && r->list.count > 0 ? tc_acl_word_find(TC_ACL_NOTATION_SPECIAL, text) : NULL;
    struct entry entry;

    if (word != NULL)
        r->list.items[r->list.count - 1].mask |= word->mask;
    else if (r->is_open && find_entry(text, &entry))
        add_entry(r, &entry, entry.head, text);
    else if (r->is_open || !r->said_relative) /* what belongs to a path that is left out goes with it */
        complain_line(r, text);
}

static void
read_all(struct reader *r)
{
    size_t at = 0;

    while (at < r->text.len && !r->is_stopped && !r->list.failed && !r->full.failed) {
        struct line line = line_at(r->text, at), below;

        at = line.next;
        if (line.text.len == 0)
            continue;
        if (is_indented(line.text)) {
            read_below(r, line.text);
            continue;
        }
        finish(r);
        below = line_at(r->text, at);
        if (tc_sddl_is(below.text)) {
            read_sddl(r, line.text, below.text);
            at = below.next;
        } else if (!read_trailer(r, line.text) && !read_message(r, line.text)) {
            read_path(r, line.text, at);
        }
    }
    finish(r);
}

enum tc_status
tc_acl_read(const struct tc_source *source, const struct tc_acl_read_options *options, struct tc_diags *diags,
            tc_acl_seen *seen, void *state, struct tc_acl_counts *ret_counts)
{
    struct reader r = {
        .source = source,
        .text = source->text,
        .base = options->base,
        .diags = diags,
        .seen = seen,
        .state = state,
        .counts = ret_counts,
    };
    bool failed;

    *ret_counts = (struct tc_acl_counts){.paths = 0};
    read_all(&r);
    if (ret_counts->paths == 0 && !r.is_bad && !r.is_stopped) {
        r.is_bad = true;
        tc_diag_add(diags, tc_code(TC_CODE_ACL_LINE), (struct tc_span){source->base, source->base},
                    "there is no path with its rights in this file");
    }
    failed = r.list.failed || r.full.failed;
    tc_ace_list_done(&r.list);
    tc_buf_done(&r.full);
    return failed ? TC_ERR_NOMEM : r.is_bad ? TC_FAILED : TC_OK;
}
