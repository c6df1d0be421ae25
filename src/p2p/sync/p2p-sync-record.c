/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Who holds a key: what its owners wrote, gone through as if it had come in the order of time. */
#include "p2p-sync-record-private.h"

#include <string.h>

#include "../wire/p2p-skim-private.h"

/* How far back that can still change: the writes of so long are gone through again when one comes late. */
#define SETTLED_SECONDS P2P_TOMBSTONE_SECONDS

/* From when on a contender had the key; until the next one */
typedef struct {
  P2pSyncContender *contender;
  gint64 from;
} Term;

P2pSyncRecord *
p2p_sync_record_new (GBytes  *key,
                     guint64  key_digest)
{
  P2pSyncRecord *self = g_new0 (P2pSyncRecord, 1);

  self->key = g_bytes_ref (key);
  self->key_bytes = g_bytes_get_data (key, &self->key_length);
  memcpy (&self->key_begin, self->key_bytes, MIN (self->key_length, sizeof self->key_begin));
  self->key_begin = GUINT64_FROM_BE (self->key_begin);
  self->key_digest = key_digest;
  self->contenders = g_ptr_array_sized_new (1);
  return self;
}

void
p2p_sync_record_free (P2pSyncTable  *table,
                      P2pSyncRecord *self)
{
  for (guint i = 0; i < self->contenders->len; i++)
    p2p_sync_contender_free (table, g_ptr_array_index (self->contenders, i));
  g_ptr_array_unref (self->contenders);
  if (self->counted != NULL)
    p2p_sync_owner_unref (table, self->counted);
  if (self->settled_owner != NULL)
    p2p_sync_owner_unref (table, self->settled_owner);
  g_clear_pointer (&self->left, g_bytes_unref);
  g_clear_pointer (&self->value, g_bytes_unref);
  g_bytes_unref (self->key);
  g_free (self);
}

P2pSyncContender *
p2p_sync_record_find (P2pSyncRecord      *self,
                      const P2pSyncOwner *owner,
                      gboolean            leasing)
{
  for (guint i = 0; i < self->contenders->len; i++)
    {
      P2pSyncContender *contender = g_ptr_array_index (self->contenders, i);

      if (!leasing || contender->newest.owner == owner)
        return contender;
    }
  return NULL;
}

P2pSyncContender *
p2p_sync_record_obtain (P2pSyncRecord *self,
                        P2pSyncOwner  *owner,
                        gboolean       leasing)
{
  P2pSyncContender *contender = p2p_sync_record_find (self, owner, leasing);
  guint i = 0;

  if (contender != NULL)
    return contender;
  contender = p2p_sync_contender_new (owner);
  while (i < self->contenders->len &&
         p2p_sync_owner_compare (((P2pSyncContender *) g_ptr_array_index (self->contenders, i))->newest.owner, owner) < 0)
    i++;
  g_ptr_array_insert (self->contenders, (int) i, contender);
  return contender;
}

/* ---- the replay ---- */

typedef struct {
  P2pSyncRecord *record;
  GArray *terms;                /* nullable */
  P2pSyncContender *holder;
  guint n_terms;
  gint64 from;                  /* since when he has it... */
  gint64 acquired;              /* ...and without having let it go */
  gint64 last;                  /* his last write... */
  gboolean deleted;             /* ...was a delete */
} Replay;

/* The first second in which another may have the key. */
static gint64
get_release (const Replay *self)
{
  return self->deleted ? self->last : self->last + P2P_LEASE_SECONDS + 1;
}

/* What the first one wrote is all its own, but for what is settled. */
static gint64
get_first (const P2pSyncRecord    *record,
           const P2pSyncContender *contender,
           gint64                  time)
{
  if (record->settled_owner == NULL || time < record->settled)
    return G_MININT64;
  return contender->newest.owner == record->settled_owner ? record->settled : record->settled + 1;
}

