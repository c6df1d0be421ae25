/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-attachment-private.h"
#include "rt-kept-file.h"
#include "rt-transfers.h"

G_BEGIN_DECLS

/* Who fetches keeps at most so many pieces on their way, and begins with few: what is on its way delays what is said. */
#define RT_TRANSFERS_MAX_WINDOW 32u
#define RT_TRANSFERS_FIRST_WINDOW 4u
/* What waits to be written; more is not asked for meanwhile. */
#define RT_TRANSFERS_MAX_UNWRITTEN (4u * 1024 * 1024)
#define RT_TRANSFERS_MAX_FETCHES 8u             /* at a time; others wait for their turn */
#define RT_TRANSFERS_KEPT_PLACES 4u             /* of them: what comes unasked never takes these */
#define RT_TRANSFERS_MAX_UNASKED 16u            /* that come, or wait, unasked; more are only shown to be there */
#define RT_TRANSFERS_MAX_OF_OFFERER 3u          /* of one who offers: he may be slow, and others wait */
#define RT_TRANSFERS_MAX_UNSENT 64u             /* read back after a restart */
#define RT_TRANSFERS_MAX_OFFERS 4096u           /* remembered; the oldest go */
#define RT_TRANSFERS_MAX_HEARD 512u             /* offers whose message did not come yet */
#define RT_TRANSFERS_MAX_WAITING 64u            /* peers that wait for something of ours */
#define RT_TRANSFERS_MAX_OF_PEER 4u             /* files that one peer is given at a time */

/* What we give, and to whom. */
typedef struct {
  GBytes    *file;
  guint64    size;
  gboolean   everybody;
  GPtrArray *recipients;        /* of ids, else */
} RtOffer;

/* Something of ours that a peer is given: from next to end, which he moves on. */
typedef struct {
  RtTransfers  *transfers;      /* not owned: it owns this */
  char         *peer;
  GBytes       *file;
  gint64        token;
  guint64       next, end, size;
  gint64        used;           /* monotonic */
  GInputStream *stream;         /* NULL: not opened yet */
  GCancellable *cancellable;
  gboolean      busy;           /* opening, or reading */
} RtServe;

typedef struct {
  RtTransfers   *transfers;     /* not owned: it owns this */
  GPtrArray     *attachments;   /* who shows it */
  GPtrArray     *savers;        /* of GTask: who waits for it */
  GBytes        *file;
  char          *offerer;
  char          *part;          /* path: where it comes to */
  gint64         token;
  guint64        size, received, asked;
  GOutputStream *out;           /* NULL: not opened yet */
  GQueue         unwritten;     /* of GBytes */
  gsize          n_unwritten;
  GCancellable  *cancellable;
  guint          window, timer;
  gint64         asked_at;
  gint64         heard_at;      /* or begun: monotonic */
  guint64        window_end;    /* when so much is there, the pace is looked at */
  guint          started : 1;
  guint          wanted : 1;    /* by the person; else it comes unasked */
  guint          writing : 1;
  guint          checking : 1;
  guint          gap_told : 1;
  guint          asking : 1;    /* a question is being handed over */
  guint          heard : 1;     /* something came */
  guint          lost : 1;      /* there is no link to the offerer */
  guint          told : 1;      /* words say why nothing comes */
  guint          resting : 1;   /* the network is off */
  guint          waits : 1;     /* was asked for while it was: links may need a while */
} RtFetch;

struct _RtTransfers {
  GObject        parent_instance;
  char          *folder;
  gboolean       temporary;
  P2pMeshSocket *socket;
  gulong         frame_handler, links_handler;
  guint64        folder_bytes;
  guint          max_served;
  guint          max_rate;
  guint          patience;
  RtPreviews     previews;
  char          *error;         /* of what is kept beside the files */
  GCancellable  *cancellable;   /* of all that outlives a call */

  GHashTable    *offers;        /* of RtOffer, by hash in hex */
  GQueue         offer_order;   /* of the keys, the oldest first */
  RtKeptFile    *offers_file;   /* NULL: not kept */
  gboolean       offers_loaded;
  gboolean       offers_withdrawn;      /* all of them, while they were read */
  GQueue         early;         /* of RtEarlyFetch: came before our offers were read */
  GQueue         heard;         /* of HeardOffer, the oldest first */

  GPtrArray     *serves;        /* of RtServe, in the order in which they have their turn */
  guint          serve_timer;
  double         allowance;     /* bytes that may go now */
  gint64         allowed_at;

  GPtrArray     *fetches;       /* of RtFetch, in the order in which they were asked for */
  GHashTable    *parts;         /* of Part, by path: those that somebody uses */

  GListStore    *unsent;        /* of RtAttachment */
  RtKeptFile    *unsent_file;   /* NULL: not kept */
  gboolean       unsent_loaded;

  GPtrArray     *known;         /* ids, the latest last */
  RtKeptFile    *known_file;    /* NULL: not kept */
  gboolean       known_loaded;
};

