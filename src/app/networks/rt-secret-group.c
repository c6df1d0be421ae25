/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-hint-row.h"
#include "app/rt-wrap.h"
#include "model/networks/rt-secret-words.h"
#include "rt-secret-entry.h"
#include "rt-secret-group.h"

struct _RtSecretGroup
{
  AdwPreferencesGroup parent_instance;

  RtSecretGroupMode  mode;
  RtNetwork         *network;   /* the one that is edited; NULL: a new one */
  GCancellable      *looking;   /* the secret of it is being looked up */
  gboolean           open;      /* not encrypted */
  gboolean           touched;   /* somebody typed */
  gboolean           made;      /* what stands there was made up */
  gboolean           filling;
  char              *problem;

  AdwActionRow *switch_row;
  GtkSwitch    *private_switch;
  AdwActionRow *encrypt_row;
  GtkButton    *encrypt_button;
  AdwActionRow *kept_row;
  GtkSpinner   *kept_spinner;
  GtkButton    *kept_button;
  AdwEntryRow  *secret_row;
  GtkButton    *copy_button;
  RtHintRow    *secret_hint;
  AdwActionRow *make_row;
  GtkButton    *make_button;
  RtHintRow    *change_hint;
};

G_DEFINE_FINAL_TYPE (RtSecretGroup, rt_secret_group, ADW_TYPE_PREFERENCES_GROUP)

enum { PROP_0, PROP_PROBLEM, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { CHANGED, ENCRYPT, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
had_secret (RtSecretGroup *self)
{
  return self->network != NULL && rt_network_config_get_has_secret (rt_network_get_config (self->network));
}

/* There is one, which is not known here, or not yet. */
static gboolean
lacks_secret (RtSecretGroup *self)
{
  return had_secret (self) && *rt_network_config_get_secret (rt_network_get_config (self->network)) == '\0';
}

/* Nobody has asked for it yet: until then there is nothing to change. */
static gboolean
is_unread (RtSecretGroup *self)
{
  return lacks_secret (self) && rt_network_get_secret_state (self->network) == RT_SECRET_UNREAD;
}

/* What was typed is another one than that of the network, as far as that is known. */
static gboolean
is_another (RtSecretGroup *self)
{
  char *text;
  gboolean another;

  if (!had_secret (self))
    return FALSE;
  text = rt_secret_entry_dup_text (self->secret_row);
  another = (*text != '\0' || !lacks_secret (self)) && !rt_network_config_may_have_secret (rt_network_get_config (self->network), text);
  rt_secret_text_free (text);
  return another;
}

static char *
find_problem (RtSecretGroup *self)
{
  char *problem, *text;

  if (!gtk_switch_get_active (self->private_switch))
    return NULL;
  if (self->open)
    return g_strdup (rt_secret_words (RT_SECRET_WORDS_PLAINTEXT));
  text = rt_secret_entry_dup_text (self->secret_row);
  if (*text != '\0')
    problem = rt_network_config_check_field ("secret", text);
  else
    problem = lacks_secret (self) ? NULL : g_strdup (rt_secret_words (RT_SECRET_WORDS_MISSING));
  rt_secret_text_free (text);
  return problem;
}

static void
show_secret_hint (RtSecretGroup *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->secret_row));
  gboolean shown = gtk_widget_get_visible (GTK_WIDGET (self->secret_row)), well = FALSE;
  const char *words = NULL;
  RtSecretState state = self->network != NULL ? rt_network_get_secret_state (self->network) : RT_SECRET_NONE;

  if (!shown)
    words = NULL;
  else if (*text == '\0' && lacks_secret (self))
    words = rt_secret_words (state == RT_SECRET_LOCKED ? RT_SECRET_WORDS_LOCKED : RT_SECRET_WORDS_LOST);
  else if (self->problem != NULL && !self->open)
    words = self->touched ? self->problem : NULL;
  else if (self->made)
    words = rt_secret_words (RT_SECRET_WORDS_MADE), well = TRUE;
  else if (self->touched && self->mode != RT_SECRET_GROUP_JOIN && !lacks_secret (self))
    words = rt_secret_entry_get_strength_words (self->secret_row, &well);
  rt_secret_entry_show (self->secret_row, self->secret_hint, well ? RT_HINT_SUCCESS : RT_HINT_ERROR, words, self->problem != NULL && words == self->problem);
}

