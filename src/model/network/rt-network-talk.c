/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What nodes of this program say to each other beside the text. All of it are claims; who said them is proved by nothing but the link, if it came by his own. */
#include "config.h"

#include "rt-network-talk-private.h"

static void
person_changed_cb (RtPeople *people, RtPerson *person, RtNetwork *self)
{
  if (!person->you)
    rt_network_note_name (self, person->id);
}

static void
save_people (RtNetwork *self)
{
  RtStoreChat *chat = rt_network_get_chat (self);
  g_autoptr (GPtrArray) people = NULL;

  /* who has given way is not kept, however long the others wait */
  if (chat != NULL && !rt_network_get_chat_loaded (self))
    {
      rt_people_forget_gone (self->people);
      return;
    }
  people = rt_people_steal_unsaved (self->people, RT_PEOPLE_MAX);
  for (guint i = 0; chat != NULL && i < people->len; i++)
    {
      RtPerson *person = people->pdata[i];
      g_autoptr (RtStorePerson) kept = rt_store_person_new (person->id);

      kept->name = g_strdup (person->claimed);
      kept->heard = person->heard;
      kept->flags = person->own_program;
      kept->pub = person->key != NULL ? g_bytes_ref (person->key) : NULL;
      kept->known_since = person->known_since;
      kept->petname = g_strdup (person->petname);
      kept->compared = person->compared;
      kept->compared_name = g_strdup (rt_person_get_compared_name (person));
      kept->name_since = person->claimed != NULL ? person->name_since : 0;
      kept->petname_since = person->petname != NULL ? person->petname_since : 0;
      rt_store_chat_save_person (chat, kept);
    }
}

static void
note_seen (RtNetwork *self)
{
  RtStoreChat *chat = rt_network_get_chat (self);
  gint64 unasked = rt_network_get_unasked (self);

  self->talk->last_seen = g_get_real_time () / G_USEC_PER_SEC;
  /* ended in the middle of catching up: the next life asks for it again */
  if (chat != NULL && self->talk->loaded)
    rt_store_chat_set_last_seen (chat, unasked != 0 ? unasked : self->talk->last_seen);
}

static gboolean
seen_cb (gpointer data)
{
  RtNetwork *self = data;

  note_seen (self);
  return G_SOURCE_CONTINUE;
}

void
rt_network_init_talk (RtNetwork *self)
{
  self->people = rt_people_new ();
  self->gaps = g_list_store_new (RT_TYPE_GAP);
  self->talk = g_new0 (RtTalk, 1);
  self->talk->least_gap = RT_TALK_GAP_SECONDS;
  self->talk->teller_seconds = RT_CATCH_UP_TELLER_SECONDS;
  self->talk->again_seconds = RT_CATCH_UP_AGAIN_SECONDS;
  g_queue_init (&self->talk->waiting);
  self->talk->verifier = p2p_verifier_new ();
  self->talk->name_told = G_MININT64 / 2;
  self->talk->healed = G_MININT64 / 2;
  self->talk->before = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  rt_network_init_beside (self);
  rt_network_init_called (self);
  g_signal_connect (self->people, "person-changed", G_CALLBACK (person_changed_cb), self);
  g_signal_connect_swapped (self->people, "unsaved", G_CALLBACK (save_people), self);
}

/* ---- what is said ---- */

RtPerson *
rt_network_get_teller (RtNetwork *self, P2pMessage *message, P2pConnection *connection)
{
  const char *sender = p2p_message_get_sender (message);

  if (p2p_message_get_flag (message) != P2P_FLAG_WHISPER || connection == NULL || !p2p_connection_get_own (connection)
      || g_strcmp0 (p2p_connection_get_id (connection), sender) != 0)
    return NULL;
  return rt_people_find (self->people, sender);
}

static void
whispered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  /* Who it was for is gone, or of another program: he does not miss it. */
  p2p_mesh_socket_whisper_app_finish (P2P_MESH_SOCKET (source), result, NULL);
}

