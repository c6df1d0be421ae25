/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What programs read: the names at once, the values by asking. */
#include "config.h"

#include "p2p-chord-socket-private.h"
#include "p2p-table-result-private.h"

#include <string.h>

G_STATIC_ASSERT ((int) P2P_CHORD_LOOK_OUTCOME_UNSIGNED == (int) P2P_CHORD_LOOK_UNSIGNED);
/* Beside the value, on its task */
#define AUTHOR_DATA "p2p-author"
G_STATIC_ASSERT ((int) P2P_CHORD_PLACE_STATE_NOBODY == (int) P2P_CHORD_ANSWER_NOBODY);

/* ---- one value ---- */

static void
got_cb (P2pChordLook *look, gpointer data)
{
  P2pChordOperation *operation = data;
  GError *error = p2p_chord_look_to_error (look);

  operation->handle = 0;
  if (error != NULL)
    p2p_chord_operation_return_error (operation, error);
  else
    {
      g_object_set_data_full (G_OBJECT (operation->task), AUTHOR_DATA, g_strdup (look->author), g_free);
      p2p_chord_operation_return_pointer (operation, g_variant_ref (look->value), (GDestroyNotify) g_variant_unref);
    }
}

/**
 * p2p_chord_socket_get_of_async:
 * @self: the socket
 * @key: a key
 * @author: (nullable): the id of a node: only what it signed counts; %NULL: as p2p_chord_socket_get_async()
 * @timeout: milliseconds to wait at most; 0 for #P2pLimits.chord_seconds
 * @cancellable: (nullable): gives it up, which then ends with %P2P_LINK_ERROR_CANCELLED
 * @callback: called when it is known; p2p_chord_socket_get_finish() tells
 * @user_data: for @callback
 *
 * Asks the five places of a key for its value as one node wrote it. One place that has it is enough, and what the others say does not count. Where
 * somebody else wrote the key since, there is none: %P2P_TABLE_ERROR_UNSIGNED.
 */
void
p2p_chord_socket_get_of_async (P2pChordSocket *self, GBytes *key, const char *author, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  P2pChordOperation *operation;

  g_return_if_fail (P2P_IS_CHORD_SOCKET (self));
  g_return_if_fail (key != NULL);

  operation = p2p_chord_operation_begin (self, p2p_chord_socket_get_async, "[p2p] get", key, timeout, cancellable, callback, user_data);
  if (operation != NULL)
    p2p_chord_operation_set_handle (operation, p2p_chord_node_look_of (p2p_chord_operation_get_node (operation), key, author, timeout, got_cb, operation), NULL);
}

/**
 * p2p_chord_socket_get_async:
 * @self: the socket
 * @key: a key
 * @timeout: milliseconds to wait at most; 0 for #P2pLimits.chord_seconds
 * @cancellable: (nullable): gives it up, which then ends with %P2P_LINK_ERROR_CANCELLED
 * @callback: called when it is known
 * @user_data: for @callback
 *
 * Asks the five places of a key for its value. What three of them say counts; where it is known who wrote the key last, and that he signs
 * what he writes, only what he signed.
 */
void
p2p_chord_socket_get_async (P2pChordSocket *self, GBytes *key, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  p2p_chord_socket_get_of_async (self, key, NULL, timeout, cancellable, callback, user_data);
}

/**
 * p2p_chord_socket_get_text_async:
 * @self: the socket
 * @key: a key that is text: its UTF-8 is the key
 * @timeout: milliseconds to wait at most; 0 for #P2pLimits.chord_seconds
 * @cancellable: (nullable): gives it up
 * @callback: called when it is known; p2p_chord_socket_get_finish() tells
 * @user_data: for @callback
 *
 * As p2p_chord_socket_get_async().
 */
void
p2p_chord_socket_get_text_async (P2pChordSocket *self, const char *key, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_if_fail (key != NULL);

  bytes = g_bytes_new (key, strlen (key));
  p2p_chord_socket_get_async (self, bytes, timeout, cancellable, callback, user_data);
}

