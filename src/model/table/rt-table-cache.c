/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-table-cache.h"

#include <string.h>

/* What a key costs beside its value. */
#define ENTRY_BYTES 256u

typedef struct {
  GBytes   *key;
  GVariant *value;
  char     *author;             /* who signed the value; NULL: nobody */
  char     *trouble;            /* of the last reading */
  gsize     size;               /* of the value */
  gint64    tried;              /* monotonic: it could not be read; 0: it may be tried */
  gint64    taken;              /* monotonic: value is of then; 0: it may be old */
  GList     used;               /* in self->used */
  GList     wish;               /* in self->waiting, while waiting */
  guint     known : 1;          /* value is what there is: NULL: nothing */
  guint     changed : 1;        /* since it was read */
  guint     waiting : 1;
  guint     reading : 1;
  guint     overtaken : 1;      /* what is being read is not taken */
  guint     noted : 1;          /* it changed while it is being read */
} Entry;

struct _RtTableCache {
  RtTableCacheFuncs funcs;
  gpointer    data;
  GHashTable *entries;          /* by key */
  GQueue      used;             /* of Entry, the newest first */
  GQueue      waiting;          /* likewise */
  gsize       bytes, max_bytes;
  guint       n_reading;
};

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  g_bytes_unref (entry->key);
  g_clear_pointer (&entry->value, g_variant_unref);
  g_free (entry->author);
  g_free (entry->trouble);
  g_free (entry);
}

static Entry *
find (RtTableCache *self, GBytes *key)
{
  return g_hash_table_lookup (self->entries, key);
}

static gsize
get_cost (const Entry *entry)
{
  return ENTRY_BYTES + g_bytes_get_size (entry->key) + entry->size;
}

static void
touch (RtTableCache *self, Entry *entry)
{
  g_queue_unlink (&self->used, &entry->used);
  g_queue_push_head_link (&self->used, &entry->used);
}

static Entry *
ensure (RtTableCache *self, GBytes *key)
{
  Entry *entry = find (self, key);

  if (entry != NULL)
    {
      touch (self, entry);
      return entry;
    }
  entry = g_new0 (Entry, 1);
  entry->key = g_bytes_ref (key);
  entry->used.data = entry->wish.data = entry;
  g_hash_table_insert (self->entries, entry->key, entry);
  g_queue_push_head_link (&self->used, &entry->used);
  self->bytes += get_cost (entry);
  return entry;
}

static void
stop_waiting (RtTableCache *self, Entry *entry)
{
  if (!entry->waiting)
    return;
  entry->waiting = FALSE;
  g_queue_unlink (&self->waiting, &entry->wish);
}

static void
drop (RtTableCache *self, Entry *entry)
{
  stop_waiting (self, entry);
  self->n_reading -= entry->reading;
  self->bytes -= get_cost (entry);
  g_queue_unlink (&self->used, &entry->used);
  g_hash_table_remove (self->entries, entry->key);
}

static void
tell (RtTableCache *self, Entry *entry)
{
  g_autoptr (GBytes) key = g_bytes_ref (entry->key);

  self->funcs.changed (key, self->data);
}

/* Never what was touched last: one value larger than all the room is still shown. */
static void
make_room (RtTableCache *self)
{
  GList *link = self->used.tail;

  while (self->bytes > self->max_bytes && link != NULL && link != self->used.head)
    {
      Entry *entry = link->data;
      g_autoptr (GBytes) key = g_bytes_ref (entry->key);

      link = link->prev;
      if (entry->reading || entry->waiting)
        continue;
      drop (self, entry);
      self->funcs.changed (key, self->data);
      /* whoever was told may have done anything */
      link = self->used.tail;
    }
}

static void
read_next (RtTableCache *self)
{
  while (self->n_reading < RT_TABLE_CACHE_AT_ONCE && self->waiting.length > 0)
    {
      Entry *entry = self->waiting.head->data;
      g_autoptr (GBytes) key = g_bytes_ref (entry->key);

      stop_waiting (self, entry);
      entry->reading = TRUE;
      entry->overtaken = entry->noted = FALSE;
      self->n_reading++;
      self->funcs.read (key, self->data);
      self->funcs.changed (key, self->data);
    }
}

static void
set_value (RtTableCache *self, Entry *entry, GVariant *value, const char *author)
{
  if (value != NULL)
    g_variant_ref_sink (value);
  self->bytes -= entry->size;
  g_clear_pointer (&entry->value, g_variant_unref);
  entry->value = value;
  g_free (entry->author);
  entry->author = g_strdup (author);
  entry->size = value != NULL ? g_variant_get_size (value) : 0;
  self->bytes += entry->size;
  entry->known = TRUE;
  entry->tried = 0;
  entry->taken = g_get_monotonic_time ();
  g_clear_pointer (&entry->trouble, g_free);
}

