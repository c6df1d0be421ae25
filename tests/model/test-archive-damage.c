/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Archives that are damaged, made up, or none. */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive-fixture.h"

/* ---- damaged ---- */

static char *
make_small (ArchiveFixture *self, guint n, gsize *length)
{
  g_autoptr (GError) error = NULL;
  char *contents;

  archive_fill (self, n);
  g_assert_true (archive_export (self, 0, 0, NULL, NULL, NULL, &error));
  g_assert_true (g_file_get_contents (self->path, &contents, length, NULL));
  return contents;
}

/* NULL: it was refused. */
static RtArchiveFile *
check (const char *contents, gsize length)
{
  g_autoptr (GError) error = NULL;
  RtArchiveFile *file = rt_archive_file_check (g_bytes_new (contents, length), NULL, &error);

  g_assert_true ((file == NULL) == (error != NULL));
  if (error != NULL)
    g_assert_cmpint ((int) error->domain, ==, (int) RT_ARCHIVE_ERROR);
  return file;
}

static void
assert_found (const char *contents, gsize length, const char *what, gsize at)
{
  g_autoptr (RtArchiveFile) file = check (contents, length);

  if (file == NULL)
    return;
  if (file->n_faults == 0)
    g_error ("%s at byte %" G_GSIZE_FORMAT " was not found", what, at);
  /* and what can be read of it can be shown */
  for (guint i = 0; i < file->places->len; i++)
    {
      g_autoptr (RtStoreMessage) message = rt_archive_file_get (file, i);

      g_assert_nonnull (message);
    }
}

static void
test_flipped (ArchiveFixture *self, gconstpointer data)
{
  gsize length;
  g_autofree char *contents = make_small (self, 2, &length);
  g_autoptr (RtArchiveFile) sound = check (contents, length);

  g_assert_nonnull (sound);
  g_assert_cmpuint (sound->n_faults, ==, 0);
  for (gsize i = 0; i < length; i++)
    {
      char flips[] = { 1, 0x20, (char) (1 << g_test_rand_int_range (0, 8)) };

      for (guint k = 0; k < G_N_ELEMENTS (flips); k++)
        {
          contents[i] ^= flips[k];
          assert_found (contents, length, "a flipped bit", i);
          contents[i] ^= flips[k];
        }
    }
  g_test_message ("%" G_GSIZE_FORMAT " bytes", length);
}

static void
test_truncated (ArchiveFixture *self, gconstpointer data)
{
  gsize length;
  g_autofree char *contents = make_small (self, 2, &length);

  for (gsize i = 0; i < length; i++)
    assert_found (contents, i, "the end", i);
  for (gsize i = 0; i <= length; i += 1 + i % 7)
    {
      g_autoptr (GString) more = g_string_new_len (contents, (gssize) length);

      g_string_insert_c (more, (gssize) i, i % 2 == 0 ? ' ' : '\n');
      assert_found (more->str, more->len, "a byte more", i);
      g_string_truncate (more, 0);
      g_string_append_len (more, contents, (gssize) length);
      if (i < length)
        g_string_erase (more, (gssize) i, 1);
      else
        g_string_append (more, contents);
      assert_found (more->str, more->len, "a byte less", i);
    }
}

/* A line of a message that is gone, moved, or there twice: it is said where. */
static void
test_lines (ArchiveFixture *self, gconstpointer data)
{
  static const guint orders[][8] = { { 0, 1, 2, 4, 5, 6, 7 }, { 0, 2, 1, 3, 4, 5, 6, 7 }, { 0, 1, 2, 3, 3, 5, 6, 7 }, { 0, 7 }, { 0, 2, 3, 4, 5, 6, 7 }, { 0, 1, 2, 3, 4, 5, 7 } };
  gsize length;
  g_autofree char *contents = make_small (self, 6, &length);
  g_auto (GStrv) lines = g_strsplit (contents, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 9);
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint k = 0; k < 8 && (k == 0 || orders[i][k] != 0); k++)
        g_string_append_printf (text, "%s\n", lines[orders[i][k]]);
      assert_found (text->str, text->len, "another order", i);
    }
  {
    char *place = strstr (lines[3], "message 2");
    g_autofree char *changed = NULL;
    g_autoptr (RtArchiveFile) file = NULL;

    g_assert_nonnull (place);
    place[0] = 'M';
    changed = g_strjoinv ("\n", lines);
    file = check (changed, strlen (changed));
    g_assert_nonnull (file);
    g_assert_cmpuint (file->places->len, ==, 6);
    /* of the line, and of the text: the id is still that of what was sent */
    g_assert_cmpuint (file->n_faults, ==, 2);
    g_assert_true (g_str_has_prefix (((RtArchiveFault *) file->faults->pdata[0])->words, "Line 4: "));
    g_assert_cmpint (((RtArchiveFault *) file->faults->pdata[0])->key.sequence, ==, 3);
  }
}

/* ---- hostile ---- */

