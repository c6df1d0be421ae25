/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The user guide in a window of its own: what is read of a page, the ways from one to another, and the search. */
#include "config.h"

#include <string.h>

#include "app-fixture.h"
#include "app/help/rt-guide.h"
#include "app/help/rt-help-page.h"
#include "app/help/rt-help-window.h"
#include "app/networks/rt-rename-dialog.h"
#include "app/rt-network-view.h"

/* ---- a page ---- */

static RtGuidePage *
read_page (const char *body, GError **error)
{
  g_autofree char *text = g_strdup_printf ("<?xml version=\"1.0\"?><page xmlns=\"http://projectmallard.org/1.0/\" id=\"one\">%s</page>", body);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return rt_guide_page_new (bytes, error);
}

static void
test_read (void)
{
  static const struct { RtGuideKind kind; guint number; const char *markup, *text; } blocks[] = {
    { RT_GUIDE_PARAGRAPH, 0, "Words &amp; <i>more</i> words.", "Words & more words." },
    { RT_GUIDE_HEADING, 2, "Keys", "Keys" },
    { RT_GUIDE_PARAGRAPH, 0, "Press <b>Ctrl</b>+<b>F</b> or <b>F1</b>, or <b>Menu</b> ▸ <b>Help</b>.", "Press Ctrl+F or F1, or Menu ▸ Help." },
    { RT_GUIDE_ITEM, 1, "One", "One" },
    { RT_GUIDE_ITEM, 2, "Two", "Two" },
    { RT_GUIDE_ITEM, G_MAXUINT, "still two", "still two" },
    { RT_GUIDE_ITEM, 0, "<a href=\"other#there\">There</a>", "There" },
    { RT_GUIDE_NOTE, 0, "Mind <tt>it</tt>", "Mind it" },
    { RT_GUIDE_CODE, 0, "a &lt; b\n  c", "a < b\n  c" },
    { RT_GUIDE_ROW, 0, "First", "First: second" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (RtGuidePage) page = read_page (
    "<info><link type=\"guide\" xref=\"index#talk\"/><link type=\"seealso\" xref=\"third\"/><link type=\"seealso\" xref=\"one\"/><title type=\"sort\">07</title><desc>About\n it</desc></info>"
    "<title>A title</title><p>\n  Words &amp;\n  <em>more</em> words. </p>"
    "<section id=\"keys\"><title>Keys</title><p>Press <keyseq><key>Ctrl</key> <key>F</key></keyseq> or <key>F1</key>, or <guiseq><gui>Menu</gui><gui>Help</gui></guiseq>.</p>"
    "<steps><item><p>One</p></item><item><p>Two</p><p>still two</p></item></steps><list><item><p><link xref=\"other#there\">There</link></p></item></list>"
    "<note><p>Mind <cmd>it</cmd></p></note><screen>a &lt; b\n  c</screen><table><tr><td><p>First</p></td><td><p>second</p></td></tr></table></section>", &error);
  const char * const *links;

  g_assert_no_error (error);
  g_assert_cmpstr (rt_guide_page_get_title (page), ==, "A title");
  g_assert_cmpstr (rt_guide_page_get_summary (page), ==, "About it");
  g_assert_cmpstr (rt_guide_page_get_sort (page), ==, "07");
  g_assert_cmpstr (rt_guide_page_get_parent (page), ==, "index#talk");
  g_assert_cmpuint (rt_guide_page_get_n_blocks (page), ==, G_N_ELEMENTS (blocks));
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      const RtGuideBlock *block = rt_guide_page_get_block (page, i);

      g_assert_cmpuint (block->kind, ==, blocks[i].kind);
      g_assert_cmpuint (block->number, ==, blocks[i].number);
      g_assert_cmpstr (block->markup, ==, blocks[i].markup);
      g_assert_cmpstr (block->text, ==, blocks[i].text);
    }
  g_assert_cmpstr (rt_guide_page_get_block (page, 1)->id, ==, "keys");
  g_assert_cmpstr (rt_guide_page_get_block (page, 9)->second, ==, "second");
  /* each once, and none to itself */
  links = rt_guide_page_get_links (page);
  g_assert_cmpuint (g_strv_length ((char **) links), ==, 2);
  g_assert_cmpstr (links[0], ==, "third");
  g_assert_cmpstr (links[1], ==, "other");
}

/* What cannot be shown is refused, and nothing of it is left. */
static void
test_refuse (void)
{
  static const char *bodies[] = {
    "", "<title>A</title><p>Not <b>so</b></p>", "<title>A</title><media/>", "<title>A</title><p>Not ended", "<title>A</title><item><p>Of no list</p></item>",
    "<title>A</title><section><title>B", "<title>A</title><table><tr><td><p>One", "<title>A</title><p><link>To nothing</link></p>", "<info><desc>A",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bodies[i]);
      g_assert_null (read_page (bodies[i], &error));
      g_assert_nonnull (error);
      g_assert_true (error->domain == G_MARKUP_ERROR);
    }
}

