/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/chat/rt-chat-format.h"
#include "app/chat/rt-chat-trust.h"
#include "rt-search-row.h"

struct _RtSearchRow {
  GtkWidget parent_instance;

  GtkLabel *sender_label;
  GtkLabel *place_label;
  GtkLabel *text_label;
  GtkImage *trust_image;
  GtkLabel *trust_label;
  GtkWidget *private_image;
};

G_DEFINE_FINAL_TYPE (RtSearchRow, rt_search_row, GTK_TYPE_WIDGET)

static GtkLabel *
add_label (GtkWidget *box, const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
rt_search_row_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rt_search_row_parent_class)->dispose (object);
}

static void
rt_search_row_class_init (RtSearchRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rt_search_row_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
rt_search_row_init (RtSearchRow *self)
{
  GtkWidget *top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_margin_start (GTK_WIDGET (self), 12);
  gtk_widget_set_margin_end (GTK_WIDGET (self), 12);
  gtk_widget_set_margin_top (GTK_WIDGET (self), 6);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self), 6);
  self->sender_label = add_label (top, "heading");
  self->trust_image = GTK_IMAGE (gtk_image_new ());
  gtk_widget_set_visible (GTK_WIDGET (self->trust_image), FALSE);
  gtk_image_set_pixel_size (self->trust_image, 12);
  gtk_box_append (GTK_BOX (top), GTK_WIDGET (self->trust_image));
  self->trust_label = add_label (top, "caption");
  self->private_image = gtk_image_new_from_icon_name (RT_PRIVATE_ICON);
  /* of a widget that is to be seen a tooltip asks the display where the pointer is, and waits for the answer */
  gtk_widget_set_visible (self->private_image, FALSE);
  gtk_widget_set_tooltip_text (self->private_image, _("Private"));
  gtk_box_append (GTK_BOX (top), self->private_image);
  self->place_label = add_label (top, "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->place_label), "caption");
  gtk_widget_set_hexpand (GTK_WIDGET (self->place_label), TRUE);
  gtk_label_set_xalign (self->place_label, 1);
  gtk_widget_set_parent (top, GTK_WIDGET (self));
  self->text_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->text_label, 0);
  gtk_label_set_wrap (self->text_label, TRUE);
  gtk_label_set_wrap_mode (self->text_label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (self->text_label, 2);
  gtk_label_set_ellipsize (self->text_label, PANGO_ELLIPSIZE_END);
  gtk_widget_set_parent (GTK_WIDGET (self->text_label), GTK_WIDGET (self));
}

GtkWidget *
rt_search_row_new (void)
{
  return g_object_new (RT_TYPE_SEARCH_ROW, NULL);
}

static char *
format_place (RtSearchHit *hit)
{
  g_autofree char *when = rt_format_moment (rt_search_hit_get_time (hit), g_get_real_time ());

  /* Translators: where and when a message was said: the network, the time */
  return g_strdup_printf (_("%s · %s"), rt_network_get_title (rt_search_hit_get_network (hit)), when);
}

/* By attributes: what a peer wrote is never markup. */
static void
embolden (GtkLabel *label, const GArray *spans)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  for (guint i = 0; i < spans->len; i++)
    {
      const RtSearchSpan *span = &g_array_index (spans, RtSearchSpan, i);
      PangoAttribute *bold = pango_attr_weight_new (PANGO_WEIGHT_BOLD);

      bold->start_index = span->begin;
      bold->end_index = span->end;
      pango_attr_list_insert (attributes, bold);
    }
  gtk_label_set_attributes (label, attributes);
}

static void
get_badge (RtSearchHit *hit, RtTrustBadge *badge)
{
  RtPeople *people = rt_network_get_people (rt_search_hit_get_network (hit));

  rt_trust_badge (rt_search_hit_get_trust (hit), rt_people_find (people, rt_search_hit_get_sender (hit)), badge);
}

static void
set_warns (GtkWidget *widget, gboolean warns)
{
  if (warns)
    gtk_widget_add_css_class (widget, "warning");
  else
    gtk_widget_remove_css_class (widget, "warning");
}

/* As in the timeline: a word, and a shape of its own. */
static void
show_trust (RtSearchRow *self, RtSearchHit *hit)
{
  RtTrustBadge badge;

  get_badge (hit, &badge);
  gtk_widget_set_visible (GTK_WIDGET (self->trust_image), badge.word != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->trust_label), badge.word != NULL);
  gtk_image_set_from_icon_name (self->trust_image, badge.icon);
  gtk_label_set_label (self->trust_label, badge.word != NULL ? badge.word : "");
  set_warns (GTK_WIDGET (self->trust_image), badge.warns);
  set_warns (GTK_WIDGET (self->trust_label), badge.warns);
}

void
rt_search_row_bind (RtSearchRow *self, RtSearchHit *hit)
{
  g_autofree char *place = NULL;

  g_return_if_fail (RT_IS_SEARCH_ROW (self));

  if (hit == NULL)
    return;
  place = format_place (hit);
  gtk_label_set_label (self->sender_label, rt_search_hit_get_sender_name (hit));
  show_trust (self, hit);
  gtk_widget_set_visible (self->private_image, rt_search_hit_get_private (hit));
  gtk_image_set_from_icon_name (GTK_IMAGE (self->private_image), rt_search_hit_get_sealed (hit) ? "channel-secure-symbolic"
                                                               : rt_search_hit_get_plain (hit) ? "channel-insecure-symbolic" : RT_PRIVATE_ICON);
  gtk_label_set_label (self->place_label, place);
  gtk_label_set_label (self->text_label, rt_search_hit_get_text (hit));
  embolden (self->text_label, rt_search_hit_get_spans (hit));
}

char *
rt_search_row_dup_spoken (RtSearchHit *hit)
{
  g_autofree char *place = format_place (hit), *name = NULL;
  RtTrustBadge badge;

  get_badge (hit, &badge);
  name = badge.word != NULL ? g_strdup_printf ("%s, %s", rt_search_hit_get_sender_name (hit), badge.word) : g_strdup (rt_search_hit_get_sender_name (hit));
  if (rt_search_hit_get_private (hit))
    /* Translators: what a screen reader says of a private message that was found: who wrote it, what, where and when */
    return g_strdup_printf (_("%s, privately: %s, %s"), name, rt_search_hit_get_text (hit), place);
  /* Translators: what a screen reader says of a message that was found: who wrote it, what, where and when */
  return g_strdup_printf (_("%s: %s, %s"), name, rt_search_hit_get_text (hit), place);
}
