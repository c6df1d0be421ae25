/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A port at a router that is none: what becomes of it whatever the router does, and whatever the person wants meanwhile. */
#include "config.h"

#include <string.h>

#include "rt-wait.h"
#include "model/reach/rt-port-map.h"
#include "model/reach/rt-port-program.h"
#include "ports/rt-ports-address.h"
#include "port-router.h"

static void
rt_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Milliseconds count in no test: what waits is there to be seen, and is waited for. */
static const RtPortPatience hasty = { .lease = 3600, .shortest = 1, .longest = 1, .again = 1, .settle = 1, .apart = 0 };
static const RtPortPatience lazy = { .lease = 3600, .shortest = 3600000, .longest = 3600000, .again = 3600000, .settle = 1, .apart = 0 };

typedef struct {
  RtPortRouter *router;
  RtPortMap    *map;
  guint         n_changes;
} Fixture;

static void
count_cb (Fixture *self)
{
  self->n_changes++;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->router = rt_port_router_new ();
  self->map = rt_port_map_new (RT_PORT_BACKEND (self->router));
  rt_port_map_set_patience (self->map, &lazy);
  g_signal_connect_swapped (self->map, "changed", G_CALLBACK (count_cb), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->map);
  rt_port_router_answer_all (self->router);
  rt_settle ();
  g_assert_finalize_object (self->router);
}

static void
assert_words (Fixture *self, const char *part)
{
  g_autofree char *words = rt_port_map_dup_words (self->map);

  if (strstr (words, part) == NULL)
    g_error ("\"%s\" is not in \"%s\"", part, words);
}

static void
test_open_and_close (Fixture *self, gconstpointer data)
{
  assert_words (self, "not asked");
  rt_port_map_set_port (self->map, 4444);
  g_assert_cmpint (rt_port_map_get_state (self->map), ==, RT_PORT_MAP_ASKING);
  assert_words (self, "Asking");
  g_assert_cmpstr (rt_port_router_get_log (self->router), ==, "open 4444->4444 3600");
  rt_port_router_answer (self->router, "81.2.3.4", 4444, 3600);
  rt_wait_until (rt_port_map_get_state (self->map) == RT_PORT_MAP_OPEN);
  g_assert_cmpstr (rt_port_map_get_host (self->map), ==, "81.2.3.4");
  g_assert_cmpuint (rt_port_map_get_external (self->map), ==, 4444);
  assert_words (self, "81.2.3.4:4444");
  /* twice the same is once */
  rt_port_map_set_port (self->map, 4444);
  g_assert_cmpuint (rt_port_router_get_n_asked (self->router), ==, 1);

  rt_port_map_set_port (self->map, 0);
  g_assert_cmpint (rt_port_map_get_state (self->map), ==, RT_PORT_MAP_OFF);
  g_assert_null (rt_port_map_get_host (self->map));
  g_assert_true (rt_port_map_is_closing (self->map));
  g_assert_cmpstr (rt_port_router_get_log (self->router), ==, "open 4444->4444 3600, close 4444->4444 upnp");
  rt_port_router_answer (self->router, NULL, 4444, 0);
  rt_wait_until (!rt_port_map_is_closing (self->map));
  g_assert_cmpuint (self->n_changes, >=, 4);
}

/* Half of the lease later it is asked for again, at the port that it has, and is open all the while. */
static void
test_renewed (Fixture *self, gconstpointer data)
{
  rt_port_map_set_patience (self->map, &hasty);
  rt_port_map_set_port (self->map, 4444);
  rt_port_router_answer (self->router, "81.2.3.4", 5555, 3600);
  rt_wait_until (rt_port_router_get_n_asked (self->router) == 2);
  g_assert_cmpint (rt_port_map_get_state (self->map), ==, RT_PORT_MAP_OPEN);
  g_assert_cmpstr (rt_port_router_get_log (self->router), ==, "open 4444->4444 3600, open 4444->5555 3600");
  /* the router has another address since: we have it, too */
  rt_port_router_answer (self->router, "81.2.3.5", 5555, 3600);
  rt_wait_until (g_strcmp0 (rt_port_map_get_host (self->map), "81.2.3.5") == 0);
  /* and is gone now: no more than that is said */
  rt_wait_until (rt_port_router_get_n_asked (self->router) == 3);
  rt_port_router_fail (self->router, RT_PORT_ERROR_NOBODY, "none");
  rt_wait_until (rt_port_map_get_host (self->map) == NULL);
}

