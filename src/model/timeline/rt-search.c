/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-search-private.h"
#include "model/networks/rt-networks-private.h"
#include "model/rt-timer.h"

#include <glib/gi18n-lib.h>

struct _RtSearch {
  GObject       parent_instance;
  RtNetworks   *networks;
  GPtrArray    *hits;           /* of RtSearchHit */
  RtStoreQuery  query;          /* its strings are ours */
  RtNetwork    *network;
  GCancellable *cancellable;    /* of what is under way */
  gboolean      more;           /* ...which goes on behind the hits */
  guint         timer;
  gboolean      has_more;
  char         *covered;
  char         *error;
};

enum { PROP_0, PROP_SEARCHING, PROP_HAS_MORE, PROP_COVERED, PROP_ERROR, N_PROPS };

static GParamSpec *properties[N_PROPS];

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtSearch, rt_search, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

/* ---- the list ---- */

static GType
get_item_type (GListModel *model)
{
  return RT_TYPE_SEARCH_HIT;
}

static guint
get_n_items (GListModel *model)
{
  return RT_SEARCH (model)->hits->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  RtSearch *self = RT_SEARCH (model);

  return position < self->hits->len ? g_object_ref (g_ptr_array_index (self->hits, position)) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- words ---- */

static char *
dup_day (gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, "%x") : g_strdup ("");
}

/* The days that were asked for; NULL: any. */
static char *
make_asked (RtSearch *self)
{
  g_autofree char *from = dup_day (self->query.from), *to = dup_day (self->query.to);

  if (self->query.from != 0 && self->query.to != 0)
    /* Translators: behind what was searched: days */
    return g_strdup_printf (_("Only from %s to %s, as chosen."), from, to);
  if (self->query.from != 0)
    /* Translators: behind what was searched: a day */
    return g_strdup_printf (_("Only from %s on, as chosen."), from);
  /* Translators: behind what was searched: a day */
  return self->query.to != 0 ? g_strdup_printf (_("Only up to %s, as chosen."), to) : NULL;
}

/* What it did not look at is said by what it did. */
static char *
make_covered (RtSearch *self, const RtStoreResult *result)
{
  guint n_networks = self->network != NULL ? 1 : g_list_model_get_n_items (G_LIST_MODEL (self->networks));
  guint n_messages = (guint) MIN (result->n_covered, G_MAXUINT);
  g_autofree char *messages = g_strdup_printf (ngettext ("%u message", "%u messages", n_messages), n_messages);
  g_autofree char *networks = g_strdup_printf (ngettext ("%u network", "%u networks", n_networks), n_networks);
  g_autofree char *from = dup_day (result->covered_from);
  g_autofree char *to = dup_day (result->covered_to);
  g_autofree char *asked = make_asked (self), *exact = dup_day (result->exact_before);
  GString *covered = g_string_new (NULL);

  if (result->covered_from == 0 && asked == NULL)
    g_string_append (covered, _("There are no messages to search yet."));
  else if (result->covered_from == 0)
    g_string_append (covered, _("There are no messages of that time."));
  else if (g_strcmp0 (from, to) == 0)
    /* Translators: in what was searched: "12 messages", "2 networks", the day of all of them */
    g_string_append_printf (covered, _("Searched %s in %s, all of %s."), messages, networks, from);
  else
    /* Translators: in what was searched: "12 messages", "2 networks", the days of the first and of the last */
    g_string_append_printf (covered, _("Searched %s in %s, from %s to %s."), messages, networks, from, to);
  if (asked != NULL)
    g_string_append_printf (covered, " %s", asked);
  if (result->exact_before != 0)
    {
      g_string_append_c (covered, ' ');
      /* Translators: %s is a day */
      g_string_append_printf (covered, _("What is older than %s is still being prepared: until then it is found only as it is spelt."), exact);
    }
  return g_string_free (covered, FALSE);
}

static void
set_words (RtSearch *self, char **field, char *words, guint property)
{
  if (g_strcmp0 (*field, words) == 0)
    {
      g_free (words);
      return;
    }
  g_free (*field);
  *field = words;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* ---- searching ---- */

static RtNetwork *
find_network (RtSearch *self, const char *uuid)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->networks));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->networks), i);

      if (g_strcmp0 (rt_network_config_get_uuid (rt_network_get_config (network)), uuid) == 0)
        return network;         /* the list holds it */
    }
  return NULL;
}

