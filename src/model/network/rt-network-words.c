/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why there is no link, in words. */
#include "config.h"

#include "rt-network-private.h"

#include <glib/gi18n-lib.h>

/* Translators: in all of these %s is an address, as in 10.0.0.5:4444 */
static const char *
format_for_link_error (int code)
{
  switch (code)
    {
    case P2P_LINK_ERROR_REFUSED:
      return N_("Nobody listens at %s");
    case P2P_LINK_ERROR_TIMED_OUT:
      return N_("No answer from %s");
    case P2P_LINK_ERROR_UNREACHABLE:
      return N_("There is no way to %s");
    case P2P_LINK_ERROR_NOT_RESOLVED:
      return N_("There is no computer of the name %s");
    case P2P_LINK_ERROR_BAD_ADDRESS:
      return N_("%s is no usable address");
    case P2P_LINK_ERROR_TLS:
      return N_("No encrypted connection to %s: perhaps the network there is not encrypted");
    case P2P_LINK_ERROR_WRONG_NETWORK:
      return N_("Wrong network name at %s");
    case P2P_LINK_ERROR_SELF:
      return N_("%s is this very node");
    case P2P_LINK_ERROR_WRONG_ID:
      return N_("Somebody else answered at %s");
    case P2P_LINK_ERROR_DUPLICATE:
      return N_("There is a connection to the node at %s already");
    case P2P_LINK_ERROR_HANDSHAKE_TIMEOUT:
      return N_("%s answers, but does not speak as a peer: perhaps another program, or another encryption");
    case P2P_LINK_ERROR_HANDSHAKE:
    case P2P_LINK_ERROR_FRAME:
    case P2P_LINK_ERROR_FRAME_TOO_LARGE:
    case P2P_LINK_ERROR_FRAME_STALLED:
      return N_("What %s sends makes no sense here");
    case P2P_LINK_ERROR_QUEUE_FULL:
      return N_("%s reads too slowly");
    case P2P_LINK_ERROR_CLOSED_BY_PEER:
      return N_("%s closed the connection");
    case P2P_LINK_ERROR_CLOSED:
      return N_("The connection to %s was closed here");
    case P2P_LINK_ERROR_TOO_MANY:
      return N_("Too many connections for one more to %s");
    case P2P_LINK_ERROR_SILENT:
      return N_("%s fell silent");
    case P2P_LINK_ERROR_MISBEHAVED:
      return N_("%s was kept out: it sent what no honest program sends");
    case P2P_LINK_ERROR_BLOCKED:
      return N_("%s is blocked here");
    case P2P_LINK_ERROR_SPLIT:
      return N_("The lab mode keeps %s apart");
    case P2P_LINK_ERROR_IDENTITY:
      return N_("%s could not prove who it is: somebody may be in between");
    case P2P_LINK_ERROR_SECRET:
      return N_("The network at %s has another secret than this one, or only one of the two has any");
    case P2P_LINK_ERROR_NOT_CONNECTED:
      return N_("There is no connection to %s");
    case P2P_LINK_ERROR_NOT_FOUND:
      return N_("Nobody knows where %s is");
    default:
      return NULL;
    }
}

char *
rt_words_for_error (const GError *error, const char *address)
{
  const char *format = NULL;

  if (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_TLS_UNAVAILABLE))
    return g_strdup (_("This system cannot encrypt: glib-networking is missing"));
  if (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED))
    return g_strdup (_("The network is off"));
  if (error->domain == P2P_LINK_ERROR && address != NULL)
    format = format_for_link_error (error->code);
  if (format == NULL)
    {
      g_autofree char *message = rt_sanitise_line (error->message, RT_MESSAGE_MAX_TEXT);

      return address != NULL ? g_strdup_printf ("%s: %s", address, message) : g_steal_pointer (&message);
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return g_strdup_printf (_(format), address);
#pragma GCC diagnostic pop
}

gboolean
rt_error_is_lasting (const GError *error)
{
  if (error->domain != P2P_LINK_ERROR)
    return FALSE;
  switch (error->code)
    {
    case P2P_LINK_ERROR_TLS:
    case P2P_LINK_ERROR_WRONG_NETWORK:
    case P2P_LINK_ERROR_HANDSHAKE:
    case P2P_LINK_ERROR_HANDSHAKE_TIMEOUT:
    case P2P_LINK_ERROR_NOT_RESOLVED:
    case P2P_LINK_ERROR_BAD_ADDRESS:
    case P2P_LINK_ERROR_IDENTITY:
    case P2P_LINK_ERROR_SECRET:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
rt_error_is_of_dial (const GError *error)
{
  if (error->domain != P2P_LINK_ERROR)
    return FALSE;
  switch (error->code)
    {
    case P2P_LINK_ERROR_REFUSED:
    case P2P_LINK_ERROR_TIMED_OUT:
    case P2P_LINK_ERROR_UNREACHABLE:
    case P2P_LINK_ERROR_NOT_RESOLVED:
    case P2P_LINK_ERROR_WRONG_ID:
      return TRUE;
    default:
      return FALSE;
    }
}

char *
rt_span_words (gint64 seconds)
{
  /* far beyond what is worth telling apart */
  const gint64 most = 1000000000;
  int span = (int) ABS (CLAMP (seconds, -most, most));

  if (span < 120)
    return g_strdup_printf (ngettext ("%d second", "%d seconds", (gulong) span), span);
  if (span < 7200)
    return g_strdup_printf (ngettext ("%d minute", "%d minutes", (gulong) (span / 60)), span / 60);
  if (span < 2 * 86400)
    return g_strdup_printf (ngettext ("%d hour", "%d hours", (gulong) (span / 3600)), span / 3600);
  return g_strdup_printf (ngettext ("%d day", "%d days", (gulong) (span / 86400)), span / 86400);
}

char *
rt_clock_words (gint64 skew)
{
  g_autofree char *span = NULL;

  if (skew == 0)
    return NULL;
  span = rt_span_words (skew);
  /* Translators: %s is a time, as in "3 minutes" */
  return g_strdup_printf (skew > 0 ? _("The clock of this computer seems to be %s ahead of the others’. Messages get lost until it is right.")
                                   : _("The clock of this computer seems to be %s behind the others’. Messages get lost until it is right."), span);
}
