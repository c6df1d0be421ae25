#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts in build-aux, with stand-ins for what they call: that they count right, install only what is missing, and say why not."""
import json
import os
import stat
import subprocess
import sys
import tempfile
import unittest

import tap

AUX = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'build-aux')


class Scripts(unittest.TestCase):
    def setUp(self):
        d = tempfile.TemporaryDirectory(prefix='rt-plumbing-')
        self.addCleanup(d.cleanup)
        self.dir = d.name
        self.bin = os.path.join(self.dir, 'bin')
        os.mkdir(self.bin)

    def fake(self, name, script):
        path = os.path.join(self.bin, name)
        with open(path, 'w') as f:
            f.write('#!/bin/sh\n' + script)
        os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)

    def link(self, *names):
        """These and no others of the system's programs."""
        for n in names:
            for d in ('/usr/bin', '/bin'):
                if os.path.exists(f'{d}/{n}'):
                    os.symlink(f'{d}/{n}', f'{self.bin}/{n}')
                    break

    def run_aux(self, name, *args, **env):
        return subprocess.run([os.path.join(AUX, name), *args], capture_output=True, text=True, timeout=60,
                              env={'PATH': self.bin, **env})


class Summary(Scripts):
    def summarise(self, *tests):
        path = os.path.join(self.dir, 'log.json')
        with open(path, 'w') as f:
            for name, result, stdout, stderr in tests:
                json.dump({'name': f'roundtable:wire / {name}', 'result': result,
                           'stdout': stdout, 'stderr': stderr, 'duration': 0.5}, f)
                f.write('\n')
        r = subprocess.run([sys.executable, os.path.join(AUX, 'test-summary'), path], capture_output=True, text=True)
        return r.returncode, r.stdout.splitlines()[-1], r.stdout

    def test_tap_cases(self):
        out = 'TAP version 13\n1..4\nok 1 /a\nok 2 /b # SKIP no npm\nok 3 /c\nok 4 /d\n'
        status, last, text = self.summarise(('x', 'OK', out, ''))
        self.assertEqual((status, last), (0, '3 passed, 0 failed, 1 skipped'))
        self.assertIn('skipped: x: /b: no npm', text)
        self.assertRegex(text, r'(?m)^wire +1 +3 +0 +1 ')

    def test_tap_failure(self):
        status, last, text = self.summarise(('x', 'FAIL', '1..2\nok 1 /a\nnot ok 2 /b\n', ''))
        self.assertEqual((status, last), (1, '1 passed, 1 failed, 0 skipped'))
        self.assertIn('FAILED: x (FAIL)', text)

    def test_crash_after_good_cases_is_a_failure(self):
        status, last, _ = self.summarise(('x', 'FAIL', '1..3\nok 1 /a\nok 2 /b\n', 'Segmentation fault'))
        self.assertEqual((status, last), (1, '2 passed, 1 failed, 0 skipped'))

    def test_gtest(self):
        out = '[==========] Running 3 tests\n[       OK ] A.a (0 ms)\nf.cc:3: Skipped\nno snappy\n\n[  SKIPPED ] A.b (0 ms)\n' \
              '[       OK ] A.c (1 ms)\n[==========] 3 tests from 1 test suite ran.\n[  PASSED  ] 2 tests.\n' \
              '[  SKIPPED ] 1 test, listed below:\n[  SKIPPED ] A.b\n'
        status, last, text = self.summarise(('g', 'OK', out, ''))
        self.assertEqual((status, last), (0, '2 passed, 0 failed, 1 skipped'))
        self.assertIn('skipped: g: no snappy', text)
        out = '[==========] Running 2 tests\n[       OK ] A.a (0 ms)\n[  FAILED  ] A.b (3 ms)\n[  PASSED  ] 1 test.\n' \
              '[  FAILED  ] 1 test, listed below:\n[  FAILED  ] A.b\n'
        self.assertEqual(self.summarise(('g', 'FAIL', out, ''))[:2], (1, '1 passed, 1 failed, 0 skipped'))

    def test_gtest_killed_on_its_way(self):
        out = '[==========] Running 3 tests\n[       OK ] A.a (0 ms)\n[       OK ] A.b (0 ms)\n[ RUN      ] A.c\n'
        self.assertEqual(self.summarise(('g', 'TIMEOUT', out, ''))[:2], (1, '2 passed, 1 failed, 0 skipped'))

    def test_unittest(self):
        err = "test_a (m.T) ... ok\ntest_b (m.T) ... skipped 'no js2p'\n\nRan 2 tests in 0.1s\n\nOK (skipped=1)\n"
        status, last, text = self.summarise(('u', 'OK', '', err))
        self.assertEqual((status, last), (0, '1 passed, 0 failed, 1 skipped'))
        self.assertIn('no js2p', text)

    def test_program_without_cases(self):
        self.assertEqual(self.summarise(('p', 'OK', 'hello', ''))[1], '1 passed, 0 failed, 0 skipped')
        self.assertEqual(self.summarise(('p', 'SKIP', '', 'no Xvfb'))[1], '0 passed, 0 failed, 1 skipped')
        self.assertEqual(self.summarise(('p', 'TIMEOUT', '', ''))[:2], (1, '0 passed, 1 failed, 0 skipped'))

    def test_nothing_run_is_a_failure(self):
        self.assertEqual(self.summarise()[:2], (1, '0 passed, 1 failed, 0 skipped'))


