/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose name is whose: by keys, and by what the person calls people. */
#include <string.h>

#include "rt-wait.h"
#include "model/people/rt-people.h"

#define NOW (1700000000 * (gint64) G_USEC_PER_SEC)
#define OWN "4NKzbSd3uLqEmaEgQRhBZp4qVuVXwTGXjeJ9jFaQSvm5xHPEp1dTBczqPzyTb17P5P"
#define ADA "adaadaadaada"
#define EVE "eveeveeveeve"

static RtPeople *
make_people (void)
{
  RtPeople *people = rt_people_new ();

  rt_people_set_you (people, OWN, "Me");
  return people;
}

static GBytes *
make_key (char of)
{
  guint8 key[32];

  memset (key, of, sizeof key);
  return g_bytes_new (key, sizeof key);
}

static void
note_key (RtPeople *people, const char *id, char of, gint64 now)
{
  g_autoptr (GBytes) key = make_key (of);

  rt_people_note_heard (people, id, now);
  rt_people_note_key (people, id, key, now);
}

static GBytes *
make_id (char of)
{
  return make_key (of);
}

static RtPerson *
get (RtPeople *people, const char *id)
{
  RtPerson *person = rt_people_find (people, id);

  g_assert_nonnull (person);
  return person;
}

#define assert_state(people, id, expected) g_assert_cmpint (rt_person_get_state (get (people, id)), ==, expected)
#define assert_shown(people, id, expected) g_assert_cmpstr (rt_person_get_shown_name (get (people, id)), ==, expected)

/* Of whose key is known only what is proved moves the name. */
static void
test_claims (void)
{
  g_autoptr (RtPeople) people = make_people ();
  g_autoptr (GBytes) one = make_id (1), two = make_id (2), three = make_id (3);

  g_assert_true (rt_people_note_claim (people, ADA, "Mallory", one, FALSE, NOW));
  assert_state (people, ADA, RT_PERSON_UNVERIFIED);
  assert_shown (people, ADA, "Mallory");
  /* she signs, and what was said in her name before that was not */
  note_key (people, ADA, 'a', NOW);
  assert_state (people, ADA, RT_PERSON_VERIFIED);
  assert_shown (people, ADA, "adaa…aada");
  g_assert_false (rt_people_note_claim (people, ADA, "Mallory", two, FALSE, NOW));
  assert_shown (people, ADA, "adaa…aada");
  g_assert_true (rt_people_note_claim (people, ADA, "Ada", three, TRUE, NOW));
  assert_shown (people, ADA, "Ada");
  g_assert_false (rt_people_note_claim (people, ADA, "Mallory", two, FALSE, NOW));
  assert_shown (people, ADA, "Ada");
  /* the same key again, or another, is none */
  {
    g_autoptr (GBytes) other = make_key ('b');

    g_assert_false (rt_people_note_key (people, ADA, other, NOW));
    g_assert_true (memcmp (g_bytes_get_data (rt_person_get_key (get (people, ADA)), NULL), "aaaa", 4) == 0);
  }
}

/* The proof may come a little later, before or after the key is known. */
static void
test_late_proof (void)
{
  for (guint order = 0; order < 2; order++)
    {
      g_autoptr (RtPeople) people = make_people ();
      g_autoptr (GBytes) one = make_id (1), other = make_id (2);

      rt_people_note_claim (people, ADA, "Ada", one, FALSE, NOW);
      rt_people_note_proof (people, ADA, other, NOW);
      if (order == 0)
        rt_people_note_proof (people, ADA, one, NOW);
      note_key (people, ADA, 'a', NOW);
      if (order == 1)
        {
          assert_shown (people, ADA, "adaa…aada");
          rt_people_note_proof (people, ADA, other, NOW);
          assert_shown (people, ADA, "adaa…aada");
          rt_people_note_proof (people, ADA, one, NOW);
        }
      assert_shown (people, ADA, "Ada");
    }
}

