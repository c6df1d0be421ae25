/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-focus.h"
#include "app/rt-widget.h"
#include "rt-key-editor.h"
#include "rt-key-format.h"

/* The oldest draft goes when there are more. */
#define MAX_DRAFTS 100u

typedef struct
{
  GBytes       *key;            /* NULL: of a new key */
  char         *key_text;       /* of a new key */
  GVariant     *value;
  RtTableState *seen;
} Draft;

struct _RtKeyEditor
{
  GtkWidget parent_instance;

  RtTable      *table;          /* NULL: nothing is open */
  RtTableRow   *row;            /* NULL: a new key */
  RtTableState *seen;           /* what the person knows of the row */
  RtTableState *now;            /* how it stands, if that is something else */
  GPtrArray    *drafts;

  GtkLabel       *title;
  GtkWidget      *key_box;
  GtkEditable    *key_entry;
  GtkCheckButton *key_hex;
  GtkLabel       *key_problem;
  GtkWidget      *lease_box;
  GtkLabel       *lease_label;
  GtkWidget      *draft_box;
  GtkWidget      *remote_box;
  GtkLabel       *remote_label;
  GtkLabel       *remote_value;
  GtkButton      *theirs_button;
  RtValueEditor  *value;
  GtkLabel       *problem;
  GtkWidget      *stage_button;
  GtkWidget      *apply_button;
};

G_DEFINE_FINAL_TYPE (RtKeyEditor, rt_key_editor, GTK_TYPE_WIDGET)

