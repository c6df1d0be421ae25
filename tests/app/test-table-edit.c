/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Editing the table: nothing is written unseen, nothing that was typed is lost, and everything says what became of it. */
#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "app/table/rt-key-editor.h"
#include "app/table/rt-review-dialog.h"
#include "table-fixture.h"

static void
begin (TablePage *p)
{
  table_page_set_up (p, 1200, 700, 0);
  table_page_add_some (p);
}

static RtKeyEditor *
get_editor (TablePage *p)
{
  return RT_KEY_EDITOR (table_page_find (p, RT_TYPE_KEY_EDITOR, NULL));
}

static void
edit (TablePage  *p,
      const char *key)
{
  table_page_choose (p, key);
  table_page_do (p, "table.edit");
  g_assert_true (rt_key_editor_is_open (get_editor (p)));
}

static void
press_button (GtkWidget  *below,
              const char *id)
{
  GtkWidget *button = app_find (below, GTK_TYPE_BUTTON, id);

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static char *
dup_typed (TablePage *p)
{
  GtkWidget *text = app_find (table_page_find (p, RT_TYPE_VALUE_EDITOR, NULL), GTK_TYPE_TEXT_VIEW, "text");
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (gtk_text_view_get_buffer (GTK_TEXT_VIEW (text)), &start, &end);
  return gtk_text_buffer_get_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (text)), &start, &end, TRUE);
}

static void
assert_text (TablePage  *p,
             const char *key,
             const char *text)
{
  GVariant *value = fake_table_peek (p->fake, key);

  g_assert_nonnull (value);
  g_assert_cmpstr (g_variant_get_string (value, NULL), ==, text);
}

static void
wait_applied (TablePage *p)
{
  app_wait_for (!rt_table_get_applying (p->table));
  table_page_wait (p);
}

static void
respond (TablePage  *p,
         const char *response)
{
  GtkWindow *dialog = table_page_dialog (p);

  g_assert_nonnull (dialog);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), response);
  table_page_wait (p);
}

/* Enter, type, Ctrl+Enter; and undone. */
static void
test_apply (void)
{
  TablePage p;

  begin (&p);
  table_page_choose (&p, "meeting/time");
  gtk_widget_grab_focus (GTK_WIDGET (p.page));
  table_page_do (&p, "table.edit");
  g_assert_true (table_page_focus_in (&p, RT_TYPE_VALUE_EDITOR, NULL));
  table_page_type (&p, "21:30");
  g_assert_true (table_page_press (&p, GDK_KEY_Return, GDK_CONTROL_MASK));
  wait_applied (&p);
  assert_text (&p, "meeting/time", "21:30");
  g_assert_false (rt_key_editor_is_open (get_editor (&p)));
  g_assert_true (table_page_focus_in (&p, GTK_TYPE_LIST_VIEW, "list"));
  g_assert_true (app_shows (GTK_WIDGET (p.page), "“meeting/time” is written"));
  app_picture (GTK_WIDGET (p.window), "table-applied");
  g_assert_true (table_page_press (&p, GDK_KEY_z, GDK_CONTROL_MASK));
  wait_applied (&p);
  assert_text (&p, "meeting/time", "20:00");
  g_assert_true (table_page_press (&p, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK));
  wait_applied (&p);
  assert_text (&p, "meeting/time", "21:30");
  table_page_tear_down (&p);
}

