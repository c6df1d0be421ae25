/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A neighbour as py2p and js2p are: it says its handshake and no HELLO, and reads whatever comes. */
#pragma once

#include "network-test.h"

G_BEGIN_DECLS

typedef struct {
  GSocketConnection *link;
  GCancellable *cancellable;
  GByteArray   *bytes;          /* of a frame that is not whole yet */
  guint8        buffer[4096];
  guint         n_texts, n_whispers, n_apps, n_app_whispers;
  char         *text;           /* the newest */
  gboolean      ended;
} Original;

void original_init  (Original *self, RtNetwork *network);
void original_say   (Original *self, const char *text);
void original_clear (Original *self);

#define ORIGINAL_ID "4AYSRoxEkbk3pGHPbBuQmBHCpRc4xmQv1AYPw6UvTLYN6c2ANFbJ3xdRLZZ2Nq2yZN"

G_END_DECLS
