/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes with a message: which one it answers, and that it came. */
#include "config.h"

#include "rt-network-talk-private.h"

/* A reply and its message leave together; on the way they may part for so long. */
#define HELD_SECONDS 2
#define MAX_HELD 4096u
#define MAX_RECENT 1024u
/* Receipts are gathered for so long. */
#define PRIVATE_MILLISECONDS 200u
#define PUBLIC_MILLISECONDS 2000u
#define MAX_PRIVATE_SENDERS 64u
/* Where more are there nobody wants to know who has it. */
#define RECEIPT_PEOPLE 32u
/* A node may have so many ids noted at once, and so many a second. */
#define RECEIPT_BURST 256u
#define RECEIPT_RATE 32
/* All of them together that are no neighbours: a burst of as many people as are told what we have. */
#define RECEIPTS_BURST 4096u
#define RECEIPTS_RATE 256
/* Receipts that others pass on: everybody's network bears them, whoever makes us send them. Who misses one says the message again. */
#define BOXES_BURST 32u
#define BOXES_RATE 4
/* Sealed messages of this life that are known at once; others are looked up on the disk. */
#define MAX_PRIVATE 4096u

/* ---- replies ---- */

typedef struct {
  GBytes *about;
  GBytes *to;
  char   *sender;
  gint64  flag;
  gint64  since;                /* monotonic */
} Held;

static void
held_free (gpointer data)
{
  Held *held = data;

  g_bytes_unref (held->about);
  g_bytes_unref (held->to);
  g_free (held->sender);
  g_free (held);
}

static void
drop_held (RtNetwork *self)
{
  Held *held = g_queue_pop_head (&self->talk->held_order);

  self->talk->counts.replies_dropped++;
  g_hash_table_remove (self->talk->held, held->about);
}

static void
expire_held (RtNetwork *self)
{
  gint64 now = g_get_monotonic_time ();

  for (Held *held = g_queue_peek_head (&self->talk->held_order); held != NULL && now - held->since >= HELD_SECONDS * G_TIME_SPAN_SECOND;
       held = g_queue_peek_head (&self->talk->held_order))
    drop_held (self);
}

static char *
make_recent (P2pMessage *message)
{
  return g_strdup_printf ("%d%s", (int) p2p_message_get_flag (message), p2p_message_get_sender (message));
}

void
rt_network_take_reply (RtNetwork *self, P2pAppFrame *frame, P2pMessage *message)
{
  RtTalk *talk = self->talk;
  GBytes *about = p2p_app_frame_get_about (frame), *to = p2p_app_frame_get_to (frame);
  const char *known;
  Held *held;

  talk->counts.replies++;
  expire_held (self);
  if (about == NULL || to == NULL || g_bytes_equal (about, to) || g_hash_table_contains (talk->held, about))
    {
      talk->counts.replies_dropped++;
      return;
    }
  known = g_hash_table_lookup (talk->recent, about);
  if (known != NULL)
    {
      g_autofree char *own = make_recent (message);

      /* Only who said it says what it answers. */
      if (g_str_equal (own, known))
        rt_network_note_reply (self, about, to);
      else
        talk->counts.replies_dropped++;
      return;
    }
  if (talk->held_order.length >= MAX_HELD)
    drop_held (self);
  held = g_new0 (Held, 1);
  held->about = g_bytes_ref (about);
  held->to = g_bytes_ref (to);
  held->sender = g_strdup (p2p_message_get_sender (message));
  held->flag = p2p_message_get_flag (message);
  held->since = g_get_monotonic_time ();
  g_hash_table_insert (talk->held, held->about, held);
  g_queue_push_tail (&talk->held_order, held);
}

static void
name_sender (RtNetwork *self, RtMessageItem *item)
{
  g_autofree char *word = NULL;
  g_autofree char *name = rt_network_dup_sender_name (self, rt_message_item_get_sender (item), rt_message_item_get_claimed_name (item), &word);
  RtPerson *person = rt_people_find (self->people, rt_message_item_get_sender (item));

  if (person != NULL)
    rt_message_item_set_claimed_name (item, person->claimed);
  rt_message_item_set_sender_name (item, name, word);
}

