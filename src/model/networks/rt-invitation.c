/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invitations come from anywhere: a link that is wrong in any part is refused as a whole, and in words. */
#include "config.h"

#include "rt-invitation.h"
#include "rt-network-config-private.h"
#include "rt-secret-words.h"
#include "model/timeline/rt-message-item.h"
#include "model/people/rt-name.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#define SCHEME "roundtable:"
#define WORD   "invite"
/* The form of a link, and that of one with a secret: whoever does not know secrets must not come without, and takes none of the newer form. */
#define MAJOR  1u
#define PRIVATE_MAJOR 2u
/* As much of what the link says as is cited where it is wrong. */
#define CITED_BYTES 60u
/* A name of DNS, brackets, a colon, a port */
#define MAX_ADDRESS_BYTES 264u
#define DEFAULT_WIRE "0.7"

G_DEFINE_QUARK (rt-invitation-error-quark, rt_invitation_error)

/* In the order in which they are written. */
enum { FORM, NAME, TITLE, ENCRYPTION, KIND, LEASES, K, WIRE, SECRET, TO, N_PARAMETERS };
static const char * const parameters[N_PARAMETERS] = { "v", "name", "title", "encryption", "kind", "leases", "k", "wire", "secret", "to" };

static const char * const encryptions[] = { P2P_ENCRYPTION_SSL, P2P_ENCRYPTION_PLAINTEXT, NULL };
static const char * const kinds[] = { "mesh", "sync", "chord", NULL };
static const char * const wires[] = { "0.7", "0.6", NULL };

/* What the link says, unescaped, each once. */
typedef struct
{
  char      *values[N_PARAMETERS];      /* NULL: nothing; TO is in addresses */
  GPtrArray *addresses;
  gboolean   private;           /* there is a secret in it, or was before it was damaged */
} Said;

static void
said_clear (Said *self)
{
  for (guint i = 0; i < N_PARAMETERS; i++)
    rt_secret_text_free (self->values[i]);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Said, said_clear)

void
rt_invitation_free (RtInvitation *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_free (self->subnet);
  g_free (self->encryption);
  g_free (self->kind);
  g_free (self->version);
  rt_secret_text_free (self->secret);
  g_strfreev (self->addresses);
  g_free (self);
}

RtInvitation *
rt_invitation_copy (const RtInvitation *self)
{
  RtInvitation *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new0 (RtInvitation, 1);
  copy->title = g_strdup (self->title);
  copy->subnet = g_strdup (self->subnet);
  copy->encryption = g_strdup (self->encryption);
  copy->kind = g_strdup (self->kind);
  copy->leasing = self->leasing;
  copy->k = self->k;
  copy->version = g_strdup (self->version);
  copy->secret = g_strdup (self->secret);
  copy->addresses = g_strdupv (self->addresses);
  return copy;
}

static gboolean G_GNUC_PRINTF (3, 4)
refuse (GError **error, RtInvitationError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (RT_INVITATION_ERROR, (int) code, format, args);
  va_end (args);
  return FALSE;
}

/* Fit to stand in quotation marks. */
static char *
cite (const char *text)
{
  return rt_sanitise_line (text, CITED_BYTES);
}

/* ---- the link: bytes into what it says ---- */

static gboolean
check_bytes (const char *link, gsize length, GError **error)
{
  if (length > RT_INVITATION_MAX_BYTES)
    return refuse (error, RT_INVITATION_ERROR_TOO_LONG,
                   ngettext ("The link is longer than %u byte. No invitation is.", "The link is longer than %u bytes. No invitation is.", RT_INVITATION_MAX_BYTES),
                   RT_INVITATION_MAX_BYTES);
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (link[i]))
      return refuse (error, RT_INVITATION_ERROR_CHARACTERS, _("The link is damaged: there is a character in it that no link has, perhaps a space."));
  return TRUE;
}

/* Behind "roundtable:invite", "roundtable://invite/": the query without its question mark, up to the fragment. NULL: it is no invitation. */
static char *
dup_query (const char *link, GError **error)
{
  const char *at = link;

  if (g_ascii_strncasecmp (at, SCHEME, strlen (SCHEME)) == 0)
    {
      at += strlen (SCHEME);
      at += strspn (at, "/");
      if (g_ascii_strncasecmp (at, WORD, strlen (WORD)) == 0)
        {
          at += strlen (WORD);
          at += strspn (at, "/");
          if (*at == '?')
            return g_strndup (at + 1, strcspn (at + 1, "#"));
          if (*at == '\0' || *at == '#')
            return g_strdup ("");
        }
    }
  refuse (error, RT_INVITATION_ERROR_OTHER, _("This is no invitation. Invitations begin with “%s”."), SCHEME WORD "?");
  return NULL;
}

