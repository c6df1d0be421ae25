/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-banner.h"
#include "app/identity/rt-who-group.h"
#include "app/rt-entry-field.h"
#include "app/rt-uri.h"
#include "model/networks/rt-invitation.h"
#include "rt-address-group.h"
#include "rt-join-dialog.h"
#include "rt-network-dialog.h"
#include "rt-secret-group.h"

struct _RtNetworkDialog
{
  AdwWindow parent_instance;

  RtNetworks          *networks;
  RtNetwork           *network;   /* the one that is edited */
  RtNetworkDialogMode  mode;
  char                *problem;

  GtkButton           *accept_button;
  RtBanner            *banner;
  AdwPreferencesGroup *friend_group;
  RtEntryField        *friend_row;
  RtHintRow           *friend_hint;
  AdwPreferencesGroup *network_group;
  RtEntryField        *subnet_row;
  AdwComboRow         *encryption_row;
  AdwComboRow         *kind_row;
  AdwActionRow        *leasing_row;
  GtkSwitch           *leasing_switch;
  AdwComboRow         *k_row;
  AdwActionRow        *seeding_row;
  GtkSwitch           *seeding_switch;
  AdwActionRow        *fixed_kind_row;
  GtkLabel            *fixed_kind_label;
  RtSecretGroup       *secret_group;
  RtWhoGroup          *who_group;
  RtAddressGroup      *peers_group;
  AdwPreferencesGroup *advanced_group;
  AdwComboRow         *version_row;
  RtEntryField        *listen_host_row;
  RtEntryField        *listen_port_row;
  RtEntryField        *out_address_row;
  GtkLabel            *problem_label;
};

G_DEFINE_FINAL_TYPE (RtNetworkDialog, rt_network_dialog, ADW_TYPE_WINDOW)

enum { ACCEPTED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* In the order of the rows' lists in the .ui */
static const char * const encryptions[] = { "SSL", "Plaintext" };
static const char * const kinds[] = { "mesh", "sync", "chord" };
enum { KIND_MESH, KIND_SYNC, KIND_CHORD };
/* A ring of 2^k places: k is the position in its list. */
#define MAX_K 10u
static const char * const versions[] = { "0.7", "0.6" };

static guint
find_index (const char * const *values,
            guint               n_values,
            const char         *value)
{
  for (guint i = 0; i < n_values; i++)
    {
      if (g_strcmp0 (values[i], value) == 0)
        return i;
    }
  return 0;
}

static void
update_encryption (RtNetworkDialog *self)
{
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->encryption_row),
                               adw_combo_row_get_selected (self->encryption_row) == 0
                                 ? NULL : _("Anyone on the way can read"));
  rt_secret_group_set_encrypted (self->secret_group, adw_combo_row_get_selected (self->encryption_row) == 0);
}

static void
encrypt_cb (RtNetworkDialog *self)
{
  adw_combo_row_set_selected (self->encryption_row, 0);
}

/* How many nodes can store, in words. */
static char *
dup_k_words (guint k)
{
  if (k == 0)
    return g_strdup (_("Any number"));
  /* Translators: a network whose table is kept by so many nodes at most; k is its number in the protocol */
  return g_strdup_printf (ngettext ("At most %u storing node (k = %u)", "At most %u storing nodes (k = %u)", 1u << k), 1u << k, k);
}

static const char *
get_kind_subtitle (guint kind)
{
  switch (kind)
    {
    case KIND_SYNC: return _("And all edit one table");
    case KIND_CHORD: return _("Each key at five nodes");
    case KIND_MESH:
    default: return _("People write to each other");
    }
}

static char *
dup_fixed_words (RtNetworkDialog *self,
                 guint            kind,
                 gboolean         leasing)
{
  g_autofree char *k_words = NULL;
  guint k = adw_combo_row_get_selected (self->k_row);

  if (kind == KIND_SYNC)
    return g_strdup (leasing ? _("Chat and shared table, with leases") : _("Chat and shared table, without leases"));
  if (kind != KIND_CHORD)
    return g_strdup (_("Chat"));
  if (k == 0)
    return g_strdup (_("Chat and distributed table"));
  k_words = dup_k_words (k);
  /* Translators: %s is as in "At most 64 storing nodes (k = 6)" */
  return g_strdup_printf (_("Chat and distributed table. %s"), k_words);
}

