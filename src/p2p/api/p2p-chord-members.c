/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-chord-members.h"

struct _P2pChordMembers {
  GObject parent_instance;
  GPtrArray *list;              /* of P2pChordMemberInfo, by place, then id */
  gboolean updating;
  gboolean detached;
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (P2pChordMembers, p2p_chord_members, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
p2p_chord_members_get_item_type (GListModel *model)
{
  return P2P_TYPE_CHORD_MEMBER_INFO;
}

static guint
p2p_chord_members_get_n_items (GListModel *model)
{
  return P2P_CHORD_MEMBERS (model)->list->len;
}

static gpointer
p2p_chord_members_get_item (GListModel *model, guint position)
{
  GPtrArray *list = P2P_CHORD_MEMBERS (model)->list;

  return position < list->len ? g_object_ref (list->pdata[position]) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = p2p_chord_members_get_item_type;
  iface->get_n_items = p2p_chord_members_get_n_items;
  iface->get_item = p2p_chord_members_get_item;
}

static void
p2p_chord_members_finalize (GObject *object)
{
  g_ptr_array_unref (P2P_CHORD_MEMBERS (object)->list);
  G_OBJECT_CLASS (p2p_chord_members_parent_class)->finalize (object);
}

static void
p2p_chord_members_class_init (P2pChordMembersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = p2p_chord_members_finalize;
}

static void
p2p_chord_members_init (P2pChordMembers *self)
{
  self->list = g_ptr_array_new_with_free_func (g_object_unref);
}

P2pChordMembers *
p2p_chord_members_new (void)
{
  return g_object_new (P2P_TYPE_CHORD_MEMBERS, NULL);
}

static int
compare (const P2pChordPlace *a, const char *a_id, const P2pChordPlace *b, const char *b_id)
{
  int order = p2p_chord_place_compare (a, b);

  return order != 0 ? order : g_strcmp0 (a_id, b_id);
}

static int
compare_seen (gconstpointer a, gconstpointer b)
{
  const P2pChordSeen *x = a, *y = b;

  return compare (&x->member->place, x->member->id, &y->member->place, y->member->id);
}

static int
compare_row (P2pChordMembers *self, guint position, const P2pChordSeen *seen)
{
  P2pChordMemberInfo *row = self->list->pdata[position];

  return compare (p2p_chord_member_info_get_place (row), p2p_chord_member_info_get_id (row), &seen->member->place, seen->member->id);
}

/* Rows from position on that are before seen (NULL: all): they go, together. */
static void
remove_before (P2pChordMembers *self, guint position, const P2pChordSeen *seen)
{
  guint n = 0;

  while (position + n < self->list->len && (seen == NULL || compare_row (self, position + n, seen) < 0))
    n++;
  if (n == 0)
    return;
  g_ptr_array_remove_range (self->list, position, n);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n, 0);
}

/* Those of seen from index on that come before the row at position: they come, together. How many. */
static guint
insert_from (P2pChordMembers *self, guint position, GArray *seen, guint index, GHashTable *known)
{
  guint n = 0;

  for (; index + n < seen->len; n++)
    {
      const P2pChordSeen *one = &g_array_index (seen, P2pChordSeen, index + n);
      P2pChordMemberInfo *row;

      if (position + n < self->list->len && compare_row (self, position + n, one) <= 0)
        break;
      /* One that has another place now is still the same. */
      row = g_hash_table_lookup (known, one->member->id);
      if (row != NULL)
        g_object_ref (row);
      else
        row = p2p_chord_member_info_new (one);
      g_ptr_array_insert (self->list, (int) (position + n), row);
    }
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), position, 0, n);
  return n;
}

static gboolean
has_moved (P2pChordMemberInfo *row, GHashTable *by_id)
{
  const P2pChordSeen *seen = g_hash_table_lookup (by_id, p2p_chord_member_info_get_id (row));

  return seen == NULL || p2p_chord_place_compare (p2p_chord_member_info_get_place (row), &seen->member->place) != 0;
}

/* Those that are gone, or elsewhere, go first: what is left is in order whatever places the others have. */
static void
remove_moved (P2pChordMembers *self, GHashTable *by_id)
{
  for (guint i = 0; i < self->list->len && !self->detached;)
    {
      guint n = 0;

      while (i + n < self->list->len && has_moved (self->list->pdata[i + n], by_id))
        n++;
      if (n == 0)
        {
          i++;
          continue;
        }
      g_ptr_array_remove_range (self->list, i, n);
      g_list_model_items_changed (G_LIST_MODEL (self), i, n, 0);
    }
}

void
p2p_chord_members_update (P2pChordMembers *self, GArray *seen)
{
  g_autoptr (P2pChordMembers) held G_GNUC_UNUSED = g_object_ref (self);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);

  if (self->detached || self->updating)
    return;
  self->updating = TRUE;
  g_array_sort (seen, compare_seen);
  for (guint i = 0; i < self->list->len; i++)
    g_hash_table_replace (known, (gpointer) p2p_chord_member_info_get_id (self->list->pdata[i]), g_object_ref (self->list->pdata[i]));
  for (guint i = 0; i < seen->len; i++)
    g_hash_table_replace (by_id, g_array_index (seen, P2pChordSeen, i).member->id, &g_array_index (seen, P2pChordSeen, i));

  remove_moved (self, by_id);
  for (guint i = 0; i < seen->len && !self->detached; i++)
    {
      P2pChordMemberInfo *row = g_hash_table_lookup (known, g_array_index (seen, P2pChordSeen, i).member->id);

      if (row != NULL)
        p2p_chord_member_info_update (row, &g_array_index (seen, P2pChordSeen, i));
    }
  for (guint i = 0; i < seen->len && !self->detached;)
    {
      guint n;

      remove_before (self, i, &g_array_index (seen, P2pChordSeen, i));
      n = self->detached ? 0 : insert_from (self, i, seen, i, known);
      i += MAX (n, 1);
    }
  if (!self->detached)
    remove_before (self, seen->len, NULL);
  self->updating = FALSE;
}

void
p2p_chord_members_detach (P2pChordMembers *self)
{
  guint n = self->list->len;

  self->detached = TRUE;
  g_ptr_array_set_size (self->list, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}
