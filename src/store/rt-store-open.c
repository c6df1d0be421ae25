/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening a database whatever is there, and what SQLite says in words. */
#include "config.h"

#include "rt-store-private.h"
#include "rt-store-salvage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* Another process that writes holds the database for milliseconds; a hung one must not hold us for good. */
#define BUSY_MILLISECONDS 5000
/* A check of every page is fast up to here; beyond it only the pages that are read are looked at. */
#define FULL_CHECK_BYTES (4 * 1024 * 1024)
#define MAX_VERSION 1000
/* There is no use for more; somebody should look at the disk. */
#define MAX_SET_ASIDE 1000
/* The WAL is written back at 16 MiB: a message that comes changes pages all over the indexes. What is cached is as much.
 * What is removed is overwritten, however SQLite was built. */
#define TUNING "PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384;"

/* What could not be opened or written is tried again after so long. */
#define AGAIN G_USEC_PER_SEC
/* What could not be mended: all of it is read again for that. */
#define MEND_AGAIN (60 * G_USEC_PER_SEC)
/* A new database beside the old one, and its WAL. */
#define MENDING_TAKES 2

static const char * const companions[] = { "", "-wal", "-shm", "-journal" };

static char *
name_mark (const char *path)
{
  return g_strconcat (path, ".is-damaged", NULL);
}

/* A large database is not looked at as a whole each time that it is opened. Where damage is found later, the next start has to know. */
static void
make_mark (const char *path)
{
  g_autofree char *mark = name_mark (path);
  int fd = open (mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  if (fd >= 0)
    close (fd);
}

static void
leave_mark (sqlite3 *db)
{
  const char *path = db != NULL ? sqlite3_db_filename (db, "main") : NULL;

  if (path != NULL && *path != '\0')
    make_mark (path);
}

static gboolean
has_mark (const char *path)
{
  g_autofree char *mark = name_mark (path);

  return g_file_test (mark, G_FILE_TEST_EXISTS);
}

static void
remove_mark (const char *path)
{
  g_autofree char *mark = name_mark (path);

  g_unlink (mark);
}

void
rt_store_set_sqlite_error (GError **error, sqlite3 *db, int code, const char *doing)
{
  RtStoreError ours;

  if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB)
    leave_mark (db);
  switch (code & 0xff)
    {
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      ours = RT_STORE_ERROR_READ_ONLY;
      break;
    case SQLITE_FULL:
      ours = RT_STORE_ERROR_FULL;
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      ours = RT_STORE_ERROR_DAMAGED;
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      ours = RT_STORE_ERROR_BUSY;
      break;
    default:
      ours = RT_STORE_ERROR_FAILED;
      break;
    }
  g_set_error (error, RT_STORE_ERROR, (int) ours, "%s: %s", doing,
               db != NULL && sqlite3_errcode (db) == (code & 0xff) ? sqlite3_errmsg (db) : sqlite3_errstr (code));
}

gboolean
rt_store_exec (sqlite3 *db, const char *sql, const char *doing, GError **error)
{
  int code = sqlite3_exec (db, sql, NULL, NULL, NULL);

  if (code == SQLITE_OK)
    return TRUE;
  rt_store_set_sqlite_error (error, db, code, doing);
  return FALSE;
}

sqlite3_stmt *
rt_store_prepare (sqlite3 *db, const char *sql, const char *doing, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL);

  /* Our words, and the tables that we made: when they do not fit, what is written of the tables is damaged. SQLite's check does not look at names. */
  if (code == SQLITE_ERROR)
    {
      leave_mark (db);
      g_set_error (error, RT_STORE_ERROR, RT_STORE_ERROR_DAMAGED, "%s: %s", doing, sqlite3_errmsg (db));
    }
  else if (code != SQLITE_OK)
    rt_store_set_sqlite_error (error, db, code, doing);
  return statement;
}

gboolean
rt_store_finish_statement (sqlite3 *db, sqlite3_stmt *statement, const char *doing, GError **error)
{
  int code;

  do
    code = sqlite3_step (statement);
  while (code == SQLITE_ROW);
  if (code != SQLITE_DONE)
    rt_store_set_sqlite_error (error, db, code, doing);
  sqlite3_finalize (statement);
  return code == SQLITE_DONE;
}

