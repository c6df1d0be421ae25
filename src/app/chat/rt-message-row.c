/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-chat-format.h"
#include "rt-chat-trust.h"
#include "rt-message-row-private.h"

G_DEFINE_FINAL_TYPE (RtMessageRow, rt_message_row, GTK_TYPE_WIDGET)

static void
set_css_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
show_sender (RtMessageRow *self)
{
  gboolean named = !self->own && !self->continued;

  gtk_widget_set_visible (GTK_WIDGET (self->avatar), named);
  gtk_widget_set_visible (GTK_WIDGET (self->sender_label), named);
  gtk_widget_set_visible (GTK_WIDGET (self->trust_image), named);
  gtk_widget_set_visible (GTK_WIDGET (self->trust_label), named);
  if (!named)
    return;
  {
    g_autofree char *sender = rt_format_sender (self->item);
    /* one letter of the name, and a colour that two of one name do not share */
    g_autofree char *looks = g_strconcat (rt_message_item_get_sender_name (self->item), rt_message_item_get_sender (self->item), NULL);

    gtk_label_set_label (self->sender_label, sender);
    adw_avatar_set_text (self->avatar, g_strdelimit (looks, " ", '_'));
  }
}

/* A name could end with such words: they stand in a place of their own, with a shape that no name has. */
static void
show_trust (RtMessageRow *self)
{
  g_autofree char *sentence = rt_trust_dup_sentence (self->item, self->people);
  RtTrustBadge badge;

  if (sentence != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, sentence, -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  if (!gtk_widget_get_visible (GTK_WIDGET (self->trust_label)))
    return;
  rt_trust_badge_of (self->item, self->people, &badge);
  gtk_label_set_label (self->trust_label, badge.word);
  if (g_strcmp0 (gtk_image_get_icon_name (self->trust_image), badge.icon) != 0)
    gtk_image_set_from_icon_name (self->trust_image, badge.icon);
  set_css_class (GTK_WIDGET (self->trust_label), "warns", badge.warns);
  set_css_class (GTK_WIDGET (self->trust_image), "warns", badge.warns);
}

static void
show_quote (RtMessageRow *self)
{
  gboolean answers = rt_message_item_get_reply_to (self->item) != NULL;

  gtk_widget_set_visible (self->quote_button, answers);
  if (!answers)
    return;
  {
    g_autofree char *name = rt_format_reply_name (self->item);
    g_autofree char *text = rt_format_reply_text (self->item);
    g_autofree char *spoken = NULL;

    gtk_label_set_label (self->quote_name, name != NULL ? name : "");
    gtk_widget_set_visible (GTK_WIDGET (self->quote_name), name != NULL);
    gtk_label_set_label (self->quote_text, text);
    set_css_class (self->quote_button, "unknown", rt_message_item_get_reply_state (self->item) != RT_REPLY_FOUND);
    /* Translators: on the button that leads to the message that this one answers; first who wrote that, then its text */
    spoken = name != NULL ? g_strdup_printf (_("Answers %s: %s"), name, text) : g_strdup (text);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->quote_button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  }
}

static void
show_tag (RtMessageRow *self)
{
  g_autofree char *secret = rt_format_private (self->item);
  gboolean values = rt_message_item_get_kind (self->item) == RT_MESSAGE_VALUES;
  g_autofree char *both = NULL;

  gtk_widget_set_visible (self->tag_box, secret != NULL || values);
  if (secret != NULL && values)
    /* Translators: over a message of values that only one person got; %s is "Private" or "Private to …" */
    both = g_strdup_printf (_("%s – values"), secret);
  if (secret != NULL || values)
    {
      /* Translators: over a message that is no text but what a program sent: a list of numbers, bytes and the like */
      gtk_label_set_label (self->tag_label, both != NULL ? both : secret != NULL ? secret : _("Values"));
      gtk_image_set_from_icon_name (self->tag_image, secret != NULL ? rt_private_icon (self->item) : "view-list-symbolic");
    }
  set_css_class (self->bubble, "private", secret != NULL);
  set_css_class (self->bubble, "mention", rt_message_item_get_mention (self->item));
  set_css_class (GTK_WIDGET (self->body), "values", values);
}

static void show_state (RtMessageRow *self);

/* "Tries again in 8 s" counts down to the eyes only: a screen reader would say each of them. */
static gboolean
tick_cb (gpointer user_data)
{
  RtMessageRow *self = user_data;

  self->tick_id = 0;
  if (self->item != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    show_state (self);
  return G_SOURCE_REMOVE;
}

static void
show_state (RtMessageRow *self)
{
  g_autofree char *words = rt_format_delivery (self->item);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  if (rt_message_item_get_next_try (self->item) > 0)
    {
      self->tick_id = g_timeout_add_seconds (1, tick_cb, self);
      g_source_set_name_by_id (self->tick_id, "[roundtable] next try of a message");
    }
  gtk_widget_set_visible (self->state_box, words != NULL);
  if (words == NULL)
    return;
  gtk_label_set_label (self->state_label, words);
  gtk_image_set_from_icon_name (self->state_image, rt_delivery_icon (self->item));
  set_css_class (self->state_box, "failed", rt_delivery_failed (rt_message_item_get_delivery (self->item)));
}

static void
show (RtMessageRow *self)
{
  RtMessageItem *item = self->item, *previous = self->previous;
  gint64 time = rt_message_item_get_time (item);
  gboolean new_day = previous == NULL || !rt_is_same_day (time, rt_message_item_get_time (previous));
  g_autofree char *clock = rt_format_time (time), *spoken = NULL;

  self->own = rt_message_item_get_own (item);
  self->continued = rt_is_continued (item, previous);
  gtk_widget_set_visible (GTK_WIDGET (self->day_label), new_day);
  if (new_day)
    {
      g_autofree char *day = rt_format_day (time, g_get_real_time ());

      gtk_label_set_label (self->day_label, day);
    }
  show_sender (self);
  show_trust (self);
  set_css_class (GTK_WIDGET (self), "own", self->own);
  set_css_class (GTK_WIDGET (self), "continued", self->continued);
  rt_message_body_set_stamp (self->body, clock);
  rt_message_row_show_text (self);
  show_quote (self);
  show_tag (self);
  show_state (self);
  rt_message_row_update_actions (self);
  spoken = rt_format_spoken (item);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static gboolean
rebind_cb (gpointer user_data)
{
  RtMessageRow *self = user_data;

  self->rebind_id = 0;
  if (self->item != NULL)
    show (self);
  return G_SOURCE_REMOVE;
}

/* A name, a receipt, an original that was found: several come together, and often the source tells of the change, too. */
static void
item_notify_cb (RtMessageRow *self)
{
  if (self->rebind_id != 0)
    return;
  self->rebind_id = g_idle_add (rebind_cb, self);
  g_source_set_name_by_id (self->rebind_id, "[roundtable] message row");
}

static void
set_item (RtMessageRow *self, RtMessageItem *item)
{
  if (self->item == item)
    return;
  rt_message_body_unselect (self->body);
  if (self->popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->popover));
  if (self->item != NULL)
    g_clear_signal_handler (&self->notify_id, self->item);
  g_set_object (&self->item, item);
  if (item != NULL)
    self->notify_id = g_signal_connect_swapped (item, "notify", G_CALLBACK (item_notify_cb), self);
}

void
rt_message_row_bind (RtMessageRow *self, RtMessageItem *item, RtMessageItem *previous)
{
  g_return_if_fail (RT_IS_MESSAGE_ROW (self));
  g_return_if_fail (RT_IS_MESSAGE_ITEM (item));

  set_item (self, item);
  g_set_object (&self->previous, previous);
  g_clear_handle_id (&self->rebind_id, g_source_remove);
  show (self);
}

static void
dispose (GObject *object)
{
  RtMessageRow *self = RT_MESSAGE_ROW (object);
  GtkWidget *child;

  g_clear_handle_id (&self->rebind_id, g_source_remove);
  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  set_item (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->previous);
  g_clear_object (&self->people);
  G_OBJECT_CLASS (rt_message_row_parent_class)->dispose (object);
}

static void
rt_message_row_class_init (RtMessageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  rt_message_row_init_places (widget_class);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-message-row.ui");
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, day_label);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, sender_label);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, trust_image);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, trust_label);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, bubble);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, quote_button);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, quote_name);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, quote_text);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, tag_box);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, tag_image);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, tag_label);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, body);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, more_button);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, reply_button);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, state_box);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, state_image);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, state_label);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, retry_button);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, menu);
  gtk_widget_class_bind_template_child (widget_class, RtMessageRow, links_menu);
  rt_message_row_init_menu (widget_class);
  rt_message_row_class_init_more (widget_class);

  gtk_widget_class_set_css_name (widget_class, "message");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  g_type_ensure (RT_TYPE_MESSAGE_BODY);
}

