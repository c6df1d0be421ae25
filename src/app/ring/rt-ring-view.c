/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "rt-ring-view-private.h"

#define MINIMUM 130
#define NATURAL 320
#define COMPACT 200

G_DEFINE_FINAL_TYPE (RtRingView, rt_ring_view, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_RING, PROP_MEMBER, PROP_PLACE, N_PROPS };
static GParamSpec *properties[N_PROPS];

/* ---- in words ---- */

char *
rt_ring_view_dup_mark_words (RtRingView *self,
                             guint       index)
{
  g_auto (RtRingMember) member = { 0 };

  rt_ring_member_read (&member, rt_ring_view_get_mark (self, index)->info);
  return rt_ring_member_dup_spoken (&member);
}

/* Read out: the node that the keyboard is at, else what there is. */
void
rt_ring_view_speak (RtRingView *self)
{
  guint n = self->marks->len;
  g_autofree char *words = NULL, *count = NULL;

  if (rt_ring_view_get_mark (self, self->cursor) != NULL)
    words = rt_ring_view_dup_mark_words (self, self->cursor);
  else
    {
      count = g_strdup_printf (ngettext ("%'u storing node", "%'u storing nodes", n), n);
      /* Translators: how many nodes there are; then what the five places of a key said, or nothing */
      words = g_strdup_printf (_("The ring: %s. %s"), count, self->summary != NULL ? self->summary : "");
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

/* ---- what there is ---- */

static void
update_holders (RtRingView *self)
{
  for (guint i = 0; i < self->n_spots; i++)
    {
      RtRingSpot *spot = &self->spots[i];

      spot->holder = RT_RING_NO_MARK;
      if (spot->facts.is_self)
        spot->holder = self->self_mark;
      for (guint j = 0; spot->holder == RT_RING_NO_MARK && spot->facts.holder != NULL && j < self->marks->len; j++)
        if (g_strcmp0 (rt_ring_view_get_mark (self, j)->id, spot->facts.holder) == 0)
          spot->holder = j;
    }
}

static void
read_mark (RtRingMark *mark)
{
  g_auto (RtRingMember) member = { 0 };

  rt_ring_member_read (&member, mark->info);
  g_free (mark->id);
  mark->id = g_steal_pointer (&member.id);
  mark->fraction = member.fraction;
  mark->glyph = rt_ring_member_get_glyph (&member);
}

static void
update_marks (RtRingView *self)
{
  self->stale = FALSE;
  self->self_mark = RT_RING_NO_MARK;
  for (guint i = 0; i < self->marks->len; i++)
    {
      RtRingMark *mark = rt_ring_view_get_mark (self, i);

      if (mark->glyph < 0)
        read_mark (mark);
      if (mark->glyph == RT_RING_GLYPH_SELF)
        self->self_mark = i;
    }
  g_clear_object (&self->texture);
}

static gboolean
update_cb (GtkWidget     *widget,
           GdkFrameClock *clock,
           gpointer       user_data)
{
  RtRingView *self = RT_RING_VIEW (widget);

  self->update_id = 0;
  if (self->stale)
    update_marks (self);
  update_holders (self);
  rt_ring_view_speak (self);
  gtk_widget_queue_draw (widget);
  return G_SOURCE_REMOVE;
}

/* Once a frame, however much comes. */
static void
queue_update (RtRingView *self)
{
  if (self->update_id == 0)
    self->update_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), update_cb, NULL, NULL);
}

static void
info_cb (P2pChordMemberInfo *info,
         GParamSpec         *pspec,
         RtRingView         *self)
{
  for (guint i = 0; i < self->marks->len; i++)
    if (rt_ring_view_get_mark (self, i)->info == info)
      rt_ring_view_get_mark (self, i)->glyph = -1;
  self->stale = TRUE;
  queue_update (self);
}

static void
clear_mark (gpointer data)
{
  RtRingMark *mark = data;

  g_clear_signal_handler (&mark->handler, mark->info);
  g_clear_object (&mark->info);
  g_clear_pointer (&mark->id, g_free);
}

/* Where a mark that was at index is now; those that went: nowhere. */
static guint
move_index (guint index,
            guint position,
            guint removed,
            guint added)
{
  if (index == RT_RING_NO_MARK || index < position)
    return index;
  return index < position + removed ? RT_RING_NO_MARK : index - removed + added;
}

