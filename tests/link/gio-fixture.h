/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "link-fixture.h"
#include <gio/gio.h>
#include <string.h>

G_BEGIN_DECLS

/* Links over loopback sockets: a listener that sends back what it gets, and dials to it or elsewhere. */

#define DEADLINE (60 * G_TIME_SPAN_SECOND)

gboolean wake_cb (gpointer data);

/* Iterates until the condition holds; a deadline, not a sleep. */
#define wait_for(condition) \
  G_STMT_START { \
    gint64 end_ = g_get_monotonic_time () + DEADLINE; \
    guint wake_ = g_timeout_add (100, wake_cb, NULL); \
    while (!(condition)) \
      { \
        g_assert_cmpint (g_get_monotonic_time (), <, end_); \
        g_main_context_iteration (NULL, TRUE); \
      } \
    g_source_remove (wake_); \
  } G_STMT_END

typedef struct {
  P2pEnv *env;
  P2pLimits limits;
  GPtrArray *accepted;          /* LinkSide */
  guint64 listener;
  guint16 port;
  gboolean echo;
  guint failed;                 /* connections that came to nothing */
  GError *error;                /* of the last one */
} Server;

typedef struct {
  LinkSide side;
  Server *server;
} ServerSide;

typedef struct {
  P2pPipe *pipe;
  GError *error;
  guint calls;
} Dialled;

/* Waits for what is under way inside of GIO, then drops the last reference. */
void free_env (P2pEnv *env);
void free_side (gpointer data);
LinkSide *new_side (P2pEnv *env, const P2pLimits *limits, P2pPipe *pipe, gboolean outgoing, const P2pLinkEvents *events);
void accept_cb (P2pPipe *pipe, const P2pPipeAddress *address, const GError *error, gpointer data);
void server_start (Server *server, P2pEnv *env, const char *address, gboolean secure);
void server_stop (Server *server);
void dialled_cb (P2pPipe *pipe, const GError *error, gpointer data);
guint64 dial (P2pEnv *env, const char *host, guint16 port, gboolean secure, Dialled *dialled);
P2pPipe *dial_pipe (P2pEnv *env, const char *host, guint16 port, gboolean secure);
void assert_dial_fails (P2pEnv *env, const char *host, guint16 port, gboolean secure, P2pLinkError code, const char *words);
/* Messages of many sizes there and back, addresses, TLS's digest and binding, and the end. */
void check_echo (P2pEnv *env, const char *host, Server *server, gboolean secure);
gboolean skip_without_tls (P2pEnv *env, gboolean secure);

G_END_DECLS
