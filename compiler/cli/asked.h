/**
 * What the commands that answer questions are asked about: sources, policy files, permission sets, and the applications
 * of a machine-level configuration file, all as subjects (ask/subject.h).
 *
 *     struct tc_asked asked;
 *     tc_asked_init(&asked, options);
 *     asked.demand = TC_STR("FileIO write \"D:\\x\"");       // if there is one: before the first file
 *     status = tc_asked_read(&asked, path);                  // for each file; asked.session.c.diags holds the findings
 *     tc_session_show(&asked.session);
 *     ... asked.files[i]->subjects, asked.files[i]->asked ...
 *     tc_asked_done(&asked);
 */
#ifndef TC_CLI_ASKED_H
#define TC_CLI_ASKED_H

#include "ask/subject.h"
#include "cli/session.h"
#include "xml/reader.h"

/** Something that can be asked: one file of the command line, or one policy file of a configuration. */
struct tc_asked_file {
    const struct tc_source *source;
    const struct tc_model *model;   /**< of a source; NULL: XML */
    const struct tc_policy *policy; /**< of a policy file; NULL: a source */
    struct tc_reading reading;      /**< of a policy file */
    struct tc_subjects subjects;    /**< a policy file is one, or one for each application that runs under it */
    bool is_of_config;              /**< named by a machine-level configuration file: its subjects are applications */
    unsigned assumed;               /**< bit i: the file uses token i of tc_tokens(), and its value is a guess */
    struct tc_token_values values;  /**< of a policy file by itself: what its tokens stand for */
    const struct tc_perm *demand;   /**< `demand` with the classes of this file; NULL: there is none, or it is wrong */
};

struct tc_asked {
    struct tc_session session;
    struct tc_str demand;         /**< set by the caller: what is asked, in words of the language; may be empty */
    struct tc_asked_file **files; /**< in the order read; each stays where it is */
    size_t count, capacity;
    size_t subject_count;             /**< of all files */
    const struct tc_source *question; /**< the demand as a source of its own; NULL: none was read yet */
};

/** Begin as the options say; @a asked must stay where it is. */
void tc_asked_init(struct tc_asked *asked, const struct tc_options *options);
void tc_asked_done(struct tc_asked *asked);

/**
 * Read a file ("-": standard input) or a directory, in which the machine-level web.config or machine.config is looked
 * for. What is wrong goes to the findings of the session; what cannot be read has been complained of.
 *
 * @return TC_OK; TC_ERR_USAGE: the demand is not understood, the files are fine; TC_FAILED: a file has errors, or is
 * nothing that can be asked; TC_ERR_IO; TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_asked_read(struct tc_asked *asked, const char *path);

/** The same of a text that is read already, one of session.c.sources; @a source is decoded (tc_policy_decode()). */
enum tc_status tc_asked_add(struct tc_asked *asked, struct tc_source *source);

/** tc_asked_read() for all files of the options; what is wrong with each is said. The first that is not TC_OK. */
enum tc_status tc_asked_read_all(struct tc_asked *asked);

/** Write the findings to standard error: when all is well only those about the demand, for the sources have been
 * checked before. */
void tc_asked_show(struct tc_asked *asked, enum tc_status status);

/** Subjects that a name or pattern means, with the files that they are of. */
struct tc_asked_choice {
    const struct tc_subject **subjects;
    struct tc_asked_file **files;
    size_t count;
};

/** Choose by @a pattern (ask/question.h); a policy file by the last part of its name as well. False after a complaint:
 * there is none. */
bool tc_asked_choose(struct tc_asked *asked, struct tc_str pattern, struct tc_asked_choice *ret);

/** "application", "applications", "file" or "files": what @a count subjects are. */
struct tc_str tc_asked_noun(const struct tc_asked *asked, size_t count);

/** Append the guesses of one file as JSON objects, with a comma before each that is not the first. */
void tc_asked_put_assumed_json(const struct tc_asked_file *file, bool *first, struct tc_buf *out);

/** Append what the answers rest on, as lines: the tokens whose values are guesses. Nothing when there are none. */
void tc_asked_put_assumed(const struct tc_asked *asked, struct tc_buf *out);

#endif
