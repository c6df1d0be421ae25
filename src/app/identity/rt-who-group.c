/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-hint-row.h"
#include "rt-who-group.h"

struct _RtWhoGroup
{
  AdwPreferencesGroup parent_instance;

  RtNetworks *networks;         /* NULL: not set yet */
  GPtrArray  *choices;          /* of strings: what the configuration is to say, in the order of the row */
  gboolean    editing;          /* the first of them is what it says now */
  guint       anew;             /* the place of somebody new */

  AdwComboRow *row;
  RtHintRow   *hint;
};

G_DEFINE_FINAL_TYPE (RtWhoGroup, rt_who_group, ADW_TYPE_PREFERENCES_GROUP)

static void
update (RtWhoGroup *self)
{
  guint selected = adw_combo_row_get_selected (self->row);
  const char *words = NULL;

  if (self->networks == NULL)
    return;
  if (selected == self->anew)
    words = _("By the key nobody can tell that you are the same person as in your other networks. Your name and your address are the same in all of them, and may tell.");
  else if (!self->editing || selected > 0)
    words = _("Who is in both networks can tell that you are the same person");
  /* not in the row, where they would leave no room for the choice */
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self), words);
  rt_hint_row_set_text (self->hint, RT_HINT_ERROR, self->editing && selected > 0
                          ? _("For the others here you become somebody else: they meet a new person, but may know you by your name and your address. What you wrote stays with who you were, and what still waits is not sent.") : NULL);
}

static void
add_choice (RtWhoGroup    *self,
            GtkStringList *list,
            const char    *title,
            const char    *identity)
{
  gtk_string_list_append (list, title);
  g_ptr_array_add (self->choices, g_strdup (identity));
}

static void
add_identities (RtWhoGroup    *self,
                GtkStringList *list,
                RtIdentity    *except)
{
  GListModel *all = G_LIST_MODEL (rt_networks_get_identities (self->networks));
  guint n = g_list_model_get_n_items (all);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtIdentity) identity = g_list_model_get_item (all, i);
      g_autofree char *title = NULL;

      if (identity == except || rt_identity_get_leaving (identity))
        continue;
      if (rt_identity_get_shared (identity) || *rt_identity_get_name (identity) != '\0')
        title = g_strdup (rt_identity_get_title (identity));
      else
        /* Translators: who the person is in another network; %s is the name of that network */
        title = g_strdup_printf (_("As in “%s”"), rt_identity_get_title (identity));
      add_choice (self, list, title, rt_identity_get_ref (identity));
    }
}

static void
rt_who_group_dispose (GObject *object)
{
  RtWhoGroup *self = RT_WHO_GROUP (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_WHO_GROUP);
  g_clear_object (&self->networks);
  g_clear_pointer (&self->choices, g_ptr_array_unref);
  G_OBJECT_CLASS (rt_who_group_parent_class)->dispose (object);
}

static void
rt_who_group_class_init (RtWhoGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_who_group_dispose;
  g_type_ensure (RT_TYPE_HINT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-who-group.ui");
  gtk_widget_class_bind_template_child (widget_class, RtWhoGroup, row);
  gtk_widget_class_bind_template_child (widget_class, RtWhoGroup, hint);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

static void
rt_who_group_init (RtWhoGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->choices = g_ptr_array_new_with_free_func (g_free);
}

void
rt_who_group_set_networks (RtWhoGroup *self,
                           RtNetworks *networks,
                           RtNetwork  *network)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  RtIdentity *now = NULL;
  g_autofree char *fresh = NULL;

  g_return_if_fail (RT_IS_WHO_GROUP (self));
  g_return_if_fail (RT_IS_NETWORKS (networks) && self->networks == NULL);

  self->networks = g_object_ref (networks);
  self->editing = network != NULL;
  if (network != NULL)
    {
      now = rt_identities_get_of_network (rt_networks_get_identities (networks), network);
      if (now != NULL && (rt_identity_get_shared (now) || *rt_identity_get_name (now) != '\0'))
        add_choice (self, list, rt_identity_get_title (now), rt_network_config_get_identity (rt_network_get_config (network)));
      else
        /* Translators: of who the person is to be in a network */
        add_choice (self, list, C_("identity", "As now"), rt_network_config_get_identity (rt_network_get_config (network)));
      /* the demonstration meets nobody */
      gtk_widget_set_visible (GTK_WIDGET (self), now != NULL);
      fresh = g_uuid_string_random ();
    }
  self->anew = self->choices->len;
  /* Translators: of who the person is to be in a network */
  add_choice (self, list, C_("identity", "Somebody new"), fresh != NULL ? fresh : "");
  add_identities (self, list, now);
  adw_combo_row_set_model (self->row, G_LIST_MODEL (list));
  adw_combo_row_set_selected (self->row, 0);
  update (self);
}

const char *
rt_who_group_get_identity (RtWhoGroup *self)
{
  guint selected;

  g_return_val_if_fail (RT_IS_WHO_GROUP (self), NULL);

  selected = adw_combo_row_get_selected (self->row);
  return selected < self->choices->len ? self->choices->pdata[selected] : "";
}
