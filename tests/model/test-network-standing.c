/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How it stands with addresses that there is no link to, and with our clock. */
#include "network-test.h"
#include "model/network/rt-network-private.h"

#define NOW G_GINT64_CONSTANT (1000000000000)

static void
assert_words (RtStanding standing, const char *expected)
{
  g_autofree char *words = rt_standing_dup_words (&standing, NOW);

  g_assert_cmpstr (words, ==, expected);
}

static void
test_words (void)
{
  assert_words ((RtStanding) { 0 }, NULL);
  assert_words ((RtStanding) { .attempts = 1 }, "tried 1 time");
  assert_words ((RtStanding) { .attempts = 3, .next_attempt = NOW + 12 * G_USEC_PER_SEC }, "tried 3 times · tries again in 12 seconds");
  assert_words ((RtStanding) { .attempts = 3, .next_attempt = NOW + 1 }, "tried 3 times · tries again in 1 second");
  assert_words ((RtStanding) { .attempts = 3, .next_attempt = NOW - G_USEC_PER_SEC }, "tried 3 times · tries again in 0 seconds");
  assert_words ((RtStanding) { .attempts = 9, .next_attempt = NOW + 600 * G_USEC_PER_SEC }, "tried 9 times · tries again in 10 minutes");
  assert_words ((RtStanding) { .attempts = 2, .dialling = TRUE, .next_attempt = NOW }, "tried 2 times · being tried now");
  assert_words ((RtStanding) { .attempts = 2, .given_up = TRUE }, "tried 2 times · not tried any more by itself");
  assert_words ((RtStanding) { .source = P2P_ADDRESS_SOURCE_PEERS }, "named by a neighbour");
  assert_words ((RtStanding) { .source = P2P_ADDRESS_SOURCE_INCOMING }, "it came to us and named this address");
  assert_words ((RtStanding) { .source = P2P_ADDRESS_SOURCE_RESPONSE }, "found by a search");
  /* once it was tried, that matters more */
  assert_words ((RtStanding) { .source = P2P_ADDRESS_SOURCE_PEERS, .attempts = 1 }, "tried 1 time");
}

static void
test_clock_words (void)
{
  static const struct { gint64 seconds; const char *words; } spans[] = {
    { 0, "0 seconds" }, { 1, "1 second" }, { -90, "90 seconds" }, { 120, "2 minutes" }, { 7199, "119 minutes" }, { 7200, "2 hours" },
    { 86400, "24 hours" }, { 4 * 86400, "4 days" }, { G_MAXINT64, "11574 days" }, { G_MININT64, "11574 days" },
  };
  g_autofree char *fine = rt_clock_words (0);
  g_autofree char *ahead = rt_clock_words (61);
  g_autofree char *behind = rt_clock_words (-3600);

  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      g_autofree char *words = rt_span_words (spans[i].seconds);

      g_assert_cmpstr (words, ==, spans[i].words);
    }
  g_assert_null (fine);
  g_assert_true (g_str_has_prefix (ahead, "The clock of this computer seems to be 61 seconds ahead of the others’."));
  g_assert_true (g_str_has_prefix (behind, "The clock of this computer seems to be 60 minutes behind the others’."));
}

/* An address of the configuration at which nobody listens: tried again for ever, and not to be forgotten. */
static void
test_configured (void)
{
  Person ada = { 0 };
  RtNetwork *network;
  RtStanding standing;
  g_autofree char *address = rt_format_address ("127.0.0.1", find_free_port ());

  person_init (&ada);
  network = person_join (&ada, "net", address);
  rt_wait_until (rt_network_get_standing (network, address, &standing) && standing.next_attempt > 0);
  g_assert_cmpuint (standing.attempts, >, 0);
  g_assert_false (standing.given_up);
  g_assert_cmpint (standing.next_attempt, >, g_get_real_time () - G_USEC_PER_SEC);
  g_assert_cmpint (standing.next_attempt, <=, g_get_real_time () + 60 * G_USEC_PER_SEC);
  g_assert_false (rt_network_can_forget (network, address));
  rt_network_forget (network, address);
  g_assert_nonnull (find_known_peer (network, address));
  g_assert_false (rt_network_get_standing (network, "no address", &standing));
  g_assert_false (rt_network_get_standing (network, "127.0.0.1:9", &standing));
  rt_network_stop (network);
  g_assert_false (rt_network_get_standing (network, address, &standing));
  person_clear (&ada);
}

