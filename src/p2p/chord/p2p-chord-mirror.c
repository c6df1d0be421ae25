/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Originals that do not know each other, with us between them. Each takes places for its own that by the ring belong to another, of whom it never heard: it reads and writes them
 * in its own store, and neither asks nor tells anybody. So when a key changed, or is asked for, those of our neighbours are looked at that may think so, and told what counts.
 * Each is asked before: who does know better passes the question on, and answers right.
 */
#include "p2p-chord-ask-private.h"

/* What was changed arrives first; then one key after the other. */
#define DELAY (200 * G_TIME_SPAN_MILLISECOND)
#define PAUSE (50 * G_TIME_SPAN_MILLISECOND)
/* A key that many ask for is looked at so often. */
#define AGAIN_SPAN (2 * G_TIME_SPAN_SECOND)
#define MAX_DUE 256
/* Keys that are known by their places. */
#define MAX_KNOWN 1024
#define ASK_MS 5000

typedef struct {
  GBytes *key;
  P2pChordSpot spots[P2P_CHORD_HASHES];
  gint64 looked;                /* monotonic; 0: never */
  gboolean due;
} Known;

struct _P2pChordMirror {
  GQueue known;                 /* the one that was not heard of for longest first */
  GHashTable *by_key;           /* its link in the queue */
  GHashTable *by_spot;
  GQueue due;                   /* of Known */
  guint64 timer;
  guint64 look;
};

typedef struct {
  P2pChordNode *node;
  P2pChordSpot spot;
  GVariant *value;              /* NULL: deleted */
} Telling;

static void
known_free (gpointer data)
{
  Known *known = data;

  g_bytes_unref (known->key);
  g_free (known);
}

static void
forget_oldest (P2pChordMirror *self)
{
  Known *known = g_queue_pop_head (&self->known);

  g_hash_table_remove (self->by_key, known->key);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    g_hash_table_remove (self->by_spot, &known->spots[i]);
  g_queue_remove (&self->due, known);
  known_free (known);
}

static Known *
note_known (P2pChordMirror *self, GBytes *key)
{
  GList *found = g_hash_table_lookup (self->by_key, key);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  Known *known;

  if (found != NULL)
    {
      g_queue_unlink (&self->known, found);
      g_queue_push_tail_link (&self->known, found);
      return found->data;
    }
  while (self->known.length >= MAX_KNOWN)
    forget_oldest (self);
  known = g_new0 (Known, 1);
  known->key = g_bytes_ref (key);
  p2p_chord_spots_of_key (bytes, length, known->spots);
  g_queue_push_tail (&self->known, known);
  g_hash_table_insert (self->by_key, known->key, self->known.tail);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    g_hash_table_insert (self->by_spot, &known->spots[i], known);
  return known;
}

/* He takes the place for his own when he knows nobody but us, and it is another's. */
static gboolean
may_take_for_his (P2pChordLink *link, const P2pChordPlace *place, P2pChordLink *owner)
{
  P2pChordNode *self = link->node;

  return link->known && link->is_original && link->member != NULL && link != owner &&
         (!p2p_chord_is_taking (self) || p2p_chord_place_is_nearer (&link->member->place, &self->place, place));
}

typedef void (*EachFunc) (P2pChordLink *link, const P2pChordSpot *spot, gpointer data);

static void
each_in_doubt (P2pChordNode *self, const P2pChordSpot spots[P2P_CHORD_HASHES], EachFunc func, gpointer data)
{
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      gboolean is_it;
      P2pChordPlace place;
      P2pChordLink *owner;
      gboolean any = FALSE;

      p2p_chord_place_of_spot (&place, self->k, &spots[i]);
      owner = p2p_chord_get_owner (self, &place, p2p_chord_is_taking (self), &is_it);
      for (guint j = 0; j < self->links->len; j++)
        {
          P2pChordLink *link = g_ptr_array_index (self->links, j);

          if (!may_take_for_his (link, &place, owner))
            continue;
          func (link, &spots[i], data);
          any = TRUE;
        }
      /* What the others took for theirs he never heard of. */
      if (any && owner != NULL && owner->is_original)
        func (owner, &spots[i], data);
    }
}

static void
count_cb (P2pChordLink *link, const P2pChordSpot *spot, gpointer data)
{
  ++*(guint *) data;
}

/* ---- telling ---- */

static void
answered_cb (const P2pChordAnswer *answer, gboolean is_final, gpointer data)
{
  Telling *telling = data;
  P2pChordLink *link;

  if (!is_final)
    return;
  link = answer->asked != NULL ? p2p_chord_find_link_by_id (telling->node, answer->asked) : NULL;
  if (link != NULL && telling->value == NULL && answer->state == P2P_CHORD_ANSWER_VALUE)
    p2p_chord_send_nil (link, &telling->spot);
  else if (link != NULL && telling->value != NULL && answer->state == P2P_CHORD_ANSWER_NOTHING)
    p2p_chord_send_store (link, &telling->spot, 0, telling->value, NULL);
  else if (link != NULL && telling->value != NULL && answer->state == P2P_CHORD_ANSWER_VALUE)
    {
      g_autoptr (GBytes) right = p2p_chord_get_essence (telling->value);
      g_autoptr (GBytes) said = p2p_chord_get_essence (answer->value);

      if (!g_bytes_equal (right, said))
        p2p_chord_send_store (link, &telling->spot, 0, telling->value, NULL);
    }
  g_clear_pointer (&telling->value, g_variant_unref);
  p2p_chord_node_drop (telling->node);
  g_free (telling);
}

