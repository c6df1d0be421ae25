/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of frames: bounded in number and bytes, in few changes however fast they come; its filter, its words, its export. */
#include "config.h"

#include <string.h>

#include "rt-wait.h"
#include "test-slowness.h"
#include "model/rt-counters.h"
#include "model/traffic/rt-traffic.h"
#include "model/traffic/rt-traffic-filter.h"

#define ID "7kQXzYb3uXJ8sZp4Qm2fVt6NhLr9cDWeG1aBxKs5oTiR"

typedef struct {
  guint emissions, most_added;
  guint n;                      /* as a view has it that follows what it is told */
} Watch;

static void
changed_cb (GListModel *model, guint position, guint removed, guint added, Watch *watch)
{
  watch->emissions++;
  watch->most_added = MAX (watch->most_added, added);
  g_assert_cmpuint (position + removed, <=, watch->n);
  watch->n += added - removed;
  g_assert_cmpuint (watch->n, ==, g_list_model_get_n_items (model));
}

static P2pMessage *
make_message (gint64 flag, const char *packets)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE ("av"), packets, NULL, NULL, &error);
  P2pMessage *message;

  g_assert_no_error (error);
  message = p2p_message_new (flag, ID, 1700000000, value, &error);
  g_assert_no_error (error);
  return message;
}

static RtFrame
make_frame (P2pMessage *message, RtTrafficVerdict verdict)
{
  return (RtFrame) {
    .time = G_GINT64_CONSTANT (1700000000123456), .peer_id = ID, .address = "10.0.0.5:4444", .message = message,
    .size = message != NULL ? p2p_message_get_length (message) + 4 : 9, .verdict = verdict,
  };
}

static void
add (RtTraffic *traffic, gint64 flag, const char *packets, RtTrafficVerdict verdict, const char *reason, gboolean outgoing)
{
  g_autoptr (P2pMessage) message = packets != NULL ? make_message (flag, packets) : NULL;
  RtFrame frame = make_frame (message, verdict);

  frame.reason = reason;
  frame.outgoing = outgoing;
  rt_traffic_add (traffic, &frame);
}

static RtTrafficItem *
get (RtTraffic *traffic, guint position)
{
  g_autoptr (RtTrafficItem) item = g_list_model_get_item (G_LIST_MODEL (traffic), position);

  g_assert_nonnull (item);
  return item;
}

#define assert_words(call, words) \
  G_STMT_START { \
    g_autofree char *got_ = (call); \
    g_assert_cmpstr (got_, ==, words); \
  } G_STMT_END

static void
assert_kind (gint64 flag, const char *packets, RtTrafficGroup group, const char *words)
{
  g_autoptr (P2pMessage) message = packets != NULL ? make_message (flag, packets) : NULL;
  RtFrame frame = make_frame (message, RT_TRAFFIC_HANDLED);
  g_autoptr (RtTrafficItem) item = rt_traffic_item_new (&frame);

  assert_words (rt_traffic_item_dup_kind (item), words);
  g_assert_cmpint (rt_traffic_item_get_group (item), ==, group);
}

