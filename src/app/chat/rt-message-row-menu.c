/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "rt-chat-format.h"
#include "rt-message-row-private.h"
#include "rt-timeline.h"

#define UNFOLD_LINES 500u       /* with each press */
#define UNFOLDED "rt-unfolded"  /* remembered on the item, as rows are used again */

static const struct {
  const char *signal, *action;
} commands[RT_MESSAGE_ROW_N_SIGNALS] = {
  [RT_MESSAGE_ROW_REPLY] = { "reply", "message.reply" },
  [RT_MESSAGE_ROW_WHISPER] = { "whisper", "message.whisper" },
  [RT_MESSAGE_ROW_RETRY] = { "retry", "message.retry" },
  [RT_MESSAGE_ROW_CANCEL] = { "cancel", "message.cancel" },
  [RT_MESSAGE_ROW_DETAILS] = { "details", "message.details" },
  [RT_MESSAGE_ROW_ORIGINAL] = { "original", "message.original" },
};

/* A message without an id has not left: nobody could find what is answered. */
static gboolean
can (RtMessageItem *item, RtMessageRowSignal what)
{
  gboolean own = rt_message_item_get_own (item), private = rt_message_item_get_private (item);

  switch (what)
    {
    case RT_MESSAGE_ROW_REPLY:
      /* what is private is answered privately; an own private one leads to who got it */
      return private ? !own || rt_message_item_get_recipient (item) != NULL : rt_message_item_get_id (item) != NULL;
    case RT_MESSAGE_ROW_WHISPER:
      return !own && !private;
    case RT_MESSAGE_ROW_RETRY:
      return own && rt_delivery_can_retry (rt_message_item_get_delivery (item));
    case RT_MESSAGE_ROW_CANCEL:
      return own && rt_message_item_get_delivery (item) == RT_DELIVERY_QUEUED;
    case RT_MESSAGE_ROW_ORIGINAL:
      return rt_message_item_get_reply_to (item) != NULL;
    case RT_MESSAGE_ROW_DETAILS:
      return TRUE;
    case RT_MESSAGE_ROW_N_SIGNALS:
    default:
      return FALSE;
    }
}

static gboolean
may (RtMessageRow *self, RtMessageRowSignal what)
{
  return (!self->read_only || what == RT_MESSAGE_ROW_DETAILS || what == RT_MESSAGE_ROW_ORIGINAL) && can (self->item, what);
}

void
rt_message_row_update_actions (RtMessageRow *self)
{
  for (guint i = 0; i < RT_MESSAGE_ROW_N_SIGNALS; i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), commands[i].action, may (self, i));
  rt_message_row_update_block (self);
  gtk_widget_set_visible (self->reply_button, may (self, RT_MESSAGE_ROW_REPLY));
  gtk_widget_set_visible (self->retry_button, !self->read_only && rt_delivery_failed (rt_message_item_get_delivery (self->item)));
  gtk_widget_set_visible (self->cancel_button, may (self, RT_MESSAGE_ROW_CANCEL));
}

void
rt_message_row_set_read_only (RtMessageRow *self, gboolean read_only)
{
  g_return_if_fail (RT_IS_MESSAGE_ROW (self));

  if (self->read_only == (read_only != FALSE))
    return;
  self->read_only = read_only != FALSE;
  if (self->item != NULL)
    rt_message_row_update_actions (self);
}

static void
command_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtMessageRow *self = RT_MESSAGE_ROW (widget);

  for (guint i = 0; self->item != NULL && i < RT_MESSAGE_ROW_N_SIGNALS; i++)
    if (g_str_equal (commands[i].action, name))
      {
        /* whoever hears of it may use the row for another message */
        g_autoptr (RtMessageItem) item = g_object_ref (self->item);

        g_signal_emit_by_name (self, commands[i].signal, item);
        return;
      }
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtMessageRow *self = RT_MESSAGE_ROW (widget);

  g_autofree char *selected = rt_message_body_dup_selection (self->body);

  if (self->item != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), selected != NULL ? selected : rt_message_item_get_text (self->item));
}

/* How often more of it was asked for */
static guint
get_unfolded (RtMessageItem *item)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (item), UNFOLDED));
}

