/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-store-private.h"

G_BEGIN_DECLS

/* Batches that hurry are handed to the worker one behind the other; more of them than this wait until one is done. */
#define RT_STORE_WRITER_HANDED 16u

/* What a writer has to know of what it writes. What is written together is a batch, of a type of its owner's. All but write() is called in the owner's thread. */
typedef struct {
  const char *name;             /* static; of its tasks and timers */
  const char *doing;            /* words for a person, not translated yet: what failed when a batch was not even tried */
  guint       milliseconds;     /* gathered for so long, */
  guint       most;             /* or until it is of so many, whichever comes first; 0: however many */
  guint       retry;            /* milliseconds after a write that failed: the disk may be full */

  gpointer  (*create)   (gpointer owner);
  void      (*free)     (gpointer batch);
  guint     (*count)    (gpointer batch);                                       /* 0: nothing has to be written */
  /* In the worker. FALSE: nothing of it was written. It changes nothing that the owner reads meanwhile. */
  gboolean  (*write)    (RtStoreDb *db, gpointer batch, GError **error);
  /* Failed was not written, what has come since wins. Takes failed. */
  void      (*put_back) (gpointer newer, gpointer failed);
  /* Makes what is gathered small enough for the memory: how many of it a person loses by that. */
  guint     (*bound)    (gpointer owner, gpointer batch);
  void      (*written)  (gpointer owner, gpointer batch);                       /* nullable */
  void      (*error_changed) (gpointer owner);
  char     *(*describe_loss) (guint64 n);                                       /* a sentence; nullable: what bound() counts is no loss */
} RtStoreWriterKind;

/**
 * RtStoreWriter:
 *
 * Gathers what is to be written for an owner, and has the store write it together. What was not written goes back to what is gathered, below what is newer, and is tried again.
 * A batch that was handed over behind another one is written only when that one was: it may be about the same things. While something is with the worker, the owner stays.
 * Of the owner's thread.
 */
typedef struct _RtStoreWriter RtStoreWriter;

/* owner: no reference. */
RtStoreWriter *rt_store_writer_new  (const RtStoreWriterKind *kind, RtStore *store, gpointer owner);
/* In the owner's dispose: what is left goes to the worker. */
void           rt_store_writer_free (RtStoreWriter *self);

/* The batch to add to; call rt_store_writer_gathered() then, with now for what does not wait. */
gpointer       rt_store_writer_get_gathering (RtStoreWriter *self);
void           rt_store_writer_gathered      (RtStoreWriter *self, gboolean now);

/* What is not known to be written, oldest first; the last one is what is gathered. NULL: there are no more. */
gpointer       rt_store_writer_get_batch (RtStoreWriter *self, guint i);

/* All that was asked for before is written, or could not be. A task of the owner. */
void           rt_store_writer_flush_async (RtStoreWriter *self, GAsyncReadyCallback callback, gpointer user_data);
/* Hands what is left to the worker at once. */
void           rt_store_writer_hurry (RtStoreWriter *self);

/* Words: the newest write failed; NULL: it did not. That the database is not open concerns more than one owner, and is told by whoever opened it: NULL. */
const char    *rt_store_writer_get_error (RtStoreWriter *self);
void           rt_store_writer_set_retry (RtStoreWriter *self, guint milliseconds);

G_END_DECLS
