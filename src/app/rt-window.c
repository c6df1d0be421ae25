/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "networks/rt-network-dialog.h"
#include "rt-banner.h"
#include "rt-first-run-page.h"
#include "rt-sidebar.h"
#include "rt-uri.h"
#include "rt-window-private.h"
#include "rt-wrap.h"

/* Long enough to be read, and soon out of the way of the composer. */
#define TOAST_SECONDS 3

struct _RtWindow
{
  AdwApplicationWindow parent_instance;

  RtNetworks *networks;
  RtSettings *settings;         /* nullable */
  RtNetwork  *selected;
  gboolean    placed;           /* what was shown the last time is shown again */
  char       *load_error;

  AdwToastOverlay *toasts;
  GtkStack        *root;
  AdwStatusPage   *trouble_page;
  RtFirstRunPage  *first_run;
  AdwLeaflet      *leaflet;
  RtSidebar       *sidebar;
  GtkStack        *content;
  RtBanner        *banner;
};

G_DEFINE_FINAL_TYPE (RtWindow, rt_window, ADW_TYPE_APPLICATION_WINDOW)

enum { PROP_0, PROP_NETWORKS, PROP_SETTINGS, PROP_SELECTED, N_PROPS };
static GParamSpec *properties[N_PROPS];

static const char *
get_uuid (RtNetwork *network)
{
  return rt_network_config_get_uuid (rt_network_get_config (network));
}

static gboolean
networks_contain (RtWindow  *self,
                  RtNetwork *network)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->networks));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNetwork) item = g_list_model_get_item (G_LIST_MODEL (self->networks), i);

      if (item == network)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_seen_in (RtWindow  *self,
            RtNetwork *network)
{
  RtNetworkView *view = gtk_window_is_active (GTK_WINDOW (self)) ? rt_window_get_view (self) : NULL;

  return view != NULL && rt_network_view_get_network (view) == network && g_strcmp0 (rt_network_view_get_page (view), "chat") == 0 &&
         g_strcmp0 (gtk_stack_get_visible_child_name (self->root), "main") == 0 &&
         (!adw_leaflet_get_folded (self->leaflet) || rt_window_is_folded_on_content (self));
}

/* In another window: one that is closed is of no application any more, so all that are there are looked at. */
static gboolean
is_seen_elsewhere (RtWindow  *self,
                   RtNetwork *network)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (RT_IS_WINDOW (window) && RT_WINDOW (window) != self && is_seen_in (RT_WINDOW (window), network))
        return TRUE;
    }
  return FALSE;
}

/* Which network's chat is before the person's eyes: of that one nothing becomes unread. */
static void
update_active (RtWindow *self)
{
  for (GtkWidget *w = gtk_widget_get_first_child (GTK_WIDGET (self->content)); w != NULL; w = gtk_widget_get_next_sibling (w))
    {
      RtNetwork *network;

      if (!RT_IS_NETWORK_VIEW (w))
        continue;
      network = rt_network_view_get_network (RT_NETWORK_VIEW (w));
      /* where he reads in this page, not in that of another window */
      if (is_seen_in (self, network))
        rt_network_view_update_following (RT_NETWORK_VIEW (w));
      rt_network_set_active (network, is_seen_in (self, network) || is_seen_elsewhere (self, network));
    }
}

static void
update_title (RtWindow *self)
{
  g_autofree char *title = NULL;

  if (self->selected != NULL)
    /* Translators: the title of the window: the name of the network, then that of the program */
    title = g_strdup_printf (_("%s – Roundtable"), rt_network_get_title (self->selected));
  gtk_window_set_title (GTK_WINDOW (self), title != NULL ? title : _("Roundtable"));
}

static void place (RtWindow *self);

static void
update_root (RtWindow *self)
{
  const char *name = rt_networks_get_user_name (self->networks);
  gboolean loaded;

  g_object_get (self->networks, "loaded", &loaded, NULL);
  if (loaded && !self->placed)
    place (self);
  if (self->load_error != NULL)
    gtk_stack_set_visible_child_name (self->root, "trouble");
  else if (!loaded)
    gtk_stack_set_visible_child_name (self->root, "loading");
  else if (name == NULL || *name == '\0')
    {
      gtk_stack_set_visible_child_name (self->root, "first-run");
      gtk_widget_grab_focus (GTK_WIDGET (self->first_run));
    }
  else if (g_strcmp0 (gtk_stack_get_visible_child_name (self->root), "main") != 0)
    {
      gtk_stack_set_visible_child_name (self->root, "main");
      gtk_widget_grab_focus (gtk_stack_get_visible_child (self->content));
    }
  update_active (self);
  rt_window_update_actions (self);
}