gboolean
rt_network_tell_through (RtNetwork *self, const char *id, P2pAppFrame *frame)
{
  if (self->socket == NULL || frame == NULL || self->n_peers == 0 || p2p_mesh_socket_get_connection (self->socket, id) != NULL ||
      !p2p_mesh_socket_can_seal (self->socket, id))
    return FALSE;
  return p2p_mesh_socket_tell_app_through (self->socket, id, frame, NULL) > 0;
}

void
rt_network_whisper_frame (RtNetwork *self, const char *id, P2pAppFrame *frame)
{
  /* Nobody is dialled for what stands beside the text. */
  if (self->socket == NULL || frame == NULL || p2p_mesh_socket_get_connection (self->socket, id) == NULL)
    return;
  self->talk->counts.whispers_out++;
  p2p_mesh_socket_whisper_app_async (self->socket, id, frame, NULL, whispered_cb, NULL);
}

static void
talk_message_cb (P2pMeshSocket *socket, P2pMessage *message, P2pConnection *connection, RtNetwork *self)
{
  rt_people_note_heard (self->people, p2p_message_get_sender (message), g_get_real_time ());
  /* nobody else can seal */
  if (p2p_message_get_sealed (message))
    rt_people_note_own_program (self->people, p2p_message_get_sender (message), g_get_real_time ());
  rt_network_learn_key (self, p2p_message_get_sender (message));
  rt_network_note_heard (self, message);
}

static void
talk_frame_cb (P2pMeshSocket *socket, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection, RtNetwork *self)
{
  const char *sender = p2p_message_get_sender (message);

  if (g_strcmp0 (sender, self->node_id) == 0)
    return;
  if (rt_network_is_unsigned (self, message))
    {
      rt_network_refuse_frame (self, frame, message);
      return;
    }
  rt_people_note_own_program (self->people, sender, g_get_real_time ());
  rt_network_learn_key (self, sender);
  switch (p2p_app_frame_get_op (frame))
    {
    case P2P_APP_NAME: rt_network_take_name (self, frame, message, connection); break;
    case P2P_APP_REPLY: rt_network_take_reply (self, frame, message); break;
    case P2P_APP_RECEIPT: rt_network_take_receipt (self, frame, message, connection); break;
    case P2P_APP_HISTORY_ASK: rt_network_take_history_ask (self, frame, message, connection); break;
    case P2P_APP_HISTORY: rt_network_take_history (self, frame, message, connection); break;
    /* those of files are RtTransfers' */
    case P2P_APP_FILE:
    case P2P_APP_FETCH:
    case P2P_APP_CHUNK:
    /* and these RtCalls' */
    case P2P_APP_CALL:
    case P2P_APP_CALLED:
    default: break;
    }
  /* of what he says, too; but a receipt says enough by itself */
  rt_network_note_reachable (self, sender);
}

/* ---- who is there ---- */

static void
note_own_link (RtNetwork *self, P2pConnection *connection, gint64 heard)
{
  const char *id = p2p_connection_get_id (connection);

  rt_people_note_own_program (self->people, id, g_get_real_time ());
  rt_network_learn_key (self, id);
  rt_network_introduce (self, id);
  rt_network_consider_catch_up (self, rt_people_find (self->people, id), heard);
}

static void
own_changed_cb (P2pConnection *connection, GParamSpec *pspec, RtNetwork *self)
{
  RtPerson *person = rt_people_find (self->people, p2p_connection_get_id (connection));

  if (p2p_connection_get_own (connection) && p2p_connection_get_state (connection) == P2P_CONNECTION_ESTABLISHED)
    note_own_link (self, connection, person != NULL ? person->heard_before : 0);
}

