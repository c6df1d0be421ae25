/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "rt-message-body.h"
#include "rt-message-row.h"

G_BEGIN_DECLS

struct _RtMessageRow {
  GtkWidget      parent_instance;

  RtMessageItem *item;
  RtMessageItem *previous;
  RtPeople      *people;        /* nullable */
  gulong         notify_id;
  guint          rebind_id, tick_id;
  gboolean       own, continued, read_only;
  gboolean        shows_all;    /* of its text */
  GtkWidget     *popover;
  GtkWidget     *attachment, *chips;    /* rt-message-row-more.c; NULL: never needed */

  GtkLabel      *day_label;
  AdwAvatar     *avatar;
  GtkLabel      *sender_label;
  GtkImage      *trust_image;
  GtkLabel      *trust_label;
  GtkWidget     *bubble;
  GtkWidget     *quote_button;
  GtkLabel      *quote_name;
  GtkLabel      *quote_text;
  GtkWidget     *tag_box;
  GtkImage      *tag_image;
  GtkLabel      *tag_label;
  RtMessageBody *body;
  GtkButton     *more_button;
  GtkWidget     *reply_button;
  GtkWidget     *state_box;
  GtkImage      *state_image;
  GtkLabel      *state_label;
  GtkWidget     *retry_button;
  GtkWidget     *cancel_button;
  GMenuModel    *menu;
  GMenu         *links_menu;            /* in it: the addresses in the text */
};

/* rt-message-row-places.c: where the parts are */
void rt_message_row_init_places (GtkWidgetClass *widget_class);

/* rt-message-row-menu.c: what can be done with it */
typedef enum {
  RT_MESSAGE_ROW_REPLY,         /* to whom the message was for: everybody, or the two of us */
  RT_MESSAGE_ROW_WHISPER,       /* to its sender only */
  RT_MESSAGE_ROW_RETRY,
  RT_MESSAGE_ROW_CANCEL,
  RT_MESSAGE_ROW_DETAILS,
  RT_MESSAGE_ROW_ORIGINAL,      /* to the message that it answers */
  RT_MESSAGE_ROW_N_SIGNALS,
} RtMessageRowSignal;
void rt_message_row_init_menu   (GtkWidgetClass *widget_class);
void rt_message_row_add_gestures (RtMessageRow *self);
void rt_message_row_update_actions (RtMessageRow *self);
void rt_message_row_show_text   (RtMessageRow *self);

/* rt-message-row-more.c: a file, and keys of the table; how many bytes of the text are to be shown */
gsize rt_message_row_show_more  (RtMessageRow *self);
/* Before the menu is shown */
void  rt_message_row_update_block (RtMessageRow *self);
void rt_message_row_list_links  (RtMessageRow *self);
void rt_message_row_class_init_more (GtkWidgetClass *widget_class);
void rt_message_row_init_more   (RtMessageRow *self);

G_END_DECLS
