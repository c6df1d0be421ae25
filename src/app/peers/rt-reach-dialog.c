/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-hint-row.h"
#include "app/rt-plain-row.h"
#include "rt-peer-format.h"
#include "rt-reach-dialog.h"

struct _RtReachDialog
{
  AdwWindow parent_instance;

  RtNetwork *network;
  RtReach   *reach;               /* NULL: no address yet */
  guint      timer;               /* for "in 12 seconds" */

  AdwToastOverlay *toasts;
  AdwEntryRow     *address_row;
  RtHintRow       *hint;
  GtkWidget       *body;
  GtkImage        *icon;
  GtkLabel        *summary;
  GtkLabel        *meaning;
  GtkLabel        *advice;
  GtkLabel        *next;
  GtkButton       *fix_button;
  GtkButton       *check_button;
  GtkListBox      *steps;
  GtkListBox      *attempts;
  GtkWidget       *copy_button;
};

G_DEFINE_FINAL_TYPE (RtReachDialog, rt_reach_dialog, ADW_TYPE_WINDOW)

static const char *
get_step_icon (RtStepState state)
{
  switch (state)
    {
    case RT_STEP_OK: return "emblem-ok-symbolic";
    case RT_STEP_FAILED: return "dialog-warning-symbolic";
    case RT_STEP_RUNNING: return "content-loading-symbolic";
    case RT_STEP_WAITING:
    case RT_STEP_SKIPPED:
    default: return "list-remove-symbolic";
    }
}

static const char *
get_step_word (RtStepState state)
{
  switch (state)
    {
    case RT_STEP_OK: return _("done");
    case RT_STEP_FAILED: return _("failed");
    case RT_STEP_RUNNING: return _("under way");
    case RT_STEP_WAITING: return _("not checked yet");
    case RT_STEP_SKIPPED:
    default: return _("left out");
    }
}

static const char *
get_fix_label (RtFix fix)
{
  switch (fix)
    {
    case RT_FIX_TRY_AGAIN: return _("_Try again");
    case RT_FIX_FORGET: return _("_Forget this address");
    case RT_FIX_EDIT_NETWORK: return _("_Edit the network…");
    case RT_FIX_CLOSE_LINK: return _("_Close a connection…");
    case RT_FIX_GO_ONLINE: return _("_Go online");
    case RT_FIX_NONE:
    default: return NULL;
    }
}

static void
update_next (RtReachDialog *self)
{
  g_autofree char *next = self->reach != NULL ? rt_reach_dup_next (self->reach) : NULL;

  gtk_label_set_label (self->next, next != NULL ? next : "");
  gtk_widget_set_visible (GTK_WIDGET (self->next), next != NULL);
}

static gboolean
tick_cb (gpointer user_data)
{
  update_next (user_data);
  return G_SOURCE_CONTINUE;
}

static RtFix
get_fix (RtReachDialog *self)
{
  const RtReachWords *words = self->reach != NULL ? rt_reach_get_words (self->reach) : NULL;

  if (words == NULL)
    return RT_FIX_NONE;
  return words->fix == RT_FIX_FORGET && !rt_reach_can_forget (self->reach) ? RT_FIX_TRY_AGAIN : words->fix;
}

static void
update_summary (RtReachDialog *self)
{
  const RtReachWords *words = rt_reach_get_words (self->reach);
  gboolean connected = rt_reach_get_connected (self->reach);
  g_autofree char *summary = rt_reach_dup_summary (self->reach);
  const char *fix = get_fix_label (get_fix (self));

  gtk_label_set_label (self->summary, summary);
  gtk_label_set_label (self->meaning, words != NULL ? _(words->meaning)
                                      : connected ? _("The peer is one of our neighbours.")
                                      : _("A check tells step by step how far we get."));
  gtk_label_set_label (self->advice, words != NULL ? _(words->advice) : "");
  gtk_widget_set_visible (GTK_WIDGET (self->advice), words != NULL);
  gtk_image_set_from_icon_name (self->icon, words != NULL ? "dialog-warning-symbolic" : connected ? "emblem-ok-symbolic" : "dialog-question-symbolic");
  if (fix != NULL)
    gtk_button_set_label (self->fix_button, fix);
  /* A dialog without a focus hears no key: the button that goes hands it on. */
  if ((fix == NULL || rt_reach_is_checking (self->reach)) && gtk_widget_has_focus (GTK_WIDGET (self->fix_button)))
    gtk_widget_grab_focus (GTK_WIDGET (self->check_button));
  gtk_widget_set_visible (GTK_WIDGET (self->fix_button), fix != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->fix_button), !rt_reach_is_checking (self->reach));
}

