/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/chat/rt-chat-format.h"
#include "app/chat/rt-chat-trust.h"
#include "app/rt-entry-field.h"
#include "app/rt-plain-row.h"
#include "rt-person-dialog.h"

struct _RtPersonDialog
{
  AdwWindow parent_instance;

  RtPeople  *people;
  RtPerson  *person;
  RtPerson  *you;               /* nullable */
  GtkWidget *claimed_row;
  GtkWidget *id_row;
  GtkWidget *keys_list;
  GtkWidget *theirs_row;
  GtkWidget *yours_row;
  GtkWidget *copy_theirs, *copy_yours, *copy_id;

  AdwToastOverlay     *toasts;
  AdwWindowTitle      *title;
  AdwActionRow        *state_row;
  GtkImage            *state_image;
  AdwPreferencesGroup *name_group;
  RtEntryField        *petname_row;
  GtkWidget           *change_button;
  GtkWidget           *accept_button;
  RtHintRow           *petname_hint;
  AdwPreferencesGroup *keys_group;
  AdwPreferencesGroup *answer_group;
  AdwActionRow        *answer_row;
  GtkButton           *answer_button;
};

G_DEFINE_FINAL_TYPE (RtPersonDialog, rt_person_dialog, ADW_TYPE_WINDOW)

static void you_changed_cb (RtPersonDialog *self);

/* ---- what is shown ---- */

/* Each digit by itself, with a rest after each group: "12345" would be a number of thousands. */
static char *
spell (const char *fingerprint)
{
  GString *spoken = g_string_new (NULL);

  for (const char *at = fingerprint; *at != '\0'; at++)
    if (g_ascii_isdigit (*at))
      g_string_append_printf (spoken, "%c ", *at);
    else if (*at == ' ' && spoken->len > 0 && g_ascii_isdigit (at[-1]))
      g_string_append (spoken, ", ");
    else if (*at == '\n')
      g_string_append (spoken, "; ");
    else
      g_string_append_c (spoken, *at);
  return g_string_free (spoken, FALSE);
}

static void
show_row (GtkWidget  *row,
          const char *value)
{
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row));
  g_autofree char *spelt = NULL, *spoken = NULL;

  gtk_widget_set_visible (row, value != NULL);
  if (value == NULL)
    return;
  spelt = g_object_get_data (G_OBJECT (row), "fingerprint") != NULL ? spell (value) : g_strdup (value);
  spoken = g_strdup_printf (_("%s: %s"), title, spelt);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), value);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
show_state (RtPersonDialog *self)
{
  RtPersonState state = rt_person_get_state (self->person);
  g_autofree char *words = rt_person_dup_state_words (self->person), *all = NULL;

  if (state == RT_PERSON_CHANGED)
    /* Translators: under "Changed: somebody else is known as … here" */
    all = g_strdup_printf ("%s\n%s", words, _("Trust nothing that is said under this name. Ask the person you know by another way, on the telephone say, whether they have a new key, and compare it."));
  else if (state == RT_PERSON_SIGNED)
    /* Translators: under "Signed: keys not compared yet" */
    all = g_strdup_printf ("%s\n%s", words, _("Anybody can make a key. Whether the name is theirs, comparing keys tells."));
  else if (state == RT_PERSON_RENAMED)
    /* Translators: under "Renamed: you compared keys with this person as …" */
    all = g_strdup_printf ("%s\n%s", words, _("It is the same key. Until you accept the new name, the old one stands beside it."));
  else if (state == RT_PERSON_SAME_NAME)
    /* Translators: under "Not verified: …, and somebody else is known as … here" */
    all = g_strdup_printf ("%s\n%s", words, _("Their program does not sign, so nothing tells whether it is the same person. Ask them by another way."));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->state_row), rt_person_state_word (state));
  adw_action_row_set_subtitle (self->state_row, all != NULL ? all : words);
  gtk_image_set_from_icon_name (self->state_image, rt_person_state_icon (state));
  if (rt_person_state_warns (state))
    gtk_widget_add_css_class (GTK_WIDGET (self->state_image), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_image), "warning");
}

static void
show_answer (RtPersonDialog *self)
{
  gint64 compared = rt_person_get_compared (self->person);
  g_autofree char *when = compared > 0 ? rt_format_moment (compared * G_USEC_PER_SEC, g_get_real_time ()) : NULL;
  g_autofree char *words = NULL;

  if (when != NULL)
    /* Translators: %s is a day and a time */
    words = g_strdup_printf (_("You compared the keys: %s"), when);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->answer_row), when != NULL ? words : _("Do both of you see the same?"));
  adw_action_row_set_subtitle (self->answer_row, when != NULL ? NULL : _("If not, somebody is in between or pretends to be this person: write nothing secret, and ask them by another way."));
  /* Translators: the keys that two people compared */
  gtk_button_set_label (self->answer_button, when != NULL ? _("_Take back") : _("They are the _same"));
  if (when != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->answer_button), "suggested-action");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->answer_button), "suggested-action");
}

