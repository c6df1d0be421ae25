/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtStoreError:
 * @RT_STORE_ERROR_FAILED: something else; the message says what
 * @RT_STORE_ERROR_TOO_NEW: written by a newer Roundtable; it is left as it is
 * @RT_STORE_ERROR_DAMAGED: what is there is not what Roundtable wrote
 * @RT_STORE_ERROR_READ_ONLY: the folder or the file cannot be written
 * @RT_STORE_ERROR_FULL: there is no space left
 * @RT_STORE_ERROR_BUSY: another program holds the database for too long
 * @RT_STORE_ERROR_CLOSED: the store is not open
 * @RT_STORE_ERROR_BAD_KEY: a key file that holds no key; it is left as it is
 * @RT_STORE_ERROR_LOCKED: it is kept in the Secret Service, which does not give it now
 * @RT_STORE_ERROR_GONE: it was kept, and is not there any more
 * @RT_STORE_ERROR_UNREADABLE: a key file is there, and cannot be read now
 */
typedef enum {
  RT_STORE_ERROR_FAILED,
  RT_STORE_ERROR_TOO_NEW,
  RT_STORE_ERROR_DAMAGED,
  RT_STORE_ERROR_READ_ONLY,
  RT_STORE_ERROR_FULL,
  RT_STORE_ERROR_BUSY,
  RT_STORE_ERROR_CLOSED,
  RT_STORE_ERROR_BAD_KEY,
  RT_STORE_ERROR_LOCKED,
  RT_STORE_ERROR_GONE,
  RT_STORE_ERROR_UNREADABLE,
} RtStoreError;

#define RT_STORE_ERROR (rt_store_error_quark ())
GQuark rt_store_error_quark (void);

/* A sentence or two about what becomes of what could not be written, and what a person can do. NULL: nobody can say. */
const char *rt_store_error_get_advice (const GError *error);

/* The code that fits an errno of a file operation. */
RtStoreError rt_store_error_from_errno (int errsv);

G_END_DECLS
