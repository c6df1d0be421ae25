/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-nearby-row.h"

struct _RtNearbyRow
{
  AdwActionRow parent_instance;

  RtNearbyNetwork *item;
  GtkLabel        *known_label;
};

G_DEFINE_FINAL_TYPE (RtNearbyRow, rt_nearby_row, ADW_TYPE_ACTION_ROW)

static void
update (RtNearbyRow *self)
{
  const RtInvitation *invitation = rt_nearby_network_get_invitation (self->item);
  gboolean known = rt_nearby_network_get_network (self->item) != NULL;
  g_autofree char *words = rt_nearby_network_dup_words (self->item), *spoken = NULL;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), invitation->subnet);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), words);
  gtk_widget_set_visible (GTK_WIDGET (self->known_label), known);
  /* Translators: what a screen reader says of a network nearby: its name, and where and of which kind it is */
  spoken = g_strdup_printf (_("%s, %s"), invitation->subnet, words);
  if (known)
    {
      g_autofree char *unknown = g_steal_pointer (&spoken);

      /* Translators: what a screen reader says of a network nearby that one is in already */
      spoken = g_strdup_printf (_("%s, you are in it"), unknown);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
rt_nearby_row_dispose (GObject *object)
{
  g_clear_object (&RT_NEARBY_ROW (object)->item);
  G_OBJECT_CLASS (rt_nearby_row_parent_class)->dispose (object);
}

static void
rt_nearby_row_class_init (RtNearbyRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rt_nearby_row_dispose;
}

/* What it shows comes from others: it is no markup. */
static void
rt_nearby_row_init (RtNearbyRow *self)
{
  GtkWidget *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

  g_object_set (self, "use-markup", FALSE, "title-lines", 2, "subtitle-lines", 0, "activatable", TRUE, NULL);
  /* Translators: beside a network that was found: the person is in it */
  self->known_label = GTK_LABEL (gtk_label_new (_("Joined")));
  gtk_widget_add_css_class (GTK_WIDGET (self->known_label), "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->known_label));
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), arrow);
}

GtkWidget *
rt_nearby_row_new (RtNearbyNetwork *item)
{
  RtNearbyRow *self = g_object_new (RT_TYPE_NEARBY_ROW, NULL);

  self->item = g_object_ref (item);
  g_signal_connect_object (item, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

RtNearbyNetwork *
rt_nearby_row_get_item (RtNearbyRow *self)
{
  g_return_val_if_fail (RT_IS_NEARBY_ROW (self), NULL);

  return self->item;
}
