/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/rt-focus.h"
#include "app/rt-widget.h"
#include "rt-ring-facts.h"
#include "rt-ring-glyph.h"
#include "rt-ring-member-row.h"
#include "rt-ring-places.h"
#include "rt-ring-side.h"
#include "rt-ring-view.h"

struct _RtRingSide
{
  GtkWidget parent_instance;

  RtRing       *ring;
  RtKeyDetails *details;
  gboolean      show_back;
  gboolean      quiet;          /* we turn the switch, or choose a node, ourselves */

  GtkWidget          *seed_box;
  GtkSwitch          *seed_switch;
  GtkLabel           *seed_words;
  GtkWidget          *trouble;
  GtkWidget          *changing;
  GtkLabel           *stored;
  RtRingView         *view;
  GtkWidget          *switcher;
  GtkStack           *stack;
  AdwBin             *key_bin;
  GtkLabel           *outcome;
  GtkSpinner         *spinner;
  RtRingPlaces       *places;
  GtkBox             *legend_box;
  GtkSingleSelection *selection;
  GtkListView        *list;
};

G_DEFINE_FINAL_TYPE (RtRingSide, rt_ring_side, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_RING, PROP_SHOW_BACK, N_PROPS };
static GParamSpec *properties[N_PROPS];

/* ---- what the ring says ---- */

static void
set_text (GtkLabel   *label,
          const char *text)
{
  if (g_strcmp0 (text != NULL ? text : "", gtk_label_get_text (label)) != 0)
    gtk_label_set_text (label, text != NULL ? text : "");
}

static void
update_seed (RtRingSide *self)
{
  gboolean seeding = self->ring != NULL && rt_ring_get_seeding (self->ring);
  guint64 n_bytes = self->ring != NULL ? rt_ring_get_n_bytes (self->ring) : 0;
  g_autofree char *size = g_format_size (n_bytes), *stored = NULL;

  self->quiet = TRUE;
  gtk_switch_set_active (self->seed_switch, seeding);
  self->quiet = FALSE;
  set_text (self->seed_words, self->ring != NULL ? rt_ring_get_seed_words (self->ring) : NULL);
  gtk_widget_set_visible (self->trouble, self->ring != NULL && rt_ring_get_seed_trouble (self->ring));
  gtk_widget_set_visible (self->changing, self->ring != NULL && rt_ring_get_changing (self->ring));
  /* Translators: %s is a size, as in "3.4 kB" */
  stored = g_strdup_printf (_("%s of values on this computer"), size);
  set_text (self->stored, stored);
  gtk_widget_set_visible (GTK_WIDGET (self->stored), n_bytes > 0);
}

static void
update_lookup (RtRingSide *self)
{
  P2pChordLookup *lookup = self->ring != NULL ? rt_ring_get_lookup (self->ring) : NULL;
  gboolean looking = self->ring != NULL && rt_ring_get_looking (self->ring);
  g_autofree char *words = NULL;

  rt_ring_places_set_lookup (self->places, lookup);
  gtk_spinner_set_spinning (self->spinner, looking);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), looking);
  if (self->ring == NULL || rt_ring_get_key (self->ring) == NULL)
    words = g_strdup (_("Choose a key to see where its value is."));
  else if (looking)
    words = g_strdup (_("Asking the five places of this key"));
  else if (lookup != NULL)
    words = rt_ring_dup_outcome (lookup);
  else
    words = g_strdup (_("The five places of this key are not asked yet."));
  set_text (self->outcome, words);
}

static void
ring_cb (RtRingSide *self,
         GParamSpec *pspec)
{
  static const char * const lookups[] = { "lookup", "looking", "key", NULL }, * const seeds[] = { "seeding", "changing", "seed-words", "seed-trouble", "n-bytes", NULL };

  if (g_strv_contains (lookups, pspec->name))
    update_lookup (self);
  else if (g_strv_contains (seeds, pspec->name))
    update_seed (self);
}

/* ---- what the person does ---- */

static void
seed_cb (RtRingSide *self)
{
  if (!self->quiet && self->ring != NULL)
    rt_ring_set_seeding (self->ring, gtk_switch_get_active (self->seed_switch));
}

/* On the circle and in the list the same node is chosen. */
static void
member_cb (RtRingSide *self)
{
  P2pChordMemberInfo *member = rt_ring_view_get_member (self->view);
  GListModel *model = G_LIST_MODEL (self->selection);
  guint n = g_list_model_get_n_items (model);

  if (self->quiet || member == NULL || (gpointer) member == gtk_single_selection_get_selected_item (self->selection))
    return;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (P2pChordMemberInfo) item = g_list_model_get_item (model, i);

      if (item != member)
        continue;
      self->quiet = TRUE;
      gtk_single_selection_set_selected (self->selection, i);
      self->quiet = FALSE;
      gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", i);
    }
  gtk_stack_set_visible_child_name (self->stack, "nodes");
}

static void
selected_cb (RtRingSide *self)
{
  if (self->quiet)
    return;
  self->quiet = TRUE;
  rt_ring_view_set_member (self->view, gtk_single_selection_get_selected_item (self->selection));
  self->quiet = FALSE;
}

