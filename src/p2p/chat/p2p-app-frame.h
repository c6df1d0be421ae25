/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../wire/p2p-message.h"

G_BEGIN_DECLS

/**
 * P2pAppOp:
 * @P2P_APP_NAME: what the sender calls himself
 * @P2P_APP_REPLY: the message with one id, which follows at once, answers that with another
 * @P2P_APP_RECEIPT: "I have these"
 * @P2P_APP_HISTORY_ASK: what was said in a range of time?
 * @P2P_APP_HISTORY: the answer to that
 * @P2P_APP_FILE: the message with one id, which follows at once, names a file that its sender gives to who asks
 * @P2P_APP_FETCH: give me a part of that
 * @P2P_APP_CHUNK: a piece of it
 * @P2P_APP_CALL: come to me, to see whether it can be done
 * @P2P_APP_CALLED: the answer to that
 *
 * What application frames say: programs that run this library tell each other these beside the text, which stays one plain packet that everybody reads.
 * docs/x1.md has their packets. All of it are claims of who sent them.
 */
typedef enum { /*< underscore_name=p2p_app_op >*/
  P2P_APP_NAME = 1,
  P2P_APP_REPLY = 2,
  P2P_APP_RECEIPT = 3,
  P2P_APP_HISTORY_ASK = 4,
  P2P_APP_HISTORY = 5,
  P2P_APP_FILE = 6,
  P2P_APP_FETCH = 7,
  P2P_APP_CHUNK = 8,
  P2P_APP_CALL = 9,
  P2P_APP_CALLED = 10,
} P2pAppOp;

/**
 * P2pAppNameFlags:
 * @P2P_APP_NAME_NONE: nothing more
 * @P2P_APP_NAME_ASK: tell me yours
 *
 * What is said beside a name.
 */
typedef enum { /*< flags,underscore_name=p2p_app_name_flags >*/
  P2P_APP_NAME_NONE = 0,
  P2P_APP_NAME_ASK = 1 << 0,
} P2pAppNameFlags;

/**
 * P2pAppHistoryFlags:
 * @P2P_APP_HISTORY_END: that was all of the range
 * @P2P_APP_HISTORY_MORE: there is more behind the last of these
 *
 * What is said beside a page of history.
 */
typedef enum { /*< flags,underscore_name=p2p_app_history_flags >*/
  P2P_APP_HISTORY_END = 0,
  P2P_APP_HISTORY_MORE = 1 << 0,
} P2pAppHistoryFlags;

/**
 * P2pAppCallOutcome:
 * @P2P_APP_CALL_REACHED: somebody listens there
 * @P2P_APP_CALL_REFUSED: the computer, or what is before it, said no
 * @P2P_APP_CALL_NO_ANSWER: nothing came back, or no way leads there
 * @P2P_APP_CALL_NOT_NOW: it was not tried
 *
 * What came of a call.
 */
typedef enum { /*< underscore_name=p2p_app_call_outcome >*/
  P2P_APP_CALL_REACHED = 0,
  P2P_APP_CALL_REFUSED = 1,
  P2P_APP_CALL_NO_ANSWER = 2,
  P2P_APP_CALL_NOT_NOW = 3,
} P2pAppCallOutcome;

/**
 * P2P_APP_MIN_PORT:
 *
 * the smallest port that is called: below it other programs listen.
 */
#define P2P_APP_MIN_PORT 1024
/**
 * P2P_APP_MAX_HOST:
 *
 * bytes of an address in an answer to a call.
 */
#define P2P_APP_MAX_HOST 64
/**
 * P2P_APP_ID_LENGTH:
 *
 * bytes of the id of a message and of the SHA-256 of a file.
 */
#define P2P_APP_ID_LENGTH 32
/**
 * P2P_APP_MAX_NAME:
 *
 * bytes of a name.
 */
#define P2P_APP_MAX_NAME 64
/**
 * P2P_APP_MAX_IDS:
 *
 * ids in a receipt.
 */
#define P2P_APP_MAX_IDS 64
/**
 * P2P_APP_MAX_HISTORY:
 *
 * messages in a page of history.
 */
#define P2P_APP_MAX_HISTORY 1024
/**
 * P2P_APP_MAX_PROOF:
 *
 * bytes of what proves who said one of them.
 */
