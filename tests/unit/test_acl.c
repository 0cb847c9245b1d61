/*
 * Listings as cacls, icacls and icacls /save print them, and what is read of them. The shapes are those of real
 * servers; the servers are invented.
 */
#include "data/tables.h"
#include "plan/acl_read.h"
#include "plan/sid.h"
#include "support/unit.h"
#include "unit/suites.h"

static struct tc_arena arena;
static struct tc_sources sources;
static struct tc_diags diags;
static struct tc_buf out;
static struct tc_acl_counts counts;

static void
setup(void)
{
    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    tc_diags_init(&diags, &arena, &sources);
    tc_buf_init(&out);
}

static void
teardown(void)
{
    tc_buf_done(&out);
    tc_arena_done(&arena);
}

static void
put_flags(uint8_t flags)
{
    static const char *const names[] = {"OI", "CI", "NP", "IO", "I"};

    for (size_t i = 0; i < 5; i++)
        if (flags & 1u << i)
            tc_buf_printf(&out, " %s", names[i]);
}

/* A path on a line, its entries below. */
static bool
note(void *state, const struct tc_acl *acl)
{
    static const char *const states[] = {"", " everyone", " unread", " broken"};

    (void)state;
    tc_buf_printf(&out, "%.*s%s%s\n", TC_STR_ARG(acl->path), states[acl->state],
                  acl->is_protected == 1   ? " protected"
                  : acl->is_protected == 0 ? " inherits"
                                           : "");
    for (size_t i = 0; i < acl->count; i++) {
        const struct tc_ace *ace = &acl->aces[i];

        tc_buf_printf(&out, "  %s %.*s %x", ace->denies ? "deny" : "allow", TC_STR_ARG(ace->principal), ace->mask);
        put_flags(ace->flags);
        tc_buf_putc(&out, '\n');
    }
    return true;
}

static enum tc_status
read_listing(struct tc_str bytes, const char *base)
{
    struct tc_acl_read_options options = {.base = tc_str_of(base)};
    enum tc_acl_encoding encoding;
    struct tc_source *source = tc_sources_add(&sources, TC_STR("listing.txt"), tc_acl_decode(&arena, bytes, &encoding));

    return tc_acl_read(source, &options, &diags, note, NULL, &counts);
}

/* "T1800 3:5 text" of each finding, for messages and comparisons. */
static struct tc_str
findings(void)
{
    struct tc_buf all = {0};
    struct tc_str text;

    for (const struct tc_diag *diag = diags.first; diag != NULL; diag = diag->next) {
        struct tc_place place = tc_sources_place(&sources, diag->span.begin);

        tc_buf_printf(&all, "%s %u:%u %.*s\n", diag->code->id, place.line, place.column,
                      TC_STR_ARG(tc_sources_text(&sources, diag->span)));
    }
    text = tc_arena_str(&arena, tc_buf_str(&all));
    tc_buf_done(&all);
    return text;
}

/* ---- what is read ---- */

