/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leave to run without a window, asked of a portal of our own on a bus of our own. */
#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/rt-background.h"
#include "app/rt-notifier.h"
#include "support/rt-wait.h"

#define PORTAL "org.freedesktop.portal.Desktop"

static const char portal_xml[] =
  "<node><interface name='org.freedesktop.portal.Background'>"
  "<method name='RequestBackground'><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/><arg type='o' direction='out'/></method>"
  "<method name='SetStatus'><arg type='a{sv}' direction='in'/></method>"
  "</interface></node>";

typedef struct
{
  GTestDBus       *dbus;
  GDBusConnection *bus, *portal_bus;    /* ours, and the portal's */
  GDBusNodeInfo   *info;
  guint            object_id, name_id;
  gboolean         owned;
  RtSettings      *settings;
  RtBackground    *background;

  /* the portal */
  guint            response;            /* what it answers */
  gboolean         background_granted, autostart_granted;
  guint            n_asked;
  GVariant        *options;             /* of the newest question */
  char            *status;
} Fixture;

static void
call_cb (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  Fixture *self = data;
  g_autoptr (GVariant) options = NULL;
  g_autofree char *handle = NULL, *name = NULL;
  const char *token;
  GVariantBuilder results;

  if (g_str_equal (method, "SetStatus"))
    {
      g_variant_get (parameters, "(@a{sv})", &options);
      g_clear_pointer (&self->status, g_free);
      g_assert_true (g_variant_lookup (options, "message", "s", &self->status));
      g_dbus_method_invocation_return_value (invocation, NULL);
      return;
    }
  g_clear_pointer (&self->options, g_variant_unref);
  g_variant_get (parameters, "(&s@a{sv})", NULL, &self->options);
  g_assert_true (g_variant_lookup (self->options, "handle_token", "&s", &token));
  name = g_strdelimit (g_strdup (sender + 1), ".", '_');
  handle = g_strdup_printf ("/org/freedesktop/portal/desktop/request/%s/%s", name, token);
  self->n_asked++;
  /* the answer before that of the call: it happens */
  g_variant_builder_init (&results, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&results, "{sv}", "background", g_variant_new_boolean (self->background_granted));
  g_variant_builder_add (&results, "{sv}", "autostart", g_variant_new_boolean (self->autostart_granted));
  g_dbus_connection_emit_signal (bus, sender, handle, "org.freedesktop.portal.Request", "Response", g_variant_new ("(ua{sv})", self->response, &results), NULL);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", handle));
}

static void
acquired_cb (GDBusConnection *bus, const char *name, gpointer data)
{
  ((Fixture *) data)->owned = TRUE;
}

static GDBusConnection *
connect_bus (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (self->dbus),
                                                                 G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);

  g_assert_no_error (error);
  return bus;
}

static void
set_up (Fixture *self, gconstpointer with_portal)
{
  static const GDBusInterfaceVTable vtable = { call_cb, NULL, NULL, { NULL } };
  g_autoptr (GError) error = NULL;

  self->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->dbus);
  self->bus = connect_bus (self);
  self->settings = rt_settings_new_forgetful ();
  self->background_granted = self->autostart_granted = TRUE;
  if (with_portal == NULL)
    return;
  self->portal_bus = connect_bus (self);
  self->info = g_dbus_node_info_new_for_xml (portal_xml, &error);
  g_assert_no_error (error);
  self->object_id = g_dbus_connection_register_object (self->portal_bus, "/org/freedesktop/portal/desktop", self->info->interfaces[0], &vtable, self, NULL, &error);
  g_assert_no_error (error);
  self->name_id = g_bus_own_name_on_connection (self->portal_bus, PORTAL, G_BUS_NAME_OWNER_FLAGS_NONE, acquired_cb, NULL, self, NULL);
  rt_wait_until (self->owned);
}

static void
tear_down (Fixture *self, gconstpointer with_portal)
{
  g_autofree char *path = rt_background_dup_autostart_path ();

  RtBackground *background = self->background;

  /* a question that is under way holds it */
  g_object_add_weak_pointer (G_OBJECT (background), (gpointer *) &background);
  g_object_run_dispose (G_OBJECT (self->background));
  g_clear_object (&self->background);
  rt_wait_until (background == NULL);
  g_clear_object (&self->settings);
  if (self->name_id != 0)
    g_bus_unown_name (self->name_id);
  if (self->object_id != 0)
    g_dbus_connection_unregister_object (self->portal_bus, self->object_id);
  g_clear_pointer (&self->info, g_dbus_node_info_unref);
  g_clear_pointer (&self->options, g_variant_unref);
  g_free (self->status);
  g_dbus_connection_close_sync (self->bus, NULL, NULL);
  g_clear_object (&self->bus);
  if (self->portal_bus != NULL)
    g_dbus_connection_close_sync (self->portal_bus, NULL, NULL);
  g_clear_object (&self->portal_bus);
  g_test_dbus_down (self->dbus);
  g_clear_object (&self->dbus);
  g_unlink (path);
}