static void
tell_cb (P2pChordLink *link, const P2pChordSpot *spot, gpointer data)
{
  Telling *telling = g_new0 (Telling, 1);

  telling->node = p2p_chord_node_hold (link->node);
  telling->spot = *spot;
  telling->value = data != NULL ? g_variant_ref (data) : NULL;
  p2p_chord_ask_link (link, &telling->spot, ASK_MS, answered_cb, telling);
}

static void due_cb (gpointer data);

static void
plan (P2pChordNode *self, gint64 delay)
{
  P2pChordMirror *mirror = self->mirror;

  if (mirror->timer == 0 && mirror->look == 0 && mirror->due.length > 0 && !self->closed)
    mirror->timer = p2p_clock_schedule (p2p_chord_clock (self), delay, due_cb, self);
}

static gboolean
is_deleted (P2pChordNode *self, GBytes *key)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  const P2pChordName *name = p2p_chord_names_get (self->names, bytes, length);

  return name != NULL && name->deleted;
}

static void
looked_cb (P2pChordLook *look, gpointer data)
{
  P2pChordNode *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);
  P2pChordSpot spots[P2P_CHORD_HASHES];

  self->mirror->look = 0;
  p2p_mesh_node_enter (mesh);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    spots[i] = look->answers[i].spot;
  if (look->outcome == P2P_CHORD_LOOK_VALUE)
    each_in_doubt (self, spots, tell_cb, look->value);
  else if (look->outcome == P2P_CHORD_LOOK_ABSENT && is_deleted (self, look->key))
    each_in_doubt (self, spots, tell_cb, NULL);
  plan (self, PAUSE);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static void
due_cb (gpointer data)
{
  P2pChordNode *self = data;
  P2pChordMirror *mirror = self->mirror;
  Known *known = g_queue_pop_head (&mirror->due);

  mirror->timer = 0;
  known->due = FALSE;
  known->looked = p2p_chord_now (self);
  mirror->look = p2p_chord_node_look_all (self, known->key, 0, looked_cb, self);
}

/* ---- what is looked at ---- */

static void
make_due (P2pChordNode *self, Known *known, gboolean changed)
{
  P2pChordMirror *mirror = self->mirror;
  guint n = 0;

  if (known->due || mirror->due.length >= MAX_DUE || (!changed && known->looked != 0 && p2p_chord_now (self) - known->looked < AGAIN_SPAN))
    return;
  each_in_doubt (self, known->spots, count_cb, &n);
  if (n == 0)
    return;
  known->due = TRUE;
  g_queue_push_tail (&mirror->due, known);
  plan (self, DELAY);
}

static gboolean
has_originals (P2pChordNode *self)
{
  for (guint i = 0; i < self->links->len; i++)
    if (((P2pChordLink *) g_ptr_array_index (self->links, i))->is_original)
      return TRUE;
  return FALSE;
}

void
p2p_chord_mirror_key (P2pChordNode *self, GBytes *key)
{
  if (!self->closed && has_originals (self))
    make_due (self, note_known (self->mirror, key), TRUE);
}

void
p2p_chord_mirror_seen (P2pChordNode *self, GBytes *key)
{
  if (!self->closed && has_originals (self))
    make_due (self, note_known (self->mirror, key), FALSE);
}

void
p2p_chord_mirror_spot (P2pChordNode *self, const P2pChordSpot *spot, gboolean changed)
{
  Known *known = self->closed ? NULL : g_hash_table_lookup (self->mirror->by_spot, spot);

  if (known != NULL)
    make_due (self, known, changed);
}

void
p2p_chord_mirror_init (P2pChordNode *self)
{
  P2pChordMirror *mirror = g_new0 (P2pChordMirror, 1);

  g_queue_init (&mirror->known);
  g_queue_init (&mirror->due);
  mirror->by_key = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  mirror->by_spot = g_hash_table_new (p2p_chord_hash_spot, p2p_chord_equal_spots);
  self->mirror = mirror;
}

void
p2p_chord_mirror_stop (P2pChordNode *self)
{
  p2p_clock_cancel (p2p_chord_clock (self), self->mirror->timer);
  self->mirror->timer = 0;
}

void
p2p_chord_mirror_clear (P2pChordNode *self)
{
  P2pChordMirror *mirror = self->mirror;

  g_hash_table_unref (mirror->by_key);
  g_hash_table_unref (mirror->by_spot);
  g_queue_clear (&mirror->due);
  g_queue_clear_full (&mirror->known, known_free);
  g_clear_pointer (&self->mirror, g_free);
}
