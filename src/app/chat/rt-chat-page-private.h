/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-chat-page.h"
#include "rt-composer.h"
#include "rt-timeline.h"
#include "model/network/rt-network-talk.h"

G_BEGIN_DECLS

struct _RtChatPage {
  GtkWidget     parent_instance;

  RtNetwork    *network;
  GSignalGroup *signals;
  guint         midnight_id;

  /* rt-chat-reply.c: to whom one writes, and what one answers */
  char         *whisper_to;     /* id; NULL: to everybody */
  GBytes       *reply_to;       /* id of a message; NULL: to none */
  gboolean      loading_draft;
  GHashTable   *asides;         /* id of a person -> AdwToast: gives back what was written for him and set aside */

  /* rt-chat-seal.c */
  RtPerson     *watched;        /* to whom one writes alone; NULL: nobody, or nobody knows him */

  /* rt-chat-marks.c: rows between the messages, and where one is among them */
  guint         unread_divider;
  RtTimelineKey unread_key;
  guint         n_unread;       /* as many as there were when the person came */
  guint         last_unread;
  gboolean      unread_seen;
  GListModel   *gaps;
  GArray       *gap_marks;      /* of GapMark */
  guint         shown_id;
  gint64        shown_day;      /* a time in the day that is named above */
  GCancellable *finding;        /* the original of a reply */

  /* rt-chat-announce.c */
  GPtrArray    *heard;          /* of RtMessageItem: to be read out */
  guint         n_heard;
  guint         announce_id, silence_id;
  GtkWidget    *speaking;

  GtkStack      *stack;
  AdwToastOverlay *toasts;
  AdwStatusPage *empty_page;
  RtTimeline    *timeline;
  GtkWidget     *unread_button;
  GtkLabel      *unread_label;
  GtkWidget     *jump_button;
  GtkLabel      *jump_label;
  GtkMenuButton *people_button;
  GtkLabel      *people_label;
  GtkMenuButton *date_button;
  GtkLabel      *date_label;
  GtkWidget     *waiting_box;
  GtkLabel      *waiting_label;
  GtkWidget     *reply_bar;
  GtkImage      *reply_icon;
  GtkLabel      *reply_label;
  GtkLabel      *preview_label;
  GtkWidget     *seal_box;
  GtkImage      *seal_image;
  GtkLabel      *seal_label;
  RtComposer    *composer;
};

/* rt-chat-page.c */
void rt_chat_page_update_words  (RtChatPage *self);

/* rt-chat-reply.c */
void rt_chat_page_set_target    (RtChatPage *self, const char *whisper_to, GBytes *reply_to, RtMessageItem *item);
void rt_chat_page_change_target (RtChatPage *self, const char *whisper_to, GBytes *reply_to, RtMessageItem *item);
void rt_chat_page_take_back     (RtChatPage *self, const char *to);
void rt_chat_page_offer_asides  (RtChatPage *self);
void rt_chat_page_reply_cb      (RtChatPage *self, RtMessageItem *item);
void rt_chat_page_whisper_cb    (RtChatPage *self, RtMessageItem *item);
void rt_chat_page_send_cb       (RtChatPage *self, const char *text);
void rt_chat_page_load_draft    (RtChatPage *self);
void rt_chat_page_save_draft    (RtChatPage *self);
char *rt_chat_page_dup_name     (RtChatPage *self, const char *id);

/* rt-chat-marks.c */
void rt_chat_page_update_unread (RtChatPage *self);
void rt_chat_page_update_shown  (RtChatPage *self);
void rt_chat_page_watch_gaps    (RtChatPage *self);
void rt_chat_page_forget_marks  (RtChatPage *self);
void rt_chat_page_original_cb   (RtChatPage *self, RtMessageItem *item);
void rt_chat_page_caught_up_cb  (RtChatPage *self, RtCatchUp *catch_up);

/* rt-chat-seal.c: who can read it */
void rt_chat_page_update_seal   (RtChatPage *self);
void rt_chat_page_forget_seal   (RtChatPage *self);

/* rt-chat-announce.c: new messages are read out by a screen reader */
void rt_chat_page_announce_cb   (RtChatPage *self, RtMessageItem *item);
void rt_chat_page_stop_announcing (RtChatPage *self);

G_END_DECLS
