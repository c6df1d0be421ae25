/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "../rt-focus.h"
#include "rt-attachment-view.h"
#include "rt-picture.h"
#include "rt-preview.h"

#define TEXTURES "rt-textures"  /* on the transfers: those shown last */
#define MAX_TEXTURES 24u
#define SIZES "rt-sizes"        /* on the transfers: how large those were that were shown: path to width << 16 | height */
#define MAX_SIZES 4096u
#define SHOWN "rt-shown"        /* on the attachment: the person wants to see a large picture */
#define SAVED "rt-saved"        /* on the attachment: what became of saving it */

struct _RtAttachmentView {
  GtkWidget      parent_instance;

  RtTransfers   *transfers;
  RtAttachment  *attachment;
  GSignalGroup  *signals;
  GSignalGroup  *offers;        /* of the transfers */
  GCancellable  *loading;
  GtkFileChooserNative *chooser;

  RtPreview     *preview;
  GtkImage      *icon;
  GtkLabel      *name_label;
  GtkLabel      *info_label;
  GtkWidget     *progress;
  GtkButton     *fetch_button;
  GtkWidget     *save_button;
  GtkWidget     *cancel_button;
};

G_DEFINE_FINAL_TYPE (RtAttachmentView, rt_attachment_view, GTK_TYPE_WIDGET)

/* ---- pictures ---- */

typedef struct {
  char       *path;
  GdkTexture *texture;
} Texture;

static void
texture_free (gpointer data)
{
  Texture *texture = data;

  g_free (texture->path);
  g_object_unref (texture->texture);
  g_free (texture);
}

static void
textures_free (gpointer data)
{
  g_queue_free_full (data, texture_free);
}

static GQueue *
get_textures (RtAttachmentView *self)
{
  GQueue *textures = g_object_get_data (G_OBJECT (self->transfers), TEXTURES);

  if (textures == NULL)
    {
      textures = g_queue_new ();
      g_object_set_data_full (G_OBJECT (self->transfers), TEXTURES, textures, textures_free);
    }
  return textures;
}

static GdkTexture *
find_texture (RtAttachmentView *self, const char *path)
{
  GQueue *textures = get_textures (self);

  for (GList *l = textures->head; l != NULL; l = l->next)
    if (g_str_equal (((Texture *) l->data)->path, path))
      {
        g_queue_unlink (textures, l);
        g_queue_push_tail_link (textures, l);
        return ((Texture *) l->data)->texture;
      }
  return NULL;
}

/* A picture that was shown before has its place when it is shown again: nothing moves when it is decoded. */
static GHashTable *
get_sizes (RtAttachmentView *self)
{
  GHashTable *sizes = g_object_get_data (G_OBJECT (self->transfers), SIZES);

  if (sizes == NULL)
    {
      sizes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_object_set_data_full (G_OBJECT (self->transfers), SIZES, sizes, (GDestroyNotify) g_hash_table_unref);
    }
  return sizes;
}

static void
keep_size (RtAttachmentView *self, const char *path, GdkTexture *texture)
{
  GHashTable *sizes = get_sizes (self);

  if (g_hash_table_size (sizes) >= MAX_SIZES)
    g_hash_table_remove_all (sizes);
  g_hash_table_replace (sizes, g_strdup (path), GUINT_TO_POINTER ((guint) gdk_texture_get_width (texture) << 16 | (guint) gdk_texture_get_height (texture)));
}

static void
expect_size (RtAttachmentView *self, const char *path)
{
  guint size = GPOINTER_TO_UINT (g_hash_table_lookup (get_sizes (self), path));

  rt_preview_expect (self->preview, (int) (size >> 16), (int) (size & 0xffff));
}

static void
keep_texture (RtAttachmentView *self, const char *path, GdkTexture *texture)
{
  GQueue *textures = get_textures (self);
  Texture *kept = g_new (Texture, 1);

  while (textures->length >= MAX_TEXTURES)
    texture_free (g_queue_pop_head (textures));
  kept->path = g_strdup (path);
  kept->texture = g_object_ref (texture);
  g_queue_push_tail (textures, kept);
}

static gboolean
shows_picture (RtAttachmentView *self)
{
  return rt_attachment_get_is_picture (self->attachment) &&
         (rt_attachment_get_size (self->attachment) <= RT_ATTACHMENT_MAX_PREVIEW || g_object_get_data (G_OBJECT (self->attachment), SHOWN) != NULL);
}

