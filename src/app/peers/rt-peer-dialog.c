/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-plain-row.h"
#include "rt-peer-dialog.h"
#include "rt-peer-facts.h"
#include "rt-peer-format.h"

/* What is queued and dropped is asked for: nothing tells of it. */
#define REFRESH_SECONDS 1

struct _RtPeerDialog
{
  AdwWindow parent_instance;

  P2pConnection *connection;
  guint          timer;
  GtkWidget     *rows[RT_PEER_N_FACTS];

  AdwToastOverlay *toasts;
  GtkListBox      *facts;
};

G_DEFINE_FINAL_TYPE (RtPeerDialog, rt_peer_dialog, ADW_TYPE_WINDOW)

static void
update (RtPeerDialog *self)
{
  for (guint i = 0; i < RT_PEER_N_FACTS; i++)
    {
      g_autofree char *value = rt_peer_fact_dup_value (i, self->connection);
      g_autofree char *spoken = value != NULL ? g_strdup_printf (_("%s: %s"), rt_peer_fact_get_title (i), value) : NULL;

      gtk_widget_set_visible (self->rows[i], value != NULL);
      if (value == NULL || g_strcmp0 (value, adw_action_row_get_subtitle (ADW_ACTION_ROW (self->rows[i]))) == 0)
        continue;
      adw_action_row_set_subtitle (ADW_ACTION_ROW (self->rows[i]), value);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->rows[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
    }
}

static gboolean
tick_cb (gpointer user_data)
{
  update (user_data);
  return G_SOURCE_CONTINUE;
}

static void
copy_clicked_cb (RtPeerDialog *self)
{
  g_autofree char *text = rt_peer_facts_dup_text (self->connection);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Copied as text")));
}

static void
rt_peer_dialog_dispose (GObject *object)
{
  RtPeerDialog *self = RT_PEER_DIALOG (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->connection);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_PEER_DIALOG);
  G_OBJECT_CLASS (rt_peer_dialog_parent_class)->dispose (object);
}

static void
rt_peer_dialog_class_init (RtPeerDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_peer_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-peer-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtPeerDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, RtPeerDialog, facts);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
rt_peer_dialog_init (RtPeerDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < RT_PEER_N_FACTS; i++)
    {
      self->rows[i] = rt_plain_row_new (rt_peer_fact_get_title (i), NULL);
      gtk_widget_add_css_class (self->rows[i], "property");
      gtk_list_box_append (self->facts, self->rows[i]);
    }
}

RtPeerDialog *
rt_peer_dialog_new (GtkWindow     *parent,
                    P2pConnection *connection)
{
  RtPeerDialog *self;

  g_return_val_if_fail (P2P_IS_CONNECTION (connection), NULL);

  self = g_object_new (RT_TYPE_PEER_DIALOG, "transient-for", parent, NULL);
  self->connection = g_object_ref (connection);
  update (self);
  self->timer = g_timeout_add_seconds (REFRESH_SECONDS, tick_cb, self);
  g_source_set_name_by_id (self->timer, "[roundtable] details of a peer");
  return self;
}
