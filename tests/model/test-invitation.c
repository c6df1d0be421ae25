/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "model/networks/rt-invitation.h"

#define HEAD "roundtable:invite?v=1&name=club&encryption=SSL&kind=mesh"
#define PRIVATE "roundtable:invite?v=2&name=club&encryption=SSL&kind=mesh"
#define SECRET "abcd-efgh-2345"
#define WITH_SECRET "&secret=abcd-efgh-2345"
#define SECRETS RT_INVITATION_ERROR_SECRET
#define LONG_SECRET "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static RtInvitation *
parse (const char *link)
{
  g_autoptr (GError) error = NULL;
  RtInvitation *invitation = rt_invitation_parse (link, -1, &error);

  g_assert_no_error (error);
  g_assert_nonnull (invitation);
  return invitation;
}

static void
assert_uri (const char *link, const char *canonical)
{
  g_autoptr (RtInvitation) invitation = parse (link), again = NULL;
  g_autofree char *uri = rt_invitation_to_uri (invitation);

  g_assert_cmpstr (uri, ==, canonical);
  again = parse (uri);
  g_assert_true (rt_invitation_equal (invitation, again));
}

static void
test_forms (void)
{
  g_autoptr (RtInvitation) invitation = parse ("roundtable:invite?v=1&name=Caf%C3%A9+1%20%26&title=Our%20caf%C3%A9&encryption=Plaintext&kind=sync&leases=no&wire=0.6"
                                               "&to=192.168.1.5:4444&to=%5B2001:DB8::1%5D:05");

  g_assert_cmpstr (invitation->subnet, ==, "Café+1 &");
  g_assert_cmpstr (invitation->title, ==, "Our café");
  g_assert_cmpstr (invitation->encryption, ==, "Plaintext");
  g_assert_cmpstr (invitation->kind, ==, "sync");
  g_assert_false (invitation->leasing);
  g_assert_cmpuint (invitation->k, ==, 0);
  g_assert_cmpstr (invitation->version, ==, "0.6");
  g_assert_cmpuint (g_strv_length (invitation->addresses), ==, 2);
  g_assert_cmpstr (invitation->addresses[0], ==, "192.168.1.5:4444");
  g_assert_cmpstr (invitation->addresses[1], ==, "[2001:db8::1]:5");

  /* one form of each, whatever it came as */
  assert_uri (HEAD, HEAD);
  assert_uri ("RoundTable:INVITE?v=1&name=club&encryption=SSL&kind=mesh", HEAD);
  assert_uri ("roundtable://invite/?v=1&name=club&encryption=SSL&kind=mesh#part", HEAD);
  assert_uri ("roundtable:invite?kind=mesh&encryption=SSL&name=club&v=1", HEAD);
  assert_uri (HEAD "&&colour=red&colour=blue&v2=7&to2", HEAD);
  assert_uri ("roundtable:invite?%76=1.9&n%61me=clu%62&encryption=SSL&kind=mesh&wire=0.7&title=club", HEAD);
  assert_uri (HEAD "&title=%E2%80%AE%0A", HEAD);
  assert_uri (HEAD "&title=a%0A%E2%80%AEb", "roundtable:invite?v=1&name=club&title=a%20b&encryption=SSL&kind=mesh");
  assert_uri (HEAD "&to=EXAMPLE.org:4444&to=example.org:4444", HEAD "&to=example.org:4444");
  assert_uri ("roundtable:invite?v=1&name=c&encryption=SSL&kind=sync&leases=yes", "roundtable:invite?v=1&name=c&encryption=SSL&kind=sync");
  assert_uri ("roundtable:invite?v=1&name=c&encryption=SSL&kind=chord&k=06&to=[::1]:1", "roundtable:invite?v=1&name=c&encryption=SSL&kind=chord&k=6&to=%5B::1%5D:1");
  assert_uri (HEAD "&to=b%C3%BCro.example:1", HEAD "&to=b%C3%BCro.example:1");
  /* of a private network: in normal form C, without space around it */
  assert_uri (PRIVATE "&secret=" SECRET, PRIVATE "&secret=" SECRET);
  assert_uri ("roundtable:invite?secret=%20" SECRET "%0A&to=a.b:1&v=2.7&name=club&encryption=SSL&kind=mesh", PRIVATE "&secret=" SECRET "&to=a.b:1");
  assert_uri (PRIVATE "&wire=0.6&secret=zwo%CC%88lf%20Dutzend%26", PRIVATE "&wire=0.6&secret=zw%C3%B6lf%20Dutzend%26");
  assert_uri (PRIVATE "&secret=" LONG_SECRET LONG_SECRET, PRIVATE "&secret=" LONG_SECRET LONG_SECRET);
}

