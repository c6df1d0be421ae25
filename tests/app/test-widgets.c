/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app-fixture.h"
#include "app/help/rt-help-page.h"
#include "app/networks/rt-address-group.h"
#include "app/networks/rt-network-row.h"
#include "app/peers/rt-known-peer-row.h"
#include "app/peers/rt-peer-cell.h"
#include "app/peers/rt-peers-page.h"
#include "app/rt-banner.h"
#include "app/rt-entry-field.h"
#include "app/rt-first-run-page.h"
#include "app/rt-network-view.h"
#include "app/rt-pair-box.h"
#include "app/rt-plain-row.h"
#include "app/ring/rt-ring-glyph.h"
#include "app/rt-row-drawing.h"
#include "app/rt-sidebar.h"
#include "app/rt-width-switch.h"
#include "app/peers/rt-connect-card.h"
#include "app/peers/rt-tell-card.h"

/* Every template that needs nothing to be made: it is made, and nothing keeps it. */
static void
test_templates (void)
{
  const GType types[] = {
    RT_TYPE_BANNER, RT_TYPE_HINT_ROW, RT_TYPE_ENTRY_FIELD, RT_TYPE_FIRST_RUN_PAGE, RT_TYPE_SIDEBAR, RT_TYPE_PEERS_PAGE,
    RT_TYPE_CONNECT_CARD, RT_TYPE_TELL_CARD, RT_TYPE_PEER_CELL, RT_TYPE_PAIR_BOX, RT_TYPE_WIDTH_SWITCH,
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GObject *widget = g_object_ref_sink (g_object_new (types[i], NULL));

      g_test_message ("%s", g_type_name (types[i]));
      g_assert_finalize_object (widget);
    }
}

static void
test_templates_of_network (void)
{
  AppFixture fixture = { 0 };
  RtNetwork *network;
  g_autoptr (RtKnownPeer) peer = rt_known_peer_new ("10.0.0.5:4444", NULL, 0);
  GtkWidget *widget;

  app_fixture_set_up (&fixture, "Ada");
  network = app_fixture_add (&fixture, "club");

  widget = g_object_ref_sink (rt_network_row_new (network));
  g_assert_finalize_object (widget);
  widget = g_object_ref_sink (rt_network_view_new (network));
  g_assert_finalize_object (widget);
  widget = g_object_ref_sink (rt_known_peer_row_new (peer, network));
  g_assert_true (app_shows (widget, "10.0.0.5:4444"));
  rt_known_peer_note_failure (peer, "Nobody <i>listens</i> there");
  g_assert_true (app_shows (widget, "Nobody <i>listens</i> there"));
  g_assert_finalize_object (widget);
  app_fixture_tear_down (&fixture);
}

static void
count_cb (guint *n)
{
  (*n)++;
}

static void
test_banner (void)
{
  RtBanner *banner = g_object_ref_sink (g_object_new (RT_TYPE_BANNER, NULL));
  guint n = 0, clicked = 0;

  g_signal_connect_swapped (banner, "notify::title", G_CALLBACK (count_cb), &n);
  g_signal_connect_swapped (banner, "button-clicked", G_CALLBACK (count_cb), &clicked);
  g_assert_cmpint (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (banner)), ==, GTK_ACCESSIBLE_ROLE_ALERT);
  g_assert_false (rt_banner_get_revealed (banner));
  rt_banner_set_title (banner, "Port <taken> & gone");
  rt_banner_set_title (banner, "Port <taken> & gone");
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (rt_banner_get_revealed (banner));
  g_assert_true (app_shows (GTK_WIDGET (banner), "Port <taken> & gone"));

  rt_banner_set_button_label (banner, "Try again");
  g_signal_emit_by_name (app_find (GTK_WIDGET (banner), GTK_TYPE_BUTTON, "button"), "clicked");
  g_assert_cmpuint (clicked, ==, 1);

  /* dismissed stays away until there is something new */
  g_signal_emit_by_name (app_find (GTK_WIDGET (banner), GTK_TYPE_BUTTON, "dismiss_button"), "clicked");
  g_assert_false (rt_banner_get_revealed (banner));
  rt_banner_set_title (banner, "Port <taken> & gone");
  g_assert_false (rt_banner_get_revealed (banner));
  rt_banner_set_title (banner, "Something else");
  g_assert_true (rt_banner_get_revealed (banner));
  rt_banner_set_title (banner, NULL);
  g_assert_false (rt_banner_get_revealed (banner));
  g_assert_finalize_object (banner);
}

