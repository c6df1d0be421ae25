/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-search-private.h"
#include "model/people/rt-name.h"
#include "model/network/rt-network-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

struct _RtSearchHit {
  GObject       parent_instance;
  RtNetwork    *network;
  RtTimelineKey key;
  char         *sender;
  char         *sender_name;
  char         *text;
  GArray       *spans;
  RtTrust       trust;
  gboolean      own, private, sealed, left;
};

G_DEFINE_FINAL_TYPE (RtSearchHit, rt_search_hit, G_TYPE_OBJECT)

static void
rt_search_hit_finalize (GObject *object)
{
  RtSearchHit *self = RT_SEARCH_HIT (object);

  g_object_unref (self->network);
  g_free (self->sender);
  g_free (self->sender_name);
  g_free (self->text);
  g_array_unref (self->spans);
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
  self->spans = g_array_new (FALSE, FALSE, sizeof (RtSearchSpan));
}

/* Cleaned piece by piece, so that the spans are those of what is shown. */
static void
take_snippet (RtSearchHit *self, const char *snippet)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *rest = snippet;
  gboolean found = FALSE;

  while (*rest != '\0')
    {
      const char *mark = strpbrk (rest, "\1\2");
      g_autofree char *piece = mark != NULL ? g_strndup (rest, (gsize) (mark - rest)) : g_strdup (rest);
      g_autofree char *clean = rt_sanitise_line (piece, G_MAXUINT16);
      RtSearchSpan span = { .begin = (guint) text->len };

      g_string_append (text, clean);
      span.end = (guint) text->len;
      if (found && span.end > span.begin)
        g_array_append_val (self->spans, span);
      if (mark == NULL)
        break;
      found = *mark == '\1';
      rest = mark + 1;
    }
  self->text = g_string_free (g_steal_pointer (&text), FALSE);
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
  self->sealed = (message->flags & RT_STORE_MESSAGE_SEALED) != 0;
  self->trust = self->own ? RT_TRUST_OWN : (message->flags & RT_STORE_MESSAGE_VERIFIED) != 0 ? RT_TRUST_VERIFIED
              : (message->flags & RT_STORE_MESSAGE_UNSIGNED) != 0 ? RT_TRUST_UNSIGNED : RT_TRUST_UNVERIFIED;
  /* an own one that waits is neither sealed nor plain yet */
  self->left = !self->own || message->sent > 0;
  self->sender = g_strdup (message->sender);
  if (self->own)
    self->sender_name = g_strdup (_("You"));
  else
    {
      g_autofree char *kept = message->sender_name != NULL ? rt_sanitise_line (message->sender_name, 64) : NULL, *word = NULL;
      g_autofree char *name = rt_network_dup_sender_name (network, message->sender, kept, &word);

      self->sender_name = rt_name_dup_shown (name, word);
    }
  take_snippet (self, hit->snippet != NULL ? hit->snippet : "");
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

RtTrust
rt_search_hit_get_trust (RtSearchHit *self)
{
  g_return_val_if_fail (RT_IS_SEARCH_HIT (self), RT_TRUST_UNVERIFIED);
  return self->trust;
}

gboolean
rt_search_hit_get_sealed (RtSearchHit *self)
{
  g_return_val_if_fail (RT_IS_SEARCH_HIT (self), FALSE);
  return self->sealed && self->left;
}

gboolean
rt_search_hit_get_plain (RtSearchHit *self)
{
  g_return_val_if_fail (RT_IS_SEARCH_HIT (self), FALSE);
  return self->private && !self->sealed && self->left;
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

const GArray *
rt_search_hit_get_spans (RtSearchHit *self)
{
  g_return_val_if_fail (RT_IS_SEARCH_HIT (self), NULL);
  return self->spans;
}

const char *
rt_search_hit_get_text (RtSearchHit *self)
{
  g_return_val_if_fail (RT_IS_SEARCH_HIT (self), NULL);
  return self->text;
}
