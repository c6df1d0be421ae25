/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Values as py2p sees them: what MessagePack becomes there, with the equality, truth and hashability that decide what py2p does with
 * a frame (a bin is never equal to a str, FALSE is equal to 0, a list is no key of a table).
 */
typedef enum {
  SIM07_NONE,
  SIM07_BOOL,
  SIM07_INT,
  SIM07_FLOAT,
  SIM07_STR,
  SIM07_BIN,
  SIM07_LIST,
  SIM07_MAP,                    /* items: key, value, key, value... in the order of arrival */
  SIM07_EXT,
} Sim07Type;

typedef struct {
  grefcount refs;
  Sim07Type type;
  long double number;           /* exact for every integer of MessagePack and every float */
  guint8 ext;
  GBytes *bytes;                /* of a str, bin, ext */
  GPtrArray *items;             /* of a list or map */
} Sim07Value;

Sim07Value *sim07_value_none  (void);
Sim07Value *sim07_value_int   (gint64 number);
Sim07Value *sim07_value_str   (const char *text);
Sim07Value *sim07_value_bin   (const char *text);
Sim07Value *sim07_value_bytes (GBytes *bytes);           /* a bin */
Sim07Value *sim07_value_list  (void);
Sim07Value *sim07_value_map   (void);
Sim07Value *sim07_value_add   (Sim07Value *list, Sim07Value *item);      /* takes the item; returns the list */
Sim07Value *sim07_value_ref   (Sim07Value *self);
void        sim07_value_unref (Sim07Value *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sim07Value, sim07_value_unref)

/* The first value of the bytes; what follows it is not looked at. NULL: py2p raises an exception. */
Sim07Value *sim07_value_unpack (const guint8 *bytes, gsize length);
void        sim07_value_pack   (Sim07Value *self, GByteArray *into);

gboolean    sim07_value_equal   (Sim07Value *a, Sim07Value *b);
/* Which is the greater one, as by >; FALSE: asking raises. */
gboolean    sim07_value_compare (Sim07Value *a, Sim07Value *b, int *order);
/* The map itself is changed, wherever it is referred to, as there. */
void        sim07_value_put     (Sim07Value *map, Sim07Value *key, Sim07Value *value);
gboolean    sim07_value_is_int  (Sim07Value *self, gint64 number);       /* equal to it: TRUE is 1, 5.0 is 5 */
gboolean    sim07_value_is_number (Sim07Value *self);
gboolean    sim07_value_is_true (Sim07Value *self);
gboolean    sim07_value_is_hashable (Sim07Value *self);
/* What a loop over the value goes through: a new list, of the items, the keys, the characters, the bytes; NULL: it cannot be. */
Sim07Value *sim07_value_iterate (Sim07Value *self);
guint       sim07_value_length  (Sim07Value *list);
Sim07Value *sim07_value_get     (Sim07Value *list, guint index);         /* transfer none */
/* The text of a str; NULL for anything else. */
char       *sim07_value_dup_str (Sim07Value *self);

G_END_DECLS
