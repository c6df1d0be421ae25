/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-focus.h"
#include "app/rt-widget.h"
#include "rt-key-row.h"
#include "rt-table-page-private.h"

#define TOAST_SECONDS 8

G_DEFINE_FINAL_TYPE (RtTablePage, rt_table_page, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_TABLE, N_PROPS };
static GParamSpec *properties[N_PROPS];

/* ---- what is shown ---- */

static void
update_count (RtTablePage *self)
{
  guint n = rt_table_get_n_keys (self->table), shown = 0;
  gboolean working = rt_table_get_working (self->table);
  g_autofree char *text = NULL, *unread = NULL;

  g_object_get (self->table, "n-shown", &shown, NULL);
  if (rt_table_page_is_filtered (self))
    /* Translators: how many keys are shown, and of how many */
    text = g_strdup_printf (ngettext ("%'u of %'u key", "%'u of %'u keys", n), shown, n);
  else
    text = g_strdup_printf (ngettext ("%'u key", "%'u keys", n), n);
  gtk_label_set_text (self->count, text);
  unread = rt_table_dup_unread_words (self->table);
  gtk_label_set_text (self->unread, unread != NULL ? unread : "");
  gtk_widget_set_visible (GTK_WIDGET (self->unread), unread != NULL);
  gtk_spinner_set_spinning (self->spinner, working);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), working);
}

static void
update_stack (RtTablePage *self)
{
  guint n = rt_table_get_n_keys (self->table), rows = g_list_model_get_n_items (rt_table_get_rows (self->table));
  const char *page = "keys";

  /* while it works the rows are those of before */
  if (rows == 0 && rt_table_get_working (self->table))
    return;
  if (rows == 0)
    page = n == 0 && rt_table_get_n_staged (self->table) == 0 && !rt_table_page_is_filtered (self) ? "empty" : "nothing-matches";
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), page) != 0)
    gtk_stack_set_visible_child_name (self->stack, page);
  if (!self->empty_set)
    adw_status_page_set_description (self->empty_page, rt_table_get_refusal (self->table) != NULL
                                       ? _("Nothing is known of this table on this computer.")
                                       : _("What anybody in this network writes appears here, and everybody sees what you write."));
}

static void
update_changes (RtTablePage *self)
{
  guint n = rt_table_get_n_staged (self->table), conflicts = rt_table_get_n_conflicts (self->table);
  g_autofree char *changes = g_strdup_printf (ngettext ("%'u change is not applied yet", "%'u changes are not applied yet", n), n);
  g_autofree char *text = NULL;

  if (conflicts > 0)
    {
      g_autofree char *words = g_strdup_printf (ngettext ("%'u conflict", "%'u conflicts", conflicts), conflicts);

      /* Translators: "3 changes are not applied yet", "1 conflict" */
      text = g_strdup_printf (_("%s, %s"), changes, words);
    }
  gtk_label_set_text (self->changes_label, text != NULL ? text : changes);
  gtk_widget_set_visible (self->changes, n > 0);
}

/* A key that went and came again is another row. */
static void
follow_chosen (RtTablePage *self)
{
  RtTableRow *row = rt_key_details_get_row (self->details), *now;

  if (row == NULL || rt_table_row_get_exists (row))
    return;
  now = rt_table_find (self->table, rt_table_row_get_key (row));
  if (now != NULL && now != row)
    rt_key_details_set_row (self->details, now);
}

void
rt_table_page_update (RtTablePage *self)
{
  if (self->table == NULL)
    return;
  follow_chosen (self);
  update_count (self);
  update_stack (self);
  update_changes (self);
  rt_banner_set_title (self->refusal, rt_table_get_refusal (self->table));
  rt_table_page_look_soon (self);
  rt_table_page_update_actions (self);
}

RtTableRow *
rt_table_page_get_chosen (RtTablePage *self)
{
  return rt_key_details_get_row (self->details);
}

/* One that left the list stays in sight until another is chosen, and so does what is typed. */
static void
selected_cb (RtTablePage *self)
{
  RtTableRow *row = gtk_single_selection_get_selected_item (self->selection);

  if (row != NULL && row != rt_key_details_get_row (self->details))
    {
      rt_key_details_set_row (self->details, row);
      rt_key_editor_leave (rt_key_details_get_editor (self->details), TRUE);
    }
  rt_table_page_update_actions (self);
}

