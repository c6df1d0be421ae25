/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-node-error.h"

#include "p2p/p2p.h"

G_DEFINE_QUARK (rt-node-error-quark, rt_node_error)

char *
rt_node_error_dup_code_name (const GError *error)
{
  static const char *const names[] = {
    [RT_NODE_ERROR_BAD_LINE] = "P2P_NODE_ERROR_BAD_LINE",
    [RT_NODE_ERROR_LINE_TOO_LONG] = "P2P_NODE_ERROR_LINE_TOO_LONG",
    [RT_NODE_ERROR_UNKNOWN_COMMAND] = "P2P_NODE_ERROR_UNKNOWN_COMMAND",
    [RT_NODE_ERROR_BAD_ARGUMENT] = "P2P_NODE_ERROR_BAD_ARGUMENT",
    [RT_NODE_ERROR_WRONG_KIND] = "P2P_NODE_ERROR_WRONG_KIND",
    [RT_NODE_ERROR_NOT_ALLOWED] = "P2P_NODE_ERROR_NOT_ALLOWED",
    [RT_NODE_ERROR_NO_MESSAGE] = "P2P_NODE_ERROR_NO_MESSAGE",
    [RT_NODE_ERROR_UNANSWERED] = "P2P_NODE_ERROR_UNANSWERED",
  };

  if (error->domain == RT_NODE_ERROR && error->code >= 0 && (gsize) error->code < G_N_ELEMENTS (names))
    return g_strdup (names[error->code]);
  return p2p_error_get_code_name (error);
}
