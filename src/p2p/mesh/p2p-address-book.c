/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-address-book-private.h"

#include <string.h>

/* After a loss at once; a little apart, so that both ends, and all who lost the same node, do not dial in one instant. */
#define LOSS_SPREAD (250 * G_TIME_SPAN_MILLISECOND)
#define FIRST_PAUSE G_TIME_SPAN_SECOND
/* A link that ended sooner counts as a failed attempt when it is dialled again. */
#define SHORT_LIFE (10 * G_TIME_SPAN_SECOND)
/* What was given up is shown, and not dialled because somebody names it again, for so long. */
#define GIVEN_UP_SPAN G_TIME_SPAN_HOUR

static void
attempt_clear (gpointer data)
{
  g_free (((P2pAttempt *) data)->words);
}

P2pKnown *
p2p_known_ref (P2pKnown *self)
{
  self->refs++;
  return self;
}

void
p2p_known_unref (P2pKnown *self)
{
  if (--self->refs > 0)
    return;
  g_free (self->host);
  g_free (self->id);
  g_free (self->named_by);
  g_clear_error (&self->cause);
  g_clear_pointer (&self->history, g_array_unref);
  g_free (self);
}

/* ---- the book ---- */

P2pAddressBook *
p2p_address_book_new (const P2pLimits *limits, P2pRandom *random, P2pKnownFunc changed, gpointer data)
{
  P2pAddressBook *self = g_new0 (P2pAddressBook, 1);

  self->limits = limits;
  self->random = random;
  self->changed = changed;
  self->data = data;
  self->entries = g_ptr_array_new ();
  return self;
}

void
p2p_address_book_free (P2pAddressBook *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i);

      known->book = NULL;
      p2p_known_unref (known);
    }
  g_ptr_array_unref (self->entries);
  g_free (self);
}

static void
tell (P2pKnown *known, P2pKnownChange change)
{
  P2pAddressBook *self = known->book;

  if (self->changed != NULL)
    self->changed (known, change, self->data);
}

guint
p2p_address_book_get_n (P2pAddressBook *self)
{
  return self->entries->len;
}

P2pKnown *
p2p_address_book_get (P2pAddressBook *self, guint index)
{
  return g_ptr_array_index (self->entries, index);
}

P2pKnown *
p2p_address_book_find (P2pAddressBook *self, const char *host, guint16 port)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i);

      if (known->port == port && g_str_equal (known->host, host))
        return known;
    }
  return NULL;
}

P2pKnown *
p2p_address_book_find_id (P2pAddressBook *self, const char *id)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i);

      if (g_strcmp0 (known->id, id) == 0)
        return known;
    }
  return NULL;
}

/* ---- who goes when there is no more room ---- */

static guint
get_rank (P2pKnown *known)
{
  gboolean told = known->source == P2P_ADDRESS_SOURCE_PEERS || known->source == P2P_ADDRESS_SOURCE_RESPONSE;

  if (known->flags & P2P_ADDRESS_PINNED || known->state == P2P_ADDRESS_STATE_LINKED || known->state == P2P_ADDRESS_STATE_DIALLING)
    return G_MAXUINT;
  if (known->state == P2P_ADDRESS_STATE_GIVEN_UP)
    return 0;
  if (known->reached || known->flags & P2P_ADDRESS_ANCHOR || known->source == P2P_ADDRESS_SOURCE_PROGRAM)
    return 4;
  if (!told)
    return 3;
  return known->failures > 0 ? 1 : 2;
}

static guint
count_told_by (GHashTable *counts, P2pKnown *known)
{
  return known->named_by != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (counts, known->named_by)) : 0;
}

