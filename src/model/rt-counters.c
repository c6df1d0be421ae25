/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-counters.h"
#include "rt-timer.h"

#include <glib/gi18n-lib.h>

struct _RtCounters {
  GObject    parent_instance;

  RtNetwork *network;
  gboolean   active;
  guint      timer;
  RtCount    count;
  RtCount    rate;
  gint64     when;              /* of count; 0: there was none */
};

G_DEFINE_FINAL_TYPE (RtCounters, rt_counters, G_TYPE_OBJECT)

enum { PROP_0, PROP_NETWORK, PROP_ACTIVE, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static int
compare_reasons (gconstpointer a, gconstpointer b)
{
  const RtDropCount *one = a, *two = b;

  return one->n > two->n ? -1 : one->n < two->n;
}

static void
add_reason (RtCount *count, const char *words, guint64 n)
{
  if (n == 0)
    return;
  count->dropped += n;
  if (count->n_reasons < G_N_ELEMENTS (count->reasons))
    count->reasons[count->n_reasons++] = (RtDropCount) { words, n };
}

static void
read_socket (P2pMeshSocket *socket, RtCount *count)
{
  P2pMeshStats stats;

  p2p_mesh_socket_get_stats (socket, &stats);
  *count = (RtCount) {
    .messages_in = stats.messages_in, .messages_out = stats.messages_out, .bytes_in = stats.bytes_in, .bytes_out = stats.bytes_out,
    .delivered = stats.delivered, .relayed = stats.relayed, .duplicates = stats.duplicates,
  };
  for (guint i = 0; i < P2P_N_DROP_REASONS; i++)
    add_reason (count, p2p_drop_reason_get_words (i), stats.dropped[i]);
  qsort (count->reasons, count->n_reasons, sizeof count->reasons[0], compare_reasons);
}

static void
forget (RtCounters *self)
{
  self->count = self->rate = (RtCount) { 0 };
  self->when = 0;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
read_node (RtCounters *self)
{
  P2pMeshSocket *socket = self->network != NULL ? rt_network_get_socket (self->network) : NULL;
  RtCount count;

  if (socket == NULL)
    return;
  read_socket (socket, &count);
  rt_counters_take (self, &count, g_get_monotonic_time ());
}

static gboolean
tick_cb (gpointer data)
{
  read_node (data);
  return G_SOURCE_CONTINUE;
}

/* Another life of the node counts from nothing. */
static void
socket_cb (RtCounters *self)
{
  forget (self);
  if (self->active)
    read_node (self);
}

static void
rt_counters_constructed (GObject *object)
{
  RtCounters *self = RT_COUNTERS (object);

  G_OBJECT_CLASS (rt_counters_parent_class)->constructed (object);
  if (self->network != NULL)
    g_signal_connect_object (self->network, "notify::socket", G_CALLBACK (socket_cb), self, G_CONNECT_SWAPPED);
}

static void
rt_counters_dispose (GObject *object)
{
  RtCounters *self = RT_COUNTERS (object);

  rt_timer_clear (&self->timer);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_counters_parent_class)->dispose (object);
}

static void
rt_counters_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtCounters *self = RT_COUNTERS (object);

  switch (prop_id)
    {
    case PROP_NETWORK: g_value_set_object (value, self->network); break;
    case PROP_ACTIVE: g_value_set_boolean (value, self->active); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_counters_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  RtCounters *self = RT_COUNTERS (object);

  switch (prop_id)
    {
    case PROP_NETWORK: self->network = g_value_dup_object (value); break;
    case PROP_ACTIVE: rt_counters_set_active (self, g_value_get_boolean (value)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_counters_class_init (RtCountersClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = rt_counters_constructed;
  object_class->dispose = rt_counters_dispose;
  object_class->get_property = rt_counters_get_property;
  object_class->set_property = rt_counters_set_property;

  properties[PROP_NETWORK] = g_param_spec_object ("network", NULL, NULL, RT_TYPE_NETWORK,
                                                  G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rt_counters_init (RtCounters *self)
{
}

RtCounters *
rt_counters_new (RtNetwork *network)
{
  return g_object_new (RT_TYPE_COUNTERS, "network", network, NULL);
}

void
rt_counters_set_active (RtCounters *self, gboolean active)
{
  g_return_if_fail (RT_IS_COUNTERS (self));

  if (self->active == active)
    return;
  self->active = active;
  rt_timer_clear (&self->timer);
  /* of the time in between nothing is known */
  self->when = 0;
  if (active)
    {
      read_node (self);
      self->timer = rt_timer_add (RT_COUNTERS_SECONDS * 1000, "[rt-model] counters", tick_cb, self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
}

static guint64
get_rate (guint64 before, guint64 now, gint64 microseconds)
{
  return now > before ? (guint64) ((double) (now - before) * G_USEC_PER_SEC / (double) microseconds + 0.5) : 0;
}

void
rt_counters_take (RtCounters *self, const RtCount *count, gint64 now)
{
  gint64 passed;

  g_return_if_fail (RT_IS_COUNTERS (self));

  passed = self->when != 0 ? now - self->when : 0;
  self->rate = (RtCount) { 0 };
  if (passed > 0)
    {
      self->rate.messages_in = get_rate (self->count.messages_in, count->messages_in, passed);
      self->rate.messages_out = get_rate (self->count.messages_out, count->messages_out, passed);
      self->rate.bytes_in = get_rate (self->count.bytes_in, count->bytes_in, passed);
      self->rate.bytes_out = get_rate (self->count.bytes_out, count->bytes_out, passed);
    }
  self->count = *count;
  self->when = now;
  g_signal_emit (self, signals[CHANGED], 0);
}

const RtCount *
rt_counters_get_count (RtCounters *self)
{
  g_return_val_if_fail (RT_IS_COUNTERS (self), NULL);
  return &self->count;
}

const RtCount *
rt_counters_get_rate (RtCounters *self)
{
  g_return_val_if_fail (RT_IS_COUNTERS (self), NULL);
  return &self->rate;
}

static char *
dup_number (guint64 n)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, n);
}

char *
rt_counters_dup_messages (RtCounters *self)
{
  g_autofree char *in = NULL, *out = NULL;

  g_return_val_if_fail (RT_IS_COUNTERS (self), NULL);

  in = dup_number (self->rate.messages_in);
  out = dup_number (self->rate.messages_out);
  /* Translators: messages in a second, received and sent: two numbers */
  return g_strdup_printf (_("%s/s in, %s/s out"), in, out);
}

char *
rt_counters_dup_bytes (RtCounters *self)
{
  g_autofree char *in = NULL, *out = NULL;

  g_return_val_if_fail (RT_IS_COUNTERS (self), NULL);

  in = g_format_size (self->rate.bytes_in);
  out = g_format_size (self->rate.bytes_out);
  /* Translators: bytes in a second, received and sent, as in 1.2 kB */
  return g_strdup_printf (_("%s/s in, %s/s out"), in, out);
}

char *
rt_counters_dup_reasons (RtCounters *self)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (RT_IS_COUNTERS (self), NULL);

  for (guint i = 0; i < self->count.n_reasons; i++)
    {
      const RtDropCount *reason = &self->count.reasons[i];
      g_autofree char *number = dup_number (reason->n);

      if (text->len > 0)
        g_string_append_c (text, '\n');
      /* Translators: how often, then why, as in "12 × a message too old" */
      g_string_append_printf (text, _("%s × %s"), number, _(reason->words));
    }
  return g_string_free (text, FALSE);
}
