/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "rt-wait.h"
#include "model/people/rt-name.h"
#include "model/people/rt-people.h"

#define NOW (1700000000 * (gint64) G_USEC_PER_SEC)
#define OWN "4NKzbSd3uLqEmaEgQRhBZp4qVuVXwTGXjeJ9jFaQSvm5xHPEp1dTBczqPzyTb17P5P"

static RtPeople *
make_people (void)
{
  RtPeople *people = rt_people_new ();

  rt_people_set_you (people, OWN, "Ada");
  rt_people_flush (people, NOW);
  return people;
}

static const char *
get_shown (RtPeople *people, const char *id)
{
  return rt_person_get_shown_name (rt_people_find (people, id));
}

/* What the list is, as one line; it is sorted, and says the same as it told of. */
static char *
print (RtPeople *people)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (people)); i++)
    {
      g_autoptr (RtPerson) person = g_list_model_get_item (G_LIST_MODEL (people), i);

      g_string_append_printf (line, "%s%s", i > 0 ? "," : "", rt_person_get_shown_name (person));
    }
  return g_string_free (g_steal_pointer (&line), FALSE);
}

static void
test_clean (void)
{
  static const char * const cases[][2] = {
    { "Ada", "Ada" },
    { "  Ada \n Lovelace\t", "Ada Lovelace" },
    { "Ada\xE2\x80\xAE" "evil", "Adaevil" },            /* right-to-left override */
    { "\xE2\x81\xA6" "Ada\xE2\x81\xA9", "Ada" },        /* isolates */
    { "A\xE2\x80\x8B" "da\xEF\xBB\xBF", "Ada" },        /* zero width */
    { "\xE3\x85\xA4 \xE2\xA0\x80", NULL },              /* blank letters */
    { "\xE2\x80\x8D", NULL },                           /* a joiner alone */
    { "", NULL },
    { "\x01\x02", NULL },
    { "\xF0\x9F\x99\x82", "\xF0\x9F\x99\x82" },
    { "0123456789012345678901234567890123456789012345678901234567890123456789", "0123456789012345678901234567890123456789012345678901234567890123" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = rt_name_clean (cases[i][0]);

      g_assert_cmpstr (name, ==, cases[i][1]);
    }
}

static void
test_lookalikes (void)
{
  static const char * const same[][2] = {
    { "Ada", "ada" }, { "Ada", "Аda" }, { "Ada", "A d a" }, { "Ada", "Áda" }, { "Ada.", "Ada" },
    { "Bill", "BiIl" }, { "Bill", "B1ll" }, { "Bob", "B0b" }, { "Tom", "Torn" }, { "Ada", "Ａｄａ" }, { "Ada", "A\xE2\x80\x8D" "da" },
  };
  static const char * const other[][2] = { { "Ada", "Ida" }, { "Bob", "Rob" }, { "...", "!!!" }, { "🙂", "🙃" } };

  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autofree char *a = rt_name_skeleton (same[i][0]), *b = rt_name_skeleton (same[i][1]);

      g_assert_cmpstr (a, ==, b);
    }
  for (guint i = 0; i < G_N_ELEMENTS (other); i++)
    {
      g_autofree char *a = rt_name_skeleton (other[i][0]), *b = rt_name_skeleton (other[i][1]);

      g_assert_cmpstr (a, !=, b);
    }
}

