/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pieces of roundtable-node that read and write: JSON values, lines in, lines out. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "rt-json-parse.h"
#include "rt-json-reader.h"
#include "rt-json-value.h"
#include "rt-json-writer.h"
#include "rt-line-reader.h"
#include "rt-node-error.h"
#include "rt-output.h"

/* ---- values ---- */

static GVariant *
read_value (const char *json,
            GError    **error)
{
  g_autofree char *line = g_strdup_printf ("{\"v\": %s}", json);
  g_autoptr (JsonObject) object = rt_json_parse_line (line, strlen (line), error);
  GVariant *value;

  if (object == NULL)
    return NULL;
  value = rt_json_to_variant (json_object_get_member (object, "v"), error);
  return value != NULL ? g_variant_ref_sink (value) : NULL;
}

/* JSON in, the value as GVariant text, JSON out (NULL: as it came in) */
static const struct { const char *json, *text, *back; } values[] = {
  { "null", "()", NULL },
  { "true", "true", NULL },
  { "false", "false", NULL },
  { "0", "int64 0", NULL },
  { "-5", "int64 -5", NULL },
  { "9007199254740992", "int64 9007199254740992", NULL },
  { "9007199254740993", "int64 9007199254740993", "{\"$i\":\"9007199254740993\"}" },
  { "-9223372036854775808", "int64 -9223372036854775808", "{\"$i\":\"-9223372036854775808\"}" },
  { "{\"$i\":\"18446744073709551615\"}", "uint64 18446744073709551615", NULL },
  { "{\"$i\":\"7\"}", "int64 7", "7" },
  { "1.0", "int64 1", "1" },
  { "1e3", "int64 1000", "1000" },
  { "0.1", "0.10000000000000001", "0.1" },
  { "1.5", "1.5", NULL },
  { "-2.25e-8", "-2.25e-08", "-2.25e-08" },
  { "1e300", "1.0000000000000001e+300", "{\"$f\":1e+300}" },
  { "{\"$f\":1}", "1.0", "{\"$f\":1.0}" },
  { "{\"$f\":1.0}", "1.0", NULL },
  { "{\"$f\":-0.0}", "-0.0", NULL },
  { "{\"$f\":\"inf\"}", "inf", NULL },
  { "{\"$f\":\"-inf\"}", "-inf", NULL },
  { "{\"$f\":\"nan\"}", "nan", NULL },
  { "\"\"", "''", NULL },
  { "\"a\\\"b\\\\c\\nd\\u0001\\u007f\"", "'a\"b\\\\c\\nd\\u0001\\u007f'", NULL },
  { "\"\\ud83d\\ude00 é\"", "'😀 é'", "\"😀 é\"" },
  { "{\"$b\":\"\"}", "@ay []", NULL },
  { "{\"$b\":\"00FF7a\"}", "[byte 0x00, 0xff, 0x7a]", "{\"$b\":\"00ff7a\"}" },
  { "{\"$s\":\"610062\"}", "([byte 0x61, 0x00, 0x62],)", "\"a\\u0000b\"" },
  { "{\"$s\":\"ff\"}", "([byte 0xff],)", NULL },
  { "{\"$s\":\"c3a9\"}", "'é'", "\"é\"" },
  { "{\"$x\":[-1,\"00\"]}", "(byte 0xff, [byte 0x00])", NULL },
  { "{\"$x\":[5,\"0102\"]}", "(byte 0x05, [byte 0x01, 0x02])", NULL },
  { "[]", "@av []", NULL },
  { "[1,[\"x\",null],{\"$b\":\"01\"}]", "[<int64 1>, <[<'x'>, <()>]>, <[byte 0x01]>]", NULL },
  { "{}", "@a{sv} {}", "{\"$m\":[]}" },
  { "{\"$m\":[]}", "@a{sv} {}", NULL },
  { "{\"b\":1,\"a\":2}", "{'b': <int64 1>, 'a': <int64 2>}", "{\"$m\":[[\"b\",1],[\"a\",2]]}" },
  { "{\"$m\":[[\"$b\",1]]}", "{'$b': <int64 1>}", NULL },
  { "{\"$b\":1,\"x\":2}", "{'$b': <int64 1>, 'x': <int64 2>}", "{\"$m\":[[\"$b\",1],[\"x\",2]]}" },
  { "{\"$m\":[[1,\"x\"],[{\"$b\":\"6b\"},true]]}", "[(<int64 1>, <'x'>), (<[byte 0x6b]>, <true>)]", NULL },
  { "{\"$m\":[[\"k\",1],[\"k\",2]]}", "[(<'k'>, <int64 1>), (<'k'>, <int64 2>)]", NULL },
};

