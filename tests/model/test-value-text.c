/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people type, and what it is. */
#include "rt-wait.h"
#include "model/table/rt-value-text.h"

#include <string.h>

static void
assert_round_trip (GVariant *made, RtValueKind kind, const char *expected)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (made);
  g_autofree char *text = rt_value_to_text (value);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) back = NULL;

  g_assert_cmpint (rt_value_get_kind (value), ==, kind);
  if (expected != NULL)
    g_assert_cmpstr (text, ==, expected);
  back = rt_value_from_text (kind, text, strlen (text), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_variant_get_type_string (back), ==, g_variant_get_type_string (value));
  g_assert_true (g_variant_equal (value, back));
}

static void
test_round_trips (void)
{
  assert_round_trip (g_variant_new_string (""), RT_VALUE_TEXT, "");
  assert_round_trip (g_variant_new_string (" two\nlines\t"), RT_VALUE_TEXT, " two\nlines\t");
  assert_round_trip (g_variant_new_int64 (G_MININT64), RT_VALUE_INTEGER, "-9223372036854775808");
  assert_round_trip (g_variant_new_uint64 (G_MAXUINT64), RT_VALUE_INTEGER, "18446744073709551615");
  assert_round_trip (g_variant_new_double (1.0), RT_VALUE_DECIMAL, "1.0");
  assert_round_trip (g_variant_new_double (-0.0), RT_VALUE_DECIMAL, "-0.0");
  assert_round_trip (g_variant_new_double (1e300), RT_VALUE_DECIMAL, "1e+300");
  assert_round_trip (g_variant_new_double (0.1), RT_VALUE_DECIMAL, "0.1");
  assert_round_trip (g_variant_new_boolean (TRUE), RT_VALUE_BOOLEAN, "yes");
  assert_round_trip (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "\x00\xff\x10", 3, 1), RT_VALUE_BYTES, "00 ff 10");
  assert_round_trip (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "", 0, 1), RT_VALUE_BYTES, "");
  assert_round_trip (g_variant_new_parsed ("@av []"), RT_VALUE_LIST, "[]");
  assert_round_trip (g_variant_new_parsed ("[<int64 1>, <'two'>, <@av []>, <@() ()>, <true>]"), RT_VALUE_LIST, "[1, \"two\", [], null, true]");
  assert_round_trip (g_variant_new_parsed ("@a{sv} {}"), RT_VALUE_MAP, "{}");
  assert_round_trip (g_variant_new_parsed ("{'a': <int64 1>, 'b \"q\"': <[byte 1, 2]>}"), RT_VALUE_MAP, "{\"a\": 1, \"b \\\"q\\\"\": {\"$b\":\"0102\"}}");
  assert_round_trip (g_variant_new_parsed ("{'$b': <'not hex'>}"), RT_VALUE_MAP, "{\"$m\": [[\"$b\", \"not hex\"]]}");
  assert_round_trip (g_variant_new_parsed ("{'$b': <'x'>, '$c': <'y'>}"), RT_VALUE_MAP, "{\"$b\": \"x\", \"$c\": \"y\"}");
  assert_round_trip (g_variant_new_parsed ("[(<int64 1>, <'one'>), (<'x'>, <1.5>)]"), RT_VALUE_MAP, "{\"$m\": [[1, \"one\"], [\"x\", 1.5]]}");
  assert_round_trip (g_variant_new_parsed ("[<uint64 18446744073709551615>, <int64 9007199254740993>, <-0.0>, <1e300>]"), RT_VALUE_LIST, NULL);
  assert_round_trip (g_variant_new_parsed ("([byte 0x61, 0, 0x62],)"), RT_VALUE_OTHER, "\"a\\u0000b\"");
  assert_round_trip (g_variant_new_parsed ("([byte 0xff],)"), RT_VALUE_OTHER, "{\"$s\":\"ff\"}");
  assert_round_trip (g_variant_new_parsed ("(byte 0x05, [byte 1])"), RT_VALUE_OTHER, "{\"$x\":[5,\"01\"]}");
  assert_round_trip (g_variant_new_parsed ("[<'a long text that makes it more than one line'>, <{'inner': <'another long text'>}>]"), RT_VALUE_LIST,
                     "[\n  \"a long text that makes it more than one line\",\n  {\n    \"inner\": \"another long text\"\n  }\n]");
}

static void
assert_words (RtValueKind kind, const char *text, guint line, guint column)
{
  g_autoptr (GError) error = NULL;
  RtTextPosition where = { 0 };
  g_autofree char *place = g_strdup_printf ("Line %u, column %u: ", line, column);

  g_assert_null (rt_value_from_text (kind, text, strlen (text), &where, &error));
  g_assert_error (error, RT_VALUE_ERROR, RT_VALUE_ERROR_SYNTAX);
  g_assert_cmpuint (where.line, ==, line);
  g_assert_cmpuint (where.column, ==, column);
  g_assert_true (g_str_has_prefix (error->message, place));
  g_assert_cmpuint (strlen (error->message), >, strlen (place));
}

