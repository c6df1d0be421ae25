/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "model/network/rt-network-private.h"

/* Every way in which a link can fail has words of its own for people, with the address in them. */
static void
test_every_code (void)
{
  g_autoptr (GHashTable) all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint about_address = 0;

  for (int code = P2P_LINK_ERROR_FAILED; code <= P2P_LINK_ERROR_SOCKET_CLOSED; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (P2P_LINK_ERROR, code, "internal words");
      g_autofree char *words = rt_words_for_error (error, "10.0.0.5:4444");

      g_assert_true (g_utf8_validate (words, -1, NULL));
      g_assert_null (strstr (words, "P2P"));
      if (strstr (words, "internal words") == NULL && strstr (words, "10.0.0.5:4444") != NULL)
        about_address++;
      g_hash_table_add (all, g_steal_pointer (&words));
    }
  g_assert_cmpuint (about_address, >=, 20);
  /* the four about frames and the handshake share theirs; so do those that pass on the library's */
  g_assert_cmpuint (g_hash_table_size (all), >=, 20);
}

static void
test_table (void)
{
  static const struct {
    P2pLinkError code;
    const char *words;
    gboolean lasting, of_dial;
  } cases[] = {
    { P2P_LINK_ERROR_REFUSED, "Nobody listens at h:1", FALSE, TRUE },
    { P2P_LINK_ERROR_TIMED_OUT, "No answer from h:1", FALSE, TRUE },
    { P2P_LINK_ERROR_UNREACHABLE, "There is no way to h:1", FALSE, TRUE },
    { P2P_LINK_ERROR_WRONG_NETWORK, "Wrong network name at h:1", TRUE, FALSE },
    { P2P_LINK_ERROR_SELF, "h:1 is this very node", FALSE, FALSE },
    { P2P_LINK_ERROR_NOT_RESOLVED, "There is no computer of the name h:1", TRUE, TRUE },
    { P2P_LINK_ERROR_CLOSED_BY_PEER, "h:1 closed the connection", FALSE, FALSE },
    { P2P_LINK_ERROR_IDENTITY, "h:1 could not prove who it is: somebody may be in between", TRUE, FALSE },
    { P2P_LINK_ERROR_SECRET, "The network at h:1 has another secret than this one, or only one of the two has any", TRUE, FALSE },
    { P2P_LINK_ERROR_SOCKET_CLOSED, "The network is off", FALSE, FALSE },
    { P2P_LINK_ERROR_FAILED, "h:1: internal words", FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (P2P_LINK_ERROR, cases[i].code, "internal words");
      g_autofree char *words = rt_words_for_error (error, "h:1");

      g_assert_cmpstr (words, ==, cases[i].words);
      g_assert_cmpint (rt_error_is_lasting (error), ==, cases[i].lasting);
      g_assert_cmpint (rt_error_is_of_dial (error), ==, cases[i].of_dial);
    }
}

/* What a peer may have put into an error is fit to show. */
static void
test_foreign (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "line\nbreak \xE2\x80\xAE" "evil\a");
  g_autofree char *without = rt_words_for_error (error, NULL);
  g_autofree char *with = rt_words_for_error (error, "h:1");

  g_assert_cmpstr (without, ==, "line break evil\xEF\xBF\xBD");
  g_assert_cmpstr (with, ==, "h:1: line break evil\xEF\xBF\xBD");
  g_assert_false (rt_error_is_lasting (error));
  g_assert_false (rt_error_is_of_dial (error));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/network-words/every-code", test_every_code);
  g_test_add_func ("/model/network-words/table", test_table);
  g_test_add_func ("/model/network-words/foreign", test_foreign);
  return g_test_run ();
}
