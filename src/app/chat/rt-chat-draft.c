/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "rt-chat-draft.h"

/* No text of a person begins with this, and what does is no draft of another version. */
#define BEGIN "\001to "
#define ID_BYTES 32u

char *
rt_chat_draft_pack (const char *text, const char *to, GBytes *reply_to)
{
  GString *draft;

  if (to == NULL && reply_to == NULL)
    return *text != '\0' ? g_strdup (text) : NULL;
  draft = g_string_new (BEGIN);
  g_string_append (draft, to != NULL ? to : "");
  g_string_append_c (draft, '\001');
  if (reply_to != NULL)
    {
      gsize n;
      const guint8 *bytes = g_bytes_get_data (reply_to, &n);

      for (gsize i = 0; i < n; i++)
        g_string_append_printf (draft, "%02x", bytes[i]);
    }
  g_string_append_c (draft, '\001');
  g_string_append (draft, text);
  return g_string_free (draft, FALSE);
}

static GBytes *
read_id (const char *hex)
{
  guint8 bytes[ID_BYTES];

  if (strlen (hex) != 2 * ID_BYTES)
    return NULL;
  for (guint i = 0; i < ID_BYTES; i++)
    {
      if (!g_ascii_isxdigit (hex[2 * i]) || !g_ascii_isxdigit (hex[2 * i + 1]))
        return NULL;
      bytes[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) * 16 + g_ascii_xdigit_value (hex[2 * i + 1]));
    }
  return g_bytes_new (bytes, ID_BYTES);
}

void
rt_chat_draft_unpack (const char *draft, char **text, char **to, GBytes **reply_to)
{
  g_auto (GStrv) parts = NULL;

  *to = NULL;
  *reply_to = NULL;
  if (draft == NULL || !g_str_has_prefix (draft, BEGIN))
    {
      *text = g_strdup (draft != NULL ? draft : "");
      return;
    }
  parts = g_strsplit (draft + strlen (BEGIN), "\001", 3);
  if (g_strv_length (parts) != 3)
    {
      *text = g_strdup ("");
      return;
    }
  if (*parts[0] != '\0')
    *to = g_strdup (parts[0]);
  *reply_to = read_id (parts[1]);
  *text = g_strdup (parts[2]);
}
