/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * H1: all states that a ring of up to five nodes can get into (r = 2: two in the after list), by every order of joining, failing, stabilising, asking who is closer,
 * notifying, noticing that somebody is gone, and links among members; Zave's invariants in each state; and from each state the ideal one is reached. Five nodes on a ring of 6 bits: nothing in the
 * lists depends on more than their order around the ring (the places are drawn anew for each space), so that is all there is to five places.
 */
#include "ring-world.h"

#include <string.h>

#define R 2
#define NONE 7u

typedef enum {
  REPAIRED,                     /* nobody's list names somebody who is gone, or has fewer than it could */
  IDEAL,
  AT_ANY_TIME,                  /* while everybody has somebody in the list who lives */
} When;

typedef struct {
  const char *name;
  guint n;
  guint start;                  /* bits: who lives at first, in an ideal ring */
  guint base;                   /* bits: who never fails */
  guint least;                  /* so many live always */
  guint principals;             /* of ring_world_check() */
  When fails;
  gboolean links;               /* members are linked to each other at any time, and offered */
  gboolean only_heals;          /* no invariants but those of the lists; links are steps that the nodes make of themselves */
  gboolean any_door;            /* who joins gets a link to anybody, and both are offered to each other: as nodes do that met originals first */
  gboolean deep;
} Space;

static const Space spaces[] = {
  /* Zave's theorem: r + 1 nodes stay. */
  { "base-4", 4, 07, 07, 3, 3, REPAIRED, FALSE, FALSE, FALSE, FALSE },
  { "base-4-links", 4, 07, 07, 3, 3, AT_ANY_TIME, TRUE, FALSE, FALSE, FALSE },
  { "base-5", 5, 025, 025, 3, 3, REPAIRED, FALSE, FALSE, FALSE, FALSE },
  { "base-5-links", 5, 025, 025, 3, 3, AT_ANY_TIME, TRUE, FALSE, FALSE, TRUE },
  { "base-5-side", 5, 07, 07, 3, 3, AT_ANY_TIME, TRUE, FALSE, FALSE, TRUE },
  /* Anybody may fail, when the last failure is repaired and r + 1 are left whom nobody passes over. (Of five so there are more than ten million states.) */
  { "any-4", 4, 07, 0, 3, 3, REPAIRED, FALSE, FALSE, FALSE, TRUE },
  { "any-5", 5, 07, 0, 3, 3, IDEAL, FALSE, FALSE, FALSE, TRUE },
  /* From one node on: of fewer than r + 1 the ring holds when the next one fails only after it is ideal, */
  { "small-3", 3, 01, 0, 1, 0, IDEAL, FALSE, FALSE, FALSE, FALSE },
  { "small-4", 4, 01, 0, 1, 0, IDEAL, FALSE, FALSE, FALSE, TRUE },
  { "small-5", 5, 01, 0, 1, 0, IDEAL, FALSE, FALSE, FALSE, TRUE },
  /* Who joins by a link to anybody passes over those between, so a ring may be no ring for a while; it comes about again without further links. */
  { "doors-4", 4, 07, 07, 3, 3, REPAIRED, FALSE, TRUE, TRUE, FALSE },
  { "doors-5", 5, 07, 07, 3, 3, REPAIRED, FALSE, TRUE, TRUE, TRUE },
  /* From one node on, and anybody fails at any time: when those who live get links to each other. */
  { "small-3-heals", 3, 01, 0, 1, 0, AT_ANY_TIME, TRUE, TRUE, FALSE, FALSE },
  { "small-4-heals", 4, 01, 0, 1, 0, AT_ANY_TIME, TRUE, TRUE, FALSE, TRUE },
};

typedef struct {
  guint64 words[2];
} State;

typedef struct {
  const Space *space;
  RingWorld *world;
  State loaded;
  GArray *states;               /* State */
  GArray *parents;              /* guint32 */
  GArray *edges;                /* guint32 from, to: steps that nodes make of themselves */
  guint32 *slots;
  guint n_bits;
  guint32 at;                   /* the state whose steps are made */
  guint64 n_events;
  guint n_wrong;
} Search;

/* ---- a state ---- */

static guint
bits_of (GPtrArray *list, guint i)
{
  return i < list->len ? ring_world_index (list->pdata[i]) : NONE;
}

