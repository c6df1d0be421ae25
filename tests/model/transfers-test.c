/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "transfers-test.h"

void
transfers_set_up (TransfersFixture *self, gconstpointer data)
{
  person_init (&self->ada);
  person_init (&self->bob);
  person_init (&self->cem);
  self->a = person_join (&self->ada, "files", NULL);
  self->address = network_dup_address (self->a);
  self->b = person_join (&self->bob, "files", self->address);
  wait_peers (self->a, 1);
  wait_peers (self->b, 1);
  self->from = rt_network_get_transfers (self->a);
  self->to = rt_network_get_transfers (self->b);
}

void
transfers_tear_down (TransfersFixture *self, gconstpointer data)
{
  person_clear (&self->ada);
  person_clear (&self->bob);
  person_clear (&self->cem);
  g_free (self->address);
}

GBytes *
make_bytes (gsize size, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint8 *bytes = g_malloc (size + 4);

  for (gsize i = 0; i < size; i += 4)
    {
      guint32 n = g_rand_int (rand);

      memcpy (bytes + i, &n, 4);
    }
  return g_bytes_new_take (bytes, size);
}

RtAttachment *
offer_bytes (TransfersFixture *self, GBytes *bytes, const char *name, const char *recipient)
{
  RtAttachment *own = rt_transfers_add_bytes (self->from, bytes, name, NULL);

  g_assert_cmpint (rt_attachment_get_state (own), ==, RT_ATTACHMENT_PREPARING);
  rt_wait_until (rt_attachment_get_state (own) == RT_ATTACHMENT_HERE);
  rt_transfers_offer (self->from, own, recipient);
  return own;
}

RtAttachment *
hear_offer (TransfersFixture *self, RtAttachment *own)
{
  return rt_attachment_new_offered (rt_attachment_get_file (own), rt_attachment_get_size (own), rt_attachment_get_name (own),
                                    rt_attachment_get_mime_type (own), network_get_id (self->a));
}

void
assert_content (const char *path, GBytes *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_nonnull (path);
  g_file_get_contents (path, &contents, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (contents, length, g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

char *
dup_part (TransfersFixture *self, RtAttachment *attachment)
{
  return rt_transfers_dup_part_path (self->to, rt_attachment_get_file (attachment), network_get_id (self->a), rt_attachment_get_size (attachment));
}
