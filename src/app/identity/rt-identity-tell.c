/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-plain-row.h"
#include "rt-identity-tell.h"

char *
rt_identity_isolate (const char *digits)
{
  return g_strconcat ("\u2066", digits, "\u2069", NULL);
}

GtkWidget *
rt_identity_tell_row_new (RtNetwork *network)
{
  RtIdentity *identity = rt_network_get_identity (network);
  g_autofree char *digits = identity != NULL ? rt_identity_dup_digits (identity) : NULL, *shown = NULL;
  GtkWidget *row, *next;

  if (digits == NULL)
    return NULL;
  shown = rt_identity_isolate (digits);
  row = rt_plain_row_new (_("Your fingerprint here"), shown);
  next = gtk_image_new_from_icon_name ("go-next-symbolic");
  g_object_set (next, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), next);
  gtk_widget_add_css_class (row, "numeric");
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "app.show-identity");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", rt_identity_get_ref (identity));
  return row;
}
