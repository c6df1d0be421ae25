/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes out with a message: chosen, dropped or pasted. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/timeline/rt-message-item.h"
#include "rt-composer-private.h"

static void
set_words (RtComposer *self, const char *words)
{
  rt_composer_set_error (self, words);
}

guint
rt_composer_get_n_files (RtComposer *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->attachments));
}

gboolean
rt_composer_files_wait (RtComposer *self)
{
  guint n = rt_composer_get_n_files (self);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtAttachment) attachment = g_list_model_get_item (G_LIST_MODEL (self->attachments), i);

      if (rt_attachment_get_state (attachment) != RT_ATTACHMENT_HERE)
        return TRUE;
    }
  return FALSE;
}

/* ---- the strip ---- */

static void
remove_cb (RtComposer *self, GtkButton *button)
{
  RtAttachment *attachment = g_object_get_data (G_OBJECT (button), "attachment");
  guint position;

  if (!g_list_store_find (self->attachments, attachment, &position))
    return;
  if (self->transfers != NULL)
    rt_transfers_drop (self->transfers, attachment);
  g_list_store_remove (self->attachments, position);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
update_item (GtkWidget *box, RtAttachment *attachment)
{
  GtkWidget *image = gtk_widget_get_first_child (box), *words = gtk_widget_get_next_sibling (image);
  GtkLabel *name = GTK_LABEL (gtk_widget_get_first_child (words)), *info = GTK_LABEL (gtk_widget_get_next_sibling (GTK_WIDGET (name)));
  RtAttachmentState state = rt_attachment_get_state (attachment);
  g_autofree char *size = g_format_size (rt_attachment_get_size (attachment));
  /* gone: what was attached before a restart, and was lost since */
  gboolean failed = state == RT_ATTACHMENT_FAILED || state == RT_ATTACHMENT_GONE;
  const char *text = failed ? rt_attachment_get_error (attachment) : state == RT_ATTACHMENT_PREPARING ? _("Being read…") : size;

  gtk_label_set_text (name, rt_attachment_get_name (attachment));
  gtk_label_set_text (info, text);
  gtk_image_set_from_icon_name (GTK_IMAGE (image), failed ? "dialog-warning-symbolic" : rt_attachment_get_is_picture (attachment) ? "image-x-generic-symbolic" : "text-x-generic-symbolic");
  if (failed)
    {
      gtk_widget_add_css_class (box, "failed");
      /* why, and not only that */
      gtk_label_set_wrap (info, TRUE);
      gtk_label_set_wrap_mode (info, PANGO_WRAP_WORD_CHAR);
      gtk_label_set_lines (info, 3);
    }
  gtk_widget_set_tooltip_text (words, failed ? text : rt_attachment_get_name (attachment));
}

static void
item_notify_cb (RtAttachment *attachment, GParamSpec *pspec, GtkWidget *box)
{
  GtkWidget *composer = gtk_widget_get_ancestor (box, RT_TYPE_COMPOSER);

  update_item (box, attachment);
  if (composer != NULL)
    rt_composer_update (RT_COMPOSER (composer));
}

static GtkWidget *
create_item (gpointer item, gpointer user_data)
{
  RtAttachment *attachment = RT_ATTACHMENT (item);
  GtkWidget *child = gtk_flow_box_child_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");
  g_autofree char *remove = g_strdup_printf (_("Do not send “%s”"), rt_attachment_get_name (attachment));

  for (guint i = 0; i < 2; i++)
    {
      GtkWidget *label = gtk_label_new (NULL);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), i == 0 ? PANGO_ELLIPSIZE_MIDDLE : PANGO_ELLIPSIZE_END);
      gtk_label_set_width_chars (GTK_LABEL (label), 8);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 28);
      gtk_widget_add_css_class (label, i == 0 ? "name" : "caption");
      gtk_box_append (GTK_BOX (words), label);
    }
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_tooltip_text (button, remove);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, remove, -1);
  g_object_set_data_full (G_OBJECT (button), "attachment", g_object_ref (attachment), g_object_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), user_data, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), gtk_image_new ());
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), button);
  gtk_widget_add_css_class (box, "composer-file");
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), box);
  gtk_widget_set_focusable (child, FALSE);
  update_item (box, attachment);
  g_signal_connect_object (attachment, "notify", G_CALLBACK (item_notify_cb), box, 0);
  return child;
}

