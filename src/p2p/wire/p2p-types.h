/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib-object.h>
#include "../p2p-macros.h"

G_BEGIN_DECLS

/**
 * P2pFlag:
 * @P2P_FLAG_BROADCAST: for every node; relayed
 * @P2P_FLAG_RENEGOTIATE: link-local, about compression or a resend
 * @P2P_FLAG_WHISPER: for the node at the other end of the link; never relayed
 * @P2P_FLAG_PING: reserved, unused by the originals
 * @P2P_FLAG_PONG: reserved, unused by the originals
 *
 * The main flag of a message.
 */
typedef enum { /*< underscore_name=p2p_flag >*/
  P2P_FLAG_BROADCAST = 0x00,
  P2P_FLAG_RENEGOTIATE = 0x01,
  P2P_FLAG_WHISPER = 0x02,
  P2P_FLAG_PING = 0x03,
  P2P_FLAG_PONG = 0x04,
} P2pFlag;

/**
 * P2pSubflag:
 * @P2P_SUBFLAG_BROADCAST: for people: every node gets it
 * @P2P_SUBFLAG_COMPRESSION: which methods the sender understands, within %P2P_FLAG_RENEGOTIATE
 * @P2P_SUBFLAG_WHISPER: for the person at the other end of the link
 * @P2P_SUBFLAG_PING: are you there?
 * @P2P_SUBFLAG_PONG: yes
 * @P2P_SUBFLAG_HANDSHAKE: who the sender is, of which network and where it listens
 * @P2P_SUBFLAG_NOTIFY: a key of a ring is there, or is gone
 * @P2P_SUBFLAG_PEERS: nodes that the sender knows
 * @P2P_SUBFLAG_REQUEST: where is this node, or: what are your peers? And, on a ring: what is at this place?
 * @P2P_SUBFLAG_RESEND: a frame that could not be read, within %P2P_FLAG_RENEGOTIATE
 * @P2P_SUBFLAG_RESPONSE: the answer to a request
 * @P2P_SUBFLAG_STORE: a key and its value
 * @P2P_SUBFLAG_RETRIEVE: what is at this place?
 * @P2P_SUBFLAG_RETRIEVED: the answer to that
 * @P2P_SUBFLAG_FORWARD: reserved, unused by the originals
 * @P2P_SUBFLAG_NEW_PATHS: reserved, unused by the originals
 * @P2P_SUBFLAG_REVOKE_PATHS: reserved, unused by the originals
 * @P2P_SUBFLAG_DELTA: a change of a part of a value that is a map
 *
 * The first packet of a message that a node makes. 0x00 to 0x30 are reserved; any other value, of any type, is an
 * application's own.
 */
typedef enum { /*< underscore_name=p2p_subflag >*/
  P2P_SUBFLAG_BROADCAST = 0x00,
  P2P_SUBFLAG_COMPRESSION = 0x01,
  P2P_SUBFLAG_WHISPER = 0x02,
  P2P_SUBFLAG_PING = 0x03,
  P2P_SUBFLAG_PONG = 0x04,
  P2P_SUBFLAG_HANDSHAKE = 0x05,
  P2P_SUBFLAG_NOTIFY = 0x06,
  P2P_SUBFLAG_PEERS = 0x07,
  P2P_SUBFLAG_REQUEST = 0x08,
  P2P_SUBFLAG_RESEND = 0x09,
  P2P_SUBFLAG_RESPONSE = 0x0A,
  P2P_SUBFLAG_STORE = 0x0B,
  P2P_SUBFLAG_RETRIEVE = 0x0C,
  P2P_SUBFLAG_RETRIEVED = 0x0D,
  P2P_SUBFLAG_FORWARD = 0x0E,
  P2P_SUBFLAG_NEW_PATHS = 0x0F,
  P2P_SUBFLAG_REVOKE_PATHS = 0x10,
  P2P_SUBFLAG_DELTA = 0x11,
} P2pSubflag;

/**
 * P2P_RESERVED_FLAGS_END:
 *
 * the first value of a flag or sub-flag that an application may use (the originals' documents reserve 0x30 too).
 */
#define P2P_RESERVED_FLAGS_END 0x31

/**
 * P2P_OWN_FLAGS_FIRST:
 *
 * the first of the sub-flags that nodes running this library use among themselves (docs/x1.md); not for applications.
 */
#define P2P_OWN_FLAGS_FIRST 0x57

