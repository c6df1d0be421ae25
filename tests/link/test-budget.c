/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What unfinished frames may take together, and who loses when it is too much; and what happens when there is no memory. */
#include "link-fixture.h"
#include "p2p/wire/p2p-compression.h"
#include <string.h>

#define MAX_LINKS 100

typedef struct {
  TestWorld *world;
  TestHost *hosts[2];
  P2pLimits limits;
  P2pBudget *budget;
  guint n;
  P2pPipe *senders[MAX_LINKS];
  LinkSide sides[MAX_LINKS];
} Fixture;

static void
fixture_set_up (Fixture *self, guint n, guint32 in_budget)
{
  memset (self, 0, sizeof *self);
  p2p_limits_init (&self->limits);
  self->limits.in_budget = in_budget;
  self->world = test_world_new (1);
  self->hosts[0] = test_world_add_host (self->world, "peers");
  self->hosts[1] = test_world_add_host (self->world, "node");
  self->budget = p2p_budget_new (&self->limits);
  self->n = n;
  for (guint i = 0; i < n; i++)
    {
      LinkSide *side = &self->sides[i];
      P2pPipe *pipe;

      test_world_pair (self->world, self->hosts[0], self->hosts[1], FALSE, &self->senders[i], &pipe);
      side->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
      side->link = p2p_link_new (test_host_get_env (self->hosts[1]), &self->limits, pipe, FALSE, &link_side_events, side);
      p2p_link_set_budget (side->link, self->budget);
      p2p_link_set_established (side->link, TRUE);
    }
}

static void
fixture_tear_down (Fixture *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      self->senders[i]->ops->close (self->senders[i]);
      g_clear_pointer (&self->sides[i].link, p2p_link_unref);
      g_ptr_array_unref (self->sides[i].messages);
      g_clear_error (&self->sides[i].error);
    }
  test_world_settle (self->world);
  g_assert_cmpuint (p2p_budget_get_used (self->budget), ==, 0);
  p2p_budget_free (self->budget);
  test_world_free (self->world);
}

/* The first bytes of a frame of so many */
static void
send_part (Fixture *self, guint i, gsize whole, gsize part)
{
  g_autofree guint8 *bytes = g_malloc0 (part);
  guint32 header = GUINT32_TO_BE ((guint32) whole);
  gsize sent = 0;

  memcpy (bytes, &header, 4);
  while (sent < part)
    {
      sent += self->senders[i]->ops->write (self->senders[i], bytes + sent, part - sent);
      test_world_settle (self->world);
    }
}

static void
assert_over (Fixture *self, guint i)
{
  assert_ended (&self->sides[i], P2P_LINK_ERROR_MEMORY, "unfinished frames of all links");
}

static guint
count_over (Fixture *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n; i++)
    n += self->sides[i].closed;
  return n;
}

/* The default: a hundred links with two megabytes each of unfinished frames. Never more than the budget is kept, and whoever has little stays. */
static void
test_many_links (void)
{
  Fixture fixture;
  gsize most = 0;

  fixture_set_up (&fixture, MAX_LINKS, P2P_LIMIT_IN_BUDGET);
  send_part (&fixture, 50, 4000, 3000);
  for (guint i = 0; i < MAX_LINKS; i++)
    if (i != 50)
      {
        send_part (&fixture, i, P2P_LIMIT_FRAME, 2 * 1024 * 1024);
        most = MAX (most, p2p_budget_get_used (fixture.budget));
      }
  g_assert_cmpuint (most, <=, P2P_LIMIT_IN_BUDGET);
  g_assert_cmpuint (most, >, P2P_LIMIT_IN_BUDGET / 2);
  g_assert_cmpuint (count_over (&fixture), >=, MAX_LINKS - 33);
  g_assert_cmpuint (fixture.sides[50].closed, ==, 0);
  fixture_tear_down (&fixture);
}

/* Who keeps most loses, whoever it is that asks for more. */
static void
test_largest_loses (void)
{
  Fixture fixture;

  fixture_set_up (&fixture, 3, 100 * 1024);
  send_part (&fixture, 0, 60 * 1024, 50 * 1024);
  send_part (&fixture, 1, 40 * 1024, 30 * 1024);
  g_assert_cmpuint (count_over (&fixture), ==, 0);
  send_part (&fixture, 2, 40 * 1024, 30 * 1024);
  assert_over (&fixture, 0);
  g_assert_cmpuint (count_over (&fixture), ==, 1);
  fixture_tear_down (&fixture);

  fixture_set_up (&fixture, 2, 100 * 1024);
  send_part (&fixture, 0, 40 * 1024, 30 * 1024);
  send_part (&fixture, 1, 200 * 1024, 150 * 1024);
  assert_over (&fixture, 1);
  g_assert_cmpuint (count_over (&fixture), ==, 1);
  fixture_tear_down (&fixture);
}

