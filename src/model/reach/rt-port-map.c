/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-port-map.h"
#include "model/networks/rt-network-config.h"
#include "model/rt-timer.h"
#include "ports/rt-ports-address.h"

#include <glib/gi18n-lib.h>

/* Nobody is sent to a lower one by what a router says. */
#define FIRST_FREE_PORT 1024u

/* What may be open at the router. */
typedef struct {
  guint16 port;                 /* 0: nothing */
  guint16 external;
  char   *method;               /* NULL: not known */
} Made;

struct _RtPortMap {
  GObject parent_instance;

  RtPortBackend   *backend;
  RtPortPatience   patience;
  GNetworkMonitor *monitor;

  guint16          wanted;
  gboolean         due;         /* to be asked as soon as nothing else is under way */
  Made             made;
  GCancellable    *asking;      /* while somebody is asked */
  gboolean         removing;    /* for that */
  guint            timer, change_timer;
  gint64           asked;       /* monotonic; when last */

  RtPortMapState   state;
  RtPortTrouble    trouble;
  char            *details;     /* of a refusal */
  char            *host;
  guint16          external;
  gboolean         by_gateway;
  char            *router_address;
};

G_DEFINE_FINAL_TYPE (RtPortMap, rt_port_map, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void step (RtPortMap *self);

static void
set_made (RtPortMap *self, guint16 port, guint16 external, const char *method)
{
  g_free (self->made.method);
  self->made = (Made) { .port = port, .external = external, .method = g_strdup (method) };
}

static void
show (RtPortMap *self, RtPortMapState state, RtPortTrouble trouble, const char *details, const char *host, guint16 external)
{
  /* what is shown may be a part of what was */
  g_autofree char *old_details G_GNUC_UNUSED = g_steal_pointer (&self->details), *old_host G_GNUC_UNUSED = g_steal_pointer (&self->host);

  self->state = state;
  self->trouble = trouble;
  self->details = g_strdup (details);
  self->host = g_strdup (host);
  self->external = external;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* ---- when again ---- */

static gboolean
again_cb (gpointer data)
{
  RtPortMap *self = data;

  self->timer = 0;
  rt_port_map_ask_again (self);
  return G_SOURCE_REMOVE;
}

static void
ask_later (RtPortMap *self, guint milliseconds)
{
  rt_timer_clear (&self->timer);
  self->timer = rt_timer_add (milliseconds, "[rt-model] ask the router again", again_cb, self);
}

static gboolean
settled_cb (gpointer data)
{
  RtPortMap *self = data;

  self->change_timer = 0;
  rt_port_map_ask_again (self);
  return G_SOURCE_REMOVE;
}

void
rt_port_map_note_change (RtPortMap *self)
{
  gint64 since;

  g_return_if_fail (RT_IS_PORT_MAP (self));

  if (self->wanted == 0 || self->change_timer != 0)
    return;
  since = (g_get_monotonic_time () - self->asked) / 1000;
  self->change_timer = rt_timer_add (MAX (self->patience.settle, since < self->patience.apart ? self->patience.apart - (guint) since : 0), "[rt-model] another network", settled_cb, self);
}

static void
network_changed_cb (RtPortMap *self)
{
  rt_port_map_note_change (self);
}

/* ---- asking ---- */

static void
take_answer (RtPortMap *self, const RtPortAnswer *answer)
{
  gint64 half = (gint64) answer->lease * 1000 / 2;
  RtIpv4Scope scope = rt_ipv4_scope_of (answer->address);

  set_made (self, self->wanted, answer->external, answer->method);
  self->by_gateway = answer->by_gateway;
  g_free (self->router_address);
  self->router_address = g_strdup (answer->address);
  if (answer->address != NULL && scope != RT_IPV4_PUBLIC)
    {
      /* it is of no use to anybody: closed again by the next step */
      self->made.external = answer->external;
      show (self, RT_PORT_MAP_FAILED, RT_PORT_TROUBLE_CARRIER, NULL, NULL, 0);
      ask_later (self, self->patience.again);
      return;
    }
  show (self, RT_PORT_MAP_OPEN, RT_PORT_TROUBLE_NONE, NULL, answer->address, answer->external);
  ask_later (self, answer->lease == 0 ? self->patience.longest : (guint) CLAMP (half, self->patience.shortest, self->patience.longest));
}

static void
take_failure (RtPortMap *self, const GError *error)
{
  static const RtPortTrouble troubles[] = {
    [RT_PORT_ERROR_MISSING] = RT_PORT_TROUBLE_MISSING,
    [RT_PORT_ERROR_NOBODY] = RT_PORT_TROUBLE_NOBODY,
    [RT_PORT_ERROR_REFUSED] = RT_PORT_TROUBLE_REFUSED,
    [RT_PORT_ERROR_STRANGE] = RT_PORT_TROUBLE_STRANGE,
    [RT_PORT_ERROR_TIMED_OUT] = RT_PORT_TROUBLE_STRANGE,
  };
  RtPortTrouble trouble = error->domain == RT_PORT_ERROR && error->code >= 0 && error->code < (int) G_N_ELEMENTS (troubles) ? troubles[error->code] : RT_PORT_TROUBLE_STRANGE;

  /* who was silent in the middle may have opened it all the same */
  if (trouble != RT_PORT_TROUBLE_STRANGE)
    set_made (self, 0, 0, NULL);
  g_clear_pointer (&self->router_address, g_free);
  show (self, RT_PORT_MAP_FAILED, trouble, trouble == RT_PORT_TROUBLE_REFUSED ? error->message : NULL, NULL, 0);
  ask_later (self, self->patience.again);
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree GWeakRef *weak = user_data;
  g_autoptr (RtPortMap) self = g_weak_ref_get (weak);
  g_autoptr (GError) error = NULL;
  g_autoptr (RtPortAnswer) answer = rt_port_backend_ask_finish (RT_PORT_BACKEND (source), result, &error);
  gboolean cancelled;

  g_weak_ref_clear (weak);
  if (self == NULL)
    return;
  cancelled = g_cancellable_is_cancelled (self->asking);
  g_clear_object (&self->asking);
  if (self->removing)
    {
      /* a router that does not answer now will forget it by itself */
      self->removing = FALSE;
      set_made (self, 0, 0, NULL);
      g_signal_emit (self, signals[CHANGED], 0);
    }
  else if (cancelled || self->wanted != self->made.port)
    {
      /* it is wanted no more; what came about is known to made */
      if (answer != NULL)
        set_made (self, self->made.port, answer->external, answer->method);
    }
  else if (answer != NULL)
    take_answer (self, answer);
  else
    take_failure (self, error);
  step (self);
}

static void
ask (RtPortMap *self, gboolean remove)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);
  const RtPortRequest request = {
    .remove = remove, .port = self->made.port, .external = self->made.external, .lease = self->patience.lease, .method = remove ? self->made.method : NULL,
  };

  g_weak_ref_init (weak, self);
  self->asking = g_cancellable_new ();
  self->removing = remove;
  self->asked = g_get_monotonic_time ();
  rt_port_backend_ask_async (self->backend, &request, self->asking, asked_cb, weak);
}

