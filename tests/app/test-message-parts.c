/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/chat/rt-attachment-view.h"
#include "app/chat/rt-key-chips.h"
#include "app/chat/rt-message-body.h"
#include "app/chat/rt-picture.h"
#include "model/transfers/rt-attachment-private.h"
#include "model/table/rt-table-private.h"
#include "row-fixture.h"
#include "../support/fake-table.h"

/* What can be done with what a message says: selected text, addresses, cited keys, files and pictures */

static void
text_cb (RtMessageBody *body, const char *text, char **got)
{
  g_free (*got);
  *got = g_strdup (text);
}

static void
settle (RowFixture *f)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Selected text is what is copied, and does not stick to the row when that is used for another message. */
static void
test_select (RowFixture *f, gconstpointer unused)
{
  RtMessageBody *body = RT_MESSAGE_BODY (row_part (f, "body"));
  g_autofree char *copied = NULL, *selected = NULL, *all = NULL;

  row_bind (f, fake_network_hear_text (f->network, ADA, NOON, "Grüße, Welt"), NULL);
  g_assert_null (rt_message_body_dup_selection (body));
  rt_message_body_select (body, 0, 7);
  selected = rt_message_body_dup_selection (body);
  g_assert_cmpstr (selected, ==, "Grüße");
  g_assert_true (row_can (f, "message.copy"));
  copied = row_read_clipboard (f);
  g_assert_cmpstr (copied, ==, "Grüße");
  g_assert_true (row_can (f, "message.select-all"));
  all = rt_message_body_dup_selection (body);
  g_assert_cmpstr (all, ==, "Grüße, Welt");
  row_bind (f, fake_network_hear_text (f->network, ADA, NOON, "Grüße, Welt"), NULL);
  g_assert_null (rt_message_body_dup_selection (body));
}

/* Tab goes to the links of a text one by one, then out; nothing is opened without a look. */
static void
test_links (RowFixture *f, gconstpointer unused)
{
  RtMessageBody *body = RT_MESSAGE_BODY (row_part (f, "body"));
  g_autoptr (GPtrArray) addresses = NULL;
  g_autofree char *got = NULL;
  GtkWindow *dialog;

  gtk_window_present (GTK_WINDOW (f->window));
  row_bind (f, fake_network_hear_text (f->network, ADA, NOON, "See https://a.example/x and http://b.example, not file:///etc/passwd"), NULL);
  settle (f);
  addresses = rt_message_body_dup_addresses (body);
  g_assert_cmpuint (addresses->len, ==, 2);
  g_assert_cmpstr (addresses->pdata[0], ==, "https://a.example/x");
  g_assert_cmpstr (addresses->pdata[1], ==, "http://b.example");
  g_assert_true (gtk_widget_child_focus (GTK_WIDGET (body), GTK_DIR_TAB_FORWARD));
  g_assert_true (gtk_widget_child_focus (GTK_WIDGET (body), GTK_DIR_TAB_FORWARD));
  g_assert_false (gtk_widget_child_focus (GTK_WIDGET (body), GTK_DIR_TAB_FORWARD));
  g_signal_connect (body, "link", G_CALLBACK (text_cb), &got);
  g_signal_emit_by_name (body, "link", addresses->pdata[1]);
  g_assert_cmpstr (got, ==, "http://b.example");
  dialog = NULL;
  for (guint i = 0; i < g_list_model_get_n_items (gtk_window_get_toplevels ()); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (gtk_window_get_toplevels (), i);

      if (ADW_IS_MESSAGE_DIALOG (window))
        dialog = window;
    }
  g_assert_nonnull (dialog);
  /* not encrypted: opening it is not what Enter does */
  g_assert_cmpstr (adw_message_dialog_get_default_response (ADW_MESSAGE_DIALOG (dialog)), ==, "cancel");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "copy");
  gtk_window_destroy (dialog);
  settle (f);
}

static char *
dup_link_item (RowFixture *f, int position, char **target)
{
  GMenuModel *links = G_MENU_MODEL (gtk_widget_get_template_child (f->row, RT_TYPE_MESSAGE_ROW, "links_menu"));
  char *label = NULL;

  g_assert_true (g_menu_model_get_item_attribute (links, position, G_MENU_ATTRIBUTE_LABEL, "s", &label));
  g_assert_true (g_menu_model_get_item_attribute (links, position, G_MENU_ATTRIBUTE_TARGET, "s", target));
  return label;
}

static int
count_links (RowFixture *f)
{
  g_assert_true (row_can (f, "message.menu"));
  return g_menu_model_get_n_items (G_MENU_MODEL (gtk_widget_get_template_child (f->row, RT_TYPE_MESSAGE_ROW, "links_menu")));
}

