/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-entry-field.h"
#include "app/rt-uri.h"
#include "rt-connect-card.h"
#include "../rt-focus.h"

struct _RtConnectCard
{
  AdwPreferencesGroup parent_instance;

  RtNetwork    *network;
  GCancellable *cancellable;      /* while we dial */
  char         *address;          /* the one that is dialled */

  RtEntryField *entry;
  RtHintRow    *hint;
  GtkSpinner   *spinner;
  GtkButton    *connect_button;
  GtkButton    *stop_button;
};

G_DEFINE_FINAL_TYPE (RtConnectCard, rt_connect_card, ADW_TYPE_PREFERENCES_GROUP)

enum { PROP_0, PROP_NETWORK, N_PROPS };
static GParamSpec *properties[N_PROPS];

/* One address: the list that the field takes elsewhere would be several calls. */
static char *
check_address (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL, *link = rt_uri_dup_clean (text);
  guint16 port;

  /* what a friend told may be an invitation */
  if (rt_uri_is_ours (link))
    return rt_uri_check (link, &error) ? NULL : g_strdup (error->message);
  if (rt_parse_address (text, &host, &port, &error))
    return NULL;
  return g_strdup (error->message);
}

static void
update (RtConnectCard *self)
{
  g_autofree char *text = rt_entry_field_dup_text (self->entry);
  gboolean up = self->network != NULL && rt_network_get_socket (self->network) != NULL;
  gboolean dialling = self->cancellable != NULL;

  gtk_widget_set_sensitive (GTK_WIDGET (self->connect_button),
                            up && !dialling && *text != '\0' && rt_entry_field_get_problem (self->entry) == NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->connect_button),
                               up ? rt_entry_field_get_problem (self->entry) : _("This network is offline."));
  gtk_widget_set_visible (GTK_WIDGET (self->connect_button), !dialling);
  gtk_widget_set_visible (GTK_WIDGET (self->stop_button), dialling);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), dialling);
  gtk_spinner_set_spinning (self->spinner, dialling);
}

static void
end_dialling (RtConnectCard *self)
{
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->address, g_free);
  update (self);
}

static void
connected_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (RtConnectCard) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean ok = rt_network_connect_finish (RT_NETWORK (object), result, &error);

  /* disposed, or in another network by now */
  if (self->cancellable == NULL || self->network != RT_NETWORK (object))
    return;
  if (ok)
    {
      g_autofree char *typed = rt_entry_field_dup_text (self->entry);

      if (g_strcmp0 (typed, self->address) == 0)
        rt_entry_field_reset (self->entry, "");
      /* Translators: %s is an address */
      text = g_strdup_printf (_("Connected to %s"), self->address);
      rt_hint_row_set_text (self->hint, RT_HINT_SUCCESS, text);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      /* what the other side says of itself may be part of the words */
      text = rt_sanitise_line (error->message, 1024);
      rt_hint_row_set_text (self->hint, RT_HINT_ERROR, text);
    }
  end_dialling (self);
}

static void
connect_cb (RtConnectCard *self)
{
  g_autofree char *text = rt_entry_field_dup_text (self->entry), *link = rt_uri_dup_clean (text);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->connect_button)))
    return;
  if (rt_uri_is_ours (link))
    {
      /* it asks; the network it leads to may be another */
      rt_entry_field_reset (self->entry, "");
      rt_uri_open (GTK_WINDOW (root), link);
      return;
    }
  self->cancellable = g_cancellable_new ();
  self->address = rt_entry_field_dup_text (self->entry);
  rt_hint_row_set_text (self->hint, RT_HINT_ERROR, NULL);
  update (self);
  rt_network_connect_async (self->network, self->address, self->cancellable, connected_cb, g_object_ref (self));
}

static void
stop_cb (RtConnectCard *self)
{
  if (self->cancellable == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
rt_connect_card_dispose (GObject *object)
{
  rt_connect_card_set_network (RT_CONNECT_CARD (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_CONNECT_CARD);
  G_OBJECT_CLASS (rt_connect_card_parent_class)->dispose (object);
}

static gboolean
rt_connect_card_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (RT_CONNECT_CARD (widget)->entry));
}

static void
rt_connect_card_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      g_value_set_object (value, RT_CONNECT_CARD (object)->network);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_connect_card_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      rt_connect_card_set_network (RT_CONNECT_CARD (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_connect_card_class_init (RtConnectCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_connect_card_dispose;
  object_class->get_property = rt_connect_card_get_property;
  object_class->set_property = rt_connect_card_set_property;
  widget_class->focus = rt_focus_children;
  widget_class->grab_focus = rt_connect_card_grab_focus;

  properties[PROP_NETWORK] = g_param_spec_object ("network", NULL, NULL, RT_TYPE_NETWORK,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (RT_TYPE_ENTRY_FIELD);
  g_type_ensure (RT_TYPE_HINT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-connect-card.ui");
  gtk_widget_class_bind_template_child (widget_class, RtConnectCard, entry);
  gtk_widget_class_bind_template_child (widget_class, RtConnectCard, hint);
  gtk_widget_class_bind_template_child (widget_class, RtConnectCard, spinner);
  gtk_widget_class_bind_template_child (widget_class, RtConnectCard, connect_button);
  gtk_widget_class_bind_template_child (widget_class, RtConnectCard, stop_button);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, connect_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
}

static void
rt_connect_card_init (RtConnectCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  rt_entry_field_set_check (self->entry, check_address);
  update (self);
}

void
rt_connect_card_set_network (RtConnectCard *self,
                             RtNetwork     *network)
{
  g_return_if_fail (RT_IS_CONNECT_CARD (self));
  g_return_if_fail (network == NULL || RT_IS_NETWORK (network));

  if (self->network == network)
    return;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->network != NULL)
    g_signal_handlers_disconnect_by_data (self->network, self);
  g_set_object (&self->network, network);
  if (network != NULL)
    g_signal_connect_object (network, "notify::socket", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  end_dialling (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK]);
}
