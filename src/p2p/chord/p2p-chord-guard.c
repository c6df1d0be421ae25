/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * An original keeps what belongs to it alone: nobody has a replica. So of ours the one nearest before it guards its places. What is written there or asked for goes by way of the guard, who
 * keeps it as if it were his own and gives it to those that keep his replicas; when the original goes it is there.
 *
 * What originals write among themselves nobody brings. The guard asks for it when a name is new or deleted, takes what he hears when he asks for others, and once a minute goes
 * through the names and asks for all of it. What the original says counts: it has no stamps, and takes what comes.
 */
#include "p2p-chord-ask-private.h"
#include "p2p-chord-part-private.h"

#include "../wire/p2p-value.h"

/* What was written arrives first. */
#define DELAY (200 * G_TIME_SPAN_MILLISECOND)
/* What is otherwise here and not older than that may be on its way to him: he is asked again after so long. */
#define YOUNG (2 * G_TIME_SPAN_SECOND)
/* Between two questions: of what is lacking here, of what is here. */
#define PAUSE (20 * G_TIME_SPAN_MILLISECOND)
#define IDLE_PAUSE (100 * G_TIME_SPAN_MILLISECOND)
#define UNDER_WAY 4
#define ASK_MS 5000
/* What is more is found when the names are gone through. */
#define MAX_DUE 4096
#define SLICE 64

typedef struct {
  P2pChordNode *node;
  P2pChordSpot spot;
  GBytes *key;                  /* NULL: not known */
  gint64 when;                  /* monotonic */
  gboolean again;
  gboolean idle;                /* it is here already */
  guint64 handle;
} Due;

struct _P2pChordGuard {
  GQueue due;                   /* of Due, by when */
  GTree *spots;                 /* of it */
  GPtrArray *under_way;         /* of Due */
  guint64 timer;
  guint64 walk_timer;
  gboolean walk_again;
  GBytes *walked;               /* the names up to this one; NULL: from the first */
};

static void
due_free (gpointer data)
{
  Due *due = data;

  if (due->handle != 0)
    p2p_chord_ask_cancel (due->node, due->handle);
  g_clear_pointer (&due->key, g_bytes_unref);
  g_free (due);
}

/* ---- who guards ---- */

P2pChordLink *
p2p_chord_get_guard (P2pChordNode *self, const P2pChordPlace *place, gboolean storing, P2pChordLink **original)
{
  gboolean is_it;
  P2pChordMember *member;

  *original = NULL;
  for (guint rank = 0; (member = p2p_chord_ring_find (self->ring, place, storing, rank, &is_it)) != NULL; rank++)
    {
      P2pChordLink *link = p2p_chord_find_link_by_id (self, member->id);

      if (link == NULL)
        continue;
      if (!link->is_original && *original == NULL)
        return NULL;
      if (!link->is_original && (link->part == NULL || !link->part->leaving))
        return link;
      if (*original == NULL)
        *original = link;
    }
  return NULL;
}

P2pChordLink *
p2p_chord_get_guarded (P2pChordNode *self, const P2pChordPlace *place)
{
  P2pChordLink *original = NULL;

  return p2p_chord_is_taking (self) && p2p_chord_get_guard (self, place, TRUE, &original) == NULL ? original : NULL;
}

/* What belongs to an original goes to its guard, unless that is us. */
P2pChordLink *
p2p_chord_get_heir (P2pChordNode *self, const P2pChordPlace *place, P2pChordLink *besides)
{
  P2pChordLink *original = NULL;
  gboolean self_is_it;
  P2pChordMember *member;

  for (guint rank = 0; (member = p2p_chord_ring_find (self->ring, place, FALSE, rank, &self_is_it)) != NULL; rank++)
    {
      P2pChordLink *link = p2p_chord_link_of (self, member);

      if (link == NULL || link == besides || link->part->leaving)
        continue;
      if (!link->is_original)
        return original == NULL || !p2p_chord_is_taking (self) || p2p_chord_place_is_nearer (&member->place, &self->place, &original->part->member->place) ? link : original;
      if (original == NULL)
        original = link;
    }
  return original;
}

