/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-mesh-node-private.h"

#include <string.h>

#include "../wire/p2p-base58.h"
#include "../wire/p2p-compression.h"

#define LOG_LINE_LENGTH 400

static void
free_status (gpointer data)
{
  P2pMeshStatus *status = data;

  g_free (status->text);
  g_free (status);
}

static gboolean
check_protocol (P2pEnv *env, P2pProtocol *protocol, GError **error)
{
  const char *version = p2p_protocol_get_version (protocol);
  const char *encryption = p2p_protocol_get_encryption (protocol);

  if (!g_str_equal (version, "0.7") && !g_str_equal (version, "0.6"))
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_FAILED,
                   "Version “%s” of the protocol is not spoken here: choose 0.7 or 0.6", version);
      return FALSE;
    }
  if (g_str_equal (encryption, P2P_ENCRYPTION_PLAINTEXT))
    return TRUE;
  if (!g_str_equal (encryption, P2P_ENCRYPTION_SSL))
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_UNKNOWN_ENCRYPTION,
                   "There is no encryption “%s”: choose %s or %s", encryption, P2P_ENCRYPTION_PLAINTEXT, P2P_ENCRYPTION_SSL);
      return FALSE;
    }
  if (!env->transport->ops->has_tls (env->transport))
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_TLS_UNAVAILABLE,
                           "This system has no TLS, which the encryption “SSL” needs: install glib-networking");
      return FALSE;
    }
  return TRUE;
}

/* As the originals do: another id after each start. */
static char *
make_passing_id (P2pEnv *env, P2pProtocol *protocol)
{
  guint8 bytes[16];
  g_autofree char *salt = NULL;

  p2p_random_fill (env->random, bytes, sizeof bytes);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  salt = g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                          bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
                          bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]);
  return p2p_node_id_from_address ("('0.0.0.0', 0)", protocol, salt);
}

P2pMeshNode *
p2p_mesh_node_new (P2pEnv *env, P2pProtocol *protocol, P2pIdentity *identity, const P2pLimits *limits, GError **error)
{
  P2pMeshNode *self;

  g_return_val_if_fail (env != NULL, NULL);
  g_return_val_if_fail (protocol != NULL, NULL);

  if (!check_protocol (env, protocol, error))
    return NULL;

  self = g_new0 (P2pMeshNode, 1);
  self->refs = 1;
  self->env = p2p_env_ref (env);
  self->protocol = p2p_protocol_ref (protocol);
  self->identity = identity != NULL ? p2p_identity_ref (identity) : NULL;
  if (limits != NULL)
    self->limits = *limits;
  else
    p2p_limits_init (&self->limits);
  self->budget = p2p_budget_new (&self->limits);
  self->secure = g_str_equal (p2p_protocol_get_encryption (protocol), P2P_ENCRYPTION_SSL);
  self->id = identity != NULL ? p2p_identity_get_node_id (identity, protocol) : make_passing_id (env, protocol);
  p2p_base58_decode_fixed (self->id, self->number, sizeof self->number, NULL);

  self->own_frames = TRUE;
  self->deferred = g_array_new (FALSE, FALSE, sizeof (P2pMeshEvent));
  self->table = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_peer_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->pending = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_peer_unref);
  self->draining = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_peer_unref);
  self->dials = g_ptr_array_new ();
  self->requests = g_ptr_array_new ();
  self->max_outgoing = P2P_LIMIT_MAX_OUTGOING;
  self->accept_tokens = self->limits.accepts_per_second;
  self->accept_filled = p2p_clock_now (env->clock);
  self->seen = p2p_seen_set_new (env->random, self->limits.seen_ids, self->limits.seen_seconds * G_TIME_SPAN_SECOND);
  self->book = p2p_address_book_new (&self->limits, env->random, p2p_mesh_known_changed, self);
  self->blocked = p2p_block_list_new ();
  g_queue_init (&self->parted);
  self->said = p2p_seen_set_new (env->random, self->limits.seen_ids, self->limits.seen_seconds * G_TIME_SPAN_SECOND);
  self->started = p2p_clock_utc_seconds (env->clock);
  /* Nothing is offered that who had it may have forgotten. */
  self->cache = p2p_message_cache_new (self->limits.cache_messages, self->limits.cache_bytes,
                                       MIN (self->limits.cache_seconds, self->limits.seen_seconds) * G_TIME_SPAN_SECOND);
  self->served = p2p_seen_set_new (env->random, self->limits.seen_ids, self->limits.seen_seconds * G_TIME_SPAN_SECOND);
  p2p_mesh_want_init (self);
  p2p_mesh_app_init (self);
  g_queue_init (&self->status);
  return self;
}

P2pMeshNode *
p2p_mesh_node_ref (P2pMeshNode *self)
{
  self->refs++;
  return self;
}

