/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Whom to dial next.
 *
 * A node's own links are to be spread, so that nobody who owns many addresses of one net, or is named by one friend, owns them
 * all: not more than links_per_prefix of one /24 (IPv6: /48), and of what is left one of the /16 (/32) and of the teller that have
 * the fewest. Half of the choices are among those that were reached before, half among new ones of a /16
 * where we have no link: a flood of new names cannot crowd out old friends, nor old friends what is new, and one who has many names in
 * few nets, and is always there, does not get one slot after the other as the others come and go. Links that there are stay: none is
 * closed for a better one.
 *
 * Loopback addresses, and private ones of the same IPv4 /16 or IPv6 /48 as our own, are exempt from the limits of a prefix: the
 * nodes of a party in one LAN have no other.
 */
#include "p2p-address-book-private.h"

#include <gio/gio.h>
#include <string.h>

static guint64
take_bytes (const guint8 *bytes, guint n)
{
  guint64 key = n;

  for (guint i = 0; i < n; i++)
    key = key << 8 | bytes[i];
  return key;
}

static gboolean
is_private_ipv4 (const guint8 *bytes)
{
  return bytes[0] == 10 || bytes[0] == 127 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) || (bytes[0] == 192 && bytes[1] == 168) ||
         (bytes[0] == 169 && bytes[1] == 254);
}

typedef struct {
  guint64 near_key;
  guint64 wide_key;
  gboolean lan;
} Keys;

static Keys
find_keys (const char *host)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  g_autofree char *bare = g_strndup (host, strcspn (host, "%"));
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (bare);
  const guint8 *bytes;

  if (address == NULL)
    {
      guint64 key = G_GUINT64_CONSTANT (1) << 63 | g_str_hash (host);

      return (Keys) { key, key, FALSE };
    }
  bytes = g_inet_address_to_bytes (address);
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    {
      gboolean lan = g_inet_address_get_is_link_local (address) || g_inet_address_get_is_loopback (address) || (bytes[0] & 0xfe) == 0xfc;

      if (memcmp (bytes, mapped, sizeof mapped) != 0)
        return (Keys) { take_bytes (bytes, 6), take_bytes (bytes, lan ? 6 : 4), lan };
      bytes += sizeof mapped;
    }
  return (Keys) { take_bytes (bytes, 3), take_bytes (bytes, 2), is_private_ipv4 (bytes) };
}

void
p2p_known_find_keys (P2pKnown *known)
{
  Keys keys = find_keys (known->host);

  known->near_key = keys.near_key;
  known->wide_key = keys.wide_key;
  known->lan = keys.lan;
}

static gboolean
is_near (P2pKnown *known, const Keys *own)
{
  static const guint64 loopback = G_GUINT64_CONSTANT (0x027f);

  if (!known->lan)
    return FALSE;
  return known->wide_key >> 8 == loopback || (own->lan && own->wide_key == known->wide_key) || g_str_equal (known->host, "::1");
}

/* ---- */

static gboolean
is_free (P2pKnown *known)
{
  return !known->own && !known->parted && (known->state == P2P_ADDRESS_STATE_IDLE || known->state == P2P_ADDRESS_STATE_WAITING);
}

typedef struct {
  guint same_near;
  guint same_wide;
  guint same_teller;
} Crowd;

static GPtrArray *
list_chosen (P2pAddressBook *self)
{
  GPtrArray *chosen = g_ptr_array_new ();

  for (guint i = 0; i < self->entries->len; i++)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i);

      if (known->chosen)
        g_ptr_array_add (chosen, known);
    }
  return chosen;
}

/* How many links of our own choice it would join. */
static Crowd
count_crowd (GPtrArray *chosen, P2pKnown *known)
{
  Crowd crowd = { 0 };

  for (guint i = 0; i < chosen->len; i++)
    {
      P2pKnown *other = g_ptr_array_index (chosen, i);

      crowd.same_near += other->near_key == known->near_key;
      crowd.same_wide += other->wide_key == known->wide_key;
      crowd.same_teller += known->named_by != NULL && g_strcmp0 (other->named_by, known->named_by) == 0;
    }
  return crowd;
}

static gboolean
may_be_chosen (P2pAddressBook *self, GPtrArray *chosen, P2pKnown *known, const Keys *own, P2pKnownFilter filter, gpointer data, Crowd *crowd)
{
  if (!is_free (known) || !filter (known, data))
    return FALSE;
  *crowd = (Crowd) { 0 };
  if (is_near (known, own))
    return TRUE;
  *crowd = count_crowd (chosen, known);
  return crowd->same_near < self->limits->links_per_prefix;
}

