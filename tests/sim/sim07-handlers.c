/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model of py2p does with a message: in its order, with its exceptions. */
#include "sim07-private.h"

#include <string.h>

#include "p2p/wire/p2p-base58.h"

#define MAX_AGE 60
#define HANDSHAKE_PACKETS 5

static Sim07Value *
packet (Sim07Message *message, guint index)
{
  return index < sim07_value_length (message->payload) ? sim07_value_get (message->payload, index) : NULL;
}

static void
set_value (Sim07Value **place, Sim07Value *value)
{
  sim07_value_ref (value);
  if (*place != NULL)
    sim07_value_unref (*place);
  *place = value;
}

/* ---- renegotiate ---- */

static Sim07Outcome
handle_methods (Sim07Conn *conn, Sim07Value *told)
{
  g_autoptr (Sim07Value) list = sim07_value_iterate (told);
  gboolean answer = !sim07_value_equal (conn->compression, told);
  Sim07Value *payload, *ours;
  guint8 common[8];
  gsize n;

  if (list == NULL)
    return SIM07_RAISED;
  set_value (&conn->compression, list);
  if (!answer)
    return SIM07_OK;
  if (sim07_common (conn->peer, list, common, &n) != SIM07_OK)
    return SIM07_RAISED;
  payload = sim07_value_list ();
  ours = sim07_value_list ();
  for (gsize i = 0; i < n; i++)
    sim07_value_add (ours, sim07_value_int (common[i]));
  sim07_value_add (payload, sim07_value_int (P2P_SUBFLAG_COMPRESSION));
  sim07_value_add (payload, ours);
  return sim07_send (conn, sim07_value_int (P2P_FLAG_RENEGOTIATE), payload);
}

/* The last payload once more, its sub-flag in the place of the main flag. */
static Sim07Outcome
resend (Sim07Conn *conn)
{
  g_autoptr (Sim07Value) last = sim07_value_ref (conn->last_sent);
  Sim07Value *payload;

  if (sim07_value_length (last) == 0)
    return SIM07_RAISED;
  payload = sim07_value_list ();
  for (guint i = 1; i < sim07_value_length (last); i++)
    sim07_value_add (payload, sim07_value_ref (sim07_value_get (last, i)));
  return sim07_send (conn, sim07_value_ref (sim07_value_get (last, 0)), payload);
}

static Sim07Outcome
handle_renegotiate (Sim07Conn *conn, Sim07Message *message, gboolean *handled)
{
  Sim07Value *subflag = packet (message, 0);
  Sim07Value *told = packet (message, 1);

  if (!sim07_value_is_int (message->type, P2P_FLAG_RENEGOTIATE))
    return SIM07_OK;
  if (subflag == NULL)
    return SIM07_MISSING;
  *handled = TRUE;
  if (sim07_value_is_int (subflag, P2P_SUBFLAG_COMPRESSION))
    return told != NULL ? handle_methods (conn, told) : SIM07_MISSING;
  if (sim07_value_is_int (subflag, P2P_SUBFLAG_RESEND))
    return resend (conn);
  *handled = FALSE;
  return SIM07_OK;
}

/* ---- broadcasts ---- */

static Sim07Outcome
relay (Sim07Conn *conn, Sim07Message *message)
{
  Sim07Peer *self = conn->peer;
  g_autoptr (GPtrArray) conns = g_ptr_array_new ();

  for (guint i = 0; i < self->table->len; i++)
    g_ptr_array_add (conns, g_array_index (self->table, Sim07Entry, i).conn);
  for (guint i = 0; i < conns->len; i++)
    {
      Sim07Conn *to = conns->pdata[i];

      if (to->id != NULL ? sim07_value_equal (to->id, message->sender) : message->sender->type == SIM07_NONE)
        continue;
      if (sim07_send_message (to, message) != SIM07_OK)
        return SIM07_RAISED;
    }
  sim07_seen_clean (self);
  return SIM07_OK;
}

static Sim07Outcome
handle_waterfall (Sim07Conn *conn, Sim07Message *message, gboolean *handled)
{
  if (!sim07_value_is_int (message->type, P2P_FLAG_BROADCAST))
    return SIM07_OK;
  if (!sim07_value_is_number (message->time))
    return SIM07_RAISED;
  *handled = TRUE;
  if (message->time->number < sim07_utc (conn->peer) - MAX_AGE ||
      !sim07_seen_add (conn->peer, g_bytes_get_data (message->plain, NULL), message->time->number))
    return SIM07_OK;
  *handled = FALSE;
  return relay (conn, message);
}

/* ---- handshakes ---- */

/* FALSE: the text is no number of base 58, which is an exception there. */
static gboolean
read_number (Sim07Value *id, guint8 number[64])
{
  g_autofree char *text = NULL;

  memset (number, 0, 64);
  if (id->type != SIM07_STR && id->type != SIM07_BIN)
    return FALSE;
  text = g_strndup (g_bytes_get_data (id->bytes, NULL), g_bytes_get_size (id->bytes));
  return strlen (text) == g_bytes_get_size (id->bytes) && (*text == '\0' || p2p_base58_decode_fixed (text, number, 64, NULL));
}

/*
 * Two links to one id. The loser is shut; the winner gets the key. When the newcomer lost, what follows in its handshake's handling
 * files it all the same.
 */
static Sim07Outcome
resolve_conflict (Sim07Conn *conn, Sim07Value *id)
{
  Sim07Peer *self = conn->peer;
  Sim07Conn *old = sim07_table_get (self, id);
  Sim07Conn *loser;
  guint8 own[64], other[64];

  if (!read_number (self->own_id, own) || !read_number (id, other))
    return SIM07_RAISED;
  loser = (memcmp (own, other, sizeof own) > 0) != conn->outgoing ? conn : old;
  if (sim07_disconnect (loser) != SIM07_OK)
    return SIM07_RAISED;
  sim07_table_put (self, id, loser == conn ? old : conn);
  return SIM07_OK;
}

