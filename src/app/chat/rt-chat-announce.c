/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-chat-format.h"
#include "rt-chat-page-private.h"
#include "rt-chat-trust.h"

/* What comes is read out by a screen reader while the page is before the person. GTK 4.14 has a call for it. Before that GTK has
 * nothing that says "read this": neither live regions nor alerts reach the screen reader from inside a window. What does is a new
 * description of what has the focus: Orca (43, of Debian 12: onDescriptionChanged in its scripts/default.py) speaks that at once.
 * So the one who writes, or goes through the messages, hears them as they come. */

#define GATHER_MS 300           /* what comes together is told together */
#define SPEAK_MS 4000           /* then the description goes: it is read again with each focus as long as it is there */
#define MAX_ONE_BY_ONE 3u       /* more of them are told as a number */
#define MAX_WORDS 400           /* bytes of one message */

static char *
say_message (RtChatPage *self, RtMessageItem *item)
{
  RtPerson *person = self->network != NULL ? rt_people_find (rt_network_get_people (self->network), rt_message_item_get_sender (item)) : NULL;
  g_autofree char *shown = rt_format_sender (item);
  /* what warns those who see does so here */
  g_autofree char *sender = rt_trust_dup_marked (shown, rt_message_item_get_trust (item), person);
  g_autofree char *text = rt_sanitise_line (rt_message_item_get_text (item), MAX_WORDS);
  g_autofree char *secret = rt_format_private (item);

  if (secret != NULL)
    /* Translators: read out when a private message comes: who wrote it, "Private", then the text */
    return g_strdup_printf (_("%s, %s: %s"), sender, secret, text);
  return g_strdup_printf (_("%s: %s"), sender, text);
}

static char *
say_all (RtChatPage *self)
{
  g_autoptr (GString) words = g_string_new (NULL);

  if (self->n_heard > MAX_ONE_BY_ONE)
    return g_strdup_printf (ngettext ("%u new message", "%u new messages", self->n_heard), self->n_heard);
  for (guint i = 0; i < self->heard->len; i++)
    {
      g_autofree char *one = say_message (self, g_ptr_array_index (self->heard, i));

      g_string_append_printf (words, "%s%s", i > 0 ? "\n" : "", one);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
fall_silent (RtChatPage *self)
{
  g_clear_handle_id (&self->silence_id, g_source_remove);
  if (self->speaking == NULL)
    return;
  gtk_accessible_reset_property (GTK_ACCESSIBLE (self->speaking), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  g_clear_weak_pointer (&self->speaking);
}

static void
silence_cb (gpointer user_data)
{
  RtChatPage *self = user_data;

  self->silence_id = 0;
  fall_silent (self);
}

static void
speak (RtChatPage *self, const char *words)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

#if GTK_CHECK_VERSION (4, 14, 0)
  /* newer than the oldest GTK that this is for, which is what the compiler would complain of */
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  gtk_accessible_announce (GTK_ACCESSIBLE (self), words, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  G_GNUC_END_IGNORE_DEPRECATIONS
  if (gtk_get_major_version () > 4 || gtk_get_minor_version () >= 14)
    return;
#endif
  fall_silent (self);
  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    return;
  g_set_weak_pointer (&self->speaking, focus);
  gtk_accessible_update_property (GTK_ACCESSIBLE (focus), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  self->silence_id = g_timeout_add_once (SPEAK_MS, silence_cb, self);
  g_source_set_name_by_id (self->silence_id, "[roundtable] end of an announcement");
}

static void
announce_cb (gpointer user_data)
{
  RtChatPage *self = user_data;
  g_autofree char *words = say_all (self);

  self->announce_id = 0;
  self->n_heard = 0;
  g_ptr_array_set_size (self->heard, 0);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    speak (self, words);
}

void
rt_chat_page_announce_cb (RtChatPage *self, RtMessageItem *item)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (rt_message_item_get_own (item) || !gtk_widget_get_mapped (GTK_WIDGET (self)) ||
      !GTK_IS_WINDOW (root) || !gtk_window_is_active (GTK_WINDOW (root)))
    return;
  self->n_heard++;
  if (self->heard->len < MAX_ONE_BY_ONE)
    g_ptr_array_add (self->heard, g_object_ref (item));
  if (self->announce_id != 0)
    return;
  self->announce_id = g_timeout_add_once (GATHER_MS, announce_cb, self);
  g_source_set_name_by_id (self->announce_id, "[roundtable] announcement");
}

void
rt_chat_page_stop_announcing (RtChatPage *self)
{
  g_clear_handle_id (&self->announce_id, g_source_remove);
  fall_silent (self);
  self->n_heard = 0;
  if (self->heard != NULL)
    g_ptr_array_set_size (self->heard, 0);
}
