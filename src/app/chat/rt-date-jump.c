/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-date-jump.h"

struct _RtDateJump {
  GtkPopover   parent_instance;

  GtkCalendar *calendar;
};

enum { CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RtDateJump, rt_date_jump, GTK_TYPE_POPOVER)

static void
choose (RtDateJump *self, GDateTime *date)
{
  g_autoptr (GDateTime) midnight = g_date_time_new_local (g_date_time_get_year (date), g_date_time_get_month (date),
                                                          g_date_time_get_day_of_month (date), 0, 0, 0);

  gtk_popover_popdown (GTK_POPOVER (self));
  if (midnight != NULL)
    g_signal_emit (self, signals[CHOSEN], 0, (gint64) (g_date_time_to_unix (midnight) * G_USEC_PER_SEC));
}

static void
go_cb (RtDateJump *self)
{
  g_autoptr (GDateTime) date = gtk_calendar_get_date (self->calendar);

  choose (self, date);
}

static void
today_cb (RtDateJump *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  choose (self, now);
}

/* The arrows go from day to day, and each of them selects; what is meant is said by Return. */
static gboolean
key_pressed_cb (RtDateJump *self, guint keyval)
{
  if (keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter && keyval != GDK_KEY_ISO_Enter)
    return GDK_EVENT_PROPAGATE;
  go_cb (self);
  return GDK_EVENT_STOP;
}

static void
rt_date_jump_class_init (RtDateJumpClass *klass)
{
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
rt_date_jump_init (RtDateJump *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *today = gtk_button_new_with_mnemonic (_("_Today")), *go = gtk_button_new_with_mnemonic (_("_Go"));
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->calendar = GTK_CALENDAR (gtk_calendar_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->calendar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Date to go to"), -1);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->calendar), keys);
  g_signal_connect_swapped (today, "clicked", G_CALLBACK (today_cb), self);
  g_signal_connect_swapped (go, "clicked", G_CALLBACK (go_cb), self);
  gtk_widget_add_css_class (go, "suggested-action");
  gtk_widget_set_hexpand (today, TRUE);
  gtk_widget_set_hexpand (go, TRUE);
  gtk_box_append (GTK_BOX (buttons), today);
  gtk_box_append (GTK_BOX (buttons), go);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->calendar));
  gtk_box_append (GTK_BOX (box), buttons);
  gtk_popover_set_child (GTK_POPOVER (self), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Go to a date"), -1);
}

GtkWidget *
rt_date_jump_new (void)
{
  return g_object_new (RT_TYPE_DATE_JUMP, NULL);
}

void
rt_date_jump_set_time (RtDateJump *self, gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (time / G_USEC_PER_SEC);

  g_return_if_fail (RT_IS_DATE_JUMP (self));

  if (date != NULL)
    gtk_calendar_select_day (self->calendar, date);
}