void
rt_network_prepare_talk (RtNetwork *self, RtMessageItem *item, P2pMessage *message)
{
  const char *recipient = rt_message_item_get_recipient (item);
  GBytes *id = rt_message_item_get_id (item);
  Held *held;

  if (!rt_message_item_get_own (item))
    name_sender (self, item);
  if (recipient != NULL)
    {
      g_autofree char *name = rt_people_dup_shown_name (self->people, recipient);

      rt_message_item_set_recipient_name (item, name);
    }
  if (message == NULL || id == NULL)
    return;
  held = g_hash_table_lookup (self->talk->held, id);
  if (held == NULL)
    return;
  if (held->flag == p2p_message_get_flag (message) && g_str_equal (held->sender, p2p_message_get_sender (message)))
    rt_message_item_set_reply_to (item, held->to);
  else
    self->talk->counts.replies_dropped++;
  g_queue_remove (&self->talk->held_order, held);
  g_hash_table_remove (self->talk->held, id);
}

P2pAppFrame *
rt_network_dup_reply_frame (RtNetwork *self, RtMessageItem *item)
{
  GBytes *to = rt_message_item_get_reply_to (item);

  return to != NULL ? p2p_app_frame_new_reply (NULL, to, NULL) : NULL;
}

/* ---- receipts of what we heard ---- */

static gboolean
private_cb (gpointer data)
{
  RtNetwork *self = data;
  GHashTableIter iter;
  gpointer sender, ids;

  self->talk->private_timer = 0;
  g_hash_table_iter_init (&iter, self->talk->private_ids);
  while (g_hash_table_iter_next (&iter, &sender, &ids))
    {
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_receipt (ids, NULL);

      if (frame == NULL || self->socket == NULL)
        continue;
      if (p2p_mesh_socket_get_connection (self->socket, sender) != NULL)
        rt_network_whisper_frame (self, sender, frame);
      else if (rt_credit_take (&self->talk->box_receipt_credit, &self->talk->box_receipt_time, BOXES_BURST, BOXES_RATE) && rt_network_tell_through (self, sender, frame))
        self->talk->counts.box_receipts_out++;
    }
  g_hash_table_remove_all (self->talk->private_ids);
  return G_SOURCE_REMOVE;
}

static gboolean
public_cb (gpointer data)
{
  RtNetwork *self = data;
  RtTalk *talk = self->talk;
  gint64 since = g_get_real_time () / G_USEC_PER_SEC - RT_TALK_LIVELY_SECONDS;
  guint n = rt_people_count_own_programs (self->people, since);

  talk->public_timer = 0;
  if (self->socket != NULL && n > 0 && n <= RECEIPT_PEOPLE)
    {
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_receipt (talk->public_ids, NULL);

      if (frame != NULL && p2p_mesh_socket_send_app (self->socket, frame, NULL) > 0)
        talk->counts.receipts_out++;
    }
  g_ptr_array_set_size (talk->public_ids, 0);
  return G_SOURCE_REMOVE;
}

static void
gather (GPtrArray *ids, GBytes *id)
{
  if (ids->len >= P2P_APP_MAX_IDS)
    g_ptr_array_remove_index (ids, 0);
  g_ptr_array_add (ids, g_bytes_ref (id));
}

static void
gather_receipt (RtNetwork *self, P2pMessage *message, GBytes *id)
{
  RtTalk *talk = self->talk;
  const char *sender = p2p_message_get_sender (message);
  GPtrArray *ids;

  if (!rt_network_wants (self, "send-receipts"))
    return;
  if (p2p_message_get_flag (message) == P2P_FLAG_BROADCAST)
    {
      gather (talk->public_ids, id);
      if (talk->public_timer == 0)
        talk->public_timer = rt_timer_add (PUBLIC_MILLISECONDS, "[rt-model] receipts", public_cb, self);
      return;
    }
  ids = g_hash_table_lookup (talk->private_ids, sender);
  if (ids == NULL)
    {
      if (g_hash_table_size (talk->private_ids) >= MAX_PRIVATE_SENDERS)
        return;
      ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      g_hash_table_insert (talk->private_ids, g_strdup (sender), ids);
    }
  gather (ids, id);
  if (talk->private_timer == 0)
    talk->private_timer = rt_timer_add (PRIVATE_MILLISECONDS, "[rt-model] private receipts", private_cb, self);
}

