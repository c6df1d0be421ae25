/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-known-keys.h"

#include <errno.h>
#include <stdio.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

#define DIGITS 64
#define BACK_SECONDS 3600
/* The file is written anew when there are so many lines more in it than keys. */
#define MAX_LINES (2 * RT_KNOWN_KEYS_MAX)

typedef struct {
  GBytes  *key;
  gint64   first;               /* UTC seconds; 0: in an earlier run */
  gboolean came_back;
  GList    place;
} Known;

struct _RtKnownKeys {
  char       *path;
  GHashTable *all;              /* by key, of Known */
  GQueue      once, back;       /* who was not seen for longest is first */
  guint       n_lines;
};

static void
known_free (gpointer data)
{
  Known *known = data;

  g_bytes_unref (known->key);
  g_free (known);
}

static GQueue *
get_queue (RtKnownKeys *self, Known *known)
{
  return known->came_back ? &self->back : &self->once;
}

static void
drop (RtKnownKeys *self, Known *known)
{
  g_queue_unlink (get_queue (self, known), &known->place);
  g_hash_table_remove (self->all, known->key);
}

/* Whoever came back may have half of it and what nobody else has; who came once has the rest. */
static void
make_room (RtKnownKeys *self)
{
  while (g_hash_table_size (self->all) > RT_KNOWN_KEYS_MAX)
    drop (self, self->back.length > RT_KNOWN_KEYS_MAX / 2 ? self->back.head->data : self->once.length > 0 ? self->once.head->data : self->back.head->data);
}

static Known *
add (RtKnownKeys *self, GBytes *key, gint64 first, gboolean came_back)
{
  Known *known = g_new0 (Known, 1);

  known->key = g_bytes_ref (key);
  known->first = first;
  known->came_back = came_back;
  known->place.data = known;
  g_hash_table_insert (self->all, known->key, known);
  g_queue_push_tail_link (get_queue (self, known), &known->place);
  return known;
}

/* Seen again, and with a better place perhaps. */
static void
move (RtKnownKeys *self, Known *known, gboolean came_back)
{
  g_queue_unlink (get_queue (self, known), &known->place);
  known->came_back = known->came_back || came_back;
  g_queue_push_tail_link (get_queue (self, known), &known->place);
}

/* ---- the file ---- */

static GBytes *
parse_key (const char *line)
{
  guint8 key[DIGITS / 2];

  for (guint i = 0; i < sizeof key; i++)
    {
      int high = g_ascii_xdigit_value (line[2 * i]);
      int low = high >= 0 ? g_ascii_xdigit_value (line[2 * i + 1]) : -1;

      if (low < 0)
        return NULL;
      key[i] = (guint8) (high << 4 | low);
    }
  return g_bytes_new (key, sizeof key);
}

static void
load (RtKnownKeys *self)
{
  FILE *file = fopen (self->path, "re");
  char line[DIGITS + 4];

  if (file == NULL)
    return;
  /* an older version kept more of them */
  for (; self->n_lines < 16 * RT_KNOWN_KEYS_MAX && fgets (line, sizeof line, file) != NULL; self->n_lines++)
    {
      g_autoptr (GBytes) key = parse_key (line);
      Known *known = key != NULL ? g_hash_table_lookup (self->all, key) : NULL;

      if (key == NULL)
        continue;
      if (known != NULL)
        move (self, known, line[DIGITS] == '+');
      else
        add (self, key, 0, line[DIGITS] == '+');
      make_room (self);
    }
  fclose (file);
}

static void
append_line (GString *text, const Known *known)
{
  const guint8 *bytes = g_bytes_get_data (known->key, NULL);

  for (guint i = 0; i < DIGITS / 2; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  g_string_append (text, known->came_back ? "+\n" : "\n");
}

static gboolean
write_all (RtKnownKeys *self, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (GList *l = self->once.head; l != NULL; l = l->next)
    append_line (text, l->data);
  for (GList *l = self->back.head; l != NULL; l = l->next)
    append_line (text, l->data);
  /* once more is as much as it grows again before that is tried again */
  self->n_lines = g_hash_table_size (self->all);
  return g_file_set_contents_full (self->path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static gboolean
write_one (RtKnownKeys *self, const Known *known, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  FILE *file;
  gboolean good;

  if (self->n_lines >= MAX_LINES)
    return write_all (self, error);
  self->n_lines++;
  file = fopen (self->path, "ae");
  append_line (line, known);
  good = file != NULL && fwrite (line->str, 1, line->len, file) == line->len;
  if ((file != NULL && fclose (file) != 0) || !good)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code), "%s: %s", self->path, g_strerror (code));
      return FALSE;
    }
  return TRUE;
}

/* ---- what the node does ---- */

gboolean
rt_known_keys_note (RtKnownKeys *self, GBytes *key, gint64 now, GError **error)
{
  Known *known = g_hash_table_lookup (self->all, key);
  gboolean came_back;

  if (known == NULL)
    {
      known = add (self, key, now, FALSE);
      make_room (self);
      write_one (self, known, error);
      return FALSE;
    }
  came_back = !known->came_back && (known->first == 0 || now - known->first >= BACK_SECONDS);
  move (self, known, came_back);
  if (came_back)
    write_one (self, known, error);
  return came_back;
}

gboolean
rt_known_keys_has (RtKnownKeys *self, GBytes *key)
{
  return g_hash_table_contains (self->all, key);
}

void
rt_known_keys_foreach (RtKnownKeys *self, GFunc func, gpointer data)
{
  for (GList *l = self->back.head; l != NULL; l = l->next)
    func (((Known *) l->data)->key, data);
  for (GList *l = self->once.head; l != NULL; l = l->next)
    func (((Known *) l->data)->key, data);
}

guint
rt_known_keys_count (RtKnownKeys *self)
{
  return g_hash_table_size (self->all);
}

RtKnownKeys *
rt_known_keys_new (const char *path)
{
  RtKnownKeys *self = g_new0 (RtKnownKeys, 1);

  self->path = g_strdup (path);
  self->all = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, NULL, known_free);
  g_queue_init (&self->once);
  g_queue_init (&self->back);
  load (self);
  return self;
}

void
rt_known_keys_free (RtKnownKeys *self)
{
  g_hash_table_unref (self->all);
  g_free (self->path);
  g_free (self);
}
