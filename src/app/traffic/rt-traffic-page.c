/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-focus.h"
#include "app/rt-widget.h"
#include "rt-traffic-page-private.h"
#include "rt-traffic-row.h"

G_DEFINE_FINAL_TYPE (RtTrafficPage, rt_traffic_page, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_NETWORK, N_PROPS };
static GParamSpec *properties[N_PROPS];

/* ---- what is shown ---- */

/* What is above the list: that it stands still, or leaves something out. */
static void
update_note (RtTrafficPage *self)
{
  g_autofree char *text = NULL;
  g_autofree char *number = NULL;
  guint64 missed = rt_traffic_get_n_missed (self->traffic), skipped = rt_traffic_get_n_skipped (self->traffic);
  gboolean paused = rt_traffic_get_paused (self->traffic);

  number = g_strdup_printf ("%'" G_GUINT64_FORMAT, paused ? missed : skipped);
  if (paused)
    /* Translators: while the list of frames stands still; %s is a number */
    text = g_strdup_printf (ngettext ("%s frame not shown while paused", "%s frames not shown while paused", (gulong) missed), number);
  else if (rt_traffic_is_filtered (self->traffic))
    text = rt_traffic_page_dup_filter_words (self);
  else if (skipped > 0)
    /* Translators: frames that were counted, but are not in the list; %s is a number */
    text = g_strdup_printf (ngettext ("%s frame came too fast to be listed", "%s frames came too fast to be listed", (gulong) skipped), number);
  gtk_widget_set_visible (self->note, text != NULL);
  if (text == NULL)
    return;
  gtk_label_set_label (self->note_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->note_button), paused || rt_traffic_is_filtered (self->traffic));
  gtk_button_set_label (self->note_button, paused ? _("Go on") : _("Show all"));
  if (paused)
    gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (self->note_button), "traffic.paused");
  else
    gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (self->note_button), "traffic.everything");
}

static void
update_stack (RtTrafficPage *self)
{
  const char *page = "frames";
  gboolean off = self->network == NULL || rt_network_get_socket (self->network) == NULL;

  if (rt_traffic_get_n_frames (self->traffic) == 0)
    page = "empty";
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->traffic)) == 0)
    page = "nothing-matches";
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), page) != 0)
    gtk_stack_set_visible_child_name (self->stack, page);
  adw_status_page_set_description (self->empty_page,
                                   off ? _("This network is offline: nothing crosses its links.")
                                       : _("What crosses the links of this network appears here, while this page is open."));
}

void
rt_traffic_page_update (RtTrafficPage *self)
{
  update_stack (self);
  update_note (self);
  rt_traffic_page_update_actions (self);
}

RtTrafficItem *
rt_traffic_page_get_chosen (RtTrafficPage *self)
{
  RtTrafficItem *item = gtk_single_selection_get_selected_item (self->selection);

  return item != NULL ? item : rt_traffic_details_get_item (self->details);
}

/* One that left the list stays in sight until another is chosen. */
static void
selected_cb (RtTrafficPage *self)
{
  RtTrafficItem *item = gtk_single_selection_get_selected_item (self->selection);

  if (item != NULL)
    rt_traffic_details_set_item (self->details, item);
  rt_traffic_page_update_actions (self);
}

static void
activate_cb (RtTrafficPage *self,
             guint          position)
{
  gtk_single_selection_set_selected (self->selection, position);
  rt_split_box_focus_details (self->split);
}

static void
mode_cb (RtTrafficPage *self)
{
  g_object_set (self->details, "show-back", rt_split_box_get_mode (self->split) == RT_SPLIT_ALONE, NULL);
}

/* ---- the end of the list ---- */

static gboolean
follow_cb (GtkWidget     *widget,
           GdkFrameClock *clock,
           gpointer       user_data)
{
  RtTrafficPage *self = RT_TRAFFIC_PAGE (widget);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  self->follow_id = 0;
  if (self->following)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  return G_SOURCE_REMOVE;
}

