/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-network-private.h"

G_BEGIN_DECLS

/* Nodes drop what is older than a minute, and know an id for longer. */
#define RT_OUTGOING_RESEND_SECONDS 45

typedef enum {
  RT_OUTGOING_WAITING,
  RT_OUTGOING_COMMITTING,       /* on its way to the disk */
  RT_OUTGOING_LOOKING,          /* its recipient is being looked for */
} RtOutgoingState;

/* An own message on its way. */
typedef struct {
  RtMessageItem *item;
  P2pMessage    *prepared;      /* what it will be; NULL: not known yet */
  RtOutgoingState state;
  gboolean       restored;      /* prepared is of before a restart: it may have left */
  gboolean       through;       /* prepared went through others: nobody said that he has it */
  gboolean       heard;         /* its recipient, since then */
  gboolean       too_large;     /* for that way */
  gint64         said_at;       /* UTC microseconds: when it did; 0: in another life */
  gboolean       kept;          /* the store has the row */
  gboolean       anew;          /* the person wants it to leave, whoever he was when he wrote it */
  gboolean       gone;          /* out of the queue */
  guint          turn;          /* answers of an earlier one are late */
  guint          n_attempts;
  gint64         next_try;      /* UTC microseconds; 0: as soon as it can be */
  gint64         began;         /* monotonic: the looking */
  GCancellable  *cancellable;
} RtOutgoing;

/* Something that an answer is waited for of. */
typedef struct {
  RtNetwork  *network;
  RtOutgoing *out;
  guint       turn;
} RtTurn;

/* ---- rt-network-leave.c ---- */
RtTurn  *rt_turn_begin   (RtNetwork *self, RtOutgoing *out, RtOutgoingState state);
void     rt_turn_free    (RtTurn *turn);
/* Somebody else goes on with it. */
gboolean rt_turn_is_late (const RtTurn *turn);
void     rt_outgoing_show (RtNetwork *self, RtOutgoing *out, P2pMessage *message, RtDelivery delivery, guint n_links, const char *error);
gboolean rt_outgoing_is_too_old (const RtOutgoing *out);
/* UTC microseconds; 0: now. */
gint64   rt_outgoing_get_next_try (const RtOutgoing *out);
gboolean rt_outgoing_can_go (RtNetwork *self, const RtOutgoing *out);
/* On to the disk, and out. */
void     rt_outgoing_start (RtNetwork *self, RtOutgoing *out);
/* It waits for somebody; error: nullable, what it waits for. */
void     rt_outgoing_wait (RtNetwork *self, RtOutgoing *out, const char *error);
/* It is out of the queue. */
void     rt_outgoing_end (RtNetwork *self, RtOutgoing *out, P2pMessage *message, RtDelivery delivery, guint n_links, const char *error);
/* What is kept of it. */
void     rt_outgoing_save (RtNetwork *self, RtOutgoing *out, gboolean outbox, gboolean now);
void     rt_outgoing_unref (RtOutgoing *out);

/* ---- rt-network-through.c ---- */
/* Now: its recipient has no link, and there are others. */
gboolean rt_outgoing_may_go_through (RtNetwork *self, RtOutgoing *out);
gboolean rt_outgoing_is_too_large (RtOutgoing *out);
/* For that way; it is looked for all the same. */
void     rt_outgoing_wait_for_link (RtNetwork *self, RtOutgoing *out);
const char *rt_outgoing_get_large_words (void);
gboolean rt_outgoing_prepare_whisper (RtNetwork *self, RtOutgoing *out, gint64 second, GError **error);
/* It is on the disk, and is said as what it is there. */
void     rt_outgoing_say (RtNetwork *self, RtOutgoing *out);
/* It went through others, and waits. */
void     rt_outgoing_rest (RtNetwork *self, RtOutgoing *out);
/* Until its recipient is heard. */
gboolean rt_outgoing_rests (const RtOutgoing *out);
void     rt_outgoing_note_heard (RtNetwork *self, RtOutgoing *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtTurn, rt_turn_free)

G_END_DECLS
