/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-banner.h"
#include "app/rt-focus.h"
#include "app/rt-widget.h"
#include "rt-ring-page.h"
#include "rt-ring-side.h"

/* Of what stands beside the keys. */
#define SIDE_WIDTH 340

struct _RtRingPage
{
  GtkWidget parent_instance;

  RtRing             *ring;
  RtTable            *table;
  GSimpleActionGroup *actions;

  RtKeyDetails       *details;

  RtBanner    *nobody;
  RtTablePage *keys;
  RtRingSide  *side;
};

G_DEFINE_FINAL_TYPE (RtRingPage, rt_ring_page, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_RING, PROP_TABLE, N_PROPS };
static GParamSpec *properties[N_PROPS];

/* ---- what is missing ---- */

static void
update (RtRingPage *self)
{
  guint n_nodes = self->ring != NULL ? g_list_model_get_n_items (rt_ring_get_members (self->ring)) : 0;
  guint n_keys = self->table != NULL ? rt_table_get_n_keys (self->table) : 0;
  const char *refusal = self->table != NULL ? rt_table_get_refusal (self->table) : NULL;
  gboolean seeding = self->ring != NULL && rt_ring_get_seeding (self->ring), nobody = n_nodes == 0 && !seeding;
  GAction *seed = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "seed");

  g_simple_action_set_enabled (G_SIMPLE_ACTION (seed), self->ring != NULL && !seeding);
  rt_banner_set_title (self->nobody, nobody && n_keys > 0 && refusal == NULL
                         ? _("Nobody who stores values is known: no value can be read or written") : NULL);
  if (nobody && refusal == NULL)
    rt_table_page_set_empty (self->keys, _("Nobody stores values yet"),
                             _("No storing node is known. Connect to somebody on the Peers page, or store values on this computer."),
                             _("_Store values here"), "ring.seed");
  else if (nobody)
    rt_table_page_set_empty (self->keys, _("No keys yet"), _("Nothing is known of this table on this computer."), _("_Store values here"), "ring.seed");
  else
    rt_table_page_set_empty (self->keys, _("No keys yet"),
                             _("What anybody in this network writes appears here. Each value is kept at five places of the ring."),
                             _("_Add a key"), "table.new-key");
}

/* ---- what the person does ---- */

static void
chosen_cb (RtRingPage *self)
{
  RtTableRow *row = rt_key_details_get_row (self->details);

  if (self->ring != NULL)
    rt_ring_set_key (self->ring, row != NULL ? rt_table_row_get_key (row) : NULL);
}

static void
seed_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  RtRingPage *self = user_data;

  rt_ring_set_seeding (self->ring, TRUE);
}

static void
show_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  RtRingPage *self = user_data;

  rt_ring_side_show (self->side, g_variant_get_string (parameter, NULL));
  rt_table_page_show_side (self->keys);
}

static void
ask_again_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  RtRingPage *self = user_data;
  GBytes *key = self->ring != NULL ? rt_ring_get_key (self->ring) : NULL;

  if (key == NULL)
    return;
  rt_ring_look_again (self->ring);
  if (self->table != NULL)
    rt_table_read_again (self->table, key);
}

static void
banner_cb (RtRingPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "ring.seed", NULL);
}

static gboolean
rt_ring_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (RT_RING_PAGE (widget)->keys));
}

/* ---- object ---- */

static void
forget (RtRingPage *self)
{
  if (self->ring != NULL)
    {
      g_signal_handlers_disconnect_by_data (rt_ring_get_members (self->ring), self);
      g_signal_handlers_disconnect_by_data (self->ring, self);
    }
  if (self->table != NULL)
    g_signal_handlers_disconnect_by_data (self->table, self);
  g_clear_object (&self->ring);
  g_clear_object (&self->table);
}

static void
rt_ring_page_dispose (GObject *object)
{
  RtRingPage *self = RT_RING_PAGE (object);

  if (self->details != NULL)
    g_signal_handlers_disconnect_by_data (self->details, self);
  forget (self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "ring", NULL);
  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_RING_PAGE);
  g_clear_object (&self->details);
  g_clear_object (&self->side);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (rt_ring_page_parent_class)->dispose (object);
}

static void
rt_ring_page_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_RING:
      g_value_set_object (value, RT_RING_PAGE (object)->ring);
      break;
    case PROP_TABLE:
      g_value_set_object (value, RT_RING_PAGE (object)->table);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_ring_page_class_init (RtRingPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = rt_ring_page_dispose;
  object_class->get_property = rt_ring_page_get_property;
  widget_class->focus = rt_focus_children;
  widget_class->grab_focus = rt_ring_page_grab_focus;

  properties[PROP_RING] = g_param_spec_object ("ring", NULL, NULL, RT_TYPE_RING, flags);
  properties[PROP_TABLE] = g_param_spec_object ("table", NULL, NULL, RT_TYPE_TABLE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (RT_TYPE_BANNER);
  g_type_ensure (RT_TYPE_TABLE_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-ring-page.ui");
  gtk_widget_class_bind_template_child (widget_class, RtRingPage, nobody);
  gtk_widget_class_bind_template_child (widget_class, RtRingPage, keys);
  gtk_widget_class_bind_template_callback (widget_class, banner_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
rt_ring_page_init (RtRingPage *self)
{
  static const GActionEntry entries[] = {
    { .name = "seed", .activate = seed_cb },
    { .name = "show", .parameter_type = "s", .activate = show_cb },
    { .name = "ask-again", .activate = ask_again_cb },
  };
  gtk_widget_init_template (GTK_WIDGET (self));
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "ring", G_ACTION_GROUP (self->actions));

  self->side = g_object_ref_sink (g_object_new (RT_TYPE_RING_SIDE, NULL));
  self->details = g_object_ref (rt_table_page_get_details (self->keys));
  rt_table_page_set_side (self->keys, GTK_WIDGET (self->side), SIDE_WIDTH);
  rt_ring_side_set_details (self->side, self->details);
  g_signal_connect_swapped (self->details, "notify::row", G_CALLBACK (chosen_cb), self);
  update (self);
}

void
rt_ring_page_set (RtRingPage *self,
                  RtRing     *ring,
                  RtTable    *table)
{
  g_return_if_fail (RT_IS_RING_PAGE (self));
  g_return_if_fail (table == NULL || RT_IS_TABLE (table));

  if (self->ring == ring && self->table == table)
    return;
  forget (self);
  g_set_object (&self->ring, ring);
  g_set_object (&self->table, table);
  if (ring != NULL)
    {
      g_signal_connect_swapped (ring, "notify::seeding", G_CALLBACK (update), self);
      g_signal_connect_swapped (rt_ring_get_members (ring), "items-changed", G_CALLBACK (update), self);
    }
  if (table != NULL)
    {
      g_signal_connect_swapped (table, "notify::n-keys", G_CALLBACK (update), self);
      g_signal_connect_swapped (table, "notify::refusal", G_CALLBACK (update), self);
    }
  rt_ring_side_set_ring (self->side, ring);
  rt_table_page_set_table (self->keys, table);
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RING]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TABLE]);
}

RtTablePage *
rt_ring_page_get_keys (RtRingPage *self)
{
  g_return_val_if_fail (RT_IS_RING_PAGE (self), NULL);

  return self->keys;
}

gboolean
rt_ring_page_step_pane (RtRingPage *self,
                        int         step)
{
  g_return_val_if_fail (RT_IS_RING_PAGE (self), FALSE);

  return rt_table_page_step_pane (self->keys, step);
}
