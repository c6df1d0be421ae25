/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/rt-plain-row.h"
#include "rt-help-page.h"

struct _RtHelpPage
{
  GtkWidget    parent_instance;

  RtGuidePage *page;
  GtkWidget   *box;
  GPtrArray   *widgets;         /* of the blocks, in their order; in the box */
};

G_DEFINE_FINAL_TYPE (RtHelpPage, rt_help_page, GTK_TYPE_WIDGET)

enum { GO, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- lists of pages ---- */

GtkWidget *
rt_help_list_new (const char *name)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return list;
}

void
rt_help_list_add (GtkListBox *list, const char *target, const char *title, const char *words)
{
  GtkWidget *row = rt_plain_row_new (title, words);
  GtkWidget *image = g_object_new (GTK_TYPE_IMAGE, "icon-name", "go-next-symbolic", "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), image);
  g_object_set_data_full (G_OBJECT (row), "rt-target", g_strdup (target), g_free);
  gtk_list_box_append (list, row);
}

const char *
rt_help_row_get_target (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "rt-target");
}

static void
row_activated_cb (RtHelpPage *self, GtkListBoxRow *row)
{
  g_signal_emit (self, signals[GO], 0, rt_help_row_get_target (row));
}

static gboolean
activate_link_cb (RtHelpPage *self, const char *target)
{
  g_signal_emit (self, signals[GO], 0, target);
  return TRUE;
}

/* ---- blocks ---- */

static GtkWidget *
make_label (RtHelpPage *self, GtkAccessibleRole role, const char *markup)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "accessible-role", role, "label", markup, "use-markup", TRUE, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign", 0.0f, NULL);

  g_signal_connect_object (label, "activate-link", G_CALLBACK (activate_link_cb), self, G_CONNECT_SWAPPED);
  return label;
}

static GtkWidget *
make_heading (RtHelpPage *self, const char *markup, guint level)
{
  GtkWidget *label = make_label (self, GTK_ACCESSIBLE_ROLE_HEADING, markup);

  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LEVEL, (int) level, -1);
  gtk_widget_add_css_class (label, level == 1 ? "title-1" : level == 2 ? "title-3" : "heading");
  if (level > 1)
    gtk_widget_set_margin_top (label, 12);
  return label;
}

/* A mark, or a number, and the words beside it. */
static GtkWidget *
make_item (RtHelpPage *self, const RtGuideBlock *block)
{
  GtkWidget *box = g_object_new (GTK_TYPE_BOX, "spacing", 9, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL), *words = make_label (self, GTK_ACCESSIBLE_ROLE_LABEL, block->markup);
  /* Translators: the number of a step, "1." */
  g_autofree char *mark = block->number == G_MAXUINT ? g_strdup ("") : block->number == 0 ? g_strdup ("•") : g_strdup_printf (_("%u."), block->number);
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", mark, "width-chars", 3, "xalign", 1.0f, "yalign", 0.0f, NULL);

  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), words);
  return box;
}

static GtkWidget *
make_note (RtHelpPage *self, const RtGuideBlock *block)
{
  GtkWidget *box = g_object_new (GTK_TYPE_BOX, "spacing", 12, "accessible-role", GTK_ACCESSIBLE_ROLE_NOTE, NULL), *words = make_label (self, GTK_ACCESSIBLE_ROLE_LABEL, block->markup);
  GtkWidget *image = g_object_new (GTK_TYPE_IMAGE, "icon-name", "dialog-information-symbolic", "valign", GTK_ALIGN_START, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), words);
  gtk_widget_add_css_class (box, "card");
  gtk_widget_add_css_class (box, "help-box");
  return box;
}

static GtkWidget *
make_code (const RtGuideBlock *block)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", block->text, "selectable", TRUE, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign", 0.0f, NULL);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  /* a hyphen would be taken for a part of it */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_add_css_class (label, "card");
  gtk_widget_add_css_class (label, "help-box");
  return label;
}

