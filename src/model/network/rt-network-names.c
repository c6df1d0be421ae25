/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names: ours, told when we come, when it changes, and to whoever is new beside us; and those of others. */
#include "config.h"

#include "rt-network-talk-private.h"
#include "model/people/rt-name.h"

/* When the first link is there others may follow. */
#define START_MILLISECONDS 1000u
#define CHANGE_MILLISECONDS 200u
/* A change is broadcast no more often; so are answers to those who ask everybody, which are spread over the second, as all answer. */
#define CHANGE_SECONDS 10
#define ANSWER_SECONDS 60
#define ANSWER_SPREAD_MILLISECONDS 4000
/* Where more than so many are there, who comes new learns the names as they speak to him. */
#define ANSWER_PEOPLE 64u
/* A node is told our name no more often. */
#define WHISPER_SECONDS 60

static P2pAppFrame *
make_frame (RtNetwork *self, P2pAppNameFlags flags)
{
  g_autofree char *name = self->user_name != NULL ? rt_name_clean (self->user_name) : NULL;

  return p2p_app_frame_new_name (name != NULL ? name : "", flags, NULL);
}

static void
whisper_name (RtNetwork *self, const char *id, P2pAppNameFlags flags)
{
  g_autoptr (P2pAppFrame) frame = make_frame (self, flags);

  rt_network_whisper_frame (self, id, frame);
}

static gboolean
name_cb (gpointer data)
{
  RtNetwork *self = data;
  RtTalk *talk = self->talk;
  g_autoptr (P2pAppFrame) frame = make_frame (self, talk->name_ask ? P2P_APP_NAME_ASK : P2P_APP_NAME_NONE);

  talk->name_timer = 0;
  talk->name_ask = FALSE;
  if (self->socket == NULL || frame == NULL)
    return G_SOURCE_REMOVE;
  talk->name_told = g_get_monotonic_time ();
  if (p2p_mesh_socket_send_app (self->socket, frame, NULL) > 0)
    talk->counts.names_out++;
  return G_SOURCE_REMOVE;
}

void
rt_network_tell_name_later (RtNetwork *self, gboolean ask, guint milliseconds)
{
  if (self->socket == NULL)
    return;
  self->talk->name_ask = self->talk->name_ask || ask;
  if (self->talk->name_timer == 0)
    self->talk->name_timer = rt_timer_add (milliseconds, "[rt-model] own name", name_cb, self);
}

void
rt_network_begin_names (RtNetwork *self)
{
  /* once in a life of the node: whoever comes later asks, or is introduced */
  if (self->talk->name_started)
    return;
  self->talk->name_started = TRUE;
  rt_network_tell_name_later (self, TRUE, START_MILLISECONDS);
}

void
rt_network_introduce (RtNetwork *self, const char *id)
{
  RtPerson *person = rt_people_find (self->people, id);
  gint64 now = g_get_monotonic_time ();

  if (person == NULL || (person->introduced != 0 && now - person->introduced < WHISPER_SECONDS * G_TIME_SPAN_SECOND))
    return;
  person->introduced = now;
  whisper_name (self, id, P2P_APP_NAME_ASK);
}

/* Neighbours are told by themselves: what comes over their own link they believe. */
static void
whisper_change (RtNetwork *self)
{
  GListModel *table = p2p_mesh_socket_get_routing_table (self->socket);

  for (guint i = 0; i < g_list_model_get_n_items (table); i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (table, i);

      if (p2p_connection_get_own (connection))
        whisper_name (self, p2p_connection_get_id (connection), P2P_APP_NAME_NONE);
    }
}

void
rt_network_update_own_name (RtNetwork *self)
{
  gint64 since = g_get_real_time () / G_USEC_PER_SEC - RT_TALK_LIVELY_SECONDS;
  gint64 past;

  rt_people_set_you (self->people, self->node_id, self->user_name);
  if (self->socket == NULL || rt_people_count_own_programs (self->people, since) == 0)
    return;
  whisper_change (self);
  past = (g_get_monotonic_time () - self->talk->name_told) / 1000;
  rt_network_tell_name_later (self, FALSE, past < CHANGE_SECONDS * 1000 ? (guint) (CHANGE_SECONDS * 1000 - past) : CHANGE_MILLISECONDS);
}

static void
answer (RtNetwork *self, RtPerson *person)
{
  gint64 now = g_get_monotonic_time ();

  if (person->answered != 0 && now - person->answered < WHISPER_SECONDS * G_TIME_SPAN_SECOND)
    return;
  person->answered = now;
  if (person->neighbour)
    {
      whisper_name (self, person->id, P2P_APP_NAME_NONE);
      return;
    }
  if (now - self->talk->name_told < ANSWER_SECONDS * G_TIME_SPAN_SECOND
      || rt_people_count_own_programs (self->people, g_get_real_time () / G_USEC_PER_SEC - RT_TALK_LIVELY_SECONDS) > ANSWER_PEOPLE)
    return;
  rt_network_tell_name_later (self, FALSE, (guint) g_random_int_range (CHANGE_MILLISECONDS, ANSWER_SPREAD_MILLISECONDS));
}

void
rt_network_take_name (RtNetwork *self, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection)
{
  const char *sender = p2p_message_get_sender (message);
  RtPerson *person = rt_people_find (self->people, sender);
  RtTalkCounts *counts = &self->talk->counts;

  counts->names++;
  if (person == NULL)
    {
      counts->names_refused++;
      return;
    }
  if ((p2p_app_frame_get_flags (frame) & P2P_APP_NAME_ASK) != 0)
    answer (self, person);
  /* A neighbour says it on his own link; a whisper by somebody else is none of his. */
  if ((person->neighbour || p2p_message_get_flag (message) == P2P_FLAG_WHISPER)
      && (connection == NULL || g_strcmp0 (p2p_connection_get_id (connection), sender) != 0))
    counts->names_refused++;
  else
    {
      g_autoptr (GBytes) id = p2p_message_get_id (message);

      if (!rt_people_note_claim (self->people, sender, p2p_app_frame_get_name (frame), id, p2p_message_get_verified (message), g_get_real_time ()))
        counts->names_refused++;
    }
}