static const struct
{
  const char       *link;
  RtInvitationError code;
  const char       *words;      /* a part of what is said */
} refused[] = {
  { "", RT_INVITATION_ERROR_OTHER, "begin with" },
  { "https://example.org/", RT_INVITATION_ERROR_OTHER, "begin with" },
  { "roundtable", RT_INVITATION_ERROR_OTHER, "begin with" },
  { "roundtable:", RT_INVITATION_ERROR_OTHER, "begin with" },
  { "roundtable:juggle?v=1", RT_INVITATION_ERROR_OTHER, "begin with" },
  { "roundtable:invited?v=1", RT_INVITATION_ERROR_OTHER, "begin with" },
  { "roundtable:invite/x?v=1", RT_INVITATION_ERROR_OTHER, "begin with" },
  { " " HEAD, RT_INVITATION_ERROR_CHARACTERS, "perhaps a space" },
  { HEAD "\n", RT_INVITATION_ERROR_CHARACTERS, "perhaps a space" },
  { HEAD "&title=caf\303\251", RT_INVITATION_ERROR_CHARACTERS, "no link has" },
  { HEAD "\177", RT_INVITATION_ERROR_CHARACTERS, "no link has" },
  { HEAD "&title=a%00b", RT_INVITATION_ERROR_CHARACTERS, "no text has" },
  { HEAD "&%00", RT_INVITATION_ERROR_CHARACTERS, "no text has" },
  { HEAD "&title=%", RT_INVITATION_ERROR_ESCAPE, "percent sign" },
  { HEAD "&title=%4", RT_INVITATION_ERROR_ESCAPE, "percent sign" },
  { HEAD "&title=%4g", RT_INVITATION_ERROR_ESCAPE, "percent sign" },
  { HEAD "&title=%%41", RT_INVITATION_ERROR_ESCAPE, "percent sign" },
  { HEAD "&unknown=%zz", RT_INVITATION_ERROR_ESCAPE, "percent sign" },
  { HEAD "&title%4=x", RT_INVITATION_ERROR_ESCAPE, "percent sign" },
  { HEAD "&title=%FF", RT_INVITATION_ERROR_TEXT, "no text" },
  { HEAD "&title=%C3", RT_INVITATION_ERROR_TEXT, "no text" },
  { HEAD "&title=%C0%80", RT_INVITATION_ERROR_TEXT, "no text" },
  { HEAD "&title=%ED%A0%80", RT_INVITATION_ERROR_TEXT, "no text" },
  { "roundtable:invite", RT_INVITATION_ERROR_VERSION, "of which form" },
  { "roundtable:invite?", RT_INVITATION_ERROR_VERSION, "of which form" },
  { "roundtable:invite?name=club&encryption=SSL&kind=mesh", RT_INVITATION_ERROR_VERSION, "of which form" },
  { "roundtable:invite#?v=1&name=club", RT_INVITATION_ERROR_VERSION, "of which form" },
  { "roundtable:invite?v=3", RT_INVITATION_ERROR_VERSION, "newer form (3)" },
  { "roundtable:invite?v=3.0&name=a&name=b", RT_INVITATION_ERROR_VERSION, "newer form (3.0)" },
  /* with a secret: none of it is cited */
  { "roundtable:invite?v=2", RT_INVITATION_ERROR_MISSING, "“secret”" },
  { PRIVATE, RT_INVITATION_ERROR_MISSING, "“secret”" },
  { PRIVATE "&SECRET=" SECRET, RT_INVITATION_ERROR_MISSING, "“secret”" },
  { HEAD "&secret=" SECRET, SECRETS, "contradicts" },
  { HEAD "&secret=", SECRETS, "contradicts" },
  { PRIVATE "&secret=" SECRET "&secret=" SECRET, RT_INVITATION_ERROR_TWICE, "“secret” twice" },
  { "roundtable:invite?v=2&name=club&encryption=Plaintext&kind=mesh&secret=" SECRET, SECRETS, "encrypted" },
  { PRIVATE "&secret=", SECRETS, "too short" },
  { PRIVATE "&secret", SECRETS, "too short" },
  { PRIVATE "&secret=abcd-efgh-2", SECRETS, "too short" },
  { PRIVATE "&secret=%20%20%20%20abcd-efgh-2%20%20%20%20", SECRETS, "too short" },
  { PRIVATE "&secret=x" LONG_SECRET LONG_SECRET, SECRETS, "too long" },
  { PRIVATE "&secret=abcd-efgh%0A-2345", SECRETS, "cannot be seen" },
  { PRIVATE "&secret=abcd-efgh%E2%80%AE-2345", SECRETS, "cannot be seen" },
  { PRIVATE "&secret=abcd-efgh%EF%BB%BF-2345", SECRETS, "cannot be seen" },
  { PRIVATE "&secret=" SECRET "&wire=abcd-efgh-2345", RT_INVITATION_ERROR_WIRE, "not shown" },
  { PRIVATE "abcd-efgh-2345&secret=" SECRET, RT_INVITATION_ERROR_KIND, "not shown" },
  { PRIVATE "&secret=" SECRET "&to=abcd-efgh-2345:0", RT_INVITATION_ERROR_ADDRESS, "not shown" },
  { PRIVATE "&secret=" SECRET "&to=0.0.0.0:1", RT_INVITATION_ERROR_NOWHERE, "not shown" },
  { PRIVATE "&secret=abcd-efgh-23%FF5", RT_INVITATION_ERROR_TEXT, "no text" },
  { PRIVATE "&secret=abcd-efgh-23%005", RT_INVITATION_ERROR_CHARACTERS, "no text has" },
  { PRIVATE "&secret=abcd-efgh-23%4", RT_INVITATION_ERROR_ESCAPE, "percent sign" },
  { "roundtable:invite?v=99999999999999999999999999", RT_INVITATION_ERROR_VERSION, "newer form (9999" },
  { "roundtable:invite?v=0", RT_INVITATION_ERROR_VERSION, "“0”" },
  { "roundtable:invite?v=", RT_INVITATION_ERROR_VERSION, "“”" },
  { "roundtable:invite?v", RT_INVITATION_ERROR_VERSION, "“”" },
  { "roundtable:invite?v=1.", RT_INVITATION_ERROR_VERSION, "“1.”" },
  { "roundtable:invite?v=-1", RT_INVITATION_ERROR_VERSION, "“-1”" },
  { "roundtable:invite?v=1x", RT_INVITATION_ERROR_VERSION, "“1x”" },
  { HEAD "&v=1", RT_INVITATION_ERROR_TWICE, "“v” twice" },
  { HEAD "&n%61me=other", RT_INVITATION_ERROR_TWICE, "“name” twice" },
  { HEAD "&kind=mesh", RT_INVITATION_ERROR_TWICE, "“kind” twice" },
  { HEAD "&title=a&title=a", RT_INVITATION_ERROR_TWICE, "“title” twice" },
  { "roundtable:invite?v=1&encryption=SSL&kind=mesh", RT_INVITATION_ERROR_MISSING, "“name”" },
  { "roundtable:invite?v=1&name=club&kind=mesh", RT_INVITATION_ERROR_MISSING, "“encryption”" },
  { "roundtable:invite?v=1&name=club&encryption=SSL", RT_INVITATION_ERROR_MISSING, "“kind”" },
  { "roundtable:invite?v=1&NAME=club&encryption=SSL&kind=mesh", RT_INVITATION_ERROR_MISSING, "“name”" },
  { "roundtable:invite?v=1&name=&encryption=SSL&kind=mesh", RT_INVITATION_ERROR_NAME, "needs a name" },
  { "roundtable:invite?v=1&name=%20&encryption=SSL&kind=mesh", RT_INVITATION_ERROR_NAME, "needs a name" },
  { "roundtable:invite?v=1&name=%20a&encryption=SSL&kind=mesh", RT_INVITATION_ERROR_NAME, "begins or ends with a space" },
  { "roundtable:invite?v=1&name=a%0Ab&encryption=SSL&kind=mesh", RT_INVITATION_ERROR_NAME, "cannot be seen" },
  { "roundtable:invite?v=1&name=a%1Bb&encryption=SSL&kind=mesh", RT_INVITATION_ERROR_NAME, "cannot be seen" },
  { "roundtable:invite?v=1&name=a%E2%80%AEb&encryption=SSL&kind=mesh", RT_INVITATION_ERROR_NAME, "cannot be seen" },
  { "roundtable:invite?v=1&name=a%E2%81%A6b&encryption=SSL&kind=mesh", RT_INVITATION_ERROR_NAME, "cannot be seen" },
  { "roundtable:invite?v=1&name=a%EF%BB%BFb&encryption=SSL&kind=mesh", RT_INVITATION_ERROR_NAME, "cannot be seen" },
  { "roundtable:invite?v=1&name=01234567890123456789012345678901234567890123456789012345678901234&encryption=SSL&kind=mesh", RT_INVITATION_ERROR_NAME, "longer than 64" },
  { "roundtable:invite?v=1&name=club&encryption=ssl&kind=mesh", RT_INVITATION_ERROR_ENCRYPTION, "“ssl”" },
  { "roundtable:invite?v=1&name=club&encryption=&kind=mesh", RT_INVITATION_ERROR_ENCRYPTION, "“”" },
  { "roundtable:invite?v=1&name=club&encryption=%E2%80%AEx%0A&kind=mesh", RT_INVITATION_ERROR_ENCRYPTION, "“x ”" },
  { "roundtable:invite?v=1&name=club&encryption=SSL&kind=party", RT_INVITATION_ERROR_KIND, "“party”" },
  { HEAD "&leases=yes", RT_INVITATION_ERROR_KIND, "contradicts" },
  { HEAD "&k=0", RT_INVITATION_ERROR_KIND, "contradicts" },
  { "roundtable:invite?v=1&name=c&encryption=SSL&kind=sync&leases=perhaps", RT_INVITATION_ERROR_KIND, "“perhaps”" },
  { "roundtable:invite?v=1&name=c&encryption=SSL&kind=chord&k=11", RT_INVITATION_ERROR_KIND, "from 0 to 10" },
  { "roundtable:invite?v=1&name=c&encryption=SSL&kind=chord&k=-1", RT_INVITATION_ERROR_KIND, "from 0 to 10" },
  { "roundtable:invite?v=1&name=c&encryption=SSL&kind=chord&k=", RT_INVITATION_ERROR_KIND, "from 0 to 10" },
  { HEAD "&wire=0.5", RT_INVITATION_ERROR_WIRE, "“0.5”" },
  { HEAD "&wire=", RT_INVITATION_ERROR_WIRE, "“”" },
  { HEAD "&to=", RT_INVITATION_ERROR_ADDRESS, "missing" },
  { HEAD "&to", RT_INVITATION_ERROR_ADDRESS, "missing" },
  { HEAD "&to=10.0.0.5", RT_INVITATION_ERROR_ADDRESS, "has no port" },
  { HEAD "&to=10.0.0.5:", RT_INVITATION_ERROR_ADDRESS, "has no port" },
  { HEAD "&to=10.0.0.5:0", RT_INVITATION_ERROR_ADDRESS, "no port" },
  { HEAD "&to=10.0.0.5:65536", RT_INVITATION_ERROR_ADDRESS, "no port" },
  { HEAD "&to=10.0.0.5:0x50", RT_INVITATION_ERROR_ADDRESS, "no port" },
  { HEAD "&to=10.0.0.5:+80", RT_INVITATION_ERROR_ADDRESS, "no port" },
  { HEAD "&to=:4444", RT_INVITATION_ERROR_ADDRESS, "missing" },
  { HEAD "&to=10.0.0.999:1", RT_INVITATION_ERROR_ADDRESS, "no IP address" },
  { HEAD "&to=10.1:1", RT_INVITATION_ERROR_ADDRESS, "no IP address" },
  { HEAD "&to=2001:db8::1:4444", RT_INVITATION_ERROR_ADDRESS, "IPv6" },
  { HEAD "&to=[2001:db8::1]", RT_INVITATION_ERROR_ADDRESS, "has no port" },
  { HEAD "&to=[2001:db8::g]:1", RT_INVITATION_ERROR_ADDRESS, "IPv6" },
  { HEAD "&to=[]:1", RT_INVITATION_ERROR_ADDRESS, "" },
  { HEAD "&to=user@example.org:1", RT_INVITATION_ERROR_ADDRESS, "no name of a computer" },
  { HEAD "&to=example.org/x:1", RT_INVITATION_ERROR_ADDRESS, "no name of a computer" },
  { HEAD "&to=%20example.org:1", RT_INVITATION_ERROR_ADDRESS, "no address" },
  { HEAD "&to=exam%0Aple.org:1", RT_INVITATION_ERROR_ADDRESS, "no address" },
  { HEAD "&to=exam%E2%80%AEple.org:1", RT_INVITATION_ERROR_ADDRESS, "no address" },
  { HEAD "&to=0x7f000001:1", RT_INVITATION_ERROR_ADDRESS, "in disguise" },
  { HEAD "&to=a.0x1:1", RT_INVITATION_ERROR_ADDRESS, "in disguise" },
  { HEAD "&to=%EF%BC%91%EF%BC%92%EF%BC%97.0.0.1:1", RT_INVITATION_ERROR_ADDRESS, "in disguise" },
  { HEAD "&to=0.0.0.0:1", RT_INVITATION_ERROR_NOWHERE, "leads nowhere" },
  { HEAD "&to=0.1.2.3:1", RT_INVITATION_ERROR_NOWHERE, "leads nowhere" },
  { HEAD "&to=224.0.0.251:1", RT_INVITATION_ERROR_NOWHERE, "leads nowhere" },
  { HEAD "&to=255.255.255.255:1", RT_INVITATION_ERROR_NOWHERE, "leads nowhere" },
  { HEAD "&to=[::]:1", RT_INVITATION_ERROR_NOWHERE, "leads nowhere" },
  { HEAD "&to=[ff02::fb]:1", RT_INVITATION_ERROR_NOWHERE, "leads nowhere" },
  { HEAD "&to=[::ffff:224.0.0.1]:1", RT_INVITATION_ERROR_NOWHERE, "leads nowhere" },
  { HEAD "&to=[::ffff:0.0.0.0]:1", RT_INVITATION_ERROR_NOWHERE, "leads nowhere" },
  { HEAD "&to=169.254.1.1:1", RT_INVITATION_ERROR_NOWHERE, "cable" },
  { HEAD "&to=[fe80::1]:1", RT_INVITATION_ERROR_NOWHERE, "cable" },
  { HEAD "&to=[fe80::1%25eth0]:1", RT_INVITATION_ERROR_NOWHERE, "cable" },
  { HEAD "&to=[2001:db8::1%25eth0]:1", RT_INVITATION_ERROR_NOWHERE, "cable" },
  { HEAD "&to=a.b:1&to=a.b:2&to=a.b:3&to=a.b:4&to=a.b:5&to=a.b:6&to=a.b:7&to=a.b:8&to=a.b:9", RT_INVITATION_ERROR_MANY, "more than 8" },
  { HEAD "&to=a.b:1&to=a.b:1&to=a.b:1&to=a.b:1&to=a.b:1&to=a.b:1&to=a.b:1&to=a.b:1&to=a.b:1", RT_INVITATION_ERROR_MANY, "more than 8" },
};

