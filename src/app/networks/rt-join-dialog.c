/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-banner.h"
#include "app/identity/rt-who-group.h"
#include "app/rt-entry-field.h"
#include "app/rt-first-run-page.h"
#include "model/networks/rt-secret-words.h"
#include "rt-invitation-facts.h"
#include "rt-join-dialog.h"

struct _RtJoinDialog
{
  AdwWindow parent_instance;

  RtNetworks   *networks;
  RtInvitation *invitation;
  RtNetwork    *known;            /* the one that it leads to; NULL: the person is not in it */
  gboolean      ask_name;

  GtkButton           *accept_button;
  RtBanner            *banner;
  AdwPreferencesGroup *facts_group;
  GtkListBox          *facts;
  AdwPreferencesGroup *name_group;
  RtEntryField        *name_row;
  RtWhoGroup          *who_group;
  AdwPreferencesGroup *add_group;
  AdwActionRow        *add_row;
  GtkSwitch           *add_switch;
  GtkLabel            *note_label;
};

G_DEFINE_FINAL_TYPE (RtJoinDialog, rt_join_dialog, ADW_TYPE_WINDOW)

enum { ACCEPTED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* The one that it leads to, transfer full; *alike: there is one of the same name that is another. */
static RtNetwork *
find_known (RtJoinDialog *self,
            gboolean     *alike)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->networks));

  *alike = FALSE;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->networks), i);
      RtNetworkConfig *config = rt_network_get_config (network);

      /* nobody outside is in the demonstration, whatever it is called */
      if (rt_network_config_get_demo (config))
        continue;
      if (rt_invitation_is_to (self->invitation, config))
        return g_steal_pointer (&network);
      *alike = *alike || g_strcmp0 (rt_network_config_get_subnet (config), self->invitation->subnet) == 0;
    }
  return NULL;
}

/* What its configuration does not have; its own addresses count as had. */
static char **
dup_new_addresses (RtJoinDialog *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char * const *had = rt_network_config_get_peers (rt_network_get_config (self->known));
  g_auto (GStrv) own = rt_network_dup_own_addresses (self->known);

  for (guint i = 0; self->invitation->addresses[i] != NULL; i++)
    {
      const char *address = self->invitation->addresses[i];

      if ((had == NULL || !g_strv_contains (had, address)) && !g_strv_contains ((const char * const *) own, address))
        g_strv_builder_add (builder, address);
    }
  return g_strv_builder_end (builder);
}

static gboolean
add_addresses (RtJoinDialog  *self,
               GError       **error)
{
  g_autoptr (RtNetworkConfig) config = rt_network_config_copy (rt_network_get_config (self->known));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) added = dup_new_addresses (self), all = NULL;

  if (added[0] == NULL)
    return TRUE;
  if (rt_network_config_get_peers (config) != NULL)
    g_strv_builder_addv (builder, (const char **) rt_network_config_get_peers (config));
  g_strv_builder_addv (builder, (const char **) added);
  all = g_strv_builder_end (builder);
  g_object_set (config, "peers", all, NULL);
  return rt_networks_update (self->networks, self->known, config, error);
}

/* Where one is kept, and only not known now, that of somebody who may be anybody must not take its place. */
static gboolean
gives_secret (RtJoinDialog *self,
              RtNetwork    *network)
{
  return rt_network_get_secret_state (network) == RT_SECRET_LOST && rt_invitation_gives_secret (self->invitation, rt_network_get_config (network));
}

static gboolean
can_accept (RtJoinDialog *self)
{
  return !self->ask_name || rt_entry_field_get_problem (self->name_row) == NULL;
}

static void
update_accept (RtJoinDialog *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->accept_button), can_accept (self));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->accept_button), can_accept (self) ? NULL : rt_entry_field_get_problem (self->name_row));
}

/* What the person was shown is done, or nothing: his networks may have changed meanwhile. Transfer none. */
static RtNetwork *
do_it (RtJoinDialog  *self,
       GError       **error)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->networks));

  if (self->known == NULL)
    {
      g_autoptr (RtNetworkConfig) config = rt_invitation_dup_config (self->invitation);

      g_object_set (config, "identity", rt_who_group_get_identity (self->who_group), NULL);
      return rt_networks_add (self->networks, config, error);
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->networks), i);

      if (network == self->known)
        {
          /* asked anew: it may have been typed meanwhile */
          if (gives_secret (self, network) && !rt_networks_retype_secret (self->networks, network, self->invitation->secret, error))
            return NULL;
          return !gtk_switch_get_active (self->add_switch) || add_addresses (self, error) ? self->known : NULL;
        }
    }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("You have left this network meanwhile."));
  return NULL;
}

static void
accept_clicked_cb (RtJoinDialog *self)
{
  g_autoptr (RtJoinDialog) held G_GNUC_UNUSED = g_object_ref (self);
  g_autoptr (GError) error = NULL;
  RtNetwork *network;

  if (!can_accept (self))
    return;
  network = do_it (self, &error);
  if (network == NULL)
    {
      rt_banner_set_title (self->banner, error->message);
      return;
    }
  if (self->ask_name)
    {
      g_autofree char *name = rt_entry_field_dup_text (self->name_row);

      rt_networks_set_user_name (self->networks, name);
    }
  /* Whoever is told may close the parent, which GTK would look at once more when we are freed. */
  gtk_window_close (GTK_WINDOW (self));
  gtk_window_set_transient_for (GTK_WINDOW (self), NULL);
  g_signal_emit (self, signals[ACCEPTED], 0, network);
}

