/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How large pictures are shown, and where. */
#include "config.h"

#include <string.h>

#include "app/chat/rt-attachment-view.h"
#include "app/chat/rt-message-body.h"
#include "app/chat/rt-picture.h"
#include "app/chat/rt-preview.h"
#include "chat-fixture.h"
#include "../support/rt-wait.h"

typedef struct {
  int width, height;            /* of the file */
  int shown_width, shown_height; /* where there is room */
} Size;

static const Size sizes[] = {
  { 1, 1, 1, 1 },
  { 24, 16, 24, 16 },
  { 120, 90, 120, 90 },
  { 320, 240, 320, 240 },
  { 400, 300, 320, 240 },
  { 2000, 1000, 320, 160 },
  { 1000, 2000, 120, 240 },
  { 4000, 4, 320, 1 },
  { 60, 239, 60, 239 },
};

static GtkWidget *
find_below (GtkWidget *below, GType type)
{
  for (GtkWidget *w = gtk_widget_get_first_child (below); w != NULL; w = gtk_widget_get_next_sibling (w))
    {
      GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (w, type) ? w : find_below (w, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static RtAttachment *
add_picture (RtTransfers *transfers, int width, int height)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  g_autofree char *name = g_strdup_printf ("%dx%d.png", width, height);
  g_autoptr (GBytes) bytes = NULL;
  RtAttachment *attachment;
  char *png;
  gsize length;

  gdk_pixbuf_fill (pixbuf, 0x669933ff);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &png, &length, "png", NULL, NULL));
  bytes = g_bytes_new_take (png, length);
  attachment = rt_transfers_add_bytes (transfers, bytes, name, "image/png");
  rt_wait_until (rt_attachment_get_state (attachment) == RT_ATTACHMENT_HERE);
  return attachment;
}

static RtMessageItem *
say_picture (PageFixture *p, RtAttachment *attachment, gboolean own)
{
  g_autofree char *text = rt_attachment_dup_text (attachment, "Look at this one");
  RtMessageItem *item = own ? fake_network_say (p->network, g_get_real_time (), NULL, text) : fake_network_hear_text (p->network, ADA, g_get_real_time (), text);

  rt_message_item_set_attachment (item, G_OBJECT (attachment));
  return item;
}

static RtPreview *
wait_preview (PageFixture *p, RtMessageItem *item)
{
  RtPreview *preview = NULL;

  page_frames (p, 2);
  preview = RT_PREVIEW (find_below (GTK_WIDGET (page_row (p, item)), RT_TYPE_PREVIEW));
  g_assert_nonnull (preview);
  rt_wait_until (rt_preview_get_texture (preview) != NULL);
  page_frames (p, 1);
  return preview;
}

/* The box is the picture, in its proportions, and begins where the text does. */
static void
check_box (PageFixture *p, RtMessageItem *item, RtPreview *preview, const Size *size)
{
  GtkWidget *row = GTK_WIDGET (page_row (p, item)), *body = find_below (row, RT_TYPE_MESSAGE_BODY);
  graphene_rect_t box, text;
  double scale;

  g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (preview), row, &box));
  g_assert_true (gtk_widget_compute_bounds (body, row, &text));
  g_assert_cmpfloat (box.origin.x, >=, 0);
  g_assert_cmpfloat (box.origin.x + box.size.width, <=, gtk_widget_get_width (row));
  scale = MIN (1.0, text.size.width / size->shown_width);
  g_assert_cmpfloat_with_epsilon (box.size.width, size->shown_width * scale, 0.5);
  g_assert_cmpfloat_with_epsilon (box.size.height, MAX (1.0, size->shown_height * scale), 0.51);
  if (gtk_widget_get_direction (row) == GTK_TEXT_DIR_RTL)
    g_assert_cmpfloat_with_epsilon (box.origin.x + box.size.width, text.origin.x + text.size.width, 0.5);
  else
    g_assert_cmpfloat_with_epsilon (box.origin.x, text.origin.x, 0.5);
}

typedef struct {
  const char *name, *small_name;
  int         width;
  gboolean    rtl, own;
} Look;

static void
test_sizes (PageFixture *p, gconstpointer data)
{
  const Look *look = data;
  g_autoptr (RtTransfers) transfers = rt_transfers_new (NULL);
  int narrow = 0;

  fake_network_set_transfers (p->network, transfers);
  gtk_window_set_default_size (GTK_WINDOW (p->f.window), look->width, 900);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (RtAttachment) attachment = add_picture (transfers, sizes[i].width, sizes[i].height);
      RtMessageItem *item = say_picture (p, attachment, look->own);
      RtPreview *preview = wait_preview (p, item);

      check_box (p, item, preview, &sizes[i]);
      narrow += gtk_widget_get_width (GTK_WIDGET (preview)) < sizes[i].shown_width;
      if (i == 4)
        page_picture (p->f.window, look->small_name);
    }
  /* where there is room for all of it, all of it is shown */
  g_assert_cmpint (narrow > 0, ==, look->width < 400);
  page_picture (p->f.window, look->name);
  fake_network_set_transfers (p->network, NULL);
}