/* The menu has the addresses of this message, and of no other; they are looked at before they are opened. */
static void
test_link_menu (RowFixture *f, gconstpointer unused)
{
  RtMessageItem *one = fake_network_hear_text (f->network, ADA, NOON, "See https://example.org/a for it");
  RtMessageItem *two = fake_network_hear_text (f->network, ADA, NOON, "Or https://example.org/b_c and http://example.net/");
  g_autofree char *label = NULL, *second = NULL, *target = NULL, *second_target = NULL;
  GtkWindow *dialog = NULL;
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());

  row_bind (f, one, NULL);
  gtk_window_present (GTK_WINDOW (f->window));
  while (!gtk_widget_get_mapped (f->row) || gtk_widget_get_width (f->row) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (count_links (f), ==, 1);
  label = dup_link_item (f, 0, &target);
  g_assert_cmpstr (label, ==, "_Open link…");
  g_assert_cmpstr (target, ==, "https://example.org/a");
  row_bind (f, two, NULL);
  g_assert_cmpint (count_links (f), ==, 2);
  second = dup_link_item (f, 0, &second_target);
  g_assert_cmpstr (second, ==, "Open “https://example.org/b__c”…");
  g_assert_cmpstr (second_target, ==, "https://example.org/b_c");
  g_assert_true (gtk_widget_activate_action (f->row, "message.open-link", "s", second_target));
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (gtk_window_get_transient_for (window) == GTK_WINDOW (f->window))
        dialog = window;
    }
  g_assert_nonnull (dialog);
  gtk_window_destroy (dialog);
  row_bind (f, fake_network_hear_text (f->network, ADA, NOON, "No address"), NULL);
  g_assert_cmpint (count_links (f), ==, 0);
}

/* Cited keys show the value that they have now. */
static void
test_keys (RowFixture *f, gconstpointer unused)
{
  g_autoptr (FakeTable) source = fake_table_new ();
  g_autoptr (RtTable) table = NULL;
  GtkWidget *chips = rt_key_chips_new (), *window = gtk_window_new ();
  g_autoptr (GPtrArray) found = NULL;

  fake_table_put (source, "temp", FAKE_OTHER, g_variant_new_double (21.5));
  fake_table_put (source, "tempo", FAKE_OTHER, g_variant_new_string ("slow"));
  table = rt_table_new (RT_TABLE_SOURCE (source));
  while (!rt_table_is_settled (table))
    g_main_context_iteration (NULL, TRUE);
  gtk_window_set_child (GTK_WINDOW (window), chips);
  rt_key_chips_set (RT_KEY_CHIPS (chips), table, "It is #temp, #temp, #nothing and #tempo here.");
  g_assert_cmpuint (rt_key_chips_get_n_chips (RT_KEY_CHIPS (chips)), ==, 2);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (chips)), GTK_ACCESSIBLE_PROPERTY_LABEL, "temp: 21.5");
  fake_table_put (source, "temp", FAKE_OTHER, g_variant_new_double (22.5));
  fake_table_put (source, "nothing", FAKE_OTHER, g_variant_new_string ("now it is"));
  while (!rt_table_is_settled (table) || rt_key_chips_get_n_chips (RT_KEY_CHIPS (chips)) != 3)
    g_main_context_iteration (NULL, TRUE);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (chips)), GTK_ACCESSIBLE_PROPERTY_LABEL, "temp: 22.5");
  rt_key_chips_set (RT_KEY_CHIPS (chips), table, "none");
  g_assert_cmpuint (rt_key_chips_get_n_chips (RT_KEY_CHIPS (chips)), ==, 0);
  found = rt_table_complete (table, "temp", 8);
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_cmpstr (rt_table_row_get_key_text (found->pdata[0]), ==, "temp");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
picture_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* wrong: a word of the error; NULL: it is decoded, within the bounds */
static void
check_picture (const void *data, gsize length, const char *wrong)
{
  g_autofree char *path = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  int fd = g_file_open_tmp ("rt-picture-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, data, (gssize) length, &error);
  g_assert_no_error (error);
  rt_picture_load_async (path, NULL, picture_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  texture = rt_picture_load_finish (result, &error);
  g_unlink (path);
  if (wrong == NULL)
    {
      g_assert_no_error (error);
      g_assert_cmpint (gdk_texture_get_width (texture), <=, 2 * RT_PICTURE_WIDTH);
      g_assert_cmpint (gdk_texture_get_height (texture), <=, 2 * RT_PICTURE_HEIGHT);
      return;
    }
  g_assert_null (texture);
  if (strstr (error->message, wrong) == NULL)
    g_error ("“%s” does not speak of “%s”", error->message, wrong);
}

static void
test_pictures (void)
{
  /* two pictures of 1 × 1 */
  static const guint8 gif[] = "GIF89a\1\0\1\0\200\0\0\0\0\0\377\377\377,\0\0\0\0\1\0\1\0\0\2\2D\1\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 2000, 100), large = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, RT_PICTURE_MAX_SIDE + 1, 2);
  g_autofree char *png = NULL, *jpeg = NULL, *wide = NULL;
  gsize png_length, jpeg_length, wide_length;

  gdk_pixbuf_fill (pixbuf, 0x336699ff);
  gdk_pixbuf_fill (large, 0x336699ff);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &png, &png_length, "png", NULL, NULL));
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &jpeg, &jpeg_length, "jpeg", NULL, NULL));
  g_assert_true (gdk_pixbuf_save_to_buffer (large, &wide, &wide_length, "png", NULL, NULL));
  check_picture (png, png_length, NULL);
  check_picture (jpeg, jpeg_length, NULL);
  check_picture (gif, sizeof gif - 1, NULL);
  check_picture (wide, wide_length, "too large");
  check_picture (png, png_length / 2, "broken");
  check_picture (gif, 20, "broken");
  check_picture ("<svg xmlns='http://www.w3.org/2000/svg'/>", 41, "no picture");
  check_picture ("", 0, "no picture");
}

