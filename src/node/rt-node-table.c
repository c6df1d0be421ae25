/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of a table. */
#include "rt-node-private.h"

#include <string.h>

#include "rt-json-value.h"
#include "rt-json-writer.h"
#include "rt-node-error.h"

gboolean
rt_node_check_table (RtNode    *self,
                     RtCommand *command)
{
  if (self->table != NULL || self->chord != NULL)
    return TRUE;
  rt_command_answer_error (command, g_error_new (RT_NODE_ERROR, RT_NODE_ERROR_WRONG_KIND,
                                                 "%s: not in a mesh node", rt_command_get_name (command)));
  return FALSE;
}

/* The bytes of a str, a bin, or a str that GVariant has no form for; NULL: it is none of these */
static GBytes *
bytes_of (GVariant *value)
{
  g_autoptr (GVariant) inner = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      gsize length;
      const char *text = g_variant_get_string (value, &length);

      return g_bytes_new (text, length);
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return g_variant_get_data_as_bytes (value);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE ("(ay)")))
    return NULL;
  inner = g_variant_get_child_value (value, 0);
  return g_variant_get_data_as_bytes (inner);
}

GBytes *
rt_node_get_key (RtCommand *command,
                 GError   **error)
{
  g_autoptr (GVariant) value = rt_command_get_value (command, "key", error);
  GBytes *key = value != NULL ? bytes_of (value) : NULL;

  if (key == NULL && value != NULL)
    g_set_error_literal (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_ARGUMENT, "“key” must be a string, or bytes: {\"$b\": \"hex\"}");
  return key;
}

/* With a fallback an absent key is no error. A fallback of null is one too. */
gboolean
rt_node_take_fallback (RtCommand *command,
                       GVariant **value,
                       GError   **error)
{
  if (!g_error_matches (*error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND) || rt_command_peek (command, "fallback") == NULL)
    return FALSE;
  g_clear_error (error);
  *value = rt_command_get_value (command, "fallback", error);
  return *value != NULL;
}

void
rt_node_answer_variant (RtCommand *command,
                        GVariant  *value)
{
  g_autoptr (GString) out = g_string_new (NULL);

  rt_json_append_variant (out, value);
  rt_command_answer (command, out->str);
}

static void
answer_error (RtCommand *command,
              GError   **error)
{
  rt_command_answer_error (command, g_steal_pointer (error));
}

/* ---- one key ---- */

static void
run_set (RtNode    *self,
         RtCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = rt_node_get_key (command, &error);
  g_autoptr (GVariant) value = key != NULL ? rt_command_get_value (command, "value", &error) : NULL;

  if (value != NULL && p2p_sync_socket_set (self->table, key, value, &error))
    rt_command_answer_null (command);
  else
    answer_error (command, &error);
}

void
rt_node_answer_got (RtCommand *command,
                    GVariant  *value,
                    double     milliseconds)
{
  g_autoptr (GString) out = g_string_new (NULL);

  rt_json_begin_object (out);
  rt_json_key (out, "value");
  rt_json_append_variant (out, value);
  rt_json_key (out, "ms");
  rt_json_double (out, milliseconds);
  rt_json_end_object (out);
  rt_command_answer (command, out->str);
}

static void
run_get (RtNode    *self,
         RtCommand *command)
{
  gint64 begun = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = rt_node_get_key (command, &error);
  g_autoptr (GVariant) value = key != NULL ? p2p_sync_socket_get (self->table, key, &error) : NULL;

  if (value != NULL || rt_node_take_fallback (command, &value, &error))
    rt_node_answer_got (command, value, (g_get_monotonic_time () - begun) / 1e3);
  else
    answer_error (command, &error);
}

static void
run_del (RtNode    *self,
         RtCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = rt_node_get_key (command, &error);
  g_autoptr (GVariant) fallback = NULL;

  if (key != NULL && p2p_sync_socket_delete_key (self->table, key, &error))
    rt_command_answer_true (command);
  else if (rt_node_take_fallback (command, &fallback, &error))
    rt_node_answer_variant (command, fallback);
  else
    answer_error (command, &error);
}

static void
run_pop (RtNode    *self,
         RtCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = rt_node_get_key (command, &error);
  g_autoptr (GVariant) value = key != NULL ? p2p_sync_socket_pop (self->table, key, &error) : NULL;

  if (value != NULL || rt_node_take_fallback (command, &value, &error))
    rt_node_answer_variant (command, value);
  else
    answer_error (command, &error);
}

static void
run_delta (RtNode    *self,
           RtCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = rt_node_get_key (command, &error);
  g_autoptr (GVariant) map = key != NULL ? rt_command_get_value (command, "value", &error) : NULL;
  g_autoptr (GVariant) merged = map != NULL ? p2p_sync_socket_apply_delta (self->table, key, map, &error) : NULL;

  if (merged != NULL)
    rt_node_answer_variant (command, merged);
  else
    answer_error (command, &error);
}