static void
files_changed_cb (RtComposer *self)
{
  gtk_widget_set_visible (self->strip, rt_composer_get_n_files (self) > 0);
  g_clear_pointer (&self->error, g_free);
  rt_composer_update (self);
}

/* ---- adding ---- */

static gboolean
has_room (RtComposer *self)
{
  g_autofree char *words = NULL;

  if (self->transfers == NULL)
    return FALSE;
  if (rt_composer_get_n_files (self) < RT_COMPOSER_MAX_FILES)
    return TRUE;
  words = g_strdup_printf (_("At most %u files can be sent at a time."), RT_COMPOSER_MAX_FILES);
  set_words (self, words);
  return FALSE;
}

void
rt_composer_add_file (RtComposer *self, GFile *file)
{
  g_autoptr (RtAttachment) attachment = NULL;

  g_return_if_fail (RT_IS_COMPOSER (self));
  g_return_if_fail (G_IS_FILE (file));

  if (!has_room (self))
    return;
  attachment = rt_transfers_add_file (self->transfers, file);
  rt_attachment_set_meant_for (attachment, self->meant_for);
  g_list_store_append (self->attachments, attachment);
}

static void
add_bytes (RtComposer *self, GBytes *bytes, const char *name, const char *mime_type, const char *meant_for)
{
  g_autoptr (RtAttachment) attachment = NULL;

  if (!has_room (self))
    return;
  attachment = rt_transfers_add_bytes (self->transfers, bytes, name, mime_type);
  rt_attachment_set_meant_for (attachment, meant_for);
  g_list_store_append (self->attachments, attachment);
}

void
rt_composer_add_bytes (RtComposer *self, GBytes *bytes, const char *name, const char *mime_type)
{
  g_return_if_fail (RT_IS_COMPOSER (self));

  add_bytes (self, bytes, name, mime_type, self->meant_for);
}

static void
chosen_cb (RtComposer *self, int response)
{
  g_autoptr (GListModel) files = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_files (GTK_FILE_CHOOSER (self->chooser)) : NULL;
  guint n = files != NULL ? g_list_model_get_n_items (files) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      rt_composer_add_file (self, file);
    }
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
attach_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtComposer *self = RT_COMPOSER (widget);
  GtkRoot *root = gtk_widget_get_root (widget);

  if (self->chooser == NULL)
    {
      self->chooser = gtk_file_chooser_native_new (_("Send files"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, GTK_FILE_CHOOSER_ACTION_OPEN, _("_Attach"), NULL);
      gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
      gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
      g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
    }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- what is too long ---- */

static void
attach_text_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtComposer *self = RT_COMPOSER (widget);
  g_autofree char *text = self->pasted != NULL ? g_strdup (self->pasted) : rt_composer_dup_text (self);
  g_autoptr (GBytes) bytes = NULL;

  if (!has_room (self))
    return;
  bytes = g_bytes_new (text, strlen (text));
  /* Translators: the name of a file that holds a long text which somebody wants to send */
  rt_composer_add_bytes (self, bytes, self->pasted != NULL ? _("Pasted text.txt") : _("Message.txt"), "text/plain");
  if (self->pasted == NULL)
    rt_composer_clear (self);
  g_clear_pointer (&self->pasted, g_free);
  rt_composer_update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
drop_text_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtComposer *self = RT_COMPOSER (widget);

  g_clear_pointer (&self->pasted, g_free);
  rt_composer_update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

void
rt_composer_paste_text (RtComposer *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);

  g_return_if_fail (RT_IS_COMPOSER (self));

  if (strlen (text) > RT_MESSAGE_MAX_TEXT)
    {
      /* not into the view: it would be busy with laying it out for as long as it takes */
      g_free (self->pasted);
      self->pasted = g_strdup (text);
      rt_composer_update (self);
      return;
    }
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_delete_selection (buffer, TRUE, TRUE);
  gtk_text_buffer_insert_at_cursor (buffer, text, -1);
  gtk_text_buffer_end_user_action (buffer);
  gtk_text_view_scroll_mark_onscreen (self->view, gtk_text_buffer_get_insert (buffer));
}

