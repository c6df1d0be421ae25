/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "../rt-focus.h"
#include "rt-message-row-private.h"

/* Own layout rather than nested boxes: a box asks its children again and again at widths that they never get. */

#define SIDE 12                 /* px at either side of the row */
#define AVATAR_GAP 8
#define INDENT 32               /* the least that a bubble keeps from the other side */
#define NEW_SENDER 8            /* px above the first message of a sender */
#define SAME_SENDER 1
#define BELOW 3                 /* px under every message: the outline of the focus needs them */
#define DAY_SPACE 14
#define TRUST_ICON 12
#define TRUST_GAP 4             /* on either side of its icon */

/* Where the parts are in a row of some width; x counts from the start. */
typedef struct {
  int day_y, day_height;
  int avatar_y;
  int sender_x, sender_y, sender_width, sender_height;
  int icon_x, icon_y, trust_x, trust_width;
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

/* A name may be long: what is to be known of its owner has its place all the same. */
static void
find_trust (RtMessageRow *self, int available, Places *p)
{
  int name, word, icon = 2 * TRUST_GAP + TRUST_ICON;

  gtk_widget_measure (GTK_WIDGET (self->sender_label), GTK_ORIENTATION_HORIZONTAL, -1, NULL, &name, NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (self->trust_label), GTK_ORIENTATION_HORIZONTAL, -1, NULL, &word, NULL, NULL);
  p->sender_width = MIN (name, MAX (available - icon - word, available / 3));
  p->icon_x = p->sender_x + p->sender_width + TRUST_GAP;
  p->trust_x = p->icon_x + TRUST_ICON + TRUST_GAP;
  p->trust_width = MIN (word, MAX (available - icon - p->sender_width, 1));
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
      find_trust (self, MAX (width - lead - SIDE, 1), p);
      p->sender_height = get_height (GTK_WIDGET (self->sender_label), p->sender_width);
      p->icon_y = y + MAX (0, p->sender_height - TRUST_ICON) / 2;
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
  place (GTK_WIDGET (self->trust_image), width, p.icon_x, p.icon_y, TRUST_ICON, TRUST_ICON);
  place (GTK_WIDGET (self->trust_label), width, p.trust_x, p.sender_y, p.trust_width, p.sender_height);
  place (self->bubble, width, p.bubble_x, p.bubble_y, p.bubble_width, p.bubble_height);
  place (self->reply_button, width, p.reply_x, p.reply_y, p.reply_width, p.reply_height);
  place (self->state_box, width, p.state_x, p.state_y, p.state_width, p.state_height);
  if (self->popover != NULL)
    gtk_popover_present (GTK_POPOVER (self->popover));
}

/* The row first, then its parts in their order: by their places, as GTK goes, the button beside a text of one line comes before it. */
static gboolean
focus (GtkWidget *widget, GtkDirectionType direction)
{
  gboolean forward = direction == GTK_DIR_TAB_FORWARD;

  if (gtk_widget_is_focus (widget))
    return forward && rt_focus_children (widget, direction);
  if (forward && gtk_widget_get_focus_child (widget) == NULL)
    return gtk_widget_grab_focus (widget);
  if (rt_focus_children (widget, direction))
    return TRUE;
  return direction == GTK_DIR_TAB_BACKWARD && gtk_widget_grab_focus (widget);
}

void
rt_message_row_init_places (GtkWidgetClass *widget_class)
{
  widget_class->measure = measure;
  widget_class->get_request_mode = get_request_mode;
  widget_class->size_allocate = size_allocate;
  widget_class->focus = focus;
}
