/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-node-private.h"

#include "rt-json-reader.h"
#include "rt-node-error.h"
#include "rt-node-identity.h"

/* Commands read ahead of the one that runs. */
#define MAX_WAITING_COMMANDS 256
/* Commands of one turn of the loop. */
#define COMMANDS_PER_TURN 64
/* How long leaving waits for what is still to be sent, and to be read by whoever reads our output. */
#define LEAVE_SECONDS 3
/* How long before that others have to take what this node stores for the ring. */
#define HAND_OVER_SECONDS 5
#define FLUSH_MS 5000
#define LEAVE_POLL_MS 5

G_DEFINE_FINAL_TYPE (RtNode, rt_node, G_TYPE_OBJECT)

enum { FINISHED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void pump (RtNode *self);

/* ---- commands, one after the other ---- */

static gboolean
pump_cb (gpointer data)
{
  RtNode *self = data;

  self->pump_source = 0;
  pump (self);
  return G_SOURCE_REMOVE;
}

static void
pump (RtNode *self)
{
  guint budget = COMMANDS_PER_TURN;

  if (self->pumping || self->leaving)
    return;
  self->pumping = TRUE;
  /* Answers are never dropped: while nobody reads them no more are made. */
  while (self->current == NULL && budget > 0 && !self->leaving && !g_queue_is_empty (&self->commands)
         && !rt_output_is_pressed (self->output))
    {
      g_autoptr (RtCommand) command = g_queue_pop_head (&self->commands);

      budget--;
      if (rt_command_is_async (command))
        self->n_async++;
      else
        self->current = command;
      rt_node_run_command (self, rt_command_ref (command));
    }
  self->pumping = FALSE;

  if (self->leaving)
    return;
  if (self->current == NULL && !g_queue_is_empty (&self->commands) && self->pump_source == 0
      && !rt_output_is_pressed (self->output))
    self->pump_source = g_idle_add_full (G_PRIORITY_DEFAULT, pump_cb, self, NULL);
  if (self->reader != NULL)
    rt_line_reader_set_paused (self->reader, self->commands.length >= MAX_WAITING_COMMANDS || rt_output_is_pressed (self->output));
  if (self->input_ended && self->current == NULL && self->n_async == 0 && g_queue_is_empty (&self->commands)
      && !self->options->stay)
    rt_node_leave (self, 0);
}

static void
answered_cb (RtCommand  *command,
             const char *result,
             gsize       length,
             gboolean    ok,
             const char *words,
             gpointer    data)
{
  RtNode *self = data;

  rt_node_tell_result (self, command, result, length, ok, words);
  if (command == self->current)
    self->current = NULL;
  else if (rt_command_is_async (command))
    self->n_async--;
  pump (self);
}

/* Every command is answered, those that nobody will carry out any more too. */
static void
refuse_waiting (RtNode *self)
{
  RtCommand *command;

  while ((command = g_queue_pop_head (&self->commands)) != NULL)
    {
      rt_command_answer_error (command, g_error_new (RT_NODE_ERROR, RT_NODE_ERROR_UNANSWERED,
                                                     "the program ended before this command was begun"));
      rt_command_unref (command);
    }
}

static void
line_cb (const char *line,
         gsize       length,
         gpointer    data)
{
  RtNode *self = data;
  g_autoptr (GError) error = NULL;
  JsonObject *object;

  if (length > 0 && line[length - 1] == '\r')
    length--;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (line[i]))
      {
        object = rt_json_parse_line (line, length, &error);
        if (object != NULL && self->leaving)
          {
            g_queue_push_tail (&self->commands, rt_command_new (object, answered_cb, self));
            refuse_waiting (self);
            return;
          }
        if (object == NULL)
          {
            g_autoptr (RtCommand) bad = rt_command_new (NULL, answered_cb, self);

            rt_command_answer_error (bad, g_steal_pointer (&error));
            return;
          }
        g_queue_push_tail (&self->commands, rt_command_new (object, answered_cb, self));
        pump (self);
        return;
      }
}

static void
too_long_cb (gpointer data)
{
  RtNode *self = data;
  g_autoptr (RtCommand) bad = rt_command_new (NULL, answered_cb, self);

  rt_command_answer_error (bad, g_error_new (RT_NODE_ERROR, RT_NODE_ERROR_LINE_TOO_LONG,
                                             "a line longer than %u bytes was thrown away", RT_LINE_READER_MAX_LINE));
}

