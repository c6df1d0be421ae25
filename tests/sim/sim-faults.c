/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-faults.h"

void
sim_add_kinds (SimScenario *self, TestRng *rng, double share)
{
  for (guint i = 0; i < self->n_hosts; i++)
    {
      if (test_rng_chance (rng, share))
        sim_scenario_add (self, 0, SIM_PY2P, i, 0, 1);
      if (test_rng_chance (rng, 0.3))
        sim_scenario_add (self, 0, SIM_METHODS, i, 0, test_rng_between (rng, 0, 31));
    }
}

void
sim_add_fault (SimScenario *self, TestRng *rng, gint64 first, gint64 last, gboolean with_skew)
{
  gint64 from = test_rng_between (rng, first, last);
  gint64 until = from + test_rng_between (rng, 10 * MILLISECOND, (last - first) / 2);
  guint a = (guint) test_rng_below (rng, self->n_hosts);
  guint b = (guint) test_rng_below (rng, self->n_hosts);

  switch (test_rng_below (rng, with_skew ? 9 : 7))
    {
    case 0:
      sim_scenario_add (self, from, SIM_CUT, a, b, 0);
      break;
    case 1:
      sim_scenario_add (self, from, SIM_STALL, a, b, 0);
      sim_scenario_add (self, until, SIM_RESUME, a, b, 0);
      break;
    case 2:
      sim_scenario_add (self, from, SIM_GROUP, MIN (a, b), MAX (a, b), 1);
      sim_scenario_add (self, until, SIM_GROUP, 0, self->n_hosts - 1, 0);
      break;
    case 3:
      sim_scenario_add (self, from, SIM_CRASH, a, 0, test_rng_chance (rng, 0.5));
      if (test_rng_chance (rng, 0.2))
        sim_scenario_add (self, until, SIM_KEY, a, 0, 1);
      sim_scenario_add (self, until, SIM_RETURN, a, b, 0);
      break;
    case 4:
      sim_scenario_add (self, from, SIM_LEAVE, a, 0, 0);
      sim_scenario_add (self, until, SIM_START, a, 0, 0);
      sim_scenario_add (self, until, SIM_CONNECT, b, a, 0);
      break;
    case 5:
      sim_scenario_add (self, from, SIM_SLOW, a, 0, test_rng_between (rng, 100, 100000));
      sim_scenario_add (self, until, SIM_SLOW, a, 0, 0);
      break;
    case 6:
      sim_scenario_add (self, from, test_rng_chance (rng, 0.5) ? SIM_REFUSE : SIM_SILENT, a, 0, 1);
      sim_scenario_add (self, from, SIM_CONNECT, b, a, 0);
      sim_scenario_add (self, until, SIM_REFUSE, a, 0, 0);
      sim_scenario_add (self, until, SIM_SILENT, a, 0, 0);
      break;
    case 7:
      sim_scenario_add (self, from, SIM_SKEW, a, 0, test_rng_between (rng, -50000, 50000));
      break;
    default:
      sim_scenario_add (self, from, SIM_DISCONNECT, a, b, 0);
      sim_scenario_add (self, until, SIM_CONNECT, a, b, 0);
      break;
    }
}

void
sim_add_peace (SimScenario *self, gint64 time)
{
  sim_scenario_add (self, time, SIM_PEACE, 0, 0, 0);
  for (guint i = 0; i < self->n_hosts; i++)
    sim_scenario_add (self, time, SIM_RETURN, i, (i + 1) % self->n_hosts, 0);
}

void
sim_add_traffic (SimScenario *self, TestRng *rng, gint64 from, gint64 until, gint64 longest)
{
  guint n = (guint) test_rng_between (rng, 1, 30);

  for (guint i = 0; i < n; i++)
    {
      guint a = (guint) test_rng_below (rng, self->n_hosts);
      guint b = (guint) test_rng_below (rng, self->n_hosts);
      gint64 time = test_rng_between (rng, from, until);
      gint64 size = test_rng_chance (rng, 0.1) ? test_rng_between (rng, 1000, longest) : test_rng_between (rng, 1, 300);
      guint kind = (guint) test_rng_below (rng, 10);

      if (kind < 7)
        sim_scenario_add (self, time, SIM_SEND, a, 0, size);
      else if (kind < 9)
        sim_scenario_add (self, time, SIM_WHISPER, a, b, size);
      else
        sim_scenario_add (self, time, SIM_ASK, a, 0, 0);
    }
}