RtTableCache *
rt_table_cache_new (gsize max_bytes, const RtTableCacheFuncs *funcs, gpointer data)
{
  RtTableCache *self = g_new0 (RtTableCache, 1);

  self->funcs = *funcs;
  self->data = data;
  self->max_bytes = max_bytes;
  self->entries = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, NULL, free_entry);
  g_queue_init (&self->used);
  g_queue_init (&self->waiting);
  return self;
}

void
rt_table_cache_free (RtTableCache *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static gboolean
is_over (gint64 since, gint64 seconds)
{
  return since == 0 || g_get_monotonic_time () - since >= seconds * G_TIME_SPAN_SECOND;
}

static gboolean
is_due (const Entry *entry, gboolean again)
{
  if (again)
    return TRUE;
  if (entry->known && !entry->changed && !is_over (entry->taken, RT_TABLE_CACHE_FRESH_SECONDS))
    return FALSE;
  return is_over (entry->tried, RT_TABLE_CACHE_RETRY_SECONDS);
}

void
rt_table_cache_want (RtTableCache *self, GBytes *key, gboolean again)
{
  Entry *entry = ensure (self, key);

  if (entry->reading || !is_due (entry, again))
    return;
  stop_waiting (self, entry);
  entry->waiting = TRUE;
  g_queue_push_head_link (&self->waiting, &entry->wish);
  if (self->waiting.length > RT_TABLE_CACHE_WAITING)
    stop_waiting (self, self->waiting.tail->data);
  read_next (self);
}

void
rt_table_cache_unwant (RtTableCache *self, GBytes *key)
{
  Entry *entry = find (self, key);

  if (entry != NULL)
    stop_waiting (self, entry);
}

/* FALSE: nobody waits for it any more. */
static gboolean
end_reading (RtTableCache *self, Entry *entry)
{
  if (entry == NULL || !entry->reading)
    return FALSE;
  entry->reading = FALSE;
  self->n_reading--;
  return TRUE;
}

void
rt_table_cache_take (RtTableCache *self, GBytes *key, GVariant *value, const char *author)
{
  g_autoptr (GVariant) sunk = value != NULL ? g_variant_ref_sink (value) : NULL;
  Entry *entry = find (self, key);

  if (!end_reading (self, entry))
    return;
  if (!entry->overtaken)
    {
      set_value (self, entry, sunk, author);
      entry->changed = entry->noted;
    }
  tell (self, entry);
  make_room (self);
  read_next (self);
}

void
rt_table_cache_fail (RtTableCache *self, GBytes *key, const char *words)
{
  Entry *entry = find (self, key);

  if (!end_reading (self, entry))
    return;
  if (!entry->overtaken)
    {
      g_free (entry->trouble);
      entry->trouble = g_strdup (words);
      entry->tried = g_get_monotonic_time ();
    }
  tell (self, entry);
  read_next (self);
}

void
rt_table_cache_put (RtTableCache *self, GBytes *key, GVariant *value, const char *author)
{
  Entry *entry = ensure (self, key);

  stop_waiting (self, entry);
  entry->overtaken = entry->reading;
  entry->changed = FALSE;
  set_value (self, entry, value, author);
  tell (self, entry);
  make_room (self);
}

void
rt_table_cache_note (RtTableCache *self, GBytes *key)
{
  Entry *entry = find (self, key);

  if (entry == NULL)
    return;
  entry->noted = TRUE;
  entry->tried = 0;
  if (entry->known)
    entry->changed = TRUE;
}

void
rt_table_cache_forget (RtTableCache *self, GBytes *key)
{
  Entry *entry = find (self, key);

  if (entry == NULL)
    return;
  drop (self, entry);
  /* If it was being read, there is room for another: its end is nobody's any more. */
  read_next (self);
}

void
rt_table_cache_revive (RtTableCache *self)
{
  for (GList *link = self->used.head; link != NULL; link = link->next)
    ((Entry *) link->data)->tried = ((Entry *) link->data)->taken = 0;
}

void
rt_table_cache_look (RtTableCache *self, GBytes *key, RtTableMeta *meta)
{
  const Entry *entry = find (self, key);

  meta->fetched = TRUE;
  meta->unread = entry == NULL || !entry->known;
  meta->reading = entry != NULL && entry->reading;
  meta->nothing = entry != NULL && entry->known && entry->value == NULL;
  meta->size = entry != NULL ? entry->size : 0;
  meta->trouble = entry != NULL && !entry->reading ? entry->trouble : NULL;
  if (entry != NULL && entry->changed)
    meta->old = TRUE;
  meta->signed_by_owner = entry != NULL && entry->author != NULL;
  if (meta->signed_by_owner)
    meta->owner = entry->author;
}

GVariant *
rt_table_cache_get (RtTableCache *self, GBytes *key)
{
  const Entry *entry = find (self, key);

  return entry != NULL && entry->value != NULL ? g_variant_ref (entry->value) : NULL;
}

gsize
rt_table_cache_get_bytes (RtTableCache *self)
{
  return self->bytes;
}
