/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two nodes of ours that dial each other, in every order of what may happen (sim-choice.h): accepts, dials that succeed, bytes, ends,
 * timers. Each run is made from its beginning by its choices; a state that was met before (what went and came on each connection, the
 * tables of both, the timers) is not looked into again.
 *
 * However it goes, it ends with one link, the same in both tables; and what is said once both have one is heard once.
 *
 *   SIM_DEEP=1     also dials that know the id, and three of them, as far as the first 60,000 states
 */
#include "sim-choice.h"
#include "p2p/mesh/p2p-mesh-node-private.h"

#include <string.h>

#define PORT 4000
#define MAX_DIALS 3
#define MAX_STATES 60000
#define MAX_STEPS 2000
#define TAIL (20 * G_TIME_SPAN_SECOND)

typedef struct _Scene Scene;

typedef struct {
  Scene *scene;
  guint from;
  gboolean with_id;
  gboolean by_name;
} Wish;

struct _Scene {
  SimChoice *net;
  P2pMeshNode *nodes[2];
  Wish wishes[MAX_DIALS];
  guint heard[2];
  gboolean told;
  gboolean over;
};

typedef struct {
  guint n_wishes;
  Wish wishes[MAX_DIALS];
  gboolean mutated;
  guint max_states;
  P2pProtocol *protocol;
  P2pIdentity *identities[2];   /* the first has the greater id */
  GHashTable *met;              /* of guint64 */
  GArray *path;                 /* of Step */
  guint64 runs;
  char *wrong;
  gboolean bounded;             /* not all was looked into */
} Search;

typedef struct {
  guint chosen;
  guint count;
} Step;

/* ---- one run ---- */

static void
message_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  (*(guint *) data)++;
}

static void
ignore_cb (P2pPeer *peer, const GError *error, gpointer data)
{
}

static void
wish_cb (gpointer data)
{
  Wish *wish = data;
  Scene *scene = wish->scene;

  if (scene->over)
    return;
  p2p_mesh_node_connect (scene->nodes[wish->from], wish->by_name ? "other" : sim_choice_get_address (1 - wish->from), PORT,
                         wish->with_id ? p2p_mesh_node_get_id (scene->nodes[1 - wish->from]) : NULL, ignore_cb, NULL);
}

static Scene *
scene_new (Search *search)
{
  static const P2pMeshNodeEvents events = { .message = message_cb };
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  Scene *self = g_new0 (Scene, 1);

  /* Nothing is said again: that would hide what was lost, and makes ten times as many states. */
  limits->cache_messages = 0;
  self->net = sim_choice_new ();
  for (guint i = 0; i < 2; i++)
    {
      self->nodes[i] = p2p_mesh_node_new (sim_choice_get_env (self->net, i), search->protocol, search->identities[i], limits, NULL);
      p2p_mesh_node_set_methods (self->nodes[i], NULL, 0);
      /* It dials nobody by itself: that would mend what the rule broke. */
      p2p_mesh_node_set_max_outgoing (self->nodes[i], 0);
      p2p_mesh_node_set_events (self->nodes[i], &events, &self->heard[i]);
      if (!p2p_mesh_node_listen (self->nodes[i], sim_choice_get_address (i), PORT, NULL))
        g_assert_not_reached ();
    }
  /* The fault that has to be found: the node with the smaller id takes itself for the greater. */
  if (search->mutated)
    memset (self->nodes[1]->number, 0xff, sizeof self->nodes[1]->number);
  for (guint i = 0; i < search->n_wishes; i++)
    {
      self->wishes[i] = search->wishes[i];
      self->wishes[i].scene = self;
      sim_choice_plan (self->net, wish_cb, &self->wishes[i]);
    }
  return self;
}

static void
scene_free (Scene *self)
{
  self->over = TRUE;
  for (guint i = 0; i < 2; i++)
    {
      p2p_mesh_node_set_events (self->nodes[i], NULL, NULL);
      p2p_mesh_node_unref (self->nodes[i]);
    }
  /* What they wrote and ended goes to nobody; jobs and last timers run out. */
  for (guint i = 0; i < MAX_STEPS && sim_choice_count (self->net) > 0; i++)
    sim_choice_do (self->net, 0);
  sim_choice_free (self->net);
  g_free (self);
}

static gboolean
both_connected (Scene *self)
{
  return self->nodes[0]->table->len > 0 && self->nodes[1]->table->len > 0;
}

