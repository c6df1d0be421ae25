/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "rt-guide.h"

#define FOLDER "/org/roundtable/Roundtable/help/"
#define EXCERPT_CHARS 90
#define EXCERPT_BEFORE 30       /* of them before what was found */

struct _RtGuide
{
  GObject    parent_instance;

  GPtrArray *pages;             /* of RtGuidePage, by their place */
};

G_DEFINE_FINAL_TYPE (RtGuide, rt_guide, G_TYPE_OBJECT)

static GBytes *
load (const char *name)
{
  /* the last one is "C" */
  const char * const *languages = g_get_language_names ();

  for (guint i = 0; languages[i] != NULL; i++)
    {
      g_autofree char *path = g_strconcat (FOLDER, languages[i], "/", name, NULL);
      GBytes *bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

      if (bytes != NULL)
        return bytes;
    }
  g_return_val_if_reached (NULL);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  RtGuidePage *one = *(RtGuidePage * const *) a, *other = *(RtGuidePage * const *) b;
  int order = strcmp (rt_guide_page_get_sort (one), rt_guide_page_get_sort (other));

  return order != 0 ? order : strcmp (rt_guide_page_get_id (one), rt_guide_page_get_id (other));
}

static void
rt_guide_finalize (GObject *object)
{
  g_ptr_array_unref (RT_GUIDE (object)->pages);
  G_OBJECT_CLASS (rt_guide_parent_class)->finalize (object);
}

static void
rt_guide_class_init (RtGuideClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_guide_finalize;
}

static void
rt_guide_init (RtGuide *self)
{
  g_auto (GStrv) names = g_resources_enumerate_children (FOLDER "C", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  self->pages = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autoptr (GBytes) bytes = load (names[i]);
      g_autoptr (GError) error = NULL;
      RtGuidePage *page = rt_guide_page_new (bytes, &error);

      if (page != NULL)
        g_ptr_array_add (self->pages, page);
      else
        g_warning ("The page %s of the guide cannot be read: %s", names[i], error->message);
    }
  g_ptr_array_sort (self->pages, compare);
}

RtGuide *
rt_guide_new (void)
{
  return g_object_new (RT_TYPE_GUIDE, NULL);
}

RtGuidePage *
rt_guide_find (RtGuide *self, const char *id)
{
  g_return_val_if_fail (RT_IS_GUIDE (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  for (guint i = 0; i < self->pages->len; i++)
    if (g_str_equal (rt_guide_page_get_id (self->pages->pdata[i]), id))
      return self->pages->pdata[i];
  return NULL;
}

GPtrArray *
rt_guide_list (RtGuide *self, const char *place)
{
  GPtrArray *list = g_ptr_array_new ();

  g_return_val_if_fail (RT_IS_GUIDE (self), list);

  for (guint i = 0; i < self->pages->len; i++)
    if (g_strcmp0 (rt_guide_page_get_parent (self->pages->pdata[i]), place) == 0)
      g_ptr_array_add (list, self->pages->pdata[i]);
  return list;
}

/* ---- search ---- */

static void
free_hit (gpointer data)
{
  RtGuideHit *hit = data;

  g_free (hit->excerpt);
  g_free (hit);
}

static char *
fold (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);

  return g_utf8_casefold (normal != NULL ? normal : "", -1);
}

/* What stands in a block around the words, which are looked for in it as they are written there. */
static char *
dup_excerpt (const char *text, const char *word)
{
  g_autofree char *folded = fold (text);
  const char *found = strstr (folded, word);
  glong length = g_utf8_strlen (text, -1), from = found != NULL ? g_utf8_pointer_to_offset (folded, found) - EXCERPT_BEFORE : 0, to;
  g_autofree char *part = NULL;

  /* folded it may be longer: an excerpt that begins too late is one all the same */
  from = CLAMP (from, 0, MAX (length - EXCERPT_CHARS, 0));
  to = MIN (from + EXCERPT_CHARS, length);
  /* with a word */
  if (from > 0)
    {
      const char *start = g_utf8_offset_to_pointer (text, from), *space = strchr (start, ' ');

      if (space != NULL && space - start < EXCERPT_BEFORE / 2)
        from += g_utf8_strlen (start, space - start) + 1;
    }
  part = g_utf8_substring (text, from, to);
  return g_strconcat (from > 0 ? "…" : "", part, to < length ? "…" : "", NULL);
}

static RtGuideHit *
look (RtGuidePage *page, char **words)
{
  g_autofree char *head = NULL, *title = g_strconcat (rt_guide_page_get_title (page), "\n", rt_guide_page_get_summary (page), NULL);
  g_autofree gboolean *found = g_new0 (gboolean, g_strv_length (words));
  RtGuideHit *hit;
  int block = -1;
  const char *word = words[0];
  gboolean in_head = TRUE;

  head = fold (title);
  for (guint w = 0; words[w] != NULL; w++)
    {
      found[w] = strstr (head, words[w]) != NULL;
      in_head = in_head && found[w];
    }
  for (guint i = 0; i < rt_guide_page_get_n_blocks (page) && !in_head; i++)
    {
      g_autofree char *folded = fold (rt_guide_page_get_block (page, i)->text);

      for (guint w = 0; words[w] != NULL; w++)
        if (strstr (folded, words[w]) != NULL)
          {
            if (block < 0)
              {
                block = (int) i;
                word = words[w];
              }
            found[w] = TRUE;
          }
    }
  for (guint w = 0; words[w] != NULL; w++)
    if (!found[w])
      return NULL;
  hit = g_new0 (RtGuideHit, 1);
  hit->page = page;
  hit->block = block;
  hit->excerpt = block < 0 ? g_strdup (rt_guide_page_get_summary (page)) : dup_excerpt (rt_guide_page_get_block (page, (guint) block)->text, word);
  return hit;
}

GPtrArray *
rt_guide_search (RtGuide *self, const char *words)
{
  GPtrArray *hits = g_ptr_array_new_with_free_func (free_hit);
  g_autofree char *folded = NULL;
  g_auto (GStrv) parts = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) wanted = NULL;
  guint n_titles = 0;

  g_return_val_if_fail (RT_IS_GUIDE (self), hits);

  folded = fold (words);
  parts = g_strsplit_set (folded, " \t", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      g_strv_builder_add (builder, parts[i]);
  wanted = g_strv_builder_end (builder);
  if (wanted[0] == NULL)
    return hits;
  for (guint i = 0; i < self->pages->len; i++)
    {
      RtGuideHit *hit = look (self->pages->pdata[i], wanted);

      if (hit != NULL)
        g_ptr_array_insert (hits, hit->block < 0 ? (int) n_titles++ : -1, hit);
    }
  return hits;
}
