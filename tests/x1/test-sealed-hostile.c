/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What enemies send in boxes: a peer that is let in as an original, and broadcasts in the name of whom it likes. */
#include "sealed-fixture.h"

#include <string.h>

#include "p2p/x1/p2p-seal.h"
#include "p2p/x1/p2p-x1-private.h"

typedef struct {
  Scene scene;
  RawPeer *mallory;
  P2pIdentity *alice_key, *mallory_key, *bob_key;
} Attack;

static void
attack_init (Attack *self)
{
  scene_init (&self->scene, FALSE);
  self->mallory = raw_dial (self->scene.mesh, "mallory", self->scene.bob);
  raw_handshake (self->mallory);
  mesh_run (self->scene.mesh, 2 * SECOND);
  self->alice_key = auth_key ("alice");
  self->mallory_key = auth_key ("mallory");
  self->bob_key = auth_key ("bob");
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (self->scene.bob->node), ==, 1);
}

static void
attack_clear (Attack *self)
{
  g_clear_pointer (&self->mallory, raw_free);
  g_clear_pointer (&self->alice_key, p2p_identity_unref);
  g_clear_pointer (&self->mallory_key, p2p_identity_unref);
  g_clear_pointer (&self->bob_key, p2p_identity_unref);
  scene_clear (&self->scene);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Attack, attack_clear)

/* A box of key for bob, in the name of from, with this in it. */
static GBytes *
make_box (Attack *self, P2pIdentity *key, const char *from, gint64 flag, const char *inner_sender, gint64 time, GVariant *packets)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (packets);
  g_autoptr (P2pMessage) inner = p2p_message_new (flag, inner_sender, time, owned, NULL);
  g_autoptr (GBytes) body = p2p_message_dup_body (inner);
  g_autoptr (GError) error = NULL;
  GBytes *box = p2p_seal_box (key, p2p_identity_peek_public_key (self->bob_key), p2p_protocol_get_id (self->scene.mesh->protocol), from,
                              p2p_mesh_node_get_id (self->scene.bob->node), body, self->scene.bob->node->env->random, &error);

  g_assert_no_error (error);
  return box;
}

static void
push_box (RawPeer *by, Attack *self, const char *from, GBytes *box, gint64 shift)
{
  GVariant *packets[] = {
    g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_APPLICATION)), g_variant_new_variant (g_variant_new_int64 (1)),
    g_variant_new_variant (g_variant_new_int64 (11)), g_variant_new_variant (g_variant_new_string (p2p_mesh_node_get_id (self->scene.bob->node))),
    g_variant_new_variant (g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, box, TRUE)),
  };
  g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)));
  g_autoptr (P2pMessage) message = p2p_message_new (P2P_FLAG_BROADCAST, from, mesh_now (self->scene.mesh) + shift, all, NULL);

  p2p_link_send (by->link, message, P2P_LINK_SEND_PLAIN, NULL);
}

static void
send_box (Attack *self, const char *from, GBytes *box, gint64 shift)
{
  push_box (self->mallory, self, from, box, shift);
  mesh_run (self->scene.mesh, 2 * SECOND);
}

static void
expect (Attack *self, P2pDropReason reason, guint64 count)
{
  g_assert_cmpuint (mesh_stats (self->scene.bob).dropped[reason], ==, count);
  g_assert_cmpuint (mesh_dropped (self->scene.bob), ==, count);
  g_assert_cmpuint (self->scene.bob->messages->len, ==, 0);
  /* Whoever brought it relays. */
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (self->scene.bob->node), ==, 1);
}

static void
test_forged (void)
{
  g_auto (Attack) attack = { 0 };
  const char *alice;
  g_autoptr (GBytes) box = NULL;

  attack_init (&attack);
  alice = p2p_mesh_node_get_id (attack.scene.alice->node);
  /* Signed by another than who it names. */
  box = make_box (&attack, attack.mallory_key, alice, P2P_FLAG_WHISPER, alice, mesh_now (attack.scene.mesh), make_text (TEXT));
  send_box (&attack, alice, box, 0);
  expect (&attack, P2P_DROP_FORGED_SIGNATURE, 1);
}

