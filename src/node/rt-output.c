/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where only poll() protects us from blocking: what a pipe takes whole after it was said to be writable (PIPE_BUF). */
#define CAREFUL_CHUNK 4096
/* Lines are put together up to so much, and then are no longer dropped. */
#define BATCH (64 * 1024)
/* A turn of the loop writes this much at most. */
#define TURN (1024 * 1024)

typedef enum { WAY_NONBLOCKING, WAY_SOCKET, WAY_FILE, WAY_CAREFUL } Way;

struct _RtOutput {
  int fd;
  gboolean owns_fd;
  Way way;
  RtOutputFailed failed;
  gpointer data;

  RtOutputRelieved relieved;
  GQueue lines;             /* of Line */
  gsize queued;             /* bytes of the lines, with their newlines */
  GQueue droppable;         /* links of lines: those that may be dropped, the oldest first */
  GByteArray *batch;        /* what is being written */
  gsize head;               /* what of it is written */
  gboolean pressed;
  guint64 dropped;
  gboolean broken;
  int broken_errno;
  guint source;
};

typedef struct {
  gsize length;
  gboolean droppable;
  char text[];              /* with its newline */
} Line;

/*
 * The descriptor may be shared with other processes, so its flags are not ours to change: a pipe or a terminal is opened
 * anew, a socket is sent to without waiting, a file does not block.
 */
static void
choose_way (RtOutput *self,
            int       fd)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  struct stat st;
  int again;

  self->fd = fd;
  self->way = WAY_CAREFUL;
  if (fstat (fd, &st) != 0)
    return;
  if (S_ISSOCK (st.st_mode))
    self->way = WAY_SOCKET;
  else if (S_ISREG (st.st_mode))
    self->way = WAY_FILE;
  else if ((again = open (path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) >= 0)
    {
      self->fd = again;
      self->owns_fd = TRUE;
      self->way = WAY_NONBLOCKING;
    }
}

