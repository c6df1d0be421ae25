/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>

#include "app-fixture.h"
#include "app/rt-notifier.h"

/* How a program begins and ends: each case runs one, in a folder that outlives it. */
typedef struct
{
  char          *folder;
  RtApplication *app;
  void         (*then) (RtApplication *app);    /* once its networks are there */
  gboolean       reached;
} Run;

static gboolean
is_loaded (RtApplication *app)
{
  gboolean loaded = FALSE;

  if (rt_application_get_networks (app) != NULL)
    g_object_get (rt_application_get_networks (app), "loaded", &loaded, NULL);
  return loaded;
}

static gboolean
poll_cb (gpointer data)
{
  Run *run = data;

  if (gtk_application_get_windows (GTK_APPLICATION (run->app)) == NULL || !is_loaded (run->app))
    return G_SOURCE_CONTINUE;
  run->reached = TRUE;
  run->then (run->app);
  return G_SOURCE_REMOVE;
}

/* Runs a program until it ends by itself; fails when it does not. */
static void
run_program (const char *folder,
             void      (*then) (RtApplication *app))
{
  char *argv[] = { (char *) "roundtable", NULL };
  Run run = { .app = rt_application_new (), .then = then };

  g_setenv ("ROUNDTABLE_DATA_DIR", folder, TRUE);
  g_application_set_flags (G_APPLICATION (run.app), G_APPLICATION_NON_UNIQUE);
  g_timeout_add (10, poll_cb, &run);
  g_assert_cmpint (g_application_run (G_APPLICATION (run.app), 1, argv), ==, 0);
  g_assert_true (run.reached);
  g_assert_finalize_object (run.app);
}

/* Markup or not: the same words, and for who reads markup nothing but words. */
static void
test_notification_body (void)
{
  static const char * const words[] = { "R&D", "<b>bold</b> & <img src=\"x\"/>", "&lt;", "a < b > c", "plain, \"quoted\" words", "" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *body = rt_notifier_make_body (words[i]), *shown = NULL;

      g_assert_true (pango_parse_markup (body, -1, 0, NULL, &shown, NULL, NULL));
      g_assert_cmpstr (shown, ==, body);
      g_assert_cmpint (g_utf8_strlen (body, -1), ==, g_utf8_strlen (words[i], -1));
    }
}

/* Once somebody was named every further message rang. */
static void
test_notification_priority (void)
{
  g_assert_cmpint (rt_notifier_choose_priority (&(RtNotice) { .important = TRUE }), ==, G_NOTIFICATION_PRIORITY_HIGH);
  g_assert_cmpint (rt_notifier_choose_priority (&(RtNotice) { .important = TRUE, .quiet = TRUE }), ==, G_NOTIFICATION_PRIORITY_LOW);
  g_assert_cmpint (rt_notifier_choose_priority (&(RtNotice) { .quiet = TRUE }), ==, G_NOTIFICATION_PRIORITY_LOW);
  g_assert_cmpint (rt_notifier_choose_priority (&(RtNotice) { .important = FALSE }), ==, G_NOTIFICATION_PRIORITY_NORMAL);
}

static void
close_window (RtApplication *app)
{
  g_object_set (rt_application_get_settings (app), "run-in-background", TRUE, NULL);
  gtk_window_close (gtk_application_get_windows (GTK_APPLICATION (app))->data);
}

static char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("rt-test-app-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
make_network_and_quit (RtApplication *app)
{
  g_autoptr (RtNetworkConfig) config = rt_network_config_new ();
  g_autoptr (GError) error = NULL;

  rt_networks_set_user_name (rt_application_get_networks (app), "Ada");
  g_object_set (config, "subnet", "club", "listen-host", "127.0.0.1", "encryption", "Plaintext", NULL);
  rt_networks_add (rt_application_get_networks (app), config, &error);
  g_assert_no_error (error);
  g_action_group_activate_action (G_ACTION_GROUP (app), "quit", NULL);
  /* asked again while it ends, it ends once */
  g_action_group_activate_action (G_ACTION_GROUP (app), "quit", NULL);
  g_assert_null (gtk_application_get_windows (GTK_APPLICATION (app)));
}

static void
expect_network_and_close (RtApplication *app)
{
  RtNetworks *networks = rt_application_get_networks (app);
  g_autoptr (RtNetwork) network = NULL;

  g_assert_cmpstr (rt_networks_get_user_name (networks), ==, "Ada");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (networks)), ==, 1);
  network = g_list_model_get_item (G_LIST_MODEL (networks), 0);
  g_assert_cmpstr (rt_network_get_title (network), ==, "club");
  gtk_window_close (gtk_application_get_windows (GTK_APPLICATION (app))->data);
}

