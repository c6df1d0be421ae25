/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-calls.h"
#include "rt-address-scope.h"
#include "rt-gateway.h"
#include "model/rt-timer.h"
#include "ports/rt-ports-address.h"

#include <ifaddrs.h>
#include <netinet/in.h>

/* Somebody whom we asked. */
typedef struct {
  char   *id;
  gint64  token;
  gint64  since;                /* monotonic */
  gboolean answered, far;
  P2pAppCallOutcome outcome;
  char   *host;                 /* that he sees us at */
} Asked;

/* Somebody whom we called. */
typedef struct {
  char   *id, *host;
  gint64  when;                 /* monotonic */
} Served;

struct _RtCalls {
  GObject        parent_instance;

  P2pMeshSocket *socket;        /* NULL: it is off */
  gulong         frame_handler;
  GPtrArray     *asked;         /* of Asked, of the last question */
  GPtrArray     *before;        /* of Served: whom we asked, and when */
  GPtrArray     *served;        /* of Served, of the last minute */
  GCancellable  *cancellable;   /* of calls that are under way */
  guint          n_under_way;
  guint          timer;
  gint64         token;
  gboolean       here;          /* neighbours are on this computer */
};

G_DEFINE_FINAL_TYPE (RtCalls, rt_calls, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_free (asked->id);
  g_free (asked->host);
  g_free (asked);
}

static void
served_free (gpointer data)
{
  Served *served = data;

  g_free (served->id);
  g_free (served->host);
  g_free (served);
}

static gboolean
is_far (const char *host)
{
  return rt_ipv4_scope_of (host) == RT_IPV4_PUBLIC || rt_ipv6_is_public (host);
}

/* ---- whom we were told of within the time ---- */

static void
forget_old (GPtrArray *list)
{
  const gint64 old = g_get_monotonic_time () - RT_CALLS_APART * G_TIME_SPAN_SECOND;

  while (list->len > 0 && ((Served *) list->pdata[0])->when < old)
    g_ptr_array_remove_index (list, 0);
}

static gboolean
is_in (GPtrArray *list, const char *id, const char *host)
{
  for (guint i = 0; i < list->len; i++)
    {
      const Served *served = list->pdata[i];

      if (g_str_equal (served->id, id) || (host != NULL && g_strcmp0 (served->host, host) == 0))
        return TRUE;
    }
  return FALSE;
}

static void
note (GPtrArray *list, const char *id, const char *host)
{
  Served *served = g_new0 (Served, 1);

  served->id = g_strdup (id);
  served->host = g_strdup (host);
  served->when = g_get_monotonic_time ();
  g_ptr_array_add (list, served);
}

/* ---- we are asked ---- */

typedef struct {
  RtCalls       *calls;
  P2pMeshSocket *socket;
  char          *id, *host;
  gint64         token;
} Call;

static void
call_free (Call *call)
{
  g_object_unref (call->calls);
  g_object_unref (call->socket);
  g_free (call->id);
  g_free (call->host);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
told_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  /* whoever asked went away meanwhile: nobody waits for it */
  p2p_mesh_socket_whisper_app_finish (P2P_MESH_SOCKET (source), result, NULL);
}

static void
tell (P2pMeshSocket *socket, const char *id, gint64 token, P2pAppCallOutcome outcome, const char *host)
{
  g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_called (token, outcome, host, NULL);

  if (frame != NULL && p2p_mesh_socket_get_connection (socket, id) != NULL)
    p2p_mesh_socket_whisper_app_async (socket, id, frame, NULL, told_cb, NULL);
}

static void
called_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  call->calls->n_under_way--;
  /* it is there: that is all that was to be known */
  if (connection != NULL)
    g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  if (call->calls->socket != call->socket)
    return;
  tell (call->socket, call->id, call->token,
        connection != NULL ? P2P_APP_CALL_REACHED : g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ? P2P_APP_CALL_REFUSED : P2P_APP_CALL_NO_ANSWER, call->host);
}

/* An address of one of our own cards. */
static gboolean
is_ours (GInetAddress *address)
{
  struct ifaddrs *cards = NULL;
  gboolean found = FALSE;

  if (getifaddrs (&cards) != 0)
    return FALSE;
  for (const struct ifaddrs *card = cards; card != NULL && !found; card = card->ifa_next)
    {
      const gboolean is_v4 = card->ifa_addr != NULL && card->ifa_addr->sa_family == AF_INET, is_v6 = card->ifa_addr != NULL && card->ifa_addr->sa_family == AF_INET6;
      g_autoptr (GSocketAddress) own = is_v4 || is_v6 ? g_socket_address_new_from_native (card->ifa_addr, is_v4 ? sizeof (struct sockaddr_in) : sizeof (struct sockaddr_in6)) : NULL;

      found = own != NULL && g_inet_address_equal (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (own)), address);
    }
  freeifaddrs (cards);
  return found;
}

