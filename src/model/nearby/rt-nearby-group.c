/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Out of what single computers announce: the networks that there are, and addresses for those that we are in. */
#include "config.h"

#include "rt-nearby-private.h"
#include "model/timeline/rt-message-item.h"

/* What no person chose is not tried where others than nodes of ours listen. */
#define FIRST_FREE_PORT 1024u

#define MAX_OUR_NAMES 64u

/* ---- addresses for our own ---- */

/* Nobody is sent out of the local network, or to himself, by what somebody in it claims. */
static gboolean
may_be_tried (const RtLanPart *part)
{
  RtAddressScope scope;

  if (part->host == NULL || part->port < FIRST_FREE_PORT)
    return FALSE;
  scope = rt_address_scope (part->host);
  return scope == RT_ADDRESS_SITE || scope == RT_ADDRESS_LINK || (scope == RT_ADDRESS_COMPUTER && part->local);
}

static gboolean
may_offer (RtNearbyOwn *own)
{
  gint64 now = own->nearby->clock (), minutes = (now - own->offered_at) / G_TIME_SPAN_MINUTE;

  if (own->n_offered == 0)
    own->offered_at = now;
  else if (minutes > 0)
    {
      own->n_offered -= (guint) MIN (minutes, (gint64) own->n_offered);
      own->offered_at += minutes * G_TIME_SPAN_MINUTE;
    }
  return own->n_offered < RT_NEARBY_MAX_OFFERED;
}

/* still: of all that is there, for the next time; what went may be told again when it comes back. */
static void
offer (RtNearbyOwn *own, const RtLanPart *part, GPtrArray *still)
{
  g_autofree char *address = NULL;

  if (!may_be_tried (part))
    return;
  address = rt_format_address (part->host, part->port);
  if (g_ptr_array_find_with_equal_func (still, address, g_str_equal, NULL))
    return;
  if (!g_ptr_array_find_with_equal_func (own->offered, address, g_str_equal, NULL))
    {
      if (!may_offer (own) || !rt_network_offer_address (own->network, part->host, part->port))
        return;
      own->n_offered++;
    }
  g_ptr_array_add (still, g_steal_pointer (&address));
}

/* ---- the list ---- */

typedef struct {
  RtInvitation *invitation;     /* of the first */
  GPtrArray    *computers;
  GPtrArray    *near, *far;     /* addresses; far: what means something on one cable only */
  RtNetwork    *network;        /* not owned */
  gboolean      own;
  gconstpointer counted;        /* the newest of which a computer is among them */
} Group;

static void
group_free (gpointer data)
{
  Group *group = data;

  g_clear_pointer (&group->invitation, rt_invitation_free);
  g_clear_pointer (&group->computers, g_ptr_array_unref);
  g_ptr_array_unref (group->near);
  g_ptr_array_unref (group->far);
  g_free (group);
}

static gboolean
is_same (const RtInvitation *a, const RtInvitation *b)
{
  return g_str_equal (a->subnet, b->subnet) && g_str_equal (a->encryption, b->encryption) && g_str_equal (a->kind, b->kind) && a->leasing == b->leasing && a->k == b->k &&
         g_str_equal (a->version, b->version);
}

static Group *
find_group (GPtrArray *groups, const RtInvitation *invitation)
{
  Group *group;

  for (guint i = 0; i < groups->len; i++)
    {
      group = groups->pdata[i];
      if (is_same (group->invitation, invitation))
        return group;
    }
  group = g_new0 (Group, 1);
  group->invitation = rt_invitation_copy (invitation);
  group->computers = g_ptr_array_new_with_free_func (g_free);
  group->near = g_ptr_array_new_with_free_func (g_free);
  group->far = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (groups, group);
  return group;
}

static void
add_to_group (Group *group, const RtLanService *service, const RtLanPart *part)
{
  RtAddressScope scope = part->host != NULL ? rt_address_scope (part->host) : RT_ADDRESS_NOWHERE;
  GPtrArray *into = scope == RT_ADDRESS_LINK ? group->far : group->near;

  if (scope != RT_ADDRESS_NOWHERE && (scope != RT_ADDRESS_COMPUTER || part->local))
    {
      g_autofree char *address = rt_format_address (part->host, part->port);

      if (into->len < RT_INVITATION_MAX_ADDRESSES && !g_ptr_array_find_with_equal_func (into, address, g_str_equal, NULL))
        g_ptr_array_add (into, g_steal_pointer (&address));
    }
  /* by its cards and protocols it is one */
  if (group->counted != service)
    g_ptr_array_add (group->computers, g_strdup (part->computer != NULL ? part->computer : "?"));
  group->counted = service;
}

