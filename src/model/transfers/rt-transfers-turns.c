/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to come, and whose turn it is. */
#include "config.h"

#include "rt-transfers-private.h"
#include "model/timeline/rt-message-item.h"
#include "model/rt-timer.h"

#include <glib/gi18n-lib.h>

static const char *
get_offerer (RtAttachment *attachment)
{
  const char *offerer = rt_attachment_get_offerer (attachment);

  return offerer != NULL ? offerer : "";
}

/* Whoever offers the same may be slow, or lie about its size: each is asked by himself, and the first that has all of it wins. */
RtFetch *
rt_transfers_find_fetch (RtTransfers *self, RtAttachment *attachment)
{
  for (guint i = 0; i < self->fetches->len; i++)
    {
      RtFetch *fetch = self->fetches->pdata[i];

      if (g_bytes_equal (fetch->file, rt_attachment_get_file (attachment)) && fetch->size == rt_attachment_get_size (attachment) &&
          g_str_equal (fetch->offerer, get_offerer (attachment)))
        return fetch;
    }
  return NULL;
}

/* Those that have a place; started is never set for more. */
typedef struct {
  const RtFetch *fetches[RT_TRANSFERS_MAX_FETCHES];
  guint          n;
} Places;

/* What the person wants waits for nothing that came unasked: that has places of its own, and fewer. */
static guint
get_most (gboolean wanted)
{
  return wanted ? RT_TRANSFERS_MAX_FETCHES : RT_TRANSFERS_MAX_FETCHES - RT_TRANSFERS_KEPT_PLACES;
}

static gboolean
may_start (RtTransfers *self, const Places *places, const RtFetch *fetch)
{
  guint n_of_offerer = 0;

  for (guint i = 0; i < places->n; i++)
    n_of_offerer += places->fetches[i]->wanted == fetch->wanted && g_str_equal (places->fetches[i]->offerer, fetch->offerer);
  return n_of_offerer < RT_TRANSFERS_MAX_OF_OFFERER && !rt_transfers_part_is_used (self, fetch->part);
}

static void
start_waiting (RtTransfers *self, Places *places, gboolean wanted)
{
  for (guint i = 0; i < self->fetches->len && places->n < get_most (wanted); i++)
    {
      RtFetch *fetch = self->fetches->pdata[i];

      if (fetch->started || fetch->wanted != wanted || !may_start (self, places, fetch))
        continue;
      rt_fetch_start (fetch);
      fetch->lost = p2p_mesh_socket_get_connection (self->socket, fetch->offerer) == NULL;
      places->fetches[places->n++] = fetch;
    }
}

/* Those whose offerer may be there again ask; those whose turn it is begin. */
void
rt_transfers_go_on (RtTransfers *self)
{
  Places places = { .n = 0 };

  if (self->socket == NULL)
    return;
  for (guint i = 0; i < self->fetches->len; i++)
    {
      RtFetch *fetch = self->fetches->pdata[i];
      gboolean linked;

      if (!fetch->started)
        continue;
      linked = p2p_mesh_socket_get_connection (self->socket, fetch->offerer) != NULL;
      if (linked && fetch->lost && fetch->out != NULL && !fetch->checking && !fetch->asking)
        rt_fetch_ask (fetch, TRUE);
      fetch->lost = !linked;
    }
  for (guint i = 0; i < self->fetches->len && places.n < RT_TRANSFERS_MAX_FETCHES; i++)
    if (((RtFetch *) self->fetches->pdata[i])->started)
      places.fetches[places.n++] = self->fetches->pdata[i];
  start_waiting (self, &places, TRUE);
  start_waiting (self, &places, FALSE);
}

/* Nobody is blamed for what does not come while we are off. */
void
rt_transfers_rest (RtTransfers *self)
{
  for (guint i = 0; i < self->fetches->len; i++)
    {
      RtFetch *fetch = self->fetches->pdata[i];

      rt_timer_clear (&fetch->timer);
      fetch->resting = fetch->waits = TRUE;
      fetch->asking = FALSE;
    }
  for (guint i = self->fetches->len; i-- > 0; )
    /* whoever is told may cancel several */
    if (i < self->fetches->len)
      rt_fetch_tell (self->fetches->pdata[i], RT_ATTACHMENT_FETCHING, _("The network is off: it goes on when it is started"));
}

void
rt_transfers_wake (RtTransfers *self)
{
  for (guint i = self->fetches->len; i-- > 0; )
    {
      RtFetch *fetch = i < self->fetches->len ? self->fetches->pdata[i] : NULL;

      if (fetch == NULL || !fetch->resting || !rt_fetch_tell (fetch, RT_ATTACHMENT_FETCHING, NULL))
        continue;
      fetch->resting = FALSE;
      fetch->heard_at = g_get_monotonic_time ();
      if (fetch->started && !fetch->checking)
        rt_fetch_ask (fetch, TRUE);
    }
  rt_transfers_go_on (self);
}

/* Whoever has a link can offer any number of pictures: of more than a few the person says which he wants to see. */
static gboolean
has_room_unasked (RtTransfers *self)
{
  guint n = 0;

  for (guint i = 0; i < self->fetches->len; i++)
    n += !((RtFetch *) self->fetches->pdata[i])->wanted;
  return n < RT_TRANSFERS_MAX_UNASKED;
}

RtFetch *
rt_transfers_begin_fetch (RtTransfers *self, RtAttachment *attachment, gboolean wanted)
{
  RtFetch *fetch = rt_transfers_find_fetch (self, attachment);
  gboolean known = fetch != NULL, changed = !known || (wanted && !fetch->wanted);

  /* who holds it longer than the network waits for nothing */
  if (g_cancellable_is_cancelled (self->cancellable) || (!known && !wanted && !has_room_unasked (self)))
    return NULL;

  if (!known)
    {
      fetch = g_new0 (RtFetch, 1);
      fetch->transfers = self;
      fetch->attachments = g_ptr_array_new_with_free_func (g_object_unref);
      fetch->savers = g_ptr_array_new_with_free_func (g_object_unref);
      fetch->file = g_bytes_ref (rt_attachment_get_file (attachment));
      fetch->offerer = g_strdup (get_offerer (attachment));
      fetch->size = rt_attachment_get_size (attachment);
      fetch->part = rt_transfers_dup_part_path (self, fetch->file, fetch->offerer, fetch->size);
      fetch->resting = fetch->waits = self->socket == NULL;
      fetch->token = (gint64) (g_random_int () & 0x7FFFFFFF) << 32 | g_random_int ();
      fetch->window = RT_TRANSFERS_FIRST_WINDOW;
      fetch->cancellable = g_cancellable_new ();
      g_queue_init (&fetch->unwritten);
      g_ptr_array_add (self->fetches, fetch);
    }
  fetch->wanted = fetch->wanted || wanted;
  if (!g_ptr_array_find (fetch->attachments, attachment, NULL))
    {
      g_ptr_array_add (fetch->attachments, g_object_ref (attachment));
      rt_attachment_set_state (attachment, RT_ATTACHMENT_FETCHING, self->socket == NULL ? _("The network is off: it goes on when it is started") : NULL);
    }
  if (changed)
    rt_transfers_go_on (self);
  return fetch;
}
