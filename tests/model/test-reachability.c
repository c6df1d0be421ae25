/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether others can come in: what follows of what is known, and a network whose port is opened, told to others, and closed again. */
#include "config.h"

#include <string.h>

#include "network-test.h"
#include "port-router.h"
#include "model/network/rt-network-private.h"
#include "model/reach/rt-reachability.h"

/* Behind a router, up, with peers, and nobody was asked. */
static RtReachFacts
usual (void)
{
  return (RtReachFacts) { .up = TRUE, .ipv4_only = TRUE, .port = 4444, .n_peers = 2, .lan = "192.168.1.5", .map_words = (char *) "words of the router" };
}

static gboolean
says (GPtrArray *findings, RtFindingKind kind, const char *part)
{
  for (guint i = 0; i < findings->len; i++)
    {
      const RtFinding *finding = findings->pdata[i];

      if (finding->kind == kind && (strstr (finding->title, part) != NULL || strstr (finding->details, part) != NULL))
        return TRUE;
    }
  return FALSE;
}

static void
assert_judged (RtReachFacts facts, RtReached reached, RtReachedFix fix, RtFindingKind kind, const char *part)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_finding_free);
  RtReachedFix found;

  g_assert_cmpint (rt_reach_judge (&facts, findings, &found), ==, reached);
  g_assert_cmpint (found, ==, fix);
  if (!says (findings, kind, part))
    g_error ("nothing says \"%s\"", part);
  for (guint i = 0; i < findings->len; i++)
    g_assert_true (*((RtFinding *) findings->pdata[i])->title != '\0' && *((RtFinding *) findings->pdata[i])->details != '\0');
  g_assert_true (*rt_reached_get_words (reached) != '\0');
  g_assert_true (reached == RT_REACHED_PROVEN || *rt_reached_get_advice (reached, fix) != '\0');
}

