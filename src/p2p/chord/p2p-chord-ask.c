/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Questions for the value at one spot, our own and those of neighbours that we pass on. Who asks the same of the same neighbour while an answer is on its way waits for that
 * answer; not when something was stored there in between, because it is the answer to what was before.
 *
 * An original that passes a question on says nil at once, and the value when it has it. So its nil is not the answer before chord_nil_milliseconds are over. We answer
 * once: when it is known, or when time is over. A node that goes in the middle of it is asked no more, the next best is.
 */
#include "p2p-chord-ask-private.h"

#include "../mesh/p2p-mesh-values.h"

/* Of the time that our neighbour has, so that he hears from us before it is over. */
#define MARGIN_SECONDS 2
/* Who keeps a replica and hears nothing from whom it belongs to waits so long: he may be gone, and nobody knows it yet. */
#define REPLICA_SPAN (3 * G_TIME_SPAN_SECOND / 2)
/* Of the questions that there may be one in so many is for what we ask ourselves: who passes many through us keeps us from nothing. */
#define OWN_PART 4
/* How often a question is asked anew because the link that it was asked by ended. */
#define MAX_TRIES 4

typedef struct _Request Request;

typedef struct {
  Request *request;
  guint64 handle;               /* of our own; 0: ... */
  P2pChordAskFunc func;
  gpointer data;
  P2pChordLink *link;           /* ...of this neighbour */
  P2pChordLink *only;           /* it is this one that is asked, and nobody else */
  GBytes *echo;
  guint rank;
  guint tries;
  gint64 began;
  guint64 timer;
} Asker;

struct _Request {
  P2pChordNode *node;
  P2pChordSpot spot;
  P2pChordLink *link;
  Request *next;                /* of the same spot */
  gboolean shut;
  gboolean heard_nil;
  GPtrArray *askers;
  gint64 sent;
  guint64 nil_timer;
  guint64 timer;                /* nobody waits any more, and no answer is expected */
};

struct _P2pChordAsking {
  GPtrArray *requests;          /* of Request, in the order in which they began */
  GHashTable *by_spot;          /* the first of each */
  GHashTable *by_handle;        /* of Asker */
};

/* ---- who waits ---- */

static void
asker_free (P2pChordNode *self, Asker *asker)
{
  p2p_clock_cancel (p2p_chord_clock (self), asker->timer);
  if (asker->handle != 0)
    g_hash_table_remove (self->asking->by_handle, &asker->handle);
  if (asker->link != NULL)
    asker->link->n_asked--;
  g_clear_pointer (&asker->echo, g_bytes_unref);
  g_free (asker);
}

static void
fill_from_store (P2pChordNode *self, const P2pChordSpot *spot, P2pChordAnswer *answer, GVariant **value)
{
  const P2pChordValue *held = p2p_chord_store_get (self->store, spot);
  char *id = (char *) p2p_mesh_node_get_id (self->mesh);

  *value = held != NULL && held->value != NULL ? p2p_chord_unpack (self, held->value) : NULL;
  answer->spot = *spot;
  p2p_chord_place_of_spot (&answer->place, self->k, spot);
  answer->state = *value != NULL ? P2P_CHORD_ANSWER_VALUE : P2P_CHORD_ANSWER_NOTHING;
  answer->value = *value;
  answer->stamp = held != NULL ? held->stamp : 0;
  answer->proof = held != NULL ? held->proof : NULL;
  answer->asked = answer->holder = id;
}

/* What we keep for others is better than no answer; and than nothing where somebody of ours knows less of it, or others have not taken it yet and we are about to go. */
static gboolean
is_better_kept (P2pChordNode *self, const P2pChordAnswer *answer, const P2pChordAnswer *kept)
{
  if (answer->state == P2P_CHORD_ANSWER_SILENT || answer->state == P2P_CHORD_ANSWER_NOBODY)
    return TRUE;
  return answer->state == P2P_CHORD_ANSWER_NOTHING && kept->stamp > answer->stamp && (answer->holder != NULL || self->seed == P2P_CHORD_SEED_LEAVING);
}

