/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-reach.h"
#include "model/network/rt-network-private.h"

#include <glib/gi18n-lib.h>

/* Remembered here beside what the node remembers. */
#define MAX_ATTEMPTS 16u

typedef struct {
  RtStepState state;
  char       *words;
} Step;

struct _RtReach {
  GObject       parent_instance;

  RtNetwork    *network;
  char         *address;
  char         *host;
  guint16       port;
  P2pMeshSocket *socket;        /* that we hear; NULL: it is off */
  GListModel   *known;          /* of the socket */
  GPtrArray    *attempts;       /* of RtReachAttempt, the newest first */
  Step          steps[RT_N_STEPS];
  GCancellable *checking;
  gboolean      checked;
};

G_DEFINE_FINAL_TYPE (RtReach, rt_reach, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
attempt_free (gpointer data)
{
  RtReachAttempt *attempt = data;

  g_free (attempt->words);
  g_free (attempt);
}

static void
emit_changed (RtReach *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* The address as the node knows it. */
static P2pKnownAddress *
find_known (RtReach *self)
{
  for (guint i = 0; self->known != NULL && i < g_list_model_get_n_items (self->known); i++)
    {
      g_autoptr (P2pKnownAddress) known = g_list_model_get_item (self->known, i);

      if (p2p_known_address_get_port (known) == self->port && g_strcmp0 (p2p_known_address_get_host (known), self->host) == 0)
        return known;
    }
  return NULL;
}

static GVariant *
dup_history (RtReach *self)
{
  P2pKnownAddress *known = find_known (self);

  return known != NULL ? p2p_known_address_get_history (known) : NULL;
}

char *
rt_reach_dup_code_name (int code)
{
  const GError error = { P2P_LINK_ERROR, code, NULL };

  return p2p_error_get_code_name (&error);
}

/* The library gives names: they stay what they are when codes are added. */
static int
read_code (const char *name)
{
  if (*name == '\0')
    return -1;
  for (int code = 0; rt_reach_explain (code) != NULL; code++)
    {
      g_autofree char *other = rt_reach_dup_code_name (code);

      if (g_str_equal (other, name))
        return code;
    }
  return P2P_LINK_ERROR_FAILED;
}

/* What the node remembers is the truth; what is only ours is what a check of ours met while the node was off. */
static void
read_history (RtReach *self)
{
  g_autoptr (GVariant) history = dup_history (self);

  if (history == NULL)
    return;
  g_ptr_array_set_size (self->attempts, 0);
  for (gsize i = g_variant_n_children (history); i > 0; i--)
    {
      RtReachAttempt *attempt = g_new0 (RtReachAttempt, 1);
      g_autofree char *name = NULL;
      g_autofree char *words = NULL;

      g_variant_get_child (history, i - 1, "(xss)", &attempt->when, &name, &words);
      attempt->code = read_code (name);
      attempt->words = attempt->code < 0 ? g_strdup (_("Connected")) : rt_sanitise_line (words, 512);
      g_ptr_array_add (self->attempts, attempt);
    }
}

static void
refresh (RtReach *self)
{
  read_history (self);
  emit_changed (self);
}

static void
note (RtReach *self, int code, const char *words)
{
  RtReachAttempt *attempt;
  g_autoptr (GVariant) history = dup_history (self);

  if (history != NULL)
    {
      read_history (self);
      return;
    }
  attempt = g_new0 (RtReachAttempt, 1);
  attempt->when = g_get_real_time ();
  attempt->code = code;
  attempt->words = rt_sanitise_line (words, 512);
  g_ptr_array_insert (self->attempts, 0, attempt);
  if (self->attempts->len > MAX_ATTEMPTS)
    g_ptr_array_set_size (self->attempts, MAX_ATTEMPTS);
}

/* ---- what happens meanwhile ---- */

static void
let_go (RtReach *self)
{
  if (self->socket == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->socket, self);
  g_clear_object (&self->known);
  g_clear_object (&self->socket);
}

static void
known_changed_cb (P2pKnownAddress *known, GParamSpec *pspec, RtReach *self)
{
  refresh (self);
}

static void
watch_known (RtReach *self)
{
  P2pKnownAddress *known = find_known (self);

  if (known != NULL && g_signal_handler_find (known, G_SIGNAL_MATCH_FUNC | G_SIGNAL_MATCH_DATA, 0, 0, NULL, known_changed_cb, self) == 0)
    g_signal_connect_object (known, "notify", G_CALLBACK (known_changed_cb), self, 0);
}

static void
list_changed_cb (RtReach *self)
{
  watch_known (self);
  refresh (self);
}

static void
socket_cb (RtReach *self)
{
  let_go (self);
  self->socket = rt_network_get_socket (self->network);
  if (self->socket != NULL)
    {
      g_object_ref (self->socket);
      self->known = g_object_ref (p2p_mesh_socket_get_known_addresses (self->socket));
      g_signal_connect_object (self->known, "items-changed", G_CALLBACK (list_changed_cb), self, G_CONNECT_SWAPPED);
      watch_known (self);
    }
  refresh (self);
}

/* ---- check ---- */

static void
set_step (RtReach *self, RtStep step, RtStepState state, char *words)
{
  self->steps[step].state = state;
  g_free (self->steps[step].words);
  self->steps[step].words = words;
}

static gboolean
is_plain (RtReach *self)
{
  return g_strcmp0 (rt_network_config_get_encryption (rt_network_get_config (self->network)), P2P_ENCRYPTION_PLAINTEXT) == 0;
}

static void
set_encryption_done (RtReach *self)
{
  if (is_plain (self))
    set_step (self, RT_STEP_ENCRYPTION, RT_STEP_SKIPPED, g_strdup (_("This network is not encrypted")));
  else
    set_step (self, RT_STEP_ENCRYPTION, RT_STEP_OK, g_strdup (_("Encrypted")));
}

static void connections_changed_cb (RtReach *self);

static void
end_check (RtReach *self)
{
  g_clear_object (&self->checking);
  g_signal_handlers_disconnect_by_func (rt_network_get_connections (self->network), connections_changed_cb, self);
  refresh (self);
}

/* Up to the failing step all went well. */
static void
fail_at (RtReach *self, RtStep step, const char *words)
{
  for (guint i = 0; i < step; i++)
    if (self->steps[i].state == RT_STEP_WAITING || self->steps[i].state == RT_STEP_RUNNING)
      {
        if (i == RT_STEP_ENCRYPTION)
          set_encryption_done (self);
        else
          set_step (self, i, RT_STEP_OK, g_strdup (i == RT_STEP_PORT ? _("It answers") : _("Found")));
      }
  set_step (self, step, RT_STEP_FAILED, rt_sanitise_line (words, 512));
  for (guint i = step + 1; i < RT_N_STEPS; i++)
    set_step (self, i, RT_STEP_SKIPPED, g_strdup (_("Not tried")));
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtReach) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok = rt_network_connect_finish (RT_NETWORK (source), result, &error);

  if (self->checking == NULL || g_task_get_cancellable (G_TASK (result)) != self->checking)
    return;
  if (ok || g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_DUPLICATE))
    {
      fail_at (self, RT_STEP_HANDSHAKE, "");
      set_step (self, RT_STEP_HANDSHAKE, RT_STEP_OK, g_strdup (ok ? _("Connected") : error->message));
      if (ok)
        note (self, -1, _("Connected"));
    }
  else
    {
      fail_at (self, rt_reach_step_of (error), error->message);
      note (self, error->domain == P2P_LINK_ERROR ? error->code : P2P_LINK_ERROR_FAILED, error->message);
    }
  end_check (self);
}

