/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a node knows of the ring: lists of neighbours, contacts, fingers. */
#include "ring-fixture.h"

#include <string.h>

typedef struct {
  P2pChordMember *m[8];         /* "a" at 0/8, "b" at 1/8, ... */
  P2pChordRing *ring;           /* of "a" */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 8; i++)
    f->m[i] = ring_member ((char[]) { (char) ('a' + i), '\0' }, i, 3);
  f->ring = p2p_chord_ring_new (f->m[0], 4, 2);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  p2p_chord_ring_free (f->ring);
  for (guint i = 0; i < 8; i++)
    {
      /* All that the ring held it gave back. */
      g_assert_cmpuint (f->m[i]->refs, ==, 1);
      p2p_chord_member_unref (f->m[i]);
    }
}

/* after as the first of them told it */
static void
tell (Fixture *f, const char *ids)
{
  g_autoptr (GPtrArray) told = g_ptr_array_new ();

  for (guint i = 1; ids[i] != '\0'; i++)
    g_ptr_array_add (told, f->m[ids[i] - 'a']);
  p2p_chord_ring_stabilise (f->ring, f->m[ids[0] - 'a'], told, NULL, NULL);
}

static int
role (P2pChordRing *ring, guint at)
{
  P2pChordPlace place = ring_place (at, 3);

  return p2p_chord_ring_get_role (ring, &place, FALSE);
}

static void
test_alone (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) wanted = p2p_chord_ring_get_wanted (f->ring);
  P2pChordPlace place = ring_place (3, 3);
  gboolean self_is_it;

  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 1);
  g_assert_cmpuint (wanted->len, ==, 0);
  g_assert_cmpuint (p2p_chord_ring_get_n_fingers (f->ring, 0), ==, 0);
  g_assert_cmpint (role (f->ring, 7), ==, 0);
  g_assert_false (p2p_chord_ring_offer (f->ring, f->m[0]));
  g_assert_false (p2p_chord_ring_notify (f->ring, f->m[0], NULL, TRUE));
  g_assert_false (p2p_chord_ring_lose (f->ring, f->m[1]));
  g_assert_null (p2p_chord_ring_find (f->ring, &place, TRUE, 0, &self_is_it));
  g_assert_true (self_is_it);
  g_assert_null (p2p_chord_ring_find (f->ring, &place, TRUE, 1, &self_is_it));
  g_assert_false (self_is_it);
  g_assert_null (p2p_chord_ring_find (f->ring, &place, FALSE, 0, &self_is_it));
  g_assert_false (self_is_it);
  g_assert_null (p2p_chord_ring_find_prev (f->ring, &place, FALSE, &self_is_it));
  g_assert_false (self_is_it);
}

static void
test_offer (Fixture *f, gconstpointer data)
{
  g_assert_true (p2p_chord_ring_offer (f->ring, f->m[4]));
  /* one neighbour that we begin with is no ring of two */
  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 0);
  g_assert_false (p2p_chord_ring_offer (f->ring, f->m[4]));
  assert_after (f->ring, "e");
  assert_before (f->ring, "e");
  g_assert_true (p2p_chord_ring_offer (f->ring, f->m[2]));
  g_assert_true (p2p_chord_ring_offer (f->ring, f->m[6]));
  /* who is in front of g is not known: not at the end */
  assert_after (f->ring, "c e");
  assert_before (f->ring, "g e");
  g_assert_true (p2p_chord_ring_offer (f->ring, f->m[3]));
  assert_after (f->ring, "c d e");
  g_assert_true (p2p_chord_ring_offer (f->ring, f->m[1]));
  assert_after (f->ring, "b c d e");
  assert_before (f->ring, "g e");
  /* of no interest for one list, but for the other */
  g_assert_true (p2p_chord_ring_offer (f->ring, f->m[7]));
  assert_after (f->ring, "b c d e");
  assert_before (f->ring, "h g");
  g_assert_false (p2p_chord_ring_offer (f->ring, f->m[5]));
}

/* Where somebody listens may become known later; that it is not said is no news. */
static void
test_address (Fixture *f, gconstpointer data)
{
  g_autoptr (P2pChordMember) bare = p2p_chord_member_new (&f->m[1]->place, "b", NULL, 0);
  g_autoptr (P2pChordMember) moved = p2p_chord_member_new (&f->m[1]->place, "b", "127.0.0.2", 1);

  g_assert_true (p2p_chord_ring_offer (f->ring, bare));
  g_assert_true (p2p_chord_ring_offer (f->ring, f->m[1]));
  g_assert_false (p2p_chord_ring_offer (f->ring, bare));
  g_assert_true (p2p_chord_ring_get_after (f->ring, 0) == f->m[1]);
  g_assert_true (p2p_chord_ring_offer (f->ring, moved));
  g_assert_true (p2p_chord_ring_get_after (f->ring, 0) == moved);
  g_assert_true (p2p_chord_ring_get_before (f->ring, 0) == moved);
  assert_after (f->ring, "b");
}

