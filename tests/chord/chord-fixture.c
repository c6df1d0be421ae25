/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chord-fixture.h"

#include <string.h>

#include "p2p/wire/p2p-base58.h"
#include "p2p/wire/p2p-message-private.h"
#include "p2p/wire/p2p-value.h"

/* ---- events ---- */

static void
note (ChordNode *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
note (ChordNode *self, const char *format, ...)
{
  void (*act) (gpointer) = g_steal_pointer (&self->act);
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (self->log, format, args);
  va_end (args);
  g_string_append_c (self->log, '\n');
  if (act != NULL)
    act (self);
}

static char *
dup_key (GBytes *key)
{
  gsize length;
  const char *bytes = g_bytes_get_data (key, &length);

  return g_strndup (bytes, length);
}

static void
added_cb (GBytes *key, gboolean mine, gpointer data)
{
  g_autofree char *text = dup_key (key);

  note (data, "added %s%s", text, mine ? " mine" : "");
}

static void
deleted_cb (GBytes *key, gboolean mine, gpointer data)
{
  g_autofree char *text = dup_key (key);

  note (data, "deleted %s%s", text, mine ? " mine" : "");
}

static void
ring_cb (gpointer data)
{
  ((ChordNode *) data)->n_ring++;
}

static void
seed_cb (gpointer data)
{
  ChordNode *self = data;

  note (self, "seed %d", p2p_chord_node_get_seed (self->chord));
}

static void
keep_cb (GBytes *id, GBytes *record, gpointer data)
{
  ChordNode *self = data;

  if (record != NULL)
    g_hash_table_replace (self->records, g_bytes_ref (id), g_bytes_ref (record));
  else
    g_hash_table_remove (self->records, id);
}

static void
refused_cb (const char *giver, const GError *error, gpointer data)
{
  g_autofree char *code = p2p_error_get_code_name (error);

  g_assert_nonnull (giver);
  note (data, "refused %s", code + strlen ("P2P_TABLE_ERROR_"));
}

static const P2pChordEvents events = {
  .added = added_cb, .deleted = deleted_cb, .ring = ring_cb, .seed = seed_cb, .keep = keep_cb, .refused = refused_cb,
};

void
chord_result_clear (ChordResult *self)
{
  g_clear_pointer (&self->look, p2p_chord_look_unref);
  g_clear_error (&self->error);
}

static void
act_after (ChordResult *self)
{
  void (*act) (gpointer) = self->act_on != NULL ? g_steal_pointer (&self->act_on->act) : NULL;

  if (act != NULL)
    act (self->act_on);
}

void
chord_look_cb (P2pChordLook *look, gpointer data)
{
  ChordResult *self = data;

  self->calls++;
  self->look = p2p_chord_look_ref (look);
  act_after (self);
}

void
chord_write_cb (P2pChordLook *look, guint places_ok, const GError *error, gpointer data)
{
  ChordResult *self = data;

  self->calls++;
  self->look = p2p_chord_look_ref (look);
  self->places_ok = places_ok;
  self->error = error != NULL ? g_error_copy (error) : NULL;
  act_after (self);
}

void
chord_done_cb (const GError *error, gpointer data)
{
  ChordResult *self = data;

  self->calls++;
  self->error = error != NULL ? g_error_copy (error) : NULL;
  act_after (self);
}

/* ---- nodes ---- */

ChordFixture *
chord_fixture_new (guint k)
{
  ChordFixture *self = g_new0 (ChordFixture, 1);
  P2pProtocol *protocol;

  self->mesh = mesh_fixture_new (1);
  self->k = k;
  protocol = p2p_protocol_new_chord (self->mesh->protocol, k);
  p2p_protocol_unref (self->mesh->protocol);
  self->mesh->protocol = protocol;
  self->nodes = g_ptr_array_new ();
  return self;
}

void
chord_end (ChordNode *self)
{
  g_clear_pointer (&self->chord, p2p_chord_node_free);
  if (self->mesh->node != NULL)
    p2p_mesh_node_set_events (self->mesh->node, NULL, NULL);
  if (self->x1 != NULL)
    p2p_mesh_node_close (self->mesh->node);
  g_clear_pointer (&self->x1, p2p_x1_free);
  mesh_drop (self->mesh);
}

void
chord_fixture_free (ChordFixture *self)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      ChordNode *node = g_ptr_array_index (self->nodes, i);

      chord_end (node);
      g_string_free (node->log, TRUE);
      g_hash_table_unref (node->records);
      g_free (node);
    }
  g_ptr_array_unref (self->nodes);
  mesh_fixture_free (self->mesh);
  g_free (self);
}

