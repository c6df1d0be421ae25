/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-attachment-private.h"
#include "model/timeline/rt-message-item.h"
#include "model/rt-model-enums.h"

#include <string.h>

#define PACKED_TYPE "(yaytsssb)"
#define PACKED_VERSION 1
#define HASH_BYTES 32
/* Told so often at most: a hundredth of the whole. */
#define PROGRESS_STEP 0.01

struct _RtAttachment {
  GObject           parent_instance;
  GBytes           *file;
  char             *name;
  char             *mime_type;
  char             *offerer;
  char             *error;
  char             *path;
  char             *meant_for;
  guint64           size;
  double            progress;
  RtAttachmentState state;
  gboolean          own;
  gboolean          absent;
  gboolean          withdrawn;
};

G_DEFINE_FINAL_TYPE (RtAttachment, rt_attachment, G_TYPE_OBJECT)

enum {
  PROP_0, PROP_FILE, PROP_NAME, PROP_SIZE, PROP_MIME_TYPE, PROP_IS_PICTURE, PROP_OWN, PROP_OFFERER, PROP_STATE, PROP_PROGRESS, PROP_ERROR, PROP_PATH, N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
rt_attachment_finalize (GObject *object)
{
  RtAttachment *self = RT_ATTACHMENT (object);

  g_clear_pointer (&self->file, g_bytes_unref);
  g_free (self->name);
  g_free (self->mime_type);
  g_free (self->offerer);
  g_free (self->error);
  g_free (self->path);
  g_free (self->meant_for);

  G_OBJECT_CLASS (rt_attachment_parent_class)->finalize (object);
}

static void
rt_attachment_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtAttachment *self = RT_ATTACHMENT (object);

