#include "xml/conform.h"

#include "xml/spans.h"

#include <libxml/encoding.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <limits.h>
#include <string.h>

#if LIBXML_VERSION >= 21200
typedef const xmlError *error_record;
#else
typedef xmlError *error_record;
#endif

void
tc_conform_init(void)
{
    xmlInitParser();
}

/* What the parser found first. */
struct finding {
    bool failed;
    bool nomem;
    bool doctype;
    long offset;
    int line; /* for some findings the parser knows the line, but is not there yet */
    char message[256];
};

static void
on_error(void *user, error_record error)
{
    xmlParserCtxt *parser = user;
    struct finding *finding = parser->_private;
    if (error->code == XML_ERR_NO_MEMORY)
        finding->nomem = true;
    if (error->level < XML_ERR_ERROR || finding->failed)
        return;
    finding->failed = true;
    finding->offset = xmlByteConsumed(parser);
    finding->line = error->line;
    const char *message = error->message != NULL ? error->message : "not well-formed";
    size_t len = strcspn(message, "\r\n");
    if (len >= sizeof finding->message)
        len = sizeof finding->message - 1;
    memcpy(finding->message, message, len);
    finding->message[len] = '\0';
}

static void
on_doctype(void *user, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
    (void)name;
    (void)public_id;
    (void)system_id;
    xmlParserCtxt *parser = user;
    struct finding *finding = parser->_private;
    if (!finding->failed && !finding->doctype) {
        finding->doctype = true;
        finding->offset = xmlByteConsumed(parser);
    }
    /* Before its internal subset, so that nothing it declares is ever looked at. */
    xmlStopParser(parser);
}

static enum tc_status
parse(struct tc_str text, struct finding *finding)
{
    xmlParserCtxt *parser = xmlCreateMemoryParserCtxt(text.ptr, (int)text.len);
    if (parser == NULL)
        return TC_ERR_NOMEM;
    /* No tree is built: of all callbacks only these two are there. */
    xmlSAXHandler handler;
    memset(&handler, 0, sizeof handler);
    handler.initialized = XML_SAX2_MAGIC;
    handler.internalSubset = on_doctype;
    handler.serror = on_error;
    *parser->sax = handler;
    parser->_private = finding;
    parser->userData = parser;
    xmlCtxtUseOptions(parser, XML_PARSE_NONET);
    xmlParseDocument(parser);
    if (!parser->wellFormed && !finding->failed && !finding->doctype) {
        finding->failed = true;
        finding->offset = xmlByteConsumed(parser);
        memcpy(finding->message, "not well-formed", sizeof "not well-formed");
    }
    xmlFreeDoc(parser->myDoc); /* without a tree it still makes one for the entities of a document type */
    xmlFreeParserCtxt(parser);
    return finding->nomem ? TC_ERR_NOMEM : TC_OK;
}

static struct tc_span
span_at(const struct tc_source *source, size_t begin, size_t end)
{
    if (begin > source->text.len)
        begin = source->text.len;
    if (end > source->text.len)
        end = source->text.len;
    return (struct tc_span){source->base + (uint32_t)begin, source->base + (uint32_t)(end > begin ? end : begin)};
}

/* Encodings whose bytes below 0x80 that mean something in markup always mean themselves. */
static bool
extends_ascii(struct tc_str encoding)
{
    static const struct tc_str whole[] = {{"utf-8", 5},   {"us-ascii", 8},  {"ascii", 5},      {"gbk", 3},
                                          {"gb2312", 6},  {"gb18030", 7},   {"big5", 4},       {"shift_jis", 9},
                                          {"tis-620", 7}, {"macintosh", 9}, {"big5-hkscs", 10}};
    static const struct tc_str families[] = {{"iso-8859-", 9}, {"windows-", 8}, {"koi8-", 5}, {"euc-", 4}};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        if (tc_str_eq_nocase(encoding, whole[i]))
            return true;
    }
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        if (encoding.len > families[i].len && tc_str_starts_nocase(encoding, families[i]))
            return true;
    }
    return false;
}

