/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-composer.h"

G_BEGIN_DECLS

/* Files that go out together; each is a message of its own. */
#define RT_COMPOSER_MAX_FILES 16u

struct _RtComposer {
  GtkWidget          parent_instance;

  char              *placeholder;
  char              *blocked;
  char              *error;
  gboolean           control_enter;     /* it sends, and Enter alone does not */

  /* rt-composer-files.c */
  RtTransfers       *transfers;
  GListStore        *attachments;       /* of RtAttachment */
  char              *meant_for;         /* id: whom alone one writes to */
  char              *pasted;            /* too long for a message, until the person says what to do with it */
  GtkFileChooserNative *chooser;
  GtkWidget         *drop_widget;       /* not owned; onto which files are dropped */

  /* rt-composer-complete.c */
  RtTable           *table;
  GtkWidget         *popover;           /* NULL: never shown */
  GtkListBox        *list;
  GPtrArray         *found;             /* of RtTableRow */

  GtkWidget         *hint_box;
  GtkImage          *hint_image;
  GtkLabel          *hint_label;
  GtkWidget         *hint_attach;
  GtkWidget         *hint_drop;
  GtkWidget         *strip;
  GtkFlowBox        *files;
  GtkScrolledWindow *scrolled;
  GtkTextView       *view;
  GtkLabel          *placeholder_label;
  GtkWidget         *attach_button;
  GtkWidget         *send_button;
};

/* rt-composer.c */
void     rt_composer_update          (RtComposer *self);

/* rt-composer-files.c */
void     rt_composer_class_init_files (GtkWidgetClass *widget_class);
void     rt_composer_init_files      (RtComposer *self);
void     rt_composer_dispose_files   (RtComposer *self);
/* Something is attached that cannot go out yet, or never. */
gboolean rt_composer_files_wait      (RtComposer *self);
guint    rt_composer_get_n_files     (RtComposer *self);

/* rt-composer-complete.c */
void     rt_composer_complete        (RtComposer *self);     /* the text, or the place in it, is another */
gboolean rt_composer_complete_key    (RtComposer *self, guint keyval);    /* TRUE: it was for the list */
void     rt_composer_dispose_complete (RtComposer *self);

G_END_DECLS
