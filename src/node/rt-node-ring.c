/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of a distributed table. All but those that only look are answered later. */
#include "rt-node-ring.h"

#include <math.h>
#include <string.h>

#include "rt-json-writer.h"
#include "rt-node-error.h"

/* Of a command, in seconds */
#define MAX_TIMEOUT 86400

static void
answer_error (RtCommand *command,
              GError   **error)
{
  rt_command_answer_error (command, g_steal_pointer (error));
}

/* “timeout” is in seconds, which may have a fraction; 0: the library's own. */
static gboolean
get_timeout (RtCommand *command,
             guint     *milliseconds,
             GError   **error)
{
  JsonNode *node = rt_command_peek (command, "timeout");
  GType type = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
  double seconds = type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double (node) : -1;

  *milliseconds = 0;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!(seconds >= 0 && seconds <= MAX_TIMEOUT))
    {
      g_set_error (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_ARGUMENT, "“timeout” must be a number of seconds, from 0 to %d", MAX_TIMEOUT);
      return FALSE;
    }
  *milliseconds = (guint) ceil (seconds * 1000);
  return TRUE;
}

/* What a command needs until it is answered. */
typedef struct {
  RtNode *node;
  RtCommand *command;
  gint64 begun;
  gboolean object;
} Asked;

static Asked *
asked_new (RtNode    *self,
           RtCommand *command)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->node = g_object_ref (self);
  asked->command = rt_command_ref (command);
  asked->begun = g_get_monotonic_time ();
  return asked;
}

static void
asked_free (Asked *asked)
{
  rt_command_unref (asked->command);
  g_object_unref (asked->node);
  g_free (asked);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asked, asked_free)

static double
get_elapsed (Asked *asked)
{
  return (g_get_monotonic_time () - asked->begun) / 1e3;
}

/* ---- one key ---- */

static void
set_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  g_autoptr (Asked) asked = data;
  g_autoptr (GError) error = NULL;

  if (p2p_chord_socket_set_finish (P2P_CHORD_SOCKET (source), result, NULL, &error))
    rt_command_answer_null (asked->command);
  else
    answer_error (asked->command, &error);
}

static void
run_set (RtNode    *self,
         RtCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = rt_node_get_key (command, &error);
  g_autoptr (GVariant) value = key != NULL ? rt_command_get_value (command, "value", &error) : NULL;
  guint timeout;

  if (value == NULL || !get_timeout (command, &timeout, &error))
    answer_error (command, &error);
  else
    p2p_chord_socket_set_async (self->chord, key, value, timeout, self->cancellable, set_cb, asked_new (self, command));
}

static void
get_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  g_autoptr (Asked) asked = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *author = NULL;
  g_autoptr (GVariant) value = p2p_chord_socket_get_signed_finish (P2P_CHORD_SOCKET (source), result, &author, &error);

  if (value != NULL || rt_node_take_fallback (asked->command, &value, &error))
    rt_node_answer_found (asked->command, value, author, get_elapsed (asked));
  else
    answer_error (asked->command, &error);
}

static void
del_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  g_autoptr (Asked) asked = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) fallback = NULL;

  if (p2p_chord_socket_delete_key_finish (P2P_CHORD_SOCKET (source), result, &error))
    rt_command_answer_true (asked->command);
  else if (rt_node_take_fallback (asked->command, &fallback, &error))
    rt_node_answer_variant (asked->command, fallback);
  else
    answer_error (asked->command, &error);
}

static void
pop_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  g_autoptr (Asked) asked = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = p2p_chord_socket_pop_finish (P2P_CHORD_SOCKET (source), result, &error);

  if (value != NULL || rt_node_take_fallback (asked->command, &value, &error))
    rt_node_answer_variant (asked->command, value);
  else
    answer_error (asked->command, &error);
}

static void
look_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (Asked) asked = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pChordLookup) lookup = p2p_chord_socket_look_up_finish (P2P_CHORD_SOCKET (source), result, &error);
  g_autoptr (GString) out = g_string_new (NULL);

  if (lookup == NULL)
    {
      answer_error (asked->command, &error);
      return;
    }
  rt_node_append_lookup (out, lookup);
  rt_command_answer (asked->command, out->str);
}

