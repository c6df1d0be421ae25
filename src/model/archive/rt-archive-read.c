/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading an archive, line by line, and finding out what was done to it. Its form leaves no byte free: each is of something that was hashed, or the only one that could be there. */
#include "config.h"

#include "rt-archive-read.h"
#include "json/rt-json-parse.h"
#include "p2p/p2p.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CHUNK (256u * 1024)
/* Of words in the header */
#define MAX_WORDS 256u
#define HEX (2 * RT_ARCHIVE_HASH_BYTES)
/* A line around the message in it */
#define AROUND (sizeof RT_ARCHIVE_HASH - 1 + HEX + sizeof RT_ARCHIVE_MESSAGE - 1 + 1)

typedef struct {
  RtArchiveFile *file;
  const char    *text;          /* all of it */
  gsize          length, at;
  guint          n_line;        /* of the file, as editors count */
  guint8         stated[RT_ARCHIVE_HASH_BYTES], computed[RT_ARCHIVE_HASH_BYTES];       /* of the message before, as it says and as it is */
  guint64        n_expected;    /* the number that the next one should have */
  guint64        n_lines;       /* of messages */
  gint64         last_time;
  P2pVerifier   *verifier;
} Check;

static void
free_fault (gpointer data)
{
  RtArchiveFault *fault = data;

  g_free (fault->words);
  g_free (fault);
}

void
rt_archive_file_free (RtArchiveFile *self)
{
  g_bytes_unref (self->bytes);
  g_array_unref (self->places);
  g_array_unref (self->ids);
  g_ptr_array_unref (self->faults);
  g_free (self->title);
  g_free (self->exported);
  g_free (self->by);
  g_free (self->by_name);
  g_free (self->protocol);
  g_free (self->head);
  g_free (self);
}

/* ---- what is wrong ---- */

G_GNUC_PRINTF (3, 4)
static void
note (Check *self, const RtArchivePlace *place, const char *format, ...)
{
  RtArchiveFault *fault;
  g_autofree char *words = NULL;
  va_list args;

  if (self->file->n_faults++ >= RT_ARCHIVE_MAX_FAULTS)
    return;
  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  fault = g_new0 (RtArchiveFault, 1);
  /* Translators: the number of a line in a file, and what is wrong there */
  fault->words = g_strdup_printf (_("Line %u: %s"), self->n_line, words);
  fault->key = (RtTimelineKey) { place != NULL ? place->time : -1, place != NULL ? place->number : 0 };
  g_ptr_array_add (self->file->faults, fault);
}

/* ---- the header ---- */

static gboolean
refuse (GError **error, RtArchiveError code, const char *words)
{
  g_set_error_literal (error, RT_ARCHIVE_ERROR, (int) code, words);
  return FALSE;
}

/* What somebody claims: fit to show. */
static char *
dup_words (GVariant *header, const char *name)
{
  const char *text = "";

  if (header != NULL)
    g_variant_lookup (header, name, "&s", &text);
  return rt_sanitise_line (text, MAX_WORDS);
}

static void
take_header (Check *self, const char *text, gsize length)
{
  RtJsonCursor cursor = { .text = text, .length = length };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) header = rt_json_cursor_value (&cursor, &error);
  g_autofree char *id = NULL, *name = NULL, *word = NULL;

  if (header == NULL || !g_variant_is_of_type (header, G_VARIANT_TYPE_VARDICT) || rt_json_cursor_peek (&cursor) != '\0' || cursor.at != length)
    {
      note (self, NULL, _("the beginning of the archive cannot be read: %s"), error != NULL ? error->message : _("it is none"));
      g_clear_pointer (&header, g_variant_unref);
    }
  self->file->title = dup_words (header, "network");
  self->file->protocol = dup_words (header, "protocol");
  self->file->exported = dup_words (header, "exported");
  id = dup_words (header, "by");
  name = dup_words (header, "name");
  word = *id != '\0' ? rt_short_id (id) : g_strdup ("");
  /* Translators: a name, and the short id of who has it */
  self->file->by = *name != '\0' && *word != '\0' ? g_strdup_printf (_("%s (%s)"), name, word) : g_strdup (*name != '\0' ? name : word);
  self->file->by_name = g_steal_pointer (&name);
}

