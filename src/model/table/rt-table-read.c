/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file as entries of a table, or as words about what is wrong with it. Runs in a thread: it touches no table. */
#include "config.h"

#include "rt-table-read.h"
#include "rt-csv.h"
#include "json/rt-json-parse.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CHUNK_BYTES (256u * 1024)

static void
free_entry (gpointer data)
{
  RtTableEntry *entry = data;

  g_clear_pointer (&entry->key, g_bytes_unref);
  g_variant_unref (entry->value);
  g_free (entry);
}

RtTableFile *
rt_table_file_new (void)
{
  RtTableFile *self = g_new0 (RtTableFile, 1);

  self->entries = g_ptr_array_new_with_free_func (free_entry);
  self->import = g_new0 (RtTableImport, 1);
  self->import->problems = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
rt_table_file_free (RtTableFile *self)
{
  g_ptr_array_unref (self->entries);
  g_clear_pointer (&self->import, rt_table_import_free);
  g_free (self);
}

void
rt_table_import_free (RtTableImport *self)
{
  g_ptr_array_unref (self->problems);
  g_free (self);
}

void
rt_table_import_add_problem (RtTableImport *self, guint line, const char *format, ...)
{
  g_autofree char *words = NULL;
  va_list args;

  self->n_problems++;
  if (self->problems->len >= RT_TABLE_MAX_PROBLEMS)
    return;
  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (self->problems, g_strdup_printf (_("Line %u: %s"), line, words));
}

/* ---- entries ---- */

typedef struct {
  RtTableFile *file;
  GHashTable  *by_key;          /* not owning */
} Reading;

/* key: transfer full, NULL: it is none. value: its reference is taken. */
static void
take_entry (Reading *self, GBytes *key, GVariant *value, guint line)
{
  g_autoptr (GBytes) name = key;
  g_autoptr (GVariant) taken = value;
  RtTableEntry *entry, *former;

  if (name == NULL || g_bytes_get_size (name) == 0)
    rt_table_import_add_problem (self->file->import, line, _("the key is empty, or no text or bytes"));
  else if (g_bytes_get_size (name) > RT_TABLE_MAX_KEY)
    rt_table_import_add_problem (self->file->import, line, _("the key is longer than %u bytes"), RT_TABLE_MAX_KEY);
  else if (g_variant_is_of_type (taken, G_VARIANT_TYPE_UNIT))
    rt_table_import_add_problem (self->file->import, line, _("a key cannot have nothing as its value"));
  else
    {
      former = g_hash_table_lookup (self->by_key, name);
      if (former != NULL)
        {
          g_autofree char *text = rt_table_key_to_text (name, NULL);

          rt_table_import_add_problem (self->file->import, former->line, _("“%s” comes again in line %u, which is taken"), text, line);
          g_hash_table_remove (self->by_key, name);
          g_clear_pointer (&former->key, g_bytes_unref);
        }
      entry = g_new0 (RtTableEntry, 1);
      entry->key = g_steal_pointer (&name);
      entry->value = g_steal_pointer (&taken);
      entry->line = line;
      g_ptr_array_add (self->file->entries, entry);
      g_hash_table_insert (self->by_key, entry->key, entry);
    }
}

static GBytes *
value_to_key (GVariant *value)
{
  g_autoptr (GVariant) inner = NULL;
  gsize length;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      const char *text = g_variant_get_string (value, &length);

      return g_bytes_new (text, length);
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return g_variant_get_data_as_bytes (value);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE ("(ay)")))
    return NULL;
  inner = g_variant_get_child_value (value, 0);
  return g_variant_get_data_as_bytes (inner);
}

/* ---- JSON ---- */

typedef struct {
  RtJsonCursor cursor;
  gsize        counted;         /* the line of this byte is known */
  guint        line;
} Place;

static guint
get_line (Place *self)
{
  for (; self->counted < self->cursor.at; self->counted++)
    self->line += self->cursor.text[self->counted] == '\n';
  return self->line;
}

