/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#ifdef HAVE_QRENCODE
#include <qrencode.h>
#endif

#include "rt-qr-code.h"

/* Pixels of a side that are there in a window of 360: as large as whole modules can be in it, or a camera would not see them. */
#define ROOM 300u
/* Pixels of a module that it likes to have at least. */
#define LEGIBLE 2u
#ifdef HAVE_QRENCODE
/* Above so many bytes the code is made with less redundancy: modules that can be told apart help a camera more. */
#define DENSE_BYTES 300u
#endif

struct _RtQrCode
{
  GtkWidget parent_instance;

  char   *text;
  guint8 *modules;              /* size * size; bit 0: black */
  guint   size;
};

G_DEFINE_FINAL_TYPE (RtQrCode, rt_qr_code, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_TEXT, N_PROPS };
static GParamSpec *properties[N_PROPS];

/* Without the library there is never a code. */
static void
encode (RtQrCode *self)
{
#ifdef HAVE_QRENCODE
  QRcode *code;
#endif

  g_clear_pointer (&self->modules, g_free);
  self->size = 0;
#ifdef HAVE_QRENCODE
  if (self->text == NULL || *self->text == '\0')
    return;
  code = QRcode_encodeString8bit (self->text, 0, strlen (self->text) > DENSE_BYTES ? QR_ECLEVEL_L : QR_ECLEVEL_M);
  if (code == NULL)
    {
      /* ERANGE: more than any code holds */
      g_debug ("no QR code of %zu bytes: %s", strlen (self->text), g_strerror (errno));
      return;
    }
  self->size = (guint) code->width;
  self->modules = g_memdup2 (code->data, (gsize) self->size * self->size);
  QRcode_free (code);
#endif
}

static guint
get_total (RtQrCode *self)
{
  return self->size > 0 ? self->size + 2 * RT_QR_CODE_QUIET : 0;
}

static GtkSizeRequestMode
rt_qr_code_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
rt_qr_code_measure (GtkWidget      *widget,
                    GtkOrientation  orientation,
                    int             for_size,
                    int            *minimum,
                    int            *natural,
                    int            *minimum_baseline,
                    int            *natural_baseline)
{
  guint total = get_total (RT_QR_CODE (widget));

  *minimum = (int) (total > 0 ? total * MAX (1u, ROOM / total) : 0);
  *natural = (int) MAX ((guint) *minimum, total * LEGIBLE);
}

void
rt_qr_code_get_bounds (RtQrCode        *self,
                       graphene_rect_t *bounds,
                       double          *module)
{
  int width, height, scale;
  guint total;
  double side;

  g_return_if_fail (RT_IS_QR_CODE (self));
  g_return_if_fail (bounds != NULL && module != NULL);

  width = gtk_widget_get_width (GTK_WIDGET (self));
  height = gtk_widget_get_height (GTK_WIDGET (self));
  scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  total = get_total (self);
  /* Whole pixels of the screen, or the edges of modules would be grey. */
  *module = total > 0 ? floor (MIN (width, height) * (double) scale / total) / scale : 0;
  side = *module * total;
  graphene_rect_init (bounds, (float) (floor ((width - side) / 2 * scale) / scale), (float) (floor ((height - side) / 2 * scale) / scale),
                      (float) side, (float) side);
}

/* Dark modules that lie side by side are one rectangle: between two there could be a seam. */
static void
add_row (RtQrCode *self,
         cairo_t  *cr,
         guint     y,
         double    x0,
         double    y0,
         double    module)
{
  guint x = 0;

  while (x < self->size)
    {
      guint begin = x;

      while (x < self->size && rt_qr_code_is_black (self, x, y))
        x++;
      if (x > begin)
        cairo_rectangle (cr, x0 + begin * module, y0 + y * module, (x - begin) * module, module);
      else
        x++;
    }
}

static void
rt_qr_code_snapshot (GtkWidget   *widget,
                     GtkSnapshot *snapshot)
{
  RtQrCode *self = RT_QR_CODE (widget);
  const GdkRGBA white = { 1, 1, 1, 1 };
  graphene_rect_t bounds;
  double module, x, y;
  cairo_t *cr;

  rt_qr_code_get_bounds (self, &bounds, &module);
  if (module <= 0)
    return;
  gtk_snapshot_append_color (snapshot, &white, &bounds);
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  cairo_set_source_rgb (cr, 0, 0, 0);
  x = (double) bounds.origin.x + RT_QR_CODE_QUIET * module;
  y = (double) bounds.origin.y + RT_QR_CODE_QUIET * module;
  for (guint row = 0; row < self->size; row++)
    add_row (self, cr, row, x, y, module);
  cairo_fill (cr);
  cairo_destroy (cr);
}

static void
rt_qr_code_finalize (GObject *object)
{
  RtQrCode *self = RT_QR_CODE (object);

  g_free (self->text);
  g_free (self->modules);
  G_OBJECT_CLASS (rt_qr_code_parent_class)->finalize (object);
}

static void
rt_qr_code_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_TEXT:
      g_value_set_string (value, RT_QR_CODE (object)->text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_qr_code_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_TEXT:
      rt_qr_code_set_text (RT_QR_CODE (object), g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_qr_code_class_init (RtQrCodeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = rt_qr_code_finalize;
  object_class->get_property = rt_qr_code_get_property;
  object_class->set_property = rt_qr_code_set_property;
  widget_class->get_request_mode = rt_qr_code_get_request_mode;
  widget_class->measure = rt_qr_code_measure;
  widget_class->snapshot = rt_qr_code_snapshot;

  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "qrcode");
}

static void
rt_qr_code_init (RtQrCode *self)
{
}

const char *
rt_qr_code_get_text (RtQrCode *self)
{
  g_return_val_if_fail (RT_IS_QR_CODE (self), NULL);

  return self->text;
}

void
rt_qr_code_set_text (RtQrCode   *self,
                     const char *text)
{
  g_return_if_fail (RT_IS_QR_CODE (self));

  if (g_strcmp0 (self->text, text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  encode (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

guint
rt_qr_code_get_size (RtQrCode *self)
{
  g_return_val_if_fail (RT_IS_QR_CODE (self), 0);

  return self->size;
}

gboolean
rt_qr_code_is_black (RtQrCode *self,
                     guint     x,
                     guint     y)
{
  g_return_val_if_fail (RT_IS_QR_CODE (self), FALSE);
  g_return_val_if_fail (x < self->size && y < self->size, FALSE);

  return (self->modules[y * self->size + x] & 1) != 0;
}
