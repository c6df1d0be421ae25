/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The six cases of dino's pull request 1898 (see test-timeline-cases.c) with the real rows in the real window: wide and narrow, from left to right and from right to left. In each what is read stays
 * where it is, in every frame. Narrow from right to left, in a few steps; with CHAT_DEEP=1 all four, in many.
 */
#include "config.h"

#include <math.h>

#include "app/chat/rt-message-row.h"
#include "history-fixture.h"
#include "model/transfers/rt-attachment-private.h"
#include "model/timeline/rt-message-item-private.h"
#include "model/network/rt-network-private.h"

#define N_MESSAGES 1500u
#define SENDER "Cd4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqTe9Q"

typedef struct {
  const char *name;
  int         width, height;
  gboolean    rtl;
} Look;

static const Look looks[] = {
  { "wide", 1024, 720, FALSE },
  { "wide-rtl", 1024, 720, TRUE },
  { "narrow", 360, 640, FALSE },
  { "narrow-rtl", 360, 640, TRUE },
};

typedef struct {
  Program        program;
  GtkAdjustment *adjustment;
  RtTimelineKey  key;           /* of the row that is read */
  double         y;
} Reader;

static const char *folder, *picture;

/* Steps of a case */
static guint
get_steps (guint n)
{
  return g_getenv ("CHAT_DEEP") != NULL ? n : (n + 3) / 4;
}

static void
frame (Reader *r)
{
  app_frames (GTK_WIDGET (r->program.window), 1);
}

/* Until the timeline has prepared all that it will */
static void
rest (Reader *r)
{
  RtTimelineStats stats;
  guint quiet = 0, ticks = 0;

  for (guint i = 0; i < 300 && quiet < 6; i++)
    {
      frame (r);
      rt_timeline_get_stats (r->program.timeline, &stats);
      quiet = stats.ticks == ticks ? quiet + 1 : 0;
      ticks = stats.ticks;
    }
}

static gboolean
find_y (Reader *r, const RtTimelineKey *key, double *y, double *height)
{
  GtkWidget *row = rt_timeline_get_row (r->program.timeline, key);
  graphene_rect_t bounds;

  if (row == NULL || !gtk_widget_compute_bounds (row, GTK_WIDGET (r->program.timeline), &bounds))
    return FALSE;
  *y = bounds.origin.y;
  if (height != NULL)
    *height = bounds.size.height;
  return TRUE;
}

/* The row over the middle of the view, or the uppermost whose top shows */
static void
read_row (Reader *r, gboolean uppermost)
{
  GListModel *children = gtk_widget_observe_children (GTK_WIDGET (r->program.timeline));
  double page = gtk_widget_get_height (GTK_WIDGET (r->program.timeline)), best = G_MAXDOUBLE;
  RtTimelineKey key;
  double y, height;

  for (guint i = 0; i < g_list_model_get_n_items (children); i++)
    {
      g_autoptr (GtkWidget) row = g_list_model_get_item (children, i);

      if (!RT_IS_MESSAGE_ROW (row) || !gtk_widget_get_child_visible (row))
        continue;
      rt_timeline_item_get_key (RT_TIMELINE_ITEM (rt_message_row_get_item (RT_MESSAGE_ROW (row))), &key);
      if (!find_y (r, &key, &y, &height) || (uppermost ? y < 0 : y + height <= page / 2) || y >= best)
        continue;
      best = y;
      r->key = key;
      r->y = y;
    }
  g_assert_cmpfloat (best, <, page);
  g_object_unref (children);
}

static void
check (Reader *r)
{
  double y;

  g_assert_true (find_y (r, &r->key, &y, NULL));
  g_assert_cmpfloat (fabs (y - r->y), <, 0.5);
}

static void
frames (Reader *r, guint n)
{
  while (n-- > 0)
    {
      frame (r);
      check (r);
    }
}

static void
scroll (Reader *r, double by)
{
  gtk_adjustment_set_value (r->adjustment, gtk_adjustment_get_value (r->adjustment) + by);
  frame (r);
}

/* In the middle of a long history, the eyes on the row over the middle of the view */
static void
begin (Reader *r, const Look *look)
{
  gtk_window_set_default_size (GTK_WINDOW (r->program.window), look->width, look->height);
  app_frames (GTK_WIDGET (r->program.window), 4);
  rt_timeline_scroll_to_bottom (r->program.timeline);
  app_wait_for (rt_timeline_get_at_bottom (r->program.timeline));
  for (guint i = 0; i < 12; i++)
    scroll (r, -500);
  rest (r);
  read_row (r, FALSE);
}

static void
hear (Reader *r, const char *text, gint64 age)
{
  GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_BROADCAST)), g_variant_new_variant (g_variant_new_string (text)) };
  g_autoptr (P2pMessage) message = p2p_message_new (P2P_FLAG_BROADCAST, SENDER, g_get_real_time () / G_USEC_PER_SEC - age,
                                                    g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, 2), NULL);

  rt_network_take_message (r->program.network, message, NULL);
}

