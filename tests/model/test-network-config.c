/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "model/networks/rt-network-config.h"

static void
test_defaults (void)
{
  g_autoptr (RtNetworkConfig) config = rt_network_config_new ();
  g_autoptr (RtNetworkConfig) other = rt_network_config_new ();
  g_autoptr (P2pProtocol) protocol = rt_network_config_dup_protocol (config);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_uuid_string_is_valid (rt_network_config_get_uuid (config)));
  g_assert_cmpstr (rt_network_config_get_uuid (config), !=, rt_network_config_get_uuid (other));
  g_assert_cmpstr (rt_network_config_get_subnet (config), ==, "mesh");
  g_assert_cmpstr (rt_network_config_get_encryption (config), ==, "SSL");
  g_assert_cmpstr (rt_network_config_get_version (config), ==, "0.7");
  g_assert_cmpstr (rt_network_config_get_kind (config), ==, "mesh");
  g_assert_true (rt_network_config_get_leasing (config));
  g_assert_cmpuint (rt_network_config_get_k (config), ==, 0);
  g_assert_true (rt_network_config_get_seeding (config));
  g_assert_false (rt_network_config_get_map_port (config));
  g_assert_cmpstr (rt_network_config_get_listen_host (config), ==, "0.0.0.0");
  g_assert_cmpuint (rt_network_config_get_listen_port (config), ==, 0);
  g_assert_cmpstr (rt_network_config_get_out_address (config), ==, "");
  g_assert_cmpuint (g_strv_length ((char **) rt_network_config_get_peers (config)), ==, 0);
  g_assert_cmpuint (rt_network_config_get_max_outgoing (config), ==, 4);
  g_assert_cmpstr (p2p_protocol_get_subnet (protocol), ==, "mesh");
  g_assert_cmpstr (p2p_protocol_get_encryption (protocol), ==, "SSL");
  g_assert_true (rt_network_config_check (config, &error));
  g_assert_no_error (error);
}

static void
test_copy (void)
{
  const char *peers[] = { "10.0.0.5:4444", "[fe80::1]:5555", NULL };
  g_autoptr (RtNetworkConfig) config = g_object_new (RT_TYPE_NETWORK_CONFIG, "subnet", "Küche", "encryption", "Plaintext", "version", "0.6",
                                                     "listen-host", "127.0.0.1", "listen-port", 4444, "out-address", "example.org:1",
                                                     "peers", peers, "max-outgoing", 7, "kind", "sync", "leasing", FALSE,
                                                     "k", 6, "seeding", FALSE, "announce", RT_ANNOUNCE_MEMBERS, "map-port", TRUE, "demo", TRUE,
                                                     "identity", "11111111-2222-4333-8444-555555555555", "secret", "correct horse", NULL);
  g_autoptr (RtNetworkConfig) copy = rt_network_config_copy (config);
  guint n_props;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (config), &n_props);

  g_assert_cmpuint (n_props, ==, 19);
  g_assert_true (rt_network_config_get_demo (copy));
  for (guint i = 0; i < n_props; i++)
    {
      g_auto (GValue) a = G_VALUE_INIT, b = G_VALUE_INIT;

      g_object_get_property (G_OBJECT (config), specs[i]->name, &a);
      g_object_get_property (G_OBJECT (copy), specs[i]->name, &b);
      if (G_VALUE_HOLDS (&a, G_TYPE_STRV))
        g_assert_cmpstrv (g_value_get_boxed (&a), g_value_get_boxed (&b));
      else
        g_assert_cmpint (g_param_values_cmp (specs[i], &a, &b), ==, 0);
    }
  g_assert_cmpstrv (rt_network_config_get_peers (copy), peers);
}

