/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of the table, as events. */
#include "rt-node-private.h"

#include "rt-json-value.h"
#include "rt-json-writer.h"
#include "rt-node-error.h"

/* What a person is shown of a key or a value. */
#define HUMAN_CHARS 200

void
rt_node_append_key (GString *out,
                    GBytes  *key)
{
  gsize length;
  const char *bytes = g_bytes_get_data (key, &length);

  rt_json_text_or_bytes (out, bytes, length);
}

void
rt_node_append_meta (GString      *out,
                     P2pSyncEntry *entry)
{
  rt_json_begin_object (out);
  rt_json_key (out, "owner");
  rt_json_string (out, p2p_sync_entry_get_owner (entry));
  rt_json_key (out, "timestamp");
  rt_json_int (out, p2p_sync_entry_get_timestamp (entry));
  rt_json_key (out, "lease_left");
  rt_json_uint (out, p2p_sync_entry_get_lease_left (entry));
  rt_json_key (out, "mine");
  rt_json_boolean (out, p2p_sync_entry_get_mine (entry));
  rt_json_key (out, "old");
  rt_json_boolean (out, p2p_sync_entry_get_old (entry));
  rt_json_key (out, "signed");
  rt_json_boolean (out, p2p_sync_entry_get_signed (entry));
  rt_json_end_object (out);
}

char *
rt_node_describe_key (GBytes *key)
{
  g_autoptr (GString) json = g_string_new (NULL);
  g_autofree char *start = NULL;

  rt_node_append_key (json, key);
  start = g_utf8_substring (json->str, 0, MIN (HUMAN_CHARS, g_utf8_strlen (json->str, -1)));
  return rt_node_make_harmless (start);
}

static void
update_cb (P2pSyncSocket *table,
           GBytes        *key,
           GVariant      *value,
           P2pSyncEntry  *entry,
           RtNode        *self)
{
  GString *line;

  if (self->options->human)
    {
      g_autofree char *name = rt_node_describe_key (key);
      g_autofree char *printed = p2p_value_print (value, HUMAN_CHARS);
      g_autofree char *harmless = rt_node_make_harmless (printed);
      g_autofree char *owner = rt_node_shorten_id (p2p_sync_entry_get_owner (entry));

      rt_node_say (self, TRUE, "%s: %s = %s", owner, name, harmless);
      return;
    }
  line = rt_node_begin_event ("update");
  rt_json_key (line, "key");
  rt_node_append_key (line, key);
  rt_json_key (line, "value");
  rt_json_append_variant (line, value);
  rt_json_key (line, "meta");
  rt_node_append_meta (line, entry);
  rt_node_end_event (self, line, TRUE);
}

void
rt_node_tell_key (RtNode     *self,
                  const char *name,
                  GBytes     *key,
                  const char *words)
{
  GString *line;

  if (self->options->human)
    {
      g_autofree char *described = rt_node_describe_key (key);

      rt_node_say (self, TRUE, "%s %s", described, words);
      return;
    }
  line = rt_node_begin_event (name);
  rt_json_key (line, "key");
  rt_node_append_key (line, key);
  rt_node_end_event (self, line, TRUE);
}

static void
delete_cb (P2pSyncSocket *table,
           GBytes        *key,
           RtNode        *self)
{
  rt_node_tell_key (self, "delete", key, "was deleted");
}

static void
refused_cb (P2pSyncSocket *table,
            GBytes        *key,
            const char    *owner,
            const GError  *reason,
            RtNode        *self)
{
  g_autofree char *code = rt_node_error_dup_code_name (reason);
  GString *line;

  if (self->options->human)
    {
      g_autofree char *name = rt_node_describe_key (key);
      g_autofree char *who = rt_node_shorten_id (owner);
      g_autofree char *words = rt_node_make_harmless (reason->message);

      rt_node_say (self, TRUE, "Refused what %s wrote to %s: %s", who, name, words);
      return;
    }
  line = rt_node_begin_event ("refused");
  rt_json_key (line, "key");
  rt_node_append_key (line, key);
  rt_json_key (line, "owner");
  rt_json_string (line, owner);
  rt_json_key (line, "code");
  rt_json_string (line, code);
  rt_json_key (line, "error");
  rt_json_string (line, reason->message);
  rt_node_end_event (self, line, TRUE);
}

void
rt_node_watch_table (RtNode *self)
{
  if (!self->options->quiet)
    g_signal_connect_object (self->table, "update", G_CALLBACK (update_cb), self, 0);
  g_signal_connect_object (self->table, "delete", G_CALLBACK (delete_cb), self, 0);
  g_signal_connect_object (self->table, "refused", G_CALLBACK (refused_cb), self, 0);
}