static void
members_changed_cb (RtRingView *self,
                    guint       position,
                    guint       removed,
                    guint       added)
{
  g_autofree RtRingMark *fresh = g_new0 (RtRingMark, MAX (added, 1));
  guint chosen = self->chosen;

  if (removed > 0)
    g_array_remove_range (self->marks, position, removed);
  for (guint i = 0; i < added; i++)
    {
      fresh[i].info = g_list_model_get_item (self->members, position + i);
      fresh[i].handler = g_signal_connect (fresh[i].info, "notify", G_CALLBACK (info_cb), self);
      fresh[i].glyph = -1;
    }
  if (added > 0)
    g_array_insert_vals (self->marks, position, fresh, added);
  self->cursor = move_index (self->cursor, position, removed, added);
  self->chosen = move_index (self->chosen, position, removed, added);
  self->hover = RT_RING_NO_MARK;
  self->self_mark = RT_RING_NO_MARK;
  self->stale = TRUE;
  queue_update (self);
  if (chosen != RT_RING_NO_MARK && self->chosen == RT_RING_NO_MARK)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MEMBER]);
}

static void
set_members (RtRingView *self,
             GListModel *members)
{
  guint n = self->members != NULL ? g_list_model_get_n_items (self->members) : 0;

  if (self->members == members)
    return;
  if (self->members != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->members, self);
      members_changed_cb (self, 0, MIN (n, self->marks->len), 0);
      g_array_set_size (self->marks, 0);
    }
  g_set_object (&self->members, members);
  if (members == NULL)
    return;
  g_signal_connect_swapped (members, "items-changed", G_CALLBACK (members_changed_cb), self);
  members_changed_cb (self, 0, 0, g_list_model_get_n_items (members));
}

/* Those that are near to each other stand on two levels. */
static void
set_levels (RtRingView *self)
{
  for (guint i = 0; i < self->n_spots; i++)
    {
      self->spots[i].level = 0;
      for (guint j = 0; j < i; j++)
        {
          double apart = fabs (self->spots[i].facts.fraction - self->spots[j].facts.fraction);

          if (MIN (apart, 1 - apart) < 0.028 && self->spots[j].level == 0)
            self->spots[i].level = 1;
        }
    }
}

/* What the look at the key came to. The page of the places says more. */
static char *
dup_summary (P2pChordLookup *lookup)
{
  switch (p2p_chord_lookup_get_outcome (lookup))
    {
    case P2P_CHORD_LOOK_OUTCOME_VALUE:
      if (p2p_chord_lookup_get_signed (lookup))
        /* Translators: of the five places of a key; the value is signed by who wrote it */
        return g_strdup_printf (_("%u of %u places agree, signed"), p2p_chord_lookup_get_n_equal (lookup), RT_RING_N_PLACES);
      /* Translators: of the five places of a key */
      return g_strdup_printf (_("%u of %u places agree"), p2p_chord_lookup_get_n_equal (lookup), RT_RING_N_PLACES);
    case P2P_CHORD_LOOK_OUTCOME_ABSENT: return g_strdup (_("no place has a value"));
    case P2P_CHORD_LOOK_OUTCOME_DISAGREE: return g_strdup (_("the places do not agree"));
    case P2P_CHORD_LOOK_OUTCOME_UNSIGNED: return g_strdup (_("not signed by who wrote it"));
    case P2P_CHORD_LOOK_OUTCOME_TIMED_OUT: return g_strdup (_("too few places answered"));
    case P2P_CHORD_LOOK_OUTCOME_NOBODY: return g_strdup (_("nobody to ask"));
    case P2P_CHORD_LOOK_OUTCOME_ENDED:
    default: return NULL;
    }
}

static void
update_lookup (RtRingView *self)
{
  P2pChordLookup *lookup = self->ring != NULL ? rt_ring_get_lookup (self->ring) : NULL;

  for (guint i = 0; i < self->n_spots; i++)
    rt_ring_place_clear (&self->spots[i].facts);
  self->n_spots = 0;
  g_clear_pointer (&self->summary, g_free);
  while (self->n_spots < RT_RING_N_PLACES && rt_ring_place_read (&self->spots[self->n_spots].facts, lookup, self->n_spots))
    self->n_spots++;
  if (self->ring != NULL && rt_ring_get_looking (self->ring))
    self->summary = g_strdup (_("asking the five places"));
  else if (lookup != NULL)
    self->summary = dup_summary (lookup);
  set_levels (self);
  queue_update (self);
}

static void
update_arc (RtRingView *self)
{
  self->has_arc = self->ring != NULL && rt_ring_get_arc (self->ring, &self->arc_from, &self->arc_to);
  self->stale = TRUE;
  queue_update (self);
}

static void
ring_cb (RtRingView *self,
         GParamSpec *pspec)
{
  if (g_str_has_prefix (pspec->name, "arc-"))
    update_arc (self);
  else if (g_str_equal (pspec->name, "lookup") || g_str_equal (pspec->name, "looking"))
    update_lookup (self);
}

void
rt_ring_view_choose (RtRingView *self,
                     guint       index)
{
  if (self->chosen == index)
    return;
  self->chosen = index;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MEMBER]);
}

static void
focus_cb (RtRingView *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- object ---- */

static GtkSizeRequestMode
rt_ring_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
rt_ring_view_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  *minimum = MINIMUM;
  *natural = RT_RING_VIEW (widget)->compact ? COMPACT : NATURAL;
}

