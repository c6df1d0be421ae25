/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-focus.h"
#include "app/rt-widget.h"
#include "rt-key-format.h"
#include "rt-staged-row.h"

struct _RtStagedRow
{
  GtkWidget parent_instance;

  RtTable    *table;
  RtTableRow *item;
  guint       update_id;

  GtkImage  *icon;
  GtkLabel  *key;
  GtkLabel  *before;
  GtkLabel  *after;
  GtkLabel  *trouble;
  GtkWidget *decide;
  GtkWidget *unstage;
};

G_DEFINE_FINAL_TYPE (RtStagedRow, rt_staged_row, GTK_TYPE_WIDGET)

const char *
rt_outcome_icon (RtTableOutcome outcome)
{
  switch (outcome)
    {
    case RT_OUTCOME_APPLIED: return "emblem-ok-symbolic";
    case RT_OUTCOME_LEASED: return "changes-prevent-symbolic";
    case RT_OUTCOME_CONFLICT: return "dialog-warning-symbolic";
    case RT_OUTCOME_CANCELLED: return "process-stop-symbolic";
    case RT_OUTCOME_FAILED:
    default: return "dialog-error-symbolic";
    }
}

char *
rt_outcome_dup_words (RtTableResult *result)
{
  const char *words = rt_table_result_get_words (result);

  if (words != NULL)
    return g_strdup (words);
  switch (rt_table_result_get_outcome (result))
    {
    case RT_OUTCOME_APPLIED: return g_strdup (_("Applied"));
    case RT_OUTCOME_LEASED: return g_strdup (_("Somebody else has a lease of it"));
    case RT_OUTCOME_CONFLICT: return g_strdup (_("Others changed it since you saw it"));
    case RT_OUTCOME_CANCELLED: return g_strdup (_("Not tried"));
    case RT_OUTCOME_FAILED:
    default: return g_strdup (_("Refused"));
    }
}

/* What was, in a line: what the person saw, and of a conflict what it is now. */
static char *
dup_before (RtTableRow *item)
{
  RtTableState *base = NULL;
  GVariant *staged = NULL;

  if (rt_table_row_get_state (item) == RT_ROW_CONFLICT)
    return g_strdup (rt_table_row_get_exists (item) ? rt_table_row_get_value_text (item) : _("(deleted by others)"));
  if (!rt_table_row_get_staged (item, &staged, &base) || base == NULL || rt_table_state_get_value (base) == NULL)
    return g_strdup (_("(no such key)"));
  return rt_value_preview (rt_table_state_get_value (base), RT_TABLE_PREVIEW_CHARS);
}

static void
update (RtStagedRow *self)
{
  g_autofree char *before = dup_before (self->item);
  g_autofree char *after = NULL;
  g_autofree char *name = NULL;
  g_autofree char *spoken = NULL;
  const char *key = rt_table_row_get_key_text (self->item), *error = rt_table_row_get_error (self->item);
  gboolean conflict = rt_table_row_get_state (self->item) == RT_ROW_CONFLICT;
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));

  g_object_get (self->item, "staged-text", &after, NULL);
  if (after == NULL)
    after = g_strdup (_("(deleted)"));
  if (conflict && error == NULL)
    error = _("Others changed it since you saw it. Decide before it is applied.");
  gtk_image_set_from_icon_name (self->icon, rt_key_state_icon (self->item));
  gtk_label_set_text (self->key, key);
  gtk_label_set_text (self->before, before);
  gtk_label_set_text (self->after, after);
  gtk_label_set_text (self->trouble, error != NULL ? error : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), error != NULL);
  gtk_widget_set_visible (self->decide, conflict);
  gtk_widget_set_visible (self->unstage, !conflict && rt_table_row_get_state (self->item) != RT_ROW_APPLYING);
  /* Translators: %s is a key */
  name = g_strdup_printf (_("Take the change of %s back"), key);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->unstage), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  /* Translators: a key, its value before and after, what is wrong or nothing */
  spoken = g_strdup_printf (_("%s: before %s, after %s. %s"), key, before, after, error != NULL ? error : "");
  if (row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static gboolean
update_cb (GtkWidget     *widget,
           GdkFrameClock *clock,
           gpointer       user_data)
{
  RtStagedRow *self = RT_STAGED_ROW (widget);

  self->update_id = 0;
  if (self->item != NULL && rt_table_row_get_staged (self->item, NULL, NULL))
    update (self);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (RtStagedRow *self)
{
  if (self->update_id == 0)
    self->update_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), update_cb, NULL, NULL);
}

static void
mine_cb (RtStagedRow *self)
{
  rt_table_keep_mine (self->table, rt_table_row_get_key (self->item));
}

static void
theirs_cb (RtStagedRow *self)
{
  rt_table_keep_theirs (self->table, rt_table_row_get_key (self->item));
}

static void
unstage_cb (RtStagedRow *self)
{
  rt_table_unstage (self->table, rt_table_row_get_key (self->item));
}

static void
rt_staged_row_dispose (GObject *object)
{
  RtStagedRow *self = RT_STAGED_ROW (object);

  if (self->update_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->update_id);
  self->update_id = 0;
  rt_staged_row_set_item (self, NULL, NULL);
  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_STAGED_ROW);
  G_OBJECT_CLASS (rt_staged_row_parent_class)->dispose (object);
}

static void
rt_staged_row_class_init (RtStagedRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_staged_row_dispose;
  widget_class->focus = rt_focus_children;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-staged-row.ui");
  gtk_widget_class_bind_template_child (widget_class, RtStagedRow, icon);
  gtk_widget_class_bind_template_child (widget_class, RtStagedRow, key);
  gtk_widget_class_bind_template_child (widget_class, RtStagedRow, before);
  gtk_widget_class_bind_template_child (widget_class, RtStagedRow, after);
  gtk_widget_class_bind_template_child (widget_class, RtStagedRow, trouble);
  gtk_widget_class_bind_template_child (widget_class, RtStagedRow, decide);
  gtk_widget_class_bind_template_child (widget_class, RtStagedRow, unstage);
  gtk_widget_class_bind_template_callback (widget_class, mine_cb);
  gtk_widget_class_bind_template_callback (widget_class, theirs_cb);
  gtk_widget_class_bind_template_callback (widget_class, unstage_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
rt_staged_row_init (RtStagedRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
rt_staged_row_set_item (RtStagedRow *self,
                        RtTable     *table,
                        RtTableRow  *item)
{
  g_return_if_fail (RT_IS_STAGED_ROW (self));
  g_return_if_fail ((table == NULL) == (item == NULL));

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->table, table);
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  g_signal_connect_swapped (item, "notify", G_CALLBACK (changed_cb), self);
  update (self);
}
