/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim07-value.h"

#include <string.h>

/* Where Python's recursion ends for u-msgpack, about. */
#define MAX_DEPTH 300

static Sim07Value *
value_new (Sim07Type type)
{
  Sim07Value *self = g_new0 (Sim07Value, 1);

  g_ref_count_init (&self->refs);
  self->type = type;
  if (type == SIM07_LIST || type == SIM07_MAP)
    self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) sim07_value_unref);
  return self;
}

static Sim07Value *
number_new (Sim07Type type, long double number)
{
  Sim07Value *self = value_new (type);

  self->number = number;
  return self;
}

static Sim07Value *
bytes_new (Sim07Type type, const void *bytes, gsize length)
{
  Sim07Value *self = value_new (type);

  self->bytes = g_bytes_new (bytes, length);
  return self;
}

Sim07Value *
sim07_value_none (void)
{
  return value_new (SIM07_NONE);
}

Sim07Value *
sim07_value_int (gint64 number)
{
  return number_new (SIM07_INT, number);
}

Sim07Value *
sim07_value_str (const char *text)
{
  return bytes_new (SIM07_STR, text, strlen (text));
}

Sim07Value *
sim07_value_bin (const char *text)
{
  return bytes_new (SIM07_BIN, text, strlen (text));
}

Sim07Value *
sim07_value_bytes (GBytes *bytes)
{
  Sim07Value *self = value_new (SIM07_BIN);

  self->bytes = g_bytes_ref (bytes);
  return self;
}

Sim07Value *
sim07_value_map (void)
{
  return value_new (SIM07_MAP);
}

Sim07Value *
sim07_value_list (void)
{
  return value_new (SIM07_LIST);
}

Sim07Value *
sim07_value_add (Sim07Value *list, Sim07Value *item)
{
  g_ptr_array_add (list->items, item);
  return list;
}

Sim07Value *
sim07_value_ref (Sim07Value *self)
{
  g_ref_count_inc (&self->refs);
  return self;
}

void
sim07_value_unref (Sim07Value *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_free (self);
}

/* ---- unpacking ---- */

typedef struct {
  const guint8 *at;
  gsize left;
  guint depth;
} Reader;

static gboolean
read_uint (Reader *reader, guint n, guint64 *value)
{
  if (reader->left < n)
    return FALSE;
  *value = 0;
  for (guint i = 0; i < n; i++)
    *value = *value << 8 | reader->at[i];
  reader->at += n;
  reader->left -= n;
  return TRUE;
}

/* As Python has it: NUL is a character like others. */
static gboolean
is_utf8 (const char *text, gsize length)
{
  const char *end = text + length;

  while (!g_utf8_validate_len (text, (gsize) (end - text), &text))
    if (*text++ != '\0')
      return FALSE;
  return TRUE;
}

static Sim07Value *
read_bytes (Reader *reader, Sim07Type type, guint64 length)
{
  Sim07Value *self;

  if (reader->left < length || (type == SIM07_STR && !is_utf8 ((const char *) reader->at, length)))
    return NULL;
  self = bytes_new (type, reader->at, length);
  reader->at += length;
  reader->left -= length;
  return self;
}

static Sim07Value *
read_ext (Reader *reader, guint64 length)
{
  guint64 type;
  Sim07Value *self;

  if (!read_uint (reader, 1, &type) || (self = read_bytes (reader, SIM07_EXT, length)) == NULL)
    return NULL;
  self->ext = (guint8) type;
  if (type <= 127)
    return self;
  sim07_value_unref (self);
  return NULL;
}

static Sim07Value *
read_number (Reader *reader, guint8 code)
{
  guint64 bits;
  guint32 half;
  float f;
  double d;

  if (!read_uint (reader, code <= 0xcb ? 4u << (code - 0xca) : 1u << ((code - 0xcc) & 3), &bits))
    return NULL;
  switch (code)
    {
    case 0xca:
      half = (guint32) bits;
      memcpy (&f, &half, sizeof f);
      return number_new (SIM07_FLOAT, f);
    case 0xcb:
      memcpy (&d, &bits, sizeof d);
      return number_new (SIM07_FLOAT, d);
    case 0xd0:
      return number_new (SIM07_INT, (gint8) bits);
    case 0xd1:
      return number_new (SIM07_INT, (gint16) bits);
    case 0xd2:
      return number_new (SIM07_INT, (gint32) bits);
    case 0xd3:
      return number_new (SIM07_INT, (gint64) bits);
    default:
      return number_new (SIM07_INT, bits);
    }
}

