/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How a key stands. */
typedef struct {
  const char *owner;            /* id; valid until the source is called again */
  gint64      written;          /* UTC seconds */
  gint64      lease_end;        /* UTC seconds: the first in which somebody else may write; 0: anybody may */
  gsize       size;             /* bytes of the value */
  gboolean    mine;
  gboolean    signed_by_owner;  /* it is proved that the owner wrote it */
  gboolean    old;              /* from an earlier run, and nobody said the same since; or it was said to have changed since it was read */
  /* of a source whose values are fetched */
  gboolean    fetched;          /* it is such a source: keys have no owners, but whoever signed the value is told as one */
  gboolean    unread;           /* the value is not known: get_value() has none; size is 0 */
  gboolean    reading;          /* it is being fetched */
  gboolean    nothing;          /* it is in the list of keys, but nobody has a value; not unread then */
  const char *trouble;          /* why it could not be read the last time, in words; valid as owner is */
} RtTableMeta;

/* What became of a key once: an item of its history. */
typedef struct {
  gint64    time;               /* UTC seconds, when we heard of it */
  GVariant *value;              /* NULL: deleted, or not kept */
  char     *owner;
  gboolean  deleted;
  gboolean  too_large;          /* its value was of more than 64 KiB and was not kept */
} RtTablePast;

void rt_table_past_free (RtTablePast *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtTablePast, rt_table_past_free)

/**
 * RtTableSource: where an RtTable has its keys from: the socket of a network, what is left of it while that is off, a fake in tests.
 * All in one thread; nothing blocks. Errors of set and delete are P2P_TABLE_ERROR and others, in words.
 * A source whose values are not at hand has fetch and write_async; set and delete_key are not called then.
 * Signals: changed (GBytes key): has another state; reset: every key may have; standing: get_refusal() says something else.
 */
#define RT_TYPE_TABLE_SOURCE (rt_table_source_get_type ())
G_DECLARE_INTERFACE (RtTableSource, rt_table_source, RT, TABLE_SOURCE, GObject)

struct _RtTableSourceInterface {
  GTypeInterface parent_iface;
  GPtrArray *(*list)        (RtTableSource *self);                                      /* of GBytes, in the order of their bytes; transfer full */
  gboolean   (*lookup)      (RtTableSource *self, GBytes *key, RtTableMeta *meta);      /* FALSE: no such key */
  GVariant  *(*get_value)   (RtTableSource *self, GBytes *key);                         /* transfer full; NULL: no such key */
  gboolean   (*set)         (RtTableSource *self, GBytes *key, GVariant *value, GError **error);
  gboolean   (*delete_key)  (RtTableSource *self, GBytes *key, GError **error);
  gint64     (*get_now)     (RtTableSource *self);                                      /* UTC seconds */
  char      *(*dup_refusal) (RtTableSource *self);                                      /* why nothing can be written now, in words; NULL: it can. Transfer full */
  /* Optional: of RtTablePast, the newest first. */
  void       (*load_history_async)  (RtTableSource *self, GBytes *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  GPtrArray *(*load_history_finish) (RtTableSource *self, GAsyncResult *result, GError **error);
  /* Optional: somebody looks at the key. It ends in changed, and begins with it; again: also when it is known, or could not be read a moment ago. */
  void       (*fetch)        (RtTableSource *self, GBytes *key, gboolean again);
  void       (*unfetch)      (RtTableSource *self, GBytes *key);                        /* nobody looks any more: not, if it was not begun */
  /* Optional, with fetch: value NULL: to be deleted. seen: what the person saw, NULL: no such key. Looks first: G_IO_ERROR_WRONG_ETAG: it is neither seen nor value, and
   * get_value() has what it is. words (transfer full, nullable): what there is to say of a success. Cancelled: G_IO_ERROR_CANCELLED, in words: was it begun? */
  void       (*write_async)  (RtTableSource *self, GBytes *key, GVariant *value, GVariant *seen, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  gboolean   (*write_finish) (RtTableSource *self, GAsyncResult *result, char **words, GError **error);
};

GPtrArray *rt_table_source_list        (RtTableSource *self);
gboolean   rt_table_source_lookup      (RtTableSource *self, GBytes *key, RtTableMeta *meta);
GVariant  *rt_table_source_get_value   (RtTableSource *self, GBytes *key);
gboolean   rt_table_source_set         (RtTableSource *self, GBytes *key, GVariant *value, GError **error);
gboolean   rt_table_source_delete_key  (RtTableSource *self, GBytes *key, GError **error);
gint64     rt_table_source_get_now     (RtTableSource *self);
char      *rt_table_source_dup_refusal (RtTableSource *self);
/* Its values have to be fetched. */
gboolean   rt_table_source_is_fetching (RtTableSource *self);
void       rt_table_source_fetch       (RtTableSource *self, GBytes *key, gboolean again);      /* nothing where there is nothing to fetch; unfetch too */
void       rt_table_source_unfetch     (RtTableSource *self, GBytes *key);
void       rt_table_source_write_async (RtTableSource *self, GBytes *key, GVariant *value, GVariant *seen, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean   rt_table_source_write_finish (RtTableSource *self, GAsyncResult *result, char **words, GError **error);

/* for implementations */
void rt_table_source_changed  (RtTableSource *self, GBytes *key);
void rt_table_source_reset    (RtTableSource *self);
void rt_table_source_standing (RtTableSource *self);

G_END_DECLS
