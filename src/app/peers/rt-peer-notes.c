/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-widget.h"
#include "model/network/rt-network.h"
#include "rt-peer-notes.h"

/* What is queued and dropped is asked for: nothing tells of it. */
#define REFRESH_SECONDS 1

struct _RtPeerNotes
{
  GtkWidget parent_instance;

  P2pConnection *connection;
  GtkWidget     *label;
  guint          timer;
};

G_DEFINE_FINAL_TYPE (RtPeerNotes, rt_peer_notes, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_CONNECTION, PROP_WRAP, N_PROPS };
static GParamSpec *properties[N_PROPS];

char *
rt_peer_program_words (gboolean  own,
                       P2pIdForm form)
{
  if (own)
    return g_strdup (_("Roundtable"));
  /* Translators: a guess at the program at the other end */
  return g_strdup (form == P2P_ID_FORM_BIN ? _("py2p") : _("js2p or other"));
}

char *
rt_peer_round_trip_words (gint64 round_trip)
{
  if (round_trip < 0)
    return NULL;
  if (round_trip < 10000)
    /* Translators: milliseconds there and back */
    return g_strdup_printf (_("%.1f ms"), (double) round_trip / 1000);
  /* Translators: milliseconds there and back */
  return g_strdup_printf (_("%d ms"), (int) MIN (round_trip / 1000, G_MAXINT));
}

char *
rt_peer_clock_words (gint64 offset)
{
  g_autofree char *span = NULL;

  if (ABS (CLAMP (offset, -G_MAXINT, G_MAXINT)) <= RT_PEER_CLOCK_NOTE)
    return NULL;
  span = rt_span_words (offset);
  /* Translators: %s is a time, as in "2 minutes" */
  return offset > 0 ? g_strdup_printf (_("its clock is %s ahead"), span) : g_strdup_printf (_("its clock is %s behind"), span);
}

/* A library that does not tell them is no reason to fall silent. */
void
rt_peer_get_signs (P2pConnection *connection,
                   gboolean      *own,
                   gint64        *round_trip,
                   gint64        *clock_offset)
{
  *own = FALSE;
  *round_trip = -1;
  *clock_offset = 0;
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (connection), "round-trip") != NULL)
    g_object_get (connection, "own", own, "round-trip", round_trip, "clock-offset", clock_offset, NULL);
}

static void
append (GString    *text,
        const char *words)
{
  if (words == NULL)
    return;
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, words);
}

char *
rt_peer_notes_dup_text (P2pConnection *connection)
{
  GString *text = g_string_new (NULL);
  gboolean own = FALSE;
  gint64 round_trip = -1, offset = 0;
  P2pIdForm form = P2P_ID_FORM_STR;
  guint64 dropped = 0;
  gsize queued = p2p_connection_get_queued (connection);
  g_autofree char *trip = NULL;
  g_autofree char *clock = NULL;

  g_object_get (connection, "id-form", &form, NULL);
  rt_peer_get_signs (connection, &own, &round_trip, &offset);
  for (guint i = 0; i < P2P_N_DROP_REASONS; i++)
    dropped += p2p_connection_get_dropped (connection, i);
  if (p2p_connection_get_id (connection) != NULL)
    {
      g_autofree char *program = rt_peer_program_words (own, form);

      append (text, program);
    }
  trip = rt_peer_round_trip_words (round_trip);
  clock = rt_peer_clock_words (offset);
  append (text, trip);
  append (text, clock);
  if (queued > 0)
    {
      g_autofree char *size = g_format_size (queued);
      /* Translators: bytes that wait to be sent to a peer, as in "12 kB" */
      g_autofree char *words = g_strdup_printf (_("%s waiting for it"), size);

      append (text, words);
    }
  if (dropped > 0)
    {
      g_autofree char *number = g_strdup_printf ("%'" G_GUINT64_FORMAT, dropped);
      /* Translators: %s is a number */
      g_autofree char *words = g_strdup_printf (ngettext ("%s frame dropped", "%s frames dropped", (gulong) dropped), number);

      append (text, words);
    }
  return g_string_free (text, FALSE);
}

