/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/rt-focus.h"
#include "app/rt-widget.h"
#include "model/timeline/rt-message-item.h"
#include "rt-key-cites.h"
#include "rt-key-details.h"
#include "rt-key-format.h"
#include "rt-key-history.h"
#include "rt-value-view.h"

struct _RtKeyDetails
{
  GtkWidget parent_instance;

  RtTable    *table;
  RtTableRow *row;
  RtNetwork  *network;          /* whose messages cite keys; nullable */
  gboolean    show_back;
  gboolean    editing;          /* as it was told */
  gboolean    quiet;            /* we tick the box ourselves */
  guint       update_id;
  gint64      history_of;       /* when the value was written that the history was asked for at */

  GtkStack       *stack;
  GtkLabel       *title;
  GtkImage       *state_icon;
  GtkLabel       *state;
  GtkWidget      *staged_box;
  GtkLabel       *trouble;
  GtkWidget      *staged_title;
  GtkLabel       *staged;
  GtkCheckButton *retry;
  GtkWidget      *mine_child;
  GtkWidget      *theirs_child;
  GtkWidget      *apply_child;
  GtkWidget      *unstage_child;
  GtkWidget      *value_box;
  GtkWidget      *edit_button;
  GtkLabel       *value_title;
  RtValueView    *value;
  GtkLabel       *facts;
  RtKeyHistory   *history;
  RtKeyCites     *cites;
  RtKeyEditor    *editor;
};

G_DEFINE_FINAL_TYPE (RtKeyDetails, rt_key_details, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_ROW, PROP_TABLE, PROP_SHOW_BACK, PROP_EDITING, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { SAVE, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
append (GString    *text,
        const char *name,
        const char *value)
{
  if (value == NULL || *value == '\0')
    return;
  if (text->len > 0)
    g_string_append_c (text, '\n');
  /* Translators: the name of a property of a key, then its value */
  g_string_append_printf (text, _("%s: %s"), name, value);
}

static char *
dup_facts (RtTableRow *row,
           gboolean    distributed)
{
  GString *text = g_string_new (NULL);
  gint64 written = rt_table_row_get_written (row), lease_end = rt_table_row_get_lease_end (row);
  g_autofree char *owner = NULL;
  g_autofree char *at = rt_key_dup_full_moment (written);
  g_autofree char *until = rt_key_dup_full_moment (lease_end);
  g_autofree char *token = NULL;
  g_autofree char *short_owner = NULL;

  if (!rt_table_row_get_exists (row))
    return g_string_free (text, FALSE);
  /* of a key of a ring nobody knows who wrote it, unless he signed it */
  if (rt_table_row_get_owner (row) == NULL || *rt_table_row_get_owner (row) == '\0')
    {
      if (distributed && rt_table_row_get_size (row) > 0)
        append (text, _("Signature"), _("none: anybody may have written it"));
      return g_string_free (text, FALSE);
    }
  owner = rt_sanitise_line (rt_table_row_get_owner (row), 256);
  short_owner = rt_short_id (rt_table_row_get_owner (row));
  token = g_strdup_printf ("%" G_GINT64_FORMAT " · %s", written, short_owner);
  append (text, _("Written by"), rt_table_row_get_mine (row) ? _("you") : owner);
  append (text, _("Written at"), at);
  if (lease_end > 0)
    append (text, rt_table_row_get_lease_left (row) > 0 ? _("Leased until") : _("Was leased until"), until);
  append (text, _("Signature"), rt_table_row_get_signed (row) ? _("signed by who wrote it: nobody else could have")
                                                              : _("none: that it was them is what the message says"));
  if (distributed)
    return g_string_free (text, FALSE);
  append (text, _("Fencing token"), token);
  return g_string_free (text, FALSE);
}

static void
update_staged (RtKeyDetails *self)
{
  RtTableRowState state = rt_table_row_get_state (self->row);
  gboolean conflict = state == RT_ROW_CONFLICT;
  const char *error = rt_table_row_get_error (self->row);
  g_autofree char *staged = NULL;
  const char *words = error;

  gtk_widget_set_visible (self->staged_box, state != RT_ROW_NORMAL);
  if (state == RT_ROW_NORMAL)
    return;
  g_object_get (self->row, "staged-text", &staged, NULL);
  if (conflict)
    words = rt_table_row_get_exists (self->row) ? _("Others changed this key since you saw it. Which value shall it have?")
                                                : _("Others deleted this key since you saw it. Shall it be?");
  if (words != NULL)
    gtk_widget_add_css_class (self->staged_box, "trouble");
  else
    gtk_widget_remove_css_class (self->staged_box, "trouble");
  gtk_label_set_text (self->trouble, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), words != NULL);
  gtk_label_set_text (self->staged, staged != NULL ? staged : "");
  gtk_widget_set_visible (GTK_WIDGET (self->staged), staged != NULL);
  gtk_widget_set_visible (self->staged_title, staged != NULL);
  self->quiet = TRUE;
  gtk_check_button_set_active (self->retry, rt_table_row_get_retrying (self->row));
  self->quiet = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->retry), state == RT_ROW_FAILED || rt_table_row_get_retrying (self->row));
  gtk_widget_set_visible (self->mine_child, conflict);
  gtk_widget_set_visible (self->theirs_child, conflict);
  gtk_widget_set_visible (self->apply_child, !conflict && state != RT_ROW_APPLYING);
  gtk_widget_set_visible (self->unstage_child, !conflict && state != RT_ROW_APPLYING);
}

