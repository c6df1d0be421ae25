/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The libraries that we lean on are refused memory, at the first allocation, at the second, and so on until all that an operation needs
 * was there: each time it ends with a result or with words, and leaves nothing behind. (GLib's own allocations end the program, by its
 * design; what a peer decides the size of is tried at tests/link/test-budget.c.)
 */
#include "store-test.h"

#include <dlfcn.h>
#include <link.h>
#include <glib/gstdio.h>
#include <string.h>

#include "p2p/p2p.h"

/* ---- malloc of this program ---- */

void *__libc_malloc (size_t size);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *old, size_t size);
void __libc_free (void *block);

typedef struct { guintptr begin, end; } Range;

static Range ranges[8];
static guint n_ranges;
static gint countdown;          /* the allocation to be refused; 0: none */
static gint refused;

/* What the libraries hold: an open table of addresses, for nothing may be allocated here. */
#define N_HELD 65536
#define GONE ((void *) 1)
static void *held[N_HELD];
static gint n_held;
static GMutex held_lock;

static gboolean
is_ours (const void *caller)
{
  guintptr at = (guintptr) caller;

  for (guint i = 0; i < n_ranges; i++)
    if (at >= ranges[i].begin && at < ranges[i].end)
      return TRUE;
  return FALSE;
}

/* From the one that is to be refused on all are: memory that is short stays short for a while. */
static gboolean
is_refused (const void *caller)
{
  if (g_atomic_int_get (&countdown) <= 0 || !is_ours (caller))
    return FALSE;
  if (g_atomic_int_add (&countdown, -1) > 1)
    return FALSE;
  g_atomic_int_set (&countdown, 1);
  g_atomic_int_set (&refused, 1);
  return TRUE;
}

static void *
hold (void *block, const void *caller)
{
  if (block == NULL || !is_ours (caller))
    return block;
  g_mutex_lock (&held_lock);
  for (guint i = 0; i < N_HELD; i++)
    {
      void **place = &held[((guintptr) block / 16 + i) % N_HELD];

      if (*place != NULL && *place != GONE)
        continue;
      *place = block;
      n_held++;
      break;
    }
  g_mutex_unlock (&held_lock);
  return block;
}

static void
let_go (void *block)
{
  if (block == NULL || n_ranges == 0)
    return;
  g_mutex_lock (&held_lock);
  for (guint i = 0; i < N_HELD; i++)
    {
      void **place = &held[((guintptr) block / 16 + i) % N_HELD];

      if (*place == NULL)
        break;
      if (*place != block)
        continue;
      *place = GONE;
      n_held--;
      break;
    }
  g_mutex_unlock (&held_lock);
}

void *malloc (size_t size);
void *
malloc (size_t size)
{
  const void *caller = __builtin_return_address (0);

  return is_refused (caller) ? NULL : hold (__libc_malloc (size), caller);
}

void *calloc (size_t n, size_t size);
void *
calloc (size_t n, size_t size)
{
  const void *caller = __builtin_return_address (0);

  return is_refused (caller) ? NULL : hold (__libc_calloc (n, size), caller);
}

void *realloc (void *old, size_t size);
void *
realloc (void *old, size_t size)
{
  const void *caller = __builtin_return_address (0);

  if (is_refused (caller))
    return NULL;
  let_go (old);
  return hold (__libc_realloc (old, size), caller);
}

void free (void *block);
void
free (void *block)
{
  let_go (block);
  __libc_free (block);
}

static int
note_library (struct dl_phdr_info *info, size_t size, void *data)
{
  if (strstr (info->dlpi_name, data) == NULL)
    return 0;
  for (int i = 0; i < info->dlpi_phnum; i++)
    if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X) != 0 && n_ranges < G_N_ELEMENTS (ranges))
      {
        guintptr begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;

        ranges[n_ranges++] = (Range) { begin, begin + info->dlpi_phdr[i].p_memsz };
      }
  return 0;
}

/* ---- operations ---- */

/* TRUE: it worked. Asserts that words say why not. */
typedef gboolean (*Operation) (gconstpointer data);

static gboolean
check_ended (gboolean worked, const GError *error)
{
  g_assert_true (worked == (error == NULL));
  if (error != NULL)
    g_assert_cmpuint (strlen (error->message), >, 0);
  return worked;
}

static GBytes *
make_plain (void)
{
  guint8 *bytes = g_malloc (100000);

  for (guint i = 0; i < 100000; i++)
    bytes[i] = (guint8) (i * i >> 7);
  return g_bytes_new_take (bytes, 100000);
}

