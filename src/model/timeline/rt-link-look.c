/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-link.h"

#include <string.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>

/* Scripts that are written together in one word; all else of two scripts is a trick more often than a name. */
static gboolean
go_together (GUnicodeScript a, GUnicodeScript b)
{
  static const GUnicodeScript east[] = { G_UNICODE_SCRIPT_HAN, G_UNICODE_SCRIPT_HIRAGANA, G_UNICODE_SCRIPT_KATAKANA, G_UNICODE_SCRIPT_BOPOMOFO,
                                         G_UNICODE_SCRIPT_HANGUL, G_UNICODE_SCRIPT_LATIN };
  gboolean has_a = FALSE, has_b = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (east); i++)
    {
      has_a = has_a || east[i] == a;
      has_b = has_b || east[i] == b;
    }
  return a == b || (has_a && has_b);
}

static gboolean
mixes_scripts (const char *host)
{
  GUnicodeScript seen = G_UNICODE_SCRIPT_COMMON;

  for (const char *p = host; *p != '\0'; p = g_utf8_next_char (p))
    {
      GUnicodeScript script = g_unichar_get_script (g_utf8_get_char (p));

      if (*p == '.')
        seen = G_UNICODE_SCRIPT_COMMON;
      if (script == G_UNICODE_SCRIPT_COMMON || script == G_UNICODE_SCRIPT_INHERITED)
        continue;
      if (seen != G_UNICODE_SCRIPT_COMMON && !go_together (seen, script))
        return TRUE;
      seen = script;
    }
  return FALSE;
}

/* Whole words of another script that can be read as Latin: "рауpаl" without a single Latin letter. */
static gboolean
looks_latin (const char *host)
{
  static const char alike[] = "аеорсухіјѕһԁԛԝɡαονρυχικτ";
  gboolean any = FALSE;

  for (const char *p = host; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c < 0x80)
        {
          if (*p == '.' && any)
            return TRUE;
          if (*p == '.')
            any = FALSE;
          else if (g_ascii_isalpha (*p))
            return FALSE;
        }
      else if (g_utf8_strchr (alike, -1, c) == NULL)
        {
          /* this label is of letters of its own */
          const char *dot = strchr (p, '.');

          if (dot == NULL)
            return FALSE;
          p = dot;
          any = FALSE;
        }
      else
        any = TRUE;
    }
  return any;
}

static void
look_at_host (RtLinkLook *self, const char *ascii)
{
  g_autofree char *unicode = g_hostname_is_ip_address (ascii) ? NULL : g_hostname_to_unicode (ascii);

  self->host = g_strdup (unicode != NULL ? unicode : ascii);
  if (g_hostname_is_ip_address (ascii))
    g_ptr_array_add (self->warnings, g_strdup (_("It leads to a number, not to a name.")));
  else if (mixes_scripts (self->host) || looks_latin (self->host))
    /* Translators: %s is the name of a host in ASCII, "xn--pypal-4ve.com" */
    g_ptr_array_insert (self->warnings, 0,
                        g_strdup_printf (_("Its name has letters of different alphabets that look alike: perhaps it is not what it seems to be. Its real name is %s."), ascii));
  else if (g_hostname_is_non_ascii (self->host))
    g_ptr_array_add (self->warnings, g_strdup_printf (_("Its name has letters that can be mistaken for others. Its real name is %s."), ascii));
}

/* ASCII without blanks or controls; what is escaped stays so. */
static char *
escape (const char *text)
{
  return text != NULL ? g_uri_escape_string (text, "%!$&'()*+,;=:@/?[]-._~#", FALSE) : NULL;
}

