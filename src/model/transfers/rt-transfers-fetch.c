/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking: pieces are asked for a few at a time, in order, and only as fast as they come and can be written. */
#include "config.h"

#include "rt-transfers-private.h"
#include "model/timeline/rt-message-item.h"
#include "model/network/rt-network-private.h"
#include "model/rt-timer.h"

#include <glib/gi18n-lib.h>

/* A window that came in less than the first is doubled, one that took longer than the second is halved. */
#define QUICK_MICROSECONDS (100 * 1000)
#define SLOW_MICROSECONDS (1000 * 1000)
/* Somebody who was here is looked for so often. */
#define NO_LINK_MILLISECONDS 1000u
#define WRITE_BLOCK (1024u * 1024)

static void write_on (RtFetch *fetch);

void
rt_fetch_free (gpointer data)
{
  RtFetch *fetch = data;

  g_cancellable_cancel (fetch->cancellable);
  g_object_unref (fetch->cancellable);
  rt_timer_clear (&fetch->timer);
  g_queue_clear_full (&fetch->unwritten, (GDestroyNotify) g_bytes_unref);
  g_clear_object (&fetch->out);
  g_ptr_array_unref (fetch->attachments);
  g_ptr_array_unref (fetch->savers);
  g_bytes_unref (fetch->file);
  g_free (fetch->offerer);
  g_free (fetch->part);
  g_free (fetch);
}

static RtFetch *
find_same (RtTransfers *self, GBytes *file, guint64 size)
{
  for (guint i = 0; i < self->fetches->len; i++)
    {
      RtFetch *fetch = self->fetches->pdata[i];

      if (fetch->size == size && g_bytes_equal (fetch->file, file))
        return fetch;
    }
  return NULL;
}

static RtFetch *
find_asked (RtTransfers *self, P2pAppFrame *chunk, const char *peer)
{
  for (guint i = 0; i < self->fetches->len; i++)
    {
      RtFetch *fetch = self->fetches->pdata[i];

      if (fetch->token == p2p_app_frame_get_token (chunk) && g_str_equal (fetch->offerer, peer) && g_bytes_equal (fetch->file, p2p_app_frame_get_file (chunk)))
        return fetch;
    }
  return NULL;
}

gboolean
rt_fetch_tell (RtFetch *fetch, RtAttachmentState state, const char *words)
{
  g_autoptr (GPtrArray) attachments = g_ptr_array_ref (fetch->attachments);
  g_autoptr (GCancellable) cancellable = g_object_ref (fetch->cancellable);

  for (guint i = 0; i < attachments->len && !g_cancellable_is_cancelled (cancellable); i++)
    rt_attachment_set_state (attachments->pdata[i], state, words);
  return !g_cancellable_is_cancelled (cancellable);
}

static gboolean
tell_progress (RtFetch *fetch)
{
  g_autoptr (GPtrArray) attachments = g_ptr_array_ref (fetch->attachments);
  g_autoptr (GCancellable) cancellable = g_object_ref (fetch->cancellable);
  double progress = fetch->size > 0 ? (double) fetch->received / (double) fetch->size : 1;

  for (guint i = 0; i < attachments->len && !g_cancellable_is_cancelled (cancellable); i++)
    rt_attachment_set_progress (attachments->pdata[i], progress);
  return !g_cancellable_is_cancelled (cancellable);
}

static void
handed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  p2p_mesh_socket_whisper_app_finish (P2P_MESH_SOCKET (object), result, NULL);
}

static void
tell_stop (RtFetch *fetch)
{
  RtTransfers *self = fetch->transfers;
  g_autoptr (P2pAppFrame) frame = NULL;

  if (self->socket == NULL || fetch->asked <= fetch->received || p2p_mesh_socket_get_connection (self->socket, fetch->offerer) == NULL)
    return;
  frame = p2p_app_frame_new_fetch (fetch->token, fetch->file, fetch->received, 0, NULL);
  if (frame != NULL)
    p2p_mesh_socket_whisper_app_async (self->socket, fetch->offerer, frame, NULL, handed_cb, NULL);
}

