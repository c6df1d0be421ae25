/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "rt-application-private.h"

/* How long the networks may take to end in order before the program ends without them. */
#define QUIT_DEADLINE_SECONDS 10
/* Who starts the program by its name on the bus says what for at once: one that nobody asked for anything, and that is not to run in the background, ends again. */
#define SERVICE_SECONDS 30

#define TOLD_ID "background"

G_DEFINE_FINAL_TYPE (RtApplication, rt_application, ADW_TYPE_APPLICATION)

enum { PROP_0, PROP_NETWORKS, N_PROPS };
static GParamSpec *properties[N_PROPS];

char *
rt_application_dup_folder (void)
{
  const char *folder = g_getenv ("ROUNDTABLE_DATA_DIR");

  if (folder != NULL && *folder != '\0')
    return g_canonicalize_filename (folder, NULL);
  return g_build_filename (g_get_user_data_dir (), "roundtable", NULL);
}

RtWindow *
rt_application_get_window (RtApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    {
      if (RT_IS_WINDOW (l->data))
        return l->data;
    }
  return NULL;
}

static void
networks_loaded_cb (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (RtApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  if (RT_NETWORKS (object) != self->networks)
    return;
  g_clear_pointer (&self->load_error, g_free);
  /* Whoever quits at once cuts the loading short: that is no failure. */
  if (!rt_networks_load_finish (RT_NETWORKS (object), result, &error) && !self->quitting)
    {
      g_warning ("The networks could not be read: %s", error->message);
      self->load_error = g_strdup (error->message);
    }
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (RT_IS_WINDOW (l->data))
      rt_window_set_load_error (l->data, self->load_error);
  rt_application_answer (self);
}

/* Whose keyring: that of a session. Who wants none says so. */
static gboolean
uses_keyring (RtApplication *self)
{
  return g_application_get_dbus_connection (G_APPLICATION (self)) != NULL && g_strcmp0 (g_getenv ("ROUNDTABLE_KEYRING"), "no") != 0;
}

void
rt_application_make_networks (RtApplication *self)
{
  g_autofree char *folder = rt_application_dup_folder ();

  g_clear_object (&self->notifier);
  g_clear_object (&self->nearby);
  g_clear_object (&self->networks);
  self->networks = rt_networks_new (folder);
  rt_networks_set_settings (self->networks, self->settings);
  rt_networks_set_keyring (self->networks, uses_keyring (self));
  self->notifier = rt_notifier_new (G_APPLICATION (self), self->networks, self->settings);
  self->nearby = rt_nearby_new (self->networks, self->settings);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORKS]);
  rt_networks_load_async (self->networks, NULL, networks_loaded_cb, g_object_ref (self));
}

static void
networks_shut_down_cb (GObject      *object,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  g_autoptr (RtApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!rt_networks_shutdown_finish (RT_NETWORKS (object), result, &error))
    g_warning ("Not everything was written: %s", error->message);
  g_clear_handle_id (&self->deadline_id, g_source_remove);
  g_application_quit (G_APPLICATION (self));
}

static gboolean
quit_deadline_cb (gpointer user_data)
{
  RtApplication *self = user_data;

  g_warning ("The networks did not end within %d seconds", QUIT_DEADLINE_SECONDS);
  self->deadline_id = 0;
  g_application_quit (G_APPLICATION (self));
  return G_SOURCE_REMOVE;
}

/* The windows go at once; the program follows when everything is written. */
void
rt_application_begin_quit (RtApplication *self)
{
  GList *windows;

  if (self->quitting)
    return;
  self->quitting = TRUE;

  while ((windows = gtk_application_get_windows (GTK_APPLICATION (self))) != NULL)
    gtk_window_destroy (windows->data);

  self->deadline_id = g_timeout_add_seconds (QUIT_DEADLINE_SECONDS, quit_deadline_cb, self);
  g_source_set_name_by_id (self->deadline_id, "[roundtable] quit deadline");
  rt_networks_shutdown_async (self->networks, networks_shut_down_cb, g_object_ref (self));
}

