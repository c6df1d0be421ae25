/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-keyring.h"
#include "rt-private-file.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#ifdef HAVE_SECRET_SERVICE

#include <libsecret/secret.h>

/* A service that does not answer a plain question in that time does not count as one. */
#define ANSWER_MILLISECONDS 5000

static const SecretSchema schema = {
  .name = "org.roundtable.Roundtable.Secret",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = {
    { "ref", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "kind", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "item", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

/* FALSE: libsecret keeps them in a file of its own, encrypted with what the portal of the sandbox gives it. */
static gboolean
is_service (void)
{
  const char *backend = g_getenv ("SECRET_BACKEND");

  return !g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) && g_getenv ("SNAP_NAME") == NULL && (backend == NULL || *backend == '\0' || g_str_equal (backend, "service"));
}

/* Of the service of now: one that was ended and started again knows nothing of our session with the former one. */
static void
begin (void)
{
  secret_service_disconnect ();
}

/* Whatever libsecret and the bus say: the reason in their words, behind ours. */
static void
set_locked (GError **error, const GError *reason)
{
  g_autofree char *words = reason != NULL ? g_strdup (reason->message) : NULL;

  if (reason != NULL && g_dbus_error_is_remote_error (reason))
    {
      g_autoptr (GError) copy = g_error_copy (reason);

      g_dbus_error_strip_remote_error (copy);
      g_free (words);
      words = g_strdup (copy->message);
    }
  if (words == NULL || *words == '\0')
    g_set_error_literal (error, RT_STORE_ERROR, RT_STORE_ERROR_LOCKED, _("The keyring is locked"));
  else
    /* Translators: %s is why, in the words of the system */
    g_set_error (error, RT_STORE_ERROR, RT_STORE_ERROR_LOCKED, _("The keyring does not answer: %s"), words);
}

static GHashTable *
make_attributes (const char *ref, const char *kind, const char *item)
{
  return secret_attributes_build (&schema, "ref", ref, "kind", kind, item != NULL ? "item" : NULL, item, NULL);
}

static GVariant *
call (const char *path, const char *interface, const char *method, GVariant *parameters, const char *type, GCancellable *cancellable, GError **error)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, cancellable, error);

  if (bus == NULL)
    {
      g_variant_unref (g_variant_ref_sink (parameters));
      return NULL;
    }
  return g_dbus_connection_call_sync (bus, "org.freedesktop.secrets", path, interface, method, parameters, G_VARIANT_TYPE (type), G_DBUS_CALL_FLAGS_NONE,
                                      ANSWER_MILLISECONDS, cancellable, error);
}

gboolean
rt_keyring_check (GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) answer = NULL, locked = NULL, value = NULL;
  g_autoptr (GError) reason = NULL;
  const char *path;

  if (!is_service ())
    return TRUE;
  answer = call ("/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "ReadAlias", g_variant_new ("(s)", "default"), "(o)", cancellable, &reason);
  if (answer == NULL)
    {
      set_locked (error, reason);
      return FALSE;
    }
  g_variant_get (answer, "(&o)", &path);
  /* what is in that one is gone when the person logs out */
  if (g_str_equal (path, "/") || g_str_equal (path, "/org/freedesktop/secrets/collection/session"))
    {
      g_set_error_literal (error, RT_STORE_ERROR, RT_STORE_ERROR_LOCKED, _("There is no keyring yet"));
      return FALSE;
    }
  locked = call (path, "org.freedesktop.DBus.Properties", "Get", g_variant_new ("(ss)", "org.freedesktop.Secret.Collection", "Locked"), "(v)", cancellable, &reason);
  if (locked == NULL)
    {
      set_locked (error, reason);
      return FALSE;
    }
  g_variant_get (locked, "(v)", &value);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) || g_variant_get_boolean (value))
    {
      set_locked (error, NULL);
      return FALSE;
    }
  return TRUE;
}

/* ---- looking up ---- */

static GList *
search (const char *ref, const char *kind, const char *item, SecretSearchFlags flags, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) attributes = make_attributes (ref, kind, item);

  return secret_password_searchv_sync (&schema, attributes, SECRET_SEARCH_ALL | flags, cancellable, error);
}

