/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "rt-background.h"

#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define BACKGROUND PORTAL_INTERFACE "Background"
#define REQUEST PORTAL_INTERFACE "Request"
#define PORTAL_INTERFACE "org.freedesktop.portal."
/* What the portal cuts off: bytes. */
#define MAX_STATUS 96u
/* What the file in the autostart folder has if it is ours: others put one there under the same name. */
#define OURS "X-Roundtable-Autostart"

struct _RtBackground {
  GObject          parent_instance;
  RtSettings      *settings;
  GDBusConnection *bus;         /* nullable */
  gboolean         sandboxed;
  GCancellable    *cancellable;
  guint            response_id;         /* of the question that is open */
  guint            n_asked;
  gboolean         wanted_login;        /* as it was asked for */
  gboolean         writing, write_again;
  char            *trouble;
};

enum { PROP_0, PROP_TROUBLE, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (RtBackground, rt_background, G_TYPE_OBJECT)

gboolean
rt_is_sandboxed (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

char *
rt_background_dup_autostart_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "autostart", APP_ID ".desktop", NULL);
}

static void
set_trouble (RtBackground *self, const char *words)
{
  if (g_strcmp0 (self->trouble, words) == 0)
    return;
  g_free (self->trouble);
  self->trouble = g_strdup (words);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TROUBLE]);
}

static gboolean
wants_background (RtBackground *self)
{
  return rt_settings_get_flag (self->settings, "run-in-background");
}

/* A program that ends with its window has nothing to do at login. */
static gboolean
wants_login (RtBackground *self)
{
  return wants_background (self) && rt_settings_get_flag (self->settings, "start-at-login");
}

/* ---- the file ---- */

/* The program as it runs now, which need not be the one in the path. What would have to be quoted is left to the path. */
static char *
dup_program (void)
{
  g_autofree char *path = g_file_read_link ("/proc/self/exe", NULL);

  if (path != NULL && strspn (path, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "/._+-") == strlen (path) && g_str_has_suffix (path, "/roundtable"))
    return g_steal_pointer (&path);
  return g_strdup ("roundtable");
}

typedef enum { FILE_NONE, FILE_OURS, FILE_OTHER_ON, FILE_OTHER_OFF } FileKind;

static FileKind
look_at_file (const char *path)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error))
    /* one that cannot be read is somebody's, and so is a link that leads nowhere */
    return g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? FILE_NONE : FILE_OTHER_OFF;
  if (g_key_file_get_boolean (file, G_KEY_FILE_DESKTOP_GROUP, OURS, NULL))
    return FILE_OURS;
  if (g_key_file_get_boolean (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_HIDDEN, NULL))
    return FILE_OTHER_OFF;
  return g_key_file_has_key (file, G_KEY_FILE_DESKTOP_GROUP, "X-GNOME-Autostart-enabled", NULL)
         && !g_key_file_get_boolean (file, G_KEY_FILE_DESKTOP_GROUP, "X-GNOME-Autostart-enabled", NULL) ? FILE_OTHER_OFF : FILE_OTHER_ON;
}

/* What is not ours stays as it is, and is trouble only where it does not do what is wanted. */
static void
write_job (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  const char *text = task_data;
  g_autofree char *path = rt_background_dup_autostart_path (), *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;
  FileKind kind = look_at_file (path);

  if (kind == FILE_OTHER_ON || kind == FILE_OTHER_OFF)
    {
      if ((kind == FILE_OTHER_ON) != (*text != '\0'))
        g_set_error (&error, G_FILE_ERROR, G_FILE_ERROR_EXIST, "%s: %s", path, g_strerror (EEXIST));
    }
  else if (*text != '\0')
    {
      g_mkdir_with_parents (folder, 0700);
      g_file_set_contents (path, text, -1, &error);
    }
  else if (kind == FILE_OURS)
    g_unlink (path);
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void write_autostart (RtBackground *self);

static void
written_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RtBackground *self = RT_BACKGROUND (object);
  g_autoptr (GError) error = NULL;

  self->writing = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error) && !self->write_again)
    {
      g_autofree char *words = g_strdup_printf (_("Starting at login cannot be set up. %s"), error->message);

      set_trouble (self, words);
    }
  if (self->write_again)
    write_autostart (self);
}

static void
write_autostart (RtBackground *self)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *program = NULL;

  self->write_again = self->writing;
  if (self->writing)
    return;
  self->writing = TRUE;
  program = dup_program ();
  task = g_task_new (self, NULL, written_cb, NULL);
  g_task_set_source_tag (task, write_autostart);
  g_task_set_name (task, "[roundtable] autostart");
  g_task_set_task_data (task, self->wanted_login ? g_strdup_printf ("[Desktop Entry]\nType=Application\nName=Roundtable\nExec=%s --gapplication-service\nIcon=" APP_ID "\n"
                                                                    "Terminal=false\nX-GNOME-Autostart-enabled=true\n" OURS "=true\n", program) : g_strdup (""), g_free);
  g_task_run_in_thread (task, write_job);
}

/* ---- the portal ---- */

