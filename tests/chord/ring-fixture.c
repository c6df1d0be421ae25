/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ring-fixture.h"

#include <stdarg.h>

P2pChordPlace
ring_place (guint64 value, guint bits)
{
  P2pChordPlace place = { { 0 } };

  value <<= 64 - bits;
  for (guint i = 0; i < sizeof value; i++)
    place.bytes[i] = (guint8) (value >> (56 - 8 * i));
  return place;
}

P2pChordPlace
ring_random_place (TestRng *rng)
{
  P2pChordPlace place;

  for (guint i = 0; i < sizeof place.bytes; i += 8)
    {
      guint64 word = test_rng_next (rng);

      for (guint j = 0; j < 8; j++)
        place.bytes[i + j] = (guint8) (word >> 8 * j);
    }
  return place;
}

P2pChordMember *
ring_member (const char *id, guint64 value, guint bits)
{
  P2pChordPlace place = ring_place (value, bits);

  return p2p_chord_member_new (&place, id, "127.0.0.1", 4444);
}

static char *
print (P2pChordRing *ring, guint n, P2pChordMember *(*get) (P2pChordRing *, guint))
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", get (ring, i)->id);
  g_assert_null (get (ring, n));
  return g_string_free (text, FALSE);
}

char *
ring_print_after (P2pChordRing *ring)
{
  return print (ring, p2p_chord_ring_get_n_after (ring), p2p_chord_ring_get_after);
}

char *
ring_print_before (P2pChordRing *ring)
{
  return print (ring, p2p_chord_ring_get_n_before (ring), p2p_chord_ring_get_before);
}

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_chord_member_unref);
}

GPtrArray *
ring_list (P2pChordMember *first, ...)
{
  GPtrArray *list = new_list ();
  va_list members;

  va_start (members, first);
  for (P2pChordMember *member = first; member != NULL; member = va_arg (members, P2pChordMember *))
    g_ptr_array_add (list, p2p_chord_member_ref (member));
  va_end (members);
  return list;
}

GPtrArray *
ring_copy_after (P2pChordRing *ring)
{
  GPtrArray *list = new_list ();

  for (guint i = 0; i < p2p_chord_ring_get_n_after (ring); i++)
    g_ptr_array_add (list, p2p_chord_member_ref (p2p_chord_ring_get_after (ring, i)));
  return list;
}

GPtrArray *
ring_copy_before (P2pChordRing *ring)
{
  GPtrArray *list = new_list ();

  for (guint i = 0; i < p2p_chord_ring_get_n_before (ring); i++)
    g_ptr_array_add (list, p2p_chord_member_ref (p2p_chord_ring_get_before (ring, i)));
  return list;
}
