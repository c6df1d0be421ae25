/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/ring/rt-ring-glyph.h"
#include "app/rt-focus.h"
#include "app/rt-split-box.h"
#include "rt-graph-pane.h"
#include "rt-graph-row.h"
#include "rt-graph-view.h"

/* How often neighbours are asked whom they know by now, while somebody looks. */
#define REFRESH_SECONDS 30
#define SIDE_WIDTH 300

struct _RtGraphPane
{
  GtkWidget parent_instance;

  RtNetwork *network;
  RtGraph   *graph;
  RtPeople  *people;
  guint      timer;
  gboolean   choosing;            /* the list and the drawing follow each other */

  GtkWidget          *box;
  RtSplitBox         *split;
  GtkWidget          *list_button;        /* where there is room for one of them only */
  GtkLabel           *summary_label;
  RtGraphView        *view;
  GtkWidget          *card;
  GtkLabel           *name_label;
  GtkLabel           *words_label;
  GtkWidget          *message_button;
  GtkWidget          *why_button;
  GtkWidget          *block_button;
  GtkSorter          *sorter;
  GtkSortListModel   *sorted;
  GtkSingleSelection *selection;
  GtkListView        *list;
};

G_DEFINE_FINAL_TYPE (RtGraphPane, rt_graph_pane, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_NETWORK, N_PROPS };
static GParamSpec *properties[N_PROPS];

/* ---- the one chosen ---- */

static void
show_chosen (RtGraphPane *self)
{
  RtGraphNode *node = rt_graph_view_get_chosen (self->view);
  g_autofree char *name = NULL, *words = NULL;
  gboolean you;

  gtk_widget_set_visible (self->card, node != NULL);
  if (node == NULL)
    return;
  name = rt_graph_dup_name (node, self->people);
  words = rt_graph_dup_words (self->graph, node, self->people, g_get_real_time () / G_USEC_PER_SEC);
  you = rt_graph_node_get_kind (node) == RT_GRAPH_YOU;
  gtk_label_set_label (self->name_label, name);
  gtk_label_set_label (self->words_label, words);
  gtk_widget_set_visible (self->message_button, !you);
  gtk_widget_set_visible (self->block_button, !you);
  gtk_widget_set_visible (self->why_button, rt_graph_node_get_kind (node) >= RT_GRAPH_TOLD);
}