/* The same id at another place; two ids at one place; somebody at ours. */
static void
test_slots (Fixture *f, gconstpointer data)
{
  g_autoptr (P2pChordMember) moved = ring_member ("b", 5, 3);
  g_autoptr (P2pChordMember) same = ring_member ("x", 2, 3);
  g_autoptr (P2pChordMember) smaller = ring_member ("B", 2, 3);
  g_autoptr (P2pChordMember) ours = ring_member ("z", 0, 3);

  tell (f, "bcdg");
  p2p_chord_ring_offer (f->ring, f->m[3]);
  g_assert_true (p2p_chord_ring_offer (f->ring, moved));
  assert_after (f->ring, "c d b g");
  assert_before (f->ring, "b d");
  g_assert_false (p2p_chord_ring_offer (f->ring, same));
  assert_after (f->ring, "c d b g");
  g_assert_true (p2p_chord_ring_offer (f->ring, smaller));
  assert_after (f->ring, "B d b g");
  g_assert_false (p2p_chord_ring_offer (f->ring, ours));
  g_assert_false (p2p_chord_ring_notify (f->ring, ours, NULL, TRUE));
  g_assert_false (p2p_chord_ring_stabilise (f->ring, ours, NULL, NULL, NULL));
  assert_after (f->ring, "B d b g");
  assert_before (f->ring, "b d");
}

static void
test_stabilise (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) told = ring_list (f->m[3], f->m[4], f->m[5], f->m[6], NULL);
  g_autoptr (GPtrArray) nearer = ring_list (f->m[1], NULL);
  g_autoptr (GPtrArray) us = ring_list (f->m[0], NULL);
  P2pChordMember *closer;

  g_assert_true (p2p_chord_ring_stabilise (f->ring, f->m[2], told, us, &closer));
  assert_after (f->ring, "c d e f");
  g_assert_null (closer);
  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 0);
  g_assert_false (p2p_chord_ring_stabilise (f->ring, f->m[2], told, nearer, &closer));
  g_assert_true (closer == f->m[1]);
  /* not from our first after: only he himself counts, and who is to be asked */
  g_assert_true (p2p_chord_ring_stabilise (f->ring, f->m[7], nearer, NULL, &closer));
  assert_after (f->ring, "c d e f");
  assert_before (f->ring, "h c");
  g_assert_true (closer == f->m[1]);
  /* the nearer one lives, and tells less than we knew: his word counts */
  g_assert_true (p2p_chord_ring_stabilise (f->ring, f->m[1], us, us, &closer));
  assert_after (f->ring, "b");
  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 2);
}

/* How many there are is known when the first after told everybody up to us. */
static void
test_around (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) two = ring_list (f->m[2], f->m[0], NULL);
  g_autoptr (GPtrArray) four = ring_list (f->m[2], f->m[3], f->m[4], f->m[0], NULL);
  g_autoptr (GPtrArray) of_two = ring_list (f->m[0], NULL);
  g_autoptr (GPtrArray) nearer = ring_list (f->m[1], NULL);
  g_autoptr (GPtrArray) many = ring_list (f->m[2], f->m[3], f->m[4], f->m[5], f->m[0], NULL);

  p2p_chord_ring_stabilise (f->ring, f->m[1], two, two, NULL);
  assert_after (f->ring, "b c");
  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 3);
  g_assert_true (p2p_chord_ring_stabilise (f->ring, f->m[1], four, two, NULL));
  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 5);
  /* one more than there is room for */
  g_assert_true (p2p_chord_ring_offer (f->ring, f->m[7]));
  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 0);
  /* what is lost of a list with an unknown end does not make the ring small */
  g_assert_true (p2p_chord_ring_lose (f->ring, f->m[2]));
  assert_after (f->ring, "b d e");
  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 0);
  p2p_chord_ring_stabilise (f->ring, f->m[1], many, NULL, NULL);
  assert_after (f->ring, "b c d e");
  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 0);
  p2p_chord_ring_stabilise (f->ring, f->m[1], four, NULL, NULL);
  g_assert_true (p2p_chord_ring_lose (f->ring, f->m[2]));
  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 4);
  /* a contact that he did not tell of: behind the last of his there may be others */
  p2p_chord_ring_add_contact (f->ring, f->m[6]);
  p2p_chord_ring_stabilise (f->ring, f->m[1], two, NULL, NULL);
  assert_after (f->ring, "b c");
  p2p_chord_ring_remove_contact (f->ring, f->m[6]);
  /* nor is it all of the ring when he told of somebody who is closer */
  p2p_chord_ring_lose (f->ring, f->m[1]);
  p2p_chord_ring_stabilise (f->ring, f->m[2], of_two, nearer, NULL);
  assert_after (f->ring, "c");
  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 0);
}