/* What is typed is checked as the type that is chosen, in words; what is wrong cannot be applied. */
static void
test_check (void)
{
  static const struct { RtValueKind kind; const char *good, *bad; } cases[] = {
    { RT_VALUE_INTEGER, "-17", "17x" },
    { RT_VALUE_DECIMAL, "2.5", "two" },
    { RT_VALUE_BYTES, "00 ff 7a", "0g" },
    { RT_VALUE_LIST, "[\"tea\", 3, [true]]", "[\"tea\"" },
    { RT_VALUE_MAP, "{\"a\": {\"b\": 1}}", "{\"a\"}" },
    { RT_VALUE_TEXT, "", NULL },
  };
  TablePage p;
  RtValueEditor *value;
  GtkWidget *apply;
  GtkDropDown *drop;

  begin (&p);
  edit (&p, "meeting/time");
  value = rt_key_editor_get_value (get_editor (&p));
  apply = table_page_find (&p, GTK_TYPE_BUTTON, "apply_button");
  drop = GTK_DROP_DOWN (app_find (GTK_WIDGET (value), GTK_TYPE_DROP_DOWN, "kind_drop"));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) read = NULL;

      gtk_drop_down_set_selected (drop, (guint) cases[i].kind);
      if (cases[i].bad != NULL)
        {
          table_page_type (&p, cases[i].bad);
          app_wait_for (rt_value_editor_get_problem (value) != NULL);
          g_assert_true (app_shows (GTK_WIDGET (value), rt_value_editor_get_problem (value)));
          g_assert_false (gtk_widget_is_sensitive (apply));
          if (cases[i].kind == RT_VALUE_LIST)
            app_picture (GTK_WIDGET (p.window), "table-problem");
        }
      table_page_type (&p, cases[i].good);
      app_wait_for (rt_value_editor_get_problem (value) == NULL);
      g_assert_true (gtk_widget_is_sensitive (apply));
      read = rt_value_editor_dup_value (value, NULL);
      g_assert_nonnull (read);
      g_assert_cmpint (rt_value_get_kind (read), ==, cases[i].kind);
    }
  gtk_drop_down_set_selected (drop, RT_VALUE_BOOLEAN);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (app_find (GTK_WIDGET (value), GTK_TYPE_CHECK_BUTTON, "yes")), TRUE);
  press_button (GTK_WIDGET (p.page), "apply_button");
  wait_applied (&p);
  g_assert_true (g_variant_get_boolean (fake_table_peek (p.fake, "meeting/time")));
  table_page_tear_down (&p);
}

/* Another writes while the editor is open: what is typed stays, theirs stands beside it, and the person decides. */
static void
test_remote (void)
{
  TablePage p;
  g_autofree char *typed = NULL, *taken = NULL;

  begin (&p);
  fake_table_set_leasing (p.fake, FALSE);
  edit (&p, "meeting/place");
  table_page_type (&p, "At Ada's");
  fake_table_put (p.fake, "meeting/place", FAKE_OTHER, g_variant_new_string ("Under the bridge"));
  app_wait_for (app_shows (GTK_WIDGET (get_editor (&p)), "Under the bridge"));
  app_frames (GTK_WIDGET (p.window), 2);
  app_picture (GTK_WIDGET (p.window), "table-remote");
  typed = dup_typed (&p);
  g_assert_cmpstr (typed, ==, "At Ada's");
  press_button (GTK_WIDGET (p.page), "theirs_button");
  taken = dup_typed (&p);
  g_assert_cmpstr (taken, ==, "Under the bridge");

  table_page_type (&p, "At Ada's");
  fake_table_put (p.fake, "meeting/place", FAKE_OTHER, g_variant_new_string ("In the park"));
  app_wait_for (app_shows (GTK_WIDGET (get_editor (&p)), "In the park"));
  press_button (GTK_WIDGET (p.page), "mine_button");
  g_assert_false (app_shows (GTK_WIDGET (get_editor (&p)), "In the park"));
  press_button (GTK_WIDGET (p.page), "apply_button");
  wait_applied (&p);
  assert_text (&p, "meeting/place", "At Ada's");
  table_page_tear_down (&p);
}

/* Applied without looking at what another wrote meanwhile: it is not overwritten, but becomes a conflict. */
static void
test_conflict (void)
{
  TablePage p;

  begin (&p);
  fake_table_set_leasing (p.fake, FALSE);
  edit (&p, "meeting/place");
  table_page_type (&p, "At Ada's");
  press_button (GTK_WIDGET (p.page), "stage_button");
  table_page_wait (&p);
  g_assert_true (app_shows (GTK_WIDGET (p.page), "1 change is not applied yet"));
  fake_table_put (p.fake, "meeting/place", FAKE_OTHER, g_variant_new_string ("Under the bridge"));
  app_wait_for (rt_table_get_n_conflicts (p.table) == 1);
  app_frames (GTK_WIDGET (p.window), 3);
  g_assert_true (app_shows (GTK_WIDGET (p.page), "Which value shall it have?"));
  g_assert_true (app_shows (GTK_WIDGET (p.page), "At Ada's"));
  g_assert_true (app_shows (GTK_WIDGET (p.page), "1 conflict"));
  app_picture (GTK_WIDGET (p.window), "table-conflict");
  assert_text (&p, "meeting/place", "Under the bridge");
  table_page_do (&p, "table.keep-mine");
  /* the buttons that were there are gone, and the keyboard is not */
  g_assert_nonnull (gtk_window_get_focus (p.window));
  g_assert_cmpuint (rt_table_get_n_conflicts (p.table), ==, 0);
  table_page_do (&p, "table.apply-one");
  wait_applied (&p);
  assert_text (&p, "meeting/place", "At Ada's");

  edit (&p, "note");
  table_page_type (&p, "mine");
  press_button (GTK_WIDGET (p.page), "stage_button");
  fake_table_put (p.fake, "note", FAKE_OTHER, g_variant_new_string ("theirs"));
  app_wait_for (rt_table_get_n_conflicts (p.table) == 1);
  app_frames (GTK_WIDGET (p.window), 2);
  table_page_do (&p, "table.keep-theirs");
  g_assert_cmpuint (rt_table_get_n_staged (p.table), ==, 0);
  assert_text (&p, "note", "theirs");
  table_page_tear_down (&p);
}

