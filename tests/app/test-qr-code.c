/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A link as a picture: each module where it belongs, black on white, whatever the colours of the window. */
#include "config.h"

#include "app-fixture.h"
#include "app/rt-qr-code.h"

#define LINK "roundtable:invite?v=1&name=%3Cb%3E%20%26%20club&encryption=Plaintext&kind=sync&leases=no&to=127.0.0.1:9&to=localhost:10"

static gboolean
is_black_at (const guint8 *pixels, gsize stride, double x, double y)
{
  const guint8 *pixel = pixels + (gsize) y * stride + (gsize) x * 4;

  g_assert_cmpuint (pixel[3], ==, 255);
  g_assert_true ((pixel[0] == 0 && pixel[1] == 0 && pixel[2] == 0) || (pixel[0] == 255 && pixel[1] == 255 && pixel[2] == 255));
  return pixel[0] == 0;
}

/* Every module, and four rows of white around them, as a camera would have to see it. */
static void
check_drawn (RtQrCode *code)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (code));
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree guint8 *pixels = NULL;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  int width = gtk_widget_get_width (GTK_WIDGET (code)), height = gtk_widget_get_height (GTK_WIDGET (code)), size = (int) rt_qr_code_get_size (code);
  graphene_rect_t bounds, all = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  double module;

  rt_qr_code_get_bounds (code, &bounds, &module);
  g_assert_cmpfloat (module, >=, 2);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (GTK_WIDGET (code))), node, &all);
  pixels = g_malloc0 ((gsize) width * (gsize) height * 4);
  gdk_texture_download (texture, pixels, (gsize) width * 4);
  for (int y = -(int) RT_QR_CODE_QUIET; y < size + (int) RT_QR_CODE_QUIET; y++)
    for (int x = -(int) RT_QR_CODE_QUIET; x < size + (int) RT_QR_CODE_QUIET; x++)
      {
        gboolean inside = x >= 0 && y >= 0 && x < size && y < size;
        double left = (double) bounds.origin.x + (x + (int) RT_QR_CODE_QUIET) * module, top = (double) bounds.origin.y + (y + (int) RT_QR_CODE_QUIET) * module;
        gboolean black = inside && rt_qr_code_is_black (code, (guint) x, (guint) y);

        /* its first pixel, and its last: no edge is grey */
        g_assert_true (is_black_at (pixels, (gsize) width * 4, left, top) == black);
        g_assert_true (is_black_at (pixels, (gsize) width * 4, left + module - 1, top + module - 1) == black);
      }
}

static void
test_code (void)
{
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());
  RtQrCode *code = g_object_ref_sink (g_object_new (RT_TYPE_QR_CODE, NULL));
  g_autofree char *most = g_strnfill (2048, 'a'), *more = g_strnfill (4096, 'a');
  int minimum, natural;

  g_assert_cmpint (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (code)), ==, GTK_ACCESSIBLE_ROLE_IMG);
  g_assert_cmpuint (rt_qr_code_get_size (code), ==, 0);
  gtk_widget_measure (GTK_WIDGET (code), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (natural, ==, 0);
  rt_qr_code_set_text (code, more);
  g_assert_cmpuint (rt_qr_code_get_size (code), ==, 0);

  rt_qr_code_set_text (code, LINK);
  if (rt_qr_code_get_size (code) == 0)
    {
      g_test_skip ("built without QR codes");
      g_object_unref (code);
      gtk_window_destroy (window);
      return;
    }
  /* the longest invitation is a picture too, which fits where there are 360 pixels */
  rt_qr_code_set_text (code, most);
  g_assert_cmpuint (rt_qr_code_get_size (code), >, 21);
  gtk_widget_measure (GTK_WIDGET (code), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (minimum, <=, 316);

  gtk_window_set_child (window, GTK_WIDGET (code));
  rt_qr_code_set_text (code, LINK);
  /* what gives it no more room than it must have still gives it modules that a camera tells apart */
  gtk_widget_measure (GTK_WIDGET (code), GTK_ORIENTATION_VERTICAL, -1, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (minimum, >=, 4 * (int) (rt_qr_code_get_size (code) + 2 * RT_QR_CODE_QUIET));
  g_assert_cmpint (minimum, <=, 316);
  gtk_window_set_default_size (window, 331, 307);
  gtk_window_present (window);
  app_wait_for (gtk_widget_get_width (GTK_WIDGET (code)) > 0);
  app_frames (GTK_WIDGET (window), 3);
  check_drawn (code);
  /* a finder is in three of its corners, and its rim is black */
  for (guint i = 0; i < 7; i++)
    {
      g_assert_true (rt_qr_code_is_black (code, i, 0));
      g_assert_true (rt_qr_code_is_black (code, 0, i));
      g_assert_true (rt_qr_code_is_black (code, rt_qr_code_get_size (code) - 1, i));
    }
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  app_frames (GTK_WIDGET (window), 3);
  check_drawn (code);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  gtk_window_set_child (window, NULL);
  g_assert_finalize_object (code);
  gtk_window_destroy (window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/qr-code/drawn", test_code);
  return g_test_run ();
}
