/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* What every target offers: libFuzzer calls it, and replay.c with the corpus. */
int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length);

/* The input of a target, taken from its front. What is not there reads as zeros. */
typedef struct {
  const guint8 *bytes;
  gsize length;
} FuzzInput;

static inline gboolean
fuzz_is_empty (const FuzzInput *self)
{
  return self->length == 0;
}

static inline guint8
fuzz_take_byte (FuzzInput *self)
{
  guint8 byte = 0;

  if (self->length > 0)
    {
      byte = *self->bytes++;
      self->length--;
    }
  return byte;
}

static inline guint
fuzz_take_short (FuzzInput *self)
{
  guint high = fuzz_take_byte (self);

  return high << 8 | fuzz_take_byte (self);
}

/* Up to length bytes, in place. */
static inline const guint8 *
fuzz_take_bytes (FuzzInput *self, gsize *length)
{
  const guint8 *bytes = self->bytes;

  *length = MIN (*length, self->length);
  self->bytes += *length;
  self->length -= *length;
  return bytes;
}

/* For P2pLimits.allocate, data a guint: the allocation after so many is refused; G_MAXUINT: none. */
static inline gpointer
fuzz_allocate (gsize length, gpointer data)
{
  guint *left = data;

  if (*left == G_MAXUINT)
    return g_try_malloc (length);
  if (*left == 0)
    return NULL;
  (*left)--;
  return g_try_malloc (length);
}

G_END_DECLS
