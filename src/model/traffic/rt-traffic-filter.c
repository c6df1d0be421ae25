/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-traffic-filter.h"

#include <string.h>

/* Whether it is in there, letters of ASCII in either case. Bytes, for MessagePack writes text as it is. */
static gboolean
contains (const char *bytes, gsize length, const char *needle, gsize n)
{
  const char low = needle[0], high = g_ascii_toupper (needle[0]);

  for (gsize i = 0; i + n <= length; i++)
    {
      if (bytes[i] != low && bytes[i] != high)
        continue;
      if (g_ascii_strncasecmp (bytes + i, needle, n) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
string_contains (const char *text, const char *needle, gsize n)
{
  return text != NULL && contains (text, strlen (text), needle, n);
}

/* The words of its kind without those that would have its packets unpacked; these are searched as they are. */
static gboolean
kind_contains (RtTrafficItem *item, const char *needle, gsize n)
{
  RtTrafficKind kind = rt_traffic_item_get_kind (item);
  g_autofree char *words = NULL;

  if (kind == RT_TRAFFIC_OURS)
    return string_contains ("ours", needle, n);
  if (kind == RT_TRAFFIC_APPLICATION)
    return string_contains ("application", needle, n);
  words = rt_traffic_item_dup_kind (item);
  return string_contains (words, needle, n);
}

static gboolean
id_begins (RtTrafficItem *item, const char *needle)
{
  const guint8 *id = p2p_message_peek_id (rt_traffic_item_get_message (item));
  gsize n = strlen (needle);

  if (n < 4 || n > 64)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (g_ascii_xdigit_value (needle[i]) != (i % 2 == 0 ? id[i / 2] >> 4 : id[i / 2] & 15))
      return FALSE;
  return TRUE;
}

static gboolean
message_contains (RtTrafficItem *item, const char *needle, gsize n)
{
  P2pMessage *message = rt_traffic_item_get_message (item);
  g_autoptr (GBytes) bytes = NULL;
  const char *data;
  gsize length;

  if (message == NULL)
    return FALSE;
  if (id_begins (item, needle))
    return TRUE;
  bytes = p2p_message_to_bytes (message);
  data = g_bytes_get_data (bytes, &length);
  return contains (data, MIN (length, RT_TRAFFIC_SEARCH_BYTES), needle, n);
}

gboolean
rt_traffic_filter_lets_all (const RtTrafficFilter *filter)
{
  return filter->way == RT_TRAFFIC_BOTH_WAYS && (filter->groups & RT_TRAFFIC_ALL_GROUPS) == RT_TRAFFIC_ALL_GROUPS &&
         filter->verdicts == 0 && filter->address == NULL;
}

gboolean
rt_traffic_filter_matches (const RtTrafficFilter *filter, const char *text, RtTrafficItem *item)
{
  gsize n;

  if (filter->way != RT_TRAFFIC_BOTH_WAYS && rt_traffic_item_get_outgoing (item) != (filter->way == RT_TRAFFIC_ONLY_OUT))
    return FALSE;
  if ((filter->groups & (1u << rt_traffic_item_get_group (item))) == 0)
    return FALSE;
  if (filter->verdicts != 0 && (filter->verdicts & rt_traffic_item_get_verdict (item)) == 0)
    return FALSE;
  if (filter->address != NULL && !rt_traffic_item_is_of (item, filter->address))
    return FALSE;
  if (text == NULL || *text == '\0')
    return TRUE;
  n = strlen (text);
  return string_contains (rt_traffic_item_get_peer_id (item), text, n) ||
         string_contains (rt_traffic_item_get_address (item), text, n) ||
         string_contains (rt_traffic_item_get_reason (item), text, n) ||
         kind_contains (item, text, n) ||
         message_contains (item, text, n);
}
