/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model of py2p's shared table. */
#include "sim07-sync.h"

#include <string.h>

#include "sim07-private.h"

#define LEASE_SECONDS 3600
#define TOLD_PACKETS 5

typedef struct {
  Sim07Value *key, *value, *owner, *time;
} Entry;

struct _Sim07Sync {
  Sim07Peer *peer;
  gboolean leasing;
  GArray *entries;              /* Entry */
  Sim07SyncWatch watch;         /* NULL: nobody looks */
  gpointer watch_data;
  Sim07Fate fate;               /* of the write that is being looked at */
};

/* Whose write it is, and of when. */
typedef struct {
  Sim07Value *owner, *time;
} Meta;

static void
clear_entry (gpointer data)
{
  Entry *entry = data;

  sim07_value_unref (entry->key);
  sim07_value_unref (entry->value);
  sim07_value_unref (entry->owner);
  sim07_value_unref (entry->time);
}

static guint
find_entry (Sim07Sync *self, Sim07Value *key)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (sim07_value_equal (g_array_index (self->entries, Entry, i).key, key))
      return i;
  return G_MAXUINT;
}

static Entry *
get_entry (Sim07Sync *self, Sim07Value *key)
{
  guint at = find_entry (self, key);

  return at != G_MAXUINT ? &g_array_index (self->entries, Entry, at) : NULL;
}

static void
set_value (Sim07Value **place, Sim07Value *value)
{
  sim07_value_ref (value);
  if (*place != NULL)
    sim07_value_unref (*place);
  *place = value;
}

/* ---- who may write ---- */

static Sim07Outcome
check_lease (Sim07Sync *self, Sim07Value *key, const Meta *meta, gboolean delta, gboolean *may)
{
  Entry *entry;
  int order;

  *may = TRUE;
  self->fate = SIM07_WRITE_RAISED;
  if (!sim07_value_is_hashable (key))
    return SIM07_RAISED;
  entry = get_entry (self, key);
  if (entry == NULL || sim07_value_equal (entry->owner, meta->owner) || (delta && !self->leasing))
    return SIM07_OK;
  if (!sim07_value_is_number (entry->time))
    return SIM07_RAISED;
  if (entry->time->number < sim07_utc (self->peer) - LEASE_SECONDS)
    return SIM07_OK;
  if (sim07_value_equal (entry->time, meta->time))
    {
      if (!sim07_value_compare (entry->owner, meta->owner, &order))
        {
          self->fate = SIM07_WRITE_FORMS;
          return SIM07_RAISED;
        }
      if (order > 0)
        return SIM07_OK;
    }
  if (!sim07_value_is_number (meta->time))
    return SIM07_RAISED;
  *may = entry->time->number < meta->time->number && !self->leasing;
  if (!*may)
    self->fate = SIM07_WRITE_REFUSED;
  return SIM07_OK;
}

static Entry *
own_entry (Sim07Sync *self, Sim07Value *key, const Meta *meta)
{
  Entry *entry = get_entry (self, key);

  if (entry == NULL)
    {
      Entry fresh = { .key = sim07_value_ref (key), .value = sim07_value_map () };

      g_array_append_val (self->entries, fresh);
      entry = &g_array_index (self->entries, Entry, self->entries->len - 1);
    }
  set_value (&entry->owner, meta->owner);
  set_value (&entry->time, meta->time);
  return entry;
}

static Sim07Outcome
store (Sim07Sync *self, Sim07Value *key, Sim07Value *value, const Meta *meta, gboolean *may)
{
  Sim07Outcome outcome = check_lease (self, key, meta, FALSE, may);
  guint at;

  if (outcome != SIM07_OK || !*may)
    return outcome;
  if (value->type != SIM07_NONE)
    {
      set_value (&own_entry (self, key, meta)->value, value);
      self->fate = SIM07_WRITE_TAKEN;
      return SIM07_OK;
    }
  at = find_entry (self, key);
  self->fate = at != G_MAXUINT ? SIM07_WRITE_TAKEN : SIM07_WRITE_ABSENT;
  if (at == G_MAXUINT)
    return SIM07_RAISED;
  g_array_remove_index (self->entries, at);
  return SIM07_OK;
}

