/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an invitation says, for a person. */
#include "config.h"

#include "rt-invitation.h"
#include "rt-secret-words.h"

#include <glib/gi18n-lib.h>

char *
rt_invitation_dup_kind_words (const RtInvitation *self)
{
  g_autofree char *k_words = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (g_str_equal (self->kind, "sync"))
    return g_strdup (self->leasing ? _("Chat and shared table, with leases") : _("Chat and shared table, without leases"));
  if (!g_str_equal (self->kind, "chord"))
    return g_strdup (_("Chat"));
  if (self->k == 0)
    return g_strdup (_("Chat and distributed table"));
  /* Translators: a network whose table is kept by so many nodes at most; k is its number in the protocol */
  k_words = g_strdup_printf (ngettext ("At most %u storing node (k = %u)", "At most %u storing nodes (k = %u)", 1u << self->k), 1u << self->k, self->k);
  /* Translators: %s is as in "At most 64 storing nodes (k = 6)" */
  return g_strdup_printf (_("Chat and distributed table. %s"), k_words);
}

const char *
rt_invitation_encryption_words (const RtInvitation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_str_equal (self->encryption, P2P_ENCRYPTION_PLAINTEXT) ? _("Plaintext: anyone on the way can read") : _("Encrypted (SSL)");
}

const char *
rt_invitation_privacy_words (const RtInvitation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->secret != NULL ? rt_secret_words (RT_SECRET_WORDS_PRIVATE) : NULL;
}

const char *
rt_address_scope_words (RtAddressScope scope)
{
  switch (scope)
    {
    case RT_ADDRESS_COMPUTER: return _("Only for programs on this computer");
    case RT_ADDRESS_SITE: return _("Only within the same local network");
    case RT_ADDRESS_NOWHERE:
    case RT_ADDRESS_LINK: return _("Nobody can use it");
    case RT_ADDRESS_WORLD:
    default: return NULL;
    }
}

RtAddressScope
rt_invitation_get_scope (const RtInvitation *self)
{
  RtAddressScope widest = RT_ADDRESS_NOWHERE;

  g_return_val_if_fail (self != NULL, RT_ADDRESS_NOWHERE);

  for (guint i = 0; self->addresses[i] != NULL; i++)
    {
      g_autofree char *host = NULL;
      guint16 port;

      if (rt_parse_address (self->addresses[i], &host, &port, NULL))
        widest = MAX (widest, rt_address_scope (host));
    }
  return widest;
}

const char *
rt_invitation_reach_words (const RtInvitation *self, gboolean ours)
{
  g_return_val_if_fail (self != NULL, NULL);

  switch (rt_invitation_get_scope (self))
    {
    case RT_ADDRESS_WORLD:
      return NULL;
    case RT_ADDRESS_SITE:
      return ours ? _("Only people in your own local network can come by it: no address that others could reach is known.")
                  : _("It leads into a local network: you meet only if yours is the same.");
    case RT_ADDRESS_COMPUTER:
      return ours ? _("Only programs on this computer can come by it: no address that others could reach is known.")
                  : _("It leads to this computer, not to another.");
    case RT_ADDRESS_NOWHERE:
    case RT_ADDRESS_LINK:
    default:
      return ours ? _("Nobody can come by it: no address that others could reach is known. Perhaps the network is offline.")
                  : _("It has no address: you meet only once somebody connects to you, or you to somebody.");
    }
}
