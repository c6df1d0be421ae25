/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "model/archive/rt-archive-export.h"
#include "rt-archive-files.h"
#include "rt-export-dialog.h"

struct _RtExportDialog {
  AdwWindow      parent_instance;

  RtNetwork     *network;
  GCancellable  *cancellable;           /* of what is being exported; NULL: nothing */

  GtkStack       *stack;
  GtkDropDown    *span_choice;
  GtkProgressBar *progress_bar;
  AdwStatusPage  *trouble_page;
  AdwStatusPage  *done_page;
  GtkLabel       *head_label;
  GtkWidget      *export_button;
  GtkWidget      *cancel_button;
  GtkWidget      *close_button;
};

G_DEFINE_FINAL_TYPE (RtExportDialog, rt_export_dialog, ADW_TYPE_WINDOW)

/* In the order of the list in the .ui file: days back, 0: all */
static const guint days_back[] = { 0, 1, 7, 30, 365 };

static void
show_page (RtExportDialog *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->stack, name);
}

static void
progress_cb (guint64 n, guint64 of, gpointer user_data)
{
  g_autoptr (RtExportDialog) self = g_weak_ref_get (user_data);
  g_autofree char *words = NULL;

  if (self == NULL || self->cancellable == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  /* Translators: so many messages of about so many */
  words = g_strdup_printf (_("%u of about %u messages"), (guint) MIN (n, G_MAXUINT), (guint) MIN (of, G_MAXUINT));
  gtk_progress_bar_set_fraction (self->progress_bar, of > 0 ? (double) n / (double) of : 1);
  gtk_progress_bar_set_text (self->progress_bar, words);
}

static void
show_trouble (RtExportDialog *self, const char *words)
{
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  adw_status_page_set_description (self->trouble_page, escaped);
  show_page (self, "trouble");
}

static void
show_done (RtExportDialog *self, guint64 n, const char *head)
{
  /* Translators: %u: how many messages were written into a file */
  g_autofree char *words = g_strdup_printf (ngettext ("%u message was exported.", "%u messages were exported.", (gulong) n), (guint) MIN (n, G_MAXUINT));
  /* Translators: the last of a chain of hashes */
  g_autofree char *last = g_strdup_printf (_("Last hash: %s"), head);

  adw_status_page_set_description (self->done_page, words);
  gtk_label_set_label (self->head_label, last);
  show_page (self, "done");
  gtk_widget_grab_focus (self->close_button);
  /* what can be selected is selected as soon as it is seen */
  gtk_label_select_region (self->head_label, 0, 0);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GWeakRef *ref = user_data;
  g_autoptr (RtExportDialog) self = g_weak_ref_get (ref);
  g_autoptr (GError) error = NULL;
  g_autofree char *head = NULL;
  guint64 n;
  gboolean good = rt_archive_export_finish (result, &n, &head, &error);

  g_weak_ref_clear (ref);
  g_free (ref);
  /* closed */
  if (self == NULL)
    return;
  g_clear_object (&self->cancellable);
  if (good)
    show_done (self, n, head);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_page (self, "choose");
  else
    show_trouble (self, error->message);
}

void
rt_export_dialog_export (RtExportDialog *self, GFile *file)
{
  RtArchiveAbout about = { 0 };
  g_autoptr (P2pProtocol) protocol = NULL;
  RtStoreChat *chat;
  guint chosen, days;
  GWeakRef *ref;

  g_return_if_fail (RT_IS_EXPORT_DIALOG (self));
  g_return_if_fail (G_IS_FILE (file));

  if (self->cancellable != NULL || self->network == NULL)
    return;
  chat = rt_network_get_chat (self->network);
  if (chat == NULL)
    {
      show_trouble (self, _("Nothing is kept of this network."));
      return;
    }
  chosen = gtk_drop_down_get_selected (self->span_choice);
  days = chosen < G_N_ELEMENTS (days_back) ? days_back[chosen] : 0;
  about.title = rt_network_get_title (self->network);
  about.subnet = rt_network_config_get_subnet (rt_network_get_config (self->network));
  about.name = rt_network_get_user_name (self->network);
  protocol = rt_network_config_dup_wire_protocol (rt_network_get_config (self->network));
  about.protocol = p2p_protocol_get_id (protocol);
  if (rt_network_get_socket (self->network) != NULL)
    about.id = p2p_mesh_socket_get_id (rt_network_get_socket (self->network));
  self->cancellable = g_cancellable_new ();
  gtk_progress_bar_set_fraction (self->progress_bar, 0);
  gtk_progress_bar_set_text (self->progress_bar, _("Beginning…"));
  show_page (self, "running");
  gtk_widget_grab_focus (self->cancel_button);
  /* Not held: GTK takes a window that outlives its parent badly, and closed it is to end what it does. */
  ref = g_new (GWeakRef, 1);
  g_weak_ref_init (ref, self);
  rt_archive_export_async (chat, &about, file, days > 0 ? g_get_real_time () - days * G_TIME_SPAN_DAY : 0, 0, progress_cb, ref, self->cancellable, exported_cb, ref);
}

static void
chosen_cb (GtkWindow *window, GFile *file)
{
  rt_export_dialog_export (RT_EXPORT_DIALOG (window), file);
}

/* A name for any file system. */
static char *
make_name (RtNetwork *network)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *day = g_date_time_format (now, "%Y-%m-%d"), *title = g_strdup (rt_network_get_title (network));

  g_strdelimit (title, "/\\:*?\"<>|\n\t", '-');
  return g_strdup_printf ("%s %s.json", *title != '\0' && *title != '.' ? title : "history", day);
}

