/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Are the tables of ours equal, and what they should be? */
#include "sim-tables-private.h"

#include <string.h>

char *
sim_tables_print_key (GBytes *key)
{
  return g_strndup (g_bytes_get_data (key, NULL), g_bytes_get_size (key));
}

gboolean
sim_tables_look_up (P2pSyncTable *table, GBytes *key, P2pSyncState *state)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);

  return p2p_sync_table_lookup (table, bytes, length, state);
}

GVariant *
sim_tables_pack_record (P2pSyncTable *table, GBytes *key)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  GVariant *record = p2p_sync_table_pack_record (table, bytes, length);

  return record != NULL ? g_variant_ref_sink (record) : NULL;
}

char *
sim_tables_describe (P2pSyncTable *table, GBytes *key)
{
  g_autoptr (GVariant) record = sim_tables_pack_record (table, key);

  return record != NULL ? p2p_value_print (record, 1000) : g_strdup ("nothing");
}

int
sim_tables_compare_clocks (const P2pWriteClock *a, const P2pWriteClock *b)
{
  if (a->time != b->time)
    return a->time < b->time ? -1 : 1;
  if (a->sequence != b->sequence)
    return a->sequence < b->sequence ? -1 : 1;
  return memcmp (a->id, b->id, sizeof a->id);
}

static char *
tell_difference (SimTable *a, SimTable *b, GBytes *key)
{
  g_autofree char *text = sim_tables_print_key (key);
  g_autofree char *one = sim_tables_describe (p2p_sync_node_get_table (a->sync), key);
  g_autofree char *two = sim_tables_describe (p2p_sync_node_get_table (b->sync), key);

  return g_strdup_printf ("%s: h%u has %s, h%u has %s", text, a->node->host_index, one, b->node->host_index, two);
}

/* A tombstone that may be forgotten by now. */
static gboolean
is_over (SimTable *table, const P2pSyncState *state)
{
  return state->value == NULL && state->clock.time + SIM_TOMBSTONE - SIM_CLOCKS_APART < p2p_clock_utc_seconds (test_host_get_env (table->node->host)->clock);
}

/* Every record of the first is one of the second. */
static char *
compare_one_way (SimTable *a, SimTable *b, gboolean *over)
{
  P2pSyncState state;

  for (GBytes *from = NULL; p2p_sync_table_next (p2p_sync_node_get_table (a->sync), from, &state); from = state.key)
    {
      g_autoptr (GVariant) one = sim_tables_pack_record (p2p_sync_node_get_table (a->sync), state.key);
      g_autoptr (GVariant) two = sim_tables_pack_record (p2p_sync_node_get_table (b->sync), state.key);

      if (is_over (a, &state))
        *over = TRUE;
      else if (two == NULL || !g_variant_equal (one, two))
        return tell_difference (a, b, state.key);
    }
  return NULL;
}

static char *
compare_two (SimTable *a, SimTable *b, gboolean whole)
{
  guint8 one[32], two[32];
  gboolean over = FALSE;
  char *difference = NULL;

  p2p_sync_table_get_root (p2p_sync_node_get_table (a->sync), one);
  p2p_sync_table_get_root (p2p_sync_node_get_table (b->sync), two);
  if (memcmp (one, two, sizeof one) == 0 && !whole)
    return NULL;
  difference = compare_one_way (a, b, &over);
  if (difference == NULL)
    difference = compare_one_way (b, a, &over);
  if (difference == NULL && !over && memcmp (one, two, sizeof one) != 0)
    difference = g_strdup_printf ("h%u and h%u have other roots of the same records", a->node->host_index, b->node->host_index);
  return difference;
}

static char *
compare_all (SimNet *net, gboolean whole)
{
  SimTable *first = NULL;
  char *difference = NULL;

  for (guint i = 0; i < net->current->len && difference == NULL; i++)
    {
      SimTable *table = sim_tables_get (net, i);

      if (table == NULL || table->sync == NULL)
        continue;
      if (first == NULL)
        first = table;
      else
        difference = compare_two (first, table, whole);
    }
  return difference;
}

char *
sim_tables_compare (SimNet *net)
{
  return compare_all (net, TRUE);
}

