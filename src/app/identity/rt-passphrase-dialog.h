/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * RtPassphraseDialog: asks for a passphrase: a new one, twice, with a word about how strong it is; or that of something that there is, with a name for it.
 * Signal: accepted. The dialog stays until it is closed, for a passphrase may be wrong.
 */
#define RT_TYPE_PASSPHRASE_DIALOG (rt_passphrase_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtPassphraseDialog, rt_passphrase_dialog, RT, PASSPHRASE_DIALOG, AdwWindow)

/* name: nullable: asked for, too, and the passphrase once only. */
RtPassphraseDialog *rt_passphrase_dialog_new (GtkWindow *parent, const char *title, const char *words, const char *accept, const char *name);
const char         *rt_passphrase_dialog_get_passphrase (RtPassphraseDialog *self);
char               *rt_passphrase_dialog_dup_name (RtPassphraseDialog *self);
/* Of what is done with it: cancelled when the dialog is closed. Transfer none. */
GCancellable       *rt_passphrase_dialog_get_cancellable (RtPassphraseDialog *self);
/* While it is tried nothing can be typed. */
void                rt_passphrase_dialog_set_busy (RtPassphraseDialog *self, gboolean busy);
/* It did not do; words: why. */
void                rt_passphrase_dialog_set_problem (RtPassphraseDialog *self, const char *words);

G_END_DECLS
