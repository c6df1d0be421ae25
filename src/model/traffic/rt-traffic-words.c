/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame in words. What a peer said is not trusted: bounded, on one line, and without marks that turn text. */
#include "config.h"

#include "rt-traffic-item.h"
#include "model/timeline/rt-message-item.h"

#include <glib/gi18n-lib.h>

#define ADDRESS_BYTES 256u
/* Of one value, and of all of them: what a person can still scroll through. */
#define VALUE_CHARS 4096u
#define PACKETS_BYTES (64u * 1024)
#define SUBFLAG_CHARS 24u
/* Hex digits of a message id that tell it from others at a glance. */
#define SHORT_ID_DIGITS 12

char *
rt_traffic_item_dup_clock (RtTrafficItem *self)
{
  gint64 time = rt_traffic_item_get_time (self);
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_local (time / G_USEC_PER_SEC);
  /* Translators: hours, minutes and seconds, as strftime has them; the milliseconds follow after a point */
  g_autofree char *clock = moment != NULL ? g_date_time_format (moment, _("%H:%M:%S")) : g_strdup ("?");

  return g_strdup_printf ("%s.%03d", clock, (int) (time % G_USEC_PER_SEC / 1000));
}

char *
rt_traffic_item_dup_direction (RtTrafficItem *self)
{
  /* Translators: the way of a frame: to the peer, or from the peer */
  return g_strdup (rt_traffic_item_get_outgoing (self) ? C_("frame", "Out") : C_("frame", "In"));
}

char *
rt_traffic_item_dup_peer (RtTrafficItem *self)
{
  const char *id = rt_traffic_item_get_peer_id (self);

  return id != NULL ? rt_short_id (id) : rt_sanitise_line (rt_traffic_item_get_address (self), ADDRESS_BYTES);
}

char *
rt_traffic_item_dup_peer_full (RtTrafficItem *self)
{
  const char *id = rt_traffic_item_get_peer_id (self);
  g_autofree char *address = rt_sanitise_line (rt_traffic_item_get_address (self), ADDRESS_BYTES);
  g_autofree char *name = NULL;

  if (id == NULL)
    return g_steal_pointer (&address);
  name = rt_short_id (id);
  if (*address == '\0')
    return g_steal_pointer (&name);
  /* Translators: the short id of a peer, then its address */
  return g_strdup_printf (_("%s at %s"), name, address);
}

/* The operation of what the nodes of this program say to each other: [0x58 or 0x5A, version, operation, …]. */
static int
read_operation (RtTrafficItem *self, gint64 subflag)
{
  g_autoptr (P2pMessage) message = rt_traffic_item_dup_message (self);
  g_autoptr (GVariant) operation = NULL;

  if (p2p_message_get_subflag (message) != subflag)
    return -1;
  operation = p2p_message_get_packet (message, 2);
  if (operation == NULL || !g_variant_is_of_type (operation, G_VARIANT_TYPE_INT64))
    return -1;
  return (int) CLAMP (g_variant_get_int64 (operation), -1, 255);
}

/* What their programs say. */
static const char *
get_words_of_program (RtTrafficItem *self)
{
  switch (read_operation (self, 0x5A))
    {
    /* Translators: what programs of this kind say to each other beside the messages of people */
    case P2P_APP_NAME: return _("ours: name");
    case P2P_APP_REPLY: return _("ours: what a message answers");
    case P2P_APP_RECEIPT: return _("ours: received");
    case P2P_APP_HISTORY_ASK: return _("ours: history, please");
    case P2P_APP_HISTORY: return _("ours: history");
    case P2P_APP_FILE: return _("ours: file offered");
    case P2P_APP_FETCH: return _("ours: file, please");
    case P2P_APP_CHUNK: return _("ours: piece of a file");
    case P2P_APP_CALL: return _("ours: come to me, please");
    case P2P_APP_CALLED: return _("ours: whether one could come");
    default: return _("ours: other");
    }
}

static char *
dup_words_of_ours (RtTrafficItem *self)
{
  switch (read_operation (self, 0x58))
    {
    /* Translators: what nodes of this very program say to each other */
    case 1: return g_strdup (_("ours: hello"));
    case 3: return g_strdup (_("ours: ping"));
    case 5: return g_strdup (_("ours: pong"));
    case 7: return g_strdup (_("ours: ids held"));
    case 8: return g_strdup (_("ours: ids wanted"));
    case 9: return g_strdup (_("ours: ids only, please"));
    case 10: return g_strdup (_("ours: whole messages, please"));
    default: return g_strdup (get_words_of_program (self));
    }
}

static char *
dup_words_of_application (RtTrafficItem *self)
{
  g_autoptr (P2pMessage) message = rt_traffic_item_dup_message (self);
  g_autoptr (GVariant) subflag = p2p_message_get_packet (message, 0);
  g_autofree char *printed = NULL;

  if (subflag == NULL)
    return g_strdup (_("empty message"));
  printed = p2p_value_print (subflag, SUBFLAG_CHARS);
  /* Translators: %s is the value by which an application marks its own messages */
  return g_strdup_printf (_("application %s"), printed);
}

