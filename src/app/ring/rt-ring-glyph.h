/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "rt-ring-facts.h"

G_BEGIN_DECLS

/* The marks of the circle and of its lists: each has a shape of its own, for who sees no colours. */
typedef enum {
  RT_RING_GLYPH_SELF,
  RT_RING_GLYPH_NEIGHBOUR,
  RT_RING_GLYPH_FINGER,
  RT_RING_GLYPH_MEMBER,
  RT_RING_GLYPH_ANSWER,         /* + RtRingAnswer */
} RtRingGlyphKind;

typedef struct {
  GdkRGBA text, accent, success, warning, error, view;
} RtRingColors;

void rt_ring_colors_read (RtRingColors *self, GtkWidget *widget);
int  rt_ring_member_get_glyph (const RtRingMember *member);
void rt_ring_glyph_draw  (cairo_t *cr, int kind, double x, double y, double radius, const RtRingColors *colors);

/**
 * RtRingGlyph: one of them by itself, 16 pixels wide; the words stand beside it.
 * Property: kind (RtRingGlyphKind).
 */
#define RT_TYPE_RING_GLYPH (rt_ring_glyph_get_type ())
G_DECLARE_FINAL_TYPE (RtRingGlyph, rt_ring_glyph, RT, RING_GLYPH, GtkWidget)

GtkWidget *rt_ring_glyph_new      (int kind);
void       rt_ring_glyph_set_kind (RtRingGlyph *self, int kind);
/* All marks, each with its words. */
GtkWidget *rt_ring_legend_new     (void);

G_END_DECLS
