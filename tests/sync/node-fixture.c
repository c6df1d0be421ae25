/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node-fixture.h"

#include <string.h>

#include "p2p/wire/p2p-message-private.h"
#include "p2p/wire/p2p-value.h"
#include "p2p/x1/p2p-x1.h"

static char *
dup_key (GBytes *key)
{
  gsize length;
  const char *bytes = g_bytes_get_data (key, &length);

  return g_strndup (bytes, length);
}

static void
changed_cb (GBytes *key, gboolean mine, gpointer data)
{
  SyncNode *self = data;
  g_autofree char *text = dup_key (key);
  void (*act) (gpointer) = g_steal_pointer (&self->act);

  g_string_append_printf (self->log, "changed %s%s\n", text, mine ? " mine" : "");
  if (act != NULL)
    act (self);
}

static void
keep_cb (GBytes *key, GBytes *record, gpointer data)
{
  SyncNode *self = data;

  self->n_kept++;
  if (record != NULL)
    g_hash_table_replace (self->records, g_bytes_ref (key), g_bytes_ref (record));
  else
    g_hash_table_remove (self->records, key);
}

static void
refused_cb (GBytes *key, const char *owner, const GError *error, gpointer data)
{
  SyncNode *self = data;
  g_autofree char *text = dup_key (key);
  g_autofree char *code = p2p_error_get_code_name (error);

  g_assert_nonnull (owner);
  g_string_append_printf (self->log, "refused %s %s\n", text, code + strlen ("P2P_TABLE_ERROR_"));
}

static const P2pSyncEvents events = { .changed = changed_cb, .keep = keep_cb, .refused = refused_cb };

SyncFixture *
sync_fixture_new (gboolean leasing)
{
  SyncFixture *self = g_new0 (SyncFixture, 1);
  P2pProtocol *protocol;

  self->mesh = mesh_fixture_new (1);
  self->leasing = leasing;
  protocol = p2p_protocol_new_sync (self->mesh->protocol, leasing);
  p2p_protocol_unref (self->mesh->protocol);
  self->mesh->protocol = protocol;
  self->nodes = g_ptr_array_new ();
  return self;
}

void
sync_end (SyncNode *self)
{
  g_clear_pointer (&self->sync, p2p_sync_node_free);
  if (self->mesh->node != NULL)
    {
      P2pX1 *x1 = p2p_x1_of (self->mesh->node);

      p2p_mesh_node_set_events (self->mesh->node, NULL, NULL);
      p2p_mesh_node_close (self->mesh->node);
      g_clear_pointer (&x1, p2p_x1_free);
    }
  mesh_drop (self->mesh);
}

void
sync_fixture_free (SyncFixture *self)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      SyncNode *node = g_ptr_array_index (self->nodes, i);

      sync_end (node);
      g_string_free (node->log, TRUE);
      g_hash_table_unref (node->records);
      g_free (node);
    }
  g_ptr_array_unref (self->nodes);
  mesh_fixture_free (self->mesh);
  g_free (self);
}

SyncNode *
sync_add (SyncFixture *self, const char *name)
{
  SyncNode *node = g_new0 (SyncNode, 1);

  node->fixture = self;
  node->mesh = mesh_add (self->mesh, name);
  if (self->signs)
    g_assert_nonnull (p2p_x1_new (node->mesh->node));
  node->sync = p2p_sync_node_new (node->mesh->node, self->leasing);
  node->log = g_string_new (NULL);
  node->records = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, (GDestroyNotify) g_bytes_unref);
  p2p_sync_node_set_events (node->sync, &events, node);
  g_ptr_array_add (self->nodes, node);
  return node;
}

SyncNode *
sync_restart (SyncNode *self)
{
  SyncNode *again;
  GHashTableIter iter;
  gpointer record;

  sync_end (self);
  sync_run (self->fixture, SECOND);
  again = sync_add (self->fixture, test_host_get_name (self->mesh->host));
  g_hash_table_iter_init (&iter, self->records);
  while (g_hash_table_iter_next (&iter, NULL, &record))
    {
      g_autoptr (GError) error = NULL;

      p2p_sync_node_restore (again->sync, record, &error);
      g_assert_no_error (error);
    }
  return again;
}