static void
test_kinds (void)
{
  assert_kind (2, "[<int64 5>, <'id'>]", RT_TRAFFIC_GROUP_LINK, "handshake");
  assert_kind (2, "[<int64 7>, <@av []>]", RT_TRAFFIC_GROUP_LINK, "peers list");
  assert_kind (1, "[<int64 1>, <@av []>]", RT_TRAFFIC_GROUP_LINK, "renegotiation");
  assert_kind (1, "[<int64 9>]", RT_TRAFFIC_GROUP_LINK, "resend, please");
  assert_kind (0, "[<int64 0>, <'hello'>]", RT_TRAFFIC_GROUP_MESSAGE, "broadcast");
  assert_kind (2, "[<int64 2>, <'hello'>]", RT_TRAFFIC_GROUP_MESSAGE, "whisper");
  assert_kind (0, "[<int64 8>, <'*'>]", RT_TRAFFIC_GROUP_SEARCH, "request");
  assert_kind (2, "[<int64 10>, <'*'>]", RT_TRAFFIC_GROUP_SEARCH, "response");
  assert_kind (0, "[<int64 11>, <'key'>, <'value'>]", RT_TRAFFIC_GROUP_TABLE, "table: store");
  assert_kind (0, "[<int64 17>, <'key'>]", RT_TRAFFIC_GROUP_TABLE, "table: change");
  assert_kind (2, "[<int64 0x58>, <int64 1>, <int64 1>]", RT_TRAFFIC_GROUP_OURS, "ours: hello");
  assert_kind (2, "[<int64 0x58>, <int64 1>, <int64 3>, <int64 7>]", RT_TRAFFIC_GROUP_OURS, "ours: ping");
  assert_kind (2, "[<int64 0x58>, <int64 1>, <int64 7>, <b'x'>]", RT_TRAFFIC_GROUP_OURS, "ours: ids held");
  assert_kind (2, "[<int64 0x58>, <'?'>]", RT_TRAFFIC_GROUP_OURS, "ours: other");
  assert_kind (0, "[<int64 0x5A>, <int64 1>, <int64 1>, <'Ada'>, <int64 0>]", RT_TRAFFIC_GROUP_OURS, "ours: name");
  assert_kind (2, "[<int64 0x5A>, <int64 1>, <int64 8>, <int64 1>]", RT_TRAFFIC_GROUP_OURS, "ours: piece of a file");
  assert_kind (2, "[<int64 0x5A>, <int64 1>, <int64 99>]", RT_TRAFFIC_GROUP_OURS, "ours: other");
  assert_kind (2, "[<int64 0x57>]", RT_TRAFFIC_GROUP_OURS, "ours: other");
  assert_kind (0, "[<int64 200>, <'x'>]", RT_TRAFFIC_GROUP_MESSAGE, "application 200");
  assert_kind (0, "[<'chess'>, <'e4'>]", RT_TRAFFIC_GROUP_MESSAGE, "application 'chess'");
  assert_kind (0, "[<int64 0x20>]", RT_TRAFFIC_GROUP_OTHER, "reserved 32");
  assert_kind (0, "@av []", RT_TRAFFIC_GROUP_MESSAGE, "empty message");
  assert_kind (0, NULL, RT_TRAFFIC_GROUP_OTHER, "unreadable");
  for (guint i = 0; i < RT_TRAFFIC_N_GROUPS; i++)
    g_assert_nonnull (rt_traffic_group_get_words (i));
}

static void
test_words (void)
{
  g_autoptr (P2pMessage) message = make_message (0, "[<int64 0>, <'hello \\u202e you\\n'>, <int64 17>, <[byte 0x00, 0xff]>, <true>, <()>]");
  RtFrame frame = make_frame (message, RT_TRAFFIC_DELIVERED | RT_TRAFFIC_RELAYED);
  g_autoptr (RtTrafficItem) item = NULL, bad = NULL, early = NULL;
  g_autofree char *id = NULL, *short_id = NULL, *clock = NULL, *row = NULL;

  frame.size = 120;
  frame.compression = P2P_COMPRESSION_ZLIB;
  item = rt_traffic_item_new (&frame);
  assert_words (rt_traffic_item_dup_direction (item), "In");
  assert_words (rt_traffic_item_dup_verdict_full (item), "delivered, relayed");
  assert_words (rt_traffic_item_dup_size (item), "120 bytes");
  assert_words (rt_traffic_item_dup_compression (item), "zlib");
  assert_words (rt_traffic_item_dup_spoken (item), "In, broadcast from 7kQX…oTiR at 10.0.0.5:4444, 120 bytes, delivered, relayed");
  assert_words (rt_traffic_item_dup_packets (item), "0: 0\n1: 'hello \\u202e you\\n'\n2: 17\n3: bytes 00ff\n4: true\n5: nil\n");
  clock = rt_traffic_item_dup_clock (item);
  g_assert_true (g_str_has_suffix (clock, ".123"));
  id = rt_traffic_item_dup_id (item);
  short_id = rt_traffic_item_dup_short_id (item);
  g_assert_cmpuint (strlen (id), ==, 64);
  g_assert_cmpuint (strlen (short_id), ==, 12);
  g_assert_true (g_str_has_prefix (id, short_id));
  row = rt_traffic_item_dup_row (item);
  g_assert_nonnull (strstr (row, "\tbroadcast\t120\tzlib\t"));

  frame = (RtFrame) { .size = 0, .verdict = RT_TRAFFIC_DROPPED, .reason = "a frame of no length", .address = "evil\n:1", .outgoing = TRUE };
  bad = rt_traffic_item_new (&frame);
  assert_words (rt_traffic_item_dup_verdict (bad), "dropped");
  assert_words (rt_traffic_item_dup_spoken (bad), "Out, unreadable to evil :1, 0 bytes, dropped: a frame of no length");
  assert_words (rt_traffic_item_dup_packets (bad), "");
  assert_words (rt_traffic_item_dup_id (bad), "");
  assert_words (rt_traffic_item_dup_short_id (bad), "");
  frame = (RtFrame) { .peer_id = ID };
  early = rt_traffic_item_new (&frame);
  assert_words (rt_traffic_item_dup_peer_full (early), "7kQX…oTiR");
}

