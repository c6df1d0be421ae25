/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-trust.h"

#include <glib/gi18n-lib.h>

gboolean
rt_person_state_warns (RtPersonState state)
{
  return state == RT_PERSON_CHANGED || state == RT_PERSON_SAME_NAME || state == RT_PERSON_RENAMED;
}

RtPersonState
rt_trust_judge (RtTrust trust, RtPerson *person)
{
  RtPersonState state = person != NULL ? rt_person_get_state (person) : RT_PERSON_UNVERIFIED;

  /* a name of somebody else counts for more than that he signs under it */
  if (rt_person_state_warns (state))
    return state;
  if (trust != RT_TRUST_VERIFIED)
    return RT_PERSON_UNVERIFIED;
  return state == RT_PERSON_VERIFIED ? RT_PERSON_VERIFIED : RT_PERSON_SIGNED;
}

const char *
rt_trust_mark (RtTrust trust, RtPerson *person)
{
  RtPersonState state = rt_trust_judge (trust, person);

  if (trust == RT_TRUST_OWN)
    return NULL;
  if (trust == RT_TRUST_UNSIGNED)
    /* Translators: beside the name of who is said to have written a message: that person signs, and this has no signature */
    return C_("message", "Not signed");
  return rt_person_state_warns (state) ? rt_person_state_word (state) : NULL;
}

char *
rt_trust_dup_marked (const char *shown, RtTrust trust, RtPerson *person)
{
  const char *mark = rt_trust_mark (trust, person);

  /* Translators: who wrote a message, then "Not signed", "Changed" or the like */
  return mark != NULL ? g_strdup_printf (_("%s · %s"), shown, mark) : g_strdup (shown);
}

char *
rt_trust_dup_words (RtTrust trust, RtPerson *person)
{
  RtPersonState state = rt_trust_judge (trust, person);

  if (trust == RT_TRUST_OWN)
    return NULL;
  if (trust != RT_TRUST_UNSIGNED && rt_person_state_warns (state))
    return rt_person_dup_state_words (person);
  if (trust != RT_TRUST_VERIFIED || person == NULL)
    return g_strdup (rt_trust_words (trust));
  if (state == RT_PERSON_VERIFIED)
    return g_strdup (_("Verified: it is proved that this sender wrote it, and you compared keys"));
  return g_strdup (_("Signed: it is proved that this sender wrote it. Keys not compared yet"));
}