P2pKnown *
p2p_address_book_pick_pinned (P2pAddressBook *self, P2pKnownFilter filter, gpointer data, gint64 now)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i);

      if (known->flags & P2P_ADDRESS_PINNED && is_free (known) && known->next <= now && filter (known, data))
        return known;
    }
  return NULL;
}

P2pKnown *
p2p_address_book_pick_missed (P2pAddressBook *self, P2pKnownFilter filter, gpointer data, gint64 now)
{
  P2pKnown *best = NULL;

  for (guint i = 0; i < self->entries->len; i++)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i);

      if (known->missed && is_free (known) && known->next <= now && (best == NULL || known->next < best->next) && filter (known, data))
        best = known;
    }
  return best;
}

/* Smaller is better. */
static guint64
find_score (P2pKnown *known, const Crowd *crowd, gboolean old_friend)
{
  guint64 score = 0;

  score = score << 1 | !(known->flags & P2P_ADDRESS_ANCHOR && known->failures == 0);
  score = score << 1 | !(known->missed && known->failures == 0);
  score = score << 1 | (old_friend ? !known->reached : known->reached || crowd->same_wide > 0);
  score = score << 8 | MIN (known->failures, 0xff);
  score = score << 8 | MIN (crowd->same_wide, 0xff);
  score = score << 8 | MIN (crowd->same_teller, 0xff);
  return score;
}

/* As many of them as of new ones, and them first. */
static gboolean
wants_old_friend (GPtrArray *chosen)
{
  guint n = 0;

  for (guint i = 0; i < chosen->len; i++)
    n += ((P2pKnown *) g_ptr_array_index (chosen, i))->old_friend;
  return n <= chosen->len - n;
}

P2pKnown *
p2p_address_book_pick (P2pAddressBook *self, const char *own_host, P2pKnownFilter filter, gpointer data, gint64 now)
{
  Keys own = own_host != NULL ? find_keys (own_host) : (Keys) { 0 };
  g_autoptr (GPtrArray) chosen = list_chosen (self);
  P2pKnown *best = NULL;
  guint64 best_score = G_MAXUINT64;
  gboolean old_friend = wants_old_friend (chosen);
  guint ties = 0;

  for (guint i = 0; i < self->entries->len; i++)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i);
      Crowd crowd;
      guint64 score;

      if (known->flags & P2P_ADDRESS_PINNED || known->next > now || !may_be_chosen (self, chosen, known, &own, filter, data, &crowd))
        continue;
      score = find_score (known, &crowd, old_friend);
      if (score > best_score)
        continue;
      ties = score < best_score ? 1 : ties + 1;
      if (ties > 1 && p2p_address_book_draw (self) % ties != 0)
        continue;
      best = known;
      best_score = score;
    }
  return best;
}

P2pAddressTimes
p2p_address_book_schedule (P2pAddressBook *self, const char *own_host, P2pKnownFilter filter, gpointer data,
                           gboolean want, gboolean want_missed, gint64 now)
{
  Keys own = own_host != NULL ? find_keys (own_host) : (Keys) { 0 };
  g_autoptr (GPtrArray) chosen = list_chosen (self);
  P2pAddressTimes times = { G_MAXINT64, G_MAXINT64, G_MAXINT64 };

  p2p_address_book_expire (self, now);
  for (guint i = 0; i < self->entries->len; i++)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i);
      gboolean waits = FALSE;
      Crowd crowd;

      if (!is_free (known))
        continue;
      if (known->flags & P2P_ADDRESS_PINNED)
        {
          waits = filter (known, data);
          if (waits)
            times.pinned = MIN (times.pinned, known->next);
        }
      else if (want && may_be_chosen (self, chosen, known, &own, filter, data, &crowd))
        {
          /* What was never tried has no time of its own. */
          waits = known->next != 0;
          times.wanted = MIN (times.wanted, known->next);
        }
      else if (want_missed && known->missed && filter (known, data))
        {
          waits = TRUE;
          times.missed = MIN (times.missed, known->next);
        }
      p2p_address_book_set_waiting (known, waits);
    }
  return times;
}

guint
p2p_address_book_count_missed (P2pAddressBook *self, gint64 since)
{
  guint n = 0;

  for (guint i = 0; i < self->entries->len; i++)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i);

      n += known->missed && known->state != P2P_ADDRESS_STATE_GIVEN_UP && known->lost_at >= since;
    }
  return n;
}

gboolean
p2p_address_book_is_dialling_id (P2pAddressBook *self, const char *id)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i);

      if (known->state == P2P_ADDRESS_STATE_DIALLING && g_strcmp0 (known->id, id) == 0)
        return TRUE;
    }
  return FALSE;
}
