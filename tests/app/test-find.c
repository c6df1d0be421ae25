/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where somebody looks for what was said, takes it away and looks at it again: in all looks nothing is cut off or without a name; and the days that are asked for. Words are not looked at:
 * with LANGUAGE and ROUNDTABLE_LOCALE_DIR it shows another language. */
#include "config.h"

#include <locale.h>
#include <string.h>

#include <glib/gi18n.h>

#include "app-fixture.h"
#include "app/archive/rt-archive-window.h"
#include "app/archive/rt-export-dialog.h"
#include "app/chat/rt-message-row.h"
#include "app/search/rt-day-field.h"
#include "app/search/rt-search-dialog.h"
#include "app/search/rt-search-row.h"

#define BOB "B0bZWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqkk7z"

typedef struct {
  const char *name;
  int         width, height;
  double      text;             /* so much larger */
  gboolean    dark, contrast, rtl;
  gboolean    slow;             /* only with pictures: the others have all of it among them */
} Look;

static const Look looks[] = {
  { "light", 600, 640, 1, FALSE, FALSE, FALSE, TRUE },
  { "dark", 600, 640, 1, TRUE, FALSE, FALSE, TRUE },
  { "contrast", 600, 640, 1, FALSE, TRUE, FALSE, TRUE },
  { "narrow", 360, 600, 1, FALSE, FALSE, FALSE, TRUE },
  { "rtl", 600, 640, 1, FALSE, FALSE, TRUE, TRUE },
  { "rtl-narrow", 360, 600, 1, TRUE, FALSE, TRUE, FALSE },
  { "large", 600, 640, 2, FALSE, FALSE, FALSE, TRUE },
  { "large-narrow", 360, 640, 1.5, FALSE, FALSE, FALSE, FALSE },
};

/* ---- looking ---- */

static void
set_contrast (gboolean contrast)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = source != NULL ? g_settings_schema_source_lookup (source, "org.gnome.desktop.a11y.interface", TRUE) : NULL;
  g_autoptr (GSettings) settings = NULL;

  if (schema == NULL || !g_settings_schema_has_key (schema, "high-contrast"))
    return;
  settings = g_settings_new ("org.gnome.desktop.a11y.interface");
  g_settings_set_boolean (settings, "high-contrast", contrast);
}

static void
take_look (const Look *look)
{
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", (int) (96 * 1024 * look->text), NULL);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), look->dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
  set_contrast (look->contrast);
  gtk_widget_set_default_direction (look->rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
}

static gboolean
may_be_short (GtkWidget *widget)
{
  return gtk_widget_get_ancestor (widget, RT_TYPE_SEARCH_ROW) != NULL || gtk_widget_get_ancestor (widget, GTK_TYPE_DROP_DOWN) != NULL ||
         gtk_widget_get_ancestor (widget, ADW_TYPE_HEADER_BAR) != NULL || gtk_widget_get_ancestor (widget, RT_TYPE_MESSAGE_ROW) != NULL;
}

static gboolean
has_name (GtkWidget *widget)
{
  const char *tooltip = gtk_widget_get_tooltip_text (widget);

  return gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL) || gtk_test_accessible_has_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY) ||
         (tooltip != NULL && *tooltip != '\0') || (GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) != NULL);
}

