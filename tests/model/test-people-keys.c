/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose name is whose: by keys, and by what the person calls people. */
#include <string.h>

#include "rt-wait.h"
#include "model/people/rt-people.h"

#define NOW (g_get_real_time ())
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
  assert_state (people, ADA, RT_PERSON_SIGNED);
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
  g_autofree char *words = NULL, *same = NULL;
  gint64 now = NOW;

  note_key (people, ADA, 'a', now);
  rt_people_note_claim (people, ADA, "Ada", NULL, TRUE, now);
  rt_people_note_claim (people, EVE, "Аda", NULL, FALSE, now);
  assert_state (people, EVE, RT_PERSON_SAME_NAME);
  note_key (people, "markmarkmark", 'm', now + G_USEC_PER_SEC);
  rt_people_note_claim (people, "markmarkmark", "ada", NULL, TRUE, now + G_USEC_PER_SEC);
  assert_state (people, "markmarkmark", RT_PERSON_CHANGED);
  assert_state (people, ADA, RT_PERSON_SIGNED);
  /* the name is the owner's, as he writes it */
  words = rt_person_dup_state_words (get (people, "markmarkmark"));
  g_assert_nonnull (strstr (words, "“Ada”"));
  same = rt_person_dup_state_words (get (people, EVE));
  g_assert_nonnull (strstr (same, "“Ada”"));
  g_assert_true (g_str_has_prefix (same, "Not verified"));
  /* another name: nothing is wrong with it */
  rt_people_note_claim (people, EVE, "Eve", NULL, FALSE, now + G_USEC_PER_SEC);
  assert_state (people, EVE, RT_PERSON_UNVERIFIED);
  /* Ada tries another name, and her old one was hers for a moment only */
  rt_people_note_claim (people, ADA, "Countess", NULL, TRUE, now + 2 * G_USEC_PER_SEC);
  assert_state (people, "markmarkmark", RT_PERSON_SIGNED);
  /* and is Mark's now, though she was known before him */
  rt_people_note_claim (people, ADA, "Ada", NULL, TRUE, now + 60 * G_USEC_PER_SEC);
  assert_state (people, ADA, RT_PERSON_CHANGED);
  assert_state (people, "markmarkmark", RT_PERSON_SIGNED);
  /* whom the person compared keys with has a better right than who was first */
  g_assert_true (rt_people_set_compared (people, ADA, TRUE, now));
  assert_state (people, ADA, RT_PERSON_VERIFIED);
  assert_state (people, "markmarkmark", RT_PERSON_CHANGED);
  g_assert_cmpint (rt_person_get_compared (get (people, ADA)), ==, now / G_USEC_PER_SEC);
  g_assert_cmpstr (rt_person_state_word (RT_PERSON_SIGNED), ==, "Signed");
  /* and he is not taken for somebody else any more, once she takes that back */
  g_assert_true (rt_people_set_compared (people, ADA, FALSE, now));
  assert_state (people, ADA, RT_PERSON_SIGNED);
  g_assert_null (rt_person_get_compared_name (get (people, ADA)));
  /* without a key there is nothing to compare */
  g_assert_false (rt_people_set_compared (people, EVE, TRUE, now));
}

