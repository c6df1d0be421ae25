/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/rt-window.h"

static void
test_makes_and_ends (void)
{
  g_autoptr (RtApplication) app = rt_application_new ();
  RtWindow *window;
  GError *error = NULL;

  g_application_register (G_APPLICATION (app), NULL, &error);
  g_assert_no_error (error);
  window = rt_window_new (app);
  g_assert_true (RT_IS_WINDOW (window));
  g_object_ref (window);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (window);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/window/makes-and-ends", test_makes_and_ends);
  return g_test_run ();
}