/* A name that belongs to somebody whose key is known is not another's, whoever claims it, with a key or without one. */
static void
test_taken (void)
{
  g_autoptr (RtPeople) people = make_people ();
  g_autofree char *words = NULL;

  note_key (people, ADA, 'a', NOW);
  rt_people_note_claim (people, ADA, "Ada", NULL, TRUE, NOW);
  rt_people_note_claim (people, EVE, "Аda", NULL, FALSE, NOW);
  assert_state (people, EVE, RT_PERSON_CHANGED);
  note_key (people, "markmarkmark", 'm', NOW + G_USEC_PER_SEC);
  rt_people_note_claim (people, "markmarkmark", "ada", NULL, TRUE, NOW + G_USEC_PER_SEC);
  assert_state (people, "markmarkmark", RT_PERSON_CHANGED);
  assert_state (people, ADA, RT_PERSON_VERIFIED);
  words = rt_person_dup_state_words (get (people, EVE));
  g_assert_nonnull (strstr (words, "“Аda”"));
  /* another name: nothing is wrong with it */
  rt_people_note_claim (people, EVE, "Eve", NULL, FALSE, NOW + G_USEC_PER_SEC);
  assert_state (people, EVE, RT_PERSON_UNVERIFIED);
  /* Ada tries another name, and her old one was hers for a moment only */
  rt_people_note_claim (people, ADA, "Countess", NULL, TRUE, NOW + 2 * G_USEC_PER_SEC);
  assert_state (people, "markmarkmark", RT_PERSON_VERIFIED);
  /* whom the person compared keys with has a better right than who was first */
  rt_people_note_claim (people, ADA, "Mark", NULL, TRUE, NOW + 60 * G_USEC_PER_SEC);
  rt_people_note_claim (people, "markmarkmark", "Mark", NULL, TRUE, NOW + 60 * G_USEC_PER_SEC);
  assert_state (people, "markmarkmark", RT_PERSON_CHANGED);
  g_assert_true (rt_people_set_compared (people, "markmarkmark", TRUE, NOW));
  assert_state (people, "markmarkmark", RT_PERSON_VERIFIED);
  assert_state (people, ADA, RT_PERSON_CHANGED);
  g_assert_cmpint (rt_person_get_compared (get (people, "markmarkmark")), ==, NOW / G_USEC_PER_SEC);
  /* without a key there is nothing to compare */
  g_assert_false (rt_people_set_compared (people, EVE, TRUE, NOW));
}

/* What the person calls somebody outranks what he calls himself; whoever claims it is marked, and is not the one. */
static void
test_petnames (void)
{
  g_autoptr (RtPeople) people = make_people ();
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL, *shown = NULL, *eve = NULL;
  static const char * const refused[] = { "Me", "You", "me.", "Аda L.", "Ada L. (adaa…aada)", "\xE2\x80\x8B" };

  note_key (people, ADA, 'a', NOW);
  rt_people_note_claim (people, ADA, "countess", NULL, TRUE, NOW);
  rt_people_note_claim (people, EVE, "Eve", NULL, FALSE, NOW);
  g_assert_true (rt_people_set_petname (people, ADA, " Ada  L. ", &error));
  g_assert_no_error (error);
  assert_shown (people, ADA, "Ada L.");
  g_assert_cmpstr (rt_person_get_name (get (people, ADA)), ==, "Ada L.");
  g_assert_cmpstr (rt_person_get_claimed_name (get (people, ADA)), ==, "countess");
  g_assert_cmpstr (rt_person_get_petname (get (people, ADA)), ==, "Ada L.");
  name = rt_people_dup_name (people, ADA);
  g_assert_cmpstr (name, ==, "Ada L.");
  /* she calls herself otherwise: it does not matter here */
  rt_people_note_claim (people, ADA, "duchess", NULL, TRUE, NOW + G_USEC_PER_SEC);
  assert_shown (people, ADA, "Ada L.");

  rt_people_note_claim (people, EVE, "Аda L.", NULL, FALSE, NOW + G_USEC_PER_SEC);
  assert_shown (people, ADA, "Ada L.");
  eve = g_strdup ("Аda L. (evee…eeve)");
  assert_shown (people, EVE, eve);
  assert_state (people, EVE, RT_PERSON_CHANGED);
  /* also the name that Ada claims is hers */
  rt_people_note_claim (people, "zoezoezoezoe", "Duchess", NULL, FALSE, NOW);
  assert_state (people, "zoezoezoezoe", RT_PERSON_CHANGED);
  assert_shown (people, "zoezoezoezoe", "Duchess (zoez…ezoe)");

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) local = NULL;

      g_assert_false (rt_people_set_petname (people, EVE, refused[i], &local));
      g_assert_error (local, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_null (rt_person_get_petname (get (people, EVE)));
    }
  g_assert_false (rt_people_set_petname (people, OWN, "Boss", NULL));
  g_assert_false (rt_people_set_petname (people, "nobody", "Boss", NULL));
  /* the person knows whom he names so */
  g_assert_true (rt_people_set_petname (people, EVE, "Not Ada", NULL));
  assert_state (people, EVE, RT_PERSON_UNVERIFIED);
  assert_shown (people, EVE, "Not Ada");

  g_assert_true (rt_people_set_petname (people, ADA, NULL, NULL));
  assert_shown (people, ADA, "duchess (adaa…aada)");
  g_assert_true (rt_people_set_petname (people, EVE, "", NULL));
  assert_state (people, EVE, RT_PERSON_UNVERIFIED);
  shown = rt_people_dup_shown_name (people, EVE);
  g_assert_cmpstr (shown, ==, "Аda L.");
}

