/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "rt-catch-up.h"
#include "rt-notices.h"
#include "model/people/rt-name.h"
#include "model/people/rt-trust.h"
#include "model/rt-timer.h"

/* What is gathered of a network until it is read. */
typedef struct {
  RtNotices *notices;           /* not owned */
  RtNetwork *network;
  GQueue     important;         /* of lines, the oldest first */
  GQueue     others;
  guint      n_important, n;    /* all that came, lines or not */
  guint      n_told, n_keys, n_conflicts;       /* of a catch-up */
  gboolean   has_key, has_important_key;
  gboolean   shown, fresh;      /* it is before the person; something came since */
  gboolean   named;             /* something important came since it was shown */
  RtTimelineKey key;
  guint      timer;
} Watched;

struct _RtNotices {
  GObject     parent_instance;
  GListModel *networks;
  GPtrArray  *watched;
};

enum { SHOW, WITHDRAW, READ, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RtNotices, rt_notices, G_TYPE_OBJECT)
G_DEFINE_BOXED_TYPE (RtNotice, rt_notice, rt_notice_copy, rt_notice_free)

RtNotice *
rt_notice_copy (const RtNotice *self)
{
  RtNotice *copy = g_new (RtNotice, 1);

  *copy = *self;
  copy->network = g_strdup (self->network);
  copy->title = g_strdup (self->title);
  copy->body = g_strdup (self->body);
  return copy;
}

void
rt_notice_free (RtNotice *self)
{
  g_free (self->network);
  g_free (self->title);
  g_free (self->body);
  g_free (self);
}

static const char *
get_uuid (RtNetwork *network)
{
  return rt_network_config_get_uuid (rt_network_get_config (network));
}

static void
forget (Watched *self)
{
  g_queue_clear_full (&self->important, g_free);
  g_queue_clear_full (&self->others, g_free);
  self->n = self->n_important = self->n_told = self->n_keys = self->n_conflicts = 0;
  self->has_key = self->has_important_key = self->fresh = self->named = FALSE;
  rt_timer_clear (&self->timer);
}

static void
withdraw (Watched *self)
{
  gboolean shown = self->shown;

  forget (self);
  self->shown = FALSE;
  if (shown)
    g_signal_emit (self->notices, signals[WITHDRAW], 0, get_uuid (self->network));
}

/* ---- words ---- */

static char *
make_line (RtNetwork *network, RtMessageItem *item)
{
  g_autofree char *shown = rt_name_dup_shown (rt_message_item_get_sender_name (item), rt_message_item_get_sender_word (item));
  RtPerson *sender = rt_people_find (rt_network_get_people (network), rt_message_item_get_sender (item));
  /* what warns beside the row warns here */
  g_autofree char *name = rt_trust_dup_marked (shown, rt_message_item_get_trust (item), sender);
  g_autofree char *text = rt_sanitise_line (rt_message_item_get_text (item), RT_NOTICE_LINE_BYTES);

  if (rt_message_item_get_private (item))
    /* Translators: a line of a notification: who wrote privately, and what */
    return g_strdup_printf (_("%s, to you only: %s"), name, text);
  /* Translators: a line of a notification: who wrote, and what */
  return g_strdup_printf (_("%s: %s"), name, text);
}

static void
keep_line (GQueue *lines, RtNetwork *network, RtMessageItem *item)
{
  while (lines->length >= RT_NOTICE_LINES)
    g_free (g_queue_pop_head (lines));
  g_queue_push_tail (lines, make_line (network, item));
}

static void
add_line (GString *body, const char *line)
{
  if (body->len > 0)
    g_string_append_c (body, '\n');
  g_string_append (body, line);
}

/* The newest of each kind, important ones first; how many there are besides. */
static char *
make_body (Watched *self)
{
  g_autoptr (GString) body = g_string_new (NULL);
  guint room = RT_NOTICE_LINES - MIN (self->important.length, RT_NOTICE_LINES);
  guint n = self->important.length + MIN (self->others.length, room);
  guint left = self->n > n ? self->n - n : 0;
  guint skip = self->others.length > room ? self->others.length - room : 0;

  for (GList *l = self->important.head; l != NULL; l = l->next)
    add_line (body, l->data);
  for (GList *l = g_queue_peek_nth_link (&self->others, skip); l != NULL; l = l->next)
    add_line (body, l->data);
  if (n > 0 && left > 0)
    {
      g_autofree char *more = g_strdup_printf (ngettext ("and %u more", "and %u more", left), left);

      add_line (body, more);
    }
  if (self->n_told > 0)
    {
      g_autofree char *told = g_strdup_printf (ngettext ("%u message was said while you were away", "%u messages were said while you were away", self->n_told), self->n_told);
      g_autofree char *keys = rt_words_for_keys (self->n_keys, self->n_conflicts), *line = rt_words_join (told, keys);

      add_line (body, line);
    }
  return g_string_free (g_steal_pointer (&body), FALSE);
}

