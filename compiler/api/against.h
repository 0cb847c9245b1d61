/**
 * The applications of a source with the policy files that a directory gives them, in place of what the source says: for
 * `trustc test --against`.
 */
#ifndef TC_API_AGAINST_H
#define TC_API_AGAINST_H

#include "api/trustc.h"

/**
 * Read the machine-level configuration in @a dir (in the folder of its runtime directory when there is one of that
 * name) and, for each application of c->model, the policy file of the level that it gets there, under the origin that
 * it gets there. Where there is no configuration, files go by the names of the levels of the source. A level of the
 * platform's own of which the directory holds no file is taken as the source has it. When the applications run under
 * several runtime directories, each has a folder in @a dir, as build writes them ("v2.0.50727").
 *
 * What cannot be read goes to c->diags; such an application may do nothing.
 *
 * @param read       gets files, "DIR/web.config"
 * @param ret        lives in c->arena
 * @param ret_model  c->model with those policies, for what its code groups let applications do; lives in c->arena
 * @return TC_OK; TC_FAILED with findings; TC_ERR_NOMEM
 */
enum tc_status tc_against_subjects(struct tc_compilation *c, struct tc_str dir, tc_read_output *read, void *state,
                                   struct tc_subjects *ret, const struct tc_model **ret_model);

#endif
