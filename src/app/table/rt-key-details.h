/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "model/network/rt-network.h"
#include "rt-key-editor.h"

G_BEGIN_DECLS

/**
 * RtKeyDetails: all of the chosen key: its value, how it stands, who wrote it and when, what it was before; and the editor in place of that.
 * Properties: row (RtTableRow, nullable), table, show-back (there is a way back to the list), editing (boolean, to be read: the editor is open).
 * Signal: save (the value shall be saved to a file).
 * It speaks by the page's actions: table.edit, .delete, .copy-key, .copy-value, .back, .keep-mine, .keep-theirs, .retry, .apply-one, .unstage.
 */
#define RT_TYPE_KEY_DETAILS (rt_key_details_get_type ())
G_DECLARE_FINAL_TYPE (RtKeyDetails, rt_key_details, RT, KEY_DETAILS, GtkWidget)

RtTableRow  *rt_key_details_get_row    (RtKeyDetails *self);            /* nullable */
void         rt_key_details_set_row    (RtKeyDetails *self, RtTableRow *row);
RtKeyEditor *rt_key_details_get_editor (RtKeyDetails *self);
/* The editor for the row, or a new key. */
void         rt_key_details_edit       (RtKeyDetails *self, RtTableRow *row);
gboolean     rt_key_details_is_editing (RtKeyDetails *self);

/* Whose messages that cite the key are listed; nullable. */
void         rt_key_details_set_network (RtKeyDetails *self, RtNetwork *network);

G_END_DECLS
