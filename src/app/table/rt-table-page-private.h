/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/rt-banner.h"
#include "app/rt-split-box.h"
#include "rt-key-details.h"
#include "rt-key-header.h"
#include "rt-table-page.h"

G_BEGIN_DECLS

struct _RtTablePage
{
  GtkWidget parent_instance;

  RtTable              *table;
  GSimpleActionGroup   *actions;
  GCancellable         *applying;       /* what runs by us */
  GCancellable         *filing;         /* an import or export that runs */
  GtkFileChooserNative *chooser;
  AdwToast             *toast;          /* the last one; weak */
  guint                 tick_id;        /* the countdown, while it is seen */
  guint                 look_id, look_frames;
  GtkWidget            *side;           /* what stands beside the list: the details, or what they are in */
  gboolean              empty_set;      /* others say what an empty list means */

  AdwToastOverlay    *toasts;
  RtBanner           *refusal;
  RtSplitBox         *split;
  GtkStack           *stack;
  GtkSingleSelection *selection;
  GtkListView        *list;
  GtkScrolledWindow  *scroller;
  RtKeyHeader        *header;
  GtkEditable        *search_entry;
  GtkSpinner         *spinner;
  GtkLabel           *count;
  GtkLabel           *unread;
  AdwStatusPage      *empty_page;
  GtkButton          *empty_button;
  GtkMenuButton      *filter_button;
  GtkWidget          *side_button;
  GMenuModel         *ring_filter_menu;
  GtkWidget          *changes;
  GtkLabel           *changes_label;
  RtKeyDetails       *details;
  GtkPopover         *menu;
};

/* rt-table-page.c */
void        rt_table_page_update         (RtTablePage *self);
RtTableRow *rt_table_page_get_chosen     (RtTablePage *self);           /* nullable */
/* Selects it, when it is in the list, and shows all of it. */
void        rt_table_page_choose         (RtTablePage *self, RtTableRow *row);
void        rt_table_page_edit           (RtTablePage *self, RtTableRow *row);          /* NULL: a new key */
void        rt_table_page_open_menu      (RtTablePage *self, GtkWidget *from, double x, double y);
/* undo: with a button that takes it back */
void        rt_table_page_toast          (RtTablePage *self, const char *text, gboolean undo);
/* rt-table-look.c */
void        rt_table_page_start_looking  (RtTablePage *self);           /* while it is mapped */
void        rt_table_page_stop_looking   (RtTablePage *self);
void        rt_table_page_look_soon      (RtTablePage *self);           /* other rows may be in view */
/* rt-table-actions.c */
gboolean    rt_table_page_is_filtered    (RtTablePage *self);           /* some keys are left out */
void        rt_table_page_install_actions (RtTablePage *self);
void        rt_table_page_update_actions (RtTablePage *self);
/* Writes the staged edit of the row now; a toast tells what came of it. */
void        rt_table_page_apply          (RtTablePage *self, RtTableRow *row);
/* rt-table-files.c */
void        rt_table_page_ask_import     (RtTablePage *self);
void        rt_table_page_ask_export     (RtTablePage *self);
void        rt_table_page_ask_save_value (RtTablePage *self);
void        rt_table_page_ask_load_value (RtTablePage *self);

G_END_DECLS
