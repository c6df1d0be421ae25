/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-protocol-private.h"

#include <string.h>

#include "p2p-base58.h"
#include "p2p-digest.h"

struct _P2pProtocol {
  gatomicrefcount ref_count;
  char *subnet;
  char *encryption;
  char *version;
  guint k;
  char *id;
};

G_DEFINE_BOXED_TYPE (P2pProtocol, p2p_protocol, p2p_protocol_ref, p2p_protocol_unref)

/**
 * p2p_get_protocol_release:
 *
 * The release of the originals whose protocol and policy this is.
 *
 * Returns: "0.7.870"
 */
const char *
p2p_get_protocol_release (void)
{
  return P2P_PROTOCOL_VERSION "." P2P_NODE_POLICY_VERSION;
}

/**
 * p2p_protocol_new:
 * @subnet: the name of the network; any text
 * @encryption: %P2P_ENCRYPTION_PLAINTEXT, %P2P_ENCRYPTION_SSL or another's name
 *
 * Makes a protocol of the default version.
 *
 * Returns: (transfer full): the protocol
 */
P2pProtocol *
p2p_protocol_new (const char *subnet,
                  const char *encryption)
{
  return p2p_protocol_new_with_version (subnet, encryption, NULL);
}

/**
 * p2p_protocol_new_with_version:
 * @subnet: the name of the network; any text
 * @encryption: %P2P_ENCRYPTION_PLAINTEXT, %P2P_ENCRYPTION_SSL or another's name
 * @version: (nullable): the version on the wire, as in "0.6"; %NULL for the default
 *
 * Makes a protocol. Any texts are taken: what a node cannot speak, the node refuses.
 *
 * Returns: (transfer full): the protocol
 */
