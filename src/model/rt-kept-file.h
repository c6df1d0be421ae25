/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* RtKeptFile: a small file that is written whole, again and again, in a thread; what is written last is what is there at the end. Its folder has to be there already. Of one thread. */
typedef struct _RtKeptFile RtKeptFile;

RtKeptFile *rt_kept_file_new   (const char *path);
/* What waits is written, and what is being written is waited for. */
void        rt_kept_file_free  (RtKeptFile *self);
/* In a while; bytes that still wait are forgotten for these. A failure is not told: what was there before stays. */
void        rt_kept_file_write (RtKeptFile *self, GBytes *bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtKeptFile, rt_kept_file_free)

G_END_DECLS
