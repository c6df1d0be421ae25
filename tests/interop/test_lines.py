#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three nodes in a line, ours in each of the three places: what is relayed, and what finds its way back."""
from harness import BROADCAST, NOWHERE, WHISPER, NetworkTest, b, main
from pairs import SUBFLAGS, noise


class Line(NetworkTest):
    """Nodes tell each other whom they know, and would soon be a triangle. The two ends announce an address where nobody is,
    the same one: each takes the other's for its own, and none dials it."""

    def line(self, *kinds):
        nodes = [self.start(kind, *(['--out-addr', NOWHERE] if i != 1 else [])) for i, kind in enumerate(kinds)]
        self.connect(nodes[0], nodes[1])
        self.connect(nodes[2], nodes[1])
        return nodes

    def assert_line(self, left, middle, right):
        for end in (left, right):
            self.assertEqual([link['addr'] for link in end.table() if link['addr']], [[middle.host, middle.port]])

    def check(self, *kinds):
        left, middle, right = self.line(*kinds)
        for sender, receiver in ((left, right), (right, left)):
            since = receiver.mark()
            words = 'from %r to %r' % (sender, receiver)
            sender.do('send', packets=[words, b('bytes'), 5])
            message = receiver.wait_message([BROADCAST, words, b('bytes'), 5], since)
            self.assertEqual(message['sender'] if isinstance(message['sender'], str) else bytes.fromhex(message['sender']['$b']).decode(),
                             sender.id)
            middle.wait_message([BROADCAST, words, b('bytes'), 5])
            text = noise(70000, words)
            sender.do('send', packets=[text])
            receiver.wait_message([BROADCAST, text], since)
        middle.do('send', packets=['from the middle'])
        left.wait_message([BROADCAST, 'from the middle'])
        right.wait_message([BROADCAST, 'from the middle'])
        # A whisper goes no further than the neighbour.
        left.do('whisper', id=middle.id, packets=['for the middle'])
        middle.wait_message([WHISPER, 'for the middle'])
        left.do('send', packets=['the end'])
        right.wait_message([BROADCAST, 'the end'])
        for node in (left, middle, right):
            got = [str(e['packets']) for e in node.events if e['ev'] == 'message']
            self.assertEqual(len(got), len(set(got)), '%r was told something twice' % node)
        self.assertFalse([e for e in right.events if e['ev'] == 'message' and 'for the middle' in e['packets']])
        self.assert_line(left, middle, right)
        return left, middle, right

    # Ours on the left
    def test_rt_py_py(self):
        self.check('rt', 'py', 'py')

    def test_rt_js_js(self):
        self.check('rt', 'js', 'js')

    def test_rt_py_js(self):
        self.check('rt', 'py', 'js')

    def test_rt_js_py(self):
        self.check('rt', 'js', 'py')

    # in the middle
    def test_py_rt_py(self):
        self.check('py', 'rt', 'py')

    def test_js_rt_js(self):
        self.check('js', 'rt', 'js')

    def test_py_rt_js(self):
        self.check('py', 'rt', 'js')

    # on the right, where the link is the relay's second
    def test_py_py_rt(self):
        self.check('py', 'py', 'rt')

    def test_js_js_rt(self):
        self.check('js', 'js', 'rt')

    def test_py_js_rt(self):
        self.check('py', 'js', 'rt')

    def test_js_py_rt(self):
        self.check('js', 'py', 'rt')

    # and everywhere but in one place
    def test_rt_py_rt(self):
        self.check_subflags(*self.check('rt', 'py', 'rt'))

    def test_rt_js_rt(self):
        self.check_subflags(*self.check('rt', 'js', 'rt'))

    def test_rt_rt_rt(self):
        self.check_subflags(*self.check('rt', 'rt', 'rt'))

    def check_subflags(self, left, middle, right):
        """Sub-flags of an application's own, of any type, are relayed by whoever stands in between."""
        for i, subflag in enumerate(SUBFLAGS):
            left.do('send', packets=['own %d' % i], type=subflag)
            right.wait_message([subflag, 'own %d' % i])

    def test_their_own_subflags_pass_us(self):
        for kind in ('js', 'py'):
            left, middle, right = self.line(kind, 'rt', 'rt')
            for i, subflag in enumerate(SUBFLAGS):
                left.do('send', packets=['own %d' % i], type=subflag)
                right.wait_message([subflag, 'own %d' % i])

    def test_one_that_leaves_takes_nobody_along(self):
        # py2p asks its neighbours for peers when it has lost a link, in a form that py2p itself stumbles over (quirk B1).
        for kind in ('py', 'js'):
            left, middle, right = self.line(kind, 'rt', kind)
            self.links = [(right, middle)]
            left.kill()
            self.peers.remove(left)
            gone = middle.wait_event('peer-removed')
            self.assertEqual(gone['id'], left.id)
            right.do('send', packets=['are you there?'])
            middle.wait_message([BROADCAST, 'are you there?'])
            middle.do('send', packets=['I am'])
            right.wait_message([BROADCAST, 'I am'])
            self.assert_links_up()
            self.may_lose.add(middle)