static gboolean
pack (gconstpointer data)
{
  g_autoptr (GBytes) plain = make_plain ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) packed = p2p_compress (plain, GPOINTER_TO_INT (data), &error);

  return check_ended (packed != NULL, error);
}

static GBytes *packed_bytes;

static gboolean
unpack (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain = p2p_decompress (packed_bytes, GPOINTER_TO_INT (data), NULL, &error);

  return check_ended (plain != NULL, error);
}

static gboolean
make_identity (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (P2pIdentity) identity = p2p_identity_new_from_seed (key, &error);

  return check_ended (identity != NULL, error);
}

static gboolean
use_store (gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("allocation-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "store.sqlite", NULL);
  g_autoptr (RtStore) store = rt_store_new ();
  g_autofree char *notice = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) files = NULL;
  const char *name;
  gboolean worked = open_store (store, path, &notice, &error);

  if (worked)
    {
      worked = set_profile (store, "name", "Ada", &error);
      if (worked)
        {
          g_autofree char *value = get_profile (store, "name", &error);

          worked = error == NULL;
          g_assert_true (!worked || g_strcmp0 (value, "Ada") == 0);
        }
      close_store (store);
    }
  files = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *file = g_build_filename (folder, name, NULL);

      g_remove (file);
    }
  g_rmdir (folder);
  return check_ended (worked, error);
}

/* ---- the test ---- */

typedef struct {
  Operation operation;
  gconstpointer data;
  gint n;
} Run;

static gpointer
run_in_thread (gpointer data)
{
  Run *self = data;
  gboolean worked;

  g_atomic_int_set (&refused, 0);
  g_atomic_int_set (&countdown, self->n);
  worked = self->operation (self->data);
  g_atomic_int_set (&countdown, 0);
  return GINT_TO_POINTER (worked);
}

/* In a thread of its own: what is kept for the next time is kept by thread. */
static gboolean
run (Operation operation, gconstpointer data, gint n)
{
  Run self = { operation, data, n };

  return GPOINTER_TO_INT (g_thread_join (g_thread_new ("allocation", run_in_thread, &self)));
}

static void
refuse_each (Operation operation, gconstpointer data, const char *name)
{
  guint failures = 0;
  gint n, before;

  /* All that is made once in a process is there afterwards. */
  g_assert_true (run (operation, data, 0));
  before = g_atomic_int_get (&n_held);
  for (n = 1; n < 20000; n += n < 200 ? 1 : n / 50)
    {
      if (!run (operation, data, n))
        failures++;
      g_assert_cmpint (g_atomic_int_get (&n_held), ==, before);
      if (!g_atomic_int_get (&refused))
        break;
    }
  g_test_message ("%s: refused at %d places, %u failures", name, n - 1, failures);
  g_assert_cmpuint (failures, >, 0);
  /* No harm is left. */
  g_assert_true (run (operation, data, 0));
}

static void
test_codecs (void)
{
  static const guint8 methods[] = { P2P_COMPRESSION_ZLIB, P2P_COMPRESSION_GZIP, P2P_COMPRESSION_BZ2, P2P_COMPRESSION_LZMA };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      P2pCompression method = methods[i];
      g_autoptr (GBytes) plain = make_plain ();

      refuse_each (pack, GINT_TO_POINTER (method), p2p_compression_get_name (method));
      packed_bytes = p2p_compress (plain, method, NULL);
      refuse_each (unpack, GINT_TO_POINTER (method), p2p_compression_get_name (method));
      g_clear_pointer (&packed_bytes, g_bytes_unref);
    }
}

static void
test_identity (void)
{
  refuse_each (make_identity, NULL, "identity");
}

static void
test_store (void)
{
  refuse_each (use_store, NULL, "store");
}

int
main (int argc, char **argv)
{
  static const char * const libraries[] = { "libz.so", "libbz2.so", "liblzma.so", "libcrypto.so", "libsqlite3.so" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (libraries); i++)
    dl_iterate_phdr (note_library, (gpointer) libraries[i]);
  g_assert_cmpuint (n_ranges, >=, G_N_ELEMENTS (libraries));
  g_test_add_func ("/allocation/codecs", test_codecs);
  g_test_add_func ("/allocation/identity", test_identity);
  g_test_add_func ("/allocation/store", test_store);
  return g_test_run ();
}
