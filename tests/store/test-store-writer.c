/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What chats and tables have in common: gathering, handing over, and what comes of a write that fails. Numbers are written here, into a table of their own, by a worker that stands still
 * when it is told to, and a disk that fails when it is told to. */
#include <string.h>

#include "store-test.h"
#include "store/rt-store-writer.h"

#define NEVER 3600000u
#define MANY 50u
#define MOST_IN_MEMORY 20u

/* Shared with the worker, of which there is one in a test. */
typedef struct {
  GMutex   mutex;
  GCond    changed;
  gboolean stands_still;
  guint    n_failures;          /* that are still to come */
  guint    n_writes;            /* that were tried */
} Disk;

static Disk disk;

typedef struct {
  GObject        parent_instance;
  RtStoreWriter *writer;
  guint          n_created, n_written, n_errors;
} Owner;

typedef struct {
  GObjectClass parent_class;
} OwnerClass;

static GType owner_get_type (void);
G_DEFINE_TYPE (Owner, owner, G_TYPE_OBJECT)

static void
owner_dispose (GObject *object)
{
  g_clear_pointer (&((Owner *) object)->writer, rt_store_writer_free);
  G_OBJECT_CLASS (owner_parent_class)->dispose (object);
}

static void
owner_class_init (OwnerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = owner_dispose;
}

static void
owner_init (Owner *self)
{
}

/* ---- a batch: a GArray of numbers ---- */

static gpointer
create_batch (gpointer owner)
{
  ((Owner *) owner)->n_created++;
  return g_array_new (FALSE, FALSE, sizeof (guint));
}

static void
free_batch (gpointer batch)
{
  g_array_unref (batch);
}

static guint
count_batch (gpointer batch)
{
  return ((GArray *) batch)->len;
}

static gboolean
write_batch (RtStoreDb *db, gpointer batch, GError **error)
{
  GArray *numbers = batch;
  g_autoptr (GString) sql = g_string_new ("BEGIN; CREATE TABLE IF NOT EXISTS numbers (n INTEGER);");
  gboolean fails;

  g_mutex_lock (&disk.mutex);
  while (disk.stands_still)
    g_cond_wait (&disk.changed, &disk.mutex);
  fails = disk.n_failures > 0;
  if (fails && disk.n_failures != G_MAXUINT)
    disk.n_failures--;
  disk.n_writes++;
  g_mutex_unlock (&disk.mutex);
  if (fails)
    {
      g_set_error_literal (error, RT_STORE_ERROR, RT_STORE_ERROR_FULL, "No room");
      return FALSE;
    }
  for (guint i = 0; i < numbers->len; i++)
    g_string_append_printf (sql, "INSERT INTO numbers VALUES (%u);", g_array_index (numbers, guint, i));
  g_string_append (sql, "COMMIT");
  return rt_store_exec (db->db, sql->str, "write", error);
}

static void
put_back_batch (gpointer newer, gpointer failed)
{
  g_array_prepend_vals (newer, ((GArray *) failed)->data, ((GArray *) failed)->len);
  g_array_unref (failed);
}

static guint
bound_batch (gpointer owner, gpointer batch)
{
  GArray *numbers = batch;
  guint n = numbers->len > MOST_IN_MEMORY * 10 ? numbers->len - MOST_IN_MEMORY : 0;

  if (n > 0)
    g_array_remove_range (numbers, 0, n);
  return n;
}

static void
written (gpointer owner, gpointer batch)
{
  ((Owner *) owner)->n_written += ((GArray *) batch)->len;
}

static void
error_changed (gpointer owner)
{
  ((Owner *) owner)->n_errors++;
}

static char *
describe_loss (guint64 n)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT " lost.", n);
}

static const RtStoreWriterKind kind = {
  .name = "[test] numbers",
  .doing = "Numbers cannot be written",
  .milliseconds = NEVER,
  .most = MANY,
  .retry = NEVER,
  .create = create_batch,
  .free = free_batch,
  .count = count_batch,
  .write = write_batch,
  .put_back = put_back_batch,
  .bound = bound_batch,
  .written = written,
  .error_changed = error_changed,
  .describe_loss = describe_loss,
};

/* ---- helpers ---- */

typedef struct {
  Fixture  base;
  RtStore *store;
  Owner   *owner;
} Numbers;

