/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "model/timeline/rt-link.h"

/* expected: what is found, separated by blanks; an address as it is, a key behind "#:" */
static void
check (const char *text, const char *expected)
{
  g_autoptr (GArray) links = rt_links_find (text);
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < links->len; i++)
    {
      RtLink *link = &g_array_index (links, RtLink, i);
      g_autofree char *target = rt_link_dup_target (text, link);

      if (i > 0)
        {
          g_assert_cmpuint (link->start, >=, g_array_index (links, RtLink, i - 1).end);
          g_string_append_c (found, ' ');
        }
      g_string_append_printf (found, "%s%s", link->kind == RT_LINK_KEY ? "#:" : "", target);
    }
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_addresses (void)
{
  check ("", "");
  check ("no link here, hot http:// or mailto:", "");
  check ("See https://example.org/a?b=c#d.", "https://example.org/a?b=c#d");
  check ("(https://example.org/wiki/A_(b)) and (http://x.org)", "https://example.org/wiki/A_(b) http://x.org");
  check ("HTTPS://Example.org, http://10.0.0.1:80/!", "HTTPS://Example.org http://10.0.0.1:80/");
  check ("<https://a.b>\"https://c.d\"", "https://a.b https://c.d");
  check ("mail mailto:ada@example.org?subject=x; ok", "mailto:ada@example.org?subject=x");
  check ("xhttps://a.b ftp://a.b file:///etc/passwd javascript:alert(1) data:text/html,x roundtable:x", "");
  check ("https://münchen.de/straße、次", "https://münchen.de/straße");
  check ("https://a.b\nhttps://c.d", "https://a.b https://c.d");
}

/* Of our own links invitations only, where there is more of them than the word. */
static void
test_invitations (void)
{
  check ("Come: roundtable:invite?v=1&name=club&to=[2001:db8::1]:4444.", "roundtable:invite?v=1&name=club&to=[2001:db8::1]:4444");
  check ("<ROUNDTABLE:Invite?v=1&name=a%20b> (roundtable://invite/?v=1)", "ROUNDTABLE:Invite?v=1&name=a%20b roundtable://invite/?v=1");
  check ("roundtable: roundtable:x roundtable:invite roundtable:invite? roundtable:invites?v=1 roundtable://", "");
  check ("xroundtable:invite?v=1 _roundtable:invite?v=1 roundtable:invite ?v=1 roundtable:\ninvite?v=1", "");
  /* what is wrong with it is said when it is opened */
  check ("roundtable:invite?v=9 roundtable:invite?n\303\244me roundtable:invite?%zz", "roundtable:invite?v=9 roundtable:invite?n\303\244me roundtable:invite?%zz");
  g_assert_true (rt_link_is_invitation ("roundtable:invite?v=1"));
  g_assert_true (rt_link_is_invitation ("RoundTable:///INVITE/"));
  g_assert_false (rt_link_is_invitation ("roundtable:invite"));
  g_assert_false (rt_link_is_invitation ("https://roundtable:invite?v=1"));
  g_assert_false (rt_link_is_invitation (""));
}

static void
test_keys (void)
{
  check ("#temperature is high", "#:temperature");
  check ("see #lab/room-1.temp: 21, #a:b. #ünï", "#:lab/room-1.temp #:a:b #:ünï");
  check ("#{two words} and #{} and #{open", "#:two words");
  check ("a#b ##c &#d; /#e # f #", "");
  check ("https://x.org/#part #key", "https://x.org/#part #:key");
}

static void
check_cite (const char *key, const char *expected)
{
  g_autofree char *cite = rt_link_cite (key);
  g_autoptr (GArray) links = NULL;
  g_autofree char *target = NULL;

  g_assert_cmpstr (cite, ==, expected);
  if (cite == NULL)
    return;
  links = rt_links_find (cite);
  g_assert_cmpuint (links->len, ==, 1);
  target = rt_link_dup_target (cite, &g_array_index (links, RtLink, 0));
  g_assert_cmpstr (target, ==, key);
}

static void
test_cite (void)
{
  check_cite ("temperature", "#temperature");
  check_cite ("lab/room-1", "#lab/room-1");
  check_cite ("ends.", "#{ends.}");
  check_cite ("two words", "#{two words}");
  check_cite ("{x", "#{{x}");
  check_cite ("a}b c", NULL);
  check_cite ("", NULL);
}

static void
test_bounds (void)
{
  g_autofree char *long_path = g_strnfill (RT_LINK_MAX_BYTES, 'x');
  g_autofree char *too_long = g_strconcat ("https://", long_path, " #k", NULL);
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (GArray) links = NULL, noise_links = NULL;
  g_autofree char *noise = g_strnfill (60000, '#');

  check (too_long, "#:k");
  for (guint i = 0; i < 1000; i++)
    g_string_append (many, "http://a.b ");
  links = rt_links_find (many->str);
  g_assert_cmpuint (links->len, ==, RT_LINKS_MAX);
  noise_links = rt_links_find (noise);
  g_assert_cmpuint (noise_links->len, ==, 0);
}

/* shown: the address with [] around where it leads; warns: a word of the first warning, NULL: none */
static void
look (const char *address, const char *shown, const char *host, const char *warns)
{
  g_autoptr (RtLinkLook) look = rt_link_look (address);
  g_autofree char *before = NULL, *middle = NULL, *all = NULL;

  if (shown == NULL)
    {
      g_assert_null (look);
      return;
    }
  g_assert_nonnull (look);
  before = g_strndup (look->address, look->host_start);
  middle = g_strndup (look->address + look->host_start, look->host_end - look->host_start);
  all = g_strdup_printf ("%s[%s]%s", before, middle, look->address + look->host_end);
  g_assert_cmpstr (all, ==, shown);
  g_assert_cmpstr (look->host, ==, host);
  g_assert_true (g_str_is_ascii (look->address));
  if (warns == NULL)
    g_assert_cmpuint (look->warnings->len, ==, 0);
  else
    {
      g_assert_cmpuint (look->warnings->len, >, 0);
      if (strstr (look->warnings->pdata[0], warns) == NULL)
        g_error ("“%s” does not speak of “%s”", (char *) look->warnings->pdata[0], warns);
    }
}

