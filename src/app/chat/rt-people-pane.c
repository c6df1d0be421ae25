/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "rt-people-pane.h"
#include "rt-person-row.h"

#define WIDTH 320
#define HEIGHT 380
#define ROW_HEIGHT 52

struct _RtPeoplePane {
  GtkPopover parent_instance;

  RtPeople  *people;

  GtkSearchEntry     *entry;
  GtkStack           *stack;
  GtkListView        *view;
  GtkFilter          *filter;
  GtkSingleSelection *selection;
  char               *needle;   /* folded; NULL: everybody */
};

enum { CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RtPeoplePane, rt_people_pane, GTK_TYPE_POPOVER)

static char *
fold (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);

  return normal != NULL ? g_utf8_casefold (normal, -1) : g_strdup ("");
}

static gboolean
match_cb (gpointer item, gpointer user_data)
{
  RtPeoplePane *self = user_data;
  g_autofree char *name = NULL;

  if (self->needle == NULL)
    return TRUE;
  name = fold (rt_person_get_shown_name (item));
  return strstr (name, self->needle) != NULL || strstr (rt_person_get_id (item), gtk_editable_get_text (GTK_EDITABLE (self->entry))) != NULL;
}

static void
update_stack (RtPeoplePane *self)
{
  guint shown = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  gtk_stack_set_visible_child_name (self->stack, shown > 0 ? "list" : self->needle != NULL ? "none" : "nobody");
}

static void
search_changed_cb (RtPeoplePane *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  g_free (self->needle);
  self->needle = *text != '\0' ? fold (text) : NULL;
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  update_stack (self);
}

static void
choose (RtPeoplePane *self, guint position)
{
  g_autoptr (RtPerson) person = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  /* to oneself nobody writes */
  if (person == NULL || rt_person_get_you (person))
    return;
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[CHOSEN], 0, rt_person_get_id (person));
}

static void
activate_cb (RtPeoplePane *self, guint position)
{
  choose (self, position);
}

/* Return in the entry: the first one that can be written to */
static void
entry_activate_cb (RtPeoplePane *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->selection)); i++)
    {
      g_autoptr (RtPerson) person = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

      if (rt_person_get_you (person))
        continue;
      choose (self, i);
      return;
    }
}

static gboolean
entry_key_cb (RtPeoplePane *self, guint keyval)
{
  if (keyval != GDK_KEY_Down && keyval != GDK_KEY_KP_Down)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  return GDK_EVENT_STOP;
}

static void
setup_cb (GtkListItemFactory *factory, GtkListItem *list_item)
{
  gtk_list_item_set_child (list_item, rt_person_row_new ());
}

static void
bind_cb (GtkListItemFactory *factory, GtkListItem *list_item)
{
  GtkWidget *row = gtk_list_item_get_child (list_item), *outer;
  RtPerson *person = gtk_list_item_get_item (list_item);

  rt_person_row_bind (RT_PERSON_ROW (row), person);
  /* the row that takes the focus has no name of its own in GTK 4.8 */
  outer = gtk_widget_get_parent (row);
  if (outer != NULL)
    {
      g_autofree char *spoken = rt_person_row_dup_spoken (person);

      gtk_accessible_update_property (GTK_ACCESSIBLE (outer), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
    }
}

static void
unbind_cb (GtkListItemFactory *factory, GtkListItem *list_item)
{
  rt_person_row_bind (RT_PERSON_ROW (gtk_list_item_get_child (list_item)), NULL);
}

/* Nothing is kept up to date that nobody sees. */
static void
closed_cb (RtPeoplePane *self)
{
  gtk_single_selection_set_model (self->selection, NULL);
}

/* Shown: the entry is only changed while it has a surface, as its icons ask that for the pointer. */
static void
mapped_cb (RtPeoplePane *self)
{
  g_autoptr (GtkFilterListModel) filtered = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (self->people)), g_object_ref (self->filter));

  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  g_clear_pointer (&self->needle, g_free);
  /* rows are bound anew: when they were heard is told as of now */
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (filtered));
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_LESS_STRICT);
  update_stack (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static GtkWidget *
make_words (const char *words)
{
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_margin_top (label, 18);
  gtk_widget_set_margin_bottom (label, 18);
  return label;
}

static GtkWidget *
make_list (RtPeoplePane *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  self->view = GTK_LIST_VIEW (gtk_list_view_new (g_object_ref (GTK_SELECTION_MODEL (self->selection)), factory));
  gtk_list_view_set_single_click_activate (self->view, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("People"), -1);
  g_signal_connect_swapped (self->view, "activate", G_CALLBACK (activate_cb), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->view));
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 3 * ROW_HEIGHT);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), HEIGHT);
  return scrolled;
}

static void
dispose (GObject *object)
{
  RtPeoplePane *self = RT_PEOPLE_PANE (object);

  if (self->selection != NULL)
    gtk_single_selection_set_model (self->selection, NULL);
  g_clear_object (&self->people);
  g_clear_object (&self->selection);
  g_clear_object (&self->filter);
  G_OBJECT_CLASS (rt_people_pane_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_free (RT_PEOPLE_PANE (object)->needle);
  G_OBJECT_CLASS (rt_people_pane_parent_class)->finalize (object);
}

static void
rt_people_pane_class_init (RtPeoplePaneClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rt_people_pane_init (RtPeoplePane *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *hint = gtk_label_new (_("Choose somebody to write to privately"));
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->filter = GTK_FILTER (gtk_custom_filter_new (match_cb, self, NULL));
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  self->entry = GTK_SEARCH_ENTRY (gtk_search_entry_new ());
  g_object_set (self->entry, "placeholder-text", _("Find somebody"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Find somebody"), -1);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (entry_key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
  g_signal_connect_swapped (self->entry, "search-changed", G_CALLBACK (search_changed_cb), self);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (entry_activate_cb), self);
  g_signal_connect_swapped (self->entry, "stop-search", G_CALLBACK (gtk_popover_popdown), self);
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_set_vhomogeneous (self->stack, FALSE);
  gtk_stack_add_named (self->stack, make_list (self), "list");
  gtk_stack_add_named (self->stack, make_words (_("Nobody of that name was heard here")), "none");
  gtk_stack_add_named (self->stack, make_words (_("Nobody was heard here yet")), "nobody");
  gtk_widget_add_css_class (hint, "caption");
  gtk_widget_add_css_class (hint, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (hint), 0);
  gtk_label_set_ellipsize (GTK_LABEL (hint), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->entry));
  gtk_box_append (GTK_BOX (box), hint);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  gtk_widget_set_size_request (box, WIDTH, -1);
  gtk_popover_set_child (GTK_POPOVER (self), box);
  gtk_widget_add_css_class (GTK_WIDGET (self), "people-pane");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("People"), -1);
  g_signal_connect (self, "map", G_CALLBACK (mapped_cb), NULL);
  g_signal_connect (self, "closed", G_CALLBACK (closed_cb), NULL);
}

GtkWidget *
rt_people_pane_new (RtPeople *people)
{
  RtPeoplePane *self;

  g_return_val_if_fail (RT_IS_PEOPLE (people), NULL);

  self = g_object_new (RT_TYPE_PEOPLE_PANE, NULL);
  self->people = g_object_ref (people);
  return GTK_WIDGET (self);
}
