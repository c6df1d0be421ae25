/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of one key. */
#include "rt-table-private.h"
#include "model/rt-model-enums.h"

struct _RtTableResult {
  GObject        parent_instance;
  RtTableRow    *row;
  char          *words;
  RtTableOutcome outcome;
};

G_DEFINE_FINAL_TYPE (RtTableResult, rt_table_result, G_TYPE_OBJECT)

enum { PROP_0, PROP_ROW, PROP_KEY_TEXT, PROP_OUTCOME, PROP_WORDS, N_PROPS };

static GParamSpec *properties[N_PROPS];

static void
rt_table_result_finalize (GObject *object)
{
  RtTableResult *self = RT_TABLE_RESULT (object);

  g_object_unref (self->row);
  g_free (self->words);

  G_OBJECT_CLASS (rt_table_result_parent_class)->finalize (object);
}

static void
rt_table_result_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtTableResult *self = RT_TABLE_RESULT (object);

  switch (prop_id)
    {
    case PROP_ROW: g_value_set_object (value, self->row); break;
    case PROP_KEY_TEXT: g_value_set_string (value, rt_table_row_get_key_text (self->row)); break;
    case PROP_OUTCOME: g_value_set_enum (value, (int) self->outcome); break;
    case PROP_WORDS: g_value_set_string (value, self->words); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_table_result_class_init (RtTableResultClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = rt_table_result_finalize;
  object_class->get_property = rt_table_result_get_property;

  properties[PROP_ROW] = g_param_spec_object ("row", NULL, NULL, RT_TYPE_TABLE_ROW, flags);
  properties[PROP_KEY_TEXT] = g_param_spec_string ("key-text", NULL, NULL, NULL, flags);
  properties[PROP_OUTCOME] = g_param_spec_enum ("outcome", NULL, NULL, RT_TYPE_TABLE_OUTCOME, RT_OUTCOME_APPLIED, flags);
  properties[PROP_WORDS] = g_param_spec_string ("words", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_table_result_init (RtTableResult *self)
{
}

RtTableResult *
rt_table_result_new (RtTableRow *row, RtTableOutcome outcome, const char *words)
{
  RtTableResult *self = g_object_new (RT_TYPE_TABLE_RESULT, NULL);

  self->row = g_object_ref (row);
  self->outcome = outcome;
  self->words = g_strdup (words);
  return self;
}

RtTableRow *
rt_table_result_get_row (RtTableResult *self)
{
  g_return_val_if_fail (RT_IS_TABLE_RESULT (self), NULL);
  return self->row;
}

const char *
rt_table_result_get_key_text (RtTableResult *self)
{
  g_return_val_if_fail (RT_IS_TABLE_RESULT (self), NULL);
  return rt_table_row_get_key_text (self->row);
}

RtTableOutcome
rt_table_result_get_outcome (RtTableResult *self)
{
  g_return_val_if_fail (RT_IS_TABLE_RESULT (self), RT_OUTCOME_FAILED);
  return self->outcome;
}

const char *
rt_table_result_get_words (RtTableResult *self)
{
  g_return_val_if_fail (RT_IS_TABLE_RESULT (self), NULL);
  return self->words;
}