/* Takes the asker, which is in no request any more. What it calls may do anything. */
static void
finish (P2pChordNode *self, Asker *asker, const P2pChordAnswer *answer)
{
  g_autoptr (GVariant) kept = NULL;
  g_autoptr (GBytes) proof G_GNUC_UNUSED = NULL;
  P2pChordAnswer own = *answer;
  P2pChordAskFunc func = asker->func;
  gpointer data = asker->data;

  own.took = p2p_chord_now (self) - asker->began;
  /* Of ourselves we want to know what others have; but whoever has only come to the place may not have heard of it from us yet. */
  if (answer->state != P2P_CHORD_ANSWER_VALUE &&
      (asker->link != NULL || (asker->only == NULL && answer->state == P2P_CHORD_ANSWER_NOTHING && answer->stamp == 0 && answer->holder != NULL)))
    {
      P2pChordAnswer mine = { .took = own.took };

      fill_from_store (self, &answer->spot, &mine, &kept);
      if (kept != NULL && is_better_kept (self, answer, &mine))
        own = mine;
    }
  if (asker->link != NULL)
    p2p_chord_send_retrieved (asker->link, asker->echo, &own);
  asker_free (self, asker);
  proof = own.proof != NULL ? g_bytes_ref (own.proof) : NULL;
  if (func != NULL)
    func (&own, TRUE, data);
}

static void
asker_cb (gpointer data)
{
  Asker *asker = data;
  Request *request = asker->request;
  P2pChordNode *self = request->node;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);
  P2pChordAnswer answer = { .spot = request->spot, .state = P2P_CHORD_ANSWER_SILENT };
  g_autofree char *asked = g_strdup (p2p_peer_get_id (request->link->peer));

  asker->timer = 0;
  answer.asked = asked;
  p2p_chord_place_of_spot (&answer.place, self->k, &answer.spot);
  p2p_mesh_node_enter (mesh);
  g_ptr_array_remove (request->askers, asker);
  finish (self, asker, &answer);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

/* ---- requests ---- */

static void
request_unlist (Request *request)
{
  P2pChordAsking *asking = request->node->asking;
  Request *first = g_hash_table_lookup (asking->by_spot, &request->spot);

  g_ptr_array_remove (asking->requests, request);
  if (first != request)
    {
      while (first->next != request)
        first = first->next;
      first->next = request->next;
    }
  else if (request->next != NULL)
    g_hash_table_replace (asking->by_spot, &request->next->spot, request->next);
  else
    g_hash_table_remove (asking->by_spot, &request->spot);
  p2p_clock_cancel (p2p_chord_clock (request->node), request->nil_timer);
  p2p_clock_cancel (p2p_chord_clock (request->node), request->timer);
  request->nil_timer = request->timer = 0;
}

static void
request_free (Request *request)
{
  g_ptr_array_unref (request->askers);
  g_free (request);
}

/* It is known. The request is gone before anybody hears. */
static void
request_end (Request *request, const P2pChordAnswer *answer)
{
  P2pChordNode *self = request->node;

  request_unlist (request);
  while (request->askers->len > 0)
    finish (self, g_ptr_array_steal_index (request->askers, 0), answer);
  request_free (request);
}

static void request_cb (gpointer data);

/* It stays for a while when those who wait have given up: its answer is expected. */
static void
plan_end (Request *request)
{
  request->timer = p2p_clock_schedule (p2p_chord_clock (request->node), request->node->limits.chord_seconds * G_TIME_SPAN_SECOND, request_cb, request);
}

static void
request_cb (gpointer data)
{
  Request *request = data;

  request->timer = 0;
  if (request->askers->len > 0)
    {
      plan_end (request);
      return;
    }
  request_unlist (request);
  request_free (request);
}

static void
fill_answer (Request *request, P2pChordAnswer *answer, P2pChordAnswerState state)
{
  *answer = (P2pChordAnswer) { .spot = request->spot, .state = state, .hops = 1 };
  p2p_chord_place_of_spot (&answer->place, request->node->k, &request->spot);
  answer->asked = (char *) p2p_peer_get_id (request->link->peer);
}

