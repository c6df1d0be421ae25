/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What in a text leads somewhere: addresses, and keys of the shared table. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  RT_LINK_ADDRESS,              /* http:, https: or mailto:, or an invitation of ours; nothing else */
  RT_LINK_KEY,                  /* #name, or #{any name} */
} RtLinkKind;

typedef struct {
  gsize      start, end;        /* bytes of the text */
  RtLinkKind kind;
} RtLink;

/* More than so many in one text are left as text, as is an address of more bytes. */
#define RT_LINKS_MAX 64u
#define RT_LINK_MAX_BYTES 2048u

/* In the order of the text; never NULL. Linear in its length. Transfer full. */
GArray *rt_links_find       (const char *text);
/* The address, or the name of the key without what marks it. Transfer full. */
char   *rt_link_dup_target  (const char *text, const RtLink *link);
/* Of an address: one that this program opens, and asks; what it says may be wrong in any part. */
gboolean rt_link_is_invitation (const char *address);
/* How a key is cited, so that rt_links_find() finds it; NULL: it cannot be (a brace or a line break in it). Transfer full. */
char   *rt_link_cite        (const char *key);

/* What the person looks at before an address is opened. */
typedef struct {
  char      *address;           /* as it would be opened: ASCII, so that nothing in it looks like something else */
  gsize      host_start, host_end;      /* of the address: where it leads */
  char      *host;              /* as it is written: letters of any script; of mailto: behind the @ */
  GPtrArray *warnings;          /* of strings in words, the gravest first; empty: nothing is odd */
  gboolean   mail;
} RtLinkLook;

/* NULL: it cannot be opened by another program; an invitation never is. */
RtLinkLook *rt_link_look      (const char *address);
void        rt_link_look_free (RtLinkLook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtLinkLook, rt_link_look_free)

G_END_DECLS
