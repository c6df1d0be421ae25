/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Giving: each has his turn, a few pieces at a time, so that nobody waits for another's large file, and no message waits long behind pieces. */
#include "config.h"

#include "rt-transfers-private.h"
#include "model/rt-timer.h"

/* Read and handed over at a time. */
#define TURN (4u * RT_TRANSFERS_CHUNK)
/* What may wait for a link before more is given to it. */
#define MAX_QUEUED (512u * 1024)
/* How soon it is looked at again. */
#define QUEUED_MILLISECONDS 4u
/* Who asked for no more in so long has what he wanted, or is gone. */
#define IDLE_SECONDS 60

static void pump (RtTransfers *self);

void
rt_early_fetch_free (gpointer data)
{
  RtEarlyFetch *early = data;

  p2p_app_frame_unref (early->frame);
  g_free (early->peer);
  g_free (early);
}

void
rt_serve_free (gpointer data)
{
  RtServe *serve = data;

  g_cancellable_cancel (serve->cancellable);
  g_object_unref (serve->cancellable);
  g_clear_object (&serve->stream);
  g_bytes_unref (serve->file);
  g_free (serve->peer);
  g_free (serve);
}

static void
handed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  /* he asks again for what did not come */
  p2p_mesh_socket_whisper_app_finish (P2P_MESH_SOCKET (object), result, NULL);
}

static void
hand_over (RtTransfers *self, const char *peer, gint64 token, GBytes *file, guint64 offset, GBytes *bytes)
{
  g_autoptr (P2pAppFrame) frame = NULL;

  /* whoever is gone is not looked for, to be given what he may not want any more */
  if (self->socket == NULL || p2p_mesh_socket_get_connection (self->socket, peer) == NULL)
    return;
  frame = p2p_app_frame_new_chunk (token, file, offset, bytes, NULL);
  if (frame != NULL)
    p2p_mesh_socket_whisper_app_async (self->socket, peer, frame, self->cancellable, handed_cb, NULL);
}

static void
tell_gone (RtTransfers *self, const char *peer, gint64 token, GBytes *file, guint64 offset)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

  hand_over (self, peer, token, file, offset, nothing);
}

static RtServe *
find_serve (RtTransfers *self, const char *peer, gint64 token)
{
  for (guint i = 0; i < self->serves->len; i++)
    {
      RtServe *serve = self->serves->pdata[i];

      if (serve->token == token && g_str_equal (serve->peer, peer))
        return serve;
    }
  return NULL;
}

/* He is not told that he has what he wanted: he knows. */
static void
end_serve (RtServe *serve, gboolean gone)
{
  RtTransfers *self = serve->transfers;

  if (gone)
    tell_gone (self, serve->peer, serve->token, serve->file, serve->next);
  g_ptr_array_remove (self->serves, serve);
}

/* ---- turns ---- */

typedef struct {
  RtTransfers  *transfers;
  GCancellable *cancellable;    /* cancelled: the serve is no more */
  RtServe      *serve;
  guint8       *bytes;          /* nullable: that are read */
  gsize         size;
} Turn;

static Turn *
turn_new (RtServe *serve)
{
  Turn *turn = g_new0 (Turn, 1);

  turn->transfers = g_object_ref (serve->transfers);
  turn->cancellable = g_object_ref (serve->cancellable);
  turn->serve = serve;
  serve->busy = TRUE;
  return turn;
}

static void
turn_free (Turn *turn)
{
  g_object_unref (turn->transfers);
  g_object_unref (turn->cancellable);
  g_free (turn->bytes);
  g_free (turn);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Turn, turn_free)

static void
read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Turn) turn = user_data;
  g_autoptr (GBytes) bytes = NULL;
  RtTransfers *self = turn->transfers;
  RtServe *serve = turn->serve;
  gsize size = 0;
  gboolean read = g_input_stream_read_all_finish (G_INPUT_STREAM (object), result, &size, NULL);

  if (g_cancellable_is_cancelled (turn->cancellable))
    return;
  serve->busy = FALSE;
  if (!read || size < turn->size)
    {
      /* the file is shorter than it was, or cannot be read any more */
      end_serve (serve, TRUE);
      pump (self);
      return;
    }
  bytes = g_bytes_new_take (g_steal_pointer (&turn->bytes), size);
  for (gsize at = 0; at < size; at += RT_TRANSFERS_CHUNK)
    {
      g_autoptr (GBytes) piece = g_bytes_new_from_bytes (bytes, at, MIN (size - at, RT_TRANSFERS_CHUNK));

      hand_over (self, serve->peer, serve->token, serve->file, serve->next + at, piece);
    }
  serve->next += size;
  self->allowance -= (double) size;
  pump (self);
}

