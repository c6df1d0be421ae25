/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-known-address-private.h"

#include "p2p/wire/p2p-enum-types.h"

#include "../mesh/p2p-mesh-values.h"

/* What was told last, so that a notification means a change. */
typedef struct {
  P2pAddressState state;
  P2pAddressFlags flags;
  guint attempts;
  guint failures;
  gint64 tried;
  gint64 seen;
  gint64 next;
  guint n_history;
  gint64 last_history;
} Told;

struct _P2pKnownAddress {
  GObject parent_instance;
  P2pKnown *known;
  char *id;
  GError *cause;
  Told told;
};

G_DEFINE_FINAL_TYPE (P2pKnownAddress, p2p_known_address, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_HOST,
  PROP_PORT,
  PROP_ID,
  PROP_SOURCE,
  PROP_STATE,
  PROP_PINNED,
  PROP_ANCHOR,
  PROP_ATTEMPTS,
  PROP_FAILURES,
  PROP_LAST_TRIED,
  PROP_LAST_SEEN,
  PROP_NEXT_ATTEMPT,
  PROP_CAUSE,
  PROP_HISTORY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
p2p_known_address_finalize (GObject *object)
{
  P2pKnownAddress *self = P2P_KNOWN_ADDRESS (object);

  g_clear_pointer (&self->known, p2p_known_unref);
  g_free (self->id);
  g_clear_error (&self->cause);
  G_OBJECT_CLASS (p2p_known_address_parent_class)->finalize (object);
}

static void
p2p_known_address_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  P2pKnownAddress *self = P2P_KNOWN_ADDRESS (object);

  switch (prop_id)
    {
    case PROP_HOST:
      g_value_set_string (value, self->known->host);
      break;
    case PROP_PORT:
      g_value_set_uint (value, self->known->port);
      break;
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_SOURCE:
      g_value_set_enum (value, self->known->source);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->told.state);
      break;
    case PROP_PINNED:
      g_value_set_boolean (value, p2p_known_address_get_pinned (self));
      break;
    case PROP_ANCHOR:
      g_value_set_boolean (value, p2p_known_address_get_anchor (self));
      break;
    case PROP_ATTEMPTS:
      g_value_set_uint (value, self->told.attempts);
      break;
    case PROP_FAILURES:
      g_value_set_uint (value, self->told.failures);
      break;
    case PROP_LAST_TRIED:
      g_value_set_int64 (value, self->told.tried);
      break;
    case PROP_LAST_SEEN:
      g_value_set_int64 (value, self->told.seen);
      break;
    case PROP_NEXT_ATTEMPT:
      g_value_set_int64 (value, self->told.next);
      break;
    case PROP_CAUSE:
      g_value_set_boxed (value, self->cause);
      break;
    case PROP_HISTORY:
      g_value_take_variant (value, p2p_known_address_get_history (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
p2p_known_address_class_init (P2pKnownAddressClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = p2p_known_address_finalize;
  object_class->get_property = p2p_known_address_get_property;

  /**
   * P2pKnownAddress:host:
   *
   * An IP address or a name.
   */
  properties[PROP_HOST] = g_param_spec_string ("host", NULL, NULL, NULL, read);
  /**
   * P2pKnownAddress:port:
   *
   * The port.
   */
  properties[PROP_PORT] = g_param_spec_uint ("port", NULL, NULL, 0, G_MAXUINT16, 0, read);
  /**
   * P2pKnownAddress:id:
   *
   * The node that was seen there last, or is said to be there.
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, read);
  /**
   * P2pKnownAddress:source:
   *
   * How the address became known.
   */
  properties[PROP_SOURCE] = g_param_spec_enum ("source", NULL, NULL, P2P_TYPE_ADDRESS_SOURCE, P2P_ADDRESS_SOURCE_PROGRAM, read);
  /**
   * P2pKnownAddress:state:
   *
   * What becomes of it.
   */
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, P2P_TYPE_ADDRESS_STATE, P2P_ADDRESS_STATE_IDLE, read);
  /**
   * P2pKnownAddress:pinned:
   *
   * Whether there shall always be a link to it.
   */
  properties[PROP_PINNED] = g_param_spec_boolean ("pinned", NULL, NULL, FALSE, read);
  /**
   * P2pKnownAddress:anchor:
   *
   * Whether it is, or was last, among the two neighbours that we dialled and have had for longest. Worth keeping over a restart.
   */
  properties[PROP_ANCHOR] = g_param_spec_boolean ("anchor", NULL, NULL, FALSE, read);
  /**
   * P2pKnownAddress:attempts:
   *
   * How often it was dialled.
   */
  properties[PROP_ATTEMPTS] = g_param_spec_uint ("attempts", NULL, NULL, 0, G_MAXUINT, 0, read);
  /**
   * P2pKnownAddress:failures:
   *
   * How often in vain since there was a link.
   */
  properties[PROP_FAILURES] = g_param_spec_uint ("failures", NULL, NULL, 0, G_MAXUINT, 0, read);
  /**
   * P2pKnownAddress:last-tried:
   *
   * When it was dialled last: UTC, microseconds; 0: never.
   */
  properties[PROP_LAST_TRIED] = g_param_spec_int64 ("last-tried", NULL, NULL, 0, G_MAXINT64, 0, read);
  /**
   * P2pKnownAddress:last-seen:
   *
   * When a link to it began or ended last: UTC, microseconds; 0: never.
   */
  properties[PROP_LAST_SEEN] = g_param_spec_int64 ("last-seen", NULL, NULL, 0, G_MAXINT64, 0, read);
  /**
   * P2pKnownAddress:next-attempt:
   *
   * When it is to be dialled next: UTC, microseconds; 0: that is not planned. The limits on dials may make it later.
   */
  properties[PROP_NEXT_ATTEMPT] = g_param_spec_int64 ("next-attempt", NULL, NULL, 0, G_MAXINT64, 0, read);
  /**
   * P2pKnownAddress:cause:
   *
   * Why the last attempt came to nothing, or the last link ended; %NULL while there is a link, and before the first attempt.
   */
  properties[PROP_CAUSE] = g_param_spec_boxed ("cause", NULL, NULL, G_TYPE_ERROR, read);
  /**
   * P2pKnownAddress:history:
   *
   * The last eight attempts and losses; see p2p_known_address_get_history().
   */
  properties[PROP_HISTORY] = g_param_spec_variant ("history", NULL, NULL, G_VARIANT_TYPE ("a(xss)"), NULL, read);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
p2p_known_address_init (P2pKnownAddress *self)
{
}

static Told
look (P2pKnown *known, P2pClock *clock)
{
  Told now = {
    .state = known->state,
    .flags = known->flags,
    .attempts = known->attempts,
    .failures = known->failures,
    .tried = known->tried,
    .seen = known->seen,
    .n_history = known->history != NULL ? known->history->len : 0,
  };

  if (now.n_history > 0)
    now.last_history = g_array_index (known->history, P2pAttempt, now.n_history - 1).when;
  /* A time that was told stays as it was: the two clocks drift apart by microseconds. */
  if (known->state == P2P_ADDRESS_STATE_WAITING)
    now.next = p2p_clock_utc (clock) + (known->next - p2p_clock_now (clock));
  return now;
}

P2pKnownAddress *
p2p_known_address_new (P2pKnown *known, P2pClock *clock)
{
  P2pKnownAddress *self = g_object_new (P2P_TYPE_KNOWN_ADDRESS, NULL);

  self->known = p2p_known_ref (known);
  self->told = look (known, clock);
  self->id = g_strdup (known->id);
  self->cause = known->cause != NULL ? g_error_copy (known->cause) : NULL;
  return self;
}

static gboolean
is_same_error (const GError *a, const GError *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return a->domain == b->domain && a->code == b->code && g_str_equal (a->message, b->message);
}

void
p2p_known_address_update (P2pKnownAddress *self, P2pClock *clock)
{
  GObject *object = G_OBJECT (self);
  Told before = self->told;
  Told now = look (self->known, clock);

  if (ABS (now.next - before.next) < G_TIME_SPAN_MILLISECOND)
    now.next = before.next;
  self->told = now;
  g_object_freeze_notify (object);
  if (g_strcmp0 (self->id, self->known->id) != 0)
    {
      g_free (self->id);
      self->id = g_strdup (self->known->id);
      g_object_notify_by_pspec (object, properties[PROP_ID]);
    }
  if (!is_same_error (self->cause, self->known->cause))
    {
      g_clear_error (&self->cause);
      self->cause = self->known->cause != NULL ? g_error_copy (self->known->cause) : NULL;
      g_object_notify_by_pspec (object, properties[PROP_CAUSE]);
    }
  if (now.state != before.state)
    g_object_notify_by_pspec (object, properties[PROP_STATE]);
  if ((now.flags ^ before.flags) & P2P_ADDRESS_PINNED)
    g_object_notify_by_pspec (object, properties[PROP_PINNED]);
  if ((now.flags ^ before.flags) & P2P_ADDRESS_ANCHOR)
    g_object_notify_by_pspec (object, properties[PROP_ANCHOR]);
  if (now.attempts != before.attempts)
    g_object_notify_by_pspec (object, properties[PROP_ATTEMPTS]);
  if (now.failures != before.failures)
    g_object_notify_by_pspec (object, properties[PROP_FAILURES]);
  if (now.tried != before.tried)
    g_object_notify_by_pspec (object, properties[PROP_LAST_TRIED]);
  if (now.seen != before.seen)
    g_object_notify_by_pspec (object, properties[PROP_LAST_SEEN]);
  if (now.next != before.next)
    g_object_notify_by_pspec (object, properties[PROP_NEXT_ATTEMPT]);
  if (now.n_history != before.n_history || now.last_history != before.last_history)
    g_object_notify_by_pspec (object, properties[PROP_HISTORY]);
  g_object_thaw_notify (object);
}

/**
 * p2p_known_address_get_host:
 * @self: an address
 *
 * The host of the address.
 *
 * Returns: an IP address or a name
 */
const char *
p2p_known_address_get_host (P2pKnownAddress *self)
{
  g_return_val_if_fail (P2P_IS_KNOWN_ADDRESS (self), NULL);

  return self->known->host;
}

/**
 * p2p_known_address_get_port:
 * @self: an address
 *
 * The port of the address, 1 to 65535.
 *
 * Returns: the port
 */
guint16
p2p_known_address_get_port (P2pKnownAddress *self)
{
  g_return_val_if_fail (P2P_IS_KNOWN_ADDRESS (self), 0);

  return self->known->port;
}

/**
 * p2p_known_address_dup_address:
 * @self: an address
 *
 * The address as text.
 *
 * Returns: (transfer full): host and port as people write them, IPv6 in brackets
 */
char *
p2p_known_address_dup_address (P2pKnownAddress *self)
{
  g_return_val_if_fail (P2P_IS_KNOWN_ADDRESS (self), NULL);

  return p2p_address_to_text (self->known->host, self->known->port);
}

/**
 * p2p_known_address_get_id:
 * @self: an address
 *
 * Which node is at the address. It is a claim.
 *
 * Returns: (nullable): the node that was seen there last, or is said to be there
 */
const char *
p2p_known_address_get_id (P2pKnownAddress *self)
{
  g_return_val_if_fail (P2P_IS_KNOWN_ADDRESS (self), NULL);

  return self->id;
}

/**
 * p2p_known_address_get_source:
 * @self: an address
 *
 * From whom the address is known.
 *
 * Returns: how it became known
 */
P2pAddressSource
p2p_known_address_get_source (P2pKnownAddress *self)
{
  g_return_val_if_fail (P2P_IS_KNOWN_ADDRESS (self), P2P_ADDRESS_SOURCE_PROGRAM);

  return self->known->source;
}

/**
 * p2p_known_address_get_state:
 * @self: an address
 *
 * What the node does about the address at the moment.
 *
 * Returns: what becomes of it
 */
P2pAddressState
p2p_known_address_get_state (P2pKnownAddress *self)
{
  g_return_val_if_fail (P2P_IS_KNOWN_ADDRESS (self), P2P_ADDRESS_STATE_IDLE);

  return self->told.state;
}

/**
 * p2p_known_address_get_pinned:
 * @self: an address
 *
 * Whether the program asked for a link that is always there, by p2p_mesh_socket_add_address() with %P2P_ADDRESS_PINNED.
 *
 * Returns: whether there shall always be a link to it
 */
gboolean
p2p_known_address_get_pinned (P2pKnownAddress *self)
{
  g_return_val_if_fail (P2P_IS_KNOWN_ADDRESS (self), FALSE);

  return (self->told.flags & P2P_ADDRESS_PINNED) != 0;
}

/**
 * p2p_known_address_get_anchor:
 * @self: an address
 *
 * Whether the address is one of those that the node goes back to first after a restart.
 *
 * Returns: whether it is, or was last, among the two neighbours that we dialled and have had for longest
 */
gboolean
p2p_known_address_get_anchor (P2pKnownAddress *self)
{
  g_return_val_if_fail (P2P_IS_KNOWN_ADDRESS (self), FALSE);

  return (self->told.flags & P2P_ADDRESS_ANCHOR) != 0;
}

/**
 * p2p_known_address_get_attempts:
 * @self: an address
 *
 * How often the address was dialled since it is known.
 *
 * Returns: how often it was dialled
 */
guint
p2p_known_address_get_attempts (P2pKnownAddress *self)
{
  g_return_val_if_fail (P2P_IS_KNOWN_ADDRESS (self), 0);

  return self->told.attempts;
}

/**
 * p2p_known_address_get_failures:
 * @self: an address
 *
 * How often in a row dialling came to nothing. At #P2pLimits.address_failures the address is given up, unless it is pinned.
 *
 * Returns: how often it was dialled in vain since there was a link
 */
guint
p2p_known_address_get_failures (P2pKnownAddress *self)
{
  g_return_val_if_fail (P2P_IS_KNOWN_ADDRESS (self), 0);

  return self->told.failures;
}

/**
 * p2p_known_address_get_last_tried:
 * @self: an address
 *
 * When it was tried last.
 *
 * Returns: when it was dialled last: UTC, microseconds; 0: never
 */
gint64
p2p_known_address_get_last_tried (P2pKnownAddress *self)
{
  g_return_val_if_fail (P2P_IS_KNOWN_ADDRESS (self), 0);

  return self->told.tried;
}

/**
 * p2p_known_address_get_last_seen:
 * @self: an address
 *
 * When somebody was there last.
 *
 * Returns: when a link to it began or ended last: UTC, microseconds; 0: never
 */
gint64
p2p_known_address_get_last_seen (P2pKnownAddress *self)
{
  g_return_val_if_fail (P2P_IS_KNOWN_ADDRESS (self), 0);

  return self->told.seen;
}

/**
 * p2p_known_address_get_next_attempt:
 * @self: an address
 *
 * When it is tried again. The pauses grow, up to #P2pLimits.redial_seconds.
 *
 * Returns: when it is to be dialled next: UTC, microseconds; 0: that is not planned
 */
gint64
p2p_known_address_get_next_attempt (P2pKnownAddress *self)
{
  g_return_val_if_fail (P2P_IS_KNOWN_ADDRESS (self), 0);

  return self->told.next;
}

/**
 * p2p_known_address_get_cause:
 * @self: an address
 *
 * What went wrong last: a %P2P_LINK_ERROR; %NULL: nothing since there was a link.
 *
 * Returns: (nullable): why the last attempt came to nothing, or the last link ended
 */
const GError *
p2p_known_address_get_cause (P2pKnownAddress *self)
{
  g_return_val_if_fail (P2P_IS_KNOWN_ADDRESS (self), NULL);

  return self->cause;
}

/**
 * p2p_known_address_get_history:
 * @self: an address
 *
 * The last eight attempts and losses, the oldest first.
 *
 * Returns: (transfer full): an `a(xss)` of UTC microseconds, the name of the code as p2p_error_get_code_name() gives it (empty:
 *   there was a link), and words
 */
GVariant *
p2p_known_address_get_history (P2pKnownAddress *self)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(xss)"));
  GArray *history;

  g_return_val_if_fail (P2P_IS_KNOWN_ADDRESS (self), NULL);

  history = self->known->history;
  for (guint i = 0; history != NULL && i < history->len; i++)
    {
      const P2pAttempt *attempt = &g_array_index (history, P2pAttempt, i);
      GError error = { .domain = P2P_LINK_ERROR, .code = attempt->code };
      g_autofree char *name = attempt->words != NULL ? p2p_error_get_code_name (&error) : g_strdup ("");
      g_autofree char *words = g_utf8_make_valid (attempt->words != NULL ? attempt->words : "", -1);

      g_variant_builder_add (&list, "(xss)", attempt->when, name, words);
    }
  return g_variant_ref_sink (g_variant_builder_end (&list));
}
