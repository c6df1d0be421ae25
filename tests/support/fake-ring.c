/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-ring.h"

#include <string.h>

#define N_PLACES 5u

struct _FakeRing {
  RtRing      parent_instance;
  GListStore *members;
  GBytes     *asked;            /* nullable */
  char       *failure;
  guint       n_looks;
  guint       n;
  gboolean    slow;
};

G_DEFINE_FINAL_TYPE (FakeRing, fake_ring, RT_TYPE_RING)

/* Spread, but in no obvious order: the golden angle. */
static double
get_fraction (guint i)
{
  double turns = i * 0.6180339887498949;

  return turns - (guint) turns;
}

static int
compare_members (gconstpointer a, gconstpointer b)
{
  double x = p2p_chord_member_info_get_fraction (*(P2pChordMemberInfo * const *) a);
  double y = p2p_chord_member_info_get_fraction (*(P2pChordMemberInfo * const *) b);

  return (x > y) - (x < y);
}

/* The neighbours, and some far away. */
static P2pChordRoles
get_roles (guint i, guint self, guint n)
{
  double ahead = get_fraction (i) - get_fraction (self);

  if (i == self)
    return P2P_CHORD_ROLES_NONE;
  if (ahead > 0 && ahead < 4.0 / n)
    return P2P_CHORD_ROLES_AFTER;
  if (ahead < 0 && ahead > -2.0 / n)
    return P2P_CHORD_ROLES_BEFORE;
  return i % (n / 8 + 1) == n / 9 ? P2P_CHORD_ROLES_FINGER : P2P_CHORD_ROLES_NONE;
}

static P2pChordMemberInfo *
make_member (guint i, guint self, guint n)
{
  g_autofree char *id = g_strdup_printf ("Member%04uMember%04u", i, i);
  g_autofree char *address = g_strdup_printf ("10.0.%u.%u:4444", i / 250, i % 250 + 1);

  return g_object_new (P2P_TYPE_CHORD_MEMBER_INFO,
                       "id", id,
                       "fraction", get_fraction (i),
                       "address", i % 7 == 3 ? NULL : address,
                       "is-self", i == self,
                       "linked", i % 3 == 0 && i != self,
                       "is-own", i % 5 != 4,
                       "roles", get_roles (i, self, n),
                       "n-values", i % 5 == 4 ? G_GINT64_CONSTANT (-1) : (gint64) (10 + i % 40),
                       "n-bytes", i % 5 == 4 ? G_GINT64_CONSTANT (-1) : (gint64) (1000 + 100 * (i % 40)),
                       NULL);
}

static void
show_standing (FakeRing *self, const char *trouble)
{
  gboolean seeding = rt_ring_get_seeding (RT_RING (self));
  RtRingStanding standing = { .place = -1, .arc_from = -1, .arc_to = -1 };

  standing.trouble = trouble != NULL;
  standing.words = trouble != NULL ? trouble : seeding ? "Storing for the network: 12 values" : "Not storing";
  standing.place = get_fraction (self->n / 3);
  if (seeding && trouble == NULL && self->n > 0)
    {
      standing.arc_from = standing.place;
      standing.arc_to = standing.place + 0.1 < 1 ? standing.place + 0.1 : standing.place - 0.9;
      standing.n_values = 12;
      standing.n_bytes = 3456;
    }
  rt_ring_take_standing (RT_RING (self), &standing);
}

void
fake_ring_resize (FakeRing *self, guint n)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func (g_object_unref);

  self->n = n;
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (members, make_member (i, n / 3, n));
  g_ptr_array_sort (members, compare_members);
  g_list_store_splice (self->members, 0, g_list_model_get_n_items (G_LIST_MODEL (self->members)), members->pdata, members->len);
  show_standing (self, NULL);
}

/* ---- the chosen key ---- */

