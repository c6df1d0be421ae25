/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-ports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>

/* All of it: two ways to ask, the search, a slow router. Then the system ends us. */
#define MAX_SECONDS 20u
#define PATIENCE_MILLISECONDS 2500
/* A description of a router has some kilobytes. */
#define MAX_MEMORY (G_GUINT64_CONSTANT (256) << 20)
#define MAX_FILES 64u

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#endif

static void
bound (int what, guint64 value)
{
  const struct rlimit limit = { (rlim_t) value, (rlim_t) value };

  setrlimit (what, &limit);
}

static void
bound_all (guint seconds)
{
  alarm (seconds);
  bound (RLIMIT_CPU, MAX_SECONDS);
  bound (RLIMIT_NOFILE, MAX_FILES);
  bound (RLIMIT_CORE, 0);
#ifndef SANITIZED
  bound (RLIMIT_AS, MAX_MEMORY);
#endif
}

gboolean
rt_ports_may_ask (const RtPortsRequest *request, const char *host)
{
  return rt_ipv4_is_near (host, request->gateway != NULL || request->description != NULL);
}

static int
tell (FILE *out, const char *method, const RtPortsResult *result)
{
  fprintf (out, "method %s\ngateway %s\nexternal-port %u\nlease %u\n", method, result->gateway, result->external, result->lease);
  /* whatever it is, it is an address */
  if (strspn (result->address, "0123456789.") == strlen (result->address) && result->address[0] != '\0')
    fprintf (out, "external-address %s\n", result->address);
  fprintf (out, "end\n");
  fflush (out);
  return 0;
}

static int
tell_failure (FILE *out, RtPortsOutcome outcome, const char *words)
{
  static const char * const names[] = { "none", "none", "refused", "strange" };

  fprintf (out, "error %s\n", names[outcome]);
  if (words != NULL)
    fprintf (out, "words %s\n", words);
  fprintf (out, "end\n");
  fflush (out);
  return 1;
}

static int
run (FILE *out, const RtPortsRequest *request, const char *method)
{
  g_autofree char *words = NULL, *other_words = NULL;
  RtPortsResult result = { 0 };
  RtPortsOutcome outcome = RT_PORTS_NOBODY, other = RT_PORTS_NOBODY;

  /* the one that answers at once comes first; what the other says is told only where that one said less */
  if (method != NULL ? g_str_equal (method, "nat-pmp") : request->description == NULL || request->gateway != NULL)
    outcome = rt_ports_ask_natpmp (request, &result, &words);
  if (outcome == RT_PORTS_DONE)
    return tell (out, "nat-pmp", &result);
  memset (&result, 0, sizeof result);
  if (method != NULL ? g_str_equal (method, "upnp") : request->gateway == NULL || request->description != NULL)
    other = rt_ports_ask_upnp (request, &result, &other_words);
  if (other == RT_PORTS_DONE)
    return tell (out, "upnp", &result);
  return outcome != RT_PORTS_NOBODY ? tell_failure (out, outcome, words) : tell_failure (out, other, other_words);
}

int
main (int argc, char **argv)
{
  int port = 0, external = 0, lease = 3600, seconds = MAX_SECONDS, patience = PATIENCE_MILLISECONDS;
  gboolean remove = FALSE;
  g_autofree char *gateway = NULL, *description = NULL, *method = NULL;
  const GOptionEntry entries[] = {
    { "remove", 0, 0, G_OPTION_ARG_NONE, &remove, "Close what was opened", NULL },
    { "port", 0, 0, G_OPTION_ARG_INT, &port, "The port that is listened at here", "PORT" },
    { "external", 0, 0, G_OPTION_ARG_INT, &external, "The port at the router; the same when not given", "PORT" },
    { "lease", 0, 0, G_OPTION_ARG_INT, &lease, "For so many seconds", "SECONDS" },
    { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "Then it ends, whatever it waits for", "SECONDS" },
    { "method", 0, 0, G_OPTION_ARG_STRING, &method, "Only this one: nat-pmp or upnp", "METHOD" },
    { "patience", 0, 0, G_OPTION_ARG_INT, &patience, "For tests: wait so long for each answer by NAT-PMP", "MILLISECONDS" },
    { "gateway", 0, 0, G_OPTION_ARG_STRING, &gateway, "For tests: ask this one by NAT-PMP", "ADDRESS" },
    { "description", 0, 0, G_OPTION_ARG_STRING, &description, "For tests: ask the one that is described there by UPnP", "URL" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- ask the router to open a port, once");
  g_autoptr (GError) error = NULL;
  RtPortsRequest request = { 0 };
  FILE *out;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || port < 1 || port > G_MAXUINT16 || external < 0 || external > G_MAXUINT16 || lease < 1 || lease > 604800 ||
      seconds < 1 || seconds > (int) MAX_SECONDS || patience < 1 || patience > 60000 || (method != NULL && !g_str_equal (method, "nat-pmp") && !g_str_equal (method, "upnp")))
    {
      fprintf (stderr, "roundtable-ports: %s\n", error != NULL ? error->message : "--port PORT is needed, and what else is given must be in range");
      return 2;
    }
  /* what the libraries print is no answer of ours */
  out = fdopen (dup (STDOUT_FILENO), "w");
  if (out == NULL || dup2 (STDERR_FILENO, STDOUT_FILENO) < 0)
    return 2;
  bound_all ((guint) seconds);
  request = (RtPortsRequest) { .remove = remove, .port = (guint16) port, .external = (guint16) (external != 0 ? external : port), .lease = (guint) lease,
                               .patience = (guint) patience, .gateway = gateway, .description = description };
  return run (out, &request, method);
}