static Sim07Outcome
handle_handshake (Sim07Conn *conn, Sim07Message *message)
{
  Sim07Peer *self = conn->peer;
  Sim07Value *id = packet (message, 1);
  g_autofree char *protocol = sim07_value_dup_str (packet (message, 2));
  Sim07Outcome outcome;

  if (g_strcmp0 (protocol, self->protocol_id) != 0)
    return sim07_disconnect (conn);
  if ((conn->addr != NULL && sim07_value_is_true (conn->addr)) || self->table->len > 0)
    {
      Sim07Conn *old;

      if (!sim07_value_is_hashable (id))
        return SIM07_RAISED;
      old = sim07_table_get (self, id);
      if (old != NULL && old != conn && resolve_conflict (conn, id) != SIM07_OK)
        return SIM07_RAISED;
    }
  set_value (&conn->id, id);
  set_value (&conn->addr, packet (message, 3));
  set_value (&conn->compression, packet (message, 4));
  g_ptr_array_remove (self->awaiting, conn);
  if (!sim07_value_is_hashable (id))
    return SIM07_RAISED;
  sim07_table_put (self, id, conn);
  outcome = sim07_send_peers (conn);
  return outcome == SIM07_OK && self->hooks.tell != NULL ? self->hooks.tell (conn, self->hooks_data) : outcome;
}

/* ---- the rest ---- */

static Sim07Outcome
handle_peers (Sim07Conn *conn, Sim07Message *message)
{
  Sim07Peer *self = conn->peer;
  Sim07Value *told = packet (message, 1);

  if (told == NULL)
    return SIM07_MISSING;
  self->list = sim07_value_iterate (told);
  if (self->list == NULL)
    return SIM07_RAISED;
  self->list_at = 0;
  self->list_conn = conn;
  return sim07_next_dial (self);
}

/* No request of ours is ever outstanding (P3), so nothing follows. */
static Sim07Outcome
handle_response (Sim07Message *message)
{
  Sim07Value *rid = packet (message, 1);

  if (rid == NULL)
    return SIM07_MISSING;
  return sim07_value_is_hashable (rid) ? SIM07_OK : SIM07_RAISED;
}

static Sim07Outcome
handle_request (Sim07Conn *conn, Sim07Message *message)
{
  Sim07Value *rid = packet (message, 1);
  Sim07Value *wanted = packet (message, 2);
  Sim07Value *payload, *info;
  Sim07Conn *found;

  if (rid == NULL)
    return SIM07_MISSING;
  if (rid->type == SIM07_BIN && g_bytes_get_size (rid->bytes) == 1 && *(const char *) g_bytes_get_data (rid->bytes, NULL) == '*')
    return sim07_send_peers (conn);
  if (wanted == NULL)
    return SIM07_MISSING;
  if (!sim07_value_is_hashable (wanted))
    return SIM07_RAISED;
  found = sim07_table_get (conn->peer, wanted);
  if (found == NULL)
    return SIM07_OK;
  info = sim07_value_list ();
  sim07_value_add (info, found->addr != NULL ? sim07_value_ref (found->addr) : sim07_value_none ());
  sim07_value_add (info, sim07_value_ref (wanted));
  payload = sim07_value_list ();
  sim07_value_add (payload, sim07_value_int (P2P_SUBFLAG_RESPONSE));
  sim07_value_add (payload, sim07_value_ref (rid));
  sim07_value_add (payload, info);
  return sim07_send (conn, sim07_value_int (P2P_FLAG_BROADCAST), payload);
}

static void
hear (Sim07Peer *self, Sim07Message *message)
{
  Sim07Heard *heard = g_new0 (Sim07Heard, 1);

  memcpy (heard->id, g_bytes_get_data (message->plain, NULL), sizeof heard->id);
  heard->sender = sim07_value_ref (message->sender);
  heard->payload = sim07_value_ref (message->payload);
  g_ptr_array_add (self->heard, heard);
}

Sim07Outcome
sim07_handle (Sim07Conn *conn, Sim07Message *message)
{
  Sim07Peer *self = conn->peer;
  gboolean handled = FALSE;
  Sim07Outcome outcome = handle_renegotiate (conn, message, &handled);
  Sim07Value *subflag;

  if (outcome == SIM07_OK && !handled)
    outcome = handle_waterfall (conn, message, &handled);
  if (outcome != SIM07_OK || handled)
    return outcome;
  subflag = packet (message, 0);
  if (subflag == NULL)
    return SIM07_MISSING;
  if (sim07_value_is_int (subflag, P2P_SUBFLAG_HANDSHAKE) && sim07_value_length (message->payload) == HANDSHAKE_PACKETS)
    return handle_handshake (conn, message);
  if (sim07_value_is_int (subflag, P2P_SUBFLAG_PEERS))
    return handle_peers (conn, message);
  if (sim07_value_is_int (subflag, P2P_SUBFLAG_RESPONSE))
    return handle_response (message);
  if (sim07_value_is_int (subflag, P2P_SUBFLAG_REQUEST))
    return handle_request (conn, message);
  if (self->hooks.handle != NULL)
    outcome = self->hooks.handle (conn, message, &handled, self->hooks_data);
  if (outcome != SIM07_OK || handled)
    return outcome;
  if (sim07_value_is_int (subflag, P2P_SUBFLAG_WHISPER) || sim07_value_is_int (subflag, P2P_SUBFLAG_BROADCAST))
    hear (self, message);
  return SIM07_OK;
}