static void
assert_words (const GError *error)
{
  g_autofree char *shown G_GNUC_UNUSED = NULL;

  g_assert_true (error->domain == RT_INVITATION_ERROR);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), >, 0);
  g_assert_cmpuint (strlen (error->message), <, 600);
  /* no control characters, nothing that turns the direction */
  for (const char *p = error->message; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_assert_false (g_unichar_iscntrl (c));
      g_assert_false ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069));
    }
}

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RtInvitation) invitation = rt_invitation_parse (refused[i].link, -1, &error);

      g_test_message ("%s: %s", refused[i].link, error != NULL ? error->message : "(taken)");
      g_assert_null (invitation);
      g_assert_error (error, RT_INVITATION_ERROR, (int) refused[i].code);
      g_assert_nonnull (strstr (error->message, refused[i].words));
      assert_words (error);
      g_assert_null (strstr (error->message, "abcd-efgh"));
      /* nobody has to ask why */
      g_assert_null (rt_invitation_parse (refused[i].link, -1, NULL));
    }
}

static void
test_bounds (void)
{
  g_autofree char *many = g_strnfill (RT_INVITATION_MAX_BYTES - strlen (HEAD "&x="), 'a');
  g_autofree char *longest = g_strconcat (HEAD "&x=", many, NULL), *longer = g_strconcat (longest, "a", NULL), *host = g_strnfill (250, 'a');
  g_autofree char *wide = g_strconcat (HEAD "&to=", host, many, NULL);
  g_autoptr (RtInvitation) invitation G_GNUC_UNUSED = parse (longest);
  g_autoptr (GError) error = NULL;
  static const char nul[] = HEAD "\0&to=a.b:1";
  const char *endless = g_strnfill (1 << 20, 'a');

  g_assert_cmpuint (strlen (longest), ==, RT_INVITATION_MAX_BYTES);
  g_assert_null (rt_invitation_parse (longer, -1, &error));
  g_assert_error (error, RT_INVITATION_ERROR, RT_INVITATION_ERROR_TOO_LONG);
  g_assert_nonnull (strstr (error->message, "2048"));
  g_clear_error (&error);
  g_assert_null (rt_invitation_parse (endless, -1, &error));
  g_assert_error (error, RT_INVITATION_ERROR, RT_INVITATION_ERROR_TOO_LONG);
  g_clear_error (&error);
  g_free ((char *) endless);

  /* what stands behind a NUL is not hidden: the whole is refused */
  g_assert_null (rt_invitation_parse (nul, sizeof nul - 1, &error));
  g_assert_error (error, RT_INVITATION_ERROR, RT_INVITATION_ERROR_CHARACTERS);
  g_clear_error (&error);

  /* long, and no name of a computer */
  wide[1500] = '\0';
  g_assert_null (rt_invitation_parse (wide, -1, &error));
  g_assert_error (error, RT_INVITATION_ERROR, RT_INVITATION_ERROR_ADDRESS);
  assert_words (error);
}