/* Asked a second time, somebody does not want to wait. */
static gboolean
signal_cb (gpointer user_data)
{
  RtApplication *self = user_data;

  if (self->quitting)
    g_application_quit (G_APPLICATION (self));
  else
    rt_application_begin_quit (self);
  return G_SOURCE_CONTINUE;
}

/* ---- without a window ---- */

/* Without a bus nobody could reach it any more, and a second start would be a second node. */
static gboolean
runs_in_background (RtApplication *self)
{
  return g_application_get_dbus_connection (G_APPLICATION (self)) != NULL && rt_settings_get_flag (self->settings, "run-in-background");
}

/* Once in a life: somebody who closed a window may think that it is over. */
static void
tell_of_background (RtApplication *self)
{
  g_autoptr (GNotification) notification = NULL;

  if (rt_settings_get_flag (self->settings, "background-told") || g_application_get_dbus_connection (G_APPLICATION (self)) == NULL)
    return;
  notification = g_notification_new (_("Roundtable keeps running"));
  g_notification_set_body (notification, _("Messages come also while its window is closed. “Quit” in the main menu ends it."));
  g_notification_add_button (notification, _("Quit now"), "app.quit");
  g_application_send_notification (G_APPLICATION (self), TOLD_ID, notification);
  g_object_set (self->settings, "background-told", TRUE, NULL);
}

static void
enter_background (RtApplication *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->networks));
  g_autofree char *words = NULL;

  /* Translators: what a desktop shows of a program that runs without a window */
  words = g_strdup_printf (ngettext ("Waits for messages in %u network", "Waits for messages in %u networks", n), n);
  rt_background_set_status (self->background, words);
  tell_of_background (self);
}

static void
background_changed_cb (RtApplication *self)
{
  /* nobody sees it any more */
  if (!runs_in_background (self) && rt_application_get_window (self) == NULL && self->service_id == 0)
    rt_application_begin_quit (self);
}

static gboolean
service_cb (gpointer user_data)
{
  RtApplication *self = user_data;

  self->service_id = 0;
  if (rt_application_get_window (self) == NULL && !runs_in_background (self))
    rt_application_begin_quit (self);
  return G_SOURCE_REMOVE;
}

/* ---- from start to end ---- */

static void
update_colours (RtApplication *self)
{
  static const AdwColorScheme schemes[] = {
    [RT_COLOURS_SYSTEM] = ADW_COLOR_SCHEME_DEFAULT, [RT_COLOURS_LIGHT] = ADW_COLOR_SCHEME_FORCE_LIGHT, [RT_COLOURS_DARK] = ADW_COLOR_SCHEME_FORCE_DARK,
  };

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[rt_settings_get_colours (self->settings)]);
}

static void
rt_application_startup (GApplication *app)
{
  RtApplication *self = RT_APPLICATION (app);

  G_APPLICATION_CLASS (rt_application_parent_class)->startup (app);

  gtk_window_set_default_icon_name (APP_ID);
  rt_application_add_actions (self);
  self->settings = rt_settings_new ();
  g_signal_connect_swapped (self->settings, "notify::colours", G_CALLBACK (update_colours), self);
  g_signal_connect_swapped (self->settings, "notify::run-in-background", G_CALLBACK (background_changed_cb), self);
  update_colours (self);
  self->background = rt_background_new (self->settings, g_application_get_dbus_connection (app), rt_is_sandboxed ());

  self->signal_ids[0] = g_unix_signal_add (SIGTERM, signal_cb, self);
  self->signal_ids[1] = g_unix_signal_add (SIGINT, signal_cb, self);

  /* Held until the networks have ended, which is after the last window. */
  g_application_hold (app);
  if (g_application_get_flags (app) & G_APPLICATION_IS_SERVICE)
    {
      self->service_id = g_timeout_add_seconds (SERVICE_SECONDS, service_cb, self);
      g_source_set_name_by_id (self->service_id, "[roundtable] nobody asks for anything");
    }
  rt_application_make_networks (self);
}