/* What is huge is cut, and says how large it is. */
static void
test_huge (void)
{
  g_autofree guint8 *bytes = g_malloc0 (100000);
  g_autofree char *text = g_strnfill (100000, 'x'), *shown = NULL, *many = NULL;
  GVariantBuilder builder;
  g_autoptr (P2pMessage) message = NULL, list = NULL;
  g_autoptr (RtTrafficItem) item = NULL, second = NULL;
  RtFrame frame;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  g_variant_builder_add (&builder, "v", g_variant_new_int64 (0));
  g_variant_builder_add (&builder, "v", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, 100000, 1));
  g_variant_builder_add (&builder, "v", g_variant_new_string (text));
  message = p2p_message_new (0, ID, 1, g_variant_builder_end (&builder), NULL);
  frame = make_frame (message, RT_TRAFFIC_DELIVERED);
  item = rt_traffic_item_new (&frame);
  shown = rt_traffic_item_dup_packets (item);
  g_assert_nonnull (strstr (shown, "00… (100.0 kB)"));
  g_assert_nonnull (strstr (shown, "x… (100.0 kB)"));
  g_assert_cmpuint (strlen (shown), <, 10000);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < 20000; i++)
    g_variant_builder_add (&builder, "v", g_variant_new_string ("a packet"));
  list = p2p_message_new (0, ID, 1, g_variant_builder_end (&builder), NULL);
  frame = make_frame (list, RT_TRAFFIC_DELIVERED);
  second = rt_traffic_item_new (&frame);
  many = rt_traffic_item_dup_packets (second);
  g_assert_nonnull (strstr (many, "… and "));
  g_assert_cmpuint (strlen (many), <, 80000);
}

