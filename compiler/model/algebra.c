#include "model/algebra_util.h"

const struct tc_algebra_ops *
tc_algebra_ops(enum tc_algebra algebra)
{
    switch (algebra) {
    case TC_ALGEBRA_FILE_IO:
    case TC_ALGEBRA_ENVIRONMENT:
    case TC_ALGEBRA_REGISTRY:
        return &tc_list_ops;
    case TC_ALGEBRA_FLAGS:
    case TC_ALGEBRA_HOST_PROTECTION:
        return &tc_flags_ops;
    case TC_ALGEBRA_LEVELS:
        return &tc_levels_ops;
    case TC_ALGEBRA_ISOLATED_STORAGE:
        return &tc_isolated_storage_ops;
    case TC_ALGEBRA_KEY_CONTAINER:
        return &tc_key_container_ops;
    case TC_ALGEBRA_WEB:
        return &tc_web_ops;
    case TC_ALGEBRA_SOCKET:
        return &tc_socket_ops;
    case TC_ALGEBRA_BOOLEAN:
        return &tc_boolean_ops;
    case TC_ALGEBRA_SMTP:
        return &tc_smtp_ops;
    case TC_ALGEBRA_NETWORK_INFORMATION:
        return &tc_network_information_ops;
    case TC_ALGEBRA_RESOURCE_TREE:
        return &tc_resource_tree_ops;
    case TC_ALGEBRA_MESSAGE_QUEUE:
        return &tc_message_queue_ops;
    case TC_ALGEBRA_DB_DATA:
        return &tc_db_data_ops;
    case TC_ALGEBRA_ASPNET_HOSTING:
        return &tc_aspnet_hosting_ops;
    case TC_ALGEBRA_IDENTITY:
        return &tc_identity_ops;
    case TC_ALGEBRA_PRINCIPAL:
        return &tc_principal_ops;
    case TC_ALGEBRA_OPAQUE:
        return &tc_opaque_ops;
    }
    return &tc_opaque_ops;
}
