/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-rings.h"

#include <string.h>

#include "p2p/chord/p2p-chord-ask-private.h"
#include "p2p/mesh/p2p-mesh-values.h"
#include "p2p/wire/p2p-base58.h"

/* What all liars say. */
#define THE_LIE (-1)

GBytes *
sim_rings_new_key (guint number)
{
  g_autofree char *text = g_strdup_printf ("key %u", number);

  return g_bytes_new (text, strlen (text));
}

SimRing *
sim_rings_get (SimNet *net, guint host)
{
  SimNode *node = sim_net_get (net, host);

  return node != NULL ? node->data : NULL;
}

/* ---- liars ---- */

static gint64
get_subflag (P2pMessage *message)
{
  g_autoptr (GVariant) value = p2p_message_get_packet (message, 0);
  gint64 number;

  return value != NULL && p2p_mesh_value_get_int (value, &number) ? number : -1;
}

/* Signed stores of that spot that a liar heard: the first or the last of them. */
static P2pMessage *
find_heard (SimRing *self, GVariant *method, GVariant *key, gboolean first)
{
  P2pMessage *found = NULL;

  for (guint i = 0; i < self->heard->len && (found == NULL || !first); i++)
    {
      P2pMessage *message = self->heard->pdata[i];
      g_autoptr (GVariant) its_method = p2p_message_get_packet (message, 1);
      g_autoptr (GVariant) its_key = p2p_message_get_packet (message, 2);

      if (g_variant_equal (method, its_method) && g_variant_equal (key, its_key))
        found = message;
    }
  return found;
}

static GVariant *
sign_lie (SimRing *self, GVariant *method, GVariant *key, gint64 stamp)
{
  g_autoptr (GVariant) lie = g_variant_ref_sink (g_variant_new_int64 (THE_LIE));
  g_autoptr (GBytes) packed = p2p_chord_pack (lie);
  g_auto (P2pChordProofs) proofs = { 0 };
  P2pChordSpot spots[P2P_CHORD_HASHES] = { 0 };
  P2pChordSpot spot;
  gsize method_length, key_length;
  const char *method_text = p2p_mesh_value_peek_text (method, &method_length);
  const char *key_text = p2p_mesh_value_peek_text (key, &key_length);

  g_assert_true (p2p_chord_spot_parse (&spot, method_text, method_length, key_text, key_length));
  /* Of the others it is not asked. */
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    spots[i].hash = (guint8) i;
  spots[spot.hash] = spot;
  g_assert_true (p2p_chord_sign (self->chord, spots, (guint64) stamp, packed, &proofs));
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, g_bytes_get_data (proofs.of[spot.hash], NULL), g_bytes_get_size (proofs.of[spot.hash]), 1);
}

static void
answer (SimRing *self, P2pPeer *peer, P2pMessage *message)
{
  g_autoptr (GVariant) method = p2p_message_get_packet (message, 1);
  g_autoptr (GVariant) key = p2p_message_get_packet (message, 2);
  P2pMessage *heard = self->heard != NULL ? find_heard (self, method, key, self->lie == SIM_LIE_OLD) : NULL;
  g_autoptr (GVariant) value = g_variant_ref_sink (self->lie == SIM_LIE_NOTHING ? g_variant_new_tuple (NULL, 0) : g_variant_new_int64 (THE_LIE));
  g_autoptr (GVariant) stamp = g_variant_ref_sink (g_variant_new_int64 (self->lie == SIM_LIE_NOTHING ? 0 : p2p_clock_utc (test_host_get_env (self->node->host)->clock)));
  g_autoptr (GVariant) proof = NULL;
  g_autoptr (P2pMessage) said = NULL;
  GVariant *parts[9];
  guint n = 0;

  if (self->lie == SIM_LIE_SIGNED)
    proof = g_variant_ref_sink (sign_lie (self, method, key, g_variant_get_int64 (stamp)));
  if (self->lie == SIM_LIE_OLD && heard != NULL)
    {
      g_variant_unref (value);
      value = p2p_message_get_packet (heard, 3);
    }
  if (heard != NULL && (self->lie == SIM_LIE_OLD || self->lie == SIM_LIE_FORGED))
    {
      g_variant_unref (stamp);
      stamp = p2p_message_get_packet (heard, 4);
      proof = p2p_message_get_packet (heard, 5);
    }
  parts[n++] = g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_RETRIEVED));
  parts[n++] = g_variant_new_variant (method);
  parts[n++] = g_variant_new_variant (key);
  parts[n++] = g_variant_new_variant (value);
  parts[n++] = g_variant_new_variant (stamp);
  parts[n++] = g_variant_new_variant (g_variant_new_int64 (1));
  parts[n++] = g_variant_new_variant (g_variant_new_string (sim_node_get_id (self->node)));
  parts[n++] = g_variant_new_variant (g_variant_new_int64 (1));
  if (proof != NULL)
    parts[n++] = g_variant_new_variant (proof);
  said = p2p_mesh_node_new_message (self->node->node, P2P_FLAG_WHISPER, g_variant_new_array (G_VARIANT_TYPE_VARIANT, parts, n), NULL);
  if (said != NULL)
    p2p_mesh_node_send_to (self->node->node, peer, said, P2P_LINK_SEND_DEFAULT, NULL);
}

