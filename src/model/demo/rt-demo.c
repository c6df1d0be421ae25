/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-demo.h"
#include "model/timeline/rt-link.h"
#include "model/network/rt-network-private.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#define ANSWER_MILLISECONDS 1000u
/* Longer than that nobody waits for those who have not heard it: it may be lost on purpose. */
#define PATIENCE_MILLISECONDS 4000u
#define COUNT_MILLISECONDS 10000u
/* So long after the person was last heard of, the table stands still. */
#define LIVELY_SECONDS 600
/* Of one who writes faster than they answer, the rest is left without. */
#define MAX_WAITING 4u
/* What was said comes by several ways, and by some of them late: so many are known again. */
#define MAX_KNOWN 64u
/* Rows of a peer's chat, which is what the others can be told when they were away. */
#define PEER_ROWS 500u
#define LOOPBACK "127.0.0.1"
#define COUNT_KEY "count"

typedef struct {
  RtDemo     *demo;
  RtNetwork  *network;
  const char *name;
  guint       links;            /* bits: those that it has been told to dial this time */
} Peer;

/* Something that the person said, until it is answered. */
typedef struct {
  RtDemo        *demo;
  RtMessageItem *item;          /* as the first peer has it */
  guint          heard;         /* bits: by whom */
  gboolean       ripe;          /* the pace is over: those are waited for who have not heard it */
  guint          timer;
} Waiting;

struct _RtDemo {
  GObject        parent_instance;
  RtNetwork     *host;          /* not owned */
  P2pMeshSocket *socket;        /* of the host; NULL: off */
  RtStore       *store;         /* never opened: nothing is kept */
  Peer           peers[RT_DEMO_PEERS];
  GPtrArray     *waiting;
  GPtrArray     *known;         /* ids (GBytes) of what is answered, or waits for it, or never is; the oldest first */
  gboolean       greeted;
  RtDemoGuide    guide;
  guint          turn;          /* whose it is to answer */
  guint          greet_timer, count_timer;
  gint64         lively;        /* monotonic: the newest sign of the person; 0: there was none */
  gint64         began;         /* UTC seconds */
  guint          answer_pace, patience, count_pace;
};

G_DEFINE_FINAL_TYPE (RtDemo, rt_demo, G_TYPE_OBJECT)

enum { ADA, BO, CLEO, DAG, HOST };

/* Who dials whom */
static const struct {
  guint from, to;
} links[] = { { ADA, HOST }, { BO, HOST }, { CLEO, ADA }, { CLEO, BO }, { DAG, CLEO } };

/* ---- the table ---- */

static P2pSyncSocket *
get_table (RtDemo *self, guint peer)
{
  P2pMeshSocket *socket = rt_network_get_socket (self->peers[peer].network);

  return P2P_IS_SYNC_SOCKET (socket) ? P2P_SYNC_SOCKET (socket) : NULL;
}

/* Unless somebody else has written it: a peer's own are renewed, so that they stay its own. */
static void
write_key (RtDemo *self, guint peer, const char *key, GVariant *value)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (value);
  P2pSyncSocket *socket = get_table (self, peer);
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
  g_autofree char *writer = NULL;

  if (socket == NULL)
    return;
  writer = p2p_sync_socket_dup_writer (socket, bytes);
  if (writer == NULL || g_str_equal (writer, p2p_mesh_socket_get_id (P2P_MESH_SOCKET (socket))))
    p2p_sync_socket_set (socket, bytes, sunk, NULL);
}

static void
write_first_keys (RtDemo *self)
{
  const char *names[] = { self->peers[ADA].name, self->peers[BO].name, self->peers[CLEO].name, self->peers[DAG].name, NULL };
  GVariantBuilder weather, rota;

  g_variant_builder_init (&weather, G_VARIANT_TYPE_VARDICT);
  /* Translators: a value in the shared table of the demonstration: the sky today */
  g_variant_builder_add (&weather, "{sv}", "sky", g_variant_new_string (_("clear")));
  g_variant_builder_add (&weather, "{sv}", "degrees", g_variant_new_int64 (21));
  g_variant_builder_init (&rota, G_VARIANT_TYPE ("av"));
  for (guint i = 0; names[i] != NULL; i++)
    g_variant_builder_add (&rota, "v", g_variant_new_string (names[i]));
  write_key (self, ADA, "welcome", g_variant_new_string (_("This key is Ada’s for an hour after she wrote it: nobody else can change it until then.")));
  write_key (self, CLEO, "weather", g_variant_builder_end (&weather));
  write_key (self, DAG, "rota", g_variant_builder_end (&rota));
}