static void
sought_or_opened (Turn *turn)
{
  RtServe *serve = turn->serve;

  serve->busy = FALSE;
  if (G_IS_SEEKABLE (serve->stream) && g_seekable_tell (G_SEEKABLE (serve->stream)) != (goffset) serve->next &&
      !g_seekable_seek (G_SEEKABLE (serve->stream), (goffset) serve->next, G_SEEK_SET, NULL, NULL))
    end_serve (serve, TRUE);
  pump (turn->transfers);
}

static void
opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Turn) turn = user_data;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (object), result, NULL);

  if (g_cancellable_is_cancelled (turn->cancellable))
    return;
  if (stream == NULL)
    {
      RtTransfers *self = turn->transfers;

      rt_transfers_withdraw (self, turn->serve->file);
      end_serve (turn->serve, TRUE);
      pump (self);
      return;
    }
  turn->serve->stream = G_INPUT_STREAM (g_steal_pointer (&stream));
  sought_or_opened (turn);
}

/* Anything is given to him that he waits for? */
static gboolean
wants (RtServe *serve)
{
  return !serve->busy && serve->next < serve->end;
}

static void
give (RtServe *serve)
{
  RtTransfers *self = serve->transfers;

  if (serve->stream == NULL)
    {
      g_autofree char *path = rt_transfers_dup_path (self, serve->file);
      g_autoptr (GFile) file = g_file_new_for_path (path);

      g_file_read_async (file, G_PRIORITY_DEFAULT, serve->cancellable, opened_cb, turn_new (serve));
    }
  else
    {
      Turn *turn = turn_new (serve);

      turn->size = (gsize) MIN (TURN, serve->end - serve->next);
      turn->bytes = g_malloc (turn->size);
      g_input_stream_read_all_async (serve->stream, turn->bytes, turn->size, G_PRIORITY_DEFAULT, serve->cancellable, read_cb, turn);
    }
}

static gboolean
serve_timer_cb (gpointer data)
{
  RtTransfers *self = data;

  self->serve_timer = 0;
  pump (self);
  return G_SOURCE_REMOVE;
}

static void
refill (RtTransfers *self)
{
  gint64 now = g_get_monotonic_time ();

  /* a tenth of a second's worth may go at once */
  self->allowance = MIN (self->allowance + (double) (now - self->allowed_at) * self->max_rate / G_USEC_PER_SEC, MAX (self->max_rate / 10.0, 1.0));
  self->allowed_at = now;
}

/* Whoever waits and may have something gets it; the first in the list waits longest. */
static void
pump (RtTransfers *self)
{
  guint n_busy = 0;
  gboolean later = FALSE;

  if (self->socket == NULL)
    return;
  refill (self);
  for (guint i = 0; i < self->serves->len; i++)
    if (((RtServe *) self->serves->pdata[i])->busy)
      n_busy++;
  for (guint i = 0, left = self->serves->len; left > 0 && n_busy < self->max_served; left--)
    {
      RtServe *serve = self->serves->pdata[i];
      P2pConnection *connection = p2p_mesh_socket_get_connection (self->socket, serve->peer);

      if (connection == NULL)
        end_serve (serve, FALSE);
      else if (!wants (serve))
        i++;
      else if (self->allowance <= 0 || p2p_connection_get_queued (connection) > MAX_QUEUED)
        {
          later = TRUE;
          i++;
        }
      else
        {
          give (serve);
          n_busy++;
          /* his next turn comes after the others' */
          g_ptr_array_add (self->serves, g_ptr_array_steal_index (self->serves, i));
        }
    }
  if (later && self->serve_timer == 0)
    self->serve_timer = rt_timer_add (QUEUED_MILLISECONDS, "[rt-model] pieces", serve_timer_cb, self);
}

