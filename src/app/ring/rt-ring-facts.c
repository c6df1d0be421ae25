/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "model/timeline/rt-message-item.h"
#include "rt-ring-facts.h"

#define ADDRESS_CHARS 64
#define WORDS_CHARS 200

char *
rt_ring_dup_percent (double fraction)
{
  /* Translators: how far round the ring it is; %.1f is a number */
  return g_strdup_printf (_("%.1f %%"), fraction * 100);
}

/* ---- members ---- */

void
rt_ring_member_read (RtRingMember       *self,
                     P2pChordMemberInfo *info)
{
  P2pChordRoles roles = 0;
  g_autofree char *address = NULL;

  *self = (RtRingMember) { 0 };
  g_object_get (info, "id", &self->id, "address", &address, "fraction", &self->fraction, "is-self", &self->is_self, "linked", &self->linked,
                "is-own", &self->is_own, "roles", &roles, "n-values", &self->n_values, "n-bytes", &self->n_bytes, NULL);
  self->after = (roles & P2P_CHORD_ROLES_AFTER) != 0;
  self->before = (roles & P2P_CHORD_ROLES_BEFORE) != 0;
  self->finger = (roles & P2P_CHORD_ROLES_FINGER) != 0;
  self->address = address != NULL && *address != '\0' ? rt_sanitise_line (address, ADDRESS_CHARS) : NULL;
}

void
rt_ring_member_clear (RtRingMember *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->address, g_free);
}

char *
rt_ring_member_dup_name (const RtRingMember *self)
{
  if (self->is_self)
    return g_strdup (_("you"));
  return rt_short_id (self->id);
}

char *
rt_ring_member_dup_role (const RtRingMember *self)
{
  const char *what;

  if (self->is_self)
    return g_strdup (_("this computer"));
  if (self->after && self->before)
    what = _("neighbour on both sides");
  else if (self->after)
    /* Translators: a node that comes after ours on the ring, clockwise */
    what = _("neighbour after you");
  else if (self->before)
    /* Translators: a node that comes before ours on the ring */
    what = _("neighbour before you");
  else if (self->finger)
    /* Translators: a node far away on the ring that we keep a connection with */
    what = _("shortcut across the ring");
  else
    what = self->linked ? _("connected") : _("heard of");
  if (self->linked && !self->is_own)
    /* Translators: what a node is to us; it runs another program than we */
    return g_strdup_printf (_("%s (not Roundtable)"), what);
  return g_strdup (what);
}

char *
rt_ring_member_dup_stored (const RtRingMember *self)
{
  g_autofree char *size = NULL;

  /* Translators: what a node stores */
  if (self->n_values < 0)
    return g_strdup (_("not told"));
  size = g_format_size ((guint64) MAX (self->n_bytes, 0));
  /* Translators: how many values a node stores, then their size */
  return g_strdup_printf (ngettext ("%'u value, %s", "%'u values, %s", (gulong) self->n_values), (guint) MIN (self->n_values, G_MAXUINT), size);
}

char *
rt_ring_member_dup_spoken (const RtRingMember *self)
{
  g_autofree char *name = rt_ring_member_dup_name (self), *role = rt_ring_member_dup_role (self);
  g_autofree char *stored = rt_ring_member_dup_stored (self), *at = rt_ring_dup_percent (self->fraction);

  if (self->address == NULL)
    /* Translators: the name of a node, what it is to us, how far round the ring it is, what it stores */
    return g_strdup_printf (_("%s: %s, at %s. %s"), name, role, at, stored);
  /* Translators: the name of a node, what it is to us, how far round the ring it is, its address, what it stores */
  return g_strdup_printf (_("%s: %s, at %s, %s. %s"), name, role, at, self->address, stored);
}

/* ---- places ---- */

static RtRingAnswer
get_answer (P2pChordPlaceState state,
            gboolean           agrees)
{
  switch (state)
    {
    case P2P_CHORD_PLACE_STATE_VALUE: return agrees ? RT_RING_AGREES : RT_RING_OTHER;
    case P2P_CHORD_PLACE_STATE_NOTHING:
    case P2P_CHORD_PLACE_STATE_NOT_YET: return RT_RING_NOTHING;
    case P2P_CHORD_PLACE_STATE_SILENT: return RT_RING_SILENT;
    case P2P_CHORD_PLACE_STATE_NOBODY: return RT_RING_NOBODY;
    case P2P_CHORD_PLACE_STATE_WAITING:
    default: return RT_RING_WAITING;
    }
}