/* ---- all pages ---- */

static void
check_page (RtGuide *guide, RtGuidePage *page)
{
  const char * const *links = rt_guide_page_get_links (page);
  GtkWidget *widget = g_object_ref_sink (rt_help_page_new (guide, page));

  for (guint i = 0; links[i] != NULL; i++)
    g_assert_nonnull (rt_guide_find (guide, links[i]));
  for (guint i = 0; i < rt_guide_page_get_n_blocks (page); i++)
    g_assert_nonnull (rt_help_page_find_block (RT_HELP_PAGE (widget), (int) i));
  g_assert_null (rt_help_page_find_block (RT_HELP_PAGE (widget), (int) rt_guide_page_get_n_blocks (page)));
  g_assert_null (rt_help_page_find_block (RT_HELP_PAGE (widget), -1));
  g_assert_finalize_object (widget);
}

/* Each can be read and shown, and is listed in the index. */
static void
test_pages (void)
{
  g_autoptr (RtGuide) guide = rt_guide_new ();
  RtGuidePage *home = rt_guide_find (guide, "index");
  guint n = 0;

  g_assert_nonnull (home);
  check_page (guide, home);
  g_assert_null (rt_guide_find (guide, "nowhere"));
  for (guint i = 0; i < rt_guide_page_get_n_blocks (home); i++)
    {
      const RtGuideBlock *block = rt_guide_page_get_block (home, i);
      g_autofree char *place = g_strconcat ("index#", block->id, NULL);
      g_autoptr (GPtrArray) list = block->id != NULL ? rt_guide_list (guide, place) : NULL;

      for (guint p = 0; list != NULL && p < list->len; p++)
        check_page (guide, list->pdata[p]);
      n += list != NULL ? list->len : 0;
    }
  g_assert_cmpuint (n, >=, 15);
}

static RtGuideHit *
find_hit (GPtrArray *hits, const char *id)
{
  for (guint i = 0; i < hits->len; i++)
    {
      RtGuideHit *hit = hits->pdata[i];

      if (g_str_equal (rt_guide_page_get_id (hit->page), id))
        return hit;
    }
  return NULL;
}

static void
test_search (void)
{
  g_autoptr (RtGuide) guide = rt_guide_new ();
  g_autoptr (GPtrArray) title = rt_guide_search (guide, " PEERS ");
  g_autoptr (GPtrArray) two = rt_guide_search (guide, "firewall port");
  g_autoptr (GPtrArray) none = rt_guide_search (guide, "peers xyzzy");
  g_autoptr (GPtrArray) nothing = rt_guide_search (guide, "  ");
  RtGuideHit *hit = title->pdata[0];

  /* what is in the title comes first */
  g_assert_cmpstr (rt_guide_page_get_id (hit->page), ==, "peers");
  g_assert_cmpint (hit->block, ==, -1);
  g_assert_cmpuint (title->len, >, 2);
  hit = find_hit (two, "reach");
  g_assert_nonnull (hit);
  g_assert_cmpint (hit->block, >=, 0);
  g_assert_nonnull (strstr (rt_guide_page_get_block (hit->page, (guint) hit->block)->text, "port"));
  g_assert_cmpint (g_utf8_strlen (hit->excerpt, -1), <=, 92);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (nothing->len, ==, 0);
}

/* ---- the window ---- */

typedef struct
{
  AppFixture    app;
  RtWindow     *window;
  RtHelpWindow *help;
} Fixture;

static RtHelpWindow *
find_help (void)
{
  GListModel *all = gtk_window_get_toplevels ();
  RtHelpWindow *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWidget) one = g_list_model_get_item (all, i);

      if (RT_IS_HELP_WINDOW (one))
        {
          g_assert_null (found);
          found = RT_HELP_WINDOW (one);
        }
    }
  return found;
}

