/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-table-private.h"
#include "model/timeline/rt-message-item.h"
#include "model/rt-model-enums.h"

#include <glib/gi18n-lib.h>

G_DEFINE_FINAL_TYPE (RtTableRow, rt_table_row, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_KEY, PROP_KEY_TEXT, PROP_KEY_IS_TEXT,
  PROP_EXISTS, PROP_VALUE_TEXT, PROP_KIND, PROP_KIND_TEXT, PROP_SIZE, PROP_UNREAD, PROP_READING, PROP_TROUBLE,
  PROP_OWNER, PROP_OWNER_TEXT, PROP_WRITTEN, PROP_MINE, PROP_OLD,
  PROP_LEASE_END, PROP_LEASE_LEFT, PROP_LEASE_TEXT,
  PROP_STATE, PROP_STATE_TEXT, PROP_ERROR, PROP_STAGED_TEXT, PROP_RETRYING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* ---- from the source ---- */

static void
notify (RtTableRow *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

static void
notify_all (RtTableRow *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint prop = PROP_EXISTS; prop <= PROP_LEASE_TEXT; prop++)
    notify (self, prop);
  g_object_thaw_notify (G_OBJECT (self));
}

gboolean
rt_table_row_refresh (RtTableRow *self)
{
  RtTableMeta meta = { 0 };
  RtTableSource *source = self->table != NULL ? self->table->source : NULL;
  gboolean exists = source != NULL && rt_table_source_lookup (source, self->key, &meta);

  /* Nothing at all but perhaps the value, which is not compared: it may be large. */
  if (!exists && !self->exists)
    return FALSE;
  self->exists = exists;
  self->written = exists ? meta.written : 0;
  self->lease_end = exists ? meta.lease_end : 0;
  self->size = exists ? meta.size : 0;
  self->mine = exists && meta.mine;
  self->signed_by_owner = exists && meta.signed_by_owner;
  self->old = exists && meta.old;
  self->unread = exists && meta.unread;
  self->reading = exists && meta.reading;
  self->nothing = exists && meta.nothing;
  self->fetched = exists && meta.fetched;
  if (!exists || g_strcmp0 (self->trouble, meta.trouble) != 0)
    {
      g_free (self->trouble);
      self->trouble = exists ? g_strdup (meta.trouble) : NULL;
    }
  if (!exists || g_strcmp0 (self->owner, meta.owner) != 0)
    {
      g_clear_pointer (&self->owner, g_ref_string_release);
      self->owner = exists ? g_ref_string_new_intern (meta.owner != NULL ? meta.owner : "") : NULL;
    }
  g_clear_pointer (&self->preview, g_free);
  self->told_lease = G_MAXUINT;
  notify_all (self);
  if (self->viewers > 0 && self->old && !self->reading)
    rt_table_source_fetch (source, self->key, FALSE);
  return TRUE;
}

static double
get_number (GVariant *value, RtValueKind kind)
{
  if (kind == RT_VALUE_DECIMAL)
    return g_variant_get_double (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    return (double) g_variant_get_int64 (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    return (double) g_variant_get_uint64 (value);
  return 0;
}

static GVariant *
get_value (RtTableRow *self)
{
  return self->exists && self->table != NULL && self->table->source != NULL ? rt_table_source_get_value (self->table->source, self->key) : NULL;
}

void
rt_table_row_look (RtTableRow *self)
{
  g_autoptr (GVariant) value = NULL;

  if (self->preview != NULL)
    return;
  value = get_value (self);
  self->preview = value != NULL ? rt_value_preview (value, RT_TABLE_PREVIEW_CHARS) : g_strdup ("");
  self->kind = value != NULL ? rt_value_get_kind (value) : RT_VALUE_TEXT;
  self->number = value != NULL ? get_number (value, self->kind) : 0;
}

RtTableState *
rt_table_row_dup_state (RtTableRow *self)
{
  RtTableMeta meta = { 0 };
  RtTableSource *source;
  g_autoptr (GVariant) value = NULL;

  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);

  /* From the source and not of this frame: value, owner and time have to belong together. */
  source = self->table != NULL ? self->table->source : NULL;
  if (source == NULL || !rt_table_source_lookup (source, self->key, &meta))
    return rt_table_state_new (NULL, NULL, 0);
  {
    g_autofree char *owner = g_strdup (meta.owner);

    if (meta.unread)
      return rt_table_state_new_unread ();
    value = rt_table_source_get_value (source, self->key);
    return rt_table_state_new (value, owner, meta.written);
  }
}

static gboolean
is_value (GVariant *a, GVariant *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_variant_get_size (a) == g_variant_get_size (b) && g_variant_equal (a, b);
}

/* Without a source nobody knows how it stands: as seen, until there is one; so with a value that was not read. */
gboolean
rt_table_row_is_as_seen (RtTableRow *self)
{
  g_autoptr (RtTableState) now = NULL;

  if (self->edit == NULL || self->table == NULL || self->table->source == NULL)
    return TRUE;
  now = rt_table_row_dup_state (self);
  return now->unread || is_value (now->value, self->edit->base->value);
}

gboolean
rt_table_row_is_as_wanted (RtTableRow *self)
{
  g_autoptr (RtTableState) now = NULL;

  if (self->edit == NULL || self->table == NULL || self->table->source == NULL)
    return FALSE;
  now = rt_table_row_dup_state (self);
  return !now->unread && is_value (now->value, self->edit->value);
}

/* ---- edits ---- */

static void
free_edit (RtTableEdit *edit)
{
  g_clear_pointer (&edit->value, g_variant_unref);
  g_clear_pointer (&edit->base, rt_table_state_unref);
  g_free (edit);
}

void
rt_table_row_set_edit (RtTableRow *self, GVariant *value, RtTableState *base)
{
  RtTableEdit *edit = g_new0 (RtTableEdit, 1);

  edit->value = value != NULL ? g_variant_ref (value) : NULL;
  edit->base = rt_table_state_ref (base);
  g_clear_pointer (&self->edit, free_edit);
  self->edit = edit;
  g_free (self->staged_text);
  self->staged_text = value != NULL ? rt_value_preview (value, RT_TABLE_PREVIEW_CHARS) : NULL;
  notify (self, PROP_STAGED_TEXT);
  notify (self, PROP_RETRYING);
}

void
rt_table_row_clear_edit (RtTableRow *self)
{
  g_clear_pointer (&self->edit, free_edit);
  g_clear_pointer (&self->staged_text, g_free);
  notify (self, PROP_STAGED_TEXT);
  notify (self, PROP_RETRYING);
  rt_table_row_set_state (self, RT_ROW_NORMAL, NULL);
}

void
rt_table_row_set_state (RtTableRow *self, RtTableRowState state, const char *error)
{
  if (self->state != state)
    {
      self->state = state;
      notify (self, PROP_STATE);
      notify (self, PROP_STATE_TEXT);
    }
  if (g_strcmp0 (self->error, error) != 0)
    {
      g_free (self->error);
      self->error = g_strdup (error);
      notify (self, PROP_ERROR);
    }
}

void
rt_table_row_set_retry (RtTableRow *self, gint64 since)
{
  if (self->edit == NULL || self->edit->retry_since == since)
    return;
  self->edit->retry_since = since;
  self->edit->retries = 0;
  notify (self, PROP_RETRYING);
}

/* ---- object ---- */

static void
rt_table_row_finalize (GObject *object)
{
  RtTableRow *self = RT_TABLE_ROW (object);

  g_clear_pointer (&self->edit, free_edit);
  g_clear_pointer (&self->owner, g_ref_string_release);
  g_bytes_unref (self->key);
  g_free (self->key_text);
  g_free (self->preview);
  g_free (self->staged_text);
  g_free (self->error);
  g_free (self->trouble);

  G_OBJECT_CLASS (rt_table_row_parent_class)->finalize (object);
}

static void
rt_table_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtTableRow *self = RT_TABLE_ROW (object);

  switch (prop_id)
    {
    case PROP_KEY: g_value_set_boxed (value, self->key); break;
    case PROP_KEY_TEXT: g_value_set_string (value, rt_table_row_get_key_text (self)); break;
    case PROP_KEY_IS_TEXT: rt_table_row_get_key_text (self); g_value_set_boolean (value, self->key_is_text); break;
    case PROP_EXISTS: g_value_set_boolean (value, self->exists); break;
    case PROP_VALUE_TEXT: g_value_set_string (value, rt_table_row_get_value_text (self)); break;
    case PROP_KIND: g_value_set_enum (value, (int) rt_table_row_get_kind (self)); break;
    case PROP_KIND_TEXT: g_value_set_string (value, rt_table_row_get_kind_text (self)); break;
    case PROP_UNREAD: g_value_set_boolean (value, self->unread); break;
    case PROP_READING: g_value_set_boolean (value, self->reading); break;
    case PROP_TROUBLE: g_value_set_string (value, self->trouble); break;
    case PROP_SIZE: g_value_set_uint64 (value, self->size); break;
    case PROP_OWNER: g_value_set_string (value, self->owner); break;
    case PROP_OWNER_TEXT: g_value_take_string (value, rt_table_row_dup_owner_text (self)); break;
    case PROP_WRITTEN: g_value_set_int64 (value, self->written); break;
    case PROP_MINE: g_value_set_boolean (value, self->mine); break;
    case PROP_OLD: g_value_set_boolean (value, self->old); break;
    case PROP_LEASE_END: g_value_set_int64 (value, self->lease_end); break;
    case PROP_LEASE_LEFT: g_value_set_uint (value, rt_table_row_get_lease_left (self)); break;
    case PROP_LEASE_TEXT: g_value_take_string (value, rt_table_row_dup_lease_text (self)); break;
    case PROP_STATE: g_value_set_enum (value, (int) self->state); break;
    case PROP_STATE_TEXT: g_value_set_string (value, rt_table_row_get_state_text (self)); break;
    case PROP_ERROR: g_value_set_string (value, self->error); break;
    case PROP_STAGED_TEXT: g_value_set_string (value, self->staged_text); break;
    case PROP_RETRYING: g_value_set_boolean (value, rt_table_row_get_retrying (self)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_table_row_class_init (RtTableRowClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = rt_table_row_finalize;
  object_class->get_property = rt_table_row_get_property;

  properties[PROP_KEY] = g_param_spec_boxed ("key", NULL, NULL, G_TYPE_BYTES, flags);
  properties[PROP_KEY_TEXT] = g_param_spec_string ("key-text", NULL, NULL, NULL, flags);
  properties[PROP_KEY_IS_TEXT] = g_param_spec_boolean ("key-is-text", NULL, NULL, FALSE, flags);
  properties[PROP_EXISTS] = g_param_spec_boolean ("exists", NULL, NULL, FALSE, flags);
  properties[PROP_VALUE_TEXT] = g_param_spec_string ("value-text", NULL, NULL, NULL, flags);
  properties[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, RT_TYPE_VALUE_KIND, RT_VALUE_TEXT, flags);
  properties[PROP_KIND_TEXT] = g_param_spec_string ("kind-text", NULL, NULL, NULL, flags);
  properties[PROP_SIZE] = g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_UNREAD] = g_param_spec_boolean ("unread", NULL, NULL, FALSE, flags);
  properties[PROP_READING] = g_param_spec_boolean ("reading", NULL, NULL, FALSE, flags);
  properties[PROP_TROUBLE] = g_param_spec_string ("trouble", NULL, NULL, NULL, flags);
  properties[PROP_OWNER] = g_param_spec_string ("owner", NULL, NULL, NULL, flags);
  properties[PROP_OWNER_TEXT] = g_param_spec_string ("owner-text", NULL, NULL, NULL, flags);
  properties[PROP_WRITTEN] = g_param_spec_int64 ("written", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_MINE] = g_param_spec_boolean ("mine", NULL, NULL, FALSE, flags);
  properties[PROP_OLD] = g_param_spec_boolean ("old", NULL, NULL, FALSE, flags);
  properties[PROP_LEASE_END] = g_param_spec_int64 ("lease-end", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_LEASE_LEFT] = g_param_spec_uint ("lease-left", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_LEASE_TEXT] = g_param_spec_string ("lease-text", NULL, NULL, NULL, flags);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, RT_TYPE_TABLE_ROW_STATE, RT_ROW_NORMAL, flags);
  properties[PROP_STATE_TEXT] = g_param_spec_string ("state-text", NULL, NULL, NULL, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  properties[PROP_STAGED_TEXT] = g_param_spec_string ("staged-text", NULL, NULL, NULL, flags);
  properties[PROP_RETRYING] = g_param_spec_boolean ("retrying", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_table_row_init (RtTableRow *self)
{
  self->told_lease = G_MAXUINT;
}

RtTableRow *
rt_table_row_new (RtTable *table, GBytes *key)
{
  RtTableRow *self = g_object_new (RT_TYPE_TABLE_ROW, NULL);

  self->table = table;
  self->key = g_bytes_ref (key);
  return self;
}

void
rt_table_row_tick (RtTableRow *self)
{
  guint left;

  g_return_if_fail (RT_IS_TABLE_ROW (self));

  left = rt_table_row_get_lease_left (self);
  if (left == self->told_lease)
    return;
  self->told_lease = left;
  notify (self, PROP_LEASE_LEFT);
  notify (self, PROP_LEASE_TEXT);
}

void
rt_table_row_want (RtTableRow *self)
{
  g_return_if_fail (RT_IS_TABLE_ROW (self));

  self->viewers++;
  if (self->exists && self->table != NULL && self->table->source != NULL)
    rt_table_source_fetch (self->table->source, self->key, FALSE);
}

void
rt_table_row_unwant (RtTableRow *self)
{
  g_return_if_fail (RT_IS_TABLE_ROW (self));
  g_return_if_fail (self->viewers > 0);

  self->viewers--;
  if (self->viewers == 0 && self->table != NULL && self->table->source != NULL)
    rt_table_source_unfetch (self->table->source, self->key);
}
