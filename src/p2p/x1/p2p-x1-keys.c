/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Certified ids: those of which somebody showed the key that they are made of. Nothing under such an id counts without a proof. Kept in
 * trees, not tables of hashes: whoever makes keys chooses what they hash to.
 */
#include "p2p-x1-private.h"

#include <string.h>

typedef enum {
  SHOWN,                        /* by anybody: costs nothing, so it goes first */
  PROVEN,                       /* something was signed with it */
  PINNED,                       /* by the program: stays */
  N_RANKS
} Rank;

typedef struct {
  guint8 pub[P2P_PUBLIC_KEY_LENGTH];
  char *id;
  Rank rank;
  GList place;                  /* in the queue of its rank, the oldest heard first */
} Key;

struct _P2pX1Keys {
  guint max;
  GTree *by_pub;
  GTree *by_id;
  GQueue ranks[N_RANKS];
};

typedef struct {
  P2pX1Ears *ears;
  Key *key;
} Told;

static void
key_free (gpointer data)
{
  Key *key = data;

  g_free (key->id);
  g_free (key);
}

static int
compare_pubs (gconstpointer a, gconstpointer b, gpointer data)
{
  return memcmp (a, b, P2P_PUBLIC_KEY_LENGTH);
}

P2pX1Keys *
p2p_x1_keys_new (guint max)
{
  P2pX1Keys *self = g_new0 (P2pX1Keys, 1);

  self->max = max;
  self->by_pub = g_tree_new_full (compare_pubs, NULL, NULL, key_free);
  self->by_id = g_tree_new ((GCompareFunc) strcmp);
  return self;
}

void
p2p_x1_keys_free (P2pX1Keys *self)
{
  g_tree_unref (self->by_id);
  g_tree_unref (self->by_pub);
  g_free (self);
}

static void
rank (P2pX1Keys *self, Key *key, Rank new_rank)
{
  /* Nobody keeps a key fresh by naming it. */
  if (new_rank < key->rank)
    return;
  g_queue_unlink (&self->ranks[key->rank], &key->place);
  key->rank = new_rank;
  g_queue_push_tail_link (&self->ranks[key->rank], &key->place);
}

static void
forget (P2pX1Keys *self, Key *key)
{
  g_queue_unlink (&self->ranks[key->rank], &key->place);
  g_tree_remove (self->by_id, key->id);
  g_tree_remove (self->by_pub, key->pub);
}

/* The oldest heard of this rank but those of neighbours. */
static gboolean
forget_one (P2pX1 *x1, Rank of)
{
  P2pX1Keys *self = x1->keys;

  for (guint i = self->ranks[of].length; i > 0; i--)
    {
      Key *key = self->ranks[of].head->data;
      P2pPeer *peer = p2p_mesh_node_find_peer (x1->mesh, key->id);

      if (peer == NULL || !p2p_peer_get_proven (peer))
        {
          forget (self, key);
          return TRUE;
        }
      rank (self, key, of);
    }
  return FALSE;
}

/* What is only shown takes the place of nothing that was proven. */
static gboolean
make_room (P2pX1 *x1, Rank for_rank)
{
  P2pX1Keys *self = x1->keys;

  while ((guint) g_tree_nnodes (self->by_pub) >= self->max)
    if (!forget_one (x1, SHOWN) && (for_rank == SHOWN || !forget_one (x1, PROVEN)))
      return FALSE;
  return TRUE;
}

/* ---- who is told ---- */

static void
tell_cb (gpointer data)
{
  Told *told = data;

  if (told->ears->func != NULL)
    told->ears->func (told->key->id, told->key->pub, told->ears->data);
}

static void
told_free (gpointer data)
{
  Told *told = data;

  g_rc_box_release (told->ears);
  key_free (told->key);
  g_free (told);
}

static void
tell (P2pX1 *x1, const Key *key)
{
  Told *told;

  p2p_mesh_guard_certified (x1->mesh, key->id);
  p2p_x1_auth_certified (x1, key->id);
  if (x1->ears->func == NULL)
    return;
  told = g_new0 (Told, 1);
  told->ears = g_rc_box_acquire (x1->ears);
  told->key = g_memdup2 (key, sizeof *key);
  told->key->id = g_strdup (key->id);
  p2p_mesh_node_emit_layer (x1->mesh, tell_cb, told, told_free);
}

static Key *
take (P2pX1 *x1, const guint8 pub[P2P_PUBLIC_KEY_LENGTH], Rank as)
{
  P2pX1Keys *self = x1->keys;
  Key *key = g_tree_lookup (self->by_pub, pub);

  if (key != NULL)
    {
      rank (self, key, as);
      return key;
    }
  if (!p2p_key_is_sound (pub) || (!make_room (x1, as) && as != PINNED))
    return NULL;
  key = g_new0 (Key, 1);
  memcpy (key->pub, pub, sizeof key->pub);
  key->id = p2p_key_to_node_id (pub, x1->network);
  key->rank = as;
  key->place.data = key;
  g_queue_push_tail_link (&self->ranks[as], &key->place);
  g_tree_insert (self->by_pub, key->pub, key);
  g_tree_insert (self->by_id, key->id, key);
  p2p_mesh_node_enter (x1->mesh);
  tell (x1, key);
  p2p_mesh_node_leave (x1->mesh);
  return key;
}

const char *
p2p_x1_note_key (P2pX1 *self, const guint8 pub[P2P_PUBLIC_KEY_LENGTH], gboolean proven)
{
  Key *key = take (self, pub, proven ? PROVEN : SHOWN);

  return key != NULL ? key->id : NULL;
}

gboolean
p2p_x1_pin (P2pX1 *self, const guint8 pub[P2P_PUBLIC_KEY_LENGTH])
{
  P2pX1Keys *keys = self->keys;

  /* A quarter is for those who come. */
  if (keys->ranks[PINNED].length >= MAX (keys->max - keys->max / 4, 1))
    {
      Key *key = g_tree_lookup (keys->by_pub, pub);

      return key != NULL && key->rank == PINNED;
    }
  return take (self, pub, PINNED) != NULL;
}

const guint8 *
p2p_x1_find_key (P2pX1 *self, const char *id)
{
  Key *key = g_tree_lookup (self->keys->by_id, id);

  return key != NULL ? key->pub : NULL;
}

gboolean
p2p_x1_is_proven (P2pX1 *self, const char *id)
{
  Key *key = g_tree_lookup (self->keys->by_id, id);

  return key != NULL && key->rank != SHOWN;
}

guint
p2p_x1_get_n_keys (P2pX1 *self)
{
  return (guint) g_tree_nnodes (self->keys->by_pub);
}
