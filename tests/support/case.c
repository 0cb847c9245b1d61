#include "support/case.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FLAG_ESCAPED = 1, FLAG_CRLF = 2, FLAG_BOM = 4, FLAG_NOEOL = 8 };

static const struct {
    const char *name;
    int flag;
} flags[] = {{"escaped", FLAG_ESCAPED}, {"crlf", FLAG_CRLF}, {"bom", FLAG_BOM}, {"noeol", FLAG_NOEOL}};

static const char bom[] = "\xEF\xBB\xBF";

struct header {
    char kind[16];
    char *name; /**< points into the case's own text, NUL-terminated there; NULL when there is none */
    int flags;
};

__attribute__((format(printf, 3, 4))) static void
fail(struct tct_case *c, int line, const char *format, ...)
{
    va_list args;
    int used;

    if (c->error[0] != '\0')
        return;
    used = snprintf(c->error, sizeof c->error, "%s:%d: ", c->path, line);
    if (used < 0 || (size_t)used >= sizeof c->error)
        return;
    va_start(args, format);
    vsnprintf(c->error + used, sizeof c->error - (size_t)used, format, args);
    va_end(args);
}

char *
tct_slurp(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL, *copy;
    size_t size = 0;
    FILE *memory;
    int c;

    if (file == NULL)
        return NULL;
    memory = open_memstream(&bytes, &size);
    if (memory != NULL) {
        while ((c = getc_unlocked(file)) != EOF)
            putc_unlocked(c, memory);
        if (fclose(memory) != 0 || ferror(file)) {
            free(bytes);
            bytes = NULL;
        }
    }
    fclose(file);
    /* open_memstream promises a NUL after the bytes, except that an empty stream may give no buffer at all. */
    copy = bytes != NULL ? bytes : calloc(1, 1);
    *ret_size = size;
    return copy;
}

static bool
is_header(const char *line, size_t len)
{
    return len >= 7 && memcmp(line, "-- ", 3) == 0 && memcmp(line + len - 3, " --", 3) == 0;
}

/** Take "KIND NAME (flag, flag)" apart, in place. */
static bool
read_header(struct tct_case *c, int number, char *line, size_t len, struct header *ret_header)
{
    char *text = line + 3, *end = line + len - 3, *space;

    *ret_header = (struct header){.flags = 0};
    *end = '\0';
    if (end > text && end[-1] == ')') {
        char *open = strrchr(text, '(');

        if (open != NULL && open > text && open[-1] == ' ') {
            char *save = NULL;

            end[-1] = '\0';
            for (char *word = strtok_r(open + 1, ", ", &save); word != NULL; word = strtok_r(NULL, ", ", &save)) {
                size_t i = 0;

                while (i < sizeof flags / sizeof flags[0] && strcmp(flags[i].name, word) != 0)
                    i++;
                if (i == sizeof flags / sizeof flags[0]) {
                    fail(c, number, "no such flag: %s (there are escaped, crlf, bom, noeol)", word);
                    return false;
                }
                ret_header->flags |= flags[i].flag;
            }
            open[-1] = '\0';
        }
    }
    space = strchr(text, ' ');
    if (space != NULL) {
        *space = '\0';
        ret_header->name = space + 1;
    }
    snprintf(ret_header->kind, sizeof ret_header->kind, "%s", text);
    return true;
}

static int
hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

/** Undo escapes in place; the new size, or SIZE_MAX for a backslash that means nothing. */
static size_t
unescape(char *bytes, size_t size)
{
    size_t to = 0;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != '\\') {
            bytes[to++] = bytes[i];
            continue;
        }
        if (++i >= size)
            return SIZE_MAX;
        switch (bytes[i]) {
        case '\n':
            break; /* a line that goes on */
        case '\\':
            bytes[to++] = '\\';
            break;
        case 'n':
            bytes[to++] = '\n';
            break;
        case 'r':
            bytes[to++] = '\r';
            break;
        case 't':
            bytes[to++] = '\t';
            break;
        case 'x':
            if (i + 2 >= size || hex_digit(bytes[i + 1]) < 0 || hex_digit(bytes[i + 2]) < 0)
                return SIZE_MAX;
            bytes[to++] = (char)(hex_digit(bytes[i + 1]) * 16 + hex_digit(bytes[i + 2]));
            i += 2;
            break;
        default:
            return SIZE_MAX;
        }
    }
    return to;
}

