/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What programs ask about the ring and this node's part of it. */
#include "config.h"

#include "p2p-chord-socket-private.h"

#include "p2p/wire/p2p-value.h"

static P2pChordRing *
get_ring (P2pChordSocket *self)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_priv (self);

  return priv->node != NULL ? p2p_chord_node_get_ring (priv->node) : NULL;
}

static gboolean
is_storing (P2pChordSocket *self)
{
  return p2p_chord_socket_get_seed_state (self) != P2P_CHORD_SEED_STATE_NOT;
}

static void
make_place (P2pChordSocket *self, GBytes *position, P2pChordPlace *place)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (position, &length);

  p2p_chord_place_init (place, p2p_chord_socket_get_k (self), bytes, length);
}

typedef P2pChordMember *(*FindFunc) (P2pChordRing *ring, const P2pChordPlace *place, gboolean storing, gboolean *self_is_it);

static P2pChordMember *
find_nearest (P2pChordRing *ring, const P2pChordPlace *place, gboolean storing, gboolean *self_is_it)
{
  return p2p_chord_ring_find (ring, place, storing, 0, self_is_it);
}

static P2pConnection *
find_with (P2pChordSocket *self, FindFunc func, const P2pChordPlace *place, gboolean *is_self)
{
  P2pChordRing *ring = get_ring (self);
  gboolean self_is_it = FALSE;
  P2pChordMember *member = ring != NULL ? func (ring, place, is_storing (self), &self_is_it) : NULL;
  P2pConnection *connection = member != NULL ? p2p_mesh_socket_get_connection (P2P_MESH_SOCKET (self), member->id) : NULL;

  if (is_self != NULL)
    *is_self = member == NULL && self_is_it;
  return connection != NULL ? g_object_ref (connection) : NULL;
}

/**
 * p2p_chord_socket_find:
 * @self: the socket
 * @position: a position on the ring: up to 64 bytes, big-endian
 * @is_self: (out) (optional): whether it is this node
 *
 * As `find` of the originals: of this node, when it stores, and those that it has links to, the one nearest before @position.
 *
 * Returns: (transfer full) (nullable): the link to it; %NULL: it is this node, or there is nobody
 */
P2pConnection *
p2p_chord_socket_find (P2pChordSocket *self, GBytes *position, gboolean *is_self)
{
  P2pChordPlace place;

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), NULL);
  g_return_val_if_fail (position != NULL && g_bytes_get_size (position) <= P2P_CHORD_NUMBER_BYTES, NULL);

  make_place (self, position, &place);
  return find_with (self, find_nearest, &place, is_self);
}

/**
 * p2p_chord_socket_find_prev:
 * @self: the socket
 * @position: a position on the ring: up to 64 bytes, big-endian
 * @is_self: (out) (optional): whether it is this node
 *
 * As `find_prev` of the originals: of this node, when it stores, and those that it has links to, the one nearest behind @position.
 *
 * Returns: (transfer full) (nullable): the link to it; %NULL: it is this node, or there is nobody
 */
P2pConnection *
p2p_chord_socket_find_prev (P2pChordSocket *self, GBytes *position, gboolean *is_self)
{
  P2pChordPlace place;

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), NULL);
  g_return_val_if_fail (position != NULL && g_bytes_get_size (position) <= P2P_CHORD_NUMBER_BYTES, NULL);

  make_place (self, position, &place);
  return find_with (self, p2p_chord_ring_find_prev, &place, is_self);
}

/* Our own place and one more, or one less */
static void
step_from_own (P2pChordRing *ring, gboolean back, P2pChordPlace *place)
{
  *place = p2p_chord_ring_get_own (ring)->place;
  for (int i = P2P_CHORD_PLACE_BYTES - 1; i >= 0; i--)
    if (back ? place->bytes[i]-- != 0 : ++place->bytes[i] != 0)
      return;
}