static void
update_steps (RtReachDialog *self)
{
  gboolean checking = rt_reach_is_checking (self->reach);

  for (guint i = 0; i < RT_N_STEPS; i++)
    {
      AdwActionRow *row = ADW_ACTION_ROW (gtk_list_box_get_row_at_index (self->steps, (int) i));
      const char *words = NULL;
      RtStepState state = rt_reach_get_step (self->reach, i, &words);
      g_autofree char *spoken = NULL;

      if (!rt_reach_was_checked (self->reach))
        state = RT_STEP_WAITING;
      /* Translators: a step of a check, its state ("failed"), and more words */
      spoken = g_strdup_printf (_("%s: %s. %s"), rt_step_get_words (i), get_step_word (state), words != NULL ? words : "");
      adw_action_row_set_subtitle (row, words != NULL ? words : get_step_word (state));
      gtk_image_set_from_icon_name (g_object_get_data (G_OBJECT (row), "icon"), get_step_icon (state));
      gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
    }
  gtk_button_set_label (self->check_button, checking ? _("_Stop") : _("_Check now"));
}

static GtkWidget *
make_attempt_row (const RtReachAttempt *attempt)
{
  const RtReachWords *words = attempt->code >= 0 ? rt_reach_explain (attempt->code) : NULL;
  g_autofree char *moment = format_moment (NULL, attempt->when);
  /* Translators: the time of an attempt, then what came of it */
  g_autofree char *subtitle = g_strdup_printf (_("%s · %s"), moment, attempt->words);
  GtkWidget *icon = gtk_image_new_from_icon_name (attempt->code < 0 ? "emblem-ok-symbolic" : "dialog-warning-symbolic");
  GtkWidget *row = rt_plain_row_new (words != NULL ? _(words->cause) : attempt->words, attempt->code < 0 ? moment : subtitle);

  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  g_object_set_data_full (G_OBJECT (row), "when", g_memdup2 (&attempt->when, sizeof attempt->when), g_free);
  return row;
}

/* Rows that stay keep the focus: new ones come above, old ones go below. */
static void
update_attempts (RtReachDialog *self)
{
  GPtrArray *attempts = rt_reach_get_attempts (self->reach);
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->attempts, 0);
  const gint64 *newest = row != NULL ? g_object_get_data (G_OBJECT (row), "when") : NULL;
  guint n_new = 0;

  while (n_new < attempts->len && (newest == NULL || ((RtReachAttempt *) g_ptr_array_index (attempts, n_new))->when > *newest))
    n_new++;
  /* "No attempt is remembered" */
  if (row != NULL && newest == NULL && n_new > 0)
    gtk_list_box_remove (self->attempts, GTK_WIDGET (row));
  for (guint i = n_new; i > 0; i--)
    gtk_list_box_prepend (self->attempts, make_attempt_row (g_ptr_array_index (attempts, i - 1)));
  while (attempts->len > 0 && (row = gtk_list_box_get_row_at_index (self->attempts, (int) attempts->len)) != NULL)
    gtk_list_box_remove (self->attempts, GTK_WIDGET (row));
  if (attempts->len == 0 && gtk_list_box_get_row_at_index (self->attempts, 0) == NULL)
    gtk_list_box_append (self->attempts, rt_plain_row_new (_("No attempt is remembered"), NULL));
}

static void
update (RtReachDialog *self)
{
  gtk_widget_set_visible (self->body, self->reach != NULL);
  gtk_widget_set_visible (self->copy_button, self->reach != NULL);
  if (self->reach == NULL)
    return;
  update_summary (self);
  update_next (self);
  update_steps (self);
  update_attempts (self);
}

static void
set_address (RtReachDialog *self,
             const char    *address)
{
  g_autoptr (RtReach) reach = address != NULL && *address != '\0' ? rt_reach_new (self->network, address) : NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL;
  guint16 port;
  GtkWidget *row;

  if (self->reach != NULL)
    {
      rt_reach_stop (self->reach);
      g_signal_handlers_disconnect_by_data (self->reach, self);
    }
  g_clear_object (&self->reach);
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->attempts))) != NULL)
    gtk_list_box_remove (self->attempts, row);
  self->reach = g_steal_pointer (&reach);
  if (self->reach != NULL)
    g_signal_connect_object (self->reach, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  /* why, in words, and not only a colour */
  if (self->reach == NULL && address != NULL && *address != '\0')
    {
      rt_parse_address (address, &host, &port, &error);
      gtk_widget_add_css_class (GTK_WIDGET (self->address_row), "error");
    }
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->address_row), "error");
  rt_hint_row_set_text (self->hint, RT_HINT_ERROR, error != NULL ? error->message : NULL);
  update (self);
}

static void
address_applied_cb (RtReachDialog *self)
{
  set_address (self, gtk_editable_get_text (GTK_EDITABLE (self->address_row)));
  if (self->reach != NULL)
    rt_reach_check (self->reach);
}

static void
check_clicked_cb (RtReachDialog *self)
{
  if (rt_reach_is_checking (self->reach))
    rt_reach_stop (self->reach);
  else
    rt_reach_check (self->reach);
}

