/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The graph in sentences: what the drawing shows, for one who cannot see it, and who says so, which it does not. */
#include "config.h"

#include "rt-graph-private.h"
#include "model/network/rt-network.h"

#include <glib/gi18n-lib.h>

/* More than so many names are a number. */
#define MAX_NAMES 5u
/* What was said so lately is as good as now. */
#define FRESH_SECONDS 60

typedef struct {
  RtGraph   *graph;
  RtPeople  *people;
  GPtrArray *names;             /* of char *, at most MAX_NAMES */
  guint      n;
  gint64     told;              /* the latest of them */
} Those;

static void
add (Those *those, guint at, gint64 told)
{
  const RtGraphNode *node = g_ptr_array_index (those->graph->nodes, at);

  those->n++;
  those->told = MAX (those->told, told);
  if (those->names->len < MAX_NAMES)
    g_ptr_array_add (those->names, node->kind == RT_GRAPH_YOU ? g_strdup (_("you")) : rt_people_dup_shown_name (those->people, node->id));
}

static char *
join (const Those *those)
{
  g_autofree char *words = g_strdup (those->names->len > 0 ? those->names->pdata[0] : "");
  gboolean more = those->n > those->names->len;

  for (guint i = 1; i < those->names->len; i++)
    {
      char *longer;

      if (i + 1 == those->names->len && !more)
        /* Translators: the end of a list of names */
        longer = g_strdup_printf (_("%s and %s"), words, (const char *) those->names->pdata[i]);
      else
        /* Translators: the names of a list, but for its end */
        longer = g_strdup_printf (_("%s, %s"), words, (const char *) those->names->pdata[i]);
      g_free (words);
      words = longer;
    }
  if (more)
    {
      guint rest = those->n - those->names->len;
      g_autofree char *number = g_strdup_printf ("%'u", rest);

      /* Translators: a list of names that goes on; then how many more there are */
      return g_strdup_printf (ngettext ("%s and %s more", "%s and %s more", rest), words, number);
    }
  return g_steal_pointer (&words);
}

static void
those_init (Those *those, RtGraph *graph, RtPeople *people)
{
  *those = (Those) { .graph = graph, .people = people, .names = g_ptr_array_new_with_free_func (g_free) };
}

static void
those_clear (Those *those)
{
  g_ptr_array_unref (those->names);
}

static void
append (GString *words, const char *format, const char *one)
{
  if (words->len > 0)
    g_string_append_c (words, ' ');
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_string_append_printf (words, format, one);
#pragma GCC diagnostic pop
}

static void
append_names (GString *words, const char *format, const Those *those)
{
  g_autofree char *names = NULL;

  if (those->n == 0)
    return;
  names = join (those);
  append (words, format, names);
}

char *
rt_graph_dup_words (RtGraph *self, RtGraphNode *node, RtPeople *people, gint64 now)
{
  GString *words = g_string_new (NULL);
  Those ours, says, said, heard;

  g_return_val_if_fail (RT_IS_GRAPH (self), NULL);
  g_return_val_if_fail (RT_IS_GRAPH_NODE (node), NULL);

  those_init (&ours, self, people);
  those_init (&says, self, people);
  those_init (&said, self, people);
  those_init (&heard, self, people);
  for (guint i = 0; i < self->edges->len; i++)
    {
      const RtGraphEdge *edge = &g_array_index (self->edges, RtGraphEdge, i);
      guint other = edge->from == node->at ? edge->to : edge->from;

      if (edge->from != node->at && edge->to != node->at)
        continue;
      if (edge->kind == RT_GRAPH_EDGE_LINK)
        add (&ours, other, edge->since);
      else if (edge->kind == RT_GRAPH_EDGE_HEARD)
        add (&heard, other, edge->told);
      else if (edge->from == node->at || edge->kind == RT_GRAPH_EDGE_BOTH)
        add (&says, other, edge->told);
      else
        add (&said, other, edge->told);
    }
  switch (node->kind)
    {
    case RT_GRAPH_YOU:
      if (ours.n == 0)
        append (words, "%s", _("You are linked with nobody."));
      /* Translators: %s is a list of names */
      append_names (words, _("You are linked with %s."), &ours);
      break;
    case RT_GRAPH_NEIGHBOUR:
      append (words, "%s", _("Linked with you."));
      /* Translators: %s is a list of names */
      append_names (words, _("Says that it is linked with %s."), &says);
      /* Translators: %s is a list of names */
      append_names (words, _("Linked with %s, as they say."), &said);
      break;
    case RT_GRAPH_TOLD:
      append (words, "%s", _("Not linked with you."));
      append_names (words, _("Linked with %s, as they say."), &said);
      break;
    case RT_GRAPH_HEARD:
    default:
      /* Translators: %s is the name of a neighbour */
      append_names (words, _("Heard by way of %s. Who is in between is not known."), &heard);
      break;
    }
  if (node->kind >= RT_GRAPH_TOLD && now - MAX (said.told, heard.told) >= FRESH_SECONDS)
    {
      g_autofree char *span = rt_span_words (now - MAX (said.told, heard.told));

      /* Translators: %s is a time, as in "3 minutes" */
      append (words, _("Last known %s ago."), span);
    }
  if (node->kind == RT_GRAPH_HEARD && heard.n == 0)
    g_string_assign (words, "");
  those_clear (&ours);
  those_clear (&says);
  those_clear (&said);
  those_clear (&heard);
  return g_string_free (words, FALSE);
}

char *
rt_graph_dup_summary (RtGraph *self)
{
  guint n = self->nodes->len, n_links = 0;
  g_autofree char *number = NULL, *people = NULL, *links_number = NULL, *links = NULL;

  g_return_val_if_fail (RT_IS_GRAPH (self), NULL);

  for (guint i = 0; i < self->edges->len; i++)
    n_links += g_array_index (self->edges, RtGraphEdge, i).kind != RT_GRAPH_EDGE_HEARD;
  if (n == 0)
    return g_strdup (_("The network is off"));
  number = g_strdup_printf ("%'u", n);
  links_number = g_strdup_printf ("%'u", n_links);
  /* Translators: %s is their number, you among them */
  people = g_strdup_printf (ngettext ("%s person", "%s people", n), number);
  links = g_strdup_printf (ngettext ("%s connection known", "%s connections known", n_links), links_number);
  /* Translators: how many people, then how many connections among them */
  return g_strdup_printf (_("%s, %s"), people, links);
}
