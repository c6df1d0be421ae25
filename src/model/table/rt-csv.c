/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-csv.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* ---- writing ---- */

static gboolean
is_formula (const char *field)
{
  static const char * const wide[] = { "＝", "＋", "－", "＠" };

  if (*field != '\0' && strchr ("=+-@\t\r", *field) != NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (wide); i++)
    if (g_str_has_prefix (field, wide[i]))
      return TRUE;
  return FALSE;
}

/* Itself, or behind any number of what guards it. */
static gboolean
needs_guard (const char *field)
{
  const char *behind = field + strspn (field, "'");

  return is_formula (behind);
}

void
rt_csv_append (GString *out, const char *field, gboolean safe)
{
  gboolean guarded = !safe && needs_guard (field);
  gsize length = strlen (field);

  if (out->len > 0 && out->str[out->len - 1] != '\n')
    g_string_append_c (out, ',');
  /* An empty one is quoted, so that a record of it alone is no empty line. */
  if (length > 0 && !guarded && strpbrk (field, ",;\t\"\r\n' ") == NULL)
    {
      g_string_append_len (out, field, (gssize) length);
      return;
    }
  g_string_append_c (out, '"');
  if (guarded)
    g_string_append_c (out, '\'');
  for (const char *at = field; *at != '\0';)
    {
      gsize n = strcspn (at, "\"");

      g_string_append_len (out, at, (gssize) n);
      if (at[n] == '"')
        g_string_append (out, "\"\"");
      at += n + (at[n] == '"');
    }
  g_string_append_c (out, '"');
}

void
rt_csv_end_record (GString *out)
{
  g_string_append (out, "\r\n");
}

/* ---- reading ---- */

static void
find_delimiter (RtCsvReader *self)
{
  gsize n = strcspn (self->text, "\r\n");
  static const char candidates[] = ",;\t";
  gsize best = G_MAXSIZE;

  self->delimiter = ',';
  for (const char *c = candidates; *c != '\0'; c++)
    {
      const char *found = memchr (self->text, *c, MIN (n, self->length));

      if (found != NULL && (gsize) (found - self->text) < best)
        {
          best = (gsize) (found - self->text);
          self->delimiter = *c;
        }
    }
}

static char *
unguard (char *field)
{
  if (field[0] == '\'' && needs_guard (field))
    memmove (field, field + 1, strlen (field));
  return field;
}

static gboolean
is_end (RtCsvReader *self)
{
  return self->at >= self->length || strchr ("\r\n", self->text[self->at]) != NULL;
}

/* at: behind the quote */
static gboolean
read_quoted (RtCsvReader *self, GString *field, GError **error)
{
  guint begin = self->line;

  for (;;)
    {
      const char *quote = memchr (self->text + self->at, '"', self->length - self->at);
      gsize end = quote != NULL ? (gsize) (quote - self->text) : self->length;

      for (gsize i = self->at; i < end; i++)
        self->line += self->text[i] == '\n';
      g_string_append_len (field, self->text + self->at, (gssize) (end - self->at));
      self->at = end + 1;
      if (quote == NULL)
        {
          self->at = self->length;
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("Line %u: a field begins with \" and has no end"), begin);
          return FALSE;
        }
      if (self->at >= self->length || self->text[self->at] != '"')
        return TRUE;
      g_string_append_c (field, '"');
      self->at++;
    }
}

static void
read_plain (RtCsvReader *self, GString *field)
{
  gsize begin = self->at;

  while (!is_end (self) && self->text[self->at] != self->delimiter)
    self->at++;
  g_string_append_len (field, self->text + begin, (gssize) (self->at - begin));
}

static void
skip_line_end (RtCsvReader *self)
{
  if (self->at < self->length && self->text[self->at] == '\r')
    self->at++;
  if (self->at < self->length && self->text[self->at] == '\n')
    self->at++;
  self->line++;
}

gboolean
rt_csv_read (RtCsvReader *self, GPtrArray *fields, char **trouble, GError **error)
{
  g_ptr_array_set_size (fields, 0);
  *trouble = NULL;
  if (self->delimiter == '\0')
    find_delimiter (self);
  while (self->at < self->length && is_end (self))
    skip_line_end (self);
  if (self->at >= self->length)
    return FALSE;

  self->record_line = self->line;
  for (;;)
    {
      g_autoptr (GString) field = g_string_new (NULL);

      if (self->text[self->at] == '"' && self->at < self->length)
        {
          self->at++;
          if (!read_quoted (self, field, error))
            {
              g_clear_pointer (trouble, g_free);
              return FALSE;
            }
          if (!is_end (self) && self->text[self->at] != self->delimiter)
            {
              if (*trouble == NULL)
                *trouble = g_strdup (_("something follows the \" at the end of a field"));
              read_plain (self, field);
            }
        }
      else
        read_plain (self, field);
      g_ptr_array_add (fields, unguard (g_string_free (g_steal_pointer (&field), FALSE)));
      if (is_end (self))
        break;
      self->at++;
      /* a delimiter at the very end has an empty field behind it */
      if (self->at >= self->length)
        {
          g_ptr_array_add (fields, g_strdup (""));
          return TRUE;
        }
    }
  skip_line_end (self);
  return TRUE;
}
