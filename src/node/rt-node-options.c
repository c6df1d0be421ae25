/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-node-options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "p2p/p2p.h"

/* At most 2^10 nodes store. */
#define MAX_K 10

#define SUMMARY \
  "A node of a py2p/js2p network without a window. It reads one JSON command a line on\n" \
  "standard input and writes one JSON event a line on standard output; see roundtable-node(1)."

static gboolean
refuse (GError    **error,
        const char *format,
        ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError    **error,
        const char *format,
        ...)
{
  g_autofree char *words = NULL;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, words);
  return FALSE;
}

GNetworkAddress *
rt_node_parse_address (const char *text,
                       GError    **error)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = NULL;
  guint64 port;

  if (colon == NULL || colon == text ||
      !g_ascii_string_to_unsigned (colon + 1, 10, 1, 65535, &port, NULL))
    {
      refuse (error, "“%s” is no address: write HOST:PORT, with a port between 1 and 65535", text);
      return NULL;
    }
  if (text[0] == '[' && colon[-1] == ']')
    host = g_strndup (text + 1, colon - text - 2);
  else
    host = g_strndup (text, colon - text);
  if (host[0] == '\0' || (text[0] != '[' && strchr (host, ':') != NULL))
    {
      refuse (error, "“%s” is no address: write an IPv6 address as [ADDRESS]:PORT", text);
      return NULL;
    }
  return G_NETWORK_ADDRESS (g_network_address_new (host, port));
}

static gboolean
parse_addresses (char     **texts,
                 GPtrArray *addresses,
                 GError   **error)
{
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      GNetworkAddress *address = rt_node_parse_address (texts[i], error);

      if (address == NULL)
        return FALSE;
      g_ptr_array_add (addresses, address);
    }
  return TRUE;
}

GBytes *
rt_node_parse_methods (const char *text,
                       GError    **error)
{
  g_auto (GStrv) names = g_strsplit (text, ",", -1);
  g_autoptr (GByteArray) methods = g_byte_array_new ();

  if (strcmp (text, "none") == 0)
    return g_bytes_new (NULL, 0);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GError) local_error = NULL;
      P2pCompression method;
      guint8 number;

      if (!p2p_compression_from_name (names[i], &method, &local_error))
        {
          refuse (error, "--compression: %s", local_error->message);
          return NULL;
        }
      if (!p2p_compression_is_supported (method))
        {
          refuse (error, "--compression: this build does not have %s", names[i]);
          return NULL;
        }
      number = method;
      if (memchr (methods->data != NULL ? (gconstpointer) methods->data : "", number, methods->len) == NULL)
        g_byte_array_append (methods, &number, 1);
    }
  if (methods->len == 0)
    {
      refuse (error, "--compression: name one or more methods, or none");
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&methods));
}

/* "NAME=VALUE" */
static gboolean
set_limit (P2pLimits  *limits,
           const char *text,
           GError    **error)
{
  const char *equals = strchr (text, '=');
  g_autofree char *name = equals != NULL ? g_strndup (text, equals - text) : NULL;
  g_autofree char *all = NULL;
  guint64 value;

  if (equals == NULL || !g_ascii_string_to_unsigned (equals + 1, 10, 0, G_MAXUINT32, &value, NULL))
    return refuse (error, "--limit %s: write NAME=VALUE, with a value between 0 and %u", text, G_MAXUINT32);
  if (p2p_limits_set (limits, name, (guint32) value))
    return TRUE;
  all = g_strjoinv (", ", (char **) p2p_limits_get_names ());
  return refuse (error, "--limit %s: there is no limit “%s”; there are %s", text, name, all);
}

static gboolean
set_kind (RtNodeOptions *self,
          const char    *kind,
          gboolean       no_leasing,
          int            k,
          GError       **error)
{
  if (g_strcmp0 (kind, "sync") == 0)
    self->kind = RT_NODE_SYNC;
  else if (g_strcmp0 (kind, "chord") == 0)
    self->kind = RT_NODE_CHORD;
  else if (kind != NULL && strcmp (kind, "mesh") != 0)
    return refuse (error, "--cls %s: there is no such kind; the kinds are mesh, sync and chord", kind);
  if (no_leasing && self->kind != RT_NODE_SYNC)
    return refuse (error, "--no-leasing goes with --cls sync only");
  if (k != -1 && self->kind != RT_NODE_CHORD)
    return refuse (error, "--k goes with --cls chord only");
  if (k != -1 && (k < 1 || k > MAX_K))
    return refuse (error, "--k %d: k is between 1 and %d; without it the ring is that of the originals", k, MAX_K);
  self->leasing = !no_leasing;
  self->k = k != -1 ? (guint) k : 0;
  return TRUE;
}