static void
set_up (Numbers *self, gconstpointer data)
{
  fixture_set_up (&self->base, NULL);
  self->store = open_well (self->base.path);
  self->owner = g_object_new (owner_get_type (), NULL);
  self->owner->writer = rt_store_writer_new (data != NULL ? data : &kind, self->store, self->owner);
  disk.stands_still = FALSE;
  disk.n_failures = disk.n_writes = 0;
}

static void
tear_down (Numbers *self, gconstpointer data)
{
  if (self->owner != NULL)
    g_assert_finalize_object (self->owner);
  g_clear_object (&self->store);
  fixture_tear_down (&self->base, NULL);
}

static void
set_disk (gboolean stands_still, guint n_failures)
{
  g_mutex_lock (&disk.mutex);
  disk.stands_still = stands_still;
  disk.n_failures = n_failures;
  g_cond_broadcast (&disk.changed);
  g_mutex_unlock (&disk.mutex);
}

static guint
count_writes (void)
{
  guint n;

  g_mutex_lock (&disk.mutex);
  n = disk.n_writes;
  g_mutex_unlock (&disk.mutex);
  return n;
}

static void
add (Owner *owner, guint number)
{
  g_array_append_val ((GArray *) rt_store_writer_get_gathering (owner->writer), number);
  rt_store_writer_gathered (owner->writer, FALSE);
}

static gboolean
flush (Owner *owner, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_writer_flush_async (owner->writer, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Everything not known to be written, a space between numbers, a bar between batches. */
static char *
print_batches (Owner *owner)
{
  GString *text = g_string_new (NULL);
  GArray *batch;

  for (guint i = 0; (batch = rt_store_writer_get_batch (owner->writer, i)) != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (text, '|');
      for (guint k = 0; k < batch->len; k++)
        g_string_append_printf (text, "%s%u", k > 0 ? " " : "", g_array_index (batch, guint, k));
    }
  return g_string_free (text, FALSE);
}

#define assert_batches(owner, expected) G_STMT_START { g_autofree char *batches_ = print_batches (owner); g_assert_cmpstr (batches_, ==, expected); } G_STMT_END
/* By the order in which they were written. */
#define assert_written(self, expected) assert_answer ((self)->base.path, "SELECT group_concat (n, ' ') FROM (SELECT n FROM numbers ORDER BY rowid)", expected)

/* ---- tests ---- */

static void
test_gathers (Numbers *self, gconstpointer data)
{
  for (guint i = 1; i <= 5; i++)
    add (self->owner, i);
  assert_batches (self->owner, "1 2 3 4 5");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (count_writes (), ==, 0);
  g_assert_true (flush (self->owner, NULL));
  g_assert_cmpuint (count_writes (), ==, 1);
  assert_batches (self->owner, "");
  assert_written (self, "1 2 3 4 5");
  /* nothing to write is written already */
  g_assert_true (flush (self->owner, NULL));
  rt_store_writer_hurry (self->owner->writer);
  g_assert_cmpuint (count_writes (), ==, 1);
  /* many are written without being asked for */
  for (guint i = 0; i < MANY; i++)
    add (self->owner, i);
  rt_wait_until (self->owner->n_written == 5 + MANY);
  /* and what does not wait */
  g_array_append_val ((GArray *) rt_store_writer_get_gathering (self->owner->writer), (guint) { 7 });
  rt_store_writer_gathered (self->owner->writer, TRUE);
  rt_wait_until (self->owner->n_written == 6 + MANY);
  g_assert_cmpuint (count_writes (), ==, 3);
}

static void
test_by_itself (Numbers *self, gconstpointer data)
{
  add (self->owner, 1);
  rt_wait_until (self->owner->n_written == 1);
  assert_written (self, "1");
  /* what comes while the worker is busy is written after it */
  set_disk (TRUE, 0);
  add (self->owner, 2);
  rt_store_writer_hurry (self->owner->writer);
  add (self->owner, 3);
  assert_batches (self->owner, "2|3");
  set_disk (FALSE, 0);
  rt_wait_until (self->owner->n_written == 3);
  assert_written (self, "1 2 3");
  /* a disk that is full for a while, with nobody who asks */
  set_disk (FALSE, 3);
  add (self->owner, 4);
  rt_wait_until (self->owner->n_written == 4);
  g_assert_cmpuint (count_writes (), ==, 7);
  g_assert_cmpstr (rt_store_writer_get_error (self->owner->writer), ==, NULL);
  g_assert_cmpuint (self->owner->n_errors, ==, 2);
}

static void
see_commit_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Numbers *self = user_data;

  g_assert_true (g_task_propagate_boolean (G_TASK (result), NULL));
  g_assert_true (source == G_OBJECT (self->owner));
  assert_written (self, "1 2");
  g_object_set_data (source, "seen", self);
}

/* A flush is answered when all that was asked for before it can be seen past the store. */
static void
test_after_the_commit (Numbers *self, gconstpointer data)
{
  set_disk (TRUE, 0);
  add (self->owner, 1);
  rt_store_writer_hurry (self->owner->writer);
  add (self->owner, 2);
  rt_store_writer_hurry (self->owner->writer);
  rt_store_writer_flush_async (self->owner->writer, see_commit_cb, self);
  set_disk (FALSE, 0);
  rt_wait_until (g_object_get_data (G_OBJECT (self->owner), "seen") != NULL);
}

/* All of what hurries is with the worker before the store is closed. */
static void
test_hurries (Numbers *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) closed = NULL;

  set_disk (TRUE, 0);
  for (guint i = 1; i <= 4; i++)
    {
      add (self->owner, i);
      rt_store_writer_hurry (self->owner->writer);
    }
  assert_batches (self->owner, "1|2|3|4|");
  rt_store_close_async (self->store, rt_wait_result_cb, &closed);
  set_disk (FALSE, 0);
  rt_wait_result (closed);
  g_assert_cmpuint (self->owner->n_written, ==, 4);
  g_assert_cmpuint (count_writes (), ==, 4);
  assert_written (self, "1 2 3 4");
}