void
rt_table_page_choose (RtTablePage *self,
                      RtTableRow  *row)
{
  guint position;

  if (rt_table_get_position (self->table, row, &position))
    {
      gtk_single_selection_set_selected (self->selection, position);
      gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
    }
  else
    gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  rt_key_details_set_row (self->details, row);
  rt_table_page_update_actions (self);
}

void
rt_table_page_edit (RtTablePage *self,
                    RtTableRow  *row)
{
  rt_key_details_edit (self->details, row);
  rt_split_box_set_show_details (self->split, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->details));
}

/* Where there is room for one of them only, all of the key comes first. */
static void
activate_cb (RtTablePage *self,
             guint        position)
{
  gtk_single_selection_set_selected (self->selection, position);
  if (rt_split_box_get_mode (self->split) == RT_SPLIT_ALONE)
    rt_split_box_focus_details (self->split);
  else
    rt_table_page_edit (self, rt_key_details_get_row (self->details));
}

static void
mode_cb (RtTablePage *self)
{
  gboolean alone = rt_split_box_get_mode (self->split) == RT_SPLIT_ALONE;

  g_object_set (self->side, "show-back", alone, NULL);
  gtk_widget_set_visible (self->side_button, alone && self->side != GTK_WIDGET (self->details));
}

/* Staged or left: the list again, unless there is something to see at the key. */
static void
finished_cb (RtTablePage *self,
             RtTableRow  *row,
             gboolean     apply)
{
  if (row != NULL)
    rt_table_page_choose (self, row);
  rt_table_page_update (self);
  if (row != NULL && apply)
    rt_table_page_apply (self, row);
  rt_split_box_focus_list (self->split);
}

/* ---- the menu of a key ---- */

/* Anywhere on a row: the way up from what was hit comes to a row before it comes to the list of all rows. */
static void
secondary_pressed_cb (RtTablePage     *self,
                      int              n_press,
                      double           x,
                      double           y,
                      GtkGestureClick *gesture)
{
  GtkWidget *area = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  RtTableRow *row = NULL;
  double at_x, at_y;

  for (GtkWidget *w = gtk_widget_pick (area, x, y, GTK_PICK_DEFAULT);
       w != NULL && w != area && !GTK_IS_LIST_VIEW (w) && row == NULL;
       w = gtk_widget_get_parent (w))
    {
      GtkWidget *child = RT_IS_KEY_ROW (w) ? w : gtk_widget_get_first_child (w);

      if (RT_IS_KEY_ROW (child))
        row = rt_key_row_get_item (RT_KEY_ROW (child));
    }
  if (row == NULL || !gtk_widget_translate_coordinates (area, GTK_WIDGET (self), x, y, &at_x, &at_y))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  rt_table_page_choose (self, row);
  rt_table_page_open_menu (self, GTK_WIDGET (self), at_x, at_y);
}

void
rt_table_page_open_menu (RtTablePage *self,
                         GtkWidget   *from,
                         double       x,
                         double       y)
{
  graphene_rect_t bounds;
  GdkRectangle rectangle = { (int) x, (int) y, 1, 1 };

  if (rt_table_page_get_chosen (self) == NULL)
    return;
  if (x < 0 && gtk_widget_compute_bounds (from, GTK_WIDGET (self), &bounds))
    rectangle = (GdkRectangle) {
      (int) bounds.origin.x, (int) bounds.origin.y, (int) bounds.size.width, (int) bounds.size.height,
    };
  gtk_popover_set_pointing_to (self->menu, &rectangle);
  gtk_popover_popup (self->menu);
}

/* A toast's title is markup. */
void
rt_table_page_toast (RtTablePage *self,
                     const char  *text,
                     gboolean     undo)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  /* the last word counts: others would wait for it to go */
  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  g_set_weak_pointer (&self->toast, toast);
  adw_toast_set_timeout (toast, TOAST_SECONDS);
  if (undo)
    {
      adw_toast_set_button_label (toast, _("Undo"));
      adw_toast_set_action_name (toast, "table.undo");
    }
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* ---- search and focus ---- */

