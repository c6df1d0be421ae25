/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What our program writes. A store says nothing back: so right behind it, on the same way, goes a question for what is there now. Three places that say it back make a write.
 * Where something of a later clock is said back the write is done once more with a later stamp. Deletes and deltas look first: at what they change, and who can take them.
 */
#include "p2p-chord-ask-private.h"

#include "../wire/p2p-value.h"

#define QUORUM 3
/* By find(), by another first hop, and by find() again. */
#define MAX_TRIES 3
#define MAX_ROUNDS 3
/* When three have it, the others have as long again, and not less than... */
#define MIN_GRACE (5 * G_TIME_SPAN_MILLISECOND)
#define MAX_GRACE (250 * G_TIME_SPAN_MILLISECOND)
/* Of our own stamps, as a store cuts them */
#define MAX_AHEAD (60 * G_TIME_SPAN_SECOND)

typedef enum {
  WRITE_SET,
  WRITE_DELETE,
  WRITE_DELTA,
} WriteKind;

typedef struct {
  P2pChordWriting *writing;
  guint index;
  guint tries;
  guint64 ask;
  gboolean done;                /* it said what it will say */
  gboolean is_right;
} Place;

struct _P2pChordWriting {
  P2pChordNode *node;
  guint64 handle;
  P2pChordWriteFunc func;
  gpointer data;
  WriteKind kind;
  GVariant *value;              /* of a set; of a delta: the map */
  GBytes *essence;
  P2pChordLook *look;           /* what the places say */
  P2pChordLook *before;         /* what they said before a delete or delta */
  guint64 before_handle;
  guint64 stamp;
  guint round;
  gboolean asking;
  Place places[P2P_CHORD_HASHES];
  GError *error;                /* the first */
  gint64 began;
  gint64 span;
  guint64 timer;
  guint64 second_timer;
  guint64 grace_timer;
};

static void
writing_free (P2pChordWriting *self)
{
  P2pClock *clock = p2p_chord_clock (self->node);

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    p2p_chord_ask_cancel (self->node, self->places[i].ask);
  p2p_clock_cancel (clock, self->timer);
  p2p_clock_cancel (clock, self->second_timer);
  p2p_clock_cancel (clock, self->grace_timer);
  g_clear_pointer (&self->value, g_variant_unref);
  g_clear_pointer (&self->essence, g_bytes_unref);
  g_clear_pointer (&self->before, p2p_chord_look_unref);
  g_clear_pointer (&self->look, p2p_chord_look_unref);
  g_clear_error (&self->error);
  g_free (self);
}

static gboolean
is_map (GVariant *value)
{
  return g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY) || g_variant_is_of_type (value, G_VARIANT_TYPE ("a(vv)"));
}

/* ---- the end ---- */

static guint
count_right (P2pChordWriting *self)
{
  guint n = 0;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    n += self->places[i].is_right;
  return n;
}

static GError *
make_error (P2pChordWriting *self, guint n_right)
{
  guint n_silent = 0;
  guint n_nobody = 0;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      P2pChordAnswerState state = self->look->answers[i].state;

      n_silent += state == P2P_CHORD_ANSWER_SILENT || state == P2P_CHORD_ANSWER_WAITING;
      n_nobody += state == P2P_CHORD_ANSWER_NOBODY;
    }
  if (self->node->closed || p2p_mesh_node_is_closed (self->node->mesh))
    return g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed");
  if (self->error != NULL)
    return g_error_copy (self->error);
  if (n_nobody == P2P_CHORD_HASHES)
    return g_error_new_literal (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY, "No node that stores is known here: there is nobody who would keep it");
  if (n_silent > 0)
    return g_error_new (P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIMED_OUT, "Only %u of the five places confirmed it in time, and three are needed", n_right);
  return g_error_new (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NO_AGREEMENT, "Only %u of the five places have it, and three are needed: the others did not take it", n_right);
}

