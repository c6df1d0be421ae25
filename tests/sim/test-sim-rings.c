/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rings of real nodes: they come in any order, by any link, go with and without a word, are cut in two and heal. What Zave's invariants say is looked at all the time (H2), how often a
 * question is passed on where all is well (H3), and what each node stores (H7).
 */
#include "sim-main.h"
#include "sim-rings.h"

#include <math.h>

#include "p2p/chord/p2p-chord-node-private.h"

enum {
  CHECK_SAMPLE,                 /* is it one ring, in order? */
  CHECK_CALM,                   /* from now on it has to be one, and after a while the ideal one */
  CHECK_LOOK,                   /* everybody looks for some keys */
  CHECK_SKEW,
};

enum {
  COUNT_SAMPLES,
  COUNT_NO_RING,                /* of them: more than one ring, or not in order */
  COUNT_LOST,                   /* of them: somebody knows nobody that lives */
  COUNT_IDEAL_MS,               /* until it was ideal, after CHECK_CALM */
  COUNT_PLACES,                 /* that were asked */
  COUNT_HOPS,
  COUNT_FAR,                    /* places that took more than 11, or with k more than k */
  COUNT_ASTRAY,                 /* places that somebody else answered for */
  COUNT_UNHEARD,                /* or nobody */
};

static const char *const counts[] = { "samples", "not one ring", "alone", "ms until ideal", "places asked", "hops", "too many hops", "of another", "no answer", NULL };

#define SAMPLE_SPAN (500 * MILLISECOND)
#define IDEAL_BOUND (60 * SECOND)

typedef struct {
  gboolean churn, partition;
  guint looks;                  /* of each node */
  guint keys;                   /* that are written, for the skew */
  guint k;
} Plan;

/* ---- the ring ---- */

static int
compare_rings (gconstpointer a, gconstpointer b)
{
  return p2p_chord_place_compare (&(*(SimRing *const *) a)->chord->place, &(*(SimRing *const *) b)->chord->place);
}

/* Who lives and stores, by place */
static GPtrArray *
list_living (SimNet *net)
{
  GPtrArray *living = g_ptr_array_new ();

  for (guint host = 0; host < net->hosts->len; host++)
    {
      SimRing *ring = sim_rings_get (net, host);

      if (ring != NULL && ring->chord != NULL && p2p_chord_is_storing (ring->chord))
        g_ptr_array_add (living, ring);
    }
  g_ptr_array_sort (living, compare_rings);
  return living;
}

static guint
find_living (GPtrArray *living, P2pChordMember *member)
{
  for (guint i = 0; i < living->len; i++)
    if (g_str_equal (sim_node_get_id (((SimRing *) living->pdata[i])->node), member->id))
      return i;
  return G_MAXUINT;
}

/* A list is in order, with nobody twice and without its owner: that is never otherwise. */
static void
check_list (SimRing *self, P2pChordMember *(*get) (P2pChordRing *, guint), gboolean backwards)
{
  P2pChordRing *ring = p2p_chord_node_get_ring (self->chord);
  P2pChordPlace last = { { 0 } }, way;
  P2pChordMember *member;

  for (guint i = 0; (member = get (ring, i)) != NULL; i++)
    {
      if (backwards)
        p2p_chord_place_distance (&member->place, &self->chord->place, &way);
      else
        p2p_chord_place_distance (&self->chord->place, &member->place, &way);
      if (p2p_chord_place_compare (&last, &way) >= 0 || g_str_equal (member->id, sim_node_get_id (self->node)))
        sim_net_fail (self->node->net, "a list of h%u is not in order", self->node->host_index);
      last = way;
    }
}

