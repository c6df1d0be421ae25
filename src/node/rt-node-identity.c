/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-node-identity.h"
#include "store/rt-key-file.h"

#include <string.h>
#include <sys/stat.h>
#include <glib/gstdio.h>

/* Longer than what any of these files holds. */
#define MAX_FILE_BYTES 65536

static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

/* A file of text, of a bounded length. */
static char *
read_text (const char *path,
           GError    **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GError) reason = NULL;
  char *text;
  gsize length;
  GStatBuf st;

  if (g_stat (path, &st) == 0 && (!S_ISREG (st.st_mode) || st.st_size > MAX_FILE_BYTES))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s is no file of at most %d bytes", shown, MAX_FILE_BYTES);
      return NULL;
    }
  if (!g_file_get_contents (path, &text, &length, &reason))
    {
      g_set_error (error, reason->domain, reason->code, "%s cannot be read: %s", shown, reason->message);
      return NULL;
    }
  if (memchr (text, '\0', length) == NULL && g_utf8_validate (text, (gssize) length, NULL))
    return text;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s is no text", shown);
  explicit_bzero (text, length);
  g_free (text);
  return NULL;
}

/* The first line. */
static char *
read_passphrase (const char *path,
                 GError    **error)
{
  char *text = read_text (path, error);
  GStatBuf st;

  if (text == NULL)
    return NULL;
  if (g_stat (path, &st) == 0 && (st.st_mode & 0077) != 0)
    g_message ("Others can read the passphrase in %s (mode %04o)", path, (guint) st.st_mode & 07777);
  text[strcspn (text, "\r\n")] = '\0';
  if (*text != '\0')
    return text;
  wipe (text);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s holds no passphrase in its first line", path);
  return NULL;
}

static gboolean
import_identity (const RtNodeOptions *options,
                 P2pIdentity        **identity,
                 GError             **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) reason = NULL;
  char *passphrase;

  if (options->passphrase_path == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--identity %s: this is no key of %d bytes; for an exported identity give --identity-passphrase-file, too", options->identity_path, RT_KEY_FILE_SEED_LENGTH);
      return FALSE;
    }
  text = read_text (options->identity_path, error);
  passphrase = text != NULL ? read_passphrase (options->passphrase_path, error) : NULL;
  if (passphrase == NULL)
    return FALSE;
  *identity = p2p_identity_import (text, passphrase, &reason);
  wipe (passphrase);
  if (*identity != NULL)
    return TRUE;
  g_set_error (error, reason->domain, reason->code, "--identity %s: %s", options->identity_path, reason->message);
  return FALSE;
}

static gboolean
load_key (const char   *path,
          P2pIdentity **identity,
          GError      **error)
{
  g_autoptr (GBytes) seed = NULL;

  if (!rt_key_file_load_or_create (path, &seed, error))
    return FALSE;
  *identity = p2p_identity_new_from_seed (seed, error);
  return *identity != NULL;
}

gboolean
rt_node_load_identity (const RtNodeOptions *options,
                       P2pIdentity        **identity,
                       GError             **error)
{
  g_autofree char *path = NULL;
  GStatBuf st;

  *identity = NULL;
  if (options->identity_path == NULL && options->state_directory == NULL)
    {
      g_autoptr (GBytes) seed = options->secret != NULL ? rt_key_file_generate () : NULL;

      /* Who proves that it knows a secret proves it as somebody, be it for this run. */
      if (seed != NULL)
        *identity = p2p_identity_new_from_seed (seed, error);
      return seed == NULL || *identity != NULL;
    }
  if (options->identity_path == NULL)
    {
      path = g_build_filename (options->state_directory, "identity.key", NULL);
      return load_key (path, identity, error);
    }
  /* what else is kept there needs it */
  if (options->state_directory != NULL)
    g_mkdir_with_parents (options->state_directory, 0700);
  /* what is exported is longer than a key */
  if (g_stat (options->identity_path, &st) == 0 && S_ISREG (st.st_mode) && st.st_size != RT_KEY_FILE_SEED_LENGTH)
    return import_identity (options, identity, error);
  if (options->passphrase_path != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--identity-passphrase-file: %s is no exported identity", options->identity_path);
      return FALSE;
    }
  return load_key (options->identity_path, identity, error);
}
