/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people are called on the rows that are looked at. */
#include "config.h"

#include "rt-network-talk-private.h"

/* Rows are named anew no more often than anybody reads. */
#define RENAME_MILLISECONDS 250u
/* Of more than so many it is not remembered who: every row is looked at. */
#define MAX_RENAMED 1024u

char *
rt_network_dup_sender_name (RtNetwork *self, const char *sender, const char *kept, char **word)
{
  RtPerson *person = rt_people_find (self->people, sender);
  g_autofree char *short_id = rt_short_id (sender);

  *word = NULL;
  /* Said under our id, and not by us as far as we know: our name would vouch for it. */
  if (g_strcmp0 (sender, self->node_id) == 0)
    return g_steal_pointer (&short_id);
  if (person != NULL && person->name != NULL)
    {
      *word = g_strdup (person->word);
      return g_strdup (person->name);
    }
  if (kept == NULL || *kept == '\0' || g_str_equal (kept, short_id))
    return person != NULL ? g_strdup (person->shown_name) : g_steal_pointer (&short_id);
  /* What he was called when he said it; whether it is another's by now nobody looks up. */
  *word = g_steal_pointer (&short_id);
  return g_strdup (kept);
}

static RtPerson *
find_renamed (RtNetwork *self, const char *id)
{
  if (id == NULL || (!self->talk->all_renamed && !g_hash_table_contains (self->talk->renamed, id)))
    return NULL;
  return rt_people_find (self->people, id);
}

static void
rename_row (RtNetwork *self, RtMessageItem *item)
{
  RtPerson *person = rt_message_item_get_own (item) ? NULL : find_renamed (self, rt_message_item_get_sender (item));
  const char *node;

  if (person != NULL && !person->you)
    rt_message_item_set_claimed_name (item, person->claimed);
  if (person != NULL && !person->you)
    rt_message_item_set_sender_name (item, person->name != NULL ? person->name : person->shown_name, person->word);
  person = find_renamed (self, rt_message_item_get_recipient (item));
  if (person != NULL)
    rt_message_item_set_recipient_name (item, person->shown_name);
  for (guint i = 0; (node = rt_message_item_get_receipt (item, i, NULL)) != NULL; i++)
    {
      person = find_renamed (self, node);
      if (person != NULL)
        rt_message_item_name_receipt (item, node, person->shown_name);
    }
}

/* After the rows: what it answers may be one of them. */
static void
rename_reply (RtNetwork *self, RtMessageItem *item)
{
  RtMessageItem *original = rt_message_item_get_reply_state (item) == RT_REPLY_FOUND ? rt_network_find_claimed (self, rt_message_item_get_reply_to (item)) : NULL;

  if (original != NULL && find_renamed (self, rt_message_item_get_sender (original)) != NULL)
    rt_network_show_original (self, item, original);
}

static gboolean
rename_cb (gpointer data)
{
  g_autoptr (RtNetwork) self = g_object_ref (data);
  RtTalk *talk = self->talk;
  g_autoptr (GPtrArray) held = rt_network_dup_held (self);

  talk->rename_timer = 0;
  talk->renamed_at = g_get_monotonic_time ();
  for (guint i = 0; i < held->len; i++)
    rename_row (self, held->pdata[i]);
  for (guint i = 0; i < held->len; i++)
    rename_reply (self, held->pdata[i]);
  g_hash_table_remove_all (talk->renamed);
  talk->all_renamed = FALSE;
  return G_SOURCE_REMOVE;
}

void
rt_network_note_name (RtNetwork *self, const char *id)
{
  RtTalk *talk = self->talk;
  gint64 past = (g_get_monotonic_time () - talk->renamed_at) / 1000;

  if (g_hash_table_size (talk->renamed) >= MAX_RENAMED)
    talk->all_renamed = TRUE;
  else
    g_hash_table_add (talk->renamed, g_strdup (id));
  if (talk->rename_timer == 0)
    talk->rename_timer = rt_timer_add (past < RENAME_MILLISECONDS ? RENAME_MILLISECONDS - (guint) MAX (past, 0) : 0, "[rt-model] names on rows", rename_cb, self);
}

void
rt_network_init_called (RtNetwork *self)
{
  self->talk->renamed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->talk->renamed_at = G_MININT64 / 2;
}

void
rt_network_free_called (RtNetwork *self)
{
  rt_timer_clear (&self->talk->rename_timer);
  g_clear_pointer (&self->talk->renamed, g_hash_table_unref);
}