static void
sample (SimNet *net)
{
  g_autoptr (GPtrArray) living = list_living (net);
  g_autofree guint *best = g_new (guint, living->len + 1);
  g_autofree guint *walk = g_new0 (guint, living->len + 1);
  guint n_cycles = 0;
  gboolean alone = FALSE, disorder = FALSE;

  for (guint i = 0; i < living->len; i++)
    {
      SimRing *self = living->pdata[i];
      P2pChordRing *ring = p2p_chord_node_get_ring (self->chord);

      check_list (self, p2p_chord_ring_get_after, FALSE);
      check_list (self, p2p_chord_ring_get_before, TRUE);
      best[i] = G_MAXUINT;
      for (guint j = 0; j < p2p_chord_ring_get_n_after (ring) && best[i] == G_MAXUINT; j++)
        best[i] = find_living (living, p2p_chord_ring_get_after (ring, j));
      if (best[i] == G_MAXUINT)
        {
          alone = alone || living->len > 1;
          best[i] = i;
        }
    }
  for (guint i = 0; i < living->len; i++)
    {
      guint at = i, turns = 0;

      for (; walk[at] == 0; at = best[at])
        walk[at] = i + 1;
      if (walk[at] != i + 1)
        continue;
      n_cycles++;
      for (guint from = at, first = TRUE; first || from != at; from = best[from], first = FALSE)
        turns += best[from] <= from;
      disorder |= turns > 1;
    }
  net->counts[COUNT_SAMPLES]++;
  net->counts[COUNT_NO_RING] += living->len > 0 && (n_cycles != 1 || disorder);
  net->counts[COUNT_LOST] += alone;
}

/* ---- looks ---- */

static void
look_cb (P2pChordLook *look, gpointer data)
{
  SimNet *net = data;
  g_autoptr (GPtrArray) living = list_living (net);

  for (guint h = 0; h < P2P_CHORD_HASHES; h++)
    {
      const P2pChordAnswer *answer = &look->answers[h];
      const char *owner = NULL;

      if (answer->state != P2P_CHORD_ANSWER_NOTHING && answer->state != P2P_CHORD_ANSWER_VALUE)
        {
          net->counts[COUNT_UNHEARD]++;
          continue;
        }
      for (guint i = 0; i < living->len; i++)
        {
          SimRing *ring = living->pdata[i];
          SimRing *next = living->pdata[(i + 1) % living->len];

          if (p2p_chord_place_is_within (&answer->place, &ring->chord->place, &next->chord->place))
            owner = sim_node_get_id (ring->node);
        }
      net->counts[COUNT_PLACES]++;
      net->counts[COUNT_HOPS] += answer->hops;
      net->counts[COUNT_FAR] += answer->hops > (((SimRings *) net->data)->k > 0 ? ((SimRings *) net->data)->k : 11);
      net->counts[COUNT_ASTRAY] += g_strcmp0 (answer->holder, owner) != 0;
    }
}

static void
look (SimNet *net, const Plan *plan)
{
  for (guint host = 0; host < net->hosts->len; host++)
    {
      SimRing *ring = sim_rings_get (net, host);

      for (guint i = 0; ring != NULL && i < plan->looks; i++)
        {
          g_autoptr (GBytes) key = sim_rings_new_key (1000000 + host * 1000 + i);

          p2p_chord_node_look (ring->chord, key, 0, look_cb, net);
        }
    }
}

/* ---- skew ---- */

static void
note_skew (SimNet *net, const Plan *plan)
{
  g_autoptr (GPtrArray) living = list_living (net);
  guint64 sum = 0, most = 0, none = 0;

  for (guint i = 0; i < living->len; i++)
    {
      guint n = p2p_chord_store_get_n_values (p2p_chord_node_get_store (((SimRing *) living->pdata[i])->chord));

      sum += n;
      most = MAX (most, n);
      none += n == 0;
    }
  sim_net_note (net, "%u keys at %u nodes: %.1f copies of each of the five, the most is %.2f times the mean, %u nodes have none", plan->keys, living->len,
                (double) sum / plan->keys / P2P_CHORD_HASHES, (double) most * living->len / (double) MAX (sum, 1), (guint) none);
  if (most * living->len > sum * 5)
    sim_net_fail (net, "one node has %u values of %u at %u nodes", (guint) most, (guint) sum, living->len);
  if (sum < (guint64) plan->keys * P2P_CHORD_HASHES * 3)
    sim_net_fail (net, "there are %u values, and with replicas it should be %u", (guint) sum, plan->keys * P2P_CHORD_HASHES * 3);
}

/* ---- scenarios ---- */