/* Who comes through a forwarded port, a proxy or the gateway of a container seems to be there; what listens there is ours, and he may not look through it. */
gboolean
rt_calls_may_call (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  RtAddressScope scope = rt_address_scope (host);

  /* without the name of its card a link-local one leads nowhere */
  if (address == NULL || scope == RT_ADDRESS_COMPUTER || scope == RT_ADDRESS_NOWHERE || (scope == RT_ADDRESS_LINK && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6))
    return FALSE;
  return !is_ours (address) && !rt_gateway_is (host);
}

static void
serve (RtCalls *self, P2pAppFrame *frame, const char *id, P2pConnection *connection)
{
  g_autofree char *host = NULL;
  g_autoptr (GInetAddress) address = NULL;
  g_autoptr (GSocketAddress) to = NULL;
  g_autoptr (GSocketClient) client = NULL;
  Call *call;

  /* where the link leads, and nowhere else, whatever he says of himself */
  g_object_get (connection, "peer-host", &host, NULL);
  if (host == NULL)
    return;
  address = g_inet_address_new_from_string (host);
  forget_old (self->served);
  if (address == NULL || !(self->here || rt_calls_may_call (host)) || self->n_under_way >= RT_CALLS_AT_ONCE || self->served->len >= RT_CALLS_A_MINUTE || is_in (self->served, id, host))
    {
      tell (self->socket, id, p2p_app_frame_get_token (frame), P2P_APP_CALL_NOT_NOW, host);
      return;
    }
  note (self->served, id, host);
  call = g_new0 (Call, 1);
  call->calls = g_object_ref (self);
  call->socket = g_object_ref (self->socket);
  call->id = g_strdup (id);
  call->host = g_strdup (host);
  call->token = p2p_app_frame_get_token (frame);
  client = g_socket_client_new ();
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, RT_CALLS_SECONDS);
  to = g_inet_socket_address_new (address, p2p_app_frame_get_port (frame));
  self->n_under_way++;
  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (to), self->cancellable, called_cb, call);
}

/* ---- we ask ---- */

static void
emit_changed (RtCalls *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
waited_cb (gpointer data)
{
  RtCalls *self = data;

  self->timer = 0;
  for (guint i = 0; i < self->asked->len; i++)
    ((Asked *) self->asked->pdata[i])->answered = TRUE;
  emit_changed (self);
  return G_SOURCE_REMOVE;
}

/* Once for each question; the library sees to that. */
static void
take_answer (RtCalls *self, P2pAppFrame *frame, const char *id)
{
  for (guint i = 0; i < self->asked->len; i++)
    {
      Asked *asked = self->asked->pdata[i];
      const char *host = p2p_app_frame_get_host (frame);
      g_autoptr (GInetAddress) address = NULL;

      if (asked->answered || asked->token != p2p_app_frame_get_token (frame) || !g_str_equal (asked->id, id))
        continue;
      address = g_inet_address_new_from_string (host);
      asked->answered = TRUE;
      asked->outcome = p2p_app_frame_get_outcome (frame);
      asked->host = address != NULL ? g_inet_address_to_string (address) : NULL;
      asked->far = asked->host != NULL && is_far (asked->host);
      emit_changed (self);
      return;
    }
}

static void
ask_one (RtCalls *self, const char *id, guint16 port)
{
  g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_call (++self->token, port, NULL);
  Asked *asked;

  if (frame == NULL)
    return;
  asked = g_new0 (Asked, 1);
  asked->id = g_strdup (id);
  asked->token = self->token;
  asked->since = g_get_monotonic_time ();
  asked->outcome = P2P_APP_CALL_NOT_NOW;
  g_ptr_array_add (self->asked, asked);
  note (self->before, id, NULL);
  p2p_mesh_socket_whisper_app_async (self->socket, id, frame, NULL, told_cb, NULL);
}

void
rt_calls_set_here (RtCalls *self, gboolean here)
{
  g_return_if_fail (RT_IS_CALLS (self));

  self->here = here;
}

/* Of ours, past its handshake. Those outside of the local network know more. */
static gboolean
may_ask (RtCalls *self, P2pConnection *connection, gboolean far)
{
  g_autofree char *host = NULL;

  if (p2p_connection_get_state (connection) != P2P_CONNECTION_ESTABLISHED || !p2p_connection_get_own (connection) || p2p_connection_get_id (connection) == NULL ||
      is_in (self->before, p2p_connection_get_id (connection), NULL))
    return FALSE;
  g_object_get (connection, "peer-host", &host, NULL);
  return host != NULL && is_far (host) == far;
}

guint
rt_calls_ask (RtCalls *self, guint16 port)
{
  GListModel *links;
  guint n = 0;

  g_return_val_if_fail (RT_IS_CALLS (self), 0);

  if (self->socket == NULL || port < P2P_APP_MIN_PORT)
    return 0;
  forget_old (self->before);
  links = G_LIST_MODEL (p2p_mesh_socket_get_routing_table (self->socket));
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < g_list_model_get_n_items (links) && n < RT_CALLS_ASKED; i++)
      {
        g_autoptr (P2pConnection) connection = g_list_model_get_item (links, i);

        if (!may_ask (self, connection, pass == 0))
          continue;
        /* what was found out before makes way for what is */
        if (n == 0)
          g_ptr_array_set_size (self->asked, 0);
        ask_one (self, p2p_connection_get_id (connection), port);
        n++;
      }
  if (n == 0)
    return 0;
  rt_timer_clear (&self->timer);
  self->timer = rt_timer_add (RT_CALLS_PATIENCE * 1000, "[rt-model] patience with neighbours", waited_cb, self);
  emit_changed (self);
  return n;
}