static RtLinkLook *
look_at_mail (const char *address)
{
  g_autoptr (RtLinkLook) self = NULL;
  g_autofree char *rest = escape (address + strlen ("mailto:")), *host = NULL, *ascii = NULL;
  const char *at = strchr (rest, '@');
  gsize until = strcspn (rest, "?");
  g_autofree char *plain = NULL;

  if (at == NULL || at == rest || at > rest + until)
    return NULL;
  self = g_new0 (RtLinkLook, 1);
  self->mail = TRUE;
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  self->address = g_strconcat ("mailto:", rest, NULL);
  self->host_start = strlen ("mailto:") + (gsize) (at + 1 - rest);
  self->host_end = strlen ("mailto:") + until;
  plain = g_strndup (at + 1, (gsize) (rest + until - at - 1));
  host = g_uri_unescape_string (plain, "/");
  ascii = host != NULL ? g_hostname_to_ascii (host) : NULL;
  if (ascii == NULL || *ascii == '\0')
    return NULL;
  look_at_host (self, ascii);
  if (rest[until] == '?')
    g_ptr_array_add (self->warnings, g_strdup (_("It also says what the mail is to contain. Look at it before you send it.")));
  return g_steal_pointer (&self);
}

RtLinkLook *
rt_link_look (const char *address)
{
  g_autoptr (RtLinkLook) self = NULL;
  g_autoptr (GUri) uri = NULL;
  g_autofree char *user = NULL, *path = NULL, *query = NULL, *fragment = NULL, *ascii = NULL;
  GString *built;

  g_return_val_if_fail (address != NULL, NULL);

  if (strlen (address) > RT_LINK_MAX_BYTES || !g_utf8_validate (address, -1, NULL))
    return NULL;
  if (g_ascii_strncasecmp (address, "mailto:", 7) == 0)
    return look_at_mail (address);
  uri = g_uri_parse (address, G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_ENCODED_FRAGMENT, NULL);
  if (uri == NULL || (!g_str_equal (g_uri_get_scheme (uri), "http") && !g_str_equal (g_uri_get_scheme (uri), "https")) ||
      g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return NULL;
  ascii = g_hostname_is_ip_address (g_uri_get_host (uri)) ? g_strdup (g_uri_get_host (uri)) : g_hostname_to_ascii (g_uri_get_host (uri));
  if (ascii == NULL)
    return NULL;
  /* what no host name has would be read in another way by somebody else */
  for (const char *p = ascii; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("-._:", *p) == NULL)
      return NULL;
  self = g_new0 (RtLinkLook, 1);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  built = g_string_new (g_uri_get_scheme (uri));
  g_string_append (built, "://");
  user = escape (g_uri_get_userinfo (uri));
  if (user != NULL && *user != '\0')
    {
      g_autofree char *whole = g_uri_escape_string (user, "%", FALSE);

      g_string_append_printf (built, "%s@", whole);
    }
  self->host_start = built->len;
  g_string_append_printf (built, strchr (ascii, ':') != NULL ? "[%s]" : "%s", ascii);
  self->host_end = built->len;
  if (g_uri_get_port (uri) > 0)
    g_string_append_printf (built, ":%d", g_uri_get_port (uri));
  path = escape (g_uri_get_path (uri));
  query = escape (g_uri_get_query (uri));
  fragment = escape (g_uri_get_fragment (uri));
  g_string_append (built, path != NULL && *path != '\0' ? path : "/");
  if (query != NULL)
    g_string_append_printf (built, "?%s", query);
  if (fragment != NULL)
    g_string_append_printf (built, "#%s", fragment);
  self->address = g_string_free (built, FALSE);
  if (user != NULL && *user != '\0')
    g_ptr_array_add (self->warnings, g_strdup (_("What stands before the @ is not where it leads.")));
  look_at_host (self, ascii);
  if (g_str_equal (g_uri_get_scheme (uri), "http"))
    g_ptr_array_add (self->warnings, g_strdup (_("The connection is not encrypted: others on the way can read and change what you see.")));
  return g_steal_pointer (&self);
}

void
rt_link_look_free (RtLinkLook *self)
{
  g_free (self->address);
  g_free (self->host);
  g_ptr_array_unref (self->warnings);
  g_free (self);
}
