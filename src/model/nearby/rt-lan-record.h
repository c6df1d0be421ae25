/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one computer tells the local network of a network, as DNS-SD carries it: the strings of a TXT record (docs/lan.md). */
#pragma once

#include "model/networks/rt-invitation.h"

G_BEGIN_DECLS

#define RT_LAN_SERVICE_TYPE    "_roundtable._tcp"
/* Of one announcement: strings that are looked at, and bytes of all of them. What is longer is refused as a whole. */
#define RT_LAN_MAX_STRINGS     32u
#define RT_LAN_MAX_TXT_BYTES   1300u
/* DNS: of one string, and of the name of a service. */
#define RT_LAN_MAX_STRING      255u
#define RT_LAN_MAX_NAME        63u
/* Hex digits of each. */
#define RT_LAN_SALT_LENGTH     32u
#define RT_LAN_TAG_LENGTH      32u

#define RT_LAN_ERROR (rt_lan_error_quark ())
GQuark rt_lan_error_quark (void);
typedef enum {
  RT_LAN_ERROR_TOO_LONG,        /* a name of a network that no announcement holds; an announcement that is longer than they are */
  RT_LAN_ERROR_FORM,            /* none of ours, or of a form that is not known */
} RtLanError;

/* As somebody in the local network claims. One of the two. */
typedef struct {
  RtInvitation *invitation;     /* to everybody; without addresses: those are what DNS-SD says */
  char         *salt, *tag;     /* to the members: only who knows the network can tell which it is */
} RtLanRecord;

RtLanRecord *rt_lan_record_parse   (GVariant *txt, GError **error);     /* aay */
void         rt_lan_record_free    (RtLanRecord *self);
/* It is about a network that is configured so. */
gboolean     rt_lan_record_matches (const RtLanRecord *self, RtNetworkConfig *config);

/* For the members. Transfer full. */
char        *rt_lan_new_salt       (void);
char        *rt_lan_make_tag       (RtNetworkConfig *config, const char *salt);
/* What is announced of a network: aay, floating. salt: NULL: to everybody. */
GVariant    *rt_lan_new_txt        (RtNetworkConfig *config, const char *salt, GError **error);
/* What the service is called; others see it in any program that looks around. Unlikely to be taken. Transfer full. */
char        *rt_lan_new_name       (RtNetworkConfig *config, gboolean for_everybody);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtLanRecord, rt_lan_record_free)

G_END_DECLS
