/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The node: how it hangs between the mesh below and the program above. */
#include "p2p-chord-ask-private.h"

#include <string.h>

#include "../mesh/p2p-mesh-values.h"
#include "../wire/p2p-base58.h"
#include "../wire/p2p-skim-private.h"
#include "../wire/p2p-value.h"

/* How often what nobody needs any more is looked for. */
#define EXPIRE_SPAN (60 * G_TIME_SPAN_SECOND)
/* The successor list; with k it is as long as the least ring. */
#define N_AFTER 4
#define N_BEFORE 2
/* Before the bytes of an id of a record that is kept. */
#define VALUE_ID_LENGTH (2 + P2P_CHORD_NUMBER_BYTES)

P2pChordNode *
p2p_chord_node_hold (P2pChordNode *self)
{
  self->refs++;
  return self;
}

void
p2p_chord_node_drop (P2pChordNode *self)
{
  if (--self->refs > 0)
    return;
  p2p_chord_ring_free (self->ring);
  p2p_chord_store_free (self->store);
  p2p_chord_names_free (self->names);
  g_clear_pointer (&self->verifier, p2p_verifier_unref);
  p2p_mesh_node_unref (self->mesh);
  g_free (self);
}

/* ---- the layer ---- */

static P2pLayerVerdict
validate_cb (P2pMessage *message, P2pPeer *source, gpointer data)
{
  return p2p_chord_validate (data, message);
}

static gboolean
withhold_cb (P2pPeer *peer, P2pMessage *message, gpointer data)
{
  return p2p_chord_withhold (data, peer, message);
}

static gboolean
message_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  return p2p_chord_receive (data, peer, message);
}

static gboolean
control_cb (P2pPeer *peer, gint64 op, P2pMessage *message, gpointer data)
{
  P2pChordNode *self = data;
  P2pChordLink *link;

  if (op != P2P_CONTROL_COPY && (op < P2P_CONTROL_RING || op > P2P_CONTROL_NAMES))
    return FALSE;
  link = p2p_chord_find_link (self, peer);
  /* A link that lost against another may have it on its way. */
  if (link == NULL)
    link = p2p_chord_find_link_by_id (self, p2p_peer_get_id (peer));
  if (link == NULL)
    {
      p2p_mesh_node_note_drop (self->mesh, peer, P2P_DROP_UNEXPECTED, message);
      return TRUE;
    }
  return p2p_chord_names_control (link, op, message) || p2p_chord_ring_control (self, link, op, message);
}

static void
proved_cb (P2pMessage *message, GBytes *proof, gpointer data)
{
  p2p_chord_proved (data, message);
}

static void
added_cb (P2pPeer *peer, gpointer data)
{
  p2p_chord_link_begin (data, peer);
}

static void
greeted_cb (P2pPeer *peer, gpointer data)
{
  P2pChordLink *link = p2p_chord_find_link (data, peer);

  if (link != NULL)
    p2p_chord_link_know (link, FALSE);
}

static void
removed_cb (P2pPeer *peer, gpointer data)
{
  P2pChordLink *link = p2p_chord_find_link (data, peer);

  if (link != NULL)
    p2p_chord_link_end (link);
}

static void
stop_timers (P2pChordNode *self)
{
  guint64 *timers[] = { &self->ring_timer, &self->expire_timer, &self->names_timer, &self->say_timer };

  p2p_chord_mirror_stop (self);
  for (guint i = 0; i < G_N_ELEMENTS (timers); i++)
    {
      p2p_clock_cancel (p2p_chord_clock (self), *timers[i]);
      *timers[i] = 0;
    }
}

static void
closing_cb (gpointer data)
{
  p2p_chord_say_rest (data);
}

static void
closed_cb (gpointer data)
{
  P2pChordNode *self = data;

  p2p_chord_ends_closed (self);
  self->closed = TRUE;
  stop_timers (self);
  p2p_chord_ring_closed (self);
  p2p_chord_writes_closed (self);
  p2p_chord_looks_closed (self);
}

static const P2pMeshLayer layer = {
  .validate = validate_cb,
  .withhold = withhold_cb,
  .message = message_cb,
  .control = control_cb,
  .proved = proved_cb,
  .added = added_cb,
  .greeted = greeted_cb,
  .removed = removed_cb,
  .closing = closing_cb,
  .closed = closed_cb,
};

/* ---- the node ---- */

static void
expire_cb (gpointer data)
{
  P2pChordNode *self = data;

  p2p_chord_store_expire (self->store, p2p_chord_utc (self));
  p2p_chord_names_expire (self->names, p2p_chord_utc (self) / G_TIME_SPAN_SECOND);
  self->expire_timer = p2p_clock_schedule (p2p_chord_clock (self), EXPIRE_SPAN, expire_cb, self);
}

