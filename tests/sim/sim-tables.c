/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-tables-private.h"

#include <string.h>

/* How far a clock may be ahead of ours, so that we believe a time. */
#define AHEAD 60

/* What a program saw last of a key. */
typedef struct {
  char *owner;
  P2pWriteClock clock;
  gint64 start;
  gboolean deleted;
} Seen;

static void
free_seen (gpointer data)
{
  g_free (((Seen *) data)->owner);
  g_free (data);
}

static void
free_write (gpointer data)
{
  SimWrite *write = data;

  g_bytes_unref (write->key);
  g_free (write->owner);
  g_clear_pointer (&write->value, g_bytes_unref);
  g_free (write);
}

static void
free_foreign (gpointer data)
{
  SimForeignWrite *write = data;

  g_bytes_unref (write->key);
  g_free (write->owner);
  sim07_value_unref (write->value);
  g_free (write);
}

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer data)
{
  return g_bytes_compare (a, b);
}

static GTree *
new_tree (GDestroyNotify free_value)
{
  return g_tree_new_full (compare_keys, NULL, (GDestroyNotify) g_bytes_unref, free_value);
}

GBytes *
sim_tables_new_key (guint number)
{
  g_autofree char *text = g_strdup_printf ("key %u", number);

  return g_bytes_new (text, strlen (text));
}

SimTable *
sim_tables_get (SimNet *net, guint host)
{
  SimNode *node = sim_net_get (net, host);

  return node != NULL ? node->data : NULL;
}

/* ---- what may never be seen ---- */

/* Anybody's delete of the key within the lease that seems to be broken: whoever had the key before began anew after it. */
static gboolean
was_deleted (SimTables *self, GBytes *key, const Seen *seen, const P2pSyncState *state)
{
  if (self->deleting != NULL && g_bytes_equal (self->deleting, key))
    return TRUE;
  for (guint i = 0; i < self->writes->len; i++)
    {
      SimWrite *write = self->writes->pdata[i];

      if (write->kind == P2P_WRITE_DELETE && g_bytes_equal (write->key, key) && write->clock.time <= state->clock.time && write->clock.time >= seen->start)
        return TRUE;
    }
  return FALSE;
}

/* In one second it is the holder, or else the smaller owner: whoever it is, all see the same when it is quiet. */
static gboolean
began_before (const P2pSyncState *state, const Seen *seen)
{
  return state->lease_start <= seen->start;
}

static void
check_change (SimTable *table, GBytes *key, const Seen *seen, const P2pSyncState *state)
{
  SimNode *node = table->node;
  SimTables *self = node->net->data;
  gint64 now = p2p_clock_utc_seconds (test_host_get_env (node->host)->clock);
  g_autofree char *text = sim_tables_print_key (key);

  if (state->clock.time > now + AHEAD)
    sim_net_fail (node->net, "h%u has %s of %+" G_GINT64_FORMAT " s", node->host_index, text, state->clock.time - now);
  if (seen == NULL)
    return;
  if (seen->deleted && state->value != NULL && seen->clock.time > now - SIM_TOMBSTONE + SIM_CLOCKS_APART && state->clock.time < seen->clock.time &&
      !(self->leasing && (began_before (state, seen) || was_deleted (self, key, seen, state))))
    sim_net_fail (node->net, "%s is back at h%u: deleted by %s at %" G_GINT64_FORMAT ", and now that of %s at %" G_GINT64_FORMAT, text, node->host_index,
                  seen->owner, seen->clock.time, state->owner, state->clock.time);
  if (self->leasing && !seen->deleted && !g_str_equal (seen->owner, state->owner) && !began_before (state, seen) &&
      state->clock.time <= seen->clock.time + SIM_LEASE && !was_deleted (self, key, seen, state))
    sim_net_fail (node->net, "the lease of %s at h%u is broken: %s had it since %" G_GINT64_FORMAT ", until %" G_GINT64_FORMAT "; %s wrote at %" G_GINT64_FORMAT
                  ", since %" G_GINT64_FORMAT, text, node->host_index, seen->owner, seen->start, seen->clock.time, state->owner, state->clock.time, state->lease_start);
  if (g_str_equal (seen->owner, state->owner) && sim_tables_compare_clocks (&state->clock, &seen->clock) < 0)
    sim_net_fail (node->net, "%s at h%u goes back in time: %s at %" G_GINT64_FORMAT ", then %" G_GINT64_FORMAT, text, node->host_index, seen->owner,
                  seen->clock.time, state->clock.time);
}