static gboolean
read_json_entry (Reading *self, Place *place, GError **error)
{
  g_autoptr (GVariant) key = NULL, value = NULL;
  guint line;

  if (!rt_json_cursor_expect (&place->cursor, '{', error))
    return FALSE;
  line = get_line (place);
  if (!rt_json_cursor_take (&place->cursor, '}'))
    do
      {
        gsize length;
        g_autofree char *name = NULL;
        g_autoptr (GVariant) member = NULL;

        rt_json_cursor_peek (&place->cursor);
        name = rt_json_cursor_string (&place->cursor, &length, error);
        if (name == NULL || !rt_json_cursor_expect (&place->cursor, ':', error))
          return FALSE;
        member = rt_json_cursor_value (&place->cursor, error);
        if (member == NULL)
          return FALSE;
        if (g_str_equal (name, "key") && key == NULL)
          key = g_steal_pointer (&member);
        else if (g_str_equal (name, "value") && value == NULL)
          value = g_steal_pointer (&member);
      }
    while (rt_json_cursor_take (&place->cursor, ',') || (!rt_json_cursor_expect (&place->cursor, '}', error) ? (place->line = 0, FALSE) : FALSE));
  if (place->line == 0)
    return FALSE;
  if (key == NULL || value == NULL)
    rt_table_import_add_problem (self->file->import, line, _("an entry without a key or without a value"));
  else
    take_entry (self, value_to_key (key), g_steal_pointer (&value), line);
  return TRUE;
}

static gboolean
read_json_list (Reading *self, Place *place, GError **error)
{
  if (!rt_json_cursor_expect (&place->cursor, '[', error))
    return FALSE;
  if (rt_json_cursor_take (&place->cursor, ']'))
    return TRUE;
  do
    if (!read_json_entry (self, place, error))
      return FALSE;
  while (rt_json_cursor_take (&place->cursor, ','));
  return rt_json_cursor_expect (&place->cursor, ']', error);
}

static gboolean
check_version (GVariant *value, GError **error)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64) && g_variant_get_int64 (value) == 1)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _("this table was written by a newer Roundtable"));
  return FALSE;
}

/* Ours, or an object whose names are the keys. */
static gboolean
read_json_object (Reading *self, Place *place, GError **error)
{
  gboolean ours = FALSE, first = TRUE;

  if (!rt_json_cursor_expect (&place->cursor, '{', error))
    return FALSE;
  if (rt_json_cursor_take (&place->cursor, '}'))
    return TRUE;
  do
    {
      gsize length;
      guint line;
      g_autofree char *name = NULL;
      g_autoptr (GVariant) value = NULL;

      rt_json_cursor_peek (&place->cursor);
      line = get_line (place);
      name = rt_json_cursor_string (&place->cursor, &length, error);
      if (name == NULL || !rt_json_cursor_expect (&place->cursor, ':', error))
        return FALSE;
      if (ours && g_str_equal (name, "entries"))
        {
          if (!read_json_list (self, place, error))
            return FALSE;
          continue;
        }
      value = rt_json_cursor_value (&place->cursor, error);
      if (value == NULL)
        return FALSE;
      if (first && g_str_equal (name, "roundtable-table"))
        {
          ours = TRUE;
          if (!check_version (value, error))
            return FALSE;
        }
      else if (!ours)
        take_entry (self, g_bytes_new (name, length), g_steal_pointer (&value), line);
      first = FALSE;
    }
  while (rt_json_cursor_take (&place->cursor, ','));
  return rt_json_cursor_expect (&place->cursor, '}', error);
}

static gboolean
read_json (Reading *self, const char *text, gsize length, GError **error)
{
  Place place = { .cursor = { .text = text, .length = length }, .line = 1 };
  g_autoptr (GError) local_error = NULL;
  char first = rt_json_cursor_peek (&place.cursor);
  guint line, column;
  const char *begin;

  if (first == '[' ? read_json_list (self, &place, &local_error) : read_json_object (self, &place, &local_error))
    {
      if (rt_json_cursor_peek (&place.cursor) == '\0' && place.cursor.at >= length)
        return TRUE;
      g_set_error_literal (&local_error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("something follows the end of the table"));
    }
  /* counted anew: it may be an earlier place than the newest that was looked at */
  line = 1;
  begin = text;
  for (const char *at = text; at < text + MIN (place.cursor.at, length); at++)
    if (*at == '\n')
      {
        line++;
        begin = at + 1;
      }
  column = 1 + (guint) g_utf8_strlen (begin, text + MIN (place.cursor.at, length) - begin);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("Line %u, column %u: %s"), line, column, local_error->message);
  return FALSE;
}

/* ---- CSV ---- */

typedef struct { guint key, type, value, n; } Columns;

static gboolean
find_columns (RtCsvReader *reader, Columns *columns, GError **error)
{
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *trouble = NULL;
  GError *local_error = NULL;

  columns->key = columns->type = columns->value = G_MAXUINT;
  rt_csv_read (reader, fields, &trouble, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }
  columns->n = fields->len;
  for (guint i = 0; i < fields->len; i++)
    {
      g_autofree char *name = g_ascii_strdown (g_strstrip (fields->pdata[i]), -1);

      if (g_str_equal (name, "key"))
        columns->key = i;
      else if (g_str_equal (name, "type"))
        columns->type = i;
      else if (g_str_equal (name, "value"))
        columns->value = i;
    }
  if (columns->key < columns->n && columns->value < columns->n)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("Line 1: the first line has to name the columns: key,type,value"));
  return FALSE;
}

