/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A private bus with a Secret Service on it: fake_secrets.py. */
#pragma once

#include <gio/gio.h>

typedef struct _FakeSecrets FakeSecrets;

/* NULL: this machine has not what it takes, or the program is built without keyrings; the test is skipped then, with words. Once in a program's life: the bus stays the session's. */
FakeSecrets *fake_secrets_new (void);
/* The service is ended, if it is there still. */
void         fake_secrets_free (FakeSecrets *self);
void         fake_secrets_start (FakeSecrets *self);    /* once more, empty */
void         fake_secrets_stop (FakeSecrets *self);
/* What the service is told, and its answer; transfer full. */
char        *fake_secrets_say (FakeSecrets *self, const char *line);
#define fake_secrets_assert(self, line, answer) \
  G_STMT_START { \
    g_autofree char *fake_answer_ = fake_secrets_say (self, line); \
    g_assert_cmpstr (fake_answer_, ==, answer); \
  } G_STMT_END
