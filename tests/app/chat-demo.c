/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdlib.h>

#include "app/chat/rt-chat-page.h"
#include "fake-network.h"
#include "model/transfers/rt-transfers.h"

/* A chat page full of all that it can show, to be looked at. chat-demo [empty|off|reply|up|files]; ROUNDTABLE_DEMO_PICTURE, _WIDTH, _DPI, _RTL */

#define ADA "Ad4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqTe9Q"
#define BOB "B0bZWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqkk7z"

static gint64
minutes_ago (double minutes)
{
  return g_get_real_time () - (gint64) (minutes * 60 * G_USEC_PER_SEC);
}

static GVariant *
make_values (void)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  g_variant_builder_add (&builder, "v", g_variant_new_int64 (P2P_SUBFLAG_BROADCAST));
  g_variant_builder_add (&builder, "v", g_variant_new_string ("sensor-7"));
  g_variant_builder_add (&builder, "v", g_variant_new_double (21.5));
  g_variant_builder_add (&builder, "v", g_variant_new_boolean (TRUE));
  g_variant_builder_add (&builder, "v", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "\x01\x02\xff", 3, 1));
  return g_variant_builder_end (&builder);
}

static GVariant *
make_text (const char *text)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  g_variant_builder_add (&builder, "v", g_variant_new_int64 (P2P_SUBFLAG_WHISPER));
  g_variant_builder_add (&builder, "v", g_variant_new_string (text));
  return g_variant_builder_end (&builder);
}