static guint
find_position (RtGraphPane *self,
               RtGraphNode *node)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->sorted));

  for (guint i = 0; node != NULL && i < n; i++)
    {
      g_autoptr (RtGraphNode) other = g_list_model_get_item (G_LIST_MODEL (self->sorted), i);

      if (other == node)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

static guint
follow (RtGraphPane *self)
{
  guint position = find_position (self, rt_graph_view_get_chosen (self->view));

  self->choosing = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->choosing = FALSE;
  return position;
}

static void
chosen_cb (RtGraphPane *self)
{
  guint position;

  show_chosen (self);
  if (self->choosing)
    return;
  position = follow (self);
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
}

static void
selected_cb (RtGraphPane *self)
{
  RtGraphNode *node = gtk_single_selection_get_selected_item (self->selection);

  /* the list is sorted anew, or is another: what is chosen stays */
  if (self->choosing || node == NULL)
    return;
  self->choosing = TRUE;
  rt_graph_view_set_chosen (self->view, node);
  self->choosing = FALSE;
}

static const char *
get_id (RtGraphPane *self)
{
  RtGraphNode *node = rt_graph_view_get_chosen (self->view);

  return node != NULL ? rt_graph_node_get_id (node) : NULL;
}

static void
message_cb (RtGraphPane *self)
{
  if (get_id (self) != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.whisper", "s", get_id (self));
}

static void
block_cb (RtGraphPane *self)
{
  if (get_id (self) != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "network.block", "s", get_id (self));
}

/* Of whom no address is known the dialog asks for it. */
static void
why_cb (RtGraphPane *self)
{
  GListModel *known = self->network != NULL ? rt_network_get_known_peers (self->network) : NULL;
  const char *id = get_id (self), *address = "";

  for (guint i = 0; id != NULL && known != NULL && i < g_list_model_get_n_items (known); i++)
    {
      g_autoptr (RtKnownPeer) peer = g_list_model_get_item (known, i);

      if (g_strcmp0 (rt_known_peer_get_id (peer), id) == 0)
        address = rt_known_peer_get_address (peer);
    }
  gtk_widget_activate_action (GTK_WIDGET (self), "win.why", "s", address);
}

static void
copy_cb (RtGraphPane *self)
{
  if (get_id (self) == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), get_id (self));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-toast", "s", _("Id copied"));
}

/* ---- the list ---- */

/* You, neighbours, others; each in the order in which they became known. */
static int
compare_cb (gconstpointer a,
            gconstpointer b,
            gpointer      user_data)
{
  return (int) rt_graph_node_get_kind ((gpointer) a) - (int) rt_graph_node_get_kind ((gpointer) b);
}

static void
setup_cb (GtkListItemFactory *factory,
          GtkListItem        *item)
{
  gtk_list_item_set_child (item, rt_graph_row_new ());
}

static void
bind_cb (GtkListItemFactory *factory,
         GtkListItem        *item,
         RtGraphPane        *self)
{
  rt_graph_row_bind (RT_GRAPH_ROW (gtk_list_item_get_child (item)), self->graph, gtk_list_item_get_item (item), self->people);
}

static void
unbind_cb (GtkListItemFactory *factory,
           GtkListItem        *item)
{
  rt_graph_row_bind (RT_GRAPH_ROW (gtk_list_item_get_child (item)), NULL, NULL, NULL);
}

static void
changed_cb (RtGraphPane *self)
{
  g_autofree char *summary = self->graph != NULL ? rt_graph_dup_summary (self->graph) : NULL;
  guint left_out = self->graph != NULL ? rt_graph_get_n_left_out (self->graph) : 0;

  if (left_out > 0)
    {
      g_autofree char *number = g_strdup_printf ("%'u", left_out);
      /* Translators: what is drawn, in words; then how many people were left out, as there is no room for so many */
      g_autofree char *both = g_strdup_printf (_("%s; %s more are left out"), summary, number);

      gtk_label_set_label (self->summary_label, both);
    }
  else
    gtk_label_set_label (self->summary_label, summary);
  self->choosing = TRUE;
  gtk_sorter_changed (self->sorter, GTK_SORTER_CHANGE_DIFFERENT);
  /* whoever reads in the list goes on where he is */
  follow (self);
  show_chosen (self);
}

void
rt_graph_pane_set_graph (RtGraphPane *self,
                         RtGraph     *graph,
                         RtPeople    *people)
{
  g_return_if_fail (RT_IS_GRAPH_PANE (self));

  if (self->graph == graph)
    return;
  if (self->graph != NULL)
    g_signal_handlers_disconnect_by_data (self->graph, self);
  rt_graph_view_set (self->view, graph, people);
  gtk_sort_list_model_set_model (self->sorted, NULL);
  g_set_object (&self->graph, graph);
  g_set_object (&self->people, people);
  gtk_sort_list_model_set_model (self->sorted, graph != NULL ? G_LIST_MODEL (graph) : NULL);
  if (graph != NULL)
    {
      /* after the drawing */
      g_signal_connect_data (graph, "changed", G_CALLBACK (changed_cb), self, NULL, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
      changed_cb (self);
    }
}

/* ---- object ---- */

static gboolean
refresh_cb (gpointer user_data)
{
  RtGraphPane *self = user_data;

  rt_network_refresh_graph (self->network);
  show_chosen (self);
  return G_SOURCE_CONTINUE;
}

/* What nobody looks at is not asked for. */
static void
look (RtGraphPane *self)
{
  gboolean looks = gtk_widget_get_mapped (GTK_WIDGET (self)) && self->network != NULL;

  if (!looks)
    {
      g_clear_handle_id (&self->timer, g_source_remove);
      return;
    }
  rt_graph_pane_set_graph (self, rt_network_get_graph (self->network), rt_network_get_people (self->network));
  rt_network_refresh_graph (self->network);
  if (self->timer == 0)
    {
      self->timer = g_timeout_add_seconds (REFRESH_SECONDS, refresh_cb, self);
      g_source_set_name_by_id (self->timer, "[roundtable] graph");
    }
}

static void
rt_graph_pane_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rt_graph_pane_parent_class)->map (widget);
  look (RT_GRAPH_PANE (widget));
}