/* What lies elsewhere is done by the window behind this one, which is all that is left then. */
static void
leave_for (RtReachDialog *self,
           const char    *action,
           const char    *target)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  g_autoptr (GtkWindow) kept = parent != NULL ? g_object_ref (parent) : NULL;
  g_autofree char *owned = g_strdup (target);

  gtk_window_destroy (GTK_WINDOW (self));
  if (kept != NULL && action != NULL)
    gtk_widget_activate_action (GTK_WIDGET (kept), action, "s", owned);
}

static void
fix_clicked_cb (RtReachDialog *self)
{
  switch (get_fix (self))
    {
    case RT_FIX_TRY_AGAIN:
      rt_reach_check (self->reach);
      break;
    case RT_FIX_FORGET:
      rt_reach_forget (self->reach);
      leave_for (self, "win.show-toast", _("Address forgotten"));
      break;
    case RT_FIX_EDIT_NETWORK:
      leave_for (self, "win.edit-network", rt_network_config_get_uuid (rt_network_get_config (self->network)));
      break;
    case RT_FIX_CLOSE_LINK:
      leave_for (self, "win.show-page", "peers");
      break;
    case RT_FIX_GO_ONLINE:
      rt_network_start (self->network);
      break;
    case RT_FIX_NONE:
    default:
      break;
    }
}

static void
copy_clicked_cb (RtReachDialog *self)
{
  g_autofree char *report = NULL;

  if (self->reach == NULL)
    return;
  report = rt_reach_dup_report (self->reach);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), report);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Copied as text")));
}

static void
make_steps (RtReachDialog *self)
{
  for (guint i = 0; i < RT_N_STEPS; i++)
    {
      GtkWidget *row = rt_plain_row_new (rt_step_get_words (i), NULL);
      GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

      adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
      g_object_set_data (G_OBJECT (row), "icon", icon);
      gtk_list_box_append (self->steps, row);
    }
}

static void
rt_reach_dialog_dispose (GObject *object)
{
  RtReachDialog *self = RT_REACH_DIALOG (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->reach != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->reach, self);
      rt_reach_stop (self->reach);
    }
  g_clear_object (&self->reach);
  g_clear_object (&self->network);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_REACH_DIALOG);
  G_OBJECT_CLASS (rt_reach_dialog_parent_class)->dispose (object);
}

static void
rt_reach_dialog_class_init (RtReachDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_reach_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-reach-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtReachDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, RtReachDialog, address_row);
  gtk_widget_class_bind_template_child (widget_class, RtReachDialog, hint);
  gtk_widget_class_bind_template_child (widget_class, RtReachDialog, body);
  gtk_widget_class_bind_template_child (widget_class, RtReachDialog, icon);
  gtk_widget_class_bind_template_child (widget_class, RtReachDialog, summary);
  gtk_widget_class_bind_template_child (widget_class, RtReachDialog, meaning);
  gtk_widget_class_bind_template_child (widget_class, RtReachDialog, advice);
  gtk_widget_class_bind_template_child (widget_class, RtReachDialog, next);
  gtk_widget_class_bind_template_child (widget_class, RtReachDialog, fix_button);
  gtk_widget_class_bind_template_child (widget_class, RtReachDialog, check_button);
  gtk_widget_class_bind_template_child (widget_class, RtReachDialog, steps);
  gtk_widget_class_bind_template_child (widget_class, RtReachDialog, attempts);
  gtk_widget_class_bind_template_child (widget_class, RtReachDialog, copy_button);
  gtk_widget_class_bind_template_callback (widget_class, address_applied_cb);
  gtk_widget_class_bind_template_callback (widget_class, check_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, fix_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  g_type_ensure (RT_TYPE_HINT_ROW);
}

static void
rt_reach_dialog_init (RtReachDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  make_steps (self);
  self->timer = g_timeout_add_seconds (1, tick_cb, self);
  g_source_set_name_by_id (self->timer, "[roundtable] next attempt");
}

RtReachDialog *
rt_reach_dialog_new (GtkWindow  *parent,
                     RtNetwork  *network,
                     const char *address)
{
  RtReachDialog *self;

  g_return_val_if_fail (RT_IS_NETWORK (network), NULL);

  self = g_object_new (RT_TYPE_REACH_DIALOG, "transient-for", parent, NULL);
  self->network = g_object_ref (network);
  if (address != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->address_row), address);
  set_address (self, address);
  gtk_widget_grab_focus (self->reach != NULL ? GTK_WIDGET (self->check_button) : GTK_WIDGET (self->address_row));
  return self;
}

RtReach *
rt_reach_dialog_get_reach (RtReachDialog *self)
{
  g_return_val_if_fail (RT_IS_REACH_DIALOG (self), NULL);

  return self->reach;
}
