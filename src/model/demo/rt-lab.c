/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-lab.h"

#include <glib/gi18n-lib.h>

struct _RtLab
{
  GObject    parent_instance;
  RtNetwork *network;           /* not owned: it owns this */
  guint      delay, jitter, loss;
  gboolean   split_all;
  GPtrArray *sides;             /* ids, in the order in which they came */
  GPtrArray *split;             /* those of them on the other side */
  char      *words;
};

G_DEFINE_FINAL_TYPE (RtLab, rt_lab, G_TYPE_OBJECT)

enum { PROP_0, PROP_DELAY, PROP_JITTER, PROP_LOSS, PROP_SPLIT_ALL, PROP_ON, PROP_WORDS, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { SIDES_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- words ---- */

static void
add_words (GPtrArray *parts, char *words)
{
  g_ptr_array_add (parts, words);
}

static char *
make_words (RtLab *self)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *delay = g_strdup_printf ("%u", self->delay), *most = g_strdup_printf ("%u", self->delay + self->jitter);
  g_autofree char *loss = g_strdup_printf ("%u", self->loss), *all = NULL;

  if (self->jitter > 0)
    /* Translators: how long messages wait, in milliseconds: from, to. Part of “Lab mode: …” */
    add_words (parts, g_strdup_printf (_("%s to %s ms delay"), delay, most));
  else if (self->delay > 0)
    /* Translators: %s is a number of milliseconds. Part of “Lab mode: …” */
    add_words (parts, g_strdup_printf (_("%s ms delay"), delay));
  if (self->loss > 0)
    /* Translators: %s is a number: how many of a hundred messages get lost. Part of “Lab mode: …” */
    add_words (parts, g_strdup_printf (_("%s %% loss"), loss));
  if (self->split_all)
    /* Translators: part of “Lab mode: …” */
    add_words (parts, g_strdup (_("apart from everybody")));
  else if (self->split->len > 0)
    /* Translators: part of “Lab mode: …” */
    add_words (parts, g_strdup_printf (ngettext ("apart from %u peer", "apart from %u peers", self->split->len), self->split->len));
  if (parts->len == 0)
    return NULL;
  g_ptr_array_add (parts, NULL);
  /* Translators: between the parts of “Lab mode: 300 ms delay, 5 % loss” */
  all = g_strjoinv (_(", "), (char **) parts->pdata);
  /* Translators: %s is what is made worse on purpose: “300 ms delay, 5 % loss” */
  return g_strdup_printf (_("Lab mode: %s"), all);
}

/* ---- what is done ---- */

static P2pMeshSocket *
get_socket (RtLab *self)
{
  return self->network != NULL ? rt_network_get_socket (self->network) : NULL;
}

static void
update_words (RtLab *self)
{
  g_autofree char *words = make_words (self);

  if (g_strcmp0 (words, self->words) == 0)
    return;
  if ((words != NULL) != (self->words != NULL))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ON]);
  g_free (self->words);
  self->words = g_steal_pointer (&words);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WORDS]);
}

static void
apply_ways (RtLab *self)
{
  if (get_socket (self) != NULL)
    p2p_mesh_socket_set_lab (get_socket (self), self->delay, self->jitter, self->loss / 100.0);
  update_words (self);
}

static void
apply_split (RtLab *self)
{
  P2pMeshSocket *socket = get_socket (self);

  update_words (self);
  if (socket != NULL && self->split_all)
    p2p_mesh_socket_split (socket, NULL);
  else if (socket != NULL && self->split->len > 0)
    {
      g_autoptr (GPtrArray) ids = g_ptr_array_copy (self->split, NULL, NULL);

      g_ptr_array_set_free_func (ids, NULL);
      g_ptr_array_add (ids, NULL);
      p2p_mesh_socket_split (socket, (const char * const *) ids->pdata);
    }
  else if (socket != NULL)
    p2p_mesh_socket_end_split (socket);
  g_signal_emit (self, signals[SIDES_CHANGED], 0);
}

static gboolean
find_id (GPtrArray *ids, const char *id, guint *position)
{
  return g_ptr_array_find_with_equal_func (ids, id, g_str_equal, position);
}

/* Who is linked; those on the other side stay. */
static void
update_sides (RtLab *self)
{
  P2pMeshSocket *socket = get_socket (self);
  GListModel *table = socket != NULL ? p2p_mesh_socket_get_routing_table (socket) : NULL;
  gboolean changed = FALSE;

  if (self->network == NULL)
    return;
  for (guint i = self->sides->len; i-- > 0;)
    if (!self->split_all && !find_id (self->split, self->sides->pdata[i], NULL) &&
        (socket == NULL || p2p_mesh_socket_get_connection (socket, self->sides->pdata[i]) == NULL))
      {
        g_ptr_array_remove_index (self->sides, i);
        changed = TRUE;
      }
  for (guint i = 0; table != NULL && i < g_list_model_get_n_items (table); i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (table, i);

      if (find_id (self->sides, p2p_connection_get_id (connection), NULL))
        continue;
      g_ptr_array_add (self->sides, g_strdup (p2p_connection_get_id (connection)));
      changed = TRUE;
    }
  if (changed)
    g_signal_emit (self, signals[SIDES_CHANGED], 0);
}

/* Off, or on again: as good as a network is. */
static void
socket_cb (RtLab *self)
{
  rt_lab_stop (self);
  update_sides (self);
}

/* ---- object ---- */

