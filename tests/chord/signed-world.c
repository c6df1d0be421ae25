/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signed-world.h"

#include <string.h>

static ChordNode *
add_signing (ChordFixture *fixture, const char *name)
{
  ChordNode *node = chord_add (fixture, name);

  chord_key (node);
  chord_join (node);
  return node;
}

void
signed_world_make (SignedWorld *self)
{
  self->fixture = chord_fixture_new (0);
  self->alice = add_signing (self->fixture, "alice");
  self->bob = add_signing (self->fixture, "bob");
  self->carol = add_signing (self->fixture, "carol");
  chord_connect (self->alice, self->bob);
  chord_connect (self->bob, self->carol);
  chord_connect (self->alice, self->carol);
  chord_run (self->fixture, 10 * SECOND);
}

void
signed_world_clear (SignedWorld *self)
{
  g_clear_pointer (&self->fixture, chord_fixture_free);
}
const char *
signed_id (ChordNode *self)
{
  return p2p_mesh_node_get_id (self->mesh->node);
}

const char *
signed_author (ChordNode *self, const char *key)
{
  const P2pChordName *name = p2p_chord_names_get (self->chord->names, (const guint8 *) key, strlen (key));

  return name != NULL ? name->author : NULL;
}

guint
signed_count (ChordNode *self, const char *key, const char *author, guint *n)
{
  P2pChordSpot spots[P2P_CHORD_HASHES];
  guint n_signed = 0;

  *n = 0;
  p2p_chord_spots_of_key ((const guint8 *) key, strlen (key), spots);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      const P2pChordValue *value = p2p_chord_store_get (self->chord->store, &spots[i]);
      g_autofree char *signer = NULL;

      *n += value != NULL;
      if (value == NULL || value->proof == NULL)
        continue;
      g_assert_cmpint (p2p_chord_check (self->chord, NULL, &spots[i], value->stamp, value->value, value->proof, &signer), ==, P2P_X1_GOOD);
      n_signed += g_strcmp0 (signer, author) == 0;
    }
  return n_signed;
}

void
signed_assert_all (SignedWorld *self, const char *key, const char *author)
{
  ChordNode *nodes[] = { self->alice, self->bob, self->carol };

  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    {
      guint n;
      guint n_signed = signed_count (nodes[i], key, author, &n);

      g_assert_cmpuint (n, ==, P2P_CHORD_HASHES);
      g_assert_cmpuint (n_signed, ==, P2P_CHORD_HASHES);
    }
}

GBytes *
signed_pack (const char *text)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_parsed (text));

  return p2p_chord_pack (value);
}

void
signed_plant (ChordNode *self, ChordNode *signer, const char *key, guint hash, guint64 stamp, const char *text)
{
  g_autoptr (GBytes) value = text != NULL ? signed_pack (text) : NULL;
  g_auto (P2pChordProofs) proofs = { 0 };
  P2pChordSpot spots[P2P_CHORD_HASHES];

  p2p_chord_spots_of_key ((const guint8 *) key, strlen (key), spots);
  if (signer != NULL)
    g_assert_true (p2p_chord_sign (signer->chord, spots, stamp, value, &proofs));
  p2p_chord_store_remove (self->chord->store, &spots[hash]);
  g_assert_cmpint (p2p_chord_store_put_signed (self->chord->store, &spots[hash], stamp, value, proofs.of[hash], NULL, p2p_chord_utc (self->chord), NULL), ==, P2P_CHORD_PUT_NEW);
}

void
signed_plant_all (SignedWorld *self, ChordNode *signer, const char *key, guint hash, guint64 stamp, const char *text)
{
  signed_plant (self->alice, signer, key, hash, stamp, text);
  signed_plant (self->bob, signer, key, hash, stamp, text);
  signed_plant (self->carol, signer, key, hash, stamp, text);
}

guint64
signed_utc (SignedWorld *self)
{
  return (guint64) p2p_chord_utc (self->alice->chord);
}