/* 17 bits a node */
static guint64
pack_node (RingWorld *world, guint i)
{
  P2pChordRing *ring = world->rings[i];
  guint64 bits;

  if (ring == NULL)
    return 0;
  bits = 1 | (guint64) ring->around << 1 | (guint64) (world->closer[i] == RING_NOBODY ? NONE : world->closer[i]) << 2;
  for (guint j = 0; j < R; j++)
    bits |= (guint64) bits_of (ring->after, j) << (5 + 3 * j) | (guint64) bits_of (ring->before, j) << (11 + 3 * j);
  return bits;
}

static State
pack (RingWorld *world)
{
  State state = { { 0, 0 } };

  for (guint i = 0; i < world->n; i++)
    state.words[i / 3] |= pack_node (world, i) << 17 * (i % 3);
  return state;
}

static guint64
bits_of_node (const State *state, guint i)
{
  return state->words[i / 3] >> 17 * (i % 3) & 0x1ffff;
}

static void
load_list (RingWorld *world, GPtrArray *list, guint64 bits)
{
  g_ptr_array_set_size (list, 0);
  for (guint j = 0; j < R && (bits >> 3 * j & 7) != NONE; j++)
    g_ptr_array_add (list, p2p_chord_member_ref (world->members[bits >> 3 * j & 7]));
}

static void
load_node (Search *self, guint i, guint64 bits)
{
  RingWorld *world = self->world;

  if ((bits & 1) == 0)
    {
      if (world->rings[i] != NULL)
        ring_world_fail (world, i);
      return;
    }
  if (world->rings[i] == NULL)
    ring_world_begin (world, i);
  world->rings[i]->around = (bits >> 1 & 1) != 0;
  world->closer[i] = (bits >> 2 & 7) == NONE ? RING_NOBODY : (guint16) (bits >> 2 & 7);
  load_list (world, world->rings[i]->after, bits >> 5);
  load_list (world, world->rings[i]->before, bits >> 11);
}

/* Only of nodes that have changed. */
static void
load (Search *self, const State *state)
{
  State now = pack (self->world);

  for (guint i = 0; i < self->world->n; i++)
    if (bits_of_node (state, i) != bits_of_node (&now, i))
      load_node (self, i, bits_of_node (state, i));
}

/* ---- the set of states ---- */

static guint32 *
find_slot (Search *self, const State *state)
{
  guint64 hash = (state->words[0] * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) ^ ((state->words[1] + 0x7f4a7c15) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9));
  guint mask = (1u << self->n_bits) - 1, at;

  hash ^= hash >> 29;
  hash *= G_GUINT64_CONSTANT (0x94d049bb133111eb);
  for (at = (guint) (hash >> 32) & mask; self->slots[at] != 0; at = (at + 1) & mask)
    if (memcmp (&g_array_index (self->states, State, self->slots[at] - 1), state, sizeof *state) == 0)
      break;
  return &self->slots[at];
}

static guint32
add_state (Search *self, const State *state)
{
  guint32 *slot = find_slot (self, state);

  if (*slot != 0)
    return *slot - 1;
  g_array_append_val (self->states, *state);
  g_array_append_val (self->parents, self->at);
  *slot = self->states->len;
  if (self->states->len > 1u << (self->n_bits - 1))
    {
      g_free (self->slots);
      self->n_bits++;
      self->slots = g_new0 (guint32, 1u << self->n_bits);
      for (guint i = 0; i < self->states->len; i++)
        *find_slot (self, &g_array_index (self->states, State, i)) = i + 1;
    }
  return self->states->len - 1;
}

static void
fail (Search *self, const char *what)
{
  GString *text = g_string_new (NULL);
  guint32 at = self->at;

  /* how it came to that, the last state first */
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *printed = NULL;

      load (self, &g_array_index (self->states, State, at));
      printed = ring_world_print (self->world);
      g_string_append_printf (text, "\n  %s", printed);
      if (at == 0)
        break;
      at = g_array_index (self->parents, guint32, at);
    }
  g_error ("%s: %s%s", self->space->name, what, text->str);
}

