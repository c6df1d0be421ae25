/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/table/rt-table.h"
#include "model/transfers/rt-transfers.h"

G_BEGIN_DECLS

/**
 * RtComposer: where a message is written. Enter sends (or only Ctrl+Enter), Shift+Enter breaks the line, Tab goes on.
 *
 * Properties: placeholder, blocked (why nothing can be sent now, in words; NULL: it can), text.
 * Signal: send (string text): what was written, never empty and never too long. The text stays until rt_composer_clear(), so
 * that nothing is lost when sending fails; it may be empty where files go out.
 * Actions: composer.send, .emoji, .attach, .attach-text (a text too long for a message), .drop-text.
 */
#define RT_TYPE_COMPOSER (rt_composer_get_type ())
G_DECLARE_FINAL_TYPE (RtComposer, rt_composer, RT, COMPOSER, GtkWidget)

GtkWidget  *rt_composer_new             (void);
char       *rt_composer_dup_text        (RtComposer *self);
void        rt_composer_set_text        (RtComposer *self, const char *text);
void        rt_composer_clear           (RtComposer *self);
void        rt_composer_set_placeholder (RtComposer *self, const char *placeholder);
void        rt_composer_set_blocked     (RtComposer *self, const char *reason);
/* Words that stay until the text changes; NULL takes them away. */
void        rt_composer_set_error       (RtComposer *self, const char *words);
const char *rt_composer_get_hint        (RtComposer *self);             /* what is said over the text now; nullable */

/* FALSE (as at first): Enter sends. TRUE: Ctrl+Enter alone does. */
void        rt_composer_set_control_enter (RtComposer *self, gboolean control_enter);

/* Through which files are sent; NULL: none can be. */
void        rt_composer_set_transfers   (RtComposer *self, RtTransfers *transfers);
/* Whose keys are offered for completion; nullable. */
void        rt_composer_set_table       (RtComposer *self, RtTable *table);
/* What goes out with the next message: of RtAttachment. set: another network's; NULL: a new list. */
GListStore *rt_composer_get_attachments (RtComposer *self);
void        rt_composer_set_attachments (RtComposer *self, GListStore *attachments);
/* Whom (id) what is attached from now on is for alone; NULL (as at first): nobody in particular. */
void        rt_composer_set_meant_for   (RtComposer *self, const char *id);
void        rt_composer_add_file        (RtComposer *self, GFile *file);
void        rt_composer_add_bytes       (RtComposer *self, GBytes *bytes, const char *name, const char *mime_type);
/* As from the clipboard: one that is too long for a message is offered as a file. */
void        rt_composer_paste_text      (RtComposer *self, const char *text);
/* Files and pictures that are dropped there are attached. */
void        rt_composer_add_drop_target (RtComposer *self, GtkWidget *onto);

G_END_DECLS