/* The window's files are read by another reader, which has to understand the same. */
static void
assert_read_alike (const char *json, GVariant *value)
{
  RtJsonCursor cursor = { .text = json, .length = strlen (json) };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) other = rt_json_cursor_value (&cursor, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (cursor.at, ==, cursor.length);
  g_assert_cmpstr (g_variant_get_type_string (value), ==, g_variant_get_type_string (other));
  g_assert_true (g_variant_equal (value, other));
}

static void
test_values (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = read_value (values[i].json, &error);
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GVariant) wanted = g_variant_parse (NULL, values[i].text, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (g_variant_get_type_string (value), ==, g_variant_get_type_string (wanted));
      g_assert_true (g_variant_equal (value, wanted));
      assert_read_alike (values[i].json, value);
      rt_json_append_variant (out, value);
      assert_read_alike (out->str, value);
      g_assert_cmpstr (out->str, ==, values[i].back != NULL ? values[i].back : values[i].json);
    }
}

static void
test_other_types (void)
{
  static const struct { const char *variant, *json; } others[] = {
    { "byte 0x07", "7" },
    { "int16 -3", "-3" },
    { "uint32 4294967295", "4294967295" },
    { "objectpath '/a'", "\"/a\"" },
    { "[int32 1, 2]", "[1,2]" },
    { "['a', 'b']", "[\"a\",\"b\"]" },
    { "<<int32 1>>", "1" },
    { "@ms nothing", "null" },
    { "@ms 'x'", "\"x\"" },
    { "{int32 1: 'one'}", "{\"$m\":[[1,\"one\"]]}" },
    { "('a', int32 2)", "[\"a\",2]" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (GVariant) value = g_variant_parse (NULL, others[i].variant, NULL, NULL, NULL);
      g_autoptr (GString) out = g_string_new (NULL);

      g_assert_nonnull (value);
      rt_json_append_variant (out, value);
      g_assert_cmpstr (out->str, ==, others[i].json);
    }
}

static void
test_bad_values (void)
{
  static const char *const bad[] = {
    "{\"$b\":\"0\"}", "{\"$b\":\"0g\"}", "{\"$b\":5}", "{\"$i\":\"x\"}", "{\"$i\":\"18446744073709551616\"}", "{\"$i\":5}",
    "{\"$f\":\"much\"}", "{\"$f\":true}", "{\"$m\":5}", "{\"$m\":[1]}", "{\"$m\":[[1]]}", "{\"$m\":[[1,{\"$b\":\"z\"}]]}",
    "{\"$x\":[1]}", "{\"$x\":[300,\"00\"]}", "{\"$x\":[1,5]}", "{\"$what\":1}", "[{\"$b\":\"q\"}]", "{\"a\":1,\"b\":{\"$i\":1}}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      GVariant *value = read_value (bad[i], &error);

      g_assert_null (value);
      g_assert_error (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_ARGUMENT);
    }
}

static void
check_bad_line (const char *line,
                gsize       length)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = rt_json_parse_line (line, length, &error);

  g_assert_null (object);
  g_assert_error (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_LINE);
  g_assert_cmpint (strlen (error->message), >, 10);
}

static void
test_bad_lines (void)
{
  static const char *const bad[] = {
    "hello", "{", "}", "[1]", "5", "\"x\"", "null", "{\"a\":}", "{\"a\":1,}x", "{\"a\":1}{\"b\":2}", "{} {}", "{}}", "{\"a\":\"\\u0000\"}",
    "{\"a\":9223372036854775808}", "{\"a\":-9223372036854775809}", "{\"a\":[123456789012345678901234567890]}",
    "{\"a\":\"\xff\"}",
    /* found by fuzzing: json-glib makes text of these that is no UTF-8 */
    "{\"a\":\"\\ud8parse-start\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\ud800\\u0041\"}", "{\"a\":\"\\udc00\"}", "{\"a\":\"\\u12\"}",
    "{\"a\":\"\\60000\"}", "{\"a\":\"\\x41\"}",
  };
  g_autoptr (GString) deep = g_string_new ("{\"a\":");

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    check_bad_line (bad[i], strlen (bad[i]));
  check_bad_line ("{\"a\":\"\0\"}", 9);

  /* Deep enough to end a parser that recurses */
  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (deep, '[');
  check_bad_line (deep->str, deep->len);
}