static void
test_bits (void)
{
  g_auto (Attack) attack = { 0 };
  const char *alice;
  g_autoptr (GBytes) box = NULL;
  guint64 n = 0;

  attack_init (&attack);
  alice = p2p_mesh_node_get_id (attack.scene.alice->node);
  box = make_box (&attack, attack.alice_key, alice, P2P_FLAG_WHISPER, alice, mesh_now (attack.scene.mesh), make_text (TEXT));
  for (gsize at = 0; at < g_bytes_get_size (box); at += 19)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GBytes) spoilt = NULL;

      g_byte_array_append (bytes, g_bytes_get_data (box, NULL), (guint) g_bytes_get_size (box));
      bytes->data[at] ^= 1;
      spoilt = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
      send_box (&attack, alice, spoilt, 0);
      expect (&attack, P2P_DROP_FORGED_SIGNATURE, ++n);
    }
}

static void
test_replayed (void)
{
  g_auto (Attack) attack = { 0 };
  const char *alice;
  g_autoptr (GBytes) box = NULL;

  attack_init (&attack);
  alice = p2p_mesh_node_get_id (attack.scene.alice->node);
  box = make_box (&attack, attack.alice_key, alice, P2P_FLAG_WHISPER, alice, mesh_now (attack.scene.mesh), make_text (TEXT));
  send_box (&attack, alice, box, 0);
  g_assert_cmpuint (mesh_heard (attack.scene.bob, TEXT), ==, 1);
  send_box (&attack, alice, box, 1);
  g_assert_cmpuint (mesh_heard (attack.scene.bob, TEXT), ==, 1);
  g_assert_cmpuint (mesh_stats (attack.scene.bob).dropped[P2P_DROP_UNEXPECTED], ==, 1);
  /* When it is forgotten its time is over. */
  mesh_run (attack.scene.mesh, 300 * SECOND);
  send_box (&attack, alice, box, 0);
  g_assert_cmpuint (mesh_heard (attack.scene.bob, TEXT), ==, 1);
  g_assert_cmpuint (mesh_stats (attack.scene.bob).dropped[P2P_DROP_EXPIRED], ==, 1);
}

/* What its own signer made wrong: another's name within, what is for everybody, a time that is not now, a box in it. */
static void
test_odd_bodies (void)
{
  g_auto (Attack) attack = { 0 };
  g_autofree char *mallory = NULL;
  const char *alice;
  gint64 now;
  struct {
    gint64 flag;
    gboolean other;
    gint64 shift;
    const char *packets;
    P2pDropReason reason;
  } cases[] = {
    { P2P_FLAG_WHISPER, TRUE, 0, "[<int64 2>, <'x'>]", P2P_DROP_SHAPE },
    { P2P_FLAG_BROADCAST, FALSE, 0, "[<int64 0>, <'x'>]", P2P_DROP_SHAPE },
    { P2P_FLAG_WHISPER, FALSE, -90, "[<int64 2>, <'x'>]", P2P_DROP_EXPIRED },
    { P2P_FLAG_WHISPER, FALSE, 90, "[<int64 2>, <'x'>]", P2P_DROP_EXPIRED },
    { P2P_FLAG_WHISPER, FALSE, 0, "[<int64 0x5a>, <int64 1>, <int64 11>, <'x'>, <b'x'>]", P2P_DROP_SHAPE },
    { P2P_FLAG_WHISPER, FALSE, 0, "[<int64 0x58>, <int64 1>, <int64 3>, <int64 5>]", P2P_DROP_SHAPE },
    { P2P_FLAG_WHISPER, FALSE, 0, "[<int64 5>, <'a'>, <'b'>, <'c'>, <'d'>]", P2P_DROP_SHAPE },
    { P2P_FLAG_WHISPER, FALSE, 0, "[<int64 0x5a>, <int64 1>, <int64 7>, <int64 1>]", P2P_DROP_SHAPE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Attack) fresh = { 0 };
      g_autoptr (GVariant) packets = g_variant_parse (G_VARIANT_TYPE ("av"), cases[i].packets, NULL, NULL, NULL);
      g_autoptr (GBytes) box = NULL;

      g_assert_nonnull (packets);
      attack_init (&fresh);
      alice = p2p_mesh_node_get_id (fresh.scene.alice->node);
      g_clear_pointer (&mallory, g_free);
      mallory = p2p_identity_get_node_id (fresh.mallory_key, fresh.scene.mesh->protocol);
      now = mesh_now (fresh.scene.mesh);
      box = make_box (&fresh, fresh.mallory_key, mallory, cases[i].flag, cases[i].other ? alice : mallory, now + cases[i].shift, g_steal_pointer (&packets));
      send_box (&fresh, mallory, box, 0);
      expect (&fresh, cases[i].reason, 1);
    }
}