static char *
check_no_x (const char *text)
{
  return strchr (text, 'x') != NULL ? g_strdup ("There is an x") : NULL;
}

static void
test_entry_field (void)
{
  RtHintRow *hint = g_object_ref_sink (g_object_new (RT_TYPE_HINT_ROW, NULL));
  RtEntryField *field = g_object_ref_sink (g_object_new (RT_TYPE_ENTRY_FIELD, "title", "A field", "required", TRUE, "hint", hint, NULL));
  g_autofree char *text = NULL;
  guint n = 0;
  int position = 0;

  g_signal_connect_swapped (field, "notify::problem", G_CALLBACK (count_cb), &n);
  /* empty from the start: there is a problem, but nobody is told off */
  g_assert_nonnull (rt_entry_field_get_problem (field));
  g_assert_null (rt_hint_row_get_text (hint));

  rt_entry_field_set_check (field, check_no_x);
  gtk_editable_insert_text (GTK_EDITABLE (field), "a", 1, &position);
  g_assert_null (rt_entry_field_get_problem (field));
  g_assert_cmpuint (n, ==, 1);
  gtk_editable_insert_text (GTK_EDITABLE (field), "x", 1, &position);
  g_assert_cmpstr (rt_entry_field_get_problem (field), ==, "There is an x");
  g_assert_cmpstr (rt_hint_row_get_text (hint), ==, "There is an x");
  g_assert_cmpuint (n, ==, 2);
  gtk_editable_insert_text (GTK_EDITABLE (field), "x", 1, &position);
  g_assert_cmpuint (n, ==, 2);
  gtk_editable_set_text (GTK_EDITABLE (field), "");
  g_assert_nonnull (rt_hint_row_get_text (hint));
  gtk_editable_set_text (GTK_EDITABLE (field), "  a b ");
  text = rt_entry_field_dup_text (field);
  g_assert_cmpstr (text, ==, "a b");
  rt_entry_field_reset (field, "x");
  g_assert_nonnull (rt_entry_field_get_problem (field));
  g_assert_null (rt_hint_row_get_text (hint));
  g_assert_finalize_object (field);
  g_assert_finalize_object (hint);
}

static void
test_person_name (void)
{
  static const char * const good[] = { "A", "Ada Lovelace", "李", "  Ada  ", "أدا" };
  static const char * const bad[] = { "", "   ", "a\nb", "a\tb", "a\342\200\250b", "\xff" };
  g_autofree char *longest = g_strnfill (RT_PERSON_NAME_MAX, 'a');
  g_autofree char *too_long = g_strnfill (RT_PERSON_NAME_MAX + 1, 'a');
  g_autofree char *words = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *problem = rt_check_person_name (good[i]);

      g_assert_cmpstr (problem, ==, NULL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *problem = rt_check_person_name (bad[i]);

      g_assert_nonnull (problem);
    }
  g_assert_null (rt_check_person_name (longest));
  words = rt_check_person_name (too_long);
  g_assert_nonnull (strstr (words, "64"));
  /* 33 letters of two bytes: others would see 32 of them */
  g_assert_null (rt_check_person_name ("абвгдабвгдабвгдабвгдабвгдабвгдаб"));
  g_clear_pointer (&words, g_free);
  words = rt_check_person_name ("абвгдабвгдабвгдабвгдабвгдабвгдабв");
  g_assert_nonnull (strstr (words, "32"));
  /* nobody would see it */
  g_clear_pointer (&words, g_free);
  words = rt_check_person_name ("\xE2\xA0\x80\xE2\x80\x8B");
  g_assert_cmpstr (words, ==, "Enter a name");
}

