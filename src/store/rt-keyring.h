/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "rt-store-error.h"

G_BEGIN_DECLS

/*
 * The Secret Service of the desktop, by libsecret. These block, for as long as a person thinks about a password: from a worker thread only.
 * An item is found by what it is of (ref), what it is (kind), and a name of its own (item): of two programs that keep the same thing, the note of one counts.
 */

/* It takes something now without asking anybody. FALSE: words. */
gboolean rt_keyring_check  (GCancellable *cancellable, GError **error);
/* And has it: it was read again. */
gboolean rt_keyring_store  (const char *ref, const char *kind, const char *item, const char *label, GBytes *secret, GCancellable *cancellable, GError **error);
/* RT_STORE_ERROR_LOCKED, RT_STORE_ERROR_GONE. may_ask: the person may be asked for the password; *denied: he was, and gave none. */
GBytes  *rt_keyring_lookup (const char *ref, const char *kind, const char *item, gboolean may_ask, gboolean *denied, GCancellable *cancellable, GError **error);
/* Every item of it but one; item NULL: every one. RT_STORE_ERROR_LOCKED: one of them is there still. */
gboolean rt_keyring_remove (const char *ref, const char *kind, const char *except, gboolean may_ask, gboolean *denied, GCancellable *cancellable, GError **error);

G_END_DECLS
