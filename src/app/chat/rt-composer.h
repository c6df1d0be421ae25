/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * RtComposer: where a message is written. Enter sends, Shift+Enter breaks the line, Tab goes on.
 *
 * Properties: placeholder, blocked (why nothing can be sent now, in words; NULL: it can), text.
 * Signal: send (string text): what was written, never empty and never too long. The text stays until rt_composer_clear(), so
 * that nothing is lost when sending fails. Action: composer.send.
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

G_END_DECLS
