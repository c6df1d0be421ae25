/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One message of an archive: as JSON, and back from whatever somebody made of it. */
#include "config.h"

#include "rt-archive-entry.h"
#include "model/timeline/rt-message-item-private.h"
#include "model/transfers/rt-attachment.h"
#include "json/rt-json-parse.h"
#include "json/rt-json-writer.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* In the year 2255; what is behind it has no place in the store either. */
#define LAST_TIME ((G_GINT64_CONSTANT (1) << 53) - 1)

G_DEFINE_QUARK (rt-archive-error-quark, rt_archive_error)

/* Words for programs: never translated, never changed. */
static const struct {
  guint       flag;
  const char *name;
} flags[] = {
  { RT_STORE_MESSAGE_OWN, "own" }, { RT_STORE_MESSAGE_PRIVATE, "private" }, { RT_STORE_MESSAGE_VALUES, "values" },
  { RT_STORE_MESSAGE_TOLD, "told" }, { RT_STORE_MESSAGE_IMPORTED, "imported" }, { RT_STORE_MESSAGE_MENTION, "mention" },
  { RT_STORE_MESSAGE_VERIFIED, "verified" }, { RT_STORE_MESSAGE_SEALED, "sealed" }, { RT_STORE_MESSAGE_UNSIGNED, "unsigned" },
  { RT_STORE_MESSAGE_THROUGH, "through" },
};

static const char * const deliveries[] = {
  [RT_DELIVERY_NONE] = NULL, [RT_DELIVERY_SENDING] = "sending", [RT_DELIVERY_HANDED] = "handed", [RT_DELIVERY_NOBODY] = "nobody",
  [RT_DELIVERY_FAILED] = "failed", [RT_DELIVERY_QUEUED] = "queued", [RT_DELIVERY_CANCELLED] = "cancelled", [RT_DELIVERY_UNSURE] = "unsure",
  [RT_DELIVERY_THROUGH] = "through",
};

/* ---- hashes ---- */

void
rt_archive_hash (const guint8 *before, const char *text, gsize length, guint8 *hash)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize n = RT_ARCHIVE_HASH_BYTES;

  if (before != NULL)
    g_checksum_update (sum, before, RT_ARCHIVE_HASH_BYTES);
  g_checksum_update (sum, (const guchar *) text, (gssize) length);
  g_checksum_get_digest (sum, hash, &n);
}

