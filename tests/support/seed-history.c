/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seed-history FOLDER NAME MESSAGES: a database as somebody of that name has it after a week in three networks: club (which begins with unread messages), lab (with a shared
 * table) and family. Of club's messages one was said at noon four days ago, which the newest one answers. What a test has to know of it is printed as JSON.
 */
#include "config.h"

#include "rt-wait.h"
#include "store/rt-key-file.h"
#include "store/rt-store-chat.h"

#define WEEK (7 * G_TIME_SPAN_DAY)
/* The newest is so old: nothing of a week before is a duplicate of what is said now. */
#define QUIET (15 * G_TIME_SPAN_MINUTE)
#define FIRST_UNREAD "Monday begins here"
#define ORIGINAL "The heron nests behind the boathouse"
#define NEWEST "Is it still there this week?"
#define SECRET "For you alone: the cake is a surprise"

/* Kept as numbers by the model: RT_DELIVERY_HANDED */
#define HANDED 2

static const struct {
  const char *name, *id;
} people[] = {
  { "Ben", "Ben4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqTe9Q" },
  { "Cleo", "CLe7bZWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqkk7z" },
  { "Dan", "Dan2QfXWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUq4mHs" },
};
#define OWN_ID "You9tRWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUq2wXy"

static const struct {
  const char *uuid, *subnet, *kind;
  guint       share;            /* of the messages, in 20 */
  guint       unread;
} networks[] = {
  { "5b0e1c9a-6a5e-4d1b-9d52-0a4e3d6c1f01", "club", "mesh", 12, 40 },
  { "5b0e1c9a-6a5e-4d1b-9d52-0a4e3d6c1f02", "lab", "sync", 6, 12 },
  { "5b0e1c9a-6a5e-4d1b-9d52-0a4e3d6c1f03", "family", "mesh", 2, 0 },
};

typedef struct {
  RtStoreChat *chat;
  GRand       *rand;
  guint        network;         /* which of them */
  guint        n;
  gint64       begin, end, noon;
  gint64       original_time, original_row;
  GBytes      *original;
} Filling;

static void
save_network (RtStore *store, guint which)
{
  g_autoptr (RtStoreNetwork) network = rt_store_network_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  network->uuid = g_strdup (networks[which].uuid);
  network->position = which;
  network->subnet = g_strdup (networks[which].subnet);
  network->encryption = g_strdup ("Plaintext");
  network->version = g_strdup ("0.7");
  network->kind = g_strdup (networks[which].kind);
  network->listen_host = g_strdup ("127.0.0.1");
  network->out_address = g_strdup ("");
  network->max_outgoing = 8;
  network->peers = g_strdup ("");
  network->created = g_get_real_time () / G_USEC_PER_SEC;
  rt_store_save_network_async (store, network, rt_wait_result_cb, &result);
  rt_wait_result (result);
  if (!rt_store_save_network_finish (store, result, &error))
    g_error ("%s", error->message);
}

static GBytes *
make_id (guint network, guint n)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint numbers[] = { network, n };
  guint8 digest[32];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) numbers, sizeof numbers);
  g_checksum_get_digest (checksum, digest, &length);
  return g_bytes_new (digest, length);
}

static char *
make_text (Filling *self, guint i)
{
  static const char * const words[] = { "the", "boat", "goes", "out", "on", "Friday", "with", "tea", "and", "seven", "lamps", "who", "has", "a", "rope", "left", "over" };
  guint length = (guint) g_rand_int_range (self->rand, 0, 100) < 85 ? (guint) g_rand_int_range (self->rand, 2, 12) : (guint) g_rand_int_range (self->rand, 12, 60);
  GString *text = g_string_new (NULL);

  for (guint word = 0; word < length; word++)
    g_string_append_printf (text, "%s%s", word > 0 ? " " : "", words[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (words))]);
  g_string_append_printf (text, " (%u)", i);
  return g_string_free (text, FALSE);
}

/* What the test looks for stands among the rest. person: who says it */
static char *
make_special (Filling *self, RtStoreMessage *message, guint i, guint *person)
{
  if (self->network != 0)
    return NULL;
  if (self->original == NULL && message->time >= self->noon)
    {
      self->original = g_bytes_ref (message->id);
      self->original_time = message->time;
      self->original_row = message->row;
      *person = 0;
      return g_strdup (ORIGINAL);
    }
  if (i + networks[0].unread == self->n)
    {
      *person = 1;
      return g_strdup (FIRST_UNREAD);
    }
  if (i + 5 == self->n)
    {
      message->flags |= RT_STORE_MESSAGE_PRIVATE;
      *person = 2;
      return g_strdup (SECRET);
    }
  if (i + 1 == self->n)
    {
      message->reply_to = g_bytes_ref (self->original);
      *person = 1;
      return g_strdup (NEWEST);
    }
  return NULL;
}

