/**
 * Permissions as library code makes them with a constructor and then demands them.
 */
#ifndef TC_MODEL_DEMAND_H
#define TC_MODEL_DEMAND_H

#include "model/algebra.h"

/**
 * new FileIOPermission(access, path), new RegistryPermission(access, list) or new EnvironmentPermission(access, list).
 *
 * FileIO takes one path, whatever `;` it contains, and refuses `*` and `?`; the other two take a list.
 *
 * @param cls     the row of one of the three classes
 * @param fields  bit i: field i of the class
 */
enum tc_answer tc_demand_paths(struct tc_arena *arena, const struct tc_class *cls, unsigned fields, struct tc_str path,
                               struct tc_perm **ret_perm, struct tc_throw *ret_throw);

/**
 * WebPermission(Connect or Accept, uri). @a uri is never a pattern: an absolute URI, or any other text, which is
 * granted only to itself.
 */
enum tc_answer tc_demand_web(struct tc_arena *arena, bool accept, struct tc_str uri, struct tc_perm **ret_perm,
                             struct tc_throw *ret_throw);

/**
 * SocketPermission(Connect or Accept, transport, host, port).
 * @param transport  value of TransportType: 1 Udp, 2 Tcp, 3 All
 * @param port       0 to 65535, or -1 for all
 */
enum tc_answer tc_demand_socket(struct tc_arena *arena, bool accept, int32_t transport, struct tc_str host,
                                int32_t port, struct tc_perm **ret_perm, struct tc_throw *ret_throw);

/**
 * EventLogPermission(access, machine), PerformanceCounterPermission(access, machine, category),
 * ServiceControllerPermission(access, machine, service), DirectoryServicesPermission(access, path).
 * @param names  from the outermost; as many as the class has levels
 */
enum tc_answer tc_demand_resource(struct tc_arena *arena, const struct tc_class *cls, int32_t access,
                                  const struct tc_str *names, size_t count, struct tc_perm **ret_perm,
                                  struct tc_throw *ret_throw);

/** What opening a connection of the provider of @a cls (SqlClient, OleDb, Odbc, Oracle) with @a text demands. */
enum tc_answer tc_demand_connection(struct tc_arena *arena, const struct tc_class *cls, struct tc_str text,
                                    struct tc_perm **ret_perm, struct tc_throw *ret_throw);

/** What a permission of such a class allows, for many questions about it. */
struct tc_connection_grants;

/** Lives in @a arena; NULL when the framework would throw, and when out of memory. */
const struct tc_connection_grants *tc_connection_grants_of(struct tc_arena *arena, const struct tc_perm *perm);

/** Whether a permission for the connection @a text alone, a blank password aside, would be a part of it. */
bool tc_connection_grants_allow(struct tc_arena *arena, const struct tc_connection_grants *grants, struct tc_str text);

/**
 * Whether @a outer, of the same class, allows each connection with one key more than an entry has that @a inner allows.
 * IsSubsetOf does not say: it looks at the keys of connection strings, never at KeyRestrictions of both (permissions
 * 20). Other classes: true. False when out of memory.
 */
bool tc_connection_keys_within(struct tc_arena *arena, const struct tc_perm *inner, const struct tc_perm *outer);

/**
 * Call @a visit with a demand for each connection of @a perm that @a other, of the same class, allows too, and one key
 * more, which its KeyRestrictions name, and with one that they mostly do not name: what tells permissions apart that
 * differ in these alone. Nothing for other classes.
 * @return false when @a visit did, or out of memory
 */
bool tc_connection_key_demands(struct tc_arena *arena, const struct tc_perm *perm, const struct tc_perm *other,
                               bool (*visit)(void *state, const struct tc_perm *demand), void *state);

#endif