void
rt_store_bind_bytes (sqlite3_stmt *statement, int index, GBytes *bytes)
{
  gsize length;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

  if (bytes == NULL)
    sqlite3_bind_null (statement, index);
  else if (length == 0)
    sqlite3_bind_zeroblob (statement, index, 0);
  else
    sqlite3_bind_blob64 (statement, index, data, length, SQLITE_STATIC);
}

gboolean
rt_store_step_once (sqlite3 *db, sqlite3_stmt *statement, const char *doing, GError **error)
{
  int code = sqlite3_step (statement);

  if (code != SQLITE_DONE)
    rt_store_set_sqlite_error (error, db, code, doing);
  sqlite3_reset (statement);
  return code == SQLITE_DONE;
}

static gboolean
is_small_enough_to_check (const char *path)
{
  struct stat st;

  return stat (path, &st) == 0 && st.st_size <= FULL_CHECK_BYTES;
}

/* The check tells of a page that the disk did not give as it tells of a wrong one, with SQLite's code. SQLITE_OK: it is about damage. */
static int
find_code (const char *words)
{
  const char *code = strstr (words, "error code=");

  return code != NULL ? (int) g_ascii_strtoll (code + strlen ("error code="), NULL, 10) : SQLITE_OK;
}

static gboolean
check_pages (sqlite3 *db, GError **error)
{
  const char *doing = _("The database is damaged");
  sqlite3_stmt *statement = rt_store_prepare (db, "PRAGMA integrity_check(1)", doing, error);
  const char *words;
  gboolean sound = FALSE;
  int code;

  if (statement == NULL)
    return FALSE;
  code = sqlite3_step (statement);
  words = code == SQLITE_ROW ? (const char *) sqlite3_column_text (statement, 0) : NULL;
  if (words == NULL)
    rt_store_set_sqlite_error (error, db, code, _("The database cannot be read"));
  else if (g_str_equal (words, "ok"))
    sound = TRUE;
  else if ((find_code (words) & 0xff) != SQLITE_OK && (find_code (words) & 0xff) != SQLITE_CORRUPT)
    rt_store_set_sqlite_error (error, NULL, find_code (words), _("The database cannot be read"));
  else
    g_set_error (error, RT_STORE_ERROR, RT_STORE_ERROR_DAMAGED, "%s: %s", doing, words);
  sqlite3_finalize (statement);
  return sound;
}

#define HAS_TABLE(name) "SELECT 1 FROM sqlite_master WHERE name = '" name "'"
#define HAS_COLUMN(table, name) "SELECT 1 FROM pragma_table_info ('" table "') WHERE name = '" name "'"

/* By version: what a database of it has not got yet. */
static const char * const later[] = {
  HAS_TABLE ("message_words"),
  HAS_TABLE ("message_words"),
  HAS_TABLE ("message_words"),
  HAS_TABLE ("message_words"),
  HAS_TABLE ("words_folding"),
  HAS_COLUMN ("networks", "announce"),
  HAS_TABLE ("blocks"),
  HAS_COLUMN ("networks", "map_port"),
  HAS_COLUMN ("messages", "proof"),
};

/* with a new migration, what it adds */
G_STATIC_ASSERT (G_N_ELEMENTS (later) == RT_STORE_VERSION);

/* The number may be damaged too: there will hardly ever be so many, and who has what came later is not older than that. */
static gboolean
is_version (sqlite3 *db, int version)
{
  sqlite3_stmt *statement;
  gboolean has_later;

  if (version >= RT_STORE_VERSION || version < 0)
    return version >= 0 && version < MAX_VERSION;
  statement = rt_store_prepare (db, later[version], "", NULL);
  has_later = statement != NULL && sqlite3_step (statement) == SQLITE_ROW;
  sqlite3_finalize (statement);
  return !has_later;
}