static void
begin_lease (Replay           *self,
             P2pSyncContender *contender,
             gint64            time)
{
  /* What an owner wrote before it let go is its own still, if nobody else came. */
  Term term = { contender, self->n_terms > 0 ? time : get_first (self->record, contender, time) };

  self->acquired = time;
  if (contender == self->holder)
    return;
  self->holder = contender;
  self->from = term.from;
  self->n_terms++;
  contender->held = TRUE;
  if (self->terms != NULL)
    g_array_append_val (self->terms, term);
}

/* Of a row of writes that is known by its two ends only, its begin is an event of its own. */
static gboolean
is_row (const P2pSyncContender *contender)
{
  return contender->at == 0 && !contender->tried && contender->since < contender->marks[0].time;
}

/* Of one second what is signed comes first; then the holder's, so that his delete lets the others in; then the smaller owner's. */
static gboolean
is_before (const Replay           *self,
           const P2pSyncContender *contender,
           const P2pSyncContender *next)
{
  gboolean is_signed = p2p_sync_contender_is_signed (contender);

  return is_signed != p2p_sync_contender_is_signed (next) ? is_signed : contender == self->holder;
}

static P2pSyncContender *
find_next (Replay *self,
           gint64 *time)
{
  P2pSyncContender *next = NULL;

  for (guint i = 0; i < self->record->contenders->len; i++)
    {
      P2pSyncContender *contender = g_ptr_array_index (self->record->contenders, i);
      gint64 at;

      if (contender->at == contender->n_marks)
        continue;
      at = is_row (contender) ? contender->since : contender->marks[contender->at].time;
      if (next != NULL && (at > *time || (at == *time && !is_before (self, contender, next))))
        continue;
      next = contender;
      *time = at;
    }
  return next;
}

/* The key came free before time: one whose row of writes goes on through that moment has it. */
static gboolean
let_row_in (Replay *self,
            gint64  time)
{
  gint64 release = get_release (self);
  P2pSyncContender *first = NULL;

  if (release > time)
    return FALSE;
  for (guint i = 0; i < self->record->contenders->len; i++)
    {
      P2pSyncContender *contender = g_ptr_array_index (self->record->contenders, i);

      if (contender == self->holder || !contender->tried || contender->at != 0 || contender->marks[0].time < release)
        continue;
      if (first == NULL || (p2p_sync_contender_is_signed (contender) && !p2p_sync_contender_is_signed (first)) ||
          (p2p_sync_contender_is_signed (contender) == p2p_sync_contender_is_signed (first) && contender->since < first->since))
        first = contender;
    }
  if (first == NULL)
    return FALSE;
  begin_lease (self, first, release);
  self->last = first->marks[0].time;
  self->deleted = FALSE;
  return TRUE;
}

static void
take_event (Replay           *self,
            P2pSyncContender *contender,
            gint64            time)
{
  gboolean row = is_row (contender);
  const P2pSyncMark *mark = &contender->marks[contender->at];
  gboolean goes_on = contender == self->holder && !self->deleted && time <= self->last + P2P_LEASE_SECONDS;

  gboolean outranks = self->holder != NULL && p2p_sync_contender_is_signed (contender) && !p2p_sync_contender_is_signed (self->holder);

  if (goes_on || self->holder == NULL || contender == self->holder || time >= get_release (self) || outranks)
    {
      if (!goes_on)
        begin_lease (self, contender, time);
      self->last = mark->time;
      self->deleted = !row && mark->deleted;
    }
  if (row)
    contender->tried = TRUE;
  else
    contender->at++;
}

static void
replay_some (P2pSyncRecord *record,
             GArray        *terms,
             gboolean       only_signed)
{
  Replay self = { .record = record, .terms = terms };
  P2pSyncContender *next;
  gint64 time = 0;

  for (guint i = 0; i < record->contenders->len; i++)
    {
      P2pSyncContender *contender = g_ptr_array_index (record->contenders, i);

      contender->at = only_signed && !p2p_sync_contender_is_signed (contender) ? contender->n_marks : 0;
      contender->tried = FALSE;
      contender->held = FALSE;
    }
  while ((next = find_next (&self, &time)) != NULL)
    if (self.holder == NULL || !let_row_in (&self, time))
      take_event (&self, next, time);
  record->holder = self.holder;
  record->from = self.from;
  record->acquired = self.acquired;
}