/* What was made in the last moment is there the next time. */
static void
test_quit_writes (void)
{
  g_autofree char *folder = make_folder ();

  run_program (folder, make_network_and_quit);
  run_program (folder, expect_network_and_close);
  rt_remove_tree (folder);
}

static void
terminate (RtApplication *app)
{
  raise (SIGTERM);
}

static void
interrupt (RtApplication *app)
{
  raise (SIGINT);
}

static void
test_signals (void)
{
  g_autofree char *folder = make_folder ();

  run_program (folder, terminate);
  run_program (folder, interrupt);
  rt_remove_tree (folder);
}

/* Nothing is started for a question. */
static void
ask (const char *option,
     int         status)
{
  char *argv[] = { (char *) "roundtable", (char *) option, NULL };
  RtApplication *app = rt_application_new ();

  g_application_set_flags (G_APPLICATION (app), G_APPLICATION_NON_UNIQUE);
  g_assert_cmpint (g_application_run (G_APPLICATION (app), 2, argv), ==, status);
  g_assert_null (rt_application_get_networks (app));
  g_assert_finalize_object (app);
}

static void
test_options (void)
{
  if (g_test_subprocess ())
    {
      ask ("--version", 0);
      ask ("--no-such-option", 1);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*Roundtable " PACKAGE_VERSION "*");
  g_test_trap_assert_stderr ("*--no-such-option*");
}

static void
test_folder (void)
{
  g_autofree char *from_variable = NULL;
  g_autofree char *usual = NULL;

  g_setenv ("ROUNDTABLE_DATA_DIR", "/somewhere/else", TRUE);
  from_variable = rt_application_dup_folder ();
  g_assert_cmpstr (from_variable, ==, "/somewhere/else");
  g_setenv ("ROUNDTABLE_DATA_DIR", "", TRUE);
  usual = rt_application_dup_folder ();
  g_assert_true (g_str_has_prefix (usual, g_get_user_data_dir ()));
  g_assert_true (g_str_has_suffix (usual, "/roundtable"));
}

/* A file where the folder should be: said in the window, and tried again when that is mended. */
static void
test_load_fails (void)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "data", NULL);
  g_autoptr (RtApplication) app = rt_application_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  GtkWidget *root;

  g_file_set_contents (path, "in the way", -1, &error);
  g_assert_no_error (error);
  g_setenv ("ROUNDTABLE_DATA_DIR", path, TRUE);
  g_application_set_flags (G_APPLICATION (app), G_APPLICATION_NON_UNIQUE);
  g_test_expect_message ("roundtable", G_LOG_LEVEL_WARNING, "The networks could not be read*");
  g_application_register (G_APPLICATION (app), NULL, &error);
  g_assert_no_error (error);
  g_application_activate (G_APPLICATION (app));
  root = app_find (gtk_application_get_windows (GTK_APPLICATION (app))->data, GTK_TYPE_STACK, "root");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (root)), ==, "loading");
  app_wait_for (g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (root)), "trouble") == 0);
  g_test_assert_expected_messages ();

  /* who goes on has no memory, and is told so */
  gtk_widget_activate_action (gtk_application_get_windows (GTK_APPLICATION (app))->data, "win.go-on", NULL);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (root)), ==, "first-run");

  g_assert_cmpint (remove (path), ==, 0);
  g_action_group_activate_action (G_ACTION_GROUP (app), "load", NULL);
  app_wait_for (is_loaded (app));
  g_assert_cmpuint (g_list_length (gtk_application_get_windows (GTK_APPLICATION (app))), ==, 1);
  root = app_find (gtk_application_get_windows (GTK_APPLICATION (app))->data, GTK_TYPE_STACK, "root");
  g_object_get (rt_application_get_networks (app), "error", &words, NULL);
  g_assert_null (words);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (root)), ==, "first-run");

  rt_networks_shutdown_async (rt_application_get_networks (app), rt_wait_result_cb, &result);
  rt_wait_result (result);
  gtk_window_destroy (gtk_application_get_windows (GTK_APPLICATION (app))->data);
  app_settle ();
  rt_remove_tree (folder);
}

/* Where nobody could reach it any more it does not stay, whatever was chosen. */
static void
test_background_without_bus (void)
{
  g_autofree char *folder = make_folder ();

  run_program (folder, close_window);
  rt_remove_tree (folder);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/application/notification-body", test_notification_body);
  g_test_add_func ("/application/background-without-bus", test_background_without_bus);
  g_test_add_func ("/application/notification-priority", test_notification_priority);
  g_test_add_func ("/application/quit-writes", test_quit_writes);
  g_test_add_func ("/application/signals", test_signals);
  g_test_add_func ("/application/options", test_options);
  g_test_add_func ("/application/folder", test_folder);
  g_test_add_func ("/application/load-fails", test_load_fails);
  return g_test_run ();
}
