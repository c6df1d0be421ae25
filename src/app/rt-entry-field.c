/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "model/networks/rt-network-config.h"
#include "rt-entry-field.h"

struct _RtEntryField
{
  AdwEntryRow parent_instance;

  char         *field;
  RtFieldCheck  check;
  RtHintRow    *hint;
  char         *problem;
  gboolean      optional;
  gboolean      required;
  gboolean      touched;
};

G_DEFINE_FINAL_TYPE (RtEntryField, rt_entry_field, ADW_TYPE_ENTRY_ROW)

enum { PROP_0, PROP_FIELD, PROP_OPTIONAL, PROP_REQUIRED, PROP_HINT, PROP_PROBLEM, N_PROPS };
static GParamSpec *properties[N_PROPS];

static char *
find_problem (RtEntryField *self)
{
  g_autofree char *text = rt_entry_field_dup_text (self);

  if (self->optional && *text == '\0')
    return NULL;
  if (self->required && *text == '\0')
    /* Translators: %s is the title of a field */
    return g_strdup_printf (_("Fill in: %s"), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));
  if (self->check != NULL)
    return self->check (text);
  if (self->field != NULL)
    return rt_network_config_check_field (self->field, text);
  return NULL;
}

static void
show_problem (RtEntryField *self)
{
  const char *shown = self->touched ? self->problem : NULL;
  GtkEditable *delegate = gtk_editable_get_delegate (GTK_EDITABLE (self));

  if (shown != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
  if (self->hint != NULL)
    rt_hint_row_set_text (self->hint, RT_HINT_ERROR, shown);
  if (delegate == NULL)
    return;
  gtk_accessible_update_state (GTK_ACCESSIBLE (delegate), GTK_ACCESSIBLE_STATE_INVALID,
                               shown != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  if (shown != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (delegate), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, shown, -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (delegate), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

static void
update_problem (RtEntryField *self)
{
  g_autofree char *problem = find_problem (self);
  gboolean changed = g_strcmp0 (problem, self->problem) != 0;

  if (changed)
    {
      g_free (self->problem);
      self->problem = g_steal_pointer (&problem);
    }
  show_problem (self);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

static void
changed_cb (RtEntryField *self)
{
  self->touched = TRUE;
  update_problem (self);
}

static void
rt_entry_field_constructed (GObject *object)
{
  G_OBJECT_CLASS (rt_entry_field_parent_class)->constructed (object);
  update_problem (RT_ENTRY_FIELD (object));
}

static void
rt_entry_field_dispose (GObject *object)
{
  g_clear_object (&RT_ENTRY_FIELD (object)->hint);
  G_OBJECT_CLASS (rt_entry_field_parent_class)->dispose (object);
}

static void
rt_entry_field_finalize (GObject *object)
{
  RtEntryField *self = RT_ENTRY_FIELD (object);

  g_free (self->field);
  g_free (self->problem);
  G_OBJECT_CLASS (rt_entry_field_parent_class)->finalize (object);
}

static void
rt_entry_field_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  RtEntryField *self = RT_ENTRY_FIELD (object);

  switch (prop_id)
    {
    case PROP_FIELD:
      g_value_set_string (value, self->field);
      break;
    case PROP_OPTIONAL:
      g_value_set_boolean (value, self->optional);
      break;
    case PROP_REQUIRED:
      g_value_set_boolean (value, self->required);
      break;
    case PROP_HINT:
      g_value_set_object (value, self->hint);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_entry_field_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  RtEntryField *self = RT_ENTRY_FIELD (object);

  switch (prop_id)
    {
    case PROP_FIELD:
      self->field = g_value_dup_string (value);
      break;
    case PROP_OPTIONAL:
      if (self->optional == g_value_get_boolean (value))
        return;
      self->optional = g_value_get_boolean (value);
      update_problem (self);
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_REQUIRED:
      if (self->required == g_value_get_boolean (value))
        return;
      self->required = g_value_get_boolean (value);
      update_problem (self);
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_HINT:
      if (g_set_object (&self->hint, g_value_get_object (value)))
        {
          show_problem (self);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_entry_field_class_init (RtEntryFieldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->constructed = rt_entry_field_constructed;
  object_class->dispose = rt_entry_field_dispose;
  object_class->finalize = rt_entry_field_finalize;
  object_class->get_property = rt_entry_field_get_property;
  object_class->set_property = rt_entry_field_set_property;

  properties[PROP_FIELD] = g_param_spec_string ("field", NULL, NULL, NULL,
                                                flags | G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY);
  properties[PROP_OPTIONAL] = g_param_spec_boolean ("optional", NULL, NULL, FALSE, flags | G_PARAM_READWRITE);
  properties[PROP_REQUIRED] = g_param_spec_boolean ("required", NULL, NULL, FALSE, flags | G_PARAM_READWRITE);
  properties[PROP_HINT] = g_param_spec_object ("hint", NULL, NULL, RT_TYPE_HINT_ROW, flags | G_PARAM_READWRITE);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags | G_PARAM_READABLE);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_entry_field_init (RtEntryField *self)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  g_signal_connect (self, "changed", G_CALLBACK (changed_cb), NULL);
}

const char *
rt_entry_field_get_problem (RtEntryField *self)
{
  g_return_val_if_fail (RT_IS_ENTRY_FIELD (self), NULL);

  return self->problem;
}

gboolean
rt_entry_field_get_shows_problem (RtEntryField *self)
{
  g_return_val_if_fail (RT_IS_ENTRY_FIELD (self), FALSE);

  return self->touched && self->problem != NULL;
}

void
rt_entry_field_set_check (RtEntryField *self,
                          RtFieldCheck  check)
{
  g_return_if_fail (RT_IS_ENTRY_FIELD (self));

  self->check = check;
  update_problem (self);
}

char *
rt_entry_field_dup_text (RtEntryField *self)
{
  g_return_val_if_fail (RT_IS_ENTRY_FIELD (self), NULL);

  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self))));
}

void
rt_entry_field_reset (RtEntryField *self,
                      const char   *text)
{
  g_return_if_fail (RT_IS_ENTRY_FIELD (self));

  gtk_editable_set_text (GTK_EDITABLE (self), text != NULL ? text : "");
  self->touched = FALSE;
  update_problem (self);
}