/* Of equals one that does not grow; and where all of them do, the newest. */
static void
test_equals (void)
{
  for (guint still = 0; still < 4; still++)
    {
      Fixture fixture;

      fixture_set_up (&fixture, 4, 100 * 1024);
      for (guint i = 0; i < 3; i++)
        {
          send_part (&fixture, i, 30 * 1024, 20 * 1024);
          g_assert_cmpuint (fixture.senders[i]->ops->write (fixture.senders[i], (const guint8 *) "", 1), ==, 1);
        }
      test_world_settle (fixture.world);
      g_assert_cmpuint (p2p_budget_get_used (fixture.budget), ==, 3 * (30 * 1024 + 4));
      test_world_advance (fixture.world, G_TIME_SPAN_SECOND);
      for (guint i = 0; i < 3; i++)
        if (i != still)
          g_assert_cmpuint (fixture.senders[i]->ops->write (fixture.senders[i], (const guint8 *) "", 1), ==, 1);
      test_world_settle (fixture.world);
      send_part (&fixture, 3, 30 * 1024, 20 * 1024);
      assert_over (&fixture, still == 3 ? 2 : still);
      g_assert_cmpuint (count_over (&fixture), ==, 1);
      fixture_tear_down (&fixture);
    }
}

/* A frame that is whole is given back at once, one that is being unpacked when it is done. */
static void
test_given_back (void)
{
  static const guint8 zlib_only[] = { P2P_COMPRESSION_ZLIB };
  Fixture fixture;
  g_autoptr (P2pMessage) message = make_message (1, 300 * 1024, FALSE);
  gsize length;
  const guint8 *frame = p2p_message_peek_frame (message, &length);

  fixture_set_up (&fixture, 1, P2P_LIMIT_IN_BUDGET);
  p2p_link_set_methods (fixture.sides[0].link, zlib_only, 1);
  g_assert_cmpuint (fixture.senders[0]->ops->write (fixture.senders[0], frame, 5), ==, 5);
  test_world_advance (fixture.world, 0);
  g_assert_cmpuint (p2p_budget_get_used (fixture.budget), >, 0);
  g_assert_cmpuint (fixture.senders[0]->ops->write (fixture.senders[0], frame + 5, length - 5), ==, length - 5);
  test_world_advance (fixture.world, 0);
  g_assert_cmpuint (test_host_get_n_jobs (fixture.hosts[1]), ==, 1);
  g_assert_cmpuint (p2p_budget_get_used (fixture.budget), ==, length - 4);
  test_world_advance (fixture.world, G_TIME_SPAN_SECOND);
  g_assert_cmpuint (fixture.sides[0].messages->len, ==, 1);
  g_assert_cmpuint (p2p_budget_get_used (fixture.budget), ==, 0);
  fixture_tear_down (&fixture);
}

/* Each allocation that a peer decides the size of fails once, and all behind it. */

typedef struct {
  guint left;
  guint failed;
} Shortage;

static gpointer
allocate_some (gsize length, gpointer data)
{
  Shortage *shortage = data;

  if (shortage->left == 0)
    {
      shortage->failed++;
      return NULL;
    }
  shortage->left--;
  return g_malloc (length);
}

static void
test_no_memory (void)
{
  gsize n_all;
  const guint8 *all = p2p_get_compression_methods (&n_all);

  for (gsize method = 0; method <= n_all; method++)
    for (guint left = 0; ; left++)
      {
        LinkFixture *fixture = link_fixture_new_established (1, NULL, all + method, method < n_all ? 1 : 0);
        Shortage shortage = { .left = left };
        g_autoptr (GPtrArray) sent = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
        gboolean enough;

        for (guint i = 0; i < 3; i++)
          {
            P2pMessage *message = make_message (i, i == 1 ? 400 * 1024 : 300, TRUE);

            g_ptr_array_add (sent, message);
            g_assert_true (p2p_link_send (fixture->sides[0].link, message, 0, NULL));
          }
        fixture->limits.allocate = allocate_some;
        fixture->limits.allocate_data = &shortage;
        test_world_advance (fixture->world, G_TIME_SPAN_SECOND);
        enough = shortage.failed == 0;
        if (enough)
          assert_messages (&fixture->sides[1], sent);
        else
          assert_ended (&fixture->sides[1], P2P_LINK_ERROR_MEMORY, "There is no memory for");
        link_fixture_free (fixture);
        if (enough)
          {
            g_assert_cmpuint (left, >=, 3);
            break;
          }
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/link/budget/many-links", test_many_links);
  g_test_add_func ("/link/budget/largest-loses", test_largest_loses);
  g_test_add_func ("/link/budget/equals", test_equals);
  g_test_add_func ("/link/budget/given-back", test_given_back);
  g_test_add_func ("/link/budget/no-memory", test_no_memory);
  return g_test_run ();
}
