/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the program is told, and when: among the events of the mesh node below, or, of what it began itself, in the next turn. */
#include "p2p-chord-node-private.h"

#include <string.h>

#include "../wire/p2p-value.h"

typedef enum {
  TELL_VALUE,                   /* to be kept */
  TELL_NAME,                    /* to be kept */
  TELL_ADDED,
  TELL_DELETED,
  TELL_SEED,
  TELL_REFUSED,
} TellKind;

typedef struct {
  P2pChordNode *node;
  TellKind kind;
  P2pChordSpot spot;
  GBytes *key;
  gboolean mine;
  char *giver;
  GError *error;
} Told;

static void
told_free (gpointer data)
{
  Told *told = data;

  g_clear_pointer (&told->key, g_bytes_unref);
  g_clear_error (&told->error);
  g_free (told->giver);
  p2p_chord_node_drop (told->node);
  g_free (told);
}

static GBytes *
pack (GVariant *value)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (value);
  g_autoptr (GByteArray) packed = g_byte_array_new ();

  return p2p_value_pack (held, packed, NULL) ? g_byte_array_free_to_bytes (g_steal_pointer (&packed)) : NULL;
}

/* As it is now: what changed twice is kept once, or twice the same. */
static void
keep_value (P2pChordNode *self, const P2pChordSpot *spot)
{
  const P2pChordValue *value = p2p_chord_store_get (self->store, spot);
  guint8 bytes[2 + sizeof spot->number] = { 'v', spot->hash };
  g_autoptr (GBytes) record = value != NULL ? pack (p2p_chord_value_pack (value)) : NULL;
  g_autoptr (GBytes) id = NULL;

  memcpy (bytes + 2, spot->number, sizeof spot->number);
  id = g_bytes_new (bytes, sizeof bytes);
  self->events->keep (id, record, self->events_data);
}

static void
keep_name (P2pChordNode *self, GBytes *key)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  const P2pChordName *name = p2p_chord_names_get (self->names, bytes, length);
  g_autoptr (GByteArray) id = g_byte_array_new ();
  g_autoptr (GBytes) id_bytes = NULL;
  g_autoptr (GBytes) record = NULL;

  g_byte_array_append (id, (const guint8 *) "n", 1);
  g_byte_array_append (id, bytes, (guint) length);
  id_bytes = g_byte_array_free_to_bytes (g_steal_pointer (&id));
  if (name != NULL)
    {
      GVariant *parts[] = {
        g_variant_new_variant (g_variant_new_int64 (name->time)),
        g_variant_new_variant (g_variant_new_boolean (name->deleted)),
        g_variant_new_variant (g_variant_new_boolean (name->mine)),
        name->author != NULL ? g_variant_new_variant (g_variant_new_string (name->author)) : NULL,
      };

      record = pack (g_variant_new_array (G_VARIANT_TYPE_VARIANT, parts, G_N_ELEMENTS (parts) - (name->author == NULL)));
    }
  self->events->keep (id_bytes, record, self->events_data);
}

static gboolean
is_kept (P2pChordNode *self)
{
  return self->events->keep != NULL && (self->events->keeps == NULL || self->events->keeps (self->events_data));
}

static void
tell_cb (gpointer data)
{
  Told *told = data;
  P2pChordNode *self = told->node;

  if (self->events == NULL)
    return;
  switch (told->kind)
    {
    case TELL_VALUE:
      if (is_kept (self))
        keep_value (self, &told->spot);
      break;
    case TELL_NAME:
      if (is_kept (self))
        keep_name (self, told->key);
      break;
    case TELL_ADDED:
      if (self->events->added != NULL)
        self->events->added (told->key, told->mine, self->events_data);
      break;
    case TELL_DELETED:
      if (self->events->deleted != NULL)
        self->events->deleted (told->key, told->mine, self->events_data);
      break;
    case TELL_SEED:
      if (self->events->seed != NULL)
        self->events->seed (self->events_data);
      break;
    case TELL_REFUSED:
    default:
      if (self->events->refused != NULL)
        self->events->refused (told->giver, told->error, self->events_data);
      break;
    }
}

static Told *
told_new (P2pChordNode *self, TellKind kind)
{
  Told *told = g_new0 (Told, 1);

  told->node = p2p_chord_node_hold (self);
  told->kind = kind;
  return told;
}

static void
tell (Told *told)
{
  P2pMeshNode *mesh = told->node->mesh;

  p2p_mesh_node_enter (mesh);
  p2p_mesh_node_emit_layer (mesh, tell_cb, told, told_free);
  p2p_mesh_node_leave (mesh);
}

void
p2p_chord_emit_value (P2pChordNode *self, const P2pChordSpot *spot)
{
  Told *told;

  if (self->events == NULL || self->events->keep == NULL)
    return;
  told = told_new (self, TELL_VALUE);
  told->spot = *spot;
  tell (told);
}

static void
tell_key (P2pChordNode *self, TellKind kind, GBytes *key, gboolean mine)
{
  Told *told = told_new (self, kind);

  told->key = g_bytes_ref (key);
  told->mine = mine;
  tell (told);
}

