/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "guard-world.h"

#include <string.h>

#include "p2p/wire/p2p-digest.h"

#define STEP 0.01

/* ---- originals ---- */

char *
guard_name_of_spot (const P2pChordSpot *spot)
{
  g_autofree char *text = p2p_chord_spot_to_text (spot);

  return g_strdup_printf ("%s %s", p2p_chord_hash_name (spot->hash), text);
}

static char *
name_of_message (P2pMessage *message)
{
  g_autoptr (GVariant) method = p2p_message_get_packet (message, 1);
  g_autoptr (GVariant) key = p2p_message_get_packet (message, 2);

  return g_strdup_printf ("%s %s", g_variant_get_string (method, NULL), g_variant_get_string (key, NULL));
}

static void
answer (Original *self, RawPeer *raw, P2pMessage *message)
{
  g_autofree char *name = name_of_message (message);
  GVariant *value = g_hash_table_lookup (self->values, name);
  g_auto (GStrv) parts = g_strsplit (name, " ", 2);
  g_autofree char *text = value != NULL ? g_variant_print (value, TRUE) : g_strdup ("@mv nothing");

  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 13>, <'%s'>, <'%s'>, <%s>]", parts[0], parts[1], text);
}

static void
listen_to (Original *self, guint index)
{
  RawPeer *raw = g_ptr_array_index (self->links, index);
  guint *heard = &g_array_index (self->heard, guint, index);

  for (; *heard < raw->messages->len; ++*heard)
    {
      P2pMessage *message = g_ptr_array_index (raw->messages, *heard);

      if (p2p_message_get_subflag (message) == P2P_SUBFLAG_STORE)
        {
          g_autoptr (GVariant) value = p2p_message_get_packet (message, 3);
          g_autofree char *name = name_of_message (message);

          g_hash_table_replace (self->stored, g_strdup (name), GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (self->stored, name)) + 1));
          if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
            g_hash_table_replace (self->values, g_steal_pointer (&name), g_steal_pointer (&value));
          else
            g_hash_table_remove (self->values, name);
        }
      else if (p2p_message_get_subflag (message) == P2P_SUBFLAG_RETRIEVE && !self->mute)
        answer (self, raw, message);
    }
}

void
world_run (World *self, double seconds)
{
  for (guint i = 0; i < seconds / STEP; i++)
    {
      for (guint j = 0; j < self->originals->len; j++)
        {
          Original *original = g_ptr_array_index (self->originals, j);

          for (guint k = 0; k < original->links->len; k++)
            listen_to (original, k);
        }
      stab_run (self->fixture, STEP);
    }
}

static void
original_free (gpointer data)
{
  Original *self = data;

  g_ptr_array_unref (self->links);
  g_array_unref (self->heard);
  g_hash_table_unref (self->values);
  g_hash_table_unref (self->stored);
  g_free (self->id);
  g_free (self);
}

Original *
world_add_original (World *self, const char *name)
{
  Original *original = g_new0 (Original, 1);
  guint none = 0;

  original->fixture = self->fixture;
  original->id = p2p_digest_base58 (P2P_DIGEST_SHA384, (const guint8 *) name, strlen (name));
  g_assert_true (p2p_chord_place_of_id (original->id, &original->place));
  original->links = g_ptr_array_new_with_free_func ((GDestroyNotify) raw_free);
  original->heard = g_array_new (FALSE, TRUE, sizeof (guint));
  original->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
  original->stored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (self->originals, original);
  for (guint i = 0; i < self->fixture->nodes->len; i++)
    {
      RawPeer *raw = raw_dial (self->fixture->mesh, name, stab_nth (self->fixture, i)->mesh);

      raw_handshake_bin (raw);
      raw_send (raw, P2P_FLAG_WHISPER, "[<@x 5>, <'0'>]");
      g_ptr_array_add (original->links, raw);
      g_array_append_val (original->heard, none);
    }
  world_run (self, 2);
  return original;
}

void
world_kill_original (World *self, Original *original)
{
  g_ptr_array_remove (self->originals, original);
}

