/**
 * The tree of a source as it was written: order, spans and spellings kept, nothing looked up. The formatter and editors
 * live on it; sema/ gives it meaning. All nodes live in the compilation's arena.
 */
#ifndef TC_SYNTAX_AST_H
#define TC_SYNTAX_AST_H

#include "base/source.h"

enum tc_atom_kind { TC_ATOM_NAME, TC_ATOM_STRING, TC_ATOM_NUMBER, TC_ATOM_DATE };

/** A name, string, number or date. Lists of atoms are what most statements are made of. */
struct tc_atom {
    struct tc_atom *next;
    struct tc_str text;  /**< a string without its quotes and with "" made one */
    struct tc_span span; /**< with the quotes */
    enum tc_atom_kind kind;
    bool joined; /**< a comma stands before it: it belongs with the one before */
    bool broken; /**< the scanner complained of it: its text is a guess, and what is wrong with its value was said */
};

/** Atoms in a row, those joined by commas forming groups. */
struct tc_terms {
    struct tc_atom *first;
    struct tc_atom *last;
};

enum tc_ast_kind {
    TC_AST_BAD, /**< what could not be parsed; reported already, later passes skip it */
    TC_AST_LANGUAGE,
    TC_AST_USE,
    TC_AST_SERVER,
    TC_AST_CLASS,
    TC_AST_POLICY,
    TC_AST_APPLICATION,
    TC_AST_SHARE,
    TC_AST_NEVER,
    TC_AST_TEST,
    TC_AST_SETTING,
    TC_AST_ACCEPT,
    TC_AST_SET,
    TC_AST_GRANT,
    TC_AST_REVOKE,
    TC_AST_CLAUSE,
    TC_AST_CODE,
    TC_AST_CODEGROUPS,
    TC_AST_GROUP,
    TC_AST_FULL_TRUST,
    TC_AST_RAW,
    TC_AST_DEMAND,
    TC_AST_COUNT_
};

/** What every node starts with. */
struct tc_ast {
    struct tc_ast *next; /**< next statement of the same block */
    struct tc_span span;
    enum tc_ast_kind kind;
};

struct tc_ast_list {
    struct tc_ast *first;
    struct tc_ast *last;
};

/** `because "…" until DATE`; either may be missing. */
struct tc_ast_tail {
    struct tc_atom *because;
    struct tc_atom *until;
};

/** `language 1;` and `use "file";` */
struct tc_ast_simple {
    struct tc_ast base;
    struct tc_atom *value;
};

/** server, policy, application and set: a name, a body, for a policy what it extends. never and test: a title. */
struct tc_ast_block {
    struct tc_ast base;
    struct tc_atom *name;
    struct tc_atom *extends; /**< policy only; NULL: starts empty */
    struct tc_ast_list body;
    struct tc_span description; /**< the `##` lines right above; nowhere when there are none */
};

/** `class NAME "assembly-qualified type name";` */
struct tc_ast_class {
    struct tc_ast base;
    struct tc_atom *name;
    struct tc_atom *type;
};

/** A word of sema/settings.def with its values: `location "…";` */
struct tc_ast_setting {
    struct tc_ast base;
    struct tc_terms terms;
};

/** `accept RULE because "…";` */
struct tc_ast_accept {
    struct tc_ast base;
    struct tc_atom *rule;
    struct tc_ast_tail tail;
};

/** `grant`, `possibly grant` and `revoke`. */
struct tc_ast_grant {
    struct tc_ast base;
    struct tc_atom *cls;
    bool possibly;
    bool unrestricted; /**< grant: the word; revoke: the whole class, no block */
    struct tc_ast_list clauses;
    struct tc_ast_tail tail;
    struct tc_span description;
};

/** A statement inside a grant's block, a condition's block, or an option of a code group. */
struct tc_ast_clause {
    struct tc_ast base;
    struct tc_terms terms;
    bool has_block;
    struct tc_ast_list block; /**< `element NAME { … }` */
};

/** `code …;` and the groups of `codegroups`. */
struct tc_ast_group {
    struct tc_ast base;
    struct tc_atom *group_kind; /**< union, first-match, net, file, or the string of `custom`; NULL for `code` */
    bool custom;                /**< group_kind is the class of a custom group */
    struct tc_terms condition;
    bool has_condition_block;
    struct tc_ast_list condition_block;
    struct tc_atom *set; /**< `grants NAME`; NULL: written on the spot */
    struct tc_ast_list inline_set;
    struct tc_ast_list options; /**< clauses: name, description, attributes, access */
    struct tc_ast_list children;
};

/** `codegroups { … }` */
struct tc_ast_codegroups {
    struct tc_ast base;
    struct tc_ast_list groups;
};

/** `full-trust assembly "…" …;` */
struct tc_ast_full_trust {
    struct tc_ast base;
    struct tc_terms terms;
};

/** `raw "…" "…";`: one atom a line. */
struct tc_ast_raw {
    struct tc_ast base;
    struct tc_terms lines;
};

/** `share PATH ACCESS between A, B because "…";` */
struct tc_ast_share {
    struct tc_ast base;
    struct tc_terms terms;
    struct tc_terms names;
    struct tc_ast_tail tail;
};

/** `SUBJECT may [not] CLASS …;` */
struct tc_ast_demand {
    struct tc_ast base;
    struct tc_atom *subject; /**< NULL: any application */
    bool negated;
    struct tc_terms terms; /**< the class first */
};

/** A comment, for the formatter. */
struct tc_comment {
    struct tc_comment *next;
    struct tc_span span; /**< from `#` to the end of the line, without the line ending */
    bool own_line;       /**< nothing but blanks before it */
};

/** One parsed source. */
struct tc_ast_file {
    struct tc_source *source;
    struct tc_ast_list items;
    struct tc_comment *comments;
    size_t node_count;
};

#endif