static gboolean
lie_message (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  SimRing *self = data;
  gint64 subflag = get_subflag (message);

  if (subflag == P2P_SUBFLAG_STORE && self->heard != NULL && p2p_message_get_n_packets (message) == 6)
    g_ptr_array_add (self->heard, p2p_message_ref (message));
  if (subflag == P2P_SUBFLAG_STORE || subflag == P2P_SUBFLAG_DELTA)
    return TRUE;
  if (subflag != P2P_SUBFLAG_RETRIEVE || p2p_message_get_n_packets (message) < 3)
    return self->truth->message (message, peer, self->truth_data);
  if (self->lie != SIM_LIE_SILENT)
    answer (self, peer, message);
  return TRUE;
}

static P2pLayerVerdict
lie_validate (P2pMessage *message, P2pPeer *source, gpointer data)
{
  return ((SimRing *) data)->truth->validate (message, source, ((SimRing *) data)->truth_data);
}

static gboolean
lie_withhold (P2pPeer *peer, P2pMessage *message, gpointer data)
{
  return ((SimRing *) data)->truth->withhold (peer, message, ((SimRing *) data)->truth_data);
}

static gboolean
lie_control (P2pPeer *peer, gint64 op, P2pMessage *message, gpointer data)
{
  return ((SimRing *) data)->truth->control (peer, op, message, ((SimRing *) data)->truth_data);
}

static void
lie_proved (P2pMessage *message, GBytes *proof, gpointer data)
{
  ((SimRing *) data)->truth->proved (message, proof, ((SimRing *) data)->truth_data);
}

static void
lie_added (P2pPeer *peer, gpointer data)
{
  ((SimRing *) data)->truth->added (peer, ((SimRing *) data)->truth_data);
}

static void
lie_greeted (P2pPeer *peer, gpointer data)
{
  ((SimRing *) data)->truth->greeted (peer, ((SimRing *) data)->truth_data);
}

static void
lie_removed (P2pPeer *peer, gpointer data)
{
  ((SimRing *) data)->truth->removed (peer, ((SimRing *) data)->truth_data);
}

static void
lie_closed (gpointer data)
{
  ((SimRing *) data)->truth->closed (((SimRing *) data)->truth_data);
}

static void
begin_to_lie (SimRing *self)
{
  static const P2pMeshLayer layer = {
    .validate = lie_validate, .withhold = lie_withhold, .message = lie_message, .control = lie_control, .proved = lie_proved,
    .added = lie_added, .greeted = lie_greeted, .removed = lie_removed, .closed = lie_closed,
  };

  self->truth = self->node->node->layer;
  self->truth_data = self->node->node->layer_data;
  self->heard = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  p2p_mesh_node_set_layer (self->node->node, &layer, self);
}

/* ---- lives ---- */

static void
joined_cb (const GError *error, gpointer data)
{
  SimRing *self = data;

  self->joined = error == NULL;
  g_free (self->join_error);
  self->join_error = error != NULL ? g_strdup (error->message) : NULL;
}

static void
born (SimNode *node)
{
  SimRings *rings = node->net->data;
  SimRing *self = g_new0 (SimRing, 1);

  self->node = node;
  node->data = self;
  if (rings->signing)
    self->x1 = p2p_x1_new (node->node);
  self->chord = p2p_chord_node_new (node->node, rings->k);
  self->lie = rings->lies->data[node->host_index];
  if (self->lie != SIM_LIE_NOT)
    begin_to_lie (self);
  if (rings->seeding)
    p2p_chord_node_join (self->chord, joined_cb, self);
}

static void
dies (SimNode *node)
{
  SimRing *self = node->data;

  g_clear_pointer (&self->chord, p2p_chord_node_free);
  if (self->x1 != NULL)
    p2p_mesh_node_close (node->node);
  g_clear_pointer (&self->x1, p2p_x1_free);
}