  switch (prop_id)
    {
    case PROP_FILE: g_value_set_boxed (value, self->file); break;
    case PROP_NAME: g_value_set_string (value, self->name); break;
    case PROP_SIZE: g_value_set_uint64 (value, self->size); break;
    case PROP_MIME_TYPE: g_value_set_string (value, self->mime_type); break;
    case PROP_IS_PICTURE: g_value_set_boolean (value, rt_attachment_get_is_picture (self)); break;
    case PROP_OWN: g_value_set_boolean (value, self->own); break;
    case PROP_OFFERER: g_value_set_string (value, self->offerer); break;
    case PROP_STATE: g_value_set_enum (value, (int) self->state); break;
    case PROP_PROGRESS: g_value_set_double (value, self->progress); break;
    case PROP_ERROR: g_value_set_string (value, self->error); break;
    case PROP_PATH: g_value_set_string (value, self->path); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_attachment_class_init (RtAttachmentClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = rt_attachment_finalize;
  object_class->get_property = rt_attachment_get_property;

  properties[PROP_FILE] = g_param_spec_boxed ("file", NULL, NULL, G_TYPE_BYTES, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_SIZE] = g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_MIME_TYPE] = g_param_spec_string ("mime-type", NULL, NULL, NULL, flags);
  properties[PROP_IS_PICTURE] = g_param_spec_boolean ("is-picture", NULL, NULL, FALSE, flags);
  properties[PROP_OWN] = g_param_spec_boolean ("own", NULL, NULL, FALSE, flags);
  properties[PROP_OFFERER] = g_param_spec_string ("offerer", NULL, NULL, NULL, flags);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, RT_TYPE_ATTACHMENT_STATE, RT_ATTACHMENT_PREPARING, flags);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_attachment_init (RtAttachment *self)
{
}

/* ---- names ---- */

static gboolean
is_refused_in_names (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return c < 0x20 || c == '/' || c == '\\' || c == ':' || c == '*' || c == '?' || c == '"' || c == '<' || c == '>' || c == '|' || c == 0xFFFD ||
         type == G_UNICODE_FORMAT || type == G_UNICODE_CONTROL || type == G_UNICODE_PRIVATE_USE || type == G_UNICODE_SURROGATE ||
         type == G_UNICODE_UNASSIGNED || type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* A long name keeps its ending, which says to people what it is; cut_at: where the rest goes. */
static void
shorten (GString *name)
{
  const char *dot = strrchr (name->str, '.');
  gsize ending = dot != NULL && strlen (dot) <= 16 ? strlen (dot) : 0;
  gsize keep;

  if (name->len <= RT_ATTACHMENT_MAX_NAME)
    return;
  keep = RT_ATTACHMENT_MAX_NAME - ending;
  while (keep > 0 && ((guchar) name->str[keep] & 0xC0) == 0x80)
    keep--;
  g_string_erase (name, (gssize) keep, (gssize) (name->len - ending - keep));
}

char *
rt_attachment_clean_name (const char *name)
{
  g_autofree char *line = rt_sanitise_line (name, 4096);
  g_autofree char *normal = g_utf8_normalize (line, -1, G_NORMALIZE_NFC);
  g_autoptr (GString) clean = g_string_new (NULL);
  const char *from = normal != NULL ? normal : "";

  /* only what is behind the last folder, of whatever system */
  for (const char *p = from; *p != '\0'; p++)
    if (*p == '/' || *p == '\\')
      from = p + 1;
  for (const char *p = from; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (is_refused_in_names (c))
        c = '_';
      /* all kinds of spaces look alike */
      g_string_append_unichar (clean, g_unichar_isspace (c) ? ' ' : c);
    }
  /* hidden files, and what some systems drop at the end */
  while (clean->len > 0 && (clean->str[0] == '.' || clean->str[0] == ' ' || clean->str[0] == '-' || clean->str[0] == '~'))
    g_string_erase (clean, 0, 1);
  shorten (clean);
  while (clean->len > 0 && (clean->str[clean->len - 1] == '.' || clean->str[clean->len - 1] == ' '))
    g_string_truncate (clean, clean->len - 1);
  if (clean->len == 0)
    g_string_append (clean, "file");
  return g_string_free (g_steal_pointer (&clean), FALSE);
}

/* A MIME type as it may be: ASCII, one slash; anything else is bytes. */
static char *
clean_type (const char *type)
{
  gsize length = type != NULL ? strnlen (type, RT_ATTACHMENT_MAX_TYPE + 1) : 0;
  guint slashes = 0;

  for (gsize i = 0; i < length; i++)
    if (type[i] == '/')
      slashes++;
    else if (!g_ascii_isalnum (type[i]) && strchr ("+-._", type[i]) == NULL)
      length = 0;
  if (length == 0 || length > RT_ATTACHMENT_MAX_TYPE || slashes != 1)
    return g_strdup ("application/octet-stream");
  return g_ascii_strdown (type, (gssize) length);
}

/* ---- making ---- */

RtAttachment *
rt_attachment_new_own (const char *name, guint64 size, const char *mime_type)
{
  RtAttachment *self = g_object_new (RT_TYPE_ATTACHMENT, NULL);

  self->own = TRUE;
  self->name = rt_attachment_clean_name (name);
  self->mime_type = clean_type (mime_type);
  self->size = size;
  return self;
}

RtAttachment *
rt_attachment_new_offered (GBytes *file, guint64 size, const char *name, const char *mime_type, const char *offerer)
{
  RtAttachment *self;

  if (file == NULL || g_bytes_get_size (file) != HASH_BYTES || size > RT_ATTACHMENT_MAX_SIZE)
    return NULL;
  self = g_object_new (RT_TYPE_ATTACHMENT, NULL);
  self->file = g_bytes_ref (file);
  self->name = rt_attachment_clean_name (name);
  self->mime_type = clean_type (mime_type);
  self->size = size;
  self->offerer = g_strdup (offerer);
  self->state = RT_ATTACHMENT_OFFERED;
  return self;
}

GBytes *
rt_attachment_pack (RtAttachment *self)
{
  g_autoptr (GVariant) packed = NULL;
  GVariant *file;

  g_return_val_if_fail (RT_IS_ATTACHMENT (self), NULL);

  if (self->file == NULL)
    return NULL;
  file = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, self->file, TRUE);
  packed = g_variant_ref_sink (g_variant_new ("(y@aytsssb)", PACKED_VERSION, file, self->size, self->name, self->mime_type,
                                              self->offerer != NULL ? self->offerer : "", self->own));
  return g_variant_get_data_as_bytes (packed);
}

RtAttachment *
rt_attachment_new_packed (GBytes *packed)
{
  g_autoptr (GVariant) value = NULL, bytes = NULL;
  g_autoptr (GBytes) file = NULL;
  const char *name, *mime_type, *offerer;
  RtAttachment *self;
  guint64 size;
  guint8 version;
  gboolean own;

  if (packed == NULL)
    return NULL;
  value = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (PACKED_TYPE), packed, FALSE));
  g_variant_get (value, "(y@ayt&s&s&sb)", &version, &bytes, &size, &name, &mime_type, &offerer, &own);
  if (version != PACKED_VERSION)
    return NULL;
  file = g_variant_get_data_as_bytes (bytes);
  self = rt_attachment_new_offered (file, size, name, mime_type, *offerer != '\0' ? offerer : NULL);
  if (self != NULL)
    self->own = own;
  return self;
}