/* The oldest go, whatever is let through; what is told adds up. */
static void
test_ring (void)
{
  g_autoptr (RtTraffic) traffic = rt_traffic_new ();
  RtTrafficFilter filter = { .groups = RT_TRAFFIC_ALL_GROUPS, .verdicts = RT_TRAFFIC_DROPPED };
  Watch watch = { 0 };

  g_signal_connect (traffic, "items-changed", G_CALLBACK (changed_cb), &watch);
  for (guint i = 0; i < 25000; i++)
    {
      RtFrame frame = { .time = i, .size = i, .verdict = i % 10 == 0 ? RT_TRAFFIC_DROPPED : RT_TRAFFIC_HANDLED };

      rt_traffic_add (traffic, &frame);
      if (i % 2500 == 0)
        rt_traffic_flush (traffic);
      if (i == 12000)
        rt_traffic_set_filter (traffic, &filter);
    }
  rt_traffic_flush (traffic);
  g_assert_cmpuint (rt_traffic_get_n_frames (traffic), ==, RT_TRAFFIC_MAX_FRAMES);
  g_assert_cmpuint (rt_traffic_get_n_skipped (traffic), ==, 0);
  g_assert_cmpuint (watch.n, ==, RT_TRAFFIC_MAX_FRAMES / 10);
  g_assert_cmpint (rt_traffic_item_get_time (get (traffic, 0)), ==, 15000);
  g_assert_cmpint (rt_traffic_item_get_time (get (traffic, 999)), ==, 24990);
  rt_traffic_set_filter (traffic, NULL);
  g_assert_cmpuint (watch.n, ==, RT_TRAFFIC_MAX_FRAMES);
  g_assert_cmpint (rt_traffic_item_get_time (get (traffic, 0)), ==, 15000);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (traffic), RT_TRAFFIC_MAX_FRAMES));
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (traffic)) == RT_TYPE_TRAFFIC_ITEM);
  rt_traffic_clear (traffic);
  g_assert_cmpuint (watch.n, ==, 0);
  g_assert_cmpuint (rt_traffic_get_n_bytes (traffic), ==, 0);
}

static void
test_bytes (void)
{
  g_autoptr (RtTraffic) traffic = rt_traffic_new ();
  g_autofree char *text = g_strnfill (1024 * 1024, 'x');
  GVariant *parts[] = { g_variant_new_variant (g_variant_new_int64 (0)), g_variant_new_variant (g_variant_new_string (text)) };
  g_autoptr (P2pMessage) message = p2p_message_new (0, ID, 1, g_variant_new_array (G_VARIANT_TYPE_VARIANT, parts, 2), NULL);
  RtFrame frame = make_frame (message, RT_TRAFFIC_DELIVERED);

  for (guint i = 0; i < 50; i++)
    {
      frame.time = i;
      rt_traffic_add (traffic, &frame);
      if (i % 7 == 0)
        rt_traffic_flush (traffic);
      g_assert_cmpuint (rt_traffic_get_n_bytes (traffic), <=, RT_TRAFFIC_MAX_BYTES);
    }
  rt_traffic_flush (traffic);
  g_assert_cmpuint (rt_traffic_get_n_frames (traffic), ==, 31);
  g_assert_cmpint (rt_traffic_item_get_time (get (traffic, 30)), ==, 49);
  /* many at once, between two ticks */
  for (guint i = 0; i < 50; i++)
    rt_traffic_add (traffic, &frame);
  g_assert_cmpuint (rt_traffic_get_n_skipped (traffic), ==, 19);
  rt_traffic_flush (traffic);
  g_assert_cmpuint (rt_traffic_get_n_frames (traffic), ==, 31);
  g_assert_cmpuint (rt_traffic_get_n_bytes (traffic), <=, RT_TRAFFIC_MAX_BYTES);
}

/* A hundred thousand frames in two seconds, with a text to look for: few changes, each of few frames and of little work. */
static void
test_flood (void)
{
  g_autoptr (RtTraffic) traffic = rt_traffic_new ();
  g_autoptr (P2pMessage) message = make_message (0, "[<int64 0>, <'one of a hundred thousand'>]");
  RtFrame frame = make_frame (message, RT_TRAFFIC_DELIVERED);
  Watch watch = { 0 };
  gint64 start = g_get_monotonic_time (), passed;
  double most = 0, adding = 0;

  rt_traffic_set_text (traffic, "hundred");
  g_signal_connect (traffic, "items-changed", G_CALLBACK (changed_cb), &watch);
  for (guint i = 0; i < 200; i++)
    {
      gint64 next = start + (gint64) (i + 1) * 10000;
      double from = test_cpu_ms ();

      for (guint k = 0; k < 500; k++)
        rt_traffic_add (traffic, &frame);
      adding += test_cpu_ms () - from;
      do
        {
          from = test_cpu_ms ();
          if (!g_main_context_iteration (NULL, FALSE))
            g_usleep (500);
          most = MAX (most, test_cpu_ms () - from);
        }
      while (g_get_monotonic_time () < next);
    }
  passed = g_get_monotonic_time () - start;
  rt_wait_until (rt_traffic_get_n_frames (traffic) == RT_TRAFFIC_MAX_FRAMES);
  g_test_message ("100,000 frames: %u changes in %.2f s, %u frames at most in one; %.1f ms of work at most in a turn of the loop, %.2f µs to take one in",
                  watch.emissions, (double) passed / 1e6, watch.most_added, most, adding * 1e3 / 100000);
  g_assert_cmpuint (watch.emissions, <=, 2 * (guint) (passed / (RT_TRAFFIC_TICK_MS * 1000) + 2));
  g_assert_cmpuint (watch.most_added, <=, RT_TRAFFIC_MAX_PER_TICK);
  g_assert_cmpfloat (most, <, 50 * test_slowness ());
  g_assert_cmpuint (watch.n, ==, RT_TRAFFIC_MAX_FRAMES);
}

