/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-chat-trust.h"

#define FINGERPRINT "rt-fingerprint"    /* on the person: thousands of hashes make one */

/* Each of another shape: a shield for what the person compared, a key for what is only signed. */
const char *
rt_person_state_icon (RtPersonState state)
{
  switch (state)
    {
    case RT_PERSON_VERIFIED:
      return "security-high-symbolic";
    case RT_PERSON_SIGNED:
      return "dialog-password-symbolic";
    case RT_PERSON_RENAMED:
      return "document-edit-symbolic";
    case RT_PERSON_SAME_NAME:
      return "system-users-symbolic";
    case RT_PERSON_CHANGED:
      return "dialog-warning-symbolic";
    case RT_PERSON_UNVERIFIED:
    default:
      return "dialog-question-symbolic";
    }
}

static RtPerson *
find_sender (RtMessageItem *item, RtPeople *people)
{
  return people != NULL ? rt_people_find (people, rt_message_item_get_sender (item)) : NULL;
}

void
rt_trust_badge (RtTrust trust, RtPerson *person, RtTrustBadge *badge)
{
  RtPersonState state = rt_trust_judge (trust, person);
  const char *mark = rt_trust_mark (trust, person);

  *badge = (RtTrustBadge) { NULL };
  if (trust == RT_TRUST_OWN)
    return;
  badge->word = mark != NULL ? mark : rt_person_state_word (state);
  badge->icon = trust == RT_TRUST_UNSIGNED ? "security-low-symbolic" : rt_person_state_icon (state);
  badge->warns = mark != NULL;
}

void
rt_trust_badge_of (RtMessageItem *item, RtPeople *people, RtTrustBadge *badge)
{
  rt_trust_badge (rt_message_item_get_trust (item), find_sender (item, people), badge);
}

char *
rt_trust_dup_sentence (RtMessageItem *item, RtPeople *people)
{
  return rt_trust_dup_words (rt_message_item_get_trust (item), find_sender (item, people));
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
