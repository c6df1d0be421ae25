/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-ring-socket.h"
#include "model/network/rt-network-private.h"

#include <glib/gi18n-lib.h>

struct _RtRingSocket {
  RtRing          parent_instance;
  P2pChordSocket *socket;       /* NULL: it is off */
  GCancellable   *looking;
  char           *trouble;      /* why the last joining or handing over was not all that it should be */
};

G_DEFINE_FINAL_TYPE (RtRingSocket, rt_ring_socket, RT_TYPE_RING)

/* ---- how it stands ---- */

static char *
make_words (RtRingSocket *self, P2pChordSeedState state)
{
  guint n = p2p_chord_socket_get_n_values (self->socket);

  switch (state)
    {
    case P2P_CHORD_SEED_STATE_JOINING:
      return g_strdup (_("Joining…"));
    case P2P_CHORD_SEED_STATE_JOINED:
      return g_strdup_printf (ngettext ("Storing for the network: %u value", "Storing for the network: %u values", n), n);
    case P2P_CHORD_SEED_STATE_LEAVING:
      return g_strdup_printf (ngettext ("Handing over %u value…", "Handing over %u values…", n), n);
    case P2P_CHORD_SEED_STATE_NOT:
    default:
      if (self->trouble != NULL)
        return g_strdup (self->trouble);
      return n > 0 ? g_strdup_printf (ngettext ("Not storing; %u value waits for somebody to take it", "Not storing; %u values wait for somebody to take them", n), n)
                   : g_strdup (_("Not storing"));
    }
}

static void
update (RtRingSocket *self)
{
  RtRingStanding standing = { .place = -1, .arc_from = -1, .arc_to = -1 };
  g_autofree char *words = NULL;

  if (self->socket == NULL)
    words = g_strdup (_("The network is off"));
  else
    {
      P2pChordSeedState state = p2p_chord_socket_get_seed_state (self->socket);

      standing.changing = state == P2P_CHORD_SEED_STATE_JOINING || state == P2P_CHORD_SEED_STATE_LEAVING;
      standing.trouble = state == P2P_CHORD_SEED_STATE_NOT && self->trouble != NULL;
      standing.place = p2p_chord_socket_get_place (self->socket);
      standing.n_values = p2p_chord_socket_get_n_values (self->socket);
      standing.n_bytes = p2p_chord_socket_get_n_bytes (self->socket);
      if (!p2p_chord_socket_get_arc (self->socket, &standing.arc_from, &standing.arc_to))
        standing.arc_from = standing.arc_to = -1;
      words = make_words (self, state);
    }
  standing.words = words;
  rt_ring_take_standing (RT_RING (self), &standing);
}

static void
notify_cb (RtRingSocket *self)
{
  update (self);
}

static void
set_trouble (RtRingSocket *self, const GError *error)
{
  g_clear_pointer (&self->trouble, g_free);
  if (error != NULL)
    self->trouble = rt_words_for_error (error, NULL);
  update (self);
}

/* ---- seeding ---- */

static void
joined_cb (GObject *socket, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtRingSocket) self = user_data;
  g_autoptr (GError) error = NULL;

  p2p_chord_socket_join_finish (P2P_CHORD_SOCKET (socket), result, &error);
  /* of a socket that is gone, or the person wants something else by now */
  if (self->socket == P2P_CHORD_SOCKET (socket) && rt_ring_get_seeding (RT_RING (self)))
    set_trouble (self, error);
}

static void
unjoined_cb (GObject *socket, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtRingSocket) self = user_data;
  g_autoptr (GError) error = NULL;

  p2p_chord_socket_unjoin_finish (P2P_CHORD_SOCKET (socket), result, &error);
  if (self->socket == P2P_CHORD_SOCKET (socket) && !rt_ring_get_seeding (RT_RING (self)))
    set_trouble (self, error);
}

static void
seed (RtRing *ring, gboolean seeding)
{
  RtRingSocket *self = RT_RING_SOCKET (ring);

  if (self->socket == NULL)
    return;
  set_trouble (self, NULL);
  if (seeding)
    p2p_chord_socket_join_async (self->socket, NULL, joined_cb, g_object_ref (self));
  else if (p2p_chord_socket_get_seeding (self->socket))
    p2p_chord_socket_unjoin_async (self->socket, 0, NULL, unjoined_cb, g_object_ref (self));
  update (self);
}