/* ---- pasting ---- */

static void
text_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtComposer) self = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (object), result, NULL);

  if (text != NULL && self->view != NULL)
    rt_composer_paste_text (self, text);
}

static void
add_value (RtComposer *self, const GValue *value, gboolean dropped);

static void
value_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtComposer) self = user_data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (object), result, &error);

  if (self->view == NULL)
    return;
  if (value != NULL)
    add_value (self, value, FALSE);
  else
    set_words (self, error->message);
}

static void
encode_in_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_pointer (task, gdk_texture_save_to_png_bytes (task_data), (GDestroyNotify) g_bytes_unref);
}

static void
encoded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RtComposer *self = RT_COMPOSER (object);
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), NULL);

  if (bytes != NULL && self->view != NULL)
    /* Translators: the name of a file that holds a picture which somebody pasted or dropped */
    add_bytes (self, bytes, _("Picture.png"), "image/png", g_object_get_data (G_OBJECT (result), "meant-for"));
}

/* GDK makes files of addresses, too. One of ours that is dropped is opened, as it is anywhere in the window; one that is pasted is to be said. */
static gboolean
take_link (RtComposer *self, GFile *file, gboolean dropped)
{
  g_autofree char *link = g_file_has_uri_scheme (file, "roundtable") ? g_file_get_uri (file) : NULL;

  if (link == NULL || !g_utf8_validate (link, -1, NULL))
    return FALSE;
  if (dropped)
    return gtk_widget_activate_action (GTK_WIDGET (self), "win.open-link", "s", link);
  rt_composer_paste_text (self, link);
  return TRUE;
}

static void
add_value (RtComposer *self, const GValue *value, gboolean dropped)
{
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    {
      g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));

      for (GSList *l = files; l != NULL; l = l->next)
        if (!take_link (self, l->data, dropped))
          rt_composer_add_file (self, l->data);
    }
  else if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE) && has_room (self))
    {
      g_autoptr (GTask) task = g_task_new (self, NULL, encoded_cb, NULL);

      g_task_set_name (task, "[roundtable] encode a picture");
      /* as it is now: who it is for may be another when it is done */
      g_object_set_data_full (G_OBJECT (task), "meant-for", g_strdup (self->meant_for), g_free);
      g_task_set_task_data (task, g_value_dup_object (value), g_object_unref);
      g_task_run_in_thread (task, encode_in_thread);
    }
}

/* Files before pictures before text: a program that offers several means the first. But a text that comes with a picture of it is a text. */
static void
paste_cb (GtkTextView *view, RtComposer *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (view));
  g_autoptr (GdkContentFormats) formats = gdk_content_formats_union_deserialize_gtypes (gdk_content_formats_ref (gdk_clipboard_get_formats (clipboard)));

  g_signal_stop_emission_by_name (view, "paste-clipboard");
  if (self->transfers != NULL && gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST))
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL, value_read_cb, g_object_ref (self));
  else if (self->transfers != NULL && gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE) && !gdk_content_formats_contain_gtype (formats, G_TYPE_STRING))
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_TEXTURE, G_PRIORITY_DEFAULT, NULL, value_read_cb, g_object_ref (self));
  else
    gdk_clipboard_read_text_async (clipboard, NULL, text_read_cb, g_object_ref (self));
}

