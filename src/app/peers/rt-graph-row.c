/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/ring/rt-ring-glyph.h"
#include "rt-graph-row.h"
#include "rt-graph-view.h"

struct _RtGraphRow
{
  GtkWidget parent_instance;

  RtGraph     *graph;
  RtGraphNode *node;
  RtPeople    *people;
  GtkWidget   *glyph;
  GtkLabel    *name_label;
  GtkLabel    *words_label;
};

G_DEFINE_FINAL_TYPE (RtGraphRow, rt_graph_row, GTK_TYPE_WIDGET)

static void
update (RtGraphRow *self)
{
  GtkWidget *outer = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *name = rt_graph_dup_name (self->node, self->people);
  g_autofree char *words = rt_graph_dup_words (self->graph, self->node, self->people, g_get_real_time () / G_USEC_PER_SEC);
  g_autofree char *spoken = g_strdup_printf (_("%s. %s"), name, words);

  rt_ring_glyph_set_kind (RT_RING_GLYPH (self->glyph), rt_graph_get_glyph (rt_graph_node_get_kind (self->node)));
  gtk_label_set_label (self->name_label, name);
  gtk_label_set_label (self->words_label, words);
  /* the row that takes the focus has no name of its own in GTK 4.8 */
  if (outer != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (outer), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

void
rt_graph_row_bind (RtGraphRow  *self,
                   RtGraph     *graph,
                   RtGraphNode *node,
                   RtPeople    *people)
{
  g_return_if_fail (RT_IS_GRAPH_ROW (self));

  if (self->node != NULL)
    g_signal_handlers_disconnect_by_func (self->node, update, self);
  g_set_object (&self->graph, graph);
  g_set_object (&self->node, node);
  g_set_object (&self->people, people);
  if (node == NULL)
    return;
  g_signal_connect_object (node, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
rt_graph_row_dispose (GObject *object)
{
  RtGraphRow *self = RT_GRAPH_ROW (object);
  GtkWidget *child;

  rt_graph_row_bind (self, NULL, NULL, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rt_graph_row_parent_class)->dispose (object);
}

static void
rt_graph_row_class_init (RtGraphRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rt_graph_row_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
rt_graph_row_init (RtGraphRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 9);
  self->glyph = rt_ring_glyph_new (RT_RING_GLYPH_MEMBER);
  gtk_widget_set_valign (self->glyph, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (self->glyph, GTK_WIDGET (self));
  self->name_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->name_label, 0);
  gtk_label_set_ellipsize (self->name_label, PANGO_ELLIPSIZE_END);
  self->words_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->words_label, 0);
  gtk_label_set_wrap (self->words_label, TRUE);
  gtk_label_set_wrap_mode (self->words_label, PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (GTK_WIDGET (self->words_label), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->words_label), "dim-label");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->name_label));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->words_label));
  gtk_widget_set_hexpand (box, TRUE);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_widget_set_margin_end (box, 9);
  gtk_widget_set_margin_start (self->glyph, 6);
  gtk_widget_set_parent (box, GTK_WIDGET (self));
}

GtkWidget *
rt_graph_row_new (void)
{
  return g_object_new (RT_TYPE_GRAPH_ROW, NULL);
}
