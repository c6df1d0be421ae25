/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form of SQLite's files (https://www.sqlite.org/fileformat2.html), as far as rows are found by it where SQLite finds no way to them any more. */
#include "config.h"

#include "rt-store-salvage.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096u
#define HEADER 100u
#define TABLE_LEAF 0x0d
/* A message of ours is never longer: text, body, file and names. */
#define MAX_PAYLOAD (1024u * 1024)

static const guint8 magic[16] = "SQLite format 3";

typedef struct {
  int        fd;
  guint      page_size;
  guint      n_pages;
  guint8    *page;
  guint8    *is_free;           /* by number; NULL: not known */
  GByteArray *payload;
} Pages;

static guint
read_16 (const guint8 *at)
{
  return (guint) at[0] << 8 | at[1];
}

static guint32
read_32 (const guint8 *at)
{
  return (guint32) at[0] << 24 | (guint32) at[1] << 16 | (guint32) at[2] << 8 | at[3];
}

/* How many bytes; 0: it goes beyond the end. */
static guint
read_varint (const guint8 *at, gsize left, guint64 *value)
{
  *value = 0;
  for (guint i = 0; i < 9 && i < left; i++)
    {
      if (i == 8)
        {
          *value = *value << 8 | at[i];
          return 9;
        }
      *value = *value << 7 | (at[i] & 0x7f);
      if ((at[i] & 0x80) == 0)
        return i + 1;
    }
  return 0;
}

static gboolean
is_page_size (guint size)
{
  return size >= 512 && size <= 65536 && (size & (size - 1)) == 0;
}

void
rt_store_pages_mend_header (const char *path)
{
  guint8 header[HEADER], mended[HEADER];
  struct stat st;
  int fd = open (path, O_RDWR | O_CLOEXEC);

  if (fd < 0)
    return;
  if (fstat (fd, &st) == 0 && pread (fd, header, HEADER, 0) == HEADER)
    {
      memcpy (mended, header, HEADER);
      memcpy (mended, magic, sizeof magic);
      mended[16] = PAGE >> 8;
      mended[17] = PAGE & 0xff;
      /* versions of writing and reading: WAL; no bytes are reserved; fixed fractions */
      memcpy (mended + 18, (const guint8[]) { 2, 2, 0, 64, 32, 32 }, 6);
      /* the size is counted; what is said of free pages is looked at, and nobody uses them */
      for (guint i = 0; i < 4; i++)
        mended[28 + i] = (guint8) (st.st_size / PAGE >> (24 - 8 * i));
      memcpy (mended + 92, mended + 24, 4);
      /* of the form of the schema, its texts in UTF-8 */
      memcpy (mended + 44, (const guint8[]) { 0, 0, 0, 4 }, 4);
      memset (mended + 52, 0, 4);
      memcpy (mended + 56, (const guint8[]) { 0, 0, 0, 1 }, 4);
      memset (mended + 64, 0, 4);
      if (memcmp (header, mended, HEADER) != 0 && pwrite (fd, mended, HEADER, 0) != HEADER)
        g_info ("%s: its header cannot be mended", path);
    }
  close (fd);
}

static gboolean
load_page (Pages *self, guint number, guint8 *page)
{
  return number >= 1 && number <= self->n_pages &&
         pread (self->fd, page, self->page_size, (off_t) (number - 1) * self->page_size) == (ssize_t) self->page_size;
}

static gboolean
take_free (Pages *self, guint8 *is_free, guint32 number, guint32 *n)
{
  if (number < 2 || number > self->n_pages || is_free[number])
    return FALSE;
  is_free[number] = TRUE;
  (*n)++;
  return TRUE;
}

/* A free page may be as it was when it was given up: what was erased must not come back out of it. A list is believed when it is whole, each page in it once and as many as the
 * header says: a damaged one could name pages that are in use. */
static guint8 *
gather_free (Pages *self, const guint8 *header)
{
  g_autofree guint8 *is_free = NULL;
  guint32 trunk = read_32 (header + 32), n_said = read_32 (header + 36), n = 0;

  if (trunk == 0 || n_said >= self->n_pages)
    return NULL;
  is_free = g_malloc0 ((gsize) self->n_pages + 1);
  while (trunk != 0)
    {
      guint32 n_here;

      if (!take_free (self, is_free, trunk, &n) || !load_page (self, trunk, self->page))
        return NULL;
      n_here = read_32 (self->page + 4);
      if (n_here > self->page_size / 4 - 2)
        return NULL;
      for (guint32 i = 0; i < n_here; i++)
        if (!take_free (self, is_free, read_32 (self->page + 8 + 4 * i), &n))
          return NULL;
      trunk = read_32 (self->page);
    }
  return n == n_said ? g_steal_pointer (&is_free) : NULL;
}

/* What is of a row on other pages. */
static gboolean
follow_overflow (Pages *self, guint32 number, gsize left)
{
  g_autofree guint8 *page = g_malloc (self->page_size);

  while (left > 0)
    {
      gsize here = MIN (left, self->page_size - 4);

      if (!load_page (self, number, page))
        return FALSE;
      g_byte_array_append (self->payload, page + 4, (guint) here);
      left -= here;
      number = read_32 (page);
    }
  return TRUE;
}

