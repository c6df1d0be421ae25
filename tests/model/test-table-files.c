/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables in files: out and in again without a loss, and whatever else somebody calls a table. */
#include "table-test.h"
#include "model/table/rt-csv.h"

#include <time.h>

static void
put (FakeTable *fake, const char *key, GVariant *value)
{
  fake_table_put (fake, key, FAKE_ME, value);
}

/* What is hard to write down. */
static void
fill_with_oddities (FakeTable *fake)
{
  static const char * const texts[] = {
    "", "plain", "with, comma", "with \"quotes\"", "two\nlines", "two\r\nlines", "a\rb", " spaces ", "=1+1", "+49 123", "-5 degrees", "@SUM(A1)", "\ttab first", "\rreturn first",
    "'=quoted", "''=twice", "'", "'plain", "＝wide", "=cmd|' /C calc'!A0", ";semi;colon", "null", "{\"$b\": \"00\"}", "\342\200\256bidi",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *key = g_strdup_printf ("text-%02u", i);

      put (fake, key, g_variant_new_string (texts[i]));
      if (*texts[i] != '\0')
        put (fake, texts[i], g_variant_new_int64 (i));
    }
  put (fake, "int", g_variant_new_int64 (-5));
  put (fake, "smallest", g_variant_new_int64 (G_MININT64));
  put (fake, "largest", g_variant_new_uint64 (G_MAXUINT64));
  put (fake, "beyond 2^53", g_variant_new_int64 (9007199254740993));
  put (fake, "float", g_variant_new_double (-1.5));
  put (fake, "whole float", g_variant_new_double (3));
  put (fake, "minus zero", g_variant_new_double (-0.0));
  put (fake, "infinite", g_variant_new_double (-1.0 / 0.0));
  put (fake, "true", g_variant_new_boolean (TRUE));
  put (fake, "false", g_variant_new_boolean (FALSE));
  put (fake, "bytes", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "\0\1\xff", 3, 1));
  put (fake, "no bytes", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "", 0, 1));
  put (fake, "list", g_variant_new_parsed ("[<int64 1>, <'two'>, <@av []>, <@() ()>]"));
  put (fake, "empty list", g_variant_new_parsed ("@av []"));
  put (fake, "map", g_variant_new_parsed ("{'a': <int64 1>, 'b': <{'c': <[byte 1, 2]>}>}"));
  put (fake, "odd map", g_variant_new_parsed ("[(<int64 1>, <'one'>), (<'x'>, <1.5>)]"));
  put (fake, "empty map", g_variant_new_parsed ("@a{sv} {}"));
  put (fake, "odd text", g_variant_new_parsed ("([byte 0x61, 0, 0x62],)"));
  put (fake, "broken text", g_variant_new_parsed ("([byte 0xff],)"));
  put (fake, "extension", g_variant_new_parsed ("(byte 0x05, [byte 1])"));
  put (fake, "\xff\xfe", g_variant_new_string ("a key of bytes"));
}

static GBytes *
export (RtTable *table, RtTableFormat format, guint expected)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint n;

  rt_table_export_async (table, NULL, format, stream, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_table_export_finish (table, result, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, expected);
  g_output_stream_close (stream, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
}

static RtTableImport *
import_bytes (RtTable *table, RtTableFormat format, GBytes *bytes, GError **error)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GAsyncResult) result = NULL;

  rt_table_import_async (table, format, stream, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_table_import_finish (table, result, error);
}

static RtTableImport *
import_text (RtTable *table, RtTableFormat format, const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return import_bytes (table, format, bytes, error);
}

static void
settle (TableFixture *self)
{
  table_settle (self->table);
}

