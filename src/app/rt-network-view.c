/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "chat/rt-chat-page.h"
#include "model/demo/rt-lab.h"
#include "networks/rt-network-actions.h"
#include "peers/rt-block-dialog.h"
#include "peers/rt-peers-page.h"
#include "peers/rt-person-dialog.h"
#include "rt-banner.h"
#include "rt-network-view.h"
#include "rt-widget.h"
#include "rt-focus.h"
#include "rt-wrap.h"
#include "ring/rt-ring-page.h"
#include "table/rt-table-page.h"
#include "traffic/rt-traffic-page.h"

struct _RtNetworkView
{
  GtkWidget parent_instance;

  RtNetwork *network;
  gboolean   folded;
  gboolean   has_target;        /* a message that is shown when the chat is there */
  RtTimelineKey target;

  AdwViewSwitcherTitle *switcher_title;
  RtBanner             *banner;
  RtBanner             *clock_banner;
  RtBanner             *lab_banner;
  AdwViewStack         *stack;
  AdwViewStackPage     *chat_page;
  RtChatPage           *chat;
  AdwViewStackPage     *table_page;
  RtTablePage          *table;
  AdwViewStackPage     *ring_page;
  RtRingPage           *ring;
  RtTrafficPage        *traffic;
};

G_DEFINE_FINAL_TYPE (RtNetworkView, rt_network_view, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_NETWORK, PROP_PAGE, PROP_FOLDED, N_PROPS };
static GParamSpec *properties[N_PROPS];

static void
update_trouble (RtNetworkView *self)
{
  gboolean failed = rt_network_get_state (self->network) == RT_NETWORK_FAILED;
  gboolean on_peers = g_strcmp0 (rt_network_view_get_page (self), "peers") == 0;
  /* the page of peers says more of it only when it is about somebody */
  gboolean more = g_list_model_get_n_items (rt_network_get_known_peers (self->network)) > 0;
  const char *trouble = rt_network_get_error (self->network), *label = NULL;

  /* whoever was blocked is heard: that is nothing to be found by chance */
  if (trouble == NULL && (trouble = rt_network_get_blocks_error (self->network)) != NULL)
    more = TRUE;
  if (rt_network_get_secret_state (self->network) == RT_SECRET_LOST)
    label = _("Type the secret…");
  else if (failed)
    label = _("Try again");
  else if (!on_peers && more)
    label = _("Show peers");
  rt_banner_set_button_label (self->banner, label);
  rt_banner_set_title (self->banner, trouble);
}

static void
update_state (RtNetworkView *self)
{
  g_autofree char *state_words = rt_network_dup_state_words (self->network);

  adw_view_switcher_title_set_title (self->switcher_title, rt_network_get_title (self->network));
  adw_view_switcher_title_set_subtitle (self->switcher_title, state_words);
  adw_view_stack_page_set_badge_number (self->chat_page, rt_network_get_unread (self->network));
  adw_view_stack_page_set_needs_attention (self->chat_page, rt_network_get_unread (self->network) > 0);
  rt_network_actions_update (GTK_WIDGET (self), self->network);
  update_trouble (self);
}

static void
update_clock (RtNetworkView *self)
{
  g_autofree char *words = NULL;
  gint64 skew;

  g_object_get (self->network, "clock-skew", &skew, NULL);
  words = rt_clock_words (skew);
  rt_banner_set_title (self->clock_banner, words);
}

/* The kind of a network is as it was made. */
static void
update_table (RtNetworkView *self)
{
  RtTable *table = rt_network_get_table (self->network);
  RtRing *ring = rt_network_get_ring (self->network);

  adw_view_stack_page_set_visible (self->table_page, table != NULL && ring == NULL);
  rt_table_page_set_table (self->table, ring == NULL ? table : NULL);
  adw_view_stack_page_set_visible (self->ring_page, ring != NULL);
  rt_ring_page_set (self->ring, ring, ring != NULL ? table : NULL);
  rt_key_details_set_network (rt_table_page_get_details (self->table), self->network);
  rt_key_details_set_network (rt_table_page_get_details (rt_ring_page_get_keys (self->ring)), self->network);
}

static void
banner_clicked_cb (RtNetworkView *self)
{
  if (rt_network_get_secret_state (self->network) == RT_SECRET_LOST)
    gtk_widget_activate_action (GTK_WIDGET (self), "network.secret", NULL);
  else if (rt_network_get_state (self->network) == RT_NETWORK_FAILED)
    rt_network_start (self->network);
  else
    rt_network_view_set_page (self, "peers");
}

static void
lab_banner_clicked_cb (RtNetworkView *self)
{
  rt_lab_stop (rt_network_get_lab (self->network));
}

