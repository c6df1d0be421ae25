#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of README.md and of the user guide: the programs in them are taken from there and talk with our node."""
import os
import re
import subprocess
import tempfile
import threading
import xml.etree.ElementTree as ET

from harness import BROADCAST, JS2P, NetworkTest, WHISPER, free_address, main, until

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'README.md')
GUIDE = os.path.join(os.path.dirname(README), 'docs', 'guide', 'C', 'programs.page')


class Example(NetworkTest):
    def chat(self, program, *args):
        """A running chat.js, and the lines that it prints."""
        folder = tempfile.TemporaryDirectory(prefix='rt-readme-')
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, 'chat.js')
        with open(path, 'w', encoding='utf-8') as f:
            f.write(program)
        process = subprocess.Popen(['node', path, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
                                   encoding='utf-8', env={**os.environ, 'NODE_PATH': os.path.dirname(JS2P)})
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, '')), daemon=True)
        reader.start()

        def end():
            process.kill()
            process.wait()
            reader.join(5)
            process.stdin.close()
            process.stdout.close()
        self.addCleanup(end)
        return process, lines

    def test_chat(self):
        # the network's name and encryption are those of the text
        ours = self.start('rt', '--encryption', 'Plaintext', subnet='club')
        with open(README, encoding='utf-8') as f:
            program = re.search(r'^```js\n(.*?)^```$', f.read(), re.M | re.S)[1]
        chat, said = self.chat(program, f'{ours.host}:{ours.port}', str(free_address()[1]))
        ours.wait_message([BROADCAST, 'Hello from js2p'])
        chat.stdin.write('Typed into chat.js\n')
        message = ours.wait_message([BROADCAST, 'Typed into chat.js'])
        ours.do('send', packets=['Hello from our node'])
        until(lambda: any(line.endswith(': Hello from our node\n') for line in said), 'chat.js to print what we say')
        ours.do('whisper', id=message['sender'], packets=['Psst'])
        until(lambda: any(line.endswith(' (to you alone): Psst\n') for line in said), 'chat.js to print what we whisper')
        self.assertTrue(said[0].startswith(ours.id[:8]), said)

    def test_guide(self):
        ours = self.start('rt', '--encryption', 'Plaintext', subnet='club')
        program = next(s.text for s in ET.parse(GUIDE).getroot().iter('{http://projectmallard.org/1.0/}screen') if "require('js2p')" in s.text)
        # the ports of the text are those of the reader's own computer
        for word, other in (("'127.0.0.1', 4445", f"'127.0.0.1', {free_address()[1]}"), ("'127.0.0.1', 4444", f"'{ours.host}', {ours.port}")):
            self.assertIn(word, program)
            program = program.replace(word, other)
        _, said = self.chat(program)
        ours.wait_message([BROADCAST, 'Hello from js2p'])
        ours.do('send', packets=['Hello from our node'])
        until(lambda: 'Hello from our node\n' in said, 'the program to print what we say')


if __name__ == '__main__':
    main()
