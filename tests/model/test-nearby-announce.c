/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of our own networks, and what members find by it. */
#include "config.h"

#include <string.h>

#include "fake-avahi.h"
#include "model/nearby/rt-lan-announcer.h"
#include "model/nearby/rt-lan-record.h"
#include "model/nearby/rt-nearby-private.h"
#include "model/network/rt-network-private.h"
#include "network-test.h"

typedef struct {
  FakeAvahi *avahi;
  Person     ada, bob;
  RtNearby  *nearby, *bobs;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->avahi = fake_avahi_new ();
  fake_avahi_start (self->avahi);
  person_init (&self->ada);
  person_init (&self->bob);
  self->nearby = rt_nearby_new (self->ada.networks, self->ada.settings);
  self->bobs = rt_nearby_new (self->bob.networks, self->bob.settings);
  rt_nearby_set_announce_local (self->nearby);
  rt_nearby_set_announce_local (self->bobs);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  RtNearby *nearby = self->nearby;

  g_object_add_weak_pointer (G_OBJECT (nearby), (gpointer *) &nearby);
  g_clear_object (&self->nearby);
  g_clear_object (&self->bobs);
  rt_wait_until (nearby == NULL);
  person_clear (&self->ada);
  person_clear (&self->bob);
  fake_avahi_free (self->avahi);
}

static void
set_announce (Person *person, RtNetwork *network, const char *announce)
{
  g_autoptr (RtNetworkConfig) config = rt_network_config_copy (rt_network_get_config (network));
  g_autoptr (GError) error = NULL;

  g_object_set (config, "announce", announce, "max-outgoing", 4u, NULL);
  g_assert_true (rt_networks_update (person->networks, network, config, &error));
  g_assert_no_error (error);
}

static gboolean
says (char *words, const char *what)
{
  g_autofree char *owned G_GNUC_UNUSED = words;

  return words != NULL && strstr (words, what) != NULL;
}

static void
test_record (void)
{
  static const char * const kinds[] = { "mesh", "sync", "chord" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (RtNetworkConfig) config = g_object_new (RT_TYPE_NETWORK_CONFIG, "subnet", "Küche 世界", "kind", kinds[i], "leasing", !g_str_equal (kinds[i], "sync"), "k", 5u, "version", "0.6", NULL);
      g_autoptr (RtNetworkConfig) other = g_object_new (RT_TYPE_NETWORK_CONFIG, "subnet", "Küche", "kind", kinds[i], "leasing", !g_str_equal (kinds[i], "sync"), "k", 5u, "version", "0.6", NULL);
      g_autofree char *salt = rt_lan_new_salt (), *open_name = rt_lan_new_name (config, TRUE), *closed_name = rt_lan_new_name (config, FALSE);
      g_autoptr (GVariant) open = g_variant_ref_sink (rt_lan_new_txt (config, NULL, &error)), closed = g_variant_ref_sink (rt_lan_new_txt (config, salt, &error));
      g_autoptr (RtLanRecord) opened = rt_lan_record_parse (open, &error), hidden = rt_lan_record_parse (closed, &error);

      g_assert_no_error (error);
      g_assert_nonnull (opened->invitation);
      g_assert_true (rt_lan_record_matches (opened, config));
      g_assert_false (rt_lan_record_matches (opened, other));
      g_assert_null (hidden->invitation);
      g_assert_true (rt_lan_record_matches (hidden, config));
      g_assert_false (rt_lan_record_matches (hidden, other));
      g_assert_true (g_str_has_prefix (open_name, "Küche 世界 "));
      g_assert_true (g_str_has_prefix (closed_name, "Roundtable "));
      /* the name of a network that is for its members is nowhere in what is told */
      g_assert_null (memmem (g_variant_get_data (closed), g_variant_get_size (closed), "K\xC3\xBC" "che", 6));
    }
}

