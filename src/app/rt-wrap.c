/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "rt-wrap.h"

/* A word or two stay together where they stand beside others. */
static gboolean
is_long (const char *words)
{
  const char *space = strchr (words, ' ');

  return space != NULL && strchr (space + 1, ' ') != NULL;
}

void
rt_wrap_buttons (GtkWidget *below)
{
  gboolean check = GTK_IS_CHECK_BUTTON (below);

  for (GtkWidget *child = gtk_widget_get_first_child (below); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_LABEL (child) && (check || (GTK_IS_BUTTON (below) && gtk_button_get_label (GTK_BUTTON (below)) != NULL)) &&
        (is_long (gtk_label_get_text (GTK_LABEL (child))) || !gtk_widget_has_css_class (below, "flat")))
      {
        /* between words only: a button one letter wide is worse */
        gtk_label_set_wrap (GTK_LABEL (child), TRUE);
        gtk_label_set_wrap_mode (GTK_LABEL (child), PANGO_WRAP_WORD);
        gtk_label_set_justify (GTK_LABEL (child), check ? GTK_JUSTIFY_LEFT : GTK_JUSTIFY_CENTER);
      }
    else
      rt_wrap_buttons (child);
}
