/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two people in a network, who give each other files. */
#pragma once

#include "model/transfers/rt-transfers-private.h"
#include "network-test.h"

G_BEGIN_DECLS

#define LARGE (3u * 1024 * 1024 + 12345)

typedef struct {
  Person ada, bob, cem;         /* cem is in no network yet */
  RtNetwork *a, *b;
  RtTransfers *from, *to;       /* of a and b */
  char *address;                /* of a */
} TransfersFixture;

void          transfers_set_up    (TransfersFixture *self, gconstpointer data);
void          transfers_tear_down (TransfersFixture *self, gconstpointer data);
GBytes       *make_bytes          (gsize size, guint32 seed);
/* From a; recipient: NULL for everybody. */
RtAttachment *offer_bytes         (TransfersFixture *self, GBytes *bytes, const char *name, const char *recipient);
/* As the other side hears of it */
RtAttachment *hear_offer          (TransfersFixture *self, RtAttachment *own);
void          assert_content      (const char *path, GBytes *expected);
/* Where it comes to at b. */
char         *dup_part            (TransfersFixture *self, RtAttachment *attachment);

G_END_DECLS