P2pProtocol *
p2p_protocol_new_with_version (const char *subnet,
                               const char *encryption,
                               const char *version)
{
  P2pProtocol *self;
  g_autofree char *text = NULL;

  g_return_val_if_fail (subnet != NULL && encryption != NULL, NULL);

  self = g_new0 (P2pProtocol, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->subnet = g_strdup (subnet);
  self->encryption = g_strdup (encryption);
  self->version = g_strdup (version != NULL ? version : P2P_PROTOCOL_VERSION);
  text = g_strconcat (self->subnet, self->encryption, self->version, NULL);
  self->id = p2p_digest_base58 (P2P_DIGEST_SHA256, (const guint8 *) text, strlen (text));
  return self;
}

/**
 * p2p_protocol_new_sync:
 * @base: (nullable): the protocol that the program names; %NULL for subnet `sync`, Plaintext
 * @leasing: whether who writes a key has it for an hour
 *
 * Makes the protocol of a network whose nodes share a table: nodes with leases and nodes without them do not talk to each other,
 * so the originals put "1" or "0" behind the subnet.
 *
 * Returns: (transfer full): the protocol
 */
P2pProtocol *
p2p_protocol_new_sync (P2pProtocol *base, gboolean leasing)
{
  g_autoptr (P2pProtocol) named = base != NULL ? p2p_protocol_ref (base) : p2p_protocol_get_default_sync ();
  g_autofree char *subnet = g_strconcat (named->subnet, leasing ? "1" : "0", NULL);

  return p2p_protocol_new_with_version (subnet, named->encryption, named->version);
}

/**
 * p2p_protocol_new_chord:
 * @base: (nullable): the protocol that the program names; %NULL for subnet `chord`, Plaintext
 * @k: at most 2^@k nodes store; 0 for the ring of the originals, which has no such bound
 *
 * Makes the protocol of a network with a distributed table. With @k its id is that of @base with base58 of @k behind it, so nodes of another k do not talk to each other.
 *
 * Returns: (transfer full): the protocol
 */
P2pProtocol *
p2p_protocol_new_chord (P2pProtocol *base, guint k)
{
  g_autoptr (P2pProtocol) named = base != NULL ? p2p_protocol_ref (base) : p2p_protocol_get_default_chord ();
  P2pProtocol *self = p2p_protocol_new_with_version (named->subnet, named->encryption, named->version);

  if (k > 0)
    {
      g_autofree char *plain = g_steal_pointer (&self->id);
      g_autofree char *number = p2p_base58_encode_uint64 (k);

      self->k = k;
      self->id = g_strconcat (plain, number, NULL);
    }
  return self;
}

/**
 * p2p_protocol_get_k:
 * @self: a protocol
 *
 * The k of a network with a distributed table.
 *
 * Returns: how many storing nodes there may be, as a power of two; 0: it is none of p2p_protocol_new_chord(), or was made without k
 */
guint
p2p_protocol_get_k (P2pProtocol *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->k;
}

/**
 * p2p_protocol_ref:
 * @self: a protocol
 *
 * Takes a reference. In any thread.
 *
 * Returns: (transfer full): @self
 */
P2pProtocol *
p2p_protocol_ref (P2pProtocol *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * p2p_protocol_unref:
 * @self: (transfer full): a protocol
 *
 * Gives a reference back; the last one frees it. In any thread.
 */
void
p2p_protocol_unref (P2pProtocol *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->subnet);
  g_free (self->encryption);
  g_free (self->version);
  g_free (self->id);
  g_free (self);
}

/**
 * p2p_protocol_get_subnet:
 * @self: a protocol
 *
 * The name that all nodes of the network use, letter by letter; with what p2p_protocol_new_sync() put behind it.
 *
 * Returns: the name of the network
 */
const char *
p2p_protocol_get_subnet (P2pProtocol *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->subnet;
}

/**
 * p2p_protocol_get_encryption:
 * @self: a protocol
 *
 * How links are encrypted: %P2P_ENCRYPTION_PLAINTEXT or %P2P_ENCRYPTION_SSL.
 *
 * Returns: the name of the encryption
 */
const char *
p2p_protocol_get_encryption (P2pProtocol *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->encryption;
}

/**
 * p2p_protocol_get_version:
 * @self: a protocol
 *
 * The version of the protocol on the wire: %P2P_PROTOCOL_VERSION unless another was asked for.
 *
 * Returns: the version on the wire
 */
const char *
p2p_protocol_get_version (P2pProtocol *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->version;
}

/**
 * p2p_protocol_get_id:
 * @self: a protocol
 *
 * The id that nodes compare in their handshakes: base58 of the SHA-256 of subnet, encryption and version, one after
 * the other; and that of k, where there is one.
 *
 * Returns: the id
 */
const char *
p2p_protocol_get_id (P2pProtocol *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * p2p_protocol_equal:
 * @self: a protocol
 * @other: another one
 *
 * Compares the three texts and k, not the ids: "a" + "bc" and "ab" + "c" have the same id and are not equal.
 *
 * Returns: whether they are the same
 */
gboolean
p2p_protocol_equal (P2pProtocol *self,
                    P2pProtocol *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return g_str_equal (self->subnet, other->subnet) && g_str_equal (self->encryption, other->encryption) &&
         g_str_equal (self->version, other->version) && self->k == other->k;
}

/**
 * p2p_protocol_get_default_mesh:
 *
 * The protocol of a mesh node that was told nothing else: subnet "mesh", no encryption.
 *
 * Returns: (transfer full): the protocol
 */
P2pProtocol *
p2p_protocol_get_default_mesh (void)
{
  return p2p_protocol_new ("mesh", P2P_DEFAULT_ENCRYPTION);
}

/**
 * p2p_protocol_get_default_sync:
 *
 * The protocol of a node with a shared table that was told nothing else, as a program names it: subnet "sync", no encryption.
 *
 * Returns: (transfer full): the protocol
 */
P2pProtocol *
p2p_protocol_get_default_sync (void)
{
  return p2p_protocol_new ("sync", P2P_DEFAULT_ENCRYPTION);
}

/**
 * p2p_protocol_get_default_chord:
 *
 * The protocol of a node with a distributed table that was told nothing else: subnet "chord", no encryption.
 *
 * Returns: (transfer full): the protocol
 */
P2pProtocol *
p2p_protocol_get_default_chord (void)
{
  return p2p_protocol_new ("chord", P2P_DEFAULT_ENCRYPTION);
}

/**
 * p2p_protocol_get_default_base:
 *
 * The protocol of a bare node: subnet "", no encryption.
 *
 * Returns: (transfer full): the protocol
 */
P2pProtocol *
p2p_protocol_get_default_base (void)
{
  return p2p_protocol_new ("", P2P_DEFAULT_ENCRYPTION);
}

/**
 * p2p_node_id_from_address:
 * @address_text: the address as the originals spell it, for example `('127.0.0.1', 4444)`
 * @protocol: the protocol
 * @salt: a text of the process, a random UUID in the originals
 *
 * Makes a node id the way the originals do: base58 of the SHA-384 of @address_text, the protocol's id and @salt.
 *
 * Returns: (transfer full): the id
 */
char *
p2p_node_id_from_address (const char  *address_text,
                          P2pProtocol *protocol,
                          const char  *salt)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (address_text != NULL && protocol != NULL && salt != NULL, NULL);

  text = g_strconcat (address_text, protocol->id, salt, NULL);
  return p2p_digest_base58 (P2P_DIGEST_SHA384, (const guint8 *) text, strlen (text));
}