static void
update_kind (RtNetworkDialog *self)
{
  guint kind = adw_combo_row_get_selected (self->kind_row);
  gboolean table = kind == KIND_SYNC, ring = kind == KIND_CHORD, leasing = gtk_switch_get_active (self->leasing_switch);
  g_autofree char *words = dup_fixed_words (self, kind, leasing);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->kind_row), get_kind_subtitle (kind));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->k_row),
                               adw_combo_row_get_selected (self->k_row) == 0 && !rt_secret_group_get_private (self->secret_group)
                                 ? _("Talks to py2p and js2p") : _("Only with Roundtable"));
  adw_action_row_set_subtitle (self->seeding_row,
                               gtk_switch_get_active (self->seeding_switch)
                                 ? _("This computer keeps a part of the table for everybody") : _("This computer only reads and writes; others keep the table"));
  gtk_widget_set_visible (GTK_WIDGET (self->k_row), ring && self->mode != RT_NETWORK_DIALOG_EDIT);
  gtk_widget_set_visible (GTK_WIDGET (self->seeding_row), ring && self->mode != RT_NETWORK_DIALOG_EDIT);
  adw_action_row_set_subtitle (self->leasing_row,
                               leasing ? _("A lease: for an hour after somebody wrote a key, only they can change or delete it")
                                       : _("Anybody can change any key at any time, and the newest change counts"));
  gtk_widget_set_visible (GTK_WIDGET (self->kind_row), self->mode != RT_NETWORK_DIALOG_EDIT);
  gtk_widget_set_visible (GTK_WIDGET (self->leasing_row), table && self->mode != RT_NETWORK_DIALOG_EDIT);
  gtk_widget_set_visible (GTK_WIDGET (self->fixed_kind_row), self->mode == RT_NETWORK_DIALOG_EDIT);
  gtk_label_set_label (self->fixed_kind_label, words);
}

/* Of a friend one has an address, or a link that says all. */
static char *
check_friend (const char *text)
{
  g_autofree char *link = rt_uri_dup_clean (text);
  g_autoptr (RtInvitation) invitation = NULL;
  g_autoptr (GError) error = NULL;

  if (!rt_uri_is_ours (link))
    return rt_network_config_check_field ("peers", text);
  invitation = rt_invitation_parse (link, -1, &error);
  return invitation != NULL ? NULL : g_strdup (error->message);
}

/* TRUE: what stands there is meant as a link, good or not: the other fields have nothing to say. */
static gboolean
is_link (RtNetworkDialog *self)
{
  g_autofree char *text = NULL;

  if (self->mode != RT_NETWORK_DIALOG_JOIN)
    return FALSE;
  text = rt_entry_field_dup_text (self->friend_row);
  return rt_uri_is_ours (text);
}

static RtInvitation *
dup_invitation (RtNetworkDialog *self)
{
  g_autofree char *text = rt_entry_field_dup_text (self->friend_row), *link = rt_uri_dup_clean (text);

  return is_link (self) ? rt_invitation_parse (link, -1, NULL) : NULL;
}

/* A link takes the place of all that would have to be typed. */
static void
update_link (RtNetworkDialog *self)
{
  g_autoptr (RtInvitation) invitation = dup_invitation (self);
  gboolean link = is_link (self);

  if (self->mode != RT_NETWORK_DIALOG_JOIN)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->network_group), !link);
  gtk_widget_set_visible (GTK_WIDGET (self->advanced_group), !link);
  gtk_widget_set_visible (GTK_WIDGET (self->secret_group), !link);
  gtk_widget_set_visible (GTK_WIDGET (self->who_group), !link);
  gtk_button_set_label (self->accept_button, link ? _("_Look at it") : _("_Join"));
  if (invitation != NULL)
    {
      /* Translators: %s is the name of a network */
      g_autofree char *words = g_strdup_printf (_("An invitation to “%s”"), invitation->subnet);

      rt_hint_row_set_text (self->friend_hint, RT_HINT_SUCCESS, words);
    }
}

