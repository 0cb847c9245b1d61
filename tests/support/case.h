/**
 * Golden cases: one text file holds the inputs, the commands and everything that must come out.
 *
 * tests/README.md describes the format. The part from the first "-- expect --" on is what a run produced; it is
 * written by the runner, compared as text, and never edited by hand.
 */
#ifndef TCT_CASE_H
#define TCT_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum tct_kind {
    TCT_FILE,   /**< "-- file NAME --": an input, with the content that follows */
    TCT_COPY,   /**< "-- copy PATH [as NAME] --": an input from the source tree, or all that lies in a directory */
    TCT_RUN,    /**< "-- run --": shell command lines */
    TCT_OUT_IS, /**< "-- out-is PATH --": the outputs lie in the source tree, not in the case */
};

struct tct_section {
    enum tct_kind kind;
    int line;         /**< of its header */
    const char *name; /**< of the file or path; lives as long as the case */
    const char *as;   /**< TCT_COPY: the name in the working directory, or NULL */
    char *bytes;      /**< TCT_FILE, TCT_RUN: what stands under the header, escapes undone */
    size_t size;
};

struct tct_case {
    const char *path;
    char *text; /**< the whole file */
    size_t size;
    size_t recorded; /**< where "-- expect --" begins; size when the case was never run */
    struct tct_section *sections;
    size_t count;
    bool known_bug;  /**< its name ends in .bug.case */
    char error[300]; /**< what is wrong with the file, "" when nothing */
};

/** Read @a path (borrowed). What is wrong with it stands in `error`; done() is needed either way. */
void tct_case_read(struct tct_case *ret_case, const char *path);
void tct_case_done(struct tct_case *c);

/**
 * Write one section with whatever flags its bytes need: so that the file stays plain text with LF line ends,
 * and reading it back gives the same bytes.
 *
 * @param name  NULL when the header has none
 */
void tct_case_write(FILE *out, const char *kind, const char *name, const char *bytes, size_t size);

/** All of a file; NULL (and errno) when it cannot be read. The caller frees; a NUL follows the last byte. */
char *tct_slurp(const char *path, size_t *ret_size);

#endif
