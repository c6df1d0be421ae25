/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-banner.h"
#include "rt-widget.h"
#include "rt-focus.h"
#include "rt-wrap.h"

struct _RtBanner
{
  GtkWidget parent_instance;

  char     *title;
  char     *button_label;
  gboolean  dismissible;

  GtkRevealer *revealer;
  GtkLabel    *label;
  GtkButton   *button;
  GtkButton   *dismiss_button;
};

G_DEFINE_FINAL_TYPE (RtBanner, rt_banner, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_TITLE, PROP_BUTTON_LABEL, PROP_DISMISSIBLE, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { BUTTON_CLICKED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
button_clicked_cb (RtBanner *self)
{
  g_signal_emit (self, signals[BUTTON_CLICKED], 0);
}

static void
dismiss_clicked_cb (RtBanner *self)
{
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
}

static void
rt_banner_dispose (GObject *object)
{
  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_BANNER);
  G_OBJECT_CLASS (rt_banner_parent_class)->dispose (object);
}

static void
rt_banner_finalize (GObject *object)
{
  RtBanner *self = RT_BANNER (object);

  g_free (self->title);
  g_free (self->button_label);
  G_OBJECT_CLASS (rt_banner_parent_class)->finalize (object);
}

static void
rt_banner_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  RtBanner *self = RT_BANNER (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_BUTTON_LABEL:
      g_value_set_string (value, self->button_label);
      break;
    case PROP_DISMISSIBLE:
      g_value_set_boolean (value, self->dismissible);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_banner_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  RtBanner *self = RT_BANNER (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      rt_banner_set_title (self, g_value_get_string (value));
      break;
    case PROP_BUTTON_LABEL:
      rt_banner_set_button_label (self, g_value_get_string (value));
      break;
    case PROP_DISMISSIBLE:
      if (self->dismissible == g_value_get_boolean (value))
        return;
      self->dismissible = g_value_get_boolean (value);
      gtk_widget_set_visible (GTK_WIDGET (self->dismiss_button), self->dismissible);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_banner_class_init (RtBannerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = rt_banner_dispose;
  object_class->finalize = rt_banner_finalize;
  object_class->get_property = rt_banner_get_property;
  object_class->set_property = rt_banner_set_property;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_BUTTON_LABEL] = g_param_spec_string ("button-label", NULL, NULL, NULL, flags);
  properties[PROP_DISMISSIBLE] = g_param_spec_boolean ("dismissible", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[BUTTON_CLICKED] = g_signal_new ("button-clicked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  widget_class->focus = rt_focus_children;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, RtBanner, revealer);
  gtk_widget_class_bind_template_child (widget_class, RtBanner, label);
  gtk_widget_class_bind_template_child (widget_class, RtBanner, button);
  gtk_widget_class_bind_template_child (widget_class, RtBanner, dismiss_button);
  gtk_widget_class_bind_template_callback (widget_class, button_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, dismiss_clicked_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
}

static void
rt_banner_init (RtBanner *self)
{
  self->dismissible = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

const char *
rt_banner_get_title (RtBanner *self)
{
  g_return_val_if_fail (RT_IS_BANNER (self), NULL);

  return self->title;
}

void
rt_banner_set_title (RtBanner   *self,
                     const char *title)
{
  gboolean shown = title != NULL && *title != '\0';

  g_return_if_fail (RT_IS_BANNER (self));

  if (g_strcmp0 (self->title, title) == 0)
    return;
  g_free (self->title);
  self->title = g_strdup (title);
  /* while it slides away the old words stay */
  if (shown)
    {
      gtk_label_set_label (self->label, title);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
    }
  gtk_revealer_set_reveal_child (self->revealer, shown);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

void
rt_banner_set_button_label (RtBanner   *self,
                            const char *label)
{
  g_return_if_fail (RT_IS_BANNER (self));

  if (g_strcmp0 (self->button_label, label) == 0)
    return;
  g_free (self->button_label);
  self->button_label = g_strdup (label);
  if (label != NULL)
    {
      gtk_button_set_label (self->button, label);
      rt_wrap_buttons (GTK_WIDGET (self->button));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->button), label != NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUTTON_LABEL]);
}

gboolean
rt_banner_get_revealed (RtBanner *self)
{
  g_return_val_if_fail (RT_IS_BANNER (self), FALSE);

  return gtk_revealer_get_reveal_child (self->revealer);
}