/** The bytes that a section's text and flags stand for. */
static char *
decode(struct tct_case *c, int number, const char *text, size_t size, int flag_set, size_t *ret_size)
{
    char *bytes = malloc(2 * size + sizeof bom);
    char *body;

    if (bytes == NULL)
        abort();
    body = bytes + (flag_set & FLAG_BOM ? 3 : 0);
    memcpy(bytes, bom, 3);
    if (flag_set & FLAG_NOEOL && size > 0)
        size--;
    memcpy(body, text, size);
    if (flag_set & FLAG_ESCAPED) {
        size = unescape(body, size);
        if (size == SIZE_MAX) {
            fail(c, number, "bad escape (there are \\\\ \\n \\r \\t \\xHH and \\ at the end of a line)");
            size = 0;
        }
    }
    if (flag_set & FLAG_CRLF) {
        size_t breaks = 0;

        for (size_t i = 0; i < size; i++)
            breaks += body[i] == '\n';
        for (size_t from = size, to = size + breaks; from > 0;) {
            char byte = body[--from];

            body[--to] = byte;
            if (byte == '\n')
                body[--to] = '\r';
        }
        size += breaks;
    }
    size += (size_t)(body - bytes);
    bytes[size] = '\0';
    *ret_size = size;
    return bytes;
}

static void
add_section(struct tct_case *c, struct tct_section section)
{
    struct tct_section *grown = realloc(c->sections, (c->count + 1) * sizeof *grown);

    if (grown == NULL)
        abort();
    c->sections = grown;
    c->sections[c->count++] = section;
}

static char *
line_end(char *line, char *end)
{
    char *at = memchr(line, '\n', (size_t)(end - line));

    return at != NULL ? at : end;
}

void
tct_case_read(struct tct_case *ret_case, const char *path)
{
    struct tct_case *c = ret_case;
    size_t name_len = strlen(path);
    char *end, *line;
    int number = 1;
    bool runs = false;

    *c = (struct tct_case){.path = path};
    c->known_bug = name_len > 9 && strcmp(path + name_len - 9, ".bug.case") == 0;
    c->text = tct_slurp(path, &c->size);
    if (c->text == NULL) {
        fail(c, 0, "%s", strerror(errno));
        return;
    }
    c->recorded = c->size;
    end = c->text + c->size;
    for (line = c->text; line < end; number++) { /* what stands before the first header is for people */
        char *stop = line_end(line, end);

        if (is_header(line, (size_t)(stop - line)))
            break;
        line = stop + 1;
    }
    while (line < end) {
        char *stop = line_end(line, end), *content, *next;
        struct tct_section section = {.line = number};
        struct header header;
        int flag_set;

        if (strncmp(line, "-- expect", 9) == 0) {
            c->recorded = (size_t)(line - c->text);
            break;
        }
        content = stop < end ? stop + 1 : end;
        if (!read_header(c, number, line, (size_t)(stop - line), &header))
            return;
        for (next = content, number++; next < end; number++) {
            char *next_stop = line_end(next, end);

            if (is_header(next, (size_t)(next_stop - next)))
                break;
            next = next_stop < end ? next_stop + 1 : end;
        }
        flag_set = header.flags;
        section.name = header.name;
        if (strcmp(header.kind, "run") == 0 && header.name == NULL) {
            section.kind = TCT_RUN;
            runs = true;
        } else if (strcmp(header.kind, "file") == 0 && header.name != NULL) {
            section.kind = TCT_FILE;
        } else if (strcmp(header.kind, "copy") == 0 && header.name != NULL) {
            char *as = strstr(header.name, " as ");

            section.kind = TCT_COPY;
            if (as != NULL) {
                *as = '\0';
                section.as = as + 4;
            }
        } else if (strcmp(header.kind, "out-is") == 0 && header.name != NULL) {
            section.kind = TCT_OUT_IS;
        } else {
            fail(c, section.line,
                 "not a section: there are 'file NAME', 'copy PATH', 'out-is PATH', 'run' and, from the runner, "
                 "'expect'");
            return;
        }
        section.bytes = decode(c, section.line, content, (size_t)(next - content), flag_set, &section.size);
        add_section(c, section);
        line = next;
    }
    if (!runs)
        fail(c, number, "nothing to run: no '-- run --' before '-- expect --'");
}

