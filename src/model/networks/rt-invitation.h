/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one person tells another so that they meet: a value, and the link "roundtable:invite?…" that carries it (docs/invitations.md). */
#pragma once

#include "rt-network-config.h"
#include "model/reach/rt-address-scope.h"

G_BEGIN_DECLS

#define RT_INVITATION_MAX_BYTES     2048u       /* of a link */
#define RT_INVITATION_MAX_ADDRESSES 8u

#define RT_INVITATION_ERROR (rt_invitation_error_quark ())
GQuark rt_invitation_error_quark (void);
/* The words of each are for a person; what they cite of the link can be shown. */
typedef enum {
  RT_INVITATION_ERROR_OTHER,            /* no link of ours, or one for something else */
  RT_INVITATION_ERROR_TOO_LONG,
  RT_INVITATION_ERROR_CHARACTERS,       /* that no link has: NUL, blanks, controls, letters that are not escaped */
  RT_INVITATION_ERROR_ESCAPE,           /* a percent sign without two hex digits */
  RT_INVITATION_ERROR_TEXT,             /* escaped bytes that are no UTF-8 */
  RT_INVITATION_ERROR_VERSION,          /* of the form: missing, or none that we know */
  RT_INVITATION_ERROR_TWICE,            /* one thing said twice */
  RT_INVITATION_ERROR_MISSING,
  RT_INVITATION_ERROR_NAME,
  RT_INVITATION_ERROR_ENCRYPTION,
  RT_INVITATION_ERROR_KIND,             /* also: leases or k where the kind has none, or what they cannot be */
  RT_INVITATION_ERROR_WIRE,
  RT_INVITATION_ERROR_ADDRESS,
  RT_INVITATION_ERROR_NOWHERE,          /* an address that is nobody's */
  RT_INVITATION_ERROR_MANY,             /* addresses */
  RT_INVITATION_ERROR_SECRET,           /* one that is none, that is in a link of a form without one, or where everybody on the way could read it */
} RtInvitationError;

/* All of it is fit for RtNetworkConfig, and for being shown as plain text. What an invitation says is a claim of whoever made it. */
typedef struct {
  char     *title;              /* what its maker calls the network, cleaned; NULL: as its name */
  char     *subnet;             /* the name that all use */
  char     *encryption;         /* "SSL", "Plaintext" */
  char     *kind;               /* "mesh", "sync", "chord" */
  gboolean  leasing;            /* of "sync"; else TRUE */
  guint     k;                  /* of "chord"; else 0 */
  char     *version;            /* of the wire: "0.7", "0.6" */
  char     *secret;             /* of a private network, as P2pSecret takes it; NULL: whoever knows the name gets in */
  char    **addresses;          /* "host:port", "[v6]:port"; at most RT_INVITATION_MAX_ADDRESSES, perhaps none */
} RtInvitation;

/* NULL: the network has a secret, and it is not known here. Of the addresses those that somebody else could use, the first RT_INVITATION_MAX_ADDRESSES; those of this computer only where there is no other. */
RtInvitation    *rt_invitation_new        (RtNetworkConfig *config, const char *title, const char * const *addresses);
/* length: in bytes, -1: up to the NUL. */
RtInvitation    *rt_invitation_parse      (const char *link, gssize length, GError **error);
RtInvitation    *rt_invitation_copy       (const RtInvitation *self);
void             rt_invitation_free       (RtInvitation *self);
gboolean         rt_invitation_equal      (const RtInvitation *a, const RtInvitation *b);
/* Always one that rt_invitation_parse() takes: the last addresses are left out where the link would be too long. Transfer full. */
char            *rt_invitation_to_uri     (const RtInvitation *self);
/* A new network, as it would be joined. Where all addresses are of this computer, it listens on this computer only. Transfer full. */
RtNetworkConfig *rt_invitation_dup_config (const RtInvitation *self);
/* To a network that is configured so; if that has a secret, with the same, or with any where ours is not known here. */
gboolean         rt_invitation_is_to      (const RtInvitation *self, RtNetworkConfig *config);
/* It is to that network, and has the secret that is missing there. */
gboolean         rt_invitation_gives_secret (const RtInvitation *self, RtNetworkConfig *config);

/* ---- rt-invitation-words.c ---- transfer full */
char            *rt_invitation_dup_kind_words (const RtInvitation *self);       /* "Chat and shared table, with leases" */
const char      *rt_invitation_encryption_words (const RtInvitation *self);    /* transfer none */
const char      *rt_invitation_privacy_words (const RtInvitation *self);       /* transfer none; NULL: it has no secret */
const char      *rt_address_scope_words (RtAddressScope scope);                /* transfer none; NULL: from everywhere */
/* Who cannot come by it; NULL: it can be anybody. ours: it is about our own network. Transfer none. */
const char      *rt_invitation_reach_words (const RtInvitation *self, gboolean ours);
RtAddressScope   rt_invitation_get_scope (const RtInvitation *self);           /* the widest; RT_ADDRESS_NOWHERE: it has no address */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtInvitation, rt_invitation_free)

G_END_DECLS