static void
rt_message_row_init (RtMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  rt_message_row_add_gestures (self);
  rt_message_row_init_more (self);
}

GtkWidget *
rt_message_row_new (void)
{
  return g_object_new (RT_TYPE_MESSAGE_ROW, NULL);
}

/* Keys were compared, or somebody else has that name now: the row says so though nothing of the message is another. */
static void
person_changed_cb (RtPeople *people, RtPerson *person, RtMessageRow *self)
{
  if (self->item != NULL && g_strcmp0 (rt_message_item_get_sender (self->item), rt_person_get_id (person)) == 0)
    show_trust (self);
}

void
rt_message_row_set_people (RtMessageRow *self, RtPeople *people)
{
  g_return_if_fail (RT_IS_MESSAGE_ROW (self));
  g_return_if_fail (people == NULL || RT_IS_PEOPLE (people));

  if (self->people == people)
    return;
  if (self->people != NULL)
    g_signal_handlers_disconnect_by_func (self->people, person_changed_cb, self);
  g_set_object (&self->people, people);
  if (people != NULL)
    g_signal_connect_object (people, "person-changed", G_CALLBACK (person_changed_cb), self, 0);
}

RtMessageItem *
rt_message_row_get_item (RtMessageRow *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ROW (self), NULL);

  return self->item;
}
