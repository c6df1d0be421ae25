/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  RT_BLOCK_PERSON,              /* what: the id of a node */
  RT_BLOCK_ADDRESS,             /* what: a host, without a port */
} RtBlockKind;

/* Somebody, or some computer, that the person wants nothing to do with in a network. Property problem (nullable): why it does not hold, for a person; nothing else of it changes. */
#define RT_TYPE_BLOCK (rt_block_get_type ())
G_DECLARE_FINAL_TYPE (RtBlock, rt_block, RT, BLOCK, GObject)

/* name: what somebody was called then; nullable. added: UTC seconds */
RtBlock    *rt_block_new (RtBlockKind kind, const char *what, const char *name, gint64 added);
RtBlockKind rt_block_get_kind (RtBlock *self);
const char *rt_block_get_what (RtBlock *self);
const char *rt_block_get_name (RtBlock *self);          /* nullable */
gint64      rt_block_get_added (RtBlock *self);
const char *rt_block_get_problem (RtBlock *self);       /* nullable */
void        rt_block_set_problem (RtBlock *self, const char *words);
/* For a person to read: "Ada (Ab3x…9fQz)", or the host. Transfer full. */
char       *rt_block_dup_title (RtBlock *self);

G_END_DECLS
