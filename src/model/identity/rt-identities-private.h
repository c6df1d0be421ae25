/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-identities.h"
#include "rt-identity-private.h"
#include "model/networks/rt-network-config.h"

G_BEGIN_DECLS

struct _RtIdentities {
  GObject     parent_instance;
  GListModel *networks;         /* of RtNetwork; weak: it owns us */
  RtVault    *vault;
  RtVault    *files;            /* the same without a keyring, for the demonstration */
  GListStore *list;
  char       *folder;
  char       *trouble;          /* the networks cannot be read: words */
  gboolean    keyring;
  gboolean    lost;             /* while the networks are loaded: there was no list, or no whole one */
};

/* ---- for RtNetworks ---- */
/* networks: not owned. Signal save (important): the text is another one; if it is important a person is told when it cannot be written. */
RtIdentities *rt_identities_new (GListModel *networks, const char *folder);
void          rt_identities_set_keyring (RtIdentities *self, gboolean keyring);        /* before any key is loaded */
/* As it was remembered; NULL: nothing was. FALSE: not all of it could be read. */
gboolean      rt_identities_take_text (RtIdentities *self, const char *text);
/* The networks are there. Where there was no list, or no whole one, keys in the folder that nobody uses are those of identities that it had. */
void          rt_identities_find_lost (RtIdentities *self);
/* NULL: it is not to be written. Transfer full. */
char         *rt_identities_dup_text (RtIdentities *self);
/* What is remembered of a stored network; who he is in it too (identity), where that does not say so itself. */
void          rt_identities_fill_config (RtIdentities *self, RtNetworkConfig *config, gboolean identity);
/* Not everything could be read: nothing is written. */
void          rt_identities_give_up (RtIdentities *self);
/* A network is there, or its configuration is another. Whoever changed something saves it. */
void          rt_identities_take_network (RtIdentities *self, RtNetwork *network);
/* It was left, and is not in the list any more: a key of its own goes with it. */
void          rt_identities_leave_network (RtIdentities *self, RtNetwork *network, GAsyncReadyCallback callback, gpointer user_data);
gboolean      rt_identities_leave_network_finish (RtIdentities *self, GAsyncResult *result, GError **error);
/* After all that was asked for before; nobody waits for a person any more. */
void          rt_identities_flush_async  (RtIdentities *self, GAsyncReadyCallback callback, gpointer user_data);
void          rt_identities_flush_finish (RtIdentities *self, GAsyncResult *result);
/* The person wants something: he may be asked for the password of the keyring. */
void          rt_identities_ask_again (RtIdentities *self);

void          rt_identities_save (RtIdentities *self, gboolean important);

/* ---- for its files ---- */
/* Whose key a network of this configuration uses. */
const char   *rt_identities_get_ref (RtNetworkConfig *config);
RtIdentity   *rt_identities_append (RtIdentities *self, const char *ref, const char *name, gboolean shared);
void          rt_identities_drop (RtIdentities *self, RtIdentity *identity);
char         *rt_identities_dup_label (RtIdentity *identity);
/* A name as typed, fit to be kept. Transfer full. */
char         *rt_identities_clean_name (const char *name);
/* The key was had from there. FALSE: it is another one than he had, RT_STORE_ERROR_BAD_KEY. */
gboolean      rt_identities_note_key (RtIdentities *self, RtIdentity *identity, GBytes *seed, RtVaultPlace place, GError **error);
/* RT_STORE_ERROR_GONE: it is neither in its file nor, where that says so, in the keyring. */
void          rt_identities_set_gone (RtIdentities *self, RtIdentity *identity, RtVaultPlace place, GError **error);
/* The networks that could not begin without it. */
void          rt_identities_start_users (RtIdentities *self, RtIdentity *identity);

G_END_DECLS