static void
nil_cb (gpointer data)
{
  Request *request = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (request->node->mesh);
  g_autoptr (P2pPeer) peer G_GNUC_UNUSED = p2p_peer_ref (request->link->peer);
  P2pChordAnswer answer;

  request->nil_timer = 0;
  p2p_mesh_node_enter (mesh);
  fill_answer (request, &answer, P2P_CHORD_ANSWER_NOTHING);
  request_end (request, &answer);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static Request *
request_find (P2pChordNode *self, P2pChordLink *link, const P2pChordSpot *spot)
{
  for (Request *request = g_hash_table_lookup (self->asking->by_spot, spot); request != NULL; request = request->next)
    if (request->link == link && !request->shut)
      return request;
  return NULL;
}

/* passed_on: of a neighbour. NULL: there are too many, or the link takes no more. */
static Request *
request_new (P2pChordNode *self, P2pChordLink *link, const P2pChordSpot *spot, gboolean passed_on)
{
  guint32 most = self->limits.chord_requests;
  Request *request;
  Request *first;

  if (self->asking->requests->len >= (passed_on ? most - most / OWN_PART : most))
    {
      p2p_mesh_node_note_drop (self->mesh, NULL, P2P_DROP_TOO_MANY, NULL);
      return NULL;
    }
  if (!p2p_chord_send_retrieve (link, spot))
    return NULL;
  request = g_new0 (Request, 1);
  request->node = self;
  request->spot = *spot;
  request->link = link;
  request->askers = g_ptr_array_new ();
  request->sent = p2p_chord_now (self);
  g_ptr_array_add (self->asking->requests, request);
  first = g_hash_table_lookup (self->asking->by_spot, spot);
  if (first == NULL)
    g_hash_table_replace (self->asking->by_spot, &request->spot, request);
  else
    {
      while (first->next != NULL)
        first = first->next;
      first->next = request;
    }
  plan_end (request);
  return request;
}

/* ---- asking ---- */

/* Takes the asker. FALSE: it is finished already. */
static gboolean
place_asker (P2pChordNode *self, const P2pChordSpot *spot, Asker *asker)
{
  g_autoptr (GVariant) value = NULL;
  P2pChordAnswer answer = { .spot = *spot, .state = P2P_CHORD_ANSWER_NOBODY };
  gboolean is_it = FALSE;
  P2pChordLink *link = NULL;
  Request *request = NULL;

  p2p_chord_place_of_spot (&answer.place, self->k, spot);
  if (asker->only != NULL)
    link = asker->only;
  else if (!p2p_mesh_node_is_closed (self->mesh))
    {
      /* Who leaves answers for what is his until he has left. */
      link = p2p_chord_choose (self, &answer.place, asker->rank, asker->link, p2p_chord_is_storing (self), &is_it);
      /* We are about to take it over, and do not have it yet: who had it up to now may. */
      if (is_it && asker->rank == 0 && p2p_chord_store_get (self->store, spot) == NULL)
        {
          link = p2p_chord_ring_get_former (self, &answer.place);
          if (link == NULL && self->seed == P2P_CHORD_SEED_JOINING)
            link = p2p_chord_choose (self, &answer.place, 0, asker->link, FALSE, &is_it);
          if (link == asker->link)
            link = NULL;
          is_it = link == NULL;
        }
    }
  if (is_it && asker->rank == 0)
    fill_from_store (self, spot, &answer, &value);
  if (link != NULL)
    {
      request = request_find (self, link, spot);
      if (request == NULL)
        request = request_new (self, link, spot, asker->link != NULL);
      if (request == NULL)
        {
          answer.state = P2P_CHORD_ANSWER_SILENT;
          answer.asked = (char *) p2p_peer_get_id (link->peer);
        }
    }
  if (request == NULL)
    {
      finish (self, asker, &answer);
      return FALSE;
    }
  asker->request = request;
  g_ptr_array_add (request->askers, asker);
  return TRUE;
}

static void
start_timer (Asker *asker, gint64 span)
{
  asker->timer = p2p_clock_schedule (p2p_chord_clock (asker->request->node), span, asker_cb, asker);
}

static guint64
ask (P2pChordNode *self, const P2pChordSpot *spot, guint rank, P2pChordLink *only, guint timeout_ms, P2pChordAskFunc func, gpointer data)
{
  Asker *asker = g_new0 (Asker, 1);
  guint64 handle = p2p_chord_new_handle (self);

  asker->handle = handle;
  asker->only = only;
  asker->func = func;
  asker->data = data;
  asker->rank = rank;
  asker->began = p2p_chord_now (self);
  g_hash_table_insert (self->asking->by_handle, &asker->handle, asker);
  if (!place_asker (self, spot, asker))
    return 0;
  start_timer (asker, timeout_ms * (G_TIME_SPAN_SECOND / 1000));
  /* A nil that came before says something to him, too. */
  if (asker->request->heard_nil)
    {
      P2pChordAnswer answer;

      fill_answer (asker->request, &answer, P2P_CHORD_ANSWER_NOT_YET);
      func (&answer, FALSE, data);
    }
  return handle;
}

guint64
p2p_chord_ask (P2pChordNode *self, const P2pChordSpot *spot, guint rank, guint timeout_ms, P2pChordAskFunc func, gpointer data)
{
  return ask (self, spot, rank, NULL, timeout_ms, func, data);
}

guint64
p2p_chord_ask_link (P2pChordLink *link, const P2pChordSpot *spot, guint timeout_ms, P2pChordAskFunc func, gpointer data)
{
  return ask (link->node, spot, 0, link, timeout_ms, func, data);
}

void
p2p_chord_ask_cancel (P2pChordNode *self, guint64 handle)
{
  Asker *asker = handle != 0 ? g_hash_table_lookup (self->asking->by_handle, &handle) : NULL;

  if (asker == NULL)
    return;
  g_ptr_array_remove (asker->request->askers, asker);
  asker_free (self, asker);
}

void
p2p_chord_ask_for (P2pChordLink *link, const P2pChordSpot *spot, GBytes *echo)
{
  P2pChordNode *self = link->node;
  guint seconds = self->limits.chord_seconds;
  gint64 span = (seconds > MARGIN_SECONDS ? seconds - MARGIN_SECONDS : 1) * G_TIME_SPAN_SECOND;
  const P2pChordValue *held = p2p_chord_store_get (self->store, spot);
  Asker *asker = g_new0 (Asker, 1);

  if (held != NULL && held->value != NULL)
    span = MIN (span, REPLICA_SPAN);
  asker->link = link;
  asker->echo = g_bytes_ref (echo);
  asker->began = p2p_chord_now (self);
  link->n_asked++;
  if (place_asker (self, spot, asker))
    start_timer (asker, span);
}

void
p2p_chord_ask_shut (P2pChordLink *link, const P2pChordSpot *spot)
{
  for (Request *request = g_hash_table_lookup (link->node->asking->by_spot, spot); request != NULL; request = request->next)
    if (request->link == link)
      request->shut = TRUE;
}

/* ---- answers ---- */

/* Which of several questions for one spot an answer belongs to: they are answered in their order, and what an original found after its nil belongs to those that heard it. */
static Request *
request_of_answer (P2pChordLink *link, const P2pChordSpot *spot)
{
  Request *waiting = NULL;

  for (Request *request = g_hash_table_lookup (link->node->asking->by_spot, spot); request != NULL; request = request->next)
    {
      if (request->link != link)
        continue;
      if (!request->heard_nil)
        return request;
      if (waiting == NULL)
        waiting = request;
    }
  return waiting;
}

static void
hear_nil (Request *request)
{
  P2pChordNode *self = request->node;
  g_autoptr (GArray) handles = NULL;
  P2pChordAnswer answer;

  if (request->heard_nil)
    return;
  request->heard_nil = TRUE;
  request->nil_timer = p2p_clock_schedule (p2p_chord_clock (self), self->limits.chord_nil_milliseconds * (G_TIME_SPAN_SECOND / 1000), nil_cb, request);
  fill_answer (request, &answer, P2P_CHORD_ANSWER_NOT_YET);
  handles = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; i < request->askers->len; i++)
    g_array_append_val (handles, ((Asker *) g_ptr_array_index (request->askers, i))->handle);
  /* Whoever is told may take back what others ask. */
  for (guint i = 0; i < handles->len; i++)
    {
      Asker *asker = g_hash_table_lookup (self->asking->by_handle, &g_array_index (handles, guint64, i));

      if (asker != NULL)
        asker->func (&answer, FALSE, asker->data);
    }
}

