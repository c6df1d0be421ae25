/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "model/traffic/rt-traffic-item.h"
#include "rt-chat-format.h"
#include "rt-chat-trust.h"
#include "rt-message-facts.h"

const char *
rt_message_fact_get_title (RtMessageFact fact)
{
  switch (fact)
    {
    case RT_MESSAGE_FACT_SENDER:
      return _("Written by");
    case RT_MESSAGE_FACT_PROOF:
      /* Translators: of who wrote a message */
      return _("Proof");
    case RT_MESSAGE_FACT_KEY:
      return _("Fingerprint of the writer’s key");
    case RT_MESSAGE_FACT_RECIPIENT:
      return _("Written to");
    case RT_MESSAGE_FACT_READERS:
      return _("Who could read it");
    case RT_MESSAGE_FACT_SENT:
      return _("Written at");
    case RT_MESSAGE_FACT_HEARD:
      return _("Came here at");
    case RT_MESSAGE_FACT_ROUTE:
      return _("Way");
    case RT_MESSAGE_FACT_TOLD:
      return _("Told by");
    case RT_MESSAGE_FACT_ANSWERS:
      return _("Answers");
    case RT_MESSAGE_FACT_DELIVERY:
      return _("Delivery");
    case RT_MESSAGE_FACT_RECEIPTS:
      return _("Received by");
    case RT_MESSAGE_FACT_ID:
      return _("Message id");
    case RT_MESSAGE_N_FACTS:
    default:
      return "";
    }
}

/* "Ada\nAb3x…" : what he is called, then the whole id on a line of its own */
static char *
say_person (RtPeople *people, const char *id)
{
  g_autofree char *name = people != NULL ? rt_people_dup_name (people, id) : rt_short_id (id);
  g_autofree char *clean = rt_sanitise_line (id, 256);

  return g_strdup_printf ("%s\n%s", name, clean);
}

static char *
say_time (gint64 time)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (time);

  return at != NULL ? g_date_time_format (at, "%c") : g_strdup_printf ("%" G_GINT64_FORMAT, time);
}

static char *
say_hex (GBytes *id)
{
  GString *hex = g_string_new (NULL);
  gsize n;
  const guint8 *bytes = g_bytes_get_data (id, &n);

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return g_string_free (hex, FALSE);
}

static char *
say_route (RtMessageItem *item, RtPeople *people)
{
  const char *via = rt_message_item_get_via (item);
  g_autofree char *name = NULL;

  if (rt_message_item_get_through (item))
    return g_strdup (_("Through others, who passed it on sealed"));
  if (rt_message_item_get_own (item) || rt_message_item_get_told (item) != NULL)
    return NULL;
  if (via == NULL)
    return g_strdup (_("Not known: it came while an older version ran, or before this program started"));
  if (g_strcmp0 (via, rt_message_item_get_sender (item)) == 0)
    return g_strdup (_("Straight from who wrote it"));
  name = say_person (people, via);
  /* Translators: %s is the neighbour that relayed a message to us; who is between it and the sender is not known */
  return g_strdup_printf (_("Relayed, at last by %s"), name);
}

static char *
say_answered (RtMessageItem *item)
{
  g_autofree char *name = NULL, *words = NULL, *hex = NULL;

  if (rt_message_item_get_reply_to (item) == NULL)
    return NULL;
  name = rt_format_reply_name (item);
  words = rt_format_reply_text (item);
  hex = say_hex (rt_message_item_get_reply_to (item));
  if (name != NULL)
    return g_strdup_printf (_("%s: %s\n%s"), name, words, hex);
  return g_strdup_printf ("%s\n%s", words, hex);
}

static void
append_receipt (GString *words, RtPeople *people, const char *id, gint64 time)
{
  g_autofree char *name = people != NULL ? rt_people_dup_shown_name (people, id) : rt_short_id (id);
  g_autofree char *at = say_time (time);

  /* Translators: who said that he has a message, then when */
  g_string_append_printf (words, _("%s, %s"), name, at);
  g_string_append_c (words, '\n');
}

static gboolean
is_kept (GPtrArray *receipts, const char *id)
{
  for (guint i = 0; receipts != NULL && i < receipts->len; i++)
    if (g_str_equal (((RtStoreReceipt *) g_ptr_array_index (receipts, i))->node, id))
      return TRUE;
  return FALSE;
}

/* What the store kept, and then what came since. */
static char *
say_receipts (RtMessageItem *item, RtPeople *people, GPtrArray *receipts)
{
  guint n = rt_message_item_get_n_receipts (item);
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; receipts != NULL && i < receipts->len; i++)
    {
      const RtStoreReceipt *receipt = g_ptr_array_index (receipts, i);

      append_receipt (words, people, receipt->node, receipt->time / G_USEC_PER_SEC);
    }
  for (guint i = 0; i < n; i++)
    {
      gint64 time = 0;
      const char *id = rt_message_item_get_receipt (item, i, &time);

      if (id == NULL)
        break;
      if (!is_kept (receipts, id))
        append_receipt (words, people, id, time);
    }
  if (words->len == 0)
    return NULL;
  g_string_truncate (words, words->len - 1);
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static char *
say_key (RtMessageItem *item, RtPeople *people)
{
  RtPerson *person = people != NULL ? rt_people_find (people, rt_message_item_get_sender (item)) : NULL;

  return person != NULL ? rt_person_dup_fingerprint (person) : NULL;
}

