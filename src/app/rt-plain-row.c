/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-plain-row.h"

/* An id or an address that is broken over two lines has no hyphen in it. */
static void
keep_without_hyphens (GtkWidget     *widget,
                      PangoAttrList *attributes)
{
  if (GTK_IS_LABEL (widget))
    gtk_label_set_attributes (GTK_LABEL (widget), attributes);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    keep_without_hyphens (child, attributes);
}

GtkWidget *
rt_plain_row_new (const char *title,
                  const char *subtitle)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, NULL);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  g_return_val_if_fail (title != NULL, row);

  /* only now: while a row of libadwaita 1.2 is made its labels take markup, and GTK warns of a name with < or & */
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  keep_without_hyphens (row, attributes);
  return row;
}

AdwToast *
rt_plain_toast_new (const char *words)
{
  g_autofree char *escaped = NULL;

  g_return_val_if_fail (words != NULL, NULL);

  escaped = g_markup_escape_text (words, -1);
  return adw_toast_new (escaped);
}
