/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Somebody of a chat, as he is kept. */
#include "rt-store-chat-private.h"

/* Whatever somebody did to the file */
char *
rt_store_dup_text (sqlite3_stmt *statement, int column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return text != NULL ? g_utf8_make_valid (text, -1) : NULL;
}

GBytes *
rt_store_dup_bytes (sqlite3_stmt *statement, int column, gsize length)
{
  gsize size = (gsize) sqlite3_column_bytes (statement, column);

  if (sqlite3_column_type (statement, column) != SQLITE_BLOB || (length > 0 && size != length))
    return NULL;
  return g_bytes_new (sqlite3_column_blob (statement, column), size);
}

RtStorePerson *
rt_store_person_read (sqlite3_stmt *statement)
{
  g_autofree char *id = rt_store_dup_text (statement, 0);
  RtStorePerson *self = id != NULL ? rt_store_person_new (id) : NULL;

  if (self == NULL)
    return NULL;
  self->name = rt_store_dup_text (statement, 1);
  self->heard = sqlite3_column_int64 (statement, 2);
  self->flags = (guint) sqlite3_column_int64 (statement, 3);
  self->pub = rt_store_dup_bytes (statement, 4, 32);
  self->known_since = MAX (0, sqlite3_column_int64 (statement, 5));
  self->petname = rt_store_dup_text (statement, 6);
  self->compared = MAX (0, sqlite3_column_int64 (statement, 7));
  self->compared_name = rt_store_dup_text (statement, 8);
  self->name_since = MAX (0, sqlite3_column_int64 (statement, 9));
  self->petname_since = MAX (0, sqlite3_column_int64 (statement, 10));
  return self;
}

void
rt_store_person_bind (sqlite3_stmt *statement, const RtStorePerson *self)
{
  sqlite3_bind_text (statement, 2, self->id, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 3, self->name, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 4, self->heard);
  sqlite3_bind_int64 (statement, 5, self->flags);
  rt_store_bind_bytes (statement, 6, self->pub);
  sqlite3_bind_int64 (statement, 7, self->known_since);
  sqlite3_bind_text (statement, 8, self->petname, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 9, self->compared);
  sqlite3_bind_text (statement, 10, self->compared_name, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 11, self->name_since);
  sqlite3_bind_int64 (statement, 12, self->petname_since);
}
