/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* RtKeyList: something about a key that is listed in a fold below it, and read only when that is unfolded. */
#define RT_TYPE_KEY_LIST (rt_key_list_get_type ())
G_DECLARE_DERIVABLE_TYPE (RtKeyList, rt_key_list, RT, KEY_LIST, GtkWidget)

struct _RtKeyListClass
{
  GtkWidgetClass parent_class;

  /* Reads it. When the answer is there: rt_key_list_take_answer(). */
  void (*load)     (RtKeyList *self, GBytes *key, GCancellable *cancellable);
  /* A row was chosen; NULL: there is nothing to choose. */
  void (*activate) (RtKeyList *self, guint position);
};

/* title: of the fold, with a mnemonic; label: of the list, for who does not see it */
void    rt_key_list_set_titles  (RtKeyList *self, const char *title, const char *label);
/* NULL: none. What is listed goes when it is another one, and is read again, as soon as it is seen, in any case. */
void    rt_key_list_set_key     (RtKeyList *self, GBytes *key);
GBytes *rt_key_list_get_key     (RtKeyList *self);
/* Empties the list for what is in the result of load(). FALSE: nobody waits for it any more. */
gboolean rt_key_list_take_answer (RtKeyList *self, GAsyncResult *result);
/* Instead of rows */
void    rt_key_list_say         (RtKeyList *self, const char *text);
/* end: nullable: a button. Transfer none. */
GtkWidget *rt_key_list_add      (RtKeyList *self, const char *title, const char *subtitle, GtkWidget *end);

G_END_DECLS