/* Of one rank: one of the node that told most, so that no list drives out what others told; then the one seen longest ago. */
static P2pKnown *
find_least (P2pAddressBook *self)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  P2pKnown *least = NULL;
  guint least_rank = G_MAXUINT;

  for (guint i = 0; i < self->entries->len; i++)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i);

      if (known->named_by != NULL)
        g_hash_table_replace (counts, known->named_by, GUINT_TO_POINTER (count_told_by (counts, known) + 1));
    }
  for (guint i = 0; i < self->entries->len; i++)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i);
      guint rank = get_rank (known);

      if (rank == G_MAXUINT || rank > least_rank)
        continue;
      if (rank == least_rank && least != NULL)
        {
          guint told = count_told_by (counts, known);
          guint least_told = count_told_by (counts, least);

          if (told < least_told || (told == least_told && known->seen >= least->seen))
            continue;
        }
      least = known;
      least_rank = rank;
    }
  return least;
}

P2pKnown *
p2p_address_book_add (P2pAddressBook *self, const char *host, guint16 port, const char *id, P2pAddressSource source, const char *named_by)
{
  P2pKnown *known = p2p_address_book_find (self, host, port);

  if (known != NULL)
    {
      if (known->id == NULL && id != NULL)
        {
          known->id = g_strdup (id);
          tell (known, P2P_KNOWN_CHANGED);
        }
      return known;
    }
  known = g_new0 (P2pKnown, 1);
  known->refs = 1;
  known->book = self;
  known->host = g_strdup (host);
  known->port = port;
  known->id = g_strdup (id);
  known->named_by = g_strdup (named_by);
  known->source = source;
  p2p_known_find_keys (known);
  while (self->entries->len >= MAX (self->limits->addresses, 1))
    {
      P2pKnown *least = find_least (self);

      if (least == NULL || get_rank (least) > get_rank (known))
        {
          p2p_known_unref (known);
          return NULL;
        }
      p2p_address_book_forget (least);
    }
  g_ptr_array_add (self->entries, known);
  tell (known, P2P_KNOWN_ADDED);
  return known;
}

void
p2p_address_book_forget (P2pKnown *known)
{
  P2pAddressBook *self = known->book;

  if (self == NULL)
    return;
  g_ptr_array_remove (self->entries, known);
  tell (known, P2P_KNOWN_REMOVED);
  known->book = NULL;
  p2p_known_unref (known);
}

void
p2p_address_book_set_flags (P2pKnown *known, P2pAddressFlags flags)
{
  if (known->flags == flags)
    return;
  known->flags = flags;
  tell (known, P2P_KNOWN_CHANGED);
}

void
p2p_address_book_set_seen (P2pKnown *known, gint64 utc)
{
  if (known->seen >= utc)
    return;
  known->seen = utc;
  known->reached = TRUE;
  tell (known, P2P_KNOWN_CHANGED);
}

void
p2p_address_book_renew (P2pKnown *known)
{
  known->parted = FALSE;
  known->failures = known->flaps = 0;
  known->next = 0;
  if (known->state == P2P_ADDRESS_STATE_GIVEN_UP || known->state == P2P_ADDRESS_STATE_WAITING)
    known->state = P2P_ADDRESS_STATE_IDLE;
  tell (known, P2P_KNOWN_CHANGED);
}

/* ---- what happened ---- */

static double
draw (P2pAddressBook *self)
{
  guint8 bytes[4];

  p2p_random_fill (self->random, bytes, sizeof bytes);
  return (bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (guint32) bytes[3] << 24) / 4294967296.0;
}

gint64
p2p_address_book_vary (P2pAddressBook *self, gint64 span)
{
  return (gint64) (span * (0.8 + 0.4 * draw (self)));
}

/* 1 s, doubled each time up to the limit, and a fifth more or less of it. */
static gint64
find_pause (P2pAddressBook *self, guint failures, gboolean hurried)
{
  guint seconds = hurried ? MIN (self->limits->redial_alone_seconds, self->limits->redial_seconds) : self->limits->redial_seconds;
  gint64 longest = MAX (seconds, 1) * G_TIME_SPAN_SECOND;
  gint64 pause = FIRST_PAUSE << MIN (failures - 1, 30);

  return p2p_address_book_vary (self, MIN (pause, longest));
}

