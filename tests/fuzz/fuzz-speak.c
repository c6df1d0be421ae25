/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A node with a key and a table, and what others with keys prove to it or pretend to: HELLO, AUTH, side-cars before and after what they sign, sealed messages, records of
 * tables and keys, and all of them changed, repeated, and in the names of others. Whatever comes, what reaches the program as verified, and what the table has as signed, was
 * signed by whom it names, or whispered over TLS by whom it names; the node goes on and keeps its limits. On Plaintext and, where the input begins with WORLD, on
 * links with TLS, in a network with a secret, or a node that has no key of its own.
 */
#include "fuzz-speak.h"

#include "p2p/wire/p2p-frame.h"
#include "p2p/wire/p2p-message-private.h"
#include "p2p/x1/p2p-seal.h"
#include "p2p/x1/p2p-verifier.h"
#include "p2p/x1/p2p-x1-transcript.h"

#define MAX_OPERATIONS 96
#define SEALED 11
#define AGAIN 12
/* and what kind */
#define WORLD 0xff
#define WITH_TLS 1
#define WITHOUT_KEY 2
#define WITH_SECRET 4                   /* and TLS, and a key */

static GVariant *
new_bytes_of (GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  return fuzz_speak_bytes (data, length);
}

static guint
identity_of (Speak *self, Peer *peer)
{
  return (guint) (peer - self->scene.peers);
}

P2pMessage *
fuzz_speak_make (Speak *self, guint8 flag, const char *sender, gint64 shift, GVariant **values, gsize n)
{
  g_autoptr (GVariant) packets = NULL;

  for (gsize i = 0; i < n; i++)
    values[i] = g_variant_new_variant (values[i]);
  packets = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, values, n));
  return p2p_message_new_full (flag, sender, P2P_ID_FORM_STR, fuzz_now (&self->scene) + shift, packets, NULL);
}

void
fuzz_speak_say (Peer *peer, P2pMessage *message)
{
  gsize length;
  const guint8 *frame = p2p_message_peek_frame (message, &length);

  fuzz_peer_say_bytes (peer, frame, length);
}

void
fuzz_speak_note_said (Speak *self, P2pMessage *message)
{
  Said *said = &self->said[self->n_said++ % N_SAID];

  memcpy (said->id, p2p_message_peek_id (message), sizeof said->id);
  g_free (said->sender);
  said->sender = g_strdup (p2p_message_get_sender (message));
}

void
fuzz_speak_note_honest (Speak *self, const guint8 *id)
{
  g_hash_table_add (self->honest, g_bytes_new (id, P2P_SHA256_LENGTH));
}

/* ---- HELLO and AUTH ---- */

static void
say_hello (Speak *self, Peer *peer, guint8 choice)
{
  static const guint8 nonce[P2P_HELLO_NONCE_LENGTH] = { 7 }, zeros[P2P_HELLO_KEY_LENGTH];
  guint which = (choice & 1) != 0 ? (identity_of (self, peer) + 1) % N_PEERS : identity_of (self, peer);
  const guint8 *pub = (choice & 2) != 0 ? zeros : p2p_identity_peek_public_key (self->identities[which]);
  GVariant *values[] = {
    g_variant_new_int64 (P2P_SUBFLAG_CONTROL), g_variant_new_int64 (P2P_CONTROL_VERSION), g_variant_new_int64 (P2P_CONTROL_HELLO),
    g_variant_new_int64 ((choice & 8) != 0 ? 0 : 0xff), fuzz_speak_bytes (pub, (choice & 4) != 0 ? 0 : P2P_HELLO_KEY_LENGTH), fuzz_speak_bytes (nonce, sizeof nonce),
    g_variant_new_int64 (1 << 20),
  };
  g_autoptr (P2pMessage) message = fuzz_speak_make (self, P2P_FLAG_WHISPER, peer->id, 0, values, G_N_ELEMENTS (values));

  fuzz_speak_say (peer, message);
}

