#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hands of a person in the chat: text is selected, copied and written, links are looked at, keys of the table are cited; and what a screen reader is told of it.

With ROUNDTABLE_PICTURES=FOLDER pictures of it go there.
"""
import os
import re
import sys

from scenario import tap
from accessible import poll
from harness import BROADCAST
from seeded import PATIENT, Seeded

LINES = 'The first line is this\nA second one, ünd some\nThird'


class Hands(Seeded):
    def hear(self, guest, text):
        guest.do('send', packets=[text])
        return self.window.row(text.split('\n')[0])

    def body(self, row, text):
        """The words of the message themselves."""
        return poll(f'the words {text!r}', lambda: row.find('label', re.compile('^' + re.escape(text)), states=()), PATIENT)

    def copied(self):
        """What was copied, as somebody gets it who pastes it where one writes."""
        w = self.window
        w.composer()
        self.desk.press('ctrl+a', 'Delete', 'ctrl+v')
        poll('what was copied', w.written, PATIENT)
        text = w.written()
        self.desk.press('ctrl+a', 'Delete')
        poll('nothing to be written', lambda: not w.written(), PATIENT)
        return text

    def drag(self, node, start, end):
        """From one place in it to another one, each as (part of its width, part of its height)."""
        x, y, width, height = node.extents
        left, top = self.app.window_origin(node)
        at = [(left + x + int(px * (width - 1)), top + y + int(py * (height - 1))) for px, py in (start, end)]
        self.desk.drag(*at[0], *at[1])

    def focused_row(self, row):
        return poll(f'the keyboard to be at {row!r}', lambda: 'focused' in row.states, PATIENT)

    def choose_item(self, name):
        """In the menu that is open, by arrows and Enter."""
        item = self.window.part('menu item', '^_?' + '_?'.join(map(re.escape, name)), ('Messages',))
        for _ in range(12):
            if 'focused' in item.states:
                break
            self.desk.press('Down')
            self.desk.settle()
        else:
            self.fail(f'the arrows do not come to {name!r}')
        self.desk.press('Return')

    def focused_message(self, text):
        """The row of this text has the keyboard."""
        def look():
            return next((n for n in self.window.timeline().children if n.role == 'list item' and n.name.endswith(': ' + text) and 'focused' in n.states), None)
        return poll(f'the keyboard to be at {text!r}', look, PATIENT)

    def no_menu(self):
        poll('the menu to go', lambda: self.window.look('menu item', '', ('Messages',)) is None, PATIENT)

    # ---- reading ----

    def test_select(self):
        """Text is selected by the pointer and by keys, over several lines, and copied as it is."""
        w, guest = self.talk()
        row = self.hear(guest, LINES)
        body = self.body(row, LINES)
        self.drag(body, (0.0, 0.1), (0.99, 0.95))
        self.picture('selected')
        self.desk.press('ctrl+c')
        self.assertEqual(self.copied(), LINES)
        # from within the first line into the second
        self.drag(body, (0.2, 0.15), (0.3, 0.5))
        self.desk.press('ctrl+c')
        part = self.copied()
        self.assertIn(part, LINES)
        self.assertIn('\n', part)
        # a word
        x, y = self.app.window_origin(body)
        self.desk.click(x + body.extents[0] + 4, y + body.extents[1] + 8, count=2)
        self.desk.press('ctrl+c')
        self.assertEqual(self.copied(), 'The')
        # all of it by keys, then less
        row.click()
        self.desk.press('ctrl+a', 'shift+Left', 'shift+Left', 'ctrl+c')
        self.assertEqual(self.copied(), LINES[:-2])
        row.click()
        self.desk.press('ctrl+a', 'shift+Up', 'ctrl+c')
        part = self.copied()
        self.assertTrue(LINES.startswith(part) and part.count('\n') == 1, part)
        # with nothing selected it is the message: a click beside the text, or Escape
        row.click()
        self.desk.press('ctrl+c')
        self.assertEqual(self.copied(), LINES)
        row.click()
        self.desk.press('ctrl+a', 'shift+Up', 'shift+Tab', 'Escape', 'ctrl+c')
        self.assertEqual(self.copied(), LINES)
        self.quit()

    def test_menu(self):
        """The menu of a message comes by its keys, copies, and leaves the keyboard where it was; Enter leads to the original."""
        w, guest = self.talk()
        self.hear(guest, 'What shall we cook?')
        w.row('What shall we cook?').click()
        self.focused_row(w.row('What shall we cook?'))
        self.desk.press('Menu')
        w.part('menu item', 'Copy', ('Messages',))
        self.desk.settle()
        self.picture('menu')
        self.desk.press('Escape')
        self.no_menu()
        self.focused_row(w.row('What shall we cook?'))
        self.desk.press('shift+F10')
        self.choose_item('Copy')
        self.no_menu()
        self.assertEqual(self.copied(), 'What shall we cook?')
        w.row('What shall we cook?').click()
        self.desk.press('shift+F10')
        self.choose_item('Reply')
        w.part('label', '^Reply to everybody$')
        self.picture('reply-bar')
        self.desk.type('Soup\n')
        guest.wait_message([BROADCAST, 'Soup'])
        for i in range(4):
            guest.do('send', packets=[f'Line {i} of those\nthat are\nbetween'])
        w.row('Line 3 of').click()
        # up to the answer by arrows; its quote is the next stop, and leads to what it answers
        self.desk.press('Up', 'Up', 'Up', 'Up')
        self.focused_message('Soup')
        self.desk.press('Tab', 'Return')
        self.focused_message('What shall we cook?')
        self.quit()

    def test_links(self):
        """An address is looked at before it is opened: where it truly leads, by pointer and by keys."""
        opened = self.browser()
        w, guest = self.talk()
        row = self.hear(guest, 'https://example.org/tea is where')
        body = self.body(row, 'https://example.org/tea')
        x, y = self.app.window_origin(body)
        self.desk.click(x + body.extents[0] + 30, y + body.extents[1] + 8)
        w.part('label', '^https://example.org/tea$')
        self.desk.settle()
        self.picture('link')
        self.desk.press('Escape')
        poll('the dialog to go', lambda: w.dialog() is None, PATIENT)
        self.assertEqual(opened(), '')
        # by keys: the address is the first stop in the row
        w.row('https://example.org/tea').click()
        self.desk.press('Tab')
        poll('the link to have the keyboard', lambda: (n := w.focused()) is not None and n.name.startswith('Link https://example.org/tea'), PATIENT)
        self.picture('link-focus')
        self.desk.press('Return')
        w.part('label', '^https://example.org/tea$')
        self.desk.press('Return')
        poll('it to be opened', lambda: opened() == 'https://example.org/tea\n', PATIENT)
        poll('the dialog to go', lambda: w.dialog() is None, PATIENT)
        # letters that look like others: shown for what they are, and Enter does not open it
        odd = self.hear(guest, 'https://аpple.com/ too')
        odd.click()
        self.desk.press('Tab', 'Return')
        w.part('label', '^https://xn--pple-43d.com/$')
        self.desk.settle()
        self.picture('link-odd')
        self.desk.press('Return')
        poll('the dialog to go', lambda: w.dialog() is None, PATIENT)
        self.assertEqual(opened(), 'https://example.org/tea\n')
        self.quit()

    def browser(self):
        """A program that opens addresses; what it was given."""
        said, script = f'{self.desk.dir}/opened', f'{self.desk.dir}/browser'
        with open(script, 'w') as f:
            f.write(f'#!/bin/sh\nprintf "%s\\n" "$1" >> {said}\n')
        os.chmod(script, 0o755)
        os.makedirs(f'{self.desk.dir}/data/applications')
        with open(f'{self.desk.dir}/data/applications/browser.desktop', 'w') as f:
            f.write(f'[Desktop Entry]\nType=Application\nName=Browser\nExec={script} %u\nMimeType=x-scheme-handler/https;\n')
        with open(f'{self.desk.dir}/config/mimeapps.list', 'w') as f:
            f.write('[Default Applications]\nx-scheme-handler/https=browser.desktop\n')

        def opened():
            if not os.path.exists(said):
                return ''
            with open(said, encoding='utf-8') as f:
                return f.read()
        return opened

    # ---- writing ----

    def test_write(self):
        """Enter sends, Shift+Enter does not; Tab leads on and F6 out; emoji come by keys."""
        w, guest = self.talk()
        w.composer()
        self.desk.type('One')
        self.desk.press('shift+Return')
        self.desk.type('Two')
        poll('two lines', lambda: w.written() == 'One\nTwo', PATIENT)
        self.desk.press('Return')
        guest.wait_message([BROADCAST, 'One\nTwo'])
        poll('nothing to be written', lambda: not w.written(), PATIENT)
        # neither is kept by the text
        self.desk.type('x')
        w.tab_to('button', 'Send')
        w.tab_to('text box', 'Message', 'shift+Tab')
        self.assertEqual(w.written(), 'x')
        for key in ('F6', 'shift+F6'):
            w.composer()
            before = w.focused()
            self.desk.press(key)
            poll(f'{key} to lead elsewhere', lambda: (n := w.focused()) is not None and n != before, PATIENT)
        w.composer()
        self.desk.press('ctrl+a', 'Delete', 'ctrl+period')
        # a search field of its own
        poll('the emoji', lambda: (n := w.focused()) is not None and n.role != 'text box' or w.look('search box', ''), PATIENT)
        self.desk.settle()
        self.desk.type('teapot')
        self.desk.settle()
        self.picture('emoji')
        self.desk.press('Down', 'Return')
        poll('the emoji in the text', lambda: w.written().startswith('🫖'), PATIENT)
        text = w.written()
        self.desk.press('Return')
        guest.wait_message([BROADCAST, text])
        self.quit()

    def test_cite(self):
        """A key is offered while it is written, chosen by arrows and Enter; its chip leads to it, and it leads back to the message."""
        w, guest = self.talk('lab', 'sync')
        w.pages = ['chat', 'table', 'peers', 'traffic']
        for key, value in (('tea/green', 'Sencha'), ('tea/black', 'Assam'), ('bread', 'Rye')):
            guest.do('set', key=key, value=value)
        w.show_page('table')
        w.key('tea/black: Assam')
        w.composer()
        self.desk.type('Bring #tea')
        offered = w.part('list', '^Keys of the table$')
        rows = poll('the keys', lambda: [' '.join(n.labels()) for n in offered.children], PATIENT)
        self.assertEqual(rows, ['tea/black Assam', 'tea/green Sencha'])
        self.desk.settle()
        self.picture('completion')
        self.desk.press('Down', 'Up', 'Down', 'Return')
        poll('the key', lambda: w.written() == 'Bring #tea/green ', PATIENT)
        # Escape leaves what was written; Enter sends it then
        self.desk.type('or #te')
        w.part('list', '^Keys of the table$')
        self.desk.press('Escape')
        w.no_part('list', '^Keys of the table$')
        self.assertEqual(w.written(), 'Bring #tea/green or #te')
        self.desk.press('Return')
        guest.wait_message([BROADCAST, 'Bring #tea/green or #te'])
        row = w.row('Bring #tea/green')
        chip = poll('the chip', lambda: row.find('button', re.compile('^tea/green: Sencha$'), states=()), PATIENT)
        self.hear(guest, 'I take #bread and #tea/black')
        self.picture('chips')
        chip.click()
        cites = w.part(None, 'Messages that cite it', ('RtTablePage',))
        self.desk.settle()
        self.picture('cites')
        there = w.look('list', '^Messages that cite the key$', ('RtTablePage',))
        if there is None:
            cites.click()
            there = w.part('list', '^Messages that cite the key$', ('RtTablePage',))
        found = poll('the message', lambda: there.children, PATIENT)
        found[0].click()
        self.focused_message('Bring #tea/green or #te')
        self.quit()

    # ---- being read to ----

    def test_reader(self):
        """A screen reader finds the rows that are there and no others, and is told what comes."""
        told = self.desk.listen('PropertyChange', 'accessible-description')
        w, guest = self.talk()
        for i in range(60):
            guest.do('send', packets=[f'Number {i} of many' + '\nand more' * (i % 3)])
        w.row('Number 59 of many')
        w.row('Number 59 of many').click()
        for _ in range(6):
            self.desk.press('Prior')
            self.desk.settle()
        self.picture('reader')
        names = self.names()
        self.assertEqual(len(names), len(set(names)), names)
        numbers = [int(re.search('Number ([0-9]+) ', n)[1]) for n in names]
        self.assertEqual(numbers, list(range(numbers[0], numbers[-1] + 1)), 'rows that are put away are still read')
        sender = guest.id[:4]
        self.assertRegex(names[0], f'^{sender}….*, [0-9:]+.*: Number ')
        w.composer()
        self.desk.press('alt+End')
        w.composer()
        guest.do('send', packets=['Can you\nhear me?'])
        poll(lambda: f'the message to be read out, but that was {told}', lambda: any(re.search(f'{sender}….*: Can you hear me\\?', t) for t in told()), PATIENT)
        self.quit()

    def names(self):
        return [n.name for n in self.window.timeline().children if n.role == 'list item']


# A suite of minutes, on a machine that has time for it (make check-deep, with UI_DEEP); of all runs a part.
QUICK = ('Hands.test_menu', 'Hands.test_select')

if __name__ == '__main__':
    tap.main(argv=sys.argv if len(sys.argv) > 1 or os.environ.get('UI_DEEP') else ['', *QUICK])
