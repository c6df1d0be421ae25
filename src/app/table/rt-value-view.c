/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "app/rt-widget.h"
#include "model/timeline/rt-message-item.h"
#include "rt-value-view.h"

/* Of a longer value so many characters are shown at first. */
#define SHORT_CHARS 4096u
/* A paragraph is laid out as a whole: a longer one is broken, to be looked at. */
#define LINE_CHARS 1000u
/* So many bytes are added at a time, when nothing else is to be done. */
#define SLICE_BYTES 8192u
/* A value of no more than this is written out at once. */
#define SMALL_BYTES 4096u

struct _RtValueView
{
  GtkWidget parent_instance;

  GVariant     *value;
  GCancellable *writing;
  char         *rest;           /* all of it */
  gsize         shown;          /* bytes of that */
  guint         slice_id;

  GtkTextView *text;
  GtkWidget   *more;
  GtkLabel    *more_label;
  GtkWidget   *all_button;
};

G_DEFINE_FINAL_TYPE (RtValueView, rt_value_view, GTK_TYPE_WIDGET)

enum { SAVE, N_SIGNALS };
static guint signals[N_SIGNALS];

/* Safe to look at, and with no paragraph that takes long to lay out. */
static char *
dup_shown (const char *text,
           gboolean   *broken)
{
  g_autofree char *safe = rt_sanitise_text (text, G_MAXSIZE / 2, NULL);
  GString *out = g_string_sized_new (strlen (safe) + 16);
  guint column = 0;

  *broken = FALSE;
  for (const char *p = safe; *p != '\0'; p = g_utf8_next_char (p))
    {
      column = *p == '\n' ? 0 : column + 1;
      if (column > LINE_CHARS)
        {
          g_string_append_c (out, '\n');
          column = 1;
          *broken = TRUE;
        }
      g_string_append_len (out, p, g_utf8_next_char (p) - p);
    }
  return g_string_free (out, FALSE);
}

static void
stop (RtValueView *self)
{
  if (self->writing != NULL)
    g_cancellable_cancel (self->writing);
  g_clear_object (&self->writing);
  g_clear_handle_id (&self->slice_id, g_source_remove);
  g_clear_pointer (&self->rest, g_free);
  self->shown = 0;
}

static void
save_cb (RtValueView *self)
{
  g_signal_emit (self, signals[SAVE], 0);
}

/* With no hyphens where a line is broken, which would read as part of the value. */
static void
append_text (RtValueView *self,
             const char  *text,
             int          length)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert_with_tags_by_name (buffer, &end, text, length, "plain", NULL);
}

static void
set_text (RtValueView *self,
          const char  *text)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), "", 0);
  append_text (self, text, -1);
}

static gboolean
slice_cb (gpointer user_data)
{
  RtValueView *self = user_data;
  gsize length = strlen (self->rest + self->shown), slice = MIN (length, SLICE_BYTES);

  while (slice < length && (self->rest[self->shown + slice] & 0xC0) == 0x80)
    slice++;
  append_text (self, self->rest + self->shown, (int) slice);
  self->shown += slice;
  if (slice < length)
    return G_SOURCE_CONTINUE;
  self->slice_id = 0;
  g_clear_pointer (&self->rest, g_free);
  return G_SOURCE_REMOVE;
}

static void
write_thread (GTask        *task,
              gpointer      object,
              gpointer      task_data,
              GCancellable *cancellable)
{
  g_autofree char *text = rt_value_to_text (task_data);
  gboolean broken;

  g_task_return_pointer (task, dup_shown (text, &broken), g_free);
}

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  RtValueView *self = RT_VALUE_VIEW (object);
  g_autofree char *text = g_task_propagate_pointer (G_TASK (result), NULL);

  /* another value, or disposed */
  if (text == NULL || g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    return;
  g_clear_object (&self->writing);
  self->rest = g_steal_pointer (&text);
  self->shown = 0;
  set_text (self, "");
  self->slice_id = g_idle_add_full (GDK_PRIORITY_REDRAW + 10, slice_cb, self, NULL);
  g_source_set_name_by_id (self->slice_id, "rt-value-view-slice");
}

