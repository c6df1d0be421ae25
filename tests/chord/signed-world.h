/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chord-fixture.h"

G_BEGIN_DECLS

/* Three nodes that sign what they write. */
typedef struct {
  ChordFixture *fixture;
  ChordNode *alice, *bob, *carol;       /* all of them store and sign, and are linked */
} SignedWorld;

void        signed_world_make  (SignedWorld *self);
void        signed_world_clear (SignedWorld *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SignedWorld, signed_world_clear)

const char *signed_id          (ChordNode *self);
const char *signed_author      (ChordNode *self, const char *key);              /* who wrote it last, as it knows; NULL: it does not */
guint64     signed_utc         (SignedWorld *self);
GBytes     *signed_pack        (const char *text);
/* Of all that is kept here of the key: how many states there are, and how many are signed by him with proofs that hold. */
guint       signed_count       (ChordNode *self, const char *key, const char *author, guint *n);
void        signed_assert_all  (SignedWorld *self, const char *key, const char *author);
/* Puts a state into the store of one, signed by another (nullable), as if it had come so. */
void        signed_plant       (ChordNode *self, ChordNode *signer, const char *key, guint hash, guint64 stamp, const char *text);
/* The nodes keep all of it in a ring of three: at that position nobody knows anything but this. */
void        signed_plant_all   (SignedWorld *self, ChordNode *signer, const char *key, guint hash, guint64 stamp, const char *text);

G_END_DECLS