static void
test_names (void)
{
  g_autoptr (RtPeople) people = make_people ();
  g_autofree char *name = NULL, *word = NULL, *line = NULL, *shown = NULL, *nobody = NULL;

  rt_people_note_heard (people, "bobbobbob-1", NOW);
  g_assert_cmpstr (get_shown (people, "bobbobbob-1"), ==, "bobb…ob?1");
  rt_people_note_name (people, "bobbobbob-1", "Bob", NOW);
  g_assert_cmpstr (get_shown (people, "bobbobbob-1"), ==, "Bob");
  /* a second of that name: none of them goes without his id */
  rt_people_note_name (people, "bertbertbert", "B0b", NOW);
  g_assert_cmpstr (get_shown (people, "bobbobbob-1"), ==, "Bob (bobb…ob?1)");
  g_assert_cmpstr (get_shown (people, "bertbertbert"), ==, "B0b (bert…bert)");
  name = rt_people_dup_name (people, "bobbobbob-1");
  word = rt_people_dup_word (people, "bobbobbob-1");
  g_assert_cmpstr (name, ==, "Bob");
  g_assert_cmpstr (word, ==, "bobb…ob?1");
  rt_people_note_name (people, "bertbertbert", "Bert", NOW);
  g_assert_cmpstr (get_shown (people, "bobbobbob-1"), ==, "Bob");
  g_assert_cmpstr (get_shown (people, "bertbertbert"), ==, "Bert");
  /* like you, by letters of another script; and what only the program writes */
  rt_people_note_name (people, "evilevilevil", "Аda", NOW);
  g_assert_cmpstr (get_shown (people, "evilevilevil"), ==, "Аda (evil…evil)");
  rt_people_note_name (people, "fakefakefake", "Bob (bobb…ob?1)", NOW);
  g_assert_cmpstr (get_shown (people, "fakefakefake"), ==, "Bob (bobb…ob?1) (fake…fake)");
  /* what the program calls the person, on rows and in what is quoted */
  rt_people_note_name (people, "yousyousyous", "y0u", NOW);
  g_assert_cmpstr (get_shown (people, "yousyousyous"), ==, "y0u (yous…yous)");
  shown = rt_people_dup_shown_name (people, "yousyousyous");
  g_assert_cmpstr (shown, ==, "y0u (yous…yous)");
  nobody = rt_people_dup_shown_name (people, "nobodynobody");
  g_assert_cmpstr (nobody, ==, "nobo…body");
  rt_people_note_name (people, "yousyousyous", "Yara", NOW);
  g_assert_cmpstr (get_shown (people, "yousyousyous"), ==, "Yara");
  /* and one that runs the other way does not carry the id with it */
  rt_people_note_name (people, "hebrewhebrew", "(אדה)", NOW);
  g_assert_cmpstr (get_shown (people, "hebrewhebrew"), ==, "\u2068(אדה)\u2069 (hebr…brew)");
  rt_people_note_name (people, "hebrewhebrew", "Zoe", NOW);
  g_assert_cmpstr (get_shown (people, OWN), ==, "Ada");
  g_assert_false (rt_people_note_name (people, OWN, "Mallory", NOW));
  g_assert_cmpstr (get_shown (people, OWN), ==, "Ada");
  /* it is another's no more, but its letters are of two scripts */
  rt_people_set_you (people, OWN, "Grace");
  g_assert_nonnull (rt_person_get_word (rt_people_find (people, "evilevilevil")));

  rt_people_flush (people, NOW);
  line = print (people);
  g_assert_cmpstr (line, ==, "Bert,Bob,Bob (bobb…ob?1) (fake…fake),Grace,Yara,Zoe,Аda (evil…evil)");
}

static void
test_equal_short_ids (void)
{
  g_autoptr (RtPeople) people = make_people ();

  rt_people_note_heard (people, "abcd-the-one-wxyz", NOW);
  rt_people_note_heard (people, "abcd-the-two-wxyz", NOW);
  g_assert_cmpstr (get_shown (people, "abcd-the-one-wxyz"), ==, "abcd-the-one-wxyz");
  g_assert_cmpstr (get_shown (people, "abcd-the-two-wxyz"), ==, "abcd-the-two-wxyz");
}

static void
count_cb (RtPeople *people, RtPerson *person, guint *n)
{
  (*n)++;
}

static void
count_items_cb (GListModel *model, guint position, guint removed, guint added, guint *n)
{
  (*n)++;
}

/* 500 names in a second: a few of them are shown, the last one in the end. */
static void
test_name_flood (void)
{
  g_autoptr (RtPeople) people = make_people ();
  guint n_changed = 0;

  g_signal_connect (people, "person-changed", G_CALLBACK (count_cb), &n_changed);
  rt_people_note_heard (people, "mallory", NOW);
  n_changed = 0;
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *name = g_strdup_printf ("Name %u", i);

      rt_people_note_name (people, "mallory", name, NOW + i * 2000);
    }
  g_assert_cmpuint (n_changed, ==, RT_PEOPLE_NAME_BURST);
  g_assert_cmpstr (get_shown (people, "mallory"), ==, "Name 2");
  rt_people_flush (people, NOW + 5 * G_USEC_PER_SEC);
  g_assert_cmpstr (get_shown (people, "mallory"), ==, "Name 2");
  rt_people_flush (people, NOW + (RT_PEOPLE_NAME_SECONDS + 1) * G_USEC_PER_SEC);
  g_assert_cmpstr (get_shown (people, "mallory"), ==, "Name 499");
  g_assert_cmpuint (n_changed, ==, RT_PEOPLE_NAME_BURST + 1);
}