/* Who was compared once may call himself anything, and is known by what he was called then; nobody else is worse off for it. */
static void
test_renamed (void)
{
  g_autoptr (RtPeople) people = make_people ();
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL, *signs = NULL, *verified = NULL;
  const char *mallory = "mallmallmall";
  gint64 now = NOW, day = 86400 * (gint64) G_USEC_PER_SEC;

  note_key (people, mallory, 'm', now - 200 * day);
  rt_people_note_claim (people, mallory, "Ada", NULL, TRUE, now - 200 * day);
  note_key (people, ADA, 'b', now - 100 * day);
  rt_people_note_claim (people, ADA, "Bob", NULL, TRUE, now - 100 * day);
  signs = rt_person_dup_state_words (get (people, mallory));
  g_assert_cmpstr (signs, ==, "Signed: keys not compared yet");
  g_assert_true (rt_people_set_compared (people, mallory, TRUE, now - 4 * day));
  verified = rt_person_dup_state_words (get (people, mallory));
  g_assert_cmpstr (verified, ==, "Verified: you compared keys");
  /* the same key, and another name: both are shown */
  rt_people_note_claim (people, mallory, "Mother", NULL, TRUE, now - 3 * day);
  assert_state (people, mallory, RT_PERSON_RENAMED);
  assert_shown (people, mallory, "Mother (was Ada)");
  words = rt_person_dup_state_words (get (people, mallory));
  g_assert_nonnull (strstr (words, "“Ada”"));
  /* hers is what was compared, whatever she is called */
  note_key (people, EVE, 'e', now - 2 * day);
  rt_people_note_claim (people, EVE, "ada", NULL, TRUE, now - 2 * day);
  assert_state (people, EVE, RT_PERSON_CHANGED);
  /* somebody else's name: he stays who he is, though her key was known before his */
  rt_people_note_claim (people, mallory, "Bob", NULL, TRUE, now - day);
  assert_state (people, ADA, RT_PERSON_SIGNED);
  assert_state (people, mallory, RT_PERSON_CHANGED);
  assert_shown (people, mallory, "Bob (was Ada · mall…mall)");
  g_assert_false (rt_people_accept_name (people, mallory, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  assert_shown (people, mallory, "Bob (was Ada · mall…mall)");
  g_assert_true (rt_people_set_compared (people, ADA, TRUE, now));
  assert_state (people, mallory, RT_PERSON_CHANGED);
  /* the person knows of it */
  rt_people_note_claim (people, mallory, "Mother", NULL, TRUE, now);
  assert_state (people, mallory, RT_PERSON_RENAMED);
  g_assert_true (rt_people_accept_name (people, mallory, NULL));
  assert_state (people, mallory, RT_PERSON_VERIFIED);
  assert_shown (people, mallory, "Mother");
  g_assert_cmpstr (rt_person_get_compared_name (get (people, mallory)), ==, "Mother");
  /* and Ada is anybody's name again */
  assert_state (people, EVE, RT_PERSON_SIGNED);
  /* a name of the person's own says who it is, whatever she says */
  g_assert_true (rt_people_set_petname (people, mallory, "pest", NULL));
  rt_people_note_claim (people, mallory, "Bob", NULL, TRUE, now + day);
  assert_state (people, mallory, RT_PERSON_VERIFIED);
  assert_shown (people, mallory, "pest");
  assert_state (people, ADA, RT_PERSON_VERIFIED);
  g_assert_false (rt_people_accept_name (people, EVE, NULL));
  g_assert_false (rt_people_accept_name (people, "nobody", NULL));
}

/* Whom the person calls somehow takes nothing from who was called that before; who comes after him is another. */
static void
test_petname_takes_nothing (void)
{
  g_autoptr (RtPeople) people = make_people ();
  gint64 now = NOW;

  note_key (people, ADA, 'a', now - 100 * G_USEC_PER_SEC);
  rt_people_note_claim (people, ADA, "Bob", NULL, TRUE, now - 100 * G_USEC_PER_SEC);
  note_key (people, EVE, 'e', now - 50 * G_USEC_PER_SEC);
  rt_people_note_claim (people, EVE, "Mal", NULL, TRUE, now - 50 * G_USEC_PER_SEC);
  g_assert_true (rt_people_set_petname (people, EVE, "pest", NULL));
  rt_people_note_claim (people, EVE, "Bob", NULL, TRUE, now);
  assert_state (people, ADA, RT_PERSON_SIGNED);
  g_assert_true (rt_people_set_petname (people, EVE, "bob", NULL));
  assert_state (people, ADA, RT_PERSON_SIGNED);
  assert_shown (people, EVE, "bob");
  assert_shown (people, ADA, "Bob (adaa…aada)");
  note_key (people, "zoezoezoezoe", 'z', now + 5 * G_USEC_PER_SEC);
  rt_people_note_claim (people, "zoezoezoezoe", "Bob", NULL, TRUE, now + 5 * G_USEC_PER_SEC);
  assert_state (people, "zoezoezoezoe", RT_PERSON_CHANGED);
}

/* He has no key that could be another; and what was his for long is not a newcomer's because that one signs. */
static void
test_without_key (void)
{
  g_autoptr (RtPeople) people = make_people ();
  gint64 now = NOW, day = 86400 * (gint64) G_USEC_PER_SEC;

  rt_people_note_claim (people, ADA, "Bob", NULL, FALSE, now - 100 * day);
  note_key (people, EVE, 'e', now);
  rt_people_note_claim (people, EVE, "Bob", NULL, TRUE, now);
  assert_state (people, ADA, RT_PERSON_UNVERIFIED);
  assert_state (people, EVE, RT_PERSON_SIGNED);
  assert_shown (people, ADA, "Bob (adaa…aada)");
  assert_shown (people, EVE, "Bob (evee…eeve)");
}

/* Who changes his name each day keeps a few of them, not all. */
static void
test_held (void)
{
  g_autoptr (RtPeople) people = make_people ();
  gint64 now = NOW, day = 86400 * (gint64) G_USEC_PER_SEC;
  guint n = 0;

  note_key (people, ADA, 'a', now - 100 * day);
  for (guint i = 0; i <= 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("name %c", 'a' + i);

      rt_people_note_claim (people, ADA, name, NULL, TRUE, now + ((gint64) i - 50) * day);
    }
  note_key (people, EVE, 'e', now);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("name %c", 'a' + i);

      rt_people_note_claim (people, EVE, name, NULL, TRUE, now + i * 60 * G_USEC_PER_SEC);
      n += rt_person_get_state (get (people, EVE)) == RT_PERSON_CHANGED;
    }
  g_assert_cmpuint (n, ==, 4);
}

/* In what looks like a compared Bob there is something that shows that it is not he. */
static void
test_lookalikes (void)
{
  static const char * const alike[] = { "Bоb", "B\u0585b", "B\u1d0fb", "B\ua4f3b", "\ua4d0ob", "B\u0c66b", "B\u101db", "\u0299\u1d0f\u0299", "B\U0001D13Db", "B\u2c9fb", "B\u14d1b",
                                        "Bob\u3164", "Bob.", "Bob\u02bc", "B\u25cbb", "BoЬ", "Bob\u2606" };
  static const char * const honest[] = { "Björn", "Zoë O’Neil", "Анна", "आशा", "山田たろう", "ボブ Smith", "Иван Petrov", "김 Kim", "Ada 😀", "Kaʻahumanu", "C++", "Ngũgĩ", "عمر" };
  g_autoptr (RtPeople) people = make_people ();
  gint64 now = NOW;

  note_key (people, ADA, 'a', now - 100 * G_USEC_PER_SEC);
  rt_people_note_claim (people, ADA, "Bob", NULL, TRUE, now - 100 * G_USEC_PER_SEC);
  g_assert_true (rt_people_set_compared (people, ADA, TRUE, now - 50 * G_USEC_PER_SEC));
  for (guint i = 0; i < G_N_ELEMENTS (alike); i++)
    {
      g_autofree char *id = g_strdup_printf ("look%uyyyyyyyy", i), *words = NULL;

      note_key (people, id, 'l', now);
      rt_people_note_claim (people, id, alike[i], NULL, TRUE, now);
      words = rt_person_dup_state_words (get (people, id));
      g_test_message ("%s: %s: %s", alike[i], rt_person_get_shown_name (get (people, id)), words);
      g_assert_nonnull (rt_person_get_word (get (people, id)));
      g_assert_true (rt_person_get_state (get (people, id)) == RT_PERSON_CHANGED || strstr (words, "different alphabets") != NULL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (honest); i++)
    {
      g_autofree char *id = g_strdup_printf ("hone%uyyyyyyyy", i);

      rt_people_note_claim (people, id, honest[i], NULL, FALSE, now);
      g_test_message ("%s: %s", honest[i], rt_person_get_shown_name (get (people, id)));
      g_assert_null (rt_person_get_word (get (people, id)));
    }
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
  assert_state (people, EVE, RT_PERSON_SAME_NAME);
  /* also the name that Ada claims is hers */
  rt_people_note_claim (people, "zoezoezoezoe", "Duchess", NULL, FALSE, NOW);
  assert_state (people, "zoezoezoezoe", RT_PERSON_SAME_NAME);
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
  /* letters of two scripts */
  g_assert_cmpstr (shown, ==, "Аda L. (evee…eeve)");
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
  assert_state (people, EVE, RT_PERSON_SAME_NAME);
  assert_shown (people, "zadazadazada", "Countess");
  g_assert_cmpint (rt_person_get_compared (get (people, "zadazadazada")), ==, 45);
  g_assert_cmpint (rt_person_get_known_since (get (people, "zadazadazada")), ==, 30);
  g_assert_cmpint (rt_person_get_compared (get (people, EVE)), ==, 0);
  digits = rt_person_dup_digits (get (people, "zadazadazada"));
  words = rt_person_dup_words (get (people, "zadazadazada"));
  none = rt_person_dup_words (get (people, EVE));
  /* under the name that she has now, as far as is known; and her name of then is found again */
  g_assert_cmpstr (rt_person_get_compared_name (get (people, "zadazadazada")), ==, "Ada");
  rt_people_restore (people, "later", "Mother", 60, TRUE);
  rt_people_restore_names (people, "later", "Mother", 55, "Grace", 0);
  rt_people_restore_key (people, "later", a, 30, NULL, 45);
  assert_state (people, "later", RT_PERSON_RENAMED);
  assert_shown (people, "later", "Mother (was Grace)");
  /* who had it first has it, whosever key was known before */
  rt_people_restore (people, "first", "Rose", 60, TRUE);
  rt_people_restore_names (people, "first", "Rose", 20, NULL, 0);
  rt_people_restore_key (people, "first", a, 50, NULL, 0);
  rt_people_restore (people, "elder", "Rose", 60, TRUE);
  rt_people_restore_names (people, "elder", "Rose", 30, NULL, 0);
  rt_people_restore_key (people, "elder", a, 10, NULL, 0);
  assert_state (people, "first", RT_PERSON_SIGNED);
  assert_state (people, "elder", RT_PERSON_CHANGED);
  /* it was his for long before this program started: it stays his when he renames a moment later */
  rt_people_note_claim (people, "first", "Lily", NULL, TRUE, NOW);
  assert_state (people, "elder", RT_PERSON_CHANGED);
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
  rt_people_note_claim (people, EVE, "Ada", NULL, FALSE, NOW + G_USEC_PER_SEC);
  assert_state (people, EVE, RT_PERSON_SAME_NAME);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/people-keys/claims", test_claims);
  g_test_add_func ("/people-keys/late-proof", test_late_proof);
  g_test_add_func ("/people-keys/taken", test_taken);
  g_test_add_func ("/people-keys/renamed", test_renamed);
  g_test_add_func ("/people-keys/petname-takes-nothing", test_petname_takes_nothing);
  g_test_add_func ("/people-keys/without-key", test_without_key);
  g_test_add_func ("/people-keys/held", test_held);
  g_test_add_func ("/people-keys/lookalikes", test_lookalikes);
  g_test_add_func ("/people-keys/petnames", test_petnames);
  g_test_add_func ("/people-keys/restored", test_restored);
  g_test_add_func ("/people-keys/flood", test_flood);
  return g_test_run ();
}
