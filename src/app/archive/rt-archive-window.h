/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/archive/rt-archive.h"

G_BEGIN_DECLS

/* RtArchiveWindow: an archive to be read, with what is wrong with it above. */
#define RT_TYPE_ARCHIVE_WINDOW (rt_archive_window_get_type ())
G_DECLARE_FINAL_TYPE (RtArchiveWindow, rt_archive_window, RT, ARCHIVE_WINDOW, AdwWindow)

RtArchiveWindow *rt_archive_window_new         (GtkWindow *parent, GFile *file);
/* Nullable: it is being read, or could not be. Transfer none. */
RtArchive       *rt_archive_window_get_archive (RtArchiveWindow *self);

G_END_DECLS