static gboolean
count_cb (gpointer data)
{
  RtDemo *self = data;
  P2pSyncSocket *socket = get_table (self, BO);
  g_autoptr (GVariant) value = NULL;
  gint64 count = 0;

  if (socket == NULL || g_get_monotonic_time () - self->lively > LIVELY_SECONDS * G_TIME_SPAN_SECOND)
    {
      self->count_timer = 0;
      return G_SOURCE_REMOVE;
    }
  value = p2p_sync_socket_get_text (socket, COUNT_KEY, NULL);
  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    count = g_variant_get_int64 (value);
  write_first_keys (self);
  write_key (self, BO, COUNT_KEY, g_variant_new_int64 (count >= 0 && count < G_MAXINT32 ? count + 1 : 1));
  return G_SOURCE_CONTINUE;
}

static void
begin_count (RtDemo *self)
{
  if (self->lively != 0 && self->count_timer == 0)
    self->count_timer = rt_timer_add (self->count_pace, "[rt-model] demo counts", count_cb, self);
}

static void
note_lively (RtDemo *self)
{
  self->lively = g_get_monotonic_time ();
  begin_count (self);
}

/* ---- what they say ---- */

static void
free_waiting (gpointer data)
{
  Waiting *waiting = data;

  rt_timer_clear (&waiting->timer);
  g_object_unref (waiting->item);
  g_free (waiting);
}

static guint
find_peer (RtDemo *self, const char *id)
{
  for (guint i = 0; i < RT_DEMO_PEERS; i++)
    if (g_strcmp0 (self->peers[i].network->node_id, id) == 0)
      return i;
  return RT_DEMO_PEERS;
}

/* Who is named in it, or wrote what it answers, else the next in turn; of those who heard it. */
static guint
choose_peer (RtDemo *self, const Waiting *waiting)
{
  GBytes *to = rt_message_item_get_reply_to (waiting->item);

  for (guint i = 0; i < RT_DEMO_PEERS; i++)
    {
      RtMessageItem *original = to != NULL ? rt_network_find_held (self->peers[i].network, to) : NULL;

      if ((waiting->heard & 1u << i) != 0 &&
          ((original != NULL && rt_message_item_get_own (original)) || rt_text_mentions (rt_message_item_get_text (waiting->item), self->peers[i].name)))
        return i;
    }
  while ((waiting->heard & 1u << self->turn % RT_DEMO_PEERS) == 0)
    self->turn++;
  return self->turn++ % RT_DEMO_PEERS;
}

static void
say (RtDemo *self, guint peer, const char *words, RtMessageItem *to)
{
  const char *recipient = to != NULL && rt_message_item_get_private (to) ? rt_message_item_get_sender (to) : NULL;
  g_autoptr (GError) error = NULL;

  if (words != NULL && rt_network_send (self->peers[peer].network, words, recipient, to != NULL ? rt_message_item_get_id (to) : NULL, NULL, &error) == NULL)
    g_debug ("demo: %s", error->message);
}

static void
answer (Waiting *waiting)
{
  RtDemo *self = waiting->demo;
  guint peer = choose_peer (self, waiting);
  RtMessageItem *item = waiting->item;
  RtDemoEvent event = rt_message_item_get_private (item) ? RT_DEMO_WHISPERED : rt_message_item_get_reply_to (item) != NULL ? RT_DEMO_REPLIED : RT_DEMO_SAID;
  guint via = find_peer (self, rt_message_item_get_via (item));
  g_autofree char *words = NULL;

  /* what the chosen one has of it, not the first */
  if (rt_message_item_get_id (item) != NULL)
    {
      RtMessageItem *own = rt_network_find_held (self->peers[peer].network, rt_message_item_get_id (item));

      via = own != NULL ? find_peer (self, rt_message_item_get_via (own)) : via;
    }
  words = rt_demo_guide_answer (&self->guide, event, rt_message_item_get_text (item), via < RT_DEMO_PEERS ? self->peers[via].name : NULL);
  say (self, peer, words, item);
  g_ptr_array_remove (self->waiting, waiting);
}

