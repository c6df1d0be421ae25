/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The node: how it hangs between the mesh below and the program above, and what it tells. */
#include "p2p-sync-node-private.h"

#include "../wire/p2p-skim-private.h"
#include "../wire/p2p-value.h"

/* How often what nobody needs any more is looked for. */
#define EXPIRE_SPAN (60 * G_TIME_SPAN_SECOND)

/* ---- what is told ---- */

typedef enum {
  TELL_KEEP = 1 << 0,
  TELL_CHANGED = 1 << 1,
  TELL_MINE = 1 << 2,
  TELL_CONFIRMED = 1 << 3,
} TellFlags;

typedef struct {
  P2pSyncNode *node;
  TellFlags flags;
  GBytes *key;
  char *owner;
  GError *error;                /* a refusal */
} Told;

static void
sync_node_unref (P2pSyncNode *self)
{
  if (--self->refs > 0)
    return;
  p2p_sync_table_free (self->table);
  g_clear_pointer (&self->verifier, p2p_verifier_unref);
  g_clear_pointer (&self->confirmed, g_bytes_unref);
  p2p_mesh_node_unref (self->mesh);
  g_free (self);
}

static void
told_free (gpointer data)
{
  Told *told = data;

  g_bytes_unref (told->key);
  g_clear_error (&told->error);
  g_free (told->owner);
  sync_node_unref (told->node);
  g_free (told);
}

/* As it is now: what changed twice is kept once, or twice the same. */
static GBytes *
pack_record (P2pSyncNode *self, GBytes *key)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  GVariant *floating = p2p_sync_table_pack_record (self->table, bytes, length);
  g_autoptr (GVariant) record = floating != NULL ? g_variant_ref_sink (floating) : NULL;
  g_autoptr (GByteArray) packed = g_byte_array_new ();

  if (record == NULL || !p2p_value_pack (record, packed, NULL))
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&packed));
}

static gboolean
is_kept (P2pSyncNode *self)
{
  return self->events != NULL && self->events->keep != NULL && (self->events->keeps == NULL || self->events->keeps (self->events_data));
}

static void
tell_cb (gpointer data)
{
  Told *told = data;
  P2pSyncNode *self = told->node;

  if (told->error != NULL)
    {
      if (self->events != NULL && self->events->refused != NULL)
        self->events->refused (told->key, told->owner, told->error, self->events_data);
      return;
    }
  if ((told->flags & TELL_KEEP) != 0 && is_kept (self))
    {
      g_autoptr (GBytes) record = pack_record (self, told->key);

      self->events->keep (told->key, record, self->events_data);
    }
  /* Whoever was told may have ended all. */
  if (self->events != NULL && self->events->confirmed != NULL && (told->flags & TELL_CONFIRMED) != 0)
    self->events->confirmed (told->key, self->events_data);
  else if (self->events != NULL && self->events->changed != NULL && (told->flags & TELL_CHANGED) != 0)
    self->events->changed (told->key, (told->flags & TELL_MINE) != 0, self->events_data);
}

static Told *
told_new (P2pSyncNode *self, GBytes *key)
{
  Told *told = g_new0 (Told, 1);

  self->refs++;
  told->node = self;
  told->key = g_bytes_ref (key);
  return told;
}

static void
tell (P2pSyncNode *self, GBytes *key, TellFlags flags)
{
  Told *told;

  if (self->events == NULL)
    return;
  told = told_new (self, key);
  told->flags = flags;
  p2p_mesh_node_emit_layer (self->mesh, tell_cb, told, told_free);
}

void
p2p_sync_note_refused (P2pSyncNode *self, const guint8 *key, gsize key_length, const char *owner, const GError *error)
{
  g_autoptr (GBytes) bytes = NULL;
  Told *told;

  if (self->events == NULL || self->events->refused == NULL)
    return;
  bytes = g_bytes_new (key, key_length);
  told = told_new (self, bytes);
  told->owner = g_strdup (owner);
  told->error = error != NULL ? g_error_copy (error) : g_error_new_literal (P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE, "It was refused");
  p2p_mesh_node_emit_layer (self->mesh, tell_cb, told, told_free);
}

void
p2p_sync_note_merge (P2pSyncNode *self, const guint8 *key, gsize key_length, P2pMerge merge, gboolean mine, gboolean from_ours)
{
  g_autoptr (GBytes) made = NULL;
  P2pSyncState state;
  GBytes *found;

  p2p_sync_purge_soon (self);
  if (merge != P2P_MERGE_CHANGED && merge != P2P_MERGE_NOTED)
    return;
  if (p2p_sync_table_lookup (self->table, key, key_length, &state))
    {
      found = state.key;
      p2p_sync_exchange_note (self, key_length + (state.value != NULL ? g_bytes_get_size (state.value) : 0));
      if (from_ours && merge == P2P_MERGE_CHANGED && state.value != NULL)
        p2p_sync_join_offer (self, found);
    }
  else
    found = made = g_bytes_new (key, key_length);
  tell (self, found, TELL_KEEP | (merge == P2P_MERGE_CHANGED ? TELL_CHANGED : 0) | (mine ? TELL_MINE : 0));
}