/* UTF-16 or UTF-32, by mark or by the zero bytes around the first `<`. */
static const char *
wide_encoding(struct tc_str text)
{
    const unsigned char *b = (const unsigned char *)text.ptr;
    if (text.len >= 4 &&
        ((b[0] == 0xFF && b[1] == 0xFE && b[2] == 0 && b[3] == 0) ||
         (b[0] == 0 && b[1] == 0 && b[2] == 0xFE && b[3] == 0xFF) ||
         (b[0] == '<' && b[1] == 0 && b[2] == 0 && b[3] == 0) || (b[0] == 0 && b[1] == 0 && b[2] == 0 && b[3] == '<')))
        return "UTF-32";
    if (text.len >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF) ||
                          (b[0] == '<' && b[1] == 0) || (b[0] == 0 && b[1] == '<')))
        return "UTF-16";
    return NULL;
}

static enum tc_status
check_encoding(const struct tc_source *source, struct tc_diags *diags, const struct tc_code *code)
{
    struct tc_str text = source->text;
    const char *wide = wide_encoding(text);
    if (wide != NULL) {
        struct tc_diag *diag = tc_diag_add(diags, code, span_at(source, 0, 0), "this file is saved as %s", wide);
        tc_diag_help(diags, diag,
                     "save it as UTF-8, and let its XML declaration, if it has one, say encoding=\"utf-8\"");
        return TC_FAILED;
    }
    struct tc_str encoding = tc_spans_encoding(text);
    struct tc_span place = TC_NOWHERE;
    if (encoding.len > 0) {
        size_t at = (size_t)(encoding.ptr - text.ptr);
        place = span_at(source, at, at + encoding.len);
    }
    bool utf8 = encoding.len == 0 || tc_str_eq_nocase(encoding, TC_STR("utf-8"));
    if (!utf8 && source->had_bom) {
        struct tc_diag *diag =
            tc_diag_add(diags, code, place, "the file begins with a UTF-8 byte-order mark, but says that it is '%.*s'",
                        TC_STR_ARG(encoding));
        tc_diag_help(diags, diag, "write encoding=\"utf-8\"");
        return TC_FAILED;
    }
    if (!utf8 && !extends_ascii(encoding)) {
        struct tc_diag *diag =
            tc_diag_add(diags, code, place, "the encoding '%.*s' cannot be edited byte for byte", TC_STR_ARG(encoding));
        tc_diag_help(diags, diag, "save the file as UTF-8 and write encoding=\"utf-8\"");
        return TC_FAILED;
    }
    size_t bad = 0;
    if (utf8 && !tc_str_is_utf8(text, &bad)) {
        struct tc_diag *diag = tc_diag_add(diags, code, span_at(source, bad, bad + 1),
                                           "byte 0x%02x is not UTF-8, which this file %s", (unsigned char)text.ptr[bad],
                                           encoding.len > 0 ? "says it is" : "must be as it names no other encoding");
        tc_diag_help(diags, diag,
                     "save the file as UTF-8, or name its encoding in an XML declaration on its first line, such as "
                     "<?xml version=\"1.0\" encoding=\"windows-1252\"?>");
        return TC_FAILED;
    }
    return TC_OK;
}

/* Where it was found: not before the line that it names. */
static size_t
offset_of(struct tc_str text, const struct finding *finding)
{
    size_t at = finding->offset < 0 ? 0 : (size_t)finding->offset;
    int line = 1;
    for (size_t i = 0; i < text.len && line < finding->line; i++) {
        if (text.ptr[i] == '\n' && ++line == finding->line && i >= at)
            at = i + 1;
    }
    return at;
}

