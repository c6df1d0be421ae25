/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-gio-private.h"
#include <errno.h>

static P2pLinkError
find_code (const GError *error)
{
  if (error->domain == P2P_LINK_ERROR)
    return (P2pLinkError) error->code;
  if (error->domain == G_RESOLVER_ERROR)
    return P2P_LINK_ERROR_NOT_RESOLVED;
  if (error->domain == G_TLS_ERROR)
    return P2P_LINK_ERROR_TLS;
  if (error->domain != G_IO_ERROR)
    return P2P_LINK_ERROR_FAILED;

  switch (error->code)
    {
    case G_IO_ERROR_CONNECTION_REFUSED:
      return P2P_LINK_ERROR_REFUSED;
    case G_IO_ERROR_TIMED_OUT:
      return P2P_LINK_ERROR_TIMED_OUT;
    case G_IO_ERROR_HOST_UNREACHABLE:
    case G_IO_ERROR_NETWORK_UNREACHABLE:
    case G_IO_ERROR_PERMISSION_DENIED:  /* a broadcast address, or a firewall of our own */
      return P2P_LINK_ERROR_UNREACHABLE;
    case G_IO_ERROR_HOST_NOT_FOUND:
      return P2P_LINK_ERROR_NOT_RESOLVED;
    case G_IO_ERROR_INVALID_ARGUMENT:
      return P2P_LINK_ERROR_BAD_ADDRESS;
    case G_IO_ERROR_ADDRESS_IN_USE:
      return P2P_LINK_ERROR_ADDRESS_IN_USE;
    case G_IO_ERROR_CONNECTION_CLOSED:  /* = BROKEN_PIPE; ECONNRESET too */
      return P2P_LINK_ERROR_CLOSED_BY_PEER;
    default:
      return P2P_LINK_ERROR_FAILED;
    }
}

static const char *
find_words (P2pLinkError code)
{
  switch ((guint) code)
    {
    case P2P_LINK_ERROR_REFUSED:
      return "Connection refused: nobody listens there";
    case P2P_LINK_ERROR_TIMED_OUT:
      return "No answer in time";
    case P2P_LINK_ERROR_UNREACHABLE:
      return "There is no way to this address";
    case P2P_LINK_ERROR_NOT_RESOLVED:
      return "The name of the host could not be resolved";
    case P2P_LINK_ERROR_BAD_ADDRESS:
      return "This is not an address";
    case P2P_LINK_ERROR_TLS:
      return "The encrypted connection could not be set up";
    case P2P_LINK_ERROR_ADDRESS_IN_USE:
      return "The address is in use already";
    case P2P_LINK_ERROR_CLOSED_BY_PEER:
      return "The peer broke the connection";
    default:
      return NULL;
    }
}

GError *
p2p_gio_error_new (const char *address, const GError *error)
{
  P2pLinkError code = find_code (error);
  const char *words = find_words (code);
  g_autoptr (GString) message = g_string_new (NULL);

  if (address != NULL)
    g_string_append_printf (message, "%s: ", address);
  if (error->domain == P2P_LINK_ERROR || words == NULL)
    g_string_append (message, error->message);
  else if (error->domain == G_IO_ERROR)
    g_string_append (message, words);
  else
    g_string_append_printf (message, "%s (%s)", words, error->message);
  return g_error_new_literal (P2P_LINK_ERROR, (gint) code, message->str);
}

GError *
p2p_gio_error_new_errno (int code)
{
  g_autoptr (GError) error = NULL;

  if (code == ECONNRESET || code == EPIPE)
    return g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER, "The peer broke the connection");
  error = g_error_new_literal (G_IO_ERROR, (gint) g_io_error_from_errno (code), g_strerror (code));
  return p2p_gio_error_new (NULL, error);
}
