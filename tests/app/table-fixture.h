/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "../support/fake-table.h"
#include "app-fixture.h"
#include "app/table/rt-table-page.h"
#include "app/table/rt-value-editor.h"

/* The page of a table that no network has. */
typedef struct
{
  AppFixture   fixture;
  FakeTable   *fake;
  RtTable     *table;
  GtkWindow   *window;
  RtTablePage *page;
} TablePage;

void         table_page_set_up    (TablePage *p, int width, int height, guint n_keys);
void         table_page_tear_down (TablePage *p);
/* A dozen keys of every kind, ours and others'. */
void         table_page_add_some  (TablePage *p);
void         table_page_wait      (TablePage *p);       /* until the rows are what they should be */
RtTableRow  *table_page_row       (TablePage *p, const char *key);      /* transfer none */
void         table_page_choose    (TablePage *p, const char *key);
void         table_page_do        (TablePage *p, const char *action);
const char  *table_page_shown     (TablePage *p);
GtkWidget   *table_page_find      (TablePage *p, GType type, const char *id);
gboolean     table_page_focus_in  (TablePage *p, GType type, const char *id);
/* A key as if it had been typed: what has the focus gets it, and who is above that. */
gboolean     table_page_press     (TablePage *p, guint keyval, GdkModifierType state);
/* Into the editor that is open. */
void         table_page_type      (TablePage *p, const char *text);
/* The dialog in front, NULL: none. */
GtkWindow   *table_page_dialog    (TablePage *p);
