/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why an address cannot be reached: words for every code, a check of each step against real sockets, and the report. */
#include "config.h"

#include <string.h>

#include "network-test.h"
#include "model/reach/rt-reach.h"

static void
test_table (void)
{
  int n = 0;

  for (;; n++)
    {
      const RtReachWords *words = rt_reach_explain (n);
      const GError error = { P2P_LINK_ERROR, n, NULL };
      g_autofree char *name = p2p_error_get_code_name (&error);

      if (!g_str_has_prefix (name, "P2P_LINK_ERROR_"))
        break;
      if (words == NULL)
        g_error ("no words for %s", name);
      g_assert_true (words->cause != NULL && *words->cause != '\0');
      g_assert_true (words->meaning != NULL && g_str_has_suffix (words->meaning, "."));
      g_assert_true (words->advice != NULL && g_str_has_suffix (words->advice, "."));
      g_assert_false (g_str_has_suffix (words->cause, "."));
    }
  g_assert_cmpint (n, >, P2P_LINK_ERROR_SOCKET_CLOSED);
  g_assert_null (rt_reach_explain (-1));
  g_assert_null (rt_reach_explain (10000));
  g_assert_cmpint (rt_reach_explain (P2P_LINK_ERROR_WRONG_NETWORK)->fix, ==, RT_FIX_EDIT_NETWORK);
  g_assert_cmpint (rt_reach_explain (P2P_LINK_ERROR_TOO_MANY)->fix, ==, RT_FIX_CLOSE_LINK);
  g_assert_cmpint (rt_reach_explain (P2P_LINK_ERROR_SELF)->fix, ==, RT_FIX_FORGET);
  g_assert_nonnull (strstr (rt_reach_explain (P2P_LINK_ERROR_TLS_UNAVAILABLE)->advice, "glib-networking"));
  for (guint i = 0; i < RT_N_STEPS; i++)
    g_assert_nonnull (rt_step_get_words (i));
}

static void
assert_step (int code, RtStep step)
{
  g_autoptr (GError) error = g_error_new_literal (P2P_LINK_ERROR, code, "x");

  g_assert_cmpint (rt_reach_step_of (error), ==, step);
}

static void
test_steps (void)
{
  assert_step (P2P_LINK_ERROR_NOT_RESOLVED, RT_STEP_NAME);
  assert_step (P2P_LINK_ERROR_REFUSED, RT_STEP_PORT);
  assert_step (P2P_LINK_ERROR_TIMED_OUT, RT_STEP_PORT);
  assert_step (P2P_LINK_ERROR_TLS, RT_STEP_ENCRYPTION);
  assert_step (P2P_LINK_ERROR_TLS_UNAVAILABLE, RT_STEP_ENCRYPTION);
  assert_step (P2P_LINK_ERROR_WRONG_NETWORK, RT_STEP_HANDSHAKE);
  assert_step (P2P_LINK_ERROR_HANDSHAKE_TIMEOUT, RT_STEP_HANDSHAKE);
  assert_step (P2P_LINK_ERROR_SELF, RT_STEP_HANDSHAKE);
}

static RtStepState
step_of (RtReach *reach, RtStep step)
{
  return rt_reach_get_step (reach, step, NULL);
}

static const RtReachAttempt *
newest (RtReach *reach)
{
  g_assert_cmpuint (rt_reach_get_attempts (reach)->len, >, 0);
  return g_ptr_array_index (rt_reach_get_attempts (reach), 0);
}

static void
count_cb (gpointer object, guint *n)
{
  (*n)++;
}

static void
test_refused (void)
{
  Person ada = { 0 };
  RtNetwork *network;
  g_autoptr (RtReach) reach = NULL;
  g_autofree char *address = NULL, *report = NULL, *summary = NULL;
  const char *words = NULL;
  guint n = 0;

  person_init (&ada);
  network = person_join (&ada, "secret club", NULL);
  g_assert_null (rt_reach_new (network, "no address"));
  address = g_strdup_printf ("127.0.0.1:%u", find_free_port ());
  reach = rt_reach_new (network, address);
  g_assert_cmpstr (rt_reach_get_address (reach), ==, address);
  g_assert_false (rt_reach_get_connected (reach));
  g_assert_false (rt_reach_was_checked (reach));
  g_assert_null (rt_reach_get_words (reach));
  g_signal_connect (reach, "changed", G_CALLBACK (count_cb), &n);
  rt_reach_check (reach);
  g_assert_true (rt_reach_is_checking (reach));
  g_assert_cmpint (step_of (reach, RT_STEP_NAME), ==, RT_STEP_OK);
  g_assert_cmpint (step_of (reach, RT_STEP_PORT), ==, RT_STEP_RUNNING);
  rt_wait_until (!rt_reach_is_checking (reach));
  g_assert_cmpuint (n, >=, 2);
  g_assert_cmpint (rt_reach_get_step (reach, RT_STEP_PORT, &words), ==, RT_STEP_FAILED);
  g_assert_nonnull (strstr (words, address));
  g_assert_cmpint (step_of (reach, RT_STEP_HANDSHAKE), ==, RT_STEP_SKIPPED);
  g_assert_cmpint (newest (reach)->code, ==, P2P_LINK_ERROR_REFUSED);
  g_assert_cmpint (rt_reach_get_words (reach)->fix, ==, RT_FIX_TRY_AGAIN);
  summary = rt_reach_dup_summary (reach);
  g_assert_cmpstr (summary, ==, "Nobody listens there");

  report = rt_reach_dup_report (reach);
  g_assert_nonnull (strstr (report, address));
  g_assert_nonnull (strstr (report, "P2P_LINK_ERROR_REFUSED"));
  g_assert_nonnull (strstr (report, "encryption Plaintext, no secret, wire version 0.7"));
  g_assert_nonnull (strstr (report, "  port: failed, "));
  /* the name of a network is what keeps others out of it */
  g_assert_null (strstr (report, "secret club"));
  g_clear_object (&reach);
  person_clear (&ada);
}

