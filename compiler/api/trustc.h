/**
 * The public library: a source in, a model and outputs out. Nothing here reads or writes files, prints, or exits,
 * except tc_commit() of emit/commit.h, which brings outputs to disk: the host passes in how files are read.
 *
 *     struct tc_compilation c;
 *     tc_compilation_init(&c);
 *     status = tc_compile(&c, &host, &options, name, text);   // c.diags holds the findings
 *     status = tc_emit(&c, targets, count, &outputs, &n);     // bytes for each file, in memory
 *     tc_compilation_done(&c);
 */
#ifndef TC_API_TRUSTC_H
#define TC_API_TRUSTC_H

#include "ask/rules.h"
#include "emit/commit.h"
#include "isolate/isolate.h"
#include "sema/sema.h"

#define TC_VERSION "0.1.0"

struct tc_placement;

/** One run over one main source. All results live as long as the compilation. */
struct tc_compilation {
    struct tc_arena arena;
    struct tc_arena trees; /**< the trees of the sources */
    struct tc_sources sources;
    struct tc_diags diags;
    struct tc_source_files files;   /**< the main source first */
    struct tc_model *model;         /**< NULL until tc_compile() */
    struct tc_isolation *isolation; /**< NULL until tc_judge() */
    struct tc_rule_run rules;       /**< `never` and `test`; all zero until tc_judge() */
    struct tc_buf *buffers;         /**< bytes of the outputs */
    size_t buffer_count;
    struct tc_placement *placements; /**< what tc_emit() put where */
    size_t placement_count;
    unsigned threads; /**< how many the proof may use; set by the host, 0 for one */
};

/** One output directory of one runtime directory (CLR). */
struct tc_placement {
    enum tc_clr clr;
    struct tc_str dir;
    struct tc_str config_name;
    size_t first, count; /**< its outputs in the list of tc_emit() */
};

/** A directory that outputs go to. */
struct tc_target {
    struct tc_str dir;
    bool has_clr;                /**< the user said which framework it is for */
    enum tc_clr clr;             /**< if has_clr */
    struct tc_source *existing;  /**< merge into this text; NULL: a file of the entries alone */
    struct tc_str existing_name; /**< file name of the merged output, e.g. "web.config"; empty without `existing` */
};

void tc_compilation_init(struct tc_compilation *c);
/** Forget everything, as if it had been freed and begun again, but keep memory for what comes next. */
void tc_compilation_reset(struct tc_compilation *c);
/** Free everything. A zeroed compilation is fine. */
void tc_compilation_done(struct tc_compilation *c);

/** Free the trees of the sources; findings, model and outputs stay. For hosts that only want outputs. */
void tc_compilation_drop_trees(struct tc_compilation *c);

/** A host whose standard policies are those built into the program; its read_file is left for the caller to set. */
struct tc_sema_host tc_host_builtin(void);

/**
 * Parse @a text and all it uses, and give it meaning.
 *
 * @param name  as messages shall show it; paths of `use` are relative to it
 * @param text  copied
 * @return TC_OK, also with warnings; TC_FAILED when c->diags holds errors (c->model is then what could be understood);
 *         TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_compile(struct tc_compilation *c, const struct tc_sema_host *host,
                          const struct tc_sema_options *options, struct tc_str name, struct tc_str text);

/** The same for a file that is read already: @a source is one of c->sources. */
enum tc_status tc_compile_source(struct tc_compilation *c, const struct tc_sema_host *host,
                                 const struct tc_sema_options *options, struct tc_source *source);

/**
 * The same with a further source that stands behind what @a source uses, as if it were part of it: a question, with the
 * names of the source.
 *
 * @param extra  one of c->sources; what it uses is not read. NULL: there is none
 */
enum tc_status tc_compile_with(struct tc_compilation *c, const struct tc_sema_host *host,
                               const struct tc_sema_options *options, struct tc_source *source,
                               struct tc_source *extra);

/**
 * Ask of a compilation without errors what its applications can do to each other, and whether its nevers and tests
 * hold; c->isolation and c->rules hold the answers.
 *
 * @param unknown  whether isolation that is unknown is reported, too, as notes
 * @return TC_OK, also when tc_may_build() says that nothing may be built; TC_ERR_NOMEM
 */
enum tc_status tc_judge(struct tc_compilation *c, bool unknown);

/** Whether what tc_judge() found lets something be built: all isolated or accepted, no broken `never` or `test`. */
bool tc_may_build(const struct tc_compilation *c);

/**
 * The bytes of every output of a compilation without errors.
 *
 * A target gets the policy files and the configuration file of one runtime directory (CLR); when the applications run
 * under several, a target that does not say which gets one folder for each ("v2.0.50727").
 *
 * @param ret_outputs  for tc_commit(); live as long as the compilation
 * @return TC_OK; TC_FAILED with diagnostics (a merge that cannot be done, two levels that need one file); TC_ERR_NOMEM
 */
enum tc_status tc_emit(struct tc_compilation *c, const struct tc_target *targets, size_t count,
                       struct tc_output **ret_outputs, size_t *ret_count);

/**
 * Prove that @a outputs grant what the source says: the bytes are read back as ASP.NET and the CLR would read them
 * (verify/proof.h).
 *
 * @param certificate  when not NULL: gets what was proven: SHA-256 of every source and output, and the grant of each
 *                     application's own code; the same bytes for the same inputs
 * @return TC_OK; TC_ERR_SELF with diagnostics when something differs; TC_ERR_NOMEM
 */
enum tc_status tc_prove(struct tc_compilation *c, const struct tc_output *outputs, struct tc_buf *certificate);

/** How tc_verify() gets at files: false when @a path is not there. @a ret_bytes lives as long as the compilation. */
typedef bool tc_read_output(void *state, struct tc_str path, struct tc_str *ret_bytes);

/**
 * The same for outputs that lie in @a dir, also ones that someone has changed since.
 *
 * @return TC_OK; TC_ERR_SELF with diagnostics when something differs; TC_ERR_NOMEM
 */
enum tc_status tc_verify(struct tc_compilation *c, struct tc_str dir, tc_read_output *read, void *state,
                         struct tc_buf *certificate);

#endif