SimRings *
sim_rings_prepare (SimNet *net, guint k)
{
  SimRings *self = g_new0 (SimRings, 1);
  g_autoptr (P2pProtocol) base = g_steal_pointer (&net->protocol);

  net->protocol = p2p_protocol_new_chord (base, k);
  net->born = born;
  net->dies = dies;
  net->data = self;
  self->net = net;
  self->k = k;
  self->seeding = TRUE;
  self->lies = g_byte_array_new ();
  g_byte_array_set_size (self->lies, net->hosts->len);
  memset (self->lies->data, SIM_LIE_NOT, net->hosts->len);
  self->values = g_array_new (FALSE, TRUE, sizeof (gint64));
  self->reads = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
sim_rings_clear (SimNet *net)
{
  SimRings *self = net->data;

  for (guint i = 0; i < net->nodes->len; i++)
    {
      SimNode *node = net->nodes->pdata[i];
      SimRing *ring = g_steal_pointer (&node->data);

      if (ring == NULL)
        continue;
      g_clear_pointer (&ring->chord, p2p_chord_node_free);
      if (ring->x1 != NULL)
        p2p_mesh_node_close (ring->node->node);
      g_clear_pointer (&ring->x1, p2p_x1_free);
      g_clear_pointer (&ring->heard, g_ptr_array_unref);
      g_free (ring->join_error);
      g_free (ring);
    }
  net->born = NULL;
  net->dies = NULL;
  g_byte_array_unref (self->lies);
  g_array_unref (self->values);
  g_ptr_array_unref (self->reads);
  g_free (self->refusal);
  g_clear_pointer (&net->data, g_free);
}

/* A place as far as it counts here: the first 8 of its bytes. */
static guint64
get_upper (const P2pChordPlace *place)
{
  guint64 upper = 0;

  for (guint i = 0; i < 8; i++)
    upper = upper << 8 | place->bytes[i];
  return upper;
}

static void
place_of_id (P2pChordPlace *self, guint k, const char *id)
{
  guint8 number[P2P_BASE58_MAX_BYTES] = { 0 };

  p2p_base58_decode_fixed (id, number, sizeof number, NULL);
  p2p_chord_place_init (self, k, number, sizeof number);
}

void
sim_rings_place_before (SimNet *net, guint host, const P2pChordPlace *place, guint n)
{
  guint64 nearest = G_MAXUINT64;
  gint64 best = 0;

  for (guint i = 1; i <= n; i++)
    {
      g_autofree char *id = NULL;
      P2pChordPlace own;

      sim_net_set_key (net, host, i);
      id = p2p_identity_get_node_id (net->identities->pdata[host], net->protocol);
      place_of_id (&own, 0, id);
      if (get_upper (place) - get_upper (&own) < nearest)
        {
          nearest = get_upper (place) - get_upper (&own);
          best = i;
        }
    }
  sim_net_set_key (net, host, best);
}

/* ---- writing ---- */

static void
written_cb (P2pChordLook *look, guint places_ok, const GError *error, gpointer data)
{
  SimRings *self = data;

  if (error == NULL)
    self->n_written++;
  else
    {
      self->n_refused++;
      if (self->refusal == NULL)
        self->refusal = g_strdup (error->message);
    }
}

void
sim_rings_write (SimNet *net, const SimEvent *event)
{
  SimRings *self = net->data;
  SimRing *ring = sim_rings_get (net, event->a);
  g_autoptr (GBytes) key = sim_rings_new_key (event->b);
  g_autoptr (GError) error = NULL;

  /* What a liar signs is what it wrote, whatever it says first. */
  for (guint i = 1; self->signing && i < net->hosts->len && (ring == NULL || ring->chord == NULL || ring->lie != SIM_LIE_NOT); i++)
    ring = sim_rings_get (net, (event->a + i) % net->hosts->len);
  if (ring == NULL || ring->chord == NULL)
    return;
  self->n_writes++;
  if (self->values->len <= event->b)
    g_array_set_size (self->values, event->b + 1);
  g_array_index (self->values, gint64, event->b) = event->kind == SIM_SET ? event->value : 0;
  if (event->kind == SIM_SET)
    p2p_chord_node_set (ring->chord, key, g_variant_new_int64 (event->value), 0, written_cb, self, &error);
  else
    p2p_chord_node_delete (ring->chord, key, 0, written_cb, self, &error);
  if (error != NULL)
    sim_net_fail (net, "h%u cannot write key %u: %s", event->a, event->b, error->message);
}

/* ---- reading ---- */

static void
read_cb (P2pChordLook *look, gpointer data)
{
  SimRead *read = data;
  gint64 written = g_array_index (read->rings->values, gint64, read->key);

  read->done = TRUE;
  read->outcome = look->outcome;
  read->took = test_world_now (read->rings->net->world) - read->begun;
  read->n_equal = look->n_equal;
  read->is_signed = look->author != NULL;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (look->answers[i].state == P2P_CHORD_ANSWER_VALUE)
      read->n_said++;
  if (look->outcome == P2P_CHORD_LOOK_VALUE)
    {
      read->right = g_variant_is_of_type (look->value, G_VARIANT_TYPE_INT64) && g_variant_get_int64 (look->value) == written;
      read->wrong = !read->right;
    }
  else
    read->right = look->outcome == P2P_CHORD_LOOK_ABSENT && written == 0;
}

void
sim_rings_read (SimNet *net, guint host, guint key, guint round)
{
  SimRings *self = net->data;
  SimRing *ring = sim_rings_get (net, host);
  SimRead *read = g_new0 (SimRead, 1);
  g_autoptr (GBytes) bytes = sim_rings_new_key (key);

  *read = (SimRead) { .rings = self, .host = host, .key = key, .round = round, .begun = test_world_now (net->world) };
  g_ptr_array_add (self->reads, read);
  p2p_chord_node_look (ring->chord, bytes, 0, read_cb, read);
}

void
sim_rings_read_all (SimNet *net, guint n, guint round)
{
  SimRings *self = net->data;
  g_autoptr (GArray) readers = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint host = 0; host < net->hosts->len; host++)
    {
      SimRing *ring = sim_rings_get (net, host);

      if (ring != NULL && ring->chord != NULL && ring->lie == SIM_LIE_NOT)
        g_array_append_val (readers, host);
    }
  for (guint key = 0; key < self->values->len; key++)
    for (guint i = 0; i < MIN (n, readers->len); i++)
      sim_rings_read (net, g_array_index (readers, guint, (key * 7 + i + round) % readers->len), key, round);
}

