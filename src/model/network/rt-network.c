/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-network-private.h"
#include "model/rt-model-enums.h"

#include <glib/gi18n-lib.h>

/* A port that is taken is most often taken by a program that is just ending. */
#define LISTEN_RETRY_SECONDS 10u

G_DEFINE_FINAL_TYPE (RtNetwork, rt_network, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_CONFIG,
  PROP_SOCKET,
  PROP_STATE,
  PROP_STATE_TEXT,
  PROP_ERROR,
  PROP_TITLE,
  PROP_N_PEERS,
  PROP_UNREAD,
  PROP_UNREAD_IMPORTANT, PROP_MUTED,
  PROP_TIMELINE,
  PROP_USER_NAME, PROP_CLOCK_SKEW, PROP_BLOCKS_ERROR, PROP_SECRET_STATE,
  N_PROPS
};

enum { MESSAGE_ADDED, CHAT_LOADED, CAUGHT_UP, N_SIGNALS };

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void begin (RtNetwork *self);

/* ---- state ---- */

static char *
make_state_text (RtNetwork *self)
{
  switch (self->state)
    {
    case RT_NETWORK_STARTING:
      return g_strdup (_("Starting…"));
    case RT_NETWORK_LOOKING:
      if (self->error != NULL && self->error_lasting)
        return g_strdup (self->error);
      return g_strdup (_("Looking for peers…"));
    case RT_NETWORK_CONNECTED:
      return g_strdup_printf (ngettext ("%u peer", "%u peers", self->n_peers), self->n_peers);
    case RT_NETWORK_FAILED:
      return g_strdup (self->error != NULL ? self->error : _("Failed"));
    case RT_NETWORK_STOPPED:
    default:
      return g_strdup (_("Off"));
    }
}

static void
update_state_text (RtNetwork *self)
{
  g_autofree char *text = make_state_text (self);

  if (g_strcmp0 (text, self->state_text) == 0)
    return;
  g_free (self->state_text);
  self->state_text = g_steal_pointer (&text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE_TEXT]);
}

static void
set_state (RtNetwork *self, RtNetworkState state)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  update_state_text (self);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
set_n_peers (RtNetwork *self, guint n_peers)
{
  gboolean more = n_peers > self->n_peers;

  if (self->n_peers == n_peers)
    return;
  self->n_peers = n_peers;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_PEERS]);
  if (more)
    rt_network_pump_outbox (self);
}

void
rt_network_update_state (RtNetwork *self)
{
  if (self->socket == NULL)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  set_n_peers (self, g_list_model_get_n_items (p2p_mesh_socket_get_routing_table (self->socket)));
  set_state (self, self->n_peers > 0 ? RT_NETWORK_CONNECTED : RT_NETWORK_LOOKING);
  g_object_thaw_notify (G_OBJECT (self));
}

/* It is written down. */
void
rt_network_notify_config (RtNetwork *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONFIG]);
}

void
rt_network_set_error (RtNetwork *self, const char *words, const char *address, gboolean lasting)
{
  g_object_freeze_notify (G_OBJECT (self));
  g_free (self->error_address);
  self->error_address = g_strdup (address);
  self->error_lasting = lasting;
  if (g_strcmp0 (self->error, words) != 0)
    {
      g_free (self->error);
      self->error = g_strdup (words);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
    }
  update_state_text (self);
  g_object_thaw_notify (G_OBJECT (self));
}

void
rt_network_clear_error_of (RtNetwork *self, const char *address)
{
  if (self->error_address != NULL && g_strcmp0 (self->error_address, address) == 0)
    rt_network_set_error (self, NULL, NULL, FALSE);
}

void
rt_network_clear_foreign_error (RtNetwork *self)
{
  RtKnownAddress *known;

  if (self->error_address == NULL)
    return;
  known = rt_network_find_known (self, self->error_address);
  if (known == NULL || !known->configured)
    rt_network_set_error (self, NULL, NULL, FALSE);
}

void
rt_network_fail (RtNetwork *self, const char *words)
{
  rt_network_set_error (self, words, NULL, TRUE);
  set_state (self, RT_NETWORK_FAILED);
}

void
rt_network_notify_unread (RtNetwork *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNREAD]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNREAD_IMPORTANT]);
}

void
rt_network_emit_chat_loaded (RtNetwork *self)
{
  g_signal_emit (self, signals[CHAT_LOADED], 0);
}

void
rt_network_notify_timeline (RtNetwork *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TIMELINE]);
}

void
rt_network_notify_muted (RtNetwork *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MUTED]);
}

void
rt_network_notify_secret (RtNetwork *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SECRET_STATE]);
}

/* ---- start and stop ---- */

static gboolean
listen_again_cb (gpointer data)
{
  RtNetwork *self = data;

  self->listen_timer = 0;
  begin (self);
  return G_SOURCE_REMOVE;
}