/* ---- the chosen key ---- */

static void
looked_up_cb (GObject *socket, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtRingSocket) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pChordLookup) lookup = p2p_chord_socket_look_up_finish (P2P_CHORD_SOCKET (socket), result, &error);

  /* another one since */
  if (self->looking == NULL || g_task_get_cancellable (G_TASK (result)) != self->looking)
    return;
  g_clear_object (&self->looking);
  rt_ring_take_lookup (RT_RING (self), lookup);
}

static void
look (RtRing *ring, GBytes *key)
{
  RtRingSocket *self = RT_RING_SOCKET (ring);

  if (self->socket == NULL)
    {
      rt_ring_take_lookup (ring, NULL);
      return;
    }
  self->looking = g_cancellable_new ();
  p2p_chord_socket_look_up_async (self->socket, key, 0, self->looking, looked_up_cb, g_object_ref (self));
}

static void
stop_look (RtRing *ring)
{
  RtRingSocket *self = RT_RING_SOCKET (ring);
  g_autoptr (GCancellable) looking = g_steal_pointer (&self->looking);

  if (looking != NULL)
    g_cancellable_cancel (looking);
}

/* ---- object ---- */

static void
key_cb (RtRingSocket *self, GBytes *key)
{
  rt_ring_note_key (RT_RING (self), key);
}

static void
drop_socket (RtRingSocket *self)
{
  if (self->socket == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->socket, self);
  g_signal_handlers_disconnect_by_data (p2p_chord_socket_get_ring (self->socket), self);
  g_clear_object (&self->socket);
}

static void
rt_ring_socket_dispose (GObject *object)
{
  drop_socket (RT_RING_SOCKET (object));

  G_OBJECT_CLASS (rt_ring_socket_parent_class)->dispose (object);
}

static void
rt_ring_socket_finalize (GObject *object)
{
  RtRingSocket *self = RT_RING_SOCKET (object);

  g_clear_object (&self->looking);
  g_free (self->trouble);

  G_OBJECT_CLASS (rt_ring_socket_parent_class)->finalize (object);
}

static void
rt_ring_socket_class_init (RtRingSocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  RtRingClass *ring_class = RT_RING_CLASS (klass);

  object_class->dispose = rt_ring_socket_dispose;
  object_class->finalize = rt_ring_socket_finalize;
  ring_class->seed = seed;
  ring_class->look = look;
  ring_class->stop_look = stop_look;
}

static void
rt_ring_socket_init (RtRingSocket *self)
{
}

RtRing *
rt_ring_new (P2pChordSocket *socket)
{
  RtRing *self;

  g_return_val_if_fail (socket == NULL || P2P_IS_CHORD_SOCKET (socket), NULL);

  self = g_object_new (RT_TYPE_RING_SOCKET, NULL);
  if (socket != NULL)
    {
      rt_ring_take_seeding (self, p2p_chord_socket_get_seeding (socket));
      rt_ring_set_socket (self, socket);
    }
  return self;
}

void
rt_ring_set_socket (RtRing *ring, P2pChordSocket *socket)
{
  RtRingSocket *self;

  g_return_if_fail (RT_IS_RING_SOCKET (ring));
  g_return_if_fail (socket == NULL || P2P_IS_CHORD_SOCKET (socket));

  self = RT_RING_SOCKET (ring);
  if (self->socket == socket)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  drop_socket (self);
  g_clear_pointer (&self->trouble, g_free);
  if (socket != NULL)
    {
      self->socket = g_object_ref (socket);
      g_signal_connect_object (socket, "notify::seed-state", G_CALLBACK (notify_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (socket, "notify::n-values", G_CALLBACK (notify_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (socket, "notify::n-bytes", G_CALLBACK (notify_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (p2p_chord_socket_get_ring (socket), "items-changed", G_CALLBACK (notify_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (socket, "add", G_CALLBACK (key_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (socket, "delete", G_CALLBACK (key_cb), self, G_CONNECT_SWAPPED);
    }
  rt_ring_take_members (ring, socket != NULL ? p2p_chord_socket_get_ring (socket) : NULL);
  if (socket != NULL && rt_ring_get_seeding (ring) && !p2p_chord_socket_get_seeding (socket))
    seed (ring, TRUE);
  update (self);
  rt_ring_look_again (ring);
  g_object_thaw_notify (G_OBJECT (self));
}