static P2pConnection *
find_beside (P2pChordSocket *self, FindFunc func, gboolean back, gboolean *is_self)
{
  P2pChordRing *ring = get_ring (self);
  P2pChordPlace place;

  if (is_self != NULL)
    *is_self = FALSE;
  if (ring == NULL)
    return NULL;
  step_from_own (ring, back, &place);
  return find_with (self, func, &place, is_self);
}

/**
 * p2p_chord_socket_get_next:
 * @self: the socket
 * @is_self: (out) (optional): whether it is this node, which is alone then
 *
 * As `next` of the originals, which is the node nearest before this one.
 *
 * Returns: (transfer full) (nullable): the link to it; %NULL: it is this node, or there is nobody
 */
P2pConnection *
p2p_chord_socket_get_next (P2pChordSocket *self, gboolean *is_self)
{
  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), NULL);

  return find_beside (self, find_nearest, TRUE, is_self);
}

/**
 * p2p_chord_socket_get_prev:
 * @self: the socket
 * @is_self: (out) (optional): whether it is this node, which is alone then
 *
 * As `prev` of the originals, which is the node nearest behind this one.
 *
 * Returns: (transfer full) (nullable): the link to it; %NULL: it is this node, or there is nobody
 */
P2pConnection *
p2p_chord_socket_get_prev (P2pChordSocket *self, gboolean *is_self)
{
  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), NULL);

  return find_beside (self, p2p_chord_ring_find_prev, FALSE, is_self);
}

/* ---- what it stores ---- */

static GVariant *
unpack (GBytes *packed)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (packed, &length);

  return p2p_value_unpack (bytes, length, NULL, NULL);
}

static void
add_value (GVariantBuilder *list, const P2pChordValue *value)
{
  const guint8 *number = value->spot.number;
  GVariant *unpacked = value->value != NULL ? unpack (value->value) : NULL;
  gsize n = P2P_CHORD_NUMBER_BYTES;

  for (; n > 1 && *number == 0; n--)
    number++;
  if (unpacked != NULL)
    g_variant_builder_add (list, "(@ayv)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, number, n, 1), unpacked);
}

/**
 * p2p_chord_socket_dump_data:
 * @self: the socket
 * @start: (nullable): where to begin on the ring: up to 64 bytes, big-endian; %NULL: at its beginning
 * @end: (nullable): where to end, clockwise; %NULL: at its end
 *
 * As `dump_data` of the originals: what this node stores, replicas that it keeps for others included.
 *
 * Returns: (transfer full): an `a{sa(ayv)}`: by the name of the hash, positions (big-endian, without zeros in front) and values
 */
GVariant *
p2p_chord_socket_dump_data (P2pChordSocket *self, GBytes *start, GBytes *end)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_priv (self);
  g_auto (GVariantBuilder) all = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sa(ayv)}"));
  P2pChordStore *store;
  P2pChordPlace from = { 0 }, to = { 0 };

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), NULL);

  store = priv->node != NULL ? p2p_chord_node_get_store (priv->node) : NULL;
  if (start != NULL)
    make_place (self, start, &from);
  if (end != NULL)
    make_place (self, end, &to);
  for (guint hash = 0; hash < P2P_CHORD_HASHES; hash++)
    {
      const P2pChordValue *value = NULL;

      g_variant_builder_open (&all, G_VARIANT_TYPE ("{sa(ayv)}"));
      g_variant_builder_add (&all, "s", p2p_chord_hash_name (hash));
      g_variant_builder_open (&all, G_VARIANT_TYPE ("a(ayv)"));
      while (store != NULL && (value = p2p_chord_store_walk (store, &from, &to, value)) != NULL)
        if (value->spot.hash == hash)
          add_value (&all, value);
      g_variant_builder_close (&all);
      g_variant_builder_close (&all);
    }
  return g_variant_ref_sink (g_variant_builder_end (&all));
}

/**
 * p2p_chord_socket_get_n_values:
 * @self: the socket
 *
 * How many values of the table this node stores, replicas included.
 *
 * Returns: how many values this node stores
 */
guint
p2p_chord_socket_get_n_values (P2pChordSocket *self)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_priv (self);

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), 0);

  return priv->node != NULL ? p2p_chord_store_get_n_values (p2p_chord_node_get_store (priv->node)) : 0;
}