/* Another has a lease: who and how long; and it is tried again by itself when that ends. */
static void
test_refusal (void)
{
  TablePage p;
  GtkWidget *retry;

  begin (&p);
  edit (&p, "meeting/place");
  g_assert_true (app_shows (GTK_WIDGET (get_editor (&p)), "can change it, for "));
  table_page_type (&p, "At Ada's");
  press_button (GTK_WIDGET (p.page), "apply_button");
  wait_applied (&p);
  g_assert_true (app_shows (GTK_WIDGET (p.page), "“meeting/place” is not written"));
  g_assert_cmpint (rt_table_row_get_state (table_page_row (&p, "meeting/place")), ==, RT_ROW_FAILED);
  app_frames (GTK_WIDGET (p.window), 3);
  app_picture (GTK_WIDGET (p.window), "table-refused");
  retry = table_page_find (&p, GTK_TYPE_CHECK_BUTTON, "retry");
  g_assert_true (gtk_widget_get_visible (retry));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (retry), TRUE);
  g_assert_true (rt_table_row_get_retrying (table_page_row (&p, "meeting/place")));
  fake_table_set_now (p.fake, 1700000000 + 3602);
  app_wait_for (rt_table_get_n_staged (p.table) == 0);
  assert_text (&p, "meeting/place", "At Ada's");
  app_frames (GTK_WIDGET (p.window), 3);
  table_page_tear_down (&p);
}

/* Delete asks, and only when the list has the focus; and can be undone. */
static void
test_delete (void)
{
  TablePage p;

  begin (&p);
  table_page_choose (&p, "meeting/time");
  table_page_do (&p, "table.find");
  table_page_press (&p, GDK_KEY_Delete, 0);
  g_assert_null (table_page_dialog (&p));
  edit (&p, "meeting/time");
  table_page_press (&p, GDK_KEY_Delete, 0);
  g_assert_null (table_page_dialog (&p));
  rt_key_editor_leave (get_editor (&p), FALSE);

  table_page_choose (&p, "meeting/time");
  gtk_widget_grab_focus (table_page_find (&p, GTK_TYPE_LIST_VIEW, "list"));
  g_assert_true (table_page_press (&p, GDK_KEY_Delete, 0));
  g_assert_nonnull (table_page_dialog (&p));
  respond (&p, "cancel");
  g_assert_nonnull (fake_table_peek (p.fake, "meeting/time"));
  gtk_widget_grab_focus (table_page_find (&p, GTK_TYPE_LIST_VIEW, "list"));
  g_assert_true (table_page_press (&p, GDK_KEY_Delete, 0));
  respond (&p, "delete");
  wait_applied (&p);
  g_assert_null (fake_table_peek (p.fake, "meeting/time"));
  g_assert_true (app_shows (GTK_WIDGET (p.page), "“meeting/time” is deleted"));
  g_assert_true (app_shows (GTK_WIDGET (p.page), "there is no such key any more"));
  app_picture (GTK_WIDGET (p.window), "table-deleted");
  /* in a field, Ctrl+Z is of what is typed there, also when there is nothing of that to undo */
  edit (&p, "note");
  table_page_press (&p, GDK_KEY_z, GDK_CONTROL_MASK);
  wait_applied (&p);
  g_assert_null (fake_table_peek (p.fake, "meeting/time"));
  rt_key_editor_leave (get_editor (&p), FALSE);
  table_page_do (&p, "table.undo");
  wait_applied (&p);
  assert_text (&p, "meeting/time", "20:00");
  g_assert_false (app_shows (GTK_WIDGET (p.page), "there is no such key any more"));
  table_page_tear_down (&p);
}