static void
test_words (void)
{
  assert_words (RT_VALUE_TEXT, "ab\xff", 1, 3);
  assert_words (RT_VALUE_INTEGER, "", 1, 1);
  assert_words (RT_VALUE_INTEGER, "12x", 1, 3);
  assert_words (RT_VALUE_INTEGER, " 1.5", 1, 3);
  assert_words (RT_VALUE_INTEGER, "-", 1, 2);
  assert_words (RT_VALUE_INTEGER, "99999999999999999999", 1, 1);
  assert_words (RT_VALUE_DECIMAL, "1,5", 1, 2);
  assert_words (RT_VALUE_DECIMAL, "0x10", 1, 2);
  assert_words (RT_VALUE_DECIMAL, "1e999", 1, 1);
  assert_words (RT_VALUE_DECIMAL, "1.2.3", 1, 4);
  assert_words (RT_VALUE_BOOLEAN, "maybe", 1, 1);
  assert_words (RT_VALUE_BYTES, "00 f", 1, 4);
  assert_words (RT_VALUE_BYTES, "0 0", 1, 1);
  assert_words (RT_VALUE_BYTES, "00\nzz", 2, 1);
  assert_words (RT_VALUE_LIST, "{}", 1, 1);
  assert_words (RT_VALUE_MAP, "[]", 1, 1);
  assert_words (RT_VALUE_LIST, "[1, 2", 1, 6);
  assert_words (RT_VALUE_LIST, "[1,\n 2,]", 2, 4);
  assert_words (RT_VALUE_LIST, "[1] 2", 1, 5);
  assert_words (RT_VALUE_LIST, "[abc]", 1, 2);
  assert_words (RT_VALUE_LIST, "[01]", 1, 2);
  assert_words (RT_VALUE_LIST, "[\"\303\244\303\266\", tru]", 1, 8);
  assert_words (RT_VALUE_LIST, "[\"a\nb\"]", 1, 4);
  assert_words (RT_VALUE_LIST, "[\"a\\q\"]", 1, 4);
  assert_words (RT_VALUE_LIST, "[\"\\ud800\"]", 1, 3);
  assert_words (RT_VALUE_LIST, "[\"a", 1, 4);
  assert_words (RT_VALUE_MAP, "{\"a\" 1}", 1, 6);
  assert_words (RT_VALUE_MAP, "{a: 1}", 1, 2);
  assert_words (RT_VALUE_MAP, "{\"a\": 1, \"a\": 2}", 1, 10);
  assert_words (RT_VALUE_MAP, "{\"a\":\n {\"$b\": \"0\"}}", 2, 2);
  assert_words (RT_VALUE_MAP, "{\"$q\": 1}", 1, 1);
  assert_words (RT_VALUE_LIST, "[99999999999999999999]", 1, 2);
}

static void
assert_error_code (RtValueKind kind, const char *text, RtValueError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (rt_value_from_text (kind, text, strlen (text), NULL, &error));
  g_assert_error (error, RT_VALUE_ERROR, (int) code);
}

static void
test_sizes (void)
{
  g_autofree char *large = g_strnfill (RT_VALUE_MAX_BYTES, 'a');
  g_autofree char *deep = g_strnfill (200000, '[');
  g_autofree char *levels = g_strconcat ("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", NULL);
  g_autoptr (GString) many = g_string_new ("[0");

  for (guint i = 0; i < 65536; i++)
    g_string_append (many, ",0");
  g_string_append_c (many, ']');
  assert_error_code (RT_VALUE_TEXT, large, RT_VALUE_ERROR_TOO_LARGE);
  assert_error_code (RT_VALUE_LIST, deep, RT_VALUE_ERROR_TOO_LARGE);
  assert_error_code (RT_VALUE_LIST, levels, RT_VALUE_ERROR_TOO_LARGE);
  assert_error_code (RT_VALUE_LIST, many->str, RT_VALUE_ERROR_TOO_LARGE);
  assert_error_code (RT_VALUE_OTHER, "null", RT_VALUE_ERROR_NIL);
}

static void
assert_preview (GVariant *made, guint max_chars, const char *expected)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (made);
  g_autofree char *text = rt_value_preview (value, max_chars);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpint (g_utf8_strlen (text, -1), <=, max_chars);
}

