/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-identity.h"

G_BEGIN_DECLS

RtIdentity *rt_identity_new (const char *ref, const char *name, gboolean shared);
void        rt_identity_set_name (RtIdentity *self, const char *name);
/* What its title is while it has no name: the network that it is of. */
void        rt_identity_set_network_title (RtIdentity *self, const char *title);
void        rt_identity_set_shared (RtIdentity *self, gboolean shared);
void        rt_identity_set_place (RtIdentity *self, RtVaultPlace place);
void        rt_identity_set_trouble (RtIdentity *self, const char *trouble);
/* TRUE: it was not known. */
gboolean    rt_identity_set_public_key (RtIdentity *self, GBytes *key);
/* Its key was made in an earlier life, though nothing else may be remembered of it: it is never made anew. */
void        rt_identity_set_had (RtIdentity *self);
gboolean    rt_identity_get_had (RtIdentity *self);
/* It is being removed: nobody may begin to use it. */
void        rt_identity_set_leaving (RtIdentity *self, gboolean leaving);

G_END_DECLS