/* With a chain that is right. */
static char *
chain (const char *header, const char * const *texts)
{
  GString *out = g_string_new (RT_ARCHIVE_BEGIN RT_ARCHIVE_VERSION RT_ARCHIVE_HEADER);
  guint8 hash[RT_ARCHIVE_HASH_BYTES];
  char hex[2 * RT_ARCHIVE_HASH_BYTES + 1];
  guint n = 0;

  rt_archive_hash (NULL, header, strlen (header), hash);
  rt_archive_hash_to_hex (hash, hex);
  g_string_append_printf (out, "%s" RT_ARCHIVE_MESSAGES "\n", header);
  for (; texts[n] != NULL; n++)
    {
      rt_archive_hash (hash, texts[n], strlen (texts[n]), hash);
      rt_archive_hash_to_hex (hash, hex);
      g_string_append_printf (out, "%s" RT_ARCHIVE_HASH "%s" RT_ARCHIVE_MESSAGE "%s}", n > 0 ? ",\n" : "", hex, texts[n]);
    }
  g_string_append_printf (out, "%s],\"count\":%u,\"head\":\"%s\"}\n", n > 0 ? "\n" : "", n, hex);
  return g_string_free (out, FALSE);
}

#define GOOD(n) "{\"n\":" n ",\"time\":5,\"sender\":\"a\",\"text\":\"x\"}"

/* What is no message is refused in words, one line each, and does not keep the others from being read. */
static void
test_hostile (void)
{
  g_autofree char *deep = g_strnfill (300000, '['), *long_text = g_strnfill (RT_STORE_CHAT_TEXT + 1, 'x'), *base64 = g_strnfill (RT_STORE_CHAT_BODY * 2, 'A'), *huge = g_strnfill (RT_ARCHIVE_MAX_LINE, 'x');
  g_autofree char *texts[] = {
    g_strdup ("null"), g_strdup ("[]"), g_strdup ("17"), g_strdup ("{}"), g_strdup (""), g_strdup ("{\"n\":1}"), g_strdup ("{\"$b\":\"00\"}"), g_steal_pointer (&deep),
    g_strdup ("{\"n\":1,\"time\":-5,\"sender\":\"a\",\"text\":\"x\"}"), g_strdup ("{\"n\":1,\"time\":9007199254740992,\"sender\":\"a\",\"text\":\"x\"}"),
    g_strdup ("{\"n\":1,\"time\":5.5,\"sender\":\"a\",\"text\":\"x\"}"), g_strdup ("{\"n\":1,\"time\":\"5\",\"sender\":\"a\",\"text\":\"x\"}"),
    g_strdup ("{\"n\":1,\"time\":5,\"sender\":7,\"text\":\"x\"}"), g_strdup ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"x\\u0000\"}"),
    g_strdup ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"x\",\"text\":\"y\"}"), g_strdup ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"x\",\"id\":\"00\"}"),
    g_strdup ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"x\",\"own\":1}"), g_strdup ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"x\"} "GOOD ("1")),
    g_strdup ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"\xff\"}"), g_strdup ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"\\ud800\"}"),
    g_strconcat ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"", long_text, "\"}", NULL),
    g_strconcat ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"x\",\"body\":\"", base64, "\"}", NULL),
    g_strconcat ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"x\",\"other\":\"", huge, "\"}", NULL),
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const char *all[] = { GOOD ("0"), texts[i], GOOD ("2"), NULL };
      g_autofree char *contents = chain ("{}", all);
      g_autoptr (RtArchiveFile) file = check (contents, strlen (contents));
      const RtArchiveFault *fault;

      g_assert_nonnull (file);
      g_assert_cmpuint (file->n_faults, ==, i == G_N_ELEMENTS (texts) - 1 || *texts[i] == 0 ? 2 : 1);
      fault = file->faults->pdata[0];
      g_test_message ("text %u: %s", i, fault->words);
      g_assert_true (g_str_has_prefix (fault->words, "Line 3: "));
      g_assert_cmpint (fault->key.time, ==, -1);
      g_assert_cmpuint (file->places->len, ==, 2);
      g_free (g_steal_pointer (&texts[i]));
    }
}

