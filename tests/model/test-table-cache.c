/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that were fetched: which are asked for when, and which stay. */
#include <string.h>

#include "model/table/rt-table-cache.h"

typedef struct {
  RtTableCache *cache;
  GString      *reads;          /* the keys that were asked for, in order */
  GString      *changed;
  const char   *author;         /* of what is taken */
} Fixture;

static void
append (GString *text, GBytes *key)
{
  g_string_append_len (text, g_bytes_get_data (key, NULL), (gssize) g_bytes_get_size (key));
  g_string_append_c (text, ' ');
}

static void
read_value (GBytes *key, gpointer data)
{
  append (((Fixture *) data)->reads, key);
}

static void
tell_changed (GBytes *key, gpointer data)
{
  append (((Fixture *) data)->changed, key);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  const RtTableCacheFuncs funcs = { read_value, tell_changed };

  self->cache = rt_table_cache_new (data != NULL ? GPOINTER_TO_SIZE (data) : RT_TABLE_CACHE_BYTES, &funcs, self);
  self->reads = g_string_new (NULL);
  self->changed = g_string_new (NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  rt_table_cache_free (self->cache);
  g_string_free (self->reads, TRUE);
  g_string_free (self->changed, TRUE);
}

static GBytes *
key_of (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
want (Fixture *self, const char *text, gboolean again)
{
  g_autoptr (GBytes) key = key_of (text);

  rt_table_cache_want (self->cache, key, again);
}

static void
take (Fixture *self, const char *text, GVariant *value)
{
  g_autoptr (GBytes) key = key_of (text);

  rt_table_cache_take (self->cache, key, value, self->author);
}

static RtTableMeta
look (Fixture *self, const char *text)
{
  g_autoptr (GBytes) key = key_of (text);
  RtTableMeta meta = { 0 };

  rt_table_cache_look (self->cache, key, &meta);
  return meta;
}

static void
assert_reads (Fixture *self, const char *expected)
{
  g_assert_cmpstr (self->reads->str, ==, expected);
  g_string_truncate (self->reads, 0);
}

static void
assert_value (Fixture *self, const char *text, gint64 expected)
{
  g_autoptr (GBytes) key = key_of (text);
  g_autoptr (GVariant) value = rt_table_cache_get (self->cache, key);

  g_assert_nonnull (value);
  g_assert_cmpint (g_variant_get_int64 (value), ==, expected);
}

static void
test_read (Fixture *self, gconstpointer data)
{
  g_assert_true (look (self, "a").unread);
  g_assert_false (look (self, "a").reading);
  want (self, "a", FALSE);
  assert_reads (self, "a ");
  g_assert_true (look (self, "a").unread);
  g_assert_true (look (self, "a").reading);
  g_assert_cmpstr (self->changed->str, ==, "a ");
  /* once is enough */
  want (self, "a", FALSE);
  want (self, "a", TRUE);
  assert_reads (self, "");
  take (self, "a", g_variant_new_int64 (5));
  g_assert_cmpstr (self->changed->str, ==, "a a ");
  g_assert_false (look (self, "a").unread);
  g_assert_false (look (self, "a").reading);
  g_assert_cmpuint (look (self, "a").size, ==, 8);
  assert_value (self, "a", 5);
  want (self, "a", FALSE);
  assert_reads (self, "");
  want (self, "a", TRUE);
  assert_reads (self, "a ");
  /* the old one is shown meanwhile */
  assert_value (self, "a", 5);
  take (self, "a", NULL);
  g_assert_false (look (self, "a").unread);
  g_assert_true (look (self, "a").nothing);
}

/* Who signed it goes with the value, and with nothing that takes its place. */
static void
test_signed (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) a = key_of ("a");

  self->author = "Ada";
  want (self, "a", FALSE);
  take (self, "a", g_variant_new_int64 (5));
  g_assert_true (look (self, "a").signed_by_owner);
  g_assert_cmpstr (look (self, "a").owner, ==, "Ada");
  rt_table_cache_put (self->cache, a, g_variant_new_int64 (6), NULL);
  g_assert_false (look (self, "a").signed_by_owner);
  g_assert_null (look (self, "a").owner);
  rt_table_cache_put (self->cache, a, g_variant_new_int64 (6), "Ben");
  g_assert_cmpstr (look (self, "a").owner, ==, "Ben");
  want (self, "a", TRUE);
  rt_table_cache_fail (self->cache, a, "no");
  g_assert_cmpstr (look (self, "a").owner, ==, "Ben");
}

static void
test_newest_first (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *text = g_strdup_printf ("%c", 'a' + i);

      want (self, text, FALSE);
    }
  assert_reads (self, "a b c d e f g h ");
  take (self, "c", g_variant_new_int64 (1));
  assert_reads (self, "l ");
  /* it came before the eyes once more */
  want (self, "i", FALSE);
  take (self, "a", g_variant_new_int64 (1));
  assert_reads (self, "i ");
  {
    g_autoptr (GBytes) gone = key_of ("k");

    rt_table_cache_unwant (self->cache, gone);
  }
  take (self, "b", g_variant_new_int64 (1));
  assert_reads (self, "j ");
  take (self, "d", g_variant_new_int64 (1));
  assert_reads (self, "");
  g_assert_true (look (self, "k").unread);
}