static void
ask (Fixture *self)
{
  g_action_group_activate_action (G_ACTION_GROUP (self->app.app), "help", NULL);
  self->help = find_help ();
  g_assert_nonnull (self->help);
  app_wait_for (gtk_widget_get_mapped (GTK_WIDGET (self->help)));
  app_frames (GTK_WIDGET (self->help), 3);
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  app_fixture_set_up (&self->app, "Ada");
  app_fixture_add (&self->app, "quoll");
  g_application_activate (G_APPLICATION (self->app.app));
  self->window = gtk_application_get_windows (GTK_APPLICATION (self->app.app))->data;
  app_wait_for (gtk_widget_get_mapped (GTK_WIDGET (self->window)));
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  app_fixture_tear_down (&self->app);
}

static void
act (Fixture *self, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->help), action, NULL));
  app_frames (GTK_WIDGET (self->help), 3);
}

static double
get_value (Fixture *self)
{
  return gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (app_find (GTK_WIDGET (self->help), GTK_TYPE_SCROLLED_WINDOW, "scroller"))));
}

/* F1 is about what is shown. */
static void
test_context (Fixture *self, gconstpointer unused)
{
  static const char *pages[] = { "peers", "traffic", "chat" };
  g_auto (GStrv) keys = gtk_application_get_accels_for_action (GTK_APPLICATION (self->app.app), "app.help");

  g_assert_true (g_strv_contains ((const char * const *) keys, "F1"));
  ask (self);
  g_assert_cmpstr (rt_help_window_get_page (self->help), ==, "chat");
  /* in the help itself: its contents, in the same window */
  app_wait_for (gtk_window_is_active (GTK_WINDOW (self->help)));
  ask (self);
  g_assert_cmpstr (rt_help_window_get_page (self->help), ==, "index");
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      gtk_window_close (GTK_WINDOW (self->help));
      app_settle ();
      gtk_widget_activate_action (GTK_WIDGET (self->window), "win.show-page", "s", pages[i]);
      ask (self);
      g_assert_cmpstr (rt_help_window_get_page (self->help), ==, pages[i]);
    }
  gtk_window_close (GTK_WINDOW (self->help));
  app_settle ();
  g_assert_null (find_help ());
}

static void
assert_help_of (Fixture *self, GtkWindow *dialog, const char *page)
{
  gtk_window_present (dialog);
  app_wait_for (gtk_window_is_active (dialog));
  ask (self);
  g_assert_cmpstr (rt_help_window_get_page (self->help), ==, page);
  gtk_window_destroy (GTK_WINDOW (self->help));
  gtk_window_destroy (dialog);
  app_settle ();
}

/* A dialog has a page of its own, or that of the window behind it. */
static void
test_dialogs (Fixture *self, gconstpointer unused)
{
  RtNetwork *network = rt_window_get_selected (self->window);
  GtkWidget *message;

  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.show-page", "s", "peers");
  assert_help_of (self, GTK_WINDOW (rt_rename_dialog_new (GTK_WINDOW (self->window), self->app.networks, network)), "start");
  message = adw_message_dialog_new (GTK_WINDOW (self->window), "One that nobody knows", NULL);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (message), "close", "Close");
  assert_help_of (self, GTK_WINDOW (message), "peers");
}

/* Rows and links lead on, and back to where one was. */
static void
test_ways (Fixture *self, gconstpointer unused)
{
  GtkWidget *page, *list, *label;
  gboolean handled = FALSE;
  double value;

  ask (self);
  rt_help_window_go (self->help, "nowhere");
  g_assert_cmpstr (rt_help_window_get_page (self->help), ==, "index");
  page = app_find (GTK_WIDGET (self->help), RT_TYPE_HELP_PAGE, NULL);
  list = app_find (page, GTK_TYPE_LIST_BOX, NULL);
  g_signal_emit_by_name (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0), "activate");
  g_assert_cmpstr (rt_help_window_get_page (self->help), ==, "start");
  g_assert_cmpfloat (get_value (self), ==, 0);
  rt_help_window_go (self->help, "start#join");
  app_frames (GTK_WIDGET (self->help), 3);
  value = get_value (self);
  g_assert_cmpfloat (value, >, 100);
  /* a link in the text */
  page = app_find (GTK_WIDGET (self->help), RT_TYPE_HELP_PAGE, NULL);
  label = app_find (page, GTK_TYPE_LABEL, NULL);
  g_signal_emit_by_name (label, "activate-link", "privacy#proof", &handled);
  g_assert_true (handled);
  app_frames (GTK_WIDGET (self->help), 3);
  g_assert_cmpstr (rt_help_window_get_page (self->help), ==, "privacy");
  g_assert_cmpfloat (get_value (self), >, 100);
  act (self, "help.back");
  g_assert_cmpstr (rt_help_window_get_page (self->help), ==, "start");
  g_assert_cmpfloat_with_epsilon (get_value (self), value, 1);
  act (self, "help.back");
  act (self, "help.back");
  g_assert_cmpstr (rt_help_window_get_page (self->help), ==, "chat");
  /* no way is left */
  g_assert_false (gtk_widget_get_sensitive (app_find (GTK_WIDGET (self->help), GTK_TYPE_BUTTON, "back_button")));
  act (self, "help.contents");
  g_assert_cmpstr (rt_help_window_get_page (self->help), ==, "index");
  g_assert_false (gtk_widget_get_sensitive (app_find (GTK_WIDGET (self->help), GTK_TYPE_BUTTON, "contents_button")));
}

