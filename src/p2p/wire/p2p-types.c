/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-types.h"
#include "p2p-enum-types.h"

G_DEFINE_QUARK (p2p-wire-error-quark, p2p_wire_error)
G_DEFINE_QUARK (p2p-link-error-quark, p2p_link_error)
G_DEFINE_QUARK (p2p-table-error-quark, p2p_table_error)

char *
p2p_error_get_code_name (const GError *error)
{
  GType type = G_TYPE_INVALID;

  g_return_val_if_fail (error != NULL, NULL);
  if (error->domain == P2P_WIRE_ERROR)
    type = P2P_TYPE_WIRE_ERROR;
  else if (error->domain == P2P_LINK_ERROR)
    type = P2P_TYPE_LINK_ERROR;
  else if (error->domain == P2P_TABLE_ERROR)
    type = P2P_TYPE_TABLE_ERROR;

  if (type != G_TYPE_INVALID)
    {
      g_autoptr (GEnumClass) klass = g_type_class_ref (type);
      GEnumValue *value = g_enum_get_value (klass, error->code);

      if (value != NULL)
        return g_strdup (value->value_name);
    }
  return g_strdup_printf ("%s-%d", g_quark_to_string (error->domain), error->code);
}