enum { FINISHED, LOAD, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- drafts ---- */

static void
draft_free (gpointer data)
{
  Draft *draft = data;

  g_clear_pointer (&draft->key, g_bytes_unref);
  g_clear_pointer (&draft->seen, rt_table_state_unref);
  g_variant_unref (draft->value);
  g_free (draft->key_text);
  g_free (draft);
}

static guint
find_draft (RtKeyEditor *self,
            RtTableRow  *row)
{
  for (guint i = 0; i < self->drafts->len; i++)
    {
      Draft *draft = self->drafts->pdata[i];

      if (row == NULL ? draft->key == NULL : draft->key != NULL && g_bytes_equal (draft->key, rt_table_row_get_key (row)))
        return i;
    }
  return G_MAXUINT;
}

static void
drop_draft (RtKeyEditor *self)
{
  guint i = find_draft (self, self->row);

  if (i != G_MAXUINT)
    g_ptr_array_remove_index (self->drafts, i);
}

static void
keep_draft (RtKeyEditor *self)
{
  g_autoptr (GVariant) value = rt_value_editor_dup_draft (self->value);
  gboolean key_typed = self->row == NULL && *gtk_editable_get_text (self->key_entry) != '\0';
  Draft *draft;

  drop_draft (self);
  if (value == NULL && !key_typed)
    return;
  if (self->drafts->len == MAX_DRAFTS)
    g_ptr_array_remove_index (self->drafts, 0);
  draft = g_new0 (Draft, 1);
  if (self->row != NULL)
    draft->key = g_bytes_ref (rt_table_row_get_key (self->row));
  else
    draft->key_text = g_strdup (gtk_editable_get_text (self->key_entry));
  draft->value = value != NULL ? g_steal_pointer (&value) : g_variant_ref_sink (g_variant_new ("(usbmv)", 0u, "", FALSE, NULL));
  draft->seen = self->seen != NULL ? rt_table_state_ref (self->seen) : NULL;
  g_ptr_array_add (self->drafts, draft);
}

/* ---- what is wrong, what others did ---- */

static GBytes *
dup_key (RtKeyEditor  *self,
         GError      **error)
{
  if (self->row != NULL)
    return g_bytes_ref (rt_table_row_get_key (self->row));
  return rt_table_key_from_text (gtk_editable_get_text (self->key_entry), gtk_check_button_get_active (self->key_hex), error);
}

static void
show_label (GtkLabel   *label,
            const char *text)
{
  gtk_label_set_text (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
}

static char *
dup_key_problem (RtKeyEditor *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = dup_key (self, &error);
  RtTableRow *there;

  if (key == NULL)
    return g_strdup (error->message);
  there = rt_table_find (self->table, key);
  if (there != NULL && rt_table_row_get_exists (there))
    return g_strdup (_("There is such a key already. Edit that one."));
  return NULL;
}

static void
update (RtKeyEditor *self)
{
  g_autofree char *problem = NULL;
  gboolean typed;

  if (self->table == NULL)
    return;
  if (self->row == NULL)
    {
      problem = dup_key_problem (self);
      typed = *gtk_editable_get_text (self->key_entry) != '\0';
      show_label (self->key_problem, typed ? problem : NULL);
    }
  show_label (self->problem, NULL);
  gtk_widget_set_sensitive (self->stage_button, problem == NULL && rt_value_editor_get_problem (self->value) == NULL);
  gtk_widget_set_sensitive (self->apply_button, problem == NULL && rt_value_editor_get_problem (self->value) == NULL &&
                            rt_table_get_refusal (self->table) == NULL && !rt_table_get_applying (self->table));
}

static gboolean
same_value (RtTableState *a,
            RtTableState *b)
{
  GVariant *x = rt_table_state_get_value (a), *y = rt_table_state_get_value (b);

  if (x == NULL || y == NULL)
    return x == y;
  return g_variant_is_of_type (x, g_variant_get_type (y)) && g_variant_equal (x, y);
}

static void
show_remote (RtKeyEditor *self)
{
  g_autofree char *words = NULL;
  g_autofree char *owner = NULL;
  g_autofree char *preview = NULL;

  gtk_widget_set_visible (self->remote_box, self->now != NULL);
  if (self->now == NULL)
    return;
  owner = rt_table_row_dup_owner_text (self->row);
  if (rt_table_state_get_value (self->now) == NULL)
    words = g_strdup (_("It was deleted while you edit it. What you typed is still here."));
  else
    {
      /* Translators: %s is a short id */
      words = g_strdup_printf (_("%s has changed it while you edit it. What you typed is still here. It is now:"), owner);
      preview = rt_value_preview (rt_table_state_get_value (self->now), RT_TABLE_PREVIEW_CHARS);
    }
  gtk_label_set_text (self->remote_label, words);
  show_label (self->remote_value, preview);
}

static void
row_changed_cb (RtKeyEditor *self)
{
  g_autoptr (RtTableState) now = rt_table_row_dup_state (self->row);
  g_autofree char *owner = NULL;
  g_autofree char *left = NULL;
  g_autofree char *words = NULL;
  gboolean leased = rt_table_row_get_exists (self->row) && !rt_table_row_get_mine (self->row) && rt_table_row_get_lease_left (self->row) > 0;

  g_clear_pointer (&self->now, rt_table_state_unref);
  if (!same_value (now, self->seen))
    self->now = g_steal_pointer (&now);
  show_remote (self);
  gtk_widget_set_visible (self->lease_box, leased);
  if (!leased)
    return;
  owner = rt_table_row_dup_owner_text (self->row);
  left = rt_table_row_dup_lease_text (self->row);
  /* Translators: a short id, then a time, as in "12 min" */
  words = g_strdup_printf (_("Only %s can change it, for %s more. Add it to your changes, and it can be tried again when that ends."), owner, left);
  gtk_label_set_text (self->lease_label, words);
}

static void
see_now (RtKeyEditor *self)
{
  if (self->now == NULL)
    return;
  g_clear_pointer (&self->seen, rt_table_state_unref);
  self->seen = g_steal_pointer (&self->now);
  show_remote (self);
}

static void
keep_mine_cb (RtKeyEditor *self)
{
  see_now (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->value));
}

static void
take_theirs_cb (RtKeyEditor *self)
{
  see_now (self);
  if (rt_table_state_get_value (self->seen) == NULL)
    {
      rt_key_editor_leave (self, FALSE);
      return;
    }
  rt_value_editor_set_value (self->value, rt_table_state_get_value (self->seen));
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->value));
}

/* ---- the end of it ---- */

static void
close_row (RtKeyEditor *self)
{
  if (self->row != NULL)
    g_signal_handlers_disconnect_by_data (self->row, self);
  if (self->table != NULL)
    g_signal_handlers_disconnect_by_data (self->table, self);
  g_clear_object (&self->row);
  g_clear_object (&self->table);
  g_clear_pointer (&self->seen, rt_table_state_unref);
  g_clear_pointer (&self->now, rt_table_state_unref);
}

