/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>
#include <string.h>
#include <glib/gi18n.h>

#include "rt-application.h"

/* Where the catalogues are: beside the installed program, or where a build tree says. */
static const char *
get_locale_dir (void)
{
  const char *dir = g_getenv ("ROUNDTABLE_LOCALE_DIR");

  return dir != NULL && *dir != '\0' ? dir : LOCALEDIR;
}

/* An invitation may have a secret, and what a program was called with everybody on this computer can read as long as it runs. */
static void
hide_invitations (int    argc,
                  char **argv)
{
  static const char scheme[] = "roundtable:";

  for (int i = 1; i < argc; i++)
    if (g_ascii_strncasecmp (argv[i], scheme, strlen (scheme)) == 0)
      memset (argv[i] + strlen (scheme), '.', strlen (argv[i] + strlen (scheme)));
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (RtApplication) app = NULL;
  g_auto (GStrv) args = g_strdupv (argv);

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, get_locale_dir ());
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname (APP_ID);

  hide_invitations (argc, argv);
  app = rt_application_new ();
  return g_application_run (G_APPLICATION (app), argc, args);
}