static void
replay (P2pSyncRecord *record,
        GArray        *terms)
{
  replay_some (record, terms, FALSE);
}

/* ---- what it comes to ---- */

/* Many deltas may come to more than any reader takes, or any table of ours. */
static gboolean
is_readable (GBytes          *value,
             const P2pLimits *limits)
{
  gsize length, used;
  const guint8 *bytes = g_bytes_get_data (value, &length);

  return length <= limits->table_value && (length <= limits->elements || p2p_skim_values (bytes, length, 1, limits, &used, NULL));
}

/* What a contender makes of the value before, from from until before to; a reference. */
static GBytes *
get_value_then (const P2pSyncContender *contender,
                GBytes                 *before,
                gint64                  from,
                gint64                  to,
                const P2pLimits        *limits)
{
  g_autoptr (GBytes) value = p2p_sync_contender_value (contender, before, from, to);

  if (value == before || value == contender->base || is_readable (value, limits))
    return g_steal_pointer (&value);
  if (contender->base != NULL && p2p_sync_contender_base_counts (contender, from, to))
    return g_bytes_ref (contender->base);
  return g_bytes_new_static ("\x80", 1);
}

/* What the key has after the first n terms; a reference. */
static GBytes *
get_value_after (P2pSyncRecord   *self,
                 GArray          *terms,
                 guint            n,
                 const P2pLimits *limits)
{
  GBytes *value = self->left != NULL ? g_bytes_ref (self->left) : NULL;

  for (guint i = 0; i < n; i++)
    {
      const Term *term = &g_array_index (terms, Term, i);
      gint64 until = i + 1 < terms->len ? g_array_index (terms, Term, i + 1).from : G_MAXINT64;
      GBytes *before = value;

      value = get_value_then (term->contender, before, term->from, until, limits);
      if (before != NULL)
        g_bytes_unref (before);
    }
  return value;
}

static void
find_value (P2pSyncRecord   *self,
            const P2pLimits *limits)
{
  P2pSyncContender *holder = self->holder;

  g_clear_pointer (&self->value, g_bytes_unref);
  if (p2p_sync_contender_is_deleted (holder))
    return;
  if (self->from == G_MININT64 || p2p_sync_contender_base_counts (holder, self->from, G_MAXINT64))
    self->value = get_value_then (holder, NULL, self->from, G_MAXINT64, limits);
  else
    {
      g_autoptr (GArray) terms = g_array_new (FALSE, FALSE, sizeof (Term));

      replay_some (self, terms, p2p_sync_contender_is_signed (holder));
      self->value = get_value_after (self, terms, terms->len, limits);
    }
}

/* ---- forgetting ---- */

static void
forget_contender (P2pSyncTable  *table,
                  P2pSyncRecord *self,
                  guint          i)
{
  p2p_sync_contender_free (table, g_ptr_array_index (self->contenders, i));
  g_ptr_array_remove_index (self->contenders, i);
}

/* Who lacks a write or a field when he forgets has less: the longer counts. */
static int
compare_left (GBytes *a,
              GBytes *b)
{
  gsize a_length = p2p_sync_size (a);
  gsize b_length = p2p_sync_size (b);

  return a_length != b_length ? (a_length < b_length ? -1 : 1) : p2p_sync_value_compare (a, b);
}