static void
test_hurries_are_bounded (Numbers *self, gconstpointer data)
{
  guint n = 0;

  set_disk (TRUE, 0);
  for (guint i = 0; i < 3 * RT_STORE_WRITER_HANDED; i++)
    {
      add (self->owner, i);
      rt_store_writer_hurry (self->owner->writer);
    }
  while (rt_store_writer_get_batch (self->owner->writer, n) != NULL)
    n++;
  g_assert_cmpuint (n, ==, RT_STORE_WRITER_HANDED + 1);
  set_disk (FALSE, 0);
  /* the rest of them without being asked for again */
  rt_wait_until (self->owner->n_written == 3 * RT_STORE_WRITER_HANDED);
  assert_answer (self->base.path, "SELECT count (*) || ' ' || sum (n = rowid - 1) FROM numbers", "48 48");
}

/* What is behind a batch that fails is not tried, and all of it comes back in its order, before what is newer. */
static void
test_first_one_fails (Numbers *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL, third = NULL, newest = NULL;
  g_autoptr (GError) error = NULL, behind = NULL;

  set_disk (TRUE, 0);
  add (self->owner, 1);
  rt_store_writer_flush_async (self->owner->writer, rt_wait_result_cb, &first);
  add (self->owner, 2);
  rt_store_writer_hurry (self->owner->writer);
  add (self->owner, 3);
  rt_store_writer_hurry (self->owner->writer);
  rt_store_writer_flush_async (self->owner->writer, rt_wait_result_cb, &third);
  add (self->owner, 4);
  add (self->owner, 5);
  set_disk (FALSE, 1);
  rt_wait_result (first);
  g_assert_false (g_task_propagate_boolean (G_TASK (first), &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_FULL);
  rt_wait_result (third);
  g_assert_false (g_task_propagate_boolean (G_TASK (third), &behind));
  g_assert_cmpstr (behind->message, ==, "Numbers cannot be written");
  g_assert_cmpuint (count_writes (), ==, 1);
  assert_batches (self->owner, "1 2 3 4 5");
  /* the words are those of what failed first */
  g_assert_true (g_str_has_prefix (rt_store_writer_get_error (self->owner->writer), "No room. "));
  rt_store_writer_flush_async (self->owner->writer, rt_wait_result_cb, &newest);
  rt_wait_result (newest);
  g_assert_true (g_task_propagate_boolean (G_TASK (newest), NULL));
  g_assert_cmpuint (count_writes (), ==, 2);
  g_assert_cmpstr (rt_store_writer_get_error (self->owner->writer), ==, NULL);
  assert_written (self, "1 2 3 4 5");
}

typedef struct {
  Owner *owner;
  guint  n;
} Hurrying;

static void
hurry_once_more_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Hurrying *hurrying = user_data;

  g_assert_false (g_task_propagate_boolean (G_TASK (result), NULL));
  if (++hurrying->n == 5)
    return;
  add (hurrying->owner, 10 + hurrying->n);
  rt_store_writer_hurry (hurrying->owner->writer);
  rt_store_writer_flush_async (hurrying->owner->writer, hurry_once_more_cb, hurrying);
}

