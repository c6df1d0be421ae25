/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "model/table/rt-value-text.h"

G_BEGIN_DECLS

/**
 * RtValueView: a value to be read. Of a long one the beginning, and a button for the rest, which comes in slices.
 * Signal: save (it shall be saved to a file).
 */
#define RT_TYPE_VALUE_VIEW (rt_value_view_get_type ())
G_DECLARE_FINAL_TYPE (RtValueView, rt_value_view, RT, VALUE_VIEW, GtkWidget)

void        rt_value_view_set_value (RtValueView *self, GVariant *value);       /* nullable */
GVariant   *rt_value_view_get_value (RtValueView *self);                        /* nullable */
void        rt_value_view_show_all  (RtValueView *self);
/* All that is to be shown is there. */
gboolean    rt_value_view_get_complete (RtValueView *self);

G_END_DECLS