/* One that the person tried once. */
static void
test_forget (void)
{
  Person ada = { 0 }, bob = { 0 };
  RtNetwork *network, *other;
  RtStanding standing;
  g_autoptr (GError) error = NULL;
  g_autofree char *nowhere = rt_format_address ("127.0.0.1", find_free_port ());
  g_autofree char *there = NULL;

  person_init (&ada);
  person_init (&bob);
  network = person_join (&ada, "net", NULL);
  other = person_join (&bob, "net", NULL);
  there = network_dup_address (other);
  g_assert_false (connect_and_wait (network, nowhere, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_REFUSED);
  g_assert_true (rt_network_get_standing (network, nowhere, &standing));
  g_assert_cmpuint (standing.attempts, ==, 1);
  g_assert_true (rt_network_can_forget (network, nowhere));
  rt_network_forget (network, nowhere);
  g_assert_null (find_known_peer (network, nowhere));
  g_assert_false (rt_network_can_forget (network, nowhere));
  g_assert_false (rt_network_get_standing (network, nowhere, &standing));
  /* one that there is a link to stays */
  g_assert_true (connect_and_wait (network, there, NULL));
  g_assert_false (rt_network_can_forget (network, there));
  person_clear (&ada);
  person_clear (&bob);
}

/* What a neighbour names is known, and where it comes from. */
static void
test_named_by_neighbour (void)
{
  Person ada = { 0 }, bob = { 0 }, carol = { 0 };
  RtNetwork *a, *b, *c;
  RtStanding standing;
  g_autofree char *to_b = NULL, *to_c = NULL, *words = NULL;

  person_init (&ada);
  person_init (&bob);
  person_init (&carol);
  a = person_join (&ada, "net", NULL);
  b = person_join (&bob, "net", NULL);
  c = person_join (&carol, "net", NULL);
  to_b = network_dup_address (b);
  to_c = network_dup_address (c);
  g_assert_true (connect_and_wait (c, to_b, NULL));
  wait_peers (b, 1);
  g_assert_true (connect_and_wait (a, to_b, NULL));
  rt_wait_until (find_known_peer (a, to_c) != NULL);
  g_assert_true (rt_network_get_standing (a, to_c, &standing));
  g_assert_cmpint (standing.source, ==, P2P_ADDRESS_SOURCE_PEERS);
  g_assert_cmpuint (standing.attempts, ==, 0);
  words = rt_standing_dup_words (&standing, g_get_real_time ());
  g_assert_true (g_str_has_prefix (words, "named by a neighbour"));
  g_assert_cmpstr (rt_known_peer_get_id (find_known_peer (a, to_c)), ==, network_get_id (c));
  /* no longer among those without a link once there is one */
  g_assert_true (connect_and_wait (a, to_c, NULL));
  rt_wait_until (find_known_peer (a, to_c) == NULL);
  person_clear (&ada);
  person_clear (&bob);
  person_clear (&carol);
}

/* A peers list may be long. */
static void
test_bounded (void)
{
  Person ada = { 0 };
  RtNetwork *network;

  person_init (&ada);
  network = person_join (&ada, "net", NULL);
  for (guint16 i = 0; i < RT_NETWORK_MAX_KNOWN + 50; i++)
    p2p_mesh_socket_add_address (rt_network_get_socket (network), "127.0.0.1", 1000 + i, NULL, P2P_ADDRESS_DEFAULT, 0);
  rt_wait_until (g_list_model_get_n_items (rt_network_get_known_peers (network)) > 0);
  g_assert_cmpuint (g_list_model_get_n_items (rt_network_get_known_peers (network)), ==, RT_NETWORK_MAX_KNOWN);
  person_clear (&ada);
}

static void
count_cb (gpointer object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

static void
test_clock (void)
{
  Person ada = { 0 };
  RtNetwork *network;
  gint64 skew = 1;
  guint n = 0;

  person_init (&ada);
  network = person_join (&ada, "net", NULL);
  g_object_get (network, "clock-skew", &skew, NULL);
  g_assert_cmpint (skew, ==, 0);
  g_signal_connect (network, "notify::clock-skew", G_CALLBACK (count_cb), &n);
  rt_network_set_clock_skew (network, 75);
  rt_network_set_clock_skew (network, 75);
  g_object_get (network, "clock-skew", &skew, NULL);
  g_assert_cmpint (skew, ==, 75);
  g_assert_cmpuint (n, ==, 1);
  /* nobody is there any more to compare with */
  rt_network_stop (network);
  g_object_get (network, "clock-skew", &skew, NULL);
  g_assert_cmpint (skew, ==, 0);
  g_assert_cmpuint (n, ==, 2);
  person_clear (&ada);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network-standing/words", test_words);
  g_test_add_func ("/network-standing/clock-words", test_clock_words);
  g_test_add_func ("/network-standing/configured", test_configured);
  g_test_add_func ("/network-standing/forget", test_forget);
  g_test_add_func ("/network-standing/named-by-neighbour", test_named_by_neighbour);
  g_test_add_func ("/network-standing/bounded", test_bounded);
  g_test_add_func ("/network-standing/clock", test_clock);
  return g_test_run ();
}
