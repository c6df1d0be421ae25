/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page "Why can't I reach …?" as text, for a bug report: in English, and without what is nobody's business. */
#include "config.h"

#include "rt-reach.h"

static char *
dup_stamp (gint64 utc_us)
{
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_utc (utc_us / G_USEC_PER_SEC);

  return moment != NULL ? g_date_time_format (moment, "%Y-%m-%d %H:%M:%S UTC") : g_strdup ("?");
}

char *
rt_reach_dup_report (RtReach *self)
{
  static const char * const states[] = { "waiting", "running", "ok", "failed", "skipped" };
  static const char * const steps[] = { "name", "port", "encryption", "handshake" };
  GString *text = g_string_new (NULL);
  RtNetworkConfig *config;
  RtStanding standing;
  GPtrArray *attempts;
  gint64 skew;
  g_autofree char *now = NULL;

  g_return_val_if_fail (RT_IS_REACH (self), NULL);

  attempts = rt_reach_get_attempts (self);
  config = rt_network_get_config (rt_reach_get_network (self));
  now = dup_stamp (g_get_real_time ());
  g_string_append_printf (text, "Why can't I reach %s?\nRoundtable %s, GLib %u.%u.%u, %s\nNetwork: encryption %s, %s, wire version %s, %u peers\n",
                          rt_reach_get_address (self), PACKAGE_VERSION, glib_major_version, glib_minor_version, glib_micro_version, now,
                          rt_network_config_get_encryption (config), rt_network_config_get_has_secret (config) ? "private" : "no secret", rt_network_config_get_version (config),
                          rt_network_get_n_peers (rt_reach_get_network (self)));
  g_string_append_printf (text, "State: %s\n", rt_network_get_socket (rt_reach_get_network (self)) == NULL ? "offline" :
                                               rt_reach_get_connected (self) ? "connected" : "not connected");
  if (rt_network_get_standing (rt_reach_get_network (self), rt_reach_get_address (self), &standing))
    {
      g_autofree char *next = standing.next_attempt > 0 ? dup_stamp (standing.next_attempt) : NULL;

      g_string_append_printf (text, "By itself: tried %u times, next attempt: %s\n", standing.attempts,
                              next != NULL ? next : standing.dialling ? "now" : standing.given_up ? "never" : "none is planned");
    }
  g_object_get (rt_reach_get_network (self), "clock-skew", &skew, NULL);
  g_string_append_printf (text, "Clock: %" G_GINT64_FORMAT " s ahead of the peers'\n", skew);
  g_string_append (text, attempts->len > 0 ? "Attempts, the newest first:\n" : "Attempts: none\n");
  for (guint i = 0; i < attempts->len; i++)
    {
      const RtReachAttempt *attempt = g_ptr_array_index (attempts, i);
      g_autofree char *stamp = dup_stamp (attempt->when);
      g_autofree char *name = attempt->code >= 0 ? rt_reach_dup_code_name (attempt->code) : g_strdup ("OK");

      g_string_append_printf (text, "  %s  %s  %s\n", stamp, name, attempt->words);
    }
  if (rt_reach_was_checked (self))
    {
      g_string_append (text, "Check:\n");
      for (guint i = 0; i < RT_N_STEPS; i++)
        {
          const char *words = NULL;
          RtStepState state = rt_reach_get_step (self, i, &words);

          g_string_append_printf (text, "  %s: %s%s%s\n", steps[i], states[state], words != NULL ? ", " : "", words != NULL ? words : "");
        }
    }
  return g_string_free (text, FALSE);
}