static gboolean
show_cb (gpointer data)
{
  Watched *self = data;
  g_autoptr (RtNotice) notice = NULL;

  self->timer = 0;
  /* It was read in between, or nobody wants to hear of it. */
  if (!self->fresh || rt_network_get_unread (self->network) == 0 || rt_network_get_muted (self->network))
    {
      withdraw (self);
      return G_SOURCE_REMOVE;
    }
  notice = g_new0 (RtNotice, 1);
  notice->network = g_strdup (get_uuid (self->network));
  notice->title = rt_sanitise_line (rt_network_get_title (self->network), RT_NOTICE_LINE_BYTES);
  notice->body = make_body (self);
  notice->n = self->n + self->n_told;
  notice->important = self->n_important > 0;
  notice->quiet = self->shown && !self->named;
  notice->key = self->key;
  self->shown = TRUE;
  self->fresh = self->named = FALSE;
  g_signal_emit (self->notices, signals[SHOW], 0, notice);
  return G_SOURCE_REMOVE;
}

static void
plan (Watched *self)
{
  self->fresh = TRUE;
  if (self->timer == 0)
    self->timer = rt_timer_add (RT_NOTICE_MILLISECONDS, "[rt-model] notice", show_cb, self);
}

/* ---- what comes ---- */

/* Whoever looks at the chat, be it further up, is told there; what a program in the program says is no news. */
static gboolean
is_silent (RtNetwork *network)
{
  return rt_network_get_muted (network) || rt_network_get_active (network) || rt_network_config_get_demo (rt_network_get_config (network));
}

static void
message_cb (Watched *self, RtMessageItem *item)
{
  /* anybody can say something in the name of somebody who signs: it does not ring */
  gboolean important = (rt_message_item_get_private (item) || rt_message_item_get_mention (item)) && rt_message_item_get_trust (item) != RT_TRUST_UNSIGNED;
  RtTimelineKey key;

  if (rt_message_item_get_own (item) || rt_message_item_get_told (item) != NULL || is_silent (self->network))
    return;
  rt_timeline_item_get_key (RT_TIMELINE_ITEM (item), &key);
  if (!self->has_key || (important && !self->has_important_key))
    self->key = key;
  self->has_key = TRUE;
  self->has_important_key |= important;
  self->n++;
  self->n_important += important;
  self->named |= important;
  keep_line (important ? &self->important : &self->others, self->network, item);
  plan (self);
}

static void
caught_up_cb (Watched *self, RtCatchUp *round)
{
  RtTimelineKey key;

  if (is_silent (self->network) || !rt_catch_up_get_first (round, &key))
    return;
  if (!self->has_key)
    self->key = key;
  self->has_key = TRUE;
  self->n_told += rt_catch_up_get_n_messages (round);
  self->n_keys += rt_catch_up_get_n_keys (round);
  self->n_conflicts += rt_catch_up_get_n_conflicts (round);
  self->n_important += rt_catch_up_get_n_important (round);
  self->named |= rt_catch_up_get_n_important (round) > 0;
  plan (self);
}

static void
read_cb (Watched *self)
{
  if (rt_network_get_unread (self->network) == 0 || rt_network_get_muted (self->network))
    {
      withdraw (self);
      g_signal_emit (self->notices, signals[READ], 0, get_uuid (self->network));
    }
}

static void
watched_free (gpointer data)
{
  Watched *self = data;

  g_signal_handlers_disconnect_by_data (self->network, self);
  forget (self);
  g_object_unref (self->network);
  g_free (self);
}

static void
networks_changed_cb (RtNotices *self, guint position, guint removed, guint added)
{
  for (guint i = 0; i < removed; i++)
    {
      withdraw (g_ptr_array_index (self->watched, position));
      g_ptr_array_remove_index (self->watched, position);
    }
  for (guint i = 0; i < added; i++)
    {
      Watched *watched = g_new0 (Watched, 1);

      watched->notices = self;
      watched->network = g_list_model_get_item (self->networks, position + i);
      g_signal_connect_swapped (watched->network, "message-added", G_CALLBACK (message_cb), watched);
      g_signal_connect_swapped (watched->network, "caught-up", G_CALLBACK (caught_up_cb), watched);
      g_signal_connect_swapped (watched->network, "notify::unread", G_CALLBACK (read_cb), watched);
      g_signal_connect_swapped (watched->network, "notify::muted", G_CALLBACK (read_cb), watched);
      g_ptr_array_insert (self->watched, (int) (position + i), watched);
    }
}

static void
rt_notices_dispose (GObject *object)
{
  RtNotices *self = RT_NOTICES (object);

  if (self->networks != NULL)
    g_signal_handlers_disconnect_by_data (self->networks, self);
  g_ptr_array_set_size (self->watched, 0);
  g_clear_object (&self->networks);
  G_OBJECT_CLASS (rt_notices_parent_class)->dispose (object);
}

static void
rt_notices_finalize (GObject *object)
{
  g_ptr_array_unref (RT_NOTICES (object)->watched);
  G_OBJECT_CLASS (rt_notices_parent_class)->finalize (object);
}

static void
rt_notices_class_init (RtNoticesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_notices_dispose;
  object_class->finalize = rt_notices_finalize;
  signals[SHOW] = g_signal_new ("show", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, RT_TYPE_NOTICE);
  signals[READ] = g_signal_new ("read", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[WITHDRAW] = g_signal_new ("withdraw", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rt_notices_init (RtNotices *self)
{
  self->watched = g_ptr_array_new_with_free_func (watched_free);
}

RtNotices *
rt_notices_new (GListModel *networks)
{
  RtNotices *self = g_object_new (RT_TYPE_NOTICES, NULL);

  self->networks = g_object_ref (networks);
  g_signal_connect_swapped (networks, "items-changed", G_CALLBACK (networks_changed_cb), self);
  networks_changed_cb (self, 0, 0, g_list_model_get_n_items (networks));
  return self;
}