/* Groups take markup. */
static void
set_heading (RtJoinDialog *self,
             const char   *format,
             const char   *words)
{
  g_autofree char *name = g_markup_escape_text (self->invitation->subnet, -1);
  g_autofree char *escaped = g_markup_escape_text (words, -1);
  g_autoptr (GString) title = g_string_new (format);

  g_string_replace (title, "%s", name, 1);
  adw_preferences_group_set_title (self->facts_group, title->str);
  adw_preferences_group_set_description (self->facts_group, escaped);
}

static void
show_new (RtJoinDialog *self,
          gboolean      alike)
{
  const char *reach = rt_invitation_reach_words (self->invitation, FALSE);
  g_autoptr (GString) note = g_string_new (NULL);

  gtk_button_set_label (self->accept_button, _("_Join"));
  /* Translators: %s is the name of a network */
  set_heading (self, _("Join “%s”?"),
               _("Nobody vouches for an invitation: whoever made it chose what it says. This computer will connect to the addresses, and they learn its own."));
  if (alike)
    g_string_append (note, _("You are in a network of this name already. This is another one: its kind, encryption, version or secret is different."));
  if (reach != NULL)
    g_string_append_printf (note, "%s%s", note->len > 0 ? "\n\n" : "", reach);
  gtk_label_set_label (self->note_label, note->str);
}

static void
show_known (RtJoinDialog *self)
{
  g_auto (GStrv) added = dup_new_addresses (self);
  guint n = g_strv_length (added);
  g_autofree char *words = NULL;
  gboolean gives = gives_secret (self, self->known);

  gtk_button_set_label (self->accept_button, _("_Go there"));
  /* Translators: %s is the name of a network */
  set_heading (self, _("You are in “%s” already"), gives ? rt_secret_words (RT_SECRET_WORDS_GIVEN) : n > 0 ? _("Nobody vouches for an invitation: whoever made it chose the addresses.") : _("The invitation says nothing new."));
  if (n == 0)
    return;
  /* Translators: of addresses that are not known yet */
  words = g_strdup_printf (ngettext ("%u address is new. This computer will connect to it.", "%u addresses are new. This computer will connect to them.", n), n);
  adw_action_row_set_subtitle (self->add_row, words);
  gtk_widget_set_visible (GTK_WIDGET (self->add_group), TRUE);
}

static void
rt_join_dialog_dispose (GObject *object)
{
  RtJoinDialog *self = RT_JOIN_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_JOIN_DIALOG);
  g_clear_object (&self->networks);
  g_clear_object (&self->known);
  G_OBJECT_CLASS (rt_join_dialog_parent_class)->dispose (object);
}

static void
rt_join_dialog_finalize (GObject *object)
{
  rt_invitation_free (RT_JOIN_DIALOG (object)->invitation);
  G_OBJECT_CLASS (rt_join_dialog_parent_class)->finalize (object);
}

static void
rt_join_dialog_class_init (RtJoinDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_join_dialog_dispose;
  object_class->finalize = rt_join_dialog_finalize;

  signals[ACCEPTED] = g_signal_new ("accepted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                    0, NULL, NULL, NULL, G_TYPE_NONE, 1, RT_TYPE_NETWORK);

  g_type_ensure (RT_TYPE_BANNER);
  g_type_ensure (RT_TYPE_ENTRY_FIELD);
  g_type_ensure (RT_TYPE_HINT_ROW);
  g_type_ensure (RT_TYPE_WHO_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-join-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtJoinDialog, accept_button);
  gtk_widget_class_bind_template_child (widget_class, RtJoinDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, RtJoinDialog, facts_group);
  gtk_widget_class_bind_template_child (widget_class, RtJoinDialog, facts);
  gtk_widget_class_bind_template_child (widget_class, RtJoinDialog, name_group);
  gtk_widget_class_bind_template_child (widget_class, RtJoinDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, RtJoinDialog, who_group);
  gtk_widget_class_bind_template_child (widget_class, RtJoinDialog, add_group);
  gtk_widget_class_bind_template_child (widget_class, RtJoinDialog, add_row);
  gtk_widget_class_bind_template_child (widget_class, RtJoinDialog, add_switch);
  gtk_widget_class_bind_template_child (widget_class, RtJoinDialog, note_label);
  gtk_widget_class_bind_template_callback (widget_class, update_accept);
  gtk_widget_class_bind_template_callback (widget_class, accept_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
rt_join_dialog_init (RtJoinDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  rt_entry_field_set_check (self->name_row, rt_check_person_name);
}

RtJoinDialog *
rt_join_dialog_new (GtkWindow          *parent,
                    RtNetworks         *networks,
                    const RtInvitation *invitation,
                    gboolean            ask_name)
{
  RtJoinDialog *self;
  gboolean alike;

  g_return_val_if_fail (RT_IS_NETWORKS (networks), NULL);
  g_return_val_if_fail (invitation != NULL, NULL);

  self = g_object_new (RT_TYPE_JOIN_DIALOG, "transient-for", parent, NULL);
  self->networks = g_object_ref (networks);
  self->invitation = rt_invitation_copy (invitation);
  self->ask_name = ask_name;
  self->known = find_known (self, &alike);

  rt_invitation_facts_fill (self->facts, self->invitation);
  rt_who_group_set_networks (self->who_group, networks, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->who_group), self->known == NULL);
  if (self->known != NULL)
    show_known (self);
  else
    show_new (self, alike);
  gtk_widget_set_visible (GTK_WIDGET (self->note_label), *gtk_label_get_label (self->note_label) != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->name_group), ask_name);
  update_accept (self);
  return self;
}

const RtInvitation *
rt_join_dialog_get_invitation (RtJoinDialog *self)
{
  g_return_val_if_fail (RT_IS_JOIN_DIALOG (self), NULL);

  return self->invitation;
}
