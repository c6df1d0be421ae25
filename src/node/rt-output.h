/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When this much is waiting to be read, the oldest events that may be dropped are. */
#define RT_OUTPUT_MAX_QUEUED (64u * 1024 * 1024)

/*
 * Lines to a file descriptor. Writing never blocks the main loop: what the reader is too slow for is kept, and beyond a bound
 * the oldest of the lines that may be dropped are, and are counted.
 */
typedef struct _RtOutput RtOutput;

/* The descriptor is of no use any more: its reader is gone, the disk is full, … Called once, from the loop. */
typedef void (*RtOutputFailed) (const char *words, gpointer data);
/* After more than half of RT_OUTPUT_MAX_QUEUED waited, less does again. From the loop. */
typedef void (*RtOutputRelieved) (gpointer data);

RtOutput *rt_output_new          (int fd, RtOutputFailed failed, gpointer data);
void      rt_output_set_relieved (RtOutput *self, RtOutputRelieved relieved);   /* with the same data */
void      rt_output_free         (RtOutput *self);
/* A line without its newline. FALSE: dropped at once (never, unless droppable), or nobody can read it any more. */
gboolean  rt_output_line         (RtOutput *self, const char *line, gsize length, gboolean droppable);
gsize     rt_output_get_queued   (RtOutput *self);
/* More than half of what may wait does: whoever can should hold back what cannot be dropped. */
gboolean  rt_output_is_pressed   (RtOutput *self);
guint64   rt_output_get_dropped  (RtOutput *self);
/* Before the program ends: waits until all is written, at most so long. */
gboolean  rt_output_flush        (RtOutput *self, guint timeout_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtOutput, rt_output_free)

G_END_DECLS
