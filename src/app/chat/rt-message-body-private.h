/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/rt-link.h"
#include "rt-message-body.h"

G_BEGIN_DECLS

struct _RtMessageBody {
  GtkWidget    parent_instance;

  char        *text;
  PangoLayout *layout;
  GtkWidget   *stamp;
  int          natural;         /* width; -1: not known yet */
  guint        serial;          /* of the Pango context that was laid out with */

  /* rt-message-select.c */
  RtTable     *table;           /* whose keys are links; nullable */
  GArray      *links;           /* of RtLink; NULL: not looked for yet */
  int          focus_link;      /* that the keyboard is at; -1: none */
  int          anchor, caret;   /* bytes; what is between them is selected */
  int          caret_x;         /* where up and down go; -1: where the caret is */
  int          pressed_link;
};

/* Laid out for the width that it has */
PangoLayout *rt_message_body_get_layout   (RtMessageBody *self);
/* The text is another */
void         rt_message_body_forget_links (RtMessageBody *self);
GArray      *rt_message_body_get_links    (RtMessageBody *self);
void         rt_message_body_mark_links   (RtMessageBody *self, PangoLayout *layout);
void         rt_message_body_snapshot_selection (RtMessageBody *self, GtkSnapshot *snapshot);
void         rt_message_body_snapshot_caret     (RtMessageBody *self, GtkSnapshot *snapshot);
void         rt_message_body_class_init_select  (GtkWidgetClass *widget_class);
void         rt_message_body_init_select        (RtMessageBody *self);

G_END_DECLS
