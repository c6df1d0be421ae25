/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network of four is cut in two for hours, and whole again. */
#include <string.h>

#include "model/network/rt-network-talk-private.h"
#include "teller.h"

#define HOUR 3600
#define N_SAID 10u

typedef struct {
  Person     person;
  RtNetwork *network;
  RtCatchUp *result;            /* the newest */
  guint      n_results;
} Side;

/* The first two are of the one part, the others of the other. */
typedef struct {
  Side sides[4];
} Fixture;

static void
caught_up_cb (RtNetwork *network, RtCatchUp *result, Side *side)
{
  g_set_object (&side->result, result);
  side->n_results++;
}

static void
take_up (Side *side)
{
  side->network = person_get (&side->person, 0);
  g_signal_connect (side->network, "caught-up", G_CALLBACK (caught_up_cb), side);
  wait_up (side->network);
  rt_wait_until (rt_network_get_chat_loaded (side->network));
}

static void
restart (Side *side)
{
  g_signal_handlers_disconnect_by_data (side->network, side);
  person_end (&side->person);
  person_begin (&side->person);
  take_up (side);
}

static RtNetwork *
network_of (Fixture *self, guint i)
{
  return self->sides[i].network;
}

static void
link_up (Fixture *self, guint one, guint other)
{
  g_autofree char *address = network_dup_address (network_of (self, other));
  g_autoptr (GError) error = NULL;

  g_assert_true (connect_and_wait (network_of (self, one), address, &error));
  rt_wait_until (p2p_mesh_socket_get_connection (rt_network_get_socket (network_of (self, other)), network_get_id (network_of (self, one))) != NULL);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    {
      person_init (&self->sides[i].person);
      person_join (&self->sides[i].person, "split", NULL);
      take_up (&self->sides[i]);
    }
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    {
      g_signal_handlers_disconnect_by_data (self->sides[i].network, &self->sides[i]);
      g_clear_object (&self->sides[i].result);
      person_clear (&self->sides[i].person);
    }
}

/* Message i of part: one a minute on the left, with those of the right in between; all of it hours old. */
static char *
dup_words (guint part, guint i)
{
  return g_strdup_printf ("%s %02u", part == 0 ? "left" : "right", i);
}

/* Both of the part have heard it; before the split all were one. */
static void
keep_both (Fixture *self, guint part, P2pMessage *message, const char *words)
{
  for (guint i = 2 * part; i < 2 * part + 2; i++)
    keep_message (network_of (self, i), message, words,
                  g_str_equal (p2p_message_get_sender (message), network_get_id (network_of (self, i))) ? RT_STORE_MESSAGE_OWN : 0);
}

static void
say_apart (Fixture *self)
{
  for (guint part = 0; part < 2; part++)
    for (guint i = 0; i < N_SAID; i++)
      {
        g_autofree char *words = dup_words (part, i);
        g_autoptr (P2pMessage) message = make_said (network_get_id (network_of (self, 2 * part + i % 2)), P2P_FLAG_BROADCAST, HOUR - 60 * i - 30 * part, words);

        keep_both (self, part, message, words);
      }
  for (guint part = 0; part < 2; part++)
    {
      g_autoptr (P2pMessage) message = make_said ("cem", P2P_FLAG_BROADCAST, 2 * HOUR, "said before");

      keep_both (self, part, message, "said before");
    }
}

/* As if all of them had been up for three hours, each part by itself. */
static void
pass_hours (Fixture *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    {
      restart (&self->sides[i]);
    }
  link_up (self, 0, 1);
  link_up (self, 2, 3);
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    {
      network_of (self, i)->talk->begun -= 3 * HOUR;
      network_of (self, i)->talk->together -= 3 * HOUR;
    }
}

static guint
count_gaps (RtNetwork *network)
{
  return g_list_model_get_n_items (rt_network_get_gaps (network));
}

