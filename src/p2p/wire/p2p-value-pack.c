/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-value-private.h"

#include <string.h>

#include "p2p-limits-private.h"
#include "p2p-skim-private.h"

static gboolean pack_value (GVariant *value, msgpack_packer *packer, guint depth, GError **error);

static gint
append_bytes (gpointer    data,
              const char *bytes,
              size_t      length)
{
  /* The guint of GByteArray is kept from overflowing by check_length(). */
  g_byte_array_append (data, (const guint8 *) bytes, (guint) length);
  return 0;
}

void
p2p_packer_init (msgpack_packer *self,
                 GByteArray     *into)
{
  msgpack_packer_init (self, into, append_bytes);
}

/* No frame holds more than its limit can be set to, so nothing longer needs to be packed. */
static gboolean
check_length (msgpack_packer *packer,
              gsize           length,
              GError        **error)
{
  GByteArray *into = packer->data;

  if (length < G_MAXINT32 && into->len < G_MAXINT32 - length)
    return TRUE;
  g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE,
               "%" G_GSIZE_FORMAT " bytes are too many for one frame", length);
  return FALSE;
}

static gboolean
refuse_value (GVariant *value,
              GError  **error)
{
  g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE,
               "The wire has no form for a value of type “%s”", g_variant_get_type_string (value));
  return FALSE;
}

static gboolean
pack_text (const char     *text,
           gsize           length,
           msgpack_packer *packer,
           GError        **error)
{
  if (!check_length (packer, length, error))
    return FALSE;
  msgpack_pack_str (packer, length);
  msgpack_pack_str_body (packer, text, length);
  return TRUE;
}

static gboolean
pack_bytes (GVariant       *value,
            msgpack_packer *packer,
            GError        **error)
{
  gsize length;
  gconstpointer bytes = g_variant_get_fixed_array (value, &length, 1);

  if (!check_length (packer, length, error))
    return FALSE;
  msgpack_pack_bin (packer, length);
  msgpack_pack_bin_body (packer, bytes, length);
  return TRUE;
}

/* (ay): a str that is no text, or has a NUL in it */
static gboolean
pack_raw_text (GVariant       *value,
               msgpack_packer *packer,
               GError        **error)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (value, 0);
  gsize length;
  gconstpointer bytes = g_variant_get_fixed_array (child, &length, 1);

  return pack_text (bytes, length, packer, error);
}

/* (yay): an extension */
static gboolean
pack_extension (GVariant       *value,
                msgpack_packer *packer,
                GError        **error)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (value, 1);
  gsize length;
  gconstpointer bytes = g_variant_get_fixed_array (child, &length, 1);
  guint8 type;

  if (!check_length (packer, length, error))
    return FALSE;
  g_variant_get_child (value, 0, "y", &type);
  msgpack_pack_ext (packer, length, (gint8) type);
  msgpack_pack_ext_body (packer, bytes, length);
  return TRUE;
}