/* The line for those who know of no files is not shown to those who do; a picture has its place before it is there. */
static void
test_file (RowFixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) hash = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (RtAttachment) attachment = rt_attachment_new_offered (hash, 1200, "../photo.png", "image/png", ADA);
  RtMessageItem *item = fake_network_hear_text (f->network, ADA, NOON, "Look\nphoto.png (1.2 kB)"), *plain;
  GtkWidget *view, *fetch;

  row_bind (f, item, NULL);
  g_assert_cmpstr (row_body_text (f), ==, "Look\nphoto.png (1.2 kB)");
  rt_message_item_set_attachment (item, G_OBJECT (attachment));
  row_bind (f, item, NULL);
  g_assert_cmpstr (row_body_text (f), ==, "Look");
  for (view = gtk_widget_get_first_child (row_part (f, "bubble")); view != NULL && !RT_IS_ATTACHMENT_VIEW (view); view = gtk_widget_get_next_sibling (view))
    ;
  g_assert_nonnull (view);
  g_assert_true (gtk_widget_get_visible (view));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (gtk_widget_get_template_child (view, RT_TYPE_ATTACHMENT_VIEW, "name_label"))), ==, "photo.png");
  /* nobody has it who is near: the person may ask for it */
  fetch = GTK_WIDGET (gtk_widget_get_template_child (view, RT_TYPE_ATTACHMENT_VIEW, "fetch_button"));
  g_assert_false (gtk_widget_get_visible (fetch));
  rt_attachment_set_absent (attachment);
  g_assert_true (gtk_widget_get_visible (fetch));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (fetch)), ==, "Show picture");
  rt_attachment_set_state (attachment, RT_ATTACHMENT_FETCHING, NULL);
  g_assert_false (gtk_widget_get_visible (fetch));
  plain = fake_network_hear_text (f->network, ADA, NOON, "photo.png (1.2 kB)");
  row_bind (f, plain, NULL);
  g_assert_false (gtk_widget_get_visible (view));
  g_assert_cmpstr (row_body_text (f), ==, "photo.png (1.2 kB)");
}

/* An own one is taken back: nobody is given it any more, and it stays. */
static void
test_own_file (void)
{
  g_autoptr (RtTransfers) transfers = rt_transfers_new (NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("only here", 9);
  g_autoptr (RtAttachment) attachment = rt_transfers_add_bytes (transfers, bytes, "a.txt", "text/plain");
  GtkWidget *view = g_object_ref_sink (rt_attachment_view_new ()), *button;
  GtkLabel *info;

  while (rt_attachment_get_state (attachment) == RT_ATTACHMENT_PREPARING)
    g_main_context_iteration (NULL, TRUE);
  rt_transfers_offer (transfers, attachment, NULL);
  rt_attachment_view_set (RT_ATTACHMENT_VIEW (view), transfers, attachment);
  button = GTK_WIDGET (gtk_widget_get_template_child (view, RT_TYPE_ATTACHMENT_VIEW, "cancel_button"));
  info = GTK_LABEL (gtk_widget_get_template_child (view, RT_TYPE_ATTACHMENT_VIEW, "info_label"));
  g_assert_true (gtk_widget_get_visible (button));
  gtk_widget_activate_action (view, "attachment.cancel", NULL);
  g_assert_cmpint (rt_attachment_get_state (attachment), ==, RT_ATTACHMENT_HERE);
  g_assert_true (g_file_test (rt_attachment_get_path (attachment), G_FILE_TEST_EXISTS));
  g_assert_nonnull (strstr (gtk_label_get_text (info), "you do not offer it any more"));
  g_assert_false (gtk_widget_get_visible (button));
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (gtk_widget_get_template_child (view, RT_TYPE_ATTACHMENT_VIEW, "save_button"))));
  /* another message brings the same */
  rt_transfers_offer (transfers, attachment, NULL);
  g_assert_false (gtk_widget_get_visible (button));
  g_assert_finalize_object (view);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_setenv ("GTK_A11Y", "test", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ROW_ADD ("select", test_select);
  ROW_ADD ("links", test_links);
  ROW_ADD ("link-menu", test_link_menu);
  ROW_ADD ("keys", test_keys);
  ROW_ADD ("file", test_file);
  g_test_add_func ("/message/own-file", test_own_file);
  g_test_add_func ("/message/pictures", test_pictures);
  return g_test_run ();
}