static const struct {
    const char *listing;
    const char *base;
    const char *expected;
} good_cases[] = {
    /* icacls D:\Sites\Contoso /T, Windows Server 2019 */
    {"D:\\Sites\\Contoso NT AUTHORITY\\SYSTEM:(OI)(CI)(F)\r\n"
     "                 BUILTIN\\Administrators:(OI)(CI)(F)\r\n"
     "                 IIS APPPOOL\\Contoso Pool:(OI)(CI)(RX)\r\n"
     "\r\n"
     "D:\\Sites\\Contoso\\App_Data NT AUTHORITY\\SYSTEM:(I)(OI)(CI)(F)\r\n"
     "                          BUILTIN\\Users:(I)(OI)(CI)(IO)(GR,GE)\r\n"
     "                          WEB01\\old user:(I)(DENY)(W,D,Rc,DC)\r\n"
     "\r\n"
     "Successfully processed 2 files; Failed processing 0 files\r\n",
     "",
     "D:\\Sites\\Contoso\n"
     "  allow NT AUTHORITY\\SYSTEM 1f01ff OI CI\n"
     "  allow BUILTIN\\Administrators 1f01ff OI CI\n"
     "  allow IIS APPPOOL\\Contoso Pool 1200a9 OI CI\n"
     "D:\\Sites\\Contoso\\App_Data\n"
     "  allow NT AUTHORITY\\SYSTEM 1f01ff OI CI I\n"
     "  allow BUILTIN\\Users a0000000 OI CI IO I\n"
     "  deny WEB01\\old user 130156 I\n"},
    /* A path with blanks, and names with parentheses: the entries below show where it ends. */
    {"C:\\Program Files (x86)\\My Site WEB01\\ann (old) b:(M,DC)\n"
     "                               NT SERVICE\\TrustedInstaller:(I)(CI)(F)\n",
     "",
     "C:\\Program Files (x86)\\My Site\n"
     "  allow WEB01\\ann (old) b 1301ff\n"
     "  allow NT SERVICE\\TrustedInstaller 1f01ff CI I\n"},
    /* With one entry only its name shows it. */
    {"D:\\My Sites\\a b NT AUTHORITY\\NETWORK SERVICE:(F)\nD:\\My Sites\\a Everyone:(RX)\n"
     "D:\\My Sites\\c d IIS AppPool\\two words:(N)\nD:\\My Sites\\e S-1-5-21-1-2-3-1001:(R,W)\n",
     "",
     "D:\\My Sites\\a b\n  allow NT AUTHORITY\\NETWORK SERVICE 1f01ff\n"
     "D:\\My Sites\\a\n  allow Everyone 1200a9\n"
     "D:\\My Sites\\c d\n  deny IIS AppPool\\two words 1f01ff\n"
     "D:\\My Sites\\e\n  allow S-1-5-21-1-2-3-1001 12019f\n"},
    /* The tools count UTF-16 units; this is what a console of UTF-8 makes of it. */
    {"D:\\S\xc3\xa4nger\\\xf0\x9f\x98\x80 x WEB01\\ann lee:(R)\n"
     "               WEB01\\bob:(W)\n",
     "", "D:\\S\xc3\xa4nger\\\xf0\x9f\x98\x80 x\n  allow WEB01\\ann lee 120089\n  allow WEB01\\bob 100116\n"},
    /* cacls, Windows Server 2003: letters, and special access with an empty line behind it */
    {"C:\\Inetpub\\wwwroot BUILTIN\\Users:(OI)(CI)R \r\n"
     "                   BUILTIN\\Users:(CI)(special access:)\r\n"
     "                                 FILE_APPEND_DATA\r\n"
     " \r\n"
     "                   WEB01\\IIS_WPG:(OI)(CI)R \r\n"
     "                   WEB01\\IUSR_WEB01:(ID)C \r\n"
     "                   CREATOR OWNER:(OI)(CI)(IO)F \r\n"
     "                   WEB01\\guest:N\r\n"
     "                   WEB01\\joe:(DENY)(special access:)\r\n"
     "\r\n"
     "                                           READ_CONTROL\r\n"
     "                                           FILE_READ_DATA\r\n"
     "\r\n"
     "C:\\Inetpub\\wwwroot\\a.asp NT AUTHORITY\\SYSTEM:F \r\n",
     "",
     "C:\\Inetpub\\wwwroot\n"
     "  allow BUILTIN\\Users 1200a9 OI CI\n"
     "  allow BUILTIN\\Users 4 CI\n"
     "  allow WEB01\\IIS_WPG 1200a9 OI CI\n"
     "  allow WEB01\\IUSR_WEB01 1301bf I\n"
     "  allow CREATOR OWNER 1f01ff OI CI IO\n"
     "  deny WEB01\\guest 1f01ff\n"
     "  deny WEB01\\joe 20001\n"
     "C:\\Inetpub\\wwwroot\\a.asp\n"
     "  allow NT AUTHORITY\\SYSTEM 1f01ff\n"},
    /* What is no rights: labels, messages, paths without a list or without entries */
    {"D:\\a Mandatory Label\\Low Mandatory Level:(OI)(CI)(NW)\n     Everyone:(DENY)(S,RD)\n\n"
     "D:\\x y: Access is denied.\n"
     "D:\\null  No permissions are set. All users have full control.\n"
     "D:\\nobody \n\n"
     "Successfully processed 3 files; Failed processing 1 files\n",
     "",
     "D:\\a\n  deny Everyone 100001\n"
     "D:\\x y unread\n"
     "D:\\null everyone\n"
     "D:\\nobody\n"},
    /* of which the messages went elsewhere */
    {"D:\\a Everyone:(F)\n\nSuccessfully processed 1 files; Failed processing 12 files\n", "",
     "D:\\a\n  allow Everyone 1f01ff\n unread\n"},
    /* Relative paths */
    {". Everyone:(R)\n  BUILTIN\\Users:(R)\n\n.\\bin x Everyone:(R)\n        BUILTIN\\Users:(R)\n", "D:\\Sites",
     "D:\\Sites\n  allow Everyone 120089\n  allow BUILTIN\\Users 120089\n"
     "D:\\Sites\\bin x\n  allow Everyone 120089\n  allow BUILTIN\\Users 120089\n"},
    /* Long and device paths */
    {"\\\\?\\D:\\long Everyone:(R)\n\\\\?\\UNC\\srv\\web\\a Everyone:(R)\n\\\\srv\\web\\b\\ Everyone:(R)\n", "",
     "D:\\long\n  allow Everyone 120089\n\\\\srv\\web\\a\n  allow Everyone 120089\n"
     "\\\\srv\\web\\b\n  allow Everyone 120089\n"},
    /* icacls D:\Sites\* /save FILE /T */
    {"Contoso\r\nD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;S-1-5-82-1-2-3-4-5)\r\n"
     "Contoso\\two words\r\nD:AI(D;OICIID;FW;;;WD)(A;CIIOID;GXGR;;;BU)(A;ID;FRFX;;;LS)\r\n"
     "Contoso\\open\r\nD:NO_ACCESS_CONTROL\r\nContoso\\shut\r\nD:P\r\n"
     "Contoso\\c\r\nD:ARAI(XA;;FR;;;AU;(@User.Title==\"a;)(\"))(AU;SA;FA;;;WD)S:AI(AU;SA;FA;;;WD)\r\n"
     "Contoso\\o\r\nO:BAG:S-1-5-21-1-2-3-513D:(A;;0010;;;DA)\r\n",
     "D:\\Sites\\",
     "D:\\Sites\\Contoso protected\n  allow NT AUTHORITY\\SYSTEM 1f01ff OI CI\n"
     "  allow BUILTIN\\Administrators 1f01ff OI CI\n  allow S-1-5-82-1-2-3-4-5 1200a9 OI CI\n"
     "D:\\Sites\\Contoso\\two words inherits\n  deny Everyone 120116 OI CI I\n  allow BUILTIN\\Users a0000000 CI IO I\n"
     "  allow NT AUTHORITY\\LOCAL SERVICE 1200a9 I\n"
     "D:\\Sites\\Contoso\\open everyone inherits\nD:\\Sites\\Contoso\\shut protected\n"
     "D:\\Sites\\Contoso\\c inherits\n  allow NT AUTHORITY\\Authenticated Users 120089\n"
     "D:\\Sites\\Contoso\\o inherits\n  allow Domain Admins 8\n"},
    /* The name D, and a name that begins as a list does */
    {"D\nD:P(A;;FA;;;SY)\nD:\\Sites\nD:P(A;;FA;;;SY)\n", "E:",
     "E:\\D protected\n  allow NT AUTHORITY\\SYSTEM 1f01ff\nD:\\Sites protected\n  allow NT AUTHORITY\\SYSTEM "
     "1f01ff\n"},
    /* Listings one behind the other */
    {"D:\\a Everyone:F\nb\nD:(A;;FA;;;SY)\nD:\\c Everyone:(F)", "D:\\",
     "D:\\a\n  allow Everyone 1f01ff\nD:\\b inherits\n  allow NT AUTHORITY\\SYSTEM 1f01ff\nD:\\c\n  allow Everyone "
     "1f01ff\n"},
    /* A console that broke the line behind the path */
    {"C:\\windows\\cmd.exe \n    WEB01\\www:(special access:)\n    READ_CONTROL\n    SYNCHRONIZE\n \n    "
     "BUILTIN\\Users:R \n",
     "", "C:\\windows\\cmd.exe\n  allow WEB01\\www 120000\n  allow BUILTIN\\Users 1200a9\n"},
};

