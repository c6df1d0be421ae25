/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-chat-format.h"
#include "rt-message-body.h"
#include "rt-message-row.h"
#include "rt-timeline.h"

/* Own layout rather than nested boxes: a box asks its children again and again at widths that they never get. */

#define SIDE 12                 /* px at either side of the row */
#define AVATAR_GAP 8
#define INDENT 32               /* the least that a bubble keeps from the other side */
#define NEW_SENDER 8            /* px above the first message of a sender */
#define SAME_SENDER 1
#define BELOW 3                 /* px under every message: the outline of the focus needs them */
#define DAY_SPACE 14
#define UNFOLDED "rt-unfolded"  /* remembered on the item, as rows are used again */

struct _RtMessageRow {
  GtkWidget      parent_instance;

  RtMessageItem *item;
  gboolean       own, continued;
  GtkWidget     *popover;

  GtkLabel      *day_label;
  AdwAvatar     *avatar;
  GtkLabel      *sender_label;
  GtkWidget     *bubble;
  GtkWidget     *tag_box;
  GtkImage      *tag_image;
  GtkLabel      *tag_label;
  RtMessageBody *body;
  GtkButton     *more_button;
  GtkWidget     *reply_button;
  GtkWidget     *state_box;
  GtkImage      *state_image;
  GtkLabel      *state_label;
  GtkWidget     *retry_button;
  GMenuModel    *menu;
};

enum { REPLY, RETRY, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RtMessageRow, rt_message_row, GTK_TYPE_WIDGET)

/* Where the parts are in a row of some width; x counts from the start. */
typedef struct {
  int day_y, day_height;
  int avatar_y;
  int sender_x, sender_y, sender_width, sender_height;
  int bubble_x, bubble_y, bubble_width, bubble_height;
  int reply_x, reply_y, reply_width, reply_height;
  int state_x, state_y, state_width, state_height;
  int height;
} Places;

static void
get_size (GtkWidget *widget, int *width, int *height)
{
  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, width, NULL, NULL);
  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, *width, NULL, height, NULL, NULL);
}

static int
get_height (GtkWidget *widget, int width)
{
  int height;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
  return height;
}

