/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stab-fixture.h"

#include <string.h>

#include "p2p/wire/p2p-base58.h"

StabFixture *
stab_fixture_new (guint k)
{
  StabFixture *self = g_new0 (StabFixture, 1);
  P2pProtocol *protocol;

  self->mesh = mesh_fixture_new (1);
  self->k = k;
  protocol = p2p_protocol_new_chord (self->mesh->protocol, k);
  p2p_protocol_unref (self->mesh->protocol);
  self->mesh->protocol = protocol;
  self->nodes = g_ptr_array_new ();
  return self;
}

static void
end (StabNode *self)
{
  if (self->chord == NULL)
    return;
  p2p_mesh_node_set_events (self->mesh->node, NULL, NULL);
  g_clear_pointer (&self->chord, p2p_chord_node_free);
  mesh_drop (self->mesh);
}

void
stab_fixture_free (StabFixture *self)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      StabNode *node = g_ptr_array_index (self->nodes, i);

      end (node);
      g_clear_error (&node->error);
      g_free (node);
    }
  g_ptr_array_unref (self->nodes);
  mesh_fixture_free (self->mesh);
  g_free (self);
}

StabNode *
stab_add (StabFixture *self, const char *name)
{
  StabNode *node = g_new0 (StabNode, 1);

  node->fixture = self;
  node->mesh = mesh_add (self->mesh, name);
  node->chord = p2p_chord_node_new (node->mesh->node, self->k);
  g_ptr_array_add (self->nodes, node);
  return node;
}

static void
done_cb (const GError *error, gpointer data)
{
  StabNode *self = data;

  self->ended++;
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
}

void
stab_join (StabNode *self)
{
  p2p_chord_node_join (self->chord, done_cb, self);
}

void
stab_unjoin (StabNode *self, guint timeout_ms)
{
  p2p_chord_node_unjoin (self->chord, timeout_ms, done_cb, self);
}

void
stab_run (StabFixture *self, double seconds)
{
  mesh_run (self->mesh, (gint64) (seconds * SECOND));
}

void
stab_connect (StabNode *self, StabNode *to)
{
  mesh_connect (self->mesh, to->mesh);
}

void
stab_kill (StabNode *self, gboolean told)
{
  test_host_vanish (self->mesh->host, told);
  end (self);
}

StabNode *
stab_nth (StabFixture *self, guint index)
{
  return g_ptr_array_index (self->nodes, index);
}

StabNode *
stab_find_id (StabFixture *self, const char *id)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      StabNode *node = stab_nth (self, i);

      if (node->chord != NULL && g_str_equal (p2p_mesh_node_get_id (node->mesh->node), id))
        return node;
    }
  return NULL;
}

void
stab_fill (StabFixture *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("node%u", self->nodes->len);
      StabNode *node = stab_add (self, name);

      if (node != stab_nth (self, 0))
        stab_connect (node, stab_nth (self, 0));
      stab_join (node);
      stab_run (self, 1);
    }
}

static gint
compare_places (gconstpointer a, gconstpointer b)
{
  const StabNode *one = *(StabNode * const *) a;
  const StabNode *other = *(StabNode * const *) b;

  return p2p_chord_place_compare (&one->chord->place, &other->chord->place);
}

GPtrArray *
stab_storing (StabFixture *self)
{
  GPtrArray *storing = g_ptr_array_new ();

  for (guint i = 0; i < self->nodes->len; i++)
    {
      StabNode *node = stab_nth (self, i);

      if (node->chord != NULL && p2p_chord_is_taking (node->chord))
        g_ptr_array_add (storing, node);
    }
  g_ptr_array_sort (storing, compare_places);
  return storing;
}

static gboolean
is_next (StabNode *node, StabNode *expected, P2pChordMember *found, const char *what, guint index)
{
  if (found != NULL && g_str_equal (found->id, p2p_mesh_node_get_id (expected->mesh->node)))
    return TRUE;
  g_test_message ("%s: %s %u is not %s but %s", test_host_get_name (node->mesh->host), what, index, test_host_get_name (expected->mesh->host),
                  found != NULL ? mesh_name_of (node->fixture->mesh, found->id) : "nobody");
  return FALSE;
}

