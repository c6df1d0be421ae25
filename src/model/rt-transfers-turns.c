/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to come, and whose turn it is. */
#include "config.h"

#include "rt-message-item.h"
#include "rt-timer.h"
#include "rt-transfers-private.h"

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

static gboolean
may_start (RtTransfers *self, RtFetch *fetch)
{
  guint n = 0, n_of_offerer = 0;

  for (guint i = 0; i < self->fetches->len; i++)
    {
      RtFetch *other = self->fetches->pdata[i];

      n += other->started;
      n_of_offerer += other->started && g_str_equal (other->offerer, fetch->offerer);
    }
  return n < RT_TRANSFERS_MAX_FETCHES && n_of_offerer < RT_TRANSFERS_MAX_OF_OFFERER && !rt_transfers_part_is_used (self, fetch->part);
}

/* Those whose turn it is begin; those whose offerer may be there again ask. */
void
rt_transfers_go_on (RtTransfers *self)
{
  if (self->socket == NULL)
    return;
  for (guint i = 0; i < self->fetches->len; i++)
    {
      RtFetch *fetch = self->fetches->pdata[i];
      gboolean linked = p2p_mesh_socket_get_connection (self->socket, fetch->offerer) != NULL;

      if (!fetch->started && may_start (self, fetch))
        rt_fetch_start (fetch);
      else if (fetch->started && linked && fetch->lost && fetch->out != NULL && !fetch->checking && !fetch->asking)
        rt_fetch_ask (fetch, TRUE);
      fetch->lost = !linked;
    }
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

RtFetch *
rt_transfers_begin_fetch (RtTransfers *self, RtAttachment *attachment)
{
  RtFetch *fetch = rt_transfers_find_fetch (self, attachment);
  gboolean known = fetch != NULL;

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
  if (!g_ptr_array_find (fetch->attachments, attachment, NULL))
    {
      g_ptr_array_add (fetch->attachments, g_object_ref (attachment));
      rt_attachment_set_state (attachment, RT_ATTACHMENT_FETCHING, self->socket == NULL ? _("The network is off: it goes on when it is started") : NULL);
    }
  if (!known)
    rt_transfers_go_on (self);
  return fetch;
}
