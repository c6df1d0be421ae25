/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-limits.h"

G_BEGIN_DECLS

/* Internal: reading MessagePack without making anything of it, so that nothing is allocated before the checks are done. */

/* The deepest nesting that the decoder behind it (msgpack-c) can be given; limits above it count as it. */
#define P2P_SKIM_MAX_DEPTH 32

typedef enum {
  P2P_TOKEN_NIL,
  P2P_TOKEN_BOOL,
  P2P_TOKEN_INT,
  P2P_TOKEN_UINT,       /* an integer above G_MAXINT64 */
  P2P_TOKEN_FLOAT,
  P2P_TOKEN_STR,
  P2P_TOKEN_BIN,
  P2P_TOKEN_EXT,
  P2P_TOKEN_ARRAY,
  P2P_TOKEN_MAP,
} P2pTokenKind;

typedef struct {
  P2pTokenKind kind;
  gsize head;           /* bytes before the content */
  guint32 length;       /* of str, bin, ext: bytes of content; of array: elements; of map: pairs */
  gint64 integer;       /* of int; of uint the same bits */
  gdouble number;       /* of float */
} P2pToken;

/* One value's head, the content of str, bin and ext included in the bounds check. FALSE: cut short, or no such value. */
gboolean p2p_skim_token   (const guint8 *bytes, gsize length, P2pToken *token);
/* The integer that the value at bytes is; an integral float counts. used: how many bytes it takes. */
gboolean p2p_skim_integer (const guint8 *bytes, gsize length, gint64 *value, gsize *used);
/* Checks n values one after the other. used: where they end. */
gboolean p2p_skim_values  (const guint8 *bytes, gsize length, gsize n, const P2pLimits *limits, gsize *used, GError **error);

G_END_DECLS
