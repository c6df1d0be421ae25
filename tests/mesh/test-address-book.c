/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The address book by itself: pauses, giving up, room, and whom it picks. */
#include "test-env.h"
#include "p2p/mesh/p2p-address-book.h"

#define SECOND G_TIME_SPAN_SECOND

typedef struct {
  P2pRandom random;
  guint32 value;                /* what comes next; counts up by step */
  guint32 step;
} Dice;

static void
dice_fill (P2pRandom *random, guint8 *bytes, gsize length)
{
  Dice *dice = (Dice *) random;

  g_assert_cmpuint (length, ==, 4);
  for (guint i = 0; i < 4; i++)
    bytes[i] = (guint8) (dice->value >> (8 * i));
  dice->value += dice->step;
}

static const P2pRandomOps dice_ops = { .fill = dice_fill };

typedef struct {
  Dice dice;
  P2pLimits limits;
  P2pAddressBook *book;
  guint added, changed, removed;
} Fixture;

static void
changed_cb (P2pKnown *known, P2pKnownChange change, gpointer data)
{
  Fixture *self = data;

  self->added += change == P2P_KNOWN_ADDED;
  self->changed += change == P2P_KNOWN_CHANGED;
  self->removed += change == P2P_KNOWN_REMOVED;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->dice.random.ops = &dice_ops;
  p2p_limits_init (&self->limits);
  self->book = p2p_address_book_new (&self->limits, &self->dice.random, changed_cb, self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  p2p_address_book_free (self->book);
}

static P2pKnown *
add (Fixture *self, const char *host, P2pAddressSource source, const char *named_by)
{
  P2pKnown *known = p2p_address_book_add (self->book, host, 4000, NULL, source, named_by);

  g_assert_nonnull (known);
  return known;
}

static gboolean
yes (P2pKnown *known, gpointer data)
{
  return TRUE;
}

static GError *
make_error (P2pLinkError code)
{
  return g_error_new (P2P_LINK_ERROR, code, "as it happens");
}

static void
fail (P2pKnown *known, P2pLinkError code, gboolean hurried, gint64 now)
{
  g_autoptr (GError) error = make_error (code);

  p2p_address_book_note_dialling (known, TRUE, now);
  p2p_address_book_note_failed (known, error, hurried, now, now);
}

static void
lose (P2pKnown *known, P2pLinkError code, gint64 now)
{
  g_autoptr (GError) error = make_error (code);

  p2p_address_book_note_lost (known, error, now, now);
}

/* 1 s, doubled up to the limit; the toss of the dice takes a fifth of it away or adds one. */
static void
test_pauses (Fixture *self, gconstpointer data)
{
  static const guint seconds[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300 };
  P2pKnown *known = add (self, "198.51.100.1", P2P_ADDRESS_SOURCE_PROGRAM, NULL);

  p2p_address_book_set_flags (known, P2P_ADDRESS_PINNED);
  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      gint64 now = (i + 1) * 1000 * SECOND;

      self->dice.value = i % 3 == 0 ? 0 : i % 3 == 1 ? 0x80000000u : G_MAXUINT32;
      fail (known, P2P_LINK_ERROR_REFUSED, FALSE, now);
      g_assert_cmpint (known->state, ==, P2P_ADDRESS_STATE_WAITING);
      g_assert_cmpint (ABS (known->next - now - (gint64) (seconds[i] * SECOND * (i % 3 == 0 ? 0.8 : i % 3 == 1 ? 1.0 : 1.2))), <=, 1);
      g_assert_null (p2p_address_book_pick_pinned (self->book, yes, NULL, known->next - 1));
      g_assert_true (p2p_address_book_pick_pinned (self->book, yes, NULL, known->next) == known);
    }
  g_assert_cmpuint (known->failures, ==, G_N_ELEMENTS (seconds));
  g_assert_cmpuint (known->history->len, ==, P2P_KNOWN_HISTORY);
  g_assert_cmpint (g_array_index (known->history, P2pAttempt, 0).when, ==, 5000 * SECOND);
  g_assert_error (known->cause, P2P_LINK_ERROR, P2P_LINK_ERROR_REFUSED);
  /* Alone it does not wait so long. */
  self->dice.value = 0x80000000u;
  fail (known, P2P_LINK_ERROR_REFUSED, TRUE, 0);
  g_assert_cmpint (known->next, ==, 15 * SECOND);
}

