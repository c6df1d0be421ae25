/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "faulty-vfs.h"

typedef struct {
  sqlite3_file  base;
  sqlite3_file *real;           /* behind this in memory */
} FaultyFile;

/* The one and only: SQLite knows file systems by process. Set while the worker has nothing to do. */
static struct {
  sqlite3_vfs  vfs;
  sqlite3_vfs *real;
  gint         n;
  gint         fail_at;
  int          code;
  gboolean     for_good;
} faulty;

/* writes: full disks and read-only ones refuse only those. */
static int
try_operation (gboolean writes)
{
  gint n;

  if (!writes && (faulty.code & 0xff) != SQLITE_IOERR)
    return SQLITE_OK;
  n = g_atomic_int_add (&faulty.n, 1) + 1;
  if (faulty.fail_at == 0 || n < faulty.fail_at || (n > faulty.fail_at && !faulty.for_good))
    return SQLITE_OK;
  return faulty.code;
}

#define REAL(file) (((FaultyFile *) (file))->real)
#define TRY(writes) \
  G_STMT_START { \
    int code_ = try_operation (writes); \
    if (code_ != SQLITE_OK) \
      return code_; \
  } G_STMT_END

static int
close_file (sqlite3_file *file)
{
  return REAL (file)->pMethods->xClose (REAL (file));
}

static int
read_file (sqlite3_file *file, void *data, int length, sqlite3_int64 at)
{
  TRY (FALSE);
  return REAL (file)->pMethods->xRead (REAL (file), data, length, at);
}

static int
write_file (sqlite3_file *file, const void *data, int length, sqlite3_int64 at)
{
  TRY (TRUE);
  return REAL (file)->pMethods->xWrite (REAL (file), data, length, at);
}

static int
truncate_file (sqlite3_file *file, sqlite3_int64 length)
{
  TRY (TRUE);
  return REAL (file)->pMethods->xTruncate (REAL (file), length);
}

static int
sync_file (sqlite3_file *file, int flags)
{
  TRY (TRUE);
  return REAL (file)->pMethods->xSync (REAL (file), flags);
}

static int
measure_file (sqlite3_file *file, sqlite3_int64 *length)
{
  TRY (FALSE);
  return REAL (file)->pMethods->xFileSize (REAL (file), length);
}

static int
lock_file (sqlite3_file *file, int level)
{
  return REAL (file)->pMethods->xLock (REAL (file), level);
}

static int
unlock_file (sqlite3_file *file, int level)
{
  return REAL (file)->pMethods->xUnlock (REAL (file), level);
}

static int
check_lock (sqlite3_file *file, int *result)
{
  return REAL (file)->pMethods->xCheckReservedLock (REAL (file), result);
}

static int
control_file (sqlite3_file *file, int operation, void *argument)
{
  return REAL (file)->pMethods->xFileControl (REAL (file), operation, argument);
}

static int
get_sector_size (sqlite3_file *file)
{
  return REAL (file)->pMethods->xSectorSize (REAL (file));
}

static int
get_characteristics (sqlite3_file *file)
{
  return REAL (file)->pMethods->xDeviceCharacteristics (REAL (file));
}

static int
map_shared (sqlite3_file *file, int region, int length, int extend, void volatile **memory)
{
  return REAL (file)->pMethods->xShmMap (REAL (file), region, length, extend, memory);
}

static int
lock_shared (sqlite3_file *file, int offset, int n, int flags)
{
  return REAL (file)->pMethods->xShmLock (REAL (file), offset, n, flags);
}

static void
put_barrier (sqlite3_file *file)
{
  REAL (file)->pMethods->xShmBarrier (REAL (file));
}

static int
unmap_shared (sqlite3_file *file, int remove)
{
  return REAL (file)->pMethods->xShmUnmap (REAL (file), remove);
}

static const sqlite3_io_methods methods = {
  2, close_file, read_file, write_file, truncate_file, sync_file, measure_file, lock_file, unlock_file, check_lock, control_file, get_sector_size, get_characteristics,
  map_shared, lock_shared, put_barrier, unmap_shared, NULL, NULL,
};

static int
open_file (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  FaultyFile *self = (FaultyFile *) file;
  int code;

  self->base.pMethods = NULL;
  self->real = (sqlite3_file *) (self + 1);
  TRY (FALSE);
  code = faulty.real->xOpen (faulty.real, name, self->real, flags, out_flags);
  if (self->real->pMethods != NULL)
    self->base.pMethods = &methods;
  return code;
}

static int
delete_file (sqlite3_vfs *vfs, const char *name, int sync)
{
  TRY (TRUE);
  return faulty.real->xDelete (faulty.real, name, sync);
}

void
faulty_vfs_install (void)
{
  faulty.real = sqlite3_vfs_find (NULL);
  faulty.vfs = *faulty.real;
  faulty.vfs.zName = "faulty";
  faulty.vfs.szOsFile = (int) sizeof (FaultyFile) + faulty.real->szOsFile;
  faulty.vfs.xOpen = open_file;
  faulty.vfs.xDelete = delete_file;
  sqlite3_vfs_register (&faulty.vfs, 1);
}

void
faulty_vfs_fail (guint n, int code, gboolean for_good)
{
  faulty.code = code;
  faulty.for_good = for_good;
  faulty.fail_at = (gint) n;
  g_atomic_int_set (&faulty.n, 0);
}

guint
faulty_vfs_get_n_operations (void)
{
  return (guint) g_atomic_int_get (&faulty.n);
}
