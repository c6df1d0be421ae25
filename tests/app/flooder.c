/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flooder PORT SUBNET: a node that says so much at once that a window could choke on it. It dials 127.0.0.1:PORT, and then reads lines from its input:
 *
 *   KIND RATE MILLISECONDS      plain (one line of 60 bytes), mixed (all that people write, and answers), private (to the first neighbour)
 *
 * After each it writes how many it said.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "p2p/p2p.h"

#define TURN_MILLISECONDS 10u
#define MOST_QUEUED (2 * 1024 * 1024)
#define KEPT 64u                /* of the last ones: answers go to them */

typedef struct {
  P2pMeshSocket *socket;
  GMainLoop     *loop;
  char           kind;          /* the first letter */
  gint64         begun;
  guint          rate, total, said;
  guint          number;        /* over all floods: no text comes twice */
  GBytes        *kept[KEPT];
} Flooder;

static char *
make_text (guint number)
{
  static const char * const words[] = { "the", "table", "over", "a", "network", "of", "friends", "who", "wrote", "it", "yesterday", "antenna" };
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_words = 4;

  g_string_printf (text, "%u", number);
  switch (number % 12)
    {
    case 0:
      return g_strdup_printf ("%u 👩‍👩‍👧‍👦🎉 🇩🇪🏳️‍🌈 so much 😀😃😄 of it 🥳", number);
    case 1:
      return g_strdup_printf ("%u مرحبا بالجميع، هذا هو الجدول الذي كتبناه أمس مع الأصدقاء", number);
    case 2:
      return g_strdup_printf ("%u see https://example.org/%u/a/path?with=questions&and=more#parts and mail bob@example.org", number, number);
    case 3:
      return g_strdup_printf ("%u Ada, look at #antenna and #table.%u", number, number % 7);
    case 4:
      n_words = 40;
      break;
    case 5:
      /* one in 300 is as long as a chapter */
      n_words = number % 300 == 5 ? 1500 : 250;
      break;
    default:
      break;
    }
  for (guint i = 0; i < n_words; i++)
    g_string_append_printf (text, "%c%s", n_words > 100 && i % 60 == 59 ? '\n' : ' ', words[(number * 7 + i * 5 + i / 3) % G_N_ELEMENTS (words)]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
say (Flooder *self)
{
  guint number = self->number++;
  g_autofree char *text = self->kind == 'm' ? make_text (number) : g_strdup_printf ("%08u %051u", number, 0u);
  g_autoptr (GPtrArray) frames = NULL;
  g_autoptr (P2pMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  const char *to = NULL;

  if (self->kind == 'p')
    {
      g_autoptr (P2pConnection) neighbour = g_list_model_get_item (p2p_mesh_socket_get_routing_table (self->socket), 0);

      to = neighbour != NULL ? p2p_connection_get_id (neighbour) : NULL;
    }
  if (self->kind == 'm' && number % 12 >= 10 && number >= KEPT)
    {
      frames = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_app_frame_unref);
      /* what it is about the library fills in */
      g_ptr_array_add (frames, p2p_app_frame_new_reply (NULL, self->kept[number % KEPT], NULL));
    }
  if (p2p_mesh_socket_send_text_with (self->socket, to, text, frames, &message, &error) < 0)
    g_error ("Cannot say it: %s", error->message);
  g_clear_pointer (&self->kept[number % KEPT], g_bytes_unref);
  self->kept[number % KEPT] = p2p_message_get_id (message);
}

/* Who hears it is slower: what the library would refuse is said later. */
static gboolean
is_full (Flooder *self)
{
  g_autoptr (P2pConnection) neighbour = g_list_model_get_item (p2p_mesh_socket_get_routing_table (self->socket), 0);

  return neighbour == NULL || p2p_connection_get_queued (neighbour) > MOST_QUEUED;
}

static gboolean
speak_cb (gpointer data)
{
  Flooder *self = data;
  guint due = (guint) MIN ((gint64) self->total, (g_get_monotonic_time () - self->begun) * self->rate / G_USEC_PER_SEC);

  while (self->said < due && !is_full (self))
    {
      say (self);
      self->said++;
    }
  if (self->said < self->total)
    return G_SOURCE_CONTINUE;
  printf ("%u\n", self->said);
  fflush (stdout);
  return G_SOURCE_REMOVE;
}

static gboolean
line_cb (GIOChannel *input, GIOCondition condition, gpointer data)
{
  Flooder *self = data;
  g_autofree char *line = NULL;
  char kind[16];
  guint milliseconds;

  if (g_io_channel_read_line (input, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL)
    {
      g_main_loop_quit (self->loop);
      return G_SOURCE_REMOVE;
    }
  if (sscanf (line, "%15s %u %u", kind, &self->rate, &milliseconds) != 3)
    g_error ("Not understood: %s", line);
  self->kind = kind[0];
  self->total = (guint) ((guint64) self->rate * milliseconds / 1000);
  self->said = 0;
  self->begun = g_get_monotonic_time ();
  g_timeout_add (TURN_MILLISECONDS, speak_cb, self);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (P2pProtocol) protocol = NULL;
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);
  g_autoptr (GError) error = NULL;
  Flooder self = { 0 };

  g_assert_cmpint (argc, ==, 3);
  protocol = p2p_protocol_new (argv[2], "Plaintext");
  self.loop = g_main_loop_new (NULL, FALSE);
  self.socket = p2p_mesh_socket_new (protocol, NULL, NULL, &error);
  g_assert_no_error (error);
  p2p_mesh_socket_listen (self.socket, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  p2p_mesh_socket_connect_to_async (self.socket, "127.0.0.1", (guint16) atoi (argv[1]), NULL, NULL, NULL, NULL);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, line_cb, &self);
  g_main_loop_run (self.loop);
  p2p_mesh_socket_close (self.socket, NULL);
  g_clear_object (&self.socket);
  for (guint i = 0; i < KEPT; i++)
    g_clear_pointer (&self.kept[i], g_bytes_unref);
  g_main_loop_unref (self.loop);
  return 0;
}
