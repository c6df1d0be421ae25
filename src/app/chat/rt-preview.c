/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-picture.h"
#include "rt-preview.h"

#define MIN_WIDTH 96
/* Its corners would be all that is left of a smaller one, were they as round as others'. */
#define SMALL 32

struct _RtPreview {
  GtkWidget   parent_instance;

  GdkTexture *texture;
  int         width, height;    /* of the picture; 0: not known */
  GtkWidget  *label;
};

G_DEFINE_FINAL_TYPE (RtPreview, rt_preview, GTK_TYPE_WIDGET)

static void
get_natural_size (RtPreview *self, int *width, int *height)
{
  double scale;

  if (self->width <= 0 || self->height <= 0)
    {
      *width = RT_PICTURE_WIDTH;
      *height = RT_PICTURE_HEIGHT;
      return;
    }
  scale = MIN (MIN ((double) RT_PICTURE_WIDTH / self->width, (double) RT_PICTURE_HEIGHT / self->height), 1.0);
  *width = MAX (1, (int) (self->width * scale + 0.5));
  *height = MAX (1, (int) (self->height * scale + 0.5));
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  RtPreview *self = RT_PREVIEW (widget);
  int width, height;

  get_natural_size (self, &width, &height);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN (MIN_WIDTH, width);
      *natural = width;
    }
  else if (for_size < 0 || for_size >= width || self->width <= 0)
    *minimum = *natural = height;
  else
    *minimum = *natural = MAX (1, (int) ((double) height * MAX (for_size, 1) / width + 0.5));
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *label = RT_PREVIEW (widget)->label;
  int natural, minimum;

  gtk_widget_measure (label, GTK_ORIENTATION_VERTICAL, width, &minimum, &natural, NULL, NULL);
  natural = MAX (minimum, MIN (natural, height));
  gtk_widget_size_allocate (label, &(GtkAllocation) { 0, (height - natural) / 2, width, natural }, -1);
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  RtPreview *self = RT_PREVIEW (widget);

  /* it was given the picture's own proportions */
  if (self->texture != NULL)
    gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget), (float) gtk_widget_get_height (widget)));
  gtk_widget_snapshot_child (widget, self->label, snapshot);
}

static void
dispose (GObject *object)
{
  RtPreview *self = RT_PREVIEW (object);

  g_clear_object (&self->texture);
  g_clear_pointer (&self->label, gtk_widget_unparent);
  G_OBJECT_CLASS (rt_preview_parent_class)->dispose (object);
}

static void
rt_preview_class_init (RtPreviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  widget_class->measure = measure;
  widget_class->get_request_mode = get_request_mode;
  widget_class->size_allocate = size_allocate;
  widget_class->snapshot = snapshot;
  gtk_widget_class_set_css_name (widget_class, "preview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
rt_preview_init (RtPreview *self)
{
  self->label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (self->label), GTK_JUSTIFY_CENTER);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

void
rt_preview_set_texture (RtPreview *self, GdkTexture *texture)
{
  g_return_if_fail (RT_IS_PREVIEW (self));

  if (!g_set_object (&self->texture, texture))
    return;
  rt_preview_expect (self, texture != NULL ? gdk_texture_get_width (texture) : 0, texture != NULL ? gdk_texture_get_height (texture) : 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
rt_preview_expect (RtPreview *self, int width, int height)
{
  g_return_if_fail (RT_IS_PREVIEW (self));

  if (self->width == width && self->height == height)
    return;
  self->width = width;
  self->height = height;
  if (width > 0 && MIN (width, height) < SMALL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "small");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "small");
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

GdkTexture *
rt_preview_get_texture (RtPreview *self)
{
  g_return_val_if_fail (RT_IS_PREVIEW (self), NULL);

  return self->texture;
}

void
rt_preview_set_words (RtPreview *self, const char *words)
{
  g_return_if_fail (RT_IS_PREVIEW (self));

  gtk_label_set_text (GTK_LABEL (self->label), words != NULL ? words : "");
}
