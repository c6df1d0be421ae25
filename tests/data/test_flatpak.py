#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Flatpak manifests: no more permissions than were thought of, everything pinned, nothing missing. Argument: the source folder. (Whether it builds and runs: make flatpak.)"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import tap  # noqa: E402

SOURCE = sys.argv[1]
APP_ID = 'org.roundtable.Roundtable'
# A window, and the network. All else is asked for, case by case, through portals.
ALLOWED = {'--share=network', '--share=ipc', '--socket=wayland', '--socket=fallback-x11', '--device=dri'}
# Only with the part of the program that uses it: the permission, and what then stands in src.
WITH_CODE = {'--system-talk-name=org.freedesktop.Avahi': 'org.freedesktop.Avahi'}
# What org.gnome.Platform has of what a meson.build asks for; GNOME's and freedesktop's lists of elements name them.
RUNTIME = {'glib-2.0', 'gobject-2.0', 'gio-2.0', 'gio-unix-2.0', 'gtk4', 'libadwaita-1', 'json-glib-1.0', 'libcrypto', 'libsecret-1', 'sqlite3', 'zlib', 'bz2', 'liblzma', 'threads', 'm'}
# And which module brings what it has not.
MODULES = {'msgpack-c': 'msgpack-c', 'msgpack': 'msgpack-c', 'snappy': 'snappy', 'libqrencode': 'libqrencode', 'miniupnpc': 'miniupnpc', 'natpmp': 'libnatpmp'}


def read(*parts):
    with open(os.path.join(SOURCE, *parts), encoding='utf-8') as f:
        return f.read()


def manifest(suffix=''):
    def once(pairs):
        keys = [k for k, _ in pairs]
        if len(keys) != len(set(keys)):
            raise ValueError(f'twice in one object: {keys}')
        return dict(pairs)
    return json.loads(read('flatpak', APP_ID + suffix + '.json'), object_pairs_hook=once)


def wanted():
    """What the program is built with: the names after dependency( and find_library(, without those of the tests."""
    found = set()
    files = ['meson.build'] + [os.path.relpath(os.path.join(where, n), SOURCE) for where, _, names in os.walk(os.path.join(SOURCE, 'src')) for n in names if n == 'meson.build']
    for name in files:
        for names in re.findall(r"(?<![\w])(?:dependency|find_library)\s*\(((?:\s*'[^']+',?)+)", read(name)):
            found.add(tuple(re.findall(r"'([^']+)'", names)))
    return found


def whole_source():
    return ''.join(read(os.path.relpath(os.path.join(where, n), SOURCE))
                   for where, _, names in os.walk(os.path.join(SOURCE, 'src')) for n in names if n.endswith(('.c', '.h')))