static void
add (Filling *self, guint i)
{
  g_autoptr (RtStoreMessage) message = rt_store_message_new ();
  gboolean unread = i + networks[self->network].unread >= self->n;
  gboolean own = !unread && g_rand_int_range (self->rand, 0, 6) == 0;
  guint person = (guint) g_rand_int_range (self->rand, 0, G_N_ELEMENTS (people));

  message->row = rt_store_chat_take_row (self->chat);
  message->time = self->begin + (gint64) ((double) (self->end - self->begin) * i / self->n);
  message->sent = message->time / G_USEC_PER_SEC;
  message->id = make_id (self->network, i);
  message->text = make_special (self, message, i, &person);
  if (message->text != NULL)
    own = FALSE;
  else
    message->text = make_text (self, i);
  message->flags |= own ? RT_STORE_MESSAGE_OWN : 0;
  message->delivery = own ? HANDED : 0;
  message->n_links = own ? 2 : 0;
  message->sender = g_strdup (own ? OWN_ID : people[person].id);
  message->sender_name = own ? NULL : g_strdup (people[person].name);
  if (i % 40 == 39 && message->reply_to == NULL)
    message->reply_to = make_id (self->network, i - 7);
  rt_store_chat_add (self->chat, message, FALSE);
  if (own && i % 3 == 0)
    rt_store_chat_add_receipt (self->chat, message->id, people[person].id, message->sent + 1);
  if (i + networks[self->network].unread + 1 == self->n)
    rt_store_chat_set_read (self->chat, message->time, message->row);
}

static void
flush (RtStoreChat *chat)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  rt_store_chat_flush_async (chat, rt_wait_result_cb, &result);
  rt_wait_result (result);
  if (!rt_store_chat_flush_finish (chat, result, &error))
    g_error ("%s", error->message);
}

static void
fill (Filling *self, RtStore *store)
{
  g_autoptr (RtStoreChatState) state G_GNUC_UNUSED = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->chat = rt_store_chat_new (store, networks[self->network].uuid);
  rt_store_chat_load_async (self->chat, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  state = rt_store_chat_load_finish (self->chat, result, &error);
  if (state == NULL)
    g_error ("%s", error->message);
  for (guint i = 0; i < G_N_ELEMENTS (people) && self->n > 0; i++)
    {
      g_autoptr (RtStorePerson) person = rt_store_person_new (people[i].id);

      person->name = g_strdup (people[i].name);
      person->heard = self->end / G_USEC_PER_SEC;
      person->flags = 1;
      rt_store_chat_save_person (self->chat, person);
    }
  for (guint i = 0; i < self->n; i++)
    {
      add (self, i);
      if (i % 4000 == 3999)
        flush (self->chat);
    }
  flush (self->chat);
  g_clear_object (&self->chat);
}

static RtStore *
open_store (const char *folder, const char *name)
{
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) named = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "roundtable.db", NULL);
  RtStore *store = rt_store_new ();

  rt_store_open_async (store, path, NULL, rt_wait_result_cb, &opened);
  rt_wait_result (opened);
  if (!rt_store_open_finish (store, opened, NULL, &error))
    g_error ("%s", error->message);
  rt_store_set_profile_async (store, "user-name", name, rt_wait_result_cb, &named);
  rt_wait_result (named);
  if (!rt_store_set_profile_finish (store, named, &error))
    g_error ("%s", error->message);
  return store;
}

static gint64
find_noon (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) day = g_date_time_add_days (now, -4);
  g_autoptr (GDateTime) noon = g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day), g_date_time_get_day_of_month (day), 12, 0, 0);

  return g_date_time_to_unix (noon) * G_TIME_SPAN_SECOND;
}

/* Who one was there: without it the program makes nobody else of that person. */
static void
save_key (const char *folder, guint which)
{
  g_autofree char *name = g_strconcat (networks[which].uuid, ".key", NULL), *path = g_build_filename (folder, "identities", name, NULL);
  g_autoptr (GBytes) seed = NULL;
  g_autoptr (GError) error = NULL;

  if (!rt_key_file_load_or_create (path, &seed, &error))
    g_error ("%s", error->message);
}

int
main (int argc, char **argv)
{
  g_autoptr (RtStore) store = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time ();
  Filling club = { 0 };

  if (argc != 4)
    {
      g_printerr ("Usage: %s FOLDER NAME MESSAGES\n", argv[0]);
      return 2;
    }
  store = open_store (argv[1], argv[2]);
  for (guint which = 0; which < G_N_ELEMENTS (networks); which++)
    {
      Filling filling = { .rand = rand, .network = which, .begin = now - WEEK, .end = now - QUIET, .noon = find_noon () };

      filling.n = (guint) (g_ascii_strtoull (argv[3], NULL, 10) * networks[which].share / 20);
      save_network (store, which);
      save_key (argv[1], which);
      fill (&filling, store);
      if (which == 0)
        club = filling;
      else
        g_clear_pointer (&filling.original, g_bytes_unref);
    }
  g_clear_pointer (&club.original, g_bytes_unref);
  rt_store_close_async (store, rt_wait_result_cb, &closed);
  rt_wait_result (closed);
  if (!rt_store_close_finish (store, closed, &error))
    g_error ("%s", error->message);
  g_print ("{\"uuid\": \"%s\", \"first_unread\": \"%s\", \"original\": \"%s\", \"newest\": \"%s\", \"secret\": \"%s\", \"unread\": [%u, %u, %u], "
           "\"time\": %" G_GINT64_FORMAT ", \"row\": %" G_GINT64_FORMAT "}\n",
           networks[0].uuid, FIRST_UNREAD, ORIGINAL, NEWEST, SECRET, networks[0].unread, networks[1].unread, networks[2].unread, club.original_time, club.original_row);
  return 0;
}