static void
add_history (P2pKnown *known, gint64 utc, const GError *error)
{
  P2pAttempt attempt = {
    .when = utc,
    .code = error == NULL ? -1 : error->domain == P2P_LINK_ERROR ? error->code : P2P_LINK_ERROR_FAILED,
    .words = error != NULL ? g_strdup (error->message) : NULL,
  };

  if (known->history == NULL)
    {
      known->history = g_array_new (FALSE, FALSE, sizeof (P2pAttempt));
      g_array_set_clear_func (known->history, attempt_clear);
    }
  if (known->history->len >= P2P_KNOWN_HISTORY)
    g_array_remove_index (known->history, 0);
  g_array_append_val (known->history, attempt);
}

static void
set_cause (P2pKnown *known, const GError *error)
{
  g_clear_error (&known->cause);
  known->cause = error != NULL ? g_error_copy (error) : NULL;
}

void
p2p_address_book_note_dialling (P2pKnown *known, gboolean chosen, gint64 utc)
{
  known->state = P2P_ADDRESS_STATE_DIALLING;
  known->chosen = chosen;
  known->old_friend = known->reached;
  known->attempts++;
  known->tried = utc;
  known->next = 0;
  tell (known, P2P_KNOWN_CHANGED);
}

void
p2p_address_book_note_linked (P2pKnown *known, const char *id, gboolean outgoing, gint64 now, gint64 utc)
{
  if (g_strcmp0 (known->id, id) != 0)
    {
      g_free (known->id);
      known->id = g_strdup (id);
    }
  if (known->state == P2P_ADDRESS_STATE_DIALLING)
    add_history (known, utc, NULL);
  if (known->state != P2P_ADDRESS_STATE_LINKED)
    known->linked_at = now;
  known->state = P2P_ADDRESS_STATE_LINKED;
  known->linked_since = outgoing ? now : 0;
  known->chosen = known->chosen && outgoing;
  known->reached |= outgoing;
  known->parted = known->missed = known->own = known->once = FALSE;
  known->failures = 0;
  known->next = 0;
  known->seen = utc;
  set_cause (known, NULL);
  tell (known, P2P_KNOWN_CHANGED);
}

static gboolean
is_hopeless (P2pKnown *known, const GError *error, gboolean hurried)
{
  if (known->own)
    return TRUE;
  if (known->flags & P2P_ADDRESS_PINNED)
    return FALSE;
  if (known->once || g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_WRONG_NETWORK) ||
      g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_WRONG_ID) ||
      g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_BAD_ADDRESS))
    return TRUE;
  /* Without any link it may as well be our own network that is down. */
  if (hurried && known->seen != 0)
    return FALSE;
  return known->failures >= known->book->limits->address_failures * (known->missed ? 2 : 1);
}

void
p2p_address_book_note_failed (P2pKnown *known, const GError *error, gboolean hurried, gint64 now, gint64 utc)
{
  add_history (known, utc, error);
  set_cause (known, error);
  known->failures++;
  known->chosen = FALSE;
  known->linked_since = 0;
  if (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SELF))
    known->own = TRUE;
  if (is_hopeless (known, error, hurried))
    {
      known->state = P2P_ADDRESS_STATE_GIVEN_UP;
      known->next = now + GIVEN_UP_SPAN;
    }
  else
    {
      known->state = P2P_ADDRESS_STATE_WAITING;
      known->next = now + find_pause (known->book, known->failures, hurried);
    }
  tell (known, P2P_KNOWN_CHANGED);
}

