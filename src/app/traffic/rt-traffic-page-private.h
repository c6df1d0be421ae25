/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/rt-counters-bar.h"
#include "app/rt-split-box.h"
#include "model/traffic/rt-traffic-feed.h"
#include "rt-traffic-details.h"
#include "rt-traffic-page.h"

G_BEGIN_DECLS

struct _RtTrafficPage
{
  GtkWidget parent_instance;

  RtNetwork          *network;
  RtTraffic          *traffic;
  RtTrafficFeed      *feed;
  GSimpleActionGroup *actions;
  GCancellable       *exporting;
  GtkFileChooserNative *chooser;
  gboolean            recording;
  gboolean            following;  /* the end of the list is in view, and shall stay there */
  guint               follow_id;

  RtSplitBox         *split;
  GtkStack           *stack;
  GtkSingleSelection *selection;
  GtkListView        *list;
  GtkScrolledWindow  *scroller;
  GtkEditable        *search_entry;
  GtkWidget          *note;
  GtkLabel           *note_label;
  GtkButton          *note_button;
  AdwStatusPage      *empty_page;
  RtTrafficDetails   *details;
  GtkPopover         *menu;
};

void            rt_traffic_page_install_actions (RtTrafficPage *self);
/* From the list, what is around it. */
void            rt_traffic_page_update (RtTrafficPage *self);
/* What can be done with the chosen frame now. */
void            rt_traffic_page_update_actions (RtTrafficPage *self);
/* What the list leaves out, in words; NULL: nothing. Transfer full. */
char           *rt_traffic_page_dup_filter_words (RtTrafficPage *self);
RtTrafficItem  *rt_traffic_page_get_chosen (RtTrafficPage *self);      /* nullable */
void            rt_traffic_page_open_menu (RtTrafficPage *self, GtkWidget *from, double x, double y);
void            rt_traffic_page_update_watching (RtTrafficPage *self);

G_END_DECLS