static void
chosen_cb (RtFirstRunPage *page,
           const char     *name,
           gboolean        join,
           char          **where)
{
  g_free (*where);
  *where = g_strdup_printf ("%s:%d", name, join);
}

static void
test_first_run_page (void)
{
  GtkWidget *page = g_object_ref_sink (g_object_new (RT_TYPE_FIRST_RUN_PAGE, NULL));
  GtkWidget *name = app_find (page, ADW_TYPE_ENTRY_ROW, "name_row");
  GtkWidget *create = app_find (page, GTK_TYPE_BUTTON, "create_button");
  GtkWidget *join = app_find (page, GTK_TYPE_BUTTON, "join_button");
  g_autofree char *chosen = NULL;

  g_signal_connect (page, "chosen", G_CALLBACK (chosen_cb), &chosen);
  gtk_editable_set_text (GTK_EDITABLE (name), "");
  g_assert_false (gtk_widget_get_sensitive (create));
  g_assert_false (gtk_widget_get_sensitive (join));
  g_assert_nonnull (gtk_widget_get_tooltip_text (create));
  g_signal_emit_by_name (name, "entry-activated");
  g_assert_null (chosen);

  gtk_editable_set_text (GTK_EDITABLE (name), " Ada ");
  g_assert_true (gtk_widget_get_sensitive (create));
  g_signal_emit_by_name (create, "clicked");
  g_assert_cmpstr (chosen, ==, "Ada:0");
  g_signal_emit_by_name (join, "clicked");
  g_assert_cmpstr (chosen, ==, "Ada:1");
  g_assert_finalize_object (page);
}

static GtkWidget *
make_block (int width,
            int height)
{
  GtkWidget *block = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_set_size_request (block, width, height);
  return block;
}

static int
measure_height (GtkWidget *widget,
                int        width)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width, &minimum, NULL, NULL, NULL);
  return minimum;
}

static void
test_pair_box (void)
{
  GtkWidget *box = g_object_ref_sink (g_object_new (RT_TYPE_PAIR_BOX, "threshold", 400, "spacing", 10, NULL));
  GtkWidget *first = make_block (100, 30), *second = make_block (150, 50);
  graphene_rect_t bounds;
  int minimum;

  gtk_widget_set_parent (first, box);
  gtk_widget_set_parent (second, box);
  gtk_widget_measure (box, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, ==, 150);
  g_assert_cmpint (measure_height (box, 399), ==, 90);
  g_assert_cmpint (measure_height (box, 400), ==, 50);

  gtk_widget_size_allocate (box, &(GtkAllocation) { 0, 0, 410, 50 }, -1);
  g_assert_true (gtk_widget_compute_bounds (second, box, &bounds));
  g_assert_cmpfloat (bounds.origin.x, ==, 210);
  g_assert_cmpfloat (bounds.origin.y, ==, 0);
  g_assert_cmpfloat (bounds.size.width, ==, 200);

  gtk_widget_set_direction (box, GTK_TEXT_DIR_RTL);
  gtk_widget_size_allocate (box, &(GtkAllocation) { 0, 0, 410, 50 }, -1);
  g_assert_true (gtk_widget_compute_bounds (second, box, &bounds));
  g_assert_cmpfloat (bounds.origin.x, ==, 0);

  gtk_widget_size_allocate (box, &(GtkAllocation) { 0, 0, 300, 90 }, -1);
  g_assert_true (gtk_widget_compute_bounds (second, box, &bounds));
  g_assert_cmpfloat (bounds.origin.y, ==, 40);
  g_assert_cmpfloat (bounds.size.width, ==, 300);

  /* alone, it has all of it */
  gtk_widget_set_visible (first, FALSE);
  g_assert_cmpint (measure_height (box, 1000), ==, 50);
  gtk_widget_size_allocate (box, &(GtkAllocation) { 0, 0, 1000, 50 }, -1);
  g_assert_true (gtk_widget_compute_bounds (second, box, &bounds));
  g_assert_cmpfloat (bounds.size.width, ==, 1000);
  g_assert_finalize_object (box);
}

