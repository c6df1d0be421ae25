/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of a ring that no network has, in a window of its own. */
#pragma once

#include <adwaita.h>

#include "../support/fake-ring.h"
#include "app-fixture.h"
#include "app/ring/rt-ring-page.h"

#define RING_AUTHOR "8XoPnqRtZsWvYbKdMfGhJ2345AuthorId"

typedef struct
{
  AppFixture  fixture;
  FakeRingTable *far;
  RtTable    *table;
  FakeRing   *ring;
  GtkWindow  *window;
  RtRingPage *page;
} RingFixture;

void ring_set_up (RingFixture *p, int width, int height, guint n_nodes, guint n_keys);
void ring_tear_down (RingFixture *p);
GtkWidget *ring_find (RingFixture *p, GType type, const char *id);
void ring_choose_key (RingFixture *p, const char *key);
const char *ring_get_shown (RingFixture *p, const char *stack);
GtkWidget *ring_get_side (RingFixture *p);
void ring_answer (RingFixture *p, const char *answers);
void ring_wait_asked (RingFixture *p);
GPtrArray *ring_list_members (RingFixture *p);
P2pChordMemberInfo *ring_find_self (RingFixture *p, guint *index);
void ring_press (GtkWidget *view, const char *action, const char *format, int step);