static RtPerson *
find_you (RtPeople *people)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (people));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtPerson) person = g_list_model_get_item (G_LIST_MODEL (people), i);

      if (rt_person_get_you (person))
        return g_steal_pointer (&person);
    }
  return NULL;
}

/* Who the person is here may change while the dialog is open: nobody is to compare what he was. */
static void
take_you (RtPersonDialog *self)
{
  g_autoptr (RtPerson) you = NULL;

  if (self->people == NULL || (self->you != NULL && rt_person_get_you (self->you)))
    return;
  you = find_you (self->people);
  if (self->you != NULL)
    g_signal_handlers_disconnect_by_func (self->you, you_changed_cb, self);
  g_set_object (&self->you, you);
  if (you != NULL)
    g_signal_connect_object (you, "notify", G_CALLBACK (you_changed_cb), self, G_CONNECT_SWAPPED);
}

static void
update (RtPersonDialog *self)
{
  g_autofree char *theirs = rt_person_dup_fingerprint (self->person);
  g_autofree char *yours = NULL;
  const char *claimed = rt_person_get_claimed_name (self->person);

  take_you (self);
  yours = self->you != NULL ? rt_person_dup_fingerprint (self->you) : NULL;
  adw_window_title_set_title (self->title, rt_person_get_shown_name (self->person));
  show_state (self);
  /* Translators: somebody who says no name */
  show_row (self->claimed_row, claimed != NULL ? claimed : _("No name"));
  show_row (self->theirs_row, theirs);
  show_row (self->yours_row, theirs != NULL ? yours : NULL);
  adw_preferences_group_set_description (self->keys_group, theirs != NULL
    ? _("Read them to each other by another way, on the telephone say. The digits and the words say the same: one of them is enough.")
    : _("No key of this person is known, so there is nothing to compare. Programs other than Roundtable do not sign what they say."));
  gtk_widget_set_visible (self->keys_list, theirs != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->answer_group), theirs != NULL);
  gtk_widget_set_visible (self->accept_button, rt_person_get_state (self->person) == RT_PERSON_RENAMED);
  show_answer (self);
}

static gboolean
update_idle_cb (gpointer data)
{
  RtPersonDialog *self = data;

  if (self->person != NULL)
    update (self);
  return G_SOURCE_REMOVE;
}

/* Whoever he is now is told of right after who he was. */
static void
you_changed_cb (RtPersonDialog *self)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, update_idle_cb, g_object_ref (self), g_object_unref);
}

static void
people_changed_cb (RtPersonDialog *self)
{
  if (self->you == NULL)
    update (self);
}

/* ---- the name ---- */

static void
update_button (RtPersonDialog *self)
{
  g_autofree char *typed = rt_entry_field_dup_text (self->petname_row);
  const char *now = self->person != NULL ? rt_person_get_petname (self->person) : NULL;

  gtk_widget_set_visible (self->change_button, g_strcmp0 (typed, now != NULL ? now : "") != 0);
  rt_hint_row_set_text (self->petname_hint, RT_HINT_ERROR, NULL);
}

static void
apply_cb (RtPersonDialog *self)
{
  g_autofree char *typed = rt_entry_field_dup_text (self->petname_row);
  g_autoptr (GError) error = NULL;
  const char *now;

  if (!rt_people_set_petname (self->people, rt_person_get_id (self->person), typed, &error))
    {
      rt_hint_row_set_text (self->petname_hint, RT_HINT_ERROR, error->message);
      return;
    }
  now = rt_person_get_petname (self->person);
  rt_entry_field_reset (self->petname_row, now != NULL ? now : "");
  update_button (self);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (now != NULL ? _("That is what they are called here from now on") : _("They are called as they say themselves")));
}

/* ---- keys ---- */

static void
answer_cb (RtPersonDialog *self)
{
  gboolean was = rt_person_get_compared (self->person) > 0;

  if (!rt_people_set_compared (self->people, rt_person_get_id (self->person), !was, g_get_real_time ()))
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("This person is not known here any more")));
}

static void
accept_cb (RtPersonDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  if (rt_people_accept_name (self->people, rt_person_get_id (self->person), &error))
    return;
  words = g_markup_escape_text (error->message, -1);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (words));
}

static void
copy_cb (RtPersonDialog *self,
         GtkWidget      *button)
{
  GtkWidget *row = button == self->copy_theirs ? self->theirs_row : button == self->copy_yours ? self->yours_row : self->id_row;
  const char *value = button == self->copy_id ? rt_person_get_id (self->person) : adw_action_row_get_subtitle (ADW_ACTION_ROW (row));
  g_autofree char *text = NULL;

  /* two fingerprints beside each other must not be taken for one another */
  text = button == self->copy_id ? g_strdup (value) : g_strdup_printf ("%s:\n%s", adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), value);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Copied as text")));
}

