/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-traffic.h"
#include "rt-traffic-filter.h"
#include "model/rt-timer.h"

struct _RtTraffic {
  GObject         parent_instance;

  GQueue          pending;      /* of RtTrafficItem, for the next tick */
  gsize           pending_bytes;
  GQueue          kept;         /* of RtTrafficItem, the oldest first */
  gsize           kept_bytes;
  GPtrArray      *shown;        /* of those, not owning; from first on */
  guint           first;

  RtTrafficFilter filter;
  char           *address;      /* the filter's */
  char           *text;
  gboolean        paused;
  guint64         n_missed;
  guint64         n_skipped;
  guint           timer;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtTraffic, rt_traffic, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum { PROP_0, PROP_N_FRAMES, PROP_N_MISSED, PROP_N_SKIPPED, PROP_PAUSED, N_PROPS };
static GParamSpec *properties[N_PROPS];

static guint
count_shown (RtTraffic *self)
{
  return self->shown->len - self->first;
}

static gboolean
is_let_through (RtTraffic *self, RtTrafficItem *item)
{
  return rt_traffic_filter_matches (&self->filter, self->text, item);
}

/* Those in front that are not shown any more are cut off once they are the greater part. */
static void
tidy_shown (RtTraffic *self)
{
  if (self->first > 1024 && self->first > self->shown->len / 2)
    {
      g_ptr_array_remove_range (self->shown, 0, self->first);
      self->first = 0;
    }
}

/* Room for so many frames of so many bytes. */
static void
make_room (RtTraffic *self, guint n, gsize bytes)
{
  guint removed = 0;
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_object_unref);

  while (self->kept.length > 0 && (self->kept.length + n > RT_TRAFFIC_MAX_FRAMES || self->kept_bytes + bytes > RT_TRAFFIC_MAX_BYTES))
    {
      RtTrafficItem *item = g_queue_pop_head (&self->kept);

      self->kept_bytes -= rt_traffic_item_get_weight (item);
      if (count_shown (self) > 0 && g_ptr_array_index (self->shown, self->first) == item)
        {
          self->first++;
          removed++;
        }
      g_ptr_array_add (gone, item);
    }
  tidy_shown (self);
  if (removed > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, 0);
}

static void
take (RtTraffic *self, GPtrArray *items)
{
  guint before = count_shown (self), added;

  for (guint i = 0; i < items->len; i++)
    {
      RtTrafficItem *item = g_ptr_array_index (items, i);

      self->kept_bytes += rt_traffic_item_get_weight (item);
      g_queue_push_tail (&self->kept, g_object_ref (item));
      if (is_let_through (self, item))
        g_ptr_array_add (self->shown, item);
    }
  added = count_shown (self) - before;
  if (added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, added);
}

static void
notify_counts (RtTraffic *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_FRAMES]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_MISSED]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_SKIPPED]);
}

static void
flush (RtTraffic *self, guint max)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  gsize bytes = 0;

  while (self->pending.length > 0 && items->len < max)
    {
      RtTrafficItem *item = g_queue_pop_head (&self->pending);

      bytes += rt_traffic_item_get_weight (item);
      g_ptr_array_add (items, item);
    }
  self->pending_bytes -= bytes;
  if (items->len > 0)
    {
      make_room (self, items->len, bytes);
      take (self, items);
    }
  notify_counts (self);
}

static gboolean
tick_cb (gpointer data)
{
  RtTraffic *self = g_object_ref (data);

  flush (self, RT_TRAFFIC_MAX_PER_TICK);
  if (self->pending.length == 0 && self->timer != 0)
    rt_timer_clear (&self->timer);
  g_object_unref (self);
  /* what cleared it destroyed the source */
  return G_SOURCE_CONTINUE;
}

static void
expect_tick (RtTraffic *self)
{
  if (self->timer == 0)
    self->timer = rt_timer_add (RT_TRAFFIC_TICK_MS, "[rt-model] frames", tick_cb, self);
}

static void
show_all_anew (RtTraffic *self)
{
  guint removed = count_shown (self);

  g_ptr_array_set_size (self->shown, 0);
  self->first = 0;
  for (GList *l = self->kept.head; l != NULL; l = l->next)
    if (is_let_through (self, l->data))
      g_ptr_array_add (self->shown, l->data);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, count_shown (self));
}

