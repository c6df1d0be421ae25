/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "table-fixture.h"

void
table_page_set_up (TablePage *p,
                   int        width,
                   int        height,
                   guint      n_keys)
{
  *p = (TablePage) { 0 };
  app_fixture_set_up (&p->fixture, "Ada");
  p->fake = fake_table_new ();
  if (n_keys > 0)
    fake_table_fill (p->fake, n_keys);
  p->table = rt_table_new (RT_TABLE_SOURCE (p->fake));
  p->window = GTK_WINDOW (adw_window_new ());
  p->page = g_object_new (RT_TYPE_TABLE_PAGE, "table", p->table, NULL);
  gtk_window_set_default_size (p->window, width, height);
  adw_window_set_content (ADW_WINDOW (p->window), GTK_WIDGET (p->page));
  gtk_window_present (p->window);
  app_frames (GTK_WIDGET (p->window), 3);
  table_page_wait (p);
}

void
table_page_tear_down (TablePage *p)
{
  g_autoptr (RtTablePage) page = g_object_ref (p->page);

  gtk_window_destroy (p->window);
  app_settle ();
  g_assert_finalize_object (g_steal_pointer (&page));
  g_assert_finalize_object (g_steal_pointer (&p->table));
  g_assert_finalize_object (g_steal_pointer (&p->fake));
  app_fixture_tear_down (&p->fixture);
}

/* Changes are gathered for a frame before the table begins to work on them. */
static gboolean
is_up_to_date (TablePage *p)
{
  g_autoptr (GPtrArray) keys = rt_table_source_list (RT_TABLE_SOURCE (p->fake));

  return !rt_table_get_working (p->table) && rt_table_get_n_keys (p->table) == keys->len;
}

void
table_page_wait (TablePage *p)
{
  app_settle ();
  app_wait_for (is_up_to_date (p));
  app_frames (GTK_WIDGET (p->window), 2);
}

void
table_page_add_some (TablePage *p)
{
  GVariantBuilder list, map;
  static const guint8 bytes[] = { 0, 1, 2, 0xfe, 0xff };

  g_variant_builder_init (&list, G_VARIANT_TYPE ("av"));
  g_variant_builder_add (&list, "v", g_variant_new_string ("milk"));
  g_variant_builder_add (&list, "v", g_variant_new_int64 (3));
  g_variant_builder_add (&list, "v", g_variant_new_boolean (TRUE));
  g_variant_builder_init (&map, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&map, "{sv}", "drink", g_variant_new_string ("tea"));
  g_variant_builder_add (&map, "{sv}", "cups", g_variant_new_int64 (8));
  fake_table_put (p->fake, "meeting/place", FAKE_OTHER, g_variant_new_string ("The old mill, by the river; the door at the back is open from seven on"));
  fake_table_put (p->fake, "meeting/time", FAKE_ME, g_variant_new_string ("20:00"));
  fake_table_put (p->fake, "meeting/people", FAKE_ME, g_variant_new_int64 (17));
  fake_table_put (p->fake, "lab/temperature", FAKE_OTHER, g_variant_new_double (21.5));
  fake_table_put (p->fake, "lab/door open", FAKE_OTHER, g_variant_new_boolean (TRUE));
  fake_table_put (p->fake, "lab/raw", FAKE_OTHER, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, sizeof bytes, 1));
  fake_table_put (p->fake, "shopping", FAKE_OTHER, g_variant_builder_end (&list));
  fake_table_put (p->fake, "order", FAKE_ME, g_variant_builder_end (&map));
  fake_table_put (p->fake, "مفتاح", FAKE_OTHER, g_variant_new_string ("قيمة"));
  fake_table_put (p->fake, "note", FAKE_OTHER, g_variant_new_string ("Two lines:\n<b>this is no markup</b> \342\200\256 and this is not turned round"));
  table_page_wait (p);
}

RtTableRow *
table_page_row (TablePage  *p,
                const char *key)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
  RtTableRow *row = rt_table_find (p->table, bytes);

  g_assert_nonnull (row);
  return row;
}

GtkWidget *
table_page_find (TablePage  *p,
                 GType       type,
                 const char *id)
{
  GtkWidget *found = app_find (GTK_WIDGET (p->page), type, id);

  g_assert_nonnull (found);
  return found;
}

void
table_page_choose (TablePage  *p,
                   const char *key)
{
  GtkListView *list = GTK_LIST_VIEW (table_page_find (p, GTK_TYPE_LIST_VIEW, "list"));
  guint position = 0;

  g_assert_true (rt_table_get_position (p->table, table_page_row (p, key), &position));
  gtk_selection_model_select_item (gtk_list_view_get_model (list), position, TRUE);
  app_frames (GTK_WIDGET (p->window), 2);
}

void
table_page_do (TablePage  *p,
               const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (p->page), action, NULL));
  app_frames (GTK_WIDGET (p->window), 2);
}

const char *
table_page_shown (TablePage *p)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (table_page_find (p, GTK_TYPE_STACK, "stack")));
}

gboolean
table_page_focus_in (TablePage  *p,
                     GType       type,
                     const char *id)
{
  GtkWidget *focus = gtk_window_get_focus (p->window), *widget = table_page_find (p, type, id);

  return focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

/* Every shortcut of a widget that this key triggers. */
static gboolean
try_controller (GtkEventController *controller,
                GtkWidget          *widget,
                guint               keyval,
                GdkModifierType     state)
{
  guint n;

  if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
    return FALSE;
  n = g_list_model_get_n_items (G_LIST_MODEL (controller));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), i);
      g_autofree char *trigger = gtk_shortcut_trigger_to_string (gtk_shortcut_get_trigger (shortcut));
      g_auto (GStrv) parts = g_strsplit (trigger, "|", -1);

      for (char **part = parts; *part != NULL; part++)
        {
          guint key;
          GdkModifierType mods;

          if (gtk_accelerator_parse (*part, &key, &mods) && key == keyval && mods == state &&
              gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget, gtk_shortcut_get_arguments (shortcut)))
            return TRUE;
        }
    }
  return FALSE;
}

gboolean
table_page_press (TablePage       *p,
                  guint            keyval,
                  GdkModifierType  state)
{
  for (GtkWidget *w = gtk_window_get_focus (p->window); w != NULL; w = gtk_widget_get_parent (w))
    {
      g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (w);
      guint n = g_list_model_get_n_items (controllers);

      for (guint i = 0; i < n; i++)
        {
          g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

          if (try_controller (controller, w, keyval, state))
            {
              app_frames (GTK_WIDGET (p->window), 2);
              return TRUE;
            }
        }
    }
  return FALSE;
}

void
table_page_type (TablePage  *p,
                 const char *text)
{
  GtkWidget *editor = table_page_find (p, RT_TYPE_VALUE_EDITOR, NULL);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (app_find (editor, GTK_TYPE_TEXT_VIEW, "text"))), text, -1);
  app_settle ();
}

GtkWindow *
table_page_dialog (TablePage *p)
{
  return app_dialog (p->window);
}