static void
test_judge (void)
{
  RtReachFacts facts = usual ();

  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_OPEN, "Nobody came in so far");
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_OPEN, "router is not asked");
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_OPEN, "192.168.1.5");
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_GOOD, "port 4444");
  facts.ipv6 = "2a01:4f8::1";
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_OPEN, "IPv6");
  facts.n_peers = 0;
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_OPEN, "no connections at all");
  facts.out_address = "example.org:4444";
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_OPEN, "example.org:4444");

  /* somebody came: from nearby that says little, from outside everything */
  facts = usual ();
  facts.came_in = 1;
  assert_judged (facts, RT_REACHED_NEARBY, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_OPEN, "from nearby");
  facts.came_from_far = 1;
  assert_judged (facts, RT_REACHED_PROVEN, RT_REACHED_FIX_NONE, RT_FINDING_GOOD, "from outside");
  /* whatever the router says */
  facts.asks_router = TRUE;
  facts.map_state = RT_PORT_MAP_FAILED;
  facts.map_trouble = RT_PORT_TROUBLE_CARRIER;
  assert_judged (facts, RT_REACHED_PROVEN, RT_REACHED_FIX_NONE, RT_FINDING_BAD, "words of the router");

  /* the router was asked */
  facts = usual ();
  facts.asks_router = TRUE;
  facts.map_state = RT_PORT_MAP_OPEN;
  assert_judged (facts, RT_REACHED_LIKELY, RT_REACHED_FIX_NONE, RT_FINDING_GOOD, "words of the router");
  facts.map_state = RT_PORT_MAP_ASKING;
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_NONE, RT_FINDING_OPEN, "words of the router");
  facts.map_state = RT_PORT_MAP_FAILED;
  facts.map_trouble = RT_PORT_TROUBLE_NOBODY;
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_NONE, RT_FINDING_BAD, "by hand");
  facts.map_trouble = RT_PORT_TROUBLE_CARRIER;
  assert_judged (facts, RT_REACHED_NO, RT_REACHED_FIX_NONE, RT_FINDING_BAD, "provider");
  facts.came_in = 1;
  assert_judged (facts, RT_REACHED_NEARBY, RT_REACHED_FIX_NONE, RT_FINDING_BAD, "provider");

  /* neighbours were asked to come */
  facts = usual ();
  facts.calls = (RtCallCounts) { .n_asked = 3, .n_waiting = 3 };
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_OPEN, "are trying");
  facts.calls = (RtCallCounts) { .n_asked = 3, .n_failed_far = 2 };
  assert_judged (facts, RT_REACHED_NO, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_BAD, "2 neighbours say that they could not");
  facts.calls = (RtCallCounts) { .n_asked = 1, .n_failed_far = 1 };
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_BAD, "1 neighbour says that it could not");
  facts.calls = (RtCallCounts) { .n_asked = 3, .n_reached_far = 1, .n_failed_far = 2 };
  assert_judged (facts, RT_REACHED_LIKELY, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_GOOD, "1 neighbour says that it could come");
  facts.calls = (RtCallCounts) { .n_asked = 1, .n_reached_near = 1 };
  assert_judged (facts, RT_REACHED_NEARBY, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_OPEN, "1 neighbour says that it could come");
  facts.calls = (RtCallCounts) { .n_asked = 1 };
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_OPEN, "could not try it now");
  facts.seen_at = "81.2.3.4";
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_OPEN, "Neighbours see you at 81.2.3.4");
  facts.router_address = "81.2.3.4";
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_OPEN, "where others come");
  facts.router_address = "81.2.3.5";
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_BAD, "second router");
  /* the router opened a port, and one could not come: it is not likely any more */
  facts = usual ();
  facts.asks_router = TRUE;
  facts.map_state = RT_PORT_MAP_OPEN;
  facts.calls = (RtCallCounts) { .n_asked = 1, .n_failed_far = 1 };
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_NONE, RT_FINDING_BAD, "leads to another port");

  /* no router is between */
  facts = usual ();
  facts.lan = "81.2.3.4";
  assert_judged (facts, RT_REACHED_LIKELY, RT_REACHED_FIX_NONE, RT_FINDING_GOOD, "81.2.3.4");
  facts.lan = "127.0.0.1";
  assert_judged (facts, RT_REACHED_UNKNOWN, RT_REACHED_FIX_ASK_ROUTER, RT_FINDING_BAD, "in no network");

  /* nobody can */
  facts = usual ();
  facts.loopback_only = TRUE;
  assert_judged (facts, RT_REACHED_NO, RT_REACHED_FIX_EDIT_NETWORK, RT_FINDING_BAD, "this computer alone");
  facts.up = FALSE;
  assert_judged (facts, RT_REACHED_NO, RT_REACHED_FIX_GO_ONLINE, RT_FINDING_BAD, "is off");
}

/* ---- a network ---- */

typedef struct {
  Person        person;
  RtNetwork    *network;
  RtPortRouter *router;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  person_init (&self->person);
  self->network = person_join (&self->person, "club", NULL);
  self->router = rt_port_router_new ();
  rt_network_set_port_backend (self->network, RT_PORT_BACKEND (self->router));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  /* whoever waits for an answer waits for so long only: tests that want an answer gave one */
  person_end (&self->person);
  rt_port_router_answer_all (self->router);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (self->router);
  person_clear (&self->person);
}

static gboolean
is_told (RtNetwork *network, const char *address)
{
  g_auto (GStrv) own = rt_network_dup_own_addresses (network);

  return g_strv_contains ((const char * const *) own, address);
}