static void
test_find (Fixture *self, gconstpointer unused)
{
  GtkWidget *entry, *stack, *list;

  ask (self);
  entry = app_find (GTK_WIDGET (self->help), GTK_TYPE_SEARCH_ENTRY, NULL);
  stack = app_find (GTK_WIDGET (self->help), GTK_TYPE_STACK, "stack");
  list = app_find (GTK_WIDGET (self->help), GTK_TYPE_LIST_BOX, "hit_list");
  act (self, "help.search");
  gtk_editable_set_text (GTK_EDITABLE (entry), "firewall");
  app_wait_for (g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (stack)), "found") == 0);
  app_picture (GTK_WIDGET (self->help), "help-found");
  gtk_editable_set_text (GTK_EDITABLE (entry), "xyzzy");
  app_wait_for (g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (stack)), "none") == 0);
  act (self, "help.escape");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (stack)), ==, "page");
  g_assert_cmpstr (rt_help_window_get_page (self->help), ==, "chat");
  act (self, "help.search");
  gtk_editable_set_text (GTK_EDITABLE (entry), "sync socket");
  app_wait_for (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0) != NULL);
  g_signal_emit_by_name (entry, "activate");
  app_frames (GTK_WIDGET (self->help), 3);
  g_assert_cmpstr (rt_help_window_get_page (self->help), ==, "table");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (stack)), ==, "page");
  gtk_widget_activate_action (GTK_WIDGET (self->help), "help.escape", NULL);
  app_settle ();
  g_assert_null (find_help ());
}

/* English in an Arabic window: read from its own side. And pictures to be looked at. */
static void
test_looks (Fixture *self, gconstpointer unused)
{
  static const char *pages[] = { "index", "start", "chat", "keyboard", "reach", "programs", "privacy" };
  static const int widths[] = { 640, 360 };

  for (guint look = 0; look < 4; look++)
    {
      gtk_widget_set_default_direction (look == 3 ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
      adw_style_manager_set_color_scheme (adw_style_manager_get_default (), look == 1 ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
      ask (self);
      gtk_window_set_default_size (GTK_WINDOW (self->help), widths[look == 2], 720);
      for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
        {
          g_autofree char *name = g_strdup_printf ("help-%s-%u", pages[i], look);
          GtkWidget *page;

          rt_help_window_go (self->help, pages[i]);
          app_frames (GTK_WIDGET (self->help), 3);
          page = app_find (GTK_WIDGET (self->help), RT_TYPE_HELP_PAGE, NULL);
          g_assert_cmpint (gtk_widget_get_direction (app_find (page, GTK_TYPE_LABEL, NULL)), ==, GTK_TEXT_DIR_LTR);
          /* nothing in it makes it wider */
          g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (self->help)), <=, widths[look == 2]);
          app_picture (GTK_WIDGET (self->help), name);
        }
      gtk_window_close (GTK_WINDOW (self->help));
      app_settle ();
    }
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/help/read", test_read);
  g_test_add_func ("/help/refuse", test_refuse);
  g_test_add_func ("/help/pages", test_pages);
  g_test_add_func ("/help/search", test_search);
  g_test_add ("/help/context", Fixture, NULL, set_up, test_context, tear_down);
  g_test_add ("/help/dialogs", Fixture, NULL, set_up, test_dialogs, tear_down);
  g_test_add ("/help/ways", Fixture, NULL, set_up, test_ways, tear_down);
  g_test_add ("/help/find", Fixture, NULL, set_up, test_find, tear_down);
  g_test_add ("/help/looks", Fixture, NULL, set_up, test_looks, tear_down);
  return g_test_run ();
}