static P2pChordPlaceInfo *
make_place (FakeRing *self, guint i, GBytes *key)
{
  static const char * const hashes[N_PLACES] = { "sha1", "sha224", "sha256", "sha384", "sha512" };
  static const P2pChordPlaceState states[N_PLACES] = {
    P2P_CHORD_PLACE_STATE_VALUE, P2P_CHORD_PLACE_STATE_VALUE, P2P_CHORD_PLACE_STATE_NOTHING, P2P_CHORD_PLACE_STATE_VALUE, P2P_CHORD_PLACE_STATE_SILENT,
  };
  guint place = g_bytes_hash (key) % 1000 + 131 * i;
  g_autofree char *position = g_strdup_printf ("Position%u", place);
  g_autofree char *holder = g_strdup_printf ("Member%04uMember%04u", place % MAX (self->n, 1), place % MAX (self->n, 1));
  gboolean is_value = states[i] == P2P_CHORD_PLACE_STATE_VALUE;

  return g_object_new (P2P_TYPE_CHORD_PLACE_INFO,
                       "hash", hashes[i],
                       "fraction", get_fraction (place),
                       "position", position,
                       "state", states[i],
                       "value", is_value ? g_variant_new_string ("the value") : NULL,
                       "asked-id", holder,
                       "holder-id", states[i] != P2P_CHORD_PLACE_STATE_SILENT ? holder : NULL,
                       "hops", i,
                       "milliseconds", 2.5 * (i + 1),
                       "agrees", is_value,
                       NULL);
}

gboolean
fake_ring_answer (FakeRing *self)
{
  g_autoptr (GListStore) places = g_list_store_new (P2P_TYPE_CHORD_PLACE_INFO);
  g_autoptr (GBytes) key = g_steal_pointer (&self->asked);
  g_autoptr (P2pChordLookup) lookup = NULL;

  if (key == NULL)
    return FALSE;
  for (guint i = 0; i < N_PLACES; i++)
    {
      g_autoptr (P2pChordPlaceInfo) place = make_place (self, i, key);

      g_list_store_append (places, place);
    }
  lookup = g_object_new (P2P_TYPE_CHORD_LOOKUP,
                         "key", key,
                         "outcome", P2P_CHORD_LOOK_OUTCOME_VALUE,
                         "value", g_variant_new_string ("the value"),
                         "n-equal", 3,
                         "milliseconds", 12.5,
                         "places", places,
                         NULL);
  rt_ring_take_lookup (RT_RING (self), lookup);
  return TRUE;
}

static void
look (RtRing *ring, GBytes *key)
{
  FakeRing *self = FAKE_RING (ring);

  self->n_looks++;
  g_clear_pointer (&self->asked, g_bytes_unref);
  self->asked = g_bytes_ref (key);
  if (!self->slow)
    fake_ring_answer (self);
}

static void
stop_look (RtRing *ring)
{
  g_clear_pointer (&FAKE_RING (ring)->asked, g_bytes_unref);
}

static void
seed (RtRing *ring, gboolean seeding)
{
  FakeRing *self = FAKE_RING (ring);
  g_autofree char *failure = seeding ? g_steal_pointer (&self->failure) : NULL;

  show_standing (self, failure);
}

/* ---- object ---- */

static void
fake_ring_finalize (GObject *object)
{
  FakeRing *self = FAKE_RING (object);

  g_object_unref (self->members);
  g_clear_pointer (&self->asked, g_bytes_unref);
  g_free (self->failure);

  G_OBJECT_CLASS (fake_ring_parent_class)->finalize (object);
}

static void
fake_ring_class_init (FakeRingClass *klass)
{
  RtRingClass *ring_class = RT_RING_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fake_ring_finalize;
  ring_class->seed = seed;
  ring_class->look = look;
  ring_class->stop_look = stop_look;
}

static void
fake_ring_init (FakeRing *self)
{
  self->members = g_list_store_new (P2P_TYPE_CHORD_MEMBER_INFO);
}

FakeRing *
fake_ring_new (guint n)
{
  FakeRing *self = g_object_new (FAKE_TYPE_RING, NULL);

  rt_ring_take_members (RT_RING (self), G_LIST_MODEL (self->members));
  rt_ring_take_seeding (RT_RING (self), TRUE);
  fake_ring_resize (self, n);
  return self;
}

RtTable *
fake_ring_make_table (FakeRing *self, guint n_keys, FakeRingTable **far)
{
  g_autoptr (FakeTable) inner = fake_table_new ();
  g_autoptr (FakeRingTable) source = NULL;

  fake_table_fill (inner, n_keys);
  source = fake_ring_table_new (inner, 0);
  if (far != NULL)
    *far = g_object_ref (source);
  return rt_table_new (RT_TABLE_SOURCE (source));
}

void
fake_ring_set_slow (FakeRing *self, gboolean slow)
{
  self->slow = slow;
}

void
fake_ring_fail_join (FakeRing *self, const char *words)
{
  g_free (self->failure);
  self->failure = g_strdup (words);
}

guint
fake_ring_get_n_looks (FakeRing *self)
{
  return self->n_looks;
}