static void
search_changed_cb (RtTablePage *self)
{
  if (self->table == NULL)
    return;
  rt_table_set_filter (self->table, gtk_editable_get_text (self->search_entry));
  rt_table_page_update (self);
}

static void
stop_search_cb (RtTablePage *self)
{
  gtk_editable_set_text (self->search_entry, "");
  rt_split_box_focus_list (self->split);
}

/* Enter: on to what was found. */
static void
search_activate_cb (RtTablePage *self)
{
  rt_split_box_focus_list (self->split);
}

void
rt_table_page_show_side (RtTablePage *self)
{
  g_return_if_fail (RT_IS_TABLE_PAGE (self));

  rt_split_box_focus_details (self->split);
}

static gboolean
rt_table_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (RT_TABLE_PAGE (widget)->split));
}

gboolean
rt_table_page_step_pane (RtTablePage *self,
                         int          step)
{
  g_return_val_if_fail (RT_IS_TABLE_PAGE (self), FALSE);

  return rt_split_box_step_pane (self->split, step);
}

/* ---- object ---- */

static void
rt_table_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rt_table_page_parent_class)->map (widget);
  rt_table_page_start_looking (RT_TABLE_PAGE (widget));
}

static void
rt_table_page_unmap (GtkWidget *widget)
{
  rt_table_page_stop_looking (RT_TABLE_PAGE (widget));
  GTK_WIDGET_CLASS (rt_table_page_parent_class)->unmap (widget);
}

static void
rt_table_page_dispose (GObject *object)
{
  RtTablePage *self = RT_TABLE_PAGE (object);

  if (self->filing != NULL)
    g_cancellable_cancel (self->filing);
  g_clear_object (&self->filing);
  g_clear_object (&self->applying);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  if (self->actions != NULL)
    rt_table_page_set_table (self, NULL);
  g_clear_weak_pointer (&self->toast);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "table", NULL);
  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_TABLE_PAGE);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (rt_table_page_parent_class)->dispose (object);
}

static void
rt_table_page_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_TABLE:
      g_value_set_object (value, RT_TABLE_PAGE (object)->table);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_table_page_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_TABLE:
      rt_table_page_set_table (RT_TABLE_PAGE (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_table_page_class_init (RtTablePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_table_page_dispose;
  object_class->get_property = rt_table_page_get_property;
  object_class->set_property = rt_table_page_set_property;
  widget_class->map = rt_table_page_map;
  widget_class->unmap = rt_table_page_unmap;
  widget_class->focus = rt_focus_children;
  widget_class->grab_focus = rt_table_page_grab_focus;

  properties[PROP_TABLE] = g_param_spec_object ("table", NULL, NULL, RT_TYPE_TABLE,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (RT_TYPE_BANNER);
  g_type_ensure (RT_TYPE_SPLIT_BOX);
  g_type_ensure (RT_TYPE_KEY_DETAILS);
  g_type_ensure (RT_TYPE_KEY_HEADER);
  g_type_ensure (RT_TYPE_KEY_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-table-page.ui");
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, toasts);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, refusal);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, split);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, stack);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, selection);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, list);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, scroller);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, header);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, spinner);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, count);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, unread);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, empty_button);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, ring_filter_menu);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, filter_button);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, side_button);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, changes);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, changes_label);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, details);
  gtk_widget_class_bind_template_child (widget_class, RtTablePage, menu);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, mode_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, secondary_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "table.find", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "table.open-menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "table.open-menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "table.back", NULL);
}