/* Whatever lease it gives: never at once, never too late. */
static void
test_strange_leases (Fixture *self, gconstpointer data)
{
  static const guint leases[] = { 0, 1, 2, 3600, G_MAXUINT32 };

  for (guint i = 0; i < G_N_ELEMENTS (leases); i++)
    {
      rt_port_map_set_port (self->map, (guint16) (4444 + i));
      rt_port_router_answer (self->router, "81.2.3.4", 4444, leases[i]);
      rt_wait_until (rt_port_map_get_state (self->map) == RT_PORT_MAP_OPEN);
      g_assert_cmpuint (rt_port_router_get_n_waiting (self->router), ==, 0);
      rt_port_map_set_port (self->map, 0);
      rt_port_router_answer (self->router, NULL, 4444, 0);
      rt_wait_until (!rt_port_map_is_closing (self->map));
    }
}

static void
test_failures (Fixture *self, gconstpointer data)
{
  static const struct { int code; RtPortTrouble trouble; const char *words; } cases[] = {
    { RT_PORT_ERROR_NOBODY, RT_PORT_TROUBLE_NOBODY, "No router here answers" },
    { RT_PORT_ERROR_REFUSED, RT_PORT_TROUBLE_REFUSED, "The router refused: because" },
    { RT_PORT_ERROR_MISSING, RT_PORT_TROUBLE_MISSING, "cannot speak to routers" },
    { RT_PORT_ERROR_STRANGE, RT_PORT_TROUBLE_STRANGE, "makes no sense" },
    { RT_PORT_ERROR_TIMED_OUT, RT_PORT_TROUBLE_STRANGE, "makes no sense" },
    { 99, RT_PORT_TROUBLE_STRANGE, "makes no sense" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      rt_port_map_set_port (self->map, (guint16) (4444 + i));
      rt_port_router_fail (self->router, cases[i].code, "because");
      rt_wait_until (rt_port_map_get_state (self->map) == RT_PORT_MAP_FAILED);
      g_assert_cmpint (rt_port_map_get_trouble (self->map), ==, cases[i].trouble);
      assert_words (self, cases[i].words);
      g_assert_null (rt_port_map_get_host (self->map));
      rt_port_map_set_port (self->map, 0);
      /* what made no sense may have opened it */
      if (rt_port_map_is_closing (self->map))
        rt_port_router_answer (self->router, NULL, 4444, 0);
      rt_wait_until (!rt_port_map_is_closing (self->map));
      g_assert_cmpint (rt_port_map_get_trouble (self->map), ==, RT_PORT_TROUBLE_NONE);
    }
  /* it tries again by itself */
  rt_port_map_set_patience (self->map, &hasty);
  rt_port_map_set_port (self->map, 4000);
  rt_port_router_fail (self->router, RT_PORT_ERROR_NOBODY, "none");
  rt_wait_until (rt_port_router_get_n_waiting (self->router) == 1);
  rt_port_router_answer (self->router, "81.2.3.4", 4000, 3600);
  rt_wait_until (rt_port_map_get_state (self->map) == RT_PORT_MAP_OPEN);
}

/* A router that has no address of its own: it is closed again, and said. */
static void
test_carrier (Fixture *self, gconstpointer data)
{
  static const char * const addresses[] = { "100.64.3.4", "10.1.2.3", "192.168.0.7", "169.254.0.1", "127.0.0.1", "0.0.0.0", "224.0.0.1", "::1", "nonsense" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      rt_port_map_set_port (self->map, 4444);
      rt_port_router_answer (self->router, addresses[i], 4444, 3600);
      rt_wait_until (rt_port_map_get_state (self->map) == RT_PORT_MAP_FAILED);
      g_assert_cmpint (rt_port_map_get_trouble (self->map), ==, RT_PORT_TROUBLE_CARRIER);
      g_assert_null (rt_port_map_get_host (self->map));
      assert_words (self, addresses[i]);
      rt_wait_until (rt_port_router_get_n_waiting (self->router) == 1);
      g_assert_true (g_str_has_suffix (rt_port_router_get_log (self->router), "close 4444->4444 upnp"));
      rt_port_router_answer (self->router, NULL, 4444, 0);
      rt_settle ();
      g_assert_cmpuint (rt_port_router_get_n_waiting (self->router), ==, 0);
      rt_port_map_set_port (self->map, 0);
    }
}

static void
test_no_address (Fixture *self, gconstpointer data)
{
  rt_port_map_set_port (self->map, 4444);
  rt_port_router_answer (self->router, NULL, 4445, 3600);
  rt_wait_until (rt_port_map_get_state (self->map) == RT_PORT_MAP_OPEN);
  g_assert_null (rt_port_map_get_host (self->map));
  assert_words (self, "port 4445");
}

/* The person changes his mind while the router thinks. */
static void
test_quick_changes (Fixture *self, gconstpointer data)
{
  rt_port_map_set_port (self->map, 4444);
  rt_port_map_set_port (self->map, 0);
  rt_port_map_set_port (self->map, 4445);
  rt_port_map_set_port (self->map, 0);
  rt_port_map_set_port (self->map, 4446);
  /* the first was taken back, but may have come about; then the last */
  rt_wait_until (rt_port_router_get_n_waiting (self->router) == 1 && g_str_has_suffix (rt_port_router_get_log (self->router), "close 4444->4444"));
  rt_port_router_answer (self->router, NULL, 0, 0);
  rt_wait_until (rt_port_router_get_n_waiting (self->router) == 1);
  g_assert_true (g_str_has_suffix (rt_port_router_get_log (self->router), "open 4446->4446 3600"));
  rt_port_router_answer (self->router, "81.2.3.4", 4446, 3600);
  rt_wait_until (rt_port_map_get_state (self->map) == RT_PORT_MAP_OPEN);
  g_assert_cmpuint (rt_port_router_get_n_asked (self->router), ==, 3);
}

/* Another network, perhaps another router: asked again, once for many changes. */
static void
test_network_changes (Fixture *self, gconstpointer data)
{
  /* that of the system would say more */
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (g_network_monitor_get_default ()), ==, "GNetworkMonitorBase");
  rt_port_map_note_change (self->map);
  rt_port_map_set_port (self->map, 4444);
  rt_port_router_answer (self->router, "81.2.3.4", 4444, 3600);
  rt_wait_until (rt_port_map_get_state (self->map) == RT_PORT_MAP_OPEN);
  for (guint i = 0; i < 100; i++)
    rt_port_map_note_change (self->map);
  rt_wait_until (rt_port_router_get_n_asked (self->router) == 2);
  rt_port_router_answer (self->router, "82.2.3.4", 4444, 3600);
  rt_wait_until (g_strcmp0 (rt_port_map_get_host (self->map), "82.2.3.4") == 0);
  g_assert_cmpuint (rt_port_router_get_n_asked (self->router), ==, 2);
}