START_TEST(reads)
{
    enum tc_status status = read_listing(tc_str_of(good_cases[_i].listing), good_cases[_i].base);

    tct_assert_str(findings(), TC_STR(""));
    ck_assert_int_eq(status, TC_OK);
    tct_assert_str(tc_buf_str(&out), tc_str_of(good_cases[_i].expected));
}
END_TEST

/* The same text with other line ends and in UTF-16, with a mark and without, is the same. */
START_TEST(reads_other_encodings)
{
    struct tc_str listing = tc_str_of(good_cases[_i].listing), expected = tc_str_of(good_cases[_i].expected);

    for (int marked = 0; marked < 2; marked++) {
        struct tc_buf wide = {0};
        size_t at = 0;

        if (marked)
            tc_buf_puts(&wide, TC_STR("\xff\xfe"));
        while (at < listing.len) {
            uint32_t code;

            at += tc_utf8_next(listing, at, &code);
            if (code > 0xffff) {
                uint32_t high = 0xd800 + ((code - 0x10000) >> 10);

                tc_buf_putc(&wide, (char)high);
                tc_buf_putc(&wide, (char)(high >> 8));
                code = 0xdc00 + (code & 0x3ff);
            }
            tc_buf_putc(&wide, (char)code);
            tc_buf_putc(&wide, (char)(code >> 8));
        }
        tc_buf_clear(&out);
        ck_assert_int_eq(read_listing(tc_buf_str(&wide), good_cases[_i].base), TC_OK);
        tct_assert_str(tc_buf_str(&out), expected);
        tc_buf_done(&wide);
    }
}
END_TEST