static void
assert_whole (Fixture *self, guint i)
{
  RtNetwork *network = network_of (self, i);
  guint other = i < 2 ? 1 : 0;

  g_assert_cmpuint (count_rows (network), ==, 2 * N_SAID + 1);
  g_assert_cmpstr (rt_message_item_get_text (row_at (network, 0)), ==, "said before");
  for (guint n = 0; n < 2 * N_SAID; n++)
    {
      RtMessageItem *item = row_at (network, n + 1);
      g_autofree char *words = dup_words (n % 2, n / 2);

      g_assert_cmpstr (rt_message_item_get_text (item), ==, words);
      g_assert_cmpint (rt_message_item_get_told (item) != NULL, ==, n % 2 == other);
    }
}

/* Where two of one part meet two of the other, each has what was said in both, in its place, once, and one divider above the first that it did not hear. */
static void
test_split (Fixture *self, gconstpointer data)
{
  say_apart (self);
  pass_hours (self);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (count_gaps (network_of (self, i)), ==, 0);
  link_up (self, 0, 2);
  link_up (self, 1, 3);
  for (guint i = 0; i < 4; i++)
    {
      Side *side = &self->sides[i];
      g_autoptr (RtGap) gap = NULL;
      gint64 now;

      rt_wait_until (side->n_results == 1);
      now = g_get_real_time ();
      g_assert_cmpint (rt_catch_up_get_kind (side->result), ==, RT_GAP_SPLIT);
      g_assert_cmpuint (rt_catch_up_get_n_messages (side->result), ==, N_SAID);
      assert_whole (self, i);
      g_assert_cmpuint (count_gaps (side->network), ==, 1);
      gap = g_list_model_get_item (rt_network_get_gaps (side->network), 0);
      g_assert_cmpint (rt_gap_get_kind (gap), ==, RT_GAP_SPLIT);
      g_assert_cmpuint (rt_gap_get_n_messages (gap), ==, N_SAID);
      g_assert_cmpint (rt_gap_get_from (gap), ==, rt_message_item_get_time (row_at (side->network, i < 2 ? 2 : 1)));
      g_assert_cmpint (rt_gap_get_until (gap), <=, now);
      g_assert_cmpint (rt_gap_get_until (gap), >, now - HOUR / 4 * (gint64) G_USEC_PER_SEC);
    }

  /* an ordinary restart: nothing was missed, nobody tells anything new, and the divider of before is all there is */
  restart (&self->sides[0]);
  link_up (self, 0, 1);
  link_up (self, 0, 2);
  link_up (self, 0, 3);
  for (guint i = 0; i < 4; i++)
    rt_wait_until (network_of (self, i)->talk->round == NULL && network_of (self, i)->talk->round_timer == 0);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpuint (self->sides[i].n_results, ==, 1);
      g_assert_cmpuint (count_gaps (network_of (self, i)), ==, 1);
      assert_whole (self, i);
    }
}

/* Who was alone asks the first that comes; one who comes a moment later is no other part of the network. */
static void
test_alone (Fixture *self, gconstpointer data)
{
  g_autoptr (RtGap) gap = NULL;

  say_apart (self);
  pass_hours (self);
  rt_network_stop (network_of (self, 3));
  wait_peers (network_of (self, 2), 0);
  rt_wait_until (!network_of (self, 2)->talk->somebody);
  network_of (self, 2)->talk->last_seen -= HOUR + HOUR / 2;
  link_up (self, 2, 0);
  link_up (self, 2, 1);
  rt_wait_until (self->sides[2].n_results == 1);
  g_assert_cmpint (rt_catch_up_get_kind (self->sides[2].result), ==, RT_GAP_ALONE);
  assert_whole (self, 2);
  g_assert_cmpuint (network_of (self, 2)->talk->heal_timer, ==, 0);
  g_assert_null (network_of (self, 2)->talk->round);
  g_assert_cmpuint (count_gaps (network_of (self, 2)), ==, 1);
  gap = g_list_model_get_item (rt_network_get_gaps (network_of (self, 2)), 0);
  g_assert_cmpint (rt_gap_get_kind (gap), ==, RT_GAP_ALONE);
  g_assert_cmpuint (rt_gap_get_n_messages (gap), ==, N_SAID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/model/network-split/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("healed", test_split);
  ADD ("alone", test_alone);
  return g_test_run ();
}
