/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-port-backend.h"

G_BEGIN_DECLS

/**
 * RtPortProgram: asks routers by roundtable-ports, a process of its own (src/ports says why). It is given RT_PORT_PROGRAM_SECONDS, and ended when it is cancelled or tells more than it should.
 */
#define RT_TYPE_PORT_PROGRAM (rt_port_program_get_type ())
G_DECLARE_FINAL_TYPE (RtPortProgram, rt_port_program, RT, PORT_PROGRAM, GObject)

/* path: NULL: that of the installation, or of the environment variable ROUNDTABLE_PORTS. extra: more arguments, for tests; nullable. */
RtPortProgram *rt_port_program_new (const char *path, const char * const *extra);
/* There is one to be started. */
gboolean       rt_port_program_is_there (RtPortProgram *self);
/* For tests. */
void           rt_port_program_set_milliseconds (RtPortProgram *self, guint milliseconds);

#define RT_PORT_PROGRAM_SECONDS 25u
#define RT_PORT_PROGRAM_BYTES 4096u

/* What it printed; exposed for tests. NULL and an error: it was no success. */
RtPortAnswer  *rt_port_program_parse (const char *text, gsize length, GError **error);

G_END_DECLS
