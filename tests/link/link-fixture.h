/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "test-env.h"
#include "p2p/link/p2p-link.h"

G_BEGIN_DECLS

/* Two links that face each other, and what they were told. */
typedef struct {
  P2pLink *link;
  GPtrArray *messages;          /* P2pMessage */
  GError *error;
  guint closed;
  /* what to do at the message of this number (from 1) */
  guint act_at;
  void (*act) (gpointer side);
} LinkSide;

typedef struct {
  TestWorld *world;
  TestHost *hosts[2];
  TestConn *conn;
  P2pLimits limits;
  LinkSide sides[2];
} LinkFixture;

LinkFixture *link_fixture_new (guint64 seed, const TestPath *path);
/* Both established, both told that the other understands these methods. */
LinkFixture *link_fixture_new_established (guint64 seed, const TestPath *path, const guint8 *methods, gsize n_methods);
void         link_fixture_free (LinkFixture *self);
/* A message that is told apart by its number, with so many bytes of payload, compressible or not. */
P2pMessage  *make_message (guint number, gsize payload, gboolean compressible);
/* One whose frame is exactly so many bytes long after its header. */
P2pMessage  *make_message_of_body (gsize body);
void         assert_same_message (P2pMessage *a, P2pMessage *b);
void         assert_messages (LinkSide *side, GPtrArray *expected);
void         assert_ended (LinkSide *side, P2pLinkError code, const char *words);

extern const P2pLinkEvents link_side_events;

G_END_DECLS