/**
 * p2p_chord_socket_get_finish:
 * @self: the socket
 * @result: what the callback got
 * @error: return location
 *
 * Ends p2p_chord_socket_get_async() and p2p_chord_socket_get_text_async().
 *
 * Returns: (transfer full): the value, as p2p_value_unpack() makes it; %NULL with %P2P_TABLE_ERROR_NOT_FOUND,
 *   %P2P_TABLE_ERROR_NO_AGREEMENT (no three places say the same), %P2P_TABLE_ERROR_UNSIGNED (what they say is not signed by who wrote it
 *   last), %P2P_TABLE_ERROR_TIMED_OUT, %P2P_TABLE_ERROR_NOBODY (no storing node is known) or a %P2P_LINK_ERROR
 */
GVariant *
p2p_chord_socket_get_finish (P2pChordSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * p2p_chord_socket_get_signed_finish:
 * @self: the socket
 * @result: what the callback of p2p_chord_socket_get_async(), _get_text_async() or _get_of_async() got
 * @author: (out) (optional) (nullable) (transfer full): the id of the node that signed the value; %NULL: nobody did
 * @error: return location
 *
 * As p2p_chord_socket_get_finish(), and tells who signed the value.
 *
 * Returns: (transfer full): the value; %NULL with the errors of p2p_chord_socket_get_finish()
 */
GVariant *
p2p_chord_socket_get_signed_finish (P2pChordSocket *self, GAsyncResult *result, char **author, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (author != NULL)
    *author = g_strdup (g_object_get_data (G_OBJECT (result), AUTHOR_DATA));
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* An absent key is no error when there is something else to return. */
GVariant *
p2p_chord_socket_finish_with_fallback (GTask *task, GVariant *fallback, GError **error)
{
  g_autoptr (GVariant) other = fallback != NULL ? g_variant_ref_sink (fallback) : NULL;
  g_autoptr (GError) local = NULL;
  GVariant *value = g_task_propagate_pointer (task, &local);

  if (value != NULL)
    return value;
  if (g_error_matches (local, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND))
    return g_steal_pointer (&other);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/**
 * p2p_chord_socket_get_with_fallback_finish:
 * @self: the socket
 * @result: what the callback of p2p_chord_socket_get_async() got
 * @fallback: (nullable): what to return when there is no such key
 * @error: return location
 *
 * Ends p2p_chord_socket_get_async(), with something in the place of a value that is not there.
 *
 * Returns: (transfer full) (nullable): the value, or @fallback; %NULL with an error but %P2P_TABLE_ERROR_NOT_FOUND
 */
GVariant *
p2p_chord_socket_get_with_fallback_finish (P2pChordSocket *self, GAsyncResult *result, GVariant *fallback, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return p2p_chord_socket_finish_with_fallback (G_TASK (result), fallback, error);
}

/* ---- what each place says ---- */

/* Whether it says what the look came to. */
static gboolean
agrees (P2pChordLook *look, const P2pChordAnswer *answer)
{
  if (look->outcome == P2P_CHORD_LOOK_ABSENT)
    return answer->state == P2P_CHORD_ANSWER_NOTHING || answer->state == P2P_CHORD_ANSWER_NOT_YET;
  return look->outcome == P2P_CHORD_LOOK_VALUE && answer->state == P2P_CHORD_ANSWER_VALUE && answer->value != NULL &&
         g_variant_equal (answer->value, look->value);
}

static P2pChordPlaceInfo *
make_place (P2pChordLook *look, const P2pChordAnswer *answer, const char *own_id)
{
  g_autofree char *position = p2p_chord_spot_to_text (&answer->spot);

  return g_object_new (P2P_TYPE_CHORD_PLACE_INFO,
                       "hash", p2p_chord_hash_name (answer->spot.hash),
                       "fraction", p2p_chord_place_fraction (&answer->place),
                       "position", position,
                       "state", (P2pChordPlaceState) answer->state,
                       "value", answer->value,
                       "asked-id", answer->asked,
                       "holder-id", answer->holder,
                       "author", answer->author,
                       "is-self", g_strcmp0 (answer->asked, own_id) == 0,
                       "hops", answer->hops,
                       "milliseconds", MAX (answer->took, 0) / 1e3,
                       "agrees", agrees (look, answer),
                       NULL);
}

static P2pChordLookup *
make_lookup (P2pChordLook *look, const char *own_id)
{
  g_autoptr (GListStore) places = g_list_store_new (P2P_TYPE_CHORD_PLACE_INFO);

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      g_autoptr (P2pChordPlaceInfo) place = make_place (look, &look->answers[i], own_id);

      g_list_store_append (places, place);
    }
  return g_object_new (P2P_TYPE_CHORD_LOOKUP,
                       "key", look->key,
                       "outcome", (P2pChordLookOutcome) look->outcome,
                       "value", look->value,
                       "author", look->author,
                       "expected-author", look->expected,
                       "n-equal", look->n_equal,
                       "milliseconds", MAX (look->took, 0) / 1e3,
                       "places", places,
                       NULL);
}

static void
looked_cb (P2pChordLook *look, gpointer data)
{
  P2pChordOperation *operation = data;
  const char *own_id = p2p_mesh_socket_get_id (P2P_MESH_SOCKET (p2p_chord_operation_get_socket (operation)));

  operation->handle = 0;
  if (look->outcome == P2P_CHORD_LOOK_ENDED)
    p2p_chord_operation_return_error (operation, p2p_chord_look_to_error (look));
  else
    p2p_chord_operation_return_pointer (operation, make_lookup (look, own_id), g_object_unref);
}

/**
 * p2p_chord_socket_look_up_of_async:
 * @self: the socket
 * @key: a key
 * @author: (nullable): the id of a node: only what it signed counts; %NULL: as p2p_chord_socket_look_up_async()
 * @timeout: milliseconds to wait at most; 0 for #P2pLimits.chord_seconds
 * @cancellable: (nullable): gives it up
 * @callback: called when the places answered, or time is up; p2p_chord_socket_look_up_finish() tells
 * @user_data: for @callback
 *
 * Asks the five places of a key, and tells what each of them said, and whether any of it is signed by that node.
 */
void
p2p_chord_socket_look_up_of_async (P2pChordSocket *self, GBytes *key, const char *author, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  P2pChordOperation *operation;

  g_return_if_fail (P2P_IS_CHORD_SOCKET (self));
  g_return_if_fail (key != NULL);

  operation = p2p_chord_operation_begin (self, p2p_chord_socket_look_up_async, "[p2p] look up", key, timeout, cancellable, callback, user_data);
  if (operation != NULL)
    p2p_chord_operation_set_handle (operation, p2p_chord_node_look_all_of (p2p_chord_operation_get_node (operation), key, author, timeout, looked_cb, operation), NULL);
}

/**
 * p2p_chord_socket_look_up_async:
 * @self: the socket
 * @key: a key
 * @timeout: milliseconds to wait at most; 0 for #P2pLimits.chord_seconds
 * @cancellable: (nullable): gives it up
 * @callback: called when the places answered, or time is up
 * @user_data: for @callback
 *
 * Asks the five places of a key, and tells what each of them said. It waits for all five, for a third of the time at most once it is
 * known what counts.
 */
void
p2p_chord_socket_look_up_async (P2pChordSocket *self, GBytes *key, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  p2p_chord_socket_look_up_of_async (self, key, NULL, timeout, cancellable, callback, user_data);
}

/**
 * p2p_chord_socket_look_up_finish:
 * @self: the socket
 * @result: what the callback got
 * @error: return location
 *
 * Ends p2p_chord_socket_look_up_async().
 *
 * Returns: (transfer full): what the places said, also when there is no such key or they do not agree; %NULL with
 *   %P2P_LINK_ERROR_SOCKET_CLOSED or %P2P_LINK_ERROR_CANCELLED
 */
P2pChordLookup *
p2p_chord_socket_look_up_finish (P2pChordSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- names ---- */

P2pChordNames *
p2p_chord_socket_get_names (P2pChordSocket *self)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_priv (self);

  return priv->node != NULL ? p2p_chord_node_get_names (priv->node) : NULL;
}

/**
 * p2p_chord_socket_dup_author:
 * @self: the socket
 * @key: a key
 *
 * Who wrote a key last, as far as he told everybody, and proved that it was he. What this node signed is what a get looks for.
 *
 * Returns: (transfer full) (nullable): the id of a node; %NULL: that is not known, or nobody proved it
 */
char *
p2p_chord_socket_dup_author (P2pChordSocket *self, GBytes *key)
{
  const P2pChordName *name;
  P2pChordNames *names;
  gsize length;
  const guint8 *bytes;

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  names = p2p_chord_socket_get_names (self);
  bytes = g_bytes_get_data (key, &length);
  name = names != NULL ? p2p_chord_names_get (names, bytes, length) : NULL;
  return name != NULL ? g_strdup (name->author) : NULL;
}

/**
 * p2p_chord_socket_contains:
 * @self: the socket
 * @key: a key
 *
 * Looks for a key in the list of those that are known. That a key is in it does not promise that its value can be read.
 *
 * Returns: whether it was said to be in the table; nobody is asked
 */
gboolean
p2p_chord_socket_contains (P2pChordSocket *self, GBytes *key)
{
  P2pChordNames *names;
  gsize length;
  const guint8 *bytes;

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  names = p2p_chord_socket_get_names (self);
  bytes = g_bytes_get_data (key, &length);
  return names != NULL && p2p_chord_names_contains (names, bytes, length);
}

/**
 * p2p_chord_socket_contains_text:
 * @self: the socket
 * @key: a key that is text
 *
 * The same as p2p_chord_socket_contains() for a key that is text: its UTF-8 is the key.
 *
 * Returns: whether it was said to be in the table; nobody is asked
 */
gboolean
p2p_chord_socket_contains_text (P2pChordSocket *self, const char *key)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (key != NULL, FALSE);

  bytes = g_bytes_new (key, strlen (key));
  return p2p_chord_socket_contains (self, bytes);
}

/**
 * p2p_chord_socket_get_keys:
 * @self: the socket
 *
 * The names of the keys of the table, as a copy. Values are read one by one.
 *
 * Returns: (transfer container) (element-type GBytes): the keys that were said to be in the table, in the order of their bytes
 */
GPtrArray *
p2p_chord_socket_get_keys (P2pChordSocket *self)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  P2pChordNames *names;
  const P2pChordName *name = NULL;

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), keys);

  names = p2p_chord_socket_get_names (self);
  while (names != NULL && (name = p2p_chord_names_next (names, name != NULL ? name->key : NULL)) != NULL)
    if (!name->deleted)
      g_ptr_array_add (keys, g_bytes_ref (name->key));
  return keys;
}

