/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of a distributed table, as events. */
#include "rt-node-private.h"

#include "rt-json-writer.h"
#include "rt-node-error.h"
#include "rt-node-ring.h"

static void
add_cb (P2pChordSocket *chord,
        GBytes         *key,
        RtNode         *self)
{
  rt_node_tell_key (self, "add", key, "was written");
}

static void
delete_cb (P2pChordSocket *chord,
           GBytes         *key,
           RtNode         *self)
{
  rt_node_tell_key (self, "delete", key, "was deleted");
}

static void
refused_cb (P2pChordSocket *chord,
            const char     *giver,
            const GError   *reason,
            RtNode         *self)
{
  g_autofree char *code = rt_node_error_dup_code_name (reason);
  GString *line;

  if (self->options->human)
    {
      g_autofree char *who = rt_node_shorten_id (giver);
      g_autofree char *words = rt_node_make_harmless (reason->message);

      rt_node_say (self, TRUE, "Did not store what %s sent: %s", who, words);
      return;
    }
  line = rt_node_begin_event ("refused");
  rt_json_key (line, "giver");
  rt_json_string (line, giver);
  rt_json_key (line, "code");
  rt_json_string (line, code);
  rt_json_key (line, "error");
  rt_json_string (line, reason->message);
  rt_node_end_event (self, line, TRUE);
}

static void
seed_cb (P2pChordSocket *chord,
         GParamSpec     *pspec,
         RtNode         *self)
{
  const char *state = rt_node_name_seed_state (p2p_chord_socket_get_seed_state (chord));
  GString *line;

  if (self->options->human)
    {
      rt_node_say (self, FALSE, "Storing for others: %s", state);
      return;
    }
  line = rt_node_begin_event ("seed");
  rt_json_key (line, "state");
  rt_json_string (line, state);
  rt_node_end_event (self, line, FALSE);
}

void
rt_node_watch_ring (RtNode *self)
{
  g_signal_connect_object (self->chord, "add", G_CALLBACK (add_cb), self, 0);
  g_signal_connect_object (self->chord, "delete", G_CALLBACK (delete_cb), self, 0);
  g_signal_connect_object (self->chord, "refused", G_CALLBACK (refused_cb), self, 0);
  g_signal_connect_object (self->chord, "notify::seed-state", G_CALLBACK (seed_cb), self, 0);
}