/* Items belong into a list, rows into a grid: into the one that is open, or a new one. */
static GtkWidget *
get_open (RtHelpPage *self, GType type)
{
  GtkWidget *last = gtk_widget_get_last_child (self->box);

  if (last != NULL && g_object_get_data (G_OBJECT (last), "rt-open") != NULL && G_TYPE_CHECK_INSTANCE_TYPE (last, type))
    return last;
  if (type == GTK_TYPE_GRID)
    last = g_object_new (GTK_TYPE_GRID, "row-spacing", 9, "column-spacing", 18, NULL);
  else
    last = g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 6, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST, NULL);
  g_object_set_data (G_OBJECT (last), "rt-open", last);
  gtk_box_append (GTK_BOX (self->box), last);
  return last;
}

static GtkWidget *
add_row (RtHelpPage *self, const RtGuideBlock *block, guint n)
{
  GtkWidget *grid = get_open (self, GTK_TYPE_GRID), *first = make_label (self, GTK_ACCESSIBLE_ROLE_LABEL, block->markup), *second = make_label (self, GTK_ACCESSIBLE_ROLE_LABEL, block->second);

  gtk_widget_set_hexpand (first, TRUE);
  gtk_label_set_yalign (GTK_LABEL (first), 0);
  gtk_label_set_yalign (GTK_LABEL (second), 0);
  gtk_label_set_width_chars (GTK_LABEL (second), 14);
  gtk_grid_attach (GTK_GRID (grid), first, 0, (int) n, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), second, 1, (int) n, 1, 1);
  return first;
}

static void
add_pages (RtHelpPage *self, RtGuide *guide, const char *name, const char * const *ids)
{
  GtkWidget *list = rt_help_list_new (name);

  for (guint i = 0; ids[i] != NULL; i++)
    {
      RtGuidePage *page = rt_guide_find (guide, ids[i]);

      if (page != NULL)
        rt_help_list_add (GTK_LIST_BOX (list), ids[i], rt_guide_page_get_title (page), rt_guide_page_get_summary (page));
    }
  g_signal_connect_object (list, "row-activated", G_CALLBACK (row_activated_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->box), list);
}

/* The pages that say that they are listed in this section of this page. */
static void
add_topics (RtHelpPage *self, RtGuide *guide, const RtGuideBlock *heading)
{
  g_autofree char *place = NULL;
  g_autoptr (GPtrArray) pages = NULL;
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  if (heading == NULL || heading->id == NULL)
    return;
  place = g_strdup_printf ("%s#%s", rt_guide_page_get_id (self->page), heading->id);
  pages = rt_guide_list (guide, place);
  for (guint i = 0; i < pages->len; i++)
    g_ptr_array_add (ids, (gpointer) rt_guide_page_get_id (pages->pdata[i]));
  g_ptr_array_add (ids, NULL);
  if (pages->len > 0)
    add_pages (self, guide, heading->text, (const char * const *) ids->pdata);
}

static GtkWidget *
add_block (RtHelpPage *self, const RtGuideBlock *block, guint row)
{
  GtkWidget *widget;

  switch (block->kind)
    {
    case RT_GUIDE_ROW:
      return add_row (self, block, row);
    case RT_GUIDE_ITEM:
      widget = make_item (self, block);
      gtk_box_append (GTK_BOX (get_open (self, GTK_TYPE_BOX)), widget);
      return widget;
    case RT_GUIDE_HEADING:
      widget = make_heading (self, block->markup, block->number);
      break;
    case RT_GUIDE_NOTE:
      widget = make_note (self, block);
      break;
    case RT_GUIDE_CODE:
      widget = make_code (block);
      break;
    case RT_GUIDE_PARAGRAPH:
    default:
      widget = make_label (self, GTK_ACCESSIBLE_ROLE_LABEL, block->markup);
      break;
    }
  gtk_box_append (GTK_BOX (self->box), widget);
  return widget;
}

/* By its first letter. */
static GtkTextDirection
find_direction (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_isalpha (g_utf8_get_char (p)))
      switch (g_unichar_get_script (g_utf8_get_char (p)))
        {
        case G_UNICODE_SCRIPT_ARABIC:
        case G_UNICODE_SCRIPT_HEBREW:
        case G_UNICODE_SCRIPT_SYRIAC:
        case G_UNICODE_SCRIPT_THAANA:
        case G_UNICODE_SCRIPT_NKO:
          return GTK_TEXT_DIR_RTL;
        default:
          return GTK_TEXT_DIR_LTR;
        }
  return gtk_widget_get_default_direction ();
}

