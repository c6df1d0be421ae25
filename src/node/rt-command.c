/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-command.h"

#include "rt-json-reader.h"
#include "rt-json-writer.h"
#include "rt-node-error.h"

struct _RtCommand {
  grefcount refs;
  JsonObject *object;       /* NULL: of a bad line */
  const char *name;
  char *tag;                /* as JSON text */
  gboolean answered;
  RtCommandAnswered answered_func;
  gpointer data;
};

static const char *
member_text (JsonObject *object,
             const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
         ? json_node_get_string (node) : NULL;
}

RtCommand *
rt_command_new (JsonObject        *object,
                RtCommandAnswered  answered,
                gpointer           data)
{
  RtCommand *self = g_new0 (RtCommand, 1);
  JsonNode *tag = NULL;

  g_ref_count_init (&self->refs);
  self->object = object;
  self->answered_func = answered;
  self->data = data;
  if (object != NULL)
    {
      self->name = member_text (object, "cmd");
      tag = json_object_get_member (object, "tag");
    }
  self->tag = tag != NULL ? json_to_string (tag, FALSE) : g_strdup ("null");
  return self;
}

RtCommand *
rt_command_ref (RtCommand *self)
{
  g_ref_count_inc (&self->refs);
  return self;
}

void
rt_command_unref (RtCommand *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->object, json_object_unref);
  g_free (self->tag);
  g_free (self);
}

const char *
rt_command_get_name (RtCommand *self)
{
  return self->name != NULL ? self->name : "";
}

gboolean
rt_command_is_async (RtCommand *self)
{
  return rt_command_get_bool (self, "async");
}

/* ---- arguments ---- */

static void
set_missing (GError    **error,
             const char *key)
{
  g_set_error (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_ARGUMENT, "“%s” is missing", key);
}

static void
set_wrong (GError    **error,
           const char *key,
           const char *wanted)
{
  g_set_error (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_ARGUMENT, "“%s” must be %s", key, wanted);
}

JsonNode *
rt_command_peek (RtCommand  *self,
                 const char *key)
{
  return self->object != NULL ? json_object_get_member (self->object, key) : NULL;
}

/* null counts as absent, as it does for the drivers of the originals. */
gboolean
rt_command_has (RtCommand  *self,
                const char *key)
{
  JsonNode *node = rt_command_peek (self, key);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node);
}

const char *
rt_command_get_optional_text (RtCommand  *self,
                              const char *key,
                              gboolean   *ok,
                              GError    **error)
{
  const char *text;

  *ok = TRUE;
  if (!rt_command_has (self, key))
    return NULL;
  text = member_text (self->object, key);
  if (text == NULL)
    {
      set_wrong (error, key, "a string");
      *ok = FALSE;
    }
  return text;
}

const char *
rt_command_get_text (RtCommand  *self,
                     const char *key,
                     GError    **error)
{
  gboolean ok;
  const char *text = rt_command_get_optional_text (self, key, &ok, error);

  if (text == NULL && ok)
    set_missing (error, key);
  return text;
}

gboolean
rt_command_get_int (RtCommand  *self,
                    const char *key,
                    gboolean    required,
                    gint64      min,
                    gint64      max,
                    gint64     *value,
                    GError    **error)
{
  g_autoptr (GVariant) variant = NULL;
  gint64 number;

  if (!rt_command_has (self, key))
    {
      if (required)
        set_missing (error, key);
      return !required;
    }
  variant = rt_json_to_variant (rt_command_peek (self, key), error);
  if (variant == NULL)
    return FALSE;
  g_variant_ref_sink (variant);
  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE_INT64))
    {
      set_wrong (error, key, "an integer");
      return FALSE;
    }
  number = g_variant_get_int64 (variant);
  if (number < min || number > max)
    {
      g_set_error (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_ARGUMENT,
                   "“%s” must be between %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT, key, min, max);
      return FALSE;
    }
  *value = number;
  return TRUE;
}