static void
changed_cb (GBytes *key, gboolean mine, gpointer data)
{
  SimTable *table = data;
  P2pSyncState state;
  Seen *seen;

  if (!sim_tables_look_up (p2p_sync_node_get_table (table->sync), key, &state))
    return;
  check_change (table, key, g_tree_lookup (table->seen, key), &state);
  seen = g_new0 (Seen, 1);
  *seen = (Seen) { g_strdup (state.owner), state.clock, state.lease_start, state.value == NULL };
  g_tree_replace (table->seen, g_bytes_ref (key), seen);
}

static void
keep_cb (GBytes *key, GBytes *record, gpointer data)
{
  SimNode *node = ((SimTable *) data)->node;
  GTree *disk = ((SimTables *) node->net->data)->disks->pdata[node->host_index];

  if (record != NULL)
    g_tree_replace (disk, g_bytes_ref (key), g_bytes_ref (record));
  else
    g_tree_remove (disk, key);
}

static void
refused_cb (GBytes *key, const char *owner, const GError *error, gpointer data)
{
  ((SimTables *) ((SimTable *) data)->node->net->data)->n_refused++;
}

/* ---- lives ---- */

static gboolean
restore_one (gpointer key, gpointer record, gpointer data)
{
  SimTable *table = data;
  g_autoptr (GError) error = NULL;

  if (!p2p_sync_node_restore (table->sync, record, &error))
    sim_net_fail (table->node->net, "h%u cannot take back what it kept: %s", table->node->host_index, error->message);
  return FALSE;
}

/* What a record comes to at a time: some of it may be too old. */
static GVariant *
age_record (SimTable *table, GBytes *key, GVariant *record)
{
  SimNet *net = table->node->net;
  P2pSyncTable *alone = p2p_sync_table_new (&net->limits, ((SimTables *) net->data)->leasing);
  GVariant *aged;

  p2p_sync_table_merge_packed (alone, record, TRUE, p2p_clock_utc_seconds (test_host_get_env (table->node->host)->clock), NULL, NULL);
  aged = sim_tables_pack_record (alone, key);
  p2p_sync_table_free (alone);
  return aged;
}

/* As it was when the last life ended; what has become too old since may be gone. */
static gboolean
check_restored (gpointer key, gpointer shown, gpointer data)
{
  SimTable *table = data;
  SimTables *self = table->node->net->data;
  g_autoptr (GVariant) record = sim_tables_pack_record (p2p_sync_node_get_table (table->sync), key);
  g_autoptr (GVariant) before = age_record (table, key, shown);

  if (record != NULL)
    self->n_restored++;
  if (record != NULL && (before == NULL || !g_variant_equal (record, before)))
    {
      g_autofree char *was = p2p_value_print (shown, 600);
      g_autofree char *is = p2p_value_print (record, 600);

      sim_net_fail (table->node->net, "h%u came back with another record: %s instead of %s", table->node->host_index, is, was);
    }
  if (record == NULL)
    {
      GTree *disk = self->disks->pdata[table->node->host_index];

      if (g_tree_lookup (disk, key) == NULL)
        sim_net_fail (table->node->net, "h%u did not keep a key", table->node->host_index);
    }
  return FALSE;
}

static void
watch_model_cb (const Sim07Write *write, gpointer data)
{
  SimTable *table = data;
  SimForeignWrite *entry;

  if (write->key->type != SIM07_BIN)
    return;
  entry = g_new0 (SimForeignWrite, 1);
  entry->key = g_bytes_ref (write->key->bytes);
  entry->owner = write->owner->bytes != NULL ? g_strndup (g_bytes_get_data (write->owner->bytes, NULL), g_bytes_get_size (write->owner->bytes)) : NULL;
  entry->time = sim07_value_is_number (write->time) ? (gint64) write->time->number : 0;
  entry->value = sim07_value_ref (write->value);
  entry->delta = write->delta;
  entry->told = write->told;
  entry->fate = write->fate;
  g_ptr_array_add (table->log, entry);
}

