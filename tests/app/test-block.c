/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocking somebody from where one meets him, and the list of those blocked. */
#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "window-fixture.h"
#include "app/chat/rt-people-pane.h"
#include "app/chat/rt-person-row.h"
#include "app/peers/rt-block-dialog.h"
#include "app/peers/rt-blocked-group.h"
#include "app/peers/rt-known-peer-row.h"
#include "app/rt-banner.h"
#include "model/network/rt-network-private.h"

#define EVE "Ad4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqTe9Q"

typedef struct {
  AppFixture f;
  RtNetwork *network;
  RtWindow  *window;
  GtkWidget *view;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  app_fixture_set_up (&self->f, "Ada");
  self->network = app_fixture_add (&self->f, "club");
  self->window = rt_window_new (self->f.app, self->f.networks);
  window_show (self->window);
  self->view = GTK_WIDGET (window_get_view (self->window));
  rt_people_note_heard (rt_network_get_people (self->network), EVE, g_get_real_time ());
  rt_people_note_name (rt_network_get_people (self->network), EVE, "Eve", g_get_real_time ());
  rt_people_flush (rt_network_get_people (self->network), g_get_real_time ());
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  app_fixture_tear_down (&self->f);
}

static void
answer (Fixture *self, const char *response)
{
  GtkWindow *dialog = app_dialog (GTK_WINDOW (self->window));

  g_assert_true (RT_IS_BLOCK_DIALOG (dialog));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), response);
  app_settle ();
}

static guint
count (Fixture *self)
{
  return g_list_model_get_n_items (rt_network_get_blocks (self->network));
}

static void
test_person (Fixture *self, gconstpointer data)
{
  GtkWidget *group;

  gtk_widget_activate_action (self->view, "network.block", "s", EVE);
  app_settle ();
  g_assert_true (app_shows (GTK_WIDGET (app_dialog (GTK_WINDOW (self->window))), "Block Eve?"));
  app_frames (GTK_WIDGET (app_dialog (GTK_WINDOW (self->window))), 2);
  app_picture (GTK_WIDGET (app_dialog (GTK_WINDOW (self->window))), "block-person");
  answer (self, "cancel");
  g_assert_cmpuint (count (self), ==, 0);
  gtk_widget_activate_action (self->view, "network.block", "s", EVE);
  app_settle ();
  answer (self, "block");
  g_assert_cmpuint (count (self), ==, 1);

  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.show-page", "s", "peers");
  app_settle ();
  group = app_find (self->view, RT_TYPE_BLOCKED_GROUP, NULL);
  g_assert_true (gtk_widget_get_visible (group));
  g_assert_true (app_shows (group, "Blocked"));
  gtk_widget_grab_focus (app_find (group, GTK_TYPE_BUTTON, NULL));
  app_frames (GTK_WIDGET (self->window), 20);
  app_picture (GTK_WIDGET (self->window), "block-list");
  /* the same again unblocks, and does not ask */
  gtk_widget_activate_action (self->view, "network.block", "s", EVE);
  app_settle ();
  g_assert_cmpuint (count (self), ==, 0);
  g_assert_false (gtk_widget_get_visible (group));
}

static void
activate_check (GtkWidget *below, const char *words)
{
  for (GtkWidget *w = gtk_widget_get_first_child (below); w != NULL; w = gtk_widget_get_next_sibling (w))
    {
      if (GTK_IS_CHECK_BUTTON (w) && app_shows (w, words))
        gtk_check_button_set_active (GTK_CHECK_BUTTON (w), !gtk_check_button_get_active (GTK_CHECK_BUTTON (w)));
      activate_check (w, words);
    }
}

/* Where it is known where somebody is, the person chooses; nothing chosen is nothing to answer. */
static void
test_choice (Fixture *self, gconstpointer data)
{
  RtBlockDialog *dialog = rt_block_dialog_new (GTK_WINDOW (self->window), self->network, EVE, "192.0.2.7");

  gtk_window_present (GTK_WINDOW (dialog));
  app_settle ();
  app_frames (GTK_WIDGET (dialog), 2);
  app_picture (GTK_WIDGET (dialog), "block-choice");
  g_assert_true (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "block"));
  activate_check (GTK_WIDGET (dialog), "This person");
  g_assert_false (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "block"));
  activate_check (GTK_WIDGET (dialog), "192.0.2.7");
  answer (self, "block");
  g_assert_null (rt_network_find_block (self->network, RT_BLOCK_PERSON, EVE));
  g_assert_nonnull (rt_network_find_block (self->network, RT_BLOCK_ADDRESS, "192.0.2.7"));
}

