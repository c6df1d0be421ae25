/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/rt-plain-row.h"
#include "model/people/rt-people.h"
#include "rt-lab-dialog.h"

struct _RtLabDialog
{
  AdwWindow parent_instance;

  RtNetwork *network;
  RtLab     *lab;
  GPtrArray *rows;              /* of peers, not owned */

  AdwWindowTitle      *title;
  GtkSpinButton       *delay_spin;
  GtkSpinButton       *jitter_spin;
  GtkSpinButton       *loss_spin;
  GtkSwitch           *all_switch;
  AdwPreferencesGroup *split_group;
  GtkWidget           *stop_button;
};

G_DEFINE_FINAL_TYPE (RtLabDialog, rt_lab_dialog, ADW_TYPE_WINDOW)

static void
side_cb (RtLabDialog *self,
         GParamSpec  *pspec,
         GtkSwitch   *widget)
{
  rt_lab_set_split (self->lab, g_object_get_data (G_OBJECT (widget), "rt-id"), gtk_switch_get_active (widget));
}

static char *
dup_name (RtLabDialog *self,
          const char  *id)
{
  RtPerson *person = rt_people_find (rt_network_get_people (self->network), id);

  return person != NULL ? g_strdup (rt_person_get_shown_name (person)) : rt_short_id (id);
}

static GtkWidget *
make_row (RtLabDialog *self,
          const char  *id)
{
  g_autofree char *name = dup_name (self, id);
  GtkWidget *row = rt_plain_row_new (name, NULL);
  GtkWidget *widget = g_object_new (GTK_TYPE_SWITCH, "valign", GTK_ALIGN_CENTER, NULL);

  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  g_object_set_data_full (G_OBJECT (widget), "rt-id", g_strdup (id), g_free);
  g_object_set_data (G_OBJECT (row), "rt-switch", widget);
  g_signal_connect_object (widget, "notify::active", G_CALLBACK (side_cb), self, G_CONNECT_SWAPPED);
  g_object_bind_property (self->all_switch, "active", row, "sensitive", G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), widget);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), widget);
  return row;
}

static const char *
get_id (GtkWidget *row)
{
  return g_object_get_data (g_object_get_data (G_OBJECT (row), "rt-switch"), "rt-id");
}

/* Rows that stay are the same: one of them may have the focus. */
static void
update_sides (RtLabDialog *self)
{
  g_auto (GStrv) ids = rt_lab_dup_sides (self->lab);
  gboolean all;

  for (guint i = self->rows->len; i-- > 0;)
    if (!g_strv_contains ((const char * const *) ids, get_id (self->rows->pdata[i])))
      {
        adw_preferences_group_remove (self->split_group, self->rows->pdata[i]);
        g_ptr_array_remove_index (self->rows, i);
      }
  for (guint i = 0; ids[i] != NULL; i++)
    {
      GtkWidget *row = NULL;

      for (guint j = 0; row == NULL && j < self->rows->len; j++)
        if (g_str_equal (get_id (self->rows->pdata[j]), ids[i]))
          row = self->rows->pdata[j];
      if (row == NULL)
        {
          row = make_row (self, ids[i]);
          g_ptr_array_add (self->rows, row);
          adw_preferences_group_add (self->split_group, row);
        }
      g_object_get (self->lab, "split-all", &all, NULL);
      if (!all)
        gtk_switch_set_active (g_object_get_data (G_OBJECT (row), "rt-switch"), rt_lab_is_split (self->lab, ids[i]));
    }
}

/* They may say it only now. */
static void
update_names (RtLabDialog *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      g_autofree char *name = dup_name (self, get_id (self->rows->pdata[i]));

      adw_preferences_row_set_title (self->rows->pdata[i], name);
    }
}

static void
stop_clicked_cb (RtLabDialog *self)
{
  /* it is not sensitive any more then, and would keep the focus to itself */
  gtk_widget_grab_focus (GTK_WIDGET (self->delay_spin));
  rt_lab_stop (self->lab);
}

static void
rt_lab_dialog_dispose (GObject *object)
{
  RtLabDialog *self = RT_LAB_DIALOG (object);

  if (self->lab != NULL)
    g_signal_handlers_disconnect_by_data (self->lab, self);
  if (self->network != NULL)
    g_signal_handlers_disconnect_by_data (rt_network_get_people (self->network), self);
  g_clear_object (&self->lab);
  g_clear_object (&self->network);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_LAB_DIALOG);
  G_OBJECT_CLASS (rt_lab_dialog_parent_class)->dispose (object);
}

static void
rt_lab_dialog_class_init (RtLabDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_lab_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-lab-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtLabDialog, title);
  gtk_widget_class_bind_template_child (widget_class, RtLabDialog, delay_spin);
  gtk_widget_class_bind_template_child (widget_class, RtLabDialog, jitter_spin);
  gtk_widget_class_bind_template_child (widget_class, RtLabDialog, loss_spin);
  gtk_widget_class_bind_template_child (widget_class, RtLabDialog, all_switch);
  gtk_widget_class_bind_template_child (widget_class, RtLabDialog, split_group);
  gtk_widget_class_bind_template_child (widget_class, RtLabDialog, stop_button);
  gtk_widget_class_bind_template_callback (widget_class, stop_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
rt_lab_dialog_init (RtLabDialog *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static gboolean
to_number (GBinding     *binding,
           const GValue *from,
           GValue       *to,
           gpointer      data)
{
  g_value_set_uint (to, (guint) (g_value_get_double (from) + 0.5));
  return TRUE;
}

static gboolean
from_number (GBinding     *binding,
             const GValue *from,
             GValue       *to,
             gpointer      data)
{
  g_value_set_double (to, g_value_get_uint (from));
  return TRUE;
}

static void
bind_number (RtLabDialog   *self,
             const char    *property,
             GtkSpinButton *spin)
{
  g_object_bind_property_full (self->lab, property, gtk_spin_button_get_adjustment (spin), "value", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE,
                               from_number, to_number, NULL, NULL);
}

RtLabDialog *
rt_lab_dialog_new (GtkWindow *parent,
                   RtNetwork *network)
{
  RtLabDialog *self = g_object_new (RT_TYPE_LAB_DIALOG, "transient-for", parent, NULL);

  self->network = g_object_ref (network);
  self->lab = g_object_ref (rt_network_get_lab (network));
  adw_window_title_set_subtitle (self->title, rt_network_get_title (network));
  bind_number (self, "delay", self->delay_spin);
  bind_number (self, "jitter", self->jitter_spin);
  bind_number (self, "loss", self->loss_spin);
  g_object_bind_property (self->lab, "split-all", self->all_switch, "active", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_object_bind_property (self->lab, "on", self->stop_button, "sensitive", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (self->lab, "sides-changed", G_CALLBACK (update_sides), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (rt_network_get_people (network), "person-changed", G_CALLBACK (update_names), self, G_CONNECT_SWAPPED);
  update_sides (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->delay_spin));
  return self;
}