static void
test_numbers_in_strings (void)
{
  static const char line[] = "{\"a\":\"99999999999999999999 [[[ \\\" 99999999999999999999\"}";
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object G_GNUC_UNUSED = rt_json_parse_line (line, strlen (line), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (json_object_get_string_member (object, "a"), ==, "99999999999999999999 [[[ \" 99999999999999999999");
}

/* What json-glib would take for another number, or for none. */
static void
test_numbers (void)
{
  static const char * const bad[] = {
    "0x10", "01", "-01", "1.", "1e400", "-1e400", "1e", "1e+", "-", "1.e5", "00", "1-2", "1.2.3", "0b1", "1f", "99999999999999999999",
  };
  static const char * const good[] = { "0", "-0", "10", "-12", "0.5", "1e3", "1E-3", "-1.5e+2", "9223372036854775807", "1e308" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad) + G_N_ELEMENTS (good); i++)
    {
      gboolean is_bad = i < G_N_ELEMENTS (bad);
      const char *text = is_bad ? bad[i] : good[i - G_N_ELEMENTS (bad)];
      g_autofree char *line = g_strdup_printf ("{\"a\":[%s]}", text);
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonObject) object G_GNUC_UNUSED = rt_json_parse_line (line, strlen (line), &error);

      g_test_message ("%s: %s", text, error != NULL ? error->message : "taken");
      if (is_bad)
        {
          g_assert_error (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_LINE);
          g_assert_nonnull (strstr (error->message, text));
        }
      else
        g_assert_no_error (error);
    }
}

/* What a peer calls itself need not be UTF-8; an event has to be. */
static void
test_writer (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  rt_json_begin_object (out);
  rt_json_key (out, "a");
  rt_json_begin_array (out);
  rt_json_string (out, "{[:");
  rt_json_string (out, NULL);
  rt_json_begin_object (out);
  rt_json_end_object (out);
  rt_json_begin_array (out);
  rt_json_end_array (out);
  rt_json_end_array (out);
  rt_json_key (out, "b");
  rt_json_string (out, "x\xff");
  rt_json_key (out, "c");
  rt_json_double (out, 1700000000.25);
  rt_json_end_object (out);
  g_assert_cmpstr (out->str, ==, "{\"a\":[\"{[:\",null,{},[]],\"b\":\"x\357\277\275\",\"c\":1700000000.25}");
}

/* ---- lines in ---- */

typedef struct {
  RtLineReader *reader;
  GPtrArray *lines;
  guint too_long;
  gboolean ended;
  gboolean pause_at_line;
} Lines;

static void
line_cb (const char *line,
         gsize       length,
         gpointer    data)
{
  Lines *lines = data;

  g_assert_cmpuint (strlen (line), <=, length);
  g_ptr_array_add (lines->lines, g_strndup (line, length));
  if (lines->pause_at_line)
    rt_line_reader_set_paused (lines->reader, TRUE);
}

static void
too_long_cb (gpointer data)
{
  ((Lines *) data)->too_long++;
}

static void
ended_cb (gpointer data)
{
  ((Lines *) data)->ended = TRUE;
}

static const RtLineReaderEvents line_events = { line_cb, too_long_cb, ended_cb };

static void
write_all (int         fd,
           const char *bytes,
           gsize       length)
{
  g_assert_cmpint (write (fd, bytes, length), ==, length);
}

static gboolean
expired_cb (gpointer data)
{
  g_error ("waited in vain");
  return G_SOURCE_REMOVE;
}

#define wait_until(condition) G_STMT_START { \
    guint expiry = g_timeout_add_seconds (60, expired_cb, NULL); \
    while (!(condition)) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (expiry); \
  } G_STMT_END