static void
test_fields (void)
{
  static const struct {
    const char *property, *text;
    const char *wrong;          /* NULL: it is fine; else what the words say */
  } cases[] = {
    { "subnet", "mesh", NULL },
    { "subnet", "Küche 世界 🙂", NULL },
    { "subnet", "", "needs a name" },
    { "subnet", NULL, "needs a name" },
    { "subnet", " \t ", "needs a name" },
    { "subnet", " mesh", "space" },
    { "subnet", "mesh ", "space" },
    { "subnet", "a\nb", "cannot be seen" },
    { "subnet", "a\033b", "cannot be seen" },
    { "subnet", "a\xE2\x80\xAE" "b", "cannot be seen" },
    { "subnet", "a\xFF", "no text" },
    { "subnet", "0123456789012345678901234567890123456789012345678901234567890123", NULL },
    { "subnet", "01234567890123456789012345678901234567890123456789012345678901234", "64" },
    { "encryption", "SSL", NULL },
    { "encryption", "Plaintext", NULL },
    { "encryption", "ssl", "ssl" },
    { "encryption", "", "encryption" },
    { "version", "0.7", NULL },
    { "version", "0.6", NULL },
    { "version", "0.5", "0.5" },
    { "kind", "mesh", NULL },
    { "kind", "sync", NULL },
    { "kind", "chord", NULL },
    { "kind", "ring", "ring" },
    { "k", "0", NULL },
    { "k", "10", NULL },
    { "k", "11", "11" },
    { "k", "six", "six" },
    { "k", "", "from 0 to 10" },
    { "listen-host", "0.0.0.0", NULL },
    { "listen-host", "::", NULL },
    { "listen-host", "localhost", NULL },
    { "listen-host", "", "missing" },
    { "listen-host", "not a host", "not a host" },
    { "listen-host", "300.1.1.1", "300.1.1.1" },
    { "listen-host", "fe80::zz", "fe80::zz" },
    { "listen-port", "0", NULL },
    { "listen-port", "65535", NULL },
    { "listen-port", "65536", "65535" },
    { "listen-port", "-1", "65535" },
    { "listen-port", "", "65535" },
    { "listen-port", "80x", "80x" },
    { "listen-port", " 80", "65535" },
    { "out-address", "", NULL },
    { "out-address", "example.org:4444", NULL },
    { "out-address", "example.org", "has no port" },
    { "out-address", "example.org:0", "no port" },
    { "peers", "", NULL },
    { "peers", "10.0.0.5:4444", NULL },
    { "peers", "10.0.0.5:4444, [fe80::1]:5555\nexample.org:1", NULL },
    { "peers", "10.0.0.5:4444 nonsense", "nonsense" },
    { "peers", "10.0.0.5:4444,\xFF:1", "no text" },
    { "max-outgoing", "0", NULL },
    { "max-outgoing", "4", NULL },
    { "max-outgoing", "100000", "100000" },
    { "max-outgoing", "many", "many" },
    { "uuid", "../../etc/passwd", "UUID" },
    { "announce", "no", NULL },
    { "announce", "members", NULL },
    { "announce", "everybody", NULL },
    { "announce", "", "Nobody" },
    { "announce", "all", "all" },
    { "secret", "correct horse", NULL },
    { "secret", " correct horse\n", NULL },
    { "secret", "zwölf Stück 🙂", NULL },
    { "secret", "123456789012", NULL },
    { "secret", "12345678901", "too short" },
    { "secret", "  12345678901  ", "too short" },
    { "secret", "", "too short" },
    { "secret", NULL, "too short" },
    { "secret", "correct\nhorse", "cannot be seen" },
    { "secret", "correct\thorse", "cannot be seen" },
    { "secret", "correct\xE2\x80\xAEhorse", "cannot be seen" },
    { "secret", "correct horse\xFF", "no text" },
    { "colour", "green", "colour" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = rt_network_config_check_field (cases[i].property, cases[i].text);

      if (cases[i].wrong == NULL)
        g_assert_cmpstr (words, ==, NULL);
      else if (words == NULL || strstr (words, cases[i].wrong) == NULL)
        g_error ("%s “%s”: expected words with “%s”, got “%s”", cases[i].property, cases[i].text, cases[i].wrong, words);
    }
}

static void
test_check (void)
{
  static const struct {
    const char *property, *bad, *words;
  } cases[] = {
    { "subnet", "", "needs a name" },
    { "encryption", "rot13", "rot13" },
    { "version", "1.0", "1.0" },
    { "kind", "ring", "ring" },
    { "listen-host", "a b", "a b" },
    { "out-address", "x", "has no port" },
    { "uuid", "../x", "UUID" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (RtNetworkConfig) config = g_object_new (RT_TYPE_NETWORK_CONFIG, cases[i].property, cases[i].bad, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (rt_network_config_check (config, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, cases[i].words));
    }
}

/* Each of the two says something about the other; what is known of it is in one form. */
static void
test_secret (void)
{
  g_autoptr (RtNetworkConfig) config = rt_network_config_new (), early = NULL, demo = g_object_new (RT_TYPE_NETWORK_CONFIG, "demo", TRUE, "secret", "correct horse", NULL);
  g_autofree char *longest = g_strnfill (P2P_SECRET_MAX_LENGTH, 'x'), *longer = g_strnfill (P2P_SECRET_MAX_LENGTH + 1, 'x'), *words = NULL, *announce = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (rt_network_config_get_has_secret (config));
  g_assert_cmpstr (rt_network_config_get_secret (config), ==, "");
  g_object_set (config, "announce", RT_ANNOUNCE_EVERYBODY, "secret", " zwo\u0308lf Stu\u0308ck\n", NULL);
  g_assert_true (rt_network_config_get_has_secret (config));
  g_assert_cmpstr (rt_network_config_get_secret (config), ==, "zwölf Stück");
  g_assert_true (rt_network_config_check (config, &error));
  /* nobody is told that it is there */
  g_object_get (config, "announce", &announce, NULL);
  g_assert_cmpstr (announce, ==, RT_ANNOUNCE_NO);
  g_assert_cmpstr (rt_network_config_get_announce (config), ==, RT_ANNOUNCE_NO);
  /* not known, it is there all the same */
  g_object_set (config, "secret", NULL, NULL);
  g_assert_true (rt_network_config_get_has_secret (config));
  g_assert_true (rt_network_config_check (config, NULL));
  g_object_set (config, "secret", "correct horse", "encryption", P2P_ENCRYPTION_PLAINTEXT, NULL);
  g_assert_false (rt_network_config_check (config, &error));
  g_assert_nonnull (strstr (error->message, "encrypted (SSL)"));
  g_clear_error (&error);
  g_object_set (config, "secret", "", NULL);
  g_assert_false (rt_network_config_check (config, NULL));
  g_object_set (config, "has-secret", FALSE, NULL);
  g_assert_true (rt_network_config_check (config, NULL));
  g_assert_cmpstr (rt_network_config_get_announce (config), ==, RT_ANNOUNCE_EVERYBODY);

  early = g_object_new (RT_TYPE_NETWORK_CONFIG, "secret", longest, "subnet", "late", NULL);
  g_assert_true (rt_network_config_check (early, &error));
  g_object_set (early, "secret", longer, NULL);
  g_assert_false (rt_network_config_check (early, &error));
  g_assert_nonnull (strstr (error->message, "too long"));
  g_assert_null (strstr (error->message, "xxx"));
  words = rt_network_config_check_field ("secret", longer);
  g_assert_nonnull (strstr (words, "too long"));
  g_assert_false (rt_network_config_check (demo, NULL));
}

static void
test_addresses (void)
{
  static const struct {
    const char *text, *host;    /* host NULL: words with the text in address */
    guint16 port;
    const char *address;
  } cases[] = {
    { "10.0.0.5:4444", "10.0.0.5", 4444, "10.0.0.5:4444" },
    { "  10.0.0.5:4444\n", "10.0.0.5", 4444, "10.0.0.5:4444" },
    { "Example.ORG:1", "example.org", 1, "example.org:1" },
    { "localhost:65535", "localhost", 65535, "localhost:65535" },
    { "my_host-2.local:80", "my_host-2.local", 80, "my_host-2.local:80" },
    { "bücher.example:80", "bücher.example", 80, "bücher.example:80" },
    { "[::1]:80", "::1", 80, "[::1]:80" },
    { "[2001:DB8:0::1]:80", "2001:db8::1", 80, "[2001:db8::1]:80" },
    { "[fe80::1%eth0]:80", "fe80::1%eth0", 80, "[fe80::1%eth0]:80" },
    { "", NULL, 0, "missing" },
    { ":80", NULL, 0, "missing" },
    { "10.0.0.5", NULL, 0, "10.0.0.5:4444" },
    { "10.0.0.5:", NULL, 0, "has no port" },
    { "10.0.0.5:0", NULL, 0, "1 to 65535" },
    { "10.0.0.5:65536", NULL, 0, "1 to 65535" },
    { "10.0.0.5:+80", NULL, 0, "1 to 65535" },
    { "10.0.0.5:8 0", NULL, 0, "1 to 65535" },
    { "10.0.0.256:80", NULL, 0, "no IP address" },
    { "1.2.3:80", NULL, 0, "no IP address" },
    { "2001:db8::1:80", NULL, 0, "[2001:db8::1]:4444" },
    { "[2001:db8::1]", NULL, 0, "has no port" },
    { "[2001:db8::1", NULL, 0, "no address" },
    { "[]:80", NULL, 0, "no address" },
    { "[2001:db8::g]:80", NULL, 0, "no IPv6 address" },
    { "http://example.org:80", NULL, 0, "no address" },
    { "ex ample:80", NULL, 0, "no name" },
    { "-x:80", NULL, 0, "no name" },
    { "a..b:80", NULL, 0, "no name" },
    { "a<b>:80", NULL, 0, "no name" },
    { "\xFF:80", NULL, 0, "no text" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *host = NULL, *address = NULL, *again = NULL;
      guint16 port = 1;
      gboolean parsed = rt_parse_address (cases[i].text, &host, &port, &error);

      if (cases[i].host == NULL)
        {
          g_assert_false (parsed);
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
          if (strstr (error->message, cases[i].address) == NULL)
            g_error ("“%s”: expected words with “%s”, got “%s”", cases[i].text, cases[i].address, error->message);
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
          g_assert_null (host);
          continue;
        }
      g_assert_no_error (error);
      g_assert_true (parsed);
      g_assert_cmpstr (host, ==, cases[i].host);
      g_assert_cmpuint (port, ==, cases[i].port);
      address = rt_format_address (host, port);
      g_assert_cmpstr (address, ==, cases[i].address);
      /* what is written can be read */
      g_assert_true (rt_parse_address (address, &again, &port, NULL));
      g_assert_cmpstr (again, ==, host);
    }
}

static void
test_address_lists (void)
{
  const char *expected[] = { "10.0.0.5:4444", "[::1]:80", "example.org:1", NULL };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) list = rt_parse_addresses (" 10.0.0.5:4444,[::1]:80;\n\nEXAMPLE.org:1 [0:0::1]:80  ", &error);
  g_auto (GStrv) empty = rt_parse_addresses ("", &error);
  g_auto (GStrv) none = rt_parse_addresses (NULL, &error);
  g_auto (GStrv) bad = NULL;

  g_assert_no_error (error);
  g_assert_cmpstrv (list, expected);
  g_assert_cmpuint (g_strv_length (empty), ==, 0);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  bad = rt_parse_addresses ("10.0.0.5:4444 10.0.0.6", &error);
  g_assert_null (bad);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "10.0.0.6"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/network-config/defaults", test_defaults);
  g_test_add_func ("/model/network-config/copy", test_copy);
  g_test_add_func ("/model/network-config/fields", test_fields);
  g_test_add_func ("/model/network-config/check", test_check);
  g_test_add_func ("/model/network-config/secret", test_secret);
  g_test_add_func ("/model/network-config/addresses", test_addresses);
  g_test_add_func ("/model/network-config/address-lists", test_address_lists);
  return g_test_run ();
}