static void
test_round_trip (gconstpointer data)
{
  RtTableFormat format = (RtTableFormat) GPOINTER_TO_UINT (data);
  TableFixture from, to;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (RtTableImport) import = NULL, again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  guint n;

  table_set_up (&from, 0);
  table_set_up (&to, 0);
  fill_with_oddities (from.fake);
  settle (&from);
  n = rt_table_get_n_keys (from.table);
  file = export (from.table, format, n);
  import = import_bytes (to.table, format, file, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < import->problems->len; i++)
    g_test_message ("%s", (char *) import->problems->pdata[i]);
  g_assert_cmpuint (import->n_problems, ==, 0);
  g_assert_cmpuint (import->n_staged, ==, n);
  /* nothing is written unseen */
  g_assert_cmpuint (fake_table_get_n_writes (to.fake), ==, 0);
  g_object_unref (apply (&to));
  settle (&to);
  g_assert_cmpuint (rt_table_get_n_keys (to.table), ==, n);
  keys = rt_table_source_list (RT_TABLE_SOURCE (from.fake));
  for (guint i = 0; i < keys->len; i++)
    {
      g_autoptr (GVariant) a = rt_table_source_get_value (RT_TABLE_SOURCE (from.fake), keys->pdata[i]);
      g_autoptr (GVariant) b = rt_table_source_get_value (RT_TABLE_SOURCE (to.fake), keys->pdata[i]);
      g_autofree char *text = rt_table_key_to_text (keys->pdata[i], NULL);

      if (b == NULL || !g_variant_equal (a, b))
        g_error ("%s came back as %s", text, b != NULL ? g_variant_print (b, TRUE) : "nothing");
    }
  /* once more there is nothing to do */
  again = import_bytes (to.table, format, file, &error);
  g_assert_cmpuint (again->n_same, ==, n);
  g_assert_cmpuint (rt_table_get_n_staged (to.table), ==, 0);
  table_tear_down (&from);
  table_tear_down (&to);
}

/* No cell of a spreadsheet begins as a formula does, but numbers. */
static void
test_formulas (void)
{
  TableFixture self;
  g_autoptr (GBytes) file = NULL;
  g_autofree char *text = NULL;
  guint n_lines = 0;

  table_set_up (&self, 0);
  fill_with_oddities (self.fake);
  fake_table_put (self.fake, "evil owner", "=HYPERLINK(\"http://x\")", g_variant_new_int64 (1));
  settle (&self);
  file = export (self.table, RT_TABLE_CSV, rt_table_get_n_keys (self.table));
  text = g_strndup (g_bytes_get_data (file, NULL), g_bytes_get_size (file));
  g_assert_nonnull (strstr (text, "\"'=1+1\""));
  g_assert_nonnull (strstr (text, "\"'=HYPERLINK(\"\"http://x\"\")\""));
  g_assert_nonnull (strstr (text, "\"''=quoted\""));
  g_assert_nonnull (strstr (text, ",-5,"));
  for (const char *at = text; *at != '\0'; at++)
    n_lines += *at == '\n';
  g_assert_cmpuint (n_lines, >, rt_table_get_n_keys (self.table));
  /* a cell, quoted or not, that begins so */
  g_assert_false (g_regex_match_simple ("(^|,)\"?[=@\t]", text, G_REGEX_MULTILINE, 0));
  table_tear_down (&self);
}

static void
assert_broken (RtTableFormat format, const char *text, const char *expected)
{
  TableFixture self;
  g_autoptr (GError) error = NULL;

  table_set_up (&self, 0);
  g_assert_null (import_text (self.table, format, text, &error));
  g_assert_nonnull (error);
  if (strstr (error->message, expected) == NULL)
    g_error ("“%s” is not in: %s", expected, error->message);
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 0);
  table_tear_down (&self);
}

