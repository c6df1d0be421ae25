/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/people/rt-people.h"
#include "model/people/rt-trust.h"

G_BEGIN_DECLS

/* How it is shown whether somebody is who he says: always a shape and a word, never a colour alone. */
const char *rt_person_state_icon    (RtPersonState state);

/* Beside the name of who wrote a message; people and person: nullable. Word NULL: there is nothing to say, it is our own. All transfer none. */
typedef struct {
  const char *word, *icon;
  gboolean    warns;
} RtTrustBadge;
void        rt_trust_badge          (RtTrust trust, RtPerson *person, RtTrustBadge *badge);
void        rt_trust_badge_of       (RtMessageItem *item, RtPeople *people, RtTrustBadge *badge);
/* The same in a sentence. Transfer full, nullable. */
char       *rt_trust_dup_sentence   (RtMessageItem *item, RtPeople *people);

/* Digits, and words on a line of their own; NULL: no key is known. Worked out once for each person. Transfer full. */
char       *rt_person_dup_fingerprint (RtPerson *person);

G_END_DECLS