/* The first field, from above, that does not let the dialog be accepted; at_field: the words stand there already. */
static const char *
find_problem (RtNetworkDialog *self,
              gboolean        *at_field)
{
  RtEntryField *fields[] = {
    self->mode == RT_NETWORK_DIALOG_JOIN ? self->friend_row : NULL,
    self->subnet_row,
    self->listen_host_row,
    self->listen_port_row,
    self->out_address_row,
  };
  guint n = is_link (self) ? 1 : G_N_ELEMENTS (fields);

  for (guint i = 0; i < n; i++)
    {
      const char *problem = fields[i] != NULL ? rt_entry_field_get_problem (fields[i]) : NULL;

      if (problem != NULL)
        {
          *at_field = rt_entry_field_get_shows_problem (fields[i]);
          return problem;
        }
    }
  if (!is_link (self) && rt_secret_group_get_problem (self->secret_group) != NULL)
    {
      *at_field = rt_secret_group_get_shows_problem (self->secret_group);
      return rt_secret_group_get_problem (self->secret_group);
    }
  *at_field = TRUE;
  return self->mode == RT_NETWORK_DIALOG_JOIN ? NULL : rt_address_group_get_problem (self->peers_group);
}

static void
update_problem (RtNetworkDialog *self)
{
  gboolean at_field;

  g_free (self->problem);
  self->problem = g_strdup (find_problem (self, &at_field));

  update_link (self);
  gtk_widget_set_sensitive (GTK_WIDGET (self->accept_button), self->problem == NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->accept_button), self->problem);
  gtk_label_set_label (self->problem_label, self->problem != NULL ? self->problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), self->problem != NULL && !at_field);
  /* what was refused is no longer what is asked */
  rt_banner_set_title (self->banner, NULL);
}

static void
secret_changed_cb (RtNetworkDialog *self)
{
  /* who has no secrets is not in it */
  update_kind (self);
  update_problem (self);
}

static void
invitation_accepted_cb (RtNetworkDialog *self,
                        RtNetwork       *network)
{
  g_signal_emit (self, signals[ACCEPTED], 0, network);
  gtk_window_close (GTK_WINDOW (self));
}