static void
adjustment_changed_cb (RtTrafficPage *self,
                       GtkAdjustment *adjustment)
{
  if (self->following && self->follow_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->follow_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), follow_cb, NULL, NULL);
}

static void
adjustment_moved_cb (RtTrafficPage *self,
                     GtkAdjustment *adjustment)
{
  if (self->follow_id != 0)
    return;
  self->following = gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment) >=
                    gtk_adjustment_get_upper (adjustment) - 1;
}

/* ---- the menu of a frame ---- */

static RtTrafficItem *
find_item (GtkWidget *below)
{
  if (RT_IS_TRAFFIC_ROW (below))
    return rt_traffic_row_get_item (RT_TRAFFIC_ROW (below));
  for (GtkWidget *w = gtk_widget_get_first_child (below); w != NULL; w = gtk_widget_get_next_sibling (w))
    {
      RtTrafficItem *item = find_item (w);

      if (item != NULL)
        return item;
    }
  return NULL;
}

static void
choose (RtTrafficPage *self,
        RtTrafficItem *item)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  for (guint i = n; i > 0; i--)
    {
      g_autoptr (RtTrafficItem) other = g_list_model_get_item (G_LIST_MODEL (self->selection), i - 1);

      if (other == item)
        {
          gtk_single_selection_set_selected (self->selection, i - 1);
          return;
        }
    }
}

/* Anywhere on a row: the way up from what was hit comes to a row before it comes to the list of all rows. */
static void
secondary_pressed_cb (RtTrafficPage   *self,
                      int              n_press,
                      double           x,
                      double           y,
                      GtkGestureClick *gesture)
{
  GtkWidget *area = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  RtTrafficItem *item = NULL;
  double at_x, at_y;

  for (GtkWidget *w = gtk_widget_pick (area, x, y, GTK_PICK_DEFAULT);
       w != NULL && w != area && !GTK_IS_LIST_VIEW (w) && item == NULL;
       w = gtk_widget_get_parent (w))
    item = find_item (w);
  if (item == NULL || !gtk_widget_translate_coordinates (area, GTK_WIDGET (self), x, y, &at_x, &at_y))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  choose (self, item);
  rt_traffic_page_open_menu (self, GTK_WIDGET (self), at_x, at_y);
}

void
rt_traffic_page_open_menu (RtTrafficPage *self,
                           GtkWidget     *from,
                           double         x,
                           double         y)
{
  graphene_rect_t bounds;
  GdkRectangle rectangle = { (int) x, (int) y, 1, 1 };

  if (rt_traffic_page_get_chosen (self) == NULL)
    return;
  if (x < 0 && gtk_widget_compute_bounds (from, GTK_WIDGET (self), &bounds))
    rectangle = (GdkRectangle) {
      (int) bounds.origin.x, (int) bounds.origin.y, (int) bounds.size.width, (int) bounds.size.height,
    };
  gtk_popover_set_pointing_to (self->menu, &rectangle);
  gtk_popover_popup (self->menu);
}

/* ---- search ---- */

static void
search_changed_cb (RtTrafficPage *self)
{
  rt_traffic_set_text (self->traffic, gtk_editable_get_text (self->search_entry));
  rt_traffic_page_update (self);
}

static void
stop_search_cb (RtTrafficPage *self)
{
  gtk_editable_set_text (self->search_entry, "");
  rt_split_box_focus_list (self->split);
}

/* ---- focus ---- */

static gboolean
rt_traffic_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (RT_TRAFFIC_PAGE (widget)->split));
}

gboolean
rt_traffic_page_step_pane (RtTrafficPage *self,
                           int            step)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_PAGE (self), FALSE);

  return rt_split_box_step_pane (self->split, step);
}

/* ---- object ---- */

void
rt_traffic_page_update_watching (RtTrafficPage *self)
{
  if (self->feed != NULL)
    rt_traffic_feed_set_watching (self->feed, self->recording || gtk_widget_get_mapped (GTK_WIDGET (self)));
}