static char *
say_readers (RtMessageItem *item)
{
  if (!rt_message_item_get_private (item))
    return NULL;
  if (rt_message_item_get_own (item) && rt_message_item_get_sent_time (item) == 0)
    return NULL;
  if (rt_message_item_get_imported (item))
    return g_strdup (rt_message_item_get_sealed (item) ? _("As the file says, sealed: the two of them, and nobody on the way") : _("As the file says, plain: also the nodes that it passed"));
  return g_strdup (rt_message_item_get_sealed (item) ? _("Sealed: the two of you, and nobody on the way") : _("Plain: also the nodes that it passed"));
}

static char *
say_told (RtMessageItem *item, RtPeople *people)
{
  const char *told = rt_message_item_get_told (item);
  g_autofree char *teller = told != NULL ? say_person (people, told) : NULL;

  if (teller == NULL)
    return NULL;
  if (rt_message_item_get_trust (item) == RT_TRUST_VERIFIED)
    /* Translators: %s is who told us of a message after we had been away */
    return g_strdup_printf (_("%s\nIt was said while you were away. Its signature proves its text and its sender, not what it answers."), teller);
  /* Translators: %s is who told us of a message after we had been away */
  return g_strdup_printf (_("%s\nIt was said while you were away. That it was said as it is here cannot be proven."), teller);
}

char *
rt_message_fact_dup_value (RtMessageFact fact, RtMessageItem *item, RtPeople *people, GPtrArray *receipts)
{
  gboolean own = rt_message_item_get_own (item);
  gint64 sent = rt_message_item_get_sent_time (item);

  switch (fact)
    {
    case RT_MESSAGE_FACT_SENDER:
      return say_person (people, rt_message_item_get_sender (item));
    case RT_MESSAGE_FACT_PROOF:
      return rt_trust_dup_sentence (item, people);
    case RT_MESSAGE_FACT_KEY:
      return say_key (item, people);
    case RT_MESSAGE_FACT_READERS:
      return say_readers (item);
    case RT_MESSAGE_FACT_RECIPIENT:
      if (!rt_message_item_get_private (item))
        return g_strdup (_("Everybody in the network"));
      return own && rt_message_item_get_recipient (item) != NULL ? say_person (people, rt_message_item_get_recipient (item)) : g_strdup (_("You only"));
    case RT_MESSAGE_FACT_SENT:
      if (sent == 0)
        return g_strdup (_("It has not left yet"));
      return say_time (sent);
    case RT_MESSAGE_FACT_HEARD:
      return own || rt_message_item_get_told (item) != NULL ? NULL : say_time (rt_message_item_get_time (item) / G_USEC_PER_SEC);
    case RT_MESSAGE_FACT_ROUTE:
      return say_route (item, people);
    case RT_MESSAGE_FACT_TOLD:
      return say_told (item, people);
    case RT_MESSAGE_FACT_ANSWERS:
      return say_answered (item);
    case RT_MESSAGE_FACT_DELIVERY:
      return rt_format_delivery (item);
    case RT_MESSAGE_FACT_RECEIPTS:
      return say_receipts (item, people, receipts);
    case RT_MESSAGE_FACT_ID:
      return rt_message_item_get_id (item) != NULL ? say_hex (rt_message_item_get_id (item)) : g_strdup (_("It gets one when it leaves"));
    case RT_MESSAGE_N_FACTS:
    default:
      return NULL;
    }
}

char *
rt_message_fact_dup_copied (RtMessageFact fact, RtMessageItem *item)
{
  switch (fact)
    {
    case RT_MESSAGE_FACT_SENDER:
      return g_strdup (rt_message_item_get_sender (item));
    case RT_MESSAGE_FACT_RECIPIENT:
      return rt_message_item_get_own (item) ? g_strdup (rt_message_item_get_recipient (item)) : NULL;
    case RT_MESSAGE_FACT_ROUTE:
      return g_strdup (rt_message_item_get_via (item));
    case RT_MESSAGE_FACT_TOLD:
      return g_strdup (rt_message_item_get_told (item));
    case RT_MESSAGE_FACT_ANSWERS:
      return rt_message_item_get_reply_to (item) != NULL ? say_hex (rt_message_item_get_reply_to (item)) : NULL;
    case RT_MESSAGE_FACT_ID:
      return rt_message_item_get_id (item) != NULL ? say_hex (rt_message_item_get_id (item)) : NULL;
    case RT_MESSAGE_FACT_PROOF:
    case RT_MESSAGE_FACT_KEY:
    case RT_MESSAGE_FACT_READERS:
    case RT_MESSAGE_FACT_SENT:
    case RT_MESSAGE_FACT_HEARD:
    case RT_MESSAGE_FACT_DELIVERY:
    case RT_MESSAGE_FACT_RECEIPTS:
    case RT_MESSAGE_N_FACTS:
    default:
      return NULL;
    }
}

char *
rt_message_dup_packets (RtMessageItem *item)
{
  P2pMessage *message = rt_message_item_get_message (item);
  g_autoptr (P2pMessage) copy = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (message == NULL)
    return g_strdup ("");
  /* what is unpacked to be shown goes with the copy */
  bytes = p2p_message_to_bytes (message);
  copy = p2p_message_parse (bytes, FALSE, NULL, 0, NULL, NULL);
  return rt_packets_dup_text (copy != NULL ? copy : message);
}

char *
rt_message_facts_dup_text (RtMessageItem *item, RtPeople *people, GPtrArray *receipts)
{
  g_autofree char *packets = rt_message_dup_packets (item);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < RT_MESSAGE_N_FACTS; i++)
    {
      g_autofree char *value = rt_message_fact_dup_value (i, item, people, receipts);

      if (value != NULL)
        g_string_append_printf (text, "%s: %s\n", rt_message_fact_get_title (i), g_strdelimit (value, "\n", ' '));
    }
  if (*packets != '\0')
    g_string_append_printf (text, "%s\n%s", _("Packets"), packets);
  return g_string_free (text, FALSE);
}