void
rt_value_view_show_all (RtValueView *self)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *size = NULL;
  g_autofree char *words = NULL;

  g_return_if_fail (RT_IS_VALUE_VIEW (self));

  if (self->value == NULL || self->writing != NULL)
    return;
  stop (self);
  self->writing = g_cancellable_new ();
  size = g_format_size (g_variant_get_size (self->value));
  /* Translators: %s is a size, as in "1.0 MB" */
  words = g_strdup_printf (_("All of %s; long lines are broken here"), size);
  gtk_label_set_text (self->more_label, words);
  gtk_widget_set_visible (self->all_button, FALSE);
  task = g_task_new (self, self->writing, written_cb, NULL);
  g_task_set_source_tag (task, rt_value_view_show_all);
  g_task_set_name (task, "rt_value_view_show_all");
  g_task_set_task_data (task, g_variant_ref (self->value), (GDestroyNotify) g_variant_unref);
  g_task_run_in_thread (task, write_thread);
}

static void
rt_value_view_dispose (GObject *object)
{
  stop (RT_VALUE_VIEW (object));
  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_VALUE_VIEW);
  g_clear_pointer (&RT_VALUE_VIEW (object)->value, g_variant_unref);
  G_OBJECT_CLASS (rt_value_view_parent_class)->dispose (object);
}

static void
rt_value_view_class_init (RtValueViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_value_view_dispose;
  signals[SAVE] = g_signal_new ("save", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-value-view.ui");
  gtk_widget_class_bind_template_child (widget_class, RtValueView, text);
  gtk_widget_class_bind_template_child (widget_class, RtValueView, more);
  gtk_widget_class_bind_template_child (widget_class, RtValueView, more_label);
  gtk_widget_class_bind_template_child (widget_class, RtValueView, all_button);
  gtk_widget_class_bind_template_callback (widget_class, rt_value_view_show_all);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
rt_value_view_init (RtValueView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_text_buffer_create_tag (gtk_text_view_get_buffer (self->text), "plain", "insert-hyphens", FALSE, NULL);
}

void
rt_value_view_set_value (RtValueView *self,
                         GVariant    *value)
{
  g_autofree char *text = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *size = NULL;
  gboolean broken = FALSE, cut = FALSE;

  g_return_if_fail (RT_IS_VALUE_VIEW (self));

  if (self->value == value || (value != NULL && self->value != NULL && g_variant_get_size (value) == g_variant_get_size (self->value) &&
                               g_variant_equal (value, self->value)))
    return;
  stop (self);
  g_clear_pointer (&self->value, g_variant_unref);
  if (value != NULL)
    self->value = g_variant_ref_sink (value);
  if (value == NULL)
    {
      set_text (self, "");
      gtk_widget_set_visible (self->more, FALSE);
      return;
    }
  if (g_variant_get_size (value) <= SMALL_BYTES)
    text = rt_value_to_text (value);
  else
    {
      cut = TRUE;
      text = rt_value_preview (value, SHORT_CHARS);
    }
  shown = dup_shown (text, &broken);
  set_text (self, shown);
  gtk_text_view_set_monospace (self->text, rt_value_get_kind (value) != RT_VALUE_TEXT);
  gtk_widget_set_visible (self->more, cut);
  gtk_widget_set_visible (self->all_button, cut);
  size = g_format_size (g_variant_get_size (value));
  if (cut)
    {
      /* Translators: %s is a size, as in "1.0 MB" */
      g_autofree char *words = g_strdup_printf (_("The beginning of %s"), size);

      gtk_label_set_text (self->more_label, words);
    }
}

GVariant *
rt_value_view_get_value (RtValueView *self)
{
  g_return_val_if_fail (RT_IS_VALUE_VIEW (self), NULL);

  return self->value;
}

gboolean
rt_value_view_get_complete (RtValueView *self)
{
  g_return_val_if_fail (RT_IS_VALUE_VIEW (self), FALSE);

  return self->writing == NULL && self->rest == NULL && !gtk_widget_get_visible (self->all_button);
}
