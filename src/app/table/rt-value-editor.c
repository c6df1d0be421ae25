/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "app/rt-focus.h"
#include "app/rt-widget.h"
#include "rt-value-editor.h"

struct _RtValueEditor
{
  GtkWidget parent_instance;

  GCancellable *checking;
  GVariant   *fixed;            /* too long to be typed in: as it is, until another is loaded or typed */
  char       *problem;
  gboolean    modified;
  gboolean    quiet;            /* we change the fields ourselves */

  GtkDropDown    *kind_drop;
  GtkStack       *stack;
  GtkTextView    *text;
  GtkCheckButton *yes;
  GtkCheckButton *no;
  GtkLabel       *long_label;
  GtkWidget      *load_button;
  GtkWidget      *hint;
  GtkImage       *hint_icon;
  GtkLabel       *hint_label;
};

G_DEFINE_FINAL_TYPE (RtValueEditor, rt_value_editor, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_PROBLEM, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { CHANGED, LOAD, N_SIGNALS };
static guint signals[N_SIGNALS];

static RtValueKind
get_kind (RtValueEditor *self)
{
  return (RtValueKind) MIN (gtk_drop_down_get_selected (self->kind_drop), RT_VALUE_N_KINDS - 1);
}

static char *
dup_text (RtValueEditor *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}

/* What the fields hold, as a value; NULL and why not. */
static GVariant *
read_fields (RtValueEditor  *self,
             GError        **error)
{
  g_autofree char *text = NULL;

  if (self->fixed != NULL)
    return g_variant_ref (self->fixed);
  if (get_kind (self) == RT_VALUE_BOOLEAN)
    return g_variant_ref_sink (g_variant_new_boolean (gtk_check_button_get_active (self->yes)));
  text = dup_text (self);
  return rt_value_from_text (get_kind (self), text, strlen (text), NULL, error);
}

/* How such a value is typed, where that is not plain. */
static const char *
get_tip (RtValueKind kind)
{
  switch (kind)
    {
    case RT_VALUE_BYTES: return _("Pairs of hexadecimal digits, as in 00 ff 7a");
    case RT_VALUE_LIST: return _("As in JSON: [\"tea\", 3, true]");
    case RT_VALUE_MAP: return _("As in JSON: {\"drink\": \"tea\", \"cups\": 3}");
    case RT_VALUE_OTHER: return _("As in JSON: {\"$s\": \"ff00\"} or {\"$x\": [1, \"ff00\"]}");
    case RT_VALUE_TEXT:
    case RT_VALUE_INTEGER:
    case RT_VALUE_DECIMAL:
    case RT_VALUE_BOOLEAN:
    default: return NULL;
    }
}

static void
show_problem (RtValueEditor *self)
{
  const char *words = self->problem != NULL ? self->problem : get_tip (get_kind (self));

  gtk_label_set_text (self->hint_label, words != NULL ? words : "");
  gtk_widget_set_visible (self->hint, words != NULL && self->fixed == NULL);
  gtk_image_set_from_icon_name (self->hint_icon, self->problem != NULL ? "dialog-warning-symbolic" : "dialog-information-symbolic");
  if (self->problem != NULL)
    gtk_widget_add_css_class (self->hint, "error");
  else
    gtk_widget_remove_css_class (self->hint, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_STATE_INVALID,
                               self->problem != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  if (words != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

static void
set_problem (RtValueEditor *self,
             const char    *problem)
{
  gboolean changed = g_strcmp0 (problem, self->problem) != 0;

  if (changed)
    {
      g_free (self->problem);
      self->problem = g_strdup (problem);
    }
  show_problem (self);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

static void
checked_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (RtValueEditor) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = rt_value_check_finish (result, NULL, &error);

  /* what was typed since is being checked; or disposed */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->checking == NULL)
    return;
  g_clear_object (&self->checking);
  set_problem (self, value == NULL ? error->message : NULL);
}

static void
stop_checking (RtValueEditor *self)
{
  if (self->checking != NULL)
    g_cancellable_cancel (self->checking);
  g_clear_object (&self->checking);
}

static void
check (RtValueEditor *self)
{
  g_autofree char *text = NULL;

  stop_checking (self);
  if (self->fixed != NULL || get_kind (self) == RT_VALUE_BOOLEAN)
    {
      set_problem (self, NULL);
      return;
    }
  text = dup_text (self);
  self->checking = g_cancellable_new ();
  rt_value_check_async (get_kind (self), text, strlen (text), self->checking, checked_cb, g_object_ref (self));
}

static void
show_fields (RtValueEditor *self)
{
  const char *page = "text";

  if (self->fixed != NULL)
    page = "long";
  else if (get_kind (self) == RT_VALUE_BOOLEAN)
    page = "yes-no";
  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_text_view_set_monospace (self->text, get_kind (self) != RT_VALUE_TEXT);
  gtk_widget_set_sensitive (GTK_WIDGET (self->kind_drop), self->fixed == NULL);
}

static void
typed_cb (RtValueEditor *self)
{
  if (self->quiet)
    return;
  self->modified = TRUE;
  check (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
kind_cb (RtValueEditor *self)
{
  show_fields (self);
  typed_cb (self);
}

static void
load_cb (RtValueEditor *self)
{
  g_signal_emit (self, signals[LOAD], 0);
}

static void
set_fields (RtValueEditor *self,
            RtValueKind    kind,
            const char    *text,
            gboolean       yes)
{
  self->quiet = TRUE;
  gtk_drop_down_set_selected (self->kind_drop, (guint) kind);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), text, -1);
  gtk_check_button_set_active (yes ? self->yes : self->no, TRUE);
  self->quiet = FALSE;
}

static void
empty_cb (RtValueEditor *self)
{
  g_clear_pointer (&self->fixed, g_variant_unref);
  set_fields (self, get_kind (self), "", FALSE);
  show_fields (self);
  typed_cb (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

/* A paragraph is laid out as a whole, at each key. */
static gboolean
is_short (const char *text)
{
  gsize length = strlen (text);

  if (length > RT_VALUE_EDITOR_MAX_TEXT)
    return FALSE;
  for (const char *p = text, *end; *p != '\0'; p = *end == '\0' ? end : end + 1)
    {
      end = strchrnul (p, '\n');
      if (end - p > (gssize) RT_VALUE_EDITOR_MAX_PARAGRAPH)
        return FALSE;
    }
  return TRUE;
}

static char *
dup_typable (GVariant *value)
{
  g_autofree char *text = NULL;

  if (g_variant_get_size (value) > RT_VALUE_EDITOR_MAX_TEXT)
    return NULL;
  text = rt_value_to_text (value);
  return text != NULL && is_short (text) ? g_steal_pointer (&text) : NULL;
}

static gboolean
rt_value_editor_grab_focus (GtkWidget *widget)
{
  RtValueEditor *self = RT_VALUE_EDITOR (widget);

  if (self->fixed != NULL)
    return gtk_widget_grab_focus (self->load_button);
  if (get_kind (self) == RT_VALUE_BOOLEAN)
    return gtk_widget_grab_focus (GTK_WIDGET (gtk_check_button_get_active (self->yes) ? self->yes : self->no));
  return gtk_widget_grab_focus (GTK_WIDGET (self->text));
}

static void
rt_value_editor_dispose (GObject *object)
{
  stop_checking (RT_VALUE_EDITOR (object));
  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_VALUE_EDITOR);
  G_OBJECT_CLASS (rt_value_editor_parent_class)->dispose (object);
}

static void
rt_value_editor_finalize (GObject *object)
{
  RtValueEditor *self = RT_VALUE_EDITOR (object);

  g_clear_pointer (&self->fixed, g_variant_unref);
  g_free (self->problem);
  G_OBJECT_CLASS (rt_value_editor_parent_class)->finalize (object);
}

static void
rt_value_editor_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_PROBLEM:
      g_value_set_string (value, RT_VALUE_EDITOR (object)->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_value_editor_class_init (RtValueEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_value_editor_dispose;
  object_class->finalize = rt_value_editor_finalize;
  object_class->get_property = rt_value_editor_get_property;
  widget_class->focus = rt_focus_children;
  widget_class->grab_focus = rt_value_editor_grab_focus;

  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LOAD] = g_signal_new ("load", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-value-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, RtValueEditor, kind_drop);
  gtk_widget_class_bind_template_child (widget_class, RtValueEditor, stack);
  gtk_widget_class_bind_template_child (widget_class, RtValueEditor, text);
  gtk_widget_class_bind_template_child (widget_class, RtValueEditor, yes);
  gtk_widget_class_bind_template_child (widget_class, RtValueEditor, no);
  gtk_widget_class_bind_template_child (widget_class, RtValueEditor, long_label);
  gtk_widget_class_bind_template_child (widget_class, RtValueEditor, load_button);
  gtk_widget_class_bind_template_child (widget_class, RtValueEditor, hint);
  gtk_widget_class_bind_template_child (widget_class, RtValueEditor, hint_icon);
  gtk_widget_class_bind_template_child (widget_class, RtValueEditor, hint_label);
  gtk_widget_class_bind_template_callback (widget_class, kind_cb);
  gtk_widget_class_bind_template_callback (widget_class, typed_cb);
  gtk_widget_class_bind_template_callback (widget_class, load_cb);
  gtk_widget_class_bind_template_callback (widget_class, empty_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
rt_value_editor_init (RtValueEditor *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < RT_VALUE_N_KINDS; i++)
    gtk_string_list_append (names, rt_value_kind_words ((RtValueKind) i));
  self->quiet = TRUE;
  gtk_drop_down_set_model (self->kind_drop, G_LIST_MODEL (names));
  self->quiet = FALSE;
  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed", G_CALLBACK (typed_cb), self, G_CONNECT_SWAPPED);
  rt_value_editor_set_value (self, NULL);
}

void
rt_value_editor_set_value (RtValueEditor *self,
                           GVariant      *value)
{
  g_autoptr (GVariant) held = value != NULL ? g_variant_ref_sink (value) : NULL;
  g_autofree char *text = NULL;

  g_return_if_fail (RT_IS_VALUE_EDITOR (self));

  g_clear_pointer (&self->fixed, g_variant_unref);
  if (held == NULL)
    set_fields (self, RT_VALUE_TEXT, "", FALSE);
  else if ((text = dup_typable (held)) != NULL)
    set_fields (self, rt_value_get_kind (held), text, g_variant_is_of_type (held, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean (held));
  else
    {
      g_autofree char *size = g_format_size (g_variant_get_size (held));
      /* Translators: %s is a size, as in "1.0 MB" */
      g_autofree char *words = g_strdup_printf (_("This value (%s) is too long to be typed here. Another can be loaded from a file."), size);

      set_fields (self, rt_value_get_kind (held), "", FALSE);
      gtk_label_set_text (self->long_label, words);
      self->fixed = g_steal_pointer (&held);
    }
  self->modified = FALSE;
  show_fields (self);
  check (self);
}

GVariant *
rt_value_editor_dup_value (RtValueEditor  *self,
                           GError        **error)
{
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GError) why = NULL;

  g_return_val_if_fail (RT_IS_VALUE_EDITOR (self), NULL);

  stop_checking (self);
  value = read_fields (self, &why);
  set_problem (self, value == NULL ? why->message : NULL);
  if (value == NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  return g_steal_pointer (&value);
}

void
rt_value_editor_load (RtValueEditor *self,
                      GVariant      *value)
{
  g_return_if_fail (RT_IS_VALUE_EDITOR (self));
  g_return_if_fail (value != NULL);

  rt_value_editor_set_value (self, value);
  self->modified = TRUE;
  g_signal_emit (self, signals[CHANGED], 0);
}

const char *
rt_value_editor_get_problem (RtValueEditor *self)
{
  g_return_val_if_fail (RT_IS_VALUE_EDITOR (self), NULL);

  return self->problem;
}

gboolean
rt_value_editor_get_modified (RtValueEditor *self)
{
  g_return_val_if_fail (RT_IS_VALUE_EDITOR (self), FALSE);

  return self->modified;
}

/* (the type, what was typed, yes, what is too long) */
GVariant *
rt_value_editor_dup_draft (RtValueEditor *self)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (RT_IS_VALUE_EDITOR (self), NULL);

  if (!self->modified)
    return NULL;
  text = dup_text (self);
  return g_variant_ref_sink (g_variant_new ("(usbmv)", (guint) get_kind (self), text, gtk_check_button_get_active (self->yes),
                                            self->fixed != NULL ? g_variant_new_variant (self->fixed) : NULL));
}

void
rt_value_editor_restore_draft (RtValueEditor *self,
                               GVariant      *draft)
{
  g_autoptr (GVariant) fixed = NULL;
  const char *text;
  guint kind;
  gboolean yes;

  g_return_if_fail (RT_IS_VALUE_EDITOR (self));
  g_return_if_fail (draft != NULL);

  g_variant_get (draft, "(u&sbmv)", &kind, &text, &yes, &fixed);
  if (fixed != NULL)
    rt_value_editor_set_value (self, fixed);
  else
    {
      g_clear_pointer (&self->fixed, g_variant_unref);
      set_fields (self, (RtValueKind) kind, text, yes);
      show_fields (self);
      check (self);
    }
  self->modified = TRUE;
}