static void
test_other_network (void)
{
  Person ada = { 0 }, bob = { 0 };
  RtNetwork *network, *other;
  g_autoptr (RtReach) reach = NULL;
  g_autofree char *address = NULL;

  person_init (&ada);
  person_init (&bob);
  network = person_join (&ada, "club", NULL);
  other = person_join (&bob, "another", NULL);
  address = network_dup_address (other);
  reach = rt_reach_new (network, address);
  rt_reach_check (reach);
  rt_wait_until (!rt_reach_is_checking (reach));
  g_assert_cmpint (step_of (reach, RT_STEP_PORT), ==, RT_STEP_OK);
  g_assert_cmpint (step_of (reach, RT_STEP_ENCRYPTION), ==, RT_STEP_SKIPPED);
  g_assert_cmpint (step_of (reach, RT_STEP_HANDSHAKE), ==, RT_STEP_FAILED);
  g_assert_cmpint (rt_reach_get_words (reach)->code, ==, P2P_LINK_ERROR_WRONG_NETWORK);
  g_clear_object (&reach);
  person_clear (&ada);
  person_clear (&bob);
}

static void
test_works (void)
{
  Person ada = { 0 }, bob = { 0 };
  RtNetwork *network, *other;
  g_autoptr (RtReach) reach = NULL;
  g_autofree char *address = NULL, *summary = NULL;

  person_init (&ada);
  person_init (&bob);
  network = person_join (&ada, "club", NULL);
  other = person_join (&bob, "club", NULL);
  address = network_dup_address (other);
  reach = rt_reach_new (network, address);
  rt_reach_check (reach);
  rt_wait_until (!rt_reach_is_checking (reach));
  for (guint i = 0; i < RT_N_STEPS; i++)
    g_assert_cmpint (step_of (reach, i), ==, i == RT_STEP_ENCRYPTION ? RT_STEP_SKIPPED : RT_STEP_OK);
  g_assert_true (rt_reach_get_connected (reach));
  g_assert_null (rt_reach_get_words (reach));
  summary = rt_reach_dup_summary (reach);
  g_assert_cmpstr (summary, ==, "There is a connection now");
  /* a second check finds what there is */
  rt_reach_check (reach);
  rt_wait_until (!rt_reach_is_checking (reach));
  g_assert_cmpint (step_of (reach, RT_STEP_HANDSHAKE), ==, RT_STEP_OK);
  g_clear_object (&reach);
  person_clear (&ada);
  person_clear (&bob);
}

static void
test_name (void)
{
  Person ada = { 0 };
  RtNetwork *network;
  g_autoptr (RtReach) reach = NULL;

  person_init (&ada);
  network = person_join (&ada, "club", NULL);
  reach = rt_reach_new (network, "no-such-host.invalid:4444");
  rt_reach_check (reach);
  g_assert_cmpint (step_of (reach, RT_STEP_NAME), ==, RT_STEP_RUNNING);
  rt_wait_until (!rt_reach_is_checking (reach));
  g_assert_cmpint (step_of (reach, RT_STEP_NAME), ==, RT_STEP_FAILED);
  g_assert_cmpint (newest (reach)->code, ==, P2P_LINK_ERROR_NOT_RESOLVED);
  g_clear_object (&reach);
  person_clear (&ada);
}

static void
test_stop_and_off (void)
{
  Person ada = { 0 };
  RtNetwork *network;
  RtReach *reach;

  person_init (&ada);
  network = person_join (&ada, "club", NULL);
  reach = rt_reach_new (network, "no-such-host.invalid:4444");
  rt_reach_check (reach);
  rt_reach_stop (reach);
  g_assert_false (rt_reach_is_checking (reach));
  g_assert_cmpint (step_of (reach, RT_STEP_NAME), ==, RT_STEP_SKIPPED);
  rt_network_stop (network);
  g_assert_cmpint (rt_reach_get_words (reach)->fix, ==, RT_FIX_GO_ONLINE);
  rt_reach_check (reach);
  g_assert_cmpint (step_of (reach, RT_STEP_PORT), ==, RT_STEP_FAILED);
  /* what is under way holds it no longer than it takes */
  rt_network_start (network);
  wait_up (network);
  rt_reach_check (reach);
  g_object_add_weak_pointer (G_OBJECT (reach), (gpointer *) &reach);
  rt_reach_stop (reach);
  g_object_unref (reach);
  rt_wait_until (reach == NULL);
  person_clear (&ada);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reach/table", test_table);
  g_test_add_func ("/reach/steps", test_steps);
  g_test_add_func ("/reach/refused", test_refused);
  g_test_add_func ("/reach/other-network", test_other_network);
  g_test_add_func ("/reach/works", test_works);
  g_test_add_func ("/reach/name", test_name);
  g_test_add_func ("/reach/stop-and-off", test_stop_and_off);
  return g_test_run ();
}
