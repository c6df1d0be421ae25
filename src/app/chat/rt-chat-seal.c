/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-chat-page-private.h"
#include "rt-chat-trust.h"

/* Who can read what one writes to one person: said before it is sent, and as it is now. */

static void
watch (RtChatPage *self, RtPerson *person)
{
  if (self->watched == person)
    return;
  if (self->watched != NULL)
    g_signal_handlers_disconnect_by_func (self->watched, rt_chat_page_update_seal, self);
  g_set_object (&self->watched, person);
  if (person != NULL)
    g_signal_connect_object (person, "notify", G_CALLBACK (rt_chat_page_update_seal), self, G_CONNECT_SWAPPED);
}

static char *
say_way (RtWay way, const char *name)
{
  switch (way)
    {
    case RT_WAY_LINK:
      /* Translators: over the text that one writes; %s is a name. Nobody else can read it, wherever it passes */
      return g_strdup_printf (_("Only %s can read this"), name);
    case RT_WAY_THROUGH:
      /* Translators: over the text that one writes to somebody without a link to us: other people's programs pass it on and cannot read it; %s is a name */
      return g_strdup_printf (_("Sealed, through others: only %s can read this"), name);
    case RT_WAY_WAITS:
      /* Translators: over the text that one writes while nobody is there; %s is a name */
      return g_strdup_printf (_("Waits until somebody is here; only %s can read this"), name);
    case RT_WAY_PLAIN:
    default:
      /* Translators: over the text that one writes to one person who cannot be written to in a way that only he can read */
      return g_strdup (_("Plain whisper: the nodes it passes can read it"));
    }
}

void
rt_chat_page_update_seal (RtChatPage *self)
{
  gboolean private = self->whisper_to != NULL && self->network != NULL, sealed;
  RtPerson *person = private ? rt_people_find (rt_network_get_people (self->network), self->whisper_to) : NULL;
  g_autofree char *name = NULL, *words = NULL, *warning = NULL, *both = NULL;
  RtWay way;

  watch (self, person);
  gtk_widget_set_visible (self->seal_box, private);
  if (!private)
    return;
  way = rt_network_get_way (self->network, self->whisper_to);
  sealed = way != RT_WAY_PLAIN;
  name = rt_chat_page_dup_name (self, self->whisper_to);
  words = say_way (way, name);
  /* to somebody with the name of somebody else one must not write by mistake */
  if (person != NULL && rt_person_state_warns (rt_person_get_state (person)))
    warning = rt_person_dup_state_words (person);
  both = warning != NULL ? g_strconcat (words, "\n", warning, NULL) : g_steal_pointer (&words);
  if (g_strcmp0 (both, gtk_label_get_label (self->seal_label)) != 0)
    gtk_label_set_label (self->seal_label, both);
  gtk_image_set_from_icon_name (self->seal_image, warning != NULL ? rt_person_state_icon (RT_PERSON_CHANGED)
                                                                  : sealed ? "channel-secure-symbolic" : "channel-insecure-symbolic");
  gtk_image_set_from_icon_name (self->reply_icon, sealed ? "channel-secure-symbolic" : "channel-insecure-symbolic");
  if (sealed && warning == NULL)
    gtk_widget_remove_css_class (self->seal_box, "warning");
  else
    gtk_widget_add_css_class (self->seal_box, "warning");
}

void
rt_chat_page_forget_seal (RtChatPage *self)
{
  watch (self, NULL);
}