static void
update (RtSecretGroup *self)
{
  gboolean active = gtk_switch_get_active (self->private_switch), unread = is_unread (self);
  g_autofree char *problem = find_problem (self);
  gboolean changed = g_strcmp0 (problem, self->problem) != 0;

  if (changed)
    {
      g_free (self->problem);
      self->problem = g_steal_pointer (&problem);
    }
  adw_action_row_set_subtitle (self->switch_row, rt_secret_words (active ? RT_SECRET_WORDS_PRIVATE : RT_SECRET_WORDS_OPEN));
  gtk_widget_set_visible (GTK_WIDGET (self->encrypt_row), active && self->open);
  gtk_widget_set_visible (GTK_WIDGET (self->kept_row), active && unread);
  gtk_widget_set_visible (GTK_WIDGET (self->secret_row), active && !unread);
  gtk_widget_set_visible (GTK_WIDGET (self->make_row), active && !unread && self->mode == RT_SECRET_GROUP_MAKE && !lacks_secret (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self->copy_button), *gtk_editable_get_text (GTK_EDITABLE (self->secret_row)) != '\0');
  show_secret_hint (self);
  rt_hint_row_set_text (self->change_hint, RT_HINT_ERROR,
                        (self->network != NULL && had_secret (self) != active) || (active && !unread && is_another (self)) ? rt_secret_words (RT_SECRET_WORDS_CHANGE) : NULL);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
set_text (RtSecretGroup *self,
          const char    *text)
{
  self->filling = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->secret_row), text);
  self->filling = FALSE;
}

static void
make_up (RtSecretGroup *self)
{
  char *text = p2p_secret_generate ();

  set_text (self, text);
  rt_secret_text_free (text);
  self->made = TRUE;
  update (self);
}

static void
make_clicked_cb (RtSecretGroup *self)
{
  make_up (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->secret_row));
}

static void
switched_cb (RtSecretGroup *self)
{
  /* one that nobody guesses is what most want; who has another types it instead */
  if (gtk_switch_get_active (self->private_switch) && self->mode == RT_SECRET_GROUP_MAKE && !lacks_secret (self) && *gtk_editable_get_text (GTK_EDITABLE (self->secret_row)) == '\0' && !self->filling)
    make_up (self);
  else
    update (self);
}

static void
typed_cb (RtSecretGroup *self)
{
  if (self->filling)
    return;
  self->touched = TRUE;
  self->made = FALSE;
  update (self);
}

static void
copy_clicked_cb (RtSecretGroup *self)
{
  char *text = rt_secret_entry_dup_text (self->secret_row);

  rt_copy_secret (GTK_WIDGET (self), text);
  rt_secret_text_free (text);
  rt_hint_row_set_text (self->secret_hint, RT_HINT_SUCCESS, _("Copied. Whoever has the secret can come in."));
}

static void
encrypt_clicked_cb (RtSecretGroup *self)
{
  g_signal_emit (self, signals[ENCRYPT], 0);
  gtk_widget_grab_focus (GTK_WIDGET (self->secret_row));
}

/* ---- of a network that was not on since the program began ---- */

static void
show_kept (RtSecretGroup *self)
{
  set_text (self, rt_network_config_get_secret (rt_network_get_config (self->network)));
  self->touched = self->made = FALSE;
  gtk_spinner_set_spinning (self->kept_spinner, FALSE);
  update (self);
}

/* It was found, or typed elsewhere, while the dialog is open: what the person did here counts more. */
static void
state_cb (RtSecretGroup *self)
{
  if (self->touched || self->made)
    update (self);
  else
    show_kept (self);
}

static void
looked_up_cb (GObject      *network,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (RtSecretGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  char *text = rt_network_load_secret_finish (RT_NETWORK (network), result, &error);
  gboolean gone = g_cancellable_is_cancelled (self->looking);

  g_clear_object (&self->looking);
  if (!gone)
    {
      show_kept (self);
      /* the button that was pressed is gone */
      if (gtk_widget_get_mapped (GTK_WIDGET (self->secret_row)))
        gtk_widget_grab_focus (GTK_WIDGET (self->secret_row));
      if (text == NULL)
        rt_hint_row_set_text (self->secret_hint, RT_HINT_ERROR, error->message);
    }
  rt_secret_text_free (text);
}

static void
look_up_clicked_cb (RtSecretGroup *self)
{
  if (self->looking != NULL)
    return;
  self->looking = g_cancellable_new ();
  gtk_spinner_set_spinning (self->kept_spinner, TRUE);
  rt_network_load_secret_async (self->network, self->looking, looked_up_cb, g_object_ref (self));
}

static void
rt_secret_group_dispose (GObject *object)
{
  RtSecretGroup *self = RT_SECRET_GROUP (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_SECRET_GROUP);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_secret_group_parent_class)->dispose (object);
}

static void
rt_secret_group_finalize (GObject *object)
{
  g_free (RT_SECRET_GROUP (object)->problem);
  G_OBJECT_CLASS (rt_secret_group_parent_class)->finalize (object);
}

