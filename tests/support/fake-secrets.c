/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-secrets.h"

#include "store/rt-vault.h"

#include <signal.h>
#include <string.h>

struct _FakeSecrets {
  GTestDBus        *bus;
  GSubprocess      *service;
  GDataInputStream *answers;
};

static char *
read_answer (FakeSecrets *self)
{
  g_autoptr (GError) error = NULL;
  char *line = g_data_input_stream_read_line (self->answers, NULL, NULL, &error);

  g_assert_no_error (error);
  return line;
}

void
fake_secrets_start (FakeSecrets *self)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "support", "fake_secrets.py", NULL);
  g_autofree char *ready = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (self->service);
  self->service = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "/usr/bin/python3", script, NULL);
  g_assert_no_error (error);
  self->answers = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->service));
  ready = read_answer (self);
  g_assert_cmpstr (ready, ==, "ready");
}

void
fake_secrets_stop (FakeSecrets *self)
{
  if (self->service == NULL)
    return;
  g_subprocess_send_signal (self->service, SIGTERM);
  g_assert_true (g_subprocess_wait (self->service, NULL, NULL));
  g_clear_object (&self->answers);
  g_clear_object (&self->service);
}

char *
fake_secrets_say (FakeSecrets *self, const char *line)
{
  g_autofree char *words = g_strconcat (line, "\n", NULL);
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_subprocess_get_stdin_pipe (self->service), words, strlen (words), NULL, NULL, &error);
  g_assert_no_error (error);
  return read_answer (self);
}

FakeSecrets *
fake_secrets_new (void)
{
  const char *check[] = { "/usr/bin/python3", "-c", "from gi.repository import Gio", NULL };
  g_autofree char *daemon = g_find_program_in_path ("dbus-daemon");
  int status = -1;
  FakeSecrets *self;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  if (!rt_vault_has_keyring () || daemon == NULL ||
      !g_spawn_sync (NULL, (char **) check, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status, NULL) || status != 0)
    {
      g_test_skip ("needs libsecret, dbus-daemon and python3-gi");
      return NULL;
    }
  self = g_new0 (FakeSecrets, 1);
  self->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->bus);
  connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  return self;
}

void
fake_secrets_free (FakeSecrets *self)
{
  fake_secrets_stop (self);
  /* the bus ends with the program: libsecret holds its connection, and would be waited for */
  g_free (self);
}