static void
test_preview (void)
{
  g_autofree char *large = g_strnfill (1024 * 1024, 'a');

  assert_preview (g_variant_new_string ("short"), 10, "short");
  assert_preview (g_variant_new_string ("exactly 10"), 10, "exactly 10");
  assert_preview (g_variant_new_string ("eleven char"), 10, "eleven ch…");
  assert_preview (g_variant_new_string ("\303\244\303\244\303\244\303\244\303\244\303\244"), 5, "\303\244\303\244\303\244\303\244…");
  assert_preview (g_variant_new_string (large), 5, "aaaa…");
  assert_preview (g_variant_new_string ("a\nb\tc"), 10, "a b c");
  assert_preview (g_variant_new_int64 (-5), 10, "-5");
  assert_preview (g_variant_new_parsed ("[<int64 1>, <'two'>]"), 20, "[1, \"two\"]");
  assert_preview (g_variant_new_double (21), 10, "21.0");
  assert_preview (g_variant_new_parsed ("[byte 0, 0xff, 0x7a]"), 20, "00 ff 7a");
  assert_preview (g_variant_new_parsed ("[byte 0, 0xff, 0x7a]"), 5, "00 f…");
  assert_preview (g_variant_new_parsed ("{'drink': <'tea'>, 'cups': <int64 3>}"), 40, "{\"drink\": \"tea\", \"cups\": 3}");
  assert_preview (g_variant_new_parsed ("[<[byte 1, 2]>, <'a\\nb\342\200\256c'>]"), 40, "[{\"$b\":\"0102\"}, \"a\\nbc\"]");
  assert_preview (g_variant_new_parsed ("{'n': <%s>}", large), 12, "{\"n\": \"aaaa…");
}

static void
test_check (void)
{
  g_autofree char *large = g_strnfill (1024 * 1024, 'a');
  g_autoptr (GString) list = g_string_new ("[");
  g_autoptr (GAsyncResult) result = NULL, cancelled = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  RtTextPosition where;
  gint64 begin;

  rt_value_check_async (RT_VALUE_INTEGER, "1x", 2, NULL, rt_wait_result_cb, &result);
  g_assert_null (result);
  rt_wait_result (result);
  g_assert_null (rt_value_check_finish (result, &where, &error));
  g_assert_error (error, RT_VALUE_ERROR, RT_VALUE_ERROR_SYNTAX);
  g_assert_cmpuint (where.column, ==, 2);
  g_clear_error (&error);
  g_clear_object (&result);
  g_string_append_printf (list, "\"%s\",\n%s]", large, "tru");
  begin = g_get_monotonic_time ();
  rt_value_check_async (RT_VALUE_LIST, list->str, list->len, NULL, rt_wait_result_cb, &result);
  g_test_message ("handing 1 MiB to be checked took %.1f ms", (double) (g_get_monotonic_time () - begin) / 1e3);
  rt_wait_result (result);
  g_test_message ("checked after %.1f ms", (double) (g_get_monotonic_time () - begin) / 1e3);
  g_assert_null (rt_value_check_finish (result, &where, &error));
  g_assert_cmpuint (where.line, ==, 2);
  g_assert_cmpuint (where.column, ==, 1);
  g_clear_error (&error);
  rt_value_check_async (RT_VALUE_LIST, list->str, list->len, cancellable, rt_wait_result_cb, &cancelled);
  g_cancellable_cancel (cancellable);
  rt_wait_result (cancelled);
  g_assert_null (rt_value_check_finish (cancelled, &where, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_keys (void)
{
  static const struct { const char *bytes; gsize length; const char *text; gboolean is_text; } rows[] = {
    { "plain", 5, "plain", TRUE },
    { "with space \303\244", 13, "with space \303\244", TRUE },
    { "a\nb", 3, "0x610a62", FALSE },
    { "  ", 2, "0x2020", FALSE },
    { "a\0b", 3, "0x610062", FALSE },
    { "\xff", 1, "0xff", FALSE },
    { "\342\200\256x", 4, "0xe280ae78", FALSE },
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) key = g_bytes_new_static (rows[i].bytes, rows[i].length);
      gboolean is_text;
      g_autofree char *text = rt_table_key_to_text (key, &is_text);
      g_autoptr (GBytes) back = rt_table_key_from_text (text, !is_text, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, rows[i].text);
      g_assert_cmpint (is_text, ==, rows[i].is_text);
      g_assert_true (g_bytes_equal (key, back));
    }
  g_assert_null (rt_table_key_from_text ("", FALSE, &error));
  g_assert_error (error, RT_VALUE_ERROR, RT_VALUE_ERROR_NIL);
  g_clear_error (&error);
  g_assert_null (rt_table_key_from_text ("0g", TRUE, &error));
  g_assert_error (error, RT_VALUE_ERROR, RT_VALUE_ERROR_SYNTAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/value-text/round-trips", test_round_trips);
  g_test_add_func ("/value-text/words", test_words);
  g_test_add_func ("/value-text/sizes", test_sizes);
  g_test_add_func ("/value-text/preview", test_preview);
  g_test_add_func ("/value-text/check", test_check);
  g_test_add_func ("/value-text/keys", test_keys);
  return g_test_run ();
}
