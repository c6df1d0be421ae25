/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who somebody is: the window in which keys are compared and names are given. */
#include "config.h"

#include <string.h>

#include "window-fixture.h"
#include "app/peers/rt-person-dialog.h"
#include "app/rt-entry-field.h"
#include "model/network/rt-network-private.h"

#define EVE "Ad4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqTe9Q"
#define MALLORY "B0bZWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqkk7z"

typedef struct {
  AppFixture f;
  RtNetwork *network;
  RtWindow  *window;
  RtPeople  *people;
} Fixture;

static void
meet (Fixture *self, const char *id, const char *name, const char *key)
{
  g_autoptr (GBytes) bytes = key != NULL ? g_bytes_new (key, 32) : NULL;
  gint64 now = g_get_real_time ();

  rt_people_note_heard (self->people, id, now);
  rt_people_flush (self->people, now);
  if (bytes != NULL)
    g_assert_true (rt_people_note_key (self->people, id, bytes, now));
  g_assert_true (rt_people_note_claim (self->people, id, name, NULL, key != NULL, now));
  rt_people_flush (self->people, now);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  app_fixture_set_up (&self->f, "Ada");
  self->network = app_fixture_add (&self->f, "club");
  self->people = rt_network_get_people (self->network);
  self->window = rt_window_new (self->f.app, self->f.networks);
  window_show (self->window);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  app_fixture_tear_down (&self->f);
}

static GtkWidget *
open_dialog (Fixture *self, const char *id)
{
  GtkWindow *dialog;

  gtk_widget_activate_action (GTK_WIDGET (window_get_view (self->window)), "network.person", "s", id);
  app_settle ();
  dialog = app_dialog (GTK_WINDOW (self->window));
  g_assert_true (RT_IS_PERSON_DIALOG (dialog));
  app_frames (GTK_WIDGET (dialog), 2);
  return GTK_WIDGET (dialog);
}

static void
press (GtkWidget *dialog, const char *name)
{
  g_signal_emit_by_name (app_find (dialog, GTK_TYPE_BUTTON, name), "clicked");
  app_settle ();
}

/* What he calls himself and what he is called both stand there; the second counts everywhere. */
static void
test_petname (Fixture *self, gconstpointer data)
{
  RtPerson *eve;
  GtkWidget *dialog, *entry;

  meet (self, EVE, "<b>Eve</b>", NULL);
  meet (self, MALLORY, "Mallory", NULL);
  eve = rt_people_find (self->people, EVE);
  dialog = open_dialog (self, EVE);
  g_assert_true (app_shows (dialog, "<b>Eve</b>"));
  g_assert_true (app_shows (dialog, "Not verified: no key of this person is known"));
  g_assert_false (app_shows (dialog, "Fingerprint of"));
  entry = app_find (dialog, RT_TYPE_ENTRY_FIELD, "petname_row");
  gtk_editable_set_text (GTK_EDITABLE (entry), "Aunt Eve");
  press (dialog, "change_button");
  g_assert_cmpstr (rt_person_get_shown_name (eve), ==, "Aunt Eve");
  g_assert_true (app_shows (dialog, "Aunt Eve") && app_shows (dialog, "<b>Eve</b>"));
  /* nobody is to be taken for somebody else */
  gtk_editable_set_text (GTK_EDITABLE (entry), "Ada");
  press (dialog, "change_button");
  g_assert_true (app_shows (dialog, "That is what you are called yourself"));
  g_assert_cmpstr (rt_person_get_petname (eve), ==, "Aunt Eve");
  app_frames (dialog, 2);
  app_picture (dialog, "person-petname");
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  press (dialog, "change_button");
  g_assert_null (rt_person_get_petname (eve));
  g_assert_cmpstr (rt_person_get_shown_name (eve), ==, "<b>Eve</b>");
}

