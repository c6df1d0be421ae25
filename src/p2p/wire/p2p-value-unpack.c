/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-value-private.h"

#include <stdlib.h>
#include <string.h>

#include "p2p-skim-private.h"

static GVariant *make_value (const msgpack_object *object);

gboolean
p2p_text_is_valid (const char *text,
                   gsize       length)
{
  gsize i = 0;

  /* Ids and most of what people and programs write is ASCII: that is seen eight bytes at a time. */
  for (; i + sizeof (guint64) <= length; i += sizeof (guint64))
    {
      guint64 word;

      memcpy (&word, text + i, sizeof word);
      /* a high bit, or a byte that borrows from above because it is NUL */
      if (((word | (word - G_GUINT64_CONSTANT (0x0101010101010101))) & G_GUINT64_CONSTANT (0x8080808080808080)) != 0)
        break;
    }
  return i == length || g_utf8_validate_len (text + i, length - i, NULL);
}

static GVariant *
make_bytes (const char *bytes,
            gsize       length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, length > 0 ? bytes : NULL, length, 1);
}

static GVariant *
make_text (const char *text,
           gsize       length)
{
  GVariant *bytes;

  /* An empty one may have no address. */
  if (length == 0)
    return g_variant_new_string ("");
  if (p2p_text_is_valid (text, length))
    return g_variant_new_take_string (g_strndup (text, length));
  bytes = make_bytes (text, length);
  return g_variant_new_tuple (&bytes, 1);
}

static GVariant *
make_extension (gint8       type,
                const char *bytes,
                gsize       length)
{
  GVariant *children[2] = { g_variant_new_byte ((guint8) type), make_bytes (bytes, length) };

  return g_variant_new_tuple (children, 2);
}

static GVariant *
make_array (const msgpack_object *objects,
            gsize                 n)
{
  g_autofree GVariant **children = g_new (GVariant *, n);

  for (gsize i = 0; i < n; i++)
    children[i] = g_variant_new_variant (make_value (&objects[i]));
  return g_variant_new_array (G_VARIANT_TYPE_VARIANT, children, n);
}

static gint
compare_keys (const void *a,
              const void *b)
{
  const msgpack_object_str *one = *(const msgpack_object_str *const *) a;
  const msgpack_object_str *other = *(const msgpack_object_str *const *) b;
  gint order = one->size == 0 || other->size == 0 ? 0 : memcmp (one->ptr, other->ptr, MIN (one->size, other->size));

  return order != 0 ? order : (one->size > other->size) - (one->size < other->size);
}

/*
 * Are all keys texts, and different ones? By sorting: the keys are a stranger's, who could choose them so that a hash table
 * takes quadratic time.
 */
static gboolean
has_text_keys (const msgpack_object_kv *pairs,
               gsize                    n)
{
  g_autofree const msgpack_object_str **keys = NULL;

  for (gsize i = 0; i < n; i++)
    if (pairs[i].key.type != MSGPACK_OBJECT_STR || !p2p_text_is_valid (pairs[i].key.via.str.ptr, pairs[i].key.via.str.size))
      return FALSE;
  if (n < 2)
    return TRUE;

  keys = g_new (const msgpack_object_str *, n);
  for (gsize i = 0; i < n; i++)
    keys[i] = &pairs[i].key.via.str;
  qsort (keys, n, sizeof *keys, compare_keys);
  for (gsize i = 1; i < n; i++)
    if (compare_keys (&keys[i - 1], &keys[i]) == 0)
      return FALSE;
  return TRUE;
}

static GVariant *
make_map (const msgpack_object_kv *pairs,
          gsize                    n)
{
  g_autofree GVariant **entries = g_new (GVariant *, n);
  gboolean dictionary = has_text_keys (pairs, n);

  for (gsize i = 0; i < n; i++)
    {
      GVariant *key = make_value (&pairs[i].key);
      GVariant *value = g_variant_new_variant (make_value (&pairs[i].val));

      if (dictionary)
        entries[i] = g_variant_new_dict_entry (key, value);
      else
        entries[i] = g_variant_new_tuple ((GVariant *[]) { g_variant_new_variant (key), value }, 2);
    }
  return g_variant_new_array (dictionary ? G_VARIANT_TYPE ("{sv}") : G_VARIANT_TYPE ("(vv)"), entries, n);
}

