/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Notify: the word that goes to everybody when a key is new or deleted, as the originals say it. Whoever has a key of his own proves that it is his word, as of any broadcast; so everybody
 * knows who wrote a key last, and believes nobody else's values (p2p-chord-look-tally.c).
 */
#include "p2p-chord-ask-private.h"

#include "../mesh/p2p-mesh-values.h"
#include "../wire/p2p-value-private.h"

/* The time of a message of ours may run ahead of the clock by so much, to be later than the one before; to be later than one of somebody else by as much as counts at all (p2p-chord-names.c); and be so much
 * older, as what was written is. */
#define MAX_AHEAD 30
#define MAX_AHEAD_OF_OTHERS 60
#define MAX_BEHIND 30
#define SAY_SPAN (10 * G_TIME_SPAN_MILLISECOND)
#define TURN_NAMES 64
/* Who signs what he writes says again that it is his after so many seconds: older values of his do not count then any more. */
#define SAY_AGAIN 10

static gint64
get_seconds (P2pChordNode *self)
{
  return p2p_clock_utc_seconds (p2p_chord_clock (self));
}

GByteArray *
p2p_chord_pack_notify (const guint8 *key, gsize length, gboolean deleted)
{
  GByteArray *packed = g_byte_array_new ();
  msgpack_packer packer;

  p2p_packer_init (&packer, packed);
  msgpack_pack_int (&packer, P2P_SUBFLAG_NOTIFY);
  msgpack_pack_bin (&packer, length);
  msgpack_pack_bin_body (&packer, key, length);
  if (deleted)
    {
      msgpack_pack_str (&packer, 3);
      msgpack_pack_str_body (&packer, "del", 3);
    }
  return packed;
}

/*
 * Each notify goes to everybody, and is passed on by everybody: a program that writes one key after the other would have all nodes at work for names alone. So the first one goes at
 * once, and those that come within a moment go together.
 */
void
p2p_chord_say_rest (P2pChordNode *self)
{
  p2p_clock_cancel (p2p_chord_clock (self), self->say_timer);
  self->say_timer = 0;
  for (guint i = 0; i < self->unsaid->len; i++)
    p2p_mesh_node_send_message (self->mesh, g_ptr_array_index (self->unsaid, i));
  g_ptr_array_set_size (self->unsaid, 0);
}

static void
say_cb (gpointer data)
{
  P2pChordNode *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);
  gboolean some = self->unsaid->len > 0;

  self->say_timer = 0;
  p2p_mesh_node_enter (mesh);
  p2p_chord_say_rest (self);
  if (some)
    self->say_timer = p2p_clock_schedule (p2p_chord_clock (self), SAY_SPAN, say_cb, self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static void
say (P2pChordNode *self, P2pMessage *message)
{
  if (self->say_timer != 0 && self->unsaid->len < TURN_NAMES)
    {
      g_ptr_array_add (self->unsaid, p2p_message_ref (message));
      return;
    }
  p2p_chord_say_rest (self);
  p2p_mesh_node_send_message (self->mesh, message);
  self->say_timer = p2p_clock_schedule (p2p_chord_clock (self), SAY_SPAN, say_cb, self);
}

static gboolean
is_signing (P2pChordNode *self)
{
  return p2p_x1_of (self->mesh) != NULL && p2p_mesh_node_get_own_frames (self->mesh);
}

/* Everybody has to know who wrote it last; who signs says so again now and then. */
static gboolean
is_news (P2pChordNode *self, const P2pChordName *name, gboolean deleted, gint64 written, gint64 now)
{
  if (deleted || name == NULL || name->deleted)
    return TRUE;
  if (!is_signing (self))
    return !name->mine;
  return written > 0 && (g_strcmp0 (name->author, p2p_mesh_node_get_id (self->mesh)) != 0 || now - name->time >= SAY_AGAIN);
}

/* Of a clock that is behind ours what runs far ahead is not heard: only who outdoes somebody else does so. */
static gint64
get_most (P2pChordNode *self, const P2pChordName *name, gint64 now)
{
  gboolean is_others = name->author != NULL && !g_str_equal (name->author, p2p_mesh_node_get_id (self->mesh));

  return now + (is_others || name->time > now + MAX_AHEAD ? MAX_AHEAD_OF_OTHERS : MAX_AHEAD);
}

/* Of one key each of our words is later than the one before: whoever hears them in another order knows which counts. written: the second of what we signed; 0: we did not */
void
p2p_chord_say_name (P2pChordNode *self, GBytes *key, gboolean deleted, gint64 written)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  const P2pChordName *name = p2p_chord_names_get (self->names, bytes, length);
  gint64 now = get_seconds (self);
  gint64 time = written > 0 ? CLAMP (written, now - MAX_BEHIND, now + MAX_AHEAD) : now;
  g_autoptr (GByteArray) packed = NULL;
  g_autoptr (P2pMessage) message = NULL;
  P2pChordNamed named;

  if (!is_news (self, name, deleted, written, now))
    return;
  if (name != NULL)
    time = MIN (MAX (time, name->time + 1), get_most (self, name, now));
  named = p2p_chord_names_say (self->names, bytes, length, time, deleted, TRUE, TRUE, now, NULL);
  if (named != P2P_CHORD_NAME_REFUSED && written > 0)
    p2p_chord_names_prove (self->names, bytes, length, time, deleted, p2p_mesh_node_get_id (self->mesh));
  if (named != P2P_CHORD_NAME_REFUSED)
    p2p_chord_emit_name (self, key, named, FALSE, TRUE);
  packed = p2p_chord_pack_notify (bytes, length, deleted);
  message = p2p_message_new_packed (P2P_FLAG_BROADCAST, p2p_mesh_node_get_id (self->mesh), P2P_ID_FORM_STR, time, packed->data, packed->len, deleted ? 3 : 2);
  if (message != NULL)
    say (self, message);
}

