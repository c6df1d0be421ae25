/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-name-group.h"
#include "rt-preferences-window.h"

struct _RtPreferencesWindow
{
  AdwPreferencesWindow parent_instance;

  RtSettings   *settings;
  RtBackground *background;     /* nullable */
  gboolean      updating;

  GtkWidget    *forgetful_group;
  RtNameGroup  *name_group;
  AdwComboRow  *colours_row;
  AdwComboRow  *send_key_row;
  GtkSwitch    *notifications_switch;
  GtkSwitch    *notification_text_switch;
  GtkSwitch    *background_switch;
  GtkSwitch    *login_switch;
  GtkWidget    *trouble_row;
  GtkLabel     *trouble_label;
  GtkSwitch    *receipts_switch;
  GtkSwitch    *catch_up_switch;
  GtkSwitch    *nearby_switch;
  AdwComboRow  *pictures_row;
  AdwComboRow  *keep_row;
};

G_DEFINE_FINAL_TYPE (RtPreferencesWindow, rt_preferences_window, ADW_TYPE_PREFERENCES_WINDOW)

/* The rows stand in the order of the values. */
static void
update_choices (RtPreferencesWindow *self)
{
  self->updating = TRUE;
  adw_combo_row_set_selected (self->colours_row, rt_settings_get_colours (self->settings));
  adw_combo_row_set_selected (self->send_key_row, rt_settings_get_send_key (self->settings));
  adw_combo_row_set_selected (self->pictures_row, rt_settings_get_show_pictures (self->settings));
  adw_combo_row_set_selected (self->keep_row, rt_settings_get_keep_history (self->settings));
  self->updating = FALSE;
}

static void
update_trouble (RtPreferencesWindow *self)
{
  const char *trouble = rt_background_get_trouble (self->background);

  gtk_label_set_text (self->trouble_label, trouble != NULL ? trouble : "");
  gtk_widget_set_visible (self->trouble_row, trouble != NULL);
}

static void
chosen_cb (RtPreferencesWindow *self)
{
  if (self->updating || self->settings == NULL)
    return;
  g_object_set (self->settings, "colours", adw_combo_row_get_selected (self->colours_row), "send-key", adw_combo_row_get_selected (self->send_key_row),
                "show-pictures", adw_combo_row_get_selected (self->pictures_row), NULL);
}

/* ---- what is kept ---- */

static void
answered_cb (RtPreferencesWindow *self, const char *response, AdwMessageDialog *dialog)
{
  if (g_strcmp0 (response, "remove") == 0)
    g_object_set (self->settings, "keep-history", GPOINTER_TO_INT (g_object_get_data (G_OBJECT (dialog), "rt-keep")), NULL);
  update_choices (self);
}

static void
ask_before_removing (RtPreferencesWindow *self, RtKeep keep)
{
  guint days = rt_keep_get_days (keep);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (self), _("Remove older messages?"), NULL));

  adw_message_dialog_format_body (dialog, ngettext ("Messages of all networks that are older than %u day are erased from this computer, now and from now on. Others keep theirs.\n\nThis cannot be undone.",
                                                    "Messages of all networks that are older than %u days are erased from this computer, now and from now on. Others keep theirs.\n\nThis cannot be undone.", days), days);
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "remove", _("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_object_set_data (G_OBJECT (dialog), "rt-keep", GINT_TO_POINTER (keep));
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
keep_chosen_cb (RtPreferencesWindow *self)
{
  RtKeep keep = (RtKeep) adw_combo_row_get_selected (self->keep_row), before;

  if (self->updating || self->settings == NULL)
    return;
  before = rt_settings_get_keep_history (self->settings);
  if (keep == before)
    return;
  /* what is kept for longer is lost to nobody */
  if (rt_keep_get_days (keep) == 0 || (rt_keep_get_days (before) > 0 && rt_keep_get_days (keep) > rt_keep_get_days (before)))
    g_object_set (self->settings, "keep-history", keep, NULL);
  else
    ask_before_removing (self, keep);
}

static void
rt_preferences_window_dispose (GObject *object)
{
  RtPreferencesWindow *self = RT_PREFERENCES_WINDOW (object);

  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  if (self->background != NULL)
    g_signal_handlers_disconnect_by_data (self->background, self);
  g_clear_object (&self->settings);
  g_clear_object (&self->background);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_PREFERENCES_WINDOW);
  G_OBJECT_CLASS (rt_preferences_window_parent_class)->dispose (object);
}

static void
rt_preferences_window_class_init (RtPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_preferences_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, RtPreferencesWindow, forgetful_group);
  gtk_widget_class_bind_template_child (widget_class, RtPreferencesWindow, name_group);
  gtk_widget_class_bind_template_child (widget_class, RtPreferencesWindow, colours_row);
  gtk_widget_class_bind_template_child (widget_class, RtPreferencesWindow, send_key_row);
  gtk_widget_class_bind_template_child (widget_class, RtPreferencesWindow, notifications_switch);
  gtk_widget_class_bind_template_child (widget_class, RtPreferencesWindow, notification_text_switch);
  gtk_widget_class_bind_template_child (widget_class, RtPreferencesWindow, background_switch);
  gtk_widget_class_bind_template_child (widget_class, RtPreferencesWindow, login_switch);
  gtk_widget_class_bind_template_child (widget_class, RtPreferencesWindow, trouble_row);
  gtk_widget_class_bind_template_child (widget_class, RtPreferencesWindow, trouble_label);
  gtk_widget_class_bind_template_child (widget_class, RtPreferencesWindow, receipts_switch);
  gtk_widget_class_bind_template_child (widget_class, RtPreferencesWindow, catch_up_switch);
  gtk_widget_class_bind_template_child (widget_class, RtPreferencesWindow, nearby_switch);
  gtk_widget_class_bind_template_child (widget_class, RtPreferencesWindow, pictures_row);
  gtk_widget_class_bind_template_child (widget_class, RtPreferencesWindow, keep_row);
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, keep_chosen_cb);
  g_type_ensure (RT_TYPE_NAME_GROUP);
}

static void
rt_preferences_window_init (RtPreferencesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
rt_preferences_window_new (GtkWindow *parent, RtNetworks *networks, RtSettings *settings, RtBackground *background)
{
  RtPreferencesWindow *self = g_object_new (RT_TYPE_PREFERENCES_WINDOW, "transient-for", parent, NULL);
  const struct {
    const char *property;
    GtkSwitch  *widget;
  } switches[] = {
    { "notifications", self->notifications_switch }, { "notification-text", self->notification_text_switch }, { "run-in-background", self->background_switch },
    { "start-at-login", self->login_switch }, { "send-receipts", self->receipts_switch }, { "catch-up", self->catch_up_switch }, { "find-nearby", self->nearby_switch },
  };

  self->settings = g_object_ref (settings);
  rt_name_group_set_networks (self->name_group, networks);
  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    g_object_bind_property (settings, switches[i].property, switches[i].widget, "active", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_signal_connect_swapped (settings, "notify", G_CALLBACK (update_choices), self);
  update_choices (self);
  gtk_widget_set_visible (self->forgetful_group, !rt_settings_is_remembered (settings));
  if (background != NULL)
    {
      self->background = g_object_ref (background);
      g_signal_connect_swapped (background, "notify::trouble", G_CALLBACK (update_trouble), self);
      update_trouble (self);
    }
  return GTK_WIDGET (self);
}
