/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * first-map PROGRAM [ARGUMENT...]: milliseconds from exec to the first mapped window of more than 100 x 100 pixels, as JSON. For a display
 * of its own without a window manager; the program is ended afterwards.
 */
#include <X11/Xlib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 20000

static double
now_ms (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec * 1e3 + (double) t.tv_nsec / 1e6;
}

static int
ignore_error (Display *display, XErrorEvent *event)
{
  return 0;
}

int
main (int argc, char **argv)
{
  Display *display = XOpenDisplay (NULL);
  double begin, mapped = -1;
  pid_t child;

  if (display == NULL || argc < 2)
    return 2;
  XSetErrorHandler (ignore_error);
  XSelectInput (display, DefaultRootWindow (display), SubstructureNotifyMask);
  XSync (display, False);
  begin = now_ms ();
  child = fork ();
  if (child == 0)
    {
      execvp (argv[1], argv + 1);
      _exit (127);
    }
  while (mapped < 0 && now_ms () - begin < PATIENCE_MS)
    {
      struct pollfd wait = { ConnectionNumber (display), POLLIN, 0 };

      if (!XPending (display))
        poll (&wait, 1, 100);
      while (XPending (display))
        {
          XWindowAttributes attributes;
          XEvent event;

          XNextEvent (display, &event);
          if (event.type == MapNotify && mapped < 0 && !event.xmap.override_redirect &&
              XGetWindowAttributes (display, event.xmap.window, &attributes) && attributes.width > 100 && attributes.height > 100)
            mapped = now_ms () - begin;
        }
    }
  kill (child, SIGTERM);
  waitpid (child, NULL, 0);
  printf ("{\"map_ms\":%.1f}\n", mapped);
  return mapped < 0;
}
