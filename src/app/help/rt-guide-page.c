/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "rt-guide-page.h"

struct _RtGuidePage
{
  GObject    parent_instance;

  char      *id, *title, *summary, *sort, *parent;
  GPtrArray *blocks;            /* of RtGuideBlock */
  GPtrArray *links;             /* of char *, and NULL at its end */
};

G_DEFINE_FINAL_TYPE (RtGuidePage, rt_guide_page, G_TYPE_OBJECT)

/* Where the reader is. */
typedef struct
{
  RtGuidePage  *page;
  GString      *markup, *text;  /* of the paragraph, title or cell that is open; NULL: none */
  char         *first, *first_text;     /* cells of the row that is open */
  char         *section_id;
  gboolean      space;          /* stands before the next word */
  gboolean      as_it_is;       /* in <screen> */
  guint         depth;          /* sections */
  guint         step;           /* 0: in no steps */
  guint         cell;           /* of the row: 1, 2 */
  guint         n_paragraphs;   /* of the item */
  guint         n_keys, n_gui;  /* of the sequence; 0: in none, or at its beginning */
  gboolean      in_list, in_steps, in_item, in_note, in_info;
} Reader;

static void
free_block (gpointer data)
{
  RtGuideBlock *block = data;

  g_free (block->id);
  g_free (block->markup);
  g_free (block->second);
  g_free (block->text);
  g_free (block);
}

static RtGuideBlock *
add_block (Reader *reader, RtGuideKind kind, guint number)
{
  RtGuideBlock *block = g_new0 (RtGuideBlock, 1);

  block->kind = kind;
  block->number = number;
  block->markup = g_string_free (g_steal_pointer (&reader->markup), FALSE);
  block->text = g_string_free (g_steal_pointer (&reader->text), FALSE);
  g_ptr_array_add (reader->page->blocks, block);
  return block;
}

static void
begin_words (Reader *reader)
{
  reader->markup = g_string_new (NULL);
  reader->text = g_string_new (NULL);
  reader->space = FALSE;
}

static void
set_words (char **where, const char *words)
{
  g_free (*where);
  *where = g_strdup (words);
}

/* White space is one space, and none at either end; in <screen> it is as it stands. */
static void
add_words (Reader *reader, const char *words, gsize length)
{
  g_autoptr (GString) plain = g_string_new (NULL);
  g_autofree char *escaped = NULL;

  for (gsize i = 0; i < length; i++)
    {
      if (!reader->as_it_is && g_ascii_isspace (words[i]))
        {
          reader->space = reader->text->len + plain->len > 0;
          continue;
        }
      if (reader->space)
        g_string_append_c (plain, ' ');
      reader->space = FALSE;
      g_string_append_c (plain, words[i]);
    }
  escaped = g_markup_escape_text (plain->str, (gssize) plain->len);
  g_string_append (reader->markup, escaped);
  g_string_append (reader->text, plain->str);
}

/* A tag of Pango's, after the space that stands before the words in it. */
static void
add_tag (Reader *reader, const char *tag)
{
  if (reader->space)
    {
      g_string_append_c (reader->markup, ' ');
      g_string_append_c (reader->text, ' ');
      reader->space = FALSE;
    }
  g_string_append (reader->markup, tag);
}

static void
add_link (Reader *reader, const char *target)
{
  g_autofree char *page = g_strndup (target, strcspn (target, "#"));

  if (*page == '\0' || g_strcmp0 (page, reader->page->id) == 0)
    return;
  for (guint i = 0; i < reader->page->links->len; i++)
    if (g_str_equal (reader->page->links->pdata[i], page))
      return;
  g_ptr_array_add (reader->page->links, g_steal_pointer (&page));
}

static const char *
find_attribute (const char **names, const char **values, const char *name)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], name))
      return values[i];
  return NULL;
}

static const char *
get_tag (const char *element)
{
  if (g_str_equal (element, "em"))
    return "i";
  if (g_str_equal (element, "gui") || g_str_equal (element, "key"))
    return "b";
  if (g_str_equal (element, "cmd") || g_str_equal (element, "code") || g_str_equal (element, "file"))
    return "tt";
  return NULL;
}

static gboolean
begin_inline (Reader *reader, const char *element, const char *target)
{
  const char *tag = get_tag (element);
  g_autofree char *opening = NULL;

  if (g_str_equal (element, "keyseq") || g_str_equal (element, "guiseq"))
    {
      add_tag (reader, "");
      reader->n_keys = reader->n_gui = 0;
      return TRUE;
    }
  if (g_str_equal (element, "link") && target != NULL)
    {
      g_autofree char *escaped = g_markup_escape_text (target, -1);

      opening = g_strdup_printf ("<a href=\"%s\">", escaped);
      add_link (reader, target);
    }
  else if (tag != NULL)
    opening = g_strdup_printf ("<%s>", tag);
  else
    return FALSE;
  if (g_str_equal (element, "key") && reader->n_keys++ > 0)
    add_words (reader, "+", 1);
  else if (g_str_equal (element, "gui") && reader->n_gui++ > 0)
    add_words (reader, " ▸ ", strlen (" ▸ "));
  add_tag (reader, opening);
  return TRUE;
}

