/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/timeline/rt-message-item.h"
#include "rt-composer-private.h"
#include "../rt-focus.h"

#define MAX_LINES 6
#define MARGINS 16

enum { PROP_0, PROP_PLACEHOLDER, PROP_BLOCKED, PROP_TEXT, N_PROPS };
enum { SEND, N_SIGNALS };

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RtComposer, rt_composer, GTK_TYPE_WIDGET)

static gboolean
is_blank (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (!g_unichar_isspace (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}

static gboolean
can_send (RtComposer *self, const char *text)
{
  return strlen (text) <= RT_MESSAGE_MAX_TEXT && !rt_composer_files_wait (self) && (!is_blank (text) || rt_composer_get_n_files (self) > 0);
}

/* Nothing to send, too much of it, or no way */
void
rt_composer_update (RtComposer *self)
{
  g_autofree char *text = rt_composer_dup_text (self);
  gsize length = strlen (text);
  gboolean too_long = length > RT_MESSAGE_MAX_TEXT;
  g_autofree char *words = NULL;
  gboolean is_error = TRUE;

  if (too_long)
    {
      g_autofree char *size = g_format_size_full (length - RT_MESSAGE_MAX_TEXT, G_FORMAT_SIZE_IEC_UNITS);
      g_autofree char *most = g_format_size_full (RT_MESSAGE_MAX_TEXT, G_FORMAT_SIZE_IEC_UNITS);

      /* Translators: sizes, "6.2 KiB" and "64.0 KiB" */
      words = g_strdup_printf (_("This message is too long by %s; at most %s can be sent. Shorten it, or send it in parts."), size, most);
    }
  else if (self->pasted != NULL)
    {
      g_autofree char *size = g_format_size_full (strlen (self->pasted), G_FORMAT_SIZE_IEC_UNITS);
      g_autofree char *most = g_format_size_full (RT_MESSAGE_MAX_TEXT, G_FORMAT_SIZE_IEC_UNITS);

      /* Translators: sizes, "1.2 MiB" and "64.0 KiB" */
      words = g_strdup_printf (_("The text that you pasted has %s; a message has %s at most."), size, most);
    }
  else if (self->error != NULL)
    words = g_strdup (self->error);
  else if (self->blocked != NULL)
    {
      words = g_strdup (self->blocked);
      is_error = FALSE;
    }
  gtk_widget_set_visible (self->hint_box, words != NULL);
  gtk_widget_set_visible (self->hint_attach, self->transfers != NULL && (too_long || self->pasted != NULL));
  gtk_widget_set_visible (self->hint_drop, !too_long && self->pasted != NULL);
  gtk_label_set_label (self->hint_label, words != NULL ? words : "");
  gtk_image_set_from_icon_name (self->hint_image, is_error ? "dialog-warning-symbolic" : "network-offline-symbolic");
  if (is_error)
    gtk_widget_add_css_class (self->hint_box, "error");
  else
    gtk_widget_remove_css_class (self->hint_box, "error");
  gtk_widget_set_visible (GTK_WIDGET (self->placeholder_label), length == 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.send", self->blocked == NULL && can_send (self, text));
  gtk_widget_set_tooltip_text (self->send_button, self->blocked != NULL ? self->blocked : self->control_enter ? _("Send (Ctrl+Enter)") : _("Send (Enter)"));
}

/* A letter says from which side its paragraph is read. */
static gboolean
has_letter (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_isalpha (g_utf8_get_char (text)))
      return TRUE;
  return FALSE;
}

static GdkDevice *
get_keyboard (RtComposer *self)
{
  GdkSeat *seat = gdk_display_get_default_seat (gtk_widget_get_display (GTK_WIDGET (self)));

  return seat != NULL ? gdk_seat_get_keyboard (seat) : NULL;
}

/* The view begins a text at the side where this keyboard would, whatever the direction of the window: beside the placeholder, and with a keyboard of
 * Latin letters, at its other end. What has been written says itself where it begins, each paragraph for itself. */
static void
update_start (RtComposer *self)
{
  g_autofree char *text = rt_composer_dup_text (self);
  GdkDevice *keyboard = get_keyboard (self);
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  gboolean as_typed = keyboard != NULL && gdk_device_get_direction (keyboard) == PANGO_DIRECTION_RTL;
  gboolean open = strchr (text, '\n') == NULL && !has_letter (text);

  /* left is where the text begins, right is where it ends */
  gtk_text_view_set_justification (self->view, open && rtl != as_typed ? GTK_JUSTIFY_RIGHT : GTK_JUSTIFY_LEFT);
}

static void
text_changed_cb (GtkTextBuffer *buffer, RtComposer *self)
{
  g_clear_pointer (&self->error, g_free);
  update_start (self);
  rt_composer_update (self);
  rt_composer_complete (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

static void
send_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtComposer *self = RT_COMPOSER (widget);
  g_autofree char *text = rt_composer_dup_text (self);

  if (self->blocked != NULL || !can_send (self, text))
    return;
  g_signal_emit (self, signals[SEND], 0, text);
}

static void
emoji_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtComposer *self = RT_COMPOSER (widget);

  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  g_signal_emit_by_name (self->view, "insert-emoji");
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, gpointer user_data)
{
  GtkWidget *view = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));
  GtkWidget *self = gtk_widget_get_ancestor (view, RT_TYPE_COMPOSER);
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (controller));

  if ((state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK)) == 0 && rt_composer_complete_key (RT_COMPOSER (self), keyval))
    return GDK_EVENT_STOP;
  /* the view would take it for selecting nothing */
  if (gdk_keyval_to_lower (keyval) == GDK_KEY_a && (state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK)) == (GDK_SHIFT_MASK | GDK_CONTROL_MASK))
    return gtk_widget_activate_action (self, "composer.attach", NULL) ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
  if (keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter && keyval != GDK_KEY_ISO_Enter)
    return GDK_EVENT_PROPAGATE;
  if ((state & GDK_SHIFT_MASK) != 0 || (RT_COMPOSER (self)->control_enter && (state & GDK_CONTROL_MASK) == 0))
    return GDK_EVENT_PROPAGATE;
  /* Enter may be the end of a word in an input method */
  if (event != NULL && gtk_text_view_im_context_filter_keypress (GTK_TEXT_VIEW (view), event))
    return GDK_EVENT_STOP;
  gtk_widget_activate_action (self, "composer.send", NULL);
  return GDK_EVENT_STOP;
}