static char *
dup_place_words (P2pChordPlaceInfo  *place,
                 P2pChordPlaceState  state)
{
  g_autoptr (GVariant) value = NULL;
  g_autofree char *text = NULL, *line = NULL;

  switch (state)
    {
    case P2P_CHORD_PLACE_STATE_VALUE:
      value = p2p_chord_place_info_get_value (place);
      text = value != NULL ? p2p_value_print (value, WORDS_CHARS) : g_strdup ("nil");
      line = rt_sanitise_line (text, WORDS_CHARS);
      /* Translators: what one of the five places of a key said; %s is the value */
      return g_strdup_printf (_("said %s"), line);
    case P2P_CHORD_PLACE_STATE_NOT_YET: return g_strdup (_("had nothing so far"));
    case P2P_CHORD_PLACE_STATE_NOTHING: return g_strdup (rt_ring_answer_words (RT_RING_NOTHING));
    case P2P_CHORD_PLACE_STATE_SILENT: return g_strdup (rt_ring_answer_words (RT_RING_SILENT));
    case P2P_CHORD_PLACE_STATE_NOBODY: return g_strdup (rt_ring_answer_words (RT_RING_NOBODY));
    case P2P_CHORD_PLACE_STATE_WAITING:
    default: return g_strdup (rt_ring_answer_words (RT_RING_WAITING));
    }
}

gboolean
rt_ring_place_read (RtRingPlace    *self,
                    P2pChordLookup *lookup,
                    guint           index)
{
  g_autoptr (P2pChordPlaceInfo) place = NULL;
  P2pChordPlaceState state = 0;
  gboolean agrees = FALSE;

  *self = (RtRingPlace) { 0 };
  if (lookup != NULL && index < p2p_chord_lookup_get_n_places (lookup))
    place = g_object_ref (p2p_chord_lookup_get_place (lookup, index));
  if (place == NULL)
    return FALSE;
  g_object_get (place, "hash", &self->hash, "asked-id", &self->asked, "holder-id", &self->holder, "fraction", &self->fraction,
                "state", &state, "agrees", &agrees, "is-self", &self->is_self, "hops", &self->hops, "milliseconds", &self->milliseconds, NULL);
  self->answer = get_answer (state, agrees);
  self->has_value = state == P2P_CHORD_PLACE_STATE_VALUE;
  self->author = g_strdup (p2p_chord_place_info_get_author (place));
  self->words = dup_place_words (place, state);
  return TRUE;
}

void
rt_ring_place_clear (RtRingPlace *self)
{
  g_clear_pointer (&self->hash, g_free);
  g_clear_pointer (&self->words, g_free);
  g_clear_pointer (&self->asked, g_free);
  g_clear_pointer (&self->holder, g_free);
  g_clear_pointer (&self->author, g_free);
}

/* Who signed the value, or that nobody did. */
static char *
dup_signed (const char *author)
{
  g_autofree char *name = NULL;

  if (author == NULL)
    return g_strdup (_("not signed"));
  name = rt_short_id (author);
  /* Translators: %s is the short id of who signed a value */
  return g_strdup_printf (_("signed by %s"), name);
}

char *
rt_ring_place_dup_title (const RtRingPlace *self)
{
  g_autofree char *at = rt_ring_dup_percent (self->fraction);

  /* Translators: the name of a hash, as in "sha1", then how far round the ring it puts the key */
  return g_strdup_printf (_("%s, at %s"), self->hash, at);
}

static void
append_part (GString    *text,
             const char *part)
{
  g_string_append (text, text->len > 0 ? " · " : "");
  g_string_append (text, part);
}

/* Who said it, how far that was, and who signed it. */
char *
rt_ring_place_dup_way (const RtRingPlace *self)
{
  GString *text = g_string_new (NULL);
  g_autofree char *is_signed = self->has_value ? dup_signed (self->author) : NULL;
  g_autofree char *holder = self->holder != NULL ? rt_short_id (self->holder) : NULL;
  g_autofree char *asked = self->asked != NULL ? rt_short_id (self->asked) : NULL;

  if (self->is_self)
    g_string_append (text, _("stored on this computer"));
  if (self->is_self && is_signed != NULL)
    append_part (text, is_signed);
  if (self->is_self)
    return g_string_free (text, FALSE);
  if (self->answer == RT_RING_NOBODY)
    return g_string_free (text, FALSE);
  if (holder != NULL)
    g_string_append (text, holder);
  else if (asked != NULL)
    /* Translators: %s is the short id of the node that was asked; it may have asked others */
    g_string_append_printf (text, _("through %s"), asked);
  if (self->answer == RT_RING_WAITING || self->answer == RT_RING_SILENT)
    return g_string_free (text, FALSE);
  if (self->hops > 0)
    {
      g_string_append (text, text->len > 0 ? " · " : "");
      g_string_append_printf (text, ngettext ("%u hop", "%u hops", self->hops), self->hops);
    }
  g_string_append (text, text->len > 0 ? " · " : "");
  /* Translators: milliseconds */
  g_string_append_printf (text, _("%.0f ms"), MAX (ceil (self->milliseconds), 1));
  if (is_signed != NULL)
    append_part (text, is_signed);
  return g_string_free (text, FALSE);
}

