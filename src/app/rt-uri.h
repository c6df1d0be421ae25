/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Links that lead into the program: "roundtable:WHAT…". They come from anywhere: from a page, a mail, a stranger. Whatever one wants, the person is asked first. */
#define RT_URI_MAX_BYTES 4096u

#define RT_URI_ERROR (rt_uri_error_quark ())
GQuark   rt_uri_error_quark (void);
typedef enum {
  RT_URI_ERROR_MALFORMED,
  RT_URI_ERROR_UNKNOWN,         /* perhaps of a newer Roundtable */
} RtUriError;

/* By its scheme alone. */
gboolean rt_uri_is_ours (const char *uri);
/* As somebody pasted or dropped it: without the spaces around it, and one of ours without the line breaks that a mail put into it. Transfer full. */
char    *rt_uri_dup_clean (const char *text);
/* Whether it is one that this program could do something with; the error's words are for a person, and hold nothing that could not be shown. */
gboolean rt_uri_check (const char *uri, GError **error);
/* Does what it says, or says why not, in front of the window. */
void     rt_uri_open (GtkWindow *window, const char *uri);
/* One that is dropped on the widget, which is in a window of networks, is opened; other things are left to whoever is behind it. */
void     rt_uri_add_drop_target (GtkWidget *onto);

G_END_DECLS