const char *
rt_attachment_get_meant_for (RtAttachment *self)
{
  g_return_val_if_fail (RT_IS_ATTACHMENT (self), NULL);

  return self->meant_for;
}

void
rt_attachment_set_meant_for (RtAttachment *self, const char *id)
{
  g_return_if_fail (RT_IS_ATTACHMENT (self));

  g_free (self->meant_for);
  self->meant_for = g_strdup (id);
}

/* ---- words ---- */

char *
rt_attachment_dup_line (RtAttachment *self)
{
  static const char * const units[] = { "bytes", "kB", "MB", "GB" };
  double size;
  guint unit = 0;
  char number[32];

  g_return_val_if_fail (RT_IS_ATTACHMENT (self), NULL);

  /* not g_format_size(): both sides have to make the same of it */
  for (size = (double) self->size; size >= 1000 && unit + 1 < G_N_ELEMENTS (units); unit++)
    size /= 1000;
  return g_strdup_printf ("%s (%s %s)", self->name, g_ascii_formatd (number, sizeof number, unit > 0 ? "%.1f" : "%.0f", size), units[unit]);
}

char *
rt_attachment_dup_text (RtAttachment *self, const char *written)
{
  g_autofree char *line = rt_attachment_dup_line (self);

  return written != NULL && *written != '\0' ? g_strconcat (written, "\n", line, NULL) : g_steal_pointer (&line);
}

gsize
rt_attachment_find_written (RtAttachment *self, const char *text)
{
  g_autofree char *line = rt_attachment_dup_line (self);
  gsize length = strlen (text);

  if (g_str_equal (text, line))
    return 0;
  if (g_str_has_suffix (text, line) && text[length - strlen (line) - 1] == '\n')
    return length - strlen (line) - 1;
  return length;
}

/* ---- what changes ---- */

void
rt_attachment_set_prepared (RtAttachment *self, GBytes *file, guint64 size, const char *mime_type, const char *path)
{
  g_object_freeze_notify (G_OBJECT (self));
  g_clear_pointer (&self->file, g_bytes_unref);
  self->file = g_bytes_ref (file);
  g_free (self->mime_type);
  self->mime_type = clean_type (mime_type);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FILE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MIME_TYPE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_PICTURE]);
  rt_attachment_set_size (self, size);
  rt_attachment_set_here (self, path);
  g_object_thaw_notify (G_OBJECT (self));
}

void
rt_attachment_set_size (RtAttachment *self, guint64 size)
{
  if (self->size == size)
    return;
  self->size = size;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIZE]);
}