/* Escape leaves the editor, and what was typed is there again later; Cancel forgets it. */
static void
test_draft (void)
{
  TablePage p;
  g_autofree char *again = NULL, *fresh = NULL;

  begin (&p);
  edit (&p, "meeting/time");
  table_page_type (&p, "half a tho");
  g_assert_true (table_page_press (&p, GDK_KEY_Escape, 0));
  g_assert_false (rt_key_editor_is_open (get_editor (&p)));
  g_assert_cmpuint (rt_table_get_n_staged (p.table), ==, 0);
  assert_text (&p, "meeting/time", "20:00");
  /* another key has nothing of it */
  edit (&p, "note");
  table_page_choose (&p, "order");
  g_assert_false (rt_key_editor_is_open (get_editor (&p)));
  edit (&p, "meeting/time");
  again = dup_typed (&p);
  g_assert_cmpstr (again, ==, "half a tho");
  g_assert_true (app_shows (GTK_WIDGET (get_editor (&p)), "What you typed before"));
  rt_key_editor_leave (get_editor (&p), FALSE);
  edit (&p, "meeting/time");
  fresh = dup_typed (&p);
  g_assert_cmpstr (fresh, ==, "20:00");
  table_page_tear_down (&p);
}

static void
test_new_key (void)
{
  TablePage p;
  GtkEditable *key;
  GtkWidget *apply;
  GVariant *made;

  begin (&p);
  table_page_do (&p, "table.new-key");
  key = GTK_EDITABLE (table_page_find (&p, GTK_TYPE_ENTRY, "key_entry"));
  apply = table_page_find (&p, GTK_TYPE_BUTTON, "apply_button");
  g_assert_true (table_page_focus_in (&p, GTK_TYPE_ENTRY, "key_entry"));
  g_assert_false (gtk_widget_is_sensitive (apply));
  gtk_editable_set_text (key, "meeting/time");
  g_assert_true (app_shows (GTK_WIDGET (get_editor (&p)), "There is such a key already"));
  g_assert_false (gtk_widget_is_sensitive (apply));
  gtk_editable_set_text (key, "meeting/bring");
  table_page_type (&p, "biscuits");
  app_picture (GTK_WIDGET (p.window), "table-new-key");
  press_button (GTK_WIDGET (p.page), "apply_button");
  wait_applied (&p);
  assert_text (&p, "meeting/bring", "biscuits");
  g_assert_true (app_shows (GTK_WIDGET (p.page), "Yours, leased for "));
  /* bytes that are no text */
  table_page_do (&p, "table.new-key");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (table_page_find (&p, GTK_TYPE_CHECK_BUTTON, "key_hex")), TRUE);
  gtk_editable_set_text (key, "41 4z");
  g_assert_false (gtk_widget_is_sensitive (apply));
  gtk_editable_set_text (key, "41 42");
  table_page_type (&p, "by its bytes");
  press_button (GTK_WIDGET (p.page), "apply_button");
  wait_applied (&p);
  made = fake_table_peek (p.fake, "AB");
  g_assert_nonnull (made);
  table_page_tear_down (&p);
}

/* Several changes are looked at together, applied together, and each says what became of it. */
static void
test_review (void)
{
  TablePage p;
  GtkWindow *dialog;

  begin (&p);
  edit (&p, "meeting/time");
  table_page_type (&p, "21:30");
  press_button (GTK_WIDGET (p.page), "stage_button");
  edit (&p, "meeting/place");
  table_page_type (&p, "At Ada's");
  press_button (GTK_WIDGET (p.page), "stage_button");
  edit (&p, "meeting/people");
  table_page_type (&p, "18");
  press_button (GTK_WIDGET (p.page), "stage_button");
  table_page_wait (&p);
  g_assert_true (app_shows (GTK_WIDGET (p.page), "3 changes are not applied yet"));
  app_picture (GTK_WIDGET (p.window), "table-staged");
  table_page_do (&p, "table.review");
  dialog = table_page_dialog (&p);
  g_assert_true (RT_IS_REVIEW_DIALOG (dialog));
  app_frames (GTK_WIDGET (dialog), 5);
  g_assert_true (app_shows (GTK_WIDGET (dialog), "3 wait"));
  g_assert_true (app_shows (GTK_WIDGET (dialog), "20:00"));
  g_assert_true (app_shows (GTK_WIDGET (dialog), "21:30"));
  app_picture (GTK_WIDGET (dialog), "table-review");
  press_button (GTK_WIDGET (dialog), "apply_button");
  wait_applied (&p);
  app_frames (GTK_WIDGET (dialog), 5);
  assert_text (&p, "meeting/time", "21:30");
  g_assert_cmpint (g_variant_get_int64 (fake_table_peek (p.fake, "meeting/people")), ==, 18);
  g_assert_true (app_shows (GTK_WIDGET (dialog), "meeting/place"));
  g_assert_true (app_shows (GTK_WIDGET (dialog), "Try again when it ends"));
  app_picture (GTK_WIDGET (dialog), "table-results");
  press_button (GTK_WIDGET (dialog), "retry_button");
  g_assert_true (rt_table_row_get_retrying (table_page_row (&p, "meeting/place")));
  press_button (GTK_WIDGET (dialog), "back_button");
  app_frames (GTK_WIDGET (dialog), 3);
  g_assert_true (app_shows (GTK_WIDGET (dialog), "At Ada's"));
  gtk_window_close (dialog);
  app_settle ();
  table_page_do (&p, "table.discard");
  respond (&p, "discard");
  g_assert_cmpuint (rt_table_get_n_staged (p.table), ==, 0);
  table_page_tear_down (&p);
}

