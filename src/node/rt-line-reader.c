/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-line-reader.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (64 * 1024)
/* What a long line left behind is given back. */
#define KEEP_ALLOCATED (1024 * 1024)

struct _RtLineReader {
  int fd;
  gsize max_line;
  const RtLineReaderEvents *events;
  gpointer data;

  GString *partial;         /* the begun line */
  gboolean skipping;        /* in a line that is too long */
  gboolean paused;
  gboolean ended;
  guint source;
};

static void
end_line (RtLineReader *self)
{
  if (self->skipping)
    {
      self->skipping = FALSE;
      self->events->too_long (self->data);
    }
  else
    self->events->line (self->partial->str, self->partial->len, self->data);

  if (self->partial->allocated_len > KEEP_ALLOCATED)
    {
      g_string_free (self->partial, TRUE);
      self->partial = g_string_new (NULL);
    }
  else
    g_string_truncate (self->partial, 0);
}

static void
take (RtLineReader *self,
      const char   *bytes,
      gsize         length)
{
  while (length > 0)
    {
      const char *newline = memchr (bytes, '\n', length);
      gsize n = newline != NULL ? (gsize) (newline - bytes) : length;

      if (!self->skipping && self->partial->len + n > self->max_line)
        {
          self->skipping = TRUE;
          g_string_truncate (self->partial, 0);
        }
      if (!self->skipping)
        g_string_append_len (self->partial, bytes, n);
      if (newline == NULL)
        return;
      end_line (self);
      bytes += n + 1;
      length -= n + 1;
    }
}

static void
end (RtLineReader *self)
{
  self->ended = TRUE;
  self->source = 0;
  if (self->partial->len > 0 || self->skipping)
    end_line (self);
  self->events->ended (self->data);
}

/* One read() after poll() said that there is something does not block, whatever the descriptor's flags are. */
static gboolean
readable_cb (int          fd,
             GIOCondition condition,
             gpointer     data)
{
  RtLineReader *self = data;
  char chunk[CHUNK];
  ssize_t n = read (fd, chunk, sizeof chunk);

  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    {
      end (self);
      return G_SOURCE_REMOVE;
    }
  take (self, chunk, n);
  return self->paused ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static void
watch (RtLineReader *self)
{
  self->source = g_unix_fd_add (self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR | G_IO_NVAL, readable_cb, self);
  g_source_set_name_by_id (self->source, "[roundtable-node] input");
}

RtLineReader *
rt_line_reader_new (int                       fd,
                    gsize                     max_line,
                    const RtLineReaderEvents *events,
                    gpointer                  data)
{
  RtLineReader *self = g_new0 (RtLineReader, 1);

  self->fd = fd;
  self->max_line = max_line;
  self->events = events;
  self->data = data;
  self->partial = g_string_new (NULL);
  watch (self);
  return self;
}

void
rt_line_reader_free (RtLineReader *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_string_free (self->partial, TRUE);
  g_free (self);
}

void
rt_line_reader_set_paused (RtLineReader *self,
                           gboolean      paused)
{
  if (self->paused == paused || self->ended)
    return;
  self->paused = paused;
  if (paused)
    g_clear_handle_id (&self->source, g_source_remove);
  else
    watch (self);
}