/* The skim has bounded depth and count before this recursion. */
static GVariant *
make_value (const msgpack_object *object)
{
  switch (object->type)
    {
    case MSGPACK_OBJECT_BOOLEAN:
      return g_variant_new_boolean (object->via.boolean);
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
      if (object->via.u64 > G_MAXINT64)
        return g_variant_new_uint64 (object->via.u64);
      return g_variant_new_int64 ((gint64) object->via.u64);
    case MSGPACK_OBJECT_NEGATIVE_INTEGER:
      return g_variant_new_int64 (object->via.i64);
    case MSGPACK_OBJECT_FLOAT32:
    case MSGPACK_OBJECT_FLOAT64:
      return g_variant_new_double (object->via.f64);
    case MSGPACK_OBJECT_STR:
      return make_text (object->via.str.ptr, object->via.str.size);
    case MSGPACK_OBJECT_BIN:
      return make_bytes (object->via.bin.ptr, object->via.bin.size);
    case MSGPACK_OBJECT_EXT:
      return make_extension (object->via.ext.type, object->via.ext.ptr, object->via.ext.size);
    case MSGPACK_OBJECT_ARRAY:
      return make_array (object->via.array.ptr, object->via.array.size);
    case MSGPACK_OBJECT_MAP:
      return make_map (object->via.map.ptr, object->via.map.size);
    case MSGPACK_OBJECT_NIL:
    default:
      return g_variant_new_tuple (NULL, 0);
    }
}

/* n values of bytes that the skim has found well-formed, into values; how many it got is less only when memory ran out. */
static gsize
unpack_values (const guint8 *bytes,
               gsize         length,
               gsize         n,
               GVariant    **values)
{
  msgpack_unpacked unpacked;
  gsize offset = 0;
  gsize done = 0;

  msgpack_unpacked_init (&unpacked);
  while (done < n && msgpack_unpack_next (&unpacked, (const char *) bytes, length, &offset) == MSGPACK_UNPACK_SUCCESS)
    values[done++] = make_value (&unpacked.data);
  msgpack_unpacked_destroy (&unpacked);
  return done;
}

static gboolean
read_values (const guint8    *bytes,
             gsize            length,
             gsize            n,
             const P2pLimits *limits,
             GVariant       **values,
             GError         **error)
{
  gsize used = 0;
  gsize done;

  if (!p2p_skim_values (bytes, length, n, limits, &used, error))
    return FALSE;
  if (used != length)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_PACKETS,
                   "%" G_GSIZE_FORMAT " bytes are left over after the packets", length - used);
      return FALSE;
    }
  done = unpack_values (bytes, length, n, values);
  if (done == n)
    return TRUE;

  for (gsize i = 0; i < done; i++)
    g_variant_unref (g_variant_ref_sink (values[i]));
  g_set_error_literal (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_PACKETS, "The packets could not be unpacked");
  return FALSE;
}

/**
 * p2p_value_unpack:
 * @bytes: (array length=length): MessagePack
 * @length: how many bytes
 * @limits: (nullable): limits of depth and count, or %NULL for the defaults
 * @error: return location for a #GError
 *
 * Unpacks exactly one value from exactly these bytes. p2p_value_pack() says which types stand for what; an integer is `x`,
 * or `t` where it is larger, an array is `av`, a map is `a{sv}` where its keys are texts and differ, else `a(vv)`.
 *
 * Returns: (transfer none): a floating reference to the value, or %NULL with %P2P_WIRE_ERROR_PACKETS or
 *   %P2P_WIRE_ERROR_LIMIT
 */
GVariant *
p2p_value_unpack (const guint8     *bytes,
                  gsize             length,
                  const P2pLimits  *limits,
                  GError          **error)
{
  GVariant *value = NULL;

  g_return_val_if_fail (bytes != NULL || length == 0, NULL);

  return read_values (bytes, length, 1, limits, &value, error) ? value : NULL;
}

/**
 * p2p_packets_parse:
 * @bytes: (array length=length): MessagePack
 * @length: how many bytes
 * @n: how many values
 * @limits: (nullable): limits of depth and count, or %NULL for the defaults
 * @error: return location for a #GError
 *
 * Unpacks exactly @n values that follow one another: the packets of a message.
 *
 * Returns: (transfer none): a floating reference to an `av`, or %NULL with %P2P_WIRE_ERROR_PACKETS or
 *   %P2P_WIRE_ERROR_LIMIT
 */
GVariant *
p2p_packets_parse (const guint8     *bytes,
                   gsize             length,
                   gsize             n,
                   const P2pLimits  *limits,
                   GError          **error)
{
  g_autofree GVariant **values = NULL;

  g_return_val_if_fail (bytes != NULL || length == 0, NULL);

  /* Each value takes a byte: a count that lies must not make us allocate for it. */
  values = g_new (GVariant *, MIN (n, length));
  if (!read_values (bytes, length, n, limits, values, error))
    return NULL;
  for (gsize i = 0; i < n; i++)
    values[i] = g_variant_new_variant (values[i]);
  return g_variant_new_array (G_VARIANT_TYPE_VARIANT, values, n);
}