void
p2p_address_book_note_lost (P2pKnown *known, const GError *error, gint64 now, gint64 utc)
{
  P2pAddressBook *self = known->book;
  gboolean wanted = !g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED) &&
                    !g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED) &&
                    !g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_BLOCKED);

  known->flaps = now - known->linked_at < SHORT_LIFE ? known->flaps + 1 : 0;
  known->linked_since = 0;
  known->lost_at = now;
  known->chosen = FALSE;
  known->missed = wanted;
  known->state = wanted ? P2P_ADDRESS_STATE_WAITING : P2P_ADDRESS_STATE_IDLE;
  known->next = now + (known->flaps > 0 ? find_pause (self, known->flaps, FALSE) : (gint64) (LOSS_SPREAD * draw (self)));
  known->seen = utc;
  set_cause (known, error);
  add_history (known, utc, error);
  tell (known, P2P_KNOWN_CHANGED);
}

void
p2p_address_book_note_cancelled (P2pKnown *known)
{
  if (known->state != P2P_ADDRESS_STATE_DIALLING)
    return;
  if (known->once)
    {
      p2p_address_book_forget (known);
      return;
    }
  known->state = P2P_ADDRESS_STATE_IDLE;
  known->chosen = FALSE;
  tell (known, P2P_KNOWN_CHANGED);
}

void
p2p_address_book_hurry (P2pAddressBook *self, gint64 now)
{
  gint64 longest = MIN (self->limits->redial_alone_seconds, self->limits->redial_seconds) * G_TIME_SPAN_SECOND;

  for (guint i = 0; i < self->entries->len; i++)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i);

      if (known->own || known->parted || known->seen == 0 ||
          (known->state != P2P_ADDRESS_STATE_WAITING && known->state != P2P_ADDRESS_STATE_GIVEN_UP) || known->next <= now + longest)
        continue;
      known->state = P2P_ADDRESS_STATE_WAITING;
      known->next = now + (gint64) (longest * draw (self));
      tell (known, P2P_KNOWN_CHANGED);
    }
}

void
p2p_address_book_update_anchors (P2pAddressBook *self)
{
  P2pKnown *anchors[P2P_N_ANCHORS] = { NULL };
  guint n = 0;

  for (guint i = 0; i < self->entries->len; i++)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i);
      guint at;

      if (known->linked_since == 0)
        continue;
      for (at = 0; at < n && anchors[at]->linked_since <= known->linked_since; at++)
        ;
      if (at >= P2P_N_ANCHORS)
        continue;
      n = MIN (n + 1, P2P_N_ANCHORS);
      for (guint j = n - 1; j > at; j--)
        anchors[j] = anchors[j - 1];
      anchors[at] = known;
    }
  /* Those of before stay until there are enough to follow them: a node that is cut off still has its anchors. */
  if (n < P2P_N_ANCHORS)
    return;
  for (guint i = 0; i < self->entries->len; i++)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i);
      gboolean anchor = FALSE;

      for (guint j = 0; j < n; j++)
        anchor |= anchors[j] == known;
      p2p_address_book_set_flags (known, (known->flags & ~P2P_ADDRESS_ANCHOR) | (anchor ? P2P_ADDRESS_ANCHOR : 0));
    }
}

/* What was given up long ago is forgotten. */
void
p2p_address_book_expire (P2pAddressBook *self, gint64 now)
{
  for (guint i = self->entries->len; i > 0; i--)
    {
      P2pKnown *known = g_ptr_array_index (self->entries, i - 1);

      if (known->state == P2P_ADDRESS_STATE_GIVEN_UP && known->next <= now && !(known->flags & P2P_ADDRESS_PINNED))
        p2p_address_book_forget (known);
    }
}

void
p2p_address_book_set_waiting (P2pKnown *known, gboolean waiting)
{
  P2pAddressState state = waiting ? P2P_ADDRESS_STATE_WAITING : P2P_ADDRESS_STATE_IDLE;

  if (known->state == state)
    return;
  known->state = state;
  tell (known, P2P_KNOWN_CHANGED);
}

guint32
p2p_address_book_draw (P2pAddressBook *self)
{
  return (guint32) (draw (self) * 4294967296.0);
}