void
rt_node_append_pair (GString  *out,
                     GBytes   *key,
                     GVariant *value)
{
  rt_json_begin_array (out);
  rt_node_append_key (out, key);
  rt_json_append_variant (out, value);
  rt_json_end_array (out);
}

static void
run_popitem (RtNode    *self,
             RtCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GString) out = g_string_new (NULL);

  if (!p2p_sync_socket_popitem (self->table, &key, &value, &error))
    {
      answer_error (command, &error);
      return;
    }
  rt_node_append_pair (out, key, value);
  rt_command_answer (command, out->str);
}

/* ---- several ---- */

/* Keys and values of a map as a(ayv); NULL: a key is no bytes */
static GVariant *
make_entries (GVariant *map,
              GError  **error)
{
  g_auto (GVariantBuilder) entries = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ayv)"));
  gsize n = g_variant_n_children (map);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) pair = g_variant_get_child_value (map, i);
      g_autoptr (GVariant) key = g_variant_get_child_value (pair, 0);
      g_autoptr (GVariant) inner = g_variant_is_of_type (key, G_VARIANT_TYPE_VARIANT) ? g_variant_get_variant (key) : g_variant_ref (key);
      g_autoptr (GVariant) value = NULL;
      g_autoptr (GBytes) bytes = bytes_of (inner);

      if (bytes == NULL)
        {
          g_set_error_literal (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_ARGUMENT, "the keys of “dict” must be strings or bytes");
          return NULL;
        }
      g_variant_get_child (pair, 1, "v", &value);
      g_variant_builder_add (&entries, "(@ayv)", g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE), value);
    }
  return g_variant_ref_sink (g_variant_builder_end (&entries));
}

static void
append_result (GString        *out,
               P2pTableResult *result)
{
  const GError *error = p2p_table_result_get_error (result);
  g_autofree char *code = NULL;

  if (error == NULL)
    {
      rt_json_null (out);
      return;
    }
  code = rt_node_error_dup_code_name (error);
  rt_json_begin_object (out);
  rt_json_key (out, "error");
  rt_json_string (out, error->message);
  rt_json_key (out, "code");
  rt_json_string (out, code);
  rt_json_end_object (out);
}

/* As the dictionary came: an object, or {"$m": [[key, ...], ...]} */
static void
append_results (GString   *out,
                GPtrArray *results,
                gboolean   object)
{
  rt_json_begin_object (out);
  if (!object)
    {
      rt_json_key (out, "$m");
      rt_json_begin_array (out);
    }
  for (guint i = 0; i < results->len; i++)
    {
      P2pTableResult *result = results->pdata[i];
      GBytes *key = p2p_table_result_get_key (result);

      if (object)
        {
          g_autofree char *name = g_strndup (g_bytes_get_data (key, NULL), g_bytes_get_size (key));

          rt_json_key (out, name != NULL ? name : "");
          append_result (out, result);
          continue;
        }
      rt_json_begin_array (out);
      rt_node_append_key (out, key);
      append_result (out, result);
      rt_json_end_array (out);
    }
  if (!object)
    rt_json_end_array (out);
  rt_json_end_object (out);
}

GVariant *
rt_node_get_entries (RtCommand *command,
                     gboolean  *object,
                     GError   **error)
{
  g_autoptr (GVariant) dict = rt_command_get_value (command, "dict", error);

  if (dict == NULL)
    return NULL;
  *object = g_variant_is_of_type (dict, G_VARIANT_TYPE_VARDICT);
  if (*object || g_variant_is_of_type (dict, G_VARIANT_TYPE ("a(vv)")))
    return make_entries (dict, error);
  g_set_error_literal (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_ARGUMENT, "“dict” must be a map");
  return NULL;
}

void
rt_node_answer_results (RtCommand *command,
                        GPtrArray *results,
                        gboolean   object)
{
  g_autoptr (GString) out = g_string_new (NULL);

  append_results (out, results, object);
  rt_command_answer (command, out->str);
}

static void
run_update (RtNode    *self,
            RtCommand *command)
{
  g_autoptr (GError) error = NULL;
  gboolean object = FALSE;
  g_autoptr (GVariant) entries = rt_node_get_entries (command, &object, &error);
  g_autoptr (GPtrArray) results = NULL;

  if (entries == NULL)
    {
      answer_error (command, &error);
      return;
    }
  p2p_sync_socket_update (self->table, entries, &results);
  rt_node_answer_results (command, results, object);
}

/* ---- the whole table ---- */

