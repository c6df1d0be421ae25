/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mesh-fixture.h"

#include <string.h>

#include "p2p/wire/p2p-digest.h"

/* ---- events ---- */

static void
note (MeshNode *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
note (MeshNode *self, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  g_string_append (self->log, line);
  g_string_append_c (self->log, '\n');
  if (self->act != NULL && self->act_at != NULL && g_str_has_prefix (line, self->act_at))
    {
      void (*act) (MeshNode *) = g_steal_pointer (&self->act);

      act (self);
    }
}

static const char *
short_code (const GError *error)
{
  static char buffer[64];
  g_autofree char *name = p2p_error_get_code_name (error);

  g_strlcpy (buffer, g_str_has_prefix (name, "P2P_LINK_ERROR_") ? name + strlen ("P2P_LINK_ERROR_") : name, sizeof buffer);
  return buffer;
}

static void
pending_cb (P2pPeer *peer, gpointer data)
{
  note (data, "pending");
}

static void
dropped_cb (P2pPeer *peer, const GError *error, gpointer data)
{
  note (data, "dropped %s", short_code (error));
}

static void
added_cb (P2pPeer *peer, gpointer data)
{
  MeshNode *self = data;

  note (self, "added %s", mesh_name_of (self->fixture, p2p_peer_get_id (peer)));
}

static void
changed_cb (P2pPeer *peer, gpointer data)
{
  MeshNode *self = data;

  note (self, "changed %s", mesh_name_of (self->fixture, p2p_peer_get_id (peer)));
}

static void
removed_cb (P2pPeer *peer, const GError *error, gpointer data)
{
  MeshNode *self = data;

  note (self, "removed %s %s", mesh_name_of (self->fixture, p2p_peer_get_id (peer)), short_code (error));
}

static void
connected_cb (gpointer data)
{
  MeshNode *self = data;

  self->connected++;
  note (self, "connected");
}

static void
link_failed_cb (const char *address, const GError *error, gpointer data)
{
  MeshNode *self = data;

  self->failed++;
  g_clear_error (&self->last_failure);
  self->last_failure = g_error_copy (error);
  note (self, "failed %s %s", address, short_code (error));
}

static void
app_cb (P2pAppFrame *frame, P2pMessage *message, P2pPeer *peer, gpointer data)
{
  MeshNode *self = data;

  g_ptr_array_add (self->apps, p2p_app_frame_ref (frame));
}

static void
message_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  MeshNode *self = data;

  g_ptr_array_add (self->messages, p2p_message_ref (message));
  note (self, "message from %s", mesh_name_of (self->fixture, p2p_peer_get_id (peer)));
}

static void
impersonated_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  note (data, "impersonated");
}

static void
proved_cb (P2pMessage *message, GBytes *proof, gpointer data)
{
  MeshNode *self = data;

  note (self, "proved %s", mesh_name_of (self->fixture, p2p_message_get_sender (message)));
}

static void
frame_cb (P2pFrameInfo *frame, gpointer data)
{
  MeshNode *self = data;

  g_ptr_array_add (self->frames, p2p_frame_info_ref (frame));
}

static void
clock_skew_cb (gint64 skew, gpointer data)
{
  note (data, "skew %" G_GINT64_FORMAT, skew);
}

static void
log_cb (guint level, const char *text, gpointer data)
{
  MeshNode *self = data;

  g_ptr_array_add (self->lines, g_strdup (text));
}

static const P2pMeshNodeEvents events = {
  .pending = pending_cb,
  .dropped = dropped_cb,
  .added = added_cb,
  .changed = changed_cb,
  .removed = removed_cb,
  .connected = connected_cb,
  .link_failed = link_failed_cb,
  .message = message_cb,
  .app = app_cb,
  .impersonated = impersonated_cb,
  .proved = proved_cb,
  .frame = frame_cb,
  .clock_skew = clock_skew_cb,
  .log = log_cb,
};

/* ---- fixture ---- */

MeshFixture *
mesh_fixture_new (guint64 seed)
{
  MeshFixture *self = g_new0 (MeshFixture, 1);

  self->world = test_world_new (seed);
  self->protocol = p2p_protocol_new ("tests", P2P_ENCRYPTION_PLAINTEXT);
  p2p_limits_init (&self->limits);
  /* Questions that nobody asked for are in the way of who counts frames. */
  self->limits.discover_seconds = 0;
  self->nodes = g_ptr_array_new ();
  return self;
}

void
mesh_drop (MeshNode *self)
{
  g_clear_pointer (&self->node, p2p_mesh_node_unref);
}

void
mesh_fixture_free (MeshFixture *self)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      MeshNode *node = g_ptr_array_index (self->nodes, i);

      if (node->node != NULL)
        p2p_mesh_node_set_events (node->node, NULL, NULL);
      mesh_drop (node);
    }
  mesh_run (self, 5 * SECOND);
  for (guint i = 0; i < self->nodes->len; i++)
    {
      MeshNode *node = g_ptr_array_index (self->nodes, i);

      g_string_free (node->log, TRUE);
      g_ptr_array_unref (node->messages);
      g_ptr_array_unref (node->lines);
      g_ptr_array_unref (node->frames);
      g_ptr_array_unref (node->apps);
      g_clear_error (&node->last_failure);
      g_free (node);
    }
  g_ptr_array_unref (self->nodes);
  test_world_free (self->world);
  p2p_protocol_unref (self->protocol);
  g_free (self);
}