static void
update_state (RtKeyDetails *self)
{
  g_autofree char *state = rt_key_dup_state (self->row);

  if (g_strcmp0 (state, gtk_label_get_text (self->state)) == 0)
    return;
  gtk_label_set_text (self->state, state);
  gtk_image_set_from_icon_name (self->state_icon, rt_key_state_icon (self->row));
}

static void
update_value (RtKeyDetails *self)
{
  g_autoptr (RtTableState) now = rt_table_row_dup_state (self->row);
  GVariant *value = rt_table_state_get_value (now);
  g_autofree char *size = value != NULL ? g_format_size (rt_table_row_get_size (self->row)) : NULL;
  g_autofree char *title = NULL;
  gboolean staged = rt_table_row_get_state (self->row) != RT_ROW_NORMAL;

  gtk_widget_set_visible (self->value_box, value != NULL);
  rt_value_view_set_value (self->value, value);
  if (value == NULL)
    return;
  if (staged)
    /* Translators: the type of a value, then its size, as in "Value in the table (text, 12 bytes)" */
    title = g_strdup_printf (_("Value in the table (%s, %s)"), rt_value_kind_words (rt_table_row_get_kind (self->row)), size);
  else
    /* Translators: the type of a value, then its size, as in "Value (text, 12 bytes)" */
    title = g_strdup_printf (_("Value (%s, %s)"), rt_value_kind_words (rt_table_row_get_kind (self->row)), size);
  gtk_label_set_text (self->value_title, title);
}

static void
update (RtKeyDetails *self)
{
  g_autofree char *facts = NULL;

  if (self->editing != rt_key_editor_is_open (self->editor))
    {
      self->editing = !self->editing;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EDITING]);
    }
  if (self->editing)
    {
      gtk_stack_set_visible_child_name (self->stack, "editor");
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, self->row != NULL ? "key" : "nothing");
  if (self->row == NULL)
    {
      rt_key_history_set_key (self->history, NULL, NULL);
      rt_key_cites_set (self->cites, NULL, NULL);
      return;
    }
  rt_key_cites_set (self->cites, self->network, rt_table_row_get_key (self->row));
  update_state (self);
  update_staged (self);
  update_value (self);
  facts = dup_facts (self->row, self->table != NULL && rt_table_is_distributed (self->table));
  if (g_strcmp0 (facts, gtk_label_get_text (self->facts)) != 0)
    gtk_label_set_text (self->facts, facts);
  gtk_widget_set_visible (GTK_WIDGET (self->facts), *facts != '\0');
  if (self->table != NULL && rt_table_row_get_written (self->row) != self->history_of)
    {
      self->history_of = rt_table_row_get_written (self->row);
      rt_key_history_set_key (self->history, self->table, rt_table_row_get_key (self->row));
    }
}

