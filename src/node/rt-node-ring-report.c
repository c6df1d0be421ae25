/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of a ring, and of the places of a key, as JSON. */
#include "rt-node-ring.h"

#include <string.h>

#include "rt-json-value.h"
#include "rt-json-writer.h"

static void
add_string (GString    *out,
            const char *key,
            const char *text)
{
  rt_json_key (out, key);
  rt_json_string (out, text);
}

static void
add_double (GString    *out,
            const char *key,
            double      number)
{
  rt_json_key (out, key);
  rt_json_double (out, number);
}

static void
add_boolean (GString    *out,
             const char *key,
             gboolean    value)
{
  rt_json_key (out, key);
  rt_json_boolean (out, value);
}

/* -1: null */
static void
add_count (GString    *out,
           const char *key,
           gint64      number)
{
  rt_json_key (out, key);
  if (number >= 0)
    rt_json_int (out, number);
  else
    rt_json_null (out);
}

static void
add_value (GString  *out,
           GVariant *owned)
{
  g_autoptr (GVariant) value = owned;

  rt_json_key (out, "value");
  if (value != NULL)
    rt_json_append_variant (out, value);
  else
    rt_json_null (out);
}

/* ---- a lookup ---- */

static const char *
name_outcome (P2pChordLookOutcome outcome)
{
  static const char *const names[] = { "value", "absent", "disagree", "timed-out", "nobody", "ended", "unsigned" };

  return names[MIN (outcome, G_N_ELEMENTS (names) - 1)];
}

static const char *
name_state (P2pChordPlaceState state)
{
  static const char *const names[] = { "waiting", "value", "nothing", "not-yet", "silent", "nobody" };

  return names[MIN (state, G_N_ELEMENTS (names) - 1)];
}

static void
append_place (GString           *out,
              P2pChordPlaceInfo *place)
{
  g_autofree char *words = p2p_chord_place_info_dup_words (place);

  rt_json_begin_object (out);
  add_string (out, "hash", p2p_chord_place_info_get_hash (place));
  add_double (out, "fraction", p2p_chord_place_info_get_fraction (place));
  add_string (out, "position", p2p_chord_place_info_get_position (place));
  add_string (out, "state", name_state (p2p_chord_place_info_get_state (place)));
  add_value (out, p2p_chord_place_info_get_value (place));
  add_string (out, "asked", p2p_chord_place_info_get_asked_id (place));
  add_string (out, "holder", p2p_chord_place_info_get_holder_id (place));
  add_boolean (out, "self", p2p_chord_place_info_get_is_self (place));
  add_string (out, "author", p2p_chord_place_info_get_author (place));
  add_count (out, "hops", p2p_chord_place_info_get_hops (place));
  add_double (out, "ms", p2p_chord_place_info_get_milliseconds (place));
  add_boolean (out, "agrees", p2p_chord_place_info_get_agrees (place));
  add_string (out, "words", words);
  rt_json_end_object (out);
}

void
rt_node_append_lookup (GString        *out,
                       P2pChordLookup *lookup)
{
  g_autofree char *words = p2p_chord_lookup_dup_words (lookup);

  rt_json_begin_object (out);
  rt_json_key (out, "key");
  rt_node_append_key (out, p2p_chord_lookup_get_key (lookup));
  add_string (out, "outcome", name_outcome (p2p_chord_lookup_get_outcome (lookup)));
  add_value (out, p2p_chord_lookup_get_value (lookup));
  add_boolean (out, "signed", p2p_chord_lookup_get_signed (lookup));
  add_string (out, "author", p2p_chord_lookup_get_author (lookup));
  add_string (out, "expected", p2p_chord_lookup_get_expected_author (lookup));
  add_count (out, "n_equal", p2p_chord_lookup_get_n_equal (lookup));
  add_double (out, "ms", p2p_chord_lookup_get_milliseconds (lookup));
  add_string (out, "words", words);
  rt_json_key (out, "places");
  rt_json_begin_array (out);
  for (guint i = 0; i < p2p_chord_lookup_get_n_places (lookup); i++)
    append_place (out, p2p_chord_lookup_get_place (lookup, i));
  rt_json_end_array (out);
  rt_json_end_object (out);
}

void
rt_node_answer_found (RtCommand  *command,
                      GVariant   *value,
                      const char *author,
                      double      milliseconds)
{
  g_autoptr (GString) out = g_string_new (NULL);

  rt_json_begin_object (out);
  rt_json_key (out, "value");
  rt_json_append_variant (out, value);
  add_double (out, "ms", milliseconds);
  add_boolean (out, "signed", author != NULL);
  add_string (out, "author", author);
  rt_json_end_object (out);
  rt_command_answer (command, out->str);
}

