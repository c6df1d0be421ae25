/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gio-fixture.h"

gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Cancelled calls and results of jobs still come back, and hold the environment until they do. */
void
free_env (P2pEnv *env)
{
  wait_for (g_atomic_ref_count_compare (&env->refs, 1));
  p2p_env_unref (env);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
free_side (gpointer data)
{
  LinkSide *side = data;

  g_clear_pointer (&side->link, p2p_link_unref);
  g_ptr_array_unref (side->messages);
  g_clear_error (&side->error);
  g_free (side);
}

LinkSide *
new_side (P2pEnv *env, const P2pLimits *limits, P2pPipe *pipe, gboolean outgoing, const P2pLinkEvents *events)
{
  LinkSide *side = (LinkSide *) g_new0 (ServerSide, 1);

  side->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  side->link = p2p_link_new (env, limits, pipe, outgoing, events, side);
  p2p_link_set_established (side->link, TRUE);
  return side;
}

static void
server_message_cb (P2pLink *link, P2pMessage *message, gpointer data)
{
  link_side_events.message (link, message, data);
  if (((ServerSide *) data)->server->echo)
    g_assert_true (p2p_link_send (link, message, 0, NULL));
}

static void
server_closed_cb (P2pLink *link, const GError *error, gpointer data)
{
  link_side_events.closed (link, error, data);
}

void
accept_cb (P2pPipe *pipe, const P2pPipeAddress *address, const GError *error, gpointer data)
{
  static const P2pLinkEvents events = { .message = server_message_cb, .closed = server_closed_cb };
  Server *server = data;
  LinkSide *side;

  if (pipe == NULL)
    {
      g_assert_nonnull (address);
      g_test_message ("%s", error->message);
      server->failed++;
      g_clear_error (&server->error);
      server->error = g_error_copy (error);
      return;
    }
  g_assert_no_error (error);
  side = new_side (server->env, &server->limits, pipe, FALSE, &events);

  ((ServerSide *) side)->server = server;
  g_ptr_array_add (server->accepted, side);
}

void
server_start (Server *server, P2pEnv *env, const char *address, gboolean secure)
{
  g_autoptr (GError) error = NULL;

  memset (server, 0, sizeof *server);
  server->env = env;
  server->echo = TRUE;
  p2p_limits_init (&server->limits);
  server->accepted = g_ptr_array_new_with_free_func (free_side);
  server->listener = env->transport->ops->listen (env->transport, address, 0, secure, accept_cb, server, &server->port, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (server->port, !=, 0);
}

void
server_stop (Server *server)
{
  g_ptr_array_unref (server->accepted);
  g_clear_error (&server->error);
  if (server->listener != 0)
    server->env->transport->ops->unlisten (server->env->transport, server->listener);
}

void
dialled_cb (P2pPipe *pipe, const GError *error, gpointer data)
{
  Dialled *dialled = data;

  g_assert_true ((pipe == NULL) != (error == NULL));
  dialled->pipe = pipe;
  dialled->error = error != NULL ? g_error_copy (error) : NULL;
  dialled->calls++;
}

guint64
dial (P2pEnv *env, const char *host, guint16 port, gboolean secure, Dialled *dialled)
{
  guint64 handle;

  memset (dialled, 0, sizeof *dialled);
  handle = env->transport->ops->dial (env->transport, host, port, secure, dialled_cb, dialled);
  g_assert_cmpuint (handle, !=, 0);
  g_assert_cmpuint (dialled->calls, ==, 0);
  return handle;
}

P2pPipe *
dial_pipe (P2pEnv *env, const char *host, guint16 port, gboolean secure)
{
  Dialled dialled;

  dial (env, host, port, secure, &dialled);
  wait_for (dialled.calls > 0);
  g_assert_no_error (dialled.error);
  return dialled.pipe;
}

void
assert_dial_fails (P2pEnv *env, const char *host, guint16 port, gboolean secure, P2pLinkError code, const char *words)
{
  Dialled dialled;

  dial (env, host, port, secure, &dialled);
  wait_for (dialled.calls > 0);
  g_assert_error (dialled.error, P2P_LINK_ERROR, (gint) code);
  g_test_message ("%s", dialled.error->message);
  g_assert_nonnull (strstr (dialled.error->message, words));
  g_clear_error (&dialled.error);
}

void
check_echo (P2pEnv *env, const char *host, Server *server, gboolean secure)
{
  P2pPipe *pipe = dial_pipe (env, host, server->port, secure);
  LinkSide *side = new_side (env, &server->limits, pipe, TRUE, &link_side_events);
  static const gsize sizes[] = { 1, 64, 1000, 70000, 3000000, 2 };
  g_autoptr (GPtrArray) sent = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  LinkSide *other;

  for (guint i = 0; i < 300; i++)
    {
      P2pMessage *message = make_message (i, i < G_N_ELEMENTS (sizes) ? sizes[i] : i, FALSE);

      g_assert_true (p2p_link_send (side->link, message, 0, NULL));
      g_ptr_array_add (sent, message);
    }
  wait_for (side->messages->len >= sent->len || side->error != NULL);
  assert_messages (side, sent);

  g_assert_cmpuint (server->accepted->len, >, 0);
  other = server->accepted->pdata[server->accepted->len - 1];
  {
    P2pPipeAddress own, peer;
    guint8 digests[2][32], bindings[2][32];

    p2p_link_get_own (side->link, &own);
    p2p_link_get_peer (other->link, &peer);
    g_assert_cmpstr (own.host, ==, peer.host);
    g_assert_cmpuint (own.port, ==, peer.port);
    p2p_link_get_peer (side->link, &peer);
    g_assert_cmpuint (peer.port, ==, server->port);
    g_assert_cmpint (p2p_link_get_digest (side->link, digests[0]), ==, secure);
    g_assert_cmpint (p2p_link_get_digest (other->link, digests[1]), ==, secure);
    g_assert_cmpint (p2p_link_get_binding (side->link, bindings[0]), ==, secure);
    g_assert_cmpint (p2p_link_get_binding (other->link, bindings[1]), ==, secure);
    if (secure)
      g_assert_cmpmem (bindings[0], 32, bindings[1], 32);
    g_assert_cmpint (p2p_link_get_fd (side->link), >=, 0);
  }

  p2p_link_close (side->link);
  wait_for (other->closed > 0);
  g_assert_error (other->error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER);
  free_side (side);
}

gboolean
skip_without_tls (P2pEnv *env, gboolean secure)
{
  if (!secure || env->transport->ops->has_tls (env->transport))
    return FALSE;
  g_test_skip ("this system has no TLS (glib-networking)");
  return TRUE;
}