/* An original says it without the stamp and the proof that it was written with. Who has them, because he is its guard, says it with them. */
static void
fill_from_guard (P2pChordNode *self, const P2pChordSpot *spot, P2pChordAnswer *answer, GVariant **kept)
{
  const P2pChordValue *held = p2p_chord_store_get (self->store, spot);

  if (held == NULL || held->value == NULL || held->proof == NULL || (*kept = p2p_chord_unpack (self, held->value)) == NULL || !p2p_chord_is_same (*kept, answer->value))
    return;
  answer->value = *kept;
  answer->stamp = held->stamp;
  answer->proof = held->proof;
}

gboolean
p2p_chord_ask_answered (P2pChordLink *link, const P2pChordSpot *spot, GVariant *value, guint64 stamp, GBytes *proof, gboolean is_final, const char *holder, guint hops)
{
  Request *request = request_of_answer (link, spot);
  g_autoptr (P2pPeer) peer G_GNUC_UNUSED = p2p_peer_ref (link->peer);
  g_autoptr (GVariant) kept = NULL;
  g_autoptr (GBytes) held G_GNUC_UNUSED = NULL;
  P2pChordAnswer answer;

  if (request == NULL)
    return FALSE;
  if (value == NULL && link->is_original)
    {
      hear_nil (request);
      return TRUE;
    }
  if (link->is_original)
    p2p_chord_guard_heard (link, spot, value);
  fill_answer (request, &answer, value != NULL ? P2P_CHORD_ANSWER_VALUE : is_final ? P2P_CHORD_ANSWER_NOTHING : P2P_CHORD_ANSWER_SILENT);
  answer.value = value;
  answer.stamp = stamp;
  answer.proof = proof;
  if (link->is_original)
    fill_from_guard (link->node, spot, &answer, &kept);
  held = answer.proof != NULL ? g_bytes_ref (answer.proof) : NULL;
  answer.holder = (char *) holder;
  answer.hops = hops + 1;
  request_end (request, &answer);
  return TRUE;
}

