/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What others announce in the local network, by an Avahi of our own on a bus of our own. */
#include "config.h"

#include <string.h>

#include "fake-avahi.h"
#include "model/nearby/rt-lan-record.h"
#include "model/nearby/rt-nearby.h"
#include "network-test.h"

#define IPV4 0
#define IPV6 1
#define ETH 2

typedef struct {
  FakeAvahi *avahi;
  Person     person;
  RtNearby  *nearby;
} Fixture;

static GVariant *
open_txt (const char *name)
{
  g_autofree char *string = g_strconcat ("name=", name, NULL);

  return fake_avahi_txt ("v=1", string, "encryption=SSL", "kind=mesh", NULL);
}

static guint
count (Fixture *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->nearby));
}

/* Transfer none: the list has it. */
static RtNearbyNetwork *
at (Fixture *self, guint position)
{
  g_autoptr (RtNearbyNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->nearby), position);

  return network;
}

static gboolean
says (char *words, const char *what)
{
  g_autofree char *owned G_GNUC_UNUSED = words;

  return words != NULL && strstr (words, what) != NULL;
}

static void
ask_for_it (Fixture *self, gboolean asked)
{
  g_object_set (self->person.settings, "find-nearby", asked, NULL);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->avahi = fake_avahi_new ();
  fake_avahi_start (self->avahi);
  person_init (&self->person);
  self->nearby = rt_nearby_new (self->person.networks, self->person.settings);
  rt_nearby_set_announce_local (self->nearby);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  RtNearby *nearby = self->nearby;

  /* what is under way may keep it for a moment */
  g_object_add_weak_pointer (G_OBJECT (nearby), (gpointer *) &nearby);
  g_clear_object (&self->nearby);
  rt_wait_until (nearby == NULL);
  /* and it is gone from the bus */
  rt_wait_until (self->avahi->connection == NULL || self->avahi->objects->len == 0);
  person_clear (&self->person);
  fake_avahi_free (self->avahi);
}

/* ---- */

static void
test_off (Fixture *self, gconstpointer data)
{
  person_join (&self->person, "club", NULL);
  fake_avahi_add (self->avahi, ETH, IPV4, "friends 1", "ada.local", "192.168.1.5", 4444, 0, open_txt ("friends"));
  rt_wait_milliseconds (300);
  g_assert_cmpint (rt_nearby_get_state (self->nearby), ==, RT_NEARBY_OFF);
  g_assert_true (says (rt_nearby_dup_words (self->nearby), "Off"));
  g_assert_cmpuint (count (self), ==, 0);
  /* nobody was even asked */
  g_assert_cmpuint (self->avahi->n_calls, ==, 0);

  ask_for_it (self, TRUE);
  rt_wait_until (count (self) == 1);
  ask_for_it (self, FALSE);
  g_assert_cmpuint (count (self), ==, 0);
  rt_wait_until (self->avahi->objects->len == 0);
  g_assert_cmpint (rt_nearby_get_state (self->nearby), ==, RT_NEARBY_OFF);
}