class Reply(NetworkTest):
    """To a node that is no neighbour: it is looked for through the relay, dialled and told. Only ours completes this: py2p 0.7
    raises AttributeError when it replies to a node that it has no link to (P3), js2p throws when the response to its own
    request arrives (J5). So the answer is always ours."""

    def check(self, relay, other):
        # The relay tells whoever comes of those who are there, so ours comes last, and does not dial by itself. (To announce
        # nowhere would not do: a dial that failed leaves py2p with a dead entry, and the closing of that with quirk B1.)
        far, middle = self.start(other), self.start(relay)
        self.connect(far, middle)
        ours = self.start('rt', '--max-outgoing', '0')
        self.connect(ours, middle)
        far.do('send', packets=['who can answer?'])
        ours.wait_message([BROADCAST, 'who can answer?'])
        self.assertIsNone(ours.link_to(far))
        self.assertIs(ours.do('reply-last', packets=['I can', 7]), True)
        message = far.wait_message([WHISPER, 'I can', 7])
        self.assertEqual(message['sender'], ours.id)
        self.expect_link(ours, far)
        self.assertFalse([e for e in middle.events if e['ev'] == 'message' and 'I can' in e['packets']])

    def test_to_py_through_py(self):
        self.check('py', 'py')

    def test_to_py_through_rt(self):
        self.check('rt', 'py')

    # Not to py through js: js2p finds no neighbour whose id came as bytes (J1), so it has no answer to the request.

    def test_to_js_through_py(self):
        self.check('py', 'js')

    def test_to_js_through_js(self):
        self.check('js', 'js')

    def test_to_js_through_rt(self):
        self.check('rt', 'js')

    def test_to_rt_through_py(self):
        self.check('py', 'rt')

    def test_to_rt_through_js(self):
        self.check('js', 'rt')

    def test_to_rt_through_rt(self):
        self.check('rt', 'rt')

    def test_to_nobody(self):
        # The sender is gone by the time of the answer: it is looked for in vain, and that is told.
        ours = self.start('rt', '--out-addr', NOWHERE)
        middle = self.start('rt')
        self.connect(ours, middle)
        far = self.start('js')
        far.dial(middle)
        middle.wait_link(far)
        far.do('send', packets=['forget it'])
        ours.wait_message([BROADCAST, 'forget it'])
        far.kill()
        self.peers.remove(far)
        middle.wait_event('peer-removed')
        self.may_lose.add(middle)
        got = ours.ask('reply-last', packets=['too late'], timeout=60)
        self.assertEqual(got['code'], 'P2P_LINK_ERROR_NOT_FOUND')


if __name__ == '__main__':
    main()
