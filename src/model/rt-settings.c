/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-settings.h"
#include "rt-model-enums.h"

enum {
  PROP_0,
  PROP_WINDOW_WIDTH,
  PROP_WINDOW_HEIGHT,
  PROP_WINDOW_MAXIMIZED,
  PROP_LAST_NETWORK,
  PROP_LAST_PAGE,
  PROP_PEERS_AS_GRAPH,
  PROP_RUN_IN_BACKGROUND,
  PROP_START_AT_LOGIN,
  PROP_BACKGROUND_TOLD,
  PROP_NOTIFICATIONS,
  PROP_NOTIFICATION_TEXT,
  PROP_SEND_KEY,
  PROP_COLOURS,
  PROP_SHOW_PICTURES,
  PROP_SEND_RECEIPTS,
  PROP_CATCH_UP,
  PROP_KEEP_HISTORY,
  PROP_FIND_NEARBY,
  N_PROPS
};

struct _RtSettings {
  GObject    parent_instance;
  GSettings *settings;          /* NULL: forgetful */
  gboolean   complete;          /* the schema has all of them */
  GValue     values[N_PROPS];
};

G_DEFINE_FINAL_TYPE (RtSettings, rt_settings, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static void
rt_settings_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id > PROP_0 && prop_id < N_PROPS)
    g_value_copy (&RT_SETTINGS (object)->values[prop_id], value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
rt_settings_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  RtSettings *self = RT_SETTINGS (object);

  if (prop_id == PROP_0 || prop_id >= N_PROPS)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  if (g_param_values_cmp (pspec, &self->values[prop_id], value) == 0)
    return;
  g_value_copy (value, &self->values[prop_id]);
  g_object_notify_by_pspec (object, pspec);
}

static void
rt_settings_finalize (GObject *object)
{
  RtSettings *self = RT_SETTINGS (object);

  for (guint i = 1; i < N_PROPS; i++)
    g_value_unset (&self->values[i]);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (rt_settings_parent_class)->finalize (object);
}

static void
rt_settings_class_init (RtSettingsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = rt_settings_finalize;
  object_class->get_property = rt_settings_get_property;
  object_class->set_property = rt_settings_set_property;

  /* what is by default is what the schema says: a test compares them */
  properties[PROP_WINDOW_WIDTH] = g_param_spec_int ("window-width", NULL, NULL, RT_SETTINGS_MIN_WIDTH, 16384, 1200, flags);
  properties[PROP_WINDOW_HEIGHT] = g_param_spec_int ("window-height", NULL, NULL, RT_SETTINGS_MIN_HEIGHT, 16384, 760, flags);
  properties[PROP_WINDOW_MAXIMIZED] = g_param_spec_boolean ("window-maximized", NULL, NULL, FALSE, flags);
  properties[PROP_LAST_NETWORK] = g_param_spec_string ("last-network", NULL, NULL, "", flags);
  properties[PROP_LAST_PAGE] = g_param_spec_string ("last-page", NULL, NULL, "chat", flags);
  properties[PROP_PEERS_AS_GRAPH] = g_param_spec_boolean ("peers-as-graph", NULL, NULL, FALSE, flags);
  properties[PROP_RUN_IN_BACKGROUND] = g_param_spec_boolean ("run-in-background", NULL, NULL, FALSE, flags);
  properties[PROP_START_AT_LOGIN] = g_param_spec_boolean ("start-at-login", NULL, NULL, FALSE, flags);
  properties[PROP_BACKGROUND_TOLD] = g_param_spec_boolean ("background-told", NULL, NULL, FALSE, flags);
  properties[PROP_NOTIFICATIONS] = g_param_spec_boolean ("notifications", NULL, NULL, TRUE, flags);
  properties[PROP_NOTIFICATION_TEXT] = g_param_spec_boolean ("notification-text", NULL, NULL, TRUE, flags);
  properties[PROP_SEND_KEY] = g_param_spec_enum ("send-key", NULL, NULL, RT_TYPE_SEND_KEY, RT_SEND_KEY_ENTER, flags);
  properties[PROP_COLOURS] = g_param_spec_enum ("colours", NULL, NULL, RT_TYPE_COLOURS, RT_COLOURS_SYSTEM, flags);
  properties[PROP_SHOW_PICTURES] = g_param_spec_enum ("show-pictures", NULL, NULL, RT_TYPE_PREVIEWS, RT_PREVIEWS_KNOWN, flags);
  properties[PROP_SEND_RECEIPTS] = g_param_spec_boolean ("send-receipts", NULL, NULL, TRUE, flags);
  properties[PROP_CATCH_UP] = g_param_spec_boolean ("catch-up", NULL, NULL, TRUE, flags);
  properties[PROP_KEEP_HISTORY] = g_param_spec_enum ("keep-history", NULL, NULL, RT_TYPE_KEEP, RT_KEEP_FOREVER, flags);
  properties[PROP_FIND_NEARBY] = g_param_spec_boolean ("find-nearby", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_settings_init (RtSettings *self)
{
  for (guint i = 1; i < N_PROPS; i++)
    {
      g_value_init (&self->values[i], G_PARAM_SPEC_VALUE_TYPE (properties[i]));
      g_param_value_set_default (properties[i], &self->values[i]);
    }
}

RtSettings *
rt_settings_new_forgetful (void)
{
  return g_object_new (RT_TYPE_SETTINGS, NULL);
}

/* GSettings ends the program for a schema or a key that is not there. */
RtSettings *
rt_settings_new (void)
{
  RtSettings *self = rt_settings_new_forgetful ();
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = source != NULL ? g_settings_schema_source_lookup (source, APP_ID, TRUE) : NULL;

  if (schema == NULL)
    return self;
  self->settings = g_settings_new_full (schema, NULL, NULL);
  self->complete = TRUE;
  for (guint i = 1; i < N_PROPS; i++)
    {
      const char *name = g_param_spec_get_name (properties[i]);

      if (g_settings_schema_has_key (schema, name))
        g_settings_bind (self->settings, name, self, name, G_SETTINGS_BIND_DEFAULT);
      else
        self->complete = FALSE;
    }
  return self;
}

gboolean
rt_settings_is_remembered (RtSettings *self)
{
  g_return_val_if_fail (RT_IS_SETTINGS (self), FALSE);

  return self->settings != NULL && self->complete;
}

static const GValue *
get_value (RtSettings *self, const char *property, GType type)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (self), property);

  g_return_val_if_fail (pspec != NULL && G_PARAM_SPEC_VALUE_TYPE (pspec) == type, NULL);
  return &self->values[pspec->param_id];
}

