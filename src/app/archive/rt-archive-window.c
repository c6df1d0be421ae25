/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/chat/rt-message-details.h"
#include "app/chat/rt-message-row.h"
#include "app/chat/rt-timeline.h"
#include "rt-archive-window.h"

struct _RtArchiveWindow {
  AdwWindow      parent_instance;

  RtArchive     *archive;
  GCancellable  *cancellable;

  AdwWindowTitle *window_title;
  GtkStack       *stack;
  AdwStatusPage  *trouble_page;
  RtTimeline     *timeline;
  GtkImage       *verdict_icon;
  GtkLabel       *verdict_label;
  GtkExpander    *details;
  GtkLabel       *about_label;
  GtkLabel       *head_label;
  GtkWidget      *fault_scroller;
  GtkListBox     *fault_list;
};

G_DEFINE_FINAL_TYPE (RtArchiveWindow, rt_archive_window, ADW_TYPE_WINDOW)

/* ---- rows ---- */

static void
details_cb (RtArchiveWindow *self, RtMessageItem *item)
{
  gtk_window_present (GTK_WINDOW (rt_message_details_new (GTK_WINDOW (self), item, NULL, NULL)));
}

static void
original_cb (RtArchiveWindow *self, RtMessageItem *item)
{
  GBytes *id = rt_message_item_get_reply_to (item);
  RtTimelineKey key;

  if (id != NULL && self->archive != NULL && rt_archive_find (self->archive, id, &key))
    rt_timeline_jump_to_key (self->timeline, &key, TRUE);
}

static GtkWidget *
create_row (gpointer user_data)
{
  GtkWidget *row = rt_message_row_new ();

  rt_message_row_set_read_only (RT_MESSAGE_ROW (row), TRUE);
  g_signal_connect_object (row, "details", G_CALLBACK (details_cb), user_data, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "original", G_CALLBACK (original_cb), user_data, G_CONNECT_SWAPPED);
  return row;
}

static void
bind_row (GtkWidget *row, RtTimelineItem *item, RtTimelineItem *previous, gpointer user_data)
{
  RtArchiveWindow *self = user_data;

  if (self->archive != NULL)
    rt_archive_look_up_reply (self->archive, RT_MESSAGE_ITEM (item));
  rt_message_row_bind (RT_MESSAGE_ROW (row), RT_MESSAGE_ITEM (item), previous != NULL ? RT_MESSAGE_ITEM (previous) : NULL);
}

/* ---- what is wrong ---- */

static void
fault_activated_cb (RtArchiveWindow *self, GtkListBoxRow *row)
{
  const RtArchiveFault *fault = self->archive != NULL ? rt_archive_get_fault (self->archive, (guint) gtk_list_box_row_get_index (row)) : NULL;

  if (fault != NULL && fault->key.time >= 0)
    rt_timeline_jump_to_key (self->timeline, &fault->key, TRUE);
}

static GtkWidget *
add_words (RtArchiveWindow *self,
           const char      *words)
{
  GtkWidget *label = gtk_label_new (words), *row = gtk_list_box_row_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  /* what the list asks for is as high as it is then */
  gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
  gtk_widget_set_margin_top (label, 6);
  gtk_widget_set_margin_bottom (label, 6);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_list_box_append (self->fault_list, row);
  return row;
}

static void
add_faults (RtArchiveWindow *self)
{
  guint n = rt_archive_get_n_faults (self->archive), i;
  const RtArchiveFault *fault;

  for (i = 0; (fault = rt_archive_get_fault (self->archive, i)) != NULL; i++)
    {
      GtkWidget *row = add_words (self, fault->words);

      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), fault->key.time >= 0);
      if (fault->key.time >= 0)
        gtk_widget_set_tooltip_text (row, _("Go to this message"));
    }
  if (n > i)
    {
      /* Translators: behind a list; %u: as many as are not in it */
      g_autofree char *words = g_strdup_printf (ngettext ("And %u more", "And %u more", n - i), n - i);

      add_words (self, words);
    }
  gtk_widget_set_visible (self->fault_scroller, n > 0);
}