/* An envelope of now with this in it. */
static GVariant *
make_envelope (GBytes *body)
{
  GVariant *packets[] = {
    g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_APPLICATION)), g_variant_new_variant (g_variant_new_int64 (1)), g_variant_new_variant (g_variant_new_int64 (12)),
    g_variant_new_variant (g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, body, TRUE)),
  };

  return g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets));
}

/* Envelopes that their own signer made wrong. Age is none of it; a time to come is. */
static void
test_odd_envelopes (void)
{
  const struct {
    gint64 flag;
    gboolean other;
    gint64 shift;
    const char *packets;        /* NULL: an envelope */
    gsize cut;
    gboolean taken;
  } cases[] = {
    { P2P_FLAG_WHISPER, FALSE, -3600, "[<int64 2>, <'x'>]", 0, TRUE },
    { P2P_FLAG_WHISPER, FALSE, 3600, "[<int64 2>, <'x'>]", 0, FALSE },
    { P2P_FLAG_WHISPER, TRUE, -3600, "[<int64 2>, <'x'>]", 0, FALSE },
    { P2P_FLAG_BROADCAST, FALSE, -3600, "[<int64 0>, <'x'>]", 0, FALSE },
    { P2P_FLAG_WHISPER, FALSE, -3600, "[<int64 2>, <'x'>]", 3, FALSE },
    { P2P_FLAG_WHISPER, FALSE, -3600, "[<int64 0x5a>, <int64 1>, <int64 1>, <'x'>, <int64 0>]", 0, FALSE },
    { P2P_FLAG_WHISPER, FALSE, -3600, "[<int64 5>, <'x'>]", 0, FALSE },
    { P2P_FLAG_WHISPER, FALSE, -3600, NULL, 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Attack) attack = { 0 };
      g_autofree char *mallory = NULL;
      g_autoptr (GBytes) nothing = g_bytes_new_static ("x", 1), body = NULL, part = NULL, box = NULL;
      g_autoptr (GVariant) packets = NULL;
      g_autoptr (P2pMessage) inner = NULL;

      attack_init (&attack);
      mallory = p2p_identity_get_node_id (attack.mallory_key, attack.scene.mesh->protocol);
      packets = g_variant_ref_sink (cases[i].packets != NULL ? g_variant_parse (G_VARIANT_TYPE ("av"), cases[i].packets, NULL, NULL, NULL) : make_envelope (nothing));
      inner = p2p_message_new (cases[i].flag, cases[i].other ? p2p_mesh_node_get_id (attack.scene.alice->node) : mallory,
                               mesh_now (attack.scene.mesh) + cases[i].shift, packets, NULL);
      body = p2p_message_dup_body (inner);
      part = g_bytes_new_from_bytes (body, 0, g_bytes_get_size (body) - cases[i].cut);
      box = make_box (&attack, attack.mallory_key, mallory, P2P_FLAG_WHISPER, mallory, mesh_now (attack.scene.mesh), make_envelope (part));
      send_box (&attack, mallory, box, 0);
      if (cases[i].taken)
        g_assert_cmpmem (p2p_message_peek_id (only_message (attack.scene.bob)), 32, p2p_message_peek_id (inner), 32);
      else
        expect (&attack, P2P_DROP_SHAPE, 1);
    }
}

/* An envelope without a box is none: who passes it on could have made it up. */
static void
test_open_envelope (void)
{
  g_auto (Attack) attack = { 0 };

  attack_init (&attack);
  raw_send (attack.mallory, P2P_FLAG_BROADCAST, "[<int64 0x5a>, <int64 1>, <int64 12>, <b'body'>]");
  expect (&attack, P2P_DROP_UNKNOWN_OPERATION, 1);
}

static void
test_no_box (void)
{
  g_auto (Attack) attack = { 0 };
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) little = g_bytes_new_static ("little", 6);
  const char *bob;

  attack_init (&attack);
  bob = p2p_mesh_node_get_id (attack.scene.bob->node);
  send_box (&attack, attack.mallory->id, none, 0);
  expect (&attack, P2P_DROP_SHAPE, 1);
  send_box (&attack, attack.mallory->id, little, 1);
  expect (&attack, P2P_DROP_SHAPE, 2);
  raw_send (attack.mallory, P2P_FLAG_BROADCAST, "[<int64 0x5a>, <int64 1>, <int64 11>]");
  expect (&attack, P2P_DROP_SHAPE, 3);
  raw_send (attack.mallory, P2P_FLAG_BROADCAST, "[<int64 0x5a>, <int64 1>, <int64 11>, <'%s'>, <'text'>]", bob);
  expect (&attack, P2P_DROP_SHAPE, 4);
}

