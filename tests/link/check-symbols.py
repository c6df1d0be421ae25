#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fails when an archive of the network library's inside asks for a socket, a clock, a random source, a thread or a main loop.

The layers below the API get all of these from a P2pEnv (architecture.md, "The one rule that makes it testable"): only then does
a simulated network replay exactly. The undefined symbols of their objects show whether they keep to it.
"""
import re
import subprocess
import sys

FORBIDDEN = {
    'main loop': r'g_source_.*|g_main_.*|g_timeout_.*|g_idle_.*|g_unix_fd_.*|g_unix_signal_.*|poll|ppoll|select|epoll_.*',
    'GIO operations': r'g_task_.*|g_cancellable_.*|g_socket_.*|g_network_.*|g_resolver_.*|g_tls_.*|g_file_.*|g_dbus_.*',
    'clock': r'g_get_(monotonic|real|current)_time|g_date_time_new_now.*|g_time_val_.*|g_timer_.*|clock_gettime|gettimeofday|time|times|clock',
    'sleep': r'g_usleep|usleep|sleep|nanosleep|clock_nanosleep',
    'random': r'g_random_.*|g_rand_.*|g_uuid_.*|RAND_.*|getrandom|getentropy|arc4random.*|random|rand|rand_r|s?[dlmj]rand48|EVP_PKEY_keygen.*|EVP_PKEY_generate'
              r'|EVP_PKEY_Q_keygen|EVP_PKEY_paramgen.*|EVP_(EC|RSA)_gen',
    'threads': r'g_thread_.*|g_mutex_.*|g_rec_mutex_.*|g_rw_lock_.*|g_cond_.*|g_async_queue_.*|pthread_.*|thrd_.*|mtx_.*|cnd_.*',
    'sockets': r'socket|socketpair|connect|bind|listen|accept4?|send|sendto|sendmsg|recv|recvfrom|recvmsg|getaddrinfo|gethostby.*',
    'disk and processes': r'open|open64|openat|fopen|fopen64|creat|read|write|unlink|rename|g_open|g_fopen|g_spawn_.*|fork|vfork|execv.*|system|popen',
}


def undefined_symbols(archive):
    output = subprocess.run(['nm', '--undefined-only', archive], check=True, capture_output=True, text=True).stdout
    member = '?'
    for line in output.splitlines():
        if line.endswith(':'):
            member = line[:-1]
        elif ' U ' in line or ' w ' in line:
            yield member, line.split()[-1].split('@')[0]


def main():
    if len(sys.argv) < 2:
        sys.exit('usage: check-symbols.py ARCHIVE...')
    rules = {why: re.compile(rf'(?:{pattern})\Z') for why, pattern in FORBIDDEN.items()}
    found = 0
    for archive in sys.argv[1:]:
        symbols = list(undefined_symbols(archive))
        if not symbols:
            sys.exit(f'{archive}: no undefined symbols at all: is it an archive of ours?')
        for member, symbol in symbols:
            for why, rule in rules.items():
                if rule.match(symbol):
                    print(f'{archive}: {member} uses {symbol} ({why}); it must come from the P2pEnv')
                    found += 1
        print(f'{archive}: {len(symbols)} undefined symbols looked at')
    sys.exit(1 if found else 0)


if __name__ == '__main__':
    main()