/* ---- dropping ---- */

static GdkDragAction
drop_enter_cb (GtkDropTarget *target, double x, double y, RtComposer *self)
{
  if (self->transfers == NULL)
    return 0;
  gtk_widget_add_css_class (self->drop_widget, "drop-files");
  return GDK_ACTION_COPY;
}

static void
drop_leave_cb (GtkDropTarget *target, RtComposer *self)
{
  gtk_widget_remove_css_class (self->drop_widget, "drop-files");
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, RtComposer *self)
{
  gtk_widget_remove_css_class (self->drop_widget, "drop-files");
  if (self->transfers == NULL)
    return FALSE;
  add_value (self, value, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  return TRUE;
}

void
rt_composer_add_drop_target (RtComposer *self, GtkWidget *onto)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType types[] = { GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE };

  g_return_if_fail (RT_IS_COMPOSER (self));

  self->drop_widget = onto;
  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  /* before the text view, which would write the names of the files */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect_object (target, "enter", G_CALLBACK (drop_enter_cb), self, 0);
  g_signal_connect_object (target, "leave", G_CALLBACK (drop_leave_cb), self, 0);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, 0);
  gtk_widget_add_controller (onto, GTK_EVENT_CONTROLLER (target));
}

/* ---- object ---- */

void
rt_composer_set_transfers (RtComposer *self, RtTransfers *transfers)
{
  g_return_if_fail (RT_IS_COMPOSER (self));

  g_set_object (&self->transfers, transfers);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.attach", transfers != NULL);
  gtk_widget_set_visible (self->attach_button, transfers != NULL);
}

void
rt_composer_set_meant_for (RtComposer *self, const char *id)
{
  char *copy = g_strdup (id);

  g_return_if_fail (RT_IS_COMPOSER (self));

  g_free (self->meant_for);
  self->meant_for = copy;
}

GListStore *
rt_composer_get_attachments (RtComposer *self)
{
  g_return_val_if_fail (RT_IS_COMPOSER (self), NULL);

  return self->attachments;
}

void
rt_composer_set_attachments (RtComposer *self, GListStore *attachments)
{
  g_return_if_fail (RT_IS_COMPOSER (self));

  if (self->attachments != NULL)
    g_signal_handlers_disconnect_by_func (self->attachments, files_changed_cb, self);
  g_clear_object (&self->attachments);
  self->attachments = attachments != NULL ? g_object_ref (attachments) : g_list_store_new (RT_TYPE_ATTACHMENT);
  g_signal_connect_swapped (self->attachments, "items-changed", G_CALLBACK (files_changed_cb), self);
  gtk_flow_box_bind_model (self->files, G_LIST_MODEL (self->attachments), create_item, self, NULL);
  g_clear_pointer (&self->pasted, g_free);
  files_changed_cb (self);
}

void
rt_composer_class_init_files (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "composer.attach", NULL, attach_action);
  gtk_widget_class_install_action (widget_class, "composer.attach-text", NULL, attach_text_action);
  gtk_widget_class_install_action (widget_class, "composer.drop-text", NULL, drop_text_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_a, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "composer.attach", NULL);
}

void
rt_composer_init_files (RtComposer *self)
{
  g_signal_connect (self->view, "paste-clipboard", G_CALLBACK (paste_cb), self);
  rt_composer_set_attachments (self, NULL);
  rt_composer_set_transfers (self, NULL);
}

void
rt_composer_dispose_files (RtComposer *self)
{
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  if (self->attachments != NULL)
    g_signal_handlers_disconnect_by_func (self->attachments, files_changed_cb, self);
  if (self->view != NULL)
    g_signal_handlers_disconnect_by_func (self->view, paste_cb, self);
  g_clear_object (&self->attachments);
  g_clear_object (&self->transfers);
  g_clear_pointer (&self->pasted, g_free);
  g_clear_pointer (&self->meant_for, g_free);
}