/* ---- what is kept ---- */

/* Later than what is here, whatever its stamp: he has it now. */
static void
take (P2pChordLink *link, const P2pChordSpot *spot, guint64 stamp, GBytes *value, GBytes *proof, P2pChordLink *giver)
{
  P2pChordNode *self = link->node;
  const P2pChordValue *held = p2p_chord_store_get (self->store, spot);
  gpointer before = self->part->has_it;

  if (held != NULL && (value == NULL ? held->value != NULL : held->value == NULL || !g_bytes_equal (held->value, value)))
    {
      /* Of another stamp it proves nothing. */
      if (stamp <= held->stamp)
        proof = NULL;
      stamp = MAX (stamp, held->stamp + 1);
    }
  self->part->has_it = link;
  p2p_chord_take (self, spot, stamp, value, proof, giver, NULL);
  self->part->has_it = before;
}

void
p2p_chord_guard_passed (P2pChordLink *link, const P2pChordSpot *spot, guint64 stamp, GBytes *value, GBytes *proof, P2pChordLink *giver)
{
  P2pChordPlace place;

  p2p_chord_place_of_spot (&place, link->node->k, spot);
  if (p2p_chord_get_guarded (link->node, &place) == link)
    take (link, spot, stamp, value, proof, giver);
}

void
p2p_chord_guard_changed (P2pChordLink *link, const P2pChordSpot *spot)
{
  p2p_chord_guard_spot (link->node, spot);
}

static gboolean
is_young (P2pChordNode *self, const P2pChordValue *held)
{
  gint64 age = p2p_chord_utc (self) - (gint64) MIN (held->stamp, G_MAXINT64);

  return ABS (age) < YOUNG;
}

static void add (P2pChordNode *self, const P2pChordSpot *spot, GBytes *key, gint64 delay, gboolean again, gboolean idle);

void
p2p_chord_guard_heard (P2pChordLink *link, const P2pChordSpot *spot, GVariant *value)
{
  P2pChordNode *self = link->node;
  const P2pChordValue *held = p2p_chord_store_get (self->store, spot);
  g_autoptr (GVariant) ours = NULL;
  g_autoptr (GByteArray) packed = NULL;
  g_autoptr (GBytes) bytes = NULL;
  P2pChordPlace place;

  p2p_chord_place_of_spot (&place, self->k, spot);
  if (p2p_chord_get_guarded (self, &place) != link)
    return;
  if (held != NULL && held->value != NULL && (ours = p2p_chord_unpack (self, held->value)) != NULL)
    {
      g_autoptr (GBytes) here = p2p_chord_get_essence (ours);
      g_autoptr (GBytes) said = p2p_chord_get_essence (value);

      if (g_bytes_equal (here, said))
        return;
    }
  if (held != NULL && is_young (self, held))
    {
      add (self, spot, NULL, YOUNG, FALSE, FALSE);
      return;
    }
  packed = g_byte_array_new ();
  if (!p2p_value_pack (value, packed, NULL))
    return;
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&packed));
  take (link, spot, (guint64) MAX (p2p_chord_utc (self), 1), bytes, NULL, link);
}

/* ---- asking ---- */

static void due_cb (gpointer data);

static void
plan (P2pChordNode *self, gint64 pause)
{
  P2pChordGuard *guard = self->part->guard;
  Due *first = g_queue_peek_head (&guard->due);

  if (guard->timer == 0 && first != NULL && guard->under_way->len < UNDER_WAY && !self->closed)
    guard->timer = p2p_clock_schedule (p2p_chord_clock (self), MAX (first->when - p2p_chord_now (self), pause), due_cb, self);
}