/* ---- what is old ---- */

void
p2p_sync_note_confirmed (P2pSyncNode *self, GBytes *key)
{
  tell (self, key, TELL_CHANGED | TELL_CONFIRMED);
}

void
p2p_sync_confirm (P2pSyncNode *self, GBytes *key)
{
  g_autoptr (GBytes) held = g_bytes_ref (key);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (held, &length);

  if (self->any_old && p2p_sync_table_confirm (self->table, bytes, length))
    p2p_sync_note_confirmed (self, held);
}

static void
confirm_cb (gpointer data)
{
  P2pSyncNode *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);

  self->confirm_timer = 0;
  p2p_mesh_node_enter (mesh);
  for (guint i = 0; i < P2P_SYNC_TURN_KEYS && self->confirming; i++)
    {
      P2pSyncState state;

      self->confirming = p2p_sync_table_next (self->table, self->confirmed, &state);
      g_clear_pointer (&self->confirmed, g_bytes_unref);
      if (!self->confirming)
        break;
      self->confirmed = g_bytes_ref (state.key);
      if (state.old)
        p2p_sync_confirm (self, state.key);
    }
  if (self->confirming)
    self->confirm_timer = p2p_clock_schedule (p2p_sync_clock (self), 0, confirm_cb, self);
  else
    self->any_old = FALSE;
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

/* Some at a time: each is told, and there may be many. */
void
p2p_sync_confirm_all (P2pSyncNode *self)
{
  if (!self->any_old || self->confirming)
    return;
  self->confirming = TRUE;
  self->confirm_timer = p2p_clock_schedule (p2p_sync_clock (self), 0, confirm_cb, self);
}

static gboolean
is_known (P2pSyncNode *self, GBytes *key)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  P2pSyncState state;

  return p2p_sync_table_lookup (self->table, bytes, length, &state);
}

gboolean
p2p_sync_node_restore (P2pSyncNode *self, GBytes *record, GError **error)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (record, &length);
  g_autoptr (GVariant) value = p2p_value_unpack (bytes, length, &self->reading, error);
  g_autoptr (GBytes) key = NULL;
  P2pMerge merge;

  if (value == NULL)
    return FALSE;
  g_variant_ref_sink (value);
  p2p_mesh_node_enter (self->mesh);
  merge = p2p_sync_table_merge_packed (self->table, value, TRUE, p2p_sync_utc (self), &key, error);
  self->any_old |= merge == P2P_MERGE_CHANGED || merge == P2P_MERGE_NOTED;
  if (merge == P2P_MERGE_CHANGED && key != NULL)
    tell (self, key, TELL_CHANGED);
  /* Its time was over while the program was not there: nobody would ever say that it can be forgotten. */
  else if (merge == P2P_MERGE_OLD && key != NULL && !is_known (self, key))
    tell (self, key, TELL_KEEP);
  p2p_mesh_node_leave (self->mesh);
  return merge != P2P_MERGE_REFUSED;
}

/* ---- what was done for whom ---- */

static void
memory_free (gpointer data)
{
  P2pSyncMemory *memory = data;

  g_free (memory->id);
  g_clear_pointer (&memory->told, g_bytes_unref);
  g_free (memory);
}

P2pSyncMemory *
p2p_sync_remember (P2pSyncNode *self, const char *id)
{
  for (GList *l = self->memories.head; l != NULL; l = l->next)
    {
      P2pSyncMemory *memory = l->data;

      if (g_str_equal (memory->id, id))
        return memory;
    }
  return NULL;
}

void
p2p_sync_memorise (P2pSyncLink *link)
{
  P2pSyncNode *self = link->node;
  const char *id = p2p_peer_get_id (link->peer);
  P2pSyncMemory *memory = p2p_sync_remember (self, id);

  if (memory != NULL)
    {
      g_queue_remove (&self->memories, memory);
      memory_free (memory);
    }
  memory = g_new0 (P2pSyncMemory, 1);
  memory->id = g_strdup (id);
  memory->since = link->since;
  memory->told = link->told != NULL ? g_bytes_ref (link->told) : NULL;
  memory->unfinished = link->telling;
  memory->credit = link->credit;
  memory->given = link->given;
  g_queue_push_tail (&self->memories, memory);
  while (self->memories.length > P2P_SYNC_MEMORIES)
    memory_free (g_queue_pop_head (&self->memories));
}

/* ---- the layer ---- */

static P2pLayerVerdict
validate_cb (P2pMessage *message, P2pPeer *source, gpointer data)
{
  return p2p_sync_validate (data, message);
}

static gboolean
withhold_cb (P2pPeer *peer, P2pMessage *message, gpointer data)
{
  return p2p_sync_withhold (data, peer, message);
}

