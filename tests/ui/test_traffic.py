#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of frames with a real peer and real keys: what is said is seen, filtered, paused and exported."""
import json
import os

from scenario import Scenario, free_port, tap
from accessible import poll
from window import plain


class Traffic(Scenario):
    def open_traffic(self):
        self.port = free_port()
        w = self.start()
        w.first_run('Ada')
        w.create_network(subnet='club', encryption='Plaintext', host='127.0.0.1', port=self.port)
        w.show_traffic()
        self.app.wait_for('search box', 'Filter frames', timeout=20)
        peer = self.guest('rt', self.port, 'Plaintext')
        w.wait_network('club, 1 peer')
        return w, peer

    def frames(self):
        """The rows, as a screen reader reads them."""
        found = self.app.find('list', 'Frames')
        return [n.name for n in found.find_all('list item', states=())] if found else []

    def wait_frames(self, what, check, timeout=30):
        return poll(lambda: f'{what} in {self.frames()}', lambda: check(self.frames()), timeout)

    def say(self, peer, *texts):
        for text in texts:
            peer.do('send', packets=[text])

    def test_filter(self):
        w, peer = self.open_traffic()
        self.say(peer, 'the tea is ready', 'and the cake')
        self.wait_frames('frames of both', lambda f: sum('broadcast' in n.lower() for n in f) >= 2)
        self.picture('traffic')
        # by keyboard: find, type, and everything again
        before = len(self.frames())
        self.desk.press('ctrl+f')
        self.desk.type('and the cake')
        shown = self.wait_frames('one frame', lambda f: len(f) == 1 and f)
        self.assertRegex(shown[0], '(?i)broadcast')
        w.wait_text(r'1 of \d+ frames')
        self.picture('traffic-filtered')
        self.desk.press('ctrl+a')
        self.desk.type('no such words')
        w.wait_text('^No such frames$')
        w.tab_to('button', 'Show all frames')
        self.desk.press('space')
        self.wait_frames('all of them', lambda f: len(f) >= before)
        # dropped ones only: there are none. From the filter on: the list in between becomes longer all the time.
        self.desk.press('ctrl+f')
        w.tab_to('button', 'Dropped frames only')
        self.desk.press('space')
        w.wait_text('^No such frames$')
        self.desk.press('space')
        self.wait_frames('all of them', lambda f: len(f) >= before)
        self.quit()

    def test_details(self):
        """What is in a frame, beside the list."""
        w, peer = self.open_traffic()
        self.say(peer, 'the tea is ready')
        self.wait_frames('the frame', lambda f: any('broadcast' in n.lower() for n in f))
        self.desk.press('ctrl+f')
        self.desk.type('tea is ready')           # all of it: three letters may be in a key or an id of a hello
        self.wait_frames('one frame', lambda f: len(f) == 1)
        w.tab_to('list item', self.frames()[0])
        self.desk.press('Return')
        poll('the packets in the side pane', lambda: any('the tea is ready' in n.text for n in self.app.find_all('text box', 'Packets')), 30)
        self.picture('traffic-details')
        self.quit()

    def test_pause(self):
        w, peer = self.open_traffic()
        self.say(peer, 'before')
        self.wait_frames('a frame', lambda f: any('broadcast' in n.lower() for n in f))
        w.tab_to('button', 'Pause')
        self.desk.press('space')
        n = len(self.frames())
        self.say(peer, 'meanwhile 1', 'meanwhile 2', 'meanwhile 3')
        w.wait_text(r'^[1-9]\d* frames? not', timeout=30)
        self.picture('traffic-paused')
        self.assertEqual(len(self.frames()), n, 'the list goes on though it is paused')
        w.tab_to('button', 'Pause')
        self.desk.press('space')
        self.say(peer, 'after')
        self.wait_frames('one more', lambda f: len(f) > n)
        self.quit()

    def exported(self, path):
        """What is in the file, once all of it is there."""
        try:
            with open(path, encoding='utf-8') as f:
                return [json.loads(line) for line in f]
        except (FileNotFoundError, ValueError):
            return []

    def test_export(self):
        w, peer = self.open_traffic()
        self.say(peer, 'the tea is ready')
        self.wait_frames('the frame', lambda f: any('broadcast' in n.lower() for n in f))
        path = os.path.join(self.desk.dir, 'home', 'frames.jsonl')
        w.press_button('Menu of the frames')
        self.app.wait_for('menu item', plain('Export…'), timeout=20).click()
        poll('the dialog', lambda: w.dialog() is not None, 20)
        self.desk.settle()
        self.picture('traffic-export')
        self.desk.press('ctrl+a')
        self.desk.type(path + '\n')
        # What the window says of it goes by itself after a while, which on a slow machine is too soon to be read.
        lines = poll('the frames in the file', lambda: self.exported(path), 30)
        self.assertGreater(len(lines), 1)
        self.assertTrue(any('the tea is ready' in json.dumps(line) for line in lines), lines)
        self.quit()


if __name__ == '__main__':
    tap.main()
