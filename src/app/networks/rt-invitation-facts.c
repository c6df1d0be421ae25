/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-plain-row.h"
#include "rt-invitation-facts.h"

/* Below it the system gives ports to its services only. */
#define FIRST_USER_PORT 1024

static void
add_row (GtkListBox *list,
         const char *title,
         const char *value)
{
  /* Translators: a fact, e.g. "Encryption: Plaintext" */
  g_autofree char *spoken = g_strdup_printf (_("%s: %s"), title, value);
  GtkWidget *row = rt_plain_row_new (title, value);

  gtk_widget_add_css_class (row, "property");
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_list_box_append (list, row);
}

static void
add_address (GtkListBox *list,
             const char *address)
{
  g_autofree char *host = NULL, *ascii = NULL;
  g_autoptr (GString) words = g_string_new (NULL);
  const char *scope = NULL;
  guint16 port = 0;

  if (rt_parse_address (address, &host, &port, NULL))
    {
      scope = rt_address_scope_words (rt_address_scope (host));
      /* letters of many scripts look alike: this is who is asked for */
      ascii = g_hostname_is_non_ascii (host) ? g_hostname_to_ascii (host) : NULL;
    }
  /* from left to right, whatever the language */
  g_string_append_printf (words, "\u2066%s\u2069", address);
  if (ascii != NULL)
    g_string_append_printf (words, "\n%s", ascii);
  if (scope != NULL)
    g_string_append_printf (words, "\n%s", scope);
  if (port > 0 && port < FIRST_USER_PORT)
    /* Translators: of the port of an address */
    g_string_append_printf (words, "\n%s", _("Ports below 1024 mostly belong to other programs: for the web, for mail"));
  add_row (list, _("Address"), words->str);
}

void
rt_invitation_facts_fill (GtkListBox         *list,
                          const RtInvitation *invitation)
{
  g_autofree char *kind = NULL;
  GtkWidget *row;

  g_return_if_fail (GTK_IS_LIST_BOX (list));
  g_return_if_fail (invitation != NULL);

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, row);
  kind = rt_invitation_dup_kind_words (invitation);
  add_row (list, _("Network name"), invitation->subnet);
  if (invitation->title != NULL)
    add_row (list, _("Its maker calls it"), invitation->title);
  add_row (list, _("Kind"), kind);
  add_row (list, _("Encryption"), rt_invitation_encryption_words (invitation));
  if (rt_invitation_privacy_words (invitation) != NULL)
    /* Translators: the title of a fact: whether a network is private */
    add_row (list, _("Who gets in"), rt_invitation_privacy_words (invitation));
  if (g_strcmp0 (invitation->version, P2P_PROTOCOL_VERSION) != 0)
    add_row (list, _("Wire version"), invitation->version);
  for (guint i = 0; invitation->addresses[i] != NULL; i++)
    add_address (list, invitation->addresses[i]);
}
