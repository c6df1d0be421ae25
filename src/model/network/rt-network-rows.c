/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a network that somebody looks at, and what is found out of them. */
#include "config.h"

#include "rt-network-private.h"
#include "model/people/rt-name.h"
#include "model/people/rt-trust.h"
#include "model/timeline/rt-store-timeline.h"

#include <glib/gi18n-lib.h>

static RtStoreTimeline *
get_kept (RtNetwork *self)
{
  return RT_IS_STORE_TIMELINE (self->timeline) ? RT_STORE_TIMELINE (self->timeline) : NULL;
}

void
rt_network_add_outgoing (RtNetwork *self, RtMessageItem *item)
{
  if (get_kept (self) != NULL)
    rt_store_timeline_add (get_kept (self), item);
  else
    rt_memory_timeline_add (RT_MEMORY_TIMELINE (self->timeline), RT_TIMELINE_ITEM (item));
}

void
rt_network_add_item (RtNetwork *self, RtMessageItem *item)
{
  /* first to the store: whoever is told of the row may ask for a page with it */
  if (self->chat != NULL)
    {
      g_autoptr (RtStoreMessage) stored = rt_message_item_to_store (item, FALSE);

      rt_store_chat_add (self->chat, stored, FALSE);
    }
  rt_network_add_outgoing (self, item);
}

void
rt_network_tell_item (RtNetwork *self, RtMessageItem *item)
{
  if (get_kept (self) != NULL)
    rt_store_timeline_item_changed (get_kept (self), item);
  else if (self->timeline != NULL)
    rt_memory_timeline_item_changed (RT_MEMORY_TIMELINE (self->timeline), RT_TIMELINE_ITEM (item));
}

void
rt_network_save_item (RtNetwork *self, RtMessageItem *item, gboolean outbox, gboolean now)
{
  g_autoptr (RtStoreMessage) stored = NULL;

  if (self->chat == NULL)
    return;
  stored = rt_message_item_to_store (item, outbox);
  rt_store_chat_update (self->chat, stored, now);
}

GPtrArray *
rt_network_dup_held (RtNetwork *self)
{
  GPtrArray *items;
  guint n;

  if (get_kept (self) != NULL)
    return rt_store_timeline_dup_held (get_kept (self));
  n = g_list_model_get_n_items (G_LIST_MODEL (self->timeline));
  items = g_ptr_array_new_full (n, g_object_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items, g_list_model_get_item (G_LIST_MODEL (self->timeline), i));
  return items;
}

/* The newest first: what is asked for is mostly new. */
RtMessageItem *
rt_network_find_newest (RtNetwork *self, GBytes *id, guint among)
{
  guint n;

  if (get_kept (self) != NULL)
    return rt_store_timeline_find_held (get_kept (self), id);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->timeline));
  for (guint left = MIN (n, among); left > 0; left--)
    {
      g_autoptr (RtMessageItem) item = g_list_model_get_item (G_LIST_MODEL (self->timeline), --n);
      GBytes *other = rt_message_item_get_id (item);

      if (other != NULL && g_bytes_equal (other, id))
        return item;
    }
  return NULL;
}

RtMessageItem *
rt_network_find_held (RtNetwork *self, GBytes *id)
{
  return rt_network_find_newest (self, id, G_MAXUINT);
}

/* ---- the original of a reply ---- */

void
rt_network_show_original (RtNetwork *self, RtMessageItem *item, RtMessageItem *original)
{
  g_autofree char *name = NULL;

  if (!rt_message_item_get_own (original))
    {
      g_autofree char *shown = rt_name_dup_shown (rt_message_item_get_sender_name (original), rt_message_item_get_sender_word (original));

      name = rt_trust_dup_marked (shown, rt_message_item_get_trust (original), rt_people_find (self->people, rt_message_item_get_sender (original)));
    }
  rt_message_item_set_reply (item, RT_REPLY_FOUND, rt_message_item_get_text (original), name != NULL ? name : _("You"));
}

static void
looked_up_cb (GObject *network, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtMessageItem) item = user_data;
  g_autoptr (RtMessageItem) original = rt_network_find_message_finish (RT_NETWORK (network), result, NULL);

  if (original != NULL)
    {
      rt_network_show_original (RT_NETWORK (network), item, original);
      return;
    }
  rt_message_item_set_reply (item, RT_REPLY_UNKNOWN, NULL, NULL);
  RT_NETWORK (network)->misses_originals = TRUE;
}

void
rt_network_note_original (RtNetwork *self, RtMessageItem *original)
{
  GBytes *id = rt_message_item_get_id (original);
  g_autoptr (GPtrArray) held = NULL;

  if (!self->misses_originals || id == NULL)
    return;
  held = rt_network_dup_held (self);
  for (guint i = 0; i < held->len; i++)
    {
      RtMessageItem *item = held->pdata[i];

      if (rt_message_item_get_reply_state (item) == RT_REPLY_UNKNOWN && g_bytes_equal (rt_message_item_get_reply_to (item), id))
        rt_network_show_original (self, item, original);
    }
}

