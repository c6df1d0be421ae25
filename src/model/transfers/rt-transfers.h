/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-attachment.h"
#include "p2p/p2p.h"

G_BEGIN_DECLS

/**
 * RtTransfers: the files of a network: what we offer, and what we fetch.
 *
 * A file is offered by a frame FILE beside the message that names it, asked for in pieces (FETCH), and comes in pieces (CHUNK): who fetches sets the pace, so that a message never waits long behind a file. It is
 * kept under the hash of its content in a folder of the program, where nobody meets it by accident, and goes elsewhere only when the person says so. What comes is checked against that hash; what is not it is thrown away.
 * Bounds: RT_ATTACHMENT_MAX_SIZE a file, folder-bytes in all (then the oldest go: first what has come only in part, then what came unasked, ours last), RT_TRANSFERS_… below.
 *
 * A small picture comes by itself, to be shown, over a link to who offers it, if previews says so (RtPreviews): of others there is a button.
 *
 * Properties: folder-bytes, max-served, max-rate (bytes a second that we give away, to all), patience (milliseconds without a piece before it is asked for again); for tests, and people with thin lines;
 * previews; error (words, nullable, read only): what was attached and is offered cannot be written down.
 * Signals: offered (GBytes *about, RtAttachment *): the frame came after its message; offers-changed: what rt_transfers_get_offered() says of some may be another.
 * Of its owner's thread; files are read and written in others.
 */
#define RT_TYPE_TRANSFERS (rt_transfers_get_type ())
G_DECLARE_FINAL_TYPE (RtTransfers, rt_transfers, RT, TRANSFERS, GObject)

/* Whose small pictures come unasked. Those whom the person has answered, written to privately, or asked for a file, are known; the program remembers RT_TRANSFERS_MAX_KNOWN of them. */
typedef enum {
  RT_PREVIEWS_NEVER,
  RT_PREVIEWS_KNOWN,
  RT_PREVIEWS_NEIGHBOURS,       /* of everybody with a link */
} RtPreviews;

#define RT_TRANSFERS_MAX_KNOWN 256u
#define RT_TRANSFERS_FOLDER_BYTES (G_GUINT64_CONSTANT (1024) * 1024 * 1024)
#define RT_TRANSFERS_CHUNK (48u * 1024)         /* py2p does not relay more in one packet */
#define RT_TRANSFERS_MAX_SERVED 4u              /* peers that are given something at a time; others wait */
#define RT_TRANSFERS_MAX_RATE (64u * 1024 * 1024)
#define RT_TRANSFERS_PATIENCE 10000u            /* milliseconds */
#define RT_TRANSFERS_TRIES 4u                   /* so often it is asked for again while nothing comes */

/* folder: where they are kept (made when it is needed); NULL: a temporary one, which goes with this. */
RtTransfers  *rt_transfers_new        (const char *folder);
/* The node that it is done with; NULL: the network is off: what is being fetched waits, and goes on where it was. */
void          rt_transfers_set_socket (RtTransfers *self, P2pMeshSocket *socket);

/* Ours. At once an RtAttachment in state PREPARING (transfer full), which becomes HERE or FAILED (error says why). */
RtAttachment *rt_transfers_add_file   (RtTransfers *self, GFile *file);
RtAttachment *rt_transfers_add_bytes  (RtTransfers *self, GBytes *bytes, const char *name, const char *mime_type);
/* The person thought better of it before it was sent. The file stays until there is no room: others may be of the same content. */
void          rt_transfers_drop       (RtTransfers *self, RtAttachment *attachment);
/* What was attached and is not sent yet, for who writes it to add to and take from: of RtAttachment, kept over restarts. Transfer none. */
GListStore   *rt_transfers_get_unsent (RtTransfers *self);
/* All of it that is for nobody in particular is for him (id) alone from now on. */
void          rt_transfers_mean_unsent (RtTransfers *self, const char *id);
/* It is sent: who may fetch it: recipient (id), or everybody (NULL). Kept over restarts. [rt_network_send() calls it] */
void          rt_transfers_offer      (RtTransfers *self, RtAttachment *attachment, const char *recipient);

/* Theirs: what was offered with this message, whose frame came before it; transfer full, nullable. [called when a message is taken] */
RtAttachment *rt_transfers_take_offer (RtTransfers *self, P2pMessage *message);
/* Whether others are given it: an own one. */
gboolean      rt_transfers_get_offered  (RtTransfers *self, RtAttachment *attachment);
/* The person deals with him (id, nullable). */
void          rt_transfers_note_known   (RtTransfers *self, const char *id);
const char   *rt_transfers_get_error    (RtTransfers *self);            /* nullable */
/* It is looked at: whether it is here already, and a small picture is fetched from a neighbour who is known; nobody is looked for unasked. */
void          rt_transfers_look       (RtTransfers *self, RtAttachment *attachment);
/* It was here, and could not be opened: there is not room for everything for ever. */
void          rt_transfers_note_lost  (RtTransfers *self, RtAttachment *attachment);
void          rt_transfers_fetch      (RtTransfers *self, RtAttachment *attachment);
/* Theirs: it is not fetched any more. Ours: nobody is given it any more; it stays here. */
void          rt_transfers_cancel     (RtTransfers *self, RtAttachment *attachment);
/* Fetches it if it is not here, and writes it to where the person wants it. Cancelled: G_IO_ERROR_CANCELLED, and the fetch goes on. */
void          rt_transfers_save_async  (RtTransfers *self, RtAttachment *attachment, GFile *to, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean      rt_transfers_save_finish (RtTransfers *self, GAsyncResult *result, GError **error);

G_END_DECLS
