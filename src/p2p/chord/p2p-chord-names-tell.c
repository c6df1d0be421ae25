/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The names of the keys, which every node knows: notifies of all, what an original is told of when it is new here, and how nodes of ours compare what they know (SUMS and
 * NAMES, docs/x1.md). Whoever asks for all of them gets them once in chord_dump_seconds.
 */
#include "p2p-chord-ask-private.h"

#include <string.h>

#include "../mesh/p2p-mesh-values.h"
#include "../wire/p2p-message-private.h"
#include "../wire/p2p-value-private.h"

/* What is sent in one turn of the loop to one link, and when its queue is long. */
#define TURN_NAMES 64
#define PAUSE (20 * G_TIME_SPAN_MILLISECOND)
#define QUEUE_SHARE 8
#define FRAME_BYTES (32u * 1024)
#define SUM_BYTES 8
/* Of whom we remember when he was told. */
#define MAX_DUMPED 512

static gint64
get_seconds (P2pChordNode *self)
{
  return p2p_clock_utc_seconds (p2p_chord_clock (self));
}

static void
whisper_name (P2pChordLink *link, const guint8 *key, gsize length)
{
  P2pMeshNode *mesh = link->node->mesh;
  g_autoptr (GByteArray) packed = p2p_chord_pack_notify (key, length, FALSE);
  g_autoptr (P2pMessage) message = p2p_mesh_node_new_packed (mesh, P2P_FLAG_WHISPER, packed->data, packed->len, 2);

  if (message != NULL)
    p2p_mesh_node_send_to (mesh, link->peer, message, P2P_LINK_SEND_DEFAULT, NULL);
}

/* ---- what an original is told ---- */

static void tell_cb (gpointer data);

static void
plan_telling (P2pChordLink *link, gint64 delay)
{
  link->tell_timer = p2p_clock_schedule (p2p_chord_clock (link->node), delay, tell_cb, link);
}

static void
tell_some (P2pChordLink *link)
{
  P2pChordNode *self = link->node;

  if (p2p_peer_get_queued (link->peer) > self->limits.out_queue / QUEUE_SHARE)
    {
      plan_telling (link, PAUSE);
      return;
    }
  for (guint i = 0; i < TURN_NAMES; i++)
    {
      const P2pChordName *name = p2p_chord_names_next (self->names, link->told);
      gsize length;
      const guint8 *bytes;

      g_clear_pointer (&link->told, g_bytes_unref);
      if (name == NULL)
        {
          link->telling = FALSE;
          return;
        }
      link->told = g_bytes_ref (name->key);
      bytes = g_bytes_get_data (name->key, &length);
      if (!name->deleted)
        whisper_name (link, bytes, length);
    }
  plan_telling (link, 0);
}

static void
tell_cb (gpointer data)
{
  P2pChordLink *link = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (link->node->mesh);

  link->tell_timer = 0;
  p2p_mesh_node_enter (mesh);
  tell_some (link);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

typedef struct {
  char *id;
  gint64 when;
} Dumped;

static void
dumped_free (gpointer data)
{
  Dumped *dumped = data;

  g_free (dumped->id);
  g_free (dumped);
}

/* Not within span of the last. By the id, not by the link: nobody gets it again by coming again. */
static gboolean
may_dump (P2pChordNode *self, const char *id, gint64 span)
{
  gint64 now = p2p_chord_now (self);
  Dumped *dumped;

  while ((dumped = g_queue_peek_head (&self->dumped)) != NULL && now - dumped->when >= self->limits.chord_dump_seconds * G_TIME_SPAN_SECOND)
    dumped_free (g_queue_pop_head (&self->dumped));
  for (GList *l = self->dumped.head; l != NULL; l = l->next)
    if (now - ((Dumped *) l->data)->when < span && g_str_equal (((Dumped *) l->data)->id, id))
      return FALSE;
  /* Whoever comes as another each time waits like the rest. */
  if (self->dumped.length >= MAX_DUMPED)
    return FALSE;
  dumped = g_new (Dumped, 1);
  dumped->id = g_strdup (id);
  dumped->when = now;
  g_queue_push_tail (&self->dumped, dumped);
  return TRUE;
}

void
p2p_chord_names_tell (P2pChordLink *link)
{
  if (link->telling || p2p_chord_names_get_n (link->node->names) == 0)
    return;
  if (!may_dump (link->node, p2p_peer_get_id (link->peer), link->node->limits.chord_dump_seconds * G_TIME_SPAN_SECOND))
    {
      p2p_mesh_node_note_drop (link->node->mesh, link->peer, P2P_DROP_RATE, NULL);
      return;
    }
  link->telling = TRUE;
  plan_telling (link, 0);
}

/* ---- SUMS: what the names amount to ---- */

static void
send_sums (P2pChordLink *link, gboolean answer_me)
{
  const guint64 *sums = p2p_chord_names_get_sums (link->node->names);
  guint64 bytes[P2P_CHORD_NAME_BUCKETS];
  GVariant *rest[2];

  for (guint i = 0; i < P2P_CHORD_NAME_BUCKETS; i++)
    bytes[i] = GUINT64_TO_BE (sums[i]);
  rest[0] = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, sizeof bytes, 1);
  rest[1] = g_variant_new_int64 (answer_me);
  link->sums_sent = p2p_chord_now (link->node);
  p2p_mesh_send_control (link->peer, P2P_CONTROL_SUMS, rest, G_N_ELEMENTS (rest));
}