MeshNode *
mesh_add_full (MeshFixture *self, const char *name, P2pProtocol *protocol, guint64 identity)
{
  MeshNode *node = g_new0 (MeshNode, 1);
  guint8 seed[32];
  g_autofree char *text = identity != 0 ? g_strdup_printf ("%" G_GUINT64_FORMAT, identity) : g_strdup (name);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (P2pIdentity) key = NULL;
  g_autoptr (GError) error = NULL;
  gboolean listening;

  p2p_sha256 ((const guint8 *) text, strlen (text), seed);
  bytes = g_bytes_new (seed, sizeof seed);
  key = p2p_identity_new_from_seed (bytes, &error);
  g_assert_no_error (error);
  node->fixture = self;
  node->host = test_world_find_host (self->world, name);
  if (node->host == NULL)
    node->host = test_world_add_host (self->world, name);
  node->log = g_string_new (NULL);
  node->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  node->apps = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_app_frame_unref);
  node->lines = g_ptr_array_new_with_free_func (g_free);
  node->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_frame_info_unref);
  node->node = p2p_mesh_node_new (test_host_get_env (node->host), protocol, key, &self->limits, &error);
  g_assert_no_error (error);
  p2p_mesh_node_set_events (node->node, &events, node);
  g_ptr_array_add (self->nodes, node);
  listening = p2p_mesh_node_listen (node->node, test_host_get_address (node->host), MESH_PORT, &error);
  g_assert_no_error (error);
  g_assert_true (listening);
  return node;
}

MeshNode *
mesh_add (MeshFixture *self, const char *name)
{
  return mesh_add_full (self, name, self->protocol, 0);
}

void
mesh_add_ordered (MeshFixture *self, MeshNode **greater, MeshNode **smaller)
{
  MeshNode *one = mesh_add (self, "one");
  MeshNode *two = mesh_add (self, "two");
  gboolean ordered = memcmp (one->node->number, two->node->number, sizeof one->node->number) > 0;

  *greater = ordered ? one : two;
  *smaller = ordered ? two : one;
}

void
mesh_run (MeshFixture *self, gint64 span)
{
  test_world_advance (self->world, span);
}

const char *
mesh_name_of (MeshFixture *self, const char *id)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      MeshNode *node = g_ptr_array_index (self->nodes, i);

      if (node->node != NULL && g_strcmp0 (p2p_mesh_node_get_id (node->node), id) == 0)
        return test_host_get_name (node->host);
    }
  return id != NULL ? "stranger" : "nobody";
}

P2pPeer *
mesh_peer (MeshNode *self, MeshNode *other)
{
  return p2p_mesh_node_find_peer (self->node, p2p_mesh_node_get_id (other->node));
}

guint
mesh_count (MeshNode *self, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (self->log->str, "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], text))
      n++;
  return n;
}

void
mesh_result_cb (P2pPeer *peer, const GError *error, gpointer data)
{
  MeshResult *self = data;

  self->calls++;
  g_assert_true ((peer != NULL) != (error != NULL));
  if (peer != NULL)
    self->peer = p2p_peer_ref (peer);
  if (error != NULL)
    self->error = g_error_copy (error);
}

void
mesh_result_clear (MeshResult *self)
{
  g_clear_pointer (&self->peer, p2p_peer_unref);
  g_clear_error (&self->error);
}

void
mesh_connect (MeshNode *self, MeshNode *to)
{
  g_auto (MeshResult) result = { 0 };

  p2p_mesh_node_connect (self->node, test_host_get_address (to->host), MESH_PORT, NULL, mesh_result_cb, &result);
  mesh_run (self->fixture, SECOND / 2);
  g_assert_cmpuint (result.calls, ==, 1);
  g_assert_no_error (result.error);
  g_assert_nonnull (mesh_peer (self, to));
  g_assert_nonnull (mesh_peer (to, self));
}

void
mesh_send (MeshNode *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pMessage) message = NULL;

  message = p2p_mesh_node_new_message (self->node, P2P_FLAG_BROADCAST, g_variant_new_parsed ("[<@x 0>, <%s>]", text), &error);
  g_assert_no_error (error);
  p2p_mesh_node_send_message (self->node, message);
}

guint
mesh_heard (MeshNode *self, const char *text)
{
  guint n = 0;

  for (guint i = 0; i < self->messages->len; i++)
    {
      g_autofree char *heard = p2p_message_dup_text (g_ptr_array_index (self->messages, i));

      if (g_strcmp0 (heard, text) == 0)
        n++;
    }
  return n;
}

P2pNodeStats
mesh_stats (MeshNode *self)
{
  P2pNodeStats stats;

  p2p_mesh_node_get_stats (self->node, &stats);
  return stats;
}

guint64
mesh_dropped (MeshNode *self)
{
  P2pNodeStats stats = mesh_stats (self);
  guint64 n = 0;

  for (guint i = 0; i < P2P_N_DROP_REASONS; i++)
    n += stats.dropped[i];
  return n;
}

gint64
mesh_now (MeshFixture *self)
{
  MeshNode *node = g_ptr_array_index (self->nodes, 0);

  return p2p_clock_utc_seconds (test_host_get_env (node->host)->clock);
}