/* Of one's own addresses, those that help another. */
static void
test_new (void)
{
  const char *addresses[] = { "127.0.0.1:1", "0.0.0.0:1", "169.254.3.4:1", "192.168.1.5:4444", "example.org:1", "Example.org:1", "no address", "[::1]:7", NULL };
  const char *local[] = { "127.0.0.1:1", "localhost:2", NULL };
  const char *many[] = { "a.b:1", "a.b:2", "a.b:3", "a.b:4", "a.b:5", "a.b:6", "a.b:7", "a.b:8", "a.b:9", NULL };
  g_autoptr (RtNetworkConfig) config = rt_network_config_new (), joined = NULL;
  g_autoptr (RtInvitation) invitation = NULL;
  g_autofree char *words = NULL;

  g_object_set (config, "subnet", "club", "kind", "chord", "k", 6, "encryption", "Plaintext", "version", "0.6", "out-address", "example.org:9", "listen-port", 4444, NULL);
  invitation = rt_invitation_new (config, "club", addresses);
  g_assert_null (invitation->title);
  g_assert_cmpuint (g_strv_length (invitation->addresses), ==, 2);
  g_assert_cmpstr (invitation->addresses[0], ==, "192.168.1.5:4444");
  g_assert_cmpstr (invitation->addresses[1], ==, "example.org:1");
  g_assert_cmpint (rt_invitation_get_scope (invitation), ==, RT_ADDRESS_WORLD);
  g_assert_null (rt_invitation_reach_words (invitation, TRUE));
  words = rt_invitation_dup_kind_words (invitation);
  g_assert_cmpstr (words, ==, "Chat and distributed table. At most 64 storing nodes (k = 6)");

  /* what is one's own stays so: where it listens, what it announces */
  joined = rt_invitation_dup_config (invitation);
  g_assert_true (rt_network_config_check (joined, NULL));
  g_assert_true (rt_invitation_is_to (invitation, config));
  g_assert_true (rt_invitation_is_to (invitation, joined));
  g_assert_cmpstr (rt_network_config_get_uuid (joined), !=, rt_network_config_get_uuid (config));
  g_assert_cmpstr (rt_network_config_get_listen_host (joined), ==, "0.0.0.0");
  g_assert_cmpuint (rt_network_config_get_listen_port (joined), ==, 0);
  g_assert_cmpstr (rt_network_config_get_out_address (joined), ==, "");
  g_assert_cmpuint (rt_network_config_get_k (joined), ==, 6);
  g_object_set (joined, "k", 5, NULL);
  g_assert_false (rt_invitation_is_to (invitation, joined));
  g_clear_object (&joined);
  g_clear_pointer (&invitation, rt_invitation_free);

  /* of this computer only: so is what comes of it */
  g_object_set (config, "kind", "mesh", "leasing", FALSE, NULL);
  invitation = rt_invitation_new (config, NULL, local);
  g_assert_cmpuint (g_strv_length (invitation->addresses), ==, 2);
  g_assert_cmpint (rt_invitation_get_scope (invitation), ==, RT_ADDRESS_COMPUTER);
  g_assert_nonnull (strstr (rt_invitation_reach_words (invitation, TRUE), "on this computer"));
  joined = rt_invitation_dup_config (invitation);
  g_assert_cmpstr (rt_network_config_get_listen_host (joined), ==, "127.0.0.1");
  g_assert_true (rt_invitation_is_to (invitation, config));
  g_clear_pointer (&invitation, rt_invitation_free);

  invitation = rt_invitation_new (config, NULL, many);
  g_assert_cmpuint (g_strv_length (invitation->addresses), ==, RT_INVITATION_MAX_ADDRESSES);
  g_clear_pointer (&invitation, rt_invitation_free);
  invitation = rt_invitation_new (config, NULL, NULL);
  g_assert_cmpuint (g_strv_length (invitation->addresses), ==, 0);
  g_assert_nonnull (strstr (rt_invitation_reach_words (invitation, TRUE), "Nobody"));
  g_assert_nonnull (strstr (rt_invitation_reach_words (invitation, FALSE), "no address"));
}

