/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * RtAddressGroup: a list of addresses that can be added to and removed from.
 * Properties: problem (readable, notifies: what is wrong with what is being typed, NULL when nothing is).
 * What stands in the entry counts as added: a person who types an address and presses Create means it.
 */
#define RT_TYPE_ADDRESS_GROUP (rt_address_group_get_type ())
G_DECLARE_FINAL_TYPE (RtAddressGroup, rt_address_group, RT, ADDRESS_GROUP, AdwPreferencesGroup)

char      **rt_address_group_dup_addresses (RtAddressGroup *self);
void        rt_address_group_set_addresses (RtAddressGroup *self, const char * const *addresses);
const char *rt_address_group_get_problem   (RtAddressGroup *self);

G_END_DECLS