ChordNode *
chord_add (ChordFixture *self, const char *name)
{
  ChordNode *node = g_new0 (ChordNode, 1);

  node->fixture = self;
  node->mesh = mesh_add (self->mesh, name);
  node->chord = p2p_chord_node_new (node->mesh->node, self->k);
  node->log = g_string_new (NULL);
  node->records = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, (GDestroyNotify) g_bytes_unref);
  p2p_chord_node_set_events (node->chord, &events, node);
  g_ptr_array_add (self->nodes, node);
  return node;
}

void
chord_key (ChordNode *self)
{
  self->x1 = p2p_x1_new (self->mesh->node);
  g_assert_nonnull (self->x1);
}

void
chord_join (ChordNode *self)
{
  g_auto (ChordResult) result = { 0 };

  p2p_chord_node_join (self->chord, chord_done_cb, &result);
  g_assert_cmpuint (result.calls, ==, 0);
  for (guint i = 0; i < 600 && result.calls == 0; i++)
    chord_run (self->fixture, SECOND / 10);
  g_assert_cmpuint (result.calls, ==, 1);
  g_assert_no_error (result.error);
  chord_run (self->fixture, SECOND / 10);
}

ChordNode *
chord_add_joined (ChordFixture *self, const char *name)
{
  ChordNode *node = chord_add (self, name);

  chord_join (node);
  return node;
}

void
chord_run (ChordFixture *self, gint64 span)
{
  mesh_run (self->mesh, span);
}

void
chord_connect (ChordNode *self, ChordNode *to)
{
  mesh_connect (self->mesh, to->mesh);
}

/* ---- operations ---- */

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (NULL, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static void
wait_for (ChordNode *self, ChordResult *result)
{
  for (guint i = 0; i < 2000 && result->calls == 0; i++)
    chord_run (self->fixture, SECOND / 100);
  g_assert_cmpuint (result->calls, ==, 1);
}

P2pChordOutcome
chord_look (ChordNode *self, const char *key, ChordResult *result)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));

  chord_result_clear (result);
  *result = (ChordResult) { 0 };
  g_assert_cmpuint (p2p_chord_node_look (self->chord, bytes, 0, chord_look_cb, result), !=, 0);
  g_assert_cmpuint (result->calls, ==, 0);
  wait_for (self, result);
  g_assert_true ((result->look->outcome == P2P_CHORD_LOOK_VALUE) == (result->look->value != NULL));
  return result->look->outcome;
}

const char *
chord_get (ChordNode *self, const char *key)
{
  static char *last;
  g_auto (ChordResult) result = { 0 };

  g_clear_pointer (&last, g_free);
  if (chord_look (self, key, &result) == P2P_CHORD_LOOK_VALUE)
    {
      g_autofree char *text = g_variant_print (result.look->value, FALSE);
      g_auto (GStrv) parts = g_strsplit (text, "int64 ", -1);

      last = g_strjoinv ("", parts);
    }
  else
    last = g_strdup ("");
  return last;
}

static int
end_of_write (ChordNode *self, guint64 handle, GError *error, ChordResult *result)
{
  int code;

  if (handle == 0)
    {
      g_assert_nonnull (error);
      code = error->code;
      g_error_free (error);
      return code;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (result->calls, ==, 0);
  wait_for (self, result);
  g_assert_true ((result->error == NULL) == (result->places_ok >= 3));
  return result->error != NULL ? result->error->code : -1;
}

int
chord_set (ChordNode *self, const char *key, const char *value)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
  g_autoptr (GVariant) parsed = parse (value);
  g_auto (ChordResult) result = { 0 };
  GError *error = NULL;
  guint64 handle = p2p_chord_node_set (self->chord, bytes, parsed, 0, chord_write_cb, &result, &error);

  return end_of_write (self, handle, error, &result);
}

int
chord_delete (ChordNode *self, const char *key)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
  g_auto (ChordResult) result = { 0 };
  GError *error = NULL;
  guint64 handle = p2p_chord_node_delete (self->chord, bytes, 0, chord_write_cb, &result, &error);

  return end_of_write (self, handle, error, &result);
}

int
chord_delta (ChordNode *self, const char *key, const char *map)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
  g_autoptr (GVariant) parsed = parse (map);
  g_auto (ChordResult) result = { 0 };
  GError *error = NULL;
  guint64 handle = p2p_chord_node_delta (self->chord, bytes, parsed, 0, chord_write_cb, &result, &error);

  return end_of_write (self, handle, error, &result);
}