/* By each who has a link to anybody; what is said to one alone, only he hears. */
static gboolean
is_heard_by_all (Waiting *waiting)
{
  for (guint i = 0; i < RT_DEMO_PEERS && !rt_message_item_get_private (waiting->item); i++)
    if ((waiting->heard & 1u << i) == 0 && rt_network_get_n_peers (waiting->demo->peers[i].network) > 0)
      return FALSE;
  return TRUE;
}

/* Who is named in it may be the last to hear it. */
static gboolean
answer_cb (gpointer data)
{
  Waiting *waiting = data;

  waiting->timer = 0;
  if (waiting->ripe || is_heard_by_all (waiting))
    {
      answer (waiting);
      return G_SOURCE_REMOVE;
    }
  waiting->ripe = TRUE;
  waiting->timer = rt_timer_add (waiting->demo->patience, "[rt-model] demo waits for the last", answer_cb, waiting);
  return G_SOURCE_REMOVE;
}

static void
set_timer (Waiting *waiting, guint milliseconds)
{
  rt_timer_clear (&waiting->timer);
  waiting->timer = rt_timer_add (milliseconds, "[rt-model] demo answers", answer_cb, waiting);
}

/* TRUE: it was not, before. */
static gboolean
note_known (RtDemo *self, GBytes *id)
{
  for (guint i = 0; id != NULL && i < self->known->len; i++)
    if (g_bytes_equal (self->known->pdata[i], id))
      return FALSE;
  if (id == NULL)
    return TRUE;
  if (self->known->len >= MAX_KNOWN)
    g_ptr_array_remove_index (self->known, 0);
  g_ptr_array_add (self->known, g_bytes_ref (id));
  return TRUE;
}

static Waiting *
find_waiting (RtDemo *self, GBytes *id)
{
  for (guint i = 0; id != NULL && i < self->waiting->len; i++)
    {
      Waiting *waiting = self->waiting->pdata[i];
      GBytes *other = rt_message_item_get_id (waiting->item);

      if (other != NULL && g_bytes_equal (other, id))
        return waiting;
    }
  return NULL;
}

static void
heard_cb (RtNetwork *network, RtMessageItem *item, Peer *peer)
{
  RtDemo *self = peer->demo;
  guint bit = 1u << (peer - self->peers);
  Waiting *waiting;

  if (self->socket == NULL || g_strcmp0 (rt_message_item_get_sender (item), self->host->node_id) != 0)
    return;
  note_lively (self);
  waiting = find_waiting (self, rt_message_item_get_id (item));
  if (waiting != NULL)
    {
      waiting->heard |= bit;
      if (waiting->ripe && is_heard_by_all (waiting))
        set_timer (waiting, 0);
      return;
    }
  /* once, whoever hears it when */
  if (!note_known (self, rt_message_item_get_id (item)) || self->waiting->len >= MAX_WAITING)
    return;
  waiting = g_new0 (Waiting, 1);
  waiting->demo = self;
  waiting->item = g_object_ref (item);
  waiting->heard = bit;
  set_timer (waiting, self->answer_pace);
  g_ptr_array_add (self->waiting, waiting);
}

static void
updated_cb (P2pSyncSocket *socket, GBytes *key, GVariant *value, P2pSyncEntry *entry, RtDemo *self)
{
  g_autofree char *writer = p2p_sync_socket_dup_writer (socket, key), *name = NULL, *cited = NULL, *words = NULL;

  if (self->socket == NULL || g_strcmp0 (writer, self->host->node_id) != 0 || p2p_sync_entry_get_timestamp (entry) < self->began)
    return;
  note_lively (self);
  name = g_strndup (g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  if (!g_utf8_validate (name, -1, NULL) || (cited = rt_link_cite (name)) == NULL)
    return;
  words = rt_demo_guide_answer (&self->guide, RT_DEMO_WROTE, cited, NULL);
  say (self, CLEO, words, NULL);
}

/* ---- links ---- */

static P2pMeshSocket *
get_socket (RtDemo *self, guint who)
{
  return who == HOST ? self->socket : rt_network_get_socket (self->peers[who].network);
}

static gboolean
is_all_up (RtDemo *self)
{
  for (guint i = 0; i <= HOST; i++)
    if (get_socket (self, i) == NULL)
      return FALSE;
  return TRUE;
}

static void
make_links (RtDemo *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      Peer *peer = &self->peers[links[i].from];
      P2pMeshSocket *from = get_socket (self, links[i].from), *to = get_socket (self, links[i].to);

      if (from == NULL || to == NULL || (peer->links & 1u << links[i].to) != 0)
        continue;
      peer->links |= 1u << links[i].to;
      p2p_mesh_socket_add_address (from, LOOPBACK, p2p_mesh_socket_get_port (to), NULL, P2P_ADDRESS_PINNED, 0);
    }
}