/* One attempt with what is there. */
static sqlite3 *
open_once (const char *path, GError **error)
{
  sqlite3 *db = NULL;
  int version = 0;
  int code;

  if (has_mark (path))
    {
      g_set_error_literal (error, RT_STORE_ERROR, RT_STORE_ERROR_DAMAGED, _("The database was found to be damaged"));
      return NULL;
    }
  code = sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);

  if (code != SQLITE_OK)
    {
      rt_store_set_sqlite_error (error, db, code, _("The database cannot be opened"));
      sqlite3_close (db);
      return NULL;
    }
  sqlite3_extended_result_codes (db, 0);
  sqlite3_busy_timeout (db, BUSY_MILLISECONDS);

  /* The version comes before anything that writes: a newer database is left as it is. */
  if (!rt_store_pages_has_sound_header (db))
    g_set_error_literal (error, RT_STORE_ERROR, RT_STORE_ERROR_DAMAGED, _("The database is damaged: its first bytes are wrong"));
  else if (rt_store_read_version (db, &version, error))
    {
      if (!is_version (db, version))
        g_set_error_literal (error, RT_STORE_ERROR, RT_STORE_ERROR_DAMAGED, _("The database does not know its version"));
      else if (version > RT_STORE_VERSION)
        g_set_error (error, RT_STORE_ERROR, RT_STORE_ERROR_TOO_NEW,
                     /* Translators: both numbers are versions of the database's form */
                     _("The database was written by a newer Roundtable (version %d; this one knows %d). It is left as it is; update Roundtable to use it."),
                     version, RT_STORE_VERSION);
      else if ((!is_small_enough_to_check (path) || check_pages (db, error)) &&
               rt_store_exec (db, "PRAGMA journal_mode = WAL", _("The database cannot be written"), error) &&
               rt_store_exec (db, "PRAGMA synchronous = FULL", _("The database cannot be written"), error) &&
               rt_store_exec (db, "PRAGMA foreign_keys = ON;" TUNING, _("The database cannot be written"), error) &&
               rt_store_migrate (db, error))
        return db;
    }
  sqlite3_close (db);
  return NULL;
}

/* Moves the database away under the first free name; *name: that name. */
static gboolean
set_aside (const char *path, char **name, GError **error)
{
  for (guint n = 1; n <= MAX_SET_ASIDE; n++)
    {
      g_autofree char *aside = g_strdup_printf ("%s.damaged-%u", path, n);

      if (g_file_test (aside, G_FILE_TEST_EXISTS))
        continue;
      /* The companions first: without them a half-done move leaves a database that is as damaged as before. */
      for (int i = G_N_ELEMENTS (companions) - 1; i >= 0; i--)
        {
          g_autofree char *from = g_strconcat (path, companions[i], NULL);
          g_autofree char *to = g_strconcat (aside, companions[i], NULL);

          if (g_rename (from, to) != 0 && errno != ENOENT)
            {
              g_set_error (error, RT_STORE_ERROR, (int) rt_store_error_from_errno (errno),
                           _("The damaged database %s cannot be moved aside: %s"), path, g_strerror (errno));
              return FALSE;
            }
        }
      *name = g_steal_pointer (&aside);
      return TRUE;
    }
  g_set_error (error, RT_STORE_ERROR, RT_STORE_ERROR_DAMAGED, _("There are too many damaged databases beside %s"), path);
  return FALSE;
}

static gboolean
release (RtStoreDb *self, GError **error)
{
  gboolean closed = TRUE;
  int code = SQLITE_OK;

  if (self->db != NULL)
    {
      code = sqlite3_close (self->db);
      if (code != SQLITE_OK)
        {
          rt_store_set_sqlite_error (error, self->db, code, _("The database cannot be closed"));
          sqlite3_close_v2 (self->db);
          closed = FALSE;
        }
      self->db = NULL;
    }
  if (self->lock_fd >= 0)
    {
      close (self->lock_fd);
      self->lock_fd = -1;
    }
  return closed;
}

/* One that is older and can only be read was not migrated: what is asked for goes through views that have the newest columns. */
static gboolean
show_as_newest (sqlite3 *db, int version)
{
  return version >= 9 ||
         rt_store_exec (db, "PRAGMA temp_store = MEMORY;"
                            "CREATE TEMP VIEW messages AS SELECT *, NULL AS proof FROM main.messages;"
                            "CREATE TEMP VIEW people AS SELECT *, NULL AS pub, 0 AS known_since, NULL AS petname, 0 AS compared, NULL AS compared_name, 0 AS name_since, 0 AS petname_since FROM main.people", "", NULL);
}

