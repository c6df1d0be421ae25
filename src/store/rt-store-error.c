/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-store-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

G_DEFINE_QUARK (rt-store-error-quark, rt_store_error)

RtStoreError
rt_store_error_from_errno (int errsv)
{
  switch (errsv)
    {
    case EACCES:
    case EPERM:
    case EROFS:
      return RT_STORE_ERROR_READ_ONLY;
    case ENOSPC:
    case EDQUOT:
      return RT_STORE_ERROR_FULL;
    default:
      return RT_STORE_ERROR_FAILED;
    }
}

const char *
rt_store_error_get_advice (const GError *error)
{
  if (error->domain != RT_STORE_ERROR)
    return NULL;
  switch ((RtStoreError) error->code)
    {
    case RT_STORE_ERROR_READ_ONLY:
      return _("What is not written is kept in memory as long as Roundtable runs. Make the folder writable: it is written by itself then.");
    case RT_STORE_ERROR_DAMAGED:
      return _("What is not written is kept in memory as long as Roundtable runs. Start Roundtable again: a new database is begun then, with all that can still be read of this one.");
    case RT_STORE_ERROR_FULL:
    case RT_STORE_ERROR_FAILED:
      return _("What is not written is kept in memory as long as Roundtable runs. Make room on the disk: it is written by itself then.");
    case RT_STORE_ERROR_BUSY:
      return _("What is not written is kept in memory as long as Roundtable runs. End the other program that uses the database: it is written by itself then.");
    case RT_STORE_ERROR_TOO_NEW:
    case RT_STORE_ERROR_CLOSED:
    case RT_STORE_ERROR_BAD_KEY:
    case RT_STORE_ERROR_LOCKED:
    case RT_STORE_ERROR_GONE:
    case RT_STORE_ERROR_UNREADABLE:
    default:
      return NULL;
    }
}
