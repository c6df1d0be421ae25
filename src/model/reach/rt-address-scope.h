/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* From how far an address can be reached, as far as it says so itself. */
typedef enum {
  RT_ADDRESS_NOWHERE,           /* nobody's: unspecified, multicast, broadcast, reserved */
  RT_ADDRESS_LINK,              /* means something on one cable only, and with the name of a card beside it */
  RT_ADDRESS_COMPUTER,          /* this one */
  RT_ADDRESS_SITE,              /* the same local network */
  RT_ADDRESS_WORLD,             /* also every name whose owner does not say otherwise */
} RtAddressScope;

/* host: as rt_parse_address() gives it. */
RtAddressScope rt_address_scope (const char *host);
/* It looks like a name, and resolvers take it for a number: "0x7f.1", "１２７.0.0.1", "10.1". What it says is not where it leads. */
gboolean       rt_address_is_number_in_disguise (const char *host);

G_END_DECLS
