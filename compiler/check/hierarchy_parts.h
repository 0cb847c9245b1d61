/**
 * What check/hierarchy.c and check/hierarchy_trust.c share: the sections that hold for an application, in the order in
 * which .NET merges them, and what is known of the application so far.
 */
#ifndef TC_CHECK_HIERARCHY_PARTS_H
#define TC_CHECK_HIERARCHY_PARTS_H

#include "check/hierarchy.h"

/** A file with its place in the order from the machine down. */
struct tc_hierarchy_source {
    struct tc_str path;
    struct tc_str key; /**< folded, the site by its name */
    const struct tc_webconfig *config;
    size_t order;
    bool is_machine, is_folder;
};

/** A section of a file and what it is for. */
struct tc_hierarchy_input {
    struct tc_hierarchy_input *next; /**< of the same key, from the machine down */
    const struct tc_hierarchy_source *file;
    const struct tc_webconfig_section *section;
    bool is_done; /**< what is to be said of it has been said */
};

/** An input in the order in which .NET merges, and what may be said about those behind it. */
struct tc_hierarchy_step {
    struct tc_hierarchy_input *input;
    size_t depth;    /**< length of the key that the section is for; 0: for everything */
    bool is_own;     /**< it is for this very path, not for one above: this is where it is reported */
    bool is_refused; /**< it has been found to fail */
};

struct tc_hierarchy_cx {
    struct tc_check *check;
    struct tc_arena *arena;
    const struct tc_hierarchy_host *host; /**< NULL: other files are not looked for */
    const struct tc_hierarchy_site *sites;
    size_t site_count;
    struct tc_hierarchy_source *files;
    size_t file_count;
    struct tc_map by_key;         /**< key → its inputs */
    struct tc_map apps;           /**< key → struct tc_hierarchy_application */
    struct tc_map declared;       /**< name of a section → how machine.config declares it */
    struct tc_map machine_levels; /**< name → a level, as the files say for the whole machine */
    bool has_machine;
    struct tc_hierarchy_application machine; /**< before its level was looked up: applications may have another */
    struct tc_hierarchy_step *steps;         /**< of the application at hand */
    size_t step_count, step_capacity;
};

/** Every request to @a app fails; the first reason counts. */
void tc_hierarchy_fail(struct tc_hierarchy_application *app, struct tc_str why, struct tc_span span);

/** "'Default Web Site/app'" or "every application" */
struct tc_str tc_hierarchy_quoted(const struct tc_hierarchy_cx *cx, const struct tc_hierarchy_application *app);

/** Merge a `<securityPolicy>` into @a levels (name → level; those of the machine are kept in @a cx), or a `<trust>`
 * into
 * @a app; other sections do nothing. Reports at steps of the application's own. */
void tc_hierarchy_merge(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app,
                        const struct tc_hierarchy_step *step, struct tc_map *levels);

/** When all is merged: what a `<fullTrustAssemblies>` of the application's own adds (4.x; aspnet-trust 2.3). */
void tc_hierarchy_report_assemblies(struct tc_hierarchy_cx *cx, const struct tc_hierarchy_application *app,
                                    const struct tc_hierarchy_step *step);

/** When all is merged: the policy file of the level that @a app has. */
void tc_hierarchy_find_policy_file(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app,
                                   const struct tc_map *levels);

#endif