static void
show_target (RtNetworkView *self)
{
  if (!self->has_target || !rt_network_get_chat_loaded (self->network))
    return;
  self->has_target = FALSE;
  rt_chat_page_show_message (self->chat, &self->target);
}

static void
visible_page_cb (RtNetworkView *self)
{
  update_trouble (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAGE]);
}

/* A key that a message cites, and a message that cites a key */
static void
show_key_action (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  RtNetworkView *self = RT_NETWORK_VIEW (widget);
  gboolean ring = rt_network_get_ring (self->network) != NULL;
  RtTablePage *keys = ring ? rt_ring_page_get_keys (self->ring) : self->table;

  rt_network_view_set_page (self, ring ? "ring" : "table");
  rt_table_page_show_key (keys, g_variant_get_string (parameter, NULL));
}

static void
show_message_action (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  RtTimelineKey key;

  g_variant_get (parameter, "(xx)", &key.time, &key.sequence);
  rt_network_view_show_message (RT_NETWORK_VIEW (widget), &key);
}

/* id of a node: asks, or unblocks */
static void
block_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  rt_block_toggle (widget, RT_NETWORK_VIEW (widget)->network, g_variant_get_string (parameter, NULL), NULL);
}

/* id of a node: who that is */
static void
person_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  rt_person_dialog_present (widget, rt_network_get_people (RT_NETWORK_VIEW (widget)->network), g_variant_get_string (parameter, NULL));
}

static void
rt_network_view_constructed (GObject *object)
{
  RtNetworkView *self = RT_NETWORK_VIEW (object);
  const char *watched[] = {
    "notify::title", "notify::state", "notify::state-text", "notify::unread", "notify::error", "notify::blocks-error", "notify::muted",
    "notify::config", "notify::secret-state",
  };

  G_OBJECT_CLASS (rt_network_view_parent_class)->constructed (object);

  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (self->network, watched[i], G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->network, "chat-loaded", G_CALLBACK (show_target), self, G_CONNECT_SWAPPED);
  g_object_bind_property (rt_network_get_lab (self->network), "words", self->lab_banner, "title", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (self->network, "notify::clock-skew", G_CALLBACK (update_clock), self, G_CONNECT_SWAPPED);
  update_state (self);
  update_clock (self);
  update_table (self);
}

static void
rt_network_view_dispose (GObject *object)
{
  RtNetworkView *self = RT_NETWORK_VIEW (object);

  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_NETWORK_VIEW);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_network_view_parent_class)->dispose (object);
}

static gboolean
rt_network_view_grab_focus (GtkWidget *widget)
{
  GtkWidget *page = adw_view_stack_get_visible_child (RT_NETWORK_VIEW (widget)->stack);

  return page != NULL && (gtk_widget_grab_focus (page) || gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD));
}

static void
rt_network_view_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  RtNetworkView *self = RT_NETWORK_VIEW (object);

  switch (prop_id)
    {
    case PROP_NETWORK:
      g_value_set_object (value, self->network);
      break;
    case PROP_PAGE:
      g_value_set_string (value, rt_network_view_get_page (self));
      break;
    case PROP_FOLDED:
      g_value_set_boolean (value, self->folded);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_network_view_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  RtNetworkView *self = RT_NETWORK_VIEW (object);

  switch (prop_id)
    {
    case PROP_NETWORK:
      self->network = g_value_dup_object (value);
      break;
    case PROP_PAGE:
      rt_network_view_set_page (self, g_value_get_string (value));
      break;
    case PROP_FOLDED:
      if (self->folded == g_value_get_boolean (value))
        return;
      self->folded = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_network_view_class_init (RtNetworkViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->constructed = rt_network_view_constructed;
  object_class->dispose = rt_network_view_dispose;
  object_class->get_property = rt_network_view_get_property;
  object_class->set_property = rt_network_view_set_property;
  widget_class->focus = rt_focus_children;
  widget_class->grab_focus = rt_network_view_grab_focus;

  properties[PROP_NETWORK] = g_param_spec_object ("network", NULL, NULL, RT_TYPE_NETWORK, flags | G_PARAM_CONSTRUCT_ONLY);
  properties[PROP_PAGE] = g_param_spec_string ("page", NULL, NULL, "chat", flags | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_FOLDED] = g_param_spec_boolean ("folded", NULL, NULL, FALSE, flags | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (RT_TYPE_BANNER);
  g_type_ensure (RT_TYPE_CHAT_PAGE);
  g_type_ensure (RT_TYPE_PEERS_PAGE);
  g_type_ensure (RT_TYPE_RING_PAGE);
  g_type_ensure (RT_TYPE_TABLE_PAGE);
  g_type_ensure (RT_TYPE_TRAFFIC_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-network-view.ui");
  gtk_widget_class_bind_template_child (widget_class, RtNetworkView, switcher_title);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkView, banner);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkView, clock_banner);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkView, lab_banner);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkView, stack);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkView, chat_page);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkView, chat);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkView, table_page);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkView, table);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkView, ring_page);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkView, ring);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkView, traffic);
  gtk_widget_class_bind_template_callback (widget_class, banner_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, lab_banner_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, visible_page_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  rt_network_actions_install (widget_class);
  gtk_widget_class_install_action (widget_class, "network.show-key", "s", show_key_action);
  gtk_widget_class_install_action (widget_class, "network.show-message", "(xx)", show_message_action);
  gtk_widget_class_install_action (widget_class, "network.block", "s", block_action);
  gtk_widget_class_install_action (widget_class, "network.person", "s", person_action);
}