/* ---- the cases ---- */

/* Older ones come while one scrolls towards them; each step moves what is read by itself and nothing else. */
static void
play_older (Reader *r, const Look *look)
{

  begin (r, look);
  for (guint i = 0; i < get_steps (60); i++)
    {
      double by = i % 6 == 5 ? 0 : -260, y;
      RtTimelineKey key;

      read_row (r, FALSE);
      key = r->key;
      scroll (r, by);
      if (find_y (r, &key, &y, NULL))
        g_assert_cmpfloat (fabs (y - (r->y - by)), <, 0.5);
    }
  read_row (r, FALSE);
  frames (r, 8);
}

static void
play_newer (Reader *r, const Look *look)
{
  guint before;

  begin (r, look);
  before = rt_timeline_get_new_below (r->program.timeline);
  for (guint i = 0; i < get_steps (20); i++)
    {
      g_autofree char *text = g_strdup_printf ("new %u\nof two lines مرحبا", i);

      hear (r, text, 0);
      frames (r, 1);
    }
  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *text = g_strdup_printf ("many %u", i);

      hear (r, text, 0);
    }
  frames (r, 5);
  g_assert_cmpuint (rt_timeline_get_new_below (r->program.timeline), ==, before + get_steps (20) + 400);
  /* what was said an hour ago, and comes now, belongs in between: above, in view, below */
  for (guint i = 0; i < get_steps (30); i++)
    {
      g_autofree char *text = g_strdup_printf ("late %u", i);

      hear (r, text, (gint64) (i + 1) * 311);
      frames (r, 1);
    }
  rest (r);
  check (r);
}

static RtMessageItem *
dup_item (Reader *r, int beside)
{
  g_autoptr (GPtrArray) held = rt_network_dup_held (r->program.network);

  for (guint i = 0; i < held->len; i++)
    {
      RtTimelineKey key;

      rt_timeline_item_get_key (held->pdata[i], &key);
      if (rt_timeline_key_compare (&key, &r->key) == 0)
        return (int) i + beside >= 0 && (int) i + beside < (int) held->len ? g_object_ref (held->pdata[(int) i + beside]) : NULL;
    }
  return NULL;
}

/* Pictures come and are shown, answers are found: above what is read, below it, in it. */
static void
play_heights (Reader *r, const Look *look)
{
  guint n_grew = 0;


  begin (r, look);
  for (int i = -9; i <= 9; i += 2)
    {
      g_autoptr (RtMessageItem) item = dup_item (r, i);
      g_autofree char *hash = g_strdup_printf ("%032d", i + 100);
      g_autoptr (GBytes) file = g_bytes_new (hash, 32);
      g_autoptr (RtAttachment) attachment = rt_attachment_new_offered (file, 20000, "a picture.png", "image/png", SENDER);

      RtTimelineKey key;
      double y, height = 0, later;

      if (item == NULL)
        continue;
      rt_timeline_item_get_key (RT_TIMELINE_ITEM (item), &key);
      find_y (r, &key, &y, &height);
      rt_message_item_set_attachment (item, G_OBJECT (attachment));
      rt_network_tell_item (r->program.network, item);
      frames (r, 2);
      n_grew += find_y (r, &key, &y, &later) && later > height + 50;
      rt_attachment_set_here (attachment, picture);
      frames (r, 3);
    }
  for (int i = -8; i <= 8; i += 2)
    {
      g_autoptr (RtMessageItem) item = dup_item (r, i), original = dup_item (r, i - 1);

      if (item == NULL || original == NULL || i == 0)
        continue;
      rt_message_item_set_reply_to (item, rt_message_item_get_id (original));
      rt_network_tell_item (r->program.network, item);
      frames (r, 1);
    }
  rest (r);
  check (r);
  g_assert_cmpuint (n_grew, >=, 3);
}

/* The first row whose top shows is what stays. From narrow to wide and back the list of networks goes and comes. */
static void
play_sizes (Reader *r, const Look *look)
{

  begin (r, look);
  scroll (r, 0);
  read_row (r, TRUE);
  for (guint i = 0; i < get_steps (12); i++)
    {
      gtk_window_set_default_size (GTK_WINDOW (r->program.window), look->width + (int) (i * 37 % 200), look->height - (int) (i * 53 % 160));
      frames (r, 4);
    }
}