/* ---- rt-transfers.c ---- */
char *rt_transfers_dup_hex (GBytes *file);
char *rt_transfers_dup_path (RtTransfers *self, GBytes *file);
void  rt_transfers_kept_cb (gpointer data);
void  rt_transfers_tell_offers (RtTransfers *self);
/* The network is left: nothing stays, also of what is still under way. */
void  rt_transfers_forget (RtTransfers *self);

/* ---- rt-transfers-known.c ---- */
void     rt_transfers_load_known (RtTransfers *self);
gboolean rt_transfers_is_known   (RtTransfers *self, const char *id);

/* ---- rt-transfers-files.c: what is done in threads ---- */
/* A file, or bytes: copied into the folder under its hash. */
typedef struct {
  GBytes *file;
  guint64 size;
  char   *mime_type;
  char   *path;
} RtStoredFile;
void          rt_stored_file_free (RtStoredFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtStoredFile, rt_stored_file_free)
void          rt_transfers_store_async  (RtTransfers *self, GFile *source, GBytes *bytes, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
RtStoredFile *rt_transfers_store_finish (GAsyncResult *result, GError **error);
/* The beginning of it that is here already: to go on behind it. */
void           rt_transfers_open_part_async  (RtTransfers *self, const char *part, guint64 size, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GOutputStream *rt_transfers_open_part_finish (GAsyncResult *result, guint64 *there, GError **error);
/* Whether what came is what was promised: its path. G_IO_ERROR_INVALID_DATA: it is not, and it is gone. */
void           rt_transfers_check_part_async  (RtTransfers *self, const char *part, GBytes *file, guint64 size, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char          *rt_transfers_check_part_finish (GAsyncResult *result, GError **error);
void           rt_transfers_remove_folder (const char *folder);

/* ---- rt-transfers-parts.c ---- */
char    *rt_transfers_dup_part_path (RtTransfers *self, GBytes *file, const char *offerer, guint64 size);
void     rt_transfers_hold_part    (RtTransfers *self, const char *path);
void     rt_transfers_release_part (RtTransfers *self, const char *path);
/* It is deleted as soon as nobody uses it. */
void     rt_transfers_drop_part    (RtTransfers *self, const char *path);
gboolean rt_transfers_part_is_used (RtTransfers *self, const char *path);

/* ---- rt-transfers-unsent.c ---- */
void     rt_transfers_load_unsent (RtTransfers *self);
void     rt_transfers_save_unsent (RtTransfers *self);
gboolean rt_transfers_is_unsent   (RtTransfers *self, GBytes *file);

/* ---- rt-transfers-offers.c: what we give ---- */
void     rt_offer_free (gpointer data);
void     rt_transfers_load_offers (RtTransfers *self);
RtOffer *rt_transfers_find_offer (RtTransfers *self, GBytes *file, const char *peer);    /* NULL: none for him */
void     rt_transfers_add_offered (RtTransfers *self, GHashTable *names);               /* the names of the files */
void     rt_transfers_withdraw (RtTransfers *self, GBytes *file);
void     rt_transfers_withdraw_all (RtTransfers *self);

/* ---- rt-transfers-serve.c ---- */
/* Came before our offers were read. */
typedef struct {
  P2pAppFrame *frame;
  char        *peer;
} RtEarlyFetch;
void rt_early_fetch_free (gpointer data);
void rt_transfers_take_early (RtTransfers *self);
void rt_serve_free (gpointer data);
void rt_transfers_take_fetch (RtTransfers *self, P2pAppFrame *frame, const char *peer);
void rt_transfers_end_serving (RtTransfers *self, GBytes *file);          /* NULL: everything */
void rt_transfers_end_unlinked (RtTransfers *self);                       /* those that nobody waits for any more */

/* ---- rt-transfers-turns.c ---- */
RtFetch *rt_transfers_find_fetch (RtTransfers *self, RtAttachment *attachment);
/* wanted: by the person. NULL: it comes unasked, and too many do; or the network was left. */
RtFetch *rt_transfers_begin_fetch (RtTransfers *self, RtAttachment *attachment, gboolean wanted);
void     rt_transfers_go_on (RtTransfers *self);                          /* there is a node, or another link */
void     rt_transfers_rest (RtTransfers *self);                           /* there is no node any more */
void     rt_transfers_wake (RtTransfers *self);                           /* there is one again */

/* ---- rt-transfers-fetch.c ---- */
void     rt_fetch_free (gpointer data);
void     rt_fetch_start (RtFetch *self);
void     rt_fetch_ask (RtFetch *self, gboolean anew);                     /* anew: what was asked for before may never come */
/* Whoever is told may cancel it. FALSE: the fetch is no more. */
gboolean rt_fetch_tell (RtFetch *self, RtAttachmentState state, const char *words);
/* OFFERED: it is over, and goes on where it was when it is asked for again. */
void     rt_transfers_end_fetch (RtFetch *fetch, RtAttachmentState state, const char *words, const char *path);
void     rt_transfers_take_chunk (RtTransfers *self, P2pAppFrame *frame, const char *peer);

G_END_DECLS