/* A plus sign is one: only "%20" is a space. */
static char *
unescape (const char *text, gsize length, GError **error)
{
  g_autoptr (GString) plain = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      int high, low;

      if (text[i] != '%')
        {
          g_string_append_c (plain, text[i]);
          continue;
        }
      high = length - i > 2 ? g_ascii_xdigit_value (text[i + 1]) : -1;
      low = length - i > 2 ? g_ascii_xdigit_value (text[i + 2]) : -1;
      if (high < 0 || low < 0)
        {
          refuse (error, RT_INVITATION_ERROR_ESCAPE, _("The link is damaged: behind a percent sign in it something is missing."));
          return NULL;
        }
      if (high == 0 && low == 0)
        {
          refuse (error, RT_INVITATION_ERROR_CHARACTERS, _("The link has a character that no text has."));
          return NULL;
        }
      g_string_append_c (plain, (char) (high * 16 + low));
      i += 2;
    }
  if (!g_utf8_validate_len (plain->str, plain->len, NULL))
    {
      refuse (error, RT_INVITATION_ERROR_TEXT, _("What the link says is no text."));
      return NULL;
    }
  return g_string_free (g_steal_pointer (&plain), FALSE);
}

/* N_PARAMETERS: one that a later version may know. */
static guint
find_parameter (const char *name)
{
  guint i;

  for (i = 0; i < N_PARAMETERS; i++)
    if (g_str_equal (parameters[i], name))
      break;
  return i;
}

/* The first of several is kept, and *twice is set: whether that is wrong is said only when the form is known to be ours. */
static gboolean
take_pair (Said *said, const char *pair, const char **twice, GError **error)
{
  gsize until = strcspn (pair, "=");
  g_autofree char *name = unescape (pair, until, error), *value = NULL;
  guint i;

  if (name == NULL)
    return FALSE;
  value = pair[until] == '=' ? unescape (pair + until + 1, strlen (pair + until + 1), error) : g_strdup ("");
  if (value == NULL)
    return FALSE;
  i = find_parameter (name);
  if (i == TO)
    g_ptr_array_add (said->addresses, g_steal_pointer (&value));
  else if (i < N_PARAMETERS && said->values[i] != NULL)
    *twice = parameters[i];
  else if (i < N_PARAMETERS)
    said->values[i] = g_steal_pointer (&value);
  return TRUE;
}

/* "1", and "1.5": what that adds can be left unread. */
static gboolean
check_form (const char *form, gboolean *private, GError **error)
{
  g_autofree char *shown = NULL;
  gsize digits;

  if (form == NULL)
    return refuse (error, RT_INVITATION_ERROR_VERSION, _("The link does not say of which form it is: perhaps a part of it was lost when it was copied."));
  digits = strspn (form, "0123456789");
  if (digits > 0 && (form[digits] == '\0' || (form[digits] == '.' && form[digits + 1] != '\0' &&
                                              form[digits + 1 + strspn (form + digits + 1, "0123456789")] == '\0')))
    {
      const char *number = form + strspn (form, "0");
      guint64 major = g_ascii_strtoull (form, NULL, 10);

      *private = major == PRIVATE_MAJOR;
      if (major == MAJOR || *private)
        return TRUE;
      if (major > PRIVATE_MAJOR)
        {
          shown = cite (number);
          /* Translators: %s is a number like "2" */
          return refuse (error, RT_INVITATION_ERROR_VERSION, _("The invitation is of a newer form (%s) than this version of Roundtable knows. A newer Roundtable can open it."), shown);
        }
    }
  shown = cite (form);
  return refuse (error, RT_INVITATION_ERROR_VERSION, _("There is no invitation of the form “%s”."), shown);
}

static gboolean
check_given (const Said *said, guint i, GError **error)
{
  if (said->values[i] != NULL)
    return TRUE;
  /* Translators: %s is a word of the link, "name" */
  return refuse (error, RT_INVITATION_ERROR_MISSING, _("The link is not whole: “%s” is missing in it."), parameters[i]);
}