static void
born (SimNode *node)
{
  static const P2pSyncEvents events = { .changed = changed_cb, .keep = keep_cb, .refused = refused_cb };
  SimTables *self = node->net->data;
  SimTable *table = g_new0 (SimTable, 1);

  table->node = node;
  table->seen = new_tree (free_seen);
  table->log = g_ptr_array_new_with_free_func (free_foreign);
  node->data = table;
  if (node->model != NULL)
    {
      table->model = sim07_sync_new (node->model, self->leasing);
      sim07_sync_set_watch (table->model, watch_model_cb, table);
      return;
    }
  if (self->signs)
    table->x1 = p2p_x1_new (node->node);
  table->sync = p2p_sync_node_new (node->node, self->leasing);
  g_tree_foreach (self->disks->pdata[node->host_index], restore_one, table);
  p2p_sync_node_set_events (table->sync, &events, table);
  g_tree_foreach (self->shown->pdata[node->host_index], check_restored, table);
}

static void
free_sync (SimTable *table)
{
  g_clear_pointer (&table->sync, p2p_sync_node_free);
  if (table->x1 != NULL)
    p2p_mesh_node_close (table->node->node);
  g_clear_pointer (&table->x1, p2p_x1_free);
}

static void
dies (SimNode *node)
{
  SimTables *self = node->net->data;
  SimTable *table = node->data;
  GTree *shown = self->shown->pdata[node->host_index];
  P2pSyncState state;

  table->model = NULL;
  if (table->sync == NULL)
    return;
  g_tree_remove_all (shown);
  for (GBytes *from = NULL; p2p_sync_table_next (p2p_sync_node_get_table (table->sync), from, &state); from = state.key)
    g_tree_replace (shown, g_bytes_ref (state.key), sim_tables_pack_record (p2p_sync_node_get_table (table->sync), state.key));
  p2p_sync_node_set_events (table->sync, NULL, NULL);
  free_sync (table);
}

/* Keys of before were those of another node. */
static void
clear_table (SimNode *node)
{
  SimTable *table = g_steal_pointer (&node->data);

  if (table == NULL)
    return;
  free_sync (table);
  g_tree_unref (table->seen);
  g_ptr_array_unref (table->log);
  g_free (table);
}

SimTables *
sim_tables_prepare (SimNet *net, gboolean leasing)
{
  SimTables *self = g_new0 (SimTables, 1);
  g_autoptr (P2pProtocol) base = g_steal_pointer (&net->protocol);

  net->protocol = p2p_protocol_new_sync (base, leasing);
  net->born = born;
  net->dies = dies;
  net->data = self;
  self->net = net;
  self->leasing = leasing;
  self->disks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_tree_unref);
  self->shown = g_ptr_array_new_with_free_func ((GDestroyNotify) g_tree_unref);
  self->writes = g_ptr_array_new_with_free_func (free_write);
  for (guint i = 0; i < net->hosts->len; i++)
    {
      g_ptr_array_add (self->disks, new_tree ((GDestroyNotify) g_bytes_unref));
      g_ptr_array_add (self->shown, new_tree ((GDestroyNotify) g_variant_unref));
    }
  return self;
}

void
sim_tables_clear (SimNet *net)
{
  SimTables *self = net->data;

  for (guint i = 0; i < net->nodes->len; i++)
    clear_table (net->nodes->pdata[i]);
  net->born = NULL;
  net->dies = NULL;
  g_ptr_array_unref (self->disks);
  g_ptr_array_unref (self->shown);
  g_ptr_array_unref (self->writes);
  g_clear_pointer (&net->data, g_free);
}

/* ---- writing ---- */

/* Of every type now and then, and what py2p takes for nothing. */
static GVariant *
new_value (gint64 number)
{
  g_autofree char *text = g_strdup_printf ("value %" G_GINT64_FORMAT, number);
  g_auto (GVariantDict) fields = G_VARIANT_DICT_INIT (NULL);

  switch (number % 9)
    {
    case 0:
    case 1:
      return g_variant_new_int64 (number);
    case 2:
    case 3:
      return g_variant_new_string (text);
    case 4:
    case 5:
    case 6:
      g_variant_dict_insert (&fields, "whole", "x", number);
      g_variant_dict_insert (&fields, "a", "x", number);
      return g_variant_dict_end (&fields);
    case 7:
      return g_variant_new_int64 (0);
    default:
      return g_variant_new_bytestring (text);
    }
}

static GVariant *
new_delta (gint64 number)
{
  g_auto (GVariantDict) fields = G_VARIANT_DICT_INIT (NULL);
  const char *names[] = { "a", "b", "c" };

  g_variant_dict_insert (&fields, names[number % 3], "x", number);
  return g_variant_dict_end (&fields);
}

static GBytes *
pack (GVariant *value)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gboolean done = p2p_value_pack (value, bytes, NULL);

  g_assert_true (done);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static void
