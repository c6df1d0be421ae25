/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two stores to which the same states come in another order, and packed maps of strangers: the stores keep their limits, and are equal where nothing was refused. */
#include "fuzz.h"

#include "p2p/chord/p2p-chord-store.h"
#include "p2p/wire/p2p-map-private.h"
#include "p2p/wire/p2p-value.h"

#define NOW (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC)
#define MAX_STATES 64

typedef struct {
  P2pChordSpot spot;
  guint64 stamp;
  GBytes *value;
  guint8 giver;
} State;

static const char * const givers[] = { NULL, "ann", "ben", "cleo" };

static void
take_state (FuzzInput *input, State *state)
{
  guint8 choice = fuzz_take_byte (input);
  guint8 where = fuzz_take_byte (input);
  gsize length = choice & 15;
  const guint8 *bytes = fuzz_take_bytes (input, &length);

  *state = (State) { .giver = choice >> 4 & 3, .value = (choice & 64) != 0 ? NULL : g_bytes_new (bytes, length) };
  state->spot.hash = (where >> 4) % P2P_CHORD_HASHES;
  state->spot.number[63] = where & 3;
  state->spot.number[16] = where & 12;
  state->stamp = (choice & 128) != 0 ? (guint64) NOW - (where >> 6) : fuzz_take_byte (input) * G_GUINT64_CONSTANT (0x0101010101010101);
}

static void
check (P2pChordStore *store, const P2pLimits *limits)
{
  P2pChordPlace start = { { 0 } };
  const P2pChordValue *last = NULL;
  const P2pChordValue *at = NULL;
  guint64 shares = 0;
  guint n = 0;

  while ((at = p2p_chord_store_walk (store, &start, &start, last)) != NULL)
    {
      g_assert_true (last == NULL || p2p_chord_place_compare (&last->place, &at->place) <= 0);
      g_assert_true (p2p_chord_store_get (store, &at->spot) == at);
      g_assert_true (p2p_chord_store_find_digest (store, at->listed) == at);
      n++;
      last = at;
    }
  g_assert_cmpuint (n, ==, p2p_chord_store_get_n_spots (store));
  for (guint i = 1; i < G_N_ELEMENTS (givers); i++)
    {
      g_assert_cmpuint (p2p_chord_store_get_share (store, givers[i]), <=, limits->chord_bytes / limits->chord_share);
      shares += p2p_chord_store_get_share (store, givers[i]);
    }
  g_assert_cmpuint (p2p_chord_store_get_n_bytes (store), <=, limits->chord_bytes);
  g_assert_cmpuint (shares, <=, p2p_chord_store_get_n_bytes (store));
}

static gboolean
put (P2pChordStore *store, const State *state)
{
  g_autoptr (GError) error = NULL;
  P2pChordPut result = p2p_chord_store_put (store, &state->spot, state->stamp, state->value, givers[state->giver], NOW, &error);

  g_assert_true ((result == P2P_CHORD_PUT_REFUSED) == (error != NULL));
  return result != P2P_CHORD_PUT_REFUSED;
}

static void
compare (P2pChordStore *a, P2pChordStore *b)
{
  P2pChordPlace start = { { 0 } };
  guint8 roots[2][32];

  g_assert_cmpuint (p2p_chord_store_sum_arc (a, &start, &start, roots[0]), ==, p2p_chord_store_sum_arc (b, &start, &start, roots[1]));
  g_assert_true (memcmp (roots[0], roots[1], 32) == 0);
}

/* Any bytes for a map, and for a record. */
static void
read_bytes (P2pChordStore *store, FuzzInput *input)
{
  gsize half = input->length / 2;
  const guint8 *bytes = fuzz_take_bytes (input, &half);
  g_autoptr (GBytes) base = g_bytes_new (bytes, half);
  g_autoptr (GBytes) delta = g_bytes_new (input->bytes, input->length);
  g_autoptr (GBytes) merged = p2p_map_merge (base, delta);
  GVariant *value = p2p_value_unpack (bytes, half, NULL, NULL);
  g_autoptr (GVariant) held = value != NULL ? g_variant_ref_sink (value) : NULL;
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GBytes) proof = NULL;
  P2pChordSpot spot;
  guint64 stamp;

  if (merged != NULL)
    {
      g_autoptr (GBytes) again = p2p_map_merge (merged, delta);

      g_assert_true (again != NULL && g_bytes_equal (merged, again));
    }
  if (held == NULL)
    return;
  if (p2p_chord_value_unpack (held, &spot, &stamp, &content, &proof))
    p2p_chord_store_put_signed (store, &spot, stamp, content, proof, "dan", NOW, NULL);
  memset (&spot, 0, sizeof spot);
  p2p_chord_store_merge (store, &spot, 1, held, NULL, NOW, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  FuzzInput input = { bytes, length };
  guint8 options = fuzz_take_byte (&input);
  guint k = (options & 1) != 0 ? 3 : 0;
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pChordStore) one = NULL;
  g_autoptr (P2pChordStore) other = NULL;
  State states[MAX_STATES];
  gboolean all_taken = TRUE;
  guint n = 0;

  if (length > 8 * 1024)
    return 0;
  limits->chord_bytes = (options & 2) != 0 ? 4000 : 1000000;
  limits->chord_share = 2;
  limits->chord_value = 12;
  one = p2p_chord_store_new (limits, k);
  other = p2p_chord_store_new (limits, k);
  if ((options & 4) != 0)
    read_bytes (one, &input);
  else
    {
      for (; n < MAX_STATES && !fuzz_is_empty (&input); n++)
        {
          take_state (&input, &states[n]);
          all_taken &= put (one, &states[n]);
          check (one, limits);
        }
      for (guint i = n; i-- > 0;)
        all_taken &= put (other, &states[i]);
      /* With less room some of the deleted are forgotten sooner. */
      if ((options & 2) == 0 && all_taken)
        compare (one, other);
      if ((options & 8) != 0)
        p2p_chord_store_expire (one, NOW + 100000 * G_TIME_SPAN_SECOND);
      for (guint i = 0; i < n; i += 2)
        p2p_chord_store_remove (one, &states[i].spot);
    }
  check (one, limits);
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&states[i].value, g_bytes_unref);
  return 0;
}