static gboolean
check (StabFixture *self, gboolean tell)
{
  g_autoptr (GPtrArray) storing = stab_storing (self);
  guint n = storing->len;

  for (guint i = 0; i < n; i++)
    {
      StabNode *node = storing->pdata[i];

      for (guint j = 0; j < MIN (n - 1, MAX (4, self->k)); j++)
        {
          P2pChordMember *found = p2p_chord_ring_get_after (node->chord->ring, j);

          if (tell ? !is_next (node, storing->pdata[(i + 1 + j) % n], found, "after", j)
                   : found == NULL || !g_str_equal (found->id, p2p_mesh_node_get_id (((StabNode *) storing->pdata[(i + 1 + j) % n])->mesh->node)))
            return FALSE;
        }
      for (guint j = 0; j < MIN (n - 1, 2); j++)
        {
          P2pChordMember *found = p2p_chord_ring_get_before (node->chord->ring, j);

          if (tell ? !is_next (node, storing->pdata[(i + 2 * n - 1 - j) % n], found, "before", j)
                   : found == NULL || !g_str_equal (found->id, p2p_mesh_node_get_id (((StabNode *) storing->pdata[(i + 2 * n - 1 - j) % n])->mesh->node)))
            return FALSE;
        }
      if (n <= 4 && p2p_chord_ring_get_size (node->chord->ring) != n)
        {
          if (tell)
            g_test_message ("%s: %u nodes store, and it knows of %u", test_host_get_name (node->mesh->host), n, p2p_chord_ring_get_size (node->chord->ring));
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
stab_is_ideal (StabFixture *self)
{
  return check (self, TRUE);
}

void
stab_settle (StabFixture *self, guint seconds)
{
  for (guint i = 0; i < seconds * 4 && !check (self, FALSE); i++)
    stab_run (self, 0.25);
  g_assert_true (stab_is_ideal (self));
}

/* ---- values ---- */

typedef struct {
  gboolean ended;
  guint places_ok;
  gint64 value;
  GError *error;
} Result;

static void
written_cb (P2pChordLook *look, guint places_ok, const GError *error, gpointer data)
{
  Result *result = data;

  result->ended = TRUE;
  result->places_ok = places_ok;
  result->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
looked_cb (P2pChordLook *look, gpointer data)
{
  Result *result = data;

  result->ended = TRUE;
  result->value = -1;
  if (look->value != NULL && g_variant_is_of_type (look->value, G_VARIANT_TYPE_INT64))
    result->value = g_variant_get_int64 (look->value);
  result->error = p2p_chord_look_to_error (look);
}

static void
wait (StabFixture *self, Result *result)
{
  for (guint i = 0; i < 4000 && !result->ended; i++)
    stab_run (self, 0.01);
  g_assert_true (result->ended);
}

void
stab_set (StabNode *self, const char *key, gint64 value)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
  g_autoptr (GError) error = NULL;
  Result result = { 0 };

  p2p_chord_node_set (self->chord, bytes, g_variant_new_int64 (value), 0, written_cb, &result, &error);
  g_assert_no_error (error);
  wait (self->fixture, &result);
  g_assert_no_error (result.error);
  g_assert_cmpuint (result.places_ok, >=, 3);
}

gint64
stab_get (StabNode *self, const char *key)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
  Result result = { 0 };

  p2p_chord_node_look (self->chord, bytes, 0, looked_cb, &result);
  wait (self->fixture, &result);
  if (result.error != NULL)
    g_test_message ("%s at %s: %s", key, test_host_get_name (self->mesh->host), result.error->message);
  g_clear_error (&result.error);
  return result.value;
}

void
stab_write (StabNode *self, const char *prefix, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("%s%u", prefix, i);

      stab_set (self, key, i);
    }
}

guint
stab_count_unreadable (StabNode *self, const char *prefix, guint n)
{
  guint unreadable = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("%s%u", prefix, i);

      unreadable += stab_get (self, key) != i;
    }
  return unreadable;
}

guint
stab_count_copies (StabFixture *self, const char *key, guint hash)
{
  P2pChordSpot spots[P2P_CHORD_HASHES];
  guint n = 0;

  p2p_chord_spots_of_key ((const guint8 *) key, strlen (key), spots);
  for (guint i = 0; i < self->nodes->len; i++)
    {
      StabNode *node = stab_nth (self, i);
      const P2pChordValue *value = node->chord != NULL ? p2p_chord_store_get (node->chord->store, &spots[hash]) : NULL;

      n += value != NULL && value->value != NULL;
    }
  return n;
}

