/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is listed in a fold at a key: when it is read, whose answer counts, and the history of a key, which is such a list. */
#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "app/table/rt-key-history.h"
#include "table-fixture.h"

/* A list whose answers come when the test says so. */
#define TEST_TYPE_LIST (test_list_get_type ())
G_DECLARE_FINAL_TYPE (TestList, test_list, TEST, LIST, RtKeyList)

struct _TestList
{
  RtKeyList parent_instance;
  GPtrArray *asked;             /* of GTask */
  int        chosen;
};

G_DEFINE_FINAL_TYPE (TestList, test_list, RT_TYPE_KEY_LIST)

static void
answer_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *text = g_task_propagate_pointer (G_TASK (result), NULL);

  if (!rt_key_list_take_answer (RT_KEY_LIST (object), result))
    return;
  if (text == NULL)
    rt_key_list_say (RT_KEY_LIST (object), "Nothing");
  else
    rt_key_list_add (RT_KEY_LIST (object), text, "below", NULL);
}

static void
test_list_load (RtKeyList *list, GBytes *key, GCancellable *cancellable)
{
  GTask *task = g_task_new (list, cancellable, answer_cb, NULL);

  g_task_set_task_data (task, g_strndup (g_bytes_get_data (key, NULL), g_bytes_get_size (key)), g_free);
  g_ptr_array_add (TEST_LIST (list)->asked, task);
}

static void
test_list_activate (RtKeyList *list, guint position)
{
  TEST_LIST (list)->chosen = (int) position;
}

static void
test_list_finalize (GObject *object)
{
  g_ptr_array_unref (TEST_LIST (object)->asked);
  G_OBJECT_CLASS (test_list_parent_class)->finalize (object);
}

static void
test_list_class_init (TestListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_list_finalize;
  RT_KEY_LIST_CLASS (klass)->load = test_list_load;
  RT_KEY_LIST_CLASS (klass)->activate = test_list_activate;
}

static void
test_list_init (TestList *self)
{
  self->asked = g_ptr_array_new_with_free_func (g_object_unref);
  self->chosen = -1;
  rt_key_list_set_titles (RT_KEY_LIST (self), "_Fold", "A list");
}

typedef struct
{
  GtkWidget *window;
  GtkWidget *list;
} Fixture;

static void
set_up (Fixture *f, GType type)
{
  f->window = gtk_window_new ();
  f->list = g_object_new (type, NULL);
  gtk_window_set_child (GTK_WINDOW (f->window), f->list);
  gtk_window_present (GTK_WINDOW (f->window));
}

static void
tear_down (Fixture *f)
{
  g_object_ref (f->list);
  gtk_window_destroy (GTK_WINDOW (f->window));
  app_settle ();
  g_assert_finalize_object (f->list);
}

static void
unfold (Fixture *f, gboolean open)
{
  gtk_expander_set_expanded (GTK_EXPANDER (gtk_widget_get_first_child (f->list)), open);
}

static GtkListBox *
get_box (Fixture *f)
{
  return GTK_LIST_BOX (gtk_expander_get_child (GTK_EXPANDER (gtk_widget_get_first_child (f->list))));
}

static guint
count_rows (Fixture *f)
{
  guint n = 0;

  while (gtk_list_box_get_row_at_index (get_box (f), (int) n) != NULL)
    n++;
  return n;
}

static void
set_key (Fixture *f, const char *key)
{
  g_autoptr (GBytes) bytes = key != NULL ? g_bytes_new (key, strlen (key)) : NULL;

  rt_key_list_set_key (RT_KEY_LIST (f->list), bytes);
}

/* The oldest question: its answer is what was asked about. FALSE: nothing was asked. */
static gboolean
answer (Fixture *f, gboolean with_something)
{
  GPtrArray *asked = TEST_LIST (f->list)->asked;
  g_autoptr (GTask) task = NULL;

  if (asked->len == 0)
    return FALSE;
  task = g_ptr_array_steal_index (asked, 0);
  g_task_return_pointer (task, with_something ? g_strdup (g_task_get_task_data (task)) : NULL, g_free);
  g_clear_object (&task);
  app_settle ();
  return TRUE;
}