typedef void (*KeyFunc) (P2pChordSocket *chord, GBytes *key, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);

static void
run_with_key (RtNode             *self,
              RtCommand          *command,
              KeyFunc             func,
              GAsyncReadyCallback callback)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = rt_node_get_key (command, &error);
  guint timeout;

  if (key == NULL || !get_timeout (command, &timeout, &error))
    answer_error (command, &error);
  else
    func (self->chord, key, timeout, self->cancellable, callback, asked_new (self, command));
}

static void
run_get (RtNode    *self,
         RtCommand *command)
{
  run_with_key (self, command, p2p_chord_socket_get_async, get_cb);
}

static void
run_del (RtNode    *self,
         RtCommand *command)
{
  run_with_key (self, command, p2p_chord_socket_delete_key_async, del_cb);
}

static void
run_pop (RtNode    *self,
         RtCommand *command)
{
  run_with_key (self, command, p2p_chord_socket_pop_async, pop_cb);
}

static void
run_look (RtNode    *self,
          RtCommand *command)
{
  run_with_key (self, command, p2p_chord_socket_look_up_async, look_cb);
}

static void
delta_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (Asked) asked = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) merged = p2p_chord_socket_apply_delta_finish (P2P_CHORD_SOCKET (source), result, &error);

  if (merged != NULL)
    rt_node_answer_variant (asked->command, merged);
  else
    answer_error (asked->command, &error);
}

static void
run_delta (RtNode    *self,
           RtCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = rt_node_get_key (command, &error);
  g_autoptr (GVariant) map = key != NULL ? rt_command_get_value (command, "value", &error) : NULL;
  guint timeout;

  if (map == NULL || !get_timeout (command, &timeout, &error))
    answer_error (command, &error);
  else
    p2p_chord_socket_apply_delta_async (self->chord, key, map, timeout, self->cancellable, delta_cb, asked_new (self, command));
}

/* ---- several ---- */

static void
popitem_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (Asked) asked = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GString) out = g_string_new (NULL);

  if (!p2p_chord_socket_popitem_finish (P2P_CHORD_SOCKET (source), result, &key, &value, &error))
    {
      answer_error (asked->command, &error);
      return;
    }
  rt_node_append_pair (out, key, value);
  rt_command_answer (asked->command, out->str);
}

static void
items_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (Asked) asked = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) failed = NULL;
  g_autoptr (GVariant) items = p2p_chord_socket_get_items_finish (P2P_CHORD_SOCKET (source), result, &failed, &error);
  g_autoptr (GString) out = g_string_new (NULL);

  if (items == NULL)
    {
      answer_error (asked->command, &error);
      return;
    }
  /* A list that leaves keys out would be taken for all of them. */
  if (failed->len > 0)
    {
      P2pTableResult *first = failed->pdata[0];
      GError *copy = g_error_copy (p2p_table_result_get_error (first));

      g_prefix_error (&copy, "%u of %u keys could not be read: ", failed->len, failed->len + (guint) g_variant_n_children (items));
      rt_command_answer_error (asked->command, copy);
      return;
    }
  rt_node_append_items (out, items);
  rt_command_answer (asked->command, out->str);
}

typedef void (*TableFunc) (P2pChordSocket *chord, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);

static void
run_without_key (RtNode             *self,
                 RtCommand          *command,
                 TableFunc           func,
                 GAsyncReadyCallback callback)
{
  g_autoptr (GError) error = NULL;
  guint timeout;

  if (!get_timeout (command, &timeout, &error))
    answer_error (command, &error);
  else
    func (self->chord, timeout, self->cancellable, callback, asked_new (self, command));
}

static void
run_popitem (RtNode    *self,
             RtCommand *command)
{
  run_without_key (self, command, p2p_chord_socket_popitem_async, popitem_cb);
}

static void
run_items (RtNode    *self,
           RtCommand *command)
{
  run_without_key (self, command, p2p_chord_socket_get_items_async, items_cb);
}