static void
picture_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtAttachmentView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = rt_picture_load_finish (result, &error);

  if (self->loading == NULL || g_task_get_cancellable (G_TASK (result)) != self->loading)
    return;
  g_clear_object (&self->loading);
  rt_preview_set_texture (self->preview, texture);
  rt_preview_set_words (self->preview, texture == NULL ? error->message : NULL);
  if (texture == NULL)
    rt_preview_expect (self->preview, 0, 0);
  if (texture != NULL)
    {
      keep_texture (self, rt_attachment_get_path (self->attachment), texture);
      keep_size (self, rt_attachment_get_path (self->attachment), texture);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) && self->transfers != NULL)
    rt_transfers_note_lost (self->transfers, self->attachment);
}

static void
stop_loading (RtAttachmentView *self)
{
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
}

static void
update_picture (RtAttachmentView *self)
{
  const char *path = rt_attachment_get_path (self->attachment);
  GdkTexture *texture;

  gtk_widget_set_visible (GTK_WIDGET (self->preview), shows_picture (self));
  if (!shows_picture (self) || path == NULL)
    {
      stop_loading (self);
      rt_preview_set_texture (self->preview, NULL);
      rt_preview_expect (self->preview, 0, 0);
      /* Translators: in the place of a picture that is not there yet */
      rt_preview_set_words (self->preview, rt_attachment_get_state (self->attachment) == RT_ATTACHMENT_FETCHING ? _("The picture is coming…") : _("The picture is not here"));
      return;
    }
  texture = find_texture (self, path);
  if (texture != NULL)
    {
      stop_loading (self);
      rt_preview_set_texture (self->preview, texture);
      rt_preview_set_words (self->preview, NULL);
    }
  else if (self->loading == NULL && rt_preview_get_texture (self->preview) == NULL)
    {
      rt_preview_set_words (self->preview, NULL);
      expect_size (self, path);
      self->loading = g_cancellable_new ();
      rt_picture_load_async (path, self->loading, picture_cb, g_object_ref (self));
    }
}

/* ---- words ---- */

/* The file is here, and nobody is given it. */
static gboolean
is_withdrawn (RtAttachmentView *self)
{
  return rt_attachment_get_own (self->attachment) && self->transfers != NULL && !rt_transfers_get_offered (self->transfers, self->attachment);
}

static char *
dup_info (RtAttachmentView *self)
{
  g_autofree char *size = g_format_size (rt_attachment_get_size (self->attachment));
  const char *error = rt_attachment_get_error (self->attachment), *saved = g_object_get_data (G_OBJECT (self->attachment), SAVED);

  switch (rt_attachment_get_state (self->attachment))
    {
    case RT_ATTACHMENT_PREPARING:
      return g_strdup (_("Being read…"));
    case RT_ATTACHMENT_FETCHING:
      {
        g_autofree char *there = g_format_size ((guint64) ((double) rt_attachment_get_size (self->attachment) * rt_attachment_get_progress (self->attachment)));

        /* Translators: how much of a file has come: "1.2 MB of 4.0 MB" */
        return error != NULL ? g_strdup (error) : g_strdup_printf (_("%s of %s"), there, size);
      }
    case RT_ATTACHMENT_FAILED:
    case RT_ATTACHMENT_GONE:
      /* Translators: the size of a file, then why it cannot be had */
      return error != NULL ? g_strdup_printf (_("%s – %s"), size, error) : g_strdup (size);
    case RT_ATTACHMENT_CANCELLED:
      /* Translators: the size of a file whose transfer was cancelled */
      return g_strdup_printf (_("%s – cancelled"), size);
    case RT_ATTACHMENT_HERE:
      if (saved == NULL && is_withdrawn (self))
        return g_strdup_printf (_("%s – %s"), size, _("you do not offer it any more"));
      return saved != NULL ? g_strdup_printf (_("%s – %s"), size, saved) : g_strdup (size);
    case RT_ATTACHMENT_OFFERED:
    default:
      return saved != NULL ? g_strdup_printf (_("%s – %s"), size, saved) : g_strdup (size);
    }
}