static gboolean
take_query (Said *said, const char *query, GError **error)
{
  g_auto (GStrv) pairs = g_strsplit (query, "&", -1);
  const char *twice = NULL;

  said->addresses = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; pairs[i] != NULL; i++)
    if (*pairs[i] != '\0' && !take_pair (said, pairs[i], &twice, error))
      return FALSE;
  if (!check_form (said->values[FORM], &said->private, error))
    return FALSE;
  if (twice != NULL)
    /* Translators: %s is a word of the link, "name" */
    return refuse (error, RT_INVITATION_ERROR_TWICE, _("The link says “%s” twice. Which of the two is meant cannot be known."), twice);
  if (!said->private && said->values[SECRET] != NULL)
    return refuse (error, RT_INVITATION_ERROR_SECRET, _("The link contradicts itself: it has a secret, and is of a form that has none."));
  return !said->private || check_given (said, SECRET, error);
}

/* ---- what it says: into what it means ---- */

static gboolean
check_choice (const char *text, const char * const *choices, RtInvitationError code, const char *words, GError **error)
{
  g_autofree char *shown = NULL;

  if (g_strv_contains (choices, text))
    return TRUE;
  shown = cite (text);
  g_set_error (error, RT_INVITATION_ERROR, (int) code, "%s: “%s”", words, shown);
  return FALSE;
}

static gboolean
take_name (RtInvitation *self, const Said *said, GError **error)
{
  g_autofree char *words = NULL;

  if (!check_given (said, NAME, error))
    return FALSE;
  words = rt_network_config_check_field ("subnet", said->values[NAME]);
  if (words != NULL)
    return refuse (error, RT_INVITATION_ERROR_NAME, "%s", words);
  self->subnet = g_strdup (said->values[NAME]);
  /* a label only: it is cleaned, as names of people are */
  self->title = said->values[TITLE] != NULL ? rt_name_clean (said->values[TITLE]) : NULL;
  if (g_strcmp0 (self->title, self->subnet) == 0)
    g_clear_pointer (&self->title, g_free);
  return TRUE;
}

static gboolean
take_kind (RtInvitation *self, const Said *said, GError **error)
{
  static const char * const answers[] = { "yes", "no", NULL };
  const char *leases = said->values[LEASES], *k = said->values[K];
  guint64 number = 0;

  if (!check_given (said, KIND, error) ||
      !check_choice (said->values[KIND], kinds, RT_INVITATION_ERROR_KIND, _("There is no such kind of network"), error))
    return FALSE;
  self->kind = g_strdup (said->values[KIND]);
  if ((leases != NULL && !g_str_equal (self->kind, "sync")) || (k != NULL && !g_str_equal (self->kind, "chord")))
    return refuse (error, RT_INVITATION_ERROR_KIND, _("The link contradicts itself: it describes a table that this kind of network does not have."));
  if (leases != NULL && !check_choice (leases, answers, RT_INVITATION_ERROR_KIND, _("There are leases or there are none, but not"), error))
    return FALSE;
  self->leasing = g_strcmp0 (leases, "no") != 0;
  if (k != NULL && !g_ascii_string_to_unsigned (k, 10, 0, RT_NETWORK_MAX_K, &number, NULL))
    {
      g_autofree char *shown = cite (k);

      return refuse (error, RT_INVITATION_ERROR_KIND, _("“%s” is no number from 0 to %u"), shown, RT_NETWORK_MAX_K);
    }
  self->k = (guint) number;
  return TRUE;
}

/* The form in which it is kept, or NULL. */
static char *
dup_checked_address (const char *text, GError **error)
{
  g_autofree char *shown = cite (text), *plain = rt_sanitise_line (text, G_MAXSIZE), *host = NULL;
  g_autoptr (GError) local = NULL;
  RtAddressScope scope;
  guint16 port;

  /* what is refused further down is cited as it is */
  if (!g_str_equal (plain, text) || strchr (text, ' ') != NULL || strlen (text) > MAX_ADDRESS_BYTES)
    refuse (error, RT_INVITATION_ERROR_ADDRESS, _("“%s” is no address"), shown);
  else if (!rt_parse_address (text, &host, &port, &local))
    refuse (error, RT_INVITATION_ERROR_ADDRESS, "%s", local->message);
  else if (rt_address_is_number_in_disguise (host))
    refuse (error, RT_INVITATION_ERROR_ADDRESS, _("“%s” looks like a name and is a number in disguise"), shown);
  else if ((scope = rt_address_scope (host)) == RT_ADDRESS_NOWHERE)
    refuse (error, RT_INVITATION_ERROR_NOWHERE, _("“%s” leads nowhere: no computer has such an address"), shown);
  else if (scope == RT_ADDRESS_LINK)
    refuse (error, RT_INVITATION_ERROR_NOWHERE, _("“%s” means something only on the cable of whoever wrote it"), shown);
  else
    return rt_format_address (host, port);
  return NULL;
}

