/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "rt-nearby-network.h"

struct _RtNearbyNetwork {
  GObject       parent_instance;
  RtInvitation *invitation;
  GPtrArray    *computers;
  RtNetwork    *network;
  gboolean      own;
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RtNearbyNetwork, rt_nearby_network, G_TYPE_OBJECT)

static void
rt_nearby_network_finalize (GObject *object)
{
  RtNearbyNetwork *self = RT_NEARBY_NETWORK (object);

  rt_invitation_free (self->invitation);
  g_ptr_array_unref (self->computers);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_nearby_network_parent_class)->finalize (object);
}

static void
rt_nearby_network_class_init (RtNearbyNetworkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_nearby_network_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rt_nearby_network_init (RtNearbyNetwork *self)
{
}

RtNearbyNetwork *
rt_nearby_network_new (RtInvitation *invitation, GPtrArray *computers, RtNetwork *network, gboolean own)
{
  RtNearbyNetwork *self = g_object_new (RT_TYPE_NEARBY_NETWORK, NULL);

  self->invitation = invitation;
  self->computers = computers;
  g_set_object (&self->network, network);
  self->own = own;
  return self;
}

static gboolean
equal_computers (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (g_strcmp0 (a->pdata[i], b->pdata[i]) != 0)
      return FALSE;
  return TRUE;
}

void
rt_nearby_network_take (RtNearbyNetwork *self, RtNearbyNetwork *other)
{
  g_return_if_fail (RT_IS_NEARBY_NETWORK (self));
  g_return_if_fail (RT_IS_NEARBY_NETWORK (other));

  if (rt_invitation_equal (self->invitation, other->invitation) && equal_computers (self->computers, other->computers) && self->network == other->network && self->own == other->own)
    return;
  rt_invitation_free (self->invitation);
  self->invitation = rt_invitation_copy (other->invitation);
  g_ptr_array_unref (self->computers);
  self->computers = g_ptr_array_ref (other->computers);
  g_set_object (&self->network, other->network);
  self->own = other->own;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Of one another, wherever they are. */
gboolean
rt_nearby_network_is_of (RtNearbyNetwork *self, RtNearbyNetwork *other)
{
  const RtInvitation *a = self->invitation, *b = other->invitation;

  return g_str_equal (a->subnet, b->subnet) && g_str_equal (a->encryption, b->encryption) && g_str_equal (a->kind, b->kind) && a->leasing == b->leasing && a->k == b->k &&
         g_str_equal (a->version, b->version);
}

const RtInvitation *
rt_nearby_network_get_invitation (RtNearbyNetwork *self)
{
  g_return_val_if_fail (RT_IS_NEARBY_NETWORK (self), NULL);
  return self->invitation;
}

RtNetwork *
rt_nearby_network_get_network (RtNearbyNetwork *self)
{
  g_return_val_if_fail (RT_IS_NEARBY_NETWORK (self), NULL);
  return self->network;
}

gboolean
rt_nearby_network_get_own (RtNearbyNetwork *self)
{
  g_return_val_if_fail (RT_IS_NEARBY_NETWORK (self), FALSE);
  return self->own;
}

guint
rt_nearby_network_get_n_computers (RtNearbyNetwork *self)
{
  g_return_val_if_fail (RT_IS_NEARBY_NETWORK (self), 0);
  return self->computers->len;
}

static char *
dup_where (RtNearbyNetwork *self)
{
  guint n = self->computers->len;
  g_autofree char *first = NULL;

  if (n == 0)
    return g_strdup (_("Announced by this computer alone"));
  /* it may be written in the other direction than the words around it */
  first = g_strdup_printf ("\u2068%s\u2069", (const char *) self->computers->pdata[0]);
  if (n == 1)
    /* Translators: %s is the name of a computer in the local network, where a network was found */
    return g_strdup_printf (_("On %s"), first);
  /* Translators: where a network was found: %1$s is the name of a computer, %2$u how many more there are */
  return g_strdup_printf (ngettext ("On %1$s and %2$u other", "On %1$s and %2$u others", n - 1), first, n - 1);
}

char *
rt_nearby_network_dup_words (RtNearbyNetwork *self)
{
  g_autofree char *where = NULL, *kind = NULL;

  g_return_val_if_fail (RT_IS_NEARBY_NETWORK (self), NULL);

  where = dup_where (self);
  kind = rt_invitation_dup_kind_words (self->invitation);
  return g_strdup_printf ("%s · %s · %s", where, kind, rt_invitation_encryption_words (self->invitation));
}
