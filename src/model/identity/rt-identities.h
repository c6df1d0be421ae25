/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-identity.h"

G_BEGIN_DECLS

typedef struct _RtNetwork RtNetwork;

/**
 * RtIdentities: all that the person is, a GListModel of RtIdentity: one for each network, unless he uses the same in several. RtNetworks has it.
 * Their keys are in an RtVault; the list is remembered with the networks.
 * Signal: changed: a title, a place, a trouble, or which networks use which.
 */
#define RT_TYPE_IDENTITIES (rt_identities_get_type ())
G_DECLARE_FINAL_TYPE (RtIdentities, rt_identities, RT, IDENTITIES, GObject)

/* More are not read from what is remembered. */
#define RT_IDENTITIES_MAX 10000u

RtIdentity *rt_identities_find (RtIdentities *self, const char *ref);                   /* nullable, transfer none */
RtIdentity *rt_identities_get_of_network (RtIdentities *self, RtNetwork *network);      /* likewise; NULL: the demonstration */
/* The networks that use it. Of RtNetwork, transfer full. */
GPtrArray  *rt_identities_dup_users (RtIdentities *self, RtIdentity *identity);
/* The vault, for other secrets of networks. */
RtVault    *rt_identities_get_vault (RtIdentities *self);
/* Their keys go into the keyring of the desktop, if it takes them. */
gboolean    rt_identities_get_keyring (RtIdentities *self);

/* A new one that any network may use. name: as typed. Transfer none. */
RtIdentity *rt_identities_add (RtIdentities *self, const char *name);
void        rt_identities_rename (RtIdentities *self, RtIdentity *identity, const char *name);
/* What could not be had is tried again, and the person is asked for the password of the keyring if that is locked. */
void        rt_identities_retry (RtIdentities *self);

/* The key of a network. RT_STORE_ERROR_LOCKED, RT_STORE_ERROR_GONE, RT_STORE_ERROR_BAD_KEY, RT_STORE_ERROR_UNREADABLE: he is somebody here, who cannot be had now; others: nothing can be kept. Transfer full. */
void        rt_identities_load_key_async  (RtIdentities *self, RtNetwork *network, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GBytes     *rt_identities_load_key_finish (RtIdentities *self, GAsyncResult *result, GError **error);

/* ---- rt-identities-files.c ---- */
/* Its key as text, readable with the passphrase only. Transfer full. */
void        rt_identities_export_async  (RtIdentities *self, RtIdentity *identity, const char *passphrase, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char       *rt_identities_export_finish (RtIdentities *self, GAsyncResult *result, GError **error);
/* One whose key is gone has it again. G_IO_ERROR_EXISTS: it is one of them, and has its key. Cancelled: nothing came of it, or it is done. Transfer none. */
void        rt_identities_import_async  (RtIdentities *self, const char *text, const char *passphrase, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
RtIdentity *rt_identities_import_finish (RtIdentities *self, GAsyncResult *result, GError **error);
/* For ever. G_IO_ERROR_BUSY: a network uses it, or it is on its way already. */
void        rt_identities_remove_async  (RtIdentities *self, RtIdentity *identity, GAsyncReadyCallback callback, gpointer user_data);
gboolean    rt_identities_remove_finish (RtIdentities *self, GAsyncResult *result, GError **error);

G_END_DECLS
