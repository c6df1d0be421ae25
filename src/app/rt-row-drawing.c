/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-row-drawing.h"

#define METRICS "rt-row-line-height"
/* What follows runs so, whatever is around it: U+200E. */
#define LEFT_TO_RIGHT "\342\200\216"

static int
measure_line (GtkWidget *row)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (row, "Ág");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return MAX (height, RT_ROW_ICON_SIZE);
}

int
rt_row_get_line_height (GtkWidget *row)
{
  GtkWidget *list = gtk_widget_get_ancestor (row, GTK_TYPE_LIST_VIEW);
  int height;

  if (list == NULL)
    return measure_line (row);
  height = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (list), METRICS));
  if (height == 0)
    {
      height = measure_line (row);
      g_object_set_data (G_OBJECT (list), METRICS, GINT_TO_POINTER (height));
    }
  return height;
}

void
rt_row_forget_line_height (GtkWidget *row)
{
  GtkWidget *list = gtk_widget_get_ancestor (row, GTK_TYPE_LIST_VIEW);

  if (list != NULL)
    g_object_set_data (G_OBJECT (list), METRICS, NULL);
  gtk_widget_queue_resize (row);
}

/* Where the leading edge is on the right, everything is the other way round. */
static double
mirror (GtkWidget *row,
        double     x,
        double     width)
{
  return gtk_widget_get_direction (row) == GTK_TEXT_DIR_RTL ? gtk_widget_get_width (row) - x - width : x;
}

static gboolean
has_letters (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_isalpha (g_utf8_get_char (text)))
      return TRUE;
  return FALSE;
}

void
rt_row_draw_text (GtkWidget   *row,
                  GtkSnapshot *snapshot,
                  const char  *text,
                  double       x,
                  double       y,
                  double       width,
                  gboolean     at_end,
                  float        alpha)
{
  g_autoptr (PangoLayout) layout = NULL;
  g_autofree char *marked = NULL;
  gboolean mirrored = gtk_widget_get_direction (row) == GTK_TEXT_DIR_RTL, right = mirrored != at_end;
  GdkRGBA color;

  if (text == NULL || *text == '\0' || width < 1)
    return;
  /* A text runs as its first letter says, and a list or a map as it is typed; what has no letters (numbers, bytes) from left to right. */
  if (mirrored && !has_letters (text))
    marked = g_strconcat (LEFT_TO_RIGHT, text, NULL);
  layout = gtk_widget_create_pango_layout (row, marked != NULL ? marked : text);
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  /* It stands where the row says; Pango's left is a right for what runs against the row. */
  if ((pango_layout_get_direction (layout, 0) == PANGO_DIRECTION_RTL) != mirrored)
    right = !right;
  pango_layout_set_alignment (layout, right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  gtk_style_context_get_color (gtk_widget_get_style_context (row), &color);
  color.alpha *= alpha;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) mirror (row, x, width), (float) y));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

void
rt_row_draw_icon (GtkWidget   *row,
                  GtkSnapshot *snapshot,
                  const char  *name,
                  double       x,
                  double       y,
                  const char  *color)
{
  GtkStyleContext *style = gtk_widget_get_style_context (row);
  g_autoptr (GtkIconPaintable) icon = NULL;
  GdkRGBA colors[4];

  icon = gtk_icon_theme_lookup_icon (gtk_icon_theme_get_for_display (gtk_widget_get_display (row)), name, NULL, RT_ROW_ICON_SIZE,
                                     gtk_widget_get_scale_factor (row), gtk_widget_get_direction (row), 0);
  gtk_style_context_get_color (style, &colors[0]);
  if (color != NULL)
    gtk_style_context_lookup_color (style, color, &colors[0]);
  for (guint i = 1; i < G_N_ELEMENTS (colors); i++)
    colors[i] = colors[0];
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) mirror (row, x, RT_ROW_ICON_SIZE), (float) y));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, RT_ROW_ICON_SIZE, RT_ROW_ICON_SIZE, colors, G_N_ELEMENTS (colors));
  gtk_snapshot_restore (snapshot);
}