static void
test_compare (Fixture *self, gconstpointer data)
{
  g_autofree char *digits = NULL, *words = NULL;
  RtPerson *eve;
  GtkWidget *dialog;

  meet (self, EVE, "Eve", "0123456789abcdef0123456789abcdef");
  eve = rt_people_find (self->people, EVE);
  digits = rt_person_dup_digits (eve);
  words = rt_person_dup_words (eve);
  dialog = open_dialog (self, EVE);
  g_assert_true (app_shows (dialog, digits) && app_shows (dialog, words));
  g_assert_true (app_shows (dialog, "Fingerprint of your key"));
  g_assert_true (app_shows (dialog, "Whether the name is theirs"));
  app_picture (dialog, "person-compare");
  press (dialog, "answer_button");
  g_assert_cmpint (rt_person_get_compared (eve), >, 0);
  g_assert_true (app_shows (dialog, "You compared the keys"));
  g_assert_true (app_shows (dialog, "Verified: you compared keys"));
  press (dialog, "answer_button");
  g_assert_cmpint (rt_person_get_compared (eve), ==, 0);
  press (dialog, "answer_button");
  /* another name, the same key: both stand there until the person says that it is fine */
  g_assert_false (gtk_widget_get_visible (app_find (dialog, GTK_TYPE_BUTTON, "accept_button")));
  g_assert_true (rt_people_note_claim (self->people, EVE, "Mother", NULL, TRUE, g_get_real_time ()));
  app_settle ();
  g_assert_true (app_shows (dialog, "Mother (was Eve)") && app_shows (dialog, "Renamed"));
  g_assert_true (gtk_widget_get_visible (app_find (dialog, GTK_TYPE_BUTTON, "accept_button")));
  app_picture (dialog, "person-renamed");
  press (dialog, "accept_button");
  g_assert_cmpint (rt_person_get_state (eve), ==, RT_PERSON_VERIFIED);
  g_assert_cmpstr (rt_person_get_shown_name (eve), ==, "Mother");
  g_assert_false (gtk_widget_get_visible (app_find (dialog, GTK_TYPE_BUTTON, "accept_button")));
  rt_people_note_claim (self->people, EVE, "Eve", NULL, TRUE, g_get_real_time ());
  press (dialog, "accept_button");
  gtk_window_close (GTK_WINDOW (dialog));
  app_settle ();
  /* her name with another key */
  meet (self, MALLORY, "Eve", "fedcba9876543210fedcba9876543210");
  dialog = open_dialog (self, MALLORY);
  g_assert_true (app_shows (dialog, "Changed"));
  g_assert_true (app_shows (dialog, "Trust nothing that is said under this name"));
  gtk_window_set_default_size (GTK_WINDOW (dialog), 360, 640);
  app_frames (dialog, 3);
  app_picture (dialog, "person-changed");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 360, 1000);
  app_frames (dialog, 5);
  app_picture (dialog, "person-dark-rtl");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

/* He becomes somebody else while he reads his fingerprint to a friend; and then whom he was before that, whom the list has still. */
static void
test_you_change (Fixture *self, gconstpointer data)
{
  static const char * const keys[] = { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" };
  static const char * const ids[] = { "the first one", "the second one" };
  GtkWidget *dialog;
  gint64 now = g_get_real_time ();

  meet (self, EVE, "Eve", "0123456789abcdef0123456789abcdef");
  dialog = open_dialog (self, EVE);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GBytes) key = g_bytes_new (keys[i % 2], 32);
      g_autofree char *digits = NULL;

      rt_people_set_you (self->people, ids[i % 2], "Ada");
      rt_people_flush (self->people, now);
      rt_people_note_key (self->people, ids[i % 2], key, now);
      digits = rt_person_dup_digits (rt_people_find (self->people, ids[i % 2]));
      g_assert_nonnull (digits);
      app_wait_for (app_shows (dialog, digits));
    }
  gtk_window_close (GTK_WINDOW (dialog));
  rt_people_set_you (self->people, ids[1], "Ada");
  app_settle ();
}

static void
test_gone (Fixture *self, gconstpointer data)
{
  GtkWidget *view = GTK_WIDGET (window_get_view (self->window));

  gtk_widget_activate_action (view, "network.person", "s", "nobody");
  app_settle ();
  g_assert_null (app_dialog (GTK_WINDOW (self->window)));
  g_assert_true (app_shows (GTK_WIDGET (self->window), "This person is not known here any more"));
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/person/petname", Fixture, NULL, set_up, test_petname, tear_down);
  g_test_add ("/person/compare", Fixture, NULL, set_up, test_compare, tear_down);
  g_test_add ("/person/you-change", Fixture, NULL, set_up, test_you_change, tear_down);
  g_test_add ("/person/gone", Fixture, NULL, set_up, test_gone, tear_down);
  return g_test_run ();
}