/* To another place, and back to the one that one came from */
static void
play_jumps (Reader *r, const Look *look)
{
  RtTimelineKey there, home;

  begin (r, look);
  home = r->key;
  for (guint i = 0; i < get_steps (8); i++)
    {
      double y = 0, later;

      there = i % 2 == 0 ? (RtTimelineKey) { home.time - (gint64) (i * 97 + 200) * 20 * G_USEC_PER_SEC, G_MININT64 } : home;
      rt_timeline_jump_to_key (r->program.timeline, &there, TRUE);
      for (guint n = 0; n < 10; n++)
        frame (r);
      read_row (r, FALSE);
      g_assert_cmpfloat (ABS ((double) (r->key.time - there.time)) / G_TIME_SPAN_SECOND, <, 20 * 40);
      y = r->y;
      for (guint n = 0; n < 10; n++)
        {
          frame (r);
          g_assert_true (find_y (r, &r->key, &later, NULL));
          g_assert_cmpfloat (fabs (later - y), <, 0.5);
        }
    }
}

static double
get_gap (Reader *r)
{
  RtTimelineKey first, last;
  double y, height;

  g_assert_true (rt_timeline_get_shown (r->program.timeline, &first, &last));
  g_assert_true (find_y (r, &last, &y, &height));
  return gtk_widget_get_height (GTK_WIDGET (r->program.timeline)) - y - height;
}

/* To the bottom from far above, in the next frame; then it is followed, whatever comes and whatever becomes higher. */
static void
play_bottom (Reader *r, const Look *look)
{
  double gap;

  begin (r, look);
  rt_timeline_scroll_to_bottom (r->program.timeline);
  app_wait_for (rt_timeline_get_at_bottom (r->program.timeline));
  frame (r);
  gap = get_gap (r);
  g_assert_cmpfloat (gap, >=, 0);
  g_assert_cmpfloat (gap, <, 24);
  for (guint i = 0; i < get_steps (20); i++)
    {
      g_autofree char *text = g_strdup_printf ("%u: the newest, in some lines because it is as long as this is, and longer than a narrow window is wide", i);
      g_autoptr (RtMessageItem) item = NULL;

      hear (r, text, 0);
      frame (r);
      g_assert_cmpfloat_with_epsilon (get_gap (r), gap, 0.5);
      read_row (r, FALSE);
      item = dup_item (r, -1);
      if (item == NULL || rt_message_item_get_id (item) == NULL)
        continue;
      rt_message_item_set_reply_to (item, rt_message_item_get_id (item));
      rt_network_tell_item (r->program.network, item);
      frame (r);
      g_assert_cmpfloat_with_epsilon (get_gap (r), gap, 0.5);
      gtk_window_set_default_size (GTK_WINDOW (r->program.window), look->width + (int) (i * 37 % 120), look->height - (int) (i * 53 % 100));
      for (guint n = 0; n < 3; n++)
        {
          frame (r);
          g_assert_cmpfloat_with_epsilon (get_gap (r), gap, 0.5);
        }
    }
  g_assert_true (rt_timeline_get_at_bottom (r->program.timeline));
}

static void
test_look (gconstpointer data)
{
  static const struct {
    const char *name;
    void (*play) (Reader *r, const Look *look);
  } cases[] = { { "older", play_older }, { "heights", play_heights }, { "sizes", play_sizes }, { "jumps", play_jumps }, { "newer", play_newer }, { "bottom", play_bottom } };
  const Look *look = data;
  Reader r = { 0 };
  double unused;

  gtk_widget_set_default_direction (look->rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  program_open (&r.program, folder, &unused);
  rt_window_select (r.program.window, r.program.network, TRUE);
  g_object_get (r.program.timeline, "vadjustment", &r.adjustment, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("cases-%s-%s", cases[i].name, look->name);

      g_test_message ("%s", name);
      begin (&r, look);
      cases[i].play (&r, look);
      app_picture (GTK_WIDGET (r.program.window), name);
    }
  g_clear_object (&r.adjustment);
  program_close (&r.program);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

static char *
make_picture (void)
{
  const gsize size = 300;
  g_autofree guint8 *pixels = g_malloc0 (size * size * 3);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  char *path = g_build_filename (folder, "picture.png", NULL);

  for (gsize i = 0; i < size * size * 3; i++)
    pixels[i] = (guint8) (i * 7 / size);
  bytes = g_bytes_new (pixels, size * size * 3);
  texture = gdk_memory_texture_new ((int) size, (int) size, GDK_MEMORY_R8G8B8, bytes, size * 3);
  g_assert_true (gdk_texture_save_to_png (texture, path));
  return path;
}

int
main (int argc, char **argv)
{
  const guint n = N_MESSAGES;
  g_autofree char *made = NULL, *made_picture = NULL;
  int status;

  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  folder = made = history_make_folder (1, &n);
  picture = made_picture = make_picture ();
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      g_autofree char *path = g_strconcat ("/window-cases/", looks[i].name, NULL);

      /* the last is the hardest */
      if (get_steps (4) == 4 || i + 1 == G_N_ELEMENTS (looks))
        g_test_add_data_func (path, &looks[i], test_look);
    }
  status = g_test_run ();
  rt_remove_tree (made);
  return status;
}