/* The key of a notify. NULL: malformed */
static GBytes *
read_key (P2pMessage *message)
{
  g_autoptr (GVariant) packet = p2p_message_get_packet (message, 1);
  gsize length;
  const char *text = p2p_mesh_value_peek_text (packet, &length);

  if (p2p_message_get_n_packets (message) > 3)
    return NULL;
  /* Of text that is none, a str that is no UTF-8: its bytes are the key all the same. */
  if (text == NULL && packet != NULL && g_variant_is_of_type (packet, G_VARIANT_TYPE ("(ay)")))
    {
      g_autoptr (GVariant) inner = g_variant_get_child_value (packet, 0);

      text = g_variant_get_fixed_array (inner, &length, 1);
      return g_bytes_new (text, length);
    }
  return text != NULL ? g_bytes_new (text, length) : NULL;
}

/* Nothing under an id whose key is known counts without a proof; it may come later. */
static gboolean
is_believed (P2pChordNode *self, P2pMessage *message, gboolean proven)
{
  P2pX1 *x1 = p2p_x1_of (self->mesh);

  return proven || x1 == NULL || p2p_message_get_flag (message) != P2P_FLAG_BROADCAST || p2p_x1_find_key (x1, p2p_message_get_sender (message)) == NULL;
}

/* link NULL: it is proven now */
static void
take (P2pChordNode *self, P2pChordLink *link, P2pMessage *message, gboolean proven)
{
  gboolean deleted = p2p_message_get_n_packets (message) == 3;
  gboolean is_whisper = p2p_message_get_flag (message) != P2P_FLAG_BROADCAST;
  gint64 time = is_whisper ? get_seconds (self) : p2p_message_get_time (message);
  g_autoptr (GBytes) key = read_key (message);
  g_autoptr (GError) error = NULL;
  const guint8 *bytes;
  gsize length;
  P2pChordNamed named;

  if (key == NULL)
    {
      if (link != NULL)
        p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  bytes = g_bytes_get_data (key, &length);
  /* An original tells what it knows, of whatever age, and a py2p goes on telling what it deleted itself (quirk B6): only what we never heard of is news. */
  if (is_whisper && (deleted || (length > 0 && p2p_chord_names_get (self->names, bytes, length) != NULL)))
    return;
  named = p2p_chord_names_say (self->names, bytes, length, time, deleted, !is_whisper, FALSE, get_seconds (self), &error);
  if (named == P2P_CHORD_NAME_REFUSED)
    {
      p2p_mesh_node_note_drop (self->mesh, link != NULL ? link->peer : NULL, P2P_DROP_REFUSED, message);
      if (link != NULL)
        p2p_chord_emit_refused (self, p2p_peer_get_id (link->peer), error);
      return;
    }
  if (proven)
    p2p_chord_names_prove (self->names, bytes, length, time, deleted, p2p_message_get_sender (message));
  if (!is_whisper)
    p2p_chord_mirror_key (self, key);
  p2p_chord_guard_key (self, key);
  p2p_chord_emit_name (self, key, named, !deleted && p2p_chord_names_contains (self->names, bytes, length), FALSE);
}

void
p2p_chord_take_notify (P2pChordLink *link, P2pMessage *message)
{
  gboolean proven = p2p_message_get_flag (message) == P2P_FLAG_BROADCAST && p2p_message_get_verified (message);

  if (is_believed (link->node, message, proven))
    take (link->node, link, message, proven);
  else
    p2p_mesh_node_note_drop (link->node->mesh, link->peer, P2P_DROP_REFUSED, message);
}

void
p2p_chord_proved (P2pChordNode *self, P2pMessage *message)
{
  if (p2p_message_get_subflag (message) == P2P_SUBFLAG_NOTIFY && p2p_message_get_flag (message) == P2P_FLAG_BROADCAST &&
      !g_str_equal (p2p_message_get_sender (message), p2p_mesh_node_get_id (self->mesh)))
    take (self, NULL, message, TRUE);
}