/* As high as six lines of this font before it scrolls */
static void
update_height (RtComposer *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self->view));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int line = PANGO_PIXELS_CEIL (pango_font_metrics_get_height (metrics));

  pango_font_metrics_unref (metrics);
  gtk_scrolled_window_set_max_content_height (self->scrolled, MAX_LINES * line + MARGINS);
}

static void
css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (rt_composer_parent_class)->css_changed (widget, change);
  update_height (RT_COMPOSER (widget));
}

static void
system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (rt_composer_parent_class)->system_setting_changed (widget, setting);
  update_height (RT_COMPOSER (widget));
}

static void
direction_changed (GtkWidget *widget, GtkTextDirection previous)
{
  GTK_WIDGET_CLASS (rt_composer_parent_class)->direction_changed (widget, previous);
  if (RT_COMPOSER (widget)->view != NULL)
    update_start (RT_COMPOSER (widget));
}

static gboolean
grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (RT_COMPOSER (widget)->view));
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  RtComposer *self = RT_COMPOSER (object);

  switch (id)
    {
    case PROP_PLACEHOLDER:
      g_value_set_string (value, self->placeholder);
      break;
    case PROP_BLOCKED:
      g_value_set_string (value, self->blocked);
      break;
    case PROP_TEXT:
      g_value_take_string (value, rt_composer_dup_text (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  RtComposer *self = RT_COMPOSER (object);

  switch (id)
    {
    case PROP_PLACEHOLDER:
      rt_composer_set_placeholder (self, g_value_get_string (value));
      break;
    case PROP_BLOCKED:
      rt_composer_set_blocked (self, g_value_get_string (value));
      break;
    case PROP_TEXT:
      rt_composer_set_text (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
dispose (GObject *object)
{
  RtComposer *self = RT_COMPOSER (object);
  GtkWidget *child;

  if (self->view != NULL)
    g_signal_handlers_disconnect_by_func (gtk_text_view_get_buffer (self->view), text_changed_cb, self);
  rt_composer_dispose_files (self);
  rt_composer_dispose_complete (self);
  self->view = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rt_composer_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RtComposer *self = RT_COMPOSER (object);

  g_free (self->placeholder);
  g_free (self->blocked);
  g_free (self->error);
  G_OBJECT_CLASS (rt_composer_parent_class)->finalize (object);
}

static void
rt_composer_class_init (RtComposerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  widget_class->css_changed = css_changed;
  widget_class->system_setting_changed = system_setting_changed;
  widget_class->direction_changed = direction_changed;
  widget_class->focus = rt_focus_children;
  widget_class->grab_focus = grab_focus;

  properties[PROP_PLACEHOLDER] = g_param_spec_string ("placeholder", NULL, NULL, NULL, flags);
  properties[PROP_BLOCKED] = g_param_spec_string ("blocked", NULL, NULL, NULL, flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SEND] = g_signal_new ("send", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, RtComposer, hint_box);
  gtk_widget_class_bind_template_child (widget_class, RtComposer, hint_image);
  gtk_widget_class_bind_template_child (widget_class, RtComposer, hint_label);
  gtk_widget_class_bind_template_child (widget_class, RtComposer, hint_attach);
  gtk_widget_class_bind_template_child (widget_class, RtComposer, hint_drop);
  gtk_widget_class_bind_template_child (widget_class, RtComposer, strip);
  gtk_widget_class_bind_template_child (widget_class, RtComposer, files);
  gtk_widget_class_bind_template_child (widget_class, RtComposer, attach_button);
  gtk_widget_class_bind_template_child (widget_class, RtComposer, scrolled);
  gtk_widget_class_bind_template_child (widget_class, RtComposer, view);
  gtk_widget_class_bind_template_child (widget_class, RtComposer, placeholder_label);
  gtk_widget_class_bind_template_child (widget_class, RtComposer, send_button);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
  gtk_widget_class_install_action (widget_class, "composer.send", NULL, send_action);
  gtk_widget_class_install_action (widget_class, "composer.emoji", NULL, emoji_action);
  rt_composer_class_init_files (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "composer");
}

static void
rt_composer_init (RtComposer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  g_signal_connect (gtk_text_view_get_buffer (self->view), "changed", G_CALLBACK (text_changed_cb), self);
  if (get_keyboard (self) != NULL)
    g_signal_connect_object (get_keyboard (self), "notify::direction", G_CALLBACK (update_start), self, G_CONNECT_SWAPPED);
  update_start (self);
  update_height (self);
  rt_composer_init_files (self);
  rt_composer_update (self);
}

GtkWidget *
rt_composer_new (void)
{
  return g_object_new (RT_TYPE_COMPOSER, NULL);
}

char *
rt_composer_dup_text (RtComposer *self)
{
  GtkTextBuffer *buffer;
  GtkTextIter start, end;

  g_return_val_if_fail (RT_IS_COMPOSER (self), NULL);

  buffer = gtk_text_view_get_buffer (self->view);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

void
rt_composer_set_text (RtComposer *self, const char *text)
{
  g_return_if_fail (RT_IS_COMPOSER (self));

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), text != NULL ? text : "", -1);
}

void
rt_composer_clear (RtComposer *self)
{
  rt_composer_set_text (self, NULL);
}

void
rt_composer_set_placeholder (RtComposer *self, const char *placeholder)
{
  g_return_if_fail (RT_IS_COMPOSER (self));

  if (g_strcmp0 (self->placeholder, placeholder) == 0)
    return;
  g_free (self->placeholder);
  self->placeholder = g_strdup (placeholder);
  gtk_label_set_label (self->placeholder_label, placeholder != NULL ? placeholder : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_PLACEHOLDER, placeholder != NULL ? placeholder : "", -1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLACEHOLDER]);
}

void
rt_composer_set_blocked (RtComposer *self, const char *reason)
{
  g_return_if_fail (RT_IS_COMPOSER (self));

  if (g_strcmp0 (self->blocked, reason) == 0)
    return;
  g_free (self->blocked);
  self->blocked = g_strdup (reason);
  rt_composer_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BLOCKED]);
}

void
rt_composer_set_error (RtComposer *self, const char *words)
{
  g_return_if_fail (RT_IS_COMPOSER (self));

  g_free (self->error);
  self->error = g_strdup (words);
  rt_composer_update (self);
}

void
rt_composer_set_control_enter (RtComposer *self, gboolean control_enter)
{
  g_return_if_fail (RT_IS_COMPOSER (self));

  if (self->control_enter == control_enter)
    return;
  self->control_enter = control_enter;
  rt_composer_update (self);
}

const char *
rt_composer_get_hint (RtComposer *self)
{
  g_return_val_if_fail (RT_IS_COMPOSER (self), NULL);

  return gtk_widget_get_visible (self->hint_box) ? gtk_label_get_label (self->hint_label) : NULL;
}
