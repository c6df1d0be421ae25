/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-gio-private.h"
#include "../../wire/p2p-digest.h"
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

/* Of our certificate; nobody looks at it, but a verifier that did would want one that holds. */
#define CERTIFICATE_BEGIN (-24 * 60 * 60)
#define CERTIFICATE_END (10 * 365 * 24 * 60 * 60)

/* ---- our certificate ---- */

static X509 *
make_x509 (EVP_PKEY *key)
{
  X509 *x509 = X509_new ();
  guint64 serial;
  X509_NAME *name;

  if (x509 == NULL)
    return NULL;
  name = X509_get_subject_name (x509);
  p2p_random_fill (p2p_gio_random_get (), (guint8 *) &serial, sizeof serial);
  /* version 3 is written as 2; the name says nothing about us */
  if (!X509_set_version (x509, 2) ||
      !ASN1_INTEGER_set_uint64 (X509_get_serialNumber (x509), serial >> 1) ||
      X509_gmtime_adj (X509_getm_notBefore (x509), CERTIFICATE_BEGIN) == NULL ||
      X509_gmtime_adj (X509_getm_notAfter (x509), CERTIFICATE_END) == NULL ||
      !X509_set_pubkey (x509, key) ||
      !X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_ASC, (const guchar *) "p2p", -1, -1, 0) ||
      !X509_set_issuer_name (x509, name) ||
      !X509_sign (x509, key, EVP_sha256 ()))
    {
      X509_free (x509);
      return NULL;
    }
  return x509;
}

static char *
write_pem (EVP_PKEY *key, X509 *x509)
{
  BIO *bio = BIO_new (BIO_s_mem ());
  char *pem = NULL, *data;
  long length;

  if (bio != NULL && PEM_write_bio_X509 (bio, x509) && PEM_write_bio_PKCS8PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL))
    {
      length = BIO_get_mem_data (bio, &data);
      pem = g_strndup (data, (gsize) length);
    }
  BIO_free (bio);
  return pem;
}

static char *
make_pem (void)
{
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509 *x509 = key != NULL ? make_x509 (key) : NULL;
  char *pem = x509 != NULL ? write_pem (key, x509) : NULL;

  X509_free (x509);
  EVP_PKEY_free (key);
  return pem;
}

/* One for each environment, so that two networks of one person do not show the same. It is fresh at each start: who a peer is
 * is proven inside of the connection, not by its certificate. */
GTlsCertificate *
p2p_gio_env_get_certificate (P2pGioEnv *env, GError **error)
{
  g_autofree char *pem = NULL;
  g_autoptr (GError) own_error = NULL;

  if (env->certificate != NULL)
    return env->certificate;
  pem = make_pem ();
  if (pem != NULL)
    env->certificate = g_tls_certificate_new_from_pem (pem, -1, &own_error);
  if (env->certificate == NULL)
    g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_TLS, "A certificate could not be made: %s",
                 own_error != NULL ? own_error->message : "OpenSSL refused");
  return env->certificate;
}

/* ---- handshakes ---- */

struct _P2pGioHandshake {
  P2pGioEnv *env;
  char *address;
  GTlsConnection *stream;
  GCancellable *cancellable;
  guint64 timer;
  gboolean timed_out;
  gboolean cancelled;
  P2pGioHandshakeFunc done;
  gpointer data;
};

static void
free_handshake (P2pGioHandshake *self)
{
  p2p_clock_cancel (self->env->base.clock, self->timer);
  g_clear_object (&self->stream);
  g_clear_object (&self->cancellable);
  g_free (self->address);
  p2p_env_unref (&self->env->base);
  g_free (self);
}

/* Whoever is at the other end may be anybody: the layers above find out by what the peer proves, bound to this connection. */
static gboolean
accept_certificate_cb (GTlsConnection *stream, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer data)
{
  return TRUE;
}

static void
timed_out_cb (gpointer data)
{
  P2pGioHandshake *self = data;

  self->timer = 0;
  self->timed_out = TRUE;
  g_cancellable_cancel (self->cancellable);
}