/* Whatever is wrong with a widget in its window; NULL: nothing. */
static char *
find_fault (GtkWidget *widget, GtkWidget *window)
{
  gboolean is_control = GTK_IS_LABEL (widget) || GTK_IS_BUTTON (widget) || GTK_IS_EDITABLE (widget) || GTK_IS_DROP_DOWN (widget) || GTK_IS_MENU_BUTTON (widget) || GTK_IS_LIST_BASE (widget);
  graphene_rect_t bounds;

  if (is_control && gtk_widget_get_width (widget) > 0 && gtk_widget_compute_bounds (widget, window, &bounds) &&
      (bounds.origin.x < -0.5f || bounds.origin.x + bounds.size.width > (float) gtk_widget_get_width (window) + 0.5f))
    return g_strdup_printf ("is outside: from %.0f, %.0f wide", (double) bounds.origin.x, (double) bounds.size.width);
  if (GTK_IS_LABEL (widget) && *gtk_label_get_label (GTK_LABEL (widget)) != '\0')
    {
      PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (widget));
      int width, height;

      pango_layout_get_pixel_size (layout, &width, &height);
      if (pango_layout_is_ellipsized (layout) && !may_be_short (widget))
        return g_strdup_printf ("“%s” is cut off", gtk_label_get_label (GTK_LABEL (widget)));
      if (width > gtk_widget_get_width (widget) + 1 || height > gtk_widget_get_height (widget) + 1)
        return g_strdup_printf ("“%s” has %d×%d, and takes %d×%d", gtk_label_get_label (GTK_LABEL (widget)), gtk_widget_get_width (widget), gtk_widget_get_height (widget), width, height);
    }
  if ((GTK_IS_BUTTON (widget) || GTK_IS_ENTRY (widget) || GTK_IS_DROP_DOWN (widget) || GTK_IS_MENU_BUTTON (widget) || GTK_IS_LIST_BASE (widget) || GTK_IS_SEARCH_ENTRY (widget)) &&
      gtk_widget_get_focusable (widget) && gtk_widget_get_ancestor (widget, ADW_TYPE_HEADER_BAR) == NULL && gtk_widget_get_ancestor (widget, GTK_TYPE_MENU_BUTTON) == NULL &&
      (gtk_widget_get_parent (widget) == NULL || !GTK_IS_DROP_DOWN (gtk_widget_get_parent (widget))) && !has_name (widget))
    return g_strdup ("has no name");
  return NULL;
}

static guint
count_faults (GtkWidget *widget, GtkWidget *window, const char *where)
{
  g_autofree char *fault = NULL;
  guint n = 0;

  if (!gtk_widget_get_mapped (widget) || GTK_IS_POPOVER (widget))
    return 0;
  fault = find_fault (widget, window);
  if (fault != NULL)
    {
      g_test_message ("%s: %s %s %s", where, G_OBJECT_TYPE_NAME (widget), gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), fault);
      n++;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    n += count_faults (child, window, where);
  return n;
}

static guint
look_at (GtkWidget *window, const Look *look, const char *what)
{
  g_autofree char *name = g_strdup_printf ("%s-%s", what, look->name);
  guint n = 0;

  app_frames (window, 2);
  if (gtk_widget_get_width (window) > look->width)
    {
      g_test_message ("%s is %d px wide", name, gtk_widget_get_width (window));
      n++;
    }
  app_picture (window, name);
  return n + count_faults (window, window, name);
}

static GtkWidget *
open_window (GtkWidget *window, const Look *look)
{
  gtk_window_set_default_size (GTK_WINDOW (window), look->width, look->height);
  gtk_window_present (GTK_WINDOW (window));
  app_wait_for (gtk_widget_get_mapped (window));
  return window;
}

static const char *
get_page (GtkWidget *window)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (app_find (window, GTK_TYPE_STACK, "stack")));
}

/* Told with the cause, where such things are told */
static void
show_trouble (GtkWidget *window)
{
  AdwStatusPage *page = ADW_STATUS_PAGE (app_find (window, ADW_TYPE_STATUS_PAGE, "trouble_page"));

  adw_status_page_set_description (page, "The messages cannot be searched: the database /home/somebody-with-a-long-name/.local/share/roundtable/roundtable.db cannot be read (disk I/O error). "
                                         "Look at whether the disk is still there.");
  gtk_stack_set_visible_child_name (GTK_STACK (app_find (window, GTK_TYPE_STACK, "stack")), "trouble");
}

/* ---- what is there ---- */

typedef struct {
  AppFixture app;
  RtWindow  *window;
  RtNetwork *club;
  GFile     *file, *changed;
} Find;

static void
flushed_cb (GObject *chat, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (rt_store_chat_flush_finish (RT_STORE_CHAT (chat), result, NULL));
  *(gboolean *) user_data = TRUE;
}