static void
prepare (SimNet *net, const SimScenario *scenario)
{
  sim_rings_prepare (net, ((const Plan *) scenario->data)->k);
}

static void
check (SimNet *net, const SimScenario *scenario, gint64 value)
{
  const Plan *plan = scenario->data;

  switch (value)
    {
    case CHECK_SAMPLE:
      sample (net);
      break;
    case CHECK_LOOK:
      look (net, plan);
      break;
    case CHECK_SKEW:
      note_skew (net, plan);
      break;
    default:
      {
        g_autofree char *wrong = sim_rings_compare (net);

        if (wrong == NULL && net->counts[COUNT_IDEAL_MS] == 0)
          net->counts[COUNT_IDEAL_MS] = (guint64) MAX (value - CHECK_CALM, 1);
        else if (wrong != NULL && value - CHECK_CALM >= IDEAL_BOUND / MILLISECOND)
          sim_net_fail (net, "it is not the ideal ring %u s after all was well: %s", (guint) (IDEAL_BOUND / SECOND), wrong);
      }
    }
}

static void
finish (SimNet *net, const SimScenario *scenario)
{
  const Plan *plan = scenario->data;

  if (plan->looks == 0 || net->counts[COUNT_PLACES] == 0)
    return;
  sim_net_note (net, "%u places asked among %u nodes, %.2f hops on average", (guint) net->counts[COUNT_PLACES], sim_net_count_alive (net),
                (double) net->counts[COUNT_HOPS] / (double) net->counts[COUNT_PLACES]);
  if ((double) net->counts[COUNT_HOPS] > (log2 (sim_net_count_alive (net)) / 2 + 1) * (double) net->counts[COUNT_PLACES])
    sim_net_fail (net, "%.2f hops on average", (double) net->counts[COUNT_HOPS] / (double) net->counts[COUNT_PLACES]);
  if (net->counts[COUNT_FAR] * 100 > (plan->k > 0 ? 0 : net->counts[COUNT_PLACES]))
    sim_net_fail (net, "%u of %u places take more than %u hops", (guint) net->counts[COUNT_FAR], (guint) net->counts[COUNT_PLACES], plan->k > 0 ? plan->k : 11);
  if (net->counts[COUNT_ASTRAY] + net->counts[COUNT_UNHEARD] > 0)
    sim_net_fail (net, "of %u places %u were answered for by somebody else, and %u by nobody", (guint) net->counts[COUNT_PLACES], (guint) net->counts[COUNT_ASTRAY],
                  (guint) net->counts[COUNT_UNHEARD]);
}

static void
add_churn (SimScenario *self, TestRng *rng, gint64 from, gint64 span, gint64 step)
{
  g_autofree gboolean *lives = g_new (gboolean, self->n_hosts);
  guint n_live = self->n_hosts;

  for (guint i = 0; i < self->n_hosts; i++)
    lives[i] = TRUE;
  for (gint64 at = from; at < from + span; at += step)
    {
      guint host = (guint) test_rng_below (rng, self->n_hosts);
      guint kind = (guint) test_rng_below (rng, 4);
      guint other = (guint) test_rng_below (rng, self->n_hosts);

      if (lives[host] && n_live > self->n_hosts * 3 / 4)
        {
          sim_scenario_add (self, at, kind == 0 ? SIM_LEAVE : SIM_CRASH, host, 0, kind != 1);
          lives[host] = FALSE;
          n_live--;
        }
      else if (!lives[host])
        {
          while (!lives[other])
            other = (other + 1) % self->n_hosts;
          sim_scenario_add (self, at, SIM_RETURN, host, other, 0);
          lives[host] = TRUE;
          n_live++;
        }
    }
}