/* Each says something as soon as both have a link. */
static void
talk_once (Scene *self)
{
  if (self->told || !both_connected (self))
    return;
  self->told = TRUE;
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (P2pMessage) message = p2p_mesh_node_new_message (self->nodes[i], P2P_FLAG_BROADCAST, g_variant_new_parsed ("[<@x 0>, <'hello'>]"), NULL);

      p2p_mesh_node_send_message (self->nodes[i], message);
    }
}

static gboolean
is_settling (Scene *self)
{
  for (guint i = 0; i < 2; i++)
    if (self->nodes[i]->pending->len + self->nodes[i]->draining->len + self->nodes[i]->dials->len > 0)
      return TRUE;
  return FALSE;
}

static char *
check_end (Scene *self)
{
  P2pPeer *peers[2];
  P2pPipeAddress at;

  for (guint i = 0; i < 2; i++)
    {
      if (self->nodes[i]->table->len != 1)
        return g_strdup_printf ("node %u has %u links", i, self->nodes[i]->table->len);
      peers[i] = self->nodes[i]->table->pdata[0];
    }
  p2p_link_get_own (peers[0]->link, &at);
  if (at.port != p2p_peer_get_peer_port (peers[1]) || peers[0]->outgoing == peers[1]->outgoing)
    return g_strdup ("each has another link");
  if (self->heard[0] != 1 || self->heard[1] != 1)
    return g_strdup_printf ("what was said was heard %u and %u times", self->heard[0], self->heard[1]);
  return NULL;
}

static guint64
hash_list (guint64 hash, GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++)
    {
      P2pPeer *peer = list->pdata[i];
      P2pPipeAddress own;

      p2p_link_get_own (peer->link, &own);
      {
        guint64 facts[] = { peer->state, peer->outgoing, own.port, p2p_peer_get_peer_port (peer), peer->id != NULL, peer->is_own, peer->greeted };

        hash = sim_hash_bytes (hash, facts, sizeof facts);
      }
    }
  return sim_hash_bytes (hash, "|", 1);
}

static guint64
hash_scene (Scene *self)
{
  guint64 hash = self->told | self->heard[0] << 1 | self->heard[1] << 4;

  for (guint i = 0; i < 2; i++)
    {
      hash = hash_list (hash, self->nodes[i]->table);
      hash = hash_list (hash, self->nodes[i]->pending);
      hash = hash_list (hash, self->nodes[i]->draining);
      hash = sim_hash_bytes (hash, &self->nodes[i]->dials->len, sizeof self->nodes[i]->dials->len);
    }
  return sim_choice_hash (self->net, hash);
}

/* ---- all runs ---- */

static gboolean
meet (Search *search, guint64 hash)
{
  gint64 *key = g_new (gint64, 1);

  *key = (gint64) hash;
  return g_hash_table_add (search->met, key);
}

static void
tell_path (Search *search)
{
  Scene *scene = scene_new (search);

  for (guint i = 0; i < search->path->len; i++)
    {
      guint chosen = g_array_index (search->path, Step, i).chosen;
      g_autofree char *words = NULL;

      talk_once (scene);
      sim_choice_count (scene->net);
      words = sim_choice_describe (scene->net, chosen);
      g_test_message ("%3u  %.3f  %s", i, sim_choice_now (scene->net) / 1e6, words);
      sim_choice_do (scene->net, chosen);
    }
  scene_free (scene);
}

/* The path as far as it goes, then always the first choice, until the end or a state that was met. */
static void
run_path (Search *search)
{
  Scene *scene = scene_new (search);
  guint at = 0;

  search->runs++;
  for (;;)
    {
      Step step = { 0 };

      talk_once (scene);
      step.count = sim_choice_count (scene->net);
      if (sim_choice_get_n_moving (scene->net) == 0 && (!is_settling (scene) || sim_choice_now (scene->net) > TAIL))
        {
          search->wrong = check_end (scene);
          break;
        }
      g_assert_cmpuint (step.count, >, 0);
      if (at < search->path->len)
        {
          sim_choice_do (scene->net, g_array_index (search->path, Step, at++).chosen);
          continue;
        }
      if (!meet (search, hash_scene (scene)))
        break;
      g_assert_cmpuint (at, <, MAX_STEPS);
      g_array_append_val (search->path, step);
      at++;
      sim_choice_do (scene->net, 0);
    }
  scene_free (scene);
}