static P2pPeer *
find_link (Speak *self, Peer *peer)
{
  P2pMeshNode *node = self->scene.node;

  for (guint i = 0; i < node->pending->len; i++)
    {
      P2pPeer *link = g_ptr_array_index (node->pending, i);

      if (g_strcmp0 (p2p_peer_get_claimed_id (link), peer->id) == 0)
        return link;
    }
  return p2p_mesh_node_find_peer (node, peer->id);
}

/* Right, when choice is 0 and HELLO was; 16: of another secret, or of one where there is none. */
static void
say_auth (Speak *self, Peer *peer, guint8 choice)
{
  static const guint8 nonce[P2P_HELLO_NONCE_LENGTH] = { 7 };
  P2pIdentity *identity = self->identities[(choice & 1) != 0 ? (identity_of (self, peer) + 1) % N_PEERS : identity_of (self, peer)];
  P2pPeer *link = find_link (self, peer);
  const guint8 *theirs = link != NULL ? p2p_peer_get_nonce (link, TRUE) : NULL;
  gboolean dialled = link != NULL && p2p_peer_get_outgoing (link) == ((choice & 2) != 0);
  guint8 sig[P2P_SIGNATURE_LENGTH], mac[P2P_AUTH_MAC_LENGTH] = { choice };
  guint8 binding[32];
  gboolean is_bound = link != NULL && p2p_peer_get_binding (link, binding);
  g_autoptr (GBytes) transcript = p2p_auth_transcript (dialled ? P2P_AUTH_DIALLED : P2P_AUTH_WAS_DIALLED, peer->id, p2p_mesh_node_get_id (self->scene.node),
                                                       p2p_identity_peek_public_key (identity), p2p_identity_peek_public_key (self->own), nonce,
                                                       theirs != NULL ? theirs : nonce, fuzz_speak_network (self), is_bound ? binding : NULL);
  GVariant *values[5] = { g_variant_new_int64 (P2P_SUBFLAG_CONTROL), g_variant_new_int64 (P2P_CONTROL_VERSION), g_variant_new_int64 (P2P_CONTROL_AUTH) };
  g_autoptr (P2pMessage) message = NULL;

  g_assert_true (p2p_auth_sign (identity, transcript, sig));
  if ((choice & 4) != 0)
    sig[choice >> 3] ^= 1;
  if (self->secret != NULL && (choice & 16) == 0)
    p2p_auth_mac (self->secret, transcript, mac);
  values[3] = fuzz_speak_bytes (sig, (choice & 8) != 0 ? sizeof sig - 1 : sizeof sig);
  values[4] = fuzz_speak_bytes (mac, (choice & 32) != 0 ? 5 : self->secret != NULL || (choice & 16) != 0 ? sizeof mac : 0);
  message = fuzz_speak_make (self, P2P_FLAG_WHISPER, (choice & 64) != 0 ? self->ids[(identity_of (self, peer) + 2) % N_PEERS] : peer->id, 0, values, G_N_ELEMENTS (values));
  fuzz_speak_say (peer, message);
}

/* As one of ours does it, all at once. */
static void
meet (Speak *self, Peer *peer)
{
  fuzz_peer_dial (peer);
  test_world_advance (self->scene.world, 5 * G_TIME_SPAN_MILLISECOND);
  say_hello (self, peer, 0);
  test_world_advance (self->scene.world, 5 * G_TIME_SPAN_MILLISECOND);
  say_auth (self, peer, 0);
  fuzz_peer_say_handshake (peer, P2P_ID_FORM_STR);
  test_world_advance (self->scene.world, 5 * G_TIME_SPAN_MILLISECOND);
}

/* ---- broadcasts and side-cars ---- */

