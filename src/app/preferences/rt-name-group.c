/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/rt-entry-field.h"
#include "app/rt-first-run-page.h"
#include "rt-name-group.h"

struct _RtNameGroup
{
  AdwPreferencesGroup parent_instance;

  RtNetworks   *networks;       /* nullable */

  RtEntryField *name_row;
  RtHintRow    *name_hint;
  GtkWidget    *change_button;
};

G_DEFINE_FINAL_TYPE (RtNameGroup, rt_name_group, ADW_TYPE_PREFERENCES_GROUP)

/* The button is there while another name is typed, and works when it can be one. (The row has one of its own, which does not follow what is wrong.) */
static void
update_button (RtNameGroup *self)
{
  g_autofree char *name = rt_entry_field_dup_text (self->name_row);
  const char *problem = rt_entry_field_get_problem (self->name_row);

  if (self->networks == NULL)
    return;
  gtk_widget_set_visible (self->change_button, g_strcmp0 (name, rt_networks_get_user_name (self->networks)) != 0);
  gtk_widget_set_sensitive (self->change_button, problem == NULL);
  gtk_widget_set_tooltip_text (self->change_button, problem);
}

/* The name that is, in the place of what was typed. */
static void
show_name (RtNameGroup *self)
{
  const char *name = rt_networks_get_user_name (self->networks);

  gtk_widget_set_visible (GTK_WIDGET (self), name != NULL && *name != '\0');
  rt_entry_field_reset (self->name_row, name);
  update_button (self);
}

static void
apply_cb (RtNameGroup *self)
{
  g_autofree char *name = rt_entry_field_dup_text (self->name_row);

  if (rt_entry_field_get_problem (self->name_row) != NULL)
    return;
  rt_networks_set_user_name (self->networks, name);
  /* as it is kept: without spaces around it */
  show_name (self);
}

static void
rt_name_group_dispose (GObject *object)
{
  RtNameGroup *self = RT_NAME_GROUP (object);

  if (self->networks != NULL)
    g_signal_handlers_disconnect_by_data (self->networks, self);
  g_clear_object (&self->networks);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_NAME_GROUP);
  G_OBJECT_CLASS (rt_name_group_parent_class)->dispose (object);
}

static void
rt_name_group_class_init (RtNameGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_name_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-name-group.ui");
  gtk_widget_class_bind_template_child (widget_class, RtNameGroup, name_row);
  gtk_widget_class_bind_template_child (widget_class, RtNameGroup, name_hint);
  gtk_widget_class_bind_template_child (widget_class, RtNameGroup, change_button);
  gtk_widget_class_bind_template_callback (widget_class, apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_button);
  g_type_ensure (RT_TYPE_ENTRY_FIELD);
  g_type_ensure (RT_TYPE_HINT_ROW);
}

static void
rt_name_group_init (RtNameGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  rt_entry_field_set_check (self->name_row, rt_check_person_name);
}

void
rt_name_group_set_networks (RtNameGroup *self, RtNetworks *networks)
{
  g_return_if_fail (RT_IS_NAME_GROUP (self));
  g_return_if_fail (self->networks == NULL && RT_IS_NETWORKS (networks));

  self->networks = g_object_ref (networks);
  g_signal_connect_swapped (networks, "notify::user-name", G_CALLBACK (show_name), self);
  show_name (self);
}
