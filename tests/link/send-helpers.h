/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tests of links say, and remember of it. */
#pragma once

#include "link-fixture.h"

G_BEGIN_DECLS

static inline void
send (LinkSide *side, P2pMessage *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (p2p_link_send (side->link, message, P2P_LINK_SEND_DEFAULT, &error));
  g_assert_no_error (error);
}

static inline void
send_new (LinkSide *side, GPtrArray *sent, P2pMessage *message)
{
  send (side, message);
  g_ptr_array_add (sent, message);
}

static inline GPtrArray *
new_messages (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
}

G_END_DECLS