/* Everybody who waits for it is told. */
void
rt_transfers_end_fetch (RtFetch *fetch, RtAttachmentState state, const char *words, const char *path)
{
  g_autoptr (RtTransfers) self = g_object_ref (fetch->transfers);
  g_autoptr (GPtrArray) attachments = g_ptr_array_ref (fetch->attachments), savers = g_ptr_array_ref (fetch->savers);
  g_autoptr (GBytes) file = g_bytes_ref (fetch->file);
  guint64 size = fetch->size;
  RtFetch *same;

  tell_stop (fetch);
  if (state != RT_ATTACHMENT_FAILED && state != RT_ATTACHMENT_OFFERED)
    rt_transfers_drop_part (self, fetch->part);
  g_ptr_array_remove (self->fetches, fetch);
  for (guint i = 0; i < attachments->len; i++)
    if (state == RT_ATTACHMENT_HERE)
      rt_attachment_set_here (attachments->pdata[i], path);
    else
      rt_attachment_set_state (attachments->pdata[i], state, words);
  for (guint i = 0; i < savers->len; i++)
    if (state == RT_ATTACHMENT_HERE)
      g_task_return_boolean (savers->pdata[i], TRUE);
    else
      g_task_return_new_error (savers->pdata[i], G_IO_ERROR,
                               state == RT_ATTACHMENT_CANCELLED || state == RT_ATTACHMENT_OFFERED ? G_IO_ERROR_CANCELLED : G_IO_ERROR_FAILED, "%s",
                               words != NULL ? words : _("The transfer was cancelled"));
  if (state == RT_ATTACHMENT_HERE && (same = find_same (self, file, size)) != NULL)
    rt_transfers_end_fetch (same, state, NULL, path);
  rt_transfers_go_on (self);
}

/* ---- what goes wrong ---- */

static gboolean
patience_cb (gpointer data)
{
  RtFetch *fetch = data;
  guint seconds;

  fetch->timer = 0;
  if (g_get_monotonic_time () - fetch->heard_at < (gint64) RT_TRANSFERS_TRIES * fetch->transfers->patience * 1000)
    {
      rt_fetch_ask (fetch, TRUE);
      return G_SOURCE_REMOVE;
    }
  {
    g_autofree char *who = rt_short_id (fetch->offerer);
    g_autofree char *words = NULL;

    seconds = MAX (1, RT_TRANSFERS_TRIES * fetch->transfers->patience / 1000);
    /* Translators: %s is the short id of a peer who was to give us a file */
    words = g_strdup_printf (ngettext ("Nothing came from %s for %u second", "Nothing came from %s for %u seconds", seconds), who, seconds);
    rt_transfers_end_fetch (fetch, RT_ATTACHMENT_FAILED, words, NULL);
  }
  return G_SOURCE_REMOVE;
}

static void
be_patient (RtFetch *fetch, guint milliseconds)
{
  rt_timer_clear (&fetch->timer);
  if (fetch->transfers->socket == NULL)
    return;
  fetch->timer = rt_timer_add (MIN (milliseconds, fetch->transfers->patience), "[rt-model] patience with pieces", patience_cb, fetch);
}

typedef struct {
  RtTransfers  *transfers;
  GCancellable *cancellable;    /* cancelled: the fetch is no more */
  RtFetch      *fetch;
  char         *part;           /* that is used meanwhile; nullable */
} Step;

static Step *
step_new (RtFetch *fetch)
{
  Step *step = g_new0 (Step, 1);

  step->transfers = g_object_ref (fetch->transfers);
  step->cancellable = g_object_ref (fetch->cancellable);
  step->fetch = fetch;
  return step;
}

static Step *
step_new_part (RtFetch *fetch)
{
  Step *step = step_new (fetch);

  step->part = g_strdup (fetch->part);
  rt_transfers_hold_part (step->transfers, step->part);
  return step;
}

static void
step_free (Step *step)
{
  if (step->part != NULL)
    rt_transfers_release_part (step->transfers, step->part);
  g_free (step->part);
  g_object_unref (step->transfers);
  g_object_unref (step->cancellable);
  g_free (step);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Step, step_free)

static gboolean
is_over (Step *step)
{
  return g_cancellable_is_cancelled (step->cancellable);
}

/* ---- asking ---- */

