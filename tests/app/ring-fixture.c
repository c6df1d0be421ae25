/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ring-fixture.h"

#include <string.h>

#include "app/ring/rt-ring-side.h"

void
ring_set_up (RingFixture *p,
             int   width,
             int   height,
             guint n_nodes,
             guint n_keys)
{
  *p = (RingFixture) { 0 };
  app_fixture_set_up (&p->fixture, "Ada");
  p->ring = fake_ring_new (n_nodes);
  p->table = fake_ring_make_table (p->ring, n_keys, &p->far);
  if (n_nodes == 0)
    {
      rt_ring_take_seeding (RT_RING (p->ring), FALSE);
      fake_ring_resize (p->ring, 0);
    }
  p->window = GTK_WINDOW (adw_window_new ());
  p->page = g_object_new (RT_TYPE_RING_PAGE, NULL);
  rt_ring_page_set (p->page, RT_RING (p->ring), p->table);
  gtk_window_set_default_size (p->window, width, height);
  adw_window_set_content (ADW_WINDOW (p->window), GTK_WIDGET (p->page));
  gtk_window_present (p->window);
  app_frames (GTK_WIDGET (p->window), 3);
  app_settle ();
  app_wait_for (!rt_table_get_working (p->table) && rt_table_get_n_keys (p->table) == n_keys);
  app_frames (GTK_WIDGET (p->window), 3);
}

void
ring_tear_down (RingFixture *p)
{
  g_autoptr (RtRingPage) page = g_object_ref (p->page);

  gtk_window_destroy (p->window);
  app_settle ();
  g_assert_finalize_object (g_steal_pointer (&page));
  g_assert_finalize_object (g_steal_pointer (&p->ring));
  g_assert_finalize_object (g_steal_pointer (&p->table));
  g_clear_object (&p->far);
  app_fixture_tear_down (&p->fixture);
}

GtkWidget *
ring_find (RingFixture       *p,
           GType       type,
           const char *id)
{
  GtkWidget *found = app_find (GTK_WIDGET (p->page), type, id);

  g_assert_nonnull (found);
  return found;
}

void
ring_choose_key (RingFixture       *p,
                 const char *key)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
  RtTableRow *row = rt_table_find (p->table, bytes);
  guint position;

  g_assert_nonnull (row);
  g_assert_true (rt_table_get_position (p->table, row, &position));
  gtk_selection_model_select_item (gtk_list_view_get_model (GTK_LIST_VIEW (ring_find (p, GTK_TYPE_LIST_VIEW, "list"))), position, TRUE);
  app_frames (GTK_WIDGET (p->window), 2);
}

const char *
ring_get_shown (RingFixture       *p,
                const char *stack)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (ring_find (p, GTK_TYPE_STACK, stack)));
}

GtkWidget *
ring_get_side (RingFixture *p)
{
  return ring_find (p, RT_TYPE_RING_SIDE, NULL);
}

static P2pChordPlaceState
get_state (char answer)
{
  switch (answer)
    {
    case 'v':
    case 'V':
    case 'x':
    case 'o': return P2P_CHORD_PLACE_STATE_VALUE;
    case 'n': return P2P_CHORD_PLACE_STATE_NOTHING;
    case 's': return P2P_CHORD_PLACE_STATE_SILENT;
    default: return P2P_CHORD_PLACE_STATE_NOBODY;
    }
}

static P2pChordLookOutcome
get_outcome (const char *answers)
{
  if (strspn (answers, "n") == 5)
    return P2P_CHORD_LOOK_OUTCOME_ABSENT;
  if (strspn (answers, "y") == 5)
    return P2P_CHORD_LOOK_OUTCOME_NOBODY;
  if (strchr (answers, 'x') != NULL)
    return P2P_CHORD_LOOK_OUTCOME_UNSIGNED;
  return strchr (answers, 's') != NULL ? P2P_CHORD_LOOK_OUTCOME_TIMED_OUT : P2P_CHORD_LOOK_OUTCOME_DISAGREE;
}

/* What each place of the chosen key says, a letter each: v the value, V the same signed by RING_AUTHOR, o another, x one that
 * RING_AUTHOR did not sign though he wrote the key last, n nothing, s silent, y nobody to ask. */
void
ring_answer (RingFixture       *p,
             const char *answers)
{
  static const char * const hashes[] = { "sha1", "sha224", "sha256", "sha384", "sha512" };
  static const double fractions[] = { 0.08, 0.31, 0.325, 0.66, 0.9 };
  g_autoptr (GListStore) places = g_list_store_new (P2P_TYPE_CHORD_PLACE_INFO);
  g_autoptr (P2pChordLookup) lookup = NULL;
  guint n_equal = 0;

  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++)
    {
      gboolean agrees = g_ascii_tolower (answers[i]) == 'v', value = agrees || answers[i] == 'o' || answers[i] == 'x';
      g_autoptr (P2pChordPlaceInfo) place = NULL;
      g_autofree char *holder = g_strdup_printf ("Member%04uMember%04u", i, i);

      n_equal += agrees;
      place = g_object_new (P2P_TYPE_CHORD_PLACE_INFO, "hash", hashes[i], "fraction", fractions[i], "position", "5KJvsngHeMpm884wtkJNzQGaCErckhHJBGF",
                            "state", get_state (answers[i]), "asked-id", holder, "holder-id", value || answers[i] == 'n' ? holder : NULL,
                            "value", value ? g_variant_new_string (agrees ? "The old mill" : "Under the bridge") : NULL,
                            "hops", i % 3 + 1, "milliseconds", 4.2 * (i + 1), "agrees", agrees,
                            "author", answers[i] == 'V' ? RING_AUTHOR : NULL, NULL);
      g_list_store_append (places, place);
    }
  lookup = g_object_new (P2P_TYPE_CHORD_LOOKUP, "key", rt_ring_get_key (RT_RING (p->ring)), "n-equal", n_equal, "milliseconds", 21.0, "places", places,
                         "outcome", n_equal >= 3 || strchr (answers, 'V') != NULL ? P2P_CHORD_LOOK_OUTCOME_VALUE : get_outcome (answers),
                         "author", strchr (answers, 'V') != NULL ? RING_AUTHOR : NULL, "expected-author", strpbrk (answers, "Vx") != NULL ? RING_AUTHOR : NULL, NULL);
  rt_ring_take_lookup (RT_RING (p->ring), lookup);
  app_frames (GTK_WIDGET (p->window), 2);
}

/* They are asked a moment after the key was chosen. */
void
ring_wait_asked (RingFixture *p)
{
  guint before = fake_ring_get_n_looks (p->ring);

  app_wait_for (fake_ring_get_n_looks (p->ring) > before);
}

GPtrArray *
ring_list_members (RingFixture *p)
{
  GListModel *model = rt_ring_get_members (RT_RING (p->ring));
  GPtrArray *members = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    g_ptr_array_add (members, g_list_model_get_item (model, i));
  return members;
}

P2pChordMemberInfo *
ring_find_self (RingFixture  *p,
                guint *index)
{
  g_autoptr (GPtrArray) members = ring_list_members (p);

  for (*index = 0; *index < members->len; (*index)++)
    if (p2p_chord_member_info_get_is_self (members->pdata[*index]))
      return members->pdata[*index];
  g_assert_not_reached ();
}

void
ring_press (GtkWidget  *view,
            const char *action,
            const char *format,
            int         step)
{
  if (format != NULL)
    gtk_widget_activate_action (view, action, format, step);
  else
    gtk_widget_activate_action (view, action, NULL);
  app_settle ();
}
