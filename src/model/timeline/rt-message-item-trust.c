/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who said it, as far as that is proved. */
#include "config.h"

#include "rt-message-item-private.h"

#include <glib/gi18n-lib.h>

RtTrust
rt_message_item_get_trust (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), RT_TRUST_UNVERIFIED);

  if (self->own)
    return RT_TRUST_OWN;
  if (self->verified)
    return RT_TRUST_VERIFIED;
  return self->unsigned_ ? RT_TRUST_UNSIGNED : RT_TRUST_UNVERIFIED;
}

const char *
rt_trust_words (RtTrust trust)
{
  switch (trust)
    {
    case RT_TRUST_VERIFIED: return _("Signed: it is proved that this sender wrote it");
    case RT_TRUST_UNVERIFIED: return _("Not verified: nothing proves who wrote it");
    case RT_TRUST_UNSIGNED: return _("Not signed, though this sender signs: somebody else may have written it");
    case RT_TRUST_OWN:
    default: return NULL;
    }
}

gboolean
rt_message_item_get_sealed (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), FALSE);
  return self->sealed;
}

gboolean
rt_message_item_get_through (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), FALSE);
  return self->through;
}

GBytes *
rt_message_item_get_proof (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->proof;
}

const char *
rt_message_item_get_claimed_name (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->claimed_name;
}

static void
notify_trust (RtMessageItem *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  rt_message_item_notify (self, RT_MESSAGE_PROP_TRUST);
  rt_message_item_notify (self, RT_MESSAGE_PROP_TRUST_WORDS);
  g_object_thaw_notify (G_OBJECT (self));
}

gboolean
rt_message_item_set_verified (RtMessageItem *self, GBytes *proof)
{
  gboolean news;

  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), FALSE);

  news = !self->verified || (self->proof == NULL && proof != NULL);
  if (self->proof == NULL && proof != NULL)
    self->proof = g_bytes_ref (proof);
  if (!self->verified)
    {
      self->verified = TRUE;
      notify_trust (self);
    }
  return news;
}

void
rt_message_item_set_unsigned (RtMessageItem *self)
{
  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  if (self->unsigned_ || self->verified)
    return;
  self->unsigned_ = TRUE;
  notify_trust (self);
}

void
rt_message_item_set_sealed (RtMessageItem *self)
{
  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  if (self->sealed)
    return;
  self->sealed = TRUE;
  rt_message_item_notify (self, RT_MESSAGE_PROP_SEALED);
}

void
rt_message_item_set_through (RtMessageItem *self)
{
  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  if (self->through)
    return;
  self->through = TRUE;
  rt_message_item_notify (self, RT_MESSAGE_PROP_THROUGH);
}

void
rt_message_item_set_claimed_name (RtMessageItem *self, const char *name)
{
  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  if (self->claimed_name == NULL && name != NULL && *name != '\0')
    self->claimed_name = g_strdup (name);
}

void
rt_message_item_take_trust (RtMessageItem *self, P2pMessage *message)
{
  g_autoptr (GBytes) proof = p2p_message_get_proof (message);

  if (p2p_message_get_verified (message))
    rt_message_item_set_verified (self, proof);
  if (p2p_message_get_sealed (message))
    rt_message_item_set_sealed (self);
}

void
rt_message_item_read_trust (RtMessageItem *self, const RtStoreMessage *stored)
{
  self->verified = (stored->flags & RT_STORE_MESSAGE_VERIFIED) != 0;
  self->unsigned_ = (stored->flags & RT_STORE_MESSAGE_UNSIGNED) != 0;
  self->sealed = (stored->flags & RT_STORE_MESSAGE_SEALED) != 0;
  self->through = self->own && (stored->flags & RT_STORE_MESSAGE_THROUGH) != 0;
  self->proof = stored->proof != NULL ? g_bytes_ref (stored->proof) : NULL;
  if ((stored->flags & RT_STORE_MESSAGE_OWN) == 0 && stored->sender_name != NULL)
    {
      g_autofree char *short_id = rt_short_id (stored->sender);

      /* he had none then */
      if (!g_str_equal (stored->sender_name, short_id))
        self->claimed_name = rt_sanitise_line (stored->sender_name, RT_MESSAGE_MAX_TEXT);
    }
}

void
rt_message_item_store_trust (RtMessageItem *self, RtStoreMessage *stored)
{
  stored->flags |= (self->verified ? RT_STORE_MESSAGE_VERIFIED : 0) | (self->unsigned_ && !self->verified ? RT_STORE_MESSAGE_UNSIGNED : 0) |
                   (self->sealed ? RT_STORE_MESSAGE_SEALED : 0) | (self->through ? RT_STORE_MESSAGE_THROUGH : 0);
  stored->proof = self->proof != NULL ? g_bytes_ref (self->proof) : NULL;
}