/* To the next path; FALSE: there is none. */
static gboolean
turn (Search *search)
{
  while (search->path->len > 0)
    {
      Step *last = &g_array_index (search->path, Step, search->path->len - 1);

      if (++last->chosen < last->count)
        return TRUE;
      g_array_set_size (search->path, search->path->len - 1);
    }
  return FALSE;
}

static P2pIdentity *
make_identity (guint8 number)
{
  guint8 seed[32] = { number };
  g_autoptr (GBytes) bytes = g_bytes_new (seed, sizeof seed);

  return p2p_identity_new_from_seed (bytes, NULL);
}

static gboolean
is_greater (Search *search)
{
  Scene *scene = scene_new (search);
  gboolean greater = memcmp (scene->nodes[0]->number, scene->nodes[1]->number, sizeof scene->nodes[0]->number) > 0;

  scene_free (scene);
  return greater;
}

/* TRUE: all runs end well. wishes: "ab" is a dial of the first node and one of the second; capitals know the id. */
static gboolean
search_all (const char *wishes, gboolean mutated, guint max_states, gboolean *bounded)
{
  Search search = { .mutated = mutated, .max_states = max_states };
  gint64 began = g_get_monotonic_time ();
  gboolean good;

  search.protocol = p2p_protocol_new ("all", P2P_ENCRYPTION_PLAINTEXT);
  search.met = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  search.path = g_array_new (FALSE, FALSE, sizeof (Step));
  search.identities[0] = make_identity (1);
  search.identities[1] = make_identity (2);
  search.mutated = FALSE;
  if (!is_greater (&search))
    {
      P2pIdentity *first = search.identities[0];

      search.identities[0] = search.identities[1];
      search.identities[1] = first;
    }
  search.mutated = mutated;
  for (; wishes[search.n_wishes] != '\0'; search.n_wishes++)
    {
      guint i = search.n_wishes;

      search.wishes[i].from = g_ascii_tolower (wishes[i]) == 'a' ? 0 : 1;
      search.wishes[i].with_id = g_ascii_isupper (wishes[i]);
      /* A second one is another dial only when it looks like another. */
      for (guint j = 0; j < i; j++)
        search.wishes[i].by_name |= search.wishes[j].from == search.wishes[i].from;
    }
  do
    {
      run_path (&search);
      search.bounded = g_hash_table_size (search.met) >= max_states;
    }
  while (search.wrong == NULL && !search.bounded && turn (&search));

  good = search.wrong == NULL;
  g_test_message ("%s%s: %u states, %" G_GUINT64_FORMAT " runs, %.1f s%s%s%s", wishes, mutated ? " with the fault" : "", g_hash_table_size (search.met),
                  search.runs, (g_get_monotonic_time () - began) / 1e6, search.bounded ? ", not all" : "", good ? "" : ": ", good ? "" : search.wrong);
  if (!good && !mutated)
    tell_path (&search);
  if (bounded != NULL)
    *bounded = search.bounded;
  g_free (search.wrong);
  g_array_unref (search.path);
  g_hash_table_unref (search.met);
  for (guint i = 0; i < 2; i++)
    p2p_identity_unref (search.identities[i]);
  p2p_protocol_unref (search.protocol);
  return good;
}

static gboolean
is_deep (void)
{
  return g_strcmp0 (g_getenv ("SIM_DEEP"), "1") == 0;
}

static void
test_dials (gconstpointer data)
{
  const char *wishes = data;
  gboolean bounded;

  g_assert_true (search_all (wishes, FALSE, MAX_STATES, &bounded));
  if (strlen (wishes) <= 2)
    g_assert_false (bounded);
}

/* A rule that the two ends do not agree on is found. */
static void
test_fault (void)
{
  g_assert_false (search_all ("ab", TRUE, MAX_STATES, NULL));
}

int
main (int argc, char **argv)
{
  static const char *const quick[] = { "a", "b", "ab", "aa" };
  static const char *const deep[] = { "aB", "AB", "bb", "aab", "abb", "aaa", "aAb", "ABb" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/exhaustive/fault", test_fault);
  for (guint i = 0; i < G_N_ELEMENTS (quick); i++)
    {
      g_autofree char *path = g_strconcat ("/sim/exhaustive/", quick[i], NULL);

      g_test_add_data_func (path, quick[i], test_dials);
    }
  for (guint i = 0; i < G_N_ELEMENTS (deep) && is_deep (); i++)
    {
      g_autofree char *path = g_strconcat ("/sim/exhaustive/deep/", deep[i], NULL);

      g_test_add_data_func (path, deep[i], test_dials);
    }
  return g_test_run ();
}