/* In front of this one, which is there again when he thinks better of it. */
static void
show_invitation (RtNetworkDialog *self)
{
  g_autoptr (RtInvitation) invitation = dup_invitation (self);
  RtJoinDialog *dialog;

  if (invitation == NULL)
    return;
  dialog = rt_join_dialog_new (GTK_WINDOW (self), self->networks, invitation, FALSE);
  g_signal_connect_object (dialog, "accepted", G_CALLBACK (invitation_accepted_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
accept_clicked_cb (RtNetworkDialog *self)
{
  g_autoptr (RtNetworkConfig) config = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RtNetwork) network = NULL;

  if (self->problem != NULL)
    return;
  if (is_link (self))
    {
      show_invitation (self);
      return;
    }
  config = rt_network_dialog_dup_config (self);
  if (rt_network_config_check (config, &error))
    {
      if (self->mode == RT_NETWORK_DIALOG_EDIT)
        {
          if (rt_networks_update (self->networks, self->network, config, &error))
            network = g_object_ref (self->network);
        }
      else
        {
          RtNetwork *made = rt_networks_add (self->networks, config, &error);

          if (made != NULL)
            network = g_object_ref (made);
        }
    }
  if (network == NULL)
    {
      rt_banner_set_title (self->banner, error->message);
      return;
    }
  g_signal_emit (self, signals[ACCEPTED], 0, network);
  gtk_window_close (GTK_WINDOW (self));
}

static void
fill (RtNetworkDialog *self,
      RtNetworkConfig *config)
{
  g_autofree char *port = g_strdup_printf ("%u", rt_network_config_get_listen_port (config));

  rt_entry_field_reset (self->friend_row, "");
  rt_entry_field_reset (self->subnet_row, self->mode == RT_NETWORK_DIALOG_EDIT ? rt_network_config_get_subnet (config) : "");
  adw_combo_row_set_selected (self->encryption_row, find_index (encryptions, G_N_ELEMENTS (encryptions),
                                                                rt_network_config_get_encryption (config)));
  adw_combo_row_set_selected (self->kind_row, find_index (kinds, G_N_ELEMENTS (kinds), rt_network_config_get_kind (config)));
  gtk_switch_set_active (self->leasing_switch, rt_network_config_get_leasing (config));
  adw_combo_row_set_selected (self->k_row, MIN (rt_network_config_get_k (config), MAX_K));
  gtk_switch_set_active (self->seeding_switch, rt_network_config_get_seeding (config));
  adw_combo_row_set_selected (self->version_row, find_index (versions, G_N_ELEMENTS (versions),
                                                             rt_network_config_get_version (config)));
  rt_entry_field_reset (self->listen_host_row, rt_network_config_get_listen_host (config));
  rt_entry_field_reset (self->listen_port_row, port);
  rt_entry_field_reset (self->out_address_row, rt_network_config_get_out_address (config));
  rt_address_group_set_addresses (self->peers_group, rt_network_config_get_peers (config));
  rt_secret_group_set_mode (self->secret_group, self->mode == RT_NETWORK_DIALOG_JOIN ? RT_SECRET_GROUP_JOIN : RT_SECRET_GROUP_MAKE);
  if (self->network != NULL)
    rt_secret_group_set_network (self->secret_group, self->network);
}

static void
set_words (RtNetworkDialog *self)
{
  const char *title, *accept;

  switch (self->mode)
    {
    case RT_NETWORK_DIALOG_JOIN:
      title = _("Join a network");
      accept = _("_Join");
      adw_preferences_group_set_description (self->network_group,
                                             _("These must be the same as your friend's, or the two of you do not meet."));
      break;
    case RT_NETWORK_DIALOG_EDIT:
      title = _("Edit network");
      accept = _("_Save");
      adw_preferences_group_set_description (self->network_group,
                                             _("Changes of these take you to where others use the same; connections are made anew."));
      break;
    case RT_NETWORK_DIALOG_CREATE:
    default:
      title = _("Create a network");
      accept = _("_Create");
      adw_preferences_group_set_description (self->network_group,
                                             _("Everybody in a network uses the same name, encryption, kind and version."));
      break;
    }
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_button_set_label (self->accept_button, accept);
  gtk_widget_set_visible (GTK_WIDGET (self->friend_group), self->mode == RT_NETWORK_DIALOG_JOIN);
  gtk_widget_set_visible (GTK_WIDGET (self->peers_group), self->mode != RT_NETWORK_DIALOG_JOIN);
}

static void
rt_network_dialog_dispose (GObject *object)
{
  RtNetworkDialog *self = RT_NETWORK_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_NETWORK_DIALOG);
  g_clear_object (&self->networks);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_network_dialog_parent_class)->dispose (object);
}

static void
rt_network_dialog_finalize (GObject *object)
{
  g_free (RT_NETWORK_DIALOG (object)->problem);
  G_OBJECT_CLASS (rt_network_dialog_parent_class)->finalize (object);
}