static void
take_hits (RtSearch *self, const RtStoreResult *result, gboolean more)
{
  guint before = more ? 0 : self->hits->len;
  guint at = more ? self->hits->len : 0;
  guint added = 0;

  if (!more)
    g_ptr_array_set_size (self->hits, 0);
  for (guint i = 0; i < result->hits->len && self->hits->len < RT_SEARCH_MAX_HITS; i++)
    {
      const RtStoreHit *hit = g_ptr_array_index (result->hits, i);
      RtNetwork *network = find_network (self, hit->network);

      if (network == NULL)
        continue;
      g_ptr_array_add (self->hits, rt_search_hit_new (network, hit));
      added++;
    }
  g_list_model_items_changed (G_LIST_MODEL (self), at, before, added);
}

static void
set_has_more (RtSearch *self, gboolean has_more)
{
  if (self->has_more == has_more)
    return;
  self->has_more = has_more;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_MORE]);
}

static void
found_cb (GObject *source, GAsyncResult *task, gpointer user_data)
{
  g_autoptr (RtSearch) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RtStoreResult) result = rt_store_search_finish (RT_STORE (source), task, &error);

  /* Something else is asked for by now. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->networks == NULL)
    return;
  g_clear_object (&self->cancellable);
  if (result != NULL)
    {
      take_hits (self, result, self->more);
      set_has_more (self, result->has_more && self->hits->len < RT_SEARCH_MAX_HITS);
      set_words (self, &self->covered, make_covered (self, result), PROP_COVERED);
    }
  set_words (self, &self->error, error != NULL ? g_strdup (error->message) : NULL, PROP_ERROR);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEARCHING]);
}

/* What was said a moment ago is on its way to the disk. */
static void
hurry_chats (RtSearch *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->networks));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->networks), i);

      if (rt_network_get_chat (network) != NULL)
        rt_store_chat_hurry (rt_network_get_chat (network));
    }
}

