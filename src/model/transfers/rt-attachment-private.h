/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For RtTransfers. */
#pragma once

#include "rt-attachment.h"

G_BEGIN_DECLS

RtAttachment *rt_attachment_new_own      (const char *name, guint64 size, const char *mime_type);   /* PREPARING */
/* It is prepared. */
void          rt_attachment_set_prepared (RtAttachment *self, GBytes *file, guint64 size, const char *mime_type, const char *path);
void          rt_attachment_set_size     (RtAttachment *self, guint64 size);
void          rt_attachment_set_state    (RtAttachment *self, RtAttachmentState state, const char *error);
void          rt_attachment_set_absent   (RtAttachment *self);
/* Ours: the person does not want others to be given it. */
void          rt_attachment_set_withdrawn (RtAttachment *self);
gboolean      rt_attachment_get_withdrawn (RtAttachment *self);
void          rt_attachment_set_progress (RtAttachment *self, double progress);
void          rt_attachment_set_here     (RtAttachment *self, const char *path);

G_END_DECLS