char *
rt_ring_place_dup_spoken (const RtRingPlace *self)
{
  g_autofree char *title = rt_ring_place_dup_title (self), *way = rt_ring_place_dup_way (self);

  if (*way == '\0')
    /* Translators: where a place of a key is, whether it counts, what it said */
    return g_strdup_printf (_("%s. %s: %s"), title, rt_ring_answer_words (self->answer), self->words);
  /* Translators: where a place of a key is, whether it counts, what it said, who did */
  return g_strdup_printf (_("%s. %s: %s. %s"), title, rt_ring_answer_words (self->answer), self->words, way);
}

/* ---- all of them ---- */

static guint
count_nothing (P2pChordLookup *lookup)
{
  guint n = 0;

  for (guint i = 0; i < p2p_chord_lookup_get_n_places (lookup); i++)
    n += p2p_chord_place_info_get_state (p2p_chord_lookup_get_place (lookup, i)) == P2P_CHORD_PLACE_STATE_NOTHING;
  return n;
}

char *
rt_ring_dup_outcome (P2pChordLookup *lookup)
{
  guint n = p2p_chord_lookup_get_n_places (lookup), n_equal = p2p_chord_lookup_get_n_equal (lookup);
  const char *expected = p2p_chord_lookup_get_expected_author (lookup);
  g_autofree char *is_signed = NULL, *author = NULL;

  switch (p2p_chord_lookup_get_outcome (lookup))
    {
    case P2P_CHORD_LOOK_OUTCOME_VALUE:
      is_signed = dup_signed (p2p_chord_lookup_get_author (lookup));
      /* Translators: of how many of the places of a key what is said the same: "4 of 5 places say the same, signed by 7kQX…oTiR", or "not signed" */
      return g_strdup_printf (ngettext ("%u of %u place says the same, %s", "%u of %u places say the same, %s", n_equal), n_equal, n, is_signed);
    case P2P_CHORD_LOOK_OUTCOME_UNSIGNED:
      author = expected != NULL ? rt_short_id (expected) : NULL;
      if (author == NULL)
        return g_strdup (_("What the places say is not signed by who wrote it last: it does not count"));
      /* Translators: %s is the short id of the node that wrote a key last */
      return g_strdup_printf (_("What the places say is not signed by %s, who wrote it last: it does not count"), author);
    case P2P_CHORD_LOOK_OUTCOME_ABSENT:
      n_equal = count_nothing (lookup);
      return g_strdup_printf (ngettext ("There is no such key: %u of %u place has nothing", "There is no such key: %u of %u places have nothing", n_equal), n_equal, n);
    case P2P_CHORD_LOOK_OUTCOME_DISAGREE:
      /* Translators: %u is how many places a key has: 5 */
      return g_strdup_printf (_("No three of the %u places say the same"), n);
    case P2P_CHORD_LOOK_OUTCOME_TIMED_OUT:
      return g_strdup_printf (_("Too few of the %u places answered in time"), n);
    case P2P_CHORD_LOOK_OUTCOME_NOBODY: return g_strdup (_("No storing node is known"));
    case P2P_CHORD_LOOK_OUTCOME_ENDED:
    default: return g_strdup (_("The network went off meanwhile"));
    }
}

const char *
rt_ring_answer_words (RtRingAnswer answer)
{
  switch (answer)
    {
    case RT_RING_AGREES: return _("the value that counts");
    case RT_RING_OTHER: return _("another value");
    case RT_RING_NOTHING: return _("has nothing");
    case RT_RING_SILENT: return _("did not answer");
    case RT_RING_NOBODY: return _("nobody to ask");
    case RT_RING_WAITING:
    default: return _("being asked");
    }
}