/* Lists from the wire: not in order, past us, twice, with us in the middle. */
static void
test_told_hostile (Fixture *f, gconstpointer data)
{
  g_autoptr (P2pChordMember) twin = ring_member ("c", 5, 3);
  g_autoptr (P2pChordMember) ours = ring_member ("z", 0, 3);
  g_autoptr (GPtrArray) back = ring_list (f->m[4], f->m[3], f->m[5], NULL);
  g_autoptr (GPtrArray) past = ring_list (f->m[7], f->m[1], f->m[3], NULL);
  g_autoptr (GPtrArray) twice = ring_list (f->m[3], f->m[3], f->m[4], NULL);
  g_autoptr (GPtrArray) himself = ring_list (f->m[2], f->m[4], NULL);
  g_autoptr (GPtrArray) of_id = ring_list (f->m[3], twin, f->m[6], NULL);
  g_autoptr (GPtrArray) through = ring_list (f->m[3], f->m[0], f->m[4], NULL);
  g_autoptr (GPtrArray) stranger = ring_list (f->m[3], ours, f->m[4], NULL);
  g_autoptr (GPtrArray) nobody = ring_list (NULL, NULL);
  const struct { GPtrArray *told; const char *after; } cases[] = {
    { back, "c e" }, { past, "c h" }, { twice, "c d" }, { himself, "c" }, { of_id, "c d" }, { through, "c d" }, { stranger, "c d" }, { nobody, "c" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      p2p_chord_ring_stabilise (f->ring, f->m[2], cases[i].told, cases[i].told, NULL);
      assert_after (f->ring, cases[i].after);
      p2p_chord_ring_notify (f->ring, f->m[7], cases[i].told, TRUE);
      g_assert_true (p2p_chord_ring_get_before (f->ring, 0) == f->m[7]);
      g_assert_cmpuint (p2p_chord_ring_get_n_before (f->ring), <=, 2);
      p2p_chord_ring_lose (f->ring, f->m[7]);
    }
}

static void
test_notify (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) his = ring_list (f->m[4], f->m[3], NULL);
  g_autoptr (GPtrArray) nobody = ring_list (NULL, NULL);

  /* alone: who has us for his first after is our first after, too */
  g_assert_true (p2p_chord_ring_notify (f->ring, f->m[5], his, TRUE));
  assert_before (f->ring, "f e");
  assert_after (f->ring, "f");
  g_assert_false (p2p_chord_ring_notify (f->ring, f->m[5], his, TRUE));
  /* farther, while the nearer one lives */
  g_assert_true (p2p_chord_ring_notify (f->ring, f->m[2], NULL, TRUE));
  assert_before (f->ring, "f e");
  assert_after (f->ring, "c f");
  g_assert_true (p2p_chord_ring_notify (f->ring, f->m[4], nobody, FALSE));
  assert_before (f->ring, "e");
  assert_after (f->ring, "c");
  g_assert_true (p2p_chord_ring_notify (f->ring, f->m[7], nobody, TRUE));
  assert_before (f->ring, "h e");
}

