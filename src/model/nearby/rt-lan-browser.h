/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-lan-bus.h"
#include "rt-lan-record.h"

G_BEGIN_DECLS

/* Whoever announces more hides nothing but himself and those who come later: what is over is counted. */
#define RT_LAN_MAX_SERVICES 64u
/* Of one service: it is told of for each network card, and by IPv4 and IPv6. */
#define RT_LAN_MAX_PARTS    8u
#define RT_LAN_MAX_DOMAIN   255u

/* What is announced by one card and one protocol. On another card somebody else may have the same name. */
typedef struct {
  int          interface, protocol;
  gboolean     local;                   /* of this machine, as the daemon says */
  char        *resolver;                /* path; NULL: it is not there yet, or has given up */
  RtLanRecord *record;                  /* NULL: nothing is known yet, or it is none of ours: trouble */
  char        *trouble;                 /* words; nullable */
  char        *host;                    /* numeric, with a zone where it needs one; NULL: not known, or of nobody */
  guint16      port;
  char        *computer;                /* its name, cleaned; NULL: not known */
} RtLanPart;

/* What is announced under one name. */
typedef struct {
  char        *name, *domain;
  GPtrArray   *parts;                   /* of RtLanPart */
} RtLanService;

/**
 * RtLanBrowser: what is announced in the local network. What it has are claims of anybody there, bounded and checked as far as one can see.
 * Signal: changed: of the services, or of searching.
 */
#define RT_TYPE_LAN_BROWSER (rt_lan_browser_get_type ())
G_DECLARE_FINAL_TYPE (RtLanBrowser, rt_lan_browser, RT, LAN_BROWSER, GObject)

RtLanBrowser *rt_lan_browser_new           (RtLanBus *bus);
/* Whenever the daemon is there; FALSE: what was found is forgotten. */
void          rt_lan_browser_set_active    (RtLanBrowser *self, gboolean active);
/* Of RtLanService, in the order in which they were found. Transfer none. */
GPtrArray    *rt_lan_browser_get_services  (RtLanBrowser *self);
/* The daemon has told what it knew at once; more may come. */
gboolean      rt_lan_browser_get_all_told  (RtLanBrowser *self);
const char   *rt_lan_browser_get_error     (RtLanBrowser *self);        /* nullable */
/* Announcements that there is no room for. */
guint         rt_lan_browser_get_n_refused (RtLanBrowser *self);

G_END_DECLS