/* One thing at a time: first what is not wanted goes. */
static void
step (RtPortMap *self)
{
  gboolean useless = self->state == RT_PORT_MAP_FAILED && self->trouble == RT_PORT_TROUBLE_CARRIER;

  if (self->asking != NULL)
    return;
  if (self->made.port != 0 && (self->made.port != self->wanted || (useless && !self->due)))
    {
      ask (self, TRUE);
    }
  else if (self->wanted != 0 && self->due)
    {
      self->due = FALSE;
      rt_timer_clear (&self->timer);
      if (self->made.port == 0)
        set_made (self, self->wanted, self->wanted, NULL);
      ask (self, FALSE);
    }
}

void
rt_port_map_ask_again (RtPortMap *self)
{
  g_return_if_fail (RT_IS_PORT_MAP (self));

  if (self->wanted == 0)
    return;
  self->due = TRUE;
  /* until it is known otherwise, what was open is */
  if (self->state != RT_PORT_MAP_OPEN && self->state != RT_PORT_MAP_ASKING)
    show (self, RT_PORT_MAP_ASKING, RT_PORT_TROUBLE_NONE, NULL, NULL, 0);
  step (self);
}

void
rt_port_map_set_port (RtPortMap *self, guint16 port)
{
  g_return_if_fail (RT_IS_PORT_MAP (self));

  if (self->wanted == port)
    return;
  self->wanted = port;
  self->due = FALSE;
  rt_timer_clear (&self->timer);
  rt_timer_clear (&self->change_timer);
  g_clear_pointer (&self->router_address, g_free);
  if (self->asking != NULL && !self->removing)
    g_cancellable_cancel (self->asking);
  show (self, port != 0 ? RT_PORT_MAP_ASKING : RT_PORT_MAP_OFF, RT_PORT_TROUBLE_NONE, NULL, NULL, 0);
  if (port != 0 && self->monitor == NULL)
    {
      self->monitor = g_object_ref (g_network_monitor_get_default ());
      g_signal_connect_object (self->monitor, "network-changed", G_CALLBACK (network_changed_cb), self, G_CONNECT_SWAPPED);
    }
  self->due = port != 0;
  step (self);
}

/* ---- object ---- */

static void
rt_port_map_dispose (GObject *object)
{
  RtPortMap *self = RT_PORT_MAP (object);

  rt_timer_clear (&self->timer);
  rt_timer_clear (&self->change_timer);
  /* a removal goes on by itself */
  if (self->asking != NULL && !self->removing)
    g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_object (&self->backend);
  g_clear_object (&self->monitor);

  G_OBJECT_CLASS (rt_port_map_parent_class)->dispose (object);
}