#define P2P_APP_MAX_PROOF 1024
/**
 * P2P_APP_MAX_HISTORY_BYTES:
 *
 * bytes of their bodies and proofs together, where there is more than one.
 */
#define P2P_APP_MAX_HISTORY_BYTES 65536
/**
 * P2P_APP_MAX_FILE_NAME:
 *
 * bytes of the name of a file.
 */
#define P2P_APP_MAX_FILE_NAME 255
/**
 * P2P_APP_MAX_FILE_TYPE:
 *
 * bytes of its MIME type.
 */
#define P2P_APP_MAX_FILE_TYPE 127
/**
 * P2P_APP_MAX_CHUNK:
 *
 * bytes of a piece of a file: py2p truncates what is much longer.
 */
#define P2P_APP_MAX_CHUNK 49152
/**
 * P2P_APP_MAX_FETCH:
 *
 * pieces that may be asked for at once; they fit into what waits for a link.
 */
#define P2P_APP_MAX_FETCH 128

/**
 * P2pAppHistoryItem:
 * @heard: when whoever tells it heard it, in whole seconds UTC
 * @message: what was said; its id is the SHA-256 of its body
 * @reply: (nullable): the id of the message that it answers
 * @proof: (nullable): what proves that its sender said it, for p2p_verifier_check_message(): nobody checked it
 *
 * A message in a page of history.
 */
typedef struct {
  gint64 heard;
  P2pMessage *message;
  GBytes *reply;
  GBytes *proof;
} P2pAppHistoryItem;

#define P2P_TYPE_APP_HISTORY_ITEM (p2p_app_history_item_get_type ())
P2P_EXPORT GType p2p_app_history_item_get_type (void);
P2P_EXPORT P2pAppHistoryItem *p2p_app_history_item_new  (gint64 heard, P2pMessage *message, GBytes *reply);
P2P_EXPORT void               p2p_app_history_item_set_proof (P2pAppHistoryItem *self, GBytes *proof);     /* nullable */
P2P_EXPORT P2pAppHistoryItem *p2p_app_history_item_copy (const P2pAppHistoryItem *self);
P2P_EXPORT void               p2p_app_history_item_free (P2pAppHistoryItem *self);

/**
 * P2pAppFrame:
 *
 * An application frame. Immutable, reference-counted atomically, may be read from any thread. It has the fields of its operation; the getters of the others
 * return %NULL or 0.
 */
typedef struct _P2pAppFrame P2pAppFrame;

#define P2P_TYPE_APP_FRAME (p2p_app_frame_get_type ())
P2P_EXPORT GType p2p_app_frame_get_type (void);

/* Each NULL with P2P_WIRE_ERROR_VALUE when it is more than the wire takes. Ids and file are 32 bytes; about NULL: filled in by p2p_mesh_socket_send_text_with() */
P2P_EXPORT P2pAppFrame *p2p_app_frame_new_name        (const char *name, P2pAppNameFlags flags, GError **error);   /* UTF-8; empty: none any more */
P2P_EXPORT P2pAppFrame *p2p_app_frame_new_reply       (GBytes *about, GBytes *to, GError **error);
P2P_EXPORT P2pAppFrame *p2p_app_frame_new_receipt     (GPtrArray *ids, GError **error);                            /* of GBytes, 1 to 64 */
P2P_EXPORT P2pAppFrame *p2p_app_frame_new_history_ask (gint64 token, gint64 from, gint64 until, guint n, gint64 behind_time, GBytes *behind_id, GError **error);
P2P_EXPORT P2pAppFrame *p2p_app_frame_new_history     (gint64 token, P2pAppHistoryFlags flags, GPtrArray *items, GError **error);   /* of P2pAppHistoryItem */
P2P_EXPORT P2pAppFrame *p2p_app_frame_new_file        (GBytes *about, GBytes *file, guint64 size, const char *file_name, const char *file_type, GError **error);
P2P_EXPORT P2pAppFrame *p2p_app_frame_new_fetch       (gint64 token, GBytes *file, guint64 offset, guint n, GError **error);
P2P_EXPORT P2pAppFrame *p2p_app_frame_new_chunk       (gint64 token, GBytes *file, guint64 offset, GBytes *bytes, GError **error);
P2P_EXPORT P2pAppFrame *p2p_app_frame_new_call        (gint64 token, guint16 port, GError **error);
P2P_EXPORT P2pAppFrame *p2p_app_frame_new_called      (gint64 token, P2pAppCallOutcome outcome, const char *host, GError **error);
/* The same, of REPLY and FILE, about another message */
P2P_EXPORT P2pAppFrame *p2p_app_frame_with_about      (P2pAppFrame *self, GBytes *about);
/* message: of sub-flag 0x5A. P2P_WIRE_ERROR_PACKETS, _LIMIT (too much of something), _UNKNOWN_OPERATION. */
P2P_EXPORT P2pAppFrame *p2p_app_frame_parse           (P2pMessage *message, GError **error);
/* All packets, the sub-flag first: av, floating */
P2P_EXPORT GVariant    *p2p_app_frame_pack            (P2pAppFrame *self);
P2P_EXPORT P2pAppFrame *p2p_app_frame_ref             (P2pAppFrame *self);
P2P_EXPORT void         p2p_app_frame_unref           (P2pAppFrame *self);