static void
test_network (Fixture *self, gconstpointer data)
{
  RtPortMap *map = rt_network_get_port_map (self->network);
  guint16 port = p2p_mesh_socket_get_port (rt_network_get_socket (self->network));

  g_assert_cmpint (rt_port_map_get_state (map), ==, RT_PORT_MAP_OFF);
  rt_network_set_map_port (self->network, TRUE);
  g_assert_true (rt_network_config_get_map_port (rt_network_get_config (self->network)));
  g_assert_cmpuint (rt_port_map_get_port (map), ==, port);
  rt_port_router_answer (self->router, "81.2.3.4", 5555, 3600);
  rt_wait_until (rt_port_map_get_state (map) == RT_PORT_MAP_OPEN);
  /* friends are told, and the nodes of others */
  g_assert_true (is_told (self->network, "81.2.3.4:5555"));
  g_assert_cmpstr (p2p_mesh_socket_get_out_host (rt_network_get_socket (self->network)), ==, "81.2.3.4");
  g_assert_cmpuint (p2p_mesh_socket_get_out_port (rt_network_get_socket (self->network)), ==, 5555);
  /* off and on: closed, opened anew */
  rt_network_stop (self->network);
  g_assert_cmpuint (rt_port_router_get_n_waiting (self->router), ==, 1);
  rt_port_router_answer (self->router, NULL, 5555, 0);
  rt_network_start (self->network);
  wait_up (self->network);
  rt_wait_until (rt_port_router_get_n_asked (self->router) == 3);
  rt_port_router_answer (self->router, "81.2.3.4", 5555, 3600);
  rt_wait_until (is_told (self->network, "81.2.3.4:5555"));
  /* not wanted any more: the address is nobody's */
  rt_network_set_map_port (self->network, FALSE);
  g_assert_false (is_told (self->network, "81.2.3.4:5555"));
  g_assert_cmpuint (p2p_mesh_socket_get_out_port (rt_network_get_socket (self->network)), ==, port);
  rt_port_router_answer (self->router, NULL, 5555, 0);
  rt_wait_until (!rt_port_map_is_closing (map));
}

static void
open_at (Fixture *self, guint16 external)
{
  rt_network_set_map_port (self->network, TRUE);
  rt_port_router_answer (self->router, "81.2.3.4", external, 3600);
  rt_wait_until (rt_port_map_get_state (rt_network_get_port_map (self->network)) == RT_PORT_MAP_OPEN);
}

static void
close_at (Fixture *self, guint16 external)
{
  rt_network_set_map_port (self->network, FALSE);
  rt_port_router_answer (self->router, NULL, external, 0);
  rt_wait_until (!rt_port_map_is_closing (rt_network_get_port_map (self->network)));
}

/* Anybody in the local network may say that he is a router, and where others shall come. */
static void
test_liar (Fixture *self, gconstpointer data)
{
  P2pMeshSocket *socket = rt_network_get_socket (self->network);
  g_autofree char *words = NULL;

  /* a port of somebody's mail */
  open_at (self, 25);
  g_assert_false (is_told (self->network, "81.2.3.4:25"));
  g_assert_cmpuint (p2p_mesh_socket_get_out_port (socket), ==, p2p_mesh_socket_get_port (socket));
  close_at (self, 25);
  /* no way leads there: it is shown, and not told */
  rt_port_router_set_gateway (self->router, FALSE);
  open_at (self, 5555);
  words = rt_port_map_dup_words (rt_network_get_port_map (self->network));
  g_assert_nonnull (strstr (words, "81.2.3.4:5555"));
  g_assert_false (is_told (self->network, "81.2.3.4:5555"));
  g_assert_cmpuint (p2p_mesh_socket_get_out_port (socket), ==, p2p_mesh_socket_get_port (socket));
  rt_network_note_seen_at (self->network, "81.2.3.5");
  g_assert_false (is_told (self->network, "81.2.3.4:5555"));
  /* until a neighbour sees us there */
  rt_network_note_seen_at (self->network, "81.2.3.4");
  g_assert_true (is_told (self->network, "81.2.3.4:5555"));
  g_assert_cmpstr (p2p_mesh_socket_get_out_host (socket), ==, "81.2.3.4");
  g_assert_cmpuint (p2p_mesh_socket_get_out_port (socket), ==, 5555);
  close_at (self, 5555);
  g_assert_cmpuint (p2p_mesh_socket_get_out_port (socket), ==, p2p_mesh_socket_get_port (socket));
}

