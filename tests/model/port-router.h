/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A router that does what a test says, when it says so. */
#pragma once

#include "model/reach/rt-port-backend.h"

G_BEGIN_DECLS

#define RT_TYPE_PORT_ROUTER (rt_port_router_get_type ())
G_DECLARE_FINAL_TYPE (RtPortRouter, rt_port_router, RT, PORT_ROUTER, GObject)

RtPortRouter *rt_port_router_new (void);
/* The oldest question that waits; of none: a failure of the test. */
void          rt_port_router_answer (RtPortRouter *self, const char *address, guint16 external, guint lease);
void          rt_port_router_fail   (RtPortRouter *self, int code, const char *words);
/* Whether it is the one that the way out leads to; at first it is. */
void          rt_port_router_set_gateway (RtPortRouter *self, gboolean gateway);
void          rt_port_router_answer_all (RtPortRouter *self);
guint         rt_port_router_get_n_asked (RtPortRouter *self);
guint         rt_port_router_get_n_waiting (RtPortRouter *self);
/* "open 4444->4444 3600, close 4444->4444 upnp" */
const char   *rt_port_router_get_log (RtPortRouter *self);

G_END_DECLS
