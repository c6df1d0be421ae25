#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person and a real js2p program talk: by real keys, over real sockets, with and without encryption."""
from scenario import Scenario, free_port, require_js2p, tap
from harness import BROADCAST, WHISPER


class Talk(Scenario):
    encryption = 'Plaintext'

    def setUp(self):
        require_js2p()
        super().setUp()

    def open_network(self):
        self.port = free_port()
        w = self.start()
        w.first_run('Ada')
        w.create_network(subnet='club', encryption=self.encryption, host='127.0.0.1', port=self.port)
        return w

    def test_talk(self):
        w = self.open_network()
        js = self.guest('js', self.port, self.encryption)

        js.do('send', packets=['Hello from js2p'])
        row = w.message('Hello from js2p')
        self.assertIn(js.id[:4], row.name, 'the row does not say who spoke')

        w.say('Hello from Roundtable, ünïcödé and all')
        js.wait_message([BROADCAST, 'Hello from Roundtable, ünïcödé and all'])
        w.message('Hello from Roundtable')

        w.reply_privately('Hello from js2p', 'For you alone')
        js.wait_message([WHISPER, 'For you alone'])
        self.assertRegex(w.message('For you alone').name, '(?i)private')

        js.do('reply-last', packets=['And for you'])
        self.assertRegex(w.message('And for you').name, '(?i)private')

        w.show_peers()
        w.wait_text(f'{js.host}:{js.port}')
        self.picture(f'peers-{self.encryption}')
        js.kill()
        w.wait_text('(?i)looking for peers')
        self.quit()

    def test_markup_is_text(self):
        w = self.open_network()
        js = self.guest('js', self.port, self.encryption)
        for text in ('<b>x</b> & <span foreground="red">y</span>', '<a href="https://example.org">z</a>', '&amp;amp; %s %n'):
            js.do('send', packets=[text])
            w.message(text)
        self.quit()


class TalkEncrypted(Talk):
    encryption = 'SSL'


if __name__ == '__main__':
    tap.main()