static void
end_write (P2pChordWriting *self)
{
  P2pChordNode *node = self->node;
  guint n_right = count_right (self);
  P2pChordEnd end = { .handle = self->handle, .write_func = self->func, .data = self->data, .places_ok = n_right };

  g_ptr_array_remove (node->writes, self);
  self->look->n_equal = n_right;
  self->look->stamp = self->stamp;
  self->look->took = p2p_chord_now (node) - self->began;
  if (n_right >= QUORUM)
    {
      self->look->outcome = self->kind == WRITE_DELETE ? P2P_CHORD_LOOK_ABSENT : P2P_CHORD_LOOK_VALUE;
      for (guint i = 0; i < P2P_CHORD_HASHES && self->look->value == NULL; i++)
        if (self->places[i].is_right && self->look->answers[i].value != NULL)
          self->look->value = g_variant_ref (self->look->answers[i].value);
      p2p_chord_say_name (node, self->look->key, self->kind == WRITE_DELETE);
      p2p_chord_ring_written (node, self->look->key, self->look->value);
      p2p_chord_mirror_key (node, self->look->key);
    }
  else
    {
      end.error = make_error (self, n_right);
      self->look->outcome = g_error_matches (end.error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY) ? P2P_CHORD_LOOK_NOBODY :
                            g_error_matches (end.error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIMED_OUT) ? P2P_CHORD_LOOK_TIMED_OUT :
                            end.error->domain == P2P_LINK_ERROR ? P2P_CHORD_LOOK_ENDED : P2P_CHORD_LOOK_DISAGREE;
    }
  end.look = p2p_chord_look_ref (self->look);
  p2p_chord_end (node, &end);
  writing_free (self);
}

/* It cannot be done, or not begun: said with the look that showed it. */
static void
fail_write (P2pChordWriting *self, P2pChordLook *look, GError *error)
{
  P2pChordEnd end = { .handle = self->handle, .write_func = self->func, .data = self->data, .look = p2p_chord_look_ref (look), .error = error };

  g_ptr_array_remove (self->node->writes, self);
  p2p_chord_end (self->node, &end);
  writing_free (self);
}

/* ---- one place ---- */

static void evaluate (P2pChordWriting *self);
static void write_place (Place *place, guint rank);

static gboolean
is_right (P2pChordWriting *self, const P2pChordAnswer *answer)
{
  if (self->kind == WRITE_DELETE)
    return answer->state == P2P_CHORD_ANSWER_NOTHING;
  if (answer->state != P2P_CHORD_ANSWER_VALUE)
    return FALSE;
  if (self->kind == WRITE_DELTA)
    return p2p_chord_has_fields (answer->value, self->value);
  else
    {
      g_autoptr (GBytes) essence = p2p_chord_get_essence (answer->value);

      return g_bytes_equal (essence, self->essence);
    }
}

static void
answer_cb (const P2pChordAnswer *answer, gboolean is_final, gpointer data)
{
  Place *place = data;
  P2pChordWriting *self = place->writing;

  p2p_chord_answer_set (&self->look->answers[place->index], answer);
  if (!is_final)
    return;
  place->ask = 0;
  place->done = TRUE;
  place->is_right = is_right (self, answer);
  if (!self->asking)
    evaluate (self);
}

/* The place had it when we looked, by way of this neighbour: an original that it is safe to tell so. */
static gboolean
is_sure (P2pChordWriting *self, guint index)
{
  const P2pChordAnswer *before = self->before != NULL ? &self->before->answers[index] : NULL;

  return before != NULL && before->state == P2P_CHORD_ANSWER_VALUE;
}

/* A py2p makes a map of a delta onto nothing, and stumbles over one onto anything but a map. */
static gboolean
takes_delta (P2pChordWriting *self, guint index)
{
  const P2pChordAnswer *before = &self->before->answers[index];

  return before->state == P2P_CHORD_ANSWER_NOTHING || (before->state == P2P_CHORD_ANSWER_VALUE && is_map (before->value));
}