note_write (SimTables *self, GBytes *key, P2pWriteKind kind, const char *owner, const P2pWriteClock *clock, GBytes *value)
{
  SimWrite *write = g_new0 (SimWrite, 1);

  write->key = g_bytes_ref (key);
  write->owner = g_strdup (owner);
  write->kind = kind;
  write->clock = *clock;
  write->value = value != NULL ? g_bytes_ref (value) : NULL;
  g_ptr_array_add (self->writes, write);
}

static void
write_own (SimTable *table, GBytes *key, SimEventKind kind, GVariant *value)
{
  SimNode *node = table->node;
  SimTables *self = node->net->data;
  g_autoptr (GBytes) packed = pack (value);
  g_autoptr (GError) error = NULL;
  P2pWriteClock before = { 0 };
  P2pSyncState state;
  gboolean done, whole = self->leasing;

  if (sim_tables_look_up (p2p_sync_node_get_table (table->sync), key, &state) && g_str_equal (state.owner, sim_node_get_id (node)))
    {
      before = state.clock;
      whole = whole && state.value == NULL;
    }
  self->deleting = kind == SIM_DELETE ? key : NULL;
  if (kind == SIM_SET)
    done = p2p_sync_node_set (table->sync, key, value, NULL, &error);
  else if (kind == SIM_DELTA)
    done = p2p_sync_node_delta (table->sync, key, value, NULL, &error);
  else
    done = p2p_sync_node_delete (table->sync, key, NULL, &error);
  self->deleting = NULL;
  if (!done)
    {
      self->n_leased++;
      return;
    }
  /* Somebody who waited for it has it at once. */
  if (kind == SIM_DELETE && sim_tables_look_up (p2p_sync_node_get_table (table->sync), key, &state) && !g_str_equal (state.owner, sim_node_get_id (node)))
    {
      before.time = MAX (before.time, p2p_clock_utc_seconds (test_host_get_env (node->host)->clock));
      note_write (self, key, P2P_WRITE_DELETE, sim_node_get_id (node), &before, NULL);
      self->partial = TRUE;
      return;
    }
  if (!sim_tables_look_up (p2p_sync_node_get_table (table->sync), key, &state) || !g_str_equal (state.owner, sim_node_get_id (node)) || (state.value == NULL) != (kind == SIM_DELETE))
    {
      g_autofree char *what = sim_tables_describe (p2p_sync_node_get_table (table->sync), key);

      sim_net_fail (node->net, "h%u (%s) took a write of its program, and has another: %s", node->host_index, sim_node_get_id (node), what);
      return;
    }
  /* A map that a delta takes over goes out whole. */
  if (kind == SIM_SET)
    note_write (self, key, P2P_WRITE_STORE, state.owner, &state.clock, packed);
  else if (kind == SIM_DELTA)
    note_write (self, key, whole ? P2P_WRITE_STORE : P2P_WRITE_DELTA, state.owner, &state.clock, whole ? state.value : packed);
  else
    note_write (self, key, P2P_WRITE_DELETE, state.owner, &state.clock, NULL);
}

static void
write_model (SimTable *table, GBytes *key, SimEventKind kind, GVariant *value)
{
  SimTables *self = table->node->net->data;
  g_autoptr (GBytes) packed = pack (value);
  g_autoptr (Sim07Value) foreign = sim07_value_unpack (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
  P2pWriteClock clock = { .time = p2p_clock_utc_seconds (test_host_get_env (table->node->host)->clock) };
  gboolean done;

  if (kind == SIM_DELTA)
    done = sim07_sync_delta (table->model, key, foreign);
  else
    done = sim07_sync_set (table->model, key, kind == SIM_SET ? foreign : NULL);
  if (!done)
    self->n_leased++;
  else
    note_write (self, key, kind == SIM_SET ? P2P_WRITE_STORE : kind == SIM_DELTA ? P2P_WRITE_DELTA : P2P_WRITE_DELETE, sim_node_get_id (table->node), &clock,
                kind == SIM_DELETE ? NULL : packed);
}

void
sim_tables_write (SimNet *net, const SimEvent *event)
{
  SimTable *table = sim_tables_get (net, event->a);
  g_autoptr (GBytes) key = sim_tables_new_key (event->b);
  g_autoptr (GVariant) value = g_variant_ref_sink (event->kind == SIM_DELTA ? new_delta (event->value) : new_value (event->value));

  if (table == NULL)
    return;
  if (table->sync != NULL)
    write_own (table, key, event->kind, value);
  else
    write_model (table, key, event->kind, value);
}