static P2pMessage *
make_text (Speak *self, const char *sender, guint8 choice)
{
  GVariant *values[2] = { g_variant_new_int64 (P2P_SUBFLAG_BROADCAST), g_variant_new_int64 (choice) };

  return fuzz_speak_make (self, P2P_FLAG_BROADCAST, sender, 0, values, G_N_ELEMENTS (values));
}

/* Over what was said last, or what the input gives; by his own key or another's. */
static void
say_side_car (Speak *self, Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  guint who = (choice & 1) != 0 ? (identity_of (self, peer) + 1) % N_PEERS : identity_of (self, peer);
  P2pIdentity *identity = self->identities[who];
  guint n = MIN (1u + (choice >> 1 & 3) * 2u, MIN (self->n_said, N_SAID));
  gboolean is_right = (choice & 0x18) == 0;
  g_autofree P2pLeaf *leaves = g_new0 (P2pLeaf, P2P_MAX_LEAVES);
  GBytes *proofs[N_SAID];
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (P2pMessage) message = NULL;
  GVariant *values[5] = { g_variant_new_int64 (P2P_SUBFLAG_SIDE_CAR), g_variant_new_int64 ((choice & 0xe0) == 0xe0 ? 2 : 1) };
  P2pProofView view;

  if (n == 0)
    return;
  for (guint i = 0; i < n; i++)
    {
      Said *said = &self->said[(self->n_said - 1 - i) % N_SAID];

      memcpy (leaves[i].id, said->id, sizeof said->id);
      leaves[i].note = (const guint8 *) "note";
      leaves[i].note_length = (choice & 0x20) != 0 ? 4 : 0;
      if (is_right && strcmp (said->sender, self->ids[who]) == 0)
        fuzz_speak_note_honest (self, said->id);
    }
  g_assert_true (p2p_proof_sign (identity, P2P_PROOF_DOMAIN_MESSAGE, fuzz_speak_network (self), leaves, n, proofs));
  g_assert_true (p2p_proof_read (proofs[0], &view));
  packed = p2p_leaves_pack (leaves, n);
  values[2] = fuzz_speak_bytes (p2p_identity_peek_public_key (self->identities[(choice & 8) != 0 ? (who + 1) % N_PEERS : who]), 32);
  if ((choice & 0x10) != 0)
    {
      guint8 sig[P2P_SIGNATURE_LENGTH];
      gsize length = fuzz_take_byte (input);
      const guint8 *more = fuzz_take_bytes (input, &length);

      memcpy (sig, view.signature, sizeof sig);
      sig[choice >> 2] ^= (guint8) (1 + length);
      values[3] = fuzz_speak_bytes (sig, sizeof sig);
      values[4] = fuzz_speak_bytes (more, length);
    }
  else
    {
      values[3] = fuzz_speak_bytes (view.signature, P2P_SIGNATURE_LENGTH);
      values[4] = new_bytes_of (packed);
    }
  for (guint i = 0; i < n; i++)
    g_bytes_unref (proofs[i]);
  message = fuzz_speak_make (self, P2P_FLAG_BROADCAST, (choice & 0x40) != 0 ? peer->id : self->ids[who], 0, values, G_N_ELEMENTS (values));
  fuzz_speak_say (peer, message);
}

/* ---- sealed ---- */

GBytes *
fuzz_speak_spoil (GBytes *bytes, guint8 how)
{
  gsize length;
  g_autofree guint8 *copy = g_bytes_unref_to_data (g_bytes_ref (bytes), &length);

  if (how < 128)
    return g_bytes_new (copy, MIN (how, length));
  copy[(how & 127) % MAX (length, 1)] ^= 1;
  return g_bytes_new (copy, length);
}