static void
input_ended_cb (gpointer data)
{
  RtNode *self = data;

  self->input_ended = TRUE;
  pump (self);
}

static const RtLineReaderEvents reader_events = { line_cb, too_long_cb, input_ended_cb };

/* ---- beginning ---- */

static gboolean
take_secret (RtNode      *self,
             P2pProtocol *protocol,
             GError     **error)
{
  g_autoptr (P2pProtocol) own = NULL;
  g_autoptr (P2pSecret) secret = NULL;

  if (self->options->secret == NULL)
    return TRUE;
  g_object_get (self->socket, "protocol", &own, NULL);
  secret = p2p_secret_new (self->options->secret, p2p_protocol_get_id (own), error);
  return secret != NULL && p2p_mesh_socket_set_secret (self->socket, secret, error);
}

/* Success and failure are both told by events. */
static void
dialled_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (RtNode) self = data;
  g_autoptr (P2pConnection) connection G_GNUC_UNUSED = p2p_mesh_socket_connect_to_finish (P2P_MESH_SOCKET (source), result, NULL);

  self->n_async--;
  pump (self);
}

gboolean
rt_node_start (RtNode  *self,
               int      in_fd,
               GError **error)
{
  const RtNodeOptions *options = self->options;
  g_autoptr (P2pProtocol) protocol = NULL;
  g_autoptr (P2pIdentity) identity = NULL;

  g_return_val_if_fail (self->socket == NULL, FALSE);

  if (!rt_node_load_identity (options, &identity, error))
    return FALSE;
  protocol = p2p_protocol_new_with_version (options->subnet, options->encryption, options->protocol_version);
  if (options->kind == RT_NODE_CHORD)
    self->socket = (P2pMeshSocket *) p2p_chord_socket_new (protocol, identity, options->limits, options->k, error);
  else if (options->kind == RT_NODE_SYNC)
    self->socket = (P2pMeshSocket *) p2p_sync_socket_new (protocol, identity, options->limits, options->leasing, error);
  else
    self->socket = p2p_mesh_socket_new (protocol, identity, options->limits, error);
  if (self->socket == NULL || !take_secret (self, protocol, error))
    return FALSE;
  self->table = options->kind == RT_NODE_SYNC ? P2P_SYNC_SOCKET (self->socket) : NULL;
  self->chord = options->kind == RT_NODE_CHORD ? P2P_CHORD_SOCKET (self->socket) : NULL;
  if (options->methods != NULL)
    p2p_mesh_socket_set_methods (self->socket, options->methods);
  if (options->max_outgoing >= 0)
    p2p_mesh_socket_set_max_outgoing (self->socket, options->max_outgoing);
  if (options->debug_level > 0)
    p2p_mesh_socket_set_debug_level (self->socket, options->debug_level);
  if (options->out_address != NULL)
    p2p_mesh_socket_set_out_address (self->socket, g_network_address_get_hostname (options->out_address),
                                     g_network_address_get_port (options->out_address));
  if ((self->table != NULL || self->chord != NULL) && !rt_node_restore_table (self, error))
    return FALSE;
  rt_node_watch_keys (self);
  rt_node_watch_events (self);
  if (self->table != NULL)
    rt_node_watch_table (self);
  if (self->chord != NULL)
    rt_node_watch_ring (self);
  if (!p2p_mesh_socket_listen (self->socket, options->address, options->port, error))
    return FALSE;

  rt_node_tell_ready (self);
  if (self->was_joined)
    p2p_chord_socket_join (self->chord);
  for (guint i = 0; i < options->keep->len; i++)
    {
      GNetworkAddress *address = options->keep->pdata[i];

      p2p_mesh_socket_add_address (self->socket, g_network_address_get_hostname (address),
                                   (guint16) g_network_address_get_port (address), NULL, P2P_ADDRESS_PINNED, 0);
    }
  for (guint i = 0; i < options->connect->len; i++)
    {
      GNetworkAddress *address = options->connect->pdata[i];

      self->n_async++;
      p2p_mesh_socket_connect_to_async (self->socket, g_network_address_get_hostname (address),
                                        g_network_address_get_port (address), NULL, self->cancellable,
                                        dialled_cb, g_object_ref (self));
    }
  self->reader = rt_line_reader_new (in_fd, RT_LINE_READER_MAX_LINE, &reader_events, self);
  return TRUE;
}

/* ---- leaving ---- */