static void
asked_frame_cb (P2pMeshSocket *socket, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection, gint64 *token)
{
  if (p2p_app_frame_get_op (frame) == P2P_APP_CALL)
    *token = p2p_app_frame_get_token (frame);
}

/* What a neighbour answers comes to be known there. */
static void
test_seen (Fixture *self, gconstpointer data)
{
  g_autofree char *address = network_dup_address (self->network);
  g_autoptr (P2pAppFrame) frame = NULL;
  gint64 token = -1;
  RtNetwork *other;
  Person bob;

  person_init (&bob);
  other = person_join (&bob, "club", address);
  wait_peers (self->network, 1);
  wait_peers (other, 1);
  /* his own program would say the truth */
  rt_calls_set_socket (rt_network_get_calls (other), NULL);
  g_signal_connect (rt_network_get_socket (other), "app-frame", G_CALLBACK (asked_frame_cb), &token);
  g_assert_cmpuint (rt_calls_ask (rt_network_get_calls (self->network), 4444), ==, 1);
  rt_wait_until (token != -1);
  frame = p2p_app_frame_new_called (token, P2P_APP_CALL_NO_ANSWER, "81.2.3.4", NULL);
  p2p_mesh_socket_whisper_app_async (rt_network_get_socket (other), network_get_id (self->network), frame, NULL, NULL, NULL);
  rt_wait_until (g_strcmp0 (self->network->seen_at, "81.2.3.4") == 0);
  /* for this time */
  rt_network_stop (self->network);
  g_assert_null (self->network->seen_at);
  person_end (&bob);
  person_clear (&bob);
}

/* What the person wrote down counts more. */
static void
test_out_address (Fixture *self, gconstpointer data)
{
  g_autoptr (RtNetworkConfig) config = rt_network_config_copy (rt_network_get_config (self->network));

  g_object_set (config, "out-address", "example.org:4000", "map-port", TRUE, NULL);
  g_assert_true (rt_networks_update (self->person.networks, self->network, config, NULL));
  wait_up (self->network);
  rt_wait_until (rt_port_router_get_n_waiting (self->router) == 1);
  rt_port_router_answer (self->router, "81.2.3.4", 5555, 3600);
  rt_wait_until (is_told (self->network, "81.2.3.4:5555"));
  g_assert_true (is_told (self->network, "example.org:4000"));
  g_assert_cmpstr (p2p_mesh_socket_get_out_host (rt_network_get_socket (self->network)), ==, "example.org");
  rt_network_set_map_port (self->network, FALSE);
  g_assert_cmpstr (p2p_mesh_socket_get_out_host (rt_network_get_socket (self->network)), ==, "example.org");
  rt_port_router_answer_all (self->router);
}

/* The end of the program: the port is closed first. */
static void
test_quit (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_network_set_map_port (self->network, TRUE);
  rt_port_router_answer (self->router, "81.2.3.4", 5555, 3600);
  rt_wait_until (rt_port_map_get_state (rt_network_get_port_map (self->network)) == RT_PORT_MAP_OPEN);
  rt_networks_shutdown_async (self->person.networks, rt_wait_result_cb, &result);
  rt_wait_until (rt_port_router_get_n_waiting (self->router) == 1);
  g_assert_null (result);
  g_assert_nonnull (strstr (rt_port_router_get_log (self->router), "close"));
  rt_port_router_answer (self->router, NULL, 5555, 0);
  rt_wait_result (result);
}