void
p2p_chord_names_begin (P2pChordLink *link)
{
  /* One of the two begins. */
  if (strcmp (p2p_mesh_node_get_id (link->node->mesh), p2p_peer_get_id (link->peer)) < 0)
    send_sums (link, TRUE);
}

static void send_names_cb (gpointer data);

static gboolean
is_time (P2pChordLink *link, gint64 last)
{
  return last == 0 || p2p_chord_now (link->node) - last >= link->node->limits.chord_dump_seconds * G_TIME_SPAN_SECOND / 2;
}

static void
take_sums (P2pChordLink *link, P2pMessage *message)
{
  P2pChordNode *self = link->node;
  g_autoptr (GVariant) value = p2p_message_get_packet (message, P2P_CONTROL_REST);
  g_autoptr (GVariant) flag = p2p_message_get_packet (message, P2P_CONTROL_REST + 1);
  const guint64 *sums = p2p_chord_names_get_sums (self->names);
  gsize length;
  const char *theirs = value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING) ? p2p_mesh_value_peek_text (value, &length) : NULL;
  gint64 answer_me;
  gboolean any = FALSE;

  if (theirs == NULL || length != P2P_CHORD_NAME_BUCKETS * SUM_BYTES || !p2p_mesh_value_get_int (flag, &answer_me))
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  memset (link->names_due, 0, sizeof link->names_due);
  for (guint i = 0; i < P2P_CHORD_NAME_BUCKETS; i++)
    {
      guint64 sum;

      memcpy (&sum, theirs + i * SUM_BYTES, sizeof sum);
      if (GUINT64_FROM_BE (sum) == sums[i])
        continue;
      link->names_due[i / 32] |= 1u << i % 32;
      any = TRUE;
    }
  if (!any)
    return;
  if (answer_me != 0 && is_time (link, link->sums_sent))
    send_sums (link, FALSE);
  if (link->tell_timer != 0)
    return;
  if (!may_dump (self, p2p_peer_get_id (link->peer), self->limits.chord_dump_seconds * G_TIME_SPAN_SECOND / 2))
    {
      p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_RATE, message);
      return;
    }
  link->tell_timer = p2p_clock_schedule (p2p_chord_clock (self), 0, send_names_cb, link);
}

/* ---- NAMES ---- */

static void
send_names (P2pChordLink *link, GVariantBuilder *list)
{
  GVariant *rest = g_variant_builder_end (list);

  p2p_mesh_send_control (link->peer, P2P_CONTROL_NAMES, &rest, 1);
}

static gsize
add_name (GVariantBuilder *list, const P2pChordName *name)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (name->key, &length);
  GVariant *parts[] = {
    g_variant_new_variant (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, length, 1)),
    g_variant_new_variant (g_variant_new_int64 (name->time)),
    g_variant_new_variant (g_variant_new_int64 (name->deleted)),
  };

  g_variant_builder_add (list, "v", g_variant_new_array (G_VARIANT_TYPE_VARIANT, parts, G_N_ELEMENTS (parts)));
  return length + 16;
}

/* Buckets one after the other, whole: what comes in meanwhile changes none that was begun. */
static void
send_buckets (P2pChordLink *link)
{
  P2pChordNode *self = link->node;
  gsize bytes = 0;
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < P2P_CHORD_NAME_BUCKETS && bytes < FRAME_BYTES; i++)
    {
      if ((link->names_due[i / 32] & 1u << i % 32) == 0)
        continue;
      link->names_due[i / 32] &= ~(1u << i % 32);
      for (const P2pChordName *name = p2p_chord_names_walk (self->names, i, NULL); name != NULL; name = p2p_chord_names_walk (self->names, i, name))
        {
          bytes += add_name (&list, name);
          if (bytes < FRAME_BYTES)
            continue;
          send_names (link, &list);
          g_variant_builder_init (&list, G_VARIANT_TYPE ("av"));
        }
    }
  send_names (link, &list);
  for (guint i = 0; i < G_N_ELEMENTS (link->names_due); i++)
    if (link->names_due[i] != 0 && link->tell_timer == 0)
      link->tell_timer = p2p_clock_schedule (p2p_chord_clock (self), 0, send_names_cb, link);
}

