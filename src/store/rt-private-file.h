/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-store-error.h"

G_BEGIN_DECLS

/* Longer than any key or secret. */
#define RT_PRIVATE_FILE_MAX_LENGTH 65536

/*
 * Small files that only their owner can read. These block: call them from a worker thread, or from a program that has nothing else to do yet.
 */

/* length bytes that are wiped when they are freed; *bytes is where they are written, by who made them and nobody else. Transfer full. */
GBytes  *rt_secret_bytes_new (gsize length, guint8 **bytes);
GBytes  *rt_secret_bytes_random (gsize length);

/* TRUE with *content NULL: there is none. A file that others may read is narrowed to 0600. What is no file, or too long, is
 * RT_STORE_ERROR_BAD_KEY, what cannot be read now RT_STORE_ERROR_UNREADABLE. *content: transfer full, wiped when freed. */
gboolean rt_private_file_read (const char *path, GBytes **content, GError **error);
/* All of it or nothing, and on the disk when this returns; the folder is made too. Without replace a file that is there stays:
 * *taken (nullable) is TRUE then, and nothing is wrong. */
gboolean rt_private_file_write (const char *path, GBytes *content, gboolean replace, gboolean *taken, GError **error);
/* No file is no error. What a program that was killed had begun to write goes, too: here, and a minute later wherever it is read. */
gboolean rt_private_file_remove (const char *path, GError **error);

G_END_DECLS
