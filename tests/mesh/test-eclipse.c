/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Eclipse: two hundred nodes of one who wants to have all links of ours, told to us again and again before and beside forty honest
 * ones that come and go. How many of the eight links of our own choice are left to the honest, in every one of many seeds.
 */
#include "test-env.h"
#include "p2p/mesh/p2p-address-book.h"

#define SYBILS 200
#define HONEST 40
#define SLOTS 8
#define ROUNDS 120
#define TOLD_EVERY 10              /* rounds */
#define MINUTE G_TIME_SPAN_MINUTE

typedef struct {
  const char *name;
  guint nets;                   /* /24s that the sybils are in... */
  guint wide;                   /* ...and /16s */
  guint tellers;                /* sybils that are linked to us and tell of the others */
  guint seeds;
  guint bar;                    /* honest links at the end, but for one seed in a thousand; 0: not asserted */
} Case;

typedef struct {
  P2pRandom random;
  GRand *rand;
} Dice;

static void
dice_fill (P2pRandom *random, guint8 *bytes, gsize length)
{
  Dice *dice = (Dice *) random;

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) g_rand_int (dice->rand);
}

static const P2pRandomOps dice_ops = { .fill = dice_fill };

static gboolean
yes (P2pKnown *known, gpointer data)
{
  return TRUE;
}

static gboolean
is_honest (P2pKnown *known)
{
  return g_str_has_prefix (known->host, "100.");
}

static void
tell (P2pAddressBook *book, GRand *rand, const Case *test)
{
  for (guint i = 0; i < SYBILS; i++)
    {
      guint net = i % test->nets;
      g_autofree char *host = g_strdup_printf ("%u.%u.%u.%u", 45, net % test->wide, net / test->wide, 1 + i / test->nets);
      g_autofree char *teller = g_strdup_printf ("45.0.0.%u", 1 + (guint) g_rand_int_range (rand, 0, (gint32) test->tellers));

      p2p_address_book_add (book, host, 4000, host, P2P_ADDRESS_SOURCE_PEERS, teller);
    }
}

static void
tell_honest (P2pAddressBook *book, GRand *rand)
{
  for (guint i = 0; i < HONEST; i++)
    {
      g_autofree char *host = g_strdup_printf ("100.%u.7.1", 64 + i);
      g_autofree char *teller = g_strdup_printf ("100.%u.7.1", 64 + (guint) g_rand_int_range (rand, 0, 5));

      p2p_address_book_add (book, host, 4000, host, P2P_ADDRESS_SOURCE_PEERS, teller);
    }
}

static gboolean
is_deep (void)
{
  return g_getenv ("HOSTILE_DEEP") != NULL;
}

static guint
run (guint32 seed, const Case *test)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GError) lost = g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER, "gone");
  g_autoptr (GError) refused = g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_REFUSED, "not there");
  Dice dice = { { .ops = &dice_ops }, rand };
  P2pLimits limits;
  P2pAddressBook *book;
  gboolean away[HONEST] = { FALSE };
  guint honest = 0;

  p2p_limits_init (&limits);
  book = p2p_address_book_new (&limits, &dice.random, NULL, NULL);
  for (guint round = 0; round < ROUNDS; round++)
    {
      gint64 now = (1 + round) * MINUTE;
      guint links = 0;

      if (round % TOLD_EVERY == 0)
        {
          tell (book, rand, test);
          tell_honest (book, rand);
        }
      /* Of the honest one in ten comes or goes each minute, the sybils stay. */
      for (guint i = 0; i < HONEST; i++)
        if (g_rand_int_range (rand, 0, 10) == 0)
          away[i] = !away[i] && g_rand_boolean (rand);
      for (guint i = 0; i < p2p_address_book_get_n (book); i++)
        {
          P2pKnown *known = p2p_address_book_get (book, i);

          if (known->state != P2P_ADDRESS_STATE_LINKED)
            continue;
          if (is_honest (known) && away[atoi (known->host + 4) - 64])
            p2p_address_book_note_lost (known, lost, now, now);
          else
            links++;
        }
      for (guint dials = 0; dials < P2P_LIMIT_DIALS_PER_MINUTE && links < SLOTS; dials++)
        {
          P2pKnown *known = p2p_address_book_pick (book, NULL, yes, NULL, now);

          if (known == NULL)
            break;
          p2p_address_book_note_dialling (known, TRUE, now);
          known->chosen = TRUE;
          if (is_honest (known) && away[atoi (known->host + 4) - 64])
            p2p_address_book_note_failed (known, refused, FALSE, now, now);
          else
            {
              p2p_address_book_note_linked (known, known->host, TRUE, now, now);
              links++;
            }
        }
      p2p_address_book_update_anchors (book);
    }
  for (guint i = 0; i < p2p_address_book_get_n (book); i++)
    {
      P2pKnown *known = p2p_address_book_get (book, i);

      honest += known->state == P2P_ADDRESS_STATE_LINKED && is_honest (known);
    }
  p2p_address_book_free (book);
  return honest;
}

static void
test_eclipse (gconstpointer data)
{
  const Case *test = data;
  guint n = is_deep () ? 10000 : test->seeds, least = SLOTS, fewer = 0, sum = 0;
  guint bar = test->bar > 0 ? test->bar : 2;

  for (guint i = 0; i < n; i++)
    {
      guint honest = run (i + 1, test);

      least = MIN (least, honest);
      fewer += honest < bar;
      sum += honest;
    }
  g_test_message ("%u seeds: %.2f of %u links to the honest, %u at least, fewer than %u in %u", n, (double) sum / n, SLOTS, least, bar, fewer);
  if (test->bar > 0)
    g_assert_cmpuint (fewer * 1000, <=, n);
}

int
main (int argc, char **argv)
{
  static const Case cases[] = {
    { "one-hoster", 8, 2, 8, 300, 3 },
    { "four-nets", 40, 4, 20, 100, 3 },
    /* No rule helps against one who is in more nets than there are slots, and never leaves. */
    { "many-nets", 200, 20, 20, 0, 0 },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = NULL;

      if (cases[i].bar == 0 && !is_deep ())
        continue;
      path = g_strconcat ("/mesh/eclipse/", cases[i].name, NULL);
      g_test_add_data_func (path, &cases[i], test_eclipse);
    }
  return g_test_run ();
}
