/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "rt-lan-browser.h"
#include "rt-lan-left-out.h"

void
rt_lan_left_out_free (gpointer data)
{
  RtLanLeftOut *left_out = data;

  g_free (left_out->name);
  g_free (left_out->domain);
  g_free (left_out);
}

void
rt_lan_left_out_add (GPtrArray *list, int interface, int protocol, const char *name, const char *domain, guint flags)
{
  RtLanLeftOut *left_out;

  rt_lan_left_out_remove (list, interface, protocol, name, domain);
  if (list->len >= RT_LAN_MAX_LEFT_OUT)
    return;
  left_out = g_new0 (RtLanLeftOut, 1);
  left_out->interface = interface;
  left_out->protocol = protocol;
  left_out->name = g_strndup (name, RT_LAN_MAX_NAME + 1);
  left_out->domain = g_strndup (domain, RT_LAN_MAX_DOMAIN + 1);
  left_out->flags = flags;
  g_ptr_array_add (list, left_out);
}

gboolean
rt_lan_left_out_remove (GPtrArray *list, int interface, int protocol, const char *name, const char *domain)
{
  for (guint i = 0; i < list->len; i++)
    {
      RtLanLeftOut *left_out = list->pdata[i];

      if (left_out->interface != interface || left_out->protocol != protocol || strncmp (left_out->name, name, RT_LAN_MAX_NAME + 1) != 0 ||
          strncmp (left_out->domain, domain, RT_LAN_MAX_DOMAIN + 1) != 0)
        continue;
      g_ptr_array_remove_index (list, i);
      return TRUE;
    }
  return FALSE;
}