static void
test_read_when_seen (void)
{
  Fixture f;

  set_up (&f, TEST_TYPE_LIST);
  set_key (&f, "a");
  g_assert_false (answer (&f, TRUE));
  unfold (&f, TRUE);
  g_assert_true (answer (&f, TRUE));
  g_assert_true (app_shows (f.list, "a"));
  g_assert_true (app_shows (f.list, "below"));
  /* the same once more: it stays until there is another answer */
  set_key (&f, "a");
  g_assert_true (app_shows (f.list, "a"));
  g_assert_true (answer (&f, FALSE));
  g_assert_true (app_shows (f.list, "Nothing"));
  g_assert_cmpuint (count_rows (&f), ==, 1);
  /* folded: what was listed is not what it will be */
  unfold (&f, FALSE);
  set_key (&f, "b");
  g_assert_false (answer (&f, TRUE));
  g_assert_cmpuint (count_rows (&f), ==, 0);
  tear_down (&f);
}

/* The answer of a key that is not looked at any more is no answer, in whatever order they come. */
static void
test_late_answers (void)
{
  Fixture f;

  set_up (&f, TEST_TYPE_LIST);
  unfold (&f, TRUE);
  set_key (&f, "a");
  set_key (&f, "b");
  g_assert_true (answer (&f, TRUE));
  g_assert_cmpuint (count_rows (&f), ==, 0);
  g_assert_true (answer (&f, TRUE));
  g_assert_true (app_shows (f.list, "b"));
  set_key (&f, "c");
  g_assert_cmpuint (count_rows (&f), ==, 0);
  set_key (&f, NULL);
  g_assert_true (answer (&f, TRUE));
  g_assert_cmpuint (count_rows (&f), ==, 0);
  /* and of a list that is gone */
  set_key (&f, "d");
  {
    g_autoptr (GTask) task = g_ptr_array_steal_index (TEST_LIST (f.list)->asked, 0);

    g_object_ref (f.list);
    gtk_window_destroy (GTK_WINDOW (f.window));
    g_task_return_pointer (task, g_strdup ("late"), g_free);
  }
  app_settle ();
  g_assert_finalize_object (f.list);
}

static void
test_choose (void)
{
  Fixture f;
  GtkListBoxRow *row;

  set_up (&f, TEST_TYPE_LIST);
  unfold (&f, TRUE);
  set_key (&f, "a");
  answer (&f, TRUE);
  row = gtk_list_box_get_row_at_index (get_box (&f), 0);
  g_assert_true (gtk_list_box_row_get_activatable (row));
  g_signal_emit_by_name (get_box (&f), "row-activated", row);
  g_assert_cmpint (TEST_LIST (f.list)->chosen, ==, 0);
  set_key (&f, "b");
  answer (&f, FALSE);
  g_assert_false (gtk_list_box_row_get_activatable (gtk_list_box_get_row_at_index (get_box (&f), 0)));
  tear_down (&f);
}

static void
take_cb (RtKeyHistory *history, GVariant *value, GVariant **taken)
{
  *taken = g_variant_ref (value);
}

/* Of a table: the newest first, and each value can be taken for a new edit. */
static void
test_history (void)
{
  Fixture f;
  g_autoptr (FakeTable) fake = fake_table_new ();
  g_autoptr (RtTable) table = NULL;
  g_autoptr (GBytes) key = g_bytes_new ("menu", 4), other = g_bytes_new ("other", 5);
  g_autoptr (GVariant) taken = NULL;
  GtkWidget *button;

  fake_table_put (fake, "menu", "somebody", g_variant_new_string ("soup"));
  fake_table_put (fake, "menu", "somebody", g_variant_new_string ("cake"));
  table = rt_table_new (RT_TABLE_SOURCE (fake));
  set_up (&f, RT_TYPE_KEY_HISTORY);
  g_signal_connect (f.list, "take", G_CALLBACK (take_cb), &taken);
  rt_key_history_set_key (RT_KEY_HISTORY (f.list), table, key);
  unfold (&f, TRUE);
  app_wait_for (count_rows (&f) > 1);
  button = app_find (GTK_WIDGET (gtk_list_box_get_row_at_index (get_box (&f), 0)), GTK_TYPE_BUTTON, NULL);
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpstr (g_variant_get_string (taken, NULL), ==, "cake");
  g_assert_false (gtk_list_box_row_get_activatable (gtk_list_box_get_row_at_index (get_box (&f), 0)));
  rt_key_history_set_key (RT_KEY_HISTORY (f.list), table, other);
  app_wait_for (app_shows (f.list, "Nothing is kept of what this key was before."));
  rt_key_history_set_key (RT_KEY_HISTORY (f.list), NULL, NULL);
  g_assert_cmpuint (count_rows (&f), ==, 0);
  tear_down (&f);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/key-list/read-when-seen", test_read_when_seen);
  g_test_add_func ("/key-list/late-answers", test_late_answers);
  g_test_add_func ("/key-list/choose", test_choose);
  g_test_add_func ("/key-list/history", test_history);
  return g_test_run ();
}
