/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept of broadcasts: so many, of so many bytes, for so long. */
#include <string.h>

#include "p2p/mesh/p2p-message-cache.h"

#define SENDER "2222222222222222222222222222222222222222222222222222222222222222"

static P2pMessage *
make (guint number, gsize length)
{
  g_autofree char *text = g_strnfill (length, 'x');
  g_autoptr (GVariant) packets = g_variant_ref_sink (g_variant_new_parsed ("[<@x 0>, <%s>, <@x %x>]", text, (gint64) number));
  P2pMessage *message = p2p_message_new (P2P_FLAG_BROADCAST, SENDER, 1000 + number, packets, NULL);

  g_assert_nonnull (message);
  return message;
}

static gboolean
holds (P2pMessageCache *cache, P2pMessage *message, gint64 now)
{
  P2pMessage *found = p2p_message_cache_get (cache, p2p_message_peek_id (message), now);

  g_assert_true (found == NULL || found == message);
  return found != NULL;
}

static void
put_many (P2pMessageCache *cache, GPtrArray *messages, guint n, gsize length)
{
  for (guint i = 0; i < n; i++)
    {
      P2pMessage *message = make (messages->len, length);

      g_ptr_array_add (messages, message);
      p2p_message_cache_put (cache, message, 100 + messages->len);
    }
}

static GPtrArray *
new_messages (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
}

static void
test_number (void)
{
  g_autoptr (P2pMessageCache) cache = p2p_message_cache_new (50, 1 << 20, 1000000);
  g_autoptr (GPtrArray) messages = new_messages ();
  g_autoptr (GByteArray) ids = NULL;

  for (guint n = 1; n <= 500; n++)
    {
      put_many (cache, messages, 1, 10);
      g_assert_cmpuint (p2p_message_cache_get_size (cache), ==, MIN (n, 50));
    }
  for (guint i = 0; i < 500; i++)
    g_assert_true (holds (cache, messages->pdata[i], 700) == (i >= 450));
  /* The oldest first. */
  ids = p2p_message_cache_list (cache, 700, NULL, NULL);
  g_assert_cmpuint (ids->len, ==, 50 * 32);
  for (guint i = 0; i < 50; i++)
    g_assert_cmpmem (ids->data + 32 * i, 32, p2p_message_peek_id (messages->pdata[450 + i]), 32);
}

static void
test_bytes (void)
{
  g_autoptr (P2pMessageCache) cache = p2p_message_cache_new (1000, 10000, 1000000);
  g_autoptr (GPtrArray) messages = new_messages ();
  gsize bytes = 0;
  g_autoptr (P2pMessage) large = make (9999, 20000);

  put_many (cache, messages, 100, 900);
  g_assert_cmpuint (p2p_message_cache_get_bytes (cache), <=, 10000);
  g_assert_cmpuint (p2p_message_cache_get_size (cache), ==, 10000 / p2p_message_get_length (messages->pdata[50]));
  for (guint i = 0; i < 100; i++)
    if (holds (cache, messages->pdata[i], 300))
      bytes += p2p_message_get_length (messages->pdata[i]);
  g_assert_cmpuint (p2p_message_cache_get_bytes (cache), ==, bytes);
  /* What is larger than all of it puts nothing out. */
  p2p_message_cache_put (cache, large, 300);
  g_assert_false (holds (cache, large, 300));
  g_assert_cmpuint (p2p_message_cache_get_bytes (cache), ==, bytes);
}

static void
test_age (void)
{
  g_autoptr (P2pMessageCache) cache = p2p_message_cache_new (1000, 1 << 20, 60);
  g_autoptr (GPtrArray) messages = new_messages ();

  put_many (cache, messages, 10, 5);    /* at 101 to 110 */
  g_assert_true (holds (cache, messages->pdata[0], 161));
  g_assert_false (holds (cache, messages->pdata[0], 162));
  g_assert_cmpuint (p2p_message_cache_get_size (cache), ==, 9);
  g_assert_false (holds (cache, messages->pdata[9], 1000));
  g_assert_cmpuint (p2p_message_cache_get_size (cache), ==, 0);
  g_assert_cmpuint (p2p_message_cache_get_bytes (cache), ==, 0);
}

static void
test_off (void)
{
  g_autoptr (P2pMessageCache) cache = p2p_message_cache_new (0, 1 << 20, 60);
  g_autoptr (GPtrArray) messages = new_messages ();

  put_many (cache, messages, 10, 5);
  g_assert_cmpuint (p2p_message_cache_get_size (cache), ==, 0);
}

/* Once is enough, and the copies are counted. */
static void
test_copies (void)
{
  g_autoptr (P2pMessageCache) cache = p2p_message_cache_new (20, 1 << 20, 60);
  g_autoptr (GPtrArray) messages = new_messages ();
  const guint8 *id;

  put_many (cache, messages, 3, 5);
  id = p2p_message_peek_id (messages->pdata[1]);
  p2p_message_cache_put (cache, messages->pdata[1], 105);
  g_assert_cmpuint (p2p_message_cache_get_size (cache), ==, 3);
  g_assert_cmpuint (p2p_message_cache_count_copy (cache, id, 105), ==, 2);
  /* The ring grows in between. */
  put_many (cache, messages, 15, 5);
  g_assert_cmpuint (p2p_message_cache_count_copy (cache, id, 120), ==, 3);
  g_assert_cmpuint (p2p_message_cache_count_copy (cache, p2p_message_peek_id (messages->pdata[2]), 120), ==, 2);
  put_many (cache, messages, 10, 5);
  g_assert_cmpuint (p2p_message_cache_count_copy (cache, id, 130), ==, 0);
}

static gboolean
is_even (P2pMessage *message, gpointer data)
{
  return p2p_message_get_time (message) % 2 == 0;
}

static void
test_filter (void)
{
  g_autoptr (P2pMessageCache) cache = p2p_message_cache_new (20, 1 << 20, 60);
  g_autoptr (GPtrArray) messages = new_messages ();
  g_autoptr (GByteArray) ids = NULL;

  put_many (cache, messages, 5, 5);
  ids = p2p_message_cache_list (cache, 110, is_even, NULL);
  g_assert_cmpuint (ids->len, ==, 3 * 32);
  g_assert_cmpmem (ids->data + 32, 32, p2p_message_peek_id (messages->pdata[2]), 32);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/message-cache/number", test_number);
  g_test_add_func ("/mesh/message-cache/bytes", test_bytes);
  g_test_add_func ("/mesh/message-cache/age", test_age);
  g_test_add_func ("/mesh/message-cache/off", test_off);
  g_test_add_func ("/mesh/message-cache/copies", test_copies);
  g_test_add_func ("/mesh/message-cache/filter", test_filter);
  return g_test_run ();
}
