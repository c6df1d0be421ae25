/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is shown of a message, and of what became of it. */
#include "config.h"

#include "rt-message-item-private.h"
#include "model/network/rt-network.h"

#include <string.h>
#include <glib/gi18n-lib.h>

/* Of one value among several, so much is shown. */
#define MAX_VALUE_CHARS 4096
#define MAX_VALUES 1000

static const char *
name_type (GVariant *value)
{
  const GVariantType *type = g_variant_get_type (value);

  if (g_variant_type_equal (type, G_VARIANT_TYPE_UNIT))
    return _("nothing");
  if (g_variant_type_equal (type, G_VARIANT_TYPE_BOOLEAN))
    return _("boolean");
  if (g_variant_type_equal (type, G_VARIANT_TYPE_INT64) || g_variant_type_equal (type, G_VARIANT_TYPE_UINT64))
    return _("number");
  if (g_variant_type_equal (type, G_VARIANT_TYPE_DOUBLE))
    return _("decimal number");
  if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING) || g_variant_type_equal (type, G_VARIANT_TYPE ("(ay)")))
    return _("text");
  if (g_variant_type_equal (type, G_VARIANT_TYPE_BYTESTRING))
    return _("bytes");
  if (g_variant_type_equal (type, G_VARIANT_TYPE ("av")))
    return _("list");
  if (g_variant_type_equal (type, G_VARIANT_TYPE_VARDICT) || g_variant_type_equal (type, G_VARIANT_TYPE ("a(vv)")))
    return _("map");
  return _("value");
}

static char *
describe_values (P2pMessage *message, gboolean *truncated)
{
  gsize n = p2p_message_get_n_packets (message);
  g_autoptr (GString) lines = g_string_new (NULL);

  *truncated = FALSE;
  for (gsize i = 1; i < n; i++)
    {
      g_autoptr (GVariant) value = p2p_message_get_packet (message, i);
      g_autofree char *printed = NULL, *line = NULL;

      if (value == NULL)
        continue;
      if (i > MAX_VALUES || lines->len > RT_MESSAGE_MAX_TEXT)
        {
          *truncated = TRUE;
          break;
        }
      printed = p2p_value_print (value, MAX_VALUE_CHARS);
      line = rt_sanitise_line (printed, RT_MESSAGE_MAX_TEXT);
      if (lines->len > 0)
        g_string_append_c (lines, '\n');
      /* Translators: a value that a program sent: its type, and what it is */
      g_string_append_printf (lines, _("%s: %s"), name_type (value), line);
    }
  if (lines->len == 0)
    g_string_append (lines, _("(an empty message)"));
  return g_string_free (g_steal_pointer (&lines), FALSE);
}

void
rt_message_item_take_shown (RtMessageItem *self, P2pMessage *message)
{
  g_autofree char *text = p2p_message_dup_text (message);
  gboolean truncated;

  if (text != NULL)
    {
      self->kind = RT_MESSAGE_TEXT;
      self->text = rt_sanitise_text (text, RT_MESSAGE_MAX_TEXT, &truncated);
    }
  else
    {
      g_autofree char *values = describe_values (message, &truncated);
      gboolean cut;

      self->kind = RT_MESSAGE_VALUES;
      self->text = rt_sanitise_text (values, RT_MESSAGE_MAX_TEXT, &cut);
      truncated = truncated || cut;
    }
  self->truncated = truncated != FALSE;
}

/* A message that could not be handed over is worth more words: how often it was tried, and when it will be again. */
static char *
add_tries (RtMessageItem *self, char *words)
{
  g_autofree char *owned G_GNUC_UNUSED = words;
  gint64 left = (self->next_try - g_get_real_time () + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  g_autoptr (GString) text = g_string_new (words);

  if (self->n_attempts > 0)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text, ngettext ("tried %u time", "tried %u times", self->n_attempts), self->n_attempts);
    }
  if (self->next_try > 0)
    {
      g_autofree char *span = rt_span_words (MAX (left, 0));

      g_string_append (text, " · ");
      /* Translators: %s is a time, as in "12 seconds" */
      g_string_append_printf (text, _("tries again in %s"), span);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
rt_message_item_dup_delivery_text (RtMessageItem *self)
{
  char *received;

  switch (self->delivery)
    {
    case RT_DELIVERY_SENDING:
      return g_strdup (_("Sending…"));
    case RT_DELIVERY_HANDED:
      received = rt_message_item_dup_receipt_words (self);
      if (received != NULL)
        return received;
      return g_strdup_printf (ngettext ("Handed to %u peer", "Handed to %u peers", self->n_links), self->n_links);
    case RT_DELIVERY_NOBODY:
      return g_strdup (_("Nobody was there to take it"));
    case RT_DELIVERY_QUEUED:
      if (self->delivery_error != NULL)
        /* Translators: %s is what went wrong */
        return add_tries (self, g_strdup_printf (_("Queued: %s"), self->delivery_error));
      return add_tries (self, g_strdup (self->private ? _("Queued: goes out when somebody is there to take it") : _("Queued: nobody is here; goes out when somebody comes")));
    case RT_DELIVERY_CANCELLED:
      return self->delivery_error != NULL ? g_strdup_printf (_("Not sent: %s"), self->delivery_error) : g_strdup (_("Not sent: taken back"));
    case RT_DELIVERY_THROUGH:
      /* Translators: beside a private message that other people's programs passed on; its receiver did not say that he has it */
      received = g_strdup (_("Sent through others: no receipt yet"));
      return self->n_attempts > 1 ? add_tries (self, received) : received;
    case RT_DELIVERY_UNSURE:
      return g_strdup (_("May have been sent: the program ended just then"));
    case RT_DELIVERY_FAILED:
      /* Translators: %s is what went wrong */
      return add_tries (self, self->delivery_error != NULL ? g_strdup_printf (_("Not sent: %s"), self->delivery_error) : g_strdup (_("Not sent")));
    case RT_DELIVERY_NONE:
    default:
      return NULL;
    }
}
