/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "p2p/p2p.h"
#include "rt-node-options.h"

G_BEGIN_DECLS

/* Who the node is by its options; *identity NULL: somebody else each time. It blocks, for about a third of a second where a passphrase has to be tried. G_OPTION_ERROR: the options do not fit what is there. */
gboolean rt_node_load_identity (const RtNodeOptions *options, P2pIdentity **identity, GError **error);

G_END_DECLS