/* Whatever it is: /dev/zero must not fill our memory. */
static char *
read_secret (const char *path,
             GError    **error)
{
  char text[P2P_SECRET_MAX_LENGTH + 2];
  FILE *file = fopen (path, "re");
  gsize length;

  if (file == NULL)
    {
      refuse (error, "--secret-file %s: %s", path, g_strerror (errno));
      return NULL;
    }
  length = fread (text, 1, sizeof text, file);
  fclose (file);
  while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
    length--;
  if (length > P2P_SECRET_MAX_LENGTH)
    {
      refuse (error, "--secret-file %s: it is longer than a secret, which is one line", path);
      return NULL;
    }
  return g_strndup (text, length);
}

/* A secret that everybody on the way could read along with would be none. */
static gboolean
set_secret (RtNodeOptions *self,
            char          *secret,
            const char    *path,
            GError       **error)
{
  g_autoptr (GError) local_error = NULL;

  if (secret == NULL && path == NULL)
    return TRUE;
  if (secret != NULL && path != NULL)
    return refuse (error, "--secret and --secret-file exclude each other");
  self->secret = secret != NULL ? g_strdup (secret) : read_secret (path, error);
  if (self->secret == NULL)
    return FALSE;
  if (!p2p_secret_is_text (self->secret, &local_error))
    return refuse (error, "%s: %s", secret != NULL ? "--secret" : "--secret-file", local_error->message);
  if (strcmp (self->encryption, P2P_ENCRYPTION_SSL) != 0)
    return refuse (error, "a network with a secret needs --encryption SSL: with %s everybody on the way reads along", self->encryption);
  return TRUE;
}

static gboolean
check (RtNodeOptions *self,
       GError       **error)
{
  if (self->port < 0)
    return refuse (error, "--port is missing; 0 takes any free port");
  if (self->port > 65535)
    return refuse (error, "--port %d: a port is between 0 and 65535", self->port);
  if (self->max_outgoing < -1)
    return refuse (error, "--max-outgoing %d: that is no number of links", self->max_outgoing);
  if (self->debug_level < 0 || self->debug_level > 5)
    return refuse (error, "--debug-level %d: the levels are 0 to 5", self->debug_level);
  if (strcmp (self->encryption, P2P_ENCRYPTION_PLAINTEXT) != 0 && strcmp (self->encryption, P2P_ENCRYPTION_SSL) != 0)
    return refuse (error, "--encryption %s: there is no such encryption; there are Plaintext and SSL", self->encryption);
  if (strcmp (self->protocol_version, "0.7") != 0 && strcmp (self->protocol_version, "0.6") != 0)
    return refuse (error, "--protocol-version %s: this release speaks 0.7 and 0.6", self->protocol_version);
  return TRUE;
}