RtWindow *
rt_application_add_window (RtApplication *self)
{
  RtWindow *window;

  if (self->quitting)
    return NULL;
  window = rt_window_new (self, self->networks);
  rt_window_set_load_error (window, self->load_error);
  g_application_withdraw_notification (G_APPLICATION (self), TOLD_ID);
  return window;
}

static void
rt_application_activate (GApplication *app)
{
  RtApplication *self = RT_APPLICATION (app);
  RtWindow *window = rt_application_get_window (self);

  if (window == NULL)
    window = rt_application_add_window (self);
  if (window != NULL)
    gtk_window_present (GTK_WINDOW (window));
}

static void
rt_application_window_removed (GtkApplication *app,
                               GtkWindow      *window)
{
  RtApplication *self = RT_APPLICATION (app);

  GTK_APPLICATION_CLASS (rt_application_parent_class)->window_removed (app, window);

  if (!RT_IS_WINDOW (window) || rt_application_get_window (self) != NULL || self->quitting)
    return;
  if (runs_in_background (self))
    enter_background (self);
  else
    rt_application_begin_quit (self);
}

static void
rt_application_shutdown (GApplication *app)
{
  RtApplication *self = RT_APPLICATION (app);

  for (guint i = 0; i < G_N_ELEMENTS (self->signal_ids); i++)
    g_clear_handle_id (&self->signal_ids[i], g_source_remove);
  g_clear_handle_id (&self->deadline_id, g_source_remove);
  g_clear_handle_id (&self->service_id, g_source_remove);
  rt_application_forget_asked (self);
  g_clear_object (&self->notifier);
  g_clear_object (&self->nearby);
  g_clear_object (&self->background);
  g_clear_object (&self->networks);
  if (self->settings != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->settings, self);
      /* what was changed in the last moment, too */
      g_settings_sync ();
    }
  g_clear_object (&self->settings);

  G_APPLICATION_CLASS (rt_application_parent_class)->shutdown (app);
}

static void
rt_application_finalize (GObject *object)
{
  RtApplication *self = RT_APPLICATION (object);

  g_free (self->load_error);
  rt_application_forget_asked (self);
  G_OBJECT_CLASS (rt_application_parent_class)->finalize (object);
}

static void
rt_application_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORKS:
      g_value_set_object (value, RT_APPLICATION (object)->networks);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_application_class_init (RtApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *app_class = G_APPLICATION_CLASS (klass);

  object_class->finalize = rt_application_finalize;
  object_class->get_property = rt_application_get_property;
  app_class->startup = rt_application_startup;
  app_class->activate = rt_application_activate;
  app_class->open = rt_application_open;
  app_class->shutdown = rt_application_shutdown;
  app_class->handle_local_options = rt_application_handle_local_options;
  GTK_APPLICATION_CLASS (klass)->window_removed = rt_application_window_removed;

  properties[PROP_NETWORKS] = g_param_spec_object ("networks", NULL, NULL, RT_TYPE_NETWORKS,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_application_init (RtApplication *self)
{
  rt_application_add_options (self);
}

RtApplication *
rt_application_new (void)
{
  return g_object_new (RT_TYPE_APPLICATION,
                       "application-id", APP_ID,
                       "flags", G_APPLICATION_CAN_OVERRIDE_APP_ID | G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/org/roundtable/Roundtable",
                       NULL);
}

RtNetworks *
rt_application_get_networks (RtApplication *self)
{
  g_return_val_if_fail (RT_IS_APPLICATION (self), NULL);

  return self->networks;
}

RtNearby *
rt_application_get_nearby (RtApplication *self)
{
  g_return_val_if_fail (RT_IS_APPLICATION (self), NULL);

  return self->nearby;
}

RtSettings *
rt_application_get_settings (RtApplication *self)
{
  g_return_val_if_fail (RT_IS_APPLICATION (self), NULL);

  return self->settings;
}
