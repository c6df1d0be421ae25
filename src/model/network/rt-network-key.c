/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who the person is in this network: nobody else, when that cannot be had now. */
#include "config.h"

#include "rt-network-private.h"
#include "model/identity/rt-identities-private.h"
#include "store/rt-key-file.h"

#include <glib/gi18n-lib.h>

void
rt_network_set_identities (RtNetwork *self, RtIdentities *identities)
{
  g_return_if_fail (self->identities == NULL);

  self->identities = g_object_ref (identities);
}

void
rt_network_ask_again (RtNetwork *self)
{
  if (self->identities != NULL)
    rt_identities_ask_again (self->identities);
}

RtIdentity *
rt_network_get_identity (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return self->identities != NULL ? rt_identities_get_of_network (self->identities, self) : NULL;
}

/* Only who was nobody here before, and cannot write down who he is now. */
static gboolean
may_be_anybody (RtNetwork *self, const GError *error)
{
  RtIdentity *identity = rt_network_get_identity (self);

  if (identity != NULL && rt_identity_get_had (identity))
    return FALSE;
  return g_error_matches (error, RT_STORE_ERROR, RT_STORE_ERROR_READ_ONLY) || g_error_matches (error, RT_STORE_ERROR, RT_STORE_ERROR_FULL) ||
         g_error_matches (error, RT_STORE_ERROR, RT_STORE_ERROR_FAILED);
}

static void
fail_without_key (RtNetwork *self, const GError *error)
{
  g_autofree char *words = NULL;

  if (g_error_matches (error, RT_STORE_ERROR, RT_STORE_ERROR_LOCKED))
    /* Translators: %s is why, a sentence without its full stop, as in "The keyring is locked" */
    words = g_strdup_printf (_("Who you are here is kept in the keyring of this computer, which does not give it now. %s. Unlock the keyring, and go online again."), error->message);
  else if (g_error_matches (error, RT_STORE_ERROR, RT_STORE_ERROR_UNREADABLE))
    /* Translators: %s is why, a sentence without its full stop, as in "The key file /home/ada/1.key cannot be read: Permission denied" */
    words = g_strdup_printf (_("Who you are here is kept in a file, and you are nobody else meanwhile. %s. Make the file one that you and nobody else can read, and go online again."), error->message);
  rt_network_fail (self, words != NULL ? words : error->message);
}

static void
key_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetwork) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) seed = rt_identities_load_key_finish (RT_IDENTITIES (source), result, &error);

  /* stopped, perhaps started again, meanwhile */
  if (self->starting == NULL || g_task_get_cancellable (G_TASK (result)) != self->starting)
    return;
  g_clear_object (&self->starting);
  if (seed == NULL && !may_be_anybody (self, error))
    {
      fail_without_key (self, error);
      return;
    }
  self->ephemeral = seed == NULL;
  if (self->ephemeral)
    {
      g_autofree char *words = g_strdup_printf (_("You will be somebody else here after a restart. %s"), error->message);

      rt_network_set_error (self, words, NULL, FALSE);
      if (self->ephemeral_seed == NULL)
        self->ephemeral_seed = rt_key_file_generate ();
      seed = g_bytes_ref (self->ephemeral_seed);
    }
  rt_network_begin_secret (self, seed);
}

void
rt_network_load_key (RtNetwork *self)
{
  g_return_if_fail (self->identities != NULL);

  self->starting = g_cancellable_new ();
  rt_identities_load_key_async (self->identities, self, self->starting, key_loaded_cb, g_object_ref (self));
}