/* Report what libxml2 found, in the scanner's words and at its places when the scanner stumbles as well. */
static enum tc_status
report(const struct tc_source *source, struct tc_diags *diags, const struct tc_code *code,
       const struct finding *finding)
{
    struct tc_markup *document;
    struct tc_markup_fault fault;
    enum tc_status status = tc_spans_scan(diags->arena, source->text, &document, &fault);
    if (status == TC_ERR_NOMEM)
        return status;
    if (status == TC_OK) {
        size_t at = offset_of(source->text, finding);
        tc_diag_add(diags, code, span_at(source, at, at + 1), "%s", finding->message);
        return TC_FAILED;
    }
    struct tc_diag *diag =
        tc_diag_add(diags, code, span_at(source, fault.begin, fault.end), "%.*s", TC_STR_ARG(fault.message));
    if (fault.other_end > 0)
        tc_diag_label(diags, diag, span_at(source, fault.other_begin, fault.other_end), "%.*s",
                      TC_STR_ARG(fault.other));
    return TC_FAILED;
}

enum tc_status
tc_conform_check(const struct tc_source *source, struct tc_diags *diags, const struct tc_conform_codes *codes)
{
    struct tc_str text = source->text;
    enum tc_status status = check_encoding(source, diags, codes->encoding);
    if (status != TC_OK)
        return status;
    if (text.len > INT_MAX) {
        tc_diag_add(diags, codes->not_xml, span_at(source, 0, 0), "the file is too large to be checked");
        return TC_FAILED;
    }
    const char *nul = text.len > 0 ? memchr(text.ptr, '\0', text.len) : NULL;
    if (nul != NULL) {
        /* libxml2 takes some of them for the end of its input. */
        size_t at = (size_t)(nul - text.ptr);
        tc_diag_add(diags, codes->not_xml, span_at(source, at, at + 1), "a NUL byte cannot stand in an XML file");
        return TC_FAILED;
    }
    struct finding finding = {.offset = 0};
    if (text.len == 0)
        finding.failed = true;
    else if ((status = parse(text, &finding)) != TC_OK)
        return status;
    if (finding.failed)
        return report(source, diags, codes->not_xml, &finding);
    if (finding.doctype) {
        size_t at = finding.offset < 0 || (size_t)finding.offset > text.len ? text.len : (size_t)finding.offset;
        while (at > 0 && !tc_str_starts(tc_str_sub(text, at, 9), TC_STR("<!DOCTYPE")))
            at--;
        struct tc_diag *diag = tc_diag_add(diags, codes->doctype, span_at(source, at, at + 9),
                                           "a document type has no place in this file");
        tc_diag_help(diags, diag, "remove the DOCTYPE");
        return TC_FAILED;
    }
    return TC_OK;
}

struct tc_str
tc_conform_utf8(struct tc_arena *arena, struct tc_str encoding, struct tc_str bytes)
{
    char name[64];
    if (encoding.len == 0 || encoding.len >= sizeof name || bytes.len > INT_MAX / 8)
        return bytes;
    memcpy(name, encoding.ptr, encoding.len);
    name[encoding.len] = '\0';
    struct tc_str result = bytes;
    xmlBuffer *in = NULL;
    xmlBuffer *out = NULL;
    xmlCharEncodingHandler *handler = xmlFindCharEncodingHandler(name);
    if (handler == NULL)
        return bytes;
    in = xmlBufferCreate();
    out = xmlBufferCreate();
    if (in != NULL && out != NULL && xmlBufferAdd(in, (const xmlChar *)bytes.ptr, (int)bytes.len) == 0 &&
        xmlCharEncInFunc(handler, out, in) >= 0 && xmlBufferLength(in) == 0)
        result =
            tc_arena_str(arena, (struct tc_str){(const char *)xmlBufferContent(out), (size_t)xmlBufferLength(out)});
    xmlBufferFree(in);
    xmlBufferFree(out);
    xmlCharEncCloseFunc(handler);
    return result;
}
