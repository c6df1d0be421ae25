/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Modules of nothing around a code: cameras need them to see where it begins. */
#define RT_QR_CODE_QUIET 4u

/**
 * RtQrCode: a text as a picture for cameras, black on white in every look of the desktop, with its quiet zone. Its name for the accessibility tree is
 * given where it is used. Property: text (bytes of any kind; NULL or too long: nothing is drawn).
 */
#define RT_TYPE_QR_CODE (rt_qr_code_get_type ())
G_DECLARE_FINAL_TYPE (RtQrCode, rt_qr_code, RT, QR_CODE, GtkWidget)

const char *rt_qr_code_get_text   (RtQrCode *self);
void        rt_qr_code_set_text   (RtQrCode *self, const char *text);
/* Modules of a side, without the quiet zone; 0: there is nothing to draw. */
guint       rt_qr_code_get_size   (RtQrCode *self);
gboolean    rt_qr_code_is_black   (RtQrCode *self, guint x, guint y);
/* Where it is drawn in the widget, quiet zone and all; module: the side of one. */
void        rt_qr_code_get_bounds (RtQrCode *self, graphene_rect_t *bounds, double *module);

G_END_DECLS