void
rt_archive_hash_to_hex (const guint8 *hash, char *hex)
{
  for (guint i = 0; i < RT_ARCHIVE_HASH_BYTES; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", hash[i]);
}

gboolean
rt_archive_hash_from_hex (const char *hex, guint8 *hash)
{
  for (guint i = 0; i < 2 * RT_ARCHIVE_HASH_BYTES; i++)
    {
      if (!g_ascii_isdigit (hex[i]) && (hex[i] < 'a' || hex[i] > 'f'))
        return FALSE;
      hash[i / 2] = (guint8) (hash[i / 2] << 4 | g_ascii_xdigit_value (hex[i]));
    }
  return TRUE;
}

gboolean
rt_archive_entry_fits_id (const RtStoreMessage *message)
{
  guint8 hash[RT_ARCHIVE_HASH_BYTES];
  gsize length;
  const char *body;

  if (message->id == NULL || message->body == NULL)
    return TRUE;
  body = g_bytes_get_data (message->body, &length);
  rt_archive_hash (NULL, body, length, hash);
  return g_bytes_get_size (message->id) == sizeof hash && memcmp (g_bytes_get_data (message->id, NULL), hash, sizeof hash) == 0;
}

gboolean
rt_archive_entry_fits_body (const RtStoreMessage *message)
{
  g_autoptr (P2pMessage) sent = message->body != NULL ? p2p_message_new_from_body (message->body, NULL) : NULL;
  g_autoptr (RtMessageItem) said = NULL, shown = NULL;
  g_autoptr (RtAttachment) attachment = NULL;

  if (message->body == NULL)
    return TRUE;
  if (sent == NULL || g_strcmp0 (p2p_message_get_sender (sent), message->sender) != 0 || p2p_message_get_time (sent) != message->sent)
    return FALSE;
  if (message->file != NULL)
    attachment = rt_attachment_new_packed (message->file);
  if (message->file != NULL && attachment == NULL)
    return FALSE;
  said = rt_message_item_new_received (sent, message->time, message->row);
  shown = rt_message_item_new_stored (message);
  if (rt_message_item_get_private (said) != rt_message_item_get_private (shown) || rt_message_item_get_kind (said) != rt_message_item_get_kind (shown))
    return FALSE;
  /* values are described in the language of whoever exported them */
  return rt_message_item_get_kind (said) == RT_MESSAGE_VALUES || g_str_equal (rt_message_item_get_text (said), rt_message_item_get_text (shown));
}

/* Of a file the text has a line: what goes with the message beside that, nobody signed. */
static gboolean
names_file (const char *text, GBytes *file)
{
  g_autoptr (RtAttachment) attachment = rt_attachment_new_packed (file);

  return attachment != NULL && rt_attachment_find_written (attachment, text) < strlen (text);
}

void
rt_archive_entry_take_body (RtStoreMessage *message)
{
  g_autoptr (P2pMessage) sent = message->body != NULL ? p2p_message_new_from_body (message->body, NULL) : NULL;
  g_autoptr (RtMessageItem) said = NULL;

  if (sent == NULL)
    return;
  said = rt_message_item_new_received (sent, message->time, message->row);
  g_free (message->text);
  message->text = g_strdup (rt_message_item_get_text (said));
  message->flags &= ~(guint) (RT_STORE_MESSAGE_VALUES | RT_STORE_MESSAGE_PRIVATE);
  message->flags |= (rt_message_item_get_kind (said) == RT_MESSAGE_VALUES ? RT_STORE_MESSAGE_VALUES : 0) | (rt_message_item_get_private (said) ? RT_STORE_MESSAGE_PRIVATE : 0);
  if (message->file != NULL && !names_file (message->text, message->file))
    g_clear_pointer (&message->file, g_bytes_unref);
}

/* ---- writing ---- */

void
rt_archive_append_text (GString *out, const char *name, const char *text)
{
  if (text == NULL)
    return;
  rt_json_key (out, name);
  rt_json_string (out, text);
}

static void
append_hex (GString *out, const char *name, GBytes *bytes)
{
  gsize length;
  const guint8 *data;

  if (bytes == NULL)
    return;
  data = g_bytes_get_data (bytes, &length);
  rt_json_key (out, name);
  rt_json_hex (out, data, length);
}

static void
append_base64 (GString *out, const char *name, GBytes *bytes)
{
  gsize length;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;
  g_autofree char *text = NULL;

  if (bytes == NULL)
    return;
  text = length > 0 ? g_base64_encode (data, length) : g_strdup ("");
  rt_archive_append_text (out, name, text);
}

void
rt_archive_entry_append (GString *out, const RtStoreMessage *message, guint64 n)
{
  g_autoptr (GString) json = g_string_new (NULL);

  rt_json_begin_object (json);
  rt_json_key (json, "n");
  rt_json_uint (json, n);
  rt_json_key (json, "time");
  rt_json_int (json, CLAMP (message->time, 0, LAST_TIME));
  if (message->sent > 0)
    {
      rt_json_key (json, "sent");
      rt_json_int (json, message->sent);
    }
  rt_archive_append_text (json, "sender", message->sender != NULL ? message->sender : "");
  rt_archive_append_text (json, "name", message->sender_name);
  rt_archive_append_text (json, "recipient", message->recipient);
  rt_archive_append_text (json, "teller", message->teller);
  rt_archive_append_text (json, "via", message->via);
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (message->flags & flags[i].flag)
      {
        rt_json_key (json, flags[i].name);
        rt_json_boolean (json, TRUE);
      }
  rt_archive_append_text (json, "text", message->text != NULL ? message->text : "");
  append_hex (json, "id", message->id);
  append_hex (json, "reply-to", message->reply_to);
  append_base64 (json, "body", message->body);
  append_base64 (json, "file", message->file);
  append_base64 (json, "proof", message->proof);
  if (message->delivery < G_N_ELEMENTS (deliveries))
    rt_archive_append_text (json, "delivery", deliveries[message->delivery]);
  if (message->n_links > 0)
    {
      rt_json_key (json, "links");
      rt_json_uint (json, message->n_links);
    }
  rt_archive_append_text (json, "error", message->error);
  rt_json_end_object (json);
  g_string_append_len (out, json->str, (gssize) json->len);
}

/* ---- reading ---- */

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (RT_ARCHIVE_ERROR, RT_ARCHIVE_ERROR_BROKEN, format, args);
  va_end (args);
  return FALSE;
}

/* What is not there stays as it is. */
static gboolean
take_text (GVariant *dict, const char *name, gsize most, char **text, GError **error)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dict, name, NULL);
  gsize length;

  if (value == NULL)
    return TRUE;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    /* Translators: %s is the name of a part of a message, as “text” */
    return fail (error, _("“%s” of the message is no text"), name);
  g_variant_get_string (value, &length);
  if (length > most)
    /* Translators: %s is the name of a part of a message, as “text” */
    return fail (error, _("“%s” of the message is longer than Roundtable keeps it"), name);
  *text = g_variant_dup_string (value, NULL);
  return TRUE;
}

static gboolean
take_number (GVariant *dict, const char *name, gint64 most, gint64 *number, GError **error)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dict, name, NULL);

  if (value == NULL)
    return TRUE;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_INT64) || g_variant_get_int64 (value) < 0 || g_variant_get_int64 (value) > most)
    /* Translators: %s is the name of a part of a message, as “time” */
    return fail (error, _("“%s” of the message is no number that it could be"), name);
  *number = g_variant_get_int64 (value);
  return TRUE;
}