static void
test_broken (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');

  assert_broken (RT_TABLE_JSON, "", "Line 1, column 1");
  assert_broken (RT_TABLE_JSON, "hello", "Line 1, column 1");
  assert_broken (RT_TABLE_JSON, "{\"a\": 1,\n\"b\": tru}", "Line 2, column 6");
  assert_broken (RT_TABLE_JSON, "{\"a\": 1}\n x", "Line 2, column 2");
  assert_broken (RT_TABLE_JSON, "[{\"key\": \"a\", \"value\": 1},\n{\"key\": \"b\"", "Line 2");
  assert_broken (RT_TABLE_JSON, "[{\"key\": \"a\", \"value\": 1}\n{", "Line 2");
  assert_broken (RT_TABLE_JSON, "[5]", "Line 1, column 2");
  assert_broken (RT_TABLE_JSON, "{\"roundtable-table\": 2, \"entries\": []}", "newer Roundtable");
  assert_broken (RT_TABLE_JSON, "{\"a\": {\"$b\": \"0\"}}", "hex digits");
  assert_broken (RT_TABLE_JSON, "\n\n\xff", "Line 3");
  assert_broken (RT_TABLE_JSON, deep, "Line 1");
  assert_broken (RT_TABLE_CSV, "", "Line 1");
  assert_broken (RT_TABLE_CSV, "a,b\n1,2", "Line 1");
  assert_broken (RT_TABLE_CSV, "key,type,value\na,text,\"never\nending", "Line 2");
  assert_broken (RT_TABLE_CSV, "key,value\na,\xff", "Line 2");
}

