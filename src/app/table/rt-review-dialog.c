/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-banner.h"
#include "rt-review-dialog.h"
#include "rt-staged-row.h"

struct _RtReviewDialog
{
  AdwWindow parent_instance;

  RtTable      *table;
  GListModel   *outcome;        /* of RtTableResult; NULL before the first apply */
  GCancellable *applying;
  guint         to_apply;

  AdwWindowTitle *title;
  GtkWidget      *apply_button;
  RtBanner       *banner;
  GtkProgressBar *progress;
  GtkStack       *stack;
  GtkListView    *changes;
  GtkListView    *results;
  GtkWidget      *after_box;
  GtkWidget      *retry_button;
  GtkWidget      *back_button;
};

G_DEFINE_FINAL_TYPE (RtReviewDialog, rt_review_dialog, ADW_TYPE_WINDOW)

/* What there is to know before: why nothing can be applied, or that it cannot be taken back. */
static void
update_banner (RtReviewDialog *self)
{
  g_autofree char *words = NULL;

  if (rt_table_get_refusal (self->table) == NULL && self->applying == NULL && rt_table_get_n_staged (self->table) > RT_TABLE_MAX_UNDO)
    words = g_strdup_printf (_("So many changes at once cannot be undone: %'u can."), RT_TABLE_MAX_UNDO);
  rt_banner_set_title (self->banner, words != NULL ? words : rt_table_get_refusal (self->table));
}

static void
update (RtReviewDialog *self)
{
  guint n = rt_table_get_n_staged (self->table), conflicts = rt_table_get_n_conflicts (self->table);
  gboolean applying = rt_table_get_applying (self->table);
  g_autofree char *subtitle = g_strdup_printf (ngettext ("%'u waits", "%'u wait", n), n);

  adw_window_title_set_subtitle (self->title, subtitle);
  gtk_widget_set_sensitive (self->apply_button, n > conflicts && !applying && rt_table_get_refusal (self->table) == NULL);
  update_banner (self);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), self->applying != NULL);
  if (self->applying != NULL && self->to_apply > 0)
    gtk_progress_bar_set_fraction (self->progress, 1.0 - MIN (1.0, (double) n / self->to_apply));
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "results") != 0)
    gtk_stack_set_visible_child_name (self->stack, n > 0 ? "changes" : "none");
  gtk_widget_set_visible (self->back_button, n > 0);
}

/* ---- the lists ---- */

static void
setup_change_cb (RtReviewDialog *self,
                 GtkListItem    *item)
{
  gtk_list_item_set_child (item, g_object_new (RT_TYPE_STAGED_ROW, NULL));
  gtk_list_item_set_activatable (item, FALSE);
}

static void
bind_change_cb (RtReviewDialog *self,
                GtkListItem    *item)
{
  rt_staged_row_set_item (RT_STAGED_ROW (gtk_list_item_get_child (item)), self->table, gtk_list_item_get_item (item));
}

static void
unbind_change_cb (RtReviewDialog *self,
                  GtkListItem    *item)
{
  rt_staged_row_set_item (RT_STAGED_ROW (gtk_list_item_get_child (item)), NULL, NULL);
}

static void
setup_result_cb (RtReviewDialog *self,
                 GtkListItem    *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *image = gtk_image_new ();

  gtk_widget_set_valign (image, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), image);
  for (guint i = 0; i < 2; i++)
    {
      GtkWidget *label = gtk_label_new (NULL);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      if (i == 0)
        {
          gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
          gtk_widget_add_css_class (label, "heading");
        }
      else
        {
          gtk_label_set_wrap (GTK_LABEL (label), TRUE);
          gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
        }
      gtk_box_append (GTK_BOX (words), label);
    }
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), words);
  gtk_widget_add_css_class (box, "staged-row");
  gtk_list_item_set_child (item, box);
  gtk_list_item_set_activatable (item, FALSE);
}

static void
bind_result_cb (RtReviewDialog *self,
                GtkListItem    *item)
{
  RtTableResult *result = gtk_list_item_get_item (item);
  GtkWidget *image = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *key = gtk_widget_get_first_child (gtk_widget_get_next_sibling (image));
  GtkWidget *words = gtk_widget_get_next_sibling (key);
  g_autofree char *text = rt_outcome_dup_words (result);

  gtk_image_set_from_icon_name (GTK_IMAGE (image), rt_outcome_icon (rt_table_result_get_outcome (result)));
  gtk_label_set_text (GTK_LABEL (key), rt_table_result_get_key_text (result));
  gtk_label_set_text (GTK_LABEL (words), text);
}

/* ---- applying ---- */

static gboolean
has_leased (RtReviewDialog *self)
{
  guint n = g_list_model_get_n_items (self->outcome);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtTableResult) result = g_list_model_get_item (self->outcome, i);

      if (rt_table_result_get_outcome (result) == RT_OUTCOME_LEASED)
        return TRUE;
    }
  return FALSE;
}

