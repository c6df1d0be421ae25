/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longer lines are thrown away to their end and told once. */
#define RT_LINE_READER_MAX_LINE (32u * 1024 * 1024)

/*
 * Lines from a file descriptor as they come, without blocking and without changing the descriptor's flags (others may share
 * it). A callback may pause it, never free it.
 */
typedef struct _RtLineReader RtLineReader;

typedef struct {
  void (*line)     (const char *line, gsize length, gpointer data);   /* without its newline; NUL-terminated */
  void (*too_long) (gpointer data);
  void (*ended)    (gpointer data);                                   /* last event */
} RtLineReaderEvents;

RtLineReader *rt_line_reader_new        (int fd, gsize max_line, const RtLineReaderEvents *events, gpointer data);
void          rt_line_reader_free       (RtLineReader *self);
/* What has been read is still delivered. */
void          rt_line_reader_set_paused (RtLineReader *self, gboolean paused);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtLineReader, rt_line_reader_free)

G_END_DECLS