/* One with a secret is in no record, and recognises none. */
static void
test_private_record (void)
{
  g_autoptr (RtNetworkConfig) open = g_object_new (RT_TYPE_NETWORK_CONFIG, "subnet", "club", NULL), private = g_object_new (RT_TYPE_NETWORK_CONFIG, "subnet", "club", "secret", "right-horse-battery", NULL);
  static const char * const strings[] = { "v=2", "name=club", "encryption=SSL", "kind=mesh", "secret=right-horse-battery", NULL };
  g_autofree char *salt = rt_lan_new_salt ();
  g_autoptr (GVariant) plain = g_variant_ref_sink (rt_lan_new_txt (open, NULL, NULL)), tagged = g_variant_ref_sink (rt_lan_new_txt (open, salt, NULL));
  g_autoptr (GVariant) telling = g_variant_ref_sink (g_variant_new_bytestring_array (strings, -1));
  g_autoptr (RtLanRecord) seen = rt_lan_record_parse (plain, NULL), hidden = rt_lan_record_parse (tagged, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (rt_lan_record_matches (seen, open));
  g_assert_true (rt_lan_record_matches (hidden, open));
  g_assert_false (rt_lan_record_matches (seen, private));
  g_assert_false (rt_lan_record_matches (hidden, private));
  g_assert_null (rt_lan_record_parse (telling, &error));
  g_assert_nonnull (error);
  g_assert_null (strstr (error->message, "horse"));
}

/* A name may have 64 letters of four bytes: that is more than DNS has room for. */
static void
test_long_names (void)
{
  g_autoptr (GString) long_name = g_string_new (NULL);
  g_autoptr (RtNetworkConfig) config = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GVariant) closed = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 64; i++)
    g_string_append (long_name, "🙂");
  config = g_object_new (RT_TYPE_NETWORK_CONFIG, "subnet", long_name->str, NULL);
  name = rt_lan_new_name (config, TRUE);
  g_assert_cmpuint (strlen (name), <=, RT_LAN_MAX_NAME);
  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_true (g_str_has_prefix (name, "🙂🙂"));
  g_assert_null (rt_lan_new_txt (config, NULL, &error));
  g_assert_error (error, RT_LAN_ERROR, RT_LAN_ERROR_TOO_LONG);
  g_clear_error (&error);
  closed = g_variant_ref_sink (rt_lan_new_txt (config, "00112233445566778899aabbccddeeff", &error));
  g_assert_no_error (error);
}

