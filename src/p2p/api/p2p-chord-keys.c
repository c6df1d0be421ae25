/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-chord-keys.h"

struct _P2pChordKeys {
  GObject parent_instance;
  GSequence *keys;              /* of GBytes */
  GHashTable *noted;            /* GBytes -> whether it is there; what is not told yet */
  P2pEnsureKeyFunc ensure;      /* NULL: detached */
  gpointer data;
  gboolean flushing;
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (P2pChordKeys, p2p_chord_keys, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer data)
{
  return g_bytes_compare (a, b);
}

static int
compare_noted (gconstpointer a, gconstpointer b)
{
  return g_bytes_compare (*(GBytes *const *) a, *(GBytes *const *) b);
}

static GType
p2p_chord_keys_get_item_type (GListModel *model)
{
  return P2P_TYPE_CHORD_KEY;
}

static guint
p2p_chord_keys_get_n_items (GListModel *model)
{
  return p2p_chord_keys_get_n (P2P_CHORD_KEYS (model));
}

static gpointer
p2p_chord_keys_get_item (GListModel *model, guint position)
{
  P2pChordKeys *self = P2P_CHORD_KEYS (model);

  if (self->ensure == NULL || position >= p2p_chord_keys_get_n (self))
    return NULL;
  return self->ensure (g_sequence_get (g_sequence_get_iter_at_pos (self->keys, (int) position)), self->data);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = p2p_chord_keys_get_item_type;
  iface->get_n_items = p2p_chord_keys_get_n_items;
  iface->get_item = p2p_chord_keys_get_item;
}

static void
p2p_chord_keys_finalize (GObject *object)
{
  P2pChordKeys *self = P2P_CHORD_KEYS (object);

  g_sequence_free (self->keys);
  g_hash_table_unref (self->noted);
  G_OBJECT_CLASS (p2p_chord_keys_parent_class)->finalize (object);
}

static void
p2p_chord_keys_class_init (P2pChordKeysClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = p2p_chord_keys_finalize;
}

static void
p2p_chord_keys_init (P2pChordKeys *self)
{
  self->keys = g_sequence_new ((GDestroyNotify) g_bytes_unref);
  self->noted = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
}

P2pChordKeys *
p2p_chord_keys_new (P2pEnsureKeyFunc ensure, gpointer data)
{
  P2pChordKeys *self = g_object_new (P2P_TYPE_CHORD_KEYS, NULL);

  self->ensure = ensure;
  self->data = data;
  return self;
}

guint
p2p_chord_keys_get_n (P2pChordKeys *self)
{
  return (guint) g_sequence_get_length (self->keys);
}

gboolean
p2p_chord_keys_note (P2pChordKeys *self, GBytes *key, gboolean there)
{
  if (self->ensure == NULL)
    return FALSE;
  g_hash_table_replace (self->noted, g_bytes_ref (key), GINT_TO_POINTER (there));
  return g_hash_table_size (self->noted) == 1;
}

/* Where a key is, or (FALSE) whom it would come before */
static gboolean
find (P2pChordKeys *self, GBytes *key, GSequenceIter **at)
{
  GSequenceIter *before;

  *at = g_sequence_search (self->keys, key, compare_keys, NULL);
  before = g_sequence_iter_prev (*at);
  if (before == *at || !g_bytes_equal (g_sequence_get (before), key))
    return FALSE;
  *at = before;
  return TRUE;
}

/* A run of keys that come, without another between them, or go: one thing to tell. Where the next one begins. */
static guint
apply_run (P2pChordKeys *self, GPtrArray *keys, GArray *there, guint first)
{
  GSequenceIter *at;
  gboolean coming = g_array_index (there, gboolean, first);
  gboolean known = find (self, keys->pdata[first], &at);
  guint position, n = 0, next = first;

  if (known == coming)
    return first + 1;
  position = (guint) g_sequence_iter_get_position (at);
  for (; next < keys->len && g_array_index (there, gboolean, next) == coming; next++, n++)
    {
      GBytes *key = keys->pdata[next];
      int order = g_sequence_iter_is_end (at) ? 1 : g_bytes_compare (g_sequence_get (at), key);

      if (coming && order > 0)
        g_sequence_insert_before (at, g_bytes_ref (key));
      else if (!coming && order == 0 && !g_sequence_iter_is_end (at))
        {
          GSequenceIter *gone = at;

          at = g_sequence_iter_next (at);
          g_sequence_remove (gone);
        }
      else
        break;
    }
  g_list_model_items_changed (G_LIST_MODEL (self), position, coming ? 0 : n, coming ? n : 0);
  return next;
}

/* What is noted, by the bytes of the keys */
static GPtrArray *
take_noted (P2pChordKeys *self, GArray *there)
{
  GPtrArray *keys = g_ptr_array_new_full (g_hash_table_size (self->noted), (GDestroyNotify) g_bytes_unref);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->noted);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (keys, g_bytes_ref (key));
  g_ptr_array_sort (keys, compare_noted);
  for (guint i = 0; i < keys->len; i++)
    {
      gboolean is_there = GPOINTER_TO_INT (g_hash_table_lookup (self->noted, keys->pdata[i]));

      g_array_append_val (there, is_there);
    }
  g_hash_table_remove_all (self->noted);
  return keys;
}

void
p2p_chord_keys_flush (P2pChordKeys *self)
{
  g_autoptr (P2pChordKeys) held G_GNUC_UNUSED = g_object_ref (self);

  /* A handler that runs the loop has what it caused told after this. */
  if (self->flushing)
    return;
  self->flushing = TRUE;
  while (self->ensure != NULL && g_hash_table_size (self->noted) > 0)
    {
      g_autoptr (GArray) there = g_array_new (FALSE, FALSE, sizeof (gboolean));
      g_autoptr (GPtrArray) keys = take_noted (self, there);

      for (guint i = 0; i < keys->len && self->ensure != NULL;)
        i = apply_run (self, keys, there, i);
    }
  self->flushing = FALSE;
}

void
p2p_chord_keys_detach (P2pChordKeys *self)
{
  guint n = p2p_chord_keys_get_n (self);

  if (self->ensure == NULL)
    return;
  self->ensure = NULL;
  g_hash_table_remove_all (self->noted);
  g_sequence_remove_range (g_sequence_get_begin_iter (self->keys), g_sequence_get_end_iter (self->keys));
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}