static RtNearbyNetwork *
make_item (Group *group)
{
  GPtrArray *addresses = group->near->len > 0 ? group->near : group->far;

  g_ptr_array_add (addresses, NULL);
  g_strfreev (group->invitation->addresses);
  group->invitation->addresses = g_strdupv ((char **) addresses->pdata);
  return rt_nearby_network_new (g_steal_pointer (&group->invitation), g_steal_pointer (&group->computers), group->network, group->own);
}

static void
show (RtNearby *self, GPtrArray *groups)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < groups->len; i++)
    g_ptr_array_add (items, make_item (groups->pdata[i]));
  /* what is still there stays where it is */
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->found)); i > 0; i--)
    {
      g_autoptr (RtNearbyNetwork) shown = g_list_model_get_item (G_LIST_MODEL (self->found), i - 1);
      gboolean still = FALSE;

      for (guint j = 0; j < items->len && !still; j++)
        if (rt_nearby_network_is_of (shown, items->pdata[j]))
          {
            rt_nearby_network_take (shown, items->pdata[j]);
            g_ptr_array_remove_index (items, j);
            still = TRUE;
          }
      if (!still)
        g_list_store_remove (self->found, i - 1);
    }
  if (items->len > 0)
    g_list_store_splice (self->found, g_list_model_get_n_items (G_LIST_MODEL (self->found)), 0, items->pdata, items->len);
}

/* ---- */

static void
note_our_names (RtNearby *self)
{
  for (guint i = 0; i < self->own->len; i++)
    {
      const char *name = rt_lan_announcer_get_name (((RtNearbyOwn *) self->own->pdata[i])->announcer);

      if (name == NULL || g_ptr_array_find_with_equal_func (self->our_names, name, g_str_equal, NULL))
        continue;
      if (self->our_names->len >= MAX_OUR_NAMES)
        g_ptr_array_remove_index (self->our_names, 0);
      g_ptr_array_add (self->our_names, g_strdup (name));
    }
}

/* NULL: it is none of ours. */
static RtNearbyOwn *
find_member (RtNearby *self, const RtLanRecord *record)
{
  for (guint i = 0; i < self->own->len; i++)
    {
      RtNearbyOwn *own = self->own->pdata[i];
      RtNetworkConfig *config = rt_network_get_config (own->network);

      /* whoever calls his network as our demonstration is called is not in it */
      if (!rt_network_config_get_demo (config) && rt_lan_record_matches (record, config))
        return own;
    }
  return NULL;
}

/* For the counts of what is not shown. */
typedef enum { SHOWN, HIDDEN, UNREADABLE } PartKind;

static PartKind
take_part (RtNearby *self, const RtLanService *service, const RtLanPart *part, GPtrArray *groups, GPtrArray **still)
{
  gboolean ours = part->local && g_ptr_array_find_with_equal_func (self->our_names, service->name, g_str_equal, NULL);
  RtNearbyOwn *own;
  Group *group;

  if (part->record == NULL)
    return part->trouble != NULL ? UNREADABLE : SHOWN;
  own = find_member (self, part->record);
  if (own != NULL && !ours && rt_nearby_own_is_wanted (own))
    {
      guint at = 0;

      g_ptr_array_find (self->own, own, &at);
      offer (own, part, still[at]);
    }
  if (part->record->invitation == NULL)
    return own == NULL && !ours ? HIDDEN : SHOWN;
  group = find_group (groups, part->record->invitation);
  group->network = own != NULL ? own->network : NULL;
  if (ours)
    group->own = TRUE;
  else
    add_to_group (group, service, part);
  return SHOWN;
}

static void
take_service (RtNearby *self, const RtLanService *service, GPtrArray *groups, GPtrArray **still)
{
  gboolean hidden = FALSE, unreadable = FALSE;

  for (guint i = 0; i < service->parts->len; i++)
    {
      PartKind kind = take_part (self, service, service->parts->pdata[i], groups, still);

      hidden = hidden || kind == HIDDEN;
      unreadable = unreadable || kind == UNREADABLE;
    }
  self->n_hidden += hidden;
  self->n_unreadable += unreadable;
}

void
rt_nearby_regroup (RtNearby *self)
{
  GPtrArray *services = rt_lan_browser_get_services (self->browser);
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (group_free);
  g_autofree GPtrArray **still = g_new0 (GPtrArray *, self->own->len + 1);

  note_our_names (self);
  for (guint i = 0; i < self->own->len; i++)
    still[i] = g_ptr_array_new_with_free_func (g_free);
  self->n_hidden = self->n_unreadable = 0;
  for (guint i = 0; i < services->len; i++)
    take_service (self, services->pdata[i], groups, still);
  for (guint i = 0; i < self->own->len; i++)
    {
      RtNearbyOwn *own = self->own->pdata[i];

      g_ptr_array_unref (own->offered);
      own->offered = still[i];
    }
  if (self->settings == NULL || !rt_settings_get_flag (self->settings, "find-nearby"))
    g_ptr_array_set_size (groups, 0);
  show (self, groups);
}