static void
test_found (Fixture *self, gconstpointer data)
{
  static const char * const both[] = { "192.168.1.5:4444", "192.168.1.6:5555", NULL }, * const second[] = { "192.168.1.6:5555", NULL };
  const RtInvitation *invitation;

  ask_for_it (self, TRUE);
  g_assert_true (says (rt_nearby_dup_words (self->nearby), "Looking"));
  rt_wait_until (rt_nearby_get_state (self->nearby) == RT_NEARBY_NOTHING);
  g_assert_true (says (rt_nearby_dup_words (self->nearby), "Nobody"));
  fake_avahi_add (self->avahi, ETH, IPV4, "friends 1", "ada.local", "192.168.1.5", 4444, 0,
                  fake_avahi_txt ("v=1", "name=friends", "encryption=Plaintext", "kind=chord", "k=6", "wire=0.6", "new=thing", NULL));
  rt_wait_until (count (self) == 1);
  g_assert_cmpint (rt_nearby_get_state (self->nearby), ==, RT_NEARBY_FOUND);
  g_assert_true (says (rt_nearby_dup_words (self->nearby), "1 network"));
  invitation = rt_nearby_network_get_invitation (at (self, 0));
  g_assert_cmpstr (invitation->subnet, ==, "friends");
  g_assert_cmpstr (invitation->encryption, ==, "Plaintext");
  g_assert_cmpstr (invitation->kind, ==, "chord");
  g_assert_cmpuint (invitation->k, ==, 6);
  g_assert_cmpstr (invitation->version, ==, "0.6");
  g_assert_null (rt_nearby_network_get_network (at (self, 0)));
  g_assert_true (says (rt_nearby_network_dup_words (at (self, 0)), "On \u2068ada\u2069 ·"));

  /* another computer of the same network, and another network */
  fake_avahi_add (self->avahi, ETH, IPV4, "friends 2", "bob.local", "192.168.1.6", 5555, 0,
                  fake_avahi_txt ("wire=0.6", "KIND=chord", "k=6", "Encryption=Plaintext", "name=friends", "v=1", "name=others", NULL));
  fake_avahi_add (self->avahi, ETH, IPV4, "friends 3", "eve.local", "192.168.1.7", 6666, 0, open_txt ("friends"));
  rt_wait_until (count (self) == 2);
  rt_wait_until (rt_nearby_network_get_n_computers (at (self, 0)) == 2);
  invitation = rt_nearby_network_get_invitation (at (self, 0));
  g_assert_cmpstrv (invitation->addresses, both);
  g_assert_true (says (rt_nearby_network_dup_words (at (self, 0)), "On \u2068ada\u2069 and 1 other ·"));

  /* what goes, goes; what was not there is no trouble */
  fake_avahi_remove (self->avahi, ETH, IPV4, "friends 1");
  rt_wait_until (rt_nearby_network_get_n_computers (at (self, 0)) == 1);
  g_assert_cmpstrv (rt_nearby_network_get_invitation (at (self, 0))->addresses, second);
  fake_avahi_remove (self->avahi, ETH, IPV4, "friends 2");
  rt_wait_until (count (self) == 1);
  g_assert_cmpstr (rt_nearby_network_get_invitation (at (self, 0))->encryption, ==, "SSL");
  /* one that says something else */
  fake_avahi_change (self->avahi, ETH, IPV4, "friends 3", open_txt ("foes"));
  rt_wait_until (count (self) == 1 && g_str_equal (rt_nearby_network_get_invitation (at (self, 0))->subnet, "foes"));
  /* nothing of all this was joined */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->person.networks)), ==, 0);
  rt_wait_until (fake_avahi_count (self->avahi, "ServiceResolver") == 1);
}

/* The daemon may tell before it answers. */
static void
test_early (Fixture *self, gconstpointer data)
{
  self->avahi->early = TRUE;
  fake_avahi_add (self->avahi, ETH, IPV4, "friends 1", "ada.local", "192.168.1.5", 4444, 0, open_txt ("friends"));
  ask_for_it (self, TRUE);
  rt_wait_until (count (self) == 1);
  fake_avahi_remove (self->avahi, ETH, IPV4, "friends 1");
  rt_wait_until (count (self) == 0);
  rt_wait_until (fake_avahi_count (self->avahi, "ServiceResolver") == 0);
  g_assert_cmpint (rt_nearby_get_state (self->nearby), ==, RT_NEARBY_NOTHING);
}

