/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  RT_ATTACHMENT_PREPARING,      /* ours: being read and hashed */
  RT_ATTACHMENT_OFFERED,        /* somebody has it; it is not here */
  RT_ATTACHMENT_FETCHING,
  RT_ATTACHMENT_HERE,           /* whole, and what was promised: path */
  RT_ATTACHMENT_FAILED,         /* error says why; it can be asked for again */
  RT_ATTACHMENT_GONE,           /* who offered it does not have it any more, or we do not */
  RT_ATTACHMENT_CANCELLED,      /* by the person; it can be asked for again */
} RtAttachmentState;

/* The bounds of what can be offered and taken. */
#define RT_ATTACHMENT_MAX_SIZE (64u * 1024 * 1024)
#define RT_ATTACHMENT_MAX_NAME 120u     /* bytes of a cleaned name */
#define RT_ATTACHMENT_MAX_TYPE 127u
/* A picture of at most so much is fetched without a word, to be shown. */
#define RT_ATTACHMENT_MAX_PREVIEW (512u * 1024)

/**
 * RtAttachment: a file that goes with a message: a name, a size and the SHA-256 of what is in it. What is known of it here changes (RtTransfers does that).
 * Properties (they notify): file (GBytes, 32 bytes; NULL while it is being prepared), name (cleaned: one line, no folders, no hidden characters), size (uint64), mime-type, is-picture (by its
 * type: one that can be shown here), own, offerer (node id; NULL: ourselves), state, progress (double, 0..1, of preparing and fetching), error (words, nullable), path (nullable), words.
 * Nothing of what a peer claims is believed: the name is only a name, the type decides nothing but whether a picture is tried.
 */
#define RT_TYPE_ATTACHMENT (rt_attachment_get_type ())
G_DECLARE_FINAL_TYPE (RtAttachment, rt_attachment, RT, ATTACHMENT, GObject)

/* Somebody's offer; NULL: no hash, or larger than may be. */
RtAttachment *rt_attachment_new_offered (GBytes *file, guint64 size, const char *name, const char *mime_type, const char *offerer);
/* As it is kept with a message, and back (state OFFERED; RtTransfers finds out whether it is here). NULL: not packed by this. */
GBytes       *rt_attachment_pack        (RtAttachment *self);           /* transfer full; NULL while it is being prepared */
RtAttachment *rt_attachment_new_packed  (GBytes *packed);

GBytes       *rt_attachment_get_file    (RtAttachment *self);           /* transfer none, nullable */
const char   *rt_attachment_get_name    (RtAttachment *self);
guint64       rt_attachment_get_size    (RtAttachment *self);
const char   *rt_attachment_get_mime_type (RtAttachment *self);
gboolean      rt_attachment_get_is_picture (RtAttachment *self);
gboolean      rt_attachment_get_own     (RtAttachment *self);
const char   *rt_attachment_get_offerer (RtAttachment *self);           /* nullable */
RtAttachmentState rt_attachment_get_state (RtAttachment *self);
/* OFFERED, and it was looked for: it is not here, and nobody fetches it unasked. */
gboolean      rt_attachment_get_absent  (RtAttachment *self);
double        rt_attachment_get_progress (RtAttachment *self);
const char   *rt_attachment_get_error   (RtAttachment *self);           /* nullable */
const char   *rt_attachment_get_path    (RtAttachment *self);           /* nullable */
/* Not sent yet: the person (id) it was attached for, who alone gets it; NULL (as at first): nobody in particular. Not packed. */
const char   *rt_attachment_get_meant_for (RtAttachment *self);         /* nullable */
void          rt_attachment_set_meant_for (RtAttachment *self, const char *id);
/* "photo.png (1.2 MB)": the line of the message's text that names it, so that programs that know nothing of files read of it too. The same on every machine, in no language. Transfer full. */
char         *rt_attachment_dup_line    (RtAttachment *self);
/* The text of a message that brings it: what was written (nullable), and the line. Transfer full. */
char         *rt_attachment_dup_text    (RtAttachment *self, const char *written);
/* How much of the text is what was written: its length without the line; all of it where the line is not there. */
gsize         rt_attachment_find_written (RtAttachment *self, const char *text);

/* What a file may be called here: no folders, no leading dots, no control or bidi characters, nothing that a file system refuses, bounded, never empty. Transfer full. */
char         *rt_attachment_clean_name  (const char *name);

G_END_DECLS
