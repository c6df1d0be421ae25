/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "model/timeline/rt-message-item.h"
#include "rt-key-format.h"
#include "rt-key-history.h"

struct _RtKeyHistory
{
  RtKeyList parent_instance;

  RtTable   *table;
  GPtrArray *past;              /* of RtTablePast */
};

G_DEFINE_FINAL_TYPE (RtKeyHistory, rt_key_history, RT_TYPE_KEY_LIST)

enum { TAKE, N_SIGNALS };
static guint signals[N_SIGNALS];

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
make_button (RtKeyHistory *self,
             guint         i)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-undo-symbolic");

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Edit the key with this value"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Edit the key with this value"), -1);
  g_object_set_data (G_OBJECT (button), "past", GUINT_TO_POINTER (i));
  g_signal_connect_object (button, "clicked", G_CALLBACK (take_cb), self, G_CONNECT_SWAPPED);
  return button;
}

static void
add_row (RtKeyHistory *self,
         guint         i)
{
  RtTablePast *past = self->past->pdata[i];
  g_autofree char *title = dup_title (past);
  g_autofree char *moment = rt_key_dup_full_moment (past->time);
  g_autofree char *owner = past->owner != NULL ? rt_short_id (past->owner) : NULL;
  /* Translators: when, then a short id */
  g_autofree char *subtitle = owner != NULL ? g_strdup_printf (_("%s, by %s"), moment, owner) : g_strdup (moment);

  rt_key_list_add (RT_KEY_LIST (self), title, subtitle, past->value != NULL && !past->deleted ? make_button (self, i) : NULL);
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (RtKeyHistory) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) past = rt_table_load_history_finish (RT_TABLE (object), result, &error);

  if (!rt_key_list_take_answer (RT_KEY_LIST (self), result))
    return;
  g_clear_pointer (&self->past, g_ptr_array_unref);
  self->past = g_steal_pointer (&past);
  if (self->past == NULL)
    rt_key_list_say (RT_KEY_LIST (self), error->message);
  else if (self->past->len == 0)
    rt_key_list_say (RT_KEY_LIST (self), _("Nothing is kept of what this key was before."));
  for (guint i = 0; self->past != NULL && i < self->past->len; i++)
    add_row (self, i);
}

static void
rt_key_history_load (RtKeyList    *list,
                     GBytes       *key,
                     GCancellable *cancellable)
{
  rt_table_load_history_async (RT_KEY_HISTORY (list)->table, key, cancellable, loaded_cb, g_object_ref (list));
}

static void
rt_key_history_dispose (GObject *object)
{
  RtKeyHistory *self = RT_KEY_HISTORY (object);

  g_clear_pointer (&self->past, g_ptr_array_unref);
  g_clear_object (&self->table);
  G_OBJECT_CLASS (rt_key_history_parent_class)->dispose (object);
}

static void
rt_key_history_class_init (RtKeyHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rt_key_history_dispose;
  RT_KEY_LIST_CLASS (klass)->load = rt_key_history_load;
  signals[TAKE] = g_signal_new ("take", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_VARIANT);
}

static void
rt_key_history_init (RtKeyHistory *self)
{
  rt_key_list_set_titles (RT_KEY_LIST (self), _("_History"), _("History of the key"));
}

void
rt_key_history_set_key (RtKeyHistory *self,
                        RtTable      *table,
                        GBytes       *key)
{
  g_return_if_fail (RT_IS_KEY_HISTORY (self));
  g_return_if_fail ((table == NULL) == (key == NULL));

  if (g_set_object (&self->table, table))
    rt_key_list_set_key (RT_KEY_LIST (self), NULL);
  rt_key_list_set_key (RT_KEY_LIST (self), key);
}