/* Nothing of a secret is cited, be it wrong. */
static gboolean
take_secret (RtInvitation *self, const Said *said, GError **error)
{
  g_autofree char *words = NULL;

  if (said->values[SECRET] == NULL)
    return TRUE;
  if (!g_str_equal (said->values[ENCRYPTION], P2P_ENCRYPTION_SSL))
    return refuse (error, RT_INVITATION_ERROR_SECRET, "%s", rt_secret_words (RT_SECRET_WORDS_PLAINTEXT));
  words = rt_network_config_check_field ("secret", said->values[SECRET]);
  if (words != NULL)
    return refuse (error, RT_INVITATION_ERROR_SECRET, "%s", words);
  self->secret = rt_secret_dup_normal (said->values[SECRET]);
  return TRUE;
}

static gboolean
take_addresses (RtInvitation *self, const Said *said, GError **error)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);

  if (said->addresses->len > RT_INVITATION_MAX_ADDRESSES)
    return refuse (error, RT_INVITATION_ERROR_MANY,
                   ngettext ("The link names more than %u address.", "The link names more than %u addresses.", RT_INVITATION_MAX_ADDRESSES),
                   RT_INVITATION_MAX_ADDRESSES);
  for (guint i = 0; i < said->addresses->len; i++)
    {
      g_autofree char *address = dup_checked_address (said->addresses->pdata[i], error);

      if (address == NULL)
        return FALSE;
      if (!g_ptr_array_find_with_equal_func (addresses, address, g_str_equal, NULL))
        g_ptr_array_add (addresses, g_steal_pointer (&address));
    }
  g_ptr_array_add (addresses, NULL);
  self->addresses = (char **) g_ptr_array_free (g_steal_pointer (&addresses), FALSE);
  return TRUE;
}

/* Of a link that is damaged any part may hold the secret: none is cited, as words find their way into logs. */
static void
withhold (GError **error)
{
  static const int citing[] = { RT_INVITATION_ERROR_ENCRYPTION, RT_INVITATION_ERROR_KIND, RT_INVITATION_ERROR_WIRE, RT_INVITATION_ERROR_ADDRESS, RT_INVITATION_ERROR_NOWHERE };
  gboolean cites = FALSE;
  int code;

  if (error == NULL || *error == NULL)
    return;
  code = (*error)->code;
  for (guint i = 0; i < G_N_ELEMENTS (citing); i++)
    cites = cites || code == citing[i];
  if (!cites)
    return;
  g_clear_error (error);
  refuse (error, (RtInvitationError) code, code == RT_INVITATION_ERROR_ADDRESS || code == RT_INVITATION_ERROR_NOWHERE
          ? _("The invitation has an address that leads to no computer. It is not shown, as the link has a secret.")
          : _("The invitation describes a network that there cannot be. What it says is not shown, as the link has a secret."));
}

static RtInvitation *
read_link (Said *said, const char *link, gssize length, GError **error)
{
  g_autoptr (RtInvitation) self = g_new0 (RtInvitation, 1);
  g_autofree char *text = NULL, *query = NULL;
  const char *wire;

  /* one byte more than is read tells that there are more */
  if (length < 0)
    length = (gssize) strnlen (link, RT_INVITATION_MAX_BYTES + 1);
  if (!check_bytes (link, (gsize) length, error))
    return NULL;
  text = g_strndup (link, (gsize) length);
  query = dup_query (text, error);
  if (query == NULL || !take_query (said, query, error) || !take_name (self, said, error) || !check_given (said, ENCRYPTION, error) ||
      !check_choice (said->values[ENCRYPTION], encryptions, RT_INVITATION_ERROR_ENCRYPTION, _("There is no such encryption"), error) ||
      !take_kind (self, said, error) || !take_secret (self, said, error))
    return NULL;
  wire = said->values[WIRE] != NULL ? said->values[WIRE] : DEFAULT_WIRE;
  if (!check_choice (wire, wires, RT_INVITATION_ERROR_WIRE, _("This version is not spoken here"), error) || !take_addresses (self, said, error))
    return NULL;
  self->encryption = g_strdup (said->values[ENCRYPTION]);
  self->version = g_strdup (wire);
  return g_steal_pointer (&self);
}

