/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/rt-store-chat.h"

G_BEGIN_DECLS

/* The form of an archive, line by line; docs/archive.md describes it. */
#define RT_ARCHIVE_BEGIN "{\"roundtable-archive\":"
#define RT_ARCHIVE_VERSION "1"
#define RT_ARCHIVE_HEADER ",\"header\":"
#define RT_ARCHIVE_MESSAGES ",\"messages\":["
#define RT_ARCHIVE_HASH "{\"hash\":\""
#define RT_ARCHIVE_MESSAGE "\",\"message\":"

/* An archive is read into the memory. */
#define RT_ARCHIVE_MAX_BYTES (256u * 1024 * 1024)
/* Larger than any message that is kept can become. */
#define RT_ARCHIVE_MAX_LINE (1024u * 1024)
#define RT_ARCHIVE_HASH_BYTES 32u

typedef enum {
  RT_ARCHIVE_ERROR_OTHER_FORM,  /* no archive of ours */
  RT_ARCHIVE_ERROR_TOO_NEW,
  RT_ARCHIVE_ERROR_TOO_LARGE,
  RT_ARCHIVE_ERROR_BROKEN,
} RtArchiveError;

#define RT_ARCHIVE_ERROR (rt_archive_error_quark ())
GQuark rt_archive_error_quark (void);

/* The hash of what is behind one with the hash `before` (NULL: of the header, which is first). Both are 32 bytes. */
void            rt_archive_hash         (const guint8 *before, const char *text, gsize length, guint8 *hash);
/* 64 characters and a NUL. */
void            rt_archive_hash_to_hex  (const guint8 *hash, char *hex);
/* FALSE: these 64 characters are none that the other way round would give. */
gboolean        rt_archive_hash_from_hex (const char *hex, guint8 *hash);

/* A message as JSON, on one line. n: which one of the archive it is. */
void            rt_archive_entry_append (GString *out, const RtStoreMessage *message, guint64 n);
/* And back; row is n + 1. text: UTF-8. Words without a place when it is no message. Transfer full. */
RtStoreMessage *rt_archive_entry_parse  (const char *text, gsize length, GError **error);
/* TRUE too where there is nothing to compare. */
gboolean        rt_archive_entry_fits_id (const RtStoreMessage *message);
/* Sender, time, kind and text are those of the body, and a file is one. One without a body fits. */
gboolean        rt_archive_entry_fits_body (const RtStoreMessage *message);
/* What is shown of it is what was sent, whatever stands beside that; a file only where the text names it. */
void            rt_archive_entry_take_body (RtStoreMessage *message);

/* A member of an object; text NULL: none. */
void            rt_archive_append_text (GString *out, const char *name, const char *text);

G_END_DECLS