/* ---- what is refused ---- */

static const struct {
    const char *listing;
    const char *base;
    const char *findings; /* code, place and the text under the caret */
    const char *expected; /* what is read all the same */
} bad_cases[] = {
    {"D:\\a Everyone:(F)\n     Users:(Lesen)\n     BUILTIN\\Users:(R)\n", "", "T1801 2:13 Lesen\n",
     "D:\\a broken\n  allow Everyone 1f01ff\n  allow BUILTIN\\Users 120089\n"},
    {"D:\\a Everyone:(R,XY,F)\n", "", "T1801 1:18 XY\n", "D:\\a broken\n"},
    {"nonsense\nD:\\a Everyone:(F)\n     more nonsense\n", "", "T1800 1:1 nonsense\nT1800 3:6 more nonsense\n",
     "D:\\a broken\n  allow Everyone 1f01ff\n"},
    {"     Everyone:(F)\n", "", "T1800 1:6 Everyone:(F)\n", ""},
    {"", "", "T1800 1:1 \n", ""},
    {"a\nD:(A;;FA;;;SY)\nb\nD:(A;;FA;;;SY)\nD:\\c\nD:(A;;FA;;;SY)\n", "", "T1803 1:1 a\n",
     "D:\\c inherits\n  allow NT AUTHORITY\\SYSTEM 1f01ff\n"},
    {"bin Everyone:(F)\n    BUILTIN\\Users:(R)\n", "", "T1803 1:1 bin\n", ""},
    {"D:\\a\nD:(A;;FA;;;SY)(A;QQ;FA;;;SY)(A;;FQ;;;SY)(A;;FA;;;QQ)(Q;;FA;;;SY)(A;;0x1g;;;SY)(A;;FA;;SY)\n", "",
     "T1802 2:18 QQ\nT1802 2:33 FQ\nT1802 2:50 QQ\nT1802 2:54 Q\nT1802 2:69 0x1g\nT1802 2:79 (A;;FA;;SY)\n",
     "D:\\a broken inherits\n  allow NT AUTHORITY\\SYSTEM 1f01ff\n  allow NT AUTHORITY\\SYSTEM 1f01ff\n  allow NT "
     "AUTHORITY\\SYSTEM 0\n  allow NT AUTHORITY\\SYSTEM 0\n"},
    {"D:\\a\nD:(A;;FA;;;SY\n", "", "T1802 2:3 (A;;FA;;;SY\n", "D:\\a broken inherits\n"},
    {"D:\\a\nD:X(A;;FA;;;SY)rest\n", "", "T1802 2:3 X\nT1802 2:16 rest\n",
     "D:\\a broken inherits\n  allow NT AUTHORITY\\SYSTEM 1f01ff\n"},
};