/* Of a list of pairs those before a wrong one are in. */
static Sim07Outcome
update_map (Sim07Value *map, Sim07Value *delta)
{
  g_autoptr (Sim07Value) items = sim07_value_iterate (delta);

  if (items == NULL)
    return SIM07_RAISED;
  for (guint i = 0; i < sim07_value_length (items); i++)
    {
      g_autoptr (Sim07Value) pair = NULL;

      if (delta->type == SIM07_MAP)
        {
          sim07_value_put (map, delta->items->pdata[2 * i], delta->items->pdata[2 * i + 1]);
          continue;
        }
      pair = sim07_value_iterate (sim07_value_get (items, i));
      if (pair == NULL || sim07_value_length (pair) != 2 || !sim07_value_is_hashable (sim07_value_get (pair, 0)))
        return SIM07_RAISED;
      sim07_value_put (map, sim07_value_get (pair, 0), sim07_value_get (pair, 1));
    }
  return SIM07_OK;
}

static Sim07Outcome
apply_delta (Sim07Sync *self, Sim07Value *key, Sim07Value *delta, const Meta *meta, gboolean *may)
{
  Sim07Outcome outcome = check_lease (self, key, meta, TRUE, may);
  Entry *entry;

  if (outcome != SIM07_OK || !*may)
    return outcome;
  entry = own_entry (self, key, meta);
  if (entry->value->type != SIM07_MAP)
    {
      self->fate = SIM07_WRITE_NO_MAP;
      return SIM07_RAISED;
    }
  outcome = update_map (entry->value, delta);
  if (outcome == SIM07_OK)
    self->fate = SIM07_WRITE_TAKEN;
  return outcome;
}

static void
tell_watch (Sim07Sync *self, Sim07Value *key, Sim07Value *value, const Meta *meta, gboolean delta, gboolean told)
{
  Sim07Write write = { key, value, meta->owner, meta->time, delta, told, self->fate };

  if (self->watch != NULL)
    self->watch (&write, self->watch_data);
}

/* ---- messages ---- */

static Sim07Outcome
handle_store (Sim07Sync *self, Sim07Message *message, gboolean *taken)
{
  Sim07Value **packets = (Sim07Value **) message->payload->items->pdata;
  guint n = sim07_value_length (message->payload);
  Meta meta = { message->sender, message->time };
  Sim07Outcome outcome;
  gboolean may;

  if (n == TOLD_PACKETS)
    {
      Entry *entry;

      if (!sim07_value_is_hashable (packets[1]))
        return SIM07_RAISED;
      entry = get_entry (self, packets[1]);
      meta = (Meta) { packets[3], packets[4] };
      self->fate = SIM07_WRITE_PASSED_OVER;
      if (entry != NULL && sim07_value_is_true (entry->value))
        {
          tell_watch (self, packets[1], packets[2], &meta, FALSE, TRUE);
          return SIM07_OK;
        }
    }
  if (n < 3)
    return SIM07_MISSING;
  *taken = TRUE;
  outcome = store (self, packets[1], packets[2], &meta, &may);
  tell_watch (self, packets[1], packets[2], &meta, FALSE, n == TOLD_PACKETS);
  return outcome;
}

static Sim07Outcome
handle (Sim07Conn *conn, Sim07Message *message, gboolean *taken, gpointer data)
{
  Sim07Sync *self = data;
  Sim07Value *subflag = sim07_value_get (message->payload, 0);
  Meta meta = { message->sender, message->time };
  Sim07Value *key, *delta;
  Sim07Outcome outcome;
  gboolean may;

  if (sim07_value_is_int (subflag, P2P_SUBFLAG_STORE))
    return handle_store (self, message, taken);
  if (!sim07_value_is_int (subflag, P2P_SUBFLAG_DELTA))
    return SIM07_OK;
  if (sim07_value_length (message->payload) < 3)
    return SIM07_MISSING;
  *taken = TRUE;
  key = sim07_value_get (message->payload, 1);
  delta = sim07_value_get (message->payload, 2);
  outcome = apply_delta (self, key, delta, &meta, &may);
  tell_watch (self, key, delta, &meta, TRUE, FALSE);
  return outcome;
}

