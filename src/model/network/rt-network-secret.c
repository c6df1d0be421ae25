/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The secret of a private network: where it is kept, and what the node proves that it knows. Without it the network does not begin. */
#include "config.h"

#include "rt-network-private.h"
#include "model/identity/rt-identities-private.h"
#include "model/networks/rt-secret-words.h"
#include "store/rt-private-file.h"

#include <string.h>
#include <glib/gi18n-lib.h>

/* What the vault calls it; the ref is the uuid of the network. */
#define KIND "secret"

static void
set_state (RtNetwork *self, RtSecretState state)
{
  if (self->secret_state == state)
    return;
  self->secret_state = state;
  rt_network_notify_secret (self);
}

RtSecretState
rt_network_get_secret_state (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), RT_SECRET_NONE);
  return self->secret_state;
}

void
rt_network_init_secret (RtNetwork *self)
{
  self->secret_state = !rt_network_config_get_has_secret (self->config) ? RT_SECRET_NONE : rt_network_config_lacks_secret (self->config) ? RT_SECRET_UNREAD : RT_SECRET_KEPT;
}

void
rt_network_free_secret (RtNetwork *self)
{
  g_clear_pointer (&self->secret, p2p_secret_unref);
  g_clear_pointer (&self->secret_trouble, g_free);
}

static RtVault *
get_vault (RtNetwork *self)
{
  return self->identities != NULL ? rt_identities_get_vault (self->identities) : NULL;
}

static const char *
get_ref (RtNetwork *self)
{
  return rt_network_config_get_uuid (self->config);
}

static char *
dup_label (RtNetwork *self)
{
  /* Translators: what a list of passwords and keys shows of one; %s is the name of a network */
  return g_strdup_printf (_("Roundtable: the secret of the network “%s”"), rt_network_get_title (self));
}

/* ---- writing it down, and forgetting it ---- */

static void
set_trouble (RtNetwork *self, const char *words)
{
  g_autofree char *before = g_steal_pointer (&self->secret_trouble);

  self->secret_trouble = g_strdup (words);
  if (words == NULL && before != NULL && g_strcmp0 (self->error, before) == 0)
    rt_network_set_error (self, NULL, NULL, FALSE);
  /* what is wrong with the network itself is worth more; otherwise it is told again when that is up */
  if (words != NULL && self->error == NULL)
    rt_network_set_error (self, words, NULL, FALSE);
}

static void
stored_cb (GObject *vault, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetwork) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  /* of several the last one counts, as the vault does one after the other */
  if (rt_vault_store_finish (RT_VAULT (vault), result, NULL, &error))
    {
      if (self->secret_state != RT_SECRET_UNKEPT)
        return;
      set_state (self, RT_SECRET_KEPT);
      set_trouble (self, NULL);
      return;
    }
  if (self->secret_state != RT_SECRET_KEPT && self->secret_state != RT_SECRET_UNKEPT)
    return;
  /* Translators: %s is why, a sentence without its full stop */
  words = g_strdup_printf (_("The secret of this network cannot be kept, and has to be typed again after a restart. %s"), error->message);
  set_state (self, RT_SECRET_UNKEPT);
  set_trouble (self, words);
}

void
rt_network_keep_secret (RtNetwork *self)
{
  const char *text = rt_network_config_get_secret (self->config);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *label = NULL;
  guint8 *copy;

  if (self->secret_state != RT_SECRET_UNKEPT)
    {
      set_trouble (self, NULL);
      set_state (self, RT_SECRET_KEPT);
    }
  if (get_vault (self) == NULL)
    return;
  label = dup_label (self);
  bytes = rt_secret_bytes_new (strlen (text), &copy);
  memcpy (copy, text, strlen (text));
  rt_vault_store_async (get_vault (self), get_ref (self), KIND, label, bytes, stored_cb, g_object_ref (self));
}

