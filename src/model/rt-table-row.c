/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-table-private.h"
#include "rt-message-item.h"
#include "rt-model-enums.h"

#include <glib/gi18n-lib.h>

G_DEFINE_FINAL_TYPE (RtTableRow, rt_table_row, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_KEY, PROP_KEY_TEXT, PROP_KEY_IS_TEXT,
  PROP_EXISTS, PROP_VALUE_TEXT, PROP_KIND, PROP_KIND_TEXT, PROP_SIZE,
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
  self->old = exists && meta.old;
  if (!exists || g_strcmp0 (self->owner, meta.owner) != 0)
    {
      g_clear_pointer (&self->owner, g_ref_string_release);
      self->owner = exists ? g_ref_string_new_intern (meta.owner != NULL ? meta.owner : "") : NULL;
    }
  g_clear_pointer (&self->preview, g_free);
  self->told_lease = G_MAXUINT;
  notify_all (self);
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

/* Without a source nobody knows how it stands: as seen, until there is one. */
gboolean
rt_table_row_is_as_seen (RtTableRow *self)
{
  g_autoptr (RtTableState) now = NULL;

  if (self->edit == NULL || self->table == NULL || self->table->source == NULL)
    return TRUE;
  now = rt_table_row_dup_state (self);
  return is_value (now->value, self->edit->base->value);
}

gboolean
rt_table_row_is_as_wanted (RtTableRow *self)
{
  g_autoptr (RtTableState) now = NULL;

  if (self->edit == NULL || self->table == NULL || self->table->source == NULL)
    return FALSE;
  now = rt_table_row_dup_state (self);
  return is_value (now->value, self->edit->value);
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

/* ---- order ---- */

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static int
compare_values (RtTableRow *a, RtTableRow *b)
{
  gboolean number_a, number_b;

  rt_table_row_look (a);
  rt_table_row_look (b);
  number_a = a->kind == RT_VALUE_INTEGER || a->kind == RT_VALUE_DECIMAL;
  number_b = b->kind == RT_VALUE_INTEGER || b->kind == RT_VALUE_DECIMAL;
  if (number_a != number_b)
    return number_a ? -1 : 1;
  if (!number_a)
    return g_strcmp0 (a->preview, b->preview);
  /* no order can be had with a NaN in it: those are the smallest */
  if (a->number != a->number || b->number != b->number)
    return (a->number == a->number) - (b->number == b->number);
  return COMPARE (a->number, b->number);
}

/* Not by the time: a place that changes with it could not be found again. */
static guint
rank_state (RtTableRow *row)
{
  static const guint ranks[] = {
    [RT_ROW_CONFLICT] = 0, [RT_ROW_FAILED] = 1, [RT_ROW_APPLYING] = 2, [RT_ROW_EDITED] = 3, [RT_ROW_TO_DELETE] = 4, [RT_ROW_NORMAL] = 5,
  };

  if (row->order_state != RT_ROW_NORMAL)
    return ranks[row->order_state];
  if (row->old)
    return 8;
  if (row->mine)
    return 5;
  return row->lease_end > 0 ? 6 : 7;
}

int
rt_table_row_compare (RtTableRow *a, RtTableRow *b, RtTableSort sort_by)
{
  int order = 0;

  switch (sort_by)
    {
    case RT_TABLE_SORT_VALUE:
      order = compare_values (a, b);
      break;
    case RT_TABLE_SORT_KIND:
      rt_table_row_look (a);
      rt_table_row_look (b);
      order = COMPARE (a->kind, b->kind);
      break;
    case RT_TABLE_SORT_SIZE:
      order = COMPARE (a->size, b->size);
      break;
    case RT_TABLE_SORT_OWNER:
      order = (int) b->mine - (int) a->mine;
      if (order == 0)
        order = g_strcmp0 (a->owner, b->owner);
      break;
    case RT_TABLE_SORT_WRITTEN:
      order = COMPARE (a->written, b->written);
      break;
    case RT_TABLE_SORT_LEASE:
      order = COMPARE (a->lease_end, b->lease_end);
      break;
    case RT_TABLE_SORT_STATE:
      order = COMPARE (rank_state (a), rank_state (b));
      break;
    case RT_TABLE_SORT_KEY:
    default:
      break;
    }
  return order != 0 ? order : g_bytes_compare (a->key, b->key);
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
    case PROP_KIND_TEXT: g_value_set_string (value, self->exists ? rt_value_kind_words (rt_table_row_get_kind (self)) : ""); break;
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

/* ---- what it says ---- */

GBytes *
rt_table_row_get_key (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);
  return self->key;
}

const char *
rt_table_row_get_key_text (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);

  if (self->key_text == NULL)
    {
      gboolean is_text;

      self->key_text = rt_table_key_to_text (self->key, &is_text);
      self->key_is_text = is_text != FALSE;
    }
  return self->key_text;
}

gboolean
rt_table_row_get_exists (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), FALSE);
  return self->exists;
}