static void
find_places (RtMessageRow *self, int width, Places *p)
{
  int natural, minimum, available, y = 0;
  int lead = SIDE + adw_avatar_get_size (self->avatar) + AVATAR_GAP;

  *p = (Places) { 0 };
  if (gtk_widget_get_visible (GTK_WIDGET (self->day_label)))
    {
      p->day_height = get_height (GTK_WIDGET (self->day_label), width);
      p->day_y = DAY_SPACE;
      y = 2 * DAY_SPACE + p->day_height - NEW_SENDER;
    }
  y += self->continued ? SAME_SENDER : NEW_SENDER;
  p->avatar_y = y;
  if (gtk_widget_get_visible (GTK_WIDGET (self->sender_label)))
    {
      p->sender_x = lead;
      p->sender_y = y;
      p->sender_width = MAX (width - lead - SIDE, 1);
      p->sender_height = get_height (GTK_WIDGET (self->sender_label), p->sender_width);
      y += p->sender_height + 2;
    }
  if (gtk_widget_get_visible (self->reply_button))
    get_size (self->reply_button, &p->reply_width, &p->reply_height);
  available = self->own ? width - 2 * SIDE - MAX (INDENT, p->reply_width + 4) : width - lead - SIDE - MAX (INDENT, p->reply_width + 4);
  gtk_widget_measure (self->bubble, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  p->bubble_width = MAX (MIN (natural, available), minimum);
  p->bubble_height = get_height (self->bubble, p->bubble_width);
  p->bubble_x = self->own ? width - SIDE - p->bubble_width : lead;
  p->bubble_y = y;
  p->reply_x = self->own ? p->bubble_x - 4 - p->reply_width : p->bubble_x + p->bubble_width + 4;
  p->reply_y = p->bubble_y + MAX (0, MIN (p->bubble_height, 64) - p->reply_height) / 2;
  y += MAX (p->bubble_height, p->reply_height);
  if (!self->own && !self->continued)
    y = MAX (y, p->avatar_y + adw_avatar_get_size (self->avatar));
  if (gtk_widget_get_visible (self->state_box))
    {
      gtk_widget_measure (self->state_box, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
      p->state_width = MAX (MIN (natural, width - 2 * SIDE - 4), minimum);
      p->state_x = width - SIDE - 4 - p->state_width;
      p->state_y = y + 2;
      p->state_height = get_height (self->state_box, p->state_width);
      y = p->state_y + p->state_height;
    }
  p->height = y + BELOW;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  Places places;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 200;
      *natural = 400;
      return;
    }
  find_places (RT_MESSAGE_ROW (widget), for_size < 0 ? 400 : MAX (for_size, 200), &places);
  *minimum = *natural = places.height;
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
place (GtkWidget *child, int row_width, int x, int y, int width, int height)
{
  graphene_point_t at;

  if (!gtk_widget_get_visible (child))
    return;
  if (gtk_widget_get_direction (child) == GTK_TEXT_DIR_RTL)
    x = row_width - x - width;
  at = GRAPHENE_POINT_INIT (x, y);
  gtk_widget_allocate (child, width, height, -1, gsk_transform_translate (NULL, &at));
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  RtMessageRow *self = RT_MESSAGE_ROW (widget);
  int avatar = adw_avatar_get_size (self->avatar);
  Places p;

  find_places (self, width, &p);
  place (GTK_WIDGET (self->day_label), width, 0, p.day_y, width, p.day_height);
  place (GTK_WIDGET (self->avatar), width, SIDE, p.avatar_y, avatar, avatar);
  place (GTK_WIDGET (self->sender_label), width, p.sender_x, p.sender_y, p.sender_width, p.sender_height);
  place (self->bubble, width, p.bubble_x, p.bubble_y, p.bubble_width, p.bubble_height);
  place (self->reply_button, width, p.reply_x, p.reply_y, p.reply_width, p.reply_height);
  place (self->state_box, width, p.state_x, p.state_y, p.state_width, p.state_height);
  if (self->popover != NULL)
    gtk_popover_present (GTK_POPOVER (self->popover));
}

static void
set_css_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static gboolean
can_reply (RtMessageItem *item)
{
  /* to oneself nobody writes; an own private one leads to who got it */
  return !rt_message_item_get_own (item) || (rt_message_item_get_private (item) && rt_message_item_get_recipient (item) != NULL);
}

static gboolean
is_unfolded (RtMessageItem *item)
{
  return g_object_get_data (G_OBJECT (item), UNFOLDED) != NULL;
}

static void
show_text (RtMessageRow *self)
{
  const char *text = rt_message_item_get_text (self->item);
  gsize shown = rt_text_fold (text);
  gboolean unfolded = is_unfolded (self->item);
  gboolean truncated = FALSE;

  g_object_get (self->item, "truncated", &truncated, NULL);
  rt_message_body_set_text (self->body, text, shown > 0 && !unfolded ? (gssize) shown : -1, (shown > 0 && !unfolded) || truncated);
  gtk_widget_set_visible (GTK_WIDGET (self->more_button), shown > 0);
  if (shown > 0)
    gtk_button_set_label (self->more_button, unfolded ? _("Show less") : _("Show more"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.more", shown > 0);
}

static void
show_tag (RtMessageRow *self)
{
  g_autofree char *secret = rt_format_private (self->item);
  gboolean values = rt_message_item_get_kind (self->item) == RT_MESSAGE_VALUES;
  g_autofree char *both = NULL;

  gtk_widget_set_visible (self->tag_box, secret != NULL || values);
  if (secret != NULL && values)
    /* Translators: over a message of values that only one person got; %s is "Private" or "Private to …" */
    both = g_strdup_printf (_("%s – values"), secret);
  if (secret != NULL || values)
    {
      /* Translators: over a message that is no text but what a program sent: a list of numbers, bytes and the like */
      gtk_label_set_label (self->tag_label, both != NULL ? both : secret != NULL ? secret : _("Values"));
      gtk_image_set_from_icon_name (self->tag_image, secret != NULL ? "channel-secure-symbolic" : "view-list-symbolic");
    }
  set_css_class (self->bubble, "private", secret != NULL);
  set_css_class (GTK_WIDGET (self->body), "values", values);
}

static void
show_state (RtMessageRow *self)
{
  RtDelivery delivery = rt_message_item_get_delivery (self->item);
  g_autofree char *words = rt_format_delivery (self->item);
  gboolean failed = words != NULL && rt_delivery_failed (delivery);

  gtk_widget_set_visible (self->state_box, words != NULL);
  if (words != NULL)
    {
      gtk_label_set_label (self->state_label, words);
      gtk_image_set_from_icon_name (self->state_image, rt_delivery_icon (delivery));
      gtk_widget_set_visible (self->retry_button, failed);
      set_css_class (self->state_box, "failed", failed);
    }
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.retry", failed);
}

void
rt_message_row_bind (RtMessageRow *self, RtMessageItem *item, RtMessageItem *previous)
{
  gboolean new_day;
  gint64 time;
  g_autofree char *clock = NULL, *spoken = NULL;

  g_return_if_fail (RT_IS_MESSAGE_ROW (self));
  g_return_if_fail (RT_IS_MESSAGE_ITEM (item));

  if (self->item != item && self->popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->popover));
  g_set_object (&self->item, item);
  self->own = rt_message_item_get_own (item);
  self->continued = rt_is_continued (item, previous);
  time = rt_message_item_get_time (item);
  new_day = previous == NULL || !rt_is_same_day (time, rt_message_item_get_time (previous));
  gtk_widget_set_visible (GTK_WIDGET (self->day_label), new_day);
  if (new_day)
    {
      g_autofree char *day = rt_format_day (time, g_get_real_time ());

      gtk_label_set_label (self->day_label, day);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->avatar), !self->own && !self->continued);
  gtk_widget_set_visible (GTK_WIDGET (self->sender_label), !self->own && !self->continued);
  if (!self->own && !self->continued)
    {
      gtk_label_set_label (self->sender_label, rt_message_item_get_sender_name (item));
      adw_avatar_set_text (self->avatar, rt_message_item_get_sender (item));
    }
  set_css_class (GTK_WIDGET (self), "own", self->own);
  set_css_class (GTK_WIDGET (self), "continued", self->continued);
  clock = rt_format_time (time);
  rt_message_body_set_stamp (self->body, clock);
  show_text (self);
  show_tag (self);
  show_state (self);
  gtk_widget_set_visible (self->reply_button, can_reply (item));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.reply", can_reply (item));
  spoken = rt_format_spoken (item);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
reply_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtMessageRow *self = RT_MESSAGE_ROW (widget);

  if (self->item != NULL)
    g_signal_emit (self, signals[REPLY], 0, self->item);
}

static void
retry_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtMessageRow *self = RT_MESSAGE_ROW (widget);

  if (self->item != NULL)
    g_signal_emit (self, signals[RETRY], 0, self->item);
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtMessageRow *self = RT_MESSAGE_ROW (widget);

  if (self->item != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), rt_message_item_get_text (self->item));
}

