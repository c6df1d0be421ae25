/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/transfers/rt-transfers.h"

G_BEGIN_DECLS

/* Their nicks are the values in the schema. */
typedef enum {
  RT_SEND_KEY_ENTER,            /* Shift+Enter breaks the line */
  RT_SEND_KEY_CONTROL_ENTER,    /* Enter does, too */
} RtSendKey;

typedef enum {
  RT_COLOURS_SYSTEM,
  RT_COLOURS_LIGHT,
  RT_COLOURS_DARK,
} RtColours;

typedef enum {
  RT_KEEP_FOREVER,
  RT_KEEP_YEAR,
  RT_KEEP_QUARTER,
  RT_KEEP_MONTH,
} RtKeep;

/* A window is no smaller than that. */
#define RT_SETTINGS_MIN_WIDTH 360
#define RT_SETTINGS_MIN_HEIGHT 294

/**
 * RtSettings: how the person wants the program, and how its window stood: what is in data/org.roundtable.Roundtable.gschema.xml, as properties of the same names. They notify, and keep each other in step
 * with GSettings where the schema is installed (or named by GSETTINGS_SCHEMA_DIR). Where it is not, everything works as by default and is forgotten at the end: see is_remembered.
 *
 * What belongs to one network (its configuration, whether it is muted, what was read, drafts) is not here but in the store: it comes and goes with the network, in one transaction
 * with its messages, and moves with the folder.
 *
 * Properties: window-width, window-height (int), window-maximized (boolean), last-network (string: uuid, or ""), last-page (string), peers-as-graph, run-in-background, start-at-login, background-told,
 * notifications, notification-text (boolean), send-key (RtSendKey), colours (RtColours), show-pictures (RtPreviews), send-receipts, catch-up (boolean), keep-history (RtKeep), find-nearby (boolean).
 */
#define RT_TYPE_SETTINGS (rt_settings_get_type ())
G_DECLARE_FINAL_TYPE (RtSettings, rt_settings, RT, SETTINGS, GObject)

RtSettings *rt_settings_new (void);
/* For tests: in memory alone. */
RtSettings *rt_settings_new_forgetful (void);
/* FALSE: there is no schema, or an old one. */
gboolean    rt_settings_is_remembered (RtSettings *self);

/* Of a boolean property. */
gboolean    rt_settings_get_flag (RtSettings *self, const char *property);
int         rt_settings_get_number (RtSettings *self, const char *property);
const char *rt_settings_get_string (RtSettings *self, const char *property);
RtSendKey   rt_settings_get_send_key (RtSettings *self);
RtColours   rt_settings_get_colours (RtSettings *self);
RtPreviews  rt_settings_get_show_pictures (RtSettings *self);
RtKeep      rt_settings_get_keep_history (RtSettings *self);

/* How long that is: never less than it says. 0: forever. */
guint       rt_keep_get_days (RtKeep keep);

G_END_DECLS