/* ---- all values ---- */

static void
run_all (P2pChordSocket *self, gpointer tag, const char *name, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  P2pChordOperation *operation = p2p_chord_operation_begin (self, tag, name, NULL, timeout, cancellable, callback, user_data);

  if (operation != NULL)
    p2p_chord_batch_run (operation, p2p_chord_socket_get_keys (self), NULL);
}

/* A key that is gone meanwhile is no failure. */
static gboolean
is_gone (P2pChordSocket *self, P2pChordBatchItem *item)
{
  return g_error_matches (item->error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND) && !p2p_chord_socket_contains (self, item->key);
}

static GPtrArray *
collect_failed (P2pChordSocket *self, GPtrArray *items)
{
  GPtrArray *failed = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_table_result_unref);

  for (guint i = 0; i < items->len; i++)
    {
      P2pChordBatchItem *item = items->pdata[i];

      if (item->error != NULL && !is_gone (self, item))
        g_ptr_array_add (failed, p2p_table_result_new (item->key, g_error_copy (item->error)));
    }
  return failed;
}

/**
 * p2p_chord_socket_get_items_async:
 * @self: the socket
 * @timeout: milliseconds to wait for each value at most; 0 for #P2pLimits.chord_seconds
 * @cancellable: (nullable): gives it up
 * @callback: called when all were asked for
 * @user_data: for @callback
 *
 * Asks for the values of all keys, as `items` and `copy` of the originals, a few at a time.
 */
