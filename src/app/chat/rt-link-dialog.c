/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "model/timeline/rt-link.h"
#include "rt-link-dialog.h"

static void
opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GtkWidget *dialog;

  if (gtk_show_uri_full_finish (GTK_WINDOW (object), result, &error) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  dialog = adw_message_dialog_new (GTK_WINDOW (object), _("It could not be opened"), error->message);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  const char *address = g_object_get_data (G_OBJECT (dialog), "address");
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (dialog));

  if (g_str_equal (response, "copy"))
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (dialog)), address);
  else if (g_str_equal (response, "open") && parent != NULL)
    gtk_show_uri_full (parent, address, GDK_CURRENT_TIME, NULL, opened_cb, NULL);
}

static GtkWidget *
make_address (const RtLinkLook *look)
{
  GtkWidget *label = gtk_label_new (look->address);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  PangoAttribute *bold = pango_attr_weight_new (PANGO_WEIGHT_HEAVY), *dim = pango_attr_foreground_alpha_new (42598);
  PangoAttribute *bright = pango_attr_foreground_alpha_new (G_MAXUINT16);

  bold->start_index = bright->start_index = (guint) look->host_start;
  bold->end_index = bright->end_index = (guint) look->host_end;
  pango_attr_list_insert (attributes, dim);
  pango_attr_list_insert (attributes, bold);
  pango_attr_list_insert (attributes, bright);
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  /* an address is read from left to right everywhere */
  gtk_widget_set_direction (label, GTK_TEXT_DIR_LTR);
  gtk_label_set_width_chars (GTK_LABEL (label), 24);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 48);
  gtk_widget_add_css_class (label, "link-address");
  return label;
}

static GtkWidget *
make_warning (const char *words)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *image = gtk_image_new_from_icon_name ("dialog-warning-symbolic"), *label = gtk_label_new (words);

  gtk_widget_set_valign (image, GTK_ALIGN_START);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_width_chars (GTK_LABEL (label), 24);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 48);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), label);
  gtk_widget_add_css_class (box, "link-warning");
  return box;
}

GtkWindow *
rt_link_dialog_present (GtkWidget *parent, const char *address)
{
  g_autoptr (RtLinkLook) look = rt_link_look (address);
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL, NULL);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  GtkWidget *box;

  adw_message_dialog_add_response (message, "cancel", _("_Cancel"));
  if (look == NULL)
    {
      adw_message_dialog_set_heading (message, _("This cannot be opened"));
      adw_message_dialog_set_body (message, _("It looks like an address, and is none that leads anywhere."));
      gtk_window_present (GTK_WINDOW (dialog));
      return GTK_WINDOW (dialog);
    }
  adw_message_dialog_set_heading (message, look->mail ? _("Write a mail?") : _("Open this address?"));
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_box_append (GTK_BOX (box), make_address (look));
  for (guint i = 0; i < look->warnings->len; i++)
    gtk_box_append (GTK_BOX (box), make_warning (look->warnings->pdata[i]));
  adw_message_dialog_set_extra_child (message, box);
  adw_message_dialog_add_response (message, "copy", _("C_opy"));
  adw_message_dialog_add_response (message, "open", _("_Open"));
  adw_message_dialog_set_response_appearance (message, "open", look->warnings->len > 0 ? ADW_RESPONSE_DEFAULT : ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, look->warnings->len > 0 ? "cancel" : "open");
  adw_message_dialog_set_close_response (message, "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "address", g_strdup (look->address), g_free);
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
  return GTK_WINDOW (dialog);
}
