/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "rt-about.h"
#include "rt-application.h"
#include "rt-notifier.h"
#include "rt-window.h"

/* How long the networks may take to end in order before the program ends without them. */
#define QUIT_DEADLINE_SECONDS 10

struct _RtApplication
{
  AdwApplication parent_instance;

  RtNetworks *networks;
  RtNotifier *notifier;
  GVariant   *to_show;            /* of show-message, until the networks are there */
  char       *load_error;         /* words, while the newest attempt to load has failed */
  guint       signal_ids[2];
  guint       deadline_id;
  gboolean    quitting;
};

G_DEFINE_FINAL_TYPE (RtApplication, rt_application, ADW_TYPE_APPLICATION)

enum { PROP_0, PROP_NETWORKS, N_PROPS };
static GParamSpec *properties[N_PROPS];

static const GOptionEntry option_entries[] = {
  { "version", 'v', 0, G_OPTION_ARG_NONE, NULL, N_("Print the version and leave"), NULL },
  G_OPTION_ENTRY_NULL
};

char *
rt_application_dup_folder (void)
{
  const char *folder = g_getenv ("ROUNDTABLE_DATA_DIR");

  if (folder != NULL && *folder != '\0')
    return g_canonicalize_filename (folder, NULL);
  return g_build_filename (g_get_user_data_dir (), "roundtable", NULL);
}

static RtWindow *
get_window (RtApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    {
      if (RT_IS_WINDOW (l->data))
        return l->data;
    }
  return NULL;
}

/* What was clicked may have started the program: it is shown when the networks are there. */
static void
show_what_was_asked (RtApplication *self)
{
  g_autoptr (GVariant) target = NULL;
  RtWindow *window = get_window (self);
  const char *uuid;
  RtTimelineKey key;
  gboolean loaded;

  if (self->to_show == NULL || window == NULL)
    return;
  g_object_get (self->networks, "loaded", &loaded, NULL);
  if (!loaded)
    return;
  target = g_steal_pointer (&self->to_show);
  g_variant_get (target, "(&sxx)", &uuid, &key.time, &key.sequence);
  rt_window_show_message (window, uuid, &key);
}

static void
networks_loaded_cb (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (RtApplication) self = user_data;
  g_autoptr (GError) error = NULL;
  RtWindow *window;

  if (RT_NETWORKS (object) != self->networks)
    return;
  g_clear_pointer (&self->load_error, g_free);
  /* Whoever quits at once cuts the loading short: that is no failure. */
  if (!rt_networks_load_finish (RT_NETWORKS (object), result, &error) && !self->quitting)
    {
      g_warning ("The networks could not be read: %s", error->message);
      self->load_error = g_strdup (error->message);
    }
  window = get_window (self);
  if (window != NULL)
    rt_window_set_load_error (window, self->load_error);
  show_what_was_asked (self);
}

static void
make_networks (RtApplication *self)
{
  g_autofree char *folder = rt_application_dup_folder ();

  g_clear_object (&self->notifier);
  g_clear_object (&self->networks);
  self->networks = rt_networks_new (folder);
  self->notifier = rt_notifier_new (G_APPLICATION (self), self->networks);
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
static void
begin_quit (RtApplication *self)
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
    begin_quit (self);
  return G_SOURCE_CONTINUE;
}