/* ---- all of them ---- */

static void
drop_askers_of (Request *request, P2pChordLink *link)
{
  for (guint i = request->askers->len; i-- > 0;)
    {
      Asker *asker = g_ptr_array_index (request->askers, i);

      if (asker->link != link)
        continue;
      g_ptr_array_remove_index (request->askers, i);
      asker_free (request->node, asker);
    }
}

/* Who was asked is gone: whoever is the best now is asked. Time goes on. */
static void
ask_again (Request *request)
{
  P2pChordNode *self = request->node;
  g_autofree char *asked = g_strdup (p2p_peer_get_id (request->link->peer));

  request_unlist (request);
  while (request->askers->len > 0)
    {
      Asker *asker = g_ptr_array_steal_index (request->askers, 0);
      P2pChordAnswer answer = { .spot = request->spot, .state = P2P_CHORD_ANSWER_SILENT };

      if (asker->only == NULL && ++asker->tries < MAX_TRIES && !p2p_mesh_node_is_closed (self->mesh) && !self->closed)
        {
          place_asker (self, &request->spot, asker);
          continue;
        }
      answer.asked = asked;
      p2p_chord_place_of_spot (&answer.place, self->k, &answer.spot);
      finish (self, asker, &answer);
    }
  request_free (request);
}

void
p2p_chord_asking_link_removed (P2pChordLink *link)
{
  P2pChordNode *self = link->node;
  GPtrArray *requests = self->asking->requests;
  g_autoptr (GPtrArray) lost = g_ptr_array_new ();

  for (guint i = 0; i < requests->len; i++)
    {
      Request *request = g_ptr_array_index (requests, i);

      drop_askers_of (request, link);
      if (request->link == link)
        g_ptr_array_add (lost, request);
    }
  /* None of them is looked for any more: only we end them. */
  for (guint i = 0; i < lost->len; i++)
    ask_again (g_ptr_array_index (lost, i));
}

guint
p2p_chord_asking_get_n (P2pChordNode *self)
{
  return self->asking->requests->len;
}

void
p2p_chord_asking_init (P2pChordNode *self)
{
  self->asking = g_new0 (P2pChordAsking, 1);
  self->asking->requests = g_ptr_array_new ();
  self->asking->by_spot = g_hash_table_new (p2p_chord_hash_spot, p2p_chord_equal_spots);
  self->asking->by_handle = g_hash_table_new (g_int64_hash, g_int64_equal);
}

void
p2p_chord_asking_clear (P2pChordNode *self)
{
  P2pChordAsking *asking = self->asking;

  while (asking->requests->len > 0)
    {
      Request *request = g_ptr_array_index (asking->requests, asking->requests->len - 1);

      request_unlist (request);
      while (request->askers->len > 0)
        asker_free (self, g_ptr_array_steal_index (request->askers, 0));
      request_free (request);
    }
  g_ptr_array_unref (asking->requests);
  g_hash_table_unref (asking->by_spot);
  g_hash_table_unref (asking->by_handle);
  g_clear_pointer (&self->asking, g_free);
}
