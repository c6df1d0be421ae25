/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-types.h"
#include "p2p-limits.h"

G_BEGIN_DECLS

/*
 * MessagePack values as GVariants:
 *
 *   nil ()   bool b   integer x (t above 2^63-1)   float d   str s   bin ay   array av
 *   map a{sv}, or a(vv) when a key is no str or comes twice
 *   str that GVariant has no form for (a NUL in it, or not UTF-8) (ay)   ext (yay), the type as its byte
 *
 * When packing, any integer type, h and float type is taken, o and g as str, nested variants are looked through,
 * as, ax and other arrays are arrays, a{..} is a map, mn is nil or the value; other tuples are arrays.
 * Integers and strings are written in their shortest form, floats as float64.
 */
P2P_EXPORT gboolean  p2p_value_pack (GVariant *value, GByteArray *into, GError **error);
/* Exactly one value in exactly these bytes. limits may be NULL. A floating reference is returned. */
P2P_EXPORT GVariant *p2p_value_unpack (const guint8 *bytes, gsize length, const P2pLimits *limits, GError **error);
/* n values one after the other, as av: the packets of a message */
P2P_EXPORT GVariant *p2p_packets_parse (const guint8 *bytes, gsize length, gsize n, const P2pLimits *limits, GError **error);
P2P_EXPORT gboolean  p2p_packets_serialise (GVariant *packets, GByteArray *into, gsize *n, GError **error);
/* The text form that people read, one line, at most max_chars characters (… at the end when cut). */
P2P_EXPORT char     *p2p_value_print (GVariant *value, gsize max_chars);

G_END_DECLS