static Sim07Value *read_value (Reader *reader);

static guint
find_key (Sim07Value *map, Sim07Value *key)
{
  for (guint i = 0; i < map->items->len; i += 2)
    if (sim07_value_equal (map->items->pdata[i], key))
      return i;
  return G_MAXUINT;
}

static Sim07Value *
read_items (Reader *reader, Sim07Type type, guint64 n)
{
  g_autoptr (Sim07Value) self = value_new (type);

  if (++reader->depth > MAX_DEPTH)
    return NULL;
  for (guint64 i = 0; i < n; i++)
    {
      Sim07Value *item = read_value (reader);

      if (item == NULL)
        return NULL;
      if (type == SIM07_MAP && i % 2 == 0 && item->type != SIM07_LIST && (!sim07_value_is_hashable (item) || find_key (self, item) != G_MAXUINT))
        {
          sim07_value_unref (item);
          return NULL;
        }
      g_ptr_array_add (self->items, item);
    }
  reader->depth--;
  return g_steal_pointer (&self);
}

static Sim07Value *
read_long (Reader *reader, guint8 code)
{
  guint64 length;

  if (code >= 0xd4 && code <= 0xd8)
    return read_ext (reader, 1u << (code - 0xd4));
  if (code >= 0xca && code <= 0xd3)
    return read_number (reader, code);
  switch (code)
    {
    case 0xc4: case 0xc5: case 0xc6:
      return read_uint (reader, 1u << (code - 0xc4), &length) ? read_bytes (reader, SIM07_BIN, length) : NULL;
    case 0xc7: case 0xc8: case 0xc9:
      return read_uint (reader, 1u << (code - 0xc7), &length) ? read_ext (reader, length) : NULL;
    case 0xd9: case 0xda: case 0xdb:
      return read_uint (reader, 1u << (code - 0xd9), &length) ? read_bytes (reader, SIM07_STR, length) : NULL;
    case 0xdc: case 0xdd:
      return read_uint (reader, 2u << (code - 0xdc), &length) ? read_items (reader, SIM07_LIST, length) : NULL;
    case 0xde: case 0xdf:
      return read_uint (reader, 2u << (code - 0xde), &length) ? read_items (reader, SIM07_MAP, 2 * length) : NULL;
    default:
      return NULL;              /* 0xc1 */
    }
}

static Sim07Value *
read_value (Reader *reader)
{
  guint64 code;

  if (!read_uint (reader, 1, &code))
    return NULL;
  if (code <= 0x7f)
    return sim07_value_int ((gint64) code);
  if (code <= 0x8f)
    return read_items (reader, SIM07_MAP, 2 * (code & 15));
  if (code <= 0x9f)
    return read_items (reader, SIM07_LIST, code & 15);
  if (code <= 0xbf)
    return read_bytes (reader, SIM07_STR, code & 31);
  if (code >= 0xe0)
    return sim07_value_int ((gint8) code);
  if (code == 0xc0)
    return sim07_value_none ();
  if (code == 0xc2 || code == 0xc3)
    return number_new (SIM07_BOOL, code & 1);
  return read_long (reader, (guint8) code);
}

Sim07Value *
sim07_value_unpack (const guint8 *bytes, gsize length)
{
  Reader reader = { bytes, length, 0 };

  return read_value (&reader);
}

/* ---- packing ---- */

static void
put (GByteArray *into, guint8 code, guint64 value, guint n)
{
  guint8 bytes[9] = { code };

  for (guint i = 0; i < n; i++)
    bytes[1 + i] = (guint8) (value >> 8 * (n - 1 - i));
  g_byte_array_append (into, bytes, 1 + n);
}

