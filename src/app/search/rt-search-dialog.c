/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-day-field.h"
#include "rt-search-dialog.h"
#include "rt-search-row.h"

/* So near to the end of the list the next page is fetched, in px. */
#define NEAR_END 400
/* People to choose from */
#define MAX_SENDERS 500u

struct _RtSearchDialog {
  AdwWindow   parent_instance;

  RtNetworks *networks;
  RtSearch   *search;
  RtNetwork  *network;          /* that is chosen; NULL: all */
  gboolean    first_wanted;     /* Return was pressed before there was an answer */
  GPtrArray  *senders;          /* ids, as they are in the list behind its first */
  gboolean    filling;
  gboolean    days_wrong;       /* nothing is looked for */

  GtkSearchEntry *entry;
  GtkDropDown    *network_choice;
  GtkDropDown    *sender_choice;
  GtkDropDown    *date_choice;
  GtkWidget      *days_box;
  RtDayField     *from_field;
  RtDayField     *to_field;
  GtkLabel       *days_label;
  GtkStack       *stack;
  GtkScrolledWindow *scrolled;
  GtkListView    *list;
  AdwStatusPage  *nothing_page;
  AdwStatusPage  *trouble_page;
  GtkLabel       *covered_label;
};

G_DEFINE_FINAL_TYPE (RtSearchDialog, rt_search_dialog, ADW_TYPE_WINDOW)

/* In the order of the list in the .ui file: days back, 0: any time */
static const guint days_back[] = { 0, 1, 7, 30, 365 };
/* ...and behind them */
#define CHOSEN_DAYS G_N_ELEMENTS (days_back)

static void
update (RtSearchDialog *self)
{
  const char *error = rt_search_get_error (self->search);
  const char *covered = rt_search_get_covered (self->search);
  const char *page = "list";

  if (self->days_wrong)
    page = "wrong-days";
  else if (error != NULL)
    {
      /* which is markup */
      g_autofree char *escaped = g_markup_escape_text (error, -1);

      adw_status_page_set_description (self->trouble_page, escaped);
      page = "trouble";
    }
  else if (!rt_search_get_asked (self->search))
    page = "nothing-asked";
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->search)) == 0)
    page = rt_search_get_searching (self->search) ? "searching" : "nothing-found";
  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_label_set_label (self->covered_label, covered != NULL ? covered : "");
  gtk_widget_set_visible (GTK_WIDGET (self->covered_label), covered != NULL && !self->days_wrong);
}

static void
entry_changed_cb (RtSearchDialog *self)
{
  rt_search_set_words (self->search, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

/* Ids are of a network: who wrote can be chosen where one is. */
static void
fill_senders (RtSearchDialog *self)
{
  RtNetwork *network = self->network;
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  GListModel *people = network != NULL ? G_LIST_MODEL (rt_network_get_people (network)) : NULL;
  guint n = people != NULL ? MIN (g_list_model_get_n_items (people), MAX_SENDERS) : 0;

  g_ptr_array_set_size (self->senders, 0);
  gtk_string_list_append (names, _("From anybody"));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtPerson) person = g_list_model_get_item (people, i);

      g_ptr_array_add (self->senders, g_strdup (rt_person_get_id (person)));
      gtk_string_list_append (names, rt_person_get_you (person) ? _("From you") : rt_person_get_shown_name (person));
    }
  self->filling = TRUE;
  gtk_drop_down_set_model (self->sender_choice, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->sender_choice, 0);
  self->filling = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->sender_choice), n > 0);
  rt_search_set_sender (self->search, NULL);
}

static void
network_chosen_cb (RtSearchDialog *self)
{
  guint chosen = gtk_drop_down_get_selected (self->network_choice);
  g_autoptr (RtNetwork) network = NULL;

  if (self->filling)
    return;
  if (chosen != 0 && chosen != GTK_INVALID_LIST_POSITION)
    network = g_list_model_get_item (G_LIST_MODEL (self->networks), chosen - 1);
  g_set_object (&self->network, network);
  rt_search_set_network (self->search, network);
  fill_senders (self);
}