static void
test_too_fast (void)
{
  g_autoptr (RtTraffic) traffic = rt_traffic_new ();
  RtFrame frame = { .size = 9 };

  for (guint i = 0; i < 3 * RT_TRAFFIC_MAX_FRAMES; i++)
    rt_traffic_add (traffic, &frame);
  g_assert_cmpuint (rt_traffic_get_n_skipped (traffic), ==, 2 * RT_TRAFFIC_MAX_FRAMES);
  rt_wait_until (rt_traffic_get_n_frames (traffic) == RT_TRAFFIC_MAX_PER_TICK);
  rt_wait_until (rt_traffic_get_n_frames (traffic) == RT_TRAFFIC_MAX_FRAMES);
}

static void
test_pause (void)
{
  g_autoptr (RtTraffic) traffic = rt_traffic_new ();
  RtFrame frame = { .size = 9 };

  rt_traffic_add (traffic, &frame);
  rt_traffic_set_paused (traffic, TRUE);
  g_assert_true (rt_traffic_get_paused (traffic));
  for (guint i = 0; i < 1204; i++)
    rt_traffic_add (traffic, &frame);
  rt_traffic_flush (traffic);
  g_assert_cmpuint (rt_traffic_get_n_frames (traffic), ==, 1);
  g_assert_cmpuint (rt_traffic_get_n_missed (traffic), ==, 1204);
  g_object_set (traffic, "paused", FALSE, NULL);
  g_assert_cmpuint (rt_traffic_get_n_missed (traffic), ==, 0);
  rt_traffic_add (traffic, &frame);
  rt_traffic_flush (traffic);
  g_assert_cmpuint (rt_traffic_get_n_frames (traffic), ==, 2);
}

static guint
count_with_text (RtTraffic *traffic, const char *text)
{
  rt_traffic_set_text (traffic, text);
  return g_list_model_get_n_items (G_LIST_MODEL (traffic));
}

static guint
count_with (RtTraffic *traffic, RtTrafficWay way, guint groups, guint verdicts, const char *address)
{
  RtTrafficFilter filter = { way, groups, verdicts, address };

  rt_traffic_set_filter (traffic, &filter);
  g_assert_cmpint (rt_traffic_is_filtered (traffic), ==, !rt_traffic_filter_lets_all (&filter));
  return g_list_model_get_n_items (G_LIST_MODEL (traffic));
}