static gboolean
is_autostarted (void)
{
  g_autofree char *path = rt_background_dup_autostart_path ();

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
asked_for_autostart (Fixture *self)
{
  gboolean autostart = FALSE;

  g_assert_true (g_variant_lookup (self->options, "autostart", "b", &autostart));
  return autostart;
}

static void
test_asks (Fixture *self, gconstpointer unused)
{
  g_auto (GStrv) command = NULL;
  g_autofree char *reason = NULL;

  self->background = rt_background_new (self->settings, self->bus, TRUE);
  g_assert_cmpuint (self->n_asked, ==, 0);
  g_object_set (self->settings, "run-in-background", TRUE, NULL);
  rt_wait_until (self->n_asked == 1);
  g_assert_false (asked_for_autostart (self));
  g_assert_true (g_variant_lookup (self->options, "reason", "s", &reason));
  g_assert_cmpuint (strlen (reason), >, 0);
  g_assert_true (g_variant_lookup (self->options, "commandline", "^as", &command));
  g_assert_cmpstr (command[0], ==, "roundtable");
  g_assert_cmpstr (command[1], ==, "--gapplication-service");
  g_object_set (self->settings, "start-at-login", TRUE, NULL);
  rt_wait_until (self->n_asked == 2);
  g_assert_true (asked_for_autostart (self));
  /* one that ends with its window is not started for nothing */
  g_object_set (self->settings, "run-in-background", FALSE, NULL);
  rt_wait_until (self->n_asked == 3);
  g_assert_false (asked_for_autostart (self));
  /* the portal sees to it: in a sandbox that folder is not ours */
  g_assert_false (is_autostarted ());
  rt_background_set_status (self->background, "Waits for messages in 3 networks");
  rt_wait_until (self->status != NULL);
  g_assert_cmpstr (self->status, ==, "Waits for messages in 3 networks");
}

/* He says no, or closes the question: said in words, and taken back when it is otherwise. */
static void
test_refused (Fixture *self, gconstpointer unused)
{
  self->background_granted = FALSE;
  self->background = rt_background_new (self->settings, self->bus, TRUE);
  g_object_set (self->settings, "run-in-background", TRUE, NULL);
  rt_wait_until (rt_background_get_trouble (self->background) != NULL);
  g_assert_nonnull (strstr (rt_background_get_trouble (self->background), "does not allow"));
  g_object_set (self->settings, "run-in-background", FALSE, NULL);
  rt_wait_until (rt_background_get_trouble (self->background) == NULL);
  self->background_granted = TRUE;
  self->autostart_granted = FALSE;
  g_object_set (self->settings, "run-in-background", TRUE, "start-at-login", TRUE, NULL);
  rt_wait_until (rt_background_get_trouble (self->background) != NULL);
  g_assert_nonnull (strstr (rt_background_get_trouble (self->background), "start at login"));
  self->autostart_granted = TRUE;
  self->response = 1;
  g_object_set (self->settings, "start-at-login", FALSE, NULL);
  rt_wait_until (rt_background_get_trouble (self->background) != NULL && strstr (rt_background_get_trouble (self->background), "may be ended") != NULL);
}

/* Outside of a sandbox nobody needs leave, and no portal is asked, which would write or remove the same file: one that never answers keeps nothing back. */
static void
test_outside (Fixture *self, gconstpointer with_portal)
{
  g_autofree char *path = rt_background_dup_autostart_path (), *exec = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  self->background = rt_background_new (self->settings, self->bus, FALSE);
  g_object_set (self->settings, "start-at-login", TRUE, NULL);
  g_assert_false (is_autostarted ());
  g_object_set (self->settings, "run-in-background", TRUE, NULL);
  rt_wait_until (is_autostarted ());
  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  exec = g_key_file_get_string (file, "Desktop Entry", "Exec", &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (exec, "roundtable --gapplication-service"));
  g_assert_null (rt_background_get_trouble (self->background));
  g_object_set (self->settings, "start-at-login", FALSE, NULL);
  rt_wait_until (!is_autostarted ());
  g_assert_null (rt_background_get_trouble (self->background));
  /* the first one goes on until it is through */
  g_object_set (self->settings, "start-at-login", TRUE, NULL);
  g_object_set (self->settings, "start-at-login", FALSE, NULL);
  g_object_set (self->settings, "start-at-login", TRUE, NULL);
  rt_wait_until (is_autostarted ());
  g_object_set (self->settings, "run-in-background", FALSE, NULL);
  rt_wait_until (!is_autostarted ());
  g_assert_cmpuint (self->n_asked, ==, 0);
}

static void
put_file (const char *text)
{
  g_autofree char *path = rt_background_dup_autostart_path (), *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static char *
dup_file (void)
{
  g_autofree char *path = rt_background_dup_autostart_path ();
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static gboolean
has_file (const char *text)
{
  g_autofree char *now = dup_file ();

  return g_strcmp0 (now, text) == 0;
}

static void
check_file (const char *text)
{
  g_autofree char *now = dup_file ();

  g_assert_cmpstr (now, ==, text);
}

/* A start. A question would have reached the portal, and its answer us, within a few trips to the bus. */
static void
start_and_look (Fixture *self, const char *text)
{
  RtBackground *first = rt_background_new (self->settings, self->bus, FALSE);

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GVariant) reply = g_dbus_connection_call_sync (self->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId", NULL, NULL,
                                                                G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

      while (g_main_context_iteration (NULL, FALSE))
        ;
      check_file (text);
    }
  g_assert_cmpuint (self->n_asked, ==, 0);
  g_object_run_dispose (G_OBJECT (first));
  g_object_unref (first);
}

/* Desktops and persons put a file of that name there, too, and switch off what is there. */
static void
test_others (Fixture *self, gconstpointer with_portal)
{
  static const char on[] = "[Desktop Entry]\nType=Application\nName=Roundtable\nExec=roundtable\n",
                    hidden[] = "[Desktop Entry]\nType=Application\nName=Roundtable\nExec=roundtable\nHidden=true\n",
                    disabled[] = "[Desktop Entry]\nType=Application\nName=Roundtable\nExec=roundtable\nX-GNOME-Autostart-enabled=false\n";
  const char *others[] = { on, hidden, disabled, "what nobody can read" };

  g_object_set (self->settings, "run-in-background", TRUE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      put_file (others[i]);
      for (guint login = 0; login < 2; login++)
        {
          g_object_set (self->settings, "start-at-login", (gboolean) login, NULL);
          start_and_look (self, others[i]);
        }
      g_object_set (self->settings, "start-at-login", FALSE, NULL);
    }
  /* not by a change either, and where it does not do what is wanted, that is said */
  self->background = rt_background_new (self->settings, self->bus, FALSE);
  put_file (hidden);
  g_object_set (self->settings, "start-at-login", TRUE, NULL);
  rt_wait_until (rt_background_get_trouble (self->background) != NULL);
  g_assert_nonnull (strstr (rt_background_get_trouble (self->background), APP_ID ".desktop"));
  check_file (hidden);
  put_file (on);
  g_object_set (self->settings, "start-at-login", FALSE, NULL);
  g_assert_null (rt_background_get_trouble (self->background));
  rt_wait_until (rt_background_get_trouble (self->background) != NULL);
  check_file (on);
}

/* Ours, switched off in the settings of the desktop, stays so until the person wants it again here. */
static void
test_switched_off (Fixture *self, gconstpointer with_portal)
{
  g_autofree char *ours = NULL, *off = NULL;

  g_object_set (self->settings, "run-in-background", TRUE, NULL);
  self->background = rt_background_new (self->settings, self->bus, FALSE);
  g_object_set (self->settings, "start-at-login", TRUE, NULL);
  rt_wait_until (is_autostarted ());
  ours = dup_file ();
  g_object_run_dispose (G_OBJECT (self->background));
  g_clear_object (&self->background);
  off = g_strconcat (ours, "Hidden=true\n", NULL);
  put_file (off);
  start_and_look (self, off);
  self->background = rt_background_new (self->settings, self->bus, FALSE);
  g_object_set (self->settings, "notifications", FALSE, NULL);
  g_object_set (self->settings, "start-at-login", FALSE, NULL);
  rt_wait_until (!is_autostarted ());
  put_file (off);
  g_object_set (self->settings, "start-at-login", TRUE, NULL);
  rt_wait_until (has_file (ours));
}

/* In a sandbox without a portal nothing can be promised. */
static void
test_nobody (Fixture *self, gconstpointer unused)
{
  g_object_set (self->settings, "run-in-background", TRUE, NULL);
  self->background = rt_background_new (self->settings, self->bus, TRUE);
  rt_wait_until (rt_background_get_trouble (self->background) != NULL);
  g_assert_nonnull (strstr (rt_background_get_trouble (self->background), "Nobody answers"));
  rt_background_set_status (self->background, "x");
  g_assert_false (is_autostarted ());
}

/* ---- notifications ---- */

static void
notification_cb (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  g_autofree char *id = NULL;

  g_assert_cmpstr (method, ==, "RemoveNotification");
  g_variant_get (parameters, "(ss)", NULL, &id);
  g_ptr_array_add (data, g_steal_pointer (&id));
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static RtNetworks *
make_networks (const char *folder)
{
  RtNetworks *networks = rt_networks_new (folder);
  g_autoptr (RtNetworkConfig) config = rt_network_config_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  rt_networks_load_async (networks, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  rt_networks_load_finish (networks, result, &error);
  g_assert_no_error (error);
  g_object_set (config, "subnet", "one", "encryption", "Plaintext", "listen-host", "127.0.0.1", NULL);
  rt_networks_add (networks, config, &error);
  g_assert_no_error (error);
  return networks;
}

/* This life showed nothing; what an earlier one left there says what was written. */
static void
test_withdraws (Fixture *self, gconstpointer unused)
{
  static const GDBusInterfaceVTable vtable = { notification_cb, NULL, NULL, { NULL } };
  g_autoptr (GDBusConnection) desktop = connect_bus (self);
  g_autoptr (GPtrArray) removed = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml ("<node><interface name='org.gtk.Notifications'>"
    "<method name='RemoveNotification'><arg type='s' direction='in'/><arg type='s' direction='in'/></method></interface></node>", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("rt-notifier-XXXXXX", NULL), *id = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (RtNetworks) networks = make_networks (folder);
  g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (networks), 0);
  GApplication *application = g_application_new ("org.roundtable.Test", G_APPLICATION_DEFAULT_FLAGS);
  RtNotifier *notifier;
  guint name_id;

  self->background = rt_background_new (self->settings, self->bus, FALSE);
  g_dbus_connection_register_object (desktop, "/org/gtk/Notifications", info->interfaces[0], &vtable, removed, NULL, &error);
  g_assert_no_error (error);
  name_id = g_bus_own_name_on_connection (desktop, "org.gtk.Notifications", G_BUS_NAME_OWNER_FLAGS_NONE, acquired_cb, NULL, self, NULL);
  rt_wait_until (self->owned);
  g_application_register (application, NULL, &error);
  g_assert_no_error (error);
  notifier = rt_notifier_new (application, networks, self->settings);
  id = g_strconcat ("network-", rt_network_config_get_uuid (rt_network_get_config (network)), NULL);
  g_object_set (self->settings, "notification-text", FALSE, NULL);
  rt_wait_until (removed->len == 1);
  g_assert_cmpstr (removed->pdata[0], ==, id);
  g_object_set (self->settings, "notification-text", TRUE, NULL);
  g_object_set (self->settings, "notifications", FALSE, NULL);
  rt_wait_until (removed->len == 2);
  g_assert_cmpstr (removed->pdata[1], ==, id);

  g_assert_finalize_object (notifier);
  g_assert_finalize_object (application);
  g_bus_unown_name (name_id);
  g_dbus_connection_close_sync (desktop, NULL, NULL);
  rt_networks_shutdown_async (networks, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_networks_shutdown_finish (networks, result, &error));
  g_clear_object (&network);
  g_clear_object (&networks);
  rt_remove_tree (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/background/asks", Fixture, "portal", set_up, test_asks, tear_down);
  g_test_add ("/background/refused", Fixture, "portal", set_up, test_refused, tear_down);
  g_test_add ("/background/outside", Fixture, "portal", set_up, test_outside, tear_down);
  g_test_add ("/background/outside-alone", Fixture, NULL, set_up, test_outside, tear_down);
  g_test_add ("/background/others", Fixture, "portal", set_up, test_others, tear_down);
  g_test_add ("/background/switched-off", Fixture, "portal", set_up, test_switched_off, tear_down);
  g_test_add ("/background/nobody", Fixture, NULL, set_up, test_nobody, tear_down);
  g_test_add ("/background/withdraws", Fixture, NULL, set_up, test_withdraws, tear_down);
  return g_test_run ();
}