/* Boxes that come to nothing cost a signature each: so many a second. */
static void
test_rate (void)
{
  g_auto (Attack) attack = { 0 };
  guint64 limit;
  const char *alice;
  guint8 bytes[P2P_SEAL_OVERHEAD + 8] = { 9 };

  attack_init (&attack);
  alice = p2p_mesh_node_get_id (attack.scene.alice->node);
  limit = attack.scene.bob->node->limits.signature_checks / 4;
  for (guint i = 0; i < limit + 40; i++)
    {
      g_autoptr (GBytes) box = NULL;
      GVariant *packets[5];
      g_autoptr (GVariant) all = NULL;
      g_autoptr (P2pMessage) message = NULL;

      memcpy (bytes + 1, &i, sizeof i);
      box = g_bytes_new (bytes, sizeof bytes);
      packets[0] = g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_APPLICATION));
      packets[1] = g_variant_new_variant (g_variant_new_int64 (1));
      packets[2] = g_variant_new_variant (g_variant_new_int64 (11));
      packets[3] = g_variant_new_variant (g_variant_new_string (p2p_mesh_node_get_id (attack.scene.bob->node)));
      packets[4] = g_variant_new_variant (g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, box, TRUE));
      all = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, 5));
      message = p2p_message_new (P2P_FLAG_BROADCAST, alice, mesh_now (attack.scene.mesh), all, NULL);
      p2p_link_send (attack.mallory->link, message, P2P_LINK_SEND_PLAIN, NULL);
    }
  mesh_run (attack.scene.mesh, SECOND / 50);
  g_assert_cmpuint (mesh_stats (attack.scene.bob).dropped[P2P_DROP_RATE], >=, 20);
  g_assert_cmpuint (mesh_stats (attack.scene.bob).dropped[P2P_DROP_FORGED_SIGNATURE], <=, limit + 20);
}

/* ---- who is to blame, and for whom it counts ---- */

static GVariant *
make_receipt (gboolean good)
{
  if (!good)
    return g_variant_new_parsed ("[<@x 0x5a>, <@x 1>, <@x 2>, <'no'>]");
  return g_variant_new_parsed ("[<@x 0x5a>, <@x 1>, <@x 3>, <%@ay>]", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "0123456789abcdef0123456789abcdef", 32, 1));
}

/* What is in a box is of who made it: the honest link that brought it stays, and has its share for itself. */
static void
test_blame (void)
{
  for (guint good = 0; good < 2; good++)
    {
      g_auto (Attack) attack = { 0 };
      const char *alice;
      MeshNode *bob;

      attack_init (&attack);
      bob = attack.scene.bob;
      alice = p2p_mesh_node_get_id (attack.scene.alice->node);
      for (guint i = 0; i < 150; i++)
        {
          g_autoptr (GBytes) box = make_box (&attack, attack.alice_key, alice, P2P_FLAG_WHISPER, alice, mesh_now (attack.scene.mesh), make_receipt (good));

          push_box (attack.mallory, &attack, alice, box, 0);
          mesh_run (attack.scene.mesh, SECOND / 100);
        }
      mesh_run (attack.scene.mesh, SECOND);
      g_assert_cmpuint (p2p_mesh_node_get_n_peers (bob->node), ==, 1);
      g_assert_cmpuint (good ? bob->apps->len : mesh_stats (bob).dropped[P2P_DROP_SHAPE], ==, 150);
      g_assert_cmpint (p2p_mesh_node_get_peer (bob->node, 0)->app_filled, ==, 0);
    }
}

static GVariant *
make_receipt_of (guint32 what, guint32 which)
{
  guint32 id[8] = { what, which };

  return g_variant_new_parsed ("[<@x 0x5a>, <@x 1>, <@x 3>, <%@ay>]", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, id, sizeof id, 1));
}

static guint
count_receipts_of (MeshNode *node, guint32 what)
{
  guint n = 0;

  for (guint i = 0; i < node->apps->len; i++)
    {
      GPtrArray *ids = p2p_app_frame_get_ids (g_ptr_array_index (node->apps, i));

      n += ids != NULL && ids->len == 1 && memcmp (g_bytes_get_data (ids->pdata[0], NULL), &what, sizeof what) == 0;
    }
  return n;
}