static void
put_int (GByteArray *into, long double number)
{
  if (number >= 0)
    {
      guint64 value = (guint64) number;

      if (value < 128)
        put (into, (guint8) value, 0, 0);
      else if (value <= G_MAXUINT8)
        put (into, 0xcc, value, 1);
      else if (value <= G_MAXUINT16)
        put (into, 0xcd, value, 2);
      else
        put (into, value <= G_MAXUINT32 ? 0xce : 0xcf, value, value <= G_MAXUINT32 ? 4 : 8);
    }
  else
    {
      gint64 value = (gint64) number;

      if (value >= -32)
        put (into, (guint8) value, 0, 0);
      else if (value >= G_MININT8)
        put (into, 0xd0, (guint64) value, 1);
      else if (value >= G_MININT16)
        put (into, 0xd1, (guint64) value, 2);
      else
        put (into, value >= G_MININT32 ? 0xd2 : 0xd3, (guint64) value, value >= G_MININT32 ? 4 : 8);
    }
}

/* small: the codes with the length in them, up to max; then those with 1 (0: there is none), 2 and 4 bytes of length */
static void
put_length (GByteArray *into, guint8 small, guint max, guint8 one, guint8 two, gsize length)
{
  if (small != 0 && length <= max)
    put (into, small | (guint8) length, 0, 0);
  else if (one != 0 && length <= G_MAXUINT8)
    put (into, one, length, 1);
  else if (length <= G_MAXUINT16)
    put (into, two, length, 2);
  else
    put (into, two + 1, length, 4);
}

