/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* In letters of one byte: of others fewer fit. */
#define RT_PERSON_NAME_MAX 64

/**
 * RtFirstRunPage: asks for a name, then offers to create or to join a network, or to try the demonstration.
 * Signals: chosen (string name, gboolean join), demo-chosen (string name).
 */
#define RT_TYPE_FIRST_RUN_PAGE (rt_first_run_page_get_type ())
G_DECLARE_FINAL_TYPE (RtFirstRunPage, rt_first_run_page, RT, FIRST_RUN_PAGE, GtkWidget)

/* NULL when it can be a person's name, else why not, in words (transfer full). */
char *rt_check_person_name (const char *name);

G_END_DECLS