static void
rt_ring_view_css_changed (GtkWidget         *widget,
                          GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (rt_ring_view_parent_class)->css_changed (widget, change);
  g_clear_object (&RT_RING_VIEW (widget)->texture);
}

static void
rt_ring_view_dispose (GObject *object)
{
  RtRingView *self = RT_RING_VIEW (object);

  rt_ring_view_set_ring (self, NULL);
  if (self->update_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->update_id);
  self->update_id = 0;
  g_clear_object (&self->texture);
  G_OBJECT_CLASS (rt_ring_view_parent_class)->dispose (object);
}

static void
rt_ring_view_finalize (GObject *object)
{
  g_array_unref (RT_RING_VIEW (object)->marks);
  G_OBJECT_CLASS (rt_ring_view_parent_class)->finalize (object);
}

static void
rt_ring_view_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  RtRingView *self = RT_RING_VIEW (object);

  switch (prop_id)
    {
    case PROP_RING:
      g_value_set_object (value, self->ring);
      break;
    case PROP_MEMBER:
      g_value_set_object (value, rt_ring_view_get_member (self));
      break;
    case PROP_PLACE:
      g_value_set_int (value, self->place);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_ring_view_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  RtRingView *self = RT_RING_VIEW (object);

  switch (prop_id)
    {
    case PROP_RING:
      rt_ring_view_set_ring (self, g_value_get_object (value));
      break;
    case PROP_MEMBER:
      rt_ring_view_set_member (self, g_value_get_object (value));
      break;
    case PROP_PLACE:
      rt_ring_view_set_place (self, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_ring_view_class_init (RtRingViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = rt_ring_view_dispose;
  object_class->finalize = rt_ring_view_finalize;
  object_class->get_property = rt_ring_view_get_property;
  object_class->set_property = rt_ring_view_set_property;
  widget_class->get_request_mode = rt_ring_view_get_request_mode;
  widget_class->measure = rt_ring_view_measure;
  widget_class->snapshot = rt_ring_view_snapshot;
  widget_class->css_changed = rt_ring_view_css_changed;

  properties[PROP_RING] = g_param_spec_object ("ring", NULL, NULL, RT_TYPE_RING, flags);
  properties[PROP_MEMBER] = g_param_spec_object ("member", NULL, NULL, P2P_TYPE_CHORD_MEMBER_INFO, flags);
  properties[PROP_PLACE] = g_param_spec_int ("place", NULL, NULL, -1, (int) RT_RING_N_PLACES - 1, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "ring-view");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  rt_ring_view_install_input (widget_class);
}

static void
rt_ring_view_init (RtRingView *self)
{
  self->marks = g_array_new (FALSE, TRUE, sizeof (RtRingMark));
  g_array_set_clear_func (self->marks, clear_mark);
  self->cursor = self->chosen = self->hover = self->self_mark = RT_RING_NO_MARK;
  self->place = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  rt_ring_view_add_controllers (self);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (focus_cb), NULL);
  rt_ring_view_speak (self);
}

void
rt_ring_view_set_ring (RtRingView *self,
                       RtRing     *ring)
{
  g_return_if_fail (RT_IS_RING_VIEW (self));

  if (self->ring == ring)
    return;
  if (self->ring != NULL)
    g_signal_handlers_disconnect_by_data (self->ring, self);
  g_set_object (&self->ring, ring);
  if (ring != NULL)
    g_signal_connect_swapped (ring, "notify", G_CALLBACK (ring_cb), self);
  set_members (self, ring != NULL ? rt_ring_get_members (ring) : NULL);
  update_arc (self);
  update_lookup (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RING]);
}

P2pChordMemberInfo *
rt_ring_view_get_member (RtRingView *self)
{
  g_return_val_if_fail (RT_IS_RING_VIEW (self), NULL);

  return rt_ring_view_get_mark (self, self->chosen) != NULL ? rt_ring_view_get_mark (self, self->chosen)->info : NULL;
}

void
rt_ring_view_set_member (RtRingView         *self,
                         P2pChordMemberInfo *member)
{
  guint index = RT_RING_NO_MARK;

  g_return_if_fail (RT_IS_RING_VIEW (self));

  for (guint i = 0; member != NULL && i < self->marks->len; i++)
    if (rt_ring_view_get_mark (self, i)->info == member)
      index = i;
  rt_ring_view_choose (self, index);
}

void
rt_ring_view_set_place (RtRingView *self,
                        int         place)
{
  g_return_if_fail (RT_IS_RING_VIEW (self));

  if (self->place == place)
    return;
  self->place = place;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLACE]);
}

void
rt_ring_view_set_compact (RtRingView *self,
                          gboolean    compact)
{
  g_return_if_fail (RT_IS_RING_VIEW (self));

  if (self->compact == compact)
    return;
  self->compact = compact;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
