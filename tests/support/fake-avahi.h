/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Avahi's daemon as programs see it on the bus (the interfaces as avahi 0.8 describes them), without a network behind it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FAKE_AVAHI_LOCAL 8u

typedef struct {
  int       interface, protocol;
  char     *name, *host, *address;
  guint16   port;
  GVariant *txt;                /* aay */
  guint     flags;
  char     *group;              /* path; NULL: of another computer */
} FakeService;

typedef struct {
  GTestDBus       *bus;
  GDBusConnection *connection;  /* NULL: it does not run */
  GDBusNodeInfo   *info;
  guint            server_id, name_id;
  gboolean         owned;
  GPtrArray       *objects;     /* of FakeObject */
  GPtrArray       *services;    /* of FakeService */
  guint            n_made, n_calls, n_clients;
  int              state;       /* of the server; 2: runs */
  GPtrArray       *taken;       /* names in use here: refused at once */
  GPtrArray       *taken_there; /* in use in the network: found out after a while */
  gboolean         all_taken;
  gboolean         early;       /* tells before it answers */
  gboolean         lingering;   /* what is withdrawn stays until it is removed */
  char            *refused;     /* a method that is answered by an error */
} FakeAvahi;

/* A bus, to which the system's bus points from now on; no daemon yet. */
FakeAvahi   *fake_avahi_new       (void);
void         fake_avahi_free      (FakeAvahi *self);
void         fake_avahi_start     (FakeAvahi *self);
void         fake_avahi_stop      (FakeAvahi *self);             /* it forgets its clients, not the network */
void         fake_avahi_set_state (FakeAvahi *self, int state);

/* Another computer; txt: strings, the last NULL, or a floating aay. */
void         fake_avahi_add       (FakeAvahi *self, int interface, int protocol, const char *name, const char *host, const char *address, guint16 port, guint flags, GVariant *txt);
GVariant    *fake_avahi_txt       (const char *first, ...) G_GNUC_NULL_TERMINATED;
void         fake_avahi_remove    (FakeAvahi *self, int interface, int protocol, const char *name);
/* It says something else from now on. */
void         fake_avahi_change    (FakeAvahi *self, int interface, int protocol, const char *name, GVariant *txt);

/* What programs of this computer announce. Transfer none, nullable. */
FakeService *fake_avahi_get_own   (FakeAvahi *self, guint position);
guint        fake_avahi_count_own (FakeAvahi *self);
guint        fake_avahi_count     (FakeAvahi *self, const char *interface);      /* "EntryGroup": objects of programs */
/* The value of a string of a service; NULL: it is not there. Transfer full. */
char        *fake_service_dup     (FakeService *service, const char *key);

G_END_DECLS