/**
 * P2P_OWN_FLAGS_LAST:
 *
 * the last of them.
 */
#define P2P_OWN_FLAGS_LAST 0x5a

/**
 * P2pCapabilities:
 * @P2P_CAP_VALIDATES: it relays nothing that it did not check
 * @P2P_CAP_LAZY_PUSH: it takes ids in the place of bodies, and asks for what it lacks
 * @P2P_CAP_SYNC_DIGEST: it compares tables by digests
 * @P2P_CAP_CHORD_SUCCESSORS: it keeps a list of successors
 * @P2P_CAP_CHORD_REPLICA: it keeps replicas
 * @P2P_CAP_PING: it answers pings
 * @P2P_CAP_MAX_FRAME: it says how large a frame it takes, and keeps to what others say
 * @P2P_CAP_E2E_WHISPER: it takes sealed whispers
 * @P2P_CAP_HISTORY: its program answers %P2P_APP_HISTORY_ASK
 *
 * What a node that runs this library says it can do, beyond what every node can (docs/x1.md).
 */
typedef enum { /*< flags,underscore_name=p2p_capabilities >*/
  P2P_CAP_VALIDATES = 1 << 0,
  P2P_CAP_LAZY_PUSH = 1 << 1,
  P2P_CAP_SYNC_DIGEST = 1 << 2,
  P2P_CAP_CHORD_SUCCESSORS = 1 << 3,
  P2P_CAP_CHORD_REPLICA = 1 << 4,
  P2P_CAP_PING = 1 << 5,
  P2P_CAP_MAX_FRAME = 1 << 6,
  P2P_CAP_E2E_WHISPER = 1 << 7,
  P2P_CAP_HISTORY = 1 << 8,
} P2pCapabilities;

/**
 * P2pCompression:
 * @P2P_COMPRESSION_NONE: the body as it is
 * @P2P_COMPRESSION_BZ2: bzip2
 * @P2P_COMPRESSION_GZIP: gzip
 * @P2P_COMPRESSION_LZMA: lzma in an xz container
 * @P2P_COMPRESSION_ZLIB: zlib
 * @P2P_COMPRESSION_SNAPPY: snappy, where the library was built with it
 *
 * The methods of compression, by their number on the wire.
 */
typedef enum { /*< underscore_name=p2p_compression >*/
  P2P_COMPRESSION_NONE = 0,
  P2P_COMPRESSION_BZ2 = 0x10,
  P2P_COMPRESSION_GZIP = 0x11,
  P2P_COMPRESSION_LZMA = 0x12,
  P2P_COMPRESSION_ZLIB = 0x13,
  P2P_COMPRESSION_SNAPPY = 0x20,
} P2pCompression;

/**
 * P2pIdForm:
 * @P2P_ID_FORM_STR: a MessagePack str, as js2p and we write ids
 * @P2P_ID_FORM_BIN: a MessagePack bin, as py2p writes them
 *
 * How a node id is spelled on the wire.
 */
typedef enum { /*< underscore_name=p2p_id_form >*/
  P2P_ID_FORM_STR,
  P2P_ID_FORM_BIN,
} P2pIdForm;

/**
 * P2pAddressSource:
 * @P2P_ADDRESS_SOURCE_PROGRAM: the program named it
 * @P2P_ADDRESS_SOURCE_PEERS: a neighbour named it in a peers list
 * @P2P_ADDRESS_SOURCE_INCOMING: a node that came to us announced it as its own
 * @P2P_ADDRESS_SOURCE_RESPONSE: it was the answer to a search
 *
 * How an address became known.
 */
typedef enum { /*< underscore_name=p2p_address_source >*/
  P2P_ADDRESS_SOURCE_PROGRAM,
  P2P_ADDRESS_SOURCE_PEERS,
  P2P_ADDRESS_SOURCE_INCOMING,
  P2P_ADDRESS_SOURCE_RESPONSE,
} P2pAddressSource;

/**
 * P2pAddressState:
 * @P2P_ADDRESS_STATE_IDLE: known, and not needed now
 * @P2P_ADDRESS_STATE_WAITING: to be dialled at a certain time
 * @P2P_ADDRESS_STATE_DIALLING: being dialled, or its handshake is to come
 * @P2P_ADDRESS_STATE_LINKED: there is a link to the node there
 * @P2P_ADDRESS_STATE_GIVEN_UP: not dialled any more unless the program asks for it, or dialled once because it did
 *
 * What becomes of a known address.
 */