static void
new_network_action (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  RtWindow *window;

  g_application_activate (user_data);
  window = get_window (user_data);
  if (window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.new-network", NULL);
}

static void
join_network_action (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       user_data)
{
  RtWindow *window;

  g_application_activate (user_data);
  window = get_window (user_data);
  if (window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.join-network", NULL);
}

static void
show_message_action (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       user_data)
{
  RtApplication *self = user_data;

  g_clear_pointer (&self->to_show, g_variant_unref);
  self->to_show = g_variant_ref (parameter);
  g_application_activate (user_data);
  show_what_was_asked (self);
}

static void
shortcuts_action (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  RtWindow *window = get_window (user_data);

  if (window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.show-help-overlay", NULL);
}

static void
about_action (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  RtWindow *window = get_window (user_data);

  if (window != NULL)
    rt_about_present (GTK_WINDOW (window));
}

/* What could not be read is tried again from nothing: other networks, another window. */
static void
load_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  RtApplication *self = user_data;
  RtWindow *old = get_window (self);

  if (self->load_error == NULL || self->quitting)
    return;
  g_clear_pointer (&self->load_error, g_free);
  rt_networks_shutdown_async (self->networks, NULL, NULL);
  make_networks (self);
  gtk_window_present (GTK_WINDOW (rt_window_new (self, self->networks)));
  if (old != NULL)
    gtk_window_destroy (GTK_WINDOW (old));
}

static void
quit_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  begin_quit (user_data);
}

static const GActionEntry action_entries[] = {
  { .name = "new-network", .activate = new_network_action },
  { .name = "join-network", .activate = join_network_action },
  { .name = "shortcuts", .activate = shortcuts_action },
  { .name = "show-message", .activate = show_message_action, .parameter_type = "(sxx)" },
  { .name = "about", .activate = about_action },
  { .name = "load", .activate = load_action },
  { .name = "quit", .activate = quit_action },
};

static const struct
{
  const char *action;
  const char *accels[3];        /* NULL-terminated */
} accels[] = {
  { "win.new", { "<Control>n" } },
  { "app.join-network", { "<Control>j" } },
  { "win.search", { "<Control><Shift>f" } },
  { "app.shortcuts", { "<Control>question", "F1" } },
  { "app.quit", { "<Control>q" } },
  { "window.close", { "<Control>w" } },
  { "win.show-nth-page(1)", { "<Alt>1" } },
  { "win.show-nth-page(2)", { "<Alt>2" } },
  { "win.show-nth-page(3)", { "<Alt>3" } },
  { "win.show-nth-page(4)", { "<Alt>4" } },
  { "win.next-page", { "<Control>Page_Down" } },
  { "win.previous-page", { "<Control>Page_Up" } },
  { "win.next-network", { "<Control><Shift>Page_Down", "<Alt>Down" } },
  { "win.previous-network", { "<Control><Shift>Page_Up", "<Alt>Up" } },
  { "win.next-pane", { "F6" } },
  { "win.previous-pane", { "<Shift>F6" } },
};

static void
rt_application_startup (GApplication *app)
{
  RtApplication *self = RT_APPLICATION (app);

  G_APPLICATION_CLASS (rt_application_parent_class)->startup (app);

  gtk_window_set_default_icon_name (APP_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (self), action_entries, G_N_ELEMENTS (action_entries), self);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action, accels[i].accels);

  self->signal_ids[0] = g_unix_signal_add (SIGTERM, signal_cb, self);
  self->signal_ids[1] = g_unix_signal_add (SIGINT, signal_cb, self);

  /* Held until the networks have ended, which is after the last window. */
  g_application_hold (app);
  make_networks (self);
}

static void
rt_application_activate (GApplication *app)
{
  RtApplication *self = RT_APPLICATION (app);
  RtWindow *window = get_window (self);

  if (self->quitting)
    return;
  if (window == NULL)
    {
      window = rt_window_new (self, self->networks);
      rt_window_set_load_error (window, self->load_error);
    }
  gtk_window_present (GTK_WINDOW (window));
}

static int
rt_application_handle_local_options (GApplication *app,
                                     GVariantDict *options)
{
  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("Roundtable %s\n", PACKAGE_VERSION);
      return EXIT_SUCCESS;
    }
  return -1;
}

static void
rt_application_window_removed (GtkApplication *app,
                               GtkWindow      *window)
{
  GTK_APPLICATION_CLASS (rt_application_parent_class)->window_removed (app, window);

  if (RT_IS_WINDOW (window) && get_window (RT_APPLICATION (app)) == NULL)
    begin_quit (RT_APPLICATION (app));
}

static void
rt_application_shutdown (GApplication *app)
{
  RtApplication *self = RT_APPLICATION (app);

  for (guint i = 0; i < G_N_ELEMENTS (self->signal_ids); i++)
    g_clear_handle_id (&self->signal_ids[i], g_source_remove);
  g_clear_handle_id (&self->deadline_id, g_source_remove);
  g_clear_object (&self->notifier);
  g_clear_object (&self->networks);

  G_APPLICATION_CLASS (rt_application_parent_class)->shutdown (app);
}

static void
rt_application_finalize (GObject *object)
{
  RtApplication *self = RT_APPLICATION (object);

  g_free (self->load_error);
  g_clear_pointer (&self->to_show, g_variant_unref);
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
  g_application_add_main_option_entries (G_APPLICATION (self), option_entries);
  g_application_set_option_context_summary (G_APPLICATION (self),
                                            _("Talk with people from machine to machine, with no server in between."));
}

RtApplication *
rt_application_new (void)
{
  return g_object_new (RT_TYPE_APPLICATION,
                       "application-id", APP_ID,
                       "flags", G_APPLICATION_CAN_OVERRIDE_APP_ID,
                       "resource-base-path", "/org/roundtable/Roundtable",
                       NULL);
}

RtNetworks *
rt_application_get_networks (RtApplication *self)
{
  g_return_val_if_fail (RT_IS_APPLICATION (self), NULL);

  return self->networks;
}
