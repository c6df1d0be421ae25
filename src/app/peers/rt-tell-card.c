/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/identity/rt-identity-tell.h"
#include "app/rt-plain-row.h"
#include "model/networks/rt-secret-words.h"
#include "model/reach/rt-address-scope.h"
#include "rt-invite-dialog.h"
#include "model/reach/rt-port-map.h"
#include "rt-tell-card.h"

struct _RtTellCard
{
  AdwPreferencesGroup parent_instance;

  RtNetwork *network;
  char     **addresses;           /* what is shown */

  GtkListBox *list;
  GtkButton  *copy_button;
};

G_DEFINE_FINAL_TYPE (RtTellCard, rt_tell_card, ADW_TYPE_PREFERENCES_GROUP)

enum { PROP_0, PROP_NETWORK, N_PROPS };
static GParamSpec *properties[N_PROPS];

static gboolean
is_loopback (const char *address)
{
  g_autofree char *host = NULL;
  guint16 port;

  return rt_parse_address (address, &host, &port, NULL) && rt_address_scope (host) == RT_ADDRESS_COMPUTER;
}

static void
copy_address_cb (RtTellCard *self,
                 GtkButton  *button)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (button), ADW_TYPE_ACTION_ROW);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-toast", "s", _("Address copied"));
}

static GtkWidget *
make_row (RtTellCard *self,
          const char *address)
{
  GtkWidget *row = rt_plain_row_new (address, is_loopback (address) ? _("Only for programs on this computer") : NULL);
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  g_autofree char *name = NULL;

  g_object_set (row, "title-selectable", TRUE, NULL);
  /* Translators: %s is an address */
  name = g_strdup_printf (_("Copy %s"), address);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Copy this address"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (copy_address_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
update_words (RtTellCard *self)
{
  g_autofree char *title = g_markup_escape_text (rt_network_get_title (self->network), -1);
  g_autofree char *words = NULL;

  if (rt_network_config_get_has_secret (rt_network_get_config (self->network)))
    /* Translators: %s is the name of a network */
    words = g_strdup_printf (_("Network “%s”, encrypted and private. An address is not enough: an invitation carries the secret, too."), title);
  else if (g_strcmp0 (rt_network_config_get_encryption (rt_network_get_config (self->network)), P2P_ENCRYPTION_PLAINTEXT) == 0)
    /* Translators: %s is the name of a network */
    words = g_strdup_printf (_("Network “%s”, not encrypted. One address is enough."), title);
  else
    /* Translators: %s is the name of a network */
    words = g_strdup_printf (_("Network “%s”, encrypted. One address is enough."), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self), words);
}

static void
update (RtTellCard *self)
{
  g_auto (GStrv) addresses = NULL;
  GtkWidget *row;

  if (self->network == NULL)
    return;
  update_words (self);
  addresses = rt_network_dup_own_addresses (self->network);
  if (self->addresses != NULL && addresses != NULL &&
      g_strv_equal ((const char * const *) addresses, (const char * const *) self->addresses))
    return;
  g_strfreev (self->addresses);
  self->addresses = g_steal_pointer (&addresses);

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  for (guint i = 0; self->addresses != NULL && self->addresses[i] != NULL; i++)
    gtk_list_box_append (self->list, make_row (self, self->addresses[i]));
  if (self->addresses == NULL || self->addresses[0] == NULL)
    gtk_list_box_append (self->list, rt_plain_row_new (_("Nobody can come now"), _("This network is offline.")));
  row = rt_identity_tell_row_new (self->network);
  if (row != NULL)
    gtk_list_box_append (self->list, row);
  gtk_widget_set_sensitive (GTK_WIDGET (self->copy_button), self->addresses != NULL && self->addresses[0] != NULL);
}

static void
copy_all_clicked_cb (RtTellCard *self)
{
  g_autofree char *text = rt_tell_card_dup_text (self);

  if (text == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-toast", "s", _("Copied, ready to be sent to a friend"));
}

static void
invite_clicked_cb (RtTellCard *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->network != NULL)
    gtk_window_present (GTK_WINDOW (rt_invite_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->network)));
}