void
p2p_chord_socket_get_items_async (P2pChordSocket *self, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (P2P_IS_CHORD_SOCKET (self));

  run_all (self, p2p_chord_socket_get_items_async, "[p2p] items", timeout, cancellable, callback, user_data);
}

/**
 * p2p_chord_socket_get_items_finish:
 * @self: the socket
 * @result: what the callback got
 * @failed: (out) (optional) (transfer container) (element-type P2pTableResult): the keys whose values are not there, and why
 * @error: return location
 *
 * Ends p2p_chord_socket_get_items_async(). What could not be read does not make the others fail.
 *
 * Returns: (transfer full): an `a(ayv)` of keys and values, in the order of the keys' bytes; %NULL with a %P2P_LINK_ERROR
 */
GVariant *
p2p_chord_socket_get_items_finish (P2pChordSocket *self, GAsyncResult *result, GPtrArray **failed, GError **error)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ayv)"));
  g_autoptr (GPtrArray) items = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  items = g_task_propagate_pointer (G_TASK (result), error);
  if (items == NULL)
    return NULL;
  for (guint i = 0; i < items->len; i++)
    {
      P2pChordBatchItem *item = items->pdata[i];

      if (item->value != NULL)
        g_variant_builder_add (&list, "(@ayv)", g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, item->key, TRUE), item->value);
    }
  if (failed != NULL)
    *failed = collect_failed (self, items);
  return g_variant_ref_sink (g_variant_builder_end (&list));
}

