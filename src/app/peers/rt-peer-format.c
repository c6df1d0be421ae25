/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "model/timeline/rt-message-item.h"
#include "model/networks/rt-network-config.h"
#include "app/chat/rt-chat-trust.h"
#include "rt-peer-format.h"

/* A peer announces its host itself: longer ones are cut. A host name has 253 bytes at most. */
#define HOST_MAX_BYTES 256
#define ENCRYPTION_MAX_BYTES 32

char *
format_peer_name (gpointer    unused,
                  const char *id)
{
  return id != NULL ? rt_short_id (id) : g_strdup (_("Not known yet"));
}

char *
format_peer_address (gpointer    unused,
                     const char *host,
                     guint       port)
{
  g_autofree char *line = NULL;

  if (host == NULL || *host == '\0')
    return g_strdup ("");
  line = rt_sanitise_line (host, HOST_MAX_BYTES);
  return rt_format_address (line, (guint16) MIN (port, G_MAXUINT16));
}

char *
format_direction (gpointer unused,
                  gboolean outgoing)
{
  /* Translators: who made the connection: we did, or the other one did */
  return g_strdup (outgoing ? _("Outgoing") : _("Incoming"));
}

char *
format_connection_state (gpointer unused,
                         int      state)
{
  switch (state)
    {
    case P2P_CONNECTION_HANDSHAKE:
      return g_strdup (_("Saying hello…"));
    case P2P_CONNECTION_ESTABLISHED:
      return g_strdup (_("Connected"));
    case P2P_CONNECTION_CLOSED:
    default:
      return g_strdup (_("Closed"));
    }
}

char *
format_connection_icon (gpointer unused,
                        int      state)
{
  switch (state)
    {
    case P2P_CONNECTION_HANDSHAKE:
      return g_strdup ("content-loading-symbolic");
    case P2P_CONNECTION_ESTABLISHED:
      return g_strdup ("emblem-ok-symbolic");
    case P2P_CONNECTION_CLOSED:
    default:
      return g_strdup ("network-offline-symbolic");
    }
}

/* The state, and whether it is proved who is there. */
char *
format_connection_standing (gpointer unused,
                            int      state,
                            gboolean verified)
{
  g_autofree char *words = format_connection_state (unused, state);

  if (state != P2P_CONNECTION_ESTABLISHED)
    return g_steal_pointer (&words);
  /* Translators: of a connection: "Connected", then "Signed" or "Not verified" */
  return g_strdup_printf (_("%s · %s"), words, rt_person_state_word (verified ? RT_PERSON_SIGNED : RT_PERSON_UNVERIFIED));
}

char *
format_connection_proof (gpointer unused,
                         int      state,
                         gboolean verified)
{
  if (state != P2P_CONNECTION_ESTABLISHED)
    return g_strdup ("");
  return g_strdup (rt_person_state_word (verified ? RT_PERSON_SIGNED : RT_PERSON_UNVERIFIED));
}

char *
format_connection_icon_of (gpointer unused,
                           int      state,
                           gboolean verified)
{
  if (state != P2P_CONNECTION_ESTABLISHED)
    return format_connection_icon (unused, state);
  return g_strdup (verified ? rt_person_state_icon (RT_PERSON_SIGNED) : "emblem-ok-symbolic");
}

char *
format_encryption (gpointer    unused,
                   const char *encryption)
{
  if (g_strcmp0 (encryption, P2P_ENCRYPTION_PLAINTEXT) == 0)
    /* Translators: a connection without encryption */
    return g_strdup (_("None"));
  return encryption != NULL ? rt_sanitise_line (encryption, ENCRYPTION_MAX_BYTES) : g_strdup ("");
}

char *
format_encryption_icon (gpointer    unused,
                        const char *encryption)
{
  return g_strdup (g_strcmp0 (encryption, P2P_ENCRYPTION_PLAINTEXT) == 0 ? "channel-insecure-symbolic"
                                                                         : "channel-secure-symbolic");
}

