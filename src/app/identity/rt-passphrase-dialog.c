/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-banner.h"
#include "app/rt-entry-field.h"
#include "model/identity/rt-passphrase.h"
#include "rt-passphrase-dialog.h"

struct _RtPassphraseDialog
{
  AdwWindow parent_instance;

  GCancellable *cancellable;
  gboolean busy, wants_name;

  GtkButton           *accept_button;
  GtkSpinner          *spinner;
  RtBanner            *banner;
  AdwPreferencesGroup *group;
  AdwEntryRow         *name_row;
  AdwEntryRow         *first_row;
  AdwEntryRow         *second_row;
  RtHintRow           *hint;
};

G_DEFINE_FINAL_TYPE (RtPassphraseDialog, rt_passphrase_dialog, ADW_TYPE_WINDOW)

enum { ACCEPTED, N_SIGNALS };
static guint signals[N_SIGNALS];

static const char *
get_text (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

/* What is not even begun is not wrong yet. */
static gboolean
check_new (RtPassphraseDialog *self)
{
  const char *first = get_text (self->first_row), *second = get_text (self->second_row);
  RtPassphraseStrength strength = rt_passphrase_get_strength (first);

  if (*first == '\0')
    rt_hint_row_set_text (self->hint, RT_HINT_ERROR, NULL);
  else if (*second != '\0' && !g_str_equal (first, second))
    rt_hint_row_set_text (self->hint, RT_HINT_ERROR, _("The two are not the same"));
  else
    rt_hint_row_set_text (self->hint, strength >= RT_PASSPHRASE_FAIR ? RT_HINT_SUCCESS : RT_HINT_ERROR, rt_passphrase_get_words (strength));
  /* whoever has the file tries the easy ones first */
  return strength > RT_PASSPHRASE_WEAK && g_str_equal (first, second);
}

static void
update (RtPassphraseDialog *self)
{
  gboolean good = self->wants_name ? *get_text (self->first_row) != '\0' : check_new (self);

  /* for who does not see the spinner, too */
  if (self->busy)
    rt_hint_row_set_text (self->hint, RT_HINT_SUCCESS, _("One moment: to try a passphrase takes its time, on purpose."));
  else if (self->wants_name)
    rt_hint_row_set_text (self->hint, RT_HINT_SUCCESS, NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->accept_button), good && !self->busy);
}

static void
changed_cb (RtPassphraseDialog *self)
{
  /* what was wrong is not what stands there now */
  rt_banner_set_title (self->banner, NULL);
  update (self);
}

static void
accept_clicked_cb (RtPassphraseDialog *self)
{
  g_signal_emit (self, signals[ACCEPTED], 0);
}

static void
rt_passphrase_dialog_dispose (GObject *object)
{
  g_cancellable_cancel (RT_PASSPHRASE_DIALOG (object)->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_PASSPHRASE_DIALOG);
  G_OBJECT_CLASS (rt_passphrase_dialog_parent_class)->dispose (object);
}

static void
rt_passphrase_dialog_finalize (GObject *object)
{
  g_object_unref (RT_PASSPHRASE_DIALOG (object)->cancellable);
  G_OBJECT_CLASS (rt_passphrase_dialog_parent_class)->finalize (object);
}

static void
rt_passphrase_dialog_class_init (RtPassphraseDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_passphrase_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = rt_passphrase_dialog_finalize;

  signals[ACCEPTED] = g_signal_new ("accepted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (RT_TYPE_BANNER);
  g_type_ensure (RT_TYPE_HINT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-passphrase-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtPassphraseDialog, accept_button);
  gtk_widget_class_bind_template_child (widget_class, RtPassphraseDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, RtPassphraseDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, RtPassphraseDialog, group);
  gtk_widget_class_bind_template_child (widget_class, RtPassphraseDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, RtPassphraseDialog, first_row);
  gtk_widget_class_bind_template_child (widget_class, RtPassphraseDialog, second_row);
  gtk_widget_class_bind_template_child (widget_class, RtPassphraseDialog, hint);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, accept_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
rt_passphrase_dialog_init (RtPassphraseDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

RtPassphraseDialog *
rt_passphrase_dialog_new (GtkWindow  *parent,
                          const char *title,
                          const char *words,
                          const char *accept,
                          const char *name)
{
  RtPassphraseDialog *self = g_object_new (RT_TYPE_PASSPHRASE_DIALOG, "transient-for", parent, "title", title, NULL);
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  /* groups take markup */
  adw_preferences_group_set_description (self->group, escaped);
  gtk_button_set_label (self->accept_button, accept);
  self->wants_name = name != NULL;
  gtk_widget_set_visible (GTK_WIDGET (self->name_row), name != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->second_row), name == NULL);
  gtk_editable_set_text (GTK_EDITABLE (self->name_row), name != NULL ? name : "");
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->first_row));
  return self;
}

const char *
rt_passphrase_dialog_get_passphrase (RtPassphraseDialog *self)
{
  g_return_val_if_fail (RT_IS_PASSPHRASE_DIALOG (self), NULL);
  return get_text (self->first_row);
}

char *
rt_passphrase_dialog_dup_name (RtPassphraseDialog *self)
{
  g_return_val_if_fail (RT_IS_PASSPHRASE_DIALOG (self), NULL);
  return g_strdup (get_text (self->name_row));
}

GCancellable *
rt_passphrase_dialog_get_cancellable (RtPassphraseDialog *self)
{
  g_return_val_if_fail (RT_IS_PASSPHRASE_DIALOG (self), NULL);
  return self->cancellable;
}

void
rt_passphrase_dialog_set_busy (RtPassphraseDialog *self,
                               gboolean            busy)
{
  g_return_if_fail (RT_IS_PASSPHRASE_DIALOG (self));

  self->busy = busy;
  gtk_spinner_set_spinning (self->spinner, busy);
  /* a row that has the focus must not become insensitive */
  gtk_editable_set_editable (GTK_EDITABLE (self->name_row), !busy);
  gtk_editable_set_editable (GTK_EDITABLE (self->first_row), !busy);
  gtk_editable_set_editable (GTK_EDITABLE (self->second_row), !busy);
  update (self);
}

void
rt_passphrase_dialog_set_problem (RtPassphraseDialog *self,
                                  const char         *words)
{
  g_return_if_fail (RT_IS_PASSPHRASE_DIALOG (self));

  rt_passphrase_dialog_set_busy (self, FALSE);
  rt_banner_set_title (self->banner, words);
  gtk_widget_grab_focus (GTK_WIDGET (self->first_row));
}