void
sim_rings_count (SimNet *net, guint round, SimReads *reads)
{
  SimRings *self = net->data;

  *reads = (SimReads) { 0 };
  for (guint i = 0; i < self->reads->len; i++)
    {
      SimRead *read = self->reads->pdata[i];

      if (read->round != round)
        continue;
      reads->reads++;
      reads->done += read->done;
      reads->right += read->right;
      reads->wrong += read->wrong;
      reads->lacking += !read->right && !read->wrong;
      reads->longest = MAX (reads->longest, read->took);
    }
}

/* ---- the ring ---- */

static int
compare_rings (gconstpointer a, gconstpointer b)
{
  return p2p_chord_place_compare (&(*(SimRing *const *) a)->chord->place, &(*(SimRing *const *) b)->chord->place);
}

char *
sim_rings_compare (SimNet *net)
{
  g_autoptr (GPtrArray) living = g_ptr_array_new ();

  for (guint host = 0; host < net->hosts->len; host++)
    {
      SimRing *ring = sim_rings_get (net, host);

      if (ring == NULL || ring->chord == NULL)
        continue;
      if (p2p_chord_node_get_seed (ring->chord) == P2P_CHORD_SEED_JOINED)
        g_ptr_array_add (living, ring);
      else if (((SimRings *) net->data)->seeding)
        return g_strdup_printf ("h%u has not joined: %s", host, ring->join_error != NULL ? ring->join_error : "it is on its way");
    }
  g_ptr_array_sort (living, compare_rings);
  for (guint i = 0; i < living->len; i++)
    {
      SimRing *ring = living->pdata[i];
      P2pChordRing *lists = p2p_chord_node_get_ring (ring->chord);

      for (guint n = 0; n < MIN (p2p_chord_ring_get_n_after (lists), living->len - 1); n++)
        {
          SimRing *next = living->pdata[(i + n + 1) % living->len];
          P2pChordMember *member = p2p_chord_ring_get_after (lists, n);

          if (member == NULL || !g_str_equal (member->id, sim_node_get_id (next->node)))
            return g_strdup_printf ("h%u has %.6s as its after %u, not h%u %.6s", ring->node->host_index, member != NULL ? member->id : "nobody", n,
                                    next->node->host_index, sim_node_get_id (next->node));
        }
    }
  return NULL;
}
