/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-chat-format.h"
#include "rt-chat-trust.h"
#include "rt-people-pane.h"
#include "rt-person-row.h"

struct _RtPersonRow {
  GtkWidget  parent_instance;

  RtPerson  *person;
  AdwAvatar *avatar;
  GtkLabel  *name_label;
  GtkImage  *trust_image;
  GtkLabel  *heard_label;
  GtkImage  *neighbour_image;
  GtkWidget *menu_button;
};

G_DEFINE_FINAL_TYPE (RtPersonRow, rt_person_row, GTK_TYPE_WIDGET)

static char *
say_seen (RtPerson *person)
{
  g_autofree char *heard = NULL;

  if (rt_person_get_blocked (person))
    return g_strdup (_("Blocked: you hear nothing from them"));
  heard = rt_format_heard (rt_person_get_heard (person) * G_USEC_PER_SEC, g_get_real_time ());
  if (!rt_person_get_neighbour (person))
    return g_steal_pointer (&heard);
  /* Translators: there is a link to somebody; %s is "Heard 3 minutes ago" */
  return g_strdup_printf (_("Linked with you · %s"), heard);
}

static char *
say_heard (RtPerson *person)
{
  g_autofree char *seen = NULL;

  if (rt_person_get_you (person))
    return g_strdup (_("This is you"));
  seen = say_seen (person);
  /* Translators: of a person: "Signed", then "Heard 3 minutes ago" */
  return g_strdup_printf (_("%s · %s"), rt_person_state_word (rt_person_get_state (person)), seen);
}

char *
rt_person_row_dup_spoken (RtPerson *person)
{
  g_autofree char *heard = say_heard (person);

  return g_strdup_printf ("%s, %s", rt_person_get_shown_name (person), heard);
}

static void
update (RtPersonRow *self)
{
  g_autofree char *heard = say_heard (self->person), *looks = NULL, *menu = NULL;
  const char *name = rt_person_get_name (self->person);

  gtk_label_set_label (self->name_label, rt_person_get_shown_name (self->person));
  gtk_label_set_label (self->heard_label, heard);
  gtk_widget_set_visible (GTK_WIDGET (self->trust_image), !rt_person_get_you (self->person));
  gtk_image_set_from_icon_name (self->trust_image, rt_person_state_icon (rt_person_get_state (self->person)));
  if (rt_person_state_warns (rt_person_get_state (self->person)))
    gtk_widget_add_css_class (GTK_WIDGET (self->trust_image), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->trust_image), "warning");
  gtk_widget_set_visible (GTK_WIDGET (self->neighbour_image), rt_person_get_neighbour (self->person));
  gtk_widget_set_visible (self->menu_button, !rt_person_get_you (self->person));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "person.block", !rt_person_get_blocked (self->person));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "person.unblock", rt_person_get_blocked (self->person));
  /* Translators: %s is the name of a person */
  menu = g_strdup_printf (_("Menu of %s"), rt_person_get_shown_name (self->person));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL, menu, -1);
  looks = g_strconcat (name != NULL ? name : rt_person_get_short_id (self->person), rt_person_get_id (self->person), NULL);
  adw_avatar_set_text (self->avatar, g_strdelimit (looks, " ", '_'));
}