/* The folder cannot be written, but perhaps what is there can be read. Where the WAL cannot be used, without what is in it. */
static sqlite3 *
open_to_read (const char *path)
{
  g_autofree char *plain = g_filename_to_uri (path, NULL, NULL), *immutable = plain != NULL ? g_strconcat (plain, "?immutable=1", NULL) : NULL;
  const char *names[] = { plain, immutable };

  for (guint i = 0; immutable != NULL && i < G_N_ELEMENTS (names); i++)
    {
      sqlite3 *db = NULL;
      int version;

      if (sqlite3_open_v2 (names[i], &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
          rt_store_read_version (db, &version, NULL) && version >= RT_STORE_READABLE && version <= RT_STORE_VERSION &&
          rt_store_exec (db, "SELECT count (*) FROM networks", "", NULL) && show_as_newest (db, version))
        return db;
      sqlite3_close (db);
    }
  return NULL;
}

static char *
name_mended (const char *path)
{
  return g_strconcat (path, ".mended", NULL);
}

static void
remove_marks (const char *path)
{
  rt_store_place_unmark_whole (path);
  remove_mark (path);
}

static void
remove_database (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (companions); i++)
    {
      g_autofree char *name = g_strconcat (path, companions[i], NULL);

      g_unlink (name);
    }
}

/* So large a database is not copied to find out that the disk is too small for two. */
static gboolean
has_room (RtStoreDb *self, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path), *words = NULL;
  guint64 size = 0, room = G_MAXUINT64;
  struct statvfs disk;
  struct stat st;

  for (guint i = 0; i < G_N_ELEMENTS (companions); i++)
    {
      g_autofree char *name = g_strconcat (path, companions[i], NULL);

      if (stat (name, &st) == 0)
        size += (guint64) st.st_size;
    }
  if (statvfs (folder, &disk) == 0)
    room = (guint64) disk.f_bavail * disk.f_frsize;
  if (self->most_room > 0)
    room = MIN (room, self->most_room);
  if (room / MENDING_TAKES >= size)
    return TRUE;
  words = g_format_size (size * MENDING_TAKES);
  g_set_error (error, RT_STORE_ERROR, RT_STORE_ERROR_FULL,
               /* Translators: %s is a number of bytes, as “12.3 MB” */
               _("The database is damaged, and there is no room on the disk to mend it: it takes %s. It is tried again by itself"), words);
  return FALSE;
}

/* A new database with what can be read in this one, all of it in its file. */
static gboolean
mend (const char *path, const char *mended, guint64 *n, GError **error)
{
  sqlite3 *db;
  gboolean good;

  rt_store_place_unmark_whole (path);
  remove_database (mended);
  db = rt_store_place_prepare (mended, error) ? open_once (mended, error) : NULL;
  good = db != NULL && rt_store_salvage (db, path, n, error) && rt_store_exec (db, "PRAGMA wal_checkpoint (TRUNCATE)", _("The database cannot be mended"), error);
  if (db != NULL && sqlite3_close (db) != SQLITE_OK)
    sqlite3_close_v2 (db);
  good = good && rt_store_place_mark_whole (path, mended, error);
  if (!good)
    remove_database (mended);
  return good;
}

/* A new one in the place of the damaged one, which is moved when the new one is whole: killed in the midst of it, the next start begins at the same point, or ends it. */
static void
begin_anew (RtStoreDb *self, const char *path, char **notice, GError **error)
{
  g_autofree char *aside = NULL, *shown = NULL, *why = g_strdup ((*error)->message), *mended = name_mended (path);
  guint64 n = 0;

  g_clear_error (error);
  make_mark (path);
  /* one that is whole is not made again: what it was made of may be moved in part */
  if (!(rt_store_place_is_whole (path) && g_file_test (mended, G_FILE_TEST_EXISTS)) && (!has_room (self, path, error) || !mend (path, mended, &n, error)))
    return;
  if (!set_aside (path, &aside, error))
    return;
  if (g_rename (mended, path) != 0)
    {
      g_set_error (error, RT_STORE_ERROR, (int) rt_store_error_from_errno (errno), _("The database %s cannot be written: %s"), path, g_strerror (errno));
      return;
    }
  remove_marks (path);
  self->db = open_once (path, error);
  if (self->db == NULL)
    return;
  shown = g_filename_display_name (aside);
  g_free (*notice);
  if (n > 0)
    {
      g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, n);

      *notice = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                              /* Translators: the reason, a number of messages, the name of a file */
                                              "The database was damaged (%s). A new one was begun with what can still be read: networks, and %s message. "
                                              "The damaged one is kept as %s; you can delete it when you miss nothing.",
                                              "The database was damaged (%s). A new one was begun with what can still be read: networks, and %s messages. "
                                              "The damaged one is kept as %s; you can delete it when you miss nothing.",
                                              (gulong) n), why, number, shown);
    }
  else
    *notice = g_strdup_printf (_("The database was damaged (%s). It is kept as %s, and a new one was begun with what can still be read of it."), why, shown);
}