guint
chord_count (ChordNode *self, const char *line)
{
  g_auto (GStrv) lines = g_strsplit (self->log->str, "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    n += g_str_has_prefix (lines[i], line);
  return n;
}

guint64
chord_drops (ChordNode *self, P2pDropReason reason)
{
  return mesh_stats (self->mesh).dropped[reason];
}

guint
chord_stored (ChordNode *self)
{
  return p2p_chord_store_get_n_values (p2p_chord_node_get_store (self->chord));
}

void
chord_plant (ChordNode *self, const char *key, guint hash, guint64 stamp, const char *value)
{
  P2pChordSpot spots[P2P_CHORD_HASHES];
  g_autoptr (GVariant) parsed = parse (value);
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  P2pChordPut put;

  p2p_value_pack (parsed, packed, NULL);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&packed));
  p2p_chord_spots_of_key ((const guint8 *) key, strlen (key), spots);
  put = p2p_chord_store_put (self->chord->store, &spots[hash], stamp, bytes, NULL, p2p_chord_utc (self->chord), NULL);
  g_assert_cmpint (put, ==, P2P_CHORD_PUT_NEW);
}

/* ---- scripted neighbours ---- */

RawPeer *
chord_raw (ChordNode *to, const char *name, P2pIdForm form, gboolean storing)
{
  RawPeer *raw = raw_dial (to->fixture->mesh, name, to->mesh);

  if (form == P2P_ID_FORM_BIN)
    raw_handshake_bin (raw);
  else
    raw_handshake (raw);
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 5>, <'%s'>]", storing ? "0" : "1");
  return raw;
}

RawPeer *
chord_own (ChordNode *to, const char *name, gboolean storing)
{
  RawPeer *raw = own_dial (to->fixture->mesh, name, to->mesh);

  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 5>, <'%s'>]", storing ? "0" : "1");
  return raw;
}

char *
chord_spot (const char *key, guint hash)
{
  return p2p_chord_hash (hash, (const guint8 *) key, strlen (key));
}

static gboolean
is_about (P2pMessage *message, const char *key, guint hash)
{
  g_autofree char *spot = chord_spot (key, hash);
  g_autoptr (GVariant) method = p2p_message_get_packet (message, 1);
  g_autoptr (GVariant) text = p2p_message_get_packet (message, 2);
  gsize length;

  return text != NULL && method != NULL && g_variant_is_of_type (text, G_VARIANT_TYPE_STRING) && g_str_equal (g_variant_get_string (text, NULL), spot) &&
         strncmp (p2p_mesh_value_peek_text (method, &length), p2p_chord_hash_name (hash), strlen (p2p_chord_hash_name (hash))) == 0;
}

static guint
count_about (RawPeer *raw, gint64 subflag, const char *key, guint hash)
{
  guint n = 0;

  for (guint i = 0; i < raw->messages->len; i++)
    {
      P2pMessage *message = g_ptr_array_index (raw->messages, i);

      n += p2p_message_get_subflag (message) == subflag && is_about (message, key, hash);
    }
  return n;
}

guint
chord_asked (RawPeer *raw, const char *key, guint hash)
{
  return count_about (raw, P2P_SUBFLAG_RETRIEVE, key, hash);
}

guint
chord_told (RawPeer *raw, const char *key, guint hash)
{
  return count_about (raw, P2P_SUBFLAG_STORE, key, hash);
}

void
chord_answer (RawPeer *raw, const char *key, guint hash, const char *value, const char *rest)
{
  g_autofree char *spot = chord_spot (key, hash);
  g_autofree char *packets = g_strdup_printf ("[<@x 13>, <'%s'>, <'%s'>, <%s>%s]", p2p_chord_hash_name (hash), spot, value, rest);

  raw_send_full (raw, P2P_FLAG_WHISPER, raw->id, P2P_ID_FORM_STR, mesh_now (raw->fixture), packets);
}

void
chord_answer_all (RawPeer *raw, const char *key, const char *value, const char *rest)
{
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (chord_asked (raw, key, i) > 0)
      chord_answer (raw, key, i, value, rest);
}

static void
init_place (P2pChordPlace *place, const char *id)
{
  guint8 number[P2P_BASE58_MAX_BYTES];

  p2p_base58_decode_fixed (id, number, sizeof number, NULL);
  p2p_chord_place_init (place, 0, number, sizeof number);
}

guint
chord_places_of (ChordFixture *self, const char *key, const char *id, const char *other_id)
{
  P2pChordSpot spots[P2P_CHORD_HASHES];
  P2pChordPlace own, other;
  guint bits = 0;

  init_place (&own, id);
  init_place (&other, other_id);
  p2p_chord_spots_of_key ((const guint8 *) key, strlen (key), spots);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      P2pChordPlace place;

      p2p_chord_place_of_spot (&place, 0, &spots[i]);
      if (p2p_chord_place_is_nearer (&own, &other, &place))
        bits |= 1u << i;
    }
  return bits;
}

char *
chord_hex (P2pMessage *message)
{
  GString *hex = g_string_new (NULL);
  gsize length;
  const guint8 *bytes = p2p_message_peek_payload (message, &length);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return g_string_free (hex, FALSE);
}

char *
chord_print (P2pMessage *message)
{
  g_autoptr (GVariant) packets = p2p_message_get_packets (message);

  return g_variant_print (packets, FALSE);
}