static void
rt_table_page_init (RtTablePage *self)
{
  RtKeyEditor *editor;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->side = GTK_WIDGET (self->details);
  mode_cb (self);
  rt_table_page_install_actions (self);
  editor = rt_key_details_get_editor (self->details);
  g_signal_connect_object (editor, "finished", G_CALLBACK (finished_cb), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (editor, "load", G_CALLBACK (rt_table_page_ask_load_value), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->details, "save", G_CALLBACK (rt_table_page_ask_save_value), self, G_CONNECT_SWAPPED);
}

RtTable *
rt_table_page_get_table (RtTablePage *self)
{
  g_return_val_if_fail (RT_IS_TABLE_PAGE (self), NULL);

  return self->table;
}

static void
result_cb (RtTablePage   *self,
           RtTableResult *result)
{
  gboolean applied = rt_table_result_get_outcome (result) == RT_OUTCOME_APPLIED;
  g_autofree char *text = NULL;

  if (applied)
    /* Translators: %s is a key; the lease of another has ended */
    text = g_strdup_printf (_("“%s” was tried again, and is written now"), rt_table_result_get_key_text (result));
  else
    /* Translators: a key, then why not, in words */
    text = g_strdup_printf (_("“%s” was tried again: %s"), rt_table_result_get_key_text (result), rt_table_result_get_words (result));
  rt_table_page_toast (self, text, applied);
}

void
rt_table_page_set_table (RtTablePage *self,
                         RtTable     *table)
{
  static const char * const watched[] = {
    "notify::n-keys", "notify::n-shown", "notify::n-unread", "notify::working", "notify::n-staged", "notify::n-conflicts", "notify::refusal", "notify::applying",
    "notify::undo-text", "notify::redo-text", "notify::filter", "notify::show", "notify::sort-by", "notify::descending",
  };

  g_return_if_fail (RT_IS_TABLE_PAGE (self));
  g_return_if_fail (table == NULL || RT_IS_TABLE (table));

  if (self->table == table)
    return;
  if (self->table != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->table, self);
      rt_key_editor_leave (rt_key_details_get_editor (self->details), FALSE);
      rt_key_details_set_row (self->details, NULL);
    }
  g_set_object (&self->table, table);
  g_object_set (self->header, "table", table, NULL);
  g_object_set (self->details, "table", table, NULL);
  gtk_single_selection_set_model (self->selection, table != NULL ? rt_table_get_rows (table) : NULL);
  if (table != NULL)
    {
      for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
        g_signal_connect_object (table, watched[i], G_CALLBACK (rt_table_page_update), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (table, "result", G_CALLBACK (result_cb), self, G_CONNECT_SWAPPED);
    }
  rt_table_page_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TABLE]);
}

/* ---- for a page of a ring ---- */

RtKeyDetails *
rt_table_page_get_details (RtTablePage *self)
{
  g_return_val_if_fail (RT_IS_TABLE_PAGE (self), NULL);

  return self->details;
}

void
rt_table_page_set_side (RtTablePage *self,
                        GtkWidget   *side,
                        int          width)
{
  g_return_if_fail (RT_IS_TABLE_PAGE (self));
  g_return_if_fail (GTK_IS_WIDGET (side));

  self->side = side;
  g_object_set (self->details, "show-back", FALSE, NULL);
  g_object_set (self->split, "details", side, "details-width", width, NULL);
  g_object_set (self->header, "layout", RT_KEY_LAYOUT_RING, NULL);
  rt_key_layout_set (GTK_WIDGET (self->list), RT_KEY_LAYOUT_RING);
  gtk_menu_button_set_menu_model (self->filter_button, self->ring_filter_menu);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Keys of the ring"), -1);
  mode_cb (self);
}

void
rt_table_page_set_empty (RtTablePage *self,
                         const char  *title,
                         const char  *description,
                         const char  *label,
                         const char  *action)
{
  g_return_if_fail (RT_IS_TABLE_PAGE (self));

  self->empty_set = TRUE;
  adw_status_page_set_title (self->empty_page, title);
  adw_status_page_set_description (self->empty_page, description);
  gtk_widget_set_visible (GTK_WIDGET (self->empty_button), action != NULL);
  gtk_button_set_label (self->empty_button, label);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->empty_button), action);
}

gboolean
rt_table_page_show_key (RtTablePage *self,
                        const char  *name)
{
  g_autoptr (GBytes) key = NULL;
  RtTableRow *row;

  g_return_val_if_fail (RT_IS_TABLE_PAGE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  key = rt_table_key_from_text (name, FALSE, NULL);
  row = key != NULL && self->table != NULL ? rt_table_find (self->table, key) : NULL;
  if (row == NULL)
    return FALSE;
  rt_table_page_choose (self, row);
  rt_split_box_set_show_details (self->split, TRUE);
  return TRUE;
}
