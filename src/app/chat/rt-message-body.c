/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "rt-message-body-private.h"

#define MIN_WIDTH 60
#define STAMP_GAP 10
/* A text longer than this fills the width, so that it need not be laid out to know its own; one of several lines may be longer. */
#define SHORT_TEXT 160
#define SHORT_LINES_TEXT 2500

enum { PROP_0, PROP_TEXT, N_PROPS };

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (RtMessageBody, rt_message_body, GTK_TYPE_WIDGET)

static void
update_alignment (RtMessageBody *self)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  /* Pango turns it round for lines of the other direction */
  pango_layout_set_alignment (self->layout, rtl ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
}

static void
ensure_layout (RtMessageBody *self)
{
  if (self->layout != NULL)
    return;
  self->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->text);
  pango_layout_set_wrap (self->layout, PANGO_WRAP_WORD_CHAR);
  self->serial = pango_context_get_serial (gtk_widget_get_pango_context (GTK_WIDGET (self)));
  rt_message_body_mark_links (self, self->layout);
  update_alignment (self);
}

static void
get_stamp_size (RtMessageBody *self, int *width, int *height)
{
  gtk_widget_measure (self->stamp, GTK_ORIENTATION_HORIZONTAL, -1, NULL, width, NULL, NULL);
  gtk_widget_measure (self->stamp, GTK_ORIENTATION_VERTICAL, -1, NULL, height, NULL, NULL);
}

/* A line that begins at the left stays as it is in any width that it fits into. Most messages are one, and laying it out again costs as much as the first time. */
static int
find_line_width (RtMessageBody *self, int width)
{
  if (pango_layout_get_line_count (self->layout) != 1 || pango_layout_get_alignment (self->layout) != PANGO_ALIGN_LEFT
      || pango_layout_line_get_resolved_direction (pango_layout_get_line_readonly (self->layout, 0)) != PANGO_DIRECTION_LTR)
    return -1;
  return width;
}

static int
get_natural_width (RtMessageBody *self)
{
  int stamp_width, stamp_height;

  if (self->natural >= 0)
    return self->natural;
  if (strlen (self->text) > (strchr (self->text, '\n') != NULL ? SHORT_LINES_TEXT : SHORT_TEXT))
    self->natural = RT_MESSAGE_BODY_MAX_WIDTH;
  else
    {
      int width;

      ensure_layout (self);
      pango_layout_set_width (self->layout, -1);
      pango_layout_get_pixel_size (self->layout, &width, NULL);
      self->line = find_line_width (self, width);
      get_stamp_size (self, &stamp_width, &stamp_height);
      if (strchr (self->text, '\n') == NULL)
        width += STAMP_GAP + stamp_width;
      self->natural = CLAMP (width, stamp_width, RT_MESSAGE_BODY_MAX_WIDTH);
      self->natural = MAX (self->natural, MIN_WIDTH);
    }
  return self->natural;
}

/* Whether the stamp fits behind the last line of the text as it is laid out, and at which end of it that is: that depends on the
 * direction of the text, not of the window. */
static gboolean
stamp_fits (RtMessageBody *self, int width, int stamp_width, gboolean *at_left)
{
  g_autoptr (PangoLayoutIter) iter = pango_layout_get_iter (self->layout);
  PangoRectangle extents;
  int free_width;

  while (!pango_layout_iter_at_last_line (iter))
    pango_layout_iter_next_line (iter);
  pango_layout_iter_get_line_extents (iter, NULL, &extents);
  pango_extents_to_pixels (&extents, NULL);
  *at_left = pango_layout_line_get_resolved_direction (pango_layout_iter_get_line_readonly (iter)) == PANGO_DIRECTION_RTL;
  free_width = *at_left ? extents.x : width - extents.x - extents.width;
  return free_width >= STAMP_GAP + stamp_width;
}

static int
lay_out (RtMessageBody *self, int width, gboolean *at_left)
{
  int height, stamp_width, stamp_height;
  gboolean fits;

  ensure_layout (self);
  if (self->line < 0 || self->line > width)
    {
      self->line = -1;
      pango_layout_set_width (self->layout, width * PANGO_SCALE);
    }
  pango_layout_get_pixel_size (self->layout, NULL, &height);
  get_stamp_size (self, &stamp_width, &stamp_height);
  fits = stamp_fits (self, width, stamp_width, at_left) || stamp_width == 0;
  return fits ? MAX (height, stamp_height) : height + stamp_height;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  RtMessageBody *self = RT_MESSAGE_BODY (widget);
  gboolean at_left;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN_WIDTH;
      *natural = get_natural_width (self);
    }
  else if (for_size <= MIN_WIDTH)
    {
      /* containers ask for this before they ask for the width that there is; laying out for it costs most and is for nothing */
      *minimum = *natural = MIN_WIDTH / 2;
    }
  else
    *minimum = *natural = lay_out (self, for_size, &at_left);
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  RtMessageBody *self = RT_MESSAGE_BODY (widget);
  gboolean at_left;
  int stamp_width, stamp_height;
  graphene_point_t at;

  lay_out (self, width, &at_left);
  get_stamp_size (self, &stamp_width, &stamp_height);
  at = GRAPHENE_POINT_INIT (at_left ? 0 : MAX (width - stamp_width, 0), MAX (height - stamp_height, 0));
  gtk_widget_allocate (self->stamp, stamp_width, stamp_height, -1, gsk_transform_translate (NULL, &at));
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  RtMessageBody *self = RT_MESSAGE_BODY (widget);

  ensure_layout (self);
  rt_message_body_snapshot_selection (self, snapshot);
  gtk_snapshot_render_layout (snapshot, gtk_widget_get_style_context (widget), 0, 0, self->layout);
  rt_message_body_snapshot_caret (self, snapshot);
  gtk_widget_snapshot_child (widget, self->stamp, snapshot);
}