/* In an envelope of now, as what was said before is said again; twice: in one that is itself in one. */
static GBytes *
wrap (Speak *self, const char *sender, GBytes *body, gboolean twice)
{
  g_autoptr (GBytes) once = twice ? wrap (self, sender, body, FALSE) : g_bytes_ref (body);
  GVariant *values[4] = { g_variant_new_int64 (0x5a), g_variant_new_int64 (1), g_variant_new_int64 (AGAIN), new_bytes_of (once) };
  g_autoptr (P2pMessage) envelope = fuzz_speak_make (self, P2P_FLAG_WHISPER, sender, 0, values, G_N_ELEMENTS (values));

  return p2p_message_dup_body (envelope);
}

static void
say_sealed (Speak *self, Peer *peer, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  guint8 text = fuzz_take_byte (input);
  guint who = identity_of (self, peer);
  const char *from = self->ids[(choice & 1) != 0 ? (who + 1) % N_PEERS : who];
  const char *inner_sender = self->ids[(choice & 2) != 0 ? (who + 1) % N_PEERS : who];
  const char *to = (choice & 4) != 0 ? self->ids[3] : p2p_mesh_node_get_id (self->scene.node);
  GVariant *inner[2] = { g_variant_new_int64 (text & 0x80 ? P2P_SUBFLAG_STORE : P2P_SUBFLAG_WHISPER), g_variant_new_int64 (text) };
  g_autoptr (P2pMessage) body = fuzz_speak_make (self, text & 0x40 ? P2P_FLAG_BROADCAST : P2P_FLAG_WHISPER, inner_sender, (choice & 8) != 0 ? -100000 : 0, inner, G_N_ELEMENTS (inner));
  gsize length;
  const guint8 *plain = p2p_message_peek_plain (body, &length);
  g_autoptr (GBytes) bytes = g_bytes_new (plain + P2P_FRAME_ID_LENGTH, length - P2P_FRAME_ID_LENGTH);
  g_autoptr (GBytes) box = NULL;
  g_autoptr (P2pMessage) message = NULL;
  GVariant *values[5] = { g_variant_new_int64 (0x5a), g_variant_new_int64 (1), g_variant_new_int64 (SEALED), g_variant_new_string (to) };

  if ((text & 0x10) != 0)
    {
      g_variant_unref (g_variant_ref_sink (values[3]));
      values[3] = g_variant_new_int64 (text);
    }
  if ((choice & 0x20) != 0 && self->box != NULL)
    box = (choice & 0x10) != 0 ? fuzz_speak_spoil (self->box, fuzz_take_byte (input)) : g_bytes_ref (self->box);        /* once more */
  else if ((choice & 0x10) != 0)
    {
      const guint8 *more;

      length = fuzz_take_byte (input);
      more = fuzz_take_bytes (input, &length);
      g_clear_pointer (&bytes, g_bytes_unref);
      bytes = g_bytes_new (more, length);
    }
  if ((text & 0x20) != 0)
    {
      g_autoptr (GBytes) plain_bytes = g_steal_pointer (&bytes);

      bytes = wrap (self, (text & 8) != 0 ? self->ids[(who + 1) % N_PEERS] : self->ids[who], plain_bytes, (text & 4) != 0);
    }
  if (box == NULL)
    {
      box = p2p_seal_box (self->identities[who], p2p_identity_peek_public_key (self->own), fuzz_speak_network (self), from, to, bytes,
                          test_host_get_env (peer->host)->random, NULL);
      g_assert_nonnull (box);
      if (strcmp (inner_sender, self->ids[who]) == 0)
        fuzz_speak_note_honest (self, p2p_message_peek_id (body));
    }
  g_clear_pointer (&self->box, g_bytes_unref);
  self->box = g_bytes_ref (box);
  values[4] = new_bytes_of (box);
  message = fuzz_speak_make (self, (choice & 0x40) != 0 ? P2P_FLAG_BROADCAST : P2P_FLAG_WHISPER, (choice & 0x80) != 0 ? self->ids[who] : peer->id, 0, values, G_N_ELEMENTS (values));
  fuzz_speak_say (peer, message);
}

/* ---- the scene ---- */

