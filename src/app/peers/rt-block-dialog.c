/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "model/people/rt-people.h"
#include "rt-block-dialog.h"

struct _RtBlockDialog
{
  AdwMessageDialog parent_instance;

  /* kept to the end: the answer comes when the window has been closed */
  RtNetwork *network;
  GtkWidget *parent;              /* not owned; NULL: gone */
  char      *id;
  char      *host;
  char      *title;               /* of whom it is about */

  GtkCheckButton *person_check;   /* both NULL where there is nothing to choose */
  GtkCheckButton *address_check;
};

G_DEFINE_FINAL_TYPE (RtBlockDialog, rt_block_dialog, ADW_TYPE_MESSAGE_DIALOG)

static void
toast (GtkWidget  *from,
       const char *words)
{
  if (from != NULL)
    gtk_widget_activate_action (from, "win.show-toast", "s", words);
}

static gboolean
is_wanted (GtkCheckButton *check,
           const char     *what)
{
  return what != NULL && (check == NULL || gtk_check_button_get_active (check));
}

static void
rt_block_dialog_response (AdwMessageDialog *dialog,
                          const char       *response)
{
  RtBlockDialog *self = RT_BLOCK_DIALOG (dialog);
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  if (g_strcmp0 (response, "block") != 0)
    return;
  if (is_wanted (self->person_check, self->id))
    rt_network_block (self->network, RT_BLOCK_PERSON, self->id, &error);
  if (error == NULL && is_wanted (self->address_check, self->host))
    rt_network_block (self->network, RT_BLOCK_ADDRESS, self->host, &error);
  /* Translators: %s is a person or an address that was just blocked */
  words = error != NULL ? g_strdup (error->message) : g_strdup_printf (_("%s is blocked"), self->title);
  toast (self->parent, words);
}

static void
update (RtBlockDialog *self)
{
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "block",
                                           is_wanted (self->person_check, self->id) || is_wanted (self->address_check, self->host));
}

static void
rt_block_dialog_finalize (GObject *object)
{
  RtBlockDialog *self = RT_BLOCK_DIALOG (object);

  if (self->parent != NULL)
    g_object_remove_weak_pointer (G_OBJECT (self->parent), (gpointer *) &self->parent);
  g_clear_object (&self->network);
  g_free (self->id);
  g_free (self->host);
  g_free (self->title);
  G_OBJECT_CLASS (rt_block_dialog_parent_class)->finalize (object);
}

static void
rt_block_dialog_class_init (RtBlockDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_block_dialog_finalize;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = rt_block_dialog_response;
}

static void
rt_block_dialog_init (RtBlockDialog *self)
{
}

static GtkCheckButton *
add_check (RtBlockDialog *self,
           GtkWidget     *box,
           const char    *words,
           gboolean       active)
{
  GtkWidget *check = gtk_check_button_new ();
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 40);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (check), label);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), active);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect_swapped (check, "toggled", G_CALLBACK (update), self);
  gtk_box_append (GTK_BOX (box), check);
  return GTK_CHECK_BUTTON (check);
}

static void
add_choice (RtBlockDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autofree char *address = NULL;

  /* Translators: %s is an address without a port, as in 192.0.2.7 */
  address = g_strdup_printf (_("The address %s: everybody there, also others who share it"), self->host);
  self->person_check = add_check (self, box, _("This person: messages and connections"), TRUE);
  self->address_check = add_check (self, box, address, FALSE);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (self), box);
}

static char *
dup_body (RtBlockDialog *self)
{
  GString *body = g_string_new (NULL);

  if (self->id != NULL)
    g_string_append (body, _("You hear nothing more from this person in this network, and are not connected with them. "
                             "What was said before stays, and what they write into the shared table stays equal for all.\n\n"));
  else
    g_string_append (body, _("There are no more connections to or from this address in this network, whoever is there. "
                             "What those people say still comes by way of others: block them by their messages.\n\n"));
  g_string_append (body, _("They are not told, and others go on hearing them. Identities cost nothing: somebody who is blocked can come "
                           "back with a new one, or from another address."));
  return g_string_free (body, FALSE);
}

RtBlockDialog *
rt_block_dialog_new (GtkWindow  *parent,
                     RtNetwork  *network,
                     const char *id,
                     const char *host)
{
  RtBlockDialog *self;
  AdwMessageDialog *dialog;
  g_autofree char *body = NULL;

  g_return_val_if_fail (RT_IS_NETWORK (network), NULL);
  g_return_val_if_fail (id != NULL || host != NULL, NULL);

  self = g_object_new (RT_TYPE_BLOCK_DIALOG, "transient-for", parent, "modal", TRUE, "destroy-with-parent", TRUE, NULL);
  dialog = ADW_MESSAGE_DIALOG (self);
  self->network = g_object_ref (network);
  self->id = g_strdup (id);
  self->host = host != NULL ? rt_sanitise_line (host, 256) : NULL;
  self->title = id != NULL ? rt_people_dup_shown_name (rt_network_get_people (network), id) : g_strdup (self->host);
  g_set_weak_pointer (&self->parent, GTK_WIDGET (parent));
  body = dup_body (self);
  /* Translators: %s is a person or an address */
  adw_message_dialog_format_heading (dialog, _("Block %s?"), self->title);
  adw_message_dialog_set_body (dialog, body);
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "block", _("_Block"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "block", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  if (self->id != NULL && self->host != NULL)
    add_choice (self);
  return self;
}

/* ---- from a menu ---- */

void
rt_block_unblock (GtkWidget *from,
                  RtNetwork *network,
                  RtBlock   *block)
{
  g_autofree char *title = rt_block_dup_title (block);
  /* Translators: %s is a person or an address */
  g_autofree char *words = g_strdup_printf (_("%s is not blocked any more"), title);

  toast (from, words);
  rt_network_unblock (network, block);
}

void
rt_block_toggle (GtkWidget  *from,
                 RtNetwork  *network,
                 const char *id,
                 const char *host)
{
  GtkRoot *root = gtk_widget_get_root (from);
  g_autofree char *known = id != NULL && host == NULL ? rt_network_dup_host_of (network, id) : NULL;
  RtBlock *block = rt_network_find_block (network, RT_BLOCK_PERSON, id);

  if (block == NULL && id == NULL)
    block = rt_network_find_block (network, RT_BLOCK_ADDRESS, host);
  if (block != NULL)
    {
      rt_block_unblock (from, network, block);
      return;
    }
  gtk_window_present (GTK_WINDOW (rt_block_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, network, id, host != NULL ? host : known)));
}