static gboolean
send_to_place (P2pChordWriting *self, guint index, guint rank, GError **error)
{
  const P2pChordSpot *spot = &self->look->answers[index].spot;
  gboolean same_way = rank == 0 && self->places[index].tries == 1;

  switch (self->kind)
    {
    case WRITE_DELETE:
      return p2p_chord_put_full (self->node, spot, rank, self->stamp, NULL, same_way && is_sure (self, index), NULL, error);
    case WRITE_DELTA:
      /* Who missed the value would make a map of what is new alone. */
      if (self->before->value != NULL && self->before->answers[index].state == P2P_CHORD_ANSWER_NOTHING)
        p2p_chord_put_full (self->node, spot, rank, MAX (self->before->stamp, 1), self->before->value, FALSE, NULL, NULL);
      return p2p_chord_put_delta (self->node, spot, rank, self->stamp, self->value, same_way && takes_delta (self, index), NULL, error);
    case WRITE_SET:
    default:
      return p2p_chord_put_full (self->node, spot, rank, self->stamp, self->value, FALSE, NULL, error);
    }
}

static void
write_place (Place *place, guint rank)
{
  P2pChordWriting *self = place->writing;
  gint64 left = MAX (self->span - (p2p_chord_now (self->node) - self->began), 0);
  g_autoptr (GError) error = NULL;
  guint64 ask;

  p2p_chord_ask_cancel (self->node, place->ask);
  place->ask = 0;
  place->done = FALSE;
  place->tries++;
  /* To other ways round there may be none: what is known stays. */
  if (!send_to_place (self, place->index, rank, &error))
    {
      if (self->error == NULL && !g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY))
        self->error = g_error_copy (error);
      place->done = TRUE;
      if (rank == 0 && self->look->answers[place->index].state == P2P_CHORD_ANSWER_WAITING)
        self->look->answers[place->index].state =
          g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY) ? P2P_CHORD_ANSWER_NOBODY : P2P_CHORD_ANSWER_NOTHING;
      return;
    }
  ask = p2p_chord_ask (self->node, &self->look->answers[place->index].spot, rank, (guint) (left / G_TIME_SPAN_MILLISECOND + 1), answer_cb, place);
  if (!place->done)
    place->ask = ask;
}

/* ---- all five ---- */

static guint64
make_stamp (P2pChordNode *node, guint64 seen)
{
  guint64 now = (guint64) MAX (p2p_chord_utc (node), 1);
  guint64 stamp = MAX (now, node->last_stamp + 1);

  /* Our clock may be slow, so this write is later than what was seen, whatever that is: who stores it cuts it by his clock. But what a liar says is not the stamp of
   * all that we write from then on. */
  if (seen >= stamp)
    stamp = seen < G_MAXUINT64 ? seen + 1 : seen;
  node->last_stamp = MIN (stamp, now + MAX_AHEAD);
  return stamp;
}

static void
write_all (P2pChordWriting *self, guint64 seen)
{
  self->stamp = make_stamp (self->node, seen);
  self->asking = TRUE;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      self->places[i].tries = 0;
      self->places[i].is_right = FALSE;
      write_place (&self->places[i], 0);
    }
  self->asking = FALSE;
  evaluate (self);
}

static guint64
get_latest (P2pChordLook *look)
{
  guint64 latest = look->stamp;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    latest = MAX (latest, look->answers[i].stamp);
  return latest;
}

