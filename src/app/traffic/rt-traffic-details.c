/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/rt-focus.h"
#include "app/rt-widget.h"
#include "model/timeline/rt-message-item.h"
#include "rt-traffic-details.h"
#include "rt-traffic-row.h"

struct _RtTrafficDetails
{
  GtkWidget parent_instance;

  RtTrafficItem *item;
  gboolean       show_back;

  GtkStack      *stack;
  GtkImage      *verdict_icon;
  GtkLabel      *title;
  GtkLabel      *verdict;
  GtkLabel      *facts;
  GtkTextView   *packets;
  GtkWidget     *packets_box;
};

G_DEFINE_FINAL_TYPE (RtTrafficDetails, rt_traffic_details, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_ITEM, PROP_SHOW_BACK, N_PROPS };
static GParamSpec *properties[N_PROPS];

static void
append (GString    *text,
        const char *name,
        const char *value)
{
  if (value == NULL || *value == '\0')
    return;
  if (text->len > 0)
    g_string_append_c (text, '\n');
  /* Translators: the name of a property of a frame, then its value */
  g_string_append_printf (text, _("%s: %s"), name, value);
}

static void
append_message (GString    *text,
                P2pMessage *message)
{
  g_autofree char *sender = rt_sanitise_line (p2p_message_get_sender (message), 256);
  g_autofree char *flags = p2p_message_get_subflag (message) >= 0
    ? g_strdup_printf ("0x%02x, 0x%02x", (guint) p2p_message_get_flag (message), (guint) p2p_message_get_subflag (message))
    : g_strdup_printf ("0x%02x", (guint) p2p_message_get_flag (message));
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_local (p2p_message_get_time (message));
  g_autofree char *made = moment != NULL ? g_date_time_format (moment, "%c") : NULL;

  append (text, _("Written by"), sender);
  append (text, _("Written at"), made);
  append (text, _("Flag and sub-flag"), flags);
}

static char *
dup_facts (RtTrafficItem *item)
{
  GString *text = g_string_new (NULL);
  g_autofree char *clock = rt_traffic_item_dup_clock (item);
  g_autofree char *peer = rt_sanitise_line (rt_traffic_item_get_peer_id (item), 256);
  g_autofree char *address = rt_sanitise_line (rt_traffic_item_get_address (item), 256);
  g_autofree char *size = rt_traffic_item_dup_size (item);
  g_autofree char *compression = rt_traffic_item_dup_compression (item);
  g_autofree char *id = rt_traffic_item_dup_id (item);

  append (text, _("Time"), clock);
  append (text, _("Peer"), peer);
  append (text, _("Address"), address);
  append (text, _("Size on the wire"), size);
  append (text, _("Compression"), compression);
  if (rt_traffic_item_get_message (item) != NULL)
    append_message (text, rt_traffic_item_get_message (item));
  append (text, _("Message id"), id);
  return g_string_free (text, FALSE);
}

static void
update (RtTrafficDetails *self)
{
  g_autofree char *direction = NULL;
  g_autofree char *kind = NULL;
  g_autofree char *title = NULL;
  g_autofree char *verdict = NULL;
  g_autofree char *facts = NULL;
  g_autofree char *packets = NULL;

  gtk_stack_set_visible_child_name (self->stack, self->item != NULL ? "frame" : "nothing");
  if (self->item == NULL)
    return;
  direction = rt_traffic_item_dup_direction (self->item);
  kind = rt_traffic_item_dup_kind (self->item);
  /* Translators: the way of a frame ("In"), then its kind ("broadcast") */
  title = g_strdup_printf (_("%s: %s"), direction, kind);
  verdict = rt_traffic_item_dup_verdict_full (self->item);
  facts = dup_facts (self->item);
  packets = rt_traffic_item_dup_packets (self->item);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->verdict, verdict);
  gtk_image_set_from_icon_name (self->verdict_icon, rt_traffic_verdict_icon (self->item));
  gtk_label_set_label (self->facts, facts);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->packets), packets, -1);
  gtk_widget_set_visible (self->packets_box, *packets != '\0');
}

static gboolean
rt_traffic_details_grab_focus (GtkWidget *widget)
{
  RtTrafficDetails *self = RT_TRAFFIC_DETAILS (widget);

  if (self->item == NULL)
    return FALSE;
  if (gtk_widget_get_visible (self->packets_box))
    return gtk_widget_grab_focus (GTK_WIDGET (self->packets));
  return gtk_widget_child_focus (widget, GTK_DIR_TAB_FORWARD);
}

static void
rt_traffic_details_dispose (GObject *object)
{
  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_TRAFFIC_DETAILS);
  g_clear_object (&RT_TRAFFIC_DETAILS (object)->item);
  G_OBJECT_CLASS (rt_traffic_details_parent_class)->dispose (object);
}

static void
rt_traffic_details_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  RtTrafficDetails *self = RT_TRAFFIC_DETAILS (object);

  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, self->item);
      break;
    case PROP_SHOW_BACK:
      g_value_set_boolean (value, self->show_back);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_traffic_details_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  RtTrafficDetails *self = RT_TRAFFIC_DETAILS (object);

  switch (prop_id)
    {
    case PROP_ITEM:
      rt_traffic_details_set_item (self, g_value_get_object (value));
      break;
    case PROP_SHOW_BACK:
      if (self->show_back == g_value_get_boolean (value))
        return;
      self->show_back = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_traffic_details_class_init (RtTrafficDetailsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = rt_traffic_details_dispose;
  object_class->get_property = rt_traffic_details_get_property;
  object_class->set_property = rt_traffic_details_set_property;
  widget_class->focus = rt_focus_children;
  widget_class->grab_focus = rt_traffic_details_grab_focus;

  properties[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, RT_TYPE_TRAFFIC_ITEM, flags);
  properties[PROP_SHOW_BACK] = g_param_spec_boolean ("show-back", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-traffic-details.ui");
  gtk_widget_class_bind_template_child (widget_class, RtTrafficDetails, stack);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficDetails, verdict_icon);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficDetails, title);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficDetails, verdict);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficDetails, facts);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficDetails, packets);
  gtk_widget_class_bind_template_child (widget_class, RtTrafficDetails, packets_box);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
rt_traffic_details_init (RtTrafficDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

RtTrafficItem *
rt_traffic_details_get_item (RtTrafficDetails *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_DETAILS (self), NULL);

  return self->item;
}

void
rt_traffic_details_set_item (RtTrafficDetails *self,
                             RtTrafficItem    *item)
{
  g_return_if_fail (RT_IS_TRAFFIC_DETAILS (self));
  g_return_if_fail (item == NULL || RT_IS_TRAFFIC_ITEM (item));

  if (!g_set_object (&self->item, item))
    return;
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ITEM]);
}
