#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed, that a program of somebody else's is built with it, and that nothing is left when it goes; what is in the tarball of a release. Arguments: source folder, build folder.

With DIST_DEEP=1 the tarball is unpacked, built, tested and installed in a prefix of its own, too: minutes.
"""
import fcntl
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import tap  # noqa: E402

SOURCE, BUILD = map(os.path.abspath, sys.argv[1:3])
APP_ID = 'org.roundtable.Roundtable'
PATIENT = 120

# Somebody else's: two nodes in one process, the second says a word to the first.
PROGRAM = r'''
#include <p2p/p2p.h>

static void heard (P2pMeshSocket *socket, P2pMessage *message, P2pConnection *connection, void *loop)
{
  GVariant *packets = p2p_message_get_packets (message);
  char *text = g_variant_print (packets, FALSE);
  (void) socket; (void) connection;
  g_print ("heard %s\n", text);
  g_free (text);
  g_variant_unref (packets);
  g_main_loop_quit ((GMainLoop *) loop);
}

static void connected (P2pMeshSocket *socket, void *unused)
{
  (void) unused;
  p2p_mesh_socket_send_text (socket, "Hello", NULL);
}

int main (void)
{
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);
  P2pProtocol *protocol = p2p_protocol_new ("club", "Plaintext");
  P2pMeshSocket *a = p2p_mesh_socket_new (protocol, NULL, NULL, NULL), *b = p2p_mesh_socket_new (protocol, NULL, NULL, NULL);
  GError *error = NULL;

  if (!p2p_mesh_socket_listen (a, "127.0.0.1", 0, &error) || !p2p_mesh_socket_listen (b, "127.0.0.1", 0, &error))
    g_error ("%s", error->message);
  g_signal_connect (a, "message", G_CALLBACK (heard), loop);
  g_signal_connect (b, "connected", G_CALLBACK (connected), NULL);
  p2p_mesh_socket_connect_to_async (b, "127.0.0.1", p2p_mesh_socket_get_port (a), NULL, NULL, NULL, NULL);
  g_main_loop_run (loop);
  g_object_unref (a);
  g_object_unref (b);
  p2p_protocol_unref (protocol);
  g_main_loop_unref (loop);
  return 0;
}
'''


def run(*argv, ok=True, **options):
    r = subprocess.run(argv, **{'capture_output': True, 'text': True, 'timeout': PATIENT, **options})
    if ok and r.returncode != 0:
        raise AssertionError(f'{argv} ended with {r.returncode}:\n{r.stdout}{r.stderr}')
    return r


def alone(case):
    """Until its end: what is installed, and the tarball, are of the build folder, in which the tests may run twice at once."""
    lock = open(os.path.join(BUILD, 'test-install.lock'), 'w', encoding='utf-8')
    case.addClassCleanup(lock.close)
    fcntl.flock(lock, fcntl.LOCK_EX)


def options_of(build):
    return {o['name']: o['value'] for o in json.loads(run('meson', 'introspect', '--buildoptions', build).stdout)}


def files_below(folder):
    return {os.path.relpath(os.path.join(where, n), folder) for where, _, names in os.walk(folder) for n in names}


def languages():
    with open(os.path.join(SOURCE, 'po', 'LINGUAS'), encoding='utf-8') as f:
        return [line.strip() for line in f if line.strip() and not line.startswith('#')]


def expected(options, build=BUILD):
    """Every file that is to be there, below the prefix."""
    lib, data, app_id = options['libdir'], options['datadir'], APP_ID + ('.Devel' if options['profile'] == 'development' else '')
    found = {f'{lib}/libp2p-glib-1.so{v}' for v in ('', '.1', '.1.0.0')} | {f'{lib}/pkgconfig/p2p-glib-1.pc', 'bin/roundtable-node', f'{options["mandir"]}/man1/roundtable-node.1'}
    # the umbrella header, and what it includes, and what that does
    headers, todo = set(), ['p2p.h']
    while todo:
        name = todo.pop()
        headers.add(name)
        generated = os.path.join(build, 'src', 'p2p', name)
        path = os.path.join(SOURCE, 'src', 'p2p', name)
        with open(path if os.path.exists(path) else generated, encoding='utf-8') as f:
            # beside it, or (what is made when it is built) below the folder that pkg-config names
            included = {n[len('p2p/'):] if n.startswith('p2p/') else os.path.normpath(os.path.join(os.path.dirname(name), n))
                        for n in re.findall(r'^#include "(.*)"', f.read(), re.M)}
        todo += included - headers
    found |= {f'include/p2p-glib-1/p2p/{n}' for n in headers}
    # optional: what was built is installed
    if os.path.exists(os.path.join(build, 'src', 'ports', 'roundtable-ports')):
        found.add(f'{options["libexecdir"]}/roundtable-ports')
    if options['introspection']:
        found |= {f'{data}/gir-1.0/P2p-1.0.gir', f'{lib}/girepository-1.0/P2p-1.0.typelib'}
    if options['app']:
        found |= {'bin/roundtable', f'{options["mandir"]}/man1/roundtable.1', f'{data}/applications/{app_id}.desktop', f'{data}/metainfo/{app_id}.metainfo.xml',
                  f'{data}/dbus-1/services/{app_id}.service', f'{data}/glib-2.0/schemas/{app_id}.gschema.xml',
                  f'{data}/icons/hicolor/scalable/apps/{app_id}.svg', f'{data}/icons/hicolor/symbolic/apps/{app_id}-symbolic.svg'}
        found |= {f'{options["localedir"]}/{language}/LC_MESSAGES/roundtable.mo' for language in languages()}
        guide = os.path.join(SOURCE, 'docs', 'guide')
        found |= {f'{data}/help/{language}/roundtable/{page}' for language in os.listdir(guide) if os.path.isdir(os.path.join(guide, language))
                  for page in os.listdir(os.path.join(guide, language)) if page.endswith('.page')}
    return found


# What there may be besides: bindings and reference, where the tools to make them are.
BESIDES = re.compile(r'share/(vala/vapi/p2p-glib-1\.(vapi|deps)|doc/p2p-glib[\w.-]*/.+)$')


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        alone(cls)
        cls.options = options_of(BUILD)
        cls.root = tempfile.mkdtemp(prefix='install-')
        cls.addClassCleanup(shutil.rmtree, cls.root, ignore_errors=True)
        cls.prefix = cls.root + cls.options['prefix']
        # not of an earlier install: who uninstalls needs that list
        log = os.path.join(BUILD, 'meson-logs', 'install-log.txt')
        kept = cls.root + '.log'
        if os.path.exists(log):
            shutil.copy2(log, kept)
            cls.addClassCleanup(shutil.move, kept, log)
        run('meson', 'install', '-C', BUILD, '--no-rebuild', '--quiet', '--destdir', cls.root)

    def path(self, *parts):
        return os.path.join(self.prefix, *parts)

    def test_1_what_is_there(self):
        there, wanted = files_below(self.prefix), expected(self.options)
        self.assertEqual(sorted(wanted - there), [], 'not installed')
        self.assertEqual(sorted(n for n in there - wanted if not BESIDES.match(n)), [], 'installed by mistake')
        # and nothing outside of the prefix
        self.assertEqual({os.path.join(self.options['prefix'], n)[1:] for n in there}, files_below(self.root))

    def test_2_programs_run(self):
        """With no word about where the library is: they find it."""
        env = {k: v for k, v in os.environ.items() if k not in ('LD_LIBRARY_PATH', 'DISPLAY', 'WAYLAND_DISPLAY')}
        if self.options['prefix'] in ('/usr', '/app'):
            env['LD_LIBRARY_PATH'] = self.path(self.options['libdir'])
        with open(os.path.join(SOURCE, 'meson.build'), encoding='utf-8') as f:
            version = re.search(r"version: '([^']+)'", f.read())[1]
        for name in ('roundtable-node', 'roundtable')[:2 if self.options['app'] else 1]:
            self.assertIn(version, run(self.path('bin', name), '--version', env=env).stdout)
        listed = run('ldd', self.path('bin', 'roundtable-node'), env=env).stdout
        self.assertIn(os.path.realpath(self.root), os.path.realpath(re.search(r'libp2p-glib-1\.so\.1 => (\S+)', listed)[1]))

    def test_3_desktop_files(self):
        """The schemas compile, the entry and the catalogues are in order, also where they lie now."""
        if not self.options['app']:
            self.skipTest('built without the window')
        data = self.path(self.options['datadir'])
        run('glib-compile-schemas', '--strict', '--dry-run', os.path.join(data, 'glib-2.0', 'schemas'))
        for entry in glob.glob(os.path.join(data, 'applications', '*')):
            run('desktop-file-validate', entry)
            with open(entry, encoding='utf-8') as f:
                text = f.read()
            icon = re.search(r'^Icon=(.*)$', text, re.M)[1]
            self.assertTrue(os.path.exists(os.path.join(data, 'icons', 'hicolor', 'scalable', 'apps', icon + '.svg')))
            self.assertTrue(os.access(self.path('bin', re.search(r'^Exec=(\S+)', text, re.M)[1]), os.X_OK))
            for language in languages():
                self.assertRegex(text, rf'(?m)^Comment\[{language}\]=')
        for service in glob.glob(os.path.join(data, 'dbus-1', 'services', '*')):
            with open(service, encoding='utf-8') as f:
                program = re.search(r'^Exec=(\S+)', f.read(), re.M)[1]
            self.assertEqual(program, os.path.join(self.options['prefix'], 'bin', 'roundtable'))
        for catalogue in glob.glob(os.path.join(data, 'locale', '*', 'LC_MESSAGES', '*.mo')):
            run('msgunfmt', '-o', os.devnull, catalogue)

    def test_4_somebody_elses_program(self):
        """Is built in C and in C++ with what pkg-config says of what is installed, and talks."""
        moved = os.path.join(self.root, 'pkgconfig')
        os.mkdir(moved)
        self.addCleanup(shutil.rmtree, moved)
        with open(self.path(self.options['libdir'], 'pkgconfig', 'p2p-glib-1.pc'), encoding='utf-8') as f:
            text = f.read()
        self.assertIn(f'prefix={self.options["prefix"]}\n', text)
        with open(os.path.join(moved, 'p2p-glib-1.pc'), 'w', encoding='utf-8') as f:
            f.write(text.replace(f'prefix={self.options["prefix"]}\n', f'prefix={self.prefix}\n'))
        env = {**os.environ, 'PKG_CONFIG_PATH': moved}
        flags = run('pkg-config', '--cflags', '--libs', 'p2p-glib-1', env=env).stdout.split()
        self.assertFalse(any(SOURCE in f or BUILD in f for f in flags), flags)
        with tempfile.TemporaryDirectory() as folder:
            for compiler, standard, name in (('cc', 'c17', 'talk.c'), ('c++', 'c++17', 'talk.cc')):
                with open(os.path.join(folder, name), 'w', encoding='utf-8') as f:
                    f.write(PROGRAM)
                program = os.path.join(folder, 'talk-' + compiler)
                run(compiler, f'-std={standard}', '-Wall', '-Wextra', '-Werror', '-o', program, os.path.join(folder, name), *flags)
                said = run(program, env={**os.environ, 'LD_LIBRARY_PATH': self.path(self.options['libdir'])}).stdout
                self.assertRegex(said, "^heard .*'Hello'")

    def test_5_uninstalled(self):
        run('ninja', '-C', BUILD, 'uninstall')
        left = [os.path.join(where, n) for where, folders, names in os.walk(self.root) for n in names]
        self.assertEqual(left, [])
        # nor a folder that was made for it
        self.assertEqual([d for d, _, _ in os.walk(self.root) if 'roundtable' in d[len(self.root):].lower() or 'p2p' in d[len(self.root):]], [])


class Dist(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        alone(cls)

    def setUp(self):
        if run('git', '-C', SOURCE, 'rev-parse', '--show-toplevel', ok=False).stdout.strip() != os.path.realpath(SOURCE):
            self.skipTest('a release is made of a clone')
        self.folder = tempfile.mkdtemp(prefix='dist-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def make(self):
        """The tarball of a release; what is not committed is not in it."""
        version = json.loads(run('meson', 'introspect', '--projectinfo', BUILD).stdout)['version']
        made = os.path.join(BUILD, 'meson-dist', f'roundtable-{version}.tar.gz')
        if os.path.exists(made):
            os.remove(made)
        run('meson', 'dist', '-C', BUILD, '--no-tests', '--allow-dirty', '--formats', 'gztar')
        return made

    def test_tarball(self):
        """All that is committed is in it, nothing else, and its checksum is beside it."""
        # that of an earlier version lies there still
        earlier = os.path.join(BUILD, 'meson-dist', 'roundtable-0.0.0.tar.gz')
        os.makedirs(os.path.dirname(earlier), exist_ok=True)
        with open(earlier, 'wb'):
            self.addCleanup(os.remove, earlier)
        made = self.make()
        committed = set(filter(None, run('git', '-C', SOURCE, 'ls-tree', '-r', '-z', '--name-only', 'HEAD').stdout.split('\0')))
        with tarfile.open(made) as tar:
            there = {m.name.partition('/')[2] for m in tar if m.isfile() or m.issym()}
            self.assertEqual(there, committed)
            self.assertEqual({m.name.partition('/')[0] for m in tar}, {os.path.basename(made)[:-len('.tar.gz')]})
        run('sha256sum', '--check', os.path.basename(made) + '.sha256sum', cwd=os.path.dirname(made))

    @unittest.skipUnless('DIST_DEEP' in os.environ, 'DIST_DEEP=1 builds it, too')
    def test_a_release(self):
        """From the tarball alone, with a prefix: built, its data tested, installed, run there, and gone again."""
        with tarfile.open(self.make()) as tar:
            tar.extractall(self.folder)
        top, = glob.glob(os.path.join(self.folder, 'roundtable-*'))
        build, prefix = os.path.join(self.folder, 'build'), os.path.join(self.folder, 'prefix')
        patient = {'timeout': 7200, 'cwd': top}
        # whether anything is missing is the question, not how fast it is
        run('meson', 'setup', build, top, f'--prefix={prefix}', '--buildtype=debug', **patient)
        run('ninja', '-C', build, **patient)
        # in a release there is no git, and so no tarball of it
        run('meson', 'test', '-C', build, '--no-rebuild', '--suite', 'data', **patient)
        run('meson', 'install', '-C', build, '--no-rebuild', **patient)
        # besides, the caches of schemas, icons and entries
        self.assertEqual(expected(options_of(build), build) - files_below(prefix), set())
        for name in ('roundtable', 'roundtable-node'):
            self.assertIn('0.', run(os.path.join(prefix, 'bin', name), '--version').stdout)
        run('ninja', '-C', build, 'uninstall', **patient)
        self.assertEqual({n for n in files_below(prefix) if not re.search(r'\.(cache|compiled)$', n)}, set())


if __name__ == '__main__':
    del sys.argv[1:3]
    tap.main()