static void
rt_graph_pane_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rt_graph_pane_parent_class)->unmap (widget);
  look (RT_GRAPH_PANE (widget));
}

static gboolean
rt_graph_pane_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (RT_GRAPH_PANE (widget)->view));
}

void
rt_graph_pane_set_network (RtGraphPane *self,
                           RtNetwork   *network)
{
  g_return_if_fail (RT_IS_GRAPH_PANE (self));

  if (!g_set_object (&self->network, network))
    return;
  rt_graph_pane_set_graph (self, NULL, NULL);
  look (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK]);
}

static void
rt_graph_pane_dispose (GObject *object)
{
  RtGraphPane *self = RT_GRAPH_PANE (object);

  if (self->box != NULL)
    {
      g_clear_handle_id (&self->timer, g_source_remove);
      g_signal_handlers_disconnect_by_data (self->selection, self);
      rt_graph_pane_set_graph (self, NULL, NULL);
    }
  g_clear_object (&self->network);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->sorted);
  g_clear_object (&self->sorter);
  G_OBJECT_CLASS (rt_graph_pane_parent_class)->dispose (object);
}

static void
rt_graph_pane_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      g_value_set_object (value, RT_GRAPH_PANE (object)->network);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_graph_pane_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      rt_graph_pane_set_network (RT_GRAPH_PANE (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_graph_pane_class_init (RtGraphPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_graph_pane_dispose;
  object_class->get_property = rt_graph_pane_get_property;
  object_class->set_property = rt_graph_pane_set_property;
  widget_class->map = rt_graph_pane_map;
  widget_class->unmap = rt_graph_pane_unmap;
  widget_class->focus = rt_focus_children;
  widget_class->grab_focus = rt_graph_pane_grab_focus;
  properties[PROP_NETWORK] = g_param_spec_object ("network", NULL, NULL, RT_TYPE_NETWORK, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

/* ---- what it is made of ---- */

static GtkWidget *
make_legend (void)
{
  static const struct { int glyph; const char *words; } marks[] = {
    { RT_RING_GLYPH_SELF, N_("You") },
    { RT_RING_GLYPH_NEIGHBOUR, N_("Linked with you: a thick line") },
    { RT_RING_GLYPH_MEMBER, N_("Linked with others, who say so: a dashed line; a whole one where both say so") },
    { RT_RING_GLYPH_FINGER, N_("Heard through somebody: a dotted line; who is in between is not known") },
  };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9), *popover = gtk_popover_new ();

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9), *glyph = rt_ring_glyph_new (marks[i].glyph), *label = gtk_label_new (_(marks[i].words));

      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 34);
      gtk_widget_set_valign (glyph, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (row), glyph);
      gtk_box_append (GTK_BOX (row), label);
      gtk_box_append (GTK_BOX (box), row);
    }
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  return popover;
}

static void
name_button (GtkWidget  *button,
             const char *words)
{
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_add_css_class (button, "flat");
}

/* The actions are the drawing's. */
static void
zoom_cb (GtkButton   *button,
         RtGraphPane *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->view), g_object_get_data (G_OBJECT (button), "action"), NULL);
}

static void
list_toggled_cb (RtGraphPane *self)
{
  rt_split_box_set_show_details (self->split, gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->list_button)));
}

static void
mode_cb (RtGraphPane *self)
{
  gtk_widget_set_visible (self->list_button, rt_split_box_get_mode (self->split) == RT_SPLIT_ALONE);
}