static void
finish (RtKeyEditor *self,
        gboolean     apply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (RtTableRow) staged = NULL;

  if (self->table == NULL || !gtk_widget_get_sensitive (apply ? self->apply_button : self->stage_button))
    return;
  key = dup_key (self, &error);
  if (key != NULL)
    value = rt_value_editor_dup_value (self->value, &error);
  if (value != NULL)
    {
      RtTableRow *row = rt_table_stage_set (self->table, key, value, self->seen, &error);

      if (row != NULL)
        staged = g_object_ref (row);
    }
  if (error != NULL)
    {
      show_label (self->problem, error->message);
      return;
    }
  drop_draft (self);
  close_row (self);
  g_signal_emit (self, signals[FINISHED], 0, staged, apply);
}

static void
stage_cb (RtKeyEditor *self)
{
  finish (self, FALSE);
}

static void
apply_cb (RtKeyEditor *self)
{
  finish (self, TRUE);
}

static void
cancel_cb (RtKeyEditor *self)
{
  rt_key_editor_leave (self, FALSE);
}

static void
stage_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  finish (RT_KEY_EDITOR (widget), FALSE);
}

static void
apply_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  finish (RT_KEY_EDITOR (widget), TRUE);
}

static void
leave_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  rt_key_editor_leave (RT_KEY_EDITOR (widget), TRUE);
}

static void
key_cb (RtKeyEditor *self)
{
  update (self);
}

static void
key_activate_cb (RtKeyEditor *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->value));
}

static void
load_cb (RtKeyEditor *self)
{
  g_signal_emit (self, signals[LOAD], 0);
}

static void
start_over_cb (RtKeyEditor *self)
{
  g_autoptr (RtTable) table = g_object_ref (self->table);
  g_autoptr (RtTableRow) row = self->row != NULL ? g_object_ref (self->row) : NULL;

  drop_draft (self);
  close_row (self);
  rt_key_editor_open (self, table, row);
}

/* ---- object ---- */

static gboolean
rt_key_editor_grab_focus (GtkWidget *widget)
{
  RtKeyEditor *self = RT_KEY_EDITOR (widget);

  if (gtk_widget_get_visible (self->key_box) && *gtk_editable_get_text (self->key_entry) == '\0')
    return gtk_widget_grab_focus (GTK_WIDGET (self->key_entry));
  return gtk_widget_grab_focus (GTK_WIDGET (self->value));
}

static void
rt_key_editor_dispose (GObject *object)
{
  close_row (RT_KEY_EDITOR (object));
  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_KEY_EDITOR);
  G_OBJECT_CLASS (rt_key_editor_parent_class)->dispose (object);
}

static void
rt_key_editor_finalize (GObject *object)
{
  g_ptr_array_unref (RT_KEY_EDITOR (object)->drafts);
  G_OBJECT_CLASS (rt_key_editor_parent_class)->finalize (object);
}

static void
rt_key_editor_class_init (RtKeyEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_key_editor_dispose;
  object_class->finalize = rt_key_editor_finalize;
  widget_class->focus = rt_focus_children;
  widget_class->grab_focus = rt_key_editor_grab_focus;

  signals[FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 2, RT_TYPE_TABLE_ROW, G_TYPE_BOOLEAN);
  signals[LOAD] = g_signal_new ("load", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (RT_TYPE_VALUE_EDITOR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-key-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, title);
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, key_box);
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, key_entry);
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, key_hex);
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, key_problem);
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, lease_box);
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, lease_label);
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, draft_box);
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, remote_box);
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, remote_label);
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, remote_value);
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, theirs_button);
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, value);
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, problem);
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, stage_button);
  gtk_widget_class_bind_template_child (widget_class, RtKeyEditor, apply_button);
  gtk_widget_class_bind_template_callback (widget_class, apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, keep_mine_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_cb);
  gtk_widget_class_bind_template_callback (widget_class, load_cb);
  gtk_widget_class_bind_template_callback (widget_class, stage_cb);
  gtk_widget_class_bind_template_callback (widget_class, start_over_cb);
  gtk_widget_class_bind_template_callback (widget_class, take_theirs_cb);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  gtk_widget_class_install_action (widget_class, "editor.stage", NULL, stage_action);
  gtk_widget_class_install_action (widget_class, "editor.apply", NULL, apply_action);
  gtk_widget_class_install_action (widget_class, "editor.leave", NULL, leave_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "editor.leave", NULL);
}