static void
wipe (gpointer data)
{
  explicit_bzero (data, strlen (data));
  g_free (data);
}

/* As text: not every service takes bytes as they are. NULL: it is not what was stored. */
static GBytes *
decode (SecretValue *value)
{
  gsize length, n;
  const char *text = secret_value_get (value, &length);
  guint8 *bytes;
  g_autoptr (GBytes) secret = NULL;
  guchar *decoded;
  char *copy;

  if (text == NULL || length > 2 * RT_PRIVATE_FILE_MAX_LENGTH || memchr (text, '\0', length) != NULL)
    return NULL;
  copy = g_strndup (text, length);
  decoded = g_base64_decode (copy, &n);
  wipe (copy);
  secret = rt_secret_bytes_new (n, &bytes);
  memcpy (bytes, decoded, n);
  explicit_bzero (decoded, n);
  g_free (decoded);
  return n > 0 ? g_steal_pointer (&secret) : NULL;
}

/* The first of them that is not locked. *locked: one of them is. */
static GBytes *
retrieve (GList *items, gboolean *locked, GCancellable *cancellable, GError **error)
{
  *locked = FALSE;
  for (GList *l = items; l != NULL; l = l->next)
    {
      g_autoptr (GError) reason = NULL;
      SecretValue *value = secret_retrievable_retrieve_secret_sync (l->data, cancellable, &reason);
      GBytes *secret;

      if (value == NULL)
        {
          /* what says nothing is a locked one, too */
          if (reason == NULL || g_error_matches (reason, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
            *locked = TRUE;
          else if (error != NULL && *error == NULL)
            set_locked (error, reason);
          continue;
        }
      secret = decode (value);
      secret_value_unref (value);
      if (secret != NULL)
        {
          g_clear_error (error);
          return secret;
        }
    }
  return NULL;
}

static void
free_items (GList *items)
{
  g_list_free_full (items, g_object_unref);
}

/* Some services say of a locked collection that it is empty. TRUE: it was locked, and is not any more. */
static gboolean
unlock_default (gboolean may_ask, gboolean *locked, GCancellable *cancellable)
{
  g_autoptr (SecretService) service = NULL;
  g_autoptr (SecretCollection) collection = NULL;
  g_autoptr (GList) objects = NULL;
  GList *unlocked = NULL;
  gboolean done;

  *locked = FALSE;
  if (!is_service ())
    return FALSE;
  service = secret_service_get_sync (SECRET_SERVICE_NONE, cancellable, NULL);
  if (service == NULL)
    return FALSE;
  collection = secret_collection_for_alias_sync (service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, cancellable, NULL);
  *locked = collection != NULL && secret_collection_get_locked (collection);
  if (!*locked || !may_ask)
    return FALSE;
  objects = g_list_append (NULL, collection);
  done = secret_service_unlock_sync (service, objects, cancellable, &unlocked, NULL) > 0;
  free_items (unlocked);
  return done;
}

GBytes *
rt_keyring_lookup (const char *ref, const char *kind, const char *item, gboolean may_ask, gboolean *denied, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GList *items;
  GBytes *secret = NULL;
  gboolean locked = FALSE, all_locked = FALSE;

  *denied = FALSE;
  begin ();
  items = search (ref, kind, item, SECRET_SEARCH_NONE, cancellable, &reason);
  if (items == NULL && reason == NULL && unlock_default (may_ask, &all_locked, cancellable))
    items = search (ref, kind, item, SECRET_SEARCH_NONE, cancellable, &reason);
  if (items == NULL)
    {
      *denied = all_locked && may_ask;
      if (reason != NULL || all_locked)
        set_locked (error, reason);
      else
        g_set_error_literal (error, RT_STORE_ERROR, RT_STORE_ERROR_GONE, _("The keyring does not have it any more"));
      return NULL;
    }
  secret = retrieve (items, &locked, cancellable, &reason);
  free_items (items);
  if (secret == NULL && locked && may_ask)
    {
      /* this one asks; what cannot be unlocked comes back locked */
      items = search (ref, kind, item, SECRET_SEARCH_UNLOCK, cancellable, NULL);
      secret = retrieve (items, &locked, cancellable, &reason);
      free_items (items);
      *denied = secret == NULL;
    }
  if (secret == NULL)
    set_locked (error, locked ? NULL : reason);
  return secret;
}

/* ---- storing and removing ---- */

gboolean
rt_keyring_store (const char *ref, const char *kind, const char *item, const char *label, GBytes *secret, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) attributes = make_attributes (ref, kind, item);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GBytes) again = NULL;
  SecretValue *value;
  gboolean stored, denied;

  begin ();
  value = secret_value_new_full (g_base64_encode (g_bytes_get_data (secret, NULL), g_bytes_get_size (secret)), -1, "text/plain", wipe);
  stored = secret_password_storev_binary_sync (&schema, attributes, SECRET_COLLECTION_DEFAULT, label, value, cancellable, &reason);
  secret_value_unref (value);
  if (!stored)
    {
      set_locked (error, reason);
      return FALSE;
    }
  again = rt_keyring_lookup (ref, kind, item, FALSE, &denied, cancellable, error);
  /* what it does not give back is of no use there: each try would leave one more */
  if (again == NULL || !g_bytes_equal (again, secret))
    secret_password_clearv_sync (&schema, attributes, NULL, NULL);
  if (again == NULL)
    return FALSE;
  if (!g_bytes_equal (again, secret))
    {
      g_set_error_literal (error, RT_STORE_ERROR, RT_STORE_ERROR_LOCKED, _("The keyring keeps something else than it was given"));
      return FALSE;
    }
  return TRUE;
}

