/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of the way to us, in words, and what follows of it. Nothing here says more than is known. */
#include "config.h"

#include "rt-reachability.h"
#include "ports/rt-ports-address.h"

#include <string.h>
#include <glib/gi18n-lib.h>

void
rt_finding_free (RtFinding *self)
{
  g_free (self->title);
  g_free (self->details);
  g_free (self);
}

static void
add (GPtrArray *findings, RtFindingKind kind, const char *title, const char *details)
{
  RtFinding *finding = g_new0 (RtFinding, 1);

  finding->kind = kind;
  finding->title = g_strdup (title);
  finding->details = g_strdup (details != NULL ? details : "");
  g_ptr_array_add (findings, finding);
}

/* ---- one by one ---- */

static void
judge_listening (const RtReachFacts *facts, GPtrArray *findings)
{
  g_autofree char *port = g_strdup_printf ("%u", facts->port), *words = NULL;

  if (!facts->up)
    {
      add (findings, RT_FINDING_BAD, _("This network is off"), _("While it is, nobody can come in."));
      return;
    }
  if (facts->loopback_only)
    {
      add (findings, RT_FINDING_BAD, _("Only programs on this computer can come in"), _("The network is set to listen at an address of this computer alone."));
      return;
    }
  /* Translators: %s is the number of a port */
  words = g_strdup_printf (_("It listens at port %s"), port);
  add (findings, RT_FINDING_GOOD, words, _("A firewall of this computer may still keep others out: that cannot be seen from here."));
}

static void
judge_addresses (const RtReachFacts *facts, GPtrArray *findings)
{
  RtIpv4Scope scope = rt_ipv4_scope_of (facts->lan);
  g_autofree char *words = NULL;

  /* Translators: %s is an address */
  words = g_strdup_printf (_("The address of this computer is %s"), facts->lan);
  if (scope == RT_IPV4_PUBLIC || (facts->lan != NULL && rt_ipv6_is_public (facts->lan)))
    add (findings, RT_FINDING_GOOD, words, _("It is one of the whole Internet: no router has to be asked."));
  else if (scope == RT_IPV4_PRIVATE || scope == RT_IPV4_CARRIER)
    add (findings, RT_FINDING_OPEN, words, _("It is known in the local network alone. From outside somebody can come only if the router lets them."));
  else if (facts->lan != NULL && scope == RT_IPV4_NONE && strchr (facts->lan, ':') == NULL)
    add (findings, RT_FINDING_BAD, words, _("It is one that is meant for nobody: others cannot come to it."));
  else
    add (findings, RT_FINDING_BAD, _("This computer is in no network"), _("No address was found that others could come to."));
  if (facts->ipv6 != NULL && facts->ipv4_only)
    add (findings, RT_FINDING_OPEN, _("There is an IPv6 address, too"),
         _("This network listens at IPv4 addresses alone. When it is set to listen at ::, others who have IPv6 may come in without the router’s help, if its firewall lets them."));
}

static void
judge_router (const RtReachFacts *facts, GPtrArray *findings)
{
  if (facts->out_address != NULL && *facts->out_address != '\0')
    {
      g_autofree char *words = NULL;

      /* Translators: %s is an address */
      words = g_strdup_printf (_("Others are told to come to %s"), facts->out_address);
      add (findings, RT_FINDING_OPEN, words, _("You wrote that down in the settings of this network. Whether it leads here is seen when somebody comes."));
    }
  if (!facts->asks_router)
    {
      add (findings, RT_FINDING_OPEN, _("The router is not asked to open the port"), _("Many routers do so when a program of their network asks for it."));
      return;
    }
  switch (facts->map_state)
    {
    case RT_PORT_MAP_OPEN:
      add (findings, RT_FINDING_GOOD, facts->map_words, _("The router says so. Whether it is so is seen when somebody comes."));
      break;
    case RT_PORT_MAP_FAILED:
      add (findings, RT_FINDING_BAD, facts->map_words,
           facts->map_trouble == RT_PORT_TROUBLE_CARRIER ? _("Many customers share one address of the provider. Ask the provider for an address of your own, or use IPv6.")
           : facts->map_trouble == RT_PORT_TROUBLE_MISSING ? _("You can still open the port by hand, in the settings of the router.")
           : _("UPnP or NAT-PMP may be switched off in the settings of the router. There the port can be opened by hand, too."));
      break;
    case RT_PORT_MAP_ASKING:
    case RT_PORT_MAP_OFF:
    default:
      add (findings, RT_FINDING_OPEN, facts->map_words, _("That takes some seconds."));
      break;
    }
}

