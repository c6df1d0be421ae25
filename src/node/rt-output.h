/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An event that may be dropped is, when this much is waiting to be read. */
#define RT_OUTPUT_MAX_QUEUED (64u * 1024 * 1024)

/*
 * Lines to a file descriptor. Writing never blocks the main loop: what the reader is too slow for is kept, and beyond a bound
 * the lines that may be dropped are, and are counted.
 */
typedef struct _RtOutput RtOutput;

/* The descriptor is of no use any more: its reader is gone, the disk is full, … Called once, from the loop. */
typedef void (*RtOutputFailed) (const char *words, gpointer data);

RtOutput *rt_output_new          (int fd, RtOutputFailed failed, gpointer data);
void      rt_output_free         (RtOutput *self);
/* A line without its newline. FALSE: dropped (never, unless droppable). */
gboolean  rt_output_line         (RtOutput *self, const char *line, gsize length, gboolean droppable);
gsize     rt_output_get_queued   (RtOutput *self);
guint64   rt_output_get_dropped  (RtOutput *self);
/* Before the program ends: waits until all is written, at most so long. */
gboolean  rt_output_flush        (RtOutput *self, guint timeout_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtOutput, rt_output_free)

G_END_DECLS