static void
test_lose (Fixture *f, gconstpointer data)
{
  tell (f, "bcde");
  p2p_chord_ring_offer (f->ring, f->m[4]);
  p2p_chord_ring_add_contact (f->ring, f->m[3]);
  p2p_chord_ring_add_contact (f->ring, f->m[6]);
  p2p_chord_ring_set_finger (f->ring, 1, f->m[3]);
  g_assert_true (p2p_chord_ring_lose (f->ring, f->m[3]));
  assert_after (f->ring, "b c e");
  assert_before (f->ring, "e b");
  g_assert_null (p2p_chord_ring_get_finger (f->ring, 1));
  g_assert_cmpuint (p2p_chord_ring_get_n_contacts (f->ring), ==, 1);
  g_assert_false (p2p_chord_ring_lose (f->ring, f->m[3]));
  /* it comes back with the same id, as another object */
  {
    g_autoptr (P2pChordMember) again = ring_member ("d", 3, 3);

    g_assert_true (p2p_chord_ring_offer (f->ring, again));
    assert_after (f->ring, "b c d e");
    g_assert_true (p2p_chord_ring_lose (f->ring, f->m[3]));
  }
  /* when nobody is left, there are contacts; they live */
  g_assert_true (p2p_chord_ring_lose (f->ring, f->m[1]));
  g_assert_true (p2p_chord_ring_lose (f->ring, f->m[2]));
  assert_after (f->ring, "e");
  g_assert_true (p2p_chord_ring_lose (f->ring, p2p_chord_ring_get_after (f->ring, 0)));
  assert_after (f->ring, "g");
  assert_before (f->ring, "g");
  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 0);
  g_assert_true (p2p_chord_ring_lose (f->ring, f->m[6]));
  assert_after (f->ring, "");
  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 1);
}

/* Around originals, who tell no lists: everybody that we can speak to. */
static void
test_originals (Fixture *f, gconstpointer data)
{
  for (guint i = 2; i < 8; i++)
    {
      p2p_chord_ring_add_contact (f->ring, f->m[i]);
      p2p_chord_ring_offer (f->ring, f->m[i]);
    }
  p2p_chord_ring_stabilise (f->ring, f->m[2], NULL, NULL, NULL);
  assert_after (f->ring, "c d e f");
  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 0);
  p2p_chord_ring_lose (f->ring, f->m[3]);
  assert_after (f->ring, "c e f");
  p2p_chord_ring_stabilise (f->ring, f->m[2], NULL, NULL, NULL);
  assert_after (f->ring, "c e f g");
  p2p_chord_ring_lose (f->ring, f->m[4]);
  g_assert_true (p2p_chord_ring_stabilise (f->ring, f->m[2], NULL, NULL, NULL));
  assert_after (f->ring, "c f g h");
  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 5);
  p2p_chord_ring_lose (f->ring, f->m[7]);
  g_assert_cmpuint (p2p_chord_ring_get_size (f->ring), ==, 4);
  assert_before (f->ring, "g");
  g_assert_true (p2p_chord_ring_notify (f->ring, f->m[6], NULL, TRUE));
  assert_before (f->ring, "g f");
}

static void
test_roles (Fixture *f, gconstpointer data)
{
  P2pChordPlace place = ring_place (7, 3);

  tell (f, "c");
  for (guint at = 0; at < 8; at++)
    g_assert_cmpint (role (f->ring, at), ==, at < 2 ? 0 : 1);
  tell (f, "cd");
  for (guint at = 0; at < 8; at++)
    g_assert_cmpint (role (f->ring, at), ==, at < 2 ? 0 : at < 3 ? 1 : 2);
  tell (f, "cdfg");
  for (guint at = 0; at < 8; at++)
    g_assert_cmpint (role (f->ring, at), ==, at < 2 ? 0 : at < 3 ? 1 : at < 5 ? 2 : -1);
  g_assert_cmpint (p2p_chord_ring_get_role (f->ring, &place, TRUE), ==, 1);
  g_assert_false (p2p_chord_ring_is_mine (f->ring, &place));
  place = ring_place (1, 3);
  g_assert_cmpint (p2p_chord_ring_get_role (f->ring, &place, TRUE), ==, 0);
}

static void
assert_rank (P2pChordRing *ring, const P2pChordPlace *place, gboolean storing, const char *order)
{
  for (guint rank = 0; rank <= strlen (order); rank++)
    {
      gboolean self_is_it;
      P2pChordMember *found = p2p_chord_ring_find (ring, place, storing, rank, &self_is_it);

      if (order[rank] == '.')
        g_assert_true (self_is_it && found == NULL);
      else if (order[rank] == '\0')
        g_assert_true (!self_is_it && found == NULL);
      else
        {
          g_assert_false (self_is_it);
          g_assert_cmpint (found->id[0], ==, order[rank]);
        }
    }
}

