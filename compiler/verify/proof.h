/**
 * The proof of a build: the bytes that would be written (or were), read as ASP.NET and the CLR read them, grant each
 * application exactly what its source says.
 *
 * For every application of a configuration file: its effective `<trust>` and the locks; the policy file of its level
 * with its own tokens filled in; the grant of its own code, of generated code, of code from the global assembly cache,
 * and of every assembly that a code group names, held against the model in both directions, class by class. Shares no
 * code with the emitters.
 */
#ifndef TC_VERIFY_PROOF_H
#define TC_VERIFY_PROOF_H

#include "base/diag.h"
#include "base/status.h"
#include "model/model.h"

/** The files of one output directory. */
struct tc_proof_files {
    void *state;
    enum tc_clr clr;
    struct tc_str dir; /**< for messages */
    struct tc_str config_name;
    unsigned threads; /**< how many to prove with; 0 and 1: none but the caller's. The result does not depend on it */
    /** The bytes of file @a name of the directory; false when there is none. Called by one thread only. */
    bool (*get)(void *state, struct tc_str name, struct tc_str *ret_bytes);
};

/**
 * Prove one directory.
 *
 * @param diags    gets one finding for each thing that is not as the source says
 * @param grants   when not NULL: gets the canonical grants, for the certificate
 * @return TC_OK; TC_ERR_SELF when there was a finding; TC_ERR_NOMEM
 */
enum tc_status tc_proof_run(const struct tc_model *model, const struct tc_proof_files *files, struct tc_diags *diags,
                            struct tc_buf *grants);

#endif