static void
update_banner (RtWindow *self)
{
  g_autofree char *error = NULL;

  g_object_get (self->networks, "error", &error, NULL);
  rt_banner_set_title (self->banner, error);
}

static void
folded_cb (RtWindow *self)
{
  update_active (self);
  rt_window_update_actions (self);
}

static RtNetworkView *
ensure_view (RtWindow  *self,
             RtNetwork *network)
{
  GtkWidget *view = gtk_stack_get_child_by_name (self->content, get_uuid (network));

  if (view == NULL)
    {
      view = rt_network_view_new (network);
      g_object_bind_property (self->leaflet, "folded", view, "folded", G_BINDING_SYNC_CREATE);
      g_signal_connect_object (view, "notify::page", G_CALLBACK (update_active), self, G_CONNECT_SWAPPED);
      gtk_stack_add_named (self->content, view, get_uuid (network));
    }
  return RT_NETWORK_VIEW (view);
}

static void
remove_views_of_left (RtWindow *self)
{
  GtkWidget *next;

  for (GtkWidget *w = gtk_widget_get_first_child (GTK_WIDGET (self->content)); w != NULL; w = next)
    {
      next = gtk_widget_get_next_sibling (w);
      if (RT_IS_NETWORK_VIEW (w) && !networks_contain (self, rt_network_view_get_network (RT_NETWORK_VIEW (w))))
        gtk_stack_remove (self->content, w);
    }
}

static void
networks_changed_cb (RtWindow *self,
                     guint     position,
                     guint     removed,
                     guint     added)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->networks));

  if (removed > 0)
    remove_views_of_left (self);
  /* not before it is known which one was shown the last time */
  if (!self->placed)
    return;
  if (self->selected == NULL || !networks_contain (self, self->selected))
    {
      g_autoptr (RtNetwork) next = NULL;

      /* the one that took the place of what was left, else the last */
      if (n > 0)
        next = g_list_model_get_item (G_LIST_MODEL (self->networks), MIN (position, n - 1));
      rt_window_select (self, next, FALSE);
      if (next == NULL)
        adw_leaflet_set_visible_child_name (self->leaflet, "content");
    }
  rt_sidebar_select (self->sidebar, self->selected);
}

/* Where one was when the window was closed. */
static void
place (RtWindow *self)
{
  g_autoptr (RtNetwork) last = rt_window_find_last (self, self->settings);

  self->placed = TRUE;
  if (last != NULL)
    {
      rt_window_select (self, last, FALSE);
      rt_network_view_set_page (rt_window_get_view (self), rt_settings_get_string (self->settings, "last-page"));
    }
  networks_changed_cb (self, 0, 0, 0);
}

static void
rt_window_unmap (GtkWidget *widget)
{
  rt_window_save_state (RT_WINDOW (widget), RT_WINDOW (widget)->settings);
  GTK_WIDGET_CLASS (rt_window_parent_class)->unmap (widget);
}

static void
sidebar_chosen_cb (RtWindow  *self,
                   RtNetwork *network,
                   gboolean   open)
{
  rt_window_select (self, network, open);
}

static void
first_network_made_cb (RtWindow        *self,
                       RtNetwork       *network,
                       RtNetworkDialog *dialog)
{
  rt_networks_set_user_name (self->networks, g_object_get_data (G_OBJECT (dialog), "rt-user-name"));
  rt_window_select (self, network, TRUE);
}