gboolean
p2p_sync_record_set_settled (P2pSyncTable  *table,
                             P2pSyncRecord *self,
                             P2pSyncOwner  *owner,
                             gint64         time,
                             GBytes        *left)
{
  if (self->settled_owner != NULL)
    {
      int order = p2p_sync_owner_compare (owner, self->settled_owner);

      if (time < self->settled || (time == self->settled && (order > 0 || (order == 0 && compare_left (left, self->left) <= 0))))
        return FALSE;
    }
  p2p_sync_owner_ref (owner);
  if (self->settled_owner != NULL)
    p2p_sync_owner_unref (table, self->settled_owner);
  self->settled_owner = owner;
  self->settled = time;
  if (left != NULL)
    g_bytes_ref (left);
  g_clear_pointer (&self->left, g_bytes_unref);
  self->left = left;
  return TRUE;
}

/* Of what is settled nothing comes back: tables that forgot differently would go on taking it from each other. */
static void
cut_settled (P2pSyncTable  *table,
             P2pSyncRecord *self)
{
  for (guint i = self->contenders->len; self->settled_owner != NULL && i-- > 0;)
    {
      P2pSyncContender *contender = g_ptr_array_index (self->contenders, i);
      gboolean own = contender->newest.owner == self->settled_owner;

      if (!p2p_sync_contender_cut (table, contender, own ? self->settled : self->settled + 1) && self->contenders->len > 1)
        forget_contender (table, self, i);
    }
}

/* Forgets all that was before a term, which is not the first, began, but for what its deltas are onto. */
static void
cut_before (P2pSyncTable    *table,
            P2pSyncRecord   *self,
            GArray          *terms,
            guint            n,
            const P2pLimits *limits)
{
  const Term *term = &g_array_index (terms, Term, n);
  gint64 until = n + 1 < terms->len ? g_array_index (terms, Term, n + 1).from : G_MAXINT64;
  g_autoptr (GBytes) left = NULL;

  if (!p2p_sync_contender_base_counts (term->contender, term->from, until))
    left = get_value_after (self, terms, n, limits);
  p2p_sync_record_set_settled (table, self, term->contender->newest.owner, term->from, left);
  cut_settled (table, self);
}

/* The least of those that never had the key: the one that wrote longest ago. */
static gboolean
forget_one (P2pSyncTable  *table,
            P2pSyncRecord *self,
            gint64         before)
{
  guint least = self->contenders->len;

  for (guint i = 0; i < self->contenders->len; i++)
    {
      P2pSyncContender *contender = g_ptr_array_index (self->contenders, i);

      if (contender->held || contender->newest.clock.time >= before)
        continue;
      if (least == self->contenders->len ||
          contender->newest.clock.time <= ((P2pSyncContender *) g_ptr_array_index (self->contenders, least))->newest.clock.time)
        least = i;
    }
  if (least == self->contenders->len)
    return FALSE;
  forget_contender (table, self, least);
  return TRUE;
}

static void
forget_more (P2pSyncTable    *table,
             P2pSyncRecord   *self,
             const P2pLimits *limits,
             gint64           now)
{
  g_autoptr (GArray) terms = g_array_new (FALSE, FALSE, sizeof (Term));
  gint64 settled = now - SETTLED_SECONDS;
  guint n = 0;

  cut_settled (table, self);
  replay (self, terms);
  while (n + 1 < terms->len && g_array_index (terms, Term, n + 1).from <= settled)
    n++;
  if (n > 0)
    {
      cut_before (table, self, terms, n, limits);
      replay (self, NULL);
    }
  while (forget_one (table, self, settled))
    ;
  while (self->contenders->len > MAX (limits->table_contenders, 1))
    {
      g_array_set_size (terms, 0);
      replay (self, terms);
      if (forget_one (table, self, G_MAXINT64))
        continue;
      /* Of one second the last: what the others wrote until then goes. */
      for (n = 1; n + 1 < terms->len && g_array_index (terms, Term, n + 1).from == g_array_index (terms, Term, n).from;)
        n++;
      cut_before (table, self, terms, n, limits);
    }
}

/* ---- with what is signed ---- */