static void
talk_peer_added_cb (P2pMeshSocket *socket, P2pConnection *connection, RtNetwork *self)
{
  const char *id = p2p_connection_get_id (connection);
  RtPerson *person = rt_people_find (self->people, id);
  gint64 heard = person != NULL ? person->heard : 0;

  rt_people_note_neighbour (self->people, id, TRUE, g_get_real_time ());
  person = rt_people_find (self->people, id);
  if (person != NULL)
    person->heard_before = heard;
  if (!self->talk->somebody)
    {
      self->talk->somebody = TRUE;
      self->talk->together = g_get_real_time () / G_USEC_PER_SEC;
      rt_network_begin_count (self);
      rt_network_begin_names (self);
      if (self->talk->loaded)
        {
          rt_network_end_gap (self);
          note_seen (self);
        }
      if (self->talk->seen_timer == 0)
        self->talk->seen_timer = rt_timer_add (RT_TALK_SEEN_SECONDS * 1000, "[rt-model] seen", seen_cb, self);
    }
  g_signal_connect_object (connection, "notify::own", G_CALLBACK (own_changed_cb), self, 0);
  if (p2p_connection_get_own (connection))
    note_own_link (self, connection, heard);
}

static void
note_alone (RtNetwork *self)
{
  if (!self->talk->somebody)
    return;
  self->talk->somebody = FALSE;
  rt_timer_clear (&self->talk->seen_timer);
  note_seen (self);
}

static void
talk_peer_removed_cb (P2pMeshSocket *socket, P2pConnection *connection, const GError *reason, RtNetwork *self)
{
  const char *id = p2p_connection_get_id (connection);

  g_signal_handlers_disconnect_by_func (connection, own_changed_cb, self);
  if (id == NULL || p2p_mesh_socket_get_connection (socket, id) != NULL)
    return;
  rt_people_note_neighbour (self->people, id, FALSE, g_get_real_time ());
  rt_network_drop_teller (self, id);
  if (g_list_model_get_n_items (p2p_mesh_socket_get_routing_table (socket)) == 0)
    note_alone (self);
}

/* ---- what was heard before ---- */

static void read_before (RtNetwork *self, gint64 behind_time, GBytes *behind_id);

static void
note_before (RtNetwork *self, GPtrArray *messages)
{
  for (guint i = 0; i < messages->len; i++)
    {
      const RtStoreMessage *kept = messages->pdata[i];

      if (kept->id != NULL)
        g_hash_table_add (self->talk->before, g_bytes_ref (kept->id));
    }
}

static void
before_read_cb (GObject *chat, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetwork) self = user_data;
  g_autoptr (RtStoreChatPage) page = rt_store_chat_history_finish (RT_STORE_CHAT (chat), result, NULL);

  if (self->talk == NULL || page == NULL)
    return;
  note_before (self, page->messages);
  if (page->has_after && page->messages->len > 0 && g_hash_table_size (self->talk->before) < RT_TALK_BEFORE_MESSAGES)
    {
      const RtStoreMessage *last = page->messages->pdata[page->messages->len - 1];

      if (last->id != NULL)
        read_before (self, last->time / G_USEC_PER_SEC, last->id);
    }
}

static void
read_before (RtNetwork *self, gint64 behind_time, GBytes *behind_id)
{
  RtStoreChat *chat = rt_network_get_chat (self);

  if (chat != NULL)
    rt_store_chat_history_async (chat, self->talk->begun - RT_TALK_BEFORE_SECONDS, self->talk->begun + RT_TALK_BEFORE_SECONDS, behind_time, behind_id,
                                 RT_STORE_CHAT_PAGE, 1024 * 1024, NULL, before_read_cb, g_object_ref (self));
}

gboolean
rt_network_was_heard_before (RtNetwork *self, P2pMessage *message)
{
  g_autoptr (GBytes) id = NULL;

  if (g_hash_table_size (self->talk->before) == 0 || p2p_message_get_time (message) > self->talk->begun + RT_TALK_BEFORE_SECONDS
      || p2p_message_get_flag (message) != P2P_FLAG_BROADCAST)
    return FALSE;
  id = p2p_message_get_id (message);
  return g_hash_table_contains (self->talk->before, id);
}

/* ---- from start to end ---- */

