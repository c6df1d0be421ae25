/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define RT_AVAHI         "org.freedesktop.Avahi"
#define RT_AVAHI_SERVER        RT_AVAHI ".Server"
#define RT_AVAHI_ENTRY_GROUP   RT_AVAHI ".EntryGroup"
#define RT_AVAHI_BROWSER       RT_AVAHI ".ServiceBrowser"
#define RT_AVAHI_RESOLVER      RT_AVAHI ".ServiceResolver"
/* Avahi's numbers. */
#define RT_LAN_ANY_INTERFACE (-1)
#define RT_LAN_ANY_PROTOCOL  (-1)
#define RT_LAN_IPV4          0
#define RT_LAN_IPV6          1
#define RT_LAN_RESULT_LOCAL  8u         /* a flag: it is of this machine */

typedef enum {
  RT_LAN_BUS_OFF,
  RT_LAN_BUS_CONNECTING,
  RT_LAN_BUS_NO_BUS,            /* the system has none, or it went */
  RT_LAN_BUS_NO_DAEMON,         /* Avahi does not run; it may come */
  RT_LAN_BUS_WAITING,           /* it runs, and is not ready: a moment after its start, or while it looks for another name for the machine */
  RT_LAN_BUS_READY,
  RT_LAN_BUS_FAILED,            /* it is there, and does not talk with us: get_error() */
} RtLanBusState;

/**
 * RtLanBus: Avahi, the daemon that looks around in the local network, by the system's bus. It is watched, not asked again and again: whoever wants something of it does so when it
 * becomes READY, and has lost it when it no longer is.
 * Signal: changed: of the state.
 */
#define RT_TYPE_LAN_BUS (rt_lan_bus_get_type ())
G_DECLARE_FINAL_TYPE (RtLanBus, rt_lan_bus, RT, LAN_BUS, GObject)

RtLanBus        *rt_lan_bus_new       (void);
void             rt_lan_bus_start     (RtLanBus *self);
void             rt_lan_bus_stop      (RtLanBus *self);
RtLanBusState    rt_lan_bus_get_state (RtLanBus *self);
const char      *rt_lan_bus_get_error (RtLanBus *self);          /* nullable */
/* Of the daemon that is READY, else NULL; not while it is restarted. Transfer none. */
const char      *rt_lan_bus_get_owner (RtLanBus *self);

/* Only while it is READY. parameters: floating, is taken. reply: its type. */
void             rt_lan_bus_call      (RtLanBus *self, const char *path, const char *interface, const char *method, GVariant *parameters, const char *reply,
                                       GAsyncReadyCallback callback, gpointer user_data);
GVariant        *rt_lan_bus_call_finish (GAsyncResult *result, GError **error);       /* transfer full */
/* Nobody waits for what becomes of it; nothing happens when the daemon is gone. */
void             rt_lan_bus_free_object (RtLanBus *self, const char *path, const char *interface);
/* Signals of one of its interfaces, from any of its objects; 0: it is not READY. */
guint            rt_lan_bus_subscribe (RtLanBus *self, const char *interface, GDBusSignalCallback callback, gpointer user_data);
void             rt_lan_bus_unsubscribe (RtLanBus *self, guint *id);

G_END_DECLS