class Manifest(unittest.TestCase):
    def test_what_it_is(self):
        for suffix in ('', '.Devel'):
            m = manifest(suffix)
            self.assertEqual(m['id'], APP_ID + suffix)
            self.assertEqual((m['runtime'], m['sdk'], m['command']), ('org.gnome.Platform', 'org.gnome.Sdk', 'roundtable'))
            self.assertRegex(m['runtime-version'], r'^[1-9][0-9]$', 'no stable branch')
        self.assertIn(f"base_id = '{APP_ID}'", read('meson.build'))
        self.assertIn("'.Devel'", read('meson.build'))

    def test_permissions(self):
        code = whole_source()
        allowed = ALLOWED | {p for p, word in WITH_CODE.items() if word in code}
        self.assertEqual(set(manifest()['finish-args']), allowed)

    def test_development_differs_in_its_name_alone(self):
        first, second = manifest(), manifest('.Devel')
        self.assertEqual(second.pop('desktop-file-name-suffix'), ' (Development)')
        second['id'] = first['id']
        options = second['modules'][-1]['config-opts']
        self.assertIn('-Dprofile=development', options)
        options.remove('-Dprofile=development')
        self.assertEqual(first, second)

    def test_everything_is_pinned(self):
        hashes = set()
        for module in manifest()['modules']:
            self.assertIsInstance(module, dict, 'a module of another file')
            for source in module['sources']:
                if module['name'] == 'roundtable':
                    self.assertEqual((source['type'], source['path']), ('dir', '..'))
                    continue
                self.assertEqual(source['type'], 'archive')
                self.assertTrue(source['url'].startswith('https://'))
                self.assertRegex(source['sha256'], r'^[0-9a-f]{64}$')
                self.assertNotIn(source['sha256'], hashes)
                hashes.add(source['sha256'])
            # a build that could reach the network would not be an offline one
            self.assertNotIn('--share=network', json.dumps(module.get('build-options', {})))
        self.assertNotIn('build-options', manifest())

    def test_nothing_is_missing(self):
        modules = [m['name'] for m in manifest()['modules']]
        self.assertEqual(modules[-1], 'roundtable')
        needed = set()
        for names in wanted():
            if set(names) & RUNTIME:
                continue
            module = next((MODULES[n] for n in names if n in MODULES), None)
            self.assertIsNotNone(module, f'{names}: neither in the runtime nor a module')
            self.assertIn(module, modules, f'{names} needs the module {module}')
            needed.add(module)
        self.assertEqual(set(modules[:-1]), needed, 'a module that nothing needs')

    def test_that_it_finds_what_is_wanted(self):
        found = {n for names in wanted() for n in names}
        self.assertLessEqual({'glib-2.0', 'gtk4', 'msgpack-c', 'msgpack', 'snappy', 'bz2', 'm'}, found)
        self.assertNotIn('gtest', found)

    def test_options_are_known(self):
        known = set(re.findall(r"^option\('(\w+)'", read('meson_options.txt'), re.M))
        features = set(re.findall(r"^option\('(\w+)', type: 'feature'", read('meson_options.txt'), re.M))
        for suffix in ('', '.Devel'):
            for option in manifest(suffix)['modules'][-1]['config-opts']:
                self.assertIn(re.match(r'-D(\w+)=', option)[1], known)
        # a part that is missing is none that was forgotten
        said = {o[2:].partition('=')[0]: o.partition('=')[2] for o in manifest()['modules'][-1]['config-opts']}
        self.assertLessEqual(features, set(said), 'neither enabled nor disabled')
        self.assertNotIn('auto', said.values())

    def test_what_was_built_stays_out(self):
        """The folders that the Makefile builds in are not copied into the sandbox of the build."""
        skip = manifest()['modules'][-1]['sources'][0]['skip']
        self.assertIn('.flatpak-builder', skip)
        for folder in set(re.search(r'rm -rf (build.*)', read('Makefile'))[1].split()):
            self.assertIn(folder, skip)

    def test_builder_reads_it(self):
        if shutil.which('flatpak-builder') is None:
            self.skipTest('flatpak-builder is not installed')
        for suffix in ('', '.Devel'):
            # it makes a folder where it is called
            with tempfile.TemporaryDirectory() as folder:
                r = subprocess.run(['flatpak-builder', '--show-manifest', os.path.join(os.path.abspath(SOURCE), 'flatpak', APP_ID + suffix + '.json')], cwd=folder,
                                   capture_output=True, text=True, timeout=60)
            self.assertEqual(r.returncode, 0, r.stderr)
            self.assertNotIn('nknown property', r.stderr)


class StandIn(unittest.TestCase):
    def test_each_module_has_one(self):
        listed = {}
        for line in read('flatpak', 'standin-sources').splitlines():
            if line and not line.startswith('#'):
                name, path, sha256 = line.split()
                self.assertRegex(path, r'^(\w)[\w-]*/\1[\w-]+/[\w.+-]+\.orig\.tar\.(gz|xz|bz2)$')
                self.assertRegex(sha256, r'^[0-9a-f]{64}$')
                listed[name] = sha256
        self.assertEqual(sorted(listed), sorted(m['name'] for m in manifest()['modules'][:-1]))


if __name__ == '__main__':
    del sys.argv[1:]
    tap.main()
