/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kept-fixture.h"

void
kept_set_up (KeptFixture *self, gconstpointer data)
{
  person_init (&self->ada);
  person_init (&self->bob);
}

void
kept_tear_down (KeptFixture *self, gconstpointer data)
{
  person_clear (&self->ada);
  person_clear (&self->bob);
}

RtNetwork *
begin_again (Person *person)
{
  RtNetwork *network;

  person_end (person);
  person_begin (person);
  network = person_get (person, 0);
  wait_loaded (network);
  return network;
}

void
wait_handed (RtMessageItem *item)
{
  rt_wait_until (rt_message_item_get_delivery (item) == RT_DELIVERY_HANDED);
}

void
flush (RtNetwork *network)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  rt_store_chat_flush_async (rt_network_get_chat (network), rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_store_chat_flush_finish (rt_network_get_chat (network), result, &error));
  g_assert_no_error (error);
}

RtMessageItem *
find_message (RtNetwork *network, GBytes *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  RtMessageItem *item;

  rt_network_find_message_async (network, id, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  item = rt_network_find_message_finish (network, result, &error);
  g_assert_no_error (error);
  return item;
}

P2pMessage *
make_message (const char *sender, gint64 flag, gint64 second, const char *text)
{
  GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (flag)), g_variant_new_variant (g_variant_new_string (text)) };
  g_autoptr (GError) error = NULL;
  P2pMessage *message = p2p_message_new (flag, sender, second, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)), &error);

  g_assert_no_error (error);
  return message;
}

void
take (RtNetwork *network, const char *sender, gint64 flag, const char *text)
{
  g_autoptr (P2pMessage) message = make_message (sender, flag, g_get_real_time () / G_USEC_PER_SEC, text);

  rt_network_take_message (network, message, "55555");
}