static gboolean
begin_in_info (Reader *reader, const char *element, const char **names, const char **values)
{
  const char *type = find_attribute (names, values, "type"), *target = find_attribute (names, values, "xref");

  if (g_str_equal (element, "link") && target != NULL && g_strcmp0 (type, "guide") == 0)
    set_words (&reader->page->parent, target);
  else if (g_str_equal (element, "link") && target != NULL && g_strcmp0 (type, "seealso") == 0)
    add_link (reader, target);
  else if (g_str_equal (element, "desc") || (g_str_equal (element, "title") && g_strcmp0 (type, "sort") == 0))
    begin_words (reader);
  else
    return FALSE;
  return TRUE;
}

static gboolean
begin_block (Reader *reader, const char *element, const char **names, const char **values)
{
  if (g_str_equal (element, "info"))
    reader->in_info = TRUE;
  else if (g_str_equal (element, "section"))
    {
      reader->depth++;
      set_words (&reader->section_id, find_attribute (names, values, "id"));
    }
  else if (g_str_equal (element, "title") || g_str_equal (element, "p"))
    begin_words (reader);
  else if (g_str_equal (element, "screen"))
    {
      begin_words (reader);
      reader->as_it_is = TRUE;
    }
  else if (g_str_equal (element, "list") || g_str_equal (element, "steps"))
    {
      reader->in_list = TRUE;
      reader->in_steps = g_str_equal (element, "steps");
      reader->step = 0;
    }
  else if (g_str_equal (element, "item") && reader->in_list)
    {
      reader->in_item = TRUE;
      reader->n_paragraphs = 0;
      reader->step++;
    }
  else if (g_str_equal (element, "note"))
    reader->in_note = TRUE;
  else if (g_str_equal (element, "tr"))
    reader->cell = 0;
  else if (g_str_equal (element, "td"))
    reader->cell++;
  else
    return g_str_equal (element, "table");
  return TRUE;
}

static void
start_cb (GMarkupParseContext *context, const char *element, const char **names, const char **values, gpointer data, GError **error)
{
  Reader *reader = data;
  gboolean known;

  if (g_str_equal (element, "page"))
    {
      set_words (&reader->page->id, find_attribute (names, values, "id"));
      known = reader->page->id != NULL;
    }
  else if (reader->in_info)
    known = begin_in_info (reader, element, names, values);
  else if (reader->markup != NULL)
    known = begin_inline (reader, element, find_attribute (names, values, "xref"));
  else
    known = begin_block (reader, element, names, values);
  if (!known)
    g_set_error (error, G_MARKUP_ERROR, G_MARKUP_ERROR_UNKNOWN_ELEMENT, "<%s> is nothing that can be shown here", element);
}

static void
end_info (Reader *reader, const char *element)
{
  if (g_str_equal (element, "info"))
    reader->in_info = FALSE;
  else if (reader->text != NULL)
    {
      set_words (g_str_equal (element, "desc") ? &reader->page->summary : &reader->page->sort, reader->text->str);
      g_string_free (g_steal_pointer (&reader->markup), TRUE);
      g_string_free (g_steal_pointer (&reader->text), TRUE);
    }
}

static void
end_title (Reader *reader)
{
  if (reader->depth > 0)
    {
      RtGuideBlock *block = add_block (reader, RT_GUIDE_HEADING, reader->depth + 1);

      block->id = g_steal_pointer (&reader->section_id);
      return;
    }
  set_words (&reader->page->title, reader->text->str);
  g_string_free (g_steal_pointer (&reader->markup), TRUE);
  g_string_free (g_steal_pointer (&reader->text), TRUE);
}

static void
end_paragraph (Reader *reader)
{
  if (reader->cell == 1)
    {
      g_free (reader->first);
      g_free (reader->first_text);
      reader->first = g_string_free (g_steal_pointer (&reader->markup), FALSE);
      reader->first_text = g_string_free (g_steal_pointer (&reader->text), FALSE);
    }
  else if (reader->cell == 2)
    {
      RtGuideBlock *block = add_block (reader, RT_GUIDE_ROW, 0);
      g_autofree char *second = g_steal_pointer (&block->text);

      block->second = g_steal_pointer (&block->markup);
      block->markup = g_steal_pointer (&reader->first);
      block->text = g_strdup_printf ("%s: %s", reader->first_text, second);
    }
  else if (reader->in_note)
    add_block (reader, RT_GUIDE_NOTE, 0);
  else if (reader->in_item)
    add_block (reader, RT_GUIDE_ITEM, reader->n_paragraphs++ > 0 ? G_MAXUINT : reader->in_steps ? reader->step : 0);
  else
    add_block (reader, RT_GUIDE_PARAGRAPH, 0);
}

