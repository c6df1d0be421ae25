#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of all three kinds of nodes in a line, ours in the middle; deletes where a js2p is; two who write in one second."""
import time

from harness import NOWHERE, main, until
from test_sync import TableTest


class Line(TableTest):
    def line(self, left, right):
        """Its ends announce an address where nobody is, so it stays one."""
        ends = [self.start(kind, '--out-addr', NOWHERE) for kind in (left, right)]
        ours = self.start('rt')
        for end in ends:
            self.connect(end, ours)
        return ends[0], ours, ends[1]

    def test_py_ours_js(self):
        """What each writes all have; a delete costs nobody a link."""
        py, ours, js = everybody = self.line('py', 'js')
        for writer in everybody:
            writer.do('set', key='of ' + writer.kind, value=['by', writer.kind])
            writer.do('delta', key='map of ' + writer.kind, value={writer.kind: 1})
        for peer in everybody:
            for writer in everybody:
                self.expect(peer, 'of ' + writer.kind, ['by', writer.kind])
                self.expect(peer, 'map of ' + writer.kind, {writer.kind: 1})
                self.assertEqual(self.meta(peer, 'of ' + writer.kind)[0], writer.id)
        self.next_second(*((ours, 'of ' + writer.kind) for writer in everybody))
        for peer in everybody:
            for writer in everybody:
                if writer is not peer:
                    self.assertFalse(peer.ask('set', key='of ' + writer.kind, value='stolen')['ok'])

        # js2p drops the link that brings nil (quirk J2): it gets the empty string, and so does py2p. Ours know what it means.
        far = self.start('rt', '--out-addr', NOWHERE)
        self.connect(far, ours)
        self.expect(far, 'of rt', ['by', 'rt'])
        ours.do('del', key='of rt')
        self.assert_absent(ours, 'of rt')
        self.expect(js, 'of rt', '')
        self.expect(py, 'of rt', '')
        self.expect_none(far, 'of rt')
        self.assert_absent(far, 'of rt')
        self.assertEqual(ours.ask('del', key='of rt')['code'], 'P2P_TABLE_ERROR_NOT_FOUND')
        # A delete of py2p's own is passed on to whoever bears it.
        py.do('del', key='of py')
        self.expect_none(ours, 'of py')
        self.expect_none(far, 'of py')
        # Written again it is there again, everywhere.
        ours.do('set', key='of rt', value='again')
        for peer in (py, js, far):
            self.expect(peer, 'of rt', 'again')
        js.do('set', key='last', value='word')
        self.expect(py, 'last', 'word')
        for end in (py, js, far):
            self.assertIsNotNone(end.link_to(ours))

    def test_keys_that_kill_js2p(self):
        """`__proto__` and its like: it neither gets them from us nor do we take them for ours while it is linked."""
        py, ours, js = self.line('py', 'js')
        for key in ('__proto__', 'constructor', 'toString'):
            self.assertEqual(ours.ask('set', key=key, value='x')['code'], 'P2P_TABLE_ERROR_JS2P_KEY', key)
        ours.do('set', key='well', value='x')
        self.expect(js, 'well', 'x')
        self.expect(py, 'well', 'x')


class Encrypted(TableTest):
    def test_all_kinds(self):
        ours = self.start('rt', '--encryption', 'SSL')
        ours.do('set', key='ours', value='before')
        for kind in ('py', 'js'):
            other = self.start(kind, '--encryption', 'SSL', '--out-addr', NOWHERE)
            self.connect(other, ours)
            self.expect(other, 'ours', 'before')
            other.do('set', key='of ' + kind, value=kind)
            self.expect(ours, 'of ' + kind, kind)
            ours.do('set', key='after ' + kind, value=1)
            self.expect(other, 'after ' + kind, 1)


class OneSecond(TableTest):
    def test_py2p_throws(self):
        """py2p, whose ids are bytes where ours are text, cannot compare two writers of one second: it drops the link that brought
        the second write (quirk B4). Nobody can spare it that; the link comes back, and all later writes arrive."""
        ours, py = self.start('rt'), self.start('py')
        self.connect(py, ours)
        self.may_lose.update((ours, py))
        until(lambda: time.time() % 1 < 0.3, 'a second to begin')
        n = 0

        def stumbled():
            nonlocal n
            answers = []
            for _ in range(5):
                n += 1
                answers += [peer.begin('set', key='key %d' % n, value=peer.kind) for peer in (ours, py)]
            for answer in answers:
                answer()
            return py.went_wrong()
        wrong = until(stumbled, 'py2p to stumble')
        self.assertIn('TypeError', wrong[0])
        self.wait_back(ours, py)
        ours.do('set', key='ours after it', value='x')
        self.expect(py, 'ours after it', 'x')
        py.do('set', key='theirs after it', value='y')
        self.expect(ours, 'theirs after it', 'y')
        # Nothing but that, and what it was writing to a link when it dropped it.
        wrong = py.went_wrong()
        broken = [w for w in wrong if 'self.sock.send(msg.string)\nBrokenPipeError: ' in w]
        thrown = [w for w in wrong if 'TypeError' in w]
        self.assertEqual(len(wrong), len(thrown) + len(broken), wrong)
        self.assertLessEqual(len(broken), len(thrown), wrong)

    def wait_back(self, *peers):
        """The link, at both ends, for longer than it takes to break again."""
        def is_up():
            return all(a.link_to(b) for a in peers for b in peers if a is not b)
        until(is_up, 'the link to come back')


if __name__ == '__main__':
    main()
