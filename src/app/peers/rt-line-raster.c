/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "rt-line-raster.h"

/* Shorter ones have no direction. */
#define LEAST_LENGTH 0.01

/* covered: of the pixel, in 256ths */
static guint32
blend (guint32 under,
       guint32 color,
       guint   covered)
{
  guint32 over = ((color & 0xff00ff) * covered >> 8 & 0xff00ff) | ((color >> 8 & 0xff00ff) * covered & 0xff00ff00);
  guint32 alpha = over >> 24, rest = 256 - alpha - (alpha >> 7);

  return over + (((under & 0xff00ff) * rest >> 8 & 0xff00ff) | ((under >> 8 & 0xff00ff) * rest & 0xff00ff00));
}

/* So much of a line is drawn until there, seen from its beginning: where that is not too far for a number. (floor() would cost as much as all else.) */
static double
get_drawn (const RtLine *line,
           double        along)
{
  double period = line->on + line->off, whole;

  if (line->off <= 0 || along >= G_MAXINT)
    return along;
  whole = (int) (along / period);
  return whole * line->on + MIN (along - whole * period, line->on);
}

static int
round_up (double number)
{
  int whole = (int) number;

  return whole + (number > whole);
}

/* Column by column, or row by row where it is steep: u is the way it goes, v the way across. */
void
rt_line_raster_draw (const RtLineRaster *self,
                     const RtLine       *line)
{
  double length = hypot (line->to_x - line->from_x, line->to_y - line->from_y);
  gboolean steep = fabs (line->to_y - line->from_y) > fabs (line->to_x - line->from_x);
  double from_u = steep ? line->from_y : line->from_x, to_u = steep ? line->to_y : line->to_x;
  double from_v = steep ? line->from_x : line->from_y, to_v = steep ? line->to_x : line->to_y;
  int n_u = steep ? self->height : self->width, n_v = steep ? self->width : self->height;
  int step_u = steep ? self->stride : 1, step_v = steep ? 1 : self->stride;
  double low = MIN (from_u, to_u), high = MAX (from_u, to_u), slope, per_step, half;
  int end;

  if (!(length > LEAST_LENGTH))
    return;
  slope = (to_v - from_v) / (to_u - from_u);
  per_step = length / (high - low);
  half = line->thickness / 2 * per_step;
  end = round_up (CLAMP (high, 0, n_u));
  for (int u = (int) CLAMP (low, 0, n_u); u < end; u++)
    {
      double from = MAX (u, low), to = MIN (u + 1, high);
      double a = fabs (from - from_u) * per_step, b = fabs (to - from_u) * per_step;
      double share = (get_drawn (line, MAX (a, b)) - get_drawn (line, MIN (a, b))) / per_step;
      double v = from_v + ((from + to) / 2 - from_u) * slope;
      int first, last;

      if (share <= 0)
        continue;
      first = (int) CLAMP (v - half, 0, n_v);
      last = round_up (CLAMP (v + half, 0, n_v));
      for (int i = first; i < last; i++)
        {
          guint32 *pixel = self->pixels + (gssize) u * step_u + (gssize) i * step_v;
          double across = MIN (i + 1, v + half) - MAX (i, v - half);

          *pixel = blend (*pixel, line->color, (guint) (across * share * 256 + 0.5));
        }
    }
}