static void
update (RtAttachmentView *self)
{
  RtAttachmentState state;
  g_autofree char *info = NULL, *spoken = NULL;
  gboolean own, fetching, here, failed, can_show;

  if (self->attachment == NULL)
    return;
  state = rt_attachment_get_state (self->attachment);
  own = rt_attachment_get_own (self->attachment);
  fetching = state == RT_ATTACHMENT_FETCHING;
  here = state == RT_ATTACHMENT_HERE;
  failed = state == RT_ATTACHMENT_FAILED || state == RT_ATTACHMENT_GONE;
  /* a small one comes by itself, unless the person does not know who has it, or there is no link to him */
  can_show = rt_attachment_get_is_picture (self->attachment) && (here || !own) && state != RT_ATTACHMENT_GONE &&
             (!shows_picture (self) || (!own && rt_attachment_get_absent (self->attachment)));
  info = dup_info (self);
  gtk_label_set_text (self->name_label, rt_attachment_get_name (self->attachment));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name_label), rt_attachment_get_name (self->attachment));
  gtk_label_set_text (self->info_label, info);
  gtk_image_set_from_icon_name (self->icon, failed ? "dialog-warning-symbolic" : rt_attachment_get_is_picture (self->attachment) ? "image-x-generic-symbolic" : "text-x-generic-symbolic");
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), rt_attachment_get_progress (self->attachment));
  gtk_widget_set_visible (self->progress, fetching);
  gtk_widget_set_visible (self->save_button, !fetching && state != RT_ATTACHMENT_GONE && (here || !own));
  gtk_widget_set_visible (GTK_WIDGET (self->fetch_button), !own && (failed || state == RT_ATTACHMENT_CANCELLED || can_show));
  if (own && can_show)
    gtk_widget_set_visible (GTK_WIDGET (self->fetch_button), TRUE);
  gtk_button_set_label (self->fetch_button, can_show && !failed ? _("Show picture") : _("Try again"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->fetch_button), can_show && !failed && !own && shows_picture (self) ?
                               _("Small pictures come by themselves from people whom you answered, wrote to or asked for one, while there is a link to them") : NULL);
  gtk_widget_set_visible (self->cancel_button, fetching || (own && here && !is_withdrawn (self)));
  gtk_widget_set_tooltip_text (self->cancel_button, own ? _("Do not give this file to anybody any more") : _("Cancel"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cancel_button), GTK_ACCESSIBLE_PROPERTY_LABEL, own ? _("Do not give this file to anybody any more") : _("Cancel"), -1);
  gtk_button_set_icon_name (GTK_BUTTON (self->cancel_button), own ? "action-unavailable-symbolic" : "window-close-symbolic");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "attachment.save", self->transfers != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "attachment.fetch", self->transfers != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "attachment.cancel", self->transfers != NULL);
  /* Translators: what a screen reader says of a file that came with a message: its name, then its size and what becomes of it */
  spoken = g_strdup_printf (_("File %s, %s"), rt_attachment_get_name (self->attachment), info);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  if (self->transfers != NULL)
    update_picture (self);
  else
    gtk_widget_set_visible (GTK_WIDGET (self->preview), FALSE);
}

/* ---- actions ---- */

static void
saved_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtAttachment) attachment = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  if (rt_transfers_save_finish (RT_TRANSFERS (object), result, &error))
    words = g_strdup (_("saved"));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    /* Translators: why a file could not be saved; it follows its size */
    words = g_strdup_printf (_("not saved: %s"), error->message);
  g_object_set_data_full (G_OBJECT (attachment), SAVED, g_steal_pointer (&words), g_free);
  g_object_notify (G_OBJECT (attachment), "state");
}

void
rt_attachment_view_save_to (RtAttachmentView *self, GFile *file)
{
  g_return_if_fail (RT_IS_ATTACHMENT_VIEW (self));
  g_return_if_fail (self->transfers != NULL && self->attachment != NULL);

  rt_transfers_save_async (self->transfers, self->attachment, file, NULL, saved_cb, g_object_ref (self->attachment));
}

typedef struct {
  RtTransfers  *transfers;
  RtAttachment *attachment;
} Saving;

static void
saving_free (gpointer data, GClosure *closure)
{
  Saving *saving = data;

  g_object_unref (saving->transfers);
  g_object_unref (saving->attachment);
  g_free (saving);
}

