/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "p2p/p2p.h"

G_BEGIN_DECLS

typedef enum {
  RT_NODE_MESH,
  RT_NODE_SYNC,
  RT_NODE_CHORD,
} RtNodeKind;

/* What the command line said. */
typedef struct {
  RtNodeKind kind;
  gboolean leasing;         /* of RT_NODE_SYNC */
  guint k;                  /* of RT_NODE_CHORD; 0: the ring of the originals */
  char *address;            /* to listen on */
  int port;
  char *subnet;
  char *encryption;
  char *protocol_version;
  GPtrArray *connect;       /* of GNetworkAddress */
  GPtrArray *keep;          /* of GNetworkAddress */
  GNetworkAddress *out_address;   /* nullable */
  GBytes *methods;          /* ay, in order of preference; NULL: all of the build */
  char *state_directory;    /* nullable */
  char *secret;             /* text; nullable */
  char *identity_path;      /* nullable */
  char *passphrase_path;    /* of an exported identity; nullable */
  int max_outgoing;         /* -1: the library's default */
  P2pLimits *limits;
  int debug_level;
  gboolean quiet;
  gboolean human;
  gboolean allow_raw;
  gboolean stay;            /* the end of input does not end the program */
  gboolean show_version;
} RtNodeOptions;

/* NULL and an error with words when they are no good; --help prints and leaves the program, as GOptionContext does. */
RtNodeOptions *rt_node_options_parse (int *argc, char ***argv, GError **error);
void           rt_node_options_free  (RtNodeOptions *self);

/* "host:port", IPv6 in brackets; the port 1 to 65535 */
GNetworkAddress *rt_node_parse_address (const char *text, GError **error);
/* "zlib,gzip" or "none" -> their numbers */
GBytes          *rt_node_parse_methods (const char *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtNodeOptions, rt_node_options_free)

G_END_DECLS