static void
send_names_cb (gpointer data)
{
  P2pChordLink *link = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (link->node->mesh);

  link->tell_timer = 0;
  p2p_mesh_node_enter (mesh);
  if (p2p_peer_get_queued (link->peer) > link->node->limits.out_queue / QUEUE_SHARE)
    link->tell_timer = p2p_clock_schedule (p2p_chord_clock (link->node), PAUSE, send_names_cb, link);
  else
    send_buckets (link);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

/* Originals heard nothing of it. */
static void
pass_on (P2pChordNode *self, const guint8 *key, gsize length)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      P2pChordLink *link = g_ptr_array_index (self->links, i);

      if (!link->known || !link->is_original)
        continue;
      /* Whoever tells us much in little time does not end our links to them by it. */
      if (p2p_peer_get_queued (link->peer) > self->limits.out_queue / QUEUE_SHARE)
        p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_QUEUE_FULL, NULL);
      else
        whisper_name (link, key, length);
    }
}

static gboolean
take_name (P2pChordLink *link, GVariant *entry)
{
  P2pChordNode *self = link->node;
  g_autoptr (GVariant) packet = p2p_mesh_value_get_child (entry, 0);
  g_autoptr (GVariant) when = p2p_mesh_value_get_child (entry, 1);
  g_autoptr (GVariant) flag = p2p_mesh_value_get_child (entry, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = NULL;
  const P2pChordName *known;
  gint64 now = get_seconds (self);
  gint64 before = -1;
  gint64 time;
  gint64 deleted;
  gsize length;
  const char *text;
  P2pChordNamed named;

  if (packet == NULL || !g_variant_is_of_type (packet, G_VARIANT_TYPE_BYTESTRING) || !p2p_mesh_value_get_int (when, &time) || !p2p_mesh_value_get_int (flag, &deleted) ||
      time < 0)
    return FALSE;
  text = p2p_mesh_value_peek_text (packet, &length);
  known = p2p_chord_names_get (self->names, (const guint8 *) text, length);
  if (known != NULL)
    before = known->time;
  named = p2p_chord_names_say (self->names, (const guint8 *) text, length, MIN (time, now + self->limits.message_age_seconds), deleted != 0, FALSE, FALSE, now, &error);
  if (named == P2P_CHORD_NAME_REFUSED)
    p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_REFUSED, NULL);
  /* What we know is not kept again, however often he says it. */
  else if (named != P2P_CHORD_NAME_SAME || before != MIN (time, now + self->limits.message_age_seconds))
    {
      key = g_bytes_new (text, length);
      p2p_chord_emit_name (self, key, named, FALSE, FALSE);
    }
  if (named == P2P_CHORD_NAME_ADDED)
    pass_on (self, (const guint8 *) text, length);
  return TRUE;
}

static void
take_names (P2pChordLink *link, P2pMessage *message)
{
  P2pMeshNode *mesh = link->node->mesh;
  g_autoptr (GVariant) list = p2p_message_get_packet (message, P2P_CONTROL_REST);
  gboolean good = list != NULL && g_variant_is_of_type (list, G_VARIANT_TYPE ("av"));

  /* Nobody sends any who did not hear our sums. */
  if (good && link->sums_sent == 0)
    {
      p2p_mesh_node_note_drop (mesh, link->peer, P2P_DROP_UNEXPECTED, message);
      return;
    }
  for (gsize i = 0; good && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) entry = p2p_mesh_value_get_child (list, i);

      good = take_name (link, entry);
    }
  if (!good)
    p2p_mesh_drop (mesh, link->peer, P2P_DROP_SHAPE, message);
}

gboolean
p2p_chord_names_control (P2pChordLink *link, gint64 op, P2pMessage *message)
{
  if (op == P2P_CONTROL_SUMS)
    take_sums (link, message);
  else if (op == P2P_CONTROL_NAMES)
    take_names (link, message);
  return op == P2P_CONTROL_SUMS || op == P2P_CONTROL_NAMES;
}

/* ---- now and then ---- */

static void compare_cb (gpointer data);

static void
plan_comparing (P2pChordNode *self)
{
  gint64 span = self->limits.chord_dump_seconds * G_TIME_SPAN_SECOND;
  guint8 random;

  if (span == 0)
    return;
  /* Never at the same time as all the others. */
  p2p_random_fill (p2p_mesh_node_get_env (self->mesh)->random, &random, 1);
  self->names_timer = p2p_clock_schedule (p2p_chord_clock (self), span * (896 + random) / 1024, compare_cb, self);
}

static void
compare_cb (gpointer data)
{
  P2pChordNode *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);

  self->names_timer = 0;
  p2p_mesh_node_enter (mesh);
  for (guint i = 0; i < self->links->len; i++)
    {
      P2pChordLink *link = g_ptr_array_index (self->links, i);

      if (link->known && !link->is_original && is_time (link, link->sums_sent))
        send_sums (link, TRUE);
    }
  plan_comparing (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

void
p2p_chord_names_init (P2pChordNode *self)
{
  g_queue_init (&self->dumped);
  plan_comparing (self);
}

void
p2p_chord_names_clear (P2pChordNode *self)
{
  g_queue_clear_full (&self->dumped, dumped_free);
}

void
p2p_chord_names_stop (P2pChordLink *link)
{
  p2p_clock_cancel (p2p_chord_clock (link->node), link->tell_timer);
  link->tell_timer = 0;
  g_clear_pointer (&link->told, g_bytes_unref);
}