/* One computer is told of for each card and protocol; and an address of one cable is used only where there is no other. */
static void
test_merged (Fixture *self, gconstpointer data)
{
  static const char * const link_only[] = { "[fe80::1%lo]:4444", "169.254.3.4:4444", NULL }, * const all[] = { "192.168.1.5:4444", "[fd00::5]:4444", NULL };

  ask_for_it (self, TRUE);
  fake_avahi_add (self->avahi, 1, IPV6, "friends 1", "ada.local", "fe80::1", 4444, 0, open_txt ("friends"));
  fake_avahi_add (self->avahi, ETH, IPV4, "friends 1", "ada.local", "169.254.3.4", 4444, 0, open_txt ("friends"));
  rt_wait_until (count (self) == 1 && g_strv_length (rt_nearby_network_get_invitation (at (self, 0))->addresses) == 2);
  g_assert_cmpuint (rt_nearby_network_get_n_computers (at (self, 0)), ==, 1);
  g_assert_cmpstrv (rt_nearby_network_get_invitation (at (self, 0))->addresses, link_only);
  fake_avahi_add (self->avahi, 3, IPV4, "friends 1", "ada.local", "192.168.1.5", 4444, 0, open_txt ("friends"));
  fake_avahi_add (self->avahi, 4, IPV4, "friends 1", "ada.local", "192.168.1.5", 4444, 0, open_txt ("friends"));
  fake_avahi_add (self->avahi, 3, IPV6, "friends 1", "ada.local", "FD00::5", 4444, 0, open_txt ("friends"));
  rt_wait_until (g_strv_equal ((const char * const *) rt_nearby_network_get_invitation (at (self, 0))->addresses, all));
  g_assert_cmpuint (count (self), ==, 1);
  g_assert_cmpuint (rt_nearby_network_get_n_computers (at (self, 0)), ==, 1);
}

/* On another card somebody else has the same name: neither takes the other's place. */
static void
test_two_cards (Fixture *self, gconstpointer data)
{
  static const char * const ada[] = { "192.168.1.5:4444", NULL }, * const eve[] = { "10.0.0.66:4444", NULL };

  ask_for_it (self, TRUE);
  fake_avahi_add (self->avahi, 2, IPV4, "friends 1", "ada.local", "192.168.1.5", 4444, 0, open_txt ("friends"));
  fake_avahi_add (self->avahi, 3, IPV4, "friends 1", "eve.local", "10.0.0.66", 4444, 0, open_txt ("foes"));
  fake_avahi_add (self->avahi, 4, IPV4, "friends 1", "eve.local", "10.0.0.66", 4444, 0, fake_avahi_txt ("v=3", NULL));
  rt_wait_until (count (self) == 2 && says (rt_nearby_dup_rest_words (self->nearby), "1 announcement was left out"));
  g_assert_cmpstr (rt_nearby_network_get_invitation (at (self, 0))->subnet, ==, "friends");
  g_assert_cmpstrv (rt_nearby_network_get_invitation (at (self, 0))->addresses, ada);
  g_assert_true (says (rt_nearby_network_dup_words (at (self, 0)), "ada"));
  g_assert_cmpstr (rt_nearby_network_get_invitation (at (self, 1))->subnet, ==, "foes");
  g_assert_cmpstrv (rt_nearby_network_get_invitation (at (self, 1))->addresses, eve);
  g_assert_true (says (rt_nearby_network_dup_words (at (self, 1)), "eve"));
}

/* Addresses of nobody, and of ourselves where it is not us. */
static void
test_addresses (Fixture *self, gconstpointer data)
{
  static const char * const bad[] = { "127.0.0.1", "::1", "0.0.0.0", "::", "224.0.0.251", "255.255.255.255", "ff02::fb", "example.org", "10.0.0.1\n", "", "0x7f.1", "fe80::1" };

  ask_for_it (self, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *name = g_strdup_printf ("friends %u", i);

      /* a card that is not there */
      fake_avahi_add (self->avahi, 40000, strchr (bad[i], ':') != NULL ? IPV6 : IPV4, name, "eve.local", bad[i], 4444, 0, open_txt ("friends"));
    }
  fake_avahi_add (self->avahi, ETH, IPV4, "friends 99", "eve.local", "192.168.1.5", 0, 0, open_txt ("friends"));
  rt_wait_until (count (self) == 1 && rt_nearby_network_get_n_computers (at (self, 0)) == G_N_ELEMENTS (bad) + 1);
  g_assert_cmpuint (g_strv_length (rt_nearby_network_get_invitation (at (self, 0))->addresses), ==, 0);
}

static GVariant *
bytes_txt (const char *bytes, gsize length)
{
  GVariantBuilder builder;
  static const char * const rest[] = { "v=1", "encryption=SSL", "kind=mesh" };

  g_variant_builder_init (&builder, G_VARIANT_TYPE_BYTESTRING_ARRAY);
  for (guint i = 0; i < G_N_ELEMENTS (rest); i++)
    g_variant_builder_add_value (&builder, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, rest[i], strlen (rest[i]), 1));
  g_variant_builder_add_value (&builder, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, length, 1));
  return g_variant_builder_end (&builder);
}

