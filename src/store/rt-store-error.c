/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-store-error.h"

#include <errno.h>

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
