# SPDX-License-Identifier: GPL-3.0-or-later
# Minimal stand-in for the PyPI package async_promises (not in Debian).
import threading


class Promise(object):
    def __init__(self, executor, _args=()):
        self._done = threading.Event()
        self._value = None
        self._error = None

        def resolve(v=None):
            if not self._done.is_set():
                if isinstance(v, Promise):
                    try:
                        v = v.get()
                    except Exception as e:
                        return reject(e)
                self._value = v
                self._done.set()

        def reject(e=None):
            if not self._done.is_set():
                self._error = e if isinstance(e, BaseException) else Exception(e)
                self._done.set()

        def run():
            try:
                executor(resolve, reject)
            except Exception as e:
                reject(e)

        t = threading.Thread(target=run)
        t.daemon = True
        t.start()

    @property
    def isPending(self):
        return not self._done.is_set()

    def get(self, timeout=None):
        self._done.wait(timeout)
        if self._error is not None:
            raise self._error
        return self._value

    def then(self, ok=None, bad=None):
        def ex(resolve, reject):
            try:
                v = self.get()
            except Exception as e:
                if bad is None:
                    return reject(e)
                return resolve(bad(e))
            resolve(ok(v) if ok else v)
        return Promise(ex)

    def catch(self, bad):
        return self.then(None, bad)

    @classmethod
    def resolve(cls, v=None):
        return cls(lambda r, j: r(v))

    @classmethod
    def reject(cls, e=None):
        return cls(lambda r, j: j(e))