/* The first line; FALSE: this is something else. */
static gboolean
read_begin (Check *self, const char *line, gsize length, GError **error)
{
  gsize begin = strlen (RT_ARCHIVE_BEGIN), end = strlen (RT_ARCHIVE_MESSAGES), fixed = begin + strlen (RT_ARCHIVE_VERSION RT_ARCHIVE_HEADER);
  const char *header = line + fixed;

  if (length < begin || memcmp (line, RT_ARCHIVE_BEGIN, begin) != 0)
    return refuse (error, RT_ARCHIVE_ERROR_OTHER_FORM, _("This is no archive of Roundtable."));
  if (length >= fixed && memcmp (line + begin, RT_ARCHIVE_VERSION RT_ARCHIVE_HEADER, fixed - begin) != 0 && g_ascii_isdigit (line[begin]))
    return refuse (error, RT_ARCHIVE_ERROR_TOO_NEW, _("This archive has a form that this Roundtable does not know. A newer one may."));
  if (length < fixed + end || memcmp (line + begin, RT_ARCHIVE_VERSION RT_ARCHIVE_HEADER, fixed - begin) != 0 ||
      memcmp (line + length - end, RT_ARCHIVE_MESSAGES, end) != 0 || !g_utf8_validate_len (line, length, NULL))
    return refuse (error, RT_ARCHIVE_ERROR_BROKEN, _("The first line of the archive is damaged: nothing of it can be checked."));
  length -= fixed + end;
  rt_archive_hash (NULL, header, length, self->stated);
  memcpy (self->computed, self->stated, sizeof self->stated);
  take_header (self, header, length);
  return TRUE;
}

/* ---- messages ---- */

static gboolean
fits (const guint8 *before, const char *text, gsize length, const guint8 *hash)
{
  guint8 found[RT_ARCHIVE_HASH_BYTES];

  rt_archive_hash (before, text, length, found);
  return memcmp (found, hash, sizeof found) == 0;
}

static void
add_id (Check *self, const RtStoreMessage *message)
{
  RtArchiveId entry = { .place = self->file->places->len - 1 };

  if (message->id == NULL)
    return;
  memcpy (&entry.id, g_bytes_get_data (message->id, NULL), sizeof entry.id);
  g_array_append_val (self->file->ids, entry);
}

/* What the file says of it counts for nothing: only what its sender signed does. */
static gboolean
check_proof (Check *self, const RtStoreMessage *message)
{
  if (message->proof == NULL)
    {
      self->file->n_without++;
      return FALSE;
    }
  if (message->id != NULL && message->body != NULL && rt_archive_entry_fits_id (message) && rt_archive_entry_fits_body (message) &&
      p2p_verifier_check_message (self->verifier, message->proof, self->file->protocol, message->sender, message->id, NULL))
    {
      self->file->n_proved++;
      return TRUE;
    }
  self->file->n_wrong++;
  return FALSE;
}

static void
take_message (Check *self, const char *text, gsize length, gboolean is_chained)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RtStoreMessage) message = g_utf8_validate_len (text, length, NULL) ? rt_archive_entry_parse (text, length, &error) : NULL;
  RtArchivePlace place = { .offset = (guint32) (text - self->text), .length = (guint32) length, .number = (guint32) self->n_lines };

  if (message == NULL)
    {
      note (self, NULL, _("the message cannot be read: %s"), error != NULL ? error->message : _("it is not UTF-8"));
      self->n_expected++;
      return;
    }
  place.time = message->time;
  place.proved = check_proof (self, message);
  g_array_append_val (self->file->places, place);
  add_id (self, message);
  if (!is_chained)
    note (self, &place, self->n_lines == 1 ? _("this message, or the beginning of the archive, was changed after it was exported")
                                           : _("this message or the one before it was changed, or something between them taken out or put in"));
  if ((guint64) (message->row - 1) != self->n_expected)
    {
      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, message->row), *expected = g_strdup_printf ("%" G_GUINT64_FORMAT, self->n_expected + 1);

      /* Translators: numbers of messages in a file */
      note (self, &place, _("this is message %s, where %s should be: some are missing, moved or here twice"), number, expected);
    }
  if (message->time < self->last_time)
    note (self, &place, _("this message is older than the one before it"));
  if (!rt_archive_entry_fits_id (message))
    note (self, &place, _("the id of this message is not that of what was sent"));
  else if (!rt_archive_entry_fits_body (message))
    note (self, &place, _("what is shown of this message is not what was sent: its text, its sender or its time"));
  if (message->proof != NULL && !place.proved)
    note (self, &place, _("the signature of this message does not hold: its sender did not write this"));
  self->n_expected = (guint64) message->row;
  self->last_time = message->time;
}

