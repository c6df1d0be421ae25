/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "../rt-focus.h"
#include "model/timeline/rt-link.h"
#include "rt-key-chips.h"

struct _RtKeyChips {
  GtkWidget    parent_instance;

  RtTable     *table;
  char        *text;
  GSignalGroup *signals;
  GPtrArray   *rows;            /* of RtTableRow, those that are shown */
};

enum { PROP_0, PROP_N_CHIPS, N_PROPS };
enum { KEY, N_SIGNALS };

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RtKeyChips, rt_key_chips, GTK_TYPE_WIDGET)

static void
clear (RtKeyChips *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  for (guint i = 0; i < self->rows->len; i++)
    {
      g_signal_handlers_disconnect_by_data (self->rows->pdata[i], self);
      rt_table_row_unwant (self->rows->pdata[i]);
    }
  g_ptr_array_set_size (self->rows, 0);
}

static void
update_chip (RtKeyChips *self, guint i)
{
  RtTableRow *row = self->rows->pdata[i];
  GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (self));
  GtkWidget *key, *value;
  g_autofree char *words = NULL;
  const char *text = rt_table_row_get_unread (row) ? rt_table_row_get_kind_text (row) : rt_table_row_get_value_text (row);

  for (; i > 0; i--)
    button = gtk_widget_get_next_sibling (button);
  key = gtk_widget_get_first_child (gtk_button_get_child (GTK_BUTTON (button)));
  value = gtk_widget_get_next_sibling (key);
  if (!rt_table_row_get_exists (row))
    /* Translators: a key of the shared table that has been deleted since a message spoke of it */
    text = _("deleted");
  gtk_label_set_text (GTK_LABEL (key), rt_table_row_get_key_text (row));
  gtk_label_set_text (GTK_LABEL (value), text);
  /* Translators: a key of the shared table, and its value now */
  words = g_strdup_printf (_("%s: %s"), rt_table_row_get_key_text (row), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_tooltip_text (button, words);
}

static void
row_changed_cb (RtTableRow *row, GParamSpec *pspec, RtKeyChips *self)
{
  guint i;

  if (g_ptr_array_find (self->rows, row, &i) && !g_str_has_prefix (pspec->name, "lease-"))
    update_chip (self, i);
}

static void
clicked_cb (GtkButton *button, RtKeyChips *self)
{
  guint i = 0;

  for (GtkWidget *w = gtk_widget_get_prev_sibling (GTK_WIDGET (button)); w != NULL; w = gtk_widget_get_prev_sibling (w))
    i++;
  if (i < self->rows->len)
    {
      GBytes *key = rt_table_row_get_key (self->rows->pdata[i]);
      g_autofree char *name = g_strndup (g_bytes_get_data (key, NULL), g_bytes_get_size (key));

      g_signal_emit (self, signals[KEY], 0, name);
    }
}

static void
add_chip (RtKeyChips *self, RtTableRow *row)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  const char *classes[] = { "key", "value" };

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      GtkWidget *label = gtk_label_new (NULL);

      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
      gtk_label_set_max_width_chars (GTK_LABEL (label), i == 0 ? 20 : 24);
      gtk_widget_add_css_class (label, classes[i]);
      gtk_box_append (GTK_BOX (box), label);
    }
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "key-chip");
  gtk_widget_insert_before (button, GTK_WIDGET (self), NULL);
  g_signal_connect (button, "clicked", G_CALLBACK (clicked_cb), self);
  g_ptr_array_add (self->rows, g_object_ref (row));
  g_signal_connect (row, "notify", G_CALLBACK (row_changed_cb), self);
  /* where values are fetched, this one is */
  rt_table_row_want (row);
  update_chip (self, self->rows->len - 1);
}

/* Those that are in the table now, each once */
static GPtrArray *
find_rows (RtKeyChips *self)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GArray) links = NULL;

  /* most texts have no sign of a key */
  if (self->table == NULL || self->text == NULL || strchr (self->text, '#') == NULL)
    return rows;
  links = rt_links_find (self->text);
  for (guint i = 0; i < links->len && rows->len < RT_KEY_CHIPS_MAX; i++)
    {
      RtLink *link = &g_array_index (links, RtLink, i);
      g_autofree char *name = rt_link_dup_target (self->text, link);
      g_autoptr (GBytes) key = link->kind == RT_LINK_KEY ? rt_table_key_from_text (name, FALSE, NULL) : NULL;
      RtTableRow *row = key != NULL ? rt_table_find (self->table, key) : NULL;

      if (row != NULL && !g_ptr_array_find (rows, row, NULL))
        g_ptr_array_add (rows, g_object_ref (row));
    }
  return rows;
}

static void
update (RtKeyChips *self)
{
  g_autoptr (GPtrArray) rows = find_rows (self);
  gboolean same = rows->len == self->rows->len;
  guint before = self->rows->len;

  for (guint i = 0; same && i < rows->len; i++)
    same = rows->pdata[i] == self->rows->pdata[i];
  if (same)
    return;
  clear (self);
  for (guint i = 0; i < rows->len; i++)
    add_chip (self, rows->pdata[i]);
  gtk_widget_set_visible (GTK_WIDGET (self), rows->len > 0);
  if (before != rows->len)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_CHIPS]);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_N_CHIPS)
    g_value_set_uint (value, RT_KEY_CHIPS (object)->rows->len);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
dispose (GObject *object)
{
  RtKeyChips *self = RT_KEY_CHIPS (object);

  if (self->signals != NULL)
    g_signal_group_set_target (self->signals, NULL);
  g_clear_object (&self->signals);
  clear (self);
  g_clear_object (&self->table);
  G_OBJECT_CLASS (rt_key_chips_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RtKeyChips *self = RT_KEY_CHIPS (object);

  g_ptr_array_unref (self->rows);
  g_free (self->text);
  G_OBJECT_CLASS (rt_key_chips_parent_class)->finalize (object);
}

static void
rt_key_chips_class_init (RtKeyChipsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = get_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  widget_class->focus = rt_focus_children;
  properties[PROP_N_CHIPS] = g_param_spec_uint ("n-chips", NULL, NULL, 0, RT_KEY_CHIPS_MAX, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[KEY] = g_signal_new ("key", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "keychips");
}

static void
rt_key_chips_init (RtKeyChips *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 4);
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->signals = g_signal_group_new (RT_TYPE_TABLE);
  /* a key may come to be after it was spoken of */
  g_signal_group_connect_swapped (self->signals, "notify::n-keys", G_CALLBACK (update), self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
rt_key_chips_new (void)
{
  return g_object_new (RT_TYPE_KEY_CHIPS, NULL);
}

void
rt_key_chips_set (RtKeyChips *self, RtTable *table, const char *text)
{
  gboolean cites = table != NULL && text != NULL && strchr (text, '#') != NULL;

  g_return_if_fail (RT_IS_KEY_CHIPS (self));

  if (!cites && self->text == NULL)
    return;
  g_clear_object (&self->table);
  if (cites)
    self->table = g_object_ref (table);
  g_free (self->text);
  self->text = cites ? g_strdup (text) : NULL;
  g_signal_group_set_target (self->signals, self->table);
  update (self);
}

guint
rt_key_chips_get_n_chips (RtKeyChips *self)
{
  g_return_val_if_fail (RT_IS_KEY_CHIPS (self), 0);

  return self->rows->len;
}