static void
forgotten_cb (GObject *vault, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (rt_vault_remove_finish (RT_VAULT (vault), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
rt_network_forget_secret_async (RtNetwork *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, rt_network_forget_secret_async);
  g_task_set_name (task, "[rt-model] forget the secret of a network");
  if (get_vault (self) == NULL)
    g_task_return_boolean (task, TRUE);
  else
    rt_vault_remove_async (get_vault (self), get_ref (self), KIND, forgotten_cb, g_steal_pointer (&task));
}

gboolean
rt_network_forget_secret_finish (RtNetwork *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
removed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RtNetwork *self = RT_NETWORK (object);
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  if (rt_network_forget_secret_finish (self, result, &error) || self->secret_state != RT_SECRET_NONE)
    return;
  /* Translators: %s is why, a sentence without its full stop */
  words = g_strdup_printf (_("The secret that this network had is still kept on this computer. %s"), error->message);
  set_trouble (self, words);
}

/* The configuration is an edited one. What is not known in it, and was known, is known still. */
void
rt_network_carry_secret (RtNetwork *self, RtNetworkConfig *old)
{
  if (!rt_network_config_lacks_secret (self->config) || !rt_network_config_get_has_secret (old))
    return;
  rt_network_config_set_secret_check (self->config, rt_network_config_get_secret_check (old));
  rt_network_config_set_secret (self->config, rt_network_config_get_secret (old));
}

void
rt_network_change_secret (RtNetwork *self, RtNetworkConfig *old)
{
  const char *text = rt_network_config_get_secret (self->config);

  if (*text != '\0')
    {
      if (!g_str_equal (text, rt_network_config_get_secret (old)))
        rt_network_keep_secret (self);
    }
  else if (!rt_network_config_get_has_secret (self->config) && rt_network_config_get_has_secret (old))
    {
      set_trouble (self, NULL);
      set_state (self, RT_SECRET_NONE);
      rt_network_forget_secret_async (self, removed_cb, NULL);
    }
}

/* ---- looking it up ---- */

static void
moved_cb (GObject *vault, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!rt_vault_move_finish (RT_VAULT (vault), result, NULL, &error))
    g_message ("The secret of a network stays in its file: %s", error->message);
}

/* NULL: that is no secret. */
static char *
read_text (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  char *text;

  if (length > P2P_SECRET_MAX_LENGTH || memchr (data, '\0', length) != NULL)
    return NULL;
  text = g_strndup (data, length);
  if (p2p_secret_is_text (text, NULL))
    return text;
  rt_secret_text_free (text);
  return NULL;
}

static void
return_locked (GTask *task, const GError *error)
{
  /* Translators: %s is why, a sentence without its full stop, as in "The keyring is locked" */
  g_task_return_new_error (task, RT_STORE_ERROR, RT_STORE_ERROR_LOCKED,
                           _("The secret of this network is kept in the keyring of this computer, which does not give it now. %s. Unlock the keyring, and go online again."), error->message);
}

static void
return_lost (GTask *task, const GError *error)
{
  if (error == NULL || g_error_matches (error, RT_STORE_ERROR, RT_STORE_ERROR_GONE))
    g_task_return_new_error (task, RT_STORE_ERROR, RT_STORE_ERROR_GONE, "%s", rt_secret_words (RT_SECRET_WORDS_LOST));
  else
    /* Translators: %s is why, a sentence without its full stop */
    g_task_return_new_error (task, RT_STORE_ERROR, RT_STORE_ERROR_GONE, _("The secret of this network cannot be read. %s. Type it again, or ask somebody in it for a new invitation."), error->message);
}

static void
return_known (GTask *task, RtNetwork *self)
{
  g_task_return_pointer (task, g_strdup (rt_network_config_get_secret (self->config)), (GDestroyNotify) rt_secret_text_free);
}

static void
looked_up_cb (GObject *vault, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtNetwork *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  RtVaultPlace place;
  g_autoptr (GBytes) bytes = rt_vault_lookup_finish (RT_VAULT (vault), result, &place, &error);
  char *text = bytes != NULL ? read_text (bytes) : NULL;
  g_autofree char *label = NULL;

  if (!rt_network_config_lacks_secret (self->config))
    {
      /* typed meanwhile, or there is none any more */
      return_known (task, self);
    }
  else if (text != NULL && !rt_network_config_may_have_secret (self->config, text))
    {
      /* out of an old backup, or put there by somebody: what is shared here is not for those who have that */
      set_state (self, RT_SECRET_LOST);
      g_task_return_new_error (task, RT_STORE_ERROR, RT_STORE_ERROR_GONE, "%s",
                               _("What is kept as the secret of this network is not the one that it had. Type it again, or ask somebody in it for a new invitation."));
    }
  else if (text != NULL)
    {
      rt_network_config_set_secret (self->config, text);
      set_state (self, RT_SECRET_KEPT);
      if (place == RT_VAULT_FILE && rt_identities_get_keyring (self->identities))
        {
          label = dup_label (self);
          rt_vault_move_async (RT_VAULT (vault), get_ref (self), KIND, label, moved_cb, NULL);
        }
      return_known (task, self);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_steal_pointer (&error));
    }
  else if (g_error_matches (error, RT_STORE_ERROR, RT_STORE_ERROR_LOCKED))
    {
      set_state (self, RT_SECRET_LOCKED);
      return_locked (task, error);
    }
  else
    {
      set_state (self, RT_SECRET_LOST);
      return_lost (task, error);
    }
  rt_secret_text_free (text);
}