static void
test_loss (Fixture *self, gconstpointer data)
{
  P2pKnown *known = add (self, "198.51.100.1", P2P_ADDRESS_SOURCE_PEERS, "198.51.100.9");

  p2p_address_book_note_dialling (known, TRUE, SECOND);
  p2p_address_book_note_linked (known, "abc", TRUE, SECOND, SECOND);
  g_assert_cmpstr (known->id, ==, "abc");
  g_assert_null (known->cause);
  self->dice.value = G_MAXUINT32;
  lose (known, P2P_LINK_ERROR_CLOSED_BY_PEER, 100 * SECOND);
  g_assert_cmpint (known->next, >, 100 * SECOND);
  g_assert_cmpint (known->next, <=, 100 * SECOND + SECOND / 4);
  g_assert_true (p2p_address_book_pick_missed (self->book, yes, NULL, known->next) == known);
  g_assert_cmpuint (p2p_address_book_count_missed (self->book, 100 * SECOND), ==, 1);
  g_assert_cmpuint (p2p_address_book_count_missed (self->book, 101 * SECOND), ==, 0);
  /* A link that does not last is no reason to hurry. */
  for (guint i = 0; i < 5; i++)
    {
      gint64 now = (200 + i) * SECOND;

      p2p_address_book_note_dialling (known, TRUE, now);
      p2p_address_book_note_linked (known, "abc", TRUE, now, now);
      self->dice.value = 0x80000000u;
      lose (known, P2P_LINK_ERROR_CLOSED_BY_PEER, now);
      g_assert_cmpint (known->next, ==, now + (SECOND << i));
    }
  /* Nobody is missed whom our program sent away. */
  p2p_address_book_note_linked (known, "abc", TRUE, 300 * SECOND, 300 * SECOND);
  lose (known, P2P_LINK_ERROR_CLOSED, 400 * SECOND);
  g_assert_null (p2p_address_book_pick_missed (self->book, yes, NULL, 500 * SECOND));
  known->parted = TRUE;
  g_assert_null (p2p_address_book_pick (self->book, NULL, yes, NULL, 500 * SECOND));
  p2p_address_book_renew (known);
  g_assert_true (p2p_address_book_pick (self->book, NULL, yes, NULL, 500 * SECOND) == known);
}

static void
test_giving_up (Fixture *self, gconstpointer data)
{
  P2pKnown *told = add (self, "198.51.100.1", P2P_ADDRESS_SOURCE_PEERS, "198.51.100.9");
  P2pKnown *foreign = add (self, "198.51.100.2", P2P_ADDRESS_SOURCE_PEERS, "198.51.100.9");
  P2pKnown *seen = add (self, "198.51.100.3", P2P_ADDRESS_SOURCE_PEERS, "198.51.100.9");
  P2pKnown *own = add (self, "198.51.100.4", P2P_ADDRESS_SOURCE_PROGRAM, NULL);

  for (guint i = 1; i <= P2P_LIMIT_ADDRESS_FAILURES; i++)
    {
      g_assert_cmpint (told->state, !=, P2P_ADDRESS_STATE_GIVEN_UP);
      fail (told, P2P_LINK_ERROR_TIMED_OUT, FALSE, i * SECOND);
    }
  g_assert_cmpint (told->state, ==, P2P_ADDRESS_STATE_GIVEN_UP);
  g_assert_error (told->cause, P2P_LINK_ERROR, P2P_LINK_ERROR_TIMED_OUT);
  fail (foreign, P2P_LINK_ERROR_WRONG_NETWORK, FALSE, SECOND);
  g_assert_cmpint (foreign->state, ==, P2P_ADDRESS_STATE_GIVEN_UP);
  /* It is our own network that is down. */
  p2p_address_book_set_seen (seen, SECOND);
  for (guint i = 0; i < 50; i++)
    fail (seen, P2P_LINK_ERROR_UNREACHABLE, TRUE, SECOND);
  g_assert_cmpint (seen->state, ==, P2P_ADDRESS_STATE_WAITING);
  p2p_address_book_set_flags (own, P2P_ADDRESS_PINNED);
  fail (own, P2P_LINK_ERROR_SELF, FALSE, SECOND);
  g_assert_cmpint (own->state, ==, P2P_ADDRESS_STATE_GIVEN_UP);
  p2p_address_book_renew (own);
  g_assert_null (p2p_address_book_pick_pinned (self->book, yes, NULL, G_MAXINT64));
  fail (own, P2P_LINK_ERROR_SELF, FALSE, SECOND);

  /* Shown for an hour, then forgotten; not what the program keeps. */
  p2p_address_book_schedule (self->book, NULL, yes, NULL, TRUE, TRUE, 3500 * SECOND);
  g_assert_cmpuint (p2p_address_book_get_n (self->book), ==, 4);
  p2p_address_book_schedule (self->book, NULL, yes, NULL, TRUE, TRUE, 3700 * SECOND);
  g_assert_cmpuint (p2p_address_book_get_n (self->book), ==, 2);
  g_assert_cmpuint (self->removed, ==, 2);
}