static void
test_everybody (Fixture *self, gconstpointer data)
{
  RtNetwork *club = person_join (&self->ada, "club", NULL);
  g_autofree char *value = NULL, *first = NULL;

  g_assert_true (says (rt_nearby_dup_announced_words (self->nearby, club), "Nothing"));
  g_assert_cmpuint (self->avahi->n_calls, ==, 0);
  set_announce (&self->ada, club, RT_ANNOUNCE_EVERYBODY);
  rt_wait_until (says (rt_nearby_dup_announced_words (self->nearby, club), "Announced as “club "));
  g_assert_cmpuint (fake_avahi_count_own (self->avahi), ==, 1);
  g_assert_cmpuint (fake_avahi_get_own (self->avahi, 0)->port, ==, p2p_mesh_socket_get_port (rt_network_get_socket (club)));
  value = fake_service_dup (fake_avahi_get_own (self->avahi, 0), "name");
  g_assert_cmpstr (value, ==, "club");
  first = g_strdup (fake_avahi_get_own (self->avahi, 0)->name);

  /* our own is shown as that to us, and to others as ours */
  g_object_set (self->ada.settings, "find-nearby", TRUE, NULL);
  g_object_set (self->bob.settings, "find-nearby", TRUE, NULL);
  rt_wait_until (g_list_model_get_n_items (G_LIST_MODEL (self->nearby)) == 1 && g_list_model_get_n_items (G_LIST_MODEL (self->bobs)) == 1);
  {
    g_autoptr (RtNearbyNetwork) ours = g_list_model_get_item (G_LIST_MODEL (self->nearby), 0), bobs = g_list_model_get_item (G_LIST_MODEL (self->bobs), 0);

    g_assert_true (rt_nearby_network_get_own (ours));
    g_assert_cmpuint (rt_nearby_network_get_n_computers (ours), ==, 0);
    g_assert_true (rt_nearby_network_get_network (ours) == club);
    g_assert_true (says (rt_nearby_network_dup_words (ours), "this computer alone"));
    g_assert_false (rt_nearby_network_get_own (bobs));
    g_assert_null (rt_nearby_network_get_network (bobs));
  }

  /* off, and on again; another port; another name; nothing more; left */
  self->avahi->lingering = TRUE;
  rt_network_stop (club);
  rt_wait_until (fake_avahi_count (self->avahi, "EntryGroup") == 0);
  g_assert_true (says (rt_nearby_dup_announced_words (self->nearby, club), "is off"));
  /* the network forgets it a moment later: it is ours to the end */
  {
    g_autoptr (RtNearbyNetwork) still = g_list_model_get_item (G_LIST_MODEL (self->nearby), 0);

    g_assert_true (rt_nearby_network_get_own (still));
    g_assert_cmpuint (rt_nearby_network_get_n_computers (still), ==, 0);
  }
  self->avahi->lingering = FALSE;
  fake_avahi_remove (self->avahi, 1, 0, first);
  rt_wait_until (g_list_model_get_n_items (G_LIST_MODEL (self->nearby)) == 0);
  rt_network_start (club);
  rt_wait_until (fake_avahi_count_own (self->avahi) == 1);
  {
    g_autoptr (RtNetworkConfig) config = rt_network_config_copy (rt_network_get_config (club));
    g_autofree char *renamed = NULL;

    g_object_set (config, "subnet", "society", "listen-port", (guint) find_free_port (), NULL);
    g_assert_true (rt_networks_update (self->ada.networks, club, config, NULL));
    /* that one may be a secret: the person was asked about the old one */
    rt_wait_until (fake_avahi_count_own (self->avahi) == 0);
    wait_up (club);
    g_assert_cmpstr (rt_network_config_get_announce (rt_network_get_config (club)), ==, RT_ANNOUNCE_NO);
    g_assert_true (says (rt_nearby_dup_announced_words (self->nearby, club), "Nothing"));
    g_assert_cmpuint (fake_avahi_count_own (self->avahi), ==, 0);
    set_announce (&self->ada, club, RT_ANNOUNCE_EVERYBODY);
    rt_wait_until (says (rt_nearby_dup_announced_words (self->nearby, club), "Announced as “society "));
    g_assert_cmpuint (fake_avahi_count_own (self->avahi), ==, 1);
    g_assert_cmpuint (fake_avahi_get_own (self->avahi, 0)->port, ==, rt_network_config_get_listen_port (config));
    renamed = fake_service_dup (fake_avahi_get_own (self->avahi, 0), "name");
    g_assert_cmpstr (renamed, ==, "society");
  }
  set_announce (&self->ada, club, RT_ANNOUNCE_NO);
  rt_wait_until (fake_avahi_count_own (self->avahi) == 0);
  set_announce (&self->ada, club, RT_ANNOUNCE_EVERYBODY);
  rt_wait_until (fake_avahi_count_own (self->avahi) == 1);
  rt_networks_remove (self->ada.networks, club);
  rt_wait_until (fake_avahi_count_own (self->avahi) == 0);
}

static gboolean
is_written (RtNetwork *network, const char *address)
{
  RtKnownAddress *known = rt_network_find_known (network, address);

  return known != NULL && known->in_store;
}