static GError *
describe_failure (P2pGioHandshake *self, const GError *error)
{
  g_autoptr (GError) own_error = p2p_gio_error_new (self->address, error);

  if (self->timed_out)
    return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_TIMED_OUT, "%s: The peer did not set up encryption in time", self->address);
  if (own_error->code == P2P_LINK_ERROR_TLS)
    return g_steal_pointer (&own_error);
  return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_TLS, "%s: The encrypted connection could not be set up (%s)", self->address, error->message);
}

static void
handshake_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  P2pGioHandshake *self = data;
  g_autoptr (GError) error = NULL;

  g_tls_connection_handshake_finish (self->stream, result, &error);
  if (!self->cancelled)
    {
      g_autoptr (GError) own_error = error != NULL ? describe_failure (self, error) : NULL;

      self->done (error == NULL ? self->stream : NULL, own_error, self->data);
    }
  free_handshake (self);
}

static void
fail_cb (gpointer data)
{
  P2pGioHandshake *self = data;
  g_autoptr (GError) error = NULL;

  self->timer = 0;
  error = g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_TLS, "%s: The encrypted connection could not be set up (no certificate or no TLS)", self->address);
  if (!self->cancelled)
    self->done (NULL, error, self->data);
  free_handshake (self);
}

/* The trust store must be refused at construction: reading it costs ten milliseconds for each connection, and setting
 * it to none afterwards comes too late. */
static GTlsConnection *
make_stream (P2pGioEnv *env, GSocketConnection *connection, gboolean server)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  GTlsCertificate *certificate = p2p_gio_env_get_certificate (env, NULL);
  gpointer stream = NULL;

  if (server && certificate != NULL)
    stream = g_initable_new (g_tls_backend_get_server_connection_type (backend), NULL, NULL,
                             "base-io-stream", connection, "database", NULL, "certificate", certificate,
                             "authentication-mode", G_TLS_AUTHENTICATION_REQUESTED, "require-close-notify", FALSE, NULL);
  else if (!server)
    stream = g_initable_new (g_tls_backend_get_client_connection_type (backend), NULL, NULL,
                             "base-io-stream", connection, "database", NULL, "require-close-notify", FALSE, NULL);
  if (stream != NULL && !server && certificate != NULL)
    g_tls_connection_set_certificate (stream, certificate);
  return stream;
}

P2pGioHandshake *
p2p_gio_handshake_new (P2pGioEnv *env, GSocketConnection *connection, gboolean server, const char *address, guint seconds,
                       P2pGioHandshakeFunc done, gpointer data)
{
  P2pGioHandshake *self = g_new0 (P2pGioHandshake, 1);

  p2p_env_ref (&env->base);
  self->env = env;
  self->address = g_strdup (address);
  self->done = done;
  self->data = data;
  self->stream = make_stream (env, connection, server);
  if (self->stream == NULL)
    {
      self->timer = p2p_clock_schedule (env->base.clock, 0, fail_cb, self);
      return self;
    }

  self->cancellable = g_cancellable_new ();
  self->timer = p2p_clock_schedule (env->base.clock, seconds * G_TIME_SPAN_SECOND, timed_out_cb, self);
  g_signal_connect (self->stream, "accept-certificate", G_CALLBACK (accept_certificate_cb), NULL);
  g_main_context_push_thread_default (env->context);
  g_tls_connection_handshake_async (self->stream, P2P_GIO_PRIORITY, self->cancellable, handshake_cb, self);
  g_main_context_pop_thread_default (env->context);
  return self;
}

void
p2p_gio_handshake_cancel (P2pGioHandshake *self)
{
  self->cancelled = TRUE;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

gboolean
p2p_gio_tls_get_digest (GTlsConnection *stream, guint8 digest[32])
{
  GTlsCertificate *certificate = g_tls_connection_get_peer_certificate (stream);
  g_autoptr (GByteArray) der = NULL;

  if (certificate == NULL)
    return FALSE;
  g_object_get (certificate, "certificate", &der, NULL);
  if (der == NULL)
    return FALSE;
  p2p_sha256 (der->data, der->len, digest);
  return TRUE;
}

gboolean
p2p_gio_tls_get_binding (GTlsConnection *stream, guint8 binding[32])
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  if (!g_tls_connection_get_channel_binding_data (stream, G_TLS_CHANNEL_BINDING_TLS_EXPORTER, bytes, NULL) || bytes->len != 32)
    return FALSE;
  memcpy (binding, bytes->data, 32);
  return TRUE;
}