static char *
dup_moment (gint64 utc_us)
{
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_local (utc_us / G_USEC_PER_SEC);

  return moment != NULL ? g_date_time_format (moment, "%X") : g_strdup ("");
}

static void
judge_visitors (const RtReachFacts *facts, GPtrArray *findings)
{
  g_autofree char *moment = dup_moment (facts->came_from_far != 0 ? facts->came_from_far : facts->came_in), *words = NULL;

  if (facts->came_from_far != 0)
    {
      /* Translators: %s is a time of the day */
      words = g_strdup_printf (_("Somebody came in from outside, last at %s"), moment);
      add (findings, RT_FINDING_GOOD, words, _("Nothing proves better that others can."));
    }
  else if (facts->came_in != 0)
    {
      /* Translators: %s is a time of the day */
      words = g_strdup_printf (_("Somebody came in from nearby, last at %s"), moment);
      add (findings, RT_FINDING_OPEN, words, _("It was out of this local network, or this computer: of the way from outside it says nothing."));
    }
  else if (facts->n_peers > 0)
    add (findings, RT_FINDING_OPEN, _("Nobody came in so far"), _("All connections were opened from here. That may be chance: nobody may have tried."));
  else
    add (findings, RT_FINDING_OPEN, _("Nobody came in so far"), _("Nobody may have tried: there are no connections at all."));
}

/* What they say of it is a claim, and it is said so. */
static void
judge_calls (const RtReachFacts *facts, GPtrArray *findings)
{
  const RtCallCounts *calls = &facts->calls;
  guint reached = calls->n_reached_far + calls->n_reached_near, failed = calls->n_failed_far + calls->n_failed_near;
  g_autofree char *n_reached = g_strdup_printf ("%u", reached), *n_failed = g_strdup_printf ("%u", failed), *yes = NULL, *no = NULL;

  if (calls->n_waiting > 0)
    add (findings, RT_FINDING_OPEN, _("Neighbours are trying to come to you"), _("That takes some seconds."));
  /* Translators: %s is a number */
  yes = g_strdup_printf (ngettext ("%s neighbour says that it could come to you", "%s neighbours say that they could come to you", reached), n_reached);
  if (calls->n_reached_far > 0)
    add (findings, RT_FINDING_GOOD, yes, _("They were asked just now, and came from outside."));
  else if (reached > 0)
    add (findings, RT_FINDING_OPEN, yes, _("They are in this local network: of the way from outside it says nothing."));
  /* Translators: %s is a number */
  no = g_strdup_printf (ngettext ("%s neighbour says that it could not come to you", "%s neighbours say that they could not come to you", failed), n_failed);
  if (failed > 0)
    add (findings, RT_FINDING_BAD, no, calls->n_failed_far > 0 ? _("The router or a firewall is in the way, or leads to another port.") : _("They are in this local network: a firewall of this computer is in the way."));
  if (calls->n_asked > 0 && calls->n_waiting + reached + failed == 0)
    add (findings, RT_FINDING_OPEN, _("Neighbours could not try it now"), _("They do so for each of us once a minute."));
}