static gboolean
is_linked (RtDemo *self, guint from, guint to)
{
  const char *id = to == HOST ? self->host->node_id : self->peers[to].network->node_id;
  P2pConnection *connection = p2p_mesh_socket_get_connection (get_socket (self, from), id);

  return connection != NULL && p2p_connection_get_state (connection) == P2P_CONNECTION_ESTABLISHED;
}

/* Who comes for the first time, once, when she who greets has a link to him. */
static gboolean
is_to_greet (RtDemo *self)
{
  return self->socket != NULL && !self->greeted && self->guide.step == RT_DEMO_STEP_TALK && is_all_up (self) &&
         is_linked (self, ADA, HOST) && is_linked (self, HOST, ADA) && rt_timeline_source_count_hint (rt_network_get_timeline (self->host)) == 0;
}

static gboolean
greet_cb (gpointer data)
{
  RtDemo *self = data;
  g_autofree char *words = NULL;

  self->greet_timer = 0;
  if (!is_to_greet (self))
    return G_SOURCE_REMOVE;
  words = rt_demo_guide_greet ();
  self->greeted = TRUE;
  /* he has just asked for the demo; at a later start nobody may look */
  note_lively (self);
  say (self, ADA, words, NULL);
  return G_SOURCE_REMOVE;
}

static void
consider_greeting (RtDemo *self)
{
  if (self->greet_timer == 0 && is_to_greet (self))
    self->greet_timer = rt_timer_add (self->answer_pace, "[rt-model] demo greets", greet_cb, self);
}

static void
socket_cb (RtNetwork *network, GParamSpec *pspec, Peer *peer)
{
  RtDemo *self = peer->demo;
  P2pMeshSocket *socket = rt_network_get_socket (network);

  peer->links = 0;
  if (socket != NULL && peer == &self->peers[CLEO])
    g_signal_connect_object (socket, "update", G_CALLBACK (updated_cb), self, 0);
  if (self->socket != NULL)
    make_links (self);
  consider_greeting (self);
}

/* ---- object ---- */

static GBytes *
make_seed (RtDemo *self, guint peer)
{
  g_autofree char *words = g_strdup_printf ("roundtable demo %s %u", rt_network_config_get_uuid (self->host->config), peer);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 seed[P2P_IDENTITY_SEED_LENGTH];
  gsize length = sizeof seed;

  g_checksum_update (sum, (const guint8 *) words, -1);
  g_checksum_get_digest (sum, seed, &length);
  return g_bytes_new (seed, sizeof seed);
}

static void
make_peer (RtDemo *self, guint position, const char *name)
{
  Peer *peer = &self->peers[position];
  g_autoptr (RtNetworkConfig) config = g_object_new (RT_TYPE_NETWORK_CONFIG,
                                                     "subnet", rt_network_config_get_subnet (self->host->config),
                                                     "encryption", rt_network_config_get_encryption (self->host->config),
                                                     "version", rt_network_config_get_version (self->host->config),
                                                     "kind", rt_network_config_get_kind (self->host->config),
                                                     "leasing", rt_network_config_get_leasing (self->host->config),
                                                     "listen-host", LOOPBACK,
                                                     "max-outgoing", 0u,
                                                     NULL);
  g_autoptr (GBytes) seed = make_seed (self, position);
  /* Translators: what a peer of the demonstration calls itself: %s is a name, of what is no person; no brackets */
  g_autofree char *called = g_strdup_printf (_("%s the program"), name);

  peer->demo = self;
  peer->name = name;
  peer->network = rt_network_new (self->store, NULL, config);
  rt_network_live_in_memory (peer->network, seed, PEER_ROWS);
  rt_network_set_user_name (peer->network, called);
  g_signal_connect (peer->network, "message-added", G_CALLBACK (heard_cb), peer);
  g_signal_connect (peer->network, "notify::socket", G_CALLBACK (socket_cb), peer);
  if (position == ADA)
    g_signal_connect_object (peer->network, "notify::n-peers", G_CALLBACK (consider_greeting), self, G_CONNECT_SWAPPED);
}

