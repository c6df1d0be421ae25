#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs of docs/examples chat with a real js2p: from Python, from GJS and from Vala. test_examples.py python|gjs|vala"""
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, os.pardir, 'interop'), os.path.join(HERE, os.pardir, 'support')]
import tap  # noqa: E402
from harness import BROADCAST, Peer, free_address, missing_peers, until  # noqa: E402

SOURCE = os.path.join(HERE, os.pardir, os.pardir)
EXAMPLES = os.path.join(SOURCE, 'docs', 'examples')
LIBRARY = os.environ['P2P_LIBRARY']     # the folder of the library, its typelib and its vapi in the build
LANGUAGE = sys.argv.pop(1) if len(sys.argv) > 1 else 'python'
NEEDS = {'python': '/usr/bin/python3', 'gjs': 'gjs', 'vala': 'valac'}


def compile_vala(folder):
    """Once for all tests."""
    program = os.path.join(folder, 'chat')
    if os.path.exists(program):
        return program
    subprocess.run(['valac', '--fatal-warnings', '--pkg', 'gio-unix-2.0', '--vapidir', LIBRARY, '--pkg', 'p2p-glib-1', '-X', '-w', '-X', '-I' + os.path.join(SOURCE, 'src'), '-X', '-I' + os.path.join(LIBRARY, os.pardir),
                    '-X', '-L' + LIBRARY, '-X', '-lp2p-glib-1', '-o', program, os.path.join(EXAMPLES, 'chat.vala')],
                   check=True, cwd=folder)
    return program


class Example(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix='rt-example-')
        cls.addClassCleanup(cls.folder.cleanup)

    def setUp(self):
        if shutil.which(NEEDS[LANGUAGE]) is None:
            self.skipTest('there is no ' + NEEDS[LANGUAGE])
        if LANGUAGE == 'vala' and not os.path.exists(os.path.join(LIBRARY, 'p2p-glib-1.vapi')):
            self.skipTest('the library was built without a vapi')

    def run_example(self, *args):
        command = {'python': ['/usr/bin/python3', os.path.join(EXAMPLES, 'chat.py')], 'gjs': ['gjs', '-m', os.path.join(EXAMPLES, 'chat.js')]}.get(LANGUAGE)
        if command is None:
            command = [compile_vala(self.folder.name)]
        env = dict(os.environ, GI_TYPELIB_PATH=LIBRARY, LD_LIBRARY_PATH=LIBRARY, G_DEBUG='fatal-criticals', LC_ALL='C.UTF-8')
        process = subprocess.Popen(command + list(args), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1, encoding='utf-8', env=env)
        said, wrong = [], []
        readers = [threading.Thread(target=lambda s=s, t=t: t.extend(iter(s.readline, '')), daemon=True) for s, t in ((process.stdout, said), (process.stderr, wrong))]
        for reader in readers:
            reader.start()

        def end():
            process.kill()
            process.wait()
            for reader in readers:
                reader.join(5)
            for stream in (process.stdin, process.stdout, process.stderr):
                stream.close()
        self.addCleanup(end)
        return process, said, wrong

    def test_chat_with_js2p(self):
        friend = Peer('js', subnet='examples')
        self.addCleanup(friend.kill)
        process, said, wrong = self.run_example('examples', f'{friend.host}:{friend.port}', free_address()[0])
        until(lambda: said or process.poll() is not None, 'the example to be in the network')
        self.assertEqual((said, wrong), ([f'In the network by {friend.id[:8]}\n'], []))
        process.stdin.write('Grüße – from the example\nand a second line\n')
        friend.wait_message([BROADCAST, 'Grüße – from the example'])
        friend.wait_message([BROADCAST, 'and a second line'])
        friend.do('send', packets=['Hello from js2p'])
        until(lambda: f'{friend.id[:8]}: Hello from js2p\n' in said, 'the example to print what js2p says')
        # the end of the input is the end
        process.stdin.close()
        self.assertEqual(process.wait(60), 0)
        self.assertEqual(wrong, [])
        self.assertEqual(friend.complaints(), [])

    def test_says_why_not(self):
        """Nobody there: words instead of a trace."""
        host, port = free_address()
        process, said, wrong = self.run_example('examples', f'{host}:{port}', free_address()[0])
        process.wait(60)
        until(lambda: wrong, 'the example to say what is wrong')
        self.assertEqual(said, [])
        self.assertIn(f'{host}:{port}', ''.join(wrong))
        self.assertNotIn('Traceback', ''.join(wrong))
        self.assertNotIn('CRITICAL', ''.join(wrong))


if __name__ == '__main__':
    why = missing_peers() or (None if shutil.which(NEEDS[LANGUAGE]) else 'there is no ' + NEEDS[LANGUAGE])
    if why and os.environ.get('CI') != 'true':
        print('1..0 # SKIP ' + why)
        sys.exit(0)
    tap.main()