static void
test_filter (void)
{
  g_autoptr (RtTraffic) traffic = rt_traffic_new ();
  g_autofree char *long_text = g_strnfill (10000, 'x'), *packets = NULL, *id = NULL;
  RtFrame other = { .address = "10.0.0.6:1", .verdict = RT_TRAFFIC_DROPPED, .reason = "a frame of no length" };
  RtTrafficFilter filter;

  packets = g_strdup_printf ("[<int64 0>, <'%sNeedle'>]", long_text);
  add (traffic, 0, "[<int64 0>, <'Good Evening'>]", RT_TRAFFIC_DELIVERED | RT_TRAFFIC_RELAYED, NULL, FALSE);
  add (traffic, 2, "[<int64 5>, <'x'>]", RT_TRAFFIC_SENT, NULL, TRUE);
  add (traffic, 2, "[<int64 0x58>, <int64 1>, <int64 3>]", RT_TRAFFIC_HANDLED, NULL, FALSE);
  add (traffic, 0, packets, RT_TRAFFIC_DUPLICATE, NULL, FALSE);
  rt_traffic_add (traffic, &other);
  rt_traffic_flush (traffic);
  g_assert_false (rt_traffic_is_filtered (traffic));

  g_assert_cmpuint (count_with_text (traffic, "EVENING"), ==, 1);
  g_assert_cmpuint (count_with_text (traffic, "handshake"), ==, 1);
  g_assert_cmpuint (count_with_text (traffic, "ours"), ==, 1);
  g_assert_cmpuint (count_with_text (traffic, "10.0.0.5"), ==, 4);
  g_assert_cmpuint (count_with_text (traffic, "7kqxzy"), ==, 4);
  g_assert_cmpuint (count_with_text (traffic, "no length"), ==, 1);
  /* far into a message nobody looks: it would take too long */
  g_assert_cmpuint (count_with_text (traffic, "needle"), ==, 0);
  g_assert_cmpuint (count_with_text (traffic, "nowhere"), ==, 0);
  g_assert_cmpuint (count_with_text (traffic, ""), ==, 5);
  id = rt_traffic_item_dup_id (get (traffic, 0));
  g_assert_cmpuint (count_with_text (traffic, id), ==, 1);
  id[5] = '\0';
  g_assert_cmpuint (count_with_text (traffic, id), >=, 1);
  g_assert_cmpuint (count_with_text (traffic, NULL), ==, 5);

  g_assert_cmpuint (count_with (traffic, RT_TRAFFIC_ONLY_OUT, RT_TRAFFIC_ALL_GROUPS, 0, NULL), ==, 1);
  g_assert_cmpuint (count_with (traffic, RT_TRAFFIC_ONLY_IN, RT_TRAFFIC_ALL_GROUPS, 0, NULL), ==, 4);
  g_assert_cmpuint (count_with (traffic, RT_TRAFFIC_BOTH_WAYS, 1u << RT_TRAFFIC_GROUP_MESSAGE, 0, NULL), ==, 2);
  g_assert_cmpuint (count_with (traffic, RT_TRAFFIC_BOTH_WAYS, 0, 0, NULL), ==, 0);
  g_assert_cmpuint (count_with (traffic, RT_TRAFFIC_BOTH_WAYS, RT_TRAFFIC_ALL_GROUPS, RT_TRAFFIC_DROPPED, NULL), ==, 1);
  g_assert_cmpuint (count_with (traffic, RT_TRAFFIC_BOTH_WAYS, RT_TRAFFIC_ALL_GROUPS, RT_TRAFFIC_RELAYED | RT_TRAFFIC_SENT, NULL), ==, 2);
  g_assert_cmpuint (count_with (traffic, RT_TRAFFIC_BOTH_WAYS, RT_TRAFFIC_ALL_GROUPS, 0, "10.0.0.6:1"), ==, 1);
  rt_traffic_get_filter (traffic, &filter);
  g_assert_cmpstr (filter.address, ==, "10.0.0.6:1");
  /* what comes later is filtered too */
  rt_traffic_add (traffic, &other);
  add (traffic, 0, "[<int64 0>, <'late'>]", RT_TRAFFIC_DELIVERED, NULL, FALSE);
  rt_traffic_flush (traffic);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (traffic)), ==, 2);
}