static void
forget_layout (RtMessageBody *self)
{
  self->natural = self->line = -1;
  if (self->layout != NULL)
    pango_layout_context_changed (self->layout);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  RtMessageBody *self = RT_MESSAGE_BODY (widget);
  guint serial;

  GTK_WIDGET_CLASS (rt_message_body_parent_class)->css_changed (widget, change);
  serial = pango_context_get_serial (gtk_widget_get_pango_context (widget));
  /* most changes are of colours only */
  if (serial != self->serial)
    {
      self->serial = serial;
      forget_layout (self);
    }
}

static void
direction_changed (GtkWidget *widget, GtkTextDirection previous)
{
  RtMessageBody *self = RT_MESSAGE_BODY (widget);

  GTK_WIDGET_CLASS (rt_message_body_parent_class)->direction_changed (widget, previous);
  if (self->layout != NULL)
    update_alignment (self);
  forget_layout (self);
}

static void
system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (rt_message_body_parent_class)->system_setting_changed (widget, setting);
  if (setting == GTK_SYSTEM_SETTING_DPI || setting == GTK_SYSTEM_SETTING_FONT_NAME || setting == GTK_SYSTEM_SETTING_FONT_CONFIG)
    {
      g_clear_object (&RT_MESSAGE_BODY (widget)->layout);
      forget_layout (RT_MESSAGE_BODY (widget));
    }
}

PangoLayout *
rt_message_body_get_layout (RtMessageBody *self)
{
  gboolean at_left;

  lay_out (self, gtk_widget_get_width (GTK_WIDGET (self)), &at_left);
  return self->layout;
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TEXT)
    g_value_set_string (value, RT_MESSAGE_BODY (object)->text);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
dispose (GObject *object)
{
  RtMessageBody *self = RT_MESSAGE_BODY (object);

  g_clear_object (&self->layout);
  g_clear_object (&self->table);
  g_clear_pointer (&self->stamp, gtk_widget_unparent);
  G_OBJECT_CLASS (rt_message_body_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_clear_pointer (&RT_MESSAGE_BODY (object)->links, g_array_unref);
  g_free (RT_MESSAGE_BODY (object)->text);
  G_OBJECT_CLASS (rt_message_body_parent_class)->finalize (object);
}

static void
rt_message_body_class_init (RtMessageBodyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = get_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  widget_class->measure = measure;
  widget_class->get_request_mode = get_request_mode;
  widget_class->size_allocate = size_allocate;
  widget_class->snapshot = snapshot;
  widget_class->css_changed = css_changed;
  widget_class->direction_changed = direction_changed;
  widget_class->system_setting_changed = system_setting_changed;

  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  rt_message_body_class_init_links (widget_class);
  rt_message_body_class_init_select (widget_class);
  rt_message_body_class_init_keys (widget_class);
  gtk_widget_class_set_css_name (widget_class, "messagebody");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
rt_message_body_init (RtMessageBody *self)
{
  self->text = g_strdup ("");
  self->natural = self->line = -1;
  /* the row's own name tells the time */
  self->stamp = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_widget_add_css_class (self->stamp, "stamp");
  gtk_widget_set_parent (self->stamp, GTK_WIDGET (self));
  rt_message_body_init_links (self);
  rt_message_body_init_select (self);
  rt_message_body_init_keys (self);
}

GtkWidget *
rt_message_body_new (void)
{
  return g_object_new (RT_TYPE_MESSAGE_BODY, NULL);
}

void
rt_message_body_set_text (RtMessageBody *self, const char *text, gssize length, gboolean cut)
{
  g_autofree char *shown = NULL;

  g_return_if_fail (RT_IS_MESSAGE_BODY (self));

  shown = length >= 0 ? g_strndup (text, length) : g_strdup (text);
  if (cut)
    {
      char *with_ellipsis = g_strconcat (shown, "…", NULL);

      g_free (g_steal_pointer (&shown));
      shown = with_ellipsis;
    }
  if (g_str_equal (shown, self->text))
    return;
  g_free (self->text);
  self->text = g_steal_pointer (&shown);
  self->natural = self->line = -1;
  rt_message_body_forget_links (self);
  rt_message_body_unselect (self);
  if (self->layout != NULL)
    {
      pango_layout_set_text (self->layout, self->text, -1);
      rt_message_body_mark_links (self, self->layout);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->text, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

const char *
rt_message_body_get_text (RtMessageBody *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_BODY (self), NULL);

  return self->text;
}

void
rt_message_body_set_stamp (RtMessageBody *self, const char *stamp)
{
  g_return_if_fail (RT_IS_MESSAGE_BODY (self));

  if (g_str_equal (gtk_label_get_label (GTK_LABEL (self->stamp)), stamp))
    return;
  gtk_label_set_label (GTK_LABEL (self->stamp), stamp);
  self->natural = -1;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