static void
update_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (Asked) asked = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = p2p_chord_socket_update_finish (P2P_CHORD_SOCKET (source), result, &error);

  if (results != NULL)
    rt_node_answer_results (asked->command, results, asked->object);
  else
    answer_error (asked->command, &error);
}

static void
run_update (RtNode    *self,
            RtCommand *command)
{
  g_autoptr (GError) error = NULL;
  gboolean object = FALSE;
  g_autoptr (GVariant) entries = rt_node_get_entries (command, &object, &error);
  Asked *asked;
  guint timeout;

  if (entries == NULL || !get_timeout (command, &timeout, &error))
    {
      answer_error (command, &error);
      return;
    }
  asked = asked_new (self, command);
  asked->object = object;
  p2p_chord_socket_update_async (self->chord, entries, timeout, self->cancellable, update_cb, asked);
}

static void
run_keys (RtNode    *self,
          RtCommand *command)
{
  g_autoptr (GPtrArray) keys = p2p_chord_socket_get_keys (self->chord);

  rt_node_answer_keys (command, keys);
}

static void
run_ndata (RtNode    *self,
           RtCommand *command)
{
  g_autoptr (GPtrArray) keys = p2p_chord_socket_get_keys (self->chord);

  rt_node_answer_ndata (command, keys->len);
}

/* ---- the ring ---- */

static void
answer_report (RtNode    *self,
               RtCommand *command,
               void     (*append) (GString *out, P2pChordSocket *chord))
{
  g_autoptr (GString) out = g_string_new (NULL);

  append (out, self->chord);
  rt_command_answer (command, out->str);
}

static void
run_data (RtNode    *self,
          RtCommand *command)
{
  answer_report (self, command, rt_node_append_dump);
}

static void
run_ring (RtNode    *self,
          RtCommand *command)
{
  answer_report (self, command, rt_node_append_ring);
}

static void
join_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (Asked) asked = data;
  g_autoptr (GError) error = NULL;

  if (p2p_chord_socket_join_finish (P2P_CHORD_SOCKET (source), result, &error))
    rt_command_answer_null (asked->command);
  else
    answer_error (asked->command, &error);
}

static void
run_join (RtNode    *self,
          RtCommand *command)
{
  rt_node_keep_joined (self, TRUE);
  p2p_chord_socket_join_async (self->chord, self->cancellable, join_cb, asked_new (self, command));
}

static void
unjoin_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (Asked) asked = data;
  g_autoptr (GError) error = NULL;

  if (p2p_chord_socket_unjoin_finish (P2P_CHORD_SOCKET (source), result, &error))
    rt_command_answer_null (asked->command);
  else
    answer_error (asked->command, &error);
}

static void
run_unjoin (RtNode    *self,
            RtCommand *command)
{
  g_autoptr (GError) error = NULL;
  guint timeout;

  if (!get_timeout (command, &timeout, &error))
    {
      answer_error (command, &error);
      return;
    }
  rt_node_keep_joined (self, FALSE);
  p2p_chord_socket_unjoin_async (self->chord, timeout, self->cancellable, unjoin_cb, asked_new (self, command));
}

static void
run_meta (RtNode    *self,
          RtCommand *command)
{
  rt_command_answer_error (command, g_error_new_literal (RT_NODE_ERROR, RT_NODE_ERROR_WRONG_KIND,
                                                         "meta: the values of a distributed table have no owners and no leases; look tells what each place says"));
}

static const struct {
  const char *name;
  void (*run) (RtNode *self, RtCommand *command);
} commands[] = {
  { "set", run_set },
  { "get", run_get },
  { "del", run_del },
  { "update", run_update },
  { "delta", run_delta },
  { "pop", run_pop },
  { "popitem", run_popitem },
  { "keys", run_keys },
  { "items", run_items },
  { "data", run_data },
  { "meta", run_meta },
  { "ndata", run_ndata },
  { "join", run_join },
  { "unjoin", run_unjoin },
  { "look", run_look },
  { "ring", run_ring },
};

void
rt_node_run_ring (RtNode    *self,
                  RtCommand *command)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (rt_command_get_name (command), commands[i].name) == 0)
      {
        commands[i].run (self, command);
        return;
      }
  g_assert_not_reached ();
}
