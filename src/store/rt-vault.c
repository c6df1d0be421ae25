/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-vault.h"
#include "rt-key-file.h"
#include "rt-keyring.h"
#include "rt-private-file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <glib/gi18n-lib.h>

/* What stands in the place of a secret that is in the keyring. An older Roundtable finds no key in it, and says so. */
#define NOTE_BEGINS "Roundtable: what was here is in the keyring of the desktop (Secret Service), as item "

struct _RtVault {
  GObject       parent_instance;
  char         *folder;
  gboolean      keyring;
  GThreadPool  *worker;
  GCancellable *closing;        /* of what may ask the person: all else ends by itself */
  int           denied;         /* atomic: the person was asked, and gave no password */
};

G_DEFINE_FINAL_TYPE (RtVault, rt_vault, G_TYPE_OBJECT)

typedef void (*Job) (RtVault *self, GTask *task);

/* What a task is about, and what came of it. */
typedef struct {
  Job          job;
  char        *ref, *kind, *label, *path;
  GBytes      *secret;          /* to be stored */
  RtVaultPlace place;
} Work;

static void
free_work (gpointer data)
{
  Work *work = data;

  g_free (work->ref);
  g_free (work->kind);
  g_free (work->label);
  g_free (work->path);
  g_clear_pointer (&work->secret, g_bytes_unref);
  g_free (work);
}

/* ---- files and notes, in the worker ---- */

static GBytes *
make_note (const char *item)
{
  char *text = g_strdup_printf (NOTE_BEGINS "%s\n", item);

  return g_bytes_new_take (text, strlen (text));
}

static gboolean
begins_as_note (GBytes *content)
{
  return g_bytes_get_size (content) >= strlen (NOTE_BEGINS) && memcmp (g_bytes_get_data (content, NULL), NOTE_BEGINS, strlen (NOTE_BEGINS)) == 0;
}

/* TRUE with both NULL: there is nothing. *item: it is in the keyring, under this name. */
static gboolean
read_place (Work *work, GBytes **secret, char **item, GError **error)
{
  g_autoptr (GBytes) content = NULL;

  *secret = NULL;
  *item = NULL;
  if (!rt_private_file_read (work->path, &content, error))
    return FALSE;
  if (content == NULL)
    return TRUE;
  if (begins_as_note (content))
    {
      gsize skip = strlen (NOTE_BEGINS);
      g_autofree char *name = g_strndup ((const char *) g_bytes_get_data (content, NULL) + skip, g_bytes_get_size (content) - skip);

      g_strchomp (name);
      if (g_uuid_string_is_valid (name))
        {
          *item = g_steal_pointer (&name);
          return TRUE;
        }
      /* Translators: %s is a file name */
      g_set_error (error, RT_STORE_ERROR, RT_STORE_ERROR_BAD_KEY, _("%s is damaged: it says that a key is in the keyring, and not which one. It is left as it is."), work->path);
      return FALSE;
    }
  if (g_str_equal (work->kind, RT_VAULT_KEY) && !rt_key_file_check (work->path, content, error))
    return FALSE;
  *secret = g_steal_pointer (&content);
  return TRUE;
}

/* ---- jobs, in the worker ---- */

static gboolean
may_ask (RtVault *self)
{
  return !g_atomic_int_get (&self->denied);
}

static void
note_denied (RtVault *self, gboolean denied)
{
  if (denied)
    g_atomic_int_set (&self->denied, 1);
}

static GBytes *
look_up (RtVault *self, Work *work, GError **error)
{
  g_autofree char *item = NULL;
  GBytes *secret = NULL;
  gboolean denied = FALSE;

  work->place = RT_VAULT_NOWHERE;
  if (!read_place (work, &secret, &item, error))
    return NULL;
  if (item != NULL)
    {
      work->place = RT_VAULT_KEYRING;
      if (!self->keyring)
        {
          g_set_error_literal (error, RT_STORE_ERROR, RT_STORE_ERROR_LOCKED, _("The keyring is not used now"));
          return NULL;
        }
      secret = rt_keyring_lookup (work->ref, work->kind, item, may_ask (self), &denied, self->closing, error);
      note_denied (self, denied);
      if (secret != NULL && g_str_equal (work->kind, RT_VAULT_KEY) && g_bytes_get_size (secret) != RT_KEY_FILE_SEED_LENGTH)
        {
          g_clear_pointer (&secret, g_bytes_unref);
          g_set_error_literal (error, RT_STORE_ERROR, RT_STORE_ERROR_BAD_KEY, _("What the keyring keeps is no key of Roundtable. It is left as it is."));
        }
    }
  else if (secret != NULL)
    work->place = RT_VAULT_FILE;
  return secret;
}

