/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A DNS name has at most 253 characters, an IPv6 address with a zone fewer. */
#define P2P_MAX_HOST_LENGTH 255

/* Reading what other nodes sent: text may come as str or bin, integers as integral floats. NULL values are none of these. */
const char *p2p_mesh_value_peek_text (GVariant *value, gsize *length);      /* (not terminated when bin) */
char       *p2p_mesh_value_dup_text  (GVariant *value, gsize max_length);   /* no NUL in it, valid UTF-8; else NULL */
char       *p2p_mesh_value_dup_id    (GVariant *value);                     /* base58, at most 88 characters; else NULL */
gboolean    p2p_mesh_value_get_int   (GVariant *value, gint64 *number);
gboolean    p2p_mesh_value_is_star   (GVariant *value);
/* [host, port]. FALSE: it is no such thing. A nil, empty or unspecific host and port 0 are an address that is not told: *host NULL. */
gboolean    p2p_mesh_value_get_address (GVariant *value, char **host, guint16 *port);
GVariant   *p2p_mesh_value_get_child (GVariant *array, gsize index);        /* of an av, without the variant around it; NULL: none */
/* [n, ...], those that are bytes; FALSE: no array of integers */
gboolean    p2p_mesh_value_get_methods (GVariant *value, guint8 *methods, gsize size, gsize *n_methods);

GVariant   *p2p_mesh_value_new_address (const char *host, guint16 port);    /* floating */
GVariant   *p2p_mesh_value_new_bin     (const char *text);                  /* floating */
GVariant   *p2p_mesh_value_new_methods (const guint8 *methods, gsize n_methods);

/* What an address reaches. Names count as global until they are resolved, but for those that always mean this machine. */
typedef enum {
  P2P_SCOPE_GLOBAL,
  P2P_SCOPE_LINK,               /* link-local */
  P2P_SCOPE_LOOPBACK,
  P2P_SCOPE_NOWHERE,            /* multicast, broadcast, unspecified */
} P2pScope;
P2pScope    p2p_scope_of_host (const char *host);
/* May a node that speaks to us from there send us here? */
gboolean    p2p_scope_may_lead_to (const char *from_host, const char *to_host);

char       *p2p_address_to_text (const char *host, guint16 port);           /* "host:port", IPv6 in brackets */

G_END_DECLS
