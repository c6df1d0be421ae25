/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A text as people mean it who look for it, letter by letter: without case and accents, "ё" as "е", "ß" as "ss", "ı" as "i"; letters of Arabic without their points of reading, their
 * stretching and their hamzas; wide and narrow forms, ligatures and digits of other scripts as the plain ones. Letters that are others with their signs stay so: "й", "ガ".
 * The index of words is made of it: a change here is a new RT_STORE_WORDS_FOLDING.
 */
#define RT_STORE_FOLD_PARTS 8

typedef struct {
  const char *rest;
  const char *place;            /* of what parts are of */
  gunichar    parts[RT_STORE_FOLD_PARTS];
  guint       n_parts, at;
} RtStoreFold;

/* text: valid UTF-8, not copied. */
void     rt_store_fold_init (RtStoreFold *self, const char *text);
/* 0: there is no more. place: in the text, nullable. */
gunichar rt_store_fold_next (RtStoreFold *self, const char **place);

G_END_DECLS