void
rt_network_note_heard (RtNetwork *self, P2pMessage *message)
{
  RtTalk *talk = self->talk;
  RtPerson *person = rt_people_find (self->people, p2p_message_get_sender (message));
  GBytes *id;

  /* Of those who speak only words neither replies nor receipts are to be had. */
  if (person == NULL || !person->own_program || person->you)
    return;
  id = p2p_message_get_id (message);
  if (!g_hash_table_contains (talk->recent, id))
    {
      g_hash_table_insert (talk->recent, id, make_recent (message));
      g_queue_push_tail (&talk->recent_order, id);
      if (talk->recent_order.length > MAX_RECENT)
        g_hash_table_remove (talk->recent, g_queue_pop_head (&talk->recent_order));
      gather_receipt (self, message, id);
      return;
    }
  g_bytes_unref (id);
}

void
rt_network_note_again (RtNetwork *self, P2pMessage *message)
{
  g_autoptr (GBytes) id = p2p_message_get_id (message);

  self->talk->counts.repeated++;
  gather_receipt (self, message, id);
}

gboolean
rt_network_is_again (RtNetwork *self, P2pMessage *message)
{
  RtTalk *talk = self->talk;
  GBytes *id = p2p_message_get_id (message);

  if (g_hash_table_contains (talk->private_heard, id))
    {
      g_bytes_unref (id);
      return TRUE;
    }
  g_hash_table_add (talk->private_heard, id);
  g_queue_push_tail (&talk->private_order, id);
  if (talk->private_order.length > MAX_PRIVATE)
    g_hash_table_remove (talk->private_heard, g_queue_pop_head (&talk->private_order));
  return FALSE;
}

/* ---- receipts of what we said ---- */

/* Neighbours speak for themselves, and there are few of them; of others there are as many as somebody makes up. */
static gboolean
may_note (RtNetwork *self, RtPerson *person, gboolean own_link)
{
  RtTalk *talk = self->talk;

  return rt_credit_take (&person->receipt_credit, &person->receipt_time, RECEIPT_BURST, RECEIPT_RATE)
         && (own_link || rt_credit_take (&talk->receipt_credit, &talk->receipt_time, RECEIPTS_BURST, RECEIPTS_RATE));
}

void
rt_network_take_receipt (RtNetwork *self, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection)
{
  const char *sender = p2p_message_get_sender (message);
  RtPerson *person = rt_people_find (self->people, sender);
  GPtrArray *ids = p2p_app_frame_get_ids (frame);
  RtTalkCounts *counts = &self->talk->counts;
  gboolean whisper = p2p_message_get_flag (message) == P2P_FLAG_WHISPER;
  /* through others, and nobody else can have said it */
  gboolean sealed = p2p_message_get_sealed (message) && p2p_message_get_verified (message);
  gboolean own_link = connection != NULL && g_strcmp0 (p2p_connection_get_id (connection), sender) == 0;

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      counts->receipts++;
      if (person == NULL || (whisper && !own_link && !sealed) || !may_note (self, person, own_link))
        counts->receipts_dropped++;
      else
        rt_network_note_receipt (self, ids->pdata[i], sender, g_get_real_time () / G_USEC_PER_SEC);
    }
}

void
rt_network_init_beside (RtNetwork *self)
{
  RtTalk *talk = self->talk;

  talk->held = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, NULL, held_free);
  g_queue_init (&talk->held_order);
  talk->recent = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, g_free);
  g_queue_init (&talk->recent_order);
  talk->private_heard = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  g_queue_init (&talk->private_order);
  talk->public_ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  talk->private_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
}

void
rt_network_free_beside (RtNetwork *self)
{
  RtTalk *talk = self->talk;

  g_queue_clear (&talk->held_order);
  g_queue_clear (&talk->recent_order);
  g_clear_pointer (&talk->held, g_hash_table_unref);
  g_clear_pointer (&talk->recent, g_hash_table_unref);
  g_queue_clear (&talk->private_order);
  g_clear_pointer (&talk->private_heard, g_hash_table_unref);
  g_clear_pointer (&talk->public_ids, g_ptr_array_unref);
  g_clear_pointer (&talk->private_ids, g_hash_table_unref);
}
