/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys are bytes; people read and type text. */
#include "config.h"

#include "rt-value-text.h"
#include "model/timeline/rt-message-item.h"

#include <glib/gi18n-lib.h>
#include <string.h>

char *
rt_table_key_to_text (GBytes *key, gboolean *is_text)
{
  gsize length;
  const char *data = g_bytes_get_data (key, &length);
  g_autofree char *text = NULL, *shown = NULL;
  GString *hex;

  /* nobody sees a key of spaces alone */
  if (length > 0 && memchr (data, 0, length) == NULL && g_utf8_validate_len (data, length, NULL))
    {
      text = g_strndup (data, length);
      shown = rt_sanitise_line (text, G_MAXSIZE);
      if (g_str_equal (text, shown) && strspn (text, " ") < length)
        {
          if (is_text != NULL)
            *is_text = TRUE;
          return g_steal_pointer (&shown);
        }
    }
  if (is_text != NULL)
    *is_text = FALSE;
  hex = g_string_new ("0x");
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", (guchar) data[i]);
  return g_string_free (hex, FALSE);
}

GBytes *
rt_table_key_from_text (const char *text, gboolean hex, GError **error)
{
  g_autoptr (GVariant) value = NULL;
  gsize length = strlen (text);

  if (hex)
    {
      value = rt_value_from_text (RT_VALUE_BYTES, text, length, NULL, error);
      if (value == NULL)
        return NULL;
      length = g_variant_get_size (value);
    }
  if (length == 0)
    g_set_error_literal (error, RT_VALUE_ERROR, RT_VALUE_ERROR_NIL, _("The key is empty"));
  else if (length > RT_TABLE_MAX_KEY)
    g_set_error (error, RT_VALUE_ERROR, RT_VALUE_ERROR_TOO_LARGE, _("The key is longer than %u bytes"), RT_TABLE_MAX_KEY);
  else if (value == NULL && !g_utf8_validate (text, -1, NULL))
    g_set_error_literal (error, RT_VALUE_ERROR, RT_VALUE_ERROR_SYNTAX, _("The key is no text"));
  else
    return value != NULL ? g_variant_get_data_as_bytes (value) : g_bytes_new (text, length);
  return NULL;
}
