/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>
#include <glib/gi18n.h>

#include "rt-application.h"

/* Where the catalogues are: beside the installed program, or where a build tree says. */
static const char *
get_locale_dir (void)
{
  const char *dir = g_getenv ("ROUNDTABLE_LOCALE_DIR");

  return dir != NULL && *dir != '\0' ? dir : LOCALEDIR;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (RtApplication) app = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, get_locale_dir ());
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname (APP_ID);

  app = rt_application_new ();
  return g_application_run (G_APPLICATION (app), argc, argv);
}
