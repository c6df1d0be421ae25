/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file system for SQLite that fails when it is told to: takes the place of the default one. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

void  faulty_vfs_install (void);
/* The n-th operation from now on that may fail (1: the next) answers code, and each one after it too if it is for good. 0: none. */
void  faulty_vfs_fail (guint n, int code, gboolean for_good);
/* How many operations there were since faulty_vfs_fail(). */
guint faulty_vfs_get_n_operations (void);

G_END_DECLS
