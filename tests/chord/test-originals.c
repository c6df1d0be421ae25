/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Originals as neighbours on the ring: they tell no lists and take no copies, and what belongs to them is given to them. */
#include "stab-fixture.h"

#include <string.h>

/* A py2p that stores: what it was given, and answers by. */
typedef struct {
  RawPeer *raw;
  guint heard;                  /* of its messages */
  GHashTable *values;           /* "method key" to GVariant */
  gboolean deaf;                /* forgets what it is given */
} Original;

static char *
dup_name (P2pMessage *message)
{
  g_autoptr (GVariant) method = p2p_message_get_packet (message, 1);
  g_autoptr (GVariant) key = p2p_message_get_packet (message, 2);

  return g_strdup_printf ("%s %s", g_variant_get_string (method, NULL), g_variant_get_string (key, NULL));
}

static void
answer (Original *self, P2pMessage *message)
{
  g_autofree char *name = dup_name (message);
  GVariant *value = g_hash_table_lookup (self->values, name);
  g_auto (GStrv) parts = g_strsplit (name, " ", 2);
  g_autofree char *text = value != NULL ? g_variant_print (value, TRUE) : NULL;

  raw_send (self->raw, P2P_FLAG_WHISPER, value != NULL ? "[<@x 13>, <'%s'>, <'%s'>, <%s>]" : "[<@x 13>, <'%s'>, <'%s'>, <@mv nothing>]%s", parts[0], parts[1],
            value != NULL ? text : "");
}

static void
listen_to (Original *self)
{
  for (; self->heard < self->raw->messages->len; self->heard++)
    {
      P2pMessage *message = g_ptr_array_index (self->raw->messages, self->heard);

      if (p2p_message_get_subflag (message) == P2P_SUBFLAG_STORE && !self->deaf)
        g_hash_table_replace (self->values, dup_name (message), p2p_message_get_packet (message, 3));
      else if (p2p_message_get_subflag (message) == P2P_SUBFLAG_RETRIEVE)
        answer (self, message);
    }
}

static Original *
original_new (StabNode *to, const char *name)
{
  Original *self = g_new0 (Original, 1);

  self->raw = raw_dial (to->fixture->mesh, name, to->mesh);
  self->raw->form = P2P_ID_FORM_BIN;
  raw_handshake_bin (self->raw);
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
  raw_send (self->raw, P2P_FLAG_WHISPER, "[<@x 5>, <'0'>]");
  return self;
}

static void
original_free (Original *self)
{
  raw_free (self->raw);
  g_hash_table_unref (self->values);
  g_free (self);
}

static void
run (StabFixture *self, Original *original, guint seconds)
{
  for (guint i = 0; i < seconds * 10; i++)
    {
      listen_to (original);
      stab_run (self, 0.1);
    }
}

static guint
count_his (StabNode *node, Original *original, guint n)
{
  guint his = 0;
  P2pChordPlace place;

  g_assert_true (p2p_chord_place_of_id (original->raw->id, &place));
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);
      P2pChordSpot spots[P2P_CHORD_HASHES];

      p2p_chord_spots_of_key ((const guint8 *) key, strlen (key), spots);
      for (guint hash = 0; hash < P2P_CHORD_HASHES; hash++)
        {
          P2pChordPlace at;

          p2p_chord_place_of_spot (&at, 0, &spots[hash]);
          his += p2p_chord_place_is_nearer (&place, &node->chord->place, &at);
        }
    }
  return his;
}

/* He comes, and gets what belongs to him; we leave, and he gets the rest. */
static void
test_takes (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  StabNode *node = stab_add (self, "node");
  Original *original;
  guint his;

  stab_join (node);
  stab_run (self, 2);
  stab_write (node, "k", 20);
  original = original_new (node, "original");
  run (self, original, 10);
  g_assert_cmpstr (p2p_chord_ring_get_after (node->chord->ring, 0)->id, ==, original->raw->id);
  g_assert_cmpstr (p2p_chord_ring_get_before (node->chord->ring, 0)->id, ==, original->raw->id);
  his = count_his (node, original, 20);
  g_assert_cmpuint (his, >, 0);
  g_assert_cmpuint (g_hash_table_size (original->values), ==, his);
  stab_unjoin (node, 20000);
  run (self, original, 15);
  g_assert_cmpuint (node->ended, ==, 2);
  g_assert_no_error (node->error);
  g_assert_cmpuint (g_hash_table_size (original->values), ==, 100);
  g_assert_cmpuint (p2p_chord_store_get_n_values (node->chord->store), ==, 0);
  g_assert_null (original->raw->error);
  original_free (original);
}

/* He says that he stores, and has nothing when he is asked. */
static void
test_loses (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  StabNode *node = stab_add (self, "node");
  Original *original;

  stab_join (node);
  stab_run (self, 2);
  stab_write (node, "k", 4);
  original = original_new (node, "original");
  original->deaf = TRUE;
  run (self, original, 5);
  stab_unjoin (node, 5000);
  run (self, original, 10);
  g_assert_cmpuint (node->ended, ==, 2);
  g_assert_error (node->error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIMED_OUT);
  g_assert_cmpuint (p2p_chord_store_get_n_values (node->chord->store), ==, 20);
  original_free (original);
}

/* He is asked for his peers, whose ids are places, and never for anything that he does not know. */
static void
test_speaks_his_language (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  StabNode *node = stab_add (self, "node");
  Original *original;
  guint asked;

  stab_join (node);
  stab_run (self, 2);
  original = original_new (node, "original");
  run (self, original, 30);
  asked = raw_count (original->raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST);
  g_assert_cmpuint (asked, >=, 4);
  g_assert_cmpuint (asked, <=, 10);
  for (guint op = P2P_CONTROL_COPY; op <= P2P_CONTROL_NAMES; op++)
    g_assert_cmpuint (own_count (original->raw, op), ==, 0);
  original_free (original);
}

/* While as many questions are under way as there may be nothing of it is given to him, however much it is: it would be in vain. Then it goes on. */
static void
test_no_question_left (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  StabNode *node = stab_add (self, "node");
  g_autoptr (GBytes) value = g_bytes_new_static ("\x01", 1);
  guint32 requests = node->chord->limits.chord_requests;
  Original *original;

  stab_join (node);
  stab_run (self, 2);
  for (guint i = 0; i < 20000; i++)
    {
      P2pChordSpot spots[P2P_CHORD_HASHES];

      p2p_chord_spots_of_key ((const guint8 *) &i, sizeof i, spots);
      g_assert_cmpint (p2p_chord_store_put (node->chord->store, &spots[2], 1, value, NULL, p2p_chord_utc (node->chord), NULL), ==, P2P_CHORD_PUT_NEW);
    }
  node->chord->limits.chord_requests = 0;
  original = original_new (node, "original");
  run (self, original, 5);
  g_assert_cmpuint (raw_count (original->raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_STORE), ==, 0);
  node->chord->limits.chord_requests = requests;
  run (self, original, 10);
  g_assert_cmpuint (g_hash_table_size (original->values), >, 20);
  g_assert_null (original->raw->error);
  original_free (original);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/originals/takes", test_takes);
  g_test_add_func ("/chord/originals/loses", test_loses);
  g_test_add_func ("/chord/originals/no-question-left", test_no_question_left);
  g_test_add_func ("/chord/originals/speaks-his-language", test_speaks_his_language);
  return g_test_run ();
}