static ssize_t
write_some (RtOutput     *self,
            const guint8 *bytes,
            gsize         length)
{
  struct pollfd poller = { .fd = self->fd, .events = POLLOUT };

  switch (self->way)
    {
    case WAY_SOCKET:
      return send (self->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    case WAY_CAREFUL:
      if (poll (&poller, 1, 0) == 0)
        {
          errno = EAGAIN;
          return -1;
        }
      return write (self->fd, bytes, MIN (length, CAREFUL_CHUNK));
    case WAY_NONBLOCKING:
    case WAY_FILE:
    default:
      return write (self->fd, bytes, length);
    }
}

static void
remove_line (RtOutput *self,
             GList    *link)
{
  Line *line = link->data;

  self->queued -= line->length;
  g_queue_delete_link (&self->lines, link);
  g_free (line);
}

static void
fill_batch (RtOutput *self)
{
  g_byte_array_set_size (self->batch, 0);
  self->head = 0;
  while (self->batch->len < BATCH && self->lines.length > 0)
    {
      GList *link = self->lines.head;
      Line *line = link->data;

      g_byte_array_append (self->batch, (const guint8 *) line->text, line->length);
      if (line->droppable)
        g_queue_pop_head (&self->droppable);
      remove_line (self, link);
    }
}

static void
clear (RtOutput *self)
{
  g_byte_array_set_size (self->batch, 0);
  self->head = 0;
  g_queue_clear (&self->droppable);
  g_queue_clear_full (&self->lines, g_free);
  self->queued = 0;
}

/* FALSE when the descriptor would block. A broken one swallows everything. */
static gboolean
drain (RtOutput *self,
       gsize     most)
{
  while (rt_output_get_queued (self) > 0 && most > 0)
    {
      ssize_t n;

      if (self->broken)
        {
          clear (self);
          break;
        }
      if (self->head == self->batch->len)
        fill_batch (self);
      n = write_some (self, self->batch->data + self->head, MIN (self->batch->len - self->head, most));
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return FALSE;
      if (n < 0)
        {
          self->broken = TRUE;
          self->broken_errno = errno;
          continue;
        }
      self->head += n;
      most -= n;
    }
  return TRUE;
}

static gboolean
writable_cb (int          fd,
             GIOCondition condition,
             gpointer     data)
{
  RtOutput *self = data;
  gboolean was_broken = self->broken;

  drain (self, TURN);
  if (self->broken && !was_broken)
    self->failed (g_strerror (self->broken_errno), self->data);
  if (self->pressed && !rt_output_is_pressed (self))
    {
      self->pressed = FALSE;
      if (self->relieved != NULL)
        self->relieved (self->data);
    }
  if (rt_output_get_queued (self) > 0)
    return G_SOURCE_CONTINUE;
  self->source = 0;
  return G_SOURCE_REMOVE;
}

RtOutput *
rt_output_new (int            fd,
               RtOutputFailed failed,
               gpointer       data)
{
  RtOutput *self = g_new0 (RtOutput, 1);

  choose_way (self, fd);
  self->failed = failed;
  self->data = data;
  self->batch = g_byte_array_new ();
  g_queue_init (&self->lines);
  g_queue_init (&self->droppable);
  return self;
}

void
rt_output_set_relieved (RtOutput        *self,
                        RtOutputRelieved relieved)
{
  self->relieved = relieved;
}

void
rt_output_free (RtOutput *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  clear (self);
  g_byte_array_unref (self->batch);
  if (self->owns_fd)
    close (self->fd);
  g_free (self);
}

/* Room for a line: the oldest go for it. FALSE: even so there is none. */
static gboolean
make_room (RtOutput *self,
           gsize     length)
{
  while (rt_output_get_queued (self) + length > RT_OUTPUT_MAX_QUEUED && self->droppable.length > 0)
    {
      remove_line (self, g_queue_pop_head (&self->droppable));
      self->dropped++;
    }
  return rt_output_get_queued (self) + length <= RT_OUTPUT_MAX_QUEUED;
}

gboolean
rt_output_line (RtOutput   *self,
                const char *text,
                gsize       length,
                gboolean    droppable)
{
  Line *line;

  if (self->broken)
    return FALSE;
  if (!make_room (self, length + 1) && droppable)
    {
      self->dropped++;
      return FALSE;
    }
  line = g_malloc (sizeof *line + length + 1);
  line->length = length + 1;
  line->droppable = droppable;
  memcpy (line->text, text, length);
  line->text[length] = '\n';
  g_queue_push_tail (&self->lines, line);
  if (droppable)
    g_queue_push_tail (&self->droppable, self->lines.tail);
  self->queued += line->length;
  self->pressed |= rt_output_is_pressed (self);
  if (self->source == 0)
    {
      self->source = g_unix_fd_add (self->fd, G_IO_OUT | G_IO_ERR | G_IO_HUP | G_IO_NVAL, writable_cb, self);
      g_source_set_name_by_id (self->source, "[roundtable-node] output");
    }
  return TRUE;
}

gsize
rt_output_get_queued (RtOutput *self)
{
  return self->queued + self->batch->len - self->head;
}

gboolean
rt_output_is_pressed (RtOutput *self)
{
  return rt_output_get_queued (self) > RT_OUTPUT_MAX_QUEUED / 2;
}

guint64
rt_output_get_dropped (RtOutput *self)
{
  return self->dropped;
}

gboolean
rt_output_flush (RtOutput *self,
                 guint     timeout_ms)
{
  gint64 deadline = g_get_monotonic_time () + timeout_ms * G_GINT64_CONSTANT (1000);

  while (rt_output_get_queued (self) > 0)
    {
      struct pollfd poller = { .fd = self->fd, .events = POLLOUT };
      gint64 left = deadline - g_get_monotonic_time ();

      if (drain (self, G_MAXSIZE))
        continue;
      if (left <= 0)
        return FALSE;
      poll (&poller, 1, (int) (left / 1000 + 1));
    }
  return !self->broken;
}
