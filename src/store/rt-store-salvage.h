/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-store-private.h"

G_BEGIN_DECLS

/* What is in a column, wherever it was read. */
typedef struct {
  int         type;             /* SQLITE_INTEGER, _TEXT, _BLOB, _NULL; _FLOAT: something that we never write */
  gint64      number;
  const void *data;
  gsize       length;
} RtStoreValue;

#define RT_STORE_MESSAGE_ALL "row, chat, time, place, sent, flags, delivery, n_links, n_attempts, next_try, id_head, id, reply_to, sender, recipient, teller, sender_name, via," \
                             " error, text, body, file"
#define RT_STORE_MESSAGE_N_OLD 22       /* of version 8 and before; and so are rows that were written then, in any */
#define RT_STORE_MESSAGE_N_ALL 23       /* and proof */

/* TRUE: go on */
typedef gboolean (*RtStoreRowFunc) (const RtStoreValue *values, gpointer user_data);

/* Not when a number in the first bytes of the database is none that SQLite writes for us. SQLite itself takes some of them for a file that it may only read, or for one of
 * another program, and says so. One that is too short, or not there, is left to SQLite. */
gboolean rt_store_pages_has_sound_header (sqlite3 *db);

/* Looks into every page of the file for rows that can be messages, whatever the rest of it is like; not into those that are known to be free. */
void rt_store_pages_find_messages (const char *path, RtStoreRowFunc func, gpointer user_data);
/* Gives a file whose first bytes are damaged those that our databases have. */
void rt_store_pages_mend_header (const char *path);

/* Brings over what can be read in the damaged database `aside`, which is not changed, into the new one. *n_messages came. FALSE: it could not be written. */
gboolean rt_store_salvage (sqlite3 *into, const char *aside, guint64 *n_messages, GError **error);

G_END_DECLS