/* A link that waits for its handshake has its port and its encryption behind it. */
static void
connections_changed_cb (RtReach *self)
{
  GListModel *connections = rt_network_get_connections (self->network);

  for (guint i = 0; i < g_list_model_get_n_items (connections); i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (connections, i);
      guint port = 0;

      g_object_get (connection, "peer-port", &port, NULL);
      if (!p2p_connection_get_outgoing (connection) || port != self->port ||
          p2p_connection_get_state (connection) != P2P_CONNECTION_HANDSHAKE || self->steps[RT_STEP_PORT].state != RT_STEP_RUNNING)
        continue;
      set_step (self, RT_STEP_PORT, RT_STEP_OK, g_strdup (_("It answers")));
      set_encryption_done (self);
      set_step (self, RT_STEP_HANDSHAKE, RT_STEP_RUNNING, g_strdup (_("Waiting for its greeting…")));
      emit_changed (self);
    }
}

static void
dial (RtReach *self)
{
  set_step (self, RT_STEP_PORT, RT_STEP_RUNNING, g_strdup (_("Knocking…")));
  g_signal_connect_object (rt_network_get_connections (self->network), "items-changed",
                           G_CALLBACK (connections_changed_cb), self, G_CONNECT_SWAPPED);
  rt_network_connect_async (self->network, self->address, self->checking, connected_cb, g_object_ref (self));
  emit_changed (self);
}