static void
rt_network_view_init (RtNetworkView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  rt_wrap_buttons (GTK_WIDGET (self));
}

GtkWidget *
rt_network_view_new (RtNetwork *network)
{
  return g_object_new (RT_TYPE_NETWORK_VIEW, "network", network, NULL);
}

RtNetwork *
rt_network_view_get_network (RtNetworkView *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_VIEW (self), NULL);

  return self->network;
}

const char *
rt_network_view_get_page (RtNetworkView *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_VIEW (self), NULL);

  return adw_view_stack_get_visible_child_name (self->stack);
}

/* The stack notifies; visible_page_cb passes it on. */
void
rt_network_view_set_page (RtNetworkView *self,
                          const char    *page)
{
  g_return_if_fail (RT_IS_NETWORK_VIEW (self));

  for (int n = 1; page != NULL; n++)
    {
      const char *name = rt_network_view_get_nth_page (self, n);

      if (name == NULL)
        break;
      if (g_str_equal (name, page))
        adw_view_stack_set_visible_child_name (self->stack, page);
    }
}

/* One that is hidden is none of this network's. */
const char *
rt_network_view_get_nth_page (RtNetworkView *self,
                              int            n)
{
  g_autoptr (GtkSelectionModel) pages = NULL;
  guint n_pages;

  g_return_val_if_fail (RT_IS_NETWORK_VIEW (self), NULL);

  pages = adw_view_stack_get_pages (self->stack);
  n_pages = g_list_model_get_n_items (G_LIST_MODEL (pages));
  for (guint i = 0; i < n_pages; i++)
    {
      g_autoptr (AdwViewStackPage) page = g_list_model_get_item (G_LIST_MODEL (pages), i);

      if (adw_view_stack_page_get_visible (page) && --n == 0)
        return adw_view_stack_page_get_name (page);
    }
  return NULL;
}

void
rt_network_view_step_page (RtNetworkView *self,
                           int            step)
{
  int n = 0, now = 0;
  const char *name;

  g_return_if_fail (RT_IS_NETWORK_VIEW (self));

  while ((name = rt_network_view_get_nth_page (self, n + 1)) != NULL)
    {
      if (g_strcmp0 (name, rt_network_view_get_page (self)) == 0)
        now = n;
      n++;
    }
  if (n > 0)
    rt_network_view_set_page (self, rt_network_view_get_nth_page (self, (now + n + step) % n + 1));
}

void
rt_network_view_show_message (RtNetworkView       *self,
                              const RtTimelineKey *key)
{
  g_return_if_fail (RT_IS_NETWORK_VIEW (self));
  g_return_if_fail (key != NULL);

  rt_network_view_set_page (self, "chat");
  self->target = *key;
  self->has_target = TRUE;
  show_target (self);
}

void
rt_network_view_whisper (RtNetworkView *self,
                         const char    *id)
{
  g_return_if_fail (RT_IS_NETWORK_VIEW (self));
  g_return_if_fail (id != NULL);

  rt_network_view_set_page (self, "chat");
  rt_chat_page_start_whisper (self->chat, id);
}

gboolean
rt_network_view_step_pane (RtNetworkView *self,
                           int            step)
{
  g_return_val_if_fail (RT_IS_NETWORK_VIEW (self), FALSE);

  if (g_strcmp0 (rt_network_view_get_page (self), "table") == 0)
    return rt_table_page_step_pane (self->table, step);
  if (g_strcmp0 (rt_network_view_get_page (self), "ring") == 0)
    return rt_ring_page_step_pane (self->ring, step);
  return g_strcmp0 (rt_network_view_get_page (self), "traffic") == 0 && rt_traffic_page_step_pane (self->traffic, step);
}

void
rt_network_view_update_following (RtNetworkView *self)
{
  g_return_if_fail (RT_IS_NETWORK_VIEW (self));

  rt_chat_page_update_following (self->chat);
}
