/**
 * Bringing outputs to disk so that nothing is ever half done.
 *
 * ASP.NET restarts every application whose policy file changes, and a web.config that names a policy file that is not
 * there takes down every site. So: files whose bytes would not change are not touched; the others are written beside
 * their targets, brought to disk with one sync for all, and renamed, policy files before configuration files; only
 * after that are outputs of an earlier run that are no longer wanted removed. Whatever instant the process is killed
 * at, each file is whole, old or new, and every policy file that a configuration file on disk names is there. The
 * next run finishes or undoes what was left, because it finds the left-over files by their names and by the record.
 */
#ifndef TC_EMIT_COMMIT_H
#define TC_EMIT_COMMIT_H

#include "base/diag.h"
#include "base/status.h"

/** The order in which outputs appear: what is named before what names it. */
enum tc_output_stage {
    TC_STAGE_POLICY, /**< policy files */
    TC_STAGE_CONFIG, /**< web.config, machine.config: renamed last */
};

/** One file that a run wants on disk. */
struct tc_output {
    struct tc_str dir;  /**< as given by the user; "" is the working directory */
    struct tc_str name; /**< file name inside dir, no separators; "" wants no file: dir only takes part, see below */
    struct tc_str bytes;
    enum tc_output_stage stage;
    bool replace_foreign; /**< the bytes are a file that is not ours with our entries merged in: replace it */
};

/** What became of an output, or would become of it. */
enum tc_output_fate {
    TC_FATE_CURRENT, /**< on disk with the same bytes: not touched */
    TC_FATE_CHANGED, /**< on disk with other bytes */
    TC_FATE_CREATED, /**< not on disk */
    TC_FATE_STALE,   /**< on disk from an earlier run of ours, no longer wanted: removed */
};

struct tc_output_report {
    struct tc_str dir;
    struct tc_str name;
    enum tc_output_fate fate;
};

struct tc_commit_result {
    struct tc_output_report *reports; /**< by directory in the order given, then by name */
    size_t count;
    size_t differing; /**< how many are not TC_FATE_CURRENT */
};

/**
 * Bring @a outputs to disk, all or none.
 *
 * A file is ours when the record of its directory names it. What is not ours and differs is an error, unless the
 * output says replace_foreign; such a file stays foreign and is never removed. A stale output that was edited since is
 * kept with a warning, and so are the policy files that an edited stale configuration file may name. Outputs of earlier
 * runs are looked for only in directories that an output of this run names: give the others with an empty name.
 *
 * A target that is a symbolic link, a directory or marked read-only is an error. Mode and, for root, owner of a
 * replaced file are kept. Two runs on one directory take turns.
 *
 * @param outputs  borrowed; a (dir, name) occurs once. Directories are made when missing (and removed again on
 * failure).
 * @param diags    gets one diagnostic per file that stands in the way, with the system's reason
 * @param ret      what was done; lives in @a arena
 * @return TC_OK; TC_ERR_IO when anything could not be read or written, with the old outputs standing complete;
 *         TC_ERR_NOMEM
 */
enum tc_status tc_commit(struct tc_arena *arena, const struct tc_output *outputs, size_t count, struct tc_diags *diags,
                         struct tc_commit_result *ret);

/** What tc_commit() would do, without doing it (`--check`). Left-overs of a killed run count as differences. */
enum tc_status tc_commit_check(struct tc_arena *arena, const struct tc_output *outputs, size_t count,
                               struct tc_diags *diags, struct tc_commit_result *ret);

/** Name of the record that each output directory keeps of the files that are ours. */
#define TC_COMMIT_RECORD ".trustc-outputs"

#endif