/* And a router that says nothing holds nobody up. */
static void
test_quit_hangs (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  gint64 begun;

  rt_network_set_map_port (self->network, TRUE);
  rt_port_router_answer (self->router, "81.2.3.4", 5555, 3600);
  rt_wait_until (rt_port_map_get_state (rt_network_get_port_map (self->network)) == RT_PORT_MAP_OPEN);
  begun = g_get_monotonic_time ();
  rt_networks_shutdown_async (self->person.networks, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_cmpuint (rt_port_router_get_n_waiting (self->router), ==, 1);
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, RT_NETWORK_PORT_MILLISECONDS * 900);
}

static void
test_remembered (Fixture *self, gconstpointer data)
{
  RtNetwork *again;

  rt_network_set_map_port (self->network, TRUE);
  rt_port_router_fail (self->router, RT_PORT_ERROR_NOBODY, "none");
  rt_wait_until (rt_port_map_get_state (rt_network_get_port_map (self->network)) == RT_PORT_MAP_FAILED);
  person_end (&self->person);
  /* in the next life it asks whatever this machine has: nothing that opens a port for a node on loopback */
  person_begin (&self->person);
  again = person_get (&self->person, 0);
  g_assert_true (rt_network_config_get_map_port (rt_network_get_config (again)));
  wait_up (again);
  g_assert_cmpint (rt_port_map_get_state (rt_network_get_port_map (again)), ==, RT_PORT_MAP_OFF);
}

static void
test_reachability (Fixture *self, gconstpointer data)
{
  g_autoptr (RtReachability) reachability = rt_reachability_new (self->network);
  g_autofree char *report = NULL, *address = network_dup_address (self->network);
  RtNetwork *other;
  Person bob;

  /* the tests' networks listen at loopback alone */
  g_assert_cmpint (rt_reachability_get_reached (reachability), ==, RT_REACHED_NO);
  g_assert_cmpint (rt_reachability_get_fix (reachability), ==, RT_REACHED_FIX_EDIT_NETWORK);
  g_assert_true (says (rt_reachability_get_findings (reachability), RT_FINDING_BAD, "this computer"));
  g_assert_false (rt_reachability_is_missing (reachability));
  report = rt_reachability_dup_report (reachability);
  g_assert_true (g_str_has_prefix (report, "Nobody can reach you"));
  g_assert_null (strstr (report, "club"));

  /* who comes is noted, and from where */
  g_assert_cmpint (rt_network_get_came_in (self->network, FALSE), ==, 0);
  g_assert_cmpint (rt_network_get_up_time (self->network), >, 0);
  person_init (&bob);
  other = person_join (&bob, "club", address);
  wait_peers (self->network, 1);
  g_assert_cmpint (rt_network_get_came_in (self->network, FALSE), >, 0);
  g_assert_cmpint (rt_network_get_came_in (self->network, TRUE), ==, 0);
  g_assert_cmpint (rt_network_get_came_in (other, FALSE), ==, 0);
  rt_network_stop (self->network);
  g_assert_cmpint (rt_reachability_get_fix (reachability), ==, RT_REACHED_FIX_GO_ONLINE);
  g_assert_cmpint (rt_network_get_up_time (self->network), ==, 0);
  rt_reachability_check (reachability);
  rt_network_start (self->network);
  wait_up (self->network);
  person_end (&bob);
  person_clear (&bob);
}

int
main (int argc, char **argv)
{
  /* what comes and goes on this computer meanwhile is none of the test's business */
  g_setenv ("GIO_USE_NETWORK_MONITOR", "base", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/reachability/judge", test_judge);
#define ADD(path, func) g_test_add ("/model/reachability/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("network", test_network);
  ADD ("liar", test_liar);
  ADD ("seen", test_seen);
  ADD ("out-address", test_out_address);
  ADD ("quit", test_quit);
  ADD ("quit-hangs", test_quit_hangs);
  ADD ("remembered", test_remembered);
  ADD ("reachability", test_reachability);
#undef ADD
  return g_test_run ();
}
