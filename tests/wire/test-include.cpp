/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The umbrella header alone, from C++, before anything else. */
#include "p2p/p2p.h"

#include <gtest/gtest.h>

TEST (Include, TheUmbrellaHeaderIsCxxClean)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pLimits) copy = p2p_limits_copy (limits);
  g_autoptr (P2pProtocol) protocol = p2p_protocol_get_default_mesh ();
  g_autoptr (P2pMessage) message = p2p_message_new (P2P_FLAG_BROADCAST, "id", 1, g_variant_new ("av", nullptr), nullptr);

  EXPECT_EQ (copy->frame, P2P_LIMIT_FRAME);
  EXPECT_EQ (limits->depth, P2P_LIMIT_DEPTH);
  EXPECT_STREQ (p2p_protocol_get_id (protocol), "EpAmyZWv9rZUKmjQgU3FTUD4GrJHvVEXizmghVBc8eGD");
  EXPECT_EQ (p2p_message_get_n_packets (message), 0u);
  EXPECT_TRUE (P2P_CHECK_VERSION (P2P_MAJOR_VERSION, P2P_MINOR_VERSION, P2P_MICRO_VERSION));
  EXPECT_FALSE (P2P_CHECK_VERSION (P2P_MAJOR_VERSION, P2P_MINOR_VERSION, P2P_MICRO_VERSION + 1));
  EXPECT_FALSE (P2P_CHECK_VERSION (P2P_MAJOR_VERSION + 1, 0, 0));
}

TEST (Include, TheBoxedTypesCopyAndFree)
{
  g_autoptr (P2pMessage) message = p2p_message_new (P2P_FLAG_BROADCAST, "id", 1, g_variant_new ("av", nullptr), nullptr);
  GValue value = G_VALUE_INIT;

  g_value_init (&value, P2P_TYPE_MESSAGE);
  g_value_set_boxed (&value, message);
  EXPECT_EQ (g_value_get_boxed (&value), message);
  g_value_unset (&value);
  EXPECT_STREQ (p2p_message_get_sender (message), "id");

  g_autoptr (P2pProtocol) protocol = p2p_protocol_get_default_mesh ();
  gpointer copy = g_boxed_copy (P2P_TYPE_PROTOCOL, protocol);
  EXPECT_EQ (copy, protocol);
  g_boxed_free (P2P_TYPE_PROTOCOL, copy);

  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  P2pLimits *limits_copy = (P2pLimits *) g_boxed_copy (P2P_TYPE_LIMITS, limits);
  EXPECT_NE (limits_copy, limits);
  EXPECT_EQ (limits_copy->elements, limits->elements);
  g_boxed_free (P2P_TYPE_LIMITS, limits_copy);
}

TEST (Include, ErrorsHaveTheNamesOfTheDocumentation)
{
  g_autoptr (GError) wire = g_error_new_literal (P2P_WIRE_ERROR, P2P_WIRE_ERROR_CHECKSUM, "x");
  g_autoptr (GError) link = g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_REFUSED, "x");
  g_autoptr (GError) foreign = g_error_new_literal (g_quark_from_static_string ("foreign-quark"), 7, "x");
  g_autofree char *wire_name = p2p_error_get_code_name (wire);
  g_autofree char *link_name = p2p_error_get_code_name (link);
  g_autofree char *foreign_name = p2p_error_get_code_name (foreign);

  EXPECT_STREQ (wire_name, "P2P_WIRE_ERROR_CHECKSUM");
  EXPECT_STREQ (link_name, "P2P_LINK_ERROR_REFUSED");
  EXPECT_STREQ (foreign_name, "foreign-quark-7");
}

TEST (Include, LimitsAreSetByTheirNames)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  const char * const *names = p2p_limits_get_names ();
  guint32 value = 0;

  for (guint i = 0; names[i] != nullptr; i++)
    ASSERT_TRUE (p2p_limits_set (limits, names[i], 1000 + i)) << names[i];
  for (guint i = 0; names[i] != nullptr; i++)
    {
      ASSERT_TRUE (p2p_limits_get (limits, names[i], &value)) << names[i];
      EXPECT_EQ (value, 1000 + i) << names[i];
    }

  /* The names are in the order of the members. */
#define EXPECT_LIMIT(member, name, number) \
  EXPECT_TRUE (p2p_limits_set (limits, name, number)); \
  EXPECT_EQ ((guint32) limits->member, (guint32) number)
  EXPECT_LIMIT (frame_before_handshake, "frame-before-handshake", 7);
  EXPECT_LIMIT (elements, "elements", 8);
  EXPECT_LIMIT (links_per_address, "links_per_address", 9);
  EXPECT_LIMIT (count_loopback, "count-loopback", TRUE);
  EXPECT_LIMIT (accepts_per_second, "accepts-per-second", 10);
  EXPECT_LIMIT (blocked, "blocked", 12);
  EXPECT_LIMIT (seen_seconds, "seen-seconds", 11);
  EXPECT_LIMIT (cache_messages, "cache-messages", 12);
  EXPECT_LIMIT (eager_feeds, "eager-feeds", 13);
  EXPECT_LIMIT (patience_milliseconds, "patience-milliseconds", 14);
  EXPECT_LIMIT (out_queue, "out-queue", G_MAXUINT32);
  EXPECT_LIMIT (penalty, "penalty", 100);
  EXPECT_LIMIT (penalty_decay, "penalty-decay", 1);
  EXPECT_LIMIT (table_keys, "table-keys", 99);
  EXPECT_LIMIT (table_dump_seconds, "table-dump-seconds", 98);
  EXPECT_LIMIT (status_entries, "status-entries", 0);
#undef EXPECT_LIMIT

  EXPECT_FALSE (p2p_limits_set (limits, "lynx", 1));
  EXPECT_FALSE (p2p_limits_set (limits, "", 1));
  EXPECT_FALSE (p2p_limits_get (limits, "frames", &value));
}