gboolean
p2p_sync_record_has_signed (const P2pSyncRecord *self)
{
  for (guint i = 0; i < self->contenders->len; i++)
    if (p2p_sync_contender_is_signed (g_ptr_array_index (self->contenders, i)))
      return TRUE;
  return FALSE;
}

void
p2p_sync_record_clear_settled (P2pSyncTable  *table,
                               P2pSyncRecord *self)
{
  if (self->settled_owner != NULL)
    p2p_sync_owner_unref (table, self->settled_owner);
  self->settled_owner = NULL;
  g_clear_pointer (&self->left, g_bytes_unref);
}

/* Of what its signed holder has, all is as if nobody had written who does not sign. */
static void
find_holder (P2pSyncRecord   *self,
             const P2pLimits *limits)
{
  replay (self, NULL);
  if (self->contenders->len > 1 && p2p_sync_contender_is_signed (self->holder))
    replay_some (self, NULL, TRUE);
  find_value (self, limits);
}

/* Forgets one of which nothing would be missed. */
static gboolean
forget_needless (P2pSyncTable    *table,
                 P2pSyncRecord   *self,
                 guint            i,
                 const P2pLimits *limits)
{
  P2pSyncContender *contender = g_ptr_array_index (self->contenders, i);
  P2pSyncContender *holder = self->holder;
  g_autoptr (GBytes) value = self->value != NULL ? g_bytes_ref (self->value) : NULL;
  gint64 acquired = self->acquired;

  g_ptr_array_remove_index (self->contenders, i);
  find_holder (self, limits);
  if (self->holder == holder && self->acquired == acquired && p2p_sync_value_compare (self->value, value) == 0)
    {
      p2p_sync_contender_free (table, contender);
      return TRUE;
    }
  g_ptr_array_insert (self->contenders, (int) i, contender);
  find_holder (self, limits);
  return FALSE;
}

/* Those who do not sign first, then who wrote longest ago; never the holder. */
static void
forget_least (P2pSyncTable  *table,
              P2pSyncRecord *self)
{
  P2pSyncContender *least = NULL;
  guint place = 0;

  for (guint i = 0; i < self->contenders->len; i++)
    {
      P2pSyncContender *contender = g_ptr_array_index (self->contenders, i);
      gboolean is_signed = p2p_sync_contender_is_signed (contender);

      if (contender == self->holder)
        continue;
      if (least != NULL && (is_signed != p2p_sync_contender_is_signed (least) ? is_signed
                                                                             : contender->newest.clock.time > least->newest.clock.time))
        continue;
      least = contender;
      place = i;
    }
  forget_contender (table, self, place);
}

/*
 * A row that is signed is its owner's word, and is not cut: so nothing is settled here, which anybody could make up. A write is forgotten when it is
 * two hours old and nothing would be missed: which depends on nothing but on what is known, and so ends the same at all.
 */
static void
forget_beside_signed (P2pSyncTable    *table,
                      P2pSyncRecord   *self,
                      const P2pLimits *limits,
                      gint64           now)
{
  p2p_sync_record_clear_settled (table, self);
  find_holder (self, limits);
  for (guint i = 0; i < self->contenders->len;)
    {
      P2pSyncContender *contender = g_ptr_array_index (self->contenders, i);
      gboolean old = contender != self->holder && contender->newest.clock.time < now - SETTLED_SECONDS;

      i = old && forget_needless (table, self, i, limits) ? 0 : i + 1;
    }
  while (self->contenders->len > MAX (limits->table_contenders, 1))
    {
      forget_least (table, self);
      find_holder (self, limits);
    }
}

void
p2p_sync_record_resolve (P2pSyncTable    *table,
                         P2pSyncRecord   *self,
                         const P2pLimits *limits,
                         gint64           now)
{
  if (p2p_sync_record_has_signed (self))
    forget_beside_signed (table, self, limits, now);
  else if (self->contenders->len > 1 || self->settled_owner != NULL)
    forget_more (table, self, limits, now);
  find_holder (self, limits);
}