static void
test_contacts (Fixture *f, gconstpointer data)
{
  g_autoptr (P2pChordMember) same = ring_member ("C", 2, 3);
  g_autoptr (P2pChordMember) ours = ring_member ("A", 0, 3);
  g_autoptr (P2pChordMember) moved = ring_member ("f", 6, 3);
  P2pChordPlace place;
  gboolean self_is_it;

  p2p_chord_ring_add_contact (f->ring, f->m[0]);
  g_assert_cmpuint (p2p_chord_ring_get_n_contacts (f->ring), ==, 0);
  p2p_chord_ring_add_contact (f->ring, f->m[5]);
  p2p_chord_ring_add_contact (f->ring, f->m[2]);
  p2p_chord_ring_add_contact (f->ring, f->m[2]);
  p2p_chord_ring_add_contact (f->ring, same);
  g_assert_cmpuint (p2p_chord_ring_get_n_contacts (f->ring), ==, 3);
  g_assert_true (p2p_chord_ring_get_contact (f->ring, 2) == f->m[5]);
  place = ring_place (3, 3);
  assert_rank (f->ring, &place, TRUE, "Cc.f");
  assert_rank (f->ring, &place, FALSE, "Ccf");
  place = ring_place (1, 3);
  assert_rank (f->ring, &place, TRUE, ".fCc");
  place = ring_place (7, 3);
  assert_rank (f->ring, &place, TRUE, "fCc.");
  /* at a node's place it is his; at ours, ours */
  place = ring_place (2, 3);
  assert_rank (f->ring, &place, TRUE, "Cc.f");
  p2p_chord_ring_add_contact (f->ring, ours);
  place = ring_place (0, 3);
  assert_rank (f->ring, &place, TRUE, ".AfCc");
  assert_rank (f->ring, &place, FALSE, "AfCc");
  g_assert_null (p2p_chord_ring_find_prev (f->ring, &place, TRUE, &self_is_it));
  g_assert_true (self_is_it);
  place = ring_place (1, 3);
  g_assert_true (p2p_chord_ring_find_prev (f->ring, &place, TRUE, &self_is_it) == same);
  place = ring_place (6, 3);
  g_assert_null (p2p_chord_ring_find_prev (f->ring, &place, TRUE, &self_is_it));
  g_assert_true (self_is_it);
  g_assert_true (p2p_chord_ring_find_prev (f->ring, &place, FALSE, &self_is_it) == ours);
  /* the same id elsewhere */
  p2p_chord_ring_add_contact (f->ring, moved);
  g_assert_cmpuint (p2p_chord_ring_get_n_contacts (f->ring), ==, 4);
  place = ring_place (5, 3);
  assert_rank (f->ring, &place, TRUE, "Cc.Af");
  p2p_chord_ring_remove_contact (f->ring, f->m[5]);
  g_assert_cmpuint (p2p_chord_ring_get_n_contacts (f->ring), ==, 3);
  p2p_chord_ring_remove_contact (f->ring, f->m[7]);
  g_assert_cmpuint (p2p_chord_ring_get_n_contacts (f->ring), ==, 3);
}

static void
test_fingers (Fixture *f, gconstpointer data)
{
  P2pChordPlace target, expected = ring_place (4, 3);
  g_autoptr (GPtrArray) wanted = NULL;
  g_autoptr (GString) order = g_string_new (NULL);

  p2p_chord_ring_offer (f->ring, f->m[1]);
  p2p_chord_ring_offer (f->ring, f->m[7]);
  g_assert_cmpuint (p2p_chord_ring_get_n_fingers (f->ring, 0), ==, 2);
  g_assert_cmpuint (p2p_chord_ring_get_n_fingers (f->ring, 1), ==, 1);
  g_assert_cmpuint (p2p_chord_ring_get_n_fingers (f->ring, 3), ==, 2);
  p2p_chord_ring_get_finger_target (f->ring, 0, &target);
  g_assert_cmpint (p2p_chord_place_compare (&target, &expected), ==, 0);
  p2p_chord_ring_get_finger_target (f->ring, 1, &target);
  expected = ring_place (2, 3);
  g_assert_cmpint (p2p_chord_place_compare (&target, &expected), ==, 0);
  g_assert_true (p2p_chord_ring_set_finger (f->ring, 0, f->m[5]));
  g_assert_false (p2p_chord_ring_set_finger (f->ring, 0, f->m[5]));
  g_assert_true (p2p_chord_ring_set_finger (f->ring, 1, f->m[5]));
  g_assert_false (p2p_chord_ring_set_finger (f->ring, 2, f->m[0]));
  g_assert_true (p2p_chord_ring_get_finger (f->ring, 0) == f->m[5]);
  g_assert_null (p2p_chord_ring_get_finger (f->ring, P2P_CHORD_MAX_FINGERS));
  tell (f, "bd");
  wanted = p2p_chord_ring_get_wanted (f->ring);
  for (guint i = 0; i < wanted->len; i++)
    g_string_append (order, ((P2pChordMember *) wanted->pdata[i])->id);
  g_assert_cmpstr (order->str, ==, "bhdf");
  g_assert_true (p2p_chord_ring_set_finger (f->ring, 0, NULL));
  g_assert_true (p2p_chord_ring_lose (f->ring, f->m[1]));
  p2p_chord_ring_lose (f->ring, f->m[5]);
  g_assert_null (p2p_chord_ring_get_finger (f->ring, 1));
}