/* After a step, which changed something: the state that it led to; back to that in which it was made. */
static void
made_step (Search *self, gboolean of_itself)
{
  State state = pack (self->world), before = g_array_index (self->states, State, self->at);
  guint n = self->states->len;
  guint32 to;

  self->n_events++;
  if (memcmp (&state, &before, sizeof state) == 0)
    return;
  to = add_state (self, &state);
  if (to == n)
    {
      g_autofree char *wrong = ring_world_check (self->world, self->space->principals);

      if (self->space->only_heals && wrong != NULL && strstr (wrong, "list") == NULL)
        {
          self->n_wrong++;
          g_clear_pointer (&wrong, g_free);
        }
      if (wrong != NULL)
        {
          self->at = to;
          fail (self, wrong);
        }
    }
  if (of_itself)
    {
      g_array_append_val (self->edges, self->at);
      g_array_append_val (self->edges, to);
    }
  load (self, &before);
}

static gboolean
join_by_link (RingWorld *world, guint i, guint via)
{
  if (!ring_world_lives (world, via))
    return FALSE;
  ring_world_begin (world, i);
  ring_world_offer (world, i, via);
  ring_world_offer (world, via, i);
  return TRUE;
}

static void
make_steps (Search *self)
{
  RingWorld *world = self->world;
  const Space *space = self->space;
  gboolean may_fail = space->fails == AT_ANY_TIME || (space->fails == REPAIRED ? ring_world_is_mended (world) : ring_world_is_ideal (world));

  for (guint i = 0; i < world->n; i++)
    {
      if (!ring_world_lives (world, i))
        {
          for (guint via = 0; via < world->n; via++)
            if (space->any_door ? join_by_link (world, i, via) : ring_world_join (world, i, via))
              made_step (self, FALSE);
          continue;
        }
      if ((space->base & 1u << i) == 0 && may_fail && world->n_live > space->least && (space->only_heals || ring_world_may_fail (world, i)))
        {
          ring_world_fail (world, i);
          /* Where there is no base that stays, there has to be one at each moment. */
          if (ring_world_count_principals (world) >= space->principals)
            made_step (self, FALSE);
          else
            load (self, &g_array_index (self->states, State, self->at));
        }
      if (ring_world_stabilise (world, i))
        made_step (self, TRUE);
      if (ring_world_ask_closer (world, i))
        made_step (self, TRUE);
      if (ring_world_notify (world, i))
        made_step (self, TRUE);
      for (guint other = 0; other < world->n; other++)
        {
          if (!ring_world_lives (world, other) && ring_world_notice (world, i, other))
            made_step (self, TRUE);
          if (space->links && other != i && ring_world_lives (world, other) && ring_world_offer (world, i, other))
            made_step (self, space->only_heals);
        }
    }
}

/* ---- each state becomes ideal ---- */

static void
check_reached (Search *self, guint *n_ideal)
{
  guint n = self->states->len, n_edges = self->edges->len / 2;
  const guint32 *edges = (const guint32 *) (void *) self->edges->data;
  g_autofree guint32 *first = g_new0 (guint32, n + 1);
  g_autofree guint32 *from = g_new (guint32, n_edges + 1);
  g_autofree guint32 *queue = g_new (guint32, n);
  g_autofree guint8 *reached = g_new0 (guint8, n);
  guint length = 0;

  for (guint i = 0; i < n_edges; i++)
    first[edges[2 * i + 1]]++;
  for (guint i = 0, sum = 0; i <= n; i++)
    first[i] = sum += first[i];
  for (guint i = 0; i < n_edges; i++)
    from[--first[edges[2 * i + 1]]] = edges[2 * i];
  for (guint i = 0; i < n; i++)
    {
      load (self, &g_array_index (self->states, State, i));
      if (ring_world_is_ideal (self->world))
        {
          reached[i] = 1;
          queue[length++] = i;
        }
    }
  *n_ideal = length;
  /* It stays so of itself. */
  for (guint i = 0; i < n_edges; i++)
    if (reached[edges[2 * i]])
      {
        self->at = edges[2 * i];
        fail (self, "an ideal ring changes of itself");
      }
  for (guint i = 0; i < length; i++)
    for (guint j = first[queue[i]]; j < first[queue[i] + 1]; j++)
      if (!reached[from[j]])
        {
          reached[from[j]] = 1;
          queue[length++] = from[j];
        }
  for (guint i = 0; i < n; i++)
    if (!reached[i])
      {
        self->at = i;
        fail (self, "it can never be ideal again");
      }
}