/* ---- object ---- */

static void
rt_traffic_dispose (GObject *object)
{
  RtTraffic *self = RT_TRAFFIC (object);

  rt_timer_clear (&self->timer);
  g_queue_clear_full (&self->pending, g_object_unref);
  g_ptr_array_set_size (self->shown, 0);
  self->first = 0;
  g_queue_clear_full (&self->kept, g_object_unref);

  G_OBJECT_CLASS (rt_traffic_parent_class)->dispose (object);
}

static void
rt_traffic_finalize (GObject *object)
{
  RtTraffic *self = RT_TRAFFIC (object);

  g_ptr_array_unref (self->shown);
  g_free (self->address);
  g_free (self->text);

  G_OBJECT_CLASS (rt_traffic_parent_class)->finalize (object);
}

static void
rt_traffic_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtTraffic *self = RT_TRAFFIC (object);

  switch (prop_id)
    {
    case PROP_N_FRAMES: g_value_set_uint (value, self->kept.length); break;
    case PROP_N_MISSED: g_value_set_uint64 (value, self->n_missed); break;
    case PROP_N_SKIPPED: g_value_set_uint64 (value, self->n_skipped); break;
    case PROP_PAUSED: g_value_set_boolean (value, self->paused); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_traffic_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_PAUSED: rt_traffic_set_paused (RT_TRAFFIC (object), g_value_get_boolean (value)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_traffic_class_init (RtTrafficClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_traffic_dispose;
  object_class->finalize = rt_traffic_finalize;
  object_class->get_property = rt_traffic_get_property;
  object_class->set_property = rt_traffic_set_property;

  properties[PROP_N_FRAMES] = g_param_spec_uint ("n-frames", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_MISSED] = g_param_spec_uint64 ("n-missed", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_N_SKIPPED] = g_param_spec_uint64 ("n-skipped", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, flags | G_PARAM_WRITABLE);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_traffic_init (RtTraffic *self)
{
  g_queue_init (&self->pending);
  g_queue_init (&self->kept);
  self->shown = g_ptr_array_new ();
  self->filter.groups = RT_TRAFFIC_ALL_GROUPS;
}

static GType
get_item_type (GListModel *model)
{
  return RT_TYPE_TRAFFIC_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return count_shown (RT_TRAFFIC (model));
}

static gpointer
get_item (GListModel *model, guint position)
{
  RtTraffic *self = RT_TRAFFIC (model);

  return position < count_shown (self) ? g_object_ref (g_ptr_array_index (self->shown, self->first + position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

RtTraffic *
rt_traffic_new (void)
{
  return g_object_new (RT_TYPE_TRAFFIC, NULL);
}

/* ---- what comes ---- */

void
rt_traffic_add (RtTraffic *self, const RtFrame *frame)
{
  RtTrafficItem *item;

  g_return_if_fail (RT_IS_TRAFFIC (self));

  expect_tick (self);
  if (self->paused)
    {
      self->n_missed++;
      return;
    }
  item = rt_traffic_item_new (frame);
  g_queue_push_tail (&self->pending, item);
  self->pending_bytes += rt_traffic_item_get_weight (item);
  while (self->pending.length > 1 && (self->pending.length > RT_TRAFFIC_MAX_FRAMES || self->pending_bytes > RT_TRAFFIC_MAX_BYTES))
    {
      g_autoptr (RtTrafficItem) oldest = g_queue_pop_head (&self->pending);

      self->pending_bytes -= rt_traffic_item_get_weight (oldest);
      self->n_skipped++;
    }
}

void
rt_traffic_flush (RtTraffic *self)
{
  g_return_if_fail (RT_IS_TRAFFIC (self));

  flush (self, G_MAXUINT);
}

void
rt_traffic_clear (RtTraffic *self)
{
  guint removed;
  GQueue gone;

  g_return_if_fail (RT_IS_TRAFFIC (self));

  removed = count_shown (self);
  gone = self->kept;
  g_queue_init (&self->kept);
  self->kept_bytes = 0;
  g_queue_clear_full (&self->pending, g_object_unref);
  self->pending_bytes = 0;
  g_ptr_array_set_size (self->shown, 0);
  self->first = 0;
  self->n_missed = self->n_skipped = 0;
  if (removed > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, 0);
  g_queue_clear_full (&gone, g_object_unref);
  notify_counts (self);
}

guint
rt_traffic_get_n_frames (RtTraffic *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC (self), 0);
  return self->kept.length;
}

gsize
rt_traffic_get_n_bytes (RtTraffic *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC (self), 0);
  return self->kept_bytes;
}

guint64
rt_traffic_get_n_missed (RtTraffic *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC (self), 0);
  return self->n_missed;
}

guint64
rt_traffic_get_n_skipped (RtTraffic *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC (self), 0);
  return self->n_skipped;
}

gboolean
rt_traffic_get_paused (RtTraffic *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC (self), FALSE);
  return self->paused;
}

/* What came before the pause is still shown. */
void
rt_traffic_set_paused (RtTraffic *self, gboolean paused)
{
  g_return_if_fail (RT_IS_TRAFFIC (self));

  if (self->paused == paused)
    return;
  self->paused = paused;
  self->n_missed = 0;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSED]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_MISSED]);
}

