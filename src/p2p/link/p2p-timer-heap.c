/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-timer-heap.h"

/* A timer lives in a slot, so that the handle leads to it without a search; the heap holds the numbers of the slots. */
typedef struct {
  gint64 time;
  guint64 sequence;
  P2pTimerFunc func;
  gpointer data;
  guint32 generation;           /* tells a handle of an earlier use of the slot from one of this */
  guint32 position;             /* in the heap; in a free slot: the next free one */
} Slot;

struct _P2pTimerHeap {
  GArray *slots;                /* Slot */
  GArray *order;                /* guint32, a binary heap */
  guint64 next_sequence;
  guint32 free_slot;
};

#define NO_SLOT G_MAXUINT32

static inline Slot *
get_slot (P2pTimerHeap *self, guint32 index)
{
  return &g_array_index (self->slots, Slot, index);
}

static inline Slot *
slot_at (P2pTimerHeap *self, guint position)
{
  return get_slot (self, g_array_index (self->order, guint32, position));
}

static inline gboolean
is_before (const Slot *a, const Slot *b)
{
  return a->time != b->time ? a->time < b->time : a->sequence < b->sequence;
}

static void
put (P2pTimerHeap *self, guint position, guint32 index)
{
  g_array_index (self->order, guint32, position) = index;
  get_slot (self, index)->position = position;
}

static void
move_up (P2pTimerHeap *self, guint position, guint32 index)
{
  while (position > 0)
    {
      guint parent = (position - 1) / 2;

      if (!is_before (get_slot (self, index), slot_at (self, parent)))
        break;
      put (self, position, g_array_index (self->order, guint32, parent));
      position = parent;
    }
  put (self, position, index);
}

static void
move_down (P2pTimerHeap *self, guint position, guint32 index)
{
  for (;;)
    {
      guint child = 2 * position + 1;

      if (child >= self->order->len)
        break;
      if (child + 1 < self->order->len && is_before (slot_at (self, child + 1), slot_at (self, child)))
        child++;
      if (!is_before (slot_at (self, child), get_slot (self, index)))
        break;
      put (self, position, g_array_index (self->order, guint32, child));
      position = child;
    }
  put (self, position, index);
}

static void
remove_at (P2pTimerHeap *self, guint position)
{
  guint32 removed = g_array_index (self->order, guint32, position);
  guint32 last = g_array_index (self->order, guint32, self->order->len - 1);
  Slot *slot = get_slot (self, removed);

  g_array_set_size (self->order, self->order->len - 1);
  if (position < self->order->len)
    {
      if (position > 0 && is_before (get_slot (self, last), slot_at (self, (position - 1) / 2)))
        move_up (self, position, last);
      else
        move_down (self, position, last);
    }

  slot->func = NULL;
  slot->data = NULL;
  slot->generation++;
  slot->position = self->free_slot;
  self->free_slot = removed;
}

P2pTimerHeap *
p2p_timer_heap_new (void)
{
  P2pTimerHeap *self = g_new0 (P2pTimerHeap, 1);

  self->slots = g_array_new (FALSE, TRUE, sizeof (Slot));
  self->order = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->free_slot = NO_SLOT;
  return self;
}

void
p2p_timer_heap_free (P2pTimerHeap *self)
{
  g_array_unref (self->slots);
  g_array_unref (self->order);
  g_free (self);
}

guint64
p2p_timer_heap_add (P2pTimerHeap *self, gint64 time, P2pTimerFunc func, gpointer data)
{
  guint32 index = self->free_slot;
  Slot *slot;

  if (index == NO_SLOT)
    {
      index = self->slots->len;
      g_array_set_size (self->slots, index + 1);
      slot = get_slot (self, index);
    }
  else
    {
      slot = get_slot (self, index);
      self->free_slot = slot->position;
    }

  slot->time = time;
  slot->sequence = self->next_sequence++;
  slot->func = func;
  slot->data = data;
  g_array_append_val (self->order, index);
  move_up (self, self->order->len - 1, index);
  return ((guint64) slot->generation << 32 | index) + 1;
}

gboolean
p2p_timer_heap_remove (P2pTimerHeap *self, guint64 handle)
{
  guint32 index = (guint32) ((handle - 1) & G_MAXUINT32);
  guint32 generation = (guint32) ((handle - 1) >> 32);

  if (handle == 0 || index >= self->slots->len)
    return FALSE;
  if (get_slot (self, index)->func == NULL || get_slot (self, index)->generation != generation)
    return FALSE;
  remove_at (self, get_slot (self, index)->position);
  return TRUE;
}

gboolean
p2p_timer_heap_peek (P2pTimerHeap *self, gint64 *time)
{
  if (self->order->len == 0)
    return FALSE;
  *time = slot_at (self, 0)->time;
  return TRUE;
}

guint64
p2p_timer_heap_mark (P2pTimerHeap *self)
{
  return self->next_sequence;
}

gboolean
p2p_timer_heap_pop_marked (P2pTimerHeap *self, gint64 until, guint64 mark, P2pTimerFunc *func, gpointer *data)
{
  Slot *slot;

  if (self->order->len == 0)
    return FALSE;
  slot = slot_at (self, 0);
  /* A marked one behind an unmarked one waits a turn too: the order is worth more than the turn. */
  if (slot->time > until || slot->sequence >= mark)
    return FALSE;
  *func = slot->func;
  *data = slot->data;
  remove_at (self, 0);
  return TRUE;
}

gboolean
p2p_timer_heap_pop (P2pTimerHeap *self, gint64 until, P2pTimerFunc *func, gpointer *data)
{
  return p2p_timer_heap_pop_marked (self, until, G_MAXUINT64, func, data);
}

guint
p2p_timer_heap_get_length (P2pTimerHeap *self)
{
  return self->order->len;
}