/* What was wished for longest ago is not fetched after all: nobody looks at it by now. */
static void
test_waiting_is_bounded (Fixture *self, gconstpointer data)
{
  guint n = RT_TABLE_CACHE_AT_ONCE + RT_TABLE_CACHE_WAITING + 3, n_reads = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      want (self, text, FALSE);
    }
  while (self->reads->len > 0)
    {
      g_auto (GStrv) keys = g_strsplit (self->reads->str, " ", -1);

      g_string_truncate (self->reads, 0);
      for (guint i = 0; keys[i] != NULL; i++)
        take (self, keys[i], g_variant_new_int64 (i));
    }
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      n_reads += !look (self, text).unread;
    }
  g_assert_cmpuint (n_reads, ==, n - 3);
  g_assert_true (look (self, "8").unread);
  g_assert_true (look (self, "10").unread);
  g_assert_false (look (self, "11").unread);
}

static void
test_failure (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) a = key_of ("a");

  want (self, "a", FALSE);
  rt_table_cache_fail (self->cache, a, "Nobody answered");
  g_assert_true (look (self, "a").unread);
  g_assert_cmpstr (look (self, "a").trouble, ==, "Nobody answered");
  assert_reads (self, "a ");
  /* not at once: whoever shows it would ask without end */
  want (self, "a", FALSE);
  assert_reads (self, "");
  want (self, "a", TRUE);
  assert_reads (self, "a ");
  g_assert_null (look (self, "a").trouble);
  rt_table_cache_fail (self->cache, a, "Nobody answered");
  rt_table_cache_revive (self->cache);
  want (self, "a", FALSE);
  assert_reads (self, "a ");
  take (self, "a", g_variant_new_int64 (5));
  g_assert_null (look (self, "a").trouble);
  want (self, "a", FALSE);
  assert_reads (self, "");
  /* after a time without a network it may be old, though nobody said so */
  rt_table_cache_revive (self->cache);
  want (self, "a", FALSE);
  assert_reads (self, "a ");
  take (self, "a", g_variant_new_int64 (5));
  /* one that is known stays so */
  want (self, "a", TRUE);
  rt_table_cache_fail (self->cache, a, "Nobody answered");
  g_assert_false (look (self, "a").unread);
  g_assert_cmpstr (look (self, "a").trouble, ==, "Nobody answered");
  assert_value (self, "a", 5);
}

