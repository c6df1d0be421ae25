/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/identity/rt-identities.h"

G_BEGIN_DECLS

/**
 * RtIdentityPage: one of those that the person is: its name, where it is used, its fingerprint, where its key is; and what can be done with it.
 * In an AdwPreferencesWindow, which it closes itself in when the identity is gone.
 */
#define RT_TYPE_IDENTITY_PAGE (rt_identity_page_get_type ())
G_DECLARE_FINAL_TYPE (RtIdentityPage, rt_identity_page, RT, IDENTITY_PAGE, GtkBox)

GtkWidget *rt_identity_page_new (RtIdentities *identities, RtIdentity *identity);
/* Where a key is, in words. Transfer full. */
char      *rt_identity_dup_place_words (RtIdentities *identities, RtIdentity *identity);

G_END_DECLS
