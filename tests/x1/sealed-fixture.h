/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth-fixture.h"

/* Three of ours and what they whisper. */
#define TEXT "for your eyes only"

typedef struct {
  MeshFixture *mesh;
  MeshNode *alice, *bob, *carol;
  P2pX1 *x1[3];
} Scene;

/* alice - carol - bob, who know each other's keys; carol passes on. Nobody is linked yet. */
void        scene_init   (Scene *self, gboolean secure);
void        scene_clear  (Scene *self);
GVariant   *make_text    (const char *text);     /* floating */
P2pMessage *only_message (MeshNode *node);       /* that it heard */

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)
