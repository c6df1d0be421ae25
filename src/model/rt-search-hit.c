/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-search-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

struct _RtSearchHit {
  GObject       parent_instance;
  RtNetwork    *network;
  RtTimelineKey key;
  char         *sender;
  char         *sender_name;
  char         *markup;
  char         *text;
  gboolean      own, private;
};

G_DEFINE_FINAL_TYPE (RtSearchHit, rt_search_hit, G_TYPE_OBJECT)

static void
rt_search_hit_finalize (GObject *object)
{
  RtSearchHit *self = RT_SEARCH_HIT (object);

  g_object_unref (self->network);
  g_free (self->sender);
  g_free (self->sender_name);
  g_free (self->markup);
  g_free (self->text);
  G_OBJECT_CLASS (rt_search_hit_parent_class)->finalize (object);
}

static void
rt_search_hit_class_init (RtSearchHitClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_search_hit_finalize;
}

static void
rt_search_hit_init (RtSearchHit *self)
{
}

/* Everything of the text is escaped: what is bold is decided here. */
static char *
make_markup (const char *snippet)
{
  g_autoptr (GString) markup = g_string_new (NULL);
  const char *rest = snippet;
  gboolean bold = FALSE;

  while (*rest != '\0')
    {
      const char *mark = strpbrk (rest, "\1\2");
      g_autofree char *piece = mark != NULL ? g_strndup (rest, (gsize) (mark - rest)) : g_strdup (rest);
      g_autofree char *clean = rt_sanitise_line (piece, G_MAXUINT16);
      g_autofree char *escaped = g_markup_escape_text (clean, -1);

      g_string_append (markup, escaped);
      if (mark == NULL)
        break;
      if ((*mark == '\1') != bold)
        g_string_append (markup, bold ? "</b>" : "<b>");
      bold = *mark == '\1';
      rest = mark + 1;
    }
  if (bold)
    g_string_append (markup, "</b>");
  return g_string_free (g_steal_pointer (&markup), FALSE);
}

static char *
make_text (const char *snippet)
{
  g_autofree char *plain = g_strdup (snippet);
  char *end = plain;

  for (const char *p = snippet; *p != '\0'; p++)
    if (*p != '\1' && *p != '\2')
      *end++ = *p;
  *end = '\0';
  return rt_sanitise_line (plain, G_MAXUINT16);
}

RtSearchHit *
rt_search_hit_new (RtNetwork *network, const RtStoreHit *hit)
{
  RtSearchHit *self = g_object_new (RT_TYPE_SEARCH_HIT, NULL);
  const RtStoreMessage *message = hit->message;

  self->network = g_object_ref (network);
  self->key = (RtTimelineKey) { message->time, message->row };
  self->own = (message->flags & RT_STORE_MESSAGE_OWN) != 0;
  self->private = (message->flags & RT_STORE_MESSAGE_PRIVATE) != 0;
  self->sender = g_strdup (message->sender);
  if (self->own)
    self->sender_name = g_strdup (_("You"));
  else if (message->sender_name != NULL && *message->sender_name != '\0')
    self->sender_name = rt_sanitise_line (message->sender_name, 64);
  else
    self->sender_name = rt_short_id (message->sender);
  self->markup = make_markup (hit->snippet != NULL ? hit->snippet : "");
  self->text = make_text (hit->snippet != NULL ? hit->snippet : "");
  return self;
}

RtNetwork *
rt_search_hit_get_network (RtSearchHit *self)
{
  g_return_val_if_fail (RT_IS_SEARCH_HIT (self), NULL);
  return self->network;
}

const char *
rt_search_hit_get_sender (RtSearchHit *self)
{
  g_return_val_if_fail (RT_IS_SEARCH_HIT (self), NULL);
  return self->sender;
}

const char *
rt_search_hit_get_sender_name (RtSearchHit *self)
{
  g_return_val_if_fail (RT_IS_SEARCH_HIT (self), NULL);
  return self->sender_name;
}

gboolean
rt_search_hit_get_own (RtSearchHit *self)
{
  g_return_val_if_fail (RT_IS_SEARCH_HIT (self), FALSE);
  return self->own;
}

gboolean
rt_search_hit_get_private (RtSearchHit *self)
{
  g_return_val_if_fail (RT_IS_SEARCH_HIT (self), FALSE);
  return self->private;
}

gint64
rt_search_hit_get_time (RtSearchHit *self)
{
  g_return_val_if_fail (RT_IS_SEARCH_HIT (self), 0);
  return self->key.time;
}

void
rt_search_hit_get_key (RtSearchHit *self, RtTimelineKey *key)
{
  g_return_if_fail (RT_IS_SEARCH_HIT (self));
  g_return_if_fail (key != NULL);
  *key = self->key;
}

const char *
rt_search_hit_get_markup (RtSearchHit *self)
{
  g_return_val_if_fail (RT_IS_SEARCH_HIT (self), NULL);
  return self->markup;
}

const char *
rt_search_hit_get_text (RtSearchHit *self)
{
  g_return_val_if_fail (RT_IS_SEARCH_HIT (self), NULL);
  return self->text;
}