static void
grace_cb (gpointer data)
{
  P2pChordWriting *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);

  self->grace_timer = 0;
  p2p_mesh_node_enter (mesh);
  end_write (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static void
evaluate (P2pChordWriting *self)
{
  guint n_right = count_right (self);
  guint n_done = 0;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    n_done += self->places[i].done;
  if (n_done < P2P_CHORD_HASHES)
    {
      gint64 took = p2p_chord_now (self->node) - self->began;

      if (n_right >= QUORUM && self->grace_timer == 0)
        self->grace_timer = p2p_clock_schedule (p2p_chord_clock (self->node), CLAMP (took, MIN_GRACE, MAX_GRACE), grace_cb, self);
      return;
    }
  if (n_right < QUORUM && !p2p_mesh_node_is_closed (self->node->mesh) && self->error == NULL)
    {
      guint64 latest = get_latest (self->look);

      /* Somebody wrote it with a clock that is ahead of ours. */
      if (latest > self->stamp && ++self->round < MAX_ROUNDS)
        {
          write_all (self, latest);
          return;
        }
      self->asking = TRUE;
      for (guint i = 0; i < P2P_CHORD_HASHES; i++)
        {
          Place *place = &self->places[i];

          if (!place->is_right && place->tries < MAX_TRIES && self->look->answers[i].state != P2P_CHORD_ANSWER_NOBODY)
            write_place (place, place->tries % 2);
          n_done -= !place->done;
        }
      self->asking = FALSE;
      if (n_done < P2P_CHORD_HASHES)
        return;
      n_right = count_right (self);
    }
  end_write (self);
}

/* Who is silent for long may not be there any more. */
static void
second_cb (gpointer data)
{
  P2pChordWriting *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);

  self->second_timer = 0;
  p2p_mesh_node_enter (mesh);
  self->asking = TRUE;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (!self->places[i].done && self->places[i].tries == 1)
      write_place (&self->places[i], 1);
  self->asking = FALSE;
  evaluate (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static void
timer_cb (gpointer data)
{
  P2pChordWriting *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);

  self->timer = 0;
  p2p_mesh_node_enter (mesh);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (self->look->answers[i].state == P2P_CHORD_ANSWER_WAITING)
      self->look->answers[i].state = P2P_CHORD_ANSWER_SILENT;
  end_write (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static void
begin_places (P2pChordWriting *self, guint64 seen)
{
  P2pClock *clock = p2p_chord_clock (self->node);
  gint64 left = MAX (self->span - (p2p_chord_now (self->node) - self->began), G_TIME_SPAN_MILLISECOND);

  self->timer = p2p_clock_schedule (clock, left, timer_cb, self);
  self->second_timer = p2p_clock_schedule (clock, left / 3, second_cb, self);
  write_all (self, seen);
}

/* ---- what comes before a delete or a delta ---- */

static GError *
check_before (P2pChordWriting *self, P2pChordLook *look)
{
  gboolean any = FALSE;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    any |= look->answers[i].state == P2P_CHORD_ANSWER_VALUE;
  /* What a few places have left of it goes, too. */
  if (self->kind == WRITE_DELETE)
    return any && look->outcome != P2P_CHORD_LOOK_ENDED ? NULL : p2p_chord_look_to_error (look);
  if (look->outcome == P2P_CHORD_LOOK_ABSENT)
    return NULL;
  if (look->value != NULL && !is_map (look->value))
    return g_error_new_literal (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP, "A delta changes fields of a map, and the value of the key is none");
  return p2p_chord_look_to_error (look);
}

static void
before_cb (P2pChordLook *look, gpointer data)
{
  P2pChordWriting *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);
  GError *error = check_before (self, look);

  self->before_handle = 0;
  self->before = p2p_chord_look_ref (look);
  p2p_mesh_node_enter (mesh);
  if (error != NULL)
    fail_write (self, look, error);
  else
    begin_places (self, get_latest (look));
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

/* ---- what our program calls ---- */

static gboolean
check_call (P2pChordNode *node, GBytes *key, GError **error)
{
  gsize length = g_bytes_get_size (key);

  if (node->closed || p2p_mesh_node_is_closed (node->mesh))
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed");
      return FALSE;
    }
  if (length == 0)
    g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_KEY, "A key has at least one byte");
  else if (length > node->limits.table_key)
    g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_KEY, "A key has at most %u bytes, and this one has %" G_GSIZE_FORMAT, node->limits.table_key, length);
  return length > 0 && length <= node->limits.table_key;
}