/* Members find each other; a stranger learns that there is something, and not what. */
static void
test_members (Fixture *self, gconstpointer data)
{
  RtNetwork *club = person_join (&self->ada, "club", NULL), *friends, *other;
  g_autofree char *name = NULL, *first = NULL, *second = NULL;

  set_announce (&self->ada, club, RT_ANNOUNCE_MEMBERS);
  rt_wait_until (says (rt_nearby_dup_announced_words (self->nearby, club), "Announced as “Roundtable "));
  name = fake_service_dup (fake_avahi_get_own (self->avahi, 0), "name");
  g_assert_null (name);
  first = fake_service_dup (fake_avahi_get_own (self->avahi, 0), "tag");

  /* Bob is in another network: he sees that there is one, and nothing else */
  other = person_join (&self->bob, "other", NULL);
  g_object_set (self->bob.settings, "find-nearby", TRUE, NULL);
  rt_wait_until (says (rt_nearby_dup_rest_words (self->bobs), "1 network here is shown to its members only"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->bobs)), ==, 0);
  set_announce (&self->bob, other, RT_ANNOUNCE_MEMBERS);
  g_object_set (self->bob.settings, "find-nearby", FALSE, NULL);

  /* and in this one: nobody told him where */
  friends = person_join (&self->bob, "club", NULL);
  rt_wait_milliseconds (200);
  g_assert_cmpuint (rt_network_get_n_peers (friends), ==, 0);
  set_announce (&self->bob, friends, RT_ANNOUNCE_MEMBERS);
  wait_peers (friends, 1);
  wait_peers (club, 1);
  g_assert_cmpuint (rt_network_get_n_peers (other), ==, 0);
  /* who was there is known from now on, whoever of the two went to the other */
  {
    g_autofree char *to_club = network_dup_address (club), *to_friends = network_dup_address (friends);

    rt_wait_until (is_written (club, to_friends) || is_written (friends, to_club));
  }

  /* in another life it cannot be told that it is the same */
  rt_network_stop (club);
  rt_wait_until (fake_avahi_count_own (self->avahi) == 2);
  rt_network_start (club);
  rt_wait_until (fake_avahi_count_own (self->avahi) == 3);
  second = fake_service_dup (fake_avahi_get_own (self->avahi, 2), "tag");
  g_assert_nonnull (second);
  g_assert_cmpstr (first, !=, second);
  wait_peers (club, 1);
}

static gboolean
shows (RtNearby *nearby, const char *subnet)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (nearby));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNearbyNetwork) network = g_list_model_get_item (G_LIST_MODEL (nearby), i);

      if (g_str_equal (rt_nearby_network_get_invitation (network)->subnet, subnet))
        return TRUE;
    }
  return FALSE;
}

/* Time goes on when a test says so. */
static gint64 minutes_passed;

static gint64
get_time (void)
{
  return minutes_passed * G_TIME_SPAN_MINUTE;
}