static gboolean
leave_cb (gpointer data)
{
  RtNode *self = data;

  if ((self->handing_over || rt_node_get_queued (self) > 0 || self->current != NULL || self->n_async > 0)
      && g_get_monotonic_time () < self->leave_deadline)
    return G_SOURCE_CONTINUE;

  self->leave_source = 0;
  p2p_mesh_socket_close (self->socket, NULL);
  g_clear_pointer (&self->records, rt_record_file_close);
  rt_output_flush (self->output, FLUSH_MS);
  g_signal_emit (self, signals[FINISHED], 0, self->status);
  return G_SOURCE_REMOVE;
}

static void
handed_over_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  g_autoptr (RtNode) self = data;
  g_autoptr (GError) error = NULL;

  self->handing_over = FALSE;
  if (!p2p_chord_socket_unjoin_finish (P2P_CHORD_SOCKET (source), result, &error) && self->options->debug_level > 0)
    g_printerr ("roundtable-node: %s\n", error->message);
  /* What the links still have to send has its own time. */
  self->leave_deadline = g_get_monotonic_time () + LEAVE_SECONDS * G_TIME_SPAN_SECOND;
}

/* What it stores for others goes to others. It is to store again after a restart, which unjoin as a command would undo. */
static void
hand_over (RtNode *self)
{
  if (self->chord == NULL || p2p_chord_socket_get_seed_state (self->chord) == P2P_CHORD_SEED_STATE_NOT)
    return;
  self->handing_over = TRUE;
  self->leave_deadline += HAND_OVER_SECONDS * G_TIME_SPAN_SECOND;
  p2p_chord_socket_unjoin_async (self->chord, HAND_OVER_SECONDS * 1000, NULL, handed_over_cb, g_object_ref (self));
}

void
rt_node_leave (RtNode *self,
               int     status)
{
  if (self->leaving)
    return;
  self->leaving = TRUE;
  self->status = status;
  if (self->reader != NULL)
    rt_line_reader_set_paused (self->reader, TRUE);
  g_clear_handle_id (&self->pump_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  refuse_waiting (self);
  self->leave_deadline = g_get_monotonic_time () + LEAVE_SECONDS * G_TIME_SPAN_SECOND;
  hand_over (self);
  self->leave_source = g_timeout_add (LEAVE_POLL_MS, leave_cb, self);
  g_source_set_name_by_id (self->leave_source, "[roundtable-node] leave");
}

static void
output_relieved_cb (gpointer data)
{
  RtNode *self = data;

  rt_node_tell_dropped (self);
  pump (self);
}

static void
output_failed_cb (const char *words,
                  gpointer    data)
{
  RtNode *self = data;

  g_printerr ("roundtable-node: could not write to standard output: %s\n", words);
  rt_node_leave (self, 1);
}

/* ---- the object ---- */

static void
rt_node_dispose (GObject *object)
{
  RtNode *self = RT_NODE (object);

  self->leaving = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->pump_source, g_source_remove);
  g_clear_handle_id (&self->leave_source, g_source_remove);
  g_clear_pointer (&self->reader, rt_line_reader_free);
  if (self->socket != NULL && self->handler_id != 0)
    p2p_mesh_socket_unregister_handler (self->socket, self->handler_id);
  self->handler_id = 0;
  self->table = NULL;
  self->chord = NULL;
  g_clear_object (&self->socket);
  g_clear_pointer (&self->records, rt_record_file_close);
  g_queue_clear_full (&self->commands, (GDestroyNotify) rt_command_unref);
  g_clear_pointer (&self->last, p2p_message_unref);
  g_clear_pointer (&self->output, rt_output_free);
  G_OBJECT_CLASS (rt_node_parent_class)->dispose (object);
}

static void
rt_node_finalize (GObject *object)
{
  RtNode *self = RT_NODE (object);

  g_object_unref (self->cancellable);
  g_clear_pointer (&self->keys, rt_known_keys_free);
  G_OBJECT_CLASS (rt_node_parent_class)->finalize (object);
}

static void
rt_node_class_init (RtNodeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_node_dispose;
  object_class->finalize = rt_node_finalize;

  signals[FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
rt_node_init (RtNode *self)
{
  g_queue_init (&self->commands);
  self->cancellable = g_cancellable_new ();
}

RtNode *
rt_node_new (const RtNodeOptions *options,
             int                  out_fd)
{
  RtNode *self = g_object_new (RT_TYPE_NODE, NULL);

  self->options = options;
  self->output = rt_output_new (out_fd, output_failed_cb, self);
  rt_output_set_relieved (self->output, output_relieved_cb);
  return self;
}