typedef enum { /*< underscore_name=p2p_address_state >*/
  P2P_ADDRESS_STATE_IDLE,
  P2P_ADDRESS_STATE_WAITING,
  P2P_ADDRESS_STATE_DIALLING,
  P2P_ADDRESS_STATE_LINKED,
  P2P_ADDRESS_STATE_GIVEN_UP,
} P2pAddressState;

/**
 * P2pAddressFlags:
 * @P2P_ADDRESS_DEFAULT: nothing
 * @P2P_ADDRESS_PINNED: there shall always be a link to it: it is dialled until there is, and never forgotten
 * @P2P_ADDRESS_ANCHOR: it was among the neighbours of longest standing: dialled before others
 *
 * What is special about a known address.
 */
typedef enum { /*< flags,underscore_name=p2p_address_flags >*/
  P2P_ADDRESS_DEFAULT = 0,
  P2P_ADDRESS_PINNED = 1 << 0,
  P2P_ADDRESS_ANCHOR = 1 << 1,
} P2pAddressFlags;

/**
 * P2P_WIRE_ERROR:
 *
 * Errors about bytes and values.
 */
#define P2P_WIRE_ERROR (p2p_wire_error_quark ())

/**
 * p2p_wire_error_quark:
 *
 * The domain of errors about bytes and values: C programs write %P2P_WIRE_ERROR.
 *
 * Returns: the domain
 */
P2P_EXPORT GQuark p2p_wire_error_quark (void);

/**
 * P2pWireError:
 * @P2P_WIRE_ERROR_HEADER: the length of a frame does not fit its bytes
 * @P2P_WIRE_ERROR_TOO_LARGE: a frame, or what it unpacks to, is larger than the limit
 * @P2P_WIRE_ERROR_UNKNOWN_COMPRESSION: no such method, or not in this build
 * @P2P_WIRE_ERROR_COMPRESSION: compressed bytes that do not unpack
 * @P2P_WIRE_ERROR_CHECKSUM: the body is not what its checksum says
 * @P2P_WIRE_ERROR_PACKETS: the packets are malformed
 * @P2P_WIRE_ERROR_LIMIT: too deep, or too many elements
 * @P2P_WIRE_ERROR_VALUE: a value that the wire has no form for
 * @P2P_WIRE_ERROR_BASE58: not base58, or too long
 * @P2P_WIRE_ERROR_RESERVED_FLAG: a flag that applications may not use
 * @P2P_WIRE_ERROR_MEMORY: there is no memory for what a peer sent
 * @P2P_WIRE_ERROR_UNKNOWN_OPERATION: a version or an operation of nodes of ours that this build does not know
 *
 * What can be wrong with bytes and values. The message of the error says where and how.
 */
typedef enum { /*< underscore_name=p2p_wire_error >*/
  P2P_WIRE_ERROR_HEADER,
  P2P_WIRE_ERROR_TOO_LARGE,
  P2P_WIRE_ERROR_UNKNOWN_COMPRESSION,
  P2P_WIRE_ERROR_COMPRESSION,
  P2P_WIRE_ERROR_CHECKSUM,
  P2P_WIRE_ERROR_PACKETS,
  P2P_WIRE_ERROR_LIMIT,
  P2P_WIRE_ERROR_VALUE,
  P2P_WIRE_ERROR_BASE58,
  P2P_WIRE_ERROR_RESERVED_FLAG,
  P2P_WIRE_ERROR_MEMORY,
  P2P_WIRE_ERROR_UNKNOWN_OPERATION,
} P2pWireError;

/**
 * P2P_LINK_ERROR:
 *
 * Errors about links to other nodes and about the node itself.
 */
#define P2P_LINK_ERROR (p2p_link_error_quark ())

/**
 * p2p_link_error_quark:
 *
 * The domain of errors about links and the node itself: C programs write %P2P_LINK_ERROR.
 *
 * Returns: the domain
 */
P2P_EXPORT GQuark p2p_link_error_quark (void);

