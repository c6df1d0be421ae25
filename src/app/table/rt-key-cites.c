/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/rt-focus.h"
#include "model/rt-name.h"
#include "rt-key-cites.h"
#include "rt-key-format.h"

#define MAX_MESSAGES 50u
#define PREVIEW_BYTES 300u

struct _RtKeyCites
{
  GtkWidget parent_instance;

  RtNetwork    *network;
  GBytes       *key;
  GCancellable *loading;
  GPtrArray    *items;          /* of RtMessageItem, as they are listed */

  GtkWidget *expander;
  GtkWidget *list;
};

G_DEFINE_FINAL_TYPE (RtKeyCites, rt_key_cites, GTK_TYPE_WIDGET)

static GtkWidget *
make_row (RtMessageItem *item)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  g_autofree char *text = rt_sanitise_line (rt_message_item_get_text (item), PREVIEW_BYTES);
  g_autofree char *moment = rt_key_dup_full_moment (rt_message_item_get_time (item) / G_USEC_PER_SEC);
  g_autofree char *name = rt_name_dup_shown (rt_message_item_get_sender_name (item), rt_message_item_get_sender_word (item));
  /* Translators: when something was said, then by whom */
  g_autofree char *subtitle = g_strdup_printf (_("%s, by %s"), moment, rt_message_item_get_own (item) ? _("you") : name);
  const char *texts[] = { text, subtitle };

  for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
    {
      GtkWidget *label = gtk_label_new (texts[k]);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      if (k == 1)
        {
          gtk_widget_add_css_class (label, "caption");
          gtk_widget_add_css_class (label, "dim-label");
        }
      gtk_box_append (GTK_BOX (box), label);
    }
  gtk_widget_add_css_class (box, "history-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_tooltip_text (row, _("Show it in the chat"));
  return row;
}

static void
clear_list (RtKeyCites *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  g_clear_pointer (&self->items, g_ptr_array_unref);
}

static void
say (RtKeyCites *self,
     const char *text)
{
  GtkWidget *label = gtk_label_new (text), *row = gtk_list_box_row_new ();

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "history-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (RtKeyCites) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = rt_network_find_cites_finish (RT_NETWORK (object), result, &error);

  if (self->loading == NULL || g_task_get_cancellable (G_TASK (result)) != self->loading)
    return;
  g_clear_object (&self->loading);
  clear_list (self);
  if (items == NULL)
    say (self, error->message);
  else if (items->len == 0)
    say (self, _("No message that is kept here cites this key. Write # and its name to cite it."));
  for (guint i = 0; items != NULL && i < items->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (items->pdata[i]));
  self->items = g_steal_pointer (&items);
}

static void
stop (RtKeyCites *self)
{
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
}

static void
load (RtKeyCites *self)
{
  g_autofree char *name = NULL;

  stop (self);
  if (self->key == NULL || self->network == NULL || !gtk_expander_get_expanded (GTK_EXPANDER (self->expander)))
    return;
  name = g_strndup (g_bytes_get_data (self->key, NULL), g_bytes_get_size (self->key));
  self->loading = g_cancellable_new ();
  rt_network_find_cites_async (self->network, name, MAX_MESSAGES, self->loading, loaded_cb, g_object_ref (self));
}

static void
activated_cb (RtKeyCites    *self,
              GtkListBoxRow *row)
{
  int position = gtk_list_box_row_get_index (row);
  RtTimelineKey key;

  if (self->items == NULL || position < 0 || (guint) position >= self->items->len)
    return;
  rt_timeline_item_get_key (RT_TIMELINE_ITEM (self->items->pdata[position]), &key);
  gtk_widget_activate_action (GTK_WIDGET (self), "network.show-message", "(xx)", key.time, key.sequence);
}

static void
rt_key_cites_dispose (GObject *object)
{
  RtKeyCites *self = RT_KEY_CITES (object);

  stop (self);
  g_clear_pointer (&self->expander, gtk_widget_unparent);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_key_cites_parent_class)->dispose (object);
}

static void
rt_key_cites_class_init (RtKeyCitesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_key_cites_dispose;
  widget_class->focus = rt_focus_children;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
rt_key_cites_init (RtKeyCites *self)
{
  self->expander = gtk_expander_new_with_mnemonic (_("_Messages that cite it"));
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_widget_set_margin_top (self->list, 6);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Messages that cite the key"), -1);
  gtk_expander_set_child (GTK_EXPANDER (self->expander), self->list);
  gtk_widget_set_parent (self->expander, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_connect_object (self->expander, "notify::expanded", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
}

void
rt_key_cites_set (RtKeyCites *self,
                  RtNetwork  *network,
                  GBytes     *key)
{
  gboolean same;

  g_return_if_fail (RT_IS_KEY_CITES (self));

  same = network == self->network && key != NULL && self->key != NULL && g_bytes_equal (key, self->key);
  if (same)
    return;
  g_set_object (&self->network, network);
  if (key != NULL)
    g_bytes_ref (key);
  g_clear_pointer (&self->key, g_bytes_unref);
  self->key = key;
  gtk_widget_set_visible (GTK_WIDGET (self), network != NULL && key != NULL);
  clear_list (self);
  load (self);
}
