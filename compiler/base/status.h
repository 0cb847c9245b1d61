/** What a function that can fail returns. */
#ifndef TC_BASE_STATUS_H
#define TC_BASE_STATUS_H

enum tc_status {
    TC_OK = 0,
    TC_FAILED,    /**< the user's input is at fault; diagnostics say how */
    TC_ERR_NOMEM, /**< out of memory */
    TC_ERR_IO,    /**< a file could not be read or written; a diagnostic or errno says which and why */
    TC_ERR_LIMIT, /**< a limit of data/limits.def was exceeded; a diagnostic says which */
    TC_ERR_USAGE, /**< what was asked for makes no sense; a diagnostic says why */
    TC_ERR_SELF,  /**< the tool's own check failed; a diagnostic says where */
};

#endif