gboolean
rt_keyring_remove (const char *ref, const char *kind, const char *except, gboolean may_ask, gboolean *denied, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GList *items;
  gboolean all_locked = FALSE, left = FALSE;

  *denied = FALSE;
  begin ();
  items = search (ref, kind, NULL, may_ask ? SECRET_SEARCH_UNLOCK : SECRET_SEARCH_NONE, cancellable, &reason);
  if (items == NULL && reason == NULL && unlock_default (may_ask, &all_locked, cancellable))
    items = search (ref, kind, NULL, SECRET_SEARCH_NONE, cancellable, &reason);
  if (items == NULL && all_locked && except == NULL)
    {
      *denied = may_ask;
      set_locked (error, NULL);
      return FALSE;
    }
  for (GList *l = items; l != NULL && reason == NULL; l = l->next)
    {
      g_autoptr (GHashTable) attributes = secret_retrievable_get_attributes (l->data), one = NULL;
      const char *item = g_hash_table_lookup (attributes, "item");

      if (item == NULL || g_strcmp0 (item, except) == 0)
        continue;
      one = make_attributes (ref, kind, item);
      /* FALSE without an error: it did not let go of it */
      left = (!secret_password_clearv_sync (&schema, one, cancellable, &reason) && reason == NULL) || left;
    }
  free_items (items);
  if (reason == NULL && !left)
    return TRUE;
  *denied = left && may_ask;
  set_locked (error, reason);
  return FALSE;
}

#else /* !HAVE_SECRET_SERVICE */

static void
set_missing (GError **error)
{
  g_set_error_literal (error, RT_STORE_ERROR, RT_STORE_ERROR_LOCKED, _("This installation of Roundtable cannot speak to keyrings"));
}

gboolean
rt_keyring_check (GCancellable *cancellable, GError **error)
{
  set_missing (error);
  return FALSE;
}

gboolean
rt_keyring_store (const char *ref, const char *kind, const char *item, const char *label, GBytes *secret, GCancellable *cancellable, GError **error)
{
  set_missing (error);
  return FALSE;
}

GBytes *
rt_keyring_lookup (const char *ref, const char *kind, const char *item, gboolean may_ask, gboolean *denied, GCancellable *cancellable, GError **error)
{
  *denied = FALSE;
  set_missing (error);
  return NULL;
}

gboolean
rt_keyring_remove (const char *ref, const char *kind, const char *except, gboolean may_ask, gboolean *denied, GCancellable *cancellable, GError **error)
{
  *denied = FALSE;
  set_missing (error);
  return FALSE;
}

#endif