static void
sender_chosen_cb (RtSearchDialog *self)
{
  guint chosen = gtk_drop_down_get_selected (self->sender_choice);

  if (self->filling)
    return;
  rt_search_set_sender (self->search, chosen > 0 && chosen <= self->senders->len ? g_ptr_array_index (self->senders, chosen - 1) : NULL);
}

/* NULL: it is one, or none is asked for. */
static char *
find_wrong_day (RtDayField *field, GDate *day, RtDayState *state)
{
  GDate today;
  g_autofree char *example = NULL, *written = NULL, *right = NULL;

  *state = rt_day_field_get (field, day);
  if (*state != RT_DAY_WRONG)
    return NULL;
  rt_day_set_time (&today, g_get_real_time ());
  example = rt_day_to_text (&today);
  /* in a text from right to left they would come apart */
  written = g_strdup_printf ("\u2068%s\u2069", rt_day_field_get_text (field));
  right = g_strdup_printf ("\u2066%s\u2069", example);
  /* Translators: what somebody wrote, and a day of numbers, as 2026-11-22 */
  return g_strdup_printf (_("“%s” is no day. Write it as %s."), written, right);
}

/* In words, what days are meant. */
static char *
describe_days (const GDate *from, RtDayState from_state, const GDate *to, RtDayState to_state)
{
  g_autofree char *first = from_state == RT_DAY_GOOD ? rt_day_to_words (from) : NULL, *last = to_state == RT_DAY_GOOD ? rt_day_to_words (to) : NULL;

  if (first != NULL && last != NULL && g_date_compare (from, to) > 0)
    /* Translators: two days */
    return g_strdup_printf (_("The first day, %s, is after the last one, %s."), first, last);
  if (first != NULL && last != NULL)
    /* Translators: two days */
    return g_strdup_printf (_("From %s to %s, both days included"), first, last);
  if (first != NULL)
    /* Translators: a day */
    return g_strdup_printf (_("From %s on, this day included"), first);
  if (last != NULL)
    /* Translators: a day */
    return g_strdup_printf (_("Up to %s, this day included"), last);
  return g_strdup (_("Write a day, or choose it in the calendar. Without one, it is at any time."));
}

static void
apply_days (RtSearchDialog *self)
{
  GDate from, to;
  RtDayState from_state, to_state;
  g_autofree char *wrong_from = find_wrong_day (self->from_field, &from, &from_state), *wrong_to = find_wrong_day (self->to_field, &to, &to_state);
  g_autofree char *words = describe_days (&from, from_state, &to, to_state);
  gboolean is_backwards = from_state == RT_DAY_GOOD && to_state == RT_DAY_GOOD && g_date_compare (&from, &to) > 0;

  self->days_wrong = wrong_from != NULL || wrong_to != NULL || is_backwards;
  gtk_label_set_label (self->days_label, wrong_from != NULL ? wrong_from : wrong_to != NULL ? wrong_to : words);
  if (self->days_wrong)
    gtk_widget_add_css_class (GTK_WIDGET (self->days_label), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->days_label), "error");
  rt_day_field_set_wrong (self->from_field, wrong_from != NULL || is_backwards, GTK_WIDGET (self->days_label));
  rt_day_field_set_wrong (self->to_field, wrong_to != NULL || is_backwards, GTK_WIDGET (self->days_label));
  if (!self->days_wrong)
    rt_search_set_dates (self->search, from_state == RT_DAY_GOOD ? rt_day_begin (&from) : 0, to_state == RT_DAY_GOOD ? rt_day_end (&to) : 0);
  update (self);
}

static void
days_changed_cb (RtSearchDialog *self)
{
  if (self->search != NULL && gtk_drop_down_get_selected (self->date_choice) == CHOSEN_DAYS)
    apply_days (self);
}

