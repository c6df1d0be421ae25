/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <glib/gi18n.h>

#include "rt-help-page.h"
#include "rt-help-window.h"

#define INDEX "index"
#define MOST_STEPS 100          /* that lead back; older ones are forgotten */

/* Where somebody was. */
typedef struct
{
  char  *page;
  double value;                 /* of the scroll bar */
} Step;

struct _RtHelpWindow
{
  AdwWindow          parent_instance;

  RtGuide           *guide;
  GPtrArray         *steps;     /* of Step: the way back */
  RtHelpPage        *shown;
  GtkWidget         *target;    /* below it: to be scrolled to, when it has a place; nullable */
  double             value;     /* to be scrolled to otherwise */
  guint              tick_id;

  AdwWindowTitle    *window_title;
  GtkToggleButton   *search_button;
  GtkSearchBar      *search_bar;
  GtkSearchEntry    *search_entry;
  GtkStack          *stack;
  GtkScrolledWindow *scroller;
  AdwClamp          *clamp;
  GtkListBox        *hit_list;
};

G_DEFINE_FINAL_TYPE (RtHelpWindow, rt_help_window, ADW_TYPE_WINDOW)

enum { PROP_0, PROP_PAGE, N_PROPS };
static GParamSpec *properties[N_PROPS];

static void
free_step (gpointer data)
{
  Step *step = data;

  g_free (step->page);
  g_free (step);
}

/* ---- a page ---- */

static gboolean
scroll_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  RtHelpWindow *self = user_data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  graphene_rect_t bounds;

  if (gtk_widget_get_height (GTK_WIDGET (self->shown)) == 0)
    return G_SOURCE_CONTINUE;
  if (self->target != NULL && gtk_widget_compute_bounds (self->target, GTK_WIDGET (self->clamp), &bounds))
    self->value = bounds.origin.y - 12;
  gtk_adjustment_set_value (adjustment, self->value);
  self->target = NULL;
  self->tick_id = 0;
  return G_SOURCE_REMOVE;
}

static void go_cb (RtHelpWindow *self, const char *target);

static void
show_page (RtHelpWindow *self, RtGuidePage *page, double value)
{
  if (self->shown == NULL || rt_help_page_get_page (self->shown) != page)
    {
      self->shown = RT_HELP_PAGE (rt_help_page_new (self->guide, page));
      g_signal_connect_object (self->shown, "go", G_CALLBACK (go_cb), self, G_CONNECT_SWAPPED);
      adw_clamp_set_child (self->clamp, GTK_WIDGET (self->shown));
    }
  self->target = NULL;
  self->value = value;
  if (self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), scroll_cb, self, NULL);
  adw_window_title_set_title (self->window_title, rt_guide_page_get_title (page));
  gtk_window_set_title (GTK_WINDOW (self), rt_guide_page_get_title (page));
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "page");
  gtk_widget_grab_focus (GTK_WIDGET (self->shown));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "help.back", self->steps->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "help.contents", !g_str_equal (rt_guide_page_get_id (page), INDEX));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAGE]);
}

static void
keep_step (RtHelpWindow *self)
{
  Step *step;

  if (self->shown == NULL)
    return;
  step = g_new0 (Step, 1);
  step->page = g_strdup (rt_guide_page_get_id (rt_help_page_get_page (self->shown)));
  step->value = gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (self->scroller));
  g_ptr_array_add (self->steps, step);
  if (self->steps->len > MOST_STEPS)
    g_ptr_array_remove_index (self->steps, 0);
}

void
rt_help_window_go (RtHelpWindow *self, const char *target)
{
  g_autofree char *id = NULL;
  const char *section;
  RtGuidePage *page;

  g_return_if_fail (RT_IS_HELP_WINDOW (self));
  g_return_if_fail (target != NULL);

  section = strchr (target, '#');
  id = g_strndup (target, strcspn (target, "#"));
  page = rt_guide_find (self->guide, id);
  if (page == NULL)
    page = rt_guide_find (self->guide, INDEX);
  g_return_if_fail (page != NULL);
  if (self->shown == NULL || rt_help_page_get_page (self->shown) != page)
    keep_step (self);
  show_page (self, page, 0);
  if (section != NULL)
    self->target = rt_help_page_find_section (self->shown, section + 1);
}

static void
go_cb (RtHelpWindow *self, const char *target)
{
  rt_help_window_go (self, target);
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtHelpWindow *self = RT_HELP_WINDOW (widget);
  g_autofree char *id = NULL;
  double value;
  Step *step;

  if (self->steps->len == 0)
    return;
  step = self->steps->pdata[self->steps->len - 1];
  id = g_steal_pointer (&step->page);
  value = step->value;
  g_ptr_array_set_size (self->steps, (int) self->steps->len - 1);
  show_page (self, rt_guide_find (self->guide, id), value);
}

static void
contents_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  rt_help_window_go (RT_HELP_WINDOW (widget), INDEX);
}