char *
rt_peer_notes_dup_drops (P2pConnection *connection)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < P2P_N_DROP_REASONS; i++)
    {
      guint64 n = p2p_connection_get_dropped (connection, i);
      g_autofree char *number = g_strdup_printf ("%'" G_GUINT64_FORMAT, n);

      if (n == 0)
        continue;
      if (text->len > 0)
        g_string_append_c (text, '\n');
      /* Translators: how often, then why, as in "12 × a message too old" */
      g_string_append_printf (text, _("%s × %s"), number, _(p2p_drop_reason_get_words (i)));
    }
  return g_string_free (text, text->len == 0);
}

static void
update (RtPeerNotes *self)
{
  g_autofree char *text = NULL;
  g_autofree char *drops = NULL;

  if (self->connection == NULL || self->label == NULL)
    return;
  text = rt_peer_notes_dup_text (self->connection);
  drops = rt_peer_notes_dup_drops (self->connection);
  gtk_label_set_label (GTK_LABEL (self->label), text);
  rt_widget_set_tooltip (GTK_WIDGET (self), drops);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->label), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, drops != NULL ? drops : "", -1);
}

static gboolean
tick_cb (gpointer user_data)
{
  update (user_data);
  return G_SOURCE_CONTINUE;
}

static void
rt_peer_notes_map (GtkWidget *widget)
{
  RtPeerNotes *self = RT_PEER_NOTES (widget);

  GTK_WIDGET_CLASS (rt_peer_notes_parent_class)->map (widget);
  update (self);
  self->timer = g_timeout_add_seconds (REFRESH_SECONDS, tick_cb, self);
  g_source_set_name_by_id (self->timer, "[roundtable] notes of a peer");
}

static void
rt_peer_notes_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&RT_PEER_NOTES (widget)->timer, g_source_remove);
  GTK_WIDGET_CLASS (rt_peer_notes_parent_class)->unmap (widget);
}

static void
rt_peer_notes_dispose (GObject *object)
{
  RtPeerNotes *self = RT_PEER_NOTES (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->label, gtk_widget_unparent);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (rt_peer_notes_parent_class)->dispose (object);
}

static void
rt_peer_notes_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CONNECTION:
      g_value_set_object (value, RT_PEER_NOTES (object)->connection);
      break;
    case PROP_WRAP:
      g_value_set_boolean (value, gtk_label_get_wrap (GTK_LABEL (RT_PEER_NOTES (object)->label)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_peer_notes_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_CONNECTION:
      if (!g_set_object (&RT_PEER_NOTES (object)->connection, g_value_get_object (value)))
        return;
      update (RT_PEER_NOTES (object));
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_WRAP:
      /* a cell of a table is as high as its first line: there the end goes, and "Details" has the rest */
      gtk_label_set_wrap (GTK_LABEL (RT_PEER_NOTES (object)->label), g_value_get_boolean (value));
      g_object_set (RT_PEER_NOTES (object)->label,
                    "ellipsize", g_value_get_boolean (value) ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END,
                    "width-chars", g_value_get_boolean (value) ? -1 : 15, NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_peer_notes_class_init (RtPeerNotesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_peer_notes_dispose;
  object_class->get_property = rt_peer_notes_get_property;
  object_class->set_property = rt_peer_notes_set_property;
  widget_class->map = rt_peer_notes_map;
  widget_class->unmap = rt_peer_notes_unmap;

  properties[PROP_CONNECTION] = g_param_spec_object ("connection", NULL, NULL, P2P_TYPE_CONNECTION,
                                                     G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_WRAP] = g_param_spec_boolean ("wrap", NULL, NULL, TRUE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
rt_peer_notes_init (RtPeerNotes *self)
{
  self->label = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0f, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, NULL);
  gtk_widget_add_css_class (self->label, "numeric");
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
}