gboolean
rt_settings_get_flag (RtSettings *self, const char *property)
{
  const GValue *value;

  g_return_val_if_fail (RT_IS_SETTINGS (self), FALSE);

  value = get_value (self, property, G_TYPE_BOOLEAN);
  return value != NULL && g_value_get_boolean (value);
}

int
rt_settings_get_number (RtSettings *self, const char *property)
{
  const GValue *value;

  g_return_val_if_fail (RT_IS_SETTINGS (self), 0);

  value = get_value (self, property, G_TYPE_INT);
  return value != NULL ? g_value_get_int (value) : 0;
}

const char *
rt_settings_get_string (RtSettings *self, const char *property)
{
  const GValue *value;

  g_return_val_if_fail (RT_IS_SETTINGS (self), NULL);

  value = get_value (self, property, G_TYPE_STRING);
  return value != NULL ? g_value_get_string (value) : NULL;
}

RtSendKey
rt_settings_get_send_key (RtSettings *self)
{
  g_return_val_if_fail (RT_IS_SETTINGS (self), RT_SEND_KEY_ENTER);
  return (RtSendKey) g_value_get_enum (&self->values[PROP_SEND_KEY]);
}

RtColours
rt_settings_get_colours (RtSettings *self)
{
  g_return_val_if_fail (RT_IS_SETTINGS (self), RT_COLOURS_SYSTEM);
  return (RtColours) g_value_get_enum (&self->values[PROP_COLOURS]);
}

RtPreviews
rt_settings_get_show_pictures (RtSettings *self)
{
  g_return_val_if_fail (RT_IS_SETTINGS (self), RT_PREVIEWS_NEVER);
  return (RtPreviews) g_value_get_enum (&self->values[PROP_SHOW_PICTURES]);
}

RtKeep
rt_settings_get_keep_history (RtSettings *self)
{
  g_return_val_if_fail (RT_IS_SETTINGS (self), RT_KEEP_FOREVER);
  return (RtKeep) g_value_get_enum (&self->values[PROP_KEEP_HISTORY]);
}

guint
rt_keep_get_days (RtKeep keep)
{
  switch (keep)
    {
    case RT_KEEP_YEAR: return 366;
    case RT_KEEP_QUARTER: return 92;
    case RT_KEEP_MONTH: return 31;
    case RT_KEEP_FOREVER:
    default: return 0;
    }
}
