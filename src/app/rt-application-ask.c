/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes from outside: from the desktop, by the bus, on the command line. */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-application-private.h"
#include "rt-uri.h"

/* Beyond that the oldest are forgotten: nobody clicks so often before a window is there. */
#define MAX_ASKED 16u

typedef struct
{
  RtAskKind kind;
  GVariant *target;             /* nullable */
} RtAsked;

static const GOptionEntry option_entries[] = {
  { "version", 'v', 0, G_OPTION_ARG_NONE, NULL, N_("Print the version and leave"), NULL },
  { "new-window", 'n', 0, G_OPTION_ARG_NONE, NULL, N_("Open a further window"), NULL },
  { "search", 's', 0, G_OPTION_ARG_NONE, NULL, N_("Search in the messages"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL, NULL, N_("[roundtable:…]") },
  G_OPTION_ENTRY_NULL
};

static void
asked_free (gpointer data)
{
  RtAsked *asked = data;

  g_clear_pointer (&asked->target, g_variant_unref);
  g_free (asked);
}

static void
answer (RtApplication *self, RtWindow *window, const RtAsked *asked)
{
  const char *uuid;
  RtTimelineKey key;

  switch (asked->kind)
    {
    case RT_ASK_MESSAGE:
      g_variant_get (asked->target, "(&sxx)", &uuid, &key.time, &key.sequence);
      rt_window_show_message (window, uuid, &key);
      break;
    case RT_ASK_SEARCH:
      /* before there is a name there is nothing to be found */
      gtk_widget_activate_action (GTK_WIDGET (window), "win.search", NULL);
      break;
    case RT_ASK_URI:
      rt_uri_open (GTK_WINDOW (window), g_variant_get_string (asked->target, NULL));
      break;
    default:
      g_assert_not_reached ();
    }
}

/* What was clicked may have started the program: it is shown when the networks are there. */
void
rt_application_answer (RtApplication *self)
{
  RtWindow *window = rt_application_get_window (self);
  gboolean loaded = FALSE;
  RtAsked *asked;

  if (window == NULL || self->networks == NULL)
    return;
  g_object_get (self->networks, "loaded", &loaded, NULL);
  while (loaded && (asked = g_queue_pop_head (&self->asked)) != NULL)
    {
      answer (self, window, asked);
      asked_free (asked);
    }
}

void
rt_application_ask (RtApplication *self, RtAskKind kind, GVariant *target)
{
  RtAsked *asked = g_new0 (RtAsked, 1);

  asked->kind = kind;
  asked->target = target != NULL ? g_variant_ref_sink (target) : NULL;
  if (self->asked.length >= MAX_ASKED)
    asked_free (g_queue_pop_head (&self->asked));
  g_queue_push_tail (&self->asked, asked);
  g_application_activate (G_APPLICATION (self));
  rt_application_answer (self);
}

void
rt_application_forget_asked (RtApplication *self)
{
  g_queue_clear_full (&self->asked, asked_free);
}

/* ---- the command line ---- */

void
rt_application_add_options (RtApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), option_entries);
  g_application_set_option_context_summary (G_APPLICATION (self), _("Talk with people from machine to machine, with no server in between."));
  g_application_set_option_context_parameter_string (G_APPLICATION (self), "");
}

/* NULL: there is nothing wrong with them. */
static char *
check_arguments (char **arguments)
{
  g_autoptr (GError) error = NULL;

  if (g_strv_length (arguments) > 1)
    return g_strdup (_("Only one link can be opened at a time."));
  if (!rt_uri_is_ours (arguments[0]))
    return g_strdup_printf (_("“%s” is no link of Roundtable. Such links begin with “roundtable:”."), arguments[0]);
  if (!rt_uri_check (arguments[0], &error))
    return g_strdup (error->message);
  return NULL;
}

/* The one that runs does it, and this one ends: what was said to it has to be on its way by then. */
static int
end_remote (GApplication *app)
{
  GDBusConnection *bus = g_application_get_dbus_connection (app);

  if (bus != NULL)
    g_dbus_connection_flush_sync (bus, NULL, NULL);
  return EXIT_SUCCESS;
}

int
rt_application_handle_local_options (GApplication *app, GVariantDict *options)
{
  g_autofree const char **arguments = NULL;
  g_autoptr (GError) error = NULL;
  gboolean new_window = g_variant_dict_contains (options, "new-window"), search = g_variant_dict_contains (options, "search");

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("Roundtable %s\n", PACKAGE_VERSION);
      return EXIT_SUCCESS;
    }
  g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&s", &arguments);
  if (arguments != NULL && arguments[0] != NULL)
    {
      g_autofree char *words = check_arguments ((char **) arguments);

      if (words != NULL)
        {
          g_printerr ("roundtable: %s\n", words);
          /* Translators: after an error on the command line */
          g_printerr ("%s\n", _("“roundtable --help” says what can be said here."));
          return EXIT_FAILURE;
        }
    }
  else
    g_clear_pointer (&arguments, g_free);
  if (!new_window && !search && arguments == NULL)
    return -1;
  if (!g_application_register (app, NULL, &error))
    {
      g_printerr ("roundtable: %s\n", error->message);
      return EXIT_FAILURE;
    }
  /* of one that starts now the first window is new */
  if (new_window && g_application_get_is_remote (app))
    g_action_group_activate_action (G_ACTION_GROUP (app), "new-window", NULL);
  if (search)
    g_action_group_activate_action (G_ACTION_GROUP (app), "search", NULL);
  if (arguments != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_uri (arguments[0]);

      g_application_open (app, &file, 1, "");
    }
  return g_application_get_is_remote (app) ? end_remote (app) : -1;
}

void
rt_application_open (GApplication *app, GFile **files, int n_files, const char *hint)
{
  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);

      rt_application_ask (RT_APPLICATION (app), RT_ASK_URI, g_variant_new_string (uri));
    }
}