gboolean
rt_command_get_bool (RtCommand  *self,
                     const char *key)
{
  JsonNode *node = rt_command_peek (self, key);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN
         && json_node_get_boolean (node);
}

GVariant *
rt_command_get_value (RtCommand  *self,
                      const char *key,
                      GError    **error)
{
  JsonNode *node = rt_command_peek (self, key);
  GVariant *value;

  if (node == NULL)
    {
      set_missing (error, key);
      return NULL;
    }
  value = rt_json_to_variant (node, error);
  return value != NULL ? g_variant_ref_sink (value) : NULL;
}

GVariant *
rt_command_get_packets (RtCommand  *self,
                        const char *key,
                        GError    **error)
{
  JsonNode *node = rt_command_peek (self, key);

  if (node != NULL && !JSON_NODE_HOLDS_ARRAY (node))
    {
      set_wrong (error, key, "an array");
      return NULL;
    }
  return rt_command_get_value (self, key, error);
}

GBytes *
rt_command_get_bytes (RtCommand  *self,
                      const char *key,
                      GError    **error)
{
  JsonNode *node = rt_command_peek (self, key);
  const char *hex = NULL;
  GBytes *bytes;

  if (node == NULL)
    {
      set_missing (error, key);
      return NULL;
    }
  if (JSON_NODE_HOLDS_OBJECT (node) && json_object_get_size (json_node_get_object (node)) == 1)
    hex = member_text (json_node_get_object (node), "$b");
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    hex = json_node_get_string (node);
  bytes = hex != NULL ? rt_json_hex_to_bytes (hex) : NULL;
  if (bytes == NULL)
    set_wrong (error, key, "bytes: {\"$b\": \"hex\"}");
  return bytes;
}

char *
rt_command_dup_id (RtCommand  *self,
                   const char *key,
                   gboolean   *bytes,
                   GError    **error)
{
  g_autoptr (GVariant) value = rt_command_get_value (self, key, error);
  gboolean is_bytes;

  if (value == NULL)
    return NULL;
  is_bytes = g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING);
  if (bytes != NULL)
    *bytes = is_bytes;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (is_bytes)
    {
      gsize length;
      const char *data = g_variant_get_fixed_array (value, &length, 1);

      if (g_utf8_validate_len (data, length, NULL))
        return g_strndup (data, length);
    }
  set_wrong (error, key, "the id of a node");
  return NULL;
}

/* ---- answers ---- */

static void
finish (RtCommand  *self,
        gboolean    ok,
        const char *value,
        GError     *error)
{
  g_autoptr (GString) line = NULL;

  if (self->answered)
    return;
  self->answered = TRUE;

  line = g_string_sized_new (128);
  rt_json_begin_object (line);
  rt_json_key (line, "ev");
  rt_json_string (line, "result");
  rt_json_key (line, "cmd");
  rt_json_string (line, self->name);
  rt_json_key (line, "tag");
  rt_json_raw (line, self->tag);
  rt_json_key (line, "ok");
  rt_json_boolean (line, ok);
  if (ok)
    {
      rt_json_key (line, "value");
      rt_json_raw (line, value);
    }
  else
    {
      g_autofree char *code = rt_node_error_dup_code_name (error);

      rt_json_key (line, "error");
      rt_json_string (line, error->message);
      rt_json_key (line, "code");
      rt_json_string (line, code);
    }
  rt_json_end_object (line);
  self->answered_func (self, line->str, line->len, ok, ok ? value : error->message, self->data);
}

void
rt_command_answer (RtCommand  *self,
                   const char *value)
{
  finish (self, TRUE, value, NULL);
}

void
rt_command_answer_int (RtCommand *self,
                       gint64     value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  finish (self, TRUE, text, NULL);
}

void
rt_command_answer_true (RtCommand *self)
{
  finish (self, TRUE, "true", NULL);
}

void
rt_command_answer_null (RtCommand *self)
{
  finish (self, TRUE, "null", NULL);
}

void
rt_command_answer_error (RtCommand *self,
                         GError    *error)
{
  finish (self, FALSE, NULL, error);
  g_error_free (error);
}
