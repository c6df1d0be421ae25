/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "model/network/rt-network.h"
#include "rt-peer-facts.h"
#include "rt-peer-format.h"
#include "rt-peer-notes.h"

const char *
rt_peer_fact_get_title (RtPeerFact fact)
{
  switch (fact)
    {
    case RT_PEER_FACT_STATE: return _("State");
    case RT_PEER_FACT_ID: return _("Id");
    /* Translators: of who is at the other end of a connection */
    case RT_PEER_FACT_PROOF: return _("Proof");
    case RT_PEER_FACT_ADDRESS: return _("Address");
    case RT_PEER_FACT_SOCKET: return _("Connected from or to");
    case RT_PEER_FACT_DIRECTION: return _("Direction");
    case RT_PEER_FACT_PROGRAM: return _("Program");
    case RT_PEER_FACT_ROUND_TRIP: return _("Round trip");
    case RT_PEER_FACT_CLOCK: return _("Clock");
    case RT_PEER_FACT_ENCRYPTION: return _("Encryption");
    case RT_PEER_FACT_COMPRESSION: return _("Compression");
    case RT_PEER_FACT_VERSION: return _("Wire version");
    case RT_PEER_FACT_SINCE: return _("Since");
    case RT_PEER_FACT_HEARD: return _("Last heard");
    case RT_PEER_FACT_RECEIVED: return _("Received");
    case RT_PEER_FACT_SENT: return _("Sent");
    case RT_PEER_FACT_QUEUED: return _("Waiting to be sent");
    case RT_PEER_FACT_DROPPED:
    case RT_PEER_N_FACTS:
    default: return _("Dropped");
    }
}

static char *
dup_state (P2pConnection *connection)
{
  const GError *error = p2p_connection_get_error (connection);
  g_autofree char *state = format_connection_state (NULL, p2p_connection_get_state (connection));
  g_autofree char *cause = error != NULL ? rt_sanitise_line (error->message, 512) : NULL;

  if (cause == NULL)
    return g_steal_pointer (&state);
  /* Translators: the state of a connection, then its cause */
  return g_strdup_printf (_("%s: %s"), state, cause);
}

static char *
dup_proof (P2pConnection *connection)
{
  /* without encryption there is nothing that the proof could be bound to */
  if (p2p_connection_get_verified (connection) && g_strcmp0 (p2p_connection_get_encryption (connection), "SSL") != 0)
    return g_strdup (_("Signed: it has the key of this id. Without encryption somebody in between can read along, and change what is not signed"));
  if (p2p_connection_get_verified (connection))
    return g_strdup (_("Signed: it has the key of this id, and nobody is in between"));
  return p2p_connection_get_id (connection) != NULL ? g_strdup (_("Not verified: that it is this id is a claim, as with py2p and js2p")) : NULL;
}

static char *
dup_socket (P2pConnection *connection)
{
  g_autofree char *host = NULL;
  guint port = 0;

  g_object_get (connection, "peer-host", &host, "peer-port", &port, NULL);
  return format_peer_address (NULL, host, port);
}

static char *
dup_program (P2pConnection *connection)
{
  gint64 round_trip, offset;
  gboolean own;
  P2pIdForm form = P2P_ID_FORM_STR;

  if (p2p_connection_get_id (connection) == NULL)
    return NULL;
  g_object_get (connection, "id-form", &form, NULL);
  rt_peer_get_signs (connection, &own, &round_trip, &offset);
  return rt_peer_program_words (own, form);
}

static char *
dup_time (P2pConnection *connection,
          RtPeerFact     fact)
{
  gint64 round_trip, offset;
  gboolean own;

  rt_peer_get_signs (connection, &own, &round_trip, &offset);
  return fact == RT_PEER_FACT_CLOCK ? rt_peer_clock_words (offset) : rt_peer_round_trip_words (round_trip);
}

static char *
dup_traffic (P2pConnection *connection,
             const char    *property,
             guint64        bytes)
{
  g_autofree char *size = format_bytes (NULL, bytes);
  g_autofree char *number = NULL;
  guint64 n = 0;

  g_object_get (connection, property, &n, NULL);
  number = g_strdup_printf ("%'" G_GUINT64_FORMAT, n);
  /* Translators: a size, as in "12 kB", then a number of messages */
  return g_strdup_printf (ngettext ("%s in %s message", "%s in %s messages", (gulong) n), size, number);
}

static char *
dup_moment (gint64 utc_us)
{
  return utc_us > 0 ? format_moment (NULL, utc_us) : NULL;
}

char *
rt_peer_fact_dup_value (RtPeerFact     fact,
                        P2pConnection *connection)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (connection), NULL);

  switch (fact)
    {
    case RT_PEER_FACT_STATE: return dup_state (connection);
    case RT_PEER_FACT_ID: return p2p_connection_get_id (connection) != NULL ? rt_sanitise_line (p2p_connection_get_id (connection), 256) : NULL;
    case RT_PEER_FACT_PROOF: return dup_proof (connection);
    case RT_PEER_FACT_ADDRESS: return format_peer_address (NULL, p2p_connection_get_host (connection), p2p_connection_get_port (connection));
    case RT_PEER_FACT_SOCKET: return dup_socket (connection);
    case RT_PEER_FACT_DIRECTION: return format_direction (NULL, p2p_connection_get_outgoing (connection));
    case RT_PEER_FACT_PROGRAM: return dup_program (connection);
    case RT_PEER_FACT_ROUND_TRIP: return dup_time (connection, fact);
    case RT_PEER_FACT_CLOCK: return dup_time (connection, fact);
    case RT_PEER_FACT_ENCRYPTION: return format_encryption (NULL, p2p_connection_get_encryption (connection));
    case RT_PEER_FACT_COMPRESSION: return format_compression (NULL, (int) p2p_connection_get_compression (connection));
    case RT_PEER_FACT_VERSION: return g_strdup (p2p_connection_get_version (connection));
    case RT_PEER_FACT_SINCE: return dup_moment (p2p_connection_get_since (connection));
    case RT_PEER_FACT_HEARD: return dup_moment (p2p_connection_get_last_heard (connection));
    case RT_PEER_FACT_RECEIVED: return dup_traffic (connection, "messages-in", p2p_connection_get_bytes_in (connection));
    case RT_PEER_FACT_SENT: return dup_traffic (connection, "messages-out", p2p_connection_get_bytes_out (connection));
    case RT_PEER_FACT_QUEUED: return format_bytes (NULL, p2p_connection_get_queued (connection));
    case RT_PEER_FACT_DROPPED:
    case RT_PEER_N_FACTS:
    default:
      {
        char *drops = rt_peer_notes_dup_drops (connection);

        return drops != NULL ? drops : g_strdup (_("Nothing"));
      }
    }
}

char *
rt_peer_facts_dup_text (P2pConnection *connection)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < RT_PEER_N_FACTS; i++)
    {
      g_autofree char *value = rt_peer_fact_dup_value (i, connection);

      if (value != NULL)
        g_string_append_printf (text, "%s: %s\n", rt_peer_fact_get_title (i), value);
    }
  return g_string_free (text, FALSE);
}
