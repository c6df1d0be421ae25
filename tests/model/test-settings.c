/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is remembered, with the schema of the build tree in memory, and what is done without one. */
#include "config.h"

#include "model/rt-settings.h"

/* A default that is one in the program and another in the schema would change with the installation. */
static void
test_defaults (void)
{
  g_autoptr (RtSettings) bound = rt_settings_new (), forgetful = rt_settings_new_forgetful ();
  g_autoptr (GSettingsSchema) schema = g_settings_schema_source_lookup (g_settings_schema_source_get_default (), APP_ID, TRUE);
  g_auto (GStrv) keys = g_settings_schema_list_keys (schema);
  g_autofree GParamSpec **properties = NULL;
  guint n;

  g_assert_true (rt_settings_is_remembered (bound));
  g_assert_false (rt_settings_is_remembered (forgetful));
  properties = g_object_class_list_properties (G_OBJECT_GET_CLASS (bound), &n);
  g_assert_cmpuint (n, ==, g_strv_length (keys));
  for (guint i = 0; i < n; i++)
    {
      g_auto (GValue) a = G_VALUE_INIT, b = G_VALUE_INIT;

      g_assert_true (g_strv_contains ((const char * const *) keys, properties[i]->name));
      g_object_get_property (G_OBJECT (bound), properties[i]->name, &a);
      g_object_get_property (G_OBJECT (forgetful), properties[i]->name, &b);
      g_assert_cmpint (g_param_values_cmp (properties[i], &a, &b), ==, 0);
    }
}

/* Every word of the schema is one of ours, and the other way round. */
static void
test_choices (void)
{
  static const char * const names[] = { "send-key", "colours", "keep-history", "show-pictures" };
  g_autoptr (GSettings) settings = g_settings_new (APP_ID);
  g_autoptr (RtSettings) bound = rt_settings_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GParamSpecEnum *pspec = G_PARAM_SPEC_ENUM (g_object_class_find_property (G_OBJECT_GET_CLASS (bound), names[i]));

      for (guint j = 0; j < pspec->enum_class->n_values; j++)
        {
          g_autofree char *word = NULL;
          int value;

          g_object_set (bound, names[i], pspec->enum_class->values[j].value, NULL);
          word = g_settings_get_string (settings, names[i]);
          g_assert_cmpstr (word, ==, pspec->enum_class->values[j].value_nick);
          g_settings_reset (settings, names[i]);
          g_assert_true (g_settings_set_string (settings, names[i], pspec->enum_class->values[j].value_nick));
          g_object_get (bound, names[i], &value, NULL);
          g_assert_cmpint (value, ==, pspec->enum_class->values[j].value);
        }
      g_settings_reset (settings, names[i]);
    }
}

static void
count_cb (guint *n)
{
  (*n)++;
}

/* What one says another hears, at once, and once. */
static void
test_both_ways (void)
{
  g_autoptr (RtSettings) one = rt_settings_new (), two = rt_settings_new ();
  guint n = 0;

  g_signal_connect_swapped (two, "notify::send-receipts", G_CALLBACK (count_cb), &n);
  g_object_set (one, "send-receipts", FALSE, NULL);
  g_assert_false (rt_settings_get_flag (two, "send-receipts"));
  g_object_set (one, "send-receipts", FALSE, NULL);
  g_assert_cmpuint (n, ==, 1);
  g_object_set (one, "last-network", "<&>", "window-width", 500, NULL);
  g_assert_cmpstr (rt_settings_get_string (two, "last-network"), ==, "<&>");
  g_assert_cmpint (rt_settings_get_number (two, "window-width"), ==, 500);
  g_object_set (one, "send-receipts", TRUE, "last-network", "", "window-width", 1200, NULL);
}

/* Not installed: nobody ends for that. In a process of its own, for GLib looks for schemas once. */
static void
test_without_schema (void)
{
  g_autoptr (RtSettings) settings = NULL;

  if (!g_test_subprocess ())
    {
      g_autofree char *dir = g_strdup (g_getenv ("GSETTINGS_SCHEMA_DIR")), *data = g_strdup (g_getenv ("XDG_DATA_DIRS"));

      g_setenv ("GSETTINGS_SCHEMA_DIR", "/nowhere", TRUE);
      g_setenv ("XDG_DATA_DIRS", "/nowhere", TRUE);
      g_test_trap_subprocess (NULL, 0, 0);
      g_setenv ("GSETTINGS_SCHEMA_DIR", dir != NULL ? dir : "", TRUE);
      if (data != NULL)
        g_setenv ("XDG_DATA_DIRS", data, TRUE);
      else
        g_unsetenv ("XDG_DATA_DIRS");
      g_test_trap_assert_passed ();
      return;
    }
  settings = rt_settings_new ();
  g_assert_false (rt_settings_is_remembered (settings));
  g_assert_true (rt_settings_get_flag (settings, "notifications"));
  g_object_set (settings, "notifications", FALSE, "colours", RT_COLOURS_DARK, NULL);
  g_assert_false (rt_settings_get_flag (settings, "notifications"));
  g_assert_cmpint (rt_settings_get_colours (settings), ==, RT_COLOURS_DARK);
}

static void
test_days (void)
{
  g_assert_cmpuint (rt_keep_get_days (RT_KEEP_FOREVER), ==, 0);
  g_assert_cmpuint (rt_keep_get_days (RT_KEEP_MONTH), >=, 31);
  g_assert_cmpuint (rt_keep_get_days (RT_KEEP_QUARTER), >=, 92);
  g_assert_cmpuint (rt_keep_get_days (RT_KEEP_YEAR), >=, 366);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/defaults", test_defaults);
  g_test_add_func ("/settings/choices", test_choices);
  g_test_add_func ("/settings/both-ways", test_both_ways);
  g_test_add_func ("/settings/without-schema", test_without_schema);
  g_test_add_func ("/settings/days", test_days);
  return g_test_run ();
}
