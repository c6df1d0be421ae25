/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <msgpack.h>

#include "p2p-value.h"

G_BEGIN_DECLS

/* Internal: a packer that appends to a GByteArray. */
void     p2p_packer_init   (msgpack_packer *self, GByteArray *into);
gboolean p2p_value_pack_to (GVariant *value, msgpack_packer *packer, GError **error);
/* Text that GVariant has a form for: UTF-8 without a NUL. */
gboolean p2p_text_is_valid (const char *text, gsize length);

G_END_DECLS
