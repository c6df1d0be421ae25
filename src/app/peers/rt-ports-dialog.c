/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-plain-row.h"
#include "rt-ports-dialog.h"

struct _RtPortsDialog
{
  AdwWindow parent_instance;

  RtReachability *reachability;

  AdwToastOverlay *toasts;
  GtkImage        *icon;
  GtkLabel        *summary;
  GtkLabel        *advice;
  GtkButton       *fix_button;
  GtkWidget       *check_button;
  GtkListBox      *findings;
  AdwActionRow    *router_row;
  GtkSwitch       *router_switch;
};

G_DEFINE_FINAL_TYPE (RtPortsDialog, rt_ports_dialog, ADW_TYPE_WINDOW)

static const char *
get_finding_icon (RtFindingKind kind)
{
  switch (kind)
    {
    case RT_FINDING_GOOD: return "emblem-ok-symbolic";
    case RT_FINDING_BAD: return "dialog-warning-symbolic";
    case RT_FINDING_OPEN:
    default: return "dialog-question-symbolic";
    }
}

/* What the icon says. */
static const char *
get_finding_word (RtFindingKind kind)
{
  switch (kind)
    {
    /* Translators: of something that was found when it was looked whether others can reach us: it speaks for it */
    case RT_FINDING_GOOD: return _("Good");
    /* Translators: it speaks against it */
    case RT_FINDING_BAD: return _("Bad");
    /* Translators: it speaks neither for it nor against it */
    case RT_FINDING_OPEN:
    default: return _("Undecided");
    }
}

static const char *
get_reached_icon (RtReached reached)
{
  switch (reached)
    {
    case RT_REACHED_PROVEN:
    case RT_REACHED_LIKELY: return "emblem-ok-symbolic";
    case RT_REACHED_NO: return "dialog-warning-symbolic";
    case RT_REACHED_NEARBY:
    case RT_REACHED_UNKNOWN:
    default: return "dialog-question-symbolic";
    }
}

static const char *
get_fix_label (RtReachedFix fix)
{
  switch (fix)
    {
    case RT_REACHED_FIX_GO_ONLINE: return _("_Go online");
    case RT_REACHED_FIX_EDIT_NETWORK: return _("_Edit the network…");
    case RT_REACHED_FIX_ASK_ROUTER: return _("_Ask the router");
    case RT_REACHED_FIX_NONE:
    default: return NULL;
    }
}

static void
show_finding (GtkWidget       *row,
              const RtFinding *finding)
{
  /* Translators: "Good: It listens at port 4444. A firewall may …" */
  g_autofree char *spoken = g_strdup_printf (_("%s: %s. %s"), get_finding_word (finding->kind), finding->title, finding->details);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), finding->title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), finding->details);
  gtk_image_set_from_icon_name (g_object_get_data (G_OBJECT (row), "icon"), get_finding_icon (finding->kind));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static GtkWidget *
make_row (void)
{
  GtkWidget *row = rt_plain_row_new ("", NULL);
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  g_object_set_data (G_OBJECT (row), "icon", icon);
  return row;
}

/* In the rows that are there: whoever reads one of them goes on reading. */
static void
update_findings (RtPortsDialog *self)
{
  GPtrArray *findings = rt_reachability_get_findings (self->reachability);
  GtkListBoxRow *row;

  for (guint i = 0; i < findings->len; i++)
    {
      row = gtk_list_box_get_row_at_index (self->findings, (int) i);
      if (row == NULL)
        gtk_list_box_append (self->findings, make_row ());
      show_finding (GTK_WIDGET (gtk_list_box_get_row_at_index (self->findings, (int) i)), findings->pdata[i]);
    }
  while ((row = gtk_list_box_get_row_at_index (self->findings, (int) findings->len)) != NULL)
    gtk_list_box_remove (self->findings, GTK_WIDGET (row));
}

static void
update_router (RtPortsDialog *self)
{
  RtNetwork *network = rt_reachability_get_network (self->reachability);
  gboolean can = rt_network_can_map_port (network), on = rt_network_config_get_map_port (rt_network_get_config (network));
  g_autofree char *words = rt_port_map_dup_words (rt_network_get_port_map (network));

  gtk_switch_set_active (self->router_switch, on);
  gtk_widget_set_sensitive (GTK_WIDGET (self->router_row), can || on);
  adw_action_row_set_subtitle (self->router_row, !can  ? _("This installation of Roundtable cannot speak to routers")
                                                 : !on ? _("By UPnP or NAT-PMP, while this network is on. It is closed again when you leave.")
                                                       : words);
}