/* All of it is fine but their number. */
static GVariant *
many_txt (guint n)
{
  static const char * const begin[] = { "v=1", "name=many", "encryption=SSL", "kind=mesh" };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_BYTESTRING_ARRAY);
  for (guint i = 0; i < n; i++)
    {
      const char *string = i < G_N_ELEMENTS (begin) ? begin[i] : "new=thing";

      g_variant_builder_add_value (&builder, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, string, strlen (string), 1));
    }
  return g_variant_builder_end (&builder);
}

/* Nothing of it is shown, nothing of it costs anything, and it is said that something was left out. */
static void
test_hostile (Fixture *self, gconstpointer data)
{
  g_autofree char *longest = g_strnfill (300, 'x'), *long_name = g_strconcat ("name=", longest, NULL);
  GVariant *bad[] = {
    fake_avahi_txt ("", NULL),
    fake_avahi_txt ("=", "==", "\xff\xfe", NULL),
    fake_avahi_txt ("name=friends", "encryption=SSL", "kind=mesh", NULL),
    fake_avahi_txt ("v=2", "name=friends", "encryption=SSL", "kind=mesh", NULL),
    fake_avahi_txt ("v=1", "name=friends", "encryption=none", "kind=mesh", NULL),
    fake_avahi_txt ("v=1", "name=friends", "encryption=SSL", "kind=mesh", "k=3", NULL),
    fake_avahi_txt ("v=1", "name", "encryption=SSL", "kind=mesh", NULL),
    fake_avahi_txt ("v=1", "salt=00112233445566778899aabbccddeeff", "tag=00112233", NULL),
    fake_avahi_txt ("v=1", "salt=00112233445566778899AABBCCDDEEFF", "tag=00112233445566778899aabbccddeeff", NULL),
    fake_avahi_txt ("v=9", "salt=00112233445566778899aabbccddeeff", "tag=00112233445566778899aabbccddeeff", NULL),
    open_txt ("a\nb"),
    open_txt ("a\xE2\x80\xAE" "b"),
    open_txt (" a"),
    open_txt ("a\xFF"),
    bytes_txt ("name=a\0b", 8),
    bytes_txt (long_name, strlen (long_name)),
    bytes_txt (long_name, 255),
    many_txt (RT_LAN_MAX_STRINGS + 1),
    many_txt (5000),
  };
  g_autofree char *words = g_strdup_printf ("%u announcements were left out", (guint) G_N_ELEMENTS (bad));

  ask_for_it (self, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *name = g_strdup_printf ("eve %u", i);

      fake_avahi_add (self->avahi, ETH, IPV4, name, "e\nv\xE2\x80\xAE" "e.local", "192.168.1.66", 4444, 0, bad[i]);
    }
  /* one with a name of a computer that is made to be read wrongly */
  fake_avahi_add (self->avahi, ETH, IPV4, "friends", "a\nd\xE2\x80\xAE" "a.local", "192.168.1.5", 4444, 0, open_txt ("friends"));
  fake_avahi_add (self->avahi, ETH, IPV4, "many", "ada.local", "192.168.1.5", 4444, 0, many_txt (RT_LAN_MAX_STRINGS));
  rt_wait_until (says (rt_nearby_dup_rest_words (self->nearby), words) && count (self) == 2);
  g_assert_false (says (rt_nearby_network_dup_words (at (self, 0)), "\n"));
  g_assert_false (says (rt_nearby_network_dup_words (at (self, 0)), "\xE2\x80\xAE"));
}