/* Its place is that of a large one until it was seen once; then it has its own at once, though it has to be decoded again. */
static void
test_place (PageFixture *p, gconstpointer unused)
{
  g_autoptr (RtTransfers) transfers = rt_transfers_new (NULL);
  g_autoptr (RtAttachment) first = add_picture (transfers, 50, 40);
  GtkWidget *window = gtk_window_new (), *view = rt_attachment_view_new ();
  RtPreview *preview = RT_PREVIEW (find_below (view, RT_TYPE_PREVIEW));
  int height;

  gtk_window_set_child (GTK_WINDOW (window), view);
  rt_attachment_view_set (RT_ATTACHMENT_VIEW (view), transfers, first);
  g_assert_null (rt_preview_get_texture (preview));
  gtk_widget_measure (GTK_WIDGET (preview), GTK_ORIENTATION_VERTICAL, -1, NULL, &height, NULL, NULL);
  g_assert_cmpint (height, ==, RT_PICTURE_HEIGHT);
  rt_wait_until (rt_preview_get_texture (preview) != NULL);
  gtk_widget_measure (GTK_WIDGET (preview), GTK_ORIENTATION_VERTICAL, -1, NULL, &height, NULL, NULL);
  g_assert_cmpint (height, ==, 40);
  /* others push it out of what is kept decoded */
  for (int i = 0; i < 30; i++)
    {
      g_autoptr (RtAttachment) other = add_picture (transfers, 60 + i, 60);

      rt_attachment_view_set (RT_ATTACHMENT_VIEW (view), transfers, other);
      rt_wait_until (rt_preview_get_texture (preview) != NULL);
    }
  rt_attachment_view_set (RT_ATTACHMENT_VIEW (view), transfers, first);
  g_assert_null (rt_preview_get_texture (preview));
  gtk_widget_measure (GTK_WIDGET (preview), GTK_ORIENTATION_VERTICAL, -1, NULL, &height, NULL, NULL);
  g_assert_cmpint (height, ==, 40);
  rt_wait_until (rt_preview_get_texture (preview) != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

static double
get_y (PageFixture *p, RtMessageItem *item)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (page_row (p, item)), GTK_WIDGET (p->f.timeline), &bounds));
  return bounds.origin.y;
}

/* One that turns out to be small leaves room; what is read last stays where it is, in every frame. */
static void
test_arrives (PageFixture *p, gconstpointer unused)
{
  g_autoptr (RtTransfers) transfers = rt_transfers_new (NULL);
  g_autoptr (RtAttachment) attachment = add_picture (transfers, 30, 20);
  RtMessageItem *item, *last = NULL;
  RtPreview *preview;
  double y, of_picture;

  fake_network_set_transfers (p->network, transfers);
  for (guint i = 0; i < 12; i++)
    fake_network_hear_text (p->network, ADA, g_get_real_time (), "Before it");
  item = say_picture (p, attachment, FALSE);
  for (guint i = 0; i < 3; i++)
    last = fake_network_hear_text (p->network, ADA, g_get_real_time (), "After it");
  page_frames (p, 1);
  y = get_y (p, last);
  of_picture = get_y (p, item);
  preview = RT_PREVIEW (find_below (GTK_WIDGET (page_row (p, item)), RT_TYPE_PREVIEW));
  while (rt_preview_get_texture (preview) == NULL)
    {
      page_frames (p, 1);
      g_assert_cmpfloat_with_epsilon (get_y (p, last), y, 0.5);
    }
  for (guint i = 0; i < 3; i++)
    {
      page_frames (p, 1);
      g_assert_cmpfloat_with_epsilon (get_y (p, last), y, 0.5);
    }
  g_test_message ("the message with the picture went %.0f px down", get_y (p, item) - of_picture);
  g_assert_cmpfloat (get_y (p, item), >=, of_picture);
  fake_network_set_transfers (p->network, NULL);
}

static void
set_up (PageFixture *p, gconstpointer data)
{
  const Look *look = data;

  gtk_widget_set_default_direction (look != NULL && look->rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  page_set_up (p, GINT_TO_POINTER (0));
}

int
main (int argc, char **argv)
{
  static const Look looks[] = {
    { "pictures-wide", "pictures-wide-small", 900, FALSE, FALSE },
    { "pictures-narrow", "pictures-narrow-small", 360, FALSE, FALSE },
    { "pictures-own", "pictures-own-small", 900, FALSE, TRUE },
    { "pictures-rtl", "pictures-rtl-small", 900, TRUE, FALSE },
    { "pictures-narrow-rtl", "pictures-narrow-rtl-small", 360, TRUE, TRUE },
  };

  g_autoptr (GtkCssProvider) style = NULL;

  gtk_test_init (&argc, &argv, NULL);
  style = gtk_css_provider_new ();
  adw_init ();
  /* the margins of a bubble are in it */
  gtk_css_provider_load_from_resource (style, "/org/roundtable/Roundtable/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (style), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      g_autofree char *path = g_strconcat ("/pictures/", looks[i].name + strlen ("pictures-"), NULL);

      g_test_add (path, PageFixture, &looks[i], set_up, test_sizes, page_tear_down);
    }
  g_test_add ("/pictures/arrives", PageFixture, NULL, set_up, test_arrives, page_tear_down);
  g_test_add ("/pictures/place", PageFixture, NULL, set_up, test_place, page_tear_down);
  return g_test_run ();
}