RtInvitation *
rt_invitation_parse (const char *link, gssize length, GError **error)
{
  g_auto (Said) said = { 0 };
  RtInvitation *self;

  g_return_val_if_fail (link != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = read_link (&said, link, length, error);
  if (self == NULL && said.private)
    withhold (error);
  return self;
}

/* ---- the other way ---- */

/* Those of this computer help nobody where there is another. */
static char **
dup_fit_addresses (const char * const *addresses)
{
  g_autoptr (GPtrArray) fit = g_ptr_array_new_with_free_func (g_free), ours = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; addresses != NULL && addresses[i] != NULL; i++)
    {
      g_autofree char *address = dup_checked_address (addresses[i], NULL), *host = NULL;
      GPtrArray *into;
      guint16 port;

      if (address == NULL || !rt_parse_address (address, &host, &port, NULL))
        continue;
      into = rt_address_scope (host) == RT_ADDRESS_COMPUTER ? ours : fit;
      if (into->len < RT_INVITATION_MAX_ADDRESSES && !g_ptr_array_find_with_equal_func (into, address, g_str_equal, NULL))
        g_ptr_array_add (into, g_steal_pointer (&address));
    }
  if (fit->len == 0)
    g_ptr_array_extend_and_steal (fit, g_steal_pointer (&ours));
  g_ptr_array_add (fit, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&fit), FALSE);
}

RtInvitation *
rt_invitation_new (RtNetworkConfig *config, const char *title, const char * const *addresses)
{
  RtInvitation *self;

  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (config), NULL);

  if (rt_network_config_lacks_secret (config))
    return NULL;
  self = g_new0 (RtInvitation, 1);
  if (rt_network_config_get_has_secret (config))
    self->secret = g_strdup (rt_network_config_get_secret (config));
  self->subnet = g_strdup (rt_network_config_get_subnet (config));
  self->title = title != NULL ? rt_name_clean (title) : NULL;
  if (g_strcmp0 (self->title, self->subnet) == 0 || g_strcmp0 (title, self->subnet) == 0)
    g_clear_pointer (&self->title, g_free);
  self->encryption = g_strdup (rt_network_config_get_encryption (config));
  self->kind = g_strdup (rt_network_config_get_kind (config));
  self->leasing = !g_str_equal (self->kind, "sync") || rt_network_config_get_leasing (config);
  self->k = g_str_equal (self->kind, "chord") ? rt_network_config_get_k (config) : 0;
  self->version = g_strdup (rt_network_config_get_version (config));
  self->addresses = dup_fit_addresses (addresses);
  return self;
}

gboolean
rt_invitation_equal (const RtInvitation *a, const RtInvitation *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return g_strcmp0 (a->title, b->title) == 0 && g_str_equal (a->subnet, b->subnet) && g_str_equal (a->encryption, b->encryption) &&
         g_str_equal (a->kind, b->kind) && a->leasing == b->leasing && a->k == b->k && g_str_equal (a->version, b->version) &&
         g_strcmp0 (a->secret, b->secret) == 0 && g_strv_equal ((const char * const *) a->addresses, (const char * const *) b->addresses);
}

static void
append (GString *uri, guint i, const char *value)
{
  g_autofree char *escaped = g_uri_escape_string (value, ":", FALSE);

  g_string_append_printf (uri, "%c%s=%s", i == FORM ? '?' : '&', parameters[i], escaped);
}

char *
rt_invitation_to_uri (const RtInvitation *self)
{
  g_autoptr (GString) uri = g_string_new (SCHEME WORD);

  g_return_val_if_fail (self != NULL, NULL);

  append (uri, FORM, self->secret != NULL ? "2" : "1");
  append (uri, NAME, self->subnet);
  if (self->title != NULL)
    append (uri, TITLE, self->title);
  append (uri, ENCRYPTION, self->encryption);
  append (uri, KIND, self->kind);
  if (!self->leasing)
    append (uri, LEASES, "no");
  if (self->k > 0)
    {
      g_autofree char *k = g_strdup_printf ("%u", self->k);

      append (uri, K, k);
    }
  if (!g_str_equal (self->version, DEFAULT_WIRE))
    append (uri, WIRE, self->version);
  if (self->secret != NULL)
    append (uri, SECRET, self->secret);
  for (guint i = 0; self->addresses[i] != NULL; i++)
    {
      gsize length = uri->len;

      append (uri, TO, self->addresses[i]);
      if (uri->len > RT_INVITATION_MAX_BYTES)
        {
          g_string_truncate (uri, length);
          break;
        }
    }
  return g_string_free (g_steal_pointer (&uri), FALSE);
}