/**
 * P2pLinkError:
 * @P2P_LINK_ERROR_FAILED: something else; the message says what
 * @P2P_LINK_ERROR_REFUSED: nobody listens at the address
 * @P2P_LINK_ERROR_TIMED_OUT: no answer in time
 * @P2P_LINK_ERROR_UNREACHABLE: there is no way to the address
 * @P2P_LINK_ERROR_NOT_RESOLVED: no such host name
 * @P2P_LINK_ERROR_BAD_ADDRESS: not a host and a port
 * @P2P_LINK_ERROR_TLS: the encrypted connection could not be set up
 * @P2P_LINK_ERROR_TLS_UNAVAILABLE: this system has no TLS
 * @P2P_LINK_ERROR_UNKNOWN_ENCRYPTION: no such encryption
 * @P2P_LINK_ERROR_WRONG_NETWORK: the peer is in another network (subnet, encryption or version)
 * @P2P_LINK_ERROR_SELF: the address is our own
 * @P2P_LINK_ERROR_WRONG_ID: another node than the expected one answered
 * @P2P_LINK_ERROR_DUPLICATE: there is a link to this node already
 * @P2P_LINK_ERROR_HANDSHAKE_TIMEOUT: no handshake in time
 * @P2P_LINK_ERROR_HANDSHAKE: a malformed handshake
 * @P2P_LINK_ERROR_FRAME: a malformed frame; the wire error's words are in the message
 * @P2P_LINK_ERROR_FRAME_TOO_LARGE: a frame over the limit
 * @P2P_LINK_ERROR_FRAME_STALLED: a begun frame did not end in time, or too little of it came
 * @P2P_LINK_ERROR_QUEUE_FULL: the peer reads too slowly
 * @P2P_LINK_ERROR_CLOSED_BY_PEER: the peer closed the link
 * @P2P_LINK_ERROR_CLOSED: we closed the link
 * @P2P_LINK_ERROR_TOO_MANY: a limit on the number of links
 * @P2P_LINK_ERROR_ADDRESS_IN_USE: the address to listen on is taken
 * @P2P_LINK_ERROR_LISTEN: could not listen, for another reason
 * @P2P_LINK_ERROR_NOT_CONNECTED: no link to that node
 * @P2P_LINK_ERROR_NOT_FOUND: nobody knows where that node is
 * @P2P_LINK_ERROR_SOCKET_CLOSED: the node is closed
 * @P2P_LINK_ERROR_CANCELLED: who asked for the link took the wish back
 * @P2P_LINK_ERROR_MEMORY: unfinished frames take more memory than the node has for them
 * @P2P_LINK_ERROR_SILENT: no sign of life from the peer for too long
 * @P2P_LINK_ERROR_MISBEHAVED: the peer sent too many frames that no honest node sends
 * @P2P_LINK_ERROR_IMPERSONATED: another node speaks in our name
 * @P2P_LINK_ERROR_CLOCK: this clock differs from those of the other nodes
 * @P2P_LINK_ERROR_BLOCKED: the program blocked that node, or its address
 * @P2P_LINK_ERROR_SPLIT: the program keeps it on the other side of a split, to try out what becomes of it
 * @P2P_LINK_ERROR_IDENTITY: somebody is not who he says, or there is somebody in between; or what should be an identity is none
 * @P2P_LINK_ERROR_SECRET: another secret than that of the network, or none; or a wrong passphrase
 *
 * Why there is no link, or none any more, or why a node cannot do what it was asked for. The message of the error says with whom, and what to do about it
 * if something can be done.
 */
typedef enum { /*< underscore_name=p2p_link_error >*/
  P2P_LINK_ERROR_FAILED,
  P2P_LINK_ERROR_REFUSED,
  P2P_LINK_ERROR_TIMED_OUT,
  P2P_LINK_ERROR_UNREACHABLE,
  P2P_LINK_ERROR_NOT_RESOLVED,
  P2P_LINK_ERROR_BAD_ADDRESS,
  P2P_LINK_ERROR_TLS,
  P2P_LINK_ERROR_TLS_UNAVAILABLE,
  P2P_LINK_ERROR_UNKNOWN_ENCRYPTION,
  P2P_LINK_ERROR_WRONG_NETWORK,
  P2P_LINK_ERROR_SELF,
  P2P_LINK_ERROR_WRONG_ID,
  P2P_LINK_ERROR_DUPLICATE,
  P2P_LINK_ERROR_HANDSHAKE_TIMEOUT,
  P2P_LINK_ERROR_HANDSHAKE,
  P2P_LINK_ERROR_FRAME,
  P2P_LINK_ERROR_FRAME_TOO_LARGE,
  P2P_LINK_ERROR_FRAME_STALLED,
  P2P_LINK_ERROR_QUEUE_FULL,
  P2P_LINK_ERROR_CLOSED_BY_PEER,
  P2P_LINK_ERROR_CLOSED,
  P2P_LINK_ERROR_TOO_MANY,
  P2P_LINK_ERROR_ADDRESS_IN_USE,
  P2P_LINK_ERROR_LISTEN,
  P2P_LINK_ERROR_NOT_CONNECTED,
  P2P_LINK_ERROR_NOT_FOUND,
  P2P_LINK_ERROR_SOCKET_CLOSED,
  P2P_LINK_ERROR_CANCELLED,
  P2P_LINK_ERROR_MEMORY,
  P2P_LINK_ERROR_SILENT,
  P2P_LINK_ERROR_MISBEHAVED,
  P2P_LINK_ERROR_IMPERSONATED,
  P2P_LINK_ERROR_CLOCK,
  P2P_LINK_ERROR_BLOCKED,
  P2P_LINK_ERROR_SPLIT,
  P2P_LINK_ERROR_IDENTITY,
  P2P_LINK_ERROR_SECRET,
} P2pLinkError;