const char *
rt_table_row_get_value_text (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);

  rt_table_row_look (self);
  return self->preview;
}

RtValueKind
rt_table_row_get_kind (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), RT_VALUE_TEXT);

  rt_table_row_look (self);
  return self->kind;
}

gsize
rt_table_row_get_size (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), 0);
  return self->size;
}

const char *
rt_table_row_get_owner (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);
  return self->owner;
}

char *
rt_table_row_dup_owner_text (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);

  if (!self->exists)
    return g_strdup ("");
  return self->mine ? g_strdup (_("you")) : rt_short_id (self->owner);
}

gint64
rt_table_row_get_written (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), 0);
  return self->written;
}

gboolean
rt_table_row_get_mine (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), FALSE);
  return self->mine;
}

gboolean
rt_table_row_get_old (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), FALSE);
  return self->old;
}

gint64
rt_table_row_get_lease_end (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), 0);
  return self->lease_end;
}

guint
rt_table_row_get_lease_left (RtTableRow *self)
{
  gint64 left;

  g_return_val_if_fail (RT_IS_TABLE_ROW (self), 0);

  if (self->lease_end == 0 || self->table == NULL)
    return 0;
  left = self->lease_end - rt_table_get_now (self->table);
  return (guint) CLAMP (left, 0, G_MAXINT);
}

static char *
lease_words (guint left)
{
  if (left == 0)
    return g_strdup (_("free"));
  if (left < 60)
    return g_strdup_printf (C_("time left", "%u s"), left);
  if (left < 3600)
    return g_strdup_printf (C_("time left", "%u min %u s"), left / 60, left % 60);
  return g_strdup_printf (C_("time left", "%u h %u min"), left / 3600, left / 60 % 60);
}

char *
rt_table_row_dup_lease_text (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);

  return self->exists ? lease_words (rt_table_row_get_lease_left (self)) : g_strdup ("");
}

RtTableRowState
rt_table_row_get_state (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), RT_ROW_NORMAL);
  return self->state;
}

const char *
rt_table_row_get_state_text (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);

  switch (self->state)
    {
    case RT_ROW_EDITED: return _("Edited, not applied");
    case RT_ROW_TO_DELETE: return _("To be deleted");
    case RT_ROW_APPLYING: return _("Being applied");
    case RT_ROW_FAILED: return _("Refused");
    case RT_ROW_CONFLICT: return _("Changed by somebody else");
    case RT_ROW_NORMAL:
    default: return "";
    }
}

const char *
rt_table_row_get_error (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);
  return self->error;
}

gboolean
rt_table_row_get_retrying (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), FALSE);
  return self->edit != NULL && self->edit->retry_since != 0;
}

gboolean
rt_table_row_get_staged (RtTableRow *self, GVariant **value, RtTableState **base)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), FALSE);

  if (value != NULL)
    *value = self->edit != NULL ? self->edit->value : NULL;
  if (base != NULL)
    *base = self->edit != NULL ? self->edit->base : NULL;
  return self->edit != NULL;
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