static void
say (Find *self)
{
  static const struct { const char *sender, *name, *text; int flags; } said[] = {
    { BOB, "Bob", "Shall we bring apples to the party?", RT_STORE_MESSAGE_UNSIGNED },
    { BOB, "Bob of the long and winding name that hardly anybody can remember", "apples: a text that is so long that it does not fit into the two lines that it is given in a list, "
      "whatever one does, because it goes on and on about apples, pears, and what else can be baked until the evening comes and the guests leave", 0 },
    { BOB, "أحمد", "هل نُحضِر التفاح apples إلى الحفلة؟", 0 },
    { BOB, "Bob", "privately: the apples are sour <b>&amp;", RT_STORE_MESSAGE_PRIVATE },
  };
  RtStoreChat *chat = rt_network_get_chat (self->club);
  gboolean done = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (said); i++)
    {
      g_autoptr (RtStoreMessage) message = rt_store_message_new ();

      message->row = rt_store_chat_take_row (chat);
      message->time = g_get_real_time () - (gint64) (G_N_ELEMENTS (said) - i) * G_TIME_SPAN_HOUR;
      message->sent = message->time / G_USEC_PER_SEC;
      message->flags = said[i].flags;
      message->sender = g_strdup (said[i].sender);
      message->sender_name = g_strdup (said[i].name);
      message->text = g_strdup (said[i].text);
      rt_store_chat_add (chat, message, FALSE);
    }
  rt_store_chat_flush_async (chat, flushed_cb, &done);
  app_wait_for (done);
}

