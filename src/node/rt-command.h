/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * One line of input: its name, its tag, its arguments, and the duty to answer it once. Reference-counted; whoever answers
 * later keeps a reference. A getter that finds an argument wrong sets an error that names it.
 */
typedef struct _RtCommand RtCommand;

/* result: the whole event as JSON text. words: the value, or the error, for people. */
typedef void (*RtCommandAnswered) (RtCommand *command, const char *result, gsize length, gboolean ok, const char *words, gpointer data);

RtCommand  *rt_command_new       (JsonObject *object, RtCommandAnswered answered, gpointer data);  /* takes the object; NULL: a bad line */
RtCommand  *rt_command_ref       (RtCommand *self);
void        rt_command_unref     (RtCommand *self);
const char *rt_command_get_name  (RtCommand *self);         /* "" when there is none */
gboolean    rt_command_is_async  (RtCommand *self);         /* the next one need not wait for its answer */

gboolean    rt_command_has       (RtCommand *self, const char *key);
const char *rt_command_get_text  (RtCommand *self, const char *key, GError **error);
/* optional ones: NULL, or *value left alone, without an error when absent */
const char *rt_command_get_optional_text (RtCommand *self, const char *key, gboolean *ok, GError **error);
gboolean    rt_command_get_int   (RtCommand *self, const char *key, gboolean required, gint64 min, gint64 max, gint64 *value, GError **error);
gboolean    rt_command_get_bool  (RtCommand *self, const char *key);
/* a node id: a string, or bytes that are one (as py2p prints ids); *bytes (nullable) tells which */
char       *rt_command_dup_id    (RtCommand *self, const char *key, gboolean *bytes, GError **error);
/* hex digits, or {"$b": hex} */
GBytes     *rt_command_get_bytes (RtCommand *self, const char *key, GError **error);
JsonNode   *rt_command_peek      (RtCommand *self, const char *key);                               /* nullable */
/* transfer full, never floating */
GVariant   *rt_command_get_value   (RtCommand *self, const char *key, GError **error);
GVariant   *rt_command_get_packets (RtCommand *self, const char *key, GError **error);             /* av */

/* The answer. The value is JSON text. */
void        rt_command_answer       (RtCommand *self, const char *value);
void        rt_command_answer_int   (RtCommand *self, gint64 value);
void        rt_command_answer_true  (RtCommand *self);
void        rt_command_answer_null  (RtCommand *self);
void        rt_command_answer_error (RtCommand *self, GError *error);                              /* takes the error */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtCommand, rt_command_unref)

G_END_DECLS
