/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-node-private.h"

#include <string.h>

#include "rt-json-writer.h"
#include "rt-node-error.h"

/* A turn of the loop sends so many messages or bytes, whichever is less; then the network has its turn. */
#define MESSAGES_PER_TURN 512
#define BYTES_PER_TURN (256 * 1024)
/* The link that is slowest sets the pace: above one mark we wait, below the other we go on. The library refuses at 8 MiB. */
#define HIGH_MARK (2 * 1024 * 1024)
#define LOW_MARK (512 * 1024)
#define WAIT_MS 1
#define MAX_SIZE (4 * 1024 * 1024 - 1024)
#define COUNTER_DIGITS 8
#define MAX_COUNTER 99999999
#define KEY_DIGITS 6
#define MAX_KEY 999999

typedef struct _Burst Burst;

struct _Burst {
  RtNode *node;
  RtCommand *command;
  gboolean (*send) (Burst *burst, GError **error);      /* the next one */
  char *text;                   /* of a message; or what keys begin with */
  gsize size;
  gint64 next, end;
  gint64 begun;             /* UTC, microseconds */
  gint64 begun_monotonic;
};

gsize
rt_node_get_queued (RtNode *self)
{
  GListModel *table = p2p_mesh_socket_get_routing_table (self->socket);
  guint n = g_list_model_get_n_items (table);
  gsize most = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (table, i);

      most = MAX (most, p2p_connection_get_queued (connection));
    }
  return most;
}

static void
burst_free (Burst *burst)
{
  g_object_unref (burst->node);
  rt_command_unref (burst->command);
  g_free (burst->text);
  g_free (burst);
}

static void
finish (Burst *burst)
{
  g_autoptr (GString) value = g_string_new (NULL);
  gint64 elapsed = g_get_monotonic_time () - burst->begun_monotonic;

  rt_json_begin_object (value);
  rt_json_key (value, "start");
  rt_json_double (value, burst->begun / 1e6);
  rt_json_key (value, "elapsed");
  rt_json_double (value, elapsed / 1e6);
  rt_json_end_object (value);
  rt_command_answer (burst->command, value->str);
}

static void
write_counter (Burst *burst)
{
  gint64 rest = burst->next;

  for (int i = COUNTER_DIGITS - 1; i >= 0; i--, rest /= 10)
    burst->text[i] = '0' + rest % 10;
}

static gboolean
send_message (Burst   *burst,
              GError **error)
{
  write_counter (burst);
  return p2p_mesh_socket_send_text (burst->node->socket, burst->text, error) >= 0;
}

static gboolean
set_key (Burst   *burst,
         GError **error)
{
  g_autofree char *key = g_strdup_printf ("%s%0*" G_GINT64_FORMAT, burst->text, KEY_DIGITS, burst->next);
  g_autofree char *value = g_strdup_printf ("v%" G_GINT64_FORMAT, burst->next);

  return p2p_sync_socket_set_text (burst->node->table, key, g_variant_new_string (value), error);
}

static gboolean step_cb (gpointer data);

static void
go_on (Burst   *burst,
       gboolean wait)
{
  guint source = wait ? g_timeout_add (WAIT_MS, step_cb, burst)
                      : g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, step_cb, burst, NULL);

  g_source_set_name_by_id (source, "[roundtable-node] burst");
}

static gboolean
step_cb (gpointer data)
{
  Burst *burst = data;
  gsize bytes = 0;

  if (burst->node->leaving)
    {
      rt_command_answer_error (burst->command, g_error_new (RT_NODE_ERROR, RT_NODE_ERROR_UNANSWERED,
                                                            "the program ended before the burst did"));
      burst_free (burst);
      return G_SOURCE_REMOVE;
    }
  if (rt_node_get_queued (burst->node) > LOW_MARK)
    {
      go_on (burst, TRUE);
      return G_SOURCE_REMOVE;
    }
  for (guint i = 0; i < MESSAGES_PER_TURN && bytes < BYTES_PER_TURN && burst->next < burst->end; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!burst->send (burst, &error))
        {
          rt_command_answer_error (burst->command, g_steal_pointer (&error));
          burst_free (burst);
          return G_SOURCE_REMOVE;
        }
      burst->next++;
      bytes += burst->size;
    }
  if (burst->next == burst->end)
    {
      finish (burst);
      burst_free (burst);
    }
  else
    go_on (burst, rt_node_get_queued (burst->node) > HIGH_MARK);
  return G_SOURCE_REMOVE;
}

