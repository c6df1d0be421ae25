#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window in each of its looks, with a talk in it: light, dark, 360 px wide, right to left. Pictures go to build/ui-screenshots."""
import os

from scenario import Scenario, arabic_locale, free_port, tap

WHY = 'Why can’t I reach …?'


class Looks(Scenario):
    def open_talk(self, **env):
        """The window with a network in it, in which another has spoken."""
        w = self.start(**env)
        port = free_port()
        w.first_run('Ada')
        w.create_network(subnet='club', host='127.0.0.1', port=port)
        other = self.guest('rt', port)
        other.do('send', packets=['Good evening! Is this thing on?'])
        w.message('Is this thing on?')
        w.say('It is. A somewhat longer answer, so that one sees where a line that does not fit into its bubble is broken, and how.')
        w.message('It is.')
        other.do('send', packets=['A list', 17, 2.5, None, True, {'$b': '00ff10'}, ['a', 'b']])
        w.message('17')
        return w, other

    def all_pages(self, w, look):
        w.show_chat()
        self.picture(f'chat-{look}')
        w.show_peers()
        self.picture(f'peers-{look}')
        w.press_button(WHY)
        w.wait_dialog(WHY)
        self.picture(f'why-{look}')
        self.desk.press('Escape')
        w.wait_no_dialog()
        w.show_traffic()
        self.picture(f'traffic-{look}')
        w.show_chat()
        for keys, title in (('ctrl+comma', 'Preferences'), ('ctrl+shift+f', 'Search messages')):
            self.desk.press(keys)
            w.wait_dialog(title)
            self.picture(f'{title.split()[0].lower()}-{look}')
            self.desk.press('Escape')
            w.wait_no_dialog()

    def test_light_and_dark(self):
        w, _ = self.open_talk()
        self.all_pages(w, 'light')
        self.desk.set_dark(True)
        self.all_pages(w, 'dark')
        self.quit()

    def test_narrow(self):
        w, other = self.open_talk()
        self.desk.resize(self.app, 360, 600)
        self.assertEqual(w.size()[0], 360, 'the window is wider than 360 px at its narrowest')
        self.all_pages(w, 'narrow')
        mark = other.mark()
        w.say('Typed on a narrow window')
        other.wait_message([0, 'Typed on a narrow window'], mark)
        w.press_button('Back to the networks')
        self.picture('networks-narrow')
        self.assertTrue(w.focused().name.startswith('club'), f'{w.focused()} has the focus, not the network one comes from')
        w.select_network('club')
        w.message('Typed on a narrow window')
        self.quit()

    def test_right_to_left(self):
        env = arabic_locale(os.path.join(self.desk.dir, 'locale'))
        if env is None:
            tap.skip_or_fail('no Arabic locale without localedef and msgfmt')
        w, _ = self.open_talk(**env)
        send, message = self.app.find('button', 'Send'), self.app.find('text box', 'Message')
        self.assertLess(send.extents[0], message.extents[0], 'the button to send is not on the left of the text')
        self.all_pages(w, 'rtl')
        self.quit()


if __name__ == '__main__':
    tap.main()