static gboolean
update_cb (GtkWidget     *widget,
           GdkFrameClock *clock,
           gpointer       user_data)
{
  RT_KEY_DETAILS (widget)->update_id = 0;
  update (RT_KEY_DETAILS (widget));
  return G_SOURCE_REMOVE;
}

/* A change of the key tells of each property. Time going by tells of the lease, which needs nothing of the value. */
static void
row_changed_cb (RtKeyDetails *self,
                GParamSpec   *pspec)
{
  if (g_str_has_prefix (pspec->name, "lease-") && !g_str_equal (pspec->name, "lease-end"))
    {
      if (!rt_key_editor_is_open (self->editor))
        update_state (self);
    }
  else if (self->update_id == 0)
    self->update_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), update_cb, NULL, NULL);
}

static void
finished_cb (RtKeyDetails *self)
{
  update (self);
}

static void
retry_cb (RtKeyDetails *self)
{
  if (!self->quiet && self->table != NULL && self->row != NULL)
    rt_table_set_retry (self->table, rt_table_row_get_key (self->row), gtk_check_button_get_active (self->retry));
}

static void
take_cb (RtKeyDetails *self,
         GVariant     *value)
{
  if (self->row == NULL || self->table == NULL)
    return;
  rt_key_details_edit (self, self->row);
  rt_value_editor_load (rt_key_editor_get_value (self->editor), value);
  gtk_widget_grab_focus (GTK_WIDGET (self->editor));
}

static void
save_cb (RtKeyDetails *self)
{
  g_signal_emit (self, signals[SAVE], 0);
}

static gboolean
rt_key_details_grab_focus (GtkWidget *widget)
{
  RtKeyDetails *self = RT_KEY_DETAILS (widget);

  if (rt_key_editor_is_open (self->editor))
    return gtk_widget_grab_focus (GTK_WIDGET (self->editor));
  return self->row != NULL && (gtk_widget_grab_focus (self->edit_button) || gtk_widget_child_focus (widget, GTK_DIR_TAB_FORWARD));
}

static void
rt_key_details_dispose (GObject *object)
{
  RtKeyDetails *self = RT_KEY_DETAILS (object);

  if (self->update_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->update_id);
  self->update_id = 0;
  if (self->row != NULL)
    g_signal_handlers_disconnect_by_data (self->row, self);
  g_clear_object (&self->row);
  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_KEY_DETAILS);
  g_clear_object (&self->table);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_key_details_parent_class)->dispose (object);
}