void
rt_network_look_up_reply (RtNetwork *self, RtMessageItem *item)
{
  g_return_if_fail (RT_IS_NETWORK (self));
  g_return_if_fail (RT_IS_MESSAGE_ITEM (item));

  if (rt_message_item_get_reply_to (item) != NULL && rt_message_item_begin_reply (item))
    rt_network_find_message_async (self, rt_message_item_get_reply_to (item), NULL, looked_up_cb, g_object_ref (item));
}

/* ---- what others say beside the text ---- */

typedef enum { NOTE_REPLY, NOTE_RECEIPT } NoteKind;

typedef struct {
  NoteKind  kind;
  GBytes   *bytes;              /* the original */
  char     *node;               /* of a receipt */
  gint64    time;
} Note;

static void take_receipt (RtNetwork *self, RtMessageItem *item, const char *node, gint64 time);

static void
take_reply (RtNetwork *self, RtMessageItem *item, GBytes *to)
{
  /* the first counts: nobody changes what was said */
  if (rt_message_item_get_reply_to (item) != NULL)
    return;
  rt_message_item_set_reply_to (item, to);
  rt_network_save_item (self, item, FALSE, FALSE);
  rt_network_tell_item (self, item);
}

static void
note_free (Note *note)
{
  g_clear_pointer (&note->bytes, g_bytes_unref);
  g_free (note->node);
  g_free (note);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Note, note_free)

static void
note_found_cb (GObject *network, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Note) note = user_data;
  g_autoptr (RtMessageItem) item = rt_network_find_message_finish (RT_NETWORK (network), result, NULL);

  if (item != NULL && note->kind == NOTE_RECEIPT)
    take_receipt (RT_NETWORK (network), item, note->node, note->time);
  else if (item != NULL && !rt_message_item_get_own (item))
    take_reply (RT_NETWORK (network), item, note->bytes);
}

/* Takes the note. */
static void
look_up_note (RtNetwork *self, GBytes *id, Note *note)
{
  g_autoptr (Note) taken = note;

  if (rt_network_find_claimed_async (self, id, note_found_cb, taken))
    g_steal_pointer (&taken);
}

void
rt_network_note_reply (RtNetwork *self, GBytes *id, GBytes *to)
{
  RtMessageItem *item = rt_network_find_claimed (self, id);
  Note *note;

  if (item != NULL)
    {
      if (!rt_message_item_get_own (item))
        take_reply (self, item, to);
      return;
    }
  note = g_new0 (Note, 1);
  note->kind = NOTE_REPLY;
  note->bytes = g_bytes_ref (to);
  look_up_note (self, id, note);
}

static void
add_receipt (RtNetwork *self, RtMessageItem *item, const char *node, gint64 time)
{
  g_autofree char *name = self->people != NULL ? rt_people_dup_shown_name (self->people, node) : NULL;

  if (rt_message_item_add_receipt (item, node, time, name))
    rt_network_tell_item (self, item);
}

typedef struct {
  RtNetwork     *network;
  RtMessageItem *item;
} Count;

static void
receipts_loaded_cb (GObject *chat, GAsyncResult *result, gpointer user_data)
{
  Count *count = user_data;
  g_autoptr (GPtrArray) receipts = rt_store_chat_receipts_finish (RT_STORE_CHAT (chat), result, NULL);

  count->item->loads_receipts = FALSE;
  for (guint i = 0; receipts != NULL && i < receipts->len; i++)
    {
      const RtStoreReceipt *receipt = receipts->pdata[i];

      add_receipt (count->network, count->item, receipt->node, receipt->time / G_USEC_PER_SEC);
    }
  g_object_unref (count->network);
  g_object_unref (count->item);
  g_free (count);
}

static void
take_receipt (RtNetwork *self, RtMessageItem *item, const char *node, gint64 time)
{
  Count *count;

  /* of a private one whoever else says so lies */
  if (!rt_message_item_get_own (item) || (rt_message_item_get_private (item) && g_strcmp0 (rt_message_item_get_recipient (item), node) != 0))
    return;
  if (rt_message_item_get_private (item))
    rt_network_note_arrived (self, item);
  if (self->chat != NULL)
    rt_store_chat_add_receipt (self->chat, rt_message_item_get_id (item), node, time * G_USEC_PER_SEC);
  /* what is being read for the one before brings the others */
  if (self->chat == NULL || item->loads_receipts || !rt_message_item_lacks_receipts (item))
    {
      add_receipt (self, item, node, time);
      return;
    }
  count = g_new0 (Count, 1);
  count->network = g_object_ref (self);
  count->item = g_object_ref (item);
  item->loads_receipts = TRUE;
  rt_store_chat_receipts_async (self->chat, rt_message_item_get_id (item), NULL, receipts_loaded_cb, count);
}

void
rt_network_note_receipt (RtNetwork *self, GBytes *id, const char *node, gint64 time)
{
  RtMessageItem *item = rt_network_find_claimed (self, id);
  Note *note;

  if (item != NULL)
    {
      take_receipt (self, item, node, time);
      return;
    }
  note = g_new0 (Note, 1);
  note->kind = NOTE_RECEIPT;
  note->node = g_strdup (node);
  note->time = time;
  look_up_note (self, id, note);
}
