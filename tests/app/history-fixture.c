/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <time.h>

#include "app/chat/rt-chat-page.h"
#include "history-fixture.h"
#include "store/rt-store-chat.h"

#define ADA "Ad4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqTe9Q"
#define BOB "B0bZWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqkk7z"

static void
flushed_cb (GObject *chat, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  rt_store_chat_flush_finish (RT_STORE_CHAT (chat), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
flush (RtStoreChat *chat)
{
  gboolean done = FALSE;

  rt_store_chat_flush_async (chat, flushed_cb, &done);
  app_wait_for (done);
}

/* Two people who talk for months, mostly shortly */
static void
fill (RtNetwork *network, guint n)
{
  static const char * const words[] = { "the", "table", "over", "a", "network", "of", "friends", "who", "wrote", "it", "yesterday", "antenna" };
  RtStoreChat *chat = rt_network_get_chat (network);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  gint64 now = g_get_real_time ();

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtStoreMessage) message = rt_store_message_new ();
      /* as hashes are: their first bytes differ */
      g_autofree char *id = g_strdup_printf ("%08x%024u", i * 2654435761u, i);
      g_autoptr (GString) text = g_string_new (NULL);
      guint length = (guint) g_rand_int_range (rand, 0, 100) < 85 ? (guint) g_rand_int_range (rand, 1, 12) : (guint) g_rand_int_range (rand, 12, 90);

      g_string_printf (text, "%u", i);
      for (guint word = 0; word < length; word++)
        g_string_append_printf (text, " %s", words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
      message->row = rt_store_chat_take_row (chat);
      message->time = now - (gint64) (n - i) * 20 * G_USEC_PER_SEC;
      message->sent = message->time / G_USEC_PER_SEC;
      message->id = g_bytes_new (id, 32);
      message->sender = g_strdup (i / 3 % 2 ? ADA : BOB);
      message->text = g_string_free (g_steal_pointer (&text), FALSE);
      rt_store_chat_add (chat, message, FALSE);
      if (i == n / 4 * 3)
        rt_store_chat_set_read (chat, message->time, message->row);
      if (i % 5000 == 4999)
        flush (chat);
    }
  flush (chat);
}

static gboolean
is_loaded (Program *program)
{
  gboolean loaded;

  g_object_get (program->networks, "loaded", &loaded, NULL);
  return loaded;
}

/* Until the newest message stands where it belongs, or it is said that there is none */
static gboolean
is_there (Program *program)
{
  RtTimelineKey first, last;

  if (!rt_network_get_chat_loaded (program->network))
    return FALSE;
  return rt_timeline_get_empty (program->timeline) || rt_timeline_get_shown (program->timeline, &first, &last);
}

double
program_open (Program *program, const char *folder, double *worked)
{
  g_autoptr (GError) error = NULL;
  gint64 begin = g_get_monotonic_time ();
  clock_t began = clock ();

  g_setenv ("ROUNDTABLE_DATA_DIR", folder, TRUE);
  program->app = GTK_APPLICATION (rt_application_new ());
  g_application_set_flags (G_APPLICATION (program->app), G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (program->app), NULL, &error);
  g_assert_no_error (error);
  program->networks = g_object_ref (rt_application_get_networks (RT_APPLICATION (program->app)));
  program->window = NULL;
  while (!is_loaded (program))
    g_main_context_iteration (NULL, TRUE);
  program->network = g_list_model_get_item (G_LIST_MODEL (program->networks), 0);
  program->window = rt_window_new (RT_APPLICATION (program->app), program->networks);
  gtk_window_set_default_size (GTK_WINDOW (program->window), 900, 700);
  gtk_window_present (GTK_WINDOW (program->window));
  program->timeline = RT_TIMELINE (app_find (GTK_WIDGET (program->window), RT_TYPE_TIMELINE, NULL));
  while (!is_there (program))
    g_main_context_iteration (NULL, TRUE);
  app_frames (GTK_WIDGET (program->window), 1);
  *worked = (double) (clock () - began) / CLOCKS_PER_SEC * 1000.0;
  return (double) (g_get_monotonic_time () - begin) / 1000.0;
}

void
program_close (Program *program)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (program->window != NULL)
    gtk_window_destroy (GTK_WINDOW (program->window));
  g_clear_object (&program->network);
  rt_networks_shutdown_async (program->networks, rt_wait_result_cb, &result);
  app_wait_for (result != NULL);
  rt_networks_shutdown_finish (program->networks, result, &error);
  g_assert_no_error (error);
  app_settle ();
  g_clear_object (&program->networks);
  g_clear_object (&program->app);
}

char *
history_make_folder (guint n_networks, const guint *n_messages)
{
  AppFixture fixture = { 0 };
  g_autofree char *folder = NULL;

  app_fixture_set_up (&fixture, "Wilma");
  for (guint i = 0; i < n_networks; i++)
    {
      g_autofree char *subnet = g_strdup_printf ("club%u", i);
      RtNetwork *network = app_fixture_add (&fixture, subnet);
      gint64 begin = g_get_monotonic_time ();

      app_wait_for (rt_network_get_chat_loaded (network));
      fill (network, n_messages[i]);
      if (n_messages[i] > 0)
        g_test_message ("%u messages written in %.1f s", n_messages[i], (double) (g_get_monotonic_time () - begin) / 1e6);
      rt_network_stop (network);
    }
  /* the folder outlives the fixture */
  folder = g_steal_pointer (&fixture.folder);
  fixture.folder = g_dir_make_tmp ("rt-test-app-XXXXXX", NULL);
  app_fixture_tear_down (&fixture);
  return g_steal_pointer (&folder);
}

static RtTimeline *
find_timeline (GtkWidget *below, RtNetwork *network)
{
  RtTimeline *found = NULL;

  if (RT_IS_CHAT_PAGE (below))
    return rt_chat_page_get_network (RT_CHAT_PAGE (below)) == network ? RT_TIMELINE (app_find (below, RT_TYPE_TIMELINE, NULL)) : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (below); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_timeline (child, network);
  return found;
}

RtTimeline *
program_find_timeline (Program *self, RtNetwork *network)
{
  return find_timeline (GTK_WIDGET (self->window), network);
}

int
history_compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}