void
rt_person_row_bind (RtPersonRow *self, RtPerson *person)
{
  g_return_if_fail (RT_IS_PERSON_ROW (self));

  if (self->person != NULL)
    g_signal_handlers_disconnect_by_func (self->person, update, self);
  g_set_object (&self->person, person);
  if (person == NULL)
    return;
  g_signal_connect_object (person, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
keys_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtPersonRow *self = RT_PERSON_ROW (widget);
  GtkWidget *pane = gtk_widget_get_ancestor (widget, RT_TYPE_PEOPLE_PANE);
  g_autofree char *id = self->person != NULL ? g_strdup (rt_person_get_id (self->person)) : NULL;

  if (id == NULL)
    return;
  if (pane != NULL)
    gtk_popover_popdown (GTK_POPOVER (pane));
  gtk_widget_activate_action (pane != NULL ? pane : widget, "network.person", "s", id);
}

static void
toggle_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtPersonRow *self = RT_PERSON_ROW (widget);
  GtkWidget *pane = gtk_widget_get_ancestor (widget, RT_TYPE_PEOPLE_PANE);
  g_autofree char *id = self->person != NULL ? g_strdup (rt_person_get_id (self->person)) : NULL;

  if (id == NULL)
    return;
  /* the question comes in a window of its own, and the pane would be in its way */
  if (pane != NULL)
    gtk_popover_popdown (GTK_POPOVER (pane));
  gtk_widget_activate_action (pane != NULL ? pane : widget, "network.block", "s", id);
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtPersonRow *self = RT_PERSON_ROW (widget);

  if (self->person == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), rt_person_get_id (self->person));
  gtk_widget_activate_action (widget, "win.show-toast", "s", _("Id copied"));
}

static void
menu_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (RT_PERSON_ROW (widget)->menu_button));
}

static GMenuModel *
make_menu (void)
{
  static const struct { const char *label, *action; } entries[] = {
    { N_("_Name and key…"), "person.keys" },
    { N_("Copy _id"), "person.copy-id" },
    { N_("_Block…"), "person.block" },
    { N_("_Unblock"), "person.unblock" },
  };
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_(entries[i].label), entries[i].action);

      g_menu_item_set_attribute (item, "hidden-when", "s", "action-disabled");
      g_menu_append_item (menu, item);
    }
  return G_MENU_MODEL (menu);
}

static void
dispose (GObject *object)
{
  RtPersonRow *self = RT_PERSON_ROW (object);
  GtkWidget *child;

  rt_person_row_bind (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rt_person_row_parent_class)->dispose (object);
}

static void
rt_person_row_class_init (RtPersonRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "person");
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "person.copy-id", NULL, copy_action);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "person.keys", NULL, keys_action);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "person.block", NULL, toggle_action);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "person.unblock", NULL, toggle_action);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "person.open-menu", NULL, menu_action);
}

static GtkLabel *
make_label (GtkWidget *box, const char *css_class)
{
  GtkLabel *label = GTK_LABEL (gtk_label_new (NULL));

  gtk_label_set_xalign (label, 0);
  gtk_label_set_ellipsize (label, PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (label, TRUE);
  if (css_class != NULL)
    {
      gtk_widget_add_css_class (GTK_WIDGET (label), css_class);
      gtk_widget_add_css_class (GTK_WIDGET (label), "dim-label");
    }
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (label));
  return label;
}

static void
rt_person_row_init (RtPersonRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  g_autoptr (GMenuModel) menu = NULL;

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 9);
  self->avatar = ADW_AVATAR (adw_avatar_new (32, NULL, TRUE));
  gtk_widget_set_parent (GTK_WIDGET (self->avatar), GTK_WIDGET (self));
  gtk_widget_set_hexpand (box, TRUE);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  self->name_label = make_label (box, NULL);
  self->trust_image = GTK_IMAGE (gtk_image_new ());
  gtk_image_set_pixel_size (self->trust_image, 12);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->trust_image));
  self->heard_label = make_label (line, "caption");
  gtk_box_append (GTK_BOX (box), line);
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  self->neighbour_image = GTK_IMAGE (gtk_image_new_from_icon_name ("network-transmit-receive-symbolic"));
  gtk_widget_set_parent (GTK_WIDGET (self->neighbour_image), GTK_WIDGET (self));
  self->menu_button = gtk_menu_button_new ();
  menu = make_menu ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->menu_button), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->menu_button), menu);
  gtk_widget_set_tooltip_text (self->menu_button, _("Menu of this person"));
  gtk_widget_set_valign (self->menu_button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->menu_button, "flat");
  gtk_widget_set_parent (self->menu_button, GTK_WIDGET (self));
}

GtkWidget *
rt_person_row_new (void)
{
  return g_object_new (RT_TYPE_PERSON_ROW, NULL);
}
