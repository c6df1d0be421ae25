/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-port-program.h"
#include "rt-gateway.h"
#include "model/rt-timer.h"
#include "ports/rt-ports-address.h"

#include <string.h>

struct _RtPortProgram {
  GObject parent_instance;

  char   *path;                 /* NULL: there is none */
  char  **extra;
  guint   milliseconds;
};

static void backend_iface_init (RtPortBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtPortProgram, rt_port_program, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (RT_TYPE_PORT_BACKEND, backend_iface_init))

/* A run of it; of its task. */
typedef struct {
  GSubprocess *process;
  GByteArray  *told;
  guint        timer;
  gulong       cancel_id;
  gboolean     late;
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  rt_timer_clear (&run->timer);
  g_clear_object (&run->process);
  g_byte_array_unref (run->told);
  g_free (run);
}

/* ---- what it says ---- */

static gboolean
parse_number (const char *text, guint64 max, guint64 *number)
{
  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, max, number, NULL);
}

static gboolean
is_plain (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isprint (text[i]) && text[i] != '\n')
      return FALSE;
  return TRUE;
}

static RtPortAnswer *
parse_failure (const char *what, const char *words, GError **error)
{
  static const struct { const char *what; RtPortError code; } codes[] = {
    { "none", RT_PORT_ERROR_NOBODY }, { "refused", RT_PORT_ERROR_REFUSED }, { "strange", RT_PORT_ERROR_STRANGE },
  };
  RtPortError code = RT_PORT_ERROR_STRANGE;

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_str_equal (what, codes[i].what))
      code = codes[i].code;
  g_set_error_literal (error, RT_PORT_ERROR, (int) code, words != NULL ? words : what);
  return NULL;
}

RtPortAnswer *
rt_port_program_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (GHashTable) values = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *copy = g_strndup (length > 0 ? text : "", length);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", 32);
  const char *method, *gateway, *address;
  guint64 external, lease;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *space = strchr (lines[i], ' ');

      if (space != NULL)
        *space = '\0';
      g_hash_table_insert (values, lines[i], space != NULL ? space + 1 : lines[i] + strlen (lines[i]));
    }
  /* it was ended in the middle, or is another program */
  if (length > RT_PORT_PROGRAM_BYTES || !is_plain (text, length) || !g_hash_table_contains (values, "end"))
    return parse_failure ("strange", NULL, error);
  if (g_hash_table_contains (values, "error"))
    return parse_failure (g_hash_table_lookup (values, "error"), g_hash_table_lookup (values, "words"), error);
  method = g_hash_table_lookup (values, "method");
  gateway = g_hash_table_lookup (values, "gateway");
  address = g_hash_table_lookup (values, "external-address");
  if ((g_strcmp0 (method, "upnp") != 0 && g_strcmp0 (method, "nat-pmp") != 0) || gateway == NULL || !parse_number (g_hash_table_lookup (values, "external-port"), G_MAXUINT16, &external) ||
      !parse_number (g_hash_table_lookup (values, "lease"), G_MAXUINT32, &lease))
    return parse_failure ("strange", NULL, error);
  return rt_port_answer_new (method, gateway, rt_ipv4_scope_of (address) != RT_IPV4_NONE ? address : NULL, (guint16) external, (guint) lease);
}

/* ---- a run ---- */

