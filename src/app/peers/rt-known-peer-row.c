/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-block-dialog.h"
#include "rt-known-peer-row.h"
#include "rt-peer-format.h"
#include "model/reach/rt-address-scope.h"

struct _RtKnownPeerRow
{
  AdwActionRow parent_instance;

  RtKnownPeer  *peer;
  RtNetwork    *network;
  GCancellable *cancellable;      /* while we dial */
  guint         timer;

  GtkSpinner *spinner;
  GtkButton  *connect_button;
  GtkWidget  *menu_button;
};

G_DEFINE_FINAL_TYPE (RtKnownPeerRow, rt_known_peer_row, ADW_TYPE_ACTION_ROW)

/* Without a port; NULL: of this computer, with all that listens on it. */
static char *
dup_host (RtKnownPeerRow *self)
{
  g_autoptr (GSocketConnectable) place = g_network_address_parse (rt_known_peer_get_address (self->peer), 1, NULL);
  const char *host = place != NULL ? g_network_address_get_hostname (G_NETWORK_ADDRESS (place)) : NULL;

  return host != NULL && rt_address_scope (host) != RT_ADDRESS_COMPUTER ? g_strdup (host) : NULL;
}

/* NULL: there is nothing to say. */
static char *
dup_standing (RtKnownPeerRow *self)
{
  RtStanding standing;

  if (self->network == NULL || !rt_network_get_standing (self->network, rt_known_peer_get_address (self->peer), &standing))
    return NULL;
  return rt_standing_dup_words (&standing, g_get_real_time ());
}

static void
update (RtKnownPeerRow *self)
{
  g_autofree char *address = rt_sanitise_line (rt_known_peer_get_address (self->peer), 512);
  g_autofree char *name = NULL;
  g_autofree char *cause = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *connect = NULL;
  g_autofree char *menu = NULL;
  g_autofree char *standing = NULL;
  g_autofree char *host = dup_host (self);
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
  standing = self->cancellable == NULL ? dup_standing (self) : NULL;
  if (standing != NULL && (subtitle != NULL || cause != NULL))
    {
      /* Translators: why a peer is not connected, then how often it was tried, and when again */
      g_autofree char *both = g_strdup_printf (_("%s · %s"), subtitle != NULL ? subtitle : cause, standing);

      adw_action_row_set_subtitle (ADW_ACTION_ROW (self), both);
    }
  else
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle != NULL ? subtitle : cause != NULL ? cause : standing);

  gtk_widget_set_sensitive (GTK_WIDGET (self->connect_button),
                            self->cancellable == NULL && self->network != NULL && rt_network_get_socket (self->network) != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "known.forget",
                                 self->network != NULL && rt_network_can_forget (self->network, rt_known_peer_get_address (self->peer)));

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "known.block", self->network != NULL && (host != NULL || rt_known_peer_get_id (self->peer) != NULL));

  /* Translators: %s is an address */
  connect = g_strdup_printf (_("Try %s now"), address);
  /* Translators: %s is an address */
  menu = g_strdup_printf (_("Menu of %s"), address);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->connect_button), GTK_ACCESSIBLE_PROPERTY_LABEL, connect, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL, menu, -1);
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
why_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  gtk_widget_activate_action (widget, "win.why", "s", rt_known_peer_get_address (RT_KNOWN_PEER_ROW (widget)->peer));
}

static void
copy_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), rt_known_peer_get_address (RT_KNOWN_PEER_ROW (widget)->peer));
  gtk_widget_activate_action (widget, "win.show-toast", "s", _("Address copied"));
}

static void
block_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  RtKnownPeerRow *self = RT_KNOWN_PEER_ROW (widget);
  const char *id = rt_known_peer_get_id (self->peer);
  g_autofree char *host = dup_host (self);

  if (self->network != NULL && (id != NULL || host != NULL))
    rt_block_toggle (widget, self->network, id, host);
}

/* The row may go with it. */
static void
forget_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  RtKnownPeerRow *self = RT_KNOWN_PEER_ROW (widget);
  g_autoptr (RtNetwork) network = self->network != NULL ? g_object_ref (self->network) : NULL;
  g_autofree char *address = g_strdup (rt_known_peer_get_address (self->peer));

  gtk_widget_activate_action (widget, "win.show-toast", "s", _("Address forgotten"));
  if (network != NULL)
    rt_network_forget (network, address);
}

static void
open_menu_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (RT_KNOWN_PEER_ROW (widget)->menu_button));
}

static gboolean
tick_cb (gpointer user_data)
{
  update (user_data);
  return G_SOURCE_CONTINUE;
}

/* "in 12 s" counts while it is seen. */
static void
rt_known_peer_row_map (GtkWidget *widget)
{
  RtKnownPeerRow *self = RT_KNOWN_PEER_ROW (widget);

  GTK_WIDGET_CLASS (rt_known_peer_row_parent_class)->map (widget);
  update (self);
  self->timer = g_timeout_add_seconds (1, tick_cb, self);
  g_source_set_name_by_id (self->timer, "[roundtable] next attempt");
}

static void
rt_known_peer_row_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&RT_KNOWN_PEER_ROW (widget)->timer, g_source_remove);
  GTK_WIDGET_CLASS (rt_known_peer_row_parent_class)->unmap (widget);
}

static void
rt_known_peer_row_dispose (GObject *object)
{
  RtKnownPeerRow *self = RT_KNOWN_PEER_ROW (object);

  g_clear_handle_id (&self->timer, g_source_remove);
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
  widget_class->map = rt_known_peer_row_map;
  widget_class->unmap = rt_known_peer_row_unmap;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-known-peer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, RtKnownPeerRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, RtKnownPeerRow, connect_button);
  gtk_widget_class_bind_template_child (widget_class, RtKnownPeerRow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, connect_clicked_cb);

  gtk_widget_class_install_action (widget_class, "known.why", NULL, why_action);
  gtk_widget_class_install_action (widget_class, "known.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "known.block", NULL, block_action);
  gtk_widget_class_install_action (widget_class, "known.forget", NULL, forget_action);
  gtk_widget_class_install_action (widget_class, "known.open-menu", NULL, open_menu_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "known.open-menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "known.open-menu", NULL);
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
