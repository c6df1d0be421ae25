/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "store/rt-vault.h"

G_BEGIN_DECLS

/**
 * RtIdentity: one who the person is: a key, by whose numbers others know him. RtIdentities makes them.
 * Properties, all readable: name (string: what he calls it; "": nothing), title (string: the same, or the network that it is of), shared (boolean: any network may use it; else it is of one),
 * place (uint: an RtVaultPlace, as far as it is known), trouble (words: why its key cannot be had; nullable), public-key (GBytes, 32; NULL: it was never had).
 */
#define RT_TYPE_IDENTITY (rt_identity_get_type ())
G_DECLARE_FINAL_TYPE (RtIdentity, rt_identity, RT, IDENTITY, GObject)

const char  *rt_identity_get_ref (RtIdentity *self);            /* a UUID; that of its network, when it was made with it */
const char  *rt_identity_get_name (RtIdentity *self);
const char  *rt_identity_get_title (RtIdentity *self);
gboolean     rt_identity_get_shared (RtIdentity *self);
RtVaultPlace rt_identity_get_place (RtIdentity *self);
const char  *rt_identity_get_trouble (RtIdentity *self);
GBytes      *rt_identity_get_public_key (RtIdentity *self);     /* nullable, transfer none */
gboolean     rt_identity_get_leaving (RtIdentity *self);        /* it is being removed */
/* What two people compare, when they want to know that they mean the same one. NULL: its key was never had. Transfer full. */
char        *rt_identity_dup_digits (RtIdentity *self);
char        *rt_identity_dup_words (RtIdentity *self);

G_END_DECLS
