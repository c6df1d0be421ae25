/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-link.h"

#include <string.h>

#define MAX_KEY_BYTES 1024u

static const char * const schemes[] = { "http://", "https://", "mailto:" };
#define OURS "roundtable:"
#define INVITATION "invite"

/* What was seen of the text. Whoever repeats what an address or a key begins with, without an end, makes nobody look for the end each time. */
typedef struct {
  const char *text;
  const char *run_end;          /* of the run of characters that can be of an address, in which the last beginning was */
  const char *brace_end;        /* the first brace, or end of a line, behind the last beginning of a key in braces */
} Finder;

static gboolean
is_word (gunichar c)
{
  return g_unichar_isalnum (c) || c == '_';
}

static gunichar
char_before (const char *text, const char *p)
{
  return p > text ? g_utf8_get_char (g_utf8_prev_char (p)) : 0;
}

/* What ends an address whatever comes behind */
static gboolean
ends_address (gunichar c)
{
  return c == 0 || c == '<' || c == '>' || c == '"' || c == '`' || c == '{' || c == '}' || c == '|' || c == '\\' || c == '^' || g_unichar_isspace (c) ||
         g_unichar_iscntrl (c) || c == 0xFFFD || c == 0x201C || c == 0x201D || c == 0x00AB || c == 0x00BB || c == 0x3000 || c == 0x3001 || c == 0x3002;
}

static const char *
trim_address (const char *start, const char *end)
{
  int round = 0, square = 0;

  for (const char *p = start; p < end; p++)
    {
      round += *p == '(' ? 1 : *p == ')' ? -1 : 0;
      square += *p == '[' ? 1 : *p == ']' ? -1 : 0;
    }
  for (; end > start; end--)
    {
      char last = end[-1];

      /* a bracket belongs to it if it was opened in it */
      if (last == ')' && round < 0)
        round++;
      else if (last == ']' && square < 0)
        square++;
      else if (strchr (".,:;!?'*_~", last) == NULL)
        break;
    }
  return end;
}

/* Behind "roundtable:invite", or "roundtable://invite" as some make of it, where more follows. */
static const char *
find_invitation_end (const char *p)
{
  if (g_ascii_strncasecmp (p, OURS, strlen (OURS)) != 0)
    return NULL;
  p += strlen (OURS);
  p += strspn (p, "/");
  if (g_ascii_strncasecmp (p, INVITATION, strlen (INVITATION)) != 0)
    return NULL;
  p += strlen (INVITATION);
  return *p == '?' || *p == '/' ? p : NULL;
}

static const char *
find_address_end (Finder *self, const char *p)
{
  const char *start = p, *rest, *end;

  if (is_word (char_before (self->text, p)))
    return NULL;
  rest = find_invitation_end (p);
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (p, schemes[i], strlen (schemes[i])) == 0)
      rest = p + strlen (schemes[i]);
  if (rest == NULL)
    return NULL;
  if (self->run_end < rest)
    for (self->run_end = rest; !ends_address (g_utf8_get_char (self->run_end));)
      self->run_end = g_utf8_next_char (self->run_end);
  if (self->run_end - start > (gssize) RT_LINK_MAX_BYTES)
    return NULL;
  end = trim_address (rest, self->run_end);
  return end > rest ? end : NULL;
}

static gboolean
is_of_key (gunichar c)
{
  return is_word (c) || c == '-' || c == '.' || c == '/' || c == ':' || g_unichar_ismark (c);
}

static const char *
find_key_end (Finder *self, const char *p)
{
  gunichar before = char_before (self->text, p);
  const char *start = p + 1, *end;

  if (is_word (before) || before == '#' || before == '&' || before == '/')
    return NULL;
  if (*start == '{')
    {
      if (self->brace_end <= start)
        self->brace_end = start + strcspn (start, "}\n");
      end = self->brace_end;
      return *end == '}' && end > start + 1 && end - start <= (gssize) MAX_KEY_BYTES ? end + 1 : NULL;
    }
  for (end = start; is_of_key (g_utf8_get_char (end)); end = g_utf8_next_char (end))
    if (end - start > (gssize) MAX_KEY_BYTES)
      return NULL;
  /* what ends a sentence is none of it */
  while (end > start && strchr ("-./:", end[-1]) != NULL)
    end--;
  return end > start ? end : NULL;
}

GArray *
rt_links_find (const char *text)
{
  GArray *links = g_array_new (FALSE, FALSE, sizeof (RtLink));
  Finder self = { .text = text, .run_end = text, .brace_end = text };

  for (const char *p = text; *p != '\0' && links->len < RT_LINKS_MAX; )
    {
      const char *end = NULL;
      RtLinkKind kind = RT_LINK_ADDRESS;

      if (*p == '#')
        {
          end = find_key_end (&self, p);
          kind = RT_LINK_KEY;
        }
      else if (strchr ("hHmMrR", *p) != NULL)
        end = find_address_end (&self, p);
      if (end != NULL)
        {
          RtLink link = { .start = (gsize) (p - text), .end = (gsize) (end - text), .kind = kind };

          g_array_append_val (links, link);
          p = end;
        }
      else
        p++;
    }
  return links;
}

char *
rt_link_dup_target (const char *text, const RtLink *link)
{
  if (link->kind == RT_LINK_KEY && text[link->start + 1] == '{')
    return g_strndup (text + link->start + 2, link->end - link->start - 3);
  if (link->kind == RT_LINK_KEY)
    return g_strndup (text + link->start + 1, link->end - link->start - 1);
  return g_strndup (text + link->start, link->end - link->start);
}

gboolean
rt_link_is_invitation (const char *address)
{
  return find_invitation_end (address) != NULL;
}

char *
rt_link_cite (const char *key)
{
  g_autofree char *plain = g_strconcat ("#", key, NULL);
  Finder finder = { .text = plain, .run_end = plain, .brace_end = plain };
  const char *end = find_key_end (&finder, plain);

  if (*key == '\0' || strlen (key) > MAX_KEY_BYTES)
    return NULL;
  if (end != NULL && *end == '\0' && *key != '{')
    return g_steal_pointer (&plain);
  return strpbrk (key, "}\n") == NULL ? g_strconcat ("#{", key, "}", NULL) : NULL;
}