static void
fail_to_listen (RtNetwork *self, const GError *error)
{
  guint port = rt_network_config_get_listen_port (self->config);
  g_autofree char *words = NULL;

  if (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_ADDRESS_IN_USE))
    words = g_strdup_printf (_("Port %u is taken by another program"), port);
  else
    words = g_strdup_printf (_("Cannot listen at %s, port %u: %s"), rt_network_config_get_listen_host (self->config), port, error->message);
  rt_network_fail (self, words);
  rt_timer_clear (&self->listen_timer);
  self->listen_timer = rt_timer_add (LISTEN_RETRY_SECONDS * 1000, "[rt-model] listen again", listen_again_cb, self);
}

void
rt_network_open_socket (RtNetwork *self, GBytes *seed)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->opening);
  self->opening = rt_network_make_socket (self, seed, &error);
  if (self->opening == NULL)
    {
      g_autofree char *words = rt_words_for_error (error, NULL);

      rt_network_fail (self, words);
      return;
    }
  g_free (self->node_id);
  self->node_id = g_strdup (p2p_mesh_socket_get_id (self->opening));
  if (!P2P_IS_SYNC_SOCKET (self->opening) && !P2P_IS_CHORD_SOCKET (self->opening))
    {
      rt_network_listen (self, NULL);
      return;
    }
  /* What it knew before comes first: others ask for it as soon as they can. */
  self->starting = g_cancellable_new ();
  rt_network_restore_table (self, self->opening, self->starting);
}

void
rt_network_listen (RtNetwork *self, const char *trouble)
{
  g_autoptr (P2pMeshSocket) socket = g_steal_pointer (&self->opening);
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->starting);
  if (!p2p_mesh_socket_listen (socket, rt_network_config_get_listen_host (self->config),
                               (guint16) rt_network_config_get_listen_port (self->config), &error))
    {
      p2p_mesh_socket_close (socket, NULL);
      rt_network_show_table (self, _("The network is off"));
      fail_to_listen (self, error);
      return;
    }

  self->socket = g_steal_pointer (&socket);
  if (!self->ephemeral)
    rt_network_set_error (self, trouble != NULL ? trouble : self->secret_trouble != NULL ? self->secret_trouble : self->chat_trouble != NULL ? self->chat_trouble : self->files_trouble, NULL, FALSE);
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SOCKET]);
  /* The port that was found is kept: friends are told of it. */
  if (rt_network_config_get_listen_port (self->config) == 0 && !rt_network_is_demo (self))
    {
      rt_network_config_set_listen_port (self->config, p2p_mesh_socket_get_port (self->socket));
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONFIG]);
    }
  rt_network_update_state (self);
  g_object_thaw_notify (G_OBJECT (self));
  rt_network_begin_talk (self);
  rt_network_begin_links (self);
  rt_network_show_table (self, NULL);
  rt_network_show_ring (self, self->socket);
  rt_network_show_transfers (self, self->socket);
  rt_network_show_demo (self, self->socket);
  rt_network_update_ports (self);
  /* what waits was perhaps written by somebody else */
  rt_network_pump_outbox (self);
}

static void
begin (RtNetwork *self)
{
  g_autoptr (GError) error = NULL;

  /* What is heard needs its place behind what was said before. */
  self->begin_waits = !self->chat_loaded;
  if (self->begin_waits)
    return;
  /* A database may hold anything. */
  if (!rt_network_config_check (self->config, &error))
    {
      rt_network_fail (self, error->message);
      return;
    }
  if (self->seed != NULL)
    {
      rt_network_begin_secret (self, self->seed);
      return;
    }
  rt_network_load_key (self);
}

void
rt_network_begin_waiting (RtNetwork *self)
{
  if (self->begin_waits)
    begin (self);
}

void
rt_network_start (RtNetwork *self)
{
  g_return_if_fail (RT_IS_NETWORK (self));

  if (self->socket != NULL || self->starting != NULL)
    return;
  rt_timer_clear (&self->listen_timer);
  rt_network_ask_again (self);
  rt_network_end_leaving (self);
  rt_network_set_error (self, NULL, NULL, FALSE);
  set_state (self, RT_NETWORK_STARTING);
  begin (self);
}

static void
close_socket (RtNetwork *self, gboolean leave)
{
  g_autoptr (P2pMeshSocket) socket = g_steal_pointer (&self->socket);

  if (self->starting != NULL)
    g_cancellable_cancel (self->starting);
  g_clear_object (&self->starting);
  if (self->opening != NULL)
    p2p_mesh_socket_close (self->opening, NULL);
  g_clear_object (&self->opening);
  rt_network_show_table (self, _("The network is off"));
  rt_network_show_ring (self, NULL);
  rt_network_show_transfers (self, NULL);
  rt_network_show_demo (self, NULL);
  rt_timer_clear (&self->listen_timer);
  if (socket == NULL)
    return;
  self->socket = socket;
  rt_network_end_talk (self);
  rt_network_end_links (self);
  self->socket = NULL;
  rt_network_update_ports (self);
  if (leave)
    rt_network_leave_ring (self, socket);
  else
    p2p_mesh_socket_close (socket, NULL);
}