void
p2p_mesh_node_unref (P2pMeshNode *self)
{
  if (--self->refs > 0)
    return;

  self->events = NULL;
  self->layer = NULL;
  if (!self->closed)
    {
      /* Alive once more for the closing, whose news nobody waits for any more. */
      self->refs = 1;
      p2p_mesh_node_close (self);
      self->refs = 0;
    }
  p2p_mesh_node_clear_events (self);
  g_array_unref (self->deferred);
  g_ptr_array_unref (self->table);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->pending);
  g_ptr_array_unref (self->draining);
  g_ptr_array_unref (self->dials);
  g_ptr_array_unref (self->requests);
  p2p_seen_set_free (self->seen);
  p2p_seen_set_free (self->said);
  p2p_message_cache_free (self->cache);
  p2p_seen_set_free (self->served);
  g_hash_table_unref (self->wanted_by_id);
  g_ptr_array_unref (self->wanted);
  p2p_budget_free (self->budget);
  p2p_address_book_free (self->book);
  p2p_block_list_free (self->blocked);
  p2p_mesh_lab_clear (self);
  g_queue_clear_full (&self->parted, g_free);
  g_queue_clear_full (&self->status, free_status);
  g_clear_pointer (&self->filler, p2p_message_unref);
  g_clear_pointer (&self->identity, p2p_identity_unref);
  p2p_protocol_unref (self->protocol);
  p2p_env_unref (self->env);
  g_free (self->id);
  g_free (self->host);
  g_free (self->out_host);
  g_free (self->lan_host);
  g_free (self);
}

void
p2p_mesh_node_set_events (P2pMeshNode *self, const P2pMeshNodeEvents *events, gpointer data)
{
  self->events = events;
  self->events_data = data;
}

void
p2p_mesh_node_set_layer (P2pMeshNode *self, const P2pMeshLayer *layer, gpointer data)
{
  self->layer = layer;
  self->layer_data = data;
}

gboolean
p2p_mesh_node_is_closed (P2pMeshNode *self)
{
  return self->closed;
}

gboolean
p2p_mesh_node_close (P2pMeshNode *self)
{
  g_autoptr (GError) closed = NULL;

  if (self->closed)
    return FALSE;

  p2p_mesh_node_enter (self);
  if (self->layer != NULL && self->layer->closing != NULL)
    self->layer->closing (self->layer_data);
  if (self->guard != NULL && self->guard->closing != NULL)
    self->guard->closing (self->guard_data);
  self->closed = TRUE;
  closed = g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed");
  p2p_mesh_log (self, 1, "closing");
  if (self->listener != 0)
    self->env->transport->ops->unlisten (self->env->transport, self->listener);
  self->listener = 0;
  p2p_clock_cancel (self->env->clock, self->accept_timer);
  p2p_clock_cancel (self->env->clock, self->announce_timer);
  p2p_clock_cancel (self->env->clock, self->want_timer);
  self->announce_timer = self->want_timer = 0;
  p2p_mesh_want_clear (self);
  p2p_mesh_app_clear (self);
  p2p_clock_cancel (self->env->clock, self->heal_timer);
  p2p_clock_cancel (self->env->clock, self->discover_timer);
  p2p_clock_cancel (self->env->clock, self->ask_timer);
  self->accept_timer = self->heal_timer = self->ask_timer = self->discover_timer = 0;
  p2p_mesh_node_cancel_dials (self, closed);
  p2p_mesh_end_requests (self, closed);
  while (self->draining->len > 0)
    p2p_mesh_peer_end (g_ptr_array_index (self->draining, self->draining->len - 1), g_error_copy (closed));
  while (self->pending->len > 0)
    p2p_mesh_peer_end (g_ptr_array_index (self->pending, self->pending->len - 1), g_error_copy (closed));
  while (self->table->len > 0)
    p2p_mesh_peer_end (g_ptr_array_index (self->table, self->table->len - 1),
                       g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED, "The node was closed"));
  if (self->layer != NULL && self->layer->closed != NULL)
    self->layer->closed (self->layer_data);
  p2p_mesh_node_leave (self);
  return TRUE;
}

P2pMeshOp
p2p_mesh_node_new_op (P2pMeshNode *self, P2pMeshOpFunc func, gpointer data)
{
  return (P2pMeshOp) { .handle = ++self->next_handle, .func = func, .data = data };
}

void
p2p_mesh_node_cancel (P2pMeshNode *self, guint64 handle)
{
  if (handle == 0 || p2p_mesh_node_forget_op (self, handle))
    return;
  p2p_mesh_node_enter (self);
  if (!p2p_mesh_node_cancel_dial_op (self, handle))
    p2p_mesh_cancel_request (self, handle);
  p2p_mesh_node_leave (self);
}

