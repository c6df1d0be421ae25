/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A storing node as others tell of it. */
#include "p2p-chord-ring.h"

P2pChordMember *
p2p_chord_member_new (const P2pChordPlace *place, const char *id, const char *host, guint16 port)
{
  P2pChordMember *self = g_new0 (P2pChordMember, 1);

  self->refs = 1;
  self->place = *place;
  self->id = g_strdup (id);
  self->host = g_strdup (host);
  self->port = port;
  return self;
}

P2pChordMember *
p2p_chord_member_ref (P2pChordMember *self)
{
  self->refs++;
  return self;
}

void
p2p_chord_member_unref (P2pChordMember *self)
{
  if (--self->refs > 0)
    return;
  g_free (self->id);
  g_free (self->host);
  g_free (self);
}

gboolean
p2p_chord_member_equal (const P2pChordMember *a, const P2pChordMember *b)
{
  return a == b || (p2p_chord_place_compare (&a->place, &b->place) == 0 && g_str_equal (a->id, b->id));
}