static void
test_lines (void)
{
  g_autofree char *long_line = g_strnfill (50, 'a');
  Lines lines = { 0 };
  int fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  lines.lines = g_ptr_array_new_with_free_func (g_free);
  lines.reader = rt_line_reader_new (fds[0], 20, &line_events, &lines);

  write_all (fds[1], "one\ntw", 6);
  wait_until (lines.lines->len == 1);
  write_all (fds[1], "o\n\nthree\n", 9);
  wait_until (lines.lines->len == 4);
  g_assert_cmpstr (lines.lines->pdata[0], ==, "one");
  g_assert_cmpstr (lines.lines->pdata[1], ==, "two");
  g_assert_cmpstr (lines.lines->pdata[2], ==, "");
  g_assert_cmpstr (lines.lines->pdata[3], ==, "three");

  /* Too long, told once, and nothing of it taken for a line */
  write_all (fds[1], long_line, 50);
  write_all (fds[1], long_line, 50);
  write_all (fds[1], "\n12345678901234567890\n", 22);
  wait_until (lines.lines->len == 5);
  g_assert_cmpuint (lines.too_long, ==, 1);
  g_assert_cmpstr (lines.lines->pdata[4], ==, "12345678901234567890");

  /* The last line needs no newline */
  write_all (fds[1], "end", 3);
  close (fds[1]);
  wait_until (lines.ended);
  g_assert_cmpuint (lines.lines->len, ==, 6);
  g_assert_cmpstr (lines.lines->pdata[5], ==, "end");

  rt_line_reader_free (lines.reader);
  g_ptr_array_unref (lines.lines);
  close (fds[0]);
}

static void
test_pause (void)
{
  Lines lines = { .pause_at_line = TRUE };
  int fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  lines.lines = g_ptr_array_new_with_free_func (g_free);
  lines.reader = rt_line_reader_new (fds[0], 20, &line_events, &lines);

  write_all (fds[1], "one\n", 4);
  wait_until (lines.lines->len == 1);
  write_all (fds[1], "two\n", 4);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (lines.lines->len, ==, 1);
  rt_line_reader_set_paused (lines.reader, FALSE);
  wait_until (lines.lines->len == 2);

  rt_line_reader_free (lines.reader);
  g_ptr_array_unref (lines.lines);
  close (fds[0]);
  close (fds[1]);
}

/* ---- lines out ---- */

static void
failed_cb (const char *words,
           gpointer    data)
{
  g_assert_cmpstr (words, !=, NULL);
  ++*(guint *) data;
}

/* As much as is there now, without waiting; the loop runs in between. */
static gsize
read_available (int         fd,
                GByteArray *into)
{
  guint8 chunk[8192];
  ssize_t n = recv (fd, chunk, sizeof chunk, MSG_DONTWAIT);

  if (n < 0)
    n = 0;
  g_byte_array_append (into, chunk, n);
  return n;
}

static void
check_counted_lines (GByteArray *bytes,
                     guint       n)
{
  g_auto (GStrv) lines = NULL;

  g_byte_array_append (bytes, (const guint8 *) "", 1);
  lines = g_strsplit ((const char *) bytes->data, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, n + 1);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (g_ascii_strtoull (lines[i], NULL, 10), ==, i);
}

/* Nobody reads, then somebody does: the loop never blocks, and every line arrives once and in order. */
static void
test_slow_reader (void)
{
  enum { N = 20000 };
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autoptr (RtOutput) output = NULL;
  guint failures = 0;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  output = rt_output_new (fds[0], failed_cb, &failures);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *line = g_strdup_printf ("%u                                                            ", i);

      g_assert_true (rt_output_line (output, line, strlen (line), TRUE));
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpuint (rt_output_get_queued (output), >, 0);
  while (rt_output_get_queued (output) > 0)
    {
      g_main_context_iteration (NULL, FALSE);
      while (read_available (fds[1], got) > 0)
        ;
    }
  while (read_available (fds[1], got) > 0)
    ;
  check_counted_lines (got, N);
  g_assert_cmpuint (failures, ==, 0);
  close (fds[0]);
  close (fds[1]);
}

static void
relieved_cb (gpointer data)
{
  (*(guint *) data)++;
}