/* The row may be another's by then. */
static void
chosen_cb (GtkNativeDialog *dialog, int response, Saving *saving)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (file != NULL)
    rt_transfers_save_async (saving->transfers, saving->attachment, file, NULL, saved_cb, g_object_ref (saving->attachment));
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtAttachmentView *self = RT_ATTACHMENT_VIEW (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  Saving *saving;

  if (self->attachment == NULL || self->transfers == NULL)
    return;
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Save the file"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), rt_attachment_get_name (self->attachment));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  saving = g_new (Saving, 1);
  saving->transfers = g_object_ref (self->transfers);
  saving->attachment = g_object_ref (self->attachment);
  g_signal_connect_data (self->chooser, "response", G_CALLBACK (chosen_cb), saving, saving_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
fetch_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtAttachmentView *self = RT_ATTACHMENT_VIEW (widget);

  if (self->attachment == NULL || self->transfers == NULL)
    return;
  if (rt_attachment_get_is_picture (self->attachment))
    g_object_set_data (G_OBJECT (self->attachment), SHOWN, GINT_TO_POINTER (1));
  rt_transfers_fetch (self->transfers, self->attachment);
  update (self);
}

static void
cancel_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtAttachmentView *self = RT_ATTACHMENT_VIEW (widget);

  if (self->attachment != NULL && self->transfers != NULL)
    rt_transfers_cancel (self->transfers, self->attachment);
}

/* ---- object ---- */

static void
map (GtkWidget *widget)
{
  RtAttachmentView *self = RT_ATTACHMENT_VIEW (widget);

  GTK_WIDGET_CLASS (rt_attachment_view_parent_class)->map (widget);
  if (self->attachment != NULL && self->transfers != NULL)
    rt_transfers_look (self->transfers, self->attachment);
}

static void
dispose (GObject *object)
{
  RtAttachmentView *self = RT_ATTACHMENT_VIEW (object);
  GtkWidget *child;

  stop_loading (self);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  if (self->signals != NULL)
    g_signal_group_set_target (self->signals, NULL);
  g_clear_object (&self->signals);
  if (self->offers != NULL)
    g_signal_group_set_target (self->offers, NULL);
  g_clear_object (&self->offers);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->attachment);
  g_clear_object (&self->transfers);
  G_OBJECT_CLASS (rt_attachment_view_parent_class)->dispose (object);
}

static void
rt_attachment_view_class_init (RtAttachmentViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  widget_class->map = map;
  widget_class->focus = rt_focus_children;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-attachment-view.ui");
  gtk_widget_class_bind_template_child (widget_class, RtAttachmentView, preview);
  gtk_widget_class_bind_template_child (widget_class, RtAttachmentView, icon);
  gtk_widget_class_bind_template_child (widget_class, RtAttachmentView, name_label);
  gtk_widget_class_bind_template_child (widget_class, RtAttachmentView, info_label);
  gtk_widget_class_bind_template_child (widget_class, RtAttachmentView, progress);
  gtk_widget_class_bind_template_child (widget_class, RtAttachmentView, fetch_button);
  gtk_widget_class_bind_template_child (widget_class, RtAttachmentView, save_button);
  gtk_widget_class_bind_template_child (widget_class, RtAttachmentView, cancel_button);
  gtk_widget_class_install_action (widget_class, "attachment.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "attachment.fetch", NULL, fetch_action);
  gtk_widget_class_install_action (widget_class, "attachment.cancel", NULL, cancel_action);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "attachment");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  g_type_ensure (RT_TYPE_PREVIEW);
}

static void
rt_attachment_view_init (RtAttachmentView *self)
{
  GtkLayoutManager *layout;

  gtk_widget_init_template (GTK_WIDGET (self));
  layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  self->signals = g_signal_group_new (RT_TYPE_ATTACHMENT);
  g_signal_group_connect_swapped (self->signals, "notify", G_CALLBACK (update), self);
  self->offers = g_signal_group_new (RT_TYPE_TRANSFERS);
  g_signal_group_connect_swapped (self->offers, "offers-changed", G_CALLBACK (update), self);
}

GtkWidget *
rt_attachment_view_new (void)
{
  return g_object_new (RT_TYPE_ATTACHMENT_VIEW, NULL);
}

void
rt_attachment_view_set (RtAttachmentView *self, RtTransfers *transfers, RtAttachment *attachment)
{
  g_return_if_fail (RT_IS_ATTACHMENT_VIEW (self));

  g_set_object (&self->transfers, transfers);
  g_signal_group_set_target (self->offers, transfers);
  if (self->attachment != attachment)
    {
      stop_loading (self);
      rt_preview_set_texture (self->preview, NULL);
      rt_preview_expect (self->preview, 0, 0);
      rt_preview_set_words (self->preview, NULL);
      g_set_object (&self->attachment, attachment);
      g_signal_group_set_target (self->signals, attachment);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), attachment != NULL);
  if (attachment != NULL && transfers != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    rt_transfers_look (transfers, attachment);
  update (self);
}