/* Whoever floods by way of one link leaves room for what comes by another. */
static void
test_flood_through (void)
{
  g_auto (Attack) attack = { 0 };
  g_autoptr (RawPeer) other = NULL;
  g_autofree char *mallory_id = NULL;
  const char *alice;
  MeshNode *bob;

  attack_init (&attack);
  bob = attack.scene.bob;
  other = raw_dial (attack.scene.mesh, "other", bob);
  raw_handshake (other);
  mesh_run (attack.scene.mesh, SECOND);
  alice = p2p_mesh_node_get_id (attack.scene.alice->node);
  mallory_id = p2p_identity_get_node_id (attack.mallory_key, attack.scene.mesh->protocol);
  for (guint i = 0; i < 400; i++)
    {
      gint64 now = mesh_now (attack.scene.mesh);

      for (guint j = 0; j < 5; j++)
        {
          g_autoptr (GBytes) box = make_box (&attack, attack.mallory_key, mallory_id, P2P_FLAG_WHISPER, mallory_id, now, make_receipt_of (1, 5 * i + j));

          push_box (attack.mallory, &attack, mallory_id, box, 0);
        }
      if (i >= 300 && i % 5 == 0)
        {
          g_autoptr (GBytes) box = make_box (&attack, attack.alice_key, alice, P2P_FLAG_WHISPER, alice, now, make_receipt_of (2, i));

          push_box (other, &attack, alice, box, 0);
        }
      mesh_run (attack.scene.mesh, SECOND / 100);
    }
  mesh_run (attack.scene.mesh, SECOND);
  g_assert_cmpuint (mesh_stats (bob).dropped[P2P_DROP_RATE], >, 0);
  g_assert_cmpuint (count_receipts_of (bob, 2), ==, 20);
}

/* An original passes boxes on as it does all else. */
static void
test_receipt_by_original (void)
{
  g_auto (Attack) attack = { 0 };
  const char *alice;
  g_autoptr (GBytes) box = NULL;

  attack_init (&attack);
  alice = p2p_mesh_node_get_id (attack.scene.alice->node);
  box = make_box (&attack, attack.alice_key, alice, P2P_FLAG_WHISPER, alice, mesh_now (attack.scene.mesh), make_receipt (TRUE));
  send_box (&attack, alice, box, 0);
  g_assert_cmpuint (attack.scene.bob->apps->len, ==, 1);
}

/* As many as may be opened at all come in between. */
static void
test_remembered (void)
{
  g_auto (Attack) attack = { 0 };
  const char *alice;
  g_autoptr (GBytes) box = NULL;
  P2pX1 *x1;
  guint n = 0;

  attack_init (&attack);
  x1 = attack.scene.x1[1];
  alice = p2p_mesh_node_get_id (attack.scene.alice->node);
  box = make_box (&attack, attack.alice_key, alice, P2P_FLAG_WHISPER, alice, mesh_now (attack.scene.mesh) + 50, make_text (TEXT));
  send_box (&attack, alice, box, 0);
  g_assert_cmpuint (mesh_heard (attack.scene.bob, TEXT), ==, 1);
  for (guint second = 0; second < 100; second++)
    {
      for (guint i = 0; i < x1->limits.signature_checks; i++, n++)
        {
          guint8 key[P2P_SEEN_ID_LENGTH] = { 0 };

          memcpy (key, &n, sizeof n);
          memcpy (key + 8, &n, sizeof n);
          p2p_seen_set_add (x1->opened, key, p2p_clock_now (x1->env->clock));
        }
      mesh_run (attack.scene.mesh, SECOND);
    }
  send_box (&attack, alice, box, 3);
  g_assert_cmpuint (mesh_heard (attack.scene.bob, TEXT), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/x1/sealed-hostile/forged", test_forged);
  g_test_add_func ("/x1/sealed-hostile/bits", test_bits);
  g_test_add_func ("/x1/sealed-hostile/replayed", test_replayed);
  g_test_add_func ("/x1/sealed-hostile/odd-bodies", test_odd_bodies);
  g_test_add_func ("/x1/sealed-hostile/odd-envelopes", test_odd_envelopes);
  g_test_add_func ("/x1/sealed-hostile/open-envelope", test_open_envelope);
  g_test_add_func ("/x1/sealed-hostile/no-box", test_no_box);
  g_test_add_func ("/x1/sealed-hostile/rate", test_rate);
  g_test_add_func ("/x1/sealed-hostile/blame", test_blame);
  g_test_add_func ("/x1/sealed-hostile/flood-through", test_flood_through);
  g_test_add_func ("/x1/sealed-hostile/receipt-by-original", test_receipt_by_original);
  g_test_add_func ("/x1/sealed-hostile/remembered", test_remembered);
  return g_test_run ();
}