/* There is a new one, and the damaged one was moved, or a part of it, or nothing yet: there was no time for the rest. Out of turn somebody else may be at it. */
static void
end_mending (const char *path, gboolean in_turn)
{
  g_autofree char *mended = name_mended (path), *aside = NULL;
  gboolean is_there = g_file_test (path, G_FILE_TEST_EXISTS), is_whole = in_turn && rt_store_place_is_whole (path);

  if (g_file_test (mended, G_FILE_TEST_EXISTS))
    {
      if (is_there && (!is_whole || !set_aside (path, &aside, NULL)))
        return;
      if (g_rename (mended, path) == 0)
        remove_marks (path);
    }
  else if (is_there && is_whole)
    remove_marks (path);
}

gboolean
rt_store_db_open (RtStoreDb *self, const char *path, char **notice, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean taken = FALSE, began = FALSE;
  int turn;

  if (self->path != path)
    {
      g_free (self->path);
      self->path = g_strdup (path);
    }
  self->is_read_only = FALSE;
  self->next_try = 0;
  turn = rt_store_place_wait_turn (path, BUSY_MILLISECONDS);
  end_mending (path, turn >= 0);
  if (rt_store_place_prepare (path, &local))
    {
      self->lock_fd = rt_store_place_lock (path, &taken);
      if (taken)
        *notice = g_strdup (_("Another Roundtable uses the same folder. Nothing is lost, but what one changes the other sees only after a restart, "
                              "and both appear as the same node."));
      self->db = open_once (path, &local);
      /* With another program in it, it is not ours to move. */
      if (self->db == NULL && !taken && g_error_matches (local, RT_STORE_ERROR, RT_STORE_ERROR_DAMAGED))
        {
          began = TRUE;
          begin_anew (self, path, notice, &local);
        }
    }
  if (self->db == NULL && g_error_matches (local, RT_STORE_ERROR, RT_STORE_ERROR_READ_ONLY) && (self->db = open_to_read (path)) != NULL)
    {
      g_free (*notice);
      *notice = g_strdup_printf (_("%s. What is kept there is shown, but nothing new is kept. Make the folder writable: what waits is written by itself then."), local->message);
      g_clear_error (&local);
      self->is_read_only = TRUE;
    }
  if (turn >= 0)
    close (turn);
  /* taken: who has it is mending it */
  if (self->is_read_only || (taken && self->db == NULL) || g_error_matches (local, RT_STORE_ERROR, RT_STORE_ERROR_READ_ONLY) || g_error_matches (local, RT_STORE_ERROR, RT_STORE_ERROR_FULL) ||
      g_error_matches (local, RT_STORE_ERROR, RT_STORE_ERROR_FAILED))
    self->next_try = g_get_monotonic_time () + (began ? MEND_AGAIN : AGAIN);
  if (self->db != NULL)
    {
      self->has_remains = self->has_old_words = !self->is_read_only;
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local));
  release (self, NULL);
  return FALSE;
}

void
rt_store_db_try_again (RtStoreDb *self, char **notice)
{
  if (self->next_try == 0 || g_get_monotonic_time () < self->next_try)
    return;
  self->next_try = g_get_monotonic_time () + AGAIN;
  /* what can be read is not closed for nothing */
  if (self->is_read_only && g_access (self->path, W_OK) != 0)
    return;
  release (self, NULL);
  rt_store_db_open (self, self->path, notice, NULL);
}

/* For good: nothing is tried again. */
gboolean
rt_store_db_close (RtStoreDb *self, GError **error)
{
  g_clear_pointer (&self->path, g_free);
  self->next_try = 0;
  return release (self, error);
}