static char *
dup_words_of_table (RtTrafficItem *self)
{
  switch (p2p_message_get_subflag (rt_traffic_item_get_message (self)))
    {
    case P2P_SUBFLAG_STORE: return g_strdup (_("table: store"));
    case P2P_SUBFLAG_RETRIEVE: return g_strdup (_("table: ask"));
    case P2P_SUBFLAG_RETRIEVED: return g_strdup (_("table: answer"));
    case P2P_SUBFLAG_DELTA: return g_strdup (_("table: change"));
    default: return g_strdup (_("table: notice"));
    }
}

char *
rt_traffic_item_dup_kind (RtTrafficItem *self)
{
  switch (rt_traffic_item_get_kind (self))
    {
    case RT_TRAFFIC_HANDSHAKE: return g_strdup (_("handshake"));
    case RT_TRAFFIC_PEERS: return g_strdup (_("peers list"));
    case RT_TRAFFIC_RENEGOTIATION: return g_strdup (_("renegotiation"));
    case RT_TRAFFIC_RESEND: return g_strdup (_("resend, please"));
    case RT_TRAFFIC_BROADCAST: return g_strdup (_("broadcast"));
    case RT_TRAFFIC_WHISPER: return g_strdup (_("whisper"));
    case RT_TRAFFIC_APPLICATION: return dup_words_of_application (self);
    case RT_TRAFFIC_REQUEST: return g_strdup (_("request"));
    case RT_TRAFFIC_RESPONSE: return g_strdup (_("response"));
    case RT_TRAFFIC_TABLE: return dup_words_of_table (self);
    case RT_TRAFFIC_OURS: return dup_words_of_ours (self);
    case RT_TRAFFIC_RESERVED:
      /* Translators: a message with a number that no program uses; %d is that number */
      return g_strdup_printf (_("reserved %d"), (int) p2p_message_get_subflag (rt_traffic_item_get_message (self)));
    case RT_TRAFFIC_UNREADABLE:
    default:
      /* Translators: a frame that is no message */
      return g_strdup (_("unreadable"));
    }
}

const char *
rt_traffic_group_get_words (RtTrafficGroup group)
{
  switch (group)
    {
    case RT_TRAFFIC_GROUP_LINK: return _("Handshakes and peers lists");
    case RT_TRAFFIC_GROUP_MESSAGE: return _("Messages");
    case RT_TRAFFIC_GROUP_SEARCH: return _("Requests and responses");
    case RT_TRAFFIC_GROUP_TABLE: return _("Tables");
    case RT_TRAFFIC_GROUP_OURS: return _("Between Roundtables");
    case RT_TRAFFIC_GROUP_OTHER:
    case RT_TRAFFIC_N_GROUPS:
    default: return _("Others and unreadable ones");
    }
}

char *
rt_traffic_item_dup_size (RtTrafficItem *self)
{
  return g_format_size (rt_traffic_item_get_size (self));
}

char *
rt_traffic_item_dup_compression (RtTrafficItem *self)
{
  switch (rt_traffic_item_get_compression (self))
    {
    /* Translators: a frame that is not compressed */
    case P2P_COMPRESSION_NONE: return g_strdup (C_("frame", "none"));
    case P2P_COMPRESSION_BZ2: return g_strdup ("bzip2");
    case P2P_COMPRESSION_GZIP: return g_strdup ("gzip");
    case P2P_COMPRESSION_LZMA: return g_strdup ("lzma");
    case P2P_COMPRESSION_ZLIB: return g_strdup ("zlib");
    case P2P_COMPRESSION_SNAPPY: return g_strdup ("snappy");
    default: return g_strdup_printf ("0x%02x", (guint) rt_traffic_item_get_compression (self));
    }
}

char *
rt_traffic_item_dup_id (RtTrafficItem *self)
{
  P2pMessage *message = rt_traffic_item_get_message (self);
  GString *hex = g_string_new (NULL);

  if (message != NULL)
    for (const guint8 *id = p2p_message_peek_id (message), *end = id + 32; id < end; id++)
      g_string_append_printf (hex, "%02x", *id);
  return g_string_free (hex, FALSE);
}

char *
rt_traffic_item_dup_short_id (RtTrafficItem *self)
{
  char *id = rt_traffic_item_dup_id (self);

  if (*id != '\0')
    id[SHORT_ID_DIGITS] = '\0';
  return id;
}