/* ---- the search ---- */

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtHelpWindow *self = RT_HELP_WINDOW (widget);

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
search_changed_cb (RtHelpWindow *self)
{
  const char *words = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
  g_autoptr (GPtrArray) hits = rt_guide_search (self->guide, words);
  g_autofree char *stripped = g_strstrip (g_strdup (words));
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->hit_list))) != NULL)
    gtk_list_box_remove (self->hit_list, row);
  for (guint i = 0; i < hits->len; i++)
    {
      RtGuideHit *hit = hits->pdata[i];
      g_autofree char *target = g_strdup_printf ("%s@%d", rt_guide_page_get_id (hit->page), hit->block);

      rt_help_list_add (self->hit_list, target, rt_guide_page_get_title (hit->page), hit->excerpt);
    }
  gtk_stack_set_visible_child_name (self->stack, *stripped == '\0' || !gtk_search_bar_get_search_mode (self->search_bar) ? "page" : hits->len > 0 ? "found" : "none");
}

static void
hit_activated_cb (RtHelpWindow *self, GtkListBoxRow *row)
{
  g_auto (GStrv) parts = g_strsplit (rt_help_row_get_target (row), "@", 2);

  rt_help_window_go (self, parts[0]);
  self->target = rt_help_page_find_block (self->shown, (int) g_ascii_strtoll (parts[1], NULL, 10));
}

/* Enter in the entry: the first one. */
static void
search_activate_cb (RtHelpWindow *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->hit_list, 0);

  if (row != NULL)
    hit_activated_cb (self, row);
}

static void
search_mode_cb (RtHelpWindow *self)
{
  if (gtk_search_bar_get_search_mode (self->search_bar))
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  gtk_stack_set_visible_child_name (self->stack, "page");
  if (self->shown != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->shown));
}

/* The first Escape ends the search, the next one the window. */
static void
escape_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtHelpWindow *self = RT_HELP_WINDOW (widget);

  if (gtk_search_bar_get_search_mode (self->search_bar))
    gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  else
    gtk_window_close (GTK_WINDOW (self));
}

/* ---- object ---- */

static void
rt_help_window_dispose (GObject *object)
{
  RtHelpWindow *self = RT_HELP_WINDOW (object);

  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick_id);
  self->tick_id = 0;
  self->shown = NULL;
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_HELP_WINDOW);
  G_OBJECT_CLASS (rt_help_window_parent_class)->dispose (object);
}

static void
rt_help_window_finalize (GObject *object)
{
  RtHelpWindow *self = RT_HELP_WINDOW (object);

  g_object_unref (self->guide);
  g_ptr_array_unref (self->steps);
  G_OBJECT_CLASS (rt_help_window_parent_class)->finalize (object);
}

static void
rt_help_window_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_PAGE)
    g_value_set_string (value, rt_help_window_get_page (RT_HELP_WINDOW (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
rt_help_window_class_init (RtHelpWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_help_window_dispose;
  object_class->finalize = rt_help_window_finalize;
  object_class->get_property = rt_help_window_get_property;

  properties[PROP_PAGE] = g_param_spec_string ("page", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-help-window.ui");
  gtk_widget_class_bind_template_child (widget_class, RtHelpWindow, window_title);
  gtk_widget_class_bind_template_child (widget_class, RtHelpWindow, search_button);
  gtk_widget_class_bind_template_child (widget_class, RtHelpWindow, search_bar);
  gtk_widget_class_bind_template_child (widget_class, RtHelpWindow, search_entry);
  gtk_widget_class_bind_template_child (widget_class, RtHelpWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, RtHelpWindow, scroller);
  gtk_widget_class_bind_template_child (widget_class, RtHelpWindow, clamp);
  gtk_widget_class_bind_template_child (widget_class, RtHelpWindow, hit_list);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_mode_cb);
  gtk_widget_class_bind_template_callback (widget_class, hit_activated_cb);

  gtk_widget_class_install_action (widget_class, "help.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "help.contents", NULL, contents_action);
  gtk_widget_class_install_action (widget_class, "help.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "help.escape", NULL, escape_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "help.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Back, 0, "help.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Home, GDK_ALT_MASK, "help.contents", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "help.search", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "help.escape", NULL);
}

static void
rt_help_window_init (RtHelpWindow *self)
{
  g_autoptr (GtkWindowGroup) group = gtk_window_group_new ();

  self->guide = rt_guide_new ();
  self->steps = g_ptr_array_new_with_free_func (free_step);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  gtk_window_group_add_window (group, GTK_WINDOW (self));
}

RtHelpWindow *
rt_help_window_new (GtkApplication *application)
{
  return g_object_new (RT_TYPE_HELP_WINDOW, "application", application, NULL);
}

const char *
rt_help_window_get_page (RtHelpWindow *self)
{
  g_return_val_if_fail (RT_IS_HELP_WINDOW (self), NULL);
  return self->shown != NULL ? rt_guide_page_get_id (rt_help_page_get_page (self->shown)) : NULL;
}
