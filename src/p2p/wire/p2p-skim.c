/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-skim-private.h"

#include <string.h>

#include "p2p-frame-private.h"
#include "p2p-limits-private.h"
#include "p2p-value-private.h"

#define HEADER_VALUES 3

static inline guint64
read_uint (const guint8 *bytes,
           gsize         size)
{
  guint64 value = 0;

  for (gsize i = 0; i < size; i++)
    value = value << 8 | bytes[i];
  return value;
}

static inline gint64
read_int (const guint8 *bytes,
          gsize         size)
{
  guint shift = 64 - 8 * (guint) size;

  return (gint64) (read_uint (bytes, size) << shift) >> shift;
}

static gdouble
read_float (const guint8 *bytes,
            gsize         size)
{
  guint64 bits = read_uint (bytes, size);

  if (size == 4)
    {
      guint32 narrow = (guint32) bits;
      gfloat number;

      memcpy (&number, &narrow, sizeof number);
      return number;
    }
  else
    {
      gdouble number;

      memcpy (&number, &bits, sizeof number);
      return number;
    }
}

/* The values whose first byte is 0xc0 to 0xdf: that byte, then size bytes of number or length. */
static gboolean
read_long_token (const guint8 *bytes,
                 gsize         length,
                 P2pToken     *token)
{
  static const guint8 sizes[32] = {
    0, 0, 0, 0, 1, 2, 4, 1, 2, 4, 4, 8, 1, 2, 4, 8,
    1, 2, 4, 8, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4,
  };
  guint8 type = bytes[0];
  gsize size = sizes[type - 0xc0];
  gsize content = 0;

  if (length < 1 + size)
    return FALSE;
  token->head = 1 + size;
  bytes++;

  switch (type)
    {
    case 0xc0:
      token->kind = P2P_TOKEN_NIL;
      break;
    case 0xc2:
    case 0xc3:
      token->kind = P2P_TOKEN_BOOL;
      token->integer = type & 1;
      break;
    case 0xc4:
    case 0xc5:
    case 0xc6:
      token->kind = P2P_TOKEN_BIN;
      content = token->length = (guint32) read_uint (bytes, size);
      break;
    case 0xc7:
    case 0xc8:
    case 0xc9:
      token->kind = P2P_TOKEN_EXT;
      token->length = (guint32) read_uint (bytes, size);
      token->head++;            /* the extension's type */
      content = token->length;
      break;
    case 0xca:
    case 0xcb:
      token->kind = P2P_TOKEN_FLOAT;
      token->number = read_float (bytes, size);
      break;
    case 0xcc:
    case 0xcd:
    case 0xce:
    case 0xcf:
      token->integer = (gint64) read_uint (bytes, size);
      token->kind = token->integer < 0 ? P2P_TOKEN_UINT : P2P_TOKEN_INT;
      break;
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3:
      token->kind = P2P_TOKEN_INT;
      token->integer = read_int (bytes, size);
      break;
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      token->kind = P2P_TOKEN_EXT;
      token->head = 2;
      content = token->length = 1u << (type - 0xd4);
      break;
    case 0xd9:
    case 0xda:
    case 0xdb:
      token->kind = P2P_TOKEN_STR;
      content = token->length = (guint32) read_uint (bytes, size);
      break;
    case 0xdc:
    case 0xdd:
      token->kind = P2P_TOKEN_ARRAY;
      token->length = (guint32) read_uint (bytes, size);
      break;
    case 0xde:
    case 0xdf:
      token->kind = P2P_TOKEN_MAP;
      token->length = (guint32) read_uint (bytes, size);
      break;
    default:                    /* 0xc1 is no value */
      return FALSE;
    }
  return token->head <= length && content <= length - token->head;
}

static inline gboolean
read_token (const guint8 *bytes,
            gsize         length,
            P2pToken     *token)
{
  guint8 type;

  if (length == 0)
    return FALSE;
  type = bytes[0];
  token->head = 1;
  if (type < 0x80 || type >= 0xe0)
    {
      token->kind = P2P_TOKEN_INT;
      token->integer = (gint8) type;
      return TRUE;
    }
  if (type >= 0xc0)
    return read_long_token (bytes, length, token);
  if (type >= 0xa0)
    {
      token->kind = P2P_TOKEN_STR;
      token->length = type & 0x1f;
      return token->length <= length - 1;
    }
  token->kind = type >= 0x90 ? P2P_TOKEN_ARRAY : P2P_TOKEN_MAP;
  token->length = type & 0x0f;
  return TRUE;
}

gboolean
p2p_skim_token (const guint8 *bytes,
                gsize         length,
                P2pToken     *token)
{
  return read_token (bytes, length, token);
}