/* A node of text in what is drawn. */
static GskRenderNode *
find_text (GskRenderNode *node)
{
  switch (gsk_render_node_get_node_type (node))
    {
    case GSK_TEXT_NODE:
      return node;
    case GSK_TRANSFORM_NODE:
      return find_text (gsk_transform_node_get_child (node));
    case GSK_CONTAINER_NODE:
      return gsk_container_node_get_n_children (node) > 0 ? find_text (gsk_container_node_get_child (node, 0)) : NULL;
    default:
      return NULL;
    }
}

/* The glyphs that are seen, from left to right. */
static GArray *
draw_in_row (GtkWidget  *row,
             const char *text,
             gboolean    at_end,
             gboolean   *on_the_right)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  GArray *glyphs = g_array_new (FALSE, FALSE, sizeof (PangoGlyph));
  const PangoGlyphInfo *infos;
  graphene_rect_t bounds;
  guint n_infos;

  rt_row_draw_text (row, snapshot, text, 0, 0, 400, at_end, 1);
  node = gtk_snapshot_free_to_node (snapshot);
  gsk_render_node_get_bounds (node, &bounds);
  /* what is drawn may have a part above or below, and the row's room on both sides */
  *on_the_right = bounds.origin.x > 200;
  infos = gsk_text_node_get_glyphs (find_text (node), &n_infos);
  for (guint i = 0; i < n_infos; i++)
    if (infos[i].geometry.width > 0)
      g_array_append_val (glyphs, infos[i].glyph);
  return glyphs;
}

/* In rows that are drawn everything begins where reading begins; but numbers, bytes and lists stay as they are typed. */
static void
test_row_texts (void)
{
  const char *texts[] = { "value", "0.25", "04 00 1f", "04 00 10", "[5, \"item\"]", "{\"n\": 6}", "שלום" };
  GtkWidget *row = g_object_ref_sink (gtk_label_new (NULL));

  gtk_widget_size_allocate (row, &(GtkAllocation) { 0, 0, 400, 30 }, -1);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint at_end = 0; at_end < 2; at_end++)
      {
        g_autoptr (GArray) straight = NULL, mirrored = NULL;
        gboolean right;

        gtk_widget_set_direction (row, GTK_TEXT_DIR_LTR);
        straight = draw_in_row (row, texts[i], at_end == 1, &right);
        g_assert_cmpint (right, ==, at_end == 1);
        gtk_widget_set_direction (row, GTK_TEXT_DIR_RTL);
        mirrored = draw_in_row (row, texts[i], at_end == 1, &right);
        g_assert_cmpint (right, ==, at_end == 0);
        g_assert_cmpmem (straight->data, straight->len * sizeof (PangoGlyph), mirrored->data, mirrored->len * sizeof (PangoGlyph));
      }
  g_assert_finalize_object (row);
}

/* The marks of the ring and of the graph differ where there is one colour, too. */
static void
test_glyph_shapes (void)
{
  const GdkRGBA black = { 0, 0, 0, 1 }, white = { 1, 1, 1, 1 };
  const RtRingColors colors = { black, black, black, black, black, white };
  cairo_surface_t *surfaces[RT_RING_GLYPH_ANSWER + RT_RING_NOBODY + 1];

  for (guint i = 0; i < G_N_ELEMENTS (surfaces); i++)
    {
      cairo_t *cr;

      surfaces[i] = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 24, 24);
      cr = cairo_create (surfaces[i]);
      rt_ring_glyph_draw (cr, (int) i, 12, 12, 8, &colors);
      cairo_destroy (cr);
      cairo_surface_flush (surfaces[i]);
      for (guint j = 0; j < i; j++)
        {
          g_test_message ("%u and %u", j, i);
          g_assert_cmpint (memcmp (cairo_image_surface_get_data (surfaces[i]), cairo_image_surface_get_data (surfaces[j]),
                                   24 * (size_t) cairo_image_surface_get_stride (surfaces[i])), !=, 0);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (surfaces); i++)
    cairo_surface_destroy (surfaces[i]);
}