static void
export_clicked_cb (RtExportDialog *self)
{
  g_autofree char *name = make_name (self->network);

  rt_archive_ask_file (GTK_WINDOW (self), _("Export history"), _("_Export"), name, chosen_cb);
}

static void
cancel_clicked_cb (RtExportDialog *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

static void
back_clicked_cb (RtExportDialog *self)
{
  show_page (self, "choose");
  gtk_widget_grab_focus (self->export_button);
}

static void
rt_export_dialog_dispose (GObject *object)
{
  RtExportDialog *self = RT_EXPORT_DIALOG (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_EXPORT_DIALOG);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_export_dialog_parent_class)->dispose (object);
}

static void
rt_export_dialog_finalize (GObject *object)
{
  g_clear_object (&RT_EXPORT_DIALOG (object)->cancellable);
  G_OBJECT_CLASS (rt_export_dialog_parent_class)->finalize (object);
}

static void
rt_export_dialog_class_init (RtExportDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_export_dialog_dispose;
  object_class->finalize = rt_export_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-export-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtExportDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, RtExportDialog, span_choice);
  gtk_widget_class_bind_template_child (widget_class, RtExportDialog, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, RtExportDialog, trouble_page);
  gtk_widget_class_bind_template_child (widget_class, RtExportDialog, done_page);
  gtk_widget_class_bind_template_child (widget_class, RtExportDialog, head_label);
  gtk_widget_class_bind_template_child (widget_class, RtExportDialog, export_button);
  gtk_widget_class_bind_template_child (widget_class, RtExportDialog, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, RtExportDialog, close_button);
  gtk_widget_class_bind_template_callback (widget_class, export_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
rt_export_dialog_init (RtExportDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

RtExportDialog *
rt_export_dialog_new (GtkWindow *parent, RtNetwork *network)
{
  RtExportDialog *self;
  g_autofree char *title = NULL;

  g_return_val_if_fail (RT_IS_NETWORK (network), NULL);

  self = g_object_new (RT_TYPE_EXPORT_DIALOG, "transient-for", parent, NULL);
  self->network = g_object_ref (network);
  /* Translators: %s is the name of a network */
  title = g_strdup_printf (_("Export history of “%s”"), rt_network_get_title (network));
  gtk_window_set_title (GTK_WINDOW (self), title);
  return self;
}