typedef enum {
  KEEP_NEW,                     /* unless there is one already */
  KEEP_INSTEAD,                 /* in the place of another */
  KEEP_MOVED,                   /* in the place of the file of the same */
} Keep;

/* Into the keyring if that takes it, else into a file. *taken: there is one already, and this was not kept. */
static gboolean
keep (RtVault *self, Work *work, GBytes *secret, Keep how, gboolean *taken, GError **error)
{
  g_autofree char *item = g_uuid_string_random ();
  gboolean denied;

  *taken = FALSE;
  if (self->keyring && rt_keyring_check (NULL, NULL) &&
      rt_keyring_store (work->ref, work->kind, item, work->label, secret, NULL, NULL))
    {
      g_autoptr (GBytes) note = make_note (item);
      gboolean written;

      /* What earlier tries left in the keyring goes: while the file is there still, so that whoever is killed leaves nothing behind; or else when the note leads to ours. */
      if (how == KEEP_MOVED)
        rt_keyring_remove (work->ref, work->kind, item, FALSE, &denied, NULL, NULL);
      written = rt_private_file_write (work->path, note, how != KEEP_NEW, taken, error);
      if (written && !*taken && how == KEEP_INSTEAD)
        rt_keyring_remove (work->ref, work->kind, item, FALSE, &denied, NULL, NULL);
      work->place = RT_VAULT_KEYRING;
      return written;
    }
  work->place = RT_VAULT_FILE;
  return how == KEEP_MOVED || rt_private_file_write (work->path, secret, how != KEEP_NEW, taken, error);
}

static void
return_secret (GTask *task, GBytes *secret, GError *error)
{
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, secret, (GDestroyNotify) g_bytes_unref);
}

static void
lookup_job (RtVault *self, GTask *task)
{
  GError *error = NULL;
  GBytes *secret = look_up (self, g_task_get_task_data (task), &error);

  return_secret (task, secret, error);
}

static void
load_key_job (RtVault *self, GTask *task)
{
  Work *work = g_task_get_task_data (task);
  GError *error = NULL;
  GBytes *seed = look_up (self, work, &error);
  gboolean taken;

  if (seed == NULL && error == NULL)
    {
      seed = rt_key_file_generate ();
      if (!keep (self, work, seed, KEEP_NEW, &taken, &error))
        g_clear_pointer (&seed, g_bytes_unref);
      else if (taken)
        {
          /* that of the other program counts */
          g_bytes_unref (seed);
          seed = look_up (self, work, &error);
          if (seed == NULL && error == NULL)
            g_set_error (&error, RT_STORE_ERROR, RT_STORE_ERROR_FAILED, _("The key file %s cannot be made"), work->path);
        }
    }
  return_secret (task, seed, error);
}

