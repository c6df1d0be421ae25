/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-archive-files.h"

#define CHOOSER "rt-archive-chooser"

typedef struct {
  GtkFileChooserNative *chooser;
  GtkWindow            *window;         /* not owned: it owns this */
  RtArchiveChosen       chosen;
} Question;

static void
free_question (gpointer data)
{
  Question *question = data;

  g_signal_handlers_disconnect_by_data (question->chooser, question);
  gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (question->chooser));
  g_object_unref (question->chooser);
  g_free (question);
}

static void
response_cb (Question *question, int response)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (question->chooser)) : NULL;
  g_autoptr (GtkWindow) window = g_object_ref (question->window);
  RtArchiveChosen chosen = question->chosen;

  g_object_set_data (G_OBJECT (window), CHOOSER, NULL);
  if (file != NULL)
    chosen (window, file);
}

void
rt_archive_ask_file (GtkWindow *window, const char *title, const char *accept, const char *name, RtArchiveChosen chosen)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  Question *question;

  if (g_object_get_data (G_OBJECT (window), CHOOSER) != NULL)
    return;
  question = g_new0 (Question, 1);
  question->window = window;
  question->chosen = chosen;
  question->chooser = gtk_file_chooser_native_new (title, window, name != NULL ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN, accept, _("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (question->chooser), TRUE);
  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (question->chooser), name);
  gtk_file_filter_set_name (filter, _("Archives of Roundtable"));
  gtk_file_filter_add_suffix (filter, "json");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (question->chooser), filter);
  g_signal_connect_swapped (question->chooser, "response", G_CALLBACK (response_cb), question);
  g_object_set_data_full (G_OBJECT (window), CHOOSER, question, free_question);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (question->chooser));
}
