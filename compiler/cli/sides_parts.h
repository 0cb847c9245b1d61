/**
 * What the files of cli/sides share.
 */
#ifndef TC_CLI_SIDES_PARTS_H
#define TC_CLI_SIDES_PARTS_H

#include "cli/sides.h"
#include "verify/config.h"

/** A policy that was read from a file. */
struct tc_side_policy {
    struct tc_side_policy *next;
    struct tc_str name; /**< of the file, without its directory */
    struct tc_source *source;
    struct tc_str bytes;
    enum tc_runtime runtime;
    struct tc_str main; /**< its main set; empty: ASP.Net */
    struct tc_policy *policy;
};

/** A machine-level configuration file and its directory. */
struct tc_side_config {
    struct tc_side_config *next;
    enum tc_clr clr;
    bool clr_is_known;
    struct tc_str folder; /**< with a slash behind it, or empty */
    struct tc_str name;   /**< of the file */
    struct tc_source *source;
    struct tc_str bytes;
    struct tc_config config;
    struct tc_side_policy *policies; /**< read so far */
};

/** Complain of @a name, and return TC_FAILED. */
enum tc_status tc_side_complain(struct tc_str name, const char *what);

/** Read a file of the side as a source of its session, decoded. */
enum tc_status tc_side_source(struct tc_side *side, struct tc_str name, struct tc_source **ret_source,
                              struct tc_str *ret_bytes);

/** Read @a policy->source as a policy of @a policy->runtime; what is wrong is in the findings, or said. */
enum tc_status tc_side_read_policy(struct tc_side *side, struct tc_side_policy *policy);

/** The runtime of a policy file with @a text, by its type names. */
enum tc_runtime tc_side_runtime(struct tc_str text, bool legacy);

/** Copy @a model and its applications to @a side, as what is different there is to be put into the copies. @a keep: by
 * application, NULL for all. False when out of memory. */
bool tc_side_copy_model(struct tc_side *side, const struct tc_model *model, const bool *keep);

/** An application that nobody has named, to ask a policy about. NULL when out of memory. */
struct tc_application *tc_side_sample(struct tc_side *side, struct tc_str name, struct tc_str path,
                                      enum tc_runtime runtime);

/** A configuration file: read what is in it. */
enum tc_status tc_side_add_config(struct tc_side *side, struct tc_str path);

/** Make the model of a side with configuration files, for the applications of @a source (NULL: those it has itself). */
enum tc_status tc_side_settle_config(struct tc_side *side, const struct tc_side *source);

/** Make the model of a side with policy files alone: that of @a other with these in their places, or, when that has
 * none either, one with an application for each file. */
enum tc_status tc_side_settle_policies(struct tc_side *side, struct tc_side *other);

/** The files of a side that is policy files alone: those of @a other, with these in their places; after both have been
 * worked out. False when out of memory. */
bool tc_side_like_files(struct tc_side *side, const struct tc_side *other);

#endif