static void
message_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  Speak *self = data;
  g_autoptr (GBytes) id = g_bytes_new (p2p_message_peek_id (message), P2P_SHA256_LENGTH);
  g_autoptr (GBytes) proof = p2p_message_get_proof (message);
  g_autoptr (P2pVerifier) verifier = p2p_verifier_new ();

  if (proof != NULL)
    g_assert_true (p2p_verifier_check_message (verifier, proof, fuzz_speak_network (self), p2p_message_get_sender (message), id, NULL));
  if (p2p_message_get_verified (message) && !g_hash_table_contains (self->honest, id))
    {
      /* It was in no box: nobody else could have said it on that link. */
      g_assert_true (self->scene.secure && proof == NULL && p2p_peer_get_proven (peer));
      g_assert_cmpint (p2p_message_get_flag (message), ==, P2P_FLAG_WHISPER);
      g_assert_cmpstr (p2p_message_get_sender (message), ==, p2p_peer_get_id (peer));
    }
}

static void
ended_peer_cb (P2pPeer *peer, const GError *error, gpointer data)
{
  g_assert_nonnull (error);
}

static void
key_cb (const char *id, const guint8 *pub, gpointer data)
{
  g_autofree char *right = p2p_key_to_node_id (pub, fuzz_speak_network (data));

  g_assert_cmpstr (id, ==, right);
}

static void
log_cb (guint level, const char *text, gpointer data)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

static const P2pMeshNodeEvents node_events = { .message = message_cb, .dropped = ended_peer_cb, .removed = ended_peer_cb, .log = log_cb };

static void
check (Speak *self)
{
  P2pMeshNode *node = self->scene.node;

  if (self->x1 != NULL)
    {
      P2pX1Stats stats;

      p2p_x1_get_stats (self->x1, &stats);
      g_assert_cmpuint (stats.held, <=, self->scene.limits.held_messages);
      /* What our program pins is taken also where all others are those of neighbours. */
      g_assert_cmpuint (p2p_x1_get_n_keys (self->x1), <=, self->scene.limits.known_keys + self->n_pinned);
    }
  g_assert_cmpuint (p2p_sync_table_get_n_records (p2p_sync_node_get_table (self->sync)), <=, self->scene.limits.table_keys);
  for (guint i = 0; i < node->table->len; i++)
    g_assert_true (p2p_mesh_node_find_peer (node, p2p_peer_get_id (p2p_mesh_node_get_peer (node, i))) == p2p_mesh_node_get_peer (node, i));
}

/* For him, through others: what goes that way and what does not. */
static void
send_through (Speak *self, Peer *peer, guint8 choice)
{
  static const guint8 about[P2P_SHA256_LENGTH] = { 1 };
  GVariant *packets[5] = {
    g_variant_new_int64 ((choice & 8) != 0 ? 0x5a : (choice & 16) != 0 ? P2P_SUBFLAG_STORE : P2P_SUBFLAG_WHISPER), g_variant_new_int64 (1),
    g_variant_new_int64 (choice >> 4), fuzz_speak_bytes (about, sizeof about), fuzz_speak_bytes (about, sizeof about),
  };
  g_autoptr (P2pMessage) message = fuzz_speak_make (self, P2P_FLAG_WHISPER, p2p_mesh_node_get_id (self->scene.node), 0, packets, G_N_ELEMENTS (packets));
  g_autoptr (P2pMessage) again = (choice & 1) != 0 ? p2p_x1_say_again (self->x1, message, NULL) : p2p_message_ref (message);
  g_autoptr (P2pMessage) sealed = again != NULL ? p2p_x1_seal_for (self->x1, peer->id, again, NULL) : NULL;

  if (sealed != NULL)
    p2p_mesh_node_send_message (self->scene.node, sealed);
}