void
rt_attachment_set_state (RtAttachment *self, RtAttachmentState state, const char *error)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (g_strcmp0 (self->error, error) != 0)
    {
      g_free (self->error);
      self->error = g_strdup (error);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
    }
  if (self->state != state)
    {
      self->state = state;
      self->absent = FALSE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  if (state != RT_ATTACHMENT_HERE && self->path != NULL)
    {
      g_clear_pointer (&self->path, g_free);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PATH]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
rt_attachment_set_absent (RtAttachment *self)
{
  if (self->absent || self->state != RT_ATTACHMENT_OFFERED)
    return;
  self->absent = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
rt_attachment_set_withdrawn (RtAttachment *self)
{
  self->withdrawn = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

gboolean
rt_attachment_get_withdrawn (RtAttachment *self)
{
  return self->withdrawn;
}

void
rt_attachment_set_progress (RtAttachment *self, double progress)
{
  progress = CLAMP (progress, 0, 1);
  if (ABS (progress - self->progress) < PROGRESS_STEP && (progress < 1 || self->progress >= 1))
    return;
  self->progress = progress;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
}

void
rt_attachment_set_here (RtAttachment *self, const char *path)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (g_strcmp0 (self->path, path) != 0)
    {
      g_free (self->path);
      self->path = g_strdup (path);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PATH]);
    }
  rt_attachment_set_progress (self, 1);
  rt_attachment_set_state (self, RT_ATTACHMENT_HERE, NULL);
  g_object_thaw_notify (G_OBJECT (self));
}

/* ---- getters ---- */

GBytes *
rt_attachment_get_file (RtAttachment *self)
{
  g_return_val_if_fail (RT_IS_ATTACHMENT (self), NULL);
  return self->file;
}

const char *
rt_attachment_get_name (RtAttachment *self)
{
  g_return_val_if_fail (RT_IS_ATTACHMENT (self), NULL);
  return self->name;
}

guint64
rt_attachment_get_size (RtAttachment *self)
{
  g_return_val_if_fail (RT_IS_ATTACHMENT (self), 0);
  return self->size;
}

const char *
rt_attachment_get_mime_type (RtAttachment *self)
{
  g_return_val_if_fail (RT_IS_ATTACHMENT (self), NULL);
  return self->mime_type;
}

gboolean
rt_attachment_get_is_picture (RtAttachment *self)
{
  static const char * const shown[] = { "image/png", "image/jpeg", "image/gif", "image/webp", NULL };

  g_return_val_if_fail (RT_IS_ATTACHMENT (self), FALSE);
  return g_strv_contains (shown, self->mime_type);
}

gboolean
rt_attachment_get_own (RtAttachment *self)
{
  g_return_val_if_fail (RT_IS_ATTACHMENT (self), FALSE);
  return self->own;
}

const char *
rt_attachment_get_offerer (RtAttachment *self)
{
  g_return_val_if_fail (RT_IS_ATTACHMENT (self), NULL);
  return self->offerer;
}

RtAttachmentState
rt_attachment_get_state (RtAttachment *self)
{
  g_return_val_if_fail (RT_IS_ATTACHMENT (self), RT_ATTACHMENT_GONE);
  return self->state;
}

gboolean
rt_attachment_get_absent (RtAttachment *self)
{
  g_return_val_if_fail (RT_IS_ATTACHMENT (self), FALSE);
  return self->absent;
}

double
rt_attachment_get_progress (RtAttachment *self)
{
  g_return_val_if_fail (RT_IS_ATTACHMENT (self), 0);
  return self->progress;
}

const char *
rt_attachment_get_error (RtAttachment *self)
{
  g_return_val_if_fail (RT_IS_ATTACHMENT (self), NULL);
  return self->error;
}

const char *
rt_attachment_get_path (RtAttachment *self)
{
  g_return_val_if_fail (RT_IS_ATTACHMENT (self), NULL);
  return self->path;
}
