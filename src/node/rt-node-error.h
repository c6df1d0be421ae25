/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What can be wrong with a line of input before the library is asked. */
typedef enum {
  RT_NODE_ERROR_BAD_LINE,          /* no JSON object */
  RT_NODE_ERROR_LINE_TOO_LONG,
  RT_NODE_ERROR_UNKNOWN_COMMAND,
  RT_NODE_ERROR_BAD_ARGUMENT,      /* missing, of the wrong type, or out of range */
  RT_NODE_ERROR_WRONG_KIND,        /* a table command to a node without a table */
  RT_NODE_ERROR_NOT_ALLOWED,       /* needs an option of the command line */
  RT_NODE_ERROR_NO_MESSAGE,        /* nothing to reply to */
  RT_NODE_ERROR_UNANSWERED,        /* the program ends before the answer is there */
} RtNodeError;

#define RT_NODE_ERROR (rt_node_error_quark ())
GQuark rt_node_error_quark (void);

/* The name of an error's code for programs, "P2P_NODE_ERROR_…" for ours, the library's own names for its errors. */
char *rt_node_error_dup_code_name (const GError *error);

G_END_DECLS