guint64
stab_drops (StabNode *self, P2pDropReason reason)
{
  P2pNodeStats stats;

  p2p_mesh_node_get_stats (self->mesh->node, &stats);
  return stats.dropped[reason];
}

void
stab_assert_clean (StabFixture *self)
{
  static const P2pDropReason reasons[] = { P2P_DROP_SHAPE, P2P_DROP_RATE, P2P_DROP_TOO_MANY, P2P_DROP_REFUSED };

  for (guint i = 0; i < self->nodes->len; i++)
    for (guint j = 0; j < G_N_ELEMENTS (reasons); j++)
      if (stab_nth (self, i)->chord != NULL)
        g_assert_cmpuint (stab_drops (stab_nth (self, i), reasons[j]), ==, 0);
}

/* ---- who speaks for himself ---- */

#define CAPS 123

RawPeer *
stab_raw (StabNode *to, const char *name)
{
  return own_dial_caps (to->fixture->mesh, name, to->mesh, CAPS, 4000000);
}

void
stab_send_now (RawPeer *self, P2pControlOp op, GVariant **rest, gsize n)
{
  GVariant *packets[P2P_CONTROL_REST + P2P_CONTROL_MAX_REST] = {
    g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_CONTROL)),
    g_variant_new_variant (g_variant_new_int64 (P2P_CONTROL_VERSION)),
    g_variant_new_variant (g_variant_new_int64 (op)),
  };
  g_autoptr (GVariant) all = NULL;
  g_autoptr (P2pMessage) message = NULL;

  for (gsize i = 0; i < n; i++)
    packets[P2P_CONTROL_REST + i] = g_variant_new_variant (rest[i]);
  all = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, P2P_CONTROL_REST + n));
  message = p2p_message_new (P2P_FLAG_WHISPER, self->id, mesh_now (self->fixture), all, NULL);
  g_assert_nonnull (message);
  p2p_link_send (self->link, message, P2P_LINK_SEND_PLAIN, NULL);
}

void
stab_send (RawPeer *self, P2pControlOp op, GVariant **rest, gsize n)
{
  stab_send_now (self, op, rest, n);
  mesh_run (self->fixture, SECOND / 10);
}

GVariant *
stab_place (const P2pChordPlace *place)
{
  return p2p_chord_new_bytes (place->bytes, sizeof place->bytes);
}

void
stab_send_ring (RawPeer *self, guint flags, GPtrArray *before, GPtrArray *after)
{
  P2pChordPlace place;
  GVariant *rest[6];

  g_assert_true (p2p_chord_place_of_id (self->id, &place));
  rest[0] = g_variant_new_int64 (flags);
  rest[1] = stab_place (&place);
  rest[2] = g_variant_new_int64 (0);
  rest[3] = g_variant_new_int64 (0);
  rest[4] = p2p_chord_pack_members (before);
  rest[5] = p2p_chord_pack_members (after);
  stab_send (self, P2P_CONTROL_RING, rest, G_N_ELEMENTS (rest));
}

GVariant *
stab_last (RawPeer *self, P2pControlOp op, gsize index)
{
  for (guint i = self->messages->len; i-- > 0;)
    {
      P2pMessage *message = g_ptr_array_index (self->messages, i);
      g_autoptr (GVariant) found = NULL;

      if (p2p_message_get_subflag (message) != P2P_SUBFLAG_CONTROL)
        continue;
      found = p2p_message_get_packet (message, 2);
      if (g_variant_is_of_type (found, G_VARIANT_TYPE_INT64) && g_variant_get_int64 (found) == (gint64) op)
        return p2p_message_get_packet (message, P2P_CONTROL_REST + index);
    }
  g_assert_not_reached ();
}

P2pChordMember *
stab_invent (guint number)
{
  guint8 bytes[48];
  P2pChordPlace place;
  g_autofree char *id = NULL;

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (number * 37 + i * 11 + 1);
  id = p2p_base58_encode_bytes (bytes, sizeof bytes, NULL);
  g_assert_true (p2p_chord_place_of_id (id, &place));
  return p2p_chord_member_new (&place, id, "10.9.9.9", (guint16) (5000 + number));
}
