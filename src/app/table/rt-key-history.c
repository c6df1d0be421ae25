/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/rt-focus.h"
#include "model/rt-message-item.h"
#include "rt-key-format.h"
#include "rt-key-history.h"

struct _RtKeyHistory
{
  GtkWidget parent_instance;

  RtTable      *table;
  GBytes       *key;
  GCancellable *loading;
  GPtrArray    *past;           /* of RtTablePast */

  GtkWidget *expander;
  GtkWidget *list;
};

G_DEFINE_FINAL_TYPE (RtKeyHistory, rt_key_history, GTK_TYPE_WIDGET)

enum { TAKE, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
clear_list (RtKeyHistory *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
}

static void
take_cb (RtKeyHistory *self,
         GtkButton    *button)
{
  guint i = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "past"));

  if (self->past != NULL && i < self->past->len)
    g_signal_emit (self, signals[TAKE], 0, ((RtTablePast *) self->past->pdata[i])->value);
}

static char *
dup_title (RtTablePast *past)
{
  if (past->deleted)
    return g_strdup (_("Deleted"));
  if (past->value == NULL)
    return g_strdup (past->too_large ? _("A value too large to be kept here") : _("A value that was not kept"));
  return rt_value_preview (past->value, 80);
}

static GtkWidget *
make_row (RtKeyHistory *self,
          guint         i)
{
  RtTablePast *past = self->past->pdata[i];
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  g_autofree char *title = dup_title (past);
  g_autofree char *moment = rt_key_dup_full_moment (past->time);
  g_autofree char *owner = past->owner != NULL ? rt_short_id (past->owner) : NULL;
  /* Translators: when, then a short id */
  g_autofree char *subtitle = owner != NULL ? g_strdup_printf (_("%s, by %s"), moment, owner) : g_strdup (moment);
  const char *texts[] = { title, subtitle };

  for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
    {
      GtkWidget *label = gtk_label_new (texts[k]);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      if (k == 1)
        {
          gtk_widget_add_css_class (label, "caption");
          gtk_widget_add_css_class (label, "dim-label");
        }
      gtk_box_append (GTK_BOX (words), label);
    }
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), words);
  if (past->value != NULL && !past->deleted)
    {
      GtkWidget *button = gtk_button_new_from_icon_name ("edit-undo-symbolic");

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_tooltip_text (button, _("Edit the key with this value"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Edit the key with this value"), -1);
      g_object_set_data (G_OBJECT (button), "past", GUINT_TO_POINTER (i));
      g_signal_connect_object (button, "clicked", G_CALLBACK (take_cb), self, G_CONNECT_SWAPPED);
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_widget_add_css_class (box, "history-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  return row;
}

static void
say (RtKeyHistory *self,
     const char   *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "history-row");
  gtk_list_box_append (GTK_LIST_BOX (self->list), label);
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (RtKeyHistory) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) past = rt_table_load_history_finish (RT_TABLE (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->loading == NULL)
    return;
  g_clear_object (&self->loading);
  clear_list (self);
  g_clear_pointer (&self->past, g_ptr_array_unref);
  self->past = g_steal_pointer (&past);
  if (self->past == NULL)
    say (self, error->message);
  else if (self->past->len == 0)
    say (self, _("Nothing is kept of what this key was before."));
  for (guint i = 0; self->past != NULL && i < self->past->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (self, i));
}

static void
stop (RtKeyHistory *self)
{
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
}

static void
load (RtKeyHistory *self)
{
  if (self->key == NULL || !gtk_expander_get_expanded (GTK_EXPANDER (self->expander)))
    return;
  stop (self);
  self->loading = g_cancellable_new ();
  rt_table_load_history_async (self->table, self->key, self->loading, loaded_cb, g_object_ref (self));
}

static void
rt_key_history_dispose (GObject *object)
{
  RtKeyHistory *self = RT_KEY_HISTORY (object);

  stop (self);
  g_clear_pointer (&self->expander, gtk_widget_unparent);
  g_clear_pointer (&self->past, g_ptr_array_unref);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_clear_object (&self->table);
  G_OBJECT_CLASS (rt_key_history_parent_class)->dispose (object);
}

static void
rt_key_history_class_init (RtKeyHistoryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_key_history_dispose;
  widget_class->focus = rt_focus_children;
  signals[TAKE] = g_signal_new ("take", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_VARIANT);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
rt_key_history_init (RtKeyHistory *self)
{
  self->expander = gtk_expander_new_with_mnemonic (_("_History"));
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_widget_set_margin_top (self->list, 6);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("History of the key"), -1);
  gtk_expander_set_child (GTK_EXPANDER (self->expander), self->list);
  gtk_widget_set_parent (self->expander, GTK_WIDGET (self));
  g_signal_connect_object (self->expander, "notify::expanded", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
}

void
rt_key_history_set_key (RtKeyHistory *self,
                        RtTable      *table,
                        GBytes       *key)
{
  g_return_if_fail (RT_IS_KEY_HISTORY (self));
  g_return_if_fail ((table == NULL) == (key == NULL));

  g_set_object (&self->table, table);
  if (key != NULL)
    g_bytes_ref (key);
  g_clear_pointer (&self->key, g_bytes_unref);
  self->key = key;
  load (self);
}