static void
export (Find *self, GFile *file)
{
  GtkWidget *dialog = open_window (GTK_WIDGET (rt_export_dialog_new (GTK_WINDOW (self->window), self->club)), &looks[0]);

  rt_export_dialog_export (RT_EXPORT_DIALOG (dialog), file);
  app_wait_for (g_str_equal (get_page (dialog), "done"));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
find_set_up (Find *self, gconstpointer data)
{
  g_autofree char *path = NULL, *changed = NULL, *contents = NULL;

  app_fixture_set_up (&self->app, "Ada");
  self->club = app_fixture_add (&self->app, "club");
  app_fixture_add (&self->app, "a network whose name is longer than names of networks are");
  app_wait_for (rt_network_get_chat_loaded (self->club));
  say (self);
  self->window = rt_window_new (self->app.app, self->app.networks);
  gtk_window_present (GTK_WINDOW (self->window));
  app_wait_for (gtk_widget_get_mapped (GTK_WIDGET (self->window)));
  path = g_build_filename (self->app.folder, "history.json", NULL);
  changed = g_build_filename (self->app.folder, "changed.json", NULL);
  self->file = g_file_new_for_path (path);
  self->changed = g_file_new_for_path (changed);
  export (self, self->file);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  *strstr (contents, "pears") = 'b';
  *strstr (contents, "sour") = 'S';
  g_assert_true (g_file_set_contents (changed, contents, -1, NULL));
}

static void
find_tear_down (Find *self, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  app_settle ();
  g_clear_object (&self->file);
  g_clear_object (&self->changed);
  app_fixture_tear_down (&self->app);
}

/* ---- looks ---- */

static void
set_day (GtkWidget *dialog, const char *id, const char *text)
{
  GtkWidget *entry = rt_day_field_get_entry (RT_DAY_FIELD (app_find (dialog, RT_TYPE_DAY_FIELD, id)));

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  g_signal_emit_by_name (entry, "activate");
}

static guint
look_at_search (Find *self, const Look *look)
{
  GtkWidget *dialog = open_window (GTK_WIDGET (rt_search_dialog_new (GTK_WINDOW (self->window), self->app.networks)), look);
  GtkEditable *entry = GTK_EDITABLE (app_find (dialog, GTK_TYPE_SEARCH_ENTRY, NULL));
  RtSearch *search = rt_search_dialog_get_search (RT_SEARCH_DIALOG (dialog));
  GtkDropDown *date = GTK_DROP_DOWN (app_find (dialog, GTK_TYPE_DROP_DOWN, "date_choice"));
  guint n = look_at (dialog, look, "search");

  gtk_editable_set_text (entry, "apples");
  app_wait_for (g_str_equal (get_page (dialog), "list") && !rt_search_get_searching (search));
  /* as in the timeline, and a padlock only where it was sealed */
  g_assert_true (app_shows (dialog, "Not signed") && app_shows (dialog, "Not verified"));
  n += look_at (dialog, look, "search-found");
  gtk_editable_set_text (entry, "cherries");
  app_wait_for (g_str_equal (get_page (dialog), "nothing-found"));
  n += look_at (dialog, look, "search-nothing");
  gtk_drop_down_set_selected (date, 5);
  n += look_at (dialog, look, "search-days");
  set_day (dialog, "from_field", "2026-11-01");
  set_day (dialog, "to_field", "2026-10-31");
  g_assert_cmpstr (get_page (dialog), ==, "wrong-days");
  n += look_at (dialog, look, "search-days-wrong");
  gtk_editable_set_text (entry, "apples");
  set_day (dialog, "from_field", "2001-02-03");
  set_day (dialog, "to_field", "2250-10-31");
  app_wait_for (g_str_equal (get_page (dialog), "list") && !rt_search_get_searching (search));
  n += look_at (dialog, look, "search-days-found");
  show_trouble (dialog);
  n += look_at (dialog, look, "search-trouble");
  gtk_window_destroy (GTK_WINDOW (dialog));
  return n;
}

static guint
look_at_archive (Find *self, const Look *look)
{
  g_autoptr (GFile) nowhere = g_file_get_child (self->file, "nothing");
  GtkWidget *window = open_window (GTK_WIDGET (rt_archive_window_new (GTK_WINDOW (self->window), self->file)), look);
  guint n;

  app_wait_for (g_str_equal (get_page (window), "messages"));
  n = look_at (window, look, "archive");
  gtk_expander_set_expanded (GTK_EXPANDER (app_find (window, GTK_TYPE_EXPANDER, "details")), TRUE);
  n += look_at (window, look, "archive-details");
  gtk_window_destroy (GTK_WINDOW (window));
  window = open_window (GTK_WIDGET (rt_archive_window_new (GTK_WINDOW (self->window), self->changed)), look);
  app_wait_for (g_str_equal (get_page (window), "messages"));
  n += look_at (window, look, "archive-changed");
  gtk_window_destroy (GTK_WINDOW (window));
  window = open_window (GTK_WIDGET (rt_archive_window_new (GTK_WINDOW (self->window), nowhere)), look);
  app_wait_for (g_str_equal (get_page (window), "trouble"));
  n += look_at (window, look, "archive-trouble");
  gtk_window_destroy (GTK_WINDOW (window));
  return n;
}

static guint
look_at_export (Find *self, const Look *look)
{
  GtkWidget *dialog = open_window (GTK_WIDGET (rt_export_dialog_new (GTK_WINDOW (self->window), self->club)), look);
  guint n = look_at (dialog, look, "export");

  gtk_stack_set_visible_child_name (GTK_STACK (app_find (dialog, GTK_TYPE_STACK, "stack")), "running");
  gtk_progress_bar_set_text (GTK_PROGRESS_BAR (app_find (dialog, GTK_TYPE_PROGRESS_BAR, NULL)), "123456 of about 1000000 messages");
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (app_find (dialog, GTK_TYPE_PROGRESS_BAR, NULL)), 0.12);
  n += look_at (dialog, look, "export-running");
  show_trouble (dialog);
  n += look_at (dialog, look, "export-trouble");
  rt_export_dialog_export (RT_EXPORT_DIALOG (dialog), self->file);
  app_wait_for (g_str_equal (get_page (dialog), "done"));
  n += look_at (dialog, look, "export-done");
  gtk_window_destroy (GTK_WINDOW (dialog));
  return n;
}

static void
test_looks (Find *self, gconstpointer data)
{
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      if (looks[i].slow && g_getenv ("ROUNDTABLE_PICTURES") == NULL)
        continue;
      take_look (&looks[i]);
      n += look_at_search (self, &looks[i]);
      n += look_at_archive (self, &looks[i]);
      n += look_at_export (self, &looks[i]);
    }
  take_look (&looks[0]);
  g_assert_cmpuint (n, ==, 0);
}

/* ---- days ---- */