static void
asked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  g_autoptr (GError) error = NULL;
  gboolean handed = p2p_mesh_socket_whisper_app_finish (P2P_MESH_SOCKET (object), result, &error);
  g_autofree char *who = NULL, *words = NULL;
  P2pConnection *connection;

  /* of a node that is no more nothing is to be had */
  if (is_over (step) || P2P_MESH_SOCKET (object) != step->transfers->socket)
    return;
  step->fetch->asking = FALSE;
  if (handed)
    return;
  who = rt_short_id (step->fetch->offerer);
  if (step->fetch->heard || step->fetch->waits)
    {
      /* Translators: a file that was coming from a peer; %s is his short id */
      words = step->fetch->heard ? g_strdup_printf (_("%s is not here any more. It goes on when there is a link again."), who)
              /* Translators: a file that somebody offered, the network was just switched on; %s is his short id */
              : g_strdup_printf (_("There is no link to %s yet. It goes on when there is one."), who);
      step->fetch->told = TRUE;
      be_patient (step->fetch, NO_LINK_MILLISECONDS);
      rt_fetch_tell (step->fetch, RT_ATTACHMENT_FETCHING, words);
      return;
    }
  connection = p2p_mesh_socket_get_connection (P2P_MESH_SOCKET (object), step->fetch->offerer);
  if (connection != NULL && !p2p_connection_get_own (connection))
    /* Translators: somebody offered a file, and the program at the other end of the link to him knows of no files; %s is his short id */
    words = g_strdup_printf (_("%s has a program that gives no files"), who);
  else
    words = rt_words_for_error (error, who);
  rt_transfers_end_fetch (step->fetch, RT_ATTACHMENT_FAILED, words, NULL);
}

void
rt_fetch_ask (RtFetch *fetch, gboolean anew)
{
  RtTransfers *self = fetch->transfers;
  guint64 pieces;
  g_autoptr (P2pAppFrame) frame = NULL;

  be_patient (fetch, G_MAXUINT);
  if (self->socket == NULL || fetch->out == NULL || fetch->asking)
    return;
  if (anew)
    {
      fetch->asked = fetch->received;
      fetch->window = RT_TRANSFERS_FIRST_WINDOW;
    }
  pieces = fetch->window - MIN (fetch->window, (fetch->asked - fetch->received + RT_TRANSFERS_CHUNK - 1) / RT_TRANSFERS_CHUNK);
  if (fetch->asked >= fetch->size || pieces == 0)
    return;
  frame = p2p_app_frame_new_fetch (fetch->token, fetch->file, fetch->asked, (guint) pieces, NULL);
  if (frame == NULL)
    return;
  fetch->asked = MIN (fetch->size, fetch->asked + pieces * RT_TRANSFERS_CHUNK);
  fetch->asked_at = g_get_monotonic_time ();
  fetch->window_end = fetch->asked;
  fetch->asking = TRUE;
  p2p_mesh_socket_whisper_app_async (self->socket, fetch->offerer, frame, fetch->cancellable, asked_cb, step_new (fetch));
}

static void
ask_on (RtFetch *fetch)
{
  gint64 took;

  if (fetch->received >= fetch->window_end)
    {
      took = g_get_monotonic_time () - fetch->asked_at;
      if (took < QUICK_MICROSECONDS)
        fetch->window = MIN (2 * fetch->window, RT_TRANSFERS_MAX_WINDOW);
      else if (took > SLOW_MICROSECONDS)
        fetch->window = MAX (fetch->window / 2, 2);
    }
  /* half of it is there: the other half keeps the way busy until the next comes */
  if (fetch->asked < fetch->size && fetch->n_unwritten < RT_TRANSFERS_MAX_UNWRITTEN &&
      (fetch->asked - fetch->received) * 2 <= (guint64) fetch->window * RT_TRANSFERS_CHUNK)
    rt_fetch_ask (fetch, FALSE);
}

/* ---- taking ---- */

static void
checked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = rt_transfers_check_part_finish (result, &error);

  if (is_over (step))
    return;
  if (path != NULL)
    rt_transfers_end_fetch (step->fetch, RT_ATTACHMENT_HERE, NULL, path);
  else
    rt_transfers_end_fetch (step->fetch, RT_ATTACHMENT_FAILED, error->message, NULL);
}

static void
closed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  g_autoptr (GError) error = NULL;
  RtFetch *fetch = step->fetch;

  if (!g_output_stream_close_finish (G_OUTPUT_STREAM (object), result, &error) && !is_over (step))
    {
      rt_transfers_end_fetch (fetch, RT_ATTACHMENT_FAILED, error->message, NULL);
      return;
    }
  if (!is_over (step))
    rt_transfers_check_part_async (fetch->transfers, fetch->part, fetch->file, fetch->size, fetch->cancellable, checked_cb, g_steal_pointer (&step));
}

static void
written_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  g_autoptr (GError) error = NULL;
  RtFetch *fetch = step->fetch;
  gsize n;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, &n, &error))
    {
      g_autofree char *words = NULL;

      if (is_over (step))
        return;
      /* Translators: a file that comes; %s is what the system says, e.g. that the disk is full */
      words = g_strdup_printf (_("It cannot be written: %s"), error->message);
      rt_transfers_end_fetch (fetch, RT_ATTACHMENT_FAILED, words, NULL);
      return;
    }
  if (is_over (step))
    return;
  fetch->writing = FALSE;
  write_on (fetch);
}