static void
store_job (RtVault *self, GTask *task)
{
  Work *work = g_task_get_task_data (task);
  GError *error = NULL;
  gboolean taken;

  if (keep (self, work, work->secret, KEEP_INSTEAD, &taken, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* One program at a time: of two, one finds a note where the other put it. -1: another one is at it. */
static int
lock_folder (RtVault *self)
{
  g_autofree char *path = g_build_filename (self->folder, ".lock", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

static gboolean
move (RtVault *self, Work *work, GError **error)
{
  g_autoptr (GBytes) secret = NULL;
  g_autofree char *item = NULL;
  gboolean taken;

  if (!read_place (work, &secret, &item, error))
    return FALSE;
  work->place = item != NULL ? RT_VAULT_KEYRING : secret != NULL ? RT_VAULT_FILE : RT_VAULT_NOWHERE;
  if (secret == NULL || !self->keyring || !rt_keyring_check (NULL, NULL))
    return TRUE;
  return keep (self, work, secret, KEEP_MOVED, &taken, error);
}

static void
move_job (RtVault *self, GTask *task)
{
  Work *work = g_task_get_task_data (task);
  GError *error = NULL;
  int fd;

  if (!self->keyring)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  fd = lock_folder (self);
  /* somebody else is at it: where it is now is known by the next who looks */
  if (fd < 0)
    work->place = RT_VAULT_FILE;
  if (fd < 0 || move (self, work, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  if (fd >= 0)
    close (fd);
}

static void
remove_job (RtVault *self, GTask *task)
{
  Work *work = g_task_get_task_data (task);
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GError) unread = NULL;
  GError *error = NULL;
  gboolean denied = FALSE, done, unreadable;

  /* What is no key goes, too; but what is in the keyring goes from there first, and what cannot be read now may be a note about it. */
  rt_private_file_read (work->path, &content, &unread);
  unreadable = g_error_matches (unread, RT_STORE_ERROR, RT_STORE_ERROR_UNREADABLE);
  done = !unreadable && (content == NULL || !begins_as_note (content));
  if (done)
    {
      /* it may have one that it took, and did not give back then */
      if (self->keyring && rt_keyring_check (NULL, NULL))
        rt_keyring_remove (work->ref, work->kind, NULL, FALSE, &denied, NULL, NULL);
      denied = FALSE;
    }
  else if (!self->keyring)
    g_set_error_literal (&error, RT_STORE_ERROR, RT_STORE_ERROR_LOCKED, _("The keyring is not used now"));
  else
    {
      /* only who asks a person is hurried when the program ends */
      done = rt_keyring_remove (work->ref, work->kind, NULL, FALSE, &denied, NULL, &error);
      if (!done && may_ask (self))
        {
          g_clear_error (&error);
          done = rt_keyring_remove (work->ref, work->kind, NULL, TRUE, &denied, self->closing, &error);
        }
    }
  note_denied (self, denied);
  if (!done && unreadable)
    {
      g_clear_error (&error);
      error = g_steal_pointer (&unread);
    }
  if (done && rt_private_file_remove (work->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
flush_job (RtVault *self, GTask *task)
{
  g_task_return_boolean (task, TRUE);
}

static void
work_cb (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;
  Work *work = g_task_get_task_data (task);

  if (!g_task_return_error_if_cancelled (task))
    work->job (user_data, task);
}

/* ---- object ---- */

static void
rt_vault_dispose (GObject *object)
{
  RtVault *self = RT_VAULT (object);

  /* Every task holds us: none is left. */
  g_cancellable_cancel (self->closing);
  if (self->worker != NULL)
    g_thread_pool_free (g_steal_pointer (&self->worker), FALSE, FALSE);
  G_OBJECT_CLASS (rt_vault_parent_class)->dispose (object);
}

static void
rt_vault_finalize (GObject *object)
{
  RtVault *self = RT_VAULT (object);

  g_clear_object (&self->closing);
  g_free (self->folder);
  G_OBJECT_CLASS (rt_vault_parent_class)->finalize (object);
}

static void
rt_vault_class_init (RtVaultClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rt_vault_dispose;
  G_OBJECT_CLASS (klass)->finalize = rt_vault_finalize;
}

static void
rt_vault_init (RtVault *self)
{
  self->closing = g_cancellable_new ();
  self->worker = g_thread_pool_new (work_cb, self, 1, FALSE, NULL);
}

RtVault *
rt_vault_new (const char *folder, gboolean keyring)
{
  RtVault *self;

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_object_new (RT_TYPE_VAULT, NULL);
  self->folder = g_strdup (folder);
  self->keyring = keyring && rt_vault_has_keyring ();
  return self;
}

gboolean
rt_vault_has_keyring (void)
{
#ifdef HAVE_SECRET_SERVICE
  return TRUE;
#else
  return FALSE;
#endif
}

char *
rt_vault_dup_path (RtVault *self, const char *ref, const char *kind)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (RT_IS_VAULT (self), NULL);
  /* it becomes a part of a path */
  g_return_val_if_fail (ref != NULL && kind != NULL && strchr (ref, '/') == NULL && strchr (kind, '/') == NULL && *ref != '.', NULL);

  name = g_strconcat (ref, ".", kind, NULL);
  return g_build_filename (self->folder, name, NULL);
}

void
rt_vault_ask_again (RtVault *self)
{
  g_return_if_fail (RT_IS_VAULT (self));
  g_atomic_int_set (&self->denied, 0);
}

void
rt_vault_close (RtVault *self)
{
  g_return_if_fail (RT_IS_VAULT (self));
  g_atomic_int_set (&self->denied, 1);
  g_cancellable_cancel (self->closing);
}

/* ---- asking ---- */

static void
queue (RtVault *self, gpointer tag, const char *name, Job job, const char *ref, const char *kind, const char *label, GBytes *secret,
       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  g_task_set_source_tag (task, tag);
  g_task_set_name (task, name);
  /* what was kept is kept, whether somebody waits for it or not */
  g_task_set_check_cancellable (task, FALSE);
  work->job = job;
  work->ref = g_strdup (ref);
  work->kind = g_strdup (kind);
  work->label = g_strdup (label);
  work->path = ref != NULL ? rt_vault_dup_path (self, ref, kind) : NULL;
  work->secret = secret != NULL ? g_bytes_ref (secret) : NULL;
  g_task_set_task_data (task, work, free_work);
  g_thread_pool_push (self->worker, task, NULL);
}

static void
take_place (GAsyncResult *result, RtVaultPlace *place)
{
  Work *work = g_task_get_task_data (G_TASK (result));

  if (place != NULL)
    *place = work->place;
}

void
rt_vault_lookup_async (RtVault *self, const char *ref, const char *kind, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_VAULT (self));
  g_return_if_fail (ref != NULL && kind != NULL);

  queue (self, rt_vault_lookup_async, "[rt-store] look up in the vault", lookup_job, ref, kind, NULL, NULL, cancellable, callback, user_data);
}

GBytes *
rt_vault_lookup_finish (RtVault *self, GAsyncResult *result, RtVaultPlace *place, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  take_place (result, place);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
rt_vault_load_key_async (RtVault *self, const char *ref, const char *label, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_VAULT (self));
  g_return_if_fail (ref != NULL && label != NULL);

  queue (self, rt_vault_load_key_async, "[rt-store] load key", load_key_job, ref, RT_VAULT_KEY, label, NULL, cancellable, callback, user_data);
}

GBytes *
rt_vault_load_key_finish (RtVault *self, GAsyncResult *result, RtVaultPlace *place, GError **error)
{
  return rt_vault_lookup_finish (self, result, place, error);
}

void
rt_vault_store_async (RtVault *self, const char *ref, const char *kind, const char *label, GBytes *secret, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_VAULT (self));
  g_return_if_fail (ref != NULL && kind != NULL && label != NULL);
  g_return_if_fail (secret != NULL && g_bytes_get_size (secret) > 0 && g_bytes_get_size (secret) <= RT_VAULT_MAX_LENGTH && !begins_as_note (secret));
  g_return_if_fail (!g_str_equal (kind, RT_VAULT_KEY) || g_bytes_get_size (secret) == RT_KEY_FILE_SEED_LENGTH);

  queue (self, rt_vault_store_async, "[rt-store] store in the vault", store_job, ref, kind, label, secret, NULL, callback, user_data);
}

gboolean
rt_vault_store_finish (RtVault *self, GAsyncResult *result, RtVaultPlace *place, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  take_place (result, place);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
rt_vault_move_async (RtVault *self, const char *ref, const char *kind, const char *label, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_VAULT (self));
  g_return_if_fail (ref != NULL && kind != NULL && label != NULL);

  queue (self, rt_vault_move_async, "[rt-store] move into the keyring", move_job, ref, kind, label, NULL, NULL, callback, user_data);
}

gboolean
rt_vault_move_finish (RtVault *self, GAsyncResult *result, RtVaultPlace *place, GError **error)
{
  return rt_vault_store_finish (self, result, place, error);
}

void
rt_vault_remove_async (RtVault *self, const char *ref, const char *kind, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_VAULT (self));
  g_return_if_fail (ref != NULL && kind != NULL);

  queue (self, rt_vault_remove_async, "[rt-store] remove from the vault", remove_job, ref, kind, NULL, NULL, NULL, callback, user_data);
}

gboolean
rt_vault_remove_finish (RtVault *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
rt_vault_flush_async (RtVault *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_VAULT (self));

  queue (self, rt_vault_flush_async, "[rt-store] flush the vault", flush_job, NULL, NULL, NULL, NULL, NULL, callback, user_data);
}

void
rt_vault_flush_finish (RtVault *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}