static void
end_cb (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  Reader *reader = data;
  const char *tag = get_tag (element);

  if (reader->in_info)
    end_info (reader, element);
  else if (g_str_equal (element, "title"))
    end_title (reader);
  else if (g_str_equal (element, "p"))
    end_paragraph (reader);
  else if (g_str_equal (element, "screen"))
    {
      reader->as_it_is = FALSE;
      add_block (reader, RT_GUIDE_CODE, 0);
    }
  else if (g_str_equal (element, "section"))
    reader->depth--;
  else if (g_str_equal (element, "list") || g_str_equal (element, "steps"))
    reader->in_list = FALSE;
  else if (g_str_equal (element, "item"))
    reader->in_item = FALSE;
  else if (g_str_equal (element, "note"))
    reader->in_note = FALSE;
  else if (g_str_equal (element, "tr"))
    reader->cell = 0;
  else if (g_str_equal (element, "keyseq"))
    reader->n_keys = 0;
  else if (g_str_equal (element, "guiseq"))
    reader->n_gui = 0;
  else if (g_str_equal (element, "link"))
    g_string_append (reader->markup, "</a>");
  else if (tag != NULL)
    g_string_append_printf (reader->markup, "</%s>", tag);
  /* outside of a sequence each stands for itself */
  if (g_str_equal (element, "key") || g_str_equal (element, "gui"))
    {
      const GSList *around = g_markup_parse_context_get_element_stack (context)->next;

      if (around == NULL || !g_str_has_suffix (around->data, "seq"))
        reader->n_keys = reader->n_gui = 0;
    }
}

static void
text_cb (GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
  Reader *reader = data;
  const char *element = g_markup_parse_context_get_element (context);

  /* between the parts of a sequence is nothing but white space */
  if (reader->markup != NULL && !g_str_has_suffix (element, "seq"))
    add_words (reader, text, length);
}

static void
rt_guide_page_finalize (GObject *object)
{
  RtGuidePage *self = RT_GUIDE_PAGE (object);

  g_free (self->id);
  g_free (self->title);
  g_free (self->summary);
  g_free (self->sort);
  g_free (self->parent);
  g_ptr_array_unref (self->blocks);
  g_ptr_array_unref (self->links);
  G_OBJECT_CLASS (rt_guide_page_parent_class)->finalize (object);
}

static void
rt_guide_page_class_init (RtGuidePageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_guide_page_finalize;
}

static void
rt_guide_page_init (RtGuidePage *self)
{
  self->blocks = g_ptr_array_new_with_free_func (free_block);
  self->links = g_ptr_array_new_with_free_func (g_free);
}

RtGuidePage *
rt_guide_page_new (GBytes *mallard, GError **error)
{
  const GMarkupParser parser = { start_cb, end_cb, text_cb, NULL, NULL };
  g_autoptr (RtGuidePage) self = g_object_new (RT_TYPE_GUIDE_PAGE, NULL);
  g_autoptr (GMarkupParseContext) context = NULL;
  Reader reader = { .page = self };
  gsize size;
  const char *data = g_bytes_get_data (mallard, &size);
  gboolean good;

  context = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reader, NULL);
  good = g_markup_parse_context_parse (context, data, (gssize) size, error) && g_markup_parse_context_end_parse (context, error);
  g_ptr_array_add (self->links, NULL);
  if (good && (self->id == NULL || self->title == NULL))
    {
      g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "A page has an id and a title");
      good = FALSE;
    }
  if (reader.markup != NULL)
    g_string_free (reader.markup, TRUE);
  if (reader.text != NULL)
    g_string_free (reader.text, TRUE);
  g_free (reader.first);
  g_free (reader.first_text);
  g_free (reader.section_id);
  return good ? g_steal_pointer (&self) : NULL;
}

const char *
rt_guide_page_get_id (RtGuidePage *self)
{
  g_return_val_if_fail (RT_IS_GUIDE_PAGE (self), NULL);
  return self->id;
}

const char *
rt_guide_page_get_title (RtGuidePage *self)
{
  g_return_val_if_fail (RT_IS_GUIDE_PAGE (self), NULL);
  return self->title;
}

const char *
rt_guide_page_get_summary (RtGuidePage *self)
{
  g_return_val_if_fail (RT_IS_GUIDE_PAGE (self), NULL);
  return self->summary != NULL ? self->summary : "";
}

const char *
rt_guide_page_get_sort (RtGuidePage *self)
{
  g_return_val_if_fail (RT_IS_GUIDE_PAGE (self), NULL);
  return self->sort != NULL ? self->sort : self->title;
}

const char *
rt_guide_page_get_parent (RtGuidePage *self)
{
  g_return_val_if_fail (RT_IS_GUIDE_PAGE (self), NULL);
  return self->parent;
}

guint
rt_guide_page_get_n_blocks (RtGuidePage *self)
{
  g_return_val_if_fail (RT_IS_GUIDE_PAGE (self), 0);
  return self->blocks->len;
}

const RtGuideBlock *
rt_guide_page_get_block (RtGuidePage *self, guint i)
{
  g_return_val_if_fail (RT_IS_GUIDE_PAGE (self), NULL);
  return i < self->blocks->len ? self->blocks->pdata[i] : NULL;
}

const char * const *
rt_guide_page_get_links (RtGuidePage *self)
{
  g_return_val_if_fail (RT_IS_GUIDE_PAGE (self), NULL);
  return (const char * const *) self->links->pdata;
}