static SimScenario *
make (guint64 seed, guint n, const Plan *plan)
{
  TestRng rng = test_rng_make (seed, "rings", n);
  gint64 step = 200 * MILLISECOND, at = n * step + 20 * SECOND, calm;
  SimScenario *self;

  if (plan->churn)
    at += 60 * SECOND;
  if (plan->partition)
    at += 60 * SECOND;
  calm = at;
  at += IDEAL_BOUND + SECOND;
  self = sim_scenario_new (seed, n, at + 40 * SECOND);
  self->data = (gpointer) plan;
  self->prepare = prepare;
  self->check = check;
  self->write = sim_rings_write;
  self->finish = finish;
  self->clear = sim_rings_clear;
  self->check_every = 256;
  self->path.delay = 20 * MILLISECOND;
  self->path.spread = 0.5;
  for (guint i = 0; i < n; i++)
    {
      /* other places in each seed */
      sim_scenario_add (self, i * step, SIM_KEY, i, 0, (gint64) (seed * 1000 + i + 1));
      sim_scenario_add (self, i * step, SIM_START, i, 0, 0);
      if (i > 0)
        sim_scenario_add (self, i * step + 100 * MILLISECOND, SIM_CONNECT, i, (guint) test_rng_below (&rng, i), 0);
    }
  for (gint64 t = 0; t < calm + IDEAL_BOUND; t += SAMPLE_SPAN)
    sim_scenario_add (self, t, SIM_CHECK, 0, 0, CHECK_SAMPLE);
  if (plan->churn)
    add_churn (self, &rng, n * step + 20 * SECOND, 60 * SECOND, 3000 * MILLISECOND);
  if (plan->partition)
    {
      sim_scenario_add (self, calm - 60 * SECOND, SIM_GROUP, n / 2, n - 1, 1);
      sim_scenario_add (self, calm - 60 * SECOND, SIM_SEVER, 0, 0, 0);
      sim_scenario_add (self, calm, SIM_GROUP, n / 2, n - 1, 0);
    }
  sim_scenario_add (self, calm, SIM_PEACE, 0, 0, 0);
  for (gint64 t = 0; t <= IDEAL_BOUND; t += SAMPLE_SPAN)
    sim_scenario_add (self, calm + t, SIM_CHECK, 0, 0, CHECK_CALM + t / MILLISECOND);
  if (plan->looks > 0)
    sim_scenario_add (self, at, SIM_CHECK, 0, 0, CHECK_LOOK);
  for (guint key = 0; key < plan->keys; key++)
    sim_scenario_add (self, at + key * 20 * SECOND / plan->keys, SIM_SET, (guint) test_rng_below (&rng, n), key, 1 + key);
  if (plan->keys > 0)
    sim_scenario_add (self, at + 39 * SECOND, SIM_CHECK, 0, 0, CHECK_SKEW);
  return self;
}

static SimScenario *
make_churn (guint64 seed, gboolean deep)
{
  static const Plan plan = { .churn = TRUE };

  return make (seed, deep ? 64 : 20, &plan);
}

static SimScenario *
make_partition (guint64 seed, gboolean deep)
{
  static const Plan plan = { .partition = TRUE };

  return make (seed, deep ? 64 : 16, &plan);
}

static SimScenario *
make_hops (guint64 seed, gboolean deep)
{
  static const Plan plan = { .looks = 8 };

  return make (seed, deep ? 300 : 32, &plan);
}

/* As many nodes as there are places: each finds a free one. */
static SimScenario *
make_full (guint64 seed, gboolean deep)
{
  static const Plan plan = { .looks = 20, .k = 4 }, larger = { .looks = 20, .k = 6 };

  return make (seed, deep && seed % 2 == 0 ? 64 : 16, deep && seed % 2 == 0 ? &larger : &plan);
}

static SimScenario *
make_skew (guint64 seed, gboolean deep)
{
  static const Plan plan = { .keys = 200 };

  return make (seed, deep ? 64 : 16, &plan);
}

int
main (int argc, char **argv)
{
  static const SimBar bars[] = {
    { "ring-churn", make_churn, 1, 20, TRUE, 0, 0, counts, 0 },
    { "ring-partition", make_partition, 1, 20, FALSE, 0, 0, counts, 0 },
    { "ring-hops", make_hops, 1, 2, FALSE, 0, 0, counts, 0 },
    { "ring-full", make_full, 1, 10, FALSE, 0, 0, counts, 0 },
    { "ring-skew", make_skew, 1, 5, FALSE, 0, 0, NULL, 0 },
  };

  return sim_main (argc, argv, bars, G_N_ELEMENTS (bars));
}