gboolean
p2p_skim_integer (const guint8 *bytes,
                  gsize         length,
                  gint64       *value,
                  gsize        *used)
{
  P2pToken token;

  if (!read_token (bytes, length, &token))
    return FALSE;
  *used = token.head;
  if (token.kind == P2P_TOKEN_INT)
    {
      *value = token.integer;
      return TRUE;
    }
  /* The bounds are exact as doubles, and the comparison is false for NaN. */
  if (token.kind == P2P_TOKEN_FLOAT && token.number >= -9223372036854775808.0 && token.number < 9223372036854775808.0)
    {
      *value = (gint64) token.number;
      return (gdouble) *value == token.number;
    }
  return FALSE;
}

static gboolean
refuse_malformed (gsize     at,
                  GError  **error)
{
  g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_PACKETS,
               "The packets are malformed or cut short at byte %" G_GSIZE_FORMAT, at);
  return FALSE;
}

gboolean
p2p_skim_values (const guint8    *bytes,
                 gsize            length,
                 gsize            n,
                 const P2pLimits *limits,
                 gsize           *used,
                 GError         **error)
{
  guint64 left[P2P_SKIM_MAX_DEPTH + 1];
  guint depth = 0;
  gsize at = 0;
  guint max_depth;
  guint64 elements = n;

  limits = p2p_limits_or_default (limits);
  max_depth = MIN (limits->depth, P2P_SKIM_MAX_DEPTH);

  if (n > length)
    return refuse_malformed (length, error);
  left[0] = n;
  while (elements <= limits->elements)
    {
      P2pToken token;
      guint64 children;

      while (left[depth] == 0)
        {
          if (depth == 0)
            {
              *used = at;
              return TRUE;
            }
          depth--;
        }
      left[depth]--;

      if (G_UNLIKELY (!read_token (bytes + at, length - at, &token)))
        return refuse_malformed (at, error);
      at += token.head;
      if (token.kind < P2P_TOKEN_STR)
        continue;
      if (token.kind < P2P_TOKEN_ARRAY)
        {
          at += token.length;
          continue;
        }

      if (depth == max_depth)
        {
          g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_LIMIT,
                       "The packets are nested deeper than the limit of %u", max_depth);
          return FALSE;
        }
      children = token.kind == P2P_TOKEN_MAP ? (guint64) token.length * 2 : token.length;
      /* Each of them takes a byte at least, so a count that lies is found before its first element. */
      if (children > length - at)
        return refuse_malformed (at, error);
      left[++depth] = children;
      elements += children;
    }

  g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_LIMIT,
               "The packets have more elements than the limit of %u", limits->elements);
  return FALSE;
}

static gboolean
refuse_header (const char *what,
               GError    **error)
{
  g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_PACKETS, "The message has no valid %s", what);
  return FALSE;
}

gboolean
p2p_frame_skim (const guint8    *bytes,
                gsize            length,
                const P2pLimits *limits,
                P2pSkim         *skim,
                GError         **error)
{
  P2pToken token;
  gsize at;
  gsize used = 0;

  if (!read_token (bytes, length, &token) || token.kind != P2P_TOKEN_ARRAY || token.length < HEADER_VALUES)
    return refuse_header ("header: it must be an array of flag, sender, time and packets", error);
  at = token.head;
  skim->n_packets = token.length - HEADER_VALUES;

  if (!p2p_skim_integer (bytes + at, length - at, &skim->flag, &used))
    return refuse_header ("flag: it must be an integer", error);
  at += used;

  if (!read_token (bytes + at, length - at, &token) ||
      (token.kind != P2P_TOKEN_STR && token.kind != P2P_TOKEN_BIN) || token.length > P2P_MESSAGE_MAX_SENDER)
    return refuse_header ("sender: it must be a short str or bin", error);
  skim->sender = bytes + at + token.head;
  skim->sender_length = token.length;
  skim->sender_form = token.kind == P2P_TOKEN_STR ? P2P_ID_FORM_STR : P2P_ID_FORM_BIN;
  if (!p2p_text_is_valid ((const char *) skim->sender, skim->sender_length))
    return refuse_header ("sender: it must be UTF-8 without a NUL", error);
  at += token.head + token.length;

  if (!p2p_skim_integer (bytes + at, length - at, &skim->time, &used))
    return refuse_header ("time: it must be whole seconds", error);
  at += used;

  skim->payload_offset = at;
  if (skim->n_packets == 0 || !p2p_skim_integer (bytes + at, length - at, &skim->subflag, &used))
    skim->subflag = -1;
  if (!p2p_skim_values (bytes + at, length - at, skim->n_packets, limits, &used, error))
    return FALSE;
  if (at + used != length)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_PACKETS,
                   "%" G_GSIZE_FORMAT " bytes are left over after the message's packets", length - at - used);
      return FALSE;
    }
  return TRUE;
}