/* As somebody who searches while the disk is full: there is always something newer with the worker. */
static void
test_hurries_while_it_fails (Numbers *self, gconstpointer data)
{
  Hurrying hurrying = { self->owner, 0 };

  set_disk (TRUE, 0);
  add (self->owner, 1);
  rt_store_writer_flush_async (self->owner->writer, hurry_once_more_cb, &hurrying);
  add (self->owner, 2);
  rt_store_writer_hurry (self->owner->writer);
  set_disk (FALSE, G_MAXUINT);
  rt_wait_until (hurrying.n == 5);
  set_disk (FALSE, 0);
  g_assert_true (flush (self->owner, NULL));
  assert_written (self, "1 2 11 12 13 14");
  g_assert_cmpuint (self->owner->n_written, ==, 6);
}

/* Neither time nor memory grows while nothing can be written. */
static void
test_stays_full (Numbers *self, gconstpointer data)
{
  GArray *gathered;

  set_disk (FALSE, G_MAXUINT);
  for (guint i = 0; i < 5000; i++)
    {
      add (self->owner, i);
      gathered = rt_store_writer_get_gathering (self->owner->writer);
      g_assert_cmpuint (gathered->len, <=, MOST_IN_MEMORY * 10);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  g_assert_false (flush (self->owner, NULL));
  gathered = rt_store_writer_get_gathering (self->owner->writer);
  g_assert_cmpuint (gathered->len, <=, MOST_IN_MEMORY * 10);
  g_assert_cmpuint (g_array_index (gathered, guint, gathered->len - 1), ==, 4999);
  g_assert_cmpuint (count_writes (), ==, 2);
  g_assert_nonnull (strstr (rt_store_writer_get_error (self->owner->writer), " lost."));
  set_disk (FALSE, 0);
  g_assert_true (flush (self->owner, NULL));
  g_assert_null (rt_store_writer_get_error (self->owner->writer));
}

/* Somebody else tells that; what waits is not tried again for each that comes. */
static void
test_closed (Numbers *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  close_store (self->store);
  for (guint i = 0; i < 5000; i++)
    {
      add (self->owner, i);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  g_assert_false (flush (self->owner, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_CLOSED);
  g_assert_cmpstr (rt_store_writer_get_error (self->owner->writer), ==, NULL);
  g_assert_cmpuint (self->owner->n_created, ==, 3);
}

static void
test_last_reference_writes (Numbers *self, gconstpointer data)
{
  add (self->owner, 1);
  add (self->owner, 2);
  g_assert_finalize_object (g_steal_pointer (&self->owner));
  close_store (self->store);
  assert_written (self, "1 2");
}

/* Nobody has it any more, and what is with the worker fails: it goes there once more, with what came since. */
static void
test_last_reference_while_it_writes (Numbers *self, gconstpointer data)
{
  gpointer owner = self->owner;

  g_object_add_weak_pointer (G_OBJECT (self->owner), &owner);
  set_disk (TRUE, 0);
  add (self->owner, 1);
  rt_store_writer_hurry (self->owner->writer);
  add (self->owner, 2);
  g_object_unref (g_steal_pointer (&self->owner));
  g_assert_nonnull (owner);
  set_disk (FALSE, 1);
  rt_wait_until (owner == NULL);
  close_store (self->store);
  assert_written (self, "1 2");
}

int
main (int argc, char *argv[])
{
  RtStoreWriterKind quick = kind;

  quick.milliseconds = quick.retry = 1;
  g_test_init (&argc, &argv, NULL);
#define ADD(name, kind, func) g_test_add ("/store-writer/" name, Numbers, kind, set_up, func, tear_down)
  ADD ("gathers", NULL, test_gathers);
  ADD ("by-itself", &quick, test_by_itself);
  ADD ("after-the-commit", NULL, test_after_the_commit);
  ADD ("hurries", NULL, test_hurries);
  ADD ("hurries-are-bounded", NULL, test_hurries_are_bounded);
  ADD ("first-one-fails", NULL, test_first_one_fails);
  ADD ("hurries-while-it-fails", NULL, test_hurries_while_it_fails);
  ADD ("stays-full", NULL, test_stays_full);
  ADD ("closed", NULL, test_closed);
  ADD ("last-reference-writes", NULL, test_last_reference_writes);
  ADD ("last-reference-while-it-writes", NULL, test_last_reference_while_it_writes);
  return g_test_run ();
}