/* Takes the command and the burst. */
static void
begin (RtNode    *self,
       RtCommand *command,
       Burst     *burst)
{
  burst->node = g_object_ref (self);
  burst->command = command;
  burst->begun = g_get_real_time ();
  burst->begun_monotonic = g_get_monotonic_time ();
  step_cb (burst);
}

void
rt_node_run_burst (RtNode    *self,
                   RtCommand *command)
{
  g_autoptr (GError) error = NULL;
  gint64 n = 0, size = 0, start = 0;
  Burst *burst;

  if (!rt_command_get_int (command, "start", FALSE, 0, MAX_COUNTER, &start, &error) ||
      !rt_command_get_int (command, "n", TRUE, 0, MAX_COUNTER - start + 1, &n, &error) ||
      !rt_command_get_int (command, "size", TRUE, 0, MAX_SIZE, &size, &error))
    {
      rt_command_answer_error (command, g_steal_pointer (&error));
      rt_command_unref (command);
      return;
    }

  burst = g_new0 (Burst, 1);
  burst->send = send_message;
  burst->size = MAX (size, COUNTER_DIGITS);
  burst->text = g_malloc (burst->size + 1);
  memset (burst->text, 'x', burst->size);
  burst->text[burst->size] = '\0';
  burst->next = start;
  burst->end = start + n;
  begin (self, command, burst);
}

/* In a distributed table each write waits for its places; the library keeps some under way. */
static void
ring_written_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      data)
{
  Burst *burst = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = p2p_chord_socket_update_finish (P2P_CHORD_SOCKET (source), result, &error);

  for (guint i = 0; results != NULL && error == NULL && i < results->len; i++)
    if (p2p_table_result_get_error (results->pdata[i]) != NULL)
      error = g_error_copy (p2p_table_result_get_error (results->pdata[i]));
  if (error != NULL)
    rt_command_answer_error (burst->command, g_steal_pointer (&error));
  else
    finish (burst);
  burst_free (burst);
}

static void
begin_ring (RtNode     *self,
            RtCommand  *command,
            const char *prefix,
            gint64      n)
{
  g_auto (GVariantBuilder) entries = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  Burst *burst = g_new0 (Burst, 1);

  burst->node = g_object_ref (self);
  burst->command = rt_command_ref (command);
  burst->begun = g_get_real_time ();
  burst->begun_monotonic = g_get_monotonic_time ();
  for (gint64 i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("%s%06" G_GINT64_FORMAT, prefix, i);
      g_autofree char *value = g_strdup_printf ("v%" G_GINT64_FORMAT, i);

      g_variant_builder_add (&entries, "{sv}", key, g_variant_new_string (value));
    }
  p2p_chord_socket_update_async (self->chord, g_variant_builder_end (&entries), 0, self->cancellable, ring_written_cb, burst);
}

/* Keys of a prefix and six digits, with short values, as the drivers of the originals do */
void
rt_node_run_burst_set (RtNode    *self,
                       RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;
  g_autoptr (GError) error = NULL;
  const char *prefix;
  gboolean ok = TRUE;
  gint64 n = 0;
  Burst *burst;

  if (!rt_node_check_table (self, command))
    return;
  prefix = rt_command_get_optional_text (command, "prefix", &ok, &error);
  if (!ok || !rt_command_get_int (command, "n", TRUE, 0, MAX_KEY + 1, &n, &error))
    {
      rt_command_answer_error (command, g_steal_pointer (&error));
      return;
    }
  if (self->chord != NULL)
    {
      begin_ring (self, command, prefix != NULL ? prefix : "b", n);
      return;
    }
  burst = g_new0 (Burst, 1);
  burst->send = set_key;
  burst->text = g_strdup (prefix != NULL ? prefix : "b");
  burst->size = strlen (burst->text) + KEY_DIGITS;
  burst->end = n;
  begin (self, g_steal_pointer (&command), burst);
}