static void
rt_lab_finalize (GObject *object)
{
  RtLab *self = RT_LAB (object);

  g_clear_weak_pointer (&self->network);
  g_ptr_array_unref (self->sides);
  g_ptr_array_unref (self->split);
  g_free (self->words);

  G_OBJECT_CLASS (rt_lab_parent_class)->finalize (object);
}

static void
rt_lab_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtLab *self = RT_LAB (object);

  switch (prop_id)
    {
    case PROP_DELAY: g_value_set_uint (value, self->delay); break;
    case PROP_JITTER: g_value_set_uint (value, self->jitter); break;
    case PROP_LOSS: g_value_set_uint (value, self->loss); break;
    case PROP_SPLIT_ALL: g_value_set_boolean (value, self->split_all); break;
    case PROP_ON: g_value_set_boolean (value, rt_lab_get_on (self)); break;
    case PROP_WORDS: g_value_set_string (value, self->words); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
set_number (RtLab *self, guint *where, const GValue *value, GParamSpec *pspec)
{
  if (*where == g_value_get_uint (value))
    return;
  *where = g_value_get_uint (value);
  apply_ways (self);
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

static void
rt_lab_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  RtLab *self = RT_LAB (object);

  switch (prop_id)
    {
    case PROP_DELAY: set_number (self, &self->delay, value, pspec); break;
    case PROP_JITTER: set_number (self, &self->jitter, value, pspec); break;
    case PROP_LOSS: set_number (self, &self->loss, value, pspec); break;
    case PROP_SPLIT_ALL:
      if (self->split_all == g_value_get_boolean (value))
        return;
      self->split_all = g_value_get_boolean (value);
      apply_split (self);
      update_sides (self);
      g_object_notify_by_pspec (object, pspec);
      break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_lab_class_init (RtLabClass *klass)
{
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY, flags = read | G_PARAM_WRITABLE;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = rt_lab_finalize;
  object_class->get_property = rt_lab_get_property;
  object_class->set_property = rt_lab_set_property;

  properties[PROP_DELAY] = g_param_spec_uint ("delay", NULL, NULL, 0, RT_LAB_MAX_DELAY, 0, flags);
  properties[PROP_JITTER] = g_param_spec_uint ("jitter", NULL, NULL, 0, RT_LAB_MAX_DELAY, 0, flags);
  properties[PROP_LOSS] = g_param_spec_uint ("loss", NULL, NULL, 0, 100, 0, flags);
  properties[PROP_SPLIT_ALL] = g_param_spec_boolean ("split-all", NULL, NULL, FALSE, flags);
  properties[PROP_ON] = g_param_spec_boolean ("on", NULL, NULL, FALSE, read);
  properties[PROP_WORDS] = g_param_spec_string ("words", NULL, NULL, NULL, read);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIDES_CHANGED] = g_signal_new ("sides-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rt_lab_init (RtLab *self)
{
  self->sides = g_ptr_array_new_with_free_func (g_free);
  self->split = g_ptr_array_new_with_free_func (g_free);
}

RtLab *
rt_network_get_lab (RtNetwork *network)
{
  RtLab *self;

  g_return_val_if_fail (RT_IS_NETWORK (network), NULL);

  self = g_object_get_data (G_OBJECT (network), "rt-lab");
  if (self != NULL)
    return self;
  self = g_object_new (RT_TYPE_LAB, NULL);
  g_set_weak_pointer (&self->network, network);
  g_object_set_data_full (G_OBJECT (network), "rt-lab", self, g_object_unref);
  g_signal_connect_object (network, "notify::socket", G_CALLBACK (socket_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (rt_network_get_connections (network), "items-changed", G_CALLBACK (update_sides), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (network, "notify::n-peers", G_CALLBACK (update_sides), self, G_CONNECT_SWAPPED);
  update_sides (self);
  return self;
}

gboolean
rt_lab_get_on (RtLab *self)
{
  g_return_val_if_fail (RT_IS_LAB (self), FALSE);

  return self->words != NULL;
}

const char *
rt_lab_get_words (RtLab *self)
{
  g_return_val_if_fail (RT_IS_LAB (self), NULL);

  return self->words;
}

char **
rt_lab_dup_sides (RtLab *self)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  g_return_val_if_fail (RT_IS_LAB (self), NULL);

  for (guint i = 0; i < self->sides->len; i++)
    g_strv_builder_add (ids, self->sides->pdata[i]);
  return g_strv_builder_end (ids);
}

gboolean
rt_lab_is_split (RtLab *self, const char *id)
{
  g_return_val_if_fail (RT_IS_LAB (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return self->split_all || find_id (self->split, id, NULL);
}

void
rt_lab_set_split (RtLab *self, const char *id, gboolean split)
{
  guint position;

  g_return_if_fail (RT_IS_LAB (self));
  g_return_if_fail (id != NULL);

  if (find_id (self->split, id, &position) == split)
    return;
  if (split)
    g_ptr_array_add (self->split, g_strdup (id));
  else
    g_ptr_array_remove_index (self->split, position);
  apply_split (self);
}

void
rt_lab_stop (RtLab *self)
{
  g_return_if_fail (RT_IS_LAB (self));

  g_object_set (self, "delay", 0u, "jitter", 0u, "loss", 0u, NULL);
  if (self->split->len > 0)
    {
      g_ptr_array_set_size (self->split, 0);
      if (!self->split_all)
        apply_split (self);
    }
  g_object_set (self, "split-all", FALSE, NULL);
}
