/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-focus.h"
#include "rt-ring-glyph.h"
#include "rt-ring-places.h"

typedef struct {
  GtkWidget   *row;
  RtRingGlyph *glyph;
  GtkLabel    *title, *words, *way;
} Row;

struct _RtRingPlaces
{
  GtkWidget parent_instance;

  GtkWidget *list;
  Row        rows[RT_RING_N_PLACES];
};

G_DEFINE_FINAL_TYPE (RtRingPlaces, rt_ring_places, GTK_TYPE_WIDGET)

enum { POINTED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
point (RtRingPlaces *self,
       GtkWidget    *row)
{
  int place = -1;

  for (guint i = 0; i < RT_RING_N_PLACES; i++)
    if (self->rows[i].row == row)
      place = (int) i;
  g_signal_emit (self, signals[POINTED], 0, place);
}

static void
enter_cb (GtkEventController *controller,
          RtRingPlaces       *self)
{
  point (self, gtk_event_controller_get_widget (controller));
}

static void
hover_cb (GtkEventController *controller,
          double              x,
          double              y,
          RtRingPlaces       *self)
{
  enter_cb (controller, self);
}

static void
leave_cb (GtkEventController *controller,
          RtRingPlaces       *self)
{
  point (self, NULL);
}

/* What others said is text, not markup. */
static GtkLabel *
add_label (GtkWidget  *box,
           const char *css)
{
  GtkWidget *label = gtk_label_new (NULL);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (css != NULL)
    gtk_widget_add_css_class (label, css);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
make_row (RtRingPlaces *self,
          Row          *row)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkEventController *motion = gtk_event_controller_motion_new (), *focus = gtk_event_controller_focus_new ();

  row->row = gtk_list_box_row_new ();
  row->glyph = RT_RING_GLYPH (rt_ring_glyph_new (RT_RING_GLYPH_ANSWER));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (row->glyph));
  row->words = add_label (words, NULL);
  row->title = add_label (words, "caption");
  row->way = add_label (words, "caption");
  gtk_widget_add_css_class (GTK_WIDGET (row->way), "numeric");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), words);
  gtk_widget_add_css_class (box, "ring-place");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row->row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row->row), FALSE);
  g_signal_connect (motion, "enter", G_CALLBACK (hover_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (focus, "enter", G_CALLBACK (enter_cb), self);
  g_signal_connect (focus, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (row->row, motion);
  gtk_widget_add_controller (row->row, focus);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row->row);
}

static void
set_text (GtkLabel   *label,
          const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
}

static void
rt_ring_places_dispose (GObject *object)
{
  RtRingPlaces *self = RT_RING_PLACES (object);

  g_clear_pointer (&self->list, gtk_widget_unparent);
  G_OBJECT_CLASS (rt_ring_places_parent_class)->dispose (object);
}

static void
rt_ring_places_class_init (RtRingPlacesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_ring_places_dispose;
  widget_class->focus = rt_focus_children;
  signals[POINTED] = g_signal_new ("pointed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
rt_ring_places_init (RtRingPlaces *self)
{
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("The five places of the key"), -1);
  for (guint i = 0; i < RT_RING_N_PLACES; i++)
    make_row (self, &self->rows[i]);
  gtk_widget_set_parent (self->list, GTK_WIDGET (self));
  rt_ring_places_set_lookup (self, NULL);
}

void
rt_ring_places_set_lookup (RtRingPlaces   *self,
                           P2pChordLookup *lookup)
{
  g_return_if_fail (RT_IS_RING_PLACES (self));

  gtk_widget_set_visible (self->list, lookup != NULL);
  for (guint i = 0; i < RT_RING_N_PLACES; i++)
    {
      Row *row = &self->rows[i];
      g_auto (RtRingPlace) place = { 0 };
      g_autofree char *title = NULL, *words = NULL, *way = NULL, *spoken = NULL;
      gboolean there = rt_ring_place_read (&place, lookup, i);

      gtk_widget_set_visible (row->row, there);
      if (!there)
        continue;
      title = rt_ring_place_dup_title (&place);
      way = rt_ring_place_dup_way (&place);
      spoken = rt_ring_place_dup_spoken (&place);
      /* of a value: does it count? */
      if (place.answer == RT_RING_AGREES || place.answer == RT_RING_OTHER)
        /* Translators: what a place said, as in "said 5"; then whether that is the value that counts */
        words = g_strdup_printf (_("%s: %s"), place.words, rt_ring_answer_words (place.answer));
      else
        words = g_strdup (place.words);
      rt_ring_glyph_set_kind (row->glyph, RT_RING_GLYPH_ANSWER + (int) place.answer);
      set_text (row->title, title);
      set_text (row->words, words);
      set_text (row->way, way);
      gtk_accessible_update_property (GTK_ACCESSIBLE (row->row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
    }
}