/* Whoever announces without end fills the list, not the memory. */
static void
test_flood (Fixture *self, gconstpointer data)
{
  ask_for_it (self, TRUE);
  rt_wait_until (rt_nearby_get_state (self->nearby) == RT_NEARBY_NOTHING);
  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *name = g_strdup_printf ("flood %u", i);

      fake_avahi_add (self->avahi, ETH, IPV4, name, "eve.local", "192.168.1.66", 4444, 0, open_txt (name));
    }
  for (guint i = 0; i < 50; i++)
    fake_avahi_add (self->avahi, (int) (10 + i), IPV4, "flood 0", "eve.local", "192.168.1.66", 4444, 0, open_txt ("flood 0"));
  rt_wait_until (says (rt_nearby_dup_rest_words (self->nearby), "379 announcements were left out"));
  rt_wait_until (count (self) == 64);
  g_assert_cmpuint (fake_avahi_count (self->avahi, "ServiceResolver"), ==, 64 + 7);
  /* who comes and goes is not counted again each time */
  for (guint i = 0; i < 100; i++)
    {
      fake_avahi_add (self->avahi, ETH, IPV4, "restless", "eve.local", "192.168.1.66", 4444, 0, open_txt ("restless"));
      fake_avahi_remove (self->avahi, ETH, IPV4, "restless");
    }
  fake_avahi_add (self->avahi, ETH, IPV4, "waiting", "ada.local", "192.168.1.5", 4444, 0, open_txt ("waiting"));
  rt_wait_until (says (rt_nearby_dup_rest_words (self->nearby), "380 announcements were left out"));
  /* where there is room those come in that had none: of "flood 0" one more card, and 63 others */
  for (guint i = 0; i < 64; i++)
    {
      g_autofree char *name = g_strdup_printf ("flood %u", i);

      fake_avahi_remove (self->avahi, ETH, IPV4, name);
    }
  rt_wait_until (says (rt_nearby_dup_rest_words (self->nearby), "316 announcements were left out") && count (self) == 64);
  /* at last he, too, who came last; by and by, as the bus has its limits. Besides "flood 0" with its 42 cards there are so many: */
  for (guint others = 336; others > 0;)
    {
      g_autofree char *words = NULL;

      for (guint i = 0; i < 48; i++, others--)
        {
          g_autofree char *name = g_strdup_printf ("flood %u", 400 - others);

          fake_avahi_remove (self->avahi, ETH, IPV4, name);
        }
      words = g_strdup_printf ("%u announcements were left out", 42 + others + 1 - MIN (others + 1, 63));
      rt_wait_until (says (rt_nearby_dup_rest_words (self->nearby), words) && count (self) == 1 + MIN (others + 1, 63));
    }
  fake_avahi_add (self->avahi, ETH, IPV4, "friends", "ada.local", "192.168.1.5", 4444, 0, open_txt ("friends"));
  rt_wait_until (count (self) == 3);
}

static void
test_no_daemon (Fixture *self, gconstpointer data)
{
  fake_avahi_stop (self->avahi);
  ask_for_it (self, TRUE);
  rt_wait_until (rt_nearby_get_state (self->nearby) == RT_NEARBY_NO_DAEMON);
  g_assert_true (says (rt_nearby_dup_words (self->nearby), "avahi-daemon"));
  /* it comes, and goes on by itself */
  fake_avahi_add (self->avahi, ETH, IPV4, "friends", "ada.local", "192.168.1.5", 4444, 0, open_txt ("friends"));
  self->avahi->state = 1;
  fake_avahi_start (self->avahi);
  rt_wait_until (rt_nearby_get_state (self->nearby) == RT_NEARBY_LOOKING);
  rt_wait_until (self->avahi->n_calls > 0);
  g_assert_cmpuint (self->avahi->objects->len, ==, 0);
  fake_avahi_set_state (self->avahi, 2);
  rt_wait_until (count (self) == 1);
}

