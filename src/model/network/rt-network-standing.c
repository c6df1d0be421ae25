/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the node itself knows of addresses and of the time, and how it stands with an address. */
#include "config.h"

#include "rt-network-private.h"

#include <glib/gi18n-lib.h>

/* Addresses come by the list: the rows are made once for all of them. */
#define SHOW_MILLISECONDS 50u

P2pKnownAddress *
rt_network_find_entry (RtNetwork *self, const char *host, guint16 port)
{
  GListModel *book = self->socket != NULL ? p2p_mesh_socket_get_known_addresses (self->socket) : NULL;
  guint n = book != NULL ? g_list_model_get_n_items (book) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (P2pKnownAddress) address = g_list_model_get_item (book, i);

      if (p2p_known_address_get_port (address) == port && g_str_equal (p2p_known_address_get_host (address), host))
        return address;           /* the book has it */
    }
  return NULL;
}

gboolean
rt_network_get_standing (RtNetwork *self, const char *address, RtStanding *standing)
{
  RtKnownAddress *known;
  P2pKnownAddress *booked;
  P2pAddressState state = P2P_ADDRESS_STATE_IDLE;
  g_autofree char *host = NULL;
  guint16 port;

  g_return_val_if_fail (RT_IS_NETWORK (self), FALSE);
  g_return_val_if_fail (address != NULL, FALSE);

  *standing = (RtStanding) { .source = P2P_ADDRESS_SOURCE_PROGRAM };
  if (self->socket == NULL || !rt_parse_address (address, &host, &port, NULL))
    return FALSE;
  known = rt_network_find_known (self, address);
  booked = rt_network_find_entry (self, host, port);
  if (booked != NULL)
    {
      state = p2p_known_address_get_state (booked);
      standing->attempts = p2p_known_address_get_attempts (booked);
      standing->source = p2p_known_address_get_source (booked);
      if (state == P2P_ADDRESS_STATE_WAITING)
        standing->next_attempt = p2p_known_address_get_next_attempt (booked);
    }
  standing->dialling = state == P2P_ADDRESS_STATE_DIALLING || (known != NULL && known->dialling);
  standing->given_up = state == P2P_ADDRESS_STATE_GIVEN_UP && !standing->dialling;
  return known != NULL || booked != NULL;
}

static void
append (GString *text, const char *words)
{
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, words);
}

static const char *
get_source_words (P2pAddressSource source)
{
  switch (source)
    {
    case P2P_ADDRESS_SOURCE_PEERS: return _("named by a neighbour");
    case P2P_ADDRESS_SOURCE_INCOMING: return _("it came to us and named this address");
    case P2P_ADDRESS_SOURCE_RESPONSE: return _("found by a search");
    case P2P_ADDRESS_SOURCE_PROGRAM:
    default: return NULL;
    }
}

char *
rt_standing_dup_words (const RtStanding *standing, gint64 now)
{
  GString *text = g_string_new (NULL);

  if (standing->attempts == 0 && get_source_words (standing->source) != NULL)
    append (text, get_source_words (standing->source));
  if (standing->attempts > 0)
    {
      g_autofree char *words = g_strdup_printf (ngettext ("tried %u time", "tried %u times", standing->attempts), standing->attempts);

      append (text, words);
    }
  if (standing->dialling)
    append (text, _("being tried now"));
  else if (standing->next_attempt > 0)
    {
      gint64 left = MAX (0, (standing->next_attempt - now + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
      g_autofree char *span = rt_span_words (left);
      /* Translators: %s is a time, as in "12 seconds" */
      g_autofree char *words = g_strdup_printf (_("tries again in %s"), span);

      append (text, words);
    }
  else if (standing->given_up)
    append (text, _("not tried any more by itself"));
  return g_string_free (text, text->len == 0);
}

/* ---- what the node finds out ---- */

static gboolean
show_cb (gpointer data)
{
  RtNetwork *self = data;

  self->show_timer = 0;
  rt_network_show_known (self);
  return G_SOURCE_REMOVE;
}

/* What the node hears of is known here too, as far as there is room. */
static void
take_addresses (RtNetwork *self, GListModel *book, guint position, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (P2pKnownAddress) address = g_list_model_get_item (book, position + i);
      const char *host = p2p_known_address_get_host (address);
      const char *id = p2p_known_address_get_id (address);
      g_autofree char *text = NULL;
      RtKnownAddress *known;

      if (host == NULL || p2p_known_address_get_port (address) == 0)
        continue;
      text = rt_format_address (host, p2p_known_address_get_port (address));
      known = rt_network_find_known (self, text);
      if (known == NULL && self->known->len < RT_NETWORK_MAX_KNOWN)
        known = rt_network_add_known (self, host, p2p_known_address_get_port (address));
      if (known == NULL)
        continue;
      rt_network_set_entry (known, address);
      if (id != NULL)
        rt_known_peer_set_id (known->peer, id);
    }
  if (n > 0 && self->show_timer == 0)
    self->show_timer = rt_timer_add (SHOW_MILLISECONDS, "[rt-model] known addresses", show_cb, self);
}

static void
book_changed_cb (GListModel *book, guint position, guint removed, guint added, RtNetwork *self)
{
  take_addresses (self, book, position, added);
}

static void
clock_cb (P2pMeshSocket *socket, GParamSpec *pspec, RtNetwork *self)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT64);
  g_object_get_property (G_OBJECT (socket), "clock-skew", &value);
  rt_network_set_clock_skew (self, g_value_get_int64 (&value));
}

void
rt_network_begin_standing (RtNetwork *self)
{
  GListModel *book = p2p_mesh_socket_get_known_addresses (self->socket);

  g_signal_connect (book, "items-changed", G_CALLBACK (book_changed_cb), self);
  take_addresses (self, book, 0, g_list_model_get_n_items (book));
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (self->socket), "clock-skew") == NULL)
    return;
  g_signal_connect (self->socket, "notify::clock-skew", G_CALLBACK (clock_cb), self);
  clock_cb (self->socket, NULL, self);
}

void
rt_network_end_standing (RtNetwork *self)
{
  g_signal_handlers_disconnect_by_data (p2p_mesh_socket_get_known_addresses (self->socket), self);
  rt_timer_clear (&self->show_timer);
  for (guint i = 0; i < self->known->len; i++)
    {
      RtKnownAddress *known = g_ptr_array_index (self->known, i);

      rt_network_set_entry (known, NULL);
      known->dialling = known->noted = FALSE;
    }
  rt_network_set_clock_skew (self, 0);
}