static void
rt_demo_dispose (GObject *object)
{
  RtDemo *self = RT_DEMO (object);

  rt_demo_end (self);
  for (guint i = 0; i < RT_DEMO_PEERS; i++)
    {
      if (self->peers[i].network != NULL)
        g_signal_handlers_disconnect_by_data (self->peers[i].network, &self->peers[i]);
      g_clear_object (&self->peers[i].network);
    }
  g_clear_object (&self->store);

  G_OBJECT_CLASS (rt_demo_parent_class)->dispose (object);
}

static void
rt_demo_finalize (GObject *object)
{
  g_ptr_array_unref (RT_DEMO (object)->waiting);
  g_ptr_array_unref (RT_DEMO (object)->known);

  G_OBJECT_CLASS (rt_demo_parent_class)->finalize (object);
}

static void
rt_demo_class_init (RtDemoClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rt_demo_dispose;
  G_OBJECT_CLASS (klass)->finalize = rt_demo_finalize;
}

static void
rt_demo_init (RtDemo *self)
{
  self->waiting = g_ptr_array_new_with_free_func (free_waiting);
  self->known = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->answer_pace = ANSWER_MILLISECONDS;
  self->patience = PATIENCE_MILLISECONDS;
  self->count_pace = COUNT_MILLISECONDS;
}

RtDemo *
rt_demo_new (RtNetwork *host)
{
  static const char * const names[] = { "Ada", "Bo", "Cleo", "Dag" };
  RtDemo *self = g_object_new (RT_TYPE_DEMO, NULL);

  self->host = host;
  self->store = rt_store_new ();
  for (guint i = 0; i < RT_DEMO_PEERS; i++)
    make_peer (self, i, names[i]);
  g_signal_connect_object (host, "notify::n-peers", G_CALLBACK (consider_greeting), self, G_CONNECT_SWAPPED);
  return self;
}

void
rt_demo_begin (RtDemo *self, P2pMeshSocket *socket)
{
  g_return_if_fail (RT_IS_DEMO (self));

  self->socket = socket;
  self->began = g_get_real_time () / G_USEC_PER_SEC;
  for (guint i = 0; i < RT_DEMO_PEERS; i++)
    rt_network_start (self->peers[i].network);
  make_links (self);
  /* it is on at every start of the program, unseen too: of itself that is no sign of the person */
  begin_count (self);
}

void
rt_demo_end (RtDemo *self)
{
  g_return_if_fail (RT_IS_DEMO (self));

  self->socket = NULL;
  rt_timer_clear (&self->greet_timer);
  rt_timer_clear (&self->count_timer);
  g_ptr_array_set_size (self->waiting, 0);
  self->greeted = FALSE;
  for (guint i = 0; i < RT_DEMO_PEERS; i++)
    {
      self->peers[i].links = 0;
      if (self->peers[i].network != NULL)
        rt_network_stop (self->peers[i].network);
    }
}

RtNetwork *
rt_demo_get_peer (RtDemo *self, guint position)
{
  g_return_val_if_fail (RT_IS_DEMO (self) && position < RT_DEMO_PEERS, NULL);

  return self->peers[position].network;
}

gboolean
rt_demo_get_lively (RtDemo *self)
{
  g_return_val_if_fail (RT_IS_DEMO (self), FALSE);

  return self->count_timer != 0;
}

guint
rt_demo_get_n_waiting (RtDemo *self)
{
  g_return_val_if_fail (RT_IS_DEMO (self), 0);

  return self->waiting->len;
}

void
rt_demo_set_pace (RtDemo *self, guint answer_pace, guint patience, guint count_pace)
{
  g_return_if_fail (RT_IS_DEMO (self));

  self->answer_pace = answer_pace;
  self->patience = patience;
  self->count_pace = count_pace;
  for (guint i = 0; i < self->waiting->len; i++)
    {
      Waiting *waiting = self->waiting->pdata[i];

      set_timer (waiting, waiting->ripe ? patience : answer_pace);
    }
  rt_timer_clear (&self->greet_timer);
  consider_greeting (self);
  rt_timer_clear (&self->count_timer);
  begin_count (self);
}
