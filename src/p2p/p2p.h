/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The umbrella header of p2p-glib: the only one that code outside the library includes. */
#pragma once

#include "wire/p2p-types.h"
#include "wire/p2p-limits.h"
#include "wire/p2p-drop-reason.h"
#include "wire/p2p-base58.h"
#include "wire/p2p-compression.h"
#include "wire/p2p-value.h"
#include "wire/p2p-frame.h"
#include "wire/p2p-message.h"
#include "wire/p2p-protocol.h"
#include "mesh/p2p-frame-info.h"
#include "mesh/p2p-identity.h"
#include "api/p2p-connection.h"
#include "api/p2p-known-address.h"
#include "api/p2p-mesh-socket.h"
#include "api/p2p-sync-entry.h"
#include "api/p2p-table-result.h"
#include "api/p2p-sync-socket.h"