/* Ids are free: a flood of them drives out none who was there for an hour, and the list is told of seldom. */
static void
test_id_flood (void)
{
  g_autoptr (RtPeople) people = make_people ();
  g_autoptr (GPtrArray) unsaved = NULL;
  guint n_told = 0;

  rt_people_restore (people, "friend", "Bob", NOW / G_USEC_PER_SEC - 86400, TRUE);
  rt_people_note_neighbour (people, "neighbour", TRUE, NOW);
  g_signal_connect (people, "items-changed", G_CALLBACK (count_items_cb), &n_told);
  for (guint i = 0; i < 3 * RT_PEOPLE_MAX; i++)
    {
      g_autofree char *id = g_strdup_printf ("node-%u", i);

      rt_people_note_heard (people, id, NOW + i);
      rt_people_note_name (people, id, "Bob", NOW + i);
    }
  rt_people_flush (people, NOW);
  g_assert_cmpuint (n_told, <=, 2);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (people)), ==, RT_PEOPLE_MAX);
  g_assert_nonnull (rt_people_find (people, "friend"));
  g_assert_nonnull (rt_people_find (people, "neighbour"));
  g_assert_nonnull (rt_people_find (people, OWN));
  g_assert_null (rt_people_find (people, "node-0"));
  g_assert_nonnull (rt_people_find (people, "node-12287"));
  g_assert_nonnull (rt_person_get_word (rt_people_find (people, "friend")));
  /* nor out of the store */
  unsaved = rt_people_steal_unsaved (people, RT_PEOPLE_MAX);
  g_assert_cmpuint (unsaved->len, ==, 1);
  g_assert_true (unsaved->pdata[0] == rt_people_find (people, "neighbour"));
  g_assert_null (rt_people_note_heard (people, "", NOW));
}

/* The list says what it told of, however people come and rename themselves. */
static void
mirror_cb (GListModel *model, guint position, guint removed, guint added, GPtrArray *mirror)
{
  if (removed > 0)
    g_ptr_array_remove_range (mirror, position, removed);
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (RtPerson) person = g_list_model_get_item (model, position + i);

      g_ptr_array_insert (mirror, (int) (position + i), person);
    }
}

static void
test_list (void)
{
  g_autoptr (RtPeople) people = rt_people_new ();
  g_autoptr (GPtrArray) mirror = g_ptr_array_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (6);

  g_signal_connect (people, "items-changed", G_CALLBACK (mirror_cb), mirror);
  for (guint i = 0; i < 600; i++)
    {
      g_autofree char *id = g_strdup_printf ("id-%d", g_rand_int_range (random, 0, 60));
      g_autofree char *name = g_strdup_printf ("name %d", g_rand_int_range (random, 0, 40));

      if (g_rand_boolean (random))
        rt_people_note_name (people, id, name, NOW + i * G_USEC_PER_SEC);
      else
        rt_people_note_heard (people, id, NOW);
      if (g_rand_int_range (random, 0, 5) > 0)
        continue;
      rt_people_flush (people, NOW + i * G_USEC_PER_SEC);
      g_assert_cmpuint (mirror->len, ==, g_list_model_get_n_items (G_LIST_MODEL (people)));
      for (guint j = 0; j < mirror->len; j++)
        {
          g_autoptr (RtPerson) person = g_list_model_get_item (G_LIST_MODEL (people), j);

          g_assert_true (person == mirror->pdata[j]);
        }
    }
}

static void
test_saving (void)
{
  g_autoptr (RtPeople) people = make_people ();
  g_autoptr (GPtrArray) first = NULL, second = NULL, third = NULL;

  rt_people_note_name (people, "bob", "Bob", NOW);
  rt_people_note_heard (people, "cem", NOW);
  first = rt_people_steal_unsaved (people, 1);
  second = rt_people_steal_unsaved (people, 10);
  g_assert_cmpuint (first->len, ==, 1);
  g_assert_cmpuint (second->len, ==, 1);
  /* heard again a moment later is not worth writing, a minute later is */
  rt_people_note_heard (people, "bob", NOW + G_USEC_PER_SEC);
  third = rt_people_steal_unsaved (people, 10);
  g_assert_cmpuint (third->len, ==, 0);
  rt_people_note_heard (people, "bob", NOW + 61 * G_USEC_PER_SEC);
  g_clear_pointer (&third, g_ptr_array_unref);
  third = rt_people_steal_unsaved (people, 10);
  g_assert_cmpuint (third->len, ==, 1);
}

static void
test_comes_by_itself (void)
{
  g_autoptr (RtPeople) people = rt_people_new ();

  rt_people_note_name (people, "bob", "Bob", g_get_real_time ());
  rt_wait_until (g_list_model_get_n_items (G_LIST_MODEL (people)) == 1);
  g_object_add_weak_pointer (G_OBJECT (people), (gpointer *) &people);
  rt_people_note_name (people, "cem", "Cem", g_get_real_time ());
  g_object_unref (people);
  g_assert_null (people);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/people/clean", test_clean);
  g_test_add_func ("/model/people/lookalikes", test_lookalikes);
  g_test_add_func ("/model/people/names", test_names);
  g_test_add_func ("/model/people/equal-short-ids", test_equal_short_ids);
  g_test_add_func ("/model/people/name-flood", test_name_flood);
  g_test_add_func ("/model/people/id-flood", test_id_flood);
  g_test_add_func ("/model/people/list", test_list);
  g_test_add_func ("/model/people/saving", test_saving);
  g_test_add_func ("/model/people/comes-by-itself", test_comes_by_itself);
  return g_test_run ();
}
