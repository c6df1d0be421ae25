/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/timeline/rt-message-item.h"
#include "model/people/rt-people.h"
#include "store/rt-store-chat.h"

G_BEGIN_DECLS

/* What is known of a message, for its details: each a title and a value in words. */
typedef enum {
  RT_MESSAGE_FACT_SENDER,
  RT_MESSAGE_FACT_PROOF,
  RT_MESSAGE_FACT_KEY,
  RT_MESSAGE_FACT_RECIPIENT,
  RT_MESSAGE_FACT_READERS,
  RT_MESSAGE_FACT_SENT,         /* the time that it claims */
  RT_MESSAGE_FACT_HEARD,
  RT_MESSAGE_FACT_ROUTE,
  RT_MESSAGE_FACT_TOLD,
  RT_MESSAGE_FACT_ANSWERS,
  RT_MESSAGE_FACT_DELIVERY,
  RT_MESSAGE_FACT_RECEIPTS,
  RT_MESSAGE_FACT_ID,
  RT_MESSAGE_N_FACTS,
} RtMessageFact;

const char *rt_message_fact_get_title (RtMessageFact fact);
/* people: nullable; receipts: of RtStoreReceipt, those that the store kept, nullable. NULL: there is nothing to say. Transfer full. */
char       *rt_message_fact_dup_value (RtMessageFact fact, RtMessageItem *item, RtPeople *people, GPtrArray *receipts);
/* What the button beside it copies: an id as it is. NULL: there is no button. Transfer full. */
char       *rt_message_fact_dup_copied (RtMessageFact fact, RtMessageItem *item);
/* All of them and the packets, for a bug report. Transfer full. */
char       *rt_message_facts_dup_text (RtMessageItem *item, RtPeople *people, GPtrArray *receipts);
char       *rt_message_dup_packets    (RtMessageItem *item);

G_END_DECLS
