/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-foreign.h"

#include <string.h>

char **
sim_foreign_load_kinds (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (SIM_EXCEPTIONS, &text, NULL, &error);
  g_assert_no_error (error);
  g_ptr_array_add (names, g_strdup ("keys compared"));
  g_ptr_array_add (names, g_strdup ("equal"));
  g_ptr_array_add (names, g_strdup ("nodes of py2p's kind apart"));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *tab = strchr (lines[i], '\t');

      if (*lines[i] != '#' && tab != NULL)
        g_ptr_array_add (names, g_strndup (lines[i], (gsize) (tab - lines[i])));
    }
  g_assert_cmpuint (names->len, <=, SIM_MOST_COUNTS);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_steal (names, NULL);
}

/* ---- one key at one of them ---- */

static gboolean
owner_is (Sim07Value *owner, const char *id)
{
  gsize length = strlen (id);

  return owner->bytes != NULL && g_bytes_get_size (owner->bytes) == length && memcmp (g_bytes_get_data (owner->bytes, NULL), id, length) == 0;
}

static gboolean
has_value (Sim07Value *value, GBytes *ours)
{
  g_autoptr (Sim07Value) other = sim07_value_unpack (g_bytes_get_data (ours, NULL), g_bytes_get_size (ours));

  return sim07_value_equal (value, other);
}

/* The write that holds with us, as it came there: the one that was of that value, if there were several. */
static SimForeignWrite *
find_write (SimTable *table, GBytes *key, const P2pSyncState *ours)
{
  SimForeignWrite *found = NULL;

  for (guint i = 0; i < table->log->len; i++)
    {
      SimForeignWrite *write = table->log->pdata[i];
      gboolean is_delete = !write->delta && write->value->type == SIM07_NONE;

      if (!g_bytes_equal (write->key, key) || g_strcmp0 (write->owner, ours->owner) != 0 || write->time != ours->clock.time || is_delete != (ours->value == NULL))
        continue;
      if (found == NULL || is_delete || write->delta || has_value (write->value, ours->value))
        found = write;
    }
  return found;
}

static const char *
tell_fate (const SimForeignWrite *write)
{
  static const char *names[] = {
    [SIM07_WRITE_TAKEN] = "taken",
    [SIM07_WRITE_REFUSED] = "refused",
    [SIM07_WRITE_PASSED_OVER] = "passed over",
    [SIM07_WRITE_ABSENT] = "absent (B3)",
    [SIM07_WRITE_FORMS] = "id forms (B4)",
    [SIM07_WRITE_NO_MAP] = "no map (B5)",
    [SIM07_WRITE_RAISED] = "raised",
  };

  return write != NULL ? names[write->fate] : "never came";
}

static char *
describe (SimTable *table, GBytes *key, const P2pSyncState *ours)
{
  Sim07SyncEntry entry;
  gboolean there = sim07_sync_find (table->model, key, &entry);
  const char *what;

  if (ours == NULL)
    return there ? g_strdup ("unknown to us: a value") : NULL;
  if (!there && ours->value == NULL)
    return NULL;
  if (!there)
    what = "nothing";
  else if (ours->value != NULL && has_value (entry.value, ours->value))
    {
      if (owner_is (entry.owner, ours->owner) && sim07_value_is_int (entry.time, ours->clock.time))
        return NULL;
      what = "the same value";
    }
  else
    what = owner_is (entry.owner, ours->owner) ? "another of the owner" : "another's";
  return g_strdup_printf ("%s: %s", tell_fate (find_write (table, key, ours)), what);
}

/* ---- all of them ---- */

static void
tell_log (SimTable *table, GBytes *key, const P2pSyncState *ours)
{
  if (ours != NULL)
    g_test_message ("ours: %s at %" G_GINT64_FORMAT ".%u, since %" G_GINT64_FORMAT "%s", ours->owner, ours->clock.time, ours->clock.sequence, ours->lease_start,
                    ours->value == NULL ? ", deleted" : "");
  for (guint i = 0; i < table->log->len; i++)
    {
      SimForeignWrite *write = table->log->pdata[i];

      if (g_bytes_equal (write->key, key))
        g_test_message ("h%u: %s%s of %s at %" G_GINT64_FORMAT ": %s", table->node->host_index, write->told ? "told a " : "",
                        write->delta ? "delta" : write->value->type == SIM07_NONE ? "delete" : "store", write->owner, write->time, tell_fate (write));
    }
}

static void
count (SimTable *table, GBytes *key, const P2pSyncState *ours, const char *kind, const char *const *kinds, gboolean strict)
{
  SimNet *net = table->node->net;
  guint n = SIM_FOREIGN_KINDS;

  while (kinds[n] != NULL && !g_str_equal (kinds[n], kind))
    n++;
  if (!strict && kinds[n] != NULL)
    {
      net->counts[n]++;
      return;
    }
  if (net->failure == NULL)
    tell_log (table, key, ours);
  sim_net_fail (net, "h%u, of py2p's kind, differs from ours in %.*s: %s", table->node->host_index, (int) g_bytes_get_size (key), (const char *) g_bytes_get_data (key, NULL), kind);
}

static void
compare_one (SimTable *table, P2pSyncTable *ours, const char *const *kinds, guint n_keys, gboolean strict)
{
  SimNet *net = table->node->net;

  for (guint i = 0; i < n_keys; i++)
    {
      g_autoptr (GBytes) key = sim_tables_new_key (i);
      gsize length;
      const guint8 *bytes = g_bytes_get_data (key, &length);
      P2pSyncState state;
      const P2pSyncState *held = p2p_sync_table_lookup (ours, bytes, length, &state) ? &state : NULL;
      g_autofree char *kind = describe (table, key, held);

      net->counts[SIM_FOREIGN_COMPARED]++;
      if (kind == NULL)
        net->counts[SIM_FOREIGN_EQUAL]++;
      else
        count (table, key, held, kind, kinds, strict);
    }
}

void
sim_foreign_compare (SimNet *net, const char *const *kinds, guint n_keys, gboolean strict)
{
  g_autofree guint *part = g_new0 (guint, net->current->len);
  guint ours = 0;

  sim_net_count_parts (net, 0, part);
  while (ours < net->current->len && (sim_tables_get (net, ours) == NULL || sim_tables_get (net, ours)->sync == NULL))
    ours++;
  if (ours == net->current->len)
    return;
  for (guint i = 0; i < net->current->len; i++)
    {
      SimTable *table = sim_tables_get (net, i);

      if (table == NULL || table->model == NULL)
        continue;
      if (part[i] == part[ours])
        compare_one (table, p2p_sync_node_get_table (sim_tables_get (net, ours)->sync), kinds, n_keys, strict);
      else if (strict)
        sim_net_fail (net, "h%u, of py2p's kind, has lost its network", i);
      else
        net->counts[SIM_FOREIGN_APART]++;
    }
}