static void
more_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtMessageRow *self = RT_MESSAGE_ROW (widget);
  GtkWidget *timeline = gtk_widget_get_ancestor (widget, RT_TYPE_TIMELINE);

  if (self->item == NULL)
    return;
  g_object_set_data (G_OBJECT (self->item), UNFOLDED, is_unfolded (self->item) ? NULL : GINT_TO_POINTER (1));
  if (timeline != NULL)
    rt_timeline_keep_row (RT_TIMELINE (timeline), widget);
  show_text (self);
}

static void
popover_closed_cb (RtMessageRow *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
show_menu (RtMessageRow *self, double x, double y)
{
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

  if (self->item != NULL && gtk_widget_compute_bounds (self->bubble, widget, &bounds))
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
  if (!gtk_widget_has_focus (GTK_WIDGET (self)))
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
add_gestures (RtMessageRow *self)
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

static void
dispose (GObject *object)
{
  RtMessageRow *self = RT_MESSAGE_ROW (object);
  GtkWidget *child;

  g_clear_pointer (&self->popover, gtk_widget_unparent);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (rt_message_row_parent_class)->dispose (object);
}

static void
rt_message_row_class_init (RtMessageRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dispose;
  widget_class->measure = measure;
  widget_class->get_request_mode = get_request_mode;
  widget_class->size_allocate = size_allocate;

  signals[REPLY] = g_signal_new ("reply", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, RT_TYPE_MESSAGE_ITEM);
  signals[RETRY] = g_signal_new ("retry", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, RT_TYPE_MESSAGE_ITEM);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-message-row.ui");
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, day_label);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, sender_label);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, bubble);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, tag_box);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, tag_image);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, tag_label);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, body);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, more_button);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, reply_button);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, state_box);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, state_image);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, state_label);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, retry_button);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, menu);

  gtk_widget_class_install_action (widget_class, "message.reply", NULL, reply_action);
  gtk_widget_class_install_action (widget_class, "message.retry", NULL, retry_action);
  gtk_widget_class_install_action (widget_class, "message.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "message.more", NULL, more_action);
  gtk_widget_class_install_action (widget_class, "message.menu", NULL, menu_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "message.copy", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "message.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "message.menu", NULL);

  gtk_widget_class_set_css_name (widget_class, "message");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  g_type_ensure (RT_TYPE_MESSAGE_BODY);
}

static void
rt_message_row_init (RtMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_gestures (self);
}

GtkWidget *
rt_message_row_new (void)
{
  return g_object_new (RT_TYPE_MESSAGE_ROW, NULL);
}

RtMessageItem *
rt_message_row_get_item (RtMessageRow *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ROW (self), NULL);

  return self->item;
}
