/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "model/rt-timer.h"
#include "rt-day-field.h"

/* Who has not written a day by then may have ended. */
#define WAIT_MILLISECONDS 1500u

struct _RtDayField {
  GtkBox       parent_instance;

  GtkLabel    *title;
  GtkEntry    *entry;
  GtkWidget   *button;
  GtkCalendar *calendar;
  guint        timer;
  gboolean     showing;         /* the calendar shows what is written */
  gboolean     is_wrong;        /* and it was said */
};

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RtDayField, rt_day_field, GTK_TYPE_BOX)

static RtDayState
read_day (RtDayField *self, GDate *day)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));

  if (*text == '\0')
    return RT_DAY_NONE;
  return rt_day_parse (text, day) ? RT_DAY_GOOD : RT_DAY_WRONG;
}

static void
tell (RtDayField *self)
{
  GDate day;

  rt_timer_clear (&self->timer);
  self->is_wrong = read_day (self, &day) == RT_DAY_WRONG;
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
waited_cb (gpointer data)
{
  RtDayField *self = data;

  self->timer = 0;
  tell (self);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (RtDayField *self)
{
  GDate day;

  rt_timer_clear (&self->timer);
  if (read_day (self, &day) == RT_DAY_WRONG)
    self->timer = rt_timer_add (WAIT_MILLISECONDS, "[roundtable] day written", waited_cb, self);
  else
    tell (self);
}

/* Who goes on, or presses Return, has ended. */
static void
ended_cb (RtDayField *self)
{
  if (self->timer != 0)
    tell (self);
}

static void
day_selected_cb (RtDayField *self)
{
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *text = NULL;

  if (self->showing)
    return;
  date = gtk_calendar_get_date (self->calendar);
  text = g_date_time_format (date, "%Y-%m-%d");
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
}

static void
popover_shown_cb (RtDayField *self)
{
  g_autoptr (GDateTime) date = NULL;
  GDate day;

  if (read_day (self, &day) != RT_DAY_GOOD)
    rt_day_set_time (&day, g_get_real_time ());
  date = g_date_time_new_local (g_date_get_year (&day), (int) g_date_get_month (&day), g_date_get_day (&day), 12, 0, 0);
  self->showing = TRUE;
  if (date != NULL)
    gtk_calendar_select_day (self->calendar, date);
  self->showing = FALSE;
}

/* The arrows go from day to day, and each of them is written; what was shown first is taken by Return, too. */
static gboolean
calendar_key_cb (RtDayField *self, guint keyval)
{
  if (keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter && keyval != GDK_KEY_ISO_Enter)
    return GDK_EVENT_PROPAGATE;
  day_selected_cb (self);
  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->button));
  return GDK_EVENT_STOP;
}

static void
rt_day_field_dispose (GObject *object)
{
  RtDayField *self = RT_DAY_FIELD (object);

  rt_timer_clear (&self->timer);
  G_OBJECT_CLASS (rt_day_field_parent_class)->dispose (object);
}

static void
rt_day_field_class_init (RtDayFieldClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rt_day_field_dispose;
  signals[CHANGED] = g_signal_new ("changed", RT_TYPE_DAY_FIELD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "dayfield");
}

static GtkWidget *
make_popover (RtDayField *self)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->calendar = GTK_CALENDAR (gtk_calendar_new ());
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (calendar_key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->calendar), keys);
  g_signal_connect_swapped (self->calendar, "day-selected", G_CALLBACK (day_selected_cb), self);
  g_signal_connect_swapped (popover, "show", G_CALLBACK (popover_shown_cb), self);
  gtk_popover_set_child (GTK_POPOVER (popover), GTK_WIDGET (self->calendar));
  return popover;
}

static void
rt_day_field_init (RtDayField *self)
{
  GtkWidget *together = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->title = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->title, 0);
  self->entry = GTK_ENTRY (gtk_entry_new ());
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 10);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), 10);
  gtk_entry_set_max_length (self->entry, 64);
  /* Translators: how a day is written in numbers: the year, the month, the day */
  gtk_entry_set_placeholder_text (self->entry, _("YYYY-MM-DD"));
  gtk_widget_set_hexpand (GTK_WIDGET (self->entry), TRUE);
  gtk_label_set_mnemonic_widget (self->title, GTK_WIDGET (self->entry));
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (ended_cb), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (ended_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), focus);
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->button), "x-office-calendar-symbolic");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), make_popover (self));
  gtk_widget_add_css_class (together, "linked");
  gtk_box_append (GTK_BOX (together), GTK_WIDGET (self->entry));
  gtk_box_append (GTK_BOX (together), self->button);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (self), together);
}

void
rt_day_field_set_names (RtDayField *self, const char *title, const char *name, const char *choose)
{
  g_return_if_fail (RT_IS_DAY_FIELD (self));

  gtk_label_set_text_with_mnemonic (self->title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, choose, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->calendar), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_tooltip_text (self->button, choose);
}

RtDayState
rt_day_field_get (RtDayField *self, GDate *day)
{
  RtDayState state;

  g_return_val_if_fail (RT_IS_DAY_FIELD (self), RT_DAY_NONE);

  state = read_day (self, day);
  /* somebody is writing it */
  return state == RT_DAY_WRONG && !self->is_wrong ? RT_DAY_NONE : state;
}

const char *
rt_day_field_get_text (RtDayField *self)
{
  g_return_val_if_fail (RT_IS_DAY_FIELD (self), NULL);
  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

void
rt_day_field_set_wrong (RtDayField *self, gboolean wrong, GtkWidget *why)
{
  g_return_if_fail (RT_IS_DAY_FIELD (self));

  if (wrong)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID, wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, why, NULL, -1);
}

void
rt_day_field_align (RtDayField *self, GtkSizeGroup *titles)
{
  g_return_if_fail (RT_IS_DAY_FIELD (self));

  gtk_size_group_add_widget (titles, GTK_WIDGET (self->title));
}

GtkWidget *
rt_day_field_get_entry (RtDayField *self)
{
  g_return_val_if_fail (RT_IS_DAY_FIELD (self), NULL);
  return GTK_WIDGET (self->entry);
}