/* Who claims to be of our network is an address, and no more. */
static void
test_liars (Fixture *self, gconstpointer data)
{
  RtNetwork *club = person_join (&self->ada, "club", NULL), *other = person_join (&self->bob, "other", NULL);
  GListModel *book;
  g_autofree char *address = network_dup_address (other);
  guint16 port = (guint16) rt_network_config_get_listen_port (rt_network_get_config (other)), nobodys;
  static const struct {
    const char *address;
    guint16     port;
    guint       flags;
  } never[] = {
    { "8.8.8.8", 4444, 0 }, { "127.0.0.1", 4444, 0 }, { "192.168.1.5", 80, 0 }, { "192.168.1.5", 0, 0 }, { "224.0.0.1", 4444, 0 }, { "2001:db8::1", 4444, 0 }, { "2a00::1", 4444, 0 },
  };

  self->nearby->clock = get_time;
  minutes_passed = 1;
  set_announce (&self->ada, club, RT_ANNOUNCE_MEMBERS);
  rt_wait_until (fake_avahi_count_own (self->avahi) == 1);
  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    {
      g_autofree char *name = g_strdup_printf ("liar %u", i);

      fake_avahi_add (self->avahi, 2, strchr (never[i].address, ':') != NULL, name, "eve.local", never[i].address, never[i].port, never[i].flags,
                      fake_avahi_txt ("v=1", "name=club", "encryption=Plaintext", "kind=mesh", NULL));
    }
  /* another network under our name: the handshake finds out */
  fake_avahi_add (self->avahi, 2, 0, "liar", "eve.local", "127.0.0.1", port, FAKE_AVAHI_LOCAL, fake_avahi_txt ("v=1", "name=club", "encryption=Plaintext", "kind=mesh", NULL));
  rt_wait_until (find_known_peer (club, address) != NULL);
  rt_wait_until (rt_known_peer_get_cause (find_known_peer (club, address)) != NULL);
  g_assert_cmpuint (rt_network_get_n_peers (club), ==, 0);
  /* and it is not written down */
  g_assert_false (is_written (club, address));
  book = p2p_mesh_socket_get_known_addresses (rt_network_get_socket (club));
  g_assert_cmpuint (g_list_model_get_n_items (book), ==, 1);

  /* so many, and no more, however often they come */
  g_object_set (self->ada.settings, "find-nearby", TRUE, NULL);
  nobodys = find_free_port ();
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("many %u", i % 20), *where = g_strdup_printf ("127.77.0.%u", i + 1);

      /* two minutes later there is room for two more */
      if (i == 180)
        {
          g_assert_cmpuint (g_list_model_get_n_items (book), ==, RT_NEARBY_MAX_OFFERED);
          minutes_passed += 2;
        }
      fake_avahi_add (self->avahi, 2, 0, name, "eve.local", where, nobodys, FAKE_AVAHI_LOCAL,
                      fake_avahi_txt ("v=1", "name=club", "encryption=Plaintext", "kind=mesh", NULL));
      if (i % 20 != 19)
        continue;
      /* what is told after them is found after them */
      fake_avahi_add (self->avahi, 2, 0, "last", "eve.local", "192.168.1.5", 4444, 0, fake_avahi_txt ("v=1", "name=last", "encryption=SSL", "kind=mesh", NULL));
      rt_wait_until (shows (self->nearby, "last"));
      fake_avahi_remove (self->avahi, 2, 0, "last");
      for (guint j = 0; j < 20; j++)
        {
          g_autofree char *old = g_strdup_printf ("many %u", j);

          fake_avahi_remove (self->avahi, 2, 0, old);
        }
      rt_wait_until (!shows (self->nearby, "last"));
    }
  g_assert_cmpuint (g_list_model_get_n_items (book), ==, RT_NEARBY_MAX_OFFERED + 2);
}

/* Somebody's network that is called like the demonstration is his, and we are not in it. */
static void
test_demo (Fixture *self, gconstpointer data)
{
  g_autoptr (RtNetworkConfig) config = g_object_new (RT_TYPE_NETWORK_CONFIG, "demo", TRUE, "subnet", "Demo", "kind", "sync", "encryption", P2P_ENCRYPTION_PLAINTEXT, "listen-host", "127.0.0.1",
                                                     "listen-port", (guint) find_free_port (), NULL);
  g_autoptr (RtNearbyNetwork) found = NULL;
  g_autoptr (GError) error = NULL;

  rt_networks_add (self->ada.networks, config, &error);
  g_assert_no_error (error);
  g_object_set (self->ada.settings, "find-nearby", TRUE, NULL);
  fake_avahi_add (self->avahi, 2, 0, "Demo 1234", "eve.local", "192.168.1.5", 4444, 0, fake_avahi_txt ("v=1", "name=Demo", "encryption=Plaintext", "kind=sync", NULL));
  rt_wait_until (g_list_model_get_n_items (G_LIST_MODEL (self->nearby)) == 1);
  found = g_list_model_get_item (G_LIST_MODEL (self->nearby), 0);
  g_assert_null (rt_nearby_network_get_network (found));
}

