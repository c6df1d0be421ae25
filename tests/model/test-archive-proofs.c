/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An archive tells who said what as long as nobody changed it, and whatever its hashes say. */
#include <string.h>

#include "archive-fixture.h"
#include "make-proof.h"
#include "model/transfers/rt-attachment.h"

#define N 6u

typedef struct {
  ArchiveFixture base;
  P2pIdentity   *identity;
  P2pProtocol   *network;
  char          *id;
  const char    *text;          /* of all; NULL: each says its number */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  archive_set_up (&self->base, data);
  self->identity = make_identity (7);
  self->network = p2p_protocol_new ("friends", "SSL");
  self->id = p2p_identity_get_node_id (self->identity, self->network);
  self->base.protocol = p2p_protocol_get_id (self->network);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  archive_tear_down (&self->base, data);
  p2p_identity_unref (self->identity);
  p2p_protocol_unref (self->network);
  g_free (self->id);
}

/* As one that was heard of him, signed or not. */
static void
add (Fixture *self, guint n, gboolean proved, guint flags)
{
  g_autofree char *text = self->text != NULL ? g_strdup (self->text) : g_strdup_printf ("said %u", n);
  g_autoptr (RtStoreMessage) message = archive_make_message (&self->base, n, text);
  g_autoptr (GVariant) packet = g_variant_ref_sink (g_variant_new_string (text));
  g_autoptr (P2pMessage) sent = p2p_message_new (0, self->id, message->sent, g_variant_new_parsed ("[<int64 0>, <%@s>]", packet), NULL);

  g_free (message->sender);
  message->sender = g_strdup (self->id);
  g_free (message->sender_name);
  message->sender_name = g_strdup ("countess");
  g_bytes_unref (message->id);
  g_bytes_unref (message->body);
  message->id = p2p_message_get_id (sent);
  message->body = p2p_message_dup_body (sent);
  message->proof = proved ? make_proof (self->identity, self->base.protocol, message->id) : NULL;
  message->flags = flags;
  rt_store_chat_add (self->base.chat, message, FALSE);
}

