/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <string.h>
#include <glib/gi18n.h>

#include "model/networks/rt-invitation.h"
#include "model/timeline/rt-message-item.h"
#include "networks/rt-join-dialog.h"
#include "rt-uri.h"
#include "rt-window.h"

#define SCHEME "roundtable"
/* As much of a word that nobody knows as is shown. */
#define WORD_BYTES 40u

/* Questions in front of a window: more would only be in the way. */
#define MAX_QUESTIONS 3u
#define REFUSED_NAME "refused-link"

G_DEFINE_QUARK (rt-uri-error-quark, rt_uri_error)

static gboolean
check_invitation (const char *uri, GError **error)
{
  g_autoptr (RtInvitation) invitation = rt_invitation_parse (uri, -1, error);

  return invitation != NULL;
}

static void
invitation_accepted_cb (RtWindow *window, RtNetwork *network)
{
  rt_window_select (window, network, TRUE);
}

/* The question that stands in front of a window already; *n: how many do. A page may open its links as often as it likes. */
static GtkWindow *
find_question (GtkWindow *window, const RtInvitation *invitation, guint *n)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  GtkWindow *same = NULL;

  *n = 0;
  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWindow) other = g_list_model_get_item (toplevels, i);

      if (!RT_IS_JOIN_DIALOG (other) || gtk_window_get_transient_for (other) != window)
        continue;
      (*n)++;
      if (rt_invitation_equal (rt_join_dialog_get_invitation (RT_JOIN_DIALOG (other)), invitation))
        same = other;
    }
  return same;
}

static void
open_invitation (GtkWindow *window, const char *uri)
{
  g_autoptr (RtInvitation) invitation = rt_invitation_parse (uri, -1, NULL);
  RtNetworks *networks = rt_window_get_networks (RT_WINDOW (window));
  const char *name = rt_networks_get_user_name (networks);
  RtJoinDialog *dialog;
  GtkWindow *same;
  guint n;

  if (invitation == NULL)
    return;
  same = find_question (window, invitation, &n);
  if (same != NULL)
    {
      gtk_window_present (same);
      return;
    }
  if (n >= MAX_QUESTIONS)
    {
      rt_window_show_toast (RT_WINDOW (window), _("Another invitation came. Answer those that you see, then open it again."));
      return;
    }
  dialog = rt_join_dialog_new (window, networks, invitation, name == NULL || *name == '\0');
  g_signal_connect_object (dialog, "accepted", G_CALLBACK (invitation_accepted_cb), window, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* What links can ask for: the word after the colon. "roundtable:" alone shows the window, which is there already. */
static const struct
{
  const char *word;
  gboolean  (*check) (const char *uri, GError **error);         /* NULL: any that is a link at all */
  void      (*open) (GtkWindow *window, const char *uri);       /* NULL: nothing more is to be done */
} kinds[] = {
  { "", NULL, NULL },
  { "invite", check_invitation, open_invitation },
};

static int
find_kind (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_ascii_strcasecmp (kinds[i].word, word) == 0)
      return (int) i;
  return -1;
}

/* A scheme is the same in capitals. */
gboolean
rt_uri_is_ours (const char *uri)
{
  g_return_val_if_fail (uri != NULL, FALSE);

  return g_ascii_strncasecmp (uri, SCHEME ":", strlen (SCHEME ":")) == 0;
}

char *
rt_uri_dup_clean (const char *text)
{
  char *clean;

  g_return_val_if_fail (text != NULL, NULL);

  clean = g_strstrip (g_strdup (text));
  if (rt_uri_is_ours (clean))
    {
      char *to = clean;

      for (const char *at = clean; *at != '\0'; at++)
        if (*at != '\r' && *at != '\n')
          *to++ = *at;
      *to = '\0';
    }
  return clean;
}

/* From the colon to whatever ends a word: "roundtable:invite?…", "roundtable://invite/…". */
static char *
dup_word (const char *uri)
{
  const char *at = strchr (uri, ':') + 1;

  at += strspn (at, "/");
  return g_strndup (at, strcspn (at, "/?#"));
}

/* Everything else is written with a percent sign: GLib lets more pass. */
static gboolean
is_plain (const char *uri)
{
  for (; *uri != '\0'; uri++)
    if (!g_ascii_isgraph (*uri))
      return FALSE;
  return TRUE;
}

static int
check (const char *uri, GError **error)
{
  g_autofree char *word = NULL, *shown = NULL;
  int kind;

  if (!rt_uri_is_ours (uri))
    {
      g_set_error_literal (error, RT_URI_ERROR, RT_URI_ERROR_MALFORMED, _("This is no link of Roundtable. Such links begin with “roundtable:”."));
      return -1;
    }
  if (strlen (uri) > RT_URI_MAX_BYTES)
    {
      g_set_error (error, RT_URI_ERROR, RT_URI_ERROR_MALFORMED,
                   ngettext ("The link is longer than %u byte. No link of Roundtable is.", "The link is longer than %u bytes. No link of Roundtable is.", RT_URI_MAX_BYTES), RT_URI_MAX_BYTES);
      return -1;
    }
  word = dup_word (uri);
  kind = find_kind (word);
  /* which knows better what is wrong */
  if (kind >= 0 && kinds[kind].check != NULL)
    return kinds[kind].check (uri, error) ? kind : -1;
  if (!is_plain (uri) || !g_uri_is_valid (uri, G_URI_FLAGS_NONE, NULL))
    {
      g_set_error_literal (error, RT_URI_ERROR, RT_URI_ERROR_MALFORMED, _("The link is damaged: perhaps a part of it was lost when it was copied."));
      return -1;
    }
  if (kind < 0)
    {
      shown = rt_sanitise_line (word, WORD_BYTES);
      /* Translators: %s is what a link asks for, a word out of it */
      g_set_error (error, RT_URI_ERROR, RT_URI_ERROR_UNKNOWN, _("The link asks for “%s”, which this version of Roundtable does not know. A newer one may."), shown);
    }
  return kind;
}

gboolean
rt_uri_check (const char *uri, GError **error)
{
  g_return_val_if_fail (uri != NULL, FALSE);

  return check (uri, error) >= 0;
}

/* What was said of an earlier link makes room for what is said of this one. */
static void
close_refused (GtkWindow *window)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWindow) other = g_list_model_get_item (toplevels, i);

      if (gtk_window_get_transient_for (other) == window && g_str_equal (gtk_widget_get_name (GTK_WIDGET (other)), REFUSED_NAME))
        {
          gtk_window_destroy (other);
          return;
        }
    }
}

void
rt_uri_open (GtkWindow *window, const char *uri)
{
  g_autoptr (GError) error = NULL;
  GtkWidget *dialog;
  int kind;

  g_return_if_fail (GTK_IS_WINDOW (window));
  g_return_if_fail (uri != NULL);

  kind = check (uri, &error);
  if (kind >= 0)
    {
      if (kinds[kind].open != NULL)
        kinds[kind].open (window, uri);
      return;
    }
  close_refused (window);
  dialog = adw_message_dialog_new (window, _("The link cannot be opened"), error->message);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  gtk_widget_set_name (dialog, REFUSED_NAME);
  gtk_window_present (GTK_WINDOW (dialog));
}