/* Of what was kept of the chat; NULL: nothing is. */
void
rt_network_talk_loaded (RtNetwork *self, const RtStoreChatState *state)
{
  RtTalk *talk = self->talk;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  talk->loaded = TRUE;
  if (state != NULL)
    {
      for (guint i = 0; i < state->people->len; i++)
        {
          const RtStorePerson *person = state->people->pdata[i];

          rt_people_restore (self->people, person->id, person->name, person->heard, (person->flags & 1) != 0);
          rt_people_restore_names (self->people, person->id, person->name, person->name_since, person->compared_name, person->petname_since);
          rt_people_restore_key (self->people, person->id, person->pub, person->known_since, person->petname, person->compared);
        }
      rt_network_show_blocks (self);
      rt_network_restore_gaps (self, state->gaps);
      note_before (self, state->tail);
      /* what this life knows is newer */
      if (talk->last_seen == 0)
        talk->last_seen = CLAMP (state->last_seen, 0, now);
    }
  if (talk->somebody)
    {
      rt_network_end_gap (self);
      note_seen (self);
      rt_network_consider_catch_up (self, NULL, 0);
    }
}

/* Before the rows: who says something is known when it becomes one. */
void
rt_network_begin_talk (RtNetwork *self)
{
  self->talk->begun = g_get_real_time () / G_USEC_PER_SEC;
  self->talk->name_started = FALSE;
  rt_people_set_you (self->people, self->node_id, self->user_name);
  if (!self->talk->loaded && rt_network_get_chat (self) == NULL)
    rt_network_talk_loaded (self, NULL);
  if (g_hash_table_size (self->talk->before) > RT_TALK_BEFORE_MESSAGES)
    g_hash_table_remove_all (self->talk->before);
  read_before (self, 0, NULL);
  g_signal_connect (self->socket, "message", G_CALLBACK (talk_message_cb), self);
  g_signal_connect (self->socket, "app-frame", G_CALLBACK (talk_frame_cb), self);
  g_signal_connect (self->socket, "peer-added", G_CALLBACK (talk_peer_added_cb), self);
  g_signal_connect (self->socket, "peer-removed", G_CALLBACK (talk_peer_removed_cb), self);
  rt_network_begin_trust (self);
}

/* The socket is about to go; its handlers go with those of the links. */
void
rt_network_end_talk (RtNetwork *self)
{
  GListModel *table = p2p_mesh_socket_get_routing_table (self->socket);

  for (guint i = 0; i < g_list_model_get_n_items (table); i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (table, i);

      g_signal_handlers_disconnect_by_func (connection, own_changed_cb, self);
      rt_people_note_neighbour (self->people, p2p_connection_get_id (connection), FALSE, g_get_real_time ());
    }
  rt_network_drop_teller (self, NULL);
  rt_network_drop_asks (self);
  note_alone (self);
  rt_timer_clear (&self->talk->name_timer);
  rt_timer_clear (&self->talk->public_timer);
  rt_timer_clear (&self->talk->private_timer);
  save_people (self);
}

void
rt_network_free_talk (RtNetwork *self)
{
  if (self->talk == NULL)
    return;
  rt_network_drop_teller (self, NULL);
  rt_network_drop_asks (self);
  rt_timer_clear (&self->talk->name_timer);
  rt_timer_clear (&self->talk->public_timer);
  rt_timer_clear (&self->talk->private_timer);
  rt_timer_clear (&self->talk->seen_timer);
  rt_timer_clear (&self->talk->round_timer);
  rt_timer_clear (&self->talk->heal_timer);
  rt_network_free_beside (self);
  rt_network_free_called (self);
  g_clear_object (&self->talk->count_gap);
  g_clear_pointer (&self->talk->verifier, p2p_verifier_unref);
  g_clear_pointer (&self->talk->before, g_hash_table_unref);
  g_signal_handlers_disconnect_by_data (self->people, self);
  g_clear_object (&self->people);
  g_clear_object (&self->gaps);
  g_clear_pointer (&self->talk, g_free);
}

RtPeople *
rt_network_get_people (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return self->people;
}

GListModel *
rt_network_get_gaps (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return G_LIST_MODEL (self->gaps);
}

void
rt_network_get_talk_counts (RtNetwork *self, RtTalkCounts *counts)
{
  g_return_if_fail (RT_IS_NETWORK (self));
  g_return_if_fail (counts != NULL);

  *counts = self->talk->counts;
}