/* Names are in use, on this machine or on another; and all of them. */
/* What was announced is taken back before it has a secret, and nothing comes in its place. */
static void
test_private (Fixture *self, gconstpointer data)
{
  g_autoptr (RtNetworkConfig) config = make_config ("club", NULL), edited = NULL;
  RtNetwork *club;

  g_object_set (config, "encryption", P2P_ENCRYPTION_SSL, "announce", RT_ANNOUNCE_EVERYBODY, NULL);
  club = rt_networks_add (self->ada.networks, config, NULL);
  rt_wait_until (fake_avahi_count_own (self->avahi) == 1);
  edited = rt_network_config_copy (rt_network_get_config (club));
  g_object_set (edited, "secret", "right-horse-battery", NULL);
  g_assert_true (rt_networks_update (self->ada.networks, club, edited, NULL));
  rt_wait_until (rt_network_get_socket (club) != NULL && p2p_mesh_socket_get_has_secret (rt_network_get_socket (club)));
  rt_wait_until (fake_avahi_count_own (self->avahi) == 0);
  g_assert_true (says (rt_nearby_dup_announced_words (self->nearby, club), "private network is not announced"));
  set_announce (&self->ada, club, RT_ANNOUNCE_MEMBERS);
  rt_wait_milliseconds (200);
  g_assert_cmpuint (fake_avahi_count_own (self->avahi), ==, 0);
  /* and it is not open to be found when it has none any more, before the person says so */
  g_object_set (edited, "has-secret", FALSE, NULL);
  g_assert_true (rt_networks_update (self->ada.networks, club, edited, NULL));
  wait_up (club);
  g_assert_true (says (rt_nearby_dup_announced_words (self->nearby, club), "Nothing"));
  g_assert_cmpuint (fake_avahi_count_own (self->avahi), ==, 0);
}

static void
test_collision (Fixture *self, gconstpointer data)
{
  g_autoptr (RtLanBus) bus = rt_lan_bus_new ();
  g_autoptr (RtLanAnnouncer) announcer = rt_lan_announcer_new (bus);
  g_autoptr (RtNetworkConfig) config = g_object_new (RT_TYPE_NETWORK_CONFIG, "subnet", "club", "announce", RT_ANNOUNCE_EVERYBODY, NULL);
  g_autofree char *first = NULL, *second = NULL, *third = NULL;

  rt_lan_bus_start (bus);
  rt_wait_until (rt_lan_bus_get_owner (bus) != NULL);
  rt_lan_announcer_announce (announcer, config, 4444, TRUE, TRUE);
  rt_wait_until (rt_lan_announcer_get_name (announcer) != NULL);
  first = g_strdup (rt_lan_announcer_get_name (announcer));
  second = g_strconcat (first, " #2", NULL);
  third = g_strconcat (second, " #2", NULL);
  /* the same again costs nothing */
  {
    guint n_calls = self->avahi->n_calls;

    rt_lan_announcer_announce (announcer, config, 4444, TRUE, TRUE);
    rt_wait_milliseconds (50);
    g_assert_cmpuint (self->avahi->n_calls, ==, n_calls);
  }

  /* after a restart, with another machine that has it now, and a program here that has the next */
  fake_avahi_stop (self->avahi);
  rt_wait_until (rt_lan_announcer_get_name (announcer) == NULL);
  g_ptr_array_add (self->avahi->taken_there, g_strdup (first));
  g_ptr_array_add (self->avahi->taken, g_strdup (second));
  fake_avahi_start (self->avahi);
  rt_wait_until (g_strcmp0 (rt_lan_announcer_get_name (announcer), third) == 0);
  g_assert_cmpuint (fake_avahi_count (self->avahi, "EntryGroup"), ==, 1);

  /* so often, and not for ever */
  rt_lan_announcer_withdraw (announcer);
  rt_wait_until (fake_avahi_count (self->avahi, "EntryGroup") == 0);
  self->avahi->all_taken = TRUE;
  rt_lan_announcer_announce (announcer, config, 4444, TRUE, FALSE);
  rt_wait_until (rt_lan_announcer_get_error (announcer) != NULL);
  g_assert_nonnull (strstr (rt_lan_announcer_get_error (announcer), "in use"));
  g_assert_null (rt_lan_announcer_get_name (announcer));
  self->avahi->all_taken = FALSE;
  rt_lan_announcer_announce (announcer, config, 4445, TRUE, FALSE);
  rt_wait_until (rt_lan_announcer_get_name (announcer) != NULL);
  g_assert_null (rt_lan_announcer_get_error (announcer));

  /* one that refuses */
  self->avahi->refused = g_strdup ("AddService");
  rt_lan_announcer_announce (announcer, config, 4446, FALSE, TRUE);
  rt_wait_until (rt_lan_announcer_get_error (announcer) != NULL);
  g_assert_nonnull (strstr (rt_lan_announcer_get_error (announcer), "Not permitted"));

  /* changed as fast as one can: what is last counts */
  g_clear_pointer (&self->avahi->refused, g_free);
  for (guint16 port = 5000; port < 5020; port++)
    {
      rt_lan_announcer_announce (announcer, config, port, TRUE, TRUE);
      if (port % 3 == 0)
        g_main_context_iteration (NULL, FALSE);
    }
  rt_wait_until (fake_avahi_count_own (self->avahi) == 1 && fake_avahi_get_own (self->avahi, 0)->port == 5019);
  rt_wait_until (fake_avahi_count (self->avahi, "EntryGroup") == 1);
}