static void
stop (RtNetwork *self, gboolean leave)
{
  gboolean was_up = self->socket != NULL;

  g_object_freeze_notify (G_OBJECT (self));
  close_socket (self, leave);
  self->begin_waits = FALSE;
  rt_network_end_outbox (self);
  rt_network_hurry_table (self);
  rt_network_hurry_unread (self);
  rt_network_hurry_chat (self);
  if (was_up)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SOCKET]);
  set_n_peers (self, 0);
  rt_network_set_error (self, NULL, NULL, FALSE);
  rt_network_show_known (self);
  set_state (self, RT_NETWORK_STOPPED);
  g_object_thaw_notify (G_OBJECT (self));
}

void
rt_network_stop (RtNetwork *self)
{
  g_return_if_fail (RT_IS_NETWORK (self));

  stop (self, TRUE);
}

void
rt_network_set_config (RtNetwork *self, RtNetworkConfig *config)
{
  g_autoptr (RtNetworkConfig) old = g_steal_pointer (&self->config);
  gboolean same, somebody_else, restart;

  self->config = rt_network_config_copy (config);
  rt_network_carry_secret (self, old);
  same = rt_network_config_same_network (old, self->config);
  somebody_else = !g_str_equal (rt_network_config_get_identity (old), rt_network_config_get_identity (self->config));
  restart = rt_network_config_needs_restart (old, self->config) && self->state != RT_NETWORK_STOPPED;
  /* the same node is back in a moment, with what it stored */
  if (restart)
    stop (self, !same);
  if (!same)
    {
      /* The addresses were those of another network; and nobody said that this one may be found. */
      rt_network_config_close (self->config);
      g_list_store_remove_all (self->known_shown);
      g_ptr_array_set_size (self->known, 0);
      rt_network_forget_table (self);
      rt_network_abandon_outbox (self, TRUE);
      rt_network_change_talk (self);
    }
  else if (somebody_else)
    rt_network_abandon_outbox (self, FALSE);
  /* what is written from now on is by whom nobody met yet */
  if (somebody_else)
    {
      g_clear_pointer (&self->node_id, g_free);
      g_clear_pointer (&self->ephemeral_seed, g_bytes_unref);
    }
  rt_network_change_secret (self, old);
  rt_network_update_ring (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONFIG]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
  if (restart)
    {
      rt_network_start (self);
      return;
    }
  rt_network_take_config_peers (self);
  rt_network_clear_foreign_error (self);
  if (self->socket != NULL)
    p2p_mesh_socket_set_max_outgoing (self->socket, rt_network_config_get_max_outgoing (self->config));
  rt_network_update_ports (self);
  rt_network_show_known (self);
}

/* ---- object ---- */

static void
rt_network_dispose (GObject *object)
{
  RtNetwork *self = RT_NETWORK (object);

  close_socket (self, TRUE);
  rt_network_free_demo (self);
  rt_network_free_ports (self);
  rt_network_free_ring (self);
  rt_network_free_transfers (self);
  rt_network_free_table (self);
  rt_network_free_unread (self);
  rt_network_free_outbox (self);
  rt_network_free_messages (self);
  rt_network_free_settings (self);
  rt_network_free_chat (self);
  rt_network_free_graph (self);
  rt_network_free_talk (self);
  rt_network_free_blocks (self);
  rt_network_free_secret (self);
  g_clear_pointer (&self->known, g_ptr_array_unref);
  g_clear_object (&self->known_shown);
  g_clear_object (&self->connections);
  g_clear_object (&self->timeline);
  g_clear_object (&self->config);
  g_clear_object (&self->identities);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (rt_network_parent_class)->dispose (object);
}

static void
rt_network_finalize (GObject *object)
{
  RtNetwork *self = RT_NETWORK (object);

  g_free (self->folder);
  g_free (self->user_name);
  g_free (self->node_id);
  g_free (self->state_text);
  g_free (self->error);
  g_free (self->error_address);
  g_clear_pointer (&self->ephemeral_seed, g_bytes_unref);
  g_clear_pointer (&self->seed, g_bytes_unref);

  G_OBJECT_CLASS (rt_network_parent_class)->finalize (object);
}