static void
show_verdict (RtArchiveWindow *self)
{
  gboolean good = rt_archive_get_n_faults (self->archive) == 0;
  g_autofree char *verdict = rt_archive_dup_verdict (self->archive);
  g_autofree char *about = NULL, *head = NULL, *who = NULL, *when = NULL;
  const char *by = rt_archive_get_by (self->archive), *exported = rt_archive_get_exported (self->archive);

  gtk_image_set_from_icon_name (self->verdict_icon, good ? "emblem-ok-symbolic" : "dialog-warning-symbolic");
  gtk_label_set_label (self->verdict_label, verdict);
  gtk_widget_add_css_class (GTK_WIDGET (self->verdict_label), good ? "success" : "warning");
  /* in a text from right to left a date would come apart */
  who = *by != '\0' ? g_strdup_printf ("\u2068%s\u2069", by) : g_strdup (_("somebody"));
  when = *exported != '\0' ? g_strdup_printf ("\u2068%s\u2069", exported) : g_strdup (_("a time that is not known"));
  /* Translators: who, and when (a date of numbers, UTC) */
  about = g_strdup_printf (_("Exported by %s, at %s, as the file itself says. Whoever can change all of a file can also make its hashes anew: to be sure, compare the last one with what "
                             "you were told when it was exported, or by who did it."), who, when);
  /* Translators: the last of a chain of hashes */
  head = g_strdup_printf (_("Last hash: %s"), rt_archive_get_head (self->archive));
  gtk_label_set_label (self->about_label, about);
  gtk_label_set_label (self->head_label, head);
  add_faults (self);
  gtk_expander_set_expanded (self->details, !good);
  adw_window_title_set_title (self->window_title, rt_archive_get_title (self->archive));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GWeakRef *ref = user_data;
  g_autoptr (RtArchiveWindow) self = g_weak_ref_get (ref);
  g_autoptr (GError) error = NULL;
  g_autoptr (RtArchive) archive = rt_archive_open_finish (result, &error);

  g_weak_ref_clear (ref);
  g_free (ref);
  /* closed meanwhile */
  if (self == NULL)
    return;
  if (archive == NULL)
    {
      g_autofree char *escaped = g_markup_escape_text (error->message, -1);

      adw_status_page_set_description (self->trouble_page, escaped);
      gtk_stack_set_visible_child_name (self->stack, "trouble");
      return;
    }
  self->archive = g_steal_pointer (&archive);
  show_verdict (self);
  rt_timeline_set_source (self->timeline, RT_TIMELINE_SOURCE (self->archive));
  gtk_stack_set_visible_child_name (self->stack, "messages");
  gtk_widget_grab_focus (GTK_WIDGET (self->timeline));
}

/* ---- object ---- */

static void
rt_archive_window_dispose (GObject *object)
{
  RtArchiveWindow *self = RT_ARCHIVE_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_ARCHIVE_WINDOW);
  g_clear_object (&self->archive);
  G_OBJECT_CLASS (rt_archive_window_parent_class)->dispose (object);
}

static void
rt_archive_window_finalize (GObject *object)
{
  g_object_unref (RT_ARCHIVE_WINDOW (object)->cancellable);
  G_OBJECT_CLASS (rt_archive_window_parent_class)->finalize (object);
}

static void
rt_archive_window_class_init (RtArchiveWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_archive_window_dispose;
  object_class->finalize = rt_archive_window_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-archive-window.ui");
  gtk_widget_class_bind_template_child (widget_class, RtArchiveWindow, window_title);
  gtk_widget_class_bind_template_child (widget_class, RtArchiveWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, RtArchiveWindow, trouble_page);
  gtk_widget_class_bind_template_child (widget_class, RtArchiveWindow, timeline);
  gtk_widget_class_bind_template_child (widget_class, RtArchiveWindow, verdict_icon);
  gtk_widget_class_bind_template_child (widget_class, RtArchiveWindow, verdict_label);
  gtk_widget_class_bind_template_child (widget_class, RtArchiveWindow, details);
  gtk_widget_class_bind_template_child (widget_class, RtArchiveWindow, about_label);
  gtk_widget_class_bind_template_child (widget_class, RtArchiveWindow, head_label);
  gtk_widget_class_bind_template_child (widget_class, RtArchiveWindow, fault_scroller);
  gtk_widget_class_bind_template_child (widget_class, RtArchiveWindow, fault_list);
  gtk_widget_class_bind_template_callback (widget_class, fault_activated_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  g_type_ensure (RT_TYPE_TIMELINE);
}

static void
rt_archive_window_init (RtArchiveWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  rt_timeline_set_factory (self->timeline, create_row, bind_row, self);
}

RtArchiveWindow *
rt_archive_window_new (GtkWindow *parent, GFile *file)
{
  RtArchiveWindow *self;
  g_autofree char *name = NULL, *shown = NULL;
  GWeakRef *ref;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  self = g_object_new (RT_TYPE_ARCHIVE_WINDOW, "transient-for", parent, NULL);
  name = g_file_get_basename (file);
  shown = g_filename_display_name (name != NULL ? name : "");
  adw_window_title_set_title (self->window_title, shown);
  /* Not held: GTK takes a window that outlives its parent badly, and closed it is to end what it does. */
  ref = g_new (GWeakRef, 1);
  g_weak_ref_init (ref, self);
  rt_archive_open_async (file, self->cancellable, opened_cb, ref);
  return self;
}

RtArchive *
rt_archive_window_get_archive (RtArchiveWindow *self)
{
  g_return_val_if_fail (RT_IS_ARCHIVE_WINDOW (self), NULL);
  return self->archive;
}