/* Laying out lines without number takes seconds: more of them come with each press. */
static gsize
find_shown (RtMessageRow *self, const char *text, gsize written, gsize folded)
{
  guint unfolded = get_unfolded (self->item);

  if (folded == 0)
    return written;
  return unfolded == 0 ? folded : MIN (written, rt_text_lines (text, unfolded * UNFOLD_LINES));
}

void
rt_message_row_show_text (RtMessageRow *self)
{
  const char *text = rt_message_item_get_text (self->item);
  gsize written = rt_message_row_show_more (self), folded = rt_text_fold (text), shown;

  if (folded >= written)
    folded = 0;
  shown = find_shown (self, text, written, folded);
  self->shows_all = shown == written;
  rt_message_body_set_text (self->body, text, (gssize) shown, shown < written || rt_message_item_get_truncated (self->item));
  gtk_widget_set_visible (GTK_WIDGET (self->more_button), folded > 0);
  if (folded > 0)
    gtk_button_set_label (self->more_button, shown < written ? _("Show more") : _("Show less"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.more", folded > 0);
}

static void
more_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtMessageRow *self = RT_MESSAGE_ROW (widget);
  GtkWidget *timeline = gtk_widget_get_ancestor (widget, RT_TYPE_TIMELINE);

  if (self->item == NULL)
    return;
  g_object_set_data (G_OBJECT (self->item), UNFOLDED, GUINT_TO_POINTER (self->shows_all ? 0 : get_unfolded (self->item) + 1));
  if (timeline != NULL)
    rt_timeline_keep_row (RT_TIMELINE (timeline), widget);
  rt_message_row_show_text (self);
}

static void
popover_closed_cb (RtMessageRow *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
show_menu (RtMessageRow *self, double x, double y)
{
  if (self->item == NULL)
    return;
  rt_message_row_list_links (self);
  if (self->popover == NULL)
    {
      self->popover = gtk_popover_menu_new_from_model (self->menu);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
      gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
      gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
      g_signal_connect_swapped (self->popover, "closed", G_CALLBACK (popover_closed_cb), self);
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover), &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static void
menu_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtMessageRow *self = RT_MESSAGE_ROW (widget);
  graphene_rect_t bounds;

  if (gtk_widget_compute_bounds (self->bubble, widget, &bounds))
    show_menu (self, bounds.origin.x + bounds.size.width / 2, bounds.origin.y + MIN (bounds.size.height, 40));
}

static void
menu_pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, RtMessageRow *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  show_menu (self, x, y);
}

static void
long_pressed_cb (GtkGestureLongPress *gesture, double x, double y, RtMessageRow *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  show_menu (self, x, y);
}

static void
clicked_cb (GtkGestureClick *gesture, int n_press, double x, double y, RtMessageRow *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *under = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);
  GtkWidget *body = GTK_WIDGET (self->body);

  /* beside the text, as everywhere, nothing is selected any more */
  if (under == NULL || (under != body && !gtk_widget_is_ancestor (under, body)))
    rt_message_body_unselect_all (GTK_WIDGET (self));
  /* what is in the row may have taken it, to select text */
  if (focus == NULL || (focus != GTK_WIDGET (self) && !gtk_widget_is_ancestor (focus, GTK_WIDGET (self))))
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

static gboolean
escape_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  return rt_message_body_unselect_all (widget);
}

void
rt_message_row_add_gestures (RtMessageRow *self)
{
  GtkGesture *secondary = gtk_gesture_click_new ();
  GtkGesture *primary = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary, "pressed", G_CALLBACK (menu_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (secondary));
  g_signal_connect (primary, "pressed", G_CALLBACK (clicked_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (primary));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (long_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (press));
}

void
rt_message_row_init_menu (GtkWidgetClass *widget_class)
{
  for (guint i = 0; i < RT_MESSAGE_ROW_N_SIGNALS; i++)
    {
      g_signal_new (commands[i].signal, G_TYPE_FROM_CLASS (widget_class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, RT_TYPE_MESSAGE_ITEM);
      gtk_widget_class_install_action (widget_class, commands[i].action, NULL, command_action);
    }
  gtk_widget_class_install_action (widget_class, "message.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "message.more", NULL, more_action);
  gtk_widget_class_install_action (widget_class, "message.menu", NULL, menu_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "message.copy", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "message.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "message.menu", NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
  /* the menu shows the one that was added last */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, GDK_ALT_MASK, "message.details", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_ALT_MASK, "message.details", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK, "message.reply", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "message.whisper", NULL);
}
