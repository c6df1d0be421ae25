/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "model/people/rt-name.h"
#include "rt-key-cites.h"
#include "rt-key-format.h"

#define MAX_MESSAGES 50u
#define PREVIEW_BYTES 300u

struct _RtKeyCites
{
  RtKeyList parent_instance;

  RtNetwork *network;
  GPtrArray *items;             /* of RtMessageItem, as they are listed */
};

G_DEFINE_FINAL_TYPE (RtKeyCites, rt_key_cites, RT_TYPE_KEY_LIST)

static void
add_row (RtKeyCites    *self,
         RtMessageItem *item)
{
  g_autofree char *text = rt_sanitise_line (rt_message_item_get_text (item), PREVIEW_BYTES);
  g_autofree char *moment = rt_key_dup_full_moment (rt_message_item_get_time (item) / G_USEC_PER_SEC);
  g_autofree char *name = rt_name_dup_shown (rt_message_item_get_sender_name (item), rt_message_item_get_sender_word (item));
  /* Translators: when something was said, then by whom */
  g_autofree char *subtitle = g_strdup_printf (_("%s, by %s"), moment, rt_message_item_get_own (item) ? _("you") : name);

  gtk_widget_set_tooltip_text (rt_key_list_add (RT_KEY_LIST (self), text, subtitle, NULL), _("Show it in the chat"));
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (RtKeyCites) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = rt_network_find_cites_finish (RT_NETWORK (object), result, &error);

  if (!rt_key_list_take_answer (RT_KEY_LIST (self), result))
    return;
  if (items == NULL)
    rt_key_list_say (RT_KEY_LIST (self), error->message);
  else if (items->len == 0)
    rt_key_list_say (RT_KEY_LIST (self), _("No message that is kept here cites this key. Write # and its name to cite it."));
  for (guint i = 0; items != NULL && i < items->len; i++)
    add_row (self, items->pdata[i]);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  self->items = g_steal_pointer (&items);
}

static void
rt_key_cites_load (RtKeyList    *list,
                   GBytes       *key,
                   GCancellable *cancellable)
{
  g_autofree char *name = g_strndup (g_bytes_get_data (key, NULL), g_bytes_get_size (key));

  rt_network_find_cites_async (RT_KEY_CITES (list)->network, name, MAX_MESSAGES, cancellable, loaded_cb, g_object_ref (list));
}

static void
rt_key_cites_activate (RtKeyList *list,
                       guint      position)
{
  RtKeyCites *self = RT_KEY_CITES (list);
  RtTimelineKey key;

  if (self->items == NULL || position >= self->items->len)
    return;
  rt_timeline_item_get_key (RT_TIMELINE_ITEM (self->items->pdata[position]), &key);
  gtk_widget_activate_action (GTK_WIDGET (self), "network.show-message", "(xx)", key.time, key.sequence);
}

static void
rt_key_cites_dispose (GObject *object)
{
  RtKeyCites *self = RT_KEY_CITES (object);

  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_key_cites_parent_class)->dispose (object);
}

static void
rt_key_cites_class_init (RtKeyCitesClass *klass)
{
  RtKeyListClass *list_class = RT_KEY_LIST_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_key_cites_dispose;
  list_class->load = rt_key_cites_load;
  list_class->activate = rt_key_cites_activate;
}

static void
rt_key_cites_init (RtKeyCites *self)
{
  rt_key_list_set_titles (RT_KEY_LIST (self), _("_Messages that cite it"), _("Messages that cite the key"));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
rt_key_cites_set (RtKeyCites *self,
                  RtNetwork  *network,
                  GBytes     *key)
{
  GBytes *known;

  g_return_if_fail (RT_IS_KEY_CITES (self));

  known = rt_key_list_get_key (RT_KEY_LIST (self));
  if (network == self->network && key != NULL && known != NULL && g_bytes_equal (key, known))
    return;
  if (g_set_object (&self->network, network))
    rt_key_list_set_key (RT_KEY_LIST (self), NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), network != NULL && key != NULL);
  rt_key_list_set_key (RT_KEY_LIST (self), network != NULL ? key : NULL);
}
