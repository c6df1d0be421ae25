/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-entry-field.h"
#include "app/rt-plain-row.h"
#include "model/networks/rt-network-config.h"
#include "rt-address-group.h"

struct _RtAddressGroup
{
  AdwPreferencesGroup parent_instance;

  GPtrArray *addresses;           /* of char*, in order */
  GPtrArray *rows;                /* their rows, borrowed */

  GtkListBox   *list;
  RtEntryField *entry;
  RtHintRow    *entry_hint;
  GtkButton    *add_button;
};

G_DEFINE_FINAL_TYPE (RtAddressGroup, rt_address_group, ADW_TYPE_PREFERENCES_GROUP)

enum { PROP_0, PROP_PROBLEM, N_PROPS };
static GParamSpec *properties[N_PROPS];

static void
remove_clicked_cb (RtAddressGroup *self,
                   GtkButton      *button)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (button), ADW_TYPE_ACTION_ROW);
  guint index;

  if (row == NULL || !g_ptr_array_find (self->rows, row, &index))
    return;
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  g_ptr_array_remove_index (self->rows, index);
  g_ptr_array_remove_index (self->addresses, index);
  gtk_list_box_remove (self->list, row);
}

static GtkWidget *
make_row (RtAddressGroup *self,
          const char     *address)
{
  GtkWidget *row = rt_plain_row_new (address, NULL);
  GtkWidget *button = gtk_button_new_from_icon_name ("list-remove-symbolic");
  g_autofree char *name = NULL;

  /* Translators: %s is an address */
  name = g_strdup_printf (_("Remove %s"), address);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Remove"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_clicked_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
add_address (RtAddressGroup *self,
             const char     *address)
{
  GtkWidget *row;

  if (g_ptr_array_find_with_equal_func (self->addresses, address, g_str_equal, NULL))
    return;
  row = make_row (self, address);
  gtk_list_box_insert (self->list, row, (int) self->rows->len);
  g_ptr_array_add (self->addresses, g_strdup (address));
  g_ptr_array_add (self->rows, row);
}

static void
update (RtAddressGroup *self)
{
  g_autofree char *text = rt_entry_field_dup_text (self->entry);

  gtk_widget_set_sensitive (GTK_WIDGET (self->add_button),
                            *text != '\0' && rt_entry_field_get_problem (self->entry) == NULL);
}

static void
problem_cb (RtAddressGroup *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

static void
add_typed (RtAddressGroup *self)
{
  g_autofree char *text = rt_entry_field_dup_text (self->entry);
  g_auto (GStrv) typed = rt_parse_addresses (text, NULL);

  if (typed == NULL || *text == '\0')
    return;
  for (guint i = 0; typed[i] != NULL; i++)
    add_address (self, typed[i]);
  rt_entry_field_reset (self->entry, "");
}

/* Enter in an empty entry means the whole dialog. */
static void
entry_activated_cb (RtAddressGroup *self)
{
  g_autofree char *text = rt_entry_field_dup_text (self->entry);

  if (*text != '\0')
    add_typed (self);
  else
    gtk_widget_activate_default (GTK_WIDGET (self));
}

static void
rt_address_group_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_ADDRESS_GROUP);
  G_OBJECT_CLASS (rt_address_group_parent_class)->dispose (object);
}

static void
rt_address_group_finalize (GObject *object)
{
  RtAddressGroup *self = RT_ADDRESS_GROUP (object);

  g_ptr_array_unref (self->addresses);
  g_ptr_array_unref (self->rows);
  G_OBJECT_CLASS (rt_address_group_parent_class)->finalize (object);
}

static void
rt_address_group_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_PROBLEM:
      g_value_set_string (value, rt_address_group_get_problem (RT_ADDRESS_GROUP (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_address_group_class_init (RtAddressGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_address_group_dispose;
  object_class->finalize = rt_address_group_finalize;
  object_class->get_property = rt_address_group_get_property;

  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (RT_TYPE_ENTRY_FIELD);
  g_type_ensure (RT_TYPE_HINT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-address-group.ui");
  gtk_widget_class_bind_template_child (widget_class, RtAddressGroup, list);
  gtk_widget_class_bind_template_child (widget_class, RtAddressGroup, entry);
  gtk_widget_class_bind_template_child (widget_class, RtAddressGroup, entry_hint);
  gtk_widget_class_bind_template_child (widget_class, RtAddressGroup, add_button);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, problem_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_typed);
  gtk_widget_class_bind_template_callback (widget_class, entry_activated_cb);
}

static void
rt_address_group_init (RtAddressGroup *self)
{
  self->addresses = g_ptr_array_new_with_free_func (g_free);
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  update (self);
}

char **
rt_address_group_dup_addresses (RtAddressGroup *self)
{
  g_autoptr (GStrvBuilder) builder = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) typed = NULL;

  g_return_val_if_fail (RT_IS_ADDRESS_GROUP (self), NULL);

  builder = g_strv_builder_new ();
  for (guint i = 0; i < self->addresses->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (self->addresses, i));

  text = rt_entry_field_dup_text (self->entry);
  typed = *text != '\0' ? rt_parse_addresses (text, NULL) : NULL;
  for (guint i = 0; typed != NULL && typed[i] != NULL; i++)
    {
      if (!g_ptr_array_find_with_equal_func (self->addresses, typed[i], g_str_equal, NULL))
        g_strv_builder_add (builder, typed[i]);
    }
  return g_strv_builder_end (builder);
}

void
rt_address_group_set_addresses (RtAddressGroup     *self,
                                const char * const *addresses)
{
  g_return_if_fail (RT_IS_ADDRESS_GROUP (self));

  for (guint i = 0; i < self->rows->len; i++)
    gtk_list_box_remove (self->list, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  g_ptr_array_set_size (self->addresses, 0);
  for (guint i = 0; addresses != NULL && addresses[i] != NULL; i++)
    add_address (self, addresses[i]);
}

const char *
rt_address_group_get_problem (RtAddressGroup *self)
{
  g_return_val_if_fail (RT_IS_ADDRESS_GROUP (self), NULL);

  return rt_entry_field_get_problem (self->entry);
}
