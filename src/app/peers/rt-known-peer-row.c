/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-known-peer-row.h"
#include "rt-peer-format.h"

struct _RtKnownPeerRow
{
  AdwActionRow parent_instance;

  RtKnownPeer  *peer;
  RtNetwork    *network;
  GCancellable *cancellable;      /* while we dial */

  GtkSpinner *spinner;
  GtkButton  *connect_button;
  GtkButton  *why_button;
  GtkButton  *copy_button;
};

G_DEFINE_FINAL_TYPE (RtKnownPeerRow, rt_known_peer_row, ADW_TYPE_ACTION_ROW)

static void
update (RtKnownPeerRow *self)
{
  g_autofree char *address = rt_sanitise_line (rt_known_peer_get_address (self->peer), 512);
  g_autofree char *name = NULL;
  g_autofree char *cause = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *connect = NULL;
  g_autofree char *copy = NULL;
  g_autofree char *why = NULL;
  gint64 last_seen = rt_known_peer_get_last_seen (self->peer);

  if (rt_known_peer_get_id (self->peer) != NULL)
    name = rt_short_id (rt_known_peer_get_id (self->peer));
  if (self->cancellable != NULL)
    cause = g_strdup (_("Connecting…"));
  else if (rt_known_peer_get_cause (self->peer) != NULL)
    cause = rt_sanitise_line (rt_known_peer_get_cause (self->peer), 1024);
  else if (last_seen == 0)
    cause = g_strdup (_("Not tried yet"));

  if (last_seen > 0)
    {
      g_autofree char *moment = format_since (NULL, last_seen * G_USEC_PER_SEC);

      if (cause != NULL)
        /* Translators: why a peer is not connected, then when it was last seen */
        subtitle = g_strdup_printf (_("%s · last seen %s"), cause, moment);
      else
        /* Translators: %s is a time */
        subtitle = g_strdup_printf (_("Last seen %s"), moment);
    }

  if (name != NULL)
    {
      /* Translators: the address of a peer, then its short id */
      g_autofree char *title = g_strdup_printf (_("%s (%s)"), address, name);

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
    }
  else
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), address);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle != NULL ? subtitle : cause);

  gtk_widget_set_sensitive (GTK_WIDGET (self->connect_button),
                            self->cancellable == NULL && self->network != NULL && rt_network_get_socket (self->network) != NULL);

  /* Translators: %s is an address */
  connect = g_strdup_printf (_("Connect to %s"), address);
  /* Translators: %s is an address */
  copy = g_strdup_printf (_("Copy %s"), address);
  /* Translators: %s is an address */
  why = g_strdup_printf (_("Why can’t I reach %s?"), address);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->why_button), GTK_ACCESSIBLE_PROPERTY_LABEL, why, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->connect_button), GTK_ACCESSIBLE_PROPERTY_LABEL, connect, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy_button), GTK_ACCESSIBLE_PROPERTY_LABEL, copy, -1);
}

static void
set_dialling (RtKnownPeerRow *self,
              gboolean        dialling)
{
  g_clear_object (&self->cancellable);
  if (dialling)
    self->cancellable = g_cancellable_new ();
  gtk_spinner_set_spinning (self->spinner, dialling);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), dialling);
  update (self);
}

/* What came of it is the peer's cause, or the row goes because there is a link now. */
static void
connected_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (RtKnownPeerRow) self = user_data;
  g_autoptr (GError) error = NULL;

  rt_network_connect_finish (RT_NETWORK (object), result, &error);
  if (self->peer == NULL)
    return;
  set_dialling (self, FALSE);
  if (error != NULL && rt_known_peer_get_cause (self->peer) == NULL)
    {
      g_autofree char *words = rt_sanitise_line (error->message, 1024);

      adw_action_row_set_subtitle (ADW_ACTION_ROW (self), words);
    }
}

static void
connect_clicked_cb (RtKnownPeerRow *self)
{
  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->connect_button)))
    return;
  set_dialling (self, TRUE);
  rt_network_connect_async (self->network, rt_known_peer_get_address (self->peer), self->cancellable,
                            connected_cb, g_object_ref (self));
}

static void
why_clicked_cb (RtKnownPeerRow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.why", "s", rt_known_peer_get_address (self->peer));
}

static void
copy_clicked_cb (RtKnownPeerRow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), rt_known_peer_get_address (self->peer));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-toast", "s", _("Address copied"));
}

static void
rt_known_peer_row_dispose (GObject *object)
{
  RtKnownPeerRow *self = RT_KNOWN_PEER_ROW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_KNOWN_PEER_ROW);
  g_clear_object (&self->peer);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_known_peer_row_parent_class)->dispose (object);
}

static void
rt_known_peer_row_class_init (RtKnownPeerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_known_peer_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-known-peer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, RtKnownPeerRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, RtKnownPeerRow, connect_button);
  gtk_widget_class_bind_template_child (widget_class, RtKnownPeerRow, copy_button);
  gtk_widget_class_bind_template_child (widget_class, RtKnownPeerRow, why_button);
  gtk_widget_class_bind_template_callback (widget_class, connect_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, why_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
}

static void
rt_known_peer_row_init (RtKnownPeerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
rt_known_peer_row_new (RtKnownPeer *peer,
                       RtNetwork   *network)
{
  RtKnownPeerRow *self;

  g_return_val_if_fail (RT_IS_KNOWN_PEER (peer), NULL);

  self = g_object_new (RT_TYPE_KNOWN_PEER_ROW, NULL);
  self->peer = g_object_ref (peer);
  g_set_object (&self->network, network);
  if (network != NULL)
    g_signal_connect_object (network, "notify::socket", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (peer, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