static void
stop (RtSearch *self)
{
  rt_timer_clear (&self->timer);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
search (RtSearch *self, gboolean more)
{
  RtStoreQuery query = self->query;

  stop (self);
  self->more = more;
  query.n = RT_SEARCH_PAGE;
  if (self->network != NULL)
    query.network = (char *) rt_network_config_get_uuid (rt_network_get_config (self->network));
  if (more)
    {
      RtTimelineKey last;

      rt_search_hit_get_key (g_ptr_array_index (self->hits, self->hits->len - 1), &last);
      query.before_time = last.time;
      query.before_row = last.sequence;
    }
  hurry_chats (self);
  self->cancellable = g_cancellable_new ();
  rt_store_search_async (self->networks->store, &query, self->cancellable, found_cb, g_object_ref (self));
}

static gboolean
search_cb (gpointer data)
{
  RtSearch *self = data;

  self->timer = 0;
  search (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
forget_hits (RtSearch *self)
{
  guint n = self->hits->len;

  g_ptr_array_set_size (self->hits, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
  set_has_more (self, FALSE);
  set_words (self, &self->covered, NULL, PROP_COVERED);
  set_words (self, &self->error, NULL, PROP_ERROR);
}

static void
plan (RtSearch *self)
{
  stop (self);
  if (rt_search_get_asked (self))
    self->timer = rt_timer_add (RT_SEARCH_MILLISECONDS, "[rt-model] search", search_cb, self);
  else
    forget_hits (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEARCHING]);
}

/* ---- object ---- */

static void
rt_search_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  RtSearch *self = RT_SEARCH (object);

  switch (id)
    {
    case PROP_SEARCHING:
      g_value_set_boolean (value, rt_search_get_searching (self));
      break;
    case PROP_HAS_MORE:
      g_value_set_boolean (value, self->has_more);
      break;
    case PROP_COVERED:
      g_value_set_string (value, self->covered);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* What was found in a network that is left, or is asked for in it, is nowhere any more. */
static void
networks_changed_cb (RtSearch *self)
{
  if (self->network != NULL && find_network (self, rt_network_config_get_uuid (rt_network_get_config (self->network))) != self->network)
    g_clear_object (&self->network);
  plan (self);
}

static void
rt_search_dispose (GObject *object)
{
  RtSearch *self = RT_SEARCH (object);

  stop (self);
  g_ptr_array_set_size (self->hits, 0);
  g_clear_object (&self->network);
  if (self->networks != NULL)
    g_signal_handlers_disconnect_by_data (self->networks, self);
  g_clear_object (&self->networks);
  G_OBJECT_CLASS (rt_search_parent_class)->dispose (object);
}

static void
rt_search_finalize (GObject *object)
{
  RtSearch *self = RT_SEARCH (object);

  g_ptr_array_unref (self->hits);
  g_free (self->query.words);
  g_free (self->query.sender);
  g_free (self->covered);
  g_free (self->error);
  G_OBJECT_CLASS (rt_search_parent_class)->finalize (object);
}

static void
rt_search_class_init (RtSearchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = rt_search_get_property;
  object_class->dispose = rt_search_dispose;
  object_class->finalize = rt_search_finalize;
  properties[PROP_SEARCHING] = g_param_spec_boolean ("searching", NULL, NULL, FALSE, flags);
  properties[PROP_HAS_MORE] = g_param_spec_boolean ("has-more", NULL, NULL, FALSE, flags);
  properties[PROP_COVERED] = g_param_spec_string ("covered", NULL, NULL, NULL, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_search_init (RtSearch *self)
{
  self->hits = g_ptr_array_new_with_free_func (g_object_unref);
}

RtSearch *
rt_search_new (RtNetworks *networks)
{
  RtSearch *self;

  g_return_val_if_fail (RT_IS_NETWORKS (networks), NULL);

  self = g_object_new (RT_TYPE_SEARCH, NULL);
  self->networks = g_object_ref (networks);
  g_signal_connect_object (networks, "items-changed", G_CALLBACK (networks_changed_cb), self, G_CONNECT_SWAPPED);
  return self;
}

static gboolean
replace (char **field, const char *text)
{
  if (text != NULL && *text == '\0')
    text = NULL;
  if (g_strcmp0 (*field, text) == 0)
    return FALSE;
  g_free (*field);
  *field = g_strdup (text);
  return TRUE;
}

void
rt_search_set_words (RtSearch *self, const char *words)
{
  g_autofree char *stripped = g_strstrip (g_strdup (words != NULL ? words : ""));

  g_return_if_fail (RT_IS_SEARCH (self));

  if (replace (&self->query.words, stripped))
    plan (self);
}

void
rt_search_set_network (RtSearch *self, RtNetwork *network)
{
  g_return_if_fail (RT_IS_SEARCH (self));

  if (g_set_object (&self->network, network))
    plan (self);
}

void
rt_search_set_sender (RtSearch *self, const char *id)
{
  g_return_if_fail (RT_IS_SEARCH (self));

  if (replace (&self->query.sender, id))
    plan (self);
}

void
rt_search_set_dates (RtSearch *self, gint64 from, gint64 to)
{
  g_return_if_fail (RT_IS_SEARCH (self));

  if (self->query.from == from && self->query.to == to)
    return;
  self->query.from = from;
  self->query.to = to;
  plan (self);
}

gboolean
rt_search_get_asked (RtSearch *self)
{
  g_return_val_if_fail (RT_IS_SEARCH (self), FALSE);

  return self->query.words != NULL || self->query.sender != NULL || self->query.from != 0 || self->query.to != 0;
}

gboolean
rt_search_get_searching (RtSearch *self)
{
  g_return_val_if_fail (RT_IS_SEARCH (self), FALSE);
  return self->timer != 0 || self->cancellable != NULL;
}

gboolean
rt_search_get_has_more (RtSearch *self)
{
  g_return_val_if_fail (RT_IS_SEARCH (self), FALSE);
  return self->has_more;
}

void
rt_search_more (RtSearch *self)
{
  g_return_if_fail (RT_IS_SEARCH (self));

  if (!self->has_more || rt_search_get_searching (self) || self->hits->len == 0)
    return;
  search (self, TRUE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEARCHING]);
}

const char *
rt_search_get_covered (RtSearch *self)
{
  g_return_val_if_fail (RT_IS_SEARCH (self), NULL);
  return self->covered;
}

const char *
rt_search_get_error (RtSearch *self)
{
  g_return_val_if_fail (RT_IS_SEARCH (self), NULL);
  return self->error;
}
