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

void
rt_chat_page_update_seal (RtChatPage *self)
{
  gboolean private = self->whisper_to != NULL && self->network != NULL, sealed;
  RtPerson *person = private ? rt_people_find (rt_network_get_people (self->network), self->whisper_to) : NULL;
  g_autofree char *name = NULL, *words = NULL, *warning = NULL, *both = NULL;

  watch (self, person);
  gtk_widget_set_visible (self->seal_box, private);
  if (!private)
    return;
  sealed = rt_network_can_seal (self->network, self->whisper_to);
  name = rt_chat_page_dup_name (self, self->whisper_to);
  if (sealed)
    /* Translators: over the text that one writes; %s is a name. Nobody else can read it, wherever it passes */
    words = g_strdup_printf (_("Only %s can read this"), name);
  else
    /* Translators: over the text that one writes to one person who cannot be written to in a way that only he can read */
    words = g_strdup (_("Plain whisper: the nodes it passes can read it"));
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