/* The secret goes with the link, and comes with it into what is joined. */
static void
test_private (void)
{
  g_autoptr (RtNetworkConfig) config = g_object_new (RT_TYPE_NETWORK_CONFIG, "subnet", "club", "secret", " " SECRET "\n", NULL), joined = NULL, other = NULL;
  g_autoptr (RtInvitation) invitation = rt_invitation_new (config, NULL, NULL), copy = rt_invitation_copy (invitation), plain = NULL;
  g_autofree char *uri = rt_invitation_to_uri (invitation);

  g_assert_cmpstr (uri, ==, PRIVATE "&secret=" SECRET);
  g_assert_nonnull (strstr (rt_invitation_privacy_words (invitation), "py2p and js2p"));
  joined = rt_invitation_dup_config (invitation);
  g_assert_true (rt_network_config_get_has_secret (joined));
  g_assert_cmpstr (rt_network_config_get_secret (joined), ==, SECRET);
  g_assert_true (rt_invitation_is_to (invitation, config));
  g_assert_true (rt_invitation_equal (invitation, copy));
  g_assert_false (rt_invitation_gives_secret (invitation, config));
  /* another secret is another network, and so is none */
  other = rt_network_config_copy (config);
  g_object_set (other, "secret", "abcd-efgh-6789", NULL);
  g_assert_false (rt_invitation_is_to (invitation, other));
  g_object_set (other, "has-secret", FALSE, NULL);
  g_assert_cmpstr (rt_network_config_get_secret (other), ==, "");
  g_assert_false (rt_invitation_is_to (invitation, other));
  g_assert_false (rt_invitation_gives_secret (invitation, other));
  plain = rt_invitation_new (other, NULL, NULL);
  g_assert_null (rt_invitation_privacy_words (plain));
  g_assert_false (rt_invitation_is_to (plain, config));
  g_assert_false (rt_invitation_equal (plain, invitation));
  /* where it was lost, an invitation brings it back; and nobody is invited meanwhile */
  g_object_set (other, "has-secret", TRUE, NULL);
  g_assert_true (rt_invitation_is_to (invitation, other));
  g_assert_true (rt_invitation_gives_secret (invitation, other));
  g_assert_false (rt_invitation_gives_secret (plain, other));
  g_assert_null (rt_invitation_new (other, NULL, NULL));
}