/* ---- filter ---- */

void
rt_traffic_set_text (RtTraffic *self, const char *text)
{
  g_autofree char *low = NULL;

  g_return_if_fail (RT_IS_TRAFFIC (self));

  low = text != NULL && *text != '\0' ? g_ascii_strdown (text, -1) : NULL;
  if (g_strcmp0 (low, self->text) == 0)
    return;
  g_free (self->text);
  self->text = g_steal_pointer (&low);
  show_all_anew (self);
}

void
rt_traffic_set_filter (RtTraffic *self, const RtTrafficFilter *filter)
{
  char *address;

  g_return_if_fail (RT_IS_TRAFFIC (self));

  address = filter != NULL ? g_strdup (filter->address) : NULL;
  g_free (self->address);
  self->filter = filter != NULL ? *filter : (RtTrafficFilter) { .groups = RT_TRAFFIC_ALL_GROUPS };
  self->filter.address = self->address = address;
  show_all_anew (self);
}

void
rt_traffic_get_filter (RtTraffic *self, RtTrafficFilter *filter)
{
  g_return_if_fail (RT_IS_TRAFFIC (self));
  *filter = self->filter;
}

gboolean
rt_traffic_is_filtered (RtTraffic *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC (self), FALSE);
  return self->text != NULL || !rt_traffic_filter_lets_all (&self->filter);
}

/* ---- export ---- */

static void
write_lines (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GPtrArray *items = task_data;
  GFile *file = g_object_get_data (G_OBJECT (task), "file");
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GFileOutputStream) stream = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_PRIVATE, cancellable, &error);
  g_autoptr (GOutputStream) buffered = NULL;

  if (stream != NULL)
    buffered = g_buffered_output_stream_new (G_OUTPUT_STREAM (stream));
  for (guint i = 0; i < items->len && error == NULL; i++)
    {
      g_string_truncate (line, 0);
      rt_traffic_item_append_json (g_ptr_array_index (items, i), line);
      g_string_append_c (line, '\n');
      g_output_stream_write_all (buffered, line->str, line->len, NULL, cancellable, &error);
    }
  if (error == NULL)
    g_output_stream_close (buffered, cancellable, &error);
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_int (task, (gssize) items->len);
}

void
rt_traffic_export_async (RtTraffic *self, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GPtrArray *items;

  g_return_if_fail (RT_IS_TRAFFIC (self));
  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, rt_traffic_export_async);
  g_task_set_name (task, "[rt-model] export frames");
  items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < count_shown (self); i++)
    g_ptr_array_add (items, g_object_ref (g_ptr_array_index (self->shown, self->first + i)));
  g_task_set_task_data (task, items, (GDestroyNotify) g_ptr_array_unref);
  g_object_set_data_full (G_OBJECT (task), "file", g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, write_lines);
}

gboolean
rt_traffic_export_finish (RtTraffic *self, GAsyncResult *result, guint *n_frames, GError **error)
{
  gssize n;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  n = g_task_propagate_int (G_TASK (result), error);
  if (n < 0)
    return FALSE;
  if (n_frames != NULL)
    *n_frames = (guint) n;
  return TRUE;
}
