/** The style and the script of the page, report/page.css and report/page.js, which the build embeds. */
#ifndef TC_REPORT_ASSETS_H
#define TC_REPORT_ASSETS_H

#include <stddef.h>

struct tc_page_asset {
    const char *name; /**< "page.css" */
    const char *text;
    size_t len;
};

extern const struct tc_page_asset tc_page_asset_files[];
extern const size_t tc_page_asset_file_count;

#endif