static void
rt_secret_group_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_PROBLEM:
      g_value_set_string (value, RT_SECRET_GROUP (object)->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* The dialog is closed: nobody waits any more. */
static void
rt_secret_group_unroot (GtkWidget *widget)
{
  g_cancellable_cancel (RT_SECRET_GROUP (widget)->looking);
  GTK_WIDGET_CLASS (rt_secret_group_parent_class)->unroot (widget);
}

static void
rt_secret_group_class_init (RtSecretGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_secret_group_dispose;
  object_class->finalize = rt_secret_group_finalize;
  object_class->get_property = rt_secret_group_get_property;
  widget_class->unroot = rt_secret_group_unroot;

  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ENCRYPT] = g_signal_new ("encrypt", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (RT_TYPE_HINT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-secret-group.ui");
  gtk_widget_class_bind_template_child (widget_class, RtSecretGroup, switch_row);
  gtk_widget_class_bind_template_child (widget_class, RtSecretGroup, private_switch);
  gtk_widget_class_bind_template_child (widget_class, RtSecretGroup, encrypt_row);
  gtk_widget_class_bind_template_child (widget_class, RtSecretGroup, encrypt_button);
  gtk_widget_class_bind_template_child (widget_class, RtSecretGroup, kept_row);
  gtk_widget_class_bind_template_child (widget_class, RtSecretGroup, kept_spinner);
  gtk_widget_class_bind_template_child (widget_class, RtSecretGroup, kept_button);
  gtk_widget_class_bind_template_child (widget_class, RtSecretGroup, secret_row);
  gtk_widget_class_bind_template_child (widget_class, RtSecretGroup, copy_button);
  gtk_widget_class_bind_template_child (widget_class, RtSecretGroup, secret_hint);
  gtk_widget_class_bind_template_child (widget_class, RtSecretGroup, make_row);
  gtk_widget_class_bind_template_child (widget_class, RtSecretGroup, make_button);
  gtk_widget_class_bind_template_child (widget_class, RtSecretGroup, change_hint);
  gtk_widget_class_bind_template_callback (widget_class, switched_cb);
  gtk_widget_class_bind_template_callback (widget_class, typed_cb);
  gtk_widget_class_bind_template_callback (widget_class, make_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, encrypt_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, look_up_clicked_cb);
}

/* On one line where there is room for it, and on two where letters are large. */
static void
wrap_button (GtkButton *button)
{
  GtkWidget *label = gtk_button_get_child (button);

  rt_wrap_buttons (gtk_widget_get_parent (GTK_WIDGET (button)));
  if (GTK_IS_LABEL (label))
    gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
}

static void
rt_secret_group_init (RtSecretGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  rt_secret_entry_prepare (self->secret_row);
  wrap_button (self->encrypt_button);
  wrap_button (self->kept_button);
  wrap_button (self->make_button);
  update (self);
}

void
rt_secret_group_set_mode (RtSecretGroup     *self,
                          RtSecretGroupMode  mode)
{
  g_return_if_fail (RT_IS_SECRET_GROUP (self));

  self->mode = mode;
  update (self);
}

void
rt_secret_group_set_network (RtSecretGroup *self,
                             RtNetwork     *network)
{
  g_return_if_fail (RT_IS_SECRET_GROUP (self));
  g_return_if_fail (RT_IS_NETWORK (network) && self->network == NULL);

  self->network = g_object_ref (network);
  g_signal_connect_object (network, "notify::secret-state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  self->filling = TRUE;
  gtk_switch_set_active (self->private_switch, had_secret (self));
  self->filling = FALSE;
  show_kept (self);
}

void
rt_secret_group_set_encrypted (RtSecretGroup *self,
                               gboolean       encrypted)
{
  g_return_if_fail (RT_IS_SECRET_GROUP (self));

  if (self->open == !encrypted)
    return;
  self->open = !encrypted;
  update (self);
}

const char *
rt_secret_group_get_problem (RtSecretGroup *self)
{
  g_return_val_if_fail (RT_IS_SECRET_GROUP (self), NULL);

  return self->problem;
}

gboolean
rt_secret_group_get_shows_problem (RtSecretGroup *self)
{
  g_return_val_if_fail (RT_IS_SECRET_GROUP (self), FALSE);

  return self->problem != NULL && (self->open || self->touched);
}

gboolean
rt_secret_group_get_private (RtSecretGroup *self)
{
  g_return_val_if_fail (RT_IS_SECRET_GROUP (self), FALSE);

  return gtk_switch_get_active (self->private_switch);
}

void
rt_secret_group_apply (RtSecretGroup   *self,
                       RtNetworkConfig *config)
{
  gboolean active;
  char *text;

  g_return_if_fail (RT_IS_SECRET_GROUP (self));
  g_return_if_fail (RT_IS_NETWORK_CONFIG (config));

  active = gtk_switch_get_active (self->private_switch);
  text = rt_secret_entry_dup_text (self->secret_row);
  /* "" where there is one: what is kept stays */
  g_object_set (config, "has-secret", active, "secret", active ? text : "", NULL);
  rt_secret_text_free (text);
}