static void
judge_seen (const RtReachFacts *facts, GPtrArray *findings)
{
  g_autofree char *words = NULL;

  if (facts->seen_at == NULL)
    return;
  /* Translators: %s is an address */
  words = g_strdup_printf (_("Neighbours see you at %s"), facts->seen_at);
  if (facts->router_address != NULL && rt_ipv4_scope_of (facts->router_address) == RT_IPV4_PUBLIC && rt_ipv4_scope_of (facts->seen_at) == RT_IPV4_PUBLIC &&
      g_strcmp0 (facts->router_address, facts->seen_at) != 0)
    add (findings, RT_FINDING_BAD, words, _("The router says another address: there is a second router, or a tunnel, between it and them."));
  else
    add (findings, RT_FINDING_OPEN, words, _("That is where others come, if they can: the address of this computer, or of its router."));
}

/* ---- all in all ---- */

RtReached
rt_reach_judge (const RtReachFacts *facts, GPtrArray *findings, RtReachedFix *fix)
{
  gboolean far = facts->came_from_far != 0, public = rt_ipv4_scope_of (facts->lan) == RT_IPV4_PUBLIC;
  gboolean near = facts->came_in != 0 || facts->calls.n_reached_near > 0;

  judge_listening (facts, findings);
  *fix = !facts->up ? RT_REACHED_FIX_GO_ONLINE : facts->loopback_only ? RT_REACHED_FIX_EDIT_NETWORK : RT_REACHED_FIX_NONE;
  if (!facts->up || facts->loopback_only)
    return RT_REACHED_NO;
  judge_visitors (facts, findings);
  judge_calls (facts, findings);
  judge_router (facts, findings);
  judge_addresses (facts, findings);
  judge_seen (facts, findings);
  if (far)
    return RT_REACHED_PROVEN;
  if (!facts->asks_router && !public && facts->map_trouble != RT_PORT_TROUBLE_MISSING)
    *fix = RT_REACHED_FIX_ASK_ROUTER;
  if (facts->asks_router && facts->map_state == RT_PORT_MAP_FAILED && facts->map_trouble == RT_PORT_TROUBLE_CARRIER && !public)
    return near ? RT_REACHED_NEARBY : RT_REACHED_NO;
  if (facts->calls.n_reached_far > 0)
    return RT_REACHED_LIKELY;
  /* one alone may be mistaken */
  if (facts->calls.n_failed_far > 1)
    return RT_REACHED_NO;
  if (facts->calls.n_failed_far == 0 && (public || (facts->asks_router && facts->map_state == RT_PORT_MAP_OPEN)))
    return RT_REACHED_LIKELY;
  return near ? RT_REACHED_NEARBY : RT_REACHED_UNKNOWN;
}

const char *
rt_reached_get_words (RtReached reached)
{
  switch (reached)
    {
    case RT_REACHED_PROVEN: return _("Others can reach you");
    case RT_REACHED_LIKELY: return _("Others can most likely reach you");
    case RT_REACHED_NEARBY: return _("Others nearby can reach you");
    case RT_REACHED_NO: return _("Nobody can reach you");
    case RT_REACHED_UNKNOWN:
    default: return _("It is not known whether others can reach you");
    }
}

const char *
rt_reached_get_advice (RtReached reached, RtReachedFix fix)
{
  switch (fix)
    {
    case RT_REACHED_FIX_GO_ONLINE: return _("Go online.");
    case RT_REACHED_FIX_EDIT_NETWORK: return _("Let the network listen at 0.0.0.0, which is all addresses of this computer.");
    case RT_REACHED_FIX_ASK_ROUTER: return _("Let the router be asked to open the port. It does no harm where it does not help.");
    case RT_REACHED_FIX_NONE:
    default:
      break;
    }
  switch (reached)
    {
    case RT_REACHED_PROVEN:
      return "";
    case RT_REACHED_LIKELY:
      return _("Send a friend your address, or an invitation: when they come in, it is proven.");
    case RT_REACHED_NO:
    case RT_REACHED_NEARBY:
    case RT_REACHED_UNKNOWN:
    default:
      return _("You can talk all the same: it is enough when you connect to others. One member of the network should be in reach.");
    }
}