/* What is forgotten for good need not be kept for the next run either. */
static void
value_gone_cb (const P2pChordSpot *spot, gpointer data)
{
  p2p_chord_emit_value (data, spot);
}

static void
name_gone_cb (GBytes *key, gpointer data)
{
  p2p_chord_emit_name (data, key, P2P_CHORD_NAME_SAME, FALSE, FALSE);
}

static P2pChordRing *
make_ring (P2pChordNode *self)
{
  guint8 number[P2P_BASE58_MAX_BYTES] = { 0 };
  g_autoptr (P2pChordMember) own = NULL;

  p2p_base58_decode_fixed (p2p_mesh_node_get_id (self->mesh), number, sizeof number, NULL);
  p2p_chord_place_init (&self->place, self->k, number, sizeof number);
  own = p2p_chord_member_new (&self->place, p2p_mesh_node_get_id (self->mesh), p2p_mesh_node_get_out_host (self->mesh), p2p_mesh_node_get_out_port (self->mesh));
  return p2p_chord_ring_new (own, MAX (N_AFTER, self->k), N_BEFORE);
}

P2pChordNode *
p2p_chord_node_new (P2pMeshNode *mesh, guint k)
{
  P2pChordNode *self = g_new0 (P2pChordNode, 1);

  self->refs = 1;
  self->mesh = p2p_mesh_node_ref (mesh);
  self->limits = *p2p_mesh_node_get_limits (mesh);
  p2p_limits_init (&self->reading);
  self->reading.depth = P2P_SKIM_MAX_DEPTH;
  self->reading.elements = G_MAXUINT32;
  self->k = k;
  self->ring = make_ring (self);
  self->store = p2p_chord_store_new (&self->limits, k);
  self->names = p2p_chord_names_new (&self->limits);
  p2p_chord_store_set_gone_func (self->store, value_gone_cb, self);
  p2p_chord_names_set_gone_func (self->names, name_gone_cb, self);
  self->links = g_ptr_array_new ();
  self->looks = g_ptr_array_new ();
  self->writes = g_ptr_array_new ();
  self->unsaid = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  g_queue_init (&self->ends);
  g_queue_init (&self->repaired);
  p2p_chord_asking_init (self);
  p2p_chord_mirror_init (self);
  p2p_mesh_node_set_late_hello (mesh, TRUE);
  p2p_mesh_node_add_caps (mesh, P2P_CAP_CHORD_SUCCESSORS | P2P_CAP_CHORD_REPLICA);
  p2p_mesh_node_set_layer (mesh, &layer, self);
  p2p_chord_names_init (self);
  p2p_chord_ring_part_init (self);
  self->expire_timer = p2p_clock_schedule (p2p_chord_clock (self), EXPIRE_SPAN, expire_cb, self);
  return self;
}

/* Who waits for an end does not hear it any more: whoever frees the node closes the mesh node first, and hears of all. */
void
p2p_chord_node_free (P2pChordNode *self)
{
  p2p_mesh_node_set_layer (self->mesh, NULL, NULL);
  self->closed = TRUE;
  self->events = NULL;
  stop_timers (self);
  p2p_chord_ring_closed (self);
  p2p_chord_writes_closed (self);
  p2p_chord_looks_closed (self);
  p2p_chord_ends_clear (self);
  while (self->links->len > 0)
    p2p_chord_link_end (g_ptr_array_index (self->links, self->links->len - 1));
  p2p_chord_ring_part_clear (self);
  p2p_chord_asking_clear (self);
  p2p_chord_mirror_clear (self);
  p2p_chord_names_clear (self);
  p2p_chord_repaired_clear (self);
  g_clear_pointer (&self->links, g_ptr_array_unref);
  g_clear_pointer (&self->looks, g_ptr_array_unref);
  g_clear_pointer (&self->writes, g_ptr_array_unref);
  g_clear_pointer (&self->unsaid, g_ptr_array_unref);
  p2p_chord_node_drop (self);
}

void
p2p_chord_node_set_events (P2pChordNode *self, const P2pChordEvents *events, gpointer data)
{
  self->events = events;
  self->events_data = data;
}

P2pMeshNode *
p2p_chord_node_get_mesh (P2pChordNode *self)
{
  return self->mesh;
}

P2pChordRing *
p2p_chord_node_get_ring (P2pChordNode *self)
{
  return self->ring;
}