static void
rt_key_editor_init (RtKeyEditor *self)
{
  self->drafts = g_ptr_array_new_with_free_func (draft_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
rt_key_editor_open (RtKeyEditor *self,
                    RtTable     *table,
                    RtTableRow  *row)
{
  g_autoptr (RtTableRow) held = row != NULL ? g_object_ref (row) : NULL;
  guint draft_at;
  Draft *draft;
  GVariant *staged = NULL;
  RtTableState *base = NULL;

  g_return_if_fail (RT_IS_KEY_EDITOR (self));
  g_return_if_fail (RT_IS_TABLE (table));
  g_return_if_fail (row == NULL || RT_IS_TABLE_ROW (row));

  if (self->table != NULL && self->row == row)
    return;
  if (self->table != NULL)
    keep_draft (self);
  close_row (self);
  self->table = g_object_ref (table);
  self->row = g_steal_pointer (&held);
  draft_at = find_draft (self, row);
  draft = draft_at != G_MAXUINT ? self->drafts->pdata[draft_at] : NULL;

  gtk_label_set_text (self->title, row != NULL ? rt_table_row_get_key_text (row) : _("New key"));
  gtk_widget_set_visible (self->key_box, row == NULL);
  gtk_widget_set_visible (self->draft_box, draft != NULL);
  gtk_widget_set_visible (self->lease_box, FALSE);
  gtk_widget_set_visible (self->remote_box, FALSE);
  gtk_editable_set_text (self->key_entry, draft != NULL && draft->key_text != NULL ? draft->key_text : "");
  if (row != NULL && rt_table_row_get_staged (row, &staged, &base) && base != NULL)
    self->seen = rt_table_state_ref (base);
  if (draft != NULL && draft->seen != NULL)
    {
      g_clear_pointer (&self->seen, rt_table_state_unref);
      self->seen = rt_table_state_ref (draft->seen);
    }
  if (row != NULL && self->seen == NULL)
    self->seen = rt_table_row_dup_state (row);
  if (draft != NULL)
    rt_value_editor_restore_draft (self->value, draft->value);
  else if (staged != NULL)
    rt_value_editor_set_value (self->value, staged);
  else
    rt_value_editor_set_value (self->value, self->seen != NULL ? rt_table_state_get_value (self->seen) : NULL);
  g_signal_connect_swapped (table, "notify::refusal", G_CALLBACK (update), self);
  g_signal_connect_swapped (table, "notify::applying", G_CALLBACK (update), self);
  if (row != NULL)
    {
      g_signal_connect_swapped (row, "notify", G_CALLBACK (row_changed_cb), self);
      row_changed_cb (self);
    }
  update (self);
}

void
rt_key_editor_leave (RtKeyEditor *self,
                     gboolean     keep)
{
  g_return_if_fail (RT_IS_KEY_EDITOR (self));

  if (self->table == NULL)
    return;
  if (keep)
    keep_draft (self);
  else
    drop_draft (self);
  close_row (self);
  g_signal_emit (self, signals[FINISHED], 0, NULL, FALSE);
}

gboolean
rt_key_editor_is_open (RtKeyEditor *self)
{
  g_return_val_if_fail (RT_IS_KEY_EDITOR (self), FALSE);

  return self->table != NULL;
}

RtTableRow *
rt_key_editor_get_row (RtKeyEditor *self)
{
  g_return_val_if_fail (RT_IS_KEY_EDITOR (self), NULL);

  return self->row;
}

RtValueEditor *
rt_key_editor_get_value (RtKeyEditor *self)
{
  g_return_val_if_fail (RT_IS_KEY_EDITOR (self), NULL);

  return self->value;
}

gboolean
rt_key_editor_has_draft (RtKeyEditor *self,
                         RtTableRow  *row)
{
  g_return_val_if_fail (RT_IS_KEY_EDITOR (self), FALSE);

  return find_draft (self, row) != G_MAXUINT;
}