/* Well-formed, and yet not what an export is. */
static void
test_made_up (void)
{
  static const struct { const char *texts[4]; guint n_faults; const char *words; } cases[] = {
    { { GOOD ("0"), GOOD ("1"), NULL }, 0, NULL },
    { { GOOD ("0"), GOOD ("0"), NULL }, 1, "Line 3: this is message 1, where 2 should be" },
    { { GOOD ("0"), GOOD ("7"), GOOD ("8"), NULL }, 1, "Line 3: this is message 8, where 2 should be" },
    { { GOOD ("0"), "{\"n\":1,\"time\":4,\"sender\":\"a\",\"text\":\"older\"}", NULL }, 1, "Line 3: this message is older" },
    { { "{\"n\":0,\"time\":4,\"sender\":\"a\",\"text\":\"x\",\"id\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"body\":\"AAAA\"}", NULL }, 1, "Line 2: the id" },
  };
  static const char * const none[] = { NULL };
  g_autofree char *claims = chain ("{\"network\":\"a\\nb\xe2\x80\xae\",\"by\":7,\"name\":\"N\"}", none), *bad = chain ("[1]", none);
  g_autoptr (RtArchiveFile) claimed = check (claims, strlen (claims)), odd = check (bad, strlen (bad));

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *contents = chain ("{}", cases[i].texts);
      g_autoptr (RtArchiveFile) file = check (contents, strlen (contents));

      g_assert_nonnull (file);
      g_assert_cmpuint (file->n_faults, ==, cases[i].n_faults);
      if (cases[i].words != NULL)
        g_assert_true (g_str_has_prefix (((RtArchiveFault *) file->faults->pdata[0])->words, cases[i].words));
      for (guint k = 1; k < file->places->len; k++)
        g_assert_cmpint (g_array_index (file->places, RtArchivePlace, k - 1).time, <=, g_array_index (file->places, RtArchivePlace, k).time);
    }
  g_assert_nonnull (claimed);
  g_assert_null (strchr (claimed->title, '\n'));
  g_assert_null (strstr (claimed->title, "\xe2\x80\xae"));
  g_assert_cmpstr (claimed->by, ==, "N");
  g_assert_nonnull (odd);
  g_assert_cmpuint (odd->n_faults, ==, 1);
}

/* A line each of a hundred thousand that are no messages: counted, not kept. */
static void
test_many_faults (void)
{
  g_autoptr (GString) text = g_string_new (RT_ARCHIVE_BEGIN RT_ARCHIVE_VERSION RT_ARCHIVE_HEADER "{}" RT_ARCHIVE_MESSAGES "\n");
  g_autoptr (RtArchiveFile) file = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append (text, "x\n");
  file = check (text->str, text->len);
  g_assert_nonnull (file);
  g_assert_cmpuint (file->n_faults, >=, 100000);
  g_assert_cmpuint (file->faults->len, ==, RT_ARCHIVE_MAX_FAULTS);
}

/* ---- other files ---- */

static void
refuses (ArchiveFixture *self, const char *contents, gssize length, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (self->path, contents, length, NULL));
  g_assert_null (archive_open (self->file, &error));
  g_assert_error (error, RT_ARCHIVE_ERROR, code);
}

static void
test_other_files (ArchiveFixture *self, gconstpointer data)
{
  g_autoptr (GFile) folder = g_file_new_for_path (self->folder), zero = g_file_new_for_path ("/dev/zero"), nothing = g_file_new_for_path ("/nowhere/at all");
  g_autoptr (GError) error = NULL;

  refuses (self, "", 0, RT_ARCHIVE_ERROR_OTHER_FORM);
  refuses (self, "{}", -1, RT_ARCHIVE_ERROR_OTHER_FORM);
  refuses (self, "{\"roundtable-table\":1,\"exported\":\"\",\"entries\":[]}", -1, RT_ARCHIVE_ERROR_OTHER_FORM);
  refuses (self, "\x89PNG\r\n\x1a\n\0\0", 10, RT_ARCHIVE_ERROR_OTHER_FORM);
  refuses (self, RT_ARCHIVE_BEGIN "2,\"header\":{}", -1, RT_ARCHIVE_ERROR_TOO_NEW);
  refuses (self, RT_ARCHIVE_BEGIN "1,\"header\":{}", -1, RT_ARCHIVE_ERROR_BROKEN);
  g_assert_null (archive_open (folder, &error));
  g_assert_error (error, RT_ARCHIVE_ERROR, RT_ARCHIVE_ERROR_OTHER_FORM);
  g_clear_error (&error);
  g_assert_null (archive_open (zero, &error));
  g_assert_error (error, RT_ARCHIVE_ERROR, RT_ARCHIVE_ERROR_OTHER_FORM);
  g_clear_error (&error);
  g_assert_null (archive_open (nothing, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* whose other end nobody has opened */
  g_remove (self->path);
  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
  g_assert_null (archive_open (self->file, &error));
  g_assert_error (error, RT_ARCHIVE_ERROR, RT_ARCHIVE_ERROR_OTHER_FORM);
  g_clear_error (&error);
  g_remove (self->path);

  /* too large, without a disk full of it */
  g_assert_true (g_file_set_contents (self->path, RT_ARCHIVE_BEGIN, -1, NULL));
  g_assert_cmpint (truncate (self->path, (off_t) RT_ARCHIVE_MAX_BYTES + 1), ==, 0);
  g_assert_null (archive_open (self->file, &error));
  g_assert_error (error, RT_ARCHIVE_ERROR, RT_ARCHIVE_ERROR_TOO_LARGE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/archive-damage/" name, ArchiveFixture, NULL, archive_set_up, func, archive_tear_down)
  ADD ("flipped", test_flipped);
  ADD ("truncated", test_truncated);
  ADD ("lines", test_lines);
  ADD ("other-files", test_other_files);
  g_test_add_func ("/archive-damage/hostile", test_hostile);
  g_test_add_func ("/archive-damage/made-up", test_made_up);
  g_test_add_func ("/archive-damage/many-faults", test_many_faults);
  return g_test_run ();
}