static void
rt_traffic_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rt_traffic_page_parent_class)->map (widget);
  rt_traffic_page_update_watching (RT_TRAFFIC_PAGE (widget));
}

static void
rt_traffic_page_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rt_traffic_page_parent_class)->unmap (widget);
  rt_traffic_page_update_watching (RT_TRAFFIC_PAGE (widget));
}

static void
rt_traffic_page_dispose (GObject *object)
{
  RtTrafficPage *self = RT_TRAFFIC_PAGE (object);

  if (self->follow_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->follow_id);
  self->follow_id = 0;
  if (self->exporting != NULL)
    g_cancellable_cancel (self->exporting);
  g_clear_object (&self->exporting);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  if (self->traffic != NULL)
    g_signal_handlers_disconnect_by_data (self->traffic, self);
  rt_traffic_page_set_network (self, NULL);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "traffic", NULL);
  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_TRAFFIC_PAGE);
  g_clear_object (&self->actions);
  g_clear_object (&self->traffic);
  G_OBJECT_CLASS (rt_traffic_page_parent_class)->dispose (object);
}

static void
rt_traffic_page_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      g_value_set_object (value, RT_TRAFFIC_PAGE (object)->network);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_traffic_page_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      rt_traffic_page_set_network (RT_TRAFFIC_PAGE (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_traffic_page_class_init (RtTrafficPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_traffic_page_dispose;
  object_class->get_property = rt_traffic_page_get_property;
  object_class->set_property = rt_traffic_page_set_property;
  widget_class->map = rt_traffic_page_map;
  widget_class->unmap = rt_traffic_page_unmap;
  widget_class->focus = rt_focus_children;
  widget_class->grab_focus = rt_traffic_page_grab_focus;

  properties[PROP_NETWORK] = g_param_spec_object ("network", NULL, NULL, RT_TYPE_NETWORK,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (RT_TYPE_COUNTERS_BAR);
  g_type_ensure (RT_TYPE_SPLIT_BOX);
  g_type_ensure (RT_TYPE_TRAFFIC_DETAILS);
  g_type_ensure (RT_TYPE_TRAFFIC_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-traffic-page.ui");
  gtk_widget_class_bind_template_child (widget_class, RtTrafficPage, split);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficPage, stack);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficPage, selection);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficPage, list);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficPage, note);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficPage, note_label);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficPage, note_button);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficPage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficPage, details);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficPage, menu);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, mode_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, secondary_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "traffic.find", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "traffic.open-menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "traffic.open-menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "traffic.back", NULL);
}

static void
rt_traffic_page_init (RtTrafficPage *self)
{
  GtkAdjustment *adjustment;

  self->traffic = rt_traffic_new ();
  self->following = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  rt_traffic_page_install_actions (self);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->traffic));
  adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (adjustment_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (adjustment_moved_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->traffic, "notify::n-missed", G_CALLBACK (rt_traffic_page_update), self, G_CONNECT_SWAPPED);
  rt_traffic_page_update (self);
}

void
rt_traffic_page_set_network (RtTrafficPage *self,
                             RtNetwork     *network)
{
  g_return_if_fail (RT_IS_TRAFFIC_PAGE (self));
  g_return_if_fail (network == NULL || RT_IS_NETWORK (network));

  if (self->network == network)
    return;
  if (self->network != NULL)
    g_signal_handlers_disconnect_by_data (self->network, self);
  if (self->feed != NULL)
    rt_traffic_feed_set_watching (self->feed, FALSE);
  g_clear_object (&self->feed);
  g_set_object (&self->network, network);
  if (network != NULL)
    {
      self->feed = rt_traffic_feed_new (network, self->traffic);
      g_signal_connect_object (network, "notify::socket", G_CALLBACK (rt_traffic_page_update), self, G_CONNECT_SWAPPED);
      rt_traffic_page_update_watching (self);
      rt_traffic_page_update (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK]);
}

RtTraffic *
rt_traffic_page_get_traffic (RtTrafficPage *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_PAGE (self), NULL);

  return self->traffic;
}
