/**
 * What the commands that read a source share: the host, the findings, the exit code.
 */
#ifndef TC_CLI_SESSION_H
#define TC_CLI_SESSION_H

#include "api/trustc.h"
#include "cli/options.h"

struct tc_session {
    const struct tc_options *options;
    struct tc_compilation c;
    struct tc_sema_host host; /**< its state is the session */
    struct tc_sema_options sema;
};

/** Begin as the options say; @a session must stay where it is. */
void tc_session_init(struct tc_session *session, const struct tc_options *options);
void tc_session_done(struct tc_session *session);

/** Read the file that the options name; what cannot be read has been complained of. */
enum tc_status tc_session_read(struct tc_session *session, struct tc_source **ret_source);

/** Whether what goes to @a fd is to be coloured. */
bool tc_session_color(const struct tc_session *session, int fd);

/** The same with another file, "-" for standard input. */
enum tc_status tc_session_read_file(struct tc_session *session, const char *file, struct tc_source **ret_source);

/**
 * Whether the source that was compiled declares an application; else a complaint that there is nothing to do what
 * @a command does, @a to: "plan". The wrong file must not pass for a good one.
 */
bool tc_session_has_applications(const struct tc_session *session, const char *command, const char *to);

/** Write the findings to standard error. */
void tc_session_show(const struct tc_session *session);

/** The exit code for a status, when findings have been shown. */
int tc_session_exit(const struct tc_session *session, enum tc_status status);

/** Write @a text to the file @a path, whole or not at all, and say what became of it; one with the same bytes is not
 * touched. Returns the exit code. */
int tc_session_write(struct tc_session *session, const char *path, struct tc_str text);

/** Complain: '@a path' cannot be @a what ("read"): @a reason. */
void tc_complain_file(const char *what, const char *path, const char *reason);

#endif
