/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "rt-store-error.h"

G_BEGIN_DECLS

/**
 * RtVault:
 *
 * Where keys and secrets are kept: in the Secret Service of the desktop (its keyring; in a sandbox behind its portal) where there is one that takes
 * them, else in files of mode 0600 in a folder. In the place of the file of what is in the keyring stands a note that says so: what the keyring does
 * not give now is never taken for something that is not there.
 *
 * A ref names what is kept (a UUID), a kind says what it is ("key": the 32 bytes of a seed; anything else: up to RT_VAULT_MAX_LENGTH bytes). One worker
 * thread of its own does one thing after the other, in the order in which they were asked for; results come in the thread-default main context of
 * whoever asked. Whoever stores is never asked anything: a keyring that is locked gets nothing. Whoever looks something up is asked for the password of
 * the keyring once; when he thinks better of it, not again before rt_vault_ask_again().
 */
#define RT_TYPE_VAULT (rt_vault_get_type ())
G_DECLARE_FINAL_TYPE (RtVault, rt_vault, RT, VAULT, GObject)

#define RT_VAULT_KEY "key"
#define RT_VAULT_MAX_LENGTH 32768

typedef enum {
  RT_VAULT_NOWHERE,
  RT_VAULT_FILE,
  RT_VAULT_KEYRING,
} RtVaultPlace;

/* folder: of the files. keyring: FALSE: files only. */
RtVault *rt_vault_new (const char *folder, gboolean keyring);
/* This program was built with it. */
gboolean rt_vault_has_keyring (void);
/* The file of it, or of the note about it. Transfer full. */
char    *rt_vault_dup_path (RtVault *self, const char *ref, const char *kind);
/* The person wants to be asked for the password once more. */
void     rt_vault_ask_again (RtVault *self);
/* The program ends: nobody is waited for any more who thinks about a password. Files are read and written all the same. */
void     rt_vault_close (RtVault *self);

/* NULL without an error: there is none. RT_STORE_ERROR_LOCKED, RT_STORE_ERROR_GONE, RT_STORE_ERROR_UNREADABLE, RT_STORE_ERROR_BAD_KEY: there is one, which cannot be had. place: nullable. Transfer full, wiped when freed. */
void     rt_vault_lookup_async  (RtVault *self, const char *ref, const char *kind, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GBytes  *rt_vault_lookup_finish (RtVault *self, GAsyncResult *result, RtVaultPlace *place, GError **error);
/* The same of a key, which is made first when there is none. Any number of programs at once agree on one. label: what the keyring shows of it. */
void     rt_vault_load_key_async  (RtVault *self, const char *ref, const char *label, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GBytes  *rt_vault_load_key_finish (RtVault *self, GAsyncResult *result, RtVaultPlace *place, GError **error);
/* In the place of what is there. */
void     rt_vault_store_async  (RtVault *self, const char *ref, const char *kind, const char *label, GBytes *secret, GAsyncReadyCallback callback, gpointer user_data);
gboolean rt_vault_store_finish (RtVault *self, GAsyncResult *result, RtVaultPlace *place, GError **error);
/* From a file into the keyring, if that takes it: the file goes when the keyring has shown that it has it. Where it is in the end is *place; a keyring that takes nothing is no error. */
void     rt_vault_move_async  (RtVault *self, const char *ref, const char *kind, const char *label, GAsyncReadyCallback callback, gpointer user_data);
gboolean rt_vault_move_finish (RtVault *self, GAsyncResult *result, RtVaultPlace *place, GError **error);
/* Nothing to remove is no error; what the keyring does not let go stays, and is RT_STORE_ERROR_LOCKED. */
void     rt_vault_remove_async  (RtVault *self, const char *ref, const char *kind, GAsyncReadyCallback callback, gpointer user_data);
gboolean rt_vault_remove_finish (RtVault *self, GAsyncResult *result, GError **error);
/* After all that was asked for before. */
void     rt_vault_flush_async  (RtVault *self, GAsyncReadyCallback callback, gpointer user_data);
void     rt_vault_flush_finish (RtVault *self, GAsyncResult *result);

G_END_DECLS
