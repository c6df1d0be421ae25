/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether what is written to one person can be read by nobody else. */
#include "config.h"

#include "rt-network-private.h"
#include "rt-network-talk.h"

gboolean
rt_network_can_seal (RtNetwork *self, const char *id)
{
  RtPerson *person;

  g_return_val_if_fail (RT_IS_NETWORK (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  if (self->socket != NULL && p2p_mesh_socket_can_seal (self->socket, id))
    return TRUE;
  /* of who is not there, and while the network is off: whose key is known has to prove it before anything leaves */
  person = rt_people_find (rt_network_get_people (self), id);
  return person != NULL && rt_person_get_key (person) != NULL && !rt_person_get_neighbour (person);
}