/* Gone while the router thinks: nothing comes back to what is no more. */
static void
test_dropped (Fixture *self, gconstpointer data)
{
  rt_port_map_set_port (self->map, 4444);
}

/* ---- what the program says ---- */

static void
test_parse (void)
{
  static const struct { const char *text; int code; } bad[] = {
    { "", RT_PORT_ERROR_STRANGE }, { "end\n", RT_PORT_ERROR_STRANGE }, { "method upnp\ngateway 10.0.0.1\nexternal-port 4444\nlease 3600\n", RT_PORT_ERROR_STRANGE },
    { "method telnet\ngateway 10.0.0.1\nexternal-port 4444\nlease 3600\nend\n", RT_PORT_ERROR_STRANGE },
    { "method upnp\ngateway 10.0.0.1\nexternal-port 65536\nlease 3600\nend\n", RT_PORT_ERROR_STRANGE },
    { "method upnp\ngateway 10.0.0.1\nexternal-port -1\nlease 3600\nend\n", RT_PORT_ERROR_STRANGE },
    { "method upnp\ngateway 10.0.0.1\nexternal-port 1\nlease 99999999999999999999\nend\n", RT_PORT_ERROR_STRANGE },
    { "method upnp\ngateway \001\nexternal-port 1\nlease 1\nend\n", RT_PORT_ERROR_STRANGE },
    { "error none\nend\n", RT_PORT_ERROR_NOBODY }, { "error refused\nwords not today\nend\n", RT_PORT_ERROR_REFUSED }, { "error what\nend\n", RT_PORT_ERROR_STRANGE },
  };
  g_autofree char *long_text = g_strnfill (RT_PORT_PROGRAM_BYTES + 1, '\n');
  g_autoptr (GError) long_error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (rt_port_program_parse (bad[i].text, strlen (bad[i].text), &error));
      g_assert_error (error, RT_PORT_ERROR, bad[i].code);
    }
  g_assert_null (rt_port_program_parse (long_text, RT_PORT_PROGRAM_BYTES + 1, &long_error));
  {
    const char *text = "method upnp\ngateway 10.0.0.1\nexternal-port 4444\nlease 3600\nexternal-address 81.2.3.4\nend\n";
    g_autoptr (GError) error = NULL;
    g_autoptr (RtPortAnswer) answer = rt_port_program_parse (text, strlen (text), &error);

    g_assert_no_error (error);
    g_assert_cmpstr (answer->method, ==, "upnp");
    g_assert_cmpstr (answer->address, ==, "81.2.3.4");
    g_assert_cmpuint (answer->external, ==, 4444);
    g_assert_cmpuint (answer->lease, ==, 3600);
  }
}

