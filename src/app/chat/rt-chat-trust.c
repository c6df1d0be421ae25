/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-chat-trust.h"

#define FINGERPRINT "rt-fingerprint"    /* on the person: thousands of hashes make one */

const char *
rt_person_state_icon (RtPersonState state)
{
  switch (state)
    {
    case RT_PERSON_VERIFIED:
      return "security-high-symbolic";
    case RT_PERSON_CHANGED:
      return "dialog-warning-symbolic";
    case RT_PERSON_UNVERIFIED:
    default:
      return "dialog-question-symbolic";
    }
}

gboolean
rt_person_state_warns (RtPersonState state)
{
  return state == RT_PERSON_CHANGED;
}

static RtPersonState
get_state (RtMessageItem *item, RtPeople *people)
{
  RtPerson *person = people != NULL ? rt_people_find (people, rt_message_item_get_sender (item)) : NULL;

  /* a name of somebody else counts for more than that he signs under it */
  if (person != NULL && rt_person_get_state (person) == RT_PERSON_CHANGED)
    return RT_PERSON_CHANGED;
  return rt_message_item_get_trust (item) == RT_TRUST_VERIFIED ? RT_PERSON_VERIFIED : RT_PERSON_UNVERIFIED;
}

void
rt_trust_badge (RtMessageItem *item, RtPeople *people, RtTrustBadge *badge)
{
  RtTrust trust = rt_message_item_get_trust (item);
  RtPersonState state;

  *badge = (RtTrustBadge) { NULL };
  if (trust == RT_TRUST_OWN)
    return;
  if (trust == RT_TRUST_UNSIGNED)
    {
      /* Translators: beside the name of who is said to have written a message: that person signs, and this has no signature */
      badge->word = C_("message", "Not signed");
      badge->icon = "security-low-symbolic";
      badge->warns = TRUE;
      return;
    }
  state = get_state (item, people);
  badge->word = rt_person_state_word (state);
  badge->icon = rt_person_state_icon (state);
  badge->warns = rt_person_state_warns (state);
}

char *
rt_trust_dup_sentence (RtMessageItem *item, RtPeople *people)
{
  RtTrust trust = rt_message_item_get_trust (item);

  if (trust != RT_TRUST_UNSIGNED && trust != RT_TRUST_OWN && get_state (item, people) == RT_PERSON_CHANGED)
    return rt_person_dup_state_words (rt_people_find (people, rt_message_item_get_sender (item)));
  return g_strdup (rt_trust_words (trust));
}

char *
rt_person_dup_fingerprint (RtPerson *person)
{
  const char *known = g_object_get_data (G_OBJECT (person), FINGERPRINT);
  g_autofree char *digits = NULL, *words = NULL;

  /* an id has one key */
  if (known != NULL)
    return g_strdup (known);
  digits = rt_person_dup_digits (person);
  words = rt_person_dup_words (person);
  if (digits == NULL || words == NULL)
    return NULL;
  known = g_strdup_printf ("%s\n%s", digits, words);
  g_object_set_data_full (G_OBJECT (person), FINGERPRINT, (gpointer) known, g_free);
  return g_strdup (known);
}