class Tap(Scripts):
    def run_module(self, body):
        path = os.path.join(self.dir, 'm.py')
        with open(path, 'w') as f:
            f.write('import sys, unittest\n' + body + '\nimport tap\ntap.main()\n')
        env = {**os.environ, 'PYTHONPATH': os.path.dirname(os.path.abspath(tap.__file__)), 'CI': ''}
        return subprocess.run([sys.executable, path], capture_output=True, text=True, env=env)

    def test_each_case_is_told_once(self):
        r = self.run_module('class T(unittest.TestCase):\n'
                            '  def test_a(self): print("ok 99 noise")\n'
                            '  def test_b(self): self.fail("why")\n'
                            '  def test_c(self): self.skipTest("no reason")\n')
        self.assertEqual(r.stdout, 'ok 1 - T.test_a\nnot ok 2 - T.test_b\nok 3 - T.test_c # SKIP no reason\n1..3\n')
        self.assertIn('AssertionError: why', r.stderr)
        self.assertEqual(r.returncode, 1)

    def test_skipped_class_is_told(self):
        r = self.run_module('class T(unittest.TestCase):\n'
                            '  @classmethod\n'
                            '  def setUpClass(cls):\n'
                            '    import tap\n'
                            '    tap.skip_or_fail("no js2p")\n'
                            '  def test_a(self): pass\n')
        self.assertEqual((r.returncode, r.stdout), (0, 'ok 1 - setUpClass (T) # SKIP no js2p\n1..1\n'))

    def test_no_cases_is_a_failure(self):
        r = self.run_module('')
        self.assertEqual((r.returncode, r.stdout), (1, '1..0\n'))


