/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-store-error.h"

G_BEGIN_DECLS

#define RT_KEY_FILE_SEED_LENGTH 32

/*
 * A network's key: a file with the 32 bytes of an Ed25519 seed, readable by its owner only. These block: call them from a
 * worker thread, or from a program that has nothing else to do yet.
 */

/* The seed in path, made first when there is no such file; the folder is made too. Any number of processes at once agree
 * on one seed. A file that others may read is narrowed to 0600. A file that is no key is RT_STORE_ERROR_BAD_KEY and is
 * never written over, nor is one that cannot be read now (RT_STORE_ERROR_UNREADABLE). *seed: transfer full, wiped when freed. */
gboolean rt_key_file_load_or_create (const char *path, GBytes **seed, GError **error);
/* RT_STORE_ERROR_BAD_KEY: what was read at path is no seed. */
gboolean rt_key_file_check (const char *path, GBytes *content, GError **error);
/* 32 new random bytes, for a key that cannot be kept. Transfer full. */
GBytes  *rt_key_file_generate (void);
/* Forgets it; no file is no error. */
gboolean rt_key_file_remove (const char *path, GError **error);

G_END_DECLS