static void
rt_tell_card_dispose (GObject *object)
{
  rt_tell_card_set_network (RT_TELL_CARD (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_TELL_CARD);
  G_OBJECT_CLASS (rt_tell_card_parent_class)->dispose (object);
}

static void
rt_tell_card_finalize (GObject *object)
{
  g_strfreev (RT_TELL_CARD (object)->addresses);
  G_OBJECT_CLASS (rt_tell_card_parent_class)->finalize (object);
}

static void
rt_tell_card_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      g_value_set_object (value, RT_TELL_CARD (object)->network);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_tell_card_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      rt_tell_card_set_network (RT_TELL_CARD (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_tell_card_class_init (RtTellCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_tell_card_dispose;
  object_class->finalize = rt_tell_card_finalize;
  object_class->get_property = rt_tell_card_get_property;
  object_class->set_property = rt_tell_card_set_property;

  properties[PROP_NETWORK] = g_param_spec_object ("network", NULL, NULL, RT_TYPE_NETWORK,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-tell-card.ui");
  gtk_widget_class_bind_template_child (widget_class, RtTellCard, list);
  gtk_widget_class_bind_template_child (widget_class, RtTellCard, copy_button);
  gtk_widget_class_bind_template_callback (widget_class, copy_all_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, invite_clicked_cb);
}

/* Beside the words there is no room for two buttons of large letters. */
static void
arrange (RtTellCard *self)
{
  GtkWidget *box = gtk_widget_get_parent (GTK_WIDGET (self->copy_button));
  int dpi;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-xft-dpi", &dpi, NULL);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (box), dpi > 1.3 * 96 * 1024 ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
}

static void
rt_tell_card_init (RtTellCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_widget_get_settings (GTK_WIDGET (self)), "notify::gtk-xft-dpi", G_CALLBACK (arrange), self, G_CONNECT_SWAPPED);
  arrange (self);
}

void
rt_tell_card_set_network (RtTellCard *self,
                          RtNetwork  *network)
{
  const char *watched[] = { "notify::state", "notify::socket", "notify::config", "notify::title" };

  g_return_if_fail (RT_IS_TELL_CARD (self));
  g_return_if_fail (network == NULL || RT_IS_NETWORK (network));

  if (self->network == network)
    return;
  if (self->network != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->network, self);
      g_signal_handlers_disconnect_by_data (rt_network_get_port_map (self->network), self);
    }
  g_set_object (&self->network, network);
  g_clear_pointer (&self->addresses, g_strfreev);
  /* nobody comes into the demonstration from elsewhere */
  gtk_widget_set_visible (GTK_WIDGET (self), network == NULL || !rt_network_config_get_demo (rt_network_get_config (network)));
  for (guint i = 0; network != NULL && i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (network, watched[i], G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  if (network != NULL)
    g_signal_connect_object (rt_network_get_port_map (network), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK]);
}

char *
rt_tell_card_dup_text (RtTellCard *self)
{
  g_autofree char *list = NULL, *words = NULL;
  RtNetworkConfig *config;
  gboolean plain;

  g_return_val_if_fail (RT_IS_TELL_CARD (self), NULL);

  if (self->network == NULL || self->addresses == NULL || self->addresses[0] == NULL)
    return NULL;
  config = rt_network_get_config (self->network);
  plain = g_strcmp0 (rt_network_config_get_encryption (config), P2P_ENCRYPTION_PLAINTEXT) == 0;
  list = g_strjoinv (", ", self->addresses);
  /* Translators: what is sent to a friend: name of the network, encryption, version, addresses */
  words = g_strdup_printf (_("Join me on Roundtable. Network name: %s. Encryption: %s. Wire version: %s. Address: %s"),
                           rt_network_config_get_subnet (config), plain ? _("Plaintext") : _("Encrypted (SSL)"),
                           rt_network_config_get_version (config), list);
  /* never the secret itself: whoever wants to give that gives an invitation */
  return rt_network_config_get_has_secret (config) ? g_strconcat (words, ". ", rt_secret_words (RT_SECRET_WORDS_TOLD), NULL) : g_steal_pointer (&words);
}
