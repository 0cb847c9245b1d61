#include "model/algebra_util.h"

/* A family without functions of its own compares as an unknown type. */
const struct tc_algebra_ops *
tc_algebra_ops(enum tc_algebra algebra)
{
    switch (algebra) {
    case TC_ALGEBRA_FILE_IO:
    case TC_ALGEBRA_ENVIRONMENT:
    case TC_ALGEBRA_REGISTRY:
        return &tc_list_ops;
    case TC_ALGEBRA_FLAGS:
    case TC_ALGEBRA_LEVELS:
    case TC_ALGEBRA_ISOLATED_STORAGE:
    case TC_ALGEBRA_KEY_CONTAINER:
    case TC_ALGEBRA_WEB:
    case TC_ALGEBRA_SOCKET:
    case TC_ALGEBRA_BOOLEAN:
    case TC_ALGEBRA_SMTP:
    case TC_ALGEBRA_NETWORK_INFORMATION:
    case TC_ALGEBRA_RESOURCE_TREE:
    case TC_ALGEBRA_MESSAGE_QUEUE:
    case TC_ALGEBRA_DB_DATA:
    case TC_ALGEBRA_ASPNET_HOSTING:
    case TC_ALGEBRA_IDENTITY:
    case TC_ALGEBRA_PRINCIPAL:
    case TC_ALGEBRA_HOST_PROTECTION:
    case TC_ALGEBRA_OPAQUE:
        return &tc_opaque_ops;
    }
    return &tc_opaque_ops;
}