/* granted: NULL: nobody was there to ask. */
static void
end_asking (RtBackground *self, GVariant *granted)
{
  gboolean background = TRUE, login = TRUE;

  if (self->response_id != 0)
    {
      g_dbus_connection_signal_unsubscribe (self->bus, self->response_id);
      self->response_id = 0;
    }
  if (granted != NULL)
    {
      login = FALSE;
      if (!g_variant_lookup (granted, "background", "b", &background))
        background = FALSE;
      g_variant_lookup (granted, "autostart", "b", &login);
    }
  if (granted == NULL && wants_background (self))
    set_trouble (self, _("Nobody answers who could allow it (a portal for programs in the background). It may be ended when its window is closed."));
  else if (wants_background (self) && !background)
    set_trouble (self, _("The system does not allow it: Roundtable may be ended when its window is closed. The settings of the system have a page for that."));
  else if (wants_login (self) && !login)
    set_trouble (self, _("The system does not allow Roundtable to start at login."));
  else
    set_trouble (self, NULL);
}

static void
response_cb (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *name, GVariant *parameters, gpointer user_data)
{
  RtBackground *self = user_data;
  g_autoptr (GVariant) results = NULL, none = NULL;
  guint response;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  none = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  end_asking (self, response == 0 ? results : none);
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtBackground) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_debug ("No portal for programs in the background: %s", error->message);
  end_asking (self, NULL);
}

static void
forget_question (RtBackground *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->response_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->response_id);
  self->response_id = 0;
}

static void
ask (RtBackground *self)
{
  g_autofree char *token = NULL, *path = NULL, *sender = NULL;
  const char *command[] = { "roundtable", "--gapplication-service", NULL };
  GVariantBuilder options;

  if (self->bus == NULL)
    {
      end_asking (self, NULL);
      return;
    }
  forget_question (self);
  self->cancellable = g_cancellable_new ();
  token = g_strdup_printf ("roundtable%u", ++self->n_asked);
  sender = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (self->bus) + 1), ".", '_');
  path = g_strdup_printf (PORTAL_PATH "/request/%s/%s", sender, token);
  /* the answer may be there before that of the call */
  self->response_id = g_dbus_connection_signal_subscribe (self->bus, PORTAL, REQUEST, "Response", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE, response_cb, self, NULL);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (&options, "{sv}", "reason", g_variant_new_string (_("Messages come also while the window is closed.")));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (wants_login (self)));
  g_variant_builder_add (&options, "{sv}", "commandline", g_variant_new_strv (command, -1));
  g_variant_builder_add (&options, "{sv}", "dbus-activatable", g_variant_new_boolean (FALSE));
  g_dbus_connection_call (self->bus, PORTAL, PORTAL_PATH, BACKGROUND, "RequestBackground", g_variant_new ("(sa{sv})", "", &options), G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1,
                          self->cancellable, asked_cb, g_object_ref (self));
}

static void
changed_cb (RtBackground *self)
{
  gboolean login = wants_login (self), changed = login != self->wanted_login;

  self->wanted_login = login;
  if (!self->sandboxed)
    {
      if (changed)
        {
          set_trouble (self, NULL);
          write_autostart (self);
        }
      return;
    }
  /* what ends with its window needs no leave, unless it is to be started no more */
  if (wants_background (self) || changed)
    ask (self);
  else
    set_trouble (self, NULL);
}

void
rt_background_set_status (RtBackground *self, const char *words)
{
  g_autofree char *message = NULL;
  GVariantBuilder options;

  g_return_if_fail (RT_IS_BACKGROUND (self));
  g_return_if_fail (words != NULL);

  if (self->bus == NULL)
    return;
  message = g_utf8_make_valid (words, MIN (strlen (words), MAX_STATUS));
  /* a character that was cut in two is no more than that */
  if (strlen (message) > MAX_STATUS)
    *g_utf8_find_prev_char (message, message + strlen (message)) = '\0';
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "message", g_variant_new_string (message));
  /* from version 2 on; who has it not says so, and nobody minds */
  g_dbus_connection_call (self->bus, PORTAL, PORTAL_PATH, BACKGROUND, "SetStatus", g_variant_new ("(a{sv})", &options), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

static void
rt_background_dispose (GObject *object)
{
  RtBackground *self = RT_BACKGROUND (object);

  forget_question (self);
  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->settings);
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (rt_background_parent_class)->dispose (object);
}

static void
rt_background_finalize (GObject *object)
{
  g_free (RT_BACKGROUND (object)->trouble);
  G_OBJECT_CLASS (rt_background_parent_class)->finalize (object);
}

static void
rt_background_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_TROUBLE:
      g_value_set_string (value, RT_BACKGROUND (object)->trouble);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_background_class_init (RtBackgroundClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_background_dispose;
  object_class->finalize = rt_background_finalize;
  object_class->get_property = rt_background_get_property;
  properties[PROP_TROUBLE] = g_param_spec_string ("trouble", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_background_init (RtBackground *self)
{
}

RtBackground *
rt_background_new (RtSettings *settings, GDBusConnection *bus, gboolean sandboxed)
{
  RtBackground *self = g_object_new (RT_TYPE_BACKGROUND, NULL);

  self->settings = g_object_ref (settings);
  self->bus = bus != NULL ? g_object_ref (bus) : NULL;
  self->sandboxed = sandboxed;
  g_signal_connect_swapped (settings, "notify::run-in-background", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (settings, "notify::start-at-login", G_CALLBACK (changed_cb), self);
  self->wanted_login = wants_login (self);
  /* Outside of a sandbox nobody has to be asked, and each question makes the portal write or remove the autostart file, whoever's it is. What stands there is changed only when the setting is: it may have been switched off since. */
  if (sandboxed && wants_background (self))
    ask (self);
  return self;
}

const char *
rt_background_get_trouble (RtBackground *self)
{
  g_return_val_if_fail (RT_IS_BACKGROUND (self), NULL);

  return self->trouble;
}