static void
pointed_cb (RtRingSide *self,
            int         place)
{
  rt_ring_view_set_place (self->view, place);
}

static void
editing_cb (RtRingSide *self)
{
  gboolean editing = rt_key_details_is_editing (self->details);

  if (editing)
    gtk_stack_set_visible_child_name (self->stack, "key");
  gtk_widget_set_visible (self->seed_box, !editing);
  gtk_widget_set_visible (GTK_WIDGET (self->view), !editing);
  gtk_widget_set_visible (self->switcher, !editing);
}

static gboolean
rt_ring_side_grab_focus (GtkWidget *widget)
{
  RtRingSide *self = RT_RING_SIDE (widget);
  gboolean key = g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "key") == 0;

  if (key && self->details != NULL && gtk_widget_grab_focus (GTK_WIDGET (self->details)))
    return TRUE;
  return gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* ---- object ---- */

static void
rt_ring_side_dispose (GObject *object)
{
  RtRingSide *self = RT_RING_SIDE (object);

  if (self->ring != NULL)
    g_signal_handlers_disconnect_by_data (self->ring, self);
  if (self->details != NULL)
    g_signal_handlers_disconnect_by_data (self->details, self);
  self->quiet = TRUE;
  if (self->selection != NULL)
    gtk_single_selection_set_model (self->selection, NULL);
  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_RING_SIDE);
  g_clear_object (&self->details);
  g_clear_object (&self->ring);
  G_OBJECT_CLASS (rt_ring_side_parent_class)->dispose (object);
}

static void
rt_ring_side_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_RING:
      g_value_set_object (value, RT_RING_SIDE (object)->ring);
      break;
    case PROP_SHOW_BACK:
      g_value_set_boolean (value, RT_RING_SIDE (object)->show_back);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_ring_side_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  RtRingSide *self = RT_RING_SIDE (object);

  switch (prop_id)
    {
    case PROP_RING:
      rt_ring_side_set_ring (self, g_value_get_object (value));
      break;
    case PROP_SHOW_BACK:
      if (self->show_back == g_value_get_boolean (value))
        return;
      self->show_back = g_value_get_boolean (value);
      rt_ring_view_set_compact (self->view, self->show_back);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_ring_side_class_init (RtRingSideClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = rt_ring_side_dispose;
  object_class->get_property = rt_ring_side_get_property;
  object_class->set_property = rt_ring_side_set_property;
  widget_class->focus = rt_focus_children;
  widget_class->grab_focus = rt_ring_side_grab_focus;

  properties[PROP_RING] = g_param_spec_object ("ring", NULL, NULL, RT_TYPE_RING, flags);
  properties[PROP_SHOW_BACK] = g_param_spec_boolean ("show-back", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (RT_TYPE_RING_MEMBER_ROW);
  g_type_ensure (RT_TYPE_RING_PLACES);
  g_type_ensure (RT_TYPE_RING_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-ring-side.ui");
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, seed_box);
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, seed_switch);
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, seed_words);
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, trouble);
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, changing);
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, stored);
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, view);
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, switcher);
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, stack);
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, key_bin);
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, outcome);
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, spinner);
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, places);
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, legend_box);
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, selection);
  gtk_widget_class_bind_template_child (widget_class, RtRingSide, list);
  gtk_widget_class_bind_template_callback (widget_class, member_cb);
  gtk_widget_class_bind_template_callback (widget_class, pointed_cb);
  gtk_widget_class_bind_template_callback (widget_class, seed_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
rt_ring_side_init (RtRingSide *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_box_append (self->legend_box, rt_ring_legend_new ());
  update_seed (self);
  update_lookup (self);
}

void
rt_ring_side_set_details (RtRingSide   *self,
                          RtKeyDetails *details)
{
  g_return_if_fail (RT_IS_RING_SIDE (self));
  g_return_if_fail (RT_IS_KEY_DETAILS (details));
  g_return_if_fail (self->details == NULL);

  self->details = g_object_ref (details);
  adw_bin_set_child (self->key_bin, GTK_WIDGET (details));
  g_signal_connect_swapped (details, "notify::editing", G_CALLBACK (editing_cb), self);
}

void
rt_ring_side_set_ring (RtRingSide *self,
                       RtRing     *ring)
{
  g_return_if_fail (RT_IS_RING_SIDE (self));

  if (self->ring == ring)
    return;
  if (self->ring != NULL)
    g_signal_handlers_disconnect_by_data (self->ring, self);
  g_set_object (&self->ring, ring);
  if (ring != NULL)
    g_signal_connect_swapped (ring, "notify", G_CALLBACK (ring_cb), self);
  rt_ring_view_set_ring (self->view, ring);
  gtk_single_selection_set_model (self->selection, ring != NULL ? rt_ring_get_members (ring) : NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->seed_switch), ring != NULL);
  update_seed (self);
  update_lookup (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RING]);
}

void
rt_ring_side_show (RtRingSide *self,
                   const char *page)
{
  g_return_if_fail (RT_IS_RING_SIDE (self));

  gtk_stack_set_visible_child_name (self->stack, page);
}
