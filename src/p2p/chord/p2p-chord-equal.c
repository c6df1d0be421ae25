/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* When two values are the same. What went through a js2p comes back a little different, and is not another value for that. */
#include "p2p-chord-ask-private.h"

#include <string.h>

#include "../wire/p2p-value-private.h"

/* The last integer that a double tells from its neighbours. */
#define MAX_SAFE 9007199254740992.0

guint
p2p_chord_hash_spot (gconstpointer key)
{
  const P2pChordSpot *spot = key;
  guint hash;

  /* sha1 << 224 ends in zeros, and all but sha512 begin with them. */
  memcpy (&hash, spot->number + sizeof spot->number - P2P_CHORD_PLACE_BYTES, sizeof hash);
  return hash ^ spot->hash;
}

gboolean
p2p_chord_equal_spots (gconstpointer a, gconstpointer b)
{
  return p2p_chord_spot_compare (a, b) == 0;
}

GVariant *
p2p_chord_unpack (P2pChordNode *self, GBytes *packed)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (packed, &length);
  GVariant *value = p2p_value_unpack (bytes, length, &self->reading, NULL);

  return value != NULL ? g_variant_ref_sink (value) : NULL;
}

static void add_essence (GVariant *value, GByteArray *into);

static void
add_number (double number, GByteArray *into)
{
  msgpack_packer packer;

  p2p_packer_init (&packer, into);
  if (number > -MAX_SAFE && number < MAX_SAFE && number == (double) (gint64) number)
    msgpack_pack_int64 (&packer, (gint64) number);
  else
    msgpack_pack_double (&packer, number);
}

static int
compare_bytes (gconstpointer a, gconstpointer b)
{
  return g_bytes_compare (*(GBytes * const *) a, *(GBytes * const *) b);
}

/* Key and value of each, in an order that does not depend on theirs. */
static void
add_map (GVariant *value, GByteArray *into)
{
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gsize n = g_variant_n_children (value);
  msgpack_packer packer;

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) field = g_variant_get_child_value (value, i);
      g_autoptr (GVariant) key = g_variant_get_child_value (field, 0);
      g_autoptr (GVariant) content = g_variant_get_child_value (field, 1);
      GByteArray *packed = g_byte_array_new ();

      add_essence (key, packed);
      add_essence (content, packed);
      g_ptr_array_add (fields, g_byte_array_free_to_bytes (packed));
    }
  g_ptr_array_sort (fields, compare_bytes);
  p2p_packer_init (&packer, into);
  msgpack_pack_map (&packer, n);
  for (guint i = 0; i < fields->len; i++)
    {
      gsize length;
      const guint8 *bytes = g_bytes_get_data (g_ptr_array_index (fields, i), &length);

      g_byte_array_append (into, bytes, (guint) length);
    }
}

gboolean
p2p_chord_is_map (GVariant *value)
{
  return g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY) || g_variant_is_of_type (value, G_VARIANT_TYPE ("a(vv)"));
}

static void
add_essence (GVariant *value, GByteArray *into)
{
  msgpack_packer packer;

  p2p_packer_init (&packer, into);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      g_autoptr (GVariant) inner = g_variant_get_variant (value);

      add_essence (inner, into);
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    add_number (g_variant_get_double (value), into);
  else if (p2p_chord_is_map (value))
    add_map (value, into);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE ("av")))
    {
      gsize n = g_variant_n_children (value);

      msgpack_pack_array (&packer, n);
      for (gsize i = 0; i < n; i++)
        {
          g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

          add_essence (child, into);
        }
    }
  else
    p2p_value_pack_to (value, &packer, NULL);
}

GBytes *
p2p_chord_get_essence (GVariant *value)
{
  GByteArray *essence = g_byte_array_new ();
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GVariant) plain = NULL;

  /* Programs write numbers and lists of many types; on the wire there is one of each. */
  if (p2p_value_pack (value, packed, NULL))
    plain = p2p_value_unpack (packed->data, packed->len, NULL, NULL);
  if (plain != NULL)
    g_variant_ref_sink (plain);
  add_essence (plain != NULL ? plain : value, essence);
  return g_byte_array_free_to_bytes (essence);
}

gboolean
p2p_chord_is_same (GVariant *value, GVariant *other)
{
  g_autoptr (GBytes) one = p2p_chord_get_essence (value);
  g_autoptr (GBytes) two = p2p_chord_get_essence (other);

  return g_bytes_equal (one, two);
}

static GBytes *
field_essence (GVariant *map, gsize index)
{
  g_autoptr (GVariant) field = g_variant_get_child_value (map, index);
  g_autoptr (GVariant) key = g_variant_get_child_value (field, 0);
  g_autoptr (GVariant) content = g_variant_get_child_value (field, 1);
  g_autoptr (GBytes) name = p2p_chord_get_essence (key);
  g_autoptr (GBytes) said = p2p_chord_get_essence (content);
  GByteArray *both = g_byte_array_new ();

  g_byte_array_append (both, g_bytes_get_data (name, NULL), (guint) g_bytes_get_size (name));
  g_byte_array_append (both, g_bytes_get_data (said, NULL), (guint) g_bytes_get_size (said));
  return g_byte_array_free_to_bytes (both);
}

static int
compare_fields (gconstpointer a, gconstpointer b, gpointer data)
{
  return g_bytes_compare (a, b);
}

gboolean
p2p_chord_has_fields (GVariant *value, GVariant *map)
{
  /* A tree: whoever answers chooses the names. */
  g_autoptr (GTree) fields = g_tree_new_full (compare_fields, NULL, (GDestroyNotify) g_bytes_unref, NULL);

  if (!p2p_chord_is_map (value))
    return FALSE;
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      GBytes *field = field_essence (value, i);

      g_tree_replace (fields, field, field);
    }
  for (gsize i = 0; i < g_variant_n_children (map); i++)
    {
      g_autoptr (GBytes) field = field_essence (map, i);

      if (g_tree_lookup (fields, field) == NULL)
        return FALSE;
    }
  return TRUE;
}
