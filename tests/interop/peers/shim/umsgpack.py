# SPDX-License-Identifier: GPL-3.0-or-later
# Debian's umsgpack 2.3.0 uses collections.Hashable (gone in Python 3.10+), so
# decoding any msgpack map raises AttributeError. Restore the alias, then load it.
import collections
import collections.abc
import importlib.util as _u
import sys as _s
if not hasattr(collections, 'Hashable'):
    collections.Hashable = collections.abc.Hashable
_spec = _u.spec_from_file_location('umsgpack', '/usr/lib/python3/dist-packages/umsgpack.py')
_m = _u.module_from_spec(_spec)
_spec.loader.exec_module(_m)
_s.modules['umsgpack'] = _m