static double
measure (const char *part)
{
  g_autoptr (GString) text = g_string_new ("#k ");
  double best = G_MAXDOUBLE;

  while (text->len < 65536)
    g_string_append (text, part);
  for (guint i = 0; i < 5; i++)
    {
      gint64 start = g_get_monotonic_time ();
      g_autoptr (GArray) links = rt_links_find (text->str);

      best = MIN (best, (double) (g_get_monotonic_time () - start));
      g_assert_cmpuint (links->len, >=, 1);
    }
  return MAX (best, 1);
}

/* Whoever repeats a beginning without an end had each of them looked for to the end: 64 KiB took 3,000 times as long as others. */
static void
test_linear (void)
{
  static const char * const parts[] = { "http://", "https://(", "mailto:", "#{", "#{a", "#a", "#", "https://x.", "[(", "roundtable:", "roundtable:/", "roundtable:invite?", "roundtable://////////////invite" };
  double plain = measure ("hum ");

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      double taken = measure (parts[i]);

      g_test_message ("%s: %.1f times as long", parts[i], taken / plain);
      g_assert_cmpfloat (taken, <, plain * 100);
    }
  check ("#{a #{b} #{c} http://xx.yz/http://a", "#:a #{b #:c http://xx.yz/http://a");
}

static void
test_look (void)
{
  look ("https://example.org/a%20b?c=d&e#f", "https://[example.org]/a%20b?c=d&e#f", "example.org", NULL);
  look ("HTTPS://Example.ORG", "https://[example.org]/", "example.org", NULL);
  look ("http://example.org", "http://[example.org]/", "example.org", "not encrypted");
  look ("https://example.org:8443/x", "https://[example.org]:8443/x", "example.org", NULL);
  /* the bank is a user's name here */
  look ("https://bank.example@evil.example/login", "https://bank.example@[evil.example]/login", "evil.example", "before the @");
  look ("https://10.0.0.1/x", "https://[10.0.0.1]/x", "10.0.0.1", "number");
  look ("https://[::1]/x", "https://[[::1]]/x", "::1", "number");
  look ("https://xn--mnchen-3ya.de/", "https://[xn--mnchen-3ya.de]/", "münchen.de", "xn--mnchen-3ya.de");
  look ("https://日本語テスト.jp/", "https://[xn--zckzah9945czlbtz6h.jp]/", "日本語テスト.jp", "mistaken");
  /* Cyrillic а in paypal; all of it Cyrillic */
  look ("https://p\xD0\xB0ypal.com/", "https://[xn--pypal-4ve.com]/", "p\xD0\xB0ypal.com", "alphabets");
  look ("https://\xD1\x80\xD0\xB0\xD1\x83.com/", "https://[xn--80a5ak.com]/", "\xD1\x80\xD0\xB0\xD1\x83.com", "alphabets");
  look ("https://example.org/\xD9\x85/x y", "https://[example.org]/%D9%85/x%20y", "example.org", NULL);
  look ("mailto:ada@example.org", "mailto:ada@[example.org]", "example.org", NULL);
  look ("mailto:ada@example.org?body=yes", "mailto:ada@[example.org]?body=yes", "example.org", "contain");
  look ("mailto:nobody", NULL, NULL, NULL);
  look ("ftp://example.org", NULL, NULL, NULL);
  look ("roundtable:invite?v=1&name=a&encryption=SSL&kind=mesh", NULL, NULL, NULL);
  look ("file:///etc/passwd", NULL, NULL, NULL);
  look ("https:///x", NULL, NULL, NULL);
  look ("https://a b/", NULL, NULL, NULL);
}

/* Whatever is found in noise can be looked at. */
static void
test_noise (void)
{
  static const char alphabet[] = "htps:/mailto#@.{}[]%?&=<> \n\xC3\xBCxX0";
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < 3000; i++)
    {
      g_autoptr (GString) noise = g_string_new (i % 2 != 0 ? "https://" : "");
      g_autoptr (GArray) links = NULL;
      g_autofree char *text = NULL;

      for (int n = g_rand_int_range (rand, 0, 60); n > 0; n--)
        g_string_append_c (noise, alphabet[g_rand_int_range (rand, 0, sizeof alphabet - 1)]);
      text = g_utf8_make_valid (noise->str, -1);
      links = rt_links_find (text);
      for (guint k = 0; k < links->len; k++)
        {
          g_autofree char *target = rt_link_dup_target (text, &g_array_index (links, RtLink, k));
          g_autoptr (RtLinkLook) seen = rt_link_look (target);

          g_assert_true (seen == NULL || (seen->host_end > seen->host_start && seen->host_end <= strlen (seen->address)));
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/addresses", test_addresses);
  g_test_add_func ("/link/invitations", test_invitations);
  g_test_add_func ("/link/keys", test_keys);
  g_test_add_func ("/link/cite", test_cite);
  g_test_add_func ("/link/bounds", test_bounds);
  g_test_add_func ("/link/linear", test_linear);
  g_test_add_func ("/link/look", test_look);
  g_test_add_func ("/link/noise", test_noise);
  return g_test_run ();
}
