/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-port-backend.h"

G_BEGIN_DECLS

typedef enum {
  RT_PORT_MAP_OFF,
  RT_PORT_MAP_ASKING,           /* and nothing is known yet */
  RT_PORT_MAP_OPEN,
  RT_PORT_MAP_FAILED,
} RtPortMapState;

/* Why it failed. */
typedef enum {
  RT_PORT_TROUBLE_NONE,
  RT_PORT_TROUBLE_MISSING,      /* nothing here can ask */
  RT_PORT_TROUBLE_NOBODY,
  RT_PORT_TROUBLE_REFUSED,
  RT_PORT_TROUBLE_STRANGE,
  RT_PORT_TROUBLE_CARRIER,      /* the router itself has no address of its own in the world */
} RtPortTrouble;

/* In milliseconds; tests are less patient. */
typedef struct {
  guint lease;                  /* seconds, that are asked for; renewed when half of it, or of what was given, is over */
  guint shortest, longest;      /* until a renewal, whatever lease a router gives */
  guint again;                  /* after a failure */
  guint settle;                 /* after a change of the network */
  guint apart;                  /* two questions because of such changes */
} RtPortPatience;
#define RT_PORT_PATIENCE ((RtPortPatience) { .lease = 3600, .shortest = 60 * 1000, .longest = 30 * 60 * 1000, .again = 15 * 60 * 1000, .settle = 5 * 1000, .apart = 30 * 1000 })

/**
 * RtPortMap: a port of this computer that the router lets others come in at: asked for, renewed, asked for again after a change of the network, and removed when it is wanted no more.
 * Signal: changed.
 */
#define RT_TYPE_PORT_MAP (rt_port_map_get_type ())
G_DECLARE_FINAL_TYPE (RtPortMap, rt_port_map, RT, PORT_MAP, GObject)

RtPortMap      *rt_port_map_new          (RtPortBackend *backend);
void            rt_port_map_set_patience (RtPortMap *self, const RtPortPatience *patience);
/* The port that is listened at; 0: none is wanted, and what is open is closed again. */
void            rt_port_map_set_port     (RtPortMap *self, guint16 port);
guint16         rt_port_map_get_port     (RtPortMap *self);
/* Asks now, if a port is wanted. */
void            rt_port_map_ask_again    (RtPortMap *self);
/* The network of this computer changed: as GNetworkMonitor says, or a test. */
void            rt_port_map_note_change  (RtPortMap *self);
RtPortMapState  rt_port_map_get_state    (RtPortMap *self);
RtPortTrouble   rt_port_map_get_trouble  (RtPortMap *self);
/* Something is open still, or may be, and is being removed. */
gboolean        rt_port_map_is_closing   (RtPortMap *self);
/* Where others come in; NULL: nowhere, or the router does not tell its address. */
const char     *rt_port_map_get_host     (RtPortMap *self);
guint16         rt_port_map_get_external (RtPortMap *self);
/* What the router says of itself may be told to others: it is the gateway, and the port is none of those where services are. Else it would be easy to have them all come to somebody. */
gboolean        rt_port_map_is_plausible (RtPortMap *self);
/* The router has it, whatever it is; NULL: not known. */
const char     *rt_port_map_get_router_address (RtPortMap *self);
/* How it stands, for a person. Transfer full. */
char           *rt_port_map_dup_words    (RtPortMap *self);

G_END_DECLS
