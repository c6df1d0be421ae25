/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-plain-row.h"
#include "rt-message-details.h"
#include "rt-message-facts.h"

struct _RtMessageDetails {
  AdwWindow parent_instance;

  RtMessageItem *item;
  RtPeople      *people;
  GPtrArray     *receipts;      /* of RtStoreReceipt, as they are kept; NULL until they are read */
  GCancellable  *cancellable;
  guint          update_id;
  GtkWidget     *rows[RT_MESSAGE_N_FACTS], *copy_buttons[RT_MESSAGE_N_FACTS];

  AdwToastOverlay *toasts;
  GtkListBox      *facts;
  GtkWidget       *packets_box;
  GtkTextView     *packets;
};

G_DEFINE_FINAL_TYPE (RtMessageDetails, rt_message_details, ADW_TYPE_WINDOW)

static void
update (RtMessageDetails *self)
{
  g_autofree char *packets = rt_message_dup_packets (self->item);

  for (guint i = 0; i < RT_MESSAGE_N_FACTS; i++)
    {
      g_autofree char *value = rt_message_fact_dup_value (i, self->item, self->people, self->receipts);
      g_autofree char *copied = rt_message_fact_dup_copied (i, self->item);
      g_autofree char *spoken = value != NULL ? g_strdup_printf (_("%s: %s"), rt_message_fact_get_title (i), value) : NULL;

      gtk_widget_set_visible (self->rows[i], value != NULL);
      gtk_widget_set_visible (self->copy_buttons[i], copied != NULL);
      if (value == NULL || g_strcmp0 (value, adw_action_row_get_subtitle (ADW_ACTION_ROW (self->rows[i]))) == 0)
        continue;
      adw_action_row_set_subtitle (ADW_ACTION_ROW (self->rows[i]), value);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->rows[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
    }
  gtk_widget_set_visible (self->packets_box, *packets != '\0');
  {
    GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->packets);
    g_autofree char *shown = NULL;

    g_object_get (buffer, "text", &shown, NULL);
    /* not under the selection of somebody who copies it */
    if (g_strcmp0 (shown, packets) != 0)
      gtk_text_buffer_set_text (buffer, packets, -1);
  }
}

static gboolean
update_cb (gpointer user_data)
{
  RtMessageDetails *self = user_data;

  self->update_id = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
item_notify_cb (RtMessageDetails *self)
{
  if (self->update_id != 0)
    return;
  self->update_id = g_idle_add (update_cb, self);
  g_source_set_name_by_id (self->update_id, "[roundtable] details of a message");
}

static void
say_copied (RtMessageDetails *self, const char *text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Copied as text")));
}

static void
copy_clicked_cb (RtMessageDetails *self)
{
  g_autofree char *text = rt_message_facts_dup_text (self->item, self->people, self->receipts);

  say_copied (self, text);
}

static void
copy_packets_clicked_cb (RtMessageDetails *self)
{
  g_autofree char *text = rt_message_dup_packets (self->item);

  say_copied (self, text);
}

static void
copy_fact_clicked_cb (RtMessageDetails *self, GtkWidget *button)
{
  for (guint i = 0; i < RT_MESSAGE_N_FACTS; i++)
    if (self->copy_buttons[i] == button)
      {
        g_autofree char *text = rt_message_fact_dup_copied (i, self->item);

        if (text != NULL)
          say_copied (self, text);
      }
}

static void
rt_message_details_dispose (GObject *object)
{
  RtMessageDetails *self = RT_MESSAGE_DETAILS (object);

  g_clear_handle_id (&self->update_id, g_source_remove);
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_func (self->item, item_notify_cb, self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->receipts, g_ptr_array_unref);
  g_clear_object (&self->item);
  g_clear_object (&self->people);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_MESSAGE_DETAILS);
  G_OBJECT_CLASS (rt_message_details_parent_class)->dispose (object);
}

static void
rt_message_details_class_init (RtMessageDetailsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_message_details_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-message-details.ui");
  gtk_widget_class_bind_template_child (widget_class, RtMessageDetails, toasts);
  gtk_widget_class_bind_template_child (widget_class, RtMessageDetails, facts);
  gtk_widget_class_bind_template_child (widget_class, RtMessageDetails, packets_box);
  gtk_widget_class_bind_template_child (widget_class, RtMessageDetails, packets);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_packets_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static GtkWidget *
make_copy_button (RtMessageDetails *self, const char *title)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  /* Translators: %s is what is copied: "Message id" */
  g_autofree char *words = g_strdup_printf (_("Copy: %s"), title);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (copy_fact_clicked_cb), self);
  return button;
}

static void
rt_message_details_init (RtMessageDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < RT_MESSAGE_N_FACTS; i++)
    {
      const char *title = rt_message_fact_get_title (i);

      self->rows[i] = rt_plain_row_new (title, NULL);
      gtk_widget_add_css_class (self->rows[i], "property");
      self->copy_buttons[i] = make_copy_button (self, title);
      adw_action_row_add_suffix (ADW_ACTION_ROW (self->rows[i]), self->copy_buttons[i]);
      gtk_list_box_append (self->facts, self->rows[i]);
    }
}

static void
receipts_cb (GObject *chat, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtMessageDetails) self = user_data;
  g_autoptr (GPtrArray) receipts = rt_store_chat_receipts_finish (RT_STORE_CHAT (chat), result, NULL);

  /* what cannot be read is missing in a list that says no more than what it has */
  if (receipts == NULL || self->item == NULL)
    return;
  g_clear_pointer (&self->receipts, g_ptr_array_unref);
  self->receipts = g_steal_pointer (&receipts);
  update (self);
}

RtMessageDetails *
rt_message_details_new (GtkWindow *parent, RtMessageItem *item, RtPeople *people, RtStoreChat *chat)
{
  RtMessageDetails *self;

  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (item), NULL);

  self = g_object_new (RT_TYPE_MESSAGE_DETAILS, "transient-for", parent, NULL);
  self->item = g_object_ref (item);
  g_set_object (&self->people, people);
  g_signal_connect_object (item, "notify", G_CALLBACK (item_notify_cb), self, G_CONNECT_SWAPPED);
  if (chat != NULL && rt_message_item_get_own (item) && rt_message_item_get_id (item) != NULL)
    {
      self->cancellable = g_cancellable_new ();
      rt_store_chat_receipts_async (chat, rt_message_item_get_id (item), self->cancellable, receipts_cb, g_object_ref (self));
    }
  update (self);
  return self;
}
