/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/transfers/rt-transfers.h"

G_BEGIN_DECLS

/**
 * RtAttachmentView: the file that a message brings: its name and size, what becomes of it, and a small picture if it is one. Used again for other ones.
 *
 * The place of a picture is as large as it is shown. Before it is there for the first time it has that of a large one; later nothing moves when it comes.
 * Actions: attachment.save, .fetch (again, or a picture that is not fetched by itself), .cancel (also: ours is given no more).
 */
#define RT_TYPE_ATTACHMENT_VIEW (rt_attachment_view_get_type ())
G_DECLARE_FINAL_TYPE (RtAttachmentView, rt_attachment_view, RT, ATTACHMENT_VIEW, GtkWidget)

GtkWidget    *rt_attachment_view_new     (void);
/* transfers: NULL: nothing can be fetched. attachment: NULL: nothing is shown. */
void          rt_attachment_view_set     (RtAttachmentView *self, RtTransfers *transfers, RtAttachment *attachment);
/* The file that the dialog would ask for. */
void          rt_attachment_view_save_to (RtAttachmentView *self, GFile *file);

G_END_DECLS