/* ---- the ring ---- */

const char *
rt_node_name_seed_state (P2pChordSeedState state)
{
  static const char *const names[] = { "not", "joining", "joined", "leaving" };

  return names[MIN (state, G_N_ELEMENTS (names) - 1)];
}

static void
append_roles (GString      *out,
              P2pChordRoles roles)
{
  static const struct { P2pChordRoles role; const char *name; } names[] = {
    { P2P_CHORD_ROLES_AFTER, "after" }, { P2P_CHORD_ROLES_BEFORE, "before" }, { P2P_CHORD_ROLES_FINGER, "finger" },
  };

  rt_json_key (out, "roles");
  rt_json_begin_array (out);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (roles & names[i].role)
      rt_json_string (out, names[i].name);
  rt_json_end_array (out);
}

static void
append_member (GString            *out,
               P2pChordMemberInfo *member)
{
  const char *text = p2p_chord_member_info_get_address (member);
  g_autoptr (GNetworkAddress) address = text != NULL ? rt_node_parse_address (text, NULL) : NULL;

  rt_json_begin_object (out);
  add_string (out, "id", p2p_chord_member_info_get_id (member));
  add_double (out, "place", p2p_chord_member_info_get_fraction (member));
  rt_node_append_address (out, address != NULL ? g_network_address_get_hostname (address) : NULL,
                          address != NULL ? g_network_address_get_port (address) : 0);
  add_boolean (out, "self", p2p_chord_member_info_get_is_self (member));
  add_boolean (out, "linked", p2p_chord_member_info_get_linked (member));
  add_boolean (out, "own", p2p_chord_member_info_get_is_own (member));
  append_roles (out, p2p_chord_member_info_get_roles (member));
  add_count (out, "values", p2p_chord_member_info_get_n_values (member));
  add_count (out, "bytes", p2p_chord_member_info_get_n_bytes (member));
  rt_json_end_object (out);
}

void
rt_node_append_ring (GString        *out,
                     P2pChordSocket *chord)
{
  GListModel *ring = p2p_chord_socket_get_ring (chord);
  guint n = g_list_model_get_n_items (ring);
  double from, to;

  rt_json_begin_object (out);
  add_count (out, "k", p2p_chord_socket_get_k (chord));
  add_string (out, "state", rt_node_name_seed_state (p2p_chord_socket_get_seed_state (chord)));
  add_double (out, "place", p2p_chord_socket_get_place (chord));
  rt_json_key (out, "arc");
  if (p2p_chord_socket_get_arc (chord, &from, &to))
    {
      rt_json_begin_array (out);
      rt_json_double (out, from);
      rt_json_double (out, to);
      rt_json_end_array (out);
    }
  else
    rt_json_null (out);
  add_count (out, "values", p2p_chord_socket_get_n_values (chord));
  add_count (out, "bytes", (gint64) p2p_chord_socket_get_n_bytes (chord));
  rt_json_key (out, "members");
  rt_json_begin_array (out);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (P2pChordMemberInfo) member = g_list_model_get_item (ring, i);

      append_member (out, member);
    }
  rt_json_end_array (out);
  rt_json_end_object (out);
}

/* ---- what it stores ---- */

static void
begin_map (GString *out)
{
  rt_json_begin_object (out);
  rt_json_key (out, "$m");
  rt_json_begin_array (out);
}

static void
end_map (GString *out)
{
  rt_json_end_array (out);
  rt_json_end_object (out);
}

static void
append_stored (GString  *out,
               GVariant *pairs)
{
  gsize n = g_variant_n_children (pairs);

  begin_map (out);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) position = NULL;
      g_autoptr (GVariant) value = NULL;
      g_autofree char *text = NULL;
      gsize length;
      const guint8 *bytes;

      g_variant_get_child (pairs, i, "(@ayv)", &position, &value);
      bytes = g_variant_get_fixed_array (position, &length, 1);
      text = p2p_base58_encode_bytes (bytes, length, NULL);
      rt_json_begin_array (out);
      rt_json_string (out, text);
      rt_json_append_variant (out, value);
      rt_json_end_array (out);
    }
  end_map (out);
}

void
rt_node_append_dump (GString        *out,
                     P2pChordSocket *chord)
{
  g_autoptr (GVariant) dump = p2p_chord_socket_dump_data (chord, NULL, NULL);
  gsize n = g_variant_n_children (dump);

  begin_map (out);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) pairs = NULL;
      const char *hash;

      g_variant_get_child (dump, i, "{&s@a(ayv)}", &hash, &pairs);
      rt_json_begin_array (out);
      rt_json_string (out, hash);
      append_stored (out, pairs);
      rt_json_end_array (out);
    }
  end_map (out);
}