static Sim07Value *
new_payload (gint64 subflag, Sim07Value *key, Sim07Value *value)
{
  Sim07Value *payload = sim07_value_add (sim07_value_list (), sim07_value_int (subflag));

  return sim07_value_add (sim07_value_add (payload, sim07_value_ref (key)), sim07_value_ref (value));
}

static Sim07Outcome
tell (Sim07Conn *conn, gpointer data)
{
  Sim07Sync *self = data;

  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = &g_array_index (self->entries, Entry, i);
      Entry *read = entry;
      Sim07Value *payload;
      Sim07Outcome outcome;

      if (entry->key->type == SIM07_STR)
        {
          g_autoptr (Sim07Value) bytes = sim07_value_bytes (entry->key->bytes);

          read = get_entry (self, bytes);
        }
      if (read == NULL)
        return SIM07_RAISED;
      payload = new_payload (P2P_SUBFLAG_STORE, entry->key, read->value);
      sim07_value_add (sim07_value_add (payload, sim07_value_ref (entry->owner)), sim07_value_ref (entry->time));
      outcome = sim07_send (conn, sim07_value_int (P2P_FLAG_WHISPER), payload);
      if (outcome != SIM07_OK)
        return outcome;
    }
  return SIM07_OK;
}

static void
end (gpointer data)
{
  Sim07Sync *self = data;

  g_array_unref (self->entries);
  g_free (self);
}

Sim07Sync *
sim07_sync_new (Sim07Peer *peer, gboolean leasing)
{
  static const Sim07Hooks hooks = { handle, tell, end };
  Sim07Sync *self = g_new0 (Sim07Sync, 1);

  self->peer = peer;
  self->leasing = leasing;
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, clear_entry);
  sim07_peer_set_hooks (peer, &hooks, self);
  return self;
}

void
sim07_sync_set_watch (Sim07Sync *self, Sim07SyncWatch watch, gpointer data)
{
  self->watch = watch;
  self->watch_data = data;
}

/* ---- the program's side ---- */

gboolean
sim07_sync_set (Sim07Sync *self, GBytes *key, Sim07Value *value)
{
  g_autoptr (Sim07Value) name = sim07_value_bytes (key);
  g_autoptr (Sim07Value) stored = value != NULL ? sim07_value_ref (value) : sim07_value_none ();
  g_autoptr (Sim07Value) now = sim07_value_int (sim07_utc (self->peer));
  g_autoptr (Sim07Value) payload = new_payload (P2P_SUBFLAG_STORE, name, stored);
  Meta meta = { self->peer->own_id, now };
  gboolean may, done = store (self, name, stored, &meta, &may) == SIM07_OK && may;

  tell_watch (self, name, stored, &meta, FALSE, FALSE);
  return done && sim07_peer_broadcast (self->peer, payload);
}

gboolean
sim07_sync_delta (Sim07Sync *self, GBytes *key, Sim07Value *map)
{
  g_autoptr (Sim07Value) name = sim07_value_bytes (key);
  g_autoptr (Sim07Value) now = sim07_value_int (sim07_utc (self->peer));
  g_autoptr (Sim07Value) payload = new_payload (P2P_SUBFLAG_DELTA, name, map);
  Meta meta = { self->peer->own_id, now };
  Entry *entry = get_entry (self, name);
  gboolean may, done;

  if (entry != NULL && entry->value->type != SIM07_MAP)
    return FALSE;
  done = apply_delta (self, name, map, &meta, &may) == SIM07_OK && may;
  tell_watch (self, name, map, &meta, TRUE, FALSE);
  return done && sim07_peer_broadcast (self->peer, payload);
}

guint
sim07_sync_get_n_keys (Sim07Sync *self)
{
  return self->entries->len;
}

void
sim07_sync_get_nth (Sim07Sync *self, guint index, Sim07SyncEntry *entry)
{
  Entry *found = &g_array_index (self->entries, Entry, index);

  *entry = (Sim07SyncEntry) { found->key, found->value, found->owner, found->time };
}

gboolean
sim07_sync_find (Sim07Sync *self, GBytes *key, Sim07SyncEntry *entry)
{
  g_autoptr (Sim07Value) name = sim07_value_bytes (key);
  guint at = find_entry (self, name);

  if (at == G_MAXUINT)
    return FALSE;
  sim07_sync_get_nth (self, at, entry);
  return TRUE;
}