static gboolean
load_payload (Pages *self, const guint8 *cell, gsize left, guint64 *row)
{
  guint usable = self->page_size, most = usable - 35, least = (usable - 12) * 32 / 255 - 23;
  guint64 length;
  guint n = read_varint (cell, left, &length), m;
  gsize local;

  if (n == 0 || length > MAX_PAYLOAD || (m = read_varint (cell + n, left - n, row)) == 0)
    return FALSE;
  cell += n + m;
  left -= n + m;
  local = (gsize) length;
  if (length > most)
    {
      guint here = least + ((guint) length - least) % (usable - 4);

      local = here <= most ? here : least;
    }
  g_byte_array_set_size (self->payload, 0);
  if (local > left || (local < length && local + 4 > left))
    return FALSE;
  g_byte_array_append (self->payload, cell, (guint) local);
  return local == length || follow_overflow (self, read_32 (cell + local), (gsize) length - local);
}

static gint64
read_number (const guint8 *at, guint length)
{
  gint64 number = (gint8) at[0];

  for (guint i = 1; i < length; i++)
    number = (gint64) ((guint64) number << 8 | at[i]);
  return number;
}

static gboolean
read_value (guint64 type, const guint8 *at, gsize left, RtStoreValue *value, gsize *length)
{
  static const guint8 lengths[] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0 };

  *length = type < G_N_ELEMENTS (lengths) ? lengths[type] : (gsize) (type - 12) / 2;
  if (type == 10 || type == 11 || *length > left)
    return FALSE;
  *value = (RtStoreValue) { .data = at, .length = *length };
  if (type == 0)
    value->type = SQLITE_NULL;
  else if (type == 7)
    value->type = SQLITE_FLOAT;
  else if (type < 10)
    {
      value->type = SQLITE_INTEGER;
      value->number = type == 8 ? 0 : type == 9 ? 1 : read_number (at, (guint) *length);
    }
  else
    value->type = type % 2 == 0 ? SQLITE_BLOB : SQLITE_TEXT;
  return TRUE;
}

/* Whether the row has the columns of a message. */
static gboolean
read_row (Pages *self, guint64 row, RtStoreValue *values)
{
  const guint8 *data = self->payload->data;
  gsize length = self->payload->len, at, here;
  guint64 header, type;
  guint n = read_varint (data, length, &header), position = n, column = 0;

  if (n == 0 || header > length || header < n)
    return FALSE;
  for (at = (gsize) header; position < header; at += here)
    {
      n = read_varint (data + position, (gsize) header - position, &type);
      if (n == 0 || column == RT_STORE_MESSAGE_N_ALL || !read_value (type, data + at, length - at, &values[column], &here))
        return FALSE;
      position += n;
      column++;
    }
  /* a column that was added later is not in rows of before */
  if (column == RT_STORE_MESSAGE_N_OLD)
    values[column++] = (RtStoreValue) { .type = SQLITE_NULL };
  if (column != RT_STORE_MESSAGE_N_ALL || at != length || values[0].type != SQLITE_NULL)
    return FALSE;
  values[0] = (RtStoreValue) { .type = SQLITE_INTEGER, .number = (gint64) row };
  return TRUE;
}

static gboolean
look_into_page (Pages *self, guint number, RtStoreRowFunc func, gpointer user_data)
{
  const guint8 *page = self->page + (number == 1 ? HEADER : 0);
  guint n = read_16 (page + 3);
  RtStoreValue values[RT_STORE_MESSAGE_N_ALL];
  guint64 row;

  for (guint i = 0; i < n && page + 10 + 2 * i <= self->page + self->page_size; i++)
    {
      guint at = read_16 (page + 8 + 2 * i);

      if (at < self->page_size && load_payload (self, self->page + at, self->page_size - at, &row) && read_row (self, row, values) && !func (values, user_data))
        return FALSE;
    }
  return TRUE;
}

void
rt_store_pages_find_messages (const char *path, RtStoreRowFunc func, gpointer user_data)
{
  Pages self = { .fd = open (path, O_RDONLY | O_CLOEXEC), .page_size = PAGE };
  guint8 header[HEADER];
  struct stat st;

  if (self.fd < 0)
    return;
  if (fstat (self.fd, &st) == 0 && pread (self.fd, header, HEADER, 0) == HEADER)
    {
      guint size = read_16 (header + 16) == 1 ? 65536 : read_16 (header + 16);

      if (is_page_size (size))
        self.page_size = size;
      self.n_pages = (guint) MIN (st.st_size / self.page_size, G_MAXUINT - 1);
      self.page = g_malloc (self.page_size);
      self.payload = g_byte_array_new ();
      self.is_free = gather_free (&self, header);
      for (guint i = 1; i <= self.n_pages; i++)
        if ((self.is_free == NULL || !self.is_free[i]) && load_page (&self, i, self.page) && self.page[i == 1 ? HEADER : 0] == TABLE_LEAF &&
            !look_into_page (&self, i, func, user_data))
          break;
      g_byte_array_unref (self.payload);
      g_free (self.page);
      g_free (self.is_free);
    }
  close (self.fd);
}

gboolean
rt_store_pages_has_sound_header (sqlite3 *db)
{
  guint8 bytes[HEADER];
  sqlite3_file *file = NULL;

  /* not by a descriptor of our own: to close it would end the locks of every other one of this process */
  if (sqlite3_file_control (db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == NULL || file->pMethods == NULL ||
      file->pMethods->xRead (file, bytes, sizeof bytes, 0) != SQLITE_OK)
    return TRUE;
  return bytes[18] >= 1 && bytes[18] <= 2 && bytes[19] >= 1 && bytes[19] <= 2 && /* who may write and read it */
         bytes[20] <= 32 && bytes[21] == 64 && bytes[22] == 32 && bytes[23] == 32 && /* how a page is shared out */
         read_32 (bytes + 44) <= 4 &&                                               /* the form of what it says of its tables */
         read_32 (bytes + 56) <= 1;                                                 /* UTF-8 */
}
