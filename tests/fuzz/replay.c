/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A corpus through its target, without a fuzzer: what was found once is tried by every `make test`, with whatever compiler there is.
 * The corpus is a file with an input a line, in hex. TAP.
 */
#include "fuzz.h"

#include <stdio.h>
#include <time.h>

/* In processor time, and several times what libFuzzer is told to put up with: sanitizers and valgrind run this too. */
#define MAX_SECONDS 5.0

static guint8 *
from_hex (const char *hex, gsize *length)
{
  gsize n = strlen (hex) / 2;
  guint8 *bytes = g_malloc (MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    bytes[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  *length = n;
  return bytes;
}

int
main (int argc, char **argv)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  double slowest = 0;
  guint n = 0;

  if (argc != 2 || !g_file_get_contents (argv[1], &text, NULL, &error))
    {
      fprintf (stderr, "usage: %s CORPUS%s%s\n", argv[0], error != NULL ? ": " : "", error != NULL ? error->message : "");
      return 2;
    }
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      gsize length;
      g_autofree guint8 *bytes = NULL;
      clock_t began = clock ();

      if (lines[i][0] == '\0' || lines[i][0] == '#')
        continue;
      bytes = from_hex (lines[i], &length);
      LLVMFuzzerTestOneInput (bytes, length);
      slowest = MAX (slowest, (double) (clock () - began) / CLOCKS_PER_SEC);
      n++;
    }
  printf ("1..2\n%s 1 - %u inputs\n%s 2 - none takes long (the slowest %.1f ms)\n", n > 0 ? "ok" : "not ok", n,
          slowest < MAX_SECONDS ? "ok" : "not ok", slowest * 1000);
  return n > 0 && slowest < MAX_SECONDS ? 0 : 1;
}