/* What is left of a full book when ever more is told: what is worth most. */
static void
test_room (Fixture *self, gconstpointer data)
{
  P2pKnown *pinned, *reached, *came, *friends;

  self->limits.addresses = 10;
  pinned = add (self, "198.51.100.1", P2P_ADDRESS_SOURCE_PROGRAM, NULL);
  p2p_address_book_set_flags (pinned, P2P_ADDRESS_PINNED);
  reached = add (self, "198.51.100.2", P2P_ADDRESS_SOURCE_PEERS, "198.51.100.9");
  p2p_address_book_note_linked (reached, "abc", TRUE, SECOND, SECOND);
  lose (reached, P2P_LINK_ERROR_CLOSED_BY_PEER, 20 * SECOND);
  came = add (self, "198.51.100.3", P2P_ADDRESS_SOURCE_INCOMING, NULL);
  friends = add (self, "198.51.100.4", P2P_ADDRESS_SOURCE_PEERS, "198.51.100.9");
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *host = g_strdup_printf ("203.0.%u.%u", i / 200, 1 + i % 200);

      add (self, host, P2P_ADDRESS_SOURCE_PEERS, "203.0.113.1");
      g_assert_cmpuint (p2p_address_book_get_n (self->book), <=, 10);
    }
  g_assert_true (p2p_address_book_find (self->book, "198.51.100.1", 4000) == pinned);
  g_assert_true (p2p_address_book_find (self->book, "198.51.100.2", 4000) == reached);
  g_assert_true (p2p_address_book_find (self->book, "198.51.100.3", 4000) == came);
  g_assert_true (p2p_address_book_find (self->book, "198.51.100.4", 4000) == friends);
  g_assert_cmpuint (self->added - self->removed, ==, 10);
  /* Given up goes first. */
  came->failures = P2P_LIMIT_ADDRESS_FAILURES;
  fail (came, P2P_LINK_ERROR_REFUSED, FALSE, SECOND);
  add (self, "203.0.200.1", P2P_ADDRESS_SOURCE_PEERS, "203.0.113.1");
  g_assert_null (p2p_address_book_find (self->book, "198.51.100.3", 4000));
  /* Nothing goes for something of less use. */
  self->limits.addresses = 1;
  while (p2p_address_book_get_n (self->book) > 1)
    p2p_address_book_forget (p2p_address_book_get (self->book, 1));
  g_assert_null (p2p_address_book_add (self->book, "203.0.200.2", 4000, NULL, P2P_ADDRESS_SOURCE_PEERS, NULL));
}

static P2pKnown *
pick (Fixture *self, const char *own_host)
{
  P2pKnown *known = p2p_address_book_pick (self->book, own_host, yes, NULL, SECOND);

  if (known != NULL)
    p2p_address_book_note_dialling (known, TRUE, SECOND);
  return known;
}

/* Two of one /24 or /48, but for a LAN; and the /16 that has the fewest first. */
static void
test_prefixes (Fixture *self, gconstpointer data)
{
  static const struct { const char *format, *own; guint picked; } cases[] = {
    { "198.51.100.%u", "198.51.7.1", 2 }, { "2001:db8:7::%u", "2001:db8:8::1", 2 }, { "::ffff:198.51.100.%u", NULL, 2 },
    { "10.1.2.%u", "10.1.9.9", 6 }, { "10.1.2.%u", "10.2.9.9", 2 }, { "10.1.2.%u", "198.51.100.1", 2 }, { "10.1.2.%u", NULL, 2 },
    { "192.168.1.%u", "192.168.2.2", 6 }, { "127.0.0.%u", "127.0.9.9", 6 }, { "127.0.0.%u", NULL, 6 },
    { "fd12:3456:789a::%u", "fd12:3456:789a::9", 6 }, { "fd12:3456:789a::%u", "fd12:3456:789b::9", 2 },
    { "node%u.example", NULL, 6 },
  };

  self->dice.step = 0x12345671u;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint picked = 0;

      for (guint j = 1; j <= 6; j++)
        {
          g_autofree char *host = NULL;
          g_auto (GStrv) parts = g_strsplit (cases[i].format, "%u", 2);

          host = g_strdup_printf ("%s%u%s", parts[0], j, parts[1]);
          add (self, host, P2P_ADDRESS_SOURCE_PEERS, NULL);
        }
      while (pick (self, cases[i].own) != NULL)
        picked++;
      if (picked != cases[i].picked)
        g_error ("%s from %s: %u", cases[i].format, cases[i].own, picked);
      while (p2p_address_book_get_n (self->book) > 0)
        p2p_address_book_forget (p2p_address_book_get (self->book, 0));
    }
  self->limits.links_per_prefix = 3;
  for (guint j = 1; j <= 6; j++)
    {
      g_autofree char *host = g_strdup_printf ("198.51.100.%u", j);

      add (self, host, P2P_ADDRESS_SOURCE_PEERS, NULL);
    }
  for (guint j = 0; j < 3; j++)
    g_assert_nonnull (pick (self, NULL));
  g_assert_null (pick (self, NULL));
}

