/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/network/rt-network.h"

G_BEGIN_DECLS

typedef enum {
  RT_SECRET_GROUP_MAKE,         /* of a new network: one is made up when the switch is turned on */
  RT_SECRET_GROUP_JOIN,         /* it is what others told */
} RtSecretGroupMode;

/**
 * RtSecretGroup: whether a network has a secret, and which, checked while typing.
 * Property: problem (readable, notifies: why it cannot be so, NULL when it can). Signals: changed; encrypt: the network is to be encrypted, as the person has just said.
 */
#define RT_TYPE_SECRET_GROUP (rt_secret_group_get_type ())
G_DECLARE_FINAL_TYPE (RtSecretGroup, rt_secret_group, RT, SECRET_GROUP, AdwPreferencesGroup)

void        rt_secret_group_set_mode      (RtSecretGroup *self, RtSecretGroupMode mode);
/* Of one that is edited; once. */
void        rt_secret_group_set_network   (RtSecretGroup *self, RtNetwork *network);
/* Only where nobody on the way reads along there can be one. */
void        rt_secret_group_set_encrypted (RtSecretGroup *self, gboolean encrypted);
const char *rt_secret_group_get_problem   (RtSecretGroup *self);
/* There is a problem, and it stands in the group. */
gboolean    rt_secret_group_get_shows_problem (RtSecretGroup *self);
gboolean    rt_secret_group_get_private   (RtSecretGroup *self);
/* What the group says, into a configuration. */
void        rt_secret_group_apply         (RtSecretGroup *self, RtNetworkConfig *config);

G_END_DECLS