static void
test_problems (void)
{
  static const char csv[] = "\xef\xbb\xbfKey; Value ;Type\r\n"
                            "good;5;integer\r\n"
                            "\r\n"
                            "bad number;5x;integer\r\n"
                            "no such type;5;number\r\n"
                            "too few;5\r\n"
                            ";empty key;text\r\n"
                            "odd;\"a\"b;text\r\n"
                            "mine;theirs;text\r\n"
                            "twice;1;integer\r\n"
                            "twice;2;integer\r\n"
                            "nothing;null;other\r\n"
                            "\"two\nlines\";5;integer\r\n"
                            "bad list;[1;list";
  static const char * const expected[] = { "Line 4: ", "Line 5: ", "Line 6: ", "Line 7: ", "Line 8: ", "Line 10: ", "Line 12: ", "Line 15: ", "Line 9: " };
  TableFixture self;
  g_autoptr (RtTableImport) import = NULL;
  g_autoptr (GError) error = NULL;

  table_set_up (&self, 0);
  put (self.fake, "good", g_variant_new_int64 (5));
  settle (&self);
  stage (&self, "mine", g_variant_new_string ("of the person"));
  import = import_text (self.table, RT_TABLE_CSV, csv, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (import->n_same, ==, 1);
  g_assert_cmpuint (import->n_staged, ==, 2);
  g_assert_cmpuint (import->n_problems, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_test_message ("%s", (char *) import->problems->pdata[i]);
      g_assert_true (g_str_has_prefix (import->problems->pdata[i], expected[i]));
    }
  {
    GVariant *value;

    g_assert_true (rt_table_row_get_staged (row_of (&self, "mine"), &value, NULL));
    g_assert_cmpstr (g_variant_get_string (value, NULL), ==, "of the person");
    g_assert_true (rt_table_row_get_staged (row_of (&self, "twice"), &value, NULL));
    g_assert_cmpint (g_variant_get_int64 (value), ==, 2);
  }
  table_tear_down (&self);
}

static void
test_plain_json (void)
{
  TableFixture self;
  g_autoptr (RtTableImport) import = NULL;
  g_autoptr (GError) error = NULL;

  table_set_up (&self, 0);
  import = import_text (self.table, RT_TABLE_JSON, "{\"a\": 1,\n \"b\": {\"c\": [true]},\n \"nothing\": null,\n \"\": 5}", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (import->n_staged, ==, 2);
  g_assert_cmpuint (import->n_problems, ==, 2);
  g_assert_true (g_str_has_prefix (import->problems->pdata[0], "Line 3: "));
  rt_table_import_free (g_steal_pointer (&import));
  import = import_text (self.table, RT_TABLE_JSON, "[{\"key\": \"x\", \"value\": 1, \"other\": {}},\n {\"key\": 5, \"value\": 1},\n {\"key\": \"y\"}, {}]", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (import->n_staged, ==, 1);
  g_assert_cmpuint (import->n_problems, ==, 3);
  table_tear_down (&self);
}

static void
test_cancelled (void)
{
  TableFixture self;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GInputStream) in = g_memory_input_stream_new_from_data ("key,value\na,b\n", -1, NULL);
  g_autoptr (GAsyncResult) exported = NULL, imported = NULL;
  g_autoptr (GError) error = NULL;

  table_set_up (&self, 1000);
  rt_table_export_async (self.table, NULL, RT_TABLE_CSV, out, cancellable, rt_wait_result_cb, &exported);
  rt_table_import_async (self.table, RT_TABLE_CSV, in, cancellable, rt_wait_result_cb, &imported);
  g_cancellable_cancel (cancellable);
  rt_wait_result (exported);
  rt_wait_result (imported);
  g_assert_false (rt_table_export_finish (self.table, exported, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (rt_table_import_finish (self.table, imported, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&exported);
  g_clear_object (&imported);
  table_tear_down (&self);
}

/* ---- a table that is large ---- */

static struct { double since, most; } turns;

static double
cpu_ms (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spent);
  return (double) spent.tv_sec * 1e3 + (double) spent.tv_nsec / 1e6;
}

static gint
poll_cb (GPollFD *fds, guint n_fds, gint timeout)
{
  gint n;

  turns.most = MAX (turns.most, cpu_ms () - turns.since);
  n = g_poll (fds, n_fds, timeout);
  turns.since = cpu_ms ();
  return n;
}

static void
begin_turns (void)
{
  turns.since = cpu_ms ();
  turns.most = 0;
}

/* What this machine takes for a fixed piece of work. */
static double
measure_machine (void)
{
  g_autoptr (GHashTable) words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  double begin = cpu_ms ();

  for (guint i = 0; i < 50000; i++)
    g_hash_table_add (words, g_strdup_printf ("%08x", i * 2654435761u));
  return cpu_ms () - begin;
}

static void
test_large (void)
{
  TableFixture from, to;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (RtTableImport) import = NULL;
  g_autoptr (GError) error = NULL;
  double baseline = measure_machine (), exporting, importing, applying;
  gint64 start = g_get_monotonic_time ();

  table_set_up (&from, 100000);
  table_set_up (&to, 0);
  g_main_context_set_poll_func (NULL, poll_cb);
  begin_turns ();
  file = export (from.table, RT_TABLE_JSON, 100000);
  exporting = turns.most;
  begin_turns ();
  import = import_bytes (to.table, RT_TABLE_JSON, file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (import->n_staged, ==, 100000);
  importing = turns.most;
  begin_turns ();
  g_object_unref (apply (&to));
  applying = turns.most;
  settle (&to);
  g_main_context_set_poll_func (NULL, NULL);
  g_test_message ("100,000 keys, %.1f MB: the longest turn of the export %.1f ms, of the import %.1f ms, of the apply %.1f ms (the machine's measure: %.1f ms); all of it %.1f s",
                  (double) g_bytes_get_size (file) / 1e6, exporting, importing, applying, baseline, (double) (g_get_monotonic_time () - start) / 1e6);
  g_assert_cmpuint (rt_table_get_n_keys (to.table), ==, 100000);
  g_assert_cmpuint (rt_table_get_n_staged (to.table), ==, 0);
  g_assert_cmpfloat (MAX (MAX (exporting, importing), applying), <, MAX (50.0, 4 * baseline));
  table_tear_down (&from);
  table_tear_down (&to);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/table-files/json", GUINT_TO_POINTER (RT_TABLE_JSON), test_round_trip);
  g_test_add_data_func ("/table-files/csv", GUINT_TO_POINTER (RT_TABLE_CSV), test_round_trip);
  g_test_add_func ("/table-files/formulas", test_formulas);
  g_test_add_func ("/table-files/broken", test_broken);
  g_test_add_func ("/table-files/problems", test_problems);
  g_test_add_func ("/table-files/plain-json", test_plain_json);
  g_test_add_func ("/table-files/cancelled", test_cancelled);
  g_test_add_func ("/table-files/large", test_large);
  return g_test_run ();
}
