/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * roundtable-ports: asks the router to open a port, once, and ends. It is a program of its own because the libraries that speak to routers wait, and read whatever a router, or
 * who pretends to be one, answers: here they can take no more memory and time than they are given, and what goes wrong is the end of nothing else.
 */
#pragma once

#include "rt-ports-address.h"

G_BEGIN_DECLS

typedef struct {
  gboolean    remove;           /* else: open it, or go on having it open */
  guint16     port;             /* that is listened at here */
  guint16     external;         /* the wish; of one to be removed: that it has */
  guint       lease;            /* seconds */
  guint       patience;         /* milliseconds, with a router that is asked by NAT-PMP; twice */
  /* for tests: instead of the gateway of the system, and of what a search for routers finds */
  const char *gateway, *description;
} RtPortsRequest;

typedef struct {
  char    gateway[16];
  char    address[16];          /* of the router for the world; "": it does not say */
  guint16 external;
  guint   lease;                /* 0: for good */
} RtPortsResult;

typedef enum {
  RT_PORTS_DONE,
  RT_PORTS_NOBODY,              /* answers */
  RT_PORTS_REFUSED,
  RT_PORTS_STRANGE,             /* what was answered makes no sense, or leads elsewhere */
} RtPortsOutcome;

/* words: of what is no success, in English, of our own; never what a router says. Transfer full. */
RtPortsOutcome rt_ports_ask_natpmp (const RtPortsRequest *request, RtPortsResult *result, char **words);
RtPortsOutcome rt_ports_ask_upnp   (const RtPortsRequest *request, RtPortsResult *result, char **words);
/* A router is near: only who has an address of a local network is spoken to. Loopback: where a test says so. */
gboolean       rt_ports_may_ask    (const RtPortsRequest *request, const char *host);

G_END_DECLS