P2pChordStore *
p2p_chord_node_get_store (P2pChordNode *self)
{
  return self->store;
}

P2pChordNames *
p2p_chord_node_get_names (P2pChordNode *self)
{
  return self->names;
}

guint
p2p_chord_node_get_k (P2pChordNode *self)
{
  return self->k;
}

P2pChordSeed
p2p_chord_node_get_seed (P2pChordNode *self)
{
  return self->seed;
}

void
p2p_chord_node_cancel (P2pChordNode *self, guint64 handle)
{
  if (handle == 0 || p2p_chord_ends_cancel (self, handle))
    return;
  p2p_mesh_node_enter (self->mesh);
  if (!p2p_chord_looks_cancel (self, handle) && !p2p_chord_writes_cancel (self, handle))
    p2p_chord_ring_cancel (self, handle);
  p2p_mesh_node_leave (self->mesh);
}

/* ---- records of an earlier run ---- */

static gboolean
refuse_record (GError **error)
{
  g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE, "This is no record of a distributed table");
  return FALSE;
}

static gboolean
restore_value (P2pChordNode *self, GVariant *record, GError **error)
{
  P2pChordSpot spot;
  guint64 stamp;
  g_autoptr (GBytes) value = NULL;
  g_autoptr (GBytes) proof = NULL;

  if (!p2p_chord_value_unpack (record, &spot, &stamp, &value, &proof))
    return refuse_record (error);
  /* Of our own disk no signature is looked at: whom we tell it looks himself. */
  if (proof != NULL && !p2p_chord_proof_is_sound (proof, &spot))
    g_clear_pointer (&proof, g_bytes_unref);
  if (p2p_chord_store_put_signed (self->store, &spot, stamp, value, proof, NULL, p2p_chord_utc (self), error) == P2P_CHORD_PUT_REFUSED)
    return FALSE;
  if (p2p_chord_store_get (self->store, &spot) == NULL)
    p2p_chord_emit_value (self, &spot);
  p2p_chord_emit_ring (self);
  return TRUE;
}

static gboolean
restore_name (P2pChordNode *self, const guint8 *key, gsize length, GVariant *record, GError **error)
{
  g_autoptr (GVariant) time = p2p_mesh_value_get_child (record, 0);
  g_autoptr (GVariant) deleted = p2p_mesh_value_get_child (record, 1);
  g_autoptr (GVariant) mine = p2p_mesh_value_get_child (record, 2);
  g_autoptr (GBytes) bytes = g_bytes_new (key, length);
  g_autoptr (GVariant) author = p2p_mesh_value_get_child (record, 3);
  gboolean is_mine;
  gint64 when;
  P2pChordNamed named;

  if (!p2p_mesh_value_get_int (time, &when) || deleted == NULL || mine == NULL || !g_variant_is_of_type (deleted, G_VARIANT_TYPE_BOOLEAN) ||
      !g_variant_is_of_type (mine, G_VARIANT_TYPE_BOOLEAN))
    return refuse_record (error);
  is_mine = g_variant_get_boolean (mine);
  named = p2p_chord_names_say (self->names, key, length, when, g_variant_get_boolean (deleted), FALSE, is_mine, p2p_chord_utc (self) / G_TIME_SPAN_SECOND, error);
  if (named == P2P_CHORD_NAME_REFUSED)
    return FALSE;
  if (author != NULL && g_variant_is_of_type (author, G_VARIANT_TYPE_STRING))
    p2p_chord_names_prove (self->names, key, length, when, g_variant_get_boolean (deleted), g_variant_get_string (author, NULL));
  p2p_chord_emit_name (self, bytes, named, FALSE, is_mine);
  return TRUE;
}

gboolean
p2p_chord_node_restore (P2pChordNode *self, GBytes *id, GBytes *record, GError **error)
{
  gsize id_length;
  gsize length;
  const guint8 *id_bytes = g_bytes_get_data (id, &id_length);
  const guint8 *bytes = g_bytes_get_data (record, &length);
  g_autoptr (GVariant) value = p2p_value_unpack (bytes, length, &self->reading, error);
  gboolean done;

  if (value == NULL)
    return FALSE;
  g_variant_ref_sink (value);
  p2p_mesh_node_enter (self->mesh);
  if (id_length == VALUE_ID_LENGTH && *id_bytes == 'v')
    done = restore_value (self, value, error);
  else if (id_length > 1 && *id_bytes == 'n')
    done = restore_name (self, id_bytes + 1, id_length - 1, value, error);
  else
    done = refuse_record (error);
  p2p_mesh_node_leave (self->mesh);
  return done;
}