/* It is there again, and the order in which people were known is. */
static void
test_restored (void)
{
  g_autoptr (RtPeople) people = make_people ();
  g_autoptr (GBytes) a = make_key ('a'), b = make_key ('b');
  g_autofree char *digits = NULL, *words = NULL, *none = NULL;

  /* by id, as the store has them */
  rt_people_restore (people, "bobbobbobbob", "Ada", 50, TRUE);
  rt_people_restore_key (people, "bobbobbobbob", b, 40, NULL, 0);
  rt_people_restore (people, "zadazadazada", "Ada", 50, TRUE);
  rt_people_restore_key (people, "zadazadazada", a, 30, "Countess", 45);
  rt_people_restore (people, EVE, "Countess", 50, FALSE);
  rt_people_restore_key (people, EVE, NULL, 0, NULL, 7);
  assert_state (people, "zadazadazada", RT_PERSON_VERIFIED);
  assert_state (people, "bobbobbobbob", RT_PERSON_CHANGED);
  assert_state (people, EVE, RT_PERSON_CHANGED);
  assert_shown (people, "zadazadazada", "Countess");
  g_assert_cmpint (rt_person_get_compared (get (people, "zadazadazada")), ==, 45);
  g_assert_cmpint (rt_person_get_known_since (get (people, "zadazadazada")), ==, 30);
  g_assert_cmpint (rt_person_get_compared (get (people, EVE)), ==, 0);
  digits = rt_person_dup_digits (get (people, "zadazadazada"));
  words = rt_person_dup_words (get (people, "zadazadazada"));
  none = rt_person_dup_words (get (people, EVE));
  g_assert_cmpuint (strlen (digits), ==, 23);
  g_assert_nonnull (strchr (words, ' '));
  g_assert_null (none);
}

/* Whom the person named stays, whoever else comes; and is written down. */
static void
test_flood (void)
{
  g_autoptr (RtPeople) people = make_people ();
  g_autoptr (GPtrArray) unsaved = NULL;
  gboolean found = FALSE;

  rt_people_note_heard (people, ADA, NOW);
  g_assert_true (rt_people_set_petname (people, ADA, "Ada", NULL));
  for (guint i = 0; i < RT_PEOPLE_MAX + 100; i++)
    {
      g_autofree char *id = g_strdup_printf ("flood %08u", i), *name = g_strdup_printf ("name %08u", i);

      note_key (people, id, 'f', NOW + i);
      rt_people_note_claim (people, id, name, NULL, TRUE, NOW + i);
    }
  assert_shown (people, ADA, "Ada");
  unsaved = rt_people_steal_unsaved (people, G_MAXUINT);
  for (guint i = 0; i < unsaved->len; i++)
    found = found || g_str_equal (rt_person_get_id (unsaved->pdata[i]), ADA);
  g_assert_true (found);
  rt_people_note_claim (people, EVE, "Ada", NULL, FALSE, NOW);
  assert_state (people, EVE, RT_PERSON_CHANGED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/people-keys/claims", test_claims);
  g_test_add_func ("/people-keys/late-proof", test_late_proof);
  g_test_add_func ("/people-keys/taken", test_taken);
  g_test_add_func ("/people-keys/petnames", test_petnames);
  g_test_add_func ("/people-keys/restored", test_restored);
  g_test_add_func ("/people-keys/flood", test_flood);
  return g_test_run ();
}
