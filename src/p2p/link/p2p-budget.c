/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-link-private.h"

/* A link that got no byte for so long does not grow. */
#define STILL_TIME G_TIME_SPAN_SECOND

struct _P2pBudget {
  const P2pLimits *limits;
  GPtrArray *links;             /* P2pLink, those that keep something, in the order in which they began to */
  gsize used;
};

P2pBudget *
p2p_budget_new (const P2pLimits *limits)
{
  P2pBudget *self = g_new0 (P2pBudget, 1);

  self->limits = limits;
  self->links = g_ptr_array_new ();
  return self;
}

void
p2p_budget_free (P2pBudget *self)
{
  g_ptr_array_unref (self->links);
  g_free (self);
}

gsize
p2p_budget_get_used (P2pBudget *self)
{
  return self->used;
}

static gboolean
is_still (P2pLink *link, gint64 now)
{
  return now - link->received_at >= STILL_TIME;
}

static P2pLink *
choose_loser (P2pBudget *self, gint64 now)
{
  P2pLink *loser = NULL;

  for (guint i = 0; i < self->links->len; i++)
    {
      P2pLink *link = g_ptr_array_index (self->links, i);

      if (loser == NULL || link->charged > loser->charged ||
          (link->charged == loser->charged && is_still (link, now) >= is_still (loser, now)))
        loser = link;
    }
  return loser;
}

static void
set_charged (P2pBudget *self, P2pLink *link, gsize charged)
{
  if (link->charged == 0 && charged > 0)
    g_ptr_array_add (self->links, link);
  else if (link->charged > 0 && charged == 0)
    g_ptr_array_remove (self->links, link);
  self->used += charged - link->charged;
  link->charged = charged;
}

static void
end_link (P2pBudget *self, P2pLink *link)
{
  p2p_link_refuse (link, P2P_DROP_MEMORY, link->charged,
                   g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_MEMORY,
                                "The unfinished frames of all links would take %" G_GSIZE_FORMAT " bytes, this node has %u for them, "
                                "and no link has more of them than this one with %" G_GSIZE_FORMAT,
                                self->used, self->limits->in_budget, link->charged));
}

gboolean
p2p_budget_charge (P2pBudget *self, P2pLink *link, gsize charged)
{
  gint64 now = p2p_clock_now (link->env->clock);
  gboolean grows = charged > link->charged;

  set_charged (self, link, charged);
  /* Whoever is told of an end may close this one. */
  while (grows && link->pipe != NULL && self->used > self->limits->in_budget)
    end_link (self, choose_loser (self, now));
  return link->pipe != NULL;
}
