/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-block.h"

#include "model/network/rt-network.h"

#include <glib/gi18n-lib.h>

struct _RtBlock {
  GObject     parent_instance;
  RtBlockKind kind;
  char       *what;
  char       *name;
  gint64      added;
  char       *problem;
};

enum { PROP_0, PROP_PROBLEM, N_PROPS };

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (RtBlock, rt_block, G_TYPE_OBJECT)

static void
finalize (GObject *object)
{
  RtBlock *self = RT_BLOCK (object);

  g_free (self->what);
  g_free (self->name);
  g_free (self->problem);
  G_OBJECT_CLASS (rt_block_parent_class)->finalize (object);
}

static void
get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_PROBLEM: g_value_set_string (value, RT_BLOCK (object)->problem); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_block_class_init (RtBlockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = finalize;
  object_class->get_property = get_property;
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_block_init (RtBlock *self)
{
}

RtBlock *
rt_block_new (RtBlockKind kind, const char *what, const char *name, gint64 added)
{
  RtBlock *self = g_object_new (RT_TYPE_BLOCK, NULL);

  self->kind = kind;
  self->what = g_strdup (what);
  self->name = g_strdup (name);
  self->added = added;
  return self;
}

RtBlockKind
rt_block_get_kind (RtBlock *self)
{
  g_return_val_if_fail (RT_IS_BLOCK (self), RT_BLOCK_PERSON);
  return self->kind;
}

const char *
rt_block_get_what (RtBlock *self)
{
  g_return_val_if_fail (RT_IS_BLOCK (self), NULL);
  return self->what;
}

const char *
rt_block_get_name (RtBlock *self)
{
  g_return_val_if_fail (RT_IS_BLOCK (self), NULL);
  return self->name;
}

gint64
rt_block_get_added (RtBlock *self)
{
  g_return_val_if_fail (RT_IS_BLOCK (self), 0);
  return self->added;
}

const char *
rt_block_get_problem (RtBlock *self)
{
  g_return_val_if_fail (RT_IS_BLOCK (self), NULL);
  return self->problem;
}

void
rt_block_set_problem (RtBlock *self, const char *words)
{
  g_return_if_fail (RT_IS_BLOCK (self));

  if (g_strcmp0 (self->problem, words) == 0)
    return;
  g_free (self->problem);
  self->problem = g_strdup (words);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

char *
rt_block_dup_title (RtBlock *self)
{
  g_autofree char *id = NULL, *name = NULL;

  g_return_val_if_fail (RT_IS_BLOCK (self), NULL);

  if (self->kind == RT_BLOCK_ADDRESS)
    return rt_sanitise_line (self->what, 256);
  id = rt_short_id (self->what);
  if (self->name == NULL)
    return g_steal_pointer (&id);
  name = rt_sanitise_line (self->name, 128);
  if (g_str_equal (name, id))
    return g_steal_pointer (&id);
  /* Translators: somebody's name, then the beginning and the end of his id */
  return g_strdup_printf (_("%s (%s)"), name, id);
}