static void
rt_port_map_finalize (GObject *object)
{
  RtPortMap *self = RT_PORT_MAP (object);

  g_free (self->made.method);
  g_free (self->details);
  g_free (self->host);
  g_free (self->router_address);

  G_OBJECT_CLASS (rt_port_map_parent_class)->finalize (object);
}

static void
rt_port_map_class_init (RtPortMapClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_port_map_dispose;
  object_class->finalize = rt_port_map_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rt_port_map_init (RtPortMap *self)
{
  self->patience = RT_PORT_PATIENCE;
}

RtPortMap *
rt_port_map_new (RtPortBackend *backend)
{
  RtPortMap *self;

  g_return_val_if_fail (RT_IS_PORT_BACKEND (backend), NULL);

  self = g_object_new (RT_TYPE_PORT_MAP, NULL);
  self->backend = g_object_ref (backend);
  return self;
}

void
rt_port_map_set_patience (RtPortMap *self, const RtPortPatience *patience)
{
  g_return_if_fail (RT_IS_PORT_MAP (self));

  self->patience = *patience;
}

guint16
rt_port_map_get_port (RtPortMap *self)
{
  g_return_val_if_fail (RT_IS_PORT_MAP (self), 0);
  return self->wanted;
}

RtPortMapState
rt_port_map_get_state (RtPortMap *self)
{
  g_return_val_if_fail (RT_IS_PORT_MAP (self), RT_PORT_MAP_OFF);
  return self->state;
}

RtPortTrouble
rt_port_map_get_trouble (RtPortMap *self)
{
  g_return_val_if_fail (RT_IS_PORT_MAP (self), RT_PORT_TROUBLE_NONE);
  return self->trouble;
}

gboolean
rt_port_map_is_closing (RtPortMap *self)
{
  g_return_val_if_fail (RT_IS_PORT_MAP (self), FALSE);
  return self->wanted == 0 && self->made.port != 0;
}

const char *
rt_port_map_get_host (RtPortMap *self)
{
  g_return_val_if_fail (RT_IS_PORT_MAP (self), NULL);
  return self->host;
}

guint16
rt_port_map_get_external (RtPortMap *self)
{
  g_return_val_if_fail (RT_IS_PORT_MAP (self), 0);
  return self->external;
}

gboolean
rt_port_map_is_plausible (RtPortMap *self)
{
  g_return_val_if_fail (RT_IS_PORT_MAP (self), FALSE);
  return self->host != NULL && self->by_gateway && self->external >= FIRST_FREE_PORT;
}

const char *
rt_port_map_get_router_address (RtPortMap *self)
{
  g_return_val_if_fail (RT_IS_PORT_MAP (self), NULL);
  return self->router_address;
}

char *
rt_port_map_dup_words (RtPortMap *self)
{
  g_autofree char *address = NULL;

  g_return_val_if_fail (RT_IS_PORT_MAP (self), NULL);

  switch (self->state)
    {
    case RT_PORT_MAP_ASKING:
      return g_strdup (_("Asking the router…"));
    case RT_PORT_MAP_OPEN:
      if (self->host == NULL)
        {
          g_autofree char *port = g_strdup_printf ("%u", self->external);

          /* Translators: %s is the number of a port */
          return g_strdup_printf (_("The router opened port %s, but does not say at which address"), port);
        }
      address = rt_format_address (self->host, self->external);
      /* Translators: %s is an address with a port, as in 81.2.3.4:4444 */
      return g_strdup_printf (_("The router lets others come in at %s"), address);
    case RT_PORT_MAP_FAILED:
      switch (self->trouble)
        {
        case RT_PORT_TROUBLE_MISSING:
          return g_strdup (_("This installation of Roundtable cannot speak to routers"));
        case RT_PORT_TROUBLE_REFUSED:
          /* Translators: %s are the words of a standard, in English, as "ConflictInMappingEntry (UPnP 718)" */
          return g_strdup_printf (_("The router refused: %s"), self->details);
        case RT_PORT_TROUBLE_STRANGE:
          return g_strdup (_("What the router answers makes no sense"));
        case RT_PORT_TROUBLE_CARRIER:
          /* Translators: %s is an address */
          return g_strdup_printf (_("Your provider gives the router a private address (%s): opening its port does not help"), self->router_address);
        case RT_PORT_TROUBLE_NOBODY:
        case RT_PORT_TROUBLE_NONE:
        default:
          return g_strdup (_("No router here answers UPnP or NAT-PMP"));
        }
    case RT_PORT_MAP_OFF:
    default:
      return g_strdup (_("The router is not asked"));
    }
}