/* A page that is not translated is read in its own direction; GTK gives that to no children. */
static void
set_direction (GtkWidget *widget, GtkTextDirection direction)
{
  gtk_widget_set_direction (widget, direction);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    set_direction (child, direction);
}

static void
fill (RtHelpPage *self, RtGuide *guide)
{
  const char *title = rt_guide_page_get_title (self->page);
  g_autofree char *escaped = g_markup_escape_text (title, -1);
  const RtGuideBlock *heading = NULL;
  const char * const *links = rt_guide_page_get_links (self->page);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_box_append (GTK_BOX (self->box), make_heading (self, escaped, 1));
  for (guint i = 0; i < rt_guide_page_get_n_blocks (self->page); i++)
    {
      const RtGuideBlock *block = rt_guide_page_get_block (self->page, i);

      if (block->kind == RT_GUIDE_HEADING)
        {
          add_topics (self, guide, heading);
          heading = block;
        }
      g_ptr_array_add (self->widgets, add_block (self, block, i));
    }
  add_topics (self, guide, heading);
  if (links[0] != NULL)
    {
      gtk_box_append (GTK_BOX (self->box), make_heading (self, _("More about this"), 2));
      add_pages (self, guide, _("More about this"), links);
    }
  set_direction (self->box, find_direction (title));
}

/* ---- object ---- */

static gboolean
scroll_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  GtkWidget *scrolled = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  gboolean unused;

  if (scrolled == NULL)
    return GDK_EVENT_PROPAGATE;
  g_signal_emit_by_name (scrolled, "scroll-child", (GtkScrollType) g_variant_get_int32 (args), FALSE, &unused);
  return GDK_EVENT_STOP;
}

static void
rt_help_page_dispose (GObject *object)
{
  RtHelpPage *self = RT_HELP_PAGE (object);

  g_ptr_array_set_size (self->widgets, 0);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->page);
  G_OBJECT_CLASS (rt_help_page_parent_class)->dispose (object);
}

static void
rt_help_page_finalize (GObject *object)
{
  g_ptr_array_unref (RT_HELP_PAGE (object)->widgets);
  G_OBJECT_CLASS (rt_help_page_parent_class)->finalize (object);
}

static void
rt_help_page_class_init (RtHelpPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_help_page_dispose;
  object_class->finalize = rt_help_page_finalize;

  signals[GO] = g_signal_new ("go", RT_TYPE_HELP_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DOCUMENT);
  gtk_widget_class_set_css_name (widget_class, "help-page");
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Up, 0, scroll_cb, "i", GTK_SCROLL_STEP_BACKWARD);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Down, 0, scroll_cb, "i", GTK_SCROLL_STEP_FORWARD);
}

static void
rt_help_page_init (RtHelpPage *self)
{
  self->widgets = g_ptr_array_new ();
  self->box = g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 12, NULL);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}

GtkWidget *
rt_help_page_new (RtGuide *guide, RtGuidePage *page)
{
  RtHelpPage *self;

  g_return_val_if_fail (RT_IS_GUIDE (guide), NULL);
  g_return_val_if_fail (RT_IS_GUIDE_PAGE (page), NULL);

  self = g_object_new (RT_TYPE_HELP_PAGE, NULL);
  self->page = g_object_ref (page);
  fill (self, guide);
  return GTK_WIDGET (self);
}

RtGuidePage *
rt_help_page_get_page (RtHelpPage *self)
{
  g_return_val_if_fail (RT_IS_HELP_PAGE (self), NULL);
  return self->page;
}

GtkWidget *
rt_help_page_find_block (RtHelpPage *self, int block)
{
  g_return_val_if_fail (RT_IS_HELP_PAGE (self), NULL);
  return block >= 0 && (guint) block < self->widgets->len ? self->widgets->pdata[block] : NULL;
}

GtkWidget *
rt_help_page_find_section (RtHelpPage *self, const char *id)
{
  g_return_val_if_fail (RT_IS_HELP_PAGE (self), NULL);

  for (guint i = 0; i < self->widgets->len; i++)
    if (g_strcmp0 (rt_guide_page_get_block (self->page, i)->id, id) == 0)
      return self->widgets->pdata[i];
  return NULL;
}