static void
add (P2pChordNode *self, const P2pChordSpot *spot, GBytes *key, gint64 delay, gboolean again, gboolean idle)
{
  P2pChordGuard *guard = self->part->guard;
  GList *behind = guard->due.tail;
  Due *due;

  if (self->closed || g_tree_lookup (guard->spots, spot) != NULL)
    return;
  if (guard->due.length >= MAX_DUE)
    {
      p2p_chord_guard_walk (self);
      return;
    }
  due = g_new0 (Due, 1);
  due->node = self;
  due->spot = *spot;
  due->key = key != NULL ? g_bytes_ref (key) : NULL;
  due->when = p2p_chord_now (self) + delay;
  due->again = again;
  due->idle = idle;
  while (behind != NULL && ((Due *) behind->data)->when > due->when)
    behind = behind->prev;
  if (behind != NULL)
    g_queue_insert_after (&guard->due, behind, due);
  else
    g_queue_push_head (&guard->due, due);
  g_tree_insert (guard->spots, &due->spot, due);
  /* He may be due before the one that was waited for. */
  if (g_queue_peek_head (&guard->due) == due && guard->timer != 0)
    {
      p2p_clock_cancel (p2p_chord_clock (self), guard->timer);
      guard->timer = 0;
    }
  plan (self, PAUSE);
}

static gboolean
is_deleted (P2pChordNode *self, GBytes *key)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  const P2pChordName *name = p2p_chord_names_get (self->names, bytes, length);

  return name != NULL && name->deleted;
}

/* He has nothing there, and we have. */
static void
hear_nothing (Due *due)
{
  P2pChordNode *self = due->node;
  const P2pChordValue *held = p2p_chord_store_get (self->store, &due->spot);
  P2pChordPlace place;
  P2pChordLink *link;

  p2p_chord_place_of_spot (&place, self->k, &due->spot);
  link = p2p_chord_get_guarded (self, &place);
  if (link == NULL)
    return;
  if (due->key != NULL && is_deleted (self, due->key))
    {
      if (held != NULL && held->value != NULL)
        take (link, &due->spot, (guint64) MAX (p2p_chord_utc (self), 1), NULL, NULL, link);
    }
  else if (!due->again)
    add (self, &due->spot, due->key, YOUNG, TRUE, FALSE);
  else if (held != NULL && held->value != NULL)
    p2p_chord_restore_add (link, &due->spot);
}

/* What he has was heard already. */
static void
answered_cb (const P2pChordAnswer *answer, gboolean is_final, gpointer data)
{
  Due *due = data;
  P2pChordNode *self = due->node;

  if (!is_final)
    return;
  due->handle = 0;
  if (answer->state == P2P_CHORD_ANSWER_NOTHING)
    hear_nothing (due);
  g_ptr_array_remove (self->part->guard->under_way, due);
  plan (self, PAUSE);
}

static void
ask (P2pChordNode *self, Due *due)
{
  P2pChordPlace place;
  P2pChordLink *link;
  guint64 handle;

  p2p_chord_place_of_spot (&place, self->k, &due->spot);
  link = p2p_chord_get_guarded (self, &place);
  if (link == NULL)
    {
      due_free (due);
      return;
    }
  g_ptr_array_add (self->part->guard->under_way, due);
  /* 0: it is answered, and free. */
  handle = p2p_chord_ask_link (link, &due->spot, ASK_MS, answered_cb, due);
  if (handle != 0)
    due->handle = handle;
}

static void
due_cb (gpointer data)
{
  P2pChordNode *self = data;
  P2pChordGuard *guard = self->part->guard;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);
  Due *due = g_queue_peek_head (&guard->due);
  gint64 pause = PAUSE;

  guard->timer = 0;
  p2p_mesh_node_enter (mesh);
  if (due != NULL && due->when <= p2p_chord_now (self))
    {
      g_queue_pop_head (&guard->due);
      g_tree_remove (guard->spots, &due->spot);
      if (due->idle)
        pause = IDLE_PAUSE;
      ask (self, due);
    }
  plan (self, pause);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

/* ---- what is asked for ---- */

void
p2p_chord_guard_spot (P2pChordNode *self, const P2pChordSpot *spot)
{
  P2pChordPlace place;

  p2p_chord_place_of_spot (&place, self->k, spot);
  if (p2p_chord_get_guarded (self, &place) != NULL)
    add (self, spot, NULL, DELAY, FALSE, FALSE);
}