typedef struct {
  gboolean      done;
  RtPortAnswer *answer;
  GError       *error;
} Asked;

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;

  asked->answer = rt_port_backend_ask_finish (RT_PORT_BACKEND (source), result, &asked->error);
  asked->done = TRUE;
}

static void
test_program (void)
{
  g_autoptr (RtPortProgram) none = rt_port_program_new ("/nonexistent/roundtable-ports", NULL);
  const RtPortRequest request = { .port = 4444, .external = 4444, .lease = 3600 };
  Asked asked = { 0 };

  g_assert_false (rt_port_program_is_there (none));
  rt_port_backend_ask_async (RT_PORT_BACKEND (none), &request, NULL, asked_cb, &asked);
  rt_wait_until (asked.done);
  g_assert_error (asked.error, RT_PORT_ERROR, RT_PORT_ERROR_MISSING);
  g_clear_error (&asked.error);
}

/* One that never ends is ended: of time, when it is taken back, and when it tells without end. */
static void
test_program_hangs (void)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "ports", "hangs.sh", NULL);
  const RtPortRequest request = { .port = 4444, .external = 4444, .lease = 3600 };
  static const struct { const char *how; guint milliseconds; gboolean cancel; int code; } cases[] = {
    { "silent", 50, FALSE, RT_PORT_ERROR_TIMED_OUT },
    { "silent", 60000, TRUE, G_IO_ERROR_CANCELLED },
    { "endless", 60000, FALSE, RT_PORT_ERROR_STRANGE },
    { "refused", 60000, FALSE, RT_PORT_ERROR_REFUSED },
    { "dies", 60000, FALSE, RT_PORT_ERROR_STRANGE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *extra[] = { cases[i].how, NULL };
      g_autoptr (RtPortProgram) program = rt_port_program_new (script, extra);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Asked asked = { 0 };

      g_assert_true (rt_port_program_is_there (program));
      rt_port_program_set_milliseconds (program, cases[i].milliseconds);
      rt_port_backend_ask_async (RT_PORT_BACKEND (program), &request, cancellable, asked_cb, &asked);
      if (cases[i].cancel)
        g_cancellable_cancel (cancellable);
      rt_wait_until (asked.done);
      {
        const GQuark domain = cases[i].cancel ? G_IO_ERROR : RT_PORT_ERROR;

        g_assert_error (asked.error, domain, cases[i].code);
      }
      g_clear_error (&asked.error);
    }
}

/* It answers in the place of a router that no way leads to. */
static void
test_program_elsewhere (void)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "ports", "hangs.sh", NULL);
  const RtPortRequest request = { .port = 4444, .external = 4444, .lease = 3600 };
  const char *extra[] = { "open", NULL };
  g_autoptr (RtPortProgram) program = rt_port_program_new (script, extra);
  g_autoptr (RtPortAnswer) answer = NULL;
  Asked asked = { 0 };

  rt_port_backend_ask_async (RT_PORT_BACKEND (program), &request, NULL, asked_cb, &asked);
  rt_wait_until (asked.done);
  g_assert_no_error (asked.error);
  answer = asked.answer;
  g_assert_cmpstr (answer->gateway, ==, "127.0.0.9");
  g_assert_false (answer->by_gateway);
}

/* ---- addresses ---- */