/* list: NULL: to what is said of the name */
static GtkWidget *
add_row (RtPersonDialog *self,
         GtkWidget      *list,
         const char     *title,
         GtkWidget     **copy)
{
  GtkWidget *row = rt_plain_row_new (title, NULL);
  g_autofree char *words = NULL;

  gtk_widget_add_css_class (row, "property");
  if (list != NULL)
    gtk_list_box_append (GTK_LIST_BOX (list), row);
  else
    adw_preferences_group_add (self->name_group, row);
  if (copy == NULL)
    return row;
  /* Translators: %s is what is copied: "Message id" */
  words = g_strdup_printf (_("Copy: %s"), title);
  *copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  gtk_widget_add_css_class (*copy, "flat");
  gtk_widget_set_valign (*copy, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (*copy, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (*copy), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect_swapped (*copy, "clicked", G_CALLBACK (copy_cb), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), *copy);
  return row;
}

static void
rt_person_dialog_dispose (GObject *object)
{
  RtPersonDialog *self = RT_PERSON_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_PERSON_DIALOG);
  g_clear_object (&self->people);
  g_clear_object (&self->person);
  g_clear_object (&self->you);
  G_OBJECT_CLASS (rt_person_dialog_parent_class)->dispose (object);
}

static void
rt_person_dialog_class_init (RtPersonDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_person_dialog_dispose;
  g_type_ensure (RT_TYPE_ENTRY_FIELD);
  g_type_ensure (RT_TYPE_HINT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-person-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtPersonDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, RtPersonDialog, title);
  gtk_widget_class_bind_template_child (widget_class, RtPersonDialog, state_row);
  gtk_widget_class_bind_template_child (widget_class, RtPersonDialog, state_image);
  gtk_widget_class_bind_template_child (widget_class, RtPersonDialog, name_group);
  gtk_widget_class_bind_template_child (widget_class, RtPersonDialog, petname_row);
  gtk_widget_class_bind_template_child (widget_class, RtPersonDialog, petname_hint);
  gtk_widget_class_bind_template_child (widget_class, RtPersonDialog, change_button);
  gtk_widget_class_bind_template_child (widget_class, RtPersonDialog, accept_button);
  gtk_widget_class_bind_template_child (widget_class, RtPersonDialog, keys_group);
  gtk_widget_class_bind_template_child (widget_class, RtPersonDialog, answer_group);
  gtk_widget_class_bind_template_child (widget_class, RtPersonDialog, answer_row);
  gtk_widget_class_bind_template_child (widget_class, RtPersonDialog, answer_button);
  gtk_widget_class_bind_template_callback (widget_class, apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_button);
  gtk_widget_class_bind_template_callback (widget_class, answer_cb);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
rt_person_dialog_init (RtPersonDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->claimed_row = add_row (self, NULL, _("They call themselves"), NULL);
  self->id_row = add_row (self, NULL, _("Id"), &self->copy_id);
  /* a list of its own: that of the group is a line where it is empty */
  self->keys_list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->keys_list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->keys_list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->keys_list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Compare keys"), -1);
  adw_preferences_group_add (self->keys_group, self->keys_list);
  self->theirs_row = add_row (self, self->keys_list, _("Fingerprint of their key"), &self->copy_theirs);
  self->yours_row = add_row (self, self->keys_list, _("Fingerprint of your key"), &self->copy_yours);
  gtk_widget_add_css_class (self->theirs_row, "fingerprint");
  gtk_widget_add_css_class (self->yours_row, "fingerprint");
  g_object_set_data (G_OBJECT (self->theirs_row), "fingerprint", self);
  g_object_set_data (G_OBJECT (self->yours_row), "fingerprint", self);
}

RtPersonDialog *
rt_person_dialog_new (GtkWindow *parent,
                      RtPeople  *people,
                      RtPerson  *person)
{
  RtPersonDialog *self;
  g_autofree char *id = NULL;

  g_return_val_if_fail (RT_IS_PEOPLE (people), NULL);
  g_return_val_if_fail (RT_IS_PERSON (person), NULL);

  self = g_object_new (RT_TYPE_PERSON_DIALOG, "transient-for", parent, NULL);
  self->people = g_object_ref (people);
  self->person = g_object_ref (person);
  id = rt_sanitise_line (rt_person_get_id (person), 256);
  show_row (self->id_row, id);
  rt_entry_field_reset (self->petname_row, rt_person_get_petname (person) != NULL ? rt_person_get_petname (person) : "");
  update_button (self);
  g_signal_connect_object (person, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (people, "items-changed", G_CALLBACK (people_changed_cb), self, G_CONNECT_SWAPPED);
  update (self);
  return self;
}

void
rt_person_dialog_present (GtkWidget  *from,
                          RtPeople   *people,
                          const char *id)
{
  GtkRoot *root = gtk_widget_get_root (from);
  RtPerson *person = rt_people_find (people, id);

  if (person == NULL || rt_person_get_you (person))
    {
      gtk_widget_activate_action (from, "win.show-toast", "s", person == NULL ? _("This person is not known here any more") : _("That is you"));
      return;
    }
  gtk_window_present (GTK_WINDOW (rt_person_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, people, person)));
}