void
rt_calls_get_counts (RtCalls *self, RtCallCounts *counts)
{
  g_return_if_fail (RT_IS_CALLS (self));

  *counts = (RtCallCounts) { .n_asked = self->asked->len };
  for (guint i = 0; i < self->asked->len; i++)
    {
      const Asked *asked = self->asked->pdata[i];

      if (!asked->answered)
        counts->n_waiting++;
      else if (asked->outcome == P2P_APP_CALL_REACHED)
        *(asked->far ? &counts->n_reached_far : &counts->n_reached_near) += 1;
      else if (asked->outcome != P2P_APP_CALL_NOT_NOW)
        *(asked->far ? &counts->n_failed_far : &counts->n_failed_near) += 1;
    }
}

const char *
rt_calls_get_host (RtCalls *self)
{
  const char *host = NULL;

  g_return_val_if_fail (RT_IS_CALLS (self), NULL);

  for (guint i = 0; i < self->asked->len; i++)
    {
      const Asked *asked = self->asked->pdata[i];

      if (!asked->far)
        continue;
      if (host != NULL && !g_str_equal (host, asked->host))
        return NULL;
      host = asked->host;
    }
  return host;
}

/* ---- object ---- */

/* Somebody between may have said it on a link that is not encrypted; he himself proves it. */
static gboolean
may_be_another (RtCalls *self, P2pMessage *message)
{
  g_autoptr (GBytes) key = NULL;

  if (p2p_message_get_verified (message))
    return FALSE;
  key = p2p_mesh_socket_find_key (self->socket, p2p_message_get_sender (message));
  return key != NULL;
}

static void
app_frame_cb (RtCalls *self, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection)
{
  const char *sender = p2p_message_get_sender (message);
  P2pAppOp op = p2p_app_frame_get_op (frame);

  /* over a link between the two, and nobody speaks for another there */
  if ((op != P2P_APP_CALL && op != P2P_APP_CALLED) || p2p_message_get_flag (message) != P2P_FLAG_WHISPER || connection == NULL ||
      g_strcmp0 (p2p_connection_get_id (connection), sender) != 0 || may_be_another (self, message))
    return;
  if (op == P2P_APP_CALL)
    serve (self, frame, sender, connection);
  else
    take_answer (self, frame, sender);
}

static void
forget_socket (RtCalls *self)
{
  if (self->socket == NULL)
    return;
  g_clear_signal_handler (&self->frame_handler, self->socket);
  g_clear_object (&self->socket);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  rt_timer_clear (&self->timer);
  g_ptr_array_set_size (self->asked, 0);
}

static void
rt_calls_dispose (GObject *object)
{
  forget_socket (RT_CALLS (object));

  G_OBJECT_CLASS (rt_calls_parent_class)->dispose (object);
}

static void
rt_calls_finalize (GObject *object)
{
  RtCalls *self = RT_CALLS (object);

  g_ptr_array_unref (self->asked);
  g_ptr_array_unref (self->before);
  g_ptr_array_unref (self->served);

  G_OBJECT_CLASS (rt_calls_parent_class)->finalize (object);
}

static void
rt_calls_class_init (RtCallsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_calls_dispose;
  object_class->finalize = rt_calls_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rt_calls_init (RtCalls *self)
{
  self->asked = g_ptr_array_new_with_free_func (asked_free);
  self->before = g_ptr_array_new_with_free_func (served_free);
  self->served = g_ptr_array_new_with_free_func (served_free);
}

RtCalls *
rt_calls_new (void)
{
  return g_object_new (RT_TYPE_CALLS, NULL);
}

void
rt_calls_set_socket (RtCalls *self, P2pMeshSocket *socket)
{
  g_return_if_fail (RT_IS_CALLS (self));
  g_return_if_fail (socket == NULL || P2P_IS_MESH_SOCKET (socket));

  if (self->socket == socket)
    return;
  forget_socket (self);
  if (socket != NULL)
    {
      self->socket = g_object_ref (socket);
      self->cancellable = g_cancellable_new ();
      self->frame_handler = g_signal_connect_swapped (socket, "app-frame", G_CALLBACK (app_frame_cb), self);
    }
  emit_changed (self);
}