char *
rt_traffic_item_dup_verdict (RtTrafficItem *self)
{
  static const struct { RtTrafficVerdict verdict; const char *words; } names[] = {
    { RT_TRAFFIC_SENT, N_("sent") }, { RT_TRAFFIC_DUPLICATE, N_("duplicate") }, { RT_TRAFFIC_DELIVERED, N_("delivered") },
    { RT_TRAFFIC_HANDLED, N_("handled") }, { RT_TRAFFIC_RELAYED, N_("relayed") }, { RT_TRAFFIC_DROPPED, N_("dropped") },
  };
  RtTrafficVerdict verdict = rt_traffic_item_get_verdict (self);
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (verdict & names[i].verdict)
      {
        if (words->len > 0)
          /* Translators: between two words of a list, as in "delivered, relayed" */
          g_string_append (words, C_("list", ", "));
        g_string_append (words, _(names[i].words));
      }
  return g_string_free (words, FALSE);
}

char *
rt_traffic_item_dup_verdict_full (RtTrafficItem *self)
{
  g_autofree char *verdict = rt_traffic_item_dup_verdict (self);
  const char *reason = rt_traffic_item_get_reason (self);

  if (reason == NULL)
    return g_steal_pointer (&verdict);
  /* Translators: what became of a frame, then why, as in "dropped: a message too old" */
  return g_strdup_printf (_("%s: %s"), verdict, _(reason));
}

char *
rt_traffic_item_dup_spoken (RtTrafficItem *self)
{
  g_autofree char *kind = rt_traffic_item_dup_kind (self);
  g_autofree char *peer = rt_traffic_item_dup_peer_full (self);
  g_autofree char *size = g_format_size_full (rt_traffic_item_get_size (self), G_FORMAT_SIZE_DEFAULT);
  g_autofree char *verdict = rt_traffic_item_dup_verdict_full (self);

  if (rt_traffic_item_get_outgoing (self))
    /* Translators: a row of the list of frames: kind, peer, size, what became of it */
    return g_strdup_printf (_("Out, %s to %s, %s, %s"), kind, peer, size, verdict);
  /* Translators: a row of the list of frames: kind, peer, size, what became of it */
  return g_strdup_printf (_("In, %s from %s, %s, %s"), kind, peer, size, verdict);
}

char *
rt_traffic_item_dup_row (RtTrafficItem *self)
{
  g_autofree char *clock = rt_traffic_item_dup_clock (self);
  g_autofree char *direction = rt_traffic_item_dup_direction (self);
  g_autofree char *address = rt_sanitise_line (rt_traffic_item_get_address (self), ADDRESS_BYTES);
  g_autofree char *kind = rt_traffic_item_dup_kind (self);
  g_autofree char *compression = rt_traffic_item_dup_compression (self);
  g_autofree char *id = rt_traffic_item_dup_id (self);
  g_autofree char *verdict = rt_traffic_item_dup_verdict_full (self);
  const char *peer_id = rt_traffic_item_get_peer_id (self);

  return g_strdup_printf ("%s\t%s\t%s\t%s\t%s\t%" G_GSIZE_FORMAT "\t%s\t%s\t%s", clock, direction,
                          peer_id != NULL ? peer_id : "", address, kind, rt_traffic_item_get_size (self), compression, id, verdict);
}

/* Bytes in hex, since a person compares them with what another program shows. */
static void
append_bytes (GString *text, GVariant *value)
{
  gsize n, shown;
  const guint8 *bytes = g_variant_get_fixed_array (value, &n, 1);
  g_autofree char *size = g_format_size (n);

  shown = MIN (n, VALUE_CHARS / 2);
  g_string_append (text, "bytes ");
  for (gsize i = 0; i < shown; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  if (shown < n)
    g_string_append_printf (text, "… (%s)", size);
}

static void
append_value (GString *text, GVariant *value)
{
  g_autofree char *printed = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    {
      append_bytes (text, value);
      return;
    }
  printed = p2p_value_print (value, VALUE_CHARS);
  g_string_append (text, printed);
  if (g_str_has_suffix (printed, "…"))
    {
      g_autofree char *size = g_format_size (g_variant_get_size (value));

      g_string_append_printf (text, " (%s)", size);
    }
}

char *
rt_packets_dup_text (P2pMessage *message)
{
  GString *text = g_string_new (NULL);
  gsize n;

  if (message == NULL)
    return g_string_free (text, FALSE);
  n = p2p_message_get_n_packets (message);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) value = p2p_message_get_packet (message, i);

      if (value == NULL)
        break;
      if (text->len > PACKETS_BYTES)
        {
          /* Translators: after the first packets of a message; %u is how many are not shown */
          g_string_append_printf (text, ngettext ("… and %u more packet\n", "… and %u more packets\n", (gulong) (n - i)), (guint) (n - i));
          break;
        }
      g_string_append_printf (text, "%" G_GSIZE_FORMAT ": ", i);
      append_value (text, value);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

char *
rt_traffic_item_dup_packets (RtTrafficItem *self)
{
  g_autoptr (P2pMessage) message = rt_traffic_item_dup_message (self);

  return rt_packets_dup_text (message);
}