static void
talk (RtNetwork *network)
{
  GString *poem = g_string_new ("Here is the whole log of last night.");
  RtMessageItem *item, *original;
  g_autoptr (GBytes) nowhere = g_bytes_new ("12345678901234567890123456789012", 32);
  g_autoptr (RtGap) split = NULL, away = NULL;
  RtTimelineKey key;

  for (guint i = 0; i < 60; i++)
    g_string_append_printf (poem, "\n%02u:%02u the station on the hill answered after %u seconds", 20 + i / 20, i % 20 * 3, i * 7 % 31);
  for (guint i = 0; i < 200; i++)
    fake_network_hear_text (network, i % 5 < 3 ? ADA : BOB, minutes_ago (4000 - i * 5), i % 3 ? "Morning!" : "Is the antenna on the roof again, or did the wind take it?");
  fake_network_hear_text (network, ADA, minutes_ago (1500), "See you tomorrow at the table.");
  fake_network_hear_text (network, BOB, minutes_ago (100), poem->str);
  original = fake_network_hear_text (network, ADA, minutes_ago (99), "Shall we move the second antenna to the other roof, before the winter comes and nobody wants to climb up there any more?");
  item = fake_network_hear_text (network, BOB, minutes_ago (98), "Yes, on Saturday.");
  rt_message_item_set_reply_to (item, rt_message_item_get_id (original));
  item = fake_network_hear_text (network, BOB, minutes_ago (97.5), "I meant what you said last week.");
  rt_message_item_set_reply_to (item, nowhere);
  item = rt_network_send (network, "I bring the ladder, @Ada", NULL, rt_message_item_get_id (original), NULL, NULL);
  fake_network_deliver (network, item, RT_DELIVERY_HANDED, 2, NULL);
  rt_message_item_add_receipt (item, ADA, minutes_ago (96) / G_USEC_PER_SEC, "Ada");
  rt_message_item_add_receipt (item, BOB, minutes_ago (95) / G_USEC_PER_SEC, "Bob");
  item = fake_network_hear_text (network, BOB, minutes_ago (70), "Wilma, where is it?");
  rt_message_item_set_mention (item, TRUE);
  split = rt_gap_new (RT_GAP_SPLIT, minutes_ago (92), minutes_ago (80));
  fake_network_add_gap (network, split);
  away = rt_gap_new (RT_GAP_AWAY, minutes_ago (65), minutes_ago (62));
  rt_gap_set_n_messages (away, 2);
  fake_network_add_gap (network, away);
  fake_network_hear_text (network, ADA, minutes_ago (61), "Hello <b>everybody</b> &amp; welcome");
  fake_network_hear_text (network, ADA, minutes_ago (60), "The relay runs now. It took a while, because the old one had lost its certificate and nobody remembered who made it; "
                                                          "I wrote it down this time.");
  item = fake_network_say (network, minutes_ago (58), NULL, "Great work, thank you!");
  fake_network_deliver (network, item, RT_DELIVERY_HANDED, 2, NULL);
  item = fake_network_say (network, minutes_ago (57), NULL, "Could you also look at the second one?\nIt answers, but very slowly.");
  fake_network_deliver (network, item, RT_DELIVERY_HANDED, 1, NULL);
  fake_network_hear_text (network, BOB, minutes_ago (40), "مرحبا بالجميع، كيف الحال؟");
  fake_network_hear_text (network, BOB, minutes_ago (39), "👍");
  fake_network_hear (network, ADA, minutes_ago (30), FALSE, make_values ());
  fake_network_hear (network, BOB, minutes_ago (20), TRUE, make_text ("Between the two of us: I broke the second one."));
  item = fake_network_say (network, minutes_ago (19), BOB, "I will not tell.");
  fake_network_deliver (network, item, RT_DELIVERY_HANDED, 1, NULL);
  rt_timeline_item_get_key (RT_TIMELINE_ITEM (fake_network_hear_text (network, ADA, minutes_ago (15), "Did you see the relay?")), &key);
  fake_network_set_unread (network, 1, &key);
  item = fake_network_say (network, minutes_ago (10), BOB, "Is it back?");
  fake_network_deliver (network, item, RT_DELIVERY_FAILED, 0, "nobody knows where that node is");
  item = fake_network_say (network, minutes_ago (3), NULL, "Anybody there?");
  fake_network_deliver (network, item, RT_DELIVERY_NOBODY, 0, NULL);
  item = fake_network_say (network, minutes_ago (2), NULL, "One that waits");
  fake_network_deliver (network, item, RT_DELIVERY_QUEUED, 0, NULL);
  item = fake_network_say (network, minutes_ago (1), NULL, "One that was taken back");
  fake_network_deliver (network, item, RT_DELIVERY_CANCELLED, 0, NULL);
  item = fake_network_say (network, minutes_ago (0.5), NULL, "One that may have left");
  fake_network_deliver (network, item, RT_DELIVERY_UNSURE, 0, NULL);
  item = fake_network_say (network, minutes_ago (0.4), ADA, "One that others pass on");
  rt_message_item_set_sealed (item);
  rt_message_item_set_through (item);
  fake_network_deliver (network, item, RT_DELIVERY_THROUGH, 2, NULL);
  fake_network_say (network, minutes_ago (0), NULL, "One more");
  fake_network_name (network, ADA, "Ada");
  fake_network_name (network, BOB, "Bob");
  fake_network_know_key (network, ADA);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (rt_network_get_timeline (network))); i++)
    {
      g_autoptr (RtMessageItem) one = g_list_model_get_item (G_LIST_MODEL (rt_network_get_timeline (network)), i);

      if (g_strcmp0 (rt_message_item_get_sender (one), ADA) == 0 && i % 7 != 3)
        rt_message_item_set_verified (one, NULL);
      else if (g_strcmp0 (rt_message_item_get_sender (one), ADA) == 0)
        rt_message_item_set_unsigned (one);
    }
  g_string_free (poem, TRUE);
}

/* For scripts: the page as it is after a moment, then the end */
static gboolean
picture_cb (gpointer window)
{
  GtkWidget *widget = window;
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)), node, NULL);
  gdk_texture_save_to_png (texture, g_getenv ("ROUNDTABLE_DEMO_PICTURE"));
  gtk_window_destroy (window);
  return G_SOURCE_REMOVE;
}

static void
startup_cb (AdwApplication *app)
{
  if (g_getenv ("ROUNDTABLE_DEMO_RTL") != NULL)
    gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
}