static void
test_no_bus (Fixture *self, gconstpointer data)
{
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  ask_for_it (self, TRUE);
  rt_wait_until (rt_nearby_get_state (self->nearby) == RT_NEARBY_NO_BUS);
  g_assert_true (says (rt_nearby_dup_words (self->nearby), "no system bus"));
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (self->avahi->bus), TRUE);
  rt_nearby_try_again (self->nearby);
  rt_wait_until (rt_nearby_get_state (self->nearby) == RT_NEARBY_NOTHING);
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  guint n_calls;

  self->avahi->refused = g_strdup ("ServiceBrowserNew");
  ask_for_it (self, TRUE);
  rt_wait_until (rt_nearby_get_state (self->nearby) == RT_NEARBY_FAILED);
  g_assert_true (says (rt_nearby_dup_words (self->nearby), "Too many objects"));
  g_clear_pointer (&self->avahi->refused, g_free);
  rt_nearby_try_again (self->nearby);
  rt_wait_until (rt_nearby_get_state (self->nearby) == RT_NEARBY_NOTHING);
  fake_avahi_set_state (self->avahi, 4);
  rt_wait_until (rt_nearby_get_state (self->nearby) == RT_NEARBY_FAILED);
  g_assert_true (says (rt_nearby_dup_words (self->nearby), "It broke"));
  fake_avahi_set_state (self->avahi, 2);
  rt_wait_until (rt_nearby_get_state (self->nearby) == RT_NEARBY_NOTHING);
  /* one that no computer answers for */
  self->avahi->refused = g_strdup ("ServiceResolverNew");
  n_calls = self->avahi->n_calls;
  fake_avahi_add (self->avahi, ETH, IPV4, "friends", "ada.local", "192.168.1.5", 4444, 0, open_txt ("friends"));
  rt_wait_until (self->avahi->n_calls > n_calls);
  g_clear_pointer (&self->avahi->refused, g_free);
  fake_avahi_add (self->avahi, ETH, IPV4, "others", "ada.local", "192.168.1.5", 4444, 0, open_txt ("others"));
  rt_wait_until (count (self) > 0);
  g_assert_cmpuint (count (self), ==, 1);
  g_assert_cmpstr (rt_nearby_network_get_invitation (at (self, 0))->subnet, ==, "others");
}

static void
test_restart (Fixture *self, gconstpointer data)
{
  ask_for_it (self, TRUE);
  fake_avahi_add (self->avahi, ETH, IPV4, "friends", "ada.local", "192.168.1.5", 4444, 0, open_txt ("friends"));
  rt_wait_until (count (self) == 1);
  fake_avahi_stop (self->avahi);
  rt_wait_until (count (self) == 0);
  rt_wait_until (rt_nearby_get_state (self->nearby) == RT_NEARBY_NO_DAEMON);
  fake_avahi_start (self->avahi);
  rt_wait_until (count (self) == 1);
  g_assert_cmpuint (fake_avahi_count (self->avahi, "ServiceBrowser"), ==, 1);
}

/* One that we are in is shown as that, as soon as we are, and for as long. */
static void
test_known (Fixture *self, gconstpointer data)
{
  g_autoptr (RtNetworkConfig) config = NULL;
  g_autoptr (GError) error = NULL;
  RtNetwork *network;

  ask_for_it (self, TRUE);
  fake_avahi_add (self->avahi, ETH, IPV4, "friends", "ada.local", "192.168.1.5", 4444, 0, fake_avahi_txt ("v=1", "name=friends", "encryption=Plaintext", "kind=mesh", NULL));
  rt_wait_until (count (self) == 1);
  g_assert_null (rt_nearby_network_get_network (at (self, 0)));
  config = make_config ("friends", NULL);
  network = rt_networks_add (self->person.networks, config, &error);
  g_assert_no_error (error);
  g_assert_true (rt_nearby_network_get_network (at (self, 0)) == network);
  wait_up (network);
  /* it is not let be found: so nobody is tried by himself; whoever would be, would be before another is shown */
  fake_avahi_add (self->avahi, ETH, IPV4, "others", "ada.local", "192.168.1.5", 4445, 0, open_txt ("others"));
  rt_wait_until (count (self) == 2);
  g_assert_cmpuint (g_list_model_get_n_items (p2p_mesh_socket_get_known_addresses (rt_network_get_socket (network))), ==, 0);
  rt_networks_remove (self->person.networks, network);
  g_assert_null (rt_nearby_network_get_network (at (self, 0)));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/nearby/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("off", test_off);
  ADD ("found", test_found);
  ADD ("early", test_early);
  ADD ("merged", test_merged);
  ADD ("two-cards", test_two_cards);
  ADD ("addresses", test_addresses);
  ADD ("hostile", test_hostile);
  ADD ("flood", test_flood);
  ADD ("no-daemon", test_no_daemon);
  ADD ("no-bus", test_no_bus);
  ADD ("refused", test_refused);
  ADD ("restart", test_restart);
  ADD ("known", test_known);
  return g_test_run ();
}
