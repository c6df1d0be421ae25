/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a message has beside its text: a file, and the keys of the table that it cites. Most have neither: the widgets are made when they are needed. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/timeline/rt-link.h"
#include "rt-attachment-view.h"
#include "rt-chat-page.h"
#include "rt-key-chips.h"
#include "rt-link-dialog.h"
#include "rt-message-row-private.h"
#include "rt-timeline.h"

/* In the menu: more than that are in the text only, and an address is as long as somebody likes. */
#define MAX_LINKS 8u
#define LINK_BYTES 60

static RtNetwork *
find_network (RtMessageRow *self)
{
  GtkWidget *page = gtk_widget_get_ancestor (GTK_WIDGET (self), RT_TYPE_CHAT_PAGE);

  return page != NULL ? rt_chat_page_get_network (RT_CHAT_PAGE (page)) : NULL;
}

/* The person looks at an address before another program has it, and at an invitation where it is answered: in a window of networks, in front of which an archive stands. */
static void
open_address (GtkWidget *row, const char *address)
{
  GtkWidget *window = rt_link_is_invitation (address) ? GTK_WIDGET (gtk_widget_get_root (row)) : NULL;

  while (GTK_IS_WINDOW (window) && !gtk_widget_activate_action (window, "win.open-link", "s", address))
    window = GTK_WIDGET (gtk_window_get_transient_for (GTK_WINDOW (window)));
  if (!GTK_IS_WINDOW (window))
    rt_link_dialog_present (row, address);
}

static void
link_cb (RtMessageRow *self, const char *address)
{
  open_address (GTK_WIDGET (self), address);
}

static void
key_cb (RtMessageRow *self, const char *name)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "network.show-key", "s", name);
}

/* A key came to be, or a file has a picture: the row is higher than it was. */
static void
keep_place (RtMessageRow *self)
{
  GtkWidget *timeline = gtk_widget_get_ancestor (GTK_WIDGET (self), RT_TYPE_TIMELINE);

  if (timeline != NULL)
    rt_timeline_keep_row (RT_TIMELINE (timeline), GTK_WIDGET (self));
}

static void
chips_changed_cb (RtMessageRow *self)
{
  RtNetwork *network = find_network (self);

  rt_message_body_set_table (self->body, network != NULL ? rt_network_get_table (network) : NULL);
  keep_place (self);
}

static void
show_chips (RtMessageRow *self, RtTable *table, const char *text)
{
  if (self->chips == NULL)
    {
      if (table == NULL || strchr (text, '#') == NULL)
        return;
      self->chips = rt_key_chips_new ();
      g_signal_connect_object (self->chips, "key", G_CALLBACK (key_cb), self, G_CONNECT_SWAPPED);
      gtk_box_insert_child_after (GTK_BOX (self->bubble), self->chips, GTK_WIDGET (self->body));
    }
  else
    g_signal_handlers_disconnect_by_func (self->chips, chips_changed_cb, self);
  rt_key_chips_set (RT_KEY_CHIPS (self->chips), table, text);
  g_signal_connect_object (self->chips, "notify::n-chips", G_CALLBACK (chips_changed_cb), self, G_CONNECT_SWAPPED);
}

static void
show_attachment (RtMessageRow *self, RtNetwork *network, RtAttachment *attachment)
{
  if (self->attachment == NULL)
    {
      if (attachment == NULL)
        return;
      self->attachment = rt_attachment_view_new ();
      gtk_box_insert_child_after (GTK_BOX (self->bubble), self->attachment, self->tag_box);
    }
  rt_attachment_view_set (RT_ATTACHMENT_VIEW (self->attachment), attachment != NULL && network != NULL ? rt_network_get_transfers (network) : NULL, attachment);
}

/* Bytes of the text that are shown: the line that names the file is for those who know of none. */
gsize
rt_message_row_show_more (RtMessageRow *self)
{
  RtNetwork *network = find_network (self);
  RtAttachment *attachment = (RtAttachment *) rt_message_item_get_attachment (self->item);
  RtTable *table = network != NULL ? rt_network_get_table (network) : NULL;
  const char *text = rt_message_item_get_text (self->item);

  show_attachment (self, network, attachment);
  show_chips (self, table, text);
  rt_message_body_set_table (self->body, table);
  return attachment != NULL ? rt_attachment_find_written (attachment, text) : strlen (text);
}

static void
select_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtMessageRow *self = RT_MESSAGE_ROW (widget);

  gtk_widget_grab_focus (GTK_WIDGET (self->body));
  rt_message_body_select (self->body, 0, -1);
}

static void
block_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtMessageRow *self = RT_MESSAGE_ROW (widget);

  if (self->item != NULL)
    gtk_widget_activate_action (widget, "network.block", "s", rt_message_item_get_sender (self->item));
}

static void
person_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtMessageRow *self = RT_MESSAGE_ROW (widget);

  if (self->item != NULL)
    gtk_widget_activate_action (widget, "network.person", "s", rt_message_item_get_sender (self->item));
}

/* Whoever said it, unless it was the person; in an archive there is no network. */
void
rt_message_row_update_block (RtMessageRow *self)
{
  gboolean somebody = !self->read_only && !rt_message_item_get_own (self->item);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.block", somebody);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.person", somebody);
}

static void
open_link_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  open_address (widget, g_variant_get_string (parameter, NULL));
}

/* An address is a peer's: no underscore of it is a key to press. */
static char *
dup_link_label (const char *address)
{
  g_autofree char *line = rt_sanitise_line (address, LINK_BYTES);
  g_auto (GStrv) parts = g_strsplit (line, "_", -1);
  g_autofree char *shown = g_strjoinv ("__", parts);

  /* Translators: in the menu of a message; %s is an address in it, e.g. https://example.org */
  return g_strdup_printf (_("Open “%s”…"), shown);
}

void
rt_message_row_list_links (RtMessageRow *self)
{
  g_autoptr (GPtrArray) addresses = rt_message_body_dup_addresses (self->body);

  g_menu_remove_all (self->links_menu);
  for (guint i = 0; i < addresses->len && i < MAX_LINKS; i++)
    {
      g_autofree char *label = addresses->len == 1 ? g_strdup (_("_Open link…")) : dup_link_label (addresses->pdata[i]);
      g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

      g_menu_item_set_action_and_target (item, "message.open-link", "s", (const char *) addresses->pdata[i]);
      g_menu_append_item (self->links_menu, item);
    }
}

void
rt_message_row_class_init_more (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "message.open-link", "s", open_link_action);
  gtk_widget_class_install_action (widget_class, "message.block", NULL, block_action);
  gtk_widget_class_install_action (widget_class, "message.person", NULL, person_action);
  gtk_widget_class_install_action (widget_class, "message.select-all", NULL, select_all_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_a, GDK_CONTROL_MASK, "message.select-all", NULL);
}

void
rt_message_row_init_more (RtMessageRow *self)
{
  g_signal_connect_object (self->body, "link", G_CALLBACK (link_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->body, "key", G_CALLBACK (key_cb), self, G_CONNECT_SWAPPED);
}
