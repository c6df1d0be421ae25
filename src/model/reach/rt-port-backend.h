/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  RT_PORT_ERROR_MISSING,        /* this build, or this installation, cannot ask */
  RT_PORT_ERROR_NOBODY,         /* no router answers */
  RT_PORT_ERROR_REFUSED,        /* the message says why */
  RT_PORT_ERROR_STRANGE,        /* what it answers makes no sense */
  RT_PORT_ERROR_TIMED_OUT,
} RtPortError;
#define RT_PORT_ERROR (rt_port_error_quark ())
GQuark rt_port_error_quark (void);

typedef struct {
  gboolean remove;              /* else: open it, or go on having it open */
  guint16  port;                /* that is listened at here */
  guint16  external;            /* the wish; of one to be removed: that it has */
  guint    lease;               /* seconds */
  char    *method;              /* nullable: any */
} RtPortRequest;

typedef struct {
  char    *method;              /* "nat-pmp", "upnp" */
  char    *gateway;
  char    *address;             /* NULL: the router does not tell */
  guint16  external;
  guint    lease;               /* seconds; 0: for good */
  gboolean by_gateway;          /* it was the one that this computer's way out leads to; anybody else in the local network may say that he is a router */
} RtPortAnswer;

RtPortAnswer *rt_port_answer_new  (const char *method, const char *gateway, const char *address, guint16 external, guint lease);
void          rt_port_answer_free (RtPortAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtPortAnswer, rt_port_answer_free)

/**
 * RtPortBackend: how a router is asked. ask() ends once, never inside the call, in bounded time; a cancelled one ends at once, and what was asked may have come about.
 */
#define RT_TYPE_PORT_BACKEND (rt_port_backend_get_type ())
G_DECLARE_INTERFACE (RtPortBackend, rt_port_backend, RT, PORT_BACKEND, GObject)

struct _RtPortBackendInterface {
  GTypeInterface parent_iface;

  void          (*ask_async)  (RtPortBackend *self, const RtPortRequest *request, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  RtPortAnswer *(*ask_finish) (RtPortBackend *self, GAsyncResult *result, GError **error);
};

void          rt_port_backend_ask_async  (RtPortBackend *self, const RtPortRequest *request, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
RtPortAnswer *rt_port_backend_ask_finish (RtPortBackend *self, GAsyncResult *result, GError **error);      /* transfer full */

G_END_DECLS