void
sim_tables_expect_signed (SimNet *net)
{
  for (guint i = 0; i < net->current->len; i++)
    {
      SimTable *table = sim_tables_get (net, i);
      P2pSyncState state;

      for (GBytes *from = NULL; table != NULL && table->sync != NULL && p2p_sync_table_next (p2p_sync_node_get_table (table->sync), from, &state); from = state.key)
        if (!state.is_signed)
          {
            g_autofree char *text = sim_tables_print_key (state.key);

            sim_net_fail (net, "%s at h%u is not signed", text, i);
            return;
          }
    }
}

void
sim_tables_watch (SimNet *net)
{
  SimTables *self = net->data;
  g_autofree char *difference = compare_all (net, FALSE);

  if (difference != NULL)
    self->equal_since = 0;
  else if (self->equal_since == 0)
    self->equal_since = test_world_now (net->world);
}

void
sim_tables_expect_equal (SimNet *net)
{
  g_autofree char *difference = sim_tables_compare (net);

  if (difference != NULL)
    sim_net_fail (net, "%s", difference);
}

static int
compare_writes (gconstpointer a, gconstpointer b)
{
  const SimWrite *one = *(const SimWrite *const *) a, *two = *(const SimWrite *const *) b;
  int order = g_bytes_compare (one->key, two->key);

  if (order == 0)
    order = (one->clock.time > two->clock.time) - (one->clock.time < two->clock.time);
  if (order == 0)
    order = strcmp (one->owner, two->owner);
  return order != 0 ? order : sim_tables_compare_clocks (&one->clock, &two->clock);
}

static gboolean
is_same (gboolean has_one, const P2pSyncState *one, gboolean has_two, const P2pSyncState *two)
{
  /* A tombstone may have been given up. */
  if (!has_one || !has_two)
    return (!has_one || one->value == NULL) && (!has_two || two->value == NULL);
  return g_str_equal (one->owner, two->owner) && sim_tables_compare_clocks (&one->clock, &two->clock) == 0 && (one->value == NULL) == (two->value == NULL) &&
         (one->value == NULL || g_bytes_equal (one->value, two->value));
}

static SimTable *
get_first (SimNet *net)
{
  for (guint i = 0; i < net->current->len; i++)
    {
      SimTable *table = sim_tables_get (net, i);

      if (table != NULL && table->sync != NULL)
        return table;
    }
  return NULL;
}

void
sim_tables_expect_all (SimNet *net)
{
  SimTables *self = net->data;
  SimTable *table = get_first (net);
  P2pSyncTable *reference = p2p_sync_table_new (&net->limits, self->leasing);
  g_autoptr (GPtrArray) writes = g_ptr_array_new ();
  gint64 now = G_MAXINT64 / 2;

  sim_tables_expect_equal (net);
  for (guint i = 0; i < self->writes->len && !self->partial; i++)
    g_ptr_array_add (writes, self->writes->pdata[i]);
  g_ptr_array_sort (writes, compare_writes);
  for (guint i = 0; i < writes->len; i++)
    {
      SimWrite *made = writes->pdata[i];
      P2pWrite write = { .kind = made->kind, .owner = made->owner, .clock = made->clock, .value = made->value };
      gsize length;
      const guint8 *key = g_bytes_get_data (made->key, &length);

      now = made->clock.time;
      p2p_sync_table_merge (reference, key, length, &write, now, NULL);
    }
  for (guint i = 0; i < writes->len && table != NULL && net->failure == NULL; i++)
    {
      SimWrite *made = writes->pdata[i];
      P2pSyncState is = { 0 }, should = { 0 };
      gboolean has = sim_tables_look_up (p2p_sync_node_get_table (table->sync), made->key, &is);
      gboolean had = sim_tables_look_up (reference, made->key, &should);

      if (!is_same (has, &is, had, &should))
        {
          g_autofree char *one = sim_tables_describe (p2p_sync_node_get_table (table->sync), made->key);
          g_autofree char *two = sim_tables_describe (reference, made->key);

          sim_net_fail (net, "all have %s, and what was written makes %s", one, two);
        }
    }
  p2p_sync_table_free (reference);
}
