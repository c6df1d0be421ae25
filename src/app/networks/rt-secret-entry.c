/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "model/identity/rt-passphrase.h"
#include "model/networks/rt-secret-words.h"
#include "rt-secret-entry.h"

static GtkText *
get_text_widget (AdwEntryRow *row)
{
  GtkEditable *delegate = gtk_editable_get_delegate (GTK_EDITABLE (row));

  return GTK_IS_TEXT (delegate) ? GTK_TEXT (delegate) : NULL;
}

/* GTK names a button after its icon, and not after its tooltip. */
static void
name_buttons (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) && gtk_widget_get_tooltip_text (widget) != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, gtk_widget_get_tooltip_text (widget), -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    name_buttons (child);
}

void
rt_secret_entry_prepare (AdwEntryRow *row)
{
  GtkText *text = get_text_widget (row);

  name_buttons (GTK_WIDGET (row));
  /* when it is shown or hidden its button says the other */
  if (text != NULL)
    g_signal_connect_object (text, "notify::visibility", G_CALLBACK (name_buttons), row, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

char *
rt_secret_entry_dup_text (AdwEntryRow *row)
{
  return rt_secret_dup_normal (gtk_editable_get_text (GTK_EDITABLE (row)));
}

void
rt_secret_entry_show (AdwEntryRow *row,
                      RtHintRow   *hint,
                      RtHintKind   kind,
                      const char  *words,
                      gboolean     wrong)
{
  GtkText *text = get_text_widget (row);

  rt_hint_row_set_text (hint, kind, words);
  if (wrong)
    gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
  if (text == NULL)
    return;
  gtk_accessible_update_state (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_STATE_INVALID, wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  if (wrong && words != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

const char *
rt_secret_entry_get_strength_words (AdwEntryRow *row,
                                    gboolean    *well)
{
  RtPassphraseStrength strength;
  char *text = rt_secret_entry_dup_text (row);

  strength = rt_passphrase_get_strength (text);
  rt_secret_text_free (text);
  *well = strength >= RT_PASSPHRASE_FAIR;
  return rt_secret_words (strength == RT_PASSPHRASE_STRONG ? RT_SECRET_WORDS_STRONG : strength == RT_PASSPHRASE_FAIR ? RT_SECRET_WORDS_FAIR : RT_SECRET_WORDS_WEAK);
}

void
rt_copy_secret (GtkWidget  *widget,
                const char *text)
{
  g_autoptr (GBytes) hint = g_bytes_new_static ("secret", strlen ("secret"));
  GdkContentProvider *parts[] = { gdk_content_provider_new_typed (G_TYPE_STRING, text), gdk_content_provider_new_for_bytes ("x-kde-passwordManagerHint", hint) };
  g_autoptr (GdkContentProvider) content = gdk_content_provider_new_union (parts, G_N_ELEMENTS (parts));

  gdk_clipboard_set_content (gtk_widget_get_clipboard (widget), content);
}