static void
rt_network_dialog_class_init (RtNetworkDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_network_dialog_dispose;
  object_class->finalize = rt_network_dialog_finalize;

  signals[ACCEPTED] = g_signal_new ("accepted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                    0, NULL, NULL, NULL, G_TYPE_NONE, 1, RT_TYPE_NETWORK);

  g_type_ensure (RT_TYPE_BANNER);
  g_type_ensure (RT_TYPE_ENTRY_FIELD);
  g_type_ensure (RT_TYPE_HINT_ROW);
  g_type_ensure (RT_TYPE_ADDRESS_GROUP);
  g_type_ensure (RT_TYPE_SECRET_GROUP);
  g_type_ensure (RT_TYPE_WHO_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-network-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, accept_button);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, friend_group);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, friend_row);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, friend_hint);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, network_group);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, subnet_row);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, encryption_row);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, kind_row);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, leasing_row);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, leasing_switch);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, k_row);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, seeding_row);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, seeding_switch);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, fixed_kind_row);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, fixed_kind_label);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, secret_group);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, who_group);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, peers_group);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, advanced_group);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, version_row);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, listen_host_row);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, listen_port_row);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, out_address_row);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkDialog, problem_label);
  gtk_widget_class_bind_template_callback (widget_class, update_encryption);
  gtk_widget_class_bind_template_callback (widget_class, encrypt_cb);
  gtk_widget_class_bind_template_callback (widget_class, secret_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_kind);
  gtk_widget_class_bind_template_callback (widget_class, update_problem);
  gtk_widget_class_bind_template_callback (widget_class, accept_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
rt_network_dialog_init (RtNetworkDialog *self)
{
  g_autoptr (GtkStringList) numbers = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  rt_entry_field_set_check (self->friend_row, check_friend);
  for (guint k = 0; k <= MAX_K; k++)
    {
      g_autofree char *words = dup_k_words (k);

      gtk_string_list_append (numbers, words);
    }
  adw_combo_row_set_model (self->k_row, G_LIST_MODEL (numbers));
}

RtNetworkDialog *
rt_network_dialog_new (GtkWindow           *parent,
                       RtNetworks          *networks,
                       RtNetworkDialogMode  mode,
                       RtNetwork           *network)
{
  RtNetworkDialog *self;
  g_autoptr (RtNetworkConfig) config = NULL;

  g_return_val_if_fail (RT_IS_NETWORKS (networks), NULL);
  g_return_val_if_fail ((mode == RT_NETWORK_DIALOG_EDIT) == (network != NULL), NULL);

  self = g_object_new (RT_TYPE_NETWORK_DIALOG, "transient-for", parent, NULL);
  self->networks = g_object_ref (networks);
  g_set_object (&self->network, network);
  self->mode = mode;

  config = network != NULL ? rt_network_config_copy (rt_network_get_config (network)) : rt_network_config_new ();
  rt_who_group_set_networks (self->who_group, networks, network);
  set_words (self);
  fill (self, config);
  update_encryption (self);
  update_kind (self);
  update_problem (self);
  gtk_widget_grab_focus (GTK_WIDGET (mode == RT_NETWORK_DIALOG_JOIN ? self->friend_row : self->subnet_row));
  return self;
}

const char *
rt_network_dialog_get_problem (RtNetworkDialog *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_DIALOG (self), NULL);

  return self->problem;
}

RtNetworkConfig *
rt_network_dialog_dup_config (RtNetworkDialog *self)
{
  g_autoptr (RtNetworkConfig) config = NULL;
  g_autofree char *subnet = NULL;
  g_autofree char *listen_host = NULL;
  g_autofree char *listen_port = NULL;
  g_autofree char *out_address = NULL;
  g_auto (GStrv) peers = NULL;

  g_return_val_if_fail (RT_IS_NETWORK_DIALOG (self), NULL);

  config = self->network != NULL ? rt_network_config_copy (rt_network_get_config (self->network)) : rt_network_config_new ();
  subnet = rt_entry_field_dup_text (self->subnet_row);
  listen_host = rt_entry_field_dup_text (self->listen_host_row);
  listen_port = rt_entry_field_dup_text (self->listen_port_row);
  out_address = rt_entry_field_dup_text (self->out_address_row);
  if (self->mode == RT_NETWORK_DIALOG_JOIN)
    {
      g_autofree char *friend = rt_entry_field_dup_text (self->friend_row);

      peers = rt_parse_addresses (friend, NULL);
    }
  else
    peers = rt_address_group_dup_addresses (self->peers_group);

  g_object_set (config,
                "subnet", subnet,
                "encryption", encryptions[MIN (adw_combo_row_get_selected (self->encryption_row), G_N_ELEMENTS (encryptions) - 1)],
                "kind", kinds[MIN (adw_combo_row_get_selected (self->kind_row), G_N_ELEMENTS (kinds) - 1)],
                "leasing", gtk_switch_get_active (self->leasing_switch),
                "version", versions[MIN (adw_combo_row_get_selected (self->version_row), G_N_ELEMENTS (versions) - 1)],
                "listen-host", listen_host,
                "listen-port", (guint) MIN (g_ascii_strtoull (listen_port, NULL, 10), G_MAXUINT16),
                "out-address", out_address,
                "peers", peers,
                "identity", rt_who_group_get_identity (self->who_group),
                NULL);
  rt_secret_group_apply (self->secret_group, config);
  /* later the switch on the page of the ring says whether it stores */
  if (self->mode != RT_NETWORK_DIALOG_EDIT)
    g_object_set (config, "k", MIN (adw_combo_row_get_selected (self->k_row), MAX_K), "seeding", gtk_switch_get_active (self->seeding_switch), NULL);
  return g_steal_pointer (&config);
}