static void
date_chosen_cb (RtSearchDialog *self)
{
  guint chosen = gtk_drop_down_get_selected (self->date_choice);
  guint days = chosen < G_N_ELEMENTS (days_back) ? days_back[chosen] : 0;

  if (self->filling)
    return;
  gtk_widget_set_visible (self->days_box, chosen == CHOSEN_DAYS);
  /* where there is less room */
  adw_status_page_set_icon_name (self->nothing_page, chosen == CHOSEN_DAYS ? NULL : "system-search-symbolic");
  if (chosen == CHOSEN_DAYS)
    {
      apply_days (self);
      return;
    }
  self->days_wrong = FALSE;
  rt_search_set_dates (self->search, days > 0 ? g_get_real_time () - days * G_TIME_SPAN_DAY : 0, 0);
  update (self);
}

/* What is chosen stays so, as long as it is there. */
static void
fill_networks (RtSearchDialog *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->networks)), chosen = 0;

  gtk_string_list_append (titles, _("All networks"));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->networks), i);

      gtk_string_list_append (titles, rt_network_get_title (network));
      if (network == self->network)
        chosen = i + 1;
    }
  self->filling = TRUE;
  gtk_drop_down_set_model (self->network_choice, G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (self->network_choice, chosen);
  self->filling = FALSE;
  if (chosen == 0)
    network_chosen_cb (self);
}

static void
show_hit (RtSearchDialog *self, guint position)
{
  g_autoptr (RtSearchHit) hit = g_list_model_get_item (G_LIST_MODEL (self->search), position);
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  RtTimelineKey key;

  if (hit == NULL || parent == NULL)
    return;
  rt_search_hit_get_key (hit, &key);
  gtk_widget_activate_action (GTK_WIDGET (parent), "app.show-message", "(sxx)",
                              rt_network_config_get_uuid (rt_network_get_config (rt_search_hit_get_network (hit))), key.time, key.sequence);
  gtk_window_close (GTK_WINDOW (self));
}

static void
list_activate_cb (RtSearchDialog *self, guint position)
{
  show_hit (self, position);
}

/* Return where one types: the first. Of what is typed now: what is still shown may be of the words before. */
static void
entry_activate_cb (RtSearchDialog *self)
{
  entry_changed_cb (self);
  self->first_wanted = rt_search_get_searching (self->search);
  if (!self->first_wanted)
    show_hit (self, 0);
}

static void
searching_cb (RtSearchDialog *self)
{
  if (!self->first_wanted || rt_search_get_searching (self->search))
    return;
  self->first_wanted = FALSE;
  show_hit (self, 0);
}

/* Escape, which the entry keeps to itself. */
static void
entry_stop_cb (RtSearchDialog *self)
{
  gtk_window_close (GTK_WINDOW (self));
}

static gboolean
entry_key_cb (RtSearchDialog *self, guint keyval)
{
  if ((keyval != GDK_KEY_Down && keyval != GDK_KEY_KP_Down) || g_list_model_get_n_items (G_LIST_MODEL (self->search)) == 0)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
  return GDK_EVENT_STOP;
}

static void
scrolled_cb (RtSearchDialog *self, GtkAdjustment *adjustment)
{
  if (gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment) + NEAR_END >= gtk_adjustment_get_upper (adjustment))
    rt_search_more (self->search);
}

static void
setup_cb (GtkListItemFactory *factory, GtkListItem *list_item)
{
  gtk_list_item_set_child (list_item, rt_search_row_new ());
}

static void
bind_cb (GtkListItemFactory *factory, GtkListItem *list_item)
{
  GtkWidget *row = gtk_list_item_get_child (list_item);
  GtkWidget *outer = gtk_widget_get_parent (row);

  rt_search_row_bind (RT_SEARCH_ROW (row), gtk_list_item_get_item (list_item));
  /* The row that takes the focus has no name of its own in GTK 4.8. */
  if (outer != NULL)
    {
      g_autofree char *spoken = rt_search_row_dup_spoken (gtk_list_item_get_item (list_item));

      gtk_accessible_update_property (GTK_ACCESSIBLE (outer), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
    }
}

static void
rt_search_dialog_dispose (GObject *object)
{
  RtSearchDialog *self = RT_SEARCH_DIALOG (object);

  if (self->search != NULL)
    g_signal_handlers_disconnect_by_data (self->search, self);
  if (self->networks != NULL)
    g_signal_handlers_disconnect_by_data (self->networks, self);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_SEARCH_DIALOG);
  g_clear_object (&self->search);
  g_clear_object (&self->network);
  g_clear_object (&self->networks);
  G_OBJECT_CLASS (rt_search_dialog_parent_class)->dispose (object);
}

