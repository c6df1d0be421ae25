/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-guide-page.h"

G_BEGIN_DECLS

/* A page in which all words of a search are. */
typedef struct
{
  RtGuidePage *page;            /* held by the guide */
  int          block;           /* the first with one of the words; -1: they are in its title or summary */
  char        *excerpt;         /* words around what was found */
} RtGuideHit;

/**
 * RtGuide: the pages of the user guide that are in the program's resources, in the language of the person, or in English as far as
 * they are not translated.
 */
#define RT_TYPE_GUIDE (rt_guide_get_type ())
G_DECLARE_FINAL_TYPE (RtGuide, rt_guide, RT, GUIDE, GObject)

RtGuide     *rt_guide_new (void);
/* Transfer none; NULL: there is no such page */
RtGuidePage *rt_guide_find (RtGuide *self, const char *id);
/* The pages that are listed at a place ("index#talk"), in their order. Of RtGuidePage; transfer container. */
GPtrArray   *rt_guide_list (RtGuide *self, const char *place);
/* Of RtGuideHit, titles first; none for no words. Transfer full. */
GPtrArray   *rt_guide_search (RtGuide *self, const char *words);

G_END_DECLS
