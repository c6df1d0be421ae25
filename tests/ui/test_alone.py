#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody is there: the demonstration, begun by keys, and the lab mode in it."""
from scenario import Scenario, tap


class Alone(Scenario):
    def test_demo_and_lab(self):
        w = self.start()
        w.wait_text('Welcome to Roundtable')
        self.desk.type('Eve')
        w.tab_to('button', 'Try the demo')
        self.picture('first-run-demo')
        self.desk.press('space')
        w.wait_network('Demo')
        w.message('Write something', timeout=30)
        w.wait_text('2 peers')
        w.tab_to('text box', 'Message')
        self.desk.type('hello, Cleo\n')
        w.message('choose Reply', timeout=30)
        self.picture('demo-chat')
        w.say('next')
        w.message('Reply privately', timeout=30)

        # split off, what is said waits; when it is over it leaves, and is answered
        w.network_menu('Demo', 'Lab mode…')
        w.wait_dialog('Lab mode')
        self.picture('lab-dialog')
        w.in_front('switch', 'Everybody').click()
        w.wait_text('Lab mode: apart from everybody')
        self.picture('lab-dialog-split')
        self.desk.press('Escape')
        w.wait_no_dialog()
        w.wait_text('Looking for peers')
        w.say('next')
        w.wait_text('Queued')
        self.picture('lab-split')
        w.press_button('Stop')
        w.wait_text('2 peers')
        w.message('Table page', timeout=30)
        self.picture('lab-healed')

        w.network_menu('Demo', 'Leave…')
        w.press_button('Leave')
        w.wait_no_network('Demo')
        self.quit()


if __name__ == '__main__':
    tap.main()