static gboolean
take_id (GVariant *dict, const char *name, GBytes **id, GError **error)
{
  g_autofree char *hex = NULL;
  guint8 bytes[RT_ARCHIVE_HASH_BYTES] = { 0 };

  if (!take_text (dict, name, 2 * sizeof bytes, &hex, error))
    return FALSE;
  if (hex == NULL)
    return TRUE;
  if (strlen (hex) != 2 * sizeof bytes || !rt_archive_hash_from_hex (hex, bytes))
    /* Translators: %s is the name of a part of a message, as “id” */
    return fail (error, _("“%s” of the message is no id"), name);
  *id = g_bytes_new (bytes, sizeof bytes);
  return TRUE;
}

static gboolean
take_base64 (GVariant *dict, const char *name, gsize most, GBytes **bytes, GError **error)
{
  g_autofree char *text = NULL;
  guchar *data;
  gsize length;

  if (!take_text (dict, name, most / 3 * 4 + 8, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  data = g_base64_decode (text, &length);
  *bytes = g_bytes_new_take (data, length);
  /* Translators: %s is the name of a part of a message, as “body” */
  return length <= most || fail (error, _("“%s” of the message is longer than Roundtable keeps it"), name);
}

static gboolean
take_flags (GVariant *dict, RtStoreMessage *message, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (dict, flags[i].name, NULL);

      if (value == NULL)
        continue;
      if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
        /* Translators: %s is the name of a part of a message, as “private” */
        return fail (error, _("“%s” of the message is neither true nor false"), flags[i].name);
      if (g_variant_get_boolean (value))
        message->flags |= flags[i].flag;
    }
  return TRUE;
}

static gboolean
take_delivery (GVariant *dict, RtStoreMessage *message, GError **error)
{
  g_autofree char *name = NULL;

  if (!take_text (dict, "delivery", RT_STORE_CHAT_WORDS, &name, error))
    return FALSE;
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (deliveries); i++)
    if (g_strcmp0 (deliveries[i], name) == 0)
      message->delivery = i;
  return TRUE;
}

static gboolean
take_all (GVariant *dict, RtStoreMessage *message, GError **error)
{
  gint64 n = -1, time = -1, links = 0;

  if (!take_number (dict, "n", G_MAXUINT32, &n, error) || !take_number (dict, "time", LAST_TIME, &time, error) ||
      !take_number (dict, "sent", LAST_TIME, &message->sent, error) || !take_number (dict, "links", G_MAXINT, &links, error) ||
      !take_text (dict, "sender", RT_STORE_CHAT_WORDS, &message->sender, error) || !take_text (dict, "name", RT_STORE_CHAT_WORDS, &message->sender_name, error) ||
      !take_text (dict, "recipient", RT_STORE_CHAT_WORDS, &message->recipient, error) || !take_text (dict, "teller", RT_STORE_CHAT_WORDS, &message->teller, error) ||
      !take_text (dict, "via", RT_STORE_CHAT_WORDS, &message->via, error) || !take_text (dict, "error", RT_STORE_CHAT_WORDS, &message->error, error) ||
      !take_text (dict, "text", RT_STORE_CHAT_TEXT, &message->text, error) || !take_id (dict, "id", &message->id, error) ||
      !take_id (dict, "reply-to", &message->reply_to, error) || !take_base64 (dict, "body", RT_STORE_CHAT_BODY, &message->body, error) ||
      !take_base64 (dict, "file", RT_STORE_CHAT_FILE, &message->file, error) ||
      !take_base64 (dict, "proof", RT_STORE_CHAT_PROOF, &message->proof, error) || !take_flags (dict, message, error) || !take_delivery (dict, message, error))
    return FALSE;
  if (n < 0 || time < 0 || message->sender == NULL || message->text == NULL)
    return fail (error, _("the message lacks its number, time, sender or text"));
  message->row = n + 1;
  message->time = time;
  message->n_links = (guint) links;
  return TRUE;
}

RtStoreMessage *
rt_archive_entry_parse (const char *text, gsize length, GError **error)
{
  RtJsonCursor cursor = { .text = text, .length = length };
  g_autoptr (GError) local = NULL;
  g_autoptr (GVariant) dict = rt_json_cursor_value (&cursor, &local);
  g_autoptr (RtStoreMessage) message = rt_store_message_new ();

  if (dict == NULL)
    {
      fail (error, "%s", local->message);
      return NULL;
    }
  if (!g_variant_is_of_type (dict, G_VARIANT_TYPE_VARDICT) || rt_json_cursor_peek (&cursor) != '\0' || cursor.at != length)
    {
      fail (error, _("there is no message"));
      return NULL;
    }
  return take_all (dict, message, error) ? g_steal_pointer (&message) : NULL;
}
