/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linked into every test program that opens real links. It has no header: both functions are found by whom they are for. */
#include <glib.h>

/* The compiler's sanitizer looks this one up. */
const char *__asan_default_options (void);

/*
 * LeakSanitizer of gcc 12 crashes while it looks through the thread-local memory of GnuTLS's threads. What leaks is found by the test programs
 * without TLS, and by valgrind (make check-deep).
 */
const char *
__asan_default_options (void)
{
  return "detect_leaks=0";
}

/*
 * As every program with a running main loop does: otherwise GIO's handshake threads find the context free between two turns of the loop and run
 * what was meant for this thread in theirs.
 */
static void __attribute__ ((constructor))
own_main_context (void)
{
  g_main_context_acquire (NULL);
}