/* ---- what is asked for ---- */

static void
drop_idle (RtTransfers *self)
{
  gint64 since = g_get_monotonic_time () - IDLE_SECONDS * G_TIME_SPAN_SECOND;

  for (guint i = self->serves->len; i-- > 0; )
    if (((RtServe *) self->serves->pdata[i])->used < since)
      g_ptr_array_remove_index (self->serves, i);
}

static RtServe *
begin_serve (RtTransfers *self, RtOffer *offer, const char *peer, gint64 token)
{
  RtServe *serve;
  guint n_of_peer = 0;

  drop_idle (self);
  for (guint i = 0; i < self->serves->len; i++)
    if (g_str_equal (((RtServe *) self->serves->pdata[i])->peer, peer))
      n_of_peer++;
  /* he asks again when nothing comes; one who asks anew without end only takes his own places */
  if (n_of_peer >= RT_TRANSFERS_MAX_OF_PEER || self->serves->len >= RT_TRANSFERS_MAX_WAITING)
    return NULL;
  serve = g_new0 (RtServe, 1);
  serve->transfers = self;
  serve->peer = g_strdup (peer);
  serve->file = g_bytes_ref (offer->file);
  serve->token = token;
  serve->size = offer->size;
  serve->cancellable = g_cancellable_new ();
  g_ptr_array_add (self->serves, serve);
  return serve;
}

void
rt_transfers_take_fetch (RtTransfers *self, P2pAppFrame *frame, const char *peer)
{
  GBytes *file = p2p_app_frame_get_file (frame);
  gint64 token = p2p_app_frame_get_token (frame);
  guint64 offset = p2p_app_frame_get_offset (frame);
  guint n = p2p_app_frame_get_n (frame);
  RtServe *serve = find_serve (self, peer, token);
  RtOffer *offer;

  if (!self->offers_loaded)
    {
      if (self->early.length < RT_TRANSFERS_MAX_WAITING)
        {
          RtEarlyFetch *early = g_new (RtEarlyFetch, 1);

          early->frame = p2p_app_frame_ref (frame);
          early->peer = g_strdup (peer);
          g_queue_push_tail (&self->early, early);
        }
      return;
    }
  if (n == 0 || (serve != NULL && !g_bytes_equal (serve->file, file)))
    {
      if (serve != NULL)
        end_serve (serve, FALSE);
      return;
    }
  offer = rt_transfers_find_offer (self, file, peer);
  if (offer == NULL || offset >= offer->size)
    {
      tell_gone (self, peer, token, file, offset);
      return;
    }
  if (serve == NULL)
    serve = begin_serve (self, offer, peer, token);
  if (serve == NULL)
    return;
  serve->used = g_get_monotonic_time ();
  if (offset != serve->end)
    {
      /* anew: what is being read belongs to the old place */
      if (serve->busy || serve->stream != NULL)
        {
          end_serve (serve, FALSE);
          serve = begin_serve (self, offer, peer, token);
          serve->used = g_get_monotonic_time ();
        }
      serve->next = offset;
    }
  serve->end = MIN (serve->size, offset + (guint64) MIN (n, P2P_APP_MAX_FETCH) * RT_TRANSFERS_CHUNK);
  pump (self);
}

void
rt_transfers_take_early (RtTransfers *self)
{
  while (!g_queue_is_empty (&self->early))
    {
      RtEarlyFetch *early = g_queue_pop_head (&self->early);

      rt_transfers_take_fetch (self, early->frame, early->peer);
      rt_early_fetch_free (early);
    }
}

void
rt_transfers_end_serving (RtTransfers *self, GBytes *file)
{
  for (guint i = self->serves->len; i-- > 0; )
    {
      RtServe *serve = self->serves->pdata[i];

      if (file == NULL)
        g_ptr_array_remove_index (self->serves, i);
      else if (g_bytes_equal (serve->file, file))
        end_serve (serve, TRUE);
    }
}

void
rt_transfers_end_unlinked (RtTransfers *self)
{
  for (guint i = self->serves->len; i-- > 0; )
    if (p2p_mesh_socket_get_connection (self->socket, ((RtServe *) self->serves->pdata[i])->peer) == NULL)
      g_ptr_array_remove_index (self->serves, i);
}