static void
test_spread (Fixture *self, gconstpointer data)
{
  guint ones = 0;

  self->dice.step = 0x12345671u;
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *one = g_strdup_printf ("203.0.%u.1", i);
      g_autofree char *other = g_strdup_printf ("%u.7.7.1", 20 + i);

      add (self, one, P2P_ADDRESS_SOURCE_PEERS, NULL);
      if (i < 7)
        add (self, other, P2P_ADDRESS_SOURCE_PEERS, NULL);
    }
  for (guint i = 0; i < 8; i++)
    ones += g_str_has_prefix (pick (self, NULL)->host, "203.0.");
  g_assert_cmpuint (ones, ==, 1);
}

/* A thousand books with old friends, then flooded by the names of one enemy: whom a node that comes again dials. */
static void
test_eclipse (Fixture *self, gconstpointer data)
{
  const guint n_friends = 12, n_lies = 400, n_slots = 8;

  self->limits.addresses = 128;
  for (guint seed = 1; seed <= 1000; seed++)
    {
      guint friends = 0;

      self->dice.value = seed * 2654435761u;
      self->dice.step = (seed * 0x9e3779b1u) | 1;
      for (guint i = 0; i < n_friends; i++)
        {
          g_autofree char *host = g_strdup_printf ("198.%u.7.%u", 20 + i % 4, 1 + i);
          P2pKnown *known = add (self, host, P2P_ADDRESS_SOURCE_PROGRAM, NULL);

          p2p_address_book_set_seen (known, SECOND);
        }
      for (guint i = 0; i < n_lies; i++)
        {
          g_autofree char *host = g_strdup_printf ("%u.%u.%u.1", 30 + i % 60, i / 60, seed % 250);

          add (self, host, P2P_ADDRESS_SOURCE_PEERS, "203.0.113.1");
        }
      for (guint i = 0; i < n_friends; i++)
        {
          g_autofree char *host = g_strdup_printf ("198.%u.7.%u", 20 + i % 4, 1 + i);

          g_assert_nonnull (p2p_address_book_find (self->book, host, 4000));
        }
      for (guint i = 0; i < n_slots; i++)
        {
          P2pKnown *known = pick (self, "198.51.100.1");

          friends += g_str_has_prefix (known->host, "198.");
          /* Whoever it is answers. */
          p2p_address_book_note_linked (known, "abc", TRUE, SECOND, SECOND);
        }
      g_assert_cmpuint (friends, ==, n_slots / 2);
      while (p2p_address_book_get_n (self->book) > 0)
        p2p_address_book_forget (p2p_address_book_get (self->book, 0));
    }
}

static void
test_anchors (Fixture *self, gconstpointer data)
{
  P2pKnown *known[4];

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *host = g_strdup_printf ("198.51.%u.1", i);

      known[i] = add (self, host, P2P_ADDRESS_SOURCE_PEERS, NULL);
      p2p_address_book_note_linked (known[i], "abc", i != 0, (10 - i) * SECOND, SECOND);
      p2p_address_book_update_anchors (self->book);
    }
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (known[i]->flags, ==, i >= 2 ? P2P_ADDRESS_ANCHOR : 0);
  /* With all links lost they are still known, and the first to be tried. */
  for (guint i = 1; i < 4; i++)
    {
      lose (known[i], P2P_LINK_ERROR_SOCKET_CLOSED, 100 * SECOND);
      p2p_address_book_update_anchors (self->book);
    }
  g_assert_true (known[1]->flags == P2P_ADDRESS_ANCHOR || known[2]->flags == P2P_ADDRESS_ANCHOR);
  g_assert_true (p2p_address_book_pick (self->book, NULL, yes, NULL, 200 * SECOND)->flags & P2P_ADDRESS_ANCHOR);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/mesh/address-book/pauses", test_pauses);
  ADD ("/mesh/address-book/loss", test_loss);
  ADD ("/mesh/address-book/giving-up", test_giving_up);
  ADD ("/mesh/address-book/room", test_room);
  ADD ("/mesh/address-book/prefixes", test_prefixes);
  ADD ("/mesh/address-book/spread", test_spread);
  ADD ("/mesh/address-book/eclipse", test_eclipse);
  ADD ("/mesh/address-book/anchors", test_anchors);
  return g_test_run ();
}