/* ---- whose is what ---- */

static gboolean
place_of_name (const char *name, P2pChordPlace *place)
{
  g_autofree char *id = p2p_digest_base58 (P2P_DIGEST_SHA384, (const guint8 *) name, strlen (name));

  return p2p_chord_place_of_id (id, place);
}

/* The last of them that is not behind the place; originals count where they are given. */
StabNode *
world_find_ours (World *self, const P2pChordPlace *place)
{
  StabNode *best = NULL;

  for (guint i = 0; i < self->fixture->nodes->len; i++)
    {
      StabNode *node = stab_nth (self->fixture, i);

      if (node->chord != NULL && (best == NULL || p2p_chord_place_is_nearer (&node->chord->place, &best->chord->place, place)))
        best = node;
    }
  return best;
}

Original *
world_find_original (World *self, const P2pChordPlace *place)
{
  StabNode *ours = world_find_ours (self, place);
  Original *best = NULL;

  for (guint i = 0; i < self->originals->len; i++)
    {
      Original *original = g_ptr_array_index (self->originals, i);

      if (p2p_chord_place_is_nearer (&original->place, best != NULL ? &best->place : &ours->chord->place, place))
        best = original;
    }
  return best;
}

void
world_each_place (World *self, const char *prefix, guint n, EachFunc func, gpointer data)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("%s%u", prefix, i);
      P2pChordSpot spots[P2P_CHORD_HASHES];

      p2p_chord_spots_of_key ((const guint8 *) key, strlen (key), spots);
      for (guint hash = 0; hash < P2P_CHORD_HASHES; hash++)
        {
          P2pChordPlace place;

          p2p_chord_place_of_spot (&place, 0, &spots[hash]);
          func (self, world_find_original (self, &place), &spots[hash], data);
        }
    }
}

/* ---- worlds ---- */

/* Names of originals whose places are all behind the same one of ours, with at least a sixth of the ring for the last of them. */
char *
world_choose_name (World *self, StabNode *guard, const P2pChordPlace *behind)
{
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *name = g_strdup_printf ("original%u", i);
      P2pChordPlace place, width, sixth = { { 0x28 } };

      g_assert_true (place_of_name (name, &place));
      if (world_find_ours (self, &place) != guard || (behind != NULL && !p2p_chord_place_is_nearer (&place, behind, &place)))
        continue;
      p2p_chord_place_distance (&place, &p2p_chord_ring_get_own_after (guard->chord->ring, 0)->place, &width);
      if (p2p_chord_place_compare (&width, &sixth) > 0 && (behind == NULL || !p2p_chord_place_is_within (&place, &guard->chord->place, behind)))
        return g_steal_pointer (&name);
    }
  g_assert_not_reached ();
}

/* Behind whom there is most room. */
static StabNode *
choose_guard (World *self)
{
  g_autoptr (GPtrArray) storing = stab_storing (self->fixture);
  StabNode *best = NULL;
  P2pChordPlace most = { { 0 } };

  for (guint i = 0; i < storing->len; i++)
    {
      StabNode *node = storing->pdata[i];
      StabNode *next = storing->pdata[(i + 1) % storing->len];
      P2pChordPlace width;

      p2p_chord_place_distance (&node->chord->place, &next->chord->place, &width);
      if (p2p_chord_place_compare (&width, &most) > 0)
        {
          most = width;
          best = node;
        }
    }
  return best;
}

void
world_init (World *self)
{
  self->fixture = stab_fixture_new (0);
  self->originals = g_ptr_array_new_with_free_func (original_free);
  stab_fill (self->fixture, N_OURS);
  stab_settle (self->fixture, 60);
}

void
world_clear (World *self)
{
  stab_assert_clean (self->fixture);
  g_ptr_array_unref (self->originals);
  stab_fixture_free (self->fixture);
}

Original *
world_with_original (World *self, StabNode **guard)
{
  g_autofree char *name = NULL;

  world_init (self);
  *guard = choose_guard (self);
  name = world_choose_name (self, *guard, NULL);
  return world_add_original (self, name);
}