START_TEST(says_what_it_cannot_read)
{
    enum tc_status status = read_listing(tc_str_of(bad_cases[_i].listing), bad_cases[_i].base);

    tct_assert_str(findings(), tc_str_of(bad_cases[_i].findings));
    ck_assert_int_eq(status, TC_FAILED);
    tct_assert_str(tc_buf_str(&out), tc_str_of(bad_cases[_i].expected));
}
END_TEST

START_TEST(says_what_is_ambiguous)
{
    ck_assert_int_eq(read_listing(TC_STR("D:\\My Sites\\x WEB01\\ann lee:(F)\nD:\\x WEB01\\ann:(F)\n"), ""), TC_OK);
    tct_assert_str(findings(), TC_STR("T1806 1:1 D:\\My Sites\\x WEB01\\ann lee\n"));
    tct_assert_str(tc_buf_str(&out),
                   TC_STR("D:\\My Sites\\x\n  allow WEB01\\ann lee 1f01ff\nD:\\x\n  allow WEB01\\ann 1f01ff\n"));
}
END_TEST

START_TEST(knows_code_pages)
{
    enum tc_acl_encoding encoding;

    tc_acl_decode(&arena, TC_STR("D:\\caf\x82 Everyone:(F)\n"), &encoding);
    ck_assert_int_eq(encoding, TC_ACL_ANY_CODE);
    tc_acl_decode(&arena, TC_STR("D:\\caf\xc3\xa9 Everyone:(F)\n"), &encoding);
    ck_assert_int_eq(encoding, TC_ACL_UTF8);
    ck_assert_int_eq(read_listing(TC_STR("D:\\caf\x82 x WEB01\\a b:(F)\n          Everyone:(R)\n"), ""), TC_OK);
    tct_assert_str(tc_buf_str(&out), TC_STR("D:\\caf\x82 x\n  allow WEB01\\a b 1f01ff\n  allow Everyone 120089\n"));
}
END_TEST

START_TEST(counts_what_it_saw)
{
    read_listing(TC_STR("D:\\a VORDEFINIERT\\Administratoren:(F)\n     NT-AUTORIT\xc3\x84T\\SYSTEM:(F)\n"
                        "D:\\b: Access is denied.\n"),
                 "");
    ck_assert_uint_eq(counts.paths, 2);
    ck_assert_uint_eq(counts.entries, 2);
    ck_assert_uint_eq(counts.known, 0);
    ck_assert_uint_eq(counts.unread, 1);
}
END_TEST

/* ---- the tables ---- */