static void
test_days (Find *self, gconstpointer data)
{
  GtkWidget *dialog = open_window (GTK_WIDGET (rt_search_dialog_new (GTK_WINDOW (self->window), self->app.networks)), &looks[0]);
  RtSearch *search = rt_search_dialog_get_search (RT_SEARCH_DIALOG (dialog));
  GtkDropDown *date = GTK_DROP_DOWN (app_find (dialog, GTK_TYPE_DROP_DOWN, "date_choice")), *network = GTK_DROP_DOWN (app_find (dialog, GTK_TYPE_DROP_DOWN, "network_choice"));
  GtkWidget *box = app_find (dialog, GTK_TYPE_BOX, "days_box");
  GtkWidget *from = rt_day_field_get_entry (RT_DAY_FIELD (app_find (dialog, RT_TYPE_DAY_FIELD, "from_field")));
  GtkWidget *to = rt_day_field_get_entry (RT_DAY_FIELD (app_find (dialog, RT_TYPE_DAY_FIELD, "to_field")));
  GtkLabel *label = GTK_LABEL (app_find (dialog, GTK_TYPE_LABEL, "days_label"));
  g_autofree char *today = NULL;
  GDate day;

  g_assert_false (gtk_widget_get_visible (box));
  gtk_drop_down_set_selected (date, 5);
  g_assert_true (gtk_widget_get_visible (box));
  g_assert_false (rt_search_get_asked (search));
  rt_day_set_time (&day, g_get_real_time ());
  g_date_subtract_days (&day, 1);
  today = rt_day_to_text (&day);
  /* half of a day is nothing yet; written and left, it is told */
  gtk_editable_set_text (GTK_EDITABLE (from), "2026-");
  g_assert_false (gtk_widget_has_css_class (from, "error"));
  g_signal_emit_by_name (from, "activate");
  g_assert_true (gtk_widget_has_css_class (from, "error"));
  g_assert_false (gtk_widget_has_css_class (to, "error"));
  g_assert_nonnull (strstr (gtk_label_get_label (label), "2026-"));
  g_assert_cmpstr (get_page (dialog), ==, "wrong-days");
  gtk_test_accessible_assert_state (GTK_ACCESSIBLE (from), GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE);
  /* right at once, whatever is below */
  gtk_editable_set_text (GTK_EDITABLE (from), today);
  g_assert_false (gtk_widget_has_css_class (from, "error"));
  g_assert_true (rt_search_get_asked (search));
  app_wait_for (g_str_equal (get_page (dialog), "list") && !rt_search_get_searching (search));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (search)), ==, 4);
  /* the first after the last */
  gtk_editable_set_text (GTK_EDITABLE (to), "2001-01-01");
  g_assert_true (gtk_widget_has_css_class (from, "error") && gtk_widget_has_css_class (to, "error"));
  g_assert_cmpstr (get_page (dialog), ==, "wrong-days");
  gtk_editable_set_text (GTK_EDITABLE (from), "2000-01-01");
  g_assert_false (gtk_widget_has_css_class (from, "error") || gtk_widget_has_css_class (to, "error"));
  app_wait_for (g_str_equal (get_page (dialog), "nothing-found") && !rt_search_get_searching (search));
  /* they stay, with another network and after another choice */
  gtk_drop_down_set_selected (network, 1);
  gtk_drop_down_set_selected (date, 0);
  g_assert_false (gtk_widget_get_visible (box));
  gtk_drop_down_set_selected (date, 5);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (to)), ==, "2001-01-01");
  app_wait_for (!rt_search_get_searching (search));
  g_assert_cmpstr (get_page (dialog), ==, "nothing-found");
  gtk_editable_set_text (GTK_EDITABLE (from), "");
  gtk_editable_set_text (GTK_EDITABLE (to), "");
  g_assert_false (rt_search_get_asked (search));
  /* in the calendar: what is written is shown there, and a day that is chosen is written */
  gtk_editable_set_text (GTK_EDITABLE (from), "2024-02-29");
  {
    GtkWidget *button = app_find (app_find (dialog, RT_TYPE_DAY_FIELD, "from_field"), GTK_TYPE_MENU_BUTTON, NULL);
    GtkWidget *popover = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (button))), *calendar = gtk_popover_get_child (GTK_POPOVER (popover));
    g_autoptr (GDateTime) shown = NULL, chosen = g_date_time_new_local (2025, 3, 1, 12, 0, 0);

    gtk_menu_button_popup (GTK_MENU_BUTTON (button));
    app_wait_for (gtk_widget_get_mapped (popover));
    shown = gtk_calendar_get_date (GTK_CALENDAR (calendar));
    g_assert_cmpint (g_date_time_get_year (shown), ==, 2024);
    g_assert_cmpint (g_date_time_get_month (shown), ==, 2);
    g_assert_cmpint (g_date_time_get_day_of_month (shown), ==, 29);
    g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (from)), ==, "2024-02-29");
    gtk_calendar_select_day (GTK_CALENDAR (calendar), chosen);
    g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (from)), ==, "2025-03-01");
    gtk_menu_button_popdown (GTK_MENU_BUTTON (button));
    app_wait_for (!gtk_widget_get_mapped (popover));
  }
  gtk_editable_set_text (GTK_EDITABLE (from), "");
  g_assert_false (rt_search_get_asked (search));
  /* a network that comes or goes does not choose another one */
  app_fixture_add (&self->app, "third");
  g_assert_cmpuint (gtk_drop_down_get_selected (network), ==, 1);
  rt_networks_remove (self->app.networks, self->club);
  g_assert_cmpuint (gtk_drop_down_get_selected (network), ==, 0);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* Closed while it searches, while something is typed, and while an archive is read or written. */
