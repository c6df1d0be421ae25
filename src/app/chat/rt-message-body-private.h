/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/timeline/rt-link.h"
#include "rt-message-body.h"

G_BEGIN_DECLS

struct _RtMessageBody {
  GtkWidget    parent_instance;

  char        *text;
  PangoLayout *layout;
  GtkWidget   *stamp;
  int          natural;         /* width; -1: not known yet */
  int          line;            /* width of the text, where it is a single line that was laid out without a width; -1: it is not */
  guint        serial;          /* of the Pango context that was laid out with */

  /* rt-message-links.c */
  RtTable     *table;           /* whose keys are links; nullable */
  GArray      *links;           /* of RtLink; NULL: not looked for yet */
  int          focus_link;      /* that the keyboard is at; -1: none */
  int          pressed_link;

  /* rt-message-select.c */
  int          anchor, caret;   /* bytes; what is between them is selected */
  int          caret_x;         /* where up and down go; -1: where the caret is */
};

/* Laid out for the width that it has */
PangoLayout *rt_message_body_get_layout   (RtMessageBody *self);

/* rt-message-links.c; links are told by their position */
void         rt_message_body_forget_links (RtMessageBody *self);        /* the text is another */
GArray      *rt_message_body_get_links    (RtMessageBody *self);
void         rt_message_body_mark_links   (RtMessageBody *self, PangoLayout *layout);
int          rt_message_body_link_at      (RtMessageBody *self, int index);     /* of the byte; -1: none */
int          rt_message_body_link_under   (RtMessageBody *self, double x, double y);
void         rt_message_body_follow       (RtMessageBody *self, int position);
void         rt_message_body_snapshot_link (RtMessageBody *self, GtkSnapshot *snapshot);   /* the one that the keyboard is at */
void         rt_message_body_class_init_links (GtkWidgetClass *widget_class);
void         rt_message_body_init_links   (RtMessageBody *self);

/* rt-message-select.c */
void         rt_message_body_set_range    (RtMessageBody *self, int anchor, int caret);
void         rt_message_body_tell_primary (RtMessageBody *self);        /* of what is selected */
void         rt_message_body_snapshot_selection (RtMessageBody *self, GtkSnapshot *snapshot);
void         rt_message_body_snapshot_caret     (RtMessageBody *self, GtkSnapshot *snapshot);
void         rt_message_body_class_init_select  (GtkWidgetClass *widget_class);
void         rt_message_body_init_select  (RtMessageBody *self);

/* rt-message-keys.c */
void         rt_message_body_class_init_keys (GtkWidgetClass *widget_class);
void         rt_message_body_init_keys    (RtMessageBody *self);

G_END_DECLS