static void
update (RtPortsDialog *self)
{
  RtReached reached = rt_reachability_get_reached (self->reachability);
  RtReachedFix fix = rt_reachability_get_fix (self->reachability);
  const char *label = get_fix_label (fix), *advice = rt_reached_get_advice (reached, fix);

  gtk_image_set_from_icon_name (self->icon, get_reached_icon (reached));
  gtk_label_set_label (self->summary, rt_reached_get_words (reached));
  gtk_label_set_label (self->advice, advice);
  gtk_widget_set_visible (GTK_WIDGET (self->advice), *advice != '\0');
  if (label != NULL)
    gtk_button_set_label (self->fix_button, label);
  /* A dialog without a focus hears no key: the button that goes hands it on. */
  else if (gtk_widget_has_focus (GTK_WIDGET (self->fix_button)))
    gtk_widget_grab_focus (self->check_button);
  gtk_widget_set_visible (GTK_WIDGET (self->fix_button), label != NULL);
  update_findings (self);
  update_router (self);
}

static void
check_clicked_cb (RtPortsDialog *self)
{
  rt_reachability_check (self->reachability);
}

static void
router_switched_cb (RtPortsDialog *self)
{
  rt_network_set_map_port (rt_reachability_get_network (self->reachability), gtk_switch_get_active (self->router_switch));
}

/* The window behind this one does it, and is all that is left then. */
static void
edit_network (RtPortsDialog *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  g_autoptr (GtkWindow) kept = parent != NULL ? g_object_ref (parent) : NULL;
  g_autofree char *uuid = g_strdup (rt_network_config_get_uuid (rt_network_get_config (rt_reachability_get_network (self->reachability))));

  gtk_window_destroy (GTK_WINDOW (self));
  if (kept != NULL)
    gtk_widget_activate_action (GTK_WIDGET (kept), "win.edit-network", "s", uuid);
}

static void
fix_clicked_cb (RtPortsDialog *self)
{
  RtNetwork *network = rt_reachability_get_network (self->reachability);

  switch (rt_reachability_get_fix (self->reachability))
    {
    case RT_REACHED_FIX_GO_ONLINE:
      rt_network_start (network);
      break;
    case RT_REACHED_FIX_EDIT_NETWORK:
      edit_network (self);
      break;
    case RT_REACHED_FIX_ASK_ROUTER:
      rt_network_set_map_port (network, TRUE);
      break;
    case RT_REACHED_FIX_NONE:
    default:
      break;
    }
}

static void
copy_clicked_cb (RtPortsDialog *self)
{
  g_autofree char *report = rt_reachability_dup_report (self->reachability);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), report);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Copied as text")));
}

static void
rt_ports_dialog_dispose (GObject *object)
{
  RtPortsDialog *self = RT_PORTS_DIALOG (object);

  if (self->reachability != NULL)
    g_signal_handlers_disconnect_by_data (self->reachability, self);
  g_clear_object (&self->reachability);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_PORTS_DIALOG);
  G_OBJECT_CLASS (rt_ports_dialog_parent_class)->dispose (object);
}

static void
rt_ports_dialog_class_init (RtPortsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_ports_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-ports-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtPortsDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, RtPortsDialog, icon);
  gtk_widget_class_bind_template_child (widget_class, RtPortsDialog, summary);
  gtk_widget_class_bind_template_child (widget_class, RtPortsDialog, advice);
  gtk_widget_class_bind_template_child (widget_class, RtPortsDialog, fix_button);
  gtk_widget_class_bind_template_child (widget_class, RtPortsDialog, check_button);
  gtk_widget_class_bind_template_child (widget_class, RtPortsDialog, findings);
  gtk_widget_class_bind_template_child (widget_class, RtPortsDialog, router_row);
  gtk_widget_class_bind_template_child (widget_class, RtPortsDialog, router_switch);
  gtk_widget_class_bind_template_callback (widget_class, check_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, fix_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
rt_ports_dialog_init (RtPortsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

RtPortsDialog *
rt_ports_dialog_new (GtkWindow *parent,
                     RtNetwork *network)
{
  RtPortsDialog *self;

  g_return_val_if_fail (RT_IS_NETWORK (network), NULL);

  self = g_object_new (RT_TYPE_PORTS_DIALOG, "transient-for", parent, NULL);
  self->reachability = rt_reachability_new (network);
  g_signal_connect_object (self->reachability, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  rt_reachability_ask_neighbours (self->reachability);
  update (self);
  g_signal_connect_object (self->router_switch, "notify::active", G_CALLBACK (router_switched_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_grab_focus (gtk_widget_get_visible (GTK_WIDGET (self->fix_button)) ? GTK_WIDGET (self->fix_button) : self->check_button);
  return self;
}