P2P_EXPORT P2pAppOp     p2p_app_frame_get_op          (P2pAppFrame *self);
P2P_EXPORT const char  *p2p_app_frame_get_name        (P2pAppFrame *self);      /* NAME: as he wrote it, nothing cleaned */
P2P_EXPORT guint        p2p_app_frame_get_flags       (P2pAppFrame *self);      /* NAME, HISTORY */
P2P_EXPORT GBytes      *p2p_app_frame_get_about       (P2pAppFrame *self);      /* REPLY, FILE; transfer none, as all of these */
P2P_EXPORT GBytes      *p2p_app_frame_get_to          (P2pAppFrame *self);      /* REPLY */
P2P_EXPORT GPtrArray   *p2p_app_frame_get_ids         (P2pAppFrame *self);      /* RECEIPT: of GBytes */
P2P_EXPORT gint64       p2p_app_frame_get_token       (P2pAppFrame *self);      /* HISTORY_ASK, HISTORY, FETCH, CHUNK */
P2P_EXPORT gint64       p2p_app_frame_get_from        (P2pAppFrame *self);      /* HISTORY_ASK: seconds UTC, inclusive */
P2P_EXPORT gint64       p2p_app_frame_get_until       (P2pAppFrame *self);
P2P_EXPORT guint        p2p_app_frame_get_n           (P2pAppFrame *self);      /* HISTORY_ASK: messages at most; FETCH: chunks, 0: no more */
P2P_EXPORT gint64       p2p_app_frame_get_behind_time (P2pAppFrame *self);      /* HISTORY_ASK */
P2P_EXPORT GBytes      *p2p_app_frame_get_behind_id   (P2pAppFrame *self);      /* HISTORY_ASK; NULL: from the beginning */
P2P_EXPORT GPtrArray   *p2p_app_frame_get_items       (P2pAppFrame *self);      /* HISTORY: of P2pAppHistoryItem */
P2P_EXPORT GBytes      *p2p_app_frame_get_file        (P2pAppFrame *self);      /* FILE, FETCH, CHUNK: SHA-256 of the content */
P2P_EXPORT guint64      p2p_app_frame_get_size        (P2pAppFrame *self);      /* FILE */
P2P_EXPORT const char  *p2p_app_frame_get_file_name   (P2pAppFrame *self);      /* FILE: as he wrote it, nothing cleaned */
P2P_EXPORT const char  *p2p_app_frame_get_file_type   (P2pAppFrame *self);      /* FILE: the same */
P2P_EXPORT guint64      p2p_app_frame_get_offset      (P2pAppFrame *self);      /* FETCH, CHUNK */
P2P_EXPORT GBytes      *p2p_app_frame_get_bytes       (P2pAppFrame *self);      /* CHUNK; empty: he does not have it any more */
P2P_EXPORT guint16           p2p_app_frame_get_port    (P2pAppFrame *self);
P2P_EXPORT P2pAppCallOutcome p2p_app_frame_get_outcome (P2pAppFrame *self);
P2P_EXPORT const char       *p2p_app_frame_get_host    (P2pAppFrame *self);      /* nullable */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pAppHistoryItem, p2p_app_history_item_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pAppFrame, p2p_app_frame_unref)

G_END_DECLS