/* Every second one is signed. */
static void
export (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N; i++)
    add (self, i, i % 2 == 0, i % 2 == 0 ? RT_STORE_MESSAGE_VERIFIED : RT_STORE_MESSAGE_UNSIGNED);
  g_assert_true (archive_export (&self->base, 0, 0, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
}

static RtArchive *
open_it (Fixture *self, guint n_proved, guint n_without, guint n_wrong)
{
  g_autoptr (GError) error = NULL;
  RtArchive *archive = archive_open (self->base.file, &error);
  guint proved, without, wrong;

  g_assert_no_error (error);
  rt_archive_count_proofs (archive, &proved, &without, &wrong);
  g_assert_cmpuint (proved, ==, n_proved);
  g_assert_cmpuint (without, ==, n_without);
  g_assert_cmpuint (wrong, ==, n_wrong);
  return archive;
}

static RtTimelinePage *
load (RtArchive *archive)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_timeline_source_load_async (RT_TIMELINE_SOURCE (archive), RT_TIMELINE_TAIL, NULL, 100, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_timeline_source_load_finish (RT_TIMELINE_SOURCE (archive), result, NULL);
}

static void
test_whole (Fixture *self, gconstpointer data)
{
  g_autoptr (RtArchive) archive = NULL;
  g_autofree char *words = NULL;
  RtTimelinePage *page;

  export (self);
  archive = open_it (self, N / 2, N / 2, 0);
  g_assert_cmpuint (rt_archive_get_n_faults (archive), ==, 0);
  words = rt_archive_dup_proof_words (archive);
  g_assert_cmpstr (words, ==, "3 messages are proven, 3 are not signed, 0 do not hold");
  page = load (archive);
  g_assert_cmpuint (page->items->len, ==, N);
  for (guint i = 0; i < N; i++)
    g_assert_cmpint (rt_message_item_get_trust (page->items->pdata[i]), ==, i % 2 == 0 ? RT_TRUST_VERIFIED : RT_TRUST_UNVERIFIED);
  rt_timeline_page_free (page);
}

/* What is written into a file, past what wrote it; all hashes are made anew. */
static void
rewrite (Fixture *self, const char *from, const char *to)
{
  g_autofree char *all = NULL;
  g_auto (GStrv) parts = NULL, lines = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  guint8 hash[RT_ARCHIVE_HASH_BYTES];
  char hex[2 * RT_ARCHIVE_HASH_BYTES + 1];
  gsize begin = strlen (RT_ARCHIVE_BEGIN RT_ARCHIVE_VERSION RT_ARCHIVE_HEADER), end = strlen (RT_ARCHIVE_MESSAGES);
  guint i;

  g_assert_true (g_file_get_contents (self->base.path, &all, NULL, NULL));
  parts = g_strsplit (all, from, -1);
  g_assert_cmpuint (g_strv_length (parts), >, 1);
  g_free (all);
  all = g_strjoinv (to, parts);
  lines = g_strsplit (all, "\n", -1);
  rt_archive_hash (NULL, lines[0] + begin, strlen (lines[0]) - begin - end, hash);
  g_string_append_printf (out, "%s\n", lines[0]);
  for (i = 1; g_str_has_prefix (lines[i], RT_ARCHIVE_HASH); i++)
    {
      const char *message = lines[i] + strlen (RT_ARCHIVE_HASH) + 64 + strlen (RT_ARCHIVE_MESSAGE);
      gsize length = strlen (message) - (g_str_has_suffix (message, ",") ? 2 : 1);

      rt_archive_hash (hash, message, length, hash);
      rt_archive_hash_to_hex (hash, hex);
      g_string_append_printf (out, RT_ARCHIVE_HASH "%s" RT_ARCHIVE_MESSAGE "%s\n", hex, message);
    }
  rt_archive_hash_to_hex (hash, hex);
  g_string_append_printf (out, "],\"count\":%u,\"head\":\"%s\"}\n", i - 1, hex);
  g_assert_true (g_file_set_contents (self->base.path, out->str, (gssize) out->len, NULL));
}

/* A chain that is right again, and yet each message that was signed and changed is told of. */
static void
test_tampered (Fixture *self, gconstpointer data)
{
  static const struct { const char *from, *to; guint n_proved, n_without, n_wrong; } cases[] = {
    { "\"subnet\":\"friends\"", "\"subnet\":\"friend\"", 3, 3, 0 },              /* a label */
    { "\"text\":\"said 2\"", "\"text\":\"said no\"", 2, 3, 1 },
    { "\"sent\":1700000004", "\"sent\":1700000007", 2, 3, 1 },
    { "\"proof\":\"A", "\"proof\":\"B", 0, 3, 3 },
    { "\"protocol\":\"", "\"protocol\":\"x", 0, 3, 3 },
    { "\"proof\":", "\"poof\":", 0, 6, 0 },
  };

  export (self);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *before = NULL;
      g_autoptr (RtArchive) archive = NULL;
      guint n_told = 0;

      g_assert_true (g_file_get_contents (self->base.path, &before, NULL, NULL));
      rewrite (self, cases[i].from, cases[i].to);
      archive = open_it (self, cases[i].n_proved, cases[i].n_without, cases[i].n_wrong);
      for (guint k = 0; k < rt_archive_get_n_faults (archive); k++)
        n_told += strstr (rt_archive_get_fault (archive, k)->words, "signature") != NULL;
      g_assert_cmpuint (n_told, ==, cases[i].n_wrong);
      g_assert_true (g_file_set_contents (self->base.path, before, -1, NULL));
    }
}

/* What the person calls people stays here, and nobody gives people names by a file. */
static void
test_petnames (Fixture *self, gconstpointer data)
{
  g_autoptr (RtArchive) archive = NULL;
  g_autofree char *all = NULL, *forged = NULL;
  RtTimelinePage *page;

  export (self);
  g_assert_true (g_file_get_contents (self->base.path, &all, NULL, NULL));
  g_assert_null (strstr (all, "petname"));
  forged = g_strdup_printf ("\"subnet\":\"friends\",\"petnames\":{\"%s\":\"Mother\"}", self->id);
  rewrite (self, "\"subnet\":\"friends\"", forged);
  archive = open_it (self, N / 2, N / 2, 0);
  page = load (archive);
  g_assert_cmpstr (rt_message_item_get_sender_name (page->items->pdata[0]), ==, "countess");
  g_assert_nonnull (rt_message_item_get_sender_word (page->items->pdata[0]));
  g_assert_cmpstr (rt_message_item_get_claimed_name (page->items->pdata[0]), ==, "countess");
  rt_timeline_page_free (page);
}