static void
read_message (Check *self, const char *line, gsize length, gboolean is_last)
{
  const char *hex = line + strlen (RT_ARCHIVE_HASH), *text = hex + HEX + strlen (RT_ARCHIVE_MESSAGE);
  guint8 stated[RT_ARCHIVE_HASH_BYTES], computed[RT_ARCHIVE_HASH_BYTES];
  gboolean is_chained;

  self->n_lines++;
  if (length > RT_ARCHIVE_MAX_LINE)
    {
      note (self, NULL, _("the line is longer than any message is"));
      self->n_expected++;
      return;
    }
  if (!is_last && length > 0 && line[length - 1] == ',')
    length--;
  else if (!is_last)
    note (self, NULL, _("the comma at its end is missing"));
  if (length <= AROUND || memcmp (line, RT_ARCHIVE_HASH, strlen (RT_ARCHIVE_HASH)) != 0 || memcmp (hex + HEX, RT_ARCHIVE_MESSAGE, strlen (RT_ARCHIVE_MESSAGE)) != 0 ||
      line[length - 1] != '}' || !rt_archive_hash_from_hex (hex, stated))
    {
      note (self, NULL, _("this is not as a message of an archive is written"));
      self->n_expected++;
      return;
    }
  length -= AROUND;
  /* A hash that was changed by itself is the fault of one line, not of all behind it. */
  is_chained = fits (self->stated, text, length, stated) || fits (self->computed, text, length, stated);
  rt_archive_hash (self->stated, text, length, computed);
  take_message (self, text, length, is_chained);
  memcpy (self->stated, stated, sizeof stated);
  memcpy (self->computed, computed, sizeof computed);
}

/* ---- the end ---- */

static gboolean
is_end (const char *line, gsize length)
{
  return length >= 2 && line[0] == ']';
}

/* Exactly so, up to the last byte. */
static void
read_end (Check *self, const char *line, gsize length)
{
  g_autofree char *expected = NULL;
  char hex[HEX + 1];

  rt_archive_hash_to_hex (self->stated, hex);
  expected = g_strdup_printf ("],\"count\":%" G_GUINT64_FORMAT ",\"head\":\"%s\"}", self->n_lines, hex);
  if (length != strlen (expected) || memcmp (line, expected, length) != 0)
    note (self, NULL, _("what the end of the archive says does not fit what is in it: messages are missing, or the end was changed"));
  else if (self->at != self->length || self->text[self->length - 1] != '\n')
    note (self, NULL, _("the archive does not end where it should"));
  self->file->head = g_strdup (hex);
}

/* Without the line break; NULL: there is none any more. */
static const char *
next_line (Check *self, gsize *length)
{
  const char *line = self->text + self->at, *end;

  if (self->at >= self->length)
    return NULL;
  end = memchr (line, '\n', self->length - self->at);
  *length = end != NULL ? (gsize) (end - line) : self->length - self->at;
  self->at += *length + (end != NULL);
  self->n_line++;
  return line;
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const RtArchivePlace *first = a, *second = b;

  if (first->time != second->time)
    return first->time < second->time ? -1 : 1;
  return first->number < second->number ? -1 : first->number > second->number;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const RtArchiveId *first = a, *second = b;

  if (first->id != second->id)
    return first->id < second->id ? -1 : 1;
  return first->place < second->place ? -1 : first->place > second->place;
}

/* Ids lead to places, which move when they are sorted: made again by number. */
static void
sort_places (RtArchiveFile *file)
{
  g_autofree guint32 *moved = NULL;
  gboolean is_sorted = TRUE;

  for (guint i = 1; i < file->places->len && is_sorted; i++)
    is_sorted = compare_places (&g_array_index (file->places, RtArchivePlace, i - 1), &g_array_index (file->places, RtArchivePlace, i)) < 0;
  if (!is_sorted)
    {
      guint32 highest = g_array_index (file->places, RtArchivePlace, file->places->len - 1).number;
      g_autofree guint32 *numbers = g_new (guint32, file->places->len);

      for (guint i = 0; i < file->places->len; i++)
        numbers[i] = g_array_index (file->places, RtArchivePlace, i).number;
      g_array_sort (file->places, compare_places);
      moved = g_new0 (guint32, highest + 1);
      for (guint i = 0; i < file->places->len; i++)
        moved[g_array_index (file->places, RtArchivePlace, i).number] = i;
      for (guint i = 0; i < file->ids->len; i++)
        {
          RtArchiveId *id = &g_array_index (file->ids, RtArchiveId, i);

          id->place = moved[numbers[id->place]];
        }
    }
  g_array_sort (file->ids, compare_ids);
}

