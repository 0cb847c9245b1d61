/**
 * The ways between applications as a graph, for Graphviz and for Mermaid: an arrow where a pair is not isolated, not
 * known to be, or accepted. What is isolated has no arrow.
 */
#ifndef TC_REPORT_GRAPH_H
#define TC_REPORT_GRAPH_H

#include "report/matrix.h"

enum tc_graph_format { TC_GRAPH_DOT, TC_GRAPH_MERMAID };

/**
 * Append the graph. With few arrows each application is a node; with more than TC_GRAPH_ARROWS_MAX, applications that
 * nothing tells apart are one node, and an arrow from it to itself is what holds among them. With more
 * than TC_MATRIX_ALONE_MAX applications, those without an arrow are one node together.
 *
 * @param isolation  at most TC_ISOLATION_PAIRS_MAX applications
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_graph_put(struct tc_arena *arena, const struct tc_isolation *isolation, enum tc_graph_format format,
                            struct tc_buf *out);

enum { TC_GRAPH_ARROWS_MAX = 100 };

#endif