static void
act (Speak *self, Peer *peer, guint8 choice)
{
  GVariant *packets[2] = {
    g_variant_new_variant (g_variant_new_int64 ((choice & 1) != 0 ? P2P_SUBFLAG_BROADCAST : P2P_SUBFLAG_WHISPER)), g_variant_new_variant (g_variant_new_int64 (choice)),
  };
  g_autoptr (GVariant) array = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, 2));
  g_autoptr (P2pMessage) message = NULL;

  /* as a program does that knows him from before */
  if ((choice & 4) != 0 && self->x1 != NULL)
    send_through (self, peer, choice);
  else if ((choice & 2) != 0 && self->x1 != NULL)
    self->n_pinned += p2p_x1_pin (self->x1, p2p_identity_peek_public_key (self->identities[identity_of (self, peer)]));
  else if ((choice & 1) != 0)
    {
      message = p2p_mesh_node_new_message (self->scene.node, P2P_FLAG_BROADCAST, array, NULL);
      p2p_mesh_node_send_message (self->scene.node, message);
    }
  else
    p2p_mesh_node_whisper_to (self->scene.node, peer->id, P2P_ID_FORM_STR, array, NULL, NULL);
}

static void
say_text (Speak *self, Peer *peer, FuzzInput *input, gboolean car_first)
{
  guint8 choice = fuzz_take_byte (input);
  g_autoptr (P2pMessage) message = make_text (self, (choice & 0x80) != 0 ? self->ids[choice & 3] : peer->id, choice);

  fuzz_speak_note_said (self, message);
  if (car_first)
    say_side_car (self, peer, input);
  fuzz_speak_say (peer, message);
}

static void
run (Speak *self, FuzzInput *input)
{
  for (guint i = 0; i < MAX_OPERATIONS && !fuzz_is_empty (input); i++)
    {
      guint8 op = fuzz_take_byte (input);
      Peer *peer = &self->scene.peers[op & 3];

      switch (op >> 2 & 15)
        {
        case 0: meet (self, peer); break;
        case 1: fuzz_peer_dial (peer); break;
        case 2: say_hello (self, peer, fuzz_take_byte (input)); break;
        case 3: say_auth (self, peer, fuzz_take_byte (input)); break;
        case 4: fuzz_peer_say_handshake (peer, P2P_ID_FORM_STR); break;
        case 5: test_world_advance (self->scene.world, (gint64) 1000 << (fuzz_take_byte (input) & 15)); break;
        case 6: fuzz_peer_hang_up (peer); break;
        case 7: say_text (self, peer, input, FALSE); break;
        case 8: say_text (self, peer, input, TRUE); break;
        case 9: say_side_car (self, peer, input); break;
        case 10: say_sealed (self, peer, input); break;
        case 11: act (self, peer, fuzz_take_byte (input)); break;
        case 12: fuzz_peer_become (peer, &self->scene.peers[fuzz_take_byte (input) & 3]); break;
        case 13: fuzz_peer_say_control (peer, input); break;
        case 14: fuzz_speak_share (self, peer, input); break;
        default: fuzz_peer_say_message (peer, input); break;
        }
      if ((op & 64) != 0)
        test_world_advance (self->scene.world, 5 * G_TIME_SPAN_MILLISECOND);
      check (self);
    }
  test_world_advance (self->scene.world, 3 * G_TIME_SPAN_SECOND);
  check (self);
  fuzz_speak_check_signed (self);
}

static P2pIdentity *
make_identity (guint8 which)
{
  const guint8 seed[P2P_IDENTITY_SEED_LENGTH] = { which, 5 };
  g_autoptr (GBytes) bytes = g_bytes_new (seed, sizeof seed);

  return p2p_identity_new_from_seed (bytes, NULL);
}