static void
put_bytes (GByteArray *into, GBytes *bytes)
{
  g_byte_array_append (into, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
}

static void
put_ext (GByteArray *into, Sim07Value *self)
{
  gsize length = g_bytes_get_size (self->bytes);

  if (length == 1 || length == 2 || length == 4 || length == 8 || length == 16)
    put (into, 0xd4 + (guint8) g_bit_nth_msf (length, -1), 0, 0);
  else
    put_length (into, 0, 0, 0xc7, 0xc8, length);
  g_byte_array_append (into, &self->ext, 1);
  put_bytes (into, self->bytes);
}

void
sim07_value_pack (Sim07Value *self, GByteArray *into)
{
  double number = (double) self->number;
  guint64 bits;

  switch (self->type)
    {
    case SIM07_NONE:
      put (into, 0xc0, 0, 0);
      break;
    case SIM07_BOOL:
      put (into, self->number != 0 ? 0xc3 : 0xc2, 0, 0);
      break;
    case SIM07_INT:
      put_int (into, self->number);
      break;
    case SIM07_FLOAT:
      memcpy (&bits, &number, sizeof bits);
      put (into, 0xcb, bits, 8);
      break;
    case SIM07_STR:
      put_length (into, 0xa0, 31, 0xd9, 0xda, g_bytes_get_size (self->bytes));
      put_bytes (into, self->bytes);
      break;
    case SIM07_BIN:
      put_length (into, 0, 0, 0xc4, 0xc5, g_bytes_get_size (self->bytes));
      put_bytes (into, self->bytes);
      break;
    case SIM07_LIST:
    case SIM07_MAP:
      if (self->type == SIM07_LIST)
        put_length (into, 0x90, 15, 0, 0xdc, self->items->len);
      else
        put_length (into, 0x80, 15, 0, 0xde, self->items->len / 2);
      for (guint i = 0; i < self->items->len; i++)
        sim07_value_pack (self->items->pdata[i], into);
      break;
    case SIM07_EXT:
    default:
      put_ext (into, self);
      break;
    }
}

/* ---- how Python compares them ---- */

gboolean
sim07_value_is_number (Sim07Value *self)
{
  return self->type == SIM07_BOOL || self->type == SIM07_INT || self->type == SIM07_FLOAT;
}

gboolean
sim07_value_is_int (Sim07Value *self, gint64 number)
{
  return sim07_value_is_number (self) && self->number == number;
}

/* In any order. */
static gboolean
equal_maps (Sim07Value *a, Sim07Value *b)
{
  for (guint i = 0; i < a->items->len; i += 2)
    {
      guint at = find_key (b, a->items->pdata[i]);

      if (at == G_MAXUINT || !sim07_value_equal (a->items->pdata[i + 1], b->items->pdata[at + 1]))
        return FALSE;
    }
  return TRUE;
}

void
sim07_value_put (Sim07Value *map, Sim07Value *key, Sim07Value *value)
{
  guint at = find_key (map, key);

  sim07_value_ref (value);
  if (at == G_MAXUINT)
    {
      g_ptr_array_add (map->items, sim07_value_ref (key));
      g_ptr_array_add (map->items, value);
      return;
    }
  sim07_value_unref (map->items->pdata[at + 1]);
  map->items->pdata[at + 1] = value;
}

static gboolean
compare_lists (Sim07Value *a, Sim07Value *b, int *order)
{
  for (guint i = 0; i < MIN (a->items->len, b->items->len); i++)
    if (!sim07_value_equal (a->items->pdata[i], b->items->pdata[i]))
      return sim07_value_compare (a->items->pdata[i], b->items->pdata[i], order);
  *order = (a->items->len > b->items->len) - (a->items->len < b->items->len);
  return TRUE;
}

gboolean
sim07_value_compare (Sim07Value *a, Sim07Value *b, int *order)
{
  if (sim07_value_is_number (a) && sim07_value_is_number (b))
    *order = (a->number > b->number) - (a->number < b->number);
  else if (a->type == b->type && (a->type == SIM07_STR || a->type == SIM07_BIN))
    /* Text compares by its characters there, which is the order of the bytes of UTF-8. */
    *order = g_bytes_compare (a->bytes, b->bytes);
  else if (a->type == SIM07_LIST && b->type == SIM07_LIST)
    return compare_lists (a, b, order);
  else
    return FALSE;
  return TRUE;
}

gboolean
sim07_value_equal (Sim07Value *a, Sim07Value *b)
{
  if (sim07_value_is_number (a) || sim07_value_is_number (b))
    return sim07_value_is_number (a) && sim07_value_is_number (b) && a->number == b->number;
  if (a->type != b->type || a->ext != b->ext)
    return FALSE;
  if (a->bytes != NULL)
    return g_bytes_equal (a->bytes, b->bytes);
  if (a->items == NULL)
    return TRUE;
  if (a->items->len != b->items->len)
    return FALSE;
  if (a->type == SIM07_MAP)
    return equal_maps (a, b);
  for (guint i = 0; i < a->items->len; i++)
    if (!sim07_value_equal (a->items->pdata[i], b->items->pdata[i]))
      return FALSE;
  return TRUE;
}

gboolean
sim07_value_is_true (Sim07Value *self)
{
  if (sim07_value_is_number (self))
    return self->number != 0;
  if (self->items != NULL)
    return self->items->len > 0;
  return self->type == SIM07_EXT || (self->bytes != NULL && g_bytes_get_size (self->bytes) > 0);
}

gboolean
sim07_value_is_hashable (Sim07Value *self)
{
  return self->items == NULL && self->type != SIM07_EXT;
}

Sim07Value *
sim07_value_iterate (Sim07Value *self)
{
  g_autoptr (Sim07Value) list = sim07_value_list ();
  gsize length = 0;
  const guint8 *bytes = self->bytes != NULL ? g_bytes_get_data (self->bytes, &length) : NULL;

  switch (self->type)
    {
    case SIM07_LIST:
    case SIM07_MAP:
      for (guint i = 0; i < self->items->len; i += self->type == SIM07_MAP ? 2 : 1)
        sim07_value_add (list, sim07_value_ref (self->items->pdata[i]));
      break;
    case SIM07_BIN:
      for (gsize i = 0; i < length; i++)
        sim07_value_add (list, sim07_value_int (bytes[i]));
      break;
    case SIM07_STR:
      for (gsize i = 0; i < length; i += (gsize) g_utf8_skip[bytes[i]])
        sim07_value_add (list, bytes_new (SIM07_STR, bytes + i, MIN ((gsize) g_utf8_skip[bytes[i]], length - i)));
      break;
    case SIM07_NONE:
    case SIM07_BOOL:
    case SIM07_INT:
    case SIM07_FLOAT:
    case SIM07_EXT:
    default:
      return NULL;
    }
  return g_steal_pointer (&list);
}

guint
sim07_value_length (Sim07Value *list)
{
  return list->items->len;
}

Sim07Value *
sim07_value_get (Sim07Value *list, guint index)
{
  return list->items->pdata[index];
}

char *
sim07_value_dup_str (Sim07Value *self)
{
  return self->type == SIM07_STR ? g_strndup (g_bytes_get_data (self->bytes, NULL), g_bytes_get_size (self->bytes)) : NULL;
}