static void
end_run (GTask *task)
{
  Run *run = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  RtPortAnswer *answer;

  rt_timer_clear (&run->timer);
  if (run->cancel_id != 0)
    g_cancellable_disconnect (g_task_get_cancellable (task), run->cancel_id);
  run->cancel_id = 0;
  if (g_task_return_error_if_cancelled (task))
    return;
  if (run->late)
    {
      g_task_return_new_error (task, RT_PORT_ERROR, RT_PORT_ERROR_TIMED_OUT, "timed out");
      return;
    }
  answer = rt_port_program_parse ((const char *) run->told->data, run->told->len, &error);
  if (answer == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  answer->by_gateway = rt_gateway_is (answer->gateway);
  g_task_return_pointer (task, answer, (GDestroyNotify) rt_port_answer_free);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  gsize n = bytes != NULL ? g_bytes_get_size (bytes) : 0;

  if (n > 0)
    g_byte_array_append (run->told, g_bytes_get_data (bytes, NULL), (guint) n);
  if (n == 0 || run->told->len > RT_PORT_PROGRAM_BYTES)
    {
      g_subprocess_force_exit (run->process);
      end_run (task);
      return;
    }
  g_input_stream_read_bytes_async (G_INPUT_STREAM (source), RT_PORT_PROGRAM_BYTES, G_PRIORITY_DEFAULT, NULL, read_cb, g_steal_pointer (&task));
}

static gboolean
late_cb (gpointer data)
{
  Run *run = data;

  run->timer = 0;
  run->late = TRUE;
  /* closes the pipe, which ends the run */
  g_subprocess_force_exit (run->process);
  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable, GSubprocess *process)
{
  g_subprocess_force_exit (process);
}

static GPtrArray *
make_arguments (RtPortProgram *self, const RtPortRequest *request)
{
  GPtrArray *arguments = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (arguments, g_strdup (self->path));
  g_ptr_array_add (arguments, g_strdup_printf ("--port=%u", request->port));
  g_ptr_array_add (arguments, g_strdup_printf ("--external=%u", request->external));
  g_ptr_array_add (arguments, g_strdup_printf ("--lease=%u", MAX (request->lease, 1)));
  if (request->remove)
    g_ptr_array_add (arguments, g_strdup ("--remove"));
  if (request->method != NULL)
    g_ptr_array_add (arguments, g_strdup_printf ("--method=%s", request->method));
  for (guint i = 0; self->extra != NULL && self->extra[i] != NULL; i++)
    g_ptr_array_add (arguments, g_strdup (self->extra[i]));
  g_ptr_array_add (arguments, NULL);
  return arguments;
}

static void
ask_async (RtPortBackend *backend, const RtPortRequest *request, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  RtPortProgram *self = RT_PORT_PROGRAM (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) arguments = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  Run *run;

  g_task_set_source_tag (task, ask_async);
  g_task_set_name (task, "[rt-model] ask the router");
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->path != NULL)
    {
      arguments = make_arguments (self, request);
      process = g_subprocess_newv ((const char * const *) arguments->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
    }
  if (process == NULL)
    {
      g_task_return_new_error (task, RT_PORT_ERROR, RT_PORT_ERROR_MISSING, "%s", error != NULL ? error->message : "built without it");
      return;
    }
  run = g_new0 (Run, 1);
  run->process = g_object_ref (process);
  run->told = g_byte_array_new ();
  run->timer = rt_timer_add (self->milliseconds, "[rt-model] patience with a router", late_cb, run);
  g_task_set_task_data (task, run, run_free);
  if (cancellable != NULL)
    run->cancel_id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), g_object_ref (process), g_object_unref);
  g_input_stream_read_bytes_async (g_subprocess_get_stdout_pipe (process), RT_PORT_PROGRAM_BYTES, G_PRIORITY_DEFAULT, NULL, read_cb, g_steal_pointer (&task));
}

static RtPortAnswer *
ask_finish (RtPortBackend *backend, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, backend), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
backend_iface_init (RtPortBackendInterface *iface)
{
  iface->ask_async = ask_async;
  iface->ask_finish = ask_finish;
}

/* ---- object ---- */

static void
rt_port_program_finalize (GObject *object)
{
  RtPortProgram *self = RT_PORT_PROGRAM (object);

  g_free (self->path);
  g_strfreev (self->extra);

  G_OBJECT_CLASS (rt_port_program_parent_class)->finalize (object);
}

static void
rt_port_program_class_init (RtPortProgramClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_port_program_finalize;
}

static void
rt_port_program_init (RtPortProgram *self)
{
  self->milliseconds = RT_PORT_PROGRAM_SECONDS * 1000;
}

RtPortProgram *
rt_port_program_new (const char *path, const char * const *extra)
{
  RtPortProgram *self = g_object_new (RT_TYPE_PORT_PROGRAM, NULL);

  if (path == NULL)
    path = g_getenv ("ROUNDTABLE_PORTS");
#ifdef PORTS_PROGRAM
  if (path == NULL)
    path = PORTS_PROGRAM;
#endif
  self->path = g_strdup (path);
  self->extra = g_strdupv ((char **) extra);
  return self;
}

gboolean
rt_port_program_is_there (RtPortProgram *self)
{
  g_return_val_if_fail (RT_IS_PORT_PROGRAM (self), FALSE);

  return self->path != NULL && g_file_test (self->path, G_FILE_TEST_IS_EXECUTABLE);
}

void
rt_port_program_set_milliseconds (RtPortProgram *self, guint milliseconds)
{
  g_return_if_fail (RT_IS_PORT_PROGRAM (self));

  self->milliseconds = milliseconds;
}
