/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link-fixture.h"
#include "p2p/wire/p2p-message-private.h"
#include <string.h>

static void
message_cb (P2pLink *link, P2pMessage *message, gpointer data)
{
  LinkSide *side = data;

  g_assert_true (side->link == NULL || side->link == link);
  g_assert_cmpuint (side->closed, ==, 0);
  g_ptr_array_add (side->messages, p2p_message_ref (message));
  if (side->act != NULL && side->messages->len == side->act_at)
    side->act (side);
}

static void
closed_cb (P2pLink *link, const GError *error, gpointer data)
{
  LinkSide *side = data;

  g_assert_nonnull (error);
  g_assert_true (p2p_link_is_closed (link));
  side->closed++;
  g_clear_error (&side->error);
  side->error = g_error_copy (error);
}

const P2pLinkEvents link_side_events = { .message = message_cb, .closed = closed_cb };

LinkFixture *
link_fixture_new (guint64 seed, const TestPath *path)
{
  LinkFixture *self = g_new0 (LinkFixture, 1);
  P2pPipe *pipes[2];

  self->world = test_world_new (seed);
  if (path != NULL)
    test_world_set_path (self->world, path);
  p2p_limits_init (&self->limits);
  self->hosts[0] = test_world_add_host (self->world, "dialler");
  self->hosts[1] = test_world_add_host (self->world, "acceptor");
  self->conn = test_world_pair (self->world, self->hosts[0], self->hosts[1], FALSE, &pipes[0], &pipes[1]);
  test_conn_record (self->conn);
  for (guint i = 0; i < 2; i++)
    {
      self->sides[i].messages = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
      self->sides[i].link = p2p_link_new (test_host_get_env (self->hosts[i]), &self->limits, pipes[i], i == 0, &link_side_events, &self->sides[i]);
    }
  return self;
}

LinkFixture *
link_fixture_new_established (guint64 seed, const TestPath *path, const guint8 *methods, gsize n_methods)
{
  LinkFixture *self = link_fixture_new (seed, path);

  for (guint i = 0; i < 2; i++)
    {
      p2p_link_set_established (self->sides[i].link, TRUE);
      p2p_link_set_methods (self->sides[i].link, methods, n_methods);
    }
  return self;
}

void
link_fixture_free (LinkFixture *self)
{
  for (guint i = 0; i < 2; i++)
    {
      g_clear_pointer (&self->sides[i].link, p2p_link_unref);
      g_ptr_array_unref (self->sides[i].messages);
      g_clear_error (&self->sides[i].error);
    }
  test_world_settle (self->world);
  test_world_free (self->world);
  g_free (self);
}

P2pMessage *
make_message (guint number, gsize payload, gboolean compressible)
{
  g_autofree guint8 *bytes = g_malloc (payload + 4);
  g_autoptr (GRand) rand = g_rand_new_with_seed (number);
  g_autoptr (GError) error = NULL;
  GVariant *packets[2];
  P2pMessage *message;

  for (gsize i = 0; i < payload; i++)
    bytes[i] = (guint8) (compressible ? (gint) (g_rand_int (rand) % 16 + 97) : (gint) (g_rand_int (rand) % 256));
  memcpy (bytes + payload, &number, 4);
  packets[0] = g_variant_new_variant (g_variant_new_int64 (0));
  packets[1] = g_variant_new_variant (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, payload + 4, 1));
  message = p2p_message_new (P2P_FLAG_BROADCAST, "2bTYoWMc1kNAW8", 1700000000, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, 2), &error);
  g_assert_no_error (error);
  return message;
}

P2pMessage *
make_message_of_body (gsize body)
{
  gsize payload = body > 200 ? body - 200 : 0;

  for (;;)
    {
      P2pMessage *message = make_message (1, payload, FALSE);
      gsize length;

      p2p_message_peek_plain (message, &length);
      if (length == body)
        return message;
      g_assert_cmpuint (length, <, body);
      payload += body - length;
      p2p_message_unref (message);
    }
}

void
assert_same_message (P2pMessage *a, P2pMessage *b)
{
  gsize length_a, length_b;
  const guint8 *plain_a = p2p_message_peek_plain (a, &length_a), *plain_b = p2p_message_peek_plain (b, &length_b);

  g_assert_cmpmem (plain_a, length_a, plain_b, length_b);
}

void
assert_messages (LinkSide *side, GPtrArray *expected)
{
  g_assert_no_error (side->error);
  g_assert_cmpuint (side->messages->len, ==, expected->len);
  for (guint i = 0; i < expected->len; i++)
    assert_same_message (side->messages->pdata[i], expected->pdata[i]);
}

void
assert_ended (LinkSide *side, P2pLinkError code, const char *words)
{
  g_assert_error (side->error, P2P_LINK_ERROR, (gint) code);
  g_assert_cmpuint (side->closed, ==, 1);
  g_assert_nonnull (strstr (side->error->message, words));
}