/* What came, as much as there is at a time. */
static void
write_on (RtFetch *fetch)
{
  GByteArray *block;
  Step *step;

  if (fetch->writing || fetch->out == NULL || fetch->checking)
    return;
  if (fetch->n_unwritten == 0)
    {
      if (fetch->received < fetch->size)
        {
          ask_on (fetch);
          return;
        }
      rt_timer_clear (&fetch->timer);
      fetch->checking = TRUE;
      g_output_stream_close_async (fetch->out, G_PRIORITY_DEFAULT, NULL, closed_cb, step_new_part (fetch));
      return;
    }
  block = g_byte_array_sized_new ((guint) MIN (fetch->n_unwritten, WRITE_BLOCK + RT_TRANSFERS_CHUNK));
  while (!g_queue_is_empty (&fetch->unwritten) && block->len < WRITE_BLOCK)
    {
      g_autoptr (GBytes) piece = g_queue_pop_head (&fetch->unwritten);
      gsize size;
      const guint8 *data = g_bytes_get_data (piece, &size);

      g_byte_array_append (block, data, (guint) size);
    }
  fetch->n_unwritten -= block->len;
  fetch->writing = TRUE;
  step = step_new_part (fetch);
  /* its bytes live as long as the stream writes them */
  g_object_set_data_full (G_OBJECT (fetch->out), "block", block, (GDestroyNotify) g_byte_array_unref);
  g_output_stream_write_all_async (fetch->out, block->data, block->len, G_PRIORITY_DEFAULT, NULL, written_cb, step);
}

void
rt_transfers_take_chunk (RtTransfers *self, P2pAppFrame *frame, const char *peer)
{
  GBytes *bytes = p2p_app_frame_get_bytes (frame);
  guint64 offset = p2p_app_frame_get_offset (frame);
  gsize size = g_bytes_get_size (bytes);
  RtFetch *fetch = find_asked (self, frame, peer);

  /* what nobody asked him for */
  if (fetch == NULL || fetch->out == NULL || fetch->checking)
    return;
  if (size == 0)
    {
      g_autofree char *who = rt_short_id (fetch->offerer);
      /* Translators: %s is the short id of the peer who offered a file */
      g_autofree char *words = g_strdup_printf (_("%s does not have it any more"), who);

      rt_transfers_end_fetch (fetch, RT_ATTACHMENT_GONE, words, NULL);
      return;
    }
  if (offset > fetch->received && offset < fetch->asked && !fetch->gap_told)
    {
      /* one before it was lost on its way */
      fetch->gap_told = TRUE;
      rt_fetch_ask (fetch, TRUE);
      return;
    }
  /* whole pieces only: a byte now and then would hold a place for ever */
  if (offset != fetch->received || offset + size > fetch->asked || size != MIN (RT_TRANSFERS_CHUNK, fetch->size - offset))
    return;
  if ((!fetch->heard || fetch->told) && !rt_fetch_tell (fetch, RT_ATTACHMENT_FETCHING, NULL))
    return;
  fetch->heard = TRUE;
  fetch->told = FALSE;
  fetch->heard_at = g_get_monotonic_time ();
  fetch->gap_told = FALSE;
  fetch->received += size;
  fetch->n_unwritten += size;
  g_queue_push_tail (&fetch->unwritten, g_bytes_ref (bytes));
  if (!tell_progress (fetch))
    return;
  be_patient (fetch, G_MAXUINT);
  ask_on (fetch);
  write_on (fetch);
}

/* ---- beginning ---- */

static void
part_opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  g_autoptr (GError) error = NULL;
  guint64 there;
  g_autoptr (GOutputStream) out = rt_transfers_open_part_finish (result, &there, &error);
  RtFetch *fetch = step->fetch;

  if (is_over (step))
    return;
  if (out == NULL)
    {
      rt_transfers_end_fetch (fetch, RT_ATTACHMENT_FAILED, error->message, NULL);
      return;
    }
  fetch->out = g_steal_pointer (&out);
  fetch->received = there;
  if (fetch->size == 0)
    write_on (fetch);
  else
    rt_fetch_ask (fetch, TRUE);
}

void
rt_fetch_start (RtFetch *fetch)
{
  fetch->started = TRUE;
  fetch->heard_at = g_get_monotonic_time ();
  be_patient (fetch, G_MAXUINT);
  rt_transfers_open_part_async (fetch->transfers, fetch->part, fetch->size, fetch->cancellable, part_opened_cb, step_new_part (fetch));
}