static GtkWidget *
make_bar (RtGraphPane *self)
{
  static const struct { const char *icon, *words, *action; } zooms[] = {
    { "zoom-out-symbolic", N_("Zoom out"), "graph.zoom-out" },
    { "zoom-in-symbolic", N_("Zoom in"), "graph.zoom-in" },
    { "zoom-fit-best-symbolic", N_("Show all"), "graph.fit" },
  };
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3), *legend = gtk_menu_button_new ();

  self->summary_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->summary_label, 0);
  gtk_label_set_ellipsize (self->summary_label, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (self->summary_label), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->summary_label), "dim-label");
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->summary_label));
  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    {
      GtkWidget *button = gtk_button_new_from_icon_name (zooms[i].icon);

      name_button (button, _(zooms[i].words));
      g_object_set_data (G_OBJECT (button), "action", (gpointer) zooms[i].action);
      g_signal_connect (button, "clicked", G_CALLBACK (zoom_cb), self);
      gtk_box_append (GTK_BOX (bar), button);
    }
  self->list_button = gtk_toggle_button_new ();
  gtk_button_set_icon_name (GTK_BUTTON (self->list_button), "view-list-symbolic");
  name_button (self->list_button, _("As a list"));
  gtk_widget_set_visible (self->list_button, FALSE);
  g_signal_connect_swapped (self->list_button, "toggled", G_CALLBACK (list_toggled_cb), self);
  gtk_box_append (GTK_BOX (bar), self->list_button);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (legend), "help-about-symbolic");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (legend), make_legend ());
  name_button (legend, _("What the marks mean"));
  gtk_box_append (GTK_BOX (bar), legend);
  gtk_widget_set_margin_start (bar, 12);
  gtk_widget_set_margin_end (bar, 12);
  return bar;
}

static GtkWidget *
add_button (RtGraphPane *self,
            GtkWidget   *box,
            const char  *words,
            GCallback    callback)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (words);

  g_signal_connect_swapped (button, "clicked", callback, self);
  gtk_flow_box_append (GTK_FLOW_BOX (box), button);
  gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE);
  return button;
}

static GtkWidget *
make_card (RtGraphPane *self)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *buttons = gtk_flow_box_new ();

  self->name_label = GTK_LABEL (gtk_label_new (NULL));
  self->words_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->name_label, 0);
  gtk_label_set_ellipsize (self->name_label, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->name_label), "heading");
  gtk_label_set_xalign (self->words_label, 0);
  gtk_label_set_wrap (self->words_label, TRUE);
  gtk_label_set_wrap_mode (self->words_label, PANGO_WRAP_WORD_CHAR);
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (buttons), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (buttons), 2);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (buttons), 6);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (buttons), 6);
  self->message_button = add_button (self, buttons, _("_Message"), G_CALLBACK (message_cb));
  self->why_button = add_button (self, buttons, _("_Why can’t I reach it?"), G_CALLBACK (why_cb));
  add_button (self, buttons, _("Copy _id"), G_CALLBACK (copy_cb));
  self->block_button = add_button (self, buttons, _("_Block…"), G_CALLBACK (block_cb));
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->name_label));
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->words_label));
  gtk_box_append (GTK_BOX (card), buttons);
  gtk_widget_set_margin_start (card, 12);
  gtk_widget_set_margin_end (card, 12);
  gtk_widget_set_margin_bottom (card, 6);
  gtk_widget_set_visible (card, FALSE);
  return card;
}

static GtkWidget *
make_side (RtGraphPane *self)
{
  GtkWidget *side = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *scrolled = gtk_scrolled_window_new ();
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  self->sorter = GTK_SORTER (gtk_custom_sorter_new (compare_cb, NULL, NULL));
  self->sorted = gtk_sort_list_model_new (NULL, g_object_ref (self->sorter));
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->sorted));
  self->list = GTK_LIST_VIEW (gtk_list_view_new (g_object_ref (GTK_SELECTION_MODEL (self->selection)), factory));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Who is linked with whom"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->list));
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 120);
  gtk_widget_set_vexpand (scrolled, TRUE);
  self->card = make_card (self);
  gtk_box_append (GTK_BOX (side), self->card);
  gtk_box_append (GTK_BOX (side), scrolled);
  g_signal_connect_swapped (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self);
  return side;
}

static void
rt_graph_pane_init (RtGraphPane *self)
{
  GtkWidget *side;

  self->view = g_object_new (RT_TYPE_GRAPH_VIEW, "hexpand", TRUE, "vexpand", TRUE, NULL);
  side = make_side (self);
  self->split = g_object_new (RT_TYPE_SPLIT_BOX, "list", self->view, "details", side, "show-details", FALSE, "vexpand", TRUE, NULL);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), make_bar (self));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->split));
  gtk_widget_set_size_request (side, SIDE_WIDTH, -1);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect_object (self->split, "notify::mode", G_CALLBACK (mode_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "notify::chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
}
