/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/people/rt-name.h"
#include "rt-entry-field.h"
#include "rt-first-run-page.h"
#include "rt-widget.h"
#include "rt-focus.h"

struct _RtFirstRunPage
{
  GtkWidget parent_instance;

  RtEntryField *name_row;
  RtHintRow    *name_hint;
  GtkButton    *create_button;
  GtkButton    *join_button;
  GtkButton    *demo_button;
};

G_DEFINE_FINAL_TYPE (RtFirstRunPage, rt_first_run_page, GTK_TYPE_WIDGET)

enum { CHOSEN, DEMO_CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

char *
rt_check_person_name (const char *name)
{
  g_autofree char *stripped = g_strstrip (g_strdup (name)), *seen = NULL;

  if (*stripped == '\0')
    return g_strdup (_("Enter a name"));
  if (!g_utf8_validate (stripped, -1, NULL))
    return g_strdup (_("The name is no valid text"));
  if (strlen (stripped) > RT_NAME_MAX_BYTES)
    {
      int room = 0;

      /* as many as others would see: they cut what is longer */
      for (const char *p = stripped; (gsize) (g_utf8_next_char (p) - stripped) <= RT_NAME_MAX_BYTES; p = g_utf8_next_char (p))
        room++;
      /* Translators: %d is a number of characters */
      return g_strdup_printf (ngettext ("The name is longer than %d character", "The name is longer than %d characters", (gulong) room), room);
    }
  for (const char *p = stripped; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029)
        return g_strdup (_("The name contains a line break or another control character"));
    }
  /* nothing of it is seen */
  seen = rt_name_clean (stripped);
  return seen == NULL ? g_strdup (_("Enter a name")) : NULL;
}

static void
update_buttons (RtFirstRunPage *self)
{
  const char *problem = rt_entry_field_get_problem (self->name_row);
  GtkButton *buttons[] = { self->create_button, self->join_button, self->demo_button };

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    {
      gtk_widget_set_sensitive (GTK_WIDGET (buttons[i]), problem == NULL);
      gtk_widget_set_tooltip_text (GTK_WIDGET (buttons[i]), problem);
    }
}

static void
choose (RtFirstRunPage *self,
        gboolean        join)
{
  g_autofree char *name = rt_entry_field_dup_text (self->name_row);

  if (rt_entry_field_get_problem (self->name_row) == NULL)
    g_signal_emit (self, signals[CHOSEN], 0, name, join);
}

static void
create_clicked_cb (RtFirstRunPage *self)
{
  choose (self, FALSE);
}

static void
join_clicked_cb (RtFirstRunPage *self)
{
  choose (self, TRUE);
}

static void
demo_clicked_cb (RtFirstRunPage *self)
{
  g_autofree char *name = rt_entry_field_dup_text (self->name_row);

  if (rt_entry_field_get_problem (self->name_row) == NULL)
    g_signal_emit (self, signals[DEMO_CHOSEN], 0, name);
}

static void
rt_first_run_page_dispose (GObject *object)
{
  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_FIRST_RUN_PAGE);
  G_OBJECT_CLASS (rt_first_run_page_parent_class)->dispose (object);
}

static gboolean
rt_first_run_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (RT_FIRST_RUN_PAGE (widget)->name_row));
}

static void
rt_first_run_page_class_init (RtFirstRunPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_first_run_page_dispose;
  widget_class->focus = rt_focus_children;
  widget_class->grab_focus = rt_first_run_page_grab_focus;

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);

  signals[DEMO_CHOSEN] = g_signal_new ("demo-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                       0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (RT_TYPE_ENTRY_FIELD);
  g_type_ensure (RT_TYPE_HINT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-first-run-page.ui");
  gtk_widget_class_bind_template_child (widget_class, RtFirstRunPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, RtFirstRunPage, name_hint);
  gtk_widget_class_bind_template_child (widget_class, RtFirstRunPage, create_button);
  gtk_widget_class_bind_template_child (widget_class, RtFirstRunPage, join_button);
  gtk_widget_class_bind_template_child (widget_class, RtFirstRunPage, demo_button);
  gtk_widget_class_bind_template_callback (widget_class, create_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, join_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, demo_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_buttons);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
rt_first_run_page_init (RtFirstRunPage *self)
{
  const char *name = g_get_real_name ();
  g_autofree char *problem = rt_check_person_name (name);

  gtk_widget_init_template (GTK_WIDGET (self));
  rt_entry_field_set_check (self->name_row, rt_check_person_name);

  /* what the system knows is a good guess; "Unknown" is GLib's word for nothing, and root is nobody's name */
  if (problem == NULL && g_strcmp0 (name, "Unknown") != 0 && g_strcmp0 (name, "root") != 0)
    rt_entry_field_reset (self->name_row, name);
  update_buttons (self);
}