static void
test_closed (Find *self, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      GtkWidget *dialog = open_window (GTK_WIDGET (rt_search_dialog_new (GTK_WINDOW (self->window), self->app.networks)), &looks[0]), *window;
      GtkEditable *entry = GTK_EDITABLE (app_find (dialog, GTK_TYPE_SEARCH_ENTRY, NULL));
      RtSearch *search = rt_search_dialog_get_search (RT_SEARCH_DIALOG (dialog));

      gtk_drop_down_set_selected (GTK_DROP_DOWN (app_find (dialog, GTK_TYPE_DROP_DOWN, "date_choice")), 5);
      gtk_editable_set_text (GTK_EDITABLE (rt_day_field_get_entry (RT_DAY_FIELD (app_find (dialog, RT_TYPE_DAY_FIELD, "from_field")))), "20");
      rt_search_set_words (search, "apples");
      gtk_editable_set_text (entry, "appl");
      if (i % 3 == 0)
        app_wait_for (rt_search_get_searching (search));
      else if (i % 3 == 1)
        app_wait_for (!rt_search_get_searching (search));
      gtk_window_destroy (GTK_WINDOW (dialog));
      window = open_window (GTK_WIDGET (rt_archive_window_new (GTK_WINDOW (self->window), self->file)), &looks[0]);
      gtk_window_destroy (GTK_WINDOW (window));
      dialog = open_window (GTK_WIDGET (rt_export_dialog_new (GTK_WINDOW (self->window), self->club)), &looks[0]);
      rt_export_dialog_export (RT_EXPORT_DIALOG (dialog), self->changed);
      gtk_window_destroy (GTK_WINDOW (dialog));
    }
  app_settle ();
  /* the file is what it was, or all of the new one */
  {
    GtkWidget *window = open_window (GTK_WIDGET (rt_archive_window_new (GTK_WINDOW (self->window), self->changed)), &looks[0]);

    app_wait_for (g_str_equal (get_page (window), "messages"));
    g_assert_cmpuint (rt_archive_get_n_messages (rt_archive_window_get_archive (RT_ARCHIVE_WINDOW (window))), ==, 4);
    gtk_window_destroy (GTK_WINDOW (window));
  }
}

int
main (int argc, char **argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  setlocale (LC_ALL, "");
  if (g_getenv ("ROUNDTABLE_LOCALE_DIR") != NULL)
    {
      bindtextdomain (GETTEXT_PACKAGE, g_getenv ("ROUNDTABLE_LOCALE_DIR"));
      bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
      textdomain (GETTEXT_PACKAGE);
    }
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
#define ADD(name, func) g_test_add ("/find/" name, Find, NULL, find_set_up, func, find_tear_down)
  ADD ("looks", test_looks);
  ADD ("days", test_days);
  ADD ("closed", test_closed);
  return g_test_run ();
}