static gboolean
message_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  return p2p_sync_receive (data, peer, message);
}

static gboolean
control_cb (P2pPeer *peer, gint64 op, P2pMessage *message, gpointer data)
{
  return p2p_sync_control (data, peer, op, message);
}

static void
proved_cb (P2pMessage *message, GBytes *proof, gpointer data)
{
  p2p_sync_proved (data, message, proof);
}

static void
certified_cb (const char *id, gpointer data)
{
  p2p_sync_certified (data, id);
}

static void
added_cb (P2pPeer *peer, gpointer data)
{
  P2pSyncNode *self = data;
  P2pSyncLink *link = p2p_sync_link_new (self, peer);

  g_ptr_array_add (self->links, link);
  p2p_sync_link_begin (link);
}

static void
greeted_cb (P2pPeer *peer, gpointer data)
{
  P2pSyncLink *link = p2p_sync_find_link (data, peer);

  if (link == NULL)
    return;
  p2p_sync_join_end (link);
  p2p_sync_link_begin (link);
}

static void
removed_cb (P2pPeer *peer, gpointer data)
{
  P2pSyncNode *self = data;
  P2pSyncLink *link = p2p_sync_find_link (self, peer);

  if (link == NULL)
    return;
  p2p_sync_memorise (link);
  g_ptr_array_remove (self->links, link);
}

static void
stop_timers (P2pSyncNode *self)
{
  guint64 *timers[] = { &self->digest_timer, &self->expire_timer, &self->confirm_timer, &self->purge_timer };

  for (guint i = 0; i < G_N_ELEMENTS (timers); i++)
    {
      p2p_clock_cancel (p2p_sync_clock (self), *timers[i]);
      *timers[i] = 0;
    }
  self->confirming = FALSE;
}

static void
closed_cb (gpointer data)
{
  stop_timers (data);
}

static const P2pMeshLayer layer = {
  .validate = validate_cb,
  .withhold = withhold_cb,
  .message = message_cb,
  .control = control_cb,
  .proved = proved_cb,
  .certified = certified_cb,
  .added = added_cb,
  .greeted = greeted_cb,
  .removed = removed_cb,
  .closed = closed_cb,
};

/* ---- the node ---- */

static void
expire_cb (gpointer data)
{
  P2pSyncNode *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  p2p_mesh_node_enter (mesh);
  p2p_sync_table_expire_into (self->table, p2p_sync_utc (self), gone);
  for (guint i = 0; i < gone->len; i++)
    tell (self, g_ptr_array_index (gone, i), TELL_KEEP);
  self->expire_timer = p2p_clock_schedule (p2p_sync_clock (self), EXPIRE_SPAN, expire_cb, self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

P2pSyncNode *
p2p_sync_node_new (P2pMeshNode *mesh, gboolean leasing)
{
  P2pSyncNode *self = g_new0 (P2pSyncNode, 1);

  self->refs = 1;
  self->mesh = p2p_mesh_node_ref (mesh);
  self->limits = *p2p_mesh_node_get_limits (mesh);
  p2p_limits_init (&self->reading);
  self->reading.depth = P2P_SKIM_MAX_DEPTH;
  self->reading.elements = G_MAXUINT32;
  self->leasing = leasing;
  self->table = p2p_sync_table_new (&self->limits, leasing);
  self->links = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_sync_link_free);
  g_queue_init (&self->memories);
  if (self->limits.frame >= P2P_SYNC_LEAST_FRAME)
    p2p_mesh_node_add_caps (mesh, P2P_CAP_SYNC_DIGEST);
  p2p_mesh_node_set_layer (mesh, &layer, self);
  p2p_sync_signed_start (self);
  p2p_sync_exchange_start (self);
  self->expire_timer = p2p_clock_schedule (p2p_sync_clock (self), EXPIRE_SPAN, expire_cb, self);
  return self;
}

void
p2p_sync_node_free (P2pSyncNode *self)
{
  p2p_mesh_node_set_layer (self->mesh, NULL, NULL);
  stop_timers (self);
  self->events = NULL;
  g_clear_pointer (&self->links, g_ptr_array_unref);
  g_queue_clear_full (&self->memories, memory_free);
  sync_node_unref (self);
}

void
p2p_sync_node_set_events (P2pSyncNode *self, const P2pSyncEvents *events, gpointer data)
{
  self->events = events;
  self->events_data = data;
}

P2pSyncTable *
p2p_sync_node_get_table (P2pSyncNode *self)
{
  return self->table;
}

P2pMeshNode *
p2p_sync_node_get_mesh (P2pSyncNode *self)
{
  return self->mesh;
}

guint
p2p_sync_node_get_lease_left (P2pSyncNode *self, const P2pSyncState *state)
{
  gint64 left = state->lease_end - p2p_sync_utc (self);

  return left > 0 ? (guint) MIN (left, G_MAXUINT) : 0;
}