static void
rt_key_details_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  RtKeyDetails *self = RT_KEY_DETAILS (object);

  switch (prop_id)
    {
    case PROP_ROW:
      g_value_set_object (value, self->row);
      break;
    case PROP_TABLE:
      g_value_set_object (value, self->table);
      break;
    case PROP_SHOW_BACK:
      g_value_set_boolean (value, self->show_back);
      break;
    case PROP_EDITING:
      g_value_set_boolean (value, self->editing);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_key_details_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  RtKeyDetails *self = RT_KEY_DETAILS (object);

  switch (prop_id)
    {
    case PROP_ROW:
      rt_key_details_set_row (self, g_value_get_object (value));
      return;
    case PROP_TABLE:
      if (!g_set_object (&self->table, g_value_get_object (value)))
        return;
      break;
    case PROP_SHOW_BACK:
      if (self->show_back == g_value_get_boolean (value))
        return;
      self->show_back = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  g_object_notify_by_pspec (object, pspec);
}

static void
rt_key_details_class_init (RtKeyDetailsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = rt_key_details_dispose;
  object_class->get_property = rt_key_details_get_property;
  object_class->set_property = rt_key_details_set_property;
  widget_class->focus = rt_focus_children;
  widget_class->grab_focus = rt_key_details_grab_focus;

  properties[PROP_ROW] = g_param_spec_object ("row", NULL, NULL, RT_TYPE_TABLE_ROW, flags);
  properties[PROP_TABLE] = g_param_spec_object ("table", NULL, NULL, RT_TYPE_TABLE, flags);
  properties[PROP_SHOW_BACK] = g_param_spec_boolean ("show-back", NULL, NULL, FALSE, flags);
  properties[PROP_EDITING] = g_param_spec_boolean ("editing", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SAVE] = g_signal_new ("save", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (RT_TYPE_KEY_CITES);
  g_type_ensure (RT_TYPE_KEY_EDITOR);
  g_type_ensure (RT_TYPE_KEY_HISTORY);
  g_type_ensure (RT_TYPE_VALUE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-key-details.ui");
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, stack);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, title);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, state_icon);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, state);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, staged_box);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, trouble);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, staged_title);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, staged);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, retry);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, mine_child);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, theirs_child);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, apply_child);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, unstage_child);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, value_box);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, edit_button);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, value_title);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, value);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, facts);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, history);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, cites);
  gtk_widget_class_bind_template_child (widget_class, RtKeyDetails, editor);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, take_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

/* Keys, values and ids are broken without a hyphen, which would read as part of them. */
static void
set_plain (GtkLabel *label)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (label, attributes);
}

static void
rt_key_details_init (RtKeyDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  set_plain (self->title);
  set_plain (self->staged);
  set_plain (self->facts);
  g_signal_connect_object (self->editor, "finished", G_CALLBACK (finished_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->value, "save", G_CALLBACK (save_cb), self, G_CONNECT_SWAPPED);
}

RtTableRow *
rt_key_details_get_row (RtKeyDetails *self)
{
  g_return_val_if_fail (RT_IS_KEY_DETAILS (self), NULL);

  return self->row;
}

void
rt_key_details_set_row (RtKeyDetails *self,
                        RtTableRow   *row)
{
  g_return_if_fail (RT_IS_KEY_DETAILS (self));
  g_return_if_fail (row == NULL || RT_IS_TABLE_ROW (row));

  if (self->row == row)
    return;
  if (self->row != NULL)
    g_signal_handlers_disconnect_by_data (self->row, self);
  g_set_object (&self->row, row);
  self->history_of = -1;
  if (row != NULL)
    {
      g_signal_connect_swapped (row, "notify", G_CALLBACK (row_changed_cb), self);
      gtk_label_set_text (self->title, rt_table_row_get_key_text (row));
      gtk_label_set_text (self->state, "");
    }
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROW]);
}

RtKeyEditor *
rt_key_details_get_editor (RtKeyDetails *self)
{
  g_return_val_if_fail (RT_IS_KEY_DETAILS (self), NULL);

  return self->editor;
}

void
rt_key_details_edit (RtKeyDetails *self,
                     RtTableRow   *row)
{
  g_return_if_fail (RT_IS_KEY_DETAILS (self));
  g_return_if_fail (self->table != NULL);

  rt_key_editor_open (self->editor, self->table, row);
  update (self);
}

gboolean
rt_key_details_is_editing (RtKeyDetails *self)
{
  g_return_val_if_fail (RT_IS_KEY_DETAILS (self), FALSE);

  return rt_key_editor_is_open (self->editor);
}

void
rt_key_details_set_network (RtKeyDetails *self,
                            RtNetwork    *network)
{
  g_return_if_fail (RT_IS_KEY_DETAILS (self));

  if (g_set_object (&self->network, network))
    update (self);
}