/* The name counts when there is a network to use it in; who cancels is back where he was. */
static void
first_run_chosen_cb (RtWindow   *self,
                     const char *name,
                     gboolean    join)
{
  RtNetworkDialog *dialog = rt_network_dialog_new (GTK_WINDOW (self), self->networks,
                                                   join ? RT_NETWORK_DIALOG_JOIN : RT_NETWORK_DIALOG_CREATE, NULL);

  g_object_set_data_full (G_OBJECT (dialog), "rt-user-name", g_strdup (name), g_free);
  g_signal_connect_object (dialog, "accepted", G_CALLBACK (first_network_made_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
rt_window_constructed (GObject *object)
{
  RtWindow *self = RT_WINDOW (object);

  G_OBJECT_CLASS (rt_window_parent_class)->constructed (object);

  rt_window_restore_size (self, self->settings);
  rt_sidebar_set_networks (self->sidebar, self->networks);
  rt_uri_add_drop_target (GTK_WIDGET (self->leaflet));
  rt_uri_add_drop_target (GTK_WIDGET (self->first_run));
  g_signal_connect_object (self->networks, "items-changed", G_CALLBACK (networks_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->networks, "notify::loaded", G_CALLBACK (update_root), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->networks, "notify::user-name", G_CALLBACK (update_root), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->networks, "notify::error", G_CALLBACK (update_banner), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (update_active), NULL);
  networks_changed_cb (self, 0, 0, 0);
  update_banner (self);
  update_root (self);
}

static void
rt_window_dispose (GObject *object)
{
  RtWindow *self = RT_WINDOW (object);

  if (self->selected != NULL)
    rt_network_set_active (self->selected, is_seen_elsewhere (self, self->selected));
  if (self->networks != NULL)
    g_signal_handlers_disconnect_by_data (self->networks, self);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_WINDOW);
  g_clear_object (&self->selected);
  g_clear_object (&self->networks);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (rt_window_parent_class)->dispose (object);
}

static void
rt_window_finalize (GObject *object)
{
  g_free (RT_WINDOW (object)->load_error);
  G_OBJECT_CLASS (rt_window_parent_class)->finalize (object);
}

static void
rt_window_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  RtWindow *self = RT_WINDOW (object);

  switch (prop_id)
    {
    case PROP_NETWORKS:
      g_value_set_object (value, self->networks);
      break;
    case PROP_SETTINGS:
      g_value_set_object (value, self->settings);
      break;
    case PROP_SELECTED:
      g_value_set_object (value, self->selected);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_window_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORKS:
      RT_WINDOW (object)->networks = g_value_dup_object (value);
      break;
    case PROP_SETTINGS:
      RT_WINDOW (object)->settings = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_window_class_init (RtWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = rt_window_constructed;
  object_class->dispose = rt_window_dispose;
  object_class->finalize = rt_window_finalize;
  object_class->get_property = rt_window_get_property;
  object_class->set_property = rt_window_set_property;
  widget_class->unmap = rt_window_unmap;

  properties[PROP_NETWORKS] = g_param_spec_object ("networks", NULL, NULL, RT_TYPE_NETWORKS,
                                                   G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, RT_TYPE_SETTINGS, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_SELECTED] = g_param_spec_object ("selected", NULL, NULL, RT_TYPE_NETWORK,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (RT_TYPE_BANNER);
  g_type_ensure (RT_TYPE_FIRST_RUN_PAGE);
  g_type_ensure (RT_TYPE_SIDEBAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-window.ui");
  gtk_widget_class_bind_template_child (widget_class, RtWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, RtWindow, root);
  gtk_widget_class_bind_template_child (widget_class, RtWindow, trouble_page);
  gtk_widget_class_bind_template_child (widget_class, RtWindow, first_run);
  gtk_widget_class_bind_template_child (widget_class, RtWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, RtWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, RtWindow, content);
  gtk_widget_class_bind_template_child (widget_class, RtWindow, banner);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, sidebar_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, first_run_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, rt_window_try_demo);
  rt_window_install_actions (widget_class);
}

static void
rt_window_init (RtWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  rt_wrap_buttons (GTK_WIDGET (self));
  if (DEVELOPMENT)
    gtk_widget_add_css_class (GTK_WIDGET (self), "devel");
}

RtWindow *
rt_window_new (RtApplication *application,
               RtNetworks    *networks)
{
  return g_object_new (RT_TYPE_WINDOW, "application", application, "networks", networks, "settings", rt_application_get_settings (application), NULL);
}

RtNetworks *
rt_window_get_networks (RtWindow *self)
{
  g_return_val_if_fail (RT_IS_WINDOW (self), NULL);

  return self->networks;
}

RtNetwork *
rt_window_get_selected (RtWindow *self)
{
  g_return_val_if_fail (RT_IS_WINDOW (self), NULL);

  return self->selected;
}

void
rt_window_select (RtWindow  *self,
                  RtNetwork *network,
                  gboolean   open)
{
  g_return_if_fail (RT_IS_WINDOW (self));
  g_return_if_fail (network == NULL || RT_IS_NETWORK (network));

  if (self->selected != network)
    {
      if (self->selected != NULL)
        {
          g_signal_handlers_disconnect_by_func (self->selected, update_title, self);
          rt_network_set_active (self->selected, is_seen_elsewhere (self, self->selected));
        }
      g_set_object (&self->selected, network);
      if (network != NULL)
        {
          g_signal_connect_object (network, "notify::title", G_CALLBACK (update_title), self, G_CONNECT_SWAPPED);
          gtk_stack_set_visible_child (self->content, GTK_WIDGET (ensure_view (self, network)));
        }
      else
        gtk_stack_set_visible_child_name (self->content, "none");
      rt_sidebar_select (self->sidebar, network);
      update_title (self);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
    }
  if (open)
    {
      adw_leaflet_set_visible_child_name (self->leaflet, "content");
      if (network != NULL)
        gtk_widget_grab_focus (gtk_stack_get_visible_child (self->content));
    }
  update_active (self);
  rt_window_update_actions (self);
}

void
rt_window_set_load_error (RtWindow   *self,
                          const char *words)
{
  g_autofree char *escaped = NULL;

  g_return_if_fail (RT_IS_WINDOW (self));

  g_free (self->load_error);
  self->load_error = g_strdup (words);
  escaped = g_markup_escape_text (words != NULL ? words : "", -1);
  adw_status_page_set_description (self->trouble_page, escaped);
  update_root (self);
}

/* A toast's title is markup. */
void
rt_window_show_toast (RtWindow   *self,
                      const char *text)
{
  g_autofree char *escaped = NULL;
  AdwToast *toast;

  g_return_if_fail (RT_IS_WINDOW (self));

  escaped = g_markup_escape_text (text, -1);
  toast = adw_toast_new (escaped);
  adw_toast_set_timeout (toast, TOAST_SECONDS);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

RtNetworkView *
rt_window_get_view (RtWindow *self)
{
  GtkWidget *visible = gtk_stack_get_visible_child (self->content);

  return self->selected != NULL && RT_IS_NETWORK_VIEW (visible) ? RT_NETWORK_VIEW (visible) : NULL;
}

AdwLeaflet *
rt_window_get_leaflet (RtWindow *self)
{
  return self->leaflet;
}

gboolean
rt_window_is_folded_on_content (RtWindow *self)
{
  return adw_leaflet_get_folded (self->leaflet) &&
         g_strcmp0 (adw_leaflet_get_visible_child_name (self->leaflet), "content") == 0;
}

/* The list of networks and the page, which may have panes of its own. */
void
rt_window_focus_pane (RtWindow *self,
                      int       step)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  gboolean in_sidebar = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->sidebar));
  GtkWidget *visible = gtk_stack_get_visible_child (self->content);

  if (!in_sidebar && RT_IS_NETWORK_VIEW (visible) && rt_network_view_step_pane (RT_NETWORK_VIEW (visible), step))
    return;
  if (in_sidebar)
    {
      adw_leaflet_set_visible_child_name (self->leaflet, "content");
      if (!gtk_widget_grab_focus (visible))
        gtk_widget_child_focus (visible, GTK_DIR_TAB_FORWARD);
    }
  else
    {
      adw_leaflet_set_visible_child_name (self->leaflet, "sidebar");
      gtk_widget_grab_focus (GTK_WIDGET (self->sidebar));
    }
}

void
rt_window_step_network (RtWindow *self,
                        int       step)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->networks));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNetwork) item = g_list_model_get_item (G_LIST_MODEL (self->networks), i);

      if (item == self->selected)
        {
          g_autoptr (RtNetwork) next = g_list_model_get_item (G_LIST_MODEL (self->networks), (i + n + step) % n);

          rt_window_select (self, next, FALSE);
          return;
        }
    }
}