static void
test_scopes (void)
{
  static const struct { const char *text; RtIpv4Scope scope; } cases[] = {
    { "81.2.3.4", RT_IPV4_PUBLIC }, { "1.1.1.1", RT_IPV4_PUBLIC }, { "172.15.0.1", RT_IPV4_PUBLIC }, { "172.32.0.1", RT_IPV4_PUBLIC }, { "100.63.255.255", RT_IPV4_PUBLIC },
    { "100.128.0.0", RT_IPV4_PUBLIC }, { "223.255.255.255", RT_IPV4_PUBLIC }, { "172.16.0.0", RT_IPV4_PRIVATE }, { "172.31.255.255", RT_IPV4_PRIVATE }, { "10.0.0.1", RT_IPV4_PRIVATE },
    { "192.168.255.1", RT_IPV4_PRIVATE }, { "169.254.1.1", RT_IPV4_PRIVATE }, { "100.64.0.0", RT_IPV4_CARRIER }, { "100.127.255.255", RT_IPV4_CARRIER }, { "192.0.0.2", RT_IPV4_CARRIER },
    { "127.8.8.8", RT_IPV4_LOOPBACK }, { "0.0.0.0", RT_IPV4_NONE }, { "224.0.0.1", RT_IPV4_NONE }, { "255.255.255.255", RT_IPV4_NONE }, { "198.51.100.7", RT_IPV4_NONE },
    { "203.0.113.9", RT_IPV4_NONE }, { "1.2.3", RT_IPV4_NONE }, { "01.2.3.4", RT_IPV4_NONE }, { "1.2.3.4 ", RT_IPV4_NONE }, { "", RT_IPV4_NONE }, { "::1", RT_IPV4_NONE }, { NULL, RT_IPV4_NONE },
  };
  static const char * const yes6[] = { "2a01:4f8::1", "2600::1", "::ffff:81.2.3.4" }, * const no6[] = { "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "2002:0102::1", "2001::1", "::ffff:10.0.0.1", "x" };
  static const char * const urls[] = { "http://10.0.0.1/x", "http://10.0.0.1:80/x", "HTTP://10.0.0.1", "http://10.0.0.1:5000" };
  static const char * const no_urls[] = { "https://10.0.0.1/", "http://router/", "http://10.0.0.1.evil/", "http://u@10.0.0.1/", "http://10.0.0.1@evil/", "http://10.0.0.1:80@evil/", "http://[::1]/", "http://10.0.0/",
                                          "http://0x7f.1/", "http://1234567890123456/", "http://10.0.0.1\\@x/", "http://", "" };
  char host[16];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpint (rt_ipv4_scope_of (cases[i].text), ==, cases[i].scope);
      /* no router of ours is anywhere else */
      g_assert_cmpint (rt_ipv4_is_near (cases[i].text, FALSE), ==, cases[i].scope == RT_IPV4_PRIVATE);
      g_assert_cmpint (rt_ipv4_is_near (cases[i].text, TRUE), ==, cases[i].scope == RT_IPV4_PRIVATE || cases[i].scope == RT_IPV4_LOOPBACK);
    }
  for (guint i = 0; i < G_N_ELEMENTS (yes6); i++)
    g_assert_true (rt_ipv6_is_public (yes6[i]));
  for (guint i = 0; i < G_N_ELEMENTS (no6); i++)
    g_assert_false (rt_ipv6_is_public (no6[i]));
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_assert_true (rt_url_get_ipv4 (urls[i], host));
      g_assert_cmpstr (host, ==, "10.0.0.1");
    }
  for (guint i = 0; i < G_N_ELEMENTS (no_urls); i++)
    g_assert_false (rt_url_get_ipv4 (no_urls[i], host));
}

int
main (int argc, char **argv)
{
  /* what comes and goes on this computer meanwhile is none of the test's business */
  g_setenv ("GIO_USE_NETWORK_MONITOR", "base", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/model/port-map/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("open-and-close", test_open_and_close);
  ADD ("renewed", test_renewed);
  ADD ("strange-leases", test_strange_leases);
  ADD ("failures", test_failures);
  ADD ("carrier", test_carrier);
  ADD ("no-address", test_no_address);
  ADD ("quick-changes", test_quick_changes);
  ADD ("network-changes", test_network_changes);
  ADD ("dropped", test_dropped);
#undef ADD
  g_test_add_func ("/model/port-program/parse", test_parse);
  g_test_add_func ("/model/port-program/none", test_program);
  g_test_add_func ("/model/port-program/hangs", test_program_hangs);
  g_test_add_func ("/model/port-program/elsewhere", test_program_elsewhere);
  g_test_add_func ("/model/port-map/scopes", test_scopes);
  return g_test_run ();
}