static void
test_scopes (void)
{
  static const struct { const char *host; RtAddressScope scope; } cases[] = {
    { "0.0.0.0", RT_ADDRESS_NOWHERE }, { "240.0.0.1", RT_ADDRESS_NOWHERE }, { "::", RT_ADDRESS_NOWHERE }, { "::10.0.0.1", RT_ADDRESS_NOWHERE }, { "ff05::2", RT_ADDRESS_NOWHERE },
    { "169.254.0.1", RT_ADDRESS_LINK }, { "fe80::1", RT_ADDRESS_LINK }, { "febf::1", RT_ADDRESS_LINK }, { "fe80::1%eth0", RT_ADDRESS_LINK }, { "::ffff:169.254.0.1", RT_ADDRESS_LINK },
    { "127.0.0.1", RT_ADDRESS_COMPUTER }, { "127.255.0.1", RT_ADDRESS_COMPUTER }, { "::1", RT_ADDRESS_COMPUTER }, { "::ffff:127.0.0.1", RT_ADDRESS_COMPUTER },
    { "localhost", RT_ADDRESS_COMPUTER }, { "LocalHost.", RT_ADDRESS_COMPUTER }, { "a.localhost", RT_ADDRESS_COMPUTER },
    { "10.0.0.1", RT_ADDRESS_SITE }, { "172.16.0.1", RT_ADDRESS_SITE }, { "172.31.255.1", RT_ADDRESS_SITE }, { "192.168.0.1", RT_ADDRESS_SITE }, { "100.64.0.1", RT_ADDRESS_SITE },
    { "fd00::1", RT_ADDRESS_SITE }, { "fec0::1", RT_ADDRESS_SITE }, { "printer", RT_ADDRESS_SITE }, { "ada.local", RT_ADDRESS_SITE }, { "nas.home.arpa", RT_ADDRESS_SITE },
    { "172.32.0.1", RT_ADDRESS_WORLD }, { "100.128.0.1", RT_ADDRESS_WORLD }, { "192.0.2.1", RT_ADDRESS_WORLD }, { "2001:db8::1", RT_ADDRESS_WORLD }, { "example.org", RT_ADDRESS_WORLD },
    { "notlocalhost.org", RT_ADDRESS_WORLD },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].host);
      g_assert_cmpint (rt_address_scope (cases[i].host), ==, cases[i].scope);
    }
  g_assert_true (rt_address_is_number_in_disguise ("0x7f.0.0.1"));
  g_assert_true (rt_address_is_number_in_disguise ("2130706433"));
  g_assert_true (rt_address_is_number_in_disguise ("0X"));
  g_assert_true (rt_address_is_number_in_disguise ("a.1."));
  g_assert_false (rt_address_is_number_in_disguise ("127.0.0.1"));
  g_assert_false (rt_address_is_number_in_disguise ("::1"));
  g_assert_false (rt_address_is_number_in_disguise ("1.example"));
  g_assert_false (rt_address_is_number_in_disguise ("0xbeef.example"));
  g_assert_false (rt_address_is_number_in_disguise ("ox1"));
}