RtNodeOptions *
rt_node_options_parse (int     *argc,
                       char  ***argv,
                       GError **error)
{
  g_autoptr (RtNodeOptions) self = g_new0 (RtNodeOptions, 1);
  g_autofree char *kind = NULL, *out_address = NULL, *compression = NULL, *secret = NULL, *secret_file = NULL;
  g_auto (GStrv) connect = NULL, keep = NULL, limits = NULL;
  gboolean json = FALSE, no_leasing = FALSE;
  int k = -1;
  const GOptionEntry entries[] = {
    { "cls", 0, 0, G_OPTION_ARG_STRING, &kind, "Kind of node: mesh; sync, which has a table that the network shares; chord, which has one that is spread over it (mesh)", "KIND" },
    { "port", 'p', 0, G_OPTION_ARG_INT, &self->port, "Port to listen on; 0: any", "PORT" },
    { "addr", 'a', 0, G_OPTION_ARG_STRING, &self->address, "Address to listen on (127.0.0.1; 0.0.0.0: every interface)", "ADDRESS" },
    { "subnet", 's', 0, G_OPTION_ARG_STRING, &self->subnet, "Name of the network (as the kind of node)", "NAME" },
    { "encryption", 'e', 0, G_OPTION_ARG_STRING, &self->encryption, "Plaintext or SSL (Plaintext)", "NAME" },
    { "protocol-version", 0, 0, G_OPTION_ARG_STRING, &self->protocol_version, "Version of the wire protocol, 0.7 or 0.6 (0.7)", "VERSION" },
    { "connect", 'c', 0, G_OPTION_ARG_STRING_ARRAY, &connect, "Connect to this node at the start; may be repeated", "HOST:PORT" },
    { "keep", 0, 0, G_OPTION_ARG_STRING_ARRAY, &keep, "Connect to this node, and again whenever there is no link; may be repeated", "HOST:PORT" },
    { "out-addr", 0, 0, G_OPTION_ARG_STRING, &out_address, "Address that is announced to others", "HOST:PORT" },
    { "compression", 0, 0, G_OPTION_ARG_STRING, &compression, "Methods to offer, in order: snappy,zlib,gzip,bz2,lzma, or none (all)", "METHODS" },
    { "max-outgoing", 0, 0, G_OPTION_ARG_INT, &self->max_outgoing, "How many links to open by itself to nodes it hears of (4)", "N" },
    { "limit", 0, 0, G_OPTION_ARG_STRING_ARRAY, &limits, "What the node puts up with, see roundtable-node(1); may be repeated", "NAME=VALUE" },
    { "no-leasing", 0, 0, G_OPTION_ARG_NONE, &no_leasing, "Keys of a sync table may be changed by anybody", NULL },
    { "k", 0, 0, G_OPTION_ARG_INT, &k, "At most 2^N nodes of a chord network store; without it the ring is that of the originals", "N" },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &self->state_directory, "Keep the node's key here, so that its id outlives a restart, and its table", "DIRECTORY" },
    { "secret", 0, 0, G_OPTION_ARG_STRING, &secret, "Secret of a private network, which takes SSL; others on this computer see it: rather --secret-file", "TEXT" },
    { "secret-file", 0, 0, G_OPTION_ARG_FILENAME, &secret_file, "The same, from this file", "FILE" },
    { "identity", 0, 0, G_OPTION_ARG_FILENAME, &self->identity_path, "Who the node is: a file with a key, made when there is none, or an exported identity", "FILE" },
    { "identity-passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &self->passphrase_path, "The passphrase of an exported identity is its first line", "FILE" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet, "No message and update events", NULL },
    { "debug-level", 'd', 0, G_OPTION_ARG_INT, &self->debug_level, "How much to tell on standard error, 0 to 5", "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON on a terminal too", NULL },
    { "human", 0, 0, G_OPTION_ARG_NONE, &self->human, "Print for people, not only on a terminal", NULL },
    { "allow-raw", 0, 0, G_OPTION_ARG_NONE, &self->allow_raw, "Allow the command that sends bytes as they are", NULL },
    { "stay", 0, 0, G_OPTION_ARG_NONE, &self->stay, "Do not leave at the end of input", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->show_version, "Print the version and leave", NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("--port PORT");

  self->port = -1;
  self->max_outgoing = -1;
  self->limits = p2p_limits_new ();
  self->connect = g_ptr_array_new_with_free_func (g_object_unref);
  self->keep = g_ptr_array_new_with_free_func (g_object_unref);
  g_option_context_set_summary (context, SUMMARY);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return NULL;
  if (self->show_version)
    return g_steal_pointer (&self);
  if (*argc > 1)
    {
      refuse (error, "“%s” is not an option", (*argv)[1]);
      return NULL;
    }
  if (json && self->human)
    {
      refuse (error, "--json and --human exclude each other");
      return NULL;
    }

  self->human = self->human || (!json && isatty (STDOUT_FILENO));
  if (self->address == NULL)
    self->address = g_strdup ("127.0.0.1");
  if (!set_kind (self, kind, no_leasing, k, error))
    return NULL;
  if (self->subnet == NULL)
    self->subnet = g_strdup (self->kind == RT_NODE_CHORD ? "chord" : self->kind == RT_NODE_SYNC ? "sync" : "mesh");
  if (self->encryption == NULL)
    self->encryption = g_strdup (P2P_DEFAULT_ENCRYPTION);
  if (self->protocol_version == NULL)
    self->protocol_version = g_strdup (P2P_PROTOCOL_VERSION);
  if (!check (self, error) || !set_secret (self, secret, secret_file, error))
    return NULL;
  if (self->passphrase_path != NULL && self->identity_path == NULL)
    {
      refuse (error, "--identity-passphrase-file goes with --identity only");
      return NULL;
    }
  for (guint i = 0; limits != NULL && limits[i] != NULL; i++)
    if (!set_limit (self->limits, limits[i], error))
      return NULL;
  if (!parse_addresses (connect, self->connect, error) || !parse_addresses (keep, self->keep, error))
    return NULL;
  if (out_address != NULL && (self->out_address = rt_node_parse_address (out_address, error)) == NULL)
    return NULL;
  if (compression != NULL && (self->methods = rt_node_parse_methods (compression, error)) == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

void
rt_node_options_free (RtNodeOptions *self)
{
  g_free (self->address);
  g_free (self->subnet);
  g_free (self->encryption);
  g_free (self->protocol_version);
  g_clear_pointer (&self->connect, g_ptr_array_unref);
  g_clear_pointer (&self->keep, g_ptr_array_unref);
  g_clear_object (&self->out_address);
  g_clear_pointer (&self->methods, g_bytes_unref);
  p2p_limits_free (self->limits);
  g_free (self->state_directory);
  g_free (self->secret);
  g_free (self->identity_path);
  g_free (self->passphrase_path);
  g_free (self);
}