/* Parts of a line came from others: nothing that a terminal would obey, and no novels. */
static char *
make_safe (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *safe = g_string_new (NULL);

  for (const char *at = valid; *at != '\0' && safe->len < LOG_LINE_LENGTH; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_isprint (c) && g_unichar_type (c) != G_UNICODE_FORMAT)
        g_string_append_unichar (safe, c);
      else
        g_string_append_printf (safe, "\\u{%x}", c);
    }
  return g_string_free (safe, FALSE);
}

void
p2p_mesh_node_log_text (P2pMeshNode *self, guint level, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *safe = NULL;
  va_list args;

  if (self->events == NULL || self->events->log == NULL)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  safe = make_safe (text);
  self->events->log (level, safe, self->events_data);
}

void
p2p_mesh_node_add_status (P2pMeshNode *self, const GError *error, const char *text)
{
  P2pMeshStatus *status = g_new (P2pMeshStatus, 1);

  status->domain = error->domain;
  status->code = error->code;
  status->when = p2p_clock_utc (self->env->clock);
  status->text = g_strdup (text);
  g_queue_push_tail (&self->status, status);
  while (self->status.length > self->limits.status_entries)
    free_status (g_queue_pop_head (&self->status));
}

GVariant *
p2p_mesh_node_get_status (P2pMeshNode *self)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sxs)"));

  for (GList *l = self->status.head; l != NULL; l = l->next)
    {
      P2pMeshStatus *status = l->data;
      GError error = { .domain = status->domain, .code = status->code };
      g_autofree char *name = p2p_error_get_code_name (&error);
      g_autofree char *text = g_utf8_make_valid (status->text, -1);

      g_variant_builder_add (&list, "(sxs)", name, status->when, text);
    }
  return g_variant_ref_sink (g_variant_builder_end (&list));
}

gboolean
p2p_rate_window_take (P2pRateWindow *window, gint64 now, guint max, guint seconds)
{
  if (window->count == 0 || now - window->began >= seconds * G_TIME_SPAN_SECOND)
    *window = (P2pRateWindow) { .began = now };
  if (window->count >= max)
    return FALSE;
  window->count++;
  return TRUE;
}

void
p2p_mesh_node_get_stats (P2pMeshNode *self, P2pNodeStats *stats)
{
  GPtrArray *lists[] = { self->table, self->pending, self->draining };

  *stats = self->counters;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < lists[i]->len; j++)
      {
        P2pLinkStats link;

        p2p_peer_get_stats (g_ptr_array_index (lists[i], j), &link);
        stats->messages_in += link.messages_in;
        stats->messages_out += link.messages_out;
        stats->bytes_in += link.bytes_in;
        stats->bytes_out += link.bytes_out;
      }
  stats->links_established = self->table->len;
  stats->links_pending = self->pending->len;
  stats->dials = self->dials->len;
}

void
p2p_mesh_node_set_debug_level (P2pMeshNode *self, guint level)
{
  self->debug_level = level;
}

void
p2p_mesh_node_set_max_outgoing (P2pMeshNode *self, guint max_outgoing)
{
  self->max_outgoing = max_outgoing;
  if (self->closed)
    return;
  p2p_mesh_node_enter (self);
  p2p_mesh_heal (self);
  p2p_mesh_node_leave (self);
}

void
p2p_mesh_node_set_methods (P2pMeshNode *self, const guint8 *methods, gsize n_methods)
{
  self->n_methods = MIN (n_methods, sizeof self->methods);
  memcpy (self->methods, methods, self->n_methods);
  self->own_methods = TRUE;
}

const guint8 *
p2p_mesh_node_get_methods (P2pMeshNode *self, gsize *n_methods)
{
  if (!self->own_methods)
    return p2p_get_compression_methods (n_methods);
  *n_methods = self->n_methods;
  return self->methods;
}

P2pProtocol *
p2p_mesh_node_get_protocol (P2pMeshNode *self)
{
  return self->protocol;
}

P2pIdentity *
p2p_mesh_node_get_identity (P2pMeshNode *self)
{
  return self->identity;
}

const P2pLimits *
p2p_mesh_node_get_limits (P2pMeshNode *self)
{
  return &self->limits;
}

P2pEnv *
p2p_mesh_node_get_env (P2pMeshNode *self)
{
  return self->env;
}

const char *
p2p_mesh_node_get_id (P2pMeshNode *self)
{
  return self->id;
}

guint
p2p_mesh_node_get_max_outgoing (P2pMeshNode *self)
{
  return self->max_outgoing;
}

guint
p2p_mesh_node_get_debug_level (P2pMeshNode *self)
{
  return self->debug_level;
}

guint
p2p_mesh_node_get_n_peers (P2pMeshNode *self)
{
  return self->table->len;
}

P2pPeer *
p2p_mesh_node_get_peer (P2pMeshNode *self, guint index)
{
  return g_ptr_array_index (self->table, index);
}

P2pPeer *
p2p_mesh_node_find_peer (P2pMeshNode *self, const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}