class InstallPackages(Scripts):
    def setUp(self):
        super().setUp()
        self.link('sh', 'sed', 'grep', 'dirname', 'tr', 'cat')
        self.calls = os.path.join(self.dir, 'calls')
        self.fake('apt-get', f'echo "$@" >> {self.calls}\n')
        self.fake('id', 'echo 0\n')

    def have(self, *packages):
        """dpkg-query says that all asked for are installed but these."""
        gone = '|'.join(packages) or 'none'
        self.fake('dpkg-query', f'''shift 2
for p; do case "$p" in {gone}) ;; *) echo "$p installed" ;; esac; done
''')

    def asked(self):
        try:
            with open(self.calls) as f:
                return f.read().splitlines()
        except FileNotFoundError:
            return []

    def test_nothing_missing_does_nothing(self):
        self.have()
        r = self.run_aux('install-packages', 'build', 'test')
        self.assertEqual((r.returncode, r.stdout, self.asked()), (0, '', []))

    def test_only_the_missing_are_installed(self):
        self.have('meson', 'xvfb', 'valgrind')
        r = self.run_aux('install-packages', 'build', 'test')
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertEqual(self.asked()[-1], 'install -q -y --no-install-recommends meson xvfb')

    def test_node_from_elsewhere_is_left_alone(self):
        self.have('nodejs', 'npm')
        self.fake('node', '')
        self.fake('npm', '')
        self.assertEqual(self.run_aux('install-packages', 'node').returncode, 0)
        self.assertEqual(self.asked(), [])

    def test_node_is_installed_where_there_is_none(self):
        self.have('nodejs', 'npm')
        self.assertEqual(self.run_aux('install-packages', 'node').returncode, 0)
        self.assertEqual(self.asked()[-1], 'install -q -y --no-install-recommends nodejs npm')

    def test_without_root_and_sudo_it_says_what_to_do(self):
        self.have('meson')
        self.fake('id', 'echo 1000\n')
        r = self.run_aux('install-packages', 'build')
        self.assertEqual(r.returncode, 1)
        self.assertIn('apt-get install meson', r.stderr)

    def test_with_sudo(self):
        self.have('meson')
        self.fake('id', 'echo 1000\n')
        self.fake('sudo', f'echo sudo "$@" >> {self.calls}\n')
        self.assertEqual(self.run_aux('install-packages', 'build').returncode, 0)
        self.assertTrue(self.asked()[-1].startswith('sudo DEBIAN_FRONTEND=noninteractive apt-get install'), self.asked())

    def test_no_debian_goes_on(self):
        os.remove(os.path.join(self.bin, 'apt-get'))
        r = self.run_aux('install-packages', 'build')
        self.assertEqual(r.returncode, 0)
        self.assertIn('meson', r.stderr)


class FetchPeers(Scripts):
    def setUp(self):
        super().setUp()
        self.link('sh', 'cat', 'mkdir', 'tail')

    def test_no_npm_is_a_reason_here_and_a_failure_in_ci(self):
        r = self.run_aux('fetch-peers', f'{self.dir}/peers')
        self.assertEqual(r.returncode, 0)
        self.assertIn('there is no Node.js', r.stderr)
        self.assertEqual(self.run_aux('fetch-peers', f'{self.dir}/peers', CI='true').returncode, 1)

    def test_fetched_once_with_exact_versions(self):
        calls = f'{self.dir}/calls'
        self.fake('node', '')
        self.fake('npm', f'echo "$@" >> {calls}\nmkdir -p node_modules/js2p/js_src\necho > node_modules/js2p/js_src/js2p.js\n')
        for _ in range(2):
            r = self.run_aux('fetch-peers', f'{self.dir}/peers', CI='true')
            self.assertEqual(r.returncode, 0, r.stderr)
        with open(calls) as f:
            asked = f.read().splitlines()
        self.assertEqual(len(asked), 1)
        self.assertIn('--no-package-lock', asked[0])
        for p in asked[0].split():
            if '@' in p:
                self.assertRegex(p, r'@\d+\.\d+\.\d+$')

    def test_failing_npm_shows_its_log(self):
        self.fake('node', '')
        self.fake('npm', 'echo the registry is away >&2\nexit 1\n')
        r = self.run_aux('fetch-peers', f'{self.dir}/peers')
        self.assertEqual(r.returncode, 0)
        self.assertIn('the registry is away', r.stderr)
        self.assertEqual(self.run_aux('fetch-peers', f'{self.dir}/peers', CI='true').returncode, 1)


if __name__ == '__main__':
    tap.main()