/* Another computer has the name of this one: Avahi looks for another, and keeps meanwhile what it was given. */
static void
test_not_ready (Fixture *self, gconstpointer data)
{
  RtNetwork *club = person_join (&self->ada, "club", NULL);

  set_announce (&self->ada, club, RT_ANNOUNCE_EVERYBODY);
  rt_wait_until (says (rt_nearby_dup_announced_words (self->nearby, club), "Announced as “club "));
  rt_wait_until (fake_avahi_count (self->avahi, "ServiceBrowser") == 1 && fake_avahi_count (self->avahi, "ServiceResolver") == 1);
  fake_avahi_set_state (self->avahi, 3);
  rt_wait_until (says (rt_nearby_dup_announced_words (self->nearby, club), "Is being announced"));
  fake_avahi_set_state (self->avahi, 1);
  fake_avahi_set_state (self->avahi, 2);
  rt_wait_until (says (rt_nearby_dup_announced_words (self->nearby, club), "Announced as “club "));
  /* under its name, once */
  g_assert_false (says (rt_nearby_dup_announced_words (self->nearby, club), "#2"));
  g_assert_cmpuint (fake_avahi_count_own (self->avahi), ==, 1);
  g_assert_cmpuint (fake_avahi_count (self->avahi, "EntryGroup"), ==, 1);
  g_assert_cmpuint (fake_avahi_count (self->avahi, "ServiceBrowser"), ==, 1);
  rt_wait_until (fake_avahi_count (self->avahi, "ServiceResolver") == 1);
  /* and withdrawn in such a moment */
  fake_avahi_set_state (self->avahi, 3);
  rt_wait_until (says (rt_nearby_dup_announced_words (self->nearby, club), "Is being announced"));
  set_announce (&self->ada, club, RT_ANNOUNCE_NO);
  fake_avahi_set_state (self->avahi, 2);
  rt_wait_until (fake_avahi_count_own (self->avahi) == 0 && self->avahi->objects->len == 0);
}

static void
test_here_only (Fixture *self, gconstpointer data)
{
  g_autoptr (RtNearby) nearby = rt_nearby_new (self->ada.networks, self->ada.settings);
  RtNetwork *club;

  /* as in earnest */
  g_clear_object (&self->nearby);
  self->nearby = g_steal_pointer (&nearby);
  club = person_join (&self->ada, "club", NULL);
  set_announce (&self->ada, club, RT_ANNOUNCE_EVERYBODY);
  rt_wait_until (fake_avahi_count (self->avahi, "ServiceBrowser") == 1);
  g_assert_true (says (rt_nearby_dup_announced_words (self->nearby, club), "this computer only"));
  g_assert_cmpuint (fake_avahi_count_own (self->avahi), ==, 0);
  fake_avahi_stop (self->avahi);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/nearby-announce/record", test_record);
  g_test_add_func ("/nearby-announce/private-record", test_private_record);
  g_test_add_func ("/nearby-announce/long-names", test_long_names);
#define ADD(name, func) g_test_add ("/nearby-announce/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("everybody", test_everybody);
  ADD ("members", test_members);
  ADD ("liars", test_liars);
  ADD ("private", test_private);
  ADD ("collision", test_collision);
  ADD ("demo", test_demo);
  ADD ("not-ready", test_not_ready);
  ADD ("here-only", test_here_only);
  return g_test_run ();
}
