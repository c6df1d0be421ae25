/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* "Can you come to me?", and what came of it. */
#include "p2p-app-frame-private.h"

#include <string.h>

#include "../wire/p2p-value-private.h"

/**
 * p2p_app_frame_new_call:
 * @token: a number that the answer repeats, not negative
 * @port: where the sender listens, %P2P_APP_MIN_PORT or greater
 * @error: return location
 *
 * Makes a frame that asks a neighbour to come to the address that the link with the sender comes from, at this port.
 *
 * Returns: (transfer full): the frame; %NULL with %P2P_WIRE_ERROR_VALUE
 */
P2pAppFrame *
p2p_app_frame_new_call (gint64 token, guint16 port, GError **error)
{
  P2pAppFrame *self;

  if (token < 0 || port < P2P_APP_MIN_PORT)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE, "A token is not negative, and the port of a call is %d or greater", P2P_APP_MIN_PORT);
      return NULL;
    }
  self = p2p_app_frame_alloc (P2P_APP_CALL);
  self->token = token;
  self->n = port;
  return self;
}

/**
 * p2p_app_frame_new_called:
 * @token: that of the question
 * @outcome: what came of it
 * @host: the address that the link with who asked comes from, in numbers
 * @error: return location
 *
 * Makes a frame that answers one of %P2P_APP_CALL.
 *
 * Returns: (transfer full): the frame; %NULL with %P2P_WIRE_ERROR_VALUE
 */
P2pAppFrame *
p2p_app_frame_new_called (gint64 token, P2pAppCallOutcome outcome, const char *host, GError **error)
{
  P2pAppFrame *self;

  g_return_val_if_fail (host != NULL, NULL);

  if (token < 0 || strlen (host) > P2P_APP_MAX_HOST || !p2p_text_is_valid (host, strlen (host)))
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE, "A token is not negative, and an address has at most %d bytes of text", P2P_APP_MAX_HOST);
      return NULL;
    }
  self = p2p_app_frame_alloc (P2P_APP_CALLED);
  self->token = token;
  self->flags = outcome;
  self->host = g_strdup (host);
  return self;
}

/**
 * p2p_app_frame_get_port:
 * @self: a frame
 *
 * Where the sender of a frame of %P2P_APP_CALL says that he listens.
 *
 * Returns: %P2P_APP_MIN_PORT or greater; 0 in other frames
 */
guint16
p2p_app_frame_get_port (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->op == P2P_APP_CALL ? (guint16) self->n : 0;
}

/**
 * p2p_app_frame_get_outcome:
 * @self: a frame
 *
 * What came of a call, as a frame of %P2P_APP_CALLED says: a claim.
 *
 * Returns: what came of it; what later versions say is %P2P_APP_CALL_NOT_NOW
 */
P2pAppCallOutcome
p2p_app_frame_get_outcome (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, P2P_APP_CALL_NOT_NOW);

  return self->op == P2P_APP_CALLED && self->flags < P2P_APP_CALL_NOT_NOW ? (P2pAppCallOutcome) self->flags : P2P_APP_CALL_NOT_NOW;
}

/**
 * p2p_app_frame_get_host:
 * @self: a frame
 *
 * The address that the sender of a frame of %P2P_APP_CALLED sees us at: a claim, in his words.
 *
 * Returns: (transfer none) (nullable): an address, or anything else
 */
const char *
p2p_app_frame_get_host (P2pAppFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->host;
}