static void
look_up (RtNetwork *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, rt_network_load_secret_async);
  g_task_set_name (task, "[rt-model] look up the secret of a network");
  g_task_set_check_cancellable (task, FALSE);
  if (!rt_network_config_lacks_secret (self->config))
    return_known (task, self);
  else if (get_vault (self) == NULL)
    return_lost (task, NULL);
  else
    rt_vault_lookup_async (get_vault (self), get_ref (self), KIND, cancellable, looked_up_cb, g_steal_pointer (&task));
}

void
rt_network_load_secret_async (RtNetwork *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_NETWORK (self));

  rt_network_ask_again (self);
  look_up (self, cancellable, callback, user_data);
}

char *
rt_network_load_secret_finish (RtNetwork *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- beginning ---- */

/* A start that goes on when the secret is there. */
typedef struct {
  RtNetwork *network;
  GBytes    *seed;
} Start;

static void
start_free (Start *start)
{
  g_object_unref (start->network);
  g_bytes_unref (start->seed);
  g_free (start);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Start, start_free)

typedef struct {
  char *text;
  char *protocol_id;
} Derivation;

static void
derivation_free (gpointer data)
{
  Derivation *derivation = data;

  rt_secret_text_free (derivation->text);
  g_free (derivation->protocol_id);
  g_free (derivation);
}

/* A tenth of a second, on purpose. */
static void
derive_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Derivation *derivation = data;
  GError *error = NULL;
  P2pSecret *secret = p2p_secret_new (derivation->text, derivation->protocol_id, &error);

  if (secret != NULL)
    g_task_return_pointer (task, secret, (GDestroyNotify) p2p_secret_unref);
  else
    g_task_return_error (task, error);
}

/* It was stopped, perhaps started again, meanwhile. */
static gboolean
is_over (RtNetwork *self, GAsyncResult *result)
{
  return self->starting == NULL || g_task_get_cancellable (G_TASK (result)) != self->starting;
}

static void
derived_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Start) start = user_data;
  RtNetwork *self = start->network;
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pSecret) secret = g_task_propagate_pointer (G_TASK (result), &error);

  if (is_over (self, result))
    return;
  g_clear_object (&self->starting);
  if (secret == NULL)
    {
      rt_network_fail (self, error->message);
      return;
    }
  g_clear_pointer (&self->secret, p2p_secret_unref);
  self->secret = g_steal_pointer (&secret);
  rt_network_open_socket (self, start->seed);
  /* the socket has its own */
  g_clear_pointer (&self->secret, p2p_secret_unref);
}

static void
found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Start) start = user_data;
  RtNetwork *self = start->network;
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pProtocol) protocol = NULL;
  g_autoptr (GTask) task = NULL;
  Derivation *derivation;
  char *text = rt_network_load_secret_finish (self, result, &error);

  if (is_over (self, result))
    {
      rt_secret_text_free (text);
      return;
    }
  if (text == NULL)
    {
      g_clear_object (&self->starting);
      rt_network_fail (self, error->message);
      return;
    }
  protocol = rt_network_config_dup_wire_protocol (self->config);
  derivation = g_new0 (Derivation, 1);
  derivation->text = text;
  derivation->protocol_id = g_strdup (p2p_protocol_get_id (protocol));
  task = g_task_new (self, self->starting, derived_cb, g_steal_pointer (&start));
  g_task_set_source_tag (task, found_cb);
  g_task_set_name (task, "[rt-model] prepare the secret of a network");
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, derivation, derivation_free);
  g_task_run_in_thread (task, derive_thread);
}

void
rt_network_begin_secret (RtNetwork *self, GBytes *seed)
{
  Start *start;

  if (!rt_network_config_get_has_secret (self->config))
    {
      rt_network_open_socket (self, seed);
      return;
    }
  /* there may be room for it by now */
  if (self->secret_state == RT_SECRET_UNKEPT)
    rt_network_keep_secret (self);
  start = g_new0 (Start, 1);
  start->network = g_object_ref (self);
  start->seed = g_bytes_ref (seed);
  self->starting = g_cancellable_new ();
  look_up (self, self->starting, found_cb, start);
}

gboolean
rt_network_give_secret (RtNetwork *self, P2pMeshSocket *socket, GError **error)
{
  if (!rt_network_config_get_has_secret (self->config))
    return TRUE;
  if (self->secret != NULL)
    return p2p_mesh_socket_set_secret (socket, self->secret, error);
  g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET, rt_secret_words (RT_SECRET_WORDS_LOST));
  return FALSE;
}