static void
rt_search_dialog_finalize (GObject *object)
{
  g_ptr_array_unref (RT_SEARCH_DIALOG (object)->senders);
  G_OBJECT_CLASS (rt_search_dialog_parent_class)->finalize (object);
}

static void
rt_search_dialog_class_init (RtSearchDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_search_dialog_dispose;
  object_class->finalize = rt_search_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-search-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtSearchDialog, entry);
  gtk_widget_class_bind_template_child (widget_class, RtSearchDialog, network_choice);
  gtk_widget_class_bind_template_child (widget_class, RtSearchDialog, sender_choice);
  gtk_widget_class_bind_template_child (widget_class, RtSearchDialog, date_choice);
  gtk_widget_class_bind_template_child (widget_class, RtSearchDialog, days_box);
  gtk_widget_class_bind_template_child (widget_class, RtSearchDialog, from_field);
  gtk_widget_class_bind_template_child (widget_class, RtSearchDialog, to_field);
  gtk_widget_class_bind_template_child (widget_class, RtSearchDialog, days_label);
  gtk_widget_class_bind_template_child (widget_class, RtSearchDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, RtSearchDialog, scrolled);
  gtk_widget_class_bind_template_child (widget_class, RtSearchDialog, list);
  gtk_widget_class_bind_template_child (widget_class, RtSearchDialog, nothing_page);
  gtk_widget_class_bind_template_child (widget_class, RtSearchDialog, trouble_page);
  gtk_widget_class_bind_template_child (widget_class, RtSearchDialog, covered_label);
  gtk_widget_class_bind_template_callback (widget_class, entry_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_key_cb);
  gtk_widget_class_bind_template_callback (widget_class, network_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, sender_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, date_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, days_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, list_activate_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  g_type_ensure (RT_TYPE_DAY_FIELD);
}

static void
rt_search_dialog_init (RtSearchDialog *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSizeGroup) titles = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);

  self->senders = g_ptr_array_new_with_free_func (g_free);
  /* The choices tell of themselves while they are made. */
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->filling = FALSE;
  rt_day_field_set_names (self->from_field, C_("first day", "_From"), _("First day"), _("Choose the first day"));
  rt_day_field_set_names (self->to_field, C_("last day", "_To"), _("Last day"), _("Choose the last day"));
  rt_day_field_align (self->from_field, titles);
  rt_day_field_align (self->to_field, titles);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  gtk_list_view_set_factory (self->list, factory);
}

RtSearchDialog *
rt_search_dialog_new (GtkWindow *parent, RtNetworks *networks)
{
  RtSearchDialog *self;
  g_autoptr (GtkSingleSelection) selection = NULL;

  g_return_val_if_fail (RT_IS_NETWORKS (networks), NULL);

  self = g_object_new (RT_TYPE_SEARCH_DIALOG, "transient-for", parent, NULL);
  self->networks = g_object_ref (networks);
  self->search = rt_search_new (networks);
  selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->search)));
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  g_signal_connect_swapped (self->search, "notify", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->search, "notify::searching", G_CALLBACK (searching_cb), self);
  g_signal_connect_swapped (self->search, "items-changed", G_CALLBACK (update), self);
  g_signal_connect_object (networks, "items-changed", G_CALLBACK (fill_networks), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scrolled), "value-changed", G_CALLBACK (scrolled_cb), self, G_CONNECT_SWAPPED);
  fill_networks (self);
  update (self);
  return self;
}

RtSearch *
rt_search_dialog_get_search (RtSearchDialog *self)
{
  g_return_val_if_fail (RT_IS_SEARCH_DIALOG (self), NULL);
  return self->search;
}