static void
resolved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtReach) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) found = g_string_new (NULL);
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->checking == NULL)
    {
      g_resolver_free_addresses (addresses);
      return;
    }
  if (addresses == NULL)
    {
      fail_at (self, RT_STEP_NAME, error != NULL ? error->message : "");
      note (self, P2P_LINK_ERROR_NOT_RESOLVED, error != NULL ? error->message : "");
      end_check (self);
      return;
    }
  for (GList *l = addresses; l != NULL && found->len < 128; l = l->next)
    {
      g_autofree char *text = g_inet_address_to_string (l->data);

      g_string_append_printf (found, "%s%s", found->len > 0 ? ", " : "", text);
    }
  g_resolver_free_addresses (addresses);
  /* Translators: %s is one or more numeric addresses */
  set_step (self, RT_STEP_NAME, RT_STEP_OK, g_strdup_printf (_("Found: %s"), found->str));
  dial (self);
}

void
rt_reach_check (RtReach *self)
{
  g_autoptr (GInetAddress) numeric = NULL;

  g_return_if_fail (RT_IS_REACH (self));

  if (self->checking != NULL)
    return;
  for (guint i = 0; i < RT_N_STEPS; i++)
    set_step (self, i, RT_STEP_WAITING, NULL);
  self->checked = TRUE;
  if (rt_network_get_socket (self->network) == NULL)
    {
      set_step (self, RT_STEP_NAME, RT_STEP_SKIPPED, g_strdup (_("Not tried")));
      fail_at (self, RT_STEP_PORT, _("This network is offline."));
      note (self, P2P_LINK_ERROR_SOCKET_CLOSED, _("This network is offline."));
      emit_changed (self);
      return;
    }
  self->checking = g_cancellable_new ();
  numeric = g_inet_address_new_from_string (self->host);
  if (numeric != NULL)
    {
      set_step (self, RT_STEP_NAME, RT_STEP_OK, g_strdup (_("The address is a number: there is nothing to look up")));
      dial (self);
    }
  else
    {
      g_autoptr (GResolver) resolver = g_resolver_get_default ();

      set_step (self, RT_STEP_NAME, RT_STEP_RUNNING, g_strdup (_("Looking up the name…")));
      g_resolver_lookup_by_name_async (resolver, self->host, self->checking, resolved_cb, g_object_ref (self));
      emit_changed (self);
    }
}

void
rt_reach_stop (RtReach *self)
{
  g_autoptr (GCancellable) checking = NULL;

  g_return_if_fail (RT_IS_REACH (self));

  checking = g_steal_pointer (&self->checking);
  if (checking == NULL)
    return;
  g_cancellable_cancel (checking);
  for (guint i = 0; i < RT_N_STEPS; i++)
    if (self->steps[i].state == RT_STEP_RUNNING || self->steps[i].state == RT_STEP_WAITING)
      set_step (self, i, RT_STEP_SKIPPED, g_strdup (_("Stopped")));
  end_check (self);
}

/* ---- object ---- */

static void
rt_reach_dispose (GObject *object)
{
  RtReach *self = RT_REACH (object);

  if (self->checking != NULL)
    g_cancellable_cancel (self->checking);
  g_clear_object (&self->checking);
  let_go (self);
  g_clear_object (&self->network);

  G_OBJECT_CLASS (rt_reach_parent_class)->dispose (object);
}

static void
rt_reach_finalize (GObject *object)
{
  RtReach *self = RT_REACH (object);

  for (guint i = 0; i < RT_N_STEPS; i++)
    g_free (self->steps[i].words);
  g_ptr_array_unref (self->attempts);
  g_free (self->address);
  g_free (self->host);

  G_OBJECT_CLASS (rt_reach_parent_class)->finalize (object);
}

