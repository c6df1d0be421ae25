/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A text that is looked for in many values, in whatever case. */
typedef struct _RtNeedle RtNeedle;

RtNeedle *rt_needle_new      (const char *text);
void      rt_needle_free     (RtNeedle *self);
gboolean  rt_needle_in_text  (const RtNeedle *self, const char *text, gsize length);     /* text: UTF-8 */
gboolean  rt_needle_in_bytes (const RtNeedle *self, const guint8 *data, gsize length);
gboolean  rt_needle_in_value (const RtNeedle *self, GVariant *value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtNeedle, rt_needle_free)

G_END_DECLS