static P2pChordWriting *
writing_new (P2pChordNode *node, WriteKind kind, GBytes *key, GVariant *value, guint timeout_ms, P2pChordWriteFunc func, gpointer data)
{
  P2pChordWriting *self = g_new0 (P2pChordWriting, 1);

  self->node = node;
  self->handle = p2p_chord_new_handle (node);
  self->func = func;
  self->data = data;
  self->kind = kind;
  self->value = value != NULL ? g_variant_ref (value) : NULL;
  self->look = p2p_chord_look_new (node, key);
  self->began = p2p_chord_now (node);
  self->span = timeout_ms > 0 ? timeout_ms * (G_TIME_SPAN_SECOND / 1000) : node->limits.chord_seconds * G_TIME_SPAN_SECOND;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      self->places[i].writing = self;
      self->places[i].index = i;
    }
  g_ptr_array_add (node->writes, self);
  return self;
}

static gboolean
is_nil (GVariant *value)
{
  g_autoptr (GBytes) essence = p2p_chord_get_essence (value);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (essence, &length);

  return length == 1 && *bytes == 0xc0;
}

guint64
p2p_chord_node_set (P2pChordNode *self, GBytes *key, GVariant *value, guint timeout_ms, P2pChordWriteFunc func, gpointer data, GError **error)
{
  g_autoptr (GVariant) held = value != NULL ? g_variant_ref_sink (value) : NULL;
  P2pChordWriting *writing;
  guint64 handle;

  if (value == NULL)
    return p2p_chord_node_delete (self, key, timeout_ms, func, data, error);
  if (!check_call (self, key, error) || !p2p_chord_check_size (self, held, error))
    return 0;
  if (is_nil (held))
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE, "nil is no value: it is what stands for a deleted key");
      return 0;
    }
  writing = writing_new (self, WRITE_SET, key, held, timeout_ms, func, data);
  writing->essence = p2p_chord_get_essence (held);
  handle = writing->handle;
  p2p_mesh_node_enter (self->mesh);
  begin_places (writing, 0);
  p2p_mesh_node_leave (self->mesh);
  return handle;
}

/* The look has half of the time. */
static guint64
begin_with_look (P2pChordNode *self, WriteKind kind, GBytes *key, GVariant *map, guint timeout_ms, P2pChordWriteFunc func, gpointer data)
{
  P2pChordWriting *writing = writing_new (self, kind, key, map, timeout_ms, func, data);

  writing->before_handle = p2p_chord_look_begin (self, key, (guint) (writing->span / 2 / G_TIME_SPAN_MILLISECOND) + 1, FALSE, before_cb, writing);
  return writing->handle;
}

guint64
p2p_chord_node_delete (P2pChordNode *self, GBytes *key, guint timeout_ms, P2pChordWriteFunc func, gpointer data, GError **error)
{
  return check_call (self, key, error) ? begin_with_look (self, WRITE_DELETE, key, NULL, timeout_ms, func, data) : 0;
}

guint64
p2p_chord_node_delta (P2pChordNode *self, GBytes *key, GVariant *map, guint timeout_ms, P2pChordWriteFunc func, gpointer data, GError **error)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (map);
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) plain = NULL;

  if (!check_call (self, key, error) || !p2p_chord_check_size (self, held, error))
    return 0;
  p2p_value_pack (held, packed, NULL);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&packed));
  plain = p2p_chord_unpack (self, bytes);
  if (plain == NULL || !is_map (plain))
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP, "A delta is a map of the fields that change");
      return 0;
    }
  return begin_with_look (self, WRITE_DELTA, key, plain, timeout_ms, func, data);
}

gboolean
p2p_chord_writes_cancel (P2pChordNode *self, guint64 handle)
{
  for (guint i = 0; i < self->writes->len; i++)
    {
      P2pChordWriting *writing = g_ptr_array_index (self->writes, i);

      if (writing->handle != handle)
        continue;
      g_ptr_array_remove_index (self->writes, i);
      p2p_chord_node_cancel (self, writing->before_handle);
      writing_free (writing);
      return TRUE;
    }
  return FALSE;
}

void
p2p_chord_writes_closed (P2pChordNode *self)
{
  while (self->writes->len > 0)
    {
      P2pChordWriting *writing = g_ptr_array_index (self->writes, 0);

      p2p_chord_node_cancel (self, writing->before_handle);
      end_write (writing);
    }
}