/* ---- of any set of members, in any order ---- */

#define MOST 12

static void
test_any_order (void)
{
  TestRng rng = test_rng_make (1, "any order", 0);

  for (guint trial = 0; trial < 2000; trial++)
    {
      guint n = (guint) test_rng_between (&rng, 1, MOST);
      P2pChordMember *members[MOST];
      P2pChordRing *rings[MOST];
      guint8 taken[64] = { 0 };
      guint at[MOST];

      for (guint i = 0; i < n; i++)
        {
          g_autofree char *id = g_strdup_printf ("%u", i);

          do
            at[i] = (guint) test_rng_below (&rng, 64);
          while (taken[at[i]]++ > 0);
          members[i] = ring_member (id, at[i], 6);
        }
      for (guint i = 0; i < n; i++)
        {
          guint first = (guint) test_rng_below (&rng, n), step = n == 5 || n == 7 || n == 11 ? (guint) test_rng_between (&rng, 1, n - 1) : 1;

          rings[i] = p2p_chord_ring_new (members[i], 4, 2);
          for (guint j = 0; j < n; j++)
            {
              p2p_chord_ring_offer (rings[i], members[(first + j * step) % n]);
              p2p_chord_ring_add_contact (rings[i], members[(first + j * step) % n]);
            }
          if (n > 1)
            p2p_chord_ring_stabilise (rings[i], p2p_chord_ring_get_after (rings[i], 0), NULL, NULL, NULL);
          g_assert_cmpuint (p2p_chord_ring_get_size (rings[i]), ==, n <= 5 ? n : 0);
          g_assert_cmpuint (p2p_chord_ring_get_n_after (rings[i]), ==, MIN (n - 1, 4));
          g_assert_cmpuint (p2p_chord_ring_get_n_before (rings[i]), ==, MIN (n - 1, 2));
          for (guint j = 0; j < p2p_chord_ring_get_n_after (rings[i]); j++)
            {
              guint to = (guint) atoi (p2p_chord_ring_get_after (rings[i], j)->id), between = 0;

              for (guint other = 0; other < n; other++)
                between += (at[other] - at[i]) % 64 < (at[to] - at[i]) % 64;
              g_assert_cmpuint (between, ==, j + 1);
            }
        }
      /* Each place is one node's, and two others keep a replica of it: the two before him. */
      for (guint place = 0; place < 64; place++)
        {
          P2pChordPlace where = ring_place (place, 6);
          guint count[3] = { 0 };

          for (guint i = 0; i < n; i++)
            {
              int its_role = p2p_chord_ring_get_role (rings[i], &where, FALSE);

              g_assert_cmpint (its_role == 0, ==, p2p_chord_ring_is_mine (rings[i], &where));
              if (its_role >= 0)
                count[its_role]++;
              if (its_role > 0)
                g_assert_true (p2p_chord_ring_is_mine (rings[atoi (p2p_chord_ring_get_after (rings[i], (guint) its_role - 1)->id)], &where));
            }
          g_assert_cmpuint (count[0], ==, 1);
          g_assert_cmpuint (count[1], ==, n > 1);
          g_assert_cmpuint (count[2], ==, n > 2);
        }
      for (guint i = 0; i < n; i++)
        {
          p2p_chord_ring_free (rings[i]);
          p2p_chord_member_unref (members[i]);
        }
    }
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*func) (Fixture *, gconstpointer); } tests[] = {
    { "alone", test_alone }, { "offer", test_offer }, { "address", test_address }, { "slots", test_slots }, { "stabilise", test_stabilise },
    { "around", test_around }, { "told-hostile", test_told_hostile }, { "notify", test_notify }, { "lose", test_lose }, { "originals", test_originals },
    { "roles", test_roles }, { "contacts", test_contacts }, { "fingers", test_fingers },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/chord/ring/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].func, tear_down);
    }
  g_test_add_func ("/chord/ring/any-order", test_any_order);
  return g_test_run ();
}