void
rt_node_answer_keys (RtCommand *command,
                     GPtrArray *keys)
{
  g_autoptr (GString) out = g_string_new (NULL);

  rt_json_begin_array (out);
  for (guint i = 0; i < keys->len; i++)
    rt_node_append_key (out, keys->pdata[i]);
  rt_json_end_array (out);
  rt_command_answer (command, out->str);
}

static void
run_keys (RtNode    *self,
          RtCommand *command)
{
  g_autoptr (GPtrArray) keys = p2p_sync_socket_get_keys (self->table);

  rt_node_answer_keys (command, keys);
}

void
rt_node_append_items (GString  *out,
                      GVariant *items)
{
  gsize n = g_variant_n_children (items);

  rt_json_begin_array (out);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) pair = g_variant_get_child_value (items, i);
      g_autoptr (GVariant) bytes = g_variant_get_child_value (pair, 0);
      g_autoptr (GBytes) key = g_variant_get_data_as_bytes (bytes);
      g_autoptr (GVariant) value = NULL;

      g_variant_get_child (pair, 1, "v", &value);
      rt_node_append_pair (out, key, value);
    }
  rt_json_end_array (out);
}

static void
run_items (RtNode    *self,
           RtCommand *command)
{
  g_autoptr (GVariant) items = p2p_sync_socket_get_items (self->table);
  g_autoptr (GString) out = g_string_new (NULL);

  rt_node_append_items (out, items);
  rt_command_answer (command, out->str);
}

/* The same as a map, as the drivers of the originals print it */
static void
run_data (RtNode    *self,
          RtCommand *command)
{
  g_autoptr (GVariant) items = p2p_sync_socket_get_items (self->table);
  g_autoptr (GString) out = g_string_new (NULL);

  rt_json_begin_object (out);
  rt_json_key (out, "$m");
  rt_node_append_items (out, items);
  rt_json_end_object (out);
  rt_command_answer (command, out->str);
}

static void
append_all_meta (RtNode  *self,
                 GString *out)
{
  g_autoptr (GPtrArray) keys = p2p_sync_socket_get_keys (self->table);

  rt_json_begin_object (out);
  rt_json_key (out, "$m");
  rt_json_begin_array (out);
  for (guint i = 0; i < keys->len; i++)
    {
      g_autoptr (P2pSyncEntry) entry = p2p_sync_socket_get_entry (self->table, keys->pdata[i]);

      rt_json_begin_array (out);
      rt_node_append_key (out, keys->pdata[i]);
      rt_node_append_meta (out, entry);
      rt_json_end_array (out);
    }
  rt_json_end_array (out);
  rt_json_end_object (out);
}

static void
run_meta (RtNode    *self,
          RtCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (P2pSyncEntry) entry = NULL;

  if (!rt_command_has (command, "key"))
    {
      append_all_meta (self, out);
      rt_command_answer (command, out->str);
      return;
    }
  key = rt_node_get_key (command, &error);
  value = key != NULL ? p2p_sync_socket_get (self->table, key, &error) : NULL;
  entry = value != NULL ? p2p_sync_socket_get_entry (self->table, key) : NULL;
  if (entry == NULL)
    {
      answer_error (command, &error);
      return;
    }
  rt_node_append_meta (out, entry);
  rt_command_answer (command, out->str);
}

void
rt_node_answer_ndata (RtCommand *command,
                      guint      n)
{
  g_autoptr (GString) out = g_string_new (NULL);

  rt_json_begin_object (out);
  rt_json_key (out, "n");
  rt_json_uint (out, n);
  rt_json_key (out, "t");
  rt_json_double (out, g_get_real_time () / 1e6);
  rt_json_end_object (out);
  rt_command_answer (command, out->str);
}

static void
run_ndata (RtNode    *self,
           RtCommand *command)
{
  rt_node_answer_ndata (command, p2p_sync_socket_get_n_keys (self->table));
}

static void
run_other_kind (RtNode    *self,
                RtCommand *command)
{
  rt_command_answer_error (command, g_error_new (RT_NODE_ERROR, RT_NODE_ERROR_WRONG_KIND,
                                                 "%s: not in a sync node", rt_command_get_name (command)));
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
  { "join", run_other_kind },
  { "unjoin", run_other_kind },
  { "look", run_other_kind },
  { "ring", run_other_kind },
};

/* Takes the command when it is one of these. */
gboolean
rt_node_run_table (RtNode    *self,
                   RtCommand *owned)
{
  const char *name = rt_command_get_name (owned);

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (name, commands[i].name) == 0)
      {
        g_autoptr (RtCommand) command = owned;

        if (self->chord != NULL)
          rt_node_run_ring (self, command);
        else if (rt_node_check_table (self, command))
          commands[i].run (self, command);
        return TRUE;
      }
  return FALSE;
}