/**
 * P2P_TABLE_ERROR:
 *
 * Errors about the table that a network shares.
 */
#define P2P_TABLE_ERROR (p2p_table_error_quark ())

/**
 * p2p_table_error_quark:
 *
 * The domain of errors about the table that a network shares: C programs write %P2P_TABLE_ERROR.
 *
 * Returns: the domain
 */
P2P_EXPORT GQuark p2p_table_error_quark (void);

/**
 * P2pTableError:
 * @P2P_TABLE_ERROR_NOT_FOUND: the table has no such key
 * @P2P_TABLE_ERROR_LEASED: another node holds the key; the message says who and for how long
 * @P2P_TABLE_ERROR_VALUE: no value: nil, or what MessagePack has no form for
 * @P2P_TABLE_ERROR_NOT_A_MAP: a delta that is no map, or onto a value that is none
 * @P2P_TABLE_ERROR_KEY: a key that is empty or too long
 * @P2P_TABLE_ERROR_TOO_LARGE: a value over the limit
 * @P2P_TABLE_ERROR_FULL: the table is full; the message says which limit it was
 * @P2P_TABLE_ERROR_TIME: a write from the future
 * @P2P_TABLE_ERROR_JS2P_KEY: a key that a js2p node in the network would choke on
 * @P2P_TABLE_ERROR_TIMED_OUT: the places of a distributed table did not answer in time
 * @P2P_TABLE_ERROR_NO_AGREEMENT: they answered, and no three of them the same
 * @P2P_TABLE_ERROR_NOBODY: no storing node is known
 * @P2P_TABLE_ERROR_RING_FULL: as many nodes store as there is room for on the ring
 * @P2P_TABLE_ERROR_K: k is out of its range
 * @P2P_TABLE_ERROR_UNSIGNED: a write in the name of a node that signs what it writes, and did not sign this; or a value that is not signed by who
 *   should have written it
 *
 * Why a key could not be read or written.
 */
typedef enum { /*< underscore_name=p2p_table_error >*/
  P2P_TABLE_ERROR_NOT_FOUND,
  P2P_TABLE_ERROR_LEASED,
  P2P_TABLE_ERROR_VALUE,
  P2P_TABLE_ERROR_NOT_A_MAP,
  P2P_TABLE_ERROR_KEY,
  P2P_TABLE_ERROR_TOO_LARGE,
  P2P_TABLE_ERROR_FULL,
  P2P_TABLE_ERROR_TIME,
  P2P_TABLE_ERROR_JS2P_KEY,
  P2P_TABLE_ERROR_TIMED_OUT,
  P2P_TABLE_ERROR_NO_AGREEMENT,
  P2P_TABLE_ERROR_NOBODY,
  P2P_TABLE_ERROR_RING_FULL,
  P2P_TABLE_ERROR_K,
  P2P_TABLE_ERROR_UNSIGNED,
} P2pTableError;

/**
 * p2p_error_get_code_name:
 * @error: an error
 *
 * The name of the error's code as this documentation spells it, for programs: `P2P_LINK_ERROR_REFUSED` and the like;
 * for an error of a foreign domain the domain's name and the number, as in `g-io-error-quark-39`.
 *
 * Returns: (transfer full): the name
 */
P2P_EXPORT char *p2p_error_get_code_name (const GError *error);

G_END_DECLS