/* And how soon, if the nodes do in turn what each does in a period. */
static guint
check_rounds (Search *self, gboolean backwards)
{
  guint n = self->states->len, most = 0;
  g_autofree guint32 *next = g_new (guint32, n);
  g_autofree guint8 *rounds = g_new0 (guint8, n);

  for (guint i = 0; i < n; i++)
    {
      State state;

      load (self, &g_array_index (self->states, State, i));
      rounds[i] = ring_world_is_ideal (self->world) ? 1 : 0;
      for (guint j = 0; j < self->world->n; j++)
        {
          guint node = backwards ? self->world->n - 1 - j : j;

          if (ring_world_lives (self->world, node))
            ring_world_period (self->world, node);
        }
      state = pack (self->world);
      next[i] = *find_slot (self, &state);
      g_assert_cmpuint (next[i]--, >, 0);
    }
  for (guint i = 0; i < n; i++)
    {
      guint length = 0;

      for (guint32 at = i; rounds[at] == 0; at = next[at])
        if (++length == 100)
          {
            self->at = i;
            fail (self, "it goes on for ever");
          }
      most = MAX (most, length);
    }
  return most;
}

static void
test_space (gconstpointer data)
{
  const Space *space = data;
  Search self = { .space = space, .n_bits = 16 };
  TestRng rng = test_rng_make (1, space->name, 0);
  P2pChordPlace places[5];
  guint at[5] = { 0 }, n_ideal, rounds[2] = { 0 }, steps;
  State state;

  if (space->deep && g_getenv ("SIM_DEEP") == NULL)
    {
      g_test_skip ("SIM_DEEP=1 runs it");
      return;
    }
  for (guint i = 0; i < space->n; i++)
    {
      guint left = space->n - 1 - i;

      at[i] = (guint) test_rng_between (&rng, i > 0 ? at[i - 1] + 1 : 0, 63 - left);
      places[i] = ring_place (at[i], 6);
    }
  self.world = ring_world_new (places, space->n, R, R);
  self.states = g_array_new (FALSE, FALSE, sizeof (State));
  self.parents = g_array_new (FALSE, FALSE, sizeof (guint32));
  self.edges = g_array_new (FALSE, FALSE, sizeof (guint32));
  self.slots = g_new0 (guint32, 1u << self.n_bits);
  for (guint i = 0; i < space->n; i++)
    if (space->start & 1u << i)
      ring_world_begin (self.world, i);
  for (guint i = 0; i < space->n; i++)
    if (space->start & 1u << i)
      ring_world_make_ideal (self.world, i);
  g_assert_true (ring_world_is_ideal (self.world));
  state = pack (self.world);
  add_state (&self, &state);
  for (self.at = 0; self.at < self.states->len; self.at++)
    {
      load (&self, &g_array_index (self.states, State, self.at));
      make_steps (&self);
    }
  steps = self.edges->len / 2;
  check_reached (&self, &n_ideal);
  if (!space->only_heals)
    {
      rounds[0] = check_rounds (&self, FALSE);
      rounds[1] = check_rounds (&self, TRUE);
    }
  g_test_message ("%s: %u states (%u ideal), %" G_GUINT64_FORMAT " events, %u steps of the nodes themselves; ideal within %u rounds (in the other order %u)", space->name,
                  self.states->len, n_ideal, self.n_events, steps, rounds[0], rounds[1]);
  g_assert_cmpuint (MAX (rounds[0], rounds[1]), <=, 2 * space->n);
  if (space->only_heals)
    g_test_message ("%u of them are no ordered ring", self.n_wrong);
  g_array_unref (self.states);
  g_array_unref (self.parents);
  g_array_unref (self.edges);
  g_free (self.slots);
  ring_world_free (self.world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (spaces); i++)
    {
      g_autofree char *path = g_strconcat ("/chord/ring-exhaustive/", spaces[i].name, NULL);

      g_test_add_data_func (path, &spaces[i], test_space);
    }
  return g_test_run ();
}