/* Made once: it takes a tenth of a second. */
static P2pSecret *
get_secret (Speak *self)
{
  static P2pSecret *secret;

  if (secret == NULL)
    secret = p2p_secret_new ("correct horse battery", fuzz_speak_network (self), NULL);
  g_assert_nonnull (secret);
  return secret;
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  static const char * const names[N_PEERS] = { "ann", "ben", "cleo", "dan" };
  FuzzInput input = { bytes, length };
  Speak self = { 0 };
  Scene *scene = &self.scene;
  guint8 kind = 0;
  gboolean has_key;

  if (length > 4096)
    return 0;
  if (length > 0 && bytes[0] == WORLD)
    {
      fuzz_take_byte (&input);
      kind = fuzz_take_byte (&input);
    }
  has_key = (kind & (WITHOUT_KEY | WITH_SECRET)) != WITHOUT_KEY;
  scene->world = test_world_new (1);
  scene->secure = (kind & (WITH_TLS | WITH_SECRET)) != 0;
  scene->protocol = p2p_protocol_new ("fuzz1", scene->secure ? P2P_ENCRYPTION_SSL : P2P_ENCRYPTION_PLAINTEXT);
  scene->host = test_world_add_host (scene->world, "node");
  p2p_limits_init (&scene->limits);
  scene->limits.links = 6;
  scene->limits.known_keys = 4;         /* one less than there are nodes */
  scene->limits.held_messages = 16;
  scene->limits.held_bytes = 4096;
  scene->limits.held_proofs = 16;
  scene->limits.signature_checks = 16;
  scene->limits.ping_seconds = scene->limits.idle_seconds = 100000;
  scene->limits.table_keys = 6;         /* two less than there are */
  self.own = make_identity (0);
  self.honest = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  scene->node = p2p_mesh_node_new (test_host_get_env (scene->host), scene->protocol, has_key ? self.own : NULL, &scene->limits, NULL);
  g_assert_nonnull (scene->node);
  self.x1 = p2p_x1_new (scene->node);
  g_assert_cmpint (self.x1 != NULL, ==, has_key);
  if (self.x1 != NULL)
    p2p_x1_set_key_func (self.x1, key_cb, &self);
  if ((kind & WITH_SECRET) != 0)
    {
      self.secret = get_secret (&self);
      g_assert_true (p2p_x1_set_secret (self.x1, self.secret, NULL));
    }
  self.sync = p2p_sync_node_new (scene->node, TRUE);
  self.other = p2p_sync_table_new (&scene->limits, TRUE);
  p2p_sync_table_set_judge (self.other, &fuzz_speak_others, &self, NULL);
  p2p_mesh_node_set_events (scene->node, &node_events, &self);
  if (!p2p_mesh_node_listen (scene->node, test_host_get_address (scene->host), PORT, NULL))
    g_error ("cannot listen in a world of our own");
  for (guint i = 0; i < N_PEERS; i++)
    {
      fuzz_peer_init (&scene->peers[i], scene, names[i]);
      self.identities[i] = make_identity ((guint8) (i + 1));
      self.ids[i] = p2p_key_to_node_id (p2p_identity_peek_public_key (self.identities[i]), fuzz_speak_network (&self));
      g_free (scene->peers[i].id);
      scene->peers[i].id = g_strdup (self.ids[i]);
    }

  run (&self, &input);

  p2p_mesh_node_close (scene->node);
  p2p_sync_node_free (self.sync);
  p2p_sync_table_free (self.other);
  g_clear_pointer (&self.x1, p2p_x1_free);
  for (guint i = 0; i < N_PEERS; i++)
    {
      fuzz_peer_clear (&scene->peers[i]);
      p2p_identity_unref (self.identities[i]);
      g_free (self.ids[i]);
    }
  for (guint i = 0; i < N_SAID; i++)
    g_free (self.said[i].sender);
  test_world_advance (scene->world, G_TIME_SPAN_SECOND);
  p2p_mesh_node_unref (scene->node);
  p2p_protocol_unref (scene->protocol);
  test_world_free (scene->world);
  p2p_identity_unref (self.own);
  g_hash_table_unref (self.honest);
  g_clear_pointer (&self.box, g_bytes_unref);
  return 0;
}
