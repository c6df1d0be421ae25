/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is speaking: keys are remembered, proofs that come late find their rows, and what is not proved though it could be moves nothing. */
#include "config.h"

#include "rt-network-talk-private.h"

/* A whisper, too: what its sender whispers himself is sealed, or comes on a link that nobody else can write to, and is verified. Any other somebody between may have put there. */
gboolean
rt_network_is_unsigned (RtNetwork *self, P2pMessage *message)
{
  const char *sender = p2p_message_get_sender (message);
  RtPerson *person;

  if (p2p_message_get_verified (message))
    return FALSE;
  person = rt_people_find (self->people, sender);
  return person != NULL && person->key != NULL;
}

void
rt_network_refuse_frame (RtNetwork *self, P2pAppFrame *frame, P2pMessage *message)
{
  const char *sender = p2p_message_get_sender (message);
  RtTalkCounts *counts = &self->talk->counts;

  counts->unsigned_frames++;
  if (p2p_app_frame_get_op (frame) == P2P_APP_NAME)
    {
      counts->names++;
      counts->names_refused++;
    }
  /* its proof may come yet */
  if (p2p_app_frame_get_op (frame) == P2P_APP_NAME && p2p_message_get_flag (message) == P2P_FLAG_BROADCAST)
    {
      g_autoptr (GBytes) id = p2p_message_get_id (message);

      rt_people_note_claim (self->people, sender, p2p_app_frame_get_name (frame), id, FALSE, g_get_real_time ());
    }
}

void
rt_network_learn_key (RtNetwork *self, const char *id)
{
  RtPerson *person = rt_people_find (self->people, id);
  g_autoptr (GBytes) key = NULL;

  if (person == NULL || person->key != NULL || self->socket == NULL)
    return;
  key = p2p_mesh_socket_find_key (self->socket, id);
  if (key != NULL)
    rt_people_note_key (self->people, id, key, g_get_real_time ());
}

/* Only of who was heard: ids are free, and so are keys. */
static void
key_known_cb (P2pMeshSocket *socket, const char *id, GBytes *key, RtNetwork *self)
{
  rt_people_note_key (self->people, id, key, g_get_real_time ());
}

gboolean
rt_network_check_proof (RtNetwork *self, P2pMessage *message, GBytes *proof)
{
  g_autoptr (P2pProtocol) protocol = rt_network_config_dup_wire_protocol (self->config);
  g_autoptr (GBytes) id = p2p_message_get_id (message);

  return p2p_verifier_check_message (self->talk->verifier, proof, p2p_protocol_get_id (protocol), p2p_message_get_sender (message), id, NULL);
}

void
rt_network_note_proof (RtNetwork *self, GBytes *id, const char *sender, GBytes *proof)
{
  RtMessageItem *item = rt_network_find_claimed (self, id);
  gboolean warned = item != NULL && rt_message_item_get_trust (item) == RT_TRUST_UNSIGNED;

  /* rows that nobody holds are the store's alone */
  if (self->chat != NULL)
    rt_store_chat_set_proof (self->chat, id, sender, proof);
  if (item != NULL && g_strcmp0 (rt_message_item_get_sender (item), sender) == 0 && rt_message_item_set_verified (item, proof))
    {
      rt_network_tell_item (self, item);
      /* where it is quoted it says "Not signed" */
      if (warned)
        rt_network_note_name (self, sender);
    }
}

static void
message_proved_cb (P2pMeshSocket *socket, GBytes *id, const char *sender, GBytes *proof, RtNetwork *self)
{
  rt_network_learn_key (self, sender);
  rt_people_note_proof (self->people, sender, id, g_get_real_time ());
  rt_network_note_proof (self, id, sender, proof);
}

void
rt_network_begin_trust (RtNetwork *self)
{
  P2pIdentity *identity = p2p_mesh_socket_get_identity (self->socket);
  g_autoptr (GBytes) own = identity != NULL ? p2p_identity_get_public_key (identity) : NULL;
  guint n;

  if (own != NULL)
    rt_people_note_key (self->people, self->node_id, own, g_get_real_time ());
  rt_people_flush (self->people, g_get_real_time ());
  n = g_list_model_get_n_items (G_LIST_MODEL (self->people));
  /* Who signed in an earlier life signs in this one: without it, whoever comes first could speak for him. */
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtPerson) person = g_list_model_get_item (G_LIST_MODEL (self->people), i);

      if (person->key != NULL && !person->you)
        p2p_mesh_socket_pin_key (self->socket, person->key);
    }
  g_signal_connect (self->socket, "key-known", G_CALLBACK (key_known_cb), self);
  g_signal_connect (self->socket, "message-proved", G_CALLBACK (message_proved_cb), self);
}