/* That it cannot be taken back is said before it is done. */
static void
test_review_of_too_many (void)
{
  TablePage p;
  GtkWindow *dialog;

  begin (&p);
  for (guint i = 0; i <= RT_TABLE_MAX_UNDO; i++)
    {
      g_autofree char *text = g_strdup_printf ("many/%u", i);
      g_autoptr (GBytes) key = g_bytes_new (text, strlen (text));

      g_assert_nonnull (rt_table_stage_set (p.table, key, g_variant_new_int64 (i), NULL, NULL));
    }
  table_page_wait (&p);
  table_page_do (&p, "table.review");
  dialog = table_page_dialog (&p);
  app_frames (GTK_WIDGET (dialog), 5);
  g_assert_true (app_shows (GTK_WIDGET (dialog), "So many changes at once cannot be undone"));
  gtk_window_close (dialog);
  app_settle ();
  rt_table_unstage_all (p.table);
  table_page_tear_down (&p);
}

/* Out into a file and in from it: what is in the file waits for a review. */
static void
test_files (void)
{
  static const char * const names[] = { "table.json", "table.csv" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      TablePage p;
      g_autofree char *path = NULL;
      g_autoptr (GFile) file = NULL;

      begin (&p);
      path = g_build_filename (p.fixture.folder, names[i], NULL);
      file = g_file_new_for_path (path);
      rt_table_page_export_to (p.page, file);
      app_wait_for (app_shows (GTK_WIDGET (p.page), "10 keys exported"));
      fake_table_set_leasing (p.fake, FALSE);
      fake_table_put (p.fake, "meeting/time", FAKE_OTHER, g_variant_new_string ("22:00"));
      fake_table_put (p.fake, "note", FAKE_OTHER, NULL);
      table_page_wait (&p);
      rt_table_page_import_from (p.page, file);
      app_wait_for (app_shows (GTK_WIDGET (p.page), "2 entries wait for your review"));
      g_assert_cmpuint (rt_table_get_n_staged (p.table), ==, 2);
      assert_text (&p, "meeting/time", "22:00");
      table_page_tear_down (&p);
    }
}

/* Off: what is known is shown, what is changed waits. */
static void
test_offline (void)
{
  TablePage p;

  begin (&p);
  fake_table_set_refusal (p.fake, "This network is offline");
  table_page_wait (&p);
  edit (&p, "meeting/time");
  table_page_type (&p, "21:30");
  g_assert_false (gtk_widget_is_sensitive (table_page_find (&p, GTK_TYPE_BUTTON, "apply_button")));
  press_button (GTK_WIDGET (p.page), "stage_button");
  table_page_wait (&p);
  g_assert_cmpuint (rt_table_get_n_staged (p.table), ==, 1);
  g_assert_cmpuint (fake_table_get_n_writes (p.fake), ==, 0);
  app_picture (GTK_WIDGET (p.window), "table-offline");
  table_page_tear_down (&p);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/table-edit/apply", test_apply);
  g_test_add_func ("/table-edit/check", test_check);
  g_test_add_func ("/table-edit/remote", test_remote);
  g_test_add_func ("/table-edit/conflict", test_conflict);
  g_test_add_func ("/table-edit/refusal", test_refusal);
  g_test_add_func ("/table-edit/delete", test_delete);
  g_test_add_func ("/table-edit/draft", test_draft);
  g_test_add_func ("/table-edit/new-key", test_new_key);
  g_test_add_func ("/table-edit/review", test_review);
  g_test_add_func ("/table-edit/review-of-too-many", test_review_of_too_many);
  g_test_add_func ("/table-edit/files", test_files);
  g_test_add_func ("/table-edit/offline", test_offline);
  return g_test_run ();
}