void
sync_run (SyncFixture *self, gint64 span)
{
  mesh_run (self->mesh, span);
}

void
sync_run_seconds (SyncFixture *self, guint seconds)
{
  mesh_run (self->mesh, seconds * SECOND);
}

void
sync_connect (SyncNode *self, SyncNode *to)
{
  mesh_connect (self->mesh, to->mesh);
}

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (NULL, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static int
take_error (gboolean done, GError *error, char **words)
{
  int code = -1;

  g_assert_true (done == (error == NULL));
  if (error != NULL)
    code = error->code;
  if (words != NULL)
    *words = error != NULL ? g_strdup (error->message) : NULL;
  g_clear_error (&error);
  return code;
}

int
sync_set_full (SyncNode *self, const char *key, const char *value, guint *links, char **words)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
  g_autoptr (GVariant) parsed = parse (value);
  GError *error = NULL;
  gboolean done = p2p_sync_node_set (self->sync, bytes, parsed, links, &error);

  return take_error (done, error, words);
}

int
sync_set (SyncNode *self, const char *key, const char *value)
{
  return sync_set_full (self, key, value, NULL, NULL);
}

int
sync_delete (SyncNode *self, const char *key)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
  GError *error = NULL;
  gboolean done = p2p_sync_node_delete (self->sync, bytes, NULL, &error);

  return take_error (done, error, NULL);
}

int
sync_delta (SyncNode *self, const char *key, const char *map)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
  g_autoptr (GVariant) parsed = parse (map);
  GError *error = NULL;
  gboolean done = p2p_sync_node_delta (self->sync, bytes, parsed, NULL, &error);

  return take_error (done, error, NULL);
}

void
sync_fill (SyncNode *self, const char *prefix, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("%s%06u", prefix, i);
      g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
      g_autoptr (GError) error = NULL;

      p2p_sync_node_set (self->sync, bytes, g_variant_new_int64 (i), NULL, &error);
      g_assert_no_error (error);
    }
}

gboolean
sync_lookup (SyncNode *self, const char *key, P2pSyncState *state)
{
  return p2p_sync_table_lookup (p2p_sync_node_get_table (self->sync), (const guint8 *) key, strlen (key), state);
}

const char *
sync_get (SyncNode *self, const char *key)
{
  static char *last;
  P2pSyncState state;

  g_clear_pointer (&last, g_free);
  if (sync_lookup (self, key, &state) && state.value != NULL)
    {
      gsize length;
      const guint8 *bytes = g_bytes_get_data (state.value, &length);
      g_autoptr (GVariant) value = g_variant_ref_sink (p2p_value_unpack (bytes, length, NULL, NULL));

      g_autofree char *text = g_variant_print (value, FALSE);
      g_auto (GStrv) parts = g_strsplit (text, "int64 ", -1);

      last = g_strjoinv ("", parts);
    }
  else
    last = g_strdup ("");
  return last;
}

guint
sync_count (SyncNode *self, const char *line)
{
  g_auto (GStrv) lines = g_strsplit (self->log->str, "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    n += g_str_has_prefix (lines[i], line);
  return n;
}

gboolean
sync_equal (SyncNode *self, SyncNode *other)
{
  guint8 roots[2][32];

  p2p_sync_table_get_root (p2p_sync_node_get_table (self->sync), roots[0]);
  p2p_sync_table_get_root (p2p_sync_node_get_table (other->sync), roots[1]);
  return memcmp (roots[0], roots[1], sizeof roots[0]) == 0;
}

guint64
sync_drops (SyncNode *self, P2pDropReason reason)
{
  return mesh_stats (self->mesh).dropped[reason];
}

char *
sync_hex (P2pMessage *message)
{
  GString *hex = g_string_new (NULL);
  gsize length;
  const guint8 *bytes = p2p_message_peek_payload (message, &length);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return g_string_free (hex, FALSE);
}

char *
sync_print (P2pMessage *message)
{
  g_autoptr (GVariant) packets = p2p_message_get_packets (message);

  return g_variant_print (packets, FALSE);
}