void
tct_case_done(struct tct_case *c)
{
    for (size_t i = 0; i < c->count; i++)
        free(c->sections[i].bytes);
    free(c->sections);
    free(c->text);
    *c = (struct tct_case){.path = NULL};
}

/** How many bytes the well-formed UTF-8 sequence at @a at takes; 0 when there is none. */
static size_t
utf8_len(const unsigned char *at, size_t left)
{
    size_t len = at[0] < 0x80 ? 1 : at[0] >= 0xC2 && at[0] < 0xE0 ? 2 : at[0] >= 0xE0 && at[0] < 0xF0 ? 3 : 0;

    if (at[0] >= 0xF0 && at[0] < 0xF5)
        len = 4;
    if (len == 0 || len > left)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    return len;
}

static bool
is_plain(const char *bytes, size_t size)
{
    size_t start = 0;

    for (size_t i = 0; i < size;) {
        size_t len = utf8_len((const unsigned char *)bytes + i, size - i);
        unsigned char byte = (unsigned char)bytes[i];

        if (len == 0 || (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F)
            return false;
        if (i == start && memcmp(bytes + i, bom, size - i < 3 ? size - i : 3) == 0)
            return false; /* an invisible mark has no place in a line's beginning */
        if (byte == '\n') {
            if (is_header(bytes + start, i - start))
                return false;
            start = i + 1;
        }
        i += len;
    }
    return !is_header(bytes + start, size - start);
}

static bool
all_crlf(const char *bytes, size_t size)
{
    size_t breaks = 0;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\r' && (i + 1 == size || bytes[i + 1] != '\n'))
            return false;
        if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r'))
            return false;
        breaks += bytes[i] == '\n';
    }
    return breaks > 0;
}

static void
write_escaped(FILE *out, const char *bytes, size_t size)
{
    bool at_start = true;

    for (size_t i = 0; i < size;) {
        unsigned char byte = (unsigned char)bytes[i];
        size_t len = utf8_len((const unsigned char *)bytes + i, size - i);

        if (byte == '\r')
            fputs("\\r", out);
        else if (byte == '\\')
            fputs("\\\\", out);
        else if (byte == '-' && at_start)
            fputs("\\x2D", out);
        else if (byte == '\n' || byte == '\t')
            fputc(byte, out);
        else if (len == 0 || byte < 0x20 || byte == 0x7F || (len == 3 && memcmp(bytes + i, bom, 3) == 0))
            for (size_t k = 0; k < (len == 0 ? 1 : len); k++)
                fprintf(out, "\\x%02X", (unsigned char)bytes[i + k]);
        else
            fwrite(bytes + i, 1, len, out);
        at_start = byte == '\n';
        i += len == 0 ? 1 : len;
    }
}

void
tct_case_write(FILE *out, const char *kind, const char *name, const char *bytes, size_t size)
{
    int flag_set = 0;
    const char *separator = " (";
    char *unix_text = NULL;

    if (size >= 3 && memcmp(bytes, bom, 3) == 0) {
        flag_set |= FLAG_BOM;
        bytes += 3;
        size -= 3;
    }
    if (all_crlf(bytes, size)) {
        size_t to = 0;

        unix_text = malloc(size + 1);
        if (unix_text == NULL)
            abort();
        for (size_t i = 0; i < size; i++)
            if (bytes[i] != '\r')
                unix_text[to++] = bytes[i];
        flag_set |= FLAG_CRLF;
        bytes = unix_text;
        size = to;
    }
    if (size > 0 && bytes[size - 1] != '\n')
        flag_set |= FLAG_NOEOL;
    if (!is_plain(bytes, size))
        flag_set |= FLAG_ESCAPED;
    fprintf(out, "-- %s%s%s", kind, name != NULL ? " " : "", name != NULL ? name : "");
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (flag_set & flags[i].flag) {
            fprintf(out, "%s%s", separator, flags[i].name);
            separator = ", ";
        }
    fprintf(out, "%s --\n", flag_set != 0 ? ")" : "");
    if (flag_set & FLAG_ESCAPED)
        write_escaped(out, bytes, size);
    else
        fwrite(bytes, 1, size, out);
    if (flag_set & FLAG_NOEOL)
        fputc('\n', out);
    free(unix_text);
}