static gboolean
guards_any (P2pChordNode *self)
{
  P2pChordMember *first = p2p_chord_ring_get_after (self->ring, 0);

  return first != NULL && first->is_original && p2p_chord_is_taking (self);
}

static void
look_at_key (P2pChordNode *self, GBytes *key, gboolean deleted, gint64 delay, gboolean all)
{
  P2pChordSpot spots[P2P_CHORD_HASHES];
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);

  p2p_chord_spots_of_key (bytes, length, spots);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      const P2pChordValue *held = p2p_chord_store_get (self->store, &spots[i]);
      gboolean is_here = held != NULL && held->value != NULL;
      P2pChordPlace place;

      p2p_chord_place_of_spot (&place, self->k, &spots[i]);
      if (((all && is_here) || is_here == deleted) && p2p_chord_get_guarded (self, &place) != NULL)
        add (self, &spots[i], key, delay, FALSE, is_here && !deleted);
    }
}

void
p2p_chord_guard_key (P2pChordNode *self, GBytes *key)
{
  if (!self->closed && guards_any (self))
    look_at_key (self, key, is_deleted (self, key), DELAY, FALSE);
}

/* ---- all names ---- */

static void
end_walk (P2pChordNode *self)
{
  P2pChordGuard *guard = self->part->guard;

  g_clear_pointer (&guard->walked, g_bytes_unref);
  if (!guard->walk_again)
    return;
  guard->walk_again = FALSE;
  p2p_chord_guard_walk (self);
}

static void walk_cb (gpointer data);

static void
plan_walk (P2pChordNode *self)
{
  self->part->guard->walk_timer = p2p_clock_schedule (p2p_chord_clock (self), IDLE_PAUSE, walk_cb, self);
}

static void
walk_cb (gpointer data)
{
  P2pChordNode *self = data;
  P2pChordGuard *guard = self->part->guard;

  guard->walk_timer = 0;
  for (guint i = 0; i < SLICE && guard->due.length < SLICE && guards_any (self); i++)
    {
      const P2pChordName *name = p2p_chord_names_next (self->names, guard->walked);
      g_autoptr (GBytes) key = name != NULL ? g_bytes_ref (name->key) : NULL;

      if (name == NULL)
        {
          end_walk (self);
          return;
        }
      g_clear_pointer (&guard->walked, g_bytes_unref);
      guard->walked = g_bytes_ref (key);
      look_at_key (self, key, name->deleted, 0, TRUE);
    }
  if (guards_any (self))
    plan_walk (self);
  else
    end_walk (self);
}

void
p2p_chord_guard_walk (P2pChordNode *self)
{
  P2pChordGuard *guard = self->part->guard;

  if (self->closed || !guards_any (self))
    return;
  if (guard->walk_timer != 0)
    guard->walk_again = guard->walked != NULL;
  else
    plan_walk (self);
}

/* ---- begin and end ---- */

void
p2p_chord_guard_init (P2pChordNode *self)
{
  P2pChordGuard *guard = g_new0 (P2pChordGuard, 1);

  g_queue_init (&guard->due);
  guard->spots = p2p_chord_spots_new (NULL);
  guard->under_way = g_ptr_array_new_with_free_func (due_free);
  self->part->guard = guard;
}

void
p2p_chord_guard_stop (P2pChordNode *self)
{
  P2pChordGuard *guard = self->part->guard;

  p2p_clock_cancel (p2p_chord_clock (self), guard->timer);
  p2p_clock_cancel (p2p_chord_clock (self), guard->walk_timer);
  guard->timer = guard->walk_timer = 0;
}

void
p2p_chord_guard_clear (P2pChordNode *self)
{
  P2pChordGuard *guard = self->part->guard;

  g_tree_unref (guard->spots);
  g_queue_clear_full (&guard->due, due_free);
  g_ptr_array_unref (guard->under_way);
  g_clear_pointer (&guard->walked, g_bytes_unref);
  g_clear_pointer (&self->part->guard, g_free);
}