static gboolean
check_all (Check *self, GCancellable *cancellable, GError **error)
{
  const char *line, *next;
  gsize length, next_length = 0;
  gboolean ended = FALSE;

  line = next_line (self, &length);
  if (line == NULL)
    return refuse (error, RT_ARCHIVE_ERROR_OTHER_FORM, _("The file is empty."));
  if (length > RT_ARCHIVE_MAX_LINE)
    return refuse (error, RT_ARCHIVE_ERROR_OTHER_FORM, _("This is no archive of Roundtable."));
  if (!read_begin (self, line, length, error))
    return FALSE;
  for (next = next_line (self, &next_length); next != NULL && !ended;)
    {
      gsize at;

      line = next;
      length = next_length;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (is_end (line, length))
        {
          read_end (self, line, length);
          ended = TRUE;
          break;
        }
      at = self->at;
      next = next_line (self, &next_length);
      if (next != NULL)
        self->n_line--;
      read_message (self, line, length, next != NULL && is_end (next, next_length));
      if (next != NULL)
        self->n_line++;
      else
        self->at = at;
    }
  if (!ended)
    {
      char hex[HEX + 1];

      rt_archive_hash_to_hex (self->stated, hex);
      self->file->head = g_strdup (hex);
      note (self, NULL, _("the archive ends early: what was behind this is missing"));
    }
  return TRUE;
}

RtArchiveFile *
rt_archive_file_check (GBytes *bytes, GCancellable *cancellable, GError **error)
{
  g_autoptr (RtArchiveFile) file = g_new0 (RtArchiveFile, 1);
  g_autoptr (P2pVerifier) verifier = p2p_verifier_new ();
  Check check = { .file = file, .verifier = verifier };

  file->bytes = bytes;
  file->places = g_array_new (FALSE, FALSE, sizeof (RtArchivePlace));
  file->ids = g_array_new (FALSE, FALSE, sizeof (RtArchiveId));
  file->faults = g_ptr_array_new_with_free_func (free_fault);
  check.text = g_bytes_get_data (bytes, &check.length);
  if (!check_all (&check, cancellable, error))
    return NULL;
  sort_places (file);
  return g_steal_pointer (&file);
}

/* ---- files ---- */

static gboolean
refuse_size (GError **error)
{
  g_autofree char *words = g_format_size_full (RT_ARCHIVE_MAX_BYTES, G_FORMAT_SIZE_IEC_UNITS);

  /* Translators: %s is a number of bytes, as “256 MiB” */
  g_set_error (error, RT_ARCHIVE_ERROR, RT_ARCHIVE_ERROR_TOO_LARGE, _("The file is larger than %s, and no archive of Roundtable is."), words);
  return FALSE;
}

/* Devices and pipes never end; a file may grow while it is read. */
static gboolean
read_bytes (GFile *file, GByteArray *all, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, cancellable, error);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  gssize n;

  if (info == NULL)
    return FALSE;
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    return refuse (error, RT_ARCHIVE_ERROR_OTHER_FORM, _("This is no file."));
  if (g_file_info_get_size (info) > (goffset) RT_ARCHIVE_MAX_BYTES)
    return refuse_size (error);
  stream = g_file_read (file, cancellable, error);
  if (stream == NULL)
    return FALSE;
  while ((n = g_input_stream_read (G_INPUT_STREAM (stream), chunk, CHUNK, cancellable, error)) > 0)
    {
      if (all->len + (gsize) n > RT_ARCHIVE_MAX_BYTES)
        return refuse_size (error);
      g_byte_array_append (all, chunk, (guint) n);
      /* something else is known by its beginning */
      if (all->len >= strlen (RT_ARCHIVE_BEGIN) && memcmp (all->data, RT_ARCHIVE_BEGIN, strlen (RT_ARCHIVE_BEGIN)) != 0)
        break;
    }
  return n >= 0;
}

RtArchiveFile *
rt_archive_file_read (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();

  if (!read_bytes (file, all, cancellable, error))
    return NULL;
  return rt_archive_file_check (g_byte_array_free_to_bytes (g_steal_pointer (&all)), cancellable, error);
}

RtStoreMessage *
rt_archive_file_get (RtArchiveFile *self, guint place)
{
  const RtArchivePlace *where = &g_array_index (self->places, RtArchivePlace, place);
  RtStoreMessage *message = rt_archive_entry_parse ((const char *) g_bytes_get_data (self->bytes, NULL) + where->offset, where->length, NULL);

  /* two can say that they have one number */
  if (message != NULL)
    {
      message->row = where->number;
      message->flags &= ~(guint) (RT_STORE_MESSAGE_VERIFIED | RT_STORE_MESSAGE_UNSIGNED);
      /* what else the file says of it is what whoever wrote the file says */
      message->flags |= RT_STORE_MESSAGE_IMPORTED;
      if (where->proved)
        {
          message->flags |= RT_STORE_MESSAGE_VERIFIED;
          rt_archive_entry_take_body (message);
        }
    }
  return message;
}

guint
rt_archive_file_find_place (RtArchiveFile *self, const RtTimelineKey *key)
{
  guint low = 0, high = self->places->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const RtArchivePlace *place = &g_array_index (self->places, RtArchivePlace, middle);
      RtTimelineKey other = { place->time, place->number };

      if (rt_timeline_key_compare (&other, key) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}