static gboolean
pack_children (GVariant       *value,
               msgpack_packer *packer,
               guint           depth,
               GError        **error)
{
  gsize n = g_variant_n_children (value);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      if (!pack_value (child, packer, depth, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_container (GVariant       *value,
                 msgpack_packer *packer,
                 guint           depth,
                 GError        **error)
{
  if (depth < P2P_SKIM_MAX_DEPTH)
    return check_length (packer, g_variant_n_children (value), error);
  g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_LIMIT,
               "The value is nested deeper than the limit of %d", P2P_SKIM_MAX_DEPTH);
  return FALSE;
}

static gboolean
pack_map (GVariant       *value,
          msgpack_packer *packer,
          guint           depth,
          GError        **error)
{
  gsize n = g_variant_n_children (value);

  if (!check_container (value, packer, depth, error))
    return FALSE;
  msgpack_pack_map (packer, n);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (value, i);

      if (!pack_children (entry, packer, depth + 1, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
pack_array (GVariant       *value,
            msgpack_packer *packer,
            guint           depth,
            GError        **error)
{
  if (!check_container (value, packer, depth, error))
    return FALSE;
  msgpack_pack_array (packer, g_variant_n_children (value));
  return pack_children (value, packer, depth + 1, error);
}

static gboolean
pack_container (GVariant       *value,
                msgpack_packer *packer,
                guint           depth,
                GError        **error)
{
  const char *type = g_variant_get_type_string (value);

  if (g_str_equal (type, "ay"))
    return pack_bytes (value, packer, error);
  if (g_str_equal (type, "()"))
    return msgpack_pack_nil (packer) == 0;
  if (g_str_equal (type, "(ay)"))
    return pack_raw_text (value, packer, error);
  if (g_str_equal (type, "(yay)"))
    return pack_extension (value, packer, error);
  if (g_str_has_prefix (type, "a{") || g_str_equal (type, "a(vv)"))
    return pack_map (value, packer, depth, error);
  return pack_array (value, packer, depth, error);
}

static gboolean
pack_value (GVariant       *value,
            msgpack_packer *packer,
            guint           depth,
            GError        **error)
{
  GVariantClass class = g_variant_classify (value);
  g_autoptr (GVariant) inner = NULL;
  const char *text;
  gsize length;

  /* A loop, not a recursion: variants and maybes may be nested as deep as anybody likes. */
  while (class == G_VARIANT_CLASS_VARIANT || class == G_VARIANT_CLASS_MAYBE)
    {
      GVariant *next = class == G_VARIANT_CLASS_VARIANT ? g_variant_get_variant (value) : g_variant_get_maybe (value);

      g_clear_pointer (&inner, g_variant_unref);
      value = inner = next;
      if (value == NULL)
        return msgpack_pack_nil (packer) == 0;
      class = g_variant_classify (value);
    }

  switch (class)
    {
    case G_VARIANT_CLASS_BOOLEAN:
      return (g_variant_get_boolean (value) ? msgpack_pack_true (packer) : msgpack_pack_false (packer)) == 0;
    case G_VARIANT_CLASS_BYTE:
      return msgpack_pack_uint64 (packer, g_variant_get_byte (value)) == 0;
    case G_VARIANT_CLASS_INT16:
      return msgpack_pack_int64 (packer, g_variant_get_int16 (value)) == 0;
    case G_VARIANT_CLASS_UINT16:
      return msgpack_pack_uint64 (packer, g_variant_get_uint16 (value)) == 0;
    case G_VARIANT_CLASS_INT32:
      return msgpack_pack_int64 (packer, g_variant_get_int32 (value)) == 0;
    case G_VARIANT_CLASS_UINT32:
      return msgpack_pack_uint64 (packer, g_variant_get_uint32 (value)) == 0;
    case G_VARIANT_CLASS_INT64:
      return msgpack_pack_int64 (packer, g_variant_get_int64 (value)) == 0;
    case G_VARIANT_CLASS_UINT64:
      return msgpack_pack_uint64 (packer, g_variant_get_uint64 (value)) == 0;
    case G_VARIANT_CLASS_HANDLE:
      return msgpack_pack_int64 (packer, g_variant_get_handle (value)) == 0;
    case G_VARIANT_CLASS_DOUBLE:
      return msgpack_pack_double (packer, g_variant_get_double (value)) == 0;
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      text = g_variant_get_string (value, &length);
      return pack_text (text, length, packer, error);
    case G_VARIANT_CLASS_ARRAY:
    case G_VARIANT_CLASS_TUPLE:
      return pack_container (value, packer, depth, error);
    case G_VARIANT_CLASS_VARIANT:
    case G_VARIANT_CLASS_MAYBE:
    case G_VARIANT_CLASS_DICT_ENTRY:
    default:
      return refuse_value (value, error);
    }
}

gboolean
p2p_value_pack_to (GVariant       *value,
                   msgpack_packer *packer,
                   GError        **error)
{
  return pack_value (value, packer, 0, error);
}

/**
 * p2p_value_pack:
 * @value: a value; a floating reference is taken
 * @into: what to append to; unchanged on failure
 * @error: return location for a #GError
 *
 * Packs a value as MessagePack, in the shortest form.
 *
 * Nil is `()`; maps are dictionaries and `a(vv)`; `ay` is bin; `(ay)` is a str of any bytes; `(yay)` is an extension, its
 * type first. Any integer type is an integer, any other array and tuple an array, a maybe nil or its value; variants are
 * looked through.
 *
 * Returns: %FALSE with %P2P_WIRE_ERROR_VALUE for a bare dictionary entry, %P2P_WIRE_ERROR_LIMIT when the value is
 *   nested too deep, %P2P_WIRE_ERROR_TOO_LARGE
 */
gboolean
p2p_value_pack (GVariant    *value,
                GByteArray  *into,
                GError     **error)
{
  g_autoptr (GVariant) taken = NULL;
  msgpack_packer packer;
  guint before;

  g_return_val_if_fail (value != NULL && into != NULL, FALSE);

  taken = g_variant_ref_sink (value);
  before = into->len;
  p2p_packer_init (&packer, into);
  if (p2p_value_pack_to (taken, &packer, error))
    return TRUE;
  g_byte_array_set_size (into, before);
  return FALSE;
}

/**
 * p2p_packets_serialise:
 * @packets: an array or a tuple, usually `av`; a floating reference is taken
 * @into: what to append to; unchanged on failure
 * @n: (out) (optional): how many packets there were
 * @error: return location for a #GError
 *
 * Packs each element of @packets as a value, one after the other.
 *
 * Returns: %FALSE with %P2P_WIRE_ERROR_VALUE when @packets is no list of values, or as p2p_value_pack()
 */
gboolean
p2p_packets_serialise (GVariant    *packets,
                       GByteArray  *into,
                       gsize       *n,
                       GError     **error)
{
  g_autoptr (GVariant) taken = NULL;
  msgpack_packer packer;
  const char *type;
  guint before;

  g_return_val_if_fail (packets != NULL && into != NULL, FALSE);

  taken = g_variant_ref_sink (packets);
  type = g_variant_get_type_string (taken);
  if ((type[0] != 'a' && type[0] != '(') || g_str_equal (type, "ay") || g_str_has_prefix (type, "a{"))
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE, "Packets are a list of values, not “%s”", type);
      return FALSE;
    }

  before = into->len;
  p2p_packer_init (&packer, into);
  if (!pack_children (taken, &packer, 0, error))
    {
      g_byte_array_set_size (into, before);
      return FALSE;
    }
  if (n != NULL)
    *n = g_variant_n_children (taken);
  return TRUE;
}
