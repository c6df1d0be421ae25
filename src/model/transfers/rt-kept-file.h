/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* RtKeptFile: a small file that is written whole, again and again, in a thread; what is written last is what is there at the end. Its folder is made. Of one thread. */
typedef struct _RtKeptFile RtKeptFile;

/* In the main context of whoever called rt_kept_file_write(), and not after rt_kept_file_free(). */
typedef void (*RtKeptFileFunc) (gpointer data);

/* func: called each time when it was written, or was not; nullable. */
RtKeptFile *rt_kept_file_new   (const char *path, RtKeptFileFunc func, gpointer data);
/* What waits is written, and what is being written is waited for. */
void        rt_kept_file_free  (RtKeptFile *self);
/* In a while; bytes that still wait are forgotten for these. Where it fails, what was there before stays. */
void        rt_kept_file_write (RtKeptFile *self, GBytes *bytes);

/* Why it was not written the last time; NULL: it was, as far as is known. */
const char *rt_kept_file_get_error (RtKeptFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtKeptFile, rt_kept_file_free)

G_END_DECLS