static char *
random_text (guint most)
{
  static const char * const letters[] = { "a", "Z", "7", "&", "=", "%", "+", "#", "?", "/", "é", "م", "語", "😀", "-", ";", "\"", "<", "'" };
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = (guint) g_test_rand_int_range (1, (gint32) most + 1);

  for (guint i = 0; i < n; i++)
    g_string_append (text, letters[g_test_rand_int_range (0, G_N_ELEMENTS (letters))]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
random_address (void)
{
  guint port = (guint) g_test_rand_int_range (1, 65536), a = (guint) g_test_rand_int_range (1, 255);
  g_autofree char *label = NULL;

  switch (g_test_rand_int_range (0, 4))
    {
    case 0: return g_strdup_printf ("10.%u.%u.1:%u", a, a, port);
    case 1: return g_strdup_printf ("[2001:db8::%x]:%u", a, port);
    case 2: return g_strdup_printf ("büro%u.example:%u", a, port);
    default:
      label = g_strnfill (60, 'a');
      return g_strdup_printf ("%s.%s.%s.%u.example:%u", label, label, label, a, port);
    }
}

static RtInvitation *
random_invitation (void)
{
  static const char * const kinds[] = { "mesh", "sync", "chord" };
  g_autoptr (RtNetworkConfig) config = rt_network_config_new ();
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *subnet = random_text (64), *title = g_test_rand_bit () ? random_text (64) : NULL;

  g_object_set (config, "subnet", subnet, "kind", kinds[g_test_rand_int_range (0, 3)], "encryption", g_test_rand_bit () ? "SSL" : "Plaintext",
                "version", g_test_rand_bit () ? "0.7" : "0.6", "leasing", g_test_rand_bit (), "k", g_test_rand_int_range (0, 11), NULL);
  if (g_test_rand_bit ())
    {
      g_autofree char *end = random_text (60), *secret = g_strconcat (SECRET, end, NULL);

      g_object_set (config, "encryption", "SSL", "secret", secret, NULL);
    }
  for (gint32 n = g_test_rand_int_range (0, 10); n > 0; n--)
    g_ptr_array_add (addresses, random_address ());
  g_ptr_array_add (addresses, NULL);
  return rt_invitation_new (config, title, (const char * const *) addresses->pdata);
}

/* There and back; of a very long one the last addresses stay behind, never the first. */
static void
test_round_trip (void)
{
  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (RtInvitation) invitation = random_invitation (), again = NULL;
      g_autofree char *uri = rt_invitation_to_uri (invitation), *uri_again = NULL;
      guint n = g_strv_length (invitation->addresses), kept;

      g_assert_cmpuint (strlen (uri), <=, RT_INVITATION_MAX_BYTES);
      g_assert_true (g_uri_is_valid (uri, G_URI_FLAGS_NONE, NULL));
      again = parse (uri);
      uri_again = rt_invitation_to_uri (again);
      g_assert_cmpstr (uri, ==, uri_again);
      kept = g_strv_length (again->addresses);
      g_assert_cmpuint (kept, <=, n);
      g_assert_true (kept > 0 || n == 0);
      if (kept == n)
        g_assert_true (rt_invitation_equal (invitation, again));
      for (guint j = 0; j < kept; j++)
        g_assert_cmpstr (invitation->addresses[j], ==, again->addresses[j]);
    }
}

static void
mutate (GString *link)
{
  static const char * const pieces[] = { "%", "%00", "%FF", "&", "=", "&v=2", "&secret=", WITH_SECRET, "&to=", "&name=", "%E2%80%AE", "[", "]", ":", "#", "?", "\n", "\303", "0.0.0.0:1", "99999999999" };
  guint at = link->len > 0 ? (guint) g_test_rand_int_range (0, (gint32) link->len) : 0;
  gssize gone = (gssize) g_test_rand_int_range (1, 9);

  switch (link->len > 0 ? g_test_rand_int_range (0, 5) : 1)
    {
    case 0:
      link->str[at] = (char) g_test_rand_int_range (0, 256);
      break;
    case 1:
      g_string_insert (link, (gssize) at, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
      break;
    case 2:
      g_string_erase (link, (gssize) at, MIN ((gssize) (link->len - at), gone));
      break;
    case 3:
      g_string_truncate (link, at);
      break;
    default:
      {
        g_autofree char *again = g_strndup (link->str + at, 20);

        g_string_append (link, again);
      }
    }
}

/* Whatever came of it on the way: refused in words, or one that is whole. MODEL_DEEP=1: twenty thousand. */
static void
test_mutations (void)
{
  guint taken = 0, n_links = g_getenv ("MODEL_DEEP") != NULL ? 20000 : 2000;

  for (guint i = 0; i < n_links; i++)
    {
      g_autoptr (RtInvitation) invitation = random_invitation (), read = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *uri = rt_invitation_to_uri (invitation);
      g_autoptr (GString) link = g_string_new (uri);

      for (gint32 n = g_test_rand_int_range (1, 4); n > 0; n--)
        mutate (link);
      read = rt_invitation_parse (link->str, (gssize) link->len, &error);
      if (read == NULL)
        {
          assert_words (error);
          g_assert_null (strstr (error->message, SECRET));
        }
      else
        {
          g_autoptr (RtNetworkConfig) config = rt_invitation_dup_config (read);
          g_autofree char *canonical = rt_invitation_to_uri (read);
          g_autoptr (RtInvitation) again = parse (canonical);

          g_assert_no_error (error);
          g_assert_true (rt_invitation_equal (read, again));
          g_assert_true (rt_network_config_check (config, NULL));
          taken++;
        }
    }
  g_test_message ("%u of %u were whole", taken, n_links);
  /* else this would test one error only */
  g_assert_cmpuint (taken, >, n_links / 200);
  g_assert_cmpuint (taken, <, n_links - n_links / 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/invitation/forms", test_forms);
  g_test_add_func ("/invitation/refused", test_refused);
  g_test_add_func ("/invitation/bounds", test_bounds);
  g_test_add_func ("/invitation/new", test_new);
  g_test_add_func ("/invitation/private", test_private);
  g_test_add_func ("/invitation/scopes", test_scopes);
  g_test_add_func ("/invitation/round-trip", test_round_trip);
  g_test_add_func ("/invitation/mutations", test_mutations);
  return g_test_run ();
}
