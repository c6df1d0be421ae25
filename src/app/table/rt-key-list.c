/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-focus.h"
#include "rt-key-list.h"

typedef struct
{
  GBytes       *key;
  GCancellable *loading;
  GtkWidget    *expander;
  GtkWidget    *list;
} RtKeyListPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (RtKeyList, rt_key_list, GTK_TYPE_WIDGET)

static RtKeyListPrivate *
get (RtKeyList *self)
{
  return rt_key_list_get_instance_private (self);
}

static void
clear_list (RtKeyList *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (get (self)->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (get (self)->list), row);
}

static void
stop (RtKeyList *self)
{
  if (get (self)->loading != NULL)
    g_cancellable_cancel (get (self)->loading);
  g_clear_object (&get (self)->loading);
}

static void
load (RtKeyList *self)
{
  RtKeyListPrivate *priv = get (self);

  stop (self);
  if (priv->key == NULL || !gtk_expander_get_expanded (GTK_EXPANDER (priv->expander)))
    return;
  priv->loading = g_cancellable_new ();
  RT_KEY_LIST_GET_CLASS (self)->load (self, priv->key, priv->loading);
}

static void
activated_cb (RtKeyList     *self,
              GtkListBoxRow *row)
{
  RT_KEY_LIST_GET_CLASS (self)->activate (self, (guint) gtk_list_box_row_get_index (row));
}

/* ---- object ---- */

static void
rt_key_list_dispose (GObject *object)
{
  RtKeyListPrivate *priv = get (RT_KEY_LIST (object));

  stop (RT_KEY_LIST (object));
  g_clear_pointer (&priv->expander, gtk_widget_unparent);
  g_clear_pointer (&priv->key, g_bytes_unref);
  G_OBJECT_CLASS (rt_key_list_parent_class)->dispose (object);
}

static void
rt_key_list_class_init (RtKeyListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_key_list_dispose;
  widget_class->focus = rt_focus_children;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
rt_key_list_init (RtKeyList *self)
{
  RtKeyListPrivate *priv = get (self);

  priv->expander = gtk_expander_new (NULL);
  gtk_expander_set_use_underline (GTK_EXPANDER (priv->expander), TRUE);
  priv->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (priv->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (priv->list, "boxed-list");
  gtk_widget_set_margin_top (priv->list, 6);
  gtk_expander_set_child (GTK_EXPANDER (priv->expander), priv->list);
  gtk_widget_set_parent (priv->expander, GTK_WIDGET (self));
  g_signal_connect_object (priv->expander, "notify::expanded", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->list, "row-activated", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
}

/* ---- public ---- */

void
rt_key_list_set_titles (RtKeyList  *self,
                        const char *title,
                        const char *label)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *spoken = NULL;

  g_return_if_fail (RT_IS_KEY_LIST (self));

  gtk_expander_set_label (GTK_EXPANDER (get (self)->expander), title);
  /* without this GTK 4.8 gives an expander no name; the underline is for the eyes */
  parts = g_strsplit (title, "_", -1);
  spoken = g_strjoinv (NULL, parts);
  gtk_accessible_update_property (GTK_ACCESSIBLE (get (self)->expander), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (get (self)->list), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void
rt_key_list_set_key (RtKeyList *self,
                     GBytes    *key)
{
  RtKeyListPrivate *priv;

  g_return_if_fail (RT_IS_KEY_LIST (self));

  priv = get (self);
  if (key == NULL || priv->key == NULL || !g_bytes_equal (key, priv->key))
    clear_list (self);
  if (key != NULL)
    g_bytes_ref (key);
  g_clear_pointer (&priv->key, g_bytes_unref);
  priv->key = key;
  load (self);
}

GBytes *
rt_key_list_get_key (RtKeyList *self)
{
  g_return_val_if_fail (RT_IS_KEY_LIST (self), NULL);
  return get (self)->key;
}

gboolean
rt_key_list_take_answer (RtKeyList    *self,
                         GAsyncResult *result)
{
  RtKeyListPrivate *priv;

  g_return_val_if_fail (RT_IS_KEY_LIST (self), FALSE);

  priv = get (self);
  if (priv->loading == NULL || g_task_get_cancellable (G_TASK (result)) != priv->loading)
    return FALSE;
  g_clear_object (&priv->loading);
  clear_list (self);
  return TRUE;
}

void
rt_key_list_say (RtKeyList  *self,
                 const char *text)
{
  GtkWidget *label, *row;

  g_return_if_fail (RT_IS_KEY_LIST (self));

  label = gtk_label_new (text);
  row = gtk_list_box_row_new ();
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "history-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (GTK_LIST_BOX (get (self)->list), row);
}

GtkWidget *
rt_key_list_add (RtKeyList  *self,
                 const char *title,
                 const char *subtitle,
                 GtkWidget  *end)
{
  GtkWidget *row, *box, *words;
  const char *texts[] = { title, subtitle };
  g_autofree char *spoken = NULL;

  g_return_val_if_fail (RT_IS_KEY_LIST (self), NULL);

  row = gtk_list_box_row_new ();
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GtkWidget *label = gtk_label_new (texts[i]);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      if (i == 1)
        {
          gtk_widget_add_css_class (label, "caption");
          gtk_widget_add_css_class (label, "dim-label");
        }
      gtk_box_append (GTK_BOX (words), label);
    }
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), words);
  if (end != NULL)
    gtk_box_append (GTK_BOX (box), end);
  gtk_widget_add_css_class (box, "history-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  /* Translators: what a screen reader says of a row: its first line, its second one */
  spoken = g_strdup_printf (_("%s, %s"), title, subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), RT_KEY_LIST_GET_CLASS (self)->activate != NULL);
  gtk_list_box_append (GTK_LIST_BOX (get (self)->list), row);
  return row;
}
