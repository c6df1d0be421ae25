/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  RT_GUIDE_HEADING,             /* number: 2, 3, … how deep; id: of its section, nullable */
  RT_GUIDE_PARAGRAPH,
  RT_GUIDE_ITEM,                /* of a list; number: 0, or its number among steps; a further paragraph of one: G_MAXUINT */
  RT_GUIDE_NOTE,
  RT_GUIDE_CODE,                /* as it is, in lines */
  RT_GUIDE_ROW,                 /* of a table with two columns: markup and second */
} RtGuideKind;

/* What stands below what before it. markup, second (nullable): Pango's, its links are "page" or "page#section"; text: all words without it. */
typedef struct
{
  RtGuideKind  kind;
  guint        number;
  char        *id, *markup, *second, *text;
} RtGuideBlock;

/**
 * RtGuidePage: a page of the user guide, read from its Mallard file (docs/guide/README.md says which part of Mallard that is).
 * What it does not know it refuses with a GError of G_MARKUP_ERROR: the pages are ours, and a test reads all of them.
 */
#define RT_TYPE_GUIDE_PAGE (rt_guide_page_get_type ())
G_DECLARE_FINAL_TYPE (RtGuidePage, rt_guide_page, RT, GUIDE_PAGE, GObject)

RtGuidePage        *rt_guide_page_new (GBytes *mallard, GError **error);
const char         *rt_guide_page_get_id (RtGuidePage *self);
const char         *rt_guide_page_get_title (RtGuidePage *self);
const char         *rt_guide_page_get_summary (RtGuidePage *self);
const char         *rt_guide_page_get_sort (RtGuidePage *self);                /* its place among others */
const char         *rt_guide_page_get_parent (RtGuidePage *self);              /* "index#talk": where it is listed; nullable */
guint               rt_guide_page_get_n_blocks (RtGuidePage *self);
const RtGuideBlock *rt_guide_page_get_block (RtGuidePage *self, guint i);
/* The pages that it leads to, each once, in their order. NULL-terminated. */
const char * const *rt_guide_page_get_links (RtGuidePage *self);

G_END_DECLS