char *
format_compression (gpointer unused,
                    int      method)
{
  switch (method)
    {
    case P2P_COMPRESSION_NONE:
      /* Translators: a connection without compression */
      return g_strdup (C_("compression", "None"));
    case P2P_COMPRESSION_BZ2:
      return g_strdup ("bzip2");
    case P2P_COMPRESSION_GZIP:
      return g_strdup ("gzip");
    case P2P_COMPRESSION_LZMA:
      return g_strdup ("lzma");
    case P2P_COMPRESSION_ZLIB:
      return g_strdup ("zlib");
    case P2P_COMPRESSION_SNAPPY:
      return g_strdup ("snappy");
    default:
      /* Translators: a method of compression that we have no name for; %d is its number */
      return g_strdup_printf (_("Method %d"), method);
    }
}

char *
format_bytes (gpointer unused,
              guint64  bytes)
{
  return g_format_size (bytes);
}

static gboolean
is_same_day (GDateTime *a,
             GDateTime *b)
{
  return g_date_time_get_year (a) == g_date_time_get_year (b) &&
         g_date_time_get_day_of_year (a) == g_date_time_get_day_of_year (b);
}

static GDateTime *
read_moment (gint64 utc_us)
{
  return utc_us > 0 ? g_date_time_new_from_unix_local (utc_us / G_USEC_PER_SEC) : NULL;
}

char *
format_since (gpointer unused,
              gint64   utc_us)
{
  g_autoptr (GDateTime) moment = read_moment (utc_us);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  if (moment == NULL)
    return g_strdup ("");
  if (is_same_day (moment, now))
    /* Translators: a time of today, as strftime has it */
    return g_date_time_format (moment, _("%H:%M"));
  /* Translators: day, month and time, as strftime has it */
  return g_date_time_format (moment, _("%-d %b %H:%M"));
}

char *
format_moment (gpointer unused,
               gint64   utc_us)
{
  g_autoptr (GDateTime) moment = read_moment (utc_us);

  return moment != NULL ? g_date_time_format (moment, "%c") : g_strdup ("");
}

char *
format_connection_way (gpointer    unused,
                       const char *host,
                       guint       port,
                       gboolean    outgoing)
{
  g_autofree char *address = format_peer_address (NULL, host, port);
  g_autofree char *direction = format_direction (NULL, outgoing);

  /* Translators: address of a peer, then "Incoming" or "Outgoing" */
  return g_strdup_printf (_("%s · %s"), address, direction);
}

char *
format_connection_detail (gpointer    unused,
                          const char *encryption,
                          int         method,
                          guint64     bytes_in,
                          guint64     bytes_out,
                          gint64      since)
{
  g_autofree char *packing = method == P2P_COMPRESSION_NONE ? g_strdup (_("not compressed")) : format_compression (NULL, method);
  g_autofree char *secrecy = g_strcmp0 (encryption, P2P_ENCRYPTION_PLAINTEXT) == 0 ? g_strdup (_("not encrypted"))
                                                                                   : format_encryption (NULL, encryption);
  g_autofree char *in = format_bytes (NULL, bytes_in);
  g_autofree char *out = format_bytes (NULL, bytes_out);
  g_autofree char *moment = format_since (NULL, since);

  /* Translators: encryption, compression, bytes received, bytes sent, time since when */
  return g_strdup_printf (_("%s, %s · %s received, %s sent · since %s"), secrecy, packing, in, out, moment);
}

void
rt_peer_format_bind (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, format_peer_name);
  gtk_widget_class_bind_template_callback (widget_class, format_peer_address);
  gtk_widget_class_bind_template_callback (widget_class, format_direction);
  gtk_widget_class_bind_template_callback (widget_class, format_connection_state);
  gtk_widget_class_bind_template_callback (widget_class, format_connection_icon);
  gtk_widget_class_bind_template_callback (widget_class, format_connection_standing);
  gtk_widget_class_bind_template_callback (widget_class, format_connection_icon_of);
  gtk_widget_class_bind_template_callback (widget_class, format_connection_proof);
  gtk_widget_class_bind_template_callback (widget_class, format_encryption);
  gtk_widget_class_bind_template_callback (widget_class, format_encryption_icon);
  gtk_widget_class_bind_template_callback (widget_class, format_compression);
  gtk_widget_class_bind_template_callback (widget_class, format_bytes);
  gtk_widget_class_bind_template_callback (widget_class, format_since);
  gtk_widget_class_bind_template_callback (widget_class, format_moment);
  gtk_widget_class_bind_template_callback (widget_class, format_connection_way);
  gtk_widget_class_bind_template_callback (widget_class, format_connection_detail);
}