/* A text that was signed ends with the line of its file: it holds as it is. A file, or the seal, that somebody writes beside a text proves no other text, and is nobody's word. */
static void
test_beside (Fixture *self, gconstpointer data)
{
  g_autofree guint8 *hash = g_malloc0 (32);
  g_autoptr (GBytes) file = g_bytes_new (hash, 32);
  g_autoptr (RtAttachment) attachment = rt_attachment_new_offered (file, 1200, "a.png", "image/png", NULL), other = rt_attachment_new_offered (file, 5, "said 2", "image/png", NULL);
  g_autoptr (GBytes) packed = rt_attachment_pack (attachment), wrong = rt_attachment_pack (other);
  g_autofree char *text = rt_attachment_dup_text (attachment, "look"), *real = g_base64_encode (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed)),
             *false_ = g_base64_encode (g_bytes_get_data (wrong, NULL), g_bytes_get_size (wrong)), *with = NULL, *with_false = NULL, *before = NULL;
  const char *cases[3];

  self->text = text;
  export (self);
  g_assert_true (g_file_get_contents (self->base.path, &before, NULL, NULL));
  with = g_strdup_printf ("\"file\":\"%s\",\"proof\":", real);
  with_false = g_strdup_printf ("\"file\":\"%s\",\"proof\":", false_);
  cases[0] = with;
  cases[1] = with_false;
  cases[2] = "\"file\":\"eA==\",\"proof\":";
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (RtArchive) archive = NULL;
      RtTimelinePage *page;

      rewrite (self, "\"proof\":", cases[i]);
      /* one that does not unpack is a fault of the message */
      archive = open_it (self, i == 2 ? 0 : N / 2, N / 2, i == 2 ? N / 2 : 0);
      g_assert_cmpuint (rt_archive_get_n_faults (archive) > 0, ==, i == 2);
      page = load (archive);
      g_assert_cmpstr (rt_message_item_get_text (page->items->pdata[0]), ==, text);
      if (i < 2)
        g_assert_cmpint (rt_message_item_get_file (page->items->pdata[0]) != NULL, ==, i == 0);
      rt_timeline_page_free (page);
      g_assert_true (g_file_set_contents (self->base.path, before, -1, NULL));
    }
  /* the forger's text beside a real file, with the line or without it, or as if it were values or private */
  for (guint i = 0; i < 4; i++)
    {
      static const char * const beside[] = { "", "", "\"values\":true,", "\"private\":true," };
      g_autofree char *from = g_strdup_printf ("\"text\":\"look\\na.png (1.2 kB)\""), *to = NULL;
      g_autoptr (RtArchive) archive = NULL;
      RtTimelinePage *page;

      to = i == 0 ? g_strdup_printf ("\"text\":\"I stole it\",\"file\":\"%s\"", real) : i == 1 ? g_strdup_printf ("\"text\":\"I stole it\\na.png (1.2 kB)\",\"file\":\"%s\"", real)
                                                                                                : g_strdup_printf ("%s\"text\":\"I stole it\"", beside[i]);
      rewrite (self, from, to);
      archive = open_it (self, 0, N / 2, N / 2);
      g_assert_cmpuint (rt_archive_get_n_faults (archive), >, 0);
      page = load (archive);
      for (guint k = 0; k < page->items->len; k++)
        g_assert_cmpint (rt_message_item_get_trust (page->items->pdata[k]), ==, RT_TRUST_UNVERIFIED);
      rt_timeline_page_free (page);
      g_assert_true (g_file_set_contents (self->base.path, before, -1, NULL));
    }
  /* whether it was sealed, the file claims */
  {
    g_autoptr (RtArchive) archive = NULL;
    RtTimelinePage *page;

    rewrite (self, "\"text\":", "\"sealed\":true,\"text\":");
    archive = open_it (self, N / 2, N / 2, 0);
    page = load (archive);
    g_assert_true (rt_message_item_get_imported (page->items->pdata[0]));
    rt_timeline_page_free (page);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/archive-proofs/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("whole", test_whole);
  ADD ("tampered", test_tampered);
  ADD ("petnames", test_petnames);
  ADD ("beside", test_beside);
  return g_test_run ();
}