static void
test_export (void)
{
  g_autoptr (RtTraffic) traffic = rt_traffic_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("rt-traffic-XXXXXX", &error), *path = g_build_filename (folder, "frames.jsonl", NULL), *text = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path), nowhere = g_file_new_for_path ("/nonexistent/frames.jsonl");
  g_autoptr (GAsyncResult) result = NULL, failed = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  add (traffic, 0, "[<int64 0>, <'say \"hi\"'>, <[byte 0x01, 0xff]>, <int64 7>]", RT_TRAFFIC_DELIVERED | RT_TRAFFIC_RELAYED, NULL, FALSE);
  add (traffic, 0, NULL, RT_TRAFFIC_DROPPED, "a frame of no length", TRUE);
  rt_traffic_flush (traffic);
  rt_traffic_export_async (traffic, file, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_traffic_export_finish (traffic, result, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 2);
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_true (g_str_has_prefix (lines[0], "{\"time\":\"2023-11-14T22:13:20.123456Z\",\"direction\":\"in\",\"peer\":\"" ID "\",\"address\":\"10.0.0.5:4444\","));
  g_assert_nonnull (strstr (lines[0], "\"verdict\":[\"delivered\",\"relayed\"]"));
  g_assert_nonnull (strstr (lines[0], "\"packets\":[0,\"say \\\"hi\\\"\",{\"$b\":\"01ff\"},7]}"));
  g_assert_nonnull (strstr (lines[1], "\"direction\":\"out\""));
  g_assert_nonnull (strstr (lines[1], "\"verdict\":[\"dropped\"],\"reason\":\"a frame of no length\"}"));
  g_assert_cmpstr (lines[2], ==, "");

  rt_traffic_export_async (traffic, nowhere, NULL, rt_wait_result_cb, &failed);
  rt_wait_result (failed);
  g_assert_false (rt_traffic_export_finish (traffic, failed, NULL, &error));
  g_assert_nonnull (error);
  rt_remove_tree (folder);
}

static void
count_cb (gpointer object, guint *n)
{
  (*n)++;
}

static void
test_counters (void)
{
  g_autoptr (RtCounters) counters = rt_counters_new (NULL);
  RtCount count = { .messages_in = 100, .bytes_in = 5000, .relayed = 3, .dropped = 5,
                    .reasons = { { "a frame of no length", 4 }, { "a request repeated too often", 1 } }, .n_reasons = 2 };
  guint n = 0;

  g_signal_connect (counters, "changed", G_CALLBACK (count_cb), &n);
  assert_words (rt_counters_dup_reasons (counters), "");
  rt_counters_take (counters, &count, 1000000);
  g_assert_cmpuint (rt_counters_get_rate (counters)->messages_in, ==, 0);
  g_assert_cmpuint (rt_counters_get_count (counters)->relayed, ==, 3);
  count.messages_in += 24;
  count.bytes_in += 2400;
  count.messages_out = 2;
  rt_counters_take (counters, &count, 3000000);
  assert_words (rt_counters_dup_messages (counters), "12/s in, 1/s out");
  assert_words (rt_counters_dup_bytes (counters), "1.2 kB/s in, 0 bytes/s out");
  assert_words (rt_counters_dup_reasons (counters), "4 × a frame of no length\n1 × a request repeated too often");
  g_assert_cmpuint (n, ==, 2);
  /* a node that began anew has counted less */
  count = (RtCount) { .messages_in = 1 };
  rt_counters_take (counters, &count, 4000000);
  assert_words (rt_counters_dup_messages (counters), "0/s in, 0/s out");
  g_object_set (counters, "active", TRUE, NULL);
  g_object_set (counters, "active", FALSE, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/traffic/kinds", test_kinds);
  g_test_add_func ("/traffic/words", test_words);
  g_test_add_func ("/traffic/huge", test_huge);
  g_test_add_func ("/traffic/ring", test_ring);
  g_test_add_func ("/traffic/bytes", test_bytes);
  g_test_add_func ("/traffic/flood", test_flood);
  g_test_add_func ("/traffic/too-fast", test_too_fast);
  g_test_add_func ("/traffic/pause", test_pause);
  g_test_add_func ("/traffic/filter", test_filter);
  g_test_add_func ("/traffic/export", test_export);
  g_test_add_func ("/traffic/counters", test_counters);
  return g_test_run ();
}