/* What others wrote is text, never markup; GTK would warn of it, and a warning ends a test. */
static void
test_plain_rows (void)
{
  const char *texts[] = { "<b>&", "<i>Ben</i> & Co", "&amp;", "a <" };
  const char *addresses[] = { "<b>&:4444", NULL };
  GtkWidget *group = g_object_ref_sink (g_object_new (RT_TYPE_ADDRESS_GROUP, NULL)), *list = g_object_ref_sink (rt_help_list_new ("List"));

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GtkWidget *row = g_object_ref_sink (rt_plain_row_new (texts[i], texts[G_N_ELEMENTS (texts) - 1 - i]));

      g_assert_true (app_shows (row, texts[i]));
      g_assert_true (app_shows (row, texts[G_N_ELEMENTS (texts) - 1 - i]));
      g_assert_finalize_object (row);
      rt_help_list_add (GTK_LIST_BOX (list), "index", texts[i], texts[i]);
      g_assert_true (app_shows (list, texts[i]));
    }
  rt_address_group_set_addresses (RT_ADDRESS_GROUP (group), addresses);
  g_assert_true (app_shows (group, addresses[0]));
  g_assert_finalize_object (group);
  g_assert_finalize_object (list);
}

static void
test_width_switch (void)
{
  GtkWidget *wide = make_block (500, 20), *narrow = make_block (100, 80);
  GtkWidget *box = g_object_ref_sink (g_object_new (RT_TYPE_WIDTH_SWITCH, "wide", wide, "narrow", narrow, NULL));
  int minimum, natural;

  gtk_widget_measure (box, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (minimum, ==, 100);
  g_assert_cmpint (natural, ==, 500);
  /* the height is that of the child that the width will show, whichever is shown now */
  g_assert_cmpint (measure_height (box, 499), ==, 80);
  g_assert_cmpint (measure_height (box, 500), ==, 20);
  gtk_widget_size_allocate (box, &(GtkAllocation) { 0, 0, 600, 20 }, -1);
  g_assert_true (rt_width_switch_get_is_wide (RT_WIDTH_SWITCH (box)));
  g_assert_true (gtk_widget_get_child_visible (wide));
  g_assert_false (gtk_widget_get_child_visible (narrow));
  g_assert_cmpint (measure_height (box, 499), ==, 80);
  gtk_widget_size_allocate (box, &(GtkAllocation) { 0, 0, 300, 80 }, -1);
  g_assert_false (rt_width_switch_get_is_wide (RT_WIDTH_SWITCH (box)));
  g_assert_false (gtk_widget_get_child_visible (wide));
  g_assert_true (gtk_widget_get_child_visible (narrow));
  g_assert_finalize_object (box);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/widgets/templates", test_templates);
  g_test_add_func ("/widgets/templates-of-network", test_templates_of_network);
  g_test_add_func ("/widgets/banner", test_banner);
  g_test_add_func ("/widgets/entry-field", test_entry_field);
  g_test_add_func ("/widgets/person-name", test_person_name);
  g_test_add_func ("/widgets/first-run-page", test_first_run_page);
  g_test_add_func ("/widgets/pair-box", test_pair_box);
  g_test_add_func ("/widgets/width-switch", test_width_switch);
  g_test_add_func ("/widgets/row-texts", test_row_texts);
  g_test_add_func ("/widgets/plain-rows", test_plain_rows);
  g_test_add_func ("/widgets/glyph-shapes", test_glyph_shapes);
  return g_test_run ();
}