static void
test_changed (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) a = key_of ("a"), b = key_of ("b");

  rt_table_cache_note (self->cache, b);
  want (self, "a", FALSE);
  take (self, "a", g_variant_new_int64 (5));
  g_assert_false (look (self, "a").old);
  rt_table_cache_note (self->cache, a);
  g_assert_true (look (self, "a").old);
  assert_value (self, "a", 5);
  g_string_truncate (self->reads, 0);
  want (self, "a", FALSE);
  assert_reads (self, "a ");
  /* and once more while it is being read: nobody knows which of the two comes */
  rt_table_cache_note (self->cache, a);
  take (self, "a", g_variant_new_int64 (6));
  assert_value (self, "a", 6);
  g_assert_true (look (self, "a").old);
  want (self, "a", FALSE);
  assert_reads (self, "a ");
  take (self, "a", g_variant_new_int64 (7));
  g_assert_false (look (self, "a").old);
  rt_table_cache_forget (self->cache, a);
  g_assert_true (look (self, "a").unread);
}

/* What we wrote ourselves is newer than what was asked for before. */
static void
test_overtaken (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) a = key_of ("a");

  want (self, "a", FALSE);
  rt_table_cache_put (self->cache, a, g_variant_new_int64 (9), NULL);
  assert_value (self, "a", 9);
  take (self, "a", g_variant_new_int64 (5));
  assert_value (self, "a", 9);
  g_assert_false (look (self, "a").reading);
  want (self, "a", TRUE);
  take (self, "a", g_variant_new_int64 (5));
  assert_value (self, "a", 5);
  /* of one that was forgotten nothing comes back */
  want (self, "a", TRUE);
  rt_table_cache_forget (self->cache, a);
  take (self, "a", g_variant_new_int64 (5));
  g_assert_true (look (self, "a").unread);
}

/* Who is being read and is deleted makes room for those that wait: its end is nobody's. */
static void
test_forgotten_makes_room (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < RT_TABLE_CACHE_AT_ONCE + 1; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      want (self, text, FALSE);
    }
  assert_reads (self, "0 1 2 3 4 5 6 7 ");
  for (guint i = 0; i < RT_TABLE_CACHE_AT_ONCE; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      g_autoptr (GBytes) key = key_of (text);

      rt_table_cache_forget (self->cache, key);
      take (self, text, NULL);
    }
  assert_reads (self, "8 ");
  g_assert_true (look (self, "8").reading);
}

static void
test_room (Fixture *self, gconstpointer data)
{
  g_autofree char *large = g_strnfill (3000, 'x'), *huge = g_strnfill (20000, 'x');

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      want (self, text, FALSE);
      take (self, text, g_variant_new_string (large));
      g_assert_cmpuint (rt_table_cache_get_bytes (self->cache), <=, 10000);
      want (self, "0", FALSE);
    }
  /* the one that was looked at all the time is still there */
  g_assert_false (look (self, "0").unread);
  g_assert_true (look (self, "1").unread);
  g_assert_false (look (self, "2").unread);
  g_assert_false (look (self, "3").unread);
  g_assert_nonnull (strstr (self->changed->str, "3 3 1 "));
  /* more than all the room: shown all the same, for as long as it is what was looked at last */
  want (self, "huge", FALSE);
  take (self, "huge", g_variant_new_string (huge));
  g_assert_false (look (self, "huge").unread);
  g_assert_true (look (self, "0").unread);
  want (self, "4", FALSE);
  take (self, "4", g_variant_new_string (large));
  g_assert_true (look (self, "huge").unread);
  g_assert_cmpuint (rt_table_cache_get_bytes (self->cache), <, 10000);
  /* names alone count, too */
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *text = g_strdup_printf ("none-%u", i);

      want (self, text, FALSE);
      take (self, text, NULL);
    }
  g_assert_cmpuint (rt_table_cache_get_bytes (self->cache), <=, 10000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, data, func) g_test_add ("/table-cache/" name, Fixture, data, set_up, func, tear_down)
  ADD ("read", NULL, test_read);
  ADD ("signed", NULL, test_signed);
  ADD ("newest-first", NULL, test_newest_first);
  ADD ("waiting-is-bounded", NULL, test_waiting_is_bounded);
  ADD ("failure", NULL, test_failure);
  ADD ("changed", NULL, test_changed);
  ADD ("overtaken", NULL, test_overtaken);
  ADD ("forgotten-makes-room", NULL, test_forgotten_makes_room);
  ADD ("room", GSIZE_TO_POINTER (10000), test_room);
#undef ADD
  return g_test_run ();
}
