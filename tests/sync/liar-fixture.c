/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "liar-fixture.h"

#include <string.h>

#include "p2p/wire/p2p-message-private.h"
#include "p2p/wire/p2p-value.h"

GVariant *
liar_bytes (gconstpointer bytes, gsize length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, length, 1);
}

static GVariant *
to_variant (GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  return liar_bytes (data, length);
}

GVariant *
liar_list (GVariant *first, ...)
{
  GVariantBuilder builder;
  va_list rest;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  va_start (rest, first);
  for (GVariant *next = first; next != NULL; next = va_arg (rest, GVariant *))
    g_variant_builder_add (&builder, "v", next);
  va_end (rest);
  return g_variant_builder_end (&builder);
}

void
liar_spell (P2pWrite *write, const char *key)
{
  g_autoptr (P2pMessage) message = p2p_sync_spell (write->owner, &write->clock, write->kind, (const guint8 *) key, strlen (key), write->value, FALSE);

  memcpy (write->clock.id, p2p_message_peek_id (message), sizeof write->clock.id);
}

static void
add_stamp (GVariantBuilder *into, const P2pWrite *write)
{
  g_variant_builder_add (into, "v", g_variant_new_string (write->owner));
  g_variant_builder_add (into, "v", g_variant_new_int64 (write->clock.time));
  g_variant_builder_add (into, "v", g_variant_new_int64 (write->clock.sequence));
  g_variant_builder_add (into, "v", liar_bytes (write->clock.id, sizeof write->clock.id));
}

static void
add_mark (GByteArray *into, const P2pWrite *write)
{
  P2pSyncMark mark = { .time = write->clock.time, .sequence = write->clock.sequence, .deleted = write->kind == P2P_WRITE_DELETE };
  guint64 id;

  memcpy (&id, write->clock.id, sizeof id);
  mark.id = GUINT64_FROM_BE (id);
  p2p_sync_mark_append (&mark, into);
}

GVariant *
liar_contender (const P2pWrite *newest, const P2pWrite *base, GVariant *fields)
{
  g_autoptr (GVariant) taken = fields != NULL ? g_variant_ref_sink (fields) : NULL;
  g_autoptr (GByteArray) mark = g_byte_array_new ();
  GVariantBuilder builder;

  add_mark (mark, newest);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  add_stamp (&builder, newest);
  g_variant_builder_add (&builder, "v", g_variant_new_int64 (newest->clock.time));
  g_variant_builder_add (&builder, "v", liar_bytes (mark->data, mark->len));
  if (base != NULL)
    {
      add_stamp (&builder, base);
      g_variant_builder_add (&builder, "v", base->value != NULL ? to_variant (base->value) : g_variant_new_tuple (NULL, 0));
    }
  else
    g_variant_builder_add (&builder, "v", g_variant_new_tuple (NULL, 0));
  for (gsize i = 0; taken != NULL && i < g_variant_n_children (taken); i++)
    {
      g_autoptr (GVariant) field = g_variant_get_child_value (taken, i);

      g_variant_builder_add_value (&builder, field);
    }
  return g_variant_builder_end (&builder);
}

GVariant *
liar_field (const P2pWrite *write, GBytes *name, GBytes *value)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  add_stamp (&builder, write);
  g_variant_builder_add (&builder, "v", to_variant (name));
  g_variant_builder_add (&builder, "v", to_variant (value));
  return g_variant_builder_end (&builder);
}

GVariant *
liar_proof (const P2pWrite *write, GBytes *proof, GBytes *map)
{
  return liar_list (liar_bytes (write->clock.id, sizeof write->clock.id), to_variant (proof), map != NULL ? to_variant (map) : NULL, NULL);
}

GVariant *
liar_record (const char *key, GVariant *contender, GVariant *proofs)
{
  return liar_list (liar_bytes (key, strlen (key)), contender, proofs, NULL);
}

GBytes *
liar_note (const P2pWrite *write, gint64 since)
{
  GByteArray *note = g_byte_array_new ();
  guint64 number = GUINT64_TO_BE ((guint64) since);

  g_byte_array_append (note, (const guint8 *) &number, sizeof number);
  add_mark (note, write);
  return g_byte_array_free_to_bytes (note);
}

GVariant *
liar_child (GVariant *list, gsize i)
{
  g_autoptr (GVariant) boxed = g_variant_get_child_value (list, i);

  return g_variant_get_variant (boxed);
}

GBytes *
liar_strip (GBytes *record)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (record, &length);
  g_autoptr (GVariant) whole = g_variant_ref_sink (p2p_value_unpack (data, length, NULL, NULL));
  g_autoptr (GVariant) key = liar_child (whole, 0);
  g_autoptr (GVariant) contender = liar_child (whole, 1);
  g_autoptr (GVariant) left = g_variant_ref_sink (liar_list (key, contender, NULL));
  GByteArray *packed = g_byte_array_new ();

  g_assert_cmpuint (g_variant_n_children (whole), ==, 3);
  g_assert_true (p2p_value_pack (left, packed, NULL));
  return g_byte_array_free_to_bytes (packed);
}