/**
 * p2p_chord_socket_get_n_bytes:
 * @self: the socket
 *
 * How much of the table this node stores, replicas included.
 *
 * Returns: how many bytes these take
 */
guint64
p2p_chord_socket_get_n_bytes (P2pChordSocket *self)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_priv (self);

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), 0);

  return priv->node != NULL ? p2p_chord_store_get_n_bytes (p2p_chord_node_get_store (priv->node)) : 0;
}

/**
 * p2p_chord_socket_get_place:
 * @self: the socket
 *
 * Where on the ring this node is: its id as a part of the whole circle.
 *
 * Returns: this node's place on the ring, from 0 to below 1; also when it does not store
 */
double
p2p_chord_socket_get_place (P2pChordSocket *self)
{
  P2pChordRing *ring;

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), 0);

  ring = get_ring (self);
  return ring != NULL ? p2p_chord_place_fraction (&p2p_chord_ring_get_own (ring)->place) : 0;
}

/**
 * p2p_chord_socket_get_arc:
 * @self: the socket
 * @from: (out) (optional): where it begins, from 0 to below 1
 * @to: (out) (optional): where it ends, clockwise; the same as @from when that is all of the ring
 *
 * The part of the ring whose values this node holds itself, without the replicas that it keeps for others.
 *
 * Returns: whether there is one; %FALSE when this node does not store
 */
gboolean
p2p_chord_socket_get_arc (P2pChordSocket *self, double *from, double *to)
{
  P2pChordRing *ring;
  P2pChordMember *after;
  double own;

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), FALSE);

  ring = get_ring (self);
  if (ring == NULL || !is_storing (self))
    return FALSE;
  own = p2p_chord_place_fraction (&p2p_chord_ring_get_own (ring)->place);
  after = p2p_chord_ring_get_after (ring, 0);
  if (from != NULL)
    *from = own;
  if (to != NULL)
    *to = after != NULL ? p2p_chord_place_fraction (&after->place) : own;
  return TRUE;
}

/**
 * p2p_chord_socket_is_storing:
 * @self: the socket
 * @connection: a link of it
 *
 * What a neighbour does for the table, as it says.
 *
 * Returns: whether the node that it leads to stores values; the originals say the opposite: leeching
 */
gboolean
p2p_chord_socket_is_storing (P2pChordSocket *self, P2pConnection *connection)
{
  P2pChordRing *ring;
  guint n;

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), FALSE);
  g_return_val_if_fail (P2P_IS_CONNECTION (connection), FALSE);

  ring = get_ring (self);
  n = ring != NULL ? p2p_chord_ring_get_n_contacts (ring) : 0;
  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (p2p_chord_ring_get_contact (ring, i)->id, p2p_connection_get_id (connection)) == 0)
      return TRUE;
  return FALSE;
}

/**
 * p2p_chord_socket_restore:
 * @self: the socket, which does not listen yet
 * @id: of what, as #P2pChordSocket::record gave it
 * @record: what it gave for that in an earlier run
 * @error: return location
 *
 * Gives back what an earlier run of the program stored, or a name that it knew. What others have that is later counts more.
 *
 * Returns: whether it was taken; %FALSE with %P2P_TABLE_ERROR, or %P2P_LINK_ERROR_FAILED when the node listens already
 */
gboolean
p2p_chord_socket_restore (P2pChordSocket *self, GBytes *id, GBytes *record, GError **error)
{
  g_autoptr (P2pChordSocket) held G_GNUC_UNUSED = NULL;

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), FALSE);
  g_return_val_if_fail (id != NULL && record != NULL, FALSE);

  held = g_object_ref (self);
  if (!p2p_chord_socket_check_open (self, error))
    return FALSE;
  if (p2p_mesh_socket_get_port (P2P_MESH_SOCKET (self)) != 0)
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_FAILED, "A table is restored before its node listens");
      return FALSE;
    }
  return p2p_chord_node_restore (p2p_chord_socket_get_priv (self)->node, id, record, error);
}
