/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-graph-private.h"

#include <string.h>

/* An id is told by others: nothing longer is one. */
#define MAX_ID 88u

typedef struct {
  char  *id;
  gint64 first, last;           /* UTC seconds */
} Claim;

typedef struct {
  char   *id;
  gint64  since;
  GArray *claims;               /* of Claim, in the order in which they were said first */
} Link;

typedef struct {
  char  *sender, *via;
  gint64 first, last;
} Heard;

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return RT_TYPE_GRAPH_NODE;
}

static guint
get_n_items (GListModel *model)
{
  return RT_GRAPH (model)->nodes->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  RtGraph *self = RT_GRAPH (model);

  return position < self->nodes->len ? g_object_ref (g_ptr_array_index (self->nodes, position)) : NULL;
}

static void
init_list (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (RtGraph, rt_graph, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, init_list))

static void
claim_clear (gpointer data)
{
  g_free (((Claim *) data)->id);
}

static void
link_free (gpointer data)
{
  Link *link = data;

  g_array_unref (link->claims);
  g_free (link->id);
  g_free (link);
}

static void
heard_free (gpointer data)
{
  Heard *heard = data;

  g_free (heard->sender);
  g_free (heard->via);
  g_free (heard);
}

static void
finalize (GObject *object)
{
  RtGraph *self = RT_GRAPH (object);

  g_hash_table_unref (self->links_by_id);
  g_ptr_array_unref (self->links);
  g_ptr_array_unref (self->heard);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->nodes);
  g_array_unref (self->edges);
  g_free (self->you);
  G_OBJECT_CLASS (rt_graph_parent_class)->finalize (object);
}