static void
rt_network_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtNetwork *self = RT_NETWORK (object);

  switch (prop_id)
    {
    case PROP_CONFIG: g_value_set_object (value, self->config); break;
    case PROP_SOCKET: g_value_set_object (value, self->socket); break;
    case PROP_STATE: g_value_set_enum (value, (int) self->state); break;
    case PROP_STATE_TEXT: g_value_set_string (value, self->state_text); break;
    case PROP_ERROR: g_value_set_string (value, self->error); break;
    case PROP_TITLE: g_value_set_string (value, rt_network_get_title (self)); break;
    case PROP_N_PEERS: g_value_set_uint (value, self->n_peers); break;
    case PROP_UNREAD: g_value_set_uint (value, self->unread); break;
    case PROP_UNREAD_IMPORTANT: g_value_set_uint (value, self->unread_important); break;
    case PROP_MUTED: g_value_set_boolean (value, self->muted); break;
    case PROP_TIMELINE: g_value_set_object (value, self->timeline); break;
    case PROP_USER_NAME: g_value_set_string (value, self->user_name); break;
    case PROP_CLOCK_SKEW: g_value_set_int64 (value, self->clock_skew); break;
    case PROP_BLOCKS_ERROR: g_value_set_string (value, self->blocks_error); break;
    case PROP_SECRET_STATE: g_value_set_enum (value, (int) self->secret_state); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_network_class_init (RtNetworkClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_network_dispose;
  object_class->finalize = rt_network_finalize;
  object_class->get_property = rt_network_get_property;

  properties[PROP_CONFIG] = g_param_spec_object ("config", NULL, NULL, RT_TYPE_NETWORK_CONFIG, flags);
  properties[PROP_SOCKET] = g_param_spec_object ("socket", NULL, NULL, P2P_TYPE_MESH_SOCKET, flags);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, RT_TYPE_NETWORK_STATE, RT_NETWORK_STOPPED, flags);
  properties[PROP_STATE_TEXT] = g_param_spec_string ("state-text", NULL, NULL, NULL, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_N_PEERS] = g_param_spec_uint ("n-peers", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_UNREAD_IMPORTANT] = g_param_spec_uint ("unread-important", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, flags);
  properties[PROP_TIMELINE] = g_param_spec_object ("timeline", NULL, NULL, RT_TYPE_TIMELINE_SOURCE, flags);
  properties[PROP_USER_NAME] = g_param_spec_string ("user-name", NULL, NULL, NULL, flags);
  properties[PROP_CLOCK_SKEW] = g_param_spec_int64 ("clock-skew", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_BLOCKS_ERROR] = g_param_spec_string ("blocks-error", NULL, NULL, NULL, flags);
  properties[PROP_SECRET_STATE] = g_param_spec_enum ("secret-state", NULL, NULL, RT_TYPE_SECRET_STATE, RT_SECRET_NONE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[MESSAGE_ADDED] = g_signal_new ("message-added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, RT_TYPE_MESSAGE_ITEM);
  signals[CHAT_LOADED] = g_signal_new ("chat-loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CAUGHT_UP] = g_signal_new ("caught-up", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, RT_TYPE_CATCH_UP);
}

static void
rt_network_init (RtNetwork *self)
{
  self->connections = g_list_store_new (P2P_TYPE_CONNECTION);
  self->known_shown = g_list_store_new (RT_TYPE_KNOWN_PEER);
  self->known = g_ptr_array_new_with_free_func (rt_known_address_free);
  rt_network_init_talk (self);
  rt_network_init_blocks (self);
  self->timeline = RT_TIMELINE_SOURCE (rt_memory_timeline_new (RT_MEMORY_TIMELINE_MAX_ITEMS));
  self->chat_loaded = TRUE;
  self->sent_keys = g_hash_table_new (g_str_hash, g_str_equal);
  self->sender_clocks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_queue_init (&self->outbox);
  g_queue_init (&self->sent);
}

RtNetwork *
rt_network_new (RtStore *store, const char *folder, RtNetworkConfig *config)
{
  RtNetwork *self = g_object_new (RT_TYPE_NETWORK, NULL);

  self->store = g_object_ref (store);
  self->folder = g_strdup (folder);
  self->config = rt_network_config_copy (config);
  rt_network_init_secret (self);
  update_state_text (self);
  rt_network_take_config_peers (self);
  rt_network_show_known (self);
  rt_network_load_blocks (self);
  return self;
}

void
rt_network_set_user_name (RtNetwork *self, const char *name)
{
  if (g_strcmp0 (self->user_name, name) == 0)
    return;
  g_free (self->user_name);
  self->user_name = g_strdup (name);
  rt_network_update_own_name (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_USER_NAME]);
}

void
rt_network_set_clock_skew (RtNetwork *self, gint64 skew)
{
  if (self->clock_skew == skew)
    return;
  self->clock_skew = skew;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CLOCK_SKEW]);
}