/* A file that came, and a picture that goes */
static void
show_files (RtNetwork *network, RtChatPage *page)
{
  g_autoptr (RtTransfers) transfers = rt_transfers_new (NULL);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 640, 400);
  g_autoptr (GBytes) bytes = NULL, hash = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (RtAttachment) picture = NULL, file = rt_attachment_new_offered (hash, 2345678, "Plan of the roof.pdf", "application/pdf", ADA);
  g_autofree char *line = NULL;
  RtMessageItem *item;
  char *png;
  gsize length;

  gdk_pixbuf_fill (pixbuf, 0x88aa66ff);
  gdk_pixbuf_save_to_buffer (pixbuf, &png, &length, "png", NULL, NULL);
  bytes = g_bytes_new_take (png, length);
  picture = rt_transfers_add_bytes (transfers, bytes, "meadow.png", "image/png");
  while (rt_attachment_get_state (picture) == RT_ATTACHMENT_PREPARING)
    g_main_context_iteration (NULL, TRUE);
  fake_network_set_transfers (network, transfers);
  item = fake_network_hear_text (network, ADA, minutes_ago (0.3), "See https://example.org/roof and\nPlan of the roof.pdf (2.3 MB)");
  rt_message_item_set_attachment (item, G_OBJECT (file));
  line = rt_attachment_dup_text (picture, NULL);
  item = fake_network_say (network, minutes_ago (0.2), NULL, line);
  rt_message_item_set_attachment (item, G_OBJECT (picture));
  rt_chat_page_set_network (page, NULL);
  rt_chat_page_set_network (page, network);
}

static void
activate_cb (AdwApplication *app, const char *what)
{
  g_autoptr (RtNetwork) network = fake_network_new ("mesh");
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();
  GtkWidget *window = adw_application_window_new (GTK_APPLICATION (app));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *page = rt_chat_page_new ();

  gtk_css_provider_load_from_resource (provider, "/org/roundtable/Roundtable/style.css");
  gtk_style_context_add_provider_for_display (gtk_widget_get_display (window), GTK_STYLE_PROVIDER (provider), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  gtk_widget_set_vexpand (page, TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), g_getenv ("ROUNDTABLE_DEMO_WIDTH") != NULL ? atoi (g_getenv ("ROUNDTABLE_DEMO_WIDTH")) : 760, 900);
  if (g_getenv ("ROUNDTABLE_DEMO_DPI") != NULL)
    g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", atoi (g_getenv ("ROUNDTABLE_DEMO_DPI")) * 1024, NULL);
  gtk_widget_set_size_request (window, 360, 294);
  gtk_window_set_title (GTK_WINDOW (window), "Chat demo");
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  if (g_str_equal (what, "empty"))
    fake_network_set_n_peers (network, 0);
  else
    talk (network);
  if (g_str_equal (what, "off"))
    fake_network_set_state (network, RT_NETWORK_FAILED, "the port 44565 is taken by another program");
  rt_chat_page_set_network (RT_CHAT_PAGE (page), network);
  if (g_str_equal (what, "files"))
    show_files (network, RT_CHAT_PAGE (page));
  if (g_str_equal (what, "reply"))
    rt_chat_page_start_whisper (RT_CHAT_PAGE (page), ADA);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_grab_focus (page);
  if (g_str_equal (what, "up"))
    {
      RtTimelineKey key = { minutes_ago (75), 0 };

      rt_chat_page_show_message (RT_CHAT_PAGE (page), &key);
    }
  if (g_getenv ("ROUNDTABLE_DEMO_PICTURE") != NULL)
    g_timeout_add (2500, picture_cb, window);
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) app = adw_application_new ("org.roundtable.ChatDemo", G_APPLICATION_NON_UNIQUE);

  g_signal_connect_after (app, "startup", G_CALLBACK (startup_cb), NULL);
  g_signal_connect (app, "activate", G_CALLBACK (activate_cb), argc > 1 ? argv[1] : (char *) "");
  return g_application_run (G_APPLICATION (app), 1, argv);
}
