/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "p2p/p2p.h"
#include "rt-node.h"

/* Exit statuses, as the manual page lists them. */
enum { EXIT_DONE = 0, EXIT_COULD_NOT_START = 1, EXIT_BAD_ARGUMENTS = 2 };

typedef struct {
  GMainLoop *loop;
  RtNode *node;
  int status;
} Program;

static gboolean
terminate_cb (gpointer data)
{
  Program *program = data;

  rt_node_leave (program->node, EXIT_DONE);
  return G_SOURCE_CONTINUE;
}

static void
finished_cb (RtNode  *node,
             int      status,
             Program *program)
{
  program->status = status;
  g_main_loop_quit (program->loop);
}

static int
run (const RtNodeOptions *options)
{
  static const int ends[] = { SIGTERM, SIGINT, SIGHUP };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (RtNode) node = rt_node_new (options, STDOUT_FILENO);
  g_autoptr (GError) error = NULL;
  Program program = { loop, node, EXIT_DONE };
  guint sources[G_N_ELEMENTS (ends)];

  g_signal_connect (node, "finished", G_CALLBACK (finished_cb), &program);
  if (!rt_node_start (node, STDIN_FILENO, &error))
    {
      g_printerr ("roundtable-node: %s\n", error->message);
      return error->domain == G_OPTION_ERROR ? EXIT_BAD_ARGUMENTS : EXIT_COULD_NOT_START;
    }
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    sources[i] = g_unix_signal_add (ends[i], terminate_cb, &program);
  g_main_loop_run (loop);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    g_source_remove (sources[i]);
  return program.status;
}

/* Where a standard descriptor is closed, the next thing opened would get its number: our input would be a socket of our own. */
static void
open_standard_descriptors (void)
{
  int fd;

  do
    fd = open ("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0)
    close (fd);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (RtNodeOptions) options = NULL;
  g_autoptr (GError) error = NULL;

  open_standard_descriptors ();
  setlocale (LC_ALL, "");
  g_set_prgname ("roundtable-node");
  /* Standard output is for events: GLib would put its informational messages there. */
  g_log_writer_default_set_use_stderr (TRUE);
  signal (SIGPIPE, SIG_IGN);

  options = rt_node_options_parse (&argc, &argv, &error);
  if (options == NULL)
    {
      g_printerr ("roundtable-node: %s\n", error->message);
      return EXIT_BAD_ARGUMENTS;
    }
  if (options->show_version)
    {
      g_print ("roundtable-node %s (protocol %s)\n", PACKAGE_VERSION, p2p_get_protocol_release ());
      return EXIT_DONE;
    }
  return run (options);
}