static GBytes *
parse_csv_key (const char *text)
{
  RtJsonCursor cursor = { .text = text, .length = strlen (text) };
  g_autoptr (GVariant) value = NULL;

  if (*text != '{' && *text != '"')
    return g_bytes_new (text, strlen (text));
  value = rt_json_cursor_value (&cursor, NULL);
  return value != NULL && rt_json_cursor_peek (&cursor) == '\0' ? value_to_key (value) : NULL;
}

static void
read_csv_record (Reading *self, const Columns *columns, GPtrArray *fields, guint line)
{
  RtValueKind kind = RT_VALUE_TEXT;
  g_autoptr (GError) error = NULL;
  const char *text;
  GVariant *value;

  if (fields->len != columns->n)
    {
      rt_table_import_add_problem (self->file->import, line, _("%u fields where the first line has %u"), fields->len, columns->n);
      return;
    }
  if (columns->type < columns->n && !rt_value_kind_from_name (fields->pdata[columns->type], &kind))
    {
      g_autofree char *shown = g_utf8_substring (fields->pdata[columns->type], 0, MIN (g_utf8_strlen (fields->pdata[columns->type], -1), 40));

      rt_table_import_add_problem (self->file->import, line, _("“%s” is no type: there are text, integer, decimal, boolean, bytes, list, map and other"), shown);
      return;
    }
  text = fields->pdata[columns->value];
  value = rt_value_from_text (kind, text, strlen (text), NULL, &error);
  if (value != NULL)
    take_entry (self, parse_csv_key (fields->pdata[columns->key]), value, line);
  else
    rt_table_import_add_problem (self->file->import, line, _("the value: %s"), error->message);
}

static gboolean
read_csv (Reading *self, const char *text, gsize length, GCancellable *cancellable, GError **error)
{
  RtCsvReader reader = { .text = text, .length = length, .line = 1 };
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
  GError *local_error = NULL;
  char *trouble = NULL;
  Columns columns;

  if (!find_columns (&reader, &columns, error))
    return FALSE;
  while (rt_csv_read (&reader, fields, &trouble, &local_error) && !g_cancellable_set_error_if_cancelled (cancellable, &local_error))
    {
      if (trouble != NULL)
        rt_table_import_add_problem (self->file->import, reader.record_line, "%s", trouble);
      else
        read_csv_record (self, &columns, fields, reader.record_line);
      g_clear_pointer (&trouble, g_free);
    }
  g_free (trouble);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, local_error);
  return FALSE;
}

/* ---- the file ---- */

static GByteArray *
read_all (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK_BYTES);
  gssize n;

  while ((n = g_input_stream_read (stream, chunk, CHUNK_BYTES, cancellable, error)) > 0)
    {
      if (bytes->len + (gsize) n > RT_TABLE_MAX_IMPORT)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("The file is larger than %u MiB"), RT_TABLE_MAX_IMPORT / 1024 / 1024);
          return NULL;
        }
      g_byte_array_append (bytes, chunk, (guint) n);
    }
  return n == 0 ? g_steal_pointer (&bytes) : NULL;
}

static gboolean
check_text (const char *text, gsize length, GError **error)
{
  const char *bad;
  guint line = 1;

  if (g_utf8_validate_len (text, length, &bad))
    return TRUE;
  for (const char *at = text; at < bad; at++)
    line += *at == '\n';
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("Line %u: that is no text in UTF-8"), line);
  return FALSE;
}

RtTableFile *
rt_table_file_read (RtTableFormat format, GInputStream *stream, GCancellable *cancellable, GError **error)
{
  g_autoptr (RtTableFile) file = rt_table_file_new ();
  g_autoptr (GHashTable) by_key = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  g_autoptr (GByteArray) bytes = read_all (stream, cancellable, error);
  Reading reading = { file, by_key };
  const char *text;
  gsize length;

  if (bytes == NULL)
    return NULL;
  /* for those who look for an end */
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  text = (const char *) bytes->data;
  length = bytes->len - 1;
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    {
      text += 3;
      length -= 3;
    }
  if (!check_text (text, length, error) ||
      !(format == RT_TABLE_JSON ? read_json (&reading, text, length, error) : read_csv (&reading, text, length, cancellable, error)))
    return NULL;
  return g_steal_pointer (&file);
}