static void
rt_graph_class_init (RtGraphClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rt_graph_init (RtGraph *self)
{
  self->links = g_ptr_array_new_with_free_func (link_free);
  self->links_by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->heard = g_ptr_array_new_with_free_func (heard_free);
  self->nodes = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->edges = g_array_new (FALSE, FALSE, sizeof (RtGraphEdge));
  self->next_age = G_MAXINT64;
  rt_graph_layout_init (self);
}

RtGraph *
rt_graph_new (void)
{
  return g_object_new (RT_TYPE_GRAPH, NULL);
}

RtGraphNode *
rt_graph_find (RtGraph *self, const char *id)
{
  g_return_val_if_fail (RT_IS_GRAPH (self), NULL);

  return id != NULL ? g_hash_table_lookup (self->by_id, id) : NULL;
}

guint
rt_graph_get_n_edges (RtGraph *self)
{
  g_return_val_if_fail (RT_IS_GRAPH (self), 0);
  return self->edges->len;
}

const RtGraphEdge *
rt_graph_get_edge (RtGraph *self, guint index)
{
  g_return_val_if_fail (RT_IS_GRAPH (self) && index < self->edges->len, NULL);
  return &g_array_index (self->edges, RtGraphEdge, index);
}

guint
rt_graph_get_n_left_out (RtGraph *self)
{
  g_return_val_if_fail (RT_IS_GRAPH (self), 0);
  return self->n_left_out;
}

/* ---- facts ---- */

static gboolean
is_id (const char *id)
{
  return id != NULL && *id != '\0' && strlen (id) <= MAX_ID;
}

void
rt_graph_set_you (RtGraph *self, const char *id)
{
  g_return_if_fail (RT_IS_GRAPH (self));

  if (g_strcmp0 (self->you, id) == 0)
    return;
  g_free (self->you);
  self->you = g_strdup (id);
  g_hash_table_remove_all (self->links_by_id);
  g_ptr_array_set_size (self->links, 0);
  g_ptr_array_set_size (self->heard, 0);
  self->dirty = TRUE;
}

void
rt_graph_link (RtGraph *self, const char *id, gint64 since)
{
  Link *link;

  g_return_if_fail (RT_IS_GRAPH (self));

  if (!is_id (id) || g_strcmp0 (id, self->you) == 0 || self->links->len >= RT_GRAPH_MAX_NODES / 2)
    return;
  link = g_hash_table_lookup (self->links_by_id, id);
  if (link == NULL)
    {
      link = g_new0 (Link, 1);
      link->id = g_strdup (id);
      link->claims = g_array_new (FALSE, FALSE, sizeof (Claim));
      g_array_set_clear_func (link->claims, claim_clear);
      g_ptr_array_add (self->links, link);
      g_hash_table_insert (self->links_by_id, link->id, link);
    }
  link->since = since;
  self->dirty = TRUE;
}

void
rt_graph_unlink (RtGraph *self, const char *id)
{
  Link *link;

  g_return_if_fail (RT_IS_GRAPH (self));

  link = id != NULL ? g_hash_table_lookup (self->links_by_id, id) : NULL;
  if (link == NULL)
    return;
  g_hash_table_remove (self->links_by_id, id);
  g_ptr_array_remove (self->links, link);
  self->dirty = TRUE;
}

static void
claim (RtGraph *self, Link *link, const char *id, gint64 now)
{
  guint oldest = 0;
  Claim fresh = { .first = now, .last = now };

  for (guint i = 0; i < link->claims->len; i++)
    {
      Claim *old = &g_array_index (link->claims, Claim, i);

      if (g_str_equal (old->id, id))
        {
          old->last = now;
          return;
        }
      if (old->last < g_array_index (link->claims, Claim, oldest).last)
        oldest = i;
    }
  if (link->claims->len >= RT_GRAPH_MAX_CLAIMS)
    g_array_remove_index (link->claims, oldest);
  fresh.id = g_strdup (id);
  g_array_append_val (link->claims, fresh);
  self->dirty = TRUE;
}

void
rt_graph_tell (RtGraph *self, const char *teller, const char * const *ids, gint64 now)
{
  Link *link;

  g_return_if_fail (RT_IS_GRAPH (self));
  g_return_if_fail (ids != NULL);

  link = teller != NULL ? g_hash_table_lookup (self->links_by_id, teller) : NULL;
  if (link == NULL)
    return;
  for (guint i = 0; ids[i] != NULL && i < RT_GRAPH_MAX_CLAIMS; i++)
    if (is_id (ids[i]) && !g_str_equal (ids[i], teller) && g_strcmp0 (ids[i], self->you) != 0)
      claim (self, link, ids[i], now);
  self->next_age = MIN (self->next_age, now + RT_GRAPH_SECONDS);
}

void
rt_graph_hear (RtGraph *self, const char *sender, const char *via, gint64 now)
{
  Heard *heard = NULL;

  g_return_if_fail (RT_IS_GRAPH (self));

  if (!is_id (sender) || via == NULL || g_str_equal (sender, via) || g_strcmp0 (sender, self->you) == 0)
    return;
  for (guint i = 0; i < self->heard->len; i++)
    if (g_str_equal (((Heard *) g_ptr_array_index (self->heard, i))->sender, sender))
      {
        heard = g_ptr_array_steal_index (self->heard, i);
        break;
      }
  if (heard == NULL)
    {
      if (self->heard->len >= RT_GRAPH_MAX_HEARD)
        g_ptr_array_remove_index (self->heard, 0);
      heard = g_new0 (Heard, 1);
      heard->sender = g_strdup (sender);
      heard->first = now;
      self->dirty = TRUE;
    }
  if (g_strcmp0 (heard->via, via) != 0)
    {
      g_free (heard->via);
      heard->via = g_strdup (via);
      self->dirty = TRUE;
    }
  heard->last = now;
  g_ptr_array_add (self->heard, heard);
  self->next_age = MIN (self->next_age, now + RT_GRAPH_SECONDS);
}

/* ---- what they come to ---- */

static void
age (RtGraph *self, gint64 now)
{
  gint64 oldest = now - RT_GRAPH_SECONDS, next = G_MAXINT64;

  for (guint i = 0; i < self->links->len; i++)
    {
      Link *link = g_ptr_array_index (self->links, i);

      for (guint j = link->claims->len; j-- > 0;)
        {
          gint64 last = g_array_index (link->claims, Claim, j).last;

          if (last <= oldest)
            {
              g_array_remove_index (link->claims, j);
              self->dirty = TRUE;
            }
          else
            next = MIN (next, last + RT_GRAPH_SECONDS);
        }
    }
  for (guint i = self->heard->len; i-- > 0;)
    {
      gint64 last = ((Heard *) g_ptr_array_index (self->heard, i))->last;

      if (last <= oldest)
        {
          g_ptr_array_remove_index (self->heard, i);
          self->dirty = TRUE;
        }
      else
        next = MIN (next, last + RT_GRAPH_SECONDS);
    }
  self->next_age = next;
}

/* What becomes of the nodes while the facts are gone through. */
typedef struct {
  RtGraph   *self;
  GPtrArray *fresh;             /* not in the list yet */
  GHashTable *fresh_by_id;      /* not owning */
  guint      n;                 /* of this turn */
  guint      left_out;
} Turn;

static RtGraphNode *
want (Turn *turn, const char *id, RtGraphKind kind)
{
  RtGraphNode *node = g_hash_table_lookup (turn->self->by_id, id);

  if (node == NULL)
    node = g_hash_table_lookup (turn->fresh_by_id, id);
  if (node != NULL && node->turn == turn->self->turn)
    return node;
  if (turn->n >= RT_GRAPH_MAX_NODES)
    {
      turn->left_out++;
      return NULL;
    }
  if (node == NULL)
    {
      node = g_object_new (RT_TYPE_GRAPH_NODE, NULL);
      node->id = g_strdup (id);
      g_ptr_array_add (turn->fresh, node);
      g_hash_table_insert (turn->fresh_by_id, node->id, node);
    }
  turn->n++;
  node->turn = turn->self->turn;
  node->kind = kind;
  return node;
}

static void
find_nodes (Turn *turn)
{
  RtGraph *self = turn->self;

  if (self->you == NULL)
    return;
  want (turn, self->you, RT_GRAPH_YOU);
  for (guint i = 0; i < self->links->len; i++)
    want (turn, ((Link *) g_ptr_array_index (self->links, i))->id, RT_GRAPH_NEIGHBOUR);
  /* One of each in turn: who tells of many leaves room for the others. */
  for (guint round = 0; round < RT_GRAPH_MAX_CLAIMS; round++)
    for (guint i = 0; i < self->links->len; i++)
      {
        Link *link = g_ptr_array_index (self->links, i);

        if (round < link->claims->len)
          want (turn, g_array_index (link->claims, Claim, round).id, RT_GRAPH_TOLD);
      }
  for (guint i = 0; i < self->heard->len; i++)
    {
      Heard *heard = g_ptr_array_index (self->heard, i);

      if (g_hash_table_contains (self->links_by_id, heard->via))
        want (turn, heard->sender, RT_GRAPH_HEARD);
    }
}

/* The list with those that are wanted, in the order in which they came; and what of it is another. */
static gboolean
set_nodes (Turn *turn, guint *position, guint *removed, guint *added)
{
  RtGraph *self = turn->self;
  g_autoptr (GPtrArray) nodes = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_before = self->nodes->len, same = 0, end = 0;
  gboolean changed;

  for (guint i = 0; i < self->nodes->len; i++)
    {
      RtGraphNode *node = g_ptr_array_index (self->nodes, i);

      if (node->turn == self->turn)
        {
          g_ptr_array_add (nodes, g_object_ref (node));
          continue;
        }
      rt_graph_layout_free (self, node);
      g_hash_table_remove (self->by_id, node->id);
    }
  while (same < nodes->len && nodes->pdata[same] == self->nodes->pdata[same])
    same++;
  for (guint i = 0; i < turn->fresh->len; i++)
    {
      RtGraphNode *node = g_ptr_array_index (turn->fresh, i);

      g_hash_table_insert (self->by_id, node->id, node);
      g_ptr_array_add (nodes, g_object_ref (node));
    }
  while (end < MIN (n_before, nodes->len) - same && nodes->pdata[nodes->len - 1 - end] == self->nodes->pdata[n_before - 1 - end])
    end++;
  *position = same;
  *removed = n_before - same - end;
  *added = nodes->len - same - end;
  changed = *removed > 0 || *added > 0;
  g_ptr_array_unref (self->nodes);
  self->nodes = g_steal_pointer (&nodes);
  for (guint i = 0; i < self->nodes->len; i++)
    ((RtGraphNode *) g_ptr_array_index (self->nodes, i))->at = i;
  return changed;
}

static void
add_edge (RtGraph *self, RtGraphNode *from, RtGraphNode *to, RtGraphEdgeKind kind, gint64 since, gint64 told)
{
  RtGraphEdge edge = { from->at, to->at, kind, since, told };

  if (self->edges->len < RT_GRAPH_MAX_EDGES)
    g_array_append_val (self->edges, edge);
}

static const Claim *
find_claim (const Link *link, const char *id)
{
  for (guint i = 0; link != NULL && i < link->claims->len; i++)
    if (g_str_equal (g_array_index (link->claims, Claim, i).id, id))
      return &g_array_index (link->claims, Claim, i);
  return NULL;
}

static void
add_claims (RtGraph *self, const Link *link, guint index)
{
  RtGraphNode *from = rt_graph_find (self, link->id), *to;
  const Link *other;
  const Claim *said, *back;

  if (index >= link->claims->len || self->edges->len >= RT_GRAPH_MAX_EDGES)
    return;
  said = &g_array_index (link->claims, Claim, index);
  to = rt_graph_find (self, said->id);
  if (from == NULL || to == NULL)
    return;
  other = g_hash_table_lookup (self->links_by_id, said->id);
  back = find_claim (other, link->id);
  if (back == NULL)
    add_edge (self, from, to, RT_GRAPH_EDGE_CLAIM, said->first, said->last);
  else if (from->at < to->at)
    /* both say it: once */
    add_edge (self, from, to, RT_GRAPH_EDGE_BOTH, MIN (said->first, back->first), MAX (said->last, back->last));
}

static void
find_edges (RtGraph *self)
{
  RtGraphNode *you = rt_graph_find (self, self->you);

  g_array_set_size (self->edges, 0);
  if (you == NULL)
    return;
  for (guint i = 0; i < self->links->len; i++)
    {
      const Link *link = g_ptr_array_index (self->links, i);
      RtGraphNode *node = rt_graph_find (self, link->id);

      if (node != NULL)
        add_edge (self, you, node, RT_GRAPH_EDGE_LINK, link->since, 0);
    }
  for (guint round = 0; round < RT_GRAPH_MAX_CLAIMS; round++)
    for (guint i = 0; i < self->links->len; i++)
      add_claims (self, g_ptr_array_index (self->links, i), round);
  for (guint i = 0; i < self->heard->len; i++)
    {
      const Heard *heard = g_ptr_array_index (self->heard, i);
      RtGraphNode *from = rt_graph_find (self, heard->via), *to = rt_graph_find (self, heard->sender);

      if (from != NULL && to != NULL && to->kind == RT_GRAPH_HEARD)
        add_edge (self, from, to, RT_GRAPH_EDGE_HEARD, heard->first, heard->last);
    }
}

/* Claims are neighbours': nobody is farther than two links, as far as we know. TRUE: somebody is another now. */
static void
find_hops (RtGraph *self, GPtrArray *changed)
{
  g_autofree guint *sums = g_new0 (guint, self->nodes->len + 1);
  g_autofree guint *n_links = g_new0 (guint, self->nodes->len + 1);

  for (guint i = 0; i < self->nodes->len; i++)
    ((RtGraphNode *) g_ptr_array_index (self->nodes, i))->parent = 0;
  for (guint i = self->edges->len; i-- > 0;)
    {
      const RtGraphEdge *edge = &g_array_index (self->edges, RtGraphEdge, i);
      RtGraphNode *from = g_ptr_array_index (self->nodes, edge->from), *to = g_ptr_array_index (self->nodes, edge->to);

      sums[edge->from] += g_str_hash (to->id) * (edge->kind + 1);
      sums[edge->to] += g_str_hash (from->id) * (edge->kind + 11);
      if (edge->kind != RT_GRAPH_EDGE_HEARD)
        {
          n_links[edge->from]++;
          n_links[edge->to]++;
        }
      /* the first who said so, as this goes from the last to the first */
      if (to->kind >= RT_GRAPH_TOLD)
        to->parent = edge->from;
    }
  for (guint i = 0; i < self->nodes->len; i++)
    {
      RtGraphNode *node = g_ptr_array_index (self->nodes, i);
      guint hops = node->kind == RT_GRAPH_NEIGHBOUR ? 1 : node->kind == RT_GRAPH_TOLD ? 2 : 0, sum = sums[i] * 4 + node->kind;

      if (node->sum == sum && node->hops == hops && node->n_links == n_links[i])
        continue;
      node->sum = sum;
      node->hops = hops;
      node->n_links = n_links[i];
      g_ptr_array_add (changed, g_object_ref (node));
    }
}

gboolean
rt_graph_update (RtGraph *self, gint64 now)
{
  g_autoptr (GPtrArray) fresh = NULL, changed = NULL;
  g_autoptr (GHashTable) fresh_by_id = NULL;
  guint position, removed, added;
  gboolean list_changed;
  Turn turn;

  g_return_val_if_fail (RT_IS_GRAPH (self), FALSE);

  if (now >= self->next_age)
    age (self, now);
  if (!self->dirty)
    return FALSE;
  self->dirty = FALSE;
  self->turn++;
  fresh = g_ptr_array_new_with_free_func (g_object_unref);
  changed = g_ptr_array_new_with_free_func (g_object_unref);
  fresh_by_id = g_hash_table_new (g_str_hash, g_str_equal);
  turn = (Turn) { .self = self, .fresh = fresh, .fresh_by_id = fresh_by_id };
  find_nodes (&turn);
  self->n_left_out = turn.left_out;
  list_changed = set_nodes (&turn, &position, &removed, &added);
  find_edges (self);
  find_hops (self, changed);
  rt_graph_layout_place (self);
  if (list_changed)
    g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
  for (guint i = 0; i < changed->len; i++)
    rt_graph_node_tell (changed->pdata[i]);
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}