/**
 * p2p_chord_socket_get_values_async:
 * @self: the socket
 * @timeout: milliseconds to wait for each value at most; 0 for #P2pLimits.chord_seconds
 * @cancellable: (nullable): gives it up
 * @callback: called when all were asked for
 * @user_data: for @callback
 *
 * Asks for the values of all keys, a few at a time.
 */
void
p2p_chord_socket_get_values_async (P2pChordSocket *self, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (P2P_IS_CHORD_SOCKET (self));

  run_all (self, p2p_chord_socket_get_values_async, "[p2p] values", timeout, cancellable, callback, user_data);
}

/**
 * p2p_chord_socket_get_values_finish:
 * @self: the socket
 * @result: what the callback got
 * @failed: (out) (optional) (transfer container) (element-type P2pTableResult): the keys whose values are not there, and why
 * @error: return location
 *
 * Ends p2p_chord_socket_get_values_async(). What could not be read does not make the others fail.
 *
 * Returns: (transfer full): the values, an `av` in the order of the keys' bytes; %NULL with a %P2P_LINK_ERROR
 */
GVariant *
p2p_chord_socket_get_values_finish (P2pChordSocket *self, GAsyncResult *result, GPtrArray **failed, GError **error)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));
  g_autoptr (GPtrArray) items = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  items = g_task_propagate_pointer (G_TASK (result), error);
  if (items == NULL)
    return NULL;
  for (guint i = 0; i < items->len; i++)
    if (((P2pChordBatchItem *) items->pdata[i])->value != NULL)
      g_variant_builder_add (&list, "v", ((P2pChordBatchItem *) items->pdata[i])->value);
  if (failed != NULL)
    *failed = collect_failed (self, items);
  return g_variant_ref_sink (g_variant_builder_end (&list));
}