static void
rt_reach_class_init (RtReachClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_reach_dispose;
  object_class->finalize = rt_reach_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rt_reach_init (RtReach *self)
{
  self->attempts = g_ptr_array_new_with_free_func (attempt_free);
}

RtReach *
rt_reach_new (RtNetwork *network, const char *address)
{
  RtReach *self;
  g_autofree char *host = NULL;
  guint16 port;

  g_return_val_if_fail (RT_IS_NETWORK (network), NULL);

  if (!rt_parse_address (address, &host, &port, NULL))
    return NULL;
  self = g_object_new (RT_TYPE_REACH, NULL);
  self->network = g_object_ref (network);
  self->address = rt_format_address (host, port);
  self->host = g_steal_pointer (&host);
  self->port = port;
  g_signal_connect_object (network, "notify::socket", G_CALLBACK (socket_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (rt_network_get_connections (network), "items-changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  socket_cb (self);
  return self;
}

RtNetwork *
rt_reach_get_network (RtReach *self)
{
  g_return_val_if_fail (RT_IS_REACH (self), NULL);
  return self->network;
}

const char *
rt_reach_get_address (RtReach *self)
{
  g_return_val_if_fail (RT_IS_REACH (self), NULL);
  return self->address;
}

gboolean
rt_reach_get_connected (RtReach *self)
{
  GListModel *connections;

  g_return_val_if_fail (RT_IS_REACH (self), FALSE);

  connections = rt_network_get_connections (self->network);
  for (guint i = 0; i < g_list_model_get_n_items (connections); i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (connections, i);
      g_autofree char *announced = p2p_connection_dup_address (connection);
      g_autofree char *host = NULL;
      guint port = 0;

      if (p2p_connection_get_state (connection) != P2P_CONNECTION_ESTABLISHED)
        continue;
      g_object_get (connection, "peer-host", &host, "peer-port", &port, NULL);
      if (g_strcmp0 (announced, self->address) == 0 ||
          (p2p_connection_get_outgoing (connection) && port == self->port && g_strcmp0 (host, self->host) == 0))
        return TRUE;
    }
  return FALSE;
}

GPtrArray *
rt_reach_get_attempts (RtReach *self)
{
  g_return_val_if_fail (RT_IS_REACH (self), NULL);
  return self->attempts;
}

const RtReachWords *
rt_reach_get_words (RtReach *self)
{
  g_return_val_if_fail (RT_IS_REACH (self), NULL);

  if (rt_network_get_socket (self->network) == NULL)
    return rt_reach_explain (P2P_LINK_ERROR_SOCKET_CLOSED);
  if (rt_reach_get_connected (self))
    return NULL;
  for (guint i = 0; i < self->attempts->len; i++)
    {
      const RtReachAttempt *attempt = g_ptr_array_index (self->attempts, i);

      if (attempt->code >= 0)
        return rt_reach_explain (attempt->code);
    }
  return NULL;
}

char *
rt_reach_dup_summary (RtReach *self)
{
  const RtReachWords *words;

  g_return_val_if_fail (RT_IS_REACH (self), NULL);

  words = rt_reach_get_words (self);
  if (words != NULL)
    return g_strdup (_(words->cause));
  if (rt_reach_get_connected (self))
    return g_strdup (_("There is a connection now"));
  return g_strdup (_("Not tried yet"));
}

char *
rt_reach_dup_next (RtReach *self)
{
  RtStanding standing;
  gint64 left;
  g_autofree char *span = NULL;

  g_return_val_if_fail (RT_IS_REACH (self), NULL);

  if (rt_reach_get_connected (self) || !rt_network_get_standing (self->network, self->address, &standing))
    return NULL;
  if (standing.given_up)
    return g_strdup (_("It is not tried any more by itself."));
  if (standing.next_attempt == 0 || standing.dialling)
    return NULL;
  left = MAX (0, (standing.next_attempt - g_get_real_time () + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
  span = rt_span_words (left);
  /* Translators: %s is a time, as in "12 seconds" */
  return g_strdup_printf (_("It is tried again in %s."), span);
}

gboolean
rt_reach_can_forget (RtReach *self)
{
  g_return_val_if_fail (RT_IS_REACH (self), FALSE);
  return rt_network_can_forget (self->network, self->address);
}

void
rt_reach_forget (RtReach *self)
{
  g_return_if_fail (RT_IS_REACH (self));
  rt_network_forget (self->network, self->address);
}

gboolean
rt_reach_is_checking (RtReach *self)
{
  g_return_val_if_fail (RT_IS_REACH (self), FALSE);
  return self->checking != NULL;
}

gboolean
rt_reach_was_checked (RtReach *self)
{
  g_return_val_if_fail (RT_IS_REACH (self), FALSE);
  return self->checked;
}

RtStepState
rt_reach_get_step (RtReach *self, RtStep step, const char **words)
{
  g_return_val_if_fail (RT_IS_REACH (self), RT_STEP_WAITING);
  g_return_val_if_fail (step < RT_N_STEPS, RT_STEP_WAITING);

  if (words != NULL)
    *words = self->steps[step].words;
  return self->steps[step].state;
}