/* Nobody blocks himself, and the words say so. */
static void
test_oneself (Fixture *self, gconstpointer data)
{
  g_autofree char *own = g_strdup (p2p_mesh_socket_get_id (rt_network_get_socket (self->network)));

  gtk_widget_activate_action (self->view, "network.block", "s", own);
  app_settle ();
  answer (self, "block");
  g_assert_cmpuint (count (self), ==, 0);
  g_assert_true (app_shows (GTK_WIDGET (self->window), "That is you"));
}

static void
test_unblock (Fixture *self, gconstpointer data)
{
  GtkWidget *group;

  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *host = g_strdup_printf ("198.51.100.%u", i + 1);

      g_assert_true (rt_network_block (self->network, RT_BLOCK_ADDRESS, host, NULL));
    }
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.show-page", "s", "peers");
  app_settle ();
  group = app_find (self->view, RT_TYPE_BLOCKED_GROUP, NULL);
  g_assert_true (app_shows (group, "198.51.100.20"));
  g_assert_false (app_shows (group, "198.51.100.21"));
  g_assert_true (app_shows (group, "Show more"));
  g_signal_emit_by_name (app_find (group, GTK_TYPE_BUTTON, NULL), "clicked");
  app_settle ();
  g_assert_cmpuint (count (self), ==, 29);
  g_assert_null (rt_network_find_block (self->network, RT_BLOCK_ADDRESS, "198.51.100.1"));
  g_assert_true (app_shows (group, "198.51.100.21"));
}

/* A block that the node does not take, and blocks that could not be read: both are told of where the blocked ones are. */
static void
test_trouble (Fixture *self, gconstpointer data)
{
  GtkWidget *group;
  RtBanner *banner;

  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.show-page", "s", "peers");
  app_settle ();
  group = app_find (self->view, RT_TYPE_BLOCKED_GROUP, NULL);
  g_assert_false (gtk_widget_get_visible (group));
  self->network->blocks_error = g_strdup ("Who is blocked cannot be read: <b>no & such table");
  g_object_notify (G_OBJECT (self->network), "blocks-error");
  app_settle ();
  g_assert_true (gtk_widget_get_visible (group));
  g_assert_true (app_shows (group, "Who is blocked cannot be read: <b>no & such table"));
  /* also where one looks for something else */
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.show-page", "s", "chat");
  app_settle ();
  banner = RT_BANNER (app_find (self->view, RT_TYPE_BANNER, "banner"));
  g_assert_true (rt_banner_get_revealed (banner));
  g_assert_cmpstr (rt_banner_get_title (banner), ==, "Who is blocked cannot be read: <b>no & such table");
  g_assert_false (gtk_widget_get_mapped (group));
  g_signal_emit_by_name (banner, "button-clicked");
  app_settle ();
  g_assert_true (gtk_widget_get_mapped (group));

  g_assert_true (rt_network_block (self->network, RT_BLOCK_ADDRESS, "198.51.100.1", NULL));
  app_settle ();
  g_assert_true (app_shows (group, "Address · blocked since"));
  rt_block_set_problem (rt_network_find_block (self->network, RT_BLOCK_ADDRESS, "198.51.100.1"), "no <b>room & board");
  app_settle ();
  g_assert_true (app_shows (group, " · no <b>room & board"));
  gtk_widget_grab_focus (app_find (group, GTK_TYPE_BUTTON, NULL));
  app_frames (GTK_WIDGET (self->window), 20);
  app_picture (GTK_WIDGET (self->window), "block-trouble");
  rt_block_set_problem (rt_network_find_block (self->network, RT_BLOCK_ADDRESS, "198.51.100.1"), NULL);
  app_settle ();
  g_assert_false (app_shows (group, "room & board"));
}

/* In the list of people it is said, and undone. */
static void
test_people (Fixture *self, gconstpointer data)
{
  RtPerson *person = rt_people_find (rt_network_get_people (self->network), EVE);
  GtkWidget *row = g_object_ref_sink (rt_person_row_new ());

  rt_person_row_bind (RT_PERSON_ROW (row), person);
  g_assert_false (app_shows (row, "Blocked"));
  g_assert_true (rt_network_block (self->network, RT_BLOCK_PERSON, EVE, NULL));
  {
    g_autofree char *spoken = rt_person_row_dup_spoken (person);

    g_assert_nonnull (strstr (spoken, "Blocked"));
  }
  rt_network_unblock (self->network, rt_network_find_block (self->network, RT_BLOCK_PERSON, EVE));
  {
    g_autofree char *spoken = rt_person_row_dup_spoken (person);

    g_assert_null (strstr (spoken, "Blocked"));
  }
  rt_person_row_bind (RT_PERSON_ROW (row), NULL);
  g_object_unref (row);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

#define ADD(name, func) g_test_add ("/block/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("person", test_person);
  ADD ("choice", test_choice);
  ADD ("oneself", test_oneself);
  ADD ("unblock", test_unblock);
  ADD ("trouble", test_trouble);
  ADD ("people", test_people);
  return g_test_run ();
}
