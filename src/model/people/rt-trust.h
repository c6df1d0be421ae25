/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-person.h"
#include "model/timeline/rt-message-item.h"

G_BEGIN_DECLS

/* What is to be said of who wrote a message: by what is proved of the message, and what is known of the person (nullable). Wherever it is shown, it is this. */
RtPersonState rt_trust_judge      (RtTrust trust, RtPerson *person);
/* A state to be wary of, not only one of which nothing is known. */
gboolean      rt_person_state_warns (RtPersonState state);
/* Where there is room for one text only: the word that warns, NULL: none is needed. Transfer none. */
const char   *rt_trust_mark       (RtTrust trust, RtPerson *person);
/* A name and that word: as rt_name_dup_shown(). Transfer full. */
char         *rt_trust_dup_marked (const char *shown, RtTrust trust, RtPerson *person);
/* In a sentence; NULL: it is our own. Transfer full. */
char         *rt_trust_dup_words  (RtTrust trust, RtPerson *person);

G_END_DECLS