void
p2p_chord_emit_name (P2pChordNode *self, GBytes *key, P2pChordNamed named, gboolean said_again, gboolean mine)
{
  if (self->events == NULL)
    return;
  tell_key (self, TELL_NAME, key, mine);
  if (named == P2P_CHORD_NAME_DELETED)
    tell_key (self, TELL_DELETED, key, mine);
  else if (named == P2P_CHORD_NAME_ADDED || said_again)
    tell_key (self, TELL_ADDED, key, mine);
}

void
p2p_chord_emit_refused (P2pChordNode *self, const char *giver, const GError *error)
{
  Told *told;

  if (self->events == NULL || self->events->refused == NULL)
    return;
  told = told_new (self, TELL_REFUSED);
  told->giver = g_strdup (giver);
  told->error = g_error_copy (error);
  tell (told);
}

void
p2p_chord_set_seed (P2pChordNode *self, P2pChordSeed seed)
{
  if (self->seed == seed)
    return;
  self->seed = seed;
  if (self->events != NULL)
    tell (told_new (self, TELL_SEED));
  p2p_chord_emit_ring (self);
}

static void
ring_cb (gpointer data)
{
  P2pChordNode *self = data;

  self->ring_timer = 0;
  if (self->events != NULL && self->events->ring != NULL)
    self->events->ring (self->events_data);
}

void
p2p_chord_emit_ring (P2pChordNode *self)
{
  if (self->ring_timer == 0 && !self->closed && self->events != NULL && self->events->ring != NULL)
    self->ring_timer = p2p_clock_schedule (p2p_chord_clock (self), 0, ring_cb, self);
}

/* ---- the ends of what was begun ---- */

static void
end_free (gpointer data)
{
  P2pChordEnd *end = data;

  g_clear_pointer (&end->look, p2p_chord_look_unref);
  g_clear_error (&end->error);
  g_free (end);
}

static void
tell_first_end (P2pChordNode *self)
{
  P2pChordEnd *end = g_queue_pop_head (&self->ends);

  if (end == NULL)
    return;
  if (end->look_func != NULL)
    end->look_func (end->look, end->data);
  else if (end->write_func != NULL)
    end->write_func (end->look, end->places_ok, end->error, end->data);
  else if (end->done_func != NULL)
    end->done_func (end->error, end->data);
  end_free (end);
}

/* Those that are there now: what their functions begin ends in a later turn. */
static void
ends_cb (gpointer data)
{
  P2pChordNode *self = p2p_chord_node_hold (data);
  guint n = self->ends.length;

  self->ends_timer = 0;
  while (n-- > 0)
    tell_first_end (self);
  p2p_chord_node_drop (self);
}

static void
end_cb (gpointer data)
{
  tell_first_end (data);
}

static void
drop_cb (gpointer data)
{
  p2p_chord_node_drop (data);
}

void
p2p_chord_end (P2pChordNode *self, const P2pChordEnd *end)
{
  g_queue_push_tail (&self->ends, g_memdup2 (end, sizeof *end));
  if (!self->closed)
    {
      if (self->ends_timer == 0)
        self->ends_timer = p2p_clock_schedule (p2p_chord_clock (self), 0, ends_cb, self);
      return;
    }
  /* There are no turns any more. */
  p2p_mesh_node_enter (self->mesh);
  p2p_mesh_node_emit_layer (self->mesh, end_cb, p2p_chord_node_hold (self), drop_cb);
  p2p_mesh_node_leave (self->mesh);
}

void
p2p_chord_end_done (P2pChordNode *self, guint64 handle, P2pChordDoneFunc done, gpointer data, const GError *error)
{
  P2pChordEnd end = { .handle = handle, .done_func = done, .data = data, .error = error != NULL ? g_error_copy (error) : NULL };

  p2p_chord_end (self, &end);
}

gboolean
p2p_chord_ends_cancel (P2pChordNode *self, guint64 handle)
{
  for (GList *l = self->ends.head; l != NULL; l = l->next)
    {
      P2pChordEnd *end = l->data;

      if (end->handle == handle)
        {
          g_queue_delete_link (&self->ends, l);
          end_free (end);
          return TRUE;
        }
    }
  return FALSE;
}

void
p2p_chord_ends_clear (P2pChordNode *self)
{
  p2p_clock_cancel (p2p_chord_clock (self), self->ends_timer);
  self->ends_timer = 0;
  g_queue_clear_full (&self->ends, end_free);
}

/* The node is closed: who waits for the next turn hears it now. */
void
p2p_chord_ends_closed (P2pChordNode *self)
{
  guint n = self->ends.length;

  p2p_clock_cancel (p2p_chord_clock (self), self->ends_timer);
  self->ends_timer = 0;
  for (guint i = 0; i < n; i++)
    p2p_mesh_node_emit_layer (self->mesh, end_cb, p2p_chord_node_hold (self), drop_cb);
}