/* Beyond the bound the oldest events go, and are counted; answers stay, in their place. */
static void
test_bound (void)
{
  const gsize size = 1024 * 1024;
  g_autofree char *line = g_strnfill (size, 'x');
  g_autoptr (RtOutput) output = NULL;
  g_autoptr (GByteArray) got = g_byte_array_new ();
  guint calls = 0, answers = 0, n = 0;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  output = rt_output_new (fds[0], failed_cb, &calls);
  rt_output_set_relieved (output, relieved_cb);
  for (guint i = 0; i < 110; i++)
    {
      gboolean answer = i % 11 == 5;

      memcpy (line, answer ? "answer" : "event ", 6);
      line[6] = (char) i;
      g_assert_true (rt_output_line (output, line, size, !answer));
      g_assert_cmpuint (rt_output_get_queued (output), <=, RT_OUTPUT_MAX_QUEUED);
    }
  g_assert_cmpuint (rt_output_get_dropped (output), ==, 110 - 63);
  g_assert_true (rt_output_is_pressed (output));
  /* Leaving does not wait for a reader for ever */
  g_assert_false (rt_output_flush (output, 50));

  while (rt_output_get_queued (output) > 0)
    {
      g_main_context_iteration (NULL, FALSE);
      while (read_available (fds[1], got) > 0)
        ;
    }
  while (read_available (fds[1], got) > 0)
    ;
  g_assert_cmpuint (calls, ==, 1);
  g_assert_cmpuint (got->len, ==, 63 * (size + 1));
  for (guint i = 0; i < 63; i++)
    {
      const char *text = (const char *) got->data + i * (size + 1);

      g_assert_cmpint (text[size], ==, '\n');
      g_assert_cmpint ((guint8) text[6], >=, n);
      n = (guint8) text[6];
      answers += g_str_has_prefix (text, "answer");
    }
  g_assert_cmpuint (n, ==, 109);
  g_assert_cmpuint (answers, ==, 10);
  close (fds[0]);
  close (fds[1]);
}

static void
test_reader_gone (void)
{
  g_autoptr (RtOutput) output = NULL;
  guint failures = 0;
  int fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  output = rt_output_new (fds[1], failed_cb, &failures);
  close (fds[0]);
  g_assert_true (rt_output_line (output, "x", 1, FALSE));
  wait_until (failures > 0);
  g_assert_cmpuint (failures, ==, 1);
  g_assert_false (rt_output_line (output, "x", 1, FALSE));
  g_assert_cmpuint (rt_output_get_queued (output), ==, 0);
  close (fds[1]);
}

/* The flags of a descriptor that others share are left alone. */
static void
test_pipe_flags (void)
{
  g_autoptr (RtOutput) output = NULL;
  guint failures = 0;
  char text[4] = "";
  int fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  output = rt_output_new (fds[1], failed_cb, &failures);
  rt_output_line (output, "abc", 3, FALSE);
  g_assert_true (rt_output_flush (output, 5000));
  g_assert_cmpint (read (fds[0], text, sizeof text), ==, 4);
  g_assert_cmpint (memcmp (text, "abc\n", 4), ==, 0);
  g_assert_cmpint (fcntl (fds[1], F_GETFL) & O_NONBLOCK, ==, 0);
  close (fds[0]);
  close (fds[1]);
}

static void
test_file (void)
{
  g_autofree char *path = NULL;
  g_autofree char *contents = NULL;
  int fd = g_file_open_tmp ("node-io-XXXXXX", &path, NULL);
  g_autoptr (RtOutput) output = NULL;
  guint failures = 0;

  g_assert_cmpint (fd, >=, 0);
  write_all (fd, "before\n", 7);
  output = rt_output_new (fd, failed_cb, &failures);
  rt_output_line (output, "after", 5, FALSE);
  wait_until (rt_output_get_queued (output) == 0);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "before\nafter\n");
  close (fd);
  g_unlink (path);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  g_test_add_func ("/node/json/values", test_values);
  g_test_add_func ("/node/json/other-types", test_other_types);
  g_test_add_func ("/node/json/bad-values", test_bad_values);
  g_test_add_func ("/node/json/bad-lines", test_bad_lines);
  g_test_add_func ("/node/json/numbers-in-strings", test_numbers_in_strings);
  g_test_add_func ("/node/json/numbers", test_numbers);
  g_test_add_func ("/node/json/writer", test_writer);
  g_test_add_func ("/node/input/lines", test_lines);
  g_test_add_func ("/node/input/pause", test_pause);
  g_test_add_func ("/node/output/slow-reader", test_slow_reader);
  g_test_add_func ("/node/output/bound", test_bound);
  g_test_add_func ("/node/output/reader-gone", test_reader_gone);
  g_test_add_func ("/node/output/pipe-flags", test_pipe_flags);
  g_test_add_func ("/node/output/file", test_file);
  return g_test_run ();
}