static void
show_results (RtReviewDialog *self)
{
  g_autoptr (GtkNoSelection) selection = gtk_no_selection_new (g_object_ref (self->outcome));

  gtk_list_view_set_model (self->results, GTK_SELECTION_MODEL (selection));
  gtk_widget_set_visible (self->retry_button, has_leased (self));
  gtk_widget_set_sensitive (self->retry_button, TRUE);
  gtk_stack_set_visible_child_name (self->stack, "results");
  gtk_widget_grab_focus (GTK_WIDGET (self->results));
}

static void
applied_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (RtReviewDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) results = rt_table_apply_finish (RT_TABLE (object), result, &error);

  g_clear_object (&self->applying);
  /* closed meanwhile */
  if (self->table == NULL)
    return;
  if (results != NULL)
    {
      g_set_object (&self->outcome, results);
      show_results (self);
    }
  update (self);
  if (error != NULL)
    rt_banner_set_title (self->banner, error->message);
}

static void
apply_cb (RtReviewDialog *self)
{
  if (self->applying != NULL)
    return;
  self->applying = g_cancellable_new ();
  self->to_apply = rt_table_get_n_staged (self->table);
  rt_table_apply_async (self->table, NULL, self->applying, applied_cb, g_object_ref (self));
  update (self);
}

static void
retry_cb (RtReviewDialog *self)
{
  guint n = g_list_model_get_n_items (self->outcome);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtTableResult) result = g_list_model_get_item (self->outcome, i);
      RtTableRow *row = rt_table_result_get_row (result);

      if (rt_table_result_get_outcome (result) == RT_OUTCOME_LEASED && row != NULL)
        rt_table_set_retry (self->table, rt_table_row_get_key (row), TRUE);
    }
  gtk_widget_set_sensitive (self->retry_button, FALSE);
  gtk_button_set_label (GTK_BUTTON (self->retry_button), _("They are tried again when they end"));
}

static void
back_cb (RtReviewDialog *self)
{
  gtk_stack_set_visible_child_name (self->stack, "changes");
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->changes));
}

/* What is not tried yet stays, and says so. */
static void
rt_review_dialog_dispose (GObject *object)
{
  RtReviewDialog *self = RT_REVIEW_DIALOG (object);

  if (self->applying != NULL)
    g_cancellable_cancel (self->applying);
  if (self->table != NULL)
    g_signal_handlers_disconnect_by_data (self->table, self);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_REVIEW_DIALOG);
  g_clear_object (&self->outcome);
  g_clear_object (&self->table);
  G_OBJECT_CLASS (rt_review_dialog_parent_class)->dispose (object);
}

static void
rt_review_dialog_class_init (RtReviewDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_review_dialog_dispose;
  g_type_ensure (RT_TYPE_BANNER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-review-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtReviewDialog, title);
  gtk_widget_class_bind_template_child (widget_class, RtReviewDialog, apply_button);
  gtk_widget_class_bind_template_child (widget_class, RtReviewDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, RtReviewDialog, progress);
  gtk_widget_class_bind_template_child (widget_class, RtReviewDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, RtReviewDialog, changes);
  gtk_widget_class_bind_template_child (widget_class, RtReviewDialog, results);
  gtk_widget_class_bind_template_child (widget_class, RtReviewDialog, after_box);
  gtk_widget_class_bind_template_child (widget_class, RtReviewDialog, retry_button);
  gtk_widget_class_bind_template_child (widget_class, RtReviewDialog, back_button);
  gtk_widget_class_bind_template_callback (widget_class, apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
connect_factory (RtReviewDialog *self,
                 GtkListView    *list,
                 GCallback       setup,
                 GCallback       bind,
                 GCallback       unbind)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", setup, self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", bind, self, G_CONNECT_SWAPPED);
  if (unbind != NULL)
    g_signal_connect_object (factory, "unbind", unbind, self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (list, factory);
}

static void
rt_review_dialog_init (RtReviewDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  connect_factory (self, self->changes, G_CALLBACK (setup_change_cb), G_CALLBACK (bind_change_cb), G_CALLBACK (unbind_change_cb));
  connect_factory (self, self->results, G_CALLBACK (setup_result_cb), G_CALLBACK (bind_result_cb), NULL);
}

RtReviewDialog *
rt_review_dialog_new (GtkWindow *parent,
                      RtTable   *table)
{
  static const char * const watched[] = { "notify::n-staged", "notify::n-conflicts", "notify::applying", "notify::refusal" };
  RtReviewDialog *self;
  g_autoptr (GtkNoSelection) selection = NULL;

  g_return_val_if_fail (RT_IS_TABLE (table), NULL);

  self = g_object_new (RT_TYPE_REVIEW_DIALOG, "transient-for", parent, NULL);
  self->table = g_object_ref (table);
  selection = gtk_no_selection_new (g_object_ref (rt_table_get_staged (table)));
  gtk_list_view_set_model (self->changes, GTK_SELECTION_MODEL (selection));
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (table, watched[i], G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return self;
}