START_TEST(rows_are_sound)
{
    size_t word_count;
    const struct tc_acl_word *words = tc_acl_words(&word_count);

    for (size_t i = 0; i < word_count; i++) {
        ck_assert_ptr_eq(tc_acl_word_find(words[i].notation, tc_str_of(words[i].word)), &words[i]);
        ck_assert_str_ne(words[i].source, "");
    }
    for (int i = 0; i < TC_ACCOUNT_ID_COUNT_; i++) {
        const struct tc_account *account = tc_account((enum tc_account_id)i);

        ck_assert_ptr_eq(tc_account_find(tc_str_of(account->name)), account);
        if (account->sid != NULL)
            ck_assert_ptr_eq(tc_account_find(tc_str_of(account->sid)), account);
        if (account->alias != NULL)
            ck_assert_ptr_eq(tc_account_by_alias(tc_str_of(account->alias)), account);
        ck_assert_str_ne(account->source, "");
    }
}
END_TEST

START_TEST(accounts_are_found)
{
    ck_assert_ptr_eq(tc_account_find(TC_STR("builtin\\users")), tc_account(TC_ACCOUNT_ID_USERS));
    ck_assert_ptr_eq(tc_account_find(TC_STR("WEB01\\IIS_WPG")), tc_account(TC_ACCOUNT_ID_IIS_WPG));
    ck_assert_ptr_eq(tc_account_find(TC_STR("system")), tc_account(TC_ACCOUNT_ID_SYSTEM));
    ck_assert_ptr_null(tc_account_find(TC_STR("WEB01\\Users")));               /* a local account of that name */
    ck_assert_ptr_null(tc_account_find(TC_STR("IIS AppPool\\Administrator"))); /* a pool of that name */
    ck_assert_ptr_null(tc_account_find(TC_STR("")));
}
END_TEST

START_TEST(generic_rights_are_those_of_files)
{
    ck_assert_uint_eq(tc_rights_of_file(0x10000000), 0x0f01ff);
    ck_assert_uint_eq(tc_rights_of_file(0xa0000000), 0x0200a9);
    ck_assert_uint_eq(tc_rights_of_file(0x40000000), 0x020116);
    ck_assert_uint_eq(tc_rights_of_file(0x1200a9), 0x0200a9);
    ck_assert_uint_eq(tc_rights_of_file(0), 0);
}
END_TEST

/* whoami /all of servers shows these. */
static const struct {
    const char *pool, *sid;
} pool_cases[] = {
    {"DefaultAppPool", "S-1-5-82-3006700770-424185619-1745488364-794895919-4004696415"},
    {"defaultapppool", "S-1-5-82-3006700770-424185619-1745488364-794895919-4004696415"},
    {"web", "S-1-5-82-2971860261-2701350812-2118117159-340795515-2183480550"},
    {".NET v4.5", "S-1-5-82-271721585-897601226-2024613209-625570482-296978595"},
};

START_TEST(pools_have_sids)
{
    tct_assert_str(tc_pool_sid(&arena, tc_str_of(pool_cases[_i].pool)), tc_str_of(pool_cases[_i].sid));
}
END_TEST

Suite *
tct_acl_suite(void)
{
    Suite *suite = suite_create("acl");
    TCase *tc = tcase_create("acl");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, reads, 0, TCT_COUNT(good_cases));
    tcase_add_loop_test(tc, reads_other_encodings, 0, TCT_COUNT(good_cases));
    tcase_add_loop_test(tc, says_what_it_cannot_read, 0, TCT_COUNT(bad_cases));
    tcase_add_test(tc, says_what_is_ambiguous);
    tcase_add_test(tc, knows_code_pages);
    tcase_add_test(tc, counts_what_it_saw);
    tcase_add_test(tc, rows_are_sound);
    tcase_add_test(tc, accounts_are_found);
    tcase_add_loop_test(tc, pools_have_sids, 0, TCT_COUNT(pool_cases));
    tcase_add_test(tc, generic_rights_are_those_of_files);
    suite_add_tcase(suite, tc);
    return suite;
}
